/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layers as constructors: IP{dst="10.0.0.1"}, IP(), IP/TCP, IP:dissect(bytes).
 *
 * A layer is made once, when its name is first read, by parsing `NAME()'; so
 * every name the expressions know works, variants of records included, and none
 * is bound by hand.  A packet begins as a copy of it.
 *
 * Lua's tables have no order, but fields that decide about others have to be
 * set first: they are set in the order of the protocol's table.
 */
#include "script/bind.h"

#include <stdlib.h>
#include <string.h>

#define LAYER "layer"

enum { MAX_KEYS = 128 };

static int free_layer(lua_State *L)
{
	struct layer *l = lua_touserdata(L, 1);

	pkw_pkt_free(l->plain);
	l->plain = NULL;
	return 0;
}

const struct layer *layer_test(lua_State *L, int idx)
{
	void *l = lua_touserdata(L, idx);

	if (!l || !lua_getmetatable(L, idx))
		return NULL;
	int same = lua_topointer(L, -1) == script_of(L)->layer_mt;
	lua_pop(L, 1);
	return same ? l : NULL;
}

int layer_push_named(lua_State *L, const char *name)
{
	struct pkw_str *text = script_text(L);
	struct pkw_diag d;

	if (strlen(name) >= sizeof ((struct layer *)0)->name ||
	    (name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789_")] &&
		!pkw_proto_find(name)))
		return 0;
	struct layer *l = lua_newuserdatauv(L, sizeof *l, 0);
	memset(l, 0, sizeof *l);
	luaL_setmetatable(L, LAYER);
	l->plain = pkw_pkt_new();
	pkw_str_fmt(text, "%s()", name);
	if (!l->plain || text->err)
		return script_error(L, -PKW_ENOMEM);
	if (pkw_parse(l->plain, text->s, &d) < 0 ||
	    pkw_view(l->plain)->nlayers == 0) {
		lua_pop(L, 1);
		return 0;
	}
	l->proto = pkw_view(l->plain)->layers[0].proto;
	/* names are found whatever their case; one spelling is kept */
	if (strcasecmp(l->proto->rec.name, name) == 0 &&
	    strcmp(l->proto->rec.name, name) != 0) {
		lua_pop(L, 1);
		return 0;
	}
	strcpy(l->name, name);
	return 1;
}

struct key {
	int order;
	const char *name;
};

static int by_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return x->order != y->order ? (x->order < y->order ? -1 : 1)
				    : strcmp(x->name, y->name);
}

/* The names in the table at idx, in the order in which they are set. */
static size_t sorted_keys(
    lua_State *L, const struct layer *l, int idx, struct key *keys)
{
	size_t n = 0;

	lua_pushnil(L);
	while (lua_next(L, idx)) {
		lua_pop(L, 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			script_raise(L, "%s: fields have names, as in %s{%s=...}",
			    l->name, l->name,
			    l->proto->rec.nfields
				? l->proto->rec.fields[0].name : "load");
		if (n == MAX_KEYS)
			script_raise(L, "%s: too many fields", l->name);
		keys[n].name = lua_tostring(L, -1);
		keys[n].order = pkw_field_find(&l->proto->rec, keys[n].name);
		if (keys[n].order < 0)
			keys[n].order = MAX_KEYS;
		n++;
	}
	qsort(keys, n, sizeof *keys, by_order);
	return n;
}

static int layer_call(lua_State *L)
{
	const struct layer *l = lua_touserdata(L, 1);
	struct key keys[MAX_KEYS];

	if (lua_gettop(L) > 2 ||
	    (!lua_isnoneornil(L, 2) && !lua_istable(L, 2)))
		return script_raise(L, "%s takes a table of fields, as in "
		    "%s{...}; %s:dissect(bytes) reads bytes", l->name, l->name,
		    l->name);
	struct packet *u = packet_push_new(L);
	int packet = lua_gettop(L);
	int r = pkw_pkt_copy(u->own, l->plain);
	if (r < 0)
		return script_error(L, r);
	if (!lua_istable(L, 2))
		return 1;
	size_t n = sorted_keys(L, l, 2, keys);
	for (size_t i = 0; i < n; i++) {
		lua_getfield(L, 2, keys[i].name);
		field_set(
		    L, packet, u->own, 0, keys[i].name, lua_gettop(L));
		lua_pop(L, 1);
	}
	return 1;
}

static int layer_dissect(lua_State *L)
{
	const struct layer *l = luaL_checkudata(L, 1, LAYER);
	size_t n;
	const char *s = luaL_checklstring(L, 2, &n);
	struct packet *u = packet_push_new(L);
	int r = pkw_push_bytes(u->own, l->proto, s, n);

	return r < 0 ? script_error(L, r) : 1;
}

static int layer_tostring(lua_State *L)
{
	lua_pushstring(L, ((struct layer *)lua_touserdata(L, 1))->name);
	return 1;
}

static int layer_eq(lua_State *L)
{
	const struct layer *a = layer_test(L, 1), *b = layer_test(L, 2);

	lua_pushboolean(L, a && b && strcmp(a->name, b->name) == 0);
	return 1;
}

/* layer(name): also one whose name cannot stand in a program; nil: none. */
static int layer_named(lua_State *L)
{
	return layer_push_named(L, luaL_checkstring(L, 1));
}

/* protocols(): the names of all layers. */
static int names(lua_State *L)
{
	const struct pkw_proto *proto;

	lua_newtable(L);
	for (size_t i = 0; (proto = pkw_proto_at(i)); i++) {
		lua_pushstring(L, proto->rec.name);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int layer_index(lua_State *L)
{
	const struct layer *l = lua_touserdata(L, 1);
	const char *key = luaL_checkstring(L, 2);

	if (strcmp(key, "dissect") == 0) {
		lua_pushcfunction(L, layer_dissect);
		return 1;
	}
	if (strcmp(key, "name") == 0 || strcmp(key, "title") == 0) {
		lua_pushstring(L, *key == 'n' ? l->name : l->proto->title);
		return 1;
	}
	return script_raise(L, "a layer has no `%s'; %s{...} makes one", key,
	    l->name);
}

void open_layer(lua_State *L)
{
	static const luaL_Reg meta[] = {
		{ "__call", layer_call },
		{ "__div", packet_div },
		{ "__idiv", packet_div },
		{ "__eq", layer_eq },
		{ "__index", layer_index },
		{ "__tostring", layer_tostring },
		{ "__gc", free_layer },
		{ NULL, NULL }
	};
	static const luaL_Reg functions[] = {
		{ "layer", layer_named },
		{ "protocols", names },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, LAYER);
	luaL_setfuncs(L, meta, 0);
	script_of(L)->layer_mt = lua_topointer(L, -1);
	lua_pop(L, 1);
	script_core_add(L, functions);
	lua_pushcfunction(L, layer_named);
	lua_setglobal(L, "layer");
}
