/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet in pieces: every field of a layer with its place and its text. */
#ifndef PKW_OUT_PIECES_H
#define PKW_OUT_PIECES_H

/*
 * What pictures and dumps by field have in common: a layer flattened, each
 * field one piece, in the order in which the table has them; before those of a
 * record inside comes a piece for the record itself.  Fields without bits are
 * left out.
 *
 * Start with all zero; pkw__pieces_layer() replaces what was there.  Texts are
 * printable ASCII.  Names live as long as the tables, values until the next
 * call.
 */

#include "out/value.h"

enum piece_kind {
	PIECE_FIELD,
	PIECE_RECORD, /* has no value; its fields follow, deeper */
	PIECE_PAD,    /* made by pkw_seal() */
	PIECE_ODD,    /* bytes that nobody explains */
	PIECE_REST    /* all that `max' left out */
};

struct piece {
	uint64_t bit, bits; /* from the packet's start */
	const char *name;
	uint32_t value, len; /* in .text */
	uint32_t index;      /* of a record in its list */
	uint8_t kind, depth;
	uint8_t listed;      /* .index holds */
	uint8_t trailer;     /* behind the payload */
	uint8_t variable;    /* the field has no fixed size */
};

struct pieces {
	struct piece *at;
	size_t n, cap;
	size_t max; /* pieces of a layer; 0: no limit */
	struct pkw_str text;
	int err;
};

/* 0 or -PKW_ENOMEM.  How values look: as `how' and `bytes_max' in a voice. */
int pkw__pieces_layer(struct pieces *ps, struct pkw_printer *pr,
    const struct pkw_pkt *p, unsigned layer);
/* By place; a record stays in front of its fields. */
void pkw__pieces_sort(struct pieces *ps);
void pkw__pieces_free(struct pieces *ps);

/* Never NULL; not terminated: see .len. */
static inline const char *piece_value(
    const struct pieces *ps, const struct piece *x)
{
	return x->len ? ps->text.s + x->value : "";
}

#endif
