/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IP, IPv6 and its extension headers, ICMP, ICMPv6, IGMP.
 *
 * tests/data/network.pcap was taken by tests/data/network.sh: pings with
 * options, fragments, errors of a router and of hosts, a redirect, neighbour
 * discovery with radvd's advertisements, IGMP and MLD of all versions with a
 * querier, options and segment routing headers, of Linux 6.18.  Its checksums
 * are the kernel's; what is said about its fields is what tshark 4.0 says.
 * Bytes of expressions are Scapy 2.5's unless another source is named.
 */
#include "pkw/capture.h"
#include "pkw/pkt.h"
#include "pkw/text.h"
#include "tap.h"

enum { MAX = 160, FRAMES = 127 };

static uint8_t bytes[MAX][1600];
static size_t len[MAX];
static int frames;

static void load(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_frame f;
	struct pkw_reader *r =
	    pkw_reader_open("tests/data/network.pcap", 0, &d);

	while (r && frames < MAX && pkw_reader_next(r, &f, &d) > 0 &&
	       f.caplen <= sizeof bytes[0]) {
		memcpy(bytes[frames], f.data, f.caplen);
		len[frames++] = f.caplen;
	}
	if (!ok(frames == FRAMES, "the capture's frames"))
		printf("# %d, %s\n", frames, d.text);
	if (r)
		pkw_reader_close(r);
}

/* Frame number n, from 1 as tshark counts. */
static struct pkw_pkt *frame(int n)
{
	struct pkw_pkt *p = pkw_pkt_new();

	pkw_dissect(p, pkw_proto_find("Ether"), bytes[n - 1], len[n - 1], 0);
	return p;
}

static int field_at(
    const struct pkw_pkt *p, const char *path, int *node, unsigned *field)
{
	struct pkw_diag d = { 0 };
	int r = pkw_path(p, path, node, field, &d);

	if (r < 0)
		printf("# %s: %s\n", path, d.text);
	return r;
}

static int64_t value(const struct pkw_pkt *p, const char *path)
{
	unsigned field;
	uint64_t v = 0;
	int node;

	if (field_at(p, path, &node, &field) < 0 ||
	    pkw_field_u(p, node, field, &v) < 0)
		return -1;
	return (int64_t)v;
}

static void is_text(
    const struct pkw_pkt *p, const char *path, const char *want)
{
	struct pkw_str s = PKW_STR_INIT;
	unsigned field;
	int node;

	if (field_at(p, path, &node, &field) >= 0)
		pkw_field_text(p, node, field, 0, &s);
	is_str(s.s ? s.s : "", want, path);
	pkw_str_free(&s);
}

/*
 * A checksum of a quoted packet is right only where all of it was quoted, and
 * the sender left UDP's to its card.
 */
static void kernel_sums(void)
{
	int sums = 0, wrong = 0, noted = 0;

	for (int n = 1; n <= frames; n++) {
		struct pkw_pkt *p = frame(n);
		const struct pkw_view *v = pkw_view(p);
		const struct pkw_note *notes;

		for (unsigned i = 0; i < v->nlayers; i++) {
			const struct pkw_record *rec = &v->layers[i].proto->rec;
			int cut = v->layers[i].proto->flags & PKW_QUOTED;
			if (cut && strcmp(rec->name, "IPerror") != 0)
				break;
			if (strcmp(rec->name, "UDP") == 0)
				break;
			for (unsigned k = 0; k < rec->nfields; k++) {
				if (rec->fields[k].rel.kind != PKW_SUM)
					continue;
				int r = pkw_sum_ok(p, (int)i, k);
				/* a first fragment has not all of it */
				if (r != 1 && (n == 40 || n == 42 || n == 58 ||
				    n == 60))
					continue;
				sums++;
				if (r != 1)
					printf("# frame %d %s\n", n, rec->name);
				wrong += r != 1;
			}
		}
		noted += pkw_notes(p, &notes) != 0;
		pkw_pkt_free(p);
	}
	ok(sums > 150, "many checksums: %d", sums);
	is_int(wrong, 0, "the kernel's checksums are right");
	is_int(noted, 0, "nothing malformed in what the kernel sent");
}

/* An edit that changes nothing leaves every byte; the text builds them too. */
static void round_trip(void)
{
	int edits = 0, texts = 0, whole = 0;
	struct pkw_pkt *q = pkw_pkt_new();
	struct pkw_str s = PKW_STR_INIT;

	for (int n = 1; n <= frames; n++) {
		struct pkw_pkt *p = frame(n);
		int ip = pkw_view(p)->first[PKW_NETWORK];
		const struct pkw_record *rec =
		    &pkw_view(p)->layers[ip].proto->rec;
		int hops = pkw_field_find(rec, "ttl");
		if (hops < 0)
			hops = pkw_field_find(rec, "hlim");
		uint64_t was = pkw_u(p, ip, (unsigned)hops);

		pkw_str_clear(&s);
		pkw_expression(p, &s);
		pkw_parse(q, s.s, NULL);
		texts += pkw_bytes(q).len == len[n - 1] &&
			 memcmp(pkw_bytes(q).p, bytes[n - 1], len[n - 1]) == 0;
		whole += pkw_view(q)->nlayers == pkw_view(p)->nlayers &&
			 strstr(s.s, "RawVal") == NULL;
		pkw_set(p, ip, (unsigned)hops, was ^ 1);
		pkw_seal(p, 0);
		pkw_set(p, ip, (unsigned)hops, was);
		pkw_seal(p, 0);
		edits += pkw_bytes(p).len == len[n - 1] &&
			 memcmp(pkw_bytes(p).p, bytes[n - 1], len[n - 1]) == 0;
		pkw_pkt_free(p);
	}
	is_int(edits, frames, "hops there and back");
	is_int(texts, frames, "expressions build the same bytes");
	is_int(whole, frames, "and name every layer and option");
	pkw_pkt_free(q);
	pkw_str_free(&s);
}

static void options(void)
{
	struct pkw_pkt *p = frame(35); /* ping -R */

	is_int(value(p, "IP.options[0].length"), 39, "record route");
	is_int(value(p, "IP.options[0].pointer"), 24, "five places used");
	is_text(p, "IP.options[0].routers[4].address", "192.0.2.254");
	pkw_pkt_free(p);

	p = frame(37); /* ping -T tsonly */
	is_int(value(p, "IP.options[0].length"), 40, "timestamps");
	is_int(value(p, "IP.options[0].pointer"), 25, "five stamps");
	is_text(p, "IP.options[0].flg", "timestamp_only");
	pkw_pkt_free(p);

	p = frame(82); /* loose source route */
	is_text(p, "IP.dst", "198.51.100.2");
	is_text(p, "IP.options[0].routers[0].address", "192.0.2.254");
	pkw_pkt_free(p);

	p = frame(41); /* a later fragment */
	is_int(value(p, "IP.frag"), 185, "fragment offset");
	is_str(pkw_view(p)->layers[2].proto->rec.name, "Raw",
	    "a later fragment has no upper layer");
	pkw_pkt_free(p);
}

static void errors(void)
{
	struct pkw_pkt *p = frame(47);

	is_text(p, "ICMP.code", "fragmentation-needed");
	is_int(value(p, "ICMP.nexthopmtu"), 1300, "the link's MTU");
	is_int(value(p, "ICMPerror.id"), 0x408b, "of the ping quoted");
	pkw_pkt_free(p);

	p = frame(49);
	is_text(p, "ICMP.code", "host-redirect");
	is_text(p, "ICMP.gw", "192.0.2.3");
	is_text(p, "IPerror.dst", "203.0.113.9");
	pkw_pkt_free(p);

	p = frame(65);
	is_int(value(p, "ICMPv6PacketTooBig.mtu"), 1300, "packet too big");
	is_text(p, "IPerror6.dst", "2001:db8:2::2");
	is_int(value(p, "ICMPv6EchoRequest.id"), 0x41a3, "quoted echo");
	pkw_pkt_free(p);
}

static void neighbours(void)
{
	struct pkw_pkt *p = frame(22); /* radvd's */

	is_int(value(p, "ICMPv6ND_RA.chlim"), 64, "hop limit");
	is_int(value(p, "ICMPv6ND_RA.M"), 1, "managed");
	is_int(value(p, "ICMPv6ND_RA.H"), 1, "home agent");
	is_text(p, "ICMPv6ND_RA.prf", "High");
	is_int(value(p, "ICMPv6ND_RA.routerlifetime"), 12, "lifetime");
	is_int(value(p, "ICMPv6NDOptPrefixInfo.L"), 1, "on-link");
	is_int(value(p, "ICMPv6NDOptPrefixInfo.A"), 0, "not autonomous");
	is_text(p, "ICMPv6NDOptPrefixInfo.prefix", "2001:db8:1::");
	is_int(value(p, "ICMPv6NDOptRouteInfo.plen"), 56, "a route");
	is_text(p, "ICMPv6NDOptRouteInfo.prf", "Low");
	is_text(p, "ICMPv6NDOptRouteInfo.prefix", "2001:db8:7:1::");
	is_text(p, "ICMPv6NDOptRDNSS.dns[1].address", "2001:db8:2::53");
	is_text(p, "ICMPv6NDOptDNSSL.searchlist[0].name", "example.com.");
	is_text(p, "ICMPv6NDOptDNSSL.searchlist[1].name", "lab.example.org.");
	is_int(value(p, "ICMPv6NDOptMTU.mtu"), 1480, "MTU");
	is_text(p, "ICMPv6NDOptSrcLLAddr.lladdr", "02:00:00:00:00:03");
	is_int(value(p, "ICMPv6NDOptAdvInterval.advint"), 4000, "interval");
	is_int(value(p, "ICMPv6NDOptHAInfo.lifetime"), 1000, "home agent");
	pkw_pkt_free(p);
}

static void groups(void)
{
	struct pkw_pkt *p = frame(103);

	is_text(p, "IGMPv3mr.records[0].rtype", "Allow New Sources");
	is_text(p, "IGMPv3mr.records[0].maddr", "239.9.9.9");
	is_text(p, "IGMPv3mr.records[0].srcaddrs[1].sa", "192.0.2.254");
	pkw_pkt_free(p);

	p = frame(113);
	is_text(p, "IGMPv3mq.gaddr", "239.9.9.9");
	is_int(value(p, "IGMPv3mq.numsrc"), 2, "a query for two sources");
	pkw_pkt_free(p);

	p = frame(106);
	is_int(value(p, "ICMPv6MLQuery2.mladdr") < 0, 1, "an MLDv2 query");
	is_int(value(p, "IPv6ExtHdrHopByHop.options[0].value"), 0,
	    "the router alert of MLD");
	pkw_pkt_free(p);

	p = frame(115);
	ok(pkw_layer_find(p, pkw_proto_find("ICMPv6MLQuery"), 0) > 0,
	    "a query of 24 bytes is MLDv1");
	pkw_pkt_free(p);
}

static void segments(void)
{
	struct pkw_pkt *p = frame(125);
	static const char srh[] = "IPv6ExtHdrSegmentRouting";
	char path[64];

	is_text(p, "IPv6.dst", "2001:db8:1::fe");
	snprintf(path, sizeof path, "%s.segleft", srh);
	is_int(value(p, path), 1, "one segment left");
	snprintf(path, sizeof path, "%s.addresses[0].address", srh);
	is_text(p, path, "2001:db8:2::2");
	is_text(p, "IPv6:2.dst", "2001:db8:5::1");
	pkw_pkt_free(p);
}

/* 1 if frame a answers frame q. */
static int answers(int q, int a)
{
	struct pkw_pkt *pq = frame(q), *pa = frame(a);
	int r = pkw_answers(pq, 1, pa, 1);

	pkw_pkt_free(pq);
	pkw_pkt_free(pa);
	return r;
}

static void who_answers(void)
{
	static const struct {
		int q, a, want;
		const char *what;
	} pairs[] = {
		{ 32, 33, 1, "echo reply" },
		{ 32, 35, 0, "echo reply of another ping" },
		{ 33, 32, 0, "a request answers nothing" },
		{ 44, 45, 1, "time exceeded" },
		{ 46, 45, 0, "time exceeded of another ping" },
		{ 46, 47, 1, "fragmentation needed" },
		{ 48, 49, 1, "redirect" },
		{ 51, 52, 1, "prohibited" },
		{ 76, 77, 1, "timestamp reply" },
		{ 78, 79, 1, "port unreachable" },
		{ 78, 81, 0, "of the other IP version" },
		{ 55, 56, 1, "ICMPv6 echo reply" },
		{ 55, 71, 0, "of another ping" },
		{ 62, 63, 1, "ICMPv6 time exceeded" },
		{ 64, 65, 1, "packet too big" },
		{ 64, 63, 0, "of another packet" },
		{ 67, 68, 1, "ICMPv6 prohibited" },
		{ 69, 68, 0, "another destination" },
		{ 80, 81, 1, "ICMPv6 port unreachable" },
		{ 83, 84, 1, "a quote with a hop-by-hop header" },
		{ 85, 84, 0, "other ports behind options" },
		{ 20, 22, 1, "router advertisement" },
		{ 30, 31, 1, "neighbour advertisement" },
		{ 30, 74, 0, "of another address" },
		{ 106, 110, 1, "MLDv2 report" },
		{ 115, 117, 1, "MLDv1 report" },
		{ 107, 109, 1, "IGMPv3 report" },
		{ 116, 122, 1, "IGMPv2 report" },
		{ 126, 127, 1, "by a segment routing header" },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		is_int(answers(pairs[i].q, pairs[i].a), pairs[i].want,
		    pairs[i].what);
}

static void builds(const char *text, const char *hex, const char *what)
{
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_diag d = { 0 };
	struct pkw_str s = PKW_STR_INIT;

	if (pkw_parse(p, text, &d) < 0)
		printf("# %s\n", d.text);
	pkw_str_hex(&s, pkw_bytes(p).p, pkw_bytes(p).len);
	is_str(s.s ? s.s : "", hex, what);
	pkw_str_free(&s);
	pkw_pkt_free(p);
}

static void forms(void)
{
	builds("IP(version=3,ihl=15,len=9,src='198.51.100.1',dst='192.0.2.1')/"
	       "ICMP()/'x'",
	    "3f00000900010000400194bdc6336401c00002010800"
	    "7fff0000000078",
	    "lies go out as they are");
	builds("IPv6ExtHdrHopByHop(options=[RouterAlert(),Jumbo()])",
	    "3b0105020000c2040000000001020000",
	    "options at their places, and padding behind");
	builds("IPv6ExtHdrHopByHop(autopad=0,options=[RouterAlert()])",
	    "3b0005020000", "not without autopad");
	builds("IPv6ExtHdrSegmentRouting(addresses=[],tlv_objects=["
	       "IPv6ExtHdrSegmentRoutingTLVHMAC(hmackeyid=1)])",
	    "3b01040000000000050600000000000" "1",
	    "an HMAC TLV as RFC 8754 section 2.1.2 has it");
	builds("ICMPv6NDOptRouteInfo(len=2,prefix='2001:db8:5::')",
	    "18020000ffffffff20010db800050000",
	    "a prefix as long as the length says");
	builds("ICMPv6NDOptDNSSL(searchlist=['a.b'])",
	    "1f020000ffffffff0161016200000000", "whole units");
	builds("ICMPExtensionHeader()/ICMPExtensionMPLS(stack="
	       "[MPLS(label=16,s=1,ttl=1)])",
	    "2000ddf40008010100010101", "RFC 4884: a sum over all objects");
}

/* Padding that a seal put in follows the edits after it. */
static void realigned(void)
{
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_edit *e = pkw_edit_new(
	    "del IPv6ExtHdrHopByHop.options[0]", NULL);
	struct pkw_str s = PKW_STR_INIT;

	pkw_parse(p, "IPv6ExtHdrHopByHop(options=[RouterAlert(),Jumbo()])",
	    NULL);
	is_int((int64_t)pkw_bytes(p).len, 16, "two options in 16 bytes");
	ok(e && pkw_edit_apply(e, p, NULL) == 1, "one is taken out");
	pkw_str_hex(&s, pkw_bytes(p).p, pkw_bytes(p).len);
	is_str(s.s ? s.s : "", "3b00c20400000000", "the other fills 8");
	pkw_str_free(&s);
	pkw_edit_free(e);
	pkw_pkt_free(p);
}

/* A sum around sums changes by what those leave of a change, RFC 1624. */
static void patched(void)
{
	static const char *const paths[] = { "UDPerror.dport", "UDPerror.sport",
		"IPerror.src", "IPerror.ttl", "IPerror.id", "IP.src" };
	struct pkw_pkt *p = frame(79);
	int icmp = pkw_layer_find(p, pkw_proto_find("ICMP"), 0);
	unsigned sum = (unsigned)pkw_field_find(
	    &pkw_proto_find("ICMP")->rec, "chksum");

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		unsigned field;
		int node;
		if (field_at(p, paths[i], &node, &field) < 0)
			continue;
		pkw_patch(p, pkw_node(p, node)->layer, field, 77 + i);
		is_int(value(p, paths[i]), 77 + (int64_t)i, paths[i]);
		is_int(pkw_sum_ok(p, icmp, sum), 1, "ICMP's sum is right");
	}
	for (int i = 1; i < 4; i += 2)
		is_int(pkw_sum_ok(p, i, 9), 1, "IP's sum is right");
	pkw_pkt_free(p);
}

int main(void)
{
	load();
	kernel_sums();
	round_trip();
	options();
	errors();
	neighbours();
	groups();
	segments();
	who_answers();
	forms();
	realigned();
	patched();
	return done();
}
