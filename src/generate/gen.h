/* SPDX-License-Identifier: BSD-2-Clause */
/* What one field of a template stands for, and where it lies. */
#ifndef PKW_GENERATE_GEN_H
#define PKW_GENERATE_GEN_H

#include "core/expr.h"

enum pkw__seg_kind {
	PKW__SEG_INT,       /* from, from + step, ... */
	PKW__SEG_ADDR,      /* bytes, counted up as one big number */
	PKW__SEG_BYTES,     /* these bytes */
	PKW__SEG_RAND_INT,  /* from..to */
	PKW__SEG_RAND_MASK, /* bytes, random where mask has ones */
	PKW__SEG_RAND_TEXT, /* from..to bytes; step 1: printable ones */
	PKW__SEG_CHOICE,    /* one of the values of `inner' */
	PKW__SEG_COUNTER,   /* from + n * step; to, if not 0, is the last */
	PKW__SEG_FUZZ       /* by the field */
};

/* A run of values of one kind. */
struct pkw__seg {
	uint8_t kind;
	uint64_t first;  /* how many values stand before it */
	uint64_t count;  /* of values; 1 for what is new in each packet */
	uint64_t from, to, step;
	const uint8_t *bytes, *mask;
	size_t len;
	struct pkw__gen *inner;
};

enum { PKW__TARGET_DEPTH = 8, PKW__PATCH_SUMS = 4 };

/* A field in a packet that is built: the layer, and the way to it inside. */
struct pkw__target {
	uint16_t layer, nsteps;
	struct {
		uint16_t field;
		int16_t element; /* -1: the record in the field itself */
	} step[PKW__TARGET_DEPTH];
	uint16_t field;
};

enum pkw__sum_kind {
	PKW__SUM_USER,  /* counts the field in a pseudo header */
	PKW__SUM_FIELD, /* counts the field only */
	PKW__SUM_ALL    /* counts all that has changed */
};
struct pkw__sum_at {
	uint32_t at, from, to;
	uint8_t kind;   /* enum pkw__sum_kind */
	uint8_t nozero;
};

/* A field of fixed place, compiled. */
struct pkw__patch {
	uint32_t off, len;      /* the bytes that change */
	uint8_t shift, le, part; /* part: an integer that fills no bytes */
	uint64_t mask;
	unsigned nsums;
	struct pkw__sum_at sum[PKW__PATCH_SUMS]; /* innermost first */
};

struct pkw__gen {
	struct pkw__gen *next;
	struct pkw__target target;
	const struct pkw_field *f;
	struct pkw__seg *seg;
	unsigned nseg, room;
	unsigned id;            /* tells random streams apart */
	uint8_t is_random, fast;
	uint64_t count, digit;
	struct pkw__patch patch;
};

/* target.c */

int pkw__target_of(const struct pkw_pkt *p, int node, unsigned field,
    struct pkw__target *out);
/* The record node the field is in, negative: it is not there (any more). */
int pkw__target_node(const struct pkw_pkt *p, const struct pkw__target *t);
int pkw__target_cmp(
    const struct pkw__target *a, const struct pkw__target *b);

/* gen_parse.c: from what is written behind `field=' */

int pkw__gen_parse(struct pkw__build *b, struct pkw__arena *arena, int node,
    unsigned field, const struct pkw__ast *v, struct pkw__gen *g);
/* One more run; NULL: out of memory. */
struct pkw__seg *pkw__gen_add(struct pkw__arena *arena, struct pkw__gen *g,
    enum pkw__seg_kind kind, uint64_t count);
int pkw__seg_is_random(const struct pkw__seg *s);

/* gen.c: values */

/* What the value of packet n depends on. */
struct pkw__draw {
	uint64_t seed, n;
};
uint64_t pkw__random(const struct pkw__draw *d, unsigned id, unsigned k);
void pkw__gen_value(const struct pkw__gen *g, uint64_t digit,
    const struct pkw__draw *d, struct pkw__value *out);
/* Sets a target's field to a value in a packet of any shape. */
int pkw__gen_store(struct pkw_pkt *p, const struct pkw__gen *g, uint64_t digit,
    const struct pkw__draw *d, struct pkw__value *v);

/* fuzz.c */

void pkw__fuzz_value(const struct pkw_field *f, const struct pkw__draw *d,
    unsigned id, struct pkw__value *out);
int pkw__fuzz_list(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw__draw *d, unsigned id);
/* May a field that nobody set be fuzzed? */
int pkw__fuzz_wants(const struct pkw_pkt *p, int node, unsigned field);

/* patch.c */

/* 1 if the field can be patched where it lies. */
int pkw__patch_compile(const struct pkw_pkt *p, struct pkw__gen *g);
/* Writes a value; by how much the sum of the packet's words has changed. */
uint32_t pkw__patch_store(uint8_t *bytes, const struct pkw__patch *c,
    const struct pkw__value *v);

/* program.c: all patches of a template */

struct pkw__program {
	struct pkw__op *ops;
	struct pkw__total *totals; /* of checksums, the innermost first */
	unsigned nops, ntotals;
	unsigned wheels, still; /* where the odometer begins and ends */
	int mixed;              /* some of it is also always new */
};
/* The generators are patched, the fastest first; 0 or an error. */
int pkw__program_make(
    struct pkw__program *g, struct pkw__gen *const *gens, unsigned n);
void pkw__program_free(struct pkw__program *g);
/* Makes packet d->n of any one: digits are those of the generators. */
int pkw__program_seek(struct pkw__program *g, uint8_t *bytes,
    const struct pkw__draw *d, struct pkw__value *v);
/* Makes packet d->n of the one before. */
int pkw__program_step(struct pkw__program *g, uint8_t *bytes,
    const struct pkw__draw *d, struct pkw__value *v);

/* tmpl.c, for tests: from now on every packet is set and sealed. */
struct pkw_tmpl;
void pkw__tmpl_slow(struct pkw_tmpl *t);
int pkw__tmpl_is_fast(struct pkw_tmpl *t);

#endif
