/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions inside the library: the syntax tree, and putting it in place. */
#ifndef PKW_CORE_EXPR_H
#define PKW_CORE_EXPR_H

#include "base/arena.h"

#include <pkw/pkt.h>
#include <pkw/str.h>

enum pkw__ast_kind {
	PKW__AST_NONE,  /* None: leave it as it would be */
	PKW__AST_NUM,   /* also True and False */
	PKW__AST_REAL,  /* 2.5, 1e-05: as typed */
	PKW__AST_WORD,  /* unquoted: a label, an address, a layer, text */
	PKW__AST_TEXT,  /* "quoted" */
	PKW__AST_BYTES, /* b"quoted" */
	PKW__AST_LIST,  /* [a, b] */
	PKW__AST_TUPLE, /* (a, b) */
	PKW__AST_CALL,  /* Name(a, key=b) */
	PKW__AST_CHAIN  /* a/b */
};

/*
 * A piece of a parsed expression, owned by the expression's arena.  `s' always
 * ends in a NUL: what was typed (NUM, REAL, WORD), what it means (TEXT, BYTES),
 * or the name that is called.
 */
struct pkw__ast {
	uint8_t kind;
	uint8_t neg;       /* NUM: -u */
	uint32_t at;       /* where in the text */
	uint32_t count;    /* of children */
	const char *s;
	size_t n;
	uint64_t u;
	const char *key;   /* as an argument: its keyword, or NULL */
	uint32_t key_at;
	struct pkw__ast *first, *last, *next;
};

/* A text, its tree, and where to complain. */
struct pkw__expr {
	const char *text;
	size_t len;
	struct pkw__arena arena;
	struct pkw_diag *d;
};

/* Fills the diagnosis with the place of `at' and returns code. */
int pkw__expr_fail(const struct pkw__expr *x, uint32_t at, int code,
    const char *fmt, ...) PKW_PRINTF(4, 5);

/*
 * Parses one value or chain from *at on; *at is then the first character that
 * does not belong to it.  The whole text: all of it has to be one.
 */
int pkw__expr_value(struct pkw__expr *x, size_t *at, struct pkw__ast **out);
int pkw__expr_whole(struct pkw__expr *x, struct pkw__ast **out);

/* Is it text of some kind (word, number, quoted)?  `s' and `n' are it then. */
int pkw__ast_is_text(const struct pkw__ast *v);

/* Putting a tree into a packet. */
struct pkw__build {
	struct pkw__expr *x;
	struct pkw_pkt *p;
	unsigned depth;
	int place; /* of the next element plus one; 0: last */
	/* for what stands for several values; NULL: an error */
	int (*on_set)(struct pkw__build *b, int node, unsigned field,
	    const struct pkw__ast *v);
	int (*on_fuzz)(struct pkw__build *b, int layer, int end);
	/* a field that is absent now, but may come: 1 if it was taken care of */
	int (*on_absent)(struct pkw__build *b, int node, unsigned field,
	    const struct pkw__ast *v);
};

/* Pushes the layers of a chain on top of the packet. */
int pkw__build_layers(struct pkw__build *b, const struct pkw__ast *v);
/* Sets one field from a tree, whatever its type; pins it. */
int pkw__build_field(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v);
/* The bytes of a chain built as a packet of its own, appended to out. */
int pkw__build_bytes(
    struct pkw__build *b, const struct pkw__ast *v, struct pkw_str *out);

/* value_parse.c: one scalar */

/* An integer, or else bytes. */
struct pkw__value {
	int is_int;
	uint64_t u;          /* cut to the field's width */
	struct pkw_str bytes;
};

/* Is the type held in one piece: no list, variant, record or alignment? */
int pkw__is_scalar(const struct pkw_field *f);
/* Does the tree stand for several values of such a field? */
int pkw__value_is_set(const struct pkw_field *f, const struct pkw__ast *v);
/* The value a tree stands for; the field's own node tells of labels. */
int pkw__value_parse(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v, struct pkw__value *out);
int pkw__value_store(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw__value *v);

/* value_label.c */

/* The label of a value: key is the value of the chooser, if it has one. */
const char *pkw__label(const struct pkw_field *f, uint64_t key, uint64_t value);
/* 0 and the value, -PKW_ENOENT; near (may be NULL) is what was meant. */
int pkw__label_value(const struct pkw_field *f, uint64_t key, const char *s,
    uint64_t *value, const char **near);
/* The value of the field that chooses the labels, 0 if there is none. */
uint64_t pkw__label_key(const struct pkw_pkt *p, int node, unsigned field);
/* Flags by letters or words; bits without a name make it fail. */
int pkw__flags_text(
    const struct pkw_field *f, uint64_t value, struct pkw_str *out);
int pkw__flags_value(const struct pkw_field *f, const char *s, uint64_t *value,
    const char **bad, size_t *nbad);

/* value_fixed.c */

int pkw__fixed_parse(const char *s, size_t n, unsigned bits, unsigned frac,
    uint64_t *v);
void pkw__fixed_text(struct pkw_str *out, uint64_t v, unsigned frac);

/* expr_name.c */

/* What a name stands for where layers or elements are expected. */
struct pkw__named {
	const struct pkw_proto *proto;    /* as a layer */
	const struct pkw_record *element; /* in a list; NULL: the list's own */
	const struct pkw_record *variant; /* of its field `field', or NULL */
	unsigned field;
};
int pkw__name_layer(const char *name, struct pkw__named *out);
int pkw__name_element(
    const struct pkw_list *l, const char *name, struct pkw__named *out);

/*
 * A field by name as seen from a record: its own, or one of a PKW_FLAT
 * variant (or with `deep', of any variant) of it.  0 and where it is.
 */
int pkw__name_field(const struct pkw_pkt *p, int node, const char *name,
    int deep, int *at, unsigned *field);
const char *pkw__name_nearest(
    const struct pkw_pkt *p, int node, const char *name);

#endif
