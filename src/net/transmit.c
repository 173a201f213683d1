/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending: packets are copied into a batch, and the batch goes out by one
 * sendmmsg(2) over a packet socket.  Measured on veth, the cost of a packet is
 * the kernel's (its skb); a TX ring or skipping the queueing discipline gain
 * less than 5 % and lose the interface's own rate limits, so neither is used.
 *
 * Nothing on the way looks into the bytes.  A packet socket takes the protocol
 * number from us, which is why an IP packet that claims to be version 3 leaves
 * as it was made; raw IP sockets would mend it.
 *
 * With one exception, on the loopback.  IPv4 takes no packet from there that is
 * from one of its own addresses unless it was routed by the host itself (a
 * martian source, else net.ipv4.conf.lo.accept_local), so that a question put
 * there by a packet socket gets no answer from the kernel; IPv6 has no such
 * rule.  A raw IPv4 socket does route, and passes a packet unchanged if its
 * version, header length, total length, identification, source and header
 * checksum are such that the kernel finds nothing to fill in (ip(7), raw(7)).
 * Those packets, which are just those a host could answer, go by it; the rest
 * by the packet socket.  Either way the bytes are the caller's.
 *
 * A full queue is EAGAIN (the socket's) or ENOBUFS (the interface's).  The
 * first is waited for by poll(2), the second has no event and is tried again
 * after a millisecond; two seconds without any progress are an error.
 */
#include "base/sum.h"
#include "net/link.h"

#include <pkw/pkt.h>

#include <errno.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ETH = 14, TAG = 4, LINKTYPE_ETHERNET = 1 };

static const int64_t patience = (int64_t)2 * PKW__S;

int pkw__tx_open(struct pkw_link *l, struct pkw_diag *d)
{
	struct pkw__tx *t = &l->tx;

	/* protocol 0: it receives nothing */
	t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return pkw_fail(d, -errno, "cannot open a packet socket: %s",
		    pkw_strerror(errno));
	/* of IPPROTO_RAW: it never receives; without one, do without */
	t->local = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	t->bytes = malloc(PKW__BATCH_BYTES);
	if (!t->bytes)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	return 0;
}

void pkw__tx_close(struct pkw__tx *t)
{
	if (t->fd >= 0)
		close(t->fd);
	if (t->local >= 0)
		close(t->local);
	free(t->bytes);
}

int pkw__tx_room(const struct pkw__tx *t)
{
	return t->n < PKW__BATCH &&
	       t->used + PKW__PACKET_MAX <= PKW__BATCH_BYTES;
}

/* Would a raw IPv4 socket send exactly these bytes? */
static int survives(const uint8_t *b, size_t len)
{
	struct ip ip;

	if (len < sizeof ip)
		return 0;
	memcpy(&ip, b, sizeof ip);
	size_t head = ip.ip_hl * 4u;
	return ip.ip_v == 4 && head >= sizeof ip && head <= len &&
	       ntohs(ip.ip_len) == len && ip.ip_id && ip.ip_src.s_addr &&
	       pkw__sum_fold(pkw__sum_partial(b, head)) == 0xffff;
}

static int too_long(const struct pkw_link *l, const struct pkw_hop *hop,
    size_t len, struct pkw_diag *d)
{
	const struct pkw_netif *n = pkw_netif_by_index(l->net, hop->ifindex);

	return pkw_fail(d, -PKW_EMSGSIZE,
	    "a packet of %zu bytes is longer than the MTU of %s, %u%s", len,
	    n ? n->name : l->name, hop->mtu,
	    hop->ethertype ? "" : " and its header");
}

/* The link header that a routed packet gets; returns its length. */
static size_t put_header(uint8_t *to, const struct pkw_hop *hop)
{
	if (!hop->ethertype || hop->link != LINKTYPE_ETHERNET)
		return 0;
	memcpy(to, hop->dst.bytes, 6);
	memcpy(to + 6, hop->src.bytes, 6);
	to[12] = (uint8_t)(hop->ethertype >> 8);
	to[13] = (uint8_t)hop->ethertype;
	return ETH;
}

/* Is it on the loopback, and what of it is an IPv4 packet? */
static const uint8_t *loop_ip(
    const struct pkw_hop *hop, const uint8_t *b, size_t *len)
{
	static const uint8_t plain[ETH] = { [12] = 8 }; /* zeros, 0x0800 */

	if (!hop->loopback)
		return NULL;
	if (hop->ethertype == ETHERTYPE_IP)
		return b;
	if (hop->ethertype || *len < ETH || memcmp(b, plain, ETH) != 0)
		return NULL;
	*len -= ETH;
	return b + ETH;
}

int pkw__tx_add(struct pkw_link *l, const struct pkw_hop *hop,
    const void *bytes, size_t len, struct pkw_diag *d)
{
	struct pkw__tx *t = &l->tx;
	size_t ip_len = len;
	const uint8_t *ip = loop_ip(hop, bytes, &ip_len);
	int loop = ip && survives(ip, ip_len) && t->local >= 0;
	size_t most = (size_t)hop->mtu + (hop->ethertype ? 0 : ETH + TAG);

	if (!hop->ethertype && hop->link == LINKTYPE_ETHERNET && len < ETH)
		return pkw_fail(d, -PKW_EINVAL,
		    "a frame of %zu bytes is no Ethernet frame: the header "
		    "alone has 14",
		    len);
	if (len > most || len + ETH > PKW__PACKET_MAX)
		return too_long(l, hop, len, d);
	uint8_t *at = t->bytes + t->used;
	size_t head = put_header(at, hop);
	memcpy(at + head, bytes, len);
	len += head;
	struct sockaddr_ll *to = &t->to[t->n];
	memset(to, 0, sizeof *to);
	if (loop) {
		struct sockaddr_in in = { .sin_family = AF_INET };
		memcpy(&in.sin_addr, ip + offsetof(struct ip, ip_dst), 4);
		memcpy(to, &in, sizeof in);
	} else {
		to->sll_family = AF_PACKET;
		to->sll_ifindex = (int)hop->ifindex;
		/* 0: the kernel reads it from the header */
		to->sll_protocol = htons(hop->ethertype);
	}
	t->loop[t->n] = loop ? hop->ifindex : 0;
	t->link[t->n] = hop->link;
	/* the raw socket's part is behind the frame's header */
	t->iov[t->n] = loop ? (struct iovec){ at + ETH, len - ETH }
			    : (struct iovec){ at, len };
	t->msgs[t->n].msg_hdr = (struct msghdr){ .msg_name = to,
		.msg_namelen = loop ? sizeof(struct sockaddr_in) : sizeof *to,
		.msg_iov = &t->iov[t->n],
		.msg_iovlen = 1 };
	t->used += len;
	t->n++;
	return 0;
}

void pkw__tx_frame(
    const struct pkw_link *l, unsigned place, struct pkw_frame *f)
{
	const struct pkw__tx *t = &l->tx;
	uint32_t loop = t->loop[place];
	uint8_t *b = t->iov[place].iov_base;
	uint32_t len = (uint32_t)t->iov[place].iov_len;

	*f = (struct pkw_frame){ .data = loop ? b - ETH : b,
		.len = loop ? len + ETH : len,
		.link = t->link[place],
		.ifindex = loop ? loop : (uint32_t)t->to[place].sll_ifindex,
		.flags = PKW_FRAME_OUT };
	f->caplen = f->len;
}

void pkw__tx_forget(struct pkw__tx *t)
{
	t->n = t->sent = 0;
	t->used = 0;
	t->stuck = 0;
}

static int stuck(struct pkw_link *l, int e, int64_t now, struct pkw__kick *k,
    struct pkw_diag *d)
{
	struct pkw__tx *t = &l->tx;

	if (!t->stuck)
		t->stuck = now;
	if (now - t->stuck > patience) {
		pkw__tx_forget(t);
		return pkw_fail(d, -PKW_ENOBUFS,
		    "the send queue of %s has been full for two seconds",
		    l->name);
	}
	k->full = e == EAGAIN;
	k->until = now + (k->full ? 100 : 1) * PKW__MS;
	return 1;
}

/* An error of the first packet that was not sent. */
static int refused(struct pkw_link *l, int e, struct pkw_diag *d)
{
	struct pkw__tx *t = &l->tx;
	uint32_t ifindex = t->loop[t->sent]
			       ? t->loop[t->sent]
			       : (uint32_t)t->to[t->sent].sll_ifindex;
	size_t len = t->iov[t->sent].iov_len;

	if (e == ENETDOWN || e == ENXIO || e == ENODEV) {
		pkw__tx_forget(t);
		return pkw__link_gone(l, ifindex, d);
	}
	if (++t->sent == t->n)
		pkw__tx_forget(t);
	return pkw_fail(d, -e, "a packet of %zu bytes was refused by %s: %s",
	    len, l->name, pkw_strerror(e));
}

int pkw__tx_kick(struct pkw_link *l, struct pkw__kick *k, struct pkw_diag *d)
{
	struct pkw__tx *t = &l->tx;

	*k = (struct pkw__kick){ .first = t->sent };
	while (t->sent < t->n) {
		int64_t now = pkw__now();
		unsigned may = pkw__pace_may(
			     &t->pace, now, t->n - t->sent, &k->until),
			 same = 1;
		if (!may)
			return 1;
		uint32_t loop = t->loop[t->sent];
		while (same < may && t->loop[t->sent + same] == loop)
			same++;
		int n = sendmmsg(loop ? t->local : t->fd, t->msgs + t->sent,
		    same, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS))
			return stuck(l, errno, now, k, d);
		if (n < 0)
			return refused(l, errno, d);
		for (int i = 0; i < n; i++)
			t->total += t->msgs[t->sent + (unsigned)i].msg_len;
		t->packets += (unsigned)n;
		t->sent += (unsigned)n;
		k->n += (unsigned)n;
		t->stuck = 0;
		pkw__pace_did(&t->pace, (unsigned)n);
	}
	pkw__tx_forget(t);
	return 0;
}

int pkw_link_flush(struct pkw_link *l, struct pkw_diag *d)
{
	struct pkw__tx *t = &l->tx;
	struct pkw__kick k;
	int e;

	while ((e = pkw__tx_kick(l, &k, d)) > 0) {
		struct pollfd p = { t->fd, POLLOUT, 0 };
		pkw__wait(&p, k.full ? 1 : 0, k.until, &l->net->stop);
		if (pkw__stop_take(&l->net->stop)) {
			pkw__tx_forget(t);
			return pkw_fail(d, -PKW_EINTR, "stopped");
		}
	}
	return e;
}

void pkw_link_rate(struct pkw_link *l, double pps)
{
	l->tx.pace = (struct pkw__pace){ .rate = pps };
}

int pkw__tx_check_hop(
    struct pkw_link *l, const struct pkw_hop *hop, struct pkw_diag *d)
{
	if (l->tx.fd < 0)
		return pkw_fail(
		    d, -PKW_EINVAL, "this link was opened for receiving only");
	if (!l->ifindex || l->ifindex == hop->ifindex)
		return pkw__netif_ready(l->net, hop->ifindex, d);
	const struct pkw_netif *n = pkw_netif_by_index(l->net, hop->ifindex);
	return pkw_fail(d, -PKW_ENETUNREACH,
	    "the destination is reached by %s and not by %s",
	    n ? n->name : "another interface", l->name);
}

/* With a rate, every packet goes at its own time. */
static int queue(struct pkw_link *l, const struct pkw_hop *hop,
    const void *bytes, size_t len, struct pkw_diag *d)
{
	int e = 0;

	if (!pkw__tx_room(&l->tx))
		e = pkw_link_flush(l, d);
	if (e == 0)
		e = pkw__tx_add(l, hop, bytes, len, d);
	if (e == 0 && l->tx.pace.rate > 0)
		e = pkw_link_flush(l, d);
	return e;
}

int pkw__tx_frame_hop(struct pkw_link *l, uint32_t ifindex, struct pkw_hop *hop,
    struct pkw_diag *d)
{
	if (!ifindex)
		ifindex = l->ifindex;
	if (!ifindex)
		return pkw_fail(
		    d, -PKW_EINVAL, "a frame needs an interface to leave by");
	const struct pkw_netif *n = pkw_netif_by_index(l->net, ifindex);
	if (!n)
		return pkw_fail(
		    d, -PKW_ENODEV, "no interface with index %u", ifindex);
	*hop = (struct pkw_hop){ .ifindex = ifindex,
		.link = n->link,
		.mtu = n->mtu,
		.loopback = n->flags & PKW_NETIF_LOOPBACK };
	return 0;
}

int pkw_link_put(struct pkw_link *l, uint32_t ifindex, const void *frame,
    size_t len, struct pkw_diag *d)
{
	struct pkw_hop hop;
	int e = pkw__tx_frame_hop(l, ifindex, &hop, d);

	if (e == 0)
		e = pkw__tx_check_hop(l, &hop, d);
	return e < 0 ? e : queue(l, &hop, frame, len, d);
}

int pkw_link_send(struct pkw_link *l, struct pkw_pkt *p, struct pkw_diag *d)
{
	struct pkw_hop hop;
	int e = pkw_resolve(l->net, p, l->ifindex, 0, &hop, d);

	if (e == 0)
		e = pkw__tx_check_hop(l, &hop, d);
	struct pkw_span s = pkw_bytes(p);
	return e < 0 ? e : queue(l, &hop, s.p, s.len, d);
}
