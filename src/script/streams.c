/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP streams for Lua.
 *
 * Events are copied while a packet is taken in and handed to Lua behind it, as
 * tables, so that an error there finds nothing half done.
 */
#include "script/bind.h"
#include "script/options.h"

#include <pkw/stream.h>

#include <stdlib.h>
#include <string.h>

#define STREAMS "streams"

struct event {
	struct pkw_stream_event e;
	struct pkw_flow flow; /* as it was then */
	size_t at;            /* where its bytes begin in .bytes */
};

struct streams_object {
	struct pkw_streams *t;
	struct event *event;
	size_t nevents, cap;
	struct pkw_str bytes;
};

static int on_event(void *arg, const struct pkw_stream_event *e)
{
	struct streams_object *o = arg;

	if (o->nevents == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 16;
		void *more = realloc(o->event, cap * sizeof *o->event);
		if (!more)
			return -PKW_ENOMEM;
		o->event = more;
		o->cap = cap;
	}
	o->event[o->nevents++] =
	    (struct event){ *e, *e->flow, o->bytes.len };
	if (e->what == PKW_STREAM_DATA)
		pkw_str_addn(
		    &o->bytes, (const char *)e->bytes, (size_t)e->len);
	return o->bytes.err;
}

static int streams_gc(lua_State *L)
{
	struct streams_object *o = luaL_checkudata(L, 1, STREAMS);

	pkw_streams_free(o->t);
	free(o->event);
	pkw_str_free(&o->bytes);
	memset(o, 0, sizeof *o);
	return 0;
}

/* streams({policy=, flows=, wait=, history=, memory=, idle=}) */
static int streams_new(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	const char *policy = option_text(L, 1, "policy");
	int which = policy ? pkw_policy_find(policy, &d) : 0;

	if (which < 0)
		return script_fail(L, &d);
	struct streams_object *o = lua_newuserdatauv(L, sizeof *o, 0);
	memset(o, 0, sizeof *o);
	luaL_setmetatable(L, STREAMS);
	struct pkw_streams_opts opts = {
		.policy = (enum pkw_policy)which,
		.flows = (uint32_t)option_count(L, 1, "flows", 0),
		.wait = (uint32_t)option_count(L, 1, "wait", 0),
		.history = (uint32_t)option_count(L, 1, "history", 0),
		.memory = option_count(L, 1, "memory", 0),
		.idle = (unsigned)option_ms(L, 1, "idle", 0),
		.on_event = on_event, .arg = o,
	};
	o->t = pkw_streams_new(&opts);
	return o->t ? 1 : script_error(L, -PKW_ENOMEM);
}

static void set_number(lua_State *L, const char *name, uint64_t v)
{
	lua_pushinteger(L, (lua_Integer)v);
	lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

/* One direction: {addr=, port=, bytes=, lost=, ...} */
static void push_way(
    lua_State *L, const struct pkw_flow *f, const struct pkw_flow_way *w)
{
	const struct {
		const char *name;
		uint64_t v;
	} row[] = { { "port", w->port }, { "segments", w->segments },
		{ "bytes", w->bytes }, { "lost", w->lost },
		{ "out_of_order", w->out_of_order },
		{ "retransmitted", w->retransmitted },
		{ "overlaps", w->overlaps }, { "ignored", w->ignored } };
	struct pkw_addr a = { .len = f->version == 4 ? 4 : 16 };
	char text[48];

	memcpy(a.bytes, w->addr, a.len);
	lua_createtable(L, 0, 10);
	set_text(L, "addr", pkw_addr_text(&a, text));
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		set_number(L, row[i].name, row[i].v);
}

static const char *const ways[] = { "client", "server" };

static void push_event(
    lua_State *L, const struct streams_object *o, const struct event *w)
{
	const struct pkw_stream_event *e = &w->e;
	struct pkw_str *text = script_text(L);

	lua_createtable(L, 0, 10);
	set_text(L, "what", pkw_stream_name(e->what));
	set_number(L, "flow", w->flow.number);
	pkw_flow_text(&w->flow, text);
	script_push_str(L, text);
	lua_setfield(L, -2, "name");
	switch (e->what) {
	case PKW_STREAM_DATA:
		lua_pushlstring(L, o->bytes.s + w->at, (size_t)e->len);
		lua_setfield(L, -2, "bytes");
		/* FALLTHROUGH */
	case PKW_STREAM_OVERLAP:
	case PKW_STREAM_GAP:
		set_text(L, "way", ways[e->way]);
		set_number(L, "offset", e->offset);
		set_number(L, "len", e->len);
		set_number(L, "differ", e->differ);
		set_number(L, "taken", e->taken);
		break;
	case PKW_STREAM_CLOSE:
		set_text(L, "reason", pkw_close_name(e->reason));
		/* FALLTHROUGH */
	case PKW_STREAM_OPEN:
		for (int i = 0; i < 2; i++) {
			push_way(L, &w->flow, &w->flow.way[i]);
			lua_setfield(L, -2, ways[i]);
		}
		break;
	case PKW_STREAM__N:
		break;
	}
}

static void push_events(lua_State *L, struct streams_object *o)
{
	lua_createtable(L, (int)o->nevents, 0);
	for (size_t i = 0; i < o->nevents; i++) {
		push_event(L, o, &o->event[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	o->nevents = 0;
	pkw_str_clear(&o->bytes);
}

/* streams_put(t, packet): events; and whether it was a TCP segment */
static int streams_put(lua_State *L)
{
	struct streams_object *o = luaL_checkudata(L, 1, STREAMS);
	const struct pkw_pkt *p = script_whole(L, 2);
	struct pkw_frame f = packet_frame(L, -1, p);

	if (f.flags & PKW_FRAME_NO_TIME)
		f.ts_ns = 0;
	int r = pkw_streams_put(o->t, &f, p);
	if (r < 0)
		return script_error(L, r);
	push_events(L, o);
	lua_pushboolean(L, r);
	return 2;
}

/* streams_finish(t): closes all flows; events */
static int streams_finish(lua_State *L)
{
	struct streams_object *o = luaL_checkudata(L, 1, STREAMS);
	int r = pkw_streams_end(o->t);

	if (r < 0)
		return script_error(L, r);
	push_events(L, o);
	return 1;
}

void open_streams(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "__gc", streams_gc },
		{ NULL, NULL }
	};
	static const luaL_Reg functions[] = {
		{ "streams", streams_new },
		{ "streams_put", streams_put },
		{ "streams_finish", streams_finish },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, STREAMS);
	luaL_setfuncs(L, methods, 0);
	lua_pop(L, 1);
	script_core_add(L, functions);
}
