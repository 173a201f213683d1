/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A layer flattened.  The walk is that of the node table: fixed fields are read
 * from the record they are in, variable ones from their child nodes, and what
 * belongs to no field comes behind the fields of its record.
 *
 * A layer may have tens of thousands of pieces (64 KiB of one-byte options), so
 * whoever draws them sets a limit: the rest is then one piece.
 */
#include "out/pieces.h"

#include "core/core.h"

#include <stdlib.h>

enum { BYTES_MAX = 32 };

struct cutter {
	struct pieces *ps;
	struct voice v;
};

static struct piece *add(struct cutter *c, enum piece_kind kind,
    uint64_t bit, uint64_t bits, unsigned depth)
{
	struct pieces *ps = c->ps;

	if (ps->err || (ps->max && ps->n == ps->max))
		return NULL;
	if (ps->n == ps->cap) {
		size_t cap = ps->cap ? 2 * ps->cap : 64;
		struct piece *at = realloc(ps->at, cap * sizeof *at);
		if (!at) {
			ps->err = -PKW_ENOMEM;
			return NULL;
		}
		ps->at = at;
		ps->cap = cap;
	}
	struct piece *x = &ps->at[ps->n++];
	*x = (struct piece){ .bit = bit, .bits = bits, .name = "",
		.kind = (uint8_t)kind,
		.depth = (uint8_t)(depth < 255 ? depth : 255) };
	return x;
}

/* The value goes from here to where the pen will be. */
static void value_begin(struct cutter *c, struct piece *x)
{
	x->value = pen_room(&c->v.w, 0) ? (uint32_t)pen_here(&c->v.w) : 0;
}

static void value_end(struct cutter *c, struct piece *x)
{
	if (pen_room(&c->v.w, 0))
		x->len = (uint32_t)pen_here(&c->v.w) - x->value;
}

static void cut_fields(struct cutter *c, int node, unsigned depth);

/* A record inside, then its fields; or bytes in the place of one. */
static void cut_record(
    struct cutter *c, int node, unsigned depth, const uint32_t *index)
{
	const struct pkw_node *n = &c->v.p->nodes[node];
	enum piece_kind kind = n->kind == PKW_NODE_RECORD ? PIECE_RECORD
	    : n->flags & PKW_NODE_PAD                     ? PIECE_PAD
							  : PIECE_ODD;
	struct piece *x = add(c, kind, n->off * UINT64_C(8),
	    n->len * UINT64_C(8), depth);

	if (!x)
		return;
	if (index) {
		x->listed = 1;
		x->index = *index;
	}
	if (kind == PIECE_RECORD) {
		const char *name = pkw__named(c->v.p, node)->name;
		x->name = name ? name : "";
		cut_fields(c, node, depth + 1);
		return;
	}
	x->name = kind == PIECE_PAD ? "padding" : "unexplained";
	value_begin(c, x);
	pkw__say_hex(&c->v, c->v.p->v.bytes + n->off, n->len);
	value_end(c, x);
}

static void cut_child(
    struct cutter *c, const struct pkw_field *f, int child, unsigned depth)
{
	const struct pkw_node *n = &c->v.p->nodes[child];
	uint32_t index = 0;

	if (n->kind == PKW_NODE_RECORD && f->flags & PKW_FLAT) {
		cut_fields(c, child, depth);
		return;
	}
	if (n->kind == PKW_NODE_RECORD) {
		cut_record(c, child, depth, NULL);
		return;
	}
	for (int e = pkw_node_first(c->v.p, child); e >= 0;
	     e = pkw_node_next(c->v.p, e), index++)
		cut_record(c, e, depth, &index);
}

static void cut_fields(struct cutter *c, int node, unsigned depth)
{
	const struct pkw_record *rec = c->v.p->nodes[node].rec;
	uint64_t bit, bits;

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (pkw_field_where(c->v.p, node, k, &bit, &bits) < 0 ||
		    f->type == PKW_SWITCH)
			continue;
		int child = pkw_node_child(c->v.p, node, k);
		const struct pkw_node *m = pkw_node(c->v.p, child);
		if (m && m->kind != PKW_NODE_BYTES) {
			cut_child(c, f, child, depth);
			continue;
		}
		struct piece *x =
		    bits ? add(c, PIECE_FIELD, bit, bits, depth) : NULL;
		if (!x)
			continue;
		x->name = f->name;
		x->variable = f->bits == 0;
		value_begin(c, x);
		pkw__say_field(&c->v, node, k);
		value_end(c, x);
	}
	for (int e = pkw_node_first(c->v.p, node); e >= 0;
	     e = pkw_node_next(c->v.p, e)) {
		const struct pkw_node *m = &c->v.p->nodes[e];
		if (m->field == PKW_NO_FIELD &&
		    !(m->flags & PKW_NODE_TRAILER))
			cut_record(c, e, depth, NULL);
	}
}

/* Fixed fields at the layer's end. */
static void cut_trailer(struct cutter *c, unsigned layer)
{
	const struct pkw_layer *l = &c->v.p->v.layers[layer];
	const struct pkw_record *rec = l->proto->trailer;
	const struct plate *pl = plate_of(&c->v.pr->plates, rec);
	uint32_t at = l->end - rec->shape->imagelen;

	for (unsigned k = 0; pl && k < pl->nfields; k++) {
		const struct plate_field *pf = &pl->fields[k];
		struct piece *x = pf->slotted
		    ? add(c, PIECE_FIELD, at * UINT64_C(8) + rec->shape->bit[k],
			  pf->f->bits, 0)
		    : NULL;
		if (!x)
			continue;
		x->name = pf->f->name;
		x->trailer = 1;
		value_begin(c, x);
		pkw__say_slotted(&c->v, pf, layer, c->v.p->v.bytes + at);
		value_end(c, x);
	}
}

/* What is behind the last piece there was room for. */
static void cut_short(struct cutter *c, unsigned layer)
{
	const struct pkw_layer *l = &c->v.p->v.layers[layer];
	struct piece *x = &c->ps->at[c->ps->n - 1];
	uint64_t end = (l->off + (uint64_t)l->len) * 8;

	if (x->trailer || x->bit >= end)
		return;
	*x = (struct piece){ .bit = x->bit, .bits = end - x->bit,
		.name = "and more", .kind = PIECE_REST, .variable = 1 };
}

int pkw__pieces_layer(struct pieces *ps, struct pkw_printer *pr,
    const struct pkw_pkt *p, unsigned layer)
{
	struct cutter c = { .ps = ps,
		.v = { .pr = pr, .p = p, .bytes_max = BYTES_MAX,
		    .how = pr->o.flags & PKW_PRINT_NUMERIC ? VALUE_PLAIN
							   : VALUE_BOTH } };
	int root = pkw_root(p, (int)layer);

	ps->n = 0;
	ps->err = root == -PKW_ENOMEM ? root : 0;
	pkw_str_clear(&ps->text);
	if (root < 0)
		return ps->err;
	pen_begin(&c.v.w, &ps->text, 1024);
	cut_fields(&c, root, 0);
	if (p->v.layers[layer].flags & PKW_LAYER_TRAILER)
		cut_trailer(&c, layer);
	if (ps->max && ps->n == ps->max)
		cut_short(&c, layer);
	int r = pkw__print_end(pr, &c.v.w, 0, p);
	if (ps->err == 0)
		ps->err = r;
	return ps->err;
}

/* Almost sorted already, so insertion is quick; and it is stable. */
void pkw__pieces_sort(struct pieces *ps)
{
	for (size_t i = 1; i < ps->n; i++) {
		struct piece x = ps->at[i];
		size_t k = i;
		for (; k > 0 && ps->at[k - 1].bit > x.bit; k--)
			ps->at[k] = ps->at[k - 1];
		ps->at[k] = x;
	}
}

void pkw__pieces_free(struct pieces *ps)
{
	free(ps->at);
	pkw_str_free(&ps->text);
	*ps = (struct pieces){ .n = 0 };
}
