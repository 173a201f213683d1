/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compressing names (RFC 1035 section 4.1.4).
 *
 * The names of a layer are found through its nodes, in the order of the bytes,
 * so that no record's layout is known here.  Each end of each name already
 * passed ("example.org." and "org." of "www.example.org.") is remembered by its
 * hash and place; a name is cut where its longest remembered end begins.  As
 * everything before the name at hand is final, shrinking it moves no target.
 *
 * What a pointer's 14 bits cannot reach is not remembered, nor more ends than
 * there is room for: such names just stay longer.
 */
#include "core/core.h"
#include "proto/codecs.h"

#include <pkw/dns.h>

#include <string.h>

enum { MAX_ENDS = 1024, REACH = 0x4000, MAX_LABELS = 128 };

struct end {
	uint32_t hash;
	uint16_t at; /* from where pointers count */
};

struct ends {
	struct end e[MAX_ENDS];
	unsigned n;
};

/* A name's labels: where each begins, its length in front of it. */
struct name {
	const uint8_t *label[MAX_LABELS];
	uint32_t hash[MAX_LABELS]; /* of the end that begins there */
	unsigned n;
};

static int read_name(const struct pkw_wire *w, uint32_t off, uint32_t max, struct name *name)
{
	struct pkw__labels l;
	const uint8_t *s;
	int n;

	name->n = 0;
	pkw__labels_begin(&l, w, off, max, 1);
	while ((n = pkw__labels_next(&l, &s)) > 0)
		name->label[name->n++] = s - 1;
	uint32_t h = 2166136261u;
	for (unsigned i = name->n; i-- > 0; name->hash[i] = h)
		for (const uint8_t *b = name->label[i], *e = b + *b; b <= e; b++)
			h = (h ^ *b) * 16777619u;
	return n;
}

static int same_end(const struct name *a, unsigned i, const struct name *b)
{
	if (a->n - i != b->n)
		return 0;
	for (unsigned k = 0; k < b->n; k++) {
		const uint8_t *x = a->label[i + k], *y = b->label[k];
		if (memcmp(x, y, *x + 1u) != 0)
			return 0;
	}
	return 1;
}

/* Where the end of `name' from label i on stood before; negative: nowhere. */
static int find_end(
    const struct ends *ends, const struct pkw_wire *w, const struct name *name, unsigned i)
{
	struct name old;

	for (unsigned k = 0; k < ends->n; k++) {
		uint32_t off = w->layer + ends->e[k].at;
		if (ends->e[k].hash == name->hash[i] &&
		    read_name(w, off, w->end - off, &old) == 0 && same_end(name, i, &old))
			return ends->e[k].at;
	}
	return -1;
}

static void remember(struct ends *ends, const struct name *name, uint32_t at, unsigned labels)
{
	for (unsigned i = 0; i < labels && at < REACH && ends->n < MAX_ENDS; i++) {
		ends->e[ends->n++] = (struct end){ name->hash[i], (uint16_t)at };
		at += *name->label[i] + 1u;
	}
}

/* Compresses the name in one node, or just remembers its ends. */
static int pass(struct pkw_pkt *p, int node, int compress, struct ends *ends)
{
	struct pkw_wire w = pkw__wire(p, p->nodes[node].layer);
	uint32_t off = p->nodes[node].off, keep = 0;
	struct name name;
	unsigned i;
	int to = -1;

	if (read_name(&w, off, p->nodes[node].len, &name) < 0)
		return 0;
	for (i = 0; i < name.n; i++) {
		to = compress ? find_end(ends, &w, &name, i) : -1;
		if (to >= 0)
			break;
		keep += *name.label[i] + 1u;
	}
	remember(ends, &name, off - w.layer, i);
	uint32_t end = off + p->nodes[node].len;
	if (to < 0 || off + keep + 2 > end)
		return 0;
	p->v.bytes[off + keep] = (uint8_t)(0xc0 | to >> 8);
	p->v.bytes[off + keep + 1] = (uint8_t)to;
	uint32_t gone = end - (off + keep + 2);
	int r = gone ? pkw__splice(p, node, node + 1, off + keep + 2, gone, 0) : 0;
	return r < 0 ? r : (int)gone;
}

/*
 * Names are written out first, also such as a user typed with a pointer, so that
 * what is kept of one lies in one piece.  From now on the layer is treated as if
 * it had come from the wire: see thaw.c.
 */
static int write_out(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);

	if (root < 0)
		return root;
	if (!(p->v.layers[layer].flags & PKW_LAYER_READ))
		p->v.layers[layer].flags &= (uint16_t)~PKW_LAYER_FLAT;
	p->v.layers[layer].flags |= PKW_LAYER_READ;
	return pkw__change_shape(p, root);
}

int pkw_dns_compress(struct pkw_pkt *p, int layer)
{
	struct ends ends = { .n = 0 };
	int r = write_out(p, layer);

	if (r < 0)
		return r;
	uint32_t before = p->v.layers[layer].len;
	int root = pkw_root(p, layer);
	for (int i = root + 1; i < pkw__node_end(p, root); i++) {
		const struct pkw_node *n = &p->nodes[i];
		if (n->kind != PKW_NODE_BYTES || n->field == PKW_NO_FIELD ||
		    n->flags & (PKW_NODE_BAD | PKW_NODE_OPAQUE))
			continue;
		const struct pkw_codec *c =
		    p->nodes[pkw_node_parent(p, i)].rec->fields[n->field].codec;
		if (c != &pkw__dns_name && c != &pkw__dns_target)
			continue;
		r = pass(p, i, c == &pkw__dns_name, &ends);
		if (r < 0)
			return r;
	}
	p->v.layers[layer].flags &= (uint16_t)~PKW_LAYER_FLAT;
	return (int)(before - p->v.layers[layer].len);
}
