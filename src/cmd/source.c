/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The producer behind pkw send and pkw ask: one template an expression, gone
 * through one after another.  All expressions are understood before the first
 * packet leaves, so that a slip in the last one sends nothing.
 */
#include "cmd/source.h"

#include <pkw/pkt.h>
#include <pkw/tmpl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int next(void *arg, struct pkw_pkt **p, struct pkw_diag *d)
{
	struct questions *q = arg;

	while (q->at < q->n) {
		int r = pkw_tmpl_next(q->tmpls[q->at], q->p);
		if (r < 0)
			return pkw_fail(d, r, "%s", pkw_strerror(r));
		if (r > 0) {
			*p = q->p;
			return 1;
		}
		q->at++;
	}
	return 0;
}

static int again(void *arg, struct pkw_diag *d)
{
	struct questions *q = arg;

	(void)d;
	q->at = 0;
	for (size_t i = 0; i < q->n; i++)
		pkw_tmpl_seek(q->tmpls[i], 0);
	return 0;
}

static int add(struct questions *q, const char *text, uint64_t seed,
    struct pkw_diag *d)
{
	struct pkw_tmpl **t = realloc(q->tmpls, (q->n + 1) * sizeof *t);

	if (!t)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	q->tmpls = t;
	t[q->n] = pkw_tmpl_parse(text, d);
	if (!t[q->n])
		return d->code;
	pkw_tmpl_seed(t[q->n], seed + q->n);
	if (q->each)
		pkw_tmpl_limit(t[q->n], q->each);
	q->n++;
	return 0;
}

static int add_file(struct questions *q, const char *file, uint64_t seed)
{
	int pipe = strcmp(file, "-") == 0;
	FILE *f = pipe ? stdin : fopen(file, "r");
	struct pkw_diag d;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int status = STATUS_DONE;

	if (!f) {
		say("%s: %s", file, strerror(errno));
		return STATUS_FAILED;
	}
	for (int i = 1; status == STATUS_DONE &&
	     (n = getline(&line, &cap, f)) >= 0; i++) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		const char *text = line + strspn(line, " \t");
		if (!*text || *text == '#' || add(q, line, seed, &d) == 0)
			continue;
		snprintf(d.file, sizeof d.file, "%s",
		    pipe ? "standard input" : file);
		d.line = i;
		status = complain(&d, line);
	}
	free(line);
	if (!pipe)
		fclose(f);
	return status;
}

int questions_make(struct questions *q, char *const *exprs, int n,
    const char *file, uint64_t seed)
{
	struct pkw_diag d;

	q->source = (struct pkw_source){ next, again, q };
	q->p = pkw_pkt_new();
	if (!q->p) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	for (int i = 0; i < n; i++)
		if (add(q, exprs[i], seed, &d) < 0)
			return complain(&d, exprs[i]);
	return file ? add_file(q, file, seed) : STATUS_DONE;
}

void questions_free(struct questions *q)
{
	for (size_t i = 0; i < q->n; i++)
		pkw_tmpl_free(q->tmpls[i]);
	free(q->tmpls);
	pkw_pkt_free(q->p);
}
