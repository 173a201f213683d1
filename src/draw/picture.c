/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a packet is laid out on a sheet.
 *
 *   TCP                        20 bytes at 20    0014  00 14 00 50 00 00 ...
 *   sport      20 (ftp_data) ---------------------------'     |     |
 *   dport      80 (http)     ---------------------------------'     |
 *   seq        0             ---------------------------------------'
 *
 * Bytes stand in rows of sixteen, counted from the layer's first.  A row comes
 * first and then the fields that begin in it, so that lines go up to it from
 * below: the field that is further down lies further to the right, and no line
 * crosses another.  The first row stands beside the layer's name; rows in which
 * nothing begins have their text on the left.
 *
 * On paper a sheet that is full is followed by another, which says again which
 * layer and which row it goes on with.
 *
 * Layers have the colours that Okabe and Ito found to be told apart by nearly
 * everybody, light as ground for black text and darker for lines; their names
 * stand there as well, so nothing is told by colour alone.
 */
#include "draw/canvas.h"

#include "core/core.h"
#include "out/pieces.h"

#include <pkw/show.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROW = 16,          /* bytes in one */
	LINE = 112,        /* its height */
	GAP = 60,          /* between parts */
	PIECES_MAX = 1024, /* of a layer */
	ROWS_MAX = 8,      /* of one field; else the first few and the last */
	ROWS_HEAD = 5,
	COLUMNS = (SHEET_WIDTH - 2 * SHEET_MARGIN) / CHAR_WIDTH,
	LEFT = 54,         /* characters for names and values */
	NAMES_MIN = 10,
	NAMES_MAX = 32,
	OFFSET_X = SHEET_MARGIN + (LEFT + 4) * CHAR_WIDTH,
	BYTES_X = OFFSET_X + 5 * CHAR_WIDTH,
	BYTE = 3 * CHAR_WIDTH,
	PAD = CHAR_WIDTH / 2, /* of a byte's ground, on both sides */
	HAIR = 4,
	BLACK = 0x000000,
	GREY = 0x606060,
	RED = 0xb03000
};

/* Blue, orange, green, purple, sky, vermillion. */
static const uint32_t colors[] = { 0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7,
	0x56b4e9, 0xd55e00 };

struct painter {
	struct pkw_picture *pic;
	struct pkw_printer *pr;
	const struct pkw_pkt *p;
	struct pieces ps;
	int y;              /* the next line's top */
	/* the part that is being drawn: a header or a trailer */
	unsigned layer;
	int trailer;
	uint32_t from, end; /* its bytes */
	uint32_t row;       /* the last that was drawn */
	int row_y;          /* where */
	int names;          /* characters for names */
};

/* ---- strokes ---- */

static uint32_t mix(uint32_t color, uint32_t with, unsigned percent)
{
	uint32_t r = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		unsigned a = color >> shift & 255, b = with >> shift & 255;
		r |= (a * percent + b * (100 - percent)) / 100 << shift;
	}
	return r;
}

static uint32_t color_of(const struct painter *w)
{
	return colors[w->layer % (sizeof colors / sizeof *colors)];
}

static void text(struct painter *w, int x, unsigned flags, uint32_t color,
    const char *s, size_t n)
{
	w->pic->ops->text(&w->pic->sheet, x, w->y + LINE - 32, flags, color, s,
	    n);
}

/* At most `room' characters, the last three points if there are more. */
static size_t put_cut(struct painter *w, int x, uint32_t color, const char *s,
    size_t n, size_t room)
{
	char cut[COLUMNS + 1];

	if (n <= room) {
		text(w, x, 0, color, s, n);
		return n;
	}
	memcpy(cut, s, room - 3);
	memcpy(cut + room - 3, "...", 3);
	text(w, x, 0, color, cut, room);
	return room;
}

static int byte_x(uint64_t bit)
{
	return BYTES_X - PAD + (int)(bit * BYTE / 8);
}

/* ---- rows of bytes ---- */

/* A field's ground in this row, and the line in front of it. */
static void put_ground(struct painter *w, const struct piece *x, unsigned shade)
{
	uint64_t start = (w->from + (uint64_t)w->row * ROW) * 8;
	uint64_t end = start + ROW * 8;
	uint64_t a = x->bit > start ? x->bit : start;
	uint64_t b = x->bit + x->bits < end ? x->bit + x->bits : end;
	char title[160];

	if (a >= b)
		return;
	int left = byte_x(a - start), right = byte_x(b - start);
	snprintf(title, sizeof title, "%s%s%.*s", x->name, x->len ? " = " : "",
	    (int)(x->len < 100 ? x->len : 100), piece_value(&w->ps, x));
	w->pic->ops->rect(&w->pic->sheet, left, w->y, right - left, LINE,
	    mix(color_of(w), 0xffffff, shade ? 36 : 20), title);
	if (a != x->bit)
		return;
	/* inside of a byte the line is short: digits stand there */
	int top = a % 8 ? w->y + LINE - 24 : w->y;
	w->pic->ops->path(&w->pic->sheet,
	    (int[]){ left, top, left, w->y + LINE }, 2, HAIR,
	    mix(color_of(w), BLACK, 80));
}

/* The row beside the line that is being drawn. */
static void put_row(struct painter *w, uint32_t row)
{
	uint32_t at = w->from + row * ROW;
	uint32_t n = w->end - at < ROW ? w->end - at : ROW;
	char s[8 + 3 * ROW];
	unsigned shade = 0;

	w->row = row;
	w->row_y = w->y;
	for (size_t i = 0; i < w->ps.n; i++) {
		const struct piece *x = &w->ps.at[i];
		if (x->trailer == w->trailer && x->kind != PIECE_RECORD)
			put_ground(w, x, shade++ % 2);
	}
	snprintf(s, sizeof s, "%04x", at & 0xffff);
	text(w, OFFSET_X, 0, GREY, s, 4);
	for (uint32_t i = 0; i < n; i++)
		snprintf(s + 3 * i, 4, "%02x ", w->p->v.bytes[at + i]);
	text(w, BYTES_X, TEXT_BYTES, BLACK, s, n ? 3 * n - 1 : 0);
}

/* A row's text, if it is text, where nothing else stands beside it. */
static void put_readable(struct painter *w, uint32_t row)
{
	uint32_t at = w->from + row * ROW;
	uint32_t n = w->end - at < ROW ? w->end - at : ROW;
	unsigned readable = 0;
	char s[ROW];

	for (uint32_t i = 0; i < n; i++) {
		uint8_t b = w->p->v.bytes[at + i];
		s[i] = b >= 0x20 && b < 0x7f ? (char)b : '.';
		readable += s[i] != '.';
	}
	if (2 * readable < n)
		return;
	text(w, SHEET_MARGIN + (LEFT - ROW) * CHAR_WIDTH, 0, GREY, s, n);
}

/* ---- sheets ---- */

/* The layer's name on its ground, a row beside it. */
static void put_band(struct painter *w, uint32_t row, const char *more)
{
	const struct pkw_layer *l = &w->p->v.layers[w->layer];
	char name[COLUMNS], size[64];
	size_t room = LEFT - 2;
	int width = LEFT * CHAR_WIDTH;

	int n = snprintf(name, sizeof name, "%.50s%s%s", l->proto->rec.name,
	    w->trailer ? "'s trailer" : "", more);
	int m = snprintf(size, sizeof size, "%u byte%s at %u", w->end - w->from,
	    w->end - w->from == 1 ? "" : "s", w->from);
	w->pic->ops->rect(&w->pic->sheet, SHEET_MARGIN, w->y, width, LINE,
	    mix(color_of(w), 0xffffff, 36), NULL);
	w->pic->ops->rect(&w->pic->sheet, SHEET_MARGIN, w->y, CHAR_WIDTH / 2,
	    LINE, color_of(w), NULL);
	text(w, SHEET_MARGIN + CHAR_WIDTH, TEXT_BOLD, BLACK, name, (size_t)n);
	if ((size_t)n + 1 + (size_t)m <= room)
		text(w, SHEET_MARGIN + (LEFT - 1 - m) * CHAR_WIDTH, 0, GREY,
		    size, (size_t)m);
	if (w->from < w->end)
		put_row(w, row);
	w->y += LINE;
}

static void end_sheet(struct painter *w)
{
	w->pic->ops->sheet(w->pic, w->y + SHEET_MARGIN / 2);
	w->pic->sheets++;
	if (w->pic->sheet.err)
		w->pic->err = w->pic->sheet.err; /* which ends with the text */
	pkw_str_clear(&w->pic->sheet);
	w->y = SHEET_MARGIN;
}

static int is_full(const struct painter *w, int height)
{
	return w->pic->ops->pages &&
	    w->y + height > SHEET_HEIGHT - SHEET_MARGIN;
}

/* Room for a line that belongs to a row; 1 if that was repeated for it. */
static int next_line(struct painter *w, uint32_t row)
{
	if (!is_full(w, LINE))
		return 0;
	end_sheet(w);
	put_band(w, row, " (continued)");
	return 1;
}

/* ---- fields ---- */

static void put_connector(struct painter *w, const struct piece *x, int from)
{
	uint64_t start = (w->from + (uint64_t)w->row * ROW) * 8;
	uint64_t in_byte = 8 - x->bit % 8;
	uint64_t bits = x->bits < in_byte ? x->bits : in_byte;
	int to = (byte_x(x->bit - start) + byte_x(x->bit - start + bits)) / 2;
	int y = w->y + LINE / 2;

	w->pic->ops->path(&w->pic->sheet,
	    (int[]){ from, y, to, y, to, w->row_y + LINE }, 3, HAIR,
	    mix(color_of(w), BLACK, 80));
}

static int indent_of(const struct piece *x)
{
	return 1 + 2 * (x->depth < 6 ? x->depth : 6);
}

/* "name      value" and from there to its bytes. */
static void put_field(struct painter *w, const struct piece *x)
{
	int column = indent_of(x);
	size_t names = (size_t)w->names, n = strlen(x->name);

	put_cut(w, SHEET_MARGIN + column * CHAR_WIDTH,
	    mix(color_of(w), BLACK, 55), x->name, n, names);
	if (x->len) {
		column += w->names + 1;
		n = put_cut(w, SHEET_MARGIN + column * CHAR_WIDTH, BLACK,
		    piece_value(&w->ps, x), x->len,
		    (size_t)(LEFT - column));
	}
	column += (int)(n < names || x->len ? n : names);
	put_connector(w, x, SHEET_MARGIN + column * CHAR_WIDTH + PAD);
	w->y += LINE;
}

/* The name of a record inside, with its place in a list. */
static void put_record(struct painter *w, const struct piece *x)
{
	char s[96];
	int n = x->listed
	    ? snprintf(s, sizeof s, "[%u] %.60s", x->index, x->name)
	    : snprintf(s, sizeof s, "%.60s", x->name);

	text(w, SHEET_MARGIN + indent_of(x) * CHAR_WIDTH, TEXT_BOLD,
	    mix(color_of(w), BLACK, 55), s, (size_t)n);
}

/* Rows in which nothing begins, up to `row', which is not drawn. */
static void skip_rows(struct painter *w, uint32_t upto)
{
	uint32_t first = w->row + 1, n = upto > first ? upto - first : 0;
	char s[64];

	for (uint32_t i = 0; i < n; i++) {
		if (n > ROWS_MAX && i == ROWS_HEAD) {
			uint32_t left = n - 1 - ROWS_HEAD;
			next_line(w, w->row);
			int m = snprintf(s, sizeof s, "... %u bytes more ...",
			    left * ROW);
			text(w, BYTES_X, 0, GREY, s, (size_t)m);
			w->y += LINE;
			i += left;
		}
		if (!next_line(w, first + i)) {
			put_row(w, first + i);
			put_readable(w, first + i);
			w->y += LINE;
		}
	}
}

/* Draws up to the row in which a piece begins; 1 if a new line was begun, the
   left half of which is free. */
static int go_to_row(struct painter *w, uint32_t row)
{
	if (row <= w->row)
		return 0;
	skip_rows(w, row);
	if (next_line(w, row))
		return 0;
	put_row(w, row);
	return 1;
}

static void put_piece(struct painter *w, const struct piece *x)
{
	uint32_t row = (uint32_t)(x->bit / 8 - w->from) / ROW;

	/* what lies elsewhere is drawn where it is */
	if (x->trailer != w->trailer || x->bit < w->from * UINT64_C(8) ||
	    x->bit >= w->end * UINT64_C(8))
		return;
	int begun = go_to_row(w, row);
	if (x->kind == PIECE_RECORD) {
		if (!begun)
			next_line(w, row);
		put_record(w, x);
		w->y += LINE;
		return;
	}
	if (begun)
		w->y += LINE;
	next_line(w, row);
	put_field(w, x);
}

static void put_notes(struct painter *w)
{
	for (uint32_t i = 0; i < w->p->nnotes; i++) {
		const struct pkw_note *n = &w->p->notes[i];
		char s[160];
		if (n->layer != w->layer)
			continue;
		int m = snprintf(s, sizeof s, "! %.40s%s%.80s (at %u)",
		    n->name ? n->name : "", n->name && *n->name ? ": " : "",
		    n->text, n->off);
		next_line(w, w->row);
		put_cut(w, SHEET_MARGIN + CHAR_WIDTH, RED, s,
		    m < (int)sizeof s ? (size_t)m : sizeof s - 1, COLUMNS - 2);
		w->y += LINE;
	}
}

/* ---- layers ---- */

static int name_columns(const struct pieces *ps)
{
	size_t widest = NAMES_MIN;

	for (size_t i = 0; i < ps->n; i++) {
		size_t n = strlen(ps->at[i].name);
		if (ps->at[i].kind != PIECE_RECORD && n > widest)
			widest = n;
	}
	return (int)(widest < NAMES_MAX ? widest : NAMES_MAX);
}

static void put_part(struct painter *w, int trailer, uint32_t from,
    uint32_t end)
{
	w->trailer = trailer;
	w->from = from;
	w->end = end;
	w->row = 0;
	if (is_full(w, 3 * LINE))
		end_sheet(w);
	put_band(w, 0, "");
	for (size_t i = 0; i < w->ps.n; i++)
		put_piece(w, &w->ps.at[i]);
	skip_rows(w, (end - from + ROW - 1) / ROW);
	if (!trailer)
		put_notes(w);
	w->y += GAP;
}

static int put_layer(struct painter *w, unsigned i)
{
	const struct pkw_layer *l = &w->p->v.layers[i];
	int r = pkw__pieces_layer(&w->ps, w->pr, w->p, i);

	if (r < 0)
		return r;
	pkw__pieces_sort(&w->ps);
	w->layer = i;
	w->names = name_columns(&w->ps);
	put_part(w, 0, l->off, l->off + l->len);
	if (l->flags & PKW_LAYER_TRAILER)
		put_part(w, 1, l->end - l->proto->trailer->shape->imagelen,
		    l->end);
	return 0;
}

static int put_title(struct painter *w, const struct pkw_frame *frame)
{
	struct pkw_str line = PKW_STR_INIT;
	struct pkw_printer_opts *o = pkw_printer_opts(w->pr);
	unsigned keep = o->flags;
	char s[32];

	o->flags &= ~(unsigned)PKW_PRINT_COLOR;
	int r = pkw_line(w->pr, w->p, frame, &line);
	o->flags = keep;
	int n = snprintf(s, sizeof s, "%u", w->pic->packets + 1);
	text(w, SHEET_MARGIN, TEXT_BOLD, GREY, s, (size_t)n);
	if (r == 0)
		put_cut(w, SHEET_MARGIN + (n + 2) * CHAR_WIDTH, BLACK, line.s,
		    line.len, (size_t)(COLUMNS - n - 2));
	pkw_str_free(&line);
	w->y += LINE + GAP;
	return r;
}

/* ---- pictures ---- */

struct pkw_picture *pkw_picture_new(enum pkw_picture_form form)
{
	struct pkw_picture *pic = calloc(1, sizeof *pic);

	if (pic)
		pic->ops = form == PKW_PICTURE_PDF ? &pkw__canvas_pdf
						   : &pkw__canvas_svg;
	return pic;
}

void pkw_picture_free(struct pkw_picture *pic)
{
	if (!pic)
		return;
	pkw_str_free(&pic->sheet);
	pkw_str_free(&pic->body);
	free(pic);
}

int pkw_picture_add(struct pkw_picture *pic, struct pkw_printer *pr,
    const struct pkw_pkt *p, const struct pkw_frame *frame)
{
	struct painter w = { .pic = pic, .pr = pr, .p = p,
		.ps = { .max = PIECES_MAX }, .y = SHEET_MARGIN };

	if (pic->err)
		return pic->err;
	if (pic->packets == PKW_PICTURE_MAX)
		return -PKW_ELIMIT;
	int r = put_title(&w, frame);
	for (unsigned i = 0; i < p->v.nlayers && r == 0; i++)
		r = put_layer(&w, i);
	end_sheet(&w);
	pkw__pieces_free(&w.ps);
	pic->packets++;
	if (r == 0)
		r = pic->err ? pic->err : pic->body.err;
	return pic->err = r;
}

int pkw_picture_put(struct pkw_picture *pic, struct pkw_str *out)
{
	size_t start = out->len;

	if (pic->err)
		return out->err = pic->err;
	pic->ops->file(pic, out);
	if (out->err)
		out->len = start;
	return out->err;
}

void pkw__put_tenths(struct pkw_str *out, int v)
{
	if (v < 0) {
		pkw_str_addc(out, '-');
		v = -v;
	}
	pkw_str_u64(out, (uint64_t)v / 10);
	if (v % 10)
		pkw_str_fmt(out, ".%d", v % 10);
}
