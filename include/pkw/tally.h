/* SPDX-License-Identifier: BSD-2-Clause */
/* A tally of probes: losses, duplicates, order, and how times are spread. */
#ifndef PKW_TALLY_H
#define PKW_TALLY_H

/*
 * What a sender of numbered probes wants to know of their answers.  Memory is
 * constant (about 40 KB), however many answers there are: times are counted in
 * classes less than 0.8 % wide, so percentiles are that exact; least, most,
 * mean and deviation are exact.
 *
 *	struct pkw_tally *t = pkw_tally_new();
 *	pkw_tally_sent(t, 3);
 *	pkw_tally_answer(t, 0, 123000, 0);
 *	pkw_tally_answer(t, 2, 98000, 0);
 *	pkw_tally_answer(t, 1, 250000, 0);      reordered
 */

#include <pkw/error.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_tally;

/* NULL without memory. */
PKW_API struct pkw_tally *pkw_tally_new(void);
PKW_API void pkw_tally_free(struct pkw_tally *t);

/* n more probes have left. */
PKW_API void pkw_tally_sent(struct pkw_tally *t, uint64_t n);
/*
 * Probe `seq' was answered for the nth time (from 0) after `ns' nanoseconds;
 * negative: the time is not known.  Second and later answers are duplicates,
 * and count in nothing else.  A first answer to a probe that was sent before
 * one answered already is reordered (RFC 4737 section 3.3).
 */
PKW_API void pkw_tally_answer(
    struct pkw_tally *t, uint64_t seq, int64_t ns, unsigned nth);

struct pkw_tally_sum {
	uint64_t sent, received; /* received: probes that were answered */
	uint64_t duplicates, reordered;
	uint64_t timed;          /* of the received: with a time */
	int64_t min, max;        /* nanoseconds; 0 if nothing was timed */
	double mean, deviation;  /* nanoseconds; of all that was timed */
	double loss;             /* 0 to 1 of what was sent; 0 if nothing was */
};
PKW_API void pkw_tally_get(
    const struct pkw_tally *t, struct pkw_tally_sum *s);

/* The time that `part' (0 to 1) of the answers took at most; 0: no times. */
PKW_API int64_t pkw_tally_percentile(const struct pkw_tally *t, double part);
/* How many took more than `from' and at most `to' nanoseconds, by classes. */
PKW_API uint64_t pkw_tally_between(
    const struct pkw_tally *t, int64_t from, int64_t to);

#ifdef __cplusplus
}
#endif
#endif
