/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists as text, in the style of their table, which is Scapy's: layers, chains
 * of them, tuples of a name and its values, or bare values.  expr_list.c reads
 * the same.  Where a language has no chains in fields they are lists.
 *
 * An element for which Scapy has no name is its bytes; one that its style
 * cannot say (a length that lies, bytes that did not decode) makes the caller
 * write the whole list as bytes.
 */
#include "core/expr_write.h"

#include <string.h>

static int write_layered(const struct pkw_pkt *p, int list, const char *sep,
    unsigned flags, struct pkw_str *out)
{
	int first = 1, r = 0;

	for (int e = pkw_node_first(p, list); e >= 0 && r == 0;
	     e = pkw_node_next(p, e)) {
		const struct pkw_node *n = pkw_node(p, e);

		if (n->flags & PKW_NODE_PAD)
			continue;
		if (!first)
			pkw_str_add(out, sep);
		first = 0;
		if (n->rec && !n->rec->nameless && n->rec->name) {
			r = pkw__write_record(p, e, flags, out);
			continue;
		}
		/* Raw does not know of padding outside its length */
		struct pkw_span s = pkw__node_span(p, e);
		s.len += n->pad;
		pkw__write_raw_layer(out, s, 0, flags);
	}
	return r;
}

/* One after the other as layers are: Scapy's DNS. */
static int write_chain(
    const struct pkw_pkt *p, int list, unsigned flags, struct pkw_str *out)
{
	const struct pkw__dialect *d = pkw__dialect(flags);
	int first = pkw_node_first(p, list);

	if (d->chain && first < 0) {
		pkw_str_add(out, d->none);
		return 0;
	}
	if (d->chain || (first >= 0 && pkw_node_next(p, first) < 0))
		return write_layered(p, list, d->chain, flags, out);
	pkw_str_addc(out, d->list[0]);
	int r = write_layered(p, list, ", ", flags, out);
	pkw_str_addc(out, d->list[1]);
	return r;
}

/* The values of a record, each behind a separator; how many there were. */
static int write_values(const struct pkw_pkt *p, int node, int key,
    unsigned flags, struct pkw_str *out, int *count)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	int r = 0;

	for (unsigned k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int c = pkw_node_child(p, node, k);

		if (!pkw__takes_value(p, node, k, key))
			continue;
		if (f->type == PKW_LIST && f->list->style == PKW_LIST_VALUES) {
			for (int e = pkw_node_first(p, c); e >= 0 && r == 0;
			     e = pkw_node_next(p, e))
				r = pkw_node(p, e)->rec
				    ? write_values(p, e, -1, flags, out, count)
				    : -PKW_EFORMAT;
			continue;
		}
		if (f->type == PKW_VARIANT && c >= 0 && pkw_node(p, c)->rec &&
		    !pkw_node(p, c)->rec->nameless) {
			r = write_values(p, c, -1, flags, out, count);
			continue;
		}
		if ((*count)++ > 0)
			pkw_str_add(out, ", ");
		r = pkw__write_field(p, node, k, flags, out);
	}
	return r;
}

/* Values alone, each of an element with one. */
static int write_bare(
    const struct pkw_pkt *p, int list, unsigned flags, struct pkw_str *out)
{
	int count = 0, r = 0;

	for (int e = pkw_node_first(p, list); e >= 0 && r == 0;
	     e = pkw_node_next(p, e)) {
		const struct pkw_node *n = pkw_node(p, e);
		unsigned sole;

		if (n->flags & PKW_NODE_PAD)
			continue;
		sole = n->rec ? pkw__sole_field(p, e) : PKW_NO_FIELD;
		if (sole == PKW_NO_FIELD)
			return -PKW_EFORMAT;
		r = write_values(p, e, -1,
		    pkw__write_for(&n->rec->fields[sole], flags), out, &count);
	}
	return r;
}

/* Can a tuple say everything of this element? */
static int fits_tuple(const struct pkw_pkt *p, int e, unsigned key)
{
	const struct pkw_node *n = pkw_node(p, e);

	if (n->flags & PKW_NODE_BAD && n->len < 2)
		return 0; /* cut off before its length */
	for (unsigned k = 0; k < n->rec->nfields; k++)
		if (k != key && n->has >> k & 1 &&
		    n->rec->fields[k].rel.kind == PKW_LEN &&
		    !pkw__is_default(p, e, k))
			return 0;
	return 1;
}

/* Is the value behind the kind one that has a name, and whole? */
static int has_named_value(const struct pkw_pkt *p, int e)
{
	const struct pkw_record *rec = pkw_node(p, e)->rec;
	unsigned vf = pkw__variant_field(rec);

	if (rec->nameless)
		return 0;
	for (int i = e, end = pkw__node_end(p, e); i < end; i++)
		if (pkw_node(p, i)->flags & PKW_NODE_BAD)
			return 0;
	if (vf == PKW_NO_FIELD || !(pkw_node(p, e)->has >> vf & 1))
		return 1;
	int c = pkw_node_child(p, e, vf);
	const struct pkw_record *v = c < 0 ? NULL : pkw_node(p, c)->rec;
	return v && !v->nameless && v->key != PKW_ELSE;
}

static int write_tuple(const struct pkw_pkt *p, int e, int words,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_record *rec = pkw_node(p, e)->rec;
	unsigned key = pkw__key_field(rec);
	const struct pkw_field *kf = &rec->fields[key];
	struct pkw_span all = pkw__node_span(p, e);
	uint64_t kind = 0;
	const struct pkw__dialect *d = pkw__dialect(flags);
	int count = 0, r = 0;

	if (!fits_tuple(p, e, key) || pkw_field_u(p, e, key, &kind) < 0)
		return -PKW_EFORMAT;
	const char *name =
	    has_named_value(p, e) ? pkw__label(kf, 0, kind) : NULL;
	/* what is no option is its fields in order: (5, "10.0.0.1") */
	int fields = !kf->nlabels && !rec->nameless &&
	    pkw__variant_field(rec) == PKW_NO_FIELD &&
	    !(pkw_node(p, e)->flags & PKW_NODE_BAD);
	int bare = rec->nfields == 1 || (all.len == 1 && words);
	if (words && bare && name) {
		pkw_str_fmt(out, "\"%s\"", name);
		return 0;
	}
	/* a tuple's only value is not the same as text and as bytes */
	flags &= ~(unsigned)PKW__WRITE_EITHER;
	pkw_str_addc(out, d->tuple[0]);
	if (name)
		pkw_str_fmt(out, "\"%s\"", name);
	else
		pkw_str_u64(out, kind);
	pkw_str_add(out, ", ");
	size_t at = out->len;
	if (bare) {
		pkw_str_add(out, d->none);
	} else if (!name && !fields) {
		pkw__write_bytes(out, all.p + 2, all.len < 2 ? 0 : all.len - 2,
		    0, flags);
	} else {
		r = write_values(p, e, (int)key, flags, out, &count);
		if (count == 0)
			pkw__write_bytes(out, NULL, 0, 0, flags);
	}
	if (count > 1 && !words && out->s && !out->err) {
		/* several values are a tuple of their own */
		pkw_str_fmt(out, "%c%c", d->tuple[1], d->tuple[1]);
		pkw_str_addc(out, d->tuple[1]);
		if (!out->err)
			memmove(out->s + at + 1, out->s + at,
			    out->len - at - 1);
		if (!out->err)
			out->s[at] = d->tuple[0];
		return r;
	}
	pkw_str_addc(out, d->tuple[1]);
	return r;
}

static int write_tuples(const struct pkw_pkt *p, int list, int words,
    unsigned flags, struct pkw_str *out)
{
	int first = 1, r = 0;

	for (int e = pkw_node_first(p, list); e >= 0 && r == 0;
	     e = pkw_node_next(p, e)) {
		if (pkw_node(p, e)->flags & PKW_NODE_PAD)
			continue;
		if (!first)
			pkw_str_add(out, ", ");
		first = 0;
		r = pkw_node(p, e)->rec ? write_tuple(p, e, words, flags, out)
					: -PKW_EFORMAT;
	}
	return r;
}

int pkw__write_element(
    const struct pkw_pkt *p, int e, unsigned flags, struct pkw_str *out)
{
	int list = pkw_node_parent(p, e);
	int node = list < 0 ? -1 : pkw_node_parent(p, list);

	if (node >= 0 && pkw_node(p, list)->kind == PKW_NODE_LIST) {
		unsigned style = pkw__field_of(
		    p, node, pkw_node(p, list)->field)->list->style;
		if (style == PKW_LIST_TUPLES || style == PKW_LIST_WORDS)
			return write_tuple(
			    p, e, style == PKW_LIST_WORDS, flags, out);
	}
	return pkw__write_record(p, e, flags, out);
}

int pkw__write_list(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_list *l = pkw__field_of(p, node, field)->list;
	const char *brackets = pkw__dialect(flags)->list;
	int list = pkw_node_child(p, node, field), r = 0;

	if (l->style == PKW_LIST_CHAIN)
		return write_chain(p, list, flags, out);
	pkw_str_addc(out, brackets[0]);
	switch ((enum pkw_list_style)l->style) {
	case PKW_LIST_LAYERS:
	case PKW_LIST_CHAIN:
		r = write_layered(p, list, ", ", flags, out);
		break;
	case PKW_LIST_TUPLES:
		r = write_tuples(p, list, 0, flags, out);
		break;
	case PKW_LIST_WORDS:
		r = write_tuples(p, list, 1, flags, out);
		break;
	case PKW_LIST_VALUES:
		r = write_bare(p, list, flags, out);
		break;
	}
	pkw_str_addc(out, brackets[1]);
	return r;
}

