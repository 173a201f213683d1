/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a reader's bytes come from: a descriptor, perhaps compressed. */
#ifndef PKW_CAPTURE_SOURCE_H
#define PKW_CAPTURE_SOURCE_H

#include <pkw/error.h>

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pkw__inflate;

struct pkw__source {
	int fd;                     /* -1: none, always at its end */
	int owned;                  /* fd is closed with the source */
	int regular;
	int follow;                 /* a regular file's end is not the end */
	int watch;                  /* inotify, -1 until needed */
	int timeout;                /* milliseconds, -1: for ever */
	volatile sig_atomic_t stop; /* asked to give up waiting */
	struct pkw__inflate *z;     /* NULL: the bytes are plain */
};

/*
 * Up to n bytes, 0 at the end, or a negative error with text in d.  -PKW_EAGAIN
 * and -PKW_EINTR leave the source as it was.  fetch: as stored in the file.
 */
ssize_t pkw__source_read(struct pkw__source *s, uint8_t *p, size_t n,
    struct pkw_diag *d);
ssize_t pkw__source_fetch(struct pkw__source *s, uint8_t *p, size_t n,
    struct pkw_diag *d);
void pkw__source_fini(struct pkw__source *s);

/* Of the first four bytes: does a compressed stream begin here? */
int pkw__inflate_detect(const uint8_t *p, size_t n);

/*
 * Takes `buf' of `cap' bytes as its input buffer, the first `n' of which are
 * read already, and frees it at the end if `owned'.  On failure it stays the
 * caller's.
 */
int pkw__inflate_new(struct pkw__inflate **out, uint8_t *buf, size_t cap,
    size_t n, int owned, struct pkw_diag *d);
ssize_t pkw__inflate_read(struct pkw__source *s, uint8_t *p, size_t n,
    struct pkw_diag *d);
void pkw__inflate_free(struct pkw__inflate *z);

#endif
