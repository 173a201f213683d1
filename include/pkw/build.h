/* SPDX-License-Identifier: BSD-2-Clause */
/* Building and changing packets: layers, fields, lists; and sealing them. */
#ifndef PKW_BUILD_H
#define PKW_BUILD_H

/*
 * The other half of <pkw/pkt.h>, which explains what pinning and sealing are.
 * Any of these may move nodes and bytes: take node numbers and spans anew.
 * Setters return 0 or an error, which also sticks to the packet.
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/pkt.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Building.  pkw_push() puts a layer on top, with its defaults; Padding and the
 * like go behind everything.  Returns its index.
 */
PKW_API int pkw_push(struct pkw_pkt *p, const struct pkw_proto *proto);
/* Dissects len bytes as layers on top; returns the first one's index. */
PKW_API int pkw_push_bytes(struct pkw_pkt *p, const struct pkw_proto *proto,
    const void *bytes, size_t len);
/*
 * Puts the layers of q from number `from' on on top of p, with all that was set
 * in them; q stays as it is.  Returns the first one's index.
 */
PKW_API int pkw_append(struct pkw_pkt *p, const struct pkw_pkt *q, int from);
/* A Raw layer of these bytes. */
PKW_API int pkw_push_raw(struct pkw_pkt *p, const void *bytes, size_t len);

/* Integers of a layer by field index: sets and pins. */
PKW_API int pkw_set(
    struct pkw_pkt *p, int layer, unsigned field, uint64_t value);

/* The same for any record inside, and for bytes.  Nodes may move. */
PKW_API int pkw_field_set_u(
    struct pkw_pkt *p, int node, unsigned field, uint64_t value);
PKW_API int pkw_field_set_bytes(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len);
/* Raw bytes in place of the whole field, whatever its type and width. */
PKW_API int pkw_field_set_raw(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len);
/* 1 if the field was set by the user or kept malformed, so not computed. */
PKW_API int pkw_pinned(const struct pkw_pkt *p, int node, unsigned field);
/* Sets without pinning: what a seal hook computes. */
PKW_API int pkw_field_put_u(
    struct pkw_pkt *p, int node, unsigned field, uint64_t value);
PKW_API int pkw_field_put_bytes(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len);
/* What we would write into a derived field: 1 and the value, 0: nothing. */
PKW_API int pkw_field_computed(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v);
/* Back to computed (derived) or to its default (others). */
PKW_API int pkw_field_unset(struct pkw_pkt *p, int node, unsigned field);

/*
 * Lists: adds a record before child `at' (negative: last); `variant' NULL is
 * the list's own record.  Returns the new element's node.
 */
PKW_API int pkw_list_add(struct pkw_pkt *p, int node, unsigned field, int at,
    const struct pkw_record *variant);
/* Removes an element node (or empties a variable field's node). */
PKW_API int pkw_node_del(struct pkw_pkt *p, int node);
/* Removes a layer and all above it. */
PKW_API int pkw_layer_cut(struct pkw_pkt *p, int layer);

enum pkw_seal_flags {
	PKW_SEAL_PAD60 = 1, /* Ethernet: zeros up to 60 bytes */
	PKW_SEAL_FCS = 2    /* Ethernet: the frame check sequence behind all */
};

/* Computes every derived field that is not pinned. */
PKW_API int pkw_seal(struct pkw_pkt *p, unsigned flags);

/*
 * Checksums of a packet as it is: 1 right, 0 wrong, negative: the layer has
 * none, or it cannot be told (fragments, cut captures).
 */
PKW_API int pkw_sum_ok(const struct pkw_pkt *p, int layer, unsigned field);

/*
 * Same-size edits of dissected packets at line rate: writes the field and
 * updates all checksums over it by difference (RFC 1624), so a right one stays
 * right and a wrong one wrong.  Falls back on pkw_set() + pkw_seal() where the
 * field decides about the packet's shape or a source route may count; then the
 * bytes have moved, as after pkw_set(), and pkw_bytes() tells where to.
 */
PKW_API int pkw_patch(
    struct pkw_pkt *p, int layer, unsigned field, uint64_t value);

#ifdef __cplusplus
}
#endif
#endif
