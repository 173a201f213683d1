/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields and the records they make up: the rows of a protocol's table. */
#ifndef PKW_FIELD_H
#define PKW_FIELD_H

/*
 * A record is a row of fields, at most 64: a layer's header, an option, an
 * element of a list, one of the alternatives of a variant.  Records are const
 * and live as long as the program.  Part of <pkw/proto.h>; written with
 * <pkw/rows.h>.
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/rel.h>
#include <pkw/str.h>

struct pkw_record;
struct pkw__shape;

/* What a field's bits are. Width, order, base and labels are other columns. */
enum pkw_type {
	PKW_UINT,    /* unsigned, 1..64 bits */
	PKW_INT,     /* two's complement, 1..64 bits */
	PKW_FLAGS,   /* bits with names: labels[i] names bit i from the least */
	PKW_FIXED,   /* unsigned fixed point; .unit is the bits of the fraction */
	PKW_MAC,     /* 48 bits */
	PKW_IP4,     /* 32 bits */
	PKW_IP6,     /* 128 bits */
	PKW_ADDR,    /* variable; shown by its length: 4 IPv4, 6 MAC, 16 IPv6 */
	PKW_UUID,    /* 128 bits */
	PKW_BYTES,   /* opaque; fixed where .bits says so, else variable */
	PKW_TEXT,    /* bytes shown as text */
	PKW_CODED,   /* variable, by .codec: DNS name, C string, varint */
	PKW_LIST,    /* variable: records, by .list */
	PKW_VARIANT, /* variable: the record of .variants that .key chooses */
	PKW_SUB,     /* variable: one record, .list->rec (or its variants) */
	PKW_ALIGN,   /* zeros up to the next multiple of .unit bytes, counted
	                from the record's start */
	PKW_SWITCH,  /* no bits at all: tells the seal hook whether to do its
	                work.  Reads 1, or 0 when pinned; setting it to 0 pins
	                it, to anything else unpins it (`autopad') */
	PKW__TYPE_N
};

enum pkw_base { PKW_DEC, PKW_HEX };

enum pkw_field_flags {
	PKW_LE = 1,       /* little endian; bit fields: see .unit */
	PKW_FLAT = 2,     /* the variant's fields are named as if they were the
	                     parent's: DNSRRMX(rrname=, preference=) */
	PKW_SRC = 4,      /* an address of ours: filled by resolve when unset */
	PKW_DST = 8,      /* link layers: the next hop's address, likewise;
	                     others: the destination, which routes it */
	PKW_NOZERO = 16,  /* a computed checksum of 0 is sent as all ones */
	PKW_ZPAD = 32,    /* fixed text or bytes: shown without trailing zeros */
	PKW_RAWTEXT = 64, /* a bytes field that holds text most of the time; an
	                     address that Scapy writes as bytes */
	PKW_MAYEND = 128, /* dissect: absent when no bytes are left here */
	PKW_ID = 256      /* an answer repeats it: tells questions apart */
};

struct pkw_label {
	uint64_t value; /* FLAGS: bit number from the least significant */
	const char *name;
	uint64_t of;    /* with .key: the other field's value it belongs to */
};

/*
 * How a PKW_CODED field's bytes and text go together.  `layer' and `end' bound
 * what compression pointers may reach, and pointers count from `layer' (see
 * .origin of struct pkw_proto); all offsets count from `bytes'.
 */
struct pkw_wire {
	const uint8_t *bytes;
	uint32_t layer, end;
};
struct pkw_codec {
	const char *name;
	/* bytes used by the value at off, at most max; negative: malformed */
	long (*size)(const struct pkw_wire *w, uint32_t off, uint32_t max);
	/* appends the value's text */
	int (*get)(const struct pkw_wire *w, uint32_t off, uint32_t len,
	    struct pkw_str *out);
	/* appends the bytes for a text; never depends on other bytes */
	int (*put)(const char *text, size_t n, struct pkw_str *out,
	    struct pkw_diag *d);
	int numeric;  /* the text is a decimal number (varints) */
	int pointers; /* values may point backwards: written out before edits */
	int list;     /* the text is numbers with spaces between: expressions
	                 write [1, 2], labels are the field's; b"..." is the
	                 field's own bytes */
	int lines;    /* a list is read as its elements' texts, one a line */
};

enum pkw_list_style {
	PKW_LIST_LAYERS, /* [A(x=1), B()], chained A()/B() also accepted */
	PKW_LIST_CHAIN,  /* A(x=1)/B() as Scapy prints DNS; lists accepted */
	PKW_LIST_TUPLES, /* [("MSS", 1460), ("NOP", None)]: TCP */
	PKW_LIST_WORDS,  /* [("message-type", "discover"), "end"]: DHCP */
	PKW_LIST_VALUES  /* ["10.0.0.1", "10.0.0.2"]: records of one field */
};

/* A list: its element, and how it ends (bytes and counts come by LEN, COUNT).*/
struct pkw_list {
	const struct pkw_record *rec; /* the element; or what no variant fits */
	const struct pkw_record *const *variants; /* NULL-terminated, by key */
	uint16_t peek_bit, peek_bits; /* where the variant's key lies */
	/* the same where it does not lie at a fixed place (DNS: behind a name);
	   negative: no key to be had */
	int64_t (*peek)(const struct pkw_wire *w, uint32_t off, uint32_t max);
	struct pkw_when until;        /* an element for which it holds is last */
	uint8_t style;
};

struct pkw_field {
	const char *name;
	const char *doc;          /* a line, for `pkw doc' */
	uint8_t type;             /* enum pkw_type */
	uint8_t base;             /* enum pkw_base */
	uint16_t flags;
	uint8_t unit;             /* LE bit field: bytes of its word (rows go
	                             from the least significant bit); FIXED:
	                             bits of the fraction */
	uint16_t bits;            /* 0: variable */
	uint8_t key;              /* VARIANT, labels with .of: the chooser */
	uint8_t nlabels_by_key;   /* labels' .of refer to .key */
	struct pkw_rel rel;
	struct pkw_when when[2];  /* both must hold for it to be present */
	uint64_t def;             /* default of integers */
	const char *text;         /* default of others, as a user types it */
	const struct pkw_label *labels;
	size_t nlabels;
	const struct pkw_list *list;
	const struct pkw_codec *codec;
	const struct pkw_record *const *variants; /* NULL-terminated */
	uint8_t spell;            /* expressions always write it: Scapy's
	                             default is another, or the time of day */
	const char *inner;        /* bytes that hold a packet of its own: the
	                             name of its first protocol; written as an
	                             expression, shown as layers */
};

/* As a variant's .key: for all values that no other variant has. */
#define PKW_ELSE UINT64_MAX

/* One field of the parent that a variant or element wants otherwise. */
struct pkw_preset {
	uint8_t field;
	uint64_t value;
};

struct pkw_record {
	const char *name;
	uint64_t key;              /* as a variant: the chooser's value */
	const struct pkw_field *fields;
	size_t nfields;
	struct pkw_when le;        /* little endian when it holds */
	uint8_t align;             /* zeros behind it up to a multiple, outside
	                              its own length (SCTP, Diameter) */
	uint8_t nameless;          /* Scapy has no name for this element, so in
	                              an expression it is (kind, b"value"): all
	                              behind its second byte; in a list of
	                              layers Raw(load=b"...") of all of it; as
	                              a variant field=b"...", and no bytes by
	                              default.  2: as a variant "..." is the
	                              text of its one field, only b"..." bytes */
	const struct pkw_preset *presets; /* of the parent's fields */
	size_t npresets;
	struct pkw__shape *shape;  /* the compiled sidecar; RECORD() makes it */
};

#endif
