/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domain names: labels of 1 to 63 bytes, each behind its length, ended by the
 * root label's zero or by a pointer to where the name goes on (RFC 1035
 * sections 3.1 and 4.1.4).
 *
 * Hostile names: a pointer must lead to before the run of labels in which it
 * stands, so that each jump goes strictly backwards and there is an end to it;
 * besides at most 128 jumps and 255 bytes of name.  Anything else is malformed
 * and stays raw bytes.
 *
 * Text is Scapy's: labels with a dot behind each, "." for the root, bytes as
 * they are; the last dot may be left out when typed.  Scapy cannot tell a dot
 * inside a label from one between labels; here it is `\.', and a backslash is
 * `\\' where it would otherwise be taken for such a mark.  As in Scapy, text
 * that is a name in wire format, ended by its zero byte or a pointer, is taken
 * as it is.
 */
#include "base/compiler.h"
#include "proto/codecs.h"

#include <string.h>

enum { MAX_LABEL = 63, MAX_NAME = 255, MAX_JUMPS = 128, POINTER = 0xc0 };

void pkw__labels_begin(struct pkw__labels *l, const struct pkw_wire *w,
    uint32_t off, uint32_t max, int pointers)
{
	*l = (struct pkw__labels){
		.w = w,
		.at = off,
		.end = off + max,
		.start = off,
		.first = off,
		.pointers = pointers,
	};
}

PKW__INLINE int jump(struct pkw__labels *l)
{
	const uint8_t *b = l->w->bytes;

	if (!l->pointers || l->end - l->at < 2 || ++l->jumps > MAX_JUMPS)
		return -PKW_EFORMAT;
	uint32_t to = (uint32_t)(b[l->at] & ~POINTER) << 8 | b[l->at + 1];
	if (to >= l->start - l->w->layer || l->start < l->w->layer)
		return -PKW_EFORMAT;
	if (!l->used)
		l->used = l->at + 2 - l->first;
	l->end = l->start;
	l->at = l->start = l->w->layer + to;
	return 0;
}

int pkw__labels_next(struct pkw__labels *l, const uint8_t **label)
{
	while (l->at < l->end && l->w->bytes[l->at] >= POINTER) {
		int r = jump(l);
		if (r < 0)
			return r;
	}
	if (l->at >= l->end)
		return -PKW_ETRUNC;
	unsigned n = l->w->bytes[l->at++];
	l->total += n + 1;
	if (n > MAX_LABEL || n > l->end - l->at || l->total > MAX_NAME)
		return -PKW_EFORMAT;
	*label = l->w->bytes + l->at;
	l->at += n;
	if (n == 0 && !l->used)
		l->used = l->at - l->first;
	return (int)n;
}

/* A label's text and a dot; where the next one begins. */
static char *mark_label(char *o, const uint8_t *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int marks = s[i] == '\\' &&
		    (i + 1 == n || s[i + 1] == '\\' || s[i + 1] == '.');
		if (s[i] == '.' || marks)
			*o++ = '\\';
		*o++ = (char)s[i];
	}
	*o++ = '.';
	return o;
}

/*
 * The same at once for most: up to eight bytes, ASCII, without a dot or a
 * backslash, and eight can be read.  Writes up to eight bytes more than it says.
 */
PKW__INLINE char *put_label(
    char *o, const uint8_t *s, unsigned n, const uint8_t *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t w;

	if (n > 8 || end - s < 8)
		return mark_label(o, s, n);
	memcpy(&w, s, 8);
	uint64_t v = PKW__LE64(w) << (8 - n) * 8;
	uint64_t dot = v ^ ones * '.', backslash = v ^ ones * '\\';
	/* in the upper bit of a byte: it is 0, or not ASCII */
	if (((dot - ones) | (backslash - ones)) & ones << 7)
		return mark_label(o, s, n);
	memcpy(o, &w, 8);
	o[n] = '.';
	return o + n + 1;
}

/*
 * The same walk in one go, for names are measured and read more often than
 * anything else of a message: the bytes that the name takes where it stands,
 * or negative.  Its text goes to *text if that is not NULL.
 */
PKW__INLINE long whole_name(const struct pkw_wire *w, uint32_t off,
    uint32_t max, int pointers, char **text)
{
	const uint8_t *b = w->bytes;
	struct pkw__labels l;
	uint32_t at = off, end = off + max;
	unsigned total = 0;

	pkw__labels_begin(&l, w, off, max, pointers);
	for (;;) {
		if (at >= end)
			return -PKW_ETRUNC;
		unsigned n = b[at];
		if (n >= POINTER) {
			l.at = at;
			int r = jump(&l);
			if (r < 0)
				return r;
			at = l.at;
			end = l.end;
			continue;
		}
		at++;
		total += n + 1;
		if (n > MAX_LABEL || n > end - at || total > MAX_NAME)
			return -PKW_EFORMAT;
		if (n == 0)
			break;
		if (text)
			*text = put_label(*text, b + at, n, b + w->end);
		at += n;
	}
	if (text && total == 1)
		*(*text)++ = '.';
	return l.used ? (long)l.used : (long)(at - off);
}

static long size_of(
    const struct pkw_wire *w, uint32_t off, uint32_t max, int pointers)
{
	return whole_name(w, off, max, pointers, NULL);
}

static long name_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	return size_of(w, off, max, 1);
}

static long domain_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	return size_of(w, off, max, 0);
}

static int name_get(const struct pkw_wire *w, uint32_t off, uint32_t len,
    struct pkw_str *out)
{
	char *start = pkw_str_room(out, 2 * MAX_NAME + 8), *o = start;

	if (!start)
		return out->err;
	long n = whole_name(w, off, len, 1, &o);
	*o = '\0';
	out->len += (size_t)(o - start);
	return n < 0 ? (int)n : 0;
}

/* Is it a name in wire format: labels up to a zero or a pointer at the end? */
static int is_wire(const uint8_t *b, size_t n)
{
	size_t at = 0;

	if (n == 0 || b[n - 1] == '.')
		return 0;
	while (at < n && b[at] && b[at] < POINTER)
		at += b[at] + 1u;
	return at < n && at + (b[at] ? 2 : 1) == n;
}

/* Takes one label off the text; its length, negative if it does not fit. */
static int take_label(const char **at, const char *end, char *label)
{
	const char *s = *at;
	int n = 0;

	for (; s < end && *s != '.'; s++) {
		if (*s == '\\' && s + 1 < end && (s[1] == '.' || s[1] == '\\'))
			s++;
		if (n == MAX_LABEL)
			return -PKW_ERANGE;
		label[n++] = *s;
	}
	*at = s < end ? s + 1 : s;
	return n;
}

static int put_labels(
    const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	const char *at = text, *end = text + n;
	char label[MAX_LABEL];

	if (n == 1 && *text == '.')
		at = end;
	while (at < end) {
		int k = take_label(&at, end, label);
		if (k < 0)
			return pkw_fail(d, k, "`%.*s': a label has at most %d "
			    "bytes", (int)n, text, MAX_LABEL);
		if (k == 0)
			return pkw_fail(d, -PKW_ESYNTAX,
			    "`%.*s': an empty label between dots", (int)n, text);
		pkw_str_addc(out, (char)k);
		pkw_str_addn(out, label, (size_t)k);
	}
	pkw_str_addc(out, '\0');
	return out->err;
}

static int name_put(
    const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	size_t start = out->len;
	int r = 0;

	if (is_wire((const uint8_t *)text, n))
		pkw_str_addn(out, text, n);
	else
		r = put_labels(text, n, out, d);
	if (r == 0 && out->len - start > MAX_NAME)
		r = pkw_fail(d, -PKW_ERANGE, "a name has at most %d bytes, "
		    "this one %zu", MAX_NAME, out->len - start);
	if (r < 0 && out->s) {
		out->len = start;
		out->s[start] = '\0';
	}
	return r < 0 ? r : out->err;
}

const struct pkw_codec pkw__dns_name = {
	.name = "domain name",
	.size = name_size,
	.get = name_get,
	.put = name_put,
	.pointers = 1,
};

const struct pkw_codec pkw__dns_target = {
	.name = "domain name, not to be compressed",
	.size = name_size,
	.get = name_get,
	.put = name_put,
	.pointers = 1,
};

const struct pkw_codec pkw__domain = {
	.name = "domain name without pointers",
	.size = domain_size,
	.get = name_get,
	.put = name_put,
};

/*
 * A name that may lack its root label, for the receiver to complete (RFC 4704
 * section 4.2): its text then ends without a dot.  Typed, it is a whole one in
 * any case, as in Scapy.
 */
static long partial_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	struct pkw__labels l;
	const uint8_t *label;
	int n;

	pkw__labels_begin(&l, w, off, max, 0);
	while (l.at < l.end && (n = pkw__labels_next(&l, &label)) != 0)
		if (n < 0)
			return n;
	return (long)(l.at - off);
}

static int partial_get(const struct pkw_wire *w, uint32_t off, uint32_t len,
    struct pkw_str *out)
{
	size_t before = out->len;
	int r = name_get(w, off, len, out);

	if (r != -PKW_ETRUNC)
		return r;
	if (out->len > before && !out->err)
		out->s[--out->len] = '\0';
	return out->err;
}

const struct pkw_codec pkw__partial = {
	.name = "domain name, perhaps without its root",
	.size = partial_size,
	.get = partial_get,
	.put = name_put,
};

/*
 * Several names in a row, to the end.  Their pointers count from the first, so
 * they are looked at through a wire of their own.
 */
static long domains_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	struct pkw_wire own = { w->bytes, off, off + max };
	uint32_t at = off;

	while (at < own.end) {
		long n = name_size(&own, at, own.end - at);
		if (n < 0)
			return n;
		at += (uint32_t)n;
	}
	return max;
}

static int domains_get(const struct pkw_wire *w, uint32_t off, uint32_t len,
    struct pkw_str *out)
{
	struct pkw_wire own = { w->bytes, off, off + len };
	uint32_t at = off;

	while (at < own.end) {
		long n = name_size(&own, at, own.end - at);
		if (n < 0)
			return (int)n;
		if (at > off)
			pkw_str_addc(out, ' ');
		name_get(&own, at, (uint32_t)n, out);
		at += (uint32_t)n;
	}
	return out->err;
}

static int domains_put(
    const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	const char *end = text + n;

	while (text < end) {
		const char *space = memchr(text, ' ', (size_t)(end - text));
		const char *stop = space ? space : end;
		int r = stop > text
		    ? name_put(text, (size_t)(stop - text), out, d)
		    : 0;
		if (r < 0)
			return r;
		text = space ? space + 1 : end;
	}
	return out->err;
}

const struct pkw_codec pkw__domains = {
	.name = "domain names",
	.size = domains_size,
	.get = domains_get,
	.put = domains_put,
};
