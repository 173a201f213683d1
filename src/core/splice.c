/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing how many bytes there are, and where.
 *
 * A splice happens at a place in the tree, not only at an offset: empty fields
 * share an offset, so "everything behind it" means the nodes and layers that
 * come after it in order.  The node that owns the bytes grows together with all
 * its ancestors, its layer and the layers around that; what comes later moves.
 *
 * Every change starts with pkw__change(): the bytes become ours, and a
 * dissected packet is thawed, which decides once which of its derived fields
 * are free.
 */
#include "core/core.h"

#include <stdlib.h>

int pkw__fail(struct pkw_pkt *p, int code)
{
	if (p->err == 0)
		p->err = code;
	return code;
}

static int grow(struct pkw_pkt *p, size_t need)
{
	size_t cap = p->cap ? p->cap : 512;

	if (need > PKW__MAX_BYTES)
		return pkw__fail(p, -PKW_EMSGSIZE);
	while (cap < need + PKW__SLACK)
		cap *= 2;
	uint8_t *b = realloc(p->buf, cap);
	if (!b)
		return pkw__fail(p, -PKW_ENOMEM);
	p->buf = b;
	p->cap = cap;
	if (p->owned)
		p->v.bytes = b;
	return 0;
}

int pkw__own(struct pkw_pkt *p, size_t more)
{
	size_t need = p->v.len + more;

	if (need + PKW__SLACK > p->cap) {
		int r = grow(p, need);
		if (r < 0)
			return r;
	}
	if (!p->owned) {
		if (p->v.len)
			memcpy(p->buf, p->v.bytes, p->v.len);
		p->v.bytes = p->buf;
		p->owned = 1;
		p->writable = 1;
	}
	return 0;
}

int pkw__change(struct pkw_pkt *p)
{
	if (p->err)
		return p->err;
	p->changed = 1;
	if (!p->owned) {
		int r = pkw__own(p, 0);
		if (r < 0)
			return r;
	}
	if (!p->thawed) {
		p->thawed = 1;
		pkw__thaw(p, 0);
	}
	return 0;
}

/* Moves the bytes; zeros where something is put in. */
static int move_bytes(
    struct pkw_pkt *p, uint32_t at, uint32_t del, uint32_t ins)
{
	if (ins > del) {
		int r = pkw__own(p, ins - del);
		if (r < 0)
			return r;
	}
	if (at + del < p->v.len)
		memmove(p->v.bytes + at + ins, p->v.bytes + at + del,
		    p->v.len - at - del);
	memset(p->v.bytes + at, 0, ins);
	p->v.len += ins - del;
	return 0;
}

void pkw__grow_around(struct pkw_pkt *p, int layer, uint32_t delta)
{
	for (int i = layer; i >= 0; i = pkw__parent(p, (unsigned)i)) {
		struct pkw_layer *l = &p->v.layers[i];
		l->end += delta;
		if (l->flags & PKW_LAYER_TRAILER && l->node != PKW_NO_NODE)
			p->nodes[pkw__node_end(p, l->node) - 1].off =
			    pkw__body_end(l);
	}
}

static void shift_layers(struct pkw_pkt *p, unsigned from, uint32_t delta)
{
	if (from >= p->v.nlayers)
		return;
	for (uint32_t i = from; i < p->v.nlayers; i++) {
		p->v.layers[i].off += delta;
		p->v.layers[i].end += delta;
	}
	for (uint32_t i = 0; i < p->nnodes; i++)
		if (p->nodes[i].layer >= from)
			p->nodes[i].off += delta;
	for (uint32_t i = 0; i < p->nnotes; i++)
		if (p->notes[i].layer >= from)
			p->notes[i].off += delta;
}

int pkw__splice(struct pkw_pkt *p, int node, int after, uint32_t at,
    uint32_t del, uint32_t ins)
{
	uint32_t delta = ins - del;

	if (move_bytes(p, at, del, ins) < 0)
		return p->err;
	if (delta == 0)
		return 0;
	unsigned layer = p->nodes[node].layer;
	/* a layer's nodes stand together; ancestors come before */
	for (uint32_t i = (uint32_t)after;
	    i < p->nnodes && p->nodes[i].layer == layer; i++)
		p->nodes[i].off += delta;
	for (unsigned i = (unsigned)node, above = p->nodes[i].depth + 1u;; i--) {
		struct pkw_node *n = &p->nodes[i];
		if (n->depth >= above)
			continue;
		n->len += delta;
		above = n->depth;
		if (above == 0)
			break;
	}
	for (uint32_t i = 0; i < p->nnotes; i++)
		if (p->notes[i].layer == layer && p->notes[i].off > at)
			p->notes[i].off = p->notes[i].off >= at + del
			    ? p->notes[i].off + delta
			    : at;
	p->v.layers[layer].len += delta;
	pkw__grow_around(p, (int)layer, delta);
	shift_layers(p, layer + 1, delta);
	return 0;
}

int pkw__splice_behind(
    struct pkw_pkt *p, unsigned layer, uint32_t at, uint32_t del, uint32_t ins)
{
	if (move_bytes(p, at, del, ins) < 0)
		return p->err;
	pkw__grow_around(p, (int)layer, ins - del);
	shift_layers(p, layer + 1, ins - del);
	return 0;
}

struct pkw_pkt *pkw_pkt_new(void)
{
	pkw__init();
	struct pkw_pkt *p = calloc(1, sizeof *p);
	if (p)
		pkw_pkt_reset(p);
	return p;
}

void pkw_pkt_free(struct pkw_pkt *p)
{
	if (!p)
		return;
	free(p->buf);
	free(p->nodes);
	free(p);
}

void pkw_pkt_reset(struct pkw_pkt *p)
{
	p->v.bytes = p->buf;
	p->v.len = 0;
	p->v.nlayers = 0;
	memset(p->v.first, -1, sizeof p->v.first);
	p->nnodes = 0;
	p->nnotes = 0;
	p->err = 0;
	p->owned = 1;
	p->writable = 1;
	p->thawed = 1;
	p->nrest = 0;
	p->changed = 1;
}

/* Room for as many nodes and bytes; what was in there is lost. */
static int room_for(struct pkw_pkt *to, const struct pkw_pkt *from)
{
	if (from->v.len + PKW__SLACK > to->cap && grow(to, from->v.len) < 0)
		return to->err;
	if (from->nnodes <= to->capnodes)
		return 0;
	int r = pkw__node_insert(to, 0, from->nnodes);
	return r < 0 ? pkw__fail(to, r) : 0;
}

int pkw_pkt_copy(struct pkw_pkt *to, const struct pkw_pkt *from)
{
	pkw_pkt_reset(to);
	if (room_for(to, from) < 0)
		return to->err;
	if (from->v.len)
		memcpy(to->buf, from->v.bytes, from->v.len);
	if (from->nnodes)
		memcpy(to->nodes, from->nodes,
		    from->nnodes * sizeof *to->nodes);
	for (uint32_t i = 0; i < from->v.nlayers; i++) {
		to->v.layers[i] = from->v.layers[i];
		to->pins[i] = from->pins[i];
	}
	if (from->nnotes)
		memcpy(to->notes, from->notes,
		    from->nnotes * sizeof *to->notes);
	memcpy(to->v.first, from->v.first, sizeof to->v.first);
	to->v.bytes = to->buf;
	to->v.len = from->v.len;
	to->v.nlayers = from->v.nlayers;
	to->nnodes = from->nnodes;
	to->nnotes = from->nnotes;
	to->err = from->err;
	to->thawed = from->thawed;
	to->nrest = from->nrest;
	to->changed = from->changed;
	return to->err;
}

int pkw_pkt_err(const struct pkw_pkt *p)
{
	return p->err;
}
