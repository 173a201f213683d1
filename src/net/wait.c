/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting.  All waits of links and exchanges go through pkw__wait(), which also
 * watches an eventfd: write(2) is one of the few things a signal handler may
 * do, so a wish to stop can neither be lost between the last look at a flag and
 * poll(2) nor need a time slice to be noticed.  Signals by themselves end
 * nothing: a resized terminal is no reason to give up a capture.
 */
#include "net/wait.h"

#include <pkw/error.h>

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int pkw__stop_init(struct pkw__stop *s)
{
	atomic_init(&s->asked, 0);
	s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return s->fd < 0 ? -errno : 0;
}

void pkw__stop_fini(struct pkw__stop *s)
{
	if (s->fd >= 0)
		close(s->fd);
}

void pkw__stop_ask(struct pkw__stop *s)
{
	const uint64_t one = 1;
	int e = errno;

	atomic_store(&s->asked, 1);
	/* fails only when it is readable already */
	if (write(s->fd, &one, sizeof one) < 0)
		errno = e;
}

int pkw__stop_take(struct pkw__stop *s)
{
	uint64_t n;

	if (!pkw__stop_asked(s))
		return 0;
	/* in this order: a wish that comes in between is seen next time */
	if (read(s->fd, &n, sizeof n) < 0)
		n = 0;
	return atomic_exchange(&s->asked, 0);
}

int pkw__wait(
    const struct pollfd *fds, unsigned n, int64_t until, struct pkw__stop *s)
{
	struct pollfd p[PKW__WAIT_MAX + 1];

	memcpy(p, fds, n * sizeof *p);
	p[n] = (struct pollfd){ .fd = s->fd, .events = POLLIN };
	for (;;) {
		struct timespec t = { 0 }, *limit = NULL;
		if (until != PKW__FOREVER) {
			int64_t left = until - pkw__now();
			if (left > 0) {
				t.tv_sec = left / PKW__S;
				t.tv_nsec = left % PKW__S;
			}
			limit = &t;
		}
		int ready = ppoll(p, n + 1, limit, NULL);
		if (ready >= 0)
			return ready - (p[n].revents != 0);
		if (errno != EINTR)
			return -errno;
		if (pkw__stop_asked(s))
			return 0;
	}
}
