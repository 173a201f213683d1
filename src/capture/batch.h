/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole records on their way out, and what became of those before. */
#ifndef PKW_CAPTURE_BATCH_H
#define PKW_CAPTURE_BATCH_H

#include "reader.h"
#include "sink.h"

enum {
	BATCH = 256 << 10,
	RUN_MAX = 512 << 10 /* of sources which never move */
};

struct pkw__batch {
	struct pkw__sink sink;
	uint8_t *buf;
	size_t len, cap;
	const uint8_t *run;
	size_t run_len;
	uint64_t pending;      /* packets in both */
	int ng;                /* blocks, else records of `pcap' */
	struct pkw__pcap pcap;
	int heading;           /* it is the header of pcap, no records */
	int swap, batch_swap;  /* byte order now, and where the batch began */
	uint64_t written, lost;
	int err;               /* stays */
	struct pkw_diag diag;
	char name[128];        /* of the file */
};

/* Puts the file's name into a diagnosis, which may be NULL. */
void pkw__batch_name(const struct pkw__batch *b, struct pkw_diag *d);

/* An error which stays; its text is in b->diag.  report hands it to `d'. */
int pkw__batch_stick(struct pkw__batch *b, int code);
int pkw__batch_no_memory(struct pkw__batch *b);
int pkw__batch_report(const struct pkw__batch *b, struct pkw_diag *d);

/* Writes what waits: 0 or the error. */
int pkw__batch_emit(struct pkw__batch *b);

/* Lets go of the source's buffer. */
void pkw__batch_settle(struct pkw__batch *b);

/* Where n bytes can be added to the buffer (b->len), NULL after an error. */
uint8_t *pkw__batch_room(struct pkw__batch *b, size_t n);

/* Adds a copy and returns where it is, NULL after an error. */
uint8_t *pkw__batch_copy(struct pkw__batch *b, const uint8_t *p, size_t n);

void pkw__batch_begin_run(struct pkw__batch *b, const uint8_t *p, size_t n);

/* Makes the run longer by a record of the source. */
static inline void batch_keep(struct pkw__batch *b, const uint8_t *p, size_t n)
{
	if (b->run_len && p == b->run + b->run_len && b->run_len + n < RUN_MAX)
		b->run_len += n;
	else
		pkw__batch_begin_run(b, p, n);
}

#endif
