/* SPDX-License-Identifier: BSD-2-Clause */
/* Who wins an overlap, as bits. */
#ifndef PKW_STREAM_POLICY_H
#define PKW_STREAM_POLICY_H

#include <pkw/defrag.h>

/* How a new piece lies to an old one: where it begins, where it ends. */
enum pkw__side { PKW__BEFORE, PKW__SAME, PKW__AFTER };

/* One bit for each pair of (begin, end): set where the new piece wins. */
#define PKW__WINS(begin, end) (1u << ((unsigned)(begin) * 3 + (unsigned)(end)))

enum pkw__drop {
	PKW__KEEP,        /* overlaps are resolved */
	PKW__DROP,        /* ... end it, but for what is within a run */
	PKW__DROP_FOREVER /* ... end it for good, but for exact duplicates */
};

struct pkw__policy {
	const char *name;
	uint16_t fragments, segments; /* PKW__WINS */
	uint16_t drop;                /* fragments: enum pkw__drop */
};

extern const struct pkw__policy pkw__policies[PKW_POLICY__N];

#endif
