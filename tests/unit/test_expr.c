/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions both ways, paths and edits.  Bytes are what Scapy 2.5 builds for
 * the same text; tests/peers/scapy_compare.py does the same for thousands, and
 * tests/peers/lua_text.py for their Lua.
 */
#include "tap.h"

#include <pkw/capture.h>
#include <pkw/pkt.h>
#include <pkw/proto.h>
#include <pkw/rows.h>
#include <pkw/text.h>

#include <stdlib.h>

static struct pkw_pkt *p, *q;
static struct pkw_str out = PKW_STR_INIT;

static const char *hex(const struct pkw_pkt *k)
{
	struct pkw_span b = pkw_bytes(k);

	pkw_str_clear(&out);
	pkw_str_add(&out, "");
	pkw_str_hex(&out, b.p, b.len);
	return out.s;
}

/* Text and what Scapy builds of it. */
static const struct {
	const char *text, *hex;
} scapy[] = {
	{ "IP(version=3,ihl=15,len=9,src=\"198.51.100.1\",dst=\"192.0.2.1\")"
	  "/ICMP()/\"x\"",
	    "3f00000900010000400194bdc6336401c000020108007fff0000000078" },
	{ "Raw(\"caf\\xe9 \\u20ac\")", "636166c3a920e282ac" },
	{ "Raw(b\"caf\\xe9\")", "636166e9" },
	{ "Raw(load=\"a\\tb\\n\\\\ \\\" \\' \\x41\\101\\q\")",
	    "6109620a5c202220272041415c71" },
	{ "Raw(\"ab\"*3)", "616261626162" },
	{ "IP(dst=\"192.0.2.1\",src=\"192.0.2.2\",ttl=0x3f,tos=0b101,id=0o17)",
	    "45050014000f00003f00f7d2c0000202c0000201" },
	{ "IP(flags=\"MF+DF\",dst=\"192.0.2.1\",src=\"192.0.2.2\",frag=3)",
	    "4500001400016003400096e2c0000202c0000201" },
	{ "TCP(flags=\"SA\",dport=\"http\",reserved=True)",
	    "0014005000000000000000005212200000000000" },
	{ "TCP(options=[(\"MSS\",1460),(\"NOP\",None),(\"WScale\",7),"
	  "(\"SAckOK\",b\"\"),(\"Timestamp\",(1,2)),(\"SAck\",(3,4,5,6)),"
	  "(30,b\"\\x01\")])",
	    "0014005000000000000000000002200000000000020405b4010303070402080a"
	    "00000001000000020512000000030000000400000005000000061e0301000000" },
	{ "IP(dst=\"192.0.2.1\",src=\"192.0.2.2\",options=[IPOption_RR("
	  "routers=[\"192.0.2.3\"]),IPOption_NOP()])",
	    "4700001c000100004000e613c0000202c0000201070704c000020301" },
	{ "IP(b\"E\\x00\\x00\\x14\\x00\\x01\\x00\\x00@\\x00\\xa7\\xe7\\x7f\\x00"
	  "\\x00\\x01\\x7f\\x00\\x00\\x01\")",
	    "45000014000100004000a7e77f0000017f000001" },
	{ "STP(age=2.5,maxage=0.00390625)",
	    "00000000000000000000000000000000000000000000000000000002800001"
	    "02000f00" },
	{ "NTPHeader(delay=0.5,dispersion=1e-04,ref=1,orig=2,recv=3.25,sent=4)",
	    "23020a0000008000000000067f00000100000001000000000000000200000000"
	    "00000003400000000000000400000000" },
	{ "UDP()/DNS(id=7,qd=DNSQR(qname=\"a.b\")/DNSQR(qname=\"c\","
	  "qtype=\"AAAA\"),an=DNSRR(rrname=\"a.b\",ttl=9,rdata=\"192.0.2.1\"))",
	    "0035003500370000000701000002000100000000016101620000010001016300"
	    "001c0001016101620000010001000000090004c0000201" },
	{ "DNSRRMX(type=15,rrname=\"a\",preference=3,exchange=\"m\")",
	    "016100000f00010000000000050003016d00" },
	{ "DNSRR(rrname=\"a\",type=\"TXT\",rdata=[\"x\",\"yz\"])",
	    "01610000100001000000000005017802797a" },
	{ "DNS(qd=None)", "000001000000000000000000" },
	{ "DHCP(options=[(\"message-type\",\"discover\"),(\"router\","
	  "\"192.0.2.1\",\"192.0.2.2\"),(\"param_req_list\",[1,3,6]),\"end\"])",
	    "3501010308c0000201c00002023703010306ff" },
	{ "GRE(key_present=1,key=7)", "2000000000000007" },
	{ "ICMP(type=\"echo-reply\",id=1)/\"x\"/Padding(\"pad\")",
	    "000087fe0001000078706164" },
	{ "DUID_UUID(uuid=\"12345678-1234-5678-1234-567812345678\")",
	    "000412345678123456781234567812345678" },
	{ "DHCP6OptClientId(duid=DUID_LL(lladdr=\"02:00:00:00:00:01\"))",
	    "0001000a00030001020000000001" },
};

static void test_scapy(void)
{
	for (unsigned i = 0; i < sizeof scapy / sizeof *scapy; i++) {
		struct pkw_diag d = { 0 };

		if (pkw_parse(p, scapy[i].text, &d) < 0)
			printf("# %d: %s\n", d.column, d.text);
		is_str(hex(p), scapy[i].hex, scapy[i].text);
	}
}

/* What need not be quoted or spelt the one way. */
static const struct {
	const char *a, *b;
} same[] = {
	{ "IP(dst=192.0.2.1)/UDP", "IP(dst=\"192.0.2.1\")/UDP()" },
	{ "ip(dst='192.0.2.1') / \"x\"", "IP(dst=b\"192.0.2.1\")/b'x'" },
	{ "IPv6(dst=2001:db8::1)", "IPv6(dst=\"2001:db8::1\")" },
	{ "Ether(dst=2:0:0:0:0:1)", "Ether(dst=\"02:00:00:00:00:01\")" },
	{ "IP(flags=MF+DF)", "IP(flags=3)" },
	{ "TCP(flags=SA,options=[(MSS,1460)])",
	    "TCP(options=[(\"MSS\",1460),],flags=0x12)" },
	{ "(IP()/TCP())/\"a\"", "IP()/(TCP()/\"a\")" },
	{ "DNS(an=[DNSRR(),DNSRR()])", "DNS(an=DNSRR()/DNSRR())" },
	{ "ICMP(id=7,type=8,code=0)", "ICMP(code=0,type=\"echo-request\",id=7)" },
	{ "GRE(key=7,key_present=1)", "GRE(key_present=1,key=7)" },
	{ "\t IP( ttl = 1 ) ", "IP(ttl=1)" },
};

static void test_same(void)
{
	for (unsigned i = 0; i < sizeof same / sizeof *same; i++) {
		struct pkw_diag d = { 0 };
		int r = pkw_parse(p, same[i].a, &d);

		pkw_parse(q, same[i].b, NULL);
		struct pkw_span a = pkw_bytes(p), b = pkw_bytes(q);
		is_mem(a.p, a.len, b.p, b.len, same[i].a);
		if (r < 0)
			printf("# %d: %s\n", d.column, d.text);
	}
}

/* One line each: what is wrong, where, and what would be right. */
static const struct {
	const char *text;
	int column;
	const char *message;
} errors[] = {
	{ "Ether()/TPC()", 9, "no layer `TPC'; did you mean TCP?" },
	{ "TCP(dprot=3)", 5, "TCP has no field `dprot'; did you mean dport?" },
	{ "IP(ttl=300)", 8, "IP.ttl: `300' is not 0-255" },
	{ "IP(ttl=-1)", 8, "IP.ttl: `-1' is not 0-255" },
	{ "IP(ttl=x)", 8, "IP.ttl: `x' is no number" },
	{ "ICMP(type=\"echo-requst\")", 11,
	    "ICMP.type has no value `echo-requst'; did you mean echo-request?" },
	{ "TCP(flags=\"SX\")", 11, "TCP.flags: there is no flag `X'" },
	{ "IP(flags=DX)", 10, "IP.flags: there is no flag `DX'" },
	{ "IP(dst=www.example.com)", 8, "IP.dst: `www.example.com' is no IPv4 "
	    "address; names are not resolved" },
	{ "Ether(dst=\"02:00\")", 11, "Ether.dst: `02:00' is no MAC address" },
	{ "TCP(options=[(\"MSZ\",1)])", 15,
	    "TCP.options: no option `MSZ'; did you mean MSS?" },
	{ "IP(ttl=[1,2])", 8,
	    "IP.ttl stands for several values; one is wanted here" },
	{ "IP(ttl=3,ttl=4)", 10, "`ttl' is given twice" },
	{ "GRE(key=5)", 5, "GRE.key is absent; it depends on key_present" },
	{ "payload", 1, "no layer `payload'; text needs quotes" },
	{ "IP(", 4, "the text ends where a value is expected" },
	{ "IP())", 5, "`)' where `/' or the end is expected" },
	{ "IP()//UDP()", 6, "`/' where a value is expected" },
	{ "\"abc", 1, "the string that begins here has no end" },
	{ "b\"\\x4\"", 3, "\\x needs 2 hexadecimal digits" },
	{ "IP(flags=RawVal(b\"x\"))", 10,
	    "IP.flags does not begin and end at whole bytes" },
	{ "BOOTP(chaddr=\"12345678901234567\")", 14,
	    "BOOTP.chaddr holds 16 bytes, not 17" },
	{ "IP(ttl=99999999999999999999)", 8,
	    "99999999999999999999 has more than 64 bits" },
	{ "\"x\"*9999999", 5,
	    "the string would be longer than 1048576 bytes" },
};

static void test_errors(void)
{
	for (unsigned i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct pkw_diag d = { 0 };
		int r = pkw_parse(p, errors[i].text, &d);

		ok(r < 0 && d.code == r, "refused: %s", errors[i].text);
		is_int(d.column, errors[i].column, "and the column");
		is_str(d.text, errors[i].message, "and why");
	}
	struct pkw_diag d = { 0 };
	pkw_parse(p, "IP()/\nTPC()", &d);
	ok(d.line == 2 && d.column == 1, "lines are counted");
	is_int((int64_t)pkw_bytes(p).len, 0, "nothing is left of a failure");
}

/* Nothing in here is an expression; none may do more than fail. */
static void test_hostile(void)
{
	char deep[4096];

	for (unsigned c = 0; c < 6; c++) {
		memset(deep, "([/\"b'"[c], sizeof deep - 1);
		deep[sizeof deep - 1] = '\0';
		ok(pkw_parse(p, deep, NULL) < 0, "%c 4095 times",
		    "([/\"b'"[c]);
	}
	deep[0] = '\0';
	for (unsigned i = 0; i < 200; i++)
		strcat(deep, "Raw(load=");
	ok(pkw_parse(p, deep, NULL) < 0, "200 layers inside each other");
	deep[0] = '\0';
	for (unsigned i = 0; i < 200; i++)
		strcat(deep, "IP()/");
	strcat(deep, "IP()");
	is_int(pkw_parse(p, deep, NULL), -PKW_ELIMIT, "201 layers");
	unsigned seed = 1;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned n = i % (sizeof scapy / sizeof *scapy);
		size_t len = strlen(scapy[n].text);
		memcpy(deep, scapy[n].text, len + 1);
		for (unsigned k = 0; k < 1 + i % 4; k++) {
			seed = seed * 1103515245 + 12345;
			deep[(seed >> 8) % len] =
			    "()[]=,/\"'b\\x0*-: \xff"[(seed >> 16) % 19];
		}
		pkw_parse(p, deep, NULL);
	}
	ok(1, "20000 expressions with wrong letters");
}

/* Expressions of packets: exact text, as it is the documentation's. */
static const char *const printed[] = {
	"IP(ttl=3, dst=\"192.0.2.1\")/ICMP()/\"x\"",
	"IP(version=3, ihl=15, len=9)/ICMP(chksum=0x1)",
	"Ether()/IP(flags=\"DF\", options=[IPOption_NOP()])/TCP(flags=\"SA\", "
	"options=[(\"MSS\", 1460), (\"NOP\", None), (\"Timestamp\", (1, 2))])",
	"UDP()/DNS(qd=DNSQR(), an=DNSRR(rdata=\"192.0.2.1\")/"
	"DNSRR(type=16, rdata=[\"x\", \"yz\"]))",
	"IP(ihl=6, ttl=RawVal(b\"\\x01\\x02\"))/b\"\\x00\\xff\"/"
	"Padding(load=\"pad\")",
	"IPv6(dst=\"2001:db8::1\")/IPv6ExtHdrHopByHop(options=[RouterAlert()])"
	"/UDP(sport=0)",
	"Raw(load=\"a\")",
	"GRE(key_present=1, key=0x7)",
};

static void test_printed(void)
{
	struct pkw_str s = PKW_STR_INIT;

	for (unsigned i = 0; i < sizeof printed / sizeof *printed; i++) {
		struct pkw_diag d = { 0 };
		if (pkw_parse(p, printed[i], &d) < 0)
			printf("# %s\n", d.text);
		pkw_str_clear(&s);
		pkw_expression(p, &s);
		is_str(s.s, printed[i], "printed as it was written");
	}
	pkw_pkt_reset(p);
	pkw_str_clear(&s);
	pkw_expression(p, &s);
	is_str(s.s, "Raw(load=\"\")", "an empty packet");
	pkw_str_free(&s);
}

/* Names and numbers that Lua takes for something else. */
static const struct pkw_field odd_fields[] = {
	U64("end"),
	U64("big"),
	S16("less"),
	FIXED(32, 32, "time"),
	FIXED(32, 32, "span"),
};
static const struct pkw_proto odd = {
	.rec = RECORD("802.3", 0, odd_fields),
	.title = "Names and numbers that Lua has not",
	.summary = "{big}",
};

/* Scapy's language and the shell's. */
static const struct {
	const char *text, *lua;
} in_lua[] = {
	{ "IP()/TCP()/\"payload\"", "IP()/TCP()/\"payload\"" },
	{ "IP(dst=\"10.0.0.1\", ttl=3)/TCP(dport=81, flags=\"SA\", options="
	  "[(\"MSS\", 1460), (\"NOP\", None), (\"Timestamp\", (1, 2))])"
	  "/b\"\\x00\\\"\\\\\\n\"",
	    "IP{ttl=3, dst=\"10.0.0.1\"}/TCP{dport=81, flags=\"SA\", options="
	    "{{\"MSS\", 1460}, {\"NOP\", none}, {\"Timestamp\", {1, 2}}}}"
	    "/\"\\x00\\\"\\\\\\n\"" },
	/* bytes are tagged only where text would be something else */
	{ "TCP(options=[(34, b\"abc\"), (34, b\"a\\xff\")])",
	    "TCP{options={{34, bytes\"abc\"}, {34, \"a\\xff\"}}}" },
	{ "Raw(load=b\"abc\")", "Raw{load=\"abc\"}" },
	{ "DNS(qd=None)", "DNS{qd={}}" },
	{ "DNS(an=DNSRR(type=16, rdata=[b\"v\"]))",
	    "DNS{qd=DNSQR(), an=DNSRR{type=16, rdata={\"v\"}}}" },
	{ "DNS(an=DNSRR(rdata=\"192.0.2.1\")/DNSRRSRV())",
	    "DNS{qd=DNSQR(), an={DNSRR{rdata=\"192.0.2.1\"}, DNSRRSRV()}}" },
	{ "IP(ttl=RawVal(b\"ab\"))", "IP{ihl=6, ttl=raw\"ab\"}" },
	{ "IP(options=[IPOption_RR()])", "IP{options={IPOption_RR()}}" },
	{ "802.3(end=9223372036854775807, big=9223372036854775808, less=-1)",
	    "layer\"802.3\"{[\"end\"]=9223372036854775807, "
	    "big=0x8000000000000000, less=-1}" },
	{ "802.3(time=3913056000.12345, span=3913056000.123456)/\"x\"",
	    "layer\"802.3\"{time=3913056000.12345, "
	    "span=\"3913056000.123456\"}/\"x\"" },
};

static void test_lua(void)
{
	struct pkw_str s = PKW_STR_INIT;

	ok(pkw_register(&odd, NULL) == 0, "a layer with odd names");
	for (unsigned i = 0; i < sizeof in_lua / sizeof *in_lua; i++) {
		struct pkw_diag d = { 0 };
		if (pkw_parse(p, in_lua[i].text, &d) < 0)
			printf("# %s\n", d.text);
		pkw_str_clear(&s);
		ok(pkw_lua(p, &s) == 0, "written");
		is_str(s.s, in_lua[i].lua, "the shell's text");
	}
	pkw_pkt_reset(p);
	pkw_str_clear(&s);
	pkw_lua(p, &s);
	is_str(s.s, "Raw{load=\"\"}", "an empty packet");
	pkw_str_free(&s);
}

/* A record in the place of what a sealed or a read packet has there. */
static void test_inner(void)
{
	static const uint8_t read[] = { 0, 1, 0, 6, 0, 3, 0, 1, 'a', 'b' };
	int root;

	pkw_parse(p, "DHCP6OptClientId()", NULL);
	root = pkw_root(p, 0);
	unsigned duid = (unsigned)pkw_field_named(p, root, "duid");
	ok(pkw_field_parse(p, root, duid, "DUID_EN()", NULL) == 0 &&
	    pkw_seal(p, 0) == 0, "a record by name alone");
	is_str(hex(p), "00010006000200000137", "... is counted");
	pkw_dissect(p, pkw_proto_find("DHCP6OptClientId"), read, sizeof read, 0);
	root = pkw_root(p, 0);
	ok(pkw_field_parse(p, root, duid, "DUID_EN()", NULL) == 0 &&
	    pkw_seal(p, 0) == 0, "... in a packet that was read");
	is_str(hex(p), "00010006000200000137", "... is counted");
	ok(read[5] == 3, "... whose bytes are not ours");
}

static int comes_back(const uint8_t *b, size_t n)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_dissect(p, pkw_proto_find("Ether"), b, n, 0);
	int good = pkw_expression(p, &s) == 0 &&
	    pkw_parse(q, s.s, NULL) == 0;
	struct pkw_span a = pkw_bytes(q);
	good = good && a.len == n && memcmp(a.p, b, n) == 0;
	if (!good)
		printf("# %s\n", s.s ? s.s : "?");
	pkw_str_free(&s);
	return good;
}

/* parse(expression(dissect(x))) == x, also when x is damaged. */
static void test_roundtrip(const char *file)
{
	struct pkw_diag d = { 0 };
	struct pkw_frame f;
	struct pkw_reader *r = pkw_reader_open(file, 0, &d);
	unsigned n = 0, bad = 0, seed = 7;
	static uint8_t b[65536];

	while (r && pkw_reader_next(r, &f, &d) > 0) {
		n++;
		memcpy(b, f.data, f.caplen);
		bad += !comes_back(b, f.caplen);
		for (unsigned k = 0; k < 8 && f.caplen; k++) {
			seed = seed * 1103515245 + 12345;
			b[(seed >> 8) % f.caplen] ^= (uint8_t)(1 << seed % 8);
			bad += !comes_back(b, f.caplen - (k == 7));
		}
	}
	if (r)
		pkw_reader_close(r);
	ok(n > 20, "%s: %u frames", file, n);
	is_int(bad, 0, "all come back, whole and damaged");
}

/* What an edit does, as what Scapy builds with the values in place. */
static const struct {
	const char *edit, *result;
} edits[] = {
	{ "IP.ttl=3", "IP(src=\"192.0.2.1\",dst=\"192.0.2.2\",ttl=3)/TCP("
	    "options=[(\"MSS\",1460),(\"NOP\",None),(\"WScale\",7)])/\"abc\"" },
	{ "IP.dst=10.0.0.9; TCP.dport=http; TCP.options[0].mss=1200",
	    "IP(src=\"192.0.2.1\",dst=\"10.0.0.9\")/TCP(dport=80,"
	    "options=[(\"MSS\",1200),(\"NOP\",None),(\"WScale\",7)])/\"abc\"" },
	{ "TCP.seq -= 1; IP.id += 0x10", "IP(src=\"192.0.2.1\","
	    "dst=\"192.0.2.2\",id=17)/TCP(seq=0xffffffff,"
	    "options=[(\"MSS\",1460),(\"NOP\",None),(\"WScale\",7)])/\"abc\"" },
	{ "del TCP.options[NOP]", "IP(src=\"192.0.2.1\",dst=\"192.0.2.2\")/TCP("
	    "options=[(\"MSS\",1460),(\"WScale\",7)])/\"abc\"" },
	{ "TCP.options += (\"SAckOK\", b\"\")", "IP(src=\"192.0.2.1\","
	    "dst=\"192.0.2.2\")/TCP(options=[(\"MSS\",1460),(\"NOP\",None),"
	    "(\"WScale\",7),(\"SAckOK\",b\"\")])/\"abc\"" },
	{ "Raw.load=\"a longer one\"", "IP(src=\"192.0.2.1\","
	    "dst=\"192.0.2.2\")/TCP(options=[(\"MSS\",1460),(\"NOP\",None),"
	    "(\"WScale\",7)])/\"a longer one\"" },
	{ "IP.len=9; TCP.chksum=1", "IP(src=\"192.0.2.1\",dst=\"192.0.2.2\","
	    "len=9)/TCP(chksum=1,options=[(\"MSS\",1460),(\"NOP\",None),"
	    "(\"WScale\",7)])/\"abc\"" },
	{ "IP.len=9; del IP.len", "IP(src=\"192.0.2.1\",dst=\"192.0.2.2\")/TCP("
	    "options=[(\"MSS\",1460),(\"NOP\",None),(\"WScale\",7)])/\"abc\"" },
	{ "del Raw", "IP(src=\"192.0.2.1\",dst=\"192.0.2.2\")/TCP("
	    "options=[(\"MSS\",1460),(\"NOP\",None),(\"WScale\",7)])" },
};

static const char base[] = "IP(src=\"192.0.2.1\",dst=\"192.0.2.2\")/TCP("
    "options=[(\"MSS\",1460),(\"NOP\",None),(\"WScale\",7)])/\"abc\"";

static void apply(const char *edit, int want)
{
	struct pkw_diag d = { 0 };
	struct pkw_edit *e = pkw_edit_new(edit, &d);

	if (!ok(e != NULL, "compiles: %s", edit)) {
		printf("# %d: %s\n", d.column, d.text);
		return;
	}
	is_int(pkw_edit_apply(e, q, &d), want, edit);
	pkw_edit_free(e);
}

static void test_edits(void)
{
	for (unsigned i = 0; i < sizeof edits / sizeof *edits; i++) {
		pkw_parse(p, base, NULL);
		struct pkw_span b = pkw_bytes(p);
		pkw_dissect(q, pkw_proto_find("IP"), b.p, b.len, 0);
		apply(edits[i].edit, 1);
		pkw_parse(p, edits[i].result, NULL);
		struct pkw_span want = pkw_bytes(p), got = pkw_bytes(q);
		is_mem(got.p, got.len, want.p, want.len, "the packet");
	}
	pkw_parse(q, base, NULL);
	apply("UDP.sport=3; VXLAN.vni=1; del DNS", 0);
	apply("TCP.options[5].mss=3", 0);

	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "IP.tll=3", "IP has no field `tll'; did you mean ttl?" },
		{ "TCP.options[0].mms=3",
		    "TCP has no field `mms'; did you mean mss?" },
		{ "APR.op=3", "no layer `APR'; did you mean ARP?" },
		{ "IP.ttl=300", "IP.ttl: `300' is not 0-255" },
		{ "IP.ttl", "`=' is expected here, as in IP.ttl=3" },
		{ "IP=3", "a layer takes no value; name a field, as in "
			  "IP.version" },
		{ "IP:0.ttl=3", "layers of a kind are counted from 1" },
		{ "IP.ttl=3 IP.id=4", "`;' or the end is expected here" },
		{ " ; ", "there is nothing to do" },
	};
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct pkw_diag d = { 0 };
		ok(!pkw_edit_new(bad[i].text, &d), "refused: %s", bad[i].text);
		is_str(d.text, bad[i].message, "and why");
	}
}

static void path(const char *text, const char *want)
{
	struct pkw_diag d = { 0 };
	struct pkw_str s = PKW_STR_INIT;
	unsigned field;
	int node, r = pkw_path(p, text, &node, &field, &d);

	if (r == 0)
		pkw_field_text(p, node, field, 0, &s);
	is_str(r == 0 ? s.s : d.text, want, text);
	pkw_str_free(&s);
}

static void test_paths(void)
{
	pkw_parse(p, "IP(src=\"192.0.2.1\")/IP(src=\"192.0.2.7\")/UDP()/"
	    "DNS(an=DNSRR(rdata=\"192.0.2.8\")/DNSRR(type=15)/"
	    "DNSRRMX(exchange=\"m.\"))", NULL);
	path("IP.src", "192.0.2.1");
	path("IP:2.src", "192.0.2.7");
	path("IP:3.src", "there is no layer IP:3");
	path("DNS.an[0].rdata", "192.0.2.8");
	path("DNS.an[2].exchange", "m.");
	path("DNS.qd[0].qtype", "A");
	path("DNS.an[9].rdata", "DNS.an has 3 elements, there is no [9]");
	path("DNS.x", "DNS has no field `x'");
	path("TCP.sport", "there is no layer TCP");
}

int main(void)
{
	p = pkw_pkt_new();
	q = pkw_pkt_new();
	test_scapy();
	test_same();
	test_errors();
	test_hostile();
	test_printed();
	test_lua();
	test_inner();
	test_roundtrip("tests/data/transport.pcap");
	test_roundtrip("tests/data/service.pcap");
	test_edits();
	test_paths();
	pkw_pkt_free(p);
	pkw_pkt_free(q);
	pkw_str_free(&out);
	return done();
}
