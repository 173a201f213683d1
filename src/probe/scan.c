/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scan: first the hosts, then their ports.  Hosts on the link are found by
 * asking for their MAC addresses (hosts.c), those behind a router by probes of
 * the usual kinds, of which any answer will do; with PKW_SCAN_NO_PING those are
 * taken for granted.  The ports of all hosts that are up are asked about
 * together, in one random order (ask.c).
 */
#include "probe/scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SPORT_MIN = 40000, SPORT_SPAN = 2048 };
#define TARGETS_MAX (UINT64_C(1) << 28)
#define PAIRS_MAX (UINT64_C(1) << 36)

static const struct pkw_scan_probe usual[] = {
	{ PKW_SCAN_ECHO, 0 },
	{ PKW_SCAN_SYN, 443 },
	{ PKW_SCAN_ACK, 80 },
	{ PKW_SCAN_STAMP, 1 },
};

struct kind {
	const char *name;
	char letter;
	uint8_t proto;
};

static const struct kind kinds[PKW_SCAN__KINDS] = {
	[PKW_SCAN_SYN] = { "syn", 'S', PKW_SCAN_TCP },
	[PKW_SCAN_CONNECT] = { "connect", 'T', PKW_SCAN_TCP },
	[PKW_SCAN_ACK] = { "ack", 'A', PKW_SCAN_TCP },
	[PKW_SCAN_WINDOW] = { "window", 'W', PKW_SCAN_TCP },
	[PKW_SCAN_FIN] = { "fin", 'F', PKW_SCAN_TCP },
	[PKW_SCAN_NULL] = { "null", 'N', PKW_SCAN_TCP },
	[PKW_SCAN_XMAS] = { "xmas", 'X', PKW_SCAN_TCP },
	[PKW_SCAN_MAIMON] = { "maimon", 'M', PKW_SCAN_TCP },
	[PKW_SCAN_UDP_PORT] = { "udp", 'U', PKW_SCAN_UDP },
	[PKW_SCAN_INIT] = { "sctpinit", 'Y', PKW_SCAN_SCTP },
	[PKW_SCAN_PROTO] = { "ipproto", 'O', PKW_SCAN_IP },
	[PKW_SCAN_ECHO] = { "echo", 'E', PKW_SCAN_ICMP },
	[PKW_SCAN_STAMP] = { "timestamp", 'P', PKW_SCAN_ICMP },
};

enum pkw_scan_proto pkw_scan_proto(enum pkw_scan_kind kind)
{
	return (enum pkw_scan_proto)kinds[kind].proto;
}

const char *pkw_scan_kind_name(enum pkw_scan_kind kind)
{
	return kinds[kind].name;
}

int pkw_scan_kind(const char *name)
{
	for (int i = 0; i < PKW_SCAN__KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0 ||
		    (name[0] == kinds[i].letter && !name[1]))
			return i;
	return -PKW_ENOENT;
}

const char *pkw_scan_state_name(enum pkw_scan_state state)
{
	static const char *const names[] = { "open", "closed", "filtered",
		"unfiltered", "open|filtered", "closed|filtered" };

	return names[state];
}

static int64_t left(const struct pkw__scan *s, int64_t now)
{
	int64_t spent = now - s->begun;

	if (s->stats.finding || s->at == 0 || s->pairs == 0 ||
	    s->stats.round > 0)
		return -1;
	return (int64_t)((double)spent / (double)s->at *
	    (double)(s->pairs - s->at));
}

void pkw__scan_tell(struct pkw__scan *s, int64_t now)
{
	static const int64_t often = 200 * PKW__MS;

	s->stop |= pkw__stop_asked(&s->net->stop);
	if (!s->o->on_progress || now - s->told < often)
		return;
	s->told = now;
	s->stats.ns = now - s->begun;
	s->stats.rate = s->rate.pace.rate;
	s->stats.rto_ns = pkw__rate_rto(&s->rate);
	s->stats.left_ns = left(s, now);
	s->o->on_progress(s->o->arg, &s->stats);
}

static int prepare(struct pkw__scan *s)
{
	const struct pkw_scan_opts *o = s->o;

	s->ntargets = s->stats.hosts = pkw_targets_count(o->targets);
	if (s->ntargets == 0)
		return pkw_fail(s->d, -PKW_EINVAL, "no host to scan");
	if (s->ntargets > TARGETS_MAX)
		return pkw_fail(s->d, -PKW_EFBIG,
		    "more than %llu hosts are too many at once",
		    (unsigned long long)TARGETS_MAX);
	s->way_of = calloc((size_t)s->ntargets, sizeof *s->way_of);
	s->up = calloc((size_t)(s->ntargets / 8 + 1), 1);
	if (!s->way_of || !s->up)
		return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
	uint16_t chance = 0;
	if (getrandom(&s->key, sizeof s->key, 0) < 0 ||
	    getrandom(&chance, sizeof chance, 0) < 0)
		return pkw_fail(s->d, -PKW_EIO, "no random numbers");
	s->sport0 = o->sport ? o->sport | PKW__SPORT_FIXED
			     : SPORT_MIN + 8u * (chance % SPORT_SPAN);
	double top = o->max_rate < 0 ? 1e9
	    : o->max_rate > 0 ? o->max_rate : PKW_SCAN_POLITE;
	if (o->rate > 0 && o->max_rate > 0 && o->rate > top)
		return pkw_fail(s->d, -PKW_ERANGE,
		    "%.0f packets a second are more than the most, %.0f",
		    o->rate, top);
	pkw__rate_init(&s->rate, o->rate, top,
	    (int64_t)(o->timeout ? o->timeout : 1000) * PKW__MS);
	return 0;
}

/* The targets that are (or are not) up, as what is to be asked next. */
static int choose(struct pkw__scan *s, int up)
{
	uint64_t n = 0;

	free(s->hosts);
	s->nhosts = 0;
	s->hosts = malloc((size_t)(s->ntargets + 1) * sizeof *s->hosts);
	if (!s->hosts)
		return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
	for (uint64_t i = 0; i < s->ntargets; i++)
		if (pkw__bit(s->up, i) == up &&
		    s->way_of[i] != PKW__WAY_NONE)
			s->hosts[n++] = i;
	s->nhosts = n;
	uint64_t *less = realloc(s->hosts, (size_t)(n + 1) * sizeof *less);
	s->hosts = less ? less : s->hosts;
	return 0;
}

static int find_hosts(struct pkw__scan *s)
{
	const struct pkw_scan_opts *o = s->o;

	s->stats.finding = 1;
	int e = pkw__find_neighbours(s);
	if (e < 0 || s->stop || o->flags & PKW_SCAN_NO_PING)
		return e;
	e = choose(s, 0);
	if (e == 0 && s->nhosts)
		e = pkw__ask_all(s, o->npings ? o->pings : usual,
		    o->npings ? o->npings : sizeof usual / sizeof *usual);
	pkw__ask_free(s);
	return e;
}

static void tell_down(struct pkw__scan *s)
{
	struct pkw_scan_host h = { .reason = "no-response", .rtt_ns = -1 };

	for (uint64_t i = 0; s->o->on_host && i < s->ntargets; i++)
		if (!pkw__bit(s->up, i) &&
		    pkw_targets_at(s->o->targets, i, &h.addr) == 0) {
			h.number = i;
			s->o->on_host(s->o->arg, &h);
		}
}

static void tell_silent(struct pkw__scan *s)
{
	struct pkw_scan_port p = { .reason = "no-response", .rtt_ns = -1 };

	for (uint64_t i = 0; s->o->on_port && i < s->pairs; i++) {
		if (pkw__bit(s->done, i))
			continue;
		p.number = s->hosts[i / s->nprobes];
		p.probe = (size_t)(i % s->nprobes);
		pkw_targets_at(s->o->targets, p.number, &p.host);
		p.kind = s->probes[p.probe].kind;
		p.port = s->probes[p.probe].port;
		p.state = (uint8_t)pkw__silence(p.kind);
		p.tries = (uint8_t)(s->stats.round + 1);
		s->o->on_port(s->o->arg, &p);
	}
}

static int scan_ports(struct pkw__scan *s)
{
	int e = choose(s, 1);

	s->stats.finding = 0;
	if (e == 0 && s->nhosts > PAIRS_MAX / (s->o->nprobes + 1))
		return pkw_fail(s->d, -PKW_EFBIG,
		    "that many hosts and ports are too many at once");
	s->begun = pkw__now();
	if (e == 0)
		e = pkw__ask_all(s, s->o->probes, s->o->nprobes);
	if (e == 0 && !s->stop)
		tell_silent(s);
	return e;
}

static int run(struct pkw__scan *s)
{
	int e = prepare(s);

	if (e == 0)
		e = find_hosts(s);
	if (e == 0 && !s->stop)
		tell_down(s);
	if (e == 0 && !s->stop && !(s->o->flags & PKW_SCAN_PING_ONLY))
		e = scan_ports(s);
	return e;
}

int pkw_scan(struct pkw_net *net, const struct pkw_scan_opts *o,
    struct pkw_scan_stats *stats, struct pkw_diag *d)
{
	struct pkw__scan *s = calloc(1, sizeof *s);

	if (!s)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	int64_t begun = pkw__now();
	s->begun = s->told = begun;
	s->net = net;
	s->o = o;
	s->d = d;
	int e = run(s);
	pkw__stop_take(&net->stop);
	s->stats.stopped = s->stop;
	s->stats.ns = pkw__now() - begun;
	s->stats.left_ns = 0;
	s->stats.rate = s->rate.pace.rate;
	s->stats.rto_ns = pkw__rate_rto(&s->rate);
	if (stats)
		*stats = s->stats;
	pkw__ask_free(s);
	free(s->hosts);
	free(s->way_of);
	free(s->ways);
	free(s->up);
	free(s);
	return e;
}
