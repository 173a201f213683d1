/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of struct pkw_net, shared by the files of this folder. */
#ifndef PKW_NET_NET_H
#define PKW_NET_NET_H

#include "net/netlink.h"
#include "net/wait.h"

#include <pkw/net.h>

#include <poll.h>

struct pkw__neigh_entry;

/* A route asked for not long ago. */
struct pkw__route_slot {
	struct pkw_addr dst; /* len 0: the slot is free */
	uint32_t ifindex;    /* as asked for */
	struct pkw_route route;
};

enum { PKW__ROUTES = 256 };

/* Neighbours that were asked, by our own packets. */
struct pkw__neighs {
	struct pkw__neigh_entry *table;
	size_t cap, used;
	size_t asking;     /* entries that wait for an answer */
	int64_t due;       /* when the next of them is to be asked again */
	int64_t gap;       /* nanoseconds between two asks */
	int arp, nd;       /* packet sockets, -1: not yet needed */
	int arp_bound, nd_bound;
};

struct pkw_net {
	struct pkw__netlink nl;
	struct pkw__netlink news; /* tells that something changed */
	int64_t fresh;            /* when news were last looked at */
	struct pkw_netif *ifs;
	struct pkw_netaddr *addrs;
	size_t nifs;
	int loaded;
	struct pkw__neighs neigh;
	struct pkw__stop stop;
	struct pkw__route_slot routes[PKW__ROUTES];
};

/* net.c */
int pkw__addr_same(const struct pkw_addr *a, const struct pkw_addr *b);
int pkw__addr_multicast(const struct pkw_addr *a);
uint32_t pkw__addr_hash(const struct pkw_addr *a);
/* Forgets what the kernel says is no longer so. */
void pkw__net_freshen(struct pkw_net *net);
/* -PKW_EPERM with what is missing and how to get it. */
int pkw__no_permission(struct pkw_diag *d, const char *what);

/* netif.c */
uint16_t pkw__linktype(unsigned hatype);
void pkw__netifs_free(struct pkw_net *net);
/* Loads the list if that was not done yet. */
int pkw__netifs_need(struct pkw_net *net, struct pkw_diag *d);
/* 0 if frames can leave by the interface now, or what is wrong with it. */
int pkw__netif_ready(struct pkw_net *net, uint32_t ifindex, struct pkw_diag *d);
/* Is this the broadcast address of one of the interface's prefixes? */
int pkw__netif_broadcast(const struct pkw_netif *n, const struct pkw_addr *a);
/* The address to speak from to `to' on that interface; NULL: it has none. */
const struct pkw_addr *pkw__netif_source(
    const struct pkw_netif *n, const struct pkw_addr *to);

/* neigh.c: makes the sockets for asking ready, so that permissions may go. */
int pkw__neigh_open(struct pkw_net *net, struct pkw_diag *d);
/*
 * try: 1 and the MAC address; 0: the question is under way, pump and
 * try again; negative: no answer.  pump takes in what came and repeats
 * questions, and tells how many of them are settled now; to be called when a
 * descriptor of fds is ready or it is due.
 */
int pkw__neigh_try(struct pkw_net *net, uint32_t ifindex,
    const struct pkw_addr *addr, unsigned flags, struct pkw_addr *mac,
    struct pkw_diag *d);
unsigned pkw__neigh_pump(struct pkw_net *net);
unsigned pkw__neigh_fds(const struct pkw_net *net, struct pollfd *fds);
/* Sleeps until something may have changed, then pumps. */
int pkw__neigh_wait(struct pkw_net *net, struct pkw_diag *d);
void pkw__neigh_fini(struct pkw_net *net);

/*
 * resolve.c: as pkw_resolve(), but does not wait: 0 when the next hop is being
 * asked for, 1 when the packet is ready.
 */
int pkw__resolve_try(struct pkw_net *net, struct pkw_pkt *p, uint32_t ifindex,
    unsigned flags, struct pkw_hop *hop, struct pkw_diag *d);

#endif
