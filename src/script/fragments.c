/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments for Lua: cut a packet up; put fragments together.
 *
 * What a reassembly notices (overlaps and the like) is gathered while it works
 * and handed to Lua behind it, so that an error there finds nothing half done.
 */
#include "script/options.h"
#include "script/bind.h"

#include <pkw/defrag.h>

#include <stdlib.h>
#include <string.h>

#define DEFRAG "defrag"

/* ---- cutting up ---- */

struct cutting {
	lua_State *L;
	lua_Integer n;
};

static int keep_fragment(lua_State *L)
{
	struct cutting *c = lua_touserdata(L, 1);
	struct packet *u = packet_push_new(L);
	int r = pkw_pkt_copy(u->own, lua_touserdata(L, 2));

	if (r < 0)
		return script_error(L, r);
	lua_rawseti(L, 3, ++c->n);
	return 0;
}

static int on_fragment(void *arg, struct pkw_pkt *p)
{
	struct cutting *c = arg;

	lua_pushcfunction(c->L, keep_fragment);
	lua_pushlightuserdata(c->L, c);
	lua_pushlightuserdata(c->L, p);
	lua_pushvalue(c->L, -4); /* the list */
	if (lua_pcall(c->L, 3, 0, 0) == LUA_OK)
		return 0;
	lua_pop(c->L, 1);
	return -PKW_ENOMEM;
}

/* fragment(p, {mtu=, size=, nth=}): a table of packets */
static int fragment(lua_State *L)
{
	struct pkw_fragment_opts o = {
		.mtu = (uint32_t)option_count(L, 2, "mtu", 0),
		.size = (uint32_t)option_count(L, 2, "size", 0),
		.nth = (uint32_t)option_count(L, 2, "nth", 0),
	};
	struct cutting c = { .L = L };
	const struct pkw_pkt *p = script_whole(L, 1);

	lua_newtable(L);
	int r = pkw_fragment(p, &o, on_fragment, &c);
	if (r == -PKW_ENOPROTO)
		return script_raise(L, "there is no IP or IPv6 to cut up");
	if (r == -PKW_EINVAL)
		return script_raise(
		    L, "fragments have room for 8 bytes at least");
	return r < 0 ? script_error(L, r) : 1;
}

/* ---- putting together ---- */

struct defrag_object {
	struct pkw_defrag *g;
	struct pkw_pkt *p;
	struct pkw_defrag_event *event;
	size_t nevents, cap;
};

static void on_event(void *arg, const struct pkw_defrag_event *e)
{
	struct defrag_object *o = arg;

	if (o->nevents == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 16;
		void *more = realloc(o->event, cap * sizeof *o->event);
		if (!more)
			return; /* told of in the numbers all the same */
		o->event = more;
		o->cap = cap;
	}
	o->event[o->nevents++] = *e;
}

static int defrag_gc(lua_State *L)
{
	struct defrag_object *o = luaL_checkudata(L, 1, DEFRAG);

	pkw_defrag_free(o->g);
	pkw_pkt_free(o->p);
	free(o->event);
	memset(o, 0, sizeof *o);
	return 0;
}

/* defrag({policy=, timeout=, count=, memory=}) */
static int defrag_new(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	const char *policy = option_text(L, 1, "policy");
	int which = policy ? pkw_policy_find(policy, &d) : 0;

	if (which < 0)
		return script_fail(L, &d);
	struct defrag_object *o = lua_newuserdatauv(L, sizeof *o, 0);
	memset(o, 0, sizeof *o);
	luaL_setmetatable(L, DEFRAG);
	struct pkw_defrag_opts opts = {
		.policy = (enum pkw_policy)which,
		.timeout = (unsigned)option_ms(L, 1, "timeout", 0),
		.count = (uint32_t)option_count(L, 1, "count", 0),
		.memory = option_count(L, 1, "memory", 0),
		.on_event = on_event, .arg = o,
	};
	o->g = pkw_defrag_new(&opts);
	o->p = pkw_pkt_new();
	return o->g && o->p ? 1 : script_error(L, -PKW_ENOMEM);
}

/* What was noticed, as {{what=, text=, offset=, len=, ...}, ...}; pushed. */
static void push_events(lua_State *L, struct defrag_object *o)
{
	lua_createtable(L, (int)o->nevents, 0);
	for (size_t i = 0; i < o->nevents; i++) {
		const struct pkw_defrag_event *e = &o->event[i];
		const struct {
			const char *name;
			uint32_t v;
		} number[] = { { "offset", e->offset }, { "len", e->len },
			{ "differ", e->differ }, { "taken", e->taken },
			{ "id", e->id }, { "fragments", e->fragments },
			{ "missing", e->missing } };
		struct pkw_str *text = script_text(L);

		pkw_defrag_text(e, text);
		lua_createtable(L, 0, 10);
		script_push_str(L, text);
		lua_setfield(L, -2, "text");
		lua_pushstring(L, pkw_defrag_name(e->what));
		lua_setfield(L, -2, "what");
		for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
			lua_pushinteger(L, number[k].v);
			lua_setfield(L, -2, number[k].name);
		}
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	o->nevents = 0;
}

/* defrag_put(g, packet): the packet to go on with or nil, and what was noticed */
static int defrag_put(lua_State *L)
{
	struct defrag_object *o = luaL_checkudata(L, 1, DEFRAG);
	const struct pkw_pkt *whole = script_whole(L, 2);
	struct pkw_frame f = packet_frame(L, -1, whole);
	struct pkw_pkt *p = o->p;
	const struct pkw_view *v = pkw_view(whole);

	if (f.flags & PKW_FRAME_NO_TIME)
		f.ts_ns = 0;
	pkw_dissect(p, v->nlayers ? v->layers[0].proto : NULL, v->bytes,
	    v->len, 0);
	int r = pkw_defrag_put(o->g, &f, &p);
	if (r < 0)
		return script_error(L, r);
	if (r == 0)
		lua_pushnil(L);
	else if (p == o->p)
		lua_pushvalue(L, 2);
	else
		packet_push_dissected(L, p, &f);
	push_events(L, o);
	return 2;
}

/* defrag_finish(g): gives up what is incomplete; what was noticed */
static int defrag_end(lua_State *L)
{
	struct defrag_object *o = luaL_checkudata(L, 1, DEFRAG);

	pkw_defrag_end(o->g);
	push_events(L, o);
	return 1;
}

static int policies(lua_State *L)
{
	const char *name;

	lua_newtable(L);
	for (unsigned i = 0; (name = pkw_policy_name(i)); i++) {
		lua_pushstring(L, name);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

void open_fragments(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "__gc", defrag_gc },
		{ NULL, NULL }
	};
	static const luaL_Reg functions[] = {
		{ "fragment", fragment },
		{ "defrag", defrag_new },
		{ "defrag_put", defrag_put },
		{ "defrag_finish", defrag_end },
		{ "policies", policies },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, DEFRAG);
	luaL_setfuncs(L, methods, 0);
	lua_pop(L, 1);
	script_core_add(L, functions);
}
