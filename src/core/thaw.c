/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens before the first change of a dissected packet.
 *
 * Each derived field is compared with what we would write.  Where they agree
 * the field stays free, so an edit mends lengths and checksums by itself; where
 * they do not, it is pinned, so what was malformed stays so.
 *
 * Compressed names are a matter of their own.  As long as sizes stay, pointers
 * are right; before the first change of size in their layer all names are
 * written out in full, the last one first, for a pointer leads backwards.
 */
#include "core/core.h"

#include "base/compiler.h"

void pkw__thaw_nodes(struct pkw_pkt *p, int from, int to)
{
	for (int i = from; i < to; i++) {
		if (p->nodes[i].kind != PKW_NODE_RECORD)
			continue;
		const struct pkw_record *rec = p->nodes[i].rec;
		const struct pkw__shape *sh = rec->shape;
		for (unsigned k = 0; sh->variable >> k && k < rec->nfields; k++)
			if (rec->fields[k].type == PKW_ALIGN &&
			    pkw__misaligned(p, i, k))
				*pkw__pins(p, i) |= UINT64_C(1) << k;
		uint64_t todo = (sh->lens | sh->counts | sh->sums) &
		    p->nodes[i].has;
		for (; todo; todo &= todo - 1) {
			unsigned k = ctz64(todo);
			uint64_t v;
			if (!pkw__computed(p, i, k, &v))
				continue;
			if (pkw__field_int(p, i, k) != v ||
			    pkw__uneven(p, i, k))
				*pkw__pins(p, i) |= UINT64_C(1) << k;
		}
	}
}

void pkw__thaw(struct pkw_pkt *p, unsigned from_layer)
{
	for (uint32_t i = from_layer; i < p->v.nlayers; i++)
		p->pins[i] = 0;
	for (uint32_t i = from_layer; i < p->v.nlayers; i++) {
		int root = pkw__layout(p, i);
		if (root < 0) {
			p->pins[i] = ~UINT64_C(0);
			continue;
		}
		pkw__thaw_nodes(p, root, pkw__node_end(p, root));
		if (p->v.layers[i].proto->thaw)
			p->v.layers[i].proto->thaw(p, (int)i);
	}
}

/* Writes one compressed value out. */
static int write_out(struct pkw_pkt *p, int node, const struct pkw_codec *codec)
{
	struct pkw_str text = PKW_STR_INIT, wire = PKW_STR_INIT;
	const struct pkw_node *n = &p->nodes[node];
	struct pkw_wire w = pkw__wire(p, n->layer);
	int r = codec->get(&w, n->off, n->len, &text);

	if (r >= 0)
		r = codec->put(
		    text.s ? text.s : "", text.len, &wire, NULL);
	if (r == -PKW_ENOMEM || text.err || wire.err) {
		pkw__fail(p, -PKW_ENOMEM);
	} else if (r >= 0 && wire.len > n->len) {
		r = pkw__splice(p, node, node + 1, n->off, n->len,
		    (uint32_t)wire.len);
		if (r == 0)
			memcpy(p->v.bytes + p->nodes[node].off, wire.s,
			    wire.len);
	}
	pkw_str_free(&text);
	pkw_str_free(&wire);
	return p->err;
}

static int flatten(struct pkw_pkt *p, unsigned layer)
{
	int root = pkw__layout(p, layer);

	p->v.layers[layer].flags |= PKW_LAYER_FLAT;
	for (int i = root < 0 ? -1 : pkw__node_end(p, root) - 1; i > root; i--) {
		if (p->nodes[i].kind != PKW_NODE_BYTES ||
		    p->nodes[i].field == PKW_NO_FIELD ||
		    p->nodes[i].flags & (PKW_NODE_BAD | PKW_NODE_OPAQUE))
			continue;
		const struct pkw_node *up = &p->nodes[pkw_node_parent(p, i)];
		const struct pkw_codec *codec =
		    up->rec->fields[p->nodes[i].field].codec;
		if (codec && codec->pointers) {
			int r = write_out(p, i, codec);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int may_point(const struct pkw_pkt *p, unsigned layer)
{
	int root = p->v.layers[layer].node;
	int end = root == PKW_NO_NODE ? 0 : pkw__node_end(p, root);

	for (int i = root; i < end; i++)
		if (p->nodes[i].rec &&
		    p->nodes[i].rec->shape->flags & PKW__POINTERS)
			return 1;
	return 0;
}

int pkw__change_shape(struct pkw_pkt *p, int node)
{
	int r = pkw__change(p);

	if (r < 0)
		return r;
	if (!pkw_node(p, node))
		return pkw__fail(p, -PKW_EINVAL);
	unsigned layer = p->nodes[node].layer;
	unsigned flags = p->v.layers[layer].flags;
	if (!(flags & PKW_LAYER_READ) || flags & PKW_LAYER_FLAT ||
	    !may_point(p, layer))
		return 0;
	return flatten(p, layer);
}
