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
#include "out/json.h"

void pkw__json_keep(struct json *j, struct memo *m, uint64_t key, size_t at,
    unsigned labels)
{
	struct memo_entry *e = memo_place(m, key);
	size_t n = here(j) - at, from = (n + 15) / 16 * 16, end = from;

	if (j->w.out->err || from > MEMO_TEXT)
		return;
	e->used = 0;
	for (unsigned i = labels; i < j->nlabels; i++) {
		const struct label_at *l = &j->labels[i];
		if (!l->text || end + l->len > MEMO_TEXT)
			return;
		memcpy(e->text + end, l->text, l->len);
		end += l->len;
	}
	memcpy(e->text, j->w.out->s + at, n);
	e->len = (uint8_t)n;
	e->from = (uint8_t)from;
	e->labels = (uint8_t)(end - from);
	e->key = key;
	e->used = 1;
}

/* `,{"name":"IP","offset":14,"length":20,"fields":'; 0 without room. */
static int open_layer(
    struct json *j, const struct plate *pl, uint32_t off, uint32_t len)
{
	struct plate_head *h = &pl->heads[(off / 2 + len / 4) % HEADS];

	if (!room(j, pl->openlen + LAYER_ROOM + pl->room))
		return 0;
	if (PKW__LIKELY(h->off == off && h->len == len && h->n)) {
		j->w.o = fast_text(j->w.o, h->text, h->n);
		return 1;
	}
	char *start = j->w.o;
	j->w.o = fast_text(j->w.o, pl->open, pl->openlen);
	PUT(j, "\"offset\":");
	j->w.o = fast_u64(j->w.o, off);
	PUT(j, ",\"length\":");
	j->w.o = fast_u64(j->w.o, len);
	PUT(j, ",\"fields\":");
	size_t n = (size_t)(j->w.o - start);
	h->n = 0;
	if (n <= HEAD_TEXT) {
		memcpy(h->text, start, n);
		h->n = (uint32_t)n;
		h->off = off;
		h->len = len;
	}
	return 1;
}

void pkw__json_labels(struct json *j, unsigned from)
{
	if (j->nlabels == from || !room(j, 16))
		return;
	PUT(j, ",\"labels\":");
	size_t at = here(j);
	for (unsigned i = from; i < j->nlabels; i++) {
		const struct label_at *l = &j->labels[i];
		if (PKW__LIKELY(l->text != NULL)) {
			if (room(j, l->len + FAST_SLACK))
				j->w.o = fast_text(j->w.o, l->text, l->len);
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

/* The one or two bytes of a group. */
PKW__INLINE uint64_t group_key(const struct memo *m, const uint8_t *b)
{
	return m->bits == 8 ? b[0] : (uint64_t)b[0] << 8 | b[1];
}

PKW__INLINE void put_number_op(struct json *j, const struct plate *pl,
    const struct plate_op *op, int node, uint32_t off, const uint8_t *base)
{
	const uint8_t *bytes = j->p->v.bytes;
	uint64_t v = PKW__UNLIKELY(op->le)
	    ? load_le(base + op->off, op->bytes)
	    : number_at(
	          bytes, (uint32_t)(base - bytes) + op->off, op->bytes);

	j->w.o = fast_text(j->w.o, op->key, op->keylen);
	put_number(j, pl, op->pf, node, off, v >> op->shift & op->mask);
}

/* A group of fields, from the memo or made and kept; the op behind them. */
static struct plate_op *put_group(struct json *j, const struct plate *pl,
    struct plate_op *op, int node, uint32_t off, const uint8_t *base)
{
	struct memo *m = op->memo;
	unsigned labels = j->nlabels, n = op->fields;

	if (PKW__UNLIKELY(!m))
		return op;
	uint64_t key = group_key(m, base + op->off);
	if (PKW__LIKELY(put_kept(j, m, key)))
		return op + n;
	size_t at = here(j);
	for (unsigned i = 1; i <= n; i++)
		put_number_op(j, pl, op + i, node, off, base);
	pkw__json_keep(j, m, key, at, labels);
	if (memo_useless(m))
		op->memo = op->pf->memo = NULL;
	return op + n;
}

/* A field with a child node, which must be the one at c; the node behind. */
static uint32_t put_child_op(struct json *j, const struct plate *pl,
    const struct plate_op *op, int node, uint32_t c, const uint8_t **base)
{
	const struct pkw_pkt *p = j->p;
	const struct pkw_node *n = &p->nodes[c];

	if (c >= p->nnodes || n->depth != p->nodes[node].depth + 1u ||
	    n->field != op->field)
		return c;
	*base = p->v.bytes + n->off + n->len;
	if (PKW__UNLIKELY(op->pf->f->type == PKW_ALIGN) &&
	    pkw__field_hidden(p, node, op->field))
		c++;
	else
		c = (uint32_t)pkw__json_variable(j, op->pf, (int)c);
	return room(j, pl->room) ? c : p->nnodes;
}

/* The place in the text is kept in a register as long as that can be. */
int pkw__json_ops(struct json *j, struct plate *pl, struct plate_op *op,
    int node, uint32_t off)
{
	const uint8_t *base = j->p->v.bytes + off;
	uint32_t c = (uint32_t)node + 1;
	char *o = j->w.o;

	for (;; op++) {
		const uint8_t *b = base + op->off;
		switch ((enum plate_op_kind)op->kind) {
		case OP_END:
			j->w.o = o;
			return (int)c;
		case OP_U8:
			o = fast_word(o, op->key, op->keylen);
			o = fast_octet(o, *b) - 1;
			break;
		case OP_U16:
			o = fast_word(o, op->key, op->keylen);
			o = fast_small(o, (uint32_t)load_be(b, 2));
			break;
		case OP_U32:
			o = fast_word(o, op->key, op->keylen);
			o = fast_u64(o, load_be(b, 4));
			break;
		case OP_MAC:
			o = fast_word(o, op->key, op->keylen);
			o = fast_mac(o, b);
			*o++ = '"';
			break;
		case OP_IP4:
			o = fast_word(o, op->key, op->keylen);
			o = fast_ip4(o, b);
			*o++ = '"';
			break;
		case OP_IP6:
			o = fast_word(o, op->key, op->keylen);
			o = pkw__fast_ip6(o, b);
			*o++ = '"';
			break;
		case OP_GROUP:
			j->w.o = o;
			op = put_group(j, pl, op, node, off, base);
			o = j->w.o;
			break;
		case OP_NUMBER:
			j->w.o = o;
			put_number_op(j, pl, op, node, off, base);
			o = j->w.o;
			break;
		case OP_BYTES:
			j->w.o = fast_text(o, op->key, op->keylen);
			put_fixed(j, op->pf, b);
			o = j->w.o;
			break;
		case OP_VAR:
			j->w.o = o;
			c = put_child_op(j, pl, op, node, c, &base);
			if (j->w.out->err)
				return (int)c;
			o = j->w.o;
			break;
		}
	}
}

/* Values of a list, from fixed places; 0: something else is there too. */
static int put_values(struct json *j, const struct pkw_list *list, uint32_t at,
    uint32_t end)
{
	struct plate *pl = plate_of(&j->pr->plates, list->rec);
	const struct plate_field *pf = pl ? &pl->fields[0] : NULL;
	unsigned labels = j->nlabels;

	if (!pf || (end - at) % pl->minlen != 0)
		return 0;
	for (; at < end && room(j, pf->room + 1); at += pl->minlen) {
		*j->w.o++ = ',';
		if (pf->kind <= PLATE_FIXED)
			put_number(j, pl, pf, -1, at,
			    slot_value(j->p->v.bytes, at, &pf->slot));
		else
			put_fixed(j, pf, j->p->v.bytes + at + pf->off);
	}
	j->nlabels = labels;
	return 1;
}

/* The last field, n bytes at off; 0: it has to be laid out. */
static int put_tail(struct json *j, const struct plate *pl,
    const struct plate_field *pf, uint32_t off, uint32_t n)
{
	const uint8_t *b = j->p->v.bytes + off;

	if (!room(j, pf->room))
		return 1;
	j->w.o = fast_text(j->w.o, pf->key, pf->keylen);
	if (pl->tail && pf->f->type == PKW_TEXT) {
		put_text(j, b, without_zeros(pf->f, b, n));
	} else if (pl->tail) {
		put_hex(j, b, n);
	} else if (pf->f->type == PKW_LIST) {
		size_t at = here(j);
		if (n && !put_values(j, pf->f->list, off, off + n))
			return 0;
		close_at(j, at, "[]");
	} else {
		PUT(j, "\"\"");
	}
	return 1;
}

/* Fixed fields, then perhaps a tail; 0: it has to be laid out. */
static int write_element(
    struct json *j, struct plate *pl, uint32_t off, uint32_t size)
{
	unsigned labels = j->nlabels;

	j->w.o = fast_text(j->w.o, pl->open + 1, pl->openlen - 1);
	PUT(j, "\"fields\":");
	size_t at = here(j);
	pkw__json_ops(j, pl, pl->ops, -1, off);
	if (pl->ends && !put_tail(j, pl, &pl->fields[pl->nfields - 1],
	        off + pl->minlen, size - pl->minlen))
		return 0;
	close_at(j, at, "{}");
	pkw__json_labels(j, labels);
	if (room(j, 1))
		*j->w.o++ = '}';
	return 1;
}

static int put_element(
    struct json *j, struct plate *pl, uint32_t off, uint32_t size)
{
	struct memo *m = size == pl->minlen ? pl->memo : NULL;
	uint64_t key = 0;
	unsigned labels = j->nlabels;

	if (!room(j, pl->openlen + pl->room + MEMO_TEXT + FAST_SLACK))
		return 1;
	if (!m)
		return write_element(j, pl, off, size);
	for (uint32_t i = 0; i < size; i++)
		key = key << 8 | j->p->v.bytes[off + i];
	if (PKW__LIKELY(put_kept(j, m, key)))
		return 1;
	size_t start = here(j);
	if (!write_element(j, pl, off, size))
		return 0;
	pkw__json_keep(j, m, key, start, labels);
	if (memo_useless(m))
		pl->memo = NULL;
	return 1;
}

/* How long an element is that need not be laid out; 0: it has to. */
PKW__INLINE uint32_t size_of(const struct json *j, const struct plate *pl,
    const struct pkw_record *rec, uint32_t off, uint32_t end)
{
	if (pl->solid == pl->nfields)
		return !pl->flat && !rec->align &&
		        pkw__is_plain(j->p, rec, off, end)
		    ? pl->minlen
		    : 0;
	if (!pl->ends || pl->minlen > end - off)
		return 0;
	int64_t n = pkw__rel_size(&rec->fields[pl->ends - 1].rel,
	    slot_value(j->p->v.bytes, off, &pl->fields[pl->ends - 1].slot));
	return n >= pl->minlen && n <= end - off ? (uint32_t)n : 0;
}

/* A list up to the layer's end, none of whose elements has to be laid out.  0:
   one has to, and nothing was written. */
static int put_plain_list(struct json *j, const struct plate *pl,
    const struct plate_field *pf, const struct pkw_layer *l)
{
	const struct pkw_list *list = pf->f->list;
	const struct pkw_when *until = &list->until;
	uint32_t at = l->off + pl->minlen, end = l->off + l->len;
	int last = 0;

	if (list->style == PKW_LIST_VALUES)
		return put_tail(j, pl, pf, at, end - at);
	if (!room(j, pf->keylen + FAST_SLACK))
		return 1;
	j->w.o = fast_text(j->w.o, pf->key, pf->keylen);
	size_t open = here(j);
	while (at < end) {
		const struct pkw_record *rec =
		    pkw__element_of(j->p, list, l->off, at, end);
		struct plate *e =
		    rec ? plate_of(&j->pr->plates, rec) : NULL;
		uint32_t n = e && !last ? size_of(j, e, rec, at, end) : 0;
		if (!n || !room(j, 1))
			return 0;
		if (until->op && until->field < rec->nfields)
			last = pkw__when(j->p, 0, until,
			    slot_value(j->p->v.bytes, at,
			        &rec->shape->slots[until->field]));
		*j->w.o++ = ',';
		if (!put_element(j, e, at, n))
			return 0;
		at += n;
	}
	close_at(j, open, "[]");
	return 1;
}

/* Fields from fixed places, then what goes up to the layer's end.  0: that needs
   to be laid out, and nothing was written. */
static int put_simple(
    struct json *j, struct plate *pl, const struct pkw_layer *l)
{
	size_t start = here(j);
	unsigned labels = j->nlabels;

	pkw__json_ops(j, pl, pl->ops, -1, l->off);
	if (pl->list && l->len > pl->minlen) {
		if (put_plain_list(j, pl, &pl->fields[pl->nfields - 1], l))
			return 1;
		j->w.o = j->w.out->s + start;
		j->nlabels = labels;
		return 0;
	}
	for (unsigned k = pl->solid; k < pl->nfields; k++)
		if (pl->fields[k].kind == PLATE_VAR)
			put_tail(j, pl, &pl->fields[k], l->off + pl->minlen,
			    l->len - pl->minlen);
	return 1;
}

/* Whether the fixed places tell all there is: see struct plate. */
PKW__INLINE int is_simple(const struct plate *pl, const struct pkw_layer *l)
{
	return pl->simple &&
	    (l->len == pl->minlen || pl->tail || pl->list) &&
	    l->node == PKW_NO_NODE &&
	    !(l->flags & (PKW_LAYER_BAD | PKW_LAYER_ODD)) &&
	    l->flags & PKW_LAYER_READ;
}

/* Fields of which one byte tells which are there; 0: it does not. */
static int put_told(struct json *j, struct plate *pl, const struct pkw_layer *l)
{
	uint64_t has = pkw__told(j->p, l);
	struct plate_op *ops =
	    has ? plate_ops(&j->pr->plates, pl, has) : NULL;

	if (!ops)
		return 0;
	pkw__json_ops(j, pl, ops, -1, l->off);
	return 1;
}

static void put_trailer(struct json *j, const struct pkw_layer *l)
{
	const struct pkw_record *rec = l->proto->trailer;
	struct plate *pl = plate_of(&j->pr->plates, rec);
	uint32_t off = l->end - rec->shape->imagelen;
	unsigned labels = j->nlabels;

	if (!pl || !pl->ops || !room(j, 16 + pl->room))
		return;
	PUT(j, ",\"trailer\":");
	size_t at = here(j);
	pkw__json_ops(j, pl, pl->ops, -1, off);
	close_at(j, at, "{}");
	j->nlabels = labels;
}

static void put_layer(struct json *j, unsigned i)
{
	const struct pkw_layer *l = &j->p->v.layers[i];
	struct plate *pl = plate_of(&j->pr->plates, &l->proto->rec);
	unsigned labels = j->nlabels;

	if (!pl || !pl->heads || !open_layer(j, pl, l->off, l->len))
		return;
	size_t at = here(j);
	if (!(is_simple(pl, l) && put_simple(j, pl, l)) &&
	    !(pl->told && put_told(j, pl, l))) {
		int root = pkw__root_of(j->p, i);
		no_names(j);
		if (root >= 0)
			pkw__json_fields(j, pl, root);
	}
	close_at(j, at, "{}");
	pkw__json_labels(j, labels);
	if (l->flags & PKW_LAYER_TRAILER)
		put_trailer(j, l);
	if (room(j, 1))
		*j->w.o++ = '}';
}

void pkw__json_layers(struct json *j)
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
		struct pkw_str *s = pkw__scratch(pr);
		const char *name = pkw_link_name(link);
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
	no_names(&j);
	pen_begin(&j.w, out, 4096);
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
	pkw__json_layers(&j);
	put_notes(&j);
	if (frame && frame->comment && room(&j, 16)) {
		PUT(&j, ",\"comment\":");
		put_text(&j, frame->comment, frame->comment_len);
	}
	if (room(&j, 1))
		*j.w.o++ = '}';
	return pkw__print_end(pr, &j.w, start, p);
}
