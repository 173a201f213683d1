/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold for any packet: shared by the fuzz targets and mutate. */
#ifndef PKW_TESTS_CHECK_H
#define PKW_TESTS_CHECK_H

/*
 * An input is four bytes and a packet.  The first two choose its first protocol
 * by a hash of the name, so that saved inputs keep their meaning when protocols
 * are added; the third, by its lowest bit, overrules that with a link type, and
 * with the fourth it seeds what is done to the packet.
 *
 * A check that fails prints its place and aborts: the fuzzer saves the input.
 */

#include <pkw/pkt.h>
#include <pkw/proto.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MUST(x)                                                                \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
			    #x);                                               \
			abort();                                               \
		}                                                              \
	} while (0)

enum { INPUT_HEAD = 4 };

/* The protocol of an input, and the number under which one is found. */
const struct pkw_proto *input_proto(const uint8_t *head);
uint16_t input_number(const struct pkw_proto *proto);
uint32_t input_seed(const uint8_t *head);

/* Small random numbers, the same on every machine. */
uint32_t some(uint32_t *seed, uint32_t below);

/* Layers, nodes, fields and notes of a packet are what the headers say. */
void is_sound(const struct pkw_pkt *p);

/* One random change of a packet by the functions of <pkw/build.h>. */
void change(struct pkw_pkt *p, uint32_t *seed);

/* Tells each change on standard error: to look into a saved input. */
extern int tracing;
void trace_packet(const struct pkw_pkt *p);

/* bytes[0..n) must be exactly allocated, so that ASan sees each step outside.*/
void check_packet(const struct pkw_proto *first, const uint8_t *bytes, size_t n,
    uint32_t seed);
void check_text(const struct pkw_proto *first, const uint8_t *bytes, size_t n,
    uint32_t seed);

#endif
