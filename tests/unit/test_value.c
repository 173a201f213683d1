/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of fields as text, both ways.  Numbers are what Scapy 2.5 builds for
 * the same text; fixed point borders are arithmetic (2^-8 = 0.00390625).
 */
#include "tap.h"

#include <pkw/pkt.h>
#include <pkw/text.h>

static struct pkw_pkt *p;

/* Where a path leads in the packet of an expression. */
static int at(const char *expr, const char *path, int *node, unsigned *field)
{
	struct pkw_diag d = { 0 };
	int r = pkw_parse(p, expr, &d);

	if (r == 0)
		r = pkw_path(p, path, node, field, &d);
	if (r < 0)
		ok(0, "%s: %s", expr, d.text);
	return r;
}

static const struct {
	const char *expr, *path, *text, *numeric;
} texts[] = {
	{ "ICMP(type=8)", "ICMP.type", "echo-request", "8" },
	{ "ICMP(type=3,code=3)", "ICMP.code", "port-unreachable", "3" },
	{ "ICMP(type=11,code=1)", "ICMP.code",
	    "ttl-zero-during-reassembly", "1" },
	{ "ICMP(type=200)", "ICMP.type", "200", "200" },
	{ "TCP(flags=\"SA\")", "TCP.flags", "SA", "18" },
	{ "TCP(flags=0)", "TCP.flags", "0", "0" },
	{ "TCP(flags=0x1ff)", "TCP.flags", "FSRPAUECN", "511" },
	{ "IP(flags=3)", "IP.flags", "MF+DF", "3" },
	{ "IP(chksum=10)", "IP.chksum", "0xa", "0xa" },
	{ "IP(dst=\"192.0.2.255\")", "IP.dst", "192.0.2.255", "192.0.2.255" },
	{ "IPv6(dst=\"2001:DB8:0:0:1::1\")", "IPv6.dst", "2001:db8::1:0:0:1",
	    "2001:db8::1:0:0:1" },
	{ "Ether(src=\"2:0:0:0:0:A\")", "Ether.src", "02:00:00:00:00:0a",
	    "02:00:00:00:00:0a" },
	{ "STP(age=2.5)", "STP.age", "2.5", "2.5" },
	{ "STP(age=0.00390625)", "STP.age", "0.004", "0.004" },
	{ "STP(age=255.99609375)", "STP.age", "255.997", "255.997" },
	{ "NTPHeader(sent=1)", "NTPHeader.sent", "1", "1" },
	{ "ARP(psrc=\"192.0.2.1\")", "ARP.psrc", "192.0.2.1", "192.0.2.1" },
	{ "Raw(b\"a\\x00\\n\\xff\\\\\")", "Raw.load", "a\\x00\\n\\xff\\\\",
	    "a\\x00\\n\\xff\\\\" },
	{ "BOOTP(sname=\"boot\")", "BOOTP.sname", "boot", "boot" },
	{ "DNS(qd=DNSQR(qname=\"www.example.com\",qtype=28))",
	    "DNS.qd[0].qname", "www.example.com.", "www.example.com." },
	{ "DNS(qd=DNSQR(qtype=28))", "DNS.qd[0].qtype", "AAAA", "28" },
	{ "TCP(options=[(\"MSS\",1460),(\"NOP\",None)])", "TCP.options",
	    "[(\"MSS\", 1460), (\"NOP\", None)]",
	    "[(\"MSS\", 1460), (\"NOP\", None)]" },
	{ "TCP(options=[(\"MSS\",1460)])", "TCP.options[MSS].mss", "1460",
	    "1460" },
	{ "DUID_UUID(uuid=\"12345678-1234-5678-1234-567812345678\")",
	    "DUID_UUID.uuid", "12345678-1234-5678-1234-567812345678",
	    "12345678-1234-5678-1234-567812345678" },
	{ "IP(ttl=RawVal(b\"\\x01\\x02\"))", "IP.ttl", "\\x01\\x02",
	    "\\x01\\x02" },
	{ "SNAP(OUI=0x00000c)", "SNAP.OUI", "Cisco", "0xc" },
};

static void test_text(void)
{
	struct pkw_str s = PKW_STR_INIT;
	unsigned field;
	int node;

	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (at(texts[i].expr, texts[i].path, &node, &field) < 0)
			continue;
		pkw_str_clear(&s);
		pkw_field_text(p, node, field, 0, &s);
		is_str(s.s, texts[i].text, texts[i].expr);
		pkw_str_clear(&s);
		pkw_field_text(p, node, field, PKW_TEXT_NUMERIC, &s);
		is_str(s.s, texts[i].numeric, "as a number");
	}
	pkw_str_free(&s);
}

/* What is printed can be typed, and gives the same packet. */
static void test_back(void)
{
	struct pkw_str s = PKW_STR_INIT;
	uint8_t before[2048];
	unsigned field;
	int node;

	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pkw_diag d = { 0 };

		if (strstr(texts[i].expr, "RawVal") ||
		    at(texts[i].expr, texts[i].path, &node, &field) < 0)
			continue;
		size_t n = pkw_bytes(p).len;
		memcpy(before, pkw_bytes(p).p, n);
		pkw_str_clear(&s);
		pkw_field_text(p, node, field, 0, &s);
		/* escapes are for eyes: a string wants quotes */
		if (strchr(s.s, '\\'))
			continue;
		int r = pkw_field_parse(p, node, field, s.s, &d);
		if (r < 0)
			printf("# %s\n", d.text);
		pkw_seal(p, 0);
		is_mem(pkw_bytes(p).p, pkw_bytes(p).len, before, n, s.s);
	}
	pkw_str_free(&s);
}

static const struct {
	const char *expr, *path, *text;
	uint64_t value;
} values[] = {
	{ "IP()", "IP.ttl", "0x10", 16 },
	{ "IP()", "IP.ttl", "0o17", 15 },
	{ "IP()", "IP.ttl", "0b11", 3 },
	{ "IP()", "IP.ttl", "\"7\"", 7 },
	{ "IP()", "IP.ttl", "True", 1 },
	{ "IP()", "IP.proto", "udp", 17 },
	{ "IP()", "IP.proto", "\"tcp\"", 6 },
	{ "ICMP(type=3)", "ICMP.code", "host-unreachable", 1 },
	{ "ICMP(type=5)", "ICMP.code", "host-redirect", 1 },
	{ "TCP()", "TCP.flags", "FPU", 0x29 },
	{ "TCP()", "TCP.flags", "S+A", 0x12 },
	{ "IP()", "IP.flags", "evil+DF", 6 },
	{ "Ether()", "Ether.type", "ARP", 0x806 },
	{ "Ether()", "Ether.type", "arp", 0x806 },
	{ "STP()", "STP.age", "1.999", 511 },
	{ "STP()", "STP.age", "1e-2", 2 },
	{ "STP()", "STP.age", "255.999", 65535 },
	{ "NTPHeader()", "NTPHeader.sent", "1.5", UINT64_C(0x180000000) },
};

static void test_values(void)
{
	unsigned field;
	int node;

	for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
		struct pkw_diag d = { 0 };
		uint64_t v = 0;

		if (at(values[i].expr, values[i].path, &node, &field) < 0)
			continue;
		if (pkw_field_parse(p, node, field, values[i].text, &d) < 0)
			printf("# %s\n", d.text);
		pkw_field_u(p, node, field, &v);
		is_int((int64_t)v, (int64_t)values[i].value, values[i].text);
	}
}

static const struct {
	const char *expr, *path, *text, *message;
} wrong[] = {
	{ "IP()", "IP.ttl", "256", "IP.ttl: `256' is not 0-255" },
	{ "IP()", "IP.frag", "8192", "IP.frag: `8192' is not 0-8191" },
	{ "TCP()", "TCP.seq", "4294967296",
	    "TCP.seq: `4294967296' is not 0-4294967295" },
	{ "STP()", "STP.age", "256", "STP.age: `256' is not 0-255" },
	{ "IP()", "IP.ttl", "1.5", "IP.ttl: `1.5' is no number" },
	{ "IP()", "IP.dst", "10.1", "IP.dst: `10.1' is no IPv4 address" },
	{ "IP()", "IP.dst", "[1,2]",
	    "IP.dst stands for several values; one is wanted here" },
	{ "NTPHeader()", "NTPHeader.precision", "-200",
	    "NTPHeader.precision: `-200' is not 0-255" },
};

static void test_wrong(void)
{
	unsigned field;
	int node;

	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct pkw_diag d = { 0 };

		if (at(wrong[i].expr, wrong[i].path, &node, &field) < 0)
			continue;
		ok(pkw_field_parse(p, node, field, wrong[i].text, &d) < 0,
		    "%s is refused", wrong[i].text);
		is_str(d.text, wrong[i].message, "and why");
	}
}

static void test_label(void)
{
	unsigned field;
	int node;

	at("ICMP(type=3)", "ICMP.code", &node, &field);
	is_str(pkw_field_label(p, node, field, 1), "host-unreachable",
	    "a code's label is its type's");
	ok(!pkw_field_label(p, node, field, 99), "no label, NULL");
	at("Ether()", "Ether.type", &node, &field);
	is_str(pkw_field_label(p, node, field, 0x86dd), "IPv6", "EtherType");
	at("IP()", "IP.dst", &node, &field);
	ok(!pkw_field_label(p, node, field, 1), "an address has none");
	ok(!pkw_field_label(p, node, 63, 1), "nor has no field");
}

int main(void)
{
	p = pkw_pkt_new();
	test_text();
	test_back();
	test_values();
	test_wrong();
	test_label();
	pkw_pkt_free(p);
	return done();
}
