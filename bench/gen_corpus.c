/* SPDX-License-Identifier: BSD-2-Clause */
/* gen_corpus OUT.pcap N [seed [big|small]] - deterministic mixed corpus, classic pcap, Ethernet, correct checksums.
 *
 * 50% TCP/IPv4 (options; simple-IMIX 7:4:1 small/576/1500)   15% UDP/DNS over IPv4 (query, response)
 * 10% TCP/IPv6        5% VLAN (80% 802.1Q, 20% QinQ; TCP or DNS inside)
 *  5% ICMP (echo, unreachable, time exceeded)   5% ARP   5% VXLAN (Ether/IPv4/TCP inside)
 *  5% UDP/IPv6 (half DNS, half bulk; 10% with a hop-by-hop header)
 * 0.5% of the TCP/IPv4 packets carry an IP option (router alert).  Frames under 60 bytes are zero padded.
 * big / small: TCP/IPv4 only, all frames of the largest / smallest IMIX class (to separate per-byte from per-packet cost).
 * TCP/UDP ports other than 53 and 4789 are chosen so that no upper-layer dissector of any peer claims them.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t S;
static int only;		/* 0 mix, 1 small, 2 big */
static uint64_t rnd(void) { S ^= S << 13; S ^= S >> 7; S ^= S << 17; return S * 0x2545F4914F6CDD1DULL >> 16; }
static unsigned R(unsigned n) { return (unsigned)(rnd() % n); }

static uint8_t B[4096], blob[1 << 16];
static int L;
static void p8(unsigned v) { B[L++] = v; }
static void p16(unsigned v) { p8(v >> 8 & 255); p8(v & 255); }
static void p32(uint32_t v) { p16(v >> 16); p16(v & 0xffff); }
static void pn(const void *s, int n) { memcpy(B + L, s, n); L += n; }
static void s16(int at, unsigned v) { B[at] = v >> 8; B[at + 1] = v; }

static uint32_t sum(const uint8_t *p, int n, uint32_t s)
{
	for (; n > 1; n -= 2, p += 2) s += p[0] << 8 | p[1];
	if (n) s += p[0] << 8;
	return s;
}
static unsigned fold(uint32_t s) { while (s >> 16) s = (s & 0xffff) + (s >> 16); return ~s & 0xffff; }

struct flow { uint8_t mac[12]; uint8_t a[32]; uint16_t sp, dp; uint32_t seq, ack, ts; uint16_t id; uint8_t ttl, tos; };
static struct flow F4[4096], F6[1024], U4[512], U6[256];

static void mkflow(struct flow *f, int v6, int dns)
{
	static const uint16_t srv[] = { 5201, 9011, 17171, 6101, 10443, 12865 };
	static const uint8_t ttls[] = { 64, 64, 63, 57, 128, 120, 255, 52 };
	for (int i = 0; i < 12; i++) f->mac[i] = R(256);
	f->mac[0] = 2; f->mac[6] = 2;
	if (v6) {
		for (int i = 0; i < 32; i++) f->a[i] = R(256);
		memcpy(f->a, "\x20\x01\x0d\xb8", 4); memcpy(f->a + 16, "\x20\x01\x0d\xb8", 4);
		memset(f->a + 6, 0, 2); memset(f->a + 22, 0, 2);
	} else {
		/* clients from everywhere, 64 servers: tcpdump hashes an address by its first 12 bits, thousands of hosts
		 * of one /12 would measure its collisions */
		f->a[0] = 11 + R(189); f->a[1] = R(256); f->a[2] = R(256); f->a[3] = 1 + R(254);
		f->a[4] = 192; f->a[5] = 168; f->a[6] = R(4); f->a[7] = 1 + R(16);
	}
	f->sp = 32768 + R(28000); f->dp = dns ? 53 : srv[R(6)];
	f->seq = rnd(); f->ack = rnd(); f->ts = rnd(); f->id = rnd();
	f->ttl = ttls[R(8)]; f->tos = R(10) ? 0 : 0x28;
}

static void mac(struct flow *f, int rev) { pn(f->mac + (rev ? 6 : 0), 6); pn(f->mac + (rev ? 0 : 6), 6); }
static int ip4(struct flow *f, int rev, int proto, int ropt)
{
	int at = L;
	p8(0x45 + ropt); p8(f->tos); p16(0); p16(f->id++); p16(0x4000); p8(f->ttl); p8(proto); p16(0);
	pn(f->a + (rev ? 4 : 0), 4); pn(f->a + (rev ? 0 : 4), 4);
	if (ropt) p32(0x94040000);
	return at;
}
static int ip6(struct flow *f, int rev, int proto, int hbh)
{
	int at = L;
	p32(0x60000000 | f->tos << 20 | (f->id & 0xfffff)); p16(0); p8(hbh ? 0 : proto); p8(f->ttl);
	pn(f->a + (rev ? 16 : 0), 16); pn(f->a + (rev ? 0 : 16), 16);
	if (hbh) { p8(proto); p8(0); p32(0x05020000); p16(0x0100); }	/* router alert + PadN(0) */
	return at;
}
static void end4(int at, int l4, int proto, int ck)	/* lengths and checksums of an IPv4 packet */
{
	int hl = (B[at] & 15) * 4;
	s16(at + 2, L - at); s16(at + 10, fold(sum(B + at, hl, 0)));
	if (ck) {
		uint32_t s = sum(B + at + 12, 8, proto + L - l4);
		unsigned c = fold(sum(B + l4, L - l4, s));
		s16(l4 + ck, proto == 17 && !c ? 0xffff : c);
	}
}
static void end6(int at, int l4, int proto, int ck)
{
	s16(at + 4, L - at - 40);
	unsigned c = fold(sum(B + l4, L - l4, sum(B + at + 8, 32, proto + L - l4)));
	s16(l4 + ck, proto == 17 && !c ? 0xffff : c);
}
static void payload(int n)	/* random bytes behind a fixed mark, so that heuristic dissectors stay out */
{
	if (n > 4) { pn("\xff\xfePK", 4); n -= 4; }
	pn(blob + R(sizeof blob - n), n);
}
/* TCP header + payload so that the IP packet is of an IMIX size; iplen = bytes of IP header already there */
static void tcp(struct flow *f, int rev, int iphl, int mtu)
{
	int imix = R(12), kind = R(100), fl, n = 0;
	uint8_t o[40]; int ol = 0;
	f->ts += R(50);
	if (only) imix = only == 2 ? 11 : 0;
#define TS() (memcpy(o + ol, "\1\1\x08\x0a", 4), o[ol + 4] = f->ts >> 24, o[ol + 5] = f->ts >> 16, \
	o[ol + 6] = f->ts >> 8, o[ol + 7] = f->ts, memcpy(o + ol + 8, &f->ack, 4), ol += 12)
	if (imix < 7) {
		if (kind < 10 || kind < 20) {
			fl = kind < 10 ? 0x02 : 0x12;
			memcpy(o, "\2\4\5\xb4\4\2\x08\x0a", 8);
			for (int i = 8; i < 16; i++) o[i] = R(256);
			memcpy(o + 16, "\1\3\3\7", 4); ol = 20;
		} else if (kind < 80) { fl = 0x10; TS(); }
		else if (kind < 88) {
			fl = 0x10; TS(); memcpy(o + ol, "\1\1\5\x0a", 4);
			for (int i = 0; i < 8; i++) o[ol + 4 + i] = R(256);
			ol += 12;
		} else if (kind < 96) { fl = 0x11; TS(); }
		else fl = 0x04;
	} else {
		fl = R(3) ? 0x10 : 0x18; TS();
		n = (imix < 11 ? 576 : mtu) - iphl - 20 - ol;
	}
	int t = L;
	p16(rev ? f->dp : f->sp); p16(rev ? f->sp : f->dp); p32(rev ? f->ack : f->seq);
	p32(fl == 2 ? 0 : rev ? f->seq : f->ack); p8((20 + ol) / 4 << 4); p8(fl); p16(512 + R(60000)); p16(0); p16(0);
	pn(o, ol); payload(n); (void)t;
	if (rev) f->ack += n; else f->seq += n;
}
static void qname(unsigned h)
{
	static const char *a[] = { "www", "api", "cdn", "mail", "static", "img", "ns1", "edge" };
	static const char *b[] = { "alpha", "bravo", "charlie", "delta-labs", "echo", "foxtrot", "golf-media", "hotel",
		"india", "juliett", "kilo", "lima", "mike", "november", "oscar", "papa" };
	static const char *c[] = { "com", "net", "org", "example", "io", "co" };
	const char *l[3] = { a[h & 7], b[h >> 3 & 15], c[(h >> 7) % 6] };
	for (int i = 0; i < 3; i++) { int n = strlen(l[i]); p8(n); pn(l[i], n); }
	p8(0);
}
static void dns(struct flow *f, int rev, int v6)
{
	int u = L; unsigned h = R(1 << 10), q = v6 ? 28 : 1, edns = R(2), na = rev ? 1 + R(3) : 0, cn = rev && !R(4);
	p16(rev ? 53 : f->sp); p16(rev ? f->sp : 53); p16(0); p16(0);
	p16(h * 57 + f->sp); p16(rev ? 0x8180 : 0x0100); p16(1); p16(na + cn); p16(0); p16(edns);
	qname(h); p16(q); p16(1);
	int owner = 0xc00c;
	if (cn) {
		p16(owner); p16(5); p16(1); p32(300);
		int lenat = L; p16(0); owner = 0xc000 | (L - (u + 8));
		p8(5); pn("edge7", 5); p16(0xc00c + 1 + B[u + 8 + 12]);
		s16(lenat, L - lenat - 2);
	}
	for (unsigned i = 0; i < na; i++) {
		p16(owner); p16(q); p16(1); p32(60 + R(3000)); p16(v6 ? 16 : 4);
		if (v6) { p32(0x20010db8); p32(R(1 << 30)); p32(0); p32(R(1 << 30)); } else p32(0xc6336400 | R(256));
	}
	if (edns) { p8(0); p16(41); p16(1232); p32(0x00008000); p16(0); }
	s16(u + 4, L - u);
}

int main(int ac, char **av)
{
	if (ac < 3) return fprintf(stderr, "usage: gen_corpus OUT N [seed]\n"), 2;
	long n = atol(av[2]); S = ac > 3 && atoll(av[3]) ? strtoull(av[3], 0, 0) : 0x9E3779B97F4A7C15ULL;
	if (ac > 4) only = av[4][0] == 'b' ? 2 : 1;
	FILE *o = fopen(av[1], "wb"); if (!o) return perror(av[1]), 1;
	static char ob[1 << 20]; setvbuf(o, ob, _IOFBF, sizeof ob);
	for (unsigned i = 0; i < sizeof blob; i++) blob[i] = rnd();
	for (int i = 0; i < 4096; i++) mkflow(F4 + i, 0, 0);
	for (int i = 0; i < 1024; i++) mkflow(F6 + i, 1, 0);
	for (int i = 0; i < 512; i++) mkflow(U4 + i, 0, 1);
	for (int i = 0; i < 256; i++) mkflow(U6 + i, 1, 1);
	uint32_t gh[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1 };
	fwrite(gh, 4, 6, o);
	uint64_t us = 1700000000ULL * 1000000, cnt[8] = { 0 }, bytes = 0;
	for (long i = 0; i < n; i++) {
		int k = only ? 0 : R(100), rev = R(2), at, l4;
		struct flow *f; L = 0;
		if (k < 50) {
			cnt[0]++; f = F4 + R(4096); mac(f, rev); p16(0x0800);
			at = ip4(f, rev, 6, !R(200)); l4 = L; tcp(f, rev, l4 - at, 1500); end4(at, l4, 6, 16);
		} else if (k < 65) {
			cnt[1]++; f = U4 + R(512); mac(f, rev); p16(0x0800);
			at = ip4(f, rev, 17, 0); l4 = L; dns(f, rev, 0); end4(at, l4, 17, 6);
		} else if (k < 75) {
			cnt[2]++; f = F6 + R(1024); mac(f, rev); p16(0x86dd);
			at = ip6(f, rev, 6, 0); l4 = L; tcp(f, rev, 40, 1500); end6(at, l4, 6, 16);
		} else if (k < 80) {
			cnt[3]++; int d = !R(4); f = d ? U4 + R(512) : F4 + R(4096); mac(f, rev);
			if (!R(5)) { p16(0x88a8); p16(100 + R(8)); }
			p16(0x8100); p16(R(8) << 13 | (1 + R(4000))); p16(0x0800);
			at = ip4(f, rev, d ? 17 : 6, 0); l4 = L;
			if (d) { dns(f, rev, 0); end4(at, l4, 17, 6); } else { tcp(f, rev, 20, 1500); end4(at, l4, 6, 16); }
		} else if (k < 85) {
			cnt[4]++; int t = R(10); f = F4 + R(4096); mac(f, rev); p16(0x0800);
			at = ip4(f, rev, 1, 0); l4 = L;
			if (t < 7) { p8(rev ? 0 : 8); p8(0); p16(0); p16(f->sp); p16(R(1000)); payload(56); }
			else {
				p8(t < 9 ? 3 : 11); p8(t < 9 ? 3 : 0); p16(0); p32(0);
				int a2 = ip4(f, !rev, 17, 0); p16(f->sp); p16(33434 + R(90)); p16(40); p16(R(65536));
				s16(a2 + 2, 60); s16(a2 + 10, fold(sum(B + a2, 20, 0)));
			}
			s16(l4 + 2, fold(sum(B + l4, L - l4, 0))); end4(at, l4, 1, 0);
		} else if (k < 90) {
			cnt[5]++; f = F4 + R(4096); int op = 1 + R(2);
			if (op == 1) { pn("\xff\xff\xff\xff\xff\xff", 6); pn(f->mac + 6, 6); } else mac(f, 0);
			p16(0x0806); p16(1); p16(0x0800); p8(6); p8(4); p16(op);
			pn(f->mac + 6, 6); pn(f->a, 4);
			if (op == 1) { p32(0); p16(0); } else pn(f->mac, 6);
			pn(f->a + 4, 4);
		} else if (k < 95) {
			cnt[6]++; f = F4 + R(4096); struct flow *g = F4 + R(4096); mac(f, rev); p16(0x0800);
			at = ip4(f, rev, 17, 0); l4 = L;
			p16(49152 + R(16000)); p16(4789); p16(0); p16(0);
			p32(0x08000000); p32((5000 + R(64)) << 8);
			mac(g, rev); p16(0x0800); int a2 = ip4(g, rev, 6, 0), l2 = L; tcp(g, rev, 20, 1400); end4(a2, l2, 6, 16);
			s16(l4 + 4, L - l4); end4(at, l4, 17, 0);
		} else {
			cnt[7]++; f = U6 + R(256); mac(f, rev); p16(0x86dd);
			at = ip6(f, rev, 17, !R(10)); l4 = L;
			if (R(2)) dns(f, rev, 1);
			else { int m = 100 + R(1100); p16(f->sp); p16(15004); p16(8 + m); p16(0); payload(m); }
			end6(at, l4, 17, 6);
		}
		while (L < 60) p8(0);
		us += R(20);
		uint32_t rh[4] = { us / 1000000, us % 1000000, L, L };
		fwrite(rh, 4, 4, o); fwrite(B, 1, L, o); bytes += L;
	}
	if (fclose(o)) return perror("write"), 1;
	static const char *nm[] = { "tcp4", "dns4", "tcp6", "vlan", "icmp", "arp", "vxlan", "udp6" };
	printf("%ld packets, %.1f bytes mean", n, (double)bytes / n);
	for (int i = 0; i < 8; i++) printf(" %s=%lu", nm[i], cnt[i]);
	puts("");
	return 0;
}
