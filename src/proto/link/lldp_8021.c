/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LLDP TLVs of IEEE 802.1 (802.1Q-2022 annex D, 802.1AX annex): VLANs, link
 * aggregation, data centre bridging.  Names are those of Scapy after 2.6; in
 * 2.5 these are LLDPDUGenericOrganisationSpecific with all of it in `data'.
 */
#include "proto/link/lldp.h"

#define HEAD(s) LLDP_ORG_HEAD(LLDP_IEEE_8021, s)
#define TLV(var, n, text, section, s, ...)                                     \
	LLDP_ORG_TLV(var, "LLDPDUOrgSpecific_IEEE8021_" n, text,               \
	    "IEEE 802.1Q-2022 " section, LLDP_IEEE_8021, s, __VA_ARGS__)

static const struct pkw_field pvid_fields[] = {
	HEAD(1),
	U16("pvid", .doc = "VLAN of untagged frames, 0: none"),
};
TLV(pvid, "Port_VLAN_ID", "LLDP port VLAN identifier", "D.2.1", 1, .summary = "{pvid}");

static const struct pkw_field ppvid_fields[] = {
	HEAD(2),
	BITS(5, "reserved"),
	BITS(1, "ppvid_enabled"),
	BITS(1, "ppvid_supported"),
	BITS(1, "reserved0"),
	U16("ppvid"),
};
TLV(ppvid, "Port_And_Protocol_VLAN_ID", "LLDP port and protocol VLAN identifier", "D.2.2", 2,
    .summary = "{ppvid}");

enum { VLAN_ID = LLDP_ORG_BODY, VLAN_NAME_LENGTH, VLAN_NAME };
static const struct pkw_field vlan_name_fields[] = {
	HEAD(3),
	[VLAN_ID]          = U16("vlan_id"),
	[VLAN_NAME_LENGTH] = U8("vlan_name_length", LEN(VLAN_NAME)),
	[VLAN_NAME]        = BYTES("vlan_name", .flags = PKW_RAWTEXT),
};
TLV(vlan_name, "VLAN_Name", "LLDP VLAN name", "D.2.3", 3, .summary = "{vlan_id} {vlan_name}");

enum { IDENTITY_LENGTH = LLDP_ORG_BODY, IDENTITY };
static const struct pkw_field identity_fields[] = {
	HEAD(4),
	[IDENTITY_LENGTH] = U8("protocol_identity_length", LEN(IDENTITY)),
	[IDENTITY]        = BYTES("protocol_identity", .doc = "first bytes of such a frame"),
};
TLV(identity, "Protocol_Identity", "LLDP protocol identity", "D.2.4", 4,
    .summary = "{protocol_identity}");

static const struct pkw_field digest_fields[] = {
	HEAD(5),
	U32("vid_usage_digest", HEX, .doc = "CRC-32 of the table of VLANs in use"),
};
TLV(digest, "VID_Usage_Digest", "LLDP VID usage digest", "D.2.5", 5,
    .summary = "{vid_usage_digest}");

static const struct pkw_field management_vid_fields[] = {
	HEAD(6),
	U16("management_vid", .doc = "0: none"),
};
TLV(management_vid, "Management_VID", "LLDP management VID", "D.2.6", 6,
    .summary = "{management_vid}");

static const struct pkw_label aggregation[] = {
	{ 0, "capable" },
	{ 1, "enabled" },
	{ 2, "port type 1" },
	{ 3, "port type 2" },
};
static const struct pkw_field aggregation_tlv_fields[] = {
	HEAD(7),
	FLAGS(8, aggregation, "aggregation_status"),
	U32("aggregated_port_id", .doc = "0: not aggregated"),
};
TLV(aggregation_tlv, "Link_Aggregation", "LLDP link aggregation (802.1AX annex F)", "D.1", 7,
    .summary = "{aggregation_status}");

static const struct pkw_label priorities[] = {
	{ 0, "prio0" },
	{ 1, "prio1" },
	{ 2, "prio2" },
	{ 3, "prio3" },
	{ 4, "prio4" },
	{ 5, "prio5" },
	{ 6, "prio6" },
	{ 7, "prio7" },
};
static const struct pkw_field congestion_fields[] = {
	HEAD(8),
	FLAGS(8, priorities, "cnpv_indicators"),
	FLAGS(8, priorities, "ready_indicators"),
};
TLV(congestion, "Congestion_Notification", "LLDP congestion notification", "D.2.7", 8,
    .summary = "{cnpv_indicators}");

static const struct pkw_label algorithms[] = {
	{ 0, "strict priority" },
	{ 1, "credit-based shaper" },
	{ 2, "enhanced transmission selection" },
	{ 3, "ATS transmission selection" },
	{ 255, "vendor specific" },
};
#define PRIORITY_TABLE                                                         \
	BITS(4, "prio0_tc"), BITS(4, "prio1_tc"), BITS(4, "prio2_tc"),         \
	    BITS(4, "prio3_tc"), BITS(4, "prio4_tc"), BITS(4, "prio5_tc"),     \
	    BITS(4, "prio6_tc"), BITS(4, "prio7_tc")
#define BANDWIDTH_TABLE                                                        \
	U8("tc0_bw", .doc = "percent"), U8("tc1_bw"), U8("tc2_bw"),            \
	    U8("tc3_bw"), U8("tc4_bw"), U8("tc5_bw"), U8("tc6_bw"), U8("tc7_bw")
#define TSA(n) U8(n, LABELS(algorithms))
#define ALGORITHM_TABLE                                                        \
	TSA("tc0_tsa"), TSA("tc1_tsa"), TSA("tc2_tsa"), TSA("tc3_tsa"),        \
	    TSA("tc4_tsa"), TSA("tc5_tsa"), TSA("tc6_tsa"), TSA("tc7_tsa")

static const struct pkw_field ets_fields[] = {
	HEAD(9),
	BITS(1, "willing"),
	BITS(1, "cbs", .doc = "credit-based shaper supported"),
	BITS(3, "reserved"),
	BITS(3, "max_tcs", .doc = "traffic classes, 0: eight"),
	PRIORITY_TABLE,
	BANDWIDTH_TABLE,
	ALGORITHM_TABLE,
};
TLV(ets, "ETS_Configuration", "LLDP ETS configuration (DCBX)", "D.2.8", 9,
    .summary = "{tc0_bw} {tc1_bw} {tc2_bw} {tc3_bw} {tc4_bw} {tc5_bw} {tc6_bw} {tc7_bw}");

static const struct pkw_field ets_recommendation_fields[] = {
	HEAD(10),
	U8("reserved"),
	PRIORITY_TABLE,
	BANDWIDTH_TABLE,
	ALGORITHM_TABLE,
};
TLV(ets_recommendation, "ETS_Recommendation", "LLDP ETS recommendation (DCBX)", "D.2.9", 10,
    .summary = "{tc0_bw} {tc1_bw} {tc2_bw} {tc3_bw} {tc4_bw} {tc5_bw} {tc6_bw} {tc7_bw}");

static const struct pkw_field pfc_fields[] = {
	HEAD(11),
	BITS(1, "willing"),
	BITS(1, "mbc", .doc = "MACsec bypass capability"),
	BITS(2, "reserved"),
	BITS(4, "pfc_cap", .doc = "traffic classes that can have it at once"),
	FLAGS(8, priorities, "pfc_enable"),
};
TLV(pfc, "PFC_Configuration", "LLDP priority-based flow control (DCBX)", "D.2.10", 11,
    .summary = "{pfc_enable}");

static const struct pkw_label selectors[] = {
	{ 1, "Ethertype" },
	{ 2, "TCP/SCTP port" },
	{ 3, "UDP/DCCP port" },
	{ 4, "TCP/SCTP/UDP/DCCP port" },
	{ 5, "DSCP" },
};
static const struct pkw_field app_priority_fields[] = {
	BITS(3, "priority"),
	BITS(2, "reserved"),
	BITS(3, "sel", LABELS(selectors)),
	U16("protocol"),
};
static const struct pkw_record app_priority =
    RECORD("LLDPDUOrgSpecific_IEEE8021_AppPriority_Entry", 0, app_priority_fields);
static const struct pkw_list app_priorities = { .rec = &app_priority };
static const struct pkw_field application_priority_fields[] = {
	HEAD(12),
	U8("reserved"),
	LIST(&app_priorities, "app_priority_table"),
};
TLV(application_priority, "Application_Priority", "LLDP application priority (DCBX)", "D.2.11", 12,
    .summary = "{app_priority_table.protocol}");

static const struct pkw_label evb_modes[] = {
	{ 0, "Not Supported" },
	{ 1, "EVB Bridge" },
	{ 2, "EVB station" },
	{ 3, "NVO3" },
};
static const struct pkw_field evb_fields[] = {
	HEAD(13),
	BITS(5, "bridge_reserved"),
	BITS(1, "bgid"),
	BITS(1, "rrcap", .doc = "reflective relay supported"),
	BITS(1, "rrctr", .doc = "reflective relay in use"),
	BITS(4, "station_reserved"),
	BITS(1, "sgid"),
	BITS(1, "rrreq", .doc = "reflective relay wanted"),
	BITS(2, "rrstat"),
	BITS(3, "r", .doc = "ECP retries"),
	BITS(5, "rte", .doc = "exponent of the retransmission timer"),
	BITS(2, "evb_mode", LABELS(evb_modes)),
	BITS(1, "rwd_rol"),
	BITS(5, "rwd", .doc = "exponent of the resource wait delay"),
	BITS(2, "rka_reserved"),
	BITS(1, "rka_rol"),
	BITS(5, "rka", .doc = "exponent of the keep-alive time"),
};
TLV(evb, "EVB", "LLDP edge virtual bridging", "D.2.12", 13,
    .summary = "{evb_mode}");

static const struct pkw_label cdcp_roles[] = {
	{ 0, "EVB station" },
	{ 1, "EVB bridge" },
};
static const struct pkw_field pair_fields[] = {
	BITS(12, "scid"),
	BITS(12, "svid"),
};
static const struct pkw_record pair =
    RECORD("LLDPDUOrgSpecific_IEEE8021_SCID_SVID_Pair", 0, pair_fields);
static const struct pkw_list pairs = { .rec = &pair };
static const struct pkw_field cdcp_fields[] = {
	HEAD(14),
	BITS(1, "role", LABELS(cdcp_roles)),
	BITS(3, "res1"),
	BITS(1, "scomp"),
	BITS(15, "res2"),
	BITS(12, "chncap", .doc = "S-channels supported"),
	LIST(&pairs, "scid_svid_list"),
};
TLV(cdcp, "CDCP", "LLDP S-channel discovery", "D.2.13", 14,
    .summary = "{role}");

static const struct pkw_field app_vlan_fields[] = {
	BITS(12, "vid"),
	BITS(1, "reserved"),
	BITS(3, "sel", LABELS(selectors)),
	U16("protocol"),
};
static const struct pkw_record app_vlan =
    RECORD("LLDPDUOrgSpecific_IEEE8021_AppVLANEntry", 0, app_vlan_fields);
static const struct pkw_list app_vlans = { .rec = &app_vlan };
static const struct pkw_field application_vlan_fields[] = {
	HEAD(16),
	LIST(&app_vlans, "app_vlan_table"),
};
TLV(application_vlan, "Application_VLAN", "LLDP application VLAN", "D.2.14", 16,
    .summary = "{app_vlan_table.vid}");

PROTOS(lldp_8021, &pvid, &ppvid, &vlan_name, &identity, &digest, &management_vid, &aggregation_tlv,
    &congestion, &ets, &ets_recommendation, &pfc, &application_priority, &evb, &cdcp,
    &application_vlan);
