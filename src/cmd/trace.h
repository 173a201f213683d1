/* SPDX-License-Identifier: BSD-2-Clause */
/* pkw trace: what its files share. */
#ifndef PKW_CMD_TRACE_H
#define PKW_CMD_TRACE_H

#include "cmd/cmd.h"
#include "cmd/names.h"

#include <pkw/trace.h>

enum { TTL_MAX = 255 };

/* One path as it was asked for: hops of `queries' probes each. */
struct path {
	const char *text;    /* as it was typed */
	struct pkw_addr addr;
	int number;          /* in the session; negative: there is no way */
	unsigned shown;      /* hops printed so far */
	struct pkw_trace_probe *probes;
	struct pkw_trace_paths mda;
};

struct tracing {
	struct pkw_trace_opts o;
	uint64_t first, max, queries, flows, rounds, size;
	int64_t interval;
	int family, numeric, json, mda, mtu, live;
	const char *dot, *svg;
	struct pkw_trace *t;
	struct names *names; /* NULL: numbers only */
	struct path *paths;
	size_t npaths;
	struct pkw_str out;
};

static inline struct pkw_trace_probe *hop_at(
    const struct tracing *s, const struct path *p, unsigned ttl)
{
	return p->probes + (ttl - s->first) * s->queries;
}

/* 1 if somebody said something: `from' is known. */
static inline int is_answer(const struct pkw_trace_probe *p)
{
	return p->what >= PKW_TRACE_EXCEEDED;
}

/* 1 if the target itself answered. */
int is_there(const struct path *p, const struct pkw_trace_probe *x);

/* trace_print.c */
void print_head(struct tracing *s, const struct path *p);
/* Hops that are complete and were not printed yet; `all': those to come, too. */
void print_hops(struct tracing *s, struct path *p, int all);
void print_end(struct tracing *s, const struct path *p, int reached);
void print_mda(struct tracing *s, const struct path *p);
void print_mtu(struct tracing *s, const struct path *p,
    const struct pkw_trace_pmtu *r);
/* "name (address)", or the address alone. */
void put_host(struct tracing *s, const struct pkw_addr *a);
/* "<MPLS:...>", "<IF:...>": what a router told beside. */
void put_extensions(struct pkw_str *out, const struct pkw_trace_probe *p);

/* trace_live.c: an exit status. */
int live(struct tracing *s);

/* trace_graph.c: an exit status. */
int graph(struct tracing *s);

#endif
