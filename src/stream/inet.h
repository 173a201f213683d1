/* SPDX-License-Identifier: BSD-2-Clause */
/* What reassembly reads in IP and TCP headers. */
#ifndef PKW_STREAM_INET_H
#define PKW_STREAM_INET_H

#include <pkw/pkt.h>
#include <stdint.h>

/* Fields, looked up once by name. */
struct pkw__inet {
	const struct pkw_proto *ip, *ip6, *frag6, *tcp;
	struct {
		struct pkw_slot len, id, flags, frag, proto, src, dst;
	} v4;
	struct {
		struct pkw_slot plen, nh;
	} v6;
	struct {
		struct pkw_slot nh, offset, m, id;
	} fr;
	struct {
		struct pkw_slot sport, dport, seq, ack, flags, window;
	} seg;
};

void pkw__inet_init(struct pkw__inet *n);

/* An IP header of either version, with the fragment header it may have. */
struct pkw__ip {
	int layer;               /* of IP or IPv6 */
	int head;                /* last layer of what goes into each fragment */
	int frag;                /* of the IPv6 fragment header; -1: none */
	unsigned version;
	uint8_t src[16], dst[16];
	uint32_t id;             /* fragments only */
	unsigned proto;          /* of what follows */
	uint32_t offset;         /* in bytes */
	int more;
	int cut;                 /* less was captured than the length tells */
	uint32_t head_len;       /* IP header; IPv6: headers behind IPv6's, but
	                            for the fragment header */
	uint32_t at, len;        /* what follows the headers, in the packet */
	uint32_t full;           /* len, as the length field tells it */
};

/* Reads the IP header at a layer: 1, or 0 if it is none or broken. */
int pkw__ip_read(const struct pkw__inet *n, const struct pkw_pkt *p, int layer,
    struct pkw__ip *out);
/* The first fragment in a packet, from the outside: 1, or 0. */
int pkw__ip_fragment(
    const struct pkw__inet *n, const struct pkw_pkt *p, struct pkw__ip *out);

/* A field of a layer by its name: set and pinned; back to computed. */
void pkw__inet_set(
    struct pkw_pkt *p, int layer, const char *field, uint64_t value);
void pkw__inet_unset(struct pkw_pkt *p, int layer, const char *field);

static inline uint64_t pkw__inet_u(
    const struct pkw_pkt *p, int layer, const struct pkw_slot *s)
{
	return pkw_slot_get(pkw_view(p), &pkw_view(p)->layers[layer], s);
}

#endif
