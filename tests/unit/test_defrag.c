/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments put together and cut up.  The overlaps are the example of Novak and
 * Sturges' paper with the outcomes they observed for each kind of system, in
 * the letters that Suricata's tests give to its fragments; the rules about what
 * is refused are those of RFC 791, 8200, 5722 and 6946.
 */
#include "tap.h"

#include <pkw/build.h>
#include <pkw/defrag.h>
#include <pkw/text.h>

#include <stdlib.h>

enum { MF = 1, MS = 1000000 };

static struct pkw_pkt *pkt;
static struct pkw_defrag_event last;
static unsigned told[PKW_DEFRAG__N];

static uint64_t numbers[8]; /* of the last event */

static void on_event(void *arg, const struct pkw_defrag_event *e)
{
	(void)arg;
	last = *e;
	for (uint32_t i = 0; i < e->nnumbers && i < 8; i++)
		numbers[i] = e->numbers[i];
	told[e->what]++;
}

static void put16(uint8_t *b, unsigned v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

/* A fragment of the letter `c' in b; returns its length. */
static size_t fragment4(uint8_t *b, unsigned id, unsigned at, int more, int c,
    unsigned n)
{
	static const uint8_t head[20] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 253, 0,
		0, 192, 0, 2, 1, 192, 0, 2, 2 };

	memcpy(b, head, sizeof head);
	put16(b + 2, 20 + n);
	put16(b + 4, id);
	put16(b + 6, at / 8 | (more ? 0x2000 : 0));
	memset(b + 20, c, n);
	return 20 + n;
}

static size_t fragment6(uint8_t *b, unsigned id, unsigned at, int more, int c,
    unsigned n)
{
	memset(b, 0, 48);
	b[0] = 0x60;
	put16(b + 4, 8 + n);
	b[6] = 44;
	b[7] = 64;
	b[8] = b[24] = 0x20;
	b[23] = 1;
	b[39] = 2;
	b[40] = 253;
	put16(b + 42, at | (more ? 1 : 0));
	put16(b + 46, id);
	memset(b + 48, c, n);
	return 48 + n;
}

static int v6;
static int64_t now;
static struct pkw_frame frame;
static struct pkw_pkt *got;

/* Puts one fragment; what put() said. */
static int put(struct pkw_defrag *g, unsigned id, unsigned at, int more, int c,
    unsigned n)
{
	static uint8_t b[70000];
	size_t len = (v6 ? fragment6 : fragment4)(b, id, at, more, c, n);

	frame = (struct pkw_frame){ .data = b, .caplen = (uint32_t)len,
		.len = (uint32_t)len, .ts_ns = now, .link = 101 };
	pkw_dissect(pkt, pkw_link_proto(101), b, len, 0);
	got = pkt;
	return pkw_defrag_put(g, &frame, &got);
}

static struct pkw_defrag *table(struct pkw_defrag_opts o)
{
	memset(told, 0, sizeof told);
	now = 1000 * (int64_t)MS;
	o.on_event = on_event;
	return pkw_defrag_new(&o);
}

/* The payload with a letter for every eight bytes. */
static const char *letters(void)
{
	static char text[64];
	struct pkw_span s = pkw_bytes(got);
	size_t head = v6 ? 40 : 20, n = 0;

	for (size_t i = head; i < s.len && n < sizeof text - 1; i += 8)
		text[n++] = (char)s.p[i];
	text[n] = '\0';
	return text;
}

static void overlaps(void)
{
	static const struct {
		unsigned at, n;
	} pieces[] = {
		{ 0, 24 }, { 32, 16 }, { 48, 24 }, { 80, 8 }, { 104, 16 },
		{ 120, 24 }, { 144, 16 }, { 160, 16 }, { 176, 8 }, { 8, 32 },
		{ 48, 24 }, { 72, 24 }, { 96, 24 }, { 128, 8 }, { 152, 8 },
		{ 160, 8 }, { 176, 16 }
	};
	enum { N = sizeof pieces / sizeof *pieces };
	static const struct {
		const char *policy, *result;
	} rows[] = {
		{ "bsd", "AAAJJBCCCLLLMMMFFFGGHHIQ" },
		{ "linux", "AAAJJBKKKLLLMMMFFFGGPHQQ" },
		{ "windows", "AAAJBBCCCLLLMEEFFFGGHHIQ" },
		{ "solaris", "AAAJBBCCCLLLMMMFFFGGHHIQ" },
		{ "first", "AAAJBBCCCLDLMEEFFFGGHHIQ" },
		{ "last", "AJJJJBKKKLLLMMMFNFGOPHQQ" },
		/* the paper's rule; Suricata tests none */
		{ "bsd-right", "AJJJBBKKKLDLMEEFNFGOPHQQ" },
	};

	for (v6 = 0; v6 < 2; v6++)
		for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
			int policy = pkw_policy_find(rows[r].policy, NULL);
			struct pkw_defrag *g = table((struct pkw_defrag_opts){
			    .policy = (enum pkw_policy)policy });
			int whole = 0;
			for (int i = 0; i < N; i++)
				whole += put(g, 1, pieces[i].at, i < N - 1,
				    'A' + i, pieces[i].n);
			ok(whole == 1, "IPv%d, %s: whole with the last",
			    v6 ? 6 : 4, rows[r].policy);
			is_str(letters(), rows[r].result, "... each byte");
			is_int(told[PKW_DEFRAG_OVERLAP], 8, "... 8 overlaps");
			pkw_defrag_free(g);
		}
}

/* The policies that resolve nothing. */
static void drops(void)
{
	for (v6 = 0; v6 < 2; v6++) {
		struct pkw_defrag *g = table(
		    (struct pkw_defrag_opts){ .policy = PKW_POLICY_RFC5722 });
		put(g, 1, 0, 1, 'a', 16);
		put(g, 1, 0, 1, 'a', 16);
		is_int(told[PKW_DEFRAG_DUPLICATE], 1, "RFC 5722: a duplicate");
		is_int(put(g, 1, 16, 0, 'b', 8), 1, "... does no harm");
		put(g, 2, 0, 1, 'a', 16);
		put(g, 2, 8, 1, 'b', 16);
		is_int(told[PKW_DEFRAG_DROPPED], 1, "an overlap ends it");
		put(g, 2, 0, 1, 'c', 16);
		is_int(put(g, 2, 16, 0, 'd', 8), 0, "... what comes later, too");
		now += 31000 * (int64_t)MS;
		put(g, 2, 0, 1, 'c', 16);
		is_int(put(g, 2, 16, 0, 'd', 8), 1, "... until its time is up");
		pkw_defrag_free(g);
	}
	v6 = 0;
	struct pkw_defrag *g = table(
	    (struct pkw_defrag_opts){ .policy = PKW_POLICY_LINUX_DROP });
	put(g, 1, 0, 1, 'a', 16);
	put(g, 1, 16, 1, 'b', 16);
	put(g, 1, 8, 1, 'c', 16);
	is_int(told[PKW_DEFRAG_DROPPED], 0, "Linux: within a run is no harm");
	is_int(put(g, 1, 32, 0, 'd', 8), 1, "... and makes no difference");
	is_str(letters(), "aabbd", "... in bytes");
	put(g, 2, 32, 1, 'a', 16);
	put(g, 2, 0, 1, 'b', 16);
	put(g, 2, 8, 1, 'c', 16);
	is_int(told[PKW_DEFRAG_DROPPED], 1, "an overlap ends it");
	put(g, 2, 0, 1, 'd', 16);
	is_int(put(g, 2, 16, 0, 'e', 8), 1, "... and is forgotten");
	pkw_defrag_free(g);
}

static void refusals(void)
{
	for (v6 = 0; v6 < 2; v6++) {
		struct pkw_defrag *g = table((struct pkw_defrag_opts){ 0 });
		is_int(put(g, 1, 8, 0, 'a', 0), 0, "empty");
		is_int(told[PKW_DEFRAG_BAD], 1, "... is told");
		put(g, 2, 65528, 0, 'a', 100);
		is_int(told[PKW_DEFRAG_LONG], 1, "ping of death");
		is_int(last.offset, 65528, "... its place");
		put(g, 3, 0, 1, 'a', 16);
		put(g, 3, 16, 0, 'b', 8);
		put(g, 4, 16, 0, 'b', 8);
		put(g, 4, 24, 1, 'b', 8);
		is_int(told[PKW_DEFRAG_BAD], 2, "behind the end");
		put(g, 4, 8, 0, 'b', 8);
		is_int(told[PKW_DEFRAG_BAD], 3, "another end");
		is_int(put(g, 4, 0, 1, 'a', 16), 1, "the last one came first");
		is_str(letters(), "aab", "... whole");
		put(g, 5, 8, 0, 'b', 5);
		put(g, 5, 0, 1, 'a', 8);
		is_int((int64_t)pkw_bytes(got).len, (v6 ? 40 : 20) + 13,
		    "an odd length at the end");
		put(g, 6, 0, 1, 'a', 13);
		is_int(told[PKW_DEFRAG_BAD], v6 ? 4 : 3,
		    "an odd length: IPv6 refuses it");
		is_int(put(g, 6, 8, 0, 'b', 8), !v6, "... IPv4 cuts it");
		pkw_defrag_free(g);
	}
	v6 = 1;
	struct pkw_defrag *g = table((struct pkw_defrag_opts){ 0 });
	put(g, 1, 0, 1, 'a', 8);
	is_int(put(g, 1, 0, 0, 'z', 8), 1, "RFC 6946: atomic, passes");
	ok(got == pkt, "... as it is");
	is_int(put(g, 1, 8, 0, 'b', 8), 1, "... and has nothing to do with");
	is_str(letters(), "ab", "... those of the same identification");
	pkw_defrag_free(g);
}

static void keys(void)
{
	struct pkw_defrag *g = table((struct pkw_defrag_opts){ 0 });

	for (v6 = 0; v6 < 2; v6++) {
		put(g, 1, 0, 1, 'a', 8);
		is_int(put(g, 2, 8, 0, 'b', 8), 0, "another identification");
		is_int(put(g, 1, 8, 0, 'b', 8), 1, "the same");
	}
	v6 = 0;
	put(g, 7, 0, 1, 'a', 8);
	uint8_t b[64];
	size_t n = fragment4(b, 7, 8, 0, 'b', 8);
	b[9] = 254; /* RFC 791: the protocol belongs to the key */
	pkw_dissect(pkt, pkw_link_proto(101), b, n, 0);
	got = pkt;
	is_int(pkw_defrag_put(g, &frame, &got), 0, "another protocol");
	n = fragment4(b, 7, 8, 0, 'b', 8);
	pkw_dissect(pkt, pkw_link_proto(101), b, n - 3, 0);
	got = pkt;
	is_int(pkw_defrag_put(g, &frame, &got), 1, "cut by the capture: passes");
	is_int(told[PKW_DEFRAG_CUT], 1, "... is told");
	pkw_defrag_free(g);
}

static void limits(void)
{
	struct pkw_defrag_stats s;
	struct pkw_defrag *g = table((struct pkw_defrag_opts){ .count = 100 });

	v6 = 0;
	for (unsigned i = 0; i < 150; i++)
		put(g, i, 0, 1, 'a', 8);
	pkw_defrag_stats(g, &s);
	is_int(s.pending, 100, "no more than the count");
	is_int(told[PKW_DEFRAG_LIMIT], 50, "... the others were told of");
	is_int(put(g, 49, 8, 0, 'b', 8), 0, "the oldest went");
	is_int(put(g, 149, 8, 0, 'b', 8), 1, "the newest are there");
	now += 29000 * (int64_t)MS;
	is_int(put(g, 148, 8, 0, 'b', 8), 1, "after 29 s");
	now += 2000 * (int64_t)MS;
	is_int(put(g, 147, 8, 0, 'b', 8), 0, "after 31 s");
	pkw_defrag_stats(g, &s);
	is_int(s.pending, 1, "time out ends all");
	pkw_defrag_end(g);
	is_int(told[PKW_DEFRAG_END], 1, "what is left at the end");
	is_int(last.missing, 0, "... what it lacks");
	is_int(last.nnumbers, 1, "... how many packets it is of");
	is_int((int64_t)numbers[0], 153, "... which one");
	pkw_defrag_stats(g, &s);
	is_int((int64_t)s.memory, 0, "... nothing is held");
	pkw_defrag_free(g);

	g = table((struct pkw_defrag_opts){ .memory = 1 << 20 });
	size_t most = 0;
	for (unsigned i = 0; i < 1000; i++) {
		put(g, i, (i * 2048) % 65000 / 8 * 8, 1, 'a', 1400);
		pkw_defrag_stats(g, &s);
		most = s.memory > most ? s.memory : most;
	}
	ok(most <= 1 << 20, "memory stays below its limit");
	for (unsigned at = 0; at < 65000; at += 1000)
		put(g, 5000, at, at < 64000, 'w', 1000);
	is_int((int64_t)pkw_bytes(got).len, 65020, "the longest still fits");
	pkw_defrag_free(g);
}

/* ---- cutting up ---- */

static struct pkw_pkt *parts[64];
static int nparts;

static int keep(void *arg, struct pkw_pkt *p)
{
	(void)arg;
	if (!parts[nparts])
		parts[nparts] = pkw_pkt_new();
	pkw_pkt_copy(parts[nparts++], p);
	return 0;
}

static int cut(const char *text, struct pkw_fragment_opts o)
{
	struct pkw_diag d = { 0 };
	struct pkw_pkt *p = pkw_pkt_new();

	nparts = 0;
	if (pkw_parse(p, text, &d) < 0)
		printf("# %s\n", d.text);
	pkw_seal(p, 0);
	int r = pkw_fragment(p, &o, keep, NULL);
	pkw_pkt_free(p);
	return r;
}

static void part_is(int i, const char *text)
{
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_span a = pkw_bytes(parts[i]), b;

	pkw_parse(p, text, NULL);
	pkw_seal(p, 0);
	b = pkw_bytes(p);
	is_mem(a.p, a.len, b.p, b.len, text);
	pkw_pkt_free(p);
}

#define ADDR4 "src=\"192.0.2.1\",dst=\"192.0.2.2\",id=7"
#define ADDR6 "src=\"2001:db8::1\",dst=\"2001:db8::2\""
#define LONG20 "b\"0123456789abcdefghij\""

static void cutting(void)
{
	is_int(cut("Ether(dst=\"02:00:00:00:00:02\",src=\"02:00:00:00:00:01\")/"
	    "IP(" ADDR4 ",flags=\"DF\",proto=253)/" LONG20,
	    (struct pkw_fragment_opts){ .size = 15 }), 3, "by size");
	part_is(0, "Ether(dst=\"02:00:00:00:00:02\",src=\"02:00:00:00:00:01\")/"
	    "IP(" ADDR4 ",flags=\"MF+DF\",proto=253)/b\"01234567\"");
	part_is(2, "Ether(dst=\"02:00:00:00:00:02\",src=\"02:00:00:00:00:01\")/"
	    "IP(" ADDR4 ",flags=\"DF\",frag=2,proto=253)/b\"ghij\"");
	is_int(cut("IP(" ADDR4 ",proto=253,flags=\"MF\",frag=5)/" LONG20,
	    (struct pkw_fragment_opts){ .mtu = 36 }), 2, "a fragment by MTU");
	part_is(0, "IP(" ADDR4 ",flags=\"MF\",frag=5,proto=253)/"
	    "b\"0123456789abcdef\"");
	part_is(1, "IP(" ADDR4 ",flags=\"MF\",frag=7,proto=253)/b\"ghij\"");

	/* RFC 791: security (130) is copied, record route (7) is not */
	is_int(cut("IP(" ADDR4 ",proto=253,options=[IPOption_RR(routers=["
	    "\"0.0.0.0\"]),IPOption_Security()])/" LONG20,
	    (struct pkw_fragment_opts){ .size = 8 }), 3, "with options");
	part_is(0, "IP(" ADDR4 ",flags=\"MF\",proto=253,options=[IPOption_RR("
	    "routers=[\"0.0.0.0\"]),IPOption_Security()])/b\"01234567\"");
	part_is(1, "IP(" ADDR4 ",flags=\"MF\",frag=1,proto=253,options=["
	    "IPOption_Security()])/b\"89abcdef\"");

	is_int(cut("IPv6(" ADDR6 ",nh=0)/IPv6ExtHdrHopByHop(nh=60,options=["
	    "RouterAlert()])/IPv6ExtHdrDestOpt(nh=253)/" LONG20,
	    (struct pkw_fragment_opts){ .mtu = 72, .id = 9 }), 2, "IPv6");
	part_is(0, "IPv6(" ADDR6 ")/IPv6ExtHdrHopByHop(nh=44,options=["
	    "RouterAlert()])/IPv6ExtHdrFragment(nh=60,m=1,id=9)/"
	    "Raw(load=b\"\\xfd\\x00\\x01\\x04\\x00\\x00\\x00\\x0001234567\")");
	part_is(1, "IPv6(" ADDR6 ")/IPv6ExtHdrHopByHop(nh=44,options=["
	    "RouterAlert()])/IPv6ExtHdrFragment(nh=60,offset=2,id=9)/"
	    "b\"89abcdefghij\"");
	is_int(cut("IPv6(" ADDR6 ")/IPv6ExtHdrFragment(nh=253,m=1,offset=4,"
	    "id=3)/" LONG20, (struct pkw_fragment_opts){ .size = 16 }), 2,
	    "an IPv6 fragment");
	part_is(1, "IPv6(" ADDR6 ")/IPv6ExtHdrFragment(nh=253,m=1,offset=6,"
	    "id=3)/b\"ghij\"");

	is_int(cut("IP(" ADDR4 ")/UDP()/\"x\"", (struct pkw_fragment_opts){ 0 }),
	    1, "short enough");
	part_is(0, "IP(" ADDR4 ")/UDP()/\"x\"");
	is_int(cut("IP(" ADDR4 ")/UDP()/" LONG20,
	    (struct pkw_fragment_opts){ .mtu = 27 }), -PKW_EINVAL,
	    "an MTU that leaves no room");
	is_int(cut("Ether()/ARP()", (struct pkw_fragment_opts){ 0 }),
	    -PKW_ENOPROTO, "no IP");
	is_int(cut("IP(" ADDR4 ",frag=8191)/" LONG20,
	    (struct pkw_fragment_opts){ .size = 8 }), -PKW_ERANGE,
	    "an offset that does not fit");
}

/* There and back, with everything around it. */
static void both_ways(void)
{
	static const char *const texts[] = {
		"Ether(dst=\"02:00:00:00:00:02\",src=\"02:00:00:00:00:01\")/"
		"Dot1Q(vlan=7)/IP(" ADDR4 ",options=[IPOption_RR(routers=["
		"\"0.0.0.0\"])])/UDP(sport=9,dport=9)/",
		"Ether(dst=\"02:00:00:00:00:02\",src=\"02:00:00:00:00:01\")/"
		"IP(src=\"192.0.2.8\",dst=\"192.0.2.9\")/UDP()/VXLAN()/"
		"Ether(dst=\"02:00:00:00:00:02\",src=\"02:00:00:00:00:01\")/"
		"IPv6(" ADDR6 ",nh=0)/IPv6ExtHdrHopByHop()/UDP(sport=9,"
		"dport=9)/",
	};
	char load[401], text[1024];

	for (int i = 0; i < 400; i++)
		load[i] = (char)('a' + i % 26);
	load[400] = '\0';
	for (unsigned i = 0; i < 2; i++) {
		struct pkw_defrag *g = table((struct pkw_defrag_opts){ 0 });
		struct pkw_pkt *p = pkw_pkt_new();
		snprintf(text, sizeof text, "%sRaw(load=b\"%s\")", texts[i],
		    load);
		is_int(cut(text, (struct pkw_fragment_opts){ .size = 104,
		    .nth = i }), 4, "cut up inside its wrapping");
		int r = 0;
		for (int k = nparts - 1; k >= 0; k--) {
			struct pkw_span s = pkw_bytes(parts[k]);
			pkw_dissect(pkt, pkw_link_proto(1), s.p, s.len, 0);
			got = pkt;
			r = pkw_defrag_put(g, NULL, &got);
		}
		is_int(r, 1, "whole");
		pkw_parse(p, text, NULL);
		pkw_seal(p, 0);
		is_mem(pkw_bytes(got).p, pkw_bytes(got).len, pkw_bytes(p).p,
		    pkw_bytes(p).len, "... as it was");
		pkw_pkt_free(p);
		pkw_defrag_free(g);
	}
}

int main(void)
{
	struct pkw_diag d;

	pkt = pkw_pkt_new();
	overlaps();
	drops();
	refusals();
	keys();
	limits();
	cutting();
	both_ways();
	is_int(pkw_policy_find("linuxx", &d), -PKW_ENOENT, "no such policy");
	ok(strstr(d.text, "did you mean `linux'") != NULL, "... a suggestion");
	for (int i = 0; i < 64; i++)
		pkw_pkt_free(parts[i]);
	pkw_pkt_free(pkt);
	return done();
}
