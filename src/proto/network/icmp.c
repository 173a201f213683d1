/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP for IPv4 (RFC 792 and its successors), also as the start of one that
 * another ICMP error quotes (ICMPerror).
 *
 * The second word of the header means something else for each type: every
 * meaning is a field of its own, present for the types that have it.  Types of
 * which nothing is known here keep the word as `unused'.
 *
 * Types 3, 4, 5, 11 and 12 are errors: the datagram they are about follows, cut
 * short, as IPerror.  RFC 4884 lets 3, 11 and 12 carry more behind it: `length'
 * then says where the quote ends, in words of 4 bytes, and an
 * ICMPExtensionHeader begins there.  Without an extension it is 0.
 *
 * Answers: a reply has the identifier and sequence number of its request.
 */
#include "proto/network/inet.h"

#include <pkw/rows.h>

enum {
	ICMP_TYPE, ICMP_CODE, ICMP_CHKSUM, ICMP_ID, ICMP_SEQ, ICMP_TS_ORI, ICMP_TS_RX, ICMP_TS_TX,
	ICMP_GW, ICMP_PTR, ICMP_RESERVED, ICMP_LENGTH, ICMP_ADDR_MASK, ICMP_NEXTHOPMTU,
	ICMP_UNUSED2, ICMP_UNUSED4
};

static const struct pkw_label types[] = {
	{ 0, "echo-reply", 0 },
	{ 3, "dest-unreach", 0 },
	{ 4, "source-quench", 0 },
	{ 5, "redirect", 0 },
	{ 6, "alternate-host-address", 0 },
	{ 8, "echo-request", 0 },
	{ 9, "router-advertisement", 0 },
	{ 10, "router-solicitation", 0 },
	{ 11, "time-exceeded", 0 },
	{ 12, "parameter-problem", 0 },
	{ 13, "timestamp-request", 0 },
	{ 14, "timestamp-reply", 0 },
	{ 15, "information-request", 0 },
	{ 16, "information-response", 0 },
	{ 17, "address-mask-request", 0 },
	{ 18, "address-mask-reply", 0 },
	{ 30, "traceroute", 0 },
	{ 31, "datagram-conversion-error", 0 },
	{ 32, "mobile-host-redirect", 0 },
	{ 33, "ipv6-where-are-you", 0 },
	{ 34, "ipv6-i-am-here", 0 },
	{ 35, "mobile-registration-request", 0 },
	{ 36, "mobile-registration-reply", 0 },
	{ 37, "domain-name-request", 0 },
	{ 38, "domain-name-reply", 0 },
	{ 39, "skip", 0 },
	{ 40, "photuris", 0 },
	{ 41, "experimental-mobility", 0 },
	{ 42, "extended-echo-request", 0 },
	{ 43, "extended-echo-reply", 0 },
	{ 253, "experiment-1", 0 },
	{ 254, "experiment-2", 0 },
};

static const struct pkw_label codes[] = {
	{ 0, "network-unreachable", 3 },
	{ 1, "host-unreachable", 3 },
	{ 2, "protocol-unreachable", 3 },
	{ 3, "port-unreachable", 3 },
	{ 4, "fragmentation-needed", 3 },
	{ 5, "source-route-failed", 3 },
	{ 6, "network-unknown", 3 },
	{ 7, "host-unknown", 3 },
	{ 8, "source-host-isolated", 3 },
	{ 9, "network-prohibited", 3 },
	{ 10, "host-prohibited", 3 },
	{ 11, "TOS-network-unreachable", 3 },
	{ 12, "TOS-host-unreachable", 3 },
	{ 13, "communication-prohibited", 3 },
	{ 14, "host-precedence-violation", 3 },
	{ 15, "precedence-cutoff", 3 },
	{ 0, "network-redirect", 5 },
	{ 1, "host-redirect", 5 },
	{ 2, "TOS-network-redirect", 5 },
	{ 3, "TOS-host-redirect", 5 },
	{ 0, "normal-router-advertisement", 9 },
	{ 16, "does-not-route-common-traffic", 9 },
	{ 0, "ttl-zero-during-transit", 11 },
	{ 1, "ttl-zero-during-reassembly", 11 },
	{ 0, "ip-header-bad", 12 },
	{ 1, "required-option-missing", 12 },
	{ 2, "bad-length", 12 },
	{ 0, "bad-spi", 40 },
	{ 1, "authentication-failed", 40 },
	{ 2, "decompression-failed", 40 },
	{ 3, "decryption-failed", 40 },
	{ 4, "need-authentification", 40 },
	{ 5, "need-authorization", 40 },
	{ 0, "no-error", 43 },
	{ 1, "malformed-query", 43 },
	{ 2, "no-such-interface", 43 },
	{ 3, "no-such-table-entry", 43 },
	{ 4, "multiple-interfaces-satisfy-query", 43 },
};

#define ID_TYPES                                                                                   \
	(SET(0) | SET(8) | SET(13) | SET(14) | SET(15) | SET(16) | SET(17) | SET(18) | SET(37) |   \
	    SET(38))
#define TIME_TYPES (SET(13) | SET(14))
#define MASK_TYPES (SET(17) | SET(18))
#define QUOTING (SET(3) | SET(4) | SET(5) | SET(11) | SET(12))
/* those whose second word is spoken for */
#define KNOWN                                                                                      \
	(SET(0) | SET(3) | SET(5) | SET(8) | SET(11) | SET(12) | SET(13) | SET(14) | SET(15) |     \
	    SET(16) | SET(17) | SET(18))
#define MIDNIGHT .doc = "milliseconds since midnight UTC"

static const struct pkw_field icmp_fields[] = {
	[ICMP_TYPE] = U8("type", .def = 8, LABELS(types)),
	[ICMP_CODE] = U8("code", LABELS_BY(ICMP_TYPE, codes)),
	[ICMP_CHKSUM] = U16("chksum", HEX, SUM(&pkw_sum_inet, .of = PKW_OF_ALL)),
	[ICMP_ID] = U16("id", HEX, .flags = PKW_ID, IF(PKW_IN, ICMP_TYPE, ID_TYPES),
	    .doc = "the one who asks"),
	[ICMP_SEQ] = U16("seq", HEX, .flags = PKW_ID, IF(PKW_IN, ICMP_TYPE, ID_TYPES),
	    .doc = "number of the question"),
	[ICMP_TS_ORI] = U32("ts_ori", .spell = 1, IF(PKW_IN, ICMP_TYPE, TIME_TYPES), MIDNIGHT),
	[ICMP_TS_RX] = U32("ts_rx", .spell = 1, IF(PKW_IN, ICMP_TYPE, TIME_TYPES), MIDNIGHT),
	[ICMP_TS_TX] = U32("ts_tx", .spell = 1, IF(PKW_IN, ICMP_TYPE, TIME_TYPES), MIDNIGHT),
	[ICMP_GW] = IP4("gw", IF(PKW_EQ, ICMP_TYPE, 5), .doc = "the better gateway"),
	[ICMP_PTR] = U8("ptr", IF(PKW_EQ, ICMP_TYPE, 12), .doc = "the byte at fault"),
	[ICMP_RESERVED] = U8("reserved", IF(PKW_IN, ICMP_TYPE, SET(3) | SET(11))),
	[ICMP_LENGTH] = U8("length", IF(PKW_IN, ICMP_TYPE, SET(3) | SET(11) | SET(12)),
	    LEN(PKW_OF_PAYLOAD, .unit = 4, .zero = 2),
	    .doc = "words of the quote when an extension follows it, RFC 4884"),
	[ICMP_ADDR_MASK] = IP4("addr_mask", IF(PKW_IN, ICMP_TYPE, MASK_TYPES)),
	[ICMP_NEXTHOPMTU] = U16("nexthopmtu", IF(PKW_EQ, ICMP_TYPE, 3), .doc = "RFC 1191"),
	[ICMP_UNUSED2] = U16("unused", IF(PKW_IN, ICMP_TYPE, SET(11) | SET(12))),
	[ICMP_UNUSED4] = U32("unused", IF(PKW_NIN, ICMP_TYPE, KNOWN)),
};

static const struct pkw_bind icmp_binds[] = {
	{ .space = "ipproto", .value = 1 },
	{ .space = "iperror", .value = 1, .only = 'b' },
};
static const struct pkw_bind icmperror_binds[] = {
	{ .space = "iperror", .value = 1 },
};

/* Type of the question, type of its answer. */
static const uint8_t pairs[][2] = {
	{ 8, 0 }, { 13, 14 }, { 15, 16 }, { 17, 18 }, { 33, 34 }, { 35, 36 }, { 37, 38 },
};

static int same_ids(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_u(q, ql, ICMP_ID) == pkw_u(a, al, ICMP_ID) &&
	    pkw_u(q, ql, ICMP_SEQ) == pkw_u(a, al, ICMP_SEQ);
}

static const struct pkw_proto *above(const uint8_t *b, size_t n)
{
	return n && b[0] < 64 && QUOTING >> b[0] & 1 ? &pkw__iperror : NULL;
}

int pkw__icmp_quotes(const struct pkw_pkt *p, int layer)
{
	if (inet_proto(p, layer) != &pkw__icmp)
		return 0;
	uint64_t type = pkw_u(p, layer, ICMP_TYPE);
	return type < 64 && QUOTING >> type & 1;
}

static int answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (inet_proto(q, ql) != &pkw__icmp || !same_ids(q, ql, a, al))
		return 0;
	for (size_t i = 0; i < PKW_N(pairs); i++)
		if (pkw_u(q, ql, ICMP_TYPE) == pairs[i][0] &&
		    pkw_u(a, al, ICMP_TYPE) == pairs[i][1])
			return 2;
	return 0;
}

static int quote_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return inet_proto(q, ql) == &pkw__icmp && same_ids(q, ql, a, al) &&
	    pkw_u(q, ql, ICMP_TYPE) == pkw_u(a, al, ICMP_TYPE) &&
	    pkw_u(q, ql, ICMP_CODE) == pkw_u(a, al, ICMP_CODE)
	    ? 2
	    : 0;
}

const struct pkw_proto pkw__icmp = {
	.rec = RECORD("ICMP", 0, icmp_fields),
	.title = "Internet Control Message Protocol",
	.ref = "RFC 792",
	.cls = PKW_TRANSPORT,
	BINDS(icmp_binds),
	.rest = &pkw__icmp_extension,
	.above = above,
	.summary = "{type}[ {code}][ id {id}][ seq {seq}][ mtu {nexthopmtu}]",
	.answers = answers,
};

static const struct pkw_proto icmperror = {
	.rec = RECORD("ICMPerror", 0, icmp_fields),
	.title = "ICMP message quoted in an ICMP error",
	.ref = "RFC 792",
	.cls = PKW_TRANSPORT,
	.flags = PKW_QUOTED,
	BINDS(icmperror_binds),
	.above = above,
	.summary = "{type}[ {code}][ id {id}][ seq {seq}][ mtu {nexthopmtu}]",
	.answers = quote_answers,
};

PROTOS(icmp, &pkw__icmp, &icmperror);
