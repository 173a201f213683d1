/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hash table of reassemblies and of flows.
 *
 * Whoever sends packets chooses addresses, ports and identifications, and could
 * choose them such that all fall into one bucket; therefore the hash depends on
 * a number that the kernel gives when the table is made.  Nothing that users
 * see depends on it.
 *
 * There are between one and two entries for a bucket.  When there is no memory
 * for more buckets, chains grow instead.
 */
#include "stream/map.h"

#include <pkw/error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FEWEST = 64, MOST = 1 << 22 };

static uint64_t hash_of(const struct pkw__map *m, const struct pkw__ends *e)
{
	uint64_t w[sizeof *e / 8], h = m->seed;

	memcpy(w, e, sizeof w);
	for (size_t i = 0; i < sizeof w / sizeof *w; i++) {
		h = (h ^ w[i]) * UINT64_C(0x9e3779b97f4a7c15) + m->seed;
		h ^= h >> 29;
		h *= UINT64_C(0xbf58476d1ce4e5b9) ^ (m->seed | 1);
		h ^= h >> 32;
	}
	return h;
}

int pkw__map_init(struct pkw__map *m)
{
	m->bucket = calloc(FEWEST, sizeof(struct pkw__link *));
	if (!m->bucket)
		return -PKW_ENOMEM;
	m->mask = FEWEST - 1;
	m->n = 0;
	if (getrandom(&m->seed, sizeof m->seed, GRND_NONBLOCK) < 0)
		m->seed = (uint64_t)(uintptr_t)m->bucket;
	return 0;
}

void pkw__map_fini(struct pkw__map *m)
{
	free(m->bucket);
	m->bucket = NULL;
}

struct pkw__link *pkw__map_find(
    const struct pkw__map *m, const struct pkw__ends *ends)
{
	uint64_t h = hash_of(m, ends);
	struct pkw__link *l = m->bucket[h & m->mask];

	while (l && (l->hash != h || memcmp(&l->ends, ends, sizeof *ends) != 0))
		l = l->next;
	return l;
}

static void grow(struct pkw__map *m)
{
	uint32_t n = (m->mask + 1) * 2;
	struct pkw__link **bucket = calloc(n, sizeof(struct pkw__link *));

	if (!bucket)
		return;
	for (uint32_t i = 0; i <= m->mask; i++)
		while (m->bucket[i]) {
			struct pkw__link *l = m->bucket[i];
			m->bucket[i] = l->next;
			l->next = bucket[l->hash & (n - 1)];
			bucket[l->hash & (n - 1)] = l;
		}
	free(m->bucket);
	m->bucket = bucket;
	m->mask = n - 1;
}

void pkw__map_add(struct pkw__map *m, struct pkw__link *l)
{
	if (m->n > m->mask * 2 && m->mask < MOST)
		grow(m);
	l->hash = hash_of(m, &l->ends);
	l->next = m->bucket[l->hash & m->mask];
	m->bucket[l->hash & m->mask] = l;
	m->n++;
}

void pkw__map_del(struct pkw__map *m, struct pkw__link *l)
{
	struct pkw__link **at = &m->bucket[l->hash & m->mask];

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	m->n--;
}
