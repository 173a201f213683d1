/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting fragments together (RFC 791 §3.2, RFC 8200 §4.5).
 *
 * A reassembly is a quilt of what came, the whole frame of the fragment with
 * offset 0 that came first (the datagram gets its wrapping and its headers),
 * and how long all will be, which the last fragment tells.  Reassemblies are
 * found by a hash of their key and stand in a list by the time when their first
 * fragment came, so that the ones whose time is up, or that must make room, are
 * at its head.
 *
 * A fragment is refused, as kernels do, if it is empty; if others follow and it
 * is no multiple of 8 long (IPv4: the odd end is cut off, which is what Linux
 * does); if it ends behind the end that is known, or says that the end is
 * before what is there already; if it would make a datagram longer than 65535
 * bytes.  One of which less was captured than its length tells cannot be used;
 * it is passed on as it is.
 *
 * When all is there, the frame is built anew by the engine: what the IP header
 * carried is replaced, the fields that speak of fragments are cleared, and the
 * lengths and sums of all layers around are computed by sealing.  The result is
 * dissected from the beginning, so that it shows as what it is.  It may hold
 * fragments itself, of a datagram in a tunnel: so put() goes on with it.
 *
 * Time is that of the packets.  A clock that jumps, either way, by more than
 * the time-out ends what is under way.
 *
 * Memory is counted: what quilts take, the frames kept, the entries themselves.
 */
#include "stream/inet.h"
#include "stream/map.h"
#include "stream/quilt.h"

#include <pkw/defrag.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 65535, UNIT = 8, PAGES = 32, MF = 1 };
enum { USUAL_TIMEOUT = 30000, USUAL_COUNT = 4096, USUAL_MEMORY = 16 << 20,
	LEAST_MEMORY = 512 << 10 };
enum { FRAME_MAX = 1 << 18, DEEPEST = 16 };

struct entry {
	struct pkw__link link;
	struct pkw__age age;
	struct pkw__quilt quilt;
	const struct pkw_proto *first; /* layer of the frame */
	uint8_t *frame;                /* with offset 0 */
	uint32_t frame_len;
	uint32_t head_len;
	uint16_t link_type;
	uint32_t ifindex;
	uint32_t total, highest;       /* bytes behind the headers */
	uint64_t *numbers;             /* of the packets that came, */
	uint32_t nnumbers, cap;        /* while there is memory for them */
	uint32_t fragments;
	int64_t first_ns;
	uint8_t dead;                  /* RFC 5722: takes nothing any more */
};

struct pkw_defrag {
	struct pkw__inet n;
	struct pkw__map map;
	struct pkw__age ages;
	struct pkw__pool pool;
	struct pkw_defrag_opts o;
	const struct pkw__policy *policy;
	struct pkw_defrag_stats stats;
	size_t frames;                 /* bytes of frames and numbers kept */
	int64_t now;
	struct pkw_pkt *work, *whole[2];
	uint8_t *bytes;                /* what a reassembly carried */
	uint8_t *out[2];               /* bytes of whole[] */
	size_t out_cap[2];
};

static struct entry *entry_of(struct pkw__link *l)
{
	return (struct entry *)(void *)l;
}

static struct entry *aged(struct pkw__age *a)
{
	return a ? (struct entry *)(void *)((char *)a -
	    offsetof(struct entry, age)) : NULL;
}

/* ---- the table ---- */

struct pkw_defrag *pkw_defrag_new(const struct pkw_defrag_opts *o)
{
	struct pkw_defrag *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	if (o)
		g->o = *o;
	if (g->o.timeout == 0)
		g->o.timeout = USUAL_TIMEOUT;
	if (g->o.count == 0)
		g->o.count = USUAL_COUNT;
	if (g->o.memory == 0)
		g->o.memory = USUAL_MEMORY;
	/* a datagram must fit, or nothing ever could */
	if (g->o.memory < LEAST_MEMORY)
		g->o.memory = LEAST_MEMORY;
	g->pool.max = g->o.memory;
	g->policy = &pkw__policies[g->o.policy < PKW_POLICY__N
	    ? g->o.policy : PKW_POLICY_BSD];
	pkw__inet_init(&g->n);
	pkw__age_init(&g->ages);
	g->work = pkw_pkt_new();
	g->whole[0] = pkw_pkt_new();
	g->whole[1] = pkw_pkt_new();
	g->bytes = malloc(PAGES * PKW__PAGE);
	if (!g->work || !g->whole[0] || !g->whole[1] || !g->bytes ||
	    pkw__map_init(&g->map) < 0) {
		pkw_defrag_free(g);
		return NULL;
	}
	return g;
}

static void drop(struct pkw_defrag *g, struct entry *e)
{
	pkw__map_del(&g->map, &e->link);
	pkw__age_del(&e->age);
	if (e->quilt.n)
		pkw__quilt_fini(&e->quilt, &g->pool);
	g->frames -= e->frame_len + e->cap * sizeof *e->numbers;
	free(e->frame);
	free(e->numbers);
	free(e);
	g->stats.pending--;
}

void pkw_defrag_free(struct pkw_defrag *g)
{
	if (!g)
		return;
	while (g->map.bucket && pkw__age_oldest(&g->ages))
		drop(g, aged(pkw__age_oldest(&g->ages)));
	pkw__map_fini(&g->map);
	pkw__pool_fini(&g->pool);
	pkw_pkt_free(g->work);
	for (int i = 0; i < 2; i++) {
		pkw_pkt_free(g->whole[i]);
		free(g->out[i]);
	}
	free(g->bytes);
	free(g);
}

/* ---- events ---- */

static void tell(struct pkw_defrag *g, const struct entry *e,
    const struct pkw__ends *ends, struct pkw_defrag_event *ev)
{
	g->stats.events[ev->what]++;
	if (!g->o.on_event)
		return;
	ev->version = ends->version;
	memcpy(ev->src, ends->a, sizeof ev->src);
	memcpy(ev->dst, ends->b, sizeof ev->dst);
	ev->proto = ends->proto;
	ev->id = ends->id;
	ev->ts_ns = ev->first_ns = g->now;
	if (e) {
		ev->fragments = e->fragments;
		ev->held = e->quilt.held;
		ev->total = e->total;
		ev->first_ns = e->first_ns;
		ev->numbers = e->numbers;
		ev->nnumbers = e->nnumbers;
		for (struct pkw_span s; e->quilt.n && ev->missing < e->highest &&
		    (s = pkw__quilt_get(&e->quilt, ev->missing)).len;)
			ev->missing += (uint32_t)s.len;
	}
	g->o.on_event(g->o.arg, ev);
}

static void give_up(struct pkw_defrag *g, struct entry *e,
    enum pkw_defrag_what what)
{
	struct pkw_defrag_event ev = { .what = what };

	if (!e->dead)
		tell(g, e, &e->link.ends, &ev);
	drop(g, e);
}

void pkw_defrag_end(struct pkw_defrag *g)
{
	struct entry *e;

	while ((e = aged(pkw__age_oldest(&g->ages))))
		give_up(g, e, PKW_DEFRAG_END);
}

static void expire(struct pkw_defrag *g)
{
	const uint64_t limit = (uint64_t)g->o.timeout * 1000000;
	struct entry *e;

	while ((e = aged(pkw__age_oldest(&g->ages)))) {
		uint64_t age = g->now > e->first_ns
		    ? (uint64_t)g->now - (uint64_t)e->first_ns
		    : (uint64_t)e->first_ns - (uint64_t)g->now;
		if (age <= limit)
			return;
		give_up(g, e, PKW_DEFRAG_TIMEOUT);
	}
}

static size_t memory(const struct pkw_defrag *g)
{
	return g->pool.used + g->frames + g->stats.pending * sizeof(struct entry);
}

static int is_full(const struct pkw_defrag *g, const struct entry *e, size_t n)
{
	return memory(g) + n > g->o.memory ||
	    (!e && g->stats.pending >= g->o.count);
}

/* Gives up old ones until there is room for n bytes more; `but' is the one it
   is for, NULL: one that is yet to be made. */
static void make_room(struct pkw_defrag *g, const struct entry *but, size_t n)
{
	while (is_full(g, but, n)) {
		struct entry *e = aged(pkw__age_oldest(&g->ages));
		if (e == but && e)
			e = aged(e->age.newer == &g->ages ? NULL : e->age.newer);
		if (!e)
			return;
		give_up(g, e, PKW_DEFRAG_LIMIT);
	}
}

/* ---- a fragment ---- */

static void ends_of(const struct pkw__ip *ip, struct pkw__ends *k)
{
	memset(k, 0, sizeof *k);
	memcpy(k->a, ip->src, sizeof k->a);
	memcpy(k->b, ip->dst, sizeof k->b);
	k->id = ip->id;
	k->version = ip->version;
	/* RFC 8200 leaves the next header out: the first fragment's counts */
	k->proto = ip->version == 4 ? ip->proto : 0;
}

static struct entry *entry_new(struct pkw_defrag *g,
    const struct pkw__ends *ends)
{
	struct entry *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->link.ends = *ends;
	e->first_ns = g->now;
	pkw__map_add(&g->map, &e->link);
	pkw__age_add(&g->ages, &e->age);
	g->stats.pending++;
	return e;
}

/* Why a fragment is refused; PKW_DEFRAG__N: it is not. */
static enum pkw_defrag_what refuse(const struct entry *e, struct pkw__ip *ip)
{
	if (ip->more && ip->len % UNIT) {
		if (ip->version == 6)
			return PKW_DEFRAG_BAD;
		ip->len -= ip->len % UNIT;
	}
	if (ip->len == 0)
		return PKW_DEFRAG_BAD;
	uint32_t end = ip->offset + ip->len;
	if (end + ip->head_len > LONGEST)
		return PKW_DEFRAG_LONG;
	if (e && e->total && (end > e->total || (!ip->more && end != e->total)))
		return PKW_DEFRAG_BAD;
	if (e && !ip->more && end < e->highest)
		return PKW_DEFRAG_BAD;
	return PKW_DEFRAG__N;
}

/* Linux: one that contradicts the others ends it, but for an odd length. */
static int spoils(const struct pkw_defrag *g, const struct pkw__ip *ip)
{
	return g->policy->drop == PKW__DROP &&
	    !(ip->version == 6 && ip->more && ip->len % UNIT);
}

/* Remembers which packet it was that came; 0, or an error. */
static int note_number(struct pkw_defrag *g, struct entry *e)
{
	uint32_t cap = e->cap ? e->cap * 2 : 8;
	uint64_t *numbers = e->numbers;

	if (e->nnumbers == e->cap) {
		make_room(g, e, (cap - e->cap) * sizeof *numbers);
		if (is_full(g, e, (cap - e->cap) * sizeof *numbers))
			return 0; /* it alone fills the table */
		numbers = realloc(numbers, cap * sizeof *numbers);
		if (!numbers)
			return -PKW_ENOMEM;
		g->frames += (cap - e->cap) * sizeof *numbers;
		e->numbers = numbers;
		e->cap = cap;
	}
	numbers[e->nnumbers++] = g->stats.packets - 1;
	return 0;
}

/* Keeps the frame of the fragment that begins the datagram. */
static int keep_frame(struct pkw_defrag *g, struct entry *e,
    const struct pkw_frame *f, const struct pkw_pkt *p,
    const struct pkw__ip *ip)
{
	const struct pkw_view *v = pkw_view(p);

	if (v->len > FRAME_MAX)
		return -PKW_EMSGSIZE;
	make_room(g, e, v->len);
	e->frame = malloc(v->len);
	if (!e->frame)
		return -PKW_ENOMEM;
	memcpy(e->frame, v->bytes, v->len);
	e->frame_len = v->len;
	g->frames += v->len;
	e->first = v->layers[0].proto;
	e->head_len = ip->head_len;
	e->link_type = f ? f->link : 0;
	e->ifindex = f ? f->ifindex : 0;
	return 0;
}

/* What has come is not used. */
static void abandon(struct pkw_defrag *g, struct entry *e)
{
	struct pkw_defrag_event gone = { .what = PKW_DEFRAG_DROPPED };

	tell(g, e, &e->link.ends, &gone);
	if (g->policy->drop == PKW__DROP) {
		drop(g, e);
		return;
	}
	e->dead = 1;
	pkw__quilt_fini(&e->quilt, &g->pool);
}

/* Tells of an overlap.  1: it ended the reassembly, or this fragment. */
static int overlapped(struct pkw_defrag *g, struct entry *e,
    const struct pkw__ip *ip, const struct pkw__met *met)
{
	int ends = g->policy->drop == PKW__DROP ? !met->within
	    : g->policy->drop == PKW__DROP_FOREVER ? !met->exact : 0;
	struct pkw_defrag_event ev = { .what = met->exact
		? PKW_DEFRAG_DUPLICATE : PKW_DEFRAG_OVERLAP,
		.offset = met->exact ? ip->offset : (uint32_t)met->at,
		.len = met->bytes, .differ = met->differ,
		.taken = met->taken };

	tell(g, e, &e->link.ends, &ev);
	if (g->policy->drop == PKW__KEEP)
		return 0;
	if (ends)
		abandon(g, e);
	return 1;
}

/* 1: the reassembly may be whole now, 0: it is not, or an error. */
static int add(struct pkw_defrag *g, struct entry *e, const struct pkw_pkt *p,
    const struct pkw__ip *ip)
{
	const uint8_t *b = pkw_bytes(p).p + ip->at;
	struct pkw__met met;

	make_room(g, e, (ip->len / PKW__PAGE + 2) * sizeof(struct pkw__page) +
	    PAGES * sizeof(struct pkw__page *));
	int r = pkw__quilt_fit(&e->quilt, &g->pool, 0, ip->offset + ip->len);
	if (r < 0)
		return r;
	/* Linux looks at the length before it finds a duplicate */
	if (g->policy->drop == PKW__DROP && !ip->more)
		e->total = ip->offset + ip->len;
	if (g->policy->drop != PKW__KEEP) {
		met = pkw__quilt_look(&e->quilt, ip->offset, b, ip->len);
		if (met.bytes && overlapped(g, e, ip, &met))
			return 0;
	}
	r = pkw__quilt_put(&e->quilt, &g->pool, ip->offset, b, ip->len,
	    g->policy->fragments, &met);
	if (r < 0)
		return r;
	if (met.bytes)
		overlapped(g, e, ip, &met);
	/* Linux: what continues the last fragment is of the same run */
	if (g->policy->drop == PKW__DROP && ip->offset == e->highest)
		pkw__quilt_join(&e->quilt, ip->offset);
	if (ip->offset + ip->len > e->highest)
		e->highest = ip->offset + ip->len;
	if (!ip->more)
		e->total = e->highest;
	return e->total && e->quilt.held == e->total && e->frame;
}

/* ---- the whole ---- */

/* The first fragment's packet becomes the datagram's. */
static int rebuild(struct pkw_defrag *g, const struct entry *e,
    const struct pkw__ip *ip)
{
	struct pkw_pkt *q = g->work;
	int payload = ip->frag < 0 ? ip->head + 1 : ip->frag;
	uint64_t flags;

	if (pkw_view(q)->nlayers > (uint32_t)payload)
		pkw_layer_cut(q, payload);
	if (ip->version == 4) {
		flags = pkw__inet_u(q, ip->layer, &g->n.v4.flags);
		pkw__inet_set(q, ip->layer, "flags", flags & ~UINT64_C(1));
		pkw__inet_set(q, ip->layer, "frag", 0);
		pkw__inet_set(q, ip->layer, "proto", ip->proto);
		pkw__inet_unset(q, ip->layer, "len");
		pkw__inet_unset(q, ip->layer, "chksum");
	} else {
		pkw__inet_set(q, ip->head, "nh", ip->proto);
		pkw__inet_unset(q, ip->layer, "plen");
	}
	pkw_push_raw(q, g->bytes, e->total);
	int r = pkw_seal(q, 0);
	return r < 0 ? r : pkw_pkt_err(q);
}

/* Dissects what was built as whole[i]. */
static int show(struct pkw_defrag *g, int i, const struct pkw_proto *first)
{
	struct pkw_span s = pkw_bytes(g->work);
	size_t need = s.len + PKW_FRAME_SLACK;

	if (need > g->out_cap[i]) {
		uint8_t *b = realloc(g->out[i], need);
		if (!b)
			return -PKW_ENOMEM;
		g->out[i] = b;
		g->out_cap[i] = need;
	}
	memcpy(g->out[i], s.p, s.len);
	memset(g->out[i] + s.len, 0, PKW_FRAME_SLACK);
	pkw_dissect(g->whole[i], first, g->out[i], s.len, PKW_INPLACE);
	return 0;
}

static void frame_of(const struct pkw_defrag *g, const struct entry *e, int i,
    struct pkw_frame *f)
{
	uint32_t len = (uint32_t)pkw_bytes(g->whole[i]).len;

	if (!f)
		return;
	*f = (struct pkw_frame){ .data = g->out[i], .caplen = len, .len = len,
		.ts_ns = f->ts_ns, .link = e->link_type, .ifindex = e->ifindex,
		.flags = f->flags & ~(uint32_t)(PKW_FRAME_FCS_MASK |
		    PKW_FRAME_OPTIONS_BE | PKW_FRAME_OPTIONS_BAD),
		.dropped = f->dropped };
}

/* All is there: 1 and *p, or an error; the reassembly is gone in any case. */
static int finish(struct pkw_defrag *g, struct entry *e, struct pkw_frame *f,
    struct pkw_pkt **p)
{
	int i = *p == g->whole[0]; /* not the one that is looked at now */
	struct pkw__ip ip;
	uint32_t at = 0;
	int r = 0;

	for (struct pkw_span s; at < e->total &&
	    (s = pkw__quilt_get(&e->quilt, at)).len; at += (uint32_t)s.len)
		memcpy(g->bytes + at, s.p, s.len);
	pkw_dissect(g->work, e->first, e->frame, e->frame_len, 0);
	if (!pkw__ip_fragment(&g->n, g->work, &ip))
		r = -PKW_EFORMAT; /* cannot be: it was one */
	else
		r = rebuild(g, e, &ip);
	if (r == 0)
		r = show(g, i, e->first);
	if (r == 0) {
		frame_of(g, e, i, f);
		*p = g->whole[i];
		g->stats.whole++;
		r = 1;
	}
	drop(g, e);
	return r;
}

/* ---- packets ---- */

static int refused(struct pkw_defrag *g, const struct entry *e,
    const struct pkw__ends *ends, const struct pkw__ip *ip,
    enum pkw_defrag_what what)
{
	struct pkw_defrag_event ev = { .what = what, .offset = ip->offset,
		.len = ip->len };

	tell(g, e, ends, &ev);
	return what == PKW_DEFRAG_CUT;
}

/* One fragment of *p: 1 go on with *p, 0 kept, or an error. */
static int take(struct pkw_defrag *g, struct pkw_frame *f, struct pkw_pkt **p,
    struct pkw__ip *ip)
{
	struct pkw__ends ends;

	ends_of(ip, &ends);
	struct pkw__link *l = pkw__map_find(&g->map, &ends);
	struct entry *e = l ? entry_of(l) : NULL;
	if (ip->cut)
		return refused(g, e, &ends, ip, PKW_DEFRAG_CUT);
	if (e && e->dead)
		return 0;
	enum pkw_defrag_what why = refuse(e, ip);
	if (why != PKW_DEFRAG__N) {
		refused(g, e, &ends, ip, why);
		if (e && why == PKW_DEFRAG_BAD && spoils(g, ip))
			abandon(g, e);
		return 0;
	}
	if (!e) {
		make_room(g, NULL, sizeof *e);
		e = entry_new(g, &ends);
		if (!e)
			return -PKW_ENOMEM;
	}
	e->fragments++;
	int r = note_number(g, e);
	if (r < 0)
		return r;
	if (ip->offset == 0 && !e->frame) {
		r = keep_frame(g, e, f, *p, ip);
		if (r < 0)
			return r == -PKW_EMSGSIZE ? 0 : r;
	}
	r = add(g, e, *p, ip);
	if (r <= 0)
		return r;
	if (e->total + e->head_len > LONGEST) {
		refused(g, e, &ends, ip, PKW_DEFRAG_LONG);
		drop(g, e);
		return 0;
	}
	return finish(g, e, f, p);
}

int pkw_defrag_put(struct pkw_defrag *g, struct pkw_frame *f,
    struct pkw_pkt **p)
{
	struct pkw__ip ip;
	int told = 0, r = 1;

	g->stats.packets++;
	if (f && !(f->flags & PKW_FRAME_NO_TIME))
		g->now = f->ts_ns;
	expire(g);
	for (int i = 0; i < DEEPEST && r > 0; i++) {
		struct pkw_pkt *before = *p;
		if (!pkw__ip_fragment(&g->n, *p, &ip))
			break;
		g->stats.fragments += !told;
		told = 1;
		r = take(g, f, p, &ip);
		if (*p == before)
			break;
	}
	return r;
}

void pkw_defrag_stats(const struct pkw_defrag *g, struct pkw_defrag_stats *s)
{
	*s = g->stats;
	s->memory = memory(g);
}
