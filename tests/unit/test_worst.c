/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the most expensive packets may cost: layers, parts, notes and text are
 * bounded, whatever 64 KiB of bytes say, and what is over the bound is still
 * there, as bytes.  Nothing here looks at a clock; times are told by
 * `test_worst -t'.
 */
#include "tap.h"
#include "worst.h"

#include <pkw/build.h>
#include <pkw/registry.h>
#include <pkw/show.h>
#include <pkw/text.h>

#include <stdlib.h>
#include <time.h>

/* As the engine has them; see src/core/core.h. */
enum { MOST_NODES = 4096, MOST_NOTES = 32, LINE_MOST = 1 << 16 };

static struct pkw_pkt *p;
static struct pkw_printer *printer;
static struct pkw_str out;
static uint8_t bytes[WORST_LEN];
static int timed;

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double lap(const char *what, double since)
{
	double now = milliseconds();

	if (timed)
		printf("# %8.2f ms %s\n", now - since, what);
	return milliseconds();
}

/* The bytes of a layer are its nodes', those too many among the left-over. */
static int covered(int layer)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[layer];
	int root = pkw_root(p, layer);

	if (root < 0)
		return root == -PKW_ELIMIT;
	uint32_t end = l->off;
	for (int c = pkw_node_first(p, root); c >= 0; c = pkw_node_next(p, c))
		end = pkw_node(p, c)->off + pkw_node(p, c)->len;
	return pkw_node(p, root)->len == l->len &&
	    (pkw_node_first(p, root) < 0 || end == l->off + l->len ||
		!(l->flags & PKW_LAYER_BAD));
}

static void touch(const struct pkw_proto *first)
{
	int root = pkw_root(p, 0);
	uint64_t v;

	for (unsigned k = 0; root >= 0 && k < first->rec.nfields; k++)
		if (first->rec.fields[k].rel.kind == PKW_PLAIN &&
		    first->rec.fields[k].type != PKW_SWITCH &&
		    pkw_field_u(p, root, k, &v) == 0) {
			pkw_set(p, 0, k, v);
			return;
		}
}

static void texts(const char *name)
{
	double t = milliseconds();

	pkw_str_clear(&out);
	ok(pkw_line(printer, p, NULL, &out) == 0 && out.len < LINE_MOST,
	    "%s: a line of %zu", name, out.len);
	t = lap("line", t);
	pkw_str_clear(&out);
	ok(pkw_json(printer, p, NULL, &out) == 0 && out.len < 64 * WORST_LEN,
	    "%s: JSON of %zu", name, out.len);
	t = lap("json", t);
	pkw_str_clear(&out);
	ok(pkw_show(printer, p, NULL, &out) == 0 && out.len < 64 * WORST_LEN,
	    "%s: a tree of %zu", name, out.len);
	lap("show", t);
}

static void run(const struct worst *w)
{
	const struct pkw_proto *first = pkw_proto_find(w->first);
	const struct pkw_note *notes;
	int nodes = 0, all = 1;

	memset(bytes, 0, sizeof bytes);
	if (w->fill)
		w->fill(bytes);
	if (!ok(first != NULL, "%s", w->name))
		return;
	double t = milliseconds();
	pkw_dissect(p, first, bytes, WORST_LEN, 0);
	t = lap("walk", t);
	size_t n = pkw_notes(p, &notes);
	lap("layout", t);
	while (pkw_node(p, nodes))
		nodes++;
	uint32_t layers = pkw_view(p)->nlayers;
	for (int i = 0; i < (int)layers; i++)
		all &= covered(i);
	ok(layers >= 1 && layers <= PKW_MAX_LAYERS, "%s: %u layers", w->name,
	    layers);
	ok(nodes <= MOST_NODES, "%s: %d parts", w->name, nodes);
	ok(n <= MOST_NOTES, "%s: %zu notes", w->name, n);
	ok(all, "%s: every byte is in some part", w->name);
	texts(w->name);
	t = milliseconds();
	touch(first);
	t = lap("thaw", t);
	ok(pkw_seal(p, 0) == 0 && pkw_bytes(p).len == WORST_LEN &&
		memcmp(pkw_bytes(p).p, bytes, WORST_LEN) == 0,
	    "%s: a seal keeps it", w->name);
	lap("seal", t);
}

int main(int argc, char **argv)
{
	timed = argc > 1 && strcmp(argv[1], "-t") == 0;
	p = pkw_pkt_new();
	printer = pkw_printer_new(NULL);
	for (int i = 0; i < NWORST; i++)
		run(&worst[i]);
	pkw_str_free(&out);
	pkw_printer_free(printer);
	pkw_pkt_free(p);
	return done();
}
