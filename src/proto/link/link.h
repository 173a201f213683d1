/* SPDX-License-Identifier: BSD-2-Clause */
/* Link protocols that hooks of other files of this folder hand out. */
#ifndef PKW_PROTO_LINK_H
#define PKW_PROTO_LINK_H

#include <pkw/proto.h>

extern const struct pkw_proto pkw__ether;
extern const struct pkw_proto pkw__llc;
extern const struct pkw_proto pkw__stp;

#endif
