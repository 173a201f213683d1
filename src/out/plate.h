/* SPDX-License-Identifier: BSD-2-Clause */
/* A record's plate: all text about it that does not depend on the packet. */
#ifndef PKW_OUT_PLATE_H
#define PKW_OUT_PLATE_H

/*
 * Printing the same records over and over, what changes is a few digits.  The
 * rest (keys with quotes and colon, names, labels) is set once per record, like
 * a printer's plate, the first time a printer meets it.  Labels are found by
 * hash.  Plates belong to one printer and live as long as it does.
 */

#include "base/arena.h"

#include <pkw/proto.h>
#include <pkw/shape.h>

/* How a field's bytes become text. */
enum plate_kind {
	PLATE_UINT,
	PLATE_HEX,   /* UINT, written in hexadecimal where text is for people */
	PLATE_FLAGS,
	PLATE_INT,
	PLATE_FIXED,
	PLATE_MAC,
	PLATE_IP4,
	PLATE_IP6,
	PLATE_UUID,
	PLATE_BYTES, /* of fixed size */
	PLATE_TEXT,  /* likewise */
	PLATE_VAR,   /* variable: by its child node */
	PLATE_NONE   /* no bits of its own */
};

/*
 * A label, escaped for JSON, and with its key around it: `,"proto":"tcp"'.  Of
 * flags, the labels of values that were seen.
 */
struct plate_label {
	uint64_t value, of;
	const char *text; /* the label itself; NULL: a free place */
	const char *pair;
	uint32_t len, pairlen;
};

struct plate_labels {
	uint32_t mask, n;
	struct plate_label at[];
};

struct plate_field { /* one cache line */
	const char *key;    /* `,"ttl":' and a quote; readable further */
	uint32_t keylen;
	uint32_t room;      /* what key, value and label take at most, if the
	                       field is not variable */
	uint8_t kind;       /* enum plate_kind */
	uint8_t slotted;    /* fixed place: .slot, or .off for what is longer */
	uint8_t letters;    /* FLAGS: names are single letters */
	uint8_t digits;     /* of FIXED, behind the point */
	uint32_t off;
	struct pkw_slot slot;
	struct plate_labels *labels;
	const struct pkw_field *f;
	struct memo *memo;  /* of the group of fields that begins here */
};

/*
 * The fields once more, as they are gone through: what is usual has a way of
 * its own.  Places count from the record's start or from behind the last field
 * of variable size.
 */
enum plate_op_kind {
	OP_END,
	OP_U8, /* a number of whole bytes, big endian, without labels */
	OP_U16,
	OP_U32,
	OP_MAC,
	OP_IP4,
	OP_IP6,
	OP_GROUP,  /* the next .fields ops, by their memo */
	OP_NUMBER, /* whatever number */
	OP_BYTES,  /* whatever else has a fixed size */
	OP_VAR     /* a field with a child node */
};
struct plate_op {
	uint8_t kind;
	uint8_t fields;   /* of a group */
	uint16_t keylen;
	uint32_t off;
	const char *key;
	struct memo *memo; /* of a group */
	struct plate_field *pf;
	uint64_t mask;     /* NUMBER: of .bytes at .off, shifted */
	uint8_t bytes, shift, le;
	uint8_t field;
};

/* What is done for a record of which these fields are present. */
enum { PROGRAMS = 8 };
struct plate_program {
	uint64_t has;
	struct plate_op *ops;
};

/* How a layer's object begins, by its place: `,{"name":"IP","offset":14,...' */
enum { HEADS = 4, HEAD_TEXT = 96 };
struct plate_head {
	uint32_t off, len, n;
	char text[HEAD_TEXT + 32];
};

struct say;

struct plate {
	const struct pkw__shape *shape; /* whose plate it is */
	const struct pkw_record *rec;
	const char *lead;   /* " / IP", readable likewise; the name is in it */
	uint32_t leadlen;
	const char *open;   /* `,{"name":"IP",' likewise readable */
	uint32_t openlen;
	uint32_t nfields;
	uint8_t simple;     /* every field is there and in a fixed place, but
	                       perhaps variable ones at the end */
	uint8_t tail;       /* only its last field is variable, and bytes */
	uint8_t list;       /* or a list up to the layer's end */
	uint8_t told;       /* perhaps pkw__told(): labels depend on nothing but
	                       fields in fixed places */
	uint8_t flat;       /* a field of it is a flat variant */
	uint8_t ends;       /* of an element that has a tail, or a list of bare
	                       values, up to where field .ends - 1 says */
	uint8_t said;       /* .say is compiled */
	uint16_t minlen;    /* its shape's */
	uint8_t solid;      /* fields that .ops are about: the first ones,
	                       which lie in fixed places */
	uint8_t nprograms;
	uint32_t *before;   /* bits of all fields in front of each */
	struct plate_op *ops;
	struct plate_program *programs;
	uint32_t room;      /* what all fixed fields take at most */
	struct memo *memo;  /* of whole records of a few bytes */
	struct plate_head *heads;
	struct say *say;    /* the summary */
	uint32_t say_room;
	struct plate_field fields[];
};

struct plates {
	struct plate **table;
	uint32_t mask, n;
	struct pkw__arena arena;
};

/* The plate of a record; NULL without memory. */
struct plate *pkw__plate_make(
    struct plates *t, const struct pkw_record *rec);
void pkw__plates_free(struct plates *t);

static inline uint32_t plate_hash(const struct pkw__shape *shape)
{
	return (uint32_t)(((uintptr_t)shape >> 4) * 0x9e3779b1u >> 8);
}

static inline struct plate *plate_of(
    struct plates *t, const struct pkw_record *rec)
{
	if (t->table)
		for (uint32_t i = plate_hash(rec->shape);; i++) {
			struct plate *pl = t->table[i & t->mask];
			if (pl && pl->shape == rec->shape)
				return pl;
			if (!pl)
				break;
		}
	return pkw__plate_make(t, rec);
}

static inline uint32_t label_hash(uint64_t value, uint64_t of)
{
	uint64_t h = value + of * 0x10001;

	return (uint32_t)(h ^ h >> 16 ^ h >> 32);
}

static inline const struct plate_label *plate_label(
    const struct plate_labels *t, uint64_t value, uint64_t of)
{
	for (uint32_t i = label_hash(value, of);; i++) {
		const struct plate_label *l = &t->at[i & t->mask];
		if (!l->text)
			return NULL;
		if (l->value == value && l->of == of)
			return l;
	}
}

/* The ops for the fields in `has'; NULL: they have to be gone through one by
   one. */
struct plate_op *pkw__plate_ops(
    struct plates *t, struct plate *pl, uint64_t has);

static inline struct plate_op *plate_ops(
    struct plates *t, struct plate *pl, uint64_t has)
{
	for (unsigned i = 0; i < pl->nprograms; i++)
		if (pl->programs[i].has == has)
			return pl->programs[i].ops;
	return pkw__plate_ops(t, pl, has);
}

/* The label of a value of flags that was not seen before; NULL: no room. */
const struct plate_label *pkw__plate_flags_label(
    struct plates *t, const struct plate_field *pf, uint64_t v);

/* Appends the names of the bits set, "SA" or "MF+DF", at o; where it ended. */
enum { FLAGS_ROOM = 64 * 24 };
char *pkw__plate_flags(char *o, const struct plate_field *pf, uint64_t v);

#endif
