/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw ls: which layers there are, and the fields of one as a table of name,
 * type, default and remarks.  Elements of lists are listed when a pattern asks
 * for them, for there are many.
 */
#include "out/about.h"
#include "out/color.h"

#include <pkw/show.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_COLUMN = 26, FIELD_COLUMN = 12, TYPE_COLUMN = 20, WIDTH = 79 };

static int contains(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (; text && *text; text++) {
		size_t i = 0;
		while (i < n && tolower((unsigned char)text[i]) ==
		        tolower((unsigned char)word[i]))
			i++;
		if (i == n)
			return 1;
	}
	return 0;
}

static void pad(struct pkw_str *out, size_t used, size_t column)
{
	do
		pkw_str_addc(out, ' ');
	while (++used < column);
}

static int by_name(const void *a, const void *b)
{
	const struct pkw_proto *const *p = a, *const *q = b;
	int r = strcasecmp((*p)->rec.name, (*q)->rec.name);

	return r ? r : strcmp((*p)->rec.name, (*q)->rec.name);
}

static void layer_row(
    struct pkw_str *out, const struct pkw_proto *q, int color)
{
	pkw__str_color(out, color, pkw__class_color(q->cls));
	pkw_str_add(out, q->rec.name);
	pkw__str_color(out, color, COLOR_OFF);
	pad(out, strlen(q->rec.name), NAME_COLUMN);
	pkw_str_add(out, q->title ? q->title : "");
	if (q->ref) {
		pkw__str_color(out, color, COLOR_DIM);
		pkw_str_fmt(out, " (%s)", q->ref);
		pkw__str_color(out, color, COLOR_OFF);
	}
	pkw_str_addc(out, '\n');
}

int pkw_ls(const char *pattern, unsigned flags, struct pkw_str *out)
{
	const struct pkw_proto *q, **all;
	size_t n = 0, kept = 0;

	while (pkw_proto_at(n))
		n++;
	all = malloc((n + 1) * sizeof *all);
	if (!all)
		return out->err = -PKW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		q = pkw_proto_at(i);
		if (pattern ? contains(q->rec.name, pattern) ||
		            contains(q->title, pattern)
			    : !(q->flags & PKW_ELEMENT))
			all[kept++] = q;
	}
	qsort(all, kept, sizeof *all, by_name);
	for (size_t i = 0; i < kept; i++)
		layer_row(out, all[i], flags & PKW_PRINT_COLOR);
	free(all);
	return out->err ? out->err : (int)kept;
}

/* When the field is there, and what it is about: its own words, or else what
   its relation says.  "; " between them. */
static void remark(struct pkw_str *out, size_t from)
{
	if (out->len > from)
		pkw_str_add(out, "; ");
}

static void remarks(const struct pkw_record *rec, const struct pkw_field *f,
    struct pkw_str *out)
{
	size_t from = out->len, before;

	pkw__about_condition(rec, f, out);
	before = out->len;
	remark(out, from);
	size_t start = out->len;
	if (f->doc)
		pkw_str_add(out, f->doc);
	else
		pkw__about_relation(rec, f, out);
	if (out->len == start)
		out->len = before;
}

/* Where values begin: behind the longest name. */
static size_t name_column(const struct pkw_record *rec)
{
	size_t column = FIELD_COLUMN;

	for (size_t k = 0; k < rec->nfields; k++)
		if (strlen(rec->fields[k].name) + 4 > column)
			column = strlen(rec->fields[k].name) + 4;
	return column;
}

static void field_row(struct pkw_str *out, const struct pkw_record *rec,
    const struct pkw_field *f, size_t column, int color)
{
	const size_t indent = 2;
	size_t start;

	pad(out, 0, indent);
	pkw__str_color(out, color, COLOR_FIELD);
	pkw_str_add(out, f->name);
	pkw__str_color(out, color, COLOR_OFF);
	pad(out, indent + strlen(f->name), column);
	start = out->len;
	pkw__about_type(f, out);
	pad(out, out->len - start, TYPE_COLUMN);
	start = out->len;
	pkw__about_default(rec, f, out);
	size_t used = out->len - start;
	size_t mark = out->len;
	pad(out, used, TYPE_COLUMN);
	start = out->len;
	pkw__str_color(out, color, COLOR_DIM);
	size_t colored = out->len;
	remarks(rec, f, out);
	if (out->len == colored && !out->err)
		out->len = mark;
	else
		pkw__str_color(out, color, COLOR_OFF);
	pkw_str_addc(out, '\n');
	if (!f->nlabels)
		return;
	pad(out, 0, column);
	pkw__str_color(out, color, COLOR_LABEL);
	pkw__about_labels(f, WIDTH - column - 6, out);
	pkw__str_color(out, color, COLOR_OFF);
	pkw_str_addc(out, '\n');
}

static void names(struct pkw_str *out, const char *what,
    const struct pkw_record *const *v, size_t from, int color)
{
	size_t column = from;

	pad(out, 0, from);
	pkw__str_color(out, color, COLOR_LABEL);
	pkw_str_add(out, what);
	column += strlen(what);
	for (const char *comma = ""; *v; v++, comma = ", ") {
		const char *name = (*v)->name ? (*v)->name : "?";
		pkw_str_add(out, comma);
		if (column + strlen(name) + 2 > WIDTH) {
			pkw_str_addc(out, '\n');
			pad(out, 0, from);
			column = from;
		}
		pkw_str_add(out, name);
		column += strlen(name) + 2;
	}
	pkw__str_color(out, color, COLOR_OFF);
	pkw_str_addc(out, '\n');
}

int pkw_ls_proto(
    const struct pkw_proto *proto, unsigned flags, struct pkw_str *out)
{
	const struct pkw_record *rec = &proto->rec;
	int color = flags & PKW_PRINT_COLOR;
	size_t column = name_column(rec);

	pkw__str_color(out, color, pkw__class_color(proto->cls));
	pkw_str_add(out, rec->name);
	pkw__str_color(out, color, COLOR_OFF);
	pkw_str_fmt(out, ": %s", proto->title ? proto->title : "");
	if (proto->ref)
		pkw_str_fmt(out, " (%s)", proto->ref);
	pkw_str_addc(out, '\n');
	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		field_row(out, rec, f, column, color);
		if (f->list && f->list->variants)
			names(out, "elements: ", f->list->variants, column, color);
		if (f->variants)
			names(out, "one of: ", f->variants, column, color);
	}
	return out->err;
}
