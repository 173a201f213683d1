/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking: one loop that sends questions and takes in packets, so that answers
 * are seen while others are still being asked, whatever the rate.
 *
 *	round 1   the source's packets, by way of the feed
 *	round 2.. what is still unanswered, from what was kept
 *
 * A round ends when the timeout has passed since its last question, or earlier
 * when all questions have their answer (and more are not wanted).
 *
 * A received packet is looked up by its key, and by that of the packet it
 *quotes; the questions found are asked in turn, first those without an answer.
 *If none of them says yes, those between the same addresses are tried (an
 *answer from another port), and those that go to groups; of a small set, all.
 *So the keys decide about speed and hardly ever about the outcome.
 *
 * Round-trip times are between kernel time stamps.  The link sees our own
 * questions leave (or, on the loopback, arrive): a packet with a question's
 *very bytes, once for each time it was sent, is that question, and its time
 *stamp is when it was asked.  If a filter hides them, the time before the
 *system call has to do.  Nothing that leaves this host is an answer.
 */
#include "exchange/asked.h"
#include "exchange/feed.h"
#include "exchange/journal.h"
#include "exchange/match.h"

#include <string.h>

enum {
	TIMEOUT_MS = 2000,
	SMALL = 64,  /* a set of which all questions may be tried */
	TRIED = 256, /* of the same addresses, at most */
	TAKEN = 256  /* packets taken in before more is sent */
};

struct asking {
	struct pkw_link *l;
	const struct pkw_ask_opts *o;
	struct pkw_asked *r;
	struct pkw__feed feed;
	uint32_t batch[PKW__BATCH]; /* the questions in the batch */
	size_t again;		    /* later rounds: the next to look at */
	unsigned round;
	int fed;		/* enum pkw__fed, as of the last look */
	int ended;		/* nothing more is sent in this round */
	int64_t begun;		/* what came before is no answer */
	int64_t deadline;	/* of the round, once it is all sent */
	int over;		/* the end is decided, see stats.end */
	struct pkw_pkt *packet; /* what was received */
	struct pkw__journal journal;
	struct pkw_str why;
};

static void end(struct asking *s, enum pkw_end how)
{
	s->over = 1;
	s->r->stats.end = how;
}

/* The first field of a layer with that flag which holds an IP address. */
static int address(const struct pkw_pkt *p, int layer, unsigned flag,
    unsigned *field, struct pkw_addr *a)
{
	const struct pkw_record *rec;
	int root = layer < 0 ? -1 : pkw_root(p, layer);
	struct pkw_span b;

	if (root < 0)
		return 0;
	rec = &pkw_view(p)->layers[layer].proto->rec;
	for (unsigned f = 0; f < rec->nfields; f++) {
		if (!(rec->fields[f].flags & flag) ||
		    pkw_field_bytes(p, root, f, &b) < 0 ||
		    (b.len != 4 && b.len != 16))
			continue;
		*field = f;
		*a = (struct pkw_addr){ .len = (uint8_t)b.len };
		memcpy(a->bytes, b.p, b.len);
		return 1;
	}
	return 0;
}

/* Does a layer hold further addresses (a routing header)? */
static int leads_on(const struct pkw_record *rec)
{
	for (unsigned f = 0; f < rec->nfields; f++) {
		const struct pkw_list *list = rec->fields[f].list;
		unsigned type = list && list->rec && list->rec->nfields
				    ? list->rec->fields[0].type
				    : rec->fields[f].type;
		if (type == PKW_IP4 || type == PKW_IP6)
			return 1;
	}
	return 0;
}

/* Is there one between the network layer and the transport? */
static int is_routed_on(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int end = v->first[PKW_TRANSPORT];

	for (int i = v->first[PKW_NETWORK] + 1; i < end; i++)
		if (leads_on(&v->layers[i].proto->rec))
			return 1;
	return 0;
}

enum reach { ONE, GROUP, PREFIX };

/* From whom can its answers come: from its destination, or from others? */
static enum reach reach_of(
    struct asking *s, const struct pkw_pkt *p, const struct pkw_hop *hop)
{
	const struct pkw_netif *n = pkw_netif_by_index(s->l->net, hop->ifindex);
	struct pkw_addr a;
	unsigned f;

	if (!address(p, pkw_view(p)->first[PKW_NETWORK], PKW_DST, &f, &a))
		return ONE;
	if (pkw__addr_multicast(&a) || is_routed_on(p))
		return GROUP;
	return n && pkw__netif_broadcast(n, &a) ? PREFIX : ONE;
}

/*
 * Does the packet at hand answer question i?  What went to everybody in a
 * prefix was a question to whoever answers: which no protocol can know, as the
 * prefix does not stand in the packet.
 */
static int matches(struct asking *s, uint32_t i)
{
	struct pkw_pkt *q = s->r->question;
	struct pkw_addr to, from;
	unsigned f, unused;

	pkw__asked_question(s->r, i);
	if (pkw_match(q, s->packet, NULL))
		return 1;
	int ql = pkw_view(q)->first[PKW_NETWORK];
	int al = pkw_view(s->packet)->first[PKW_NETWORK];
	if (!s->r->q[i].anyone || !address(q, ql, PKW_DST, &f, &to) ||
	    !address(s->packet, al, PKW_SRC, &unused, &from) ||
	    from.len != to.len)
		return 0;
	return pkw_field_put_bytes(
		   q, pkw_root(q, ql), f, from.bytes, from.len) == 0 &&
	       pkw_match(q, s->packet, NULL);
}

/* A question that cannot be asked. */
static int keep_fault(void *arg, uint64_t index, const struct pkw_pkt *p,
    const struct pkw_diag *why)
{
	struct asking *s = arg;
	uint32_t i = (uint32_t)index;

	while (s->r->nq <= i)
		if (pkw__asked_add(s->r) < 0)
			return 1;
	s->r->q[i].state = PKW__Q_FAILED;
	if (pkw__asked_keep(s->r, i, p) < 0)
		return 1;
	return s->o->on_fault ? s->o->on_fault(s->o->arg, index, p, why) : 0;
}

static int take_question(
    struct asking *s, uint32_t i, const struct pkw__ready *r)
{
	enum reach reach = reach_of(s, r->p, &r->hop);

	s->r->q[i].anyone = reach == PREFIX;
	return pkw__asked_fill(s->r, i, r->p, &r->hop, reach == ONE);
}

/* Round 1: from the feed into the batch. */
static int fill_first(struct asking *s, struct pkw_diag *d)
{
	struct pkw__tx *t = &s->l->tx;
	struct pkw_diag why;
	struct pkw__ready r;

	while (pkw__tx_room(t)) {
		int e = pkw__feed_next(&s->feed, &r, d);
		if (e != PKW__FED_READY)
			return e;
		uint32_t i = (uint32_t)r.index;
		while (s->r->nq <= r.index)
			if (pkw__asked_add(s->r) < 0)
				return pkw_fail(
				    d, -PKW_ENOMEM, "out of memory");
		struct pkw_span b = pkw_bytes(r.p);
		s->batch[t->n] = i;
		if (pkw__tx_add(s->l, &r.hop, b.p, b.len, &why) < 0)
			pkw__feed_fault(&s->feed, r.index, r.p, &why);
		else if (take_question(s, i, &r) < 0)
			return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	}
	return PKW__FED_READY;
}

/* Later rounds: what is unanswered once more. */
static int fill_again(struct asking *s)
{
	struct pkw_asked *r = s->r;
	struct pkw__tx *t = &s->l->tx;

	for (; s->again < r->nq; s->again++) {
		const struct pkw__question *q = &r->q[s->again];
		if (q->state != PKW__Q_ASKED || q->answers)
			continue;
		if (!pkw__tx_room(t))
			return PKW__FED_READY;
		s->batch[t->n] = (uint32_t)s->again;
		/* it fitted before */
		pkw__tx_add(
		    s->l, &r->hops[q->hop], r->bytes + q->off, q->len, NULL);
	}
	return PKW__FED_END;
}

/* Notes what a kick sent. */
static int account(
    struct asking *s, const struct pkw__kick *k, int64_t ts, struct pkw_diag *d)
{
	struct pkw_frame f;

	for (unsigned i = k->first; i < k->first + k->n; i++) {
		struct pkw__question *q = &s->r->q[s->batch[i]];
		if (q->state == PKW__Q_WAITING) {
			q->state = PKW__Q_ASKED;
			s->r->open++;
		}
		q->tries++;
		q->sent_ns = ts;
		q->stamped = 0;
		s->r->stats.sent++;
		pkw__tx_frame(s->l, i, &f);
		f.ts_ns = ts;
		int e = pkw__journal_put(&s->journal, &f, d);
		if (e < 0)
			return e;
	}
	return 0;
}

/* Is the packet the question itself, come by for the first time? */
static int is_own(struct asking *s, uint32_t i, const struct pkw_frame *f)
{
	struct pkw__question *q = &s->r->q[i];
	const struct pkw_view *v = pkw_view(s->packet);
	int al;

	if (q->stamped || q->state == PKW__Q_WAITING)
		return 0;
	al = v->first[q->first->cls];
	if (al < 0 || v->layers[al].off + q->len != f->caplen ||
	    memcmp(f->data + v->layers[al].off, s->r->bytes + q->off, q->len) !=
		0)
		return 0;
	q->stamped = 1;
	q->sent_ns = f->ts_ns;
	s->r->stats.own++;
	return 1;
}

/* What a look at candidates came to. */
struct found {
	uint32_t first; /* an answer to it, not its first */
	uint32_t near;	/* between the same addresses, but none */
};

/*
 * Looks through one chain.  The number of the question that is answered; with
 * `own' set it may be the one that was recognised itself.
 */
static uint32_t look(struct asking *s, struct pkw__walk *w,
    const struct pkw_frame *f, int *own, struct found *found)
{
	unsigned tried = 0;

	for (;;) {
		uint32_t i = pkw__walk_next(s->r, w);
		if (i == PKW__NONE ||
		    (w->chain == PKW__PAIR && tried++ == TRIED))
			return PKW__NONE;
		if (own && is_own(s, i, f)) {
			*own = 1;
			return i;
		}
		if (f->flags & PKW_FRAME_OUT)
			continue;
		if (!matches(s, i)) {
			if (found->near == PKW__NONE)
				found->near = i;
			continue;
		}
		if (!s->r->q[i].answers)
			return i;
		if (found->first == PKW__NONE)
			found->first = i;
	}
}

/* Of a small set, every question, whatever its key. */
static uint32_t look_at_all(struct asking *s, const struct pkw_frame *f)
{
	if (s->r->nq > SMALL || f->flags & PKW_FRAME_OUT)
		return PKW__NONE;
	for (uint32_t i = 0; i < s->r->nq; i++)
		if (s->r->q[i].state == PKW__Q_ASKED && matches(s, i))
			return i;
	return PKW__NONE;
}

/* The question that the packet answers, or itself is. */
static uint32_t find(
    struct asking *s, const struct pkw_frame *f, int *own, struct found *found)
{
	struct pkw__key k = pkw__key_of(s->packet);
	struct pkw__key quoted = pkw__key_quoted(s->packet);
	struct found ignored = { PKW__NONE, PKW__NONE };
	struct pkw__walk w;

	*found = ignored;
	pkw__walk_begin(s->r, &w, PKW__FULL, k.full);
	uint32_t i = look(s, &w, f, own, found);
	if (i == PKW__NONE && quoted.pair) {
		pkw__walk_begin(s->r, &w, PKW__FULL, quoted.full);
		i = look(s, &w, f, NULL, found);
	}
	if (i == PKW__NONE && found->first == PKW__NONE) {
		pkw__walk_begin(s->r, &w, PKW__PAIR, k.pair);
		i = look(s, &w, f, NULL, found);
	}
	if (i == PKW__NONE && found->first == PKW__NONE) {
		pkw__walk_rest(s->r, &w);
		i = look(s, &w, f, own, &ignored);
		if (i == PKW__NONE)
			i = ignored.first;
	}
	if (i == PKW__NONE)
		i = found->first;
	return i == PKW__NONE ? look_at_all(s, f) : i;
}

static struct pkw_pair pair_of(
    const struct asking *s, uint32_t i, const struct pkw_frame *f)
{
	const struct pkw__question *q = &s->r->q[i];

	return (struct pkw_pair){ .index = i,
		.question = s->r->question,
		.answer = s->packet,
		.nth = q->answers,
		.tries = q->tries,
		.ifindex = f->ifindex,
		.sent_ns = q->sent_ns,
		.received_ns = f->ts_ns,
		.rtt_ns = f->ts_ns - q->sent_ns };
}

/*
 * Has this answer been seen on another interface?  What comes in by the port of
 * a bridge is seen there and on the bridge, one right after the other.
 */
static int seen_before(struct asking *s, uint32_t i, const struct pkw_frame *f)
{
	struct pkw__question *q = &s->r->q[i];
	uint64_t hash = pkw__hash(f->data, f->caplen);
	int before =
	    q->answers && q->last_hash == hash && q->last_if != f->ifindex;

	q->last_hash = hash;
	q->last_if = f->ifindex;
	return before;
}

static int answered(
    struct asking *s, uint32_t i, const struct pkw_frame *f, struct pkw_diag *d)
{
	struct pkw_ask_stats *st = &s->r->stats;
	struct pkw_pair pair = pair_of(s, i, f);

	if (s->o->flags & PKW_ASK_MULTI && seen_before(s, i, f))
		return 0;
	st->answers++;
	st->answered += s->r->q[i].answers == 0;
	if (pkw__asked_answer(s->r, i, f, (s->o->flags & PKW_ASK_FORGET) != 0) <
	    0)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	if (!(s->o->flags & PKW_ASK_MULTI)) {
		s->r->q[i].state = PKW__Q_ANSWERED;
		s->r->open--;
	}
	pair.question = pkw__asked_question(s->r, i);
	if (s->o->on_answer && s->o->on_answer(s->o->arg, &pair) != 0)
		end(s, PKW_END_CALLER);
	return pkw__journal_put(&s->journal, f, d);
}

static void near_miss(struct asking *s, uint32_t i, const struct pkw_frame *f)
{
	s->r->stats.near++;
	if (!s->o->on_near)
		return;
	pkw_str_clear(&s->why);
	pkw_match(pkw__asked_question(s->r, i), s->packet, &s->why);
	struct pkw_pair pair = pair_of(s, i, f);
	if (s->o->on_near(s->o->arg, &pair, s->why.s ? s->why.s : "") != 0)
		end(s, PKW_END_CALLER);
}

static int take_in(
    struct asking *s, const struct pkw_frame *f, struct pkw_diag *d)
{
	struct found found;
	int own = 0;

	if (f->ts_ns < s->begun)
		return 0;
	s->r->stats.received++;
	pkw_dissect(s->packet, pkw_link_proto(f->link), f->data, f->caplen, 0);
	uint32_t i = find(s, f, &own, &found);
	if (own)
		return 0;
	if (i != PKW__NONE)
		return answered(s, i, f, d);
	if (found.near != PKW__NONE && !(f->flags & PKW_FRAME_OUT))
		near_miss(s, found.near, f);
	return 0;
}

/* What is there, but not for so long that sending starves. */
static int receive(struct asking *s, struct pkw_diag *d)
{
	struct pkw_frame f;

	for (int n = 0; n < TAKEN && !s->over; n++) {
		int e = pkw__link_next_until(s->l, &f, 0, d);
		if (e == -PKW_EINTR) {
			end(s, PKW_END_STOPPED);
			return 0;
		}
		if (e <= 0)
			return e;
		e = take_in(s, &f, d);
		if (e < 0)
			return e;
	}
	return 1;
}

static int64_t timeout_of(const struct asking *s)
{
	int ms = s->o->timeout > 0 ? s->o->timeout : TIMEOUT_MS;

	/* an answer in time may be handed over later */
	return (int64_t)(ms + pkw__ring_delay(&s->l->ring)) * PKW__MS;
}

/* Sends what can go: 1 the kick says what to wait for, 0, or an error. */
static int send_some(struct asking *s, struct pkw__kick *k, struct pkw_diag *d)
{
	s->fed = s->ended   ? PKW__FED_END
		 : s->round ? fill_again(s)
			    : fill_first(s, d);
	if (s->fed < 0)
		return s->fed;
	int64_t ts = pkw__clock(CLOCK_REALTIME);
	int left = pkw__tx_kick(s->l, k, d);
	int e = account(s, k, ts, left < 0 ? NULL : d);
	if (left || e < 0)
		return left ? left : e;
	if (s->fed == PKW__FED_END && !s->ended) {
		s->ended = 1;
		s->deadline = pkw__now() + timeout_of(s);
	}
	return 0;
}

/*
 * All of a round is sent: 1 if it is over, and so is all or another begins.
 * Packets that wait to be looked at (`more') came in time, but there may be no
 * end of them.
 */
static int round_is_over(struct asking *s, int more)
{
	int64_t deadline = s->deadline + (more ? PKW__S : 0);

	if (s->feed.refused) {
		end(s, PKW_END_CALLER);
	} else if (!s->r->open) {
		end(s, PKW_END_DONE);
	} else if (pkw__now() < deadline) {
		return 0;
	} else if (s->round++ == s->o->retries ||
		   s->r->stats.answered == s->r->nq - s->feed.failed) {
		end(s, PKW_END_TIMEOUT);
	} else {
		s->again = 0;
		s->ended = 0;
	}
	return 1;
}

static int run(struct asking *s, struct pkw_diag *d)
{
	while (!s->over) {
		struct pkw__kick k = { 0 };
		int left = s->feed.refused ? 0 : send_some(s, &k, d);
		if (left < 0)
			return left;
		int got = receive(s, d);
		int e = got < 0 ? got : pkw__journal_tick(&s->journal, d);
		if (e < 0)
			return e;
		if (!s->over && (s->ended || s->feed.refused) &&
		    round_is_over(s, got))
			continue;
		/* more can be taken in, or sent */
		if (s->over || got || (!left && s->fed == PKW__FED_READY))
			continue;
		pkw__feed_sleep(&s->feed, left ? &k : NULL, s->l->ring.fd,
		    s->ended ? s->deadline : INT64_MAX);
	}
	return 0;
}

static int check_link(const struct pkw_link *l, struct pkw_diag *d)
{
	if (l->tx.fd < 0 || l->ring.fd < 0)
		return pkw_fail(d, -PKW_EINVAL,
		    "asking needs a link that sends and receives");
	return 0;
}

int pkw_ask(struct pkw_link *l, const struct pkw_source *source,
    const struct pkw_ask_opts *o, struct pkw_asked *r, struct pkw_diag *d)
{
	static const struct pkw_ask_opts usual = { .flags = 0 };
	struct asking s = { .l = l, .o = o ? o : &usual, .r = r };
	int e = check_link(l, d);

	if (e == 0)
		e = pkw_link_flush(l, d);
	if (e < 0)
		return e;
	s.packet = pkw_pkt_new();
	if (!s.packet)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	pkw__journal_init(&s.journal, s.o->writer, l->net);
	pkw__asked_reset(r);
	pkw__feed_init(&s.feed, l, source);
	s.feed.on_fault = keep_fault;
	s.feed.arg = &s;
	struct pkw__pace pace = l->tx.pace;
	if (s.o->rate > 0)
		pkw_link_rate(l, s.o->rate);
	pkw__ring_count(&l->ring);
	uint64_t drops = l->ring.drops;
	s.begun = pkw__clock(CLOCK_REALTIME);
	e = run(&s, d);
	pkw__tx_forget(&l->tx);
	l->tx.pace = pace;
	pkw__ring_count(&l->ring);
	r->stats.dropped = l->ring.drops - drops;
	r->stats.questions = r->nq;
	r->stats.failed = s.feed.failed;
	r->stats.fault = s.feed.fault;
	if (e == 0 && !r->stats.sent && r->stats.failed) {
		e = r->stats.fault.code;
		if (d)
			*d = r->stats.fault;
	}
	e = pkw__journal_fini(&s.journal, e, d);
	pkw__feed_fini(&s.feed);
	pkw_pkt_free(s.packet);
	pkw_str_free(&s.why);
	return e;
}

int pkw_ask1(struct pkw_link *l, struct pkw_pkt *q, int timeout,
    struct pkw_pkt *a, struct pkw_diag *d)
{
	struct pkw_pkt *one[] = { q };
	struct pkw_array array = { one, 1, 0 };
	struct pkw_source source = pkw_array_source(&array);
	struct pkw_ask_opts o = { .timeout = timeout };
	struct pkw_asked *r = pkw_asked_new();
	struct pkw_pair pair;
	size_t at = 0;

	if (!r)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	int e = pkw_ask(l, &source, &o, r, d);
	if (e == 0 && r->stats.end == PKW_END_STOPPED)
		e = pkw_fail(d, -PKW_EINTR, "stopped");
	if (e == 0 && pkw_asked_next(r, &at, &pair) && pair.answer) {
		e = pkw_pkt_copy(a, pair.answer);
		e = e < 0 ? pkw_fail(d, e, "out of memory") : 1;
	}
	pkw_asked_free(r);
	return e;
}
