/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of hosts.  The system's resolver blocks, and where no name server
 * answers it does so for seconds; so each address is asked about by a thread of
 * its own, and who needs a name waits for a bounded time in all.  A thread that
 * is still asking when the list is freed keeps it alive: the last one out frees
 * it.
 */
#include "cmd/names.h"

#include "cmd/cmd.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { NAMES_MAX = 4096, THREADS_MAX = 64, PATIENCE_S = 2 };

struct entry {
	struct names *list;
	struct pkw_addr addr;
	int done;
	char name[256];
	struct entry *next;
};

struct names {
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct entry *first;
	unsigned count, asking, users; /* users: threads, and the owner */
	struct timespec until;         /* the end of all waiting */
	int waited;
};

int host_address(const char *text, int family, struct pkw_addr *a)
{
	struct addrinfo hints = { .ai_family = family == 4 ? AF_INET
		: family == 6 ? AF_INET6 : AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM }, *found = NULL;

	if (pkw_addr_parse(text, a) == 0 && (a->len == 4 || a->len == 16) &&
	    (!family || (family == 4) == (a->len == 4)))
		return 0;
	int e = getaddrinfo(text, NULL, &hints, &found);
	if (e != 0) {
		say("%s: %s", text, gai_strerror(e));
		return STATUS_FAILED;
	}
	int six = found->ai_family == AF_INET6;
	const uint8_t *b = (const uint8_t *)found->ai_addr;
	memset(a, 0, sizeof *a);
	a->len = six ? 16 : 4;
	memcpy(a->bytes, b + (six ? offsetof(struct sockaddr_in6, sin6_addr)
				  : offsetof(struct sockaddr_in, sin_addr)),
	    a->len);
	freeaddrinfo(found);
	return 0;
}

struct names *names_new(void)
{
	struct names *n = calloc(1, sizeof *n);

	if (!n)
		return NULL;
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->news, NULL);
	n->users = 1;
	return n;
}

static void leave(struct names *n) /* locked */
{
	int last = --n->users == 0;

	pthread_mutex_unlock(&n->lock);
	if (!last)
		return;
	while (n->first) {
		struct entry *e = n->first;
		n->first = e->next;
		free(e);
	}
	pthread_mutex_destroy(&n->lock);
	pthread_cond_destroy(&n->news);
	free(n);
}

void names_free(struct names *n)
{
	if (!n)
		return;
	pthread_mutex_lock(&n->lock);
	leave(n);
}

/* A name server may say anything; a terminal is shown plain names only. */
static int is_plain(const char *s)
{
	for (; *s; s++)
		if (*s <= 0x20 || *s > 0x7e || *s == '"' || *s == '\\')
			return 0;
	return 1;
}

static void lookup(const struct pkw_addr *a, char name[256])
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	int e;

	if (a->len == 16) {
		memcpy(&six.sin6_addr, a->bytes, 16);
		e = getnameinfo((struct sockaddr *)&six, sizeof six, name, 256,
		    NULL, 0, NI_NAMEREQD);
	} else {
		memcpy(&four.sin_addr, a->bytes, 4);
		e = getnameinfo((struct sockaddr *)&four, sizeof four, name,
		    256, NULL, 0, NI_NAMEREQD);
	}
	if (e != 0 || !is_plain(name))
		*name = '\0';
}

static void *ask(void *arg)
{
	struct entry *e = arg;
	struct names *n = e->list;
	char name[256];

	lookup(&e->addr, name);
	pthread_mutex_lock(&n->lock);
	memcpy(e->name, name, sizeof name);
	e->done = 1;
	n->asking--;
	pthread_cond_broadcast(&n->news);
	leave(n);
	return NULL;
}

static struct entry *find(struct names *n, const struct pkw_addr *a)
{
	struct entry *e = n->first;

	while (e && (e->addr.len != a->len ||
	    memcmp(e->addr.bytes, a->bytes, a->len) != 0))
		e = e->next;
	return e;
}

/* 1: a thread asks. */
static int start(struct entry *e)
{
	pthread_attr_t detached;
	pthread_t thread;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	int r = pthread_create(&thread, &detached, ask, e);
	pthread_attr_destroy(&detached);
	return r == 0;
}

void names_want(struct names *n, const struct pkw_addr *a)
{
	if (!n)
		return;
	pthread_mutex_lock(&n->lock);
	struct entry *e = find(n, a);
	if (!e && n->count < NAMES_MAX && n->asking < THREADS_MAX &&
	    (e = calloc(1, sizeof *e))) {
		*e = (struct entry){ .list = n, .addr = *a, .next = n->first };
		n->first = e;
		n->count++;
		n->asking++;
		n->users++;
		if (!start(e)) {
			e->done = 1;
			n->asking--;
			n->users--;
		}
	}
	pthread_mutex_unlock(&n->lock);
}

const char *names_get(struct names *n, const struct pkw_addr *a)
{
	int late = 0;

	if (!n)
		return NULL;
	names_want(n, a);
	pthread_mutex_lock(&n->lock);
	struct entry *e = find(n, a);
	if (e && !e->done && !n->waited) {
		clock_gettime(CLOCK_REALTIME, &n->until);
		n->until.tv_sec += PATIENCE_S;
		n->waited = 1;
	}
	while (e && !e->done && !late)
		late = pthread_cond_timedwait(&n->news, &n->lock, &n->until);
	const char *name = e && e->done && *e->name ? e->name : NULL;
	pthread_mutex_unlock(&n->lock);
	return name;
}
