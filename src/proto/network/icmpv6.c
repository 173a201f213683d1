/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMPv6 (RFC 4443): the choice by type, errors, echo, and messages of types
 * that no other file explains.
 *
 * Errors quote as much of a packet as fits (IPerror6).  Destination unreachable
 * and time exceeded can carry an extension behind the quote (RFC 4884): length
 * is then the quote's, in units of 8 bytes.
 *
 * A quoted echo is the same protocol as one on its own; it answers the question
 * that has its type, code, identifier and sequence number.
 */
#include "proto/network/icmpv6.h"
#include "proto/network/inet.h"

#include <pkw/rows.h>
#include <string.h>

const struct pkw_label pkw__icmp6_types[PKW__ICMP6_TYPES_N] = {
#define PKW_X(number, label) { .value = (number), .name = (label) },
	PKW_ICMP6_TYPES(PKW_X)
#undef PKW_X
};

static const struct pkw_label unreach_codes[] = {
	{ 0, "No route to destination", 0 },
	{ 1, "Communication with destination administratively prohibited", 0 },
	{ 2, "Beyond scope of source address", 0 },
	{ 3, "Address unreachable", 0 },
	{ 4, "Port unreachable", 0 },
	{ 5, "Source address failed ingress/egress policy", 0 },
	{ 6, "Reject route to destination", 0 },
	{ 7, "Error in Source Routing Header", 0 },
	{ 8, "Headers too long", 0 },
};

static const struct pkw_label exceeded_codes[] = {
	{ 0, "hop limit exceeded in transit", 0 },
	{ 1, "fragment reassembly time exceeded", 0 },
};

static const struct pkw_label problem_codes[] = {
	{ 0, "erroneous header field encountered", 0 },
	{ 1, "unrecognized Next Header type encountered", 0 },
	{ 2, "unrecognized IPv6 option encountered", 0 },
	{ 3, "first fragment has incomplete header chain", 0 },
	{ 4, "SR Upper-layer Header Error", 0 },
	{ 5, "Unrecognized Next Header type encountered by intermediate node", 0 },
	{ 6, "Extension header too big", 0 },
	{ 7, "Extension header chain too long", 0 },
	{ 8, "Too many extension headers", 0 },
	{ 9, "Too many options in extension header", 0 },
	{ 10, "Option too big", 0 },
};

static const struct pkw_label rpl_codes[] = {
	{ 0, "DIS", 0 },
	{ 1, "DIO", 0 },
	{ 2, "DAO", 0 },
	{ 3, "DAO-ACK", 0 },
	{ 4, "P2P-DRO", 0 },
	{ 5, "P2P-DRO-ACK", 0 },
	{ 6, "Measurement", 0 },
	{ 7, "DCO", 0 },
	{ 8, "DCO-ACK", 0 },
};

#define EXTENDED                                                               \
	U8("length", LEN(PKW_OF_PAYLOAD, .unit = 8, .zero = 2),                \
	    .doc = "of the quote when an extension follows it, RFC 4884")

static const struct pkw_field unreach_fields[] = {
	ICMP6_HEAD(1, U8("code", LABELS(unreach_codes))),
	EXTENDED,
	U24("unused"),
};

static const struct pkw_field too_big_fields[] = {
	ICMP6_HEAD(2, U8("code")),
	U32("mtu", .def = 1280, .doc = "of the link that was too small"),
};

static const struct pkw_field exceeded_fields[] = {
	ICMP6_HEAD(3, U8("code", LABELS(exceeded_codes))),
	EXTENDED,
	U24("unused"),
};

static const struct pkw_field problem_fields[] = {
	ICMP6_HEAD(4, U8("code", LABELS(problem_codes))),
	U32("ptr", .def = 6, .doc = "the byte at fault"),
};

enum { ECHO_ID = ICMP6_BODY, ECHO_SEQ, ECHO_DATA };
#define ECHO(number)                                                                               \
	ICMP6_HEAD(number, U8("code")),                                                            \
	[ECHO_ID] = U16("id", HEX, .flags = PKW_ID, .doc = "the one who asks"),                    \
	[ECHO_SEQ] = U16("seq", HEX, .flags = PKW_ID, .doc = "number of the question"),            \
	[ECHO_DATA] = BYTES("data", .flags = PKW_RAWTEXT, .doc = "comes back as it is")
static const struct pkw_field request_fields[] = { ECHO(128) };
static const struct pkw_field reply_fields[] = { ECHO(129) };

static const struct pkw_field rpl_fields[] = {
	ICMP6_HEAD(155, U8("code", LABELS(rpl_codes))),
};

static const struct pkw_field unknown_fields[] = {
	ICMP6_HEAD(1, U8("code")),
	BYTES("msgbody"),
};

static const struct pkw_bind any_binds[] = {
	{ .space = "ipproto", .value = 58 },
	{ .space = "iperror", .value = 58 },
};
static const struct pkw_bind unreach_binds[] = { { .space = "icmpv6", .value = 1 } };
static const struct pkw_bind too_big_binds[] = { { .space = "icmpv6", .value = 2 } };
static const struct pkw_bind exceeded_binds[] = { { .space = "icmpv6", .value = 3 } };
static const struct pkw_bind problem_binds[] = { { .space = "icmpv6", .value = 4 } };
static const struct pkw_bind request_binds[] = { { .space = "icmpv6", .value = 128 } };
static const struct pkw_bind reply_binds[] = { { .space = "icmpv6", .value = 129 } };
static const struct pkw_bind rpl_binds[] = { { .space = "icmpv6", .value = 155 } };
/* its type is the user's: for builds the number under "ipproto" matters */
static const struct pkw_bind unknown_binds[] = {
	{ .space = "ipproto", .value = 58, .only = 'b' },
	{ .space = "iperror", .value = 58, .only = 'b' },
};

const struct pkw_below pkw__below_nodes[2] = {
	{ "IPv6", "hlim", 255, NULL },
	{ "IPv6", "dst", 0, "ff02::1" },
};
const struct pkw_below pkw__below_routers[2] = {
	{ "IPv6", "hlim", 255, NULL },
	{ "IPv6", "dst", 0, "ff02::2" },
};
static const struct pkw_below rpl_below[] = {
	{ "IPv6", "dst", 0, "ff02::1a" },
};

static const struct pkw_pick type_pick = { 0, 8, "icmpv6" };
static const struct pkw_proto any = {
	.rec = EMPTY("ICMPv6", 0),
	.title = "Internet Control Message Protocol for IPv6, any type",
	.flags = PKW_ABSTRACT,
	.pick = &type_pick,
	.next = "ICMPv6Unknown",
	BINDS(any_binds),
};

static const struct pkw_proto unreach = {
	.rec = RECORD("ICMPv6DestUnreach", 0, unreach_fields),
	.title = "ICMPv6 destination unreachable",
	.ref = "RFC 4443 section 3.1",
	.cls = PKW_TRANSPORT,
	BINDS(unreach_binds),
	.rest = &pkw__icmp_extension,
	.next = "IPerror6",
	.summary = "{code}",
};

static const struct pkw_proto too_big = {
	.rec = RECORD("ICMPv6PacketTooBig", 0, too_big_fields),
	.title = "ICMPv6 packet too big",
	.ref = "RFC 4443 section 3.2",
	.cls = PKW_TRANSPORT,
	BINDS(too_big_binds),
	.next = "IPerror6",
	.summary = "mtu {mtu}",
};

static const struct pkw_proto exceeded = {
	.rec = RECORD("ICMPv6TimeExceeded", 0, exceeded_fields),
	.title = "ICMPv6 time exceeded",
	.ref = "RFC 4443 section 3.3",
	.cls = PKW_TRANSPORT,
	BINDS(exceeded_binds),
	.rest = &pkw__icmp_extension,
	.next = "IPerror6",
	.summary = "{code}",
};

static const struct pkw_proto problem = {
	.rec = RECORD("ICMPv6ParamProblem", 0, problem_fields),
	.title = "ICMPv6 parameter problem",
	.ref = "RFC 4443 section 3.4",
	.cls = PKW_TRANSPORT,
	BINDS(problem_binds),
	.next = "IPerror6",
	.summary = "{code} at {ptr}",
};

static int same_echo(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_u(q, ql, ICMP6_CODE) == pkw_u(a, al, ICMP6_CODE) &&
	    pkw_u(q, ql, ECHO_ID) == pkw_u(a, al, ECHO_ID) &&
	    pkw_u(q, ql, ECHO_SEQ) == pkw_u(a, al, ECHO_SEQ);
}

static int quoted_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return inet_proto(q, ql) == inet_proto(a, al) && same_echo(q, ql, a, al) ? 2 : 0;
}

static const struct pkw_proto request = {
	.rec = RECORD("ICMPv6EchoRequest", 0, request_fields),
	.title = "ICMPv6 echo request",
	.ref = "RFC 4443 section 4.1",
	.cls = PKW_TRANSPORT,
	.flags = PKW_WHOLE,
	BINDS(request_binds),
	.summary = "id {id} seq {seq}",
	.answers = quoted_answers,
};

static int reply_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	struct pkw_span x, y;
	int qr = pkw_root(q, ql), ar = pkw_root(a, al);

	if (inet_proto(q, ql) != &request || !same_echo(q, ql, a, al))
		return 0;
	if (pkw_field_bytes(q, qr, ECHO_DATA, &x) < 0 || pkw_field_bytes(a, ar, ECHO_DATA, &y) < 0)
		return 0;
	return x.len == y.len && memcmp(x.p, y.p, x.len) == 0 ? 2 : 0;
}

static const struct pkw_proto reply = {
	.rec = RECORD("ICMPv6EchoReply", 0, reply_fields),
	.title = "ICMPv6 echo reply",
	.ref = "RFC 4443 section 4.2",
	.cls = PKW_TRANSPORT,
	.flags = PKW_WHOLE,
	BINDS(reply_binds),
	.summary = "id {id} seq {seq}",
	.answers = reply_answers,
};

static const struct pkw_proto rpl = {
	.rec = RECORD("ICMPv6RPL", 0, rpl_fields),
	.title = "RPL control message",
	.ref = "RFC 6550",
	.cls = PKW_TRANSPORT,
	BINDS(rpl_binds),
	BELOW(rpl_below),
	.summary = "{code}",
};

static const struct pkw_proto unknown = {
	.rec = RECORD("ICMPv6Unknown", 0, unknown_fields),
	.title = "ICMPv6 message of any type",
	.ref = "RFC 4443 section 2.1",
	.cls = PKW_TRANSPORT,
	.flags = PKW_WHOLE,
	BINDS(unknown_binds),
	.summary = "{type} {code}",
};

int pkw__icmp6_quotes(const struct pkw_pkt *p, int layer)
{
	const struct pkw_proto *proto = inet_proto(p, layer);

	return proto && (proto == &unreach || proto == &too_big || proto == &exceeded ||
	    proto == &problem);
}

PROTOS(icmpv6, &any, &unreach, &too_big, &exceeded, &problem, &request, &reply, &rpl, &unknown);
