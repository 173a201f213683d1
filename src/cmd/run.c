/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw run: Lua scripts.
 *
 * Everything behind the script's name is the script's own, options included;
 * the command's own options stand before it, so a first line
 * `#!/usr/bin/env -S pkw run' works.  A script's exit status is os.exit()'s, or
 * 0, or 1 after an error, which is told with the stack in the script's lines.
 */
#include "cmd/cmd.h"
#include "script/script.h"
#include "shell/shell.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPT_SANDBOX = OPT_LONG };
static const struct opt opts[] = {
	{ 'e', "execute", "CODE", "run this text instead of a file" },
	{ 'i', "interactive", NULL, "then open the shell with what it defined" },
	{ OPT_SANDBOX, "sandbox", NULL,
	    "no files, no processes, no network: for scripts of others" },
	OPT_STOP
};

static int run_state(lua_State *L, const char *code, int argc, char **argv)
{
	stop_catch(script_interrupt);
	int r = code ? script_run_text(L, code, "-e", argv, argc, 0)
		     : script_run_file(L, argv[0], argv + 1, argc - 1);

	fflush(stdout);
	if (r == 0)
		return STATUS_DONE;
	say_lines(lua_tostring(L, -1));
	return STATUS_FAILED;
}

/* The script in the shell, which stays. */
static int run_in_shell(const struct args *a)
{
	struct shell_opts o = {
		.flags = SHELL_QUIET | SHELL_NO_INIT,
		.files = a->argv,
		.nfiles = 1,
		.args = a->argv + 1,
		.nargs = a->argc - 1,
	};

	return shell_open(&o, NULL);
}

static int run(struct args *a)
{
	const char *code = NULL;
	unsigned flags = 0;
	int id, stay = 0;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		if (id == 'e')
			code = a->value;
		else if (id == OPT_SANDBOX)
			flags |= SCRIPT_SANDBOX;
		else
			stay = 1;
	}
	if (stay && (code || flags))
		return usage(a->cmd, "-i goes with a file alone");
	if (!code && a->argc == 0)
		return usage(a->cmd, "a script is wanted, or -e CODE");
	if (stay)
		return run_in_shell(a);
	lua_State *L = script_open(flags);
	if (!L) {
		say("out of memory");
		return STATUS_FAILED;
	}
	int status = run_state(L, code, a->argc, a->argv);
	script_close(L);
	return status;
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw run -e 'IP{dst=\"192.0.2.1\"}/ICMP():show()'",
	"One line of Lua",
	"pkw run scan.lua 192.0.2.0/24",
	"A script with its arguments, which are `arg'",
	NULL
};

const struct command cmd_run = {
	.name = "run",
	.usage = "[-i | --sandbox] FILE.lua [ARG...] | -e CODE [ARG...]",
	.brief = "Run a Lua script",
	.about =
	    "Scripts are Lua 5.4 with every layer as a constructor: "
	    "IP{dst=\"192.0.2.1\"}/TCP{dport=80}. What the shell (pkw without "
	    "arguments) can do, a script can do; `-' is standard input.\n"
	    "Arguments behind the script's name are its own. It is stopped by "
	    "Ctrl-C: first what it waits for, then the script.",
	.own_args = 1,
	.operand = "FILE",
	.opts = tables,
	.examples = examples,
	.run = run,
};
