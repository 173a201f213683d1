/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One fuzz target for all protocols.  Two bytes choose the first protocol, one
 * more what is done; the rest is the packet.  For any bytes:
 *
 *   - dissecting keeps them, and layers and nodes nest inside them;
 *   - a change and a seal that say nothing new are the identity;
 *   - any edits keep the tree sound, and what they leave dissects again.
 *
 * Built for libFuzzer by `make fuzz'; tests/fuzz/mutate.c drives it over
 * captures without libFuzzer.
 */
#include <pkw/pkt.h>
#include <pkw/proto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                                                                \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
			    #x);                                               \
			abort();                                               \
		}                                                              \
	} while (0)

static void layers_nest(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	uint32_t at = 0;

	for (uint32_t i = 0; i < v->nlayers; i++) {
		const struct pkw_layer *l = &v->layers[i];
		MUST(l->off >= at && l->off + l->len >= l->off);
		MUST(l->off + l->len <= l->end && l->end <= v->len);
		at = l->off + l->len;
	}
}

static void nodes_nest(const struct pkw_pkt *p, int root, int layer)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[layer];
	const struct pkw_node *r = pkw_node(p, root);
	uint32_t stack_end[32];

	MUST(r->off == l->off && r->len == l->len && r->depth == 0);
	stack_end[0] = r->off + r->len;
	uint32_t at = r->off;
	for (int i = root + 1; pkw_node(p, i); i++) {
		const struct pkw_node *n = pkw_node(p, i);
		if (n->depth == 0)
			break;
		MUST(n->layer == layer && n->depth < 32);
		MUST(n->depth <= pkw_node(p, i - 1)->depth + 1);
		if (n->flags & PKW_NODE_TRAILER)
			continue;
		MUST(n->off >= at && n->off + n->len >= n->off);
		MUST(n->off + n->len + n->pad <= stack_end[n->depth - 1]);
		stack_end[n->depth] = n->off + n->len;
		at = n->off;
	}
}

static void check(const struct pkw_pkt *p)
{
	layers_nest(p);
	for (uint32_t i = 0; i < pkw_view(p)->nlayers; i++) {
		int root = pkw_root(p, (int)i);
		if (root < 0)
			continue;
		nodes_nest(p, root, (int)i);
		const struct pkw_record *rec = pkw_node(p, root)->rec;
		for (unsigned k = 0; k < rec->nfields; k++) {
			struct pkw_span s;
			uint64_t u;
			if (pkw_field_bytes(p, root, k, &s) == 0)
				MUST(s.p >= pkw_view(p)->bytes &&
				    s.p + s.len <= pkw_view(p)->bytes +
					pkw_view(p)->len);
			if (pkw_field_u(p, root, k, &u) == 0)
				MUST(u == pkw_u(p, (int)i, k) ||
				    rec->fields[k].type == PKW_SWITCH);
		}
	}
}

/* A plain integer that decides about nothing, set to what it is. */
static int touch(struct pkw_pkt *p)
{
	for (uint32_t i = 0; i < pkw_view(p)->nlayers; i++) {
		const struct pkw_record *rec = &pkw_view(p)->layers[i].proto->rec;
		for (unsigned k = 0; k < rec->nfields; k++)
			if (rec->fields[k].rel.kind == PKW_PLAIN &&
			    rec->fields[k].bits && rec->fields[k].bits <= 64 &&
			    !(rec->shape->control >> k & 1) &&
			    pkw_has(p, (int)i, k))
				return pkw_set(
				    p, (int)i, k, pkw_u(p, (int)i, k));
	}
	return -1;
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void edit(struct pkw_pkt *p, uint32_t *seed)
{
	uint32_t n = pkw_view(p)->nlayers;
	if (n == 0)
		return;
	int layer = (int)(next(seed) % n), root = pkw_root(p, layer);
	if (root < 0)
		return;
	int count = 0;
	while (pkw_node(p, root + count) &&
	    (count == 0 || pkw_node(p, root + count)->depth > 0))
		count++;
	int node = root + (int)(next(seed) % (uint32_t)count);
	const struct pkw_node *m = pkw_node(p, node);
	if (m->kind != PKW_NODE_RECORD) {
		if (m->kind == PKW_NODE_LIST)
			pkw_list_add(p, pkw_node_parent(p, node), m->field,
			    (int)(next(seed) % 3) - 1, NULL);
		else
			pkw_node_del(p, node);
		return;
	}
	if (m->rec->nfields == 0) {
		pkw_node_del(p, node);
		return;
	}
	unsigned k = next(seed) % (unsigned)m->rec->nfields;
	static const uint8_t some[40] = { 1, 2, 3, 4, 5, 6, 7, 8, 0xc0, 0 };
	const struct pkw_field *f = &m->rec->fields[k];
	uint64_t mask = f->bits >= 64 ? ~0ull : (1ull << f->bits) - 1;
	switch (next(seed) % 8) {
	case 0:
		pkw_field_set_bytes(p, node, k, some, next(seed) % sizeof some);
		break;
	case 1:
		pkw_field_set_raw(p, node, k, some, next(seed) % sizeof some);
		break;
	case 2:
		pkw_field_unset(p, node, k);
		break;
	case 3:
		if (m->depth > 0)
			pkw_node_del(p, node);
		break;
	case 4:
		if (next(seed) % 4 == 0)
			pkw_layer_cut(p, layer);
		else
			pkw_push_bytes(p, pkw_proto_find("IP"), some, 30);
		break;
	default:
		if (m->depth == 0 && next(seed) % 2)
			pkw_patch(p, layer, k, next(seed) & mask);
		else
			pkw_field_set_u(p, node, k, next(seed) & mask);
	}
}

static void edits(struct pkw_pkt *p, struct pkw_pkt *again,
    const struct pkw_proto *first, uint32_t seed)
{
	for (int i = 0; i < 6; i++) {
		edit(p, &seed);
		/* a refused edit leaves the packet as it was, but for the error */
		if (pkw_pkt_err(p)) {
			pkw_pkt_copy(again, p);
			check(again);
			return;
		}
		check(p);
	}
	if (pkw_seal(p, seed & 3) < 0)
		return;
	check(p);
	struct pkw_span s = pkw_bytes(p);
	pkw_dissect(again, first, s.p, s.len, 0);
	check(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pkw_pkt *p, *q;
	size_t protos = 0;

	if (!p) {
		p = pkw_pkt_new();
		q = pkw_pkt_new();
	}
	while (pkw_proto_at(protos))
		protos++;
	if (size < 4)
		return 0;
	const struct pkw_proto *first =
	    pkw_proto_at((size_t)(data[0] << 8 | data[1]) % protos);
	if (data[2] & 1)
		first = pkw_link_proto(data[1] % 4 ? 1 : 101);
	uint32_t seed = data[2] * 77u + data[3];
	size_t n = size - 4;
	uint8_t *copy = malloc(n + 1); /* exactly sized, for ASan */
	memcpy(copy, data + 4, n);

	pkw_dissect(p, first, copy, n, 0);
	check(p);
	const struct pkw_note *notes;
	pkw_notes(p, &notes);
	MUST(pkw_bytes(p).len == n);
	if (touch(p) == 0 && pkw_seal(p, 0) == 0) {
		check(p);
		MUST(pkw_bytes(p).len == n);
		MUST(memcmp(pkw_bytes(p).p, copy, n) == 0);
	}
	pkw_dissect(p, first, copy, n, 0);
	edits(p, q, first, seed);
	free(copy);
	return 0;
}
