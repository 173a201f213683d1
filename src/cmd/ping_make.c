/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes: the next one is made of the template, gets what only the replies so
 * far can tell (a TTL, a port, a piece of a file), is resolved, spoiled if it
 * shall have a wrong checksum, cut into fragments if it must be, sent, noted.
 *
 * What is random in a probe is a function of the seed and its number, so the
 * same call makes it again when a reply is looked at.
 */
#include "cmd/ping.h"

#include <pkw/defrag.h>
#include <pkw/proto.h>
#include <pkw/text.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t ping_clock(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int set_top(struct pkw_pkt *p, const char *name, uint64_t v)
{
	const struct pkw_view *view = pkw_view(p);

	for (int i = 0; i < (int)view->nlayers; i++) {
		int root = pkw_root(p, i);
		int f = root < 0 ? -1 : pkw_field_named(p, root, name);
		if (f >= 0)
			return pkw_set(p, i, (unsigned)f, v);
	}
	return 0;
}

/* What the template cannot know: things that depend on the replies. */
static int adjust(
    struct ping *s, struct pkw_pkt *p, uint8_t ttl, uint16_t dport)
{
	int e = 0;

	if (ttl)
		e = set_top(p, s->family == 6 ? "hlim" : "ttl", ttl);
	if (e >= 0 && dport != s->first_dport)
		e = set_top(p, "dport", dport);
	return e;
}

/* Data of a file: behind the signature; ICMPv6 has a field for both. */
static int add_piece(struct ping *s, uint64_t n, struct pkw_pkt *p)
{
	size_t pieces = (s->payload.len + s->piece - 1) / s->piece;
	size_t at = (size_t)(n % pieces) * s->piece;
	size_t len = s->payload.len - at;
	const char *piece = s->payload.s + at;
	int top = (int)pkw_view(p)->nlayers - 1, root = pkw_root(p, top);
	int f = root < 0 ? -1 : pkw_field_named(p, root, "data");

	if (len > s->piece)
		len = s->piece;
	if (f < 0 || s->kind != PING_ICMP)
		return pkw_push_raw(p, piece, len);
	pkw_str_clear(&s->out);
	pkw_str_add(&s->out, s->sign ? s->sign : "");
	pkw_str_addn(&s->out, piece, len);
	int e = s->out.err ? s->out.err
			   : pkw_field_set_bytes(
				 p, root, (unsigned)f, s->out.s, s->out.len);
	pkw_str_clear(&s->out);
	return e;
}

/* A checksum that is surely wrong: the right one turned around. */
static int spoil(struct pkw_pkt *p)
{
	static const char *const names[] = { "chksum", "cksum" };
	const struct pkw_view *v = pkw_view(p);
	uint64_t sum;

	for (int i = (int)v->nlayers - 1; i >= 0; i--)
		for (unsigned k = 0; k < 2; k++) {
			int root = pkw_root(p, i);
			int f = pkw_field_named(p, root, names[k]);
			if (f < 0 ||
			    pkw_field_u(p, root, (unsigned)f, &sum) < 0)
				continue;
			int e = pkw_set(p, i, (unsigned)f, sum ^ 0x5a5a);
			return e < 0 ? e : pkw_seal(p, 0);
		}
	return 0;
}

/* Probe n as it left, or as it shall leave. */
int ping_make(struct ping *s, struct pkw_tmpl *t, uint64_t n, uint8_t ttl,
    uint16_t dport, struct pkw_pkt *p)
{
	pkw_tmpl_seek(t, n);
	int e = pkw_tmpl_next(t, p);

	if (e > 0 && s->payload.len)
		e = add_piece(s, n, p);
	if (e >= 0)
		e = adjust(s, p, ttl, dport);
	return e < 0 ? e : 0;
}

struct pkw_span ping_inner(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int i = v->first[PKW_NETWORK];
	struct pkw_span b = pkw_bytes(p);

	if (i > 0) {
		b.p += v->layers[i].off;
		b.len -= v->layers[i].off;
	}
	return b;
}

/* The header behind IP if it is TCP's: at least 20 bytes, else NULL. */
const uint8_t *ping_tcp_of(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int i = v->first[PKW_TRANSPORT];

	if (i < 0 || strcmp(v->layers[i].proto->rec.name, "TCP") != 0 ||
	    v->len - v->layers[i].off < 20)
		return NULL;
	return v->bytes + v->layers[i].off;
}

/* What an answer to this segment acknowledges, RFC 9293 section 3.10.7. */
static uint32_t ack_of(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	const uint8_t *b = ping_tcp_of(p);

	if (!b)
		return 0;
	const struct pkw_layer *l = &v->layers[v->first[PKW_TRANSPORT]];
	uint32_t data = v->len - l->off - l->len;
	return ping_be32(b + 4) + data + (b[13] & 1) + (b[13] >> 1 & 1);
}

struct cut {
	struct ping *s;
	struct pkw_diag *d;
	struct ping_probe *probe;
};

static int send_one(struct ping *s, struct pkw_pkt *p, struct ping_probe *probe,
    struct pkw_diag *d)
{
	struct pkw_span b = ping_inner(p);

	probe->hash = ping_hash(b.p, b.len);
	probe->len = (uint32_t)b.len;
	probe->stamped = 0;
	return pkw_link_send(s->link, p, d);
}

static int send_fragment(void *arg, struct pkw_pkt *p)
{
	struct cut *c = arg;

	return send_one(c->s, p, c->probe, c->d);
}

/* Whole, or in fragments if asked for or if it is too long for the link. */
static int send_probe(struct ping *s, struct ping_probe *probe,
    const struct pkw_hop *hop, struct pkw_diag *d)
{
	struct pkw_span b = ping_inner(s->probe);
	struct cut c = { s, d, probe };
	struct pkw_fragment_opts o = { .size = 16 };

	if (s->mtu)
		o.size = (uint32_t)s->mtu;
	if (!s->frag && !s->mtu && b.len > hop->mtu)
		o = (struct pkw_fragment_opts){ .mtu = hop->mtu };
	else if (!s->frag && !s->mtu)
		return send_one(s, s->probe, probe, d);
	int e = pkw_fragment(s->probe, &o, send_fragment, &c);
	if (e < 0 && !*d->text)
		pkw_fail(d, e, "cannot fragment: %s", pkw_strerror(e));
	return e < 0 ? e : 0;
}

/* Makes, resolves, sends and notes the next probe. */
/* ICMP's time stamp request has the time in it, RFC 792. */
static int set_time(struct ping *s)
{
	const char *type = ping_value(s, 'C');

	if (s->kind != PING_ICMP || !type || strtoul(type, NULL, 0) != 13)
		return 0;
	return set_top(s->probe, "ts_ori",
	    (uint64_t)(ping_clock(CLOCK_REALTIME) / 1000000 % 86400000));
}

int ping_next(struct ping *s, struct pkw_diag *d)
{
	struct pkw_net *net = pkw_link_net(s->link);
	const struct pkw_netif *n = pkw_link_netif(s->link);
	struct pkw_hop hop;
	uint64_t at = s->sent;

	d->text[0] = '\0';
	uint16_t port = (uint16_t)(s->dport + (s->dport_step == 2 ? at : 0));
	int e = ping_make(s, s->tmpl, at, s->ttl, port, s->probe);
	if (e >= 0)
		e = set_time(s);
	if (e < 0)
		return pkw_fail(d, e, "%s", pkw_strerror(e));
	if (s->varies && ping_is_blocked(s, s->probe))
		return 1;
	e = pkw_resolve(net, s->probe, n ? n->index : 0, 0, &hop, d);
	if (e == 0 && s->badsum)
		e = spoil(s->probe);
	if (e < 0)
		return e;
	int ip = pkw_view(s->probe)->first[PKW_NETWORK];
	struct ping_probe *p =
	    ping_window_add(s->window, at, ping_token(s->probe, ip, 0));
	p->ack = ack_of(s->probe);
	p->dport = port;
	p->ttl = s->ttl;
	p->sport = (uint16_t)(s->keep ? s->sport : s->sport + at);
	p->ifindex = hop.ifindex;
	p->ts = ping_clock(CLOCK_REALTIME);
	e = send_probe(s, p, &hop, d);
	return e == 0 ? pkw_link_flush(s->link, d) : e;
}

void ping_count_sent(struct ping *s)
{
	s->sent++;
	pkw_tally_sent(s->tally, 1);
	if (!s->debug)
		return;
	pkw_str_add(&s->out, "> ");
	pkw_expression(s->probe, &s->out);
	pkw_str_addc(&s->out, '\n');
	print(&s->out, 0);
}
