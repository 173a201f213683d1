/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a packet has besides its layers, for session.lua: the frame it was
 * captured as, and its time.  Times are text, "1700000000.123456789", for a
 * number of Lua has too few digits for nanoseconds.
 */
#include "script/bind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NS = 1000000000 };

static void push_time(lua_State *L, const struct pkw_frame *f)
{
	int64_t s = f->ts_ns / NS, ns = f->ts_ns % NS;
	char text[48];

	if (f->flags & PKW_FRAME_NO_TIME) {
		lua_pushliteral(L, "");
		return;
	}
	if (ns < 0) {
		ns += NS;
		s--;
	}
	snprintf(text, sizeof text, "%" PRId64 ".%09" PRId64, s, ns);
	lua_pushstring(L, text);
}

static void take_time(lua_State *L, int arg, struct pkw_frame *f)
{
	const char *text = luaL_checkstring(L, arg);
	char *end;

	f->flags |= PKW_FRAME_NO_TIME;
	if (!*text)
		return;
	long long s = strtoll(text, &end, 10);
	if (*end != '.' || strspn(end + 1, "0123456789") != 9 || end[10] ||
	    s > INT64_MAX / NS - 1 || s < INT64_MIN / NS + 1) {
		luaL_error(L, "`%s' is no time", text);
		return;
	}
	f->ts_ns = s * NS + strtoll(end + 1, NULL, 10);
	f->flags &= ~(uint32_t)PKW_FRAME_NO_TIME;
}

/* frame(p): time, link type, length, flags, bytes as it was captured; nil for
   a packet that was built or changed */
static int frame(lua_State *L)
{
	const struct packet *u = packet_check(L, 1);

	if (u->own || u->of)
		return 0;
	const struct pkw_frame *f = &u->frame;
	push_time(L, f);
	lua_pushinteger(L, f->link);
	lua_pushinteger(L, f->len);
	lua_pushinteger(L, f->flags);
	lua_pushlstring(L, (const char *)f->data, f->caplen);
	return 5;
}

/* captured(time, link type, length, flags, bytes): the packet */
static int captured(lua_State *L)
{
	struct pkw_frame f = { .ifindex = 0 };
	size_t n;
	lua_Integer link = luaL_checkinteger(L, 2);
	lua_Integer len = luaL_checkinteger(L, 3);
	const char *s = luaL_checklstring(L, 5, &n);

	luaL_argcheck(L, link >= 0 && link <= UINT16_MAX, 2, "no link type");
	luaL_argcheck(L, n <= UINT16_MAX * 16u, 5, "too long");
	luaL_argcheck(L, len >= (lua_Integer)n && len <= UINT32_MAX, 3,
	    "shorter than the bytes that are here");
	f.flags = (uint32_t)luaL_checkinteger(L, 4);
	take_time(L, 1, &f);
	f.link = (uint16_t)link;
	f.len = (uint32_t)len;
	f.caplen = (uint32_t)n;
	uint8_t *data = lua_newuserdatauv(L, n + 1, 0);
	memcpy(data, s, n);
	f.data = data;
	packet_push_frame(L, &f);
	return 1;
}

/* stamp(p): the time of a packet that has one, "" of others;
   stamp(p, time): gives it one, and returns the packet */
static int stamp(lua_State *L)
{
	int give = !lua_isnoneornil(L, 2);

	packet_check(L, 1);
	struct packet *u = packet_push_whole(L, 1);
	if (!give) {
		push_time(L, &u->frame);
		return 1;
	}
	take_time(L, 2, &u->frame);
	lua_settop(L, 1);
	return 1;
}

void open_frame(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "frame", frame },
		{ "captured", captured },
		{ "stamp", stamp },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
