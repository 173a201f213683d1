/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces of something, each at its place, with holes between them. */
#ifndef PKW_STREAM_QUILT_H
#define PKW_STREAM_QUILT_H

#include "stream/policy.h"

#include <pkw/pkt.h>
#include <stddef.h>
#include <stdint.h>

enum { PKW__PAGE = 2048, PKW__PAGE_WORDS = PKW__PAGE / 64 };

struct pkw__page {
	struct pkw__page *next;
	uint64_t has[PKW__PAGE_WORDS];   /* a bit for each byte that is there */
	uint64_t begin[PKW__PAGE_WORDS]; /* ... with which a piece begins */
	uint8_t bytes[PKW__PAGE];
};

/* Where pages come from; a page given back is kept for later. */
struct pkw__pool {
	struct pkw__page *free;
	size_t used, max; /* bytes that are taken, and may be */
};

/* An all-zero quilt is empty. */
struct pkw__quilt {
	struct pkw__page **page; /* number i is of the bytes from i * 2048 on,
	                            modulo n */
	uint32_t n;              /* a power of two, or 0 */
	uint32_t held;           /* bytes that are there */
};

/* What a new piece met. */
struct pkw__met {
	uint64_t at;     /* the first byte in common */
	uint32_t bytes;  /* in common */
	uint32_t differ; /* of them, not the same */
	uint32_t taken;  /* of them, won by the new piece */
	uint8_t within;  /* it lies within one old piece ... */
	uint8_t exact;   /* ... and is that one: same bounds, same bytes */
};

void pkw__pool_fini(struct pkw__pool *pool);

/*
 * Makes room for offsets from `from' (nothing is there before it) to `to'.
 * -PKW_ELIMIT: the pool is used up, -PKW_ENOMEM; nothing has changed then.
 */
int pkw__quilt_fit(struct pkw__quilt *q, struct pkw__pool *pool, uint64_t from,
    uint64_t to);
/* Empties it; fit() is wanted before it is used again. */
void pkw__quilt_fini(struct pkw__quilt *q, struct pkw__pool *pool);

/* What a piece would meet. */
struct pkw__met pkw__quilt_look(
    const struct pkw__quilt *q, uint64_t at, const uint8_t *b, uint32_t len);
/*
 * Puts a piece in; `wins' decides where others are (PKW__WINS).  -PKW_ELIMIT:
 * the pool is used up, -PKW_ENOMEM; nothing has changed then.
 */
int pkw__quilt_put(struct pkw__quilt *q, struct pkw__pool *pool, uint64_t at,
    const uint8_t *b, uint32_t len, unsigned wins, struct pkw__met *met);
/* The pieces that meet at `at' are one from now on. */
void pkw__quilt_join(struct pkw__quilt *q, uint64_t at);

/* The bytes from `at' on that are there and lie together; len 0: none. */
struct pkw_span pkw__quilt_get(const struct pkw__quilt *q, uint64_t at);
/* The first byte from `at' on that is there, `end' if there is none. */
uint64_t pkw__quilt_next(const struct pkw__quilt *q, uint64_t at, uint64_t end);
/* Forgets len bytes, which are there and lie in one page. */
void pkw__quilt_drop(
    struct pkw__quilt *q, struct pkw__pool *pool, uint64_t at, uint32_t len);

#endif
