/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The properties of the engine, for any bytes and any first protocol:
 *
 *   - dissecting keeps the bytes; layers and nodes nest in them; the fields of
 *     a record lie side by side and fill it, so nothing is lost or read twice;
 *   - a change and a seal that say nothing new are the identity;
 *   - any edits keep the tree sound, and what they leave dissects again;
 *   - a second seal changes nothing.
 */
#include "check.h"

#include <pkw/build.h>
#include <pkw/registry.h>

#include <string.h>

#define TRACE(...) (tracing ? (void)fprintf(stderr, __VA_ARGS__) : (void)0)

enum { MAX_PROTOS = 2048, MAX_DEPTH = 32 };

int tracing;

struct entry {
	uint16_t number;
	const struct pkw_proto *proto;
};

static struct entry ring[MAX_PROTOS];
static size_t nring;

/* FNV-1a, folded. */
uint16_t input_number(const struct pkw_proto *proto)
{
	uint32_t h = 2166136261u;

	for (const char *s = proto->rec.name; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return (uint16_t)(h ^ h >> 16);
}

static int by_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->number - y->number;
}

static void fill_ring(void)
{
	const struct pkw_proto *p;

	while ((p = pkw_proto_at(nring)) && nring < MAX_PROTOS)
		ring[nring++] = (struct entry){ input_number(p), p };
	qsort(ring, nring, sizeof *ring, by_number);
}

const struct pkw_proto *input_proto(const uint8_t *head)
{
	unsigned want = (unsigned)head[0] << 8 | head[1];
	size_t low = 0, high;

	if (nring == 0)
		fill_ring();
	if (head[2] & 1)
		return pkw_link_proto(head[1] % 4 ? 1 : 101);
	for (high = nring; low < high;) {
		size_t middle = (low + high) / 2;
		if (ring[middle].number < want)
			low = middle + 1;
		else
			high = middle;
	}
	return ring[low % nring].proto;
}

uint32_t input_seed(const uint8_t *head)
{
	return head[2] * 77u + head[3];
}

uint32_t some(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return below ? (*seed >> 8) % below : 0;
}

/* ---- looking into a packet ---- */

static void trace_nodes(const struct pkw_pkt *p, int root)
{
	int i = root;

	do {
		const struct pkw_node *n = pkw_node(p, i);
		const char *name = n->rec ? n->rec->name
		    : n->kind == PKW_NODE_LIST ? "[]" : "-";
		fprintf(stderr, "    %*s%d %s field %d at %u+%u+%u flags %x "
		    "has %llx pin %llx\n", n->depth * 2, "", i, name,
		    (int16_t)n->field, n->off, n->len, n->pad, n->flags,
		    (unsigned long long)n->has, (unsigned long long)n->pin);
		i++;
	} while (pkw_node(p, i) && pkw_node(p, i)->depth > 0);
}

void trace_packet(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	const struct pkw_note *notes;

	if (!tracing)
		return;
	for (uint32_t i = 0; i < v->nlayers; i++) {
		const struct pkw_layer *l = &v->layers[i];
		fprintf(stderr, "  %u %s at %u+%u to %u flags %x\n", i,
		    l->proto->rec.name, l->off, l->len, l->end, l->flags);
		int root = pkw_root(p, (int)i);
		if (root >= 0)
			trace_nodes(p, root);
	}
	size_t n = pkw_notes(p, &notes);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  note %u at %u %s: %s\n", notes[i].layer,
		    notes[i].off, notes[i].name, notes[i].text);
	fputs("  ", stderr);
	for (uint32_t i = 0; i < v->len; i++)
		fprintf(stderr, "%02x", v->bytes[i]);
	fputs("\n", stderr);
}

/* ---- soundness ---- */

static void layers_nest(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	uint32_t at = 0;

	MUST(v->nlayers <= PKW_MAX_LAYERS);
	MUST(v->nlayers == 0 || v->layers[0].off == 0);
	for (uint32_t i = 0; i < v->nlayers; i++) {
		const struct pkw_layer *l = &v->layers[i];
		MUST(l->off >= at && l->off + l->len >= l->off);
		MUST(l->off + l->len <= l->end && l->end <= v->len);
		at = l->off + l->len;
		int in = (int)i - 1;
		if (l->flags & PKW_LAYER_REST)
			in = (int)(l->flags >> PKW_LAYER_OWNER) - 1;
		MUST(in < (int)i);
		if (in < 0)
			continue;
		MUST(l->off >= v->layers[in].off + v->layers[in].len);
		MUST(l->end <= v->layers[in].end);
	}
	for (int k = 0; k < 8; k++) {
		uint32_t i = 0;
		while (i < v->nlayers && v->layers[i].proto->cls != k)
			i++;
		MUST(v->first[k] == (i < v->nlayers ? (int)i : -1));
	}
}

static void nodes_nest(const struct pkw_pkt *p, int root, int layer)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[layer];
	const struct pkw_node *r = pkw_node(p, root);
	uint32_t ends[MAX_DEPTH];

	MUST(r->off == l->off && r->len == l->len && r->depth == 0);
	ends[0] = r->off + r->len;
	uint32_t at = r->off;
	for (int i = root + 1; pkw_node(p, i); i++) {
		const struct pkw_node *n = pkw_node(p, i);
		if (n->depth == 0)
			break;
		MUST(n->layer == layer && n->depth < MAX_DEPTH);
		MUST(n->depth <= pkw_node(p, i - 1)->depth + 1);
		if (n->flags & PKW_NODE_TRAILER) {
			MUST(n->off + n->len == l->end);
			continue;
		}
		MUST(n->off >= at && n->off + n->len >= n->off);
		MUST(n->off + n->len + n->pad <= ends[n->depth - 1]);
		ends[n->depth] = n->off + n->len;
		at = n->off;
	}
}

/* A record's fields and what they leave over fill it. */
static void fields_fill(const struct pkw_pkt *p, int node)
{
	const struct pkw_node *n = pkw_node(p, node);
	uint64_t bits = 0, variable = 0, left = 0;

	if (n->rec->nfields < 64)
		MUST(n->has >> n->rec->nfields == 0);
	for (int c = pkw_node_first(p, node); c >= 0; c = pkw_node_next(p, c)) {
		const struct pkw_node *m = pkw_node(p, c);
		MUST(pkw_node_parent(p, c) == node);
		if (m->flags & PKW_NODE_TRAILER)
			continue;
		if (m->field == PKW_NO_FIELD) {
			left += m->len * UINT64_C(8);
			continue;
		}
		MUST(m->field < n->rec->nfields && n->has >> m->field & 1);
		MUST(!(variable >> m->field & 1));
		variable |= UINT64_C(1) << m->field;
		bits += m->len * UINT64_C(8);
	}
	for (unsigned k = 0; k < n->rec->nfields; k++)
		if (n->has >> k & 1 & ~(variable >> k))
			bits += n->rec->fields[k].bits;
	MUST((bits + 7) / 8 + left / 8 == n->len);
}

static void elements_fill(const struct pkw_pkt *p, int list)
{
	uint32_t at = pkw_node(p, list)->off;

	for (int c = pkw_node_first(p, list); c >= 0; c = pkw_node_next(p, c)) {
		const struct pkw_node *m = pkw_node(p, c);
		MUST(m->off == at && m->field == PKW_NO_FIELD);
		at += m->len + m->pad;
	}
	MUST(at == pkw_node(p, list)->off + pkw_node(p, list)->len);
}

static void fields_read(const struct pkw_pkt *p, int node, int layer)
{
	const struct pkw_view *v = pkw_view(p);
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_record *rec = n->rec;

	for (unsigned k = 0; k < rec->nfields; k++) {
		struct pkw_span s;
		uint64_t u, bit, bits;
		int is = (int)(n->has >> k & 1);

		MUST((pkw_field_where(p, node, k, &bit, &bits) == 0) == is);
		if (!is)
			continue;
		MUST(bit >= n->off * UINT64_C(8));
		MUST(bit + bits <= (n->off + n->len) * UINT64_C(8));
		if (pkw_field_bytes(p, node, k, &s) == 0)
			MUST(s.p >= v->bytes &&
			    s.p + s.len <= v->bytes + v->len);
		if (pkw_field_u(p, node, k, &u) == 0 && n->depth == 0)
			MUST(u == pkw_u(p, layer, k) ||
			    rec->fields[k].type == PKW_SWITCH);
		if (n->depth == 0) {
			MUST(pkw_has(p, layer, k));
			pkw_sum_ok(p, layer, k);
		}
	}
}

static void notes_tell(const struct pkw_pkt *p)
{
	const struct pkw_note *notes;
	size_t n = pkw_notes(p, &notes);

	for (size_t i = 0; i < n; i++) {
		MUST(notes[i].name && notes[i].text);
		MUST(notes[i].layer < pkw_view(p)->nlayers);
		MUST(notes[i].off <= pkw_view(p)->len);
	}
}

void is_sound(const struct pkw_pkt *p)
{
	layers_nest(p);
	for (int i = 0; i < (int)pkw_view(p)->nlayers; i++) {
		int root = pkw_root(p, i);
		if (root < 0)
			continue;
		nodes_nest(p, root, i);
		int k = root;
		do {
			const struct pkw_node *n = pkw_node(p, k);
			if (n->kind == PKW_NODE_RECORD) {
				fields_fill(p, k);
				fields_read(p, k, i);
			} else if (n->kind == PKW_NODE_LIST) {
				elements_fill(p, k);
			} else {
				MUST(pkw_node_first(p, k) < 0);
			}
			k++;
		} while (pkw_node(p, k) && pkw_node(p, k)->depth > 0);
	}
	notes_tell(p);
}

/* ---- the identity ---- */

/* A plain integer that decides about nothing, set to what it is. */
static int touch(struct pkw_pkt *p)
{
	for (int i = 0; i < (int)pkw_view(p)->nlayers; i++) {
		const struct pkw_record *rec = &pkw_view(p)->layers[i].proto->rec;
		int root = pkw_root(p, i);
		for (unsigned k = 0; root >= 0 && k < rec->nfields; k++) {
			uint64_t v;
			if (rec->fields[k].rel.kind != PKW_PLAIN ||
			    rec->fields[k].type == PKW_SWITCH ||
			    rec->shape->control >> k & 1 ||
			    pkw_field_u(p, root, k, &v) < 0)
				continue;
			TRACE("touch %s\n", rec->fields[k].name);
			return pkw_set(p, i, k, v);
		}
	}
	return -1;
}

static void same_bytes(const struct pkw_pkt *p, const uint8_t *bytes, size_t n)
{
	MUST(pkw_bytes(p).len == n);
	MUST(n == 0 || memcmp(pkw_bytes(p).p, bytes, n) == 0);
}

/* ---- edits ---- */

static const uint8_t filler[40] = { 1, 2, 3, 4, 5, 6, 7, 8, 0xc0, 0 };

static int any_node(const struct pkw_pkt *p, int layer, uint32_t *seed)
{
	int root = pkw_root(p, layer), n = 1;

	if (root < 0)
		return root;
	while (pkw_node(p, root + n) && pkw_node(p, root + n)->depth > 0)
		n++;
	return root + (int)some(seed, (uint32_t)n);
}

static void change_layers(struct pkw_pkt *p, int layer, uint32_t *seed)
{
	const struct pkw_proto *proto = NULL;
	uint32_t n;

	if (nring == 0)
		fill_ring();
	proto = ring[some(seed, (uint32_t)nring)].proto;
	switch (some(seed, 4)) {
	case 0:
		TRACE("cut layer %d\n", layer);
		pkw_layer_cut(p, layer);
		break;
	case 1:
		TRACE("push %s\n", proto->rec.name);
		pkw_push(p, proto);
		break;
	case 2:
		n = some(seed, sizeof filler);
		TRACE("push %u bytes as %s\n", n, proto->rec.name);
		pkw_push_bytes(p, proto, filler, n);
		break;
	case 3:
		TRACE("push 30 bytes as IP\n");
		pkw_push_bytes(p, pkw_proto_find("IP"), filler, 30);
		break;
	}
}

/* A variant of a list's elements, or of one of their fields; NULL: none. */
static const struct pkw_record *any_variant(
    const struct pkw_list *list, uint32_t *seed)
{
	const struct pkw_record *const *v = list ? list->variants : NULL;
	size_t n = 0;

	if (list && !v && list->rec)
		for (size_t k = 0; k < list->rec->nfields && !v; k++)
			v = list->rec->fields[k].variants;
	while (v && v[n])
		n++;
	return n ? v[some(seed, (uint32_t)n)] : NULL;
}

static void change_list(struct pkw_pkt *p, int list, uint32_t *seed)
{
	int parent = pkw_node_parent(p, list);
	unsigned field = pkw_node(p, list)->field;
	const struct pkw_field *f = &pkw_node(p, parent)->rec->fields[field];
	const struct pkw_record *v =
	    some(seed, 2) ? any_variant(f->list, seed) : NULL;
	int at = (int)some(seed, 3) - 1;

	TRACE("node %d: add %s at %d of %s\n", parent, v ? v->name : "one", at,
	    f->name);
	pkw_list_add(p, parent, field, at, v);
}

static uint64_t any_value(const struct pkw_field *f, uint32_t *seed)
{
	uint64_t v = some(seed, 0x10000);

	if (f->nlabels && some(seed, 2) && f->type != PKW_FLAGS)
		v = f->labels[some(seed, (uint32_t)f->nlabels)].value;
	return f->bits < 64 ? v & ((UINT64_C(1) << f->bits) - 1) : v;
}

static void change_field(struct pkw_pkt *p, int node, uint32_t *seed)
{
	const struct pkw_node *n = pkw_node(p, node);
	unsigned k = some(seed, (uint32_t)n->rec->nfields);
	const struct pkw_field *f = &n->rec->fields[k];
	uint64_t v = any_value(f, seed);
	uint32_t len = some(seed, sizeof filler);

	switch (some(seed, 6)) {
	case 0:
		TRACE("node %d: %s = %u bytes\n", node, f->name, len);
		pkw_field_set_bytes(p, node, k, filler, len);
		break;
	case 1:
		TRACE("node %d: %s = %u bytes, raw\n", node, f->name, len);
		pkw_field_set_raw(p, node, k, filler, len);
		break;
	case 2:
		TRACE("node %d: unset %s\n", node, f->name);
		pkw_field_unset(p, node, k);
		break;
	case 3:
		TRACE("node %d: patch %s = %llu\n", node, f->name,
		    (unsigned long long)v);
		if (n->depth == 0)
			pkw_patch(p, n->layer, k, v);
		break;
	default:
		TRACE("node %d: %s = %llu\n", node, f->name,
		    (unsigned long long)v);
		pkw_field_set_u(p, node, k, v);
	}
}

void change(struct pkw_pkt *p, uint32_t *seed)
{
	uint32_t layers = pkw_view(p)->nlayers;

	if (layers == 0) {
		TRACE("push IP\n");
		pkw_push(p, pkw_proto_find("IP"));
		return;
	}
	int layer = (int)some(seed, layers), node = any_node(p, layer, seed);
	if (node < 0)
		return;
	const struct pkw_node *n = pkw_node(p, node);
	uint32_t what = some(seed, 9);
	if (what == 0) {
		change_layers(p, layer, seed);
	} else if (n->kind == PKW_NODE_LIST) {
		change_list(p, node, seed);
	} else if (what == 1 || n->kind == PKW_NODE_BYTES ||
	    n->rec->nfields == 0) {
		TRACE("delete node %d\n", node);
		pkw_node_del(p, node);
	} else {
		change_field(p, node, seed);
	}
}

/* A seal after which nothing was changed but a field set to what it is. */
static void seals_once(struct pkw_pkt *p, struct pkw_pkt *again)
{
	if (pkw_pkt_copy(again, p) < 0)
		return;
	same_bytes(again, pkw_bytes(p).p, pkw_bytes(p).len);
	if (touch(again) == 0 && pkw_seal(again, 0) == 0) {
		TRACE("sealed again\n");
		trace_packet(again);
		same_bytes(again, pkw_bytes(p).p, pkw_bytes(p).len);
	}
}

/* ---- patches ---- */

enum { MAX_SUMS = 64 };

struct sum_state {
	int layer, state;
	uint64_t value;
};

static size_t sums_of(const struct pkw_pkt *p, struct sum_state *out)
{
	size_t n = 0;

	for (int i = 0; i < (int)pkw_view(p)->nlayers; i++) {
		const struct pkw_record *rec = &pkw_view(p)->layers[i].proto->rec;
		for (unsigned k = 0; k < rec->nfields && n < MAX_SUMS; k++)
			if (rec->fields[k].rel.kind == PKW_SUM)
				out[n++] = (struct sum_state){ i,
					rec->shape->proto->flags & PKW_QUOTED
					    ? -1
					    : pkw_sum_ok(p, i, k),
					pkw_u(p, i, k) };
	}
	return n;
}

/*
 * A patch leaves right checksums right, but for quotes (of those cut off, who
 * can tell before it is decided what is pinned); what was wrong may become right by
 * chance.  The two forms of zero cannot be told apart by differences.
 */
static void patched(struct pkw_pkt *p, uint32_t *seed)
{
	struct sum_state before[MAX_SUMS], after[MAX_SUMS];
	uint32_t layers = pkw_view(p)->nlayers;

	if (layers == 0)
		return;
	int i = (int)some(seed, layers);
	const struct pkw_record *rec = &pkw_view(p)->layers[i].proto->rec;
	unsigned k = rec->nfields ? some(seed, (uint32_t)rec->nfields) : 0;
	if (rec->nfields == 0 || !pkw_has(p, i, k) ||
	    rec->fields[k].rel.kind != PKW_PLAIN ||
	    rec->shape->control >> k & 1 || !rec->shape->slots[k].bytes)
		return;
	size_t n = sums_of(p, before);
	uint64_t v = any_value(&rec->fields[k], seed);
	TRACE("layer %d: patch %s = %llu\n", i, rec->fields[k].name,
	    (unsigned long long)v);
	if (pkw_patch(p, i, k, v) < 0)
		return;
	trace_packet(p);
	is_sound(p);
	MUST(pkw_u(p, i, k) == v);
	MUST(sums_of(p, after) == n);
	for (size_t s = 0; s < n; s++)
		MUST(before[s].state != 1 || after[s].state != 0 ||
		    (before[s].value + 1) % 0x10000 <= 1 ||
		    (after[s].value + 1) % 0x10000 <= 1);
}

static void edits(struct pkw_pkt *p, struct pkw_pkt *again,
    const struct pkw_proto *first, uint32_t seed)
{
	for (int i = 0; i < 6; i++) {
		change(p, &seed);
		trace_packet(p);
		/* a refused one leaves the packet sound, but for the error */
		is_sound(p);
		if (pkw_pkt_err(p)) {
			pkw_pkt_copy(again, p);
			is_sound(again);
			return;
		}
	}
	if (pkw_seal(p, 0) < 0)
		return;
	TRACE("sealed\n");
	trace_packet(p);
	is_sound(p);
	seals_once(p, again);
	pkw_answers(p, 0, again, 0);
	if (pkw_seal(p, seed & 3) < 0)
		return;
	TRACE("sealed, flags %u\n", seed & 3);
	trace_packet(p);
	is_sound(p);
	struct pkw_span s = pkw_bytes(p);
	pkw_dissect(again, first, s.p, s.len, 0);
	TRACE("dissected again\n");
	trace_packet(again);
	is_sound(again);
}

void check_packet(const struct pkw_proto *first, const uint8_t *bytes, size_t n,
    uint32_t seed)
{
	static struct pkw_pkt *p, *q;

	if (!p) {
		p = pkw_pkt_new();
		q = pkw_pkt_new();
	}
	pkw_dissect(p, first, bytes, n, 0);
	trace_packet(p);
	is_sound(p);
	same_bytes(p, bytes, n);
	if (touch(p) == 0 && pkw_seal(p, 0) == 0) {
		TRACE("touched and sealed\n");
		trace_packet(p);
		is_sound(p);
		same_bytes(p, bytes, n);
	}
	pkw_dissect(p, first, bytes, n, 0);
	patched(p, &seed);
	pkw_dissect(p, first, bytes, n, 0);
	edits(p, q, first, seed);
}
