/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Columns of tables, from Lua: numbers, words, names of fields, conditions; and
 * the faults that are found on the way.
 *
 * Nothing here throws because of what a user wrote: a fault is noted, the column
 * stays as it is, and the reading goes on, so that all faults are told at once.
 * Each line begins with the place where the row was written down, which
 * lua/protocol.lua notes when it makes one.
 */
#include "script/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	_Alignas(16) uint8_t bytes[];
};

/* Of tables that are in use: never freed, but always to be found. */
static struct block *kept;

static int free_table(lua_State *L)
{
	struct table *t = lua_touserdata(L, 1);

	for (struct block *b = t->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	t->blocks = NULL;
	pkw_str_free(&t->faults);
	free(t->places);
	t->places = NULL;
	return 0;
}

struct table *table_new(lua_State *L)
{
	struct table *t = lua_newuserdatauv(L, sizeof *t, 0);

	memset(t, 0, sizeof *t);
	t->L = L;
	t->faults = (struct pkw_str)PKW_STR_INIT;
	t->hook = -1;
	if (luaL_newmetatable(L, "pkw.table")) {
		lua_pushcfunction(L, free_table);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return t;
}

void *table_get(struct table *t, size_t n)
{
	struct block *b = calloc(1, sizeof *b + n);

	if (!b) {
		script_error(t->L, -PKW_ENOMEM);
		return NULL;
	}
	b->next = t->blocks;
	t->blocks = b;
	return b->bytes;
}

void table_keep(struct table *t)
{
	struct block **end = &t->blocks;

	while (*end)
		end = &(*end)->next;
	*end = kept;
	kept = t->blocks;
	t->blocks = NULL;
}

const char *table_text(struct table *t, int idx)
{
	size_t n;
	const char *s = lua_type(t->L, idx) == LUA_TSTRING
	    ? lua_tolstring(t->L, idx, &n)
	    : NULL;

	if (!s || strlen(s) != n) {
		table_want(t, s ? "text without zero bytes" : "text");
		return NULL;
	}
	return memcpy(table_get(t, n + 1), s, n + 1);
}

/* ---- faults ---- */

void table_place(struct table *t, const char *where)
{
	if (t->nplaces == t->capplaces) {
		size_t cap = t->capplaces ? 2 * t->capplaces : 32;
		struct place *p = realloc(t->places, cap * sizeof *p);
		if (!p) {
			script_error(t->L, -PKW_ENOMEM);
			return;
		}
		t->places = p;
		t->capplaces = cap;
	}
	t->places[t->nplaces++] = (struct place){ t->record, t->row, where, 0 };
}

static int same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The place noted last for a row. */
static struct place *place_of(
    struct table *t, const char *record, const char *row)
{
	for (size_t i = t->nplaces; i-- > 0;)
		if (same(t->places[i].record, record) &&
		    same(t->places[i].row, row))
			return &t->places[i];
	return NULL;
}

static void begin_line(struct table *t, struct place *p)
{
	if (t->nfaults++)
		pkw_str_addc(&t->faults, '\n');
	if (p) {
		pkw_str_add(&t->faults, p->where);
		p->faulted = 1;
	}
}

void table_fault(struct table *t, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	begin_line(t, place_of(t, t->record, t->row));
	pkw_str_add(&t->faults, t->record);
	if (t->row)
		pkw_str_fmt(&t->faults, ".%s", t->row);
	if (t->column)
		pkw_str_fmt(&t->faults, ": %s", t->column);
	pkw_str_fmt(&t->faults, ": %s", text);
}

void table_want(struct table *t, const char *what)
{
	lua_State *L = t->L;

	if (lua_type(L, -1) == LUA_TSTRING)
		table_fault(t, "%s is wanted, not \"%s\"", what,
		    lua_tostring(L, -1));
	else if (lua_type(L, -1) == LUA_TNUMBER) {
		table_fault(t, "%s is wanted, not %s", what,
		    luaL_tolstring(L, -1, NULL));
		lua_pop(L, 1);
	} else
		table_fault(
		    t, "%s is wanted, not a %s", what, luaL_typename(L, -1));
}

void table_lint(struct table *t, const char *lines)
{
	for (const char *end; *lines; lines = *end ? end + 1 : end) {
		end = lines + strcspn(lines, "\n");
		size_t name = strcspn(lines, ".\n");
		size_t row = strcspn(lines + name, ":\n");
		struct place *p = NULL;
		for (size_t i = t->nplaces; i-- > 0 && !p;) {
			const char *of = t->places[i].record;
			const char *r = t->places[i].row;
			if (!r)
				r = "*";
			if (strlen(of) == name && row == strlen(r) + 1 &&
			    memcmp(of, lines, name) == 0 &&
			    memcmp(r, lines + name + 1, row - 1) == 0)
				p = &t->places[i];
		}
		if (p && p->faulted)
			continue;
		begin_line(t, p);
		pkw_str_addn(&t->faults, lines, (size_t)(end - lines));
	}
}

/* ---- columns ---- */

static const char *nth_column(const void *arg, size_t n)
{
	const struct column *c = arg;

	return c[n].name;
}

static void check_keys(struct table *t, int idx, const struct column *columns)
{
	lua_State *L = t->L;

	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			continue;
		const char *key = lua_tostring(L, -2);
		const struct column *c = columns;
		while (c->name && strcmp(c->name, key) != 0)
			c++;
		if (c->name)
			continue;
		const char *near = pkw_nearest(key, nth_column, columns);
		if (near)
			table_fault(t, "no column `%s'; did you mean `%s'?",
			    key, near);
		else
			table_fault(t, "no column `%s'; help(protocol) lists them",
			    key);
	}
}

void table_columns(
    struct table *t, int idx, const struct column *columns, void *to)
{
	const char *outer = t->column;

	luaL_checkstack(t->L, 16, NULL);
	t->column = NULL;
	check_keys(t, idx, columns);
	for (const struct column *c = columns; c->name; c++) {
		if (lua_getfield(t->L, idx, c->name) != LUA_TNIL) {
			t->column = c->name;
			c->take(t, c, (char *)to + c->at);
			t->column = NULL;
		}
		lua_pop(t->L, 1);
	}
	t->column = outer;
}

void take_text(struct table *t, const struct column *c, void *to)
{
	const char *s = table_text(t, -1);

	(void)c;
	if (s)
		*(const char **)to = s;
}

static int whole(struct table *t, lua_Integer min, lua_Integer max,
    lua_Integer *v)
{
	char what[80];
	int is;
	lua_Integer i = lua_tointegerx(t->L, -1, &is);

	if (is && lua_type(t->L, -1) == LUA_TNUMBER && i >= min && i <= max) {
		*v = i;
		return 1;
	}
	snprintf(what, sizeof what, "a whole number from %lld to %lld",
	    (long long)min, (long long)max);
	table_want(t, what);
	return 0;
}

void take_u8(struct table *t, const struct column *c, void *to)
{
	lua_Integer v;

	if (whole(t, 0, c->arg ? (lua_Integer)c->arg : UINT8_MAX, &v))
		*(uint8_t *)to = (uint8_t)v;
}

void take_u64(struct table *t, const struct column *c, void *to)
{
	lua_Integer v;

	(void)c;
	if (whole(t, 0, LUA_MAXINTEGER, &v))
		*(uint64_t *)to = (uint64_t)v;
}

void take_s16(struct table *t, const struct column *c, void *to)
{
	lua_Integer v;

	(void)c;
	if (whole(t, INT16_MIN, INT16_MAX, &v))
		*(int16_t *)to = (int16_t)v;
}

void take_flag(struct table *t, const struct column *c, void *to)
{
	if (!lua_isboolean(t->L, -1))
		table_want(t, "true or false");
	else if (lua_toboolean(t->L, -1))
		*(uint16_t *)to |= (uint16_t)c->arg;
}

void take_bool(struct table *t, const struct column *c, void *to)
{
	(void)c;
	if (!lua_isboolean(t->L, -1))
		table_want(t, "true or false");
	else
		*(uint8_t *)to = (uint8_t)lua_toboolean(t->L, -1);
}

static const char *nth_word(const void *arg, size_t n)
{
	const struct word *w = arg;

	return w[n].name;
}

int table_word(struct table *t, const struct word *words)
{
	const char *s = lua_type(t->L, -1) == LUA_TSTRING
	    ? lua_tostring(t->L, -1)
	    : NULL;
	char all[160] = "";

	for (const struct word *w = words; s && w->name; w++)
		if (strcmp(w->name, s) == 0)
			return w->value;
	const char *near = s ? pkw_nearest(s, nth_word, words) : NULL;
	if (near) {
		table_fault(t, "no `%s'; did you mean `%s'?", s, near);
		return -1;
	}
	for (const struct word *w = words; w->name; w++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s\"%s\"",
		    w == words ? "" : w[1].name ? ", " : " or ", w->name);
	table_want(t, all);
	return -1;
}

void take_word(struct table *t, const struct column *c, void *to)
{
	int v = table_word(t, c->words);

	if (v >= 0)
		*(uint8_t *)to = (uint8_t)v;
}

/* ---- fields by name ---- */

static const char *nth_field(const void *arg, size_t n)
{
	const struct made *m = arg;

	return n < m->rec.nfields ? m->rec.fields[n].name : NULL;
}

int table_field(struct table *t, const struct made *m, unsigned from)
{
	const struct pkw_record *rec = &m->rec;
	const char *s = lua_type(t->L, -1) == LUA_TSTRING
	    ? lua_tostring(t->L, -1)
	    : NULL;

	if (!s) {
		table_want(t, "the name of a field");
		return -1;
	}
	for (size_t k = from; k < rec->nfields; k++)
		if (strcmp(rec->fields[k].name, s) == 0)
			return (int)k;
	int k = pkw_field_find(rec, s);
	if (k >= 0)
		return k;
	const char *near = pkw_nearest(s, nth_field, m);
	if (near)
		table_fault(t, "%s has no field `%s'; did you mean `%s'?",
		    rec->name, s, near);
	else
		table_fault(t, "%s has no field `%s'; its fields are the rows "
		    "of this table", rec->name, s);
	return -1;
}

void take_field(struct table *t, const struct column *c, void *to)
{
	int k = table_field(t, t->made, 0);

	(void)c;
	if (k >= 0)
		*(uint8_t *)to = (uint8_t)k;
}

const struct pkw_proto *table_proto(struct table *t, int idx)
{
	lua_State *L = t->L;
	const struct layer *l = layer_test(L, idx);

	if (l)
		return l->proto;
	if (lua_type(L, idx) != LUA_TSTRING) {
		lua_pushvalue(L, idx);
		table_want(t, "a layer");
		lua_pop(L, 1);
		return NULL;
	}
	const char *s = lua_tostring(L, idx);
	const struct pkw_proto *q = pkw_proto_find(s);
	const char *near = q ? NULL : pkw_proto_nearest(s);
	if (near)
		table_fault(t, "no layer `%s'; did you mean `%s'?", s, near);
	else if (!q)
		table_fault(t, "no layer `%s'; it has to be there before", s);
	return q;
}

/* ---- conditions ---- */

int table_value(struct table *t, int idx, const struct pkw_field *f,
    uint64_t *v)
{
	lua_State *L = t->L;
	int is;
	lua_Integer i = lua_tointegerx(L, idx, &is);

	if (is && lua_type(L, idx) == LUA_TNUMBER) {
		*v = (uint64_t)i;
		return 1;
	}
	if (lua_type(L, idx) == LUA_TBOOLEAN) {
		*v = (uint64_t)lua_toboolean(L, idx);
		return 1;
	}
	const char *s = lua_type(L, idx) == LUA_TSTRING
	    ? lua_tostring(L, idx)
	    : NULL;
	for (size_t k = 0; s && k < f->nlabels; k++)
		if (strcmp(f->labels[k].name, s) == 0) {
			*v = f->type == PKW_FLAGS
			    ? UINT64_C(1) << f->labels[k].value
			    : f->labels[k].value;
			return 1;
		}
	lua_pushvalue(L, idx);
	table_want(t, f->nlabels ? "a number or a label of the field"
				 : "a number");
	lua_pop(L, 1);
	return 0;
}

/* What can be said, as an operator between and as a key. */
static const struct {
	const char *sign, *key;
	uint8_t op;
	int8_t add; /* <= 3 is < 4 */
} ops[] = {
	{ "==", "eq", PKW_EQ, 0 },
	{ "~=", "ne", PKW_NE, 0 },
	{ "!=", "ne", PKW_NE, 0 },
	{ "<", "lt", PKW_LT, 0 },
	{ ">", "gt", PKW_GT, 0 },
	{ "<=", "le", PKW_LT, 1 },
	{ ">=", "ge", PKW_GT, -1 },
	{ "&", "bits", PKW_BITS, 0 },
	{ "!&", "nobits", PKW_NBITS, 0 },
	{ "in", "one_of", PKW_IN, 0 },
	{ "not in", "none_of", PKW_NIN, 0 },
};
enum { OPS = sizeof ops / sizeof *ops };

/* The set of values at the top, as bits. */
static int value_set(
    struct table *t, const struct pkw_field *f, uint64_t *set)
{
	lua_State *L = t->L;
	uint64_t v;

	if (!lua_istable(L, -1)) {
		table_want(t, "a list of values");
		return 0;
	}
	*set = 0;
	for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, -1); i++) {
		lua_rawgeti(L, -1, i);
		int fine = table_value(t, -1, f, &v);
		lua_pop(L, 1);
		if (!fine)
			return 0;
		if (v > 63) {
			table_fault(t, "the values of a set are below 64");
			return 0;
		}
		*set |= UINT64_C(1) << v;
	}
	return 1;
}

/* The operator at idx and its operand at the top. */
static int find_op(struct table *t, int idx)
{
	lua_State *L = t->L;

	if (lua_rawgeti(L, idx, 2) == LUA_TSTRING) {
		const char *s = lua_tostring(L, -1);
		for (int i = 0; i < OPS; i++)
			if (strcmp(ops[i].sign, s) == 0) {
				lua_pop(L, 1);
				lua_rawgeti(L, idx, 3);
				return i;
			}
	}
	lua_pop(L, 1);
	for (int i = 0; i < OPS; i++) {
		if (lua_getfield(L, idx, ops[i].key) != LUA_TNIL)
			return i;
		lua_pop(L, 1);
	}
	lua_pushnil(L);
	return -1;
}

/* {under=UDP}, {not_under=UDP}: 1 */
static int when_under(struct table *t, int idx, struct pkw_when *w)
{
	static const char *const keys[] = { "under", "not_under" };

	for (int i = 0; i < 2; i++) {
		if (lua_getfield(t->L, idx, keys[i]) != LUA_TNIL) {
			const struct pkw_proto *q = table_proto(t, -1);
			lua_pop(t->L, 1);
			if (q)
				*w = (struct pkw_when){ .op = (uint8_t)(i
				    ? PKW_NUNDER : PKW_UNDER),
					.name = q->rec.name };
			return 1;
		}
		lua_pop(t->L, 1);
	}
	return 0;
}

void table_when(
    struct table *t, const struct made *m, int idx, struct pkw_when *w)
{
	lua_State *L = t->L;
	uint64_t v;

	idx = lua_absindex(L, idx);
	if (!lua_istable(L, idx)) {
		table_want(t, "a condition like {\"kind\", \"==\", 1} or "
		    "{field=\"kind\", eq=1}");
		return;
	}
	if (when_under(t, idx, w))
		return;
	if (lua_rawgeti(L, idx, 1) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_getfield(L, idx, "field");
	}
	int k = table_field(t, m, 0);
	lua_pop(L, 1);
	if (k < 0)
		return;
	int i = find_op(t, idx);
	const struct pkw_field *f = &m->rec.fields[k];
	int set = i >= 0 && (ops[i].op == PKW_IN || ops[i].op == PKW_NIN);
	if (i < 0)
		table_fault(t, "it has no operator: ==, ~=, <, >, <=, >=, &, "
		    "!&, in, not in; or eq=, ne=, lt=, gt=, le=, ge=, bits=, "
		    "nobits=, one_of=, none_of=");
	else if (set ? value_set(t, f, &v) : table_value(t, -1, f, &v))
		*w = (struct pkw_when){ .op = ops[i].op, .field = (uint8_t)k,
			.value = v + (uint64_t)ops[i].add };
	lua_pop(L, 1);
}

void take_when(struct table *t, const struct column *c, void *to)
{
	(void)c;
	table_when(t, t->made, -1, to);
}
