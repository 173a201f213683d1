/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --proto FILE.lua: protocols of the user's own, for every command.
 *
 * The file is run as a script without files, processes and network, so that
 * others' protocols can be tried.  What it makes known stays until the program
 * ends, and so does its state, whose functions the library may call.
 */
#include "cmd/cmd.h"
#include "script/script.h"

static lua_State *state;

int proto_load(const char *file)
{
	if (!state && !(state = script_open(SCRIPT_SANDBOX))) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	if (script_run_file(state, file, NULL, 0) == 0)
		return STATUS_DONE;
	say_lines(lua_tostring(state, -1));
	lua_pop(state, 1);
	return STATUS_FAILED;
}
