/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths as a graph: a node for each address, targets with two borders, silent
 * hops as points of their own, an edge from each hop to the next.  Edges that
 * several paths share are drawn once.  The SVG is Graphviz's: `dot' is run with
 * the text on its standard input.
 */
#include "cmd/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ID = 96 };

struct edges {
	char (*all)[2 * ID];
	size_t n, cap;
	struct pkw_str *out;
};

/* "192.0.2.1", or a name for a silent hop of that path. */
static const char *id_of(const struct path *p, const struct pkw_addr *a,
    unsigned ttl, char id[ID])
{
	char text[48];

	if (a->len)
		snprintf(id, ID, "%s", pkw_addr_text(a, text));
	else
		snprintf(id, ID, "%s *%u", pkw_addr_text(&p->addr, text), ttl);
	return id;
}

static void edge(struct edges *e, const char *from, const char *to)
{
	char text[2 * ID];

	snprintf(text, sizeof text, "\t\"%s\" -> \"%s\";\n", from, to);
	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->all[i], text) == 0)
			return;
	if (e->n == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 256;
		char(*more)[2 * ID] = realloc(e->all, cap * sizeof *more);
		if (!more) {
			e->out->err = -PKW_ENOMEM;
			return;
		}
		e->all = more;
		e->cap = cap;
	}
	memcpy(e->all[e->n++], text, sizeof text);
	pkw_str_add(e->out, text);
}

static void node(struct tracing *s, struct pkw_str *out, const char *id,
    const struct pkw_trace_probe *x, int last)
{
	const char *name = x ? names_get(s->names, &x->from) : NULL;

	pkw_str_fmt(out, "\t\"%s\" [", id);
	if (!x) {
		pkw_str_add(out, "label=\"*\", shape=circle];\n");
		return;
	}
	pkw_str_fmt(out, "label=\"%s%s%s", name ? name : "", name ? "\\n" : "",
	    id);
	if (x->nlabels || x->nifaces) {
		pkw_str_add(out, "\\n");
		put_extensions(out, x);
	}
	pkw_str_fmt(out, "\"%s];\n", last ? ", peripheries=2" : "");
}

static const struct pkw_trace_probe *heard_at(
    const struct tracing *s, const struct path *p, unsigned ttl, unsigned q)
{
	const struct pkw_trace_probe *x = hop_at(s, p, ttl) + q;

	return is_answer(x) ? x : NULL;
}

/* Each query by itself is a path. */
static void plain_path(
    struct tracing *s, const struct path *p, unsigned q, struct edges *e)
{
	char from[ID] = "here", to[ID];
	unsigned end = (unsigned)s->max;

	while (end >= s->first && !heard_at(s, p, end, q))
		end--;
	for (unsigned ttl = (unsigned)s->first; ttl <= end; ttl++) {
		const struct pkw_trace_probe *x = heard_at(s, p, ttl, q);
		for (unsigned i = 0; !x && i < s->queries; i++)
			x = heard_at(s, p, ttl, i);
		struct pkw_addr none = { .len = 0 };
		id_of(p, x ? &x->from : &none, ttl, to);
		node(s, e->out, to, x, x && is_there(p, x));
		edge(e, from, to);
		memcpy(from, to, sizeof from);
		if (x && x->last)
			break;
	}
}

static void mda_path(struct tracing *s, const struct path *p, struct edges *e)
{
	const struct pkw_trace_paths *m = &p->mda;
	char from[ID], to[ID];

	for (size_t i = 0; i < m->nnodes; i++) {
		const struct pkw_trace_node *n = &m->nodes[i];
		const struct pkw_trace_probe *x = &m->probes[n->first];
		id_of(p, &n->addr, n->ttl, from);
		node(s, e->out, from, n->addr.len ? x : NULL,
		    n->addr.len && is_there(p, x));
		if (n->ttl == s->first)
			edge(e, "here", from);
		for (unsigned k = 0; k < n->nsucc; k++) {
			const struct pkw_trace_node *next =
			    &m->nodes[m->edges[n->succ + k]];
			edge(e, from, id_of(p, &next->addr, next->ttl, to));
		}
	}
}

static void describe(struct tracing *s, struct pkw_str *out)
{
	struct edges e = { .out = out };

	pkw_str_add(out, "digraph trace {\n\trankdir=LR;\n"
			 "\tnode [shape=box, fontname=\"sans-serif\"];\n"
			 "\t\"here\" [penwidth=2];\n");
	for (size_t i = 0; i < s->npaths; i++) {
		const struct path *p = &s->paths[i];
		if (p->number < 0)
			continue;
		if (s->mda)
			mda_path(s, p, &e);
		for (unsigned q = 0; !s->mda && q < s->queries; q++)
			plain_path(s, p, q, &e);
	}
	pkw_str_add(out, "}\n");
	free(e.all);
}

/* ---- files ---- */

static int write_all(int fd, const struct pkw_str *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t n = write(fd, text->s + done, text->len - done);
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int save(const char *file, const struct pkw_str *text)
{
	int fd = strcmp(file, "-") == 0
	    ? dup(STDOUT_FILENO)
	    : open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0 || write_all(fd, text) < 0 || close(fd) < 0) {
		say("%s: %s", file, strerror(errno));
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

/* The child: dot, reading the pipe and writing the file. */
static void run_dot(const int pipe_fds[2], int out)
{
	dup2(pipe_fds[0], STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	close(pipe_fds[1]);
	execlp("dot", "dot", "-Tsvg", (char *)NULL);
	_exit(127);
}

static int draw(const char *file, const struct pkw_str *text)
{
	int fds[2], status = 0;
	int out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (out < 0 || pipe2(fds, O_CLOEXEC) < 0) {
		say("%s: %s", file, strerror(errno));
		return STATUS_FAILED;
	}
	pid_t child = fork();
	if (child == 0)
		run_dot(fds, out);
	close(fds[0]);
	close(out);
	int e = child < 0 ? -1 : write_all(fds[1], text);
	close(fds[1]);
	if (child > 0)
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			continue;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		say("%s: Graphviz's `dot' is not installed; --dot writes what "
		    "it would draw", file);
	else if (e < 0 || status != 0)
		say("%s: `dot' failed", file);
	else
		return STATUS_DONE;
	unlink(file);
	return STATUS_FAILED;
}

int graph(struct tracing *s)
{
	struct pkw_str text = PKW_STR_INIT;
	int status = STATUS_DONE;

	describe(s, &text);
	if (text.err) {
		say("%s", pkw_strerror(text.err));
		status = STATUS_FAILED;
	}
	if (status == STATUS_DONE && s->dot)
		status = save(s->dot, &text);
	if (status == STATUS_DONE && s->svg)
		status = draw(s->svg, &text);
	pkw_str_free(&text);
	return status;
}
