/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The languages in which a packet is written: Scapy's Python and the shell's
 * Lua.
 *
 *	IP(ttl=3)/TCP(options=[("MSS", 1460), ("NOP", None)])/b"\xff"
 *	IP{ttl=3}/TCP{options={{"MSS", 1460}, {"NOP", none}}}/"\xff"
 *
 * What is said is the same, and expr_write*.c say it; here is how it is spelt.
 * Both know the escapes that are used.  Lua's one sort of text becomes "..." if
 * all of it is printable and else b"...", when the shell turns it back; so bytes
 * are tagged only where they would be taken for text and that would make a
 * difference: bytes"abc".
 *
 * Lua's decimal numbers are doubles beyond 63 bits, its hexadecimal ones wrap
 * around (Lua 5.4 manual, 3.1).  A fraction of up to DBL_DIG digits is the same
 * when it is printed with that many; what is longer is quoted.
 */
#include "core/expr_write.h"

#include <float.h>
#include <limits.h>
#include <string.h>

static const struct pkw__dialect python = {
	.args = "()",
	.list = "[]",
	.tuple = "()",
	.chain = "/",
	.none = "None",
	.bytes = "b",
	.raw = "RawVal(b",
	.raw_end = ")",
	.whole = UINT_MAX,
	.fraction = UINT_MAX,
};

/* Lua 5.4 manual, 3.1 */
static const char *const lua_words[] = { "and", "break", "do", "else", "elseif",
	"end", "false", "for", "function", "goto", "if", "in", "local", "nil",
	"not", "or", "repeat", "return", "then", "true", "until", "while",
	NULL };

static const struct pkw__dialect lua = {
	.args = "{}",
	.list = "{}",
	.tuple = "{}",
	.none = "none",
	.bytes = "bytes",
	.raw = "raw",
	.raw_end = "",
	.whole = 18,              /* 10^18 is less than 2^63 */
	.fraction = DBL_DIG + 1,  /* and the point */
	.reserved = lua_words,
};

const struct pkw__dialect *pkw__dialect(unsigned flags)
{
	return flags & PKW__WRITE_LUA ? &lua : &python;
}

/* Does the name stand for itself? */
static int is_plain_name(const struct pkw__dialect *d, const char *s)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

	if (!d->reserved)
		return 1;
	if ((*s >= '0' && *s <= '9') || s[strspn(s, letters)])
		return 0;
	for (size_t i = 0; d->reserved[i]; i++)
		if (strcmp(d->reserved[i], s) == 0)
			return 0;
	return *s != '\0';
}

static void write_quoted(struct pkw_str *out, const void *b, size_t n)
{
	pkw_str_addc(out, '"');
	pkw_str_pyesc(out, b, n, '"');
	pkw_str_addc(out, '"');
}

void pkw__write_name(struct pkw_str *out, const char *name, unsigned flags)
{
	if (is_plain_name(pkw__dialect(flags), name)) {
		pkw_str_add(out, name);
		return;
	}
	pkw_str_add(out, "layer");
	write_quoted(out, name, strlen(name));
}

void pkw__write_key(struct pkw_str *out, const char *name, unsigned flags)
{
	if (is_plain_name(pkw__dialect(flags), name)) {
		pkw_str_add(out, name);
	} else {
		pkw_str_addc(out, '[');
		write_quoted(out, name, strlen(name));
		pkw_str_addc(out, ']');
	}
	pkw_str_addc(out, '=');
}

static int is_printable(const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b[i] < 0x20 || b[i] > 0x7e)
			return 0;
	return 1;
}

void pkw__write_bytes(struct pkw_str *out, const uint8_t *b, size_t n,
    int maybe_text, unsigned flags)
{
	int printable = is_printable(b, n);
	int tag = !(maybe_text && printable);

	if (flags & PKW__WRITE_LUA)
		tag = tag && printable && !(flags & PKW__WRITE_EITHER);
	pkw_str_add(out, tag ? pkw__dialect(flags)->bytes : "");
	write_quoted(out, b, n);
}

void pkw__write_raw(struct pkw_str *out, struct pkw_span s, unsigned flags)
{
	const struct pkw__dialect *d = pkw__dialect(flags);

	pkw_str_add(out, d->raw);
	write_quoted(out, s.p, s.len);
	pkw_str_add(out, d->raw_end);
}

int pkw__has_raw(const char *text, unsigned flags)
{
	const struct pkw__dialect *d = pkw__dialect(flags);
	size_t n = strlen(d->raw);

	for (; text && (text = strstr(text, d->raw)); text += n)
		if (text[n] == '"')
			return 1;
	return 0;
}

void pkw__write_raw_layer(struct pkw_str *out, struct pkw_span s,
    int maybe_text, unsigned flags)
{
	const struct pkw__dialect *d = pkw__dialect(flags);

	pkw_str_fmt(out, "Raw%cload=", d->args[0]);
	pkw__write_bytes(out, s.p, s.len, maybe_text, flags | PKW__WRITE_EITHER);
	pkw_str_addc(out, d->args[1]);
}

void pkw__write_unsigned(struct pkw_str *out, uint64_t v, unsigned flags)
{
	if (flags & PKW__WRITE_LUA && v > INT64_MAX) {
		pkw_str_add(out, "0x");
		pkw_str_hex64(out, v, 1);
	} else {
		pkw_str_u64(out, v);
	}
}

void pkw__write_decimal(
    struct pkw_str *out, const char *s, size_t n, unsigned flags)
{
	const struct pkw__dialect *d = pkw__dialect(flags);

	if (n > (memchr(s, '.', n) ? d->fraction : d->whole))
		write_quoted(out, s, n);
	else
		pkw_str_addn(out, s, n);
}
