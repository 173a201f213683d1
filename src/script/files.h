/* SPDX-License-Identifier: BSD-2-Clause */
/* Capture files and filters, for the other files of the binding. */
#ifndef PKW_SCRIPT_FILES_H
#define PKW_SCRIPT_FILES_H

#include "script/bind.h"

/* The filter that the options at idx name, in a box that is pushed; NULL, and
   nothing pushed: none. */
struct pkw_filter *script_filter(lua_State *L, int idx);
/* Opens a capture; pushes the object that owns it. */
struct pkw_reader *script_reader(lua_State *L, const char *path);
/* For script_wait. */
void script_stop_reader(void *reader);

#endif
