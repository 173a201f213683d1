/* SPDX-License-Identifier: BSD-2-Clause */
/* Capture files written by hand, number by number, for the tests. */
#ifndef PKW_TESTS_CAPTURE_BYTES_H
#define PKW_TESTS_CAPTURE_BYTES_H

#include <pkw/capture.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bytes {
	uint8_t b[1 << 16];
	size_t n;
	int big;        /* byte order of what follows */
	size_t block;   /* where the open block begins */
	size_t ends[64]; /* where each record or block ended */
	int n_ends, is_packet[64];
};

static inline void add(struct bytes *f, const void *p, size_t n)
{
	if (n)
		memcpy(f->b + f->n, p, n);
	f->n += n;
}

static inline void num(struct bytes *f, uint64_t v, int size)
{
	for (int i = 0; i < size; i++)
		f->b[f->n++] =
		    (uint8_t)(v >> 8 * (f->big ? size - 1 - i : i));
}

static inline void u16(struct bytes *f, unsigned v) { num(f, v, 2); }
static inline void u32(struct bytes *f, uint32_t v) { num(f, v, 4); }

static inline void mark(struct bytes *f, int is_packet)
{
	f->is_packet[f->n_ends] = is_packet;
	f->ends[f->n_ends++] = f->n;
}

/* n bytes which begin with k and count up */
static inline void data(struct bytes *f, unsigned k, size_t n)
{
	while (n--)
		f->b[f->n++] = (uint8_t)k++;
}

static inline void begin(struct bytes *f, uint32_t type)
{
	f->block = f->n;
	u32(f, type);
	u32(f, 0);
}

static inline void end(struct bytes *f, int is_packet)
{
	size_t at = f->n, len = f->n + 4 - f->block;

	f->n = f->block + 4;
	u32(f, (uint32_t)len);
	f->n = at;
	u32(f, (uint32_t)len);
	mark(f, is_packet);
}

static inline void option(struct bytes *f, unsigned code, const void *v,
    size_t n)
{
	u16(f, code);
	u16(f, (unsigned)n);
	add(f, v, n);
	while (f->n % 4)
		f->b[f->n++] = 0;
}

static inline void section(struct bytes *f, int big)
{
	f->big = big;
	begin(f, 0x0a0d0d0a);
	u32(f, 0x1a2b3c4d);
	u16(f, 1);
	u16(f, 0);
	num(f, UINT64_MAX, 8);
	end(f, 0);
}

static inline void iface(struct bytes *f, unsigned link, uint32_t snaplen)
{
	begin(f, 1);
	u16(f, link);
	u16(f, 0);
	u32(f, snaplen);
	end(f, 0);
}

/* An enhanced packet block without its end, so that options can follow. */
static inline void packet(struct bytes *f, uint32_t ifindex, uint64_t stamp,
    unsigned k, uint32_t caplen, uint32_t len)
{
	begin(f, 6);
	u32(f, ifindex);
	u32(f, (uint32_t)(stamp >> 32));
	u32(f, (uint32_t)stamp);
	u32(f, caplen);
	u32(f, len);
	data(f, k, caplen);
	while (f->n % 4)
		f->b[f->n++] = 0;
}

/* The first n bytes in memory that ends where the slack does. */
static inline uint8_t *exact(const uint8_t *p, size_t n)
{
	uint8_t *m = calloc(1, n + PKW_FRAME_SLACK);

	if (n)
		memcpy(m, p, n);
	return m;
}

static inline char *temp_name(char name[64], const char *suffix)
{
	snprintf(name, 64, "/tmp/pkw-test-%d%s", (int)getpid(), suffix);
	return name;
}

/* A whole file, to be freed. */
static inline uint8_t *slurp(const char *name, size_t *n)
{
	FILE *in = fopen(name, "rb");
	uint8_t *p = NULL;

	*n = 0;
	if (!in)
		return NULL;
	for (size_t got = 1; got; *n += got) {
		p = realloc(p, *n + 4096);
		got = fread(p + *n, 1, 4096, in);
	}
	fclose(in);
	return p;
}

#endif
