/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A template's patches (patch.c) as one flat program.
 *
 * Each varied field is an operation: the next value, a store, and by how much
 * the sum of the bytes' words has changed.  That change counts in each checksum
 * so many times: once, 256 times if the checksum sees the bytes of the words
 * swapped (2^16 = 1 modulo 65535), or minus once, where it covers the field only
 * through another checksum that takes the change back.  So what the field adds
 * to every checksum is one product, the products gather in one number for each
 * checksum, and a checksum is written once a packet, however many fields it
 * covers (RFC 1624, equation 3).
 *
 * Operations stand in the order in which they are needed: those with a new value
 * in every packet; those of the odometer, the fastest first, of which a step
 * needs those up to the first that does not turn over; and those that have only
 * one value.
 *
 * The one case where the difference does not tell the sum: all that is summed
 * is zero (0xffff) or sums to zero (0).  It is looked at when it comes up, the
 * inner checksums being written by then.
 */
#include "generate/gen.h"

#include "base/bytes.h"
#include "base/compiler.h"

#include <stdlib.h>

enum source {
	ASK,     /* by pkw__gen_value() */
	LINEAR,  /* from + digit * step */
	COUNTER  /* from + how often packet n has counted */
};

struct pkw__op {
	uint8_t source;
	uint8_t width; /* of a whole number in network order; else 0 */
	uint8_t odd;   /* it ends inside a word of the packet */
	uint8_t always; /* a new value in every packet */
	uint8_t nsums;
	uint32_t off;
	struct {
		uint32_t sum, times;
	} in[PKW__PATCH_SUMS];
	uint64_t mask, from, step;
	uint64_t digit, count;  /* LINEAR, ASK; COUNTER: what is added */
	uint64_t period;        /* COUNTER: where it begins again; 0: never */
	const struct pkw__gen *gen;
};

struct pkw__total {
	uint64_t change;
	uint32_t at, from, to;
	uint8_t nozero;
};

enum {
	WORDS = 0xffff,     /* what all words count modulo */
	MAX_OPS = 4096,     /* so that no total overflows: 2^12 times 2^51 */
	SMALL_STEP = 65536  /* counters: n times that stays below 2^64 */
};

static uint32_t fold(uint64_t x)
{
	x = (x & 0xffffffff) + (x >> 32);
	x = (x & WORDS) + (x >> 16);
	x = (x & WORDS) + (x >> 16);
	return (uint32_t)((x & WORDS) + (x >> 16));
}

static uint32_t swap(uint32_t times)
{
	return fold((uint64_t)times << 8);
}

static uint32_t minus(uint32_t times)
{
	return WORDS - times;
}

/* The total of the checksum at that place: innermost first. */
static unsigned total_of(struct pkw__program *g, const struct pkw__sum_at *s)
{
	unsigned i = 0;

	while (i < g->ntotals && g->totals[i].at != s->at)
		i++;
	if (i == g->ntotals)
		g->totals[g->ntotals++] = (struct pkw__total){ .at = s->at,
			.from = s->from, .to = s->to, .nozero = s->nozero };
	return i;
}

/* How often a change of the field counts in each checksum over it. */
static void make_sums(struct pkw__program *g, struct pkw__op *o)
{
	const struct pkw__patch *c = &o->gen->patch;
	uint32_t all = 1;

	for (unsigned i = 0; i < c->nsums; i++) {
		const struct pkw__sum_at *s = &c->sum[i];
		uint32_t times = s->kind == PKW__SUM_ALL ? all : 1;
		/* a pseudo header counts an address from its own start */
		if ((s->kind == PKW__SUM_USER ? c->off : s->from) & 1)
			times = swap(times);
		unsigned total = total_of(g, s);
		if (times % WORDS == 0)
			continue;
		o->in[o->nsums].sum = total;
		/* changes of numbers are counted from the number's end */
		o->in[o->nsums++].times = o->odd ? swap(times) : times;
		/* what the sum itself now adds, where it lies */
		all = fold(all + minus(s->at & 1 ? swap(times) : times));
	}
}

/* Values that need no looking up. */
static void make_source(struct pkw__op *o)
{
	const struct pkw__seg *s = o->gen->seg;

	if (o->gen->nseg != 1 || !o->width)
		return;
	o->from = s->from;
	o->step = s->step;
	if (s->kind == PKW__SEG_INT) {
		o->source = LINEAR;
	} else if (s->kind == PKW__SEG_ADDR) {
		o->source = LINEAR;
		o->from = load_be(s->bytes, (unsigned)s->len);
		o->step = 1;
	} else if (s->kind == PKW__SEG_COUNTER &&
	    (!s->to || s->step <= SMALL_STEP)) {
		o->source = COUNTER;
		o->period = s->to ? s->to - s->from + 1 : 0;
		if (o->period)
			o->step %= o->period;
	}
}

static int is_whole(const struct pkw__patch *c)
{
	return !c->part && !c->le && c->len <= 8 && c->len != 3 &&
	    c->len != 5 && c->len != 7;
}

static void make_op(struct pkw__program *g, struct pkw__gen *gen)
{
	const struct pkw__patch *c = &gen->patch;
	struct pkw__op *o = &g->ops[g->nops++];

	*o = (struct pkw__op){ .gen = gen, .off = c->off, .mask = c->mask,
		.width = (uint8_t)(is_whole(c) ? c->len : 0),
		.odd = (c->off + c->len) & 1, .always = gen->is_random,
		.count = gen->count };
	g->mixed |= gen->is_random && gen->count > 1;
	make_sums(g, o);
	make_source(o);
}

/* Always new: 0; on the odometer: 1; always the same: 2. */
static int group_of(const struct pkw__gen *gen)
{
	if (gen->count > 1)
		return 1;
	return gen->is_random ? 0 : 2;
}

static int inner_first(const void *a, const void *b)
{
	const struct pkw__total *x = a, *y = b;

	return x->from != y->from ? (x->from < y->from ? 1 : -1)
				  : (x->at < y->at) - (x->at > y->at);
}

/* Where totals stand must be known before operations name them. */
static void find_totals(
    struct pkw__program *g, struct pkw__gen *const *gens, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < gens[i]->patch.nsums; k++)
			total_of(g, &gens[i]->patch.sum[k]);
	if (g->ntotals > 1)
		qsort(g->totals, g->ntotals, sizeof *g->totals, inner_first);
}

void pkw__program_free(struct pkw__program *g)
{
	free(g->ops);
	free(g->totals);
	*g = (struct pkw__program){ 0 };
}

int pkw__program_make(
    struct pkw__program *g, struct pkw__gen *const *gens, unsigned n)
{
	pkw__program_free(g);
	if (n > MAX_OPS)
		return -PKW_ELIMIT;
	g->ops = calloc(n + 1, sizeof *g->ops);
	g->totals = calloc(n * PKW__PATCH_SUMS + 1, sizeof *g->totals);
	if (!g->ops || !g->totals) {
		pkw__program_free(g);
		return -PKW_ENOMEM;
	}
	find_totals(g, gens, n);
	for (int group = 0; group < 3; group++) {
		for (unsigned i = 0; i < n; i++)
			if (group_of(gens[i]) == group)
				make_op(g, gens[i]);
		if (group == 0)
			g->wheels = g->nops;
		else if (group == 1)
			g->still = g->nops;
	}
	return 0;
}

/* The sum of a number's words, not folded: below 2^33. */
PKW__INLINE uint64_t words(uint64_t v)
{
	return (v & 0xffffffff) + (v >> 32);
}

/* Adds a change to the checksums. */
PKW__INLINE void count_in(
    struct pkw__program *g, const struct pkw__op *o, uint64_t change)
{
	for (unsigned i = 0; i < o->nsums; i++)
		g->totals[o->in[i].sum].change += change * o->in[i].times;
}

/* Stores a number that fills its bytes. */
PKW__INLINE void put(struct pkw__program *g, const struct pkw__op *o,
    uint8_t *bytes, uint64_t v)
{
	uint8_t *b = bytes + o->off;
	uint64_t old;

	v &= o->mask;
	switch (o->width) {
	case 1:
		old = load_be(b, 1);
		store_be(b, 1, v);
		break;
	case 2:
		old = load_be(b, 2);
		store_be(b, 2, v);
		break;
	case 4:
		old = load_be(b, 4);
		store_be(b, 4, v);
		break;
	case 8:
		old = load_be(b, 8);
		store_be(b, 8, v);
		break;
	default: /* 6 */
		old = load_be(b, 2) << 32 | load_be(b + 2, 4);
		store_be(b, 2, v >> 32);
		store_be(b + 2, 4, v);
		break;
	}
	/* 2^32 - 1 is 0 modulo 65535; and a change is never 0 itself */
	count_in(g, o, words(v) + 3 * UINT64_C(0xffffffff) - words(old));
}

static int ask(struct pkw__program *g, const struct pkw__op *o, uint8_t *bytes,
    const struct pkw__draw *d, struct pkw__value *v)
{
	pkw__gen_value(o->gen, o->digit, d, v);
	if (v->bytes.err)
		return v->bytes.err;
	if (v->is_int && o->width) {
		put(g, o, bytes, v->u);
		return 0;
	}
	uint32_t change = pkw__patch_store(bytes, &o->gen->patch, v);
	count_in(g, o, (o->odd ? swap(change) : change) + WORDS);
	return 0;
}

PKW__INLINE int run(struct pkw__program *g, const struct pkw__op *o,
    uint8_t *bytes, const struct pkw__draw *d, struct pkw__value *v)
{
	if (o->source == ASK)
		return ask(g, o, bytes, d, v);
	put(g, o, bytes,
	    o->from + (o->source == LINEAR ? o->digit * o->step : o->digit));
	return 0;
}

static int all_zero(const uint8_t *b, const struct pkw__total *s)
{
	for (uint32_t i = s->from; i < s->to; i++)
		if (b[i] && i != s->at && i != s->at + 1)
			return 0;
	return 1;
}

static void write_sums(struct pkw__program *g, uint8_t *bytes)
{
	for (unsigned i = 0; i < g->ntotals; i++) {
		struct pkw__total *s = &g->totals[i];
		uint8_t *at = bytes + s->at;
		if (!s->change)
			continue;
		uint32_t sum = fold(s->change + (~load_be(at, 2) & WORDS));
		s->change = 0;
		if (PKW__UNLIKELY(sum % WORDS == 0))
			sum = s->nozero || all_zero(bytes, s) ? 0 : WORDS;
		store_be(at, 2, ~sum & WORDS);
	}
}

int pkw__program_seek(struct pkw__program *g, uint8_t *bytes,
    const struct pkw__draw *d, struct pkw__value *v)
{
	int r = 0;

	for (unsigned i = 0; i < g->nops && r == 0; i++) {
		struct pkw__op *o = &g->ops[i];
		o->digit = o->gen->digit;
		if (o->source == COUNTER)
			o->digit = d->n * o->gen->seg->step;
		if (o->period)
			o->digit %= o->period;
		r = run(g, o, bytes, d, v);
	}
	write_sums(g, bytes);
	return r;
}

int pkw__program_step(struct pkw__program *g, uint8_t *bytes,
    const struct pkw__draw *d, struct pkw__value *v)
{
	int carry = 1, r = 0;

	for (unsigned i = 0; i < g->wheels && r == 0; i++) {
		struct pkw__op *o = &g->ops[i];
		if (o->source == COUNTER) {
			o->digit += o->step;
			if (o->period && o->digit >= o->period)
				o->digit -= o->period;
		}
		r = run(g, o, bytes, d, v);
	}
	for (unsigned i = g->wheels;
	     i < g->still && (carry || g->mixed) && r == 0; i++) {
		struct pkw__op *o = &g->ops[i];
		if (!carry && !o->always)
			continue;
		if (carry) {
			carry = ++o->digit == o->count;
			o->digit = carry ? 0 : o->digit;
		}
		r = run(g, o, bytes, d, v);
	}
	write_sums(g, bytes);
	return r;
}
