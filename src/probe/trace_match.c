/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which probe a received frame is about, and what it says.
 *
 * It may be the probe itself, on its way out or, on the loopback, in: that
 * tells when it was sent.  It may be an ICMP error: the number is in the quote,
 * of which the IP header and eight bytes are certain (RFC 792, RFC 4443).  Or
 * the target's own answer, which repeats the number (echo, TCP's
 * acknowledgement, DNS) or only the ports; then it is taken for an answer to
 * the nearest probe that nobody has answered.
 *
 * Extensions (RFC 4884) are layers of the dissected packet.  Routers older than
 * that RFC put them behind 128 bytes of quote without saying so (§5.5): there,
 * version and checksum tell.
 */
#include "base/bytes.h"
#include "base/sum.h"
#include "probe/trace.h"

#include <pkw/frame.h>
#include <pkw/registry.h>

#include <string.h>

enum {
	TIME_EXCEEDED = 11, UNREACH = 3, ECHO_REPLY = 0, ECHO = 8,
	UNREACH6 = 1, TOO_BIG6 = 2, TIME_EXCEEDED6 = 3, ECHO6 = 128,
	ECHO_REPLY6 = 129,
	FRAGMENTATION_NEEDED = 4,
	LEGACY = 128, /* bytes of quote in front of an old-style extension */
	ICMP_HEAD = 8
};

/* An IP header and what is there of the bytes above it. */
struct head {
	const uint8_t *ip, *up, *end;
	unsigned family, ttl, proto;
};

static int head_read(const uint8_t *b, size_t n, struct head *h)
{
	size_t len = 0;

	if (n >= 20 && b[0] >> 4 == 4) {
		len = (size_t)(b[0] & 15) * 4;
		h->family = 4, h->ttl = b[8], h->proto = b[9];
		if (load_be(b + 6, 2) & 0x1fff)
			return 0;
	} else if (n >= 40 && b[0] >> 4 == 6) {
		len = 40;
		h->family = 16, h->ttl = b[7], h->proto = b[6];
	}
	if (len < 20 || len > n)
		return 0;
	h->ip = b, h->up = b + len, h->end = b + n;
	return 1;
}

static int has_addr(const struct head *h, int dst, const struct pkw_addr *a)
{
	unsigned at = h->family == 4 ? 12 : 8;

	return a->len == h->family && memcmp(
	    h->ip + at + (dst ? a->len : 0), a->bytes, a->len) == 0;
}

/* The target that one end of the packet is, ours being the other end. */
static int target_of(const struct pkw_trace *t, const struct head *h, int dst)
{
	for (unsigned i = 0; i < t->ntargets; i++)
		if (has_addr(h, dst, &t->targets[i].addr) &&
		    has_addr(h, !dst, &t->targets[i].src))
			return (int)i;
	return -1;
}

static struct pkw_trace_probe *by_id(
    const struct pkw_trace *t, int target, uint64_t id)
{
	uint32_t i = id < PKW__TRACE_IDS ? t->by_id[id] : 0;
	struct pkw_trace_probe *p = i ? t->probes[i - 1] : NULL;

	return p && p->sent && p->target == target ? p : NULL;
}

static int has_ports(const struct pkw_trace *t, const struct head *h,
    const struct pkw_trace_probe *p, int back)
{
	return p && load_be(h->up + (back ? 2 : 0), 2) ==
	    pkw__trace_sport(t, p->flow) &&
	    load_be(h->up + (back ? 0 : 2), 2) == pkw__trace_dport(t, p->flow);
}

/* By what we sent: from the probe itself or from a quote of it. */
static struct pkw_trace_probe *by_question(
    const struct pkw_trace *t, const struct head *h)
{
	int target = target_of(t, h, 1);
	struct pkw_trace_probe *p = NULL;
	const uint8_t *up = h->up;

	if (target < 0 || h->proto != pkw__trace_proto(t, h->family) ||
	    h->end - up < 8)
		return NULL;
	switch (t->o.how) {
	case PKW_TRACE_ICMP:
		if (up[0] == (h->family == 4 ? ECHO : ECHO6) &&
		    load_be(up + 4, 2) == pkw__trace_echo_id(t))
			p = by_id(t, target, load_be(up + 6, 2));
		return p;
	case PKW_TRACE_TCP:
		if ((load_be(up + 4, 4) ^ t->o.salt) >> 16 == 0)
			p = by_id(t, target, load_be(up + 6, 2));
		return has_ports(t, h, p, 0) ? p : NULL;
	case PKW_TRACE_RAW:
		if ((load_be(up + 4, 4) ^ t->o.salt) >> 16 == 0)
			p = by_id(t, target, load_be(up + 6, 2));
		return p;
	case PKW_TRACE_UDP:
	case PKW_TRACE_DNS:
	case PKW_TRACE__N:
		break;
	}
	p = by_id(t, target, load_be(up + 6, 2));
	if (!has_ports(t, h, p, 0) && h->family == 4)
		p = by_id(t, target, load_be(h->ip + 4, 2));
	return has_ports(t, h, p, 0) ? p : NULL;
}

/* An answer without a number: to the nearest that is behind all routers. */
static struct pkw_trace_probe *by_nearest(
    const struct pkw_trace *t, const struct head *h, int target)
{
	struct pkw_trace_probe *best = NULL;
	int ports = t->o.how != PKW_TRACE_RAW;
	unsigned routers = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct pkw_trace_probe *p = t->probes[i];
		if (p->target == target && p->what == PKW_TRACE_EXCEEDED &&
		    (!ports || has_ports(t, h, p, 1)) && p->ttl > routers)
			routers = p->ttl;
	}
	for (size_t i = 0; i < t->n; i++) {
		struct pkw_trace_probe *p = t->probes[i];
		if (p->target == target && p->sent &&
		    p->what == PKW_TRACE_WAITING && p->ttl > routers &&
		    (!ports || has_ports(t, h, p, 1)) &&
		    (!best || p->ttl < best->ttl))
			best = p;
	}
	return best;
}

/* A reset acknowledges all that a SYN had, its data too; a SYN the SYN alone
   (RFC 9293 section 3.5.2 and 3.10.7.2), if data was not taken in. */
static struct pkw_trace_probe *by_ack(
    const struct pkw_trace *t, const struct head *h, int target)
{
	enum { RST = 4 };
	uint32_t ack = (uint32_t)load_be(h->up + 8, 4) - 1;
	struct pkw_trace_probe *p = NULL;

	if (h->up[13] & RST)
		ack -= t->targets[target].payload;
	if ((ack ^ t->o.salt) >> 16 == 0)
		p = by_id(t, target, ack & 0xffff);
	return has_ports(t, h, p, 1) ? p : NULL;
}

/* By the target's own answer. */
static struct pkw_trace_probe *by_answer(
    const struct pkw_trace *t, const struct head *h)
{
	int target = target_of(t, h, 0);
	const uint8_t *up = h->up;
	struct pkw_trace_probe *p = NULL;

	if (target < 0 || h->proto != pkw__trace_proto(t, h->family) ||
	    h->end - up < 8)
		return NULL;
	switch (t->o.how) {
	case PKW_TRACE_ICMP:
		if (up[0] == (h->family == 4 ? ECHO_REPLY : ECHO_REPLY6) &&
		    load_be(up + 4, 2) == pkw__trace_echo_id(t))
			p = by_id(t, target, load_be(up + 6, 2));
		return p;
	case PKW_TRACE_TCP:
		return h->end - up >= 20 ? by_ack(t, h, target) : NULL;
	case PKW_TRACE_DNS:
		for (size_t i = 0; i < t->n && h->end - up >= 10; i++)
			if (t->probes[i]->sent &&
			    t->probes[i]->target == target &&
			    has_ports(t, h, t->probes[i], 1) &&
			    t->mends[i] == load_be(up + 8, 2))
				return t->probes[i];
		return NULL;
	case PKW_TRACE_UDP:
	case PKW_TRACE_RAW:
	case PKW_TRACE__N:
		break;
	}
	return by_nearest(t, h, target);
}

/* ---- extensions ---- */

static void take_labels(
    const struct pkw_pkt *x, const struct pkw_layer *l, struct pkw_trace_probe *p)
{
	const uint8_t *b = pkw_view(x)->bytes + l->off;

	for (size_t at = 4; at + 4 <= l->len && p->nlabels < PKW_TRACE_LABELS;
	     at += 4) {
		uint32_t v = (uint32_t)load_be(b + at, 4);
		p->labels[p->nlabels++] = (struct pkw_trace_mpls){
			.label = v >> 12, .cos = v >> 9 & 7, .s = v >> 8 & 1,
			.ttl = v & 255 };
	}
}

/* Names come from the net: what is no plain character becomes `?'. */
static void take_name(struct pkw_span s, char name[64])
{
	size_t n = 0;

	for (; n < s.len && n < 63 && s.p[n]; n++)
		name[n] = s.p[n] > 0x20 && s.p[n] < 0x7f ? (char)s.p[n] : '?';
	name[n] = '\0';
}

static void take_iface(const struct pkw__trace_names *k,
    const struct pkw_pkt *x, int layer, struct pkw_trace_probe *p)
{
	int root = pkw_root(x, layer);
	struct pkw_span s;

	if (root < 0 || p->nifaces == PKW_TRACE_IFACES)
		return;
	struct pkw_trace_iface *f = &p->ifaces[p->nifaces++];
	memset(f, 0, sizeof *f);
	f->role = (uint8_t)pkw_u(x, layer, k->role);
	f->ifindex = (uint32_t)pkw_u(x, layer, k->ifindex);
	f->mtu = (uint32_t)pkw_u(x, layer, k->mtu);
	for (int six = 0; six < 2; six++) {
		unsigned field = six ? k->ip6a : k->ip4;
		if (!pkw_has(x, layer, field) ||
		    pkw_field_bytes(x, root, field, &s) < 0 ||
		    s.len != (six ? 16u : 4u))
			continue;
		f->addr.len = (uint8_t)s.len;
		memcpy(f->addr.bytes, s.p, s.len);
	}
	if (pkw_field_bytes(x, root, k->name, &s) == 0)
		take_name(s, f->name);
}

static void take_extensions(const struct pkw__trace_names *k,
    const struct pkw_pkt *x, struct pkw_trace_probe *p)
{
	const struct pkw_view *v = pkw_view(x);

	for (uint32_t i = 0; i < v->nlayers; i++) {
		if (v->layers[i].proto == k->mpls)
			take_labels(x, &v->layers[i], p);
		else if (v->layers[i].proto == k->iface)
			take_iface(k, x, (int)i, p);
	}
}

static void take_legacy(struct pkw_trace *t, const struct head *quote,
    struct pkw_trace_probe *p)
{
	const uint8_t *b = quote->ip + LEGACY;

	if (quote->end - quote->ip < LEGACY + 8 || b[0] >> 4 != 2)
		return;
	size_t n = (size_t)(quote->end - b);
	if (pkw__sum_fold(pkw__sum_partial(b, n)) != 0xffff)
		return;
	pkw_dissect(t->legacy, t->names.ext, b, n, 0);
	take_extensions(&t->names, t->legacy, p);
}

/* ---- what it says ---- */

static void take_error(struct pkw_trace *t, const struct head *outer,
    const struct head *quote, struct pkw_trace_probe *p)
{
	const uint8_t *icmp = quote->ip - ICMP_HEAD;
	int six = outer->family == 16;

	p->type = icmp[0];
	p->code = icmp[1];
	p->what = PKW_TRACE_UNREACH;
	if (p->type == (six ? TIME_EXCEEDED6 : TIME_EXCEEDED)) {
		p->what = PKW_TRACE_EXCEEDED;
	} else if (six && p->type == TOO_BIG6) {
		p->what = PKW_TRACE_TOO_BIG;
		p->mtu = (uint32_t)load_be(icmp + 4, 4);
	} else if (!six && p->type == UNREACH &&
	    p->code == FRAGMENTATION_NEEDED) {
		p->what = PKW_TRACE_TOO_BIG;
		p->mtu = (uint32_t)load_be(icmp + 6, 2);
	}
	p->last = p->what == PKW_TRACE_UNREACH;
	take_extensions(&t->names, t->packet, p);
	if (!p->nlabels && !p->nifaces)
		take_legacy(t, quote, p);
}

static int is_quote(const struct pkw_layer *l)
{
	return l->proto->flags & PKW_QUOTED && l->off >= ICMP_HEAD;
}

/* The header that an error quotes, as far as the ICMP message goes. */
static int quoted(const struct pkw_view *v, int network, struct head *h)
{
	for (uint32_t i = (uint32_t)network + 2; i < v->nlayers; i++)
		if (is_quote(&v->layers[i]))
			return head_read(v->bytes + v->layers[i].off,
			    v->layers[network].end - v->layers[i].off, h);
	return 0;
}

struct pkw_trace_probe *pkw__trace_match(
    struct pkw_trace *t, const struct pkw_frame *f, int *own)
{
	const struct pkw_view *v = pkw_view(t->packet);
	struct head outer, quote;
	struct pkw_trace_probe *p;

	*own = 0;
	pkw_dissect(t->packet, pkw_link_proto(f->link), f->data, f->caplen, 0);
	int network = v->first[PKW_NETWORK];
	if (network < 0 || !head_read(v->bytes + v->layers[network].off,
	    v->layers[network].end - v->layers[network].off, &outer))
		return NULL;
	p = by_question(t, &outer);
	if (p) {
		*own = 1;
		return p;
	}
	if (f->flags & PKW_FRAME_OUT)
		return NULL;
	int error = quoted(v, network, &quote);
	p = error ? by_question(t, &quote) : by_answer(t, &outer);
	if (!p || p->what != PKW_TRACE_WAITING ||
	    !has_addr(&outer, 1, &t->targets[p->target].src))
		return NULL;
	if (error) {
		take_error(t, &outer, &quote, p);
	} else {
		p->what = PKW_TRACE_REPLY;
		p->last = 1;
		if (t->o.how == PKW_TRACE_TCP)
			p->tcp_flags = outer.up[13];
	}
	p->reply_ttl = (uint8_t)outer.ttl;
	p->from = (struct pkw_addr){ .len = (uint8_t)outer.family };
	memcpy(p->from.bytes, outer.ip + (outer.family == 4 ? 12 : 8),
	    outer.family);
	return p;
}

void pkw__trace_names(struct pkw__trace_names *n)
{
	static const char *const fields[] = { "interface_role", "ifindex",
		"mtu", "ip4", "ip6", "ifname" };
	uint16_t *to[] = { &n->role, &n->ifindex, &n->mtu, &n->ip4, &n->ip6a,
		&n->name };

	static const char *const layers[] = { "ICMPExtensionHeader",
		"ICMPExtensionMPLS", "ICMPExtensionInterfaceInformation" };
	const struct pkw_proto **into[] = { &n->ext, &n->mpls, &n->iface };

	for (size_t i = 0; i < sizeof into / sizeof *into; i++)
		*into[i] = pkw_proto_find(layers[i]);
	for (size_t i = 0; i < sizeof to / sizeof *to; i++)
		*to[i] = (uint16_t)pkw_field_find(&n->iface->rec, fields[i]);
}
