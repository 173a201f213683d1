/* SPDX-License-Identifier: BSD-2-Clause */
/* A growing string: what every function that writes text writes into. */
#ifndef PKW_STR_H
#define PKW_STR_H

/*
 * The caller owns the struct (start with PKW_STR_INIT) and frees it once with
 * pkw_str_free(); the text grows as needed and is always NUL-terminated once
 * something was added.  Errors stick: after running out of memory further calls
 * do nothing, `err' is -PKW_ENOMEM, and one check at the end is enough.
 * Reuse it with pkw_str_clear() to work without allocation.
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_str {
	char *s;    /* NULL until the first addition */
	size_t len; /* without the NUL */
	size_t cap;
	int err;
};

#define PKW_STR_INIT { 0, 0, 0, 0 }

PKW_API void pkw_str_free(struct pkw_str *s);
PKW_API void pkw_str_clear(struct pkw_str *s);

/* Makes room for n more bytes; returns where they go, NULL without memory. */
PKW_API char *pkw_str_room(struct pkw_str *s, size_t n);

PKW_API void pkw_str_add(struct pkw_str *s, const char *text);
PKW_API void pkw_str_addn(struct pkw_str *s, const char *text, size_t n);
PKW_API void pkw_str_addc(struct pkw_str *s, char c);
PKW_API void pkw_str_fmt(struct pkw_str *s, const char *fmt, ...)
    PKW_PRINTF(2, 3);

/* Decimal, and lower-case hex of at least `digits' digits without 0x. */
PKW_API void pkw_str_u64(struct pkw_str *s, uint64_t v);
PKW_API void pkw_str_i64(struct pkw_str *s, int64_t v);
PKW_API void pkw_str_hex64(struct pkw_str *s, uint64_t v, unsigned digits);

/* Two lower-case hex digits for each of n bytes. */
PKW_API void pkw_str_hex(struct pkw_str *s, const void *bytes, size_t n);

/*
 * n bytes as the inside of a Python bytes literal (no quotes around): printable
 * ASCII as it is, `quote' and backslash escaped, all else as \xNN, \n, \r, \t.
 */
PKW_API void pkw_str_pyesc(
    struct pkw_str *s, const void *bytes, size_t n, char quote);

/* n bytes as the inside of a JSON string: bytes >= 0x80 become \u00NN. */
PKW_API void pkw_str_jsonesc(struct pkw_str *s, const void *bytes, size_t n);

/*
 * "Did you mean": of the words that nth() gives (NULL past the last), the one
 * nearest to a misspelt one; NULL if none is near.
 */
PKW_API const char *pkw_nearest(const char *word,
    const char *(*nth)(const void *arg, size_t n), const void *arg);

#ifdef __cplusplus
}
#endif
#endif
