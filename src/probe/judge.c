/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers.  An answer comes from the port that was asked, or it is an ICMP
 * error that quotes the probe's IP header and the first eight bytes behind it
 * (RFC 792, RFC 4443).  Everything is checked against the length there is.
 *
 * Where the cookie stands: TCP without ACK flag has it as sequence number and
 * gets it back, plus one for SYN and FIN, as acknowledgement (RFC 9293 §3.5.2);
 * with ACK flag it is the acknowledgement and comes back as sequence number.
 * SCTP has it as initiate tag, which is the answer's verification tag (RFC 9260
 * §8.5.1).  An ICMP echo has it as identifier and number.  UDP has nothing but
 * the source port: 13 bits of the cookie stand there, and two for the try.  The
 * source port of TCP tells the try.
 *
 * States and reasons are those that nmap's book gives for each kind of scan.
 */
#include "probe/judge.h"

#include "base/bytes.h"
#include "probe/mould.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

enum { F_SYN = 2, F_RST = 4, F_ACK = 16,
	UDP_BASE = 32768, UDP_MASK = 0x1fff };

struct reason {
	uint8_t code;
	uint8_t event;
	const char *name;
};

static const struct reason unreach4[] = {
	{ 0, PKW__UNREACH, "net-unreach" },
	{ 1, PKW__UNREACH, "host-unreach" },
	{ 2, PKW__PROTO_UNREACH, "proto-unreach" },
	{ 3, PKW__PORT_UNREACH, "port-unreach" },
	{ 9, PKW__UNREACH, "net-prohibited" },
	{ 10, PKW__UNREACH, "host-prohibited" },
	{ 13, PKW__UNREACH, "admin-prohibited" },
};
static const struct reason unreach6[] = {
	{ 0, PKW__UNREACH, "no-route" },
	{ 1, PKW__UNREACH, "admin-prohibited" },
	{ 2, PKW__UNREACH, "beyond-scope" },
	{ 3, PKW__UNREACH, "host-unreach" },
	{ 4, PKW__PORT_UNREACH, "port-unreach" },
	{ 5, PKW__UNREACH, "failed-policy" },
	{ 6, PKW__UNREACH, "reject-route" },
};

static const struct reason *by_code(
    const struct reason *r, size_t n, unsigned code)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].code == code)
			return &r[i];
	return NULL;
}

/* Where the network layer begins; 0 and no length: unknown. */
static size_t network_at(const struct pkw_frame *f, unsigned *type)
{
	const uint8_t *b = f->data;
	size_t at = 14;

	switch (f->link) {
	case 1:
		for (; at + 4 <= f->caplen; at += 4) {
			*type = (unsigned)load_be(b + at - 2, 2);
			if (*type != ETHERTYPE_VLAN && *type != 0x88a8)
				return at;
		}
		return 0;
	case 113:
		at = 16;
		*type = f->caplen > 16 ? (unsigned)load_be(b + 14, 2) : 0;
		return at;
	case 276:
		*type = f->caplen > 20 ? (unsigned)load_be(b, 2) : 0;
		return 20;
	case 12:
	case 101:
	case 228:
	case 229:
		*type = f->caplen && *b >> 4 == 6 ? ETHERTYPE_IPV6
						  : ETHERTYPE_IP;
		return 0;
	}
	*type = 0;
	return 0;
}

const uint8_t *pkw__ip_of(const struct pkw_frame *f, size_t *len)
{
	unsigned type = 0;
	size_t at = network_at(f, &type);

	if ((type != ETHERTYPE_IP && type != ETHERTYPE_IPV6) ||
	    at + 20 > f->caplen)
		return NULL;
	*len = f->caplen - at;
	return f->data + at;
}

/* A header's addresses and protocol, and where the next begins; 0: bad. */
struct ip {
	struct pkw_addr src, dst;
	uint8_t proto, ttl;
	size_t next;
};

static int read_ip(const uint8_t *b, size_t len, struct ip *h)
{
	if (len >= 20 && b[0] >> 4 == 4) {
		h->next = 4u * (b[0] & 15);
		h->proto = b[9];
		h->ttl = b[8];
		h->src = h->dst = (struct pkw_addr){ .len = 4 };
		memcpy(h->src.bytes, b + 12, 4);
		memcpy(h->dst.bytes, b + 16, 4);
		return h->next >= 20 && h->next <= len &&
		    (load_be(b + 6, 2) & 0x1fff) == 0;
	}
	if (len >= 40 && b[0] >> 4 == 6) {
		h->next = 40;
		h->proto = b[6];
		h->ttl = b[7];
		h->src = h->dst = (struct pkw_addr){ .len = 16 };
		memcpy(h->src.bytes, b + 8, 16);
		memcpy(h->dst.bytes, b + 24, 16);
		return 1;
	}
	return 0;
}

static int read_tcp(const uint8_t *b, size_t len, struct pkw__answer *a)
{
	if (len < 20)
		return 0;
	a->proto = PKW_SCAN_TCP;
	a->port = (uint16_t)load_be(b, 2);
	a->sport = (uint16_t)load_be(b + 2, 2);
	a->seq = (uint32_t)load_be(b + 4, 4);
	a->ack = (uint32_t)load_be(b + 8, 4);
	a->window = (uint16_t)load_be(b + 14, 2);
	unsigned flags = b[13] & (F_SYN | F_RST | F_ACK);
	if (flags & F_RST) {
		a->event = PKW__RESET;
		a->reason = "reset";
	} else if (flags == (F_SYN | F_ACK)) {
		a->event = PKW__SYN_ACK;
		a->reason = "syn-ack";
	} else {
		return 0;
	}
	return 1;
}

static int read_udp(const uint8_t *b, size_t len, struct pkw__answer *a)
{
	if (len < 8)
		return 0;
	a->proto = PKW_SCAN_UDP;
	a->port = (uint16_t)load_be(b, 2);
	a->sport = (uint16_t)load_be(b + 2, 2);
	a->event = PKW__DATA;
	a->reason = "udp-response";
	return 1;
}

static int read_sctp(const uint8_t *b, size_t len, struct pkw__answer *a)
{
	if (len < 16)
		return 0;
	a->proto = PKW_SCAN_SCTP;
	a->port = (uint16_t)load_be(b, 2);
	a->sport = (uint16_t)load_be(b + 2, 2);
	a->seq = (uint32_t)load_be(b + 4, 4);
	a->event = b[12] == 2 ? PKW__INIT_ACK : PKW__ABORT;
	a->reason = b[12] == 2 ? "init-ack" : "abort";
	return b[12] == 2 || b[12] == 6;
}

/* The probe that an error quotes. */
static int read_quoted(const uint8_t *b, size_t len, struct pkw__answer *a)
{
	struct ip h;

	if (!read_ip(b, len, &h) || len < h.next)
		return 0;
	const uint8_t *l4 = b + h.next;
	size_t left = len - h.next;
	a->quoted = 1;
	a->target = h.dst;
	switch (h.proto) {
	case IPPROTO_TCP:
		a->proto = PKW_SCAN_TCP;
		break;
	case IPPROTO_UDP:
		a->proto = PKW_SCAN_UDP;
		break;
	case IPPROTO_SCTP:
		a->proto = PKW_SCAN_SCTP;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (left < 8)
			return 0;
		a->proto = PKW_SCAN_ICMP;
		a->port = l4[0] == 13;
		a->seq = (uint32_t)load_be(l4 + 4, 4);
		return 1;
	default:
		return 0;
	}
	if (left < 8)
		return 0;
	a->sport = (uint16_t)load_be(l4, 2);
	a->port = (uint16_t)load_be(l4 + 2, 2);
	a->seq = (uint32_t)load_be(l4 + 4, 4);
	return 1;
}

/* An error's meaning: 1, or 0: it is none of interest. */
static int read_error(
    const uint8_t *b, size_t len, int v6, struct pkw__answer *a)
{
	const struct reason *r = NULL;

	if (len < 8)
		return 0;
	if (!v6 && b[0] == 3)
		r = by_code(
		    unreach4, sizeof unreach4 / sizeof *unreach4, b[1]);
	else if (v6 && b[0] == 1)
		r = by_code(
		    unreach6, sizeof unreach6 / sizeof *unreach6, b[1]);
	if (r) {
		a->event = r->event;
		a->reason = r->name;
	} else if (b[0] == (v6 ? 3 : 11)) {
		a->event = PKW__UNREACH;
		a->reason = "time-exceeded";
	} else if (v6 && b[0] == 4 && b[1] == 1) {
		a->event = PKW__PROTO_UNREACH;
		a->reason = "proto-unreach";
	} else {
		return 0;
	}
	return 1;
}

static int read_icmp(
    const uint8_t *b, size_t len, int v6, struct pkw__answer *a)
{
	if (len < 8)
		return 0;
	int echo = b[0] == (v6 ? 129 : 0), stamp = !v6 && b[0] == 14;
	if (!echo && !stamp)
		return read_error(b, len, v6, a) &&
		    read_quoted(b + 8, len - 8, a);
	a->proto = PKW_SCAN_ICMP;
	a->port = (uint16_t)stamp;
	a->seq = (uint32_t)load_be(b + 4, 4);
	a->event = echo ? PKW__ECHO : PKW__STAMP;
	a->reason = echo ? "echo-reply" : "timestamp-reply";
	return 1;
}

int pkw__judge(const uint8_t *ip, size_t len, struct pkw__answer *a)
{
	struct ip h;

	*a = (struct pkw__answer){ .ip = ip, .len = len };
	if (!read_ip(ip, len, &h))
		return 0;
	a->target = a->from = h.src;
	a->ttl = h.ttl;
	ip += h.next;
	len -= h.next;
	switch (h.proto) {
	case IPPROTO_TCP:
		return read_tcp(ip, len, a);
	case IPPROTO_UDP:
		return read_udp(ip, len, a);
	case IPPROTO_SCTP:
		return read_sctp(ip, len, a);
	case IPPROTO_ICMP:
		return h.src.len == 4 && read_icmp(ip, len, 0, a);
	case IPPROTO_ICMPV6:
		return h.src.len == 16 && read_icmp(ip, len, 1, a);
	}
	return 0;
}

int pkw__judge_proto(const uint8_t *ip, size_t len, struct pkw__answer *a)
{
	struct ip h, q;

	*a = (struct pkw__answer){ .ip = ip, .len = len,
		.proto = PKW_SCAN_IP };
	if (!read_ip(ip, len, &h))
		return 0;
	int v6 = h.src.len == 16;
	a->target = a->from = h.src;
	a->ttl = h.ttl;
	a->port = h.proto;
	a->event = PKW__PROTO;
	a->reason = "proto-response";
	if (h.proto != (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return 1;
	const uint8_t *b = ip + h.next;
	size_t left = len - h.next;
	if (left < 8)
		return 0;
	if (!read_error(b, left, v6, a)) {
		a->reason = "echo-reply";
		return b[0] == (v6 ? 129 : 0);
	}
	if (!read_ip(b + 8, left - 8, &q))
		return 0;
	a->quoted = 1;
	a->target = q.dst;
	a->port = q.proto;
	return 1;
}

static int genuine_tcp(
    const struct pkw__answer *a, unsigned kind, uint32_t cookie)
{
	int acks = pkw__kind_acks(kind);

	if (a->quoted)
		return a->seq == (acks ? ~cookie : cookie);
	if (acks)
		return a->seq == cookie;
	uint32_t behind = a->ack - cookie;
	return behind == 1 || (behind == 0 && kind != PKW_SCAN_SYN);
}

int pkw__genuine(const struct pkw__answer *a, unsigned kind, uint32_t cookie,
    uint32_t sport0)
{
	switch (a->proto) {
	case PKW_SCAN_TCP:
		return genuine_tcp(a, kind, cookie);
	case PKW_SCAN_SCTP:
		if (!a->quoted)
			return a->seq == cookie;
		return a->sport == pkw__sport(a->proto, cookie,
				       a->sport & 3u, sport0);
	case PKW_SCAN_UDP:
		return a->sport == pkw__sport(a->proto, cookie,
				       a->sport & 3u, sport0);
	case PKW_SCAN_ICMP:
		return a->seq >> 16 == (cookie & 0xffff) &&
		    (a->seq & 0xfff8) == (cookie >> 16 & 0xfff8);
	}
	return 1;
}

uint16_t pkw__sport(
    unsigned proto, uint32_t cookie, unsigned try, uint32_t sport0)
{
	if (sport0 & PKW__SPORT_FIXED)
		return (uint16_t)sport0;
	if (proto == PKW_SCAN_TCP)
		return (uint16_t)(sport0 + (try & 7));
	return (uint16_t)(UDP_BASE + ((cookie >> 3 & UDP_MASK) << 2) +
	    (try & 3));
}

unsigned pkw__try_of(const struct pkw__answer *a)
{
	return a->proto == PKW_SCAN_TCP ? a->sport & 7u
	    : a->proto == PKW_SCAN_ICMP ? a->seq & 7u : a->sport & 3u;
}

static int tcp_state(unsigned kind, const struct pkw__answer *a)
{
	int reset = a->event == PKW__RESET;

	if (a->quoted)
		return PKW_SCAN_FILTERED;
	switch (kind) {
	case PKW_SCAN_SYN:
		return reset ? PKW_SCAN_CLOSED : PKW_SCAN_OPEN;
	case PKW_SCAN_ACK:
		return reset ? PKW_SCAN_UNFILTERED : -1;
	case PKW_SCAN_WINDOW:
		return !reset ? -1 : a->window ? PKW_SCAN_OPEN
					       : PKW_SCAN_CLOSED;
	}
	return reset ? PKW_SCAN_CLOSED : -1;
}

int pkw__state(unsigned kind, const struct pkw__answer *a)
{
	int himself = memcmp(&a->from, &a->target, sizeof a->from) == 0;

	switch (pkw_scan_proto((enum pkw_scan_kind)kind)) {
	case PKW_SCAN_TCP:
		return tcp_state(kind, a);
	case PKW_SCAN_UDP:
		if (a->event == PKW__DATA)
			return PKW_SCAN_OPEN;
		return a->event == PKW__PORT_UNREACH && himself
		    ? PKW_SCAN_CLOSED : PKW_SCAN_FILTERED;
	case PKW_SCAN_SCTP:
		return a->event == PKW__INIT_ACK ? PKW_SCAN_OPEN
		    : a->event == PKW__ABORT ? PKW_SCAN_CLOSED
					     : PKW_SCAN_FILTERED;
	case PKW_SCAN_IP:
		if (a->event == PKW__PROTO)
			return PKW_SCAN_OPEN;
		if (a->event == PKW__PORT_UNREACH && himself)
			return PKW_SCAN_OPEN;
		return a->event == PKW__PROTO_UNREACH && himself
		    ? PKW_SCAN_CLOSED : PKW_SCAN_FILTERED;
	case PKW_SCAN_ICMP:
		return a->quoted ? PKW_SCAN_FILTERED : PKW_SCAN_OPEN;
	case PKW_SCAN_PROTOS:
		break;
	}
	return -1;
}

enum pkw_scan_state pkw__silence(unsigned kind)
{
	static const uint8_t quiet[PKW_SCAN__KINDS] = {
		[PKW_SCAN_SYN] = PKW_SCAN_FILTERED,
		[PKW_SCAN_CONNECT] = PKW_SCAN_FILTERED,
		[PKW_SCAN_ACK] = PKW_SCAN_FILTERED,
		[PKW_SCAN_WINDOW] = PKW_SCAN_FILTERED,
		[PKW_SCAN_FIN] = PKW_SCAN_OPEN_FILTERED,
		[PKW_SCAN_NULL] = PKW_SCAN_OPEN_FILTERED,
		[PKW_SCAN_XMAS] = PKW_SCAN_OPEN_FILTERED,
		[PKW_SCAN_MAIMON] = PKW_SCAN_OPEN_FILTERED,
		[PKW_SCAN_UDP_PORT] = PKW_SCAN_OPEN_FILTERED,
		[PKW_SCAN_INIT] = PKW_SCAN_FILTERED,
		[PKW_SCAN_PROTO] = PKW_SCAN_OPEN_FILTERED,
		[PKW_SCAN_ECHO] = PKW_SCAN_FILTERED,
		[PKW_SCAN_STAMP] = PKW_SCAN_FILTERED,
	};

	return (enum pkw_scan_state)quiet[kind];
}
