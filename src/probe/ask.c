/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking many hosts about many ports.  A pair is host * probes + probe; a round
 * walks through all pairs in the order of a permutation and asks those that
 * have no answer yet.  The loop does a little of everything: send what is due,
 * look at what came, judge the rate.
 *
 * A round is followed by another one as long as that is of use.  How much is
 * lost shows from the second round on: by the share of answers that it took a
 * second try to get.  Asking ends when the chance that a further round brings
 * anything is below one in a thousand, and a round has brought nothing.
 *
 * When a probe left is remembered for the last 131072 of them, by pair; that is
 * where the time of an answer comes from.  An answer to an older one has none.
 */
#include "probe/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 64, SKIPS = 8192, ROUNDS_MAX = 64 };

static uint32_t cookie_of(
    const struct pkw__scan *s, const struct pkw_addr *dst, unsigned proto,
    uint16_t port)
{
	uint8_t b[24] = { 0 };

	memcpy(b, dst->bytes, dst->len);
	b[16] = dst->len;
	b[17] = (uint8_t)proto;
	b[18] = (uint8_t)(port >> 8);
	b[19] = (uint8_t)port;
	return (uint32_t)pkw__siphash(&s->key, b, sizeof b);
}

static const struct pkw__mould *mould_of(
    const struct pkw__scan *s, size_t probe, int v6)
{
	return &s->moulds[s->mould_of[v6][probe]];
}

/* Once the interface is back, later rounds repeat what it missed. */
static void wait_for_interface(struct pkw__scan *s)
{
	static const int64_t patience = (int64_t)10 * PKW__S;
	int64_t now = pkw__now();

	if (!s->down_since)
		s->down_since = now;
	if (now - s->down_since > patience)
		s->stop = 1;
	pkw__wait(NULL, 0, now + 100 * PKW__MS, &s->net->stop);
}

static void failed(struct pkw__scan *s, int e, const struct pkw_diag *d)
{
	if (s->stats.failed++ == 0)
		s->stats.fault = *d;
	if (e == -PKW_ENETDOWN || e == -PKW_ENODEV)
		wait_for_interface(s);
}

/* Puts a probe into the batch: 1; 0: there is none to be sent. */
static int send_one(struct pkw__scan *s, uint64_t pair)
{
	uint64_t target = s->hosts[pair / s->nprobes];
	size_t probe = (size_t)(pair % s->nprobes);
	uint8_t out[PKW__MOULD_MAX];
	struct pkw_addr dst;
	struct pkw_diag d;

	int k = pkw__way_try(s, target, &dst);
	if (k < PKW__WAY_FIRST)
		return 0;
	const struct pkw__way *w = &s->ways[k - PKW__WAY_FIRST];
	const struct pkw__mould *m = mould_of(s, probe, dst.len == 16);
	if (m->kind == PKW_SCAN__KINDS) {
		pkw__bit_set(s->done, pair); /* not for this family */
		return 0;
	}
	unsigned proto = pkw_scan_proto(s->probes[probe].kind);
	struct pkw__cast c = { .src = &w->src, .dst = &dst,
		.dport = s->probes[probe].port,
		.try = (uint8_t)(s->stats.round & 7) };
	c.cookie = cookie_of(s, &dst, proto, c.dport);
	c.sport = pkw__sport(proto, c.cookie, c.try, s->sport0);
	pkw__mould_cast(m, &c, out);
	int e = pkw__tx_add(s->link, &w->hop, out, m->len, &d);
	if (e < 0) {
		failed(s, e, &d);
		return 0;
	}
	s->sent[pair % PKW__SENT] = (struct pkw__sent){ .pair = pair,
		.ns = pkw__clock(CLOCK_REALTIME), .epoch = s->rate.cur,
		.try = c.try };
	return 1;
}

static void kick(struct pkw__scan *s)
{
	struct pkw__kick k;
	struct pkw_diag d;
	int e;

	while ((e = pkw__tx_kick(s->link, &k, &d)) != 0) {
		if (e < 0) {
			failed(s, e, &d);
			continue;
		}
		struct pollfd p = { s->link->tx.fd, POLLOUT, 0 };
		pkw__wait(&p, k.full ? 1 : 0, k.until, &s->net->stop);
		if (pkw__stop_asked(&s->net->stop))
			return;
	}
	s->down_since = 0;
}

static int known(const struct pkw__scan *s, uint64_t pair)
{
	return s->o->known && s->probes == s->o->probes &&
	    s->stats.round == 0 &&
	    s->o->known(s->o->arg, s->hosts[pair / s->nprobes],
		(size_t)(pair % s->nprobes));
}

/* Sends what is due; *until: when there is more to be sent. */
static void send_some(struct pkw__scan *s, int64_t now, int64_t *until)
{
	unsigned may = pkw__rate_may(&s->rate, now, BATCH, until), n = 0;

	for (int i = 0; n < may && i < SKIPS && s->at < s->pairs; i++) {
		uint64_t pair = pkw__order_at(&s->order, s->at++);
		if (pkw__bit(s->done, pair))
			continue;
		if (known(s, pair)) {
			pkw__bit_set(s->done, pair);
			s->stats.answered++;
			continue;
		}
		n += (unsigned)send_one(s, pair);
	}
	if (n == 0)
		return;
	kick(s);
	pkw__rate_sent(&s->rate, n);
	s->stats.sent += n;
	if (s->stats.round)
		s->stats.retried += n;
}

/* The host's place among those asked; 0: it is not there. */
static int host_of(const struct pkw__scan *s, const struct pkw_addr *a,
    uint64_t *host)
{
	uint64_t target, low = 0, high = s->nhosts;

	if (!pkw_targets_find(s->o->targets, a, &target))
		return 0;
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		if (s->hosts[mid] < target)
			low = mid + 1;
		else
			high = mid;
	}
	*host = low;
	return low < s->nhosts && s->hosts[low] == target;
}

static int64_t time_of(struct pkw__scan *s, const struct pkw__answer *a,
    uint64_t pair, int64_t ts, unsigned *tries)
{
	const struct pkw__sent *x = &s->sent[pair % PKW__SENT];
	int plain = !(s->sport0 & PKW__SPORT_FIXED) && a->proto != PKW_SCAN_IP;
	unsigned mask = a->proto == PKW_SCAN_TCP || a->proto == PKW_SCAN_ICMP
	    ? 7 : 3;

	*tries = s->stats.round + 1;
	if (!x->ns || x->pair != pair)
		return -1;
	*tries = x->try + 1u;
	if (plain && pkw__try_of(a) != (x->try & mask))
		return -1; /* to an earlier one, late */
	int64_t rtt = ts - x->ns;
	if (rtt < 0)
		rtt = 0;
	pkw__rate_answer(&s->rate, x->epoch, rtt);
	return rtt;
}

static void tell(struct pkw__scan *s, struct pkw_scan_port *p,
    const struct pkw__answer *a)
{
	if (s->probes == s->o->probes) {
		if (s->o->on_port)
			s->o->on_port(s->o->arg, p);
		return;
	}
	int himself = memcmp(&a->from, &a->target, sizeof a->from) == 0;
	if (!a->quoted || himself)
		pkw__host_up(s, p->number, a->reason, a->ttl, p->rtt_ns);
}

/* In looking for hosts one answer is enough. */
static void mark(struct pkw__scan *s, uint64_t pair)
{
	if (s->probes == s->o->probes) {
		pkw__bit_set(s->done, pair);
		s->stats.answered++;
		return;
	}
	s->stats.answered += s->nprobes;
	uint64_t first = pair - pair % s->nprobes;
	for (size_t i = 0; i < s->nprobes; i++)
		pkw__bit_set(s->done, first + i);
}

static int take(struct pkw__scan *s, const struct pkw_frame *f,
    struct pkw__answer *a)
{
	uint64_t host, pair;
	uint32_t where;

	if (!s->where[a->proto] || !(where = s->where[a->proto][a->port]) ||
	    !host_of(s, &a->target, &host))
		return 0;
	size_t probe = where - 1;
	unsigned kind = s->probes[probe].kind;
	uint32_t cookie = cookie_of(s, &a->target, a->proto, a->port);
	int state = pkw__state(kind, a);
	if (!pkw__genuine(a, kind, cookie, s->sport0) || state < 0)
		return 0;
	pair = host * s->nprobes + probe;
	if (pkw__bit(s->done, pair))
		return 1;
	unsigned tries;
	struct pkw_scan_port p = { .host = a->target,
		.number = s->hosts[host], .probe = probe,
		.kind = (uint8_t)kind, .state = (uint8_t)state,
		.port = a->port, .reason = a->reason, .ttl = a->ttl,
		.from = a->from, .answer = a->ip, .len = a->len };
	p.rtt_ns = time_of(s, a, pair, f->ts_ns, &tries);
	p.tries = (uint8_t)tries;
	mark(s, pair);
	s->news++;
	s->answers++;
	s->first_try += tries == 1;
	tell(s, &p, a);
	return 1;
}

static void look(struct pkw__scan *s, const struct pkw_frame *f)
{
	struct pkw__answer a;
	size_t len;
	const uint8_t *ip = pkw__ip_of(f, &len);

	if (!ip)
		return;
	s->stats.received++;
	int taken = pkw__judge(ip, len, &a) && take(s, f, &a);
	if (!taken && s->protos)
		taken = pkw__judge_proto(ip, len, &a) && take(s, f, &a);
	s->stats.foreign += !taken;
}

/* Looks at all that is there, and waits for the first until then. */
static void receive(struct pkw__scan *s, int64_t until)
{
	struct pkw_frame f;
	struct pkw_diag d;
	int e;

	for (int n = 0; n < 4096; n++) {
		e = pkw__link_next_until(s->link, &f, until, &d);
		if (e == -PKW_EINTR)
			s->stop = 1;
		else if (e < 0)
			failed(s, e, &d);
		if (e <= 0)
			return;
		look(s, &f);
		until = 0;
	}
}

static void turn(struct pkw__scan *s)
{
	int64_t now = pkw__now(), until = 0;
	uint64_t drops = s->link->ring.drops;

	send_some(s, now, &until);
	receive(s, until);
	now = pkw__now();
	if (s->link->ring.drops != drops)
		pkw__rate_lost(&s->rate);
	pkw__rate_tick(&s->rate, now);
	pkw__scan_tell(s, now);
}

static void straggle(struct pkw__scan *s)
{
	int64_t last = pkw__now();

	while (!s->stop) {
		int64_t now = pkw__now();
		int64_t until = last + pkw__rate_rto(&s->rate);
		if (now >= until || s->stats.answered >= s->pairs)
			return;
		receive(s, until < now + 20 * PKW__MS ? until
						      : now + 20 * PKW__MS);
		pkw__rate_tick(&s->rate, pkw__now());
		pkw__scan_tell(s, pkw__now());
	}
}

/* Is another round of use? */
static int again(const struct pkw__scan *s, unsigned retries)
{
	unsigned round = s->stats.round;

	if (s->stop || round >= retries || s->stats.answered >= s->pairs)
		return 0;
	if (round == 0 || s->news)
		return 1;
	double lost = s->answers
	    ? 1 - (double)s->first_try / (double)s->answers : 0;
	double chance = 1;
	for (unsigned i = 0; i <= round; i++)
		chance *= lost;
	return chance > 1e-3;
}

static void rounds(struct pkw__scan *s)
{
	unsigned retries = s->o->retries;

	if (s->probes != s->o->probes && retries > 2)
		retries = 2;
	for (s->stats.round = 0; s->stats.round < ROUNDS_MAX; s->stats.round++) {
		pkw__order_init(
		    &s->order, s->pairs, s->o->seed + s->stats.round);
		pkw__rate_round(&s->rate);
		s->at = s->news = 0;
		while (s->at < s->pairs && !s->stop)
			turn(s);
		straggle(s);
		if (!again(s, retries))
			return;
	}
}

static int find_mould(struct pkw__scan *s, size_t probe, int v6)
{
	unsigned kind = s->probes[probe].kind;
	uint16_t port = s->probes[probe].port;
	int none = v6 && kind == PKW_SCAN_STAMP;
	const char *text = none ? NULL
	    : pkw__mould_text((enum pkw_scan_kind)kind, port, v6);
	size_t i = 0;

	for (; i < s->nmoulds; i++) {
		const struct pkw__mould *m = &s->moulds[i];
		if (m->text == text && m->v6 == v6 &&
		    (none || m->kind == kind) &&
		    (kind != PKW_SCAN_PROTO || *text || m->number == port))
			break;
	}
	s->mould_of[v6][probe] = (uint16_t)i;
	if (i < s->nmoulds)
		return 0;
	struct pkw__mould *more =
	    realloc(s->moulds, (s->nmoulds + 1) * sizeof *more);
	if (!more)
		return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
	s->moulds = more;
	more[i] = (struct pkw__mould){ .kind = PKW_SCAN__KINDS,
		.v6 = (uint8_t)v6 };
	s->nmoulds++;
	return none ? 0 : pkw__mould_make(&more[i], (enum pkw_scan_kind)kind,
			       port, v6, s->o, s->d);
}

static int prepare_probes(struct pkw__scan *s)
{
	for (int v6 = 0; v6 < 2; v6++) {
		s->mould_of[v6] = calloc(s->nprobes, sizeof **s->mould_of);
		if (!s->mould_of[v6])
			return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < s->nprobes; i++) {
		unsigned proto = pkw_scan_proto(s->probes[i].kind);
		int e = find_mould(s, i, 0);
		if (e == 0)
			e = find_mould(s, i, 1);
		if (e < 0)
			return e;
		if (!s->where[proto])
			s->where[proto] = calloc(65536, sizeof **s->where);
		if (!s->where[proto])
			return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
		s->where[proto][s->probes[i].port] = (uint32_t)i + 1;
		s->protos |= proto == PKW_SCAN_IP;
	}
	return 0;
}

static int open_link(struct pkw__scan *s)
{
	char filter[256];
	struct pkw_link_opts lo = { .flags = PKW_LINK_IMMEDIATE |
		PKW_LINK_IN_ONLY | PKW_LINK_PATIENT,
		.buffer = 32 << 20, .net = s->net, .filter = filter };
	unsigned sport = s->sport0 & 0xffff;
	unsigned last = s->sport0 & PKW__SPORT_FIXED ? sport : sport + 7;

	if (s->protos)
		snprintf(filter, sizeof filter, "ip or ip6");
	else
		snprintf(filter, sizeof filter,
		    "(tcp and dst portrange %u-%u) or (udp and dst portrange "
		    "%u-%u) or sctp or icmp or icmp6", sport, last,
		    s->sport0 & PKW__SPORT_FIXED ? sport : 32768,
		    s->sport0 & PKW__SPORT_FIXED ? sport : 65535);
	s->link = pkw_link_open(s->o->netif, &lo, s->d);
	return s->link ? 0 : -PKW_EPERM;
}

int pkw__ask_all(
    struct pkw__scan *s, const struct pkw_scan_probe *probes, size_t n)
{
	struct pkw_link_stats ls;

	s->probes = probes;
	s->nprobes = n;
	s->pairs = s->nhosts * n;
	s->stats.pairs = s->pairs;
	s->stats.answered = s->answers = s->first_try = 0;
	if (s->pairs == 0)
		return 0;
	s->done = calloc((size_t)(s->pairs / 8 + 1), 1);
	s->sent = calloc(PKW__SENT, sizeof *s->sent);
	if (!s->done || !s->sent)
		return pkw_fail(s->d, -PKW_ENOMEM, "no memory for %llu pairs",
		    (unsigned long long)s->pairs);
	int e = prepare_probes(s);
	if (e == 0)
		e = open_link(s);
	if (e < 0)
		return e;
	rounds(s);
	pkw_link_stats(s->link, &ls);
	s->stats.dropped += ls.dropped;
	return 0;
}

void pkw__ask_free(struct pkw__scan *s)
{
	if (s->link)
		pkw_link_close(s->link);
	for (int i = 0; i < PKW_SCAN_PROTOS; i++)
		free(s->where[i]);
	memset(s->where, 0, sizeof s->where);
	free(s->mould_of[0]);
	free(s->mould_of[1]);
	free(s->moulds);
	free(s->done);
	free(s->sent);
	s->link = NULL;
	s->mould_of[0] = s->mould_of[1] = NULL;
	s->moulds = NULL;
	s->nmoulds = 0;
	s->done = NULL;
	s->sent = NULL;
	s->protos = 0;
}
