/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields that come and go.  When a controlling field is set, the conditions of
 * the record's other fields are asked again, in order: what is wanted and not
 * there is put in with its default, what is there and not wanted is taken out,
 * and a variant whose key changed becomes a default instance of its new record
 * (its old body is discarded).
 *
 * Bit fields come and go in runs that fill whole bytes.
 */
#include "core/core.h"

static int wanted(const struct pkw_pkt *p, int node, unsigned k)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[k];

	for (int i = 0; i < 2; i++) {
		const struct pkw_when *w = &f->when[i];
		uint64_t v = w->op && w->op < PKW_UNDER
		    ? pkw__field_int(p, node, w->field)
		    : 0;
		if (!pkw__when(p, n->layer, w, v))
			return 0;
	}
	if (f->flags & PKW_MAYEND)
		return n->has >> k & 1;
	return 1;
}

/* The fields from k on that come (or go) together: *bits in whole bytes. */
static unsigned run_end(
    const struct pkw_pkt *p, int node, unsigned k, int want, unsigned *bits)
{
	const struct pkw_node *n = &p->nodes[node];

	*bits = 0;
	while (k < n->rec->nfields && !pkw__varies(&n->rec->fields[k]) &&
	    (n->has >> k & 1) != (unsigned)want &&
	    wanted(p, node, k) == want) {
		*bits += n->rec->fields[k++].bits;
		if (*bits % 8 == 0)
			break;
	}
	return k;
}

static int put_in(struct pkw_pkt *p, int node, unsigned k, unsigned *next)
{
	uint32_t at = (uint32_t)(pkw__field_bit(p, node, k) / 8);
	int place = pkw__child_place(p, node, k);
	const struct pkw_field *f = &p->nodes[node].rec->fields[k];
	unsigned bits;
	int r;

	if (pkw__varies(f)) {
		r = pkw__node_insert(p, (uint32_t)place, 1);
		if (r < 0)
			return pkw__fail(p, r);
		struct pkw_node *n = &p->nodes[node], *c = &p->nodes[place];
		*c = (struct pkw_node){ .off = at, .field = (uint16_t)k,
			.layer = n->layer, .depth = (uint8_t)(n->depth + 1),
			.kind = f->type == PKW_LIST ? PKW_NODE_LIST
						    : PKW_NODE_BYTES };
		n->has |= UINT64_C(1) << k;
		*next = k + 1;
		return pkw__field_default(p, node, k);
	}
	*next = run_end(p, node, k, 1, &bits);
	r = pkw__splice(p, node, place, at, 0, (bits + 7) / 8);
	for (unsigned i = k; i < *next && r == 0; i++) {
		p->nodes[node].has |= UINT64_C(1) << i;
		pkw__default_put(&p->nodes[node].rec->fields[i], p->v.bytes,
		    pkw__field_bit(p, node, i),
		    pkw__is_le(&p->nodes[node], &p->nodes[node].rec->fields[i]));
	}
	return r;
}

static int take_out(struct pkw_pkt *p, int node, unsigned k, unsigned *next)
{
	uint32_t at = (uint32_t)(pkw__field_bit(p, node, k) / 8);
	int c = pkw_node_child(p, node, k);
	unsigned bits;

	*next = k + 1;
	if (c >= 0) {
		int end = pkw__node_end(p, c);
		int r = pkw__splice(p, node, end, at, p->nodes[c].len, 0);
		if (r < 0)
			return r;
		pkw__node_remove(p, (uint32_t)c, (uint32_t)(end - c));
		p->nodes[node].has &= ~(UINT64_C(1) << k);
		*pkw__pins(p, node) &= ~(UINT64_C(1) << k);
		return 0;
	}
	*next = run_end(p, node, k, 0, &bits);
	if (*next == k) { /* variable, yet without a child */
		p->nodes[node].has &= ~(UINT64_C(1) << k);
		*next = k + 1;
		return 0;
	}
	for (unsigned i = k; i < *next; i++) {
		p->nodes[node].has &= ~(UINT64_C(1) << i);
		*pkw__pins(p, node) &= ~(UINT64_C(1) << i);
	}
	return pkw__splice(
	    p, node, pkw__child_place(p, node, k), at, (bits + 7) / 8, 0);
}

/* The highest field to look at: a cut record does not grow its lost end. */
static unsigned last_field(const struct pkw_node *n)
{
	unsigned k = (unsigned)n->rec->nfields;

	if (n->flags & PKW_NODE_BAD)
		while (k > 0 && !(n->has >> (k - 1) & 1))
			k--;
	return k;
}

int pkw__reshape(struct pkw_pkt *p, int node, int changed)
{
	unsigned n = last_field(&p->nodes[node]), next;
	int r = 0;

	for (unsigned k = 0; k < n && r >= 0; k = next) {
		const struct pkw_field *f = &p->nodes[node].rec->fields[k];
		int is = p->nodes[node].has >> k & 1;
		int want = wanted(p, node, k);
		next = k + 1;
		if (want && !is)
			r = put_in(p, node, k, &next);
		else if (is && !want)
			r = take_out(p, node, k, &next);
		else if (is && f->type == PKW_VARIANT && f->key == changed)
			r = pkw__field_default(p, node, k);
	}
	return r;
}
