/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving: a packet socket whose packets the kernel puts into memory that is
 * mapped here (packet(7), PACKET_RX_RING), so that a capture makes no system
 * call per packet and copies nothing.
 *
 * There are two kinds of ring.  TPACKET_V3 fills blocks of 256 KiB with packets
 * of any size and hands over a block when it is full or 20 ms old: the most
 * packets for the memory, and few wake-ups.  TPACKET_V2 hands over each packet
 * at once, in frames of 2 KiB; that is for asking, where somebody waits for the
 * answer.  What is longer than a frame comes whole through the socket's queue
 * (PACKET_COPY_THRESH).
 *
 * A frame is lent out where it lies.  Its memory goes back to the kernel when
 * the next one is asked for (V2) or the block is used up (V3).  The kernel
 * takes VLAN tags out of the bytes; four bytes are reserved before each packet
 * so that the tag can be put back by moving the two MAC addresses.  Behind the
 * map there is one page more, for PKW_FRAME_SLACK.
 *
 * The socket is made with protocol 0 and receives nothing until ring, filter
 * and membership are in place and it is bound; so nothing comes that the filter
 * has not seen, and nothing need be drained.
 *
 * On the loopback every packet is seen twice, leaving and arriving; what leaves
 * is passed over there, as libpcap does.
 */
#include "net/filter.h"
#include "net/link.h"

#include <errno.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	BLOCK = 1 << 18,
	FRAME = 1 << 11,
	RETIRE_MS = 20,
	LARGE = 1 << 18,
	DEFAULT_BUFFER = 8 << 20,
	DEFAULT_IMMEDIATE = 4 << 20,
	TAG = 4,
	TAG_AT = 12 /* behind the two MAC addresses */
};

#ifndef TP_STATUS_GSO_TCP
#define TP_STATUS_GSO_TCP (1 << 8)
#endif
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

/* What both kinds of ring say about a packet. */
struct found {
	uint8_t *data;
	uint32_t caplen, len, status;
	uint16_t tci, tpid;
	int64_t ts;
	const struct sockaddr_ll *at;
};

static int set(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof value);
}

/* Maps the ring with a page behind it that can be read. */
static int map_ring(struct pkw__ring *r)
{
	size_t len = (size_t)r->unit * r->units;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *all = mmap(
	    NULL, len + page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		return -errno;
	void *ring = mmap(
	    all, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, r->fd, 0);
	if (ring == MAP_FAILED) {
		int e = -errno;
		munmap(all, len + page);
		return e;
	}
	r->map = ring;
	r->maplen = len + page;
	return 0;
}

static int set_up_blocks(struct pkw__ring *r, uint32_t bytes)
{
	int version = TPACKET_V3;

	r->unit = BLOCK;
	r->units = bytes / BLOCK > 2 ? bytes / BLOCK : 2;
	struct tpacket_req3 q = { .tp_block_size = BLOCK,
		.tp_block_nr = r->units,
		.tp_frame_size = FRAME,
		.tp_frame_nr = BLOCK / FRAME * r->units,
		.tp_retire_blk_tov = RETIRE_MS };
	if (set(r->fd, PACKET_VERSION, version) < 0 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &q, sizeof q) < 0)
		return -errno;
	return map_ring(r);
}

static int set_up_frames(struct pkw__ring *r, uint32_t bytes)
{
	int version = TPACKET_V2;
	uint32_t blocks = bytes / BLOCK > 2 ? bytes / BLOCK : 2;

	r->unit = FRAME;
	r->units = blocks * (BLOCK / FRAME);
	struct tpacket_req q = { .tp_block_size = BLOCK,
		.tp_block_nr = blocks,
		.tp_frame_size = FRAME,
		.tp_frame_nr = r->units };
	if (set(r->fd, PACKET_VERSION, version) < 0 ||
	    set(r->fd, PACKET_COPY_THRESH, 1) < 0 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &q, sizeof q) < 0)
		return -errno;
	r->large = calloc(1, LARGE + TAG + PKW_FRAME_SLACK);
	return r->large ? map_ring(r) : -PKW_ENOMEM;
}

static int attach(struct pkw_link *l)
{
	size_t n;
	struct sock_filter *code =
	    pkw__filter_kernel(l->filter, !l->ifindex, &n);
	struct sock_fprog prog = { .len = (unsigned short)n, .filter = code };

	if (n && !code)
		return -PKW_ENOMEM;
	int e = n && setsockopt(l->ring.fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			 sizeof prog) < 0
		    ? -errno
		    : 0;
	free(code);
	return e;
}

static int join_promisc(struct pkw_link *l)
{
	struct packet_mreq m = { .mr_ifindex = (int)l->ifindex,
		.mr_type = PACKET_MR_PROMISC };

	if (!(l->flags & PKW_LINK_PROMISC) || !l->ifindex)
		return 0;
	return setsockopt(l->ring.fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m,
		   sizeof m) < 0
		   ? -errno
		   : 0;
}

static int start(struct pkw_link *l)
{
	struct sockaddr_ll on = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)l->ifindex };

	return bind(l->ring.fd, (struct sockaddr *)&on, sizeof on) < 0 ? -errno
								       : 0;
}

int pkw__ring_open(
    struct pkw_link *l, const struct pkw_link_opts *o, struct pkw_diag *d)
{
	struct pkw__ring *r = &l->ring;
	uint32_t bytes = o->buffer;

	r->immediate = (l->flags & PKW_LINK_IMMEDIATE) != 0;
	if (!bytes)
		bytes = r->immediate ? DEFAULT_IMMEDIATE : DEFAULT_BUFFER;
	r->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (r->fd < 0)
		return pkw_fail(d, -errno, "cannot open a packet socket: %s",
		    pkw_strerror(errno));
	int e = set(r->fd, PACKET_RESERVE, TAG) < 0 ? -errno : 0;
	if (e == 0)
		e = r->immediate ? set_up_frames(r, bytes)
				 : set_up_blocks(r, bytes);
	if (e == -PKW_ENOMEM)
		return pkw_fail(
		    d, e, "no memory for a receive buffer of %u bytes", bytes);
	/* an old kernel does without: take() looks, too */
	if (l->flags & PKW_LINK_IN_ONLY)
		set(r->fd, PACKET_IGNORE_OUTGOING, 1);
	if (e == 0)
		e = attach(l);
	if (e == 0)
		e = join_promisc(l);
	if (e == 0)
		e = start(l);
	if (e < 0)
		return pkw_fail(
		    d, e, "cannot receive on %s: %s", l->name, pkw_strerror(e));
	return 0;
}

void pkw__ring_close(struct pkw__ring *r)
{
	if (r->map)
		munmap(r->map, r->maplen);
	if (r->fd >= 0)
		close(r->fd);
	free(r->large);
}

int pkw__ring_delay(const struct pkw__ring *r)
{
	/* twice: a block that begins just after a look */
	return r->immediate ? 1 : 2 * RETIRE_MS;
}

/* Both structs begin with the same two counters, which reading resets. */
void pkw__ring_count(struct pkw__ring *r)
{
	struct tpacket_stats_v3 s = { 0 };
	socklen_t n = sizeof s;

	if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &s, &n) < 0)
		return;
	r->packets += s.tp_packets - s.tp_drops;
	r->drops += s.tp_drops;
	r->told += s.tp_drops;
}

static uint32_t status_of(const uint32_t *word)
{
	uint32_t s = *(const volatile uint32_t *)word;

	atomic_thread_fence(memory_order_acquire);
	return s;
}

static void give_back(uint32_t *word)
{
	atomic_thread_fence(memory_order_release);
	*(volatile uint32_t *)word = TP_STATUS_KERNEL;
}

/* The kernel aligns what it writes here (TPACKET_ALIGNMENT). */
static void *aligned(uint8_t *p)
{
	return p;
}

static struct tpacket_block_desc *block(const struct pkw__ring *r, uint32_t i)
{
	return aligned(r->map + (size_t)i * r->unit);
}

/* V3: the next packet of the block at hand, or of the next one. */
static int find_in_blocks(struct pkw__ring *r, struct found *f)
{
	while (!r->left) {
		struct tpacket_block_desc *b = block(r, r->cur);
		if (r->held) {
			give_back(&b->hdr.bh1.block_status);
			r->held = NULL;
			r->cur = (r->cur + 1) % r->units;
			b = block(r, r->cur);
		}
		uint32_t status = status_of(&b->hdr.bh1.block_status);
		if (!(status & TP_STATUS_USER))
			return 0;
		if (status & TP_STATUS_LOSING)
			pkw__ring_count(r);
		r->held = (uint8_t *)b;
		r->left = b->hdr.bh1.num_pkts;
		r->next = r->held + b->hdr.bh1.offset_to_first_pkt;
	}
	struct tpacket3_hdr *h = aligned(r->next);
	f->at = aligned(r->next + TPACKET_ALIGN((int)sizeof *h));
	f->data = r->next + h->tp_mac;
	f->caplen = h->tp_snaplen;
	f->len = h->tp_len;
	f->status = h->tp_status;
	f->tci = (uint16_t)h->hv1.tp_vlan_tci;
	f->tpid = h->hv1.tp_vlan_tpid;
	f->ts = (int64_t)h->tp_sec * PKW__S + h->tp_nsec;
	r->left--;
	r->next += h->tp_next_offset;
	return 1;
}

/* V2: a packet longer than its frame waits in the queue. */
static void take_large(struct pkw__ring *r, struct found *f)
{
	ssize_t n = recv(r->fd, r->large + TAG, LARGE, MSG_DONTWAIT);

	if (n <= 0)
		return; /* the frame has its beginning at least */
	f->data = r->large + TAG;
	f->caplen = (uint32_t)n;
	if (f->caplen > f->len)
		f->caplen = f->len;
}

static int find_in_frames(struct pkw__ring *r, struct found *f)
{
	if (r->held) {
		struct tpacket2_hdr *old = aligned(r->held);
		give_back(&old->tp_status);
		r->held = NULL;
		r->cur = (r->cur + 1) % r->units;
	}
	uint8_t *p = r->map + (size_t)r->cur * r->unit;
	struct tpacket2_hdr *h = aligned(p);
	f->status = status_of(&h->tp_status);
	if (!(f->status & TP_STATUS_USER))
		return 0;
	if (f->status & TP_STATUS_LOSING)
		pkw__ring_count(r);
	r->held = p;
	f->at = aligned(p + TPACKET_ALIGN((int)sizeof *h));
	f->data = p + h->tp_mac;
	f->caplen = h->tp_snaplen;
	f->len = h->tp_len;
	f->tci = h->tp_vlan_tci;
	f->tpid = h->tp_vlan_tpid;
	f->ts = (int64_t)h->tp_sec * PKW__S + h->tp_nsec;
	if (f->status & TP_STATUS_COPY)
		take_large(r, f);
	return 1;
}

/* Puts the VLAN tag back to where it was on the wire. */
static void restore_tag(struct found *f)
{
	uint16_t tpid =
	    f->status & TP_STATUS_VLAN_TPID_VALID ? f->tpid : ETHERTYPE_VLAN;
	uint8_t *b = f->data - TAG;

	memmove(b, f->data, TAG_AT);
	b[TAG_AT] = (uint8_t)(tpid >> 8);
	b[TAG_AT + 1] = (uint8_t)tpid;
	b[TAG_AT + 2] = (uint8_t)(f->tci >> 8);
	b[TAG_AT + 3] = (uint8_t)f->tci;
	f->data = b;
	f->caplen += TAG;
	f->len += TAG;
}

static uint32_t flags_of(const struct found *f)
{
	static const uint32_t types[] = {
		[PACKET_HOST] = PKW_FRAME_IN | PKW_FRAME_UNICAST,
		[PACKET_BROADCAST] = PKW_FRAME_IN | PKW_FRAME_BROADCAST,
		[PACKET_MULTICAST] = PKW_FRAME_IN | PKW_FRAME_MULTICAST,
		[PACKET_OTHERHOST] = PKW_FRAME_IN | PKW_FRAME_OTHERHOST,
		[PACKET_OUTGOING] = PKW_FRAME_OUT,
	};
	unsigned type = f->at->sll_pkttype;
	uint32_t flags = type < sizeof types / sizeof *types ? types[type] : 0;

	if (f->status & TP_STATUS_CSUMNOTREADY)
		flags |= PKW_FRAME_CSUM_PARTIAL;
	if (f->status & TP_STATUS_CSUM_VALID)
		flags |= PKW_FRAME_CSUM_VALID;
	if (f->status & TP_STATUS_GSO_TCP)
		flags |= PKW_FRAME_TSO;
	return flags;
}

/* Ours to pass over, whatever the filter says? */
static int unwanted(const struct pkw_link *l, const struct found *f)
{
	return f->at->sll_pkttype == PACKET_OUTGOING &&
	       (l->flags & PKW_LINK_IN_ONLY ||
		   f->at->sll_hatype == ARPHRD_LOOPBACK);
}

int pkw__ring_take(struct pkw_link *l, struct pkw_frame *out)
{
	struct pkw__ring *r = &l->ring;
	struct found f = { 0 };

	while (r->immediate ? find_in_frames(r, &f) : find_in_blocks(r, &f)) {
		uint16_t link = pkw__linktype(f.at->sll_hatype);
		int tagged = f.status & TP_STATUS_VLAN_VALID && link == 1 &&
			     f.caplen >= TAG_AT;

		if (unwanted(l, &f)) {
			r->rejected++;
			continue;
		}
		if (tagged)
			restore_tag(&f);
		*out = (struct pkw_frame){ .data = f.data,
			.caplen = f.caplen,
			.len = f.len,
			.ts_ns = f.ts,
			.link = link,
			.ifindex = (uint32_t)f.at->sll_ifindex,
			.flags = flags_of(&f),
			.dropped = r->told };
		if (pkw__filter_again(link, tagged, !l->ifindex) &&
		    !pkw_filter_match(l->filter, out)) {
			r->rejected++;
			continue;
		}
		r->told = 0;
		return 1;
	}
	return 0;
}
