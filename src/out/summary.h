/* SPDX-License-Identifier: BSD-2-Clause */
/* A protocol's summary template, compiled: what a line says of its layer. */
#ifndef PKW_OUT_SUMMARY_H
#define PKW_OUT_SUMMARY_H

/*
 * Each step puts its text, then its value.  Fields of the usual kinds that lie
 * in fixed places have kinds of their own; room for them is asked for once a
 * layer.
 */

#include "out/plate.h"

enum say_kind {
	SAY_END,
	SAY_TEXT,
	SAY_UINT,  /* fixed places, of a layer that is not odd: a number, */
	SAY_FLAGS, /* ... the letters of flags, */
	SAY_MAC,   /* ... addresses */
	SAY_IP4,
	SAY_IP6,
	SAY_FIELD, /* any field of this layer */
	SAY_BELOW, /* of the nearest layer `name' below */
	SAY_EACH,  /* of each element of a list, or of a record */
	SAY_PICK,  /* the value of the list's first element of kind `name' */
	SAY_IF,    /* the next .skip steps only if the field is there and not
	              0, or the list has an element (of kind `name') */
	SAY_TEST,  /* ... only if the field has the value */
	SAY_TEST_NOT /* ... or has not */
};

enum { SAY_NAMES = 3, SAY_SEEN = 4, SAY_UNKNOWN = -100 };

/* A field by its name in whatever record comes, and where it was found. */
struct say_name {
	const char *name;
	int behind; /* not itself, but all behind it */
	struct {
		const struct pkw_record *rec;
		const struct plate *pl;
		int field; /* negative: none; SAY_UNKNOWN: ask the packet */
	} seen[SAY_SEEN];
};

struct say {
	uint8_t kind;
	uint8_t port;   /* its number is a port's */
	uint8_t nnames;
	uint8_t field;
	uint32_t len;   /* of .text */
	uint32_t off;   /* in the layer, of what has a place of its own */
	uint32_t skip;
	const char *text;
	const struct plate_field *pf;
	uint64_t value; /* TEST */
	const char *name; /* BELOW: the layer's; PICK: the kind */
	struct say_name *names; /* BELOW, EACH */
};

/* The layer's template, compiled when it is first asked for; NULL: none. */
struct say *pkw__summary(struct plates *t, struct plate *pl);

#endif
