/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables and the longer half of fast.h.
 *
 * Hexadecimal goes 16 bytes at a time: nibbles are split, turned into digits by
 * one comparison (39 is what lies between '9' and 'a'), and interleaved.  It is
 * written for whatever vectors the compiler makes of a plain loop over sixteen;
 * the tail is the last sixteen once more, or a table.
 */
#include "out/fast.h"

#define D1(a) a "0" a "1" a "2" a "3" a "4" a "5" a "6" a "7" a "8" a "9"
const char pkw__pairs[201] = D1("0") D1("1") D1("2") D1("3") D1("4") D1("5")
    D1("6") D1("7") D1("8") D1("9");

#define H1(a) D1(a) a "a" a "b" a "c" a "d" a "e" a "f"
const char pkw__hexpairs[513] = H1("0") H1("1") H1("2") H1("3") H1("4") H1("5")
    H1("6") H1("7") H1("8") H1("9") H1("a") H1("b") H1("c") H1("d") H1("e")
    H1("f");

#define M1(a)                                                                  \
	a "0:", a "1:", a "2:", a "3:", a "4:", a "5:", a "6:", a "7:",        \
	    a "8:", a "9:", a "a:", a "b:", a "c:", a "d:", a "e:", a "f:"
const char pkw__macpairs[256][4] = { M1("0"), M1("1"), M1("2"), M1("3"),
	M1("4"), M1("5"), M1("6"), M1("7"), M1("8"), M1("9"), M1("a"), M1("b"),
	M1("c"), M1("d"), M1("e"), M1("f") };

#define O1(a, end)                                                             \
	a "0." end, a "1." end, a "2." end, a "3." end, a "4." end,            \
	    a "5." end, a "6." end, a "7." end, a "8." end, a "9." end
#define O2(a)                                                                  \
	O1(a "0", O_3), O1(a "1", O_3), O1(a "2", O_3), O1(a "3", O_3),        \
	    O1(a "4", O_3), O1(a "5", O_3), O1(a "6", O_3), O1(a "7", O_3),    \
	    O1(a "8", O_3), O1(a "9", O_3)
#define O_1 "\0\0\0\0\0\2" /* and its length at the end */
#define O_2 "\0\0\0\0\3"
#define O_3 "\0\0\0\4"
const char pkw__octets[256][8] = { O1("", O_1), O1("1", O_2), O1("2", O_2),
	O1("3", O_2), O1("4", O_2), O1("5", O_2), O1("6", O_2), O1("7", O_2),
	O1("8", O_2), O1("9", O_2), O2("1"), O1("20", O_3), O1("21", O_3),
	O1("22", O_3), O1("23", O_3), O1("24", O_3), "250." O_3, "251." O_3,
	"252." O_3, "253." O_3, "254." O_3, "255." O_3 };

char *pkw__fast_long(char *o, uint64_t v)
{
	uint64_t hi = v / 100000000;

	if (PKW__LIKELY(hi < 100)) { /* up to 32 bits */
		fast_pair(o, (unsigned)hi);
		*o = hi < 10 ? o[1] : *o;
		o += 1 + (hi >= 10);
	} else {
		o = fast_u64(o, hi);
	}
	fast_store(o, fast_digits((uint32_t)(v - hi * 100000000)) |
	        0x3030303030303030);
	return o + 8;
}

static void hex16(char *restrict o, const uint8_t *restrict b)
{
	pkw__v16 x, hi, lo;

	memcpy(&x, b, 16);
	hi = x >> 4;
	lo = x & 15;
	/* compared as signed, for which there is an instruction */
	hi += 48 + ((pkw__v16)((pkw__v16s)hi > 9) & 39);
	lo += 48 + ((pkw__v16)((pkw__v16s)lo > 9) & 39);
	x = PKW__ZIP_LOW(hi, lo);
	memcpy(o, &x, 16);
	x = PKW__ZIP_HIGH(hi, lo);
	memcpy(o + 16, &x, 16);
}

#if PKW__X86
/* Twice the width, where the machine has it; halves are put in order last. */
PKW__TARGET("avx2")
static size_t hex_wide(char *restrict o, const uint8_t *restrict b, size_t n)
{
	size_t i = 0;

	for (; i + 32 <= n; i += 32) {
		pkw__v32 x, hi, lo;

		memcpy(&x, b + i, 32);
		hi = x >> 4;
		lo = x & 15;
		hi += 48 + ((pkw__v32)((pkw__v32s)hi > 9) & 39);
		lo += 48 + ((pkw__v32)((pkw__v32s)lo > 9) & 39);
		x = PKW__ZIP32_LOW(hi, lo);
		memcpy(o + 2 * i, &x, 32);
		x = PKW__ZIP32_HIGH(hi, lo);
		memcpy(o + 2 * i + 32, &x, 32);
	}
	return i;
}
#endif

char *pkw__fast_hex(char *o, const uint8_t *b, size_t n)
{
	size_t i = 0;

#if PKW__X86
	if (n >= 32 && PKW__CPU_HAS("avx2"))
		i = hex_wide(o, b, n);
#endif
	for (; i + 16 <= n; i += 16)
		hex16(o + 2 * i, b + i);
	if (n >= 16 && i < n) {
		hex16(o + 2 * (n - 16), b + n - 16);
		return o + 2 * n;
	}
	for (; i < n; i++)
		fast_byte(o + 2 * i, b[i]);
	return o + 2 * n;
}

/* One group of four digits, without zeros in front. */
PKW__INLINE char *group(char *o, const char *digits)
{
	uint64_t x = 0;

	memcpy(&x, digits, 4);
	x = PKW__LE64(x);
	/* the last digit stays, also when it is 0 */
	unsigned zeros = PKW__CTZ64((x ^ 0x30303030) | 0x01000000) / 8;
	fast_store(o, x >> 8 * zeros);
	return o + 4 - zeros;
}

/* The first longest run of two or more zero groups, from a map of them. */
static unsigned zeros(unsigned map, unsigned *run)
{
	unsigned best = 8;

	*run = 0;
	for (unsigned i = 0; i < 8; i++) {
		unsigned n = 0;

		while (i + n < 8 && map >> (i + n) & 1)
			n++;
		if (n > 1 && n > *run) {
			best = i;
			*run = n;
		}
		i += n;
	}
	return best;
}

/* Bit i: group i is 0. */
PKW__INLINE unsigned zero_groups(const uint8_t *b)
{
	unsigned map = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint16_t g;
		memcpy(&g, b + 2 * i, 2);
		map |= (unsigned)(g == 0) << i;
	}
	return map;
}

char *pkw__fast_ip6(char *o, const uint8_t *b)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned map = zero_groups(b), at = 8, run = 0;
	char digits[32];

	if (PKW__UNLIKELY((map & 31) == 31) &&
	    memcmp(b, mapped, sizeof mapped) == 0) {
		memcpy(o, "::ffff:", 7);
		return fast_ip4(o + 7, b + 12);
	}
	if (map & map >> 1)
		at = zeros(map, &run);
	hex16(digits, b);
	for (unsigned i = 0; i < at; i++) {
		o = group(o, digits + 4 * i);
		*o++ = ':';
	}
	if (at == 8)
		return o - 1;
	o -= at > 0;
	*o++ = ':';
	*o++ = ':';
	for (unsigned i = at + run; i < 8; i++) {
		o = group(o, digits + 4 * i);
		*o++ = ':';
	}
	return at + run < 8 ? o - 1 : o;
}

/* A fraction with the fewest digits that tell it from its neighbours. */
char *pkw__fast_fixed(char *o, uint64_t v, unsigned bits, unsigned digits)
{
	uint64_t scale = 1;

	if (bits == 0 || bits > 32)
		return fast_u64(o, v);
	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	uint64_t whole = v >> bits, part = v & ((UINT64_C(1) << bits) - 1);
	/* in two halves, for the product may need more than 64 bits */
	uint64_t hi = part >> bits / 2, lo = part & ((UINT64_C(1) << bits / 2) - 1);
	uint64_t a = hi * scale, b = lo * scale;
	unsigned up = bits - bits / 2;
	uint64_t q = (a >> up) +
	    ((((a & ((UINT64_C(1) << up) - 1)) << bits / 2) + b +
	         (UINT64_C(1) << (bits - 1))) >> bits);
	if (q >= scale) {
		whole++;
		q -= scale;
	}
	o = fast_u64(o, whole);
	*o++ = '.';
	for (uint64_t s = scale / 10; s; s /= 10)
		*o++ = (char)('0' + q / s % 10);
	while (o[-1] == '0' && o[-2] != '.')
		o--;
	return o;
}
