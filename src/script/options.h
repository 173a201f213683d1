/* SPDX-License-Identifier: BSD-2-Clause */
/* Named arguments: fields of a table at idx; no table is an empty one. */
#ifndef PKW_SCRIPT_OPTIONS_H
#define PKW_SCRIPT_OPTIONS_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

double option_number(lua_State *L, int idx, const char *name, double or_else);
uint64_t option_count(
    lua_State *L, int idx, const char *name, uint64_t or_else);
/* Seconds, as milliseconds. */
int option_ms(lua_State *L, int idx, const char *name, int or_else);
/* NULL: not given.  The table keeps it. */
const char *option_text(lua_State *L, int idx, const char *name);
int option_set(lua_State *L, int idx, const char *name);
/* Pushes it (or nil): 1 if it was given. */
int option_function(lua_State *L, int idx, const char *name);

#endif
