/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux cooked captures: what libpcap puts in front of packets where there is
 * no link header to keep, as on the "any" device (LINKTYPE_LINUX_SLL and
 * LINUX_SLL2).  They exist in capture files only.
 *
 * The protocol is the EtherType, except below 1536, where Linux has numbers of
 * its own: 1 for Novell's raw 802.3, 4 for an LLC header.
 */
#include "proto/link/ethertypes.h"

#include <pkw/rows.h>

static const struct pkw_label kinds[] = {
	{ 0, "unicast" },
	{ 1, "broadcast" },
	{ 2, "multicast" },
	{ 3, "unicast-to-another-host" },
	{ 4, "sent-by-us" },
};

/* ARPHRD_ numbers of <linux/if_arp.h>. */
static const struct pkw_label devices[] = {
	{ 0, "netrom" },
	{ 1, "ether" },
	{ 3, "ax25" },
	{ 6, "ieee802" },
	{ 15, "dlci" },
	{ 24, "ieee1394" },
	{ 27, "eui64" },
	{ 32, "infiniband" },
	{ 256, "slip" },
	{ 280, "can" },
	{ 512, "ppp" },
	{ 513, "hdlc" },
	{ 519, "rawip" },
	{ 768, "tunnel" },
	{ 769, "tunnel6" },
	{ 772, "loopback" },
	{ 774, "fddi" },
	{ 776, "sit" },
	{ 778, "ipgre" },
	{ 783, "irda" },
	{ 801, "ieee80211" },
	{ 802, "ieee80211-prism" },
	{ 803, "ieee80211-radiotap" },
	{ 804, "ieee802154" },
	{ 823, "ip6gre" },
	{ 824, "netlink" },
	{ 825, "6lowpan" },
	{ 826, "vsockmon" },
	{ 65534, "none" },
	{ 65535, "void" },
};

#define PROTO                                                                  \
	U16("proto", HEX, .def = 0x0800, NEXT("ethertype"), LABELS(pkw__ethertypes))
#define ADDRESS                                                                \
	BYTESN(8, "src", .flags = PKW_ZPAD, .doc = "sender's link address, filled up with zeros")
#define DEVICE                                                                 \
	U16("lladdrtype", HEX, .def = 512, LABELS(devices), .doc = "kind of device (ARPHRD)")

static const struct pkw_field sll_fields[] = {
	U16("pkttype", LABELS(kinds), .doc = "to whom it went"),
	DEVICE,
	U16("lladdrlen", .doc = "bytes of src in use"),
	ADDRESS,
	PROTO,
};

static const struct pkw_bind sll_binds[] = {
	{ .space = "linktype", .value = 113 },
};

static const struct pkw_proto sll = {
	.rec = RECORD("CookedLinux", 0, sll_fields),
	.title = "Linux cooked capture",
	.ref = "tcpdump.org LINKTYPE_LINUX_SLL",
	BINDS(sll_binds),
	.cls = PKW_LINK,
	.summary = "{pkttype} {src}",
};

static const struct pkw_field sll2_fields[] = {
	PROTO,
	U16("reserved"),
	U32("ifindex", .doc = "number of the interface"),
	DEVICE,
	U8("pkttype", LABELS(kinds), .doc = "to whom it went"),
	U8("lladdrlen", .doc = "bytes of src in use"),
	ADDRESS,
};

static const struct pkw_bind sll2_binds[] = {
	{ .space = "linktype", .value = 276 },
};

static const struct pkw_proto sll2 = {
	.rec = RECORD("CookedLinuxV2", 0, sll2_fields),
	.title = "Linux cooked capture, version 2",
	.ref = "tcpdump.org LINKTYPE_LINUX_SLL2",
	BINDS(sll2_binds),
	.cls = PKW_LINK,
	.summary = "{pkttype} {src} interface {ifindex}",
};

PROTOS(cooked, &sll, &sll2);
