/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands share: their table, options, messages, signals. */
#ifndef PKW_CMD_H
#define PKW_CMD_H

/*
 * A subcommand is one file and one row of the table in main.c.  Its options
 * are const tables, which serve parsing, --help, completion and man pages
 * alike; several commands may share a table (view.h, filter options).
 *
 * Data goes to standard output through struct view, talk to standard error
 * through say().  Exit status: enum status.
 */

#include <pkw/error.h>
#include <pkw/str.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* or nothing answered */
	STATUS_USAGE = 2
};

/* An option.  `arg' names its argument and tells completion what it is. */
struct opt {
	int id;           /* its letter, or a number above OPT_LONG */
	const char *name; /* without --; NULL: a letter only */
	const char *arg;  /* "FILE", "IF", "N", ...; NULL: none */
	const char *help; /* one line */
};
enum { OPT_LONG = 256 };

struct args;

struct command {
	const char *name;
	const char *usage;   /* what follows the name, "[FILTER...]" */
	const char *brief;   /* one line, imperative */
	const char *about;   /* paragraphs, each on one line */
	int own_args;        /* what follows the first operand is not ours */
	const char *operand; /* what operands are: "EXPR", "FILE", "LAYER" */
	const struct opt *const *opts;    /* tables, NULL-terminated */
	const char *const *examples;      /* NULL-terminated: line, meaning,... */
	const char *notes_title;          /* NULL: no notes */
	const char *const *notes;         /* lines, NULL-terminated */
	int (*run)(struct args *a);
};

extern const struct command *const commands[]; /* NULL-terminated */
const struct command *command_find(const char *name);

/* Ends a table of options. */
#define OPT_STOP { 0, NULL, NULL, NULL }
extern const struct opt common_opts[];

/*
 * Walking the options: the id of the next one, `value' being its argument, or
 *   ARGS_END   no more: operands are argv[0..argc)
 *   ARGS_BAD   wrong, and said so: return STATUS_USAGE
 *   ARGS_HELP  help was printed: return a->status
 */
struct args {
	const struct command *cmd;
	int argc;
	char **argv;
	char *value;
	int status;
	struct args_getopt *getopt;
};
enum { ARGS_END = -1, ARGS_BAD = -2, ARGS_HELP = -3 };
int args_next(struct args *a);
/* Each of the command's options in turn; NULL past the last. */
const struct opt *opt_at(const struct command *c, size_t n);

/* 0, or says what is wrong with a->value and returns ARGS_BAD. */
int args_count(struct args *a, uint64_t min, uint64_t max, uint64_t *v);
int args_seconds(struct args *a, int64_t *ns);
int args_rate(struct args *a, double *pps);

/*
 * Talk: `pkw CMD: ...' on standard error, control characters escaped.
 * complain: a diagnosis, with a caret below its column of `text' (may be
 * NULL), returning STATUS_FAILED.  usage: a message with a hint at --help,
 * returning STATUS_USAGE.
 */
void say_as(const char *cmd);
void say(const char *fmt, ...) PKW_PRINTF(1, 2);
void say_lines(const char *text); /* each line so; NULL: "failed" */
int complain(const struct pkw_diag *d, const char *text);
int usage(const struct command *c, const char *fmt, ...) PKW_PRINTF(2, 3);

/* Standard output: 0, or says so and returns STATUS_FAILED; a reader that has
   gone is no failure, but `stdout_gone' tells that nobody listens. */
int print(struct pkw_str *s, size_t least);
extern int stdout_gone;

/* auto, always, never; `wanted' is what --color said, or NULL. */
int color_parse(const char *word);
int color_on(int fd);

/* Ctrl-C and its kin: `stopped' is set, and waits end; see stop_catch(). */
extern volatile sig_atomic_t stopped;
void stop_catch(void (*also)(void));

/* proto.c: makes the protocols of a Lua file known; STATUS_FAILED: said why. */
int proto_load(const char *file);

/* help.c */
int help_command(const struct command *c, int color);
int help_all(void);
int help_man(const struct command *c);

/* shell.c: the shell, with prompt and colours if there is a terminal. */
struct shell_opts;
int shell_open(struct shell_opts *o, size_t *lines);

extern const struct command cmd_craft, cmd_send, cmd_ask, cmd_sniff, cmd_read,
    cmd_edit, cmd_ping, cmd_scan, cmd_trace, cmd_run, cmd_respond, cmd_shell,
    cmd_ls, cmd_doc, cmd_hex, cmd_help, cmd_version, cmd_completion,
    cmd_complete;

#endif
