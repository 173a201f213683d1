/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Completion.  The scripts for bash, zsh and fish are small: they hand the words
 * typed so far to `pkw complete', which prints what may come, one a line, with a
 * tab and a remark behind it.  So there is one place that knows, and it knows
 * from the tables: commands, options and what their arguments are, layers,
 * fields, labels, interfaces.
 *
 * Inside an expression the word is looked at from its end: behind `(' or `,'
 * come fields of the layer whose bracket is open, behind `=' labels of that
 * field, behind `/' or at the beginning layers.
 */
#include "cmd/cmd.h"

#include <pkw/defrag.h>
#include <pkw/net.h>
#include <pkw/pkt.h>
#include <pkw/proto.h>
#include <pkw/show.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What is being completed, and what it has to begin with. */
struct completion {
	struct pkw_str out;
	const char *word;  /* the whole word */
	size_t keep;       /* of it, before the part that is completed */
	size_t leave;      /* of it, what the shell does not want back */
	int plain;         /* without remarks */
};

static void offer(
    struct completion *c, const char *text, const char *end, const char *what)
{
	const char *part = c->word + c->keep;

	if (strncasecmp(text, part, strlen(part)) != 0)
		return;
	if (c->keep > c->leave)
		pkw_str_addn(&c->out, c->word + c->leave, c->keep - c->leave);
	pkw_str_add(
	    &c->out, c->leave > c->keep ? text + c->leave - c->keep : text);
	pkw_str_add(&c->out, end);
	if (what && !c->plain)
		pkw_str_fmt(&c->out, "\t%s", what);
	pkw_str_addc(&c->out, '\n');
}

/* ---- expressions ---- */

static void layers(struct completion *c, const char *end)
{
	const struct pkw_proto *q;

	for (size_t i = 0; (q = pkw_proto_at(i)); i++)
		offer(c, q->rec.name, end, q->title);
}

static void fields(struct completion *c, const struct pkw_proto *q)
{
	for (size_t k = 0; k < q->rec.nfields; k++) {
		const struct pkw_field *f = &q->rec.fields[k];
		if (f->type != PKW_ALIGN)
			offer(c, f->name, "=", f->doc);
	}
}

static void labels(struct completion *c, const struct pkw_proto *q,
    const char *name, size_t n)
{
	for (size_t k = 0; k < q->rec.nfields; k++) {
		const struct pkw_field *f = &q->rec.fields[k];
		if (strlen(f->name) != n || strncmp(f->name, name, n) != 0)
			continue;
		for (size_t i = 0; i < f->nlabels; i++) {
			char quoted[80];
			snprintf(quoted, sizeof quoted, "\"%s\"",
			    f->labels[i].name);
			offer(c, quoted, "", NULL);
		}
	}
}

/* Where the innermost open bracket stands; NULL: none, or within quotes. */
static const char *open_bracket(const char *word, int *quoted)
{
	const char *stack[32];
	size_t n = 0;
	char quote = 0;

	for (const char *s = word; *s; s++) {
		if (quote) {
			if (*s == '\\' && s[1])
				s++;
			else if (*s == quote)
				quote = 0;
		} else if (*s == '"' || *s == '\'') {
			quote = *s;
		} else if (strchr("([", *s) && n < 32) {
			stack[n++] = s;
		} else if (strchr(")]", *s) && n > 0) {
			n--;
		}
	}
	*quoted = quote != 0;
	return n ? stack[n - 1] : NULL;
}

static const struct pkw_proto *named_before(const char *word, const char *at)
{
	char name[64];
	const char *s = at;

	while (s > word && (strchr("_-", s[-1]) == NULL
	        ? (s[-1] >= '0' && s[-1] <= '9') ||
	            ((s[-1] | 0x20) >= 'a' && (s[-1] | 0x20) <= 'z')
	        : 1))
		s--;
	if ((size_t)(at - s) >= sizeof name)
		return NULL;
	memcpy(name, s, (size_t)(at - s));
	name[at - s] = '\0';
	return *name ? pkw_proto_find(name) : NULL;
}

static void expression(struct completion *c)
{
	int quoted;
	const char *open = open_bracket(c->word, &quoted);
	const char *part = c->word + strlen(c->word);
	const struct pkw_proto *q;

	while (part > c->word && !strchr("(,=/[ ", part[-1]))
		part--;
	c->keep = (size_t)(part - c->word);
	if (!open || *open == '[') {
		if (!quoted)
			layers(c, "(");
		return;
	}
	q = named_before(c->word, open);
	if (!q)
		return;
	if (part[-1] == '=') {
		const char *name = part - 1;
		while (name > open && !strchr("(, ", name[-1]))
			name--;
		labels(c, q, name, (size_t)(part - 1 - name));
	} else if (!quoted && part[-1] != '/') {
		fields(c, q);
	} else if (!quoted) {
		layers(c, "(");
	}
}

/* "IP.src,TCP.": columns of --csv and paths of edits */
static void paths(struct completion *c)
{
	const char *part = c->word + strlen(c->word);
	char name[64];

	while (part > c->word && !strchr(",;= ", part[-1]))
		part--;
	const char *dot = strchr(part, '.');
	c->keep = (size_t)(part - c->word);
	if (!dot || (size_t)(dot - part) >= sizeof name) {
		static const char *const words[] = { "number", "time", "len",
			"caplen", "line" };
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			offer(c, words[i], "", NULL);
		layers(c, ".");
		return;
	}
	memcpy(name, part, (size_t)(dot - part));
	name[dot - part] = '\0';
	const struct pkw_proto *q = pkw_proto_find(name);
	c->keep = (size_t)(dot + 1 - c->word);
	for (size_t k = 0; q && k < q->rec.nfields; k++)
		offer(c, q->rec.fields[k].name, "", q->rec.fields[k].doc);
}

/* ---- words of other kinds ---- */

static void interfaces(struct completion *c)
{
	struct pkw_net *net = pkw_net_open(NULL);
	const struct pkw_netif *i;

	for (size_t n = 0; net && (i = pkw_netif_at(net, n)); n++)
		offer(c, i->name, "", NULL);
	offer(c, "any", "", "all interfaces");
	if (net)
		pkw_net_close(net);
}

static void options(struct completion *c, const struct command *cmd)
{
	const struct opt *o;
	char text[64];

	for (size_t i = 0; (o = opt_at(cmd, i)); i++) {
		if (o->name)
			snprintf(text, sizeof text, "--%s", o->name);
		else
			snprintf(text, sizeof text, "-%c", o->id);
		offer(c, text, "", o->help);
	}
}

static void command_names(struct completion *c)
{
	for (const struct command *const *k = commands; *k; k++)
		if ((*k)->brief)
			offer(c, (*k)->name, "", (*k)->brief);
}

static void links(struct completion *c)
{
	offer(c, "ether", "", "Ethernet");
	for (unsigned i = 0; i < 300; i++)
		if (pkw_link_name(i))
			offer(c, pkw_link_name(i), "", NULL);
	layers(c, "");
}

static void one_of(struct completion *c, const char *const *words)
{
	for (; *words; words++)
		offer(c, *words, "", NULL);
}

static void policies(struct completion *c)
{
	for (unsigned i = 0; pkw_policy_name(i); i++)
		offer(c, pkw_policy_name(i), "", NULL);
}

/* By what an argument is called in the tables; nothing: the shell's files. */
static void argument(struct completion *c, const char *kind)
{
	static const char *const when[] = { "auto", "always", "never", NULL };
	static const char *const way[] = { "in", "inout", NULL };
	static const char *const shells[] = { "bash", "zsh", "fish", NULL };

	if (strcmp(kind, "EXPR") == 0)
		expression(c);
	else if (strcmp(kind, "LAYER") == 0)
		layers(c, "");
	else if (strcmp(kind, "IF") == 0)
		interfaces(c);
	else if (strcmp(kind, "COLUMNS") == 0 || strcmp(kind, "EDIT") == 0)
		paths(c);
	else if (strcmp(kind, "WHEN") == 0)
		one_of(c, when);
	else if (strcmp(kind, "DIRECTION") == 0)
		one_of(c, way);
	else if (strcmp(kind, "SHELL") == 0)
		one_of(c, shells);
	else if (strcmp(kind, "COMMAND") == 0)
		command_names(c);
	else if (strcmp(kind, "LINK") == 0)
		links(c);
	else if (strcmp(kind, "POLICY") == 0)
		policies(c);
}

/* The option whose argument the last word is, if it is one. */
static const struct opt *awaited(const struct command *cmd, const char *before)
{
	const struct opt *o;

	for (size_t i = 0; before && (o = opt_at(cmd, i)); i++) {
		if (!o->arg)
			continue;
		if (o->name && strncmp(before, "--", 2) == 0 &&
		    strcmp(before + 2, o->name) == 0)
			return o;
		/* letters may stand together: -nr FILE */
		if (before[0] == '-' && before[1] && before[1] != '-' &&
		    before[strlen(before) - 1] == o->id)
			return o;
	}
	return NULL;
}

static void complete(struct completion *c, char **words, int n)
{
	const struct command *cmd = n > 1 ? command_find(words[0]) : NULL;
	const struct opt *o;

	c->word = words[n - 1];
	if (n == 1) {
		command_names(c);
		return;
	}
	if (!cmd)
		return;
	o = awaited(cmd, words[n - 2]);
	if (o) {
		argument(c, o->arg);
		return;
	}
	if (*c->word == '-') {
		options(c, cmd);
		return;
	}
	/* the edit is the second of pkw edit's operands */
	if (cmd == &cmd_edit && n > 2 && *words[n - 2] != '-')
		argument(c, "EDIT");
	else if (cmd->operand)
		argument(c, cmd->operand);
}

/*
 * bash has the line, but not yet its words: it would cut expressions at their
 * brackets.  Quotes and backslashes are taken off here.  Inside quotes, what
 * readline replaces is the whole word; else what is behind the last of its word
 * breaks.
 */
enum { WORDS_MAX = 64 };

static int split(char *line, char **words, char *open)
{
	char *to = line;
	char quote = 0;
	int n = 0, inside = 0;

	for (char *s = line; *s; s++) {
		if (!quote && (*s == ' ' || *s == '\t')) {
			if (inside)
				*to++ = '\0';
			inside = 0;
			continue;
		}
		if (!inside && n < WORDS_MAX)
			words[n++] = to;
		inside = 1;
		if (*s == quote)
			quote = 0;
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else if (*s == '\\' && quote != '\'' && s[1])
			*to++ = *++s;
		else
			*to++ = *s;
	}
	if (!inside && n < WORDS_MAX) {
		words[n++] = to; /* a new word, empty so far */
	}
	*to = '\0';
	*open = quote;
	return n;
}

static void complete_line(struct completion *c, const char *text)
{
	char line[4096], *words[WORDS_MAX], open;

	if (strlen(text) >= sizeof line - 1)
		return;
	strcpy(line, text);
	int n = split(line, words, &open);
	if (n < 2)
		return;
	c->plain = 1;
	const char *word = words[n - 1];
	for (size_t i = 0; !open && word[i]; i++)
		if (strchr("=:(><;|&@", word[i]))
			c->leave = i + 1;
	complete(c, words + 1, n - 1);
}

static int run_complete(struct args *a)
{
	struct completion c = { .out = PKW_STR_INIT };

	if (a->argc == 3 && strcmp(a->argv[1], "--line") == 0)
		complete_line(&c, a->argv[2]);
	else if (a->argc > 1)
		complete(&c, a->argv + 1, a->argc - 1);
	int status = print(&c.out, 0);
	pkw_str_free(&c.out);
	return status;
}

/* What the scripts call; no option of its own, for words may look like them. */
const struct command cmd_complete = {
	.name = "complete",
	.usage = "WORD...",
	.brief = NULL,
	.run = run_complete,
};

/* ---- the scripts ---- */

static const char bash_script[] =
    "# bash completion for pkw; from `pkw completion bash'\n"
    "_pkw() {\n"
    "	local IFS=$'\\n'\n"
    "	COMPREPLY=($(command pkw complete --line "
    "\"${COMP_LINE:0:COMP_POINT}\" 2>/dev/null))\n"
    "	if [ ${#COMPREPLY[@]} -eq 0 ]; then\n"
    "		compopt -o default\n"
    "	elif [[ ${COMPREPLY[0]} == *[\\(=.] ]]; then\n"
    "		compopt -o nospace\n"
    "		# a lone match would have its quote closed\n"
    "		[ ${#COMPREPLY[@]} -eq 1 ] && "
    "COMPREPLY+=(\"${COMPREPLY[0]}...\")\n"
    "	fi\n"
    "}\n"
    "complete -F _pkw pkw\n";

static const char zsh_script[] =
    "#compdef pkw\n"
    "# zsh completion for pkw; from `pkw completion zsh'\n"
    "_pkw() {\n"
    "	local -a found open\n"
    "	local line word remark\n"
    "	for line in ${(f)\"$(command pkw complete "
    "${(Q)words[2,CURRENT-1]} \"${(Q)words[CURRENT]}\" 2>/dev/null)\"}; do\n"
    "		word=${line%%$'\\t'*}\n"
    "		remark=${line#*$'\\t'}\n"
    "		[[ $remark == $line ]] && remark=\n"
    "		if [[ $word == *[\\(=.] ]]; then\n"
    "			open+=(\"${word//:/\\\\:}:$remark\")\n"
    "		else\n"
    "			found+=(\"${word//:/\\\\:}:$remark\")\n"
    "		fi\n"
    "	done\n"
    "	if (( ${#found} + ${#open} == 0 )); then\n"
    "		_files\n"
    "		return\n"
    "	fi\n"
    "	(( ${#found} )) && _describe pkw found\n"
    "	(( ${#open} )) && _describe pkw open -S ''\n"
    "}\n"
    "compdef _pkw pkw\n";

static const char fish_script[] =
    "# fish completion for pkw; from `pkw completion fish'\n"
    "function __pkw_complete\n"
    "	set -l words (commandline -opc)\n"
    "	set -l found (command pkw complete $words[2..-1] "
    "(commandline -ct | string trim -l -c \"'\\\"\") 2>/dev/null)\n"
    "	if test (count $found) -gt 0\n"
    "		printf '%s\\n' $found\n"
    "	else\n"
    "		__fish_complete_path (commandline -ct)\n"
    "	end\n"
    "end\n"
    "complete -c pkw -f -a '(__pkw_complete)'\n";

static int run(struct args *a)
{
	static const struct {
		const char *name, *text;
	} scripts[] = {
		{ "bash", bash_script },
		{ "zsh", zsh_script },
		{ "fish", fish_script },
	};
	struct pkw_str out = PKW_STR_INIT;
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
	}
	for (size_t i = 0; a->argc == 1 &&
	     i < sizeof scripts / sizeof *scripts; i++)
		if (strcmp(a->argv[0], scripts[i].name) == 0)
			pkw_str_add(&out, scripts[i].text);
	if (out.len == 0)
		return usage(a->cmd, "which shell? bash, zsh or fish");
	int status = print(&out, 0);
	pkw_str_free(&out);
	return status;
}

static const struct opt *const tables[] = { common_opts, NULL };
static const char *const examples[] = {
	"source <(pkw completion bash)", "In this bash, now",
	"pkw completion zsh > ~/.zfunc/_pkw", "For zsh, in a folder of fpath",
	"pkw completion fish > ~/.config/fish/completions/pkw.fish",
	"For fish",
	NULL
};

const struct command cmd_completion = {
	.name = "completion",
	.usage = "bash|zsh|fish",
	.brief = "Print the completion script of a shell",
	.operand = "SHELL",
	.opts = tables,
	.examples = examples,
	.run = run,
};
