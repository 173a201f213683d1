/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers drawn as in RFCs: 32 bits to the row, two columns to the bit.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |version|  ihl  |      tos      |              len              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * A box that runs over several rows has no line in between, and its name in the
 * widest of its cells.  What is not drawn to scale is a row between slashes.
 * Names too long for their cell are letters, told below.
 *
 * With values, a row in which every name has room for its value beside it is
 * written `name = value'; else values stand under their names.  A value that
 * has no room there either is told below, too.
 *
 * Cells are made in the order in which they are drawn, so that writing goes
 * through them once.
 */
#include "out/drawing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BITS = DRAWING_BITS,
	COLUMNS = 2 * BITS + 1,
	MARKS = 32,      /* columns for what stands beside a row */
	TOLD_MAX = 120,  /* characters of a value below */
	CUT_FROM = 12    /* narrower cells do not show the half of a value */
};

/* ---- placing ---- */

static void new_row(struct drawing *d)
{
	if (d->bit) {
		d->row++;
		d->bit = 0;
	}
}

static struct cell *add_cell(struct drawing *d, uint32_t box, unsigned bits)
{
	if (d->err)
		return NULL;
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 64;
		struct cell *cells = realloc(d->cells, cap * sizeof *cells);
		if (!cells) {
			d->err = -PKW_ENOMEM;
			return NULL;
		}
		d->cells = cells;
		d->cap = cap;
	}
	struct cell *c = &d->cells[d->n++];
	*c = (struct cell){ .row = d->row, .box = box,
		.from = (uint8_t)d->bit, .bits = (uint8_t)bits };
	d->bit += bits;
	if (d->bit >= BITS)
		new_row(d);
	return c;
}

void pkw__draw_open(struct drawing *d, uint32_t box)
{
	new_row(d);
	struct cell *c = add_cell(d, box, BITS);
	if (c)
		c->open = c->label = 1;
}

/* The widest of the cells from `first' on; among equals the middle one. */
static void choose_label(struct drawing *d, size_t first)
{
	size_t best = first, middle = first + (d->n - first) / 2;

	if (d->err || d->n == first)
		return;
	for (size_t i = first; i < d->n; i++)
		if (d->cells[i].bits > d->cells[best].bits)
			best = i;
	if (d->cells[middle].bits == d->cells[best].bits)
		best = middle;
	d->cells[best].label = 1;
}

void pkw__draw_bits(
    struct drawing *d, uint32_t box, uint64_t bits, unsigned rows)
{
	size_t first = d->n;
	uint64_t left = bits;

	for (unsigned i = 0; left > 0 && i < rows; i++) {
		unsigned room = BITS - d->bit;
		unsigned n = room < left ? room : (unsigned)left;
		struct cell *c = add_cell(d, box, n);
		if (!c)
			return;
		left -= n;
		c->upper = i > 0;
		c->lower = left > 0;
	}
	/* these rows stand for the rest of a long one */
	if (left > 0) {
		d->cells[d->n - 1].lower = 0;
		d->bit = (uint32_t)((d->bit + left) % BITS);
	}
	choose_label(d, first);
}

/* The beginning up to the end of its row, slashes for whole rows, the end. */
void pkw__draw_long(
    struct drawing *d, uint32_t box, uint64_t bits, unsigned rows)
{
	unsigned head = d->bit ? BITS - d->bit : 0;
	struct cell *c;

	if ((d->bit + bits + BITS - 1) / BITS <= rows) {
		pkw__draw_bits(d, box, bits, rows);
		return;
	}
	unsigned tail = (unsigned)((bits - head) % BITS);
	if (head && (c = add_cell(d, box, head)))
		c->lower = 1;
	c = add_cell(d, box, BITS);
	if (!c)
		return;
	c->open = c->label = 1;
	c->upper = head > 0;
	c->lower = tail > 0;
	if (tail && (c = add_cell(d, box, tail)))
		c->upper = 1;
}

void pkw__drawing_free(struct drawing *d)
{
	free(d->cells);
	d->cells = NULL;
	d->n = d->cap = 0;
}

/* ---- writing ---- */

/* A row's cells. */
struct row {
	const struct cell *from, *end;
};

static struct row row_from(const struct drawing *d, size_t at)
{
	struct row r = { d->cells + at, d->cells + at };
	const struct cell *end = d->cells + d->n;

	while (r.end < end && r.end->row == r.from->row)
		r.end++;
	return r;
}

static const struct cell *cell_at(const struct row *r, unsigned bit)
{
	for (const struct cell *c = r->from; c < r->end; c++)
		if (bit >= c->from && bit < (unsigned)c->from + c->bits)
			return c;
	return NULL;
}

static void put_line(struct pkw_str *out, const char *margin,
    const char *line, const char *beside)
{
	size_t n = COLUMNS;

	while (n && line[n - 1] == ' ')
		n--;
	pkw_str_add(out, margin);
	pkw_str_addn(out, line, n);
	if (*beside)
		pkw_str_fmt(out, "%*s%s", (int)(COLUMNS - n + 2), "", beside);
	pkw_str_addc(out, '\n');
}

/* The line between two rows, either of which may be empty. */
static void rule(const struct row *above, const struct row *below,
    const char *margin, struct pkw_str *out)
{
	char line[COLUMNS];

	memset(line, ' ', sizeof line);
	for (unsigned b = 0; b < BITS; b++) {
		const struct cell *a = cell_at(above, b);
		const struct cell *c = cell_at(below, b);
		if (!a && !c)
			continue;
		if (!(a && a->lower && c && c->upper && a->box == c->box)) {
			line[2 * b] = line[2 * b + 2] = '+';
			line[2 * b + 1] = '-';
			continue;
		}
		if (b == 0)
			line[0] = '+';
		if (b == BITS - 1)
			line[2 * BITS] = '+';
	}
	put_line(out, margin, line, "");
}

static size_t room_of(const struct cell *c)
{
	return 2u * c->bits - 1;
}

/* "name", "name?", "name (variable)" or "name (100 bytes)" */
static size_t name_of(const struct box *b, const struct cell *c, char *name)
{
	size_t n = 0, room = room_of(c);
	char size[32] = " (variable)";

	for (const char *s = b->name; *s && n < 60; s++)
		name[n++] = *s;
	if (b->optional)
		name[n++] = '?';
	if (b->value)
		snprintf(size, sizeof size, " (%u bytes)", b->bytes);
	if (c->open && n + strlen(size) <= room) {
		memcpy(name + n, size, strlen(size));
		n += strlen(size);
	}
	return n;
}

static char letter_of(struct drawing *d, struct box *b)
{
	uint32_t n = d->nletters;

	/* a table's box has one letter, however many cells it has */
	if (b->letter)
		return (char)b->letter;
	if (n == DRAWING_LETTERS)
		return '?';
	b->letter = (uint8_t)(n < 26 ? 'a' + n : 'A' + n - 26);
	d->nletters++;
	return (char)b->letter;
}

static void centre(
    const struct cell *c, const char *text, size_t n, char *line)
{
	memcpy(line + 2 * c->from + 1 + (room_of(c) - n) / 2, text, n);
}

static void put_name(struct drawing *d, const struct cell *c, char *line)
{
	char name[100];
	size_t n = name_of(&d->boxes[c->box], c, name);

	if (n > room_of(c)) {
		name[0] = letter_of(d, &d->boxes[c->box]);
		n = 1;
	}
	centre(c, name, n, line);
}

/* As much of the value as there is room for: 6 (tcp), 6, or the beginning. */
static void put_value(struct drawing *d, const struct cell *c, char *line)
{
	struct box *b = &d->boxes[c->box];
	size_t room = room_of(c), n = b->len;
	char cut[COLUMNS];

	if (n <= room) {
		centre(c, b->value, n, line);
		return;
	}
	const char *label = memchr(b->value, ' ', n);
	if (label && label + 1 < b->value + n && label[1] == '(' &&
	    (size_t)(label - b->value) <= room) {
		centre(c, b->value, (size_t)(label - b->value), line);
		b->told = 1;
		return;
	}
	b->told = c->bits < BITS;
	if (room < CUT_FROM)
		return;
	memcpy(cut, b->value, room - 3);
	memcpy(cut + room - 3, "...", 3);
	centre(c, cut, room, line);
}

static int fits_beside(const struct drawing *d, const struct cell *c)
{
	const struct box *b = &d->boxes[c->box];
	char name[100];

	return !c->label || !b->len ||
	    (!c->open && name_of(b, c, name) + 3 + b->len <= room_of(c));
}

static void put_beside(
    const struct drawing *d, const struct cell *c, char *line)
{
	const struct box *b = &d->boxes[c->box];
	char text[COLUMNS + 100];
	size_t n = name_of(b, c, text);

	memcpy(text + n, " = ", 3);
	memcpy(text + n + 3, b->value, b->len);
	centre(c, text, n + 3 + b->len, line);
}

/* Names of what begins in the row: "[0] MSS, [1] NOP" */
static void marks_of(
    const struct drawing *d, const struct row *r, struct pkw_str *out)
{
	for (const struct cell *c = r->from; c < r->end; c++) {
		const struct box *b = &d->boxes[c->box];
		if (!b->mark || c->upper)
			continue;
		if (out->len > MARKS - 4) {
			pkw_str_add(out, " ...");
			return;
		}
		pkw_str_add(out, out->len ? ", " : "");
		if (b->listed)
			pkw_str_fmt(out, "[%u] ", b->index);
		pkw_str_add(out, b->mark);
	}
}

static void edges(const struct row *r, char *line)
{
	memset(line, ' ', COLUMNS);
	for (const struct cell *c = r->from; c < r->end; c++) {
		char edge = c->open ? '/' : '|';
		line[2 * c->from] = edge;
		line[2 * (c->from + c->bits)] = edge;
	}
}

static void put_row(struct drawing *d, const struct row *r,
    const char *margin, struct pkw_str *out)
{
	struct pkw_str marks = PKW_STR_INIT;
	char line[COLUMNS];
	int beside = 1;

	marks_of(d, r, &marks);
	for (const struct cell *c = r->from; c < r->end; c++)
		beside &= fits_beside(d, c);
	edges(r, line);
	for (const struct cell *c = r->from; c < r->end; c++) {
		if (!c->label)
			continue;
		if (beside && d->boxes[c->box].len)
			put_beside(d, c, line);
		else
			put_name(d, c, line);
	}
	put_line(out, margin, line, marks.s ? marks.s : "");
	if (!beside) {
		edges(r, line);
		for (const struct cell *c = r->from; c < r->end; c++)
			if (c->label && d->boxes[c->box].len)
				put_value(d, c, line);
		put_line(out, margin, line, "");
	}
	if (marks.err)
		out->err = marks.err;
	pkw_str_free(&marks);
}

static void ruler(unsigned bits, const char *margin, struct pkw_str *out)
{
	char tens[COLUMNS], ones[COLUMNS];

	memset(tens, ' ', sizeof tens);
	memset(ones, ' ', sizeof ones);
	for (unsigned b = 0; b < bits; b++) {
		if (b % 10 == 0)
			tens[2 * b + 1] = (char)('0' + b / 10);
		ones[2 * b + 1] = (char)('0' + b % 10);
	}
	put_line(out, margin, tens, "");
	put_line(out, margin, ones, "");
}

/* What had no room, in the order of the boxes: "a: reserved = 0". */
static void put_told(const struct drawing *d, const char *margin,
    struct pkw_str *out)
{
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < d->n; i++) {
		const struct box *b = &d->boxes[d->cells[i].box];
		if (d->cells[i].box == last || !(b->letter || b->told))
			continue;
		last = d->cells[i].box;
		pkw_str_add(out, margin);
		if (b->letter)
			pkw_str_fmt(out, "%c: ", b->letter);
		pkw_str_add(out, b->name);
		if (b->len) {
			pkw_str_add(out, " = ");
			pkw_str_addn(out, b->value,
			    b->len < TOLD_MAX ? b->len : TOLD_MAX);
			pkw_str_add(out, b->len > TOLD_MAX ? "..." : "");
		}
		pkw_str_addc(out, '\n');
	}
}

int pkw__drawing_put(
    struct drawing *d, const char *margin, struct pkw_str *out)
{
	struct row above = { NULL, NULL };
	unsigned widest = 0;

	if (d->err)
		return out->err = d->err;
	for (size_t i = 0; i < d->n; i++) {
		unsigned end = (unsigned)d->cells[i].from + d->cells[i].bits;
		widest = end > widest ? end : widest;
	}
	if (d->n == 0)
		return out->err;
	ruler(widest, margin, out);
	for (size_t i = 0; i < d->n;) {
		struct row r = row_from(d, i);
		rule(&above, &r, margin, out);
		put_row(d, &r, margin, out);
		i += (size_t)(r.end - r.from);
		above = r;
	}
	rule(&above, &(struct row){ NULL, NULL }, margin, out);
	put_told(d, margin, out);
	return out->err;
}
