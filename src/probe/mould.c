/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes.  What a probe looks like is an expression, so the engine makes it,
 * with all options and checksums, and edits of the user's are applied to it.
 * Then only addresses, ports, numbers and two checksums differ: a copy is cast
 * of the mould, and each sum is what was kept plus the parts that are new
 * (RFC 1071).
 *
 * UDP ports of common services get a question that they answer: a port that is
 * open but gets nothing it understands stays silent.
 */
#include "probe/mould.h"

#include "base/bytes.h"
#include "base/sum.h"

#include <pkw/pkt.h>
#include <pkw/text.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct payload {
	uint16_t port;
	const char *text;
};

static const struct payload payloads[] = {
	{ 7, "UDP()/\"\\r\\n\\r\\n\"" },
	{ 53, "UDP()/DNS(id=4660,rd=0,opcode=2)" },
	{ 69, "UDP()/TFTP()/TFTP_RRQ(filename=\"r7tftp.txt\",mode=\"octet\")" },
	{ 111, "UDP()/b\"\\x72\\xfe\\x1d\\x13\\0\\0\\0\\0\\0\\0\\0\\x02"
	       "\\0\\x01\\x86\\xa0\\0\\x01\\x97\\x7c\\0\\0\\0\\0\\0\\0\\0\\0"
	       "\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"" },
	{ 123, "UDP()/NTPHeader(version=4,mode=3)" },
	{ 137, "UDP()/b\"\\x80\\xf0\\0\\x10\\0\\x01\\0\\0\\0\\0\\0\\0\\x20CK"
	       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\0\\0\\x21\\0\\x01\"" },
	{ 161, "UDP()/b\"\\x30\\x29\\x02\\x01\\x00\\x04\\x06public\\xa0\\x1c"
	       "\\x02\\x04\\x4c\\x33\\xa7\\x56\\x02\\x01\\0\\x02\\x01\\0"
	       "\\x30\\x0e\\x30\\x0c\\x06\\x08\\x2b\\x06\\x01\\x02\\x01\\x01"
	       "\\x05\\0\\x05\\0\"" },
	{ 500, "UDP()/b\"\\0\\x11\\x22\\x33\\x44\\x55\\x66\\x77\\0\\0\\0\\0"
	       "\\0\\0\\0\\0\\x01\\x10\\x02\\0\\0\\0\\0\\0\\0\\0\\0\\x1c\"" },
	{ 1900, "UDP()/\"M-SEARCH * HTTP/1.1\\r\\nHost: 239.255.255.250:1900"
	        "\\r\\nMan: \\\"ssdp:discover\\\"\\r\\nMX: 1\\r\\nST: ssdp:all"
	        "\\r\\n\\r\\n\"" },
	{ 3478, "UDP()/b\"\\0\\x01\\0\\0\\x21\\x12\\xa4\\x42\\0\\x01\\x02\\x03"
	        "\\x04\\x05\\x06\\x07\\x08\\x09\\x0a\\x0b\"" },
	{ 5060, "UDP()/\"OPTIONS sip:pkw SIP/2.0\\r\\nVia: SIP/2.0/UDP pkw;"
	        "branch=z9hG4bK1;rport\\r\\nMax-Forwards: 70\\r\\nTo: <sip:pkw>"
	        "\\r\\nFrom: <sip:pkw>;tag=1\\r\\nCall-ID: 1\\r\\nCSeq: 1 "
	        "OPTIONS\\r\\nContent-Length: 0\\r\\n\\r\\n\"" },
	{ 5353, "UDP()/DNS(id=0,rd=0,qd=DNSQR(qname=\"_services._dns-sd._udp."
	        "local\",qtype=\"PTR\"))" },
	{ 5683, "UDP()/b\"\\x40\\x01\\x01\\xce\\xbb.well-known\\x04core\"" },
	{ 11211, "UDP()/b\"\\0\\x01\\0\\0\\0\\x01\\0\\0version\\r\\n\"" },
};

static const struct payload protocols[] = {
	{ IPPROTO_ICMP, "ICMP()" },
	{ IPPROTO_TCP, "TCP(flags=A,sport=40125,dport=80,window=1024)" },
	{ IPPROTO_UDP, "UDP(sport=40125,dport=40125)" },
	{ IPPROTO_SCTP, "SCTP(sport=40125,dport=80)/SCTPChunkInit(init_tag=1,"
	                "a_rwnd=32768,n_out_streams=10,n_in_streams=2048)" },
	{ IPPROTO_ICMPV6, "ICMPv6EchoRequest()" },
};

static const char *const texts[PKW_SCAN__KINDS] = {
	[PKW_SCAN_SYN] = "TCP(flags=S,window=1024,options=[(MSS,1460)])",
	[PKW_SCAN_ACK] = "TCP(flags=A,window=1024)",
	[PKW_SCAN_WINDOW] = "TCP(flags=A,window=1024)",
	[PKW_SCAN_FIN] = "TCP(flags=F,window=1024)",
	[PKW_SCAN_NULL] = "TCP(flags=0,window=1024)",
	[PKW_SCAN_XMAS] = "TCP(flags=FPU,window=1024)",
	[PKW_SCAN_MAIMON] = "TCP(flags=FA,window=1024)",
	[PKW_SCAN_INIT] = "SCTP()/SCTPChunkInit(a_rwnd=32768,n_out_streams=10,"
	                  "n_in_streams=2048)",
	[PKW_SCAN_ECHO] = "ICMP()",
	[PKW_SCAN_STAMP] = "ICMP(type=13)",
};

static const char *look_up(const struct payload *p, size_t n, uint16_t port,
    const char *otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].port == port)
			return p[i].text;
	return otherwise;
}

const char *pkw__mould_text(enum pkw_scan_kind kind, uint16_t port, int v6)
{
	if (kind == PKW_SCAN_UDP_PORT)
		return look_up(payloads, sizeof payloads / sizeof *payloads,
		    port, "UDP()");
	if (kind == PKW_SCAN_PROTO)
		return port == (v6 ? IPPROTO_ICMP : IPPROTO_ICMPV6) ? ""
		    : look_up(protocols, sizeof protocols / sizeof *protocols,
			port, "");
	if (v6 && kind == PKW_SCAN_ECHO)
		return "ICMPv6EchoRequest()";
	return texts[kind];
}

static int edit(struct pkw_pkt *p, const char *edits, struct pkw_diag *d)
{
	struct pkw_edit *e = edits ? pkw_edit_new(edits, d) : NULL;
	int r = e ? pkw_edit_apply(e, p, d) : edits ? -PKW_ESYNTAX : 0;

	pkw_edit_free(e);
	return r < 0 ? r : 0;
}

static int express(struct pkw_pkt *p, const char *text, uint8_t number, int v6,
    const struct pkw_scan_opts *o, struct pkw_diag *d)
{
	char all[1024], next[16] = "";
	unsigned ttl = o->ttl ? o->ttl : 64;

	if (!*text)
		snprintf(next, sizeof next, ",%s=%u", v6 ? "nh" : "proto",
		    number);
	if (v6)
		snprintf(all, sizeof all, "IPv6(src=\"::\",dst=\"::\",hlim=%u%s)",
		    ttl, next);
	else
		snprintf(all, sizeof all,
		    "IP(src=\"0.0.0.0\",dst=\"0.0.0.0\",id=0,ttl=%u%s)", ttl,
		    next);
	size_t n = strlen(all);
	snprintf(all + n, sizeof all - n, "%s%s", *text ? "/" : "", text);
	int e = pkw_parse(p, all, d);
	return e < 0 ? e : edit(p, o->edits, d);
}

static void zero(struct pkw__mould *m, size_t at, size_t n)
{
	if (at + n <= m->len)
		memset(m->bytes + at, 0, n);
}

/* What cast() writes does not count. */
static void prepare_l4(struct pkw__mould *m)
{
	switch (m->number) {
	case IPPROTO_TCP:
		zero(m, m->l4, 12);
		zero(m, m->l4 + 16u, 2);
		break;
	case IPPROTO_UDP:
		zero(m, m->l4, 4);
		zero(m, m->l4 + 6u, 2);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		zero(m, m->l4 + 2u, 6);
		break;
	}
	m->l4_sum = pkw__sum_partial(m->bytes + m->l4, m->len - m->l4);
	if (m->number == IPPROTO_ICMP)
		return;
	uint8_t pseudo[4] = { 0, m->number };
	store_be(pseudo + 2, 2, m->len - m->l4);
	m->l4_sum = pkw__sum_add(m->l4_sum, pkw__sum_partial(pseudo, 4));
}

int pkw__mould_make(struct pkw__mould *m, enum pkw_scan_kind kind,
    uint16_t port, int v6, const struct pkw_scan_opts *o, struct pkw_diag *d)
{
	struct pkw_pkt *p = pkw_pkt_new();

	m->text = pkw__mould_text(kind, port, v6);
	m->v6 = (uint8_t)v6;
	m->kind = (uint8_t)kind;
	int e = p ? express(p, m->text, (uint8_t)port, v6, o, d)
		  : pkw_fail(d, -PKW_ENOMEM, "out of memory");
	struct pkw_span s = { NULL, 0 };
	if (e >= 0)
		s = pkw_bytes(p);
	if (e >= 0 && s.len > sizeof m->bytes)
		e = pkw_fail(d, -PKW_EMSGSIZE, "the probe is too long");
	if (e >= 0) {
		memcpy(m->bytes, s.p, s.len);
		m->len = (uint16_t)s.len;
		m->l4 = (uint16_t)(v6 ? 40 : 4 * (m->bytes[0] & 15));
		m->number = m->bytes[v6 ? 6 : 9];
		zero(m, v6 ? 8 : 12, v6 ? 32 : 8);
		if (!v6) {
			zero(m, 4, 2);
			zero(m, 10, 2);
			m->ip_sum = pkw__sum_partial(m->bytes, m->l4);
		}
		prepare_l4(m);
	}
	pkw_pkt_free(p);
	return e < 0 ? e : 0;
}

static void cast_ip(const struct pkw__mould *m, const struct pkw__cast *c,
    uint8_t *out, uint64_t addrs)
{
	if (m->v6)
		return;
	uint32_t id = (c->cookie ^ c->cookie >> 16) & 0xffff;
	store_be(out + 4, 2, id ? id : 1);
	uint64_t sum = pkw__sum_add(m->ip_sum, addrs);
	sum = pkw__sum_add(sum, pkw__sum_partial(out + 4, 2));
	uint16_t x = (uint16_t)~pkw__sum_fold(sum);
	memcpy(out + 10, &x, 2);
}

/* Sums what was written at `at' .. and stores the checksum. */
static void finish(const struct pkw__mould *m, uint8_t *l4, size_t wrote,
    size_t from, size_t chksum, uint64_t addrs)
{
	uint64_t sum = pkw__sum_add(m->l4_sum, addrs);

	sum = pkw__sum_add(sum, pkw__sum_partial(l4 + from, wrote));
	uint16_t x = (uint16_t)~pkw__sum_fold(sum);
	if (x == 0 && m->number == IPPROTO_UDP)
		x = 0xffff;
	memcpy(l4 + chksum, &x, 2);
}

static void cast_tcp(const struct pkw__mould *m, const struct pkw__cast *c,
    uint8_t *l4, uint64_t addrs)
{
	int acks = pkw__kind_acks(m->kind);

	store_be(l4, 2, c->sport);
	store_be(l4 + 2, 2, c->dport);
	store_be(l4 + 4, 4, acks ? ~c->cookie : c->cookie);
	store_be(l4 + 8, 4, acks ? c->cookie : 0);
	finish(m, l4, 12, 0, 16, addrs);
}

static void cast_sctp(
    const struct pkw__mould *m, const struct pkw__cast *c, uint8_t *l4)
{
	size_t n = (size_t)(m->len - m->l4);

	store_be(l4, 2, c->sport);
	store_be(l4 + 2, 2, c->dport);
	memset(l4 + 8, 0, 4);
	store_be(l4 + 16, 4, c->cookie);
	store_be(l4 + 28, 4, ~c->cookie);
	store_le(l4 + 8, 4, pkw__crc32c(0, l4, n));
}

static void cast_l4(const struct pkw__mould *m, const struct pkw__cast *c,
    uint8_t *l4, uint64_t addrs)
{
	switch (m->number) {
	case IPPROTO_TCP:
		if (m->len - m->l4 >= 20)
			cast_tcp(m, c, l4, addrs);
		break;
	case IPPROTO_UDP:
		if (m->len - m->l4 < 8)
			break;
		store_be(l4, 2, c->sport);
		store_be(l4 + 2, 2, c->dport);
		finish(m, l4, 4, 0, 6, addrs);
		break;
	case IPPROTO_SCTP:
		if (m->len - m->l4 >= 32)
			cast_sctp(m, c, l4);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (m->len - m->l4 < 8)
			break;
		store_be(l4 + 4, 2, c->cookie & 0xffff);
		store_be(l4 + 6, 2, (c->cookie >> 16 & 0xfff8) | (c->try & 7));
		finish(m, l4, 4, 4, 2,
		    m->number == IPPROTO_ICMP ? 0 : addrs);
		break;
	}
}

void pkw__mould_cast(
    const struct pkw__mould *m, const struct pkw__cast *c, uint8_t *out)
{
	unsigned n = m->v6 ? 16 : 4, at = m->v6 ? 8 : 12;

	memcpy(out, m->bytes, m->len);
	memcpy(out + at, c->src->bytes, n);
	memcpy(out + at + n, c->dst->bytes, n);
	uint64_t addrs = pkw__sum_partial(out + at, 2 * n);
	cast_ip(m, c, out, addrs);
	cast_l4(m, c, out + m->l4, addrs);
}
