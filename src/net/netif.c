/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces and their addresses, read by two rtnetlink dumps into two arrays
 * (interfaces sorted by index, addresses grouped the same way) which live until
 * the kernel says that something changed.  A dump during which the kernel's
 * list changed says so and is repeated.
 *
 * pkw__linktype() says what a frame on an interface begins with.  Packet
 * sockets hand over the link header that the driver makes, and nothing where
 * there is none (tunnels, PPP): those frames are bare IP packets, LINKTYPE_RAW.
 */
#include "core/near.h"
#include "net/net.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

enum { LINKTYPE_ETHERNET = 1, LINKTYPE_RAW = 101, LINKTYPE_USER0 = 147 };

static const struct {
	uint16_t hatype, link;
} linktypes[] = {
	{ ARPHRD_ETHER, LINKTYPE_ETHERNET },
	{ ARPHRD_LOOPBACK, LINKTYPE_ETHERNET },
	{ ARPHRD_NONE, LINKTYPE_RAW },
	{ ARPHRD_PPP, LINKTYPE_RAW },
	{ ARPHRD_RAWIP, LINKTYPE_RAW },
	{ ARPHRD_TUNNEL, LINKTYPE_RAW },
	{ ARPHRD_TUNNEL6, LINKTYPE_RAW },
	{ ARPHRD_SIT, LINKTYPE_RAW },
	{ ARPHRD_IPGRE, LINKTYPE_RAW },
	{ ARPHRD_IP6GRE, LINKTYPE_RAW },
	{ ARPHRD_IEEE80211, 105 },
	{ ARPHRD_IEEE80211_PRISM, 119 },
	{ ARPHRD_IEEE80211_RADIOTAP, 127 },
	{ ARPHRD_IEEE802154, 230 },
	{ ARPHRD_CAN, 227 },
};

static const struct {
	unsigned kernel, ours;
} netif_flags[] = {
	{ IFF_UP, PKW_NETIF_UP },
	{ IFF_RUNNING, PKW_NETIF_RUNNING },
	{ IFF_LOOPBACK, PKW_NETIF_LOOPBACK },
	{ IFF_POINTOPOINT, PKW_NETIF_POINTTOPOINT },
	{ IFF_BROADCAST, PKW_NETIF_BROADCAST },
	{ IFF_MULTICAST, PKW_NETIF_MULTICAST },
	{ IFF_NOARP, PKW_NETIF_NOARP },
	{ IFF_PROMISC, PKW_NETIF_PROMISC },
};

/* A list in the making. */
struct load {
	struct pkw_netif *ifs;
	size_t nifs, ifcap;
	struct indexed {
		uint32_t ifindex;
		struct pkw_netaddr a;
	} * addrs;
	size_t naddrs, addrcap;
};

uint16_t pkw__linktype(unsigned hatype)
{
	for (size_t i = 0; i < sizeof linktypes / sizeof *linktypes; i++)
		if (linktypes[i].hatype == hatype)
			return linktypes[i].link;
	return LINKTYPE_USER0;
}

/* Room for one more; NULL without memory. */
static void *grow(void **array, size_t *n, size_t *cap, size_t size)
{
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		void *p = realloc(*array, more * size);
		if (!p)
			return NULL;
		*array = p;
		*cap = more;
	}
	void *at = (char *)*array + (*n)++ * size;
	memset(at, 0, size);
	return at;
}

static int on_link(const struct nlmsghdr *h, void *arg)
{
	struct load *l = arg;
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);
	void *array = l->ifs;
	struct pkw_netif *n = grow(&array, &l->nifs, &l->ifcap, sizeof *n);

	l->ifs = array;
	if (!n) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	n->index = (uint32_t)m->ifi_index;
	n->link = pkw__linktype(m->ifi_type);
	for (size_t i = 0; i < sizeof netif_flags / sizeof *netif_flags; i++)
		if (m->ifi_flags & netif_flags[i].kernel)
			n->flags |= netif_flags[i].ours;
	const struct nlattr *a;
	PKW__ATTR_EACH(a, h, sizeof *m)
	{
		struct rtnl_link_stats64 s;
		switch (mnl_attr_get_type(a)) {
		case IFLA_IFNAME:
			strncpy(
			    n->name, mnl_attr_get_str(a), sizeof n->name - 1);
			break;
		case IFLA_CARRIER: /* IFF_RUNNING may lag up to a second */
			n->flags &= ~(uint32_t)PKW_NETIF_RUNNING;
			if (mnl_attr_get_u8(a))
				n->flags |= PKW_NETIF_RUNNING;
			break;
		case IFLA_MTU:
			n->mtu = mnl_attr_get_u32(a);
			break;
		case IFLA_ADDRESS:
			/* a tunnel's "address" is its end point */
			if (mnl_attr_get_payload_len(a) == 6)
				pkw__netlink_addr(a, &n->mac);
			break;
		case IFLA_STATS64:
			memset(&s, 0, sizeof s);
			memcpy(&s, mnl_attr_get_payload(a),
			    mnl_attr_get_payload_len(a) < sizeof s
				? mnl_attr_get_payload_len(a)
				: sizeof s);
			n->missed = s.rx_missed_errors + s.rx_fifo_errors;
			break;
		}
	}
	return MNL_CB_OK;
}

static int on_addr(const struct nlmsghdr *h, void *arg)
{
	struct load *l = arg;
	const struct ifaddrmsg *m = mnl_nlmsg_get_payload(h);
	void *array = l->addrs;
	struct indexed *n = grow(&array, &l->naddrs, &l->addrcap, sizeof *n);
	uint32_t flags = m->ifa_flags;
	int local = 0;

	l->addrs = array;
	if (!n) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	const struct nlattr *a;
	PKW__ATTR_EACH(a, h, sizeof *m)
	{
		switch (mnl_attr_get_type(a)) {
		case IFA_LOCAL: /* on a point-to-point link, ADDRESS is the
				   peer's */
			pkw__netlink_addr(a, &n->a.addr);
			local = 1;
			break;
		case IFA_ADDRESS:
			if (!local)
				pkw__netlink_addr(a, &n->a.addr);
			break;
		case IFA_FLAGS:
			flags = mnl_attr_get_u32(a);
			break;
		}
	}
	n->ifindex = m->ifa_index;
	n->a.prefix = m->ifa_prefixlen;
	n->a.link = m->ifa_scope == RT_SCOPE_LINK;
	n->a.usable =
	    !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED));
	return MNL_CB_OK;
}

static int dump(struct pkw_net *net, uint16_t type, size_t head, mnl_cb_t fn,
    struct load *l)
{
	char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(h, head);
	return pkw__netlink_talk(&net->nl, h, fn, l);
}

static int by_index(const void *a, const void *b)
{
	const struct pkw_netif *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Addresses in the order of their interfaces, which then point at them. */
static struct pkw_netaddr *arrange(struct load *l)
{
	struct pkw_netaddr *out = calloc(l->naddrs + 1, sizeof *out);
	size_t n = 0;

	if (!out)
		return NULL;
	qsort(l->ifs, l->nifs, sizeof *l->ifs, by_index);
	for (size_t i = 0; i < l->nifs; i++) {
		l->ifs[i].addrs = out + n;
		for (size_t k = 0; k < l->naddrs; k++)
			if (l->addrs[k].ifindex == l->ifs[i].index)
				out[n++] = l->addrs[k].a;
		l->ifs[i].naddrs = (size_t)(out + n - l->ifs[i].addrs);
	}
	return out;
}

void pkw__netifs_free(struct pkw_net *net)
{
	free(net->ifs);
	free(net->addrs);
	net->ifs = NULL;
	net->addrs = NULL;
	net->nifs = 0;
	net->loaded = 0;
}

int pkw_net_refresh(struct pkw_net *net, struct pkw_diag *d)
{
	struct load l = { 0 };
	struct pkw_netaddr *addrs = NULL;
	int e = -EINTR;

	for (int tries = 0; e == -EINTR && tries < 10; tries++) {
		l.nifs = l.naddrs = 0;
		e = dump(
		    net, RTM_GETLINK, sizeof(struct ifinfomsg), on_link, &l);
		if (e == 0)
			e = dump(net, RTM_GETADDR, sizeof(struct ifaddrmsg),
			    on_addr, &l);
	}
	if (e == 0 && !(addrs = arrange(&l)))
		e = -PKW_ENOMEM;
	if (e < 0) {
		free(l.ifs);
		pkw_fail(d, e, "cannot read the list of interfaces: %s",
		    pkw_strerror(e));
		goto out;
	}
	pkw__netifs_free(net);
	net->ifs = l.ifs;
	net->nifs = l.nifs;
	net->addrs = addrs;
	net->loaded = 1;
out:
	free(l.addrs);
	return e;
}

int pkw__netifs_need(struct pkw_net *net, struct pkw_diag *d)
{
	pkw__net_freshen(net);
	return net->loaded ? 0 : pkw_net_refresh(net, d);
}

const struct pkw_netif *pkw_netif_at(struct pkw_net *net, size_t n)
{
	if (pkw__netifs_need(net, NULL) < 0 || n >= net->nifs)
		return NULL;
	return &net->ifs[n];
}

static const struct pkw_netif *find_index(const struct pkw_net *net, uint32_t i)
{
	struct pkw_netif key = { .index = i };

	if (!net->nifs)
		return NULL;
	return bsearch(&key, net->ifs, net->nifs, sizeof key, by_index);
}

const struct pkw_netif *pkw_netif_by_index(struct pkw_net *net, uint32_t index)
{
	if (pkw__netifs_need(net, NULL) < 0)
		return NULL;
	const struct pkw_netif *n = find_index(net, index);
	if (n || pkw_net_refresh(net, NULL) < 0)
		return n;
	return find_index(net, index); /* it may be younger than the list */
}

static const struct pkw_netif *find_name(
    const struct pkw_net *net, const char *name)
{
	for (size_t i = 0; i < net->nifs; i++)
		if (strcmp(net->ifs[i].name, name) == 0)
			return &net->ifs[i];
	return NULL;
}

const struct pkw_netif *pkw_netif_by_name(
    struct pkw_net *net, const char *name, struct pkw_diag *d)
{
	if (pkw__netifs_need(net, d) < 0)
		return NULL;
	const struct pkw_netif *n = find_name(net, name);
	if (n)
		return n;
	if (pkw_net_refresh(net, d) < 0)
		return NULL;
	n = find_name(net, name);
	if (n)
		return n;
	struct pkw__near near = { name, NULL, 0 };
	for (size_t i = 0; i < net->nifs; i++)
		pkw__near_try(&near, net->ifs[i].name);
	if (near.best)
		pkw_fail(d, -PKW_ENODEV,
		    "no such interface `%s': did you mean `%s'?", name,
		    near.best);
	else
		pkw_fail(d, -PKW_ENODEV,
		    "no such interface `%s': `ip link' lists them", name);
	return NULL;
}

int pkw__netif_ready(struct pkw_net *net, uint32_t ifindex, struct pkw_diag *d)
{
	const unsigned good = PKW_NETIF_UP | PKW_NETIF_RUNNING;
	const struct pkw_netif *n = pkw_netif_by_index(net, ifindex);

	if (n && (n->flags & good) == good)
		return 0;
	/* it may have been mended since the list was read */
	n = pkw_net_refresh(net, NULL) < 0 ? NULL : find_index(net, ifindex);
	if (!n)
		return pkw_fail(
		    d, -PKW_ENODEV, "no interface with index %u", ifindex);
	if (!(n->flags & PKW_NETIF_UP))
		return pkw_fail(d, -PKW_ENETDOWN, "%s is down", n->name);
	if (!(n->flags & PKW_NETIF_RUNNING))
		return pkw_fail(d, -PKW_ENETDOWN,
		    "%s has no carrier: what is sent there is lost", n->name);
	return 0;
}

/* Do the first `bits' bits agree? */
static int prefix_same(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8;

	if (memcmp(a, b, whole) != 0)
		return 0;
	return bits % 8 == 0 || (a[whole] ^ b[whole]) >> (8 - bits % 8) == 0;
}

int pkw__netif_broadcast(const struct pkw_netif *n, const struct pkw_addr *a)
{
	uint32_t host;

	if (a->len != 4)
		return 0;
	host = (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 |
	       (uint32_t)a->bytes[2] << 8 | a->bytes[3];
	if (host == UINT32_MAX)
		return 1;
	for (size_t i = 0; i < n->naddrs; i++) {
		const struct pkw_netaddr *x = &n->addrs[i];
		/* /31 and /32 have none, RFC 3021 */
		if (x->addr.len != 4 || x->prefix > 30 || !x->prefix)
			continue;
		if (prefix_same(x->addr.bytes, a->bytes, x->prefix) &&
		    (host | ~(UINT32_MAX >> x->prefix)) == UINT32_MAX)
			return 1;
	}
	return 0;
}

const struct pkw_addr *pkw__netif_source(
    const struct pkw_netif *n, const struct pkw_addr *to)
{
	const struct pkw_addr *any = NULL;

	for (size_t i = 0; i < n->naddrs; i++) {
		const struct pkw_netaddr *x = &n->addrs[i];
		if (x->addr.len != to->len || !x->usable)
			continue;
		if (prefix_same(x->addr.bytes, to->bytes, x->prefix))
			return &x->addr;
		if (!any)
			any = &x->addr;
	}
	return any;
}
