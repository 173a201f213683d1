/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the named arguments that a function got as a table. */
#include "script/options.h"

#include "script/bind.h"

#include <limits.h>

static int field(lua_State *L, int idx, const char *name, int type)
{
	int have = lua_istable(L, idx) ? lua_getfield(L, idx, name) : 0;

	if (!lua_istable(L, idx)) {
		lua_pushnil(L);
		return 0;
	}
	if (have == LUA_TNIL)
		return 0;
	if (have != type)
		script_raise(L, "%s: a %s is expected, not a %s", name,
		    lua_typename(L, type), luaL_typename(L, -1));
	return 1;
}

double option_number(lua_State *L, int idx, const char *name, double or_else)
{
	double v = field(L, idx, name, LUA_TNUMBER) ? lua_tonumber(L, -1)
						    : or_else;

	lua_pop(L, 1);
	return v;
}

uint64_t option_count(
    lua_State *L, int idx, const char *name, uint64_t or_else)
{
	uint64_t v = or_else;

	if (field(L, idx, name, LUA_TNUMBER)) {
		double n = lua_tonumber(L, -1);
		if (!(n >= 0))
			script_raise(L, "%s: a number from 0 is expected", name);
		v = n >= 1.8e19 ? UINT64_MAX : (uint64_t)n;
	}
	lua_pop(L, 1);
	return v;
}

int option_ms(lua_State *L, int idx, const char *name, int or_else)
{
	double s = option_number(L, idx, name, -1);

	if (s < 0)
		return or_else;
	return s * 1000 > INT_MAX ? INT_MAX : (int)(s * 1000 + 0.5);
}

const char *option_text(lua_State *L, int idx, const char *name)
{
	const char *s = field(L, idx, name, LUA_TSTRING)
	    ? lua_tostring(L, -1) : NULL;

	lua_pop(L, 1);
	return s; /* the table keeps it */
}

int option_set(lua_State *L, int idx, const char *name)
{
	int v = field(L, idx, name, LUA_TBOOLEAN) && lua_toboolean(L, -1);

	lua_pop(L, 1);
	return v;
}

int option_function(lua_State *L, int idx, const char *name)
{
	return field(L, idx, name, LUA_TFUNCTION);
}
