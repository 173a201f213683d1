/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe as an expression.  Options become a row of layers with fields,
 * --with is laid over it, and the row is written down:
 *
 *	-S -p 80 -t 3 --with 'TCP(window=1)'
 *	IP(dst="192.0.2.2", id=RandShort(), ttl=3)/TCP(sport=Counter(4711),
 *	    dport=80, seq=RandInt(), flags="S", window=1)
 *
 * What differs from one probe to the next stands there, too, so a probe is a
 * function of its number, and can be made again when its answer has come.
 *
 * --with: a layer that is there gets the fields named, one that is not is put
 * behind the layer named before it; layers of the link come first.  A string
 * replaces the data.
 */
#include "cmd/ping.h"

#include <pkw/proto.h>
#include <pkw/registry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 16, FIELDS = 24, ECHO_DATA = 56, HEAD = 40, PIECE = 1024 };

struct part {
	char name[HEAD]; /* empty: `text' is a string literal */
	struct pkw_str text;
	struct pkw_str field[FIELDS]; /* "ttl=3" */
	unsigned n;
};

struct row {
	struct part part[PARTS + 1]; /* the last takes what finds no room */
	unsigned n;
	int full; /* something found no room */
};

static void row_free(struct row *r)
{
	for (unsigned i = 0; i <= PARTS; i++) {
		pkw_str_free(&r->part[i].text);
		for (unsigned k = 0; k < r->part[i].n; k++)
			pkw_str_free(&r->part[i].field[k]);
	}
}

static struct part *insert(struct row *r, unsigned at, const char *name)
{
	if (r->n == PARTS || strlen(name) >= HEAD) {
		r->full = 1;
		return &r->part[PARTS];
	}
	memmove(&r->part[at + 1], &r->part[at], (r->n - at) * sizeof *r->part);
	r->n++;
	memset(&r->part[at], 0, sizeof r->part[at]);
	strcpy(r->part[at].name, name);
	return &r->part[at];
}

static struct part *add(struct row *r, const char *name)
{
	return insert(r, r->n, name);
}

/* Sets a field, whether or not it was set before. */
static struct pkw_str *field(struct row *r, struct part *p, const char *name)
{
	size_t n = strlen(name);
	unsigned i = 0;

	while (i < p->n && (strncmp(p->field[i].s, name, n) != 0 ||
			       p->field[i].s[n] != '='))
		i++;
	if (i == FIELDS) {
		r->full = 1;
		i--;
	}
	if (i == p->n)
		p->n++;
	pkw_str_clear(&p->field[i]);
	pkw_str_fmt(&p->field[i], "%s=", name);
	return &p->field[i];
}

static void set(
    struct row *r, struct part *p, const char *name, const char *value)
{
	pkw_str_add(field(r, p, name), value);
}

static void set_quoted(
    struct row *r, struct part *p, const char *name, const char *value)
{
	struct pkw_str *s = field(r, p, name);

	pkw_str_addc(s, '"');
	pkw_str_pyesc(s, value, strlen(value), '"');
	pkw_str_addc(s, '"');
}

/* The options that are nothing but a field of that layer. */
static void set_given(
    const struct ping *s, struct row *r, struct part *p, const char *layer)
{
	for (unsigned i = 0; ping_fields[i].id; i++) {
		const struct ping_field *f = &ping_fields[i];
		const char *v = s->value[i];
		if (!v || strcmp(f->layer, layer) != 0)
			continue;
		const char *name = s->family == 6 ? f->field6 : f->field;
		if (strchr(v, '.') || strchr(v, ':'))
			set_quoted(r, p, name, v);
		else
			pkw_str_fmt(field(r, p, name), "%s%s",
			    f->hex && strncmp(v, "0x", 2) != 0 ? "0x" : "", v);
	}
}

const char *ping_value(const struct ping *s, int id)
{
	for (unsigned i = 0; ping_fields[i].id; i++)
		if (ping_fields[i].id == id)
			return s->value[i];
	return NULL;
}

/* "10.0.0.1/10.0.0.2" as an option. */
static void route_option(
    struct pkw_str *o, const char *name, int pointer, const char *list)
{
	pkw_str_fmt(o, "%s%s(pointer=%d, routers=[", o->len > 9 ? ", " : "",
	    name, pointer);
	while (*list) {
		size_t n = strcspn(list, "/,");
		pkw_str_addc(o, '"');
		pkw_str_addn(o, list, n);
		pkw_str_add(o, list[n] ? "\"," : "\"");
		list += n + (list[n] != 0);
	}
	pkw_str_add(o, "])");
}

static void ip_options(struct ping *s, struct row *r, struct part *p)
{
	/* as many as fit into the longest header */
	static const char nine[] = "0.0.0.0/0.0.0.0/0.0.0.0/0.0.0.0/0.0.0.0/"
				   "0.0.0.0/0.0.0.0/0.0.0.0/0.0.0.0";

	if (!s->rroute && !s->route && !s->strict)
		return;
	struct pkw_str *o = field(r, p, "options");
	pkw_str_addc(o, '[');
	/* hping3 takes the first address as passed already */
	if (s->route)
		route_option(o, "IPOption_LSRR", 8, s->route);
	if (s->strict)
		route_option(o, "IPOption_SSRR", 8, s->strict);
	if (s->rroute)
		route_option(o, "IPOption_RR", 4, nine);
	pkw_str_addc(o, ']');
}

/* hping3's 10.0.0.x: any number in place of an x. */
static void random_target(struct pkw_str *o, const char *pattern)
{
	pkw_str_add(o, "RandIP(\"");
	for (; *pattern; pattern++)
		pkw_str_addc(o, *pattern == 'x' ? '*' : *pattern);
	pkw_str_add(o, "\")");
}

static void add_network(struct ping *s, struct row *r)
{
	int six = s->family == 6;
	struct part *p = add(r, six ? "IPv6" : "IP");

	if (s->rand_dest)
		random_target(field(r, p, "dst"), s->target);
	else
		set_quoted(r, p, "dst", s->addr_text);
	if (s->rand_source)
		set(r, p, "src", six ? "RandIP6()" : "RandIP()");
	if (!six)
		set(r, p, "id", "RandShort()");
	set_given(s, r, p, "IP");
	if (s->kind == PING_RAW)
		set_given(s, r, p, "RAW");
	if (s->more || s->dont)
		pkw_str_fmt(field(r, p, "flags"), "\"%s%s%s\"",
		    s->more ? "MF" : "", s->more && s->dont ? "+" : "",
		    s->dont ? "DF" : "");
	if (ping_value(s, 'g'))
		pkw_str_fmt(field(r, p, "frag"), "%lu",
		    strtoul(ping_value(s, 'g'), NULL, 0) / 8);
	ip_options(s, r, p);
}

static void ports(struct ping *s, struct row *r, struct part *p)
{
	pkw_str_fmt(field(r, p, "sport"), s->keep ? "%u" : "Counter(%u)",
	    (unsigned)s->sport);
	pkw_str_fmt(field(r, p, "dport"),
	    s->dport_step == 2 ? "Counter(%u)" : "%u", s->dport);
}

static void tcp_options(struct ping *s, struct row *r, struct part *p)
{
	if (!s->mss && !s->tcp_ts)
		return;
	struct pkw_str *o = field(r, p, "options");
	pkw_str_addc(o, '[');
	if (s->mss)
		pkw_str_fmt(
		    o, "(\"MSS\", %s)%s", s->mss, s->tcp_ts ? ", " : "");
	if (s->tcp_ts)
		pkw_str_fmt(o,
		    "(\"NOP\", None), (\"NOP\", None), "
		    "(\"Timestamp\", (%u, 0))",
		    (unsigned)time(NULL));
	pkw_str_addc(o, ']');
}

static void add_tcp(struct ping *s, struct row *r)
{
	struct part *p = add(r, "TCP");

	ports(s, r, p);
	set(r, p, "seq", "RandInt()");
	if (s->hping)
		set(r, p, "ack", "RandInt()");
	set_quoted(r, p, "flags", s->flags ? s->flags : s->hping ? "" : "S");
	if (s->hping)
		set(r, p, "window", "512");
	set_given(s, r, p, "TCP");
	tcp_options(s, r, p);
}

static int quotes(unsigned long type)
{
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* The header that an error of ours pretends to be about. */
static void add_quoted(struct ping *s, struct row *r)
{
	struct part *p = add(r, "IPerror");

	set(r, p, "id", "RandShort()");
	set(r, p, "proto", "6");
	set(r, p, "len", "28");
	set_quoted(r, p, "src", "1.2.3.4");
	set_quoted(r, p, "dst", "5.6.7.8");
	set_given(s, r, p, "IPerror");
	p = add(r, "UDPerror");
	set(r, p, "sport", "0");
	set(r, p, "dport", "0");
	set_given(s, r, p, "UDPerror");
}

static void add_icmp(struct ping *s, struct row *r)
{
	const char *type = ping_value(s, 'C');
	unsigned long t = type ? strtoul(type, NULL, 0) : 8;
	struct part *p = add(r, s->family == 6 ? "ICMPv6EchoRequest" : "ICMP");

	set_given(s, r, p, "ICMP");
	if (s->family == 4 && quotes(t)) {
		add_quoted(s, r);
		return;
	}
	if (s->family == 4 && t != 8 && t != 13 && t != 17 && t != 15 && t != 0)
		return;
	pkw_str_fmt(field(r, p, "id"), "%u", (unsigned)s->id);
	pkw_str_fmt(field(r, p, "seq"), "Counter(%d)", s->hping ? 0 : 1);
}

static void add_nd(struct ping *s, struct row *r)
{
	const uint8_t *b = s->addr.bytes;
	struct part *p = add(r, "IPv6");

	/* the solicited-node group, RFC 4291 section 2.7.1 */
	pkw_str_fmt(field(r, p, "dst"), "\"ff02::1:ff%02x:%x\"", b[13],
	    (unsigned)(b[14] << 8 | b[15]));
	set(r, p, "hlim", "255");
	set_given(s, r, p, "IP");
	set_quoted(r, add(r, "ICMPv6ND_NS"), "tgt", s->addr_text);
	p = add(r, "ICMPv6NDOptSrcLLAddr");
	if (*s->mac)
		set_quoted(r, p, "lladdr", s->mac);
}

static void add_arp(struct ping *s, struct row *r)
{
	struct part *p = add(r, "ARP");

	set_quoted(r, p, "pdst", s->addr_text);
	if (ping_value(s, 'a'))
		set_quoted(r, p, "psrc", ping_value(s, 'a'));
}

/* ---- data ---- */

static int read_all(struct pkw_str *to, const char *name)
{
	int pipe = strcmp(name, "-") == 0;
	FILE *f = pipe ? stdin : fopen(name, "r");
	char buf[65536];
	size_t n;

	if (!f) {
		say("%s: %s", name, strerror(errno));
		return STATUS_FAILED;
	}
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		pkw_str_addn(to, buf, n);
	int bad = ferror(f) || to->err;
	if (!pipe)
		fclose(f);
	if (bad || !to->len)
		say(bad ? "cannot read %s" : "%s is empty", name);
	return bad || !to->len ? STATUS_FAILED : STATUS_DONE;
}

static int take_file(struct ping *s)
{
	size_t sign = s->sign ? strlen(s->sign) : 0;

	if (!s->file)
		return STATUS_DONE;
	s->piece =
	    s->data_given && s->data > sign ? (size_t)s->data - sign : PIECE;
	return read_all(&s->payload, s->file);
}

static void echo_data(struct ping *s, struct row *r, size_t size)
{
	size_t sign = s->sign ? strlen(s->sign) : 0;
	struct pkw_str *o = field(r, &r->part[r->n - 1], "data");

	if (!sign) {
		pkw_str_fmt(o, "\"X\"*%zu", s->file ? 0 : size);
		return;
	}
	pkw_str_add(o, "b\"");
	pkw_str_pyesc(o, s->sign, sign, '"');
	for (; size > sign && !s->file; size--)
		pkw_str_addc(o, 'X');
	pkw_str_addc(o, '"');
}

/* A signature, and what is missing of the size filled up; a file's pieces are
   put behind when a probe is made. */
static void add_data(struct ping *s, struct row *r)
{
	size_t sign = s->sign ? strlen(s->sign) : 0;
	size_t size = (size_t)s->data;

	if (!s->data_given && s->kind == PING_ICMP && !s->hping && !sign)
		size = ECHO_DATA;
	if (s->kind == PING_ARP || s->kind == PING_ND)
		size = 0;
	if (s->kind == PING_ICMP && s->family == 6) {
		/* there data is a field of the message */
		echo_data(s, r, size);
		return;
	}
	if (sign) {
		struct part *p = add(r, "");
		pkw_str_add(&p->text, "b\"");
		pkw_str_pyesc(&p->text, s->sign, sign, '"');
		pkw_str_addc(&p->text, '"');
	}
	if (size > sign && !s->file)
		pkw_str_fmt(&add(r, "")->text, "\"X\"*%zu", size - sign);
}

/* ---- --with ---- */

/* To the next of `stops' outside of brackets and quotes, or the end. */
static size_t span(const char *t, const char *stops)
{
	int depth = 0;
	size_t i = 0;

	for (; t[i] && (depth || !strchr(stops, t[i])); i++) {
		if (t[i] == '"' || t[i] == '\'') {
			char q = t[i++];
			while (t[i] && t[i] != q)
				i += t[i] == '\\' && t[i + 1] ? 2 : 1;
			if (!t[i])
				break;
		} else if (strchr("([", t[i])) {
			depth++;
		} else if (strchr(")]", t[i])) {
			depth--;
		}
	}
	return i;
}

static void lay_fields(struct row *r, struct part *p, const char *t)
{
	while (*t && *t != ')') {
		t += strspn(t, " ");
		size_t n = span(t, ",)"), k = strcspn(t, "=");
		char name[HEAD];
		if (k < n && k < sizeof name) {
			memcpy(name, t, k);
			name[k] = '\0';
			name[strcspn(name, " ")] = '\0';
			pkw_str_addn(field(r, p, name), t + k + 1, n - k - 1);
		} else if (n && p->n < FIELDS) {
			/* what it is the parser will say */
			pkw_str_addn(&p->field[p->n++], t, n);
		}
		t += n + (t[n] == ',');
	}
}

static unsigned without_data(const struct row *r)
{
	unsigned n = r->n;

	while (n && !*r->part[n - 1].name)
		n--;
	return n;
}

static void lay_layer(struct row *r, const char *t, size_t n, unsigned *at)
{
	size_t k = strcspn(t, "(/ ");
	char name[HEAD] = "";
	unsigned i;

	if (k > n)
		k = n;
	if (k >= sizeof name) {
		r->full = 1;
		return;
	}
	memcpy(name, t, k);
	for (i = *at == PARTS ? 0 : *at; i < r->n; i++)
		if (strcmp(r->part[i].name, name) == 0)
			break;
	if (i == r->n) {
		const struct pkw_proto *q = pkw_proto_find(name);
		i = *at != PARTS	      ? *at
		    : q && q->cls == PKW_LINK ? 0
					      : without_data(r);
		insert(r, i, name);
	}
	if (r->full)
		return;
	*at = i + 1;
	if (k < n && t[k] == '(')
		lay_fields(r, &r->part[i], t + k + 1);
}

static void lay_over(struct row *r, const char *t)
{
	unsigned at = PARTS; /* nothing has matched yet */
	int replaced = 0;

	while (*t) {
		t += strspn(t, " ");
		size_t n = span(t, "/");
		if (strchr("\"'", *t) ||
		    (*t == 'b' && t[1] && strchr("\"'", t[1]))) {
			if (!replaced++)
				while (r->n > without_data(r)) {
					pkw_str_free(&r->part[--r->n].text);
				}
			pkw_str_addn(&add(r, "")->text, t, n);
		} else {
			lay_layer(r, t, n, &at);
		}
		t += n + (t[n] == '/');
	}
}

/* ---- the whole ---- */

static void write_down(const struct row *r, struct pkw_str *out)
{
	for (unsigned i = 0; i < r->n; i++) {
		const struct part *p = &r->part[i];
		if (i)
			pkw_str_addc(out, '/');
		if (!*p->name) {
			pkw_str_add(out, p->text.s ? p->text.s : "\"\"");
			continue;
		}
		pkw_str_fmt(out, "%s(", p->name);
		for (unsigned k = 0; k < p->n; k++)
			pkw_str_fmt(out, "%s%s", k ? ", " : "", p->field[k].s);
		pkw_str_addc(out, ')');
	}
}

/* An IPv4 word about an IPv6 probe. */
static int misplaced(const struct ping *s, const struct command *c)
{
	if (s->family != 6)
		return 0;
	for (unsigned i = 0; ping_fields[i].id; i++)
		if (s->value[i] && !ping_fields[i].field6)
			return usage(c, "%s: there is no such field with IPv6",
			    s->value[i]);
	if (s->rroute || s->route || s->strict || s->more || s->dont ||
	    s->rand_dest)
		return usage(c, "IPv4's flags and options are not IPv6's");
	return 0;
}

static void add_layers(struct ping *s, struct row *r)
{
	if (s->kind == PING_ARP)
		add_arp(s, r);
	else if (s->kind == PING_ND)
		add_nd(s, r);
	else
		add_network(s, r);
	if (s->kind == PING_TCP) {
		add_tcp(s, r);
	} else if (s->kind == PING_UDP) {
		struct part *p = add(r, "UDP");
		ports(s, r, p);
	} else if (s->kind == PING_ICMP) {
		add_icmp(s, r);
	}
	add_data(s, r);
}

int ping_expression(struct ping *s, const struct command *c)
{
	struct row r = { .n = 0 };
	int status = misplaced(s, c);

	if (status == STATUS_DONE)
		status = take_file(s);
	if (status != STATUS_DONE)
		return status;
	add_layers(s, &r);
	if (s->with)
		lay_over(&r, s->with);
	if (r.full) {
		say("too many layers or fields");
		status = STATUS_USAGE;
	}
	write_down(&r, &s->text);
	row_free(&r);
	return status;
}
