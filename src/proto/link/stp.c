/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spanning tree BPDUs: STP, STP_TCN, RSTP, MSTP, PVST.
 *
 * All begin with protocol 0, a version and a type; these two tell which it is.
 * STP is Scapy's configuration BPDU, 35 bytes, whatever version and type are
 * written into it.  The others are the shapes it does not know: a topology
 * change notification ends behind its type; a rapid one (version 2, type 2) has
 * port roles in its flags and one length byte more; a multiple one (version 3)
 * goes on with the region and a message for each instance (802.1Q §14).
 *
 * Cisco's PVST+ sends either in SNAP, with its VLAN behind it (PVST).
 *
 * Times are in seconds and 1/256 of them.  A bridge identifier is Scapy's pair:
 * 16 bits of priority and system extension, then the address.
 */
#include "proto/link/link.h"

#include <pkw/rows.h>
#include <string.h>

enum { TYPE_CONFIG = 0, TYPE_RAPID = 2, TYPE_TCN = 0x80 };

static const struct pkw_label versions[] = {
	{ 0, "STP" },
	{ 2, "RSTP" },
	{ 3, "MSTP" },
	{ 4, "SPT" },
};

static const struct pkw_label types[] = {
	{ TYPE_CONFIG, "configuration" },
	{ TYPE_RAPID, "rapid" },
	{ TYPE_TCN, "topology-change" },
};

static const struct pkw_label roles[] = {
	{ 0, "unknown" },
	{ 1, "alternate" },
	{ 2, "root" },
	{ 3, "designated" },
};

#define NO_MAC .text = "00:00:00:00:00:00"
#define SECONDS(...) FIXED(8, 8, __VA_ARGS__)
#define TIME(s) .def = (s) << 8

#define HEAD(v, t)                                                             \
	U16("proto", .doc = "0: spanning tree"),                               \
	    U8("version", .def = (v), LABELS(versions)),                       \
	    U8("bpdutype", .def = (t), LABELS(types))

/* Flags of the versions with port roles; `tca' and `tc' are all STP has. */
#define FLAG_BITS                                                              \
	BITS(1, "tca", .doc = "topology change acknowledged"),                 \
	    BITS(1, "agreement"), BITS(1, "forwarding"), BITS(1, "learning"),  \
	    BITS(2, "role", .def = 3, LABELS(roles), .doc = "the port's"),     \
	    BITS(1, "proposal"), BITS(1, "tc", .doc = "topology change")

#define TREE                                                                   \
	U16("rootid", .doc = "root's priority and system extension"),          \
	    MAC("rootmac", NO_MAC),                                            \
	    U32("pathcost", .doc = "cost from here to the root"),              \
	    U16("bridgeid", .doc = "this bridge's priority and extension"),    \
	    MAC("bridgemac", NO_MAC),                                          \
	    U16("portid", .doc = "priority and number of the port"),           \
	    SECONDS("age", TIME(1), .doc = "of the root's message"),           \
	    SECONDS("maxage", TIME(20)), SECONDS("hellotime", TIME(2)),        \
	    SECONDS("fwddelay", TIME(15))

enum { STP_PROTO, STP_VERSION, STP_BPDUTYPE, STP_FLAGS };
static const struct pkw_field stp_fields[] = {
	HEAD(0, TYPE_CONFIG),
	U8("bpduflags", .doc = "1: topology change, 128: acknowledged"),
	TREE,
};

static const struct pkw_field tcn_fields[] = {
	HEAD(0, TYPE_TCN),
};

static const struct pkw_field rstp_fields[] = {
	HEAD(2, TYPE_RAPID),
	FLAG_BITS,
	TREE,
	U8("version1length", .doc = "0: there is nothing of version 1"),
};

static const struct pkw_field msti_fields[] = {
	BITS(1, "master"),
	BITS(1, "agreement"),
	BITS(1, "forwarding"),
	BITS(1, "learning"),
	BITS(2, "role", .def = 3, LABELS(roles)),
	BITS(1, "proposal"),
	BITS(1, "tc"),
	U16("rootid", .def = 0x8001, .doc = "regional root: priority and instance"),
	MAC("rootmac", NO_MAC),
	U32("pathcost", .doc = "internal cost to the regional root"),
	U8("bridgeprio", .def = 0x80, .doc = "in the upper four bits"),
	U8("portprio", .def = 0x80, .doc = "in the upper four bits"),
	U8("hops", .def = 20, .doc = "remaining"),
};
static const struct pkw_record msti = RECORD("MSTI", 0, msti_fields);
static const struct pkw_list mstis = { .rec = &msti };

static const struct pkw_field mstp_fields[] = {
	HEAD(3, TYPE_RAPID),
	FLAG_BITS,
	TREE,
	U8("version1length", .doc = "0: there is nothing of version 1"),
	U16("version3length", LEN(PKW_OF_REST), .doc = "bytes that follow"),
	U8("selector", .doc = "0: format of the region's identifier"),
	TEXTN(32, "region", .flags = PKW_ZPAD, .doc = "name of the configuration"),
	U16("revision"),
	BYTESN(16, "digest", .doc = "HMAC-MD5 of the table of VLANs"),
	U32("intcost", .doc = "internal cost to the regional root"),
	U16("cistbridgeid", .def = 0x8000),
	MAC("cistbridgemac", NO_MAC),
	U8("hops", .def = 20, .doc = "remaining"),
	LIST(&mstis, "instances"),
};

/* Only written: which of them it is when reading is STP's guess. */
static const struct pkw_bind kind_binds[] = {
	{ .space = "llc", .value = 0x42, .only = 'b' },
};
static const struct pkw_below below[] = {
	{ .proto = "LLC", .field = "ssap", .value = 0x42 },
	{ .proto = "LLC", .field = "ctrl", .value = 3 },
};

/* Cisco's per-VLAN BPDUs name their VLAN behind the BPDU itself. */
static const struct pkw_field pvst_fields[] = {
	U16("type", .doc = "0: originating VLAN"),
	U16("len", LEN(PKW_OF_REST)),
	U16("vlan", .def = 1),
};

static const struct pkw_proto *pvst_guess(const uint8_t *b, size_t n)
{
	static const uint8_t head[] = { 0, 0, 0, 2 };
	return n < 6 || memcmp(b, head, sizeof head) ? pkw_proto_find("Padding") : NULL;
}

static const struct pkw_proto pvst = {
	.rec = RECORD("PVST", 0, pvst_fields),
	.title = "VLAN of a PVST+ BPDU",
	.cls = PKW_LINK,
	.flags = PKW_LEAF,
	.summary = "vlan {vlan}",
	.guess = pvst_guess,
};

static const struct pkw_proto stp_tcn = {
	.rec = RECORD("STP_TCN", 0, tcn_fields),
	.title = "Spanning tree topology change notification",
	.ref = "IEEE 802.1D-2004 §9.3.2",
	BINDS(kind_binds),
	BELOW(below),
	.cls = PKW_LINK,
	.flags = PKW_LEAF,
	.rest = &pvst,
	.summary = "topology change",
};

static const struct pkw_proto rstp = {
	.rec = RECORD("RSTP", 0, rstp_fields),
	.title = "Rapid spanning tree BPDU",
	.ref = "IEEE 802.1D-2004 §9.3.3",
	BINDS(kind_binds),
	BELOW(below),
	.cls = PKW_LINK,
	.flags = PKW_LEAF,
	.rest = &pvst,
	.summary = "root {rootid}/{rootmac} cost {pathcost} bridge {bridgeid}/{bridgemac} "
	    "port {portid} {role}",
};

static const struct pkw_proto mstp = {
	.rec = RECORD("MSTP", 0, mstp_fields),
	.title = "Multiple spanning tree BPDU",
	.ref = "IEEE 802.1Q-2022 §14.4",
	BINDS(kind_binds),
	BELOW(below),
	.cls = PKW_LINK,
	.flags = PKW_LEAF,
	.summary = "root {rootid}/{rootmac} cost {pathcost} region {region}",
};

static const struct pkw_proto *stp_guess(const uint8_t *b, size_t n)
{
	if (n < 4 || b[0] || b[1])
		return NULL;
	if (b[3] == TYPE_TCN)
		return &stp_tcn;
	if (b[3] != TYPE_RAPID || n < 36)
		return NULL;
	/* an MSTP bridge speaks to RSTP ones in short frames of version 2 */
	if (b[2] >= 3 && n >= 102)
		return &mstp;
	return b[2] >= 2 ? &rstp : NULL;
}

static const struct pkw_bind stp_binds[] = {
	{ .space = "llc", .value = 0x42 },
};

const struct pkw_proto pkw__stp = {
	.rec = RECORD("STP", 0, stp_fields),
	.title = "Spanning tree configuration BPDU",
	.ref = "IEEE 802.1D-2004 §9.3.1",
	BINDS(stp_binds),
	BELOW(below),
	.cls = PKW_LINK,
	.flags = PKW_LEAF,
	.rest = &pvst,
	.summary = "root {rootid}/{rootmac} cost {pathcost} bridge {bridgeid}/{bridgemac} "
	    "port {portid}",
	.guess = stp_guess,
};

PROTOS(stp, &pkw__stp, &stp_tcn, &rstp, &mstp, &pvst);
