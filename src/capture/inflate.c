/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gzip (RFC 1952) and zstd (RFC 8878) streams, as many members one behind the
 * other as there are: `cat a.gz b.gz', a log rotated into one file, and our own
 * writer, which makes a member of every batch.  Zero bytes between members are
 * padding (tapes, and tools that align).
 *
 * Everything inflated before a fault is handed out before the fault is told,
 * because each call returns as soon as it has something; so a cut file yields
 * all the packets that can be had.  Offsets in messages here count compressed
 * bytes, the ones `dd' and `xxd' would want.
 */
#include "source.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum kind { PLAIN, GZIP, ZSTD };

struct pkw__inflate {
	enum kind kind;
	int inside;      /* a member has begun and not ended */
	int owned;       /* free `in' at the end */
	const char *fault; /* what is wrong from here on, or NULL */
	int no_memory;   /* that is what is wrong */
	uint8_t *in;     /* compressed bytes: at <= end <= cap */
	size_t at, end, cap;
	uint64_t base;   /* offset in the file of in[0] */
	z_stream gz;
	ZSTD_DStream *zs;
};

int pkw__inflate_detect(const uint8_t *p, size_t n)
{
	if (n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return GZIP;
	if (n < 4)
		return PLAIN;
	if (p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd)
		return ZSTD;
	/* a skippable frame may come first, RFC 8878 §3.1.2 */
	if (p[0] >> 4 == 5 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18)
		return ZSTD;
	return PLAIN;
}

int pkw__inflate_new(struct pkw__inflate **out, uint8_t *buf, size_t cap,
    size_t n, int owned, struct pkw_diag *d)
{
	struct pkw__inflate *z = calloc(1, sizeof *z);
	int ok = 0;

	if (!z)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	z->kind = (enum kind)pkw__inflate_detect(buf, n);
	if (z->kind == GZIP)
		ok = inflateInit2(&z->gz, 15 + 16) == Z_OK;
	else
		ok = (z->zs = ZSTD_createDStream()) != NULL;
	if (!ok) {
		free(z);
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	}
	z->in = buf;
	z->owned = owned;
	z->end = n;
	z->cap = cap;
	*out = z;
	return 0;
}

/* The fault found earlier, now that all before it is handed out. */
static int broken(const struct pkw__inflate *z, struct pkw_diag *d)
{
	if (z->no_memory)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	return pkw_fail(d, -PKW_EFORMAT, "the %s data are damaged near "
	    "compressed byte %llu: %s", z->kind == GZIP ? "gzip" : "zstd",
	    (unsigned long long)(z->base + z->at), z->fault);
}

static void begin_member(struct pkw__inflate *z)
{
	if (z->kind == GZIP)
		inflateReset(&z->gz);
	else
		ZSTD_initDStream(z->zs);
	z->inside = 1;
}

/* One step: how many bytes it made, none too; z->fault after an error. */
static size_t step_gzip(struct pkw__inflate *z, uint8_t *p, size_t n)
{
	uInt room = n > 1u << 30 ? 1u << 30 : (uInt)n;

	z->gz.next_in = z->in + z->at;
	z->gz.avail_in = (uInt)(z->end - z->at);
	z->gz.next_out = p;
	z->gz.avail_out = room;
	int e = inflate(&z->gz, Z_NO_FLUSH);
	z->at = z->end - z->gz.avail_in;
	if (e == Z_STREAM_END)
		z->inside = 0;
	else if (e != Z_OK && e != Z_BUF_ERROR)
		z->fault = z->gz.msg ? z->gz.msg : "bad data";
	z->no_memory = e == Z_MEM_ERROR;
	return room - z->gz.avail_out;
}

static size_t step_zstd(struct pkw__inflate *z, uint8_t *p, size_t n)
{
	ZSTD_inBuffer in = { z->in, z->end, z->at };
	ZSTD_outBuffer out = { p, n, 0 };
	size_t e = ZSTD_decompressStream(z->zs, &out, &in);

	z->at = in.pos;
	if (e == 0)
		z->inside = 0;
	else if (ZSTD_isError(e))
		z->fault = ZSTD_getErrorName(e);
	z->no_memory = ZSTD_getErrorCode(e) == ZSTD_error_memory_allocation;
	return out.pos;
}

/* More compressed bytes: 1, 0 at the end, or a negative error. */
static ssize_t feed(struct pkw__source *s, struct pkw_diag *d)
{
	struct pkw__inflate *z = s->z;
	ssize_t n = pkw__source_fetch(s, z->in, z->cap, d);

	if (n > 0) {
		z->base += z->end;
		z->at = 0;
		z->end = (size_t)n;
		return 1;
	}
	if (n == 0 && z->inside)
		return pkw_fail(d, -PKW_ETRUNC, "the %s data are cut short at "
		    "compressed byte %llu",
		    z->kind == GZIP ? "gzip" : "zstd",
		    (unsigned long long)(z->base + z->end));
	return n;
}

ssize_t pkw__inflate_read(struct pkw__source *s, uint8_t *p, size_t n,
    struct pkw_diag *d)
{
	struct pkw__inflate *z = s->z;

	for (;;) {
		while (!z->inside && z->at < z->end && z->in[z->at] == 0)
			z->at++;
		if (z->at < z->end && !z->inside)
			begin_member(z);
		/* also with no input left: a step may owe us output */
		if (z->inside && !z->fault) {
			size_t got = z->kind == GZIP ? step_gzip(z, p, n)
						     : step_zstd(z, p, n);
			if (got != 0)
				return (ssize_t)got;
		}
		if (z->fault)
			return broken(z, d);
		if (z->at == z->end) {
			ssize_t e = feed(s, d);
			if (e <= 0)
				return e;
		}
	}
}

void pkw__inflate_free(struct pkw__inflate *z)
{
	if (!z)
		return;
	if (z->kind == GZIP)
		inflateEnd(&z->gz);
	ZSTD_freeDStream(z->zs);
	if (z->owned)
		free(z->in);
	free(z);
}
