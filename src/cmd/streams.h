/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP streams on standard output: a list of them, or what one of them said. */
#ifndef PKW_CMD_STREAMS_H
#define PKW_CMD_STREAMS_H

#include <pkw/stream.h>

struct streams;

/*
 * which: "3", "3:client" or "3:server", NULL for a list of all.  NULL, and
 * said so, if it is none of these.
 */
struct streams *streams_new(const char *which, enum pkw_policy policy);
void streams_put(
    struct streams *s, const struct pkw_frame *f, const struct pkw_pkt *p);
/* Closes all and frees: 0 or an exit status. */
int streams_end(struct streams *s);

#endif
