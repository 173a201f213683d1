/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets that stand for several: IP{dst="10.0.0.0/24"}/TCP{dport={80, 443}}.
 *
 * What varies is kept beside the packet as a Lua table
 *
 *   { {layer=1, path="dport", text="[80, 443]", value={80, 443}}, ... }
 *
 * and the packet itself has those fields' defaults.  A template is compiled of
 * both when one is needed, and kept until the packet changes.  Text is what
 * templates understand, so nothing that can vary there is missing here.
 */
#include "script/bind.h"

#include <string.h>

static void free_template_now(struct pkw_tmpl **box)
{
	pkw_tmpl_free(*box);
	*box = NULL;
}

static int free_template(lua_State *L)
{
	free_template_now(lua_touserdata(L, 1));
	return 0;
}

/* Pushes the table; with `make' there is one, else nothing may be pushed. */
static int push_sets(lua_State *L, int idx, int make)
{
	if (lua_getiuservalue(L, idx, PACKET_SETS) == LUA_TTABLE)
		return 1;
	lua_pop(L, 1);
	if (!make)
		return 0;
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_setiuservalue(L, idx, PACKET_SETS);
	return 1;
}

void sets_changed(lua_State *L, int idx)
{
	packet_push_whole(L, idx);
	if (push_sets(L, lua_gettop(L), 0)) {
		lua_pushnil(L);
		lua_setfield(L, -2, "template");
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

void sets_copy(lua_State *L, int to, int from, int up)
{
	static const char *const kept[] = { "path", "text", "value", NULL };

	if (!push_sets(L, from, 0))
		return;
	int old = lua_gettop(L);
	push_sets(L, to, 1);
	for (lua_Integer i = 1; lua_rawgeti(L, old, i) == LUA_TTABLE; i++) {
		lua_getfield(L, -1, "layer");
		lua_Integer layer = lua_tointeger(L, -1) + up;
		lua_pop(L, 1);
		if (layer < 0) { /* below what is copied */
			lua_pop(L, 1);
			continue;
		}
		lua_newtable(L);
		for (const char *const *k = kept; *k; k++) {
			lua_getfield(L, -2, *k);
			lua_setfield(L, -2, *k);
		}
		lua_pushinteger(L, layer);
		lua_setfield(L, -2, "layer");
		lua_rawseti(L, old + 1,
		    (lua_Integer)lua_rawlen(L, old + 1) + 1);
		lua_pop(L, 1);
	}
	((struct packet *)lua_touserdata(L, to))->sets =
	    lua_rawlen(L, old + 1) > 0;
	lua_settop(L, old - 1);
}

/* Whether the entry on top of the stack is of that field. */
static int is_of(lua_State *L, uint32_t layer, const char *path)
{
	lua_getfield(L, -1, "layer");
	lua_getfield(L, -2, "path");
	const char *s = lua_tostring(L, -1);
	int same = (uint32_t)lua_tointeger(L, -2) == layer &&
	    (s && path ? strcmp(s, path) == 0 : s == path);
	lua_pop(L, 2);
	return same;
}

/* The entry's number, 0: none; the table is at index `sets'. */
static lua_Integer find(
    lua_State *L, int sets, uint32_t layer, const char *path)
{
	for (lua_Integer i = 1; lua_rawgeti(L, sets, i) == LUA_TTABLE; i++) {
		int found = is_of(L, layer, path);
		lua_pop(L, 1);
		if (found)
			return i;
	}
	lua_pop(L, 1);
	return 0;
}

static void take_out(lua_State *L, int sets, lua_Integer i)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, sets);

	for (; i < n; i++) {
		lua_rawgeti(L, sets, i + 1);
		lua_rawseti(L, sets, i);
	}
	lua_pushnil(L);
	lua_rawseti(L, sets, n);
}

void sets_put(lua_State *L, int idx, uint32_t layer, const char *path,
    const char *text, int value)
{
	idx = lua_absindex(L, idx);
	struct packet *u = packet_push_whole(L, idx);
	int packet = lua_gettop(L);

	if (!push_sets(L, packet, text || !path)) {
		lua_pop(L, 1);
		return;
	}
	int sets = packet + 1;
	lua_Integer i = find(L, sets, layer, path);
	if (i)
		take_out(L, sets, i);
	if (text || !path) {
		lua_newtable(L);
		lua_pushinteger(L, layer);
		lua_setfield(L, -2, "layer");
		lua_pushstring(L, path);
		lua_setfield(L, -2, "path");
		lua_pushstring(L, text);
		lua_setfield(L, -2, "text");
		if (value) {
			lua_pushvalue(L, value);
			lua_setfield(L, -2, "value");
		}
		lua_rawseti(L, sets, (lua_Integer)lua_rawlen(L, sets) + 1);
	}
	u->sets = lua_rawlen(L, sets) > 0;
	lua_settop(L, packet - 1);
	sets_changed(L, idx);
}

void sets_cut(lua_State *L, int idx, uint32_t layer)
{
	struct packet *u = packet_push_whole(L, idx);
	int packet = lua_gettop(L);
	lua_Integer i = 1;

	if (push_sets(L, packet, 0)) {
		while (lua_rawgeti(L, packet + 1, i) == LUA_TTABLE) {
			lua_getfield(L, -1, "layer");
			if (lua_tointeger(L, -1) >= layer)
				take_out(L, packet + 1, i);
			else
				i++;
			lua_pop(L, 2);
		}
		u->sets = lua_rawlen(L, packet + 1) > 0;
	}
	lua_settop(L, packet - 1);
	sets_changed(L, idx);
}

int packet_has_sets(lua_State *L, int idx)
{
	const struct packet *u = lua_touserdata(L, idx);

	return u->of ? u->of->sets : u->sets;
}

int sets_get(lua_State *L, int idx, uint32_t layer, const char *path)
{
	packet_push_whole(L, idx);
	int top = lua_gettop(L), found = 0;

	if (push_sets(L, top, 0)) {
		lua_Integer i = find(L, top + 1, layer, path);
		if (i) {
			lua_rawgeti(L, top + 1, i);
			lua_getfield(L, -1, "value");
			lua_replace(L, top);
			found = 1;
		}
	}
	lua_settop(L, found ? top : top - 1);
	return found;
}

/* ---- templates ---- */

/* One set, which lies on top of the stack, into the template. */
static void vary(lua_State *L, struct pkw_tmpl *t, const struct pkw_pkt *p)
{
	struct pkw_diag d = { .code = 0 };
	int r, top = lua_gettop(L);

	lua_getfield(L, top, "layer");
	uint32_t layer = (uint32_t)lua_tointeger(L, -1);
	if (layer >= pkw_view(p)->nlayers)
		script_raise(L, "a set of values is in a layer that is gone");
	if (lua_getfield(L, top, "path") == LUA_TNIL) {
		r = pkw_tmpl_fuzz(t, (int)layer, &d);
	} else {
		const char *path = lua_pushfstring(L, "%s.%s",
		    layer_path(L, p, layer), lua_tostring(L, top + 2));
		lua_getfield(L, top, "text");
		r = pkw_tmpl_vary_text(t, path, lua_tostring(L, -1), &d);
	}
	if (r < 0)
		script_fail(L, &d);
	lua_settop(L, top);
}

struct pkw_tmpl *packet_template(lua_State *L, int idx)
{
	struct pkw_diag d = { .code = 0 };
	const struct packet *u = packet_push_whole(L, idx);
	int packet = lua_gettop(L);
	int sets = push_sets(L, packet, 0) ? packet + 1 : 0;

	if (sets && lua_getfield(L, sets, "template") == LUA_TUSERDATA) {
		lua_replace(L, packet);
		lua_settop(L, packet);
		return *(struct pkw_tmpl **)lua_touserdata(L, packet);
	}
	const struct pkw_pkt *p =
	    u->sets ? u->own : packet_look(L, packet, NULL);
	struct pkw_tmpl **box = script_box(L, "pkw.tmpl", free_template);
	int at = lua_gettop(L);
	*box = pkw_tmpl_new(p, &d);
	if (!*box)
		script_fail(L, &d);
	for (lua_Integer i = 1;
	     sets && lua_rawgeti(L, sets, i) == LUA_TTABLE; i++) {
		vary(L, *box, p);
		lua_pop(L, 1);
	}
	if (sets) {
		lua_pushvalue(L, at);
		lua_setfield(L, sets, "template");
	}
	lua_pushvalue(L, at);
	lua_replace(L, packet);
	lua_settop(L, packet);
	return *box;
}

void sets_check(lua_State *L, const struct pkw_pkt *p, uint32_t layer,
    const char *path, const char *text)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_tmpl **box = script_box(L, "pkw.tmpl", free_template);
	const char *full =
	    lua_pushfstring(L, "%s.%s", layer_path(L, p, layer), path);

	*box = pkw_tmpl_new(p, &d);
	if (!*box || pkw_tmpl_vary_text(*box, full, text, &d) < 0)
		script_fail(L, &d);
	free_template_now(box);
	lua_pop(L, 3);
}
