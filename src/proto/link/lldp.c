/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LLDP (IEEE 802.1AB-2016): the TLVs that every implementation knows.
 *
 * A frame is a chain of TLVs, seven bits of type and nine of length before each
 * body.  As in Scapy each TLV is a layer and the next one its payload; LLDPDU
 * is never a layer, it only looks at a type.  Behind the end TLV there is
 * padding.  Identifiers (chassis, port) are a MAC address, an address of a
 * family that is named in front of it, or text, by their subtype; all three are
 * called `id', of which one is there.
 *
 * Bodies of organisations' TLVs are in lldp_8021.c, lldp_8023.c, lldp_med.c;
 * those nobody knows are LLDPDUGenericOrganisationSpecific.
 */
#include "proto/link/lldp.h"

#include "proto/link/link.h"

enum { FRAME_MIN = 60 }; /* without the check sequence */

static int is_tag(const struct pkw_proto *proto)
{
	return proto == &pkw__dot1q || proto == &pkw__dot1ad;
}

/*
 * As Scapy does, a frame that was built gets the zeros which the card would add
 * to it.  One that was read is left as it is, and so is one with padding.
 */
void pkw__lldp_pad(struct pkw_pkt *p, int layer)
{
	static const uint8_t zeros[FRAME_MIN];
	const struct pkw_view *v = pkw_view(p);
	int below = layer - 1;

	while (below > 0 && is_tag(v->layers[below].proto))
		below--;
	if (below != 0 || v->layers[0].proto != &pkw__ether || v->len >= FRAME_MIN ||
	    v->layers[layer].flags & PKW_LAYER_READ ||
	    v->layers[v->nlayers - 1].flags & PKW_LAYER_REST)
		return;
	pkw_push_bytes(p, pkw_proto_find("Padding"), zeros, FRAME_MIN - v->len);
}

const struct pkw_label pkw__lldp_types[LLDP_N_TYPES] = {
	{ 0, "end of LLDPDU" },
	{ 1, "chassis id" },
	{ 2, "port id" },
	{ 3, "time to live" },
	{ 4, "port description" },
	{ 5, "system name" },
	{ 6, "system description" },
	{ 7, "system capabilities" },
	{ 8, "management address" },
	{ 127, "organisation specific TLV" },
};

const struct pkw_label pkw__lldp_orgs[LLDP_N_ORGS] = {
	{ 0x000ecf, "PROFIBUS International (PNO)" },
	{ LLDP_IEEE_8021, "IEEE 802.1" },
	{ LLDP_IEEE_8023, "IEEE 802.3" },
	{ LLDP_TIA_MED, "TIA TR-41 Committee . Media Endpoint Discovery" },
	{ 0x001b21, "Intel (DCBX before IEEE)" },
	{ 0x30b216, "Hytec Geraetebau GmbH" },
};

static const struct pkw_label chassis_subtypes[] = {
	{ 0, "reserved" },
	{ 1, "chassis component" },
	{ 2, "interface alias" },
	{ 3, "port component" },
	{ 4, "MAC address" },
	{ 5, "network address" },
	{ 6, "interface name" },
	{ 7, "locally assigned" },
};

static const struct pkw_label port_subtypes[] = {
	{ 0, "reserved" },
	{ 1, "interface alias" },
	{ 2, "port component" },
	{ 3, "MAC address" },
	{ 4, "network address" },
	{ 5, "interface name" },
	{ 6, "agent circuit ID" },
	{ 7, "locally assigned" },
};

/* IANA "Address Family Numbers". */
static const struct pkw_label families[] = {
	{ 0, "other" },
	{ 1, "IPv4" },
	{ 2, "IPv6" },
	{ 3, "NSAP" },
	{ 4, "HDLC" },
	{ 5, "BBN" },
	{ 6, "802" },
	{ 7, "E.163" },
	{ 8, "E.164" },
	{ 9, "F.69" },
	{ 10, "X.121" },
	{ 11, "IPX" },
	{ 12, "Appletalk" },
	{ 13, "Decnet IV" },
	{ 14, "Banyan Vines" },
	{ 15, "E.164 with NSAP" },
	{ 16, "DNS" },
	{ 17, "Distinguished Name" },
	{ 18, "AS Number" },
	{ 19, "XTP over IPv4" },
	{ 20, "XTP over IPv6" },
	{ 21, "XTP native mode XTP" },
	{ 22, "Fiber Channel World-Wide Port Name" },
	{ 23, "Fiber Channel World-Wide Node Name" },
	{ 24, "GWID" },
	{ 25, "AFI for L2VPN" },
	{ 26, "MPLS-TP Section Endpoint ID" },
	{ 27, "MPLS-TP LSP Endpoint ID" },
	{ 28, "MPLS-TP Pseudowire Endpoint ID" },
	{ 29, "MT IP Multi-Topology IPv4" },
	{ 30, "MT IP Multi-Topology IPv6" },
};
enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

/* Subtype and identifier; `mac' and `net' are the subtypes with those forms. */
enum { ID_SUBTYPE = LLDP_BODY, ID_FAMILY, ID_MAC, ID_IP4, ID_IP6, ID_TEXT };
#define IDENTIFIER(t, mac, net, names)                                         \
	LLDP_HEAD(t),                                                          \
	[ID_SUBTYPE] = U8("subtype", LABELS(names)),                           \
	[ID_FAMILY]  = U8("family", LABELS(families), IF(PKW_EQ, ID_SUBTYPE, net)), \
	[ID_MAC]     = MAC("id", IF(PKW_EQ, ID_SUBTYPE, mac),                  \
	    .text = "00:00:00:00:00:00"),                                      \
	[ID_IP4]     = IP4("id", IF(PKW_EQ, ID_SUBTYPE, net),                  \
	    AND(PKW_EQ, ID_FAMILY, FAMILY_IPV4)),                              \
	[ID_IP6]     = IP6("id", IF(PKW_EQ, ID_SUBTYPE, net),                  \
	    AND(PKW_EQ, ID_FAMILY, FAMILY_IPV6)),                              \
	[ID_TEXT]    = BYTES("id", .flags = PKW_RAWTEXT,                       \
	    IF(PKW_NE, ID_SUBTYPE, mac),                                       \
	    AND(PKW_NIN, ID_FAMILY, SET(FAMILY_IPV4) | SET(FAMILY_IPV6)))

static const struct pkw_field chassis_fields[] = {
	IDENTIFIER(1, 4, 5, chassis_subtypes),
};
LLDP_TLV(chassis, "LLDPDUChassisID", "LLDP chassis identifier", "IEEE 802.1AB-2016 §8.5.2",
    "lldp", 1, .summary = "{id}");

static const struct pkw_field port_fields[] = {
	IDENTIFIER(2, 3, 4, port_subtypes),
};
LLDP_TLV(port, "LLDPDUPortID", "LLDP port identifier", "IEEE 802.1AB-2016 §8.5.3",
    "lldp", 2, .summary = "{id}");

static const struct pkw_field ttl_fields[] = {
	LLDP_HEAD(3),
	U16("ttl", .def = 20, .doc = "seconds; 0: forget this port at once"),
};
LLDP_TLV(ttl, "LLDPDUTimeToLive", "LLDP time to live", "IEEE 802.1AB-2016 §8.5.4",
    "lldp", 3, .summary = "{ttl}");

static const struct pkw_field port_description_fields[] = {
	LLDP_HEAD(4),
	BYTES("description", .flags = PKW_RAWTEXT),
};
LLDP_TLV(port_description, "LLDPDUPortDescription", "LLDP port description",
    "IEEE 802.1AB-2016 §8.5.5", "lldp", 4, .summary = "{description}");

static const struct pkw_field system_name_fields[] = {
	LLDP_HEAD(5),
	BYTES("system_name", .flags = PKW_RAWTEXT),
};
LLDP_TLV(system_name, "LLDPDUSystemName", "LLDP system name", "IEEE 802.1AB-2016 §8.5.6",
    "lldp", 5, .summary = "{system_name}");

static const struct pkw_field system_description_fields[] = {
	LLDP_HEAD(6),
	BYTES("description", .flags = PKW_RAWTEXT),
};
LLDP_TLV(system_description, "LLDPDUSystemDescription", "LLDP system description",
    "IEEE 802.1AB-2016 §8.5.7", "lldp", 6, .summary = "{description}");

#define CAPABILITIES(which)                                                    \
	BITS(1, "reserved_5_" which), BITS(1, "reserved_4_" which),            \
	    BITS(1, "reserved_3_" which), BITS(1, "reserved_2_" which),        \
	    BITS(1, "reserved_1_" which), BITS(1, "two_port_mac_relay_" which), \
	    BITS(1, "s_vlan_component_" which),                                \
	    BITS(1, "c_vlan_component_" which), BITS(1, "station_only_" which), \
	    BITS(1, "docsis_cable_device_" which), BITS(1, "telephone_" which), \
	    BITS(1, "router_" which), BITS(1, "wlan_access_point_" which),     \
	    BITS(1, "mac_bridge_" which), BITS(1, "repeater_" which),          \
	    BITS(1, "other_" which)

static const struct pkw_field capabilities_fields[] = {
	LLDP_HEAD(7),
	CAPABILITIES("available"),
	CAPABILITIES("enabled"),
};
LLDP_TLV(capabilities, "LLDPDUSystemCapabilities", "LLDP system capabilities",
    "IEEE 802.1AB-2016 §8.5.8", "lldp", 7, .summary = NULL);

static const struct pkw_label numberings[] = {
	{ 1, "unknown" },
	{ 2, "ifIndex" },
	{ 3, "system port number" },
};

enum { MGMT_LENGTH = LLDP_BODY, MGMT_SUBTYPE, MGMT_ADDRESS, MGMT_NUMBERING, MGMT_NUMBER,
	MGMT_OID_LENGTH, MGMT_OID };
static const struct pkw_field management_fields[] = {
	LLDP_HEAD(8),
	/* it counts the subtype too */
	[MGMT_LENGTH]     = U8("_management_address_string_length", LEN(MGMT_ADDRESS, .bias = -1)),
	[MGMT_SUBTYPE]    = U8("management_address_subtype", LABELS(families)),
	[MGMT_ADDRESS]    = ADDR("management_address", .flags = PKW_RAWTEXT),
	[MGMT_NUMBERING]  = U8("interface_numbering_subtype", .def = 1, LABELS(numberings)),
	[MGMT_NUMBER]     = U32("interface_number"),
	[MGMT_OID_LENGTH] = U8("_oid_string_length", LEN(MGMT_OID)),
	[MGMT_OID]        = BYTES("object_id", .doc = "ASN.1 object identifier, BER"),
};
LLDP_TLV(management, "LLDPDUManagementAddress", "LLDP management address",
    "IEEE 802.1AB-2016 §8.5.9", "lldp", 8, .summary = "{management_address}");

static const struct pkw_field org_fields[] = {
	LLDP_ORG_HEAD(0, 0),
	BYTES("data"),
};
static const struct pkw_pick org_pick = { .bit = 16, .bits = 32, .space = "lldp.org" };
LLDP_TLV(org, "LLDPDUGenericOrganisationSpecific", "LLDP TLV of an organisation",
    "IEEE 802.1AB-2016 §8.6", "lldp", 127, .pick = &org_pick, .summary = "{org_code} {subtype}");

static const struct pkw_field end_fields[] = {
	LLDP_HEAD(0),
};
LLDP_TLV(end, "LLDPDUEndOfLLDPDU", "End of an LLDP frame", "IEEE 802.1AB-2016 §8.5.1",
    "lldp", 0, .flags = PKW_LEAF);

static const struct pkw_bind lldpdu_binds[] = {
	{ .space = "ethertype", .value = 0x88cc },
};
static const struct pkw_pick lldpdu_pick = { .bits = 7, .space = "lldp" };

static const struct pkw_proto lldpdu = {
	.rec = EMPTY("LLDPDU", 0),
	.title = "Link layer discovery protocol",
	.ref = "IEEE 802.1AB-2016",
	BINDS(lldpdu_binds),
	.cls = PKW_LINK,
	.flags = PKW_ABSTRACT,
	.pick = &lldpdu_pick,
};

PROTOS(lldp, &lldpdu, &chassis, &port, &ttl, &port_description, &system_name, &system_description,
    &capabilities, &management, &org, &end);
