/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's net: interfaces, routes, neighbours, and links for frames. */
#ifndef PKW_NET_H
#define PKW_NET_H

/*
 * A struct pkw_net is what the kernel knows about the net: interfaces, routes
 * and neighbours, asked for over rtnetlink when they are needed and remembered
 * for a moment.  It needs no permission until a neighbour has to be asked for
 * on the wire.
 *
 * A struct pkw_link sends and receives frames, on one interface or ("any") on
 * all of them.  Packets that begin with a link layer go out as they stand; all
 * others are routed as the kernel would route them and get the link header that
 * their interface wants.  Bytes are never changed on the way, however malformed
 * they are.  Both need CAP_NET_RAW.
 *
 *	struct pkw_link *l = pkw_link_open("eth0", NULL, &d);
 *	pkw_parse(p, "IP(dst='192.0.2.1')/ICMP()", &d);
 *	pkw_link_send(l, p, &d);
 *	pkw_link_flush(l, &d);
 *	while ((e = pkw_link_next(l, &f, 1000, &d)) > 0)
 *		look_at(&f);
 *
 * An object is used by one thread at a time; only the stop functions may be
 * called from anywhere, signal handlers included.
 */

#include <pkw/error.h>
#include <pkw/frame.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_net;
struct pkw_link;
struct pkw_filter;
struct pkw_pkt;

struct pkw_addr {
	uint8_t len; /* 4 IPv4, 16 IPv6, 6 MAC, 0 none */
	uint8_t bytes[16];
};

enum pkw_netif_flag {
	PKW_NETIF_UP = 1 << 0,
	PKW_NETIF_RUNNING = 1 << 1, /* has a carrier */
	PKW_NETIF_LOOPBACK = 1 << 2,
	PKW_NETIF_POINTTOPOINT = 1 << 3,
	PKW_NETIF_BROADCAST = 1 << 4,
	PKW_NETIF_MULTICAST = 1 << 5,
	PKW_NETIF_NOARP = 1 << 6,
	PKW_NETIF_PROMISC = 1 << 7
};

/* An address of an interface and the prefix it is in. */
struct pkw_netaddr {
	struct pkw_addr addr;
	uint8_t prefix;
	uint8_t usable; /* 0: tentative, duplicate or deprecated */
	uint8_t link;   /* valid on this link only */
};

struct pkw_netif {
	uint32_t index;
	uint32_t flags;      /* enum pkw_netif_flag */
	uint32_t mtu;
	uint16_t link;       /* LINKTYPE_ of its frames */
	char name[16];
	struct pkw_addr mac; /* len 0: has none */
	const struct pkw_netaddr *addrs;
	size_t naddrs;
	uint64_t missed;     /* received packets lost by card or driver */
};

PKW_API struct pkw_net *pkw_net_open(struct pkw_diag *d);
PKW_API void pkw_net_close(struct pkw_net *net);

/*
 * Interfaces, sorted by index.  The list is read when first needed and after
 * changes, at the latest 100 ms after them; refresh reads it at once.  Pointers
 * into it are good until the next call for this net.  by_name suggests the
 * nearest name when there is none (-PKW_ENODEV).
 */
PKW_API int pkw_net_refresh(struct pkw_net *net, struct pkw_diag *d);
PKW_API const struct pkw_netif *pkw_netif_at(struct pkw_net *net, size_t n);
PKW_API const struct pkw_netif *pkw_netif_by_index(
    struct pkw_net *net, uint32_t index);
PKW_API const struct pkw_netif *pkw_netif_by_name(
    struct pkw_net *net, const char *name, struct pkw_diag *d);

enum pkw_route_kind {
	PKW_ROUTE_UNICAST,
	PKW_ROUTE_LOCAL,     /* this host itself: over the loopback */
	PKW_ROUTE_BROADCAST,
	PKW_ROUTE_MULTICAST,
	PKW_ROUTE__N
};

struct pkw_route {
	uint32_t ifindex;
	uint32_t mtu;
	struct pkw_addr src; /* what the kernel would send from */
	struct pkw_addr via; /* the gateway; len 0: dst is on the link */
	uint8_t kind;        /* enum pkw_route_kind */
};

/*
 * The kernel's route to an address, by one interface if ifindex is not 0.
 * Where its tables know no way by that interface, dst is taken to be on the
 * link.  -PKW_ENETUNREACH: there is no way at all.
 */
PKW_API int pkw_route(struct pkw_net *net, const struct pkw_addr *dst,
    uint32_t ifindex, struct pkw_route *r, struct pkw_diag *d);

/*
 * The MAC address of a neighbour.  Multicast, broadcast and loopback addresses
 * are mapped without asking; else the kernel's table is looked at; else the
 * neighbour is asked by ARP or Neighbour Solicitation, three times within the
 * timeout (1500 ms at first).  -PKW_EHOSTUNREACH: it does not answer.  Answers
 * are remembered for 30 s, silence for 2 s.
 */
enum pkw_neigh_flag { PKW_NEIGH_NO_ASK = 1 << 0 };
PKW_API int pkw_neigh(struct pkw_net *net, uint32_t ifindex,
    const struct pkw_addr *addr, unsigned flags, struct pkw_addr *mac,
    struct pkw_diag *d);
PKW_API void pkw_net_timeout(struct pkw_net *net, int milliseconds);

/* How a packet leaves. */
struct pkw_hop {
	uint32_t ifindex;
	uint16_t link;       /* LINKTYPE_ of the frame on that interface */
	uint16_t ethertype;  /* of a routed packet; 0: it has a link layer */
	uint32_t mtu;        /* of that interface */
	uint8_t loopback;
	struct pkw_addr src; /* link layer addresses, len 0: none there */
	struct pkw_addr dst;
};

/*
 * Fills the fields of a built packet that the world decides: source addresses
 * (PKW_SRC) and, in its link layers, the next hop's (PKW_DST), and seals it.
 * Fields that were set stay, and layers that were dissected.  `ifindex' forces
 * an interface, 0: as routed.  `hop', which may be NULL, tells how the packet
 * leaves.  A frame without network layer keeps its defaults and needs an
 * interface; a question for a neighbour's address goes to everybody.
 */
PKW_API int pkw_resolve(struct pkw_net *net, struct pkw_pkt *p,
    uint32_t ifindex, unsigned neigh_flags, struct pkw_hop *hop,
    struct pkw_diag *d);

/* Ends the present wait for a neighbour, or else the next. */
PKW_API void pkw_net_stop(struct pkw_net *net);

enum pkw_link_flag {
	PKW_LINK_SEND_ONLY = 1 << 0,
	PKW_LINK_RECEIVE_ONLY = 1 << 1,
	PKW_LINK_PROMISC = 1 << 2,   /* not on "any" */
	PKW_LINK_IN_ONLY = 1 << 3,   /* nothing that this host sends */
	PKW_LINK_IMMEDIATE = 1 << 4, /* hand over each packet at once: for
	                                asking; smaller bursts are survived */
	PKW_LINK_PATIENT = 1 << 5    /* an interface that goes down may come
	                                back: keep waiting */
};

struct pkw_link_opts {
	unsigned flags;      /* enum pkw_link_flag */
	const char *filter;  /* in libpcap's language; NULL or "": all */
	uint32_t snaplen;    /* bytes kept of a packet; 0: all */
	uint32_t buffer;     /* bytes for packets not yet looked at; 0: 8 MiB */
	struct pkw_net *net; /* to share; NULL: one of its own */
};

/*
 * `name' is an interface, or "any" (or NULL).  `o' may be NULL.  A filter is
 * at work in the kernel before the first packet comes.  With no permission the
 * message says which capability is missing and how to get it.
 */
PKW_API struct pkw_link *pkw_link_open(const char *name,
    const struct pkw_link_opts *o, struct pkw_diag *d);
PKW_API void pkw_link_close(struct pkw_link *l);
PKW_API struct pkw_net *pkw_link_net(struct pkw_link *l);
/* NULL for "any". */
PKW_API const struct pkw_netif *pkw_link_netif(struct pkw_link *l);
/* To be waited on by poll(2) for reading; -1: it does not receive. */
PKW_API int pkw_link_fd(const struct pkw_link *l);

/*
 * The next frame: 1, or 0 when nothing came within `timeout' milliseconds (-1:
 * for ever).  The frame is the kernel's own copy, lent until the next call.
 * VLAN tags are where they were on the wire.  f->link is that of the interface
 * the frame was seen on.  On the loopback each packet is seen once.
 *   -PKW_EINTR     pkw_link_stop()
 *   -PKW_ENETDOWN  the interface went down
 *   -PKW_ENODEV    ... or was removed
 */
PKW_API int pkw_link_next(struct pkw_link *l, struct pkw_frame *f, int timeout,
    struct pkw_diag *d);

/*
 * Sending.  send resolves the packet and takes a copy of it, put takes a frame
 * as it stands (on "any": for interface `ifindex').  They go out in batches,
 * by themselves when a batch is full; flush sends what is there.  A full queue
 * is waited for.  -PKW_EMSGSIZE: the packet is longer than the interface's MTU
 * allows; it was refused.
 */
PKW_API int pkw_link_send(
    struct pkw_link *l, struct pkw_pkt *p, struct pkw_diag *d);
PKW_API int pkw_link_put(struct pkw_link *l, uint32_t ifindex,
    const void *frame, size_t len, struct pkw_diag *d);
PKW_API int pkw_link_flush(struct pkw_link *l, struct pkw_diag *d);
/* At most this many packets a second; 0: as fast as it goes. */
PKW_API void pkw_link_rate(struct pkw_link *l, double pps);

/* Ends the present wait, or else the next. */
PKW_API void pkw_link_stop(struct pkw_link *l);

struct pkw_link_stats {
	uint64_t received; /* passed the filter and were kept */
	uint64_t dropped;  /* passed the filter, but the buffer was full */
	uint64_t missed;   /* lost before by the interface (not on "any") */
	uint64_t sent, sent_bytes;
};
PKW_API void pkw_link_stats(struct pkw_link *l, struct pkw_link_stats *s);

/*
 * Filters for frames that are here already.  `link' is the LINKTYPE_ to check
 * the text for; frames of other link types are matched too, if the text means
 * something there.  A bad text is -PKW_ESYNTAX: libpcap's words, and where.
 */
PKW_API struct pkw_filter *pkw_filter_new(
    const char *text, unsigned link, struct pkw_diag *d);
PKW_API void pkw_filter_free(struct pkw_filter *f);
PKW_API int pkw_filter_match(struct pkw_filter *f, const struct pkw_frame *fr);

/* Addresses as text: any of the three kinds; at most 45 characters. */
PKW_API int pkw_addr_parse(const char *text, struct pkw_addr *a);
PKW_API const char *pkw_addr_text(const struct pkw_addr *a, char text[48]);

#ifdef __cplusplus
}
#endif
#endif
