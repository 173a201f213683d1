/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One field from text: what the value is decides who is asked.  Raw bytes can
 * stand anywhere; sets of values are handed to whoever makes templates; lists
 * have a file of their own.
 *
 * A record inside a field (a variant or a sub-record) is written by its name,
 * as a layer, or, if one field of it alone has a value, by that value:
 * DNSRR(type="A", rdata="10.0.0.1").  Bytes stand for all of it.
 */
#include "core/expr_build.h"

#include <string.h>

/* Makes the field hold the record of that name; its node, or an error. */
static int choose_inner(struct pkw__build *b, int node, unsigned field,
    const char *name)
{
	const struct pkw_field *f = pkw__field_of(b->p, node, field);
	int c = pkw_node_child(b->p, node, field), r;

	if (c >= 0 && pkw_node(b->p, c)->rec && pkw_node(b->p, c)->rec->name &&
	    strcmp(pkw_node(b->p, c)->rec->name, name) == 0)
		return c;
	if (f->type == PKW_SUB) {
		struct pkw__named n;
		if (pkw__name_element(f->list, name, &n) < 0 || n.variant)
			return -PKW_ENOPROTO;
		return pkw__inner_make(b->p, node, field, n.element);
	}
	for (size_t i = 0; f->variants && f->variants[i]; i++)
		if (strcmp(f->variants[i]->name, name) == 0) {
			r = pkw__variant_make(b->p, node, field, f->variants[i]);
			return r < 0 ? r : pkw_node_child(b->p, node, field);
		}
	return -PKW_ENOPROTO;
}

/* Bytes, or layers built apart, in place of the record. */
static int set_inner_bytes(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw_str s = PKW_STR_INIT;
	int r = 0;

	if (pkw__ast_is_quoted(v))
		pkw_str_addn(&s, v->s, v->n);
	else if (v->kind == PKW__AST_CALL || v->kind == PKW__AST_CHAIN)
		r = pkw__build_bytes(b, v, &s);
	else
		return pkw__expr_fail(b->x, v->at, -PKW_ETYPE,
		    "%s.%s: bytes or a layer are expected",
		    pkw__name_of(b->p, node),
		    pkw__field_of(b->p, node, field)->name);
	if (r == 0)
		r = s.err;
	if (r == 0)
		r = pkw_field_set_bytes(
		    b->p, node, field, s.s ? s.s : "", s.len);
	pkw_str_free(&s);
	return r < 0 ? pkw__engine_error(b, v->at, r) : 0;
}

/* Does the value stand for the bytes of a record, not for a field of it? */
static int means_bytes(const struct pkw_record *rec, const struct pkw__ast *v)
{
	return v->kind == PKW__AST_CHAIN ||
	    (rec->nameless && v->kind == PKW__AST_BYTES) ||
	    (rec->nameless == 1 && v->kind == PKW__AST_TEXT);
}

/* The record that belongs in a field; one without a name is made only now. */
static int inner_record(
    struct pkw__build *b, int node, unsigned field, const struct pkw__ast *v)
{
	const struct pkw_field *f = pkw__field_of(b->p, node, field);
	int c = pkw_node_child(b->p, node, field);

	if (c < 0 || pkw_node(b->p, c)->rec || f->type != PKW_VARIANT)
		return c;
	const struct pkw_record *rec = pkw__variant(
	    f->variants, pkw__field_int(b->p, node, f->key));
	return rec && rec->nameless && !means_bytes(rec, v)
	    ? pkw__inner_make(b->p, node, field, rec)
	    : c;
}

static int set_inner(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	int c = -PKW_ENOPROTO, r = pkw__change_shape(b->p, node);

	if (r < 0)
		return pkw__engine_error(b, v->at, r);
	if (pkw__ast_is_name(v))
		c = choose_inner(b, node, field, v->s);
	if (c >= 0)
		return pkw__set_args(b, c, v, -1);
	if (c != -PKW_ENOPROTO)
		return pkw__engine_error(b, v->at, c);
	c = inner_record(b, node, field, v);
	if (c < 0 || !pkw_node(b->p, c)->rec ||
	    means_bytes(pkw_node(b->p, c)->rec, v))
		return set_inner_bytes(b, node, field, v);
	if (v->kind == PKW__AST_TUPLE)
		return pkw__set_values(b, c, -1, v->first);
	unsigned sole = pkw__sole_field(b->p, c);
	if (sole == PKW_NO_FIELD)
		return set_inner_bytes(b, node, field, v);
	return pkw__build_field(b, c, sole, v);
}

static int set_raw(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	const struct pkw__ast *a = v->first;

	if (v->count != 1 || a->key || !pkw__ast_is_quoted(a))
		return pkw__expr_fail(b->x, v->at, -PKW_ESYNTAX,
		    "RawVal takes bytes: RawVal(b\"...\")");
	int r = pkw_field_set_raw(b->p, node, field, a->s, a->n);
	if (r == -PKW_ETYPE)
		return pkw__expr_fail(b->x, v->at, r,
		    "%s.%s does not begin and end at whole bytes",
		    pkw__name_of(b->p, node), pkw__field_of(b->p, node, field)->name);
	return r < 0 ? pkw__engine_error(b, v->at, r) : 0;
}

static int set_scalar(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw__value val = { .bytes = PKW_STR_INIT };
	int r = pkw__value_parse(b, node, field, v, &val);

	if (r == 0) {
		r = pkw__value_store(b->p, node, field, &val);
		if (r < 0)
			pkw__engine_error(b, v->at, r);
	}
	pkw_str_free(&val.bytes);
	return r;
}

static int absent(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	const struct pkw_record *rec = pkw_node(b->p, node)->rec;
	const struct pkw_field *f = &rec->fields[field];
	uint32_t at = v->key ? v->key_at : v->at;
	int r = b->on_absent ? b->on_absent(b, node, field, v) : 0;

	if (r != 0)
		return r < 0 ? r : 0;
	if (f->when[0].op && f->when[0].op < PKW_UNDER)
		return pkw__expr_fail(b->x, at, -PKW_EABSENT,
		    "%s.%s is absent; it depends on %s", pkw__name_of(b->p, node),
		    f->name, rec->fields[f->when[0].field].name);
	return pkw__expr_fail(b->x, at, -PKW_EABSENT, "%s.%s is absent here",
	    pkw__name_of(b->p, node), f->name);
}

int pkw__build_field(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	const struct pkw_field *f = pkw__field_of(b->p, node, field);

	/* None leaves a field as it is, but Scapy's qd=None is an empty list */
	if (v->kind == PKW__AST_NONE && !(f->type == PKW_LIST && f->text))
		return 0;
	if (!(pkw_node(b->p, node)->has >> field & 1))
		return absent(b, node, field, v);
	if (v->kind == PKW__AST_CALL && strcmp(v->s, "RawVal") == 0)
		return set_raw(b, node, field, v);
	if (pkw__value_is_set(f, v)) {
		if (b->on_set)
			return b->on_set(b, node, field, v);
		return pkw__expr_fail(b->x, v->at, -PKW_EINVAL,
		    "%s.%s stands for several values; one is wanted here",
		    pkw__name_of(b->p, node), f->name);
	}
	if (f->type == PKW_LIST)
		return pkw__set_list(b, node, field, v);
	if (f->type == PKW_VARIANT || f->type == PKW_SUB)
		return set_inner(b, node, field, v);
	return set_scalar(b, node, field, v);
}

