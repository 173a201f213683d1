/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing string.  Room doubles, so that adding is cheap on the average, and
 * there is always one byte more than asked for: the NUL.  An error sticks and
 * leaves the text as it was; writers need not look until they are done.
 *
 * Escaping copies runs of plain characters at once: a table says for each byte
 * what it needs, and quotes are the caller's to choose.
 */
#include <pkw/str.h>

#include "base/addr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STR_FIRST = 256 };

void pkw_str_free(struct pkw_str *s)
{
	free(s->s);
	memset(s, 0, sizeof *s);
}

void pkw_str_clear(struct pkw_str *s)
{
	s->len = 0;
	s->err = 0;
	if (s->s)
		*s->s = '\0';
}

static int grow(struct pkw_str *s, size_t n)
{
	size_t cap = s->cap ? s->cap : STR_FIRST;

	if (n > SIZE_MAX / 4 - s->len)
		return s->err = -PKW_ENOMEM;
	while (cap <= s->len + n)
		cap *= 2;
	char *t = realloc(s->s, cap);
	if (!t)
		return s->err = -PKW_ENOMEM;
	s->s = t;
	s->cap = cap;
	s->s[s->len] = '\0';
	return 0;
}

char *pkw_str_room(struct pkw_str *s, size_t n)
{
	if (s->err)
		return NULL;
	if ((!s->s || n >= s->cap - s->len) && grow(s, n))
		return NULL;
	return s->s + s->len;
}

static void grown(struct pkw_str *s, size_t n)
{
	s->len += n;
	s->s[s->len] = '\0';
}

void pkw_str_addn(struct pkw_str *s, const char *text, size_t n)
{
	char *t = pkw_str_room(s, n);

	if (!t)
		return;
	if (n)
		memcpy(t, text, n);
	grown(s, n);
}

void pkw_str_add(struct pkw_str *s, const char *text)
{
	pkw_str_addn(s, text, strlen(text));
}

void pkw_str_addc(struct pkw_str *s, char c)
{
	char *t = pkw_str_room(s, 1);

	if (!t)
		return;
	*t = c;
	grown(s, 1);
}

void pkw_str_fmt(struct pkw_str *s, const char *fmt, ...)
{
	va_list ap;
	char *t = pkw_str_room(s, 64);

	if (!t)
		return;
	size_t room = s->cap - s->len;
	va_start(ap, fmt);
	int n = vsnprintf(t, room, fmt, ap);
	va_end(ap);
	if (n < 0) {
		*t = '\0';
		return;
	}
	if ((size_t)n >= room) {
		t = pkw_str_room(s, (size_t)n);
		if (!t) {
			s->s[s->len] = '\0';
			return;
		}
		va_start(ap, fmt);
		vsnprintf(t, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	s->len += (size_t)n;
}

void pkw_str_u64(struct pkw_str *s, uint64_t v)
{
	char *t = pkw_str_room(s, PKW__U64_MAX);

	if (t)
		grown(s, pkw__fmt_u64(t, v));
}

void pkw_str_i64(struct pkw_str *s, int64_t v)
{
	char *t = pkw_str_room(s, PKW__I64_MAX);

	if (t)
		grown(s, pkw__fmt_i64(t, v));
}

void pkw_str_hex64(struct pkw_str *s, uint64_t v, unsigned digits)
{
	char *t = pkw_str_room(s, 16);

	if (t)
		grown(s, pkw__fmt_hex64(t, v, digits));
}

void pkw_str_hex(struct pkw_str *s, const void *bytes, size_t n)
{
	char *t = pkw_str_room(s, n > SIZE_MAX / 2 ? SIZE_MAX : 2 * n);

	if (t)
		grown(s, pkw__fmt_hex(t, bytes, n));
}

/* What stands behind the backslash; 0: the byte needs a number. */
static char py_letter(uint8_t c)
{
	switch (c) {
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	}
	return 0;
}

void pkw_str_pyesc(struct pkw_str *s, const void *bytes, size_t n, char quote)
{
	const uint8_t *b = bytes, *end = n ? b + n : b, *run = b;

	for (; b < end; b++) {
		if (*b >= 0x20 && *b < 0x7f && *b != '\\' && *b != quote)
			continue;
		pkw_str_addn(s, (const char *)run, (size_t)(b - run));
		run = b + 1;
		if (*b >= 0x20 && *b < 0x7f) {
			char pair[2] = { '\\', (char)*b };
			pkw_str_addn(s, pair, 2);
		} else if (py_letter(*b)) {
			char pair[2] = { '\\', py_letter(*b) };
			pkw_str_addn(s, pair, 2);
		} else {
			char hex[4] = { '\\', 'x' };
			pkw__fmt_hex(hex + 2, b, 1);
			pkw_str_addn(s, hex, 4);
		}
	}
	pkw_str_addn(s, (const char *)run, (size_t)(b - run));
}

void pkw_str_jsonesc(struct pkw_str *s, const void *bytes, size_t n)
{
	const uint8_t *b = bytes, *end = n ? b + n : b, *run = b;

	for (; b < end; b++) {
		if (*b >= 0x20 && *b < 0x7f && *b != '\\' && *b != '"')
			continue;
		pkw_str_addn(s, (const char *)run, (size_t)(b - run));
		run = b + 1;
		if (*b == '\\' || *b == '"') {
			char pair[2] = { '\\', (char)*b };
			pkw_str_addn(s, pair, 2);
		} else if (py_letter(*b)) {
			char pair[2] = { '\\', py_letter(*b) };
			pkw_str_addn(s, pair, 2);
		} else {
			char hex[6] = { '\\', 'u', '0', '0' };
			pkw__fmt_hex(hex + 4, b, 1);
			pkw_str_addn(s, hex, 6);
		}
	}
	pkw_str_addn(s, (const char *)run, (size_t)(b - run));
}
