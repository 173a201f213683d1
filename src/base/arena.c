/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An arena: chunks of memory from which pieces are cut off in turn.  What is
 * made together and dies together (a parsed expression, a compiled template)
 * needs no bookkeeping of its own and cannot leak in part.
 *
 * A piece larger than a usual chunk gets a chunk of its size; the rest of the
 * chunk before it is then lost, which does not matter for what this is for.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 };

struct pkw__arena_chunk {
	struct pkw__arena_chunk *older;
	size_t size;
	alignas(max_align_t) char bytes[];
};

void *pkw__arena_get(struct pkw__arena *a, size_t n)
{
	const size_t unit = alignof(max_align_t);

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + unit - 1) / unit * unit;
	if (!a->chunks || a->chunks->size - a->used < n) {
		size_t size = n > CHUNK ? n : CHUNK;
		struct pkw__arena_chunk *c = malloc(sizeof *c + size);

		if (!c) {
			a->starved = 1;
			return NULL;
		}
		c->older = a->chunks;
		c->size = size;
		a->chunks = c;
		a->used = 0;
	}
	void *p = a->chunks->bytes + a->used;
	a->used += n;
	return memset(p, 0, n);
}

char *pkw__arena_dup(struct pkw__arena *a, const void *s, size_t n)
{
	char *t = n < SIZE_MAX ? pkw__arena_get(a, n + 1) : NULL;

	if (t && n)
		memcpy(t, s, n);
	return t;
}

void pkw__arena_free(struct pkw__arena *a)
{
	while (a->chunks) {
		struct pkw__arena_chunk *c = a->chunks;
		a->chunks = c->older;
		free(c);
	}
	a->used = 0;
}
