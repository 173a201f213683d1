/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets drawn, compared, and put into texts. */
#include "script/bind.h"

#include <pkw/format.h>
#include <pkw/picture.h>

#include <string.h>

/* diagram(p): the bit diagram, as text */
static int diagram(lua_State *L)
{
	return script_printed(L, pkw_diagram);
}

static int free_picture(lua_State *L)
{
	struct pkw_picture **box = lua_touserdata(L, 1);

	pkw_picture_free(*box);
	*box = NULL;
	return 0;
}

/* picture(packets, file, "svg" or "pdf"): how many are in it */
static int picture(lua_State *L)
{
	static const char *const forms[] = { "svg", "pdf", NULL };
	struct pkw_diag d = { .code = 0 };
	const char *path = luaL_checkstring(L, 2);
	int form = luaL_checkoption(L, 3, NULL, forms);
	lua_Integer i = 1;

	script_allow(L, "writing files");
	luaL_checktype(L, 1, LUA_TTABLE);
	struct pkw_picture **box =
	    script_box(L, "pkw.picture", free_picture);
	*box = pkw_picture_new((enum pkw_picture_form)form);
	if (!*box)
		return script_error(L, -PKW_ENOMEM);
	for (; lua_rawgeti(L, 1, i) != LUA_TNIL; i++) {
		const struct pkw_pkt *p = script_whole(L, -1);
		struct pkw_frame f = packet_frame(L, -1, p);
		int r = pkw_picture_add(*box, script_printer(L, 0), p,
		    f.flags & PKW_FRAME_NO_TIME ? NULL : &f);
		if (r == -PKW_ELIMIT)
			break;
		if (r < 0)
			return script_error(L, r);
		lua_pop(L, 2);
	}
	if (i == 1)
		return script_raise(L, "there is no packet to draw");
	if (pkw_picture_save(*box, path, &d) < 0)
		return script_fail(L, &d);
	lua_pushinteger(L, i - 1);
	return 1;
}

/* The bytes of a packet or a string. */
static struct pkw_span span(lua_State *L, int idx)
{
	struct pkw_span s;

	if (packet_test(L, idx))
		return packet_bytes(L, idx);
	s.p = (const void *)luaL_checklstring(L, idx, &s.len);
	return s;
}

static int hexdiff(lua_State *L)
{
	struct pkw_str *out = script_str(L);
	struct pkw_span a = span(L, 1);

	/* the second may be looked at through the slot of the first */
	lua_pushlstring(L, a.p ? (const char *)a.p : "", a.len);
	struct pkw_span b = span(L, 2);
	int r = pkw_hexdiff(lua_tostring(L, -1), a.len, b.p, b.len,
	    script_of(L)->color ? PKW_PRINT_COLOR : 0, out);
	return r < 0 ? script_error(L, r) : script_push_str(L, out);
}

/* sprintf(p, format) */
static int format(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	const char *text = luaL_checkstring(L, 2);
	const struct pkw_pkt *p = script_whole(L, 1);
	struct pkw_frame f = packet_frame(L, -1, p);
	struct pkw_str *out = script_str(L);
	int r = pkw_sprintf(script_printer(L, 0), p,
	    f.flags & PKW_FRAME_NO_TIME ? NULL : &f, text, out, &d);

	if (r < 0 && d.column)
		return script_raise(L, "column %d: %s", d.column, d.text);
	return r < 0 ? script_fail(L, &d) : script_push_str(L, out);
}

void open_pictures(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "diagram", diagram },
		{ "picture", picture },
		{ "hexdiff", hexdiff },
		{ "sprintf", format },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
