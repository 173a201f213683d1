/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VXLAN (RFC 7348) with its two extensions, each behind a bit of its own: the
 * generic protocol extension (draft-ietf-nvo3-vxlan-gpe), whose NextProtocol
 * allows payloads other than Ethernet, and the group policy option
 * (draft-smith-vxlan-group-policy).  Names and order are Scapy's.
 *
 * What is not Ethernet needs the generic extension: IP and IPv6 ask for its flag
 * and their number in NextProtocol by their rows of struct pkw_below.  Ethernet
 * does not, unlike in Scapy, whose VXLAN()/Ether() is a packet of the extension
 * on the plain protocol's port: Linux' vxlan device drops it.
 */
#include <pkw/pkt.h>
#include <pkw/rows.h>

enum { GPE = 1 << 2, GROUP = 1 << 7 };

/* clang-format off */
static const struct pkw_label flag_names[] = {
	{ 0, "OAM", 0 }, { 1, "R", 0 }, { 2, "NextProtocol", 0 },
	{ 3, "Instance", 0 }, { 4, "V1", 0 }, { 5, "V2", 0 }, { 6, "R", 0 },
	{ 7, "G", 0 },
};
static const struct pkw_label policy_names[] = {
	{ 0, "R", 0 }, { 1, "R", 0 }, { 2, "R", 0 }, { 3, "A", 0 },
	{ 4, "R", 0 }, { 5, "R", 0 }, { 6, "D", 0 }, { 7, "R", 0 },
};
static const struct pkw_label next_names[] = {
	{ 0, "NotDefined", 0 }, { 1, "IPv4", 0 }, { 2, "IPv6", 0 },
	{ 3, "Ethernet", 0 }, { 4, "NSH", 0 }, { 5, "MPLS", 0 },
};
/* clang-format on */

enum { VXLAN_FLAGS };

static const struct pkw_field vxlan_fields[] = {
	[VXLAN_FLAGS] =
	    FLAGS(8, flag_names, "flags", .def = 8, .spell = 1, .doc = "Instance: the VNI is valid"),
	U16("reserved0", IF(PKW_BITS, VXLAN_FLAGS, GPE)),
	U8("NextProtocol", IF(PKW_BITS, VXLAN_FLAGS, GPE), LABELS(next_names)),
	U24("reserved1", IF(PKW_NBITS, VXLAN_FLAGS, GPE | GROUP)),
	FLAGS(8, policy_names, "gpflags", HEX, IF(PKW_BITS, VXLAN_FLAGS, GROUP),
	    .doc = "D: do not learn, A: policy applied"),
	U16("gpid", IF(PKW_BITS, VXLAN_FLAGS, GROUP), .doc = "group policy id"),
	U24("vni", HEX, .doc = "VXLAN network identifier"),
	U8("reserved2", HEX),
};

/* Flags are the first byte, NextProtocol the fourth. */
static const struct pkw_proto *vxlan_above(const uint8_t *b, size_t n)
{
	static const char *const next[] = { "Ether", "IP", "IPv6", "Ether" };

	if (n < 4 || !(b[0] & GPE))
		return NULL;
	return pkw_proto_find(b[3] < PKW_N(next) ? next[b[3]] : "Raw");
}

/* RFC 7348, GPE, NSH, Linux before it had a number, Cisco ACI. */
static const struct pkw_bind vxlan_binds[] = {
	{ .space = "udp.port", .value = 4789, .build = { 4789, 4789 } },
	{ .space = "udp.port", .value = 4790, .only = 'd' },
	{ .space = "udp.port", .value = 6633, .only = 'd' },
	{ .space = "udp.port", .value = 8472, .only = 'd' },
	{ .space = "udp.port", .value = 48879, .only = 'd' },
};

static const struct pkw_proto vxlan = {
	.rec	 = RECORD("VXLAN", 0, vxlan_fields),
	.title	 = "Virtual eXtensible Local Area Network",
	.ref	 = "RFC 7348",
	.next	 = "Ether",
	.above	 = vxlan_above,
	.summary = "vni {vni}",
	BINDS(vxlan_binds),
};

PROTOS(vxlan, &vxlan);
