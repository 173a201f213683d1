/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of every field, in the manner of Scapy's show():
 *
 *   ###[ IP ]### 24 bytes at 14
 *     version   = 4
 *     ihl       = 6 (computed)
 *     proto     = 6 (tcp)
 *     options   = 1
 *       [0] IPOption_NOP: copy_flag = 0, optclass = 0, option = 1
 *
 * An element whose fields fit on one line stands on one; [0] is what a path
 * calls it.  Longer bytes follow as a small hexdump.
 *
 * Of a packet that was built here, fields that follow from others and were not
 * set are marked as computed.  Of one that was captured, checksums are told to
 * be right or wrong where they can be judged.  Notes on malformed input stand
 * under the layer they are about.
 */
#include "out/color.h"
#include "out/value.h"

#include "core/core.h"

enum {
	WIDTH = 79,
	NAMES = 9,         /* columns for a field's name, at least */
	BYTES_LINE = 32,   /* more bytes than that become a dump */
	BYTES_DUMP = 4096, /* and more than that are cut */
	ROW = 16
};

struct show {
	struct voice v;
	unsigned packets; /* inside packets */
};

static void show_fields(struct show *s, int node, unsigned indent);
static void show_layers(struct show *s, unsigned indent);

static void paint(struct show *s, unsigned color)
{
	if (s->v.pr->o.flags & PKW_PRINT_COLOR && pen_room(&s->v.w, 16))
		s->v.w.o = pkw__color(s->v.w.o, color);
}

static void blanks(struct show *s, unsigned n)
{
	if (pen_room(&s->v.w, n)) {
		memset(s->v.w.o, ' ', n);
		s->v.w.o += n;
	}
}

static void decimal(struct show *s, uint64_t v)
{
	if (pen_room(&s->v.w, FAST_SLACK))
		s->v.w.o = fast_u64(s->v.w.o, v);
}

static void remark(struct show *s, const char *text, unsigned color)
{
	pkw__say(&s->v, " ");
	paint(s, color);
	pkw__say(&s->v, text);
	paint(s, COLOR_OFF);
}

/* What is to be said about a field besides its value. */
static void remarks(struct show *s, int node, unsigned k)
{
	const struct pkw_node *n = &s->v.p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[k];
	unsigned flags = s->v.pr->o.flags;

	if (f->rel.kind == PKW_PLAIN)
		return;
	uint64_t v;
	if (flags & PKW_PRINT_BUILT && !pkw_pinned(s->v.p, node, k) &&
	    pkw_field_computed(s->v.p, node, k, &v) == 1)
		remark(s, "(computed)", COLOR_DIM);
	if (!(flags & PKW_PRINT_SUMS) || f->rel.kind != PKW_SUM || n->depth)
		return;
	int ok = pkw_sum_ok(s->v.p, n->layer, k);
	if (ok == 1)
		remark(s, "(right)", COLOR_DIM);
	else if (ok == 0)
		remark(s, "(wrong)", COLOR_BAD);
}

static void dump(
    struct show *s, const uint8_t *b, size_t len, unsigned indent)
{
	size_t shown = len < BYTES_DUMP ? len : BYTES_DUMP;

	decimal(s, len);
	pkw__say(&s->v, " bytes");
	for (size_t at = 0; at < shown; at += ROW) {
		size_t n = shown - at < ROW ? shown - at : ROW;
		if (!pen_room(&s->v.w, indent + 128))
			return;
		char *o = s->v.w.o;
		*o++ = '\n';
		memset(o, ' ', indent);
		o += indent;
		o = fast_byte(o, (unsigned)at >> 8);
		o = fast_byte(o, (unsigned)at & 255);
		*o++ = ' ';
		for (size_t i = 0; i < ROW; i++) {
			*o++ = ' ';
			if (i < n)
				fast_byte(o, b[at + i]);
			else
				memcpy(o, "  ", 2);
			o += 2;
		}
		*o++ = ' ';
		*o++ = ' ';
		for (size_t i = 0; i < n; i++)
			*o++ = b[at + i] >= 0x20 && b[at + i] < 0x7f
			    ? (char)b[at + i]
			    : '.';
		s->v.w.o = o;
	}
	if (shown < len)
		pkw__say(&s->v, "\n...");
}

/* Bytes of variable size: quoted text, digits, or a dump. */
static void show_bytes(struct show *s, const struct pkw_field *f, int node,
    unsigned k, int child, unsigned indent)
{
	const struct pkw_node *n = &s->v.p->nodes[child];
	const uint8_t *b = s->v.p->v.bytes + n->off;

	if (f->type == PKW_BYTES && n->len <= 2 * BYTES_LINE &&
	    f->flags & PKW_RAWTEXT && pkw__is_text(b, n->len)) {
		pkw__say(&s->v, "\"");
		if (pen_room(&s->v.w, 0)) {
			pen_up(&s->v.w);
			pkw_str_pyesc(s->v.w.out, b, n->len, '"');
			pen_down(&s->v.w);
		}
		pkw__say(&s->v, "\"");
	} else if (f->type == PKW_TEXT && !(n->flags & PKW_NODE_OPAQUE)) {
		pkw__say(&s->v, "\"");
		pkw__say_safe(&s->v, b, n->len);
		pkw__say(&s->v, "\"");
	} else if (f->type != PKW_CODED && n->len > BYTES_LINE) {
		dump(s, b, n->len, indent + 2);
	} else {
		pkw__say_field(&s->v, node, k);
	}
	if (n->flags & PKW_NODE_OPAQUE && f->bits)
		remark(s, "(raw bytes)", COLOR_DIM);
	if (n->flags & PKW_NODE_BAD)
		remark(s, "(does not decode)", COLOR_BAD);
}

/* A name and what stands between it and the value. */
static void show_name(
    struct show *s, const char *name, unsigned indent, size_t width)
{
	size_t n = strlen(name);

	blanks(s, indent);
	paint(s, COLOR_FIELD);
	pkw__say(&s->v, name);
	paint(s, COLOR_OFF);
	blanks(s, (unsigned)(width > n ? width - n : 0));
	pkw__say(&s->v, " = ");
}

/* "kind = 2 (MSS), len = 4, mss = 1460"; 0 if that cannot be. */
static int show_inline(struct show *s, int node, unsigned *shown)
{
	const struct pkw_node *n = &s->v.p->nodes[node];

	for (unsigned k = 0; k < n->rec->nfields; k++) {
		const struct pkw_field *f = &n->rec->fields[k];
		if (!(n->has >> k & 1) || pkw__field_hidden(s->v.p, node, k))
			continue;
		int c = pkw_node_child(s->v.p, node, k);
		const struct pkw_node *m = pkw_node(s->v.p, c);
		if (m && m->kind == PKW_NODE_RECORD && f->flags & PKW_FLAT) {
			if (!show_inline(s, c, shown))
				return 0;
			continue;
		}
		int lone = m && pkw__is_lone(s->v.p, c);
		if (m && !lone &&
		    (m->kind != PKW_NODE_BYTES || f->inner))
			return 0;
		if (m && m->len > BYTES_LINE)
			return 0;
		pkw__say(&s->v, (*shown)++ ? ", " : ": ");
		show_name(s, f->name, 0, 0);
		if (m && !lone)
			show_bytes(s, f, node, k, c, 0);
		else
			pkw__say_field(&s->v, node, k);
		remarks(s, node, k);
	}
	int c = pkw_node_first(s->v.p, node);
	for (; c >= 0; c = pkw_node_next(s->v.p, c))
		if (s->v.p->nodes[c].field == PKW_NO_FIELD)
			return 0;
	return 1;
}

/* Columns since the last newline; colours are not counted. */
static size_t column(const struct show *s)
{
	const char *start = s->v.w.out->s, *o = s->v.w.o;
	size_t n = 0;

	while (o > start && o[-1] != '\n') {
		o--;
		n++;
		if (*o == '\033')
			n -= strcspn(o, "m") + 1;
	}
	return n;
}

static void show_element(
    struct show *s, int node, unsigned index, unsigned indent)
{
	const struct pkw_node *n = &s->v.p->nodes[node];
	unsigned shown = 0;

	pkw__say(&s->v, "\n");
	blanks(s, indent);
	pkw__say(&s->v, "[");
	decimal(s, index);
	pkw__say(&s->v, "] ");
	if (n->kind != PKW_NODE_RECORD) {
		if (n->flags & PKW_NODE_PAD) {
			decimal(s, n->len);
			pkw__say(&s->v, " bytes of padding");
		} else {
			pkw__say_hex(
			    &s->v, s->v.p->v.bytes + n->off, n->len);
		}
		return;
	}
	paint(s, COLOR_HEAD);
	pkw__say(&s->v, pkw__named(s->v.p, node)->name);
	paint(s, COLOR_OFF);
	if (!pen_room(&s->v.w, 0))
		return;
	size_t before = pen_here(&s->v.w);
	if (show_inline(s, node, &shown) && column(s) <= WIDTH)
		return;
	if (!pen_room(&s->v.w, 0))
		return;
	s->v.w.o = s->v.w.out->s + before;
	show_fields(s, node, indent + 2);
}

static int one_value(const struct show *s, const struct pkw_list *list, int e)
{
	return list->style == PKW_LIST_VALUES && pkw__is_lone(s->v.p, e);
}

static void show_list(
    struct show *s, const struct pkw_field *f, int list, unsigned indent)
{
	unsigned n = 0;
	int e = pkw_node_first(s->v.p, list);

	if (e < 0) {
		pkw__say(&s->v, "[]");
		return;
	}
	if (one_value(s, f->list, e)) {
		for (; e >= 0; e = pkw_node_next(s->v.p, e)) {
			pkw__say(&s->v, n++ ? ", " : "");
			if (one_value(s, f->list, e))
				pkw__say_field(&s->v, e, 0);
			else
				pkw__say_hex(&s->v, s->v.p->v.bytes +
				        s->v.p->nodes[e].off,
				    s->v.p->nodes[e].len);
		}
		return;
	}
	for (int c = e; c >= 0; c = pkw_node_next(s->v.p, c))
		n++;
	decimal(s, n);
	n = 0;
	for (; e >= 0; e = pkw_node_next(s->v.p, e))
		show_element(s, e, n++, indent + 2);
}

/* A packet in a field: its layers, indented. */
static int show_packet(struct show *s, const struct pkw_field *f, int child,
    unsigned indent)
{
	const struct pkw_node *n = &s->v.p->nodes[child];
	const struct pkw_proto *first = pkw_proto_find(f->inner);
	struct pkw_pkt *p = pkw__inner(s->v.pr, s->packets);
	const struct pkw_pkt *outer = s->v.p;

	if (!first || !p || n->len == 0)
		return 0;
	pkw_dissect(p, first, outer->v.bytes + n->off, n->len, 0);
	decimal(s, n->len);
	pkw__say(&s->v, " bytes\n");
	s->v.p = p;
	s->packets++;
	show_layers(s, indent + 4);
	s->packets--;
	s->v.p = outer;
	return 1;
}

static void show_child(struct show *s, const struct pkw_field *f, int node,
    unsigned k, int c, unsigned indent)
{
	const struct pkw_node *m = &s->v.p->nodes[c];

	if (m->kind == PKW_NODE_LIST) {
		show_list(s, f, c, indent);
	} else if (pkw__is_lone(s->v.p, c)) {
		int inner = pkw_node_child(s->v.p, c, 0);
		if (inner < 0)
			pkw__say_field(&s->v, c, 0);
		else
			show_child(s, &m->rec->fields[0], c, 0, inner, indent);
	} else if (m->kind == PKW_NODE_RECORD) {
		paint(s, COLOR_HEAD);
		pkw__say(&s->v, m->rec->name ? m->rec->name : "");
		paint(s, COLOR_OFF);
		show_fields(s, c, indent + 2);
	} else if (!f->inner || !show_packet(s, f, c, indent)) {
		show_bytes(s, f, node, k, c, indent);
	} else {
		/* layers end with newlines of their own */
		s->v.w.o -= pen_room(&s->v.w, 1);
	}
}

static size_t name_width(const struct pkw_record *rec)
{
	size_t width = NAMES;

	for (size_t k = 0; k < rec->nfields; k++) {
		size_t n = strlen(rec->fields[k].name);
		if (n > width && n <= 2 * NAMES)
			width = n;
	}
	return width;
}

/* Each field begins with a newline, so that values can be followed by one. */
static void show_fields(struct show *s, int node, unsigned indent)
{
	const struct pkw_record *rec = s->v.p->nodes[node].rec;
	uint64_t has = s->v.p->nodes[node].has;
	size_t width = name_width(rec);

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (!(has >> k & 1) || pkw__field_hidden(s->v.p, node, k))
			continue;
		int c = pkw_node_child(s->v.p, node, k);
		const struct pkw_node *m = pkw_node(s->v.p, c);
		if (m && m->kind == PKW_NODE_RECORD && f->flags & PKW_FLAT) {
			show_fields(s, c, indent);
			continue;
		}
		pkw__say(&s->v, "\n");
		show_name(s, f->name, indent, width);
		if (m)
			show_child(s, f, node, k, c, indent);
		else
			pkw__say_field(&s->v, node, k);
		remarks(s, node, k);
	}
	int c = pkw_node_first(s->v.p, node);
	for (; c >= 0; c = pkw_node_next(s->v.p, c)) {
		const struct pkw_node *m = &s->v.p->nodes[c];
		if (m->field != PKW_NO_FIELD || m->flags & PKW_NODE_TRAILER)
			continue;
		pkw__say(&s->v, "\n");
		show_name(s, "?", indent, width);
		pkw__say_hex(&s->v, s->v.p->v.bytes + m->off, m->len);
		remark(s, m->flags & PKW_NODE_PAD ? "(padding)" : "(unexplained)",
		    m->flags & PKW_NODE_PAD ? COLOR_DIM : COLOR_BAD);
	}
}

static void show_notes(struct show *s, unsigned layer, unsigned indent)
{
	const struct pkw_pkt *p = s->v.p;

	for (uint32_t i = 0; i < p->nnotes; i++) {
		const struct pkw_note *n = &p->notes[i];
		if (n->layer != layer)
			continue;
		pkw__say(&s->v, "\n");
		blanks(s, indent);
		paint(s, COLOR_BAD);
		pkw__say(&s->v, "! ");
		if (n->name && *n->name) {
			pkw__say(&s->v, n->name);
			pkw__say(&s->v, ": ");
		}
		pkw__say(&s->v, n->text);
		pkw__say(&s->v, " (at ");
		decimal(s, n->off);
		pkw__say(&s->v, ")");
		paint(s, COLOR_OFF);
	}
}

/* Fixed fields of the trailer, read from their places. */
static void show_trailer(struct show *s, unsigned layer, unsigned indent)
{
	const struct pkw_layer *l = &s->v.p->v.layers[layer];
	const struct pkw_record *rec = l->proto->trailer;
	const struct plate *pl = plate_of(&s->v.pr->plates, rec);
	const uint8_t *b = s->v.p->v.bytes + l->end - rec->shape->imagelen;

	for (unsigned k = 0; pl && k < pl->nfields; k++) {
		const struct plate_field *pf = &pl->fields[k];
		if (!pf->slotted)
			continue;
		pkw__say(&s->v, "\n");
		show_name(s, pf->f->name, indent, NAMES);
		pkw__say_slotted(&s->v, pf, layer, b);
		remark(s, "(trailer)", COLOR_DIM);
	}
}

static void show_layer(struct show *s, unsigned i, unsigned indent)
{
	const struct pkw_layer *l = &s->v.p->v.layers[i];
	int root = pkw_root(s->v.p, (int)i);

	blanks(s, indent);
	paint(s, pkw__class_color(l->proto->cls));
	pkw__say(&s->v, "###[ ");
	pkw__say(&s->v, l->proto->rec.name);
	pkw__say(&s->v, " ]###");
	paint(s, COLOR_OFF);
	pkw__say(&s->v, " ");
	decimal(s, l->len);
	pkw__say(&s->v, l->len == 1 ? " byte at " : " bytes at ");
	decimal(s, l->off);
	if (root >= 0)
		show_fields(s, root, indent + 2);
	if (l->flags & PKW_LAYER_TRAILER)
		show_trailer(s, i, indent + 2);
	show_notes(s, i, indent + 2);
	pkw__say(&s->v, "\n");
}

static void show_layers(struct show *s, unsigned indent)
{
	for (unsigned i = 0; i < s->v.p->v.nlayers; i++)
		show_layer(s, i, indent);
}

static void show_frame(struct show *s, const struct pkw_frame *f)
{
	struct pkw_printer *pr = s->v.pr;

	if (!pen_room(&s->v.w, CLOCK_ROOM + FAST_SLACK))
		return;
	paint(s, COLOR_DIM);
	if (!(f->flags & PKW_FRAME_NO_TIME) && pen_room(&s->v.w, CLOCK_ROOM))
		s->v.w.o = pkw__clock_text(pr, f->ts_ns, s->v.w.o);
	decimal(s, f->len);
	pkw__say(&s->v, " bytes");
	if (f->caplen != f->len) {
		pkw__say(&s->v, ", of which ");
		decimal(s, f->caplen);
		pkw__say(&s->v, " were captured");
	}
	if (f->comment) {
		pkw__say(&s->v, ": ");
		pkw__say_safe(&s->v, f->comment, f->comment_len);
	}
	paint(s, COLOR_OFF);
	pkw__say(&s->v, "\n");
}

int pkw_show(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out)
{
	struct show s = { .v = { .pr = pr, .p = p, .bytes_max = BYTES_LINE,
		              .how = pr->o.flags & PKW_PRINT_NUMERIC
		                  ? VALUE_PLAIN
		                  : VALUE_BOTH } };
	size_t start = out->len;

	pen_begin(&s.v.w, out, 4096);
	if (frame)
		show_frame(&s, frame);
	show_layers(&s, 0);
	return pkw__print_end(pr, &s.v.w, start, p);
}
