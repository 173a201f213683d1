/* SPDX-License-Identifier: BSD-2-Clause */
/* Protocol tables: what a protocol is, said once, for everything done to it. */
#ifndef PKW_PROTO_H
#define PKW_PROTO_H

/*
 * A protocol is a const table of fields; every relation between fields is
 * stated once, on the derived field, and runs both ways: backwards to dissect,
 * forwards to build.  Every field is exactly one of
 *
 *   plain        its value is its own;
 *   derived      it has a relation (.rel): a length, a count, the next protocol
 *                or a checksum.  It follows the packet until it is set, which
 *                pins it;
 *   controlling  some .when or .key names it: setting it inserts, removes or
 *                re-shapes other fields.
 *
 * Tables are written with the macros of <pkw/rows.h>, live as long as the
 * program, and are never written to; pkw_register() compiles a sidecar.
 * At most 64 fields a record.  pkw_check() says what is wrong with a table.
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_pkt;
struct pkw_record;
struct pkw_proto;
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
	PKW_MAYEND = 128  /* dissect: absent when no bytes are left here */
};

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
	PKW_OF_ALL = -5      /* checksums: to the end of the bytes */
};

struct pkw_sum; /* a checksum; see below */

/* When a length that counts units makes its target whole with zeros. */
enum pkw_pad {
	PKW_PAD_ALWAYS, /* but what raw bytes of the user made odd stays so */
	PKW_PAD_ODD,  /* that too (IPv4) */
	PKW_PAD_FREE, /* as long as the length itself is not set */
	PKW_PAD_NEVER /* the seal hook does it, or nobody */
};

/*
 * LEN: size of .of in bytes == value * .unit + .bias (.unit 0 is 1); with .unit
 * above 1 the record is padded with zeros on build, see enum pkw_pad.  .per above 1: value counts
 * parts of a byte, size == (value + .per - 1) / .per (a prefix length in bits:
 * .per 8).  .zero 1: a value of 0 says "up to the end" (if .guard holds); 2: it
 * also is what a build writes as long as nothing lies behind the payload.
 * .also: a second field of the same size.
 * COUNT: number of elements of list .of == value * .unit + .bias.  NEXT: names a selector space, see
 * struct pkw_bind; .guard must hold for a next layer to be there (else Raw).
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
	uint8_t flags;
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

/*
 * Checksums.  `fn' gets the bytes with the checksum field as it stands (it must
 * treat the field, at `at' bytes from the start, as zero) and the pseudo
 * header's partial sum.
 */
struct pkw_sum_in {
	const struct pkw_pkt *pkt;
	int layer;
	const uint8_t *bytes;
	size_t len;
	size_t at;
	uint64_t pseudo;
};
typedef uint64_t (*pkw_sum_fn)(const struct pkw_sum_in *in);
struct pkw_sum {
	const char *name;
	pkw_sum_fn fn;
	int inet; /* RFC 1071: may be updated by differences (RFC 1624) */
};
PKW_API extern const struct pkw_sum pkw_sum_inet;    /* RFC 1071 */
PKW_API extern const struct pkw_sum pkw_sum_crc32c;  /* RFC 9260 appendix A */

/*
 * A selector space is a named number space that chooses the next protocol:
 * "ethertype", "ipproto", "udp.port", "tcp.port", "linktype", "ppp", ...
 * A protocol says where it is found by rows {space, value}; the first row of a
 * space is also what is written when the protocol is put on top.  For ports,
 * either end is looked at; .sport/.dport are what a build writes into the two
 * fields of that NEXT space (0: the default stays).
 */
struct pkw_bind {
	const char *space;
	uint32_t value;
	uint32_t build[2]; /* first and second NEXT field of that space */
	int only;          /* 0 both ways, 'd' dissect only, 'b' build only */
};

/* Peeks at the first bytes to choose a protocol of a family (ICMPv6 types). */
struct pkw_pick {
	uint16_t bit, bits;
	const char *space;
};

/*
 * What a protocol wants in a field of the layer right below it: the default
 * there, once this protocol is put on top, unless the user set the field.
 * Hop limit 255 below Neighbour Discovery; DSAP and SSAP of LLC.
 */
struct pkw_below {
	const char *proto; /* the lower layer's name */
	const char *field;
	uint64_t value;    /* integers */
	const char *text;  /* others, as a user types it */
};

enum pkw_class { PKW_OTHER, PKW_LINK, PKW_NETWORK, PKW_TRANSPORT, PKW_APP };

enum pkw_proto_flags {
	PKW_WHOLE = 1,    /* the header takes all bytes: there is no payload */
	PKW_ABSTRACT = 2, /* only picks: never a layer itself; .next says what
	                     it is when nothing fits */
	PKW_ELEMENT = 8,  /* made by registration: an element of some list */
	PKW_GUESS_LAST = 32, /* .guess matters only where no NEXT leads on */
	PKW_LEAF = 16,    /* dissect: what lies behind the header is padding */
	PKW_QUOTED = 4    /* the start of a packet quoted in an error: lengths
	                     that reach beyond the end are no fault */
};

struct pkw_proto {
	struct pkw_record rec;          /* name: as users type it */
	const char *title;              /* "Internet Protocol, version 4" */
	const char *ref;                /* "RFC 791" */
	const struct pkw_bind *binds;
	size_t nbinds;
	uint8_t cls;                    /* enum pkw_class */
	uint8_t flags;
	uint8_t origin;                 /* the field from which codecs'
	                                   pointers count */
	const struct pkw_below *below;
	size_t nbelow;
	const struct pkw_pick *pick;
	const struct pkw_record *trailer; /* at the layer's end */
	const struct pkw_proto *rest;   /* what follows a payload that ends
	                                   before the layer does; NULL Padding */
	const char *next;               /* what the payload is when nothing else
	                                   says: a protocol's name, NULL Raw */
	const char *summary;            /* "{src} > {dst}[ frag {frag}]": {field}
	                                   is replaced by its text, {Proto.field}
	                                   looks down, {list.field} goes through
	                                   elements; [] is left out where its
	                                   first field is 0 or absent */

	/* Hooks, all optional. */
	/* dissect: another protocol for these bytes, NULL for this one */
	const struct pkw_proto *(*guess)(const uint8_t *b, size_t n);
	/* dissect: what follows when no NEXT field says (nothing bound, or its
	   guard does not hold), from this layer's n bytes; NULL: see .next */
	const struct pkw_proto *(*above)(const uint8_t *b, size_t n);
	/* partial RFC 1071 sum of the pseudo header for an upper layer */
	uint64_t (*pseudo)(const struct pkw_pkt *p, int layer, uint32_t number,
	    uint32_t upper_len);
	/* 1 if layer al of a, which is of this protocol, answers layer ql of
	   q, which may be of any; 0 if not, 2: yes, and the layers above need
	   not be asked (an error quoting the question) */
	int (*answers)(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a,
	    int al);
	/* on build, before the layer's lengths are computed: to fill what rows
	   cannot say (pkw_pinned() tells what the user set); see
	   pkw_field_put_u() */
	void (*seal)(struct pkw_pkt *p, int layer);
	/* before the first change of a dissected packet: pins what seal would
	   otherwise change, so that what was odd stays so */
	void (*thaw)(struct pkw_pkt *p, int layer);
};

/*
 * Makes a protocol known, with all the records it uses.  The records that are
 * elements of its lists become layers of their own under their names (so that
 * `IPOption_Router_Alert()' can stand anywhere).  Built-in ones are
 * there from the start.  A name that exists is replaced for later look-ups.
 * Not safe while other threads use the library.
 */
PKW_API int pkw_register(const struct pkw_proto *proto, struct pkw_diag *d);

/* Adds one row to a selector space at run time; the last one wins. */
PKW_API int pkw_bind(const char *space, uint32_t value,
    const struct pkw_proto *proto, struct pkw_diag *d);

/* By name as users type it (case matters first, then not); NULL: none. */
PKW_API const struct pkw_proto *pkw_proto_find(const char *name);
/* The nth registered protocol, sorted by registration; NULL past the end. */
PKW_API const struct pkw_proto *pkw_proto_at(size_t n);
/* The registered name nearest to a misspelt one; NULL if none is near. */
PKW_API const char *pkw_proto_nearest(const char *name);
/* What a space gives for a number; NULL: nothing bound. */
PKW_API const struct pkw_proto *pkw_bound(const char *space, uint32_t value);
/* The number under which a protocol is found in a space; negative: not. */
PKW_API int64_t pkw_bound_number(
    const char *space, const struct pkw_proto *proto);

/*
 * Index of the field of that name in a record, -PKW_ENOFIELD.  Where several
 * alternatives share the name it is the first: see pkw_field_named().
 */
PKW_API int pkw_field_find(const struct pkw_record *rec, const char *name);

/*
 * Lints one table (NULL: all that are registered).  Each fault is one line
 * "IP.ihl: ..." appended to out; returns how many there are.
 */
PKW_API int pkw_check(const struct pkw_proto *proto, struct pkw_str *out);

#ifdef __cplusplus
}
#endif
#endif
