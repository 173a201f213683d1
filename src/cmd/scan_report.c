/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a scan found.  JSON and CSV are a line for each port, told as it is
 * found.  The table, nmap's XML (nmap.dtd) and its greppable form are told by
 * host, when all is known; states that very many ports of a host are in are
 * counted there and not listed, as nmap does.
 */
#include "cmd/scan.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED = 25 }; /* ports of a state, unless it is open */

static void *grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	size_t more = *cap ? 2 * *cap : 64;
	void *q = realloc(p, more * size);
	if (q)
		*cap = more;
	return q;
}

int found_host(
    struct found *f, const struct pkw_scan_host *h, const char *name)
{
	struct found_host *p =
	    grow(f->hosts, f->nhosts, &f->caphosts, sizeof *p);

	if (!p)
		return -PKW_ENOMEM;
	f->hosts = p;
	p += f->nhosts++;
	*p = (struct found_host){ .h = *h };
	if (name)
		strncpy(p->name, name, sizeof p->name - 1);
	return 0;
}

int found_port(struct found *f, const struct pkw_scan_port *x)
{
	struct found_port *p =
	    grow(f->ports, f->nports, &f->capports, sizeof *p);

	if (!p)
		return -PKW_ENOMEM;
	f->ports = p;
	p[f->nports++] = (struct found_port){ .host = x->number,
		.reason = x->reason, .probe = (uint32_t)x->probe,
		.rtt = x->rtt_ns < 0 ? -1.0f : (float)x->rtt_ns / 1e9f,
		.state = x->state, .ttl = x->ttl };
	return 0;
}

void found_free(struct found *f)
{
	free(f->hosts);
	free(f->ports);
}

static int by_number(const void *a, const void *b)
{
	const struct found_host *x = a, *y = b;

	return x->h.number < y->h.number ? -1 : x->h.number > y->h.number;
}

static int by_probe(const void *a, const void *b)
{
	const struct found_port *x = a, *y = b;

	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return x->probe < y->probe ? -1 : x->probe > y->probe;
}

void found_sort(struct found *f)
{
	if (f->nhosts)
		qsort(f->hosts, f->nhosts, sizeof *f->hosts, by_number);
	if (f->nports)
		qsort(f->ports, f->nports, sizeof *f->ports, by_probe);
}

/* The ports of one host. */
struct slice {
	const struct found_port *p;
	size_t n;
	size_t count[PKW_SCAN__STATES];
};

static struct slice slice_of(const struct found *f, uint64_t host, size_t *at)
{
	struct slice s = { NULL, 0, { 0 } };

	while (*at < f->nports && f->ports[*at].host < host)
		(*at)++;
	s.p = f->ports ? f->ports + *at : NULL;
	while (*at < f->nports && f->ports[*at].host == host) {
		s.count[f->ports[(*at)++].state]++;
		s.n++;
	}
	return s;
}

static int is_listed(
    const struct found *f, const struct slice *s, unsigned state)
{
	if (state == PKW_SCAN_OPEN)
		return 1;
	return !f->only_open && s->count[state] <= LISTED;
}

static const char *proto_name(const struct found *f, uint32_t probe)
{
	return pkw_scan_proto_name(pkw_scan_proto(
	    (enum pkw_scan_kind)f->probes[probe].kind));
}

static const char *service(const struct found *f, uint32_t probe)
{
	const struct pkw_scan_probe *q = &f->probes[probe];

	return pkw_services_name(f->services,
	    pkw_scan_proto((enum pkw_scan_kind)q->kind), q->port);
}

static void pad(struct pkw_str *s, size_t from, size_t width)
{
	do
		pkw_str_addc(s, ' ');
	while (s->len < from + width);
}

static void table_row(
    const struct found *f, const struct found_port *p, struct pkw_str *s)
{
	const char *name = service(f, p->probe);
	size_t at = s->len;

	pkw_str_fmt(s, "%u/%s", (unsigned)f->probes[p->probe].port,
	    proto_name(f, p->probe));
	pad(s, at, 10);
	at = s->len;
	pkw_str_add(s, pkw_scan_state_name((enum pkw_scan_state)p->state));
	pad(s, at, 14);
	at = s->len;
	pkw_str_add(s, name ? name : "unknown");
	if (f->reasons) {
		pad(s, at, 16);
		pkw_str_add(s, p->reason);
		if (p->ttl)
			pkw_str_fmt(s, " ttl %u", (unsigned)p->ttl);
	}
	pkw_str_addc(s, '\n');
}

/* "997 closed tcp ports (reset)", by state, protocol and reason. */
static void table_hidden(
    const struct found *f, const struct slice *h, struct pkw_str *s)
{
	const char *word = "Not shown: ";
	struct {
		const char *reason, *proto;
		unsigned state;
		size_t n;
	} groups[32];
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		const struct found_port *p = &h->p[i];
		const char *proto = proto_name(f, p->probe);
		size_t k = 0;
		if (is_listed(f, h, p->state))
			continue;
		while (k < n && (groups[k].reason != p->reason ||
		    groups[k].state != p->state || groups[k].proto != proto))
			k++;
		if (k == n && n < 32) {
			groups[n].reason = p->reason;
			groups[n].proto = proto;
			groups[n].state = p->state;
			groups[n++].n = 0;
		}
		if (k < 32)
			groups[k].n++;
	}
	for (size_t k = 0; k < n; k++, word = ", ")
		pkw_str_fmt(s, "%s%zu %s %s ports (%s)", word, groups[k].n,
		    pkw_scan_state_name((enum pkw_scan_state)groups[k].state),
		    groups[k].proto, groups[k].reason);
	if (n)
		pkw_str_addc(s, '\n');
}

static void table_host(const struct found *f, const struct found_host *h,
    const struct slice *ports, struct pkw_str *s)
{
	char addr[48], mac[48];
	size_t listed = 0;

	pkw_addr_text(&h->h.addr, addr);
	if (*h->name)
		pkw_str_fmt(s, "Scan report for %s (%s)\n", h->name, addr);
	else
		pkw_str_fmt(s, "Scan report for %s\n", addr);
	pkw_str_add(s, "Host is up");
	if (f->reasons)
		pkw_str_fmt(s, ", received %s", h->h.reason);
	if (h->h.rtt_ns >= 0)
		pkw_str_fmt(s, " (%.6fs latency)", (double)h->h.rtt_ns / 1e9);
	pkw_str_add(s, ".\n");
	table_hidden(f, ports, s);
	for (size_t i = 0; i < ports->n; i++)
		if (is_listed(f, ports, ports->p[i].state)) {
			if (listed++ == 0)
				pkw_str_add(s, f->reasons
					? "PORT      STATE         SERVICE"
					  "         REASON\n"
					: "PORT      STATE         SERVICE\n");
			table_row(f, &ports->p[i], s);
		}
	if (h->h.mac.len)
		pkw_str_fmt(
		    s, "MAC Address: %s\n", pkw_addr_text(&h->h.mac, mac));
	pkw_str_addc(s, '\n');
}

void scan_table(const struct found *f, struct pkw_str *s)
{
	size_t at = 0;

	for (size_t i = 0; i < f->nhosts; i++) {
		const struct found_host *h = &f->hosts[i];
		struct slice ports = slice_of(f, h->h.number, &at);
		if (h->h.up)
			table_host(f, h, &ports, s);
	}
}

static void xml_text(struct pkw_str *s, const char *t)
{
	for (; *t; t++) {
		const char *as = *t == '<' ? "&lt;" : *t == '>' ? "&gt;"
		    : *t == '&' ? "&amp;" : *t == '"' ? "&quot;" : NULL;
		if (as)
			pkw_str_add(s, as);
		else
			pkw_str_addc(s, (unsigned char)*t < 32 ? '?' : *t);
	}
}

static void xml_extra(
    const struct found *f, const struct slice *h, struct pkw_str *s)
{
	for (unsigned state = 0; state < PKW_SCAN__STATES; state++) {
		const char *done[16];
		size_t n = 0;
		if (!h->count[state] || is_listed(f, h, state))
			continue;
		pkw_str_fmt(s, "<extraports state=\"%s\" count=\"%zu\">\n",
		    pkw_scan_state_name((enum pkw_scan_state)state),
		    h->count[state]);
		for (size_t i = 0; i < h->n; i++) {
			const char *why = h->p[i].reason;
			size_t k = 0, count = 0;
			while (k < n && done[k] != why)
				k++;
			if (h->p[i].state != state || k < n || n == 16)
				continue;
			done[n++] = why;
			for (size_t j = i; j < h->n; j++)
				count += h->p[j].state == state &&
				    h->p[j].reason == why;
			pkw_str_fmt(s,
			    "<extrareasons reason=\"%s\" count=\"%zu\"/>\n",
			    why, count);
		}
		pkw_str_add(s, "</extraports>\n");
	}
}

static void xml_port(
    const struct found *f, const struct found_port *p, struct pkw_str *s)
{
	const char *name = service(f, p->probe);

	pkw_str_fmt(s,
	    "<port protocol=\"%s\" portid=\"%u\"><state state=\"%s\" "
	    "reason=\"%s\" reason_ttl=\"%u\"/>",
	    proto_name(f, p->probe), (unsigned)f->probes[p->probe].port,
	    pkw_scan_state_name((enum pkw_scan_state)p->state), p->reason,
	    (unsigned)p->ttl);
	if (name)
		pkw_str_fmt(s,
		    "<service name=\"%s\" method=\"table\" conf=\"3\"/>",
		    name);
	pkw_str_add(s, "</port>\n");
}

static void xml_host(const struct found *f, const struct found_host *h,
    const struct slice *ports, struct pkw_str *s)
{
	char t[48];

	pkw_str_fmt(s, "<host starttime=\"%lld\"><status state=\"up\" "
	    "reason=\"%s\" reason_ttl=\"%u\"/>\n", (long long)f->begun,
	    h->h.reason, (unsigned)h->h.ttl);
	pkw_str_fmt(s, "<address addr=\"%s\" addrtype=\"ipv%d\"/>\n",
	    pkw_addr_text(&h->h.addr, t), h->h.addr.len == 4 ? 4 : 6);
	if (h->h.mac.len)
		pkw_str_fmt(s, "<address addr=\"%s\" addrtype=\"mac\"/>\n",
		    pkw_addr_text(&h->h.mac, t));
	pkw_str_add(s, "<hostnames>\n");
	if (*h->name) {
		pkw_str_add(s, "<hostname name=\"");
		xml_text(s, h->name);
		pkw_str_add(s, "\" type=\"user\"/>\n");
	}
	pkw_str_add(s, "</hostnames>\n");
	if (!f->no_ports) {
		pkw_str_add(s, "<ports>");
		xml_extra(f, ports, s);
		for (size_t i = 0; i < ports->n; i++)
			if (is_listed(f, ports, ports->p[i].state))
				xml_port(f, &ports->p[i], s);
		pkw_str_add(s, "</ports>\n");
	}
	pkw_str_add(s, "</host>\n");
}

/* What was asked: for each protocol the kind and the ports. */
static void xml_info(const struct found *f, struct pkw_str *s)
{
	for (unsigned proto = 0; proto < PKW_SCAN_PROTOS; proto++) {
		struct pkw_str list = PKW_STR_INIT;
		size_t n = 0;
		unsigned kind = 0;
		for (size_t i = 0; i < f->nprobes; i++) {
			const struct pkw_scan_probe *q = &f->probes[i];
			if (pkw_scan_proto((enum pkw_scan_kind)q->kind) !=
			    proto)
				continue;
			size_t last = i;
			while (last + 1 < f->nprobes &&
			    q[last + 1 - i].kind == q->kind &&
			    q[last + 1 - i].port == q[last - i].port + 1)
				last++;
			kind = q->kind;
			n += last - i + 1;
			pkw_str_fmt(&list, list.len ? ",%u" : "%u",
			    (unsigned)q->port);
			if (last > i)
				pkw_str_fmt(&list, "-%u",
				    (unsigned)q[last - i].port);
			i = last;
		}
		if (n)
			pkw_str_fmt(s, "<scaninfo type=\"%s\" protocol=\"%s\" "
			    "numservices=\"%zu\" services=\"%s\"/>\n",
			    pkw_scan_kind_name((enum pkw_scan_kind)kind),
			    pkw_scan_proto_name((enum pkw_scan_proto)proto),
			    n, list.s);
		pkw_str_free(&list);
	}
}

void scan_xml(const struct found *f, struct pkw_str *s)
{
	size_t at = 0, up = 0;

	pkw_str_add(s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<!DOCTYPE nmaprun>\n<nmaprun scanner=\"nmap\" args=\"pkw");
	for (char *const *a = f->argv; *a; a++) {
		pkw_str_addc(s, ' ');
		xml_text(s, *a);
	}
	pkw_str_fmt(s, "\" start=\"%lld\" version=\"7.93\" "
	    "xmloutputversion=\"1.05\">\n", (long long)f->begun);
	xml_info(f, s);
	for (size_t i = 0; i < f->nhosts; i++) {
		struct slice ports = slice_of(f, f->hosts[i].h.number, &at);
		if (!f->hosts[i].h.up)
			continue;
		up++;
		xml_host(f, &f->hosts[i], &ports, s);
	}
	double elapsed = (double)f->stats.ns / 1e9;
	pkw_str_fmt(s, "<runstats><finished time=\"%lld\" elapsed=\"%.2f\" "
	    "exit=\"%s\"/><hosts up=\"%zu\" down=\"%zu\" total=\"%llu\"/>\n"
	    "</runstats>\n</nmaprun>\n", (long long)(f->begun +
	    (int64_t)elapsed), elapsed, f->stats.stopped ? "error" : "success",
	    up, (size_t)f->stats.hosts - up,
	    (unsigned long long)f->stats.hosts);
}

static void greppable_ports(
    const struct found *f, const struct slice *h, struct pkw_str *s)
{
	const char *between = "\tPorts: ";

	for (size_t i = 0; i < h->n; i++) {
		const struct found_port *p = &h->p[i];
		const char *name = service(f, p->probe);
		if (!is_listed(f, h, p->state))
			continue;
		pkw_str_fmt(s, "%s%u/%s/%s//%s///", between,
		    (unsigned)f->probes[p->probe].port,
		    pkw_scan_state_name((enum pkw_scan_state)p->state),
		    proto_name(f, p->probe), name ? name : "");
		between = ", ";
	}
	for (unsigned state = 0; state < PKW_SCAN__STATES; state++)
		if (h->count[state] && !is_listed(f, h, state))
			pkw_str_fmt(s, "\tIgnored State: %s (%zu)",
			    pkw_scan_state_name((enum pkw_scan_state)state),
			    h->count[state]);
}

void scan_greppable(const struct found *f, struct pkw_str *s)
{
	char t[48];
	size_t at = 0;

	pkw_str_add(s, "# pkw scan initiated as: pkw");
	for (char *const *a = f->argv; *a; a++)
		pkw_str_fmt(s, " %s", *a);
	pkw_str_addc(s, '\n');
	for (size_t i = 0; i < f->nhosts; i++) {
		const struct found_host *h = &f->hosts[i];
		struct slice ports = slice_of(f, h->h.number, &at);
		if (!h->h.up)
			continue;
		pkw_addr_text(&h->h.addr, t);
		pkw_str_fmt(s, "Host: %s (%s)\tStatus: Up\n", t, h->name);
		if (!ports.n)
			continue;
		pkw_str_fmt(s, "Host: %s (%s)", t, h->name);
		greppable_ports(f, &ports, s);
		pkw_str_addc(s, '\n');
	}
	pkw_str_fmt(s, "# pkw done -- %llu IP addresses (%llu hosts up) "
	    "scanned in %.2f seconds\n", (unsigned long long)f->stats.hosts,
	    (unsigned long long)f->stats.up, (double)f->stats.ns / 1e9);
}

static void rtt(struct pkw_str *s, int64_t ns, const char *none)
{
	if (ns < 0)
		pkw_str_add(s, none);
	else
		pkw_str_fmt(s, "%lld.%09lld", (long long)(ns / 1000000000),
		    (long long)(ns % 1000000000));
}

void scan_json_port(struct pkw_str *s, const struct pkw_scan_port *p)
{
	char t[48];

	pkw_str_fmt(s, "{\"host\":\"%s\",\"port\":%u,\"proto\":\"%s\","
	    "\"state\":\"%s\",\"reason\":\"%s\",\"rtt\":",
	    pkw_addr_text(&p->host, t), (unsigned)p->port,
	    pkw_scan_proto_name(pkw_scan_proto((enum pkw_scan_kind)p->kind)),
	    pkw_scan_state_name((enum pkw_scan_state)p->state), p->reason);
	rtt(s, p->rtt_ns, "null");
	pkw_str_add(s, "}\n");
}

void scan_json_host(struct pkw_str *s, const struct pkw_scan_host *h)
{
	char t[48];

	pkw_str_fmt(s, "{\"host\":\"%s\",\"state\":\"%s\",\"reason\":\"%s\","
	    "\"rtt\":", pkw_addr_text(&h->addr, t), h->up ? "up" : "down",
	    h->reason);
	rtt(s, h->rtt_ns, "null");
	if (h->mac.len)
		pkw_str_fmt(s, ",\"mac\":\"%s\"", pkw_addr_text(&h->mac, t));
	pkw_str_add(s, "}\n");
}

void scan_csv_port(struct pkw_str *s, const struct pkw_scan_port *p)
{
	char t[48];

	pkw_str_fmt(s, "%s,%u,%s,%s,%s,", pkw_addr_text(&p->host, t),
	    (unsigned)p->port,
	    pkw_scan_proto_name(pkw_scan_proto((enum pkw_scan_kind)p->kind)),
	    pkw_scan_state_name((enum pkw_scan_state)p->state), p->reason);
	rtt(s, p->rtt_ns, "");
	pkw_str_addc(s, '\n');
}
