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
#include <string.h>

enum { NAME_COLUMN = 26, FIELD_COLUMN = 18, TYPE_COLUMN = 20, WIDTH = 79 };

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

int pkw_ls(const char *pattern, unsigned flags, struct pkw_str *out)
{
	int color = flags & PKW_PRINT_COLOR, n = 0;
	const struct pkw_proto *q;

	for (size_t i = 0; (q = pkw_proto_at(i)); i++) {
		if (pattern ? !contains(q->rec.name, pattern) &&
		            !contains(q->title, pattern)
			    : q->flags & PKW_ELEMENT)
			continue;
		n++;
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
	return out->err ? out->err : n;
}

/* "; " between remarks, none before the first */
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
	pkw__about_relation(rec, f, out);
	if (out->len == start)
		out->len = before;
	if (f->doc) {
		remark(out, from);
		pkw_str_add(out, f->doc);
	}
}

static void field_row(struct pkw_str *out, const struct pkw_record *rec,
    const struct pkw_field *f, unsigned indent, int color)
{
	size_t start;

	pad(out, 0, indent);
	pkw__str_color(out, color, COLOR_FIELD);
	pkw_str_add(out, f->name);
	pkw__str_color(out, color, COLOR_OFF);
	pad(out, indent + strlen(f->name), FIELD_COLUMN);
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
	pad(out, 0, FIELD_COLUMN);
	pkw__str_color(out, color, COLOR_LABEL);
	pkw__about_labels(f, WIDTH - FIELD_COLUMN - 6, out);
	pkw__str_color(out, color, COLOR_OFF);
	pkw_str_addc(out, '\n');
}

static void names(struct pkw_str *out, const char *what,
    const struct pkw_record *const *v, int color)
{
	size_t column = FIELD_COLUMN;

	pad(out, 0, FIELD_COLUMN);
	pkw__str_color(out, color, COLOR_LABEL);
	pkw_str_add(out, what);
	column += strlen(what);
	for (const char *comma = ""; *v; v++, comma = ", ") {
		const char *name = (*v)->name ? (*v)->name : "?";
		pkw_str_add(out, comma);
		if (column + strlen(name) + 2 > WIDTH) {
			pkw_str_addc(out, '\n');
			pad(out, 0, FIELD_COLUMN);
			column = FIELD_COLUMN;
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

	pkw__str_color(out, color, pkw__class_color(proto->cls));
	pkw_str_add(out, rec->name);
	pkw__str_color(out, color, COLOR_OFF);
	pkw_str_fmt(out, ": %s", proto->title ? proto->title : "");
	if (proto->ref)
		pkw_str_fmt(out, " (%s)", proto->ref);
	pkw_str_addc(out, '\n');
	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		field_row(out, rec, f, 2, color);
		if (f->list && f->list->variants)
			names(out, "elements: ", f->list->variants, color);
		if (f->variants)
			names(out, "one of: ", f->variants, color);
	}
	return out->err;
}
