/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of packets from their source to the link, for sending and asking.
 *
 * Each is resolved.  One whose next hop must be asked for first is copied and
 * parked, and the next one is looked at: a whole prefix is resolved at once and
 * not host after host.  When the neighbours' table has news, the parked ones
 * are tried again, in their order and before new ones, so packets to one
 * destination keep their order.  How many can be parked is limited; then the
 * source waits.
 *
 * A packet that cannot be sent (no route, a silent next hop) is counted and
 * told to the caller, and the others go on.
 */
#include "exchange/feed.h"

#include <stdlib.h>
#include <string.h>

enum { PARK_MAX = 1024 };

struct pkw__parked {
	struct pkw_pkt *p;
	uint64_t index;
	struct pkw__parked *next;
};

void pkw__feed_init(
    struct pkw__feed *f, struct pkw_link *l, const struct pkw_source *s)
{
	memset(f, 0, sizeof *f);
	f->l = l;
	f->source = s;
	f->tail = &f->parked;
}

static void free_all(struct pkw__parked *k)
{
	while (k) {
		struct pkw__parked *next = k->next;
		pkw_pkt_free(k->p);
		free(k);
		k = next;
	}
}

void pkw__feed_fini(struct pkw__feed *f)
{
	free_all(f->parked);
	free_all(f->given);
	free_all(f->spare);
}

int pkw__feed_is_fault(int code)
{
	switch (-code) {
	case PKW_ENETUNREACH:
	case PKW_EHOSTUNREACH:
	case PKW_EMSGSIZE:
	case PKW_ENODEV:
	case PKW_ENETDOWN:
	case PKW_EINVAL:
		return 1;
	}
	return 0;
}

void pkw__feed_fault(struct pkw__feed *f, uint64_t index,
    const struct pkw_pkt *p, const struct pkw_diag *why)
{
	if (!f->failed++)
		f->fault = *why;
	if (f->on_fault && f->on_fault(f->arg, index, p, why) != 0)
		f->refused = 1;
}

static int park(struct pkw__feed *f, const struct pkw_pkt *p, uint64_t index)
{
	struct pkw__parked *k = f->spare;

	if (k)
		f->spare = k->next;
	else if (!(k = calloc(1, sizeof *k)))
		return -PKW_ENOMEM;
	if (!k->p && !(k->p = pkw_pkt_new())) {
		free(k);
		return -PKW_ENOMEM;
	}
	k->index = index;
	k->next = NULL;
	*f->tail = k;
	f->tail = &k->next;
	f->nparked++;
	return pkw_pkt_copy(k->p, p);
}

/* Takes a parked packet out of the list; it stays valid until the next one. */
static void unpark(struct pkw__feed *f, struct pkw__parked *k)
{
	struct pkw__parked **at = &f->parked;

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	if (!*at)
		f->tail = at;
	k->next = NULL;
	f->given = k;
	f->nparked--;
}

void pkw__feed_sleep(
    struct pkw__feed *f, const struct pkw__kick *k, int fd, int64_t until)
{
	struct pkw_net *net = f->l->net;
	struct pollfd fds[PKW__WAIT_MAX];
	unsigned n = pkw__neigh_fds(net, fds);

	if (n && net->neigh.due < until)
		until = net->neigh.due;
	if (k && k->until < until)
		until = k->until;
	if (k && k->full)
		fds[n++] = (struct pollfd){ f->l->tx.fd, POLLOUT, 0 };
	if (fd >= 0)
		fds[n++] = (struct pollfd){ fd, POLLIN, 0 };
	pkw__wait(fds, n, until, &net->stop);
	if (pkw__neigh_pump(net))
		f->look = f->parked;
}

/* Resolves: enum pkw__fed (END: a fault, taken care of), or an error. */
static int try(struct pkw__feed *f, struct pkw_pkt *p, uint64_t index,
    struct pkw__ready *r, struct pkw_diag *d)
{
	struct pkw_diag why = { 0 };
	int e = pkw__resolve_try(f->l->net, p, f->l->ifindex, 0, &r->hop, &why);

	if (e > 0)
		e = pkw__tx_check_hop(f->l, &r->hop, &why) < 0 ? why.code : 1;
	if (e == 0)
		return PKW__FED_WAIT;
	if (e > 0) {
		r->p = p;
		r->index = index;
		return PKW__FED_READY;
	}
	if (!pkw__feed_is_fault(e)) {
		if (d)
			*d = why;
		return e;
	}
	pkw__feed_fault(f, index, p, &why);
	return PKW__FED_END;
}

/* The next packet of the source: 1, 0 at the end, or an error. */
static int take(struct pkw__feed *f, struct pkw_pkt **p, struct pkw_diag *d)
{
	if (f->limit && f->taken == f->limit)
		return 0;
	int e = f->source->next(f->source->arg, p, d);
	/* again from the start, unless there is nothing at all */
	if (e == 0 && f->limit > f->taken && f->pass) {
		if (!f->source->rewind)
			return pkw_fail(d, -PKW_EINVAL,
			    "these packets cannot be sent more than once");
		e = f->source->rewind(f->source->arg, d);
		if (e < 0)
			return e;
		f->pass = 0;
		e = f->source->next(f->source->arg, p, d);
	}
	if (e > 0) {
		f->taken++;
		f->pass++;
	}
	return e;
}

static int next_parked(
    struct pkw__feed *f, struct pkw__ready *r, struct pkw_diag *d)
{
	while (f->look) {
		struct pkw__parked *k = f->look;
		f->look = k->next;
		int e = try(f, k->p, k->index, r, d);
		if (e == PKW__FED_WAIT)
			continue;
		unpark(f, k);
		if (e != PKW__FED_END)
			return e;
		f->given->next = f->spare;
		f->spare = f->given;
		f->given = NULL;
	}
	return PKW__FED_WAIT;
}

int pkw__feed_next(
    struct pkw__feed *f, struct pkw__ready *r, struct pkw_diag *d)
{
	if (f->given) {
		f->given->next = f->spare;
		f->spare = f->given;
		f->given = NULL;
	}
	int e = next_parked(f, r, d);
	if (e != PKW__FED_WAIT)
		return e;
	while (!f->ended && !f->refused && f->nparked < PARK_MAX) {
		struct pkw_pkt *p;
		e = take(f, &p, d);
		if (e < 0)
			return e;
		if (e == 0) {
			f->ended = 1;
			break;
		}
		uint64_t index = f->taken - 1;
		e = try(f, p, index, r, d);
		if (e == PKW__FED_WAIT)
			e = park(f, p, index);
		if (e < 0 || e == PKW__FED_READY)
			return e;
	}
	return f->refused || (f->ended && !f->nparked) ? PKW__FED_END
						       : PKW__FED_WAIT;
}
