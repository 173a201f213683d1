/* SPDX-License-Identifier: BSD-2-Clause */
/* From a source of packets to packets that are ready to leave. */
#ifndef PKW_EXCHANGE_FEED_H
#define PKW_EXCHANGE_FEED_H

#include "net/link.h"

#include <pkw/exchange.h>

struct pkw__parked;

struct pkw__feed {
	struct pkw_link *l;
	const struct pkw_source *source;
	uint64_t limit;        /* packets in all; 0: the source once */
	uint64_t taken;        /* from the source so far */
	uint64_t pass;         /* ... since it was rewound */
	int ended;             /* nothing more is taken from it */
	struct pkw__parked *parked, **tail, *look, *given, *spare;
	unsigned nparked;
	pkw_fault_fn *on_fault;
	void *arg;
	uint64_t failed;
	struct pkw_diag fault; /* the first */
	int refused;           /* on_fault said to give up */
};

/* A packet that is ready: until the next call of next(). */
struct pkw__ready {
	struct pkw_pkt *p;
	struct pkw_hop hop;
	uint64_t index;
};

enum pkw__fed {
	PKW__FED_WAIT,  /* for a neighbour */
	PKW__FED_READY,
	PKW__FED_END
};

void pkw__feed_init(struct pkw__feed *f, struct pkw_link *l,
    const struct pkw_source *s);
void pkw__feed_fini(struct pkw__feed *f);
/* enum pkw__fed, or an error that ends everything. */
int pkw__feed_next(struct pkw__feed *f, struct pkw__ready *r,
    struct pkw_diag *d);
/*
 * Waits until there is something to do: room to send in, as the kick told (NULL:
 * nothing waits to be sent), news of neighbours, `fd' readable (-1: none), or
 * the moment `until'.
 */
void pkw__feed_sleep(struct pkw__feed *f, const struct pkw__kick *k, int fd,
    int64_t until);
/* Counts a packet that cannot be sent and tells the caller. */
void pkw__feed_fault(struct pkw__feed *f, uint64_t index,
    const struct pkw_pkt *p, const struct pkw_diag *why);
/* Does such an error concern one packet only? */
int pkw__feed_is_fault(int code);

#endif
