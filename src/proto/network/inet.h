/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the network layer know of each other. */
#ifndef PKW_PROTO_NETWORK_INET_H
#define PKW_PROTO_NETWORK_INET_H

/*
 * Hooks look at fields by their index in a table, never at byte offsets: these
 * are the indices and tables that more than one file needs, and small readers
 * of layers on top of <pkw/pkt.h>.
 */

#include <pkw/pkt.h>
#include <pkw/proto.h>

/* ip.c */
enum {
	IP_VERSION, IP_IHL, IP_TOS, IP_LEN, IP_ID, IP_FLAGS, IP_FRAG, IP_TTL,
	IP_PROTO, IP_CHKSUM, IP_SRC, IP_DST, IP_OPTIONS
};
extern const struct pkw_proto pkw__ip, pkw__iperror;

/* ip_options.c */
extern const struct pkw_list pkw__ip_options;
/* The last router of the packet's only source route, NULL: no such route. */
const uint8_t *pkw__ip_final(const struct pkw_pkt *p, int layer);

/* icmp_ext.c: what lies behind a quote */
extern const struct pkw_proto pkw__icmp_extension;

/* icmp.c */
extern const struct pkw_proto pkw__icmp;
/* Whether the layer is an ICMP message that quotes a datagram. */
int pkw__icmp_quotes(const struct pkw_pkt *p, int layer);

/* ipv6.c */
enum {
	IPV6_VERSION, IPV6_TC, IPV6_FL, IPV6_PLEN, IPV6_NH, IPV6_HLIM, IPV6_SRC,
	IPV6_DST
};
extern const struct pkw_proto pkw__ipv6, pkw__iperror6;

/* ipv6_ext.c */
int pkw__ip6_is_ext(const struct pkw_proto *proto);
int pkw__ip6_is_routing(const struct pkw_proto *proto);
/* The address a routing header leads to in the end, NULL: none is left. */
const uint8_t *pkw__ip6_final(const struct pkw_pkt *p, int layer);
/* The home address in a destination options header, NULL: there is none. */
const uint8_t *pkw__ip6_home(const struct pkw_pkt *p, int layer);

/* ipsec.c */
extern const struct pkw_proto pkw__ah;

/* srv6.c */
extern const struct pkw_proto pkw__srh;
const uint8_t *pkw__srh_final(const struct pkw_pkt *p, int layer);

static inline const struct pkw_layer *inet_layer(const struct pkw_pkt *p, int layer)
{
	return &pkw_view(p)->layers[layer];
}

/* The protocol of a layer, NULL if there is none of that number. */
static inline const struct pkw_proto *inet_proto(const struct pkw_pkt *p, int layer)
{
	if (layer < 0 || (uint32_t)layer >= pkw_view(p)->nlayers)
		return NULL;
	return inet_layer(p, layer)->proto;
}

/* The bytes of a layer's field, NULL if it is absent or not whole bytes. */
const uint8_t *pkw__inet_bytes(
    const struct pkw_pkt *p, int layer, unsigned field, size_t least);

/* Whether an address field has the same bytes in both packets. */
int pkw__inet_same(const struct pkw_pkt *a, int al, unsigned af,
    const struct pkw_pkt *b, int bl, unsigned bf, size_t len);

#endif
