/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast listeners and routers on a link: MLD versions 1 and 2 (RFC 2710,
 * RFC 3810) and multicast router discovery (RFC 4286), all within ICMPv6.
 *
 * Queries of both versions have type 130; those of version 2 have at least 28
 * bytes (RFC 3810 §8.1).
 */
#include "proto/network/icmpv6.h"
#include "proto/network/inet.h"
#include "proto/network/ipv6_ext.h"

#include <pkw/rows.h>

static const struct pkw_label record_types[] = {
	{ 1, "Mode Is Include", 0 },
	{ 2, "Mode Is Exclude", 0 },
	{ 3, "Change To Include Mode", 0 },
	{ 4, "Change To Exclude Mode", 0 },
	{ 5, "Allow New Sources", 0 },
	{ 6, "Block Old Sources", 0 },
};

#define V1(number, delay)                                                      \
	ICMP6_HEAD(number, U8("code")),                                        \
	U16("mrd", .def = (delay), .doc = "milliseconds in which to answer"),  \
	U16("reserved"),                                                       \
	IP6("mladdr", .doc = "group; :: asks for all")
static const struct pkw_field query_fields[] = { V1(130, 10000) };
static const struct pkw_field report_fields[] = { V1(131, 0) };
static const struct pkw_field done_fields[] = { V1(132, 0) };

enum { Q2_SOURCES_NUMBER = ICMP6_BODY + 7, Q2_SOURCES };
static const struct pkw_field query2_fields[] = {
	V1(130, 10000),
	BITS(4, "Resv"),
	BITS(1, "S", .doc = "routers shall not refresh their timers"),
	BITS(3, "QRV", .doc = "robustness of the querier"),
	U8("QQIC", .doc = "seconds between queries, coded"),
	[Q2_SOURCES_NUMBER] = U16("sources_number", COUNT(Q2_SOURCES)),
	[Q2_SOURCES] = LIST(&pkw__ip6_addresses, "sources"),
};

enum { REC_AUXDATA_LEN = 1, REC_SOURCES_NUMBER, REC_DST, REC_SOURCES, REC_AUXDATA };
static const struct pkw_field record_fields[] = {
	U8("rtype", .def = 4, LABELS(record_types)),
	[REC_AUXDATA_LEN] = U8("auxdata_len", LEN(REC_AUXDATA, .unit = 4, .pad = PKW_PAD_FREE)),
	[REC_SOURCES_NUMBER] = U16("sources_number", COUNT(REC_SOURCES)),
	[REC_DST] = IP6("dst", .doc = "group"),
	[REC_SOURCES] = LIST(&pkw__ip6_addresses, "sources"),
	[REC_AUXDATA] = BYTES("auxdata"),
};
static const struct pkw_record record_rec = RECORD("ICMPv6MLDMultAddrRec", 0, record_fields);
static const struct pkw_list records = { .rec = &record_rec };

enum { R2_RECORDS_NUMBER = ICMP6_BODY + 1, R2_RECORDS };
static const struct pkw_field report2_fields[] = {
	ICMP6_HEAD(143, U8("res")),
	U16("reserved"),
	[R2_RECORDS_NUMBER] = U16("records_number", COUNT(R2_RECORDS)),
	[R2_RECORDS] = LIST(&records, "records"),
};

static const struct pkw_field advertisement_fields[] = {
	ICMP6_HEAD(151, U8("advinter", .def = 20, .doc = "seconds between advertisements")),
	U16("queryint", .doc = "seconds between queries"),
	U16("robustness"),
};
static const struct pkw_field solicitation_fields[] = { ICMP6_HEAD(152, U8("res")) };
static const struct pkw_field termination_fields[] = { ICMP6_HEAD(153, U8("res")) };

static const struct pkw_bind query_binds[] = { { .space = "icmpv6", .value = 130 } };
static const struct pkw_bind query2_binds[] = { { .space = "icmpv6", .value = 130, .only = 'b' } };
static const struct pkw_bind report_binds[] = { { .space = "icmpv6", .value = 131 } };
static const struct pkw_bind done_binds[] = { { .space = "icmpv6", .value = 132 } };
static const struct pkw_bind report2_binds[] = { { .space = "icmpv6", .value = 143 } };
static const struct pkw_bind advertisement_binds[] = { { .space = "icmpv6", .value = 151 } };
static const struct pkw_bind solicitation_binds[] = { { .space = "icmpv6", .value = 152 } };
static const struct pkw_bind termination_binds[] = { { .space = "icmpv6", .value = 153 } };

static const struct pkw_below link_below[] = {
	{ "IPv6", "hlim", 1, NULL },
};
static const struct pkw_below nodes_below[] = {
	{ "IPv6", "hlim", 1, NULL },
	{ "IPv6", "dst", 0, "ff02::1" },
};
static const struct pkw_below routers_below[] = {
	{ "IPv6", "hlim", 1, NULL },
	{ "IPv6", "dst", 0, "ff02::2" },
};
static const struct pkw_below reports_below[] = {
	{ "IPv6", "hlim", 1, NULL },
	{ "IPv6", "dst", 0, "ff02::16" },
};
static const struct pkw_below snoopers_below[] = {
	{ "IPv6", "hlim", 1, NULL },
	{ "IPv6", "dst", 0, "ff02::6a" },
};

static const struct pkw_proto query2 = {
	.rec = RECORD("ICMPv6MLQuery2", 0, query2_fields),
	.title = "MLDv2 multicast listener query",
	.ref = "RFC 3810",
	.cls = PKW_TRANSPORT,
	BINDS(query2_binds),
	BELOW(nodes_below),
	.summary = "{mladdr}",
};

static const struct pkw_proto *query_guess(const uint8_t *b, size_t n)
{
	(void)b;
	return n >= 28 ? &query2 : NULL;
}

static const struct pkw_proto query = {
	.rec = RECORD("ICMPv6MLQuery", 0, query_fields),
	.title = "MLD multicast listener query",
	.ref = "RFC 2710",
	.cls = PKW_TRANSPORT,
	BINDS(query_binds),
	BELOW(nodes_below),
	.guess = query_guess,
	.summary = "{mladdr}",
};

static int report_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	(void)a;
	(void)al;
	return inet_proto(q, ql) == &query || inet_proto(q, ql) == &query2 ? 2 : 0;
}

static const struct pkw_proto report = {
	.rec = RECORD("ICMPv6MLReport", 0, report_fields),
	.title = "MLD multicast listener report",
	.ref = "RFC 2710",
	.cls = PKW_TRANSPORT,
	BINDS(report_binds),
	BELOW(link_below),
	.summary = "{mladdr}",
	.answers = report_answers,
};

static const struct pkw_proto done = {
	.rec = RECORD("ICMPv6MLDone", 0, done_fields),
	.title = "MLD multicast listener done",
	.ref = "RFC 2710",
	.cls = PKW_TRANSPORT,
	BINDS(done_binds),
	BELOW(routers_below),
	.summary = "{mladdr}",
};

static const struct pkw_proto report2 = {
	.rec = RECORD("ICMPv6MLReport2", 0, report2_fields),
	.title = "MLDv2 multicast listener report",
	.ref = "RFC 3810",
	.cls = PKW_TRANSPORT,
	BINDS(report2_binds),
	BELOW(reports_below),
	.summary = "{records.dst}",
	.answers = report_answers,
};

static const struct pkw_proto advertisement = {
	.rec = RECORD("ICMPv6MRD_Advertisement", 0, advertisement_fields),
	.title = "Multicast router advertisement",
	.ref = "RFC 4286",
	.cls = PKW_TRANSPORT,
	BINDS(advertisement_binds),
	BELOW(routers_below),
};

static const struct pkw_proto solicitation = {
	.rec = RECORD("ICMPv6MRD_Solicitation", 0, solicitation_fields),
	.title = "Multicast router solicitation",
	.ref = "RFC 4286",
	.cls = PKW_TRANSPORT,
	BINDS(solicitation_binds),
	BELOW(routers_below),
};

static const struct pkw_proto termination = {
	.rec = RECORD("ICMPv6MRD_Termination", 0, termination_fields),
	.title = "Multicast router termination",
	.ref = "RFC 4286",
	.cls = PKW_TRANSPORT,
	BINDS(termination_binds),
	BELOW(snoopers_below),
};

PROTOS(mld, &query, &query2, &report, &done, &report2, &advertisement, &solicitation,
    &termination);
