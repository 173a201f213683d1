/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names: RFC 1035's own example, hostile ones, the text form.  Compressing:
 * what Scapy 2.5's dns_compress() makes of the same messages.  Answers.
 */
#include "proto/codecs.h"
#include "tap.h"

#include <pkw/dns.h>
#include <pkw/text.h>

#include <stdlib.h>

static const char *name_at(const uint8_t *b, uint32_t n, uint32_t off)
{
	static struct pkw_str s;
	struct pkw_wire w = { b, 0, n };

	pkw_str_clear(&s);
	long size = pkw__dns_name.size(&w, off, n - off);
	if (size < 0)
		return "malformed";
	if (pkw__dns_name.get(&w, off, (uint32_t)size, &s) < 0)
		return "unreadable";
	return s.s;
}

/* RFC 1035 section 4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA, the root */
static void example(void)
{
	uint8_t b[93] = { 0 };
	struct pkw_wire w = { b, 0, sizeof b };

	memcpy(b + 20, "\1F\3ISI\4ARPA", 12);
	memcpy(b + 40, "\3FOO\300\24", 6);
	memcpy(b + 64, "\300\32", 2);
	is_str(name_at(b, sizeof b, 20), "F.ISI.ARPA.", "a name in full");
	is_str(name_at(b, sizeof b, 40), "FOO.F.ISI.ARPA.", "its end elsewhere");
	is_str(name_at(b, sizeof b, 64), "ARPA.", "all of it elsewhere");
	is_str(name_at(b, sizeof b, 92), ".", "the root");
	is_int(pkw__dns_name.size(&w, 20, 73), 12, "bytes of a name in full");
	is_int(pkw__dns_name.size(&w, 40, 53), 6, "bytes with a pointer");
}

static void hostile(void)
{
	uint8_t b[600] = { 0 };

	memcpy(b, "\300\0", 2);
	is_str(name_at(b, 12, 0), "malformed", "a pointer to itself");
	memcpy(b, "\300\2\300\0", 4);
	is_str(name_at(b, 12, 0), "malformed", "a pointer forwards");
	is_str(name_at(b, 12, 2), "malformed", "a pointer to one forwards");
	memcpy(b, "\1a\300\0", 4);
	is_str(name_at(b, 12, 0), "malformed", "a pointer into its own name");
	memcpy(b, "\100a", 2);
	is_str(name_at(b, 12, 0), "malformed", "label type 01");
	memcpy(b, "\5abc", 4);
	is_str(name_at(b, 4, 0), "malformed", "a label beyond the end");
	is_str(name_at((const uint8_t *)"\1a", 2, 0), "malformed",
	    "no root label");
	is_str(name_at((const uint8_t *)"\300", 1, 0), "malformed",
	    "half a pointer");

	/* 127 labels and the root are 255 bytes, 128 are too many */
	for (unsigned i = 0; i < 256; i += 2)
		memcpy(b + i, "\1a", 2);
	b[254] = 0;
	ok(strlen(name_at(b, sizeof b, 0)) == 254, "a name of 255 bytes");
	b[254] = 1;
	b[256] = 0;
	is_str(name_at(b, sizeof b, 0), "malformed", "a name of 257 bytes");

	/* a chain of pointers, each to the one before */
	memset(b, 0, 2);
	for (unsigned i = 1; i < 200; i++) {
		b[2 * i] = (uint8_t)(0xc0 | (2 * i - 2) >> 8);
		b[2 * i + 1] = (uint8_t)(2 * i - 2);
	}
	is_str(name_at(b, sizeof b, 2 * 128), ".", "128 jumps");
	is_str(name_at(b, sizeof b, 2 * 129), "malformed", "129 jumps");
}

struct text {
	const char *typed;
	size_t typed_len;
	const char *wire;
	size_t wire_len;
	const char *shown;
};
#define TEXT(t, w, s) { t, sizeof(t) - 1, w, sizeof(w) - 1, s }

static const struct text texts[] = {
	TEXT("www.example.com", "\3www\7example\3com\0", "www.example.com."),
	TEXT("www.example.com.", "\3www\7example\3com\0", "www.example.com."),
	TEXT("", "\0", "."),
	TEXT(".", "\0", "."),
	TEXT("a\\.b.c", "\3a.b\1c\0", "a\\.b.c."),
	TEXT("a\\b", "\3a\\b\0", "a\\b."),
	TEXT("a\\\\.b", "\2a\\\1b\0", "a\\\\.b."),
	TEXT("a\\\\\\.b", "\4a\\.b\0", "a\\\\\\.b."),
	TEXT("\303\251t\303\251.fr", "\5\303\251t\303\251\2fr\0",
	    "\303\251t\303\251.fr."),
	TEXT("a b", "\3a b\0", "a b."),
	/* as in Scapy: what is in wire format already */
	TEXT("\3www\0", "\3www\0", "www."),
};

static void text_form(void)
{
	struct pkw_diag d;
	struct pkw_str s = PKW_STR_INIT;
	char big[70];

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct text *t = &texts[i];
		pkw_str_clear(&s);
		pkw__dns_name.put(t->typed, t->typed_len, &s, &d);
		is_mem(s.s, s.len, t->wire, t->wire_len, t->shown);
		is_str(name_at((const uint8_t *)t->wire,
			   (uint32_t)t->wire_len, 0), t->shown, "shown");
	}
	memset(big, 'x', sizeof big);
	pkw_str_clear(&s);
	is_int(pkw__dns_name.put(big, 64, &s, &d), -PKW_ERANGE,
	    "a label of 64 bytes");
	is_int(pkw__dns_name.put("a..b", 4, &s, &d), -PKW_ESYNTAX,
	    "an empty label");
	is_int((int64_t)s.len, 0, "nothing is left of what failed");
	pkw_str_free(&s);
}

struct message {
	const char *text, *hex;
	int saved;
};

/* The bytes of the first two are those of Scapy's dns_compress(). */
static const struct message messages[] = {
	{ "DNS(qr=1,qd=DNSQR(qname=\"www.example.org\"),"
	  "an=DNSRR(rrname=\"www.example.org\",type=\"CNAME\","
	  "rdata=\"host.example.org\")/"
	  "DNSRR(rrname=\"host.example.org\",rdata=\"192.0.2.1\"),"
	  "ns=DNSRR(rrname=\"example.org\",type=\"NS\","
	  "rdata=\"ns.example.org\"),"
	  "ar=DNSRR(rrname=\"ns.example.org\",rdata=\"192.0.2.2\"))",
	    "00008100000100020001000103777777076578616d706c65036f726700000100"
	    "01c00c0005000100000000000704686f7374c010c02d00010001000000000004"
	    "c0000201c01000020001000000000005026e73c010c050000100010000000000"
	    "04c0000202", 78 },
	{ "DNS(qr=1,qd=DNSQR(qname=\"zone.test\",qtype=\"SOA\"),"
	  "an=DNSRRSOA(rrname=\"zone.test\",mname=\"ns.zone.test\","
	  "rname=\"admin.zone.test\",serial=7))",
	    "000081000001000100000000047a6f6e6504746573740000060001c00c000600"
	    "01000000000021026e73c00c0561646d696ec00c000000070000000000000000"
	    "0000000000000000", 27 },
	/* RFC 3597: not in SRV's data */
	{ "DNS(qd=[],an=DNSRRSRV(rrname=\"a.test\",target=\"b.test\")/"
	  "DNSRR(rrname=\"b.test\"))",
	    "00000100000000020000000001610474657374000021000100000000000e0000"
	    "000000000162047465737400c0240001000100000000000400000000", 6 },
};

static void compress(void)
{
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_str hex = PKW_STR_INIT;
	struct pkw_diag d;
	int node = 0;
	unsigned field = 0;

	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		const struct message *m = &messages[i];
		is_int(pkw_parse(p, m->text, &d), 0, "built");
		is_int(pkw_dns_compress(p, 0), m->saved, "bytes saved");
		is_int(pkw_dns_compress(p, 0), m->saved,
		    "again: names are written out first");
		pkw_seal(p, 0);
		pkw_str_clear(&hex);
		pkw_str_hex(&hex, pkw_bytes(p).p, pkw_bytes(p).len);
		is_str(hex.s, m->hex, m->text);
	}

	/* a change of size behind which pointers would lead astray */
	pkw_parse(p, messages[0].text, &d);
	pkw_dns_compress(p, 0);
	pkw_seal(p, 0);
	is_int(pkw_path(p, "DNS.qd[0].qname", &node, &field, &d), 0, "path");
	pkw_field_parse(p, node, field, "longer.name.example", &d);
	pkw_seal(p, 0);
	pkw_str_clear(&hex);
	pkw_expression(p, &hex);
	is_str(hex.s, "DNS(qr=1, qd=DNSQR(qname=\"longer.name.example.\"), "
	    "an=DNSRR(rrname=\"www.example.org.\", type=5, "
	    "rdata=\"host.example.org.\")/"
	    "DNSRR(rrname=\"host.example.org.\", rdata=\"192.0.2.1\"), "
	    "ns=DNSRR(rrname=\"example.org.\", type=2, "
	    "rdata=\"ns.example.org.\"), "
	    "ar=DNSRR(rrname=\"ns.example.org.\", rdata=\"192.0.2.2\"))",
	    "names are written out before a change of size");
	pkw_str_free(&hex);
	pkw_pkt_free(p);
}

struct pair {
	const char *question, *answer;
	int want;
};

static const struct pair pairs[] = {
	{ "DNS(id=7)", "DNS(id=7,qr=1)", 1 },
	{ "DNS(id=7)", "DNS(id=8,qr=1)", 0 },
	{ "DNS(id=7)", "DNS(id=7,qr=0)", 0 },
	{ "DNS(id=7,qr=1)", "DNS(id=7,qr=1)", 0 },
	{ "DNS()", "DNS(qr=1)", 1 },
	{ "DNS()", "DNS(qr=1,qd=DNSQR(qname=\"other.example\"))", 0 },
	/* mDNS: no question is repeated, the case of letters is no matter */
	{ "DNS(qd=DNSQR(qname=\"pc.local\"))",
	    "DNS(qr=1,qd=[],an=DNSRR(rrname=\"PC.local\"))", 1 },
	{ "DNS(qd=DNSQR(qname=\"pc.local\"))",
	    "DNS(qr=1,qd=[],an=DNSRR(rrname=\"tv.local\"))", 0 },
	{ "BOOTP(xid=5)/DHCP(options=[(\"message-type\",\"discover\")])",
	    "BOOTP(op=2,xid=5)/DHCP(options=[(\"message-type\",\"offer\")])",
	    1 },
	{ "BOOTP(xid=5)", "BOOTP(op=2,xid=6)", 0 },
	{ "BOOTP(xid=5)", "BOOTP(xid=5)", 0 },
	{ "DHCP6_Solicit(trid=3)", "DHCP6_Advertise(trid=3)", 1 },
	{ "DHCP6_Solicit(trid=3)", "DHCP6_Advertise(trid=4)", 0 },
	{ "DHCP6_Solicit(trid=3)", "DHCP6_Request(trid=3)", 0 },
	{ "DHCP6_RelayForward(peeraddr=\"fe80::1\")",
	    "DHCP6_RelayReply(peeraddr=\"fe80::1\")", 1 },
	{ "DHCP6_RelayForward(peeraddr=\"fe80::1\")",
	    "DHCP6_RelayReply(peeraddr=\"fe80::2\")", 0 },
	{ "NTPHeader(sent=5)", "NTPHeader(mode=4,orig=5)", 1 },
	{ "NTPHeader(sent=5)", "NTPHeader(mode=4,orig=6)", 0 },
	{ "NTPHeader(sent=5)", "NTPHeader(mode=3,orig=5)", 0 },
	{ "TFTP()/TFTP_RRQ()", "TFTP()/TFTP_DATA(block=1)", 1 },
	{ "TFTP()/TFTP_RRQ()", "TFTP()/TFTP_DATA(block=2)", 0 },
	{ "TFTP()/TFTP_ACK(block=65535)", "TFTP()/TFTP_DATA(block=0)", 1 },
	{ "TFTP()/TFTP_WRQ()", "TFTP()/TFTP_ACK(block=0)", 1 },
	{ "TFTP()/TFTP_DATA(block=3)", "TFTP()/TFTP_ACK(block=3)", 1 },
	{ "TFTP()/TFTP_WRQ()", "TFTP()/TFTP_OACK()", 1 },
	{ "TFTP()/TFTP_RRQ()", "TFTP()/TFTP_ERROR()", 1 },
	{ "LLMNRQuery(id=4)", "LLMNRResponse(id=4)", 1 },
	{ "LLMNRQuery(id=4)", "LLMNRResponse(id=5)", 0 },
};

static void answers(void)
{
	struct pkw_pkt *q = pkw_pkt_new(), *a = pkw_pkt_new();
	struct pkw_diag d;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char what[256];
		if (pkw_parse(q, pairs[i].question, &d) < 0 ||
		    pkw_parse(a, pairs[i].answer, &d) < 0) {
			ok(0, "%s", d.text);
			continue;
		}
		snprintf(what, sizeof what, "%s %s %s", pairs[i].answer,
		    pairs[i].want ? "answers" : "does not answer",
		    pairs[i].question);
		is_int(pkw_answers(q, 0, a, 0), pairs[i].want, what);
	}
	pkw_pkt_free(q);
	pkw_pkt_free(a);
}

int main(void)
{
	example();
	hostile();
	text_form();
	compress();
	answers();
	return done();
}
