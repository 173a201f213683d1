/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing: a value for a field from its type, width and labels alone.
 *
 * Numbers: a quarter are values that have a label, a quarter lie at the borders
 * (0, 1, the largest, and around the sign bit), the rest are any.  Addresses
 * are any, now and then all zeros or ones.  Bytes and text have any length up
 * to 64 and now and then 300; lists get up to three elements of any kind.
 *
 * What is computed stays computed, and what the user set stays set.  Addresses
 * by which a packet finds its way (PKW_SRC, PKW_DST) are left alone too: a
 * fuzzed packet goes where it was told to go.
 */
#include "generate/gen.h"

#include <string.h>

enum { ELEMENTS = 3, SHORT = 64, LONG = 300 };

int pkw__fuzz_wants(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[field];
	uint64_t computed;

	if (!(n->has >> field & 1) || pkw_pinned(p, node, field) ||
	    f->flags & (PKW_SRC | PKW_DST))
		return 0;
	if (f->type == PKW_ALIGN || f->type == PKW_SWITCH ||
	    f->type == PKW_VARIANT || f->type == PKW_SUB)
		return 0;
	if (f->rel.kind == PKW_NEXT)
		return pkw_field_computed(p, node, field, &computed) != 1;
	return f->rel.kind == PKW_PLAIN;
}

static uint64_t ones(unsigned bits)
{
	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

static uint64_t number(const struct pkw_field *f, uint64_t how, uint64_t r)
{
	uint64_t top = ones(f->bits);
	const uint64_t borders[] = { 0, 1, top, top - 1, top >> 1,
		(top >> 1) + 1 };

	if (how % 4 == 0 && f->nlabels && f->type != PKW_FLAGS)
		return f->labels[r % f->nlabels].value & top;
	if (how % 4 == 1)
		return borders[r % 6] & top;
	return r & top;
}

static void add_bytes(struct pkw_str *out, size_t n, int printable,
    const struct pkw__draw *d, unsigned id)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t r = pkw__random(d, id, 16 + (unsigned)i);
		pkw_str_addc(out, (char)(printable ? ' ' + r % 95 : r));
	}
}

/* A text that a codec may like: digits, or labels with dots. */
static void coded(const struct pkw_field *f, const struct pkw__draw *d,
    unsigned id, struct pkw_str *out)
{
	struct pkw_str text = PKW_STR_INIT;
	uint64_t r = pkw__random(d, id, 3);

	if (f->codec->numeric || f->codec->list) {
		pkw_str_u64(&text, r >> r % 64);
	} else {
		for (unsigned i = 0; i < 1 + r % 3; i++) {
			for (unsigned k = 0; k < 1 + (r >> 8 * i & 15); k++)
				pkw_str_addc(&text, (char)('a' +
				    pkw__random(d, id, 9 + 16 * i + k) % 26));
			pkw_str_addc(&text, '.');
		}
	}
	if (text.err)
		out->err = text.err;
	if (f->codec->put(text.s ? text.s : "", text.len, out, NULL) < 0 &&
	    !out->err)
		pkw_str_clear(out);
	pkw_str_free(&text);
}

void pkw__fuzz_value(const struct pkw_field *f, const struct pkw__draw *d,
    unsigned id, struct pkw__value *out)
{
	uint64_t how = pkw__random(d, id, 1), r = pkw__random(d, id, 2);
	size_t n = f->bits / 8u;

	pkw_str_clear(&out->bytes);
	out->is_int = f->type == PKW_UINT || f->type == PKW_INT ||
	    f->type == PKW_FLAGS || f->type == PKW_FIXED;
	if (out->is_int) {
		out->u = number(f, how, r);
		return;
	}
	if (f->type == PKW_CODED) {
		coded(f, d, id, &out->bytes);
		return;
	}
	if (!f->bits)
		n = how % 16 == 0 ? LONG : r % (SHORT + 1);
	add_bytes(&out->bytes, n, f->type == PKW_TEXT && how % 8 != 1, d, id);
	if (f->bits && f->type != PKW_BYTES && f->type != PKW_TEXT &&
	    how % 8 < 2 && !out->bytes.err)
		memset(out->bytes.s, how % 8 ? 0xff : 0, n);
}

/* Any values for all plain fields of fixed width in an element. */
static int fuzz_record(struct pkw_pkt *p, int node, const struct pkw__draw *d,
    unsigned id)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	struct pkw__value v = { .bytes = PKW_STR_INIT };
	int r = 0;

	for (unsigned k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (!pkw__fuzz_wants(p, node, k) || !pkw__is_scalar(f) ||
		    f->def)
			continue;
		pkw__fuzz_value(f, d, id * 64 + k + 1, &v);
		r = v.bytes.err ? v.bytes.err
				: pkw__value_store(p, node, k, &v);
	}
	pkw_str_free(&v.bytes);
	return r;
}

static const struct pkw_record *any_element(
    const struct pkw_list *l, uint64_t r)
{
	size_t n = 0;

	while (l->variants && l->variants[n])
		n++;
	if (n == 0)
		return NULL;
	size_t k = (size_t)(r % (n + (l->rec ? 1 : 0)));
	return k < n ? l->variants[k] : NULL;
}

int pkw__fuzz_list(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw__draw *d, unsigned id)
{
	const struct pkw_list *l = pkw_node(p, node)->rec->fields[field].list;
	unsigned n = (unsigned)(pkw__random(d, id, 1) % (ELEMENTS + 1));
	int r = pkw_field_set_bytes(p, node, field, "", 0);

	for (unsigned i = 0; i < n && r == 0; i++) {
		int e = pkw_list_add(p, node, field, -1,
		    any_element(l, pkw__random(d, id, 2 + i)));
		r = e < 0 ? e : fuzz_record(p, e, d, id * 8 + i + 1);
	}
	return r;
}
