/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random order without memory, and the keyed hash of cookies.
 *
 * The order is a Feistel network on the numbers below a * b, where a * b is the
 * least product of that kind not below n (Black and Rogaway, "Ciphers with
 * Arbitrary Finite Domains", 2002): a number is split in two by division, and
 * four rounds add a hash of one half to the other.  What falls behind n is put
 * in again until it does not: that is a permutation, too.
 *
 * The hash is SipHash-2-4 (Aumasson and Bernstein, 2012): nobody who has not
 * seen a probe can guess its cookie.
 */
#include "probe/order.h"

#include "base/bytes.h"

enum { ROUNDS = 4 };

static uint64_t rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

uint64_t pkw__siphash(
    const struct pkw__sipkey *key, const uint8_t *p, size_t n)
{
	uint64_t v[4] = { key->k[0] ^ UINT64_C(0x736f6d6570736575),
		key->k[1] ^ UINT64_C(0x646f72616e646f6d),
		key->k[0] ^ UINT64_C(0x6c7967656e657261),
		key->k[1] ^ UINT64_C(0x7465646279746573) };

	for (size_t i = 0;; i += 8) {
		int last = n - i < 8;
		unsigned take = last ? (unsigned)(n - i) : 8;
		uint64_t m = load_le(p + i, take);
		if (last)
			m |= (uint64_t)n << 56;
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
		if (last)
			break;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* A mixer of 64 bits (Stafford's 13th). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void pkw__order_init(struct pkw__order *o, uint64_t n, uint64_t seed)
{
	uint64_t a = 1;

	for (unsigned bit = 32; bit-- > 0;) {
		uint64_t t = a | UINT64_C(1) << bit;
		if (t <= n / t)
			a = t;
	}
	o->n = n;
	o->a = a;
	o->b = n / a + (n % a != 0);
	o->seed = mix(seed + UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t pkw__order_at(const struct pkw__order *o, uint64_t i)
{
	do {
		uint64_t l = i % o->a, r = i / o->a;
		for (unsigned k = 0; k < ROUNDS; k++) {
			uint64_t m = k % 2 ? o->b : o->a;
			uint64_t f = mix(r ^ o->seed ^ (uint64_t)k << 60);
			uint64_t x = (l + f % m) % m;
			l = r;
			r = x;
		}
		i = o->a * r + l;
	} while (i >= o->n);
	return i;
}
