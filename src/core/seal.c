/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last step of building: every derived field that is not pinned is written.
 *
 * Layers are gone through from the innermost outwards, and inside a layer
 * records from the last to the first, so that sizes are final when something
 * counts them.  Padding that a length's unit or a record's alignment asks for is
 * put in on the way.  Checksums come last, innermost first, since they cover
 * all the rest.
 *
 * A layer of which nothing was ever asked has no nodes; its lengths follow from
 * the table of layers alone.
 */
#include "core/core.h"

#include "base/compiler.h"

static uint64_t value_of(const struct pkw_field *f, uint64_t size)
{
	const struct pkw_rel *rel = &f->rel;
	int64_t unit = rel->unit ? rel->unit : 1;

	if (rel->per > 1)
		return size * rel->per & mask_bits(f->bits);
	int64_t n = (int64_t)size - rel->bias;
	if (n < 0)
		return 0;
	if (unit > 1)
		n = (uint32_t)(n + unit - 1) / (uint32_t)unit;
	return (uint64_t)n & mask_bits(f->bits);
}

/* The size that a length field counts. */
static int64_t size_of(const struct pkw_pkt *p, unsigned layer, int node,
    const struct pkw_record *rec, unsigned k)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_field *f = &rec->fields[k];
	uint32_t len = node < 0 ? l->len : p->nodes[node].len;

	switch (f->rel.of) {
	case PKW_OF_RECORD:
		return len;
	case PKW_OF_REST:
		if (node < 0)
			return len - (rec->shape->bit[k] + f->bits) / 8;
		return p->nodes[node].off + len -
		    (int64_t)((pkw__field_bit(p, node, k) + f->bits) / 8);
	case PKW_OF_LAYER:
		return l->end - l->off;
	case PKW_OF_PAYLOAD:
		return pkw__body_end(l) - l->off - l->len;
	}
	const struct pkw_field *of = &rec->fields[f->rel.of];
	if (node < 0 || !pkw__varies(of))
		return of->bits / 8;
	int c = pkw_node_child(p, node, (unsigned)f->rel.of);
	return c < 0 ? 0 : p->nodes[c].len;
}

/* What does not decode is no element: raw bytes in place of a list count none. */
static unsigned count_elements(const struct pkw_pkt *p, int node, unsigned k)
{
	int list = node < 0 ? -1 : pkw_node_child(p, node, k);
	unsigned n = 0;

	for (int c = list < 0 ? -1 : pkw_node_first(p, list); c >= 0;
	    c = pkw_node_next(p, c))
		n += p->nodes[c].kind == PKW_NODE_RECORD &&
		    !(p->nodes[c].flags & PKW_NODE_BAD);
	return n;
}

/* The value of a length or count; node is -1 for a layer without nodes. */
static uint64_t extent(const struct pkw_pkt *p, unsigned layer, int node,
    const struct pkw_record *rec, unsigned k)
{
	const struct pkw_field *f = &rec->fields[k];

	if (f->rel.kind == PKW_COUNT)
		return value_of(f, count_elements(p, node, (unsigned)f->rel.of));
	if (f->rel.zero == 2 &&
	    p->v.layers[layer].end == pkw__outer_end(p, layer))
		return 0;
	return value_of(f, (uint64_t)size_of(p, layer, node, rec, k));
}

int pkw__uneven(const struct pkw_pkt *p, int node, unsigned k)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_rel *rel = &n->rec->fields[k].rel;

	return rel->kind == PKW_LEN && rel->unit > 1 &&
	    (size_of(p, n->layer, node, n->rec, k) - rel->bias) % rel->unit;
}

static int next_value(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v)
{
	unsigned layer = p->nodes[node].layer, nth = 0;
	const struct pkw_record *rec = p->nodes[node].rec;

	if (p->nodes[node].depth > 0 || layer + 1 >= p->v.nlayers ||
	    p->v.layers[layer + 1].flags & PKW_LAYER_REST)
		return 0;
	for (unsigned k = 0; k < field; k++)
		nth += rec->fields[k].rel.kind == PKW_NEXT;
	const struct pkw__bound *b = pkw__bound_row(
	    pkw__space_get(rec->fields[field].rel.space),
	    p->v.layers[layer + 1].proto);
	return b ? pkw__bound_value(b, nth, v) : 0;
}

int pkw__computed(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v)
{
	const struct pkw_node *n = &p->nodes[node];

	switch ((enum pkw_rel_kind)n->rec->fields[field].rel.kind) {
	case PKW_PLAIN:
		return 0;
	case PKW_LEN:
	case PKW_COUNT:
		*v = extent(p, n->layer, node, n->rec, field);
		return 1;
	case PKW_NEXT:
		return next_value(p, node, field, v);
	case PKW_SUM:
		return n->depth == 0 && pkw__sum_now(p, n->layer, field, v);
	}
	return 0;
}

int pkw_field_computed(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v)
{
	return pkw__absent(p, node, field) ? -PKW_EABSENT
					   : pkw__computed(p, node, field, v);
}

/* The node of padding at a node's end, however deep; -1: none. */
static int find_pad(const struct pkw_pkt *p, int node)
{
	int last = -1;

	for (int c = pkw_node_first(p, node); c >= 0; c = pkw_node_next(p, c))
		if (!(p->nodes[c].flags & PKW_NODE_TRAILER))
			last = c;
	if (last < 0)
		return -1;
	if (p->nodes[last].flags & PKW_NODE_PAD)
		return last;
	return p->nodes[last].kind == PKW_NODE_LIST ? find_pad(p, last) : -1;
}

/* Makes a node's size a multiple by zeros at its end. */
static int pad_node(struct pkw_pkt *p, int node, int64_t size, unsigned unit)
{
	int pad = find_pad(p, node);
	int64_t bare = size - (pad >= 0 ? p->nodes[pad].len : 0);
	uint32_t want = (uint32_t)((unit - bare % unit) % unit);
	const struct pkw_node *n = &p->nodes[node];

	if (pad < 0) {
		uint32_t end = n->off + n->len;
		pad = pkw__node_end(p, node);
		if (n->depth == 0 &&
		    p->v.layers[n->layer].flags & PKW_LAYER_TRAILER)
			pad--;
		int r = pkw__node_insert(p, (uint32_t)pad, 1);
		if (r < 0)
			return pkw__fail(p, r);
		n = &p->nodes[node];
		p->nodes[pad] = (struct pkw_node){ .off = end,
			.field = PKW_NO_FIELD, .layer = n->layer,
			.kind = PKW_NODE_BYTES, .flags = PKW_NODE_PAD,
			.depth = (uint8_t)(n->depth + 1) };
	}
	return pkw__splice(p, pad, pad + 1, p->nodes[pad].off,
	    p->nodes[pad].len, want);
}

/* By how much raw bytes in the place of fixed fields are longer than those. */
static int64_t oddity(const struct pkw_pkt *p, int node)
{
	int64_t more = 0;

	if (!(p->nodes[node].flags & PKW_NODE_ODD))
		return 0;
	for (int c = pkw_node_first(p, node); c >= 0; c = pkw_node_next(p, c)) {
		unsigned k = p->nodes[c].field;
		if (k != PKW_NO_FIELD && p->nodes[node].rec->fields[k].bits)
			more += (int64_t)p->nodes[c].len -
			    p->nodes[node].rec->fields[k].bits / 8;
	}
	return more;
}

/*
 * Padding that a length counts in units asks for.  It makes the variable part
 * even; a header that the user's raw bytes made odd stays so.
 */
static int pad_for(struct pkw_pkt *p, int node, unsigned k)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[k];
	int at = node;

	if (f->rel.kind != PKW_LEN || f->rel.unit < 2 ||
	    f->rel.pad == PKW_PAD_NEVER)
		return 0;
	int odd = p->v.layers[n->layer].flags & PKW_LAYER_READ ||
	    f->rel.pad == PKW_PAD_FREE;
	if (odd && pkw_pinned(p, node, k))
		return 0;
	if (f->rel.of >= 0)
		at = pkw_node_child(p, node, (unsigned)f->rel.of);
	else if (f->rel.of != PKW_OF_RECORD && f->rel.of != PKW_OF_REST)
		return 0;
	if (at < 0)
		return 0;
	int64_t size = size_of(p, n->layer, node, n->rec, k) - f->rel.bias;
	if (f->rel.of == PKW_OF_RECORD && f->rel.pad != PKW_PAD_ODD)
		size -= oddity(p, node);
	if ((int32_t)size % f->rel.unit == 0)
		return 0;
	if (p->nodes[at].kind == PKW_NODE_BYTES)
		return pkw__splice(p, at, at + 1,
		    p->nodes[at].off + p->nodes[at].len, 0,
		    (uint32_t)(f->rel.unit - size % f->rel.unit));
	return pad_node(p, at, size, f->rel.unit);
}

/* Zeros there should be between a field's place and a multiple of its unit. */
static uint32_t align_size(const struct pkw_pkt *p, int node, unsigned k, int c)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[k];

	return (p->nodes[node].off - p->nodes[c].off) & (f->unit - 1u);
}

int pkw__misaligned(const struct pkw_pkt *p, int node, unsigned k)
{
	int c = pkw_node_child(p, node, k);

	return c >= 0 && p->nodes[c].len != align_size(p, node, k, c);
}

static int seal_align(struct pkw_pkt *p, int node, unsigned k)
{
	int c = pkw_node_child(p, node, k);

	if (c < 0 || *pkw__pins(p, node) >> k & 1)
		return 0;
	uint32_t want = align_size(p, node, k, c);
	const struct pkw_node *m = &p->nodes[c];
	return m->len == want
	    ? 0
	    : pkw__splice(p, c, c + 1, m->off, m->len, want);
}

/* Of two fields with one length the one that was not set has the other's. */
static int seal_pair(struct pkw_pkt *p, int node, unsigned k)
{
	const struct pkw_rel *rel = &p->nodes[node].rec->fields[k].rel;
	const struct pkw_node *n = &p->nodes[node];
	uint64_t pins = *pkw__pins(p, node);
	int a = pkw_node_child(p, node, (unsigned)rel->of);
	int b = pkw_node_child(p, node, (unsigned)rel->also);

	if (a < 0 || b < 0 || p->nodes[a].len == p->nodes[b].len ||
	    p->v.layers[n->layer].flags & PKW_LAYER_READ ||
	    pins >> rel->also & 1 & (pins >> rel->of))
		return 0;
	if (pins >> rel->also & 1) {
		int c = a;
		a = b;
		b = c;
	}
	return pkw__splice(p, b, b + 1, p->nodes[b].off, p->nodes[b].len,
	    p->nodes[a].len);
}

/* Lengths at known places, which the table of layers tells. */
static void seal_extents(struct pkw_pkt *p, unsigned layer, uint64_t todo)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw__shape *sh = l->proto->rec.shape;
	uint8_t *h = p->v.bytes + l->off;

	for (uint32_t i = 0; i < sh->nextents; i++) {
		const struct pkw__extent_row *w = &sh->extents[i];
		int32_t size = (int32_t)l->len;
		if (!(todo >> w->field & 1))
			continue;
		if (w->of == PKW_OF_LAYER)
			size = (int32_t)(l->end - l->off);
		else if (w->of == PKW_OF_PAYLOAD)
			size = (int32_t)(pkw__body_end(l) - l->off - l->len);
		size += w->more;
		pkw__slot_store(h, &sh->slots[w->field],
		    size < 0 ? 0 : (uint32_t)size >> w->shift);
	}
}

/* A layer whose own record asks for no more than such lengths, of which those
   that count in units count whole ones: it needs no padding. */
static int is_plain(const struct pkw_pkt *p, unsigned layer)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw__shape *sh = l->proto->rec.shape;

	if ((sh->lens | sh->counts | sh->aligns) & ~sh->easy ||
	    l->flags & PKW_LAYER_ODD || l->proto->rec.align)
		return 0;
	for (uint32_t i = 0; i < sh->nextents; i++) {
		const struct pkw__extent_row *w = &sh->extents[i];
		uint32_t part = (1u << w->shift) - 1;
		if (w->of == PKW_OF_RECORD &&
		    (l->len + (uint32_t)w->more + 1) & part)
			return 0;
	}
	return 1;
}

static PKW__NOINLINE int seal_record(struct pkw_pkt *p, int node)
{
	const struct pkw_record *rec = p->nodes[node].rec;
	const struct pkw__shape *sh = rec->shape;
	int r = 0;

	for (uint64_t todo = sh->aligns & p->nodes[node].has; todo && r == 0;
	    todo &= todo - 1)
		r = seal_align(p, node, ctz64(todo));
	for (uint64_t todo = sh->pads & p->nodes[node].has; todo && r == 0;
	    todo &= todo - 1) {
		unsigned k = ctz64(todo);
		r = rec->fields[k].rel.also > 0 ? seal_pair(p, node, k)
						: pad_for(p, node, k);
	}
	struct pkw_node *n = &p->nodes[node];
	if (rec->align && n->depth > 0 && !(n->flags & PKW_NODE_GAP)) {
		uint32_t want = (0u - n->len) % rec->align;
		int list = pkw_node_parent(p, node);
		if (r == 0 && want != n->pad) {
			r = pkw__splice(p, list, pkw__node_end(p, node),
			    n->off + n->len, n->pad, want);
			p->nodes[node].pad = (uint8_t)want;
		}
	}
	n = &p->nodes[node];
	uint64_t todo = (sh->lens | sh->counts) & n->has & ~*pkw__pins(p, node);
	if (n->depth == 0 && !(n->flags & PKW_NODE_ODD)) {
		if (todo & sh->easy)
			seal_extents(p, n->layer, todo);
		todo &= ~sh->easy;
	}
	for (; todo && r == 0; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		pkw__field_int_put(p, node, k,
		    extent(p, p->nodes[node].layer, node, rec, k));
	}
	return r;
}

static int seal_gap(struct pkw_pkt *p, unsigned layer)
{
	const struct pkw_layer *l = &p->v.layers[layer];
	uint32_t at = l->off + l->len, next = pkw__body_end(l);

	if (l->flags & PKW_LAYER_GAP)
		return 0;
	if (layer + 1 < p->v.nlayers &&
	    !(p->v.layers[layer + 1].flags & PKW_LAYER_REST))
		next = p->v.layers[layer + 1].off;
	uint32_t have = next - at;
	uint32_t want = (0u - l->len) % l->proto->rec.shape->align;
	return have == want ? 0
			    : pkw__splice_behind(p, layer, at, have, want);
}

/* The records inside, the last first, and then the layer's own. */
static int seal_nodes(struct pkw_pkt *p, unsigned i)
{
	int root = p->v.layers[i].node, r = 0;

	for (int n = pkw__node_end(p, root) - 1; n > root && r == 0; n--)
		if (p->nodes[n].kind == PKW_NODE_RECORD)
			r = seal_record(p, n);
	if (r < 0 || !is_plain(p, i))
		return r < 0 ? r : seal_record(p, root);
	uint64_t todo = pkw__rec(p, i)->shape->easy & ~p->pins[i];
	if (todo)
		seal_extents(p, i, todo);
	return 0;
}

static int seal_layer(struct pkw_pkt *p, unsigned i)
{
	const struct pkw_proto *proto = p->v.layers[i].proto;
	const struct pkw_record *rec = &proto->rec;
	int r = 0;

	if (proto->seal)
		proto->seal(p, (int)i);
	if (p->err)
		return p->err;
	if (p->v.layers[i].node != PKW_NO_NODE) {
		r = seal_nodes(p, i);
	} else {
		uint64_t todo = (rec->shape->lens | rec->shape->counts) &
		    ~p->pins[i] & rec->shape->has0;
		if (todo & rec->shape->easy)
			seal_extents(p, i, todo);
		for (todo &= ~rec->shape->easy; todo; todo &= todo - 1) {
			unsigned k = ctz64(todo);
			pkw__put_layer_int(p, i, k, extent(p, i, -1, rec, k));
		}
	}
	if (rec->align && r == 0)
		r = seal_gap(p, i);
	return r;
}

static void seal_sums(struct pkw_pkt *p, unsigned i)
{
	const struct pkw_record *rec = pkw__rec(p, i);
	uint64_t todo = rec->shape->sums & ~p->pins[i];

	for (; todo; todo &= todo - 1)
		pkw__sum_write(p, i, ctz64(todo));
}

/* Zeros up to the shortest frame, 60 bytes without its check sequence. */
static int pad60(struct pkw_pkt *p)
{
	static const uint8_t zeros[60];

	if (p->v.len >= sizeof zeros)
		return 0;
	int r = pkw_push_bytes(p, pkw__padding, zeros, sizeof zeros - p->v.len);
	return r < 0 ? r : 0;
}

static int add_fcs(struct pkw_pkt *p)
{
	uint8_t fcs[4];

	store_le(fcs, 4, pkw__crc32(p->v.bytes, p->v.len));
	int r = pkw_push_bytes(p, pkw__padding, fcs, sizeof fcs);
	return r < 0 ? r : 0;
}

int pkw_seal(struct pkw_pkt *p, unsigned flags)
{
	int r = p->err;

	if (r == 0 && (p->changed || flags)) {
		r = pkw__change(p);
		for (uint32_t i = p->v.nlayers; i-- > 0 && r == 0;)
			r = seal_layer(p, i);
		for (uint32_t i = p->v.nlayers; i-- > 0 && r == 0;)
			seal_sums(p, i);
		p->changed = 0;
	}
	if (r == 0 && flags & PKW_SEAL_PAD60)
		r = pad60(p);
	if (r == 0 && flags & PKW_SEAL_FCS)
		r = add_fcs(p);
	return r;
}
