/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What pkw trace prints: traceroute's lines, or JSON lines with all that is
 * known.  A hop is printed when it is complete and those before it are.
 *
 * The marks behind a time are traceroute's: !N network, !H host, !P protocol
 * unreachable, !S source route failed, !X prohibited, !V precedence violated,
 * !C precedence cut off, !F-N too big, and the code's number for all others.
 */
#include "cmd/trace.h"

#include <string.h>

enum { PORT_UNREACHABLE = 3, PORT_UNREACHABLE6 = 4, SYN = 2, RST = 4 };

static int same(const struct pkw_addr *a, const struct pkw_addr *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

int is_there(const struct path *p, const struct pkw_trace_probe *x)
{
	return x->what == PKW_TRACE_REPLY ||
	    (x->what == PKW_TRACE_UNREACH && same(&x->from, &p->addr));
}

void put_host(struct tracing *s, const struct pkw_addr *a)
{
	char text[48];
	const char *name = names_get(s->names, a);

	pkw_addr_text(a, text);
	if (s->numeric)
		pkw_str_add(&s->out, text);
	else
		pkw_str_fmt(&s->out, "%s (%s)", name ? name : text, text);
}

/* ---- lines ---- */

static void put_mark(struct pkw_str *out, const struct pkw_trace_probe *p)
{
	/* [code] of RFC 792 and RFC 1812, and of RFC 4443 */
	static const char marks[] = "NHP..S.....NH";
	static const char marks6[] = "NXSH.";
	int six = p->from.len == 16;
	const char *all = six ? marks6 : marks;
	size_t n = six ? sizeof marks6 : sizeof marks;

	if (p->what == PKW_TRACE_TOO_BIG)
		pkw_str_fmt(out, " !F-%u", p->mtu);
	if (p->what != PKW_TRACE_UNREACH ||
	    p->code == (six ? PORT_UNREACHABLE6 : PORT_UNREACHABLE))
		return;
	if (p->type != (six ? 1 : 3))
		pkw_str_fmt(out, " !<%u.%u>", p->type, p->code);
	else if (p->code < n - 1 && all[p->code] != '.')
		pkw_str_fmt(out, " !%c", all[p->code]);
	else if (!six && (p->code == 9 || p->code == 10 || p->code == 13))
		pkw_str_add(out, " !X");
	else if (!six && p->code == 14)
		pkw_str_add(out, " !V");
	else if (!six && p->code == 15)
		pkw_str_add(out, " !C");
	else
		pkw_str_fmt(out, " !<%u>", p->code);
}

static const char *const roles[] = { "in", "sub-in", "out", "next" };

void put_extensions(struct pkw_str *out, const struct pkw_trace_probe *p)
{
	char text[48];

	for (unsigned i = 0; i < p->nlabels; i++)
		pkw_str_fmt(out, "%sL=%u,E=%u,S=%u,T=%u%s",
		    i ? "/" : " <MPLS:", p->labels[i].label,
		    p->labels[i].cos, p->labels[i].s, p->labels[i].ttl,
		    i + 1 == p->nlabels ? ">" : "");
	for (unsigned i = 0; i < p->nifaces; i++) {
		const struct pkw_trace_iface *f = &p->ifaces[i];
		pkw_str_fmt(out, " <IF:%s", roles[f->role & 3]);
		if (*f->name)
			pkw_str_fmt(out, " %s", f->name);
		if (f->ifindex)
			pkw_str_fmt(out, " index %u", f->ifindex);
		if (f->addr.len)
			pkw_str_fmt(out, " %s", pkw_addr_text(&f->addr, text));
		if (f->mtu)
			pkw_str_fmt(out, " mtu %u", f->mtu);
		pkw_str_addc(out, '>');
	}
}

void print_head(struct tracing *s, const struct path *p)
{
	char text[48];

	if (s->json)
		return;
	pkw_addr_text(&p->addr, text);
	pkw_str_fmt(&s->out,
	    "traceroute to %s (%s), %u hops max, %u byte packets\n", p->text,
	    text, (unsigned)s->max,
	    s->size ? (unsigned)s->size
		    : pkw_trace_size(s->t, (unsigned)p->number));
	print(&s->out, 0);
}

static void line(struct tracing *s, const struct path *p, unsigned ttl)
{
	const struct pkw_trace_probe *x = hop_at(s, p, ttl);
	const struct pkw_trace_probe *before = NULL;

	pkw_str_fmt(&s->out, "%2u ", ttl);
	for (uint64_t i = 0; i < s->queries; i++, x++) {
		if (!is_answer(x)) {
			pkw_str_add(&s->out,
			    x->what == PKW_TRACE_FAILED ? " !" : " *");
			continue;
		}
		if (!before || !same(&before->from, &x->from)) {
			pkw_str_addc(&s->out, ' ');
			put_host(s, &x->from);
			put_extensions(&s->out, x);
			before = x;
		}
		pkw_str_fmt(&s->out, "  %.3f ms", (double)x->rtt_ns / 1e6);
		put_mark(&s->out, x);
	}
	if (before && before->what == PKW_TRACE_REPLY && before->tcp_flags)
		pkw_str_add(&s->out, before->tcp_flags & RST ? " [closed]"
			: before->tcp_flags & SYN ? " [open]" : "");
	pkw_str_addc(&s->out, '\n');
}

/* ---- JSON ---- */

static const char *const whats[] = { "waiting", "silent", "skipped", "failed",
	"time-exceeded", "too-big", "unreachable", "reply" };

static void json_addr(struct pkw_str *out, const struct pkw_addr *a)
{
	char text[48];

	pkw_str_fmt(out, "\"%s\"", pkw_addr_text(a, text));
}

static void json_text(struct pkw_str *out, const char *key, const char *text)
{
	pkw_str_fmt(out, ",\"%s\":\"", key);
	pkw_str_jsonesc(out, text, strlen(text));
	pkw_str_addc(out, '"');
}

static void json_begin(struct tracing *s, const struct path *p, const char *what)
{
	pkw_str_fmt(&s->out, "{\"event\":\"%s\"", what);
	json_text(&s->out, "host", p->text);
	pkw_str_add(&s->out, ",\"target\":");
	json_addr(&s->out, &p->addr);
}

static void json_extensions(struct pkw_str *out, const struct pkw_trace_probe *p)
{
	for (unsigned i = 0; i < p->nlabels; i++)
		pkw_str_fmt(out, "%s{\"label\":%u,\"cos\":%u,\"s\":%u,"
				 "\"ttl\":%u}%s",
		    i ? "," : ",\"mpls\":[", p->labels[i].label,
		    p->labels[i].cos, p->labels[i].s, p->labels[i].ttl,
		    i + 1 == p->nlabels ? "]" : "");
	for (unsigned i = 0; i < p->nifaces; i++) {
		const struct pkw_trace_iface *f = &p->ifaces[i];
		pkw_str_fmt(out, "%s{\"role\":\"%s\"",
		    i ? "," : ",\"interfaces\":[", roles[f->role & 3]);
		if (*f->name)
			json_text(out, "name", f->name);
		if (f->ifindex)
			pkw_str_fmt(out, ",\"index\":%u", f->ifindex);
		if (f->addr.len) {
			pkw_str_add(out, ",\"address\":");
			json_addr(out, &f->addr);
		}
		if (f->mtu)
			pkw_str_fmt(out, ",\"mtu\":%u", f->mtu);
		pkw_str_add(out, i + 1 == p->nifaces ? "}]" : "}");
	}
}

static void json_probe(struct tracing *s, const struct pkw_trace_probe *x)
{
	struct pkw_str *out = &s->out;

	pkw_str_fmt(out, "{\"result\":\"%s\",\"flow\":%u", whats[x->what],
	    x->flow);
	if (is_answer(x)) {
		const char *name = names_get(s->names, &x->from);
		pkw_str_add(out, ",\"from\":");
		json_addr(out, &x->from);
		if (name)
			json_text(out, "name", name);
		pkw_str_fmt(out, ",\"rtt\":%.9f,\"reply_ttl\":%u",
		    (double)x->rtt_ns / 1e9, x->reply_ttl);
		if (x->what != PKW_TRACE_REPLY)
			pkw_str_fmt(out, ",\"type\":%u,\"code\":%u", x->type,
			    x->code);
		if (x->what == PKW_TRACE_TOO_BIG)
			pkw_str_fmt(out, ",\"mtu\":%u", x->mtu);
		if (x->tcp_flags)
			pkw_str_fmt(out, ",\"port\":\"%s\"",
			    x->tcp_flags & RST ? "closed" : "open");
		json_extensions(out, x);
	}
	pkw_str_addc(out, '}');
}

static void json_hop(struct tracing *s, const struct path *p, unsigned ttl)
{
	json_begin(s, p, "hop");
	pkw_str_fmt(&s->out, ",\"ttl\":%u,\"probes\":[", ttl);
	for (unsigned i = 0; i < s->queries; i++) {
		if (i)
			pkw_str_addc(&s->out, ',');
		json_probe(s, hop_at(s, p, ttl) + i);
	}
	pkw_str_add(&s->out, "]}\n");
}

void print_end(struct tracing *s, const struct path *p, int reached)
{
	if (!s->json)
		return;
	json_begin(s, p, "end");
	pkw_str_fmt(&s->out, ",\"reached\":%s,\"hops\":%u}\n",
	    reached ? "true" : "false",
	    pkw_trace_distance(s->t, (unsigned)p->number));
	print(&s->out, 0);
}

/* ---- hops as they come ---- */

static int is_complete(
    const struct tracing *s, const struct path *p, unsigned ttl)
{
	for (unsigned i = 0; i < s->queries; i++)
		if (hop_at(s, p, ttl)[i].what == PKW_TRACE_WAITING)
			return 0;
	return 1;
}

void print_hops(struct tracing *s, struct path *p, int all)
{
	unsigned far = pkw_trace_distance(s->t, (unsigned)p->number);
	unsigned end = far && far < s->max ? far : (unsigned)s->max;

	while (p->shown < end) {
		unsigned ttl = p->shown + 1;
		if (!all && !is_complete(s, p, ttl))
			break;
		if (s->json)
			json_hop(s, p, ttl);
		else
			line(s, p, ttl);
		p->shown = ttl;
		print(&s->out, 0);
	}
}

/* ---- branches ---- */

static void put_successors(struct tracing *s, const struct path *p,
    const struct pkw_trace_node *n)
{
	char text[48];

	for (unsigned i = 0; i < n->nsucc; i++) {
		const struct pkw_trace_node *to =
		    &p->mda.nodes[p->mda.edges[n->succ + i]];
		const char *end = s->json ? "\"" : "";
		pkw_str_fmt(&s->out, "%s%s%s%s", i ? s->json ? "," : ", " : "",
		    end, to->addr.len ? pkw_addr_text(&to->addr, text) : "*",
		    end);
	}
}

static void json_node(struct tracing *s, const struct path *p,
    const struct pkw_trace_node *n)
{
	const struct pkw_trace_probe *x = &p->mda.probes[n->first];

	json_begin(s, p, "node");
	pkw_str_fmt(&s->out, ",\"ttl\":%u,\"flows\":%u,\"last\":%s,\"probe\":",
	    n->ttl, n->flows, n->last ? "true" : "false");
	json_probe(s, x);
	pkw_str_add(&s->out, ",\"next\":[");
	put_successors(s, p, n);
	pkw_str_add(&s->out, "]}\n");
}

static void line_node(struct tracing *s, const struct path *p,
    const struct pkw_trace_node *n, int first)
{
	const struct pkw_trace_probe *x = &p->mda.probes[n->first];

	if (first)
		pkw_str_fmt(&s->out, "%2u  ", n->ttl);
	else
		pkw_str_add(&s->out, "    ");
	if (n->addr.len) {
		put_host(s, &n->addr);
		put_extensions(&s->out, x);
		pkw_str_fmt(&s->out, "  %.3f ms", (double)x->rtt_ns / 1e6);
		put_mark(&s->out, x);
	} else {
		pkw_str_addc(&s->out, '*');
	}
	pkw_str_fmt(&s->out, "  %u flow%s", n->flows, n->flows == 1 ? "" : "s");
	if (n->nsucc) {
		pkw_str_add(&s->out, "  -> ");
		put_successors(s, p, n);
	}
	pkw_str_addc(&s->out, '\n');
}

void print_mda(struct tracing *s, const struct path *p)
{
	const struct pkw_trace_node *n = p->mda.nodes;

	for (size_t i = 0; i < p->mda.nnodes; i++, n++) {
		if (s->json)
			json_node(s, p, n);
		else
			line_node(s, p, n, i == 0 || n->ttl != n[-1].ttl);
	}
	if (!s->json)
		pkw_str_fmt(&s->out, "%u flows, %u rounds%s\n", p->mda.flows,
		    p->mda.rounds, p->mda.sure ? "" : "; there may be more "
		    "branches: the limit of --flows was met");
	print(&s->out, 0);
}

/* ---- path MTU ---- */

static void json_mtu(struct tracing *s, const struct path *p,
    const struct pkw_trace_pmtu *r)
{
	json_begin(s, p, "mtu");
	pkw_str_fmt(&s->out, ",\"mtu\":%u,\"first\":%u,\"confirmed\":%s,"
			     "\"steps\":[",
	    r->mtu, r->tried, r->reached ? "true" : "false");
	for (unsigned i = 0; i < r->nsteps; i++) {
		const struct pkw_trace_step *x = &r->steps[i];
		pkw_str_fmt(&s->out, "%s{\"ttl\":%u,\"mtu\":%u,\"silent\":%s",
		    i ? "," : "", x->ttl, x->mtu, x->silent ? "true" : "false");
		if (x->from.len) {
			pkw_str_add(&s->out, ",\"from\":");
			json_addr(&s->out, &x->from);
		}
		pkw_str_addc(&s->out, '}');
	}
	pkw_str_add(&s->out, "]}\n");
}

static void lines_mtu(struct tracing *s, const struct pkw_trace_pmtu *r)
{
	for (unsigned i = 0; i < r->nsteps; i++) {
		const struct pkw_trace_step *x = &r->steps[i];
		pkw_str_fmt(&s->out, "mtu %u behind hop %u", x->mtu, x->ttl);
		if (x->from.len) {
			pkw_str_add(&s->out, ": ");
			put_host(s, &x->from);
		}
		if (x->silent)
			pkw_str_add(&s->out,
			    "; what is longer vanishes without a word");
		pkw_str_addc(&s->out, '\n');
	}
	if (r->mtu)
		pkw_str_fmt(&s->out, "path mtu %u%s\n", r->mtu,
		    r->reached ? "" : ", as far as there were answers");
	else
		pkw_str_add(&s->out, "path mtu unknown: nothing answers\n");
}

void print_mtu(struct tracing *s, const struct path *p,
    const struct pkw_trace_pmtu *r)
{
	if (s->json)
		json_mtu(s, p, r);
	else
		lines_mtu(s, r);
	print(&s->out, 0);
}
