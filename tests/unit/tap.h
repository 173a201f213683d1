/* SPDX-License-Identifier: BSD-2-Clause */
/* TAP, the little of it that unit tests need. */
#ifndef PKW_TESTS_TAP_H
#define PKW_TESTS_TAP_H

/*
 * A test is a program: any number of ok()/is_*() and `return done();' at its
 * end.  Each prints one TAP line; a failing is_*() says what it got and wanted.
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

static inline int ok(int good, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static inline int ok(int good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap_failed += !good;
	return good;
}

static inline int is_int(int64_t got, int64_t want, const char *what)
{
	if (ok(got == want, "%s", what))
		return 1;
	printf("# got %" PRId64 ", wanted %" PRId64 "\n", got, want);
	return 0;
}

static inline int is_str(const char *got, const char *want, const char *what)
{
	if (ok(got && strcmp(got, want) == 0, "%s", what))
		return 1;
	printf("# got:    %s\n# wanted: %s\n", got ? got : "(null)", want);
	return 0;
}

static inline int is_mem(const void *got, size_t n, const void *want, size_t m,
    const char *what)
{
	if (ok(n == m && (n == 0 || memcmp(got, want, n) == 0), "%s", what))
		return 1;
	printf("# got   ");
	for (size_t i = 0; i < n; i++)
		printf(" %02x", ((const uint8_t *)got)[i]);
	printf("\n# wanted");
	for (size_t i = 0; i < m; i++)
		printf(" %02x", ((const uint8_t *)want)[i]);
	printf("\n");
	return 0;
}

static inline int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
