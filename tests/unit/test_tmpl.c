/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates.  The order of combinations is what iterating over the same packet
 * gives in Scapy 2.5; tests/peers/scapy_sets.txt compares the bytes of many
 * more.  Patching must give what setting and sealing gives, for any template.
 */
#include "tap.h"

#include "generate/gen.h"

#include <pkw/text.h>
#include <pkw/tmpl.h>

#include <stdlib.h>

/* Counts allocations, to see that a step makes none. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t k);
void *__libc_realloc(void *p, size_t n);
static unsigned long allocations;

#ifndef __SANITIZE_ADDRESS__
void *malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t k)
{
	allocations++;
	return __libc_calloc(n, k);
}

void *realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}
#endif

static struct pkw_pkt *p;

static struct pkw_tmpl *make(const char *text)
{
	struct pkw_diag d = { 0 };
	struct pkw_tmpl *t = pkw_tmpl_parse(text, &d);

	if (!t)
		ok(0, "%s: %d: %s", text, d.column, d.text);
	return t;
}

static uint64_t value(const struct pkw_pkt *k, const char *path)
{
	unsigned field;
	uint64_t v = 0;
	int node;

	if (pkw_path(k, path, &node, &field, NULL) == 0)
		pkw_field_u(k, node, field, &v);
	return v;
}

static void test_order(void)
{
	/* last byte of dst, ttl, sport, dport */
	static const uint16_t want[][4] = {
		{ 2, 1, 1, 80 }, { 2, 1, 2, 80 }, { 2, 1, 1, 443 },
		{ 2, 1, 2, 443 }, { 2, 1, 1, 444 }, { 2, 1, 2, 444 },
		{ 2, 2, 1, 80 }, { 2, 2, 2, 80 }, { 2, 2, 1, 443 },
		{ 2, 2, 2, 443 }, { 2, 2, 1, 444 }, { 2, 2, 2, 444 },
		{ 3, 1, 1, 80 }, { 3, 1, 2, 80 }, { 3, 1, 1, 443 },
		{ 3, 1, 2, 443 }, { 3, 1, 1, 444 }, { 3, 1, 2, 444 },
		{ 3, 2, 1, 80 }, { 3, 2, 2, 80 }, { 3, 2, 1, 443 },
		{ 3, 2, 2, 443 }, { 3, 2, 1, 444 }, { 3, 2, 2, 444 },
	};
	struct pkw_tmpl *t = make("IP(src=\"192.0.2.1\",dst=[\"192.0.2.2\","
	    "\"192.0.2.3\"],ttl=[1,2])/TCP(sport=[1,2],dport=[80,(443,444)])");
	unsigned n = 0, good = 0;

	is_int((int64_t)pkw_tmpl_count(t), 24, "24 combinations");
	ok(!pkw_tmpl_is_random(t), "of which none is random");
	while (pkw_tmpl_next(t, p) > 0 && n < 24) {
		good += (value(p, "IP.dst") & 255) == want[n][0] &&
		    value(p, "IP.ttl") == want[n][1] &&
		    value(p, "TCP.sport") == want[n][2] &&
		    value(p, "TCP.dport") == want[n][3];
		n++;
	}
	is_int(good, 24, "Scapy's order");
	is_int(pkw_tmpl_next(t, p), 0, "and no more");
	pkw_tmpl_seek(t, 14);
	pkw_tmpl_next(t, p);
	is_int((int64_t)value(p, "TCP.dport"), 443, "packet 14 by seeking");
	is_int((int64_t)pkw_tmpl_tell(t), 15, "packet 15 is next");
	pkw_tmpl_limit(t, 100);
	pkw_tmpl_seek(t, 24 + 5);
	pkw_tmpl_next(t, p);
	is_int((int64_t)value(p, "TCP.dport"), 444, "sets begin again");
	pkw_tmpl_free(t);
}

static const char *const both_ways[] = {
	"IP(dst=\"10.0.0.0/28\",ttl=(1,9))/TCP(dport=[80,443])",
	"IP(dst=\"10.0.0.0/30\")/UDP(sport=(1,5))/Raw(load=[\"ab\",\"cd\"])",
	"IP(dst=\"10.0.0.0/30\")/UDP(sport=(1,5))/Raw(load=[\"ab\",\"c\"])",
	"IPv6(dst=\"2001:db8::/124\",fl=[0,0xfffff])/UDP()/\"odd\"",
	"IPv6(dst=\"2001:db8::/124\")/IPv6ExtHdrHopByHop()/TCP(seq=(0,9,3))",
	"IP(options=[IPOption_RR(pointer=[4,8])])/UDP(sport=[1,2])",
	"IP()/TCP(options=[(\"MSS\",[1,2,3]),(\"Timestamp\",(1,2))])",
	"IP()/ICMP(id=[0,1,65535],seq=[0,65535],type=0)",
	"IP()/UDP(dport=4789)/VXLAN(vni=[1,2])/Ether(src=[\"2:0:0:0:0:1\","
	"\"2:0:0:0:0:2\"])/IP(dst=[\"1.2.3.4\",\"5.6.7.8\"],ttl=[1,2])"
	"/TCP(seq=[1,70000],dport=[1,2])/\"x\"",
	"IP()/UDP(dport=4789)/VXLAN()/Ether()/IPv6(dst=\"2001:db8::/126\")"
	"/UDP(sport=[1,2])",
	"Ether()/\"x\"/IP(ttl=[1,2],dst=[\"1.2.3.4\",\"4.3.2.1\"])/UDP(sport=(1,3))",
	"GRE(chksum_present=1)/IP(ttl=[1,2])/UDP(sport=[1,2])",
	"GRE(key_present=[0,1],key=9)/IP(ttl=[1,2])",
	"IP(proto=[1,6,17],len=[0,99])/\"abc\"",
	"IP(version=[4,3],tos=(0,255,85),flags=[0,1,2,3],frag=[0,8191])/UDP()",
	"UDP()/DNS(id=[1,2],qd=DNSQR(qtype=[1,28]),an=DNSRR(rdata=\"1.2.3.4\"))",
	"SCTP(sport=[1,2])/SCTPChunkData(tsn=[1,2])",
	"Loopback(type=[2,10])/IP(ttl=[1,2])",
	"IP(id=RandShort(),src=RandIP(\"10.*.*.1\"))/TCP(sport=RandShort(),"
	"flags=RandChoice(\"S\",\"A\"),seq=Counter(5,3))/Raw(load=RandString(7))",
	"IPv6(dst=RandIP6(\"2001:db8::/32\"))/UDP(sport=RandNum(5,9))"
	"/Raw(load=RandBin(RandNum(0,9)))",
	"Ether(src=RandMAC(\"02:*\"))/IP(ttl=[1,RandByte()])/ICMP()",
	"IP(ttl=[1,RandByte()],tos=[1,2])/UDP(sport=[1,RandShort(),3],len=[8,9])",
	"Ether(dst=[\"2:0:0:0:0:1\",\"ff:ff:ff:ff:ff:ff\"])/IP(id=Counter(65530,7),"
	"dst=\"10.0.255.0/23\")/UDP(dport=Counter(0,12345))",
	"IP(dst=1.1.1.1)/fuzz(TCP())",
	"Ether()/IP()/fuzz(UDP()/DNS())",
	"fuzz(IP()/ICMP())",
	"IP()/fuzz(UDP()/BOOTP())/DHCP(options=[(\"message-type\",\"discover\")])",
};

/* Every packet, patched and built; the sums are what tells. */
static void compare(const char *text)
{
	struct pkw_tmpl *a = make(text), *b = make(text);
	unsigned n = 0, differ = 0;
	const struct pkw_pkt *x, *y;

	if (!a || !b)
		return;
	pkw__tmpl_slow(b);
	int fast = pkw__tmpl_is_fast(a);
	pkw_tmpl_limit(a, 300);
	pkw_tmpl_limit(b, 300);
	for (; pkw_tmpl_step(a, &x) > 0; n++) {
		if (pkw_tmpl_step(b, &y) != 1) {
			differ++;
			break;
		}
		struct pkw_span s = pkw_bytes(x), t = pkw_bytes(y);
		differ += s.len != t.len || memcmp(s.p, t.p, s.len) != 0;
	}
	is_int(n, 300, text);
	is_int(differ, 0, fast ? "patched as built" : "built");
	/* what was handed out must not depend on the way there */
	pkw_tmpl_seek(a, 123);
	pkw_tmpl_step(a, &x);
	pkw_tmpl_seek(b, 0);
	for (unsigned i = 0; i <= 123; i++)
		pkw_tmpl_step(b, &y);
	struct pkw_span s = pkw_bytes(x), t = pkw_bytes(y);
	is_mem(s.p, s.len, t.p, t.len, "packet 123 by seeking");
	pkw_tmpl_free(a);
	pkw_tmpl_free(b);
}

static void test_fast(void)
{
	static const char *const must[] = {
		"Ether()/IP(dst=\"10.0.0.0/8\")/TCP(dport=(1,1000))/\"x\"",
		"Ether()/IPv6(dst=\"2001:db8::/96\")/UDP(sport=RandShort())",
		"IP(id=Counter())/UDP()/VXLAN()/Ether()/IP(src=RandIP())/TCP()",
		"IP(dst=RandIP())/ICMP(seq=Counter())",
		"ARP(op=[1,2])",
	};
	for (unsigned i = 0; i < sizeof must / sizeof *must; i++) {
		struct pkw_tmpl *t = make(must[i]);
		const struct pkw_pkt *x;

		ok(t && pkw__tmpl_is_fast(t), "patched: %s", must[i]);
		pkw_tmpl_limit(t, 2000);
		for (unsigned k = 0; k < 10; k++)
			pkw_tmpl_next(t, p);
		unsigned long before = allocations;
		for (unsigned k = 0; k < 900; k++)
			pkw_tmpl_step(t, &x);
		for (unsigned k = 0; k < 900; k++)
			pkw_tmpl_next(t, p);
		is_int((int64_t)(allocations - before), 0,
		    "nothing is allocated");
		pkw_tmpl_free(t);
	}
	struct pkw_tmpl *t = make("IP()/UDP()/Raw(load=[\"a\",\"bcd\"])");
	pkw_tmpl_limit(t, 2000);
	for (unsigned k = 0; k < 10; k++)
		pkw_tmpl_next(t, p);
	unsigned long before = allocations;
	for (unsigned k = 0; k < 900; k++)
		pkw_tmpl_next(t, p);
	is_int((int64_t)(allocations - before), 0,
	    "nor where packets are set and sealed");
	pkw_tmpl_free(t);
}

/* The same seed, the same packets; another one, others; all in range. */
static void test_random(void)
{
	const char *text = "IP(dst=RandIP(\"10.1.0.0/16\"),ttl=RandNum(5,9))"
	    "/UDP(sport=RandShort())";
	struct pkw_tmpl *a = make(text), *b = make(text);
	unsigned same = 0, within = 0, ttl[10] = { 0 };
	const struct pkw_pkt *x, *y;

	is_int((int64_t)pkw_tmpl_count(a), 1, "random fields add no packets");
	ok(pkw_tmpl_is_random(a), "but make them differ");
	pkw_tmpl_limit(a, 1000);
	pkw_tmpl_limit(b, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		pkw_tmpl_step(a, &x);
		pkw_tmpl_step(b, &y);
		same += pkw_bytes(x).len == pkw_bytes(y).len &&
		    memcmp(pkw_bytes(x).p, pkw_bytes(y).p,
			pkw_bytes(x).len) == 0;
		uint64_t t = value(x, "IP.ttl");
		within += t >= 5 && t <= 9 &&
		    value(x, "IP.dst") >> 16 == 0x0a01;
		if (t < 10)
			ttl[t]++;
	}
	is_int(same, 1000, "the same text and seed give the same packets");
	is_int(within, 1000, "all within what was asked for");
	ok(ttl[5] > 100 && ttl[6] > 100 && ttl[7] > 100 && ttl[8] > 100 &&
	    ttl[9] > 100, "each value often enough");
	pkw_tmpl_seek(a, 7);
	pkw_tmpl_seek(b, 7);
	pkw_tmpl_seed(b, 1);
	pkw_tmpl_step(a, &x);
	pkw_tmpl_step(b, &y);
	ok(memcmp(pkw_bytes(x).p, pkw_bytes(y).p, pkw_bytes(x).len) != 0,
	    "another seed gives others");
	pkw_tmpl_free(a);
	pkw_tmpl_free(b);
}

/* Made in C: the same as from text. */
static void test_vary(void)
{
	static const uint64_t ports[] = { 80, 443 };
	struct pkw_diag d = { 0 };
	struct pkw_tmpl *t, *u;
	const struct pkw_proto *ip, *tcp;
	unsigned n = 0, same = 0;
	const struct pkw_pkt *x, *y;

	pkw_parse(p, "IP(dst=\"192.0.2.1\")/TCP()/\"x\"", NULL);
	ip = pkw_view(p)->layers[0].proto;
	tcp = pkw_view(p)->layers[1].proto;
	t = pkw_tmpl_new(p, &d);
	u = make("IP(dst=\"192.0.2.0/30\",ttl=(1,5,2))/TCP(dport=[80,443])/\"x\"");
	is_int((int64_t)pkw_tmpl_count(t), 1, "a packet is one packet");
	is_int(pkw_tmpl_vary(t, 0, (unsigned)pkw_field_find(&ip->rec, "ttl"),
	    &(struct pkw_vary){ .kind = PKW_VARY_RANGE, .from = 1, .to = 5,
		.step = 2 }, &d), 0, "a range");
	is_int(pkw_tmpl_vary(t, 1, (unsigned)pkw_field_find(&tcp->rec, "dport"),
	    &(struct pkw_vary){ .kind = PKW_VARY_LIST, .values = ports,
		.nvalues = 2 }, &d), 0, "a list");
	is_int(pkw_tmpl_vary_text(t, "IP.dst", "192.0.2.0/30", &d), 0,
	    "a prefix by text");
	is_int((int64_t)pkw_tmpl_count(t), 24, "4 * 3 * 2");
	while (pkw_tmpl_step(t, &x) > 0 && pkw_tmpl_step(u, &y) > 0) {
		n++;
		same += pkw_bytes(x).len == pkw_bytes(y).len &&
		    memcmp(pkw_bytes(x).p, pkw_bytes(y).p,
			pkw_bytes(x).len) == 0;
	}
	ok(n == 24 && same == 24, "the packets of the expression");
	is_int(pkw_tmpl_vary(t, 0, (unsigned)pkw_field_find(&ip->rec, "ttl"),
	    &(struct pkw_vary){ .kind = PKW_VARY_LIST,
		.values = &(uint64_t){ 300 }, .nvalues = 1 }, &d),
	    -PKW_ERANGE, "300 is no TTL");
	is_int(pkw_tmpl_vary(t, 0, (unsigned)pkw_field_find(&ip->rec, "ttl"),
	    &(struct pkw_vary){ .kind = PKW_VARY_COUNTER, .from = 254 }, &d),
	    0, "a counter in place of the range");
	is_int((int64_t)pkw_tmpl_count(t), 8, "4 * 2");
	pkw_tmpl_seek(t, 3);
	pkw_tmpl_step(t, &x);
	is_int((int64_t)value(x, "IP.ttl"), 1, "254 + 3, cut to the field");
	pkw_tmpl_vary(t, 0, (unsigned)pkw_field_find(&ip->rec, "ttl"),
	    &(struct pkw_vary){ .kind = PKW_VARY_COUNTER, .from = 7, .to = 10,
		.step = 3 }, &d);
	pkw_tmpl_seek(t, 0);
	for (n = 0; n < 7; n++)
		pkw_tmpl_step(t, &x);
	is_int((int64_t)value(x, "IP.ttl"), 9,
	    "7 10 9 8 7 10 9: behind the last from the first again");
	is_int(pkw_tmpl_vary_text(t, "IP.ttl", "(5,1)", &d), -PKW_ERANGE,
	    "a range that ends before it begins");
	is_int(pkw_tmpl_vary_text(t, "UDP.sport", "(5,1)", &d), -PKW_EABSENT,
	    "a layer that is not there");
	is_int(pkw_tmpl_fuzz(t, -1, &d), 0, "and fuzzed");
	pkw_tmpl_seek(t, 0);
	ok(pkw_tmpl_step(t, &x) == 1 && value(x, "IP.dst") >> 8 == 0xc00002,
	    "where it goes stays as it was set");
	pkw_tmpl_free(t);
	pkw_tmpl_free(u);
}

static const struct {
	const char *text;
	int column;
	const char *message;
} errors[] = {
	{ "IP(ttl=[])", 8, "IP.ttl: the list is empty" },
	{ "IP(ttl=(9,1))", 8, "IP.ttl: the range ends before it begins" },
	{ "IP(ttl=[1,300])", 11, "IP.ttl: `300' is not 0-255" },
	{ "IP(ttl=(1,9,0))", 13, "IP.ttl: the step of a range is 1 or more" },
	{ "IP(dst=\"10.0.0.0/33\")", 8,
	    "IP.dst: `10.0.0.0/33' is no prefix of addresses" },
	{ "IP(ttl=RandIP())", 8, "IP.ttl cannot be RandIP()" },
	{ "IP(ttl=RandFoo())", 8,
	    "there is no RandFoo; RandInt, RandNum(a, b), RandIP ... are" },
	{ "IP(dst=RandInt())", 8, "IP.dst cannot be RandInt()" },
	{ "IP(dst=RandIP(\"10.*\"))", 0, NULL },
	{ "IP(ttl=[[1]])", 9, "IP.ttl: a list inside a list" },
	{ "IP()/fuzz(1)", 11, "`1' is no layer; text needs quotes" },
	{ "IPv6(dst=Net(\"::\",\"f::\"))", 10,
	    "IPv6.dst: the range holds too many addresses" },
};

static void test_errors(void)
{
	for (unsigned i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct pkw_diag d = { 0 };
		struct pkw_tmpl *t = pkw_tmpl_parse(errors[i].text, &d);

		if (!errors[i].message) {
			ok(t != NULL, "taken: %s", errors[i].text);
			pkw_tmpl_free(t);
			continue;
		}
		ok(!t, "refused: %s", errors[i].text);
		is_int(d.column, errors[i].column, "and the column");
		is_str(d.text, errors[i].message, "and why");
	}
}

int main(void)
{
	p = pkw_pkt_new();
	test_order();
	for (unsigned i = 0; i < sizeof both_ways / sizeof *both_ways; i++)
		compare(both_ways[i]);
	test_fast();
	test_random();
	test_vary();
	test_errors();
	pkw_pkt_free(p);
	return done();
}
