/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What RFC 4884 lets an ICMP error carry behind the datagram it quotes: a
 * header with a checksum over all of it, then objects, each with its length,
 * class and type.  Known are the MPLS label stack (RFC 4950) and the interface
 * a packet came in by or should have gone out by (RFC 5837); any other object
 * is its header and Raw.
 *
 * Objects follow each other as layers, chosen by the class octet.  The data of
 * an unknown object is the payload of its layer, so the next object is that
 * layer's `rest'; known objects are whole headers and what follows is their
 * payload.
 */
#include "base/bytes.h"
#include "proto/network/inet.h"

#include <pkw/rows.h>

static const struct pkw_label class_names[] = {
	{ 1, "MPLS Label Stack Class", 0 },
	{ 2, "Interface Information Object", 0 },
	{ 3, "Interface Identification Object", 0 },
	{ 4, "Extended Information", 0 },
};

static const struct pkw_label roles[] = {
	{ 0, "incoming", 0 },
	{ 1, "sub-IP component of incoming", 0 },
	{ 2, "outgoing", 0 },
	{ 3, "next hop", 0 },
};

static const struct pkw_label families[] = {
	{ 1, "IPv4", 0 },
	{ 2, "IPv6", 0 },
};

static const struct pkw_field header_fields[] = {
	BITS(4, "version", .def = 2),
	BITS(12, "reserved"),
	U16("chksum", HEX, SUM(&pkw_sum_inet, .of = PKW_OF_LAYER),
	    .doc = "over this header and all objects"),
};

static const struct pkw_field object_fields[] = {
	U16("len", LEN(PKW_OF_LAYER)),
	U8("classnum", LABELS(class_names)),
	U8("classtype"),
};

/* As the layer MPLS, but what follows an entry is always the next one. */
static const struct pkw_field entry_fields[] = {
	BITS(20, "label", .def = 3),
	BITS(3, "cos", .doc = "traffic class"),
	BITS(1, "s", .def = 1, .doc = "bottom of the stack"),
	U8("ttl"),
};
static const struct pkw_record entry_rec = RECORD("MPLS", 0, entry_fields);
static const struct pkw_list entries = { .rec = &entry_rec };

static const struct pkw_field mpls_fields[] = {
	U16("len", LEN(PKW_OF_RECORD)),
	U8("classnum", .def = 1, LABELS(class_names)),
	U8("classtype", .def = 1),
	LIST(&entries, "stack", .doc = "as the packet carried it when it was dropped"),
};

enum {
	IFACE_LEN, IFACE_CLASS, IFACE_ROLE, IFACE_RESERVED, IFACE_HAS_IFINDEX, IFACE_HAS_IPADDR,
	IFACE_HAS_IFNAME, IFACE_HAS_MTU, IFACE_IFINDEX, IFACE_AFI, IFACE_RESERVED2, IFACE_IP4,
	IFACE_IP6, IFACE_IFNAME_LEN, IFACE_IFNAME, IFACE_MTU
};

static const struct pkw_field iface_fields[] = {
	[IFACE_LEN] = U16("len", LEN(PKW_OF_RECORD)),
	[IFACE_CLASS] = U8("classnum", .def = 2, LABELS(class_names)),
	[IFACE_ROLE] = BITS(2, "interface_role", LABELS(roles)),
	[IFACE_RESERVED] = BITS(2, "reserved"),
	[IFACE_HAS_IFINDEX] = BITS(1, "has_ifindex"),
	[IFACE_HAS_IPADDR] = BITS(1, "has_ipaddr"),
	[IFACE_HAS_IFNAME] = BITS(1, "has_ifname"),
	[IFACE_HAS_MTU] = BITS(1, "has_mtu"),
	[IFACE_IFINDEX] = U32("ifindex", IF(PKW_EQ, IFACE_HAS_IFINDEX, 1)),
	[IFACE_AFI] = U16("afi", .def = 1, IF(PKW_EQ, IFACE_HAS_IPADDR, 1), LABELS(families)),
	[IFACE_RESERVED2] = U16("reserved2", IF(PKW_EQ, IFACE_HAS_IPADDR, 1)),
	[IFACE_IP4] = IP4("ip4", IF(PKW_EQ, IFACE_HAS_IPADDR, 1), AND(PKW_EQ, IFACE_AFI, 1)),
	[IFACE_IP6] = IP6("ip6", IF(PKW_EQ, IFACE_HAS_IPADDR, 1), AND(PKW_EQ, IFACE_AFI, 2)),
	[IFACE_IFNAME_LEN] = U8("ifname_len", IF(PKW_EQ, IFACE_HAS_IFNAME, 1),
	    LEN(IFACE_IFNAME, .bias = -1), .doc = "of the name, with this octet"),
	[IFACE_IFNAME] = TEXT("ifname", IF(PKW_EQ, IFACE_HAS_IFNAME, 1), .flags = PKW_ZPAD,
	    .doc = "zeros behind it make it whole words with its length"),
	[IFACE_MTU] = U32("mtu", IF(PKW_EQ, IFACE_HAS_MTU, 1)),
};

static const struct pkw_bind mpls_binds[] = { { .space = "icmp.ext", .value = 1 } };
static const struct pkw_bind iface_binds[] = { { .space = "icmp.ext", .value = 2 } };

/* RFC 5837 §4.3: name and length octet together are a multiple of 4. */
static void iface_seal(struct pkw_pkt *p, int layer)
{
	static const char zeros[4];
	struct pkw_span s;
	char name[64];
	int root = pkw_root(p, layer);

	if (root < 0 || pkw_pinned(p, root, IFACE_IFNAME_LEN) ||
	    pkw_field_bytes(p, root, IFACE_IFNAME, &s) < 0)
		return;
	size_t pad = (3 - s.len % 4) % 4;
	if (pad == 0 || s.len + pad > sizeof name)
		return;
	memcpy(name, s.p, s.len);
	memcpy(name + s.len, zeros, pad);
	pkw_field_set_bytes(p, root, IFACE_IFNAME, name, s.len + pad);
}

/* A name that was not padded stays so: its length is taken as the user's. */
static void iface_thaw(struct pkw_pkt *p, int layer)
{
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root >= 0 && pkw_field_bytes(p, root, IFACE_IFNAME, &s) == 0 && s.len % 4 != 3)
		pkw_field_set_u(p, root, IFACE_IFNAME_LEN, pkw_u(p, layer, IFACE_IFNAME_LEN));
}

static const struct pkw_pick class_pick = { 16, 8, "icmp.ext" };
static const struct pkw_proto any_object = {
	.rec = EMPTY("ICMPExtension", 0),
	.title = "Object of an ICMP extension",
	.flags = PKW_ABSTRACT,
	.pick = &class_pick,
	.next = "ICMPExtensionObject",
};

const struct pkw_proto pkw__icmp_extension = {
	.rec = RECORD("ICMPExtensionHeader", 0, header_fields),
	.title = "Extension behind the quote of an ICMP error",
	.ref = "RFC 4884",
	.next = "ICMPExtension",
};

static const struct pkw_proto object = {
	.rec = RECORD("ICMPExtensionObject", 0, object_fields),
	.title = "ICMP extension object of any class",
	.ref = "RFC 4884",
	.rest = &any_object,
};

static const struct pkw_proto mpls = {
	.rec = RECORD("ICMPExtensionMPLS", 0, mpls_fields),
	.title = "ICMP extension object: MPLS label stack",
	.ref = "RFC 4950",
	BINDS(mpls_binds),
	.next = "ICMPExtension",
};

static const struct pkw_proto iface = {
	.rec = RECORD("ICMPExtensionInterfaceInformation", 0, iface_fields),
	.title = "ICMP extension object: interface information",
	.ref = "RFC 5837",
	BINDS(iface_binds),
	.next = "ICMPExtension",
	.seal = iface_seal,
	.thaw = iface_thaw,
};

PROTOS(icmp_ext, &pkw__icmp_extension, &any_object, &object, &mpls, &iface);
