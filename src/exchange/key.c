/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys.  They only narrow down which questions to ask about an answer (the
 * protocols decide), so they may be too coarse but not too fine: whatever is in
 * a key must be equal on both sides, or change sides.  From the tables:
 *
 *   - the addresses of the first network layer, summed, as source and
 *     destination change places;
 *   - in the first transport layer above it, the fields that select the next
 *     protocol, if there are two of one space (ports), summed for the same
 *     reason; and the fields flagged PKW_ID, which an answer repeats.
 *
 * An error quotes the question, which then has the question's key.
 */
#include "exchange/key.h"

#include <pkw/shape.h>
#include <string.h>

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 32;
}

uint64_t pkw__hash(const uint8_t *b, size_t n)
{
	uint64_t h = n, w;

	for (; n >= 8; b += 8, n -= 8) {
		memcpy(&w, b, 8);
		h = mix(h ^ w);
	}
	w = 0;
	memcpy(&w, b, n);
	return mix(h ^ w);
}

/* A field's bytes, without laying the layer out where its place is fixed. */
static int bytes_of(
    const struct pkw_pkt *p, int layer, unsigned field, struct pkw_span *s)
{
	const struct pkw_view *v = pkw_view(p);
	const struct pkw_layer *l = &v->layers[layer];
	const struct pkw_field *f = &l->proto->rec.fields[field];
	const struct pkw__shape *shape = l->proto->rec.shape;

	if (shape->slots[field].fixed && f->bits && f->bits % 8 == 0 &&
	    shape->bit[field] % 8 == 0 &&
	    shape->bit[field] / 8 + f->bits / 8u <= l->len) {
		s->p = v->bytes + l->off + shape->bit[field] / 8;
		s->len = f->bits / 8u;
		return 1;
	}
	int root = pkw_root(p, layer);
	return root >= 0 && pkw_field_bytes(p, root, field, s) == 0;
}

/* 0 for a layer without addresses. */
static uint64_t pair_of(const struct pkw_pkt *p, int layer)
{
	const struct pkw_record *rec = &pkw_view(p)->layers[layer].proto->rec;
	uint64_t sum = 0;
	struct pkw_span s;

	for (unsigned f = 0; f < rec->nfields; f++) {
		unsigned type = rec->fields[f].type;
		if (type != PKW_IP4 && type != PKW_IP6 && type != PKW_ADDR)
			continue;
		/* a question for a MAC address cannot know it */
		if (bytes_of(p, layer, f, &s) && (s.len == 4 || s.len == 16))
			sum += pkw__hash(s.p, s.len);
	}
	return sum;
}

/* The selector space of a layer's two ports; NULL: it has none. */
static const char *port_space(const struct pkw_record *rec)
{
	const char *space = NULL;

	for (unsigned f = 0; f < rec->nfields; f++) {
		const struct pkw_rel *r = &rec->fields[f].rel;
		if (r->kind != PKW_NEXT)
			continue;
		if (space)
			return strcmp(space, r->space) == 0 ? space : NULL;
		space = r->space;
	}
	return NULL;
}

static uint64_t numbers_of(const struct pkw_pkt *p, int layer)
{
	const struct pkw_record *rec = &pkw_view(p)->layers[layer].proto->rec;
	const char *space = port_space(rec);
	uint64_t sum = 0;

	for (unsigned f = 0; f < rec->nfields; f++) {
		const struct pkw_field *x = &rec->fields[f];
		if (x->flags & PKW_ID)
			sum += mix(pkw_u(p, layer, f) + f * UINT64_C(65537));
		else if (space && x->rel.kind == PKW_NEXT)
			sum += mix(pkw_u(p, layer, f) + 1);
	}
	return sum;
}

static struct pkw__key key_from(const struct pkw_pkt *p, int network)
{
	const struct pkw_view *v = pkw_view(p);
	struct pkw__key k = { 0, 0 };

	if (network < 0)
		return k;
	k.pair = k.full = pair_of(p, network);
	for (uint32_t i = (uint32_t)network + 1; k.pair && i < v->nlayers; i++)
		if (v->layers[i].proto->cls == PKW_TRANSPORT) {
			k.full = mix(k.pair + numbers_of(p, (int)i));
			break;
		}
	return k;
}

struct pkw__key pkw__key_of(const struct pkw_pkt *p)
{
	return key_from(p, pkw_view(p)->first[PKW_NETWORK]);
}

struct pkw__key pkw__key_quoted(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);

	for (uint32_t i = 0; i < v->nlayers; i++)
		if (v->layers[i].proto->flags & PKW_QUOTED)
			return key_from(p, (int)i);
	return (struct pkw__key){ 0, 0 };
}
