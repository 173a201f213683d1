/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON of what had to be laid out: fields that are there only sometimes or
 * behind something of variable size, lists, records.  One pass over the nodes
 * in pre-order, each function returning the node behind what it has written.
 */
#include "out/json.h"


/* A packet inside a field: its layers in place of the bytes. */
static int put_packet(
    struct json *j, const struct pkw_field *f, const uint8_t *b, size_t n)
{
	const struct pkw_proto *first = pkw_proto_find(f->inner);
	struct pkw_pkt *p = pkw__inner(j->pr, j->depth);
	const struct pkw_pkt *outer = j->p;

	if (!first || !p || n == 0)
		return 0;
	pkw_dissect(p, first, b, n, 0);
	j->p = p;
	j->depth++;
	pkw__json_layers(j);
	j->depth--;
	no_names(j);
	j->p = outer;
	return 1;
}

/*
 * A name that is nothing but a pointer to one that was written (RFC 1035 section
 * 4.1.4), as those of answers are: its text once more.  0: it is not.
 */
static int put_known_name(struct json *j, const struct pkw_node *n)
{
	const uint8_t *b = j->p->v.bytes + n->off;

	if (n->len != 2 || b[0] < 0xc0 || j->nnames == 0)
		return 0;
	if (j->origin == NO_ORIGIN)
		j->origin = pkw__wire(j->p, n->layer).layer;
	uint32_t to = j->origin + ((b[0] & 0x3fu) << 8 | b[1]);
	for (unsigned i = 0; i < NAMES && i < j->nnames; i++) {
		const struct name_at *known = &j->names[i];
		if (known->off != to)
			continue;
		if (room(j, known->len)) {
			memcpy(j->w.o, j->w.out->s + known->at, known->len);
			j->w.o += known->len;
		}
		return 1;
	}
	return 0;
}

static void remember_name(struct json *j, const struct pkw_node *n, size_t at)
{
	j->names[j->nnames++ % NAMES] = (struct name_at){ .off = n->off,
		.len = (uint32_t)(here(j) - at), .at = at };
}

static void put_coded(struct json *j, const struct pkw_field *f,
    const struct pkw_node *n)
{
	int name = f->codec->pointers &&
	    !(n->flags & (PKW_NODE_BAD | PKW_NODE_OPAQUE));

	if (name && put_known_name(j, n))
		return;
	size_t at = here(j);
	struct pkw_str *s = pkw__scratch(j->pr);
	if (pkw__coded_text(j->p, f, n, s) < 0) {
		put_hex(j, j->p->v.bytes + n->off, n->len);
		return;
	}
	if (!f->codec->numeric && !f->codec->list) {
		put_text(j, s->s ? s->s : "", s->len);
		if (name && !j->w.out->err)
			remember_name(j, n, at);
		return;
	}
	if (!room(j, s->len + 3))
		return;
	if (f->codec->list)
		*j->w.o++ = '[';
	for (size_t i = 0; i < s->len; i++)
		*j->w.o++ = s->s[i] == ' ' ? ',' : s->s[i];
	if (s->len == 0 && !f->codec->list)
		*j->w.o++ = '0';
	if (f->codec->list)
		*j->w.o++ = ']';
}

static void put_bytes(struct json *j, const struct pkw_field *f,
    const struct pkw_node *n)
{
	const uint8_t *b = j->p->v.bytes + n->off;
	static const struct plate_field mac = { .kind = PLATE_MAC };
	static const struct plate_field ip4 = { .kind = PLATE_IP4 };
	static const struct plate_field ip6 = { .kind = PLATE_IP6 };

	if (n->flags & PKW_NODE_OPAQUE) {
		put_hex(j, b, n->len);
		return;
	}
	switch ((enum pkw_type)f->type) {
	case PKW_TEXT:
		put_text(j, b, without_zeros(f, b, n->len));
		return;
	case PKW_CODED:
		put_coded(j, f, n);
		return;
	case PKW_ADDR:
		if (room(j, 64 + FAST_SLACK) &&
		    (n->len == 4 || n->len == 6 || n->len == 16))
			put_fixed(j, n->len == 4 ? &ip4
			    : n->len == 6        ? &mac
			                         : &ip6,
			    b);
		else
			put_hex(j, b, n->len);
		return;
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
	case PKW_MAC:
	case PKW_IP4:
	case PKW_IP6:
	case PKW_UUID:
	case PKW_BYTES:
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW_SWITCH:
	case PKW__TYPE_N:
		break;
	}
	if (!f->inner || !put_packet(j, f, b, n->len))
		put_hex(j, b, n->len);
}

static int put_child(struct json *j, const struct plate_field *pf, int c);

/* The one value of a record, without its key; the node behind the record. */
static int put_lone(struct json *j, const struct plate *pl, int node)
{
	const struct pkw_node *n = &j->p->nodes[node];
	const struct plate_field *pf = &pl->fields[0];
	unsigned labels = j->nlabels;

	if (pf->kind == PLATE_VAR)
		return put_child(j, pf, node + 1);
	if (!room(j, pf->room))
		return node + 1;
	if (pf->kind <= PLATE_FIXED)
		put_number(j, pl, pf, node, n->off,
		    pkw__field_int(j->p, node, 0));
	else
		put_fixed(j, pf, j->p->v.bytes + n->off);
	j->nlabels = labels;
	return node + 1;
}

/* An element of a list: one value, or an object. */
static int put_element(struct json *j, const struct pkw_list *list, int node)
{
	const struct pkw_node *n = &j->p->nodes[node];

	if (!room(j, 1))
		return pkw__node_end(j->p, node);
	*j->w.o++ = ',';
	if (n->kind != PKW_NODE_RECORD) {
		put_hex(j, j->p->v.bytes + n->off, n->len);
		return node + 1;
	}
	struct plate *pl = plate_of(&j->pr->plates, n->rec);
	if (pl && list->style == PKW_LIST_VALUES && pkw__is_lone(j->p, node))
		return put_lone(j, pl, node);
	return pl ? pkw__json_record(j, pl, node) : pkw__node_end(j->p, node);
}

static int put_list(struct json *j, const struct pkw_field *f, int c)
{
	unsigned depth = j->p->nodes[c].depth;
	size_t at = here(j);

	for (c++; (uint32_t)c < j->p->nnodes && j->p->nodes[c].depth > depth;)
		c = put_element(j, f->list, c);
	close_at(j, at, "[]");
	return c;
}

/* The value of a node that stands for a field; the node behind it. */
static int put_child(struct json *j, const struct plate_field *pf, int c)
{
	const struct pkw_node *n = &j->p->nodes[c];

	if (n->kind == PKW_NODE_BYTES) {
		put_bytes(j, pf->f, n);
		return c + 1;
	}
	if (n->kind == PKW_NODE_LIST)
		return put_list(j, pf->f, c);
	struct plate *pl = plate_of(&j->pr->plates, n->rec);
	if (pl && pkw__is_lone(j->p, c))
		return put_lone(j, pl, c);
	return pl ? pkw__json_record(j, pl, c) : pkw__node_end(j->p, c);
}

/* A variable field, or raw bytes in place of a fixed one; the node behind. */
int pkw__json_variable(struct json *j, const struct plate_field *pf, int c)
{
	const struct pkw_node *n = &j->p->nodes[c];

	if (n->kind == PKW_NODE_RECORD && pf->f->flags & PKW_FLAT) {
		struct plate *pl = plate_of(&j->pr->plates, n->rec);
		return pl ? pkw__json_fields(j, pl, c) : pkw__node_end(j->p, c);
	}
	if (!room(j, pf->keylen + FAST_SLACK))
		return pkw__node_end(j->p, c);
	j->w.o = fast_text(j->w.o, pf->key, pf->keylen);
	return put_child(j, pf, c);
}

/* An integer of up to 57 bits anywhere, or by general means. */
PKW__INLINE uint64_t moved_value(
    const struct json *j, const struct pkw_field *f, int node, unsigned k,
    uint64_t bit)
{
	uint64_t last = bit + f->bits - 1, v;

	if (PKW__UNLIKELY(last < 64 || f->bits > 57 || f->flags & PKW_LE ||
	        j->p->nodes[node].flags & (PKW_NODE_LE | PKW_NODE_ODD)))
		return pkw__field_int(j->p, node, k);
	memcpy(&v, j->p->v.bytes + last / 8 - 7, 8);
	return PKW__BE64(v) >> (7 - last % 8) & mask_bits(f->bits);
}

/* A fixed field behind something of variable size, at `bit'; room is there. */
PKW__INLINE void put_moved(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, unsigned k, uint64_t bit)
{
	j->w.o = fast_text(j->w.o, pf->key, pf->keylen);
	if (pf->kind > PLATE_FIXED)
		put_fixed(j, pf, j->p->v.bytes + bit / 8);
	else
		put_number(j, pl, pf, node, j->p->nodes[node].off,
		    moved_value(j, pf->f, node, k, bit));
}

static void put_leftover(struct json *j, const struct pkw_node *n)
{
	if (n->flags & PKW_NODE_TRAILER || !room(j, 16))
		return;
	PUT(j, ",\"_rest\":");
	put_hex(j, j->p->v.bytes + n->off, n->len);
}

/* Fields one by one: of records in which raw bytes stand in place of a field,
   little-endian ones, and where there are too many sets of fields. */
static int put_one_by_one(struct json *j, const struct plate *pl, int node)
{
	const struct pkw_pkt *p = j->p;
	const struct pkw_node *n = &p->nodes[node];
	uint64_t has = n->has, bit = n->off * UINT64_C(8);
	unsigned depth = n->depth + 1u;
	int odd = n->flags & PKW_NODE_ODD;
	uint32_t c = (uint32_t)node + 1;

	for (unsigned k = 0; k < pl->nfields; k++) {
		const struct plate_field *pf = &pl->fields[k];
		if (!(has >> k & 1))
			continue;
		int child = (pf->kind >= PLATE_VAR || odd) && c < p->nnodes &&
		    p->nodes[c].depth == depth && p->nodes[c].field == k;
		if (!child) {
			if (pf->kind < PLATE_VAR)
				put_moved(j, pl, pf, node, k, bit);
			bit += pf->f->bits;
			continue;
		}
		bit = (p->nodes[c].off + p->nodes[c].len) * UINT64_C(8);
		if (PKW__UNLIKELY(pf->f->type == PKW_ALIGN) &&
		    pkw__field_hidden(p, node, k))
			c++;
		else
			c = (uint32_t)pkw__json_variable(j, pf, (int)c);
		if (!room(j, pl->room))
			return pkw__node_end(p, node);
	}
	return (int)c;
}

/* All fields of a node, each with its comma; the node behind it. */
int pkw__json_fields(struct json *j, struct plate *pl, int node)
{
	const struct pkw_pkt *p = j->p;
	const struct pkw_node *n = &p->nodes[node];
	unsigned depth = n->depth;
	struct plate_op *ops = NULL;

	if (!room(j, pl->room))
		return pkw__node_end(p, node);
	if (PKW__LIKELY(!(n->flags & (PKW_NODE_ODD | PKW_NODE_LE))))
		ops = plate_ops(&j->pr->plates, pl, n->has);
	uint32_t c = (uint32_t)(PKW__LIKELY(ops != NULL)
	        ? pkw__json_ops(j, pl, ops, node, n->off)
	        : put_one_by_one(j, pl, node));
	while (c < p->nnodes && p->nodes[c].depth > depth) {
		put_leftover(j, &p->nodes[c]);
		c = (uint32_t)pkw__node_end(p, (int)c);
	}
	return (int)c;
}

static int write_record(struct json *j, struct plate *pl, int node)
{
	const struct plate *name = pl;
	unsigned labels = j->nlabels;

	if (pl->flat)
		name = plate_of(&j->pr->plates, pkw__named(j->p, node));
	if (!name || !room(j, name->openlen + 16 + FAST_SLACK))
		return pkw__node_end(j->p, node);
	/* without the comma, which the caller has put if it is wanted */
	j->w.o = fast_text(j->w.o, name->open + 1, name->openlen - 1);
	PUT(j, "\"fields\":");
	size_t at = here(j);
	int next = pkw__json_fields(j, pl, node);
	close_at(j, at, "{}");
	pkw__json_labels(j, labels);
	if (room(j, 1))
		*j->w.o++ = '}';
	return next;
}

/* `{...}' of a laid-out record; the node behind it. */
int pkw__json_record(struct json *j, struct plate *pl, int node)
{
	const struct pkw_node *n = &j->p->nodes[node];
	struct memo *m = pl->memo;
	uint64_t key = 0;

	if (!m || n->len != pl->shape->minlen || n->flags ||
	    n->has != mask_bits(pl->nfields))
		return write_record(j, pl, node);
	for (uint32_t i = 0; i < n->len; i++)
		key = key << 8 | j->p->v.bytes[n->off + i];
	if (!room(j, MEMO_TEXT + FAST_SLACK))
		return pkw__node_end(j->p, node);
	if (PKW__LIKELY(put_kept(j, m, key))) /* an empty tail has a node */
		return pkw__node_end(j->p, node);
	size_t at = here(j);
	unsigned labels = j->nlabels;
	int next = write_record(j, pl, node);
	pkw__json_keep(j, m, key, at, labels);
	if (memo_useless(m))
		pl->memo = NULL;
	return next;
}
