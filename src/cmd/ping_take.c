/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes in.  Times are the kernel's on both sides: the link sees our own
 * probes leave, and a frame that is a probe's very bytes from the network layer
 * on gives the probe its time stamp (src/exchange/ask.c does the same).  Where
 * that is not to be had, the time before the system call has to do.
 *
 * A reply is found by its token (ping_sent.c); then the probe is made again
 * from its number, and the protocols say whether this answers it.  Of several
 * that it could answer, one whose sequence number it acknowledges comes first,
 * else the newest.  Fragments are put together before.
 */
#include "cmd/ping.h"

#include <pkw/defrag.h>
#include <pkw/exchange.h>
#include <pkw/proto.h>
#include <string.h>
#include <unistd.h>

enum { TTL_MAX = 255 };

static int is_own(struct ping *s, const struct pkw_frame *f)
{
	int ip = pkw_view(s->packet)->first[PKW_NETWORK];
	uint64_t token = ping_token(s->packet, ip, 0);
	struct pkw_span b = ping_inner(s->packet);
	uint64_t hash = ping_hash(b.p, b.len);
	struct ping_probe *p = NULL;
	int seen = 0;

	while ((p = ping_window_find(s->window, token, p))) {
		if (p->len != b.len || p->hash != hash)
			continue;
		seen = 1;
		if (p->stamped)
			continue;
		p->stamped = 1;
		p->ts = f->ts_ns;
		break;
	}
	return seen;
}

/* The last fragment has no ports: it is known by its bytes alone. */
static int is_own_fragment(struct ping *s, const struct pkw_frame *f)
{
	struct ping_probe *p =
	    s->sent ? ping_window_at(s->window, s->sent - 1) : NULL;
	struct pkw_span b = ping_inner(s->packet);

	if (!p || p->len != b.len || p->hash != ping_hash(b.p, b.len))
		return 0;
	p->ts = f->ts_ns;
	return 1;
}

static int answers(struct ping *s, const struct ping_probe *p)
{
	const struct pkw_netif *n = pkw_link_netif(s->link);

	if (ping_make(s, s->again, p->n, p->ttl, p->dport, s->question) < 0 ||
	    pkw_resolve(pkw_link_net(s->link), s->question, n ? n->index : 0,
		PKW_NEIGH_NO_ASK, NULL, NULL) < 0)
		return 0;
	return pkw_match(s->question, s->got, NULL);
}

static struct ping_probe *find(struct ping *s, int quoted)
{
	const struct pkw_view *v = pkw_view(s->got);
	const uint8_t *tcp = ping_tcp_of(s->got);
	uint64_t token = quoted >= 0
			     ? ping_token(s->got, quoted, 0)
			     : ping_token(s->got, v->first[PKW_NETWORK], 1);
	struct ping_probe *p = NULL, *best = NULL;
	uint32_t ack = tcp ? ping_be32(tcp + 8) : 0;

	while ((p = ping_window_find(s->window, token, p))) {
		if (!answers(s, p))
			continue;
		if (!tcp || ack == p->ack)
			return p;
		if (!best)
			best = p;
	}
	return best;
}

static int from_target(const struct ping *s, const struct ping_reply *r)
{
	const struct pkw_layer *l = &pkw_view(r->p)->layers[r->ip];
	const uint8_t *b = pkw_view(r->p)->bytes + l->off;

	if (l->len >= 40 && b[0] >> 4 == 6)
		return memcmp(b + 8, s->addr.bytes, 16) == 0;
	return l->len >= 20 && memcmp(b + 12, s->addr.bytes, 4) == 0;
}

static void understand(struct ping *s, struct ping_reply *r, int quoted)
{
	const struct pkw_view *v = pkw_view(r->p);

	r->ip = v->first[PKW_NETWORK];
	r->top = r->ip >= 0 && r->ip + 1 < (int)v->nlayers ? r->ip + 1 : -1;
	int icmp = v->first[PKW_TRANSPORT];
	r->error = quoted >= 0;
	if (r->error && icmp > 0) {
		r->top = icmp;
		r->type = v->bytes[v->layers[icmp].off];
		r->code = v->bytes[v->layers[icmp].off + 1];
	}
	/* that a port or protocol is closed only the target itself can say */
	r->counts = !r->error || s->rand_dest || from_target(s, r);
}

static void follow_up(struct ping *s, const struct ping_reply *r)
{
	const uint8_t *tcp = ping_tcp_of(r->p);
	int passed = r->error && r->type == (s->family == 6 ? 3 : 11);

	if (tcp && !r->error)
		s->tcp_flags = tcp[13];
	if (s->dport_step == 1 && !r->nth)
		s->dport = (s->dport + 1) & 0xffff;
	if (!s->traceroute)
		return;
	if (passed && !s->tr_keep && r->ttl == s->ttl && s->ttl < TTL_MAX) {
		s->ttl++;
		s->silent = 0;
	}
	if (!passed && s->tr_stop)
		s->done = 1;
	if (!passed)
		s->silent = 0;
}

static void reply(
    struct ping *s, struct ping_probe *p, const struct pkw_frame *f, int quoted)
{
	struct ping_reply r = { .p = s->got,
		.frame = f,
		.n = p->n,
		.nth = p->answers,
		.ttl = p->ttl,
		.sport = p->sport,
		.rtt = f->ts_ns - p->ts };

	understand(s, &r, quoted);
	if (r.counts || s->hping) {
		p->answers++;
		pkw_tally_answer(s->tally, r.n, r.rtt, r.nth);
	} else {
		s->errors++;
	}
	if (s->histogram && isatty(STDOUT_FILENO))
		ping_histogram(s);
	else if (s->hping)
		hping_say_reply(s, &r);
	else
		ping_say_reply(s, &r);
	print(&s->out, 0);
	follow_up(s, &r);
}

void ping_take_in(struct ping *s, const struct pkw_frame *f)
{
	pkw_dissect(s->packet, pkw_link_proto(f->link), f->data, f->caplen, 0);
	if (pkw_view(s->packet)->first[PKW_NETWORK] < 0)
		return;
	if (is_own(s, f) || is_own_fragment(s, f) || f->flags & PKW_FRAME_OUT)
		return;
	struct pkw_frame whole = *f;
	s->got = s->packet;
	if (pkw_defrag_put(s->defrag, &whole, &s->got) <= 0)
		return;
	int quoted = ping_quoted(s->got);
	struct ping_probe *p = find(s, quoted);
	if (p)
		reply(s, p, &whole, quoted);
}
