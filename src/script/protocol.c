/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protocol("Beacon", {rows}, {columns}): a protocol table from Lua.
 *
 * All is read, then linted as built-in tables are, and only a table without a
 * fault is registered: nothing is half there.  What was registered stays for
 * good, for packets may have such layers; a table of the same name replaces it
 * for those that come.
 */
#include "script/table.h"

#include <stdio.h>
#include <string.h>

/* What is read besides the protocol. */
struct making {
	struct pkw_proto proto;
	uint16_t flags;
	uint8_t replace;
};

static const struct pkw_proto **own; /* those made here */
static size_t nown, capown;

static int is_own(const struct pkw_proto *proto)
{
	for (size_t i = 0; i < nown; i++)
		if (own[i] == proto)
			return 1;
	return 0;
}

static void note_own(struct table *t, const struct pkw_proto *proto)
{
	if (nown == capown) {
		size_t cap = capown ? 2 * capown : 16;
		const struct pkw_proto **p = table_get(t, cap * sizeof *p);
		if (nown)
			memcpy(p, own, nown * sizeof *p);
		own = p;
		capown = cap;
	}
	own[nown++] = proto;
}

/* ---- columns ---- */

static void take_proto(struct table *t, const struct column *c, void *to)
{
	const struct pkw_proto *q = table_proto(t, -1);

	(void)c;
	if (q)
		*(const struct pkw_proto **)to = q;
}

/* A layer, which need not be there yet if it is named. */
static void take_next_layer(
    struct table *t, const struct column *c, void *to)
{
	const struct pkw_proto *q = NULL;

	if (lua_type(t->L, -1) == LUA_TSTRING)
		take_text(t, c, to);
	else if ((q = table_proto(t, -1)))
		*(const char **)to = q->rec.name;
}

static void take_trailer(struct table *t, const struct column *c, void *to)
{
	struct made *m = table_record(t, -1);

	(void)c;
	if (m)
		*(const struct pkw_record **)to = &m->rec;
}

/* One {IP, ttl=1}: rows of struct pkw_below. */
static size_t below_one(struct table *t, struct pkw_below *row, size_t most)
{
	lua_State *L = t->L;
	size_t n = 0;
	int idx = lua_gettop(L);

	if (!lua_istable(L, idx)) {
		table_want(t, "a table like {IP, ttl=1}");
		return 0;
	}
	lua_rawgeti(L, idx, 1);
	const struct pkw_proto *lower = table_proto(t, -1);
	lua_pop(L, 1);
	if (!lower)
		return 0;
	const struct made m = { .rec = lower->rec };
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING || n == most)
			continue;
		lua_pushvalue(L, -2);
		int k = table_field(t, &m, 0);
		lua_pop(L, 1);
		if (k < 0)
			continue;
		const struct pkw_field *f = &lower->rec.fields[k];
		row[n] = (struct pkw_below){ .proto = lower->rec.name,
			.field = f->name };
		if (f->bits && f->bits <= 64 && f->type <= PKW_FIXED) {
			if (!table_value(t, -1, f, &row[n].value))
				continue;
		} else if (!(row[n].text = table_text(t, -1))) {
			continue;
		}
		n++;
	}
	return n;
}

static void take_below(struct table *t, const struct column *c, void *to)
{
	enum { MOST = 16 };
	lua_State *L = t->L;
	struct pkw_proto *proto = to;
	struct pkw_below *rows = table_get(t, MOST * sizeof *rows);
	int several = 0;

	(void)c;
	if (lua_istable(L, -1)) {
		several = lua_rawgeti(L, -1, 1) == LUA_TTABLE;
		lua_pop(L, 1);
	}
	if (!several)
		proto->nbelow = below_one(t, rows, MOST);
	for (lua_Integer i = 1;
	     several && i <= (lua_Integer)lua_rawlen(L, -1); i++) {
		lua_rawgeti(L, -1, i);
		proto->nbelow += below_one(
		    t, rows + proto->nbelow, MOST - proto->nbelow);
		lua_pop(L, 1);
	}
	proto->below = rows;
}

/* pick={"kind", space="beacon.kind"} */
static void take_pick(struct table *t, const struct column *c, void *to)
{
	lua_State *L = t->L;
	struct pkw_pick *pick = table_get(t, sizeof *pick);
	int k = -1;
	uint32_t bit = 0;

	(void)c;
	if (!lua_istable(L, -1)) {
		table_want(t, "a table like {\"kind\", space=\"beacon.kind\"}");
		return;
	}
	lua_rawgeti(L, -1, 1);
	k = table_field(t, t->made, 0);
	lua_pop(L, 1);
	lua_getfield(L, -1, "space");
	pick->space = table_text(t, -1);
	lua_pop(L, 1);
	if (k < 0 || !pick->space)
		return;
	for (int i = 0; i < k; i++)
		bit += t->made->rec.fields[i].bits;
	pick->bit = (uint16_t)bit;
	pick->bits = t->made->rec.fields[k].bits;
	*(const struct pkw_pick **)to = pick;
}

static void take_little(struct table *t, const struct column *c, void *to)
{
	(void)c;
	(void)to;
	table_when(t, t->made, -1, &t->made->rec.le);
}

static const struct word classes[] = {
	{ "other", PKW_OTHER },
	{ "link", PKW_LINK },
	{ "network", PKW_NETWORK },
	{ "transport", PKW_TRANSPORT },
	{ "app", PKW_APP },
	{ NULL, 0 },
};

#define AT(member) offsetof(struct making, member)
static const struct column columns[] = {
	{ "title", take_text, AT(proto.title) },
	{ "ref", take_text, AT(proto.ref) },
	{ "summary", take_text, AT(proto.summary) },
	{ "class", take_word, AT(proto.cls), 0, classes },
	{ "bind", take_binds, 0 },
	{ "next", take_next_layer, AT(proto.next) },
	{ "rest", take_proto, AT(proto.rest) },
	{ "below", take_below, AT(proto) },
	{ "trailer", take_trailer, AT(proto.trailer) },
	{ "origin", take_field, AT(proto.origin) },
	{ "little", take_little, 0 },
	{ "pick", take_pick, AT(proto.pick) },
	{ "whole", take_flag, AT(flags), PKW_WHOLE },
	{ "leaf", take_flag, AT(flags), PKW_LEAF },
	{ "quoted", take_flag, AT(flags), PKW_QUOTED },
	{ "abstract", take_flag, AT(flags), PKW_ABSTRACT },
	{ "guess_last", take_flag, AT(flags), PKW_GUESS_LAST },
	{ "guess", take_hook, 0, HOOK_GUESS },
	{ "above", take_hook, 0, HOOK_ABOVE },
	{ "answers", take_hook, 0, HOOK_ANSWERS },
	{ "replace", take_bool, AT(replace) },
	{ NULL },
};

/* ---- checks of the whole ---- */

static void check_name(struct table *t, const char *name, int replace)
{
	const struct pkw_proto *q = pkw_proto_find(name);

	if (!(*name >= 'A' && *name <= 'Z') ||
	    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
			      "abcdefghijklmnopqrstuvwxyz0123456789")])
		table_fault(t, "a protocol's name begins with a capital, with "
		    "letters, digits and _ behind it");
	else if (q && !replace && !is_own(q) &&
	    strcmp(q->rec.name, name) == 0)
		table_fault(t, "there is a built-in layer of this name; choose "
		    "another, or say replace=true");
}

/* {field} of the summary: only plain names can be told to be wrong. */
static void check_summary(struct table *t, const char *s)
{
	lua_State *L = t->L;

	t->column = "summary";
	while (s && (s = strchr(s, '{'))) {
		size_t n = strspn(++s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
		    "abcdefghijklmnopqrstuvwxyz0123456789");
		if (s[n] != '}')
			continue;
		lua_pushlstring(L, s, n);
		table_field(t, t->made, 0);
		lua_pop(L, 1);
	}
	t->column = NULL;
}

static void lint(struct table *t, const struct pkw_proto *proto)
{
	struct pkw_str *lines = script_str(t->L);

	if (pkw_check(proto, lines) > 0 && lines->s)
		table_lint(t, lines->s);
	lua_pop(t->L, 1);
}

/* Layers that are globals already may be of what was replaced. */
static void forget_globals(lua_State *L)
{
	lua_pushglobaltable(L);
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		const struct layer *l = layer_test(L, -1);
		if (!l || lua_type(L, -2) != LUA_TSTRING ||
		    pkw_proto_find(l->proto->rec.name) == l->proto)
			continue;
		lua_pushvalue(L, -2);
		lua_pushnil(L);
		lua_rawset(L, -5);
	}
	lua_pop(L, 1);
}

/* By default where it was made: "a protocol of beacon.lua:1"; what is typed has
 * no place. */
static const char *title_of(struct table *t, const char *where)
{
	size_t n = strlen(where), size = n + sizeof "a protocol of ";
	char *title = table_get(t, size);

	while (n && (where[n - 1] == ' ' || where[n - 1] == ':'))
		n--;
	if (n)
		snprintf(title, size, "a protocol of %.*s", (int)n, where);
	else
		strcpy(title, "a protocol");
	return title;
}

/* protocol(name, rows, columns, where): the layer; or nil and what is wrong. */
static int protocol(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const char *where = luaL_checkstring(L, 4);
	struct pkw_diag d;

	lua_settop(L, 4);
	struct table *t = table_new(L);
	lua_newtable(L);
	t->records = lua_gettop(L);
	struct making *w = table_get(t, sizeof *w);
	struct made *m = table_get(t, sizeof *m);
	m->rec.name = t->record = strcpy(table_get(t, strlen(name) + 1), name);
	m->rec.shape = table_get(t, sizeof *m->rec.shape);
	table_place(t, where);
	table_rows(t, m, 2);
	t->made = m;
	w->proto.title = title_of(t, where);
	if (lua_istable(L, 3)) {
		table_columns(t, 3, columns, w);
	} else if (!lua_isnil(L, 3)) {
		lua_pushvalue(L, 3);
		table_want(t, "a table of columns, as in {bind={UDP, "
		    "dport=9999}}");
		lua_pop(L, 1);
	}
	check_name(t, name, w->replace);
	check_summary(t, w->proto.summary);
	w->proto.rec = m->rec;
	w->proto.flags = (uint8_t)w->flags;
	w->proto.binds = t->binds;
	w->proto.nbinds = t->nbinds;
	lint(t, &w->proto);
	if (t->nfaults) {
		hooks_drop(t);
		lua_pushnil(L);
		return 1 + script_push_str(L, &t->faults);
	}
	hooks_of(t, &w->proto);
	note_own(t, &w->proto);
	table_keep(t);
	if (pkw_register(&w->proto, &d) < 0)
		return script_fail(L, &d);
	field_forget(L);
	forget_globals(L);
	lua_pushglobaltable(L);
	if (!layer_push_named(L, name))
		return luaL_error(L, "%s cannot be made", name);
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, name);
	return 1;
}

void open_protocol(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "protocol", protocol },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
	open_bindings(L);
}
