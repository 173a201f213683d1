/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw trace: the way to one or many targets.  This file is the options and the
 * plain trace; branches, path MTU, the live table and graphs are asked for by
 * options and use the same session.
 *
 * All probes to all targets are in flight at once, hop by hop.
 */
#include "cmd/trace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	OPT_CLASSIC = OPT_LONG,
	OPT_DNS,
	OPT_SPORT,
	OPT_SIZE,
	OPT_RATE,
	OPT_MDA,
	OPT_FLOWS,
	OPT_MTU,
	OPT_LIVE,
	OPT_INTERVAL,
	OPT_JSON,
	OPT_DOT,
	OPT_SVG,
	SIZE_LEAST = 28,
	FLOWS_MAX = 1024
};
static const struct opt opts[] = {
	{ 'I', "icmp", NULL, "ICMP echo requests" },
	{ 'U', "udp", NULL, "UDP, the default" },
	{ 'T', "tcp", NULL, "TCP SYN" },
	{ OPT_DNS, "dns", NULL, "DNS questions" },
	{ 'P', "protocol", "N", "IP packets of that protocol" },
	{ 'p', "port", "N", "destination port (33434; TCP 80, DNS 53)" },
	{ OPT_SPORT, "sport", "N", "source port; else a random one" },
	{ OPT_CLASSIC, "classic", NULL,
	    "another destination port for each probe, as traceroute" },
	{ '4', NULL, NULL, "IPv4 only" },
	{ '6', NULL, NULL, "IPv6 only" },
	{ 'f', "first", "N", "begin with hop N" },
	{ 'm', "max-hops", "N", "end with hop N (30)" },
	{ 'q', "queries", "N", "probes to each hop (3)" },
	{ 'w', "wait", "SECONDS", "for answers at most (3)" },
	{ 'N', "window", "N", "probes in flight at once; else all" },
	{ OPT_RATE, "rate", "PPS", "probes a second; else as fast as it goes" },
	{ 'i', "interface", "IF", "interface; else as routed" },
	{ 's', "source", "ADDRESS", "source address" },
	{ 't', "tos", "N", "type of service, or traffic class" },
	{ 'F', "df", NULL, "routers may not fragment" },
	{ OPT_SIZE, "size", "N", "bytes of a probe (60, IPv6 80)" },
	{ 'n', NULL, NULL, "addresses only, no names" },
	{ OPT_MDA, "mda", NULL, "all branches of load-balanced paths" },
	{ OPT_FLOWS, "flows", "N", "flows to find them by, at most (256)" },
	{ OPT_MTU, "mtu", NULL, "what size of packet gets through, too" },
	{ OPT_LIVE, "live", NULL, "again and again, as a table: mtr" },
	{ 'c', "count", "N", "rounds of --live (on a terminal: no end; 10)" },
	{ OPT_INTERVAL, "interval", "SECONDS", "between its rounds (1)" },
	{ OPT_JSON, "json", NULL, "JSON lines" },
	{ OPT_DOT, "dot", "FILE", "the paths as a graph, in Graphviz's DOT" },
	{ OPT_SVG, "svg", "FILE", "the same, drawn by Graphviz's dot" },
	OPT_STOP
};

static struct pkw_trace *trace_now;

static void stop_trace(void)
{
	pkw_trace_stop(trace_now);
}

/* ---- one session ---- */

static int add_path(struct tracing *s, struct path *p, const char *text)
{
	struct pkw_diag d;
	size_t n = (s->max - s->first + 1) * s->queries;

	p->text = text;
	p->number = -1;
	p->shown = (unsigned)s->first - 1;
	if (host_address(text, s->family, &p->addr))
		return STATUS_FAILED;
	int e = pkw_trace_target(s->t, &p->addr, &d);
	if (e < 0)
		return complain(&d, NULL);
	p->number = e;
	p->probes = calloc(n, sizeof *p->probes);
	if (!p->probes) {
		say("out of memory");
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

static int begin(struct tracing *s, char **targets, int n)
{
	struct pkw_diag d;
	int status = STATUS_DONE;

	if (getrandom(&s->o.salt, sizeof s->o.salt, GRND_NONBLOCK) < 0)
		s->o.salt = 0x5eed;
	s->t = pkw_trace_new(&s->o, &d);
	if (!s->t)
		return complain(&d, NULL);
	trace_now = s->t;
	stop_catch(stop_trace);
	s->names = s->numeric ? NULL : names_new();
	s->paths = calloc((size_t)n, sizeof *s->paths);
	if (!s->paths)
		return STATUS_FAILED;
	s->npaths = (size_t)n;
	for (int i = 0; i < n; i++)
		if (add_path(s, &s->paths[i], targets[i]))
			status = STATUS_FAILED;
	/* some will do */
	for (int i = 0; i < n; i++)
		if (s->paths[i].number >= 0)
			return STATUS_DONE;
	return status;
}

/* ---- the plain trace ---- */

/* Prints what is complete; of several targets, one after another. */
static int on_probe(void *arg, struct pkw_trace_probe *x)
{
	struct tracing *s = arg;

	if (is_answer(x) && s->names)
		names_want(s->names, &x->from);
	if (s->npaths == 1)
		print_hops(s, s->paths, 0);
	return stdout_gone;
}

/* All probes of all paths, hop by hop. */
static size_t lay_out(struct tracing *s, struct pkw_trace_probe *all)
{
	size_t n = 0;

	for (unsigned ttl = (unsigned)s->first; ttl <= s->max; ttl++)
		for (size_t i = 0; i < s->npaths; i++)
			for (unsigned q = 0;
			     s->paths[i].number >= 0 && q < s->queries; q++) {
				unsigned k = (unsigned)((ttl - s->first) *
				    s->queries + q);
				all[n++] = (struct pkw_trace_probe){
					.target = (uint16_t)s->paths[i].number,
					.flow = (uint16_t)(s->o.flags &
					    PKW_TRACE_CLASSIC ? k : 0),
					.size = (uint16_t)s->size,
					.ttl = (uint8_t)ttl };
			}
	return n;
}

static int is_reached(const struct tracing *s, const struct path *p)
{
	size_t n = (s->max - s->first + 1) * s->queries;

	for (size_t i = 0; i < n; i++)
		if (is_there(p, &p->probes[i]))
			return 1;
	return 0;
}

/* Each path's probes, in the order of its hops. */
static void hand_out(struct tracing *s, const struct pkw_trace_probe *all,
    size_t n)
{
	size_t *used = calloc(s->npaths, sizeof *used);

	for (size_t k = 0; used && k < n; k++)
		for (size_t i = 0; i < s->npaths; i++)
			if (s->paths[i].number == all[k].target) {
				s->paths[i].probes[used[i]++] = all[k];
				break;
			}
	free(used);
}

static int plain(struct tracing *s)
{
	struct pkw_diag d;
	size_t n = s->npaths * (s->max - s->first + 1) * s->queries;
	int one = s->npaths == 1, status = STATUS_DONE;
	struct pkw_trace_probe *all = one
	    ? s->paths[0].probes : calloc(n, sizeof *all);

	if (!all)
		return STATUS_FAILED;
	n = lay_out(s, all);
	if (one)
		print_head(s, s->paths);
	int e = pkw_trace_round(s->t, all, n, on_probe, s, &d);
	if (e < 0)
		complain(&d, NULL);
	if (!one) {
		hand_out(s, all, n);
		free(all);
	}
	for (size_t i = 0; i < s->npaths; i++) {
		struct path *p = &s->paths[i];
		int reached = p->number >= 0 && is_reached(s, p);
		if (!reached)
			status = STATUS_FAILED;
		if (p->number < 0)
			continue;
		if (!one)
			print_head(s, p);
		print_hops(s, p, e > 0);
		print_end(s, p, reached);
	}
	return e < 0 ? STATUS_FAILED : status;
}

/* ---- branches, sizes ---- */

static int branches(struct tracing *s, struct path *p)
{
	struct pkw_diag d;

	int e = pkw_trace_mda(s->t, (unsigned)p->number, (unsigned)s->first,
	    (unsigned)s->max, (unsigned)s->flows, &p->mda, &d);
	if (e < 0)
		return complain(&d, NULL);
	for (size_t i = 0; s->names && i < p->mda.nnodes; i++)
		names_want(s->names, &p->mda.nodes[i].addr);
	print_head(s, p);
	print_mda(s, p);
	for (size_t i = 0; i < p->mda.nnodes; i++)
		if (is_there(p, &p->mda.probes[p->mda.nodes[i].first]))
			return STATUS_DONE;
	return STATUS_FAILED;
}

static int all_branches(struct tracing *s)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < s->npaths; i++)
		if (s->paths[i].number < 0 || branches(s, &s->paths[i]))
			status = STATUS_FAILED;
	return status;
}

static int sizes(struct tracing *s)
{
	struct pkw_trace_pmtu r;
	struct pkw_diag d;
	int status = STATUS_DONE;

	for (size_t i = 0; i < s->npaths && !stopped; i++) {
		struct path *p = &s->paths[i];
		if (p->number < 0)
			continue;
		int e = pkw_trace_mtu_find(
		    s->t, (unsigned)p->number, (unsigned)s->max, &r, &d);
		if (e < 0)
			return complain(&d, NULL);
		if (e > 0)
			print_mtu(s, p, &r);
		if (!r.mtu)
			status = STATUS_FAILED;
	}
	return status;
}

static int trace(struct tracing *s)
{
	struct pkw_trace_stats st;

	if (s->live)
		return live(s);
	int status = s->mda ? all_branches(s) : plain(s);
	if (s->mtu && !stopped && sizes(s))
		status = STATUS_FAILED;
	if ((s->dot || s->svg) && graph(s))
		status = STATUS_FAILED;
	pkw_trace_stats(s->t, &st);
	if (st.dropped)
		say("answers may be missing: the kernel dropped %llu packets",
		    (unsigned long long)st.dropped);
	return status;
}

static void end(struct tracing *s)
{
	for (size_t i = 0; i < s->npaths; i++) {
		free(s->paths[i].probes);
		pkw_trace_paths_free(&s->paths[i].mda);
	}
	free(s->paths);
	pkw_trace_free(s->t);
	names_free(s->names);
	pkw_str_free(&s->out);
}

/* ---- options ---- */

static int number(struct args *a, uint64_t min, uint64_t max, uint16_t *v)
{
	uint64_t x;

	if (args_count(a, min, max, &x))
		return ARGS_BAD;
	*v = (uint16_t)x;
	return 0;
}

/* Which kind of probe: 1 if the option was one of those. */
static int kind_option(struct tracing *s, int id)
{
	static const struct {
		int id;
		enum pkw_trace_how how;
	} kinds[] = { { 'I', PKW_TRACE_ICMP }, { 'U', PKW_TRACE_UDP },
		{ 'T', PKW_TRACE_TCP }, { OPT_DNS, PKW_TRACE_DNS },
		{ 'P', PKW_TRACE_RAW } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].id == id) {
			s->o.how = kinds[i].how;
			return 1;
		}
	return 0;
}

static int option(struct tracing *s, struct args *a, int id)
{
	struct pkw_addr unused;
	uint16_t v;

	if (kind_option(s, id)) {
		if (id != 'P')
			return 0;
		if (number(a, 0, 255, &v))
			return ARGS_BAD;
		s->o.proto = (uint8_t)v;
		return 0;
	}
	switch (id) {
	case 'p':
		return number(a, 1, 65535, &s->o.dport);
	case OPT_SPORT:
		return number(a, 1, 65535, &s->o.sport);
	case OPT_CLASSIC:
		s->o.flags |= PKW_TRACE_CLASSIC;
		return 0;
	case '4':
	case '6':
		s->family = id - '0';
		return 0;
	case 'f':
		return args_count(a, 1, TTL_MAX, &s->first);
	case 'm':
		return args_count(a, 1, TTL_MAX, &s->max);
	case 'q':
		return args_count(a, 1, 10, &s->queries);
	case 'w':
		return args_seconds(a, &s->o.wait_ns);
	case 'N':
		if (number(a, 1, 60000, &v))
			return ARGS_BAD;
		s->o.window = v;
		return 0;
	case OPT_RATE:
		return args_rate(a, &s->o.rate);
	case 'i':
		s->o.iface = a->value;
		return 0;
	case 's':
		if (pkw_addr_parse(a->value, &unused) < 0 || unused.len == 6)
			return usage(a->cmd, "`%s' is no IP address",
			    a->value);
		s->o.src = a->value;
		return 0;
	case 't':
		if (number(a, 0, 255, &v))
			return ARGS_BAD;
		s->o.tos = (uint8_t)v;
		return 0;
	case 'F':
		s->o.flags |= PKW_TRACE_DF;
		return 0;
	case OPT_SIZE:
		return args_count(a, SIZE_LEAST, 65535, &s->size);
	case 'n':
		s->numeric = 1;
		return 0;
	case OPT_MDA:
		s->mda = 1;
		return 0;
	case OPT_FLOWS:
		return args_count(a, 6, FLOWS_MAX, &s->flows);
	case OPT_MTU:
		s->mtu = 1;
		return 0;
	case OPT_LIVE:
		s->live = 1;
		return 0;
	case 'c':
		return args_count(a, 1, UINT32_MAX, &s->rounds);
	case OPT_INTERVAL:
		return args_seconds(a, &s->interval);
	case OPT_JSON:
		s->json = 1;
		return 0;
	case OPT_DOT:
		s->dot = a->value;
		return 0;
	case OPT_SVG:
		s->svg = a->value;
		return 0;
	}
	return 0;
}

static int run(struct args *a)
{
	struct tracing s = { .first = 1, .max = 30, .queries = 3,
		.flows = 256, .interval = 1000000000 };
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_HELP)
			return a->status;
		if (id == ARGS_BAD || option(&s, a, id))
			return STATUS_USAGE;
	}
	if (a->argc == 0)
		return usage(a->cmd, "a host is wanted");
	if (s.max < s.first)
		return usage(a->cmd, "-f %u is behind -m %u",
		    (unsigned)s.first, (unsigned)s.max);
	if (s.live && (s.mda || s.mtu || s.dot || s.svg))
		return usage(a->cmd, "--live is for itself");
	if (s.live && a->argc > 1)
		return usage(a->cmd, "--live follows one path");
	if ((uint64_t)a->argc * (s.max - s.first + 1) * s.queries > 60000)
		return usage(a->cmd, "too many probes at once: fewer hosts, or "
		    "a lower -m or -q");
	int status = begin(&s, a->argv, a->argc);
	if (status == STATUS_DONE)
		status = trace(&s);
	end(&s);
	return status;
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw trace -n 192.0.2.2",
	"The routers on the way",
	"pkw trace -T -p 443 www.example.org",
	"By the packets that a browser would send",
	"pkw trace --mda --svg paths.svg www.example.org",
	"All branches, drawn",
	"pkw trace --live www.example.org",
	"Loss and times of each hop, until Ctrl-C",
	NULL
};

const struct command cmd_trace = {
	.name = "trace",
	.usage = "[-I|-T|-U|--dns|-P N] [--mda|--live] [--mtu] HOST...",
	.brief = "Find the way to hosts: traceroute",
	.about = "All hops are asked at once by packets of one flow, which "
	         "load balancers send the same way. Marks: !N network, !H "
	         "host, !P protocol unreachable, !X prohibited, !F-N too big, "
	         "<MPLS:...> labels, <IF:...> interfaces that a router told.\n"
	         "The exit status is 1 if a host was not reached.",
	.operand = "HOST",
	.opts = tables,
	.examples = examples,
	.run = run,
};
