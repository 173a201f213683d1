/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Edits at line rate: the field is written where it lies, and every checksum
 * over it changes by the difference of its words (RFC 1624, equation 3), so a
 * right one stays right and a wrong one wrong by the same amount.
 *
 * Which checksums: those of the layer itself and of the layers around it, and,
 * for an address that a pseudo header holds, the one of the layer above that
 * uses it.  A checksum that changes is itself a change for the layers around:
 * where a header's own sum follows its field, an outer sum over both stays.  Whatever this cannot do goes the long way of pkw_set() and
 * pkw_seal().
 */
#include "base/compiler.h"
#include "base/sum.h"
#include "core/core.h"

static uint16_t swapped(uint16_t v)
{
	return (uint16_t)(v << 8 | v >> 8);
}

static uint16_t add(uint16_t a, uint16_t b)
{
	return pkw__sum_fold((uint64_t)a + b);
}

/* What has changed: `own' inside a layer's header, `all' up to its end.  Words
   in native order, as if they were at an even offset of the packet. */
struct change {
	uint16_t own, all;
	int pseudo; /* in the pseudo header only */
};

/*
 * Changes a layer's checksums by a difference; returns by what they changed
 * themselves, which checksums of layers further out cover too.
 */
static uint16_t update(
    struct pkw_pkt *p, unsigned layer, struct change ch, int inside)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;
	uint16_t changed = 0;

	for (uint64_t todo = rec->shape->sums; todo; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		const struct pkw_field *f = &rec->fields[k];
		uint8_t *at = p->v.bytes + l->off + rec->shape->bit[k] / 8;
		int header = f->rel.of == PKW_OF_RECORD;
		uint16_t c, old, delta = header ? ch.own : ch.all;
		if ((!inside && header) || (ch.pseudo && !f->rel.pseudo))
			continue;
		memcpy(&old, at, 2);
		if (old == 0 && f->flags & PKW_NOZERO)
			continue;
		if (l->off & 1)
			delta = swapped(delta);
		c = (uint16_t)~add((uint16_t)~old, delta);
		if (c == 0 && f->flags & PKW_NOZERO)
			c = 0xffff;
		memcpy(at, &c, 2);
		changed = add(changed, add(c, (uint16_t)~old));
	}
	return l->off & 1 ? swapped(changed) : changed;
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

/*
 * Whether a header between an address and the sum over it may tell where the
 * packet is bound for in the end, as routing headers and source routes do: then
 * the pseudo header is not the address's.
 */
static int may_route(const struct pkw_pkt *p, unsigned layer, int user)
{
	const struct pkw_layer *l = &p->v.layers[layer];

	if (l->proto->pseudo)
		return user >= 0 && ((unsigned)user != layer + 1 ||
		    l->len > l->proto->rec.shape->minlen);
	if (l->proto->rec.shape->sums)
		return 0;
	for (int i = pkw__parent(p, layer); i >= 0;
	    i = pkw__parent(p, (unsigned)i)) {
		const struct pkw_proto *q = p->v.layers[i].proto;
		if (q->pseudo)
			return pseudo_user(p, layer) >= 0;
		if (q->rec.shape->sums)
			return 0;
	}
	return 0;
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
	    (user >= 0 && cannot_update(p, (unsigned)user)) ||
	    may_route(p, layer, user))
		return 0;
	for (int i = (int)layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		/* what lies behind a payload may count in that layer's sum */
		if (cannot_update(p, (unsigned)i) ||
		    p->v.layers[i].flags & PKW_LAYER_REST)
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
	/* also the addresses of a quoted header, which are not ours to fill */
	int user = l->proto->pseudo && rec->fields[field].type == PKW_IP4
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
	/* a number that ends inside a word counts with its bytes swapped */
	unsigned odd = (s->off + s->bytes) & 1;
	struct change ch = { 0, 0, 0 };
	if (user >= 0) {
		struct change in = { 0, odd ? swapped(delta) : delta, 1 };
		if (p->v.layers[user].off & 1)
			in.all = swapped(in.all); /* update() turns it back */
		ch.all = update(p, (unsigned)user, in, 1);
	}
	ch.own = (odd ^ l->off) & 1 ? swapped(delta) : delta;
	ch.all = add(ch.all, ch.own);
	for (int i = layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		if (p->v.layers[i].proto->rec.shape->sums)
			ch.all = add(ch.all,
			    update(p, (unsigned)i, ch, i == layer));
	return 0;
}
