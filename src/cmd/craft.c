/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw craft: expressions become packets, which are shown, or written to a
 * capture file.
 *
 * Expressions come as operands or, with -f, from a file, one a line; empty lines
 * and those that begin with # are passed over.  One that fails is told on
 * standard error, leaves an empty line among hexadecimal ones, and does not
 * keep the others from being built.
 */
#include "cmd/view.h"

#include <pkw/capture.h>
#include <pkw/tmpl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct craft {
	struct view view;
	const char *file, *write;
	uint64_t seed, count; /* count 0: all combinations */
	struct pkw_writer *w;
	uint64_t failed;
};

enum { OPT_SEED = OPT_LONG };
static const struct opt opts[] = {
	{ 'f', "file", "FILE", "expressions from a file, one a line" },
	{ 'w', "write", "FILE", "write a capture file instead of showing" },
	{ 'c', "count", "N", "packets of each expression; else all it stands "
	                     "for" },
	{ OPT_SEED, "seed", "N", "other random values than last time" },
	OPT_STOP
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int put(struct craft *c, const struct pkw_pkt *p, struct pkw_diag *d)
{
	struct pkw_span b = pkw_bytes(p);
	const struct pkw_view *v = pkw_view(p);
	int link = v->nlayers ? view_link(v->layers[0].proto) : -1;

	if (link < 0)
		return pkw_fail(d, -PKW_ETYPE,
		    "a capture cannot begin with `%s'; put IP, IPv6 or Ether "
		    "below it",
		    v->nlayers ? v->layers[0].proto->rec.name : "nothing");
	struct pkw_frame f = { .data = v->bytes, .caplen = (uint32_t)b.len,
		.len = (uint32_t)b.len, .ts_ns = now(),
		.link = (uint16_t)link };
	return pkw_writer_put(c->w, &f, d);
}

/* All packets that an expression stands for. */
static int craft_each(struct craft *c, const char *text, struct pkw_diag *d)
{
	struct pkw_tmpl *t = pkw_tmpl_parse(text, d);
	const struct pkw_pkt *p;
	int r = 0;

	if (!t)
		return d->code;
	pkw_tmpl_seed(t, c->seed);
	if (c->count)
		pkw_tmpl_limit(t, c->count);
	while (!stdout_gone && (r = pkw_tmpl_step(t, &p)) > 0) {
		if (!c->w)
			view_packet(&c->view, p, NULL);
		else if ((r = put(c, p, d)) < 0)
			break;
	}
	if (r < 0 && !d->code)
		pkw_fail(d, r, "%s", pkw_strerror(r));
	pkw_tmpl_free(t);
	return r;
}

/* One expression; `file' and `line' for the message. */
static void craft(
    struct craft *c, const char *text, const char *file, int line)
{
	struct pkw_diag d = { .code = 0 };

	if (craft_each(c, text, &d) >= 0)
		return;
	if (file) {
		snprintf(d.file, sizeof d.file, "%s", file);
		d.line = line;
	}
	complain(&d, text);
	view_missing(&c->view);
	c->failed++;
}

static int is_nothing(const char *line)
{
	line += strspn(line, " \t");
	return !*line || *line == '#';
}

static int from_file(struct craft *c)
{
	int pipe = strcmp(c->file, "-") == 0;
	FILE *f = pipe ? stdin : fopen(c->file, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int status = STATUS_DONE;

	if (!f) {
		say("%s: %s", c->file, strerror(errno));
		return STATUS_FAILED;
	}
	for (int i = 1; !stdout_gone && (n = getline(&line, &cap, f)) >= 0;
	     i++) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		if (!is_nothing(line))
			craft(c, line, pipe ? "standard input" : c->file, i);
	}
	if (ferror(f)) {
		say("%s: %s", c->file, strerror(errno));
		status = STATUS_FAILED;
	}
	free(line);
	if (!pipe)
		fclose(f);
	return status;
}

static int craft_all(struct craft *c, struct args *a)
{
	struct pkw_diag d;
	int status = view_begin(&c->view, VIEW_SHOW, PKW_PRINT_BUILT);

	if (status)
		return status;
	if (c->write) {
		c->w = pkw_writer_open(c->write, NULL, &d);
		if (!c->w)
			return complain(&d, NULL);
	}
	for (int i = 0; i < a->argc && !stdout_gone; i++)
		craft(c, a->argv[i], NULL, 0);
	if (c->file)
		status = from_file(c);
	if (c->w && pkw_writer_close(c->w, &d) < 0)
		status = complain(&d, NULL);
	if (c->failed)
		status = STATUS_FAILED;
	return status;
}

static int run(struct args *a)
{
	struct craft c = { .failed = 0 };
	int id, r;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		r = view_option(&c.view, a, id);
		if (r < 0)
			return STATUS_USAGE;
		if (id == 'f')
			c.file = a->value;
		else if (id == 'w')
			c.write = a->value;
		else if (id == 'c' && args_count(a, 1, UINT64_MAX, &c.count))
			return STATUS_USAGE;
		else if (id == OPT_SEED &&
		    args_count(a, 0, UINT64_MAX, &c.seed))
			return STATUS_USAGE;
	}
	if (a->argc == 0 && !c.file)
		return usage(a->cmd, "an expression is wanted, or -f FILE");
	int status = craft_all(&c, a);
	if (view_end(&c.view))
		status = STATUS_FAILED;
	return status;
}

static const struct opt *const tables[] = { opts, view_opts, common_opts,
	NULL };
static const char *const examples[] = {
	"pkw craft 'IP(dst=\"192.0.2.1\", ttl=3)/UDP(dport=53)/\"x\"'",
	"Show the packet; what was not set is computed",
	"pkw craft 'IP(version=3, ihl=15)/ICMP()' --hex",
	"What is set stays, however wrong",
	"pkw craft 'IP(dst=\"192.0.2.0/30\", ttl=(1,30))/ICMP()' --line",
	"All combinations of a prefix and a range",
	"pkw craft -f packets.txt -w packets.pcapng",
	"One expression a line into a capture",
	NULL
};

const struct command cmd_craft = {
	.name = "craft",
	.usage = "EXPR... [-f FILE] [--hex|--json|--line|-x] [-w FILE]",
	.brief = "Build packets from expressions",
	.about =
	    "An expression is layers with fields, joined by slashes: "
	    "IP(dst=\"192.0.2.1\", ttl=3)/TCP(flags=\"S\")/\"payload\". Names "
	    "are those that pkw ls lists.\n"
	    "Fields that are not set have their default; lengths, counts, "
	    "checksums and the numbers of next layers are computed. A field "
	    "that is set keeps its value, however wrong.",
	.operand = "EXPR",
	.opts = tables,
	.examples = examples,
	.run = run,
};
