/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links: what pkw_link_open() checks before any socket is made, so that the
 * message is about what the user wrote, and waiting for frames.  Receiving is
 * in ring.c, sending in transmit.c.  All sockets a link may need are made when
 * it is opened: from then on it belongs to that network namespace, whichever
 * the thread enters later, and needs no permission any more.
 *
 * An interface that goes down makes its packet sockets fail with ENETDOWN once,
 * at a moment when packets received before may still be in the ring: those are
 * lent out first.  Whether it is down or gone for good the name tells, or what
 * is left of it.
 */
#include "net/link.h"

#include "net/filter.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { LINKTYPE_ETHERNET = 1 };

static uint32_t netmask_of(const struct pkw_netif *n)
{
	for (size_t i = 0; n && i < n->naddrs; i++) {
		const struct pkw_netaddr *a = &n->addrs[i];
		if (a->addr.len == 4 && a->prefix)
			return htonl(~(uint32_t)0 << (32 - a->prefix));
	}
	return 0;
}

/* Finds the interface and makes sure that it is up. */
static int choose(struct pkw_link *l, const char *name, struct pkw_diag *d)
{
	if (!name || strcmp(name, "any") == 0) {
		strcpy(l->name, "any");
		return 0;
	}
	const struct pkw_netif *n = pkw_netif_by_name(l->net, name, d);
	if (!n)
		return -PKW_ENODEV;
	if (!(n->flags & PKW_NETIF_UP) && !(l->flags & PKW_LINK_PATIENT))
		return pkw_fail(d, -PKW_ENETDOWN,
		    "%s is down: `ip link set %s up'", n->name, n->name);
	memcpy(l->name, n->name, sizeof l->name);
	l->ifindex = n->index;
	l->missed0 = n->missed;
	return 0;
}

static int set_up(struct pkw_link *l, const char *name,
    const struct pkw_link_opts *o, struct pkw_diag *d)
{
	int e = choose(l, name, d);

	if (e < 0)
		return e;
	const struct pkw_netif *n = pkw_link_netif(l);
	l->filter = pkw__filter_new(o->filter, n ? n->link : LINKTYPE_ETHERNET,
	    o->snaplen, netmask_of(n), d);
	if (!l->filter)
		return -PKW_ESYNTAX;
	if (!(l->flags & PKW_LINK_RECEIVE_ONLY)) {
		e = pkw__tx_open(l, d);
		if (e == 0)
			e = pkw__neigh_open(l->net, d);
	}
	if (e == 0 && !(l->flags & PKW_LINK_SEND_ONLY))
		e = pkw__ring_open(l, o, d);
	if (e == -PKW_EPERM || e == -PKW_EACCES) {
		char what[48] = "cannot open a link on ";
		pkw__no_permission(d, strcat(what, l->name));
	}
	return e;
}

struct pkw_link *pkw_link_open(
    const char *name, const struct pkw_link_opts *o, struct pkw_diag *d)
{
	static const struct pkw_link_opts usual = { .flags = 0 };
	struct pkw_link *l = calloc(1, sizeof *l);

	if (!l) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	if (!o)
		o = &usual;
	l->flags = o->flags;
	l->ring.fd = l->tx.fd = l->tx.local = -1;
	l->own_net = !o->net;
	l->net = o->net ? o->net : pkw_net_open(d);
	if (!l->net || set_up(l, name, o, d) < 0) {
		pkw_link_close(l);
		return NULL;
	}
	return l;
}

void pkw_link_close(struct pkw_link *l)
{
	if (!l)
		return;
	pkw__ring_close(&l->ring);
	pkw__tx_close(&l->tx);
	pkw_filter_free(l->filter);
	if (l->own_net)
		pkw_net_close(l->net);
	free(l);
}

struct pkw_net *pkw_link_net(struct pkw_link *l)
{
	return l->net;
}

const struct pkw_netif *pkw_link_netif(struct pkw_link *l)
{
	return l->ifindex ? pkw_netif_by_index(l->net, l->ifindex) : NULL;
}

int pkw_link_fd(const struct pkw_link *l)
{
	return l->ring.fd;
}

void pkw_link_stop(struct pkw_link *l)
{
	pkw_net_stop(l->net);
}

/* As it is now; NULL: there is no such interface. */
static const struct pkw_netif *look_up(struct pkw_link *l, uint32_t ifindex)
{
	return pkw_net_refresh(l->net, NULL) < 0
		   ? NULL
		   : pkw_netif_by_index(l->net, ifindex);
}

int pkw__link_gone(struct pkw_link *l, uint32_t ifindex, struct pkw_diag *d)
{
	const struct pkw_netif *n = look_up(l, ifindex);

	if (n)
		return pkw_fail(d, -PKW_ENETDOWN, "%s is down", n->name);
	return pkw_fail(d, -PKW_ENODEV, "%s was removed", l->name);
}

/* Takes the socket's pending error, if it has one. */
static void look_for_trouble(struct pkw_link *l)
{
	int e = 0;
	socklen_t n = sizeof e;

	getsockopt(l->ring.fd, SOL_SOCKET, SO_ERROR, &e, &n);
	if (!e || l->down)
		return;
	if (e == ENETDOWN && l->flags & PKW_LINK_PATIENT &&
	    look_up(l, l->ifindex))
		return;
	l->down = e;
	l->down_at = pkw__now() + pkw__ring_delay(&l->ring) * PKW__MS;
}

static int tell_trouble(struct pkw_link *l, struct pkw_diag *d)
{
	int e = l->down;

	l->down = 0;
	if (e == ENETDOWN)
		return pkw__link_gone(l, l->ifindex, d);
	return pkw_fail(
	    d, -e, "cannot receive on %s: %s", l->name, pkw_strerror(e));
}

int pkw__link_next_until(
    struct pkw_link *l, struct pkw_frame *f, int64_t until, struct pkw_diag *d)
{
	struct pollfd p = { l->ring.fd, POLLIN, 0 };

	if (p.fd < 0)
		return pkw_fail(
		    d, -PKW_EINVAL, "this link was opened for sending only");
	for (;;) {
		if (pkw__stop_take(&l->net->stop))
			return pkw_fail(d, -PKW_EINTR, "stopped");
		if (pkw__ring_take(l, f))
			return 1;
		int64_t now = pkw__now();
		if (l->down && now >= l->down_at)
			return tell_trouble(l, d);
		if (until != PKW__FOREVER && now >= until)
			return 0;
		int64_t wake = until;
		if (l->down && (wake == PKW__FOREVER || wake > l->down_at))
			wake = l->down_at;
		/* a pending error makes it ready without a packet */
		if (pkw__wait(&p, 1, wake, &l->net->stop) > 0)
			look_for_trouble(l);
	}
}

int pkw_link_next(
    struct pkw_link *l, struct pkw_frame *f, int timeout, struct pkw_diag *d)
{
	return pkw__link_next_until(l, f,
	    timeout < 0 ? PKW__FOREVER
			: pkw__now() + (int64_t)timeout * PKW__MS,
	    d);
}

void pkw_link_stats(struct pkw_link *l, struct pkw_link_stats *s)
{
	memset(s, 0, sizeof *s);
	if (l->ring.fd >= 0)
		pkw__ring_count(&l->ring);
	s->received = l->ring.packets - l->ring.rejected;
	s->dropped = l->ring.drops;
	s->sent = l->tx.packets;
	s->sent_bytes = l->tx.total;
	if (!l->ifindex || pkw_net_refresh(l->net, NULL) < 0)
		return;
	const struct pkw_netif *n = pkw_link_netif(l);
	if (n)
		s->missed = n->missed - l->missed0;
}
