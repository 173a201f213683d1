/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbour discovery (RFC 4861) and its inverse (RFC 3122): messages of
 * ICMPv6 whose options follow as layers (nd_options.c).
 *
 * They are only valid with hop limit 255, which proves that no router has
 * passed them on; put on an IPv6 header they set it, and a group of the link as
 * destination, unless the user did.
 */
#include "proto/network/icmpv6.h"
#include "proto/network/inet.h"

#include <pkw/rows.h>

static const struct pkw_label preferences[] = {
	{ 0, "Medium (default)", 0 },
	{ 1, "High", 0 },
	{ 2, "Reserved", 0 },
	{ 3, "Low", 0 },
};

static const struct pkw_field rs_fields[] = { ICMP6_HEAD(133, U8("code")), U32("res") };

static const struct pkw_field ra_fields[] = {
	ICMP6_HEAD(134, U8("code")),
	U8("chlim", .doc = "hop limit for hosts to use; 0: not said"),
	BITS(1, "M", .doc = "addresses by DHCPv6"),
	BITS(1, "O", .doc = "other things by DHCPv6"),
	BITS(1, "H", .doc = "home agent"),
	BITS(2, "prf", .def = 1, LABELS(preferences), .doc = "router preference, RFC 4191"),
	BITS(1, "P", .doc = "proxied, RFC 4389"),
	BITS(2, "res"),
	U16("routerlifetime", .def = 1800, .doc = "seconds; 0: no default router"),
	U32("reachabletime", .doc = "milliseconds; 0: not said"),
	U32("retranstimer", .doc = "milliseconds; 0: not said"),
};

enum { NS_TGT = ICMP6_BODY + 1 };
static const struct pkw_field ns_fields[] = {
	ICMP6_HEAD(135, U8("code")),
	U32("res"),
	[NS_TGT] = IP6("tgt", .doc = "the address asked for"),
};

enum { NA_TGT = ICMP6_BODY + 4 };
static const struct pkw_field na_fields[] = {
	ICMP6_HEAD(136, U8("code")),
	BITS(1, "R", .def = 1, .doc = "the sender is a router"),
	BITS(1, "S", .doc = "an answer to a solicitation"),
	BITS(1, "O", .def = 1, .doc = "replaces what the cache has"),
	BITS(29, "res", HEX),
	[NA_TGT] = IP6("tgt", .doc = "the address it is about"),
};

static const struct pkw_field redirect_fields[] = {
	ICMP6_HEAD(137, U8("code")),
	U32("res", HEX),
	IP6("tgt", .doc = "the better first hop"),
	IP6("dst", .doc = "the destination it is for"),
};

static const struct pkw_field indsol_fields[] = {
	ICMP6_HEAD(141, U8("code")),
	U32("reserved", HEX),
};
static const struct pkw_field indadv_fields[] = {
	ICMP6_HEAD(142, U8("code")),
	U32("reserved", HEX),
};

static const struct pkw_bind rs_binds[] = { { .space = "icmpv6", .value = 133 } };
static const struct pkw_bind ra_binds[] = { { .space = "icmpv6", .value = 134 } };
static const struct pkw_bind ns_binds[] = { { .space = "icmpv6", .value = 135 } };
static const struct pkw_bind na_binds[] = { { .space = "icmpv6", .value = 136 } };
static const struct pkw_bind redirect_binds[] = { { .space = "icmpv6", .value = 137 } };
static const struct pkw_bind indsol_binds[] = { { .space = "icmpv6", .value = 141 } };
static const struct pkw_bind indadv_binds[] = { { .space = "icmpv6", .value = 142 } };

static const struct pkw_proto rs = {
	.rec = RECORD("ICMPv6ND_RS", 0, rs_fields),
	.title = "Router solicitation",
	.ref = "RFC 4861 section 4.1",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(rs_binds),
	BELOW(pkw__below_routers),
	.summary = "router solicitation",
};

static int ra_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	(void)a;
	(void)al;
	return inet_proto(q, ql) == &rs ? 2 : 0;
}

static const struct pkw_proto ra = {
	.rec = RECORD("ICMPv6ND_RA", 0, ra_fields),
	.title = "Router advertisement",
	.ref = "RFC 4861 section 4.2",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(ra_binds),
	BELOW(pkw__below_nodes),
	.summary = "router advertisement lifetime {routerlifetime}",
	.answers = ra_answers,
};

static const struct pkw_proto ns = {
	.rec = RECORD("ICMPv6ND_NS", 0, ns_fields),
	.title = "Neighbour solicitation",
	.ref = "RFC 4861 section 4.3",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(ns_binds),
	BELOW(pkw__below_nodes),
	.summary = "who has {tgt}",
};

static int na_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return inet_proto(q, ql) == &ns && pkw__inet_same(q, ql, NS_TGT, a, al, NA_TGT, 16) ? 2 : 0;
}

static const struct pkw_proto na = {
	.rec = RECORD("ICMPv6ND_NA", 0, na_fields),
	.title = "Neighbour advertisement",
	.ref = "RFC 4861 section 4.4",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(na_binds),
	BELOW(pkw__below_nodes),
	.summary = "{tgt} is here",
	.answers = na_answers,
};

static const struct pkw_proto redirect = {
	.rec = RECORD("ICMPv6ND_Redirect", 0, redirect_fields),
	.title = "Redirect to a better first hop",
	.ref = "RFC 4861 section 4.5",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(redirect_binds),
	BELOW(pkw__below_nodes),
	.summary = "{dst} by {tgt}",
};

static const struct pkw_proto indsol = {
	.rec = RECORD("ICMPv6ND_INDSol", 0, indsol_fields),
	.title = "Inverse neighbour discovery solicitation",
	.ref = "RFC 3122",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(indsol_binds),
	BELOW(pkw__below_nodes),
};

static int indadv_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	(void)a;
	(void)al;
	return inet_proto(q, ql) == &indsol ? 2 : 0;
}

static const struct pkw_proto indadv = {
	.rec = RECORD("ICMPv6ND_INDAdv", 0, indadv_fields),
	.title = "Inverse neighbour discovery advertisement",
	.ref = "RFC 3122",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(indadv_binds),
	BELOW(pkw__below_nodes),
	.answers = indadv_answers,
};

PROTOS(nd, &rs, &ra, &ns, &na, &redirect, &indsol, &indadv);
