/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields and records as text: which of them need to be mentioned, and how.
 *
 * A field is left out when it would say by itself what it says.  Mentioned in
 * any case are those that Scapy would fill from somewhere else (.spell), and
 * addresses that were seen or set, which must not be taken for such as are
 * still to be found.
 */
#include "core/expr_write.h"

/* The variant that a record holds and is named after, or NULL. */
static const struct pkw_record *flat_name(
    const struct pkw_pkt *p, int node, int *key)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int c = -1;

		if (f->type == PKW_VARIANT && f->flags & PKW_FLAT)
			c = pkw_node_child(p, node, k);
		if (c >= 0 && pkw_node(p, c)->rec &&
		    !pkw_node(p, c)->rec->nameless) {
			*key = f->key;
			return pkw_node(p, c)->rec;
		}
	}
	return NULL;
}

int pkw__write_record(const struct pkw_pkt *p, int node, unsigned flags,
    struct pkw_str *out)
{
	int key = -1;
	const struct pkw_record *v = flat_name(p, node, &key);
	const char *brackets = pkw__dialect(flags)->args;

	pkw__write_name(out, v ? v->name : pkw__name_of(p, node), flags);
	size_t at = out->len;
	pkw_str_addc(out, brackets[0]);
	int r = pkw__write_args(p, node, key, flags, out);
	pkw_str_addc(out, brackets[1]);
	if (out->len == at + 2) {
		/* nothing to say, in any language */
		pkw__str_cut(out, at);
		pkw_str_add(out, "()");
	}
	return r;
}

/* A record in a field: its only value, or its name and arguments. */
static int write_inner(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	int c = pkw_node_child(p, node, field);
	const struct pkw_node *n = pkw_node(p, c);
	int is_sub = pkw__field_of(p, node, field)->type == PKW_SUB;

	if (!n->rec || (n->rec->nameless && flags & PKW__WRITE_EXPR)) {
		struct pkw_span s = pkw__node_span(p, c);
		if (flags & PKW__WRITE_EXPR)
			pkw__write_bytes(out, s.p, s.len, 0, flags);
		else
			pkw_str_pyesc(out, s.p, s.len, '\0');
		return 0;
	}
	unsigned sole = is_sub ? (unsigned)PKW_NO_FIELD
			       : pkw__sole_field(p, c);
	if (sole == PKW_NO_FIELD)
		return pkw__write_record(p, c, flags, out);
	/* in what has no name b"..." is all of it */
	if (!n->rec->nameless)
		flags = pkw__write_for(pkw__field_of(p, c, sole), flags);
	return pkw__write_field(p, c, sole, flags, out);
}

static int write_as_raw(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	struct pkw_span s;
	int r = pkw_field_bytes(p, node, field, &s);

	if (r < 0)
		return r;
	pkw__write_raw(out, s, flags);
	return 0;
}

static int write_any(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	int c = pkw_node_child(p, node, field);
	int opaque = c >= 0 && pkw_node(p, c)->flags & PKW_NODE_OPAQUE;
	struct pkw_span s;

	if (c < 0 || opaque || pkw__is_scalar(f) || f->type == PKW_ALIGN) {
		if (f->inner && flags & PKW__WRITE_EXPR && !opaque &&
		    pkw_field_bytes(p, node, field, &s) == 0)
			return pkw__write_packet(f, s, flags, out);
		pkw__write_scalar(p, node, field, flags, out);
		return 0;
	}
	if (f->type != PKW_LIST)
		return write_inner(p, node, field, flags, out);
	if (pkw_node(p, c)->kind == PKW_NODE_LIST)
		return pkw__write_list(p, node, field, flags, out);
	return -PKW_EFORMAT;
}

int pkw__write_field(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	size_t before = out->len;
	int r = write_any(p, node, field, flags, out);

	if (r == 0 || !(flags & PKW__WRITE_EXPR)) {
		if (r == 0)
			return 0;
		struct pkw_span s;
		pkw__str_cut(out, before);
		if (pkw_field_bytes(p, node, field, &s) == 0)
			pkw_str_pyesc(out, s.p, s.len, '\0');
		return 0;
	}
	pkw__str_cut(out, before);
	return write_as_raw(p, node, field, flags, out);
}

/* Addresses that were seen are not to be taken for such as are still to be
   found. */
static int was_read(const struct pkw_pkt *p, unsigned layer)
{
	return pkw_view(p)->layers[layer].flags & PKW_LAYER_READ;
}

static int wants_mention(
    const struct pkw_pkt *p, int node, unsigned k, unsigned flags)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[k];

	if (!(n->has >> k & 1) || f->type == PKW_ALIGN)
		return 0;
	if (f->spell || (f->flags & (PKW_SRC | PKW_DST) &&
	    (was_read(p, n->layer) || pkw_pinned(p, node, k))))
		return 1;
	if (flags & PKW__WRITE_ALL && f->type != PKW_SWITCH)
		return f->rel.kind != PKW_PLAIN || !pkw__is_default(p, node, k);
	return !pkw__is_default(p, node, k);
}

/* One pass over the arguments; those in `force' are written in any case. */
static int write_args(const struct pkw_pkt *p, int node, int skip,
    unsigned flags, uint64_t force, uint64_t *raw, struct pkw_str *out)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	size_t begin = out->len;
	int r = 0;

	for (unsigned k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		size_t before = out->len;
		int c;

		if ((int)k == skip)
			continue;
		if (f->type == PKW_VARIANT && f->flags & PKW_FLAT &&
		    (c = pkw_node_child(p, node, k)) >= 0 &&
		    pkw_node(p, c)->rec && !pkw_node(p, c)->rec->nameless) {
			if (out->len > begin)
				pkw_str_add(out, ", ");
			size_t at = out->len;
			r = pkw__write_args(p, c, -1, flags, out);
			if (out->len == at)
				pkw__str_cut(out, before);
			continue;
		}
		if (!(force >> k & 1) && !wants_mention(p, node, k, flags))
			continue;
		if (out->len > begin)
			pkw_str_add(out, ", ");
		pkw__write_key(out, f->name, flags);
		size_t at = out->len;
		r = pkw__write_field(p, node, k, pkw__write_for(f, flags), out);
		if (out->s && pkw__has_raw(out->s + at, flags))
			*raw |= UINT64_C(1) << k;
	}
	return r;
}

/* Lengths and counts of fields in whose place raw bytes stand. */
static uint64_t counts_of(const struct pkw_record *rec, uint64_t raw)
{
	uint64_t found = 0;

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_rel *rel = &rec->fields[k].rel;
		uint64_t covers = 0;

		if (rel->kind != PKW_LEN && rel->kind != PKW_COUNT)
			continue;
		if (rel->of >= 0)
			covers = UINT64_C(1) << rel->of |
			    (rel->also > 0 ? UINT64_C(1) << rel->also : 0);
		else if (rel->of == PKW_OF_REST)
			covers = ~UINT64_C(0) << k;
		else if (rel->of == PKW_OF_RECORD)
			covers = ~UINT64_C(0);
		if (raw & covers)
			found |= UINT64_C(1) << k;
	}
	return found;
}

/* Scapy cannot measure raw bytes, so what counts them is written as well. */
int pkw__write_args(const struct pkw_pkt *p, int node, int skip,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_node *n = pkw_node(p, node);
	size_t begin = out->len;
	uint64_t raw = 0;
	int r = write_args(p, node, skip, flags, 0, &raw, out);
	uint64_t force = raw ? counts_of(n->rec, raw) & n->has : 0;

	if (r < 0 || !force)
		return r;
	pkw__str_cut(out, begin);
	return write_args(p, node, skip, flags, force, &raw, out);
}

