/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw: the command.  This file is the table of subcommands and what finds the
 * one that is meant; everything else about a subcommand stands in its own file.
 *
 * A closed pipe is noticed by its error rather than by a signal, so that files
 * being written are ended properly.  Standard input, output and error are made
 * to exist, or else a capture might be opened as descriptor 2 and be written
 * messages into.
 */
#include "cmd/cmd.h"
#include "cmd/hping.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct command *const commands[] = {
	&cmd_craft,
	&cmd_send,
	&cmd_ask,
	&cmd_sniff,
	&cmd_ping,
	&cmd_scan,
	&cmd_run,
	&cmd_respond,
	&cmd_trace,
	&cmd_shell,
	&cmd_hex,
	&cmd_read,
	&cmd_edit,
	&cmd_ls,
	&cmd_doc,
	&cmd_help,
	&cmd_version,
	&cmd_completion,
	&cmd_complete,
	NULL
};

const struct command *command_find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static const char *command_name(const void *arg, size_t n)
{
	(void)arg;
	return commands[n] ? commands[n]->name : NULL;
}

static int unknown(const char *name)
{
	const char *near = pkw_nearest(name, command_name, NULL);

	if (near)
		say("no command `%s'; did you mean `%s'?", name, near);
	else
		say("no command `%s'; `pkw help' lists them", name);
	return STATUS_USAGE;
}

static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "shell";
	struct args a = { .argc = argc - 1, .argv = argv + (argc > 1) };

	open_standard();
	signal(SIGPIPE, SIG_IGN);
	if (argc > 0 && hping_is_meant(argv[0]))
		return hping_main(argc, argv);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	else if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		name = "version";
	a.cmd = command_find(name);
	if (!a.cmd)
		return unknown(name);
	say_as(a.cmd->name);
	int status = a.cmd->run(&a);
	if (print(NULL, 0) != 0 && status == STATUS_DONE)
		status = STATUS_FAILED;
	return status;
}
