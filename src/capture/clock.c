/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pcapng interface counts time in units of 10^-n or 2^-n seconds, n from 0 to
 * 127, plus an offset of whole seconds (if_tsresol, if_tsoffset); stamps have
 * 64 bits.  Inside everything is nanoseconds since 1970 in 63 bits and a sign.
 *
 * Three cases: the unit is a whole number of nanoseconds (n <= 9, nearly every
 * file: one multiplication, inline in the header), a decimal fraction of one,
 * or binary.  The last needs stamp * 10^9 / 2^n with up to 94 bits in between,
 * done in two halves here, since not every machine has a 128-bit type.
 *
 * Files lie about time as about all else.  Stamps that do not fit wrap around,
 * in unsigned arithmetic: a wrong time, but the same one each time.
 *
 * Back to stamps, decimal units divide exactly or round down.  Binary ones
 * round up, because the way there rounded down: so a frame put with the time it
 * was read with gets its stamp back, to the bit.
 */
#include "clock.h"

static const uint64_t giga = 1000000000;

static uint64_t power10(unsigned n)
{
	uint64_t v = 1;

	while (n--)
		v *= 10;
	return v;
}

void pkw__clock_init(struct pkw__clock *c, uint8_t tsresol, int64_t offset_s)
{
	unsigned n = tsresol & 0x7f;

	*c = (struct pkw__clock){ 0 };
	c->offset = (int64_t)((uint64_t)offset_s * giga);
	if (tsresol & 0x80)
		c->bits = n;
	else if (n <= 9)
		c->mul = power10(9 - n);
	else if (n <= 9 + 19)
		c->div = power10(n - 9);
	else
		c->bits = 127; /* as good: 2^64 of either are less than 1 ns */
}

/* stamp * 10^9 / 2^bits, rounded down */
static uint64_t from_binary(uint64_t stamp, unsigned bits)
{
	uint64_t low = (stamp & 0xffffffff) * giga;
	uint64_t high = (stamp >> 32) * giga + (low >> 32);

	if (bits >= 32 + 64)
		return 0;
	if (bits >= 32)
		return high >> (bits - 32);
	return high << (32 - bits) | (low & 0xffffffff) >> bits;
}

int64_t pkw__clock_odd_ns(const struct pkw__clock *c, uint64_t stamp)
{
	uint64_t ns = c->div ? stamp / c->div : from_binary(stamp, c->bits);

	return (int64_t)(ns + (uint64_t)c->offset);
}

/* ns * 2^bits / 10^9, rounded up, digit by binary digit */
static int to_binary(uint64_t ns, unsigned bits, uint64_t *stamp)
{
	uint64_t v = ns / giga, rest = ns % giga;

	while (bits--) {
		if (v >> 63)
			return -1;
		rest *= 2;
		v = v << 1 | (rest >= giga);
		rest -= rest >= giga ? giga : 0;
	}
	if (rest && v == UINT64_MAX)
		return -1;
	*stamp = v + (rest != 0);
	return 0;
}

int pkw__clock_stamp(const struct pkw__clock *c, int64_t ns, uint64_t *stamp)
{
	uint64_t u = (uint64_t)ns - (uint64_t)c->offset;

	if (ns < c->offset)
		return -1;
	if (c->mul) {
		*stamp = u / c->mul;
		return 0;
	}
	if (!c->div)
		return to_binary(u, c->bits, stamp);
	if (u > UINT64_MAX / c->div)
		return -1;
	*stamp = u * c->div;
	return 0;
}
