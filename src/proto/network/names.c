/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domain names in neighbour discovery (RFC 8106 §5.2) and node information
 * messages (RFC 4620 §5): RFC 1035's labels, never compressed.
 *
 * Text is labels with dots between, a name from the wire with one behind too.
 * A label that has a dot in it has no such text: get() fails, and the value is
 * shown as bytes.
 *
 * A node information name that is not fully qualified ends with a second zero.
 * As in Scapy, one without a dot is taken for that, bytes that end with a zero
 * are taken as they are, and an address in place of the name gives its bytes.
 */
#include "proto/network/names.h"

#include "base/addr.h"
#include <string.h>

/* Bytes of one name with its terminating zero; negative: there is no end. */
static long name_size(const uint8_t *b, uint32_t max)
{
	uint32_t at = 0;

	while (at < max && b[at])
		at += 1u + b[at];
	return at < max ? (long)at + 1 : -1;
}

static int add_name(const uint8_t *b, int dot_behind, struct pkw_str *out)
{
	for (; *b; b += 1 + *b) {
		if (memchr(b + 1, '.', *b))
			return -PKW_EFORMAT;
		pkw_str_addn(out, (const char *)b + 1, *b);
		if (b[1 + *b] || dot_behind)
			pkw_str_addc(out, '.');
	}
	return out->err;
}

/* The labels of a text; one behind a last dot is none. */
static int put_labels(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	while (n > 0) {
		const char *dot = memchr(text, '.', n);
		size_t len = dot ? (size_t)(dot - text) : n;
		if (len > 255)
			return pkw_fail(d, -PKW_ERANGE, "`%.*s': a label has 255 bytes at most",
			    (int)n, text);
		pkw_str_addc(out, (char)len);
		pkw_str_addn(out, text, len);
		text += len + (dot != NULL);
		n -= len + (dot != NULL);
	}
	return out->err;
}

static long plain_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	return name_size(w->bytes + off, max);
}

static int plain_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	if (name_size(w->bytes + off, len) != (long)len)
		return -PKW_EFORMAT;
	return add_name(w->bytes + off, 1, out);
}

static int plain_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	int r = 0;

	for (size_t i = 0; i + 1 < n; i++)
		if (text[i] == '.' && (i == 0 || text[i - 1] == '.'))
			return pkw_fail(d, -PKW_ESYNTAX, "`%.*s': a label of no bytes", (int)n,
			    text);
	if (n != 1 || *text != '.')
		r = put_labels(text, n, out, d);
	pkw_str_addc(out, 0);
	return r < 0 ? r : out->err;
}

const struct pkw_codec pkw__plain_name = {
	.name = "domain name",
	.size = plain_size,
	.get = plain_get,
	.put = plain_put,
};

static int put_ni_name(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	int r = 0;

	if (n && text[n - 1] == 0) {
		pkw_str_addn(out, text, n);
		return out->err;
	}
	if (n == 0)
		pkw_str_addc(out, 0);
	else
		r = put_labels(text, n, out, d);
	pkw_str_addc(out, 0);
	if (n == 0 || !memchr(text, '.', n) || text[n - 1] == '.')
		pkw_str_addc(out, 0);
	return r < 0 ? r : out->err;
}

static long rest_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w;
	(void)off;
	return (long)max;
}

/* Whether these bytes are exactly one name, as put_ni_name() would write it. */
static int is_ni_name(const uint8_t *b, size_t n)
{
	long size = n <= UINT32_MAX ? name_size(b, (uint32_t)n) : -1;

	if (size < 2)
		return 0;
	return (size_t)size + (b[1 + b[0]] == 0) == n && b[n - 1] == 0;
}

enum pkw__ni_kind pkw__ni_subject_kind(const uint8_t *b, size_t n)
{
	if ((n != 16 && n != 4) || is_ni_name(b, n))
		return PKW__NI_NAME;
	return n == 16 ? PKW__NI_IP6 : PKW__NI_IP4;
}

static int get_ni_name(const uint8_t *b, uint32_t n, struct pkw_str *out)
{
	size_t before = out->len;

	if (is_ni_name(b, n) && add_name(b, 0, out) == 0)
		return 0;
	out->len = before;
	if (n == 3 && memcmp(b, "\0\0", 3) == 0)
		return out->err; /* the empty one */
	if (n == 0 || b[n - 1])
		return -PKW_EFORMAT;
	pkw_str_addn(out, (const char *)b, n);
	return out->err;
}

static int subject_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	const uint8_t *b = w->bytes + off;
	char text[PKW__IP6_MAX];

	switch (pkw__ni_subject_kind(b, len)) {
	case PKW__NI_NAME:
		return get_ni_name(b, len, out);
	case PKW__NI_IP6:
		pkw_str_addn(out, text, pkw__fmt_ip6(text, b));
		break;
	case PKW__NI_IP4:
		pkw_str_addn(out, text, pkw__fmt_ip4(text, b));
		break;
	}
	return out->err;
}

static int subject_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	uint8_t b[16];

	if (pkw__addr_parse_ip6(text, n, b) == 0)
		pkw_str_addn(out, (const char *)b, 16);
	else if (pkw__addr_parse_ip4(text, n, b) == 0)
		pkw_str_addn(out, (const char *)b, 4);
	else
		return put_ni_name(text, n, out, d);
	return out->err;
}

const struct pkw_codec pkw__ni_subject = {
	.name = "name or address",
	.size = rest_size,
	.get = subject_get,
	.put = subject_put,
};

static int names_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	const uint8_t *b = w->bytes + off;

	if (len < 4 || memcmp(b, "\0\0\0", 4) != 0)
		return -PKW_EFORMAT;
	return get_ni_name(b + 4, len - 4, out);
}

/* A name, or lines: how many seconds they hold, then names. */
static int names_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	const char *end = memchr(text, '\n', n);
	uint64_t seconds = 0;
	int neg = 0, r = 0;

	if (end && pkw__num_parse(text, (size_t)(end - text), &neg, &seconds) == 0) {
		if (neg || seconds > UINT32_MAX)
			return pkw_fail(d, -PKW_ERANGE, "seconds are 0-4294967295");
		n -= (size_t)(end + 1 - text);
		text = end + 1;
	}
	for (int i = 24; i >= 0; i -= 8)
		pkw_str_addc(out, (char)(seconds >> i));
	do {
		end = n ? memchr(text, '\n', n) : NULL;
		size_t len = end ? (size_t)(end - text) : n;
		r = put_ni_name(text, len, out, d);
		text += len + (end != NULL);
		n -= len + (end != NULL);
	} while (r == 0 && end);
	return r;
}

const struct pkw_codec pkw__ni_names = {
	.name = "seconds and a name",
	.size = rest_size,
	.get = names_get,
	.put = names_put,
	.lines = 1,
};
