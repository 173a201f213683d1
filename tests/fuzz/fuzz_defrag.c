/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments of any kind and order.  An input is a policy, the memory allowed,
 * and then five bytes for each fragment: offset and whether more follow (2),
 * length, identification and version, how the clock moves.
 *
 * Each byte of a fragment is its number, so that it can be told in the datagram
 * where a byte came from.  It must be a fragment that covers the place; with the
 * policies `first' and `last' the first or last one that was not refused.
 */
#include "check.h"

#include <pkw/build.h>
#include <pkw/defrag.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORD = 5, MOST = 250, IDS = 4, KEYS = 2 * IDS, UNIT = 8 };

struct fragment {
	uint32_t at, len;
	int key, more, used;
};

static struct fragment all[MOST];
static unsigned n;
static int refused;

static void on_event(void *arg, const struct pkw_defrag_event *e)
{
	struct pkw_str s = PKW_STR_INIT;
	(void)arg;

	MUST(pkw_defrag_name(e->what) != NULL);
	pkw_defrag_text(e, &s);
	MUST(s.err == 0 && s.len > 0);
	pkw_str_free(&s);
	refused |= e->what == PKW_DEFRAG_BAD || e->what == PKW_DEFRAG_LONG;
	/* what is given up has no part in what comes later */
	if (e->what < PKW_DEFRAG_DROPPED)
		return;
	unsigned last = e->what == PKW_DEFRAG_DROPPED ? n : n - 1;
	for (unsigned i = 0; i < last; i++)
		if (all[i].key == (int)(e->version == 6) * IDS + (int)e->id)
			all[i].used = 0;
}

static void be(uint8_t *b, unsigned bytes, uint32_t v)
{
	while (bytes-- > 0) {
		b[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

static size_t build(uint8_t *b, const struct fragment *f)
{
	size_t head = f->key >= IDS ? 48 : 20;

	memset(b, 0, head);
	if (f->key >= IDS) {
		b[0] = 0x60;
		be(b + 4, 2, 8 + f->len);
		b[6] = 44;
		b[40] = 253;
		be(b + 42, 2, f->at | (uint32_t)f->more);
		be(b + 44, 4, (uint32_t)(f->key - IDS));
	} else {
		b[0] = 0x45;
		be(b + 2, 2, 20 + f->len);
		be(b + 4, 2, (uint32_t)f->key);
		be(b + 6, 2, f->at / UNIT | (f->more ? 0x2000u : 0));
		b[9] = 253;
	}
	memset(b + head, (int)(f - all), f->len);
	return head + f->len;
}

/* Whether fragment i is one that covers the byte. */
static int covers(unsigned i, int key, uint32_t at)
{
	return all[i].used && all[i].key == key && at >= all[i].at &&
	    at < all[i].at + all[i].len;
}

static void check(const struct pkw_pkt *p, int key, enum pkw_policy policy)
{
	struct pkw_span s = pkw_bytes(p);
	size_t head = key >= IDS ? 40 : 20;

	is_sound(p);
	MUST(s.len > head);
	for (uint32_t at = 0; at < s.len - head; at++) {
		unsigned got = s.p[head + at], i;
		MUST(got < n && covers(got, key, at));
		if (policy == PKW_POLICY_FIRST)
			for (i = 0; i < got; i++)
				MUST(!covers(i, key, at));
		if (policy == PKW_POLICY_LAST)
			for (i = got + 1; i < n; i++)
				MUST(!covers(i, key, at));
	}
	for (unsigned i = 0; i < n; i++)
		if (all[i].key == key)
			all[i].used = 0;
}

static void one(struct pkw_defrag *g, struct pkw_pkt *p, const uint8_t *r,
    int64_t *now, enum pkw_policy policy)
{
	static uint8_t b[48 + 256 * UNIT];
	struct fragment *f = &all[n++];
	uint32_t at = (uint32_t)(r[0] << 8 | r[1]);

	/* small offsets are the ones that meet */
	*f = (struct fragment){
		.at = (r[0] & 0x60 ? at & 0x78 : at & 0xfff8), .more = at & 1,
		.len = r[2] & 128 ? r[2] & 127 : (r[2] & 31u) * UNIT,
		.key = r[3] % KEYS, .used = 1 };
	*now += (int64_t)r[4] * r[4] * 1000000;
	size_t len = build(b, f);
	if (f->more && f->key < IDS)
		f->len -= f->len % UNIT; /* Linux cuts it, and so do we */
	uint8_t *exact = malloc(len);
	memcpy(exact, b, len);
	struct pkw_frame frame = { .data = exact, .caplen = (uint32_t)len,
		.len = (uint32_t)len, .ts_ns = *now, .link = 101 };
	struct pkw_pkt *q = p;
	pkw_dissect(p, pkw_link_proto(101), exact, len, 0);
	refused = 0;
	int whole = pkw_defrag_put(g, &frame, &q);
	MUST(whole >= 0);
	if (refused || (whole && q == p))
		f->used = 0;
	if (whole && q != p)
		check(q, f->key, policy);
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	enum pkw_policy policy = (enum pkw_policy)(data[0] % PKW_POLICY__N);
	struct pkw_defrag *g = pkw_defrag_new(&(struct pkw_defrag_opts){
	    .policy = policy, .count = data[1] % 8u,
	    .on_event = on_event });
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_defrag_stats s;
	int64_t now = 0;

	n = 0;
	for (size_t i = 2; i + RECORD <= size && n < MOST; i += RECORD)
		one(g, p, data + i, &now, policy);
	pkw_defrag_end(g);
	pkw_defrag_stats(g, &s);
	MUST(s.memory == 0 && s.pending == 0);
	pkw_defrag_free(g);
	pkw_pkt_free(p);
	return 0;
}
