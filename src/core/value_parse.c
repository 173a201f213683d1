/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One value from a syntax tree, by the type of the field it is for.
 *
 * Integers come as numbers, labels or flags and are checked against the
 * field's width; everything else becomes bytes.  Quoted and bare text mean the
 * same, and so do "..." and b"..." where text is wanted: Scapy prints names and
 * addresses as bytes.  Only b"..." may hold an address's bytes themselves.
 *
 * Fixed text and bytes are filled up with zeros; too long a text is an error,
 * for what would be cut off was meant.
 *
 * Every message names the record and the field and quotes what was typed.
 */
#include "core/expr.h"

#include "base/addr.h"

#include <ctype.h>
#include <string.h>

int pkw__is_scalar(const struct pkw_field *f)
{
	return f->type != PKW_LIST && f->type != PKW_VARIANT &&
	    f->type != PKW_SUB && f->type != PKW_ALIGN;
}

static int is_integer(const struct pkw_field *f)
{
	return f->type == PKW_UINT || f->type == PKW_INT ||
	    f->type == PKW_FLAGS || f->type == PKW_FIXED ||
	    f->type == PKW_SWITCH;
}

static int is_address(const struct pkw_field *f)
{
	return f->type == PKW_IP4 || f->type == PKW_IP6 ||
	    (f->type == PKW_ADDR && !(f->flags & PKW_RAWTEXT));
}

/* Names that stand for values to be chosen later. */
static int is_generator(const char *name)
{
	return strncmp(name, "Rand", 4) == 0 || strcmp(name, "Net") == 0 ||
	    strcmp(name, "Net6") == 0 || strcmp(name, "Counter") == 0;
}

int pkw__value_is_set(const struct pkw_field *f, const struct pkw__ast *v)
{
	if (v->kind == PKW__AST_CALL && is_generator(v->s))
		return 1;
	if (!pkw__is_scalar(f))
		return 0;
	if (v->kind == PKW__AST_LIST)
		return !(f->type == PKW_CODED &&
		    (f->codec->list || f->codec->lines));
	if (v->kind == PKW__AST_TUPLE)
		return v->count == 2 || v->count == 3;
	return is_address(f) && v->kind != PKW__AST_BYTES &&
	    pkw__ast_is_text(v) && strchr(v->s, '/');
}

struct where {
	struct pkw__build *b;
	int node;
	unsigned field;
	const struct pkw_field *f;
	const struct pkw__ast *v;
};

static const char *owner(const struct where *w)
{
	const char *name = pkw_node(w->b->p, w->node)->rec->name;

	return name ? name : "record";
}

/* What was typed, cut to a size that fits a line. */
static const char *quoted(const struct where *w, char buf[32])
{
	size_t n = 0;

	for (const char *s = w->v->s; *s && n < 24; s++)
		buf[n++] = isprint((unsigned char)*s) ? *s : '.';
	if (n == 24) {
		memcpy(buf + n, "...", 3);
		n += 3;
	}
	buf[n] = '\0';
	return buf;
}

static int bad_type(const struct where *w, const char *wanted)
{
	static const char *const kinds[] = {
		[PKW__AST_NONE] = "None",
		[PKW__AST_LIST] = "a list",
		[PKW__AST_TUPLE] = "a tuple",
		[PKW__AST_CALL] = "a layer",
		[PKW__AST_CHAIN] = "a layer",
	};
	char buf[32];

	if (pkw__ast_is_text(w->v))
		return pkw__expr_fail(w->b->x, w->v->at, -PKW_ETYPE,
		    "%s.%s: `%s' is no %s", owner(w), w->f->name,
		    quoted(w, buf), wanted);
	return pkw__expr_fail(w->b->x, w->v->at, -PKW_ETYPE,
	    "%s.%s: %s where a %s is expected", owner(w), w->f->name,
	    kinds[w->v->kind], wanted);
}

static uint64_t most(unsigned bits)
{
	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

static int out_of_range(const struct where *w)
{
	char buf[32], low[PKW__I64_MAX + 1], high[PKW__U64_MAX + 1];
	unsigned bits = w->f->type == PKW_SWITCH ? 1 : w->f->bits;
	int is_signed = w->f->type == PKW_INT;

	if (w->f->type == PKW_FIXED)
		bits -= w->f->unit;
	uint64_t top = most(is_signed ? bits - 1 : bits);
	low[is_signed ? pkw__fmt_i64(low, (int64_t)~top)
		      : pkw__fmt_u64(low, 0)] = '\0';
	high[pkw__fmt_u64(high, top)] = '\0';
	return pkw__expr_fail(w->b->x, w->v->at, -PKW_ERANGE,
	    "%s.%s: `%s' is not %s%s%s", owner(w), w->f->name, quoted(w, buf),
	    low, is_signed ? " to " : "-", high);
}

static int fit(const struct where *w, int neg, uint64_t u, uint64_t *out)
{
	unsigned bits = w->f->type == PKW_SWITCH ? 1 : w->f->bits;

	if (w->f->type == PKW_INT) {
		uint64_t top = most(bits - 1);
		if (u > top + (neg ? 1 : 0))
			return out_of_range(w);
		*out = (neg ? -u : u) & most(bits);
		return 0;
	}
	if ((neg && u) || u > most(bits))
		return out_of_range(w);
	*out = u;
	return 0;
}

static int parse_flags(const struct where *w, uint64_t *out)
{
	const char *bad;
	size_t nbad;
	int neg;
	uint64_t u;

	if (pkw__num_parse(w->v->s, w->v->n, &neg, &u) == 0)
		return fit(w, neg, u, out);
	if (pkw__flags_value(w->f, w->v->s, &u, &bad, &nbad) == 0)
		return fit(w, 0, u, out);
	if (nbad == 1 && w->v->n > 1)
		return pkw__expr_fail(w->b->x, w->v->at, -PKW_ENOENT,
		    "%s.%s: there is no flag `%c'", owner(w), w->f->name, *bad);
	return pkw__expr_fail(w->b->x, w->v->at, -PKW_ENOENT,
	    "%s.%s: there is no flag `%.*s'", owner(w), w->f->name,
	    (int)(nbad < 24 ? nbad : 24), bad);
}

static int parse_label(const struct where *w, uint64_t *out)
{
	const char *near = NULL;
	char buf[32];
	uint64_t u;
	uint64_t key = pkw__label_key(w->b->p, w->node, w->field);
	int neg;

	if (pkw__label_value(w->f, key, w->v->s, &u, NULL) == 0)
		return fit(w, 0, u, out);
	if (pkw__num_parse(w->v->s, w->v->n, &neg, &u) == 0)
		return fit(w, neg, u, out);
	if (!w->f->nlabels)
		return bad_type(w, "number");
	pkw__label_value(w->f, key, w->v->s, &u, &near);
	if (near)
		return pkw__expr_fail(w->b->x, w->v->at, -PKW_ENOENT,
		    "%s.%s has no value `%s'; did you mean %s?", owner(w),
		    w->f->name, quoted(w, buf), near);
	return pkw__expr_fail(w->b->x, w->v->at, -PKW_ENOENT,
	    "%s.%s has no value `%s'", owner(w), w->f->name, quoted(w, buf));
}

static int parse_fixed(const struct where *w, uint64_t *out)
{
	unsigned whole = w->f->bits - w->f->unit;
	uint64_t u;
	int neg;

	if (pkw__num_parse(w->v->s, w->v->n, &neg, &u) == 0) {
		if ((neg && u) || u > most(whole))
			return out_of_range(w);
		*out = w->f->unit < 64 ? u << w->f->unit : 0;
		return 0;
	}
	int r = pkw__fixed_parse(
	    w->v->s, w->v->n, w->f->bits, w->f->unit, out);

	if (r == -PKW_ERANGE)
		return out_of_range(w);
	return r < 0 ? bad_type(w, "number") : 0;
}

static int parse_integer(const struct where *w, uint64_t *out)
{
	if (!pkw__ast_is_text(w->v))
		return bad_type(w, "number");
	if (w->f->type == PKW_FIXED)
		return parse_fixed(w, out);
	if (w->v->kind == PKW__AST_NUM)
		return fit(w, w->v->neg, w->v->u, out);
	if (w->f->type == PKW_FLAGS)
		return parse_flags(w, out);
	return parse_label(w, out);
}

struct address {
	const char *what;
	size_t len;
	int (*parse)(const char *s, size_t n, uint8_t *out);
};

static const struct address addresses[] = {
	[PKW_MAC] = { "MAC address", 6, pkw__addr_parse_mac },
	[PKW_IP4] = { "IPv4 address", 4, pkw__addr_parse_ip4 },
	[PKW_IP6] = { "IPv6 address", 16, pkw__addr_parse_ip6 },
	[PKW_UUID] = { "UUID", 16, pkw__addr_parse_uuid },
};

static int parse_address(const struct where *w, struct pkw_str *out)
{
	const struct address *a = &addresses[w->f->type];
	const struct pkw__ast *v = w->v;
	uint8_t b[16];
	char buf[32];

	if (!pkw__ast_is_text(v))
		return bad_type(w, a->what);
	if (a->parse(v->s, v->n, b) == 0) {
		pkw_str_addn(out, (const char *)b, a->len);
		return 0;
	}
	if (v->kind == PKW__AST_BYTES && v->n == a->len) {
		pkw_str_addn(out, v->s, v->n);
		return 0;
	}
	if (v->n && isalpha((unsigned char)v->s[0]) && strchr(v->s, '.'))
		return pkw__expr_fail(w->b->x, v->at, -PKW_ETYPE,
		    "%s.%s: `%s' is no %s; names are not resolved", owner(w),
		    w->f->name, quoted(w, buf), a->what);
	return bad_type(w, a->what);
}

/* An address of whatever kind it looks like; b"..." is always its bytes. */
static int parse_any_address(const struct where *w, struct pkw_str *out)
{
	static const uint8_t order[] = { PKW_IP4, PKW_MAC, PKW_IP6 };
	const struct pkw__ast *v = w->v;
	uint8_t b[16];

	if (!pkw__ast_is_text(v))
		return bad_type(w, "address");
	for (unsigned i = 0; i < sizeof order && v->kind != PKW__AST_BYTES;
	     i++) {
		const struct address *a = &addresses[order[i]];
		if (a->parse(v->s, v->n, b) < 0)
			continue;
		pkw_str_addn(out, (const char *)b, a->len);
		return 0;
	}
	if (v->kind == PKW__AST_WORD)
		return bad_type(w, "address");
	pkw_str_addn(out, v->s, v->n);
	return 0;
}

/* [1, 3, 6] as bytes: option lists that are no list of records. */
static int parse_byte_list(const struct where *w, struct pkw_str *out)
{
	for (const struct pkw__ast *i = w->v->first; i; i = i->next) {
		struct where at = *w;

		at.v = i;
		if (i->kind != PKW__AST_NUM)
			return bad_type(&at, "byte");
		if (i->neg || i->u > 255)
			return pkw__expr_fail(w->b->x, i->at, -PKW_ERANGE,
			    "%s.%s: `%s' is not 0-255", owner(w), w->f->name,
			    i->s);
		pkw_str_addc(out, (char)i->u);
	}
	return 0;
}

static int parse_bytes(const struct where *w, struct pkw_str *out)
{
	size_t before = out->len, full = w->f->bits / 8;
	int r = 0;

	if (w->v->kind == PKW__AST_LIST || w->v->kind == PKW__AST_TUPLE)
		r = parse_byte_list(w, out);
	else if (pkw__ast_is_text(w->v))
		pkw_str_addn(out, w->v->s, w->v->n);
	else if (w->v->kind == PKW__AST_CALL || w->v->kind == PKW__AST_CHAIN)
		r = pkw__build_bytes(w->b, w->v, out);
	else
		r = bad_type(w, "string");
	if (r < 0 || !full)
		return r;
	size_t n = out->len - before;
	if (n > full)
		return pkw__expr_fail(w->b->x, w->v->at, -PKW_ERANGE,
		    "%s.%s holds %zu bytes, not %zu", owner(w), w->f->name,
		    full, n);
	for (; n < full; n++)
		pkw_str_addc(out, '\0');
	return 0;
}

/* [1, "NS"]: numbers and labels, with spaces between them for the codec. */
static int parse_numbers(const struct where *w, struct pkw_str *text)
{
	for (const struct pkw__ast *i = w->v->first; i; i = i->next) {
		struct where at = *w;
		const char *near = NULL;
		char buf[32];
		uint64_t u = i->u;

		at.v = i;
		if (!pkw__ast_is_text(i) || i->neg)
			return bad_type(&at, "number");
		if (i->kind != PKW__AST_NUM &&
		    pkw__label_value(w->f, 0, i->s, &u, &near) < 0)
			return pkw__expr_fail(w->b->x, i->at, -PKW_ENOENT,
			    "%s.%s has no value `%s'%s%s%s", owner(w),
			    w->f->name, quoted(&at, buf),
			    near ? "; did you mean " : "", near ? near : "",
			    near ? "?" : "");
		if (text->len)
			pkw_str_addc(text, ' ');
		pkw_str_u64(text, u);
	}
	return text->err;
}

static int parse_lines(const struct where *w, struct pkw_str *text)
{
	for (const struct pkw__ast *i = w->v->first; i; i = i->next) {
		struct where at = *w;

		at.v = i;
		if (!pkw__ast_is_text(i))
			return bad_type(&at, "string");
		if (i != w->v->first)
			pkw_str_addc(text, '\n');
		pkw_str_addn(text, i->s, i->n);
	}
	return text->err;
}

static int parse_coded(const struct where *w, struct pkw_str *out)
{
	const struct pkw_codec *c = w->f->codec;
	const struct pkw__ast *v = w->v;
	struct pkw_diag d = { .code = 0 };
	struct pkw_str list = PKW_STR_INIT;
	char buf[32];
	int r = 0;

	if (c->list && v->kind == PKW__AST_BYTES) {
		pkw_str_addn(out, v->s, v->n);
		return out->err;
	}
	if (c->list && v->kind == PKW__AST_LIST)
		r = parse_numbers(w, &list);
	else if (c->lines && v->kind == PKW__AST_LIST)
		r = parse_lines(w, &list);
	else if (!pkw__ast_is_text(v))
		r = bad_type(w, c->numeric ? "number" : "string");
	else
		pkw_str_addn(&list, v->s, v->n);
	if (r == 0)
		r = list.err;
	if (r == 0) {
		r = c->put(list.s ? list.s : "", list.len, out, &d);
		if (r < 0)
			pkw__expr_fail(w->b->x, v->at, r, "%s.%s: %s", owner(w),
			    w->f->name, d.text[0] ? d.text : quoted(w, buf));
	}
	pkw_str_free(&list);
	return r < 0 ? r : out->err;
}

int pkw__value_parse(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v, struct pkw__value *out)
{
	const struct pkw_field *f = &pkw_node(b->p, node)->rec->fields[field];
	struct where w = { b, node, field, f, v };

	pkw_str_clear(&out->bytes);
	out->is_int = is_integer(f);
	if (out->is_int)
		return parse_integer(&w, &out->u);
	int r = 0;
	switch ((enum pkw_type)f->type) {
	case PKW_MAC:
	case PKW_IP4:
	case PKW_IP6:
	case PKW_UUID:
		r = parse_address(&w, &out->bytes);
		break;
	case PKW_ADDR:
		r = parse_any_address(&w, &out->bytes);
		break;
	case PKW_BYTES:
	case PKW_TEXT:
		r = parse_bytes(&w, &out->bytes);
		break;
	case PKW_CODED:
		r = parse_coded(&w, &out->bytes);
		break;
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
	case PKW_SWITCH:
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW__TYPE_N:
		r = bad_type(&w, "plain value");
		break;
	}
	if (r == 0 && out->bytes.err)
		r = pkw__expr_fail(b->x, v->at, -PKW_ENOMEM, "out of memory");
	return r;
}

int pkw__value_store(struct pkw_pkt *p, int node, unsigned field,
    const struct pkw__value *v)
{
	if (v->is_int)
		return pkw_field_set_u(p, node, field, v->u);
	return pkw_field_set_bytes(
	    p, node, field, v->bytes.s ? v->bytes.s : "", v->bytes.len);
}
