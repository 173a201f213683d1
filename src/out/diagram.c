/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagrams of headers: of a table, as a protocol's reference has it, and of a
 * packet, layer by layer with its values.
 *
 * Of a table, what has no fixed size begins a row and is followed by another,
 * since nothing is known of where it ends; what is there only sometimes has a
 * question mark.  Of a packet every bit has its place: options are drawn field
 * by field, beside their rows their names, and bits that nobody explains have a
 * box of their own.  Only what is long is not drawn to scale.
 */
#include "out/about.h"
#include "out/drawing.h"
#include "out/pieces.h"

#include "core/core.h"

#include <stdlib.h>

enum {
	TABLE_ROWS = 8,    /* of a field in a table's diagram */
	PACKET_ROWS = 4,   /* beyond out of scale; IPv6 addresses fit */
	PIECES_MAX = 2048, /* of a layer */
	FIELDS_MAX = 64
};

/* ---- tables ---- */

static int is_optional(const struct pkw_field *f)
{
	return f->when[0].op || f->when[1].op || f->flags & PKW_MAYEND;
}

void pkw__diagram(
    const struct pkw_record *rec, const char *margin, struct pkw_str *out)
{
	struct box boxes[FIELDS_MAX] = { { 0 } };
	struct drawing d = { .boxes = boxes };

	for (uint32_t k = 0; k < rec->nfields && k < FIELDS_MAX; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (f->type == PKW_SWITCH)
			continue;
		boxes[k].name = f->name;
		boxes[k].optional = (uint8_t)is_optional(f);
		if (f->bits)
			pkw__draw_bits(&d, k, f->bits, TABLE_ROWS);
		else
			pkw__draw_open(&d, k);
	}
	pkw__drawing_put(&d, margin, out);
	pkw__drawing_free(&d);
}

/* ---- packets ---- */

struct sketch {
	struct pieces ps;
	struct box *boxes; /* room for as many as can be */
	uint32_t n;
	struct drawing d;
	uint64_t at;       /* bits drawn so far, from the packet's start */
};

static struct box *next_box(struct sketch *s, const char *name)
{
	struct box *b = &s->boxes[s->n++];

	*b = (struct box){ .name = name, .value = "" };
	return b;
}

static void draw_gap(struct sketch *s, uint64_t upto)
{
	if (upto <= s->at)
		return;
	next_box(s, "?")->bytes = (uint32_t)((upto - s->at + 7) / 8);
	pkw__draw_long(&s->d, s->n - 1, upto - s->at, PACKET_ROWS);
	s->at = upto;
}

/* The pieces of the trailer, or all others. */
static void draw_pieces(struct sketch *s, int trailer, uint64_t end)
{
	const struct piece *record = NULL;

	for (size_t i = 0; i < s->ps.n; i++) {
		const struct piece *x = &s->ps.at[i];
		if (x->trailer != trailer)
			continue;
		if (x->kind == PIECE_RECORD) {
			record = x;
			continue;
		}
		/* read twice, or outside of its layer: drawn once or not */
		if (x->bit < s->at || x->bit + x->bits > end)
			continue;
		draw_gap(s, x->bit);
		struct box *b = next_box(s, x->name);
		b->value = piece_value(&s->ps, x);
		b->bytes = (uint32_t)((x->bits + 7) / 8);
		b->len = x->len;
		if (record && record->bit == x->bit) {
			b->mark = record->name;
			b->index = record->index;
			b->listed = record->listed;
		}
		record = NULL;
		pkw__draw_long(&s->d, s->n - 1, x->bits, PACKET_ROWS);
		s->at = x->bit + x->bits;
	}
	draw_gap(s, end);
}

static int draw_part(struct sketch *s, int trailer, uint64_t from,
    uint64_t end, struct pkw_str *out)
{
	s->n = 0;
	s->at = from;
	s->d = (struct drawing){ .boxes = s->boxes };
	draw_pieces(s, trailer, end);
	int r = pkw__drawing_put(&s->d, "", out);
	pkw__drawing_free(&s->d);
	return r;
}

static int draw_layer(struct sketch *s, struct pkw_printer *pr,
    const struct pkw_pkt *p, unsigned i, struct pkw_str *out)
{
	const struct pkw_layer *l = &p->v.layers[i];
	const char *name = l->proto->rec.name;
	int r = pkw__pieces_layer(&s->ps, pr, p, i);

	if (r < 0)
		return r;
	pkw__pieces_sort(&s->ps);
	/* a gap in front of each piece, and one at the end */
	struct box *boxes =
	    realloc(s->boxes, (2 * s->ps.n + 2) * sizeof *boxes);
	if (!boxes)
		return -PKW_ENOMEM;
	s->boxes = boxes;
	pkw_str_fmt(out, "%s%s, %u byte%s at %u\n", i ? "\n" : "", name, l->len,
	    l->len == 1 ? "" : "s", l->off);
	r = draw_part(s, 0, l->off * UINT64_C(8),
	    (l->off + (uint64_t)l->len) * 8, out);
	if (r < 0 || !(l->flags & PKW_LAYER_TRAILER))
		return r;
	uint32_t len = l->proto->trailer->shape->imagelen;
	pkw_str_fmt(out, "\n%s's trailer, %u bytes at %u\n", name, len,
	    l->end - len);
	return draw_part(s, 1, (l->end - len) * UINT64_C(8),
	    l->end * UINT64_C(8), out);
}

int pkw_diagram(
    struct pkw_printer *pr, const struct pkw_pkt *p, struct pkw_str *out)
{
	struct sketch s = { .ps = { .max = PIECES_MAX } };
	size_t start = out->len;
	int r = out->err;

	for (unsigned i = 0; i < p->v.nlayers && r == 0; i++)
		r = draw_layer(&s, pr, p, i, out);
	if (r < 0) {
		out->err = r;
		out->len = start;
	}
	free(s.boxes);
	pkw__pieces_free(&s.ps);
	return r;
}
