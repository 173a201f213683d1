/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rates.  Packet k is due at start + k / rate; whoever asks may send all that
 * are due by now.  A sleeper that wakes late catches up, but only what fell due
 * within the last 10 ms (and no less than one packet): a sender that was
 * stopped for a second does not flood afterwards.
 */
#include "net/link.h"

static const double catch_up = 10e6; /* ns */

unsigned pkw__pace_may(
    struct pkw__pace *p, int64_t now, unsigned want, int64_t *until)
{
	if (p->rate <= 0)
		return want;
	double gap = 1e9 / p->rate;
	if ((double)(now - p->next) > (gap > catch_up ? gap : catch_up))
		p->next = now;
	if (p->next > now) {
		*until = p->next;
		return 0;
	}
	double due = (double)(now - p->next) / gap + 1;
	return due < want ? (unsigned)due : want;
}

void pkw__pace_did(struct pkw__pace *p, unsigned n)
{
	if (p->rate > 0)
		p->next += (int64_t)(n * (1e9 / p->rate));
}
