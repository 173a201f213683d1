/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IGMP versions 1 and 2 (RFC 1112, RFC 2236) and version 3 (RFC 3376), with the
 * multicast router discovery messages (RFC 4286) that share its number space.
 *
 * The type alone does not tell a version 2 query from a version 3 one: the
 * latter has at least 12 bytes (RFC 3376 §7.1).  Scapy splits version 3 into a
 * head (IGMPv3) and what follows it by type (IGMPv3mq, mr, mra); so do we.
 *
 * All of it travels with TTL 1, and reports of version 3 with the precedence
 * and to the group that the RFC asks for.
 */
#include "proto/network/inet.h"

#include <pkw/rows.h>

static const struct pkw_label types[] = {
	{ 0x11, "Group Membership Query", 0 },
	{ 0x12, "Version 1 - Membership Report", 0 },
	{ 0x13, "DVMRP", 0 },
	{ 0x14, "PIM version 1", 0 },
	{ 0x16, "Version 2 - Membership Report", 0 },
	{ 0x17, "Leave Group", 0 },
	{ 0x1e, "Multicast Traceroute Response", 0 },
	{ 0x1f, "Multicast Traceroute", 0 },
};

static const struct pkw_label types3[] = {
	{ 0x11, "Membership Query", 0 },
	{ 0x22, "Version 3 Membership Report", 0 },
	{ 0x30, "Multicast Router Advertisement", 0 },
	{ 0x31, "Multicast Router Solicitation", 0 },
	{ 0x32, "Multicast Router Termination", 0 },
};

static const struct pkw_label record_types[] = {
	{ 1, "Mode Is Include", 0 },
	{ 2, "Mode Is Exclude", 0 },
	{ 3, "Change To Include Mode", 0 },
	{ 4, "Change To Exclude Mode", 0 },
	{ 5, "Allow New Sources", 0 },
	{ 6, "Block Old Sources", 0 },
};

enum { IGMP_TYPE };
static const struct pkw_field igmp_fields[] = {
	[IGMP_TYPE] = U8("type", .def = 0x11, LABELS(types)),
	U8("mrcode", .def = 20, .doc = "tenths of a second in which to answer"),
	U16("chksum", HEX, SUM(&pkw_sum_inet, .of = PKW_OF_LAYER)),
	IP4("gaddr", .doc = "group; 0.0.0.0 asks for all"),
};

static const struct pkw_field igmpv3_fields[] = {
	[IGMP_TYPE] = U8("type", .def = 0x11, NEXT("igmpv3"), LABELS(types3)),
	U8("mrcode", .def = 20, .doc = "above 127: 4 bits of mantissa, 3 of exponent"),
	U16("chksum", HEX, SUM(&pkw_sum_inet, .of = PKW_OF_LAYER)),
};

static const struct pkw_field source_fields[] = { IP4("sa") };
static const struct pkw_record source_rec = RECORD("IGMPv3source", 0, source_fields);
static const struct pkw_list sources = { .rec = &source_rec, .style = PKW_LIST_VALUES };

enum { MQ_NUMSRC = 5, MQ_SRCADDRS };
static const struct pkw_field mq_fields[] = {
	IP4("gaddr", .doc = "group; 0.0.0.0 asks for all"),
	BITS(4, "resv"),
	BITS(1, "s", .doc = "routers shall not refresh their timers"),
	BITS(3, "qrv", .doc = "robustness of the querier"),
	U8("qqic", .doc = "seconds between queries, coded as mrcode"),
	[MQ_NUMSRC] = U16("numsrc", COUNT(MQ_SRCADDRS)),
	[MQ_SRCADDRS] = LIST(&sources, "srcaddrs"),
};

enum { GR_AUXDLEN = 1, GR_NUMSRC, GR_MADDR, GR_SRCADDRS, GR_AUXDATA };
static const struct pkw_field gr_fields[] = {
	U8("rtype", .def = 1, LABELS(record_types)),
	[GR_AUXDLEN] = U8("auxdlen", LEN(GR_AUXDATA, .unit = 4, .pad = PKW_PAD_FREE)),
	[GR_NUMSRC] = U16("numsrc", COUNT(GR_SRCADDRS)),
	[GR_MADDR] = IP4("maddr", .doc = "group"),
	[GR_SRCADDRS] = LIST(&sources, "srcaddrs"),
	[GR_AUXDATA] = BYTES("auxdata"),
};
static const struct pkw_record gr_rec = RECORD("IGMPv3gr", 0, gr_fields);
static const struct pkw_list groups = { .rec = &gr_rec };

enum { MR_NUMGRP = 1, MR_RECORDS };
static const struct pkw_field mr_fields[] = {
	U16("res2", HEX),
	[MR_NUMGRP] = U16("numgrp", COUNT(MR_RECORDS)),
	[MR_RECORDS] = LIST(&groups, "records"),
};

static const struct pkw_field mra_fields[] = {
	U16("qryIntvl", .doc = "seconds between queries"),
	U16("robust", .doc = "robustness variable"),
};

static const struct pkw_bind any_binds[] = { { .space = "ipproto", .value = 2 } };
static const struct pkw_bind igmp_binds[] = {
	{ .space = "igmp", .value = 0x11 },
	{ .space = "igmp", .value = 0x12 },
	{ .space = "igmp", .value = 0x16 },
	{ .space = "igmp", .value = 0x17 },
};
static const struct pkw_bind igmpv3_binds[] = {
	{ .space = "igmp", .value = 0x22 },
	{ .space = "igmp", .value = 0x30 },
	{ .space = "igmp", .value = 0x31 },
	{ .space = "igmp", .value = 0x32 },
};
static const struct pkw_bind mq_binds[] = { { .space = "igmpv3", .value = 0x11 } };
static const struct pkw_bind mr_binds[] = { { .space = "igmpv3", .value = 0x22 } };
static const struct pkw_bind mra_binds[] = { { .space = "igmpv3", .value = 0x30 } };

static const struct pkw_below igmp_below[] = {
	{ "IP", "ttl", 1, NULL },
};
static const struct pkw_below igmpv3_below[] = {
	{ "IP", "ttl", 1, NULL },
	{ "IP", "tos", 0xc0, NULL },
	{ "IP", "dst", 0, "224.0.0.22" },
};
static const struct pkw_below mr_below[] = {
	{ "IGMPv3", "mrcode", 0, NULL },
};

static int answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t type = pkw_u(a, al, IGMP_TYPE);

	if (!inet_proto(q, ql) || inet_proto(q, ql)->answers != answers ||
	    pkw_u(q, ql, IGMP_TYPE) != 0x11)
		return 0;
	return type == 0x12 || type == 0x16 || type == 0x22 ? 2 : 0;
}

static const struct pkw_proto igmpv3 = {
	.rec = RECORD("IGMPv3", 0, igmpv3_fields),
	.title = "Internet Group Management Protocol, version 3",
	.ref = "RFC 3376",
	.cls = PKW_TRANSPORT,
	BINDS(igmpv3_binds),
	BELOW(igmpv3_below),
	.summary = "{type}",
	.answers = answers,
};

static const struct pkw_proto *guess(const uint8_t *b, size_t n)
{
	return n >= 12 && b[0] == 0x11 ? &igmpv3 : NULL;
}

static const struct pkw_proto igmp = {
	.rec = RECORD("IGMP", 0, igmp_fields),
	.title = "Internet Group Management Protocol, versions 1 and 2",
	.ref = "RFC 2236",
	.cls = PKW_TRANSPORT,
	BINDS(igmp_binds),
	BELOW(igmp_below),
	.guess = guess,
	.summary = "{type} {gaddr}",
	.answers = answers,
};

static const struct pkw_proto mq = {
	.rec = RECORD("IGMPv3mq", 0, mq_fields),
	.title = "IGMPv3 membership query",
	.ref = "RFC 3376",
	BINDS(mq_binds),
	.summary = "{gaddr} {srcaddrs.sa}",
};

static const struct pkw_proto mr = {
	.rec = RECORD("IGMPv3mr", 0, mr_fields),
	.title = "IGMPv3 membership report",
	.ref = "RFC 3376",
	BINDS(mr_binds),
	BELOW(mr_below),
	.summary = "{records.maddr}",
};

static const struct pkw_proto mra = {
	.rec = RECORD("IGMPv3mra", 0, mra_fields),
	.title = "Multicast router advertisement",
	.ref = "RFC 4286",
	BINDS(mra_binds),
};

static const struct pkw_pick type_pick = { 0, 8, "igmp" };
static const struct pkw_proto any = {
	.rec = EMPTY("IGMPany", 0),
	.title = "Internet Group Management Protocol of any version",
	.flags = PKW_ABSTRACT,
	.pick = &type_pick,
	.next = "IGMP",
	BINDS(any_binds),
};

PROTOS(igmp, &any, &igmp, &igmpv3, &mq, &mr, &mra);
