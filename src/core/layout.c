/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inside of a layer: a pre-order table of nodes, made when something first
 * asks for a field behind a variable part, an option, or an edit.
 *
 * One recursive function reads a record by its rows.  It knows the end of what
 * it may use, and narrows it as soon as a length field of the record has been
 * read; a length that names a later field is kept until that field comes.
 * Structure is read from length bytes here, once; from then on the nodes are the
 * truth.
 *
 * Hostile bytes: every step is bounded by the record's end, an element that
 * takes no bytes ends its list, and both the depth and the number of nodes have
 * a cap.  What does not decode, or is too much, is kept as a node of bytes that
 * no field names (PKW_NO_FIELD), so nothing is ever lost.  Without memory the
 * layer has no inside, and the packet the error.
 */
#include "base/compiler.h"
#include "core/core.h"

#include <stdlib.h>

/* Some nodes are kept for what is left over when the others are used up. */
enum { LIMIT = 1, MEMORY, SPARE = 2 * PKW__MAX_DEPTH + 8 };

struct lay {
	struct pkw_pkt *p;
	unsigned layer;
	int full;      /* LIMIT or MEMORY */
	uint32_t most; /* nodes up to which nothing has to be asked */
	uint32_t origin; /* from where pointers count */
	int known; /* the last record's own length said where it ends */
	int odd;   /* something was not as usual: no plan is tried again */
};

/* One record while it is read. */
struct rec {
	const struct pkw_record *rec;
	uint64_t bit, word;   /* where we are, in bits from the packet's start */
	unsigned used;        /* LE bit fields: bits of the word given out */
	uint32_t off, limit;
	uint64_t has;
	uint32_t at[64];      /* bit position of each field, from off */
	uint32_t bound[64];   /* bytes a later field has, if bounded */
	uint64_t bounded, counted;
	uint32_t count[64];
	int le, node;
	int lied; /* its length cannot be */
};

/* One record while it is read by its plan. */
struct planned {
	uint32_t off, at, limit;
	uint64_t key, has;
	int has_len;
	uint32_t *size; /* of later fields: bytes or elements */
};

/* A variable field, and what its record told about it. */
struct part {
	const struct pkw_field *f;
	const struct pkw_record *const *few; /* of its variants */
	uint64_t key;         /* VARIANT: the chooser's value */
	uint32_t off, end;
	uint32_t start;       /* of the record */
	uint32_t count;       /* of a list's elements; UNCOUNTED */
	unsigned k, depth;
	int bounded, last, le;
};

#define UNCOUNTED UINT32_MAX

static uint32_t lay_record(struct lay *c, const struct pkw_record *rec,
    uint32_t off, uint32_t end, unsigned depth, unsigned field, int le);
static int lay_planned(struct lay *c, const struct pkw_record *rec,
    uint32_t off, uint32_t end, unsigned depth, unsigned field, uint32_t *used);

int pkw__when(const struct pkw_pkt *p, unsigned layer,
    const struct pkw_when *w, uint64_t value)
{
	const char *under = NULL;

	switch ((enum pkw_op)w->op) {
	case PKW_ALWAYS:
		return 1;
	case PKW_EQ:
		return value == w->value;
	case PKW_NE:
		return value != w->value;
	case PKW_LT:
		return value < w->value;
	case PKW_GT:
		return value > w->value;
	case PKW_BITS:
		return (value & w->value) != 0;
	case PKW_NBITS:
		return (value & w->value) == 0;
	case PKW_IN:
		return value < 64 && (w->value >> value & 1);
	case PKW_NIN:
		return value >= 64 || !(w->value >> value & 1);
	case PKW_UNDER:
	case PKW_NUNDER:
		if (p && layer > 0)
			under = p->v.layers[layer - 1].proto->rec.name;
		int is = under && strcmp(under, w->name) == 0;
		return is == (w->op == PKW_UNDER);
	}
	return 0;
}

const struct pkw_record *pkw__variant(
    const struct pkw_record *const *variants, uint64_t key)
{
	const struct pkw_record *other = NULL;

	for (; variants && *variants; variants++)
		if ((*variants)->key == key)
			return *variants;
		else if ((*variants)->key == PKW_ELSE)
			other = *variants;
	return other;
}

/* Room for n nodes at index `at'; those from there on move up. */
int pkw__node_insert(struct pkw_pkt *p, uint32_t at, uint32_t n)
{
	if (p->nnodes + n > PKW__MAX_NODES)
		return -PKW_ELIMIT;
	if (p->nnodes + n > p->capnodes) {
		uint32_t cap = p->capnodes ? p->capnodes : 32;
		while (cap < p->nnodes + n)
			cap *= 2;
		struct pkw_node *m = realloc(p->nodes, cap * sizeof *m);
		if (!m)
			return -PKW_ENOMEM;
		p->nodes = m;
		p->capnodes = cap;
	}
	if (at < p->nnodes) {
		memmove(p->nodes + at + n, p->nodes + at,
		    (p->nnodes - at) * sizeof *p->nodes);
		for (uint32_t i = 0; i < p->v.nlayers; i++)
			if (p->v.layers[i].node != PKW_NO_NODE &&
			    p->v.layers[i].node >= at)
				p->v.layers[i].node =
				    (uint16_t)(p->v.layers[i].node + n);
	}
	memset(p->nodes + at, 0, n * sizeof *p->nodes);
	p->nnodes += n;
	return 0;
}

void pkw__node_remove(struct pkw_pkt *p, uint32_t at, uint32_t n)
{
	if (n == 0)
		return;
	memmove(p->nodes + at, p->nodes + at + n,
	    (p->nnodes - at - n) * sizeof *p->nodes);
	p->nnodes -= n;
	for (uint32_t i = 0; i < p->v.nlayers; i++)
		if (p->v.layers[i].node != PKW_NO_NODE &&
		    p->v.layers[i].node >= at + n)
			p->v.layers[i].node =
			    (uint16_t)(p->v.layers[i].node - n);
}

static uint32_t room(const struct pkw_pkt *p)
{
	return p->capnodes < PKW__MAX_NODES - SPARE ? p->capnodes
						    : PKW__MAX_NODES - SPARE;
}

/* Makes room for n nodes more; 1 when there is none. */
static int no_more(struct lay *c, uint32_t n, uint32_t off)
{
	struct pkw_pkt *p = c->p;

	if (!c->full && p->nnodes + n > PKW__MAX_NODES - SPARE) {
		pkw__note(p, c->layer, off, "", "too many parts");
		c->full = LIMIT;
	}
	if (!c->full && pkw__node_insert(p, p->nnodes, n) < 0)
		c->full = MEMORY;
	if (c->full) {
		c->most = 0;
		return 1;
	}
	p->nnodes -= n;
	c->most = room(p);
	return 0;
}

/* Appends a node; its index, or -1 when there is no room. */
PKW__INLINE int add_node(struct lay *c, const struct pkw_record *rec,
    unsigned kind, uint32_t off, uint32_t len, unsigned depth, unsigned field)
{
	struct pkw_pkt *p = c->p;

	if (PKW__UNLIKELY(p->nnodes >= c->most) && no_more(c, 1, off))
		return -1;
	struct pkw_node *n = &p->nodes[p->nnodes];
	*n = (struct pkw_node){ .rec = rec, .off = off, .len = len,
		.field = (uint16_t)field, .layer = (uint16_t)c->layer,
		.kind = (uint8_t)kind, .depth = (uint8_t)depth };
	return (int)p->nnodes++;
}

static void fault(struct lay *c, int node, uint32_t off, const char *name,
    const char *text)
{
	if (node >= 0)
		c->p->nodes[node].flags |= PKW_NODE_BAD;
	pkw__note(c->p, c->layer, off, name ? name : "", text);
}

/* An integer field that has been passed. */
static uint64_t passed(const struct lay *c, const struct rec *r, unsigned k)
{
	const struct pkw_field *f = &r->rec->fields[k];
	const uint8_t *base = c->p->v.bytes + r->off;

	if (!(r->has >> k & 1) || f->bits == 0 || f->bits > 64)
		return f->type == PKW_SWITCH;
	if (f->flags & PKW_LE && f->unit && f->type != PKW_FIXED &&
	    f->bits != f->unit * 8) {
		uint32_t word = r->at[k] >> 8, used = r->at[k] & 255;
		return load_le(base + word, f->unit) >> used &
		    mask_bits(f->bits);
	}
	if ((f->flags & PKW_LE || r->le) && f->bits % 8 == 0)
		return load_le(base + r->at[k] / 8, f->bits / 8u);
	if ((r->at[k] | f->bits) % 8 == 0)
		return load_be(base + r->at[k] / 8, f->bits / 8u);
	return bits_get(base, r->at[k], f->bits);
}

/* Does it hold?  What lies below is no field, and field 0 may not be kept. */
static int holds(
    const struct lay *c, const struct rec *r, const struct pkw_when *w)
{
	return pkw__when(c->p, c->layer, w,
	    w->op < PKW_UNDER ? passed(c, r, w->field) : 0);
}

static int present(const struct lay *c, const struct rec *r, unsigned k)
{
	const struct pkw_field *f = &r->rec->fields[k];

	for (int i = 0; i < 2; i++) {
		const struct pkw_when *w = &f->when[i];
		if (!w->op)
			break;
		if (!holds(c, r, w))
			return 0;
	}
	return !(f->flags & PKW_MAYEND && r->bit >= r->limit * UINT64_C(8));
}

/* Keeps what a length or count says about the record or a later field. */
static void learn(struct lay *c, struct rec *r, unsigned k)
{
	const struct pkw_field *f = &r->rec->fields[k];
	const struct pkw_rel *rel = &f->rel;
	uint64_t v = passed(c, r, k);

	if (rel->kind != PKW_LEN && rel->kind != PKW_COUNT)
		return;
	if (rel->zero && v == 0 &&
	    (!rel->guard.op || holds(c, r, &rel->guard)))
		return;
	int64_t n = pkw__rel_size(rel, v);
	if (n < 0)
		n = 0;
	if (rel->kind == PKW_COUNT) {
		r->count[rel->of] = (uint32_t)n;
		r->counted |= UINT64_C(1) << rel->of;
		return;
	}
	if (rel->of >= 0) {
		r->bound[rel->of] = (uint32_t)n;
		r->bounded |= UINT64_C(1) << rel->of;
		if (rel->also > 0) {
			r->bound[rel->also] = (uint32_t)n;
			r->bounded |= UINT64_C(1) << rel->also;
		}
		return;
	}
	int64_t from = r->off;
	if (rel->of == PKW_OF_REST)
		from = (int64_t)(r->bit / 8);
	else if (rel->of != PKW_OF_RECORD)
		return;
	int64_t least = r->off + (int64_t)r->rec->shape->minlen;
	if (from + n < least && least <= r->limit && r->node >= 0 &&
	    c->p->nodes[r->node].depth == 0) {
		/* a header always has its fixed part, as for the walk */
		fault(c, -1, r->off, f->name,
		    "the header length is shorter than the header");
		n = least - from;
	}
	if (from + n < (int64_t)(r->bit / 8)) {
		fault(c, r->node, r->off, f->name,
		    "the length is shorter than what it counts");
		r->limit = (uint32_t)(r->bit / 8);
		r->lied = 1;
	} else if (from + n > r->limit) {
		fault(c, r->node, r->off, f->name,
		    "the length reaches beyond the end");
		r->lied = 1;
	} else {
		r->limit = (uint32_t)(from + n);
	}
}

/* Passes a field of fixed width; 0 when it does not fit any more. */
static int lay_fixed(struct lay *c, struct rec *r, unsigned k)
{
	const struct pkw_field *f = &r->rec->fields[k];
	int le_bits = f->flags & PKW_LE && f->unit && f->type != PKW_FIXED &&
	    f->bits != f->unit * 8;

	if (r->bit + f->bits > r->limit * UINT64_C(8)) {
		fault(c, r->node, (uint32_t)(r->bit / 8), f->name,
		    "cut off here");
		return 0;
	}
	if (le_bits) {
		if (r->used == 0)
			r->word = r->bit;
		if (r->word / 8 + f->unit > r->limit) {
			fault(c, r->node, (uint32_t)(r->bit / 8), f->name,
			    "cut off here");
			return 0;
		}
		r->at[k] = (uint32_t)(r->word / 8 - r->off) << 8 | r->used;
		r->used = (r->used + f->bits) % (f->unit * 8u);
	} else {
		r->at[k] = (uint32_t)(r->bit - r->off * UINT64_C(8));
		r->used = 0;
	}
	r->has |= UINT64_C(1) << k;
	if (r->node >= 0 && c->p->nodes[r->node].depth == 0 &&
	    k == c->p->v.layers[c->layer].proto->origin)
		c->origin = (uint32_t)(r->bit / 8);
	r->bit += f->bits;
	if (r->rec->le.op && r->rec->le.field == k)
		r->le = pkw__when(c->p, c->layer, &r->rec->le, passed(c, r, k));
	if (f->rel.kind)
		learn(c, r, k);
	return 1;
}

/* Steps over a run of easy fields from k on; 0 if they do not all fit. */
static int lay_run(struct rec *r, unsigned k, const struct pkw__run *run)
{
	const struct pkw__shape *sh = r->rec->shape;
	uint64_t mask = mask_bits(run->n) << k;

	if (r->bit + run->bits > r->limit * UINT64_C(8))
		return 0;
	for (uint64_t ask = sh->asked & mask; ask; ask &= ask - 1) {
		unsigned i = (unsigned)PKW__CTZ64(ask);
		r->at[i] = (uint32_t)(r->bit - r->off * UINT64_C(8)) +
		    run->bits - sh->runs[i].bits;
	}
	r->has |= mask;
	r->bit += run->bits;
	r->used = 0;
	return 1;
}

PKW__INLINE const struct pkw_record *element_of(const struct pkw_pkt *p,
    const struct pkw_list *list, const struct pkw_record *const *few,
    uint32_t origin, uint32_t off, uint32_t end)
{
	const uint8_t *b = p->v.bytes;
	const struct pkw_record *v = NULL;

	if (list->peek) {
		struct pkw_wire w = { b, origin, end };
		int64_t key = list->peek(&w, off, end - off);
		if (key >= 0)
			v = pkw__variant_of(
			    few, list->variants, (uint64_t)key);
	} else if (list->peek_bits &&
	    (list->peek_bit + list->peek_bits + 7u) / 8 <= end - off) {
		v = pkw__variant_of(few, list->variants,
		    bits_get(b + off, list->peek_bit, list->peek_bits));
	}
	return v ? v : list->rec;
}

const struct pkw_record *pkw__element_of(const struct pkw_pkt *p,
    const struct pkw_list *list, uint32_t origin, uint32_t off, uint32_t end)
{
	return element_of(p, list, NULL, origin, off, end);
}

/* Whether the element that was just read is the list's last. */
static int is_last(const struct lay *c, const struct pkw_list *list, int node)
{
	const struct pkw_node *n = &c->p->nodes[node];
	const struct pkw_when *until = &list->until;

	if (!until->op || n->flags & PKW_NODE_BAD ||
	    until->field >= n->rec->nfields)
		return 0;
	const struct pkw_slot *s = &n->rec->shape->slots[until->field];
	uint64_t v = pkw__slotted(s, n) && n->has >> until->field & 1
	    ? pkw__slot_load(c->p->v.bytes + n->off, s)
	    : pkw__field_int(c->p, node, until->field);
	return until->op == PKW_EQ ? v == until->value
				   : pkw__when(c->p, c->layer, until, v);
}

static void lay_leftover(struct lay *c, uint32_t off, uint32_t end,
    unsigned depth, int maybe_pad)
{
	struct pkw_pkt *p = c->p;

	if (c->full == LIMIT && p->nnodes < p->capnodes)
		c->most = p->nnodes + 1; /* one of those kept for this */
	int n = add_node(
	    c, NULL, PKW_NODE_BYTES, off, end - off, depth, PKW_NO_FIELD);
	if (c->full)
		c->most = 0;
	if (n < 0)
		return;
	unsigned any = 0;
	for (uint32_t i = off; i < end; i++)
		any |= c->p->v.bytes[i];
	if (maybe_pad && !any)
		c->p->nodes[n].flags |= PKW_NODE_PAD;
	else
		fault(c, n, off, "", "bytes that no field explains");
}

static uint32_t lay_list(struct lay *c, const struct part *v)
{
	const struct pkw_list *list = v->f->list;
	uint32_t left = v->count, at = v->off, end = v->end;
	int counted = left != UNCOUNTED;
	unsigned depth = v->depth;
	int l = add_node(c, NULL, PKW_NODE_LIST, at, 0, depth, v->k);

	while (l >= 0 && at < end && left > 0) {
		const struct pkw_record *e = element_of(
		    c->p, list, v->few, c->origin, at, end);
		int node = (int)c->p->nnodes;
		if (!e)
			break;
		uint32_t used;
		if (!e->shape->plan || c->odd || v->le ||
		    depth >= PKW__MAX_DEPTH ||
		    !lay_planned(
			c, e, at, end, depth + 1, PKW_NO_FIELD, &used))
			used = lay_record(
			    c, e, at, end, depth + 1, PKW_NO_FIELD, v->le);
		if (used == 0 || c->full) {
			if ((uint32_t)node < c->p->nnodes)
				c->p->nnodes = (uint32_t)node;
			break;
		}
		/* what does not decode need not hide the elements behind it */
		int lost = c->p->nodes[node].flags & PKW_NODE_BAD && !c->known;
		at += used;
		left--;
		if (e->align) {
			uint32_t gap = (0u - used) % e->align;
			if (gap > end - at) {
				gap = end - at;
				c->p->nodes[node].flags |= PKW_NODE_GAP;
			}
			c->p->nodes[node].pad = (uint8_t)gap;
			at += gap;
		}
		if (lost || is_last(c, list, node))
			break;
	}
	if (counted && left > 0 && l >= 0 && !c->full)
		fault(c, l, at, v->f->name, "fewer elements than are counted");
	if (l >= 0 && at < end && (!counted || c->full)) {
		lay_leftover(c, at, end, depth + 1, 1);
		at = end;
	}
	if (l >= 0)
		c->p->nodes[l].len = at - v->off;
	return at - v->off;
}

/* A record in a field of its own, and what it leaves of a bounded one. */
static uint32_t lay_inner(struct lay *c, const struct part *v,
    const struct pkw_record *rec)
{
	int node = (int)c->p->nnodes;
	uint32_t size = v->end - v->off;
	uint32_t used =
	    lay_record(c, rec, v->off, v->end, v->depth, v->k, v->le);

	if ((uint32_t)node >= c->p->nnodes)
		return 0;
	if (used == size)
		return used;
	const struct pkw_proto *proto = c->p->v.layers[c->layer].proto;
	int open_end =
	    v->depth == 1 && proto->rec.shape->head == PKW__HEAD_LAYOUT;
	if ((v->bounded || (v->last && !open_end)) && used < size) {
		lay_leftover(c, v->off + used, v->end, v->depth + 1, 0);
		c->p->nodes[node].len = size;
		used = size;
	}
	return used;
}

static uint32_t lay_coded(struct lay *c, const struct pkw_field *f,
    unsigned k, uint32_t off, uint32_t end, unsigned depth)
{
	struct pkw_wire w = { c->p->v.bytes, c->origin, end };
	long n = f->codec->size(&w, off, end - off);
	uint32_t used =
	    n < 0 || (uint32_t)n > end - off ? end - off : (uint32_t)n;
	int node = add_node(c, NULL, PKW_NODE_BYTES, off, used, depth, k);

	if (PKW__UNLIKELY(n < 0))
		fault(c, node, off, f->name, "does not decode");
	return used;
}

static uint32_t lay_part(struct lay *c, const struct part *v)
{
	const struct pkw_record *rec = NULL;
	uint32_t used = v->end - v->off;

	switch ((enum pkw_type)v->f->type) {
	case PKW_LIST:
		return lay_list(c, v);
	case PKW_CODED:
		return lay_coded(c, v->f, v->k, v->off, v->end, v->depth);
	case PKW_VARIANT:
		rec = pkw__variant_of(v->few, v->f->variants, v->key);
		break;
	case PKW_SUB:
		rec = element_of(c->p, v->f->list, v->few, c->origin, v->off,
		    v->end);
		break;
	case PKW_ALIGN:
		used = (v->start - v->off) & (v->f->unit - 1u);
		if (used > v->end - v->off)
			used = v->end - v->off;
		break;
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
	case PKW_MAC:
	case PKW_IP4:
	case PKW_IP6:
	case PKW_UUID:
	case PKW_ADDR:
	case PKW_BYTES:
	case PKW_TEXT:
	case PKW_SWITCH:
	case PKW__TYPE_N:
		break;
	}
	if (rec && v->off + rec->shape->minlen <= v->end &&
	    v->depth < PKW__MAX_DEPTH)
		return lay_inner(c, v, rec);
	add_node(c, NULL, PKW_NODE_BYTES, v->off, used, v->depth, v->k);
	return used;
}

static uint32_t lay_variable(struct lay *c, struct rec *r, unsigned k,
    unsigned depth)
{
	const struct pkw_field *f = &r->rec->fields[k];
	uint32_t tail = r->rec->shape->runs[k].tail;
	struct part v = { .f = f,
		.few = r->rec->shape->runs[k].few,
		.k = k,
		.depth = depth,
		.off = (uint32_t)(r->bit / 8),
		.end = r->limit,
		.start = r->off,
		.count = r->counted >> k & 1 ? r->count[k] : UNCOUNTED,
		.bounded = r->bounded >> k & 1,
		.last = k + 1 == r->rec->nfields,
		.le = r->le };

	if (v.bounded && r->bound[k] <= v.end - v.off)
		v.end = v.off + r->bound[k];
	else if (v.bounded)
		fault(c, r->node, v.off, f->name,
		    "the length reaches beyond the end");
	else if (tail <= v.end - v.off)
		v.end -= tail;
	if (f->type == PKW_VARIANT)
		v.key = passed(c, r, f->key);
	return lay_part(c, &v);
}

/* An element of fixed fields that has the length it should: one node, no more.
   0: it wants a closer look. */
static uint32_t lay_plain(struct lay *c, const struct pkw_record *rec,
    uint32_t off, uint32_t end, unsigned depth, unsigned field)
{
	const struct pkw__shape *sh = rec->shape;

	if (!pkw__is_plain(c->p, rec, off, end))
		return 0;
	int node = add_node(
	    c, rec, PKW_NODE_RECORD, off, sh->minlen, depth, field);
	if (node < 0)
		return 0;
	c->p->nodes[node].has = mask_bits((unsigned)rec->nfields);
	c->known = sh->plain > 1;
	return sh->minlen;
}

/* Keeps a size that a planned step read. */
PKW__INLINE void plan_size(
    struct planned *r, const struct pkw_rel *rel, uint64_t v)
{
	int64_t n = pkw__rel_size(rel, v);

	r->size[rel->of] = n < 0 ? 0 : (uint32_t)n;
	if (rel->also > 0)
		r->size[rel->also] = r->size[rel->of];
}

/* The record ends at n as a length in it says; 0 if it cannot be there. */
PKW__INLINE int plan_end(
    struct planned *r, const struct pkw_record *rec, int64_t n)
{
	if (n < r->at || n > r->limit || n < r->off + rec->shape->minlen)
		return 0;
	r->limit = (uint32_t)n;
	r->has_len = 1;
	return 1;
}

PKW__INLINE int plan_limit(struct planned *r, const struct pkw_record *rec,
    const struct pkw_rel *rel, uint64_t v)
{
	int64_t n = pkw__rel_size(rel, v);

	return plan_end(r, rec,
	    (n < 0 ? 0 : n) + (rel->of == PKW_OF_REST ? r->at : r->off));
}

/* A list of a planned record, or a variable field of no special kind; the
   bytes that it takes. */
static PKW__NOINLINE uint32_t plan_any(struct lay *c,
    const struct pkw__plan *s, const struct pkw_record *rec, uint32_t start,
    uint32_t at, uint32_t end, uint32_t count, uint64_t key, unsigned depth)
{
	struct part v = { .f = &rec->fields[s->field],
		.few = rec->shape->runs[s->field].few,
		.key = key,
		.off = at,
		.end = end,
		.start = start,
		.count = count,
		.k = s->field,
		.depth = depth,
		.bounded = s->bounded,
		.last = s->last };

	return s->kind == PKW__PLAN_LIST ? lay_list(c, &v) : lay_part(c, &v);
}

/* A variant that is a row of fixed fields and fills its room; 0: it is not. */
PKW__INLINE int plan_plain(struct lay *c, const struct pkw__plan *s,
    const struct pkw_record *rec, struct planned *r, uint32_t end,
    unsigned depth)
{
	const struct pkw_record *v =
	    pkw__variant_of(rec->shape->runs[s->field].few,
		rec->fields[s->field].variants, r->key);

	if (!v || v->shape->plain != 1 || depth >= PKW__MAX_DEPTH ||
	    end == r->at || v->shape->minlen != end - r->at)
		return 0;
	int n = add_node(c, v, PKW_NODE_RECORD, r->at, end - r->at, depth,
	    s->field);
	if (n >= 0)
		c->p->nodes[n].has = mask_bits((unsigned)v->nfields);
	r->at = end;
	return 1;
}

/* A variable field of a planned record; 0 if it is not as usual. */
PKW__INLINE int plan_part(struct lay *c, const struct pkw__plan *s,
    const struct pkw_record *rec, struct planned *r, unsigned depth)
{
	const struct pkw_field *f = &rec->fields[s->field];
	uint32_t before = c->p->nnodes, room = r->limit - r->at;
	uint32_t end = r->limit - (s->size <= room ? s->size : 0);

	if (s->bounded) {
		if (r->size[s->field] > room)
			return 0;
		end = r->at + r->size[s->field];
	}
	if (s->kind == PKW__PLAN_CODED)
		r->at += lay_coded(c, f, s->field, r->at, end, depth);
	else if (s->kind == PKW__PLAN_LIST && s->counted &&
	    !r->size[s->field])
		add_node(
		    c, NULL, PKW_NODE_LIST, r->at, 0, depth, s->field);
	else if (s->kind != PKW__PLAN_VARIANT ||
	    !plan_plain(c, s, rec, r, end, depth))
		r->at += plan_any(c, s, rec, r->off, r->at, end,
		    s->counted ? r->size[s->field] : UNCOUNTED, r->key, depth);
	return c->p->nnodes > before && !c->full;
}

/* The integer at the end of a planned step. */
PKW__INLINE uint64_t plan_load(const uint8_t *end, const struct pkw__plan *s)
{
	return s->load == 2 ? load_be(end - 2, 2)
			    : load_be(end - s->load, s->load);
}

/* 0: something is not as it should be. */
PKW__INLINE int plan_step(struct lay *c, const struct pkw__plan *s,
    const struct pkw_record *rec, struct planned *r, unsigned depth)
{
	const uint8_t *b = c->p->v.bytes;

	if (s->kind >= PKW__PLAN_PART)
		return plan_part(c, s, rec, r, depth + 1);
	if (s->sometimes &&
	    !pkw__when(
		c->p, c->layer, &rec->fields[s->field].when[0], 0)) {
		r->has &= ~(UINT64_C(1) << s->field);
		return 1;
	}
	if (s->size > r->limit - r->at)
		return 0;
	b += r->at += s->size;
	switch ((enum pkw__plan_kind)s->kind) {
	case PKW__PLAN_KEY:
		r->key = plan_load(b, s);
		return 1;
	case PKW__PLAN_COUNT:
		r->size[s->of] = (uint32_t)plan_load(b, s);
		return 1;
	case PKW__PLAN_REST:
		return plan_end(r, rec,
		    (int64_t)(plan_load(b, s) & 0xffffffff) + r->at);
	case PKW__PLAN_SIZE:
		plan_size(r, &rec->fields[s->field].rel, plan_load(b, s));
		return 1;
	case PKW__PLAN_LIMIT:
		return plan_limit(
		    r, rec, &rec->fields[s->field].rel, plan_load(b, s));
	case PKW__PLAN_ORIGIN:
		if (depth == 0)
			c->origin = r->at;
		return 1;
	case PKW__PLAN_END:
	case PKW__PLAN_SKIP:
	case PKW__PLAN_PART:
	case PKW__PLAN_CODED:
	case PKW__PLAN_LIST:
	case PKW__PLAN_VARIANT:
		break;
	}
	return 1;
}

/*
 * A record by its plan, as long as its bytes are as they should be; else
 * nothing is left of it, and it is read once more, field by field.
 */
static int lay_planned(struct lay *c, const struct pkw_record *rec,
    uint32_t off, uint32_t end, unsigned depth, unsigned field, uint32_t *used)
{
	struct pkw_pkt *p = c->p;
	const struct pkw__plan *s = rec->shape->plan;
	uint32_t size[64], from = p->nnodes;
	int node = add_node(
	    c, rec, PKW_NODE_RECORD, off, end - off, depth, field);

	if (node < 0)
		return 0;
	struct planned r = { .off = off,
		.at = off,
		.limit = end,
		.has = mask_bits((unsigned)rec->nfields),
		.size = size };
	while (s->kind && plan_step(c, s, rec, &r, depth))
		s++;
	int whole = depth > 0
	    ? r.has_len
	    : p->v.layers[c->layer].proto->rec.shape->head !=
		PKW__HEAD_LAYOUT;
	if (s->kind || (r.at < r.limit && whole)) {
		p->nnodes = from;
		c->odd = 1;
		c->full = 0;
		c->most = room(p);
		return 0;
	}
	p->nodes[node].has = r.has;
	p->nodes[node].len = *used = r.at - off;
	c->known = r.has_len;
	return 1;
}

/* A record field by field. */
static PKW__NOINLINE uint32_t lay_fields(struct lay *c,
    const struct pkw_record *rec, uint32_t off, uint32_t end, unsigned depth,
    unsigned field, int le)
{
	struct rec r;
	unsigned unit = 1;
	int has_len = 0;

	r.rec = rec;
	r.bit = r.word = off * UINT64_C(8);
	r.used = 0;
	r.off = off;
	r.limit = end;
	r.has = r.bounded = r.counted = 0;
	r.le = le;
	r.lied = 0;
	r.node = add_node(
	    c, rec, PKW_NODE_RECORD, off, end - off, depth, field);
	if (r.node < 0)
		return 0;
	for (unsigned k = 0; k < rec->nfields && !c->full; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw__run *run = &rec->shape->runs[k];
		if (run->n && lay_run(&r, k, run)) {
			k += run->n - 1u;
			continue;
		}
		if (!present(c, &r, k))
			continue;
		if (!pkw__varies(f)) {
			if (!lay_fixed(c, &r, k))
				break;
			if (f->rel.kind == PKW_LEN && f->rel.of < 0) {
				has_len = 1;
				if (f->rel.unit)
					unit = f->rel.unit;
			}
			continue;
		}
		uint32_t before = c->p->nnodes;
		r.has |= UINT64_C(1) << k;
		uint32_t used = lay_variable(c, &r, k, depth + 1);
		if (c->p->nnodes == before)
			r.has &= ~(UINT64_C(1) << k);
		else
			r.bit += UINT64_C(8) * used;
	}
	uint32_t at = (uint32_t)((r.bit + 7) / 8);
	int bad = c->p->nodes[r.node].flags & PKW_NODE_BAD;
	if ((has_len || bad || depth == 0 || c->full) && at < r.limit &&
	    (depth > 0 || c->p->v.layers[c->layer].proto->rec.shape->head !=
		    PKW__HEAD_LAYOUT || bad || c->full)) {
		lay_leftover(c, at, r.limit, depth + 1, unit > 1);
		at = r.limit;
	}
	struct pkw_node *n = &c->p->nodes[r.node];
	n->has = r.has;
	n->len = at - off;
	c->known = has_len && !r.lied;
	if (r.le)
		n->flags |= PKW_NODE_LE;
	return at - off;
}

/*
 * Reads one record between off and end.  Returns the bytes it takes; the node
 * of the record is the first one added.
 */
static uint32_t lay_record(struct lay *c, const struct pkw_record *rec,
    uint32_t off, uint32_t end, unsigned depth, unsigned field, int le)
{
	const struct pkw__shape *sh = rec->shape;

	if (PKW__UNLIKELY(depth > PKW__MAX_DEPTH)) {
		pkw__note(c->p, c->layer, off, rec->name, "nested too deeply");
		return 0;
	}
	if (sh->plain && depth > 0 && !le) {
		uint32_t used = lay_plain(c, rec, off, end, depth, field);
		if (used || c->full)
			return used;
	}
	if (sh->plan && !c->odd && !le) {
		uint32_t used;
		if (lay_planned(c, rec, off, end, depth, field, &used))
			return used;
	}
	return lay_fields(c, rec, off, end, depth, field, le);
}

/* A layer that was built and not looked into yet: as the defaults say. */
static void lay_fresh(struct lay *c)
{
	struct pkw_pkt *p = c->p;
	struct pkw_layer *l = &p->v.layers[c->layer];
	const struct pkw_record *rec = &l->proto->rec;
	const struct pkw__shape *sh = rec->shape;

	if (p->nnodes + sh->nparts > c->most &&
	    no_more(c, sh->nparts, l->off))
		return;
	struct pkw_node *n = &p->nodes[p->nnodes];
	p->nnodes += sh->nparts;
	*n = (struct pkw_node){ .rec = rec, .off = l->off, .len = l->len,
		.field = PKW_NO_FIELD, .layer = (uint16_t)c->layer,
		.kind = PKW_NODE_RECORD, .has = sh->has0 };
	for (uint64_t todo = sh->variable & sh->has0; todo; todo &= todo - 1) {
		unsigned k = ctz64(todo);
		*++n = (struct pkw_node){ .off = l->off + sh->bit[k] / 8,
			.field = (uint16_t)k, .layer = (uint16_t)c->layer,
			.kind = rec->fields[k].type == PKW_LIST
			    ? PKW_NODE_LIST
			    : PKW_NODE_BYTES,
			.depth = 1 };
	}
}

static void lay_trailer(struct lay *c)
{
	const struct pkw_layer *l = &c->p->v.layers[c->layer];
	const struct pkw_record *rec = l->proto->trailer;
	unsigned len = rec->shape->imagelen;
	int n = add_node(c, rec, PKW_NODE_RECORD, l->end - len, len, 1,
	    PKW_NO_FIELD);

	if (n < 0)
		return;
	c->p->nodes[n].flags |= PKW_NODE_TRAILER;
	c->p->nodes[n].has = rec->shape->has0;
}

/* What the walk found to be the header reaches further than its record. */
static void lay_behind(struct lay *c, uint32_t root)
{
	const struct pkw_layer *l = &c->p->v.layers[c->layer];

	lay_leftover(c, l->off + c->p->nodes[root].len, l->off + l->len, 1, 0);
	c->p->nodes[root].len = l->len;
}

int pkw__layout(struct pkw_pkt *p, unsigned layer)
{
	struct pkw_layer *l = &p->v.layers[layer];
	struct lay c = { .p = p, .layer = layer, .origin = l->off,
		.most = room(p) };
	uint32_t root = p->nnodes;

	if (l->node != PKW_NO_NODE)
		return l->node;
	if (l->flags & PKW_LAYER_READ)
		lay_record(&c, &l->proto->rec, l->off, l->off + l->len, 0,
		    PKW_NO_FIELD, 0);
	else
		lay_fresh(&c);
	if (c.full == MEMORY || root == p->nnodes ||
	    (c.full && !(l->flags & PKW_LAYER_READ))) {
		p->nnodes = root;
		return c.full == MEMORY ? pkw__fail(p, -PKW_ENOMEM)
					: -PKW_ELIMIT;
	}
	if (l->proto->rec.shape->head == PKW__HEAD_LAYOUT &&
	    l->flags & PKW_LAYER_READ)
		l->len = p->nodes[root].len;
	else if (p->nodes[root].len < l->len)
		lay_behind(&c, root);
	l->node = (uint16_t)root;
	if (l->flags & PKW_LAYER_TRAILER)
		lay_trailer(&c);
	return (int)root;
}

/* Lays the bytes of a variable field out again: below node, at its child. */
int pkw__layout_field(struct pkw_pkt *p, int node, unsigned field)
{
	unsigned layer = p->nodes[node].layer;
	struct lay c = { .p = p, .layer = layer,
		.origin = pkw__wire(p, layer).layer, .most = room(p) };
	int child = pkw_node_child(p, node, field);
	uint32_t from = p->nnodes;

	if (child < 0)
		return child;
	const struct pkw_node *m = &p->nodes[child], *n = &p->nodes[node];
	struct rec r = { .rec = n->rec, .off = n->off, .has = n->has,
		.bit = m->off * UINT64_C(8), .limit = m->off + m->len,
		.le = (n->flags & PKW_NODE_LE) != 0, .node = -1 };
	unsigned depth = m->depth;
	for (unsigned k = 0; k < field; k++)
		if (r.rec->shape->control >> k & 1)
			r.at[k] = (uint32_t)(pkw__field_bit(p, node, k) -
			    n->off * UINT64_C(8));
	r.bounded = UINT64_C(1) << field;
	r.bound[field] = m->len;
	lay_variable(&c, &r, field, depth);
	/* the new nodes, made at the end, take the place of the old child */
	uint32_t n_new = p->nnodes - from;
	uint32_t n_old = (uint32_t)(pkw__node_end(p, child) - child);
	struct pkw_node *tmp = c.full == MEMORY || n_new == 0
	    ? NULL
	    : malloc(n_new * sizeof *tmp);
	if (!tmp) {
		p->nnodes = from;
		p->nodes[child].kind = PKW_NODE_BYTES;
		p->nodes[child].flags |= PKW_NODE_OPAQUE;
		return c.full == LIMIT ? -PKW_ELIMIT : -PKW_ENOMEM;
	}
	memcpy(tmp, p->nodes + from, n_new * sizeof *tmp);
	p->nnodes = from;
	pkw__node_remove(p, (uint32_t)child, n_old);
	int e = pkw__node_insert(p, (uint32_t)child, n_new);
	if (e == 0)
		memcpy(p->nodes + child, tmp, n_new * sizeof *tmp);
	free(tmp);
	return e < 0 ? e : child;
}

int pkw_root(const struct pkw_pkt *p, int layer)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return -PKW_EINVAL;
	if (p->v.layers[layer].node != PKW_NO_NODE)
		return p->v.layers[layer].node;
	/* laying out is no change that a caller could see */
	return pkw__layout((struct pkw_pkt *)(uintptr_t)p, (unsigned)layer);
}
