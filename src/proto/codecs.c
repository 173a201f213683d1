/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C strings: text that a zero byte ends, as TFTP has them.  A text without its
 * zero is malformed and stays raw bytes.  A zero inside the text that a user
 * types goes out as it is: what follows it is then another field's business on
 * the wire, and that is what was asked for.
 */
#include "proto/codecs.h"

#include <string.h>

static long cstr_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	const uint8_t *zero = max ? memchr(w->bytes + off, 0, max) : NULL;

	return zero ? zero - (w->bytes + off) + 1 : -PKW_ETRUNC;
}

static int cstr_get(const struct pkw_wire *w, uint32_t off, uint32_t len,
    struct pkw_str *out)
{
	pkw_str_addn(out, (const char *)w->bytes + off, len ? len - 1 : 0);
	return out->err;
}

static int cstr_put(
    const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	(void)d;
	pkw_str_addn(out, text, n);
	pkw_str_addc(out, '\0');
	return out->err;
}

const struct pkw_codec pkw__cstr = {
	.name = "text that a zero byte ends",
	.size = cstr_size,
	.get = cstr_get,
	.put = cstr_put,
};
