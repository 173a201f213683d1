/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers in capture files: host order or the other one, never aligned. */
#ifndef PKW_CAPTURE_WIRE_H
#define PKW_CAPTURE_WIRE_H

#include "base/compiler.h"

#include <stdint.h>
#include <string.h>

static inline int host_is_big(void)
{
	const uint16_t one = 1;
	uint8_t first;

	memcpy(&first, &one, 1);
	return first == 0;
}

static inline uint16_t swap16(uint16_t v)
{
	return (uint16_t)(v << 8 | v >> 8);
}

static inline uint32_t swap32(uint32_t v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

static inline uint64_t swap64(uint64_t v)
{
	return (uint64_t)swap32((uint32_t)v) << 32 |
	    swap32((uint32_t)(v >> 32));
}

static inline uint16_t get16(const uint8_t *p, int swap)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return swap ? swap16(v) : v;
}

static inline uint32_t get32(const uint8_t *p, int swap)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return swap ? swap32(v) : v;
}

static inline uint64_t get64(const uint8_t *p, int swap)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return swap ? swap64(v) : v;
}

static inline uint8_t *put16(uint8_t *p, uint16_t v, int swap)
{
	v = swap ? swap16(v) : v;
	memcpy(p, &v, sizeof v);
	return p + sizeof v;
}

static inline uint8_t *put32(uint8_t *p, uint32_t v, int swap)
{
	v = swap ? swap32(v) : v;
	memcpy(p, &v, sizeof v);
	return p + sizeof v;
}

static inline uint8_t *put64(uint8_t *p, uint64_t v, int swap)
{
	v = swap ? swap64(v) : v;
	memcpy(p, &v, sizeof v);
	return p + sizeof v;
}

/* pcapng pads everything to 32 bits. */
static inline uint32_t pad4(uint32_t n)
{
	return (n + 3) & ~(uint32_t)3;
}

/* Fetches the record headers ahead; an address past the buffer does no harm. */
static inline void prefetch(const uint8_t *p)
{
	PKW__PREFETCH((uintptr_t)p + 1024);
}

#endif
