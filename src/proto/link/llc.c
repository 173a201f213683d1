/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 802.2 logical link control and SNAP.
 *
 * LLC is what 802.3 frames (and Linux cooked ones of protocol 4) carry.  In
 * unnumbered information frames the destination access point names the payload:
 * 42 is a spanning tree BPDU, aa the SNAP header, which brings EtherTypes back.
 * As in Scapy the control field is one byte; it has two in information and
 * supervisory frames, whose second byte then begins the Raw payload.
 *
 * SNAP codes are EtherTypes when the organisation is 0.  Cisco's organisation
 * 00000c has numbers of its own, of which we know 010b, PVST+: Cisco's spanning
 * tree for each VLAN.
 */
#include "proto/link/ethertypes.h"
#include "proto/link/link.h"

#include <pkw/rows.h>
#include <string.h>

enum { INFORMATION = 3 }; /* unnumbered */

static const struct pkw_label saps[] = {
	{ 0x00, "NULL" },
	{ 0x02, "LLC-management" },
	{ 0x04, "SNA" },
	{ 0x06, "IP" },
	{ 0x0e, "PROWAY-management" },
	{ 0x42, "STP" },
	{ 0x4e, "EIA-RS-511" },
	{ 0x7e, "X.25" },
	{ 0x80, "XNS" },
	{ 0x82, "BACnet" },
	{ 0x8e, "PROWAY-list" },
	{ 0x98, "ARP" },
	{ 0xaa, "SNAP" },
	{ 0xbc, "VINES" },
	{ 0xe0, "NetWare" },
	{ 0xf0, "NetBIOS" },
	{ 0xf4, "LAN-management" },
	{ 0xfe, "ISO-network-layer" },
	{ 0xff, "global" },
};

static const struct pkw_label controls[] = {
	{ 0x03, "UI" },
	{ 0x0f, "DM" },
	{ 0x43, "DISC" },
	{ 0x63, "UA" },
	{ 0x6f, "SABME" },
	{ 0x87, "FRMR" },
	{ 0xaf, "XID" },
	{ 0xe3, "TEST" },
};

enum { LLC_DSAP, LLC_SSAP, LLC_CTRL };
static const struct pkw_field llc_fields[] = {
	[LLC_DSAP] = U8("dsap", HEX, LABELS(saps),
	    NEXT("llc", GUARD(PKW_EQ, LLC_CTRL, INFORMATION)),
	    .doc = "destination service access point"),
	[LLC_SSAP] = U8("ssap", HEX, LABELS(saps), .doc = "source service access point"),
	[LLC_CTRL] = U8("ctrl", LABELS(controls), .doc = "kind of frame"),
};

static const struct pkw_bind llc_binds[] = {
	{ .space = "ethertype", .value = 0x8870 },
	{ .space = "ethertype", .value = 4, .only = 'd' }, /* ETH_P_802_2 */
};

const struct pkw_proto pkw__llc = {
	.rec = RECORD("LLC", 0, llc_fields),
	.title = "802.2 logical link control",
	.ref = "ISO/IEC 8802-2",
	BINDS(llc_binds),
	.cls = PKW_LINK,
	.summary = "{dsap} < {ssap} {ctrl}",
};

static const struct pkw_label ouis[] = {
	{ 0x000000, "Ethernet" },
	{ 0x00000c, "Cisco" },
	{ 0x0000f8, "Cisco-90" },
	{ 0x0080c2, "IEEE-802.1" },
	{ 0x00a03e, "ATM-Forum" },
	{ 0x080007, "Apple" },
};

enum { SNAP_OUI, SNAP_CODE };
static const struct pkw_field snap_fields[] = {
	[SNAP_OUI]  = U24("OUI", HEX, LABELS(ouis), .doc = "whose numbers code is one of"),
	[SNAP_CODE] = U16("code", HEX, LABELS(pkw__ethertypes),
	    NEXT("ethertype", GUARD(PKW_EQ, SNAP_OUI, 0)),
	    .doc = "protocol; an EtherType if OUI is 0"),
};

static const struct pkw_proto *snap_above(const uint8_t *b, size_t n)
{
	static const uint8_t pvst[] = { 0x00, 0x00, 0x0c, 0x01, 0x0b };
	return n >= sizeof pvst && !memcmp(b, pvst, sizeof pvst) ? &pkw__stp : NULL;
}

static const struct pkw_bind snap_binds[] = {
	{ .space = "llc", .value = 0xaa },
};
static const struct pkw_below snap_below[] = {
	{ .proto = "LLC", .field = "ssap", .value = 0xaa },
	{ .proto = "LLC", .field = "ctrl", .value = INFORMATION },
};

static const struct pkw_proto snap = {
	.rec = RECORD("SNAP", 0, snap_fields),
	.title = "Subnetwork access protocol",
	.ref = "IEEE 802-2014 §9.2.2",
	BINDS(snap_binds),
	BELOW(snap_below),
	.cls = PKW_LINK,
	.summary = "{OUI} {code}",
	.above = snap_above,
};

PROTOS(llc, &pkw__llc, &snap);
