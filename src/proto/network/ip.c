/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 (RFC 791) and the start of one that an ICMP error quotes, IPerror.
 *
 * The two differ in what follows: a quoted datagram is cut short, so its upper
 * layers are those of the space "iperror" (TCPerror, UDPerror...), its lengths
 * may say more than there is, and its addresses are never ours to fill in.
 *
 * Only the first fragment has an upper layer (frag == 0); those after it are
 * raw.  A total length of 0 comes from cards that cut segments themselves: the
 * datagram then reaches as far as the bytes do.
 *
 * The pseudo header (RFC 793 §3.1) has the length as the receiver will compute
 * it, thus from a total length the user pinned, and the final destination where
 * a source route is still to be travelled.
 *
 * Answers: addresses change sides and the protocol is the same; a question to
 * a group or to everybody is answered by anyone, and one sent from 0.0.0.0 is
 * answered to wherever the other side likes.  An ICMP error answers the
 * datagram it quotes (RFC 792).
 */
#include "base/bytes.h"
#include "base/sum.h"
#include "core/core.h"
#include "proto/network/inet.h"
#include "proto/network/numbers.h"

#include <pkw/rows.h>

static const struct pkw_label flag_names[] = {
	{ 0, "MF", 0 },
	{ 1, "DF", 0 },
	{ 2, "evil", 0 },
};

#define IP_ROWS(upper, source, dest)                                                               \
	[IP_VERSION] = BITS(4, "version", .def = 4),                                               \
	[IP_IHL] = BITS(4, "ihl", LEN(PKW_OF_RECORD, .unit = 4, .pad = PKW_PAD_ODD)),              \
	[IP_TOS] = U8("tos", HEX, .doc = "DSCP and ECN"),                                          \
	[IP_LEN] = U16("len", LEN(PKW_OF_LAYER, .zero = 1)),                                       \
	[IP_ID] = U16("id", .def = 1, .doc = "the same in all fragments"),                         \
	[IP_FLAGS] = FLAGS(3, flag_names, "flags", .doc = "more fragments, do not fragment"),      \
	[IP_FRAG] = BITS(13, "frag", .doc = "fragment offset in units of 8 bytes"),                \
	[IP_TTL] = U8("ttl", .def = 64, .doc = "hops left"),                                       \
	[IP_PROTO] = U8("proto", NEXT(upper, GUARD(PKW_EQ, IP_FRAG, 0)), LABELS(pkw__ip_protos)),  \
	[IP_CHKSUM] = U16("chksum", HEX, SUM(&pkw_sum_inet, .of = PKW_OF_RECORD)),                 \
	[IP_SRC] = IP4("src", .text = "127.0.0.1", .flags = (source)),                             \
	[IP_DST] = IP4("dst", .text = "127.0.0.1", .flags = (dest)),                               \
	[IP_OPTIONS] = LIST(&pkw__ip_options, "options")

static const struct pkw_field ip_fields[] = { IP_ROWS("ipproto", PKW_SRC, PKW_DST) };
static const struct pkw_field iperror_fields[] = { IP_ROWS("iperror", 0, 0) };

static const struct pkw_bind ip_binds[] = {
	{ .space = "ethertype", .value = 0x0800 },
	{ .space = "ppp", .value = 0x21 },
	{ .space = "ipproto", .value = 4 },
	{ .space = "iperror", .value = 4, .only = 'b' },
	{ .space = "linktype", .value = 228 },
	{ .space = "ip.version", .value = 4 },
	{ .space = "mpls.nibble", .value = 4 },
	{ .space = "loopback", .value = 2 },
};

/* VXLAN carries other things than Ethernet in its generic extension only. */
static const struct pkw_below ip_below[] = {
	{ .proto = "MPLS", .field = "label", .value = 0 },
	{ .proto = "VXLAN", .field = "flags", .value = 12 },
	{ .proto = "VXLAN", .field = "NextProtocol", .value = 1 },
};

static const struct pkw_bind iperror_binds[] = {
	{ .space = "iperror", .value = 4 },
};

/* What a receiver takes for the length of the upper layer. */
static uint32_t upper_length(
    const struct pkw_pkt *p, int layer, uint32_t upper_len)
{
	if (!pkw__layer_pinned(p, (unsigned)layer, IP_LEN))
		return upper_len;
	uint64_t head = pkw_u(p, layer, IP_IHL) * 4;
	uint64_t len = pkw_u(p, layer, IP_LEN);
	if (len == 0 && inet_layer(p, layer)->flags & PKW_LAYER_READ)
		return upper_len; /* as far as the bytes do, see above */
	return len > head ? (uint32_t)(len - head) : 0;
}

static uint64_t pseudo(const struct pkw_pkt *p, int layer, uint32_t number,
    uint32_t upper_len)
{
	const struct pkw_layer *l = inet_layer(p, layer);
	const uint8_t *final = NULL;
	uint8_t b[12];

	if (l->len > 20)
		final = pkw__ip_final(p, layer);
	if (l->flags & PKW_LAYER_ODD) {
		store_be(b, 4, pkw_u(p, layer, IP_SRC));
		store_be(b + 4, 4, pkw_u(p, layer, IP_DST));
	} else { /* one behind the other, and always there */
		memcpy(b, p->v.bytes + l->off +
		    l->proto->rec.shape->bit[IP_SRC] / 8, 8);
	}
	if (final)
		memcpy(b + 4, final, 4);
	store_be(b + 8, 2, number);
	store_be(b + 10, 2, upper_length(p, layer, upper_len));
	return pkw__sum_partial(b, sizeof b);
}

static int is_for_all(uint64_t dst)
{
	return dst == 0xffffffff || dst >> 28 == 0xe;
}

static int answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a,
    int al)
{
	if (inet_proto(q, ql) != &pkw__ip)
		return 0;
	uint64_t src = pkw_u(q, ql, IP_SRC), dst = pkw_u(q, ql, IP_DST);
	int all = is_for_all(dst);
	int back = pkw_u(a, al, IP_DST) == src;
	if (pkw__icmp_quotes(a, al + 1))
		return back && pkw_answers(q, ql, a, al + 2) ? 2 : 0;
	if (all && (src == 0 || is_for_all(pkw_u(a, al, IP_DST))))
		back = 1;
	if (!back || (!all && pkw_u(a, al, IP_SRC) != dst))
		return 0;
	return pkw_u(a, al, IP_PROTO) == pkw_u(q, ql, IP_PROTO);
}

/* A router on the way may have changed the identification (NAT does). */
static int quote_answers(const struct pkw_pkt *q, int ql,
    const struct pkw_pkt *a, int al)
{
	if (inet_proto(q, ql) != &pkw__ip)
		return 0;
	return pkw_u(a, al, IP_SRC) == pkw_u(q, ql, IP_SRC) &&
	    pkw_u(a, al, IP_DST) == pkw_u(q, ql, IP_DST) &&
	    pkw_u(a, al, IP_PROTO) == pkw_u(q, ql, IP_PROTO);
}

const struct pkw_proto pkw__ip = {
	.rec = RECORD("IP", 0, ip_fields),
	.title = "Internet Protocol, version 4",
	.ref = "RFC 791",
	.cls = PKW_NETWORK,
	BINDS(ip_binds),
	BELOW(ip_below),
	.summary = "{src} > {dst}[ frag {frag}]",
	.pseudo = pseudo,
	.answers = answers,
};

const struct pkw_proto pkw__iperror = {
	.rec = RECORD("IPerror", 0, iperror_fields),
	.title = "IPv4 header quoted in an ICMP error",
	.ref = "RFC 792",
	.flags = PKW_QUOTED,
	BINDS(iperror_binds),
	.summary = "{src} > {dst}[ frag {frag}]",
	.pseudo = pseudo,
	.answers = quote_answers,
};

/* A raw IP link carries both versions: the first four bits tell. */
static const struct pkw_pick version_pick = { 0, 4, "ip.version" };
static const struct pkw_bind ip46_binds[] = {
	{ .space = "linktype", .value = 101 },
	{ .space = "linktype", .value = 12 },
	{ .space = "linktype", .value = 14 },
};
static const struct pkw_proto ip46 = {
	.rec = EMPTY("IPv46", 0),
	.title = "Internet Protocol of either version",
	.flags = PKW_ABSTRACT,
	.pick = &version_pick,
	.next = "IP",
	BINDS(ip46_binds),
};

PROTOS(ip, &pkw__ip, &pkw__iperror, &ip46);
