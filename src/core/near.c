/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nearest name to a misspelt one: edit distance with swaps (Damerau's,
 * optimal string alignment), letters compared without case.  More than a third
 * of the letters wrong is no misspelling.
 */
#include "core/near.h"

#include <pkw/proto.h>
#include <pkw/str.h>
#include <ctype.h>
#include <string.h>

enum { MAX = 40 };

static unsigned min2(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned pkw__distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned d[3][MAX + 1];

	if (n > MAX || m > MAX)
		return MAX;
	for (unsigned j = 0; j <= m; j++)
		d[0][j] = j;
	for (unsigned i = 1; i <= n; i++) {
		unsigned *row = d[i % 3], *up = d[(i + 2) % 3];
		unsigned *upup = d[(i + 1) % 3];
		row[0] = i;
		for (unsigned j = 1; j <= m; j++) {
			int x = tolower((unsigned char)a[i - 1]);
			int y = tolower((unsigned char)b[j - 1]);
			row[j] = min2(up[j - 1] + (x != y),
			    min2(up[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]))
				row[j] = min2(row[j], upup[j - 2] + 1);
		}
	}
	return d[n % 3][m];
}

void pkw__near_try(struct pkw__near *w, const char *name)
{
	unsigned d = pkw__distance(w->wanted, name);
	size_t len = strlen(w->wanted);

	/* another letter than the only one is another name */
	if (d > 1 + len / 4 || d >= len)
		return;
	/* of those equally near, the one that begins alike: people mistype
	   what comes later */
	d = 2 * d + (tolower((unsigned char)*w->wanted) !=
	    tolower((unsigned char)*name));
	if (!w->best || d < w->distance) {
		w->best = name;
		w->distance = d;
	}
}

const char *pkw_proto_nearest(const char *name)
{
	struct pkw__near w = { name, NULL, 0 };
	const struct pkw_proto *q;

	for (size_t i = 0; (q = pkw_proto_at(i)); i++)
		pkw__near_try(&w, q->rec.name);
	return w.best;
}

const char *pkw_nearest(const char *word,
    const char *(*nth)(const void *arg, size_t n), const void *arg)
{
	struct pkw__near w = { word, NULL, 0 };
	const char *name;

	for (size_t i = 0; (name = nth(arg, i)); i++)
		pkw__near_try(&w, name);
	return w.best;
}
