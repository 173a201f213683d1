/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers and addresses as text.
 *
 * The formatters stand on the path of every printed packet, so they write into
 * the caller's room and use no printf: decimal goes two digits at a time from a
 * table, hexadecimal four bytes at a time in one 64-bit word (the nibbles are
 * spread over the bytes, and 39 = 'a' - '0' - 10 is added where one is above
 * nine).
 *
 * The parsers take a length, for their input is a piece of an expression.  They
 * are stricter than inet_aton(): "10.1" is no address and "010" no octet, since
 * nobody agrees on what they mean.  IPv6 text follows RFC 4291 §2.2 on input
 * and RFC 5952 on output, where of the forms with an IPv4 tail only the mapped
 * ::ffff:0:0/96 is used.
 */
#include "base/addr.h"

#include <pkw/error.h>
#include <string.h>

static const char pairs[] =
	"00010203040506070809101112131415161718192021222324"
	"25262728293031323334353637383940414243444546474849"
	"50515253545556575859606162636465666768697071727374"
	"75767778798081828384858687888990919293949596979899";

static const char digits[] = "0123456789abcdef";

size_t pkw__fmt_u64(char *out, uint64_t v)
{
	char tmp[PKW__U64_MAX];
	char *p = tmp + sizeof tmp;

	while (v >= 100) {
		p -= 2;
		memcpy(p, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		p -= 2;
		memcpy(p, pairs + v * 2, 2);
	} else {
		*--p = (char)('0' + v);
	}
	size_t n = (size_t)(tmp + sizeof tmp - p);
	memcpy(out, p, n);
	return n;
}

size_t pkw__fmt_i64(char *out, int64_t v)
{
	if (v >= 0)
		return pkw__fmt_u64(out, (uint64_t)v);
	*out = '-';
	return 1 + pkw__fmt_u64(out + 1, -(uint64_t)v);
}

static void hex4(char *out, const uint8_t *b)
{
	uint64_t x = (uint64_t)b[0] | (uint64_t)b[1] << 16 |
	    (uint64_t)b[2] << 32 | (uint64_t)b[3] << 48;
	uint64_t above;

	x = (x >> 4 & 0x000f000f000f000f) | (x & 0x000f000f000f000f) << 8;
	above = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
	x += 0x3030303030303030 + above * 39;
	for (unsigned i = 0; i < 8; i++)
		out[i] = (char)(x >> 8 * i);
}

size_t pkw__fmt_hex(char *out, const uint8_t *b, size_t n)
{
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		hex4(out + 2 * i, b + i);
	for (; i < n; i++) {
		out[2 * i] = digits[b[i] >> 4];
		out[2 * i + 1] = digits[b[i] & 15];
	}
	return 2 * n;
}

size_t pkw__fmt_hex64(char *out, uint64_t v, unsigned min)
{
	unsigned n = 1;

	while (n < 16 && v >> 4 * n)
		n++;
	if (n < min)
		n = min < 16 ? min : 16;
	for (unsigned i = 0; i < n; i++)
		out[i] = digits[v >> 4 * (n - 1 - i) & 15];
	return n;
}

size_t pkw__fmt_mac(char *out, const uint8_t *b)
{
	for (unsigned i = 0; i < 6; i++) {
		out[3 * i] = digits[b[i] >> 4];
		out[3 * i + 1] = digits[b[i] & 15];
		if (i < 5)
			out[3 * i + 2] = ':';
	}
	return 17;
}

static char *octet(char *p, unsigned v)
{
	if (v >= 100) {
		*p++ = (char)('0' + v / 100);
		v %= 100;
		memcpy(p, pairs + v * 2, 2);
		return p + 2;
	}
	if (v >= 10) {
		memcpy(p, pairs + v * 2, 2);
		return p + 2;
	}
	*p++ = (char)('0' + v);
	return p;
}

size_t pkw__fmt_ip4(char *out, const uint8_t *b)
{
	char *p = octet(out, b[0]);

	*p++ = '.';
	p = octet(p, b[1]);
	*p++ = '.';
	p = octet(p, b[2]);
	*p++ = '.';
	p = octet(p, b[3]);
	return (size_t)(p - out);
}

/* The first longest run of two or more zero groups, RFC 5952 §4.2. */
static unsigned longest_zeros(const uint16_t g[8], unsigned *at)
{
	unsigned best = 1;

	*at = 8;
	for (unsigned i = 0; i < 8; i++) {
		unsigned k = i;

		while (k < 8 && g[k] == 0)
			k++;
		if (k - i > best) {
			best = k - i;
			*at = i;
		}
		if (k > i)
			i = k;
	}
	return *at < 8 ? best : 0;
}

size_t pkw__fmt_ip6(char *out, const uint8_t *b)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint16_t g[8];
	unsigned at, run;
	char *p = out;

	if (memcmp(b, mapped, sizeof mapped) == 0) {
		memcpy(out, "::ffff:", 7);
		return 7 + pkw__fmt_ip4(out + 7, b + 12);
	}
	for (unsigned i = 0; i < 8; i++)
		g[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
	run = longest_zeros(g, &at);
	for (unsigned i = 0; i < 8; i++) {
		if (i == at) {
			*p++ = ':';
			*p++ = ':';
			i += run - 1;
			continue;
		}
		if (i && i != at + run)
			*p++ = ':';
		p += pkw__fmt_hex64(p, g[i], 1);
	}
	return (size_t)(p - out);
}

size_t pkw__fmt_uuid(char *out, const uint8_t *b)
{
	static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
	char *p = out;

	for (unsigned i = 0; i < sizeof groups; i++) {
		if (i)
			*p++ = '-';
		p += pkw__fmt_hex(p, b, groups[i]);
		b += groups[i];
	}
	return (size_t)(p - out);
}

int pkw__hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads up to `max' hex digits at *s; returns how many there were. */
static unsigned hex_group(
    const char **s, const char *end, unsigned max, unsigned *v)
{
	unsigned n = 0;

	*v = 0;
	while (n < max && *s < end && pkw__hex_digit(**s) >= 0) {
		*v = *v << 4 | (unsigned)pkw__hex_digit(**s);
		++*s;
		n++;
	}
	return n;
}

static int parse_cisco(const char *s, const char *end, uint8_t out[6])
{
	uint8_t b[6];

	for (unsigned i = 0; i < 3; i++) {
		unsigned v;

		if (i && (s == end || *s++ != '.'))
			return -PKW_ESYNTAX;
		if (hex_group(&s, end, 4, &v) != 4)
			return -PKW_ESYNTAX;
		b[2 * i] = (uint8_t)(v >> 8);
		b[2 * i + 1] = (uint8_t)v;
	}
	if (s != end)
		return -PKW_ESYNTAX;
	memcpy(out, b, 6);
	return 0;
}

int pkw__addr_parse_mac(const char *s, size_t n, uint8_t out[6])
{
	const char *end = s + n;
	uint8_t b[6];
	char sep = 0;

	if (n == 14 && s[4] == '.')
		return parse_cisco(s, end, out);
	for (unsigned i = 0; i < 6; i++) {
		unsigned v;

		if (i == 1 && s < end && (*s == ':' || *s == '-'))
			sep = *s;
		if (i && (s == end || !sep || *s++ != sep))
			return -PKW_ESYNTAX;
		if (hex_group(&s, end, 2, &v) == 0)
			return -PKW_ESYNTAX;
		b[i] = (uint8_t)v;
	}
	if (s != end)
		return -PKW_ESYNTAX;
	memcpy(out, b, 6);
	return 0;
}

int pkw__addr_parse_ip4(const char *s, size_t n, uint8_t out[4])
{
	const char *end = s + n;
	uint8_t b[4];

	for (unsigned i = 0; i < 4; i++) {
		unsigned v = 0, len = 0;

		if (i && (s == end || *s++ != '.'))
			return -PKW_ESYNTAX;
		for (; s < end && *s >= '0' && *s <= '9'; s++, len++) {
			if (len && v == 0)
				return -PKW_ESYNTAX;
			v = v * 10 + (unsigned)(*s - '0');
			if (v > 255)
				return -PKW_ESYNTAX;
		}
		if (len == 0)
			return -PKW_ESYNTAX;
		b[i] = (uint8_t)v;
	}
	if (s != end)
		return -PKW_ESYNTAX;
	memcpy(out, b, 4);
	return 0;
}

/* Does a dotted quad begin at s?  It ends the address then. */
static int is_quad(const char *s, const char *end)
{
	while (s < end && *s >= '0' && *s <= '9')
		s++;
	return s < end && *s == '.';
}

int pkw__addr_parse_ip6(const char *s, size_t n, uint8_t out[16])
{
	const char *end = s + n;
	uint8_t b[16] = { 0 };
	unsigned k = 0, gap = 99, v;

	if (n >= 2 && s[0] == ':' && s[1] == ':') {
		gap = 0;
		s += 2;
	}
	while (s < end) {
		if (is_quad(s, end)) {
			if (k > 12 ||
			    pkw__addr_parse_ip4(s, (size_t)(end - s), b + k))
				return -PKW_ESYNTAX;
			k += 4;
			s = end;
			break;
		}
		if (k > 14 || hex_group(&s, end, 4, &v) == 0)
			return -PKW_ESYNTAX;
		b[k++] = (uint8_t)(v >> 8);
		b[k++] = (uint8_t)v;
		if (s == end)
			break;
		if (*s++ != ':' || s == end)
			return -PKW_ESYNTAX;
		if (*s != ':')
			continue;
		if (gap != 99)
			return -PKW_ESYNTAX;
		gap = k;
		s++;
	}
	if (gap == 99 ? k != 16 : k > 14)
		return -PKW_ESYNTAX;
	if (gap != 99) {
		memmove(b + 16 - (k - gap), b + gap, k - gap);
		memset(b + gap, 0, 16 - k);
	}
	memcpy(out, b, 16);
	return 0;
}

int pkw__addr_parse_uuid(const char *s, size_t n, uint8_t out[16])
{
	static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
	const char *end = s + n;
	uint8_t b[16];
	unsigned k = 0, v;

	for (unsigned i = 0; i < sizeof groups; i++) {
		if (i && s < end && *s == '-')
			s++;
		for (unsigned j = 0; j < groups[i]; j++) {
			if (hex_group(&s, end, 2, &v) != 2)
				return -PKW_ESYNTAX;
			b[k++] = (uint8_t)v;
		}
	}
	if (s != end)
		return -PKW_ESYNTAX;
	memcpy(out, b, 16);
	return 0;
}

static unsigned number_base(const char **s, const char *end)
{
	if (end - *s < 3 || **s != '0')
		return 10;
	switch ((*s)[1] | 0x20) {
	case 'x':
		*s += 2;
		return 16;
	case 'o':
		*s += 2;
		return 8;
	case 'b':
		*s += 2;
		return 2;
	}
	return 10;
}

int pkw__num_parse(const char *s, size_t n, int *neg, uint64_t *v)
{
	const char *end = s + n;
	int minus = n && *s == '-';
	uint64_t x = 0;

	if (n && (*s == '-' || *s == '+'))
		s++;
	unsigned base = number_base(&s, end);
	if (s == end)
		return -PKW_ESYNTAX;
	for (const char *first = s; s < end; s++) {
		int d = pkw__hex_digit(*s);

		if (*s == '_' && s > first && s[-1] != '_' && s + 1 < end)
			continue;
		if (d < 0 || (unsigned)d >= base)
			return -PKW_ESYNTAX;
		if (x > (UINT64_MAX - (unsigned)d) / base)
			return -PKW_ERANGE;
		x = x * base + (unsigned)d;
	}
	*neg = minus;
	*v = x;
	return 0;
}
