/* SPDX-License-Identifier: BSD-2-Clause */
/* Link protocols that hooks of other files of this folder hand out. */
#ifndef PKW_PROTO_LINK_H
#define PKW_PROTO_LINK_H

#include <pkw/pkt.h>

extern const struct pkw_proto pkw__chdlc;
extern const struct pkw_proto pkw__dot1ad;
extern const struct pkw_proto pkw__dot1q;
extern const struct pkw_proto pkw__ether;
extern const struct pkw_proto pkw__llc;
extern const struct pkw_proto pkw__stp;

static inline const struct pkw_proto *pkw__proto_of(
    const struct pkw_pkt *p, int layer)
{
	return pkw_view(p)->layers[layer].proto;
}

/* Whether two layers are of one protocol: what most answers begin with. */
static inline int pkw__alike(
    const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw__proto_of(q, ql) == pkw__proto_of(a, al);
}

#endif
