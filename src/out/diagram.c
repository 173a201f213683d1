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
 * A field that runs over several rows has no line in between, and its name in
 * the widest of its parts.  What has no fixed size is a row between slashes; it
 * begins a row, as does what follows it.  A field that is there only sometimes
 * has a question mark.  Names too long for their cell are letters, told below.
 *
 * The drawing is an array of cells (a piece of a field in one row) and is then
 * written row by row.
 */
#include "out/about.h"

#include <string.h>

enum { BITS = 32, CELLS_MAX = 256, COLUMNS = 2 * BITS + 1, NAMED_MAX = 26 };

struct cell {
	uint16_t row;
	uint8_t from, bits;
	uint8_t variable, optional, label; /* label: the name stands here */
	uint8_t upper, lower; /* the field goes on in the row above, below */
	const char *name;
};

struct drawing {
	struct cell cells[CELLS_MAX];
	unsigned n;
	unsigned row, bit; /* where the next field begins */
	const char *letters[NAMED_MAX];
	unsigned nletters;
};

static int is_optional(const struct pkw_field *f)
{
	return f->when[0].op || f->when[1].op || f->flags & PKW_MAYEND;
}

static void new_row(struct drawing *d)
{
	if (d->bit) {
		d->row++;
		d->bit = 0;
	}
}

static struct cell *add_cell(
    struct drawing *d, const struct pkw_field *f, unsigned bits)
{
	if (d->n == CELLS_MAX)
		return NULL;
	struct cell *c = &d->cells[d->n++];
	c->row = (uint16_t)d->row;
	c->from = (uint8_t)d->bit;
	c->bits = (uint8_t)bits;
	c->optional = (uint8_t)is_optional(f);
	c->name = f->name;
	return c;
}

static void add_variable(struct drawing *d, const struct pkw_field *f)
{
	new_row(d);
	struct cell *c = add_cell(d, f, BITS);
	if (c)
		c->variable = c->label = 1;
	d->row++;
}

/* The pieces of a fixed field, its name in the widest. */
static void add_fixed(struct drawing *d, const struct pkw_field *f)
{
	unsigned left = f->bits, rows = 0, first = d->n;
	struct cell *best = NULL;

	while (left > 0 && rows++ < 8) {
		unsigned bits = BITS - d->bit < left ? BITS - d->bit : left;
		struct cell *c = add_cell(d, f, bits);
		if (!c)
			return;
		c->upper = rows > 1;
		c->lower = left > bits;
		if (!best || bits > best->bits)
			best = c;
		left -= bits;
		d->bit += bits;
		if (d->bit == BITS)
			new_row(d);
	}
	/* 8 rows stand for the rest of a long one */
	if (left > 0) {
		d->cells[d->n - 1].lower = 0;
		d->bit = (d->bit + left) % BITS;
	}
	if (best) {
		/* among equals the one in the middle */
		unsigned k = first + (d->n - first) / 2;
		if (d->cells[k].bits == best->bits)
			best = &d->cells[k];
		best->label = 1;
	}
}

static const struct cell *cell_at(
    const struct drawing *d, unsigned row, unsigned bit)
{
	for (unsigned i = 0; i < d->n; i++) {
		const struct cell *c = &d->cells[i];
		if (c->row == row && bit >= c->from && bit < c->from + c->bits)
			return c;
	}
	return NULL;
}

static void put_line(struct pkw_str *out, const char *margin, char *line)
{
	size_t n = COLUMNS;

	while (n && line[n - 1] == ' ')
		n--;
	pkw_str_add(out, margin);
	pkw_str_addn(out, line, n);
	pkw_str_addc(out, '\n');
}

/* The line above a row; also the last one, below the last row. */
static void rule(const struct drawing *d, unsigned row, const char *margin,
    struct pkw_str *out)
{
	char line[COLUMNS];

	memset(line, ' ', sizeof line);
	for (unsigned b = 0; b < BITS; b++) {
		const struct cell *above =
		    row ? cell_at(d, row - 1, b) : NULL;
		const struct cell *below = cell_at(d, row, b);
		if (!above && !below)
			continue;
		int through = above && above->lower && below && below->upper &&
		    above->name == below->name;
		if (!through) {
			line[2 * b] = line[2 * b + 2] = '+';
			line[2 * b + 1] = '-';
			continue;
		}
		if (b == 0)
			line[0] = '+';
		if (b == BITS - 1)
			line[2 * BITS] = '+';
	}
	put_line(out, margin, line);
}

static char letter_of(struct drawing *d, const char *name)
{
	for (unsigned i = 0; i < d->nletters; i++)
		if (d->letters[i] == name)
			return (char)('a' + i);
	if (d->nletters == NAMED_MAX)
		return '?';
	d->letters[d->nletters++] = name;
	return (char)('a' + d->nletters - 1);
}

static void put_name(struct drawing *d, const struct cell *c, char *line)
{
	char name[80];
	size_t room = 2u * c->bits - 1;
	int n = 0;

	for (const char *s = c->name; *s && n < 60; s++)
		name[n++] = *s;
	if (c->optional)
		name[n++] = '?';
	if (c->variable && (size_t)n + 11 <= room) {
		memcpy(name + n, " (variable)", 11);
		n += 11;
	}
	if ((size_t)n > room) {
		name[0] = letter_of(d, c->name);
		n = 1;
	}
	memcpy(line + 2 * c->from + 1 + (room - (size_t)n) / 2, name,
	    (size_t)n);
}

static void row_line(struct drawing *d, unsigned row, const char *margin,
    struct pkw_str *out)
{
	char line[COLUMNS];

	memset(line, ' ', sizeof line);
	for (unsigned i = 0; i < d->n; i++) {
		const struct cell *c = &d->cells[i];
		if (c->row != row)
			continue;
		char edge = c->variable ? '/' : '|';
		line[2 * c->from] = edge;
		line[2 * (c->from + c->bits)] = edge;
		if (c->label)
			put_name(d, c, line);
	}
	put_line(out, margin, line);
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
	put_line(out, margin, tens);
	put_line(out, margin, ones);
}

void pkw__diagram(
    const struct pkw_record *rec, const char *margin, struct pkw_str *out)
{
	struct drawing d = { .n = 0 };
	unsigned widest = 0;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (f->type == PKW_SWITCH)
			continue;
		if (f->bits)
			add_fixed(&d, f);
		else
			add_variable(&d, f);
	}
	new_row(&d);
	for (unsigned i = 0; i < d.n; i++)
		if (d.cells[i].from + d.cells[i].bits > (int)widest)
			widest = d.cells[i].from + d.cells[i].bits;
	if (d.n == 0)
		return;
	ruler(widest, margin, out);
	for (unsigned row = 0; row < d.row; row++) {
		rule(&d, row, margin, out);
		row_line(&d, row, margin, out);
	}
	rule(&d, d.row, margin, out);
	for (unsigned i = 0; i < d.nletters; i++)
		pkw_str_fmt(out, "%s%c: %s\n", margin, 'a' + (int)i,
		    d.letters[i]);
}
