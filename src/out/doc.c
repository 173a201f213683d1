/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw doc: the reference of a protocol, written from its table: what it is, how
 * its header looks, where it is found, each field with all its labels, and the
 * records that its lists and variants are made of.
 *
 * One walk, three forms.  A form is a handful of strings and an escape; what is
 * said is the same in all.
 */
#include "out/about.h"

#include <pkw/shape.h>
#include <pkw/show.h>
#include <ctype.h>
#include <string.h>

enum { WIDTH = 78, TEXT_INDENT = 2, ITEM_INDENT = 6 };

struct doc {
	struct pkw_str *out;
	struct pkw_str text; /* a paragraph while it is put together */
	enum pkw_doc_form form;
};

/* ---- forms ---- */

/* Begins a paragraph. */
static void fresh(struct doc *d)
{
	if (d->text.err)
		d->out->err = d->text.err;
	pkw_str_clear(&d->text);
}

static void escape_man(struct pkw_str *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		pkw_str_add(out, "\\&");
	for (; *s; s++) {
		if (*s == '\\')
			pkw_str_add(out, "\\e");
		else if (*s == '-')
			pkw_str_add(out, "\\-");
		else
			pkw_str_addc(out, *s);
		/* no line of text may begin like a request */
		if (*s == '\n' && (s[1] == '.' || s[1] == '\''))
			pkw_str_add(out, "\\&");
	}
}

static void escape_markdown(struct pkw_str *out, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_{}[]<>#|", *s))
			pkw_str_addc(out, '\\');
		pkw_str_addc(out, *s);
	}
}

static void wrap(struct pkw_str *out, const char *s, size_t indent)
{
	size_t column = 0;

	while (*s) {
		size_t n = strcspn(s, " ");
		if (column && column + 1 + n > WIDTH) {
			pkw_str_addc(out, '\n');
			column = 0;
		}
		if (column == 0) {
			pkw_str_fmt(out, "%*s", (int)indent, "");
			column = indent;
		} else {
			pkw_str_addc(out, ' ');
			column++;
		}
		pkw_str_addn(out, s, n);
		column += n;
		s += n;
		s += strspn(s, " ");
	}
	if (column)
		pkw_str_addc(out, '\n');
}

/* Sections of a layer; smaller: those of a record inside it. */
static void heading(struct doc *d, const char *text, int smaller)
{
	switch (d->form) {
	case PKW_DOC_TEXT:
		pkw_str_fmt(d->out, "\n%s%s\n", smaller ? "  " : "", text);
		return;
	case PKW_DOC_MARKDOWN:
		pkw_str_fmt(d->out, "\n%s ", smaller ? "####" : "###");
		escape_markdown(d->out, text);
		pkw_str_add(d->out, "\n\n");
		return;
	case PKW_DOC_MAN:
		pkw_str_fmt(d->out, ".SS \"%s\"\n", text);
		return;
	}
}

static void paragraph(struct doc *d, const char *text)
{
	if (!text || !*text)
		return;
	switch (d->form) {
	case PKW_DOC_TEXT:
		wrap(d->out, text, TEXT_INDENT);
		return;
	case PKW_DOC_MARKDOWN:
		escape_markdown(d->out, text);
		pkw_str_add(d->out, "\n\n");
		return;
	case PKW_DOC_MAN:
		pkw_str_add(d->out, ".PP\n");
		escape_man(d->out, text);
		pkw_str_addc(d->out, '\n');
		return;
	}
}

/* A name with what is said of it. */
static void item(struct doc *d, const char *name, const char *text)
{
	switch (d->form) {
	case PKW_DOC_TEXT:
		pkw_str_fmt(d->out, "  %s\n", name);
		wrap(d->out, text, ITEM_INDENT);
		return;
	case PKW_DOC_MARKDOWN:
		pkw_str_fmt(d->out, "- **`%s`**: ", name);
		escape_markdown(d->out, text);
		pkw_str_addc(d->out, '\n');
		return;
	case PKW_DOC_MAN:
		pkw_str_add(d->out, ".TP\n\\fB");
		escape_man(d->out, name);
		pkw_str_add(d->out, "\\fR\n");
		escape_man(d->out, text);
		pkw_str_addc(d->out, '\n');
		return;
	}
}

static void picture(struct doc *d, const struct pkw_record *rec)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw__diagram(rec, d->form == PKW_DOC_TEXT ? "  " : "", &s);
	if (s.err)
		d->out->err = s.err;
	else if (s.len) {
		switch (d->form) {
		case PKW_DOC_TEXT:
			pkw_str_addc(d->out, '\n');
			pkw_str_addn(d->out, s.s, s.len);
			break;
		case PKW_DOC_MARKDOWN:
			pkw_str_fmt(d->out, "```\n%s```\n\n", s.s);
			break;
		case PKW_DOC_MAN:
			pkw_str_add(d->out, ".PP\n.nf\n.ft CW\n");
			escape_man(d->out, s.s);
			pkw_str_add(d->out, ".ft\n.fi\n");
			break;
		}
	}
	pkw_str_free(&s);
}

/* ---- what is said ---- */

/* Ends a sentence that began at `from', which becomes a capital. */
static void sentence(struct pkw_str *s, size_t from)
{
	if (s->err || s->len == from)
		return;
	s->s[from] = (char)toupper((unsigned char)s->s[from]);
	if (s->s[s->len - 1] != '.')
		pkw_str_addc(s, '.');
	pkw_str_addc(s, ' ');
}

/* An earlier field that has the same labels, which need not be told twice. */
static const struct pkw_field *labels_before(
    const struct pkw_record *rec, const struct pkw_field *f)
{
	for (const struct pkw_field *g = rec->fields; g < f; g++)
		if (f->nlabels > 8 && g->labels == f->labels &&
		    g->nlabels == f->nlabels)
			return g;
	return NULL;
}

static void field(struct doc *d, const struct pkw_record *rec,
    const struct pkw_field *f)
{
	struct pkw_str *s = &d->text;
	size_t from;

	fresh(d);
	pkw__about_type(f, s);
	from = s->len;
	pkw_str_add(s, ", ");
	size_t mark = s->len;
	pkw__about_condition(rec, f, s);
	if (s->len == mark && !s->err)
		s->len = from;
	from = s->len;
	pkw_str_add(s, ", default ");
	mark = s->len;
	pkw__about_default(rec, f, s);
	if (s->len == mark && !s->err)
		s->len = from;
	pkw_str_add(s, ". ");
	from = s->len;
	pkw__about_relation(rec, f, s);
	sentence(s, from);
	if (f->doc) {
		from = s->len;
		pkw_str_add(s, f->doc);
		sentence(s, from);
	}
	const struct pkw_field *same = labels_before(rec, f);
	if (same) {
		pkw_str_fmt(s, "Values as of %s.", same->name);
	} else if (f->nlabels) {
		pkw_str_add(s, f->type == PKW_FLAGS ? "From bit 0: " : "");
		pkw__about_labels(f, 0, s);
		pkw_str_add(s, ".");
	}
	if (!s->err)
		item(d, f->name, s->s);
}

static void fields(struct doc *d, const struct pkw_record *rec)
{
	for (size_t k = 0; k < rec->nfields; k++)
		field(d, rec, &rec->fields[k]);
}

/* A record inside a layer, unless it has a page of its own. */
static void record(
    struct doc *d, const struct pkw_record *rec, const char *field_name)
{
	fresh(d);
	pkw_str_fmt(&d->text, "%s in %s", rec->name ? rec->name : "Record",
	    field_name);
	if (d->text.err)
		return;
	heading(d, d->text.s, 1);
	if (rec->nfields == 0)
		paragraph(d, "No fields.");
	fields(d, rec);
}

/* Whether an earlier field has the same records inside. */
static int told_before(const struct pkw_record *rec, const struct pkw_field *f)
{
	for (const struct pkw_field *g = rec->fields; g < f; g++)
		if ((f->list && g->list == f->list) ||
		    (f->variants && g->variants == f->variants))
			return 1;
	return 0;
}

/* A layer in its own right, not only an element of some list. */
static int has_page(const struct pkw_record *rec)
{
	const struct pkw_proto *q =
	    rec->name ? pkw_proto_find(rec->name) : NULL;

	return q && q->rec.shape == rec->shape && !(q->flags & PKW_ELEMENT);
}

/* Those that have pages of their own are only named. */
static void pages(struct doc *d, const struct pkw_field *f,
    const struct pkw_record *const *v)
{
	const char *comma = "";

	fresh(d);
	pkw_str_fmt(&d->text, "Layers in %s: ", f->name);
	size_t empty = d->text.len;
	for (; v && *v; v++)
		if (has_page(*v)) {
			pkw_str_fmt(&d->text, "%s%s", comma, (*v)->name);
			comma = ", ";
		}
	if (d->text.err || d->text.len == empty)
		return;
	pkw_str_addc(&d->text, '.');
	paragraph(d, d->text.s);
}

static void inner(struct doc *d, const struct pkw_record *rec)
{
	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (told_before(rec, f))
			continue;
		const struct pkw_record *const *v = f->variants;
		if (f->list && f->list->rec && f->list->rec->nfields &&
		    !has_page(f->list->rec))
			record(d, f->list->rec, f->name);
		if (f->list && f->list->variants)
			v = f->list->variants;
		pages(d, f, v);
		for (; v && *v; v++)
			if (!has_page(*v))
				record(d, *v, f->name);
	}
}

static void title(struct doc *d, const struct pkw_proto *proto)
{
	const char *what = proto->title ? proto->title : "";

	switch (d->form) {
	case PKW_DOC_TEXT:
		pkw_str_fmt(d->out, "%s - %s\n", proto->rec.name, what);
		return;
	case PKW_DOC_MARKDOWN:
		pkw_str_add(d->out, "## ");
		escape_markdown(d->out, proto->rec.name);
		pkw_str_add(d->out, "\n\n");
		paragraph(d, what);
		return;
	case PKW_DOC_MAN:
		pkw_str_fmt(d->out, ".SH \"%s\"\n", proto->rec.name);
		escape_man(d->out, what);
		pkw_str_addc(d->out, '\n');
		return;
	}
}

/* "RFC 791. Found at ethertype 0x800, ipproto 4." */
static void place(struct doc *d, const struct pkw_proto *proto)
{
	struct pkw_str *s = &d->text;

	fresh(d);
	if (proto->ref)
		pkw_str_fmt(s, "%s. ", proto->ref);
	if (proto->nbinds) {
		pkw_str_add(s, "Found at ");
		pkw__about_binds(proto, s);
		pkw_str_add(s, ". ");
	}
	for (size_t i = 0; i < proto->nbelow; i++) {
		const struct pkw_below *b = &proto->below[i];
		pkw_str_fmt(s, "Below it, %s.%s is ", b->proto, b->field);
		if (b->text)
			pkw_str_pyesc(s, b->text, strlen(b->text), '\0');
		else
			pkw_str_u64(s, b->value);
		pkw_str_add(s, " unless set. ");
	}
	if (!s->err)
		paragraph(d, s->s);
}

int pkw_doc(const struct pkw_proto *proto, enum pkw_doc_form form,
    unsigned flags, struct pkw_str *out)
{
	struct doc d = { .out = out, .text = PKW_STR_INIT, .form = form };

	(void)flags;
	title(&d, proto);
	place(&d, proto);
	picture(&d, &proto->rec);
	if (proto->rec.nfields)
		heading(&d, "Fields", 0);
	fields(&d, &proto->rec);
	inner(&d, &proto->rec);
	if (proto->trailer)
		record(&d, proto->trailer, "the trailer");
	fresh(&d);
	pkw_str_free(&d.text);
	return out->err;
}
