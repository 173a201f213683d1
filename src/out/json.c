/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON: one object a packet, made for speed, of what docs/packet.schema.json
 * describes.
 *
 * Layers, options and records look alike: {"name", "offset", "length",
 * "fields", "labels"}.  Values keep one type each (numbers, or strings for
 * addresses, text and hexadecimal bytes); what a number is called stands beside
 * them in "labels".  Where raw bytes stand in place of a field, its value is a
 * string of hexadecimal digits.
 *
 * Text goes straight into the caller's string through a bare pointer; room is
 * asked for once per field, for the most that it can take, and fixed-size
 * copies may run over what they mean to write (fast.h).  A field begins with a
 * comma; the first one of an object is then turned into its bracket.
 *
 * Most layers never need to be laid out: when no field is conditional and
 * nothing of variable size is there, fields are read from their fixed places.
 * Everything else goes through the nodes, in one pass in pre-order.
 */
#include "out/pen.h"
#include "out/printer.h"

#include "base/addr.h"
#include "core/core.h"

enum {
	LABELS_MAX = 192,
	LAYER_ROOM = 192 /* of the text around a layer's fields */
};

struct label_at {
	const struct plate_field *pf;
	const struct plate_label *label; /* NULL: flags, by value */
	uint64_t value;
};

struct json {
	struct pkw_printer *pr;
	const struct pkw_pkt *p;
	struct pen w;
	unsigned depth;  /* of packets inside packets */
	unsigned nlabels;
	struct label_at labels[LABELS_MAX];
};

#define PUT(j, text) PEN_PUT(&(j)->w, text)

PKW__INLINE int room(struct json *j, size_t n)
{
	return pen_room(&j->w, n);
}

/* ---- values ---- */

static void put_hex(struct json *j, const uint8_t *b, size_t n)
{
	if (!room(j, 2 * n + 2 + FAST_SLACK))
		return;
	*j->w.o++ = '"';
	j->w.o = pkw__fast_hex(j->w.o, b, n);
	*j->w.o++ = '"';
}

static int is_plain(const uint8_t *b, size_t n)
{
	unsigned odd = 0;

	for (size_t i = 0; i < n; i++)
		odd |= (b[i] - 0x20u > 0x5e) | (b[i] == '"') | (b[i] == '\\');
	return !odd;
}

static void put_text(struct json *j, const void *text, size_t n)
{
	const uint8_t *b = text;

	if (!room(j, 6 * n + 2 + FAST_SLACK))
		return;
	*j->w.o++ = '"';
	if (is_plain(b, n)) {
		if (n)
			memcpy(j->w.o, b, n);
		j->w.o += n;
	} else {
		pen_up(&j->w);
		pkw_str_jsonesc(j->w.out, b, n);
		pen_down(&j->w);
	}
	if (room(j, 1))
		*j->w.o++ = '"';
}

/* An integer at off: one load of the eight bytes that end with it, if so many
   are there in front. */
PKW__INLINE uint64_t slot_value(
    const uint8_t *bytes, uint32_t off, const struct pkw_slot *s)
{
	uint32_t end = off + s->off + s->bytes;
	uint64_t v;

	if (PKW__UNLIKELY(s->le || end < 8)) {
		v = load_any(bytes + off + s->off, s->bytes, s->le);
	} else {
		memcpy(&v, bytes + end - 8, 8);
		v = PKW__BE64(v);
	}
	return v >> s->shift & s->mask;
}

/* The other field's value that a label depends on. */
static uint64_t key_value(const struct json *j, const struct plate_field *pf,
    int node, const struct plate *pl, uint32_t off)
{
	const struct plate_field *kf = &pl->fields[pf->f->key];

	if (node < 0 || kf->slotted)
		return slot_value(j->p->v.bytes, off, &kf->slot);
	return pkw__field_int(j->p, node, pf->f->key);
}

PKW__INLINE void add_label(struct json *j, const struct plate_field *pf,
    const struct plate_label *label, uint64_t value)
{
	if (PKW__LIKELY(j->nlabels < LABELS_MAX))
		j->labels[j->nlabels++] =
		    (struct label_at){ pf, label, value };
}

PKW__INLINE void note_label(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, uint32_t off, uint64_t v)
{
	uint64_t of = 0;

	if (PKW__UNLIKELY(pf->f->nlabels_by_key))
		of = key_value(j, pf, node, pl, off);
	const struct plate_label *l = plate_label(pf->labels, v, of);
	if (l)
		add_label(j, pf, l, v);
}

PKW__INLINE void note_flags(
    struct json *j, const struct plate_field *pf, uint64_t v)
{
	const struct plate_label *l =
	    pf->labels ? plate_label(pf->labels, v, 0) : NULL;

	if (PKW__UNLIKELY(!l))
		l = pkw__plate_flags_label(&j->pr->plates, pf, v);
	add_label(j, pf, l, v);
}

static int64_t sign_extend(uint64_t v, unsigned bits)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);

	return (int64_t)((v ^ sign) - sign);
}

/* An integer's text, and its label remembered. */
PKW__INLINE void put_number(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, uint32_t off, uint64_t v)
{
	switch ((enum plate_kind)pf->kind) {
	case PLATE_UINT:
	case PLATE_HEX:
		j->w.o = fast_u64(j->w.o, v);
		if (pf->labels)
			note_label(j, pl, pf, node, off, v);
		return;
	case PLATE_FLAGS:
		j->w.o = fast_u64(j->w.o, v);
		if (v)
			note_flags(j, pf, v);
		return;
	case PLATE_INT:
		j->w.o = fast_i64(j->w.o, sign_extend(v, pf->f->bits));
		if (pf->labels)
			note_label(j, pl, pf, node, off, v);
		return;
	case PLATE_FIXED:
		j->w.o = pkw__fast_fixed(j->w.o, v, pf->f->unit, pf->digits);
		return;
	case PLATE_MAC:
	case PLATE_IP4:
	case PLATE_IP6:
	case PLATE_UUID:
	case PLATE_BYTES:
	case PLATE_TEXT:
	case PLATE_VAR:
	case PLATE_NONE:
		return;
	}
}

static size_t without_zeros(
    const struct pkw_field *f, const uint8_t *b, size_t n)
{
	while (f->flags & PKW_ZPAD && n && b[n - 1] == 0)
		n--;
	return n;
}

/* What has a fixed size but is no integer. */
PKW__INLINE void put_fixed(
    struct json *j, const struct plate_field *pf, const uint8_t *b)
{
	switch ((enum plate_kind)pf->kind) {
	case PLATE_MAC:
		*j->w.o++ = '"';
		j->w.o = fast_mac(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_IP4:
		*j->w.o++ = '"';
		j->w.o = fast_ip4(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_IP6:
		*j->w.o++ = '"';
		j->w.o = pkw__fast_ip6(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_UUID:
		*j->w.o++ = '"';
		j->w.o += pkw__fmt_uuid(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_TEXT:
		put_text(j, b, without_zeros(pf->f, b, pf->f->bits / 8u));
		return;
	case PLATE_BYTES:
		put_hex(j, b, pf->f->bits / 8u);
		return;
	case PLATE_UINT:
	case PLATE_HEX:
	case PLATE_FLAGS:
	case PLATE_INT:
	case PLATE_FIXED:
	case PLATE_VAR:
	case PLATE_NONE:
		return;
	}
}

/* A field at a fixed place. */
PKW__INLINE void put_slotted(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, uint32_t off)
{
	if (!room(j, pf->room))
		return;
	j->w.o = fast_text(j->w.o, pf->key, pf->keylen);
	if (pf->kind <= PLATE_FIXED)
		put_number(j, pl, pf, node, off,
		    slot_value(j->p->v.bytes, off, &pf->slot));
	else
		put_fixed(j, pf, j->p->v.bytes + off + pf->off);
}

/* ---- brackets ---- */

/*
 * Everything inside a bracket begins with a comma; closing turns the first one
 * into the bracket.  Places are offsets, for the text may move.
 */
static size_t here(const struct json *j)
{
	return pen_here(&j->w);
}

static void close_at(struct json *j, size_t at, const char *brackets)
{
	if (!room(j, 2))
		return;
	if (here(j) == at)
		*j->w.o++ = ',';
	j->w.out->s[at] = brackets[0];
	*j->w.o++ = brackets[1];
}

static void put_labels(struct json *j, unsigned from)
{
	if (j->nlabels == from || !room(j, 16))
		return;
	PUT(j, ",\"labels\":");
	size_t at = here(j);
	for (unsigned i = from; i < j->nlabels; i++) {
		const struct label_at *l = &j->labels[i];
		if (PKW__LIKELY(l->label != NULL)) {
			if (room(j, l->label->pairlen + FAST_SLACK))
				j->w.o = fast_text(j->w.o, l->label->pair,
				    l->label->pairlen);
			continue;
		}
		if (!room(j, l->pf->keylen + FLAGS_ROOM + FAST_SLACK))
			break;
		j->w.o = fast_text(j->w.o, l->pf->key, l->pf->keylen);
		*j->w.o++ = '"';
		j->w.o = pkw__plate_flags(j->w.o, l->pf, l->value);
		*j->w.o++ = '"';
	}
	close_at(j, at, "{}");
	j->nlabels = from;
}

/* `,{"name":"IP","offset":14,"length":20,"fields":'; 0 without room. */
static int open_layer(
    struct json *j, const struct plate *pl, uint32_t off, uint32_t len)
{
	if (!room(j, pl->openlen + LAYER_ROOM))
		return 0;
	j->w.o = fast_text(j->w.o, pl->open, pl->openlen);
	PUT(j, "\"offset\":");
	j->w.o = fast_u64(j->w.o, off);
	PUT(j, ",\"length\":");
	j->w.o = fast_u64(j->w.o, len);
	PUT(j, ",\"fields\":");
	return 1;
}

/* ---- what is laid out ---- */

static int put_fields(struct json *j, const struct plate *pl, int node);
static int put_record(struct json *j, const struct plate *pl, int node);
static void put_layers(struct json *j);

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
	put_layers(j);
	j->depth--;
	j->p = outer;
	return 1;
}

static void put_coded(struct json *j, const struct pkw_field *f,
    const struct pkw_node *n)
{
	struct pkw_str *s = &j->pr->scratch;

	pkw_str_clear(s);
	if (pkw__coded_text(j->p, f, n, s) < 0) {
		put_hex(j, j->p->v.bytes + n->off, n->len);
		return;
	}
	if (!f->codec->numeric && !f->codec->list) {
		put_text(j, s->s ? s->s : "", s->len);
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
	const struct plate *pl = plate_of(&j->pr->plates, n->rec);
	if (pl && list->style == PKW_LIST_VALUES && pkw__is_lone(j->p, node))
		return put_lone(j, pl, node);
	return put_record(j, pl, node);
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
	const struct plate *pl = plate_of(&j->pr->plates, n->rec);
	if (pl && pkw__is_lone(j->p, c))
		return put_lone(j, pl, c);
	return put_record(j, pl, c);
}

/* A variable field, or raw bytes in place of a fixed one; the node behind. */
static int put_variable(struct json *j, const struct plate_field *pf, int c)
{
	const struct pkw_node *n = &j->p->nodes[c];

	if (n->kind == PKW_NODE_RECORD && pf->f->flags & PKW_FLAT) {
		const struct plate *pl = plate_of(&j->pr->plates, n->rec);
		return pl ? put_fields(j, pl, c) : pkw__node_end(j->p, c);
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

/* A fixed field behind something of variable size, at `bit'. */
PKW__INLINE void put_moved(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, unsigned k, uint64_t bit)
{
	if (!room(j, pf->room))
		return;
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

/* All fields of a node, each with its comma; the node behind it. */
static int put_fields(struct json *j, const struct plate *pl, int node)
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
		if (PKW__LIKELY(pf->kind < PLATE_VAR && !odd)) {
			put_moved(j, pl, pf, node, k, bit);
			bit += pf->f->bits;
			continue;
		}
		if (c >= p->nnodes || p->nodes[c].depth != depth ||
		    p->nodes[c].field != k) {
			if (pf->kind < PLATE_VAR)
				put_moved(j, pl, pf, node, k, bit);
			bit += pf->f->bits;
			continue;
		}
		bit = (p->nodes[c].off + p->nodes[c].len) * UINT64_C(8);
		if (pkw__field_hidden(p, node, k))
			c++;
		else
			c = (uint32_t)put_variable(j, pf, (int)c);
	}
	while (c < p->nnodes && p->nodes[c].depth >= depth) {
		put_leftover(j, &p->nodes[c]);
		c = (uint32_t)pkw__node_end(p, (int)c);
	}
	return (int)c;
}

/* `{...}' of a laid-out record; the node behind it. */
static int put_record(struct json *j, const struct plate *pl, int node)
{
	const struct plate *name = pl;
	unsigned labels = j->nlabels;

	if (pl && pl->flat)
		name = plate_of(&j->pr->plates, pkw__named(j->p, node));
	if (!pl || !name || !room(j, name->openlen + 16 + FAST_SLACK))
		return pkw__node_end(j->p, node);
	/* without the comma, which the caller has put if it is wanted */
	j->w.o = fast_text(j->w.o, name->open + 1, name->openlen - 1);
	PUT(j, "\"fields\":");
	size_t at = here(j);
	int next = put_fields(j, pl, node);
	close_at(j, at, "{}");
	put_labels(j, labels);
	if (room(j, 1))
		*j->w.o++ = '}';
	return next;
}

/* ---- layers ---- */

/* Fields from fixed places, then bytes up to the layer's end. */
static void put_simple(
    struct json *j, const struct plate *pl, const struct pkw_layer *l)
{
	const uint8_t *base = j->p->v.bytes + l->off;

	for (unsigned k = 0; k < pl->nfields; k++) {
		const struct plate_field *pf = &pl->fields[k];
		if (PKW__LIKELY(pf->slotted)) {
			put_slotted(j, pl, pf, -1, l->off);
			continue;
		}
		if (pf->kind != PLATE_VAR || !room(j, pf->room))
			continue;
		j->w.o = fast_text(j->w.o, pf->key, pf->keylen);
		uint32_t min = pl->shape->minlen;
		if (pl->tail && pf->f->type == PKW_TEXT)
			put_text(j, base + min,
			    without_zeros(pf->f, base + min, l->len - min));
		else if (pl->tail)
			put_hex(j, base + min, l->len - min);
		else if (pf->f->type == PKW_LIST)
			PUT(j, "[]");
		else
			PUT(j, "\"\"");
	}
}

/* Whether the fixed places tell all there is: see struct plate. */
PKW__INLINE int is_simple(const struct plate *pl, const struct pkw_layer *l)
{
	return pl->simple && (l->len == pl->shape->minlen || pl->tail) &&
	    l->node == PKW_NO_NODE &&
	    !(l->flags & (PKW_LAYER_BAD | PKW_LAYER_ODD)) &&
	    l->flags & PKW_LAYER_READ;
}

static void put_trailer(struct json *j, const struct pkw_layer *l)
{
	const struct pkw_record *rec = l->proto->trailer;
	const struct plate *pl = plate_of(&j->pr->plates, rec);
	uint32_t off = l->end - rec->shape->imagelen;
	unsigned labels = j->nlabels;

	if (!pl || !room(j, 16))
		return;
	PUT(j, ",\"trailer\":");
	size_t at = here(j);
	for (unsigned k = 0; k < pl->nfields; k++)
		if (pl->fields[k].slotted)
			put_slotted(j, pl, &pl->fields[k], -1, off);
	close_at(j, at, "{}");
	j->nlabels = labels;
}

static void put_layer(struct json *j, unsigned i)
{
	const struct pkw_layer *l = &j->p->v.layers[i];
	const struct plate *pl = plate_of(&j->pr->plates, &l->proto->rec);
	int simple = pl && is_simple(pl, l), root = -1;

	if (!simple)
		root = pkw_root(j->p, (int)i);
	if (!pl || (!simple && root < 0) ||
	    !open_layer(j, pl, l->off, l->len))
		return;
	size_t at = here(j);
	if (simple)
		put_simple(j, pl, l);
	else
		put_fields(j, pl, root);
	close_at(j, at, "{}");
	put_labels(j, 0);
	if (l->flags & PKW_LAYER_TRAILER)
		put_trailer(j, l);
	if (room(j, 1))
		*j->w.o++ = '}';
}

static void put_layers(struct json *j)
{
	size_t at = here(j);

	for (uint32_t i = 0; i < j->p->v.nlayers; i++)
		put_layer(j, i);
	close_at(j, at, "[]");
}

static void put_notes(struct json *j)
{
	if (!room(j, 16))
		return;
	PUT(j, ",\"notes\":");
	size_t at = here(j);
	for (uint32_t i = 0; i < j->p->nnotes; i++) {
		const struct pkw_note *n = &j->p->notes[i];
		if (!room(j, 128))
			break;
		PUT(j, ",{\"layer\":");
		j->w.o = fast_u64(j->w.o, n->layer);
		PUT(j, ",\"offset\":");
		j->w.o = fast_u64(j->w.o, n->off);
		PUT(j, ",\"name\":");
		put_text(j, n->name, strlen(n->name));
		if (room(j, 16))
			PUT(j, ",\"text\":");
		put_text(j, n->text, strlen(n->text));
		if (room(j, 1))
			*j->w.o++ = '}';
	}
	close_at(j, at, "[]");
}

/* ---- the packet ---- */

static void put_time(struct json *j, int64_t ns)
{
	struct pkw_printer *pr = j->pr;
	int64_t second = ns / 1000000000;

	if (ns < 0) { /* the sign is the fraction's too */
		PUT(j, "{\"time\":-");
		j->w.o = fast_u64(j->w.o, (uint64_t)-second);
		*j->w.o++ = '.';
		j->w.o = fast_fraction(
		    j->w.o, (uint32_t)(-(ns % 1000000000)), 9);
		return;
	}
	if (second != pr->json_second) {
		char text[sizeof pr->json_time + FAST_SLACK], *o = text;
		memcpy(o, "{\"time\":", 8);
		o = fast_i64(o + 8, second);
		*o++ = '.';
		pr->json_timelen = (uint32_t)(o - text);
		memcpy(pr->json_time, text, sizeof pr->json_time);
		pr->json_second = second;
	}
	j->w.o = fast_text(j->w.o, pr->json_time, pr->json_timelen);
	j->w.o = fast_fraction(j->w.o, (uint32_t)(ns % 1000000000), 9);
}

static void put_link(struct json *j, uint32_t link)
{
	struct pkw_printer *pr = j->pr;

	if (link != pr->link) {
		struct pkw_str *s = &pr->scratch;
		const char *name = pkw_link_name(link);
		pkw_str_clear(s);
		pkw_str_add(s, ",\"link\":");
		if (link > 0xffff)
			pkw_str_add(s, "null");
		else if (name)
			pkw_str_fmt(s, "\"%s\"", name);
		else
			pkw_str_fmt(s, "\"%u\"", link);
		pkw_str_add(s, ",\"layers\":");
		if (s->err)
			return;
		memcpy(pr->json_link, s->s, s->len);
		pr->json_linklen = (uint32_t)s->len;
		pr->link = link;
	}
	j->w.o = fast_text(j->w.o, pr->json_link, pr->json_linklen);
}

static uint32_t link_of(const struct pkw_pkt *p)
{
	int64_t n = p->v.nlayers
	    ? pkw_bound_number("linktype", p->v.layers[0].proto)
	    : -1;

	return n < 0 ? 0x10000 : (uint32_t)n;
}

int pkw_json(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out)
{
	struct json j;
	size_t start = out->len;

	j.pr = pr;
	j.p = p;
	j.depth = j.nlabels = 0;
	pkw__pen_begin(&j.w, out, 4096);
	if (!room(&j, 512))
		return out->err;
	if (frame && !(frame->flags & PKW_FRAME_NO_TIME))
		put_time(&j, frame->ts_ns);
	else
		PUT(&j, "{\"time\":null");
	PUT(&j, ",\"len\":");
	j.w.o = fast_u64(j.w.o, frame ? frame->len : p->v.len);
	PUT(&j, ",\"caplen\":");
	j.w.o = fast_u64(j.w.o, p->v.len);
	put_link(&j, frame ? frame->link : link_of(p));
	put_layers(&j);
	put_notes(&j);
	if (frame && frame->comment && room(&j, 16)) {
		PUT(&j, ",\"comment\":");
		put_text(&j, frame->comment, frame->comment_len);
	}
	if (room(&j, 1))
		*j.w.o++ = '}';
	return pkw__pen_end(&j.w, start);
}
