/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys: what a question and its answers have in common, as numbers. */
#ifndef PKW_EXCHANGE_KEY_H
#define PKW_EXCHANGE_KEY_H

#include <pkw/pkt.h>

uint64_t pkw__hash(const uint8_t *b, size_t n);

struct pkw__key {
	uint64_t pair; /* the addresses; 0: there are none */
	uint64_t full; /* and ports or identifiers */
};

/* Of a question, or of a packet as it came. */
struct pkw__key pkw__key_of(const struct pkw_pkt *p);
/* Of the packet that an error quotes; pair 0: it quotes none. */
struct pkw__key pkw__key_quoted(const struct pkw_pkt *p);

#endif
