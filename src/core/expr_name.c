/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What names mean: layers, elements of lists, fields.
 *
 * A name may belong to a protocol, to an element of a list, or to a variant
 * that is written as if it were a record of its own (PKW_FLAT: DNSRRMX is a
 * DNSRR whose type is 15).  For the last there is no table of names; they are
 * looked for in the tables of those that are registered, which only happens for
 * names that are found nowhere else.
 */
#include "core/expr.h"

#include "core/near.h"

#include <string.h>

static const struct pkw_record *by_name(
    const struct pkw_record *const *v, const char *name)
{
	for (; v && *v; v++)
		if ((*v)->name && strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

static const struct pkw_record *flat_variant(
    const struct pkw_record *rec, const char *name, unsigned *field)
{
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_record *v = NULL;

		if (f->type == PKW_VARIANT && f->flags & PKW_FLAT)
			v = by_name(f->variants, name);
		if (v) {
			*field = k;
			return v;
		}
	}
	return NULL;
}

int pkw__name_layer(const char *name, struct pkw__named *out)
{
	const struct pkw_proto *q = pkw_proto_find(name);

	memset(out, 0, sizeof *out);
	if (q) {
		out->proto = q;
		return 0;
	}
	for (size_t i = 0; (q = pkw_proto_at(i)); i++) {
		out->variant = flat_variant(&q->rec, name, &out->field);
		if (out->variant) {
			out->proto = q;
			return 0;
		}
	}
	return -PKW_ENOPROTO;
}

int pkw__name_element(
    const struct pkw_list *l, const char *name, struct pkw__named *out)
{
	memset(out, 0, sizeof *out);
	out->element = by_name(l->variants, name);
	if (out->element)
		return 0;
	if (!l->rec)
		return -PKW_ENOPROTO;
	if (l->rec->name && strcmp(l->rec->name, name) == 0) {
		out->element = l->rec;
		return 0;
	}
	out->variant = flat_variant(l->rec, name, &out->field);
	out->element = l->rec;
	return out->variant ? 0 : -PKW_ENOPROTO;
}

/* The records below a node whose fields are named as if they were its own. */
static int inner_record(const struct pkw_pkt *p, int node, unsigned field,
    int deep)
{
	const struct pkw_field *f = &pkw_node(p, node)->rec->fields[field];
	int c;

	if (f->type != PKW_VARIANT && !(deep && f->type == PKW_SUB))
		return -PKW_ENOFIELD;
	if (!deep && !(f->flags & PKW_FLAT))
		return -PKW_ENOFIELD;
	c = pkw_node_child(p, node, field);
	return c >= 0 && pkw_node(p, c)->rec ? c : -PKW_ENOFIELD;
}

int pkw__name_field(const struct pkw_pkt *p, int node, const char *name,
    int deep, int *at, unsigned *field)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	int k = pkw_field_named(p, node, name);

	if (k >= 0) {
		*at = node;
		*field = (unsigned)k;
		return 0;
	}
	for (unsigned i = 0; i < rec->nfields; i++) {
		int c = inner_record(p, node, i, deep);
		if (c >= 0 && pkw__name_field(p, c, name, deep, at, field) == 0)
			return 0;
	}
	return -PKW_ENOFIELD;
}

static void try_fields(
    const struct pkw_pkt *p, int node, struct pkw__near *w)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;

	for (unsigned k = 0; k < rec->nfields; k++) {
		int c = inner_record(p, node, k, 1);

		pkw__near_try(w, rec->fields[k].name);
		if (c >= 0)
			try_fields(p, c, w);
	}
}

const char *pkw__name_nearest(
    const struct pkw_pkt *p, int node, const char *name)
{
	struct pkw__near w = { name, NULL, 0 };

	try_fields(p, node, &w);
	return w.best;
}
