/* SPDX-License-Identifier: BSD-2-Clause */
/* libpcap floor: pcap_next_ex loop / pcap_loop, no dissection; "copy" adds pcap_dump of every packet. */
#include "bench.h"
#include <pcap/pcap.h>
static uint64_t n, s;
static void cb(u_char *u, const struct pcap_pkthdr *h, const u_char *p) { (void)u; n++; s += h->caplen + p[12]; }
int main(int ac, char **av)
{
	if (ac < 3) return 2;
	char eb[PCAP_ERRBUF_SIZE]; const char *w = av[1];
	bench_start();
	pcap_t *p = pcap_open_offline(av[2], eb); if (!p) return fputs(eb, stderr), 1;
	if (!strcmp(w, "loop")) { pcap_loop(p, -1, cb, 0); }
	else {
		pcap_dumper_t *d = !strcmp(w, "copy") ? pcap_dump_open(p, av[3]) : 0;
		struct pcap_pkthdr *h; const u_char *b;
		while (pcap_next_ex(p, &h, &b) == 1) { n++; s += h->caplen + b[12]; if (d) pcap_dump((u_char *)d, h, b); }
		if (d) pcap_dump_close(d);
	}
	pcap_close(p);
	bench_stop("libpcap", w, n, s);
	return 0;
}
