/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions, their answers, and the index by which one finds the other. */
#ifndef PKW_EXCHANGE_ASKED_H
#define PKW_EXCHANGE_ASKED_H

#include "exchange/key.h"

#include <pkw/exchange.h>

#define PKW__NONE UINT32_MAX /* no such question, no such answer */

enum pkw__state {
	PKW__Q_WAITING,  /* for its next hop, or to be sent */
	PKW__Q_ASKED,
	PKW__Q_ANSWERED, /* and no more answers are wanted */
	PKW__Q_FAILED
};

/* A question belongs to two chains: of equal full keys, of equal pairs. */
enum pkw__chain { PKW__FULL, PKW__PAIR, PKW__CHAINS };

struct pkw__question {
	const struct pkw_proto *first;
	size_t off;          /* of its bytes */
	uint32_t len, hop;
	uint32_t tries, answers;
	uint32_t next[PKW__CHAINS];
	uint32_t first_answer, last_answer;
	uint8_t state, stamped;
	uint8_t anyone;      /* goes to a prefix's broadcast address */
	uint32_t last_if;    /* where the last answer came from ... */
	uint64_t last_hash;  /* ... and what it was */
	int64_t sent_ns;
};

struct pkw__answer {
	size_t off;
	uint32_t len, next;
	uint32_t ifindex, link;
	int64_t ts_ns, sent_ns;
};

/* Where a chain begins and ends. */
struct pkw__slot {
	uint64_t key; /* 0: free */
	uint32_t head, tail;
};

struct pkw__table {
	struct pkw__slot *slots;
	size_t cap, used;
};

struct pkw_asked {
	struct pkw_ask_stats stats;
	struct pkw__question *q;
	struct pkw__answer *a;
	struct pkw_hop *hops;
	uint8_t *bytes;
	size_t nq, capq, na, capa, nhops, caphops, nbytes, capbytes;
	struct pkw__table table[PKW__CHAINS];
	struct pkw__slot rest; /* questions without a key of use */
	size_t open;           /* asked, and answers are wanted */
	struct pkw_pkt *question, *answer; /* lent to the caller */
	size_t at;             /* next pair: question ... */
	uint32_t nth, cur;     /* ... and answer */
};

void pkw__asked_reset(struct pkw_asked *r);
/* Its number, or -PKW_ENOMEM. */
int64_t pkw__asked_add(struct pkw_asked *r);
/* Keeps the question's bytes ... */
int pkw__asked_keep(struct pkw_asked *r, uint32_t i, const struct pkw_pkt *p);
/* ... and how it leaves, and finds it by its key (`keyed') from now on. */
int pkw__asked_fill(struct pkw_asked *r, uint32_t i, const struct pkw_pkt *p,
    const struct pkw_hop *hop, int keyed);
/* Keeps an answer; with `forget' only that there was one. */
int pkw__asked_answer(struct pkw_asked *r, uint32_t i,
    const struct pkw_frame *f, int forget);
/* Dissects a question into r->question. */
const struct pkw_pkt *pkw__asked_question(struct pkw_asked *r, uint32_t i);

/*
 * Walks a chain: the questions of a key, those without one, or all (NULL slot).
 * Questions that want no answers any more are taken out on the way.
 */
struct pkw__walk {
	struct pkw__slot *slot;
	enum pkw__chain chain;
	uint32_t prev, cur;
};
void pkw__walk_begin(struct pkw_asked *r, struct pkw__walk *w,
    enum pkw__chain chain, uint64_t key);
void pkw__walk_rest(struct pkw_asked *r, struct pkw__walk *w);
/* The next question's number or PKW__NONE. */
uint32_t pkw__walk_next(struct pkw_asked *r, struct pkw__walk *w);

#endif
