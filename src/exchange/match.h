/* SPDX-License-Identifier: BSD-2-Clause */
/* Which layer of an answer stands opposite the question's first. */
#ifndef PKW_EXCHANGE_MATCH_H
#define PKW_EXCHANGE_MATCH_H

#include <pkw/exchange.h>

/* 1 and the layer, 0: there is none. */
int pkw__align(const struct pkw_pkt *q, const struct pkw_pkt *a, int *al);

#endif
