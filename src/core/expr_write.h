/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as text: what printing a field and writing an expression share. */
#ifndef PKW_CORE_EXPR_WRITE_H
#define PKW_CORE_EXPR_WRITE_H

#include "core/expr_build.h"

enum pkw__write_flags {
	PKW__WRITE_EXPR = 1,  /* quoted, numbers for labels, exact */
	PKW__WRITE_ALL = 2,   /* derived fields also where they are right */
	PKW__WRITE_NUMBERS = 4
};

/* value_text.c: a present field that holds no records. */
void pkw__write_scalar(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);
/* b"..." or, where it is readable and may be text, "..." */
void pkw__write_bytes(
    struct pkw_str *out, const uint8_t *b, size_t n, int maybe_text);

/* expr_write_field.c: any present field; 0, or negative: it cannot be written
   so that it reads back (EXPR only). */
int pkw__write_field(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);
/* The arguments of a record, `a=1, b=2', without the field `skip'. */
int pkw__write_args(const struct pkw_pkt *p, int node, int skip,
    unsigned flags, struct pkw_str *out);
/* Name(a=1, b=2) */
int pkw__write_record(
    const struct pkw_pkt *p, int node, unsigned flags, struct pkw_str *out);

/* expr_write_list.c: a list in its style; negative: it has no such form. */
int pkw__write_list(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);

/* expr_write.c: bytes that hold a packet, as layers if they are any. */
int pkw__write_packet(const struct pkw_field *f, struct pkw_span s,
    struct pkw_str *out, unsigned depth);

static inline struct pkw_span pkw__node_span(const struct pkw_pkt *p, int node)
{
	const struct pkw_node *n = pkw_node(p, node);
	struct pkw_span s = { pkw_view(p)->bytes + n->off, n->len };

	return s;
}

/* Takes back what was added behind len. */
static inline void pkw__str_cut(struct pkw_str *out, size_t len)
{
	if (out->s && !out->err)
		out->s[out->len = len] = '\0';
}

/* value_default.c: does the field say what it would if nobody set it? */
int pkw__is_default(const struct pkw_pkt *p, int node, unsigned field);

#endif
