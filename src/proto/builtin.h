/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocols that are there from the start: a row for each file of them. */
#ifndef PKW_PROTO_BUILTIN_H
#define PKW_PROTO_BUILTIN_H

/*
 * X(name): some file below src/proto/ ends with PROTOS(name, &a, &b, ...).
 * By folder, and sorted by name in each.
 */
#define PKW_BUILTIN(X)                                                         \
	/* service/ */                                                         \
	X(dhcp)                                                                \
	X(dhcp6)                                                               \
	X(dhcp6_opt)                                                           \
	X(dns)                                                                 \
	X(ntp)                                                                 \
	X(ntp_private)                                                         \
	X(tftp)                                                                \
	/* the two that are no protocol */                                     \
	X(raw)                                                                 \
	/* link */                                                             \
	X(arp)                                                                 \
	X(chdlc)                                                               \
	X(cooked)                                                              \
	X(ether)                                                               \
	X(lcp)                                                                 \
	X(llc)                                                                 \
	X(lldp)                                                                \
	X(lldp_8021)                                                           \
	X(lldp_8023)                                                           \
	X(lldp_med)                                                            \
	X(loopback)                                                            \
	X(mpls)                                                                \
	X(ncp)                                                                 \
	X(ppp)                                                                 \
	X(pppauth)                                                             \
	X(pppoe)                                                               \
	X(stp)                                                                 \
	/* network */                                                          \
	X(icmp)                                                                \
	X(icmp_ext)                                                            \
	X(icmpv6)                                                              \
	X(igmp)                                                                \
	X(ip)                                                                  \
	X(ipsec)                                                               \
	X(ipv6)                                                                \
	X(ipv6_ext)                                                            \
	X(mip6)                                                                \
	X(mld)                                                                 \
	X(nd)                                                                  \
	X(nd_options)                                                          \
	X(ni)                                                                  \
	X(srv6)                                                                \
	/* transport */                                                        \
	X(sctp)                                                                \
	X(tcp)                                                                 \
	X(udp)                                                                 \
	/* tunnel */                                                           \
	X(geneve)                                                              \
	X(gre)                                                                 \
	X(vxlan)

#endif
