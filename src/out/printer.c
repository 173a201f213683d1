/* SPDX-License-Identifier: BSD-2-Clause */
/* Printers come and go; and what all the writers need to know of a packet. */
#include "out/printer.h"

#include "base/addr.h"
#include "core/core.h"

#include <stdlib.h>

struct pkw_printer *pkw_printer_new(const struct pkw_printer_opts *o)
{
	struct pkw_printer *pr = calloc(1, sizeof *pr);

	if (!pr)
		return NULL;
	if (o)
		pr->o = *o;
	pr->second = pr->json_second = pr->zone_from = INT64_MIN;
	pr->link = UINT32_MAX;
	return pr;
}

void pkw_printer_free(struct pkw_printer *pr)
{
	if (!pr)
		return;
	for (unsigned i = 0; i < INNER_DEPTH; i++)
		pkw_pkt_free(pr->inner[i]);
	pkw__plates_free(&pr->plates);
	pkw_str_free(&pr->scratch);
	free(pr);
}

struct pkw_printer_opts *pkw_printer_opts(struct pkw_printer *pr)
{
	pr->second = INT64_MIN;
	return &pr->o;
}

struct pkw_pkt *pkw__inner(struct pkw_printer *pr, unsigned depth)
{
	if (depth >= INNER_DEPTH)
		return NULL;
	if (!pr->inner[depth])
		pr->inner[depth] = pkw_pkt_new();
	if (!pr->inner[depth])
		pr->plates.arena.starved = 1;
	return pr->inner[depth];
}

struct pkw_str *pkw__scratch(struct pkw_printer *pr)
{
	if (pr->scratch.err)
		pr->plates.arena.starved = 1;
	pkw_str_clear(&pr->scratch);
	return &pr->scratch;
}

int pkw__print_end(struct pkw_printer *pr, struct pen *w, size_t start,
    const struct pkw_pkt *p)
{
	int starved = pr->plates.arena.starved || pr->scratch.err ||
	    pkw_pkt_err(p) == -PKW_ENOMEM;

	for (unsigned i = 0; i < INNER_DEPTH && pr->inner[i]; i++)
		starved |= pkw_pkt_err(pr->inner[i]) == -PKW_ENOMEM;
	if (starved) {
		w->out->err = -PKW_ENOMEM;
		pr->plates.arena.starved = 0;
		pkw_str_free(&pr->scratch);
	}
	return pkw__pen_end(w, start);
}

void pkw__str_safe(struct pkw_str *s, const void *bytes, size_t n)
{
	const char *b = bytes, *end = b + n, *run = b;

	for (; b < end; b++) {
		if (*b >= 0x20 && *b < 0x7f)
			continue;
		pkw_str_addn(s, run, (size_t)(b - run));
		char hex[4] = { '\\', 'x' };
		pkw__fmt_hex(hex + 2, (const uint8_t *)b, 1);
		pkw_str_addn(s, hex, 4);
		run = b + 1;
	}
	pkw_str_addn(s, run, (size_t)(b - run));
}

const struct pkw_record *pkw__named(const struct pkw_pkt *p, int node)
{
	const struct pkw_record *rec = p->nodes[node].rec;

	for (int c = pkw_node_first(p, node); c >= 0; c = pkw_node_next(p, c)) {
		const struct pkw_node *n = &p->nodes[c];
		if (n->kind == PKW_NODE_RECORD && n->field < rec->nfields &&
		    rec->fields[n->field].flags & PKW_FLAT && n->rec->name)
			return n->rec;
	}
	return rec;
}

int pkw__coded_text(const struct pkw_pkt *p, const struct pkw_field *f,
    const struct pkw_node *n, struct pkw_str *s)
{
	struct pkw_wire w = pkw__wire(p, n->layer);

	if (n->flags & (PKW_NODE_BAD | PKW_NODE_OPAQUE))
		return -PKW_EFORMAT;
	int r = f->codec->get(&w, n->off, n->len, s);
	return r < 0 ? r : s->err;
}

int pkw__is_lone(const struct pkw_pkt *p, int node)
{
	const struct pkw_node *n = &p->nodes[node];
	uint32_t c = (uint32_t)node + 1;

	if (n->kind != PKW_NODE_RECORD || n->rec->nfields != 1 || !n->has ||
	    n->rec->fields[0].nlabels || n->rec->fields[0].flags & PKW_FLAT)
		return 0;
	int inside = c < p->nnodes && p->nodes[c].depth == n->depth + 1;
	if (n->rec->fields[0].bits)
		return !inside;
	/* one child, and no bytes behind it that nobody explains */
	return inside && p->nodes[c].field == 0 &&
	    p->nodes[c].off + p->nodes[c].len == n->off + n->len;
}

int pkw__field_hidden(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	struct pkw_span s;

	if (f->type == PKW_SWITCH)
		return 1;
	if (f->type != PKW_ALIGN)
		return 0;
	if (pkw_field_bytes(p, node, field, &s) < 0)
		return 1;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			return 0;
	return 1;
}
