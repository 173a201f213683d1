/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors.  The X-macro in <pkw/error.h> is the only list of codes; this file
 * turns it into sentences.  A diagnosis is built where the user's words are
 * still known, once, and handed up unchanged.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *pkw_strerror(int code)
{
	switch (code < 0 ? -code : code) {
#define PKW_X(name, number, text)                                              \
	case number:                                                           \
		return text;
		PKW_ERRORS(PKW_X)
#undef PKW_X
	}
	return strerror(code < 0 ? -code : code);
}

void pkw__printable(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

int pkw_fail(struct pkw_diag *d, int code, const char *fmt, ...)
{
	if (!d)
		return code;
	memset(d, 0, sizeof *d);
	d->code = code;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(d->text, sizeof d->text, fmt, ap);
	va_end(ap);
	pkw__printable(d->text);
	return code;
}
