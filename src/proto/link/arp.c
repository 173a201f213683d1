/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ARP and RARP (RFC 826, 903, 2390): which hardware address has a protocol
 * address, for any kind of either.  Both lengths are in the packet, one for
 * each pair of addresses, so the four addresses are variable and show
 * themselves by their size (MAC, IPv4, IPv6, else bytes).
 *
 * RARP is the same packet under an EtherType of its own.
 */
#include "proto/link/ethertypes.h"
#include "proto/link/link.h"

#include <pkw/rows.h>
#include <string.h>

/* IANA "Hardware Types"; the first 21 as Scapy has them. */
static const struct pkw_label hardware[] = {
	{ 1, "Ethernet (10Mb)" },
	{ 2, "Ethernet (3Mb)" },
	{ 3, "AX.25" },
	{ 4, "Proteon ProNET Token Ring" },
	{ 5, "Chaos" },
	{ 6, "IEEE 802 Networks" },
	{ 7, "ARCNET" },
	{ 8, "Hyperchannel" },
	{ 9, "Lanstar" },
	{ 10, "Autonet Short Address" },
	{ 11, "LocalTalk" },
	{ 12, "LocalNet" },
	{ 13, "Ultra link" },
	{ 14, "SMDS" },
	{ 15, "Frame relay" },
	{ 16, "ATM" },
	{ 17, "HDLC" },
	{ 18, "Fibre Channel" },
	{ 19, "ATM" },
	{ 20, "Serial Line" },
	{ 21, "ATM" },
	{ 22, "MIL-STD-188-220" },
	{ 23, "Metricom" },
	{ 24, "IEEE 1394.1995" },
	{ 25, "MAPOS" },
	{ 26, "Twinaxial" },
	{ 27, "EUI-64" },
	{ 28, "HIPARP" },
	{ 29, "ISO 7816-3" },
	{ 30, "ARPSec" },
	{ 31, "IPsec tunnel" },
	{ 32, "InfiniBand" },
	{ 33, "TIA-102 CAI" },
	{ 34, "Wiegand Interface" },
	{ 35, "Pure IP" },
	{ 36, "HW_EXP1" },
	{ 37, "HFI" },
	{ 38, "Unified Bus" },
	{ 256, "HW_EXP2" },
	{ 257, "AEthernet" },
};

static const struct pkw_label operations[] = {
	{ 1, "who-has" },
	{ 2, "is-at" },
	{ 3, "RARP-req" },
	{ 4, "RARP-rep" },
	{ 5, "Dyn-RARP-req" },
	{ 6, "Dyn-RAR-rep" },
	{ 7, "Dyn-RARP-err" },
	{ 8, "InARP-req" },
	{ 9, "InARP-rep" },
	{ 10, "ARP-NAK" },
	{ 11, "MARS-req" },
	{ 12, "MARS-multi" },
	{ 13, "MARS-mserv" },
	{ 14, "MARS-join" },
	{ 15, "MARS-leave" },
	{ 16, "MARS-NAK" },
	{ 17, "MARS-unserv" },
	{ 18, "MARS-sjoin" },
	{ 19, "MARS-sleave" },
	{ 20, "MARS-grouplist-req" },
	{ 21, "MARS-grouplist-rep" },
	{ 22, "MARS-redirect-map" },
	{ 23, "MAPOS-UNARP" },
	{ 24, "OP_EXP1" },
	{ 25, "OP_EXP2" },
};

enum { ARP_HWTYPE, ARP_PTYPE, ARP_HWLEN, ARP_PLEN, ARP_OP,
	ARP_HWSRC, ARP_PSRC, ARP_HWDST, ARP_PDST };
static const struct pkw_field arp_fields[] = {
	[ARP_HWTYPE] = U16("hwtype", HEX, .def = 1, LABELS(hardware), .doc = "kind of hardware"),
	[ARP_PTYPE]  = U16("ptype", HEX, .def = 0x0800, LABELS(pkw__ethertypes),
	    .doc = "EtherType whose addresses are asked about"),
	[ARP_HWLEN]  = U8("hwlen", LEN(ARP_HWSRC, .also = ARP_HWDST),
	    .doc = "bytes of a hardware address"),
	[ARP_PLEN]   = U8("plen", LEN(ARP_PSRC, .also = ARP_PDST),
	    .doc = "bytes of a protocol address"),
	[ARP_OP]     = U16("op", .def = 1, LABELS(operations), .doc = "question or answer"),
	[ARP_HWSRC]  = ADDR("hwsrc", .flags = PKW_SRC, .text = "00:00:00:00:00:00",
	    .doc = "sender's hardware address"),
	[ARP_PSRC]   = ADDR("psrc", .flags = PKW_SRC, .text = "0.0.0.0",
	    .doc = "sender's protocol address"),
	[ARP_HWDST]  = ADDR("hwdst", .text = "00:00:00:00:00:00",
	    .doc = "target's hardware address"),
	[ARP_PDST]   = ADDR("pdst", .flags = PKW_DST, .text = "0.0.0.0",
	    .doc = "target's protocol address"),
};

static struct pkw_span address(const struct pkw_pkt *p, int layer, unsigned field)
{
	struct pkw_span s = { NULL, 0 };
	int node = pkw_root(p, layer);
	if (node >= 0)
		pkw_field_bytes(p, node, field, &s);
	return s;
}

/* Whoever answers holds the address asked about; every answer is odd + 1. */
static int arp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t asked = pkw_u(q, ql, ARP_OP);
	if (!pkw__alike(q, ql, a, al) || pkw_u(a, al, ARP_OP) != asked + 1)
		return 0;
	/* who holds a hardware address is told in the target's fields */
	unsigned want = asked == 3 || asked == 8 ? ARP_HWDST : ARP_PDST;
	unsigned have = asked == 3 ? ARP_HWDST : asked == 8 ? ARP_HWSRC : ARP_PSRC;
	struct pkw_span w = address(q, ql, want), h = address(a, al, have);
	if (!w.len || w.len != h.len || memcmp(w.p, h.p, w.len))
		return 0;
	return 2;
}

static const struct pkw_bind arp_binds[] = {
	{ .space = "ethertype", .value = 0x0806 },
	{ .space = "ethertype", .value = 0x8035, .only = 'd' },
};

static const struct pkw_proto arp = {
	.rec = RECORD("ARP", 0, arp_fields),
	.title = "Address resolution protocol",
	.ref = "RFC 826, RFC 903, RFC 5227, RFC 5494",
	BINDS(arp_binds),
	.cls = PKW_NETWORK,
	.flags = PKW_LEAF,
	.summary = "[{op=1}{op} {pdst} tell {psrc} ({hwsrc})][{op=2}{psrc} {op} {hwsrc}]"
		   "[{op!=1}{op!=2}{op} {pdst} from {psrc} ({hwsrc})]",
	.answers = arp_answers,
};

PROTOS(arp, &arp);
