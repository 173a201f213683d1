/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as text: what printing a field and writing an expression share. */
#ifndef PKW_CORE_EXPR_WRITE_H
#define PKW_CORE_EXPR_WRITE_H

#include "core/expr_build.h"

enum pkw__write_flags {
	PKW__WRITE_EXPR = 1,  /* quoted, numbers for labels, exact */
	PKW__WRITE_ALL = 2,   /* derived fields also where they are right */
	PKW__WRITE_NUMBERS = 4,
	PKW__WRITE_LUA = 8,    /* the other dialect */
	PKW__WRITE_EITHER = 16 /* "..." and b"..." mean the same here */
};

/* expr_dialect.c: how a language spells what the writers have to say. */
struct pkw__dialect {
	const char *args, *list, *tuple; /* the bracket that opens and closes */
	const char *chain;               /* between; NULL: chains are lists */
	const char *none;
	const char *bytes;               /* before the quotes of bytes */
	const char *raw, *raw_end;       /* around those of a field's bytes */
	unsigned whole, fraction;        /* characters of a number that is not
	                                    quoted, and of one with a point */
	const char *const *reserved;     /* no names; NULL: all names are */
};
const struct pkw__dialect *pkw__dialect(unsigned flags);
/* The name of a layer, and `field='. */
void pkw__write_name(struct pkw_str *out, const char *name, unsigned flags);
void pkw__write_key(struct pkw_str *out, const char *name, unsigned flags);
/* b"..." or, where it is readable and may be text, "..." */
void pkw__write_bytes(struct pkw_str *out, const uint8_t *b, size_t n,
    int maybe_text, unsigned flags);
/* RawVal(b"..."), and whether there is one in a text: yes in doubt. */
void pkw__write_raw(struct pkw_str *out, struct pkw_span s, unsigned flags);
int pkw__has_raw(const char *text, unsigned flags);
/* Raw(load="...") */
void pkw__write_raw_layer(struct pkw_str *out, struct pkw_span s,
    int maybe_text, unsigned flags);
void pkw__write_unsigned(struct pkw_str *out, uint64_t v, unsigned flags);
/* A number that is text already, perhaps with a fraction. */
void pkw__write_decimal(
    struct pkw_str *out, const char *s, size_t n, unsigned flags);

/* value_text.c: a present field that holds no records. */
void pkw__write_scalar(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);

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

/* expr_write_list.c: an element as its list has it. */
int pkw__write_element(
    const struct pkw_pkt *p, int e, unsigned flags, struct pkw_str *out);
/* a list in its style; negative: it has no such form. */
int pkw__write_list(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out);

/* expr_write.c: bytes that hold a packet, as layers if they are any. */
int pkw__write_packet(const struct pkw_field *f, struct pkw_span s,
    unsigned flags, struct pkw_str *out);

static inline struct pkw_span pkw__node_span(const struct pkw_pkt *p, int node)
{
	const struct pkw_node *n = &p->nodes[node];
	struct pkw_span s = { p->v.bytes + n->off, n->len };

	return s;
}

/* How the bytes of such a field's value are written where it is set. */
static inline unsigned pkw__write_for(const struct pkw_field *f, unsigned flags)
{
	int either = f->type == PKW_BYTES || f->type == PKW_TEXT ||
	    (f->type == PKW_CODED && !f->codec->list);

	return either ? flags | PKW__WRITE_EITHER
		      : flags & ~(unsigned)PKW__WRITE_EITHER;
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
