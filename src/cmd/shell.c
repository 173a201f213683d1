/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw shell, which is also what pkw without arguments is: lines of Lua.
 *
 * Without a terminal the lines come from standard input; if there are none,
 * `pkw' alone lists the commands, for then nobody can have meant the shell.
 */
#include "shell/shell.h"

#include "cmd/cmd.h"

#include <unistd.h>

enum { OPT_NO_INIT = OPT_LONG };
static const struct opt opts[] = {
	{ 'q', "quiet", NULL, "no start screen" },
	{ OPT_NO_INIT, "no-init", NULL, "do not run init.lua first" },
	OPT_STOP
};

int shell_open(struct shell_opts *o, size_t *lines)
{
	o->say = say;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		o->flags |= SHELL_EDIT;
	if (color_on(STDOUT_FILENO))
		o->flags |= SHELL_COLOR;
	return shell_run(o, lines);
}

static int run(struct args *a)
{
	struct shell_opts o = { .flags = 0 };
	int id, alone = a->argc == 0;
	size_t lines;

	while (!alone && (id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		o.flags |= id == 'q' ? SHELL_QUIET : SHELL_NO_INIT;
	}
	if (!alone) {
		o.files = a->argv;
		o.nfiles = a->argc;
	}
	int status = shell_open(&o, &lines);
	if (alone && lines == 0 && !(o.flags & SHELL_EDIT)) {
		help_all();
		return STATUS_USAGE;
	}
	return status;
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw", "The shell; its first lines tell how to begin",
	"pkw shell targets.lua", "With what a script of yours defines",
	"echo 'IP{dst=\"192.0.2.1\"}/ICMP()' | pkw shell",
	"Lines from elsewhere",
	NULL
};

const struct command cmd_shell = {
	.name = "shell",
	.usage = "[-q] [--no-init] [FILE.lua...]",
	.brief = "Work with packets interactively (also: pkw alone)",
	.about =
	    "Each line is Lua 5.4 with every layer as a constructor, as for pkw "
	    "run; what an expression is worth is shown.",
	.operand = "FILE",
	.opts = tables,
	.examples = examples,
	.run = run,
};
