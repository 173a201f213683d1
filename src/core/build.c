/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting layers and records there, with their defaults.
 *
 * A layer on top is its image copied behind everything, an entry in the table of
 * layers, and its number written into the selector of the layer below, unless
 * the user set that.  Nodes are made only when something inside is asked for,
 * so a packet of plain headers has none.
 *
 * Padding, and what a protocol's table names as `rest', go behind the end of
 * the layer they belong to and count in no length of it.
 */
#include "base/compiler.h"
#include "core/core.h"

#include <pkw/text.h>

/* Where a new layer goes. */
struct place {
	unsigned i;
	uint32_t at;
	int rest, container; /* lies behind a payload, inside that layer */
};

/* On top of all payloads, before the padding behind them. */
static struct place on_top(const struct pkw_pkt *p)
{
	struct place w = { .i = p->v.nlayers, .at = p->v.len };

	while (w.i > 0 && p->v.layers[w.i - 1].proto == pkw__padding &&
	    p->v.layers[w.i - 1].flags & PKW_LAYER_REST)
		w.i--;
	if (w.i > 0)
		w.at = pkw__body_end(&p->v.layers[w.i - 1]);
	if (w.i < p->v.nlayers && p->v.layers[w.i].off < w.at)
		w.at = p->v.layers[w.i].off;
	return w;
}

/* Behind the payload of the topmost layer that may have `proto' there, and
   behind what is there already; padding behind all.  0: neither. */
static int behind(const struct pkw_pkt *p, const struct pkw_proto *proto,
    struct place *w)
{
	unsigned owner = p->v.nlayers;

	*w = (struct place){ p->v.nlayers, p->v.len, 1, -1 };
	if (proto == pkw__padding)
		return p->v.nlayers > 0;
	while (owner > 0 && p->v.layers[owner - 1].proto->rest != proto)
		owner--;
	if (owner-- == 0)
		return 0;
	w->container = pkw__parent(p, owner);
	w->at = p->v.layers[owner].end;
	for (w->i = owner + 1; w->i < p->v.nlayers; w->i++) {
		const struct pkw_layer *l = &p->v.layers[w->i];
		int around = pkw__parent(p, w->i);
		if (around < w->container ||
		    (around == w->container && l->proto == pkw__padding))
			break;
		if (around == w->container)
			w->at = l->end;
	}
	return 1;
}

/* The usual case of pkw__bound_row(). */
PKW__INLINE const struct pkw__bound *own_row(
    const struct pkw__space *s, const struct pkw_proto *proto)
{
	const struct pkw__shape *sh = proto->rec.shape;

	for (uint32_t i = 0; i < sh->nbinds; i++)
		if (sh->binds[i].space == s && sh->binds[i].only != 'd')
			return &sh->binds[i];
	return NULL;
}

/* What a layer says of the one on top of it, where the user did not. */
static void write_selector(
    struct pkw_pkt *p, unsigned below, const struct pkw_proto *upper)
{
	const struct pkw_layer *l = &p->v.layers[below];
	const struct pkw__shape *sh = l->proto->rec.shape;
	int plain = !(l->flags & PKW_LAYER_ODD) && !(sh->flags & PKW__LE);

	for (unsigned i = 0; i < sh->nsel; i++) {
		const struct pkw__select *s = &sh->sel[i];
		uint64_t v;
		if (p->pins[below] >> s->field & 1)
			continue;
		const struct pkw__bound *b = own_row(s->space, upper);
		if (!b)
			b = pkw__bound_row(s->space, upper);
		if (!b || !pkw__bound_value(b, i, &v))
			continue;
		if (plain && !s->at.le)
			pkw__slot_store(p->v.bytes + l->off, &s->at, v);
		else
			pkw__put_layer_int(p, below, s->field, v);
	}
}

void pkw__put_layer_int(
    struct pkw_pkt *p, unsigned layer, unsigned field, uint64_t v)
{
	struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;
	const struct pkw_slot *s = &rec->shape->slots[field];

	if (s->fixed && s->bytes && !s->le && !(l->flags & PKW_LAYER_ODD) &&
	    !(rec->shape->flags & PKW__LE)) {
		pkw__slot_store(p->v.bytes + l->off, s, v);
		return;
	}
	int root = pkw__layout(p, layer);
	if (root >= 0 && p->nodes[root].has >> field & 1)
		pkw__field_int_put(p, root, field, v);
}

void pkw__first_again(struct pkw_pkt *p)
{
	memset(p->v.first, -1, sizeof p->v.first);
	for (uint32_t i = p->v.nlayers; i-- > 0;)
		p->v.first[p->v.layers[i].proto->cls] = (int8_t)i;
}

/* What a protocol wants otherwise in the layer right below it. */
static int write_below(struct pkw_pkt *p, unsigned below,
    const struct pkw_proto *upper)
{
	const struct pkw__shape *sh = upper->rec.shape;

	for (uint32_t i = 0; i < sh->nbelow; i++) {
		const struct pkw__below *w = &sh->below[i];
		unsigned k = w->field;
		if (w->proto != p->v.layers[below].proto ||
		    p->pins[below] >> k & 1)
			continue;
		int root = pkw_root(p, (int)below);
		if (root < 0 || pkw__absent(p, root, k))
			continue;
		int r = w->row->text
		    ? pkw_field_parse(p, root, k, w->row->text, NULL)
		    : pkw_field_put_u(p, root, k, w->row->value);
		if (r < 0)
			return r;
		p->pins[below] &= ~(UINT64_C(1) << k);
	}
	return 0;
}

/* The layer below learns what stands on it. */
PKW__INLINE int tell_below(struct pkw_pkt *p, unsigned below,
    const struct pkw_proto *upper)
{
	if (pkw__rec(p, below)->shape->nsel)
		write_selector(p, below, upper);
	return upper->rec.shape->nbelow ? write_below(p, below, upper) : 0;
}

int pkw__layer_joined(struct pkw_pkt *p, unsigned layer)
{
	const struct pkw_proto *proto = p->v.layers[layer].proto;
	int r = tell_below(p, layer - 1, proto);

	if (r < 0 || !(proto->rec.shape->flags & PKW__UNDER))
		return r;
	r = pkw__layout(p, layer);
	return r < 0 ? r : pkw__reshape(p, r, -1);
}

/* Whether a new layer stands behind all there is, bytes and layers. */
PKW__INLINE int goes_on_top(
    const struct pkw_pkt *p, const struct pkw_proto *proto)
{
	if (p->nrest || proto->rec.shape->is_rest)
		return 0;
	if (p->v.nlayers == 0)
		return 1;
	const struct pkw_layer *top = &p->v.layers[p->v.nlayers - 1];
	return top->end == p->v.len && !(top->flags & PKW_LAYER_TRAILER);
}

/* The usual case, and there is room. */
PKW__INLINE int add_layer(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t n, unsigned flags)
{
	uint32_t i = p->v.nlayers, at = p->v.len;

	for (uint32_t k = 0; k < i; k++)
		p->v.layers[k].end += n;
	p->v.layers[i] = (struct pkw_layer){ proto, at, n, at + n, PKW_NO_NODE,
		(uint16_t)flags };
	p->v.len = at + n;
	p->v.nlayers = i + 1;
	p->pins[i] = 0;
	if (p->v.first[proto->cls] < 0)
		p->v.first[proto->cls] = (int8_t)i;
	return (int)i;
}

/* Layers from i on move up by one place, their bytes by n. */
static void make_room(struct pkw_pkt *p, unsigned i, uint32_t n)
{
	for (uint32_t k = p->v.nlayers; k > i; k--) {
		struct pkw_layer *l = &p->v.layers[k];
		*l = p->v.layers[k - 1];
		p->pins[k] = p->pins[k - 1];
		l->off += n;
		l->end += n;
		/* what contains it may have moved itself */
		if (l->flags >> PKW_LAYER_OWNER > (int)i)
			pkw__contain(l, l->flags >> PKW_LAYER_OWNER);
	}
	if (i < p->v.nlayers)
		for (uint32_t k = 0; k < p->nnodes; k++)
			if (p->nodes[k].layer >= i) {
				p->nodes[k].layer++;
				p->nodes[k].off += n;
			}
	for (uint32_t k = 0; k < p->nnotes; k++)
		if (p->notes[k].layer >= i) {
			p->notes[k].layer++;
			p->notes[k].off += n;
		}
	p->v.nlayers++;
}

/* Opens a gap of n bytes and a place in the table for one layer. */
int pkw__layer_insert(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t n, unsigned flags)
{
	struct place w;

	if (p->v.nlayers == PKW_MAX_LAYERS)
		return pkw__fail(p, -PKW_ELIMIT);
	if (pkw__own(p, n) < 0)
		return p->err;
	if (goes_on_top(p, proto))
		return add_layer(p, proto, n, flags);
	if (!behind(p, proto, &w))
		w = on_top(p);
	if (w.at < p->v.len)
		memmove(p->v.bytes + w.at + n, p->v.bytes + w.at,
		    p->v.len - w.at);
	p->v.len += n;
	make_room(p, w.i, n);
	struct pkw_layer *l = &p->v.layers[w.i];
	*l = (struct pkw_layer){ proto, w.at, n, w.at + n, PKW_NO_NODE,
		(uint16_t)flags };
	p->pins[w.i] = 0;
	if (w.rest) {
		pkw__contain(l, w.container);
		p->nrest++;
	}
	pkw__grow_around(p, pkw__parent(p, w.i), n);
	pkw__first_again(p);
	return (int)w.i;
}

/* Default values of variable fields, written as a user would type them. */
static int apply_texts(struct pkw_pkt *p, int node)
{
	const struct pkw_record *rec = p->nodes[node].rec;
	uint64_t todo = rec->shape->variable & p->nodes[node].has;

	for (unsigned k = 0; k < rec->nfields && todo >> k; k++)
		if (todo >> k & 1) {
			int r = pkw__field_default(p, node, k);
			if (r < 0)
				return r;
		}
	return 0;
}

/* Families are no layers themselves: NTP() is an NTPHeader(). */
static const struct pkw_proto *concrete(const struct pkw_proto *proto)
{
	const struct pkw_proto *next = proto->rec.shape->next;

	return proto->flags & PKW_ABSTRACT && next ? next : proto;
}

int pkw_push(struct pkw_pkt *p, const struct pkw_proto *proto)
{
	proto = concrete(proto);
	const struct pkw__shape *sh = proto->rec.shape;
	uint32_t n = sh->imagelen;
	int i;

	if (!p->thawed || !p->owned || p->err) {
		int r = pkw__change(p);
		if (r < 0)
			return r;
	}
	p->changed = 1;
	if (goes_on_top(p, proto) && p->v.nlayers < PKW_MAX_LAYERS &&
	    p->v.len + n + PKW__SLACK <= p->cap)
		i = add_layer(p, proto, n, 0);
	else
		i = pkw__layer_insert(p, proto, n, 0);
	if (i < 0)
		return i;
	memcpy(p->v.bytes + p->v.layers[i].off, sh->image, n);
	if (i > 0 && !(p->v.layers[i].flags & PKW_LAYER_REST)) {
		int r = tell_below(p, (unsigned)i - 1, proto);
		if (r < 0)
			return pkw__fail(p, r);
	}
	if (sh->flags & (PKW__TEXT | PKW__UNDER)) {
		int root = pkw__layout(p, (unsigned)i);
		int r = root;
		if (root >= 0 && sh->flags & PKW__UNDER)
			r = pkw__reshape(p, root, -1);
		if (r >= 0)
			r = apply_texts(p, p->v.layers[i].node);
		if (r < 0)
			return pkw__fail(p, r);
	}
	return i;
}

int pkw_push_bytes(struct pkw_pkt *p, const struct pkw_proto *proto,
    const void *bytes, size_t len)
{
	int r = pkw__change(p);

	if (r < 0)
		return r;
	if (len > PKW__MAX_BYTES)
		return pkw__fail(p, -PKW_EMSGSIZE);
	proto = pkw__resolve(proto, bytes, len);
	if (len < proto->rec.shape->minlen)
		proto = pkw__raw;
	int i = pkw__layer_insert(p, proto, (uint32_t)len, PKW_LAYER_READ);
	if (i < 0)
		return i;
	if (len)
		memcpy(p->v.bytes + p->v.layers[i].off, bytes, len);
	if (i > 0 && !(p->v.layers[i].flags & PKW_LAYER_REST))
		write_selector(p, (unsigned)i - 1, proto);
	if (proto == pkw__raw || proto == pkw__padding ||
	    (uint32_t)i + 1 != p->v.nlayers)
		return i;
	/* read what is in there, in place of the one layer of all bytes */
	uint32_t off = p->v.layers[i].off, end = p->v.layers[i].end;
	uint16_t rest = p->v.layers[i].flags &
	    (uint16_t)(0xff00 | PKW_LAYER_REST);
	p->v.nlayers = (uint32_t)i;
	pkw__walk(p, proto, off, end);
	pkw__first_again(p);
	p->v.layers[i].flags |= rest;
	for (uint32_t k = (uint32_t)i; k < p->v.nlayers; k++)
		p->pins[k] = 0;
	pkw__thaw(p, (unsigned)i);
	return i;
}

int pkw_push_raw(struct pkw_pkt *p, const void *bytes, size_t len)
{
	return pkw_push_bytes(p, pkw__raw, bytes, len);
}

/*
 * A default record: its image, and a child for each variable field.  Returns
 * the index of its node.
 */
int pkw__record_make(struct pkw_pkt *p, int parent, int idx, uint32_t at,
    const struct pkw_record *rec, unsigned field)
{
	const struct pkw__shape *sh = rec->shape;
	unsigned depth = p->nodes[parent].depth + 1u;

	if (depth > PKW__MAX_DEPTH)
		return pkw__fail(p, -PKW_ELIMIT);
	int r = pkw__node_insert(p, (uint32_t)idx, 1);
	if (r < 0)
		return pkw__fail(p, r);
	struct pkw_node *n = &p->nodes[idx];
	*n = (struct pkw_node){ .rec = rec, .off = at, .field = (uint16_t)field,
		.layer = p->nodes[parent].layer, .kind = PKW_NODE_RECORD,
		.flags = p->nodes[parent].flags & PKW_NODE_LE,
		.depth = (uint8_t)depth, .has = sh->has0 };
	if (sh->imagelen) {
		r = pkw__splice(p, idx, idx + 1, at, 0, sh->imagelen);
		if (r < 0)
			return r;
		memcpy(p->v.bytes + at, sh->image, sh->imagelen);
	}
	uint64_t bit = at * UINT64_C(8);
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (!(sh->has0 >> k & 1))
			continue;
		bit += f->bits;
		if (!pkw__varies(f))
			continue;
		int c = pkw__node_end(p, idx);
		r = pkw__node_insert(p, (uint32_t)c, 1);
		if (r < 0)
			return pkw__fail(p, r);
		p->nodes[c] = (struct pkw_node){ .off = (uint32_t)(bit / 8),
			.field = (uint16_t)k, .layer = p->nodes[idx].layer,
			.kind = f->type == PKW_LIST ? PKW_NODE_LIST
						    : PKW_NODE_BYTES,
			.depth = (uint8_t)(depth + 1) };
	}
	r = apply_texts(p, idx);
	return r < 0 ? r : idx;
}

static int end_of_list(const struct pkw_pkt *p, int list)
{
	int end = pkw__node_end(p, list);
	int last = -1;

	for (int c = pkw_node_first(p, list); c >= 0; c = pkw_node_next(p, c))
		last = c;
	/* padding stays last */
	if (last >= 0 && p->nodes[last].flags & PKW_NODE_PAD)
		return last;
	return end;
}

static int is_in(const struct pkw_record *const *v, const struct pkw_record *r)
{
	for (; v && *v; v++)
		if (*v == r)
			return 1;
	return 0;
}

static int variant_field(
    const struct pkw_record *rec, const struct pkw_record *v)
{
	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].type == PKW_VARIANT &&
		    is_in(rec->fields[k].variants, v))
			return (int)k;
	return -PKW_ENOFIELD;
}

/* Makes a record hold that variant, whatever it holds by default. */
int pkw__variant_make(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw_record *v)
{
	int r = v->key == PKW_ELSE
	    ? 0
	    : pkw_field_put_u(
		  p, node, p->nodes[node].rec->fields[field].key, v->key);
	int c = r < 0 ? r : pkw_node_child(p, node, field);

	if (c >= 0 && p->nodes[c].rec != v)
		r = pkw__inner_make(p, node, field, v);
	for (size_t i = 0; i < v->npresets && r >= 0; i++)
		r = pkw_field_put_u(
		    p, node, v->presets[i].field, v->presets[i].value);
	return r < 0 ? r : 0;
}

int pkw_list_add(struct pkw_pkt *p, int node, unsigned field, int at,
    const struct pkw_record *variant)
{
	int r = pkw__change_shape(p, node);

	if (r < 0)
		return r;
	int list = pkw__absent(p, node, field) ? -PKW_EABSENT
					       : pkw_node_child(p, node, field);
	if (list < 0)
		return pkw__fail(p, -PKW_EABSENT);
	const struct pkw_list *l = p->nodes[node].rec->fields[field].list;
	if (!l || p->nodes[list].kind != PKW_NODE_LIST)
		return pkw__fail(p, -PKW_ETYPE);
	const struct pkw_record *rec = l->rec;
	int key = -1;
	if (variant && variant != rec) {
		if (is_in(l->variants, variant)) {
			rec = variant;
		} else {
			key = rec ? variant_field(rec, variant) : -1;
			if (key < 0)
				return pkw__fail(p, -PKW_ETYPE);
		}
	}
	if (!rec)
		return pkw__fail(p, -PKW_ETYPE);
	int idx = end_of_list(p, list);
	if (at >= 0)
		for (int c = pkw_node_first(p, list); c >= 0;
		    c = pkw_node_next(p, c))
			if (at-- == 0) {
				idx = c;
				break;
			}
	uint32_t off = idx < pkw__node_end(p, list)
	    ? p->nodes[idx].off
	    : p->nodes[list].off + p->nodes[list].len;
	int e = pkw__record_make(p, list, idx, off, rec, PKW_NO_FIELD);
	if (e >= 0 && key >= 0) {
		r = pkw__variant_make(p, e, (unsigned)key, variant);
		if (r < 0)
			return r;
	}
	return e;
}
