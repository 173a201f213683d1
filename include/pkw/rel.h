/* SPDX-License-Identifier: BSD-2-Clause */
/* Relations between fields: lengths, counts, next protocols, checksums. */
#ifndef PKW_REL_H
#define PKW_REL_H

/*
 * A relation is stated once, on the derived field, and runs both ways: to
 * dissect, the field's value says where something ends or what comes next; to
 * build, the field gets the value that says so.  A condition says when a field
 * is there at all.  Part of <pkw/proto.h>; written with <pkw/rows.h>.
 */

#include <stdint.h>

struct pkw_sum; /* a checksum: <pkw/sum.h> */

enum pkw_op {
	PKW_ALWAYS,
	PKW_EQ, PKW_NE, PKW_LT, PKW_GT,
	PKW_BITS,  /* any bit of value is set */
	PKW_NBITS, /* none is */
	PKW_IN,    /* value is a set: bit v of it is set, v < 64 */
	PKW_NIN,
	PKW_UNDER, /* the layer below is the protocol .name (field ignored) */
	PKW_NUNDER
};

struct pkw_when {
	uint8_t op;     /* enum pkw_op; 0 holds always */
	uint8_t field;  /* an earlier field of the same record */
	uint64_t value;
	const char *name;
};

enum pkw_rel_kind { PKW_PLAIN, PKW_LEN, PKW_COUNT, PKW_NEXT, PKW_SUM };

/* .of: a later field's index, or one of these. */
enum pkw_of {
	PKW_OF_RECORD = -1,  /* the record the field is in (a layer: its header) */
	PKW_OF_REST = -2,    /* what of the record comes after the field */
	PKW_OF_LAYER = -3,   /* header and payload */
	PKW_OF_PAYLOAD = -4, /* payload only */
	PKW_OF_ALL = -5      /* checksums: the layer and the .rest behind it */
};

/* When a length that counts units makes its target whole with zeros. */
enum pkw_pad {
	PKW_PAD_ALWAYS, /* but what raw bytes of the user made odd stays so */
	PKW_PAD_ODD,  /* that too (IPv4) */
	PKW_PAD_FREE, /* as long as the length itself is not set */
	PKW_PAD_NEVER /* the seal hook does it, or nobody */
};

/*
 * LEN: size of .of in bytes == value * .unit + .bias (.unit 0 is 1); with .unit
 * above 1 the record is padded with zeros on build, see enum pkw_pad.  .per
 * above 1: value counts parts of a byte, size == (value + .per - 1) / .per (a
 * prefix length in bits: .per 8).  .zero 1: a value of 0 says "up to the end"
 * (if .guard holds); 2: it also is what a build writes as long as nothing lies
 * behind the payload.  .also: a second field of the same size.
 *
 * COUNT: number of elements of list .of == value * .unit + .bias.
 *
 * NEXT: names a selector space, see struct pkw_bind; .guard must hold for a
 * next layer to be there (else Raw).
 *
 * SUM: .sum over .of; .pseudo: the selector space in which the layer's own
 * number for the pseudo-header is found ("ipproto").
 */
struct pkw_rel {
	uint8_t kind;
	int8_t of;
	uint8_t unit;
	int8_t also;   /* 0: none (field 0 is never a target) */
	uint8_t zero;
	uint8_t per;
	uint8_t pad;   /* enum pkw_pad */
	int16_t bias;
	const char *space;
	const struct pkw_sum *sum;
	const char *pseudo;
	struct pkw_when guard;
};

#endif
