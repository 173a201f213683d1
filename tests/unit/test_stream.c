/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP streams out of segments made here.  What must come out follows from the
 * sequence numbers (RFC 9293); the policies' outcomes for the overlaps of Novak
 * and Sturges' example are those that Suricata's tests have for segments.
 * Real traffic is compared with tshark in tests/peers/tshark_stream.py.
 */
#include "tap.h"

#include <pkw/build.h>
#include <pkw/stream.h>

#include <stdlib.h>

enum { F = 1, S = 2, R = 4, A = 16 };
enum { MS = 1000000 };

static struct pkw_pkt *pkt;
static struct pkw_str events;
static int64_t now;
static uint16_t port; /* the client's */
static unsigned window;
static int fail_with;

static int on_event(void *arg, const struct pkw_stream_event *e)
{
	static const char who[] = "cs";

	(void)arg;
	if (events.len)
		pkw_str_addc(&events, ' ');
	switch (e->what) {
	case PKW_STREAM_DATA:
		pkw_str_fmt(&events, "%c%d:", who[e->way], (int)e->offset);
		pkw_str_addn(&events, (const char *)e->bytes, e->len);
		break;
	case PKW_STREAM_GAP:
		pkw_str_fmt(&events, "%c%d-%d", who[e->way], (int)e->offset,
		    (int)e->len);
		break;
	case PKW_STREAM_OVERLAP:
		pkw_str_fmt(&events, "%c%d!%d/%d", who[e->way], (int)e->offset,
		    (int)e->differ, (int)e->taken);
		break;
	case PKW_STREAM_CLOSE:
		pkw_str_add(&events, pkw_close_name(e->reason));
		break;
	case PKW_STREAM_OPEN:
	case PKW_STREAM__N:
		pkw_str_add(&events, "open");
		break;
	}
	return fail_with;
}

static struct pkw_streams *table(struct pkw_streams_opts o)
{
	pkw_str_clear(&events);
	now = 1000 * (int64_t)MS;
	port = 4000;
	window = 1000;
	o.on_event = on_event;
	return pkw_streams_new(&o);
}

static void be(uint8_t *b, unsigned n, uint32_t v)
{
	for (unsigned i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> 8 * (n - 1 - i));
}

/* A segment from 'c'lient or 's'erver. */
static int put(struct pkw_streams *t, char who, unsigned flags, uint32_t seq,
    uint32_t ack, const char *data)
{
	static uint8_t b[70000];
	size_t n = strlen(data);
	int c = who == 'c';

	memset(b, 0, 40);
	b[0] = 0x45;
	be(b + 2, 2, (uint32_t)(40 + n));
	b[8] = 64;
	b[9] = 6;
	be(b + 12, 4, c ? 0x0a000001 : 0x0a000002);
	be(b + 16, 4, c ? 0x0a000002 : 0x0a000001);
	be(b + 20, 2, c ? port : 80);
	be(b + 22, 2, c ? 80 : port);
	be(b + 24, 4, seq);
	be(b + 28, 4, ack);
	b[32] = 0x50;
	b[33] = (uint8_t)flags;
	be(b + 34, 2, window);
	memcpy(b + 40, data, n);
	struct pkw_frame f = { .data = b, .ts_ns = now, .link = 101 };
	pkw_dissect(pkt, pkw_link_proto(101), b, 40 + n, 0);
	return pkw_streams_put(t, &f, pkt);
}

/* The three segments that open a connection: 100 and 200 are offset 0. */
static void handshake(struct pkw_streams *t)
{
	put(t, 'c', S, 99, 0, "");
	put(t, 's', S | A, 199, 100, "");
	put(t, 'c', A, 100, 200, "");
	pkw_str_clear(&events);
}

/* Empty segments, until what was acknowledged counts. */
static void pass(struct pkw_streams *t, uint32_t seq, uint32_t ack)
{
	for (int i = 0; i < 20; i++)
		put(t, 's', A, seq, ack, "");
}

static void ended(struct pkw_streams *t, const char *want, const char *name)
{
	struct pkw_streams_stats s;

	is_str(events.s ? events.s : "", want, name);
	pkw_streams_end(t);
	pkw_streams_stats(t, &s);
	if (s.memory || s.open)
		ok(0, "%s: nothing is left", name);
	pkw_streams_free(t);
	pkw_str_clear(&events);
}

static void usual(void)
{
	const struct pkw_streams_opts none = { 0 };
	struct pkw_streams *t = table(none);

	put(t, 'c', S, 99, 0, "");
	put(t, 's', S | A, 199, 100, "");
	put(t, 'c', A, 100, 200, "");
	put(t, 'c', A, 100, 200, "hello");
	put(t, 's', A, 200, 105, "hi");
	put(t, 'c', F | A, 105, 202, "");
	put(t, 's', F | A, 202, 106, "bye");
	put(t, 'c', A, 106, 206, "");
	ended(t, "open c0:hello s0:hi s2:bye fin", "a connection");

	t = table(none);
	handshake(t);
	put(t, 'c', A, 103, 200, "def");
	put(t, 'c', A, 106, 200, "ghi");
	put(t, 'c', A, 100, 200, "abc");
	ended(t, "c0:abc c3:defghi", "out of order");

	t = table(none);
	handshake(t);
	put(t, 'c', A, 100, 200, "abc");
	put(t, 'c', A, 100, 200, "abc");
	put(t, 'c', A, 101, 200, "bcde");
	ended(t, "c0:abc c3:de", "again, and more with it");

	t = table(none);
	put(t, 'c', S, UINT32_MAX - 2, 0, "");
	put(t, 's', S | A, 199, UINT32_MAX - 1, "");
	put(t, 'c', A, 1, 200, "def");
	put(t, 'c', A, UINT32_MAX - 1, 200, "abc");
	put(t, 'c', A, 4, 200, "g");
	ended(t, "open c0:abc c3:def c6:g", "sequence numbers wrap");

	t = table(none);
	put(t, 'c', S, 99, 0, "abc");
	put(t, 's', S | A, 199, 100, "");
	put(t, 'c', A, 100, 200, "abcd");
	ended(t, "open c0:abc c3:d", "data with the SYN, sent again");

	t = table(none);
	put(t, 'c', A, 5000, 7000, "abc");
	put(t, 's', A, 7000, 5003, "de");
	ended(t, "open c0:abc s0:de", "picked up in the middle");

	t = table(none);
	put(t, 's', S | A, 199, 100, "");
	put(t, 'c', A, 103, 200, "def");
	put(t, 'c', A, 100, 200, "abc");
	ended(t, "open c0:abc c3:def", "SYN+ACK first: it tells who is who");
}

static void oddities(void)
{
	const struct pkw_streams_opts none = { 0 };
	struct pkw_streams *t = table(none);
	enum pkw_way way;

	handshake(t);
	put(t, 'c', A, 100, 200, "abc");
	put(t, 'c', A, 102, 200, "");
	put(t, 'c', A, 102, 200, "z");
	is_int((int64_t)pkw_streams_last(t, &way)->way[way].keep_alives, 2,
	    "keep-alives with and without a byte");
	window = 0;
	put(t, 's', A, 200, 103, "");
	put(t, 'c', A, 103, 200, "d");
	is_int((int64_t)pkw_streams_last(t, &way)->way[way].probes, 1,
	    "a probe of a closed window");
	put(t, 'c', A, 103, 200, "def");
	ended(t, "c0:abc c3:d c4:ef", "... each byte once");

	t = table(none);
	handshake(t);
	put(t, 's', R, 0, 0, "");
	put(t, 's', R, 0x70000000, 0, "");
	is_int((int64_t)pkw_streams_last(t, &way)->way[way].ignored, 2,
	    "a RST of any number");
	put(t, 'c', A, 100, 200, "abc");
	put(t, 's', R, 200, 0, "");
	put(t, 'c', A, 103, 200, "def");
	ended(t, "c0:abc rst", "... does not close it, one in its place does");

	t = table(none);
	put(t, 'c', S, 99, 0, "");
	put(t, 's', R | A, 0, 100, "");
	ended(t, "open rst", "a closed port");

	t = table(none);
	handshake(t);
	put(t, 'c', S, 99, 0, "");
	is_str(events.s ? events.s : "", "", "the SYN again is no new one");
	put(t, 'c', S, 5000, 0, "");
	put(t, 'c', A, 5001, 200, "new");
	is_int((int64_t)pkw_streams_last(t, &way)->number, 1, "a new number");
	ended(t, "reused open c0:new", "another SYN is a new connection");

	t = table(none);
	handshake(t);
	put(t, 'c', F | A, 103, 200, "");
	put(t, 'c', A, 106, 200, "junk");
	put(t, 'c', A, 100, 200, "abc");
	put(t, 's', F | A, 200, 104, "");
	ended(t, "c0:abc fin", "FIN before its data; nothing counts behind it");

	t = table(none);
	handshake(t);
	put(t, 'c', A, 100 + (64 << 20), 200, "far");
	is_int((int64_t)pkw_streams_last(t, &way)->way[way].ignored, 1,
	    "far ahead");
	put(t, 'c', A, 100, 200, "abc");
	ended(t, "c0:abc", "... does not make us blind");

	t = table(none);
	handshake(t);
	now += 3599 * 1000 * (int64_t)MS;
	put(t, 'c', A, 100, 200, "abc");
	now += 3601 * 1000 * (int64_t)MS;
	port++;
	put(t, 'c', S, 1, 0, "");
	ended(t, "c0:abc timeout open", "an hour without a word");

	t = table((struct pkw_streams_opts){ .flows = 10 });
	for (int i = 0; i < 12; i++, port++)
		put(t, 'c', S, 1, 0, "");
	ended(t, "open open open open open open open open open open limit open "
	    "limit open", "no more flows than the limit");

	t = table(none);
	fail_with = -PKW_EPERM;
	is_int(put(t, 'c', S, 1, 0, ""), -PKW_EPERM, "the callback's error");
	fail_with = 0;
	pkw_dissect(pkt, pkw_link_proto(101), "x", 1, 0);
	is_int(pkw_streams_put(t, NULL, pkt), 0, "no segment");
	ok(pkw_streams_last(t, NULL) == NULL, "... has no flow");
	ended(t, "open", "... and makes nothing happen");
}

static void losses(void)
{
	const struct pkw_streams_opts none = { 0 };
	struct pkw_streams *t = table(none);

	handshake(t);
	put(t, 'c', A, 105, 200, "fgh");
	pass(t, 200, 100);
	is_str(events.s ? events.s : "", "", "a hole is waited for");
	put(t, 's', A, 200, 103, "");
	pass(t, 200, 103);
	is_str(events.s ? events.s : "", "", "... until all is acknowledged");
	put(t, 's', A, 200, 108, "");
	put(t, 'c', A, 100, 200, "ab");
	pass(t, 200, 108);
	ended(t, "c0:ab c2-3 c5:fgh", "a gap of what is missing still");

	t = table(none);
	handshake(t);
	put(t, 'c', A, 105, 200, "fgh");
	put(t, 's', A, 200, 108, "");
	put(t, 'c', A, 100, 200, "abcde");
	ended(t, "c0:abcde c5:fgh", "an answer before its question is no gap");

	t = table(none);
	handshake(t);
	put(t, 'c', A, 103, 200, "def");
	pkw_streams_end(t);
	ended(t, "c0-3 c3:def end", "a gap at the end");

	t = table(none);
	handshake(t);
	put(t, 's', A, 200, 110, "");
	pkw_streams_end(t);
	ended(t, "c0-10 end", "nothing of it was captured");

	t = table(none);
	handshake(t);
	put(t, 'c', F | A, 103, 200, "def");
	put(t, 's', F | A, 200, 107, "");
	now += 11000 * (int64_t)MS;
	port++;
	put(t, 'c', S, 1, 0, "");
	ended(t, "c0-3 c3:def fin open", "closed, but for a hole: ten seconds");

	t = table(none);
	put(t, 'c', A, 100, 200, "a");
	put(t, 'c', A, 200 + (2 << 20), 200, "z");
	ended(t, "open c0:a c1-2097251 c2097252:z", "one direction only");

	char text[1401];
	memset(text, 'x', 1400);
	text[1400] = '\0';
	struct pkw_streams_stats s;
	size_t most = 0;
	t = table((struct pkw_streams_opts){ .memory = 256 << 10 });
	for (unsigned i = 0; i < 500; i++, port++) {
		handshake(t);
		put(t, 'c', A, 101 + 2000 * (i % 50), 200, text);
		pkw_streams_stats(t, &s);
		most = s.memory > most ? s.memory : most;
	}
	ok(most <= 256 << 10, "memory stays below its limit");
	ok(s.events[PKW_STREAM_GAP] > 300, "... by gaps");
	pkw_str_clear(&events);
	ended(t, "", "... and is given back");
}

/* Novak and Sturges: byte 0 is what is missed, to come last. */
static void overlaps(void)
{
	static const struct {
		unsigned at, n;
	} pieces[] = {
		{ 1, 3 }, { 5, 2 }, { 7, 3 }, { 11, 1 }, { 14, 2 }, { 16, 3 },
		{ 19, 2 }, { 21, 2 }, { 23, 1 }, { 2, 4 }, { 7, 3 }, { 10, 3 },
		{ 13, 3 }, { 17, 1 }, { 20, 1 }, { 21, 1 }, { 23, 2 }
	};
	static const struct {
		enum pkw_policy policy;
		const char *want;
	} rows[] = {
		{ PKW_POLICY_BSD, "AAAJJBCCCLLLMMMFFFGGHHIQ" },
		{ PKW_POLICY_FIRST, "AAAJBBCCCLDLMEEFFFGGHHIQ" },
		{ PKW_POLICY_LINUX, "AAAJJBCCCLLLMMMFFFGGHHQQ" },
		{ PKW_POLICY_SOLARIS, "AJJJBBKKKLLLMMMFFFGGHHQQ" },
		{ PKW_POLICY_LAST, "AJJJJBKKKLLLMMMFNFGOPHQQ" },
		{ PKW_POLICY_WINDOWS, "AAAJJBCCCLLLMMMFFFGGHHIQ" },
	};

	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		struct pkw_streams *t = table(
		    (struct pkw_streams_opts){ .policy = rows[r].policy });
		handshake(t);
		for (unsigned i = 0; i < 17; i++) {
			char text[8] = "";
			memset(text, (int)('A' + i), pieces[i].n);
			put(t, 'c', A, 100 + pieces[i].at, 200, text);
		}
		const char *e = events.s ? events.s : "";
		int n = 0;
		for (const char *s = e; (s = strchr(s, '!')); s++)
			n++;
		is_int(n, 8, "overlaps are told");
		pkw_str_clear(&events);
		put(t, 'c', A, 100, 200, "0");
		char want[64];
		snprintf(want, sizeof want, "c0:0 c1:%s", rows[r].want);
		ended(t, want, pkw_policy_name(rows[r].policy));
	}

	struct pkw_streams *t =
	    table((struct pkw_streams_opts){ .history = 8 });
	handshake(t);
	put(t, 'c', A, 100, 200, "abcdefgh");
	put(t, 'c', A, 108, 200, "ijkl");
	put(t, 'c', A, 108, 200, "ijkl");
	put(t, 'c', A, 106, 200, "gHijKl");
	put(t, 'c', A, 100, 200, "ABCD");
	ended(t, "c0:abcdefgh c8:ijkl c6!2/0", "history: told, and not the same");
}

/* Hostile: each of these must end soon, whatever it does. */
static void hostile(void)
{
	struct pkw_streams *t = table(
	    (struct pkw_streams_opts){ .history = 4096, .memory = 1 << 20 });
	uint64_t x = 1;

	handshake(t);
	for (int i = 0; i < 200000; i++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		uint32_t at = (uint32_t)(x >> 33) % (1 << 20);
		put(t, 'c', A, 101 + at, 200, i % 2 ? "a" : "bc");
		pkw_str_clear(&events);
	}
	struct pkw_streams_stats s;
	pkw_streams_end(t);
	pkw_streams_stats(t, &s);
	ok(s.bytes > 1000 && s.bytes + s.lost <= 1 << 21, "bytes at random");
	pkw_str_clear(&events);
	ended(t, "", "... and nothing is left of them");
}

int main(void)
{
	pkt = pkw_pkt_new();
	usual();
	oddities();
	losses();
	overlaps();
	hostile();
	pkw_pkt_free(pkt);
	pkw_str_free(&events);
	return done();
}
