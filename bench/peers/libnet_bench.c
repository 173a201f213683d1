/* SPDX-License-Identifier: BSD-2-Clause */
/* libnet_bench SIZE - build only; ptags reused, link-layer advanced mode (needs root or CAP_NET_RAW) */
#include "bench.h"
#include <libnet.h>
int main(int ac, char **av)
{
	char eb[LIBNET_ERRBUF_SIZE]; int size = ac > 1 ? atoi(av[1]) : 64, plen = size > 66 ? size - 66 : 0; size = 66 + plen;
	uint8_t pay[2048], opt[12]; memcpy(opt, "\1\1\x08\x0a\0\1\2\3\4\5\6\7", 12); uint64_t s = 0;
	for (int i = 0; i < plen; i++) pay[i] = i;
	uint8_t d[6] = { 2, 0, 0, 0, 0, 1 }, sm[6] = { 2, 0, 0, 0, 0, 2 };
	libnet_t *l = libnet_init(LIBNET_LINK_ADV, "lo", eb); if (!l) return fprintf(stderr, "libnet: %s\n", eb), 1;
	libnet_ptag_t o = 0, t = 0, ip = 0, e = 0;
	bench_start();
	for (uint32_t i = 0; i < BUILD_N; i++) {
		if (!o) o = libnet_build_tcp_options(opt, 12, l, o);
		t = libnet_build_tcp(1024 + (i & 0x7fff), 80, i * 7, 0, 0x18, 8192, 0, 0, 32 + plen, plen ? pay : 0, plen, l, t);
		ip = libnet_build_ipv4(size - 14, 0, i & 0xffff, 0, 64, 6, 0, htonl(0x0a000001), htonl(0xc0a80000 | (i & 0xffff)), 0, 0, l, ip);
		if (!e) e = libnet_build_ethernet(d, sm, 0x0800, 0, 0, l, e);
		uint8_t *p; uint32_t n;
		if (libnet_adv_cull_packet(l, &p, &n) < 0) return fprintf(stderr, "%s\n", libnet_geterror(l)), 1;
		s += BE16(p + 24) + BE16(p + 50);
		libnet_adv_free_packet(l, p);
	}
	char w[32]; snprintf(w, sizeof w, "build-reuse%d", size);
	bench_stop("libnet", w, BUILD_N, s);
	return 0;
}
