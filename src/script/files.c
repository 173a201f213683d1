/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capture files for Lua: a reader and a writer, as objects.
 *
 *   for p in pcapreader("a.pcapng") do ... end
 *   w = pcapwriter("b.pcap"); w:write(p); w:close()
 */
#include "script/files.h"

#include "script/options.h"

#include <string.h>
#include <time.h>

#define READER "reader"
#define WRITER "writer"

/* ---- filters ---- */

static int free_filter(lua_State *L)
{
	struct pkw_filter **box = lua_touserdata(L, 1);

	pkw_filter_free(*box);
	*box = NULL;
	return 0;
}

struct pkw_filter *script_filter(lua_State *L, int idx)
{
	struct pkw_diag d = { .code = 0 };
	const char *text = option_text(L, idx, "filter");

	if (!text)
		return NULL;
	struct pkw_filter **box = script_box(L, "pkw.filter", free_filter);
	*box = pkw_filter_new(text, 1 /* Ethernet */, &d);
	if (!*box)
		script_fail(L, &d);
	return *box;
}

/* filter(text): a function that tells whether a packet passes */
static int filter_match(lua_State *L)
{
	struct pkw_filter **box = lua_touserdata(L, lua_upvalueindex(1));
	const struct pkw_pkt *p = packet_look(L, 1, NULL);
	struct pkw_frame f = packet_frame(L, 1, p);

	lua_pushboolean(L, pkw_filter_match(*box, &f));
	return 1;
}

static int filter_new(lua_State *L)
{
	lua_settop(L, 1);
	lua_newtable(L);
	lua_pushvalue(L, 1);
	lua_setfield(L, -2, "filter");
	if (!script_filter(L, 2))
		return luaL_typeerror(L, 1, "string");
	lua_pushcclosure(L, filter_match, 1);
	return 1;
}

/* ---- reading ---- */

static int reader_close(lua_State *L)
{
	struct pkw_reader **box = luaL_checkudata(L, 1, READER);

	pkw_reader_close(*box);
	*box = NULL;
	return 0;
}

struct pkw_reader *script_reader(lua_State *L, const char *path)
{
	struct pkw_diag d = { .code = 0 };

	script_allow(L, "reading files");
	struct pkw_reader **box = lua_newuserdatauv(L, sizeof *box, 1);
	*box = NULL;
	luaL_setmetatable(L, READER);
	*box = pkw_reader_open(path, 0, &d);
	if (!*box)
		script_fail(L, &d);
	return *box;
}

void script_stop_reader(void *reader)
{
	pkw_reader_stop(reader);
}

/* As luaL_checkudata(), without looking for the type by its name. */
static void *check_reader(lua_State *L)
{
	void *box = lua_touserdata(L, 1);

	if (box && lua_getmetatable(L, 1)) {
		int same = lua_topointer(L, -1) == script_of(L)->reader_mt;
		lua_pop(L, 1);
		if (same)
			return box;
	}
	return luaL_checkudata(L, 1, READER);
}

/* r() or r:next(): the next packet, nil behind the last */
static int reader_next(lua_State *L)
{
	struct pkw_reader **box = check_reader(L);
	struct pkw_diag d = { .code = 0 };
	struct pkw_frame f;
	struct pkw_filter **filter = NULL;

	if (!*box)
		return 0;
	if (lua_getiuservalue(L, 1, 1) == LUA_TUSERDATA)
		filter = lua_touserdata(L, -1);
	for (;;) {
		struct script_wait w = { .stop = script_stop_reader,
			.arg = *box };
		script_wait_begin(&w);
		int r = pkw_reader_next(*box, &f, &d);
		script_wait_end(&w);
		if (r == -PKW_EINTR || r == 0)
			return 0;
		if (r < 0)
			return script_fail(L, &d);
		if (!filter || pkw_filter_match(*filter, &f)) {
			packet_push_frame(L, &f);
			return 1;
		}
	}
}

/* reader(path [, {filter=}]) */
static int reader_new(lua_State *L)
{
	lua_settop(L, 2);
	script_reader(L, luaL_checkstring(L, 1));
	if (script_filter(L, 2)) {
		lua_setiuservalue(L, 3, 1);
		lua_settop(L, 3);
	}
	return 1;
}

/* ---- writing ---- */

static int writer_close(lua_State *L)
{
	struct pkw_writer **box = luaL_checkudata(L, 1, WRITER);
	struct pkw_diag d = { .code = 0 };
	struct pkw_writer *w = *box;

	*box = NULL;
	if (w && pkw_writer_close(w, &d) < 0)
		return script_fail(L, &d);
	return 0;
}

static int writer_gc(lua_State *L)
{
	struct pkw_writer **box = luaL_checkudata(L, 1, WRITER);

	if (*box)
		pkw_writer_close(*box, NULL);
	*box = NULL;
	return 0;
}

/* writer(path) */
static int writer_new(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	const char *path = luaL_checkstring(L, 1);

	script_allow(L, "writing files");
	struct pkw_writer **box = lua_newuserdatauv(L, sizeof *box, 0);
	*box = NULL;
	luaL_setmetatable(L, WRITER);
	*box = pkw_writer_open(path, NULL, &d);
	return *box ? 1 : script_fail(L, &d);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* write(w, packet): a packet that was built is dated now */
static int writer_write(lua_State *L)
{
	struct pkw_writer **box = luaL_checkudata(L, 1, WRITER);
	struct pkw_diag d = { .code = 0 };

	if (!*box)
		return script_raise(L, "this writer is closed");
	const struct packet *u = packet_check(L, 2);
	if (u->of) {
		packet_push_copy(L, 2);
		lua_replace(L, 2);
	}
	const struct pkw_pkt *p = packet_look(L, 2, NULL);
	struct pkw_frame f = packet_frame(L, 2, p);
	if (f.link == UINT16_MAX)
		return script_raise(L, "a capture cannot begin with `%s'; put "
		    "IP, IPv6 or Ether below it", pkw_view(p)->nlayers
			? pkw_view(p)->layers[0].proto->rec.name : "nothing");
	if (f.flags & PKW_FRAME_NO_TIME) {
		f.flags &= ~(uint32_t)PKW_FRAME_NO_TIME;
		f.ts_ns = now();
	}
	f.ifindex = 0;
	return pkw_writer_put(*box, &f, &d) < 0 ? script_fail(L, &d) : 0;
}

static int writer_flush(lua_State *L)
{
	struct pkw_writer **box = luaL_checkudata(L, 1, WRITER);
	struct pkw_diag d = { .code = 0 };

	return *box && pkw_writer_flush(*box, &d) < 0 ? script_fail(L, &d) : 0;
}

/* The type, whose methods our modules know as `known'. */
static void make_type(lua_State *L, const char *name, const luaL_Reg *methods,
    const char *known)
{
	script_core(L);
	luaL_newmetatable(L, name);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	lua_setfield(L, -2, known);
	lua_pop(L, 1);
}

static int is_reader(lua_State *L)
{
	lua_pushboolean(L, luaL_testudata(L, 1, READER) != NULL);
	return 1;
}

static int is_writer(lua_State *L)
{
	lua_pushboolean(L, luaL_testudata(L, 1, WRITER) != NULL);
	return 1;
}

void open_files(lua_State *L)
{
	static const luaL_Reg reader[] = {
		{ "next", reader_next },
		{ "close", reader_close },
		{ "__call", reader_next },
		{ "__gc", reader_close },
		{ "__close", reader_close },
		{ NULL, NULL }
	};
	static const luaL_Reg writer[] = {
		{ "write", writer_write },
		{ "flush", writer_flush },
		{ "close", writer_close },
		{ "__gc", writer_gc },
		{ "__close", writer_close },
		{ NULL, NULL }
	};
	static const luaL_Reg functions[] = {
		{ "filter", filter_new },
		{ "reader", reader_new },
		{ "writer", writer_new },
		{ "is_reader", is_reader },
		{ "is_writer", is_writer },
		{ NULL, NULL }
	};

	make_type(L, READER, reader, "reader_methods");
	luaL_getmetatable(L, READER);
	script_of(L)->reader_mt = lua_topointer(L, -1);
	lua_pop(L, 1);
	make_type(L, WRITER, writer, "writer_methods");
	script_core_add(L, functions);
}
