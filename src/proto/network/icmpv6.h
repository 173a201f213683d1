/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows and names that all ICMPv6 messages share. */
#ifndef PKW_PROTO_NETWORK_ICMPV6_H
#define PKW_PROTO_NETWORK_ICMPV6_H

/*
 * Each message type is a protocol of its own, found by its first octet in the
 * space "icmpv6"; every one begins with ICMP6_HEAD.  Needs <pkw/rows.h>.
 */

#include <pkw/pkt.h>
#include <pkw/proto.h>

#define PKW_ICMP6_TYPES(X)                                                     \
	X(1, "Destination unreachable")                                        \
	X(2, "Packet too big")                                                 \
	X(3, "Time exceeded")                                                  \
	X(4, "Parameter problem")                                              \
	X(128, "Echo Request")                                                 \
	X(129, "Echo Reply")                                                   \
	X(130, "MLD Query")                                                    \
	X(131, "MLD Report")                                                   \
	X(132, "MLD Done")                                                     \
	X(133, "Router Solicitation")                                          \
	X(134, "Router Advertisement")                                         \
	X(135, "Neighbor Solicitation")                                        \
	X(136, "Neighbor Advertisement")                                       \
	X(137, "Redirect Message")                                             \
	X(138, "Router Renumbering")                                           \
	X(139, "ICMP Node Information Query")                                  \
	X(140, "ICMP Node Information Response")                               \
	X(141, "Inverse Neighbor Discovery Solicitation Message")              \
	X(142, "Inverse Neighbor Discovery Advertisement Message")             \
	X(143, "MLD Report Version 2")                                         \
	X(144, "Home Agent Address Discovery Request Message")                 \
	X(145, "Home Agent Address Discovery Reply Message")                   \
	X(146, "Mobile Prefix Solicitation")                                   \
	X(147, "Mobile Prefix Advertisement")                                  \
	X(148, "Certification Path Solicitation")                              \
	X(149, "Certification Path Advertisement")                             \
	X(151, "Multicast Router Advertisement")                               \
	X(152, "Multicast Router Solicitation")                                \
	X(153, "Multicast Router Termination")                                 \
	X(154, "FMIPv6 Messages")                                              \
	X(155, "RPL Control Message")                                          \
	X(156, "ILNPv6 Locator Update Message")                                \
	X(157, "Duplicate Address Request")                                    \
	X(158, "Duplicate Address Confirmation")                               \
	X(159, "MPL Control Message")                                          \
	X(160, "Extended Echo Request")                                        \
	X(161, "Extended Echo Reply")                                          \
	X(201, "Private Experimentation") /* what the name alone gives */      \
	X(200, "Private Experimentation")                                      \
	X(101, "Private Experimentation")                                      \
	X(100, "Private Experimentation")

#define PKW_X(number, name) +1
enum { PKW__ICMP6_TYPES_N = 0 PKW_ICMP6_TYPES(PKW_X) };
#undef PKW_X
extern const struct pkw_label pkw__icmp6_types[PKW__ICMP6_TYPES_N];

enum { ICMP6_TYPE, ICMP6_CODE, ICMP6_CKSUM, ICMP6_BODY };

/* The second octet has another name in some messages: it is given as a row. */
#define ICMP6_HEAD(number, ...)                                                \
	[ICMP6_TYPE] = U8("type", .def = (number), LABELS(pkw__icmp6_types)),  \
	[ICMP6_CODE] = __VA_ARGS__,                                            \
	[ICMP6_CKSUM] = U16("cksum", HEX,                                      \
	    SUM(&pkw_sum_inet, .of = PKW_OF_ALL, .pseudo = "ipproto"))

/* Whether the layer is an error message, which quotes a packet. */
int pkw__icmp6_quotes(const struct pkw_pkt *p, int layer);

/* Multicast and neighbour discovery do not leave the link. */
extern const struct pkw_below pkw__below_nodes[2], pkw__below_routers[2];

#endif
