/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets drawn.  Where fields begin is what the figures of RFCs say, which are
 * here as they stand there; formats say what Scapy 2.5.0 says of the same
 * bytes; two strings compared are taken apart again, and the number of changes
 * is what the textbook's table of distances says.
 */
#include <pkw/format.h>
#include <pkw/picture.h>
#include <pkw/registry.h>
#include <pkw/rows.h>
#include <pkw/show.h>
#include <pkw/text.h>

#include "tap.h"

#include <ctype.h>
#include <stdlib.h>

static struct pkw_str out;
static struct pkw_pkt *p;
static struct pkw_printer *pr;

static int parse(const char *text)
{
	struct pkw_diag d = { .code = 0 };

	if (pkw_parse(p, text, &d) == 0)
		return 0;
	printf("# %s: %s\n", text, d.text);
	return -1;
}

/* ---- bit diagrams ---- */

/* The nth (from 0) row of a layer: the one below its nth line of +-+-. */
static const char *row_of(const char *layer, int n)
{
	const char *s = strstr(out.s, layer);

	for (int i = -1; s && i < n;) {
		s = strchr(s, '\n');
		if (s && *++s == '+')
			i++;
	}
	s = s ? strchr(s, '\n') : NULL;
	return s ? s + 1 : "";
}

/* The columns of bars; names and values are somebody's choice. */
static void bars_of(const char *row, char *bars)
{
	size_t n = strcspn(row, "\n");

	for (size_t i = 0; i < 65; i++)
		bars[i] = i < n && row[i] == '|' ? '|' : ' ';
	bars[65] = '\0';
}

static void same_bars(const char *layer, int row, const char *figure)
{
	char got[66], want[66];

	bars_of(row_of(layer, row), got);
	bars_of(figure, want);
	if (!ok(strcmp(got, want) == 0, "%s row %d as in its RFC", layer, row))
		printf("# got    %s\n# wanted %s\n", got, want);
}

static void test_figures(void)
{
	/* RFC 791 section 3.1 */
	static const char *const ip[] = {
	    "|Version|  IHL  |Type of Service|          Total Length         |",
	    "|         Identification        |Flags|      Fragment Offset    |",
	    "|  Time to Live |    Protocol   |         Header Checksum       |",
	    "|                       Source Address                          |",
	    "|                    Destination Address                        |",
	};
	/* RFC 8200 section 3 */
	static const char *const ip6[] = {
	    "|Version| Traffic Class |           Flow Label                  |",
	    "|         Payload Length        |  Next Header  |   Hop Limit   |",
	};
	/* RFC 9293 section 3.1, where it does not name bits one by one */
	static const char *const tcp[] = {
	    "|          Source Port          |       Destination Port        |",
	    "|                        Sequence Number                        |",
	    "|                    Acknowledgment Number                      |",
	};
	static const char sums[] =
	    "|           Checksum            |         Urgent Pointer        |";
	/* RFC 9293 section 3.2: kind 2, length 4, segment size */
	static const char mss[] =
	    "|               |               |                               |";

	parse("IP()/TCP(options=[(\"MSS\",1460)])");
	pkw_str_clear(&out);
	is_int(pkw_diagram(pr, p, &out), 0, "a diagram");
	for (int i = 0; i < 5; i++)
		same_bars("IP, 20 bytes at 0", i, ip[i]);
	for (int i = 0; i < 3; i++)
		same_bars("TCP, 24 bytes at 20", i, tcp[i]);
	same_bars("TCP, ", 4, sums);
	same_bars("TCP, ", 5, mss);
	ok(strstr(out.s, "mss = 1460           |  [0] MSS\n") != NULL,
	    "an option's value in its cell, its name beside the row");
	ok(strstr(out.s, "|        src = 127.0.0.1") ||
	        strstr(out.s, " src = 127.0.0.1 "),
	    "a value beside its name");
	ok(strstr(out.s, "|version|  ihl  |") &&
	        strstr(out.s, "|   4   |   5   |"),
	    "values under names where there is no room beside them");
	parse("IPv6()/UDP()");
	pkw_str_clear(&out);
	pkw_diagram(pr, p, &out);
	for (int i = 0; i < 2; i++)
		same_bars("IPv6, 40 bytes at 0", i, ip6[i]);
}

/* Bits that nobody explains are drawn, what is long is not to scale. */
static void test_odd_diagrams(void)
{
	static const uint8_t options[] = { 0x46, 0, 0, 24, 0, 0, 0, 0, 64, 59,
		0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0x82, 99, 77 };

	pkw_dissect(p, pkw_proto_find("IP"), options, sizeof options, 0);
	pkw_str_clear(&out);
	pkw_diagram(pr, p, &out);
	ok(strstr(out.s, "unexplained") && strstr(out.s, "|      4d       |"),
	    "bytes that belong to no field are in the diagram");
	parse("UDP()/(\"x\"*1400)");
	pkw_str_clear(&out);
	pkw_diagram(pr, p, &out);
	ok(strstr(out.s, "load (1400 bytes)") != NULL, "a long payload's size");
	ok(out.len < 2000, "... but not all of it");
	for (const char *s = out.s; *s; s++)
		if (*s != '\n' && (*s < ' ' || *s > '~')) {
			ok(0, "ASCII");
			break;
		}
}

/* No protocol that is built in has fields behind its payload. */
static const struct pkw_field head_fields[] = { U8("kind"), U16("size") };
static const struct pkw_field trailer_fields[] = { U16("guard", HEX),
	U16("crc", HEX) };
static const struct pkw_record trailer =
    RECORD("Tail", 0, trailer_fields);
static const struct pkw_proto wrapped = {
	.rec = RECORD("Wrapped", 0, head_fields),
	.title = "with a trailer",
	.trailer = &trailer,
};

static void test_trailer(void)
{
	static const uint8_t bytes[] = { 7, 1, 2, 'a', 'b', 'c', 0x12, 0x34,
		0xbe, 0xef };
	struct pkw_picture *pic = pkw_picture_new(PKW_PICTURE_SVG);
	struct pkw_diag d = { .code = 0 };

	is_int(pkw_register(&wrapped, &d), 0, "a protocol with a trailer");
	pkw_dissect(p, &wrapped, bytes, sizeof bytes, 0);
	pkw_str_clear(&out);
	pkw_diagram(pr, p, &out);
	ok(strstr(out.s, "Wrapped, 3 bytes at 0\n") &&
	        strstr(out.s, "Wrapped's trailer, 4 bytes at 6\n"),
	    "it has a diagram of its own");
	ok(strstr(out.s, "guard = 0x1234") && strstr(out.s, "crc = 0xbeef"),
	    "... with its values");
	is_int(pkw_picture_add(pic, pr, p, NULL), 0, "it is drawn");
	pkw_str_clear(&out);
	pkw_picture_put(pic, &out);
	ok(strstr(out.s, ">07 01 02<") && strstr(out.s, ">61 62 63<") &&
	        strstr(out.s, ">12 34 be ef<"),
	    "... with its bytes behind the payload's");
	pkw_picture_free(pic);
}

/* ---- formats ---- */

static const uint8_t segment[] = { /* as in test_show.c */
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0x3c, 0, 7, 0x40,
	0, 63, 6, 0x4f, 0x7e, 192, 0, 2, 1, 198, 51, 100, 2, 0x9c, 0x40, 0, 80,
	255, 255, 255, 255, 0, 0, 0, 1, 0x90, 0x18, 255, 255, 0x4d, 0xbc, 0, 0,
	2, 4, 5, 0xb4, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 0, 'h', 'i', 0x1b,
	'\n' };

static void test_formats(void)
{
	/* what Scapy's sprintf() says, but for the last ones */
	static const char *const cases[][2] = {
		{ "%IP.src%:%TCP.sport%", "192.0.2.1:40000" },
		{ "%-12s,IP.src%|%12s,IP.src%|%.3s,IP.src%|",
		    "192.0.2.1   |   192.0.2.1|192|" },
		{ "%IP.flags% %TCP.flags% %IP.proto% %Ether.type%",
		    "DF PA tcp IPv4" },
		{ "%IP.chksum% %IP.tos% %IP.frag%", "0x4f7e 0x0 0" },
		{ "%03xr,IP.proto% %Xr,IP.chksum% %06dr,IP.len% %#xr,IP.len%",
		    "006 4F7E 000060 0x3c" },
		{ "%+dr,IP.ttl% % dr,IP.ttl% %.4dr,IP.ttl% %-5dr,IP.ttl%|",
		    "+63  63 0063 63   |" },
		{ "%IP:2.src% %UDP.dport% %9s,UDP.dport%", "?? ?? ??" },
		{ "%src% %dst%", "02:00:00:00:00:01 02:00:00:00:00:02" },
		{ "{TCP:t{IP:i}{UDP:u}}{!TCP:n}{!UDP:n{!IP:x}}", "tin" },
		{ "%% %(IP%) a } b", "% {IP} a } b" },
		{ "{TCP:%(%TCP.seq%%)}", "{4294967295}" },
		{ "%.time%", "22:13:20.123456" },
		{ "", "" },
		/* ours */
		{ "%TCP.options[0].mss% %TCP.options[Timestamp].tsecr%",
		    "1460 2" },
		{ "%TCP.options[7].mss%", "??" },
		{ "%TCP.options% %TCP.options[1]%",
		    "MSS,NOP,Timestamp,EOL NOP" },
		{ "%r,TCP.flags% %#xr,IP.flags% %r,TCP.dport%", "24 0x2 80" },
		{ "%Raw.load%", "68691b0a" },
		{ "%xr,IP.src%", "192.0.2.1" },
	};
	struct pkw_frame f = { .ts_ns = INT64_C(1700000000123456789) };
	struct pkw_diag d;

	pkw_dissect(p, pkw_proto_find("Ether"), segment, sizeof segment, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pkw_str_clear(&out);
		int r = pkw_sprintf(pr, p, &f, cases[i][0], &out, &d);
		is_str(r < 0 ? d.text : out.s ? out.s : "", cases[i][1],
		    cases[i][0]);
	}
	pkw_str_clear(&out);
	is_int(pkw_sprintf(pr, p, NULL, "%.time%", &out, NULL), 0, "no frame");
	is_str(out.s, "??", "... no time");
}

static void test_wrong_formats(void)
{
	static const struct {
		const char *text;
		int column;
		const char *part;
	} cases[] = {
		{ "ab %IP.sorc%", 5, "did you mean src" },
		{ "%TCPP.dport%", 2, "no layer `TCPP'; did you mean TCP" },
		{ "ab{UDPP:x}", 4, "no layer `UDPP'" },
		{ "ab%IP.src", 3, "%% is a percent sign" },
		{ "a{TCP:b{UDP:c}", 2, "no } where" },
		{ "{TCP}", 1, "{Layer:...}" },
		{ "{:x}", 1, "{Layer:...}" },
		{ "%5q,IP.src%", 3, "conversion" },
		{ "%99999s,IP.src%", 2, "wider" },
		{ "%IP:0.src%", 5, "counted from 1" },
		{ "%s,%", 4, "a field is expected" },
		{ "%IP.src x%", 8, "does not belong" },
		{ "%IP:2%", 2, "behind the layer" },
		{ "%", 1, "percent sign" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pkw_diag d = { .code = 0 };
		struct pkw_fmt *f = pkw_fmt_new(cases[i].text, &d);
		if (!ok(!f && d.column == cases[i].column &&
		            strstr(d.text, cases[i].part),
		        "%s", cases[i].text))
			printf("# column %d: %s\n", d.column, d.text);
		pkw_fmt_free(f);
	}
	char deep[400] = "";
	for (int i = 0; i < 40; i++)
		strcat(deep, "{IP:");
	ok(!pkw_fmt_new(deep, NULL), "too many conditions in each other");
}

/* ---- hexdiff ---- */

struct taken {
	uint8_t b[2][4096];
	size_t n[2];
	unsigned changed, gone, come;
};

static int nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static void take_row(struct taken *t, const char *line, size_t n, int side)
{
	for (size_t at = 11; at + 1 < n && at < 11 + 48; at += 3)
		if (isxdigit((unsigned char)line[at]))
			t->b[side][t->n[side]++] = (uint8_t)(
			    nibble(line[at]) << 4 | nibble(line[at + 1]));
}

/* Reads what was written: the bytes of both, and the marks. */
static void take_apart(struct taken *t)
{
	*t = (struct taken){ .changed = 0 };
	for (const char *s = out.s; s && *s; s = strchr(s, '\n') + 1) {
		size_t n = strcspn(s, "\n");
		int left = s[0] != ' ', right = n > 5 && s[5] != ' ';
		for (int side = 0; side < 2; side++)
			if (side ? right : left)
				take_row(t, s, n, side);
		for (size_t i = 0; !left && !right && i + 1 < n; i++) {
			t->changed += s[i] == '^' && s[i + 1] == '^';
			t->gone += s[i] == '-' && s[i + 1] == '-';
			t->come += s[i] == '+' && s[i + 1] == '+';
		}
	}
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance by the table (Wagner and Fischer, 1974). */
static unsigned distance(
    const uint8_t *a, size_t n, const uint8_t *b, size_t m)
{
	static unsigned row[2][512];

	for (unsigned k = 0; k <= m; k++)
		row[0][k] = k;
	for (size_t i = 1; i <= n; i++) {
		unsigned *now = row[i & 1], *before = row[~i & 1];
		now[0] = (unsigned)i;
		for (size_t k = 1; k <= m; k++)
			now[k] = least(before[k - 1] + (a[i - 1] != b[k - 1]),
			    least(before[k], now[k - 1]) + 1);
	}
	return row[n & 1][m];
}

static uint32_t seed = 1;

static uint32_t random_to(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* A copy of a with bytes changed, left out and put in. */
static size_t edited(const uint8_t *a, size_t n, uint8_t *b, unsigned often)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		switch (random_to(often)) {
		case 0:
			b[m++] = (uint8_t)random_to(256);
			break;
		case 1:
			break;
		case 2:
			b[m++] = (uint8_t)random_to(256);
			b[m++] = a[i];
			break;
		default:
			b[m++] = a[i];
		}
	}
	return m;
}

static int diff(const uint8_t *a, size_t n, const uint8_t *b, size_t m,
    struct taken *t)
{
	pkw_str_clear(&out);
	if (pkw_hexdiff(a, n, b, m, 0, &out) < 0)
		return 0;
	take_apart(t);
	return t->n[0] == n && t->n[1] == m && memcmp(t->b[0], a, n) == 0 &&
	    memcmp(t->b[1], b, m) == 0;
}

static void test_hexdiff(void)
{
	static uint8_t a[4096], b[4096];
	static struct taken t;
	int both = 1, shortest = 1;

	for (int i = 0; i < 600; i++) {
		size_t n = random_to(200), m;
		for (size_t k = 0; k < n; k++)
			a[k] = (uint8_t)random_to(i % 2 ? 4 : 256);
		m = i % 5 ? edited(a, n, b, 3 + random_to(40)) : random_to(200);
		both &= diff(a, n, b, m, &t);
		shortest &=
		    t.changed + t.gone + t.come == distance(a, n, b, m);
	}
	ok(both, "the rows have all bytes of both, in order");
	ok(shortest, "... with as few changes as can be");
	for (size_t k = 0; k < 2000; k++)
		a[k] = (uint8_t)random_to(256);
	memcpy(b, a, 1000);
	memset(b + 1000, 0x55, 3);
	memcpy(b + 1003, a + 1000, 1000);
	ok(diff(a, 2000, b, 2003, &t) && t.come == 3 && !t.changed && !t.gone,
	    "three bytes put into two thousand");
	for (size_t k = 0; k < 2000; k++)
		b[k] = (uint8_t)(a[k] ^ 0x80);
	ok(diff(a, 2000, b, 1990, &t) && t.changed == 1990 && t.gone == 10,
	    "what has nothing in common is compared by offset");
	ok(diff(a, 20, a, 20, &t) && t.changed + t.gone + t.come == 0 &&
	        !strstr(out.s, "^"),
	    "equal ones stand once");
	ok(diff(a, 0, a, 5, &t) && t.come == 5, "nothing and something");
	pkw_str_clear(&out);
	is_int(pkw_hexdiff("", 0, "", 0, 0, &out), 0, "nothing and nothing");
	is_int((int64_t)out.len, 0, "... is no row");
	pkw_str_clear(&out);
	pkw_hexdiff("ab", 2, "ac", 2, 0, &out);
	is_str(out.s,
	    "0000       61 62                                            ab\n"
	    "     0000  61 63                                            ac\n"
	    "              ^^\n",
	    "marks");
	pkw_str_clear(&out);
	pkw_hexdiff("ab", 2, "ac", 2, PKW_PRINT_COLOR, &out);
	ok(strstr(out.s, "61 \033[33m62\033[0m") != NULL, "colours");
}

/* ---- pictures ---- */

static size_t count(const char *what)
{
	size_t n = 0;

	for (const char *s = out.s; (s = strstr(s, what)); s++)
		n++;
	return n;
}

static void test_pdf(void)
{
	struct pkw_picture *pic = pkw_picture_new(PKW_PICTURE_PDF);
	int good = 1;
	unsigned objects = 0;

	parse("IP()/UDP()/\"a(b)\\\\c\"");
	for (int i = 0; i < 3; i++)
		is_int(pkw_picture_add(pic, pr, p, NULL), 0, "a packet");
	/* forty options of one byte, each with a heading */
	static const uint8_t head[20] = { [12] = 0xf0 };
	uint8_t tcp[60];
	memset(tcp, 1, sizeof tcp);
	memcpy(tcp, head, sizeof head);
	pkw_dissect(p, pkw_proto_find("TCP"), tcp, sizeof tcp, 0);
	is_int(pkw_picture_add(pic, pr, p, NULL), 0, "a long one");
	pkw_str_clear(&out);
	pkw_str_add(&out, "x"); /* places count from the file's beginning */
	is_int(pkw_picture_put(pic, &out), 0, "the file");
	ok(strncmp(out.s + 1, "%PDF-1.", 7) == 0, "it is PDF");
	ok(count("/Type /Page ") > 4, "more than a page for the long one");
	ok(count("(a\\(b\\)") > 2, "brackets are escaped");
	/* ISO 32000-1 7.5.4: twenty bytes a line, the offset of each object */
	const char *end = strstr(out.s, "startxref\n");
	const char *xref = out.s + 1 + strtoul(end + 10, NULL, 10);
	ok(strncmp(xref, "xref\n0 ", 7) == 0, "startxref leads to it");
	unsigned n = (unsigned)strtoul(xref + 7, NULL, 10);
	const char *line = strchr(xref + 5, '\n') + 1;
	for (unsigned i = 1; i < n; i++) {
		char want[32];
		snprintf(want, sizeof want, "%u 0 obj\n", i);
		const char *at = out.s + 1 + strtoul(line + 20 * i, NULL, 10);
		good &= strncmp(at, want, strlen(want)) == 0;
		good &= line[20 * i + 17] == 'n' && line[20 * i + 19] == '\n';
		objects++;
	}
	ok(good && objects > 12, "every object is where the table says");
	good = 1;
	for (const char *s = out.s; (s = strstr(s, "/Length ")); s++) {
		size_t len = strtoul(s + 8, NULL, 10);
		const char *stream = strstr(s, "stream\n") + 7;
		good &= strncmp(stream + len, "endstream", 9) == 0;
	}
	ok(good, "every stream is as long as it says");
	pkw_picture_free(pic);
}

static void test_many(void)
{
	struct pkw_picture *pic = pkw_picture_new(PKW_PICTURE_SVG);
	int r = 0, n = 0;

	parse("UDP()");
	while (n <= PKW_PICTURE_MAX && r == 0) {
		r = pkw_picture_add(pic, pr, p, NULL);
		n += r == 0;
	}
	is_int(r, -PKW_ELIMIT, "a picture has an end");
	is_int(n, PKW_PICTURE_MAX, "... where it says");
	pkw_str_clear(&out);
	is_int(pkw_picture_put(pic, &out), 0, "what was drawn is there");
	is_int((int64_t)count("<g transform"), PKW_PICTURE_MAX, "all of it");
	struct pkw_diag d = { .code = 0 };
	is_int(pkw_picture_save(pic, "/nonexistent/x.svg", &d), -PKW_ENOENT,
	    "no such folder");
	ok(strstr(d.text, "/nonexistent/x.svg") != NULL, "... is named");
	pkw_picture_free(pic);
}

int main(void)
{
	p = pkw_pkt_new();
	pr = pkw_printer_new(NULL);
	test_figures();
	test_odd_diagrams();
	test_trailer();
	test_formats();
	test_wrong_formats();
	test_hexdiff();
	test_pdf();
	test_many();
	pkw_printer_free(pr);
	pkw_pkt_free(p);
	pkw_str_free(&out);
	return done();
}
