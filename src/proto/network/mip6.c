/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMPv6 messages of Mobile IPv6 (RFC 6275 §6.5-6.8): finding a home agent and
 * the home network's prefixes.
 */
#include "proto/network/icmpv6.h"
#include "proto/network/inet.h"
#include "proto/network/ipv6_ext.h"

#include <pkw/rows.h>

static const struct pkw_label router_names[] = {
	{ 1, "MR", 0 },
};

static const struct pkw_label advertisement_flags[] = {
	{ 2, "M", 0 },
	{ 1, "O", 0 },
};

enum { MIP_ID = ICMP6_BODY };
#define MIP(number)                                                            \
	ICMP6_HEAD(number, U8("code")),                                        \
	[MIP_ID] = U16("id", HEX, .doc = "comes back as it is")
#define FROM_ROUTER                                                                                \
	BITS(1, "R", .def = 1, LABELS(router_names), .doc = "mobile router, RFC 3963"),            \
	BITS(15, "res", HEX)

static const struct pkw_field request_fields[] = { MIP(144), FROM_ROUTER };
static const struct pkw_field reply_fields[] = {
	MIP(145),
	FROM_ROUTER,
	LIST(&pkw__ip6_addresses, "addresses", .doc = "home agents"),
};
static const struct pkw_field solicitation_fields[] = { MIP(146), U16("res", HEX) };
static const struct pkw_field advertisement_fields[] = {
	MIP(147),
	BITS(2, "flags", .def = 2, LABELS(advertisement_flags)),
	BITS(14, "res", HEX),
};

static const struct pkw_bind request_binds[] = { { .space = "icmpv6", .value = 144 } };
static const struct pkw_bind reply_binds[] = { { .space = "icmpv6", .value = 145 } };
static const struct pkw_bind solicitation_binds[] = { { .space = "icmpv6", .value = 146 } };
static const struct pkw_bind advertisement_binds[] = { { .space = "icmpv6", .value = 147 } };

static int same_id(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_u(q, ql, MIP_ID) == pkw_u(a, al, MIP_ID) ? 2 : 0;
}

static const struct pkw_proto request = {
	.rec = RECORD("ICMPv6HAADRequest", 0, request_fields),
	.title = "Home agent address discovery request",
	.ref = "RFC 6275 section 6.5",
	.cls = PKW_TRANSPORT,
	BINDS(request_binds),
	.summary = "id {id}",
};

static int reply_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return inet_proto(q, ql) == &request ? same_id(q, ql, a, al) : 0;
}

static const struct pkw_proto reply = {
	.rec = RECORD("ICMPv6HAADReply", 0, reply_fields),
	.title = "Home agent address discovery reply",
	.ref = "RFC 6275 section 6.6",
	.cls = PKW_TRANSPORT,
	.flags = PKW_WHOLE,
	BINDS(reply_binds),
	.summary = "id {id}",
	.answers = reply_answers,
};

static const struct pkw_proto solicitation = {
	.rec = RECORD("ICMPv6MPSol", 0, solicitation_fields),
	.title = "Mobile prefix solicitation",
	.ref = "RFC 6275 section 6.7",
	.cls = PKW_TRANSPORT,
	BINDS(solicitation_binds),
	.summary = "id {id}",
};

static int advertisement_answers(
    const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return inet_proto(q, ql) == &solicitation ? same_id(q, ql, a, al) : 0;
}

static const struct pkw_proto advertisement = {
	.rec = RECORD("ICMPv6MPAdv", 0, advertisement_fields),
	.title = "Mobile prefix advertisement",
	.ref = "RFC 6275 section 6.8",
	.cls = PKW_TRANSPORT,
	.next = "ICMPv6NDOpt",
	BINDS(advertisement_binds),
	.summary = "id {id}",
	.answers = advertisement_answers,
};

PROTOS(mip6, &request, &reply, &solicitation, &advertisement);
