/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The adaptive rate.  Order is random, so every stretch of a round asks the
 * same mixture of hosts and ports, and the share that answers is the same all
 * along, whatever it is: all of a bare host's ports, a tenth behind a filter,
 * nine in ten where a twentieth is lost at random.  Only a share that falls
 * when we go faster means that we are too fast.
 *
 * So time is cut into epochs.  An epoch is judged when its last probe has had
 * the time to be answered: a share well below the best so far makes the rate
 * less by half, any other makes it more by half, up to the ceiling.  Loss that
 * has nothing to do with the rate does not slow a scan down.  Without any
 * answer there is nothing to judge by, and the rate stays where it is polite.
 */
#include "probe/rate.h"

#include <pkw/scan.h>

static const int64_t span = 4 * PKW__MS;
static const int64_t rto_min = 25 * PKW__MS;
static const int64_t rto_first = 400 * PKW__MS;
static const double first = 20000, blind = PKW_SCAN_POLITE;

void pkw__rate_init(
    struct pkw__rate *r, double rate, double ceiling, int64_t rto_max)
{
	*r = (struct pkw__rate){ .floor = 10, .ceiling = ceiling,
		.rto_max = rto_max };
	r->fixed = rate > 0;
	r->pace.rate = r->fixed ? rate : ceiling < first ? ceiling : first;
}

void pkw__rate_round(struct pkw__rate *r)
{
	r->cur++;
	r->judged = r->cur;
	r->epochs[r->cur % PKW__EPOCHS] = (struct pkw__epoch){ .begin = 0 };
	r->best = 0;
}

unsigned pkw__rate_may(
    struct pkw__rate *r, int64_t now, unsigned want, int64_t *until)
{
	unsigned n = pkw__pace_may(&r->pace, now, want, until);

	/* few wake-ups, each for several packets */
	if (n == 0 && r->pace.rate > 2000 && *until < now + PKW__MS / 2)
		*until = now + PKW__MS / 2;
	return n;
}

static struct pkw__epoch *current(struct pkw__rate *r)
{
	return &r->epochs[r->cur % PKW__EPOCHS];
}

void pkw__rate_sent(struct pkw__rate *r, unsigned n)
{
	struct pkw__epoch *e = current(r);

	pkw__pace_did(&r->pace, n);
	e->sent += n;
	if (!e->begin)
		e->begin = pkw__now();
}

void pkw__rate_answer(struct pkw__rate *r, uint32_t epoch, int64_t rtt)
{
	if (r->cur - epoch < PKW__EPOCHS)
		r->epochs[epoch % PKW__EPOCHS].answered++;
	if (rtt > r->rtt_max)
		r->rtt_max = rtt;
}

static void change(struct pkw__rate *r, double by)
{
	double rate = r->pace.rate * by, top = r->ceiling;

	if (r->best <= 0 && top > blind)
		top = r->pace.rate > blind ? r->pace.rate : blind;
	r->pace.rate = rate < r->floor ? r->floor : rate > top ? top : rate;
}

void pkw__rate_lost(struct pkw__rate *r)
{
	if (!r->fixed)
		change(r, 0.7);
	r->backoffs++;
}

static void judge(struct pkw__rate *r, const struct pkw__epoch *e)
{
	double share = (double)e->answered / e->sent;

	if (r->best * e->sent >= 16 && share < 0.6 * r->best) {
		r->backoffs++;
		change(r, 0.5);
		/* or else a change of the path would slow us for ever */
		r->best *= 0.95;
		return;
	}
	if (share > r->best)
		r->best = share;
	else
		r->best += (share - r->best) / 16;
	change(r, 1.5);
}

void pkw__rate_tick(struct pkw__rate *r, int64_t now)
{
	struct pkw__epoch *e = current(r);

	if (e->sent >= 32 && now - e->begin >= span) {
		e->end = now;
		r->cur++;
		*current(r) = (struct pkw__epoch){ .begin = 0 };
		if (r->cur - r->judged >= PKW__EPOCHS)
			r->judged = r->cur - PKW__EPOCHS + 1;
	}
	if (r->fixed) {
		r->judged = r->cur;
		return;
	}
	int64_t wait = r->rtt_max ? r->rtt_max + span / 4
				  : pkw__rate_rto(r);
	while (r->judged != r->cur) {
		e = &r->epochs[r->judged % PKW__EPOCHS];
		if (now < e->end + wait)
			break;
		judge(r, e);
		r->judged++;
	}
}

int64_t pkw__rate_rto(const struct pkw__rate *r)
{
	int64_t rto = r->rtt_max ? 2 * r->rtt_max + rto_min : rto_first;

	return rto > r->rto_max ? r->rto_max : rto;
}
