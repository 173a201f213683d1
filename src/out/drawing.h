/* SPDX-License-Identifier: BSD-2-Clause */
/* Boxes in rows of 32 bits, drawn with characters as in RFCs. */
#ifndef PKW_OUT_DRAWING_H
#define PKW_OUT_DRAWING_H

/*
 * The caller has an array of boxes (fields, mostly) and places them one after
 * another; each becomes cells, the pieces of it in each row.  Then the drawing
 * is written.  It starts with all zero but .boxes, and ends with
 * pkw__drawing_free(), also after an error (without memory), which sticks.
 */

#include <pkw/str.h>

enum { DRAWING_BITS = 32, DRAWING_LETTERS = 52 };

struct box {
	const char *name;
	const char *value; /* NULL: of a table, there is none */
	uint32_t len;      /* of the value; 0: nothing to say */
	uint32_t bytes;    /* told when it is out of scale */
	uint32_t index;    /* of what begins here: [0] MSS */
	const char *mark;  /* its name, written beside the row; NULL: none */
	uint8_t listed;    /* .index holds */
	uint8_t optional;  /* a question mark behind the name */
	uint8_t letter;    /* stands for the name */
	uint8_t told;      /* the value did not fit and comes below */
};

struct cell {
	uint32_t row, box;
	uint8_t from, bits;
	uint8_t label;        /* name and value stand here */
	uint8_t open;         /* between slashes: not drawn to scale */
	uint8_t upper, lower; /* goes on in the row above, below */
};

struct drawing {
	struct box *boxes;
	struct cell *cells;
	size_t n, cap;
	uint32_t row, bit;  /* where the next box begins */
	uint32_t nletters;
	int err;
};

/* So many bits from here on; rows: at most so many, all else is passed over. */
void pkw__draw_bits(
    struct drawing *d, uint32_t box, uint64_t bits, unsigned rows);
/* The same, but what would take more than `rows' is drawn out of scale. */
void pkw__draw_long(
    struct drawing *d, uint32_t box, uint64_t bits, unsigned rows);
/* A row of its own for a box of unknown size. */
void pkw__draw_open(struct drawing *d, uint32_t box);

/* Appends all rows with a ruler above, each behind `margin'. */
int pkw__drawing_put(
    struct drawing *d, const char *margin, struct pkw_str *out);
void pkw__drawing_free(struct drawing *d);

#endif
