/* SPDX-License-Identifier: BSD-2-Clause */
/* Random order without memory, and the keyed hash of cookies. */
#ifndef PKW_PROBE_ORDER_H
#define PKW_PROBE_ORDER_H

#include <stddef.h>
#include <stdint.h>

struct pkw__sipkey {
	uint64_t k[2];
};
uint64_t pkw__siphash(
    const struct pkw__sipkey *key, const uint8_t *p, size_t n);

/* A permutation of the numbers below n (at most 2^63). */
struct pkw__order {
	uint64_t n, a, b, seed;
};
void pkw__order_init(struct pkw__order *o, uint64_t n, uint64_t seed);
uint64_t pkw__order_at(const struct pkw__order *o, uint64_t i);

#endif
