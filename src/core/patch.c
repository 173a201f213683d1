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

/* One checksum field, by a difference of words in native order. */
static int update(uint8_t *at, uint16_t delta, const struct pkw_field *f)
{
	uint16_t c;

	memcpy(&c, at, 2);
	if (c == 0 && f->flags & PKW_NOZERO)
		return 0;
	c = (uint16_t)~pkw__sum_fold((uint64_t)(uint16_t)~c + delta);
	if (c == 0 && f->flags & PKW_NOZERO)
		c = 0xffff;
	memcpy(at, &c, 2);
	return 1;
}

static uint16_t swapped(uint16_t word)
{
	return (uint16_t)pkw__sum_odd(word);
}

/* a - b */
static uint16_t minus(uint16_t a, uint16_t b)
{
	return (uint16_t)pkw__sum_fold((uint64_t)a + (uint16_t)~b);
}

/*
 * What has changed so far, as words at even addresses: the field itself, and
 * all that is in the layer around it, sums that were updated included.  A sum
 * that covers a change takes it back, so most outer ones see none.
 */
struct change {
	uint16_t field, all;
};

static void update_layer(struct pkw_pkt *p, unsigned layer, struct change *c,
    int inside)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;

	for (uint64_t todo = rec->shape->sums; todo; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		const struct pkw_field *f = &rec->fields[k];
		int record = f->rel.of == PKW_OF_RECORD;
		uint16_t d = record ? c->field : c->all;
		uint8_t *at = p->v.bytes + l->off + rec->shape->bit[k] / 8;

		if ((record && !inside) || d == 0 || d == 0xffff)
			continue;
		if (update(at, l->off & 1 ? swapped(d) : d, f))
			c->all = minus(c->all, d);
	}
}

/* The sum above that counts the field as part of its pseudo header. */
static void update_user(struct pkw_pkt *p, unsigned user, uint16_t delta,
    struct change *c)
{
	const struct pkw_layer *l = &p->v.layers[user];
	const struct pkw_record *rec = &l->proto->rec;

	for (uint64_t todo = rec->shape->sums; todo; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		uint8_t *at = p->v.bytes + l->off + rec->shape->bit[k] / 8;

		if (rec->fields[k].rel.pseudo &&
		    update(at, delta, &rec->fields[k]))
			c->all = minus(c->all,
			    l->off & 1 ? swapped(delta) : delta);
	}
}

/* Whether all checksums of a layer can be changed by differences. */
static int simple(const struct pkw_pkt *p, unsigned layer)
{
	const struct pkw_record *rec = pkw__rec(p, layer);
	uint64_t sums = rec->shape->sums;

	if (sums & (sums - 1))
		return 0; /* one would count the other */
	for (uint64_t todo = sums; todo; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		const struct pkw_field *f = &rec->fields[k];
		if (!f->rel.sum->inet || !rec->shape->slots[k].fixed ||
		    f->rel.of >= 0 || rec->shape->bit[k] % 16)
			return 0;
	}
	return 1;
}

/* The layer above whose checksum counts this layer's addresses, or -1. */
static int pseudo_user(const struct pkw_pkt *p, unsigned layer)
{
	for (uint32_t i = layer + 1; i < p->v.nlayers; i++) {
		if (p->v.layers[i].flags & PKW_LAYER_REST ||
		    p->v.layers[i].proto->pseudo)
			return -1;
		if (pkw__rec(p, i)->shape->sums)
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

int pkw_patch(struct pkw_pkt *p, int layer, unsigned field, uint64_t value)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return pkw__fail(p, -PKW_EINVAL);
	unsigned at = (unsigned)layer;
	const struct pkw_layer *l = &p->v.layers[at];
	const struct pkw_record *rec = &l->proto->rec;
	if (field >= rec->nfields)
		return pkw__fail(p, -PKW_ENOFIELD);
	const struct pkw__shape *sh = rec->shape;
	const struct pkw_slot *s = &sh->slots[field];
	const struct pkw_field *f = &rec->fields[field];
	uint64_t shapes = sh->control | sh->lens | sh->counts | sh->nexts;
	int user = l->proto->pseudo && f->flags & (PKW_SRC | PKW_DST)
	    ? pseudo_user(p, at)
	    : -1;
	if (!s->fixed || !s->bytes || s->le || shapes >> field & 1 ||
	    value > s->mask || l->flags & PKW_LAYER_ODD ||
	    sh->flags & PKW__LE || p->err || sh->sums >> field & 1)
		return long_way(p, layer, field, value);
	for (int i = layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		if (pkw__rec(p, (unsigned)i)->shape->sums &&
		    !simple(p, (unsigned)i))
			return long_way(p, layer, field, value);
	if (user >= 0 && !simple(p, (unsigned)user))
		return long_way(p, layer, field, value);
	if (!p->writable && pkw__own(p, 0) < 0)
		return p->err;

	uint8_t *b = p->v.bytes + l->off + s->off;
	uint64_t old = load_be(b, s->bytes);
	uint64_t new = (old & ~(s->mask << s->shift)) | value << s->shift;
	uint16_t before = pkw__sum_fold(old);
	uint16_t after = pkw__sum_fold(new);
	/* the sums were of a number, so of words in network order */
	uint64_t diff = (uint64_t)after + (uint16_t)~before;
	uint8_t wire[2];
	uint16_t native;
	store_be(wire, 2, pkw__sum_fold(diff));
	memcpy(&native, wire, 2);
	/* a load of one byte is a word's high or low half */
	int odd = (int)((l->off + s->off + (s->bytes == 1)) & 1);
	struct change c = { .field = odd ? swapped(native) : native };

	c.all = c.field;
	store_be(b, s->bytes, new);
	if (user >= 0)
		update_user(p, (unsigned)user, native, &c);
	for (int i = layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		update_layer(p, (unsigned)i, &c, i == layer);
	return 0;
}
