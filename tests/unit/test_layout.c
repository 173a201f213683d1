/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the inside of a message that Scapy 2.5 made: by slots, behind names,
 * and what is left of it when it is cut off anywhere.
 */
#include <pkw/pkt.h>
#include <pkw/text.h>

#include "tap.h"

#include <stdlib.h>

/*
 * IP(src="10.0.0.1", dst="192.0.2.77", ttl=61, id=1)/UDP(sport=53, dport=40000)/
 * DNS(id=0x1234, qr=1, qd=DNSQR(qname="www.example.org", qtype=28), an=
 * DNSRR(rrname="www.example.org", type=5, ttl=300, rdata="a.b.example.org")/
 * DNSRR(rrname=".", type=1, ttl=7, rdata="192.0.2.1"), ar=DNSRROPT(rclass=4096))
 */
static const char message[] =
    "45000083000100003d11b11b0a000001c000024d00359c40006f7b501234810000010002"
    "0000000103777777076578616d706c65036f726700001c000103777777076578616d706c"
    "65036f726700000500010000012c001101610162076578616d706c65036f726700000001"
    "0001000000070004c00002010000291000000080000000";

enum { SIZE = (sizeof message - 1) / 2, NETWORK = 0, UDP = 1, DNS = 2 };
/* where the question, the two answers and the message end */
enum { QUESTION = 61, FIRST = 105, SECOND = 120 };

static uint8_t bytes[SIZE];

static void by_slots(const struct pkw_view *v)
{
	const struct pkw_layer *ip = &v->layers[NETWORK], *udp = &v->layers[UDP];
	struct pkw_slot src = pkw_slot(ip->proto, "src");
	struct pkw_slot ttl = pkw_slot(ip->proto, "ttl");
	struct pkw_slot dport = pkw_slot(udp->proto, "dport");

	is_int(pkw_slot_u32(v, ip, &src), 0x0a000001, "an address by its slot");
	is_int(pkw_slot_u8(v, ip, &ttl), 61, "a byte");
	is_int(pkw_slot_u16(v, udp, &dport), 40000, "a port");
	is_int((int64_t)pkw_slot_get(v, ip, &src), 0x0a000001,
	    "the same by what the slot says");
}

static int element(const struct pkw_pkt *p, const char *list, int nth)
{
	int root = pkw_root(p, DNS);
	int l = pkw_node_child(
	    p, root, (unsigned)pkw_field_named(p, root, list));
	int e = l < 0 ? l : pkw_node_first(p, l);

	while (e >= 0 && nth-- > 0)
		e = pkw_node_next(p, e);
	return e;
}

static void has(const struct pkw_pkt *p, int node, const char *field,
    const char *want)
{
	struct pkw_str s = PKW_STR_INIT;
	int k = pkw_field_named(p, node, field);

	if (k >= 0)
		pkw_field_text(
		    p, node, (unsigned)k, PKW_TEXT_NUMERIC, &s);
	is_str(s.s, want, field);
	pkw_str_free(&s);
}

static void inside(const struct pkw_pkt *p)
{
	int qd = element(p, "qd", 0), cname = element(p, "an", 0);
	int a = element(p, "an", 1), opt = element(p, "ar", 0);

	has(p, qd, "qname", "www.example.org.");
	has(p, qd, "qtype", "28");
	has(p, cname, "rrname", "www.example.org.");
	has(p, cname, "type", "5");
	has(p, cname, "ttl", "300");
	has(p, cname, "rdata", "a.b.example.org.");
	has(p, a, "rrname", ".");
	has(p, a, "ttl", "7");
	has(p, a, "rdata", "192.0.2.1");
	has(p, opt, "rclass", "4096");
	ok(element(p, "an", 2) < 0, "two answers");
	ok(element(p, "ns", 0) < 0, "no authorities");
}

/* Up to where the first n bytes reach, elements are read as from all of them. */
static int cut(struct pkw_pkt *p, size_t n)
{
	const struct pkw_note *notes;
	uint8_t *exact = malloc(n + 1);
	struct pkw_str s = PKW_STR_INIT;
	int good = 0;

	memcpy(exact, bytes, n);
	pkw_dissect(p, pkw_proto_find("IP"), exact, n, 0);
	if (pkw_notes(p, &notes) == 0) {
		printf("# no note at %zu bytes\n", n);
	} else if (pkw_view(p)->nlayers <= DNS || n < QUESTION) {
		good = 1;
	} else {
		int e = element(p, "qd", 0);
		if (e >= 0)
			pkw_field_text(p, e, 0, 0, &s);
		good = s.s && strcmp(s.s, "www.example.org.") == 0 &&
		    (element(p, "an", 0) >= 0) >= (n >= FIRST) &&
		    (element(p, "an", 1) >= 0) >= (n >= SECOND);
	}
	pkw_str_free(&s);
	free(exact);
	return good;
}

int main(void)
{
	struct pkw_pkt *p = pkw_pkt_new();
	const struct pkw_note *notes;
	size_t bad = 0;

	for (size_t i = 0; i < SIZE; i++) {
		char digits[3] = { message[2 * i], message[2 * i + 1], 0 };
		bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	pkw_dissect(p, pkw_proto_find("IP"), bytes, SIZE, 0);
	is_int((int64_t)pkw_notes(p, &notes), 0, "nothing is wrong with it");
	is_int(pkw_view(p)->nlayers, 3, "three layers");
	by_slots(pkw_view(p));
	inside(p);
	for (size_t i = 1; i < SIZE; i++)
		bad += !cut(p, i);
	is_int((int64_t)bad, 0, "cut off anywhere, what is whole is read");
	pkw_pkt_free(p);
	return done();
}
