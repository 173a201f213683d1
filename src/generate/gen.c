/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of a generator.
 *
 * A generator is a row of runs; value number `digit' is found in the run that
 * holds it.  Runs that are random have one place and a new value in every
 * packet.
 *
 * All randomness is a function of (seed, generator, packet number, draw): one
 * round of splitmix64's finisher over their combination.  Nothing is kept
 * between packets, so seeking costs nothing and packets repeat exactly.
 */
#include "generate/gen.h"

#include <string.h>

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t pkw__random(const struct pkw__draw *d, unsigned id, unsigned k)
{
	const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t x = d->seed + golden * (d->n + 1);

	return mix(mix(x) + golden * ((uint64_t)id << 32 | k));
}

/* A number in from..to, whatever their order of signs. */
static uint64_t within(uint64_t r, uint64_t from, uint64_t to)
{
	uint64_t width = to - from + 1;

	return width ? from + r % width : r;
}

static const struct pkw__seg *find(const struct pkw__gen *g, uint64_t digit)
{
	unsigned lo = 0, hi = g->nseg;

	while (hi - lo > 1) {
		unsigned mid = lo + (hi - lo) / 2;
		if (g->seg[mid].first <= digit)
			lo = mid;
		else
			hi = mid;
	}
	return &g->seg[lo];
}

/* The address `by' behind another one. */
static void count_up(uint8_t *a, size_t len, uint64_t by)
{
	unsigned carry = 0;

	for (size_t i = len; i-- > 0 && (by || carry); by >>= 8) {
		unsigned x = a[i] + (unsigned)(by & 255) + carry;
		a[i] = (uint8_t)x;
		carry = x >> 8;
	}
}

static void random_bytes(struct pkw_str *out, size_t n, int printable,
    const struct pkw__draw *d, unsigned id, unsigned k)
{
	char *b = pkw_str_room(out, n);
	uint64_t r = 0;

	for (size_t i = 0; b && i < n; i++) {
		if (i % 8 == 0)
			r = pkw__random(d, id, k + 1 + (unsigned)(i / 8));
		uint8_t x = (uint8_t)r;
		b[i] = (char)(printable ? 'a' + x % 26 : x);
		r >>= 8;
	}
	if (b)
		out->len += n;
}

static void mask_bytes(const struct pkw__seg *s, const struct pkw__draw *d,
    unsigned id, struct pkw_str *out)
{
	size_t before = out->len;

	random_bytes(out, s->len, 0, d, id, 0);
	for (size_t i = 0; i < s->len && !out->err; i++) {
		char *b = out->s + before + i;
		*b = (char)((s->bytes[i] & ~s->mask[i]) |
		    ((uint8_t)*b & s->mask[i]));
	}
}

static uint64_t cut(const struct pkw_field *f, uint64_t v)
{
	if (f->type == PKW_SWITCH)
		return v != 0;
	return f->bits && f->bits < 64 ? v & ((UINT64_C(1) << f->bits) - 1) : v;
}

void pkw__gen_value(const struct pkw__gen *g, uint64_t digit,
    const struct pkw__draw *d, struct pkw__value *out)
{
	const struct pkw__seg *s = find(g, digit);
	uint64_t at = digit - s->first, r;

	out->is_int = 1;
	switch ((enum pkw__seg_kind)s->kind) {
	case PKW__SEG_INT:
		out->u = cut(g->f, s->from + at * s->step);
		return;
	case PKW__SEG_COUNTER:
		r = d->n * s->step;
		if (s->to)
			r %= s->to - s->from + 1;
		out->u = cut(g->f, s->from + r);
		return;
	case PKW__SEG_RAND_INT:
		out->u = cut(g->f,
		    within(pkw__random(d, g->id, 0), s->from, s->to));
		return;
	case PKW__SEG_CHOICE:
		r = pkw__random(d, g->id, 0) % s->inner->count;
		pkw__gen_value(s->inner, r, d, out);
		return;
	case PKW__SEG_FUZZ:
		pkw__fuzz_value(g->f, d, g->id, out);
		return;
	case PKW__SEG_ADDR:
		pkw_str_clear(&out->bytes);
		pkw_str_addn(&out->bytes, (const char *)s->bytes, s->len);
		if (!out->bytes.err)
			count_up((uint8_t *)out->bytes.s, s->len, at);
		break;
	case PKW__SEG_BYTES:
		pkw_str_clear(&out->bytes);
		pkw_str_addn(&out->bytes, (const char *)s->bytes, s->len);
		break;
	case PKW__SEG_RAND_MASK:
		if (s->len <= 8) {
			out->u = s->from |
			    (pkw__random(d, g->id, 0) & s->to);
			return;
		}
		pkw_str_clear(&out->bytes);
		mask_bytes(s, d, g->id, &out->bytes);
		break;
	case PKW__SEG_RAND_TEXT:
		r = within(pkw__random(d, g->id, 0), s->from, s->to);
		pkw_str_clear(&out->bytes);
		random_bytes(&out->bytes, (size_t)r, s->step == 1, d, g->id, 0);
		break;
	}
	out->is_int = 0;
}

int pkw__gen_store(struct pkw_pkt *p, const struct pkw__gen *g, uint64_t digit,
    const struct pkw__draw *d, struct pkw__value *v)
{
	int node = pkw__target_node(p, &g->target);

	if (node < 0)
		return node == -PKW_EABSENT ? 0 : node;
	/* a fuzzed kind may have made the record another one */
	if (&pkw_node(p, node)->rec->fields[g->target.field] != g->f)
		return 0;
	if (g->f->type == PKW_LIST)
		return pkw__fuzz_list(p, node, g->target.field, d, g->id);
	pkw__gen_value(g, digit, d, v);
	if (v->bytes.err)
		return v->bytes.err;
	return pkw__value_store(p, node, g->target.field, v);
}
