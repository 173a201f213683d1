/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks, waiting, and being told to stop. */
#ifndef PKW_NET_WAIT_H
#define PKW_NET_WAIT_H

#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

enum { PKW__MS = 1000000, PKW__S = 1000000000, PKW__FOREVER = -1 };

static inline int64_t pkw__clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * PKW__S + t.tv_nsec;
}

/* Nanoseconds of the clock that nobody sets: for timeouts and rates. */
static inline int64_t pkw__now(void)
{
	return pkw__clock(CLOCK_MONOTONIC);
}

/*
 * A wish to stop.  It is asked for from anywhere, a signal handler included,
 * and stays until somebody takes it.
 */
struct pkw__stop {
	int fd;            /* an eventfd: readable when it is asked for */
	atomic_int asked;
};

int pkw__stop_init(struct pkw__stop *s);
void pkw__stop_fini(struct pkw__stop *s);
void pkw__stop_ask(struct pkw__stop *s);
/* 1 once after it was asked for. */
int pkw__stop_take(struct pkw__stop *s);
static inline int pkw__stop_asked(struct pkw__stop *s)
{
	return atomic_load_explicit(&s->asked, memory_order_relaxed);
}

/*
 * Waits until one of the descriptors is ready, the moment `until' has come
 * (PKW__FOREVER: never) or stop is asked for.  Returns how many are ready.
 * n is at most PKW__WAIT_MAX.
 */
enum { PKW__WAIT_MAX = 6 };
int pkw__wait(const struct pollfd *fds, unsigned n, int64_t until,
    struct pkw__stop *s);

#endif
