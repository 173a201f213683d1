/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw ls and pkw doc: what the tables know.  A word that is a layer's name
 * shows its fields; any other word is looked for in names and titles.
 */
#include "cmd/cmd.h"

#include <pkw/show.h>
#include <string.h>
#include <unistd.h>

static unsigned print_flags(void)
{
	return color_on(STDOUT_FILENO) ? PKW_PRINT_COLOR : 0;
}

static int unknown_layer(const char *name)
{
	const char *near = pkw_proto_nearest(name);

	if (near)
		say("no layer `%s'; did you mean `%s'?", name, near);
	else
		say("no layer `%s'; `pkw ls' lists them", name);
	return STATUS_FAILED;
}

static int ls_word(const char *word, struct pkw_str *out)
{
	const struct pkw_proto *q = word ? pkw_proto_find(word) : NULL;

	if (q)
		return pkw_ls_proto(q, print_flags(), out) < 0 ? STATUS_FAILED
							       : STATUS_DONE;
	if (pkw_ls(word, print_flags(), out) == 0)
		return unknown_layer(word);
	return STATUS_DONE;
}

static int run_ls(struct args *a)
{
	struct pkw_str out = PKW_STR_INIT;
	int id, status = STATUS_DONE;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
	}
	if (a->argc == 0)
		status = ls_word(NULL, &out);
	for (int i = 0; i < a->argc; i++) {
		if (i)
			pkw_str_addc(&out, '\n');
		if (ls_word(a->argv[i], &out))
			status = STATUS_FAILED;
	}
	if (print(&out, 0))
		status = STATUS_FAILED;
	pkw_str_free(&out);
	return status;
}

static const struct opt *const ls_tables[] = { common_opts, NULL };
static const char *const ls_examples[] = {
	"pkw ls", "All layers",
	"pkw ls TCP", "The fields of one, with types and defaults",
	"pkw ls ipv6", "Layers whose name or title has the word in it",
	NULL
};

const struct command cmd_ls = {
	.name = "ls",
	.usage = "[LAYER|WORD]...",
	.brief = "List layers, or the fields of one",
	.operand = "LAYER",
	.opts = ls_tables,
	.examples = ls_examples,
	.run = run_ls,
};

enum { OPT_MAN = OPT_LONG, OPT_MARKDOWN };
static const struct opt doc_opts[] = {
	{ OPT_MARKDOWN, "markdown", NULL, "in Markdown" },
	{ OPT_MAN, "man", NULL, "as the source of a man page" },
	OPT_STOP
};

static void doc_head(enum pkw_doc_form form, struct pkw_str *out)
{
	if (form == PKW_DOC_MAN)
		pkw_str_add(out,
		    ".TH PKW-PROTOCOLS 7 \"\" \"Packetwright " PKW_VERSION
		    "\" \"Packetwright\"\n.SH NAME\npkw\\-protocols \\- layers "
		    "of Packetwright and their fields\n");
	else if (form == PKW_DOC_MARKDOWN)
		pkw_str_add(out, "# Layers\n\n");
}

static int doc_all(enum pkw_doc_form form, struct pkw_str *out)
{
	const struct pkw_proto *q;

	for (size_t i = 0; (q = pkw_proto_at(i)); i++) {
		if (q->flags & PKW_ELEMENT)
			continue; /* told with the layer that has the list */
		if (form == PKW_DOC_TEXT && i)
			pkw_str_addc(out, '\n');
		pkw_doc(q, form, print_flags(), out);
		print(out, PKW_DRAIN);
	}
	return STATUS_DONE;
}

static int run_doc(struct args *a)
{
	enum pkw_doc_form form = PKW_DOC_TEXT;
	struct pkw_str out = PKW_STR_INIT;
	int id, status = STATUS_DONE;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		form = id == OPT_MAN ? PKW_DOC_MAN : PKW_DOC_MARKDOWN;
	}
	if (a->argc == 0 && form == PKW_DOC_TEXT)
		return usage(a->cmd, "a layer's name is wanted");
	doc_head(form, &out);
	if (a->argc == 0)
		status = doc_all(form, &out);
	for (int i = 0; i < a->argc; i++) {
		const struct pkw_proto *q = pkw_proto_find(a->argv[i]);
		if (!q) {
			status = unknown_layer(a->argv[i]);
			continue;
		}
		if (i && form == PKW_DOC_TEXT)
			pkw_str_addc(&out, '\n');
		pkw_doc(q, form, print_flags(), &out);
	}
	if (print(&out, 0))
		status = STATUS_FAILED;
	pkw_str_free(&out);
	return status;
}

static const struct opt *const doc_tables[] = { doc_opts, common_opts, NULL };
static const char *const doc_examples[] = {
	"pkw doc IP", "The header drawn, and all that is known of its fields",
	"pkw doc --man > pkw-protocols.7", "The reference of all layers",
	NULL
};

const struct command cmd_doc = {
	.name = "doc",
	.usage = "LAYER... [--markdown|--man]",
	.brief = "Explain a layer, with its header drawn",
	.operand = "LAYER",
	.opts = doc_tables,
	.examples = doc_examples,
	.run = run_doc,
};
