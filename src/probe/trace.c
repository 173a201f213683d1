/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions and rounds: one loop that sends, takes in and gives up.
 *
 * Probes are sent in their order, as many as the window allows, and between
 * batches what came is looked at: so those behind a target that has answered
 * are not sent any more.  Time stamps are the kernel's: the link sees our own
 * probes leave.
 *
 * When a probe is given up depends on what others took (see <pkw/trace.h>), so
 * a silent router costs a few round trips and only a silent end the whole time
 * to wait.  FLOOR bounds that from below: routers answer later than they
 * forward.
 *
 * A listening TCP port answers one SYN of a flow and, till our kernel has reset
 * that connection, no other; so each answer lets the next probe to that hop go
 * out once more.
 */
#include "probe/trace.h"
#include "net/link.h"

#include <pkw/frame.h>
#include <pkw/str.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK = 32, /* sent before what came is looked at */
	HERE = 3,
	NEAR = 10,
	SYN_ACK = 0x12
};
static const int64_t WAIT = 3 * (int64_t)PKW__S, FLOOR = 100 * (int64_t)PKW__MS;

int pkw__trace_addr_same(const struct pkw_addr *a, const struct pkw_addr *b)
{
	return pkw__addr_same(a, b);
}

/* What may be a probe or an answer to one, for the kernel to choose. */
static void filter_text(const struct pkw_trace *t, char *text, size_t size)
{
	unsigned port = pkw__trace_sport(t, 0);

	if (t->o.how == PKW_TRACE_ICMP)
		snprintf(text, size, "icmp or icmp6");
	else if (t->o.how == PKW_TRACE_RAW)
		snprintf(text, size, "icmp or icmp6 or ip proto %u or ip6 "
		    "proto %u", t->o.proto, t->o.proto);
	else
		snprintf(text, size, "icmp or icmp6 or %s portrange %u-%u",
		    t->o.how == PKW_TRACE_TCP ? "tcp" : "udp", port,
		    port + PKW__TRACE_FLOWS < 65535
			? port + PKW__TRACE_FLOWS : 65535);
}

struct pkw_trace *pkw_trace_new(
    const struct pkw_trace_opts *o, struct pkw_diag *d)
{
	struct pkw_trace *t = calloc(1, sizeof *t);

	if (!t || !(t->packet = pkw_pkt_new()) ||
	    !(t->legacy = pkw_pkt_new())) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		pkw_trace_free(t);
		return NULL;
	}
	t->o = *o;
	t->o.wait_ns = o->wait_ns > 0 ? o->wait_ns : WAIT;
	t->o.here = o->here ? o->here : HERE;
	t->o.near = o->near ? o->near : NEAR;
	pkw__trace_names(&t->names);
	t->net = pkw_net_open(d);
	if (!t->net) {
		pkw_trace_free(t);
		return NULL;
	}
	char filter[128];
	filter_text(t, filter, sizeof filter);
	struct pkw_link_opts lo = { .flags = PKW_LINK_IMMEDIATE,
		.filter = filter, .net = t->net };
	t->link = pkw_link_open(o->iface, &lo, d);
	if (!t->link) {
		pkw_trace_free(t);
		return NULL;
	}
	pkw_link_rate(t->link, o->rate);
	return t;
}

void pkw_trace_free(struct pkw_trace *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < t->ntargets; i++)
		pkw_pkt_free(t->targets[i].p);
	free(t->targets);
	pkw_link_close(t->link);
	pkw_net_close(t->net);
	pkw_pkt_free(t->packet);
	pkw_pkt_free(t->legacy);
	free(t);
}

static uint16_t usual_size(const struct pkw_addr *a)
{
	return a->len == 16 ? 80 : 60;
}

int pkw_trace_target(
    struct pkw_trace *t, const struct pkw_addr *addr, struct pkw_diag *d)
{
	struct pkw_trace_probe first = { .ttl = 1,
		.size = usual_size(addr) };
	const struct pkw_netif *n = NULL;

	if (addr->len != 4 && addr->len != 16)
		return pkw_fail(d, -PKW_EINVAL, "no IP address");
	if (t->ntargets > UINT16_MAX)
		return pkw_fail(d, -PKW_ELIMIT, "too many targets");
	if (t->o.iface && !(n = pkw_netif_by_name(t->net, t->o.iface, d)))
		return -PKW_ENODEV;
	struct pkw__trace_target *more = realloc(
	    t->targets, (t->ntargets + 1) * sizeof *more);
	if (!more)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	t->targets = more;
	struct pkw__trace_target *to = &more[t->ntargets];
	memset(to, 0, sizeof *to);
	to->addr = *addr;
	to->ifindex = n ? n->index : 0;
	to->p = pkw_pkt_new();
	if (!to->p)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	int e = pkw__trace_make(t, to, &first, d);
	if (e < 0) {
		pkw_pkt_free(to->p);
		return e;
	}
	return (int)t->ntargets++;
}

const struct pkw_addr *pkw_trace_address(
    const struct pkw_trace *t, unsigned target)
{
	return &t->targets[target].addr;
}

const struct pkw_addr *pkw_trace_source(
    const struct pkw_trace *t, unsigned target)
{
	return &t->targets[target].src;
}

uint32_t pkw_trace_mtu(const struct pkw_trace *t, unsigned target)
{
	return t->targets[target].mtu;
}

uint16_t pkw_trace_size(const struct pkw_trace *t, unsigned target)
{
	return usual_size(&t->targets[target].addr);
}

unsigned pkw_trace_distance(const struct pkw_trace *t, unsigned target)
{
	return t->targets[target].distance;
}

void pkw_trace_stop(struct pkw_trace *t)
{
	t->stopped = 1;
	pkw_link_stop(t->link);
}

int pkw_trace_pause(struct pkw_trace *t, int64_t ns)
{
	int64_t until = pkw__now() + ns;
	struct pkw_frame f;
	int e = 1;

	while (!t->stopped && e > 0)
		e = pkw__link_next_until(t->link, &f, until, NULL);
	return !t->stopped;
}

void pkw_trace_stats(const struct pkw_trace *t, struct pkw_trace_stats *s)
{
	struct pkw_link_stats l;

	pkw_link_stats(t->link, &l);
	*s = t->stats;
	s->dropped = l.dropped;
}

/* ---- deciding ---- */

static struct pkw__trace_target *target_of(
    const struct pkw_trace *t, const struct pkw_trace_probe *p)
{
	return &t->targets[p->target];
}

static void decide(struct pkw_trace *t, struct pkw_trace_probe *p, int what)
{
	p->what = (uint8_t)what;
	t->by_id[p->id] = 0;
	t->flying -= p->sent;
	t->undecided--;
	if (t->on_probe && t->on_probe(t->arg, p) != 0)
		t->stopped = 1;
}

/* Nobody needs what is behind the end of the way. */
static void shorten(struct pkw_trace *t, const struct pkw_trace_probe *last)
{
	struct pkw__trace_target *to = target_of(t, last);

	if (to->distance && to->distance <= last->ttl && !t->per_flow)
		return;
	if (!to->distance || to->distance > last->ttl)
		to->distance = last->ttl;
	for (size_t i = 0; i < t->n; i++) {
		struct pkw_trace_probe *p = t->probes[i];
		if (p->target == last->target && p->ttl > last->ttl &&
		    p->what == PKW_TRACE_WAITING &&
		    (!t->per_flow || p->flow == last->flow))
			decide(t, p, PKW_TRACE_SKIPPED);
	}
}

/* Numbers go round, so that late answers meet no other probe. */
static uint16_t number(struct pkw_trace *t)
{
	do
		t->next_id = (uint16_t)(t->next_id + 1);
	while (t->next_id == 0 || t->next_id == 0xffff ||
	    t->by_id[t->next_id]);
	return t->next_id;
}

/* 1, or 0: it could not be sent; or an error of the link. */
static int send_one(struct pkw_trace *t, size_t i, struct pkw_diag *d)
{
	struct pkw_trace_probe *p = t->probes[i];
	struct pkw__trace_target *to = target_of(t, p);
	struct pkw_diag why;

	t->by_id[p->id] = 0;
	p->id = number(t);
	int e = pkw__trace_make(t, to, p, &why);
	if (e == 0)
		e = pkw_link_send(t->link, to->p, &why);
	if (e < 0) {
		if (e == -PKW_ENOMEM || e == -PKW_EINTR || t->stopped)
			return t->stopped ? 0 : pkw_fail(d, e, "%s", why.text);
		decide(t, p, PKW_TRACE_FAILED);
		return 0;
	}
	t->by_id[p->id] = (uint32_t)i + 1;
	const uint8_t *b = pkw_bytes(to->p).p;
	t->mends[i] = 0;
	if (to->mend)
		t->mends[i] = (uint16_t)(b[to->mend] << 8 | b[to->mend + 1]);
	t->flying += !p->sent;
	p->sent = 1;
	p->stamped = 0;
	p->sent_ns = pkw__clock(CLOCK_REALTIME);
	t->since[i] = pkw__now();
	t->news = 1;
	t->stats.sent++;
	return 1;
}

static int send_some(struct pkw_trace *t, struct pkw_diag *d)
{
	int sent = 0;

	while (t->at < t->n && sent < CHUNK && !t->stopped &&
	    (!t->o.window || t->flying < t->o.window)) {
		if (t->probes[t->at]->what == PKW_TRACE_WAITING) {
			int e = send_one(t, t->at, d);
			if (e < 0)
				return e;
			sent += e;
		}
		t->at++;
	}
	return sent ? pkw_link_flush(t->link, d) : 0;
}

/* Another SYN to the same hop of the same flow. */
static int send_again(struct pkw_trace *t, const struct pkw_trace_probe *of,
    struct pkw_diag *d)
{
	for (size_t i = 0; i < t->at; i++) {
		struct pkw_trace_probe *p = t->probes[i];
		if (p->what != PKW_TRACE_WAITING || p->target != of->target ||
		    p->ttl != of->ttl || p->flow != of->flow)
			continue;
		int e = send_one(t, i, d);
		return e < 0 ? e : pkw_link_flush(t->link, d);
	}
	return 0;
}

static int take_in(
    struct pkw_trace *t, const struct pkw_frame *f, struct pkw_diag *d)
{
	int own;
	struct pkw_trace_probe *p = pkw__trace_match(t, f, &own);

	if (!p)
		return 0;
	if (own) {
		if (!p->stamped)
			p->sent_ns = f->ts_ns;
		p->stamped = 1;
		return 0;
	}
	struct pkw__trace_target *to = target_of(t, p);
	p->rtt_ns = f->ts_ns > p->sent_ns ? f->ts_ns - p->sent_ns : 0;
	if (p->rtt_ns > to->rtt[p->ttl])
		to->rtt[p->ttl] = p->rtt_ns;
	if (p->what == PKW_TRACE_UNREACH && pkw__addr_same(&p->from, &to->addr))
		p->last = 1;
	t->news = 1;
	t->stats.answered++;
	decide(t, p, p->what);
	if (p->last)
		shorten(t, p);
	return p->what == PKW_TRACE_REPLY && p->tcp_flags == SYN_ACK
	    ? send_again(t, p, d) : 0;
}

/* How long to wait for an answer from that hop. */
static int64_t patience(
    const struct pkw_trace *t, const struct pkw_trace_probe *p)
{
	const struct pkw__trace_target *to = target_of(t, p);
	int64_t wait = t->o.wait_ns;

	if (to->rtt[p->ttl] && to->rtt[p->ttl] * t->o.here < wait)
		wait = to->rtt[p->ttl] * t->o.here;
	for (unsigned h = p->ttl + 1u; h < 256; h++)
		if (to->rtt[h] && to->rtt[h] * t->o.near < wait)
			wait = to->rtt[h] * t->o.near;
	if (wait < FLOOR)
		wait = FLOOR < t->o.wait_ns ? FLOOR : t->o.wait_ns;
	return wait;
}

/* Gives up what has waited long enough, and notes when to look again. */
static void give_up(struct pkw_trace *t)
{
	int64_t now = pkw__now(), next = PKW__FOREVER;

	if (!t->news && now < t->deadline)
		return;
	for (size_t i = 0; i < t->at; i++) {
		struct pkw_trace_probe *p = t->probes[i];
		if (p->what != PKW_TRACE_WAITING)
			continue;
		int64_t due = t->since[i] + patience(t, p);
		if (due <= now)
			decide(t, p, PKW_TRACE_SILENT);
		else if (due < next)
			next = due;
	}
	t->deadline = next;
	t->news = 0;
}

static int run(struct pkw_trace *t, struct pkw_diag *d)
{
	while (t->undecided && !t->stopped) {
		struct pkw_frame f;
		int e = send_some(t, d);
		int more = t->at < t->n &&
		    (!t->o.window || t->flying < t->o.window);
		int got = 0;

		/* answers in time may have waited for us: first look, then
		   give up */
		for (int n = 0; e >= 0 && n < CHUNK * 8 && t->undecided; n++) {
			got = pkw__link_next_until(t->link, &f, 0, d);
			if (got <= 0)
				break;
			e = take_in(t, &f, d);
		}
		if (got == -PKW_EINTR || e == -PKW_EINTR) {
			t->stopped = 1;
			break;
		}
		if (e < 0 || got < 0)
			return e < 0 ? e : got;
		if (got > 0 || t->stopped)
			continue;
		give_up(t);
		if (!t->undecided || more || t->stopped)
			continue;
		got = pkw__link_next_until(t->link, &f, t->deadline, d);
		if (got > 0)
			got = take_in(t, &f, d);
		if (got < 0 && got != -PKW_EINTR)
			return got;
		t->stopped |= got == -PKW_EINTR;
	}
	return !t->stopped;
}

static void begin(struct pkw_trace_probe *p, uint16_t size)
{
	*p = (struct pkw_trace_probe){ .target = p->target, .flow = p->flow,
		.size = p->size ? p->size : size, .ttl = p->ttl };
}

int pkw__trace_ask(struct pkw_trace *t, struct pkw_trace_probe **p, size_t n,
    pkw_trace_fn *on_probe, void *arg, struct pkw_diag *d)
{
	if (t->stopped)
		return 0;
	t->since = calloc(n + 1, sizeof *t->since);
	t->mends = calloc(n + 1, sizeof *t->mends);
	int e = t->since && t->mends
	    ? 0 : pkw_fail(d, -PKW_ENOMEM, "out of memory");
	t->probes = p;
	t->n = t->undecided = n;
	t->at = t->flying = 0;
	t->on_probe = on_probe;
	t->arg = arg;
	for (size_t i = 0; e == 0 && i < n; i++) {
		begin(p[i], pkw_trace_size(t, p[i]->target));
		unsigned far = target_of(t, p[i])->distance;
		if (far && p[i]->ttl > far && !t->per_flow)
			decide(t, p[i], PKW_TRACE_SKIPPED);
	}
	if (e == 0)
		e = run(t, d);
	for (size_t i = 0; i < n; i++)
		t->by_id[p[i]->id] = 0;
	free(t->since);
	free(t->mends);
	t->since = NULL;
	t->mends = NULL;
	t->n = 0;
	return e;
}

int pkw_trace_round(struct pkw_trace *t, struct pkw_trace_probe *p, size_t n,
    pkw_trace_fn *on_probe, void *arg, struct pkw_diag *d)
{
	struct pkw_trace_probe **all = malloc((n + 1) * sizeof *all);

	if (!all)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		all[i] = &p[i];
	int e = pkw__trace_ask(t, all, n, on_probe, arg, d);
	free(all);
	return e;
}
