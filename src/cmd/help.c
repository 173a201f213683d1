/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw help: what the tables say about the commands, on a screen or as the
 * source of a man page.  Examples come first, since most readers need no more.
 *
 * The man page is made whole (name, synopsis, description, options, examples,
 * exit status), so that a new option is documented by its row.
 */
#include "cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_WIDTH = 78, OPTION_WIDTH = 24 };

static void bold(struct pkw_str *s, int color, const char *text)
{
	if (color)
		pkw_str_fmt(s, "\033[1m%s\033[0m", text);
	else
		pkw_str_add(s, text);
}

/* Words of text between two columns; the first line has begun at `column'. */
static void wrap(
    struct pkw_str *s, const char *text, size_t indent, size_t column)
{
	while (*text) {
		size_t n = strcspn(text, " ");

		if (column + n > TEXT_WIDTH && column > indent) {
			pkw_str_fmt(s, "\n%*s", (int)indent, "");
			column = indent;
		}
		pkw_str_addn(s, text, n);
		column += n;
		text += n;
		while (*text == ' ') {
			text++;
			if (*text && column + 1 < TEXT_WIDTH) {
				pkw_str_addc(s, ' ');
				column++;
			}
		}
	}
	pkw_str_addc(s, '\n');
}

static void option_name(struct pkw_str *s, const struct opt *o)
{
	if (o->id < OPT_LONG) {
		pkw_str_fmt(s, "-%c", o->id);
		if (o->arg && !o->name)
			pkw_str_fmt(s, " %s", o->arg);
		if (o->name)
			pkw_str_add(s, ", ");
	} else {
		pkw_str_add(s, "    ");
	}
	if (o->name)
		pkw_str_fmt(s, "--%s", o->name);
	if (o->name && o->arg)
		pkw_str_fmt(s, " %s", o->arg);
}

static void option_line(struct pkw_str *s, const struct opt *o)
{
	size_t from = s->len;

	pkw_str_add(s, "  ");
	option_name(s, o);
	size_t n = s->len - from;
	if (n + 1 > OPTION_WIDTH) {
		pkw_str_addc(s, '\n');
		n = 0;
	}
	pkw_str_fmt(s, "%*s", (int)(OPTION_WIDTH - n), "");
	wrap(s, o->help, OPTION_WIDTH, OPTION_WIDTH);
}

int help_command(const struct command *c, int color)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_str_add(&s, "pkw ");
	bold(&s, color, c->name);
	pkw_str_fmt(&s, " %s\n", c->usage);
	wrap(&s, c->brief, 0, 0);
	pkw_str_addc(&s, '\n');
	for (const char *const *e = c->examples; e && *e; e += 2) {
		pkw_str_add(&s, "  ");
		bold(&s, color, e[0]);
		pkw_str_fmt(&s, "\n      %s\n", e[1]);
	}
	if (c->examples && *c->examples)
		pkw_str_addc(&s, '\n');
	for (const struct opt *const *t = c->opts; t && *t; t++)
		for (const struct opt *o = *t; o->id; o++)
			option_line(&s, o);
	if (c->notes_title)
		pkw_str_fmt(&s, "\n%s\n", c->notes_title);
	for (const char *const *n = c->notes; n && *n; n++)
		pkw_str_fmt(&s, "  %s\n", *n);
	int status = print(&s, 0);
	pkw_str_free(&s);
	return status;
}

int help_all(void)
{
	int color = color_on(1);
	struct pkw_str s = PKW_STR_INIT;

	pkw_str_add(&s, "Packetwright crafts, sends, matches, sniffs, "
	                "dissects and edits packets.\n\n");
	pkw_str_add(&s, "  ");
	bold(&s, color,
	    "pkw craft 'IP(dst=\"192.0.2.1\")/UDP(dport=53)/DNS()'\n");
	pkw_str_add(&s, "  ");
	bold(&s, color, "pkw read -r dump.pcap --json\n");
	pkw_str_add(&s, "  ");
	bold(&s, color, "pkw ls dns\n\n");
	for (const struct command *const *c = commands; *c; c++) {
		if (!(*c)->brief)
			continue; /* not for people */
		pkw_str_add(&s, "  ");
		bold(&s, color, (*c)->name);
		pkw_str_fmt(&s, "%*s%s\n", (int)(12 - strlen((*c)->name)), "",
		    (*c)->brief);
	}
	pkw_str_add(&s, "\n`pkw help COMMAND' says more.\n");
	int status = print(&s, 0);
	pkw_str_free(&s);
	return status;
}

/* roff: a line must not begin with a control character, - is a hyphen. */
static void roff(struct pkw_str *s, const char *text)
{
	if (*text == '.' || *text == '\'')
		pkw_str_add(s, "\\&");
	for (; *text; text++) {
		if (*text == '\\')
			pkw_str_add(s, "\\e");
		else if (*text == '-')
			pkw_str_add(s, "\\-");
		else
			pkw_str_addc(s, *text);
	}
}

static void roff_option(struct pkw_str *s, const struct opt *o)
{
	pkw_str_add(s, ".TP\n");
	if (o->id < OPT_LONG)
		pkw_str_fmt(s, "\\fB\\-%c\\fR", o->id);
	if (o->id < OPT_LONG && o->name)
		pkw_str_add(s, ", ");
	if (o->name) {
		pkw_str_add(s, "\\fB\\-\\-");
		roff(s, o->name);
		pkw_str_add(s, "\\fR");
	}
	if (o->arg)
		pkw_str_fmt(s, " \\fI%s\\fR", o->arg);
	pkw_str_addc(s, '\n');
	roff(s, o->help);
	pkw_str_addc(s, '\n');
}

int help_man(const struct command *c)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_str_fmt(&s, ".TH PKW-%s 1 \"\" \"Packetwright " PKW_VERSION
	    "\" \"Packetwright\"\n.SH NAME\npkw\\-%s \\- ", c->name, c->name);
	roff(&s, c->brief);
	pkw_str_fmt(&s, "\n.SH SYNOPSIS\n\\fBpkw %s\\fR ", c->name);
	roff(&s, c->usage);
	if (c->about) {
		pkw_str_add(&s, "\n.SH DESCRIPTION\n");
		for (const char *p = c->about; *p;) {
			size_t n = strcspn(p, "\n");
			char line[1024];
			if (n >= sizeof line)
				n = sizeof line - 1;
			memcpy(line, p, n);
			line[n] = '\0';
			roff(&s, line);
			pkw_str_add(&s, p[n] ? "\n.PP\n" : "\n");
			p += n + (p[n] == '\n');
		}
	} else {
		pkw_str_addc(&s, '\n');
	}
	pkw_str_add(&s, ".SH OPTIONS\n");
	for (const struct opt *const *t = c->opts; t && *t; t++)
		for (const struct opt *o = *t; o->id; o++)
			roff_option(&s, o);
	if (c->examples && *c->examples)
		pkw_str_add(&s, ".SH EXAMPLES\n");
	for (const char *const *e = c->examples; e && *e; e += 2) {
		pkw_str_add(&s, ".PP\n");
		roff(&s, e[1]);
		pkw_str_add(&s, ":\n.PP\n.RS 4\n.nf\n");
		roff(&s, e[0]);
		pkw_str_add(&s, "\n.fi\n.RE\n");
	}
	pkw_str_add(&s, ".SH EXIT STATUS\n0: done.  1: something failed, or "
	                "nothing answered.  2: the command line was wrong.\n"
	                ".SH SEE ALSO\n.BR pkw (1)\n");
	int status = print(&s, 0);
	pkw_str_free(&s);
	return status;
}

enum { OPT_MAN = OPT_LONG };
static const struct opt opts[] = {
	{ OPT_MAN, "man", NULL, "as the source of a man page" },
	OPT_STOP
};

static int run(struct args *a)
{
	int id, man = 0;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		man = 1;
	}
	if (a->argc == 0)
		return help_all();
	const struct command *c = command_find(a->argv[0]);
	if (!c)
		return usage(&cmd_help, "no command `%s'", a->argv[0]);
	return man ? help_man(c) : help_command(c, color_on(1));
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw help craft", "Options and examples of one command",
	"pkw help read --man | man -l -", "The same as a man page",
	NULL
};

const struct command cmd_help = {
	.name = "help",
	.usage = "[COMMAND] [--man]",
	.brief = "Explain the commands",
	.operand = "COMMAND",
	.opts = tables,
	.examples = examples,
	.run = run,
};

static int run_version(struct args *a)
{
	struct pkw_str s = PKW_STR_INIT;
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
	}
	pkw_str_add(&s, "pkw " PKW_VERSION "\n");
	int status = print(&s, 0);
	pkw_str_free(&s);
	return status;
}

static const struct opt *const version_tables[] = { common_opts, NULL };

const struct command cmd_version = {
	.name = "version",
	.usage = "",
	.brief = "Print the version",
	.opts = version_tables,
	.run = run_version,
};
