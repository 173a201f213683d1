/* SPDX-License-Identifier: BSD-2-Clause */
/* Time for Lua: a clock that never goes back, and sleeping. */
#include "script/bind.h"

#include <errno.h>
#include <time.h>

/* clock(): seconds since some moment */
static int clock_now(lua_State *L)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	lua_pushnumber(L, (double)t.tv_sec + (double)t.tv_nsec / 1e9);
	return 1;
}

/* now(): seconds since 1970 */
static int wall_now(lua_State *L)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	lua_pushnumber(L, (double)t.tv_sec + (double)t.tv_nsec / 1e9);
	return 1;
}

static void stop_sleep(void *arg)
{
	(void)arg; /* the signal itself ends nanosleep() */
}

/* sleep(seconds): false if Ctrl-C ended it */
static int sleep_for(lua_State *L)
{
	double s = luaL_checknumber(L, 1);
	struct script_wait w = { .stop = stop_sleep };
	int r = 0;

	if (s > 0) {
		struct timespec t = { .tv_sec = (time_t)s };
		t.tv_nsec = (long)((s - (double)t.tv_sec) * 1e9);
		script_wait_begin(&w);
		while (!w.stopped && (r = nanosleep(&t, &t)) < 0 &&
		    errno == EINTR && !w.stopped)
			;
		script_wait_end(&w);
	}
	lua_pushboolean(L, !w.stopped);
	return 1;
}

void open_clock(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "clock", clock_now },
		{ "now", wall_now },
		{ "sleep", sleep_for },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
	lua_pushcfunction(L, sleep_for);
	lua_setglobal(L, "sleep");
}
