/* SPDX-License-Identifier: BSD-2-Clause */
/* Tallies of probes: numbers done by hand, and a spread known beforehand. */
#include "tap.h"

#include <pkw/tally.h>

static int near(double got, double want, double part)
{
	double off = got - want;

	return (off < 0 ? -off : off) <= part * want;
}

static void counts(void)
{
	struct pkw_tally *t = pkw_tally_new();
	struct pkw_tally_sum s;

	pkw_tally_get(t, &s);
	ok(s.sent == 0 && s.loss == 0 && s.mean == 0, "nothing yet");
	ok(pkw_tally_percentile(t, 0.5) == 0, "... no median either");
	pkw_tally_sent(t, 5);
	pkw_tally_answer(t, 0, 200, 0);
	pkw_tally_answer(t, 3, 400, 0);
	pkw_tally_answer(t, 3, 900, 1);
	pkw_tally_answer(t, 1, 600, 0);
	pkw_tally_answer(t, 2, -1, 0);
	pkw_tally_get(t, &s);
	ok(s.sent == 5 && s.received == 4, "four of five answered");
	ok(s.duplicates == 1, "one of them twice");
	ok(s.reordered == 2, "two came behind a later one");
	ok(s.timed == 3 && s.min == 200 && s.max == 600, "least and most");
	ok(near(s.mean, 400, 1e-9), "mean");
	/* sqrt((200^2 + 0 + 200^2) / 3) */
	ok(near(s.deviation, 163.2993, 1e-4), "deviation");
	ok(near(s.loss, 0.2, 1e-9), "loss");
	pkw_tally_free(t);
}

static void spread(void)
{
	struct pkw_tally *t = pkw_tally_new();

	for (uint64_t i = 1; i <= 1000; i++)
		pkw_tally_answer(t, i, (int64_t)i * 1000, 0);
	ok(near((double)pkw_tally_percentile(t, 0.5), 500e3, 0.008), "median");
	ok(near((double)pkw_tally_percentile(t, 0.99), 990e3, 0.008), "p99");
	ok(pkw_tally_percentile(t, 1) <= 1000000, "no more than the most");
	ok(pkw_tally_percentile(t, 0) >= 1000, "no less than the least");
	ok(near((double)pkw_tally_between(t, 0, 250000), 250, 0.02),
	    "a quarter of them");
	ok(pkw_tally_between(t, -1, INT64_MAX) == 1000, "all of them");
	pkw_tally_answer(t, 2000, INT64_MAX, 0);
	ok(pkw_tally_between(t, 2000000, INT64_MAX) == 1, "an age");
	for (int64_t ns = 1; ns < (int64_t)1 << 40; ns = ns * 3 + 1) {
		struct pkw_tally *one = pkw_tally_new();
		pkw_tally_answer(one, 0, ns, 0);
		pkw_tally_answer(one, 1, ns + ns / 500, 0);
		double p = (double)pkw_tally_percentile(one, 0.5);
		if (!near(p, (double)ns, 0.008))
			ok(0, "%lld is told as %.0f", (long long)ns, p);
		pkw_tally_free(one);
	}
	pkw_tally_free(t);
}

int main(void)
{
	counts();
	spread();
	return done();
}
