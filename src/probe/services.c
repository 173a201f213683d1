/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of services and how common they are, and sets of ports.
 *
 * The file is nmap's (name, port/protocol, frequency) or services(5) (name,
 * port/protocol, aliases): where the third word is no number, all are equally
 * common and those of lower number come first.  Without a file there is a list
 * of our own, of what listens on many hosts, the commonest first; it is used
 * also where the file tells no frequencies.
 *
 * A set of ports is 65536 bits for each protocol.  nmap's syntax is read from
 * left to right, a letter and a colon changing for which protocols it is.
 */
#include <pkw/scan.h>

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct service {
	uint16_t port;
	uint8_t proto;
	float often;
	char name[24];
};

struct pkw_services {
	struct service *s; /* by protocol and port */
	size_t n, cap;
	int ranked;        /* the file told frequencies */
};

static const uint16_t top_tcp[] = { 80, 23, 443, 21, 22, 25, 3389, 110, 445,
	139, 143, 53, 135, 3306, 8080, 1723, 111, 995, 993, 5900, 1025, 587,
	8888, 199, 1720, 465, 548, 113, 81, 6001, 10000, 514, 5060, 179, 1026,
	2000, 8443, 8000, 32768, 554, 26, 1433, 49152, 2001, 515, 8008, 49154,
	1027, 5666, 646, 5000, 5631, 631, 49153, 8081, 2049, 88, 79, 5800, 106,
	2121, 1110, 49155, 6000, 513, 990, 5357, 427, 49156, 543, 544, 5101,
	144, 7, 389, 8009, 3128, 444, 9999, 5009, 7070, 5190, 3000, 5432, 1900,
	3986, 13, 1029, 9, 6646, 5051, 49157, 1028, 873, 1755, 2717, 4899, 9100,
	119, 37, 6379, 27017, 9200, 2375, 11211, 5672, 1883, 6443, 5985, 636,
	2222, 9090, 8883 };
static const uint16_t top_udp[] = { 631, 161, 137, 123, 138, 1434, 445, 135,
	67, 53, 139, 500, 68, 520, 1900, 4500, 514, 49152, 162, 69, 5353, 111,
	49154, 1701, 998, 996, 997, 999, 3283, 49153, 1812, 136, 2222, 2049,
	3278, 5060, 1025, 1433, 3456, 80, 20031, 1026, 7, 1646, 1645, 593, 518,
	2048, 626, 1027, 177, 1719, 427, 497, 4444, 1023, 65024, 19, 9, 49193,
	1029, 49, 88, 1028, 17185, 1718, 49186, 2000, 389, 5683, 3478, 11211,
	623, 3702, 4789, 6081 };
static const uint16_t top_sctp[] = { 36412, 2905, 2904, 3868, 38412, 36422,
	29118, 2944, 2945, 9900, 5060, 5061, 3565, 1167, 80, 22, 443, 7, 9, 20,
	21, 179, 5672, 9899, 9901, 9902, 14001, 20049, 25471, 29168, 29169 };

struct top {
	const uint16_t *ports;
	size_t n;
};
#define TOP(a) { a, sizeof(a) / sizeof(a)[0] }
static const struct top tops[] = {
	[PKW_SCAN_TCP] = TOP(top_tcp),
	[PKW_SCAN_UDP] = TOP(top_udp),
	[PKW_SCAN_SCTP] = TOP(top_sctp),
};

static const char *const proto_names[] = { "tcp", "udp", "sctp", "ip", "icmp" };

const char *pkw_scan_proto_name(enum pkw_scan_proto proto)
{
	return proto_names[proto];
}

static const struct service own[] = {
	{ 7, 0, 0, "echo" }, { 9, 0, 0, "discard" }, { 13, 0, 0, "daytime" },
	{ 21, 0, 0, "ftp" }, { 22, 0, 0, "ssh" }, { 23, 0, 0, "telnet" },
	{ 25, 0, 0, "smtp" }, { 53, 0, 0, "domain" }, { 80, 0, 0, "http" },
	{ 110, 0, 0, "pop3" }, { 111, 0, 0, "rpcbind" },
	{ 135, 0, 0, "msrpc" }, { 139, 0, 0, "netbios-ssn" },
	{ 143, 0, 0, "imap" }, { 179, 0, 0, "bgp" }, { 389, 0, 0, "ldap" },
	{ 443, 0, 0, "https" }, { 445, 0, 0, "microsoft-ds" },
	{ 465, 0, 0, "smtps" }, { 587, 0, 0, "submission" },
	{ 631, 0, 0, "ipp" }, { 636, 0, 0, "ldapssl" }, { 993, 0, 0, "imaps" },
	{ 995, 0, 0, "pop3s" }, { 1433, 0, 0, "ms-sql-s" },
	{ 1883, 0, 0, "mqtt" }, { 2049, 0, 0, "nfs" }, { 3306, 0, 0, "mysql" },
	{ 3389, 0, 0, "ms-wbt-server" }, { 5060, 0, 0, "sip" },
	{ 5432, 0, 0, "postgresql" }, { 5900, 0, 0, "vnc" },
	{ 6379, 0, 0, "redis" }, { 8080, 0, 0, "http-proxy" },
	{ 8443, 0, 0, "https-alt" }, { 7, 1, 0, "echo" },
	{ 53, 1, 0, "domain" }, { 67, 1, 0, "dhcps" }, { 68, 1, 0, "dhcpc" },
	{ 69, 1, 0, "tftp" }, { 111, 1, 0, "rpcbind" }, { 123, 1, 0, "ntp" },
	{ 137, 1, 0, "netbios-ns" }, { 138, 1, 0, "netbios-dgm" },
	{ 161, 1, 0, "snmp" }, { 162, 1, 0, "snmptrap" },
	{ 500, 1, 0, "isakmp" }, { 514, 1, 0, "syslog" },
	{ 520, 1, 0, "route" }, { 631, 1, 0, "ipp" }, { 1900, 1, 0, "upnp" },
	{ 4500, 1, 0, "nat-t-ike" }, { 5060, 1, 0, "sip" },
	{ 5353, 1, 0, "zeroconf" }, { 5683, 1, 0, "coap" },
};

static int proto_of(const char *name)
{
	for (int i = 0; i < PKW_SCAN_IP; i++)
		if (strcmp(name, proto_names[i]) == 0)
			return i;
	return -1;
}

static int push(struct pkw_services *s, const struct service *x)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 1024;
		struct service *more = realloc(s->s, cap * sizeof *more);
		if (!more)
			return -PKW_ENOMEM;
		s->s = more;
		s->cap = cap;
	}
	s->s[s->n++] = *x;
	return 0;
}

static int read_line(struct pkw_services *s, const char *line)
{
	struct service x = { .port = 0 };
	char proto[8];
	unsigned port;
	int got = sscanf(line, "%23s %5u/%7s %f", x.name, &port, proto,
	    &x.often);

	int p = got >= 3 && *x.name != '#' && port < 65536 ? proto_of(proto)
							   : -1;
	if (p < 0)
		return 0;
	if (got < 4)
		x.often = 0;
	s->ranked |= got == 4;
	x.port = (uint16_t)port;
	x.proto = (uint8_t)p;
	return push(s, &x);
}

static int by_port(const void *a, const void *b)
{
	const struct service *x = a, *y = b;
	int k = x->proto - y->proto;

	return k ? k : x->port - y->port;
}

static int load(struct pkw_services *s, const char *file)
{
	char line[512];
	int e = 0;
	FILE *f = fopen(file, "re");

	if (!f)
		return -PKW_ENOENT;
	while (e == 0 && fgets(line, sizeof line, f))
		e = read_line(s, line);
	fclose(f);
	return e;
}

struct pkw_services *pkw_services_new(const char *file, struct pkw_diag *d)
{
	struct pkw_services *s = calloc(1, sizeof *s);
	int e = s ? 0 : -PKW_ENOMEM;

	if (e == 0 && file)
		e = load(s, file);
	for (size_t i = 0; e == 0 && !file && i < sizeof own / sizeof *own;
	     i++)
		e = push(s, &own[i]);
	if (e < 0) {
		pkw_fail(d, e, "cannot read `%s'", file ? file : "services");
		pkw_services_free(s);
		return NULL;
	}
	if (s->n)
		qsort(s->s, s->n, sizeof *s->s, by_port);
	return s;
}

void pkw_services_free(struct pkw_services *s)
{
	if (!s)
		return;
	free(s->s);
	free(s);
}

const char *pkw_services_name(
    const struct pkw_services *s, enum pkw_scan_proto proto, uint16_t port)
{
	struct service key = { .port = port, .proto = (uint8_t)proto };
	const struct service *x = s && s->n
	    ? bsearch(&key, s->s, s->n, sizeof *s->s, by_port) : NULL;

	return x && strcmp(x->name, "unknown") != 0 ? x->name : NULL;
}

static void set(struct pkw_ports *p, unsigned proto, unsigned port)
{
	p->set[proto][port / 8] |= (uint8_t)(1u << port % 8);
}

static int by_frequency(const void *a, const void *b)
{
	const struct service *const *x = a, *const *y = b;

	if ((*x)->often < (*y)->often || (*x)->often > (*y)->often)
		return (*x)->often < (*y)->often ? 1 : -1;
	return (*x)->port - (*y)->port;
}

static int top_ranked(struct pkw_ports *p, unsigned n,
    enum pkw_scan_proto proto, const struct pkw_services *s)
{
	const struct service **all = malloc((s->n + 1) * sizeof *all);
	size_t have = 0;

	for (size_t i = 0; all && i < s->n; i++)
		if (s->s[i].proto == proto)
			all[have++] = &s->s[i];
	if (have)
		qsort(all, have, sizeof *all, by_frequency);
	for (size_t i = 0; i < have && i < n; i++)
		set(p, proto, all[i]->port);
	free(all);
	return have > 0;
}

void pkw_ports_top(struct pkw_ports *p, unsigned n, enum pkw_scan_proto proto,
    const struct pkw_services *s)
{
	if (proto == PKW_SCAN_IP) {
		memset(p->set[PKW_SCAN_IP], 0xff, 256 / 8);
		return;
	}
	if (proto > PKW_SCAN_IP || (s && s->ranked &&
	    top_ranked(p, n, proto, s)))
		return;
	unsigned left = n;
	for (size_t i = 0; i < tops[proto].n && left; i++, left--)
		set(p, proto, tops[proto].ports[i]);
	for (unsigned i = 1; i < 65536 && left; i++)
		if (!pkw_ports_has(p, proto, i)) {
			set(p, proto, i);
			left--;
		}
}

struct reader {
	struct pkw_ports *p;
	unsigned protos;
	const struct pkw_services *s;
};

static unsigned last_of(unsigned protos)
{
	return protos & 1u << PKW_SCAN_IP ? 255 : 65535;
}

/* "from-to", either of which may be missing: 0, or it is no such thing. */
static int span(const char *w, unsigned protos, unsigned *from, unsigned *to)
{
	char *end;
	const char *dash = strchr(w, '-');
	unsigned long a = 1, b = last_of(protos);

	if (protos & 1u << PKW_SCAN_IP)
		a = 0;
	if (w[strspn(w, "0123456789-")])
		return -1;
	if (w != dash) {
		a = strtoul(w, &end, 10);
		if (end != (dash ? dash : w + strlen(w)))
			return -1;
	}
	if (!dash) {
		b = a;
	} else if (dash[1]) {
		b = strtoul(dash + 1, &end, 10);
		if (*end)
			return -1;
	}
	if (a > b || b > 65535 || (protos == 1u << PKW_SCAN_IP && b > 255))
		return -1;
	*from = (unsigned)a;
	*to = (unsigned)b;
	return 0;
}

static int by_name(const struct reader *r, const char *w)
{
	int found = 0;

	for (size_t i = 0; r->s && i < r->s->n; i++) {
		const struct service *x = &r->s->s[i];
		if (!(r->protos >> x->proto & 1) ||
		    fnmatch(w, x->name, 0) != 0)
			continue;
		set(r->p, x->proto, x->port);
		found = 1;
	}
	return found;
}

/* In brackets only ports that the services know count. */
static void known_only(
    const struct reader *r, unsigned from, unsigned to)
{
	for (size_t i = 0; r->s && i < r->s->n; i++) {
		const struct service *x = &r->s->s[i];
		if (r->protos >> x->proto & 1 && x->port >= from &&
		    x->port <= to)
			set(r->p, x->proto, x->port);
	}
}

static int letter(struct reader *r, const char *w)
{
	static const char letters[] = "TUSP";
	const char *at = *w && w[1] == ':' ? strchr(letters, *w) : NULL;

	if (!at)
		return 0;
	r->protos = 1u << (at - letters);
	return 2;
}

static int word(struct reader *r, char *w)
{
	unsigned from, to;
	size_t n = strlen(w);

	w += letter(r, w);
	int brackets = *w == '[' && n > 2 && w[strlen(w) - 1] == ']';
	if (brackets) {
		w++;
		w[strlen(w) - 1] = '\0';
	}
	if (!*w)
		return 0;
	if (span(w, r->protos, &from, &to) < 0)
		return !brackets && by_name(r, w);
	if (brackets) {
		known_only(r, from, to);
		return 1;
	}
	for (unsigned proto = 0; proto <= PKW_SCAN_IP; proto++)
		for (unsigned i = from; r->protos >> proto & 1 && i <= to; i++)
			set(r->p, proto, i);
	return 1;
}

int pkw_ports_add(struct pkw_ports *p, const char *text, unsigned protos,
    const struct pkw_services *s, struct pkw_diag *d)
{
	struct reader r = { p, protos, s };
	const char *at = text;

	for (;;) {
		char w[64];
		size_t n = strcspn(at, ",");
		snprintf(w, sizeof w, "%.*s", (int)(n < 63 ? n : 63), at);
		if (!word(&r, w)) {
			pkw_fail(d, -PKW_ESYNTAX,
			    "`%.*s' is no port: 22, 1-1024, -, a name, U:53",
			    (int)(n < 60 ? n : 60), at);
			if (d)
				d->column = (int)(at - text) + 1;
			return -PKW_ESYNTAX;
		}
		if (!at[n])
			return 0;
		at += n + 1;
	}
}
