/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One direction of a TCP connection: from segments to bytes in order.
 *
 * `next' is the offset up to which all was told of.  A segment that begins
 * there is told of straight out of the packet; one that begins later waits in a
 * quilt, where `low' is its first byte.  So there is a hole [next, low) as long
 * as anything waits.
 *
 * A hole is given up, and told of as a gap, when waiting is of no use: the
 * other side has acknowledged all of it (it had the bytes, the capture has
 * not), and some segments have come since, as captures of busy hosts have an
 * answer before what it answers now and then; the segment would lie too far
 * ahead; the pool is used up (then the direction that has waited longest gives
 * up its hole, whichever it is); or the flow ends.  It is not given up just
 * because of time: captures have pauses.
 *
 * A segment that lies too far ahead does not make us give up unless there is a
 * reason to believe in it: an acknowledgement beyond `next', or that the other
 * direction was never seen.  Otherwise anybody could blind us with one packet.
 *
 * What is before `next' came again.  Its bytes can be compared as long as they
 * are in the history, a ring of what was told of last.
 */
#include "stream/flow.h"

#include <stdlib.h>
#include <string.h>

static struct pkw_flow_way *shown(struct pkw__flow *fl, enum pkw_way way)
{
	return &fl->f.way[way];
}

/* ---- history ---- */

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void remember(struct pkw_streams *t, struct pkw__way *w,
    uint64_t at, const uint8_t *b, uint64_t len)
{
	uint64_t size = t->o.history;

	if (size == 0 || len == 0)
		return;
	if (!w->history) {
		if (size > t->pool.max - t->pool.used)
			return;
		w->history = malloc(size);
		if (!w->history)
			return;
		t->pool.used += size;
		w->history_from = at;
	}
	if (len > size) {
		at += len - size;
		b += len - size;
		len = size;
	}
	uint64_t first = smaller(len, size - at % size);
	memcpy(w->history + at % size, b, first);
	memcpy(w->history, b + first, len - first);
	if (at + len > size && w->history_from < at + len - size)
		w->history_from = at + len - size;
}

/* Bytes before `next' that came again. */
static void again(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, uint64_t at, const uint8_t *b, uint64_t len)
{
	struct pkw__way *w = &fl->way[way];
	uint32_t differ = 0;

	shown(fl, way)->retransmitted += len;
	if (!w->history)
		return;
	if (at < w->history_from) {
		uint64_t skip = smaller(w->history_from - at, len);
		at += skip;
		b += skip;
		len -= skip;
	}
	for (uint64_t i = 0; i < len; i++)
		differ += w->history[(at + i) % t->o.history] != b[i];
	if (differ == 0)
		return;
	shown(fl, way)->overlaps++;
	pkw__stream_tell(t, &(struct pkw_stream_event){
	    .what = PKW_STREAM_OVERLAP, .flow = &fl->f, .way = way,
	    .offset = at, .len = len, .differ = differ });
}

/* ---- going on ---- */

static void tell_data(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, const uint8_t *b, uint64_t len)
{
	struct pkw__way *w = &fl->way[way];
	uint64_t at = w->next;

	remember(t, w, at, b, len);
	w->next += len;
	shown(fl, way)->bytes += len;
	t->stats.bytes += len;
	pkw__stream_tell(t, &(struct pkw_stream_event){
	    .what = PKW_STREAM_DATA, .flow = &fl->f, .way = way, .offset = at,
	    .len = len, .bytes = b });
}

static void tell_gap(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, uint64_t to)
{
	struct pkw__way *w = &fl->way[way];
	uint64_t at = w->next;

	if (to <= at)
		return;
	w->next = to;
	w->history_from = to; /* what is in the ring lies before the hole */
	shown(fl, way)->lost += to - at;
	t->stats.lost += to - at;
	pkw__stream_tell(t, &(struct pkw_stream_event){
	    .what = PKW_STREAM_GAP, .flow = &fl->f, .way = way, .offset = at,
	    .len = to - at });
}

static void wait_no_more(struct pkw_streams *t, struct pkw__way *w)
{
	pkw__age_del(&w->waiting);
	if (w->quilt.n)
		pkw__quilt_fini(&w->quilt, &t->pool);
}

/* Tells of what waits and is next. */
static void drain(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way)
{
	struct pkw__way *w = &fl->way[way];

	while (w->quilt.held) {
		uint64_t at = w->next;
		struct pkw_span s = pkw__quilt_get(&w->quilt, at);
		if (s.len == 0)
			break;
		tell_data(t, fl, way, s.p, s.len);
		pkw__quilt_drop(&w->quilt, &t->pool, at, (uint32_t)s.len);
	}
	if (w->quilt.held)
		w->low = pkw__quilt_next(&w->quilt, w->next, w->high);
	else
		wait_no_more(t, w);
	if (w->next >= w->fin)
		shown(fl, way)->flags |= PKW_WAY_DONE;
}

/* Gives up the bytes before `to', or before what waits if that is less. */
static void give_up(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, uint64_t to)
{
	struct pkw__way *w = &fl->way[way];

	if (w->quilt.held && w->low < to)
		to = w->low;
	tell_gap(t, fl, way, to);
	drain(t, fl, way);
}

void pkw__way_ack(struct pkw__flow *fl, enum pkw_way way, int64_t to)
{
	enum { FAR = 1 << 30 };
	struct pkw__way *w = &fl->way[way];

	if (to > (int64_t)w->acked && to <= (int64_t)w->next + FAR)
		w->acked = (uint64_t)to;
}

void pkw__way_look(
    struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way)
{
	enum { GRACE = 8 }; /* segments */
	struct pkw__way *w = &fl->way[way];
	uint64_t now = fl->f.way[0].segments + fl->f.way[1].segments;

	if (now >= w->then_at + GRACE) {
		w->acked_surely = w->acked_then;
		w->acked_then = w->acked;
		w->then_at = now;
	}
	while (w->quilt.held && w->acked_surely >= w->low)
		give_up(t, fl, way, w->low);
}

void pkw__way_fin(
    struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way, int64_t at)
{
	struct pkw__way *w = &fl->way[way];

	if (at < (int64_t)w->next || at > (int64_t)w->next + t->o.wait ||
	    w->fin != UINT64_MAX)
		return;
	w->fin = (uint64_t)at;
	shown(fl, way)->flags |= PKW_WAY_FIN;
	if (w->next >= w->fin)
		shown(fl, way)->flags |= PKW_WAY_DONE;
}

void pkw__way_flush(
    struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way)
{
	struct pkw__way *w = &fl->way[way];

	while (w->quilt.held)
		give_up(t, fl, way, w->low);
	if (w->known)
		tell_gap(t, fl, way, smaller(w->acked, w->fin));
}

void pkw__way_free(struct pkw_streams *t, struct pkw__way *w)
{
	wait_no_more(t, w);
	if (w->history)
		t->pool.used -= t->o.history;
	free(w->history);
	w->history = NULL;
}

/* ---- segments ---- */

struct piece {
	uint64_t at;
	const uint8_t *b;
	uint32_t len;
};

/* Gives up the hole of whoever has waited longest: 0 if there is nobody. */
static int relieve(struct pkw_streams *t)
{
	struct pkw__age *oldest = pkw__age_oldest(&t->waiting);

	if (!oldest)
		return 0;
	struct pkw__way *w = (struct pkw__way *)(void *)((char *)oldest -
	    offsetof(struct pkw__way, waiting));
	give_up(t, w->flow, (enum pkw_way)(w - w->flow->way), w->low);
	return 1;
}

/* Cuts off what was told of before; 0: nothing is left. */
static int trim(struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way,
    struct piece *p)
{
	struct pkw__way *w = &fl->way[way];

	if (p->at >= w->next)
		return p->len > 0;
	uint32_t old = (uint32_t)smaller(w->next - p->at, p->len);
	again(t, fl, way, p->at, p->b, old);
	p->at += old;
	p->b += old;
	p->len -= old;
	return p->len > 0;
}

/* Tells of a piece that is next, up to what waits. */
static void tell_head(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, struct piece *p)
{
	struct pkw__way *w = &fl->way[way];
	uint32_t n = p->len;

	if (w->quilt.held)
		n = (uint32_t)smaller(n, w->low - p->at);
	tell_data(t, fl, way, p->b, n);
	drain(t, fl, way);
	p->at += n;
	p->b += n;
	p->len -= n;
}

/* 1: the piece may wait where it is, 0: it must not, or not yet. */
static int is_near(const struct pkw_streams *t, const struct pkw__way *w,
    const struct piece *p)
{
	return p->at + p->len - w->next <= t->o.wait;
}

/* What is missing before a piece that lies too far ahead: is it lost? */
static int believe(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, const struct piece *p)
{
	struct pkw__way *w = &fl->way[way];
	int alone = fl->f.way[!way].segments == 0;

	if (w->acked <= w->next && !alone && p->len <= t->o.wait) {
		shown(fl, way)->ignored++;
		return 0;
	}
	give_up(t, fl, way,
	    w->acked > w->next ? smaller(w->acked, p->at) : p->at);
	return 1;
}

static void met_others(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, const struct pkw__met *met)
{
	shown(fl, way)->retransmitted += met->bytes;
	if (met->differ == 0)
		return;
	shown(fl, way)->overlaps++;
	pkw__stream_tell(t, &(struct pkw_stream_event){
	    .what = PKW_STREAM_OVERLAP, .flow = &fl->f, .way = way,
	    .offset = met->at, .len = met->bytes, .differ = met->differ,
	    .taken = met->taken });
}

/* Puts a piece where others wait: 0, or an error. */
static int enqueue(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, const struct piece *p)
{
	struct pkw__way *w = &fl->way[way];
	struct pkw__met met = { 0 };
	int r = pkw__quilt_fit(&w->quilt, &t->pool, w->next, p->at + p->len);

	if (r == 0)
		r = pkw__quilt_put(&w->quilt, &t->pool, p->at, p->b, p->len,
		    t->policy->segments, &met);
	if (r < 0)
		return r;
	if (!w->waiting.older) {
		w->low = p->at;
		w->high = p->at;
		pkw__age_add(&t->waiting, &w->waiting);
	}
	w->low = smaller(w->low, p->at);
	if (p->at + p->len > w->high)
		w->high = p->at + p->len;
	if (met.bytes)
		met_others(t, fl, way, &met);
	return 0;
}

void pkw__way_data(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_way way, int64_t off, const uint8_t *b, uint32_t len)
{
	struct pkw__way *w = &fl->way[way];
	struct piece p = { (uint64_t)off, b, len };

	if (off < 0) { /* before the first byte we know of */
		uint32_t old = (uint32_t)smaller((uint64_t)-off, len);
		shown(fl, way)->retransmitted += old;
		p = (struct piece){ 0, b + old, len - old };
	}
	if (p.at + p.len > w->fin) /* nothing is sent behind a FIN */
		p.len = p.at < w->fin ? (uint32_t)(w->fin - p.at) : 0;
	shown(fl, way)->out_of_order += p.len && p.at > w->next;
	while (trim(t, fl, way, &p)) {
		int is_next = p.at == w->next;
		if (is_next && (!w->quilt.held || p.at + p.len <= w->low)) {
			tell_head(t, fl, way, &p);
			continue;
		}
		if (!is_near(t, w, &p)) {
			if (is_next)
				tell_head(t, fl, way, &p);
			else if (!believe(t, fl, way, &p))
				break;
			continue;
		}
		int r = enqueue(t, fl, way, &p);
		if (r == 0) {
			if (is_next)
				drain(t, fl, way);
			break;
		}
		if (r != -PKW_ELIMIT) {
			t->err = t->err ? t->err : r;
			break;
		}
		if (is_next)
			tell_head(t, fl, way, &p);
		else if (!relieve(t))
			give_up(t, fl, way, p.at);
	}
}
