/* SPDX-License-Identifier: BSD-2-Clause */
/* Live frames into a capture file. */
#ifndef PKW_EXCHANGE_JOURNAL_H
#define PKW_EXCHANGE_JOURNAL_H

#include <pkw/frame.h>
#include <pkw/net.h>

struct pkw_writer;

struct pkw__journal {
	struct pkw_writer *writer; /* NULL: nothing is written */
	struct pkw_net *net;
	struct pkw__seen *ifs;
	size_t n, cap;
	int64_t flushed;           /* when; see pkw__now() */
	int dirty;
};

void pkw__journal_init(struct pkw__journal *j, struct pkw_writer *w,
    struct pkw_net *net);
int pkw__journal_put(struct pkw__journal *j, const struct pkw_frame *f,
    struct pkw_diag *d);
/* Once a second what was written reaches the file. */
int pkw__journal_tick(struct pkw__journal *j, struct pkw_diag *d);
/* Frees, and flushes: `e', or else the writer's error. */
int pkw__journal_fini(struct pkw__journal *j, int e, struct pkw_diag *d);

#endif
