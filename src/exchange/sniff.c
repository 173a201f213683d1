/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sniffing: frames from the link are dissected, shown to the callback and
 * written down.
 *
 * A ring of blocks hands packets over late (tens of milliseconds), so when the
 * end is asked for there are some still in it.  Until that delay has passed
 * they are taken in; what came after the moment of the end is left out by its
 * time stamp.
 */
#include "exchange/journal.h"
#include "net/link.h"

#include <pkw/exchange.h>

enum {
	LOOK = 64, /* packets between two looks at the clock */
	PAUSE = 50 /* ms */
};

struct sniffing {
	struct pkw_link *l;
	const struct pkw_sniff_opts *o;
	struct pkw_sniffed *r;
	struct pkw_pkt *p;
	struct pkw__journal journal;
	int64_t until, idle_until; /* PKW__FOREVER: no limit */
	int untold;		   /* packets since the last pause */
};

static int64_t after(int ms)
{
	return ms > 0 ? pkw__now() + (int64_t)ms * PKW__MS : PKW__FOREVER;
}

static int64_t earlier(int64_t a, int64_t b)
{
	if (a == PKW__FOREVER || (b != PKW__FOREVER && b < a))
		return b;
	return a;
}

/* 0 go on, 1 the end is reached, or an error. */
static int take_in(
    struct sniffing *s, const struct pkw_frame *f, struct pkw_diag *d)
{
	int verdict = PKW_SNIFF_KEEP;

	s->r->seen++;
	s->untold = 1;
	if (!(s->o->flags & PKW_SNIFF_BYTES))
		pkw_dissect(
		    s->p, pkw_link_proto(f->link), f->data, f->caplen, 0);
	if (s->o->on_packet)
		verdict = s->o->on_packet(
		    s->o->arg, f, s->o->flags & PKW_SNIFF_BYTES ? NULL : s->p);
	if (verdict < 0)
		return pkw_fail(d, verdict, "stopped by the caller: %s",
		    pkw_strerror(verdict));
	if (verdict == PKW_SNIFF_SKIP)
		return 0;
	s->r->kept++;
	int e = pkw__journal_put(&s->journal, f, d);
	if (e < 0)
		return e;
	if (verdict == PKW_SNIFF_STOP) {
		s->r->end = PKW_END_CALLER;
		return 1;
	}
	return s->o->count && s->r->kept >= s->o->count;
}

/* What had come by the time of the end and is still in the ring. */
static int take_rest(struct sniffing *s, struct pkw_diag *d)
{
	int64_t end = pkw__clock(CLOCK_REALTIME);
	int64_t until =
	    pkw__now() + pkw__ring_delay(&s->l->ring) * (int64_t)PKW__MS;
	struct pkw_frame f;
	int e;

	while ((e = pkw__link_next_until(s->l, &f, until, d)) > 0) {
		if (f.ts_ns > end)
			return 0;
		e = take_in(s, &f, d);
		if (e != 0)
			return e < 0 ? e : 0;
	}
	return e == -PKW_EINTR ? 0 : e;
}

/* What is to be done now and then: 1 if the time is up, or an error. */
static int tick(struct sniffing *s, struct pkw_diag *d)
{
	int64_t until = earlier(s->until, s->idle_until);
	int e = pkw__journal_tick(&s->journal, d);

	if (e < 0 || until == PKW__FOREVER || pkw__now() < until)
		return e;
	s->r->end = PKW_END_TIMEOUT;
	return 1;
}

static int run(struct sniffing *s, struct pkw_diag *d)
{
	struct pkw_frame f;

	for (unsigned n = 1;; n++) {
		int64_t until = earlier(s->until, s->idle_until);
		int64_t flush = s->journal.dirty ? s->journal.flushed + PKW__S
						 : PKW__FOREVER;
		int64_t pause =
		    s->untold && s->o->on_pause ? after(PAUSE) : PKW__FOREVER;
		int got = pkw__link_next_until(
			s->l, &f, earlier(earlier(until, flush), pause), d),
		    e = 0;
		if (got == -PKW_EINTR) {
			s->r->end = PKW_END_STOPPED;
			return take_rest(s, d);
		}
		if (got < 0)
			return got;
		if (got > 0 && (e = take_in(s, &f, d)) != 0)
			return e < 0 ? e : 0;
		if (got == 0 && pause != PKW__FOREVER) {
			s->o->on_pause(s->o->arg);
			s->untold = 0;
		}
		if (got > 0 && s->o->idle > 0)
			s->idle_until = after(s->o->idle);
		if (got == 0 || n % LOOK == 0)
			e = tick(s, d);
		if (e != 0)
			return e < 0 ? e : take_rest(s, d);
	}
}

int pkw_sniff(struct pkw_link *l, const struct pkw_sniff_opts *o,
    struct pkw_sniffed *result, struct pkw_diag *d)
{
	static const struct pkw_sniff_opts usual = { .flags = 0 };
	struct pkw_sniffed r = { .end = PKW_END_DONE };
	struct pkw_link_stats before, now;
	struct sniffing s = { .l = l, .o = o ? o : &usual, .r = &r };

	if (l->ring.fd < 0)
		return pkw_fail(
		    d, -PKW_EINVAL, "this link was opened for sending only");
	s.p = pkw_pkt_new();
	if (!s.p)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	s.until = after(s.o->timeout);
	s.idle_until = after(s.o->idle);
	pkw__journal_init(&s.journal, s.o->writer, l->net);
	pkw_link_stats(l, &before);
	int e = run(&s, d);
	pkw_link_stats(l, &now);
	r.dropped = now.dropped - before.dropped;
	r.missed = now.missed - before.missed;
	e = pkw__journal_fini(&s.journal, e, d);
	pkw_pkt_free(s.p);
	if (result)
		*result = r;
	return e;
}
