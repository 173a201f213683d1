/* SPDX-License-Identifier: BSD-2-Clause */
/* Codecs that several protocols share: names, C strings. */
#ifndef PKW_PROTO_CODECS_H
#define PKW_PROTO_CODECS_H

#include <pkw/proto.h>

/* Bytes up to and with a zero byte; the text is what stands before it. */
extern const struct pkw_codec pkw__cstr;

/*
 * Domain names, RFC 1035 section 3.1; see names.c for the text form.
 * dns_name    may hold pointers, and pkw_dns_compress() may make some
 * dns_target  may hold pointers, but is written in full (RFC 3597 section 4)
 * domain      no pointers (DHCPv6, RFC 8415 section 10)
 * partial     the same, perhaps without its root label
 * domains     several names, pointers counting from the first (RFC 3397);
 *             the text has spaces between them
 */
extern const struct pkw_codec pkw__dns_name;
extern const struct pkw_codec pkw__dns_target;
extern const struct pkw_codec pkw__domain;
extern const struct pkw_codec pkw__partial;
extern const struct pkw_codec pkw__domains;

/*
 * One label of a name after another: its length, with *label at its text; 0 at
 * the root label, negative if the name is malformed.
 */
struct pkw__labels {
	const struct pkw_wire *w;
	uint32_t at, end;  /* where we read, and how far one may */
	uint32_t start;    /* of the run of labels at hand */
	uint32_t used;     /* bytes of the name at its own place; 0: not known */
	uint32_t first;    /* where the name is */
	unsigned total, jumps;
	int pointers;
};
void pkw__labels_begin(struct pkw__labels *l, const struct pkw_wire *w,
    uint32_t off, uint32_t max, int pointers);
int pkw__labels_next(struct pkw__labels *l, const uint8_t **label);

#endif
