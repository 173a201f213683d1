/* SPDX-License-Identifier: BSD-2-Clause */
/* Protocol tables made of Lua tables: what the files about that share. */
#ifndef PKW_SCRIPT_TABLE_H
#define PKW_SCRIPT_TABLE_H

/*
 * struct table is one call of protocol(): it owns the memory of what is made
 * until table_keep(), which is never given back, and gathers the faults found,
 * so that one run tells them all.  See columns.c, record.c, protocol.c.
 */

#include "script/bind.h"

struct column;
struct block;

/* A record in the making. */
struct made {
	struct pkw_record rec; /* first: records are looked at as this */
	struct pkw_field *fields;
	struct pkw_list *lists; /* of each field, where it is one */
	uint64_t given;         /* fields whose default was said */
	int keyless;            /* it has no key as a variant */
	struct made *before;    /* the record that was begun before this one */
};

/* Where in the script a row stands. */
struct place {
	const char *record, *row, *where;
	int faulted;
};

struct table {
	lua_State *L;
	struct block *blocks;
	struct pkw_str faults;
	unsigned nfaults;
	struct place *places;
	size_t nplaces, capplaces;
	const char *record, *row, *column; /* what is read; NULL: none */
	struct made *made;  /* the record that is read */
	unsigned field;     /* and the field of it */
	int records;        /* index of the Lua table of those that are done */
	int depth;
	struct made *all;   /* records, the one begun last first */
	struct pkw_bind *binds; /* see take_binds */
	size_t nbinds, capbinds;
	int hook;           /* its hooks, see hooks.c; negative: none yet */
};

/* The table in a userdata that frees it, pushed. */
struct table *table_new(lua_State *L);
/* Zeroed memory; fails without. */
void *table_get(struct table *t, size_t n);
/* The text at idx, copied; NULL and a fault if it is none or has a NUL. */
const char *table_text(struct table *t, int idx);
/* From now on the memory stays for good. */
void table_keep(struct table *t);
/* Remembers where the row (NULL: the record) stands that is read now. */
void table_place(struct table *t, const char *where);
/* One more line: "t.lua:3: Beacon.len: length_of: ...". */
void table_fault(struct table *t, const char *fmt, ...) PKW_PRINTF(2, 3);
/* "... is wanted, not VALUE", of the value at the top. */
void table_want(struct table *t, const char *what);
/* What pkw_check() says, each line with its place, but for rows that have a
   fault already. */
void table_lint(struct table *t, const char *lines);

/*
 * A column: its name, what takes its value (at the top of the stack) and where
 * it goes.
 */
struct word {
	const char *name;
	int value;
};
typedef void take_fn(struct table *t, const struct column *c, void *to);
struct column {
	const char *name;
	take_fn *take;
	size_t at;
	uint64_t arg;
	const struct word *words; /* ends with a NULL name */
};
/* Takes the columns of the table at idx; unknown ones are faults. */
void table_columns(
    struct table *t, int idx, const struct column *columns, void *to);

take_fn take_text, take_u8, take_u64, take_s16, take_flag, take_bool, take_word,
    take_field, take_when;
/* The word's value, or -1 and a fault. */
int table_word(struct table *t, const struct word *words);
/* The index of a field of the record that is read, from `from' on and then
   from the start; -1 and a fault: there is none. */
int table_field(struct table *t, const struct made *m, unsigned from);
/* A condition on fields of m from the table at idx. */
void table_when(
    struct table *t, const struct made *m, int idx, struct pkw_when *w);
/* A whole number, or the label that f gives one; 0 and a fault. */
int table_value(struct table *t, int idx, const struct pkw_field *f,
    uint64_t *v);
/* A layer or the name of one; NULL and a fault. */
const struct pkw_proto *table_proto(struct table *t, int idx);

/* labels.c; the field is t's. */
take_fn take_labels, take_labels_by, take_default;

static inline int table_is_number(const struct pkw_field *f)
{
	return f->type == PKW_UINT || f->type == PKW_INT ||
	    f->type == PKW_FLAGS || f->type == PKW_FIXED;
}

/* record.c: a record() at idx, or a layer's. */
struct made *table_record(struct table *t, int idx);
/* The rows at idx become m's fields. */
void table_rows(struct table *t, struct made *m, int idx);
/* Is that what lua/protocol.lua made as a `kind' ("row", "record")? */
int table_is(lua_State *L, int idx, const char *kind);

/* bindings.c: where a protocol is found: bind={UDP, dport=9999}; the rows are
   added to t->binds.  To core: bind(). */
take_fn take_binds;
void open_bindings(lua_State *L);

/*
 * hooks.c: Lua functions that the library calls.  hooks_of() gives those taken
 * to the protocol; hooks_drop() gives them up.
 */
enum hook { HOOK_GUESS, HOOK_ABOVE, HOOK_ANSWERS, HOOK_N };
take_fn take_hook, take_sum_function;
void hooks_of(struct table *t, struct pkw_proto *proto);
void hooks_drop(struct table *t);

#endif
