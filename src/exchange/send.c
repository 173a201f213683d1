/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending: packets go from the feed into the link's batch, and the batch out,
 * until the feed has no more.  The loop sleeps only when it can do neither: the
 * rate holds it back, a queue is full, or neighbours are being asked for.
 */
#include "exchange/feed.h"
#include "exchange/journal.h"

struct sending {
	struct pkw_link *l;
	struct pkw__journal journal;
	struct pkw__feed feed;
	struct pkw_sent sent;
	int64_t last; /* when something was sent, 0: never */
};

/* Fills the batch: enum pkw__fed as the feed left off, or an error. */
static int fill(struct sending *s, struct pkw_diag *d)
{
	struct pkw_diag why;
	struct pkw__ready r;

	while (pkw__tx_room(&s->l->tx)) {
		int e = pkw__feed_next(&s->feed, &r, d);
		if (e != PKW__FED_READY)
			return e;
		struct pkw_span b = pkw_bytes(r.p);
		if (pkw__tx_add(s->l, &r.hop, b.p, b.len, &why) < 0)
			pkw__feed_fault(&s->feed, r.index, r.p, &why);
	}
	return PKW__FED_READY;
}

/* Counts what a kick sent, and writes it down. */
static int account(struct sending *s, const struct pkw__kick *k, int64_t ts,
    struct pkw_diag *d)
{
	struct pkw_frame f;

	if (k->n)
		s->last = pkw__now();
	s->sent.packets += k->n;
	for (unsigned i = k->first; i < k->first + k->n; i++) {
		pkw__tx_frame(s->l, i, &f);
		s->sent.bytes += f.len;
		f.ts_ns = ts;
		int e = pkw__journal_put(&s->journal, &f, d);
		if (e < 0)
			return e;
	}
	return 0;
}

/* 0 when it is over: s->sent.end says how; or an error. */
static int run(struct sending *s, struct pkw_diag *d)
{
	for (;;) {
		if (pkw__stop_take(&s->l->net->stop)) {
			s->sent.end = PKW_END_STOPPED;
			return 0;
		}
		int fed = fill(s, d);
		if (fed < 0)
			return fed;
		struct pkw__kick k;
		int64_t ts = pkw__clock(CLOCK_REALTIME);
		int left = pkw__tx_kick(s->l, &k, d);
		int e = account(s, &k, ts, left < 0 ? NULL : d);
		if (left < 0 || e < 0)
			return left < 0 ? left : e;
		if (!left && fed == PKW__FED_END) {
			s->sent.end =
			    s->feed.refused ? PKW_END_CALLER : PKW_END_DONE;
			return 0;
		}
		if (left || fed == PKW__FED_WAIT)
			pkw__feed_sleep(
			    &s->feed, left ? &k : NULL, -1, INT64_MAX);
	}
}

int pkw_send(struct pkw_link *l, const struct pkw_source *source,
    const struct pkw_send_opts *o, struct pkw_sent *result, struct pkw_diag *d)
{
	static const struct pkw_send_opts usual = { .count = 0 };
	struct sending s = { .l = l };

	if (!o)
		o = &usual;
	if (l->tx.fd < 0)
		return pkw_fail(
		    d, -PKW_EINVAL, "this link was opened for receiving only");
	int e = pkw_link_flush(l, d);
	if (e < 0)
		return e;
	pkw__feed_init(&s.feed, l, source);
	s.feed.limit = o->count;
	s.feed.on_fault = o->on_fault;
	s.feed.arg = o->arg;
	pkw__journal_init(&s.journal, o->writer, l->net);
	struct pkw__pace pace = l->tx.pace;
	if (o->rate > 0)
		pkw_link_rate(l, o->rate);
	int64_t first = pkw__now();
	e = run(&s, d);
	pkw__tx_forget(&l->tx);
	l->tx.pace = pace;
	if (s.last)
		s.sent.ns = s.last - first;
	s.sent.failed = s.feed.failed;
	s.sent.fault = s.feed.fault;
	if (e == 0 && !s.sent.packets && s.sent.failed) {
		e = s.sent.fault.code;
		if (d)
			*d = s.sent.fault;
	}
	e = pkw__journal_fini(&s.journal, e, d);
	pkw__feed_fini(&s.feed);
	if (result)
		*result = s.sent;
	return e;
}
