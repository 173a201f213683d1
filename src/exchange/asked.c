/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The result of an ask, which is at work while asking: questions and answers in
 * growing arrays, their bytes one behind another in one buffer, a packet only
 * when somebody looks.  So a question costs its bytes and about 90 more, and
 * nothing is allocated for each.
 *
 * Questions with equal keys form a chain, in the order in which they were
 * asked, as answers come in about that order; two hash tables (open addressing)
 * lead to the chains of full keys and of address pairs.  Answered questions are
 * taken out when a walk comes by, so a chain costs each of them once.
 */
#include "exchange/asked.h"

#include "net/net.h"

#include <stdlib.h>
#include <string.h>

struct pkw_asked *pkw_asked_new(void)
{
	struct pkw_asked *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->question = pkw_pkt_new();
	r->answer = pkw_pkt_new();
	if (!r->question || !r->answer) {
		pkw_asked_free(r);
		return NULL;
	}
	pkw__asked_reset(r);
	return r;
}

void pkw_asked_free(struct pkw_asked *r)
{
	if (!r)
		return;
	pkw_pkt_free(r->question);
	pkw_pkt_free(r->answer);
	for (int i = 0; i < PKW__CHAINS; i++)
		free(r->table[i].slots);
	free(r->q);
	free(r->a);
	free(r->hops);
	free(r->bytes);
	free(r);
}

void pkw__asked_reset(struct pkw_asked *r)
{
	memset(&r->stats, 0, sizeof r->stats);
	r->nq = r->na = r->nhops = r->nbytes = r->open = 0;
	r->rest.head = r->rest.tail = PKW__NONE;
	r->at = 0;
	r->nth = 0;
	r->cur = PKW__NONE;
	for (int i = 0; i < PKW__CHAINS; i++) {
		struct pkw__table *t = &r->table[i];
		if (t->slots)
			memset(t->slots, 0, t->cap * sizeof *t->slots);
		t->used = 0;
	}
}

const struct pkw_ask_stats *pkw_asked_stats(const struct pkw_asked *r)
{
	return &r->stats;
}

/* Makes room for `more' elements; 0 or -PKW_ENOMEM. */
static int grow(void **array, size_t n, size_t more, size_t *cap, size_t size)
{
	size_t want = *cap ? *cap : 64;

	if (n + more <= *cap)
		return 0;
	while (want < n + more)
		want *= 2;
	void *p = realloc(*array, want * size);
	if (!p)
		return -PKW_ENOMEM;
	*array = p;
	*cap = want;
	return 0;
}

static int keep(struct pkw_asked *r, const uint8_t *b, size_t n, size_t *off)
{
	void *p = r->bytes;
	/* the dissector may load by the word behind the end */
	int e = grow(&p, r->nbytes, n + PKW_FRAME_SLACK, &r->capbytes, 1);

	if (e < 0)
		return e;
	r->bytes = p;
	*off = r->nbytes;
	if (n)
		memcpy(r->bytes + r->nbytes, b, n);
	r->nbytes += n;
	return 0;
}

static struct pkw__slot *find(const struct pkw__table *t, uint64_t key)
{
	size_t i = (size_t)key & (t->cap - 1);

	while (t->slots[i].key && t->slots[i].key != key)
		i = (i + 1) & (t->cap - 1);
	return &t->slots[i];
}

static int table_room(struct pkw__table *t)
{
	if (t->used < t->cap / 2)
		return 0;
	struct pkw__table bigger = { .cap = t->cap ? t->cap * 2 : 256,
		.used = t->used };
	bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
	if (!bigger.slots)
		return -PKW_ENOMEM;
	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].key)
			*find(&bigger, t->slots[i].key) = t->slots[i];
	free(t->slots);
	*t = bigger;
	return 0;
}

static void append(
    struct pkw_asked *r, struct pkw__slot *s, enum pkw__chain chain, uint32_t i)
{
	if (s->head == PKW__NONE)
		s->head = i;
	else
		r->q[s->tail].next[chain] = i;
	s->tail = i;
	r->q[i].next[chain] = PKW__NONE;
}

static int enter(
    struct pkw_asked *r, enum pkw__chain chain, uint64_t key, uint32_t i)
{
	struct pkw__table *t = &r->table[chain];
	int e = table_room(t);

	if (e < 0)
		return e;
	struct pkw__slot *s = find(t, key);
	if (!s->key) {
		*s = (struct pkw__slot){ key, PKW__NONE, PKW__NONE };
		t->used++;
	}
	append(r, s, chain, i);
	return 0;
}

int64_t pkw__asked_add(struct pkw_asked *r)
{
	void *p = r->q;

	if (r->nq >= PKW__NONE)
		return -PKW_ELIMIT;
	int e = grow(&p, r->nq, 1, &r->capq, sizeof *r->q);
	if (e < 0)
		return e;
	r->q = p;
	r->q[r->nq] = (struct pkw__question){ .first_answer = PKW__NONE,
		.last_answer = PKW__NONE };
	return (int64_t)r->nq++;
}

static int same_hop(const struct pkw_hop *a, const struct pkw_hop *b)
{
	return a->ifindex == b->ifindex && a->ethertype == b->ethertype &&
	       pkw__addr_same(&a->src, &b->src) &&
	       pkw__addr_same(&a->dst, &b->dst);
}

/* Hops are few: the same as the last one, or else a new one. */
static int hop_of(struct pkw_asked *r, const struct pkw_hop *hop, uint32_t *i)
{
	void *p = r->hops;

	if (r->nhops && same_hop(&r->hops[r->nhops - 1], hop)) {
		*i = (uint32_t)r->nhops - 1;
		return 0;
	}
	int e = grow(&p, r->nhops, 1, &r->caphops, sizeof *r->hops);
	if (e < 0)
		return e;
	r->hops = p;
	r->hops[r->nhops] = *hop;
	*i = (uint32_t)r->nhops++;
	return 0;
}

int pkw__asked_keep(struct pkw_asked *r, uint32_t i, const struct pkw_pkt *p)
{
	struct pkw_span b = pkw_bytes(p);

	r->q[i].len = (uint32_t)b.len;
	r->q[i].first = pkw_view(p)->layers[0].proto;
	return keep(r, b.p, b.len, &r->q[i].off);
}

int pkw__asked_fill(struct pkw_asked *r, uint32_t i, const struct pkw_pkt *p,
    const struct pkw_hop *hop, int keyed)
{
	struct pkw__key k = pkw__key_of(p);
	int e = pkw__asked_keep(r, i, p);

	if (e == 0)
		e = hop_of(r, hop, &r->q[i].hop);
	if (e < 0)
		return e;
	if (!keyed || !k.pair) {
		append(r, &r->rest, PKW__FULL, i);
		return 0;
	}
	e = enter(r, PKW__FULL, k.full, i);
	return e < 0 ? e : enter(r, PKW__PAIR, k.pair, i);
}

int pkw__asked_answer(
    struct pkw_asked *r, uint32_t i, const struct pkw_frame *f, int forget)
{
	struct pkw__question *q = &r->q[i];
	void *p = r->a;

	q->answers++;
	if (forget)
		return 0;
	int e = grow(&p, r->na, 1, &r->capa, sizeof *r->a);
	if (e < 0)
		return e;
	r->a = p;
	struct pkw__answer *a = &r->a[r->na];
	*a = (struct pkw__answer){ .len = f->caplen,
		.next = PKW__NONE,
		.ifindex = f->ifindex,
		.link = f->link,
		.ts_ns = f->ts_ns,
		.sent_ns = q->sent_ns };
	e = keep(r, f->data, f->caplen, &a->off);
	if (e < 0)
		return e;
	if (q->first_answer == PKW__NONE)
		q->first_answer = (uint32_t)r->na;
	else
		r->a[q->last_answer].next = (uint32_t)r->na;
	q->last_answer = (uint32_t)r->na++;
	return 0;
}

const struct pkw_pkt *pkw__asked_question(struct pkw_asked *r, uint32_t i)
{
	const struct pkw__question *q = &r->q[i];

	pkw_dissect(r->question, q->first, r->bytes + q->off, q->len, 0);
	return r->question;
}

void pkw__walk_begin(struct pkw_asked *r, struct pkw__walk *w,
    enum pkw__chain chain, uint64_t key)
{
	struct pkw__table *t = &r->table[chain];
	struct pkw__slot *s = t->cap && key ? find(t, key) : NULL;

	*w = (struct pkw__walk){ .slot = s && s->key ? s : NULL,
		.chain = chain,
		.prev = PKW__NONE,
		.cur = PKW__NONE };
}

void pkw__walk_rest(struct pkw_asked *r, struct pkw__walk *w)
{
	*w = (struct pkw__walk){ .slot = &r->rest,
		.chain = PKW__FULL,
		.prev = PKW__NONE,
		.cur = PKW__NONE };
}

uint32_t pkw__walk_next(struct pkw_asked *r, struct pkw__walk *w)
{
	if (!w->slot)
		return PKW__NONE;
	if (w->cur != PKW__NONE)
		w->prev = w->cur;
	for (;;) {
		uint32_t *link = w->prev == PKW__NONE
				     ? &w->slot->head
				     : &r->q[w->prev].next[w->chain];
		w->cur = *link;
		if (w->cur == PKW__NONE ||
		    r->q[w->cur].state != PKW__Q_ANSWERED)
			return w->cur;
		*link = r->q[w->cur].next[w->chain];
		if (w->slot->tail == w->cur)
			w->slot->tail = w->prev;
	}
}

int pkw_asked_next(struct pkw_asked *r, size_t *at, struct pkw_pair *pair)
{
	if (*at == 0) {
		r->at = 0;
		r->nth = 0;
		r->cur = PKW__NONE;
	}
	if (r->at >= r->nq)
		return 0;
	uint32_t i = (uint32_t)r->at;
	const struct pkw__question *q = &r->q[i];
	uint32_t a = r->cur == PKW__NONE ? q->first_answer : r->cur;
	*pair = (struct pkw_pair){
		.index = i, .tries = q->tries, .sent_ns = q->sent_ns
	};
	pair->question = pkw__asked_question(r, i);
	r->cur = PKW__NONE;
	if (a != PKW__NONE) {
		const struct pkw__answer *x = &r->a[a];
		pkw_dissect(r->answer, pkw_link_proto(x->link),
		    r->bytes + x->off, x->len, 0);
		pair->answer = r->answer;
		pair->nth = r->nth++;
		pair->ifindex = x->ifindex;
		pair->sent_ns = x->sent_ns;
		pair->received_ns = x->ts_ns;
		pair->rtt_ns = x->ts_ns - x->sent_ns;
		r->cur = x->next;
	}
	if (r->cur == PKW__NONE) {
		r->at++;
		r->nth = 0;
	}
	++*at;
	return 1;
}
