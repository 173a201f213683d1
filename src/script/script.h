/* SPDX-License-Identifier: BSD-2-Clause */
/* Lua for packets: a state with everything in it, and running code there. */
#ifndef PKW_SCRIPT_SCRIPT_H
#define PKW_SCRIPT_SCRIPT_H

/*
 * The command and the shell use these; what the binding's files share stands
 * in bind.h.  One state at a time can be interrupted.
 */

#include <lauxlib.h>
#include <lua.h>

enum script_flags {
	SCRIPT_SANDBOX = 1 /* no files, processes, network */
};

/* A new state; NULL without memory. */
lua_State *script_open(unsigned flags);
void script_close(lua_State *L);

/*
 * Runs a file ("-": standard input) or a text, whose name in messages is
 * `name'.  `args' become the global `arg' and the chunk's `...'.  Results of
 * the chunk stay on the stack when `results' is LUA_MULTRET.  0, or -1 with
 * the message (with a stack trace in the script's own lines) on top of the
 * stack; os.exit() does not return.
 */
int script_run_file(
    lua_State *L, const char *path, char *const *args, int nargs);
int script_run_text(lua_State *L, const char *text, const char *name,
    char *const *args, int nargs, int results);
/* Calls the function below nargs arguments, with the same messages. */
int script_call(lua_State *L, int nargs, int results);

/*
 * Loads a module of ours, which gets the table of what only modules see.  Fails
 * with a Lua error.
 */
void script_module(
    lua_State *L, const char *name, const char *start, const char *end);

/* Pushes a function that only our own modules see. */
void script_function(lua_State *L, const char *name);

/*
 * From a signal handler: ends the wait that is on (sniffing, asking), whose
 * results so far are then returned; or else, or the second time, makes the
 * running code fail with "interrupted".
 */
void script_interrupt(void);

#endif
