/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checksums of layers: what they cover, with which pseudo header, and whether
 * they are right.  The arithmetic is in base/sum.c.
 *
 * The pseudo header belongs to the nearest layer below that has one; where no
 * layer has, as for TCP directly on Ethernet, there is no right value and the
 * field is left alone.
 */
#include "base/sum.h"
#include "core/core.h"

/*
 * Where what lies behind a layer's payload ends.  Padding that was pushed is
 * said to lie behind the first layer, and belongs to none.
 */
static uint32_t rest_end(const struct pkw_pkt *p, unsigned layer)
{
	uint32_t end = p->v.layers[layer].end;

	for (uint32_t i = layer + 1; p->nrest && i < p->v.nlayers; i++) {
		const struct pkw_layer *l = &p->v.layers[i];
		if (l->flags & PKW_LAYER_REST &&
		    (unsigned)l->flags >> PKW_LAYER_OWNER == layer &&
		    (layer > 0 || l->proto != pkw__padding))
			end = l->end;
	}
	return end;
}

/* The bytes a checksum covers. */
static void scope(const struct pkw_pkt *p, unsigned layer, int of,
    uint32_t *from, uint32_t *to)
{
	const struct pkw_layer *l = &p->v.layers[layer];

	*from = l->off;
	*to = l->end;
	if (of == PKW_OF_RECORD)
		*to = l->off + l->len;
	else if (of == PKW_OF_ALL)
		*to = rest_end(p, layer);
}

static int pseudo_sum(const struct pkw_pkt *p, unsigned layer, uint32_t len,
    uint64_t *sum)
{
	const struct pkw__shape *sh = pkw__rec(p, layer)->shape;

	for (int i = pkw__parent(p, layer); i >= 0 && sh->pseudo >= 0;
	    i = pkw__parent(p, (unsigned)i)) {
		const struct pkw_proto *q = p->v.layers[i].proto;
		if (!q->pseudo)
			continue;
		*sum = q->pseudo(p, i, (uint32_t)sh->pseudo, len);
		return 1;
	}
	return 0;
}

static uint32_t field_off(const struct pkw_pkt *p, unsigned layer, unsigned k)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw__shape *sh = l->proto->rec.shape;

	if (sh->slots[k].fixed && !(l->flags & PKW_LAYER_ODD))
		return l->off + sh->bit[k] / 8;
	int root = pkw_root(p, (int)layer);
	if (root < 0 || pkw__absent(p, root, k))
		return UINT32_MAX;
	return (uint32_t)(pkw__field_bit(p, root, k) / 8);
}

int pkw__sum_now(
    const struct pkw_pkt *p, unsigned layer, unsigned field, uint64_t *v)
{
	const struct pkw_field *f = &pkw__rec(p, layer)->fields[field];
	uint32_t from, to, at = field_off(p, layer, field);
	uint32_t width = f->bits / 8u;
	uint64_t pseudo = 0;

	scope(p, layer, f->rel.of, &from, &to);
	if (at < from || at >= to || width > to - at)
		return 0;
	if (f->rel.pseudo && !pseudo_sum(p, layer, to - from, &pseudo))
		return 0;
	const uint8_t *b = p->v.bytes;
	if (f->rel.sum != &pkw_sum_inet || (at - from) % 2) {
		struct pkw_sum_in in = { p, (int)layer, b + from, to - from,
			at - from, pseudo };
		*v = f->rel.sum->fn(&in) & mask_bits(f->bits);
	} else {
		uint64_t s = pkw__sum_partial(b + from, at - from);
		s = pkw__sum_add(s, pkw__sum_partial(b + at + 2, to - at - 2));
		uint16_t c = (uint16_t)~pkw__sum_fold(pkw__sum_add(s, pseudo));
		uint8_t wire[2];
		memcpy(wire, &c, 2);
		*v = load_be(wire, 2);
	}
	if (*v == 0 && f->flags & PKW_NOZERO)
		*v = mask_bits(f->bits);
	return 1;
}

/*
 * The usual ones are added in one go, with 0 in the field's place; the pseudo
 * header comes first, as without one there is nothing to write.
 */
void pkw__sum_write(struct pkw_pkt *p, unsigned layer, unsigned field)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw__shape *sh = l->proto->rec.shape;
	const struct pkw_field *f = &l->proto->rec.fields[field];
	uint64_t pseudo = 0, v;
	uint32_t from, to;

	if (!sh->simple_sums || l->flags & PKW_LAYER_ODD) {
		if (pkw__sum_now(p, layer, field, &v))
			pkw__put_layer_int(p, layer, field, v);
		return;
	}
	scope(p, layer, f->rel.of, &from, &to);
	uint8_t *b = p->v.bytes + from, *at = b + sh->bit[field] / 8;
	if (at + 2 > p->v.bytes + to ||
	    (f->rel.pseudo && !pseudo_sum(p, layer, to - from, &pseudo)))
		return;
	memset(at, 0, 2);
	pseudo = pkw__sum_add(pseudo, pkw__sum_partial(b, to - from));
	uint16_t c = (uint16_t)~pkw__sum_fold(pseudo);
	if (c == 0 && f->flags & PKW_NOZERO)
		c = 0xffff;
	memcpy(at, &c, 2);
}

int pkw_sum_ok(const struct pkw_pkt *p, int layer, unsigned field)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return -PKW_EINVAL;
	const struct pkw_record *rec = pkw__rec(p, (unsigned)layer);
	if (field >= rec->nfields || rec->fields[field].rel.kind != PKW_SUM)
		return -PKW_ENOFIELD;
	uint64_t now = pkw_u(p, layer, field), want;
	if (now == 0 && rec->fields[field].flags & PKW_NOZERO)
		return -PKW_EABSENT;
	for (int i = layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		if (p->v.layers[i].flags & PKW_LAYER_BAD)
			return -PKW_ETRUNC;
	if (!pkw__sum_now(p, (unsigned)layer, field, &want))
		return -PKW_EABSENT;
	return now == want;
}
