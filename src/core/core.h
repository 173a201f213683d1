/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the packet engine: the packet, the registry, and who does what. */
#ifndef PKW_CORE_CORE_H
#define PKW_CORE_CORE_H

#include "base/bytes.h"

#include <pkw/pkt.h>
#include <pkw/proto.h>
#include <pkw/shape.h>

enum {
	PKW__MAX_NODES = 4096, /* parts laid out in a packet */
	PKW__MAX_DEPTH = 16,   /* records inside records */
	PKW__MAX_NOTES = 32,
	PKW__MAX_BYTES = 1 << 26,
	PKW__SLACK = 64        /* behind the bytes we own, so that loads by the
	                          word stay inside */
};

struct pkw__later { /* bytes behind a layer's end, during the walk */
	uint32_t end, owner;
};

struct pkw_pkt {
	struct pkw_view v;    /* first, so that pkw_view() is a cast */
	uint64_t pins[PKW_MAX_LAYERS]; /* of each layer's own fields */
	uint8_t *buf;         /* ours; v.bytes == buf when owned */
	size_t cap;
	struct pkw_node *nodes;
	uint32_t nnodes, capnodes;
	uint32_t nnotes;
	int err;
	uint8_t owned;        /* v.bytes is buf */
	uint8_t writable;     /* v.bytes may be written to */
	uint8_t thawed;       /* it is decided which fields are free */
	uint8_t nrest;        /* layers behind an end */
	uint8_t changed;      /* since the last seal */
	uint32_t nlater;
	struct pkw__later later[PKW_MAX_LAYERS];
	struct pkw_note notes[PKW__MAX_NOTES];
};

/* Whether a field has no width of its own (and so a child node). */
static inline int pkw__varies(const struct pkw_field *f)
{
	return f->bits == 0 && f->type != PKW_SWITCH;
}

/* The size that a length or count of value v stands for. */
static inline int64_t pkw__rel_size(const struct pkw_rel *rel, uint64_t v)
{
	int64_t n = (int64_t)(v & 0xffffffff);

	if (rel->per > 1)
		return (n + rel->per - 1) / rel->per;
	return n * (rel->unit ? rel->unit : 1) + rel->bias;
}

/* ---- registry.c: names and number spaces ---- */

struct pkw__entry { /* the step is here too, to spare the walk two loads */
	const struct pkw_proto *proto;
	pkw__step_fn *step;
};

struct pkw__space {
	const char *name;
	uint64_t filter[16]; /* bits by hash: clear where nothing is bound */
	const struct pkw__entry *page[256];   /* of 256 */
	struct pkw__big *big;                 /* values of 65536 and more */
	uint32_t nbig;
	const struct pkw_proto *picker; /* the protocol that peeks into it */
};

struct pkw__bound { /* a protocol's row in a space */
	struct pkw__space *space;
	uint32_t value;
	uint32_t give[2]; /* for the space's first and second selector */
	uint8_t gives[2]; /* 0: that one is left alone */
	uint8_t only;     /* 'd': to dissect, 'b': to build, 0: both */
};

enum { PKW__SPACES = 96 };
extern struct pkw__space pkw__spaces[PKW__SPACES];

void pkw__init(void);
struct pkw__space *pkw__space_get(const char *name);
const struct pkw_proto *pkw__space_big(
    const struct pkw__space *s, uint64_t value);
const struct pkw__bound *pkw__bound_row(
    const struct pkw__space *s, const struct pkw_proto *proto);
extern const struct pkw_proto *pkw__raw, *pkw__padding;
/* What a selector's nth field of that space gets: 1, or 0 for nothing. */
static inline int pkw__bound_value(
    const struct pkw__bound *b, unsigned nth, uint64_t *v)
{
	if (nth > 1 || !b->gives[nth])
		return 0;
	*v = b->give[nth];
	return 1;
}

/* Memory for tables, zeroed, never freed; NULL if there is none. */
void *pkw__table_alloc(size_t n);

static inline unsigned pkw__space_hash(uint64_t value)
{
	return (unsigned)(value * 0x9e3779b1u >> 16) & 1023;
}

/* 0: nothing is bound to the value; not 0: perhaps something is. */
static inline int pkw__space_may(const struct pkw__space *s, uint64_t value)
{
	unsigned h = pkw__space_hash(value);

	return s->filter[h / 64] >> h % 64 & 1;
}

static inline const struct pkw_proto *pkw__space_find(
    const struct pkw__space *s, uint64_t value)
{
	if (value > 0xffff)
		return s->nbig ? pkw__space_big(s, value) : NULL;
	return s->page[value >> 8][value & 255].proto;
}

struct pkw__below { /* a row of proto->below, looked up */
	const struct pkw_proto *proto;
	const struct pkw_below *row;
	unsigned field;
};

/* ---- shape.c: from rows to the sidecar ---- */

int pkw__shape_make(const struct pkw_record *rec, const struct pkw_proto *proto,
    struct pkw_diag *d);
/* The bytes of a fixed field's default, bits at offset `bit' of image. */
void pkw__default_put(
    const struct pkw_field *f, uint8_t *image, uint64_t bit, int le);

/* ---- plan.c: from rows to the steps of laying a record out ---- */

int pkw__plan_make(const struct pkw_record *rec);

/* ---- walk.c ---- */

void pkw__walk(struct pkw_pkt *p, const struct pkw_proto *first, uint32_t off,
    uint32_t end);
void pkw__note(struct pkw_pkt *p, unsigned layer, uint32_t off,
    const char *name, const char *text);
const struct pkw_proto *pkw__resolve(
    const struct pkw_proto *proto, const uint8_t *b, size_t n);

/* What a step seldom needs; see step.h. */
void pkw__step_any(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t at, uint32_t limit, uint32_t i);
void pkw__walk_raw(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t at, uint32_t limit, uint32_t i);
uint32_t pkw__walk_laid_out(struct pkw_pkt *p, uint32_t i, uint32_t avail);
uint32_t pkw__walk_bad_head(
    struct pkw_pkt *p, uint32_t i, int64_t n, uint32_t avail);
uint64_t pkw__walk_laid_end(struct pkw_pkt *p, uint32_t i);
int pkw__walk_open_end(const struct pkw_pkt *p, uint32_t i);
uint32_t pkw__walk_bad_end(
    struct pkw_pkt *p, uint32_t i, int64_t n, uint32_t end);
void pkw__walk_later(struct pkw_pkt *p, uint32_t i, uint32_t limit);
const struct pkw_proto *pkw__walk_otherwise(
    struct pkw_pkt *p, uint32_t i, const uint8_t *h, uint32_t avail);

const struct pkw_proto *pkw__walk_stop(
    struct pkw_pkt *p, uint32_t i, const uint8_t *h, uint32_t avail);
int pkw__walk_guard(const struct pkw__select *s, uint64_t value);

/* Steps compiled for one protocol each: generated, see tools/walkgen.c. */
struct pkw__fast {
	const char *name;
	pkw__step_fn *step;
};
extern const struct pkw__fast pkw__fast[]; /* ends with a NULL name */

/* ---- layout.c ---- */

/* Lays a layer out; its root node, negative error. */
int pkw__layout(struct pkw_pkt *p, unsigned layer);
/* Lays `max' bytes at off out below `node', as its field f would be read. */
int pkw__layout_field(struct pkw_pkt *p, int node, unsigned field);
/* The record of a list's element at off; `origin' is from where pointers count. */
const struct pkw_record *pkw__element_of(const struct pkw_pkt *p,
    const struct pkw_list *list, uint32_t origin, uint32_t off, uint32_t end);
/* Whether a record between off and end is no more than its fixed fields and has
   the length that it should: .minlen of its shape. */
static inline int pkw__is_plain(const struct pkw_pkt *p,
    const struct pkw_record *rec, uint32_t off, uint32_t end)
{
	const struct pkw__shape *sh = rec->shape;

	if (!sh->plain || !sh->minlen || sh->minlen > end - off)
		return 0;
	unsigned k = sh->plain - 2u;
	return sh->plain == 1 ||
	    pkw__rel_size(&rec->fields[k].rel,
		load_be(p->v.bytes + off + sh->slots[k].off,
		    sh->slots[k].bytes) >> sh->slots[k].shift &
		    sh->slots[k].mask) == sh->minlen;
}
int pkw__when(const struct pkw_pkt *p, unsigned layer,
    const struct pkw_when *w, uint64_t value);
int pkw__node_insert(struct pkw_pkt *p, uint32_t at, uint32_t n);
void pkw__node_remove(struct pkw_pkt *p, uint32_t at, uint32_t n);
const struct pkw_record *pkw__variant(
    const struct pkw_record *const *variants, uint64_t key);

/* The same of a field that may have a table of the usual ones. */
static inline const struct pkw_record *pkw__variant_of(
    const struct pkw_record *const *few,
    const struct pkw_record *const *variants, uint64_t key)
{
	return few && key < PKW__FEW ? few[key] : pkw__variant(variants, key);
}

/* ---- fields that lie at a known place ---- */

static inline uint64_t pkw__slot_load(
    const uint8_t *h, const struct pkw_slot *s)
{
	return load_be(h + s->off, s->bytes) >> s->shift & s->mask;
}

static inline void pkw__slot_store(
    uint8_t *h, const struct pkw_slot *s, uint64_t v)
{
	uint8_t *b = h + s->off;
	uint64_t keep = ~(s->mask << s->shift);

	if (s->fixed & PKW__SLOT_WHOLE)
		switch (s->bytes) {
		case 1:
			store_be(b, 1, v);
			return;
		case 2:
			store_be(b, 2, v);
			return;
		case 4:
			store_be(b, 4, v);
			return;
		default:
			store_be(b, 8, v);
			return;
		}
	v = (v & s->mask) << s->shift;
	switch (s->bytes) {
	case 1:
		store_be(b, 1, (load_be(b, 1) & keep) | v);
		return;
	case 2:
		store_be(b, 2, (load_be(b, 2) & keep) | v);
		return;
	case 4:
		store_be(b, 4, (load_be(b, 4) & keep) | v);
		return;
	case 8:
		store_be(b, 8, (load_be(b, 8) & keep) | v);
		return;
	}
}

/* Whether a field of this node can be had through its slot, whose load may be
   wider than the field: a record that was cut off may end inside it. */
static inline int pkw__slotted(
    const struct pkw_slot *s, const struct pkw_node *n)
{
	return s->fixed && s->bytes && !s->le &&
	    s->off + s->bytes <= n->len &&
	    !(n->flags & (PKW_NODE_ODD | PKW_NODE_LE));
}

/* ---- node.c: moving in the tree, reading fields ---- */

int pkw__node_end(const struct pkw_pkt *p, int node); /* behind its subtree */
/* What codecs need for a value of this layer. */
struct pkw_wire pkw__wire(const struct pkw_pkt *p, unsigned layer);
int pkw__absent(const struct pkw_pkt *p, int node, unsigned field);
uint64_t pkw__field_bit(const struct pkw_pkt *p, int node, unsigned field);
uint64_t pkw__field_int(const struct pkw_pkt *p, int node, unsigned field);
void pkw__field_int_put(
    struct pkw_pkt *p, int node, unsigned field, uint64_t v);
/* The node before which a field's child would stand. */
int pkw__child_place(const struct pkw_pkt *p, int node, unsigned field);
uint64_t *pkw__pins(struct pkw_pkt *p, int node);

/* pkw_pinned() of a layer's own field, which need not be laid out. */
static inline int pkw__layer_pinned(
    const struct pkw_pkt *p, unsigned layer, unsigned field)
{
	return p->thawed && p->pins[layer] >> field & 1;
}

static inline int pkw__is_le(
    const struct pkw_node *n, const struct pkw_field *f)
{
	return f->flags & PKW_LE || n->flags & PKW_NODE_LE;
}

static inline const struct pkw_record *pkw__rec(
    const struct pkw_pkt *p, unsigned layer)
{
	return &p->v.layers[layer].proto->rec;
}

/* The layer that contains another one, or -1. */
static inline int pkw__parent(const struct pkw_pkt *p, unsigned layer)
{
	const struct pkw_layer *l = &p->v.layers[layer];

	if (!(l->flags & PKW_LAYER_REST))
		return (int)layer - 1;
	return (int)(l->flags >> PKW_LAYER_OWNER) - 1;
}

/* Says which layer (-1: none) contains one behind a payload. */
static inline void pkw__contain(struct pkw_layer *l, int container)
{
	l->flags = (uint16_t)((l->flags & ((1u << PKW_LAYER_OWNER) - 1)) |
	    PKW_LAYER_REST | (unsigned)(container + 1) << PKW_LAYER_OWNER);
}

/* Where a layer's payload ends: before its trailer, if it has one. */
static inline uint32_t pkw__body_end(const struct pkw_layer *l)
{
	return l->flags & PKW_LAYER_TRAILER
	    ? l->end - l->proto->rec.shape->trailer
	    : l->end;
}

/* Where the layer that contains this one ends. */
static inline uint32_t pkw__outer_end(const struct pkw_pkt *p, unsigned layer)
{
	int parent = pkw__parent(p, layer);

	return parent < 0 ? p->v.len : pkw__body_end(&p->v.layers[parent]);
}

/* ---- splice.c ---- */

/* Makes the packet's bytes ours (copied) with room for `more'. */
int pkw__own(struct pkw_pkt *p, size_t more);
/* Before any change: owned, and thawed if it was dissected. */
int pkw__change(struct pkw_pkt *p);
/* The same before one that may change sizes in a node's layer. */
int pkw__change_shape(struct pkw_pkt *p, int node);
/* Sticky errors. */
int pkw__fail(struct pkw_pkt *p, int code);
/* A layer's end moves by delta, and so do those of all layers around it. */
void pkw__grow_around(struct pkw_pkt *p, int layer, uint32_t delta);
/*
 * Replaces `del' bytes at `at' by `ins' zero bytes.  They belong to `node' and
 * so to its ancestors; nodes of its layer from `after' on lie behind them.
 */
int pkw__splice(struct pkw_pkt *p, int node, int after, uint32_t at,
    uint32_t del, uint32_t ins);
/* The same between a layer's header and what follows it. */
int pkw__splice_behind(
    struct pkw_pkt *p, unsigned layer, uint32_t at, uint32_t del, uint32_t ins);

/* ---- build.c, set.c ---- */

/* Opens a gap of n bytes and a place in the table for one layer. */
int pkw__layer_insert(struct pkw_pkt *p, const struct pkw_proto *proto,
    uint32_t n, unsigned flags);
/* After a layer (not the first) came there with its contents. */
int pkw__layer_joined(struct pkw_pkt *p, unsigned layer);
/* Makes a default record at `at' as node number idx below parent. */
int pkw__record_make(struct pkw_pkt *p, int parent, int idx, uint32_t at,
    const struct pkw_record *rec, unsigned field);
/* Makes the bytes of a variable field's child `len' long, without children. */
int pkw__child_resize(struct pkw_pkt *p, int node, unsigned field, size_t len);
/* Finds the first layer of each class anew. */
void pkw__first_again(struct pkw_pkt *p);
void pkw__put_layer_int(
    struct pkw_pkt *p, unsigned layer, unsigned field, uint64_t v);
/* Puts a default record in the place of a variant or sub-record's content. */
int pkw__variant_make(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw_record *variant);
int pkw__inner_make(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw_record *v);
int pkw__field_default(struct pkw_pkt *p, int node, unsigned field);
/* After a field that others depend on has changed (-1: any may have). */
int pkw__reshape(struct pkw_pkt *p, int node, int changed);

/* ---- seal.c, sum.c, thaw.c ---- */

void pkw__thaw(struct pkw_pkt *p, unsigned from_layer);
void pkw__thaw_nodes(struct pkw_pkt *p, int from, int to);
int pkw__computed(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t *v);
/* Is what a length counts no multiple of its unit, as where it was cut off? */
int pkw__uneven(const struct pkw_pkt *p, int node, unsigned field);
/* Has an ALIGN field another size than we would give it? */
int pkw__misaligned(const struct pkw_pkt *p, int node, unsigned field);
int pkw__sum_now(
    const struct pkw_pkt *p, unsigned layer, unsigned field, uint64_t *v);
/* Writes a layer's checksum if it has a right value. */
void pkw__sum_write(struct pkw_pkt *p, unsigned layer, unsigned field);
/* IEEE 802.3's CRC-32, as a frame check sequence. */
uint32_t pkw__crc32(const uint8_t *b, size_t n);
int32_t pkw__pseudo_number(const struct pkw_proto *proto, const char *space);

#endif
