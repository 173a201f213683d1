/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP streams: the bytes of each connection, in order, and what went wrong. */
#ifndef PKW_STREAM_H
#define PKW_STREAM_H

/*
 * Packets go in, in the order in which they were captured; events come out by a
 * callback: a flow opens, bytes that are next in one direction, bytes that are
 * lost, segments that contradict each other, the flow closes.
 *
 *	struct pkw_streams *t = pkw_streams_new(&(struct pkw_streams_opts){
 *	    .on_event = on_event });
 *	while (pkw_reader_next(r, &f, &d) > 0) {
 *		pkw_dissect(p, pkw_link_proto(f.link), f.data, f.caplen, 0);
 *		pkw_streams_put(t, &f, p);
 *	}
 *	pkw_streams_end(t);
 *	pkw_streams_free(t);
 *
 * Bytes that are next are told of at once, as a receiver would hand them over;
 * so a policy decides only about bytes that wait for others before them.  Bytes
 * that were told of are never told of again, whatever comes later.
 *
 * Bytes are lost, which ends the wait for them, when
 *   - the receiver has acknowledged them, and others behind them are there;
 *   - the buffers are full: their size is bounded, for a direction and in all;
 *   - the flow ends.
 * A segment costs time in proportion to its length.
 *
 * Fragments are passed over: put them together before, by pkw_defrag_put().
 * Checksums are not looked at: captures of a host's own packets lack them.
 */

#include <pkw/defrag.h>
#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/pkt.h>
#include <pkw/str.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One direction, named by who sends: 0 who opened the connection, 1 the other.
   Without a SYN, 0 is who was seen first. */
enum pkw_way { PKW_CLIENT, PKW_SERVER };

enum pkw_way_flag {
	PKW_WAY_SYN = 1 << 0,  /* its SYN was seen: offset 0 is its first byte;
	                          else the first byte that was seen */
	PKW_WAY_FIN = 1 << 1,  /* its FIN was seen ... */
	PKW_WAY_DONE = 1 << 2, /* ... and all before it was told of */
	PKW_WAY_RST = 1 << 3   /* it sent a RST that counts */
};

struct pkw_flow_way {
	uint8_t addr[16];        /* IPv4: the first four bytes */
	uint16_t port;
	uint16_t flags;          /* enum pkw_way_flag */
	uint32_t seq;            /* sequence number of offset 0 */
	uint64_t segments;       /* with the empty ones */
	uint64_t bytes;          /* told of as data */
	uint64_t lost;           /* told of as gaps */
	uint64_t out_of_order;   /* segments that had to wait */
	uint64_t retransmitted;  /* bytes that came again */
	uint64_t overlaps;       /* segments that contradict earlier ones */
	uint64_t keep_alives;    /* segments one byte back, RFC 9293 3.8.4 */
	uint64_t probes;         /* of a window that is closed, 3.8.6.1 */
	uint64_t ignored;        /* segments that cannot be: far outside */
};

/* A connection; lent, with what is in it, until its close event returns. */
struct pkw_flow {
	uint64_t number;         /* from 0 on, in the order they appeared */
	unsigned version;        /* of IP: 4 or 6 */
	struct pkw_flow_way way[2];
	int64_t first_ns, last_ns;
	void *user;              /* the caller's own, NULL at first */
};

enum pkw_stream_what {
	PKW_STREAM_OPEN,
	PKW_STREAM_DATA,
	PKW_STREAM_GAP,
	PKW_STREAM_OVERLAP, /* a segment says something else about bytes that
	                       wait, or that were told of (see .history) */
	PKW_STREAM_CLOSE,
	PKW_STREAM__N
};

enum pkw_close {
	PKW_CLOSE_FIN,     /* both sides have closed it */
	PKW_CLOSE_RST,
	PKW_CLOSE_REUSED,  /* the same ports again, in a new connection */
	PKW_CLOSE_TIMEOUT, /* nothing came for long */
	PKW_CLOSE_LIMIT,   /* to make room */
	PKW_CLOSE_END,     /* pkw_streams_end() */
	PKW_CLOSE__N
};

struct pkw_stream_event {
	enum pkw_stream_what what;
	struct pkw_flow *flow;
	enum pkw_way way;       /* data, gap, overlap: who sent it */
	uint64_t offset;        /* of the first byte, in this direction */
	uint64_t len;           /* data, gap, overlap: how many bytes (those
	                           that are the same included) */
	const uint8_t *bytes;   /* data: lent until the callback returns */
	uint32_t differ, taken; /* overlap: bytes that are not the same; bytes
	                           that the new segment won */
	enum pkw_close reason;  /* close */
	int64_t ts_ns;          /* of the packet that made it happen */
};
/* Negative ends the put() with this error, after its other events. */
typedef int pkw_stream_fn(void *arg, const struct pkw_stream_event *e);

struct pkw_streams_opts {
	enum pkw_policy policy; /* see <pkw/defrag.h> */
	uint32_t flows;         /* at a time; 0: 65536 */
	uint32_t wait;          /* how far ahead of what is missing bytes may
	                           be, in a direction; 0: 1 MiB, 1 GiB at most */
	uint32_t history;       /* bytes kept, in a direction, after they were
	                           told of, to tell when they come again and
	                           are not the same; 0: none */
	size_t memory;          /* for bytes that wait, and history, of all
	                           flows; 0: 64 MiB */
	unsigned idle;          /* milliseconds without a packet, by their time
	                           stamps, that end a flow; 0: an hour */
	pkw_stream_fn *on_event;
	void *arg;
};

struct pkw_streams_stats {
	uint64_t packets;       /* that were put */
	uint64_t segments;      /* of them */
	uint64_t fragments;     /* passed over */
	uint64_t events[PKW_STREAM__N];
	uint64_t bytes;         /* of data */
	uint64_t lost;          /* of gaps */
	uint32_t open;          /* flows that are in the table and not closed */
	size_t memory;          /* taken by bytes that wait, and history */
};

/*
 * A table of flows, which one thread uses.  `o' may be NULL; NULL without
 * memory.  free() tells nothing: call end() before.
 *
 * A flow that was closed stays known for two minutes, so that what comes late
 * opens no new one.
 */
struct pkw_streams;
PKW_API struct pkw_streams *pkw_streams_new(const struct pkw_streams_opts *o);
PKW_API void pkw_streams_free(struct pkw_streams *t);

/*
 * The next packet, dissected; f may be NULL: time then stands still.  1 if it
 * was a TCP segment, 0 if not; -PKW_ENOMEM, or what the callback returned.  The
 * outermost TCP layer counts.
 */
PKW_API int pkw_streams_put(struct pkw_streams *t, const struct pkw_frame *f,
    const struct pkw_pkt *p);

/*
 * The flow of the segment that was put last, which may be closed; NULL: none.
 * way: its direction.
 */
PKW_API const struct pkw_flow *pkw_streams_last(
    const struct pkw_streams *t, enum pkw_way *way);

/* Closes all flows; 0, or what the callback returned. */
PKW_API int pkw_streams_end(struct pkw_streams *t);
PKW_API void pkw_streams_stats(
    const struct pkw_streams *t, struct pkw_streams_stats *s);

/* "data", "fin", ...; NULL past the last. */
PKW_API const char *pkw_stream_name(enum pkw_stream_what what);
PKW_API const char *pkw_close_name(enum pkw_close reason);
/* Ends and number of a flow, "0: 192.0.2.1:4000 > 192.0.2.2:80"; appended. */
PKW_API void pkw_flow_text(const struct pkw_flow *f, struct pkw_str *out);

#ifdef __cplusplus
}
#endif
#endif
