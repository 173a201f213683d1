/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies and statistics in hping3's lines, for what reads those: replies on
 * standard output, statistics on standard error.  The numbers are right where
 * hping3's are not: round-trip times are the kernel's, a duplicate counts once,
 * and who else pings from this host is not mixed in.
 */
#include "cmd/ping.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pkw/proto.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static double ms(int64_t ns)
{
	return (double)ns / 1e6;
}

static const char *what_is_set(const struct ping *s, char text[32])
{
	static const char letters[] = "RSAFPUEC", shown[] = "RSAFPUXY";
	unsigned n = 0;

	switch (s->kind) {
	case PING_UDP:
		return "udp mode set";
	case PING_ICMP:
		return "icmp mode set";
	case PING_RAW:
		return "raw IP mode set";
	case PING_AUTO:
	case PING_TCP:
	case PING_ARP:
	case PING_ND:
		break;
	}
	for (unsigned i = 0; s->flags && i < 8; i++)
		if (strchr(s->flags, letters[i]))
			text[n++] = shown[i];
	strcpy(text + n, n ? " set" : "NO FLAGS are set");
	return text;
}

/* Its address and MTU; "" and 0 if it has none. */
static unsigned interface(const struct ping *s, char text[48])
{
	struct pkw_net *net = pkw_link_net(s->link);
	const struct pkw_netif *n = pkw_netif_by_name(net, s->iface_name, NULL);

	*text = '\0';
	for (size_t i = 0; n && i < n->naddrs; i++)
		if (n->addrs[i].addr.len == s->addr.len) {
			pkw_addr_text(&n->addrs[i].addr, text);
			break;
		}
	return n ? n->mtu : 0;
}

void hping_say_start(struct ping *s)
{
	char addr[48], text[32];
	unsigned mtu = interface(s, addr);
	size_t data = (size_t)s->data;

	if (s->sign && data < strlen(s->sign))
		data = strlen(s->sign);
	if (s->verbose || s->debug)
		pkw_str_fmt(&s->out, "using %s, addr: %s, MTU: %u\n",
		    s->iface_name, addr, mtu);
	pkw_str_fmt(&s->out,
	    "HPING %s (%s %s): %s, %d headers + %zu data bytes\n", s->target,
	    s->iface_name, s->addr_text, what_is_set(s, text),
	    s->kind == PING_RAW	  ? 20
	    : s->kind == PING_TCP ? 40
				  : 28,
	    data);
	if (!s->flood)
		return;
	print(&s->out, 0);
	fprintf(stderr, "hping in flood mode, no replies will be shown\n");
}

/* "len=44 ip=192.0.2.2 ttl=64 DF id=0 " */
static void ip_words(struct ping *s, const struct ping_reply *r)
{
	const struct pkw_layer *l = &pkw_view(r->p)->layers[r->ip];
	const uint8_t *b = ping_at(r, r->ip);
	unsigned id = ping_id(s, r);
	int rel = s->relid && s->last_n;

	pkw_str_fmt(&s->out, "%slen=%u ip=%u.%u.%u.%u ttl=%u %s",
	    r->nth ? "DUP! " : "", (unsigned)(l->end - l->off), b[12], b[13],
	    b[14], b[15], b[8], ping_be16(b + 6) ? "DF " : "");
	pkw_str_fmt(&s->out, "id=%s%u ", rel ? "+" : "",
	    rel ? (id - s->last_id) & 0xffff : id);
	s->last_id = id;
	s->last_n = r->n + 1;
	if (s->verbose)
		pkw_str_fmt(
		    &s->out, "tos=%x iplen=%u\n", b[1], ping_be16(b + 2));
}

static void tcp_line(
    struct ping *s, const struct ping_reply *r, const uint8_t *b)
{
	char flags[10];

	ping_flags(b[13], "XY", flags);
	pkw_str_fmt(&s->out, "sport=%u flags=%s seq=%llu win=%u rtt=%.3f ms\n",
	    ping_be16(b), flags, (unsigned long long)r->n, ping_be16(b + 14),
	    ms(r->rtt));
	if (s->verbose)
		pkw_str_fmt(&s->out, "seq=%u ack=%u sum=%x urp=%u\n\n",
		    ping_be32(b + 4), ping_be32(b + 8), ping_be16(b + 16),
		    ping_be16(b + 18));
}

static void name(struct ping *s, const uint8_t *ip)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	char host[256];

	if (s->numeric)
		return;
	memcpy(&a.sin_addr, ip + 12, 4);
	if (getnameinfo((struct sockaddr *)&a, sizeof a, host, sizeof host,
		NULL, 0, NI_NAMEREQD) != 0)
		strcpy(host, "UNKNOWN");
	pkw_str_fmt(&s->out, " name=%s", host);
}

static void error_line(
    struct ping *s, const struct ping_reply *r, const uint8_t *ip)
{
	int passed = r->type == 11;

	if (passed && s->traceroute)
		pkw_str_fmt(&s->out, "hop=%u ", (unsigned)r->ttl);
	if (passed)
		pkw_str_fmt(&s->out, "TTL 0 during %s",
		    r->code ? "reassembly" : "transit");
	else
		pkw_str_fmt(&s->out, "ICMP %s", ping_error_text(r));
	pkw_str_fmt(
	    &s->out, " from ip=%u.%u.%u.%u", ip[12], ip[13], ip[14], ip[15]);
	name(s, ip);
	pkw_str_addc(&s->out, '\n');
	if (passed && s->traceroute && !s->tr_no_rtt)
		pkw_str_fmt(&s->out, "hop=%u hoprtt=%.3f ms\n",
		    (unsigned)r->ttl, ms(r->rtt));
	if (!passed && (s->kind == PING_TCP || s->kind == PING_UDP))
		pkw_str_fmt(&s->out, "status=0 port=%u seq=%llu\n",
		    (unsigned)r->sport, (unsigned long long)r->n);
}

void hping_say_reply(struct ping *s, const struct ping_reply *r)
{
	int tcp = ping_is_tcp(r);

	if (s->quiet || s->flood)
		return;
	if (s->beep && !r->error)
		pkw_str_addc(&s->out, '\a');
	if (tcp && s->seqnum) {
		ping_say_sequence(s, r);
		return;
	}
	if (r->error) {
		error_line(s, r, ping_at(r, r->ip));
	} else {
		ip_words(s, r);
		if (tcp)
			tcp_line(s, r, ping_at(r, r->top));
		else
			pkw_str_fmt(&s->out, "%sseq=%llu rtt=%.3f ms\n",
			    s->kind == PING_ICMP ? "icmp_" : "",
			    (unsigned long long)r->n, ms(r->rtt));
	}
	ping_say_extra(s, r);
}

void hping_say_end(struct ping *s)
{
	struct pkw_tally_sum t;

	pkw_tally_get(s->tally, &t);
	fprintf(stderr,
	    "\n--- %s hping statistic ---\n"
	    "%llu packets transmitted, %llu packets received, %d%% packet "
	    "loss\nround-trip min/avg/max = %.3f/%.3f/%.3f ms\n",
	    s->target, (unsigned long long)t.sent,
	    (unsigned long long)t.received, (int)(t.loss * 100 + 0.5),
	    ms(t.min), t.mean / 1e6, ms(t.max));
}
