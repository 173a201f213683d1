/* SPDX-License-Identifier: BSD-2-Clause */
/* Partial checksums: sums of 16-bit words that can be kept and combined. */
#ifndef PKW_BASE_SUM_H
#define PKW_BASE_SUM_H

/*
 * A partial sum is any 64-bit number that is congruent, modulo 65535, to the
 * sum of the 16-bit words as they lie in memory (native order), and that is 0
 * only if all of them are.  RFC 1071 §2 (B) is why byte order need not be
 * touched until the end: pkw__sum_fold() gives the two bytes to be stored, as
 * a native word; its complement is the checksum.
 *
 * An odd last byte counts as if a zero byte followed.
 */

#include <stddef.h>
#include <stdint.h>

uint64_t pkw__sum_partial(const uint8_t *p, size_t n);

/* Copies n bytes (no overlap) and returns their partial sum, in one pass. */
uint64_t pkw__sum_copy(uint8_t *dst, const uint8_t *src, size_t n);

/* CRC32c of n bytes continued from `crc' (0 to begin with). */
uint32_t pkw__crc32c(uint32_t crc, const uint8_t *p, size_t n);

/* The sum of two parts; the second must begin at an even offset. */
static inline uint64_t pkw__sum_add(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

static inline uint16_t pkw__sum_fold(uint64_t s)
{
	s = (s >> 32) + (s & 0xffffffff);
	s = (s >> 32) + (s & 0xffffffff);
	s = (s >> 16) + (s & 0xffff);
	s = (s >> 16) + (s & 0xffff);
	return (uint16_t)s;
}

/* The same part as seen from an odd offset: its bytes change places. */
static inline uint64_t pkw__sum_odd(uint64_t s)
{
	const uint32_t w = pkw__sum_fold(s);

	return (w << 8 | w >> 8) & 0xffff;
}

#endif
