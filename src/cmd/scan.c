/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw scan: who is there, and what listens.  Options have nmap's letters where
 * those are free; some of nmap's consist of a letter and a word behind it
 * (-sS, -Pn, -oX FILE), which is how they are taken apart here.
 *
 * What is found is written down as it comes where lines are wanted, and else
 * gathered and told at the end.  A file of --resume gets every answer at once,
 * as JSON lines; what it has already when a scan begins is not asked again.
 */
#include "cmd/cmd.h"
#include "cmd/scan.h"

#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OPT_KIND = OPT_LONG, OPT_TOP, OPT_EXCLUDE, OPT_EXCLUDE_FILE, OPT_RATE,
	OPT_MAX_RATE, OPT_RETRIES, OPT_TIMEOUT, OPT_SEED, OPT_TTL, OPT_SET,
	OPT_OPEN, OPT_REASON, OPT_JSON, OPT_CSV, OPT_RESUME, OPT_OWN };

static const struct opt opts[] = {
	{ 's', NULL, "KIND", "nmap's: -sS -sT -sA -sF -sN -sX -sM -sW -sU -sY "
	                     "-sO, -sn: hosts only" },
	{ OPT_KIND, "scan", "KINDS", "the same by name: syn,udp" },
	{ 'p', NULL, "PORTS", "22,80,1000-2000,U:53,T:80,http*,-" },
	{ OPT_TOP, "top-ports", "N", "the N most common ports" },
	{ 'F', NULL, NULL, "the 100 most common ports" },
	{ 'P', NULL, "KIND", "-Pn: all hosts are up; -PE -PP -PS22 -PA80 -PU53:"
	                     " how to find them" },
	{ OPT_EXCLUDE, "exclude", "HOSTS", "not these; commas between" },
	{ OPT_EXCLUDE_FILE, "exclude-file", "FILE", "not those of a file" },
	{ 'i', NULL, "IF", "interface; else as routed. -iL FILE: hosts from a "
	                   "file" },
	{ 'T', NULL, "N", "how fast: 0 (a probe in 5 minutes) to 5 (no limit); "
	                  "3" },
	{ OPT_RATE, "rate", "PPS", "packets a second, instead of adapting" },
	{ OPT_MAX_RATE, "max-rate", "PPS", "adapt up to here; `none'; else "
	                                   "10k" },
	{ OPT_RETRIES, "max-retries", "N", "repeat at most so often; 10" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "wait for an answer at most so "
	                                     "long; 1" },
	{ OPT_SEED, "seed", "N", "order of that number, to repeat it" },
	{ 'g', NULL, "PORT", "source port" },
	{ OPT_TTL, "ttl", "N", "time to live; 64" },
	{ OPT_SET, "set", "EDITS", "fields of all probes: 'IP.tos=8'" },
	{ OPT_OPEN, "open", NULL, "tell of open ports only" },
	{ OPT_REASON, "reason", NULL, "say why a port is thought so" },
	{ OPT_JSON, "json", NULL, "a line of JSON for each port" },
	{ OPT_CSV, "csv", NULL, "a line of comma-separated values for each" },
	{ 'o', NULL, "FORM", "-oX FILE: nmap's XML, -oG FILE: greppable, -oN "
	                     "FILE: table; - is standard output" },
	{ OPT_RESUME, "resume", "FILE", "keep answers there; go on from those it"
	                                " has" },
	{ OPT_OWN, "i-own-this-network", NULL, "any rate behind routers, too" },
	{ '6', NULL, NULL, "of names, the IPv6 address" },
	{ 'n', NULL, NULL, "nothing: addresses are never looked up" },
	OPT_STOP
};

struct named {
	char *name;
	struct pkw_addr addr;
};

struct output {
	char form;
	const char *file;
};

/* An answer that --resume's file had. */
struct old {
	uint64_t host;
	size_t probe;
};

enum { OUTPUTS_MAX = 8, PINGS_MAX = 64 };

struct scanning {
	const struct command *cmd;
	struct pkw_scan_opts o;
	struct pkw_targets *targets;
	struct pkw_services *services;
	struct pkw_ports ports;
	struct pkw_scan_probe *probes, pings[PINGS_MAX];
	uint8_t kinds[PKW_SCAN__KINDS];
	const char *portspec, *resume;
	unsigned top;
	int json, csv, ipv6, listed;
	struct output outputs[OUTPUTS_MAX];
	size_t noutputs;
	struct named *names;
	size_t nnames;
	struct found found;
	struct old *old;
	size_t nold;
	FILE *keep;
	struct pkw_str line;
	int progress, failed;
};

static struct pkw_net *net_now;

static void stop_net(void)
{
	pkw_net_stop(net_now);
}

static int letters(struct scanning *s, const char *word)
{
	for (const char *p = word; *p; p++) {
		char one[2] = { *p, '\0' };
		int kind = pkw_scan_kind(one);
		if (*p == 'n') {
			s->o.flags |= PKW_SCAN_PING_ONLY;
			continue;
		}
		if (kind < 0 || kind >= PKW_SCAN_ECHO) {
			usage(s->cmd, "no kind of scan `-s%c'; there are "
			    "-sS -sT -sA -sF -sN -sX -sM -sW -sU -sY -sO -sn",
			    *p);
			return ARGS_BAD;
		}
		s->kinds[kind] = 1;
	}
	return 0;
}

static int names(struct scanning *s, const char *list)
{
	while (*list) {
		char word[16];
		size_t n = strcspn(list, ",");
		snprintf(word, sizeof word, "%.*s", (int)(n < 15 ? n : 15),
		    list);
		int kind = pkw_scan_kind(word);
		if (kind < 0 || kind >= PKW_SCAN_ECHO) {
			usage(s->cmd, "no kind of scan `%s'; there are syn, "
			    "connect, ack, fin, null, xmas, maimon, window, udp,"
			    " sctpinit, ipproto", word);
			return ARGS_BAD;
		}
		s->kinds[kind] = 1;
		list += n + (list[n] == ',');
	}
	return 0;
}

static int add_ping(struct scanning *s, unsigned kind, uint16_t port)
{
	if (s->o.npings == PINGS_MAX) {
		usage(s->cmd, "more than %d probes for finding hosts",
		    PINGS_MAX);
		return ARGS_BAD;
	}
	s->pings[s->o.npings++] = (struct pkw_scan_probe){
		.kind = (uint8_t)kind, .port = port };
	s->o.pings = s->pings;
	return 0;
}

/* -PS22,80: a letter, and ports behind it. */
static int ping(struct scanning *s, const char *word)
{
	static const struct {
		char letter;
		uint8_t kind;
		uint16_t port;
	} known[] = {
		{ 'E', PKW_SCAN_ECHO, 0 }, { 'P', PKW_SCAN_STAMP, 1 },
		{ 'S', PKW_SCAN_SYN, 80 }, { 'A', PKW_SCAN_ACK, 80 },
		{ 'U', PKW_SCAN_UDP_PORT, 40125 }, { 'Y', PKW_SCAN_INIT, 80 },
	};
	struct pkw_ports *ports;
	struct pkw_diag d;
	int r = 0;

	if (strcmp(word, "n") == 0 || strcmp(word, "R") == 0) {
		s->o.flags |= *word == 'n' ? PKW_SCAN_NO_PING : 0u;
		return 0;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].letter != *word)
			continue;
		if (!word[1])
			return add_ping(s, known[i].kind, known[i].port);
		ports = calloc(1, sizeof *ports);
		if (!ports || pkw_ports_add(ports, word + 1, 1, NULL, &d) < 0) {
			free(ports);
			complain(&d, NULL);
			return ARGS_BAD;
		}
		for (unsigned port = 0; r == 0 && port < 65536; port++)
			if (pkw_ports_has(ports, PKW_SCAN_TCP, port))
				r = add_ping(
				    s, known[i].kind, (uint16_t)port);
		free(ports);
		return r;
	}
	usage(s->cmd, "no way to find hosts `-P%s'; there are -Pn -PE -PP -PS "
	    "-PA -PU -PY", word);
	return ARGS_BAD;
}

/* The next word of the command line, for options of two words. */
static const char *next_word(struct args *a)
{
	return optind < a->argc ? a->argv[optind++] : NULL;
}

static int output(struct scanning *s, struct args *a)
{
	const char *form = a->value;
	const char *file = strlen(form) == 1 ? next_word(a) : NULL;

	if (!file || !strchr("XGN", *form) || s->noutputs == OUTPUTS_MAX) {
		usage(s->cmd, "-oX FILE, -oG FILE or -oN FILE, not `-o%s'",
		    form);
		return ARGS_BAD;
	}
	s->outputs[s->noutputs++] = (struct output){ *form, file };
	return 0;
}

static int bad(const struct pkw_diag *d)
{
	complain(d, NULL);
	return ARGS_BAD;
}

static int exclude(struct scanning *s, const char *list)
{
	struct pkw_diag d;

	while (*list) {
		char word[256];
		size_t n = strcspn(list, ",");
		snprintf(word, sizeof word, "%.*s", (int)(n < 255 ? n : 255),
		    list);
		if (n && pkw_targets_exclude(s->targets, word, &d) < 0)
			return bad(&d);
		list += n + (list[n] == ',');
	}
	return 0;
}

static int speed(struct scanning *s, struct args *a)
{
	static const double rates[] = { 1.0 / 300, 1.0 / 15, 2.5 };
	uint64_t n;

	if (args_count(a, 0, 5, &n))
		return ARGS_BAD;
	if (n < 3)
		s->o.rate = rates[n];
	if (n > 3)
		s->o.max_rate = -1;
	if (n == 5)
		s->o.timeout = 300;
	return 0;
}

static int interface(struct scanning *s, struct args *a)
{
	struct pkw_diag d;
	const char *file;

	if (strcmp(a->value, "L") != 0) {
		s->o.netif = a->value;
		return 0;
	}
	file = next_word(a);
	if (!file) {
		usage(s->cmd, "-iL wants its FILE");
		return ARGS_BAD;
	}
	s->listed = 1;
	return pkw_targets_read(s->targets, file, 0, &d) < 0 ? bad(&d) : 0;
}

static int number(struct args *a, uint64_t max, uint64_t *v)
{
	return args_count(a, 0, max, v);
}

static int option_value(struct scanning *s, struct args *a, int id)
{
	uint64_t v = 0;
	int64_t ns = 0;
	int r;

	switch (id) {
	case OPT_TOP:
		r = args_count(a, 1, 65536, &v);
		s->top = (unsigned)v;
		return r;
	case OPT_RETRIES:
		r = number(a, 60, &v);
		s->o.retries = (unsigned)v;
		return r;
	case OPT_TIMEOUT:
		r = args_seconds(a, &ns);
		s->o.timeout = ns < 1000000 ? 1 : (int)(ns / 1000000);
		return r;
	case OPT_SEED:
		return number(a, UINT64_MAX, &s->o.seed);
	case 'g':
		r = args_count(a, 1, 65535, &v);
		s->o.sport = (uint16_t)v;
		return r;
	case OPT_TTL:
		r = args_count(a, 1, 255, &v);
		s->o.ttl = (uint8_t)v;
		return r;
	case OPT_RATE:
		return args_rate(a, &s->o.rate);
	case OPT_MAX_RATE:
		if (strcmp(a->value, "none") == 0)
			s->o.max_rate = -1;
		else
			return args_rate(a, &s->o.max_rate);
		return 0;
	}
	return 0;
}

static int option(struct scanning *s, struct args *a, int id)
{
	struct pkw_diag d;

	switch (id) {
	case 's':
		return letters(s, a->value);
	case OPT_KIND:
		return names(s, a->value);
	case 'p':
		s->portspec = a->value;
		return 0;
	case 'F':
		s->top = 100;
		return 0;
	case 'P':
		return ping(s, a->value);
	case 'o':
		return output(s, a);
	case 'i':
		return interface(s, a);
	case 'T':
		return speed(s, a);
	case '6':
		s->ipv6 = 1;
		return 0;
	case OPT_EXCLUDE:
		return exclude(s, a->value);
	case OPT_EXCLUDE_FILE:
		return pkw_targets_read(s->targets, a->value, 1, &d) < 0
		    ? bad(&d) : 0;
	case OPT_SET:
		s->o.edits = a->value;
		return 0;
	case OPT_OPEN:
		s->found.only_open = 1;
		return 0;
	case OPT_REASON:
		s->found.reasons = 1;
		return 0;
	case OPT_JSON:
		s->json = 1;
		return 0;
	case OPT_CSV:
		s->csv = 1;
		return 0;
	case OPT_RESUME:
		s->resume = a->value;
		return 0;
	case OPT_OWN:
		s->o.flags |= PKW_SCAN_OFF_LINK_OK;
		return 0;
	}
	return option_value(s, a, id);
}

/* A name: its first address of the family wanted. */
static int look_up(struct scanning *s, const char *name)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_family = s->ipv6 ? AF_INET6 : AF_INET }, *found;
	struct pkw_addr a = { .len = s->ipv6 ? 16 : 4 };
	struct pkw_diag d;
	char text[48];

	int e = getaddrinfo(name, NULL, &hints, &found);
	if (e) {
		say("`%s' is no address, range or name of a host: %s", name,
		    gai_strerror(e));
		return STATUS_FAILED;
	}
	if (s->ipv6)
		memcpy(a.bytes, &((const struct sockaddr_in6 *)(const void *)
		    found->ai_addr)->sin6_addr, 16);
	else
		memcpy(a.bytes, &((const struct sockaddr_in *)(const void *)
		    found->ai_addr)->sin_addr, 4);
	freeaddrinfo(found);
	struct named *more =
	    realloc(s->names, (s->nnames + 1) * sizeof *more);
	if (!more)
		return STATUS_FAILED;
	s->names = more;
	more[s->nnames++] = (struct named){ strdup(name), a };
	return pkw_targets_add(s->targets, pkw_addr_text(&a, text), &d) < 0
	    ? complain(&d, NULL) : STATUS_DONE;
}

static int add_targets(struct scanning *s, struct args *a)
{
	static const char blocklist[] = "/etc/pkw/blocklist";
	struct pkw_diag d;

	for (int i = 0; i < a->argc; i++) {
		int e = pkw_targets_add(s->targets, a->argv[i], &d);
		if (e == -PKW_ESYNTAX && !strpbrk(a->argv[i], "/:*,"))
			e = look_up(s, a->argv[i]) == STATUS_DONE ? 0 : 1;
		else if (e < 0)
			complain(&d, NULL);
		if (e)
			return STATUS_FAILED;
	}
	if (a->argc == 0 && !s->listed)
		return usage(s->cmd, "which hosts?");
	if (access(blocklist, R_OK) == 0 &&
	    pkw_targets_read(s->targets, blocklist, 1, &d) < 0)
		return complain(&d, NULL);
	if (pkw_targets_count(s->targets) == 0) {
		say("all hosts are excluded");
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

static unsigned protos_of(const struct scanning *s)
{
	unsigned protos = 0;

	for (int k = 0; k < PKW_SCAN_ECHO; k++)
		if (s->kinds[k])
			protos |=
			    1u << pkw_scan_proto((enum pkw_scan_kind)k);
	return protos;
}

static int choose_ports(struct scanning *s)
{
	unsigned protos = protos_of(s);
	struct pkw_diag d;

	if (s->portspec && pkw_ports_add(&s->ports, s->portspec, protos,
	    s->services, &d) < 0) {
		complain(&d, s->portspec);
		return STATUS_USAGE;
	}
	if (s->portspec)
		return STATUS_DONE;
	for (unsigned p = 0; p <= PKW_SCAN_IP; p++)
		if (protos >> p & 1)
			pkw_ports_top(&s->ports, s->top ? s->top : 1000,
			    (enum pkw_scan_proto)p, s->services);
	return STATUS_DONE;
}

static int make_probes(struct scanning *s)
{
	size_t n = 0, of[PKW_SCAN_PROTOS] = { 0 };

	s->probes = calloc(4 * 65536, sizeof *s->probes);
	if (!s->probes)
		return STATUS_FAILED;
	for (int k = 0; k < PKW_SCAN_ECHO; k++) {
		enum pkw_scan_proto proto =
		    pkw_scan_proto((enum pkw_scan_kind)k);
		if (!s->kinds[k])
			continue;
		if (of[proto]++)
			return usage(s->cmd, "one kind of scan at a time for "
			    "%s", pkw_scan_proto_name(proto));
		for (unsigned port = 0; port < 65536; port++)
			if (pkw_ports_has(&s->ports, proto, port))
				s->probes[n++] = (struct pkw_scan_probe){
					.kind = (uint8_t)k,
					.port = (uint16_t)port };
	}
	if (n == 0)
		return usage(s->cmd, "which ports? -p gives none for these "
		    "kinds of scan");
	s->o.probes = s->found.probes = s->probes;
	s->o.nprobes = s->found.nprobes = n;
	return STATUS_DONE;
}

static const char *name_of(
    const struct scanning *s, const struct pkw_addr *a)
{
	for (size_t i = 0; i < s->nnames; i++)
		if (memcmp(&s->names[i].addr, a, sizeof *a) == 0)
			return s->names[i].name;
	return NULL;
}

static void clear_progress(struct scanning *s)
{
	if (s->progress == 2 && write(STDERR_FILENO, "\r\033[K", 4) == 4)
		s->progress = 1;
}

static void on_host(void *arg, const struct pkw_scan_host *h)
{
	struct scanning *s = arg;

	if (s->json && s->o.flags & PKW_SCAN_PING_ONLY && h->up) {
		scan_json_host(&s->line, h);
		print(&s->line, 0);
	}
	if (found_host(&s->found, h, name_of(s, &h->addr)) < 0)
		s->failed = 1;
}

static void keep(struct scanning *s, const struct pkw_scan_port *p)
{
	struct pkw_str line = PKW_STR_INIT;

	scan_json_port(&line, p);
	if (fwrite(line.s, 1, line.len, s->keep) != line.len)
		s->failed = 1;
	pkw_str_free(&line);
}

static void on_port(void *arg, const struct pkw_scan_port *p)
{
	struct scanning *s = arg;

	if (s->keep && p->answer)
		keep(s, p);
	if (s->json || s->csv) {
		if (s->found.only_open && p->state != PKW_SCAN_OPEN)
			return;
		clear_progress(s);
		if (s->json)
			scan_json_port(&s->line, p);
		else
			scan_csv_port(&s->line, p);
		print(&s->line, 1 << 14);
	}
	if (s->noutputs && found_port(&s->found, p) < 0)
		s->failed = 1;
}

static void on_progress(void *arg, const struct pkw_scan_stats *t)
{
	struct scanning *s = arg;
	char text[160], left[32] = "";

	if (s->json || s->csv)
		print(&s->line, 1);
	if (s->keep)
		fflush(s->keep);
	if (!s->progress)
		return;
	if (t->left_ns >= 0)
		snprintf(left, sizeof left, ", %.0f s left",
		    (double)t->left_ns / 1e9);
	int n = t->finding
	    ? snprintf(text, sizeof text, "\r\033[Kfinding hosts: %llu of %llu "
	      "are up", (unsigned long long)t->up, (unsigned long long)t->hosts)
	    : snprintf(text, sizeof text, "\r\033[K%llu of %llu answered, round"
	      " %u, %.0f packets a second%s", (unsigned long long)t->answered,
	      (unsigned long long)t->pairs, t->round + 1, t->rate, left);
	if (write(STDERR_FILENO, text, (size_t)n) == n)
		s->progress = 2;
}

static int by_pair(const void *a, const void *b)
{
	const struct old *x = a, *y = b;

	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return x->probe < y->probe ? -1 : x->probe > y->probe;
}

static int is_known(void *arg, uint64_t host, size_t probe)
{
	const struct scanning *s = arg;
	struct old key = { host, probe };

	return s->nold &&
	    bsearch(&key, s->old, s->nold, sizeof key, by_pair) != NULL;
}

static int state_of(const char *name)
{
	for (int i = 0; i < PKW_SCAN__STATES; i++)
		if (strcmp(name,
			pkw_scan_state_name((enum pkw_scan_state)i)) == 0)
			return i;
	return -1;
}

static int probe_of(
    const struct scanning *s, const char *proto, unsigned port, size_t *n)
{
	for (size_t i = 0; i < s->o.nprobes; i++)
		if (s->probes[i].port == port && strcmp(proto,
			pkw_scan_proto_name(pkw_scan_proto((enum pkw_scan_kind)
				s->probes[i].kind))) == 0) {
			*n = i;
			return 1;
		}
	return 0;
}

/* A line that an earlier scan kept; others are passed over. */
static void take_old(struct scanning *s, const char *line)
{
	static char reasons[32][32];
	struct pkw_scan_port p = { .rtt_ns = -1 };
	char host[48], proto[8], state[20], reason[32];
	unsigned port, k = 0;
	double rtt;

	int n = sscanf(line, "{\"host\":\"%47[^\"]\",\"port\":%u,\"proto\":"
	    "\"%7[^\"]\",\"state\":\"%19[^\"]\",\"reason\":\"%31[^\"]\","
	    "\"rtt\":%lf", host, &port, proto, state, reason, &rtt);
	int st = n >= 5 ? state_of(state) : -1;
	if (st < 0 || port > 65535 || pkw_addr_parse(host, &p.host) < 0 ||
	    !pkw_targets_find(s->targets, &p.host, &p.number) ||
	    !probe_of(s, proto, port, &p.probe))
		return;
	while (k < 31 && *reasons[k] && strcmp(reasons[k], reason) != 0)
		k++;
	memcpy(reasons[k], reason, sizeof reason);
	p.reason = reasons[k];
	p.state = (uint8_t)st;
	p.kind = s->probes[p.probe].kind;
	p.port = (uint16_t)port;
	if (n == 6)
		p.rtt_ns = (int64_t)(rtt * 1e9);
	struct old *more = realloc(s->old, (s->nold + 1) * sizeof *more);
	if (!more)
		return;
	s->old = more;
	more[s->nold++] = (struct old){ p.number, p.probe };
	on_port(s, &p);
}

static int open_resume(struct scanning *s)
{
	char line[512];
	FILE *f = fopen(s->resume, "re");

	while (f && fgets(line, sizeof line, f))
		take_old(s, line);
	if (f)
		fclose(f);
	if (s->nold) {
		qsort(s->old, s->nold, sizeof *s->old, by_pair);
		say("%zu answers are known from %s", s->nold, s->resume);
		s->o.known = is_known;
	}
	s->keep = fopen(s->resume, "ae");
	if (!s->keep) {
		say("cannot write `%s'", s->resume);
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

static void report_to(struct scanning *s, const struct output *o)
{
	struct pkw_str text = PKW_STR_INIT;

	if (o->form == 'X')
		scan_xml(&s->found, &text);
	else if (o->form == 'G')
		scan_greppable(&s->found, &text);
	else
		scan_table(&s->found, &text);
	if (text.err)
		s->failed = 1;
	if (strcmp(o->file, "-") == 0) {
		print(&text, 0);
	} else {
		FILE *f = fopen(o->file, "we");
		if (!f || fwrite(text.s, 1, text.len, f) != text.len ||
		    fclose(f) != 0) {
			say("cannot write `%s'", o->file);
			s->failed = 1;
		}
	}
	pkw_str_free(&text);
}

static void report(struct scanning *s)
{
	const struct pkw_scan_stats *t = &s->found.stats;

	clear_progress(s);
	print(&s->line, 0);
	found_sort(&s->found);
	for (size_t i = 0; i < s->noutputs; i++)
		report_to(s, &s->outputs[i]);
	if (t->dropped)
		say("answers may be missing: the kernel dropped %llu packets",
		    (unsigned long long)t->dropped);
	if (t->failed)
		say("%llu probes could not be sent: %s",
		    (unsigned long long)t->failed, t->fault.text);
	if (t->stopped)
		say("stopped: ports without an answer are not told%s",
		    s->resume ? "; the same command goes on from here" : "");
	say("%llu host%s (%llu up) scanned in %.2f s: %llu packets sent, "
	    "%llu of %llu ports answered", (unsigned long long)t->hosts,
	    t->hosts == 1 ? "" : "s", (unsigned long long)t->up,
	    (double)t->ns / 1e9, (unsigned long long)t->sent,
	    (unsigned long long)(t->finding ? 0 : t->answered),
	    (unsigned long long)(t->finding ? 0 : t->pairs));
}

static int scan(struct scanning *s)
{
	struct pkw_diag d;
	struct pkw_net *net = pkw_net_open(&d);

	if (!net)
		return complain(&d, NULL);
	net_now = net;
	stop_catch(stop_net);
	s->progress = isatty(STDERR_FILENO);
	s->found.begun = time(NULL);
	if (s->csv) {
		pkw_str_add(&s->line, SCAN_CSV_HEAD);
		print(&s->line, 0);
	}
	int e = s->resume ? open_resume(s) : STATUS_DONE;
	if (e == STATUS_DONE) {
		s->o.targets = s->targets;
		s->o.on_host = on_host;
		s->o.on_port = on_port;
		s->o.on_progress = on_progress;
		s->o.arg = s;
		e = pkw_scan(net, &s->o, &s->found.stats, &d);
		clear_progress(s);
		if (e < 0)
			complain(&d, NULL);
		else
			report(s);
	}
	pkw_net_close(net);
	return e == 0 && !s->failed && s->found.stats.up ? STATUS_DONE
							 : STATUS_FAILED;
}

static void end(struct scanning *s)
{
	if (s->keep && fclose(s->keep) != 0)
		say("cannot write `%s'", s->resume);
	for (size_t i = 0; i < s->nnames; i++)
		free(s->names[i].name);
	free(s->names);
	free(s->old);
	free(s->probes);
	found_free(&s->found);
	pkw_services_free(s->services);
	pkw_targets_free(s->targets);
	pkw_str_free(&s->line);
	free(s);
}

static int arrange(struct scanning *s, struct args *a)
{
	static const char *const files[] = { "/usr/share/nmap/nmap-services",
		"/etc/services", NULL };
	struct pkw_diag d;
	int k = 0;

	while (k < PKW_SCAN_ECHO && !s->kinds[k])
		k++;
	if (k == PKW_SCAN_ECHO)
		s->kinds[PKW_SCAN_SYN] = 1;
	for (int i = 0; files[i] && !s->services; i++)
		s->services = pkw_services_new(files[i], NULL);
	if (!s->services)
		s->services = pkw_services_new(NULL, &d);
	if (!s->services)
		return complain(&d, NULL);
	s->found.services = s->services;
	s->found.no_ports = (s->o.flags & PKW_SCAN_PING_ONLY) != 0;
	if (!s->json && !s->csv && s->noutputs < OUTPUTS_MAX) {
		int has = 0;
		for (size_t i = 0; i < s->noutputs; i++)
			has |= strcmp(s->outputs[i].file, "-") == 0;
		if (!has)
			s->outputs[s->noutputs++] =
			    (struct output){ 'N', "-" };
	}
	int e = choose_ports(s);
	if (e == STATUS_DONE)
		e = make_probes(s);
	return e == STATUS_DONE ? add_targets(s, a) : e;
}

static int run(struct args *a)
{
	struct scanning *s = calloc(1, sizeof *s);
	int id, status = STATUS_USAGE;

	if (!s || !(s->targets = pkw_targets_new())) {
		free(s);
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	s->cmd = a->cmd;
	s->o.retries = 10;
	s->found.argv = a->argv;
	while ((id = args_next(a)) >= 0)
		if (option(s, a, id))
			break;
	if (id == ARGS_HELP)
		status = a->status;
	else if (id == ARGS_END)
		status = arrange(s, a);
	if (id == ARGS_END && status == STATUS_DONE)
		status = scan(s);
	end(s);
	return status;
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw scan 192.0.2.1",
	"The thousand most common TCP ports of a host",
	"pkw scan -sSU -p 22,80,U:53,161 192.0.2.0/24 --open",
	"TCP and UDP ports of a whole network",
	"pkw scan -sn 192.0.2.0/24",
	"Who is there",
	"pkw scan -p- -T4 192.0.2.1 --json",
	"All ports, as fast as it goes, a line of JSON for each",
	"pkw scan -p 443 10.0.0.0/16 --resume found.json",
	"Can be interrupted and goes on where it was",
	NULL
};

const struct command cmd_scan = {
	.name = "scan",
	.usage = "HOST... [-p PORTS] [-sKIND] [--rate PPS] [--json]",
	.brief = "Find hosts and open ports",
	.about = "Hosts are addresses, prefixes, ranges (192.0.2.1-9) and "
	         "names. Those on the link are found by ARP or Neighbour "
	         "Solicitation, others by ICMP and TCP. States and reasons "
	         "are nmap's. At most 10000 packets a second unless -T4, "
	         "--rate or --max-rate says otherwise. /etc/pkw/blocklist is "
	         "a file of hosts that are never asked.",
	.operand = "HOST",
	.opts = tables,
	.examples = examples,
	.run = run,
};
