/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a field say what it would say if nobody had set it?  Then an expression
 * need not mention it.
 *
 * What a field would say is, in this order: what we compute (lengths, counts,
 * sums, the number of the next layer), what the layer on top wants there, what
 * the variant in the record wants there, and the default of its row.
 *
 * The answer may be a careful no: whoever prints more than needed is right.
 */
#include "core/expr_write.h"

#include <string.h>

enum { FIXED_MAX = 320 };

/* What the next layer wants in a field of this one. */
static const struct pkw_below *wanted_above(
    const struct pkw_pkt *p, int node, const char *name)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_view *v = pkw_view(p);

	if (n->depth > 0 || n->layer + 1u >= v->nlayers)
		return NULL;
	const struct pkw_proto *me = v->layers[n->layer].proto;
	const struct pkw_proto *up = v->layers[n->layer + 1].proto;
	for (size_t i = 0; i < up->nbelow; i++)
		if (strcmp(up->below[i].proto, me->rec.name) == 0 &&
		    strcmp(up->below[i].field, name) == 0)
			return &up->below[i];
	return NULL;
}

/* What the record's variant wants in a field of it. */
static int preset(const struct pkw_pkt *p, int node, unsigned field,
    uint64_t *value)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;

	for (unsigned k = 0; k < rec->nfields; k++) {
		if (rec->fields[k].type != PKW_VARIANT)
			continue;
		int c = pkw_node_child(p, node, k);
		const struct pkw_record *v =
		    c >= 0 ? pkw_node(p, c)->rec : NULL;
		for (size_t i = 0; v && i < v->npresets; i++)
			if (v->presets[i].field == field) {
				*value = v->presets[i].value;
				return 1;
			}
	}
	return 0;
}

static int int_is_default(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	const struct pkw_below *w;
	uint64_t v, want = f->def;

	if (pkw_field_u(p, node, field, &v) < 0)
		return 0;
	if (f->rel.kind != PKW_PLAIN) {
		if (!pkw_field_computed(p, node, field, &want))
			want = f->def;
		return v == want;
	}
	w = wanted_above(p, node, f->name);
	/* other fields of this layer are set before the next one wants this */
	if (w && v != f->def &&
	    pkw_node(p, node)->rec->shape->control >> field & 1)
		return 0;
	if (w)
		return !w->text && v == w->value;
	if (preset(p, node, field, &want))
		return v == want;
	return v == f->def;
}

static int bytes_are_default(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	uint8_t want[FIXED_MAX + 8] = { 0 };
	struct pkw_span s;

	if (f->bits > FIXED_MAX * 8 || f->bits % 8 ||
	    wanted_above(p, node, f->name))
		return 0;
	if (pkw_field_bytes(p, node, field, &s) < 0 || s.len != f->bits / 8u)
		return 0;
	pkw__default_put(f, want, 0, 0);
	return memcmp(s.p, want, s.len) == 0;
}

/* Of a variable field only the default that is spelt out, or emptiness. */
static int text_is_default(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	int c = pkw_node_child(p, node, field);

	if (c < 0)
		return 0;
	if (!f->text) {
		const struct pkw_record *rec = pkw_node(p, c)->rec;
		return pkw_node(p, c)->len == 0 &&
		    (!rec || !rec->shape->imagelen);
	}
	if (!pkw__is_scalar(f))
		return 0;
	struct pkw_str s = PKW_STR_INIT;
	pkw__write_scalar(p, node, field, PKW__WRITE_NUMBERS, &s);
	int same = s.s && strcmp(s.s, f->text) == 0;
	pkw_str_free(&s);
	return same;
}

int pkw__is_default(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	int c = pkw_node_child(p, node, field);

	if (c >= 0 && pkw_node(p, c)->flags & PKW_NODE_OPAQUE)
		return 0;
	if (f->type == PKW_SWITCH)
		return !pkw_pinned(p, node, field);
	if (f->bits == 0)
		return text_is_default(p, node, field);
	return f->bits <= 64 && f->type != PKW_MAC && f->type != PKW_IP4 &&
		f->type != PKW_BYTES && f->type != PKW_TEXT
	    ? int_is_default(p, node, field)
	    : bytes_are_default(p, node, field);
}
