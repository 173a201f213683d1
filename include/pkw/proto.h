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
 * <pkw/field.h> tells what a field can be, <pkw/rel.h> what relations there
 * are; <pkw/registry.h> adds and finds protocols, and checks their tables.
 *
 * Tables are written with the macros of <pkw/rows.h>, live as long as the
 * program, and are never written to; pkw_register() compiles a sidecar.
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/field.h>
#include <pkw/rel.h>
#include <pkw/sum.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_pkt;
struct pkw_proto;

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
	                                   looks down, {list.field field} goes
	                                   through elements, {list.field+} says
	                                   all fields behind one; [] is left out
	                                   where its first field is 0 or absent
	                                   or a {field=7} or {field!=7} in it does
	                                   not hold */

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

#ifdef __cplusplus
}
#endif

#include <pkw/registry.h>
#endif
