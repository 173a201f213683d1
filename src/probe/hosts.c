/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hosts: how to get to them, and which of those on the link are there.
 *
 * A host on the link needs its MAC address before anything can be sent, so
 * asking for that, by ARP or Neighbour Solicitation, is how it is found.  It is
 * asked for by all at once, at the rate of the scan; src/net/neigh.c repeats
 * the question and gives up.  What is behind a router shares that router's way
 * with all others.
 */
#include "probe/scan.h"

#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>

enum { FAST = 10 };

static int new_way(struct pkw__scan *s, const struct pkw__way *w)
{
	if (s->nways == s->capways) {
		size_t cap = s->capways ? 2 * s->capways : 16;
		struct pkw__way *more = realloc(s->ways, cap * sizeof *more);
		if (!more)
			return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
		s->ways = more;
		s->capways = cap;
	}
	s->ways[s->nways++] = *w;
	return PKW__WAY_FIRST + (int)s->nways - 1;
}

static int same_way(const struct pkw__way *a, const struct pkw__way *b)
{
	return a->shared && a->hop.ifindex == b->hop.ifindex &&
	    memcmp(&a->via, &b->via, sizeof a->via) == 0 &&
	    memcmp(&a->src, &b->src, sizeof a->src) == 0;
}

/* Few ways are shared, and the last one found is most often it. */
static int find_shared(const struct pkw__scan *s, const struct pkw__way *w)
{
	for (size_t i = 0; i < s->nways && i < 64; i++)
		if (same_way(&s->ways[i], w))
			return PKW__WAY_FIRST + (int)i;
	return 0;
}

static int too_fast(struct pkw__scan *s, const struct pkw_addr *addr)
{
	char text[48];

	if (s->o->flags & PKW_SCAN_OFF_LINK_OK ||
	    (s->rate.ceiling <= FAST * PKW_SCAN_POLITE &&
		s->o->rate <= FAST * PKW_SCAN_POLITE))
		return 0;
	return pkw_fail(s->d, -PKW_EPERM,
	    "%s is behind a router: that fast only to networks of one's own",
	    pkw_addr_text(addr, text));
}

/* The gateway's address is waited for, once. */
static int next_hop(struct pkw__scan *s, struct pkw__way *w,
    const struct pkw_addr *next)
{
	int e;

	while ((e = pkw__neigh_try(s->net, w->hop.ifindex, next, 0,
		    &w->hop.dst, NULL)) == 0 && w->shared)
		if (pkw__neigh_wait(s->net, NULL) < 0) {
			s->stop = 1;
			return -PKW_EINTR;
		}
	return e;
}

static int route(struct pkw__scan *s, const struct pkw_addr *addr,
    struct pkw__way *w)
{
	const struct pkw_netif *n;
	struct pkw_route r;
	uint32_t ifindex = 0;

	if (s->o->netif) {
		n = pkw_netif_by_name(s->net, s->o->netif, NULL);
		ifindex = n ? n->index : 0;
	}
	int e = pkw_route(s->net, addr, ifindex, &r, NULL);
	if (e < 0)
		return e;
	n = pkw_netif_by_index(s->net, r.ifindex);
	if (!n || !r.src.len)
		return -PKW_ENODEV;
	*w = (struct pkw__way){ .src = r.src, .via = r.via };
	w->hop = (struct pkw_hop){ .ifindex = n->index, .link = n->link,
		.ethertype = addr->len == 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6,
		.mtu = n->mtu, .src = n->mac,
		.loopback = (n->flags & PKW_NETIF_LOOPBACK) != 0 };
	w->local = r.kind == PKW_ROUTE_LOCAL;
	/* on the loopback every address is its own source */
	w->shared = r.via.len || (!w->local && n->flags & PKW_NETIF_NOARP);
	return r.via.len ? too_fast(s, addr) : 0;
}

int pkw__way_try(struct pkw__scan *s, uint64_t target, struct pkw_addr *addr)
{
	struct pkw__way w;
	int e = pkw_targets_at(s->o->targets, target, addr);

	if (e < 0 || s->way_of[target] != PKW__WAY_UNKNOWN)
		return e < 0 ? e : (int)s->way_of[target];
	e = route(s, addr, &w);
	if (e == -PKW_EPERM)
		return e;
	int known = e == 0 && w.shared ? find_shared(s, &w) : 0;
	if (e == 0 && !known) {
		e = next_hop(s, &w, w.via.len ? &w.via : addr);
		if (e == 0 || s->stop)
			return 0;
		known = e > 0 ? new_way(s, &w) : 0;
		if (known < 0)
			return known;
	}
	s->way_of[target] = known ? (uint32_t)known : PKW__WAY_NONE;
	return (int)s->way_of[target];
}

void pkw__host_up(struct pkw__scan *s, uint64_t target, const char *reason,
    uint8_t ttl, int64_t rtt)
{
	if (pkw__bit(s->up, target))
		return;
	pkw__bit_set(s->up, target);
	s->stats.up++;
	struct pkw_scan_host h = { .number = target, .up = 1,
		.reason = reason, .ttl = ttl, .rtt_ns = rtt };
	pkw_targets_at(s->o->targets, target, &h.addr);
	uint32_t k = s->way_of[target];
	if (k >= PKW__WAY_FIRST) {
		const struct pkw__way *w = &s->ways[k - PKW__WAY_FIRST];
		if (!w->shared && !w->local && !w->hop.loopback)
			h.mac = w->hop.dst;
	}
	if (s->o->on_host)
		s->o->on_host(s->o->arg, &h);
}

/* Is it found by this alone? */
static void settle(struct pkw__scan *s, uint64_t target, int way)
{
	if (way < PKW__WAY_FIRST)
		return;
	const struct pkw__way *w = &s->ways[way - PKW__WAY_FIRST];
	if (w->local || w->hop.loopback)
		pkw__host_up(s, target, "localhost-response", 0, -1);
	else if (!w->shared)
		pkw__host_up(s, target,
		    w->src.len == 4 ? "arp-response" : "nd-response", 0, -1);
	else if (s->o->flags & PKW_SCAN_NO_PING)
		pkw__host_up(s, target, "user-set", 0, -1);
}

/* Waits for answers for a while, or until there is room for more. */
static int pump(struct pkw__scan *s, int64_t until)
{
	struct pollfd fds[PKW__WAIT_MAX];
	unsigned n = pkw__neigh_fds(s->net, fds);

	pkw__wait(fds, n, until, &s->net->stop);
	s->stop |= pkw__stop_take(&s->net->stop);
	pkw__neigh_pump(s->net);
	pkw__scan_tell(s, pkw__now());
	return s->stop;
}

static int settle_pending(struct pkw__scan *s, uint64_t *pending, size_t *n)
{
	struct pkw_addr addr;
	size_t left = 0;

	for (size_t i = 0; i < *n; i++) {
		int way = pkw__way_try(s, pending[i], &addr);
		if (way < 0)
			return way;
		if (way == 0)
			pending[left++] = pending[i];
		else
			settle(s, pending[i], way);
	}
	*n = left;
	return 0;
}

enum { PENDING = 4096 };

static int find_all(struct pkw__scan *s, uint64_t *pending)
{
	struct pkw_addr addr;
	int64_t until = 0;
	size_t n = 0;

	while (!s->stop && (s->at < s->ntargets || n)) {
		int64_t now = pkw__now();
		if (n == PENDING || s->at == s->ntargets ||
		    !pkw__rate_may(&s->rate, now, 1, &until)) {
			if (n == PENDING || s->at == s->ntargets)
				until = now + 2 * PKW__MS;
			pump(s, until);
			int e = settle_pending(s, pending, &n);
			if (e < 0)
				return e;
			continue;
		}
		uint64_t t = pkw__order_at(&s->order, s->at++);
		int way = pkw__way_try(s, t, &addr);
		if (way < 0)
			return way;
		if (way == 0) {
			pending[n++] = t;
			pkw__pace_did(&s->rate.pace, 1);
		} else {
			settle(s, t, way);
		}
	}
	return 0;
}

int pkw__find_neighbours(struct pkw__scan *s)
{
	uint64_t *pending = malloc(PENDING * sizeof *pending);

	if (!pending)
		return pkw_fail(s->d, -PKW_ENOMEM, "out of memory");
	pkw_net_timeout(s->net, s->o->timeout ? s->o->timeout : 600);
	s->at = 0;
	pkw__order_init(&s->order, s->ntargets, s->o->seed);
	int e = find_all(s, pending);
	free(pending);
	return e;
}
