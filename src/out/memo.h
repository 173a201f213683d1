/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that was made before, for the same few bytes. */
#ifndef PKW_OUT_MEMO_H
#define PKW_OUT_MEMO_H

/*
 * Version and header length, flags and fragment offset, a NOP: headers are full
 * of bytes that say the same in every packet.  The text of such a group of
 * fields, or of such a record, is kept by its bytes, in a small table where a
 * newer one replaces an older one.  A memo that is of little use (random ports)
 * notices and is given up.
 */

#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>

enum { MEMO_SIZE = 32, MEMO_TEXT = 200, MEMO_TRIAL = 1024 };

/* The usual one is within a cache line. */
struct memo_entry {
	uint64_t key;
	uint8_t used, len, from, labels; /* labels: bytes of them, from .from */
	uint32_t spare;
	char text[MEMO_TEXT + 72];       /* as fast_text() reads it */
};

struct memo {
	uint8_t n, bits;        /* a group: so many fields, 8 or 16 bits */
	uint16_t asked, missed;
	uint8_t spare[58];
	struct memo_entry at[MEMO_SIZE];
};

static inline struct memo_entry *memo_place(struct memo *m, uint64_t key)
{
	uint32_t h = (uint32_t)(key ^ key >> 32) * 0x9e3779b1u;

	return &m->at[h >> 27];
}

/* The entry if it has the key; else NULL, and one more miss. */
static inline struct memo_entry *memo_find(struct memo *m, uint64_t key)
{
	struct memo_entry *e = memo_place(m, key);

	m->asked++;
	if (PKW__LIKELY(e->key == key && e->used))
		return e;
	m->missed++;
	return NULL;
}

/* Whether it is time to give up. */
static inline int memo_useless(struct memo *m)
{
	if (m->asked < MEMO_TRIAL)
		return 0;
	int useless = m->missed > MEMO_TRIAL / 2;
	m->asked = m->missed = 0;
	return useless;
}

#endif
