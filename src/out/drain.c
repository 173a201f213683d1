/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on its way out.  The caller's string is the buffer: it is written when
 * there is enough of it, which keeps system calls few and memory constant.
 */
#include <pkw/show.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* A non-blocking descriptor (a terminal that somebody else set so) is waited
   for, since text has nowhere to go meanwhile. */
static int wait_for(int fd)
{
	struct pollfd f = { .fd = fd, .events = POLLOUT };

	return poll(&f, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

int pkw_drain(struct pkw_str *s, int fd, size_t least)
{
	size_t at = 0;
	int r = s->err;

	if (r == 0 && s->len < least)
		return 0;
	while (r == 0 && at < s->len) {
		ssize_t n = write(fd, s->s + at, s->len - at);
		if (n >= 0)
			at += (size_t)n;
		else if (errno == EAGAIN)
			r = wait_for(fd);
		else if (errno != EINTR)
			r = -errno;
	}
	pkw_str_clear(s);
	return r;
}
