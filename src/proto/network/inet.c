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
	const struct pkw_layer *l = inet_layer(p, layer);
	const struct pkw__shape *sh = l->proto->rec.shape;
	struct pkw_span s;

	/* what has its place in every header is there without laying it out */
	if (sh->slots[field].fixed && !(l->flags & PKW_LAYER_ODD) &&
	    sh->bit[field] % 8 == 0 && sh->bit[field] / 8 + least <= l->len &&
	    l->proto->rec.fields[field].bits / 8 >= least)
		return pkw_view(p)->bytes + l->off + sh->bit[field] / 8;
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
