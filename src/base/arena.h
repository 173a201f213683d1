/* SPDX-License-Identifier: BSD-2-Clause */
/* Many small things with one end: allocated in turn, freed together. */
#ifndef PKW_BASE_ARENA_H
#define PKW_BASE_ARENA_H

#include <stddef.h>

struct pkw__arena_chunk;

/* All zero is an empty arena. */
struct pkw__arena {
	struct pkw__arena_chunk *chunks; /* the newest first */
	size_t used;                     /* of the newest */
	int starved;                     /* there was no memory, once */
};

/* n zeroed bytes, aligned for anything; NULL: out of memory. */
void *pkw__arena_get(struct pkw__arena *a, size_t n);
/* A copy of n bytes with a NUL behind them. */
char *pkw__arena_dup(struct pkw__arena *a, const void *s, size_t n);
void pkw__arena_free(struct pkw__arena *a);

#endif
