/* SPDX-License-Identifier: BSD-2-Clause */
/* From a syntax tree into a packet: what the files of it share. */
#ifndef PKW_CORE_EXPR_BUILD_H
#define PKW_CORE_EXPR_BUILD_H

#include "core/core.h"
#include "core/expr.h"

/* What goes wrong in the engine, at a place of the text; returns code. */
int pkw__engine_error(struct pkw__build *b, uint32_t at, int code);

/* expr_build.c: all keyword arguments of a call, into a record.  The field
   `keep' was decided by the name and changes bits only; -1: there is none. */
int pkw__set_args(
    struct pkw__build *b, int node, const struct pkw__ast *call, int keep);

/* expr_list.c */
int pkw__set_list(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v);
/* The same, behind what is there already. */
int pkw__list_append(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v);
/* Elements in the place of one. */
int pkw__list_replace(
    struct pkw__build *b, int element, const struct pkw__ast *v);
/* Values, in order, to the fields of a record that take one. */
int pkw__set_values(
    struct pkw__build *b, int node, int key, const struct pkw__ast *v);
/* Has the field a value of its own in a tuple? */
int pkw__takes_value(const struct pkw_pkt *p, int node, unsigned k, int key);
/* The only such field of a record, or PKW_NO_FIELD. */
unsigned pkw__sole_field(const struct pkw_pkt *p, int node);
/* The field of an element that tells its kind, and its variant's place. */
unsigned pkw__key_field(const struct pkw_record *rec);
unsigned pkw__variant_field(const struct pkw_record *rec);

static inline const char *pkw__name_of(const struct pkw_pkt *p, int node)
{
	const char *name = pkw_node(p, node)->rec->name;

	return name ? name : "record";
}

static inline const struct pkw_field *pkw__field_of(
    const struct pkw_pkt *p, int node, unsigned field)
{
	return &pkw_node(p, node)->rec->fields[field];
}

static inline int pkw__ast_is_name(const struct pkw__ast *v)
{
	return v->kind == PKW__AST_CALL || v->kind == PKW__AST_WORD;
}

static inline int pkw__ast_is_quoted(const struct pkw__ast *v)
{
	return v->kind == PKW__AST_TEXT || v->kind == PKW__AST_BYTES;
}

#endif
