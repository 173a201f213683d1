/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IP headers, read through the tables: their protocols are those found under
 * the numbers that they have on the wire.
 *
 * An IPv6 header has a chain behind it, whose layers each begin with the number
 * of the next one.  The part that goes into every fragment (RFC 8200 §4.5) ends
 * with a routing header if there is one, else with the hop-by-hop header if
 * there is one, else with the IPv6 header; or right before a fragment header.
 */
#include "stream/inet.h"

#include <pkw/build.h>
#include <string.h>

/* Numbers of IANA's registry of protocols. */
enum {
	HOP_BY_HOP = 0,
	TCP = 6,
	ROUTING = 43,
	FRAGMENT = 44,
	DEST_OPTIONS = 60
};
enum { MF = 1 };

void pkw__inet_init(struct pkw__inet *n)
{
	n->ip = pkw_bound("ethertype", 0x0800);
	n->ip6 = pkw_bound("ethertype", 0x86dd);
	n->frag6 = pkw_bound("ipproto", FRAGMENT);
	n->tcp = pkw_bound("ipproto", TCP);
	n->v4.len = pkw_slot(n->ip, "len");
	n->v4.id = pkw_slot(n->ip, "id");
	n->v4.flags = pkw_slot(n->ip, "flags");
	n->v4.frag = pkw_slot(n->ip, "frag");
	n->v4.proto = pkw_slot(n->ip, "proto");
	n->v4.src = pkw_slot(n->ip, "src");
	n->v4.dst = pkw_slot(n->ip, "dst");
	n->v6.plen = pkw_slot(n->ip6, "plen");
	n->v6.nh = pkw_slot(n->ip6, "nh");
	n->fr.nh = pkw_slot(n->frag6, "nh");
	n->fr.offset = pkw_slot(n->frag6, "offset");
	n->fr.m = pkw_slot(n->frag6, "m");
	n->fr.id = pkw_slot(n->frag6, "id");
	n->seg.sport = pkw_slot(n->tcp, "sport");
	n->seg.dport = pkw_slot(n->tcp, "dport");
	n->seg.seq = pkw_slot(n->tcp, "seq");
	n->seg.ack = pkw_slot(n->tcp, "ack");
	n->seg.flags = pkw_slot(n->tcp, "flags");
	n->seg.window = pkw_slot(n->tcp, "window");
}

static void put32(uint8_t *b, uint64_t v)
{
	for (int i = 0; i < 4; i++)
		b[i] = (uint8_t)(v >> (24 - 8 * i));
}

static int read4(const struct pkw__inet *n, const struct pkw_pkt *p, int layer,
    struct pkw__ip *out)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[layer];

	if (l->len < 20)
		return 0;
	uint64_t total = pkw__inet_u(p, layer, &n->v4.len);
	put32(out->src, pkw__inet_u(p, layer, &n->v4.src));
	put32(out->dst, pkw__inet_u(p, layer, &n->v4.dst));
	out->version = 4;
	out->head = layer;
	out->id = (uint32_t)pkw__inet_u(p, layer, &n->v4.id);
	out->proto = (unsigned)pkw__inet_u(p, layer, &n->v4.proto);
	out->offset = (uint32_t)pkw__inet_u(p, layer, &n->v4.frag) * 8;
	out->more = pkw__inet_u(p, layer, &n->v4.flags) & MF;
	out->head_len = l->len;
	out->at = l->off + l->len;
	out->len = l->end - out->at;
	out->full = total > l->len ? (uint32_t)total - l->len : out->len;
	return 1;
}

/* Follows the chain of headers from layer on. */
static void chain(const struct pkw__inet *n, const struct pkw_pkt *p, int layer,
    struct pkw__ip *out)
{
	const struct pkw_view *v = pkw_view(p);
	unsigned number = (unsigned)pkw__inet_u(p, layer, &n->v6.nh);

	out->proto = number;
	for (uint32_t i = (uint32_t)layer + 1; i < v->nlayers; i++) {
		const struct pkw_layer *l = &v->layers[i];
		if (l->proto == n->frag6 && number == FRAGMENT && l->len == 8) {
			out->frag = (int)i;
			out->head = (int)i - 1;
			out->proto = (unsigned)pkw__inet_u(p, (int)i, &n->fr.nh);
			return;
		}
		if ((number != HOP_BY_HOP && number != ROUTING &&
			number != DEST_OPTIONS) || l->len < 8 ||
		    l->flags & PKW_LAYER_REST)
			return;
		unsigned next = v->bytes[l->off];
		if (number != DEST_OPTIONS) {
			out->head = (int)i;
			out->proto = next;
		}
		number = next;
	}
}

static int read6(const struct pkw__inet *n, const struct pkw_pkt *p, int layer,
    struct pkw__ip *out)
{
	const struct pkw_view *v = pkw_view(p);
	const struct pkw_layer *l = &v->layers[layer];

	if (l->len < 40)
		return 0;
	memcpy(out->src, v->bytes + l->off + 8, 16);
	memcpy(out->dst, v->bytes + l->off + 24, 16);
	out->version = 6;
	out->head = layer;
	chain(n, p, layer, out);
	const struct pkw_layer *last =
	    &v->layers[out->frag < 0 ? out->head : out->frag];
	out->at = last->off + last->len;
	if (out->at > l->end)
		return 0;
	out->len = l->end - out->at;
	out->head_len = out->at - (l->off + l->len);
	uint64_t plen = pkw__inet_u(p, layer, &n->v6.plen);
	out->full = plen > out->head_len ? (uint32_t)plen - out->head_len
					 : out->len;
	if (out->frag < 0)
		return 1;
	out->head_len -= 8;
	out->id = (uint32_t)pkw__inet_u(p, out->frag, &n->fr.id);
	out->offset = (uint32_t)pkw__inet_u(p, out->frag, &n->fr.offset) * 8;
	out->more = pkw__inet_u(p, out->frag, &n->fr.m) != 0;
	return 1;
}

int pkw__ip_read(const struct pkw__inet *n, const struct pkw_pkt *p, int layer,
    struct pkw__ip *out)
{
	const struct pkw_view *v = pkw_view(p);
	int r = 0;

	memset(out, 0, sizeof *out);
	out->layer = layer;
	out->frag = -1;
	if (v->layers[layer].proto == n->ip)
		r = read4(n, p, layer, out);
	else if (v->layers[layer].proto == n->ip6)
		r = read6(n, p, layer, out);
	out->cut = out->full > out->len;
	return r;
}

int pkw__ip_fragment(
    const struct pkw__inet *n, const struct pkw_pkt *p, struct pkw__ip *out)
{
	const struct pkw_view *v = pkw_view(p);

	for (uint32_t i = 0; i < v->nlayers; i++) {
		if (v->layers[i].proto != n->ip && v->layers[i].proto != n->ip6)
			continue;
		if (pkw__ip_read(n, p, (int)i, out) &&
		    (out->more || out->offset))
			return 1;
	}
	return 0;
}

static unsigned field_of(
    const struct pkw_pkt *p, int layer, const char *field)
{
	const struct pkw_proto *proto = pkw_view(p)->layers[layer].proto;

	return (unsigned)pkw_field_find(&proto->rec, field);
}

void pkw__inet_set(
    struct pkw_pkt *p, int layer, const char *field, uint64_t value)
{
	pkw_set(p, layer, field_of(p, layer, field), value);
}

void pkw__inet_unset(struct pkw_pkt *p, int layer, const char *field)
{
	int root = pkw_root(p, layer);

	if (root >= 0)
		pkw_field_unset(p, root, field_of(p, layer, field));
}
