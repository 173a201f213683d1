/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Node information queries (RFC 4620): asking a node for its names and
 * addresses within ICMPv6.
 *
 * Scapy has a class for each kind; on the wire they have one type for queries
 * and one for replies, and differ by qtype and code.  What `data' is in a query
 * follows from what was written (a name, an IPv4 or an IPv6 address), and code
 * says which; in a reply qtype decides.
 *
 * A reply has the nonce of its query.
 */
#include "proto/network/icmpv6.h"
#include "proto/network/inet.h"
#include "proto/network/names.h"

#include <pkw/rows.h>

static const struct pkw_label qtypes[] = {
	{ 0, "NOOP", 0 },
	{ 2, "Node Name", 0 },
	{ 3, "IPv6 Address", 0 },
	{ 4, "IPv4 Address", 0 },
};

static const struct pkw_label query_codes[] = {
	{ 0, "IPv6 Query", 0 },
	{ 1, "Name Query", 0 },
	{ 2, "IPv4 Query", 0 },
};

static const struct pkw_label reply_codes[] = {
	{ 0, "Successful Reply", 0 },
	{ 1, "Response Refusal", 0 },
	{ 3, "Unknown query type", 0 },
	{ 2, "Unknown Qtype", 0 },
};

static const struct pkw_label flag_names[] = {
	{ 0, "T", 0 },
	{ 1, "A", 0 },
	{ 2, "C", 0 },
	{ 3, "L", 0 },
	{ 4, "S", 0 },
	{ 5, "G", 0 },
};

enum {
	NI_QTYPE = ICMP6_BODY, NI_UNUSED, NI_FLAGS, NI_NONCE, NI_DATA, NI_DATA6, NI_DATA4, NI_DATA_RAW
};

#define NI(type, code, kind, set)                                              \
	ICMP6_HEAD(type, code),                                                \
	[NI_QTYPE] = U16("qtype", .def = (kind), LABELS(qtypes)),              \
	[NI_UNUSED] = BITS(10, "unused"),                                      \
	[NI_FLAGS] = FLAGS(6, flag_names, "flags", .def = (set)),              \
	[NI_NONCE] = BYTESN(8, "nonce", .doc = "comes back as it is")

#define QUERY(kind, set)                                                                           \
	NI(139, U8("code", .def = 1, LABELS(query_codes), .doc = "what data is"), kind, set),      \
	[NI_DATA] = CODED(&pkw__ni_subject, "data", .text = "", .doc = "who is asked about")
static const struct pkw_field noop_fields[] = { QUERY(0, 0) };
static const struct pkw_field name_fields[] = { QUERY(2, 0) };
static const struct pkw_field ipv6_fields[] = { QUERY(3, 0x3e) };
static const struct pkw_field ipv4_fields[] = { QUERY(4, 0) };

static const struct pkw_field address6_fields[] = { U32("ttl"), IP6("address") };
static const struct pkw_record address6_rec = RECORD("ICMPv6NIAddress6", 0, address6_fields);
static const struct pkw_list addresses6 = { .rec = &address6_rec, .style = PKW_LIST_TUPLES };
static const struct pkw_field address4_fields[] = { U32("ttl"), IP4("address") };
static const struct pkw_record address4_rec = RECORD("ICMPv6NIAddress4", 0, address4_fields);
static const struct pkw_list addresses4 = { .rec = &address4_rec, .style = PKW_LIST_TUPLES };

#define REPLY(status, kind)                                                    \
	NI(140, U8("code", .def = (status), LABELS(reply_codes)), kind, 0),    \
	[NI_DATA] = CODED(&pkw__ni_names, "data", IF(PKW_EQ, NI_QTYPE, 2)),    \
	[NI_DATA6] = LIST(&addresses6, "data", IF(PKW_EQ, NI_QTYPE, 3)),       \
	[NI_DATA4] = LIST(&addresses4, "data", IF(PKW_EQ, NI_QTYPE, 4)),       \
	[NI_DATA_RAW] = BYTES("data", IF(PKW_NIN, NI_QTYPE, SET(2) | SET(3) | SET(4)))
static const struct pkw_field reply_noop_fields[] = { REPLY(0, 0) };
static const struct pkw_field reply_name_fields[] = { REPLY(0, 2) };
static const struct pkw_field reply_ipv6_fields[] = { REPLY(0, 3) };
static const struct pkw_field reply_ipv4_fields[] = { REPLY(0, 4) };
static const struct pkw_field refuse_fields[] = { REPLY(1, 0) };
static const struct pkw_field unknown_fields[] = { REPLY(2, 0) };

static uint64_t subject_code(const struct pkw_pkt *p, int layer)
{
	static const uint64_t codes[] = {
		[PKW__NI_NAME] = 1,
		[PKW__NI_IP6] = 0,
		[PKW__NI_IP4] = 2,
	};
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root < 0 || pkw_field_bytes(p, root, NI_DATA, &s) < 0)
		return codes[PKW__NI_NAME];
	return codes[pkw__ni_subject_kind(s.p, s.len)];
}

static void query_seal(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);

	if (root >= 0 && !pkw_pinned(p, root, ICMP6_CODE))
		pkw_field_put_u(p, root, ICMP6_CODE, subject_code(p, layer));
}

static void query_thaw(struct pkw_pkt *p, int layer)
{
	uint64_t code = pkw_u(p, layer, ICMP6_CODE);

	if (code != subject_code(p, layer))
		pkw_set(p, layer, ICMP6_CODE, code);
}

#define NODE_INFO(var, scapy, rows, text, ...)                                 \
	static const struct pkw_proto var = {                                  \
		.rec = RECORD(scapy, 0, rows),                                 \
		.title = "Node information " text,                             \
		.ref = "RFC 4620",                                             \
		.cls = PKW_TRANSPORT,                                          \
		.flags = PKW_WHOLE,                                            \
		BINDS(var##_binds),                                            \
		.summary = "{qtype} {data}",                                   \
		__VA_ARGS__                                                    \
	}

static const struct pkw_bind noop_binds[] = { { .space = "icmpv6", .value = 139 } };
static const struct pkw_bind name_binds[] = { { .space = "icmpv6.niquery", .value = 2 } };
static const struct pkw_bind ipv6_binds[] = { { .space = "icmpv6.niquery", .value = 3 } };
static const struct pkw_bind ipv4_binds[] = { { .space = "icmpv6.niquery", .value = 4 } };
/* the kinds of queries differ by qtype */
static const struct pkw_pick query_pick = { 32, 16, "icmpv6.niquery" };

NODE_INFO(noop, "ICMPv6NIQueryNOOP", noop_fields, "query: are you there",
    .pick = &query_pick, .seal = query_seal, .thaw = query_thaw);
NODE_INFO(name, "ICMPv6NIQueryName", name_fields, "query for the node's name",
    .seal = query_seal, .thaw = query_thaw);
NODE_INFO(ipv6, "ICMPv6NIQueryIPv6", ipv6_fields, "query for IPv6 addresses",
    .seal = query_seal, .thaw = query_thaw);
NODE_INFO(ipv4, "ICMPv6NIQueryIPv4", ipv4_fields, "query for IPv4 addresses",
    .seal = query_seal, .thaw = query_thaw);

static int answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	const struct pkw_proto *proto = inet_proto(q, ql);

	if (proto != &noop && proto != &name && proto != &ipv6 && proto != &ipv4)
		return 0;
	return pkw__inet_same(q, ql, NI_NONCE, a, al, NI_NONCE, 8) ? 2 : 0;
}

static const struct pkw_bind any_reply_binds[] = { { .space = "icmpv6", .value = 140 } };
static const struct pkw_bind reply_noop_binds[] = { { .space = "icmpv6.nireply", .value = 0 } };
static const struct pkw_bind refuse_binds[] = { { .space = "icmpv6.nireply", .value = 1 } };
static const struct pkw_bind unknown_binds[] = { { .space = "icmpv6.nireply", .value = 2 } };
static const struct pkw_bind reply_name_binds[] = { { .space = "icmpv6.nianswer", .value = 2 } };
static const struct pkw_bind reply_ipv6_binds[] = { { .space = "icmpv6.nianswer", .value = 3 } };
static const struct pkw_bind reply_ipv4_binds[] = { { .space = "icmpv6.nianswer", .value = 4 } };
/* replies differ by code, successful ones by qtype too */
static const struct pkw_pick code_pick = { 8, 8, "icmpv6.nireply" };
static const struct pkw_pick answer_pick = { 32, 16, "icmpv6.nianswer" };

NODE_INFO(reply_noop, "ICMPv6NIReplyNOOP", reply_noop_fields, "reply: here I am",
    .pick = &answer_pick, .answers = answers);
NODE_INFO(reply_name, "ICMPv6NIReplyName", reply_name_fields, "reply: names",
    .answers = answers);
NODE_INFO(reply_ipv6, "ICMPv6NIReplyIPv6", reply_ipv6_fields, "reply: IPv6 addresses",
    .answers = answers);
NODE_INFO(reply_ipv4, "ICMPv6NIReplyIPv4", reply_ipv4_fields, "reply: IPv4 addresses",
    .answers = answers);
NODE_INFO(refuse, "ICMPv6NIReplyRefuse", refuse_fields, "reply: refused",
    .answers = answers);
NODE_INFO(unknown, "ICMPv6NIReplyUnknown", unknown_fields, "reply: unknown kind of query",
    .answers = answers);

static const struct pkw_proto any_reply = {
	.rec = EMPTY("ICMPv6NIReply", 0),
	.title = "Node information reply of any kind",
	.flags = PKW_ABSTRACT,
	.pick = &code_pick,
	.next = "ICMPv6NIReplyUnknown",
	BINDS(any_reply_binds),
};

PROTOS(ni, &noop, &name, &ipv6, &ipv4, &any_reply, &reply_noop, &reply_name, &reply_ipv6,
    &reply_ipv4, &refuse, &unknown);
