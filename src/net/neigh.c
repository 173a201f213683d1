/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbours: from an address on a link to a MAC address.
 *
 * What needs no question is mapped: multicast (RFC 1112 §6.4, RFC 2464 §7),
 * broadcast, and interfaces that do not resolve, for which the kernel takes the
 * interface's own address (arp_constructor()).  Then comes our own table, then
 * the kernel's, of which entries count that it has confirmed; one that is
 * merely stale is checked by asking, since our packets pass by the kernel and
 * it would not notice that nobody is there.  Then the neighbour is asked: ARP
 * (RFC 826) or Neighbour Solicitation (RFC 4861 §7.2.2), three times.  What
 * stays silent is an error; nothing is ever sent to the broadcast address
 * instead.
 *
 * Asking does not wait.  An entry of the table is ASKED until pump() sees the
 * answer or gives up, so an exchange with a whole prefix asks all of it at
 * once; pkw_neigh() is that and a wait.  The two kinds of packet are made here
 * from the C library's structs and not by the engine, which is built on top of
 * it.  They travel over packet sockets of type SOCK_DGRAM: the kernel makes and
 * takes away the link header, whatever it is.
 */
#include "base/sum.h"
#include "net/net.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ASKS = 3, CAP_MIN = 64, CAP_MAX = 1 << 17 };

static const int64_t keep_known = (int64_t)30 * PKW__S;
static const int64_t keep_kernels = (int64_t)5 * PKW__S;
static const int64_t keep_silent = (int64_t)2 * PKW__S;

enum state { FREE, ASKED, KNOWN, SILENT };

struct pkw__neigh_entry {
	struct pkw_addr addr, mac;
	uint32_t ifindex;
	uint8_t state, asks;
	int64_t until; /* ASKED: the next question; else: it is forgotten */
};

/* The slot of an address: its entry, or the free one where it would go. */
static struct pkw__neigh_entry *slot(struct pkw__neigh_entry *table, size_t cap,
    uint32_t ifindex, const struct pkw_addr *addr)
{
	size_t i = (pkw__addr_hash(addr) ^ ifindex * 2654435761u) & (cap - 1);

	while (table[i].state != FREE &&
	       (table[i].ifindex != ifindex ||
		   !pkw__addr_same(&table[i].addr, addr)))
		i = (i + 1) & (cap - 1);
	return &table[i];
}

/* Room for one more: drops what is old, then doubles, then starts anew. */
static int make_room(struct pkw__neighs *n)
{
	size_t live = 0, cap;
	int64_t now = pkw__now();

	if (n->table && n->used < n->cap / 2)
		return 0;
	for (size_t i = 0; i < n->cap; i++)
		live += n->table[i].state == ASKED || n->table[i].until > now;
	for (cap = CAP_MIN; cap < CAP_MAX && cap < live * 4; cap *= 2)
		;
	struct pkw__neigh_entry *t = calloc(cap, sizeof *t);
	if (!t)
		return -PKW_ENOMEM;
	size_t used = 0;
	for (size_t i = 0; i < n->cap && used < cap / 2; i++) {
		struct pkw__neigh_entry *e = &n->table[i];
		if (e->state == FREE || (e->state != ASKED && e->until <= now))
			continue;
		*slot(t, cap, e->ifindex, &e->addr) = *e;
		used++;
	}
	free(n->table);
	n->table = t;
	n->cap = cap;
	n->used = used;
	return 0;
}

static int attach(int fd, struct sock_filter *code, size_t n)
{
	struct sock_fprog prog = { .len = (unsigned short)n, .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof prog);
}

/* A socket that will receive answers only: ARP replies ... */
static int open_arp(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
		    offsetof(struct ether_arp, arp_op)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPOP_REPLY, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		attach(fd, code, sizeof code / sizeof *code);
	return fd;
}

/* ... or Neighbour Advertisements. */
static int open_nd(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
		    offsetof(struct ip6_hdr, ip6_nxt)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, sizeof(struct ip6_hdr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_NEIGHBOR_ADVERT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		attach(fd, code, sizeof code / sizeof *code);
	return fd;
}

static int make_socket(int *fd, int (*open_it)(void), struct pkw_diag *d)
{
	if (*fd >= 0)
		return 0;
	*fd = open_it();
	if (*fd >= 0)
		return 0;
	if (errno == EPERM)
		return pkw__no_permission(d, "cannot ask for a neighbour");
	return pkw_fail(
	    d, -errno, "cannot ask for a neighbour: %s", pkw_strerror(errno));
}

int pkw__neigh_open(struct pkw_net *net, struct pkw_diag *d)
{
	int e = make_socket(&net->neigh.arp, open_arp, d);

	return e < 0 ? e : make_socket(&net->neigh.nd, open_nd, d);
}

/* From then on it receives; the filter was there first. */
static int start(int fd, int *bound, unsigned ethertype, struct pkw_diag *d)
{
	struct sockaddr_ll on = { .sll_family = AF_PACKET,
		.sll_protocol = htons((uint16_t)ethertype) };

	if (*bound)
		return 0;
	if (bind(fd, (struct sockaddr *)&on, sizeof on) < 0)
		return pkw_fail(d, -errno, "cannot ask for a neighbour: %s",
		    pkw_strerror(errno));
	*bound = 1;
	return 0;
}

static void drain(int fd)
{
	char rest[64];

	while (fd >= 0 && recv(fd, rest, sizeof rest, MSG_DONTWAIT) >= 0)
		;
}

static int emit(int fd, uint32_t ifindex, unsigned ethertype,
    const struct pkw_addr *to, const void *bytes, size_t len)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons((uint16_t)ethertype),
		.sll_ifindex = (int)ifindex,
		.sll_halen = to->len };

	memcpy(at.sll_addr, to->bytes, to->len);
	ssize_t n = sendto(
	    fd, bytes, len, MSG_DONTWAIT, (struct sockaddr *)&at, sizeof at);
	return n < 0 ? -errno : 0;
}

static int ask_arp(struct pkw_net *net, const struct pkw_netif *nif,
    const struct pkw_addr *addr)
{
	static const struct pkw_addr all = { 6,
		{ 255, 255, 255, 255, 255, 255 } };
	const struct pkw_addr *src = pkw__netif_source(nif, addr);
	struct ether_arp q = { .ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
				   .ar_pro = htons(ETHERTYPE_IP),
				   .ar_hln = 6,
				   .ar_pln = 4,
				   .ar_op = htons(ARPOP_REQUEST) } };

	memcpy(q.arp_sha, nif->mac.bytes, 6);
	if (src) /* without one it is a probe, RFC 5227 §1.1 */
		memcpy(q.arp_spa, src->bytes, 4);
	memcpy(q.arp_tpa, addr->bytes, 4);
	return emit(
	    net->neigh.arp, nif->index, ETHERTYPE_ARP, &all, &q, sizeof q);
}

static int ask_nd(struct pkw_net *net, const struct pkw_netif *nif,
    const struct pkw_addr *addr)
{
	static const uint8_t group[13] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		1, 0xff };
	const struct pkw_addr *src = pkw__netif_source(nif, addr);
	struct pkw_addr mac = { 6, { 0x33, 0x33, 0xff } };
	struct {
		struct ip6_hdr ip;
		struct nd_neighbor_solicit ns;
		struct nd_opt_hdr opt;
		uint8_t lladdr[6];
	} q;
	size_t len = sizeof q;

	memset(&q, 0, sizeof q);
	memcpy(mac.bytes + 3, addr->bytes + 13, 3);
	if (!src) /* the unspecified address sends no option, RFC 4861 §4.3 */
		len = offsetof(__typeof__(q), opt);
	q.ip.ip6_flow = htonl(UINT32_C(6) << 28);
	q.ip.ip6_plen = htons((uint16_t)(len - sizeof q.ip));
	q.ip.ip6_nxt = IPPROTO_ICMPV6;
	q.ip.ip6_hlim = 255;
	if (src)
		memcpy(&q.ip.ip6_src, src->bytes, 16);
	memcpy(&q.ip.ip6_dst, group, sizeof group);
	memcpy(q.ip.ip6_dst.s6_addr + 13, addr->bytes + 13, 3);
	q.ns.nd_ns_type = ND_NEIGHBOR_SOLICIT;
	memcpy(&q.ns.nd_ns_target, addr->bytes, 16);
	q.opt.nd_opt_type = ND_OPT_SOURCE_LINKADDR;
	q.opt.nd_opt_len = 1;
	memcpy(q.lladdr, nif->mac.bytes, 6);
	/* the pseudo header (RFC 8200 §8.1) and what follows the IP header */
	const uint8_t *b = (const uint8_t *)&q;
	uint64_t sum = pkw__sum_partial(b + offsetof(struct ip6_hdr, ip6_src),
	    len - offsetof(struct ip6_hdr, ip6_src));
	sum = pkw__sum_add(sum, q.ip.ip6_plen);
	sum = pkw__sum_add(sum, htons(IPPROTO_ICMPV6));
	q.ns.nd_ns_cksum = (uint16_t)~pkw__sum_fold(sum);
	return emit(net->neigh.nd, nif->index, ETHERTYPE_IPV6, &mac, &q, len);
}

/* Asks once more, or gives up. */
static int ask(struct pkw_net *net, struct pkw__neigh_entry *e, int64_t now)
{
	const struct pkw_netif *nif = pkw_netif_by_index(net, e->ifindex);
	int r = -ENODEV;

	if (nif && e->asks < ASKS)
		r = e->addr.len == 4 ? ask_arp(net, nif, &e->addr)
				     : ask_nd(net, nif, &e->addr);
	/* a full queue is as good as a lost question */
	if (r < 0 && r != -EAGAIN && r != -ENOBUFS) {
		e->state = SILENT;
		e->until = now + keep_silent;
		net->neigh.asking--;
		return r;
	}
	e->asks++;
	e->until = now + net->neigh.gap;
	if (net->neigh.due > e->until)
		net->neigh.due = e->until;
	return 0;
}

static void learn(struct pkw_net *net, uint32_t ifindex,
    const struct pkw_addr *addr, const uint8_t *mac)
{
	struct pkw__neighs *n = &net->neigh;

	if (!n->table)
		return;
	struct pkw__neigh_entry *e = slot(n->table, n->cap, ifindex, addr);
	if (e->state != ASKED) /* nobody asked: not believed */
		return;
	n->asking--;
	e->state = KNOWN;
	e->until = pkw__now() + keep_known;
	e->mac.len = 6;
	memcpy(e->mac.bytes, mac, 6);
}

static void learn_arp(
    struct pkw_net *net, uint32_t ifindex, const uint8_t *b, size_t len)
{
	struct ether_arp a;
	struct pkw_addr from = { .len = 4 };

	if (len < sizeof a)
		return;
	memcpy(&a, b, sizeof a);
	if (a.ea_hdr.ar_pro != htons(ETHERTYPE_IP) || a.ea_hdr.ar_hln != 6 ||
	    a.ea_hdr.ar_pln != 4)
		return;
	memcpy(from.bytes, a.arp_spa, 4);
	learn(net, ifindex, &from, a.arp_sha);
}

/* The target option's address, else that of the frame (RFC 4861 §7.2.4). */
static void learn_nd(struct pkw_net *net, uint32_t ifindex, const uint8_t *b,
    size_t len, const struct sockaddr_ll *at)
{
	struct nd_neighbor_advert na;
	const size_t head = sizeof(struct ip6_hdr) + sizeof na;
	struct pkw_addr from = { .len = 16 };
	const uint8_t *mac = at->sll_halen == 6 ? at->sll_addr : NULL;

	/* 255: it was not forwarded, §7.1.2 */
	if (len < head || b[offsetof(struct ip6_hdr, ip6_hlim)] != 255)
		return;
	memcpy(&na, b + sizeof(struct ip6_hdr), sizeof na);
	memcpy(from.bytes, &na.nd_na_target, 16);
	for (size_t i = head; i + 8 <= len && b[i + 1]; i += b[i + 1] * 8u)
		if (b[i] == ND_OPT_TARGET_LINKADDR)
			mac = b + i + 2;
	if (mac)
		learn(net, ifindex, &from, mac);
}

static void read_answers(struct pkw_net *net, int fd)
{
	uint8_t b[512];
	struct sockaddr_ll at;
	socklen_t alen = sizeof at;
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = recvfrom(fd, b, sizeof b, MSG_DONTWAIT,
		    (struct sockaddr *)&at, &alen)) >= 0) {
		alen = sizeof at;
		if (at.sll_pkttype == PACKET_OUTGOING)
			continue;
		if (fd == net->neigh.arp)
			learn_arp(net, (uint32_t)at.sll_ifindex, b, (size_t)n);
		else
			learn_nd(
			    net, (uint32_t)at.sll_ifindex, b, (size_t)n, &at);
	}
}

unsigned pkw__neigh_pump(struct pkw_net *net)
{
	struct pkw__neighs *n = &net->neigh;
	size_t before = n->asking;

	if (!n->asking)
		return 0;
	read_answers(net, n->arp);
	read_answers(net, n->nd);
	int64_t now = pkw__now();
	if (now < n->due)
		return (unsigned)(before - n->asking);
	n->due = INT64_MAX;
	for (size_t i = 0; n->asking && i < n->cap; i++) {
		struct pkw__neigh_entry *e = &n->table[i];
		if (e->state != ASKED)
			continue;
		if (e->until <= now)
			ask(net, e, now);
		else if (e->until < n->due)
			n->due = e->until;
	}
	return (unsigned)(before - n->asking);
}

unsigned pkw__neigh_fds(const struct pkw_net *net, struct pollfd *fds)
{
	unsigned n = 0;

	if (!net->neigh.asking)
		return 0;
	if (net->neigh.arp >= 0)
		fds[n++] = (struct pollfd){ net->neigh.arp, POLLIN, 0 };
	if (net->neigh.nd >= 0)
		fds[n++] = (struct pollfd){ net->neigh.nd, POLLIN, 0 };
	return n;
}

void pkw__neigh_fini(struct pkw_net *net)
{
	if (net->neigh.arp >= 0)
		close(net->neigh.arp);
	if (net->neigh.nd >= 0)
		close(net->neigh.nd);
	free(net->neigh.table);
}

/* Addresses that need no question: 1 and the MAC, else 0. */
static int map(
    const struct pkw_netif *n, const struct pkw_addr *a, struct pkw_addr *mac)
{
	const uint8_t *b = a->bytes;

	if (n->flags & PKW_NETIF_LOOPBACK)
		*mac = (struct pkw_addr){ .len = 6 };
	else if (!n->mac.len)
		*mac = (struct pkw_addr){ .len = 0 };
	else if (pkw__addr_multicast(a) && a->len == 4)
		*mac = (struct pkw_addr){ 6,
			{ 1, 0, 0x5e, b[1] & 0x7f, b[2], b[3] } };
	else if (pkw__addr_multicast(a))
		*mac = (struct pkw_addr){ 6,
			{ 0x33, 0x33, b[12], b[13], b[14], b[15] } };
	else if (pkw__netif_broadcast(n, a))
		*mac = (struct pkw_addr){ 6, { 255, 255, 255, 255, 255, 255 } };
	else if (n->flags & PKW_NETIF_NOARP)
		*mac = n->mac;
	else
		return 0;
	return 1;
}

struct kernel_says {
	struct pkw_addr mac;
	uint16_t state;
};

static int on_neigh(const struct nlmsghdr *h, void *arg)
{
	struct kernel_says *k = arg;
	const struct ndmsg *m = mnl_nlmsg_get_payload(h);
	const struct nlattr *a;

	k->state = m->ndm_state;
	PKW__ATTR_EACH(a, h, sizeof *m)
	if (mnl_attr_get_type(a) == NDA_LLADDR)
		pkw__netlink_addr(a, &k->mac);
	return MNL_CB_OK;
}

static int kernel_knows(struct pkw_net *net, uint32_t ifindex,
    const struct pkw_addr *addr, unsigned states, struct pkw_addr *mac)
{
	char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct kernel_says k = { .state = 0 };
	struct ndmsg *m;

	h->nlmsg_type = RTM_GETNEIGH;
	m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	m->ndm_family = addr->len == 4 ? AF_INET : AF_INET6;
	m->ndm_ifindex = (int)ifindex;
	mnl_attr_put(h, NDA_DST, addr->len, addr->bytes);
	if (pkw__netlink_talk(&net->nl, h, on_neigh, &k) < 0 ||
	    !(k.state & states) || k.mac.len != 6)
		return 0;
	*mac = k.mac;
	return 1;
}

static int silent(
    const struct pkw_netif *n, const struct pkw_addr *addr, struct pkw_diag *d)
{
	char text[48];

	return pkw_fail(d, -PKW_EHOSTUNREACH,
	    "the next hop %s does not answer on %s%s",
	    pkw_addr_text(addr, text), n->name,
	    n->flags & PKW_NETIF_RUNNING ? "" : ", which has no carrier");
}

/* A new entry, whatever there was; NULL without memory. */
static struct pkw__neigh_entry *enter(struct pkw__neighs *n, uint32_t ifindex,
    const struct pkw_addr *addr, enum state state)
{
	if (make_room(n) < 0)
		return NULL;
	struct pkw__neigh_entry *e = slot(n->table, n->cap, ifindex, addr);
	n->used += e->state == FREE;
	*e = (struct pkw__neigh_entry){
		.addr = *addr, .ifindex = ifindex, .state = (uint8_t)state
	};
	return e;
}

/* Asks the first time. */
static int begin(struct pkw_net *net, const struct pkw_netif *nif,
    const struct pkw_addr *addr, struct pkw_diag *d)
{
	struct pkw__neighs *n = &net->neigh;
	char name[sizeof nif->name];
	int e = pkw__neigh_open(net, d);

	if (e == 0)
		e = addr->len == 4
			? start(n->arp, &n->arp_bound, ETHERTYPE_ARP, d)
			: start(n->nd, &n->nd_bound, ETHERTYPE_IPV6, d);
	if (e < 0)
		return e;
	if (!n->asking) { /* old answers to nobody */
		drain(n->arp);
		drain(n->nd);
	}
	memcpy(name, nif->name, sizeof name);
	struct pkw__neigh_entry *at = enter(n, nif->index, addr, ASKED);
	if (!at)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	if (!n->asking++)
		n->due = INT64_MAX;
	e = ask(net, at, pkw__now());
	if (e == 0)
		return 0;
	at->state = SILENT;
	at->until = 0; /* not its silence: try again next time */
	return pkw_fail(d, e, "cannot ask for a neighbour on %s: %s", name,
	    pkw_strerror(e));
}

int pkw__neigh_try(struct pkw_net *net, uint32_t ifindex,
    const struct pkw_addr *addr, unsigned flags, struct pkw_addr *mac,
    struct pkw_diag *d)
{
	struct pkw__neighs *n = &net->neigh;
	const struct pkw_netif *nif = pkw_netif_by_index(net, ifindex);

	if (!nif)
		return pkw_fail(
		    d, -PKW_ENODEV, "no interface with index %u", ifindex);
	if (map(nif, addr, mac))
		return 1;
	struct pkw__neigh_entry *e =
	    n->table ? slot(n->table, n->cap, ifindex, addr) : NULL;
	if (e && e->state == ASKED)
		return 0;
	if (e && e->state != FREE && e->until > pkw__now()) {
		if (e->state == SILENT)
			return silent(nif, addr, d);
		*mac = e->mac;
		return 1;
	}
	unsigned states =
	    NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP | NUD_DELAY | NUD_PROBE;
	if (flags & PKW_NEIGH_NO_ASK)
		states |= NUD_STALE;
	if (kernel_knows(net, ifindex, addr, states, mac)) {
		e = enter(n, ifindex, addr, KNOWN);
		if (e) {
			e->mac = *mac;
			e->until = pkw__now() + keep_kernels;
		}
		return 1;
	}
	if (flags & PKW_NEIGH_NO_ASK) {
		char text[48];
		return pkw_fail(d, -PKW_EHOSTUNREACH, "%s is not known on %s",
		    pkw_addr_text(addr, text), nif->name);
	}
	return begin(net, nif, addr, d);
}

int pkw__neigh_wait(struct pkw_net *net, struct pkw_diag *d)
{
	struct pollfd fds[PKW__WAIT_MAX];
	unsigned n = pkw__neigh_fds(net, fds);

	pkw__wait(fds, n, net->neigh.due, &net->stop);
	if (pkw__stop_take(&net->stop))
		return pkw_fail(d, -PKW_EINTR, "stopped");
	pkw__neigh_pump(net);
	return 0;
}

int pkw_neigh(struct pkw_net *net, uint32_t ifindex,
    const struct pkw_addr *addr, unsigned flags, struct pkw_addr *mac,
    struct pkw_diag *d)
{
	struct pkw_addr found;
	int e;

	while (
	    (e = pkw__neigh_try(net, ifindex, addr, flags, &found, d)) == 0) {
		e = pkw__neigh_wait(net, d);
		if (e < 0)
			return e;
	}
	if (e < 0)
		return e;
	*mac = found;
	return 0;
}
