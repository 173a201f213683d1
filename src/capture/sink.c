/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptor under a writer.  It gets batches of whole records, each in one
 * writev(2) if the kernel takes it at once, and remembers where the last one
 * ended, so that after a failure (a full disk) the file can be cut there.
 *
 * Compressed, too, what is in the file can be inflated whatever happens later.
 * With gzip (RFC 1952) each batch is a member of its own.  With zstd (RFC 8878)
 * all are one frame, flushed behind each batch, since Wireshark 4.0 stumbles
 * over a second frame; it has no checksum, so that it can be ended behind any
 * batch by an empty last block, whatever the compressor has seen since.
 */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { ZSTD_SLACK = 1024 }; /* for the blocks that flushing adds */

struct pkw__packer {
	z_stream gz;
	ZSTD_CCtx *zs;
	uint8_t *out;
	size_t cap;
};

static int init_gzip(struct pkw__packer *k, int level)
{
	int e = deflateInit2(&k->gz, level ? level : Z_DEFAULT_COMPRESSION,
	    Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);

	return e == Z_OK ? 0 : e == Z_MEM_ERROR ? -PKW_ENOMEM : -PKW_EINVAL;
}

static int zstd_error(size_t e)
{
	return ZSTD_getErrorCode(e) == ZSTD_error_memory_allocation
	    ? -PKW_ENOMEM : -PKW_EINVAL;
}

static int init_zstd(struct pkw__packer *k, int level)
{
	k->zs = ZSTD_createCCtx();
	if (!k->zs)
		return -PKW_ENOMEM;
	/* it would take the nearest one there is; 0 is the usual one */
	if (level < ZSTD_minCLevel() || level > ZSTD_maxCLevel())
		return -PKW_EINVAL;
	size_t e = ZSTD_CCtx_setParameter(k->zs, ZSTD_c_compressionLevel,
	    level);
	return ZSTD_isError(e) ? zstd_error(e) : 0;
}

static int new_packer(struct pkw__sink *s, int level)
{
	struct pkw__packer *k = calloc(1, sizeof *k);

	if (!k)
		return -PKW_ENOMEM;
	int e = s->packing == PKW__GZIP ? init_gzip(k, level)
					: init_zstd(k, level);
	if (e == 0) {
		s->packer = k;
		return 0;
	}
	ZSTD_freeCCtx(k->zs);
	free(k);
	return e;
}

int pkw__sink_init(struct pkw__sink *s, int fd, int owned,
    enum pkw__packing packing, int level, struct pkw_diag *d)
{
	struct stat st;

	*s = (struct pkw__sink){ .fd = fd, .owned = owned, .packing = packing };
	s->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (s->regular) {
		off_t at = lseek(fd, 0, SEEK_CUR);
		int append = fcntl(fd, F_GETFL) & O_APPEND;
		s->base = (uint64_t)(append ? st.st_size : at < 0 ? 0 : at);
		s->start = s->base;
	}
	if (packing == PKW__PLAIN)
		return 0;
	int e = new_packer(s, level);
	if (e == -PKW_EINVAL)
		return pkw_fail(d, e, "%s has no compression level %d",
		    packing == PKW__GZIP ? "gzip" : "zstd", level);
	return e < 0 ? pkw_fail(d, e, "out of memory") : 0;
}

static size_t total(const struct iovec *v, int n)
{
	size_t sum = 0;

	while (n--)
		sum += v++->iov_len;
	return sum;
}

static int write_all(int fd, struct iovec *v, int n, size_t *done)
{
	*done = 0;
	while (n > 0) {
		ssize_t got = writev(fd, v, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };
			poll(&p, 1, -1);
			continue;
		}
		if (got < 0)
			return -errno;
		*done += (size_t)got;
		size_t left = (size_t)got;
		for (; n > 0 && left >= v->iov_len; n--)
			left -= v++->iov_len;
		if (n > 0) {
			v->iov_base = (uint8_t *)v->iov_base + left;
			v->iov_len -= left;
		}
	}
	return 0;
}

static int make_room(struct pkw__packer *k, size_t size)
{
	if (size <= k->cap)
		return 0;
	free(k->out);
	k->out = malloc(size);
	k->cap = k->out ? size : 0;
	return k->out ? 0 : -PKW_ENOMEM;
}

/* All of v as one gzip member in k->out: its length, or an error. */
static int pack_gzip(struct pkw__packer *k, const struct iovec *v, int n,
    size_t *len)
{
	z_stream *z = &k->gz;

	deflateReset(z);
	int e = make_room(k, deflateBound(z, total(v, n)));
	if (e < 0)
		return e;
	z->next_out = k->out;
	z->avail_out = (uInt)k->cap;
	for (int i = 0; i < n; i++) {
		z->next_in = v[i].iov_base;
		z->avail_in = (uInt)v[i].iov_len;
		e = deflate(z, i == n - 1 ? Z_FINISH : Z_NO_FLUSH);
	}
	*len = k->cap - z->avail_out;
	return e == Z_STREAM_END ? 0 : -PKW_EIO;
}

static int pack_zstd(struct pkw__packer *k, const struct iovec *v, int n,
    size_t *len)
{
	int e = make_room(k, ZSTD_compressBound(total(v, n)) + ZSTD_SLACK);

	if (e < 0)
		return e;
	ZSTD_outBuffer out = { k->out, k->cap, 0 };
	for (int i = 0; i < n; i++) {
		ZSTD_inBuffer in = { v[i].iov_base, v[i].iov_len, 0 };
		size_t left;
		do {
			left = ZSTD_compressStream2(k->zs, &out, &in,
			    i == n - 1 ? ZSTD_e_flush : ZSTD_e_continue);
			if (ZSTD_isError(left))
				return zstd_error(left);
			if (out.pos == out.size)
				return -PKW_EIO;
		} while (in.pos < in.size || (i == n - 1 && left));
	}
	*len = out.pos;
	return 0;
}

int pkw__sink_write(struct pkw__sink *s, const struct iovec *v, int n,
    size_t *done)
{
	struct iovec w[4];
	int e = 0;

	*done = 0;
	for (int i = 0; i < n; i++)
		w[i] = v[i];
	if (s->packer) {
		size_t len;
		e = s->packing == PKW__GZIP ? pack_gzip(s->packer, v, n, &len)
					    : pack_zstd(s->packer, v, n, &len);
		if (e < 0)
			return e;
		w[0] = (struct iovec){ s->packer->out, len };
		n = 1;
	}
	e = write_all(s->fd, w, n, done);
	if (e == 0)
		s->base += *done;
	s->open = e == 0 && s->packing == PKW__ZSTD;
	return e;
}

/* Ends the frame: RFC 8878 §3.1.1.2, a raw block, the last one, of 0 bytes. */
static int end_frame(struct pkw__sink *s)
{
	uint8_t block[] = { 1, 0, 0 };
	struct iovec v = { block, sizeof block };
	size_t done;

	s->open = 0;
	return write_all(s->fd, &v, 1, &done);
}

void pkw__sink_cut(struct pkw__sink *s, size_t keep)
{
	off_t end = (off_t)(s->base + keep);

	/* should any of it fail, the file merely ends in a cut record */
	if (!s->regular || ftruncate(s->fd, end) < 0)
		return;
	lseek(s->fd, end, SEEK_SET);
	if (s->packing == PKW__ZSTD && s->base > s->start)
		end_frame(s);
}

int pkw__sink_fini(struct pkw__sink *s)
{
	int e = s->open ? end_frame(s) : 0;

	if (s->packer) {
		if (s->packing == PKW__GZIP)
			deflateEnd(&s->packer->gz);
		ZSTD_freeCCtx(s->packer->zs);
		free(s->packer->out);
		free(s->packer);
	}
	if (s->owned && close(s->fd) < 0 && e == 0)
		e = -errno;
	return e;
}
