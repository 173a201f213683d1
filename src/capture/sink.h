/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a writer's bytes go: a descriptor, perhaps compressed. */
#ifndef PKW_CAPTURE_SINK_H
#define PKW_CAPTURE_SINK_H

#include <pkw/error.h>

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum pkw__packing { PKW__PLAIN, PKW__GZIP, PKW__ZSTD };

struct pkw__packer;

struct pkw__sink {
	int fd;
	int owned;     /* fd is closed with the sink */
	int regular;
	uint64_t base; /* offset behind the last batch */
	uint64_t start; /* of the first one */
	int open;       /* a zstd frame is to be ended */
	enum pkw__packing packing;
	struct pkw__packer *packer; /* NULL: plain */
};

/* Of an open descriptor: 0 or an error. */
int pkw__sink_init(struct pkw__sink *s, int fd, int owned,
    enum pkw__packing packing, int level, struct pkw_diag *d);

/*
 * Writes a batch: 0, or an error, and then `done' says how many bytes of it are
 * in the file (none that count if compressed).
 */
int pkw__sink_write(struct pkw__sink *s, const struct iovec *v, int n,
    size_t *done);

/* Cuts a regular file `keep' bytes behind the last batch. */
void pkw__sink_cut(struct pkw__sink *s, size_t keep);

/* 0, or what the last write or close(2) said. */
int pkw__sink_fini(struct pkw__sink *s);

#endif
