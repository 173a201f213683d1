/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores of wire integers: the only place where bytes get order. */
#ifndef PKW_BASE_BYTES_H
#define PKW_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t load_be(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;

	switch (bytes) {
	case 1:
		return p[0];
	case 2:
		return (uint64_t)p[0] << 8 | p[1];
	case 4:
		return (uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 |
		    (uint64_t)p[2] << 8 | p[3];
	case 8:
		return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 |
		    (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
		    (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
		    (uint64_t)p[6] << 8 | p[7];
	}
	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

static inline uint64_t load_le(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | p[bytes];
	return v;
}

static inline uint64_t load_any(const uint8_t *p, unsigned bytes, int le)
{
	return le ? load_le(p, bytes) : load_be(p, bytes);
}

static inline void store_be(uint8_t *p, unsigned bytes, uint64_t v)
{
	switch (bytes) {
	case 1:
		p[0] = (uint8_t)v;
		return;
	case 2:
		p[0] = (uint8_t)(v >> 8);
		p[1] = (uint8_t)v;
		return;
	case 4:
		p[0] = (uint8_t)(v >> 24);
		p[1] = (uint8_t)(v >> 16);
		p[2] = (uint8_t)(v >> 8);
		p[3] = (uint8_t)v;
		return;
	case 8:
		p[0] = (uint8_t)(v >> 56);
		p[1] = (uint8_t)(v >> 48);
		p[2] = (uint8_t)(v >> 40);
		p[3] = (uint8_t)(v >> 32);
		p[4] = (uint8_t)(v >> 24);
		p[5] = (uint8_t)(v >> 16);
		p[6] = (uint8_t)(v >> 8);
		p[7] = (uint8_t)v;
		return;
	}
	while (bytes-- > 0) {
		p[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

static inline void store_le(uint8_t *p, unsigned bytes, uint64_t v)
{
	for (unsigned i = 0; i < bytes; i++) {
		p[i] = (uint8_t)v;
		v >>= 8;
	}
}

static inline void store_any(uint8_t *p, unsigned bytes, int le, uint64_t v)
{
	if (le)
		store_le(p, bytes, v);
	else
		store_be(p, bytes, v);
}

static inline uint64_t mask_bits(unsigned bits)
{
	return bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
}

/* n (1..64) bits from bit offset `bit', most significant first. */
static inline uint64_t bits_get(const uint8_t *base, uint64_t bit, unsigned n)
{
	const uint8_t *p = base + bit / 8;
	unsigned in = (unsigned)(bit % 8), left = n;
	uint64_t v = 0;

	while (left > 0) {
		unsigned take = 8 - in < left ? 8 - in : left;
		unsigned chunk = (unsigned)*p++ >> (8 - in - take);
		v = v << take | (chunk & ((1u << take) - 1));
		left -= take;
		in = 0;
	}
	return v;
}

static inline void bits_put(uint8_t *base, uint64_t bit, unsigned n, uint64_t v)
{
	uint8_t *p = base + bit / 8;
	unsigned in = (unsigned)(bit % 8), left = n;

	while (left > 0) {
		unsigned take = 8 - in < left ? 8 - in : left;
		unsigned shift = 8 - in - take;
		unsigned mask = ((1u << take) - 1) << shift;
		unsigned chunk = (unsigned)(v >> (left - take)) << shift;
		*p = (uint8_t)((*p & ~mask) | (chunk & mask));
		p++;
		left -= take;
		in = 0;
	}
}

#endif
