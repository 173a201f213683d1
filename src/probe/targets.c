/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of addresses: sorted ranges, first and last of each, with the number of
 * addresses before it.  A /8 is one range, and so is an address.  The nth
 * address and the number of an address are found by halving.
 *
 * What is added and what is excluded are gathered in two lists; when the set is
 * asked for the first time after a change, both are sorted and merged and the
 * second is cut out of the first.  An address is 128 bits; IPv4 comes first.
 *
 * nmap's ranges in octets (10.0.0-3.1-9) are the product of four lists of
 * numbers.  Octets behind the last that is not whole make one range each; a set
 * of more than a million ranges is refused.
 */
#include "base/addr.h"
#include "base/bytes.h"

#include <pkw/scan.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct number { /* of 128 bits, and a family before them */
	uint64_t family, high, low;
};

struct range {
	struct number first, last;
	uint64_t before;
};

struct ranges {
	struct range *r;
	size_t n, cap;
};

struct pkw_targets {
	struct ranges in, out, ready;
	uint64_t count;
	int fresh; /* ready is made of in and out */
};

enum { RANGES_MAX = 1 << 20, WORD = 256 };

static int compare(const struct number *a, const struct number *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return a->low < b->low ? -1 : a->low > b->low;
}

static struct number number_of(const struct pkw_addr *a)
{
	if (a->len == 4)
		return (struct number){ 4, 0, load_be(a->bytes, 4) };
	return (struct number){ 6, load_be(a->bytes, 8),
		load_be(a->bytes + 8, 8) };
}

static void addr_of(const struct number *x, struct pkw_addr *a)
{
	*a = (struct pkw_addr){ .len = x->family == 4 ? 4 : 16 };
	if (a->len == 4) {
		store_be(a->bytes, 4, x->low);
		return;
	}
	store_be(a->bytes, 8, x->high);
	store_be(a->bytes + 8, 8, x->low);
}

static struct number after(struct number x)
{
	x.low++;
	x.high += x.low == 0;
	return x;
}

static struct number before(struct number x)
{
	x.high -= x.low == 0;
	x.low--;
	return x;
}

static int put(struct ranges *s, const struct range *r)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;
		struct range *more = realloc(s->r, cap * sizeof *more);
		if (!more)
			return -PKW_ENOMEM;
		s->r = more;
		s->cap = cap;
	}
	s->r[s->n++] = *r;
	return 0;
}

struct pkw_targets *pkw_targets_new(void)
{
	return calloc(1, sizeof(struct pkw_targets));
}

void pkw_targets_free(struct pkw_targets *t)
{
	if (!t)
		return;
	free(t->in.r);
	free(t->out.r);
	free(t->ready.r);
	free(t);
}

/* A prefix's first and last address. */
static void widen(struct range *r, unsigned bits)
{
	unsigned all = r->first.family == 4 ? 32 : 128, host = all - bits;
	uint64_t low = mask_bits(host > 64 ? 64 : host);
	uint64_t high = host > 64 ? mask_bits(host - 64) : 0;

	r->first.low &= ~low;
	r->first.high &= ~high;
	r->last = r->first;
	r->last.low |= low;
	r->last.high |= high;
}

static int whole_number(const char *s, size_t n, unsigned max, unsigned *v)
{
	unsigned x = 0;

	if (n == 0 || n > 5)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		x = 10 * x + (unsigned)(s[i] - '0');
	}
	*v = x;
	return x <= max ? 0 : -1;
}

/* One octet's list, "1-9,20", as bits; "-" and "*" are all. */
static int octet(const char *s, size_t n, uint8_t bits[256])
{
	memset(bits, 0, 256);
	for (size_t at = 0; at <= n;) {
		size_t len = 0, dash;
		while (at + len < n && s[at + len] != ',')
			len++;
		const char *p = s + at;
		unsigned from = 0, to = 255;
		for (dash = 0; dash < len && p[dash] != '-'; dash++)
			continue;
		if (len == 0)
			return -1;
		if (!(len == 1 && *p == '*')) {
			if (dash > 0 && whole_number(p, dash, 255, &from) < 0)
				return -1;
			if (dash == len)
				to = from;
			else if (dash + 1 < len &&
			    whole_number(p + dash + 1, len - dash - 1, 255,
				&to) < 0)
				return -1;
		}
		if (from > to)
			return -1;
		memset(bits + from, 1, to - from + 1);
		at += len + 1;
	}
	return 0;
}

struct octets {
	uint8_t is[4][256];
	unsigned whole; /* octets from here on are all there */
};

static int all_of(const uint8_t bits[256])
{
	return memchr(bits, 0, 256) == NULL;
}

static int product(struct ranges *s, const struct octets *o, unsigned level,
    uint32_t high)
{
	if (level == o->whole) {
		unsigned bits = 32 - 8 * level;
		uint32_t from = bits == 32 ? 0 : high << bits;
		struct range r = { .first = { 4, 0, from },
			.last = { 4, 0, from | (uint32_t)mask_bits(bits) } };
		return s->n >= RANGES_MAX ? -PKW_EFBIG : put(s, &r);
	}
	for (unsigned i = 0; i < 256; i++) {
		unsigned to = i;
		if (!o->is[level][i])
			continue;
		if (level == 3) {
			while (to < 255 && o->is[3][to + 1])
				to++;
			struct range r = { .first = { 4, 0, high << 8 | i },
				.last = { 4, 0, high << 8 | to } };
			int e = s->n >= RANGES_MAX ? -PKW_EFBIG : put(s, &r);
			if (e < 0)
				return e;
			i = to;
			continue;
		}
		int e = product(s, o, level + 1, high << 8 | i);
		if (e < 0)
			return e;
	}
	return 0;
}

/* 1: put; 0: it is no such thing. */
static int put_octets(struct ranges *s, const char *text, size_t n)
{
	struct octets o = { .whole = 4 };
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		size_t len = 0;
		while (at + len < n && text[at + len] != '.')
			len++;
		if (octet(text + at, len, o.is[i]) < 0)
			return 0;
		at += len + 1;
		if ((i < 3) != (at <= n))
			return 0;
	}
	while (o.whole > 0 && all_of(o.is[o.whole - 1]))
		o.whole--;
	int e = product(s, &o, 0, 0);
	return e < 0 ? e : 1;
}

/* An address, a prefix, a range from one to another: 1, else 0. */
static int simple(const char *text, struct range *r)
{
	char word[WORD];
	struct pkw_addr a, b;
	size_t cut = strcspn(text, "/-");
	unsigned bits;

	memcpy(word, text, strlen(text) + 1);
	word[cut] = '\0';
	if (pkw_addr_parse(word, &a) < 0 || a.len == 6)
		return 0;
	*r = (struct range){ .first = number_of(&a), .last = number_of(&a) };
	if (!text[cut])
		return 1;
	const char *rest = text + cut + 1;
	if (text[cut] == '/') {
		if (whole_number(rest, strlen(rest), a.len * 8u, &bits) < 0)
			return 0;
		widen(r, bits);
		return 1;
	}
	if (pkw_addr_parse(rest, &b) < 0 || b.len != a.len)
		return 0;
	r->last = number_of(&b);
	return compare(&r->first, &r->last) <= 0;
}

static int add(struct pkw_targets *t, struct ranges *s, const char *text,
    struct pkw_diag *d)
{
	struct range r;
	size_t n = strlen(text);
	int e = 0;

	if (n < WORD && simple(text, &r))
		e = put(s, &r) < 0 ? -PKW_ENOMEM : 1;
	else if (n < WORD)
		e = put_octets(s, text, n);
	t->fresh = 0;
	if (e == 0)
		return pkw_fail(d, -PKW_ESYNTAX,
		    "`%.60s' is no address, prefix or range of addresses",
		    text);
	if (e < 0)
		return pkw_fail(
		    d, e, "`%.60s': %s", text, pkw_strerror(e));
	return 0;
}

int pkw_targets_add(
    struct pkw_targets *t, const char *text, struct pkw_diag *d)
{
	return add(t, &t->in, text, d);
}

int pkw_targets_exclude(
    struct pkw_targets *t, const char *text, struct pkw_diag *d)
{
	return add(t, &t->out, text, d);
}

static int read_word(FILE *f, char word[WORD], int *line)
{
	int c, comment = 0;
	size_t n = 0;

	while ((c = getc(f)) != EOF) {
		int space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
		if (n && (space || c == '#')) {
			ungetc(c, f);
			break;
		}
		*line += c == '\n';
		comment = c != '\n' && (comment || c == '#');
		if (!comment && !space && n < WORD - 1)
			word[n++] = (char)c;
	}
	word[n] = '\0';
	return n > 0;
}

int pkw_targets_read(struct pkw_targets *t, const char *file, int exclude,
    struct pkw_diag *d)
{
	char word[WORD];
	int line = 1, e = 0;
	FILE *f = fopen(file, "re");

	if (!f)
		return pkw_fail(d, -PKW_ENOENT, "cannot read `%s'", file);
	while (e == 0 && read_word(f, word, &line))
		e = add(t, exclude ? &t->out : &t->in, word, d);
	fclose(f);
	if (e < 0 && d) {
		snprintf(d->file, sizeof d->file, "%s", file);
		d->line = line;
	}
	return e;
}

static int by_first(const void *a, const void *b)
{
	return compare(&((const struct range *)a)->first,
	    &((const struct range *)b)->first);
}

/* Sorts; what overlaps or touches becomes one. */
static void merge(struct ranges *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->r, s->n, sizeof *s->r, by_first);
	for (size_t i = 0; i < s->n; i++) {
		struct range *last = n ? &s->r[n - 1] : NULL;
		struct number next = last ? after(last->last) : s->r[i].first;
		if (last && last->last.family == s->r[i].first.family &&
		    (compare(&s->r[i].first, &next) <= 0 ||
			(next.low == 0 && next.high == 0))) {
			if (compare(&s->r[i].last, &last->last) > 0)
				last->last = s->r[i].last;
		} else {
			s->r[n++] = s->r[i];
		}
	}
	s->n = n;
}

/* The range without those of `out', of which *k is the first that matters. */
static int cut(struct ranges *to, struct range r, const struct ranges *out,
    size_t *k)
{
	while (*k < out->n && compare(&out->r[*k].last, &r.first) < 0)
		(*k)++;
	for (size_t i = *k; i < out->n; i++) {
		const struct range *x = &out->r[i];
		if (compare(&x->first, &r.last) > 0)
			break;
		if (compare(&x->first, &r.first) > 0) {
			struct range left = { .first = r.first,
				.last = before(x->first) };
			if (put(to, &left) < 0)
				return -PKW_ENOMEM;
		}
		if (compare(&x->last, &r.last) >= 0)
			return 0;
		r.first = after(x->last);
	}
	return put(to, &r);
}

static uint64_t size_of(const struct range *r)
{
	uint64_t high = r->last.high - r->first.high -
	    (r->last.low < r->first.low);
	uint64_t n = r->last.low - r->first.low;

	return high || n == UINT64_MAX ? UINT64_MAX : n + 1;
}

static void make_ready(struct pkw_targets *t)
{
	size_t k = 0;

	if (t->fresh)
		return;
	merge(&t->in);
	merge(&t->out);
	t->ready.n = 0;
	t->count = 0;
	for (size_t i = 0; i < t->in.n; i++)
		if (cut(&t->ready, t->in.r[i], &t->out, &k) < 0)
			break;
	for (size_t i = 0; i < t->ready.n; i++) {
		uint64_t n = size_of(&t->ready.r[i]);
		t->ready.r[i].before = t->count;
		t->count = n > UINT64_MAX - t->count ? UINT64_MAX
						     : t->count + n;
	}
	t->fresh = 1;
}

uint64_t pkw_targets_count(struct pkw_targets *t)
{
	make_ready(t);
	return t->count;
}

int pkw_targets_at(struct pkw_targets *t, uint64_t n, struct pkw_addr *a)
{
	make_ready(t);
	if (n >= t->count)
		return -PKW_ERANGE;
	size_t low = 0, high = t->ready.n;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (t->ready.r[mid].before <= n)
			low = mid;
		else
			high = mid;
	}
	struct number x = t->ready.r[low].first;
	uint64_t add_low = x.low + (n - t->ready.r[low].before);
	x.high += add_low < x.low;
	x.low = add_low;
	addr_of(&x, a);
	return 0;
}

int pkw_targets_find(
    struct pkw_targets *t, const struct pkw_addr *a, uint64_t *n)
{
	make_ready(t);
	struct number x = number_of(a);
	size_t low = 0, high = t->ready.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (compare(&t->ready.r[mid].last, &x) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == t->ready.n || compare(&x, &t->ready.r[low].first) < 0)
		return 0;
	*n = t->ready.r[low].before + (x.low - t->ready.r[low].first.low);
	return 1;
}
