/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as expressions.
 *
 * Layers are written with those fields that do not say by themselves what they
 * say.  It is not attempted to foresee every way in which bytes can be odd:
 * the text is parsed and built again, and where the bytes differ it is written
 * again with all derived fields, and then with fewer and fewer layers, the rest
 * being bytes.  The last of these attempts is all bytes, so one of them holds.
 *
 * Records in lists are written in the style of their table (see expr_list.c),
 * which is Scapy's; what Scapy has no name for is written as bytes there.
 */
#include "core/expr_write.h"

#include <pkw/text.h>

#include <string.h>

enum { INNER_DEPTH = 4 };

static struct pkw_span span_of(const struct pkw_pkt *p, int node)
{
	const struct pkw_node *n = pkw_node(p, node);
	struct pkw_span s = { pkw_view(p)->bytes + n->off, n->len };

	return s;
}

static void cut(struct pkw_str *out, size_t len)
{
	if (out->s && !out->err)
		out->s[out->len = len] = '\0';
}

/* ---- elements of lists ---- */

/* The variant that a record holds and is named after, or NULL. */
static const struct pkw_record *flat_name(
    const struct pkw_pkt *p, int node, int *key)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int c = -1;

		if (f->type == PKW_VARIANT && f->flags & PKW_FLAT)
			c = pkw_node_child(p, node, k);
		if (c >= 0 && pkw_node(p, c)->rec &&
		    !pkw_node(p, c)->rec->nameless) {
			*key = f->key;
			return pkw_node(p, c)->rec;
		}
	}
	return NULL;
}

static int write_record(const struct pkw_pkt *p, int node, unsigned flags,
    struct pkw_str *out)
{
	int key = -1;
	const struct pkw_record *v = flat_name(p, node, &key);

	pkw_str_add(out, v ? v->name : pkw__name_of(p, node));
	pkw_str_addc(out, '(');
	int r = pkw__write_args(p, node, key, flags, out);
	pkw_str_addc(out, ')');
	return r;
}

static int write_layered(const struct pkw_pkt *p, int list, const char *sep,
    unsigned flags, struct pkw_str *out)
{
	int first = 1, r = 0;

	for (int e = pkw_node_first(p, list); e >= 0 && r == 0;
	     e = pkw_node_next(p, e)) {
		const struct pkw_node *n = pkw_node(p, e);

		if (n->flags & PKW_NODE_PAD)
			continue;
		if (!first)
			pkw_str_add(out, sep);
		first = 0;
		if (n->rec && !n->rec->nameless && n->rec->name) {
			r = write_record(p, e, flags, out);
			continue;
		}
		/* Raw does not know of padding outside its length */
		struct pkw_span s = span_of(p, e);
		s.len += n->pad;
		pkw_str_add(out, "Raw(load=");
		pkw__write_bytes(out, s.p, s.len, 0);
		pkw_str_addc(out, ')');
	}
	return r;
}

/* The values of a record, each behind a separator; how many there were. */
static int write_values(const struct pkw_pkt *p, int node, int key,
    unsigned flags, struct pkw_str *out, int *count)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	int r = 0;

	for (unsigned k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int c = pkw_node_child(p, node, k);

		if (!pkw__takes_value(p, node, k, key))
			continue;
		if (f->type == PKW_LIST && f->list->style == PKW_LIST_VALUES) {
			for (int e = pkw_node_first(p, c); e >= 0 && r == 0;
			     e = pkw_node_next(p, e))
				r = pkw_node(p, e)->rec
				    ? write_values(p, e, -1, flags, out, count)
				    : -PKW_EFORMAT;
			continue;
		}
		if (f->type == PKW_VARIANT && c >= 0 && pkw_node(p, c)->rec &&
		    !pkw_node(p, c)->rec->nameless) {
			r = write_values(p, c, -1, flags, out, count);
			continue;
		}
		if ((*count)++ > 0)
			pkw_str_add(out, ", ");
		r = pkw__write_field(p, node, k, flags, out);
	}
	return r;
}

/* Can a tuple say everything of this element? */
static int fits_tuple(const struct pkw_pkt *p, int e, unsigned key)
{
	const struct pkw_node *n = pkw_node(p, e);

	if (n->flags & PKW_NODE_BAD && n->len < 2)
		return 0; /* cut off before its length */
	for (unsigned k = 0; k < n->rec->nfields; k++)
		if (k != key && n->has >> k & 1 &&
		    n->rec->fields[k].rel.kind == PKW_LEN &&
		    !pkw__is_default(p, e, k))
			return 0;
	return 1;
}

/* Is the value behind the kind one that has a name, and whole? */
static int has_named_value(const struct pkw_pkt *p, int e)
{
	const struct pkw_record *rec = pkw_node(p, e)->rec;
	unsigned vf = pkw__variant_field(rec);

	if (rec->nameless)
		return 0;
	for (int i = e, end = pkw__node_end(p, e); i < end; i++)
		if (pkw_node(p, i)->flags & PKW_NODE_BAD)
			return 0;
	if (vf == PKW_NO_FIELD || !(pkw_node(p, e)->has >> vf & 1))
		return 1;
	int c = pkw_node_child(p, e, vf);
	const struct pkw_record *v = c < 0 ? NULL : pkw_node(p, c)->rec;
	return v && !v->nameless && v->key != PKW_ELSE;
}

static int write_tuple(const struct pkw_pkt *p, int e, int words,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_record *rec = pkw_node(p, e)->rec;
	unsigned key = pkw__key_field(rec);
	const struct pkw_field *kf = &rec->fields[key];
	struct pkw_span all = span_of(p, e);
	uint64_t kind = 0;
	int count = 0, r = 0;

	if (!fits_tuple(p, e, key) || pkw_field_u(p, e, key, &kind) < 0)
		return -PKW_EFORMAT;
	const char *name =
	    has_named_value(p, e) ? pkw__label(kf, 0, kind) : NULL;
	/* what is no option is its fields in order: (5, "10.0.0.1") */
	int fields = !kf->nlabels && !rec->nameless &&
	    pkw__variant_field(rec) == PKW_NO_FIELD &&
	    !(pkw_node(p, e)->flags & PKW_NODE_BAD);
	int bare = rec->nfields == 1 || (all.len == 1 && words);
	if (words && bare && name) {
		pkw_str_fmt(out, "\"%s\"", name);
		return 0;
	}
	pkw_str_addc(out, '(');
	if (name)
		pkw_str_fmt(out, "\"%s\"", name);
	else
		pkw_str_u64(out, kind);
	pkw_str_add(out, ", ");
	size_t at = out->len;
	if (bare) {
		pkw_str_add(out, "None");
	} else if (!name && !fields) {
		pkw__write_bytes(out, all.p + 2, all.len < 2 ? 0 : all.len - 2,
		    0);
	} else {
		r = write_values(p, e, (int)key, flags, out, &count);
		if (count == 0)
			pkw_str_add(out, "b\"\"");
	}
	if (count > 1 && !words && out->s && !out->err) {
		/* several values are a tuple of their own */
		pkw_str_add(out, ")))");
		if (!out->err)
			memmove(out->s + at + 1, out->s + at,
			    out->len - at - 1);
		if (!out->err)
			out->s[at] = '(';
		return r;
	}
	pkw_str_addc(out, ')');
	return r;
}

static int write_tuples(const struct pkw_pkt *p, int list, int words,
    unsigned flags, struct pkw_str *out)
{
	int first = 1, r = 0;

	for (int e = pkw_node_first(p, list); e >= 0 && r == 0;
	     e = pkw_node_next(p, e)) {
		if (pkw_node(p, e)->flags & PKW_NODE_PAD)
			continue;
		if (!first)
			pkw_str_add(out, ", ");
		first = 0;
		r = pkw_node(p, e)->rec ? write_tuple(p, e, words, flags, out)
					: -PKW_EFORMAT;
	}
	return r;
}

static int write_list(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_list *l = pkw__field_of(p, node, field)->list;
	int list = pkw_node_child(p, node, field), count = 0, r = 0;
	int chain = l->style == PKW_LIST_CHAIN;

	if (chain && pkw_node_first(p, list) < 0) {
		pkw_str_add(out, "None");
		return 0;
	}
	pkw_str_add(out, chain ? "" : "[");
	switch ((enum pkw_list_style)l->style) {
	case PKW_LIST_LAYERS:
	case PKW_LIST_CHAIN:
		r = write_layered(p, list, chain ? "/" : ", ", flags, out);
		break;
	case PKW_LIST_TUPLES:
		r = write_tuples(p, list, 0, flags, out);
		break;
	case PKW_LIST_WORDS:
		r = write_tuples(p, list, 1, flags, out);
		break;
	case PKW_LIST_VALUES:
		for (int e = pkw_node_first(p, list); e >= 0 && r == 0;
		     e = pkw_node_next(p, e)) {
			const struct pkw_node *n = pkw_node(p, e);
			if (n->flags & PKW_NODE_PAD)
				continue;
			r = n->rec && pkw__sole_field(p, e) != PKW_NO_FIELD
			    ? write_values(p, e, -1, flags, out, &count)
			    : -PKW_EFORMAT;
		}
		break;
	}
	pkw_str_add(out, chain ? "" : "]");
	return r;
}

/* ---- fields ---- */

/* A record in a field: its only value, or its name and arguments. */
static int write_inner(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	int c = pkw_node_child(p, node, field);
	const struct pkw_node *n = pkw_node(p, c);
	int is_sub = pkw__field_of(p, node, field)->type == PKW_SUB;

	if (!n->rec || (n->rec->nameless && flags & PKW__WRITE_EXPR)) {
		struct pkw_span s = span_of(p, c);
		if (flags & PKW__WRITE_EXPR)
			pkw__write_bytes(out, s.p, s.len, 0);
		else
			pkw_str_pyesc(out, s.p, s.len, '\0');
		return 0;
	}
	unsigned sole = is_sub ? (unsigned)PKW_NO_FIELD
			       : pkw__sole_field(p, c);
	if (sole != PKW_NO_FIELD)
		return pkw__write_field(p, c, sole, flags, out);
	return write_record(p, c, flags, out);
}

/* Bytes that hold a packet: as layers, if they are any. */
static int write_packet(const struct pkw_field *f, struct pkw_span s,
    struct pkw_str *out, unsigned depth);

static int write_as_raw(const struct pkw_pkt *p, int node, unsigned field,
    struct pkw_str *out)
{
	struct pkw_span s;
	int r = pkw_field_bytes(p, node, field, &s);

	if (r < 0)
		return r;
	pkw_str_add(out, "RawVal(");
	pkw__write_bytes(out, s.p, s.len, 0);
	pkw_str_addc(out, ')');
	return 0;
}

static int write_any(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	int c = pkw_node_child(p, node, field);
	int opaque = c >= 0 && pkw_node(p, c)->flags & PKW_NODE_OPAQUE;
	struct pkw_span s;

	if (c < 0 || opaque || pkw__is_scalar(f) || f->type == PKW_ALIGN) {
		if (f->inner && flags & PKW__WRITE_EXPR && !opaque &&
		    pkw_field_bytes(p, node, field, &s) == 0)
			return write_packet(f, s, out, flags >> 8);
		pkw__write_scalar(p, node, field, flags, out);
		return 0;
	}
	if (f->type != PKW_LIST)
		return write_inner(p, node, field, flags, out);
	if (pkw_node(p, c)->kind == PKW_NODE_LIST)
		return write_list(p, node, field, flags, out);
	return -PKW_EFORMAT;
}

int pkw__write_field(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	size_t before = out->len;
	int r = write_any(p, node, field, flags, out);

	if (r == 0 || !(flags & PKW__WRITE_EXPR)) {
		if (r == 0)
			return 0;
		struct pkw_span s;
		cut(out, before);
		if (pkw_field_bytes(p, node, field, &s) == 0)
			pkw_str_pyesc(out, s.p, s.len, '\0');
		return 0;
	}
	cut(out, before);
	return write_as_raw(p, node, field, out);
}

/* Addresses that were seen are not to be taken for such as are still to be
   found. */
static int was_read(const struct pkw_pkt *p, unsigned layer)
{
	return pkw_view(p)->layers[layer].flags & PKW_LAYER_READ;
}

static int wants_mention(
    const struct pkw_pkt *p, int node, unsigned k, unsigned flags)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[k];

	if (!(n->has >> k & 1) || f->type == PKW_ALIGN)
		return 0;
	if (f->spell || (f->flags & (PKW_SRC | PKW_DST) &&
	    (was_read(p, n->layer) || pkw_pinned(p, node, k))))
		return 1;
	if (flags & PKW__WRITE_ALL && f->type != PKW_SWITCH)
		return f->rel.kind != PKW_PLAIN || !pkw__is_default(p, node, k);
	return !pkw__is_default(p, node, k);
}

/* One pass over the arguments; those in `force' are written in any case. */
static int write_args(const struct pkw_pkt *p, int node, int skip,
    unsigned flags, uint64_t force, uint64_t *raw, struct pkw_str *out)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	size_t begin = out->len;
	int r = 0;

	for (unsigned k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		size_t before = out->len;
		int c;

		if ((int)k == skip)
			continue;
		if (f->type == PKW_VARIANT && f->flags & PKW_FLAT &&
		    (c = pkw_node_child(p, node, k)) >= 0 &&
		    pkw_node(p, c)->rec && !pkw_node(p, c)->rec->nameless) {
			if (out->len > begin)
				pkw_str_add(out, ", ");
			size_t at = out->len;
			r = pkw__write_args(p, c, -1, flags, out);
			if (out->len == at)
				cut(out, before);
			continue;
		}
		if (!(force >> k & 1) && !wants_mention(p, node, k, flags))
			continue;
		if (out->len > begin)
			pkw_str_add(out, ", ");
		pkw_str_add(out, f->name);
		pkw_str_addc(out, '=');
		size_t at = out->len;
		r = pkw__write_field(p, node, k, flags, out);
		if (out->s && strstr(out->s + at, "RawVal("))
			*raw |= UINT64_C(1) << k;
	}
	return r;
}

/* Lengths and counts of fields in whose place raw bytes stand. */
static uint64_t counts_of(const struct pkw_record *rec, uint64_t raw)
{
	uint64_t found = 0;

	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_rel *rel = &rec->fields[k].rel;
		uint64_t covers = 0;

		if (rel->kind != PKW_LEN && rel->kind != PKW_COUNT)
			continue;
		if (rel->of >= 0)
			covers = UINT64_C(1) << rel->of |
			    (rel->also > 0 ? UINT64_C(1) << rel->also : 0);
		else if (rel->of == PKW_OF_REST)
			covers = ~UINT64_C(0) << k;
		else if (rel->of == PKW_OF_RECORD)
			covers = ~UINT64_C(0);
		if (raw & covers)
			found |= UINT64_C(1) << k;
	}
	return found;
}

/* Scapy cannot measure raw bytes, so what counts them is written as well. */
int pkw__write_args(const struct pkw_pkt *p, int node, int skip,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_node *n = pkw_node(p, node);
	size_t begin = out->len;
	uint64_t raw = 0;
	int r = write_args(p, node, skip, flags, 0, &raw, out);
	uint64_t force = raw ? counts_of(n->rec, raw) & n->has : 0;

	if (r < 0 || !force)
		return r;
	cut(out, begin);
	return write_args(p, node, skip, flags, force, &raw, out);
}

/* ---- layers ---- */

static void write_raw_layer(
    struct pkw_span s, int alone, struct pkw_str *out)
{
	pkw_str_add(out, alone ? "Raw(load=" : "");
	pkw__write_bytes(out, s.p, s.len, 1);
	pkw_str_add(out, alone ? ")" : "");
}

/* Bytes that no field explains at a layer's end are written as one behind it. */
static void write_leftover(
    const struct pkw_pkt *p, int root, struct pkw_str *out)
{
	int last = -1;

	for (int c = pkw_node_first(p, root); c >= 0; c = pkw_node_next(p, c))
		last = c;
	const struct pkw_node *n = last < 0 ? NULL : pkw_node(p, last);
	if (!n || n->field != PKW_NO_FIELD || n->kind != PKW_NODE_BYTES ||
	    n->flags & (PKW_NODE_PAD | PKW_NODE_TRAILER) || n->len == 0)
		return;
	pkw_str_addc(out, '/');
	write_raw_layer(span_of(p, last), 0, out);
}

static int write_layer(const struct pkw_pkt *p, unsigned i, unsigned flags,
    struct pkw_str *out)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[i];

	if (l->proto == pkw__raw) {
		struct pkw_span s = { pkw_view(p)->bytes + l->off, l->len };
		write_raw_layer(s, i == 0, out);
		return 0;
	}
	int root = pkw_root(p, (int)i);
	int r = root < 0 ? root : write_record(p, root, flags, out);
	if (r == 0)
		write_leftover(p, root, out);
	return r;
}

static int write_layers(const struct pkw_pkt *p, unsigned n, unsigned flags,
    struct pkw_str *out)
{
	int r = 0;

	for (unsigned i = 0; i < n && r == 0; i++) {
		if (i)
			pkw_str_addc(out, '/');
		r = write_layer(p, i, flags, out);
	}
	return r;
}

/* The first n layers, and all bytes behind them as one. */
static int write_some(const struct pkw_pkt *p, unsigned n, unsigned flags,
    struct pkw_str *out)
{
	const struct pkw_view *v = pkw_view(p);
	int r = write_layers(p, n, flags, out);

	if (n < v->nlayers || v->nlayers == 0) {
		uint32_t off = n < v->nlayers ? v->layers[n].off : 0;
		struct pkw_span s = { v->bytes + off, v->len - off };
		if (n)
			pkw_str_addc(out, '/');
		write_raw_layer(s, n == 0, out);
	}
	return r;
}

static int reads_back(
    const struct pkw_pkt *p, struct pkw_pkt *scratch, const char *text)
{
	struct pkw_span a = pkw_bytes(p);

	if (!text || pkw_parse(scratch, text, NULL) < 0)
		return 0;
	struct pkw_span b = pkw_bytes(scratch);
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Padding that some layer may have put there when it was sealed. */
static int may_be_ours(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);

	if (v->nlayers < 2 || v->layers[v->nlayers - 1].proto != pkw__padding)
		return 0;
	for (unsigned i = 0; i < v->nlayers; i++)
		if (v->layers[i].proto->seal)
			return 1;
	return 0;
}

static int write_packet_text(
    const struct pkw_pkt *p, unsigned depth, struct pkw_str *out)
{
	struct pkw_str s = PKW_STR_INIT;
	struct pkw_pkt *scratch = pkw_pkt_new();
	unsigned n = pkw_view(p)->nlayers;
	unsigned expr = PKW__WRITE_EXPR | depth << 8;
	int found = 0;

	if (!scratch)
		return -PKW_ENOMEM;
	if (may_be_ours(p))
		found = write_layers(p, n - 1, expr, &s) == 0 &&
		    reads_back(p, scratch, s.s);
	for (; !found; n--) {
		static const unsigned tries[] = { 0, PKW__WRITE_ALL };
		for (unsigned t = 0; t < 2 && !found; t++) {
			pkw_str_clear(&s);
			found = write_some(p, n, expr | tries[t], &s) == 0 &&
			    reads_back(p, scratch, s.s);
		}
		if (n == 0)
			break;
	}
	int r = s.err ? s.err : found ? 0 : -PKW_ENOMEM;
	if (r == 0)
		pkw_str_addn(out, s.s, s.len);
	pkw_pkt_free(scratch);
	pkw_str_free(&s);
	return r < 0 ? r : out->err;
}

static int write_packet(const struct pkw_field *f, struct pkw_span s,
    struct pkw_str *out, unsigned depth)
{
	const struct pkw_proto *first = pkw_proto_find(f->inner);
	struct pkw_pkt *q = NULL;
	int r = -PKW_ELIMIT;

	if (first && s.len && depth < INNER_DEPTH)
		q = pkw_pkt_new();
	if (q) {
		pkw_dissect(q, first, s.p, s.len, 0);
		if (pkw_view(q)->nlayers > 0 &&
		    pkw_view(q)->layers[0].proto != pkw__raw)
			r = write_packet_text(q, depth + 1, out);
		pkw_pkt_free(q);
	}
	if (r < 0)
		pkw__write_bytes(out, s.p, s.len, f->flags & PKW_RAWTEXT);
	return 0;
}

int pkw_expression(const struct pkw_pkt *p, struct pkw_str *out)
{
	return write_packet_text(p, 0, out);
}
