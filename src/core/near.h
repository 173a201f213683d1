/* SPDX-License-Identifier: BSD-2-Clause */
/* Did you mean ...? */
#ifndef PKW_CORE_NEAR_H
#define PKW_CORE_NEAR_H

/* Start with { wanted, NULL, 0 }, try all names, read `best' (may be NULL). */
struct pkw__near {
	const char *wanted;
	const char *best;
	unsigned distance;
};

unsigned pkw__distance(const char *a, const char *b);
void pkw__near_try(struct pkw__near *w, const char *name);

#endif
