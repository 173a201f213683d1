/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of struct pkw_link: a ring that receives, a batch that sends. */
#ifndef PKW_NET_LINK_H
#define PKW_NET_LINK_H

#include "net/net.h"

#include <linux/if_packet.h>
#include <pkw/net.h>
#include <stdint.h>
#include <sys/socket.h>

/* Receiving; ring.c. */
struct pkw__ring {
	int fd;               /* -1: this link does not receive */
	int immediate;        /* TPACKET_V2, frame by frame; else V3, blocks */
	uint8_t *map;
	size_t maplen;
	uint32_t unit, units; /* a block's or a frame's bytes, how many */
	uint32_t cur;         /* the one to look at next */
	uint8_t *held;        /* lent out: to be given back; NULL: none */
	uint8_t *next;        /* V3: the next packet of the held block */
	uint32_t left;        /* V3: packets behind it */
	uint8_t *large;       /* V2: a packet that fits no frame */
	uint64_t packets, drops;
	uint64_t rejected;    /* by the filter, when asked again */
	uint32_t told;        /* drops not yet told in a frame */
};

/* Keeps a rate without saving up what was not used. */
struct pkw__pace {
	double rate;          /* packets a second, 0: no limit */
	int64_t next;         /* when the next one is due */
};

enum {
	PKW__BATCH = 64,
	PKW__PACKET_MAX = 65536 + 64, /* lo's MTU and a link header */
	PKW__BATCH_BYTES = PKW__BATCH * 2048 + PKW__PACKET_MAX
};

/* Sending; transmit.c. */
struct pkw__tx {
	int fd;               /* -1: this link does not send */
	int local;            /* a raw IPv4 socket for the loopback, or -1 */
	uint8_t *bytes;
	size_t used;
	unsigned n, sent;     /* in the batch; of them out */
	int64_t stuck;        /* since when the queue is full, 0: it is not */
	struct pkw__pace pace;
	uint64_t packets, total;
	struct mmsghdr msgs[PKW__BATCH];
	struct iovec iov[PKW__BATCH];
	struct sockaddr_ll to[PKW__BATCH];
	uint32_t loop[PKW__BATCH]; /* by `local' on this interface, or 0 */
	uint16_t link[PKW__BATCH]; /* LINKTYPE_ of the frame */
};

struct pkw_link {
	struct pkw_net *net;
	int own_net;
	unsigned flags;
	char name[16];        /* "any" */
	uint32_t ifindex;     /* 0: any */
	uint64_t missed0;     /* the interface's counter at the beginning */
	struct pkw_filter *filter;
	struct pkw__ring ring;
	struct pkw__tx tx;
	int down;             /* the error to tell when the ring is empty */
	int64_t down_at;
};

/* ring.c */
int pkw__ring_open(struct pkw_link *l, const struct pkw_link_opts *o,
    struct pkw_diag *d);
void pkw__ring_close(struct pkw__ring *r);
/* The next frame that is there already: 1 or 0. */
int pkw__ring_take(struct pkw_link *l, struct pkw_frame *f);
void pkw__ring_count(struct pkw__ring *r);
/* Milliseconds after which a packet shows up at the latest. */
int pkw__ring_delay(const struct pkw__ring *r);

/* pace.c: how many may go now, at most `want'; else *until says when. */
unsigned pkw__pace_may(struct pkw__pace *p, int64_t now, unsigned want,
    int64_t *until);
void pkw__pace_did(struct pkw__pace *p, unsigned n);

/* What a kick did: how many packets went, and what to wait for if some stay. */
struct pkw__kick {
	unsigned first, n; /* places in the batch */
	int64_t until;
	int full;          /* wait for room in the socket's queue as well */
};

/*
 * transmit.c.  add copies a packet into the batch, which must have room.  kick
 * sends what can go without waiting: 0 all is out; 1 some is left; or an error
 * of the packet behind those that went, which is dropped; if the interface is
 * gone the whole batch is.
 */
int pkw__tx_open(struct pkw_link *l, struct pkw_diag *d);
void pkw__tx_close(struct pkw__tx *t);
int pkw__tx_room(const struct pkw__tx *t);
int pkw__tx_add(struct pkw_link *l, const struct pkw_hop *hop,
    const void *bytes, size_t len, struct pkw_diag *d);
int pkw__tx_kick(struct pkw_link *l, struct pkw__kick *k, struct pkw_diag *d);
/* A packet of the batch as a frame on its link. */
void pkw__tx_frame(const struct pkw_link *l, unsigned place,
    struct pkw_frame *f);
void pkw__tx_forget(struct pkw__tx *t);
/* The hop of a frame as it stands, out of an interface. */
int pkw__tx_frame_hop(struct pkw_link *l, uint32_t ifindex,
    struct pkw_hop *hop, struct pkw_diag *d);
/* Can the packet leave by this link? */
int pkw__tx_check_hop(struct pkw_link *l, const struct pkw_hop *hop,
    struct pkw_diag *d);

/* link.c: the interface went away or down; says which. */
int pkw__link_gone(struct pkw_link *l, uint32_t ifindex, struct pkw_diag *d);
/* As pkw_link_next(), until a moment of pkw__now(). */
int pkw__link_next_until(struct pkw_link *l, struct pkw_frame *f,
    int64_t until, struct pkw_diag *d);

#endif
