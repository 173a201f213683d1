/* SPDX-License-Identifier: BSD-2-Clause */
/* libtins_bench WORKLOAD FILE [OUT|SIZE] - read, mem, full, build, build-reuse, edit */
#include "bench.h"
#include <tins/tins.h>
#include <tins/config.h>
#if defined(__has_include)
#if __has_include(<tins/vxlan.h>)
#define HAVE_VXLAN 1
#endif
#endif
using namespace Tins;
#ifndef PEER
#define PEER "libtins"
#endif

static uint64_t sum6(const IPv6Address &a) { uint64_t s = 0; uint8_t b[16]; a.copy(b); for (int i = 0; i < 16; i += 4) s += BE32(b + i); return s; }

static uint64_t touch(const PDU &p)
{
	uint64_t s = 0; const PDU *in;
	/* one pass over the chain: cheaper than find_pdu per layer; the first IP layer and what follows it */
	for (const PDU *q = &p; q; q = q->inner_pdu()) {
		if (q->pdu_type() == PDU::IP) {
			const IP *ip = static_cast<const IP *>(q);
			s = (uint64_t)__builtin_bswap32((uint32_t)ip->src_addr()) + __builtin_bswap32((uint32_t)ip->dst_addr()) + ip->ttl();
			in = q->inner_pdu(); goto l4;
		}
		if (q->pdu_type() == PDU::IPv6) {
			const IPv6 *ip = static_cast<const IPv6 *>(q);
			s = sum6(ip->src_addr()) + sum6(ip->dst_addr()) + ip->hop_limit();
			in = q->inner_pdu(); goto l4;
		}
	}
	return s;
l4:
	if (!in) return s;
	if (in->pdu_type() == PDU::TCP) { const TCP *t = static_cast<const TCP *>(in); s += t->sport() + t->dport() + (t->flags() & 0xff); }
	else if (in->pdu_type() == PDU::UDP) { const UDP *u = static_cast<const UDP *>(in); s += u->sport() + u->dport(); }
	return s;
}
static uint64_t full(const PDU &p)
{
	uint64_t s = touch(p);
	const UDP *u = p.find_pdu<UDP>(); if (!u) return s;
	const RawPDU *r = u->find_pdu<RawPDU>();
	if (r && (u->sport() == 53 || u->dport() == 53)) {
		DNS d(r->payload().data(), r->payload().size());
		s += d.id();
		for (const auto &q : d.queries()) s += q.dname().size() + q.query_type();
		for (const auto &q : d.answers()) s += q.dname().size() + q.query_type() + q.ttl();
		for (const auto &q : d.additional()) s += q.dname().size() + q.query_type() + q.ttl();
	} else if (u->dport() == 4789) {
#ifdef HAVE_VXLAN	/* 4.5+: a class, but UDP does not select it by port */
		if (r && r->payload().size() > 8) { VXLAN v(r->payload().data(), r->payload().size()); const EthernetII *e = v.find_pdu<EthernetII>(); if (e) s += touch(*e); }
#else			/* 4.0 has no VXLAN: continue by hand at +8 */
		if (r && r->payload().size() > 8) { EthernetII e(r->payload().data() + 8, r->payload().size() - 8); s += touch(e); }
#endif
	}
	return s;
}

int main(int ac, char **av)
{
	if (ac < 3) return 2;
	std::string w = av[1]; uint64_t n = 0, s = 0;
	if (w == "read" || w == "readfull") {
		bench_start();
		FileSniffer sn(av[2]); bool f = w == "readfull";
		sn.sniff_loop([&](PDU &p) { s += f ? full(p) : touch(p); n++; return true; });
	} else if (w == "mem" || w == "full" || w == "hot") {
		size_t len; uint8_t *b = bench_load(av[2], &len); bool f = w == "full"; int rep = 1;
		if (w == "hot") len = bench_hot(b, len, &rep);
		bench_start();
		while (rep--) for (uint8_t *r = b + 24, *e = b + len; r + 16 <= e;) {
			uint32_t cl = LE32(r + 8);
			EthernetII p(r + 16, cl);
			s += f ? full(p) : touch(p); n++; r += 16 + cl;
		}
	} else if (w == "build" || w == "build-reuse") {
		int size = atoi(av[2]), plen = size > 66 ? size - 66 : 0; size = 66 + plen;
		std::vector<uint8_t> pay(plen); for (int i = 0; i < plen; i++) pay[i] = i;
		bench_start();
		if (w == "build") {
			for (uint32_t i = 0; i < BUILD_N; i++) {
				EthernetII p = EthernetII("02:00:00:00:00:01", "02:00:00:00:00:02") / IP(IPv4Address(__builtin_bswap32(0xc0a80000 | (i & 0xffff))), IPv4Address("10.0.0.1")) / TCP(80, 1024 + (i & 0x7fff));
				IP &ip = p.rfind_pdu<IP>(); ip.id(i); ip.ttl(64);
				TCP &t = p.rfind_pdu<TCP>(); t.seq(i * 7); t.flags(0x18); t.window(8192); t.add_option(TCP::option(TCP::NOP)); t.add_option(TCP::option(TCP::NOP)); t.timestamp(0x00010203, 0x04050607);
				if (plen) p /= RawPDU(pay.data(), plen);
				PDU::serialization_type v = p.serialize();
				s += BE16(&v[24]) + BE16(&v[50]);
			}
		} else {
			EthernetII p = EthernetII("02:00:00:00:00:01", "02:00:00:00:00:02") / IP("192.168.0.0", "10.0.0.1") / TCP(80, 1024);
			if (plen) p /= RawPDU(pay.data(), plen);
			IP &ip = p.rfind_pdu<IP>(); TCP &t = p.rfind_pdu<TCP>(); ip.ttl(64); t.flags(0x18); t.window(8192);
			t.add_option(TCP::option(TCP::NOP)); t.add_option(TCP::option(TCP::NOP)); t.timestamp(0x00010203, 0x04050607);
			for (uint32_t i = 0; i < BUILD_N; i++) {
				ip.id(i); ip.dst_addr(IPv4Address(__builtin_bswap32(0xc0a80000 | (i & 0xffff)))); t.sport(1024 + (i & 0x7fff)); t.seq(i * 7);
				PDU::serialization_type v = p.serialize();
				s += BE16(&v[24]) + BE16(&v[50]);
			}
		}
		w += std::to_string(size); n = BUILD_N;
	} else if (w == "edit") {
		bench_start();
		FileSniffer sn(av[2]); PacketWriter out(av[3], DataLinkType<EthernetII>());
		for (Packet pk; (pk = sn.next_packet());) {
			PDU *p = pk.pdu();
			for (PDU *q = p; q; q = q->inner_pdu()) if (q->pdu_type() == PDU::IP) {
				IP *ip = static_cast<IP *>(q);
				uint32_t d = ip->dst_addr(); ip->dst_addr(IPv4Address((d & 0xffff0000u) | 0x630a)); ip->ttl(ip->ttl() - 1);
				break;
			} else if (q->pdu_type() == PDU::IPv6) break;
			out.write(pk); n++;
		}
	} else return 2;
	bench_stop(PEER, w.c_str(), n, s);
	return 0;
}
