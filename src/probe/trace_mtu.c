/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path MTU.  A probe as long as the first link carries, which routers may not
 * fragment, goes to the end of the way.  Either the end answers; or a router
 * says what the next link carries (RFC 1191 §4, RFC 8201), and that size is
 * tried; or nobody says anything.  Then probes of that size to every hop tell
 * how far it comes, and halving between what passed and what did not, how much
 * the next link carries: a black hole (RFC 2923 §2.1).
 *
 * A router that does not know about next hop MTUs says 0: then the next lower
 * one of RFC 1191's table of plateaus is tried.
 */
#include "probe/trace.h"

#include <string.h>

enum { TRIES = 3, HOPS = 255 };

struct search {
	struct pkw_trace *t;
	struct pkw_trace_pmtu *r;
	unsigned target, end;
	uint16_t small;
	struct pkw_trace_probe way[HOPS]; /* with small probes, by ttl - 1 */
};

static unsigned plateau(unsigned size)
{
	static const uint16_t table[] = { 32000, 17914, 8166, 4352, 2002, 1492,
		1006, 508, 296, 68 };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i] < size)
			return table[i];
	return 68;
}

static int is_heard(const struct pkw_trace_probe *p)
{
	return p->what >= PKW_TRACE_EXCEEDED;
}

/* One size to one hop, again if it is silent: what came of it in *p. */
static int probe(struct search *s, unsigned ttl, unsigned size,
    struct pkw_trace_probe *p, struct pkw_diag *d)
{
	for (int i = 0; i < TRIES; i++) {
		*p = (struct pkw_trace_probe){ .target = (uint16_t)s->target,
			.size = (uint16_t)size, .ttl = (uint8_t)ttl };
		int e = pkw_trace_round(s->t, p, 1, NULL, NULL, d);
		if (e <= 0)
			return e;
		if (p->what != PKW_TRACE_SILENT)
			break;
	}
	return 1;
}

static int walk(struct search *s, unsigned max, struct pkw_diag *d)
{
	for (unsigned i = 0; i < max; i++)
		s->way[i] = (struct pkw_trace_probe){
			.target = (uint16_t)s->target, .size = s->small,
			.ttl = (uint8_t)(i + 1) };
	int e = pkw_trace_round(s->t, s->way, max, NULL, NULL, d);
	for (unsigned i = 0; i < max; i++)
		if (is_heard(&s->way[i]))
			s->end = i + 1;
	return e;
}

static struct pkw_trace_step *step(struct search *s, unsigned ttl,
    unsigned mtu, const struct pkw_addr *from)
{
	struct pkw_trace_step *x = s->r->nsteps < PKW_TRACE_STEPS
	    ? &s->r->steps[s->r->nsteps++] : NULL;

	if (x)
		*x = (struct pkw_trace_step){ .ttl = (uint8_t)ttl, .mtu = mtu };
	if (x && from)
		x->from = *from;
	return x;
}

static unsigned hop_of(const struct search *s, const struct pkw_addr *a)
{
	for (unsigned i = 0; i < s->end; i++)
		if (is_heard(&s->way[i]) &&
		    pkw__trace_addr_same(&s->way[i].from, a))
			return i + 1;
	return 0;
}

/* Silence at that size: how far does it come, and what goes further? */
static int black_hole(struct search *s, unsigned *size, struct pkw_diag *d)
{
	struct pkw_trace_probe p;
	unsigned passed = 0, next = s->end;
	int e;

	for (unsigned h = s->end; h-- > 1 && !passed;) {
		if (!is_heard(&s->way[h - 1]))
			continue;
		e = probe(s, h, *size, &p, d);
		if (e <= 0)
			return e;
		if (is_heard(&p) && p.what != PKW_TRACE_TOO_BIG)
			passed = h;
		else
			next = h;
	}
	unsigned good = s->small, bad = *size;
	while (bad - good > 1) {
		unsigned middle = good + (bad - good) / 2;
		e = probe(s, next, middle, &p, d);
		if (e <= 0)
			return e;
		if (is_heard(&p) && p.what != PKW_TRACE_TOO_BIG)
			good = middle;
		else
			bad = middle;
	}
	struct pkw_trace_step *x = step(s, passed, good,
	    passed ? &s->way[passed - 1].from : NULL);
	if (x)
		x->silent = 1;
	*size = good;
	return 1;
}

static int narrow(struct search *s, struct pkw_diag *d)
{
	unsigned size = s->r->tried;
	struct pkw_trace_probe p;

	while (s->r->nsteps < PKW_TRACE_STEPS && size > s->small) {
		int e = probe(s, s->end, size, &p, d);
		if (e <= 0)
			return e;
		if (p.what == PKW_TRACE_TOO_BIG) {
			unsigned mtu = p.mtu && p.mtu < size
			    ? p.mtu : plateau(size);
			step(s, hop_of(s, &p.from), mtu, &p.from);
			size = mtu;
		} else if (is_heard(&p)) {
			s->r->mtu = size;
			s->r->reached = p.last;
			return 1;
		} else {
			e = black_hole(s, &size, d);
			if (e <= 0)
				return e;
		}
	}
	s->r->mtu = size;
	return 1;
}

int pkw_trace_mtu_find(struct pkw_trace *t, unsigned target, unsigned max,
    struct pkw_trace_pmtu *r, struct pkw_diag *d)
{
	struct search s = { .t = t, .r = r, .target = target,
		.small = pkw_trace_size(t, target) };
	struct pkw__trace_target *to = &t->targets[target];
	unsigned flags = t->o.flags;

	memset(r, 0, sizeof *r);
	r->tried = to->mtu < UINT16_MAX ? to->mtu : UINT16_MAX;
	t->o.flags |= PKW_TRACE_DF;
	to->made = 0;
	int e = walk(&s, max < HOPS ? max : HOPS, d);
	if (e > 0 && s.end)
		e = narrow(&s, d);
	t->o.flags = flags;
	to->made = 0;
	return e;
}
