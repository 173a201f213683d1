/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw trace --live: a round of one probe to each hop, again and again, and what
 * came of it as mtr's table.  On a terminal it is drawn anew after each round
 * and stays when it ends; else it is printed once, at the end.
 *
 * Mean and deviation are kept by Welford's method, so that hours of rounds take
 * no memory.
 */
#include "cmd/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ADDRS = 4, ROUNDS = 10 };

struct hop_stats {
	uint64_t sent, got;
	double last, best, worst, mean, m2; /* milliseconds */
	struct pkw_addr addrs[ADDRS];
	unsigned naddrs;
	struct pkw_trace_probe told; /* the last answer, for its extensions */
};

struct live {
	struct tracing *s;
	struct path *path;
	struct hop_stats hops[TTL_MAX + 1];
	uint64_t rounds;
	int reached, terminal;
};

static void add_addr(struct hop_stats *h, const struct pkw_addr *a)
{
	for (unsigned i = 0; i < h->naddrs; i++)
		if (h->addrs[i].len == a->len &&
		    memcmp(h->addrs[i].bytes, a->bytes, a->len) == 0)
			return;
	if (h->naddrs < ADDRS)
		h->addrs[h->naddrs++] = *a;
}

static void add(struct live *l, const struct pkw_trace_probe *p)
{
	struct hop_stats *h = &l->hops[p->ttl];
	double ms = (double)p->rtt_ns / 1e6;

	if (p->what == PKW_TRACE_SKIPPED || p->what == PKW_TRACE_WAITING)
		return;
	h->sent++;
	if (!is_answer(p))
		return;
	l->reached |= is_there(l->path, p);
	add_addr(h, &p->from);
	h->told = *p;
	h->last = ms;
	h->best = !h->got || ms < h->best ? ms : h->best;
	h->worst = ms > h->worst ? ms : h->worst;
	h->got++;
	double by = ms - h->mean;
	h->mean += by / (double)h->got;
	h->m2 += by * (ms - h->mean);
}

/* The last hop worth a line. */
static unsigned last_hop(const struct live *l)
{
	unsigned far = pkw_trace_distance(
	    l->s->t, (unsigned)l->path->number);
	unsigned heard = 0;

	for (unsigned i = 1; i <= l->s->max; i++)
		if (l->hops[i].got)
			heard = i;
	return far && far <= l->s->max ? far : heard;
}

static double loss(const struct hop_stats *h)
{
	return h->sent ? 100.0 * (double)(h->sent - h->got) / (double)h->sent
		       : 0;
}

static double deviation(const struct hop_stats *h)
{
	return h->got > 1 ? sqrt(h->m2 / (double)(h->got - 1)) : 0;
}

enum { HOST_COLUMN = 40 };

static void row(struct live *l, unsigned ttl)
{
	struct hop_stats *h = &l->hops[ttl];
	struct pkw_str *out = &l->s->out;
	size_t from = out->len;

	pkw_str_fmt(out, "%3u. ", ttl);
	if (h->naddrs)
		put_host(l->s, &h->addrs[0]);
	else
		pkw_str_add(out, "*");
	while (out->len - from < HOST_COLUMN)
		pkw_str_addc(out, ' ');
	pkw_str_fmt(out, " %5.1f%% %5llu", loss(h),
	    (unsigned long long)h->sent);
	if (h->got)
		pkw_str_fmt(out, " %7.2f %7.2f %7.2f %7.2f %7.2f", h->last,
		    h->mean, h->best, h->worst, deviation(h));
	put_extensions(out, &h->told);
	pkw_str_addc(out, '\n');
	for (unsigned i = 1; i < h->naddrs; i++) {
		pkw_str_add(out, "     ");
		put_host(l->s, &h->addrs[i]);
		pkw_str_addc(out, '\n');
	}
}

static void table(struct live *l)
{
	pkw_str_fmt(&l->s->out, "%-40s %6s %5s %7s %7s %7s %7s %7s\n",
	    l->path->text, "Loss%", "Snt", "Last", "Avg", "Best", "Wrst",
	    "StDev");
	for (unsigned i = (unsigned)l->s->first; i <= last_hop(l); i++)
		row(l, i);
	print(&l->s->out, 0);
}

static void json(struct live *l)
{
	struct pkw_str *out = &l->s->out;
	char text[48];

	for (unsigned i = (unsigned)l->s->first; i <= last_hop(l); i++) {
		const struct hop_stats *h = &l->hops[i];
		pkw_str_fmt(out, "{\"event\":\"stats\",\"target\":\"%s\","
				 "\"ttl\":%u,\"from\":[",
		    pkw_addr_text(&l->path->addr, text), i);
		for (unsigned k = 0; k < h->naddrs; k++)
			pkw_str_fmt(out, "%s\"%s\"", k ? "," : "",
			    pkw_addr_text(&h->addrs[k], text));
		pkw_str_fmt(out, "],\"sent\":%llu,\"received\":%llu,"
				 "\"loss\":%.2f",
		    (unsigned long long)h->sent, (unsigned long long)h->got,
		    loss(h));
		if (h->got)
			pkw_str_fmt(out, ",\"last\":%.9f,\"avg\":%.9f,"
					 "\"best\":%.9f,\"worst\":%.9f,"
					 "\"stdev\":%.9f",
			    h->last / 1e3, h->mean / 1e3, h->best / 1e3,
			    h->worst / 1e3, deviation(h) / 1e3);
		pkw_str_add(out, "}\n");
	}
	print(out, 0);
}

static int one_round(struct live *l, struct pkw_diag *d)
{
	struct tracing *s = l->s;
	struct pkw_trace_probe *p = l->path->probes;
	size_t n = s->max - s->first + 1;

	for (size_t i = 0; i < n; i++)
		p[i] = (struct pkw_trace_probe){
			.target = (uint16_t)l->path->number,
			.size = (uint16_t)s->size,
			.ttl = (uint8_t)(s->first + i) };
	int e = pkw_trace_round(s->t, p, n, NULL, NULL, d);
	for (size_t i = 0; e > 0 && i < n; i++)
		add(l, &p[i]);
	l->rounds += e > 0;
	return e;
}

/* From the top of a cleared screen. */
static void draw(struct live *l)
{
	pkw_str_fmt(&l->s->out, "\033[H\033[J");
	table(l);
}

int live(struct tracing *s)
{
	struct live *l = calloc(1, sizeof *l);
	struct pkw_diag d;
	int e = 1;

	if (!l) {
		say("out of memory");
		return STATUS_FAILED;
	}
	l->s = s;
	l->path = s->paths;
	l->terminal = isatty(STDOUT_FILENO) && !s->json;
	uint64_t rounds = s->rounds ? s->rounds
	    : l->terminal ? UINT64_MAX : ROUNDS;
	while (e > 0 && l->rounds < rounds && !stdout_gone) {
		if (l->rounds && !pkw_trace_pause(s->t, s->interval))
			break;
		e = one_round(l, &d);
		if (l->terminal && e > 0)
			draw(l);
	}
	if (e < 0)
		complain(&d, NULL);
	if (s->json)
		json(l);
	else if (!l->terminal)
		table(l);
	int status = e >= 0 && l->reached ? STATUS_DONE : STATUS_FAILED;
	free(l);
	return status;
}
