/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The segment routing header (RFC 8754): an IPv6 routing header of type 4 whose
 * segments stand in reverse order, the final one first, followed by TLVs.
 *
 * Where the number of segments left is not set, it is that of a packet about to
 * leave its source; a PadN TLV makes the header a multiple of 8 bytes as long
 * as its length is not set.  What a seal padded, the next one pads anew.
 */
#include "core/core.h"
#include "proto/network/inet.h"
#include "proto/network/ipv6_ext.h"
#include "proto/network/numbers.h"

#include <pkw/rows.h>

static const struct pkw_label tlv_types[] = {
	{ 0, "Pad1 TLV", 0 },
	{ 1, "Ingress Node TLV", 0 },
	{ 2, "Egress Node TLV", 0 },
	{ 4, "PadN TLV", 0 },
	{ 5, "HMAC TLV", 0 },
};

#define TLV(n) U8("type", .def = (n), LABELS(tlv_types))
#define TLV_LEN U8("len", LEN(PKW_OF_REST))

static const struct pkw_field generic_fields[] = { TLV(0), TLV_LEN, BYTES("value") };
static const struct pkw_field pad1_fields[] = { TLV(0) };
enum { PADN_PADDING = 2 };
static const struct pkw_field padn_fields[] = {
	TLV(4),
	TLV_LEN,
	[PADN_PADDING] = BYTES("padding", .text = "b\"\\x00\""),
};
static const struct pkw_field ingress_fields[] = {
	TLV(1),
	TLV_LEN,
	U8("reserved"),
	U8("flags"),
	IP6("ingress_node", .text = "::1"),
};
static const struct pkw_field egress_fields[] = {
	TLV(2),
	TLV_LEN,
	U8("reserved"),
	U8("flags"),
	IP6("egress_node", .text = "::1"),
};
static const struct pkw_field hmac_fields[] = {
	TLV(5),
	TLV_LEN,
	BITS(1, "D", .doc = "the destination address is not checked"),
	BITS(15, "reserved"),
	U32("hmackeyid"),
	BYTES("hmac"),
};

static const struct pkw_record generic = RECORD("IPv6ExtHdrSegmentRoutingTLV", 0, generic_fields);
static const struct pkw_record pad1 = RECORD("IPv6ExtHdrSegmentRoutingTLVPad1", 0, pad1_fields);
static const struct pkw_record padn = RECORD("IPv6ExtHdrSegmentRoutingTLVPadN", 4, padn_fields);
static const struct pkw_record ingress =
    RECORD("IPv6ExtHdrSegmentRoutingTLVIngressNode", 1, ingress_fields);
static const struct pkw_record egress =
    RECORD("IPv6ExtHdrSegmentRoutingTLVEgressNode", 2, egress_fields);
static const struct pkw_record hmac = RECORD("IPv6ExtHdrSegmentRoutingTLVHMAC", 5, hmac_fields);

static const struct pkw_record *const tlv_variants[] = {
	&pad1, &ingress, &egress, &padn, &hmac, NULL
};
static const struct pkw_list tlvs = {
	.rec = &generic,
	.variants = tlv_variants,
	.peek_bits = 8,
};

enum {
	SRH_NH, SRH_LEN, SRH_TYPE, SRH_SEGLEFT, SRH_LASTENTRY, SRH_UNUSED1, SRH_PROTECTED, SRH_OAM,
	SRH_ALERT, SRH_HMAC, SRH_UNUSED2, SRH_TAG, SRH_ADDRESSES, SRH_TLV_OBJECTS
};
static const struct pkw_field srh_fields[] = {
	[SRH_NH] = NEXT_HEADER,
	[SRH_LEN] = U8("len", LEN(PKW_OF_RECORD, .unit = 8, .bias = 8, .pad = PKW_PAD_NEVER)),
	[SRH_TYPE] = U8("type", .def = 4, LABELS(pkw__routing_types)),
	[SRH_SEGLEFT] = U8("segleft", .doc = "segments still to be visited"),
	[SRH_LASTENTRY] = U8("lastentry", COUNT(SRH_ADDRESSES, .bias = 1),
	    .doc = "index of the last address"),
	[SRH_UNUSED1] = BITS(1, "unused1"),
	[SRH_PROTECTED] = BITS(1, "protected"),
	[SRH_OAM] = BITS(1, "oam"),
	[SRH_ALERT] = BITS(1, "alert"),
	[SRH_HMAC] = BITS(1, "hmac"),
	[SRH_UNUSED2] = BITS(3, "unused2"),
	[SRH_TAG] = U16("tag", .doc = "packets treated alike"),
	[SRH_ADDRESSES] = LIST(&pkw__ip6_addresses, "addresses", .text = "::1",
	    .doc = "segments, the final one first"),
	[SRH_TLV_OBJECTS] = LIST(&tlvs, "tlv_objects"),
};

static const struct pkw_bind srh_binds[] = {
	{ .space = "ipv6.routing", .value = 4 },
};

static uint32_t segment_count(const struct pkw_pkt *p, int layer)
{
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root < 0 || pkw_field_bytes(p, root, SRH_ADDRESSES, &s) < 0)
		return 0;
	return (uint32_t)(s.len / 16);
}

static uint64_t all_left(const struct pkw_pkt *p, int layer)
{
	uint32_t n = segment_count(p, layer);

	return n ? (n - 1) & 255 : 0;
}

/* The padding of the seal before: it is the last TLV. */
static void unpad(struct pkw_pkt *p, int root)
{
	int list = pkw_node_child(p, root, SRH_TLV_OBJECTS);
	int t = list < 0 ? list : pkw_node_first(p, list);

	for (; t >= 0; t = pkw_node_next(p, t)) {
		if (!(pkw_node(p, t)->flags & PKW_NODE_PAD))
			continue;
		pkw_node_del(p, t);
		return;
	}
}

static void pad(struct pkw_pkt *p, int layer, int root)
{
	static const uint8_t zeros[8];
	uint32_t n = (0u - inet_layer(p, layer)->len) % 8;

	if (n == 0)
		return;
	int t = pkw_list_add(p, root, SRH_TLV_OBJECTS, -1, n == 1 ? &pad1 : &padn);
	if (t < 0)
		return;
	p->nodes[t].flags |= PKW_NODE_PAD;
	if (n > 1)
		pkw_field_set_bytes(p, t, PADN_PADDING, zeros, n - 2);
}

static void seal(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);

	if (root < 0)
		return;
	unpad(p, root);
	if (!pkw_pinned(p, root, SRH_LEN))
		pad(p, layer, root);
	root = pkw_root(p, layer);
	if (!pkw_pinned(p, root, SRH_SEGLEFT))
		pkw_field_put_u(p, root, SRH_SEGLEFT, all_left(p, layer));
}

static void thaw(struct pkw_pkt *p, int layer)
{
	uint64_t left = pkw_u(p, layer, SRH_SEGLEFT);

	if (left != all_left(p, layer))
		pkw_set(p, layer, SRH_SEGLEFT, left);
}

const struct pkw_proto pkw__srh = {
	.rec = RECORD("IPv6ExtHdrSegmentRouting", 0, srh_fields),
	.title = "IPv6 segment routing header",
	.ref = "RFC 8754",
	BINDS(srh_binds),
	.summary = "segleft {segleft} {addresses.address}",
	.seal = seal,
	.thaw = thaw,
};

const uint8_t *pkw__srh_final(const struct pkw_pkt *p, int layer)
{
	if (pkw_u(p, layer, SRH_SEGLEFT) == 0 || segment_count(p, layer) == 0)
		return NULL;
	return pkw__inet_bytes(p, layer, SRH_ADDRESSES, 16);
}

PROTOS(srv6, &pkw__srh);
