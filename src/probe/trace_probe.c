/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes as packets.
 *
 * Each target has one packet, made from an expression when the size changes.
 * A probe is that packet with its hops, its number and its flow stored into it,
 * and sealed, so that every checksum is right.  Where the number has to be the
 * checksum (UDP), or the checksum is what flows are told by (ICMP), two bytes
 * of data make it come out: with them zero the packet has the checksum c, so
 * in one's complement arithmetic ~wanted + c in their place gives the wanted
 * one.  A DNS question has such bytes in its identifier.
 */
#include "base/bytes.h"
#include "net/net.h"
#include "probe/trace.h"

#include <pkw/str.h>
#include <pkw/text.h>

#include <stdlib.h>
#include <string.h>

enum {
	UDP_PORT = 33434,  /* traceroute's */
	TCP_PORT = 80,
	DNS_PORT = 53,
	SPORT_LEAST = 33000,
	SPORT_SPAN = 28000,
	IP_HEAD = 20,
	IP6_HEAD = 40
};

uint16_t pkw__trace_sport(const struct pkw_trace *t, unsigned flow)
{
	unsigned port = t->o.sport
	    ? t->o.sport : SPORT_LEAST + t->o.salt % SPORT_SPAN;

	return (uint16_t)(t->o.flags & PKW_TRACE_CLASSIC ? port : port + flow);
}

uint16_t pkw__trace_dport(const struct pkw_trace *t, unsigned flow)
{
	static const uint16_t usual[PKW_TRACE__N] = {
		[PKW_TRACE_UDP] = UDP_PORT, [PKW_TRACE_TCP] = TCP_PORT,
		[PKW_TRACE_DNS] = DNS_PORT };
	unsigned port = t->o.dport ? t->o.dport : usual[t->o.how];

	return (uint16_t)(t->o.flags & PKW_TRACE_CLASSIC ? port + flow : port);
}

uint16_t pkw__trace_echo_id(const struct pkw_trace *t)
{
	return (uint16_t)(t->o.salt >> 7);
}

uint32_t pkw__trace_seq(const struct pkw_trace *t, unsigned id)
{
	return (t->o.salt & 0xffff0000) | id;
}

uint8_t pkw__trace_proto(const struct pkw_trace *t, unsigned family)
{
	switch (t->o.how) {
	case PKW_TRACE_ICMP:
		return family == 4 ? 1 : 58;
	case PKW_TRACE_TCP:
		return 6;
	case PKW_TRACE_RAW:
		return t->o.proto;
	case PKW_TRACE_UDP:
	case PKW_TRACE_DNS:
	case PKW_TRACE__N:
		break;
	}
	return 17;
}

/* "IP(dst=192.0.2.1,...)/UDP(...)", without the data. */
static void expression(const struct pkw_trace *t,
    const struct pkw__trace_target *to, struct pkw_str *s)
{
	int six = to->addr.len == 16;
	char addr[48];

	pkw_str_fmt(s, six ? "IPv6(dst=\"%s\",tc=%u,hlim=1,fl=1"
			   : "IP(dst=\"%s\",tos=%u,ttl=1,id=1",
	    pkw_addr_text(&to->addr, addr), t->o.tos);
	if (!six && t->o.flags & PKW_TRACE_DF)
		pkw_str_add(s, ",flags=\"DF\"");
	if (t->o.src)
		pkw_str_fmt(s, ",src=\"%s\"", t->o.src);
	switch (t->o.how) {
	case PKW_TRACE_ICMP:
		pkw_str_fmt(s, six ? ")/ICMPv6EchoRequest(id=%u,seq=1"
				   : ")/ICMP(id=%u,seq=1",
		    pkw__trace_echo_id(t));
		break;
	case PKW_TRACE_TCP:
		pkw_str_add(s, ")/TCP(sport=1,dport=1,seq=1,flags=\"S\","
			       "window=5840,options=[(\"MSS\",1460)]");
		break;
	case PKW_TRACE_DNS:
		pkw_str_add(s, ")/UDP(sport=1,dport=53)/DNS(id=0,rd=1,"
			       "qd=[DNSQR(qname=\".\",qtype=\"NS\")]");
		break;
	case PKW_TRACE_RAW:
		pkw_str_fmt(s, six ? ",nh=%u" : ",proto=%u", t->o.proto);
		break;
	case PKW_TRACE_UDP:
	case PKW_TRACE__N:
		pkw_str_add(s, ")/UDP(sport=1,dport=1");
		break;
	}
	pkw_str_addc(s, ')');
}

/* The data that makes the packet `size' bytes long. */
static int fill(struct pkw_trace *t, struct pkw__trace_target *to,
    uint16_t size, struct pkw_diag *d)
{
	size_t have = pkw_bytes(to->p).len;
	size_t least = t->o.how == PKW_TRACE_TCP || t->o.how == PKW_TRACE_DNS
	    ? 0 : t->o.how == PKW_TRACE_RAW ? 8 : 4;
	size_t n = size > have + least ? size - have : least;
	int echo6 = t->o.how == PKW_TRACE_ICMP && to->addr.len == 16;

	to->payload = (uint16_t)n;
	if (n == 0)
		return 0;
	uint8_t *data = malloc(n);
	if (!data)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)('@' + i % 64);
	int e;
	if (echo6) {
		int root = pkw_root(to->p, 1);
		int field = pkw_field_named(to->p, root, "data");
		e = field < 0 ? field : pkw_field_set_bytes(to->p, root,
		    (unsigned)field, data, n);
	} else {
		e = pkw_push_raw(to->p, data, n);
	}
	free(data);
	return e < 0 ? pkw_fail(d, e, "a probe of %u bytes: %s", size,
	    pkw_strerror(e)) : 0;
}

/* Where the bytes are that mend the checksum. */
static uint16_t mending(
    const struct pkw_trace *t, const struct pkw__trace_target *to)
{
	size_t above = pkw_bytes(to->p).len - to->head;

	switch (t->o.how) {
	case PKW_TRACE_DNS:
		return (uint16_t)(to->head + 8);
	case PKW_TRACE_UDP:
	case PKW_TRACE_ICMP:
		return (uint16_t)(to->head + (above & ~(size_t)1) - 2);
	case PKW_TRACE_TCP:
	case PKW_TRACE_RAW:
	case PKW_TRACE__N:
		break;
	}
	return 0;
}

static int remake(struct pkw_trace *t, struct pkw__trace_target *to,
    uint16_t size, struct pkw_diag *d)
{
	struct pkw_str s = PKW_STR_INIT;
	struct pkw_hop hop;

	expression(t, to, &s);
	int e = s.err ? pkw_fail(d, s.err, "out of memory")
		      : pkw_parse(to->p, s.s, d);
	pkw_str_free(&s);
	if (e == 0)
		e = fill(t, to, size, d);
	if (e == 0)
		e = pkw_resolve(t->net, to->p, to->ifindex, 0, &hop, d);
	if (e < 0)
		return e;
	const uint8_t *b = pkw_bytes(to->p).p;
	int six = to->addr.len == 16;
	to->head = six ? IP6_HEAD : IP_HEAD;
	to->src = (struct pkw_addr){ .len = to->addr.len };
	memcpy(to->src.bytes, b + (six ? 8 : 12), to->src.len);
	to->mtu = hop.mtu;
	to->mend = mending(t, to);
	to->made = size;
	return 0;
}

static uint16_t add16(uint32_t a, uint32_t b)
{
	a += b;
	return (uint16_t)((a & 0xffff) + (a >> 16));
}

/* Seals it after bytes were written past the setters, which do not know that
   something has changed: the time to live is set by one. */
static int seal(struct pkw__trace_target *to)
{
	const struct pkw_proto *ip = pkw_view(to->p)->layers[0].proto;
	int six = to->addr.len == 16;
	int k = pkw_field_find(&ip->rec, six ? "hlim" : "ttl");
	int e = k < 0 ? k
		      : pkw_set(to->p, 0, (unsigned)k,
			    pkw_view(to->p)->bytes[six ? 7 : 8]);

	return e < 0 ? e : pkw_seal(to->p, 0);
}

/* Seals it so that the checksum at `at' is `wanted'. */
static int seal_to(
    struct pkw__trace_target *to, unsigned at, uint16_t wanted)
{
	uint8_t *b = pkw_view(to->p)->bytes;

	store_be(b + to->mend, 2, 0);
	int e = seal(to);
	if (e < 0)
		return e;
	b = pkw_view(to->p)->bytes;
	store_be(b + to->mend, 2, add16((uint16_t)~wanted,
	    (uint32_t)load_be(b + at, 2)));
	return seal(to);
}

int pkw__trace_make(struct pkw_trace *t, struct pkw__trace_target *to,
    const struct pkw_trace_probe *p, struct pkw_diag *d)
{
	int e = to->made == p->size ? 0 : remake(t, to, p->size, d);

	if (e < 0)
		return e;
	uint8_t *b = pkw_view(to->p)->bytes, *up = b + to->head;
	if (to->addr.len == 16) {
		uint32_t label = 1 + (t->o.salt + p->flow) % 0xffffe;
		b[7] = p->ttl;
		b[1] = (uint8_t)((b[1] & 0xf0) | label >> 16);
		store_be(b + 2, 2, label & 0xffff);
	} else {
		b[8] = p->ttl;
		store_be(b + 4, 2, p->id);
	}
	switch (t->o.how) {
	case PKW_TRACE_ICMP:
		store_be(up + 6, 2, p->id);
		e = seal_to(to, to->head + 2u,
		    (uint16_t)(1 + (t->o.salt + p->flow) % 0xfffe));
		break;
	case PKW_TRACE_TCP:
		store_be(up, 2, pkw__trace_sport(t, p->flow));
		store_be(up + 2, 2, pkw__trace_dport(t, p->flow));
		store_be(up + 4, 4, pkw__trace_seq(t, p->id));
		e = seal(to);
		break;
	case PKW_TRACE_RAW:
		store_be(up, 4, (uint64_t)(t->o.salt >> 16) << 16 | p->flow);
		store_be(up + 4, 4, pkw__trace_seq(t, p->id));
		e = seal(to);
		break;
	case PKW_TRACE_UDP:
	case PKW_TRACE_DNS:
	case PKW_TRACE__N:
		store_be(up, 2, pkw__trace_sport(t, p->flow));
		store_be(up + 2, 2, pkw__trace_dport(t, p->flow));
		e = seal_to(to, to->head + 6u, p->id);
		break;
	}
	return e < 0 ? pkw_fail(d, e, "%s", pkw_strerror(e)) : 0;
}
