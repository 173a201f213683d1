/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values for people.  Numbers in the table's base and with their labels, flags
 * as letters, addresses as addresses; whatever came from the packet as text is
 * escaped, so that it cannot reach a terminal as anything but itself.
 */
#include "out/value.h"

#include "base/addr.h"
#include "core/core.h"
#include "core/expr_build.h"

enum { TEXT_MAX = 1024, SMALL = 128 };

void pkw__say(struct voice *c, const char *text)
{
	size_t n = strlen(text);

	if (!pen_room(&c->w, n))
		return;
	memcpy(c->w.o, text, n);
	c->w.o += n;
}

void pkw__say_safe(struct voice *c, const void *text, size_t n)
{
	const uint8_t *b = text;
	size_t shown = n < TEXT_MAX ? n : TEXT_MAX;

	if (!pen_room(&c->w, 4 * shown + SMALL))
		return;
	size_t i = 0;
	for (; i + 8 <= shown && fast_printable(b + i); i += 8)
		memcpy(c->w.o + i, b + i, 8);
	c->w.o += i;
	for (; i < shown; i++) {
		if (b[i] >= 0x20 && b[i] < 0x7f) {
			*c->w.o++ = (char)b[i];
			continue;
		}
		*c->w.o++ = '\\';
		*c->w.o++ = 'x';
		c->w.o = fast_byte(c->w.o, b[i]);
	}
	if (shown < n)
		PEN_PUT(&c->w, "...");
}

void pkw__say_hex(struct voice *c, const uint8_t *b, size_t n)
{
	size_t shown = n < c->bytes_max ? n : c->bytes_max;

	if (!pen_room(&c->w, 2 * shown + SMALL))
		return;
	c->w.o = pkw__fast_hex(c->w.o, b, shown);
	if (shown < n)
		PEN_PUT(&c->w, "...");
}

static int is_port(const struct pkw_field *f)
{
	size_t n = f->rel.kind == PKW_NEXT && f->rel.space
	    ? strlen(f->rel.space)
	    : 0;

	return n > 5 && strcmp(f->rel.space + n - 5, ".port") == 0;
}

static const struct plate_label *label_of(const struct voice *c,
    const struct plate_field *pf, int layer, int node, uint64_t v)
{
	uint64_t of = 0;

	if (!pf->labels || c->how == VALUE_PLAIN ||
	    (c->how == VALUE_NUMBERS && is_port(pf->f)))
		return NULL;
	if (pf->f->nlabels_by_key)
		of = node >= 0 ? pkw__field_int(c->p, node, pf->f->key)
			       : pkw_u(c->p, layer, pf->f->key);
	return plate_label(pf->labels, v, of);
}

/* Letters of flags, kept for the values that were seen. */
static void say_flags(
    struct voice *c, const struct plate_field *pf, uint64_t v)
{
	const struct plate_label *l = NULL;

	if (v && pf->labels) {
		l = plate_label(pf->labels, v, 0);
		if (!l)
			l = pkw__plate_flags_label(
			    &c->pr->plates, pf, v);
	}
	if (l)
		c->w.o = fast_text(c->w.o, l->text, l->len);
	else
		c->w.o = v ? pkw__plate_flags(c->w.o, pf, v)
			   : fast_u64(c->w.o, v);
}

static void say_plain(
    struct voice *c, const struct plate_field *pf, uint64_t v)
{
	switch ((enum plate_kind)pf->kind) {
	case PLATE_HEX:
		if (c->how == VALUE_PLAIN)
			break;
		PEN_PUT(&c->w, "0x");
		c->w.o += pkw__fmt_hex64(c->w.o, v, 1);
		return;
	case PLATE_INT: {
		uint64_t sign = UINT64_C(1) << (pf->f->bits - 1);
		c->w.o = fast_i64(c->w.o, (int64_t)((v ^ sign) - sign));
		return;
	}
	case PLATE_FIXED:
		c->w.o = pkw__fast_fixed(c->w.o, v, pf->f->unit, pf->digits);
		return;
	case PLATE_FLAGS:
		say_flags(c, pf, v);
		return;
	case PLATE_UINT:
	case PLATE_MAC:
	case PLATE_IP4:
	case PLATE_IP6:
	case PLATE_UUID:
	case PLATE_BYTES:
	case PLATE_TEXT:
	case PLATE_VAR:
	case PLATE_NONE:
		break;
	}
	c->w.o = fast_u64(c->w.o, v);
}

void pkw__say_number(struct voice *c, const struct plate_field *pf, int layer,
    int node, uint64_t v)
{
	const struct plate_label *l = pf->kind == PLATE_FLAGS
	    ? NULL
	    : label_of(c, pf, layer, node, v);

	if (!pen_room(&c->w, pf->kind == PLATE_FLAGS ? FLAGS_ROOM : SMALL))
		return;
	if (!l || c->how == VALUE_BOTH)
		say_plain(c, pf, v);
	if (!l || !pen_room(&c->w, l->len + SMALL))
		return;
	if (c->how == VALUE_BOTH)
		PEN_PUT(&c->w, " (");
	c->w.o = fast_text(c->w.o, l->text, l->len);
	if (c->how == VALUE_BOTH)
		*c->w.o++ = ')';
}

void pkw__say_fixed(
    struct voice *c, const struct plate_field *pf, const uint8_t *b)
{
	size_t n;

	if (!pen_room(&c->w, SMALL))
		return;
	switch ((enum plate_kind)pf->kind) {
	case PLATE_MAC:
		c->w.o = fast_mac(c->w.o, b);
		return;
	case PLATE_IP4:
		c->w.o = fast_ip4(c->w.o, b);
		return;
	case PLATE_IP6:
		c->w.o = pkw__fast_ip6(c->w.o, b);
		return;
	case PLATE_UUID:
		c->w.o += pkw__fmt_uuid(c->w.o, b);
		return;
	case PLATE_TEXT:
		for (n = pf->f->bits / 8u; n && b[n - 1] == 0;)
			n--;
		pkw__say_safe(c, b, n);
		return;
	case PLATE_UINT:
	case PLATE_HEX:
	case PLATE_FLAGS:
	case PLATE_INT:
	case PLATE_FIXED:
	case PLATE_BYTES:
	case PLATE_VAR:
	case PLATE_NONE:
		break;
	}
	pkw__say_hex(c, b, pf->f->bits / 8u);
}

/* Numbers with spaces between, by their names where they have one. */
static void say_numbers(
    struct voice *c, const struct pkw_field *f, const char *s)
{
	while (s && *s) {
		size_t n = strcspn(s, " ");
		const char *label = NULL;
		uint64_t v;
		int neg;

		if (pkw__num_parse(s, n, &neg, &v) == 0)
			label = pkw__label(f, 0, v);
		if (label)
			pkw__say(c, label);
		else
			pkw__say_safe(c, s, n);
		s += n;
		if (*s) {
			pkw__say(c, " ");
			s++;
		}
	}
}

int pkw__is_text(const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((b[i] < 0x20 || b[i] >= 0x7f) && b[i] != '\r' &&
		    b[i] != '\n' && b[i] != '\t')
			return 0;
	return n > 0;
}

static void say_bytes(
    struct voice *c, const struct pkw_field *f, const struct pkw_node *n)
{
	const uint8_t *b = c->p->v.bytes + n->off;
	static const struct plate_field by_len[17] = {
		[4] = { .kind = PLATE_IP4 },
		[6] = { .kind = PLATE_MAC },
		[16] = { .kind = PLATE_IP6 },
	};

	if (f->type == PKW_CODED) {
		struct pkw_str *s = pkw__scratch(c->pr);
		if (pkw__coded_text(c->p, f, n, s) == 0) {
			if (f->codec->list) {
				say_numbers(c, f, s->s);
				return;
			}
			pkw__say_safe(c, s->s ? s->s : "", s->len);
			return;
		}
	}
	if (f->type == PKW_TEXT && !(n->flags & PKW_NODE_OPAQUE))
		pkw__say_safe(c, b, n->len);
	else if (f->type == PKW_BYTES && f->flags & PKW_RAWTEXT &&
	    pkw__is_text(b, n->len))
		pkw__say_safe(c, b, n->len);
	else if (f->type == PKW_ADDR && n->len <= 16 &&
	    by_len[n->len].kind != PLATE_UINT)
		pkw__say_fixed(c, &by_len[n->len], b);
	else
		pkw__say_hex(c, b, n->len);
}

void pkw__say_record(struct voice *c, int node)
{
	const struct pkw_node *n = &c->p->nodes[node];
	const struct pkw_record *rec = n->rec;
	unsigned said = 0, k = rec->nfields == 1 && n->has
	    ? 0
	    : pkw__sole_field(c->p, node);

	if (k != PKW_NO_FIELD) {
		pkw__say_field(c, node, k);
		return;
	}
	if (!c->deep && pkw__named(c->p, node)->name)
		pkw__say(c, pkw__named(c->p, node)->name);
	for (k = 0; c->deep && k < rec->nfields; k++)
		if (pkw__takes_value(c->p, node, k, -1)) {
			pkw__say(c, said++ ? " " : "");
			pkw__say_field(c, node, k);
		}
}

/* The values of a list or the names of its elements: MSS,NOP,WScale */
static void say_list(struct voice *c, const struct pkw_field *f, int list)
{
	int options = f->list->style == PKW_LIST_WORDS && f->list->rec;
	unsigned shown = 0;

	for (int e = pkw_node_first(c->p, list); e >= 0;
	     e = pkw_node_next(c->p, e)) {
		if (c->p->nodes[e].kind != PKW_NODE_RECORD)
			continue;
		if (shown++)
			pkw__say(c, ",");
		if (f->list->style == PKW_LIST_VALUES)
			pkw__say_record(c, e);
		else if (options)
			pkw__say_field(c, e, pkw__key_field(f->list->rec));
		else
			pkw__say(c, pkw__named(c->p, e)->name);
	}
}

/*
 * Where field k of a record is: its child node, or -1 and the bit at which it
 * begins, from behind the last child in front of it.
 */
PKW__INLINE int find_place(const struct pkw_pkt *p, const struct plate *pl,
    int node, unsigned k, uint64_t *bit)
{
	const struct pkw_node *n = &p->nodes[node], *end = p->nodes + p->nnodes;
	const struct pkw_node *c = n + 1;
	unsigned depth = n->depth + 1u, from = 0;

	*bit = n->off * UINT64_C(8);
	while (c < end && c->depth >= depth) {
		if (c->depth == depth) {
			if (c->field >= k)
				break;
			*bit = (c->off + c->len) * UINT64_C(8);
			from = c->field + 1u;
		}
		c++;
	}
	*bit += pl->before[k] - pl->before[from];
	/* but for those that are not there */
	for (uint64_t gone = ~n->has & mask_bits(k) & ~mask_bits(from); gone;
	     gone &= gone - 1)
		*bit -= n->rec->fields[ctz64(gone)].bits;
	return c < end && c->depth == depth && c->field == k
	    ? (int)(c - p->nodes)
	    : -1;
}

/* Where field k of a layer is that is not laid out and has these fields. */
static uint64_t told_place(const struct pkw_layer *l, const struct plate *pl,
    uint64_t has, unsigned k)
{
	uint64_t bit = l->off * UINT64_C(8) + pl->before[k];

	for (uint64_t gone = ~has & mask_bits(k); gone; gone &= gone - 1)
		bit -= pl->fields[ctz64(gone)].f->bits;
	return bit;
}

/* An integer without a child of its own. */
PKW__INLINE uint64_t number_at(const struct pkw_pkt *p, int node, unsigned k,
    const struct plate_field *pf, uint64_t bit)
{
	const struct pkw_node *n = &p->nodes[node];
	unsigned bits = pf->f->bits;
	uint64_t last = bit + bits - 1, v;

	if (PKW__UNLIKELY(last < 64 || bits > 57 || pf->f->flags & PKW_LE ||
	        pf->f->type == PKW_SWITCH || n->flags & PKW_NODE_LE))
		return pkw__field_int(p, node, k);
	memcpy(&v, p->v.bytes + last / 8 - 7, 8);
	return PKW__BE64(v) >> (7 - last % 8) & mask_bits(bits);
}

void pkw__say_plated(
    struct voice *c, const struct plate *pl, int node, unsigned k)
{
	const struct pkw_pkt *p = c->p;
	const struct pkw_node *n = &p->nodes[node];
	uint64_t bit;

	if (!(n->has >> k & 1)) { /* perhaps another of its name is there */
		int r = pkw_field_named(p, node, n->rec->fields[k].name);
		if (r < 0 || !(n->has >> r & 1))
			return;
		k = (unsigned)r;
	}
	const struct plate_field *pf = &pl->fields[k];
	int child = find_place(p, pl, node, k, &bit);
	if (child >= 0) {
		const struct pkw_node *m = &p->nodes[child];
		if (m->kind == PKW_NODE_LIST)
			say_list(c, pf->f, child);
		else if (m->kind == PKW_NODE_BYTES)
			say_bytes(c, pf->f, m);
		else
			pkw__say_record(c, child);
	} else if (pf->kind <= PLATE_FIXED) {
		pkw__say_number(c, pf, n->layer, node,
		    number_at(p, node, k, pf, bit));
	} else if (pf->kind < PLATE_VAR && bit % 8 == 0) {
		pkw__say_fixed(c, pf, p->v.bytes + bit / 8);
	}
}

void pkw__say_field(struct voice *c, int node, unsigned k)
{
	const struct plate *pl =
	    plate_of(&c->pr->plates, c->p->nodes[node].rec);

	if (pl)
		pkw__say_plated(c, pl, node, k);
}

uint64_t pkw__layer_number(
    const struct voice *c, unsigned i, const struct plate *pl, unsigned k)
{
	const struct pkw_layer *l = &c->p->v.layers[i];
	const struct plate_field *pf = &pl->fields[k];
	uint64_t bit;

	if (pf->kind > PLATE_FIXED)
		return 0;
	if (pf->slotted && !pf->slot.le && !(l->flags & PKW_LAYER_ODD))
		return pkw__slot_load(c->p->v.bytes + l->off, &pf->slot);
	uint64_t has = pkw__told(c->p, l);
	if (has)
		return has >> k & 1
		    ? bits_get(c->p->v.bytes, told_place(l, pl, has, k),
		          pf->f->bits)
		    : 0;
	int root = pkw__root_of(c->p, i);
	if (root < 0 || !(c->p->nodes[root].has >> k & 1) ||
	    find_place(c->p, pl, root, k, &bit) >= 0)
		return 0;
	return number_at(c->p, root, k, pf, bit);
}

void pkw__say_slotted(struct voice *c, const struct plate_field *pf,
    unsigned layer, const uint8_t *b)
{
	if (pf->kind > PLATE_FIXED) {
		pkw__say_fixed(c, pf, b + pf->off);
		return;
	}
	uint64_t v = pf->slot.le ? load_le(b + pf->slot.off, pf->slot.bytes)
				 : load_be(b + pf->slot.off, pf->slot.bytes);
	pkw__say_number(
	    c, pf, (int)layer, -1, v >> pf->slot.shift & pf->slot.mask);
}

/* A field of a layer that is not laid out; 0: it has to be. */
static int say_told(struct voice *c, unsigned i, const struct plate *pl,
    const struct plate_field *pf, unsigned k)
{
	const struct pkw_layer *l = &c->p->v.layers[i];
	uint64_t has = pkw__told(c->p, l);

	if (!(has >> k & 1) || pf->kind >= PLATE_VAR)
		return 0;
	uint64_t bit = told_place(l, pl, has, k);
	if (pf->kind <= PLATE_FIXED)
		pkw__say_number(c, pf, (int)i, -1,
		    bits_get(c->p->v.bytes, bit, pf->f->bits));
	else
		pkw__say_fixed(c, pf, c->p->v.bytes + bit / 8);
	return 1;
}

void pkw__say_layer_field(
    struct voice *c, unsigned i, const struct plate *pl, unsigned k)
{
	const struct pkw_layer *l = &c->p->v.layers[i];
	const struct plate_field *pf = &pl->fields[k];

	if (!pf->slotted || l->flags & PKW_LAYER_ODD) {
		if (say_told(c, i, pl, pf, k))
			return;
		int root = pkw__root_of(c->p, i);
		if (root >= 0)
			pkw__say_plated(c, pl, root, k);
		return;
	}
	pkw__say_slotted(c, pf, i, c->p->v.bytes + l->off);
}
