/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: the kernel is asked (RTM_GETROUTE), so policy rules, metrics, MTUs
 * and source addresses are its own and nothing here has an opinion.  Answers
 * are kept in a table with one slot for each hash, as a stream of packets asks
 * for few destinations, until the kernel's news say that something changed.
 *
 * Two things the kernel leaves open are decided here.  An IPv6 link-local
 * address is on every link: without an interface, and with more than one to
 * choose from, guessing would send to the wrong one, so it is an error.  And
 * when an interface is demanded by which no route leads, the destination is
 * taken to be on that link, as the kernel does for IPv4 (ip_route_output_key)
 * and not for IPv6.
 */
#include "net/net.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

static int on_metrics(const struct nlattr *a, void *arg)
{
	if (mnl_attr_get_type(a) == RTAX_MTU)
		*(uint32_t *)arg = mnl_attr_get_u32(a);
	return MNL_CB_OK;
}

/* RTA_VIA: a gateway of another family, RFC 5549. */
static void take_via(const struct nlattr *a, struct pkw_addr *out)
{
	const struct rtvia *v = mnl_attr_get_payload(a);
	size_t n = mnl_attr_get_payload_len(a) - sizeof *v;

	if (mnl_attr_get_payload_len(a) < sizeof *v || (n != 4 && n != 16))
		return;
	out->len = (uint8_t)n;
	memcpy(out->bytes, v->rtvia_addr, n);
}

static int on_route(const struct nlmsghdr *h, void *arg)
{
	struct pkw_route *r = arg;
	const struct rtmsg *m = mnl_nlmsg_get_payload(h);

	switch (m->rtm_type) {
	case RTN_LOCAL:
		r->kind = PKW_ROUTE_LOCAL;
		break;
	case RTN_BROADCAST:
		r->kind = PKW_ROUTE_BROADCAST;
		break;
	case RTN_MULTICAST:
		r->kind = PKW_ROUTE_MULTICAST;
		break;
	default:
		r->kind = PKW_ROUTE_UNICAST;
	}
	const struct nlattr *a;
	PKW__ATTR_EACH(a, h, sizeof *m)
	{
		switch (mnl_attr_get_type(a)) {
		case RTA_OIF:
			r->ifindex = mnl_attr_get_u32(a);
			break;
		case RTA_PREFSRC:
			pkw__netlink_addr(a, &r->src);
			break;
		case RTA_GATEWAY:
			pkw__netlink_addr(a, &r->via);
			break;
		case RTA_VIA:
			take_via(a, &r->via);
			break;
		case RTA_METRICS:
			mnl_attr_parse_nested(a, on_metrics, &r->mtu);
			break;
		}
	}
	return MNL_CB_OK;
}

static int ask(struct pkw_net *net, const struct pkw_addr *dst,
    uint32_t ifindex, struct pkw_route *r)
{
	char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct rtmsg *m;

	h->nlmsg_type = RTM_GETROUTE;
	m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	m->rtm_family = dst->len == 4 ? AF_INET : AF_INET6;
	m->rtm_dst_len = (uint8_t)(dst->len * 8);
	mnl_attr_put(h, RTA_DST, dst->len, dst->bytes);
	if (ifindex)
		mnl_attr_put_u32(h, RTA_OIF, ifindex);
	memset(r, 0, sizeof *r);
	return pkw__netlink_talk(&net->nl, h, on_route, r);
}

static int link_local(const struct pkw_addr *a)
{
	return a->len == 16 && a->bytes[0] == 0xfe &&
	       (a->bytes[1] & 0xc0) == 0x80;
}

/* The only interface with link-local addresses, 0: none or several. */
static uint32_t only_link(struct pkw_net *net)
{
	uint32_t found = 0;

	for (size_t i = 0; i < net->nifs; i++) {
		const struct pkw_netif *n = &net->ifs[i];
		for (size_t k = 0; k < n->naddrs; k++) {
			if (!link_local(&n->addrs[k].addr))
				continue;
			if (found && found != n->index)
				return 0;
			found = n->index;
		}
	}
	return found;
}

static int no_route(struct pkw_diag *d, const struct pkw_addr *dst, int e)
{
	char text[48];

	pkw_addr_text(dst, text);
	switch (-e) {
	case ENETUNREACH:
		return pkw_fail(d, -PKW_ENETUNREACH, "no route to %s", text);
	case EINVAL: /* what a black hole answers */
	case EACCES:
	case EHOSTUNREACH:
		return pkw_fail(d, -PKW_ENETUNREACH,
		    "no route to %s: a %s route forbids it", text,
		    e == -EACCES   ? "prohibit"
		    : e == -EINVAL ? "blackhole"
				   : "unreachable");
	}
	return pkw_fail(d, e, "no route to %s: %s", text, pkw_strerror(e));
}

static void assume_on_link(
    const struct pkw_netif *n, const struct pkw_addr *dst, struct pkw_route *r)
{
	const struct pkw_addr *src = pkw__netif_source(n, dst);

	memset(r, 0, sizeof *r);
	r->ifindex = n->index;
	if (src)
		r->src = *src;
	if (pkw__addr_multicast(dst))
		r->kind = PKW_ROUTE_MULTICAST;
}

static int look_up(struct pkw_net *net, const struct pkw_addr *dst,
    uint32_t ifindex, struct pkw_route *r, struct pkw_diag *d)
{
	int e = pkw__netifs_need(net, d);

	if (e < 0)
		return e;
	uint32_t demanded = ifindex;
	if (link_local(dst) && !ifindex && !(ifindex = only_link(net))) {
		char text[48];
		return pkw_fail(d, -PKW_ENETUNREACH,
		    "%s is link-local: name the interface",
		    pkw_addr_text(dst, text));
	}
	e = ask(net, dst, ifindex, r);
	const struct pkw_netif *n = e == 0 ? pkw_netif_by_index(net, r->ifindex)
				    : demanded
					? pkw_netif_by_index(net, demanded)
					: NULL;
	if (e == -ENETUNREACH && n)
		assume_on_link(n, dst, r);
	else if (e < 0)
		return no_route(d, dst, e);
	if (n && (!r->mtu || r->mtu > n->mtu))
		r->mtu = n->mtu;
	return 0;
}

int pkw_route(struct pkw_net *net, const struct pkw_addr *dst, uint32_t ifindex,
    struct pkw_route *r, struct pkw_diag *d)
{
	if (dst->len != 4 && dst->len != 16)
		return pkw_fail(
		    d, -PKW_EINVAL, "only IPv4 and IPv6 addresses have routes");
	pkw__net_freshen(net);
	uint32_t h = pkw__addr_hash(dst) ^ ifindex;
	struct pkw__route_slot *s = &net->routes[h % PKW__ROUTES];
	if (s->ifindex != ifindex || !pkw__addr_same(&s->dst, dst)) {
		struct pkw_route fresh;
		int e = look_up(net, dst, ifindex, &fresh, d);
		if (e < 0)
			return e;
		s->dst = *dst;
		s->ifindex = ifindex;
		s->route = fresh;
	}
	*r = s->route;
	return 0;
}
