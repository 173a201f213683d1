/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct pkw_net: opening and closing, and the little that addresses need.
 *
 * Opening costs one netlink socket.  Interfaces are read at the first question
 * about them, so a program that only looks at files does not pay for a host
 * with a thousand of them.  What is remembered (interfaces, routes) is dropped
 * when a second socket, which listens to the kernel's news, has any; it is
 * looked at ten times a second at most, as routed packets come by the million.
 */
#include "net/net.h"

#include "base/addr.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

struct pkw_net *pkw_net_open(struct pkw_diag *d)
{
	struct pkw_net *net = calloc(1, sizeof *net);

	if (!net) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	net->neigh.arp = net->neigh.nd = -1;
	net->stop.fd = -1;
	pkw_net_timeout(net, 1500);
	int e = pkw__stop_init(&net->stop);
	if (e == 0)
		e = pkw__netlink_open(&net->nl, 0);
	if (e == 0)
		e = pkw__netlink_open(
		    &net->news, RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
				    RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
				    RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE);
	if (e < 0) {
		pkw_fail(d, e, "cannot ask the kernel about its net: %s",
		    pkw_strerror(e));
		pkw_net_close(net);
		return NULL;
	}
	return net;
}

void pkw_net_close(struct pkw_net *net)
{
	if (!net)
		return;
	pkw__neigh_fini(net);
	pkw__netifs_free(net);
	pkw__netlink_close(&net->nl);
	pkw__netlink_close(&net->news);
	pkw__stop_fini(&net->stop);
	free(net);
}

void pkw__net_freshen(struct pkw_net *net)
{
	int64_t now = pkw__now();

	if (now - net->fresh < 100 * PKW__MS)
		return;
	net->fresh = now;
	if (!pkw__netlink_drain(&net->news))
		return;
	pkw__netifs_free(net);
	memset(net->routes, 0, sizeof net->routes);
}

void pkw_net_stop(struct pkw_net *net)
{
	pkw__stop_ask(&net->stop);
}

void pkw_net_timeout(struct pkw_net *net, int milliseconds)
{
	net->neigh.gap = (int64_t)milliseconds * PKW__MS / 3;
}

int pkw__no_permission(struct pkw_diag *d, const char *what)
{
	return pkw_fail(d, -PKW_EPERM,
	    "%s: no permission, it needs CAP_NET_RAW: use sudo, or once "
	    "`setcap cap_net_raw,cap_net_admin+eip' on the program",
	    what);
}

int pkw__addr_same(const struct pkw_addr *a, const struct pkw_addr *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

int pkw__addr_multicast(const struct pkw_addr *a)
{
	switch (a->len) {
	case 4:
		return a->bytes[0] >> 4 == 14;
	case 6:
		return a->bytes[0] & 1;
	case 16:
		return a->bytes[0] == 255;
	}
	return 0;
}

uint32_t pkw__addr_hash(const struct pkw_addr *a)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (unsigned i = 0; i < a->len; i++)
		h = (h ^ a->bytes[i]) * 16777619u;
	return h ^ h >> 15;
}

int pkw_addr_parse(const char *text, struct pkw_addr *a)
{
	size_t n = strlen(text);
	struct pkw_addr r = { 0 };

	if (pkw__addr_parse_ip4(text, n, r.bytes) == 0)
		r.len = 4;
	else if (pkw__addr_parse_mac(text, n, r.bytes) == 0)
		r.len = 6;
	else if (pkw__addr_parse_ip6(text, n, r.bytes) == 0)
		r.len = 16;
	else
		return -PKW_ESYNTAX;
	*a = r;
	return 0;
}

const char *pkw_addr_text(const struct pkw_addr *a, char text[48])
{
	size_t n = 0;

	switch (a->len) {
	case 4:
		n = pkw__fmt_ip4(text, a->bytes);
		break;
	case 6:
		n = pkw__fmt_mac(text, a->bytes);
		break;
	case 16:
		n = pkw__fmt_ip6(text, a->bytes);
		break;
	}
	text[n] = '\0';
	return text;
}
