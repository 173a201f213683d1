/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A quilt holds the bytes that came out of order: of a datagram, or of one
 * direction of a TCP connection.  It is a sparse array of pages, so that a byte
 * has one place, whatever sizes and whichever order pieces come in, and putting
 * a piece in costs time in proportion to its length and nothing else.
 *
 * For each byte there are two bits: whether it is there, and whether a piece
 * begins with it.  So pieces that touch can be told apart, and each byte of a
 * piece belongs to the one that begins last before it.  Pieces never overlap:
 * what loses is trimmed, as a real stack trims what it has queued, and what is
 * left of a piece on either side of a winner counts as a piece of its own.
 *
 * put() walks over the place of the new piece from one run to the next: a hole,
 * or (part of) an old piece.  Policies want to know how an old piece lies to
 * the new one.  Where it begins is known, since the walk enters it at its first
 * byte, unless it is the one over which the new piece begins; where it ends, as
 * the byte behind the new piece tells whether it goes on.
 *
 * Pages are taken from a pool before anything is changed.  One byte takes a
 * page of 2.6 KB, and the array of pages grows with how far apart bytes are;
 * the pool counts both, and that is what memory is bounded by.
 */
#include "stream/quilt.h"

#include "base/compiler.h"

#include <stdlib.h>
#include <string.h>

/* ---- bits ---- */

/* The first bit from `from' on that is `want', `to' if there is none. */
static uint32_t find_bit(
    const uint64_t *w, uint32_t from, uint32_t to, int want)
{
	while (from < to) {
		uint64_t x = (want ? w[from / 64] : ~w[from / 64]) >> from % 64;
		if (x) {
			uint32_t at = from + ctz64(x);
			return at < to ? at : to;
		}
		from = (from / 64 + 1) * 64;
	}
	return to;
}

static void set_bits(uint64_t *w, uint32_t from, uint32_t to, int value)
{
	while (from < to) {
		uint32_t n = 64 - from % 64;
		if (n > to - from)
			n = to - from;
		uint64_t mask = (n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1)
		    << from % 64;
		if (value)
			w[from / 64] |= mask;
		else
			w[from / 64] &= ~mask;
		from += n;
	}
}

static int bit(const uint64_t *w, uint32_t at)
{
	return w[at / 64] >> at % 64 & 1;
}

/* ---- pages ---- */

static struct pkw__page *page_new(struct pkw__pool *pool)
{
	struct pkw__page *p = pool->free;

	if (p)
		pool->free = p->next;
	else
		p = malloc(sizeof *p);
	if (!p)
		return NULL;
	memset(p, 0, offsetof(struct pkw__page, bytes));
	pool->used += sizeof *p;
	return p;
}

static void page_free(struct pkw__pool *pool, struct pkw__page *p)
{
	p->next = pool->free;
	pool->free = p;
	pool->used -= sizeof *p;
}

void pkw__pool_fini(struct pkw__pool *pool)
{
	while (pool->free) {
		struct pkw__page *p = pool->free;
		pool->free = p->next;
		free(p);
	}
}

static struct pkw__page **slot(const struct pkw__quilt *q, uint64_t at)
{
	return &q->page[at / PKW__PAGE & (q->n - 1)];
}

int pkw__quilt_fit(struct pkw__quilt *q, struct pkw__pool *pool, uint64_t from,
    uint64_t to)
{
	uint64_t wanted = to / PKW__PAGE - from / PKW__PAGE + 1;
	uint32_t n = q->n ? q->n : 4;

	if (wanted <= q->n)
		return 0;
	while (n < wanted)
		n *= 2;
	size_t more = (n - q->n) * sizeof(struct pkw__page *);
	if (more > pool->max - pool->used)
		return -PKW_ELIMIT;
	struct pkw__page **page = calloc(n, sizeof(struct pkw__page *));
	if (!page)
		return -PKW_ENOMEM;
	/* the old ones are all from `from' on and less than q->n apart */
	for (uint64_t i = 0; i < q->n; i++) {
		uint64_t k = from / PKW__PAGE + i;
		page[k & (n - 1)] = q->page[k & (q->n - 1)];
	}
	free(q->page);
	q->page = page;
	q->n = n;
	pool->used += more;
	return 0;
}

void pkw__quilt_fini(struct pkw__quilt *q, struct pkw__pool *pool)
{
	for (uint32_t i = 0; i < q->n; i++)
		if (q->page[i])
			page_free(pool, q->page[i]);
	free(q->page);
	pool->used -= q->n * sizeof(struct pkw__page *);
	*q = (struct pkw__quilt){ .n = 0 };
}

/* The part of [at, end) that lies in one page. */
static uint32_t in_page(uint64_t at, uint64_t end)
{
	uint32_t left = PKW__PAGE - (uint32_t)(at % PKW__PAGE);

	return end - at < left ? (uint32_t)(end - at) : left;
}

/* All pages for [at, end), or none more than there were. */
static int prepare(struct pkw__quilt *q, struct pkw__pool *pool, uint64_t at,
    uint64_t end)
{
	size_t wanted = 0;

	for (uint64_t x = at; x < end; x += in_page(x, end))
		wanted += *slot(q, x) == NULL;
	if (wanted * sizeof(struct pkw__page) > pool->max - pool->used)
		return -PKW_ELIMIT;
	for (uint64_t x = at; x < end; x += in_page(x, end)) {
		struct pkw__page **p = slot(q, x);
		if (!*p && !(*p = page_new(pool)))
			return -PKW_ENOMEM; /* empty pages do no harm */
	}
	return 0;
}

/* ---- runs ---- */

static int has(const struct pkw__quilt *q, uint64_t at)
{
	const struct pkw__page *p = *slot(q, at);

	return p && bit(p->has, (uint32_t)(at % PKW__PAGE));
}

static int begins(const struct pkw__quilt *q, uint64_t at)
{
	const struct pkw__page *p = *slot(q, at);

	return p && bit(p->begin, (uint32_t)(at % PKW__PAGE));
}

/* Where the hole at `at' ends. */
static uint64_t hole_end(const struct pkw__quilt *q, uint64_t at, uint64_t end)
{
	while (at < end) {
		const struct pkw__page *p = *slot(q, at);
		uint32_t n = in_page(at, end);
		uint32_t from = (uint32_t)(at % PKW__PAGE);
		uint32_t to = p ? find_bit(p->has, from, from + n, 1) : from + n;
		at += to - from;
		if (to != from + n)
			break;
	}
	return at;
}

/* Where the piece that has `at' ends. */
static uint64_t piece_end(const struct pkw__quilt *q, uint64_t at, uint64_t end)
{
	at++;
	while (at < end) {
		const struct pkw__page *p = *slot(q, at);
		uint32_t n = in_page(at, end);
		uint32_t from = (uint32_t)(at % PKW__PAGE);
		if (!p)
			break;
		uint32_t to = find_bit(p->has, from, from + n, 0);
		to = find_bit(p->begin, from, to, 1);
		at += to - from;
		if (to != from + n)
			break;
	}
	return at;
}

/* How many of [at, end) are not as in b. */
static uint32_t differences(const struct pkw__quilt *q, uint64_t at,
    uint64_t end, const uint8_t *b)
{
	uint32_t sum = 0;

	while (at < end) {
		const uint8_t *old = (*slot(q, at))->bytes + at % PKW__PAGE;
		uint32_t n = in_page(at, end);
		if (memcmp(old, b, n) != 0)
			for (uint32_t i = 0; i < n; i++)
				sum += old[i] != b[i];
		at += n;
		b += n;
	}
	return sum;
}

/* ---- putting in ---- */

struct putting {
	uint64_t at, end;
	const uint8_t *b;
	struct pkw__met met;
};

/* How the new piece lies to the old one in [x, y): a number of PKW__WINS. */
static unsigned lies(const struct pkw__quilt *q, const struct putting *n,
    uint64_t x, uint64_t y, int goes_on)
{
	unsigned begin = x > n->at ? PKW__BEFORE
	    : begins(q, x) ? PKW__SAME : PKW__AFTER;
	unsigned end = y < n->end ? PKW__AFTER
	    : goes_on ? PKW__BEFORE : PKW__SAME;

	return PKW__WINS(begin, end);
}

static void meet(const struct pkw__quilt *q, struct putting *n, uint64_t x,
    uint64_t y, unsigned how)
{
	if (n->met.bytes == 0)
		n->met.at = x;
	n->met.bytes += (uint32_t)(y - x);
	n->met.differ += differences(q, x, y, n->b + (x - n->at));
	n->met.within = x == n->at && y == n->end;
	n->met.exact = n->met.within && n->met.differ == 0 &&
	    how == PKW__WINS(PKW__SAME, PKW__SAME);
}

/* [x, y) becomes the new piece's. */
static void take(struct pkw__quilt *q, const struct putting *n, uint64_t x,
    uint64_t y, int goes_on_mine)
{
	uint64_t first = x;

	while (x < y) {
		struct pkw__page *p = *slot(q, x);
		uint32_t from = (uint32_t)(x % PKW__PAGE), k = in_page(x, y);
		memcpy(p->bytes + from, n->b + (x - n->at), k);
		set_bits(p->has, from, from + k, 1);
		set_bits(p->begin, from, from + k, 0);
		x += k;
	}
	if (!goes_on_mine)
		set_bits((*slot(q, first))->begin,
		    (uint32_t)(first % PKW__PAGE),
		    (uint32_t)(first % PKW__PAGE) + 1, 1);
}

struct pkw__met pkw__quilt_look(
    const struct pkw__quilt *q, uint64_t at, const uint8_t *b, uint32_t len)
{
	struct putting n = { .at = at, .end = at + len, .b = b };

	for (uint64_t x = at, y; x < n.end; x = y) {
		if (!has(q, x)) {
			y = hole_end(q, x, n.end);
			continue;
		}
		y = piece_end(q, x, n.end);
		int goes_on = y == n.end && has(q, y) && !begins(q, y);
		meet(q, &n, x, y, lies(q, &n, x, y, goes_on));
	}
	return n.met;
}

int pkw__quilt_put(struct pkw__quilt *q, struct pkw__pool *pool, uint64_t at,
    const uint8_t *b, uint32_t len, unsigned wins, struct pkw__met *met)
{
	struct putting n = { .at = at, .end = at + len, .b = b };
	int mine = 0; /* the byte before is the new piece's */
	int r = prepare(q, pool, at, n.end);

	if (r < 0)
		return r;
	for (uint64_t x = at, y; x < n.end; x = y) {
		if (!has(q, x)) {
			y = hole_end(q, x, n.end);
			take(q, &n, x, y, mine);
			q->held += (uint32_t)(y - x);
			mine = 1;
			continue;
		}
		y = piece_end(q, x, n.end);
		int goes_on = y == n.end && has(q, y) && !begins(q, y);
		unsigned how = lies(q, &n, x, y, goes_on);
		meet(q, &n, x, y, how);
		if (!(wins & how)) {
			mine = 0;
			continue;
		}
		take(q, &n, x, y, mine);
		mine = 1;
		n.met.taken += (uint32_t)(y - x);
		if (goes_on)
			set_bits((*slot(q, y))->begin, (uint32_t)(y % PKW__PAGE),
			    (uint32_t)(y % PKW__PAGE) + 1, 1);
	}
	*met = n.met;
	return 0;
}

void pkw__quilt_join(struct pkw__quilt *q, uint64_t at)
{
	uint32_t i = (uint32_t)(at % PKW__PAGE);

	if (at && has(q, at - 1) && has(q, at))
		set_bits((*slot(q, at))->begin, i, i + 1, 0);
}

/* ---- taking out ---- */

struct pkw_span pkw__quilt_get(const struct pkw__quilt *q, uint64_t at)
{
	const struct pkw__page *p = q->n ? *slot(q, at) : NULL;
	uint32_t from = (uint32_t)(at % PKW__PAGE);
	struct pkw_span s = { NULL, 0 };

	if (!p)
		return s;
	s.p = p->bytes + from;
	s.len = find_bit(p->has, from, PKW__PAGE, 0) - from;
	return s;
}

uint64_t pkw__quilt_next(const struct pkw__quilt *q, uint64_t at, uint64_t end)
{
	return q->n ? hole_end(q, at, end) : end;
}

void pkw__quilt_drop(
    struct pkw__quilt *q, struct pkw__pool *pool, uint64_t at, uint32_t len)
{
	struct pkw__page **p = slot(q, at);
	uint32_t from = (uint32_t)(at % PKW__PAGE);

	set_bits((*p)->has, from, from + len, 0);
	set_bits((*p)->begin, from, from + len, 0);
	q->held -= len;
	if (find_bit((*p)->has, 0, PKW__PAGE, 1) == PKW__PAGE) {
		page_free(pool, *p);
		*p = NULL;
	}
}
