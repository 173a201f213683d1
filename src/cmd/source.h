/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets to be sent: what the expressions of a command line stand for. */
#ifndef PKW_CMD_SOURCE_H
#define PKW_CMD_SOURCE_H

#include "cmd/cmd.h"

#include <pkw/exchange.h>

struct pkw_tmpl;

struct questions {
	struct pkw_tmpl **tmpls; /* one an expression */
	size_t n, at;
	uint64_t each;           /* packets of each at most; 0: all */
	struct pkw_pkt *p;
	struct pkw_source source; /* what pkw_send() and pkw_ask() take */
};

/*
 * From expressions, and the lines of a file (NULL: none; "-": standard input).
 * 0, or an exit status after saying why.
 */
int questions_make(struct questions *q, char *const *exprs, int n,
    const char *file, uint64_t seed);
void questions_free(struct questions *q);

#endif
