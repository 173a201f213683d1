/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Setting fields.  A set writes into the bytes and pins the field; putting
 * without pinning is what defaults and seal hooks do.
 *
 * Raw bytes may stand in the place of any field.  They are a child node marked
 * OPAQUE, also for a field of fixed width, whose record is then marked ODD: the
 * places of its later fields no longer follow from widths alone.
 */
#include "base/compiler.h"
#include "core/core.h"

#include <pkw/text.h>

static uint64_t bit_of(unsigned field)
{
	return UINT64_C(1) << field;
}

static int fits(const struct pkw_field *f, uint64_t v)
{
	if (f->bits >= 64 || v <= mask_bits(f->bits))
		return 1;
	return f->type == PKW_INT &&
	    (int64_t)v >= -(INT64_C(1) << (f->bits - 1)) && (int64_t)v < 0;
}

/* Removes the nodes below a child and makes it plain bytes of that length. */
static int resize(
    struct pkw_pkt *p, int c, const struct pkw_field *f, size_t len)
{
	if (len > PKW__MAX_BYTES)
		return pkw__fail(p, -PKW_EMSGSIZE);
	int end = pkw__node_end(p, c);
	pkw__node_remove(p, (uint32_t)c + 1, (uint32_t)(end - c - 1));
	struct pkw_node *n = &p->nodes[c];
	n->kind = f->type == PKW_LIST ? PKW_NODE_LIST : PKW_NODE_BYTES;
	n->rec = NULL;
	n->flags = 0;
	n->has = n->pin = 0;
	int r = pkw__splice(p, c, c + 1, n->off, n->len, (uint32_t)len);
	return r < 0 ? r : c;
}

int pkw__child_resize(struct pkw_pkt *p, int node, unsigned field, size_t len)
{
	int c = pkw_node_child(p, node, field);

	return c < 0 ? pkw__fail(p, -PKW_EABSENT)
		     : resize(p, c, &p->nodes[node].rec->fields[field], len);
}

/* Gives a fixed field its own width back. */
static int unraw(struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];

	if (!f->bits || !(p->nodes[node].flags & PKW_NODE_ODD))
		return 0;
	int c = pkw_node_child(p, node, field);
	if (c < 0)
		return 0;
	c = pkw__child_resize(p, node, field, f->bits / 8u);
	if (c < 0)
		return c;
	pkw__node_remove(p, (uint32_t)c, 1);
	return 0;
}

int pkw_field_put_u(struct pkw_pkt *p, int node, unsigned field, uint64_t value)
{
	int r = pkw__change(p);

	if (r < 0)
		return r;
	if (!pkw__absent(p, node, field) &&
	    (p->nodes[node].flags & PKW_NODE_ODD ||
		p->nodes[node].rec->shape->control & bit_of(field)))
		r = pkw__change_shape(p, node);
	if (r < 0)
		return r;
	if (pkw__absent(p, node, field))
		return pkw__fail(p, -PKW_EABSENT);
	const struct pkw_record *rec = p->nodes[node].rec;
	const struct pkw_field *f = &rec->fields[field];
	if (f->type == PKW_SWITCH) {
		*pkw__pins(p, node) &= ~bit_of(field);
		*pkw__pins(p, node) |= value ? 0 : bit_of(field);
		return 0;
	}
	if (f->bits == 0 || f->bits > 64)
		return pkw__fail(p, -PKW_ETYPE);
	if (!fits(f, value))
		return pkw__fail(p, -PKW_ERANGE);
	r = unraw(p, node, field);
	if (r < 0)
		return r;
	pkw__field_int_put(p, node, field, value);
	if (rec->shape->control & bit_of(field))
		return pkw__reshape(p, node, (int)field);
	return 0;
}

int pkw_field_set_u(struct pkw_pkt *p, int node, unsigned field, uint64_t value)
{
	int r = pkw_field_put_u(p, node, field, value);

	if (r >= 0 && p->nodes[node].rec->fields[field].type != PKW_SWITCH)
		*pkw__pins(p, node) |= bit_of(field);
	return r;
}

/* A layer's field whose place is known and that steers nothing: one store. */
PKW__INLINE int set_plain(
    struct pkw_pkt *p, int layer, unsigned field, uint64_t value)
{
	if (p->err || (uint32_t)layer >= p->v.nlayers)
		return 0;
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;
	if (field >= rec->nfields)
		return 0;
	const struct pkw_slot *s = &rec->shape->slots[field];
	if (!(s->fixed & PKW__SLOT_PLAIN) || value > s->mask ||
	    l->flags & PKW_LAYER_ODD)
		return 0;
	pkw__slot_store(p->v.bytes + l->off, s, value);
	p->pins[layer] |= bit_of(field);
	p->changed = 1;
	return 1;
}

/* Apart, so that the short way needs to save no registers. */
static PKW__NOINLINE int set_any(
    struct pkw_pkt *p, int layer, unsigned field, uint64_t value)
{
	if (!p->thawed || !p->owned || p->err) {
		int r = pkw__change(p);
		if (r < 0)
			return r;
	}
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return pkw__fail(p, -PKW_EINVAL);
	const struct pkw_record *rec = pkw__rec(p, (unsigned)layer);
	if (field >= rec->nfields)
		return pkw__fail(p, -PKW_ENOFIELD);
	int root = pkw_root(p, layer);
	return root < 0 ? pkw__fail(p, root)
			: pkw_field_set_u(p, root, field, value);
}

int pkw_set(struct pkw_pkt *p, int layer, unsigned field, uint64_t value)
{
	return p->thawed && p->owned && set_plain(p, layer, field, value)
	    ? 0
	    : set_any(p, layer, field, value);
}

/* Bytes of a field with a fixed width: short ones are filled up with zeros. */
static int set_fixed(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	int r = unraw(p, node, field);

	if (r < 0)
		return r;
	uint64_t bit = pkw__field_bit(p, node, field);
	int open = f->type == PKW_BYTES || f->type == PKW_TEXT;
	if (bit % 8 || f->bits % 8)
		return pkw__fail(p, -PKW_ETYPE);
	if (len > f->bits / 8u || (!open && len != f->bits / 8u))
		return pkw__fail(p, -PKW_ERANGE);
	uint8_t *b = p->v.bytes + bit / 8;
	if (len)
		memcpy(b, bytes, len);
	memset(b + len, 0, f->bits / 8u - len);
	if (p->nodes[node].rec->shape->control & bit_of(field))
		return pkw__reshape(p, node, (int)field);
	return 0;
}

static int set_variable(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	int c = pkw__child_resize(p, node, field, len);

	if (c < 0)
		return c;
	if (len)
		memcpy(p->v.bytes + p->nodes[c].off, bytes, len);
	if (f->type != PKW_LIST && f->type != PKW_VARIANT && f->type != PKW_SUB)
		return 0;
	if (len == 0)
		return 0;
	c = pkw__layout_field(p, node, field);
	if (c < 0)
		return pkw__fail(p, c);
	pkw__thaw_nodes(p, c, pkw__node_end(p, c));
	return 0;
}

/* pkw__change_shape(), of which a built packet needs next to nothing. */
PKW__INLINE int change_shape(struct pkw_pkt *p, int node)
{
	if (!p->thawed || !p->owned || p->err || !pkw_node(p, node) ||
	    p->v.layers[p->nodes[node].layer].flags & PKW_LAYER_READ)
		return pkw__change_shape(p, node);
	p->changed = 1;
	return 0;
}

int pkw_field_put_bytes(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len)
{
	int r = change_shape(p, node);

	if (r < 0)
		return r;
	if (pkw__absent(p, node, field))
		return pkw__fail(p, -PKW_EABSENT);
	return p->nodes[node].rec->fields[field].bits
	    ? set_fixed(p, node, field, bytes, len)
	    : set_variable(p, node, field, bytes, len);
}

int pkw_field_set_bytes(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len)
{
	int r = pkw_field_put_bytes(p, node, field, bytes, len);

	if (r >= 0)
		*pkw__pins(p, node) |= bit_of(field);
	return r;
}

/* A child for a fixed field, spanning the bytes it has. */
static int make_child(struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	uint64_t bit = pkw__field_bit(p, node, field);
	int place = pkw__child_place(p, node, field);

	if (bit % 8 || f->bits % 8)
		return pkw__fail(p, -PKW_ETYPE);
	int r = pkw__node_insert(p, (uint32_t)place, 1);
	if (r < 0)
		return pkw__fail(p, r);
	struct pkw_node *n = &p->nodes[node];
	p->nodes[place] = (struct pkw_node){ .off = (uint32_t)(bit / 8),
		.len = f->bits / 8u, .field = (uint16_t)field,
		.layer = n->layer, .depth = (uint8_t)(n->depth + 1),
		.kind = PKW_NODE_BYTES };
	n->flags |= PKW_NODE_ODD;
	if (n->depth == 0)
		p->v.layers[n->layer].flags |= PKW_LAYER_ODD;
	return place;
}

int pkw_field_set_raw(struct pkw_pkt *p, int node, unsigned field,
    const void *bytes, size_t len)
{
	int r = change_shape(p, node);

	if (r < 0)
		return r;
	if (pkw__absent(p, node, field))
		return pkw__fail(p, -PKW_EABSENT);
	int c = pkw_node_child(p, node, field);
	if (c < 0)
		c = make_child(p, node, field);
	if (c >= 0)
		c = resize(p, c, &p->nodes[node].rec->fields[field], len);
	if (c < 0)
		return c;
	if (len)
		memcpy(p->v.bytes + p->nodes[c].off, bytes, len);
	p->nodes[c].kind = PKW_NODE_BYTES;
	p->nodes[c].flags |= PKW_NODE_OPAQUE;
	*pkw__pins(p, node) |= bit_of(field);
	return 0;
}

int pkw__inner_make(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw_record *v)
{
	int c = pkw__child_resize(p, node, field, 0);

	if (c < 0 || !v)
		return c;
	uint32_t at = p->nodes[c].off;
	pkw__node_remove(p, (uint32_t)c, 1);
	return pkw__record_make(p, node, c, at, v, field);
}

/* A variable field as a default instance has it. */
int pkw__field_default(struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	int r = 0;

	if (f->type == PKW_VARIANT) {
		const struct pkw_record *v = pkw__variant(
		    f->variants, pkw__field_int(p, node, f->key));
		r = pkw__inner_make(
		    p, node, field, v && v->nameless ? NULL : v);
	} else if (f->type == PKW_SUB)
		r = pkw__inner_make(p, node, field, f->list->rec);
	if (r >= 0 && f->text)
		r = pkw_field_parse(p, node, field, f->text, NULL);
	*pkw__pins(p, node) &= ~bit_of(field);
	return r < 0 ? pkw__fail(p, r) : 0;
}

/* The number of the layer above, or the default where it has none. */
static void unset_selector(struct pkw_pkt *p, int node, unsigned field)
{
	uint64_t v;

	if (!pkw__computed(p, node, field, &v))
		v = p->nodes[node].rec->fields[field].def;
	pkw__field_int_put(p, node, field, v);
}

/* Defaults written as text, and those of fields wider than 64 bits, all of
   which begin at a byte. */
static void unset_bytes(struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_field *f = &p->nodes[node].rec->fields[field];
	uint64_t bit = pkw__field_bit(p, node, field);

	memset(p->v.bytes + bit / 8, 0, f->bits / 8u);
	pkw__default_put(f, p->v.bytes, bit, 0);
}

int pkw_field_unset(struct pkw_pkt *p, int node, unsigned field)
{
	int r = pkw__change_shape(p, node);

	if (r < 0)
		return r;
	if (pkw__absent(p, node, field))
		return pkw__fail(p, -PKW_EABSENT);
	const struct pkw_record *rec = p->nodes[node].rec;
	const struct pkw_field *f = &rec->fields[field];
	r = unraw(p, node, field);
	if (r < 0)
		return r;
	*pkw__pins(p, node) &= ~bit_of(field);
	if (f->type == PKW_SWITCH)
		return 0;
	if (!f->bits) {
		r = pkw__child_resize(p, node, field, 0);
		return r < 0 ? r : pkw__field_default(p, node, field);
	}
	if (f->rel.kind == PKW_NEXT)
		unset_selector(p, node, field);
	else if (f->rel.kind != PKW_PLAIN)
		return 0;
	else if (f->bits <= 64 && !f->text)
		pkw__field_int_put(p, node, field, f->def);
	else
		unset_bytes(p, node, field);
	if (rec->shape->control & bit_of(field))
		return pkw__reshape(p, node, (int)field);
	return 0;
}

int pkw_node_del(struct pkw_pkt *p, int node)
{
	int r = pkw__change_shape(p, node);

	if (r < 0)
		return r;
	int parent = pkw_node(p, node) ? pkw_node_parent(p, node) : -1;
	if (parent < 0)
		return pkw__fail(p, -PKW_EINVAL);
	const struct pkw_node *n = &p->nodes[node];
	if (n->field != PKW_NO_FIELD) {
		int raw = n->flags & PKW_NODE_OPAQUE;
		r = pkw__child_resize(p, parent, n->field, 0);
		if (r < 0)
			return r;
		p->nodes[r].flags |= (uint8_t)raw;
		return 0;
	}
	int end = pkw__node_end(p, node);
	r = pkw__splice(p, parent, end, n->off, n->len + n->pad, 0);
	if (r == 0)
		pkw__node_remove(p, (uint32_t)node, (uint32_t)(end - node));
	return r;
}

/* Forgets a layer's nodes. */
static void drop_nodes(struct pkw_pkt *p, unsigned layer)
{
	struct pkw_layer *l = &p->v.layers[layer];

	if (l->node == PKW_NO_NODE)
		return;
	uint32_t n = (uint32_t)(pkw__node_end(p, l->node) - l->node);
	uint16_t root = l->node;
	l->node = PKW_NO_NODE;
	pkw__node_remove(p, root, n);
}

/*
 * How many layers go with layer i: those in it, and unless it lies behind a
 * payload itself, those behind its end.
 */
static unsigned cut_count(const struct pkw_pkt *p, unsigned i)
{
	int around = p->v.layers[i].flags & PKW_LAYER_REST
	    ? (int)i
	    : pkw__parent(p, i);
	unsigned n = 1;

	while (i + n < p->v.nlayers && pkw__parent(p, i + n) >= around)
		n++;
	return n;
}

/* Layers from i on move down by n places, their bytes by `gone'. */
static void close_gap(struct pkw_pkt *p, unsigned i, unsigned n, uint32_t gone)
{
	uint32_t kept = 0;

	for (uint32_t k = i + n; k < p->v.nlayers; k++) {
		struct pkw_layer *l = &p->v.layers[k - n];
		*l = p->v.layers[k];
		p->pins[k - n] = p->pins[k];
		l->off -= gone;
		l->end -= gone;
		if (l->flags & PKW_LAYER_REST &&
		    (l->flags >> PKW_LAYER_OWNER) > (int)i)
			pkw__contain(l,
			    (l->flags >> PKW_LAYER_OWNER) - 1 - (int)n);
	}
	p->v.nlayers -= n;
	for (uint32_t k = 0; k < p->nnodes; k++)
		if (p->nodes[k].layer >= i + n) {
			p->nodes[k].layer = (uint16_t)(p->nodes[k].layer - n);
			p->nodes[k].off -= gone;
		}
	for (uint32_t k = 0; k < p->nnotes; k++) {
		struct pkw_note note = p->notes[k];
		if (note.layer >= i && note.layer < i + n)
			continue;
		if (note.layer >= i) {
			note.layer = (uint16_t)(note.layer - n);
			note.off -= gone;
		}
		p->notes[kept++] = note;
	}
	p->nnotes = kept;
	p->nrest = 0;
	for (uint32_t k = 0; k < p->v.nlayers; k++)
		p->nrest += p->v.layers[k].flags & PKW_LAYER_REST;
	pkw__first_again(p);
}

/* Fields that said what stood above say nothing any more; others, as ports that
   nothing is bound to, stay. */
static int forget_upper(
    struct pkw_pkt *p, int layer, const struct pkw_proto *upper)
{
	const struct pkw__shape *sh = pkw__rec(p, (unsigned)layer)->shape;
	int root = pkw_root(p, layer);

	for (unsigned i = 0; root >= 0 && i < sh->nsel; i++) {
		const struct pkw__select *s = &sh->sel[i];
		const struct pkw__bound *b = pkw__bound_row(s->space, upper);
		if (b && !pkw_pinned(p, root, s->field) &&
		    !pkw__absent(p, root, s->field) &&
		    pkw__space_find(s->space,
			pkw__field_int(p, root, s->field)) == upper)
			unset_selector(p, root, s->field);
	}
	return root < 0 ? root : 0;
}

int pkw_layer_cut(struct pkw_pkt *p, int layer)
{
	int r = pkw__change(p);

	if (r < 0)
		return r;
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return pkw__fail(p, -PKW_EINVAL);
	unsigned i = (unsigned)layer, n = cut_count(p, i);
	int parent = pkw__parent(p, i);
	uint32_t at = p->v.layers[i].off;
	uint32_t end = p->v.layers[i].flags & PKW_LAYER_REST
	    ? p->v.layers[i].end
	    : pkw__outer_end(p, i);
	uint32_t gone = end - at;
	const struct pkw_proto *gone_proto = p->v.layers[i].proto;
	for (unsigned k = 0; k < n; k++)
		drop_nodes(p, i + k);
	memmove(p->v.bytes + at, p->v.bytes + end, p->v.len - end);
	p->v.len -= gone;
	pkw__grow_around(p, parent, 0u - gone);
	close_gap(p, i, n, gone);
	return parent < 0 ? 0 : forget_upper(p, parent, gone_proto);
}
