/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times are counted in classes: 128 of them for each power of two from 128 ns
 * on, and below that one for each nanosecond, so a class is at most 1/128 of
 * its times wide.  It is told by the class's middle, kept within what was seen.
 * Mean and deviation are Welford's running ones, which do not lose digits when
 * all times are nearly the same.
 */
#include <pkw/tally.h>

#include <stdlib.h>

enum {
	BITS = 7, /* of a time's beginning that tell classes */
	PART = 1 << BITS,
	TOP = 44, /* times are cut to 2^44 ns, five hours */
	CLASSES = (TOP - BITS + 1) * PART
};

struct pkw_tally {
	struct pkw_tally_sum sum;
	double squares; /* of the differences from the mean */
	uint64_t last;	/* one more than the latest answered probe */
	uint64_t classes[CLASSES];
};

struct pkw_tally *pkw_tally_new(void)
{
	return calloc(1, sizeof(struct pkw_tally));
}

void pkw_tally_free(struct pkw_tally *t)
{
	free(t);
}

void pkw_tally_sent(struct pkw_tally *t, uint64_t n)
{
	t->sum.sent += n;
}

static unsigned class_of(int64_t ns)
{
	uint64_t v = ns < 0 ? 0 : (uint64_t)ns;
	unsigned shift = 0;

	if (v >= (uint64_t)1 << TOP)
		v = ((uint64_t)1 << TOP) - 1;
	while (v >> shift >= 2 * PART)
		shift++;
	return shift * PART + (unsigned)(v >> shift);
}

/* The least time of a class. */
static int64_t least(unsigned class)
{
	unsigned shift = class < 2 * PART ? 0 : class / PART - 1;

	return (int64_t)(class - shift * PART) << shift;
}

static int64_t middle(unsigned class)
{
	return least(class) + (least(class + 1) - 1 - least(class)) / 2;
}

static void time_it(struct pkw_tally *t, int64_t ns)
{
	struct pkw_tally_sum *s = &t->sum;

	if (!s->timed || ns < s->min)
		s->min = ns;
	if (ns > s->max)
		s->max = ns;
	s->timed++;
	double off = (double)ns - s->mean;
	s->mean += off / (double)s->timed;
	t->squares += off * ((double)ns - s->mean);
	t->classes[class_of(ns)]++;
}

void pkw_tally_answer(
    struct pkw_tally *t, uint64_t seq, int64_t ns, unsigned nth)
{
	if (nth) {
		t->sum.duplicates++;
		return;
	}
	t->sum.received++;
	if (seq < t->last)
		t->sum.reordered++;
	else
		t->last = seq + 1;
	if (ns >= 0)
		time_it(t, ns);
}

static double root(double x)
{
	double r = x > 1 ? x : 1;

	/* Newton's: no need for libm */
	for (int i = 0; i < 100 && r * r - x > 1e-9 * x; i++)
		r = (r + x / r) / 2;
	return x > 0 ? r : 0;
}

void pkw_tally_get(const struct pkw_tally *t, struct pkw_tally_sum *s)
{
	*s = t->sum;
	if (s->timed)
		s->deviation = root(t->squares / (double)s->timed);
	if (s->sent > s->received)
		s->loss = (double)(s->sent - s->received) / (double)s->sent;
}

int64_t pkw_tally_percentile(const struct pkw_tally *t, double part)
{
	double wanted = part * (double)t->sum.timed;
	uint64_t seen = 0;

	if (!t->sum.timed)
		return 0;
	for (unsigned i = 0; i < CLASSES; i++) {
		seen += t->classes[i];
		if (!seen || (double)seen < wanted)
			continue;
		int64_t ns = middle(i);
		return ns < t->sum.min	 ? t->sum.min
		       : ns > t->sum.max ? t->sum.max
					 : ns;
	}
	return t->sum.max;
}

uint64_t pkw_tally_between(const struct pkw_tally *t, int64_t from, int64_t to)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < CLASSES; i++) {
		int64_t ns = middle(i);
		if (t->classes[i] && ns > from && ns <= to)
			n += t->classes[i];
	}
	return n;
}
