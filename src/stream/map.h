/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash table whose links lie in what it holds, and lists by age. */
#ifndef PKW_STREAM_MAP_H
#define PKW_STREAM_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Two ends and what else tells one conversation from another; no padding. */
struct pkw__ends {
	uint8_t a[16], b[16]; /* addresses */
	uint32_t id;
	uint16_t a_port, b_port;
	uint32_t proto;
	uint32_t version;
};

struct pkw__link {
	struct pkw__link *next;
	uint64_t hash;
	struct pkw__ends ends;
};

struct pkw__map {
	struct pkw__link **bucket;
	uint32_t n, mask;
	uint64_t seed; /* so that nobody outside can choose the bucket */
};

int pkw__map_init(struct pkw__map *m);
void pkw__map_fini(struct pkw__map *m);
struct pkw__link *pkw__map_find(
    const struct pkw__map *m, const struct pkw__ends *ends);
/* l->ends is set, and is not in there yet.  Grows by itself if it can. */
void pkw__map_add(struct pkw__map *m, struct pkw__link *l);
void pkw__map_del(struct pkw__map *m, struct pkw__link *l);

/* A list in order of age: the head is the oldest. */
struct pkw__age {
	struct pkw__age *older, *newer;
};

static inline void pkw__age_init(struct pkw__age *head)
{
	head->older = head->newer = head;
}

static inline void pkw__age_del(struct pkw__age *a)
{
	if (!a->older)
		return;
	a->older->newer = a->newer;
	a->newer->older = a->older;
	a->older = a->newer = NULL;
}

static inline void pkw__age_add(struct pkw__age *head, struct pkw__age *a)
{
	pkw__age_del(a);
	a->older = head->older;
	a->newer = head;
	head->older->newer = a;
	head->older = a;
}

static inline struct pkw__age *pkw__age_oldest(struct pkw__age *head)
{
	return head->newer == head ? NULL : head->newer;
}

#endif
