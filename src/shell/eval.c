/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chunk is tried as an expression first, whose values are shown; then as
 * statements.  It is incomplete if either parser wanted to read on at its end:
 * `IP{dst="10.0.0.1"}/' is so as an expression only, `for i = 1, 3 do' as a
 * statement only.
 *
 * What the shell does with text and values is written in Lua, lua/shell.lua and
 * lua/complete.lua, and found in the table of what modules share:
 *
 *   shell_special(text)  a line that is no Lua: `IP?'.  True: it was one;
 *                        "leave": to end the shell
 *   shell_values(...)    shows results, keeps the last as _
 *   shell_error(text)    shows a message
 *   shell_remarks(text)  after a chunk: what may not have been meant
 *   shell_complete(text, width), shell_start()
 */
#include "shell/eval.h"

#include "script/bind.h"
#include "shell/tables.h"

#include <stdio.h>
#include <string.h>

/* Modules in Lua: bytes put there by the linker, see the Makefile. */
extern const char _binary_src_shell_lua_shell_lua_start[];
extern const char _binary_src_shell_lua_shell_lua_end[];
extern const char _binary_src_shell_lua_complete_lua_start[];
extern const char _binary_src_shell_lua_complete_lua_end[];

static int load_modules(lua_State *L)
{
	tables_open(L);
	script_core(L);
	lua_pushliteral(L, PKW_VERSION);
	lua_setfield(L, -2, "version");
	lua_pop(L, 1);
	script_module(L, "complete", _binary_src_shell_lua_complete_lua_start,
	    _binary_src_shell_lua_complete_lua_end);
	script_module(L, "shell", _binary_src_shell_lua_shell_lua_start,
	    _binary_src_shell_lua_shell_lua_end);
	return 0;
}

int eval_open(lua_State *L)
{
	lua_pushcfunction(L, load_modules);
	return script_call(L, 0, 0);
}

static void push_function(lua_State *L, const char *name)
{
	script_core(L);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
}

int eval_call(lua_State *L, const char *function, const char *text)
{
	push_function(L, function);
	lua_pushstring(L, text);
	return script_call(L, 1, 1);
}

void eval_tell_error(lua_State *L)
{
	push_function(L, "shell_error");
	lua_insert(L, -2);
	if (script_call(L, 1, 0) != 0) {
		fprintf(stderr, "an error that cannot be told\n");
		lua_pop(L, 1);
	}
}

/* Did the parser stop at the end of the text?  The message is on top. */
static int at_end(lua_State *L)
{
	static const char mark[] = "<eof>";
	size_t n;
	const char *s = lua_tolstring(L, -1, &n);

	return n >= sizeof mark - 1 &&
	    strcmp(s + n - (sizeof mark - 1), mark) == 0;
}

static int load(lua_State *L, const char *before, const char *text)
{
	lua_pushfstring(L, "%s%s", before, text);
	size_t n;
	const char *s = lua_tolstring(L, -1, &n);
	int r = luaL_loadbufferx(L, s, n, "=[line]", "t");
	lua_remove(L, -2);
	return r;
}

/* Pushes the function; or the message, and what it is. */
static enum eval compile(lua_State *L, const char *text)
{
	if (load(L, "return ", text) == LUA_OK)
		return EVAL_DONE;
	int more = at_end(L);
	if (load(L, "", text) == LUA_OK) {
		lua_remove(L, -2);
		return EVAL_DONE;
	}
	more |= at_end(L);
	lua_remove(L, -2);
	return more ? EVAL_MORE : EVAL_FAILED;
}

/* Is it for the shell?  Then done tells how that ended. */
static int special(lua_State *L, const char *text, enum eval *done)
{
	int r = eval_call(L, "shell_special", text);
	int mine = 1;

	if (r != 0) {
		eval_tell_error(L);
		*done = EVAL_FAILED;
		return 1;
	}
	if (lua_type(L, -1) == LUA_TSTRING)
		*done = EVAL_LEAVE;
	else if (lua_toboolean(L, -1))
		*done = EVAL_DONE;
	else
		mine = 0;
	lua_pop(L, 1);
	return mine;
}

/* Shows the results above `top'. */
static enum eval show(lua_State *L, int top)
{
	int n = lua_gettop(L) - top;

	if (n == 0)
		return EVAL_DONE;
	luaL_checkstack(L, 4, "results");
	push_function(L, "shell_values");
	lua_insert(L, top + 1);
	if (script_call(L, n, 0) == 0)
		return EVAL_DONE;
	eval_tell_error(L);
	return EVAL_FAILED;
}

/* Runs the function on top of the stack, which the text was compiled to. */
static enum eval run(lua_State *L, const char *text)
{
	int top = lua_gettop(L) - 1;
	enum eval done = EVAL_FAILED;

	if (script_call(L, 0, LUA_MULTRET) == 0)
		done = show(L, top);
	else
		eval_tell_error(L);
	if (eval_call(L, "shell_remarks", text) != 0)
		eval_tell_error(L);
	lua_settop(L, top);
	return done;
}

enum eval eval_chunk(lua_State *L, const char *text, int first)
{
	enum eval done = EVAL_DONE;

	if (text[strspn(text, " \t\r\n")] == '\0')
		return EVAL_DONE;
	if (first && special(L, text, &done))
		return done;
	if (*text == '=') /* as in the days before Lua 5.3 */
		text++;
	done = compile(L, text);
	if (done == EVAL_MORE) {
		lua_pop(L, 1);
		return EVAL_MORE;
	}
	if (done == EVAL_FAILED) {
		eval_tell_error(L);
		return EVAL_FAILED;
	}
	done = run(L, text);
	fflush(stdout);
	return done;
}
