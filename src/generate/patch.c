/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A varied field of fixed place, compiled: which bytes change, and which
 * checksums, innermost first; program.c makes packets of that, whatever their
 * size at the cost of what changes.
 *
 * Which sums: those that are computed (not pinned by the user), are of RFC 1071
 * and cover the field.  Seen from inside outwards, a sum that covers a change
 * takes it back, so for a field inside a transport checksum the outer ones have
 * nothing to do; an address also enters the sum above it through the pseudo
 * header.  The changes are carried as words at even offsets of the packet, in
 * network order; a layer at an odd offset sees them with their bytes swapped.
 */
#include "generate/gen.h"

#include "core/core.h"

#include <string.h>

static uint32_t fold(uint32_t x)
{
	x = (x & 0xffff) + (x >> 16);
	return (x & 0xffff) + (x >> 16);
}

static uint32_t swap(uint32_t w)
{
	return (w >> 8 | w << 8) & 0xffff;
}

/* A sum that we compute and that says what we would say. */
static int is_live(const struct pkw_pkt *p, int root, unsigned k)
{
	uint64_t now, want;

	return !pkw_pinned(p, root, k) && pkw_field_u(p, root, k, &now) == 0 &&
	    pkw_field_computed(p, root, k, &want) == 1 && now == want;
}

/* The layer whose pseudo header takes the field, or -1. */
static int pseudo_user(const struct pkw_pkt *p, const struct pkw__gen *g)
{
	const struct pkw_view *v = pkw_view(p);

	if (g->target.nsteps || !v->layers[g->target.layer].proto->pseudo ||
	    !(g->f->flags & (PKW_SRC | PKW_DST)))
		return -1;
	for (unsigned i = g->target.layer + 1u; i < v->nlayers; i++) {
		if (v->layers[i].flags & PKW_LAYER_REST ||
		    v->layers[i].proto->pseudo)
			return -1;
		if (v->layers[i].proto->rec.shape->sums)
			return (int)i;
	}
	return -1;
}

/* Adds the sums of one layer; 0: one of them cannot be patched. */
static int layer_sums(const struct pkw_pkt *p, unsigned i, int user,
    struct pkw__gen *g)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[i];
	const struct pkw_record *rec = &l->proto->rec;
	struct pkw__patch *c = &g->patch;
	int root = pkw_root(p, (int)i), seen = 0;
	uint64_t bit, bits;

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int record = f->rel.of == PKW_OF_RECORD;

		if (f->rel.kind != PKW_SUM || root < 0 ||
		    pkw_field_where(p, root, k, &bit, &bits) < 0 ||
		    pkw_pinned(p, root, k))
			continue;
		if (user ? !f->rel.pseudo : record && i != g->target.layer)
			continue;
		if (!is_live(p, root, k)) {
			if (pkw_field_computed(p, root, k, &bits) == 1)
				return 0;
			continue;
		}
		if (!f->rel.sum->inet || bits != 16 || seen++ ||
		    (bit / 8 - l->off) % 2 || bit % 8 || f->rel.of >= 0 ||
		    c->nsums == PKW__PATCH_SUMS)
			return 0;
		unsigned n = c->nsums++;
		c->sum[n].at = (uint32_t)(bit / 8);
		c->sum[n].from = l->off;
		c->sum[n].to = record ? l->off + l->len : l->end;
		c->sum[n].kind = user ? PKW__SUM_USER
		    : record ? PKW__SUM_FIELD : PKW__SUM_ALL;
		c->sum[n].nozero = (f->flags & PKW_NOZERO) != 0;
	}
	return 1;
}

/* Which bytes; 0: the field is not to be had by plain loads and stores. */
static int place(const struct pkw_pkt *p, int node, struct pkw__gen *g)
{
	const struct pkw_node *n = pkw_node(p, node);
	struct pkw__patch *c = &g->patch;
	uint64_t bit, bits;
	int is_int = g->f->type == PKW_UINT || g->f->type == PKW_INT ||
	    g->f->type == PKW_FLAGS || g->f->type == PKW_FIXED;

	if (pkw_field_where(p, node, g->target.field, &bit, &bits) < 0 ||
	    bits == 0)
		return 0;
	c->off = (uint32_t)(bit / 8);
	c->len = (uint32_t)((bit % 8 + bits + 7) / 8);
	c->le = pkw__is_le(n, g->f) != 0;
	c->part = is_int && (bit % 8 || bits % 8);
	c->shift = (uint8_t)(c->len * 8 - bit % 8 - bits);
	c->mask = mask_bits((unsigned)bits < 64 ? (unsigned)bits : 64);
	if (is_int && (bits > 64 || c->len > 8))
		return 0;
	if (bits > 64) /* never a number */
		c->mask = 0;
	return is_int ? !(c->part && c->le) : bit % 8 == 0 && bits % 8 == 0;
}

/* Do all values have the length that is there? */
static int same_length(const struct pkw__gen *g, uint32_t len)
{
	for (unsigned i = 0; i < g->nseg; i++) {
		const struct pkw__seg *s = &g->seg[i];

		switch ((enum pkw__seg_kind)s->kind) {
		case PKW__SEG_INT:
		case PKW__SEG_COUNTER:
		case PKW__SEG_RAND_INT:
			break;
		case PKW__SEG_ADDR:
		case PKW__SEG_BYTES:
		case PKW__SEG_RAND_MASK:
			if (s->len != len)
				return 0;
			break;
		case PKW__SEG_RAND_TEXT:
			if (s->from != len || s->to != len)
				return 0;
			break;
		case PKW__SEG_CHOICE:
			if (!same_length(s->inner, len))
				return 0;
			break;
		case PKW__SEG_FUZZ:
			if (!g->f->bits)
				return 0;
			break;
		}
	}
	return 1;
}

int pkw__patch_compile(const struct pkw_pkt *p, struct pkw__gen *g)
{
	int node = pkw__target_node(p, &g->target);
	unsigned k = g->target.field;
	int user = pseudo_user(p, g);

	memset(&g->patch, 0, sizeof g->patch);
	if (node < 0 || !pkw__is_scalar(g->f) || g->f->type == PKW_SWITCH)
		return 0;
	const struct pkw__shape *sh = pkw_node(p, node)->rec->shape;
	if ((sh->control | sh->sums) >> k & 1 || pkw_node(p, node)->pad)
		return 0;
	if (!place(p, node, g) || !same_length(g, g->patch.len))
		return 0;
	if (user >= 0 && !layer_sums(p, (unsigned)user, 1, g))
		return 0;
	for (int i = g->target.layer; i >= 0; i = pkw__parent(p, (unsigned)i))
		if (pkw_view(p)->layers[i].proto->seal ||
		    !layer_sums(p, (unsigned)i, 0, g))
			return 0;
	return 1;
}

/* The sum of bytes as words of the packet, the first at this offset. */
static uint32_t words(const uint8_t *b, uint32_t n, uint32_t off)
{
	uint32_t s = 0;

	for (uint32_t i = 0; i < n; i++) {
		s += (uint32_t)b[i] << ((off + i) & 1 ? 0 : 8);
		if (s >> 31)
			s = fold(s);
	}
	return fold(s);
}

/* The sum of a number's words, its last byte at the end of a word. */
static uint32_t number_words(uint64_t v)
{
	uint64_t s = (v & 0xffffffff) + (v >> 32);

	s = (s & 0xffff) + (s >> 16 & 0xffff) + (s >> 32);
	return fold((uint32_t)s);
}

/* Writes bytes; what the words of the packet have changed by. */
static uint32_t store_bytes(
    uint8_t *b, const struct pkw__patch *c, const struct pkw_str *v)
{
	uint32_t before = words(b, c->len, c->off);

	memcpy(b, v->s, c->len);
	return fold(words(b, c->len, c->off) + (~before & 0xffff));
}

static uint32_t store_number(uint8_t *b, const struct pkw__patch *c, uint64_t v)
{
	uint64_t old = load_be(b, c->len), new = v & c->mask;
	uint32_t d;

	if (c->part)
		new = (old & ~(c->mask << c->shift)) | new << c->shift;
	if (c->le) {
		store_le(b, c->len, new);
		new = load_be(b, c->len);
	} else {
		store_be(b, c->len, new);
	}
	d = fold(number_words(new) + (~number_words(old) & 0xffff));
	return (c->off + c->len) & 1 ? swap(d) : d;
}

uint32_t pkw__patch_store(uint8_t *bytes, const struct pkw__patch *c,
    const struct pkw__value *v)
{
	uint8_t *b = bytes + c->off;

	return v->is_int ? store_number(b, c, v->u)
			 : store_bytes(b, c, &v->bytes);
}
