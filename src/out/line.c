/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line a packet: the time, then each layer from the network layer up, as
 * its protocol's summary template says (summary.h):
 *
 *   12:34:56.123456 IP 10.0.0.1 > 10.0.0.2 / TCP 1024 > 80 S / Raw 5
 *
 * Only fields behind something of variable size, and those of records
 * ({qd.qname}), ask for the layer's inside.  No name is ever resolved.
 *
 * Values are those of the tables: labels where there are any, unless numbers
 * are wanted; letters for flags.  What comes from the packet is escaped.
 */
#include "out/color.h"
#include "out/summary.h"
#include "out/value.h"

#include "core/core.h"
#include "core/expr_build.h"

enum {
	EACH_MAX = 4,    /* elements of a list that are shown */
	BYTES_MAX = 16,  /* bytes of an opaque field that are shown */
	LABEL_SHORT = 48 /* fits where room for a value was made */
};

/* ---- names ---- */

/* Whether some record that may stand in a field has one of that name. */
static int may_hold(const struct pkw_field *f, const char *name)
{
	const struct pkw_record *const *v = f->variants;

	if (f->type == PKW_SUB)
		return 1;
	for (; v && *v; v++)
		if (pkw_field_find(*v, name) >= 0)
			return 1;
	return 0;
}

/* Where records of this kind have the field, if that is the same for all. */
static int field_always(const struct pkw_record *rec, const char *name)
{
	int found = -1, inside = 0;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		inside |= may_hold(f, name);
		if (strcmp(f->name, name) != 0)
			continue;
		if (found >= 0 || f->when[0].op)
			return SAY_UNKNOWN;
		found = (int)k;
	}
	return found < 0 && inside ? SAY_UNKNOWN : found;
}

/* The field of that name in the record or in its flat variant: the node that
   has it, or -1. */
static int find_named(const struct voice *c, int node, struct say_name *name,
    const struct plate **pl, unsigned *field)
{
	const struct pkw_node *n = &c->p->nodes[node];
	uintptr_t place = (uintptr_t)n->rec / sizeof *n->rec % SAY_SEEN;

	if (PKW__UNLIKELY(name->seen[place].rec != n->rec)) {
		name->seen[place].rec = n->rec;
		name->seen[place].field = field_always(n->rec, name->name);
		name->seen[place].pl = plate_of(&c->pr->plates, n->rec);
	}
	*pl = name->seen[place].pl;
	int k = name->seen[place].field;
	*field = (unsigned)k;
	if (PKW__LIKELY(k != SAY_UNKNOWN))
		return k >= 0 && n->has >> k & 1 ? node : -1;
	k = pkw_field_named(c->p, node, name->name);
	for (int m = pkw_node_first(c->p, node); k < 0 && m >= 0;
	     m = pkw_node_next(c->p, m))
		if (c->p->nodes[m].kind == PKW_NODE_RECORD) {
			k = pkw_field_named(c->p, m, name->name);
			node = m;
			*pl = plate_of(&c->pr->plates, c->p->nodes[m].rec);
		}
	*field = (unsigned)k;
	return k >= 0 ? node : -1;
}

/* ---- values ---- */

/* Every value of a record from field k on, but for lengths and counts; records
   among them likewise. */
static void put_values(
    struct voice *c, const struct plate *pl, int node, unsigned k)
{
	const struct pkw_record *rec = c->p->nodes[node].rec;
	unsigned said = 0;

	c->deep = 1;
	for (; k < rec->nfields; k++) {
		if (!pkw__takes_value(c->p, node, k, -1))
			continue;
		if (said++ && pen_room(&c->w, 1))
			*c->w.o++ = ' ';
		pkw__say_plated(c, pl, node, k);
	}
	c->deep = 0;
}

/* What is wanted of one element, behind a gap of n bytes; 0: it has none of
   it. */
static unsigned put_names(struct voice *c, int node, const struct say *op,
    const char *gap, unsigned n)
{
	const struct plate *pl;
	unsigned k, said = 0;

	for (unsigned i = 0; i < op->nnames; i++) {
		int m = find_named(c, node, &op->names[i], &pl, &k);
		if (m < 0 || !pl || !pen_room(&c->w, 8))
			continue;
		memcpy(c->w.o, said ? " " : gap, 2);
		c->w.o += said ? 1 : n;
		said = 1;
		if (op->names[i].behind)
			put_values(c, pl, m, k + 1);
		else
			pkw__say_plated(c, pl, m, k);
	}
	return said;
}

static int child_of(const struct voice *c, unsigned i, unsigned field)
{
	int root = pkw__root_of(c->p, i);

	return root < 0 ? root : pkw_node_child(c->p, root, field);
}

static void put_each(struct voice *c, unsigned i, const struct say *op)
{
	const struct pkw_pkt *p = c->p;
	const char *gap = op->nnames > 1 ? ", " : ",";
	unsigned gaplen = op->nnames > 1 ? 2 : 1;
	int list = child_of(c, i, op->field);
	unsigned shown = 0;

	if (list < 0)
		return;
	if (p->nodes[list].kind == PKW_NODE_RECORD) {
		put_names(c, list, op, gap, 0);
		return;
	}
	unsigned depth = p->nodes[list].depth + 1u;
	for (uint32_t e = (uint32_t)list + 1;
	     e < p->nnodes && p->nodes[e].depth >= depth; e++) {
		if (p->nodes[e].depth != depth ||
		    p->nodes[e].kind != PKW_NODE_RECORD)
			continue;
		if (shown == EACH_MAX) {
			pkw__say(c, gap);
			pkw__say(c, "...");
			return;
		}
		shown += put_names(c, (int)e, op, gap, shown ? gaplen : 0);
	}
}

static void put_below(struct voice *c, unsigned i, const struct say *op)
{
	for (int below = (int)i - 1; below >= 0; below--) {
		const struct pkw_record *rec =
		    &c->p->v.layers[below].proto->rec;
		if (strcmp(rec->name, op->name) != 0)
			continue;
		const struct plate *pl = plate_of(&c->pr->plates, rec);
		int k = pkw_field_find(rec, op->names[0].name);
		if (pl && k >= 0)
			pkw__say_layer_field(
			    c, (unsigned)below, pl, (unsigned)k);
		return;
	}
}

/* Options of a list hold their value in a record named after their kind. */
static int find_pick(const struct voice *c, unsigned i, const struct say *op)
{
	int list = child_of(c, i, op->field);

	for (int e = list < 0 ? list : pkw_node_first(c->p, list); e >= 0;
	     e = pkw_node_next(c->p, e))
		for (int m = pkw_node_first(c->p, e); m >= 0;
		     m = pkw_node_next(c->p, m)) {
			const struct pkw_node *v = &c->p->nodes[m];
			if (v->kind == PKW_NODE_RECORD && v->rec->nfields &&
			    strcmp(v->rec->name, op->name) == 0)
				return m;
		}
	return -1;
}

/* Whether a part in brackets has something to say. */
static int is_wanted(const struct voice *c, unsigned i, const struct plate *pl,
    const struct say *op)
{
	if (op->name)
		return find_pick(c, i, op) >= 0;
	if (op->nnames) {
		int list = child_of(c, i, op->field);
		return list >= 0 && c->p->nodes[list].len > 0;
	}
	return pkw__layer_number(c, i, pl, op->field) != 0;
}

/* ---- layers ---- */

/* A label, if it fits in the room for a value. */
PKW__INLINE int put_label(struct voice *c, const struct plate_label *l)
{
	if (PKW__UNLIKELY(l->len > LABEL_SHORT))
		return 0;
	c->w.o = fast_text(c->w.o, l->text, l->len);
	return 1;
}

/* A value at a fixed place; 0: not by these means. */
PKW__INLINE int put_fixed(
    struct voice *c, const struct say *op, const uint8_t *b)
{
	const struct pkw_slot *s = &op->pf->slot;
	const struct plate_labels *labels = op->pf->labels;
	const struct plate_label *l = NULL;
	uint64_t v;

	switch ((enum say_kind)op->kind) {
	case SAY_UINT:
		v = load_be(b + op->off, s->bytes) >> s->shift & s->mask;
		if (labels && !(c->how == VALUE_NUMBERS && op->port))
			l = plate_label(labels, v, 0);
		if (l)
			return put_label(c, l);
		c->w.o = fast_u64(c->w.o, v);
		return 1;
	case SAY_FLAGS:
		v = load_be(b + op->off, s->bytes) >> s->shift & s->mask;
		l = v && labels ? plate_label(labels, v, 0) : NULL;
		return l && put_label(c, l);
	case SAY_MAC:
		c->w.o = fast_mac(c->w.o, b + op->off);
		return 1;
	case SAY_IP4:
		c->w.o = fast_ip4(c->w.o, b + op->off);
		return 1;
	case SAY_IP6:
		c->w.o = pkw__fast_ip6(c->w.o, b + op->off);
		return 1;
	case SAY_END:
	case SAY_TEXT:
	case SAY_FIELD:
	case SAY_BELOW:
	case SAY_EACH:
	case SAY_PICK:
	case SAY_IF:
	case SAY_TEST:
	case SAY_TEST_NOT:
		break;
	}
	return 0;
}

/* Anything else, after which room has to be made again. */
static void put_other(struct voice *c, unsigned i, const struct plate *pl,
    const struct say *op)
{
	int m;

	switch ((enum say_kind)op->kind) {
	case SAY_UINT:
	case SAY_FLAGS:
	case SAY_MAC:
	case SAY_IP4:
	case SAY_IP6:
	case SAY_FIELD:
		pkw__say_layer_field(c, i, pl, op->field);
		return;
	case SAY_BELOW:
		put_below(c, i, op);
		return;
	case SAY_EACH:
		put_each(c, i, op);
		return;
	case SAY_PICK:
		m = find_pick(c, i, op);
		if (m >= 0)
			pkw__say_field(c, m, 0);
		return;
	case SAY_END:
	case SAY_TEXT:
	case SAY_IF:
	case SAY_TEST:
	case SAY_TEST_NOT:
		return;
	}
}

static void put_summary(struct voice *c, unsigned i, const struct plate *pl,
    const struct say *op)
{
	const struct pkw_layer *l = &c->p->v.layers[i];
	const uint8_t *b = c->p->v.bytes + l->off;
	uint32_t room = pl->say_room + FAST_SLACK;
	int odd = l->flags & PKW_LAYER_ODD;

	if (!pen_room(&c->w, room))
		return;
	for (;; op++) {
		c->w.o = fast_text(c->w.o, op->text, op->len);
		switch ((enum say_kind)op->kind) {
		case SAY_END:
			return;
		case SAY_TEXT:
			continue;
		case SAY_IF:
			if (!is_wanted(c, i, pl, op))
				op += op->skip;
			continue;
		case SAY_TEST:
		case SAY_TEST_NOT:
			if ((pkw__layer_number(c, i, pl, op->field) ==
			        op->value) != (op->kind == SAY_TEST))
				op += op->skip;
			continue;
		case SAY_UINT:
		case SAY_FLAGS:
		case SAY_MAC:
		case SAY_IP4:
		case SAY_IP6:
			if (PKW__LIKELY(!odd) && put_fixed(c, op, b))
				continue;
			break;
		case SAY_FIELD:
		case SAY_BELOW:
		case SAY_EACH:
		case SAY_PICK:
			break;
		}
		put_other(c, i, pl, op);
		if (!pen_room(&c->w, room))
			return;
	}
}

/* The name, behind a slash unless it is the first one. */
static int put_name(struct voice *c, const struct plate *pl,
    const struct pkw_layer *l, unsigned slash)
{
	unsigned skip = slash ? 0 : 3;

	if (!pen_room(&c->w, pl->leadlen + 64 + FAST_SLACK))
		return 0;
	if (PKW__LIKELY(!(c->pr->o.flags & PKW_PRINT_COLOR))) {
		c->w.o = fast_text(
		    c->w.o, pl->lead + skip, pl->leadlen - skip);
		return 1;
	}
	c->w.o = fast_text(c->w.o, pl->lead + skip, 3 - skip);
	c->w.o = pkw__color(c->w.o, pkw__class_color(l->proto->cls));
	c->w.o = fast_text(c->w.o, pl->lead + 3, pl->leadlen - 3);
	c->w.o = pkw__color(c->w.o, COLOR_OFF);
	return 1;
}

static void put_layer(struct voice *c, unsigned i, unsigned slash)
{
	const struct pkw_layer *l = &c->p->v.layers[i];
	struct plate *pl = plate_of(&c->pr->plates, &l->proto->rec);

	if (!pl || !put_name(c, pl, l, slash))
		return;
	if (c->pr->o.flags & PKW_PRINT_QUIET && l->proto->cls == PKW_APP)
		return;
	const struct say *op = PKW__LIKELY(pl->said)
	    ? pl->say
	    : pkw__summary(&c->pr->plates, pl);
	if (!op && !(l->proto->flags & PKW_WHOLE))
		return;
	*c->w.o++ = ' ';
	if (op)
		put_summary(c, i, pl, op);
	else
		c->w.o = fast_u64(c->w.o, l->len);
}

static void put_note(struct voice *c)
{
	const struct pkw_pkt *p = c->p;
	int color = c->pr->o.flags & PKW_PRINT_COLOR;

	if (p->nnotes == 0 || !pen_room(&c->w, 64 + FAST_SLACK))
		return;
	*c->w.o++ = ' ';
	if (color)
		c->w.o = pkw__color(c->w.o, COLOR_BAD);
	PEN_PUT(&c->w, "[!");
	if (p->notes[0].name && *p->notes[0].name) {
		*c->w.o++ = ' ';
		pkw__say_safe(c, p->notes[0].name, strlen(p->notes[0].name));
	}
	if (pen_room(&c->w, 2))
		PEN_PUT(&c->w, ": ");
	pkw__say_safe(c, p->notes[0].text, strlen(p->notes[0].text));
	if (!pen_room(&c->w, 64 + FAST_SLACK))
		return;
	if (p->nnotes > 1) {
		PEN_PUT(&c->w, ", and ");
		c->w.o = fast_u64(c->w.o, p->nnotes - 1);
		PEN_PUT(&c->w, " more");
	}
	*c->w.o++ = ']';
	if (color)
		c->w.o = pkw__color(c->w.o, COLOR_OFF);
}

/* How long it was, if that is wanted or not all of it is here. */
static void put_length(struct voice *c, const struct pkw_frame *f)
{
	uint32_t len = f ? f->len : c->p->v.len, cap = c->p->v.len;
	int link = (c->pr->o.flags & PKW_PRINT_LINK) != 0;

	if ((!link && len <= cap) || !pen_room(&c->w, 64 + FAST_SLACK))
		return;
	PEN_PUT(&c->w, " [");
	if (len != cap) {
		c->w.o = fast_u64(c->w.o, cap);
		PEN_PUT(&c->w, " of ");
	}
	c->w.o = fast_u64(c->w.o, len);
	PEN_PUT(&c->w, " bytes]");
}

/* Link layers below the first other one are not asked for by default. */
static unsigned first_layer(const struct pkw_printer *pr,
    const struct pkw_view *v)
{
	unsigned i = 0;

	if (pr->o.flags & PKW_PRINT_LINK)
		return 0;
	while (i < v->nlayers && v->layers[i].proto->cls == PKW_LINK)
		i++;
	return i < v->nlayers && !(v->layers[i].flags & PKW_LAYER_REST) ? i : 0;
}

int pkw_line(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out)
{
	struct voice c = { .pr = pr, .p = p, .bytes_max = BYTES_MAX,
		.how = pr->o.flags & PKW_PRINT_NUMERIC ? VALUE_NUMBERS
						       : VALUE_LABEL };
	size_t start = out->len;
	unsigned shown = 0;

	pen_begin(&c.w, out, 1024);
	if (!pen_room(&c.w, CLOCK_ROOM + FAST_SLACK))
		return out->err;
	if (frame && !(frame->flags & PKW_FRAME_NO_TIME))
		c.w.o = pkw__clock_text(pr, frame->ts_ns, c.w.o);
	for (unsigned i = first_layer(pr, &p->v); i < p->v.nlayers; i++) {
		if (p->v.layers[i].flags & PKW_LAYER_REST &&
		    !(pr->o.flags & PKW_PRINT_LINK))
			continue;
		put_layer(&c, i, shown++);
	}
	put_length(&c, frame);
	put_note(&c);
	return pkw__print_end(pr, &c.w, start, p);
}
