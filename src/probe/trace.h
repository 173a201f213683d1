/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of struct pkw_trace, shared by the files trace*.c. */
#ifndef PKW_PROBE_TRACE_H
#define PKW_PROBE_TRACE_H

#include <pkw/pkt.h>
#include <pkw/trace.h>

enum { PKW__TRACE_IDS = 1 << 16, PKW__TRACE_FLOWS = 1024 };

struct pkw__trace_target {
	struct pkw_addr addr, src;
	struct pkw_pkt *p;     /* the probe, as last made */
	uint16_t made;         /* its size */
	uint16_t head;         /* bytes of the IP header */
	uint16_t mend;         /* where two bytes right the checksum; 0: none */
	uint16_t payload;      /* bytes of data above the transport header */
	uint32_t mtu;
	uint32_t ifindex;
	unsigned distance;     /* 0: not yet known */
	int64_t rtt[256];      /* the longest of each hop, 0: none */
};

struct pkw__trace_names {
	const struct pkw_proto *ext, *mpls, *iface;
	uint16_t role, ifindex, mtu, ip4, ip6a, name;
};

struct pkw_trace {
	struct pkw_trace_opts o;
	struct pkw_net *net;
	struct pkw_link *link;
	struct pkw__trace_target *targets;
	unsigned ntargets;
	struct pkw_pkt *packet, *legacy; /* received; its old-style extension */
	struct pkw__trace_names names;
	uint16_t next_id;
	/* of this round */
	struct pkw_trace_probe **probes;
	size_t n, at, flying, undecided;
	uint32_t by_id[PKW__TRACE_IDS];  /* one more than the index; 0: none */
	int64_t *since;                  /* when each was sent, pkw__now() */
	uint16_t *mends;                 /* what mends the checksum of each */
	int64_t deadline;                /* the next of those in flight */
	int news;                        /* ... may be earlier now */
	pkw_trace_fn *on_probe;
	void *arg;
	int stopped;
	int per_flow; /* a way's end is the end of its flow only */
	struct pkw_trace_stats stats;
};

/* trace_probe.c: makes the target's packet this probe; 0 or an error. */
int pkw__trace_make(struct pkw_trace *t, struct pkw__trace_target *to,
    const struct pkw_trace_probe *p, struct pkw_diag *d);
/* What the first probes' ports and the like are. */
uint16_t pkw__trace_sport(const struct pkw_trace *t, unsigned flow);
uint16_t pkw__trace_dport(const struct pkw_trace *t, unsigned flow);
uint16_t pkw__trace_echo_id(const struct pkw_trace *t);
uint32_t pkw__trace_seq(const struct pkw_trace *t, unsigned id);
uint8_t pkw__trace_proto(const struct pkw_trace *t, unsigned family);

/* trace_match.c: what a received frame says.  The probe it is about, or NULL;
   `own' is set when it is the probe itself. */
struct pkw_trace_probe *pkw__trace_match(
    struct pkw_trace *t, const struct pkw_frame *f, int *own);
void pkw__trace_names(struct pkw__trace_names *n);

/* trace.c: a round of probes from anywhere; see pkw_trace_round(). */
int pkw__trace_ask(struct pkw_trace *t, struct pkw_trace_probe **p, size_t n,
    pkw_trace_fn *on_probe, void *arg, struct pkw_diag *d);
int pkw__trace_addr_same(const struct pkw_addr *a, const struct pkw_addr *b);

#endif
