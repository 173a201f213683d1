/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 (RFC 8200) and the start of one that an ICMPv6 error quotes, IPerror6.
 *
 * A payload length of 0 together with a hop-by-hop header announces a jumbogram
 * (RFC 2675): the payload then reaches as far as the bytes do.
 *
 * The pseudo header (RFC 8200 §8.1) has the addresses the packet has when it
 * arrives: the last one of a routing header that is not used up, and the home
 * address where a destination options header has one (RFC 6275 §6.3).
 *
 * Extension headers lie between this layer and the upper one as layers of their
 * own, and an answer need not have the ones its question had.  So answers()
 * steps over them on both sides and asks the upper layers itself.
 */
#include "base/bytes.h"
#include "base/sum.h"
#include "proto/network/icmpv6.h"
#include "proto/network/inet.h"
#include "proto/network/numbers.h"

#include <pkw/rows.h>
#include <string.h>

#define IPV6_ROWS(upper, source, dest)                                                             \
	[IPV6_VERSION] = BITS(4, "version", .def = 6),                                             \
	[IPV6_TC] = BITS(8, "tc", .doc = "traffic class: DSCP and ECN"),                           \
	[IPV6_FL] = BITS(20, "fl", .doc = "flow label"),                                           \
	[IPV6_PLEN] = U16("plen", LEN(PKW_OF_PAYLOAD, .zero = 1, GUARD(PKW_EQ, IPV6_NH, 0))),      \
	[IPV6_NH] = U8("nh", .def = 59, NEXT(upper), LABELS(pkw__ip6_next)),                       \
	[IPV6_HLIM] = U8("hlim", .def = 64, .doc = "hops left"),                                   \
	[IPV6_SRC] = IP6("src", .text = "::1", .flags = (source)),                                 \
	[IPV6_DST] = IP6("dst", .text = "::1", .flags = (dest))

static const struct pkw_field ipv6_fields[] = { IPV6_ROWS("ipproto", PKW_SRC, PKW_DST) };
static const struct pkw_field iperror6_fields[] = { IPV6_ROWS("iperror", 0, 0) };

static const struct pkw_bind ipv6_binds[] = {
	{ .space = "ethertype", .value = 0x86dd },
	{ .space = "ppp", .value = 0x57 },
	{ .space = "ipproto", .value = 41 },
	{ .space = "iperror", .value = 41, .only = 'b' },
	{ .space = "linktype", .value = 229 },
	{ .space = "ip.version", .value = 6 },
	{ .space = "mpls.nibble", .value = 6 },
	{ .space = "loopback", .value = 10 },               /* Linux */
	{ .space = "loopback", .value = 24, .only = 'd' },  /* NetBSD, OpenBSD */
	{ .space = "loopback", .value = 28, .only = 'd' },  /* FreeBSD */
	{ .space = "loopback", .value = 30, .only = 'd' },  /* Darwin */
};

/* VXLAN carries other things than Ethernet in its generic extension only. */
static const struct pkw_below ipv6_below[] = {
	{ .proto = "MPLS", .field = "label", .value = 2 },
	{ .proto = "VXLAN", .field = "flags", .value = 12 },
	{ .proto = "VXLAN", .field = "NextProtocol", .value = 2 },
};
static const struct pkw_bind iperror6_binds[] = {
	{ .space = "iperror", .value = 41 },
};

/* The first layer above that is no extension header. */
static int upper_of(const struct pkw_pkt *p, int layer)
{
	do
		layer++;
	while (pkw__ip6_is_ext(inet_proto(p, layer)));
	return layer;
}

static int has_routing(const struct pkw_pkt *p, int layer)
{
	while (pkw__ip6_is_ext(inet_proto(p, ++layer)))
		if (pkw__ip6_is_routing(inet_proto(p, layer)))
			return 1;
	return 0;
}

static uint64_t pseudo(const struct pkw_pkt *p, int layer, uint32_t number,
    uint32_t upper_len)
{
	const uint8_t *src = pkw__inet_bytes(p, layer, IPV6_SRC, 16);
	const uint8_t *dst = pkw__inet_bytes(p, layer, IPV6_DST, 16);
	uint8_t b[8];

	for (int i = layer + 1; pkw__ip6_is_ext(inet_proto(p, i)); i++) {
		const uint8_t *final = pkw__ip6_final(p, i);
		const uint8_t *home = pkw__ip6_home(p, i);
		dst = final ? final : dst;
		src = home ? home : src;
	}
	if (!src || !dst)
		return 0;
	store_be(b, 4, upper_len);
	store_be(b + 4, 4, number);
	return pkw__sum_add(pkw__sum_partial(b, sizeof b),
	    pkw__sum_add(pkw__sum_partial(src, 16), pkw__sum_partial(dst, 16)));
}

static int is_group(const struct pkw_pkt *p, int layer)
{
	const uint8_t *dst = pkw__inet_bytes(p, layer, IPV6_DST, 16);

	return dst && dst[0] == 0xff;
}

static int answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (inet_proto(q, ql) != &pkw__ipv6)
		return 0;
	int qu = upper_of(q, ql), au = upper_of(a, al);
	int group = is_group(q, ql);
	int back = pkw__inet_same(q, ql, IPV6_SRC, a, al, IPV6_DST, 16) ||
	    (group && is_group(a, al));
	if (!back)
		return 0;
	if (pkw__icmp6_quotes(a, au))
		return pkw_answers(q, ql, a, au + 1) ? 2 : 0;
	if (!group && !has_routing(q, ql) &&
	    !pkw__inet_same(q, ql, IPV6_DST, a, al, IPV6_SRC, 16))
		return 0;
	return pkw_answers(q, qu, a, au) ? 2 : 0;
}

/* Behind extension headers quoted layers are not those of "iperror". */
static int same_start(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	enum { PORTS = 4 };

	if (!inet_proto(q, ql) || inet_proto(q, ql) != inet_proto(a, al))
		return 0;
	return inet_layer(q, ql)->len >= PORTS && inet_layer(a, al)->len >= PORTS &&
	    memcmp(pkw_view(q)->bytes + inet_layer(q, ql)->off,
		pkw_view(a)->bytes + inet_layer(a, al)->off, PORTS) == 0;
}

/* A packet under way has another destination while a route is left. */
static int quote_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (inet_proto(q, ql) != &pkw__ipv6 ||
	    !pkw__inet_same(q, ql, IPV6_SRC, a, al, IPV6_SRC, 16))
		return 0;
	if (!has_routing(q, ql) && !pkw__inet_same(q, ql, IPV6_DST, a, al, IPV6_DST, 16))
		return 0;
	ql = upper_of(q, ql);
	al = upper_of(a, al);
	return pkw_answers(q, ql, a, al) || same_start(q, ql, a, al) ? 2 : 0;
}

const struct pkw_proto pkw__ipv6 = {
	.rec = RECORD("IPv6", 0, ipv6_fields),
	.title = "Internet Protocol, version 6",
	.ref = "RFC 8200",
	.cls = PKW_NETWORK,
	BINDS(ipv6_binds),
	BELOW(ipv6_below),
	.summary = "{src} > {dst}",
	.pseudo = pseudo,
	.answers = answers,
};

const struct pkw_proto pkw__iperror6 = {
	.rec = RECORD("IPerror6", 0, iperror6_fields),
	.title = "IPv6 header quoted in an ICMPv6 error",
	.ref = "RFC 4443",
	.flags = PKW_QUOTED,
	BINDS(iperror6_binds),
	.summary = "{src} > {dst}",
	.pseudo = pseudo,
	.answers = quote_answers,
};

PROTOS(ipv6, &pkw__ipv6, &pkw__iperror6);
