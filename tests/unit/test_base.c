/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings, numbers and addresses.  Facts: RFC 5952 §4 for IPv6, Python's repr()
 * for escapes, RFC 8259 for JSON.
 */
#include "tap.h"

#include "base/addr.h"

#include <pkw/error.h>
#include <pkw/str.h>

static void ip6(const char *in, const char *want)
{
	uint8_t b[16];
	char out[PKW__IP6_MAX + 1];

	if (!ok(pkw__addr_parse_ip6(in, strlen(in), b) == 0, "%s parses", in))
		return;
	out[pkw__fmt_ip6(out, b)] = '\0';
	is_str(out, want, in);
}

static void bad(int (*f)(const char *, size_t, uint8_t *), const char *in)
{
	uint8_t b[16];
	ok(f(in, strlen(in), b) == -PKW_ESYNTAX, "`%s' is refused", in);
}

static void test_ip6(void)
{
	ip6("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
	ip6("2001:0db8::0001", "2001:db8::1");
	ip6("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
	ip6("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
	ip6("2001:DB8::AAAA", "2001:db8::aaaa");
	ip6("::", "::");
	ip6("::1", "::1");
	ip6("1::", "1::");
	ip6("0:0:0:0:0:0:0:1", "::1");
	ip6("::ffff:192.0.2.1", "::ffff:192.0.2.1");
	ip6("::ffff:c000:201", "::ffff:192.0.2.1");
	ip6("64:ff9b::192.0.2.33", "64:ff9b::c000:221");
	ip6("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
	ip6("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8");
	ip6("ff02::1:ff00:1", "ff02::1:ff00:1");
	static const char *const no[] = { "", ":", ":::", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "1:", ":1", "::g",
		"1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5",
		"1:2:3:4:5:6:7:8::" };
	for (unsigned i = 0; i < sizeof no / sizeof *no; i++)
		bad(pkw__addr_parse_ip6, no[i]);
}

static void test_mac_ip4(void)
{
	static const uint8_t mac[6] = { 0, 0x1b, 0x21, 0xa, 0xb, 0xff };
	static const char *const same[] = { "00:1b:21:0a:0b:ff",
		"0:1b:21:a:b:FF", "00-1B-21-0A-0B-FF", "001b.210a.0bff" };
	uint8_t b[6];
	char out[18];

	for (unsigned i = 0; i < sizeof same / sizeof *same; i++) {
		memset(b, 0x55, 6);
		pkw__addr_parse_mac(same[i], strlen(same[i]), b);
		is_mem(b, 6, mac, 6, same[i]);
	}
	out[pkw__fmt_mac(out, mac)] = '\0';
	is_str(out, "00:1b:21:0a:0b:ff", "MAC printed");
	static const char *const no[] = { "", "00:1b:21:0a:0b", "00:1b-21:0a:0b:1",
		"00:1b:21:0a:0b:ff:00", "001b210a0bff", "00:1b:21:0a:0b:fff" };
	for (unsigned i = 0; i < sizeof no / sizeof *no; i++)
		bad(pkw__addr_parse_mac, no[i]);

	static const uint8_t ip[4] = { 255, 10, 0, 199 };
	pkw__addr_parse_ip4("255.10.0.199", 12, b);
	is_mem(b, 4, ip, 4, "255.10.0.199");
	out[pkw__fmt_ip4(out, ip)] = '\0';
	is_str(out, "255.10.0.199", "IPv4 printed");
	static const char *const no4[] = { "", "1.2.3", "1.2.3.4.5", "1.2.3.256",
		"01.2.3.4", "1..2.3", "1.2.3.4 ", "a.b.c.d" };
	for (unsigned i = 0; i < sizeof no4 / sizeof *no4; i++)
		bad(pkw__addr_parse_ip4, no4[i]);
}

static void number(const char *in, int64_t want)
{
	int neg;
	uint64_t v = 0;
	int r = pkw__num_parse(in, strlen(in), &neg, &v);
	is_int(r ? r : neg ? -(int64_t)v : (int64_t)v, want, in);
}

static void test_numbers(void)
{
	static const uint64_t v[] = { 0, 9, 10, 99, 100, 12345, UINT32_MAX,
		UINT64_C(10000000000000000000), UINT64_MAX };
	char got[24], want[24];

	for (unsigned i = 0; i < sizeof v / sizeof *v; i++) {
		got[pkw__fmt_u64(got, v[i])] = '\0';
		snprintf(want, sizeof want, "%" PRIu64, v[i]);
		is_str(got, want, want);
	}
	got[pkw__fmt_i64(got, INT64_MIN)] = '\0';
	is_str(got, "-9223372036854775808", "INT64_MIN");
	got[pkw__fmt_hex64(got, 0xabc, 4)] = '\0';
	is_str(got, "0abc", "hex, four digits");
	number("10", 10);
	number("-10", -10);
	number("0x1F", 31);
	number("0o17", 15);
	number("0b101", 5);
	number("1_000", 1000);
	number("18446744073709551616", -PKW_ERANGE);
	number("0x", -PKW_ESYNTAX);
	number("", -PKW_ESYNTAX);
	number("1_", -PKW_ESYNTAX);
	number("12a", -PKW_ESYNTAX);
	number("0b2", -PKW_ESYNTAX);
}

static void test_str(void)
{
	struct pkw_str s = PKW_STR_INIT;
	uint8_t all[256];
	char want[513];

	pkw_str_pyesc(&s, "a'b\"\\\n\r\t\0\x7f\xff", 11, '\'');
	is_str(s.s, "a\\'b\"\\\\\\n\\r\\t\\x00\\x7f\\xff", "Python's escapes");
	pkw_str_clear(&s);
	pkw_str_jsonesc(&s, "a'b\"\\\n\x01\x80", 8);
	is_str(s.s, "a'b\\\"\\\\\\n\\u0001\\u0080", "JSON's escapes");
	pkw_str_clear(&s);
	for (unsigned i = 0; i < 256; i++) {
		all[i] = (uint8_t)i;
		snprintf(want + 2 * i, 3, "%02x", i);
	}
	pkw_str_hex(&s, all, 255);
	want[510] = '\0';
	is_str(s.s, want, "hex of all bytes, odd length");
	pkw_str_clear(&s);
	for (unsigned i = 0; i < 1000; i++)
		pkw_str_fmt(&s, "%0100u", i);
	is_int((int64_t)s.len, 100000, "grows by formatting");
	ok(memcmp(s.s + s.len - 3, "999", 4) == 0, "and ends in a NUL");
	ok(!pkw_str_room(&s, SIZE_MAX) && s.err == -PKW_ENOMEM,
	    "absurd sizes are an error");
	pkw_str_add(&s, "x");
	is_int((int64_t)s.len, 100000, "the error sticks");
	pkw_str_free(&s);
}

int main(void)
{
	test_ip6();
	test_mac_ip4();
	test_numbers();
	test_str();
	return done();
}
