/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast to ask: as fast as answers say. */
#ifndef PKW_PROBE_RATE_H
#define PKW_PROBE_RATE_H

#include "net/link.h"

#include <stdint.h>

enum { PKW__EPOCHS = 256 };

struct pkw__epoch {
	int64_t begin, end;
	uint32_t sent, answered;
};

struct pkw__rate {
	struct pkw__pace pace;
	double floor, ceiling;
	int fixed;
	struct pkw__epoch epochs[PKW__EPOCHS];
	uint32_t cur, judged; /* numbers that grow: index is modulo */
	double best;          /* share of answers when all was well */
	uint64_t backoffs;
	int64_t rtt_max, rto_max; /* ns */
};

void pkw__rate_init(struct pkw__rate *r, double rate, double ceiling,
    int64_t rto_max);
/* A new round: its share of answers is another. */
void pkw__rate_round(struct pkw__rate *r);
/* How many may go now, else *until says when. */
unsigned pkw__rate_may(
    struct pkw__rate *r, int64_t now, unsigned want, int64_t *until);
void pkw__rate_sent(struct pkw__rate *r, unsigned n);
/* An answer to what was sent in that epoch; rtt -1: not known. */
void pkw__rate_answer(struct pkw__rate *r, uint32_t epoch, int64_t rtt);
void pkw__rate_tick(struct pkw__rate *r, int64_t now);
/* Packets were lost on our side. */
void pkw__rate_lost(struct pkw__rate *r);
/* How long to wait for an answer. */
int64_t pkw__rate_rto(const struct pkw__rate *r);

#endif
