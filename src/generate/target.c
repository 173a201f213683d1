/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a varied field is.  Nodes move when a packet is built again, so a field
 * is remembered by the way to it: the layer, then for each record on the way
 * the field it is in and its number among the elements there.
 */
#include "generate/gen.h"

#include <string.h>

/* The number of an element among the records of its list. */
static int ordinal(const struct pkw_pkt *p, int list, int element)
{
	int n = 0;

	for (int e = pkw_node_first(p, list); e >= 0 && e != element;
	     e = pkw_node_next(p, e))
		n += pkw_node(p, e)->rec != NULL;
	return n;
}

int pkw__target_of(const struct pkw_pkt *p, int node, unsigned field,
    struct pkw__target *out)
{
	struct pkw__target t = { .layer = pkw_node(p, node)->layer,
		.field = (uint16_t)field };
	int up;

	for (; (up = pkw_node_parent(p, node)) >= 0; node = up) {
		const struct pkw_node *n = pkw_node(p, node);
		int element = -1;

		if (t.nsteps == PKW__TARGET_DEPTH)
			return -PKW_ELIMIT;
		if (pkw_node(p, up)->kind == PKW_NODE_LIST) {
			element = ordinal(p, up, node);
			n = pkw_node(p, up);
			up = pkw_node_parent(p, up);
		}
		memmove(t.step + 1, t.step, t.nsteps * sizeof *t.step);
		t.step[0].field = n->field;
		t.step[0].element = (int16_t)element;
		t.nsteps++;
	}
	*out = t;
	return 0;
}

static int nth_record(const struct pkw_pkt *p, int list, int nth)
{
	for (int e = pkw_node_first(p, list); e >= 0; e = pkw_node_next(p, e))
		if (pkw_node(p, e)->rec && nth-- == 0)
			return e;
	return -PKW_EABSENT;
}

int pkw__target_node(const struct pkw_pkt *p, const struct pkw__target *t)
{
	if (t->layer >= pkw_view(p)->nlayers)
		return -PKW_EABSENT;
	int node = pkw_root(p, t->layer);
	for (unsigned i = 0; i < t->nsteps && node >= 0; i++) {
		node = pkw_node_child(p, node, t->step[i].field);
		if (node >= 0 && t->step[i].element >= 0)
			node = nth_record(p, node, t->step[i].element);
	}
	if (node < 0)
		return node;
	const struct pkw_node *n = pkw_node(p, node);
	if (!n->rec || t->field >= n->rec->nfields ||
	    !(n->has >> t->field & 1))
		return -PKW_EABSENT;
	return node;
}

/* Fastest first: the topmost layer, and there the field that is first. */
int pkw__target_cmp(const struct pkw__target *a, const struct pkw__target *b)
{
	unsigned i = 0;

	if (a->layer != b->layer)
		return a->layer > b->layer ? -1 : 1;
	for (;; i++) {
		int fa = i < a->nsteps ? a->step[i].field : a->field;
		int fb = i < b->nsteps ? b->step[i].field : b->field;
		if (fa != fb)
			return fa < fb ? -1 : 1;
		if (i >= a->nsteps || i >= b->nsteps)
			return (int)a->nsteps - (int)b->nsteps;
		if (a->step[i].element != b->step[i].element)
			return a->step[i].element - b->step[i].element;
	}
}
