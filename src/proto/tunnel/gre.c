/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GRE: RFC 2784 with key and sequence number (RFC 2890), the source routes of
 * the older RFC 1701, and PPTP's enhanced version 1 (RFC 2637).
 *
 * Four bits say which optional fields follow.  Checksum and offset are there if
 * either the checksum's or the routing's bit is set; only the former makes the
 * checksum mean something, so there are two pairs of rows, of which at most one
 * is present.  (An OR of two conditions cannot be said in one row.)
 *
 * With the routing bit, source route entries come between the header and the
 * payload.  They are layers, as in Scapy; the last one has address family 0,
 * and what it is followed by is left alone.
 *
 * Version 1 is told by the header's own bits.
 */
#include <pkw/pkt.h>
#include <pkw/rows.h>

#include "proto/link/ethertypes.h"

enum { GRE_C, GRE_R, GRE_K, GRE_S, GRE_STRICT, GRE_RECUR, GRE_FLAGS, GRE_VERSION, GRE_PROTO };

static const struct pkw_field gre_fields[] = {
	[GRE_C]	      = BITS(1, "chksum_present"),
	[GRE_R]	      = BITS(1, "routing_present", .doc = "RFC 1701"),
	[GRE_K]	      = BITS(1, "key_present"),
	[GRE_S]	      = BITS(1, "seqnum_present"),
	[GRE_STRICT]  = BITS(1, "strict_route_source", .doc = "RFC 1701"),
	[GRE_RECUR]   = BITS(3, "recursion_control", .doc = "RFC 1701"),
	[GRE_FLAGS]   = BITS(5, "flags"),
	[GRE_VERSION] = BITS(3, "version"),
	[GRE_PROTO] =
	    U16("proto", HEX, NEXT("ethertype", GUARD(PKW_EQ, GRE_R, 0)), LABELS(pkw__ethertypes)),
	U16("chksum", HEX, IF(PKW_EQ, GRE_C, 1), SUM(&pkw_sum_inet, .of = PKW_OF_LAYER),
	    .doc = "of header and payload"),
	U16("offset", HEX, IF(PKW_EQ, GRE_C, 1), .doc = "of the active source route entry"),
	U16("chksum", HEX, IF(PKW_EQ, GRE_C, 0), AND(PKW_EQ, GRE_R, 1), .doc = "without meaning"),
	U16("offset", HEX, IF(PKW_EQ, GRE_C, 0), AND(PKW_EQ, GRE_R, 1)),
	U32("key", HEX, IF(PKW_EQ, GRE_K, 1), .doc = "RFC 2890 §2.1"),
	U32("sequence_number", HEX, IF(PKW_EQ, GRE_S, 1), .doc = "RFC 2890 §2.2"),
};

enum { SRE_FAMILY, SRE_OFFSET, SRE_LEN, SRE_INFO };

static const struct pkw_field sre_fields[] = {
	[SRE_FAMILY] = U16("address_family", NEXT("gre.sre", GUARD(PKW_NE, SRE_FAMILY, 0)),
	    .doc = "of the addresses; 0 ends the list"),
	[SRE_OFFSET] = U8("SRE_offset", .doc = "of the active entry"),
	[SRE_LEN]    = U8("SRE_len", LEN(SRE_INFO)),
	[SRE_INFO]   = BYTES("routing_info"),
};

enum { PPTP_S = 3, PPTP_A = 6 };

static const struct pkw_field pptp_fields[] = {
	BITS(1, "chksum_present"),
	BITS(1, "routing_present"),
	BITS(1, "key_present", .def = 1),
	[PPTP_S] = BITS(1, "seqnum_present"),
	BITS(1, "strict_route_source"),
	BITS(3, "recursion_control"),
	[PPTP_A] = BITS(1, "acknum_present"),
	BITS(4, "flags"),
	BITS(3, "version", .def = 1),
	U16("proto", HEX, .def = 0x880b, NEXT("ethertype"), LABELS(pkw__ethertypes)),
	U16("payload_len", LEN(PKW_OF_PAYLOAD)),
	U16("call_id", .doc = "the peer's, RFC 2637 §4.1"),
	U32("sequence_number", HEX, IF(PKW_EQ, PPTP_S, 1)),
	U32("ack_number", HEX, IF(PKW_EQ, PPTP_A, 1)),
};

static const struct pkw_proto gre, pptp, sre;

static const struct pkw_proto *gre_version(const uint8_t *b, size_t n)
{
	return n >= 2 && (b[1] & 7) == 1 ? &pptp : NULL;
}

static const struct pkw_proto *gre_above(const uint8_t *b, size_t n)
{
	return n >= 1 && b[0] & 0x40 ? &sre : NULL;
}

static const struct pkw_bind gre_binds[]  = { { .space = "ipproto", .value = 47 } };
static const struct pkw_bind pptp_binds[] = {
	{ .space = "ipproto", .value = 47, .only = 'b' },
};
static const struct pkw_below sre_below[] = { { "GRE", "routing_present", 1, NULL } };

static const struct pkw_proto gre = {
	.rec	 = RECORD("GRE", 0, gre_fields),
	.title	 = "Generic Routing Encapsulation",
	.ref	 = "RFC 2784, RFC 2890",
	.cls	 = PKW_NETWORK,
	.summary = "{proto}",
	.guess	 = gre_version,
	.above	 = gre_above,
	BINDS(gre_binds),
};

static const struct pkw_proto sre = {
	.rec	 = RECORD("GRErouting", 0, sre_fields),
	.title	 = "GRE source route entry",
	.ref	 = "RFC 1701",
	.next	 = "GRErouting",
	.summary = "family {address_family}",
	BELOW(sre_below),
};

static const struct pkw_proto pptp = {
	.rec	 = RECORD("GRE_PPTP", 0, pptp_fields),
	.title	 = "Enhanced GRE of the Point-to-Point Tunneling Protocol",
	.ref	 = "RFC 2637",
	.cls	 = PKW_NETWORK,
	.next	 = "PPP",
	.summary = "call {call_id}",
	BINDS(pptp_binds),
};

PROTOS(gre, &gre, &sre, &pptp);
