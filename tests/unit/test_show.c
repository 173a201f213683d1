/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing.  Bytes are Scapy 2.5.0's, text beside them is what Scapy and
 * tcpdump say about them (values, names, hexdumps, time stamps); calendar facts
 * are `date -u -d @N''s.  For any bytes, nothing but printable ASCII comes out,
 * and JSON is well-formed.
 */
#include <pkw/show.h>
#include <pkw/text.h>

#include "out/fast.h"
#include "tap.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Ether()/IP(id=7,flags="DF",ttl=63)/TCP(flags="PA",seq=2**32-1,ack=1,
   options=[("MSS",1460),("NOP",None),("Timestamp",(1,2))])/b"hi\x1b\n" */
static const uint8_t segment[] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, /* Ether */
	0x45, 0, 0, 0x3c, 0, 7, 0x40, 0, 63, 6, 0x4f, 0x7e, /* IP */
	192, 0, 2, 1, 198, 51, 100, 2,
	0x9c, 0x40, 0, 80, 255, 255, 255, 255, 0, 0, 0, 1, /* TCP */
	0x90, 0x18, 255, 255, 0x4d, 0xbc, 0, 0,
	2, 4, 5, 0xb4, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 0, /* options */
	'h', 'i', 0x1b, '\n'
};

static struct pkw_str out;
static struct pkw_pkt *p;

static const char *text(void)
{
	return out.s ? out.s : "";
}

static int has(const char *part, const char *what)
{
	int r = ok(strstr(text(), part) != NULL, "%s", what);

	if (!r)
		printf("# not in: %s\n# wanted: %s\n", text(), part);
	return r;
}

static void dissect(const void *bytes, size_t n)
{
	pkw_dissect(p, pkw_proto_find("Ether"), bytes, n, 0);
	pkw_str_clear(&out);
}

static void test_numbers(void)
{
	static const uint64_t some[] = { 0, 9, 10, 99, 100, 999, 1000, 9999,
		10000, 99999, 100000, 999999, 9999999, 99999999, 100000000,
		4294967295, 9999999999999999, 18446744073709551615u };
	char got[96], want[96];
	uint64_t x = 88172645463325252u;
	int good = 1;

	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		*fast_u64(got, some[i]) = '\0';
		snprintf(want, sizeof want, "%" PRIu64, some[i]);
		is_str(got, want, want);
	}
	for (int i = 0; i < 100000 && good; i++) {
		uint8_t a[16];
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		*fast_u64(got, x >> (i & 63)) = '\0';
		snprintf(want, sizeof want, "%" PRIu64, x >> (i & 63));
		good = strcmp(got, want) == 0;
		memcpy(a, &x, 8);
		memcpy(a + 8, &x, 8);
		for (int k = 0; k < 16; k += 2)
			if (x >> k & 1)
				a[k] = a[k + 1] = 0;
		*fast_ip4(got, a) = '\0';
		inet_ntop(AF_INET, a, want, sizeof want);
		good &= strcmp(got, want) == 0;
		/* glibc writes ::1.2.3.4 where RFC 5952 has no such form */
		a[0] |= 1;
		*pkw__fast_ip6(got, a) = '\0';
		inet_ntop(AF_INET6, a, want, sizeof want);
		good &= strcmp(got, want) == 0;
	}
	ok(good, "numbers and addresses as printf and inet_ntop");
	if (!good)
		printf("# got %s, wanted %s\n", got, want);
	/* NTP's 2^-32 s and a half; ten digits tell neighbours apart */
	*pkw__fast_fixed(got, UINT64_C(0x180000001), 32, 10) = '\0';
	is_str(got, "1.5000000002", "fixed point");
	*pkw__fast_fixed(got, UINT64_C(0x1ffffffff), 32, 10) = '\0';
	is_str(got, "1.9999999998", "fixed point, rounded");
	*pkw__fast_fixed(got, 0x18000, 16, 5) = '\0';
	is_str(got, "1.5", "fixed point without zeros at its end");
}

static void test_json(struct pkw_printer *pr)
{
	struct pkw_frame f = { .caplen = sizeof segment, .len = 1514,
		.link = 1, .ts_ns = INT64_C(1700000000123456789),
		.comment = "a \"b\"\n", .comment_len = 6 };
	struct pkw_str again = PKW_STR_INIT;

	dissect(segment, sizeof segment);
	pkw_json(pr, p, &f, &out);
	has("{\"time\":1700000000.123456789,\"len\":1514,\"caplen\":74,"
	    "\"link\":\"ETHERNET\",\"layers\":[{\"name\":\"Ether\","
	    "\"offset\":0,\"length\":14,\"fields\":{\"dst\":"
	    "\"02:00:00:00:00:02\",\"src\":\"02:00:00:00:00:01\","
	    "\"type\":2048},\"labels\":{\"type\":\"IPv4\"}}",
	    "JSON: the head and the first layer");
	has("{\"name\":\"IP\",\"offset\":14,\"length\":20,\"fields\":{"
	    "\"version\":4,\"ihl\":5,\"tos\":0,\"len\":60,\"id\":7,"
	    "\"flags\":2,\"frag\":0,\"ttl\":63,\"proto\":6,\"chksum\":20350,"
	    "\"src\":\"192.0.2.1\",\"dst\":\"198.51.100.2\",\"options\":[]},"
	    "\"labels\":{\"flags\":\"DF\",\"proto\":\"tcp\"}}",
	    "JSON: IP");
	has("\"seq\":4294967295,\"ack\":1,\"dataofs\":9,\"reserved\":0,"
	    "\"flags\":24,\"window\":65535,\"chksum\":19900,\"urgptr\":0,"
	    "\"options\":[{\"name\":\"MSS\",\"fields\":{\"kind\":2,\"len\":4,"
	    "\"mss\":1460},\"labels\":{\"kind\":\"MSS\"}},{\"name\":\"NOP\"",
	    "JSON: TCP and its options");
	has("\"labels\":{\"dport\":\"http\",\"flags\":\"PA\"}",
	    "JSON: labels of TCP");
	has("{\"name\":\"Raw\",\"offset\":70,\"length\":4,\"fields\":{"
	    "\"load\":\"68691b0a\"}}],\"notes\":[],"
	    "\"comment\":\"a \\\"b\\\"\\n\"}",
	    "JSON: bytes, notes and the comment");
	/* memos are filled now */
	pkw_json(pr, p, &f, &again);
	is_str(again.s, text(), "JSON: the same again");
	pkw_str_clear(&out);
	pkw_json(pr, p, NULL, &out);
	has("{\"time\":null,\"len\":74,\"caplen\":74,\"link\":\"ETHERNET\"",
	    "JSON without a frame");
	f.ts_ns = -INT64_C(500000000);
	f.link = 65000;
	pkw_str_clear(&out);
	pkw_json(pr, p, &f, &out);
	has("{\"time\":-0.500000000,", "JSON: before 1970");
	has("\"link\":\"65000\"", "JSON: a link type without name");
	pkw_str_free(&again);
}

static void test_notes(struct pkw_printer *pr)
{
	uint8_t lie[sizeof segment];

	memcpy(lie, segment, sizeof lie);
	lie[17] = 200; /* IP.len */
	dissect(lie, sizeof lie);
	pkw_json(pr, p, NULL, &out);
	has("\"notes\":[{\"layer\":1,\"offset\":14,\"name\":\"IP\",\"text\":"
	    "\"the length says more bytes than there are\"}]",
	    "JSON tells what is malformed");
	pkw_str_clear(&out);
	pkw_line(pr, p, NULL, &out);
	has("[! IP: the length says more", "a line tells");
	pkw_str_clear(&out);
	pkw_show(pr, p, NULL, &out);
	has("! IP: the length says more bytes than there are (at 14)",
	    "the tree tells");
	memcpy(lie, segment, sizeof lie);
	lie[22]--; /* IP.ttl */
	dissect(lie, sizeof lie);
	pkw_show(pr, p, NULL, &out);
	has("chksum    = 0x4f7e (wrong)", "a wrong checksum");
}

static void test_tree(struct pkw_printer *pr)
{
	dissect(segment, sizeof segment);
	pkw_show(pr, p, NULL, &out);
	has("###[ IP ]### 20 bytes at 14\n  version   = 4\n", "a layer");
	has("  proto     = 6 (tcp)\n  chksum    = 0x4f7e (right)\n",
	    "label and checksum");
	has("    [0] MSS: kind = 2 (MSS), len = 4, mss = 1460\n", "an option");
	has("  load      = 68691b0a\n", "bytes with a control character");
	pkw_pkt_reset(p);
	pkw_push(p, pkw_proto_find("IP"));
	pkw_set(p, 0, (unsigned)pkw_field_find(&pkw_proto_find("IP")->rec,
	    "len"), 9);
	pkw_seal(p, 0);
	pkw_printer_opts(pr)->flags = PKW_PRINT_BUILT;
	pkw_str_clear(&out);
	pkw_show(pr, p, NULL, &out);
	has("  ihl       = 5 (computed)\n", "what was computed");
	has("  len       = 9\n", "what was set");
	pkw_printer_opts(pr)->flags = PKW_PRINT_SUMS;
}

static int east(int64_t seconds)
{
	(void)seconds;
	return 5 * 3600 + 45 * 60; /* Nepal */
}

static const char *line_at(struct pkw_printer *pr, int64_t ns,
    enum pkw_clock clock, unsigned digits)
{
	struct pkw_frame f = { .caplen = sizeof segment,
		.len = sizeof segment, .link = 1, .ts_ns = ns };
	struct pkw_printer_opts *o = pkw_printer_opts(pr);

	o->clock = clock;
	o->digits = digits;
	dissect(segment, sizeof segment);
	pkw_line(pr, p, &f, &out);
	char *end = strstr(out.s, " IP ");
	if (end)
		*end = '\0';
	return out.s;
}

static void test_clock(struct pkw_printer *pr)
{
	const int64_t s = INT64_C(1000000000);

	is_str(line_at(pr, 1700000000 * s + 123456789, PKW_CLOCK_TIME, 0),
	    "22:13:20.123456", "time of day");
	is_str(line_at(pr, 1700000000 * s + 123456789, PKW_CLOCK_TIME, 9),
	    "22:13:20.123456789", "nanoseconds");
	is_str(line_at(pr, 1700000000 * s + 5000, PKW_CLOCK_EPOCH, 0),
	    "1700000000.000005", "seconds since 1970");
	is_str(line_at(pr, 1709210096 * s, PKW_CLOCK_DATE, 3),
	    "2024-02-29 12:34:56.000", "a leap day");
	is_str(line_at(pr, 4102444799 * s, PKW_CLOCK_DATE, 0),
	    "2099-12-31 23:59:59.000000", "2099");
	is_str(line_at(pr, -s / 2, PKW_CLOCK_DATE, 0),
	    "1969-12-31 23:59:59.500000", "before 1970");
	line_at(pr, 100 * s, PKW_CLOCK_DELTA, 0);
	is_str(line_at(pr, 101 * s + 1000, PKW_CLOCK_DELTA, 0),
	    " 00:00:01.000001", "since the line before");
	is_str(line_at(pr, 101 * s - 1000, PKW_CLOCK_DELTA, 0),
	    "-00:00:00.000002", "backwards");
	pkw_printer_opts(pr)->zone = east;
	is_str(line_at(pr, 1700000000 * s, PKW_CLOCK_DATE, 0),
	    "2023-11-15 03:58:20.000000", "another zone");
	pkw_printer_opts(pr)->zone = NULL;
	pkw_printer_opts(pr)->clock = PKW_CLOCK_NONE;
}

static void test_line(struct pkw_printer *pr)
{
	dissect(segment, sizeof segment);
	pkw_line(pr, p, NULL, &out);
	has("IP 192.0.2.1 > 198.51.100.2", "a line: addresses");
	has("TCP 40000 > http PA", "a line: ports and flags");
	ok(strstr(text(), "Ether") == NULL, "a line without its link layer");
	pkw_printer_opts(pr)->flags |= PKW_PRINT_LINK | PKW_PRINT_NUMERIC;
	pkw_str_clear(&out);
	pkw_line(pr, p, NULL, &out);
	has("Ether 02:00:00:00:00:01 > 02:00:00:00:00:02", "with it");
	has("TCP 40000 > 80 PA", "ports as numbers");
	pkw_printer_opts(pr)->flags = PKW_PRINT_SUMS;
}

/* Data of records as zone files write it; ARP as tcpdump does. */
static void test_summaries(struct pkw_printer *pr)
{
	static const char rr[] = "UDP()/DNS(qr=1, id=7, qd=DNSQR(qname=\"a.b.\"), "
				 "an=";
	static const struct {
		const char *expr, *line;
		int records;
	} rows[] = {
		{ "DNSRR(rdata=\"192.0.2.7\")/DNSRR(type=5, rdata=\"c.d.\"))",
		    "A a.b. answers 2 A 192.0.2.7, CNAME c.d.", 1 },
		{ "DNSRRSOA(mname=\"n.\", rname=\"h.\", serial=1, refresh=2, "
		  "retry=3, expire=4, minimum=5))",
		    "answers 1 SOA n. h. 1 2 3 4 5", 1 },
		{ "DNSRRMX(preference=10, exchange=\"m.\"))",
		    "answers 1 MX 10 m.", 1 },
		{ "DNSRRSRV(priority=1, weight=2, port=5060, target=\"s.\"))",
		    "answers 1 SRV 1 2 5060 s.", 1 },
		{ "DNSRR(type=16, rdata=[\"x y\", \"z\"]))",
		    "answers 1 TXT x y,z", 1 },
		{ "ARP(op=1, psrc=192.0.2.1, pdst=192.0.2.2, "
		  "hwsrc=02:00:00:00:00:01)",
		    "ARP who-has 192.0.2.2 tell 192.0.2.1 "
		    "(02:00:00:00:00:01)", 0 },
		{ "ARP(op=2, psrc=192.0.2.2, hwsrc=02:00:00:00:00:02)",
		    "ARP 192.0.2.2 is-at 02:00:00:00:00:02", 0 },
		{ "ARP(op=3, psrc=192.0.2.2, hwsrc=02:00:00:00:00:02)",
		    "ARP RARP-req 0.0.0.0 from 192.0.2.2 (02:00:00:00:00:02)",
		    0 },
	};
	struct pkw_str expr = PKW_STR_INIT;
	struct pkw_diag d;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pkw_str_clear(&expr);
		pkw_str_add(&expr, rows[i].records ? rr : "");
		pkw_str_add(&expr, rows[i].expr);
		pkw_str_clear(&out);
		if (pkw_parse(p, expr.s, &d) == 0)
			pkw_line(pr, p, NULL, &out);
		has(rows[i].line, rows[i].line);
	}
	pkw_str_free(&expr);
}

/* Lists of bare values are that, also where nothing is laid out; names told by
   a pointer have the text of the name they point to. */
static void test_json_lists(struct pkw_printer *pr)
{
	static const uint8_t rdnss[] = { 25, 3, 0, 0, 0, 0, 0, 30, 0x20, 1, 0xd,
		0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53 };
	static const uint8_t sack[] = { 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0x80,
		0x10, 0, 5, 0, 0, 0, 0, 4, 2, 5, 10, 0, 0, 0, 6, 0, 0, 0, 7 };
	static const uint8_t dns[] = { 0, 7, 0x80, 0, 0, 1, 0, 2, 0, 0, 0, 0,
		1, 'a', 1, 'b', 0, 0, 5, 0, 1,
		0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 'c', 0xc0, 14,
		0xc0, 33, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1 };

	pkw_str_clear(&out);
	pkw_dissect(p, pkw_proto_find("ICMPv6NDOptRDNSS"), rdnss,
	    sizeof rdnss, 0);
	pkw_json(pr, p, NULL, &out);
	has("\"dns\":[\"2001:db8::53\"]", "JSON: a list of addresses");
	pkw_str_clear(&out);
	pkw_dissect(p, pkw_proto_find("TCP"), sack, sizeof sack, 0);
	pkw_json(pr, p, NULL, &out);
	has("{\"name\":\"SAckOK\",\"fields\":{\"kind\":4,\"len\":2,"
	    "\"data\":\"\"},", "JSON: an empty tail");
	has("\"len\":10,\"edges\":[6,7]}", "JSON: a list in an element");
	pkw_str_clear(&out);
	pkw_dissect(p, pkw_proto_find("DNS"), dns, sizeof dns, 0);
	pkw_json(pr, p, NULL, &out);
	has("\"rrname\":\"a.b.\",\"type\":5", "JSON: a pointer to a name");
	has("\"rdata\":\"c.b.\"", "JSON: one to the end of a name");
	has("\"rrname\":\"c.b.\",\"type\":1", "JSON: one to data's name");
}

static void test_hex(struct pkw_printer *pr)
{
	dissect(segment, sizeof segment);
	pkw_hexdump(pr, p, &out);
	is_str(text(), /* tcpdump -xx */
	    "\t0x0000:  0200 0000 0002 0200 0000 0001 0800 4500\n"
	    "\t0x0010:  003c 0007 4000 3f06 4f7e c000 0201 c633\n"
	    "\t0x0020:  6402 9c40 0050 ffff ffff 0000 0001 9018\n"
	    "\t0x0030:  ffff 4dbc 0000 0204 05b4 0108 0a00 0000\n"
	    "\t0x0040:  0100 0000 0200 6869 1b0a\n",
	    "a hexdump");
	pkw_printer_opts(pr)->flags = PKW_PRINT_FIELDS;
	pkw_str_clear(&out);
	pkw_hexdump(pr, p, &out);
	has("0038  05b4                 mss = 1460\n",
	    "a field with its bytes");
	has("0018  4f7e               chksum = 0x4f7e\n", "of a header");
	pkw_printer_opts(pr)->flags = PKW_PRINT_SUMS;
}

static void test_csv(struct pkw_printer *pr)
{
	struct pkw_diag d;
	struct pkw_columns *c = pkw_columns_new(
	    "number,IP.src,TCP.dport,TCP.flags,UDP.len,len,"
	    "TCP.options[0].mss,line", &d);

	dissect(segment, sizeof segment);
	pkw_csv_head(c, &out);
	is_str(text(), "number,IP.src,TCP.dport,TCP.flags,UDP.len,len,"
	               "TCP.options[0].mss,line", "the head");
	pkw_str_clear(&out);
	pkw_csv(pr, c, p, NULL, &out);
	ok(strncmp(text(), "1,192.0.2.1,80,PA,,74,1460,", 27) == 0,
	    "values; nothing for what is not there");
	pkw_columns_free(c);
	ok(!pkw_columns_new("IPP.src", &d), "no such layer");
	is_int(d.code, -PKW_ENOPROTO, "... its code");
	ok(!pkw_columns_new("len,IP.sorc", &d), "no such field");
	is_int(d.column, 8, "... its column");
}

/* Well-formed as far as a scanner can tell: brackets and strings. */
static int json_ok(const char *s)
{
	int depth = 0, in = 0;

	for (; *s; s++) {
		if (in && *s == '\\')
			s++;
		else if (*s == '"')
			in = !in;
		else if (!in && (*s == '{' || *s == '['))
			depth++;
		else if (!in && (*s == '}' || *s == ']'))
			depth--;
		else if (!in && *s == ',' && strchr(",]}", s[1]))
			return 0;
		if (!in && depth == 0 && s[1])
			return 0;
	}
	return depth == 0 && !in;
}

static int is_printable(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\n' &&
		        s[i] != '\t') || (unsigned char)s[i] >= 0x7f)
			return 0;
	return 1;
}

static void test_any_bytes(struct pkw_printer *pr)
{
	static const char *const firsts[] = { "Ether", "IP", "IPv6", "DNS",
		"DHCP", "TCP", "Dot3", "SCTP", "ICMP", "LLDPDU", "DHCP6" };
	uint64_t x = 1;
	uint8_t b[400];
	int printable = 1, json = 1, same = 1, laid = 1;
	struct pkw_str again = PKW_STR_INIT;

	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)(x >> 33) % sizeof b;
		const struct pkw_proto *q =
		    pkw_proto_find(firsts[(size_t)i % 11]);
		for (size_t k = 0; k < n; k++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			b[k] = x >> 61 ? (uint8_t)(x >> 40 & 15)
			               : (uint8_t)(x >> 33);
		}
		if (n > sizeof segment && i % 3 == 0)
			memcpy(b, segment, sizeof segment - 20);
		pkw_dissect(p, q, b, n, 0);
		pkw_str_clear(&out);
		pkw_json(pr, p, NULL, &out);
		json &= json_ok(text());
		const struct pkw_note *notes;
		size_t found = pkw_notes(p, &notes); /* lays all out */
		pkw_str_clear(&again);
		pkw_json(pr, p, NULL, &again);
		char *end = strstr(out.s, "],\"notes\":");
		laid &= end && strncmp(out.s, again.s,
		    (size_t)(end - out.s)) == 0;
		(void)found;
		pkw_str_clear(&out);
		pkw_json(pr, p, NULL, &out);
		same &= out.len == again.len &&
		    memcmp(out.s, again.s, out.len) == 0;
		pkw_line(pr, p, NULL, &out);
		pkw_show(pr, p, NULL, &out);
		pkw_hexdump(pr, p, &out);
		printable &= is_printable(text(), out.len);
	}
	ok(json, "any bytes: JSON is well-formed");
	ok(same, "any bytes: JSON is the same the second time");
	ok(laid, "any bytes: laid out or not, layers are the same");
	pkw_str_free(&again);
	ok(printable, "any bytes: all of it is printable");
}

static void test_rest(void)
{
	struct pkw_str s = PKW_STR_INIT;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	pkw_str_add(&s, "x");
	is_int(pkw_drain(&s, fd, 2), 0, "nothing is written before its time");
	is_int(pkw_drain(&s, fd, 0), -PKW_ENOSPC, "a full disk");
	close(fd);
	is_int(pkw_link_number("ethernet"), 1, "LINKTYPE_ETHERNET");
	is_str(pkw_link_name(276), "LINUX_SLL2", "LINKTYPE_LINUX_SLL2");
	ok(pkw_link_name(65000) == NULL, "a number nobody has");
	/* RFC 768 draws UDP so */
	pkw_doc(pkw_proto_find("UDP"), PKW_DOC_TEXT, 0, &s);
	ok(s.s && strstr(s.s,
	    "  |             sport             |             dport"
	    "             |\n"
	    "  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+\n"
	    "  |              len              |            chksum"
	    "             |\n"),
	    "a header drawn");
	pkw_str_clear(&s);
	ok(pkw_ls("dns", 0, &s) > 10, "ls finds many with dns in their names");
	pkw_str_clear(&s);
	pkw_ls_proto(pkw_proto_find("IP"), 0, &s);
	ok(strstr(s.s, "ttl       1 byte              64") != NULL,
	    "ls of a field");
	pkw_str_free(&s);
}

int main(void)
{
	struct pkw_printer_opts o = { .flags = PKW_PRINT_SUMS };
	struct pkw_printer *pr = pkw_printer_new(&o);

	p = pkw_pkt_new();
	test_numbers();
	test_json(pr);
	test_notes(pr);
	test_tree(pr);
	test_line(pr);
	test_summaries(pr);
	test_json_lists(pr);
	test_clock(pr);
	test_hex(pr);
	test_csv(pr);
	test_any_bytes(pr);
	test_rest();
	pkw_printer_free(pr);
	pkw_pkt_free(p);
	pkw_str_free(&out);
	return done();
}
