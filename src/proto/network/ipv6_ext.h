/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows that IPv6 extension headers share. */
#ifndef PKW_PROTO_NETWORK_IPV6_EXT_H
#define PKW_PROTO_NETWORK_IPV6_EXT_H

#include <pkw/proto.h>

/* For the first row of a header; needs <pkw/rows.h> and numbers.h. */
#define NEXT_HEADER U8("nh", .def = 59, NEXT("ipproto"), LABELS(pkw__ip6_next))

enum { PKW__ROUTING_TYPES_N = 9 };
extern const struct pkw_label pkw__routing_types[PKW__ROUTING_TYPES_N];

/* A list of addresses and nothing else. */
extern const struct pkw_list pkw__ip6_addresses;

#endif
