/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hexdumps as tcpdump makes them: -x, or with the text beside -X.
 *
 *	0x0000:  4500 003c 1c46 4000 4006 b1e6 ac10 0a63  E..<.F@.@......c
 *
 * In colour, neighbouring layers are told apart by it, and a legend names them.
 *
 * With a line for every field, which is a dump of another kind: offset and
 * bytes of each field in the order they lie, its name and value beside.
 */
#include "out/color.h"
#include "out/pieces.h"

#include "core/core.h"

enum { ROW = 16, ROW_ROOM = 64 + 2 * ROW * 16 * 2, BYTES_SHOWN = 8 };

/* ---- rows of sixteen ---- */

/* The innermost layer that a byte belongs to: its header's, or its trailer's;
   PKW_MAX_LAYERS: none. */
static unsigned layer_at(const struct pkw_view *v, uint32_t off)
{
	unsigned found = PKW_MAX_LAYERS;

	for (unsigned i = 0; i < v->nlayers; i++) {
		const struct pkw_layer *l = &v->layers[i];
		if (off >= l->off && off < l->off + l->len)
			return i;
		if (off >= l->off && off < l->end)
			found = i;
	}
	return found;
}

static unsigned layer_color(unsigned layer)
{
	return layer == PKW_MAX_LAYERS ? COLOR_DIM : COLOR_LAYER0 + layer % 6;
}

static char *change_color(char *o, unsigned *now, unsigned color)
{
	if (*now == color)
		return o;
	*now = color;
	return pkw__color(o, color);
}

static char *row(const struct voice *c, char *o, uint32_t from, uint32_t at)
{
	const struct pkw_view *v = &c->p->v;
	int color = c->pr->o.flags & PKW_PRINT_COLOR;
	uint32_t n = v->len - at < ROW ? v->len - at : ROW;
	unsigned now = COLOR_OFF;

	*o++ = '\t';
	memcpy(o, "0x", 2);
	o = fast_byte(o + 2, (at - from) >> 8 & 255);
	o = fast_byte(o, (at - from) & 255);
	memcpy(o, ": ", 2);
	o += 2;
	for (uint32_t i = 0; i < n; i++) {
		if (i % 2 == 0)
			*o++ = ' ';
		if (color)
			o = change_color(
			    o, &now, layer_color(layer_at(v, at + i)));
		o = fast_byte(o, v->bytes[at + i]);
	}
	if (c->pr->o.flags & PKW_PRINT_ASCII) {
		unsigned used = n * 2 + (n + 1) / 2, full = ROW * 5 / 2;
		memset(o, ' ', full - used + 2);
		o += full - used + 2;
		for (uint32_t i = 0; i < n; i++) {
			uint8_t b = v->bytes[at + i];
			if (color)
				o = change_color(o, &now,
				    layer_color(layer_at(v, at + i)));
			*o++ = b > 0x20 && b < 0x7f ? (char)b : '.';
		}
	}
	if (color)
		o = change_color(o, &now, COLOR_OFF);
	*o++ = '\n';
	return o;
}

static void legend(struct voice *c)
{
	const struct pkw_view *v = &c->p->v;

	pkw__say(c, "\t");
	for (unsigned i = 0; i < v->nlayers; i++) {
		if (!pen_room(&c->w, 64))
			return;
		if (i)
			*c->w.o++ = ' ';
		c->w.o = pkw__color(c->w.o, layer_color(i));
		pkw__say(c, v->layers[i].proto->rec.name);
		if (pen_room(&c->w, 16))
			c->w.o = pkw__color(c->w.o, COLOR_OFF);
	}
	pkw__say(c, "\n");
}

/* tcpdump's -x leaves the link layer out, -xx does not. */
static uint32_t dump_from(const struct pkw_printer *pr, const struct pkw_view *v)
{
	unsigned i = 0;

	if (!(pr->o.flags & PKW_PRINT_NOLINK))
		return 0;
	while (i < v->nlayers && v->layers[i].proto->cls == PKW_LINK)
		i++;
	return i < v->nlayers ? v->layers[i].off : 0;
}

static void rows(struct voice *c)
{
	uint32_t from = dump_from(c->pr, &c->p->v);

	if (c->pr->o.flags & PKW_PRINT_COLOR)
		legend(c);
	for (uint32_t at = from; at < c->p->v.len; at += ROW) {
		if (!pen_room(&c->w, ROW_ROOM))
			return;
		c->w.o = row(c, c->w.o, from, at);
	}
}

/* ---- a line for every field ---- */

static void put_blanks(struct voice *c, unsigned n)
{
	if (pen_room(&c->w, n)) {
		memset(c->w.o, ' ', n);
		c->w.o += n;
	}
}

/* "0014  4500003c         " */
static void put_place(struct voice *c, uint64_t bit, uint64_t bits,
    unsigned color)
{
	uint32_t off = (uint32_t)(bit / 8);
	uint32_t n = (uint32_t)((bit + bits + 7) / 8) - off;
	uint32_t shown = n < BYTES_SHOWN ? n : BYTES_SHOWN;
	int on = c->pr->o.flags & PKW_PRINT_COLOR;

	if (!pen_room(&c->w, 128 + FAST_SLACK))
		return;
	c->w.o = fast_byte(c->w.o, off >> 8 & 255);
	c->w.o = fast_byte(c->w.o, off & 255);
	PEN_PUT(&c->w, "  ");
	if (on)
		c->w.o = pkw__color(c->w.o, color);
	c->w.o = pkw__fast_hex(c->w.o, c->p->v.bytes + off, shown);
	if (on)
		c->w.o = pkw__color(c->w.o, COLOR_OFF);
	memcpy(c->w.o, n > shown ? ".." : "  ", 2);
	c->w.o += 2;
	put_blanks(c, 2 * (BYTES_SHOWN - shown) + 1);
}

static void piece_line(struct voice *c, const struct pieces *ps,
    const struct piece *x, unsigned color)
{
	put_place(c, x->bit, x->bits, color);
	put_blanks(c, 2u * x->depth);
	pkw__say(c, x->name);
	switch ((enum piece_kind)x->kind) {
	case PIECE_FIELD:
		pkw__say(c, " = ");
		if (pen_room(&c->w, x->len)) {
			memcpy(c->w.o, piece_value(ps, x), x->len);
			c->w.o += x->len;
		}
		break;
	case PIECE_RECORD:
		pkw__say(c, ":");
		break;
	case PIECE_PAD:
	case PIECE_ODD:
	case PIECE_REST:
		break;
	}
	pkw__say(c, "\n");
}

static int layer_lines(struct voice *c)
{
	const struct pkw_view *v = &c->p->v;
	int on = c->pr->o.flags & PKW_PRINT_COLOR, r = 0;
	struct pieces ps = { .n = 0 };

	for (unsigned i = 0; i < v->nlayers && r == 0; i++) {
		if (!pen_room(&c->w, 64))
			break;
		if (on)
			c->w.o = pkw__color(c->w.o, layer_color(i));
		pkw__say(c, v->layers[i].proto->rec.name);
		if (on && pen_room(&c->w, 16))
			c->w.o = pkw__color(c->w.o, COLOR_OFF);
		pkw__say(c, "\n");
		r = pkw__pieces_layer(&ps, c->pr, c->p, i);
		for (size_t k = 0; r == 0 && k < ps.n; k++)
			piece_line(c, &ps, &ps.at[k], layer_color(i));
	}
	pkw__pieces_free(&ps);
	return r;
}

int pkw_hexdump(
    struct pkw_printer *pr, const struct pkw_pkt *p, struct pkw_str *out)
{
	struct voice c = { .pr = pr, .p = p };
	size_t start = out->len;
	int r = 0;

	pen_begin(&c.w, out, 4096);
	if (pr->o.flags & PKW_PRINT_FIELDS)
		r = layer_lines(&c);
	else
		rows(&c);
	if (r < 0)
		out->err = r;
	return pkw__print_end(pr, &c.w, start, p);
}
