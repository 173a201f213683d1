/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of Lua: compiled, run, their values shown. */
#ifndef PKW_SHELL_EVAL_H
#define PKW_SHELL_EVAL_H

#include <lua.h>

enum eval {
	EVAL_DONE,
	EVAL_FAILED,
	EVAL_MORE, /* the chunk is incomplete: nothing has been done */
	EVAL_LEAVE /* the shell is to end */
};

/* Loads the shell's modules; a Lua error on top of the stack if it fails. */
int eval_open(lua_State *L);
/* `first': it is the first line, and may be for the shell itself. */
enum eval eval_chunk(lua_State *L, const char *text, int first);
/* Shows the message on top of the stack, and pops it. */
void eval_tell_error(lua_State *L);
/* Calls one of the shell's functions in Lua with a text (may be NULL). */
int eval_call(lua_State *L, const char *function, const char *text);

#endif
