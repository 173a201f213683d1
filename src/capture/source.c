/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptor under a reader.  read(2) into the caller's buffer is all of
 * it, but for waiting: a followed file has no end, it has only bytes which are
 * not there yet, and a pipe may be silent for longer than the caller likes.
 *
 * A wait sleeps in poll(2), on inotify for a file and on the descriptor itself
 * for a pipe, in slices of 100 ms: a slice notices pkw_reader_stop(), and it
 * catches what inotify misses (network file systems, and a write between the
 * last read and the watch).  A signal ends the wait at once with -PKW_EINTR, so
 * that Ctrl-C works without any help of the caller's handler.
 */
#include "source.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SLICE_MS = 100 };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whether a followed file still has all that was read of it. */
static int shrunk(const struct pkw__source *s)
{
	struct stat st;
	off_t at = lseek(s->fd, 0, SEEK_CUR);

	return at >= 0 && fstat(s->fd, &st) == 0 && st.st_size < at;
}

static void start_watch(struct pkw__source *s)
{
	char path[32];

	s->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (s->watch < 0)
		return; /* the slices alone do it, only later */
	snprintf(path, sizeof path, "/proc/self/fd/%d", s->fd);
	inotify_add_watch(s->watch, path, IN_MODIFY);
}

/* Sleeps one slice or until something happened: 1, 0 nothing, or -PKW_EINTR. */
static int nap(struct pkw__source *s, int ms)
{
	char events[512];

	if (s->regular && s->watch < 0)
		start_watch(s);
	struct pollfd p = { .fd = s->regular ? s->watch : s->fd,
		.events = POLLIN };
	int n = poll(&p, 1, ms);
	if (n < 0)
		return errno == EINTR ? -PKW_EINTR : 0;
	if (n > 0 && s->regular)
		n = read(s->watch, events, sizeof events) > 0;
	return n;
}

static int wait_more(struct pkw__source *s, struct pkw_diag *d)
{
	int64_t until = s->timeout < 0 ? INT64_MAX : now_ms() + s->timeout;

	for (;;) {
		if (s->stop) {
			s->stop = 0;
			return pkw_fail(d, -PKW_EINTR, "interrupted");
		}
		int64_t left = until == INT64_MAX ? SLICE_MS : until - now_ms();
		if (left < 0)
			left = 0;
		int n = nap(s, left < SLICE_MS ? (int)left : SLICE_MS);
		if (n < 0)
			return pkw_fail(d, n, "interrupted");
		if (n > 0)
			return 0;
		if (s->regular && shrunk(s))
			return pkw_fail(d, -PKW_ETRUNC,
			    "the file was cut shorter while being followed");
		if (until != INT64_MAX && now_ms() >= until)
			return pkw_fail(d, -PKW_EAGAIN,
			    "nothing came within %d ms", s->timeout);
		if (s->regular)
			return 0; /* look again: inotify may miss it */
	}
}

ssize_t pkw__source_fetch(struct pkw__source *s, uint8_t *p, size_t n,
    struct pkw_diag *d)
{
	int64_t until = 0;
	int waits = !s->regular; /* before each read, so that stop is seen */

	if (s->fd < 0)
		return 0;
	for (;;) {
		if (waits) {
			int e = wait_more(s, d);
			if (e < 0)
				return e;
		}
		ssize_t got = read(s->fd, p, n);
		if (got > 0)
			return got;
		if (got == 0 && !(s->follow && s->regular))
			return 0;
		if (got < 0 && errno == EINTR)
			return pkw_fail(d, -PKW_EINTR, "interrupted");
		if (got < 0 && errno != EAGAIN)
			return pkw_fail(d, -errno, "cannot read: %s",
			    pkw_strerror(errno));
		if (!waits) {
			/* the slices of a followed file share one deadline */
			if (!until)
				until = now_ms() + s->timeout;
			int e = wait_more(s, d);
			if (e < 0)
				return e;
			if (s->timeout >= 0 && s->regular && now_ms() > until)
				return pkw_fail(d, -PKW_EAGAIN,
				    "nothing came within %d ms", s->timeout);
		}
	}
}

ssize_t pkw__source_read(struct pkw__source *s, uint8_t *p, size_t n,
    struct pkw_diag *d)
{
	return s->z ? pkw__inflate_read(s, p, n, d)
		    : pkw__source_fetch(s, p, n, d);
}

void pkw__source_fini(struct pkw__source *s)
{
	pkw__inflate_free(s->z);
	if (s->watch >= 0)
		close(s->watch);
	if (s->owned && s->fd >= 0)
		close(s->fd);
}
