/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole records on their way out.  What waits to be written is in two places,
 * in this order:
 *
 *	buf, len       records encoded here or copied here
 *	run, run_len   records of the source, where they lie in its read buffer
 *
 * A frame put as the source lent it only makes the run longer.  When the reader
 * is about to move its bytes the run has to go: a long one is written where it
 * is, a short one copied to the buffer.  So a file copied or edited in place
 * costs one write(2) for each read(2) and no copy; a filter that keeps one
 * frame in a hundred still writes 256 KiB at a time.
 *
 * If a batch cannot be written, its records are walked to find the last one
 * which is whole in the file; a regular file is cut there.
 */
#include "batch.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { DIRECT = 32 << 10 }; /* a run this long is written where it is */

void pkw__batch_name(const struct pkw__batch *b, struct pkw_diag *d)
{
	if (d)
		snprintf(d->file, sizeof d->file, "%s", b->name);
}

int pkw__batch_stick(struct pkw__batch *b, int code)
{
	pkw__batch_name(b, &b->diag);
	b->len = b->run_len = 0;
	b->pending = 0;
	b->err = code;
	return code;
}

int pkw__batch_no_memory(struct pkw__batch *b)
{
	b->written -= b->pending;
	b->lost += b->pending;
	pkw_fail(&b->diag, -PKW_ENOMEM, "out of memory");
	return pkw__batch_stick(b, -PKW_ENOMEM);
}

int pkw__batch_report(const struct pkw__batch *b, struct pkw_diag *d)
{
	if (d)
		*d = b->diag;
	return b->err;
}

/* How many of the n bytes at p are whole records, and how many packets. */
static size_t whole(const struct pkw__batch *b, const uint8_t *p, size_t n,
    int *swap, uint64_t *packets)
{
	size_t at = 0, span;

	for (; at < n; at += span) {
		span = b->ng ? pkw__ng_span(p + at, n - at, *swap)
			     : pkw__pcap_span(&b->pcap, p + at, n - at);
		if (span == 0 || span > n - at)
			break;
		uint32_t type = b->ng ? get32(p + at, 0) : 0;
		if (type == BLOCK_SECTION)
			*swap = get32(p + at + 8, 0) != BLOCK_MAGIC;
		if (*swap)
			type = swap32(type);
		*packets += !b->ng || type == BLOCK_ENHANCED ||
		    type == BLOCK_SIMPLE || type == BLOCK_PACKET;
	}
	return at;
}

/* After writing `done' bytes of the batch in v, nothing more could be. */
static int give_up(struct pkw__batch *b, int e, const struct iovec v[2],
    size_t done)
{
	int swap = b->batch_swap;
	uint64_t kept = 0;
	size_t keep = 0;

	if (b->sink.packing == PKW__PLAIN && !b->heading) {
		size_t n = done < v[0].iov_len ? done : v[0].iov_len;
		keep = whole(b, v[0].iov_base, n, &swap, &kept);
		if (keep == v[0].iov_len)
			keep += whole(b, v[1].iov_base, done - n, &swap, &kept);
	}
	pkw__sink_cut(&b->sink, keep);
	b->written -= b->pending - kept;
	b->lost += b->pending - kept;
	pkw_fail(&b->diag, e, "cannot write: %s; %llu packets are whole, %llu "
	    "are lost", pkw_strerror(e), (unsigned long long)b->written,
	    (unsigned long long)b->lost);
	return pkw__batch_stick(b, e);
}

int pkw__batch_emit(struct pkw__batch *b)
{
	union { const uint8_t *p; void *v; } run = { b->run };
	struct iovec v[2] = {
		{ b->buf, b->len }, { run.v, b->run_len }
	};
	size_t done;

	if (b->err || b->len + b->run_len == 0)
		return b->err;
	int e = pkw__sink_write(&b->sink, v, b->run_len ? 2 : 1, &done);
	if (e < 0)
		return give_up(b, e, v, done);
	b->len = b->run_len = 0;
	b->pending = 0;
	b->batch_swap = b->swap;
	return 0;
}

void pkw__batch_settle(struct pkw__batch *b)
{
	size_t direct = b->sink.packing == PKW__PLAIN ? DIRECT : BATCH;

	if (b->run_len >= direct || b->len + b->run_len > b->cap) {
		pkw__batch_emit(b);
	} else if (b->run_len) {
		memcpy(b->buf + b->len, b->run, b->run_len);
		b->len += b->run_len;
	}
	b->run_len = 0;
}

uint8_t *pkw__batch_room(struct pkw__batch *b, size_t n)
{
	pkw__batch_settle(b);
	if (b->len + n > b->cap && pkw__batch_emit(b) < 0)
		return NULL;
	if (b->err)
		return NULL;
	if (n > b->cap) {
		uint8_t *p = realloc(b->buf, n);
		if (!p) {
			pkw__batch_no_memory(b);
			return NULL;
		}
		b->buf = p;
		b->cap = n;
	}
	return b->buf + b->len;
}

void pkw__batch_begin_run(struct pkw__batch *b, const uint8_t *p, size_t n)
{
	if (b->run_len == 0 || p != b->run + b->run_len) {
		pkw__batch_settle(b);
		b->run = p;
	}
	b->run_len += n;
	if (b->run_len >= RUN_MAX)
		pkw__batch_emit(b);
}

uint8_t *pkw__batch_copy(struct pkw__batch *b, const uint8_t *p, size_t n)
{
	uint8_t *to = pkw__batch_room(b, n);

	if (to) {
		memcpy(to, p, n);
		b->len += n;
	}
	return to;
}
