/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line a packet: the time, then each layer from the network layer up, as
 * its protocol's summary template says:
 *
 *   12:34:56.123456 IP 10.0.0.1 > 10.0.0.2 / TCP 1024 > 80 S seq 0 / Raw 5
 *
 * A template is compiled once into a few steps: copy text, or print a field of
 * this layer from its fixed place.  Only fields behind something of variable
 * size, and those of records ({qd.qname}), ask for the layer's inside; a colon
 * picks an option by its kind ({options:message-type}).  A part in square
 * brackets is left out when its first field is 0 or not there:
 * "{src} > {dst}[ frag {frag}]".
 * No name is ever resolved.
 *
 * Values are those of the tables: labels where there are any, unless numbers
 * are wanted; letters for flags.  What comes from the packet is escaped.
 */
#include "out/color.h"
#include "out/value.h"

#include "core/core.h"

enum line_kind {
	LINE_END,
	LINE_TEXT,
	LINE_FIELD, /* of this layer */
	LINE_LOOK,  /* of the nearest layer `name' below */
	LINE_EACH,  /* of each element of list k: the field `name' */
	LINE_PICK,  /* the value of the list's first element of kind `name' */
	LINE_IF     /* the next len steps only if the field is not 0, or the
	               list has an element of kind `sub' */
};

struct line_op {
	uint8_t kind;
	uint8_t field;
	uint32_t len;
	const char *text; /* TEXT; the name for LOOK and EACH */
	const char *sub;  /* LOOK, EACH: the field's name; PICK: the kind */
	/* EACH: the record that was last looked into, and what was found */
	const struct pkw_record *seen;
	int seen_field;
};

enum { ASK = -100 }; /* seen_field: it depends on the packet */

enum {
	EACH_MAX = 4,  /* elements of a list that are shown */
	BYTES_MAX = 16 /* bytes of an opaque field that are shown */
};

/* ---- templates ---- */

static int parse_field(struct plates *t, const struct pkw_record *rec,
    const char *s, size_t n, struct line_op *op)
{
	char name[64];
	const char *colon = memchr(s, ':', n);
	const char *dot = colon ? colon : memchr(s, '.', n);
	size_t head = dot ? (size_t)(dot - s) : n;

	if (n >= sizeof name)
		return -PKW_ENOFIELD;
	memcpy(name, s, head);
	name[head] = '\0';
	int k = pkw_field_find(rec, name);
	if (k < 0 && !dot)
		return -PKW_ENOFIELD;
	if (colon && k < 0)
		return -PKW_ENOFIELD;
	op->kind = colon ? LINE_PICK : !dot ? LINE_FIELD
	    : k >= 0 ? LINE_EACH : LINE_LOOK;
	if (k >= 0)
		op->field = (uint8_t)k;
	if (op->kind == LINE_LOOK)
		op->text = pkw__arena_dup(&t->arena, name, head);
	if (dot)
		op->sub = pkw__arena_dup(&t->arena, dot + 1, n - head - 1);
	return 0;
}

static int parse_text(struct plates *t, const char *s, size_t n,
    struct line_op *op)
{
	char *text = pkw__arena_get(&t->arena, n + 48);

	if (!text)
		return -PKW_ENOMEM;
	memcpy(text, s, n);
	*op = (struct line_op){ .kind = LINE_TEXT, .len = (uint32_t)n,
		.text = text };
	return 0;
}

/* The steps of a part in brackets are counted when its end is reached. */
static void end_part(struct line_op *from, struct line_op *to)
{
	from->len = (uint32_t)(to - from - 1);
	for (struct line_op *op = to - 1; op > from; op--)
		if (op->kind == LINE_FIELD || op->kind == LINE_PICK) {
			from->field = op->field;
			from->sub = op->sub;
		}
}

/* "{src} > {dst}": what cannot be understood stays as it is. */
static struct line_op *compile(struct plates *t, const struct pkw_record *rec,
    const char *s)
{
	size_t most = 2;

	for (const char *c = s; *c; c++)
		most += strchr("{[]", *c) ? 2 : 0;
	struct line_op *ops = pkw__arena_get(&t->arena, most * sizeof *ops);
	struct line_op *op = ops, *part = NULL;
	while (ops && *s) {
		size_t n = strcspn(s, "{[]");
		size_t close = s[n] == '{' ? strcspn(s + n, "}") : 0;
		if (n) {
			if (parse_text(t, s, n, op++) < 0)
				return NULL;
			s += n;
			continue;
		}
		if (*s == '[') {
			part = op++;
			part->kind = LINE_IF;
		} else if (*s == ']' && part) {
			end_part(part, op);
			part = NULL;
		} else if (s[close] != '}') {
			break;
		} else if (parse_field(t, rec, s + 1, close - 1, op) == 0) {
			op++;
		}
		s += close + 1;
	}
	return t->arena.starved ? NULL : ops;
}

static struct line_op *template_of(struct plates *t, struct plate *pl)
{
	static struct line_op nothing = { .kind = LINE_END };

	if (!pl->lines) {
		const struct pkw_proto *q = pl->shape->proto;
		if (q && q->summary)
			pl->line = compile(t, pl->rec, q->summary);
		pl->lines = !t->arena.starved;
	}
	return pl->line ? pl->line : &nothing;
}

static void put_look(struct voice *c, unsigned i, const struct line_op *op)
{
	for (int below = (int)i - 1; below >= 0; below--) {
		const struct pkw_record *rec =
		    &c->p->v.layers[below].proto->rec;
		if (strcmp(rec->name, op->text) != 0)
			continue;
		const struct plate *pl = plate_of(&c->pr->plates, rec);
		int k = pkw_field_find(rec, op->sub);
		if (pl && k >= 0)
			pkw__say_layer_field(
			    c, (unsigned)below, pl, (unsigned)k);
		return;
	}
}

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
			return ASK;
		found = (int)k;
	}
	return found < 0 && inside ? ASK : found;
}

/* The field of that name in the record or in its flat variant. */
static int find_named(
    const struct voice *c, int node, struct line_op *op, unsigned *field)
{
	const struct pkw_node *n = &c->p->nodes[node];
	const char *name = op->sub;

	if (op->seen != n->rec) {
		op->seen = n->rec;
		op->seen_field = field_always(n->rec, name);
	}
	if (op->seen_field != ASK) {
		*field = (unsigned)op->seen_field;
		return op->seen_field >= 0 && n->has >> op->seen_field & 1
		    ? node
		    : -1;
	}
	int k = pkw_field_named(c->p, node, name);

	for (int m = pkw_node_first(c->p, node); k < 0 && m >= 0;
	     m = pkw_node_next(c->p, m))
		if (c->p->nodes[m].kind == PKW_NODE_RECORD) {
			k = pkw_field_named(c->p, m, name);
			node = m;
		}
	*field = (unsigned)k;
	return k >= 0 ? node : -1;
}

static void put_each(struct voice *c, unsigned i, struct line_op *op)
{
	int root = pkw_root(c->p, (int)i);
	int list = root < 0 ? root : pkw_node_child(c->p, root, op->field);
	unsigned shown = 0;

	if (list < 0)
		return;
	if (c->p->nodes[list].kind == PKW_NODE_RECORD) {
		unsigned k;
		int m = find_named(c, list, op, &k);
		if (m >= 0)
			pkw__say_field(c, m, k);
		return;
	}
	for (int e = pkw_node_first(c->p, list); e >= 0;
	     e = pkw_node_next(c->p, e)) {
		unsigned k;
		int m = c->p->nodes[e].kind == PKW_NODE_RECORD
		    ? find_named(c, e, op, &k)
		    : -1;
		if (m < 0 || !pen_room(&c->w, 8))
			continue;
		if (shown == EACH_MAX) {
			PEN_PUT(&c->w, ",...");
			return;
		}
		if (shown++)
			*c->w.o++ = ',';
		pkw__say_field(c, m, k);
	}
}

/* Options of a list hold their value in a record named after their kind. */
static int find_pick(
    const struct voice *c, unsigned i, unsigned field, const char *kind)
{
	int root = pkw_root(c->p, (int)i);
	int list = root < 0 ? root : pkw_node_child(c->p, root, field);

	for (int e = list < 0 ? list : pkw_node_first(c->p, list); e >= 0;
	     e = pkw_node_next(c->p, e))
		for (int m = pkw_node_first(c->p, e); m >= 0;
		     m = pkw_node_next(c->p, m)) {
			const struct pkw_node *v = &c->p->nodes[m];
			if (v->kind == PKW_NODE_RECORD && v->rec->nfields &&
			    strcmp(v->rec->name, kind) == 0)
				return m;
		}
	return -1;
}

static int part_is_wanted(
    const struct voice *c, unsigned i, const struct line_op *op)
{
	return op->sub ? find_pick(c, i, op->field, op->sub) >= 0
		       : pkw_u(c->p, (int)i, op->field) != 0;
}

/* ---- lines ---- */

static void put_summary(struct voice *c, unsigned i, struct plate *pl)
{
	struct line_op *op = template_of(&c->pr->plates, pl);

	if (op->kind == LINE_END && c->p->v.layers[i].proto->flags & PKW_WHOLE) {
		*c->w.o++ = ' ';
		c->w.o = fast_u64(c->w.o, c->p->v.layers[i].len);
		return;
	}
	if (op->kind != LINE_END)
		*c->w.o++ = ' ';
	for (; op->kind != LINE_END; op++) {
		switch ((enum line_kind)op->kind) {
		case LINE_END:
			break;
		case LINE_TEXT:
			if (pen_room(&c->w, op->len + FAST_SLACK))
				c->w.o =
				    fast_text(c->w.o, op->text, op->len);
			break;
		case LINE_FIELD:
			pkw__say_layer_field(c, i, pl, op->field);
			break;
		case LINE_LOOK:
			put_look(c, i, op);
			break;
		case LINE_EACH:
			put_each(c, i, op);
			break;
		case LINE_PICK: {
			int m = find_pick(c, i, op->field, op->sub);
			if (m >= 0)
				pkw__say_field(c, m, 0);
			break;
		}
		case LINE_IF:
			if (!part_is_wanted(c, i, op))
				op += op->len;
			break;
		}
	}
}

static void put_layer(struct voice *c, unsigned i)
{
	const struct pkw_layer *l = &c->p->v.layers[i];
	struct plate *pl = plate_of(&c->pr->plates, &l->proto->rec);
	int color = c->pr->o.flags & PKW_PRINT_COLOR;

	if (!pl || !pen_room(&c->w, pl->namelen + 64 + FAST_SLACK))
		return;
	if (color)
		c->w.o = pkw__color(c->w.o, pkw__class_color(l->proto->cls));
	c->w.o = fast_text(c->w.o, pl->name, pl->namelen);
	if (color)
		c->w.o = pkw__color(c->w.o, COLOR_OFF);
	if (!(c->pr->o.flags & PKW_PRINT_QUIET) || l->proto->cls != PKW_APP)
		put_summary(c, i, pl);
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
	int shown = 0;

	pkw__pen_begin(&c.w, out, 1024);
	if (!pen_room(&c.w, CLOCK_ROOM + FAST_SLACK))
		return out->err;
	if (frame && !(frame->flags & PKW_FRAME_NO_TIME))
		c.w.o = pkw__clock_text(pr, frame->ts_ns, c.w.o);
	for (unsigned i = first_layer(pr, &p->v); i < p->v.nlayers; i++) {
		if (p->v.layers[i].flags & PKW_LAYER_REST &&
		    !(pr->o.flags & PKW_PRINT_LINK))
			continue;
		if (shown++ && pen_room(&c.w, 3))
			PEN_PUT(&c.w, " / ");
		put_layer(&c, i);
	}
	put_length(&c, frame);
	put_note(&c);
	return pkw__print_end(pr, &c.w, start, p);
}
