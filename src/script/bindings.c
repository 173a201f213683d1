/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a protocol is found, from Lua:
 *
 *   {UDP, dport=9999}               by fields of the layer below that lead on
 *   {ethertype=0x88b5}              by a number in a selector space
 *   {space="ipproto", value=253}    the same, spelt out
 *   {..., dissect=true}             not written when the layer is put on top
 *   {..., build=true}               or nothing but that
 *
 * A field that leads on has a NEXT relation, which names its space.  Of a space
 * with two such fields (ports) both are written, even if one is named: the other
 * one's default would lead elsewhere (UDP's 53 to DNS, as it does in Scapy).
 * Dissecting looks at both.  A space is known if some protocol looks into it or is
 * found in it: a slip of the pen would make a protocol that is never found.
 */
#include "script/table.h"

#include <string.h>

enum { SPACES = 96 };

struct spaces {
	const char *name[SPACES + 1];
	size_t n;
};

static void add_space(struct spaces *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->name[i], name) == 0)
			return;
	if (s->n < SPACES)
		s->name[s->n++] = name;
}

static void add_rows_of(struct spaces *s, const struct pkw_record *rec)
{
	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].rel.kind == PKW_NEXT)
			add_space(s, rec->fields[k].rel.space);
}

static void all_spaces(struct table *t, struct spaces *s)
{
	const struct pkw_proto *q;

	memset(s, 0, sizeof *s);
	if (t->made)
		add_rows_of(s, &t->made->rec);
	for (size_t i = 0; (q = pkw_proto_at(i)); i++) {
		add_rows_of(s, &q->rec);
		if (q->pick)
			add_space(s, q->pick->space);
		for (size_t k = 0; k < q->nbinds; k++)
			add_space(s, q->binds[k].space);
	}
}

static const char *nth_space(const void *arg, size_t n)
{
	const struct spaces *s = arg;

	return s->name[n];
}

static int space_known(struct table *t, const char *name)
{
	struct spaces s;

	all_spaces(t, &s);
	for (size_t i = 0; i < s.n; i++)
		if (strcmp(s.name[i], name) == 0)
			return 1;
	const char *near = pkw_nearest(name, nth_space, &s);
	if (near)
		table_fault(t, "no protocol looks into a space `%s'; did you "
		    "mean `%s'?", name, near);
	else
		table_fault(t, "no protocol looks into a space `%s'; {UDP, "
		    "dport=NUMBER} names layer and field instead", name);
	return 0;
}

static void add_row(struct table *t, const struct pkw_bind *row)
{
	if (t->nbinds == t->capbinds) {
		size_t cap = t->capbinds ? 2 * t->capbinds : 4;
		struct pkw_bind *b = table_get(t, cap * sizeof *b);
		if (t->nbinds)
			memcpy(b, t->binds, t->nbinds * sizeof *b);
		t->binds = b;
		t->capbinds = cap;
	}
	t->binds[t->nbinds++] = *row;
}

/* How many fields of rec lead into a space; the nth of them is field k. */
static unsigned selectors(const struct pkw_record *rec, const char *space,
    size_t k, unsigned *nth)
{
	unsigned n = 0;

	for (size_t i = 0; i < rec->nfields; i++) {
		const struct pkw_rel *rel = &rec->fields[i].rel;
		if (rel->kind != PKW_NEXT || strcmp(rel->space, space) != 0)
			continue;
		if (i == k)
			*nth = n;
		n++;
	}
	return n;
}

static int is_option(const char *key)
{
	return strcmp(key, "dissect") == 0 || strcmp(key, "build") == 0;
}

/* The number at the top. */
static int number(struct table *t, const struct pkw_field *f, uint32_t *v)
{
	uint64_t x;

	if (!table_value(t, -1, f, &x))
		return 0;
	if (x > UINT32_MAX) {
		table_want(t, "a number from 0 to 4294967295");
		return 0;
	}
	*v = (uint32_t)x;
	return 1;
}

/* ---- {UDP, dport=9999} ---- */

static const char *nth_selector(const void *arg, size_t n)
{
	const struct pkw_record *rec = arg;

	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].rel.kind == PKW_NEXT && n-- == 0)
			return rec->fields[k].name;
	return NULL;
}

/* The field of that name that leads on; -1 and a fault. */
static int selector_named(
    struct table *t, const struct pkw_record *rec, const char *key)
{
	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].rel.kind == PKW_NEXT &&
		    strcmp(rec->fields[k].name, key) == 0)
			return (int)k;
	int there = pkw_field_find(rec, key) >= 0;
	const char *near = pkw_nearest(key, nth_selector, rec);
	if (!near)
		near = nth_selector(rec, 0);
	if (!near)
		table_fault(t, "no field of %s leads to another layer; give "
		    "one of its rows next=\"SPACE\"", rec->name);
	else if (there)
		table_fault(t, "%s.%s does not lead to another layer, as %s "
		    "does", rec->name, key, near);
	else
		table_fault(t, "%s has no field `%s'; did you mean `%s'?",
		    rec->name, key, near);
	return -1;
}

/* The row that a field's space has got already, or a new one. */
static struct pkw_bind *row_for(struct pkw_bind *rows, size_t *n,
    const char *space)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(rows[i].space, space) == 0)
			return &rows[i];
	if (*n == 4)
		return NULL;
	rows[*n] = (struct pkw_bind){ .space = space };
	return &rows[(*n)++];
}

static void bind_fields(
    struct table *t, int idx, const struct pkw_proto *lower, int only)
{
	lua_State *L = t->L;
	const struct pkw_record *rec = &lower->rec;
	struct pkw_bind rows[4];
	size_t n = 0, before = t->nfaults;

	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING ||
		    is_option(lua_tostring(L, -2)))
			continue;
		int k = selector_named(t, rec, lua_tostring(L, -2));
		if (k < 0)
			continue;
		const struct pkw_field *f = &rec->fields[k];
		struct pkw_bind *row = row_for(rows, &n, f->rel.space);
		unsigned nth = 0;
		uint32_t v;
		if (!row || !number(t, f, &v))
			continue;
		if (selectors(rec, f->rel.space, (size_t)k, &nth) > 1 &&
		    nth < 2)
			row->build[nth] = v;
		/* the second: where a packet goes to */
		if (nth || !row->build[1])
			row->value = v;
	}
	if (n == 0 && t->nfaults == before)
		table_fault(t, "by which number? {%s, %s=NUMBER}", rec->name,
		    nth_selector(rec, 0) ? nth_selector(rec, 0) : "FIELD");
	for (size_t i = 0; i < n; i++) {
		uint32_t *build = rows[i].build;
		rows[i].only = only;
		if (build[0] && build[1] && build[0] != build[1] &&
		    only != 'b') {
			add_row(t, &rows[i]);
			rows[i].value = build[0];
			rows[i].only = 'd';
		} else if (!build[0]) {
			build[0] = build[1];
		} else if (!build[1]) {
			build[1] = build[0];
		}
		add_row(t, &rows[i]);
	}
}

/* ---- {ethertype=0x88b5} ---- */

static void bind_space(
    struct table *t, const char *space, uint32_t value, int only)
{
	struct pkw_bind row = { .space = space, .value = value, .only = only };
	const struct pkw_proto *q;
	unsigned nth = 0;

	if (!space_known(t, space))
		return;
	/* of two fields both are written */
	for (size_t i = 0; (q = pkw_proto_at(i)); i++)
		if (selectors(&q->rec, space, 0, &nth) > 1)
			row.build[0] = row.build[1] = value;
	add_row(t, &row);
}

static void bind_spaces(struct table *t, int idx, int only)
{
	static const struct pkw_field plain = { .name = "value" };
	lua_State *L = t->L;
	size_t n = t->nbinds, before = t->nfaults;
	uint32_t v;

	if (lua_getfield(L, idx, "space") != LUA_TNIL) {
		const char *space = table_text(t, -1);
		lua_getfield(L, idx, "value");
		if (space && number(t, &plain, &v))
			bind_space(t, space, v, only);
		lua_pop(L, 2);
		return;
	}
	lua_pop(L, 1);
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING ||
		    is_option(lua_tostring(L, -2)))
			continue;
		lua_pushvalue(L, -2);
		const char *space = table_text(t, -1);
		lua_pop(L, 1);
		if (number(t, &plain, &v))
			bind_space(t, space, v, only);
	}
	if (t->nbinds == n && t->nfaults == before)
		table_fault(t, "below what? {UDP, dport=NUMBER} or "
		    "{ethertype=NUMBER}");
}

static void bind_one(struct table *t, int idx)
{
	lua_State *L = t->L;
	int dissect, build, only;

	idx = lua_absindex(L, idx);
	if (!lua_istable(L, idx)) {
		lua_pushvalue(L, idx);
		table_want(t, "a table like {UDP, dport=9999}");
		lua_pop(L, 1);
		return;
	}
	lua_getfield(L, idx, "dissect");
	lua_getfield(L, idx, "build");
	dissect = lua_toboolean(L, -2);
	build = lua_toboolean(L, -1);
	lua_pop(L, 2);
	only = dissect == build ? 0 : dissect ? 'd' : 'b';
	if (lua_rawgeti(L, idx, 1) == LUA_TNIL) {
		bind_spaces(t, idx, only);
	} else {
		const struct pkw_proto *lower = table_proto(t, -1);
		if (lower)
			bind_fields(t, idx, lower, only);
	}
	lua_pop(L, 1);
}

void take_binds(struct table *t, const struct column *c, void *to)
{
	lua_State *L = t->L;

	(void)c;
	(void)to;
	luaL_checkstack(L, 16, NULL);
	int several = 0;
	if (lua_istable(L, -1)) {
		several = lua_rawgeti(L, -1, 1) == LUA_TTABLE;
		lua_pop(L, 1);
	}
	for (lua_Integer i = 1;
	     several && i <= (lua_Integer)lua_rawlen(L, -1); i++) {
		lua_rawgeti(L, -1, i);
		bind_one(t, -1);
		lua_pop(L, 1);
	}
	if (!several)
		bind_one(t, -1);
}

/* bind(upper, row, where [, true]): nil, or what is wrong; true: not bound. */
static int bind(lua_State *L)
{
	lua_settop(L, 4);
	struct table *t = table_new(L);
	struct pkw_diag d;

	t->record = "bind_layers";
	table_place(t, luaL_checkstring(L, 3));
	const struct pkw_proto *upper = table_proto(t, 1);
	lua_pushvalue(L, 2);
	bind_one(t, -1);
	if (t->nfaults)
		return script_push_str(L, &t->faults);
	for (size_t i = 0; i < t->nbinds; i++) {
		int r = lua_toboolean(L, 4)
		    ? pkw_unbind(&t->binds[i], upper, &d)
		    : pkw_bind(&t->binds[i], upper, &d);
		if (r < 0) {
			lua_pushfstring(L, "%s%s", lua_tostring(L, 3), d.text);
			return 1;
		}
	}
	return 0;
}

void open_bindings(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "bind", bind },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
