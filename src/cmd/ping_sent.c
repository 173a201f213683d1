/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes under way: a ring of the newest ones, by number, and chains through it
 * by token.  A token is what the answer repeats of its question, at the places
 * where both have it: ports, or identifier and number of an ICMP message.  It
 * narrows the search; whether it is the answer the protocols decide.
 */
#include "cmd/ping.h"

#include <pkw/proto.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 14, BUCKETS = 1 << 14, CHAIN = 256 };

struct ping_window {
	struct ping_probe probe[WINDOW];
	uint64_t head[BUCKETS]; /* 1 + number of the newest, 0: none */
	uint64_t next;		/* the number that comes next */
};

struct ping_window *ping_window_new(void)
{
	return calloc(1, sizeof(struct ping_window));
}

void ping_window_free(struct ping_window *w)
{
	free(w);
}

static unsigned bucket(uint64_t token)
{
	return (unsigned)(token * UINT64_C(0x9e3779b97f4a7c15) >> 50);
}

struct ping_probe *ping_window_add(
    struct ping_window *w, uint64_t n, uint64_t token)
{
	struct ping_probe *p = &w->probe[n % WINDOW];
	uint64_t *head = &w->head[bucket(token)];

	*p = (struct ping_probe){ .n = n, .token = token, .prev = *head };
	*head = n + 1;
	w->next = n + 1;
	return p;
}

struct ping_probe *ping_window_at(struct ping_window *w, uint64_t n)
{
	if (n >= w->next || n + WINDOW < w->next)
		return NULL;
	return &w->probe[n % WINDOW];
}

struct ping_probe *ping_window_find(
    struct ping_window *w, uint64_t token, const struct ping_probe *prev)
{
	uint64_t at = prev ? prev->prev : w->head[bucket(token)];

	for (unsigned i = 0; at && i < CHAIN; i++) {
		struct ping_probe *p = ping_window_at(w, at - 1);
		if (!p)
			return NULL;
		if (p->token == token)
			return p;
		at = p->prev;
	}
	return NULL;
}

/* ---- tokens ---- */

enum {
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	DCCP = 33,
	ICMP6 = 58,
	SCTP = 132,
	UDPLITE = 136
};

/* What lies behind a network layer, and which protocol it says it is. */
static const uint8_t *behind(
    const struct pkw_pkt *p, int ip, unsigned *proto, size_t *len)
{
	const struct pkw_view *v = pkw_view(p);
	const struct pkw_layer *l = &v->layers[ip];
	const uint8_t *b = v->bytes + l->off;
	uint32_t at = l->off + l->len;

	if (l->len < 20)
		return NULL;
	*proto = b[0] >> 4 == 6 ? b[6] : b[9];
	/* extension headers: to the transport, if it was found */
	for (uint32_t i = (uint32_t)ip + 1; i < v->nlayers; i++)
		if (v->layers[i].proto->cls == PKW_TRANSPORT) {
			if (at != v->layers[i].off)
				*proto = b[0] >> 4 == 6
					     ? v->bytes[v->layers[i - 1].off]
					     : *proto;
			at = v->layers[i].off;
			break;
		} else if (v->layers[i].proto->cls == PKW_NETWORK &&
			   v->layers[i].len >= 20) {
			break;
		}
	*len = v->len > at ? v->len - at : 0;
	return v->bytes + at;
}

static uint64_t be16(const uint8_t *b)
{
	return (uint64_t)(b[0] << 8 | b[1]);
}

/* ICMP messages that have an identifier and a number. */
static int is_numbered(unsigned proto, unsigned type)
{
	if (proto == ICMP6)
		return type == 128 || type == 129;
	return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

uint64_t ping_token(const struct pkw_pkt *p, int ip, int turned)
{
	unsigned proto = 0;
	size_t len = 0;
	const uint8_t *b = ip < 0 ? NULL : behind(p, ip, &proto, &len);

	if (!b)
		return 0;
	switch (proto) {
	case TCP:
	case UDP:
	case DCCP:
	case SCTP:
	case UDPLITE:
		if (len < 4)
			return 0;
		return (uint64_t)proto << 32 | be16(b + 2 * turned) << 16 |
		       be16(b + 2 * !turned);
	case ICMP:
	case ICMP6:
		if (len < 8 || !is_numbered(proto, b[0]))
			return 0;
		return (uint64_t)proto << 32 | be16(b + 4) << 16 | be16(b + 6);
	}
	return 0;
}

int ping_quoted(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int ip = v->first[PKW_NETWORK];

	for (int i = ip + 1; ip >= 0 && i < (int)v->nlayers; i++)
		if (strncmp(v->layers[i].proto->rec.name, "IPerror", 7) == 0)
			return i;
	return -1;
}

uint64_t ping_hash(const uint8_t *b, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	/* FNV-1a */
	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}
