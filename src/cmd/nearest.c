/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "Did you mean": the nearest word by Damerau's distance (insert, delete,
 * replace, swap neighbours), case counting for nothing.  More than two edits,
 * or more than a third of the word, is no misspelling but another word.
 */
#include "cmd/cmd.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

enum { WORD_MAX = 40 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static int same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned distance(const char *a, const char *b)
{
	unsigned row[3][WORD_MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > WORD_MAX || m > WORD_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *cur = row[i % 3], *up = row[(i + 2) % 3];
		const unsigned *up2 = row[(i + 1) % 3];

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			cur[j] = min3(up[j] + 1, cur[j - 1] + 1,
			    up[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && up2[j - 2] + 1 < cur[j])
				cur[j] = up2[j - 2] + 1;
		}
	}
	return row[n % 3][m];
}

const char *nearest(const char *word,
    const char *(*nth)(const void *arg, size_t n), const void *arg)
{
	size_t n = strlen(word);
	unsigned best = n >= 6 ? 3 : n >= 3 ? 2 : 1; /* must be below it */
	const char *found = NULL, *w;

	for (size_t i = 0; (w = nth(arg, i)); i++) {
		unsigned d = distance(word, w);

		/* a beginning is as good as one edit: `comp' */
		if (d > 1 && n >= 3 && strncmp(w, word, n) == 0)
			d = 1;
		if (d < best) {
			best = d;
			found = w;
		}
	}
	return found;
}
