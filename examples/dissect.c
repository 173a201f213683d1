/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a capture and tells who opened TCP connections to whom: fields by
 * slots, looked up once, which is the fast way.
 *
 *	cc dissect.c $(pkg-config --cflags --libs pkw) -o dissect
 *	./dissect dump.pcap
 */
#include <pkw.h>

#include <inttypes.h>
#include <stdio.h>

enum { SYN = 2, ACK = 16 };

static const struct pkw_proto *ip, *tcp;
static struct pkw_slot ip_src, ip_dst, tcp_dport, tcp_flags;

static void look_at(const struct pkw_pkt *p, uint64_t number)
{
	const struct pkw_view *v = pkw_view(p);
	int net = v->first[PKW_NETWORK], up = v->first[PKW_TRANSPORT];

	if (net < 0 || v->layers[net].proto != ip || up < 0 ||
	    v->layers[up].proto != tcp)
		return;
	uint64_t flags = pkw_slot_get(v, &v->layers[up], &tcp_flags);
	if ((flags & (SYN | ACK)) != SYN)
		return;
	uint32_t from = (uint32_t)pkw_slot_get(v, &v->layers[net], &ip_src);
	uint32_t to = (uint32_t)pkw_slot_get(v, &v->layers[net], &ip_dst);
	printf("%" PRIu64 ": %u.%u.%u.%u to %u.%u.%u.%u port %u\n", number,
	    from >> 24, from >> 16 & 255, from >> 8 & 255, from & 255,
	    to >> 24, to >> 16 & 255, to >> 8 & 255, to & 255,
	    (unsigned)pkw_slot_get(v, &v->layers[up], &tcp_dport));
}

int main(int argc, char **argv)
{
	struct pkw_diag d;
	struct pkw_frame f;
	uint64_t n = 0;
	int e;

	if (argc != 2) {
		fprintf(stderr, "usage: dissect FILE\n");
		return 2;
	}
	ip = pkw_proto_find("IP");
	tcp = pkw_proto_find("TCP");
	ip_src = pkw_slot(ip, "src");
	ip_dst = pkw_slot(ip, "dst");
	tcp_dport = pkw_slot(tcp, "dport");
	tcp_flags = pkw_slot(tcp, "flags");

	struct pkw_reader *r = pkw_reader_open(argv[1], 0, &d);
	if (!r) {
		fprintf(stderr, "%s\n", d.text);
		return 1;
	}
	struct pkw_pkt *p = pkw_pkt_new(); /* one, for all packets */
	while ((e = pkw_reader_next(r, &f, &d)) > 0) {
		pkw_dissect(p, pkw_link_proto(f.link), f.data, f.caplen, 0);
		look_at(p, ++n);
	}
	if (e < 0)
		fprintf(stderr, "%s\n", d.text);
	pkw_pkt_free(p);
	pkw_reader_close(r);
	return e < 0;
}
