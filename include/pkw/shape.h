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
struct pkw__space;

/* Of a header whose conditions all read one byte: what its value implies. */
struct pkw__by {
	uint64_t has;    /* fields that are there, a bit each */
	uint8_t len;     /* of the header */
	uint8_t end_off; /* where the layer's length is; 0xff: it is not there */
};

struct pkw__bound;
struct pkw_pkt;

/* One step of the walk: layer i of this protocol at `at', up to `limit'. */
typedef void pkw__step_fn(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t at, uint32_t limit, uint32_t i);

/* How an integer at a known place is cut out: load bytes, shift, mask. */
enum pkw__slot_flags {
	PKW__SLOT_FIXED = 1,
	PKW__SLOT_WHOLE = 2, /* the load is the field and no more */
	PKW__SLOT_PLAIN = 4  /* setting it is one store, and steers nothing */
};

struct pkw_slot {
	uint32_t off;   /* of the load, from the record's start */
	uint8_t bytes;  /* of the load: 1, 2, 4, 8; 0: too wide for one */
	uint8_t shift;  /* to the right, after the load */
	uint8_t fixed;  /* not 0: always present, and nothing before it varies;
	                   bits: enum pkw__slot_flags */
	uint8_t le;
	uint64_t mask;
};

/* One way to the next layer: a number in the header and where it leads. */
struct pkw__select {
	const struct pkw__space *space;
	struct pkw_slot at, guard;
	uint64_t guard_value;
	uint8_t guard_op, field;
};

enum pkw__head { /* how a layer's header length is known */
	PKW__HEAD_FIXED, /* minlen */
	PKW__HEAD_FIELD, /* head_bias + value * head_unit */
	PKW__HEAD_WHOLE, /* everything to the layer's end */
	PKW__HEAD_BYTE,  /* by[] of the one byte that all conditions read */
	PKW__HEAD_SUM,   /* minlen and what two lengths of fields say */
	PKW__HEAD_LAYOUT /* only by laying the record out */
};

enum pkw__extent { /* how a layer's end is known */
	PKW__END_OUTER,
	PKW__END_LAYER,
	PKW__END_PAYLOAD
};

enum pkw__shape_flags {
	PKW__VARIES = 1,   /* some field is conditional or has no fixed width */
	PKW__RESOLVES = 2, /* the protocol may turn out to be another one */
	PKW__DONE = 4,
	PKW__POINTERS = 8, /* a codec below may point backwards */
	PKW__TEXT = 16,    /* a variable field has a default */
	PKW__LE = 32,      /* byte order is told by a field */
	PKW__LEAF = 128,   /* what lies behind the header is padding */
	PKW__UNDER = 64    /* some field depends on the layer below */
};

enum { PKW__FEW = 64 };

/* Fields that are always there, one behind another, and steer nothing. */
struct pkw__run {
	uint16_t n;
	uint16_t bits; /* of all of them */
	uint16_t tail; /* bytes that fixed fields behind this one will need */
	uint16_t gap;  /* bits from the end of the record's first child */
	uint8_t behind; /* to the field, if it always lies so */
	uint8_t load;   /* behind: the field is an integer of as many bytes */
	/* of many variants, those of the keys below PKW__FEW */
	const struct pkw_record *const *few;
};

/*
 * A step of laying out a record whose fields come in one order, always the same
 * ones: over a number of bytes that end in an integer that tells something, or
 * over a variable field.
 */
enum pkw__plan_kind {
	PKW__PLAN_END,
	PKW__PLAN_SKIP,
	PKW__PLAN_ORIGIN, /* pointers count from here */
	PKW__PLAN_KEY,   /* chooses the variant */
	PKW__PLAN_SIZE,  /* of a later field, in bytes or elements */
	PKW__PLAN_LIMIT, /* where the record ends */
	PKW__PLAN_COUNT, /* a size that is the number itself */
	PKW__PLAN_REST,  /* as many bytes as the number says are left */
	PKW__PLAN_PART,  /* a variable field, and some kinds of them: */
	PKW__PLAN_CODED,
	PKW__PLAN_LIST,
	PKW__PLAN_VARIANT
};

struct pkw__plan {
	uint8_t kind;
	uint8_t field;     /* that of the integer, or the variable one */
	uint8_t load;      /* bytes of the integer */
	uint8_t sometimes; /* its condition asks for the layer below */
	uint8_t bounded, counted; /* PART: a size came before */
	uint8_t of;        /* COUNT: of which field */
	uint8_t last;      /* PART: the record's last field */
	uint16_t size;     /* bytes in all; PART: that must stay behind it */
};

/* A length at a known place that the table of layers tells. */
struct pkw__extent_row {
	int32_t more; /* to add before the shift */
	uint8_t field, shift;
	int8_t of;    /* PKW_OF_RECORD, _LAYER or _PAYLOAD */
};

struct pkw__shape {
	/* the walk */
	uint16_t minlen;      /* bytes of what is always there */
	uint8_t head, extent; /* enum pkw__head, pkw__extent */
	uint8_t flags, nsel, cls;
	uint8_t head_unit, end_unit, end_zero, end_field, align, trailer;
	uint8_t end_laid;     /* the length can be read once laid out */
	int16_t head_bias, end_bias;
	pkw__step_fn *step;
	struct pkw_slot headlen, headlen2, endlen;
	uint8_t head_times, head_times2, by_off;
	const struct pkw__by *by;
	struct pkw__select sel[2];
	const struct pkw_proto *next;   /* when nothing else says */
	const struct pkw_proto *otherwise; /* the same or Raw; NULL: a hook is
	                                      to be asked first */
	uint8_t simple_sums;  /* all change by differences, at known places */
	uint8_t is_rest;      /* stands behind the end of some layer */
	uint8_t guarded_end;  /* a length of 0 depends on another field */
	const struct pkw__space *pick;  /* RESOLVES: by peeking */

	/* fields */
	struct pkw_slot *slots;
	uint32_t *bit;        /* where each lies if those before it are as in a
	                         default instance */
	uint8_t *image;       /* a default instance without variable fields */
	uint32_t imagelen;
	uint64_t has0;        /* fields present in it */
	uint64_t control;     /* fields that others depend on */
	uint64_t lens, counts, sums, nexts;
	uint64_t variable;    /* fields without a fixed width */
	uint64_t aligns;      /* of those, padding */
	uint64_t asked;       /* fields that laying out the record looks at */
	uint64_t easy;        /* lengths that have a row here: */
	struct pkw__extent_row *extents;
	uint64_t pads;        /* lengths that may ask for padding */
	uint8_t nparts;       /* nodes of a default instance */
	uint8_t plain;        /* the record is easy fields, perhaps a length of
	                         itself: 1, or 2 + that field's index */
	struct pkw__run *runs; /* from each field on */
	struct pkw__plan *plan; /* NULL: field by field */

	/* of a protocol's own record */
	const struct pkw_proto *proto;
	const struct pkw__bound *binds;
	uint32_t nbinds, nextents;
	const struct pkw__below *below;
	uint32_t nbelow;
	int32_t pseudo;       /* own number for pseudo headers, or -1 */
	void *writers;        /* what src/out/ prepared */
};

#endif
