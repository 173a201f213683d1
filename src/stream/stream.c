/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of TCP flows (RFC 9293).
 *
 * A flow is found by its addresses and ports, in either direction, and opens
 * with the first segment that is seen of it, whatever that is: the capture may
 * have begun later than the connection.  A SYN, or the acknowledgement in a
 * SYN+ACK, tells for certain where a direction begins; else its first segment
 * does.
 *
 * It closes when both sides have sent a FIN and all before it was told of, or
 * is still missing ten seconds later; by a RST that lies where one is expected
 * (RFC 5961 has it more exact, but knows what was received); by a SYN with
 * another sequence number, since the ports are used again then; when nothing
 * comes for long; or to make room.  Open flows stand in a list by when they
 * last said something, those that both sides have closed in another.  Closed
 * ones stay for a while in a third, so that retransmissions and late
 * acknowledgements do not open them again.
 *
 * Of a segment first the acknowledgement is looked at, then the data: whoever
 * sent it had received what it acknowledges.
 */
#include "stream/flow.h"

#include <stdlib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum {
	USUAL_FLOWS = 65536,
	USUAL_WAIT = 1 << 20,
	MOST_WAIT = 1 << 30,
	USUAL_MEMORY = 64 << 20,
	LEAST_MEMORY = 64 << 10,
	USUAL_IDLE = 3600 * 1000,
	LINGER = 120 * 1000, /* ms: RFC 9293 §3.4.2 has MSL = 2 minutes */
	CLOSING = 10 * 1000,
	RST_NEAR = 65535
};

struct segment {
	uint32_t seq, ack;
	unsigned flags;
	uint16_t window;
	const uint8_t *b;
	uint32_t len;
};

static struct pkw__flow *aged(struct pkw__age *a)
{
	return a ? (struct pkw__flow *)(void *)((char *)a -
	    offsetof(struct pkw__flow, age)) : NULL;
}

struct pkw_streams *pkw_streams_new(const struct pkw_streams_opts *o)
{
	struct pkw_streams *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	if (o)
		t->o = *o;
	if (t->o.flows == 0)
		t->o.flows = USUAL_FLOWS;
	if (t->o.wait == 0)
		t->o.wait = USUAL_WAIT;
	if (t->o.wait > MOST_WAIT)
		t->o.wait = MOST_WAIT;
	if (t->o.memory == 0)
		t->o.memory = USUAL_MEMORY;
	if (t->o.memory < LEAST_MEMORY)
		t->o.memory = LEAST_MEMORY;
	if (t->o.idle == 0)
		t->o.idle = USUAL_IDLE;
	t->pool.max = t->o.memory;
	t->policy = &pkw__policies[t->o.policy < PKW_POLICY__N
	    ? t->o.policy : PKW_POLICY_BSD];
	pkw__inet_init(&t->n);
	pkw__age_init(&t->ages);
	pkw__age_init(&t->closing);
	pkw__age_init(&t->closed);
	pkw__age_init(&t->waiting);
	if (pkw__map_init(&t->map) < 0) {
		free(t);
		return NULL;
	}
	return t;
}

/* ---- events ---- */

void pkw__stream_tell(struct pkw_streams *t, struct pkw_stream_event *e)
{
	t->stats.events[e->what]++;
	if (!t->o.on_event)
		return;
	e->ts_ns = t->now;
	int r = t->o.on_event(t->o.arg, e);
	if (r < 0 && t->err == 0)
		t->err = r;
}

/* ---- flows come and go ---- */

static void forget(struct pkw_streams *t, struct pkw__flow *fl)
{
	if (t->last == fl)
		t->last = NULL;
	pkw__way_free(t, &fl->way[0]);
	pkw__way_free(t, &fl->way[1]);
	pkw__map_del(&t->map, &fl->link);
	pkw__age_del(&fl->age);
	free(fl);
}

static void close_flow(struct pkw_streams *t, struct pkw__flow *fl,
    enum pkw_close reason)
{
	if (fl->closed)
		return;
	pkw__way_flush(t, fl, PKW_CLIENT);
	pkw__way_flush(t, fl, PKW_SERVER);
	fl->closed = 1;
	t->stats.open--;
	pkw__stream_tell(t, &(struct pkw_stream_event){
	    .what = PKW_STREAM_CLOSE, .flow = &fl->f, .reason = reason });
	pkw__way_free(t, &fl->way[0]);
	pkw__way_free(t, &fl->way[1]);
	pkw__age_add(&t->closed, &fl->age);
}

void pkw_streams_free(struct pkw_streams *t)
{
	struct pkw__age *a;

	if (!t)
		return;
	while ((a = pkw__age_oldest(&t->ages)) ||
	    (a = pkw__age_oldest(&t->closing)) || (a = pkw__age_oldest(&t->closed)))
		forget(t, aged(a));
	pkw__map_fini(&t->map);
	pkw__pool_fini(&t->pool);
	free(t);
}

static int is_old(const struct pkw_streams *t, const struct pkw__flow *fl,
    uint64_t ms)
{
	uint64_t now = (uint64_t)t->now, then = (uint64_t)fl->f.last_ns;

	/* a clock may jump either way */
	return (t->now > fl->f.last_ns ? now - then : then - now) >
	    ms * 1000000;
}

static void expire(struct pkw_streams *t)
{
	struct pkw__flow *fl;

	while ((fl = aged(pkw__age_oldest(&t->closed))) &&
	    is_old(t, fl, LINGER))
		forget(t, fl);
	while ((fl = aged(pkw__age_oldest(&t->closing))) &&
	    is_old(t, fl, CLOSING))
		close_flow(t, fl, PKW_CLOSE_FIN);
	while ((fl = aged(pkw__age_oldest(&t->ages))) &&
	    is_old(t, fl, t->o.idle)) {
		close_flow(t, fl, PKW_CLOSE_TIMEOUT);
		forget(t, fl);
	}
}

static void make_room(struct pkw_streams *t)
{
	while (t->map.n >= t->o.flows) {
		struct pkw__flow *fl = aged(pkw__age_oldest(&t->closed));
		if (!fl)
			fl = aged(pkw__age_oldest(&t->closing));
		if (!fl)
			fl = aged(pkw__age_oldest(&t->ages));
		if (!fl)
			return;
		close_flow(t, fl, PKW_CLOSE_LIMIT);
		forget(t, fl);
	}
}

int pkw_streams_end(struct pkw_streams *t)
{
	struct pkw__flow *fl;

	t->err = 0;
	while ((fl = aged(pkw__age_oldest(&t->closing))))
		close_flow(t, fl, PKW_CLOSE_FIN);
	while ((fl = aged(pkw__age_oldest(&t->ages)))) {
		close_flow(t, fl, PKW_CLOSE_END);
		forget(t, fl);
	}
	return t->err;
}

/* ---- keys ---- */

/* The key of a segment; whether its sender is end a. */
static int ends_of(const struct pkw__ip *ip, uint16_t sport, uint16_t dport,
    struct pkw__ends *k)
{
	int order = memcmp(ip->src, ip->dst, sizeof ip->src);
	int from_a = order ? order < 0 : sport <= dport;

	memset(k, 0, sizeof *k);
	memcpy(k->a, from_a ? ip->src : ip->dst, sizeof k->a);
	memcpy(k->b, from_a ? ip->dst : ip->src, sizeof k->b);
	k->a_port = from_a ? sport : dport;
	k->b_port = from_a ? dport : sport;
	k->version = ip->version;
	return from_a;
}

static struct pkw__flow *open_flow(struct pkw_streams *t,
    const struct pkw__ends *k, int client_is_a)
{
	make_room(t);
	struct pkw__flow *fl = calloc(1, sizeof *fl);
	if (!fl)
		return NULL;
	fl->link.ends = *k;
	fl->client_is_a = (uint8_t)client_is_a;
	fl->f.number = t->flows++;
	fl->f.version = k->version;
	fl->f.first_ns = t->now;
	for (int i = 0; i < 2; i++) {
		int is_a = client_is_a == (i == PKW_CLIENT);
		memcpy(fl->f.way[i].addr, is_a ? k->a : k->b, 16);
		fl->f.way[i].port = is_a ? k->a_port : k->b_port;
		fl->way[i].fin = UINT64_MAX;
		fl->way[i].flow = fl;
		fl->way[i].window = 1; /* not closed */
	}
	pkw__map_add(&t->map, &fl->link);
	t->stats.open++;
	return fl;
}

/* ---- segments ---- */

/* A sequence number as an offset: the one nearest to what is next. */
static int64_t offset_of(const struct pkw__flow *fl, enum pkw_way way,
    uint32_t seq)
{
	uint64_t next = fl->way[way].next;
	uint32_t there = fl->f.way[way].seq + (uint32_t)next;

	return (int64_t)next + (int32_t)(seq - there);
}

static void know(struct pkw__flow *fl, enum pkw_way way, uint32_t first)
{
	if (fl->way[way].known)
		return;
	fl->way[way].known = 1;
	fl->f.way[way].seq = first;
}

/* Whether a SYN begins another connection than the one there is. */
static int is_other(const struct pkw__flow *fl, enum pkw_way way,
    const struct segment *s)
{
	if (!(s->flags & SYN) || (s->flags & ACK && !fl->closed))
		return 0;
	if (!fl->way[way].known)
		return fl->closed;
	return s->seq + 1 != fl->f.way[way].seq;
}

static int rst_counts(
    const struct pkw__flow *fl, enum pkw_way way, int64_t off)
{
	const struct pkw__way *w = &fl->way[way];
	uint64_t far = w->acked > w->next ? w->acked : w->next;

	if (w->quilt.held && w->high > far)
		far = w->high;
	return off >= (int64_t)w->next - 1 && off <= (int64_t)far + RST_NEAR;
}

static int is_keep_alive(const struct pkw__flow *fl, enum pkw_way way,
    const struct segment *s, int64_t off)
{
	return s->len <= 1 && !(s->flags & (SYN | FIN | RST)) &&
	    off == (int64_t)fl->way[way].next - 1;
}

static void take(struct pkw_streams *t, struct pkw__flow *fl, enum pkw_way way,
    const struct segment *s)
{
	enum pkw_way back = way == PKW_CLIENT ? PKW_SERVER : PKW_CLIENT;
	struct pkw_flow_way *w = &fl->f.way[way];

	w->segments++;
	know(fl, way, s->seq + (s->flags & SYN ? 1 : 0));
	if (s->flags & SYN && s->seq + 1 == w->seq)
		w->flags |= PKW_WAY_SYN;
	if (s->flags & SYN && s->flags & ACK)
		know(fl, back, s->ack);
	if (s->flags & ACK && fl->way[back].known)
		pkw__way_ack(fl, back, offset_of(fl, back, s->ack));

	int64_t off = offset_of(fl, way, s->seq + (s->flags & SYN ? 1 : 0));
	if (s->flags & RST) {
		if (!rst_counts(fl, way, off)) {
			w->ignored++;
			return;
		}
		w->flags |= PKW_WAY_RST;
		close_flow(t, fl, PKW_CLOSE_RST);
		return;
	}
	if (is_keep_alive(fl, way, s, off)) {
		w->keep_alives++;
		return;
	}
	if (s->len == 1 && fl->way[back].window == 0 &&
	    off == (int64_t)fl->way[way].next)
		w->probes++;
	fl->way[way].window = s->window;
	if (s->len)
		pkw__way_data(t, fl, way, off, s->b, s->len);
	if (s->flags & FIN)
		pkw__way_fin(t, fl, way, off + s->len);
}

/* Both sides have closed it: the end, unless bytes are missing. */
static void settle(struct pkw_streams *t, struct pkw__flow *fl)
{
	unsigned both = fl->f.way[0].flags & fl->f.way[1].flags;

	if (both & PKW_WAY_DONE)
		close_flow(t, fl, PKW_CLOSE_FIN);
	else if (both & PKW_WAY_FIN)
		pkw__age_add(&t->closing, &fl->age);
}

static int segment(struct pkw_streams *t, const struct pkw__ends *k, int from_a,
    const struct segment *s)
{
	struct pkw__link *l = pkw__map_find(&t->map, k);
	struct pkw__flow *fl = (struct pkw__flow *)(void *)l;
	enum pkw_way way;

	if (fl) {
		way = from_a == fl->client_is_a ? PKW_CLIENT : PKW_SERVER;
		if (is_other(fl, way, s)) {
			close_flow(t, fl, PKW_CLOSE_REUSED);
			forget(t, fl);
			fl = NULL;
		}
	}
	int is_new = !fl;
	if (is_new) {
		int answer = (s->flags & (SYN | ACK)) == (SYN | ACK);
		way = answer ? PKW_SERVER : PKW_CLIENT;
		fl = open_flow(t, k, from_a != answer);
		if (!fl)
			return -PKW_ENOMEM;
	}
	fl->f.last_ns = t->now;
	t->last = fl;
	t->last_way = way;
	pkw__age_add(fl->closed ? &t->closed : &t->ages, &fl->age);
	if (is_new)
		pkw__stream_tell(t, &(struct pkw_stream_event){
		    .what = PKW_STREAM_OPEN, .flow = &fl->f, .way = way });
	if (!fl->closed)
		take(t, fl, way, s);
	if (!fl->closed) {
		pkw__way_look(t, fl, PKW_CLIENT);
		pkw__way_look(t, fl, PKW_SERVER);
		settle(t, fl);
	}
	return 0;
}

/* The outermost TCP header and the IP header it stands on: 1, or 0. */
static int find(const struct pkw_streams *t, const struct pkw_pkt *p, int *tcp,
    struct pkw__ip *ip)
{
	const struct pkw_view *v = pkw_view(p);
	int below = -1;

	for (uint32_t i = 0; i < v->nlayers; i++) {
		const struct pkw_proto *proto = v->layers[i].proto;
		if (proto == t->n.ip || proto == t->n.ip6)
			below = (int)i;
		if (proto != t->n.tcp)
			continue;
		*tcp = (int)i;
		return below >= 0 && v->layers[i].len >= 20 &&
		    pkw__ip_read(&t->n, p, below, ip);
	}
	return 0;
}

int pkw_streams_put(struct pkw_streams *t, const struct pkw_frame *f,
    const struct pkw_pkt *p)
{
	struct pkw__ends k;
	struct pkw__ip ip;
	int i;

	t->err = 0;
	t->last = NULL;
	t->stats.packets++;
	if (f && !(f->flags & PKW_FRAME_NO_TIME))
		t->now = f->ts_ns;
	expire(t);
	if (!find(t, p, &i, &ip))
		return t->err;
	if (ip.more || ip.offset) {
		t->stats.fragments++;
		return t->err;
	}
	t->stats.segments++;
	const struct pkw_layer *l = &pkw_view(p)->layers[i];
	struct segment s = {
		.seq = (uint32_t)pkw__inet_u(p, i, &t->n.seg.seq),
		.ack = (uint32_t)pkw__inet_u(p, i, &t->n.seg.ack),
		.flags = (unsigned)pkw__inet_u(p, i, &t->n.seg.flags),
		.window = (uint16_t)pkw__inet_u(p, i, &t->n.seg.window),
		.b = pkw_view(p)->bytes + l->off + l->len,
		.len = l->end - l->off - l->len,
	};
	int from_a = ends_of(&ip, (uint16_t)pkw__inet_u(p, i, &t->n.seg.sport),
	    (uint16_t)pkw__inet_u(p, i, &t->n.seg.dport), &k);
	int r = segment(t, &k, from_a, &s);
	if (t->err)
		return t->err;
	return r < 0 ? r : 1;
}

const struct pkw_flow *pkw_streams_last(
    const struct pkw_streams *t, enum pkw_way *way)
{
	if (t->last && way)
		*way = t->last_way;
	return t->last ? &t->last->f : NULL;
}

void pkw_streams_stats(const struct pkw_streams *t, struct pkw_streams_stats *s)
{
	*s = t->stats;
	s->memory = t->pool.used;
}
