/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a syntax tree to a packet.
 *
 * Layers are pushed from left to right; what is quoted is Raw, and a quoted
 * argument without a keyword is a layer's own bytes, IP(b"E..."), which are
 * dissected.  The arguments of a layer or element are applied in the order of
 * its table, whatever their order in the text, for a field whose presence
 * depends on another always stands behind it.
 *
 * A field that a variant's name has decided (the type of DNSRRMX) may still be
 * given another value: that is a lie for the wire, and changes no structure.
 *
 * Node numbers: setting something below a record moves only nodes behind it, so
 * the number of the record at hand and those of its ancestors stay good.
 */
#include "core/expr_build.h"

#include <pkw/text.h>

#include <string.h>

enum { NESTED_PACKETS = 8 };

int pkw__engine_error(struct pkw__build *b, uint32_t at, int code)
{
	return pkw__expr_fail(b->x, at, code, "%s", pkw_strerror(code));
}

static int no_layer(struct pkw__build *b, const struct pkw__ast *v)
{
	const char *near = pkw_proto_nearest(v->s);

	if (v->kind == PKW__AST_CALL && strcmp(v->s, "RawVal") == 0)
		return pkw__expr_fail(b->x, v->at, -PKW_ESYNTAX,
		    "RawVal stands in place of a field's value only");
	if (near)
		return pkw__expr_fail(b->x, v->at, -PKW_ENOPROTO,
		    "no layer `%.40s'; did you mean %s?", v->s, near);
	return pkw__expr_fail(b->x, v->at, -PKW_ENOPROTO, "no layer `%.40s'%s",
	    v->s, v->kind == PKW__AST_WORD ? "; text needs quotes" : "");
}

/* The arguments of one call, and which of them are in place already. */
struct args {
	const struct pkw__ast *call;
	uint64_t done;
	int keep; /* a field decided by the name, or -1 */
};

/* Writes a field's bits and nothing else, as if it controlled nothing. */
static int set_bits(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw__value val = { .bytes = PKW_STR_INIT };
	int r = pkw__value_parse(b, node, field, v, &val);

	if (r == 0 && val.is_int) {
		pkw__field_int_put(b->p, node, field, val.u);
		*pkw__pins(b->p, node) |= UINT64_C(1) << field;
	}
	pkw_str_free(&val.bytes);
	return r;
}

static int set_arg(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v, int keep)
{
	if (keep && v->kind != PKW__AST_NONE && v->kind != PKW__AST_CALL)
		return set_bits(b, node, field, v);
	return pkw__build_field(b, node, field, v);
}

/* Applies to one record those arguments that name a field of it. */
static int apply(struct pkw__build *b, int node, struct args *a)
{
	const struct pkw_record *rec = pkw_node(b->p, node)->rec;
	int r = 0;

	for (unsigned k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		uint64_t bit = 1;

		for (const struct pkw__ast *v = a->call->first; v && r == 0;
		     v = v->next, bit <<= 1) {
			if (a->done & bit || !v->key ||
			    strcmp(v->key, f->name) != 0 ||
			    pkw_field_named(b->p, node, f->name) != (int)k)
				continue;
			/* of several of one name, that which is there */
			if (pkw_field_named(b->p, node, f->name) != (int)k)
				continue;
			a->done |= bit;
			r = set_arg(b, node, k, v, a->keep == (int)k);
		}
		if (f->type != PKW_VARIANT || !(f->flags & PKW_FLAT) || r < 0)
			continue;
		int c = pkw_node_child(b->p, node, k);
		if (c >= 0 && pkw_node(b->p, c)->rec) {
			struct args inner = { a->call, a->done, -1 };
			r = apply(b, c, &inner);
			a->done = inner.done;
		}
	}
	return r;
}

static int no_field(struct pkw__build *b, int node, const struct pkw__ast *v)
{
	const char *near = pkw__name_nearest(b->p, node, v->key);

	if (near)
		return pkw__expr_fail(b->x, v->key_at, -PKW_ENOFIELD,
		    "%s has no field `%.40s'; did you mean %s?",
		    pkw__name_of(b->p, node), v->key, near);
	return pkw__expr_fail(b->x, v->key_at, -PKW_ENOFIELD,
	    "%s has no field `%.40s'", pkw__name_of(b->p, node), v->key);
}

/* All keyword arguments of a call, into a record. */
int pkw__set_args(struct pkw__build *b, int node, const struct pkw__ast *call,
    int keep)
{
	struct args a = { call, 0, keep };
	uint64_t bit = 1;

	if (call->kind != PKW__AST_CALL)
		return 0;
	if (call->count > 64)
		return pkw__expr_fail(b->x, call->at, -PKW_ELIMIT,
		    "more than 64 arguments");
	for (const struct pkw__ast *v = call->first; v; v = v->next)
		for (const struct pkw__ast *w = v->next; v->key && w;
		     w = w->next)
			if (w->key && strcmp(v->key, w->key) == 0)
				return pkw__expr_fail(b->x, w->key_at,
				    -PKW_ESYNTAX, "`%.40s' is given twice",
				    w->key);
	int r = apply(b, node, &a);
	if (r < 0)
		return r;
	for (const struct pkw__ast *v = call->first; v; v = v->next, bit <<= 1)
		if (v->key && !(a.done & bit))
			return no_field(b, node, v);
	return 0;
}

/* The argument without a keyword, NULL if there is none. */
static int positional(struct pkw__build *b, const struct pkw__ast *call,
    const struct pkw__ast **out)
{
	*out = NULL;
	if (call->kind != PKW__AST_CALL)
		return 0;
	for (const struct pkw__ast *v = call->first; v; v = v->next) {
		if (v->key)
			continue;
		if (*out)
			return pkw__expr_fail(b->x, v->at, -PKW_ESYNTAX,
			    "only one argument of %s may lack its `field='",
			    call->s);
		if (!pkw__ast_is_quoted(v))
			return pkw__expr_fail(b->x, v->at, -PKW_ESYNTAX,
			    "an argument without `field=' is the layer's "
			    "bytes: %s(b\"...\")", call->s);
		*out = v;
	}
	return 0;
}

static int build_layer(struct pkw__build *b, const struct pkw__ast *v)
{
	const struct pkw__ast *bytes;
	struct pkw__named n;
	int keep = -1;

	if (pkw__name_layer(v->s, &n) < 0)
		return no_layer(b, v);
	int r = positional(b, v, &bytes);
	if (r < 0)
		return r;
	int layer = bytes
	    ? pkw_push_bytes(b->p, n.proto, bytes->s, bytes->n)
	    : pkw_push(b->p, n.proto);
	if (layer < 0)
		return pkw__engine_error(b, v->at, layer);
	if (!n.variant && v->count == (bytes ? 1u : 0u))
		return 0;
	int root = pkw_root(b->p, layer);
	if (root < 0)
		return pkw__engine_error(b, v->at, root);
	if (n.variant && !bytes) {
		r = pkw__variant_make(b->p, root, n.field, n.variant);
		if (r < 0)
			return pkw__engine_error(b, v->at, r);
		keep = pkw_node(b->p, root)->rec->fields[n.field].key;
	}
	return pkw__set_args(b, root, v, keep);
}

static int build_fuzz(struct pkw__build *b, const struct pkw__ast *v)
{
	int from = (int)pkw_view(b->p)->nlayers;

	if (!b->on_fuzz)
		return pkw__expr_fail(b->x, v->at, -PKW_EINVAL,
		    "fuzz() stands for many packets; one is wanted here");
	if (v->count != 1 || v->first->key)
		return pkw__expr_fail(b->x, v->at, -PKW_ESYNTAX,
		    "fuzz takes layers: fuzz(IP()/TCP())");
	int r = pkw__build_layers(b, v->first);
	return r < 0 ? r
		     : b->on_fuzz(b, from, (int)pkw_view(b->p)->nlayers);
}

static int build_item(struct pkw__build *b, const struct pkw__ast *v)
{
	if (pkw__ast_is_quoted(v)) {
		int r = pkw_push_raw(b->p, v->s, v->n);
		return r < 0 ? pkw__engine_error(b, v->at, r) : 0;
	}
	if (v->kind == PKW__AST_CHAIN)
		return pkw__build_layers(b, v);
	if (v->kind == PKW__AST_CALL && strcmp(v->s, "fuzz") == 0)
		return build_fuzz(b, v);
	if (pkw__ast_is_name(v))
		return build_layer(b, v);
	return pkw__expr_fail(b->x, v->at, -PKW_ESYNTAX,
	    pkw__ast_is_text(v) ? "`%.40s' is no layer; text needs quotes"
				: "a layer is expected%.0s", v->s);
}

int pkw__build_layers(struct pkw__build *b, const struct pkw__ast *v)
{
	int r = 0;

	if (v->kind != PKW__AST_CHAIN)
		return build_item(b, v);
	for (const struct pkw__ast *i = v->first; i && r == 0; i = i->next)
		r = build_item(b, i);
	return r;
}

int pkw__build_bytes(
    struct pkw__build *b, const struct pkw__ast *v, struct pkw_str *out)
{
	struct pkw__build inner = *b;

	if (b->depth == NESTED_PACKETS)
		return pkw__expr_fail(b->x, v->at, -PKW_ELIMIT,
		    "packets in packets more than %d deep", NESTED_PACKETS);
	inner.depth++;
	inner.on_set = NULL;
	inner.on_fuzz = NULL;
	inner.on_absent = NULL;
	inner.p = pkw_pkt_new();
	if (!inner.p)
		return pkw__expr_fail(
		    b->x, v->at, -PKW_ENOMEM, "out of memory");
	int r = pkw__build_layers(&inner, v);
	if (r == 0)
		r = pkw_seal(inner.p, 0);
	if (r == 0) {
		struct pkw_span s = pkw_bytes(inner.p);
		pkw_str_addn(out, (const char *)s.p, s.len);
		r = out->err;
	}
	pkw_pkt_free(inner.p);
	return r;
}

int pkw_parse(struct pkw_pkt *p, const char *text, struct pkw_diag *d)
{
	struct pkw__expr x = { .text = text, .len = strlen(text), .d = d };
	struct pkw__build b = { .x = &x, .p = p };
	struct pkw__ast *v = NULL;
	int r = pkw__expr_whole(&x, &v);

	pkw_pkt_reset(p);
	if (r == 0)
		r = pkw__build_layers(&b, v);
	if (r == 0) {
		r = pkw_seal(p, 0);
		if (r < 0)
			pkw_fail(d, r, "%s", pkw_strerror(r));
	}
	if (r < 0)
		pkw_pkt_reset(p);
	pkw__arena_free(&x.arena);
	return r < 0 ? r : 0;
}

/*
 * A value as it would stand behind `field='.  What does not begin like a
 * bracket, a string or a call is taken as it is, blanks and all.
 */
static int value_tree(struct pkw__expr *x, struct pkw__ast **out)
{
	static struct pkw__ast empty = { .kind = PKW__AST_WORD, .s = "" };
	struct pkw_diag *d = x->d;

	if (x->len == 0) {
		*out = &empty;
		return 0;
	}
	int strict = strchr("[('\"", x->text[0]) != NULL ||
	    (strchr(x->text, '(') && x->text[x->len - 1] == ')') ||
	    ((x->text[0] | 0x20) == 'b' && strchr("'\"", x->text[1]));
	if (strict)
		return pkw__expr_whole(x, out);
	x->d = NULL;
	int r = pkw__expr_whole(x, out);
	x->d = d;
	if (r == 0 &&
	    (pkw__ast_is_text(*out) || (*out)->kind == PKW__AST_NONE))
		return 0;
	struct pkw__ast *v = pkw__arena_get(&x->arena, sizeof *v);
	if (!v)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	v->kind = PKW__AST_WORD;
	v->s = x->text;
	v->n = x->len;
	*out = v;
	return 0;
}

int pkw_field_parse(struct pkw_pkt *p, int node, unsigned field,
    const char *text, struct pkw_diag *d)
{
	struct pkw__expr x = { .text = text, .len = strlen(text), .d = d };
	struct pkw__build b = { .x = &x, .p = p };
	const struct pkw_node *n = pkw_node(p, node);
	struct pkw__ast *v = NULL;

	if (!n || !n->rec || field >= n->rec->nfields)
		return pkw_fail(d, -PKW_ENOFIELD, "there is no such field");
	int r = value_tree(&x, &v);
	if (r == 0)
		r = pkw__build_field(&b, node, field, v);
	pkw__arena_free(&x.arena);
	return r < 0 ? r : 0;
}
