/* SPDX-License-Identifier: BSD-2-Clause */
/* What completion asks the tables, the kernel and the disk. */
#ifndef PKW_SHELL_TABLES_H
#define PKW_SHELL_TABLES_H

#include <lua.h>

/* Adds fields(), labels() and files() to what modules see. */
void tables_open(lua_State *L);

#endif
