/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments, and what this kernel makes of them.
 *
 * Policy `linux-drop' says it does what Linux does: random fragments, with
 * overlaps, empty ones, odd ends and contradictions, are sent to the peer, who
 * listens on a raw socket, and given to a table; both must put the same
 * datagrams together.  Each datagram ends with a packet that is none, so that
 * nobody has to wait for what does not come.  (What kernels up to 4.18 did is
 * not to be had here.)
 *
 * Then echo requests are cut up by us, put together by the kernel, and its
 * answer the other way round.
 */
#include "lab.h"

#include <pkw/build.h>
#include <pkw/defrag.h>
#include <pkw/net.h>
#include <pkw/text.h>

#include <netinet/in.h>
#include <sys/socket.h>

enum { PROTO = 253, CASES = 1500, LINK_HEAD = 14, UNIT = 8, LAST = 0xffff };

static struct pkw_diag d;
static struct pkw_link *near;
static struct pkw_pkt *pkt;
static int v6;
static uint32_t seed = 1;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static void put16(uint8_t *b, unsigned v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

/* An IP header in front of len bytes; whether it is a fragment. */
static size_t header(uint8_t *b, unsigned id, unsigned at, int more,
    unsigned len, int fragment)
{
	size_t n = v6 ? (fragment ? 48 : 40) : 20;

	memset(b, 0, n);
	if (v6) {
		static const uint8_t near6[8] = { 0xfd, 0, 0, 9 };
		b[0] = 0x60;
		put16(b + 4, (unsigned)n - 40 + len);
		b[6] = fragment ? 44 : PROTO;
		b[7] = 64;
		memcpy(b + 8, near6, 8);
		memcpy(b + 24, near6, 8);
		b[23] = 1;
		b[39] = 2;
		if (fragment) {
			b[40] = PROTO;
			put16(b + 42, at | (more ? 1 : 0));
			put16(b + 46, id);
		}
		return n;
	}
	static const uint8_t ends[8] = { 10, 9, 0, 1, 10, 9, 0, 2 };
	b[0] = 0x45;
	put16(b + 2, 20 + len);
	put16(b + 4, id);
	put16(b + 6, at / UNIT | (more ? 0x2000 : 0));
	b[8] = 64;
	b[9] = PROTO;
	memcpy(b + 12, ends, 8);
	uint32_t sum = 0;
	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)b[i] << 8 | b[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(b + 10, ~(sum + (sum >> 16)) & 0xffff);
	return n;
}

/* The payload of a datagram: number and length of what it held, hashed. */
static uint64_t digest(const uint8_t *b, size_t n)
{
	uint64_t h = n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* What came to the peer up to the packet that ends case `id', summed. */
static uint64_t there(int sock, unsigned id, int *count)
{
	uint8_t b[70000];
	uint64_t sum = 0;

	*count = 0;
	for (;;) {
		ssize_t n = recv(sock, b, sizeof b, 0);
		size_t head = v6 ? 0 : 20;
		if (n < (ssize_t)head) {
			*count = -1; /* the end did not come in time */
			return sum;
		}
		const uint8_t *p = b + head;
		size_t len = (size_t)n - head;
		if (len == 4 && p[0] == 0xff && p[1] == 0xff &&
		    (unsigned)(p[2] << 8 | p[3]) == id)
			return sum;
		sum += digest(p, len);
		++*count;
	}
}

static void send_it(const uint8_t *frame, size_t len)
{
	if (pkw_link_put(near, 0, frame, len, &d) < 0)
		printf("# %s\n", d.text);
}

struct told {
	unsigned events[PKW_DEFRAG__N];
};

static void on_event(void *arg, const struct pkw_defrag_event *e)
{
	((struct told *)arg)->events[e->what]++;
}

/* One fragment goes both ways; what we make of it. */
static uint64_t fragment(struct pkw_defrag *g, unsigned id, uint8_t mark,
    unsigned blocks, int *count)
{
	uint8_t b[LINK_HEAD + 48 + 64] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	unsigned at = rnd(blocks) * UNIT, len = (1 + rnd(3)) * UNIT;
	int more = at + len < blocks * UNIT || rnd(8) == 0;

	if (rnd(30) == 0)
		len -= rnd(8) + 1;
	put16(b + 12, v6 ? 0x86dd : 0x0800);
	size_t head = LINK_HEAD + header(b + LINK_HEAD, id, at, more, len, 1);
	memset(b + head, mark, len);
	send_it(b, head + len);
	struct pkw_pkt *q = pkt;
	pkw_dissect(pkt, pkw_link_proto(1), b, head + len, 0);
	int r = pkw_defrag_put(g, NULL, &q);
	if (r <= 0 || (q == pkt && !v6 && (more || at)))
		return 0;
	struct pkw_span s = pkw_bytes(q);
	size_t skip = LINK_HEAD + (!v6 ? 20 : q == pkt ? 48 : 40);
	++*count;
	return digest(s.p + skip, s.len - skip);
}

static void like_the_kernel(int sock)
{
	struct told told = { { 0 } };
	struct pkw_defrag *g = pkw_defrag_new(&(struct pkw_defrag_opts){
	    .policy = PKW_POLICY_LINUX_DROP, .on_event = on_event,
	    .arg = &told });
	int same = 0, whole = 0;

	for (unsigned id = 1; id <= CASES; id++) {
		int here_n = 0, there_n;
		uint64_t here = 0;
		unsigned blocks = 2 + rnd(5), n = 3 + rnd(10);
		for (unsigned i = 0; i < n; i++)
			here += fragment(g, id, (uint8_t)('a' + i), blocks,
			    &here_n);
		uint8_t b[LINK_HEAD + 44] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
		put16(b + 12, v6 ? 0x86dd : 0x0800);
		size_t head = LINK_HEAD +
		    header(b + LINK_HEAD, LAST, 0, 0, 4, 0);
		put16(b + head, LAST);
		put16(b + head + 2, id);
		send_it(b, head + 4);
		pkw_link_flush(near, &d);
		uint64_t sum = there(sock, id, &there_n);
		same += sum == here && here_n == there_n;
		if (sum != here || here_n != there_n)
			printf("# case %u: %d here, %d there\n", id, here_n,
			    there_n);
		whole += here_n;
	}
	is_int(same, CASES, v6 ? "IPv6: linux-drop does what this kernel does"
	    : "IPv4: linux-drop does what this kernel does");
	ok(whole > CASES / 10 && told.events[PKW_DEFRAG_DROPPED] > CASES / 10 &&
	    told.events[PKW_DEFRAG_OVERLAP] > CASES / 10,
	    "... with %d datagrams, %u dropped", whole,
	    told.events[PKW_DEFRAG_DROPPED]);
	pkw_defrag_free(g);
}

static int raw_there(int family)
{
	int back = lab_enter_peer();
	int s = socket(family, SOCK_RAW | SOCK_CLOEXEC, PROTO);
	struct timeval soon = { .tv_sec = 5 };

	lab_return(back);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
	return s;
}

static int send_part(void *arg, struct pkw_pkt *p)
{
	int *n = arg;
	struct pkw_span s = pkw_bytes(p);

	++*n;
	return pkw_link_put(near, 0, s.p, s.len, &d);
}

/* Cut up here, answered there in fragments, put together here. */
static void echo(const char *ip, const char *icmp, unsigned type)
{
	static char text[9000];
	struct pkw_pkt *q = pkw_pkt_new(), *a;
	struct pkw_defrag *g = pkw_defrag_new(NULL);
	struct pkw_frame f;
	char load[4001];
	int parts = 0, back = 0, r = 0;

	for (int i = 0; i < 4000; i++)
		load[i] = (char)('a' + i % 23);
	load[4000] = '\0';
	snprintf(text, sizeof text, "Ether(src=\"02:00:00:00:00:01\","
	    "dst=\"02:00:00:00:00:02\")/%s/%s/Raw(load=b\"%s\")", ip, icmp,
	    load);
	if (pkw_parse(q, text, &d) < 0)
		printf("# %s\n", d.text);
	pkw_seal(q, 0);
	r = pkw_fragment(q, &(struct pkw_fragment_opts){ .mtu = 700 }, send_part,
	    &parts);
	ok(r == parts && r > 5, "an echo request in %d fragments", r);
	pkw_link_flush(near, &d);
	for (r = 0; pkw_link_next(near, &f, 3000, &d) > 0;) {
		if (f.flags & PKW_FRAME_OUT)
			continue;
		pkw_dissect(pkt, pkw_link_proto(f.link), f.data, f.caplen, 0);
		a = pkt;
		back++;
		r = pkw_defrag_put(g, &f, &a);
		if (r > 0 && a != pkt)
			break;
	}
	ok(r > 0 && back > 2, "the answer came in %d", back);
	struct pkw_span s = r > 0 ? pkw_bytes(a) : pkw_bytes(q);
	ok(r > 0 && s.len == pkw_bytes(q).len &&
	    memcmp(s.p + s.len - 4000, load, 4000) == 0, "... is whole");
	const struct pkw_view *v = pkw_view(r > 0 ? a : q);
	int layer = v->nlayers > 2 ? 2 : 0;
	is_int((int64_t)pkw_u(r > 0 ? a : q, layer, 0), type, "... is an answer");
	int sum = pkw_field_find(&v->layers[layer].proto->rec, "chksum");
	if (sum < 0)
		sum = pkw_field_find(&v->layers[layer].proto->rec, "cksum");
	is_int(pkw_sum_ok(r > 0 ? a : q, layer, (unsigned)sum), 1,
	    "... its checksum is right");
	pkw_defrag_free(g);
	pkw_pkt_free(q);
}

int main(void)
{
	lab_begin();
	sh("ip link add near address 02:00:00:00:00:01 type veth peer name far "
	   "address 02:00:00:00:00:02 netns %d", lab_peer);
	sh("ip addr add 10.9.0.1/24 dev near");
	sh("ip addr add fd00:9::1/64 dev near nodad");
	sh("ip link set near up");
	peer("ip addr add 10.9.0.2/24 dev far");
	peer("ip addr add fd00:9::2/64 dev far nodad");
	peer("ip link set far mtu 1280 up");
	peer("ip neigh add 10.9.0.1 lladdr 02:00:00:00:00:01 dev far");
	peer("ip neigh add fd00:9::1 lladdr 02:00:00:00:00:01 dev far");
	int sock[2] = { raw_there(AF_INET), raw_there(AF_INET6) };
	pkt = pkw_pkt_new();
	near = pkw_link_open("near", &(struct pkw_link_opts){
	    .flags = PKW_LINK_IMMEDIATE,
	    .filter = "ip proto 1 or ip6 proto 44 or ip6 proto 58" }, &d);
	if (!near) {
		printf("Bail out! %s\n", d.text);
		return 1;
	}
	lab_sleep(1500); /* until IPv6 is ready */
	for (v6 = 0; v6 <= lab_ipv6; v6++)
		like_the_kernel(sock[v6]);
	pkw_link_close(near);
	near = pkw_link_open("near", &(struct pkw_link_opts){
	    .flags = PKW_LINK_IMMEDIATE, .filter = "ip proto 1 or "
	    "(ip6[6] = 44 and src host fd00:9::2)" }, &d);
	echo("IP(src=\"10.9.0.1\",dst=\"10.9.0.2\",id=77)",
	    "ICMP(id=7,seq=1)", 0);
	if (lab_ipv6)
		echo("IPv6(src=\"fd00:9::1\",dst=\"fd00:9::2\")",
		    "ICMPv6EchoRequest(id=7,seq=1)", 129);
	pkw_link_close(near);
	pkw_pkt_free(pkt);
	return done();
}
