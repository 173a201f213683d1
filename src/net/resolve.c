/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resolving: the fields of a packet that depend on where it is sent from, and
 * the link header of a packet that has none.
 *
 * Protocols are known here by their tables only.  A field flagged PKW_SRC takes
 * the interface's MAC address or the route's source address, whichever has its
 * size; which route, the nearest network layer at or below it says by its
 * PKW_DST field, so a tunnelled packet gets its inner source as it would on its
 * own.  PKW_DST in the link layers below the first network layer takes the next
 * hop's MAC address.  Fields the user set are left alone, and so are layers
 * that were dissected (a capture is replayed as it stands) and a frame inside a
 * tunnel: its stations are not on this host's links.
 *
 * Address resolution itself (EtherTypes of ARP and RARP) cannot be preceded by
 * address resolution; such packets go to the broadcast address.  That is the
 * only case: a neighbour that does not answer is an error.
 */
#include "net/net.h"

#include <pkw/pkt.h>

#include <net/ethernet.h>
#include <string.h>

struct job {
	struct pkw_net *net;
	struct pkw_pkt *p;
	struct pkw_diag *d;
	uint32_t ifindex;    /* demanded, 0: none */
	int network;	     /* the first network layer, -1: there is none */
	int framed;	     /* begins with a link layer */
	struct pkw_addr mac; /* of the interface */
};

static const struct pkw_proto *proto_at(const struct job *j, int layer)
{
	return pkw_view(j->p)->layers[layer].proto;
}

/* Was the field set, or the whole layer read from somewhere? */
static int is_given(const struct job *j, int layer, int root, unsigned field)
{
	return pkw_view(j->p)->layers[layer].flags & PKW_LAYER_READ ||
	       pkw_pinned(j->p, root, field);
}

static int get(
    const struct pkw_pkt *p, int layer, unsigned field, struct pkw_addr *a)
{
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root < 0 || pkw_field_bytes(p, root, field, &s) < 0 ||
	    (s.len != 4 && s.len != 6 && s.len != 16))
		return 0;
	memset(a, 0, sizeof *a);
	a->len = (uint8_t)s.len;
	memcpy(a->bytes, s.p, s.len);
	return 1;
}

/* Puts an address into a field of its size, unless the user set the field. */
static int put(
    struct job *j, int layer, unsigned field, const struct pkw_addr *a)
{
	struct pkw_addr now;

	if (!a->len || !get(j->p, layer, field, &now) || now.len != a->len ||
	    pkw__addr_same(&now, a))
		return 0;
	int root = pkw_root(j->p, layer);
	if (is_given(j, layer, root, field))
		return 0;
	int e = pkw_field_put_bytes(j->p, root, field, a->bytes, a->len);
	if (e < 0)
		return pkw_fail(
		    j->d, e, "cannot fill in an address: %s", pkw_strerror(e));
	return 0;
}

/* Where a network layer's packet goes: 1 and the address, else 0. */
static int destination(const struct job *j, int layer, struct pkw_addr *a)
{
	static const uint8_t nowhere[16];
	const struct pkw_record *rec = &proto_at(j, layer)->rec;

	for (unsigned f = 0; f < rec->nfields; f++)
		if (rec->fields[f].flags & PKW_DST && get(j->p, layer, f, a) &&
		    a->len != 6)
			/* 0.0.0.0 is this host, but no reason to put a frame
			   onto the loopback */
			return !j->framed ||
			       memcmp(a->bytes, nowhere, a->len) != 0;
	return 0;
}

/* Fills the addresses of ours in one layer. */
static int fill_sources(struct job *j, int layer, const struct pkw_addr *ip)
{
	const struct pkw_record *rec = &proto_at(j, layer)->rec;

	for (unsigned f = 0; f < rec->nfields; f++) {
		if (!(rec->fields[f].flags & PKW_SRC))
			continue;
		int e = put(j, layer, f, &j->mac);
		if (e == 0)
			e = put(j, layer, f, ip);
		if (e < 0)
			return e;
	}
	return 0;
}

/* From the first network layer up; `outer' is its route's source. */
static int fill_upper(struct job *j, const struct pkw_addr *outer)
{
	struct pkw_addr src = *outer;

	for (int i = j->network; i < (int)pkw_view(j->p)->nlayers; i++) {
		const struct pkw_proto *q = proto_at(j, i);
		struct pkw_addr dst;
		struct pkw_route r;
		if (q->cls == PKW_LINK)
			continue;
		/* what leads nowhere inside a tunnel is not our business */
		if (i > j->network && q->cls == PKW_NETWORK &&
		    destination(j, i, &dst) &&
		    pkw_route(j->net, &dst, 0, &r, NULL) == 0)
			src = r.src;
		int e = fill_sources(j, i, &src);
		if (e < 0)
			return e;
	}
	return 0;
}

/* Is there a next hop's address to be found out? */
static int wants_next_hop(const struct job *j)
{
	if (!j->framed)
		return 1;
	for (int i = 0; i < j->network; i++) {
		const struct pkw_record *rec = &proto_at(j, i)->rec;
		int root = pkw_root(j->p, i);
		for (unsigned f = 0; root >= 0 && f < rec->nfields; f++)
			if (rec->fields[f].flags & PKW_DST &&
			    !is_given(j, i, root, f))
				return 1;
	}
	return 0;
}

static int fill_link(struct job *j, const struct pkw_addr *next)
{
	static const struct pkw_addr none = { .len = 0 };
	int end = j->network < 0 ? (int)pkw_view(j->p)->nlayers : j->network;

	for (int i = 0; i < end && proto_at(j, i)->cls == PKW_LINK; i++) {
		const struct pkw_record *rec = &proto_at(j, i)->rec;
		int e = fill_sources(j, i, &none);
		for (unsigned f = 0; e == 0 && f < rec->nfields; f++)
			if (rec->fields[f].flags & PKW_DST)
				e = put(j, i, f, next);
		if (e < 0)
			return e;
	}
	return 0;
}

static int finish(struct job *j)
{
	int e = pkw_seal(j->p, 0); /* does nothing if nothing changed */

	if (e < 0)
		return pkw_fail(
		    j->d, e, "cannot seal the packet: %s", pkw_strerror(e));
	return 1;
}

/* The interface decides about the rest of the hop. */
static int take_interface(struct job *j, uint32_t ifindex, struct pkw_hop *hop)
{
	const struct pkw_netif *n = pkw_netif_by_index(j->net, ifindex);

	if (!n)
		return pkw_fail(
		    j->d, -PKW_ENODEV, "no interface with index %u", ifindex);
	*hop = (struct pkw_hop){ .ifindex = n->index,
		.link = n->link,
		.mtu = n->mtu,
		.src = n->mac,
		.loopback = (n->flags & PKW_NETIF_LOOPBACK) != 0 };
	j->mac = n->mac;
	return 0;
}

/* Without a network layer there is nothing to route by. */
static int frame_only(struct job *j, struct pkw_hop *hop)
{
	static const struct pkw_addr none = { .len = 0 };
	const char *name = proto_at(j, 0)->rec.name;

	if (!j->framed)
		return pkw_fail(j->d, -PKW_ENETUNREACH,
		    "%s: no destination to route by; put it into an IP packet "
		    "or a frame",
		    name);
	if (!j->ifindex)
		return pkw_fail(j->d, -PKW_ENODEV,
		    "%s: a frame without a destination to route by needs an "
		    "interface to leave by",
		    name);
	int e = take_interface(j, j->ifindex, hop);
	if (e == 0)
		e = fill_link(j, &none);
	return e < 0 ? e : finish(j);
}

static uint16_t ethertype_of(
    const struct pkw_proto *q, const struct pkw_addr *dst)
{
	int64_t n = pkw_bound_number("ethertype", q);

	if (n > 0)
		return (uint16_t)n;
	return dst->len == 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6;
}

/*
 * The next hop's MAC address: 1, 0 not yet, or an error.  Without one, `next'
 * is left empty and the link layers keep what they have.
 */
static int find_next_hop(struct job *j, const struct pkw_route *r,
    const struct pkw_addr *dst, unsigned flags, uint32_t ifindex,
    struct pkw_addr *next)
{
	static const struct pkw_addr all = { 6,
		{ 255, 255, 255, 255, 255, 255 } };
	uint16_t type = ethertype_of(proto_at(j, j->network), dst);

	next->len = 0;
	if (!wants_next_hop(j))
		return 1;
	if (type == ETHERTYPE_ARP || type == ETHERTYPE_REVARP) {
		*next = all;
		return 1;
	}
	if (r->ifindex != ifindex) {
		const struct pkw_netif *n =
		    pkw_netif_by_index(j->net, r->ifindex);
		return pkw_fail(j->d, -PKW_ENETUNREACH,
		    "the destination is reached by %s and not by the "
		    "interface asked for",
		    n ? n->name : "another interface");
	}
	return pkw__neigh_try(
	    j->net, ifindex, r->via.len ? &r->via : dst, flags, next, j->d);
}

int pkw__resolve_try(struct pkw_net *net, struct pkw_pkt *p, uint32_t ifindex,
    unsigned flags, struct pkw_hop *hop, struct pkw_diag *d)
{
	const struct pkw_view *v = pkw_view(p);
	struct job j = { .net = net,
		.p = p,
		.d = d,
		.ifindex = ifindex,
		.network = v->first[PKW_NETWORK] };
	struct pkw_addr dst, next;
	struct pkw_route r;

	if (!v->nlayers)
		return pkw_fail(d, -PKW_EINVAL, "the packet is empty");
	j.framed = v->layers[0].proto->cls == PKW_LINK;
	/* a captured frame put back onto a wire asks nothing of the world */
	if (j.framed && ifindex && v->layers[0].flags & PKW_LAYER_READ) {
		int e = take_interface(&j, ifindex, hop);
		return e < 0 ? e : finish(&j);
	}
	if (j.network < 0 || !destination(&j, j.network, &dst))
		return frame_only(&j, hop);
	int e = pkw_route(net, &dst, ifindex, &r, d);
	/* a frame whose interface is named needs no route */
	if (e < 0 && (!j.framed || !ifindex))
		return e;
	if (e < 0)
		r = (struct pkw_route){ .ifindex = ifindex };
	e = take_interface(&j, j.framed && ifindex ? ifindex : r.ifindex, hop);
	if (e == 0)
		e = fill_upper(&j, &r.src);
	if (e < 0)
		return e;
	e = find_next_hop(&j, &r, &dst, flags, hop->ifindex, &next);
	if (e <= 0)
		return e;
	if (!j.framed) {
		hop->ethertype = ethertype_of(proto_at(&j, 0), &dst);
		hop->dst = next;
	} else if ((e = fill_link(&j, &next)) < 0) {
		return e;
	}
	return finish(&j);
}

int pkw_resolve(struct pkw_net *net, struct pkw_pkt *p, uint32_t ifindex,
    unsigned flags, struct pkw_hop *hop, struct pkw_diag *d)
{
	struct pkw_hop h;
	int e;

	while ((e = pkw__resolve_try(net, p, ifindex, flags, &h, d)) == 0) {
		e = pkw__neigh_wait(net, d);
		if (e < 0)
			return e;
	}
	if (e > 0 && hop)
		*hop = h;
	return e < 0 ? e : 0;
}
