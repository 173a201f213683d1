/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LLDP TLVs of IEEE 802.3 (802.3-2022 §79): the physical layer, power over the
 * cable, frame size, energy saving.
 *
 * Power via MDI came in three sizes, each with the former as its beginning; the
 * TLV's length tells which it is.  Powers are in tenths of a watt.  Names of
 * the power TLVs are those of Scapy after 2.5.
 */
#include "proto/link/lldp.h"

#define HEAD(s) LLDP_ORG_HEAD(LLDP_IEEE_8023, s)
#define TLV(var, n, text, section, s, ...)                                     \
	LLDP_ORG_TLV(var, n, text, "IEEE 802.3-2022 " section, LLDP_IEEE_8023, s, __VA_ARGS__)

/* IANA-MAU-MIB (RFC 4836), as far as ports in use have them. */
static const struct pkw_label mau_types[] = {
	{ 0, "unknown" },
	{ 5, "10BASE-T" },
	{ 10, "10BASE-T half duplex" },
	{ 11, "10BASE-T full duplex" },
	{ 15, "100BASE-TX half duplex" },
	{ 16, "100BASE-TX full duplex" },
	{ 17, "100BASE-FX half duplex" },
	{ 18, "100BASE-FX full duplex" },
	{ 21, "1000BASE-X half duplex" },
	{ 22, "1000BASE-X full duplex" },
	{ 23, "1000BASE-LX half duplex" },
	{ 24, "1000BASE-LX full duplex" },
	{ 25, "1000BASE-SX half duplex" },
	{ 26, "1000BASE-SX full duplex" },
	{ 29, "1000BASE-T half duplex" },
	{ 30, "1000BASE-T full duplex" },
	{ 31, "10GBASE-X" },
	{ 32, "10GBASE-LX4" },
	{ 33, "10GBASE-R" },
	{ 34, "10GBASE-ER" },
	{ 35, "10GBASE-LR" },
	{ 36, "10GBASE-SR" },
	{ 40, "10GBASE-LW" },
	{ 54, "10GBASE-T" },
};

/* ifMauAutoNegCapAdvertisedBits; bit 0 of that is the first on the wire. */
static const struct pkw_label advertised[] = {
	{ 0, "1000BASE-T-FD" },
	{ 1, "1000BASE-T" },
	{ 2, "1000BASE-X-FD" },
	{ 3, "1000BASE-X" },
	{ 4, "FDX-B-PAUSE" },
	{ 5, "FDX-S-PAUSE" },
	{ 6, "FDX-A-PAUSE" },
	{ 7, "FDX-PAUSE" },
	{ 8, "100BASE-T2-FD" },
	{ 9, "100BASE-T2" },
	{ 10, "100BASE-TX-FD" },
	{ 11, "100BASE-TX" },
	{ 12, "100BASE-T4" },
	{ 13, "10BASE-T-FD" },
	{ 14, "10BASE-T" },
	{ 15, "other" },
};

static const struct pkw_label negotiation[] = {
	{ 0, "supported" },
	{ 1, "enabled" },
};

static const struct pkw_field mac_phy_fields[] = {
	HEAD(1),
	FLAGS(8, negotiation, "autoneg", .doc = "auto-negotiation"),
	FLAGS(16, advertised, "advertised", .doc = "capabilities it offers"),
	U16("mau_type", LABELS(mau_types), .doc = "what the port runs"),
};
TLV(mac_phy, "LLDPDUOrgSpecific_IEEE8023_MAC_PHY", "LLDP MAC/PHY configuration and status",
    "§79.3.1", 1, .summary = "{mau_type}");

static const struct pkw_label power_support[] = {
	{ 0, "port class PSE" },
	{ 1, "PSE MDI power supported" },
	{ 2, "PSE MDI power enabled" },
	{ 3, "PSE pairs controlled" },
};
static const struct pkw_label power_pairs[] = {
	{ 1, "alt A" },
	{ 2, "alt B" },
};
static const struct pkw_label power_classes[] = {
	{ 1, "class 0" },
	{ 2, "class 1" },
	{ 3, "class 2" },
	{ 4, "class 3" },
	{ 5, "class 4 and above" },
};
static const struct pkw_label power_numbers[] = {
	{ 0, "type 2" },
	{ 1, "type 1" },
};
static const struct pkw_label power_directions[] = {
	{ 0, "PSE" },
	{ 1, "PD" },
};
/* The device that is powered names its source, the one that powers its own. */
static const struct pkw_label power_sources[] = {
	{ 0, "unknown", 0 },
	{ 1, "primary source", 0 },
	{ 2, "backup source", 0 },
	{ 3, "reserved", 0 },
	{ 0, "unknown", 1 },
	{ 1, "PSE", 1 },
	{ 2, "reserved", 1 },
	{ 3, "PSE and local", 1 },
};
static const struct pkw_label power_priorities[] = {
	{ 0, "unknown" },
	{ 1, "critical" },
	{ 2, "high" },
	{ 3, "low" },
};

enum { POWER_SUPPORT = LLDP_ORG_BODY, POWER_PAIR, POWER_CLASS, POWER_TYPE_NO, POWER_TYPE_DIR,
	POWER_SOURCE, POWER_4PID, POWER_PRIO, POWER_REQUESTED, POWER_ALLOCATED, POWER_MORE };
#define POWER                                                                  \
	HEAD(2),                                                               \
	[POWER_SUPPORT] = FLAGS(8, power_support, "MDI_power_support"),        \
	[POWER_PAIR]    = U8("PSE_power_pair", .def = 1, LABELS(power_pairs)), \
	[POWER_CLASS]   = U8("power_class", .def = 1, LABELS(power_classes))
#define POWER_DLL                                                              \
	POWER,                                                                 \
	[POWER_TYPE_NO]   = BITS(1, "power_type_no", .def = 1, LABELS(power_numbers)), \
	[POWER_TYPE_DIR]  = BITS(1, "power_type_dir", .def = 1, LABELS(power_directions)), \
	[POWER_SOURCE]    = BITS(2, "power_source", .def = 1,                  \
	    LABELS_BY(POWER_TYPE_DIR, power_sources)),                         \
	[POWER_4PID]      = BITS(2, "PD_4PID", .doc = "PD can take power over all four pairs"), \
	[POWER_PRIO]      = BITS(2, "power_prio", LABELS(power_priorities)),   \
	[POWER_REQUESTED] = U16("PD_requested_power", .doc = "in 0.1 W"),      \
	[POWER_ALLOCATED] = U16("PSE_allocated_power", .doc = "in 0.1 W")

static const struct pkw_field power_dll_fields[] = {
	POWER_DLL,
};
static const struct pkw_bind power_kind_binds[] = {
	{ .space = "ethertype", .value = 0x88cc, .only = 'b' },
};
static const struct pkw_proto power_dll = {
	.rec = RECORD("LLDPDUPowerViaMDIDDL", 0, power_dll_fields),
	.title = "LLDP power via MDI with classification (802.3at)",
	.ref = "IEEE 802.3-2022 §79.3.2",
	BINDS(power_kind_binds),
	.cls = PKW_LINK,
	.next = "LLDPDU",
	.seal = pkw__lldp_pad,
	.summary = "{power_class} {PD_requested_power} wanted",
};

static const struct pkw_label powering_states[] = {
	{ 0, "ignore" },
	{ 1, "2-pair powering" },
	{ 2, "4-pair powering single-signature PD" },
	{ 3, "4-pair powering dual-signature PD" },
};
static const struct pkw_label powered_states[] = {
	{ 0, "ignore" },
	{ 1, "powered single-signature PD" },
	{ 2, "2-pair powered dual-signature PD" },
	{ 3, "4-pair powered dual-signature PD" },
};
static const struct pkw_label power_pairs_ext[] = {
	{ 0, "ignore" },
	{ 1, "alt B" },
	{ 2, "alt A" },
	{ 3, "both alts" },
};
static const struct pkw_label signature_classes[] = {
	{ 1, "class 1" },
	{ 2, "class 2" },
	{ 3, "class 3" },
	{ 4, "class 4" },
	{ 5, "class 5" },
	{ 7, "single-signature PD or 2-pair only PSE" },
};
static const struct pkw_label power_classes_ext[] = {
	{ 0, "ignore" },
	{ 1, "class 1" },
	{ 2, "class 2" },
	{ 3, "class 3" },
	{ 4, "class 4" },
	{ 5, "class 5" },
	{ 6, "class 6" },
	{ 7, "class 7" },
	{ 8, "class 8" },
	{ 15, "dual-signature pd" },
};
static const struct pkw_label power_types_ext[] = {
	{ 0, "type 3 PSE" },
	{ 1, "type 4 PSE" },
	{ 2, "type 3 single-signature PD" },
	{ 3, "type 3 dual-signature PD" },
	{ 4, "type 4 single-signature PD" },
	{ 5, "type 4 dual-signature PD" },
};
static const struct pkw_label autoclass[] = {
	{ 0, "autoclass request" },
	{ 1, "autoclass completed" },
	{ 2, "PSE autoclass support" },
};
static const struct pkw_label power_down[] = {
	{ 0x1d, "power down" },
};

static const struct pkw_field power_type34_fields[] = {
	POWER_DLL,
	U16("PD_requested_power_mode_A", .doc = "in 0.1 W"),
	U16("PD_requested_power_mode_B", .doc = "in 0.1 W"),
	U16("PD_allocated_power_alt_A", .doc = "in 0.1 W"),
	U16("PD_allocated_power_alt_B", .doc = "in 0.1 W"),
	BITS(2, "PSE_powering_status", LABELS(powering_states)),
	BITS(2, "PD_powered_status", LABELS(powered_states)),
	BITS(2, "PD_power_pair_ext", LABELS(power_pairs_ext)),
	BITS(3, "dual_signature_class_mode_A", .def = 7, LABELS(signature_classes)),
	BITS(3, "dual_signature_class_mode_B", .def = 7, LABELS(signature_classes)),
	BITS(4, "power_class_ext", LABELS(power_classes_ext)),
	BITS(7, "power_type_ext", LABELS(power_types_ext)),
	BITS(1, "PD_load", .doc = "dual-signature and electrically isolated"),
	U16("PSE_max_available_power", .doc = "in 0.1 W"),
	FLAGS(8, autoclass, "autoclass"),
	BITS(6, "power_down_req", LABELS(power_down)),
	BITS(18, "power_down_time", .doc = "seconds, 0: for ever"),
};
static const struct pkw_proto power_type34 = {
	.rec = RECORD("LLDPDUPowerViaMDIType34", 0, power_type34_fields),
	.title = "LLDP power via MDI, types 3 and 4 (802.3bt)",
	.ref = "IEEE 802.3-2022 §79.3.2",
	BINDS(power_kind_binds),
	.cls = PKW_LINK,
	.next = "LLDPDU",
	.seal = pkw__lldp_pad,
	.summary = "{power_class} {PD_requested_power} wanted",
};

static const struct pkw_proto *power_guess(const uint8_t *b, size_t n)
{
	unsigned length = n >= 2 ? (b[0] & 1U) << 8 | b[1] : 0;
	if (length >= 29)
		return &power_type34;
	return length >= 12 ? &power_dll : NULL;
}

static const struct pkw_field power_fields[] = {
	POWER,
};
TLV(power, "LLDPDUPowerViaMDI", "LLDP power via MDI", "§79.3.2", 2, .guess = power_guess,
    .summary = "{power_class}");

static const struct pkw_label aggregation[] = {
	{ 0, "capable" },
	{ 1, "enabled" },
};
static const struct pkw_field link_aggregation_fields[] = {
	HEAD(3),
	FLAGS(8, aggregation, "aggregation_status"),
	U32("aggregated_port_id", .doc = "0: not aggregated"),
};
TLV(link_aggregation, "LLDPDUOrgSpecific_IEEE8023_Link_Aggregation",
    "LLDP link aggregation, before 802.1AX", "§79.3.3", 3, .summary = "{aggregation_status}");

static const struct pkw_field frame_size_fields[] = {
	HEAD(4),
	U16("max_frame_size", .def = 1518),
};
TLV(frame_size, "LLDPDUOrgSpecific_IEEE8023_Maximum_Frame_Size", "LLDP maximum frame size",
    "§79.3.4", 4, .summary = "{max_frame_size}");

static const struct pkw_field eee_fields[] = {
	HEAD(5),
	U16("tx_tw", .doc = "wake time wanted of the sender, microseconds"),
	U16("rx_tw", .doc = "wake time of the receiver"),
	U16("fallback_rx_tw"),
	U16("echo_tx_tw"),
	U16("echo_rx_tw"),
};
TLV(eee, "LLDPDUOrgSpecific_IEEE8023_EEE", "LLDP energy-efficient Ethernet", "§79.3.5", 5,
    .summary = "{tx_tw} {rx_tw}");

static const struct pkw_field additional_fields[] = {
	HEAD(7),
	BITS(11, "reserved"),
	BITS(2, "add_frag_size", .doc = "smallest fragment: 64 * (1 + n) - 4"),
	BITS(1, "preemption_active"),
	BITS(1, "preemption_enabled"),
	BITS(1, "preemption_supported"),
};
TLV(additional, "LLDPDUOrgSpecific_IEEE8023_Additional_Ethernet_Capabilities",
    "LLDP frame preemption", "§79.3.7", 7,
    .summary = "supported {preemption_supported} active {preemption_active}");

/* Volts, amperes, watts in 0.001, 0.0001, 0.01; energy in units of 100 J. */
static const struct pkw_label measures[] = {
	{ 0, "energy" },
	{ 1, "power" },
	{ 2, "current" },
	{ 3, "voltage" },
};
static const struct pkw_label measure_sources[] = {
	{ 0, "no request" },
	{ 1, "mode A" },
	{ 2, "mode B" },
	{ 3, "port total" },
};
static const struct pkw_field measure_fields[] = {
	HEAD(8),
	FLAGS(4, measures, "support"),
	BITS(4, "source", LABELS(measure_sources)),
	FLAGS(4, measures, "request"),
	FLAGS(4, measures, "valid"),
	U16("voltage_uncertainty", .doc = "in 0.001 V"),
	U16("current_uncertainty", .doc = "in 0.0001 A"),
	U16("power_uncertainty", .doc = "in 0.01 W"),
	U16("energy_uncertainty", .doc = "in 100 J"),
	U16("voltage_measurement", .doc = "in 0.001 V"),
	U16("current_measurement", .doc = "in 0.0001 A"),
	U16("power_measurement", .doc = "in 0.01 W"),
	U32("energy_measurement", .doc = "in 100 J"),
	U16("power_price_index", .def = 0xffff, .doc = "ffff: not available"),
};
TLV(measure, "LLDPDUPowerViaMDIMeasure", "LLDP power via MDI, measurements", "§79.3.8", 8,
    .summary = "{power_measurement}");

PROTOS(lldp_8023, &mac_phy, &power, &power_dll, &power_type34, &link_aggregation, &frame_size, &eee,
    &additional, &measure);
