/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk: where each layer begins and ends, and nothing else.  It runs once
 * over a packet, driven by the small descriptor that shape.c derived from each
 * protocol's rows, and never looks inside a header further than the length, the
 * total length and the selector of the next protocol.
 *
 * It cannot fail.  Too few bytes for a header: Raw.  A length that reaches
 * beyond what is there is cut to it; one that is shorter than the header itself
 * counts for nothing.  Each such fault leaves a note.  What lies between the
 * end that a layer declares and the end of the layer around it is kept on a
 * small stack and becomes Padding (or the protocol's `rest') when the chain of
 * payloads is done, innermost first, which is the order of the bytes.
 */
#include "core/core.h"

struct pending { /* bytes behind a layer's declared end */
	uint32_t off, end;
	unsigned owner;
};

void pkw__note(struct pkw_pkt *p, unsigned layer, uint32_t off,
    const char *name, const char *text)
{
	if (layer < p->v.nlayers)
		p->v.layers[layer].flags |= PKW_LAYER_BAD;
	for (uint32_t i = 0; i < p->nnotes; i++)
		if (p->notes[i].off == off && p->notes[i].text == text)
			return;
	if (p->nnotes == PKW__MAX_NOTES)
		return;
	p->notes[p->nnotes++] = (struct pkw_note){ (uint16_t)layer, off, name,
		text };
}

static inline uint64_t slot_load(const uint8_t *h, const struct pkw_slot *s)
{
	uint64_t v = s->le ? load_le(h + s->off, s->bytes)
			   : load_be(h + s->off, s->bytes);

	return v >> s->shift & s->mask;
}

const struct pkw_proto *pkw__resolve(
    const struct pkw_proto *proto, const uint8_t *b, size_t n)
{
	for (int i = 0; i < 8 && proto; i++) {
		const struct pkw__shape *sh = proto->rec.shape;
		const struct pkw_proto *q = NULL;
		if (!(sh->flags & PKW__RESOLVES))
			return proto;
		if (proto->guess)
			q = proto->guess(b, n);
		if (!q && sh->pick &&
		    (proto->pick->bit + proto->pick->bits + 7u) / 8 <= n)
			q = pkw__space_find(sh->pick,
			    bits_get(b, proto->pick->bit, proto->pick->bits));
		/* one that does not fit is still of its family */
		if (q && !(proto->flags & PKW_ABSTRACT) &&
		    n < q->rec.shape->minlen)
			return proto;
		if (!q && proto->flags & PKW_ABSTRACT)
			q = sh->next ? sh->next : pkw__raw;
		if (!q || q == proto)
			return proto;
		proto = q;
	}
	return pkw__raw;
}

static const struct pkw_proto *next_of(struct pkw_layer *l,
    const struct pkw__shape *sh, const uint8_t *h, uint32_t avail)
{
	const struct pkw_proto *above = NULL;
	int stop = 0;

	for (unsigned i = 0; i < sh->nsel; i++) {
		const struct pkw__select *s = &sh->sel[i];
		if (s->guard_op) {
			struct pkw_when w = { .op = s->guard_op,
				.value = s->guard_value };
			if (!pkw__when(NULL, 0, &w, slot_load(h, &s->guard))) {
				stop = 1;
				break;
			}
		}
		const struct pkw_proto *q =
		    pkw__space_find(s->space, slot_load(h, &s->at));
		if (q)
			return q;
	}
	if (l->proto->above)
		above = l->proto->above(h, avail);
	if (above)
		return above;
	if (stop) {
		l->flags |= PKW_LAYER_STOP;
		return pkw__raw;
	}
	return sh->next ? sh->next : pkw__raw;
}

static uint32_t head_length(struct pkw_pkt *p, unsigned i,
    const struct pkw__shape *sh, const uint8_t *h, uint32_t avail)
{
	const char *name = p->v.layers[i].proto->rec.name;
	uint32_t off = p->v.layers[i].off;

	switch ((enum pkw__head)sh->head) {
	case PKW__HEAD_FIXED:
		break;
	case PKW__HEAD_WHOLE:
		return avail;
	case PKW__HEAD_LAYOUT:
		p->v.layers[i].len = avail;
		if (pkw__layout(p, i) >= 0)
			return p->v.layers[i].len;
		break;
	case PKW__HEAD_FIELD: {
		int64_t n = (int64_t)slot_load(h, &sh->headlen) *
			sh->head_unit +
		    sh->head_bias;
		if (n < sh->minlen) {
			pkw__note(p, i, off, name,
			    "the header length is shorter than the header");
			break;
		}
		if (n > avail) {
			pkw__note(p, i, off, name,
			    "the header reaches beyond the end");
			return avail;
		}
		return (uint32_t)n;
	}
	}
	return sh->minlen;
}

/* The layer's end, at most `end'. */
static uint32_t layer_end(struct pkw_pkt *p, unsigned i,
    const struct pkw__shape *sh, const uint8_t *h, uint32_t end)
{
	const struct pkw_layer *l = &p->v.layers[i];

	if (sh->extent == PKW__END_OUTER)
		return end;
	uint64_t v;
	if (sh->end_laid) {
		int root = pkw__layout(p, i);
		if (root < 0 || pkw__absent(p, root, sh->end_field))
			return end;
		v = pkw__field_int(p, root, sh->end_field);
	} else {
		v = slot_load(h, &sh->endlen);
	}
	if (v == 0 && sh->end_zero) {
		const struct pkw_when *w =
		    &l->proto->rec.fields[sh->end_field].rel.guard;
		if (!w->op || pkw__when(p, i, w, pkw_u(p, (int)i, w->field)))
			return end;
	}
	int64_t n = (int64_t)v * sh->end_unit + sh->end_bias;
	if (sh->extent == PKW__END_PAYLOAD)
		n += l->len;
	if (n < l->len) {
		pkw__note(p, i, l->off, l->proto->rec.name,
		    "the length is shorter than the header");
		return end;
	}
	if (n > end - l->off) {
		if (!(l->proto->flags & PKW_QUOTED))
			pkw__note(p, i, l->off, l->proto->rec.name,
			    "the length says more bytes than there are");
		return end;
	}
	return l->off + (uint32_t)n;
}

static struct pkw_layer *add_layer(
    struct pkw_pkt *p, const struct pkw_proto *proto, uint32_t off, uint32_t end)
{
	struct pkw_layer *l = &p->v.layers[p->v.nlayers++];

	l->proto = proto;
	l->off = off;
	l->len = end - off;
	l->end = end;
	l->node = PKW_NO_NODE;
	l->flags = PKW_LAYER_READ;
	return l;
}

/* Puts one layer there; the protocol of what follows, NULL if nothing does. */
static const struct pkw_proto *step(struct pkw_pkt *p,
    const struct pkw_proto *proto, uint32_t *at, uint32_t *limit,
    struct pending *behind)
{
	const uint8_t *h = p->v.bytes + *at;
	uint32_t avail = *limit - *at;

	if (proto->rec.shape->flags & PKW__RESOLVES)
		proto = pkw__resolve(proto, h, avail);
	const struct pkw__shape *sh = proto->rec.shape;
	unsigned i = p->v.nlayers;
	if (avail < sh->minlen || i == PKW_MAX_LAYERS - 1) {
		const char *text = avail < sh->minlen
		    ? "too few bytes for this header"
		    : "too many layers";
		add_layer(p, pkw__raw, *at, *limit);
		pkw__note(p, i, *at, proto->rec.name, text);
		return NULL;
	}
	struct pkw_layer *l = add_layer(p, proto, *at, *limit);
	if (p->v.first[proto->cls] < 0)
		p->v.first[proto->cls] = (int8_t)i;
	if (sh->head == PKW__HEAD_WHOLE && sh->extent == PKW__END_LAYER) {
		l->len = sh->minlen;
		l->end = layer_end(p, i, sh, h, *limit);
		l->len = l->end - l->off;
	} else {
		l->len = head_length(p, i, sh, h, avail);
		l->end = proto->flags & PKW_LEAF
		    ? l->off + l->len
		    : layer_end(p, i, sh, h, *limit);
	}
	if (l->end < *limit) {
		behind->off = l->end;
		behind->end = *limit;
		behind->owner = i;
	}
	uint32_t body_end = l->end;
	if (sh->trailer && l->end - l->off - l->len >= sh->trailer) {
		body_end -= sh->trailer;
		l->flags |= PKW_LAYER_TRAILER;
	}
	*limit = body_end;
	*at = l->off + l->len;
	if (sh->align) {
		uint32_t gap = (0u - l->len) % sh->align;
		*at += gap < body_end - *at ? gap : body_end - *at;
		if (gap != *at - l->off - l->len)
			l->flags |= PKW_LAYER_GAP;
	}
	if (*at >= body_end)
		return NULL;
	return next_of(l, sh, h, avail);
}

void pkw__walk(struct pkw_pkt *p, const struct pkw_proto *first, uint32_t off,
    uint32_t end)
{
	struct pending rest[PKW_MAX_LAYERS];
	unsigned nrest = 0;
	const struct pkw_proto *proto = off < end ? first : NULL;

	for (;;) {
		while (proto && p->v.nlayers < PKW_MAX_LAYERS) {
			rest[nrest].owner = PKW_MAX_LAYERS;
			proto = step(p, proto, &off, &end, &rest[nrest]);
			nrest += rest[nrest].owner != PKW_MAX_LAYERS;
		}
		if (nrest == 0 || p->v.nlayers == PKW_MAX_LAYERS)
			return;
		const struct pending *r = &rest[--nrest];
		unsigned owner = r->owner, i = p->v.nlayers;
		off = r->off;
		end = r->end;
		proto = p->v.layers[owner].proto->rest;
		if (!proto || proto->rec.shape->minlen > end - off)
			proto = pkw__padding;
		rest[nrest].owner = PKW_MAX_LAYERS;
		proto = step(p, proto, &off, &end, &rest[nrest]);
		nrest += rest[nrest].owner != PKW_MAX_LAYERS;
		p->v.layers[i].flags |= (uint16_t)(PKW_LAYER_REST |
		    owner << PKW_LAYER_OWNER);
		p->nrest++;
	}
}

void pkw_dissect(struct pkw_pkt *p, const struct pkw_proto *first,
    const void *bytes, size_t len, unsigned flags)
{
	p->v.bytes = (uint8_t *)(uintptr_t)bytes;
	p->v.len = (uint32_t)len;
	p->v.nlayers = 0;
	memset(p->v.first, -1, sizeof p->v.first);
	p->nnodes = 0;
	p->nnotes = 0;
	p->err = 0;
	p->owned = 0;
	p->writable = flags & PKW_INPLACE;
	p->thawed = 0;
	p->nrest = 0;
	p->changed = 0;
	pkw__walk(p, first ? first : pkw__raw, 0, (uint32_t)len);
}
