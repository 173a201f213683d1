/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One packet on top of another, as they are: bytes, what is pinned, and what is
 * laid out inside.  Layers go where pkw_push() would put them, one after the
 * other, so padding stays behind everything; then the layer below learns what
 * stands on it now, and fields that depend on the layer below are looked at
 * again (DNS has its length only above TCP).
 *
 * Layers that were dissected and never changed are thawed here, as a change of
 * their own packet would have done.
 */
#include "core/core.h"

/* The inside of a layer of q, which becomes that of layer i of p. */
static int copy_nodes(struct pkw_pkt *p, unsigned i, const struct pkw_pkt *q,
    const struct pkw_layer *from)
{
	if (from->node == PKW_NO_NODE)
		return 0;
	uint32_t at = p->nnodes;
	uint32_t n = (uint32_t)pkw__node_end(q, from->node) - from->node;
	int r = pkw__node_insert(p, at, n);
	if (r < 0)
		return pkw__fail(p, r);
	memcpy(p->nodes + at, q->nodes + from->node, n * sizeof *p->nodes);
	for (uint32_t k = at; k < at + n; k++) {
		p->nodes[k].layer = (uint16_t)i;
		p->nodes[k].off += p->v.layers[i].off - from->off;
	}
	p->v.layers[i].node = (uint16_t)at;
	return 0;
}

static int copy_layer(
    struct pkw_pkt *p, const struct pkw_pkt *q, unsigned k)
{
	const struct pkw_layer *from = &q->v.layers[k];
	const unsigned kept = PKW_LAYER_READ | PKW_LAYER_ODD | PKW_LAYER_GAP |
	    PKW_LAYER_FLAT | PKW_LAYER_STOP;
	int i = pkw__layer_insert(p, from->proto, from->len,
	    from->flags & kept);

	if (i < 0)
		return i;
	if (from->len)
		memcpy(p->v.bytes + p->v.layers[i].off,
		    q->v.bytes + from->off, from->len);
	p->pins[i] = q->thawed ? q->pins[k] : 0;
	int r = copy_nodes(p, (unsigned)i, q, from);
	return r < 0 ? r : i;
}

int pkw_append(struct pkw_pkt *p, const struct pkw_pkt *q, int from)
{
	int r = pkw__change(p), first = -1;

	if (r < 0)
		return r;
	if (from < 0 || (uint32_t)from >= q->v.nlayers)
		return pkw__fail(p, -PKW_EINVAL);
	for (uint32_t k = (uint32_t)from; k < q->v.nlayers; k++) {
		int i = copy_layer(p, q, k);
		if (i < 0)
			return i;
		if (first < 0)
			first = i;
	}
	if (!q->thawed)
		pkw__thaw(p, (unsigned)first);
	if (first == 0 || p->v.layers[first].flags & PKW_LAYER_REST)
		return first;
	r = pkw__layer_joined(p, (unsigned)first);
	return r < 0 ? pkw__fail(p, r) : first;
}
