/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MPLS label stack (RFC 3032) and the pseudowire control word (RFC 4385).
 *
 * Nothing in a label entry names the payload.  While the bottom-of-stack bit is
 * clear, the next entry follows; behind the bottom the first four bits of the
 * payload tell IPv4 and IPv6 apart, as routers do it for load balancing, 0 is a
 * control word if its upper half is all zero, and the rest is an Ethernet
 * pseudowire without one.  IPv4 and IPv6 want the reserved labels 0 and 2 below
 * them, unless a label was set (their `below' rows).
 */
#include "proto/link/link.h"

#include <pkw/rows.h>

/* IANA "Special-Purpose MPLS Label Values". */
static const struct pkw_label labels[] = {
	{ 0, "IPv4-explicit-null" },
	{ 1, "router-alert" },
	{ 2, "IPv6-explicit-null" },
	{ 3, "implicit-null" },
	{ 7, "entropy-label-indicator" },
	{ 13, "GAL" },
	{ 14, "OAM-alert" },
	{ 15, "extension" },
};

static const struct pkw_field mpls_fields[] = {
	BITS(20, "label", .def = 3, LABELS(labels)),
	BITS(3, "cos", .doc = "traffic class"),
	BITS(1, "s", .def = 1, NEXT("mpls.s"), .doc = "bottom of stack"),
	U8("ttl"),
};

static const struct pkw_bind mpls_binds[] = {
	{ .space = "ethertype", .value = 0x8847 },
	{ .space = "ethertype", .value = 0x8848, .only = 'd' },
	{ .space = "mpls.s", .value = 0 },
	{ .space = "ppp", .value = 0x0281 },
	{ .space = "ppp", .value = 0x0283, .only = 'd' },
	{ .space = "ipproto", .value = 137 },
	{ .space = "udp.port", .value = 6635, .build = { 0, 6635 } },
};

static const struct pkw_proto mpls = {
	.rec = RECORD("MPLS", 0, mpls_fields),
	.title = "Multiprotocol label switching",
	.ref = "RFC 3032, RFC 5462",
	BINDS(mpls_binds),
	.cls = PKW_LINK,
	.summary = "{label} ttl {ttl}",
};

/* What follows the bottom of the stack. */
static const struct pkw_bind bottom_binds[] = {
	{ .space = "mpls.s", .value = 1 },
};
static const struct pkw_pick bottom_pick = { .bit = 0, .bits = 4, .space = "mpls.nibble" };

static const struct pkw_proto bottom = {
	.rec = EMPTY("MPLSPayload", 0),
	.title = "Payload of MPLS",
	.ref = "RFC 4928 §2, RFC 4385 §3",
	BINDS(bottom_binds),
	.cls = PKW_LINK,
	.flags = PKW_ABSTRACT,
	.pick = &bottom_pick,
	.next = "Ether",
};

static const struct pkw_field cw_fields[] = {
	BITS(4, "zero"),
	BITS(12, "reserved"),
	U16("seq", .doc = "0: frames are not numbered"),
};

static const struct pkw_proto *cw_guess(const uint8_t *b, size_t n)
{
	return n >= 2 && (b[0] || b[1]) ? &pkw__ether : NULL;
}

static const struct pkw_bind cw_binds[] = {
	{ .space = "mpls.nibble", .value = 0 },
};

static const struct pkw_proto cw = {
	.rec = RECORD("EoMCW", 0, cw_fields),
	.title = "Ethernet pseudowire control word",
	.ref = "RFC 4385, RFC 4448",
	BINDS(cw_binds),
	.cls = PKW_LINK,
	.next = "Ether",
	.summary = "{seq}",
	.guess = cw_guess,
};

PROTOS(mpls, &mpls, &bottom, &cw);
