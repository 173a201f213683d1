/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw ping: probes of any kind to one host, and what comes back: ping's lines,
 * hping3's knobs.  This file is the command's table, what is decided before
 * anything is sent (which kind, to where), and the end.
 */
#include "cmd/ping.h"
#include "cmd/hping.h"

#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

static void take_address(struct ping *s, const struct addrinfo *a)
{
	if (a->ai_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, a->ai_addr, sizeof in6);
		s->addr.len = 16;
		memcpy(s->addr.bytes, &in6.sin6_addr, 16);
		/* fe80::1%eth0 */
		if (in6.sin6_scope_id && !s->iface)
			s->iface = if_indextoname(in6.sin6_scope_id, s->scope);
	} else {
		struct sockaddr_in in;
		memcpy(&in, a->ai_addr, sizeof in);
		s->addr.len = 4;
		memcpy(s->addr.bytes, &in.sin_addr, 4);
	}
}

/* hping3's pattern: 10.0.0.x; its address is the one with zeros. */
static int pattern(struct ping *s)
{
	char text[64];

	if (strlen(s->target) >= sizeof text)
		return -1;
	strcpy(text, s->target);
	for (char *c = text; *c; c++)
		if (*c == 'x')
			*c = '0';
	return pkw_addr_parse(text, &s->addr) == 0 && s->addr.len == 4 ? 0 : -1;
}

static int find_target(struct ping *s)
{
	struct addrinfo hints = { .ai_socktype = SOCK_RAW }, *list = NULL;
	int want = s->kind == PING_ARP ? 4 : s->kind == PING_ND ? 6 : s->family;

	if (s->rand_dest && pattern(s) == 0)
		goto found;
	hints.ai_family = want == 4   ? AF_INET
			  : want == 6 ? AF_INET6
				      : AF_UNSPEC;
	int e = getaddrinfo(s->target, NULL, &hints, &list);
	if (e != 0) {
		if (s->hping)
			fprintf(stderr, "Unable to resolve '%s'\n", s->target);
		else
			say("%s: %s", s->target, gai_strerror(e));
		return s->hping ? STATUS_FAILED : STATUS_USAGE;
	}
	take_address(s, list);
	freeaddrinfo(list);
found:
	s->family = s->addr.len == 16 ? 6 : 4;
	pkw_addr_text(&s->addr, s->addr_text);
	return STATUS_DONE;
}

/* Without a word about it: what --with has, ports are TCP's, else ICMP. */
static void choose_kind(struct ping *s)
{
	if (s->kind == PING_AUTO && s->with)
		s->kind = strstr(s->with, "TCP(")   ? PING_TCP
			  : strstr(s->with, "UDP(") ? PING_UDP
			  : strstr(s->with, "ARP(") ? PING_ARP
						    : PING_AUTO;
	if (s->kind == PING_AUTO)
		s->kind = s->hping || s->dport_given || s->mss || s->tcp_ts
			      ? PING_TCP
			      : PING_ICMP;
	if (!s->dport_given && !s->hping)
		s->dport = s->kind == PING_UDP ? 33434 : 80;
	if (s->traceroute) {
		const char *ttl = ping_value(s, 't');
		s->ttl = (uint8_t)(ttl ? atoi(ttl) : 1);
		if (!s->ttl)
			s->ttl = 1;
	}
}

/* Identifiers, ports and what is random differ from run to run. */
static void draw_numbers(struct ping *s)
{
	struct {
		uint64_t seed;
		uint16_t id, port;
	} r = { 1, 1, 1 };

	if (getrandom(&r, sizeof r, 0) < 0)
		r.id = 0x6b77;
	if (s->seed_given) {
		r.id = (uint16_t)(s->seed * 40503u + 1);
		r.port = r.id;
	} else {
		s->seed = r.seed;
	}
	s->id = r.id;
	if (!s->baseport_given)
		s->sport = (uint16_t)(1024 + r.port % 31744);
}

int ping_go(struct ping *s, struct args *a)
{
	int status;

	if (s->listen) {
		status = ping_listen(s);
		pkw_str_free(&s->out);
		return status;
	}
	if (a->argc != 1) {
		if (s->hping)
			return hping_usage(a->argc ? "too many arguments"
						   : "missing host argument");
		return usage(a->cmd, "one host is wanted");
	}
	s->target = a->argv[0];
	draw_numbers(s);
	choose_kind(s);
	status = find_target(s);
	if (status == STATUS_DONE) {
		ping_find_way(s);
		status = ping_expression(s, a->cmd);
	}
	if (status == STATUS_DONE && s->dry) {
		pkw_str_addc(&s->text, '\n');
		status = print(&s->text, 0);
	} else if (status == STATUS_DONE) {
		status = s->scan ? hping_scan(s) : ping_run(s);
	}
	pkw_str_free(&s->text);
	pkw_str_free(&s->payload);
	pkw_str_free(&s->out);
	return status;
}

static int run(struct args *a)
{
	struct ping s;
	int id;

	ping_init(&s);
	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_HELP)
			return a->status;
		if (id == ARGS_BAD || ping_option(&s, a, id) != 0)
			return STATUS_USAGE;
	}
	return ping_go(&s, a);
}

static const struct opt *const tables[] = { ping_own_opts, ping_hping_opts,
	common_opts, NULL };
static const char *const examples[] = { "pkw ping 192.0.2.1",
	"ICMP echo, once a second", "pkw ping -S -p 443 192.0.2.1 -c 3",
	"Does a TCP port answer, and how fast?",
	"pkw ping -2 -p 53 -T 192.0.2.1 --tr-stop", "The way there by UDP",
	"pkw ping --arp 192.0.2.1 --json", "Who has it, as JSON",
	"pkw ping -S -p ++20 192.0.2.1 -c 100 --fast -q",
	"A hundred ports, ten a second",
	"pkw ping 192.0.2.1 --with 'IP(ttl=3)/ICMP()/\"hello\"' --dry-run",
	"Any field; show the probe and send nothing", NULL };
static const char *const from_hping[] = {
	"hping3 HOST              pkw ping --flags 0 -p 0 HOST",
	"hping3 -S HOST           pkw ping -S -p 0 HOST",
	"hping3 -1 HOST           pkw ping -d 0 HOST",
	"hping3 -2 HOST           pkw ping -2 -p 0 HOST",
	"hping3 -i 5 / -i u500    pkw ping --interval 5 / --interval u500",
	"hping3 --faster          pkw ping --interval u1  (here: 100 a second)",
	"hping3 -I eth0           pkw ping -i eth0",
	"hping3 -8 1-1000 -S      pkw scan -p 1-1000",
	"hping3 -v                pkw version",
	"hping3 --apd-send PKT    pkw ping --with EXPR",
	"hping3 -B (safe)         none: -9 cannot ask for what was lost",
	"All other letters and names are the same; pkw-hping3 takes hping3's "
	"own.",
	NULL
};

const struct command cmd_ping = {
	.name = "ping",
	.usage = "HOST [-S -A ... | -1 | -2 | -0 | --arp | --nd] [-p PORT] "
		 "[-c N] [--json]",
	.brief = "Probe a host by ICMP, TCP, UDP, ARP, ND or any packet",
	.about = "Without a word about the kind it is an ICMP echo request; "
		 "flags and ports make it TCP.\n"
		 "The exit status is 1 if nothing answered.",
	.operand = "HOST",
	.opts = tables,
	.examples = examples,
	.notes_title = "From hping3:",
	.notes = from_hping,
	.run = run,
};
