/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving in the table of nodes, and reading fields.
 *
 * The table is in pre-order, so a node's subtree is the run of deeper nodes
 * behind it.  A variable field that is present always has a child node, also
 * when it is empty, and so has a fixed field in whose place the user put raw
 * bytes; that is how the place of every field follows from widths and children
 * alone.
 */
#include "core/core.h"

int pkw__node_end(const struct pkw_pkt *p, int node)
{
	unsigned depth = p->nodes[node].depth;
	uint32_t i = (uint32_t)node + 1;

	while (i < p->nnodes && p->nodes[i].depth > depth)
		i++;
	return (int)i;
}

const struct pkw_node *pkw_node(const struct pkw_pkt *p, int node)
{
	return node >= 0 && (uint32_t)node < p->nnodes ? &p->nodes[node] : NULL;
}

int pkw_node_first(const struct pkw_pkt *p, int node)
{
	uint32_t i = (uint32_t)node + 1;

	return i < p->nnodes && p->nodes[i].depth > p->nodes[node].depth
	    ? (int)i
	    : -PKW_EABSENT;
}

int pkw_node_next(const struct pkw_pkt *p, int node)
{
	uint32_t i = (uint32_t)pkw__node_end(p, node);

	return i < p->nnodes && p->nodes[node].depth > 0 &&
		p->nodes[i].depth == p->nodes[node].depth
	    ? (int)i
	    : -PKW_EABSENT;
}

int pkw_node_parent(const struct pkw_pkt *p, int node)
{
	unsigned depth = p->nodes[node].depth;

	if (depth == 0)
		return -PKW_EABSENT;
	while (p->nodes[node].depth >= depth)
		node--;
	return node;
}

int pkw_node_child(const struct pkw_pkt *p, int node, unsigned field)
{
	unsigned depth = p->nodes[node].depth + 1u;

	for (uint32_t i = (uint32_t)node + 1;
	    i < p->nnodes && p->nodes[i].depth >= depth; i++)
		if (p->nodes[i].depth == depth && p->nodes[i].field == field)
			return (int)i;
	return -PKW_EABSENT;
}

int pkw__child_place(const struct pkw_pkt *p, int node, unsigned field)
{
	int c = pkw_node_first(p, node), end = pkw__node_end(p, node);

	while (c >= 0 && c < end && p->nodes[c].field < field)
		c = pkw__node_end(p, c);
	return c < 0 ? node + 1 : c;
}

uint64_t *pkw__pins(struct pkw_pkt *p, int node)
{
	struct pkw_node *n = &p->nodes[node];

	return n->depth == 0 ? &p->pins[n->layer] : &n->pin;
}

int pkw_pinned(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_node *n = pkw_node(p, node);

	if (!n || field >= 64)
		return 0;
	if (n->depth == 0)
		return p->thawed && (p->pins[n->layer] >> field & 1);
	return n->pin >> field & 1;
}

struct pkw_wire pkw__wire(const struct pkw_pkt *p, unsigned layer)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	struct pkw_wire w = { p->v.bytes, l->off, l->off + l->len };
	unsigned k = l->proto->origin;

	if (k && l->node != PKW_NO_NODE) {
		const struct pkw__shape *sh = l->proto->rec.shape;
		const struct pkw_node *n = &p->nodes[l->node];
		w.layer = n->has == sh->has0 && !(n->flags & PKW_NODE_ODD) &&
			!(sh->variable & mask_bits(k))
		    ? l->off + sh->bit[k] / 8
		    : (uint32_t)(pkw__field_bit(p, l->node, k) / 8);
	}
	return w;
}

int pkw__absent(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_node *n = pkw_node(p, node);

	return !n || n->kind != PKW_NODE_RECORD || field >= n->rec->nfields ||
	    !(n->has >> field & 1);
}

static int in_le_word(const struct pkw_field *f)
{
	return f->flags & PKW_LE && f->unit && f->type != PKW_FIXED &&
	    f->bits != f->unit * 8;
}

/* Whether a field lies at its distance behind the node's first child. */
static inline int lies_behind(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_node *n = &p->nodes[node];

	return n->rec->shape->runs[field].behind &&
	    !(n->flags & PKW_NODE_ODD) && (uint32_t)node + 1 < p->nnodes &&
	    n[1].depth > n->depth && n[1].field < field;
}

/* Bits from the packet's start; for LE bit fields, of what rows before take. */
uint64_t pkw__field_bit(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw__shape *sh = n->rec->shape;
	uint64_t bit = n->off * UINT64_C(8);

	uint64_t before = (UINT64_C(1) << field) - 1;
	unsigned k = 0;

	if (!(n->flags & PKW_NODE_ODD) &&
	    (sh->slots[field].fixed ||
		!(before & (sh->variable | (n->has ^ sh->has0)))))
		return bit + sh->bit[field];
	if (lies_behind(p, node, field))
		return (n[1].off + n[1].len) * UINT64_C(8) +
		    sh->runs[field].gap;
	/* from behind the last child in front of it */
	for (int c = pkw_node_first(p, node);
	    c >= 0 && p->nodes[c].field < field; c = pkw_node_next(p, c)) {
		bit = (p->nodes[c].off + p->nodes[c].len) * UINT64_C(8);
		k = p->nodes[c].field + 1u;
	}
	for (; k < field; k++)
		if (n->has >> k & 1)
			bit += n->rec->fields[k].bits;
	return bit;
}

/* The word that an LE bit field is in, and its place there. */
static uint64_t le_word(const struct pkw_pkt *p, int node, unsigned field,
    unsigned *shift)
{
	const struct pkw_record *rec = p->nodes[node].rec;
	unsigned used = 0, first = field;

	while (first > 0 && in_le_word(&rec->fields[first - 1]) &&
	    p->nodes[node].has >> (first - 1) & 1)
		first--;
	unsigned start = first;
	for (unsigned k = first; k < field; k++) {
		used += rec->fields[k].bits;
		if (used >= rec->fields[k].unit * 8u) {
			used = 0;
			start = k + 1;
		}
	}
	*shift = used;
	return pkw__field_bit(p, node, start) / 8;
}

uint64_t pkw__field_int(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[field];
	const struct pkw_slot *s = &n->rec->shape->slots[field];

	if (pkw__slotted(s, n))
		return n->has >> field & 1
		    ? pkw__slot_load(p->v.bytes + n->off, s)
		    : 0;
	if (f->type == PKW_SWITCH)
		return !pkw_pinned(p, node, field);
	if (!(n->has >> field & 1) || f->bits == 0 || f->bits > 64)
		return 0;
	if (n->flags & PKW_NODE_ODD && pkw_node_child(p, node, field) >= 0)
		return 0;
	if (in_le_word(f)) {
		unsigned shift;
		uint64_t word = le_word(p, node, field, &shift);
		return load_le(p->v.bytes + word, f->unit) >> shift &
		    mask_bits(f->bits);
	}
	uint64_t bit = pkw__field_bit(p, node, field);
	if (pkw__is_le(n, f) && f->bits % 8 == 0)
		return load_le(p->v.bytes + bit / 8, f->bits / 8u);
	if ((bit | f->bits) % 8 == 0)
		return load_be(p->v.bytes + bit / 8, f->bits / 8u);
	return bits_get(p->v.bytes, bit, f->bits);
}

void pkw__field_int_put(
    struct pkw_pkt *p, int node, unsigned field, uint64_t v)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[field];
	const struct pkw_slot *s = &n->rec->shape->slots[field];

	if (pkw__slotted(s, n)) {
		pkw__slot_store(p->v.bytes + n->off, s, v);
		return;
	}
	if (in_le_word(f)) {
		unsigned shift;
		uint8_t *w =
		    p->v.bytes + le_word(p, node, field, &shift);
		uint64_t mask = mask_bits(f->bits) << shift;
		uint64_t old = load_le(w, f->unit);
		store_le(w, f->unit, (old & ~mask) | (v << shift & mask));
		return;
	}
	uint64_t bit = pkw__field_bit(p, node, field);
	if (f->bits % 8 == 0 && bit % 8 == 0)
		store_any(p->v.bytes + bit / 8, f->bits / 8u,
		    pkw__is_le(n, f), v);
	else
		bits_put(p->v.bytes, bit, f->bits, v);
}

int pkw_field_named(const struct pkw_pkt *p, int node, const char *name)
{
	const struct pkw_node *n = pkw_node(p, node);
	int first = -PKW_ENOFIELD;

	for (size_t k = 0; n && n->rec && k < n->rec->nfields; k++) {
		if (strcmp(n->rec->fields[k].name, name) != 0)
			continue;
		if (n->has >> k & 1)
			return (int)k;
		if (first < 0)
			first = (int)k;
	}
	return first;
}

int pkw_field_where(const struct pkw_pkt *p, int node, unsigned field,
    uint64_t *bit, uint64_t *bits)
{
	if (pkw__absent(p, node, field))
		return -PKW_EABSENT;
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	int c = f->bits && !(p->nodes[node].flags & PKW_NODE_ODD)
	    ? -1
	    : pkw_node_child(p, node, field);
	*bit = c >= 0 ? p->nodes[c].off * UINT64_C(8)
		      : pkw__field_bit(p, node, field);
	*bits = c >= 0 ? p->nodes[c].len * UINT64_C(8) : f->bits;
	return 0;
}

int pkw_field_u(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v)
{
	if (node < 0 || (uint32_t)node >= p->nnodes)
		return -PKW_EABSENT;
	const struct pkw_node *n = &p->nodes[node];
	if (n->kind != PKW_NODE_RECORD || field >= n->rec->nfields ||
	    !(n->has >> field & 1))
		return -PKW_EABSENT;
	const struct pkw_field *f = &n->rec->fields[field];
	const struct pkw__run *run = &n->rec->shape->runs[field];
	if (run->load && !(n->flags & PKW_NODE_LE) &&
	    lies_behind(p, node, field)) {
		*v = load_be(p->v.bytes + n[1].off + n[1].len + run->gap / 8u,
		    run->load);
		return 0;
	}
	if (pkw__varies(f) || f->bits > 64)
		return -PKW_ETYPE;
	if (n->flags & PKW_NODE_ODD && pkw_node_child(p, node, field) >= 0)
		return -PKW_ETYPE;
	*v = pkw__field_int(p, node, field);
	return 0;
}

int pkw_field_bytes(
    const struct pkw_pkt *p, int node, unsigned field, struct pkw_span *s)
{
	uint64_t bit, bits;
	int r = pkw_field_where(p, node, field, &bit, &bits);

	if (r < 0)
		return r;
	if (bit % 8 || bits % 8)
		return -PKW_ETYPE;
	s->p = p->v.bytes + bit / 8;
	s->len = (size_t)(bits / 8);
	return 0;
}

uint64_t pkw_u(const struct pkw_pkt *p, int layer, unsigned field)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return 0;
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;
	if (field >= rec->nfields)
		return 0;
	const struct pkw_slot *s = &rec->shape->slots[field];
	if (s->fixed && s->bytes && !(l->flags & PKW_LAYER_ODD) &&
	    !(rec->shape->flags & PKW__LE))
		return pkw_slot_get(&p->v, l, s);
	int root = pkw_root(p, layer);
	return root < 0 ? 0 : pkw__field_int(p, root, field);
}

int pkw_has(const struct pkw_pkt *p, int layer, unsigned field)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return 0;
	const struct pkw_record *rec = pkw__rec(p, (unsigned)layer);
	if (field >= rec->nfields)
		return 0;
	if (rec->shape->slots[field].fixed)
		return 1;
	int root = pkw_root(p, layer);
	return root >= 0 && (p->nodes[root].has >> field & 1);
}

int pkw_layer_find(
    const struct pkw_pkt *p, const struct pkw_proto *proto, unsigned nth)
{
	for (uint32_t i = 0; i < p->v.nlayers; i++)
		if (p->v.layers[i].proto == proto && nth-- == 0)
			return (int)i;
	return -PKW_EABSENT;
}

size_t pkw_notes(const struct pkw_pkt *p, const struct pkw_note **out)
{
	/* what is wrong inside a layer shows when it is laid out */
	for (uint32_t i = 0; i < p->v.nlayers; i++)
		pkw_root(p, (int)i);
	*out = p->notes;
	return p->nnotes;
}
