/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet and its tags: Ether, Dot3, Dot1Q, Dot1AD, Dot1AH.
 *
 * Two frame formats share their first 14 bytes and differ in what the last two
 * mean: an EtherType (Ethernet II) or the payload's length (802.3), told apart
 * by the value.  IEEE 802.3 §3.2.6 draws the line at 1536; as Scapy we take all
 * above 1500 for a type.  A capture always starts as Ether, whose guess turns
 * short ones into Dot3, behind which there is an LLC header.
 *
 * A VLAN tag carries the same two-faced field.  There it stays a type, because
 * the tag is one protocol under one name; a length in it is a plain number, and
 * what follows is LLC.
 */
#include "proto/link/ethertypes.h"
#include "proto/link/link.h"

#include <pkw/rows.h>

enum { LENGTH_MAX = 1500 };

enum { ETHER_DST, ETHER_SRC, ETHER_TYPE };
static const struct pkw_field ether_fields[] = {
	[ETHER_DST]  = MAC("dst", .flags = PKW_DST, .text = "ff:ff:ff:ff:ff:ff",
	    .doc = "next hop, or a group"),
	[ETHER_SRC]  = MAC("src", .flags = PKW_SRC, .text = "00:00:00:00:00:00",
	    .doc = "this station"),
	[ETHER_TYPE] = U16("type", HEX, .def = 0x9000, NEXT("ethertype"), LABELS(pkw__ethertypes),
	    .doc = "EtherType of what follows"),
};

enum { DOT3_DST, DOT3_SRC, DOT3_LEN };
static const struct pkw_field dot3_fields[] = {
	[DOT3_DST] = MAC("dst", .flags = PKW_DST, .text = "ff:ff:ff:ff:ff:ff"),
	[DOT3_SRC] = MAC("src", .flags = PKW_SRC, .text = "00:00:00:00:00:00"),
	[DOT3_LEN] = U16("len", LEN(PKW_OF_PAYLOAD), .doc = "bytes that follow, without padding"),
};

static const struct pkw_proto dot3 = {
	.rec = RECORD("Dot3", 0, dot3_fields),
	.title = "IEEE 802.3 frame with a length",
	.ref = "IEEE 802.3-2022 §3.2.6",
	.cls = PKW_LINK,
	.next = "LLC",
	.summary = "{src} > {dst}",
};

static const struct pkw_proto *ether_guess(const uint8_t *b, size_t n)
{
	if (n < 14 || (b[12] << 8 | b[13]) > LENGTH_MAX)
		return NULL;
	return &dot3;
}

static int ether_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw__alike(q, ql, a, al) && pkw_u(q, ql, ETHER_TYPE) == pkw_u(a, al, ETHER_TYPE);
}

static const struct pkw_bind ether_binds[] = {
	{ .space = "linktype", .value = 1 },
	{ .space = "ethertype", .value = 0x6558 },
};

static const struct pkw_below ether_below[] = {
	{ .proto = "VXLAN", .field = "NextProtocol", .value = 3 },
};

const struct pkw_proto pkw__ether = {
	.rec = RECORD("Ether", 0, ether_fields),
	BELOW(ether_below),
	.title = "Ethernet II",
	.ref = "IEEE 802.3-2022 §3.2.6",
	BINDS(ether_binds),
	.cls = PKW_LINK,
	.summary = "{src} > {dst} ({type})",
	.flags = PKW_GUESS_LAST,
	.guess = ether_guess,
	.answers = ether_answers,
};

enum { TAG_PRIO, TAG_ID, TAG_VLAN, TAG_TYPE };
static const struct pkw_label tag_prios[] = {
	{ 0, "best-effort" },
	{ 1, "background" },
	{ 2, "excellent-effort" },
	{ 3, "critical-applications" },
	{ 4, "video" },
	{ 5, "voice" },
	{ 6, "internetwork-control" },
	{ 7, "network-control" },
};
static const struct pkw_field tag_fields[] = {
	[TAG_PRIO] = BITS(3, "prio", LABELS(tag_prios), .doc = "priority code point"),
	[TAG_ID]   = BITS(1, "id", .doc = "drop eligible indicator, formerly canonical format"),
	[TAG_VLAN] = BITS(12, "vlan", .def = 1, .doc = "VLAN identifier, 0: priority only"),
	[TAG_TYPE] = U16("type", HEX, NEXT("ethertype", GUARD(PKW_GT, TAG_TYPE, LENGTH_MAX)),
	    LABELS(pkw__ethertypes), .doc = "EtherType of what follows, or its length"),
};

static int tag_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw__alike(q, ql, a, al) && pkw_u(q, ql, TAG_VLAN) == pkw_u(a, al, TAG_VLAN) &&
	    pkw_u(q, ql, TAG_TYPE) == pkw_u(a, al, TAG_TYPE);
}

static const struct pkw_proto *tag_above(const uint8_t *b, size_t n)
{
	return n >= 4 && (b[2] << 8 | b[3]) <= LENGTH_MAX ? &pkw__llc : NULL;
}

static const struct pkw_bind dot1q_binds[] = {
	{ .space = "ethertype", .value = 0x8100 },
};

const struct pkw_proto pkw__dot1q = {
	.rec = RECORD("Dot1Q", 0, tag_fields),
	.title = "802.1Q VLAN tag (customer tag)",
	.ref = "IEEE 802.1Q-2022 §9",
	BINDS(dot1q_binds),
	.cls = PKW_LINK,
	.summary = "vlan {vlan}",
	.above = tag_above,
	.answers = tag_answers,
};

/* 0x9100 and 0x9200 are what bridges used before 802.1ad was there. */
static const struct pkw_bind dot1ad_binds[] = {
	{ .space = "ethertype", .value = 0x88a8 },
	{ .space = "ethertype", .value = 0x9100, .only = 'd' },
	{ .space = "ethertype", .value = 0x9200, .only = 'd' },
};

const struct pkw_proto pkw__dot1ad = {
	.rec = RECORD("Dot1AD", 0, tag_fields),
	.title = "802.1ad VLAN tag (service tag, QinQ)",
	.ref = "IEEE 802.1Q-2022 §9",
	BINDS(dot1ad_binds),
	.cls = PKW_LINK,
	.summary = "s-vlan {vlan}",
	.above = tag_above,
	.answers = tag_answers,
};

static const struct pkw_field dot1ah_fields[] = {
	BITS(3, "prio", LABELS(tag_prios), .doc = "priority of the customer's frame"),
	BITS(1, "dei", .doc = "drop eligible indicator"),
	BITS(1, "nca", .doc = "no customer addresses"),
	BITS(1, "res1"),
	BITS(2, "res2"),
	BITS(24, "isid", .def = 1, .doc = "backbone service instance"),
};

static const struct pkw_bind dot1ah_binds[] = {
	{ .space = "ethertype", .value = 0x88e7 },
};

static const struct pkw_proto dot1ah = {
	.rec = RECORD("Dot1AH", 0, dot1ah_fields),
	.title = "802.1ah service tag (MAC in MAC)",
	.ref = "IEEE 802.1Q-2022 §9.7",
	BINDS(dot1ah_binds),
	.cls = PKW_LINK,
	.next = "Ether",
	.summary = "i-sid {isid}",
};

PROTOS(ether, &pkw__ether, &dot3, &pkw__dot1q, &pkw__dot1ad, &dot1ah);
