/* SPDX-License-Identifier: BSD-2-Clause */
/* The interactive shell: lines of Lua, read, run and answered. */
#ifndef PKW_SHELL_SHELL_H
#define PKW_SHELL_SHELL_H

#include <pkw/error.h>
#include <stddef.h>

enum shell_flags {
	SHELL_QUIET = 1,   /* no start screen */
	SHELL_NO_INIT = 2, /* without init.lua */
	SHELL_COLOR = 4,
	SHELL_EDIT = 8     /* standard input is a terminal: prompt, editing */
};

struct shell_opts {
	unsigned flags;
	char *const *files;  /* scripts to run first ... */
	int nfiles;
	char *const *args;   /* ... with these arguments */
	int nargs;
	/* how the command says what it has to say, escaped */
	void (*say)(const char *fmt, ...) PKW_PRINTF(1, 2);
};

/*
 * Runs until its input ends, and returns the exit status: without a terminal 1
 * if a line failed.  *lines (may be NULL): how many there were.  Signals are
 * caught while it runs.
 */
int shell_run(const struct shell_opts *o, size_t *lines);

#endif
