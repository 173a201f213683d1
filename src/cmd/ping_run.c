/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of pkw ping: a probe when one is due, and meanwhile what comes in.
 *
 * Times are the kernel's on both sides: the link sees our own probes leave, and
 * a frame that is a probe's very bytes from the network layer on gives the
 * probe its time stamp (src/exchange/ask.c does the same).  Where that is not
 * to be had, the time before the system call has to do.
 *
 * A reply is found by its token (ping_sent.c); then the probe is made again
 * from its number, and the protocols say whether this answers it.  Of several
 * that it could answer, one whose sequence number it acknowledges comes first,
 * else the newest.
 *
 * A flood without anything that must be done to each packet by hand goes by
 * pkw_send(), which is as fast as the kernel takes them.
 */
#include "cmd/ping.h"

#include <pkw/capture.h>
#include <pkw/defrag.h>
#include <pkw/exchange.h>
#include <pkw/proto.h>
#include <pkw/registry.h>
#include <pkw/text.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SILENT_MAX = 3, TTL_MAX = 255, ERRORS_TOLD = 5, TAKEN = 256 };

static const int64_t second = INT64_C(1000000000);
static const int64_t millisecond = 1000000;

static struct pkw_link *link_now;
static volatile sig_atomic_t snapshot, presses;

static void stop_link(void)
{
	if (link_now)
		pkw_link_stop(link_now);
}

static void on_signal(int sig)
{
	if (sig == SIGQUIT)
		snapshot = 1;
	else
		presses = presses + 1;
	stop_link();
}

static int64_t clock_of(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return t.tv_sec * second + t.tv_nsec;
}

/* ---- probes ---- */

static int set_top(struct pkw_pkt *p, const char *name, uint64_t v)
{
	const struct pkw_view *view = pkw_view(p);

	for (int i = 0; i < (int)view->nlayers; i++) {
		int root = pkw_root(p, i);
		int f = root < 0 ? -1 : pkw_field_named(p, root, name);
		if (f >= 0)
			return pkw_set(p, i, (unsigned)f, v);
	}
	return 0;
}

/* What the template cannot know: things that depend on the replies. */
static int adjust(struct ping *s, struct pkw_pkt *p, uint8_t ttl,
    uint16_t dport)
{
	int e = 0;

	if (ttl)
		e = set_top(p, s->family == 6 ? "hlim" : "ttl", ttl);
	if (e >= 0 && dport != s->first_dport)
		e = set_top(p, "dport", dport);
	return e;
}

/* Data of a file: behind the signature; ICMPv6 has a field for both. */
static int add_piece(struct ping *s, uint64_t n, struct pkw_pkt *p)
{
	size_t pieces = (s->payload.len + s->piece - 1) / s->piece;
	size_t at = (size_t)(n % pieces) * s->piece;
	size_t len = s->payload.len - at;
	const char *piece = s->payload.s + at;
	int top = (int)pkw_view(p)->nlayers - 1, root = pkw_root(p, top);
	int f = root < 0 ? -1 : pkw_field_named(p, root, "data");

	if (len > s->piece)
		len = s->piece;
	if (f < 0 || s->kind != PING_ICMP)
		return pkw_push_raw(p, piece, len);
	pkw_str_clear(&s->out);
	pkw_str_add(&s->out, s->sign ? s->sign : "");
	pkw_str_addn(&s->out, piece, len);
	int e = s->out.err
	    ? s->out.err
	    : pkw_field_set_bytes(
		  p, root, (unsigned)f, s->out.s, s->out.len);
	pkw_str_clear(&s->out);
	return e;
}

/* A checksum that is surely wrong: the right one turned around. */
static int spoil(struct pkw_pkt *p)
{
	static const char *const names[] = { "chksum", "cksum" };
	const struct pkw_view *v = pkw_view(p);
	uint64_t sum;

	for (int i = (int)v->nlayers - 1; i >= 0; i--)
		for (unsigned k = 0; k < 2; k++) {
			int root = pkw_root(p, i);
			int f = pkw_field_named(p, root, names[k]);
			if (f < 0 ||
			    pkw_field_u(p, root, (unsigned)f, &sum) < 0)
				continue;
			int e = pkw_set(p, i, (unsigned)f, sum ^ 0x5a5a);
			return e < 0 ? e : pkw_seal(p, 0);
		}
	return 0;
}

/* Probe n as it left, or as it shall leave. */
static int make(struct ping *s, struct pkw_tmpl *t, uint64_t n, uint8_t ttl,
    uint16_t dport, struct pkw_pkt *p)
{
	pkw_tmpl_seek(t, n);
	int e = pkw_tmpl_next(t, p);

	if (e > 0 && s->payload.len)
		e = add_piece(s, n, p);
	if (e >= 0)
		e = adjust(s, p, ttl, dport);
	return e < 0 ? e : 0;
}

static struct pkw_span inner(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int i = v->first[PKW_NETWORK];
	struct pkw_span b = pkw_bytes(p);

	if (i > 0) {
		b.p += v->layers[i].off;
		b.len -= v->layers[i].off;
	}
	return b;
}

static uint32_t be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

/* The header behind IP if it is TCP's: at least 20 bytes, else NULL. */
static const uint8_t *tcp_of(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int i = v->first[PKW_TRANSPORT];

	if (i < 0 || strcmp(v->layers[i].proto->rec.name, "TCP") != 0 ||
	    v->len - v->layers[i].off < 20)
		return NULL;
	return v->bytes + v->layers[i].off;
}

/* What an answer to this segment acknowledges, RFC 9293 section 3.10.7. */
static uint32_t ack_of(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	const uint8_t *b = tcp_of(p);

	if (!b)
		return 0;
	const struct pkw_layer *l = &v->layers[v->first[PKW_TRANSPORT]];
	uint32_t data = v->len - l->off - l->len;
	return be32(b + 4) + data + (b[13] & 1) + (b[13] >> 1 & 1);
}

struct cut {
	struct ping *s;
	struct pkw_diag *d;
	struct ping_probe *probe;
};

static int send_one(struct ping *s, struct pkw_pkt *p,
    struct ping_probe *probe, struct pkw_diag *d)
{
	struct pkw_span b = inner(p);

	probe->hash = ping_hash(b.p, b.len);
	probe->len = (uint32_t)b.len;
	probe->stamped = 0;
	return pkw_link_send(s->link, p, d);
}

static int send_fragment(void *arg, struct pkw_pkt *p)
{
	struct cut *c = arg;

	return send_one(c->s, p, c->probe, c->d);
}

/* Whole, or in fragments if asked for or if it is too long for the link. */
static int send_probe(struct ping *s, struct ping_probe *probe,
    const struct pkw_hop *hop, struct pkw_diag *d)
{
	struct pkw_span b = inner(s->probe);
	struct cut c = { s, d, probe };
	struct pkw_fragment_opts o = { .size = 16 };

	if (s->mtu)
		o.size = (uint32_t)s->mtu;
	if (!s->frag && !s->mtu && b.len > hop->mtu)
		o = (struct pkw_fragment_opts){ .mtu = hop->mtu };
	else if (!s->frag && !s->mtu)
		return send_one(s, s->probe, probe, d);
	int e = pkw_fragment(s->probe, &o, send_fragment, &c);
	if (e < 0 && !*d->text)
		pkw_fail(d, e, "cannot fragment: %s", pkw_strerror(e));
	return e < 0 ? e : 0;
}

/* Makes, resolves, sends and notes the next probe. */
static int next_probe(struct ping *s, struct pkw_diag *d)
{
	struct pkw_net *net = pkw_link_net(s->link);
	const struct pkw_netif *n = pkw_link_netif(s->link);
	struct pkw_hop hop;
	uint64_t at = s->sent;

	d->text[0] = '\0';
	uint16_t port = (uint16_t)(s->dport + (s->dport_step == 2 ? at : 0));
	int e = make(s, s->tmpl, at, s->ttl, port, s->probe);
	if (e < 0)
		return pkw_fail(d, e, "%s", pkw_strerror(e));
	e = pkw_resolve(net, s->probe, n ? n->index : 0, 0, &hop, d);
	if (e == 0 && s->badsum)
		e = spoil(s->probe);
	if (e < 0)
		return e;
	int ip = pkw_view(s->probe)->first[PKW_NETWORK];
	struct ping_probe *p =
	    ping_window_add(s->window, at, ping_token(s->probe, ip, 0));
	p->ack = ack_of(s->probe);
	p->dport = port;
	p->ttl = s->ttl;
	p->sport = (uint16_t)(s->keep ? s->sport : s->sport + at);
	p->ifindex = hop.ifindex;
	p->ts = clock_of(CLOCK_REALTIME);
	e = send_probe(s, p, &hop, d);
	return e == 0 ? pkw_link_flush(s->link, d) : e;
}

static void count_sent(struct ping *s)
{
	s->sent++;
	s->bytes += pkw_bytes(s->probe).len;
	pkw_tally_sent(s->tally, 1);
	if (!s->debug)
		return;
	pkw_str_add(&s->out, "> ");
	pkw_expression(s->probe, &s->out);
	pkw_str_addc(&s->out, '\n');
	print(&s->out, 0);
}

/* A hop that stays silent is not waited for for ever. */
static void next_hop(struct ping *s)
{
	if (s->traceroute && !s->tr_keep && s->ttl < TTL_MAX &&
	    s->silent++ >= SILENT_MAX) {
		s->silent = 1;
		s->ttl++;
	}
}

/* 0; what cannot be sent now is told and may work later; else an error. */
static int send_next(struct ping *s)
{
	struct pkw_diag d;

	next_hop(s);
	int e = next_probe(s, &d);
	count_sent(s);
	if (e >= 0)
		return 0;
	if (e == -PKW_EINTR)
		return stopped ? e : 0;
	if (s->errors++ < ERRORS_TOLD)
		say("%s", *d.text ? d.text : pkw_strerror(e));
	return e == -PKW_EHOSTUNREACH || e == -PKW_ENETUNREACH ||
	        e == -PKW_ENETDOWN || e == -PKW_ENOBUFS
	    ? 0
	    : e;
}

/* ---- replies ---- */

static int is_own(struct ping *s, const struct pkw_frame *f)
{
	int ip = pkw_view(s->packet)->first[PKW_NETWORK];
	uint64_t token = ping_token(s->packet, ip, 0);
	struct pkw_span b = inner(s->packet);
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
	struct pkw_span b = inner(s->packet);

	if (!p || p->len != b.len || p->hash != ping_hash(b.p, b.len))
		return 0;
	p->ts = f->ts_ns;
	return 1;
}

static int answers(struct ping *s, const struct ping_probe *p)
{
	const struct pkw_netif *n = pkw_link_netif(s->link);

	if (make(s, s->again, p->n, p->ttl, p->dport, s->question) < 0 ||
	    pkw_resolve(pkw_link_net(s->link), s->question, n ? n->index : 0,
		PKW_NEIGH_NO_ASK, NULL, NULL) < 0)
		return 0;
	return pkw_match(s->question, s->got, NULL);
}

static struct ping_probe *find(struct ping *s, int quoted)
{
	const struct pkw_view *v = pkw_view(s->got);
	const uint8_t *tcp = tcp_of(s->got);
	uint64_t token = quoted >= 0
	    ? ping_token(s->got, quoted, 0)
	    : ping_token(s->got, v->first[PKW_NETWORK], 1);
	struct ping_probe *p = NULL, *best = NULL;
	uint32_t ack = tcp ? be32(tcp + 8) : 0;

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
	const uint8_t *tcp = tcp_of(r->p);
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

static void reply(struct ping *s, struct ping_probe *p,
    const struct pkw_frame *f, int quoted)
{
	struct ping_reply r = { .p = s->got, .frame = f, .n = p->n,
		.nth = p->answers, .ttl = p->ttl, .sport = p->sport,
		.rtt = f->ts_ns - p->ts };

	understand(s, &r, quoted);
	if (r.counts || s->hping) {
		p->answers++;
		pkw_tally_answer(s->tally, r.n, r.rtt, r.nth);
	} else {
		s->errors++;
	}
	if (s->histogram)
		ping_histogram(s);
	else if (s->hping)
		hping_say_reply(s, &r);
	else
		ping_say_reply(s, &r);
	print(&s->out, 0);
	follow_up(s, &r);
}

static void take_in(struct ping *s, const struct pkw_frame *f)
{
	pkw_dissect(
	    s->packet, pkw_link_proto(f->link), f->data, f->caplen, 0);
	if (pkw_view(s->packet)->first[PKW_NETWORK] < 0)
		return;
	if (is_own(s, f) || is_own_fragment(s, f) ||
	    f->flags & PKW_FRAME_OUT)
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

/* ---- the terminal ---- */

/* hping3's Ctrl+Z: once, one more; twice within a moment, one less. */
static void bound_key(struct ping *s)
{
	static int64_t last;
	int64_t now = clock_of(CLOCK_MONOTONIC);
	int step = now - last < 400 * millisecond ? -2 : 1;

	presses = 0;
	last = now;
	if (s->bind_ttl) {
		s->ttl = (uint8_t)((s->ttl ? s->ttl : 64) + step);
		pkw_str_fmt(&s->out, "%u: ", (unsigned)s->ttl);
	} else {
		s->dport = (s->dport + (uint32_t)step) & 0xffff;
		pkw_str_fmt(&s->out, "%u: ", (unsigned)s->dport);
	}
	print(&s->out, 0);
}

/* A wait ended by a signal: is there something to do, or is it the end? */
static void interrupted(struct ping *s)
{
	if (snapshot) {
		snapshot = 0;
		ping_say_end(s, clock_of(CLOCK_MONOTONIC) - s->begun);
		print(&s->out, 0);
	}
	if (presses)
		bound_key(s);
}

/* ---- the loop ---- */

/* Takes what there is, waiting until a moment: 0, or an error. */
static int receive(struct ping *s, int64_t until, struct pkw_diag *d)
{
	struct pkw_frame f;
	int64_t left = until - clock_of(CLOCK_MONOTONIC);
	int ms = (int)(left / millisecond);

	if (left > 0 && left < 2 * millisecond) {
		struct pollfd p = { pkw_link_fd(s->link), POLLIN, 0 };
		struct timespec t = { 0, left };
		ppoll(&p, 1, &t, NULL);
		ms = 0;
	}
	int e = pkw_link_next(s->link, &f, ms > 0 ? ms : 0, d);
	for (int i = 0; e > 0 && i < TAKEN && !s->done; i++) {
		take_in(s, &f);
		e = pkw_link_next(s->link, &f, 0, d);
	}
	if (e == -PKW_EINTR) {
		interrupted(s);
		return 0;
	}
	return e < 0 ? e : 0;
}

/* Is all that can be answered answered? */
static int all_in(const struct ping *s)
{
	struct pkw_tally_sum t;

	pkw_tally_get(s->tally, &t);
	return t.received + s->errors >= s->sent;
}

static uint64_t limit(const struct ping *s)
{
	uint64_t pieces = s->payload.len && s->end_of_file
	    ? (s->payload.len + s->piece - 1) / s->piece
	    : 0;

	if (!pieces || (s->count && s->count < pieces))
		return s->count ? s->count : UINT64_MAX;
	return pieces;
}

static int loop(struct ping *s)
{
	uint64_t most = limit(s);
	int64_t next = s->begun, deadline = 0;
	struct pkw_diag d;

	while (!stopped && !s->done && !stdout_gone) {
		int64_t now = clock_of(CLOCK_MONOTONIC);
		if (s->sent < most && now >= next) {
			int e = send_next(s);
			if (e < 0)
				return stopped ? STATUS_DONE : STATUS_FAILED;
			now = clock_of(CLOCK_MONOTONIC);
			next += s->interval;
			/* what was missed is not made up for */
			if (next + second < now && next + s->interval < now)
				next = now;
			deadline = now + s->timeout;
		}
		if (s->sent >= most &&
		    (now >= deadline || (all_in(s) && !s->traceroute)))
			break;
		if (receive(s, s->sent < most ? next : deadline, &d) < 0)
			return complain(&d, NULL);
	}
	return STATUS_DONE;
}

/* ---- floods ---- */

static int must_be_made_by_hand(const struct ping *s)
{
	return s->badsum || s->frag || s->mtu || s->traceroute || s->debug ||
	       s->payload.len || s->dport_step == 1 || s->data > 1400;
}

/*
 * The same template in a frame and with its source address, so that nothing is
 * left to be resolved: each packet is what the template's program makes.  NULL:
 * not on Ethernet, or a probe of a link layer of its own.
 */
static struct pkw_tmpl *framed(struct ping *s, struct pkw_hop *hop)
{
	const struct pkw_view *v = pkw_view(s->probe);
	struct pkw_str text = PKW_STR_INIT, src = PKW_STR_INIT;
	char to[48], from[48];
	struct pkw_tmpl *t = NULL;
	struct pkw_diag d;
	int f, root;

	pkw_tmpl_seek(s->tmpl, 0);
	if (pkw_tmpl_next(s->tmpl, s->probe) <= 0 ||
	    pkw_resolve(pkw_link_net(s->link), s->probe,
		s->iface ? pkw_link_netif(s->link)->index : 0, 0, hop,
		&d) < 0 ||
	    hop->link != 1 || !hop->ethertype || hop->loopback ||
	    hop->src.len != 6 || hop->dst.len != 6 ||
	    strcmp(v->layers[0].proto->rec.name, "ARP") == 0)
		return NULL;
	root = pkw_root(s->probe, 0);
	f = pkw_field_named(s->probe, root, "src");
	if (f < 0 || pkw_field_text(s->probe, root, (unsigned)f, 0, &src) < 0)
		return NULL;
	pkw_str_fmt(&text, "Ether(dst=\"%s\", src=\"%s\")/%s",
	    pkw_addr_text(&hop->dst, to), pkw_addr_text(&hop->src, from),
	    s->text.s);
	t = pkw_tmpl_parse(text.s, &d);
	if (t && !s->rand_source && !ping_value(s, 'a') &&
	    pkw_tmpl_vary_text(t, s->family == 6 ? "IPv6.src" : "IP.src",
		src.s, &d) < 0) {
		pkw_tmpl_free(t);
		t = NULL;
	}
	pkw_str_free(&text);
	pkw_str_free(&src);
	if (t)
		pkw_tmpl_seed(t, s->seed);
	return t;
}

/* By the template's own packets, one copy each: as fast as the kernel takes
   them.  Ctrl-C is looked for, as nothing here waits. */
static int pour(struct ping *s, struct pkw_tmpl *t, const struct pkw_hop *hop,
    uint64_t most, struct pkw_diag *d)
{
	const struct pkw_pkt *p;
	int e = 1;

	pkw_link_rate(s->link, s->max_pps);
	pkw_tmpl_limit(t, most);
	while (!stopped && (e = pkw_tmpl_step(t, &p)) > 0) {
		struct pkw_span b = pkw_bytes(p);
		e = pkw_link_put(s->link, hop->ifindex, b.p, b.len, d);
		if (e < 0)
			return e;
	}
	return e < 0 ? e : pkw_link_flush(s->link, d);
}

static int series(void *arg, struct pkw_pkt **p, struct pkw_diag *d)
{
	struct ping *s = arg;
	int e = pkw_tmpl_next(s->tmpl, s->probe);

	if (e < 0)
		return pkw_fail(d, e, "%s", pkw_strerror(e));
	*p = s->probe;
	return e;
}

static int resolve_each(struct ping *s, uint64_t most, struct pkw_diag *d)
{
	struct pkw_source source = { series, NULL, s };
	struct pkw_send_opts o = { .rate = s->max_pps };

	pkw_tmpl_seek(s->tmpl, 0);
	pkw_tmpl_limit(s->tmpl, most);
	return pkw_send(s->link, &source, &o, NULL, d);
}

static int flood(struct ping *s)
{
	uint64_t most = s->count ? s->count : UINT64_MAX;
	struct pkw_link_stats st;
	struct pkw_diag d = { .code = 0 };
	struct pkw_hop hop;
	struct pkw_tmpl *t = s->rand_dest ? NULL : framed(s, &hop);
	int e = t ? pour(s, t, &hop, most, &d) : resolve_each(s, most, &d);

	pkw_tmpl_free(t);
	pkw_link_stats(s->link, &st);
	s->sent = st.sent;
	s->bytes = st.sent_bytes;
	pkw_tally_sent(s->tally, st.sent);
	return e < 0 && e != -PKW_EINTR ? complain(&d, NULL) : STATUS_DONE;
}

/* ---- manners ---- */

static int is_harmful(const struct ping *s)
{
	return s->flood || s->rand_source || s->rand_dest ||
	       ping_value(s, 'a') ||
	       (s->interval_given && s->interval < millisecond);
}

static void announce(const struct ping *s)
{
	char n[32] = "packets until Ctrl-C", rate[48] = "as fast as it goes";

	if (s->count)
		snprintf(n, sizeof n, "%llu packets",
		    (unsigned long long)s->count);
	if (s->max_pps > 0)
		snprintf(rate, sizeof rate, "at most %.0f a second",
		    s->max_pps);
	else if (!s->flood)
		snprintf(rate, sizeof rate, "one each %.6g ms",
		    (double)s->interval / 1e6);
	say("to %s: %s, %s%s", s->rand_dest ? s->target : s->addr_text, n,
	    rate,
	    s->rand_source || ping_value(s, 'a')
		? ", from a false address: replies go elsewhere"
		: "");
}

/* Random targets: the widest of them is what must be near. */
static int may_send(struct ping *s)
{
	const char *line = manners_blocked(s->manners, &s->addr);
	const struct pkw_netif *n = pkw_link_netif(s->link);

	if (line) {
		say("%s is on the blocklist (%s)", s->addr_text, line);
		return STATUS_USAGE;
	}
	if (!is_harmful(s))
		return STATUS_DONE;
	if (!s->own && manners_off_link(pkw_link_net(s->link), &s->addr,
			   n ? n->index : 0)) {
		say("%s is not on a network of this host: a flood or a false "
		    "source needs --i-own-this-network",
		    s->addr_text);
		return STATUS_USAGE;
	}
	if (!s->hping)
		announce(s);
	return STATUS_DONE;
}

static void keep_ceiling(struct ping *s)
{
	double most = manners_max_pps(s->manners);

	if (most > 0 && (s->max_pps <= 0 || s->max_pps > most))
		s->max_pps = most;
	if (s->flood)
		s->interval = 0;
	if (s->max_pps > 0 && (double)s->interval < 1e9 / s->max_pps)
		s->interval = (int64_t)(1e9 / s->max_pps);
}

/* ---- beginning and end ---- */

static int open_link(struct ping *s, struct pkw_diag *d)
{
	char filter[160] = "";
	struct pkw_link_opts o = { .flags = PKW_LINK_FOR_ASKING,
		.filter = filter };

	if (s->flood && !must_be_made_by_hand(s))
		o.flags = PKW_LINK_SEND_ONLY;
	else if (s->kind == PING_ARP)
		strcpy(filter, "arp");
	else if (!s->rand_dest && !s->with)
		snprintf(filter, sizeof filter,
		    "host %s or icmp or icmp6", s->addr_text);
	s->link = pkw_link_open(s->iface, &o, d);
	return s->link ? 0 : d->code;
}

void ping_find_way(struct ping *s)
{
	struct pkw_net *net = pkw_net_open(NULL);
	struct pkw_route r;
	const struct pkw_netif *n = NULL;

	if (net && s->iface)
		n = pkw_netif_by_name(net, s->iface, NULL);
	else if (net && pkw_route(net, &s->addr, 0, &r, NULL) == 0)
		n = pkw_netif_by_index(net, r.ifindex);
	if (n) {
		strcpy(s->iface_name, n->name);
		if (n->mac.len)
			pkw_addr_text(&n->mac, s->mac);
	}
	/* a group's address alone does not lead there */
	if (n && s->kind == PING_ND)
		s->iface = s->iface_name;
	if (net)
		pkw_net_close(net);
}

static int begin(struct ping *s)
{
	struct pkw_diag d;

	s->tmpl = pkw_tmpl_parse(s->text.s, &d);
	if (!s->tmpl)
		return complain(&d, s->text.s);
	s->again = pkw_tmpl_parse(s->text.s, &d);
	s->probe = pkw_pkt_new();
	s->question = pkw_pkt_new();
	s->packet = pkw_pkt_new();
	s->window = ping_window_new();
	s->defrag = pkw_defrag_new(NULL);
	s->tally = pkw_tally_new();
	s->manners = manners_read();
	if (!s->manners)
		return STATUS_FAILED;
	if (!s->again || !s->probe || !s->question || !s->packet ||
	    !s->window || !s->tally || !s->defrag) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	pkw_tmpl_seed(s->tmpl, s->seed);
	pkw_tmpl_seed(s->again, s->seed);
	pkw_tmpl_limit(s->tmpl, UINT64_MAX);
	pkw_tmpl_limit(s->again, UINT64_MAX);
	keep_ceiling(s);
	if (open_link(s, &d) < 0)
		return complain(&d, NULL);
	return may_send(s);
}

static void catch_signals(struct ping *s)
{
	struct sigaction sa = { .sa_handler = on_signal };

	link_now = s->link;
	stop_catch(stop_link);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGQUIT, &sa, NULL);
	if (s->bind_ttl || s->bind_port)
		sigaction(SIGTSTP, &sa, NULL);
}

static int end(struct ping *s, int status)
{
	struct pkw_tally_sum t;

	if (s->tally)
		pkw_tally_get(s->tally, &t);
	if (status == STATUS_DONE && s->exitcode)
		status = s->tcp_flags;
	else if (status == STATUS_DONE && !s->flood && !t.received)
		status = STATUS_FAILED;
	if (s->link)
		pkw_link_close(s->link);
	link_now = NULL;
	ping_window_free(s->window);
	pkw_defrag_free(s->defrag);
	pkw_tally_free(s->tally);
	manners_free(s->manners);
	pkw_tmpl_free(s->tmpl);
	pkw_tmpl_free(s->again);
	pkw_pkt_free(s->probe);
	pkw_pkt_free(s->question);
	pkw_pkt_free(s->packet);
	return status;
}

static void lost(struct ping *s)
{
	struct pkw_link_stats st;

	pkw_link_stats(s->link, &st);
	if (st.dropped)
		say("replies may be missing: the kernel dropped %llu packets",
		    (unsigned long long)st.dropped);
	if (s->errors > ERRORS_TOLD && st.sent < s->sent)
		say("%llu probes could not be sent",
		    (unsigned long long)(s->sent - st.sent));
}

int ping_run(struct ping *s)
{
	int status = begin(s);

	if (status != STATUS_DONE)
		return end(s, status);
	catch_signals(s);
	if (s->hping)
		hping_say_start(s);
	else
		ping_say_start(s);
	print(&s->out, 0);
	s->begun = clock_of(CLOCK_MONOTONIC);
	s->first_dport = s->dport;
	status = s->flood && !must_be_made_by_hand(s) ? flood(s) : loop(s);
	if (s->hping)
		hping_say_end(s);
	else
		ping_say_end(s, clock_of(CLOCK_MONOTONIC) - s->begun);
	print(&s->out, 0);
	lost(s);
	return end(s, status);
}
