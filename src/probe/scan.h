/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a scan, shared by the files of this folder. */
#ifndef PKW_PROBE_SCAN_H
#define PKW_PROBE_SCAN_H

#include "probe/judge.h"
#include "probe/mould.h"
#include "probe/order.h"
#include "probe/rate.h"

#include <pkw/scan.h>

/* How packets get to a host: one for each host on a link, or one for all that
   are behind a router. */
struct pkw__way {
	struct pkw_hop hop;
	struct pkw_addr src, via;
	uint8_t shared, local;
};

/* What was sent not long ago. */
struct pkw__sent {
	uint64_t pair;
	int64_t ns; /* since 1970; 0: nothing */
	uint32_t epoch;
	uint8_t try;
};

enum {
	PKW__SENT = 1 << 17,
	PKW__WAY_UNKNOWN = 0,
	PKW__WAY_NONE = 1, /* it cannot be reached */
	PKW__WAY_FIRST = 2
};

struct pkw__scan {
	struct pkw_net *net;
	struct pkw_link *link;
	const struct pkw_scan_opts *o;
	struct pkw_scan_stats stats;
	struct pkw_diag *d;
	uint64_t ntargets;
	uint32_t *way_of;     /* of each target */
	struct pkw__way *ways;
	size_t nways, capways;
	uint8_t *up;          /* of each target */
	/* what is being asked */
	uint64_t *hosts;      /* targets */
	uint64_t nhosts, pairs;
	const struct pkw_scan_probe *probes;
	size_t nprobes;
	struct pkw__mould *moulds;
	size_t nmoulds;
	uint16_t *mould_of[2]; /* of each probe, for IPv4 and IPv6 */
	uint32_t *where[PKW_SCAN_PROTOS]; /* 1 + the probe of a port */
	uint8_t *done;        /* a bit for each pair */
	struct pkw__sent *sent;
	struct pkw__rate rate;
	struct pkw__order order;
	struct pkw__sipkey key;
	uint32_t sport0;
	int protos;           /* a scan of IP protocols */
	int stop;
	int64_t begun, told, down_since;
	uint64_t at, news, answers, first_try;
};

/* hosts.c: the way to a target: a number of one; 0: not yet; or an error. */
int pkw__way_try(struct pkw__scan *s, uint64_t target, struct pkw_addr *addr);
/* Finds hosts on the link by asking for their addresses. */
int pkw__find_neighbours(struct pkw__scan *s);
void pkw__host_up(struct pkw__scan *s, uint64_t target, const char *reason,
    uint8_t ttl, int64_t rtt);

/* ask.c: asks all pairs until they are answered or hopeless. */
int pkw__ask_all(struct pkw__scan *s, const struct pkw_scan_probe *probes,
    size_t n);
void pkw__ask_free(struct pkw__scan *s);

static inline int pkw__bit(const uint8_t *bits, uint64_t n)
{
	return bits[n / 8] >> n % 8 & 1;
}

static inline void pkw__bit_set(uint8_t *bits, uint64_t n)
{
	bits[n / 8] |= (uint8_t)(1u << n % 8);
}

/* Tells about progress now and then. */
void pkw__scan_tell(struct pkw__scan *s, int64_t now);

#endif
