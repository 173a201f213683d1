/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cutting a datagram into fragments (RFC 791 §3.2, RFC 8200 §4.5).
 *
 * A stencil is made first: the packet without what is to be cut up, but with
 * its header ready; each fragment is a copy of it with some of the bytes on
 * top, sealed.  So the work is in proportion to what comes out.  IPv4 has two
 * stencils, as later fragments carry only the options to be copied.
 *
 * Named and rounded as Scapy's fragment() does, except for three things: Scapy
 * copies all options, wants `size' only, and cuts IPv6 by another function.
 */
#include "base/bytes.h"
#include "stream/inet.h"

#include <pkw/defrag.h>

enum { USUAL = 1480, UNIT = 8, FRAG_HEADER = 8, LAST_OFFSET = 65528 };
enum { MF = 1, COPIED = 0x80 };

struct cutting {
	struct pkw__inet n;
	struct pkw__ip ip;
	const struct pkw_pkt *p;
	struct pkw_pkt *first, *later, *out; /* two stencils, and a copy */
	uint32_t most_first, most_later;     /* bytes that fit */
	uint32_t id;                         /* IPv6 */
};

/* Removes the options that only the first fragment carries. */
static void drop_options(struct pkw_pkt *q, int layer)
{
	int root = pkw_root(q, layer);
	const struct pkw_proto *proto = pkw_view(q)->layers[layer].proto;
	int list = root < 0 ? root : pkw_node_child(q, root,
	    (unsigned)pkw_field_find(&proto->rec, "options"));
	int o = list < 0 ? list : pkw_node_first(q, list);

	while (o >= 0) {
		const struct pkw_node *node = pkw_node(q, o);
		int next = pkw_node_next(q, o);
		if (node->len && pkw_bytes(q).p[node->off] & COPIED) {
			o = next;
			continue;
		}
		/* the one behind it takes its number */
		if (pkw_node_del(q, o) < 0 || next < 0)
			return;
	}
}

/* The packet up to its IP header, with all but the offset in it. */
static int stencil(struct cutting *c, struct pkw_pkt *q, int first)
{
	int top = c->ip.frag < 0 ? c->ip.head : c->ip.frag;
	int r = pkw_pkt_copy(q, c->p);

	if (r < 0)
		return r;
	if (pkw_view(q)->nlayers > (uint32_t)top + 1)
		pkw_layer_cut(q, top + 1);
	if (c->ip.version == 4) {
		if (!first && c->ip.head_len > 20) {
			drop_options(q, c->ip.layer);
			pkw__inet_unset(q, c->ip.layer, "ihl");
		}
		pkw__inet_unset(q, c->ip.layer, "len");
		pkw__inet_unset(q, c->ip.layer, "chksum");
		pkw__inet_set(q, c->ip.layer, "proto", c->ip.proto);
		return pkw_seal(q, 0);
	}
	pkw__inet_unset(q, c->ip.layer, "plen");
	if (c->ip.frag < 0) {
		pkw__inet_set(q, c->ip.head, "nh", 44);
		pkw_push(q, c->n.frag6);
		pkw__inet_set(q, top + 1, "nh", c->ip.proto);
		pkw__inet_set(q, top + 1, "id", c->id);
	}
	return pkw_seal(q, 0);
}

/* How many bytes behind the headers a fragment made of a stencil may have. */
static uint32_t room(const struct cutting *c, const struct pkw_pkt *q,
    const struct pkw_fragment_opts *o)
{
	const struct pkw_layer *l = &pkw_view(q)->layers[c->ip.layer];
	uint32_t head = pkw_view(q)->len - l->off;
	uint32_t n = o->size ? o->size : USUAL;

	if (o->mtu)
		return o->mtu > head ? o->mtu - head : 0;
	return n / UNIT * UNIT;
}

/* One fragment of bytes [at, at + n). */
static int make(struct cutting *c, uint32_t at, uint32_t n, int more)
{
	struct pkw_pkt *q = c->out;
	uint32_t offset = c->ip.offset + at;
	int r = pkw_pkt_copy(q, at ? c->later : c->first);

	if (r < 0)
		return r;
	if (c->ip.version == 4) {
		uint64_t flags = pkw__inet_u(q, c->ip.layer, &c->n.v4.flags);
		pkw__inet_set(q, c->ip.layer, "flags", more ? flags | MF : flags);
		pkw__inet_set(q, c->ip.layer, "frag", offset / UNIT);
	} else {
		int frag = c->ip.frag < 0 ? c->ip.head + 1 : c->ip.frag;
		pkw__inet_set(q, frag, "offset", offset / UNIT);
		pkw__inet_set(q, frag, "m", more || c->ip.more);
	}
	pkw_push_raw(q, pkw_bytes(c->p).p + c->ip.at + at, n);
	r = pkw_seal(q, 0);
	return r < 0 ? r : pkw_pkt_err(q);
}

static int cut(struct cutting *c, pkw_fragment_fn *fn, void *arg)
{
	int count = 0, r;

	for (uint32_t at = 0, n; at < c->ip.len; at += n) {
		uint32_t most = at ? c->most_later : c->most_first;
		uint32_t left = c->ip.len - at;
		int more = left > most;
		n = more ? most / UNIT * UNIT : left;
		if (c->ip.offset + at > LAST_OFFSET)
			return -PKW_ERANGE;
		r = make(c, at, n, more);
		if (r < 0)
			return r;
		count++;
		r = fn(arg, c->out);
		if (r != 0)
			return r < 0 ? r : count;
	}
	return count;
}

/* The nth IP header of either version. */
static int find(struct cutting *c, uint32_t nth)
{
	const struct pkw_view *v = pkw_view(c->p);

	for (uint32_t i = 0; i < v->nlayers; i++) {
		if (v->layers[i].proto != c->n.ip &&
		    v->layers[i].proto != c->n.ip6)
			continue;
		if (nth-- == 0)
			return pkw__ip_read(&c->n, c->p, (int)i, &c->ip)
			    ? 0 : -PKW_ENOPROTO;
	}
	return -PKW_ENOPROTO;
}

/* The same packet gives the same; RFC 7739: others do not know it before. */
static uint32_t identification(const struct pkw_pkt *p)
{
	struct pkw_span s = pkw_bytes(p);
	uint64_t h = s.len;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	return (uint32_t)(h ? h : 1);
}

/* Whether it may stay as it is. */
static int fits(const struct cutting *c, const struct pkw_fragment_opts *o)
{
	uint32_t n = o->size ? o->size : USUAL;

	if (o->mtu)
		return pkw_view(c->p)->layers[c->ip.layer].end -
		    pkw_view(c->p)->layers[c->ip.layer].off <= o->mtu;
	return c->ip.len <= n / UNIT * UNIT;
}

static int cut_up(struct cutting *c, const struct pkw_fragment_opts *o,
    pkw_fragment_fn *fn, void *arg)
{
	int r;

	if (fits(c, o)) {
		r = pkw_pkt_copy(c->out, c->p);
		if (r == 0)
			r = fn(arg, c->out);
		return r < 0 ? r : 1;
	}
	c->id = o->id ? o->id : identification(c->p);
	r = stencil(c, c->first, 1);
	if (r == 0)
		r = stencil(c, c->later, 0);
	if (r < 0)
		return r;
	c->most_first = room(c, c->first, o);
	c->most_later = room(c, c->later, o);
	if (c->most_first < UNIT || c->most_later < UNIT)
		return -PKW_EINVAL;
	return cut(c, fn, arg);
}

int pkw_fragment(const struct pkw_pkt *p, const struct pkw_fragment_opts *o,
    pkw_fragment_fn *fn, void *arg)
{
	static const struct pkw_fragment_opts usual = { .size = USUAL };
	struct cutting c = { .p = p };

	pkw__inet_init(&c.n);
	o = o ? o : &usual;
	int r = find(&c, o->nth);
	if (r < 0)
		return r;
	c.first = pkw_pkt_new();
	c.later = pkw_pkt_new();
	c.out = pkw_pkt_new();
	r = c.first && c.later && c.out ? cut_up(&c, o, fn, arg) : -PKW_ENOMEM;
	pkw_pkt_free(c.first);
	pkw_pkt_free(c.later);
	pkw_pkt_free(c.out);
	return r;
}
