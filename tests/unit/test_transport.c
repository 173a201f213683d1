/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP, UDP, UDP-Lite, SCTP, GRE and VXLAN.
 *
 * tests/data/transport.pcap was taken between two namespaces of Linux 6.18: a
 * connection, TCP Fast Open (request, cookie, use), Multipath TCP with a second
 * subflow, an announced address and a fast close, UDP-Lite with partial and
 * full coverage, refused TCP and UDP, and ARP in a VXLAN tunnel.  Its checksums
 * are the kernel's; what is said about its options is what tshark 4.0 says.
 * Bytes of expressions are Scapy 2.5's unless another source is named.
 */
#include "pkw/capture.h"
#include "pkw/pkt.h"
#include "pkw/text.h"
#include "tap.h"

enum { MAX = 128 };

static uint8_t bytes[MAX][512];
static size_t len[MAX];
static int frames;

static void load(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_frame f;
	struct pkw_reader *r =
	    pkw_reader_open("tests/data/transport.pcap", 0, &d);

	while (r && frames < MAX && pkw_reader_next(r, &f, &d) > 0 &&
	       f.caplen <= sizeof bytes[0]) {
		memcpy(bytes[frames], f.data, f.caplen);
		len[frames++] = f.caplen;
	}
	if (!ok(frames == 96, "the capture's frames"))
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

static int layer(const struct pkw_pkt *p, const char *name, unsigned nth)
{
	return pkw_layer_find(p, pkw_proto_find(name), nth);
}

static uint64_t value(const struct pkw_pkt *p, const char *path)
{
	struct pkw_diag d = { 0 };
	unsigned field;
	uint64_t v = 0;
	int node;

	if (pkw_path(p, path, &node, &field, &d) < 0 ||
	    pkw_field_u(p, node, field, &v) < 0)
		printf("# %s: %s\n", path, d.text);
	return v;
}

/* Every field with a checksum, in every layer, says what the kernel says. */
static void kernel_sums(void)
{
	int sums = 0, wrong = 0, noted = 0;

	for (int n = 1; n <= frames; n++) {
		struct pkw_pkt *p = frame(n);
		const struct pkw_view *v = pkw_view(p);
		const struct pkw_note *notes;

		for (unsigned i = 0; i < v->nlayers; i++) {
			const struct pkw_record *rec = &v->layers[i].proto->rec;
			for (unsigned k = 0; k < rec->nfields; k++) {
				if (rec->fields[k].rel.kind != PKW_SUM)
					continue;
				sums++;
				wrong += pkw_sum_ok(p, (int)i, k) != 1;
			}
		}
		noted += pkw_notes(p, &notes) != 0;
		pkw_pkt_free(p);
	}
	ok(sums > 190, "many checksums");
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
		int ip = layer(p, "IP", 0);
		unsigned ttl =
		    (unsigned)pkw_field_find(&pkw_proto_find("IP")->rec, "ttl");
		uint64_t was = pkw_u(p, ip, ttl);

		pkw_str_clear(&s);
		pkw_expression(p, &s);
		pkw_parse(q, s.s, NULL);
		texts += pkw_bytes(q).len == len[n - 1] &&
			 memcmp(pkw_bytes(q).p, bytes[n - 1], len[n - 1]) == 0;
		whole += pkw_view(q)->nlayers == pkw_view(p)->nlayers &&
			 strstr(s.s, "RawVal") == NULL;
		pkw_set(p, ip, ttl, was ^ 1);
		pkw_seal(p, 0);
		pkw_set(p, ip, ttl, was);
		pkw_seal(p, 0);
		edits += pkw_bytes(p).len == len[n - 1] &&
			 memcmp(pkw_bytes(p).p, bytes[n - 1], len[n - 1]) == 0;
		pkw_pkt_free(p);
	}
	is_int(edits, frames, "TTL there and back");
	is_int(texts, frames, "expressions build the same bytes");
	is_int(whole, frames, "and name every layer and option");
	pkw_pkt_free(q);
	pkw_str_free(&s);
}

static void mptcp(void)
{
	struct pkw_pkt *p = frame(34); /* SYN of a second subflow */

	is_int((int64_t)value(p, "TCP.options[0].mss"), 1460, "MSS");
	is_int((int64_t)value(p, "TCP.options[5].subtype"), 1, "MP_JOIN");
	is_int((int64_t)value(p, "TCP.options[5].token"), 3278833706, "token");
	is_int((int64_t)value(p, "TCP.options[5].nonce"), 2927069827, "nonce");
	pkw_pkt_free(p);

	p = frame(32);
	is_int((int64_t)value(p, "TCP.options[3].subtype"), 3, "ADD_ADDR");
	is_int((int64_t)value(p, "TCP.options[3].addr_id"), 1, "its id");
	ok(value(p, "TCP.options[3].hmac") == UINT64_C(13644112752101135949),
	    "its HMAC");
	pkw_pkt_free(p);

	p = frame(92);
	is_int((int64_t)value(p, "TCP.options[3].subtype"), 7, "MP_FASTCLOSE");
	ok(value(p, "TCP.options[3].receiver_key") ==
		UINT64_C(17872301860564978725),
	    "its key");
	is_int((int64_t)value(p, "TCP.options[4].subtype"), 8, "MP_TCPRST");
	pkw_pkt_free(p);
}

/* 1 if frame a answers frame q. */
static int answers(int q, int a)
{
	struct pkw_pkt *pq = frame(q), *pa = frame(a);
	int r = pkw_answers(pq, layer(pq, "IP", 0), pa, layer(pa, "IP", 0));

	pkw_pkt_free(pq);
	pkw_pkt_free(pa);
	return r;
}

static void who_answers(void)
{
	is_int(answers(1, 2), 1, "SYN/ACK answers SYN");
	is_int(answers(2, 3), 1, "ACK answers SYN/ACK");
	is_int(answers(2, 1), 0, "SYN answers nothing");
	is_int(answers(1, 14), 0, "SYN/ACK of another connection");
	is_int(answers(4, 5), 1, "ACK answers data");
	is_int(answers(12, 2), 0, "an old SYN/ACK does not answer FIN");
	is_int(answers(71, 72), 1, "RST/ACK answers SYN");
	is_int(answers(72, 71), 0, "nothing answers RST");
	is_int(answers(73, 74), 1, "port unreachable answers UDP");
	is_int(answers(71, 74), 0, "but not TCP");
	is_int(answers(75, 76), 1, "and UDP-Lite");
	is_int(answers(73, 76), 0, "each its own");
	is_int(answers(56, 68), 1, "UDP-Lite answers UDP-Lite");
	is_int(answers(56, 70), 0, "of the same ports");
}

/* UDP-Lite: what lies behind the coverage may change, RFC 3828 §3.1. */
static void coverage(void)
{
	struct pkw_pkt *p = frame(56);
	int l = layer(p, "UDPLite", 0);
	size_t end = len[55];
	const struct pkw_record *rec = &pkw_proto_find("UDPLite")->rec;
	unsigned sum = (unsigned)pkw_field_find(rec, "chksum");

	is_int((int64_t)value(p, "UDPLite.cscov"), 20, "20 bytes covered");
	bytes[55][end - 1] ^= 1;
	is_int(pkw_sum_ok(p, l, sum), 1, "the last byte is not");
	bytes[55][14 + 20 + 19] ^= 1;
	is_int(pkw_sum_ok(p, l, sum), 0, "the twentieth is");
	bytes[55][end - 1] ^= 1;
	bytes[55][14 + 20 + 19] ^= 1;
	pkw_pkt_free(p);
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
	builds("IP(src='0.0.0.0',dst='0.0.0.0')/UDP(sport=0,dport=0)/"
	       "b'\\xff\\xda'",
	    "4500001e0001000040117acf0000000000000000"
	    "00000000000affffffda",
	    "a UDP checksum of 0 is sent as ffff, RFC 768");
	builds("SCTP(sport=1,dport=2,tag=9)/SCTPChunkData(data='a')/"
	       "SCTPChunkCookieAck()",
	    "000100020000000904397fef"
	    "00000011000000000000000000000000610000000b000004",
	    "zeros behind a chunk are not in its length");
	builds("TCP(options=[(30,b'\\x01\\x01')])",
	    "0014005000000000000000006002200000000000"
	    "1e040101",
	    "an option by number");
	builds("VXLAN(vni=5)/Ether(src='02:00:00:00:00:01',"
	       "dst='02:00:00:00:00:02')",
	    "0800000000000500"
	    "0200000000020200000000019000",
	    "Ethernet in VXLAN as RFC 7348 has it");
	builds("TCP(options=[(14,b'\\x01')])",
	    "0014005000000000000000006002200000000000"
	    "0e030100",
	    "RFC 1146's alternate checksum request");
}

int main(void)
{
	load();
	kernel_sums();
	round_trip();
	mptcp();
	who_answers();
	coverage();
	forms();
	return done();
}
