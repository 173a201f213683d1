/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of PPP protocol numbers. */
#ifndef PKW_PROTO_PPPNUMBERS_H
#define PKW_PROTO_PPPNUMBERS_H

/*
 * IANA "PPP DLL Protocol Numbers" in the words Scapy has for them (its spelling
 * is kept, expressions name protocols by it).
 */

#include <pkw/proto.h>

#define PKW_PPP_NUMBERS(X) \
	X(0x0001, "Padding Protocol") \
	X(0x0003, "ROHC small-CID [RFC3095]") \
	X(0x0005, "ROHC large-CID [RFC3095]") \
	X(0x0021, "Internet Protocol version 4") \
	X(0x0023, "OSI Network Layer") \
	X(0x0025, "Xerox NS IDP") \
	X(0x0027, "DECnet Phase IV") \
	X(0x0029, "Appletalk") \
	X(0x002b, "Novell IPX") \
	X(0x002d, "Van Jacobson Compressed TCP/IP") \
	X(0x002f, "Van Jacobson Uncompressed TCP/IP") \
	X(0x0031, "Bridging PDU") \
	X(0x0033, "Stream Protocol (ST-II)") \
	X(0x0035, "Banyan Vines") \
	X(0x0037, "reserved (until 1993) [Typo in RFC1172]") \
	X(0x0039, "AppleTalk EDDP") \
	X(0x003b, "AppleTalk SmartBuffered") \
	X(0x003d, "Multi-Link [RFC1717]") \
	X(0x003f, "NETBIOS Framing") \
	X(0x0041, "Cisco Systems") \
	X(0x0043, "Ascom Timeplex") \
	X(0x0045, "Fujitsu Link Backup and Load Balancing (LBLB)") \
	X(0x0047, "DCA Remote Lan") \
	X(0x0049, "Serial Data Transport Protocol (PPP-SDTP)") \
	X(0x004b, "SNA over 802.2") \
	X(0x004d, "SNA") \
	X(0x004f, "IPv6 Header Compression") \
	X(0x0051, "KNX Bridging Data [ianp]") \
	X(0x0053, "Encryption [Meyer]") \
	X(0x0055, "Individual Link Encryption [Meyer]") \
	X(0x0057, "Internet Protocol version 6 [Hinden]") \
	X(0x0059, "PPP Muxing [RFC3153]") \
	X(0x005b, "Vendor-Specific Network Protocol (VSNP) [RFC3772]") \
	X(0x0061, "RTP IPHC Full Header [RFC3544]") \
	X(0x0063, "RTP IPHC Compressed TCP [RFC3544]") \
	X(0x0065, "RTP IPHC Compressed Non TCP [RFC3544]") \
	X(0x0067, "RTP IPHC Compressed UDP 8 [RFC3544]") \
	X(0x0069, "RTP IPHC Compressed RTP 8 [RFC3544]") \
	X(0x006f, "Stampede Bridging") \
	X(0x0071, "Reserved [Fox]") \
	X(0x0073, "MP+ Protocol [Smith]") \
	X(0x007d, "reserved (Control Escape) [RFC1661]") \
	X(0x007f, "reserved (compression inefficient [RFC1662]") \
	X(0x0081, "Reserved Until 20-Oct-2000 [IANA]") \
	X(0x0083, "Reserved Until 20-Oct-2000 [IANA]") \
	X(0x00c1, "NTCITS IPI [Ungar]") \
	X(0x00cf, "reserved (PPP NLID)") \
	X(0x00fb, "single link compression in multilink [RFC1962]") \
	X(0x00fd, "compressed datagram [RFC1962]") \
	X(0x00ff, "reserved (compression inefficient)") \
	X(0x0201, "802.1d Hello Packets") \
	X(0x0203, "IBM Source Routing BPDU") \
	X(0x0205, "DEC LANBridge100 Spanning Tree") \
	X(0x0207, "Cisco Discovery Protocol [Sastry]") \
	X(0x0209, "Netcs Twin Routing [Korfmacher]") \
	X(0x020b, "STP - Scheduled Transfer Protocol [Segal]") \
	X(0x020d, "EDP - Extreme Discovery Protocol [Grosser]") \
	X(0x0211, "Optical Supervisory Channel Protocol (OSCP)[Prasad]") \
	X(0x0213, "Optical Supervisory Channel Protocol (OSCP)[Prasad]") \
	X(0x0231, "Luxcom") \
	X(0x0233, "Sigma Network Systems") \
	X(0x0235, "Apple Client Server Protocol [Ridenour]") \
	X(0x0281, "MPLS Unicast [RFC3032]  ") \
	X(0x0283, "MPLS Multicast [RFC3032]") \
	X(0x0285, "IEEE p1284.4 standard - data packets [Batchelder]") \
	X(0x0287, "ETSI TETRA Network Protocol Type 1 [Nieminen]") \
	X(0x0289, "Multichannel Flow Treatment Protocol [McCann]") \
	X(0x2063, "RTP IPHC Compressed TCP No Delta [RFC3544]") \
	X(0x2065, "RTP IPHC Context State [RFC3544]") \
	X(0x2067, "RTP IPHC Compressed UDP 16 [RFC3544]") \
	X(0x2069, "RTP IPHC Compressed RTP 16 [RFC3544]") \
	X(0x4001, "Cray Communications Control Protocol [Stage]") \
	X(0x4003, "CDPD Mobile Network Registration Protocol [Quick]") \
	X(0x4005, "Expand accelerator protocol [Rachmani]") \
	X(0x4007, "ODSICP NCP [Arvind]") \
	X(0x4009, "DOCSIS DLL [Gaedtke]") \
	X(0x400b, "Cetacean Network Detection Protocol [Siller]") \
	X(0x4021, "Stacker LZS [Simpson]") \
	X(0x4023, "RefTek Protocol [Banfill]") \
	X(0x4025, "Fibre Channel [Rajagopal]") \
	X(0x4027, "EMIT Protocols [Eastham]") \
	X(0x405b, "Vendor-Specific Protocol (VSP) [RFC3772]") \
	X(0x8021, "Internet Protocol Control Protocol") \
	X(0x8023, "OSI Network Layer Control Protocol") \
	X(0x8025, "Xerox NS IDP Control Protocol") \
	X(0x8027, "DECnet Phase IV Control Protocol") \
	X(0x8029, "Appletalk Control Protocol") \
	X(0x802b, "Novell IPX Control Protocol") \
	X(0x802d, "reserved") \
	X(0x802f, "reserved") \
	X(0x8031, "Bridging NCP") \
	X(0x8033, "Stream Protocol Control Protocol") \
	X(0x8035, "Banyan Vines Control Protocol") \
	X(0x8037, "reserved (until 1993)") \
	X(0x8039, "reserved") \
	X(0x803b, "reserved") \
	X(0x803d, "Multi-Link Control Protocol") \
	X(0x803f, "NETBIOS Framing Control Protocol") \
	X(0x8041, "Cisco Systems Control Protocol") \
	X(0x8043, "Ascom Timeplex") \
	X(0x8045, "Fujitsu LBLB Control Protocol") \
	X(0x8047, "DCA Remote Lan Network Control Protocol (RLNCP)") \
	X(0x8049, "Serial Data Control Protocol (PPP-SDCP)") \
	X(0x804b, "SNA over 802.2 Control Protocol") \
	X(0x804d, "SNA Control Protocol") \
	X(0x804f, "IP6 Header Compression Control Protocol") \
	X(0x8051, "KNX Bridging Control Protocol [ianp]") \
	X(0x8053, "Encryption Control Protocol [Meyer]") \
	X(0x8055, "Individual Link Encryption Control Protocol [Meyer]") \
	X(0x8057, "IPv6 Control Protovol [Hinden]") \
	X(0x8059, "PPP Muxing Control Protocol [RFC3153]") \
	X(0x805b, "Vendor-Specific Network Control Protocol (VSNCP) [RFC3772]") \
	X(0x806f, "Stampede Bridging Control Protocol") \
	X(0x8071, "Reserved [Fox]") \
	X(0x8073, "MP+ Control Protocol [Smith]") \
	X(0x807d, "Not Used - reserved [RFC1661]") \
	X(0x8081, "Reserved Until 20-Oct-2000 [IANA]") \
	X(0x8083, "Reserved Until 20-Oct-2000 [IANA]") \
	X(0x80c1, "NTCITS IPI Control Protocol [Ungar]") \
	X(0x80cf, "Not Used - reserved [RFC1661]") \
	X(0x80fb, "single link compression in multilink control [RFC1962]") \
	X(0x80fd, "Compression Control Protocol [RFC1962]") \
	X(0x80ff, "Not Used - reserved [RFC1661]") \
	X(0x8207, "Cisco Discovery Protocol Control [Sastry]") \
	X(0x8209, "Netcs Twin Routing [Korfmacher]") \
	X(0x820b, "STP - Control Protocol [Segal]") \
	X(0x820d, "EDPCP - Extreme Discovery Protocol Ctrl Prtcl [Grosser]") \
	X(0x8235, "Apple Client Server Protocol Control [Ridenour]") \
	X(0x8281, "MPLSCP [RFC3032]") \
	X(0x8285, "IEEE p1284.4 standard - Protocol Control [Batchelder]") \
	X(0x8287, "ETSI TETRA TNP1 Control Protocol [Nieminen]") \
	X(0x8289, "Multichannel Flow Treatment Protocol [McCann]") \
	X(0xc021, "Link Control Protocol") \
	X(0xc023, "Password Authentication Protocol") \
	X(0xc025, "Link Quality Report") \
	X(0xc027, "Shiva Password Authentication Protocol") \
	X(0xc029, "CallBack Control Protocol (CBCP)") \
	X(0xc02b, "BACP Bandwidth Allocation Control Protocol [RFC2125]") \
	X(0xc02d, "BAP [RFC2125]") \
	X(0xc05b, "Vendor-Specific Authentication Protocol (VSAP) [RFC3772]") \
	X(0xc081, "Container Control Protocol [KEN]") \
	X(0xc223, "Challenge Handshake Authentication Protocol") \
	X(0xc225, "RSA Authentication Protocol [Narayana]") \
	X(0xc227, "Extensible Authentication Protocol [RFC2284]") \
	X(0xc229, "Mitsubishi Security Info Exch Ptcl (SIEP) [Seno]") \
	X(0xc26f, "Stampede Bridging Authorization Protocol") \
	X(0xc281, "Proprietary Authentication Protocol [KEN]") \
	X(0xc283, "Proprietary Authentication Protocol [Tackabury]") \
	X(0xc481, "Proprietary Node ID Authentication Protocol [KEN]")

enum {
	PKW__PPP_NUMBERS_N = 0
#define PKW_X(number, name) + 1
	PKW_PPP_NUMBERS(PKW_X)
#undef PKW_X
};

extern const struct pkw_label pkw__ppp_numbers[PKW__PPP_NUMBERS_N];

#endif
