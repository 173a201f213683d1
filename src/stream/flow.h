/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP connection as the table of flows keeps it. */
#ifndef PKW_STREAM_FLOW_H
#define PKW_STREAM_FLOW_H

#include "stream/inet.h"
#include "stream/map.h"
#include "stream/quilt.h"

#include <pkw/stream.h>

struct pkw__flow;

/* One direction.  Offsets count from its first byte of data. */
struct pkw__way {
	struct pkw__flow *flow;
	struct pkw__age waiting; /* in the table's list, while bytes wait */
	struct pkw__quilt quilt; /* bytes that wait */
	uint64_t next;           /* all before it was told of */
	uint64_t low, high;      /* of what waits: first, behind the last */
	uint64_t acked;          /* by the other side */
	uint64_t acked_then;     /* ... some segments ago, at `then_at' ... */
	uint64_t acked_surely;   /* ... and so long ago that it counts */
	uint64_t then_at;        /* by the flow's number of segments */
	uint64_t fin;            /* offset of the FIN, UINT64_MAX: not seen */
	uint8_t *history;        /* bytes before `next', by offset modulo size */
	uint64_t history_from;   /* the first that is there */
	uint16_t window;         /* it said last, unscaled */
	uint8_t known;           /* its sequence numbers are */
};

struct pkw__flow {
	struct pkw__link link;
	struct pkw__age age;
	struct pkw_flow f;
	struct pkw__way way[2];
	uint8_t client_is_a;     /* of the key's two ends */
	uint8_t closed;
};

struct pkw_streams {
	struct pkw__inet n;
	struct pkw__map map;
	struct pkw__age ages, closing, closed, waiting;
	struct pkw__pool pool;
	struct pkw_streams_opts o;
	const struct pkw__policy *policy;
	struct pkw_streams_stats stats;
	struct pkw__flow *last;
	enum pkw_way last_way;
	uint64_t flows;          /* there ever were */
	int64_t now;
	int err;                 /* of this put() */
};

void pkw__stream_tell(struct pkw_streams *t, struct pkw_stream_event *e);

/* ---- way.c ---- */

/* Data at an offset from the beginning, which may lie before it. */
void pkw__way_data(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, int64_t off, const uint8_t *b, uint32_t len);
/* The other side acknowledges what is before this offset. */
void pkw__way_ack(struct pkw__flow *fl, enum pkw_way way, int64_t to);
/* Another segment of the flow has come: is something lost? */
void pkw__way_look(
    struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way);
void pkw__way_fin(
    struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way, int64_t at);
/* Nothing more is waited for. */
void pkw__way_flush(
    struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way);
void pkw__way_free(struct pkw_streams *t, struct pkw__way *w);

#endif
