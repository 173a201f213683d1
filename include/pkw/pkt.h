/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets: bytes, a table of layers, and which fields the user pinned. */
#ifndef PKW_PKT_H
#define PKW_PKT_H

/*
 * A packet is its bytes plus a small table of where its parts lie.  The bytes
 * are the truth: reads decode from them, writes encode into them.
 *
 * Made by pkw_pkt_new() and owned by the caller, who reuses it: dissecting or
 * building into it again costs no allocation once its buffers have grown.
 *
 * pkw_dissect() borrows the bytes it is given until the packet is changed (then
 * they are copied), dissected again, or freed.  Pointers into the packet
 * (pkw_bytes(), pkw_layers(), spans) are good until the next change of it;
 * a `node' number likewise.
 *
 * Dissecting cannot fail: what does not decode becomes Raw, what lies behind a
 * declared end becomes Padding, and notes say what was wrong.
 *
 * Setting a field pins it: it is never recomputed, however wrong.  All other
 * derived fields are computed by pkw_seal().  In a dissected packet the first
 * change decides once for each derived field: those that say what we would say
 * stay free (an edit mends lengths and checksums), the others are pinned
 * (what was malformed stays so).
 *
 * Errors of the setters stick to the packet (pkw_pkt_err()), so that many sets
 * need one check; each also returns its own.
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/proto.h>
#include <pkw/shape.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PKW_MAX_LAYERS = 64 };

struct pkw_span {
	const uint8_t *p;
	size_t len;
};

/* One layer: header at off, len bytes long; its payload ends at end. */
struct pkw_layer {
	const struct pkw_proto *proto;
	uint32_t off, len, end;
	uint16_t node;  /* root of its inside; PKW_NO_NODE: not laid out yet */
	uint16_t flags; /* enum pkw_layer_flags */
};

enum { PKW_NO_NODE = 0xffff, PKW_NO_FIELD = 0xffff };

enum pkw_layer_flags {
	PKW_LAYER_REST = 1,     /* lies behind the payload of an outer layer */
	PKW_LAYER_BAD = 2,      /* a note tells what is wrong with it */
	PKW_LAYER_STOP = 4,     /* what follows is deliberately not dissected */
	PKW_LAYER_TRAILER = 8,  /* the proto's trailer record is at its end */
	PKW_LAYER_READ = 16,    /* dissected, not built */
	PKW_LAYER_ODD = 32,     /* a fixed field holds the user's raw bytes */
	PKW_LAYER_GAP = 64,     /* the padding behind it is not as we would do */
	PKW_LAYER_FLAT = 128,   /* its compressed names were written out */
	PKW_LAYER_OWNER = 8     /* shift: of a REST layer, one more than the
	                           number of the layer that contains it; 0:
	                           none does */
};

/* What every reader of a packet needs, in one place. */
struct pkw_view {
	uint8_t *bytes;
	uint32_t len;
	uint32_t nlayers;
	/* the first layer of each enum pkw_class, or -1 */
	int8_t first[8];
	struct pkw_layer layers[PKW_MAX_LAYERS];
};

enum pkw_node_kind {
	PKW_NODE_RECORD, /* rec names its fields */
	PKW_NODE_LIST,   /* its children are records */
	PKW_NODE_BYTES   /* a variable field's bytes, or bytes nobody names */
};

enum pkw_node_flags {
	PKW_NODE_BAD = 1,    /* did not decode */
	PKW_NODE_OPAQUE = 2, /* the user's raw bytes in place of a field */
	PKW_NODE_PAD = 4,    /* made by pkw_seal(), not by the user */
	PKW_NODE_ODD = 8,    /* a fixed field of this record is opaque */
	PKW_NODE_LE = 16,    /* this record is little endian */
	PKW_NODE_TRAILER = 32, /* at the layer's end, not in its header */
	PKW_NODE_GAP = 64    /* the padding behind it is not as we would do */
};

/*
 * The inside of a layer: a pre-order table.  The root is the layer's own
 * record; its children are its variable fields, their children the elements of
 * lists, and so on.  Fixed fields are not nodes.
 */
struct pkw_node {
	const struct pkw_record *rec; /* RECORD: its fields; else NULL */
	uint32_t off, len;
	uint16_t field;  /* of the parent's record; PKW_NO_FIELD: leftover */
	uint16_t layer;
	uint8_t kind, flags, depth, pad;
	uint64_t has;    /* bit k: field k is present */
	uint64_t pin;    /* bit k: field k was set by the user; a root's are
	                    kept with the layer: ask pkw_pinned() */
};

struct pkw_note {
	uint16_t layer;
	uint32_t off;     /* from the packet's start */
	const char *name; /* of the layer or field at fault; static */
	const char *text; /* static */
};

PKW_API struct pkw_pkt *pkw_pkt_new(void);
PKW_API void pkw_pkt_free(struct pkw_pkt *p);
/* Empties it for building; buffers stay. */
PKW_API void pkw_pkt_reset(struct pkw_pkt *p);
/* 0 or -PKW_ENOMEM; what `from' borrows is copied. */
PKW_API int pkw_pkt_copy(struct pkw_pkt *to, const struct pkw_pkt *from);
/* The first error since the last reset or dissect, 0 if none. */
PKW_API int pkw_pkt_err(const struct pkw_pkt *p);

enum pkw_dissect_flags {
	PKW_INPLACE = 1 /* the bytes may be written to: same-size edits stay */
};

/* Finds the layers of len bytes, the first being `first' (NULL: Raw). */
PKW_API void pkw_dissect(struct pkw_pkt *p, const struct pkw_proto *first,
    const void *bytes, size_t len, unsigned flags);
/* The first layer for a LINKTYPE number; Raw where none is known. */
PKW_API const struct pkw_proto *pkw_link_proto(unsigned linktype);

/* The view is the packet's first member: valid as long as the packet is. */
static inline const struct pkw_view *pkw_view(const struct pkw_pkt *p)
{
	return (const struct pkw_view *)(const void *)p;
}
static inline struct pkw_span pkw_bytes(const struct pkw_pkt *p)
{
	struct pkw_span s = { pkw_view(p)->bytes, pkw_view(p)->len };
	return s;
}

/* Notes on what is malformed, in order of layers. */
PKW_API size_t pkw_notes(const struct pkw_pkt *p, const struct pkw_note **out);

/* The nth (from 0) layer of a protocol; negative: there is none. */
PKW_API int pkw_layer_find(
    const struct pkw_pkt *p, const struct pkw_proto *proto, unsigned nth);

/*
 * Whether packet a, from its layer al on, answers q from its layer ql on: by
 * the protocols' `answers' hooks; where there is none, the same protocol on
 * both sides does.  1 or 0.
 */
PKW_API int pkw_answers(
    const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al);

/*
 * Reading a field of a layer by its index in the protocol's table.  Absent
 * fields read as 0; pkw_has() tells.  Values are in host byte order.
 */
PKW_API uint64_t pkw_u(const struct pkw_pkt *p, int layer, unsigned field);
PKW_API int pkw_has(const struct pkw_pkt *p, int layer, unsigned field);

/*
 * The inside.  pkw_root() lays the layer out when that was not done yet and
 * returns its root node (negative: out of memory or layers).
 */
PKW_API int pkw_root(const struct pkw_pkt *p, int layer);
PKW_API const struct pkw_node *pkw_node(const struct pkw_pkt *p, int node);
PKW_API int pkw_node_first(const struct pkw_pkt *p, int node); /* <0: none */
PKW_API int pkw_node_next(const struct pkw_pkt *p, int node);
PKW_API int pkw_node_parent(const struct pkw_pkt *p, int node);
/* The child node that holds a variable (or opaque) field; negative: none. */
PKW_API int pkw_node_child(const struct pkw_pkt *p, int node, unsigned field);

/* The present one of the fields of that name, else the first; negative. */
PKW_API int pkw_field_named(
    const struct pkw_pkt *p, int node, const char *name);
/* Where a present field lies, in bits from the packet's start. */
PKW_API int pkw_field_where(const struct pkw_pkt *p, int node, unsigned field,
    uint64_t *bit, uint64_t *bits);
/* Integer types: the value, negative error if absent or not an integer. */
PKW_API int pkw_field_u(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v);
/* All byte-aligned fields: their bytes in the packet. */
PKW_API int pkw_field_bytes(
    const struct pkw_pkt *p, int node, unsigned field, struct pkw_span *s);

#ifdef __cplusplus
}
#endif

#include <pkw/build.h>
#include <pkw/slot.h>
#endif
