/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cisco HDLC and its SLARP (RFC 1547 §4.3): the framing of serial lines with an
 * EtherType where PPP has numbers of its own.  The EtherType of RARP means
 * SLARP there, which asks for an address at first and then keeps the line alive
 * with pairs of sequence numbers.
 */
#include "proto/link/ethertypes.h"
#include "proto/link/link.h"

#include <pkw/rows.h>

enum { SLARP_TYPE = 0x8035 };

static const struct pkw_label codes[] = {
	{ 0, "request" },
	{ 1, "reply" },
	{ 2, "keepalive" },
};

enum { SLARP_CODE };
static const struct pkw_field slarp_fields[] = {
	[SLARP_CODE] = U32("code", .def = 2, LABELS(codes)),
	IP4("address", IF(PKW_NE, SLARP_CODE, 2)),
	IP4("mask", IF(PKW_NE, SLARP_CODE, 2)),
	U32("mysequence", IF(PKW_EQ, SLARP_CODE, 2)),
	U32("yoursequence", IF(PKW_EQ, SLARP_CODE, 2), .doc = "the last one seen of the peer"),
	U16("reliability", HEX, .def = 0xffff),
};

static const struct pkw_below slarp_below[] = {
	{ .proto = "CHDLC", .field = "address", .value = 0x8f },
	{ .proto = "CHDLC", .field = "proto", .value = SLARP_TYPE },
};

static const struct pkw_proto slarp = {
	.rec = RECORD("SLARP", 0, slarp_fields),
	.title = "Serial line address resolution",
	.ref = "RFC 1547 §4.3.1.5",
	BELOW(slarp_below),
	.cls = PKW_LINK,
	.flags = PKW_LEAF,
	.summary = "{code}",
};

static const struct pkw_label addresses[] = {
	{ 0x0f, "unicast" },
	{ 0x8f, "multicast" },
};

enum { CHDLC_ADDRESS, CHDLC_CONTROL, CHDLC_PROTO };
static const struct pkw_field chdlc_fields[] = {
	[CHDLC_ADDRESS] = U8("address", HEX, .def = 0x0f, LABELS(addresses)),
	[CHDLC_CONTROL] = U8("control", HEX),
	[CHDLC_PROTO]   = U16("proto", HEX, .def = 0x0800, LABELS(pkw__ethertypes),
	    NEXT("ethertype", GUARD(PKW_NE, CHDLC_PROTO, SLARP_TYPE))),
};

static const struct pkw_proto *chdlc_above(const uint8_t *b, size_t n)
{
	return n >= 4 && (b[2] << 8 | b[3]) == SLARP_TYPE ? &slarp : NULL;
}

static const struct pkw_bind chdlc_binds[] = {
	{ .space = "linktype", .value = 104 },
};

const struct pkw_proto pkw__chdlc = {
	.rec = RECORD("CHDLC", 0, chdlc_fields),
	.title = "Cisco HDLC",
	.ref = "RFC 1547 §4.3.1",
	BINDS(chdlc_binds),
	.cls = PKW_LINK,
	.summary = "{proto}",
	.above = chdlc_above,
};

PROTOS(chdlc, &pkw__chdlc, &slarp);
