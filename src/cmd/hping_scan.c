/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hping3's --scan: the probe asked of many ports, and its table of those that
 * answer.  pkw_ask() does the asking: what stays silent is asked twice more.
 *
 * Mended: port 65535 is asked, an ICMP packet is no end (hping3 overflows a
 * buffer), it is said which ports were silent and no longer that all replies
 * came, nothing of shared memory is left behind.
 */
#include "cmd/hping.h"

#include "cmd/ping.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pkw/exchange.h>
#include <pkw/proto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PORTS = 65536,
	RETRIES = 2,
	TIMEOUT_MS = 400,
	FAR_RATE = 2000 /* packets a second through routers */
};

struct scanning {
	struct ping *s;
	uint8_t wanted[PORTS], answered[PORTS];
	unsigned n;
	struct pkw_link *link;
};

static struct pkw_link *link_now;

static void stop_link(void)
{
	if (link_now)
		pkw_link_stop(link_now);
}

/* Those of /etc/services. */
static void mark_known(struct scanning *c, uint8_t on)
{
	struct servent *e;

	setservent(1);
	while ((e = getservent()))
		c->wanted[ntohs((uint16_t)e->s_port)] = on;
	endservent();
}

/* "80", "1-1024", "all", "known", each with ! in front: not these. */
static int mark(struct scanning *c, const char *word)
{
	uint8_t on = *word != '!';
	unsigned long from, to;
	char *end;

	word += !on;
	if (strcmp(word, "known") == 0) {
		mark_known(c, on);
		return 0;
	}
	if (strcmp(word, "all") == 0) {
		memset(c->wanted, on, PORTS);
		return 0;
	}
	from = to = strtoul(word, &end, 10);
	if (end == word || (*end && *end != '-'))
		return -1;
	if (*end) {
		word = end + 1;
		to = strtoul(word, &end, 10);
	}
	if (end == word || *end || from > to || to >= PORTS)
		return -1;
	memset(c->wanted + from, on, to - from + 1);
	return 0;
}

static int read_ports(struct scanning *c, const char *text)
{
	char word[64];

	while (*text) {
		size_t n = strcspn(text, ",");
		if (n == 0 || n >= sizeof word)
			return -1;
		memcpy(word, text, n);
		word[n] = '\0';
		if (mark(c, word) < 0)
			return -1;
		text += n + (text[n] == ',');
	}
	for (unsigned i = 0; i < PORTS; i++)
		c->n += c->wanted[i];
	return c->n ? 0 : -1;
}

/* As a set of values: "[22, (80, 90)]". */
static void port_set(const struct scanning *c, struct pkw_str *out)
{
	pkw_str_addc(out, '[');
	for (unsigned i = 0; i < PORTS; i++) {
		unsigned from = i;
		if (!c->wanted[i])
			continue;
		while (i + 1 < PORTS && c->wanted[i + 1])
			i++;
		pkw_str_fmt(out, from == i ? "%s%u" : "%s(%u, %u)",
		    out->len > 1 ? ", " : "", from, i);
	}
	pkw_str_addc(out, ']');
}

static const char *service(unsigned port)
{
	struct servent *e = getservbyport(htons((uint16_t)port), "tcp");

	return e ? e->s_name : "";
}

static unsigned port_of(const struct pkw_pkt *q)
{
	const struct pkw_view *v = pkw_view(q);
	int i = v->first[PKW_TRANSPORT];

	return i < 0 ? 0 : ping_be16(v->bytes + v->layers[i].off + 2);
}

static void tcp_row(
    struct scanning *c, unsigned port, const uint8_t *ip, const uint8_t *tcp)
{
	static const char letters[] = "FSRPAUXY";
	char flags[9] = "........";

	if (tcp[13] & 4 && !c->s->verbose)
		return;
	for (unsigned i = 0; i < 8; i++)
		if (tcp[13] & 1u << i)
			flags[i] = letters[i];
	pkw_str_fmt(&c->s->out, "%5u %-11.11s: %s %3u %5u %5u %5u\n", port,
	    service(port), flags, ip[8], ping_be16(ip + 4), ping_be16(tcp + 14),
	    ping_be16(ip + 2));
}

static int on_answer(void *arg, const struct pkw_pair *pair)
{
	struct scanning *c = arg;
	const struct pkw_view *v = pkw_view(pair->answer);
	const uint8_t *ip = v->bytes + v->layers[v->first[PKW_NETWORK]].off;
	const uint8_t *tcp = ping_tcp_of(pair->answer);
	unsigned port = port_of(pair->question);
	int top = v->first[PKW_TRANSPORT];

	c->answered[port] = 1;
	if (tcp)
		tcp_row(c, port, ip, tcp);
	else if (top >= 0)
		pkw_str_fmt(&c->s->out,
		    "%5u %-11.11s: (ICMP %3u %3u from %u.%u.%u.%u)\n", port,
		    service(port), v->bytes[v->layers[top].off],
		    v->bytes[v->layers[top].off + 1], ip[12], ip[13], ip[14],
		    ip[15]);
	print(&c->s->out, 0);
	return stdout_gone;
}

static void head(const struct scanning *c)
{
	fprintf(stderr,
	    "Scanning %s (%s), port %s\n"
	    "%u ports to scan, use -V to see all the replies\n"
	    "+----+-----------+---------+---+-----+-----+-----+\n"
	    "|port| serv name |  flags  |ttl| id  | win | len |\n"
	    "+----+-----------+---------+---+-----+-----+-----+\n",
	    c->s->target, c->s->addr_text, c->s->scan, c->n);
}

static void tail(struct scanning *c, enum pkw_end end)
{
	unsigned silent = 0;

	pkw_str_add(&c->s->out, "Not responding ports: ");
	for (unsigned i = 0; i < PORTS; i++)
		if (c->wanted[i] && !c->answered[i]) {
			pkw_str_fmt(&c->s->out, "(%u %.11s) ", i, service(i));
			silent++;
		}
	pkw_str_addc(&c->s->out, '\n');
	print(&c->s->out, 0);
	if (end == PKW_END_STOPPED)
		fprintf(stderr, "Stopped.\n");
	else if (silent)
		fprintf(stderr, "%u ports did not reply. Done.\n", silent);
	else
		fprintf(stderr, "All replies received. Done.\n");
}

static int ask(struct scanning *c, struct pkw_diag *d)
{
	struct pkw_tmpl *t = pkw_tmpl_parse(c->s->text.s, d);
	struct pkw_str set = PKW_STR_INIT;
	struct pkw_series series = { t, pkw_pkt_new() };
	struct pkw_source source = pkw_series_source(&series);
	struct pkw_asked *r = pkw_asked_new();
	struct pkw_ask_opts o = { .flags = PKW_ASK_FORGET,
		.timeout = TIMEOUT_MS,
		.retries = RETRIES,
		.rate = manners_max_pps(c->s->manners),
		.on_answer = on_answer,
		.arg = c };
	int e = t && series.p && r ? 0 : -PKW_ENOMEM;

	port_set(c, &set);
	if (e == 0)
		e = pkw_tmpl_vary_text(t,
		    c->s->kind == PING_UDP ? "UDP.dport" : "TCP.dport", set.s,
		    d);
	if (o.rate <= 0 &&
	    manners_off_link(pkw_link_net(c->link), &c->s->addr, 0))
		o.rate = FAR_RATE;
	if (e == 0) {
		pkw_tmpl_seed(t, c->s->seed);
		head(c);
		e = pkw_ask(c->link, &source, &o, r, d);
	}
	if (e == 0)
		tail(c, pkw_asked_stats(r)->end);
	pkw_asked_free(r);
	pkw_pkt_free(series.p);
	pkw_tmpl_free(t);
	pkw_str_free(&set);
	return e;
}

static int begin(struct scanning *c)
{
	struct ping *s = c->s;
	char filter[96];
	struct pkw_link_opts o = { .flags = PKW_LINK_FOR_ASKING,
		.filter = filter };
	struct pkw_diag d;

	if (read_ports(c, s->scan) < 0 ||
	    (s->kind != PING_TCP && s->kind != PING_UDP)) {
		say("--scan %s: ports are like 1-1024,8080,known,!80", s->scan);
		return STATUS_FAILED;
	}
	s->manners = manners_read();
	if (!s->manners)
		return STATUS_FAILED;
	const char *line = manners_blocked(s->manners, &s->addr);
	if (line) {
		say("%s is on the blocklist (%s)", s->addr_text, line);
		return STATUS_FAILED;
	}
	snprintf(filter, sizeof filter, "host %s or icmp", s->addr_text);
	c->link = link_now = pkw_link_open(s->iface, &o, &d);
	if (!c->link)
		return complain(&d, NULL);
	stop_catch(stop_link);
	return STATUS_DONE;
}

int hping_scan(struct ping *s)
{
	struct scanning *c = calloc(1, sizeof *c);
	struct pkw_diag d = { .code = 0 };
	int status;

	if (!c) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	c->s = s;
	status = begin(c);
	if (status == STATUS_DONE && ask(c, &d) < 0)
		status = complain(&d, NULL);
	if (c->link)
		pkw_link_close(c->link);
	link_now = NULL;
	manners_free(s->manners);
	free(c);
	return status;
}
