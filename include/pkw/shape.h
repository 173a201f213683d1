/* SPDX-License-Identifier: BSD-2-Clause */
/* A record's compiled form: what registration derives from its rows. */
#ifndef PKW_SHAPE_H
#define PKW_SHAPE_H

/*
 * Nothing here is for users: the header exists because a protocol table
 * reserves the room for its own sidecar, so that looking a field up needs no
 * hash and starting the program no allocation per record.  pkw_register()
 * fills it once; from then on it is only read.
 */

#include <stdint.h>

struct pkw_proto;
struct pkw_record;

/* Where a fixed field lies and how its integer is cut out of a word. */
struct pkw_slot {
	uint32_t bit;   /* from the record's start; valid if fixed */
	uint8_t bytes;  /* width of the load: 1, 2, 4, 8; 0: by general means */
	uint8_t shift;  /* to the right, after the load */
	uint8_t fixed;  /* no variable or optional field lies before it */
	uint8_t le;
	uint64_t mask;
};

struct pkw__space;

/* One way to the next layer: a number in the header and where it leads. */
struct pkw__select {
	const struct pkw__space *space;
	uint16_t off;
	uint8_t bytes, shift, le;
	uint8_t guard_op, guard_bytes, guard_shift;
	uint16_t guard_off;
	uint64_t mask, guard_mask, guard_value;
	uint8_t field;
};

enum pkw__head { /* how a layer's header length is known */
	PKW__HEAD_FIXED,  /* minlen */
	PKW__HEAD_FIELD,  /* bias + value of a field * unit */
	PKW__HEAD_WHOLE,  /* everything to the layer's end */
	PKW__HEAD_LAYOUT  /* only by laying the record out */
};

enum pkw__extent { /* how a layer's end is known */
	PKW__END_OUTER, PKW__END_LAYER, PKW__END_PAYLOAD
};

struct pkw__shape {
	/* the walk: one cache line and a half */
	uint16_t minlen;       /* bytes of the fixed part */
	uint8_t head, extent;
	uint8_t head_bytes, head_shift, head_unit, head_usual;
	int16_t head_bias;
	uint16_t head_off, head_usual_len;
	uint8_t head_mask, end_bytes, end_unit, end_zero;
	uint16_t end_off;
	int16_t end_bias;
	uint8_t end_le, nsel;
	uint8_t done, flags;   /* compiled; enum pkw__shape_flags */
	struct pkw__select sel[2];
	const struct pkw__space *pick;

	/* fields */
	struct pkw_slot *slots;
	uint8_t *image;        /* the fixed part with its defaults */
	uint64_t has0;         /* fields present in a default instance */
	uint64_t control;      /* fields that others depend on */
	uint64_t derived;      /* fields with LEN or COUNT */
	uint64_t sums, nexts;
	uint64_t variable;     /* fields without a fixed width */
	const struct pkw_proto *proto; /* the record is this protocol's */
};

enum pkw__shape_flags {
	PKW__OPTIONAL = 1, /* some field is conditional */
	PKW__VARIABLE = 2  /* some field has no fixed width */
};

#endif
