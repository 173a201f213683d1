/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of the numbers in IP's protocol field and IPv6's next header. */
#ifndef PKW_PROTO_NETWORK_NUMBERS_H
#define PKW_PROTO_NETWORK_NUMBERS_H

/*
 * One list of IANA's protocol numbers for three fields (IP.proto, AH.nh, and
 * what IPv6.nh has no longer name for).  The spelling is that of
 * /etc/protocols with `_' for `-', as Scapy's users know it; the second column
 * is IANA's keyword.
 */

#include <pkw/proto.h>

#define PKW_IP_PROTOS(X)                                                       \
	X(0, "hopopt", "HOPOPT")                                               \
	X(1, "icmp", "ICMP")                                                   \
	X(2, "igmp", "IGMP")                                                   \
	X(3, "ggp", "GGP")                                                     \
	X(4, "ipencap", "IPv4")                                                \
	X(5, "st", "ST")                                                       \
	X(6, "tcp", "TCP")                                                     \
	X(7, "cbt", "CBT")                                                     \
	X(8, "egp", "EGP")                                                     \
	X(9, "igp", "IGP")                                                     \
	X(10, "bbn_rcc_mon", "BBN-RCC-MON")                                    \
	X(11, "nvp_ii", "NVP-II")                                              \
	X(12, "pup", "PUP")                                                    \
	X(13, "argus", "ARGUS")                                                \
	X(14, "emcon", "EMCON")                                                \
	X(15, "xnet", "XNET")                                                  \
	X(16, "chaos", "CHAOS")                                                \
	X(17, "udp", "UDP")                                                    \
	X(18, "mux", "MUX")                                                    \
	X(19, "dcn_meas", "DCN-MEAS")                                          \
	X(20, "hmp", "HMP")                                                    \
	X(21, "prm", "PRM")                                                    \
	X(22, "xns_idp", "XNS-IDP")                                            \
	X(23, "trunk_1", "TRUNK-1")                                            \
	X(24, "trunk_2", "TRUNK-2")                                            \
	X(25, "leaf_1", "LEAF-1")                                              \
	X(26, "leaf_2", "LEAF-2")                                              \
	X(27, "rdp", "RDP")                                                    \
	X(28, "irtp", "IRTP")                                                  \
	X(29, "iso_tp4", "ISO-TP4")                                            \
	X(30, "netblt", "NETBLT")                                              \
	X(31, "mfe_nsp", "MFE-NSP")                                            \
	X(32, "merit_inp", "MERIT-INP")                                        \
	X(33, "dccp", "DCCP")                                                  \
	X(34, "3pc", "3PC")                                                    \
	X(35, "idpr", "IDPR")                                                  \
	X(36, "xtp", "XTP")                                                    \
	X(37, "ddp", "DDP")                                                    \
	X(38, "idpr_cmtp", "IDPR-CMTP")                                        \
	X(39, "tp++", "TP++")                                                  \
	X(40, "il", "IL")                                                      \
	X(41, "ipv6", "IPv6")                                                  \
	X(42, "sdrp", "SDRP")                                                  \
	X(43, "ipv6_route", "IPv6-Route")                                      \
	X(44, "ipv6_frag", "IPv6-Frag")                                        \
	X(45, "idrp", "IDRP")                                                  \
	X(46, "rsvp", "RSVP")                                                  \
	X(47, "gre", "GRE")                                                    \
	X(48, "dsr", "DSR")                                                    \
	X(49, "bna", "BNA")                                                    \
	X(50, "esp", "ESP")                                                    \
	X(51, "ah", "AH")                                                      \
	X(52, "i_nlsp", "I-NLSP")                                              \
	X(53, "swipe", "SWIPE")                                                \
	X(54, "narp", "NARP")                                                  \
	X(55, "min_ipv4", "Min-IPv4")                                          \
	X(56, "tlsp", "TLSP")                                                  \
	X(57, "skip", "SKIP")                                                  \
	X(58, "ipv6_icmp", "IPv6-ICMP")                                        \
	X(59, "ipv6_nonxt", "IPv6-NoNxt")                                      \
	X(60, "ipv6_opts", "IPv6-Opts")                                        \
	X(62, "cftp", "CFTP")                                                  \
	X(64, "sat_expak", "SAT-EXPAK")                                        \
	X(65, "kryptolan", "KRYPTOLAN")                                        \
	X(66, "rvd", "RVD")                                                    \
	X(67, "ippc", "IPPC")                                                  \
	X(69, "sat_mon", "SAT-MON")                                            \
	X(70, "visa", "VISA")                                                  \
	X(71, "ipcv", "IPCV")                                                  \
	X(72, "cpnx", "CPNX")                                                  \
	X(73, "rspf", "CPHB")                                                  \
	X(74, "wsn", "WSN")                                                    \
	X(75, "pvp", "PVP")                                                    \
	X(76, "br_sat_mon", "BR-SAT-MON")                                      \
	X(77, "sun_nd", "SUN-ND")                                              \
	X(78, "wb_mon", "WB-MON")                                              \
	X(79, "wb_expak", "WB-EXPAK")                                          \
	X(80, "iso_ip", "ISO-IP")                                              \
	X(81, "vmtp", "VMTP")                                                  \
	X(82, "secure_vmtp", "SECURE-VMTP")                                    \
	X(83, "vines", "VINES")                                                \
	X(84, "iptm", "IPTM")                                                  \
	X(85, "nsfnet_igp", "NSFNET-IGP")                                      \
	X(86, "dgp", "DGP")                                                    \
	X(87, "tcf", "TCF")                                                    \
	X(88, "eigrp", "EIGRP")                                                \
	X(89, "ospf", "OSPFIGP")                                               \
	X(90, "sprite_rpc", "Sprite-RPC")                                      \
	X(91, "larp", "LARP")                                                  \
	X(92, "mtp", "MTP")                                                    \
	X(93, "ax_25", "AX.25")                                                \
	X(94, "ipip", "IPIP")                                                  \
	X(95, "micp", "MICP")                                                  \
	X(96, "scc_sp", "SCC-SP")                                              \
	X(97, "etherip", "ETHERIP")                                            \
	X(98, "encap", "ENCAP")                                                \
	X(100, "gmtp", "GMTP")                                                 \
	X(101, "ifmp", "IFMP")                                                 \
	X(102, "pnni", "PNNI")                                                 \
	X(103, "pim", "PIM")                                                   \
	X(104, "aris", "ARIS")                                                 \
	X(105, "scps", "SCPS")                                                 \
	X(106, "qnx", "QNX")                                                   \
	X(107, "a_n", "A/N")                                                   \
	X(108, "ipcomp", "IPComp")                                             \
	X(109, "snp", "SNP")                                                   \
	X(110, "compaq_peer", "Compaq-Peer")                                   \
	X(111, "ipx_in_ip", "IPX-in-IP")                                       \
	X(112, "vrrp", "VRRP")                                                 \
	X(113, "pgm", "PGM")                                                   \
	X(115, "l2tp", "L2TP")                                                 \
	X(116, "ddx", "DDX")                                                   \
	X(117, "iatp", "IATP")                                                 \
	X(118, "stp", "STP")                                                   \
	X(119, "srp", "SRP")                                                   \
	X(120, "uti", "UTI")                                                   \
	X(121, "smp", "SMP")                                                   \
	X(122, "sm", "SM")                                                     \
	X(123, "ptp", "PTP")                                                   \
	X(124, "isis", "ISIS over IPv4")                                       \
	X(125, "fire", "FIRE")                                                 \
	X(126, "crtp", "CRTP")                                                 \
	X(127, "crudp", "CRUDP")                                               \
	X(128, "sscopmce", "SSCOPMCE")                                         \
	X(129, "iplt", "IPLT")                                                 \
	X(130, "sps", "SPS")                                                   \
	X(131, "pipe", "PIPE")                                                 \
	X(132, "sctp", "SCTP")                                                 \
	X(133, "fc", "FC")                                                     \
	X(134, "rsvp_e2e_ignore", "RSVP-E2E-IGNORE")                           \
	X(135, "mobility_header", "Mobility Header")                           \
	X(136, "udplite", "UDPLite")                                           \
	X(137, "mpls_in_ip", "MPLS-in-IP")                                     \
	X(138, "manet", "manet")                                               \
	X(139, "hip", "HIP")                                                   \
	X(140, "shim6", "Shim6")                                               \
	X(141, "wesp", "WESP")                                                 \
	X(142, "rohc", "ROHC")                                                 \
	X(143, "ethernet", "Ethernet")                                         \
	X(144, "aggfrag", "AGGFRAG")                                           \
	X(145, "nsh", "NSH")                                                   \
	X(146, "homa", "Homa")                                                 \
	X(147, "bit_emu", "BIT-EMU")                                           \
	X(253, "experiment_1", "Experiment 1")                                 \
	X(254, "experiment_2", "Experiment 2")

/* Scapy's names of IPv6 next headers come first, so they are what is shown. */
#define PKW_IP6_NEXT(X)                                                        \
	X(0, "Hop-by-Hop Option Header")                                       \
	X(4, "IP")                                                             \
	X(6, "TCP")                                                            \
	X(17, "UDP")                                                           \
	X(41, "IPv6")                                                          \
	X(43, "Routing Header")                                                \
	X(44, "Fragment Header")                                               \
	X(47, "GRE")                                                           \
	X(50, "ESP Header")                                                    \
	X(51, "AH Header")                                                     \
	X(58, "ICMPv6")                                                        \
	X(59, "No Next Header")                                                \
	X(60, "Destination Option Header")                                     \
	X(112, "VRRP")                                                         \
	X(132, "SCTP")                                                         \
	X(135, "Mobility Header")

#define PKW_X(number, scapy, iana) +1
enum { PKW__IP_PROTOS_N = 0 PKW_IP_PROTOS(PKW_X) };
#undef PKW_X
#define PKW_X(number, name) +1
enum { PKW__IP6_NEXT_N = PKW__IP_PROTOS_N PKW_IP6_NEXT(PKW_X) };
#undef PKW_X

extern const struct pkw_label pkw__ip_protos[PKW__IP_PROTOS_N];
extern const struct pkw_label pkw__ip6_next[PKW__IP6_NEXT_N];

#endif
