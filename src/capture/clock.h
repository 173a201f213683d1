/* SPDX-License-Identifier: BSD-2-Clause */
/* Time stamps of pcapng interfaces: their unit and offset, to ns and back. */
#ifndef PKW_CAPTURE_CLOCK_H
#define PKW_CAPTURE_CLOCK_H

#include <stdint.h>

struct pkw__clock {
	uint64_t mul;   /* ns per unit; 0: the unit is no whole number of ns */
	uint64_t div;   /* units per ns; 0: none such, or the unit is 2^-bits */
	unsigned bits;  /* of a binary unit */
	int64_t offset; /* ns added to each stamp */
};

/* tsresol as in if_tsresol: -log10 of the unit in seconds, bit 7: -log2. */
void pkw__clock_init(struct pkw__clock *c, uint8_t tsresol, int64_t offset_s);
int64_t pkw__clock_odd_ns(const struct pkw__clock *c, uint64_t stamp);

/* Rounds so that clock_ns() gives `ns' back if any stamp does: 0 or -1. */
int pkw__clock_stamp(const struct pkw__clock *c, int64_t ns, uint64_t *stamp);

static inline int64_t clock_ns(const struct pkw__clock *c, uint64_t stamp)
{
	if (c->mul)
		return (int64_t)(stamp * c->mul + (uint64_t)c->offset);
	return pkw__clock_odd_ns(c, stamp);
}

#endif
