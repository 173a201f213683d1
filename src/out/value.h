/* SPDX-License-Identifier: BSD-2-Clause */
/* Values for people: one field's text in lines, trees and tables. */
#ifndef PKW_OUT_VALUE_H
#define PKW_OUT_VALUE_H

#include "out/pen.h"
#include "out/printer.h"

#include <pkw/pkt.h>

enum value_how {
	VALUE_LABEL,   /* the label where there is one, else the number */
	VALUE_NUMBERS, /* the same, but ports stay numbers */
	VALUE_BOTH,    /* 6 (tcp) */
	VALUE_PLAIN    /* no labels, decimal */
};

/* What writes values: one packet's text on its way. */
struct voice {
	struct pen w;
	struct pkw_printer *pr;
	const struct pkw_pkt *p;
	enum value_how how;
	uint32_t bytes_max; /* of opaque bytes; the rest is "..." */
	int deep;           /* records by all their values, not by name */
};

void pkw__say(struct voice *c, const char *text);
/* Printable, as text fields usually are. */
int pkw__is_text(const uint8_t *b, size_t n);
/* Text of a packet: all but printable ASCII escaped. */
void pkw__say_safe(struct voice *c, const void *text, size_t n);
void pkw__say_hex(struct voice *c, const uint8_t *b, size_t n);
/* An integer field's value; layer and node (or -1) tell where it stands. */
void pkw__say_number(struct voice *c, const struct plate_field *pf, int layer,
    int node, uint64_t v);
/* What has a fixed size but is no integer. */
void pkw__say_fixed(
    struct voice *c, const struct plate_field *pf, const uint8_t *b);
/* A field at its fixed place in the record whose bytes are at b. */
void pkw__say_slotted(struct voice *c, const struct plate_field *pf,
    unsigned layer, const uint8_t *b);
/* Any field of a laid-out record that is no record or list itself. */
void pkw__say_field(struct voice *c, int node, unsigned k);
/* The same by who knows the record's plate. */
void pkw__say_plated(
    struct voice *c, const struct plate *pl, int node, unsigned k);
/* A record by the one value that is in it, else by its name. */
void pkw__say_record(struct voice *c, int node);
/* Field k of layer i, from its fixed place if that can be. */
void pkw__say_layer_field(
    struct voice *c, unsigned i, const struct plate *pl, unsigned k);
/* Its value; 0 if it is not there or no number. */
uint64_t pkw__layer_number(
    const struct voice *c, unsigned i, const struct plate *pl, unsigned k);

#endif
