/* SPDX-License-Identifier: BSD-2-Clause */
/* Text at a few nanoseconds a value: what every field of a line comes down to. */
#ifndef PKW_OUT_FAST_H
#define PKW_OUT_FAST_H

/*
 * Each writes at o and returns where it ended.  They may write up to FAST_SLACK
 * bytes more than that, which mean nothing: fixed-size copies cost less than
 * exact ones.  So room must be made for what a value can take and the slack.
 */

#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FAST_SLACK = 64, FAST_MAC = 17 };

extern const char pkw__pairs[201];     /* 00 01 ... 99 */
extern const char pkw__hexpairs[513];  /* 00 01 ... ff */
/* "7.", "42.", "255.", and in the last byte how long that is. */
extern const char pkw__octets[256][8];
extern const char pkw__macpairs[256][4]; /* "00:" ... "ff:" */

/* Eight bytes, the lowest first. */
PKW__INLINE void fast_store(char *o, uint64_t v)
{
	v = PKW__LE64(v);
	memcpy(o, &v, 8);
}

PKW__INLINE char *fast_pair(char *o, unsigned v)
{
	memcpy(o, pkw__pairs + 2 * v, 2);
	return o + 2;
}

/* Text of which 32 bytes more than it has can be read, and 32 at least. */
PKW__INLINE char *fast_text(char *o, const char *text, size_t n)
{
	memcpy(o, text, 32);
	if (PKW__UNLIKELY(n > 32))
		memcpy(o + 32, text + 32, 32);
	if (PKW__UNLIKELY(n > 64))
		memcpy(o + 64, text + 64, n - 64);
	return o + n;
}

/* At most 16 bytes. */
PKW__INLINE char *fast_word(char *o, const char *text, size_t n)
{
	memcpy(o, text, 16);
	return o + n;
}

/* Eight digits with leading zeros, the first one in the lowest byte. */
PKW__INLINE uint64_t fast_digits(uint32_t v)
{
	uint64_t x = v / 10000 | (uint64_t)(v % 10000) << 32;

	/* 10486 / 2^20 and 103 / 2^10 are tenths and hundredths enough */
	uint64_t h = (x * 10486 >> 20) & 0x0000007f0000007f;
	x = h | (x - 100 * h) << 16;
	h = (x * 103 >> 10) & 0x000f000f000f000f;
	return h | (x - 10 * h) << 8;
}

/* 1 if eight bytes are printable ASCII.  By words: a byte is below n if n - 1 -
   byte does not reach its top bit. */
PKW__INLINE int fast_printable(const uint8_t *b)
{
	const uint64_t ones = 0x0101010101010101, tops = ones << 7;
	uint64_t x;

	memcpy(&x, b, 8);
	return !((((x - 32 * ones) & ~x) | (x + ones) | x) & tops);
}

char *pkw__fast_long(char *o, uint64_t v);

/* Below 100,000,000. */
PKW__INLINE char *fast_small(char *o, uint32_t v)
{
	uint64_t d = fast_digits(v);
	/* the last digit stays, also when it is 0 */
	unsigned zeros = PKW__CTZ64(d | UINT64_C(1) << 56) / 8;

	fast_store(o, (d | 0x3030303030303030) >> 8 * zeros);
	return o + 8 - zeros;
}

/* Without a branch on how many digits there are, which nobody can predict. */
PKW__INLINE char *fast_u64(char *o, uint64_t v)
{
	if (PKW__UNLIKELY(v >= 100000000))
		return pkw__fast_long(o, v);
	return fast_small(o, (uint32_t)v);
}

PKW__INLINE char *fast_i64(char *o, int64_t v)
{
	if (v >= 0)
		return fast_u64(o, (uint64_t)v);
	*o = '-';
	return fast_u64(o + 1, -(uint64_t)v);
}

/* The first n digits of the fraction of a second; nine are written. */
PKW__INLINE char *fast_fraction(char *o, uint32_t ns, unsigned n)
{
	uint32_t high = ns / 10;

	fast_store(o, fast_digits(high) | 0x3030303030303030);
	o[8] = (char)('0' + ns - 10 * high);
	return o + n;
}

/* With a dot behind it. */
PKW__INLINE char *fast_octet(char *o, unsigned v)
{
	const char *text = pkw__octets[v];

	memcpy(o, text, 4);
	return o + text[7];
}

PKW__INLINE char *fast_ip4(char *o, const uint8_t *b)
{
	o = fast_octet(o, b[0]);
	o = fast_octet(o, b[1]);
	o = fast_octet(o, b[2]);
	return fast_octet(o, b[3]) - 1;
}

PKW__INLINE char *fast_byte(char *o, unsigned v)
{
	memcpy(o, pkw__hexpairs + 2 * v, 2);
	return o + 2;
}

PKW__INLINE char *fast_mac(char *o, const uint8_t *b)
{
	for (unsigned i = 0; i < 6; i++)
		memcpy(o + 3 * i, pkw__macpairs[b[i]], 4);
	return o + FAST_MAC;
}

/* Lower-case hexadecimal of any number of bytes. */
char *pkw__fast_hex(char *o, const uint8_t *b, size_t n);

/* RFC 5952; the same text as pkw__fmt_ip6(). */
char *pkw__fast_ip6(char *o, const uint8_t *b);

/*
 * v / 2^bits with so many digits behind the point, without zeros at its end;
 * more than 32 bits of fraction: the plain number.
 */
char *pkw__fast_fixed(char *o, uint64_t v, unsigned bits, unsigned digits);

#endif
