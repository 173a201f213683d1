/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of a TCP header. */
#ifndef PKW_PROTO_TCP_OPTIONS_H
#define PKW_PROTO_TCP_OPTIONS_H

#include <pkw/proto.h>

extern const struct pkw_list pkw__tcp_options;

#endif
