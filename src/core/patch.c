/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Edits at line rate: the field is written where it lies, and every checksum
 * over it changes by the difference of its words (RFC 1624, equation 3), so a
 * right one stays right and a wrong one wrong by the same amount.
 *
 * Which checksums: those of the layer itself and of the layers around it, and,
 * for an address that a pseudo header holds, the one of the layer above that
 * uses it.  Whatever this cannot do goes the long way of pkw_set() and
 * pkw_seal().
 */
#include "base/compiler.h"
#include "base/sum.h"
#include "core/core.h"

/* Changes a layer's checksums by a difference of words in native order. */
static void update(struct pkw_pkt *p, unsigned layer, uint16_t delta,
    int inside, int pseudo)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;

	for (uint64_t todo = rec->shape->sums; todo; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		const struct pkw_field *f = &rec->fields[k];
		uint8_t *at = p->v.bytes + l->off + rec->shape->bit[k] / 8;
		uint16_t c;
		if ((!inside && f->rel.of == PKW_OF_RECORD) ||
		    (pseudo && !f->rel.pseudo))
			continue;
		memcpy(&c, at, 2);
		if (c == 0 && f->flags & PKW_NOZERO)
			continue;
		c = (uint16_t)~pkw__sum_fold((uint64_t)(uint16_t)~c + delta);
		if (c == 0 && f->flags & PKW_NOZERO)
			c = 0xffff;
		memcpy(at, &c, 2);
	}
}

static int cannot_update(const struct pkw_pkt *p, unsigned layer)
{
	const struct pkw__shape *sh = p->v.layers[layer].proto->rec.shape;

	return sh->sums && !sh->simple_sums;
}

/* The layer above whose checksum counts this layer's addresses, or -1. */
static int pseudo_user(const struct pkw_pkt *p, unsigned layer)
{
	for (uint32_t i = layer + 1; i < p->v.nlayers; i++) {
		const struct pkw_layer *l = &p->v.layers[i];
		if (l->flags & PKW_LAYER_REST || l->proto->pseudo)
			return -1;
		if (l->proto->rec.shape->sums)
			return (int)i;
	}
	return -1;
}

static int long_way(
    struct pkw_pkt *p, int layer, unsigned field, uint64_t value)
{
	int r = pkw_set(p, layer, field, value);

	return r < 0 ? r : pkw_seal(p, 0);
}

/* Whether the field can be written where it lies, and its sums updated. */
static int is_simple(const struct pkw_pkt *p, unsigned layer, unsigned field,
    uint64_t value, int user)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw__shape *sh = l->proto->rec.shape;
	const struct pkw_slot *s = &sh->slots[field];
	uint64_t no = sh->control | sh->lens | sh->counts | sh->sums;

	if (!s->fixed || !s->bytes || s->le || no >> field & 1 ||
	    value > s->mask || l->flags & PKW_LAYER_ODD ||
	    sh->flags & PKW__LE || p->err ||
	    (user >= 0 && cannot_update(p, (unsigned)user)))
		return 0;
	for (int i = (int)layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		if (cannot_update(p, (unsigned)i))
			return 0;
	return 1;
}

int pkw_patch(struct pkw_pkt *p, int layer, unsigned field, uint64_t value)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return pkw__fail(p, -PKW_EINVAL);
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;
	if (field >= rec->nfields)
		return pkw__fail(p, -PKW_ENOFIELD);
	int user = l->proto->pseudo &&
		rec->fields[field].flags & (PKW_SRC | PKW_DST)
	    ? pseudo_user(p, (unsigned)layer)
	    : -1;
	if (!is_simple(p, (unsigned)layer, field, value, user))
		return long_way(p, layer, field, value);
	if (!p->writable && pkw__own(p, 0) < 0)
		return p->err;

	const struct pkw_slot *s = &rec->shape->slots[field];
	uint8_t *b = p->v.bytes + l->off + s->off;
	uint64_t old = load_be(b, s->bytes);
	uint64_t new = (old & ~(s->mask << s->shift)) | value << s->shift;
	store_be(b, s->bytes, new);
	/* numbers are congruent to the sums of their words in network order */
	uint64_t diff = (uint64_t)pkw__sum_fold(new) +
	    (uint16_t)~pkw__sum_fold(old);
	uint16_t delta = pkw__sum_fold(diff);
	uint8_t wire[2];
	store_be(wire, 2, delta);
	memcpy(&delta, wire, 2);
	uint16_t swapped = (uint16_t)(delta << 8 | delta >> 8);
	/* a number that ends inside a word counts with its bytes swapped */
	unsigned odd = (s->off + s->bytes) & 1;
	for (int i = layer; i >= 0; i = pkw__parent(p, (unsigned)i)) {
		unsigned apart = l->off - p->v.layers[i].off;
		if (p->v.layers[i].proto->rec.shape->sums)
			update(p, (unsigned)i,
			    (odd ^ apart) & 1 ? swapped : delta, i == layer, 0);
	}
	if (user >= 0)
		update(p, (unsigned)user, odd ? swapped : delta, 1, 1);
	return 0;
}
