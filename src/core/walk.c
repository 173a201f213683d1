/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk: where each layer begins and ends, and nothing else.  It runs once
 * over a packet, driven by the small descriptor that shape.c derived from each
 * protocol's rows, and never looks inside a header further than the length, the
 * total length and the selector of the next protocol.  The step itself is in
 * step.h; here is what happens seldom.
 *
 * It cannot fail.  Too few bytes for a header: Raw.  A length that reaches
 * beyond what is there is cut to it; one that is shorter than the header itself
 * counts for nothing.  Each such fault leaves a note.  What lies between the
 * end that a layer declares and the end of the layer around it is kept on a
 * small stack and becomes Padding (or the protocol's `rest') when the chain of
 * payloads is done, innermost first, which is the order of the bytes.
 */
#include "core/step.h"

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

void pkw__step_any(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t at, uint32_t limit, uint32_t i)
{
	step(p, proto, proto->rec.shape, at, limit, i);
}

void pkw__walk_raw(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t at, uint32_t limit, uint32_t i)
{
	const char *text = i >= PKW_MAX_LAYERS - 1
	    ? "too many layers"
	    : "too few bytes for this header";

	if (i >= PKW_MAX_LAYERS)
		return;
	p->v.layers[i] = (struct pkw_layer){ pkw__raw, at, limit - at, limit,
		PKW_NO_NODE, PKW_LAYER_READ };
	p->v.nlayers = i + 1;
	if (p->v.first[pkw__raw->cls] < 0)
		p->v.first[pkw__raw->cls] = (int8_t)i;
	pkw__note(p, i, at, proto->rec.name, text);
}

uint32_t pkw__walk_laid_out(struct pkw_pkt *p, uint32_t i, uint32_t avail)
{
	p->v.layers[i].len = avail;
	return pkw__layout(p, i) < 0 ? pkw__rec(p, i)->shape->minlen
				     : p->v.layers[i].len;
}

uint32_t pkw__walk_bad_head(
    struct pkw_pkt *p, uint32_t i, int64_t n, uint32_t avail)
{
	const struct pkw_layer *l = &p->v.layers[i];
	const struct pkw_record *rec = &l->proto->rec;

	pkw__note(p, i, l->off, rec->name,
	    n > avail ? "the header reaches beyond the end"
		      : "the header length is shorter than the header");
	return n > avail ? avail : rec->shape->minlen;
}

/* A length that is there only under a condition; 0 where it is not. */
uint64_t pkw__walk_laid_end(struct pkw_pkt *p, uint32_t i)
{
	int root = pkw__layout(p, i);
	unsigned k = pkw__rec(p, i)->shape->end_field;

	return root < 0 || pkw__absent(p, root, k)
	    ? 0
	    : pkw__field_int(p, root, k);
}

int pkw__walk_open_end(const struct pkw_pkt *p, uint32_t i)
{
	const struct pkw_record *rec = pkw__rec(p, i);
	const struct pkw_when *w = &rec->fields[rec->shape->end_field].rel.guard;

	return !w->op || pkw__when(p, i, w, pkw_u(p, (int)i, w->field));
}

uint32_t pkw__walk_bad_end(
    struct pkw_pkt *p, uint32_t i, int64_t n, uint32_t end)
{
	const struct pkw_layer *l = &p->v.layers[i];
	int beyond = n > end - l->off;

	if (!beyond || !(l->proto->flags & PKW_QUOTED))
		pkw__note(p, i, l->off, l->proto->rec.name,
		    beyond ? "the length says more bytes than there are"
			   : "the length is shorter than the header");
	return end;
}

/* Remembers the bytes between layer i's end and that of the one around it. */
void pkw__walk_later(struct pkw_pkt *p, uint32_t i, uint32_t limit)
{
	p->later[p->nlater++] = (struct pkw__later){ limit, i };
}

const struct pkw_proto *pkw__walk_otherwise(
    struct pkw_pkt *p, uint32_t i, const uint8_t *h, uint32_t avail)
{
	const struct pkw_layer *l = &p->v.layers[i];
	const struct pkw__shape *sh = l->proto->rec.shape;
	const struct pkw_proto *q =
	    l->proto->above ? l->proto->above(h, avail) : NULL;

	if (q)
		p->v.layers[i].flags &= (uint16_t)~PKW_LAYER_STOP;
	else if (!(l->flags & PKW_LAYER_STOP))
		q = sh->next;
	return q ? q : pkw__raw;
}

/* What follows although a guard does not hold: Raw, unless a hook knows. */
const struct pkw_proto *pkw__walk_stop(
    struct pkw_pkt *p, uint32_t i, const uint8_t *h, uint32_t avail)
{
	p->v.layers[i].flags |= PKW_LAYER_STOP;
	return pkw__walk_otherwise(p, i, h, avail);
}

int pkw__walk_guard(const struct pkw__select *s, uint64_t value)
{
	struct pkw_when w = { .op = s->guard_op, .value = s->guard_value };

	return pkw__when(NULL, 0, &w, value);
}

static void walk_rest(struct pkw_pkt *p)
{
	while (p->nlater > 0 && p->v.nlayers < PKW_MAX_LAYERS) {
		const struct pkw__later *r = &p->later[--p->nlater];
		uint32_t owner = r->owner, end = r->end, i = p->v.nlayers;
		uint32_t off = p->v.layers[owner].end;
		const struct pkw_proto *q = p->v.layers[owner].proto->rest;
		if (!q || q->rec.shape->minlen > end - off)
			q = pkw__padding;
		q->rec.shape->step(p, q, off, end, i);
		pkw__contain(&p->v.layers[i], pkw__parent(p, owner));
		p->nrest++;
	}
}

void pkw__walk(struct pkw_pkt *p, const struct pkw_proto *first, uint32_t off,
    uint32_t end)
{
	p->nlater = 0;
	if (off >= end)
		return;
	first->rec.shape->step(p, first, off, end, p->v.nlayers);
	if (PKW__UNLIKELY(p->nlater > 0))
		walk_rest(p);
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
