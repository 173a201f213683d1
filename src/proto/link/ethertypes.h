/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of EtherTypes, for every header that carries one. */
#ifndef PKW_PROTO_ETHERTYPES_H
#define PKW_PROTO_ETHERTYPES_H

/*
 * Fields that carry an EtherType say NEXT("ethertype"), LABELS(pkw__ethertypes).
 * The names are those of Debian's /etc/ethertypes, as Scapy spells them, then
 * IEEE's list; where a number has two, the first is printed and both are read.
 */

#include <pkw/proto.h>

#define PKW_ETHERTYPES(X)                                                      \
	X(0x0800, "IPv4")                                                      \
	X(0x0805, "X25")                                                       \
	X(0x0806, "ARP")                                                       \
	X(0x0808, "FR_ARP")                                                    \
	X(0x0842, "WOL")                                                       \
	X(0x08FF, "BPQ")                                                       \
	X(0x22EA, "MSRP")                                                      \
	X(0x22F0, "AVTP")                                                      \
	X(0x22F3, "TRILL")                                                     \
	X(0x22F4, "L2_IS_IS")                                                  \
	X(0x6002, "MOP_RC")                                                    \
	X(0x6003, "DECNET")                                                    \
	X(0x6558, "TEB")                                                       \
	X(0x6559, "RAW_FR")                                                    \
	X(0x8035, "RARP")                                                      \
	X(0x809B, "ATALK")                                                     \
	X(0x80F3, "AARP")                                                      \
	X(0x8100, "n_802_1Q")                                                  \
	X(0x8100, "VLAN")                                                      \
	X(0x8137, "IPX")                                                       \
	X(0x8191, "NetBEUI")                                                   \
	X(0x86DD, "IPv6")                                                      \
	X(0x8808, "MAC_CONTROL")                                               \
	X(0x8809, "SLOW")                                                      \
	X(0x880B, "PPP")                                                       \
	X(0x8847, "MPLS")                                                      \
	X(0x8848, "MPLS_MULTI")                                                \
	X(0x884C, "ATMMPOA")                                                   \
	X(0x8863, "PPP_DISC")                                                  \
	X(0x8864, "PPP_SES")                                                   \
	X(0x8864, "PPPOE")                                                     \
	X(0x8870, "JUMBO_LLC")                                                 \
	X(0x8884, "ATMFATE")                                                   \
	X(0x888E, "EAPOL")                                                     \
	X(0x8892, "PROFINET")                                                  \
	X(0x88A2, "AOE")                                                       \
	X(0x88A4, "ETHERCAT")                                                  \
	X(0x88A8, "802_AD")                                                    \
	X(0x88A8, "QINQ")                                                      \
	X(0x88AB, "POWERLINK")                                                 \
	X(0x88B5, "EXPERIMENTAL_1")                                            \
	X(0x88B6, "EXPERIMENTAL_2")                                            \
	X(0x88B7, "OUI_EXTENDED")                                              \
	X(0x88B8, "GOOSE")                                                     \
	X(0x88BA, "SV")                                                        \
	X(0x88C7, "EAP_PREAUTH")                                               \
	X(0x88CA, "TIPC")                                                      \
	X(0x88CC, "LLDP")                                                      \
	X(0x88D9, "LLTD")                                                      \
	X(0x88E1, "HOMEPLUG_AV")                                               \
	X(0x88E3, "MRP")                                                       \
	X(0x88E5, "802_1AE")                                                   \
	X(0x88E7, "PBB")                                                       \
	X(0x88EE, "E_LMI")                                                     \
	X(0x88F5, "MVRP")                                                      \
	X(0x88F6, "MMRP")                                                      \
	X(0x88F7, "PTP")                                                       \
	X(0x88F8, "NCSI")                                                      \
	X(0x88FB, "PRP")                                                       \
	X(0x8902, "CFM")                                                       \
	X(0x8906, "FCOE")                                                      \
	X(0x890D, "TDLS")                                                      \
	X(0x8914, "FIP")                                                       \
	X(0x8915, "ROCE")                                                      \
	X(0x891D, "TTETHERNET")                                                \
	X(0x8926, "VN_TAG")                                                    \
	X(0x892F, "HSR")                                                       \
	X(0x893F, "E_TAG")                                                     \
	X(0x894F, "NSH")                                                       \
	X(0x9000, "LOOPBACK")                                                  \
	X(0x9100, "QINQ_9100")                                                 \
	X(0x9200, "QINQ_9200")                                                 \
	X(0xA0ED, "LoWPAN")                                                    \
	X(0xF1C1, "R_TAG")

enum {
	PKW__ETHERTYPES_N = 0
#define PKW_X(number, name) + 1
	PKW_ETHERTYPES(PKW_X)
#undef PKW_X
};

extern const struct pkw_label pkw__ethertypes[PKW__ETHERTYPES_N];

#endif
