/* SPDX-License-Identifier: BSD-2-Clause */
/* hand_c WORKLOAD FILE [OUT|SIZE] - hand-written C, the estimate of what the machine can do.
 * walk: hop the records only.  mem: parse+touch from private memory.  hot: the first MiB 300 times (in L2).
 *  mmap / read: the same from the file.
 * full: mem + DNS names and answers + VXLAN inner headers.  build: patch a template, full checksums.
 * build2: the same with incremental checksums.  edit: mmap, edit in place (private pages), one write per MiB.
 * editbuf: read 1 MiB, edit in the buffer, write it.  copy: the same without edit.  json: every field as JSON.
 */
#include "bench.h"

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS uint64_t touch(const uint8_t *p, uint32_t len)
{
	const uint8_t *e = p + len, *q = p + 14;
	uint64_t s = 0; unsigned et = BE16(p + 12), pr;
	while (et == 0x8100 || et == 0x88a8) { if (e - q < 4) return s; et = BE16(q + 2); q += 4; }
	if (et == 0x0800) {
		if (e - q < 20) return s;
		unsigned hl = (q[0] & 15) * 4; if (hl < 20 || e - q < (long)hl) return s;
		s = (uint64_t)BE32(q + 12) + BE32(q + 16) + q[8]; pr = q[9];
		if (BE16(q + 6) & 0x1fff) return s;
		q += hl;
	} else if (et == 0x86dd) {
		if (e - q < 40) return s;
		for (int i = 8; i < 40; i += 4) s += BE32(q + i);
		s += q[7]; pr = q[6]; q += 40;
		while (pr == 0 || pr == 43 || pr == 60) {
			if (e - q < 8) return s;
			pr = q[0]; unsigned n = q[1] * 8 + 8; if (e - q < (long)n) return s; q += n;
		}
	} else return s;
	if (pr == 6) { if (e - q >= 20) s += BE16(q) + BE16(q + 2) + q[13]; }
	else if (pr == 17) { if (e - q >= 8) s += BE16(q) + BE16(q + 2); }
	return s;
}

/* touch + the upper layers: DNS header, every name decompressed into a buffer and hashed, VXLAN inner */
static int dname(const uint8_t *m, const uint8_t *e, const uint8_t *q, char *out, const uint8_t **next)
{
	int o = 0, hops = 0; *next = 0;
	for (;;) {
		if (q >= e) return -1;
		unsigned l = *q;
		if (l >= 192) {
			if (e - q < 2 || ++hops > 16) return -1;
			if (!*next) *next = q + 2;
			q = m + (BE16(q) & 0x3fff);
		} else if (!l) { if (!*next) *next = q + 1; break; }
		else { if (e - q < (long)l + 1 || o + l + 1 > 255) return -1; memcpy(out + o, q + 1, l); o += l; out[o++] = '.'; q += l + 1; }
	}
	return o;
}
static uint64_t full(const uint8_t *p, uint32_t len)
{
	uint64_t s = touch(p, len);
	const uint8_t *e = p + len, *q = p + 14; unsigned et = BE16(p + 12), pr;
	while (et == 0x8100 || et == 0x88a8) { et = BE16(q + 2); q += 4; }
	if (et == 0x0800) { pr = q[9]; q += (q[0] & 15) * 4; }
	else if (et == 0x86dd) { pr = q[6]; q += 40; while (pr == 0) { pr = q[0]; q += q[1] * 8 + 8; } }
	else return s;
	if (pr != 17) return s;
	unsigned sp = BE16(q), dp = BE16(q + 2); q += 8;
	if (dp == 4789) return s + touch(q + 8, e - q - 8);
	if ((sp == 53 || dp == 53) && e - q >= 12) {
		const uint8_t *m = q, *nx; char nm[256]; int l;
		int nq = BE16(q + 4), nr = BE16(q + 6) + BE16(q + 8) + BE16(q + 10);
		s += BE16(q); q += 12;
		while (nq--) { if ((l = dname(m, e, q, nm, &nx)) < 0) return s; for (int i = 0; i < l; i += 8) s += nm[i]; s += BE16(nx); q = nx + 4; }
		while (nr--) { if ((l = dname(m, e, q, nm, &nx)) < 0 || e - nx < 10) return s; for (int i = 0; i < l; i += 8) s += nm[i]; s += BE16(nx) + BE32(nx + 4); q = nx + 10 + BE16(nx + 8); }
	}
	return s;
}

#define LOOP(b, len, EXPR) for (const uint8_t *r_ = (b) + 24, *e_ = (b) + (len); r_ + 16 <= e_;) { \
	uint32_t cl = LE32(r_ + 8); const uint8_t *pk = r_ + 16; if (pk + cl > e_) break; \
	__builtin_prefetch(r_ + 1024); EXPR; n++; r_ = pk + cl; }

ALWAYS uint64_t csum64(const uint8_t *p, size_t n)	/* 64-bit loads, end-around carry; host-order partial sum */
{
	uint64_t a = 0, b = 0, v, w;
	while (n >= 16) { memcpy(&v, p, 8); memcpy(&w, p + 8, 8); a += v; a += a < v; b += w; b += b < w; p += 16; n -= 16; }
	if (n >= 8) { memcpy(&v, p, 8); a += v; a += a < v; p += 8; n -= 8; }
	if (n) { v = 0; memcpy(&v, p, n); b += v; b += b < v; }
	a += b; a += a < b;
	return a;
}
ALWAYS unsigned fold64(uint64_t s)
{
	s = (s & 0xffffffff) + (s >> 32); s = (s & 0xffffffff) + (s >> 32);
	s = (s & 0xffff) + (s >> 16); s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}
ALWAYS uint64_t add64(uint64_t a, uint64_t b) { a += b; return a + (a < b); }

static void put16(uint8_t *p, unsigned v) { p[0] = v >> 8; p[1] = v; }
static void put32(uint8_t *p, uint32_t v) { v = __builtin_bswap32(v); memcpy(p, &v, 4); }

static void build(const char *work, int size, int incr)
{
	uint8_t t[2048], b[2048]; uint64_t s = 0; int plen = size - 66; if (plen < 0) plen = 0; size = 66 + plen;
	memset(t, 0, sizeof t);
	memcpy(t, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x45\0", 16); put16(t + 16, size - 14); t[22] = 64; t[23] = 6;
	put32(t + 26, 0x0a000001); t[46] = 0x80; t[47] = 0x18; put16(t + 48, 8192);
	memcpy(t + 54, "\1\1\x08\x0a\0\1\2\3\4\5\6\7", 12); for (int i = 0; i < plen; i++) t[66 + i] = i;
	bench_start();
	unsigned ipbase = fold64(csum64(t + 14, 20));
	unsigned tcpbase = fold64(add64(csum64(t + 34, size - 34), add64(csum64(t + 26, 8), __builtin_bswap16(6) + (uint64_t)__builtin_bswap16(size - 34))));
	if (incr) memcpy(b, t, size);
	for (uint32_t i = 0; i < BUILD_N; i++) {
		if (!incr) memcpy(b, t, size);
		put16(b + 18, i); put32(b + 30, 0xc0a80000 | (i & 0xffff)); put16(b + 34, 1024 + (i & 0x7fff)); put16(b + 36, 80); put32(b + 38, i * 7);
		b[24] = b[25] = b[50] = b[51] = 0;
		uint64_t ic, tc;
		if (incr) {
			uint16_t a16; uint32_t d32, p32, q32; memcpy(&a16, b + 18, 2); memcpy(&d32, b + 30, 4); memcpy(&p32, b + 34, 4); memcpy(&q32, b + 38, 4);
			ic = (uint64_t)ipbase + a16 + d32; tc = (uint64_t)tcpbase + d32 + p32 + q32;
		} else {
			ic = csum64(b + 14, 20);
			tc = add64(csum64(b + 34, size - 34), add64(csum64(b + 26, 8), __builtin_bswap16(6) + (uint64_t)__builtin_bswap16(size - 34)));
		}
		uint16_t c = ~fold64(ic); memcpy(b + 24, &c, 2); c = ~fold64(tc); memcpy(b + 50, &c, 2);
		__asm__ volatile("" : : "r"(b) : "memory");
		s += BE16(b + 24) + BE16(b + 50);
	}
	char w[32]; snprintf(w, sizeof w, "%s%d", work, size);
	bench_stop("hand_c", w, BUILD_N, s);
}

/* outer IPv4: dst = 10.99.x.y, ttl-1; checksums by RFC 1624 */
ALWAYS void edit1(uint8_t *p, uint32_t len)
{
	uint8_t *e = p + len, *q = p + 14; unsigned et = BE16(p + 12);
	while (et == 0x8100 || et == 0x88a8) { if (e - q < 4) return; et = BE16(q + 2); q += 4; }
	if (et != 0x0800 || e - q < 20) return;
	unsigned hl = (q[0] & 15) * 4; if (hl < 20 || e - q < (long)hl) return;
	uint32_t od, nd; memcpy(&od, q + 16, 4); nd = (od & 0xffff0000u) | 0x0000630a; memcpy(q + 16, &nd, 4);
	uint16_t ot, nt, c; memcpy(&ot, q + 8, 2); q[8]--; memcpy(&nt, q + 8, 2);
	uint64_t d = (uint64_t)(uint32_t)~od + nd;
	memcpy(&c, q + 10, 2); c = ~fold64(d + (uint16_t)~ot + nt + (uint16_t)~c); memcpy(q + 10, &c, 2);
	unsigned pr = q[9]; if (BE16(q + 6) & 0x1fff) return;
	q += hl;
	if (pr == 6 && e - q >= 20) { memcpy(&c, q + 16, 2); c = ~fold64(d + (uint16_t)~c); memcpy(q + 16, &c, 2); }
	else if (pr == 17 && e - q >= 8) {
		memcpy(&c, q + 6, 2);
		if (c) { c = ~fold64(d + (uint16_t)~c); if (!c) c = 0xffff; memcpy(q + 6, &c, 2); }
	}
}
static void wr(int fd, const uint8_t *b, size_t n) { while (n) { ssize_t r = write(fd, b, n); if (r <= 0) { perror("write"); exit(1); } b += r; n -= r; } }

/* ---- JSON: every field, hand-written ---- */
static char *jb; static size_t jo;
#define LIT(s) (memcpy(jb + jo, s, sizeof(s) - 1), jo += sizeof(s) - 1)
static void dec(uint64_t v) { char t[20]; int i = 20; do t[--i] = '0' + v % 10; while (v /= 10); memcpy(jb + jo, t + i, 20 - i); jo += 20 - i; }
static const char hx[] = "0123456789abcdef";
static void jmac(const uint8_t *p) { jb[jo++] = '"'; for (int i = 0; i < 6; i++) { if (i) jb[jo++] = ':'; jb[jo++] = hx[p[i] >> 4]; jb[jo++] = hx[p[i] & 15]; } jb[jo++] = '"'; }
static void jip(const uint8_t *p) { jb[jo++] = '"'; for (int i = 0; i < 4; i++) { if (i) jb[jo++] = '.'; dec(p[i]); } jb[jo++] = '"'; }
static void jip6(const uint8_t *p) { jb[jo++] = '"'; for (int i = 0; i < 16; i++) { if (i && !(i & 1)) jb[jo++] = ':'; jb[jo++] = hx[p[i] >> 4]; jb[jo++] = hx[p[i] & 15]; } jb[jo++] = '"'; }
static void jhex(const uint8_t *p, long n) { jb[jo++] = '"'; for (long i = 0; i < n; i++) { jb[jo++] = hx[p[i] >> 4]; jb[jo++] = hx[p[i] & 15]; } jb[jo++] = '"'; }
#define F(k, v) (LIT(",\"" k "\":"), dec(v))
static void jeth(const uint8_t *p, const uint8_t *e);
static void jl4(unsigned pr, const uint8_t *q, const uint8_t *e)
{
	if (pr == 6 && e - q >= 20) {
		unsigned hl = (q[12] >> 4) * 4; if (hl < 20 || e - q < (long)hl) return;
		LIT(",\"tcp\":{\"sport\":"); dec(BE16(q)); F("dport", BE16(q + 2)); F("seq", BE32(q + 4)); F("ack", BE32(q + 8)); F("off", q[12] >> 4);
		F("res", q[12] & 15); F("cwr", q[13] >> 7); F("ece", q[13] >> 6 & 1); F("urg", q[13] >> 5 & 1); F("ackf", q[13] >> 4 & 1); F("psh", q[13] >> 3 & 1);
		F("rst", q[13] >> 2 & 1); F("syn", q[13] >> 1 & 1); F("fin", q[13] & 1); F("win", BE16(q + 14)); F("sum", BE16(q + 16)); F("urp", BE16(q + 18));
		LIT(",\"opts\":"); jhex(q + 20, hl - 20); jb[jo++] = '}'; q += hl;
	} else if (pr == 17 && e - q >= 8) {
		LIT(",\"udp\":{\"sport\":"); dec(BE16(q)); F("dport", BE16(q + 2)); F("len", BE16(q + 4)); F("sum", BE16(q + 6)); jb[jo++] = '}';
		unsigned sp = BE16(q), dp = BE16(q + 2); q += 8;
		if (dp == 4789 && e - q >= 8) { LIT(",\"vxlan\":{\"flags\":"); dec(q[0]); F("vni", BE32(q + 4) >> 8); jb[jo++] = '}'; jeth(q + 8, e); return; }
		if ((sp == 53 || dp == 53) && e - q >= 12) {
			const uint8_t *m = q, *nx; char nm[256]; int l, nq = BE16(q + 4), nr = BE16(q + 6) + BE16(q + 8) + BE16(q + 10);
			LIT(",\"dns\":{\"id\":"); dec(BE16(q)); F("qr", q[2] >> 7); F("opcode", q[2] >> 3 & 15); F("aa", q[2] >> 2 & 1); F("tc", q[2] >> 1 & 1); F("rd", q[2] & 1);
			F("ra", q[3] >> 7); F("z", q[3] >> 4 & 7); F("rcode", q[3] & 15); F("qd", nq); F("an", BE16(q + 6)); F("ns", BE16(q + 8)); F("ar", BE16(q + 10)); q += 12;
			LIT(",\"q\":[");
			while (nq-- > 0) { if ((l = dname(m, e, q, nm, &nx)) < 0) break; LIT("{\"name\":\""); memcpy(jb + jo, nm, l); jo += l; LIT("\""); F("type", BE16(nx)); F("class", BE16(nx + 2)); LIT("},"); q = nx + 4; }
			if (jb[jo - 1] == ',') jo--;
			LIT("],\"rr\":[");
			while (nr-- > 0) {
				if ((l = dname(m, e, q, nm, &nx)) < 0 || e - nx < 10) break;
				LIT("{\"name\":\""); memcpy(jb + jo, nm, l); jo += l; LIT("\""); unsigned t = BE16(nx), rl = BE16(nx + 8); F("type", t); F("class", BE16(nx + 2)); F("ttl", BE32(nx + 4)); F("rdlen", rl); LIT(",\"rdata\":"); q = nx + 10 + rl; if (q > e) break;
				if (t == 1 && rl == 4) jip(nx + 10); else if (t == 28 && rl == 16) jip6(nx + 10); else jhex(nx + 10, rl);
				LIT("},");
			}
			if (jb[jo - 1] == ',') jo--;
			LIT("]}"); return;
		}
	} else if ((pr == 1 || pr == 58) && e - q >= 8) { LIT(",\"icmp\":{\"type\":"); dec(q[0]); F("code", q[1]); F("sum", BE16(q + 2)); F("rest", BE32(q + 4)); jb[jo++] = '}'; q += 8; }
	if (e > q) { LIT(",\"data\":"); jhex(q, e - q); }
}
static void jeth(const uint8_t *p, const uint8_t *e)
{
	const uint8_t *q = p + 14; if (e - p < 14) return; unsigned et = BE16(p + 12);
	LIT(",\"eth\":{\"dst\":"); jmac(p); LIT(",\"src\":"); jmac(p + 6); F("type", et); jb[jo++] = '}';
	while (et == 0x8100 || et == 0x88a8) { LIT(",\"vlan\":{\"prio\":"); dec(q[0] >> 5); F("dei", q[0] >> 4 & 1); F("id", BE16(q) & 4095); et = BE16(q + 2); F("type", et); jb[jo++] = '}'; q += 4; }
	if (et == 0x0806 && e - q >= 28) { LIT(",\"arp\":{\"hrd\":"); dec(BE16(q)); F("pro", BE16(q + 2)); F("hln", q[4]); F("pln", q[5]); F("op", BE16(q + 6)); LIT(",\"sha\":"); jmac(q + 8); LIT(",\"spa\":"); jip(q + 14); LIT(",\"tha\":"); jmac(q + 18); LIT(",\"tpa\":"); jip(q + 24); jb[jo++] = '}'; }
	else if (et == 0x0800 && e - q >= 20) {
		unsigned hl = (q[0] & 15) * 4, tl = BE16(q + 2); if (hl < 20 || tl < hl || e - q < (long)tl) return;
		LIT(",\"ip\":{\"ver\":"); dec(q[0] >> 4); F("ihl", q[0] & 15); F("tos", q[1]); F("len", tl); F("id", BE16(q + 4)); F("rf", q[6] >> 7); F("df", q[6] >> 6 & 1); F("mf", q[6] >> 5 & 1); F("frag", BE16(q + 6) & 0x1fff); F("ttl", q[8]); F("proto", q[9]); F("sum", BE16(q + 10));
		LIT(",\"src\":"); jip(q + 12); LIT(",\"dst\":"); jip(q + 16); if (hl > 20) { LIT(",\"opts\":"); jhex(q + 20, hl - 20); } jb[jo++] = '}';
		jl4(q[9], q + hl, q + tl);
	} else if (et == 0x86dd && e - q >= 40) {
		unsigned pr = q[6], pl = BE16(q + 4); const uint8_t *ee = q + 40 + pl <= e ? q + 40 + pl : e;
		LIT(",\"ip6\":{\"ver\":"); dec(q[0] >> 4); F("tc", BE16(q) >> 4 & 255); F("fl", BE32(q) & 0xfffff); F("plen", pl); F("nh", pr); F("hlim", q[7]); LIT(",\"src\":"); jip6(q + 8); LIT(",\"dst\":"); jip6(q + 24); jb[jo++] = '}'; q += 40;
		while (pr == 0 && ee - q >= 8) { LIT(",\"hbh\":{\"nh\":"); pr = q[0]; dec(pr); F("len", q[1]); jb[jo++] = '}'; q += q[1] * 8 + 8; }
		jl4(pr, q, ee);
	}
}

int main(int ac, char **av)
{
	if (ac < 3) return 2;
	const char *w = av[1]; uint64_t n = 0, s = 0; size_t len; uint8_t *b;
	if (!strcmp(w, "build")) { build("build", atoi(av[2]), 0); return 0; }
	if (!strcmp(w, "build2")) { build("build-incr", atoi(av[2]), 1); return 0; }
	if (!strcmp(w, "walk")) { b = bench_load(av[2], &len); bench_start(); LOOP(b, len, s += cl); }
	else if (!strcmp(w, "mem")) { b = bench_load(av[2], &len); bench_start(); LOOP(b, len, s += touch(pk, cl)); }
	else if (!strcmp(w, "hot")) { b = bench_load(av[2], &len); int rep; len = bench_hot(b, len, &rep); bench_start(); while (rep--) { LOOP(b, len, s += touch(pk, cl)); __asm__ volatile("" : "+r"(b) : : "memory"); } }
	else if (!strcmp(w, "full")) { b = bench_load(av[2], &len); bench_start(); LOOP(b, len, s += full(pk, cl)); }
	else if (!strcmp(w, "mmap") || !strcmp(w, "edit") || !strcmp(w, "json")) {
		bench_start();
		int fd = open(av[2], O_RDONLY), ed = w[0] == 'e'; struct stat st; fstat(fd, &st); len = st.st_size;
		b = (uint8_t *)mmap(0, len, PROT_READ | (ed ? PROT_WRITE : 0), MAP_PRIVATE | (ed ? 0 : MAP_POPULATE), fd, 0);
		if (b == MAP_FAILED) return perror("mmap"), 1;
		if (ed) {
			int o = open(av[3], O_WRONLY | O_CREAT | O_TRUNC, 0644); size_t done = 0;
			LOOP(b, len, (edit1((uint8_t *)pk, cl), (size_t)(pk - b) - done > (1 << 20) ? (wr(o, b + done, pk - b - done), done = pk - b) : 0));
			wr(o, b + done, len - done); close(o);
		} else if (w[0] == 'j') {
			int o = open(ac > 3 ? av[3] : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644); jb = (char *)malloc((1 << 20) + 65536 * 4);
			LOOP(b, len, { LIT("{\"ts\":"); dec(LE32(pk - 16)); jb[jo++] = '.'; unsigned us = LE32(pk - 12); for (unsigned d = 100000; d; d /= 10) jb[jo++] = '0' + us / d % 10; F("caplen", cl); F("len", LE32(pk - 4)); jeth(pk, pk + cl); LIT("}\n"); if (jo > 1 << 20) { wr(o, (uint8_t *)jb, jo); s += jo; jo = 0; } });
			wr(o, (uint8_t *)jb, jo); s += jo; close(o);
		} else LOOP(b, len, s += touch(pk, cl));
		munmap(b, len); close(fd);
	} else if (!strcmp(w, "read") || !strcmp(w, "editbuf") || !strcmp(w, "copy")) {
		enum { BUF = 1 << 18 }; static uint8_t buf[BUF + 65536 + 16]; size_t have = 0, o;
		bench_start();
		int fd = open(av[2], O_RDONLY), out = ac > 3 ? open(av[3], O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1, first = 1, ed = w[0] == 'e';
		for (;;) {
			ssize_t r = read(fd, buf + have, BUF); if (r <= 0) break;
			have += r; o = 0; if (first) { o = 24; first = 0; }
			for (; o + 16 <= have;) {
				uint32_t cl = LE32(buf + o + 8); if (o + 16 + cl > have) break;
				if (ed) edit1(buf + o + 16, cl); else if (w[0] == 'r') s += touch(buf + o + 16, cl);
				n++; o += 16 + cl;
			}
			if (out >= 0) wr(out, buf, o);
			memmove(buf, buf + o, have - o); have -= o;
		}
		close(fd); if (out >= 0) close(out);
	} else return 2;
	bench_stop("hand_c", w, n, s);
	return 0;
}
