/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multipath discovery.
 *
 * A grid of probes, flows by hops, is filled in rounds.  After each one every
 * interface is looked at: how many flows are known to lead through it and on,
 * and to how many successors.  With k successors known, n flows that show no
 * other one leave a chance of at most (k + 1) (k / (k + 1))^n that there is
 * another, all being as likely; until that is below 5 %, more flows that lead
 * through it are asked at the next hop, and if there are none, new flows at
 * both.  All interfaces of all hops get their probes in the same round, so
 * there are few rounds.
 *
 * A probe without answer at a hop that answers others was lost, or the router
 * limits its errors: it is asked again, later.  A hop that never answers is one
 * silent node.
 */
#include "net/wait.h"
#include "probe/trace.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 64, TRIES = 4, MUTE = 6, SUCCESSORS = 128 };
static const int64_t REST = 400 * (int64_t)PKW__MS;

struct mda {
	struct pkw_trace *t;
	struct pkw_trace_paths *r;
	unsigned first, limit; /* the first hop; flows at most */
	uint8_t *tries;        /* of each probe */
	uint8_t *asked;        /* is in this round */
	uint8_t *mute;         /* of each hop */
	struct pkw_trace_probe **ask;
	size_t n;
	int again;             /* some of them for the second time */
	int full;              /* more flows were wanted */
};

/* (k + 1) (k / (k + 1))^n <= 0.05 */
unsigned pkw_trace_enough(unsigned k)
{
	double p = k + 1.0;
	unsigned n = 0;

	for (; p > 0.05; n++)
		p *= (double)k / (k + 1.0);
	return n;
}

static struct pkw_trace_probe *at(const struct mda *m, unsigned flow, unsigned h)
{
	return &m->r->probes[(size_t)flow * m->r->width + h];
}

/* Is known where this flow is at that hop?  A length of 0: at a silent one. */
static int known(const struct mda *m, unsigned flow, unsigned h,
    struct pkw_addr *a)
{
	const struct pkw_trace_probe *p = at(m, flow, h);

	if (p->what >= PKW_TRACE_EXCEEDED) {
		*a = p->from;
		return 1;
	}
	*a = (struct pkw_addr){ .len = 0 };
	return p->what == PKW_TRACE_SILENT && m->mute[h];
}

static int is_over(const struct mda *m, unsigned flow, unsigned h)
{
	for (unsigned i = 0; i <= h; i++)
		if (at(m, flow, i)->last)
			return 1;
	return 0;
}

/* Can it be asked (again)? */
static int is_open(const struct mda *m, unsigned flow, unsigned h)
{
	const struct pkw_trace_probe *p = at(m, flow, h);
	size_t i = (size_t)(p - m->r->probes);

	return !m->asked[i] && (p->what == PKW_TRACE_WAITING ||
	    (p->what == PKW_TRACE_SILENT && !m->mute[h] &&
		m->tries[i] < TRIES));
}

static void ask_for(struct mda *m, unsigned flow, unsigned h)
{
	struct pkw_trace_probe *p = at(m, flow, h);
	size_t i = (size_t)(p - m->r->probes);

	if (m->asked[i])
		return;
	m->again |= m->tries[i] > 0;
	m->tries[i]++;
	m->asked[i] = 1;
	m->ask[m->n++] = p;
	if (flow >= m->r->flows)
		m->r->flows = flow + 1;
}

/* What is known of an interface: flows that lead on, and where to. */
struct look {
	unsigned on, to, open;
	struct pkw_addr succ[SUCCESSORS];
};

static void note(struct look *l, const struct pkw_addr *a)
{
	for (unsigned i = 0; i < l->to; i++)
		if (pkw__trace_addr_same(&l->succ[i], a))
			return;
	if (l->to < SUCCESSORS)
		l->succ[l->to++] = *a;
}

static void look_at(const struct mda *m, unsigned h, const struct pkw_addr *v,
    struct look *l)
{
	struct pkw_addr here, next;

	l->on = l->to = l->open = 0;
	for (unsigned f = 0; f < m->r->flows; f++) {
		/* v NULL: we, in front of the first hop */
		if (v && (!known(m, f, h, &here) ||
		    !pkw__trace_addr_same(&here, v)))
			continue;
		unsigned to = v ? h + 1 : h;
		if (known(m, f, to, &next)) {
			l->on++;
			note(l, &next);
		} else if (is_open(m, f, to)) {
			l->open++;
		}
	}
}

/* Asks more flows behind v; returns how many there should be besides. */
static unsigned ask_behind(struct mda *m, unsigned h, const struct pkw_addr *v)
{
	struct look l;
	struct pkw_addr here;

	look_at(m, h, v, &l);
	unsigned enough = pkw_trace_enough(l.to ? l.to : 1);
	unsigned want = enough > l.on ? enough - l.on : 0;
	for (unsigned f = 0; want && f < m->r->flows; f++) {
		if (v && (!known(m, f, h, &here) ||
		    !pkw__trace_addr_same(&here, v)))
			continue;
		unsigned to = v ? h + 1 : h;
		if (!is_open(m, f, to))
			continue;
		ask_for(m, f, to);
		want--;
	}
	return want;
}

/* The interfaces of a hop that flows lead through and on from. */
static unsigned nodes_at(
    const struct mda *m, unsigned h, struct pkw_addr *nodes)
{
	struct look l = { .to = 0 };
	struct pkw_addr a;

	for (unsigned f = 0; f < m->r->flows; f++)
		if (known(m, f, h, &a) && !is_over(m, f, h))
			note(&l, &a);
	memcpy(nodes, l.succ, l.to * sizeof *nodes);
	return l.to;
}

/* New flows, at this hop and the next. */
static void ask_new(struct mda *m, unsigned h, unsigned want)
{
	struct pkw_addr a;

	for (unsigned f = 0; want && f < m->limit; f++) {
		if (known(m, f, h, &a) || !is_open(m, f, h))
			continue;
		ask_for(m, f, h);
		if (h + 1 < m->r->width && is_open(m, f, h + 1))
			ask_for(m, f, h + 1);
		want--;
	}
	m->full |= want > 0;
}

static void note_mute(struct mda *m)
{
	for (unsigned h = 0; h < m->r->width; h++) {
		unsigned silent = 0, heard = 0;
		for (unsigned f = 0; f < m->r->flows; f++) {
			silent += at(m, f, h)->what == PKW_TRACE_SILENT;
			heard += at(m, f, h)->what >= PKW_TRACE_EXCEEDED;
		}
		m->mute[h] = !heard && (silent >= MUTE || m->r->flows == 1);
	}
}

/* Fills the round; 0: there is nothing left to ask. */
static size_t plan(struct mda *m)
{
	struct pkw_addr nodes[SUCCESSORS];
	unsigned end = 0;

	m->n = 0;
	m->again = m->full = 0;
	memset(m->asked, 0, m->r->nprobes);
	note_mute(m);
	/* behind the last hop that said anything there is nothing to find */
	for (unsigned h = 0; h < m->r->width; h++)
		for (unsigned f = 0; f < m->r->flows; f++)
			if (at(m, f, h)->what >= PKW_TRACE_EXCEEDED)
				end = h + 1;
	if (end)
		ask_new(m, 0, ask_behind(m, 0, NULL));
	for (unsigned h = 0; h + 1 < end; h++) {
		unsigned k = nodes_at(m, h, nodes), most = 0;
		for (unsigned i = 0; i < k; i++) {
			unsigned want = ask_behind(m, h, &nodes[i]) * k;
			most = want > most ? want : most;
		}
		ask_new(m, h, most);
	}
	return m->n;
}

static int by_ttl(const void *a, const void *b)
{
	const struct pkw_trace_probe *x = *(struct pkw_trace_probe *const *)a;
	const struct pkw_trace_probe *y = *(struct pkw_trace_probe *const *)b;

	return x->ttl != y->ttl ? (x->ttl > y->ttl) - (x->ttl < y->ttl)
				: (x->flow > y->flow) - (x->flow < y->flow);
}

static int rounds(struct mda *m, struct pkw_diag *d)
{
	for (unsigned h = 0; h < m->r->width; h++)
		ask_for(m, 0, h);
	do {
		if (m->again && !pkw_trace_pause(m->t, REST))
			return 0;
		qsort(m->ask, m->n, sizeof *m->ask, by_ttl);
		int e = pkw__trace_ask(m->t, m->ask, m->n, NULL, NULL, d);
		if (e <= 0)
			return e;
		m->r->rounds++;
	} while (m->r->rounds < ROUNDS && plan(m));
	m->r->sure = !m->full && !m->n;
	return 1;
}

/* ---- the graph ---- */

static uint32_t node_of(struct mda *m, unsigned ttl, const struct pkw_addr *a)
{
	struct pkw_trace_paths *r = m->r;

	for (size_t i = r->nnodes; i-- > 0;)
		if (r->nodes[i].ttl == ttl &&
		    pkw__trace_addr_same(&r->nodes[i].addr, a))
			return (uint32_t)i;
	return UINT32_MAX;
}

static void add_nodes(struct mda *m)
{
	struct pkw_trace_paths *r = m->r;
	struct pkw_addr a;

	for (unsigned h = 0; h < r->width; h++)
		for (unsigned f = 0; f < r->flows; f++) {
			if (!known(m, f, h, &a) || (h && is_over(m, f, h - 1)))
				continue;
			uint32_t i = node_of(m, m->first + h, &a);
			if (i == UINT32_MAX) {
				i = (uint32_t)r->nnodes++;
				r->nodes[i] = (struct pkw_trace_node){
					.addr = a,
					.ttl = (uint8_t)(m->first + h),
					.first = (uint32_t)(at(m, f, h) -
					    r->probes) };
			}
			r->nodes[i].flows++;
			r->nodes[i].last |= at(m, f, h)->last;
		}
	/* a silent end is no node */
	while (r->nnodes && !r->nodes[r->nnodes - 1].addr.len)
		r->nnodes--;
}

static void add_edges(struct mda *m)
{
	struct pkw_trace_paths *r = m->r;
	struct pkw_addr a;

	for (size_t i = 0; i < r->nnodes; i++) {
		struct pkw_trace_node *n = &r->nodes[i];
		unsigned h = n->ttl - m->first;
		struct look l = { .to = 0 };

		n->succ = (uint32_t)r->nedges;
		for (unsigned f = 0; h + 1 < r->width && f < r->flows; f++)
			if (known(m, f, h, &a) &&
			    pkw__trace_addr_same(&a, &n->addr) &&
			    !is_over(m, f, h) && known(m, f, h + 1, &a) &&
			    node_of(m, n->ttl + 1u, &a) != UINT32_MAX)
				note(&l, &a);
		for (unsigned s = 0; s < l.to; s++)
			r->edges[r->nedges++] =
			    node_of(m, n->ttl + 1u, &l.succ[s]);
		n->nsucc = (uint32_t)r->nedges - n->succ;
	}
}

int pkw_trace_mda(struct pkw_trace *t, unsigned target, unsigned first,
    unsigned max, unsigned flows, struct pkw_trace_paths *r,
    struct pkw_diag *d)
{
	struct mda m = { .t = t, .r = r, .first = first, .limit = flows };

	if (first < 1 || max < first || max > 255 || flows < 1 ||
	    flows > PKW__TRACE_FLOWS)
		return pkw_fail(d, -PKW_EINVAL, "no such hops or flows");
	memset(r, 0, sizeof *r);
	r->width = max - first + 1;
	r->nprobes = (size_t)flows * r->width;
	r->probes = calloc(r->nprobes, sizeof *r->probes);
	r->nodes = calloc(r->nprobes, sizeof *r->nodes);
	r->edges = calloc(r->nprobes, sizeof *r->edges);
	m.tries = calloc(r->nprobes, 1);
	m.asked = calloc(r->nprobes, 1);
	m.mute = calloc(r->width, 1);
	m.ask = calloc(r->nprobes, sizeof(struct pkw_trace_probe *));
	int e = -PKW_ENOMEM;
	if (r->probes && r->nodes && r->edges && m.tries && m.asked &&
	    m.mute && m.ask) {
		for (size_t i = 0; i < r->nprobes; i++)
			r->probes[i] = (struct pkw_trace_probe){
				.target = (uint16_t)target,
				.flow = (uint16_t)(i / r->width),
				.ttl = (uint8_t)(first + i % r->width) };
		t->per_flow = 1;
		e = rounds(&m, d);
		t->per_flow = 0;
		note_mute(&m);
		add_nodes(&m);
		add_edges(&m);
	} else {
		pkw_fail(d, e, "out of memory");
	}
	free(m.tries);
	free(m.asked);
	free(m.mute);
	free(m.ask);
	return e;
}

void pkw_trace_paths_free(struct pkw_trace_paths *r)
{
	free(r->probes);
	free(r->nodes);
	free(r->edges);
	memset(r, 0, sizeof *r);
}
