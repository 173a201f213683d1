/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers that several network-layer hooks share: an address as bytes, and
 * whether two packets have the same one.
 */
#include "proto/network/inet.h"

#include <string.h>

const uint8_t *pkw__inet_bytes(
    const struct pkw_pkt *p, int layer, unsigned field, size_t least)
{
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root < 0 || pkw_field_bytes(p, root, field, &s) < 0)
		return NULL;
	return s.len >= least ? s.p : NULL;
}

int pkw__inet_same(const struct pkw_pkt *a, int al, unsigned af,
    const struct pkw_pkt *b, int bl, unsigned bf, size_t len)
{
	const uint8_t *x = pkw__inet_bytes(a, al, af, len);
	const uint8_t *y = pkw__inet_bytes(b, bl, bf, len);

	return x && y && memcmp(x, y, len) == 0;
}
