/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths: one place in a packet, compiled. */
#ifndef PKW_CORE_EXPR_PATH_H
#define PKW_CORE_EXPR_PATH_H

#include "core/expr.h"

enum { PKW__PATH_STEPS = 8 };

/* `options', `options[0]' or `options[MSS]' */
struct pkw__step {
	const char *name;
	const char *label; /* of the element, or NULL */
	int32_t index;     /* of the element; -1: none */
};

struct pkw__path {
	const struct pkw_proto *proto;
	const struct pkw_record *variant; /* named after it: DNSRRMX */
	unsigned nth;                     /* which of several, from 0 */
	unsigned nsteps;                  /* 0: the layer itself */
	int field;                        /* one step into the layer's own
	                                     fields; else negative */
	uint32_t at;                      /* where it stands in the text */
	struct pkw__step step[PKW__PATH_STEPS];
};

/* From *at on; complains of layers and fields that do not exist at all. */
int pkw__path_parse(struct pkw__expr *x, size_t *at, struct pkw__path *out);
/* A layer's name of n characters at `at', and no more. */
int pkw__path_layer_parse(
    struct pkw__expr *x, size_t at, size_t n, struct pkw__path *out);
/* The layer's index in a packet, negative: it has none. */
int pkw__path_layer(const struct pkw__path *path, const struct pkw_pkt *p);
/*
 * Where the path leads in a packet: 0, or -PKW_EABSENT (with a diagnosis when
 * x is, and has one).  A path that ends at a layer or an element has no field:
 * PKW_NO_FIELD.
 */
int pkw__path_find(const struct pkw__path *path, const struct pkw__expr *x,
    const struct pkw_pkt *p, int *node, unsigned *field);

#endif
