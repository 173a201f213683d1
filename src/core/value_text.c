/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One value as text.  Two readers are served: a person, who wants labels and no
 * quotes, and the expression parser (EXPR), which wants quotes, numbers, and
 * the same bytes again.
 *
 * What does not survive its text is given to the parser as RawVal(b"..."): a
 * compressed name, a text that decodes to something else, a field in whose
 * place raw bytes stand.
 */
#include "core/expr_write.h"

#include "base/addr.h"

#include <pkw/text.h>

#include <string.h>

static void write_raw(struct pkw_str *out, struct pkw_span s, unsigned flags)
{
	if (flags & PKW__WRITE_EXPR)
		pkw__write_raw(out, s, flags);
	else
		pkw_str_pyesc(out, s.p, s.len, '\0');
}

static void write_number(const struct pkw_field *f, uint64_t v, unsigned flags,
    struct pkw_str *out)
{
	if (f->type == PKW_INT && f->bits < 64 && v >> (f->bits - 1) & 1)
		v |= ~UINT64_C(0) << f->bits;
	if (f->base == PKW_HEX) {
		pkw_str_add(out, "0x");
		pkw_str_hex64(out, f->type == PKW_INT && f->bits < 64
		    ? v & ((UINT64_C(1) << f->bits) - 1) : v, 1);
	} else if (f->type == PKW_INT) {
		pkw_str_i64(out, (int64_t)v);
	} else {
		pkw__write_unsigned(out, v, flags);
	}
}

static void write_fixed(const struct pkw_field *f, uint64_t v, unsigned flags,
    struct pkw_str *out)
{
	size_t at = out->len;

	pkw__fixed_text(out, v, f->unit);
	if (!(flags & PKW__WRITE_LUA) || out->err)
		return;
	struct pkw_str s = PKW_STR_INIT;
	pkw_str_addn(&s, out->s + at, out->len - at);
	pkw__str_cut(out, at);
	if (s.err)
		out->err = s.err;
	else
		pkw__write_decimal(out, s.s, s.len, flags);
	pkw_str_free(&s);
}

static void write_int(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_field *f = pkw__field_of(p, node, field);
	const char *label = NULL;
	uint64_t v = 0;

	pkw_field_u(p, node, field, &v);
	if (f->type == PKW_FIXED) {
		write_fixed(f, v, flags, out);
		return;
	}
	/* HEX: flags whose names Scapy joins in another way */
	int by_number = flags & PKW__WRITE_NUMBERS ||
	    (flags & PKW__WRITE_EXPR && f->base == PKW_HEX);
	if (f->type == PKW_FLAGS && !by_number) {
		const char *quote = flags & PKW__WRITE_EXPR ? "\"" : "";
		size_t before = out->len;

		pkw_str_add(out, quote);
		if (pkw__flags_text(f, v, out) == 0) {
			pkw_str_add(out, quote);
			return;
		}
		if (!out->err && out->s)
			out->s[out->len = before] = '\0';
	}
	if (!(flags & (PKW__WRITE_EXPR | PKW__WRITE_NUMBERS)))
		label = pkw_field_label(p, node, field, v);
	if (label)
		pkw_str_add(out, label);
	else
		write_number(f, v, flags, out);
}

static void write_address(const struct pkw_field *f, struct pkw_span s,
    unsigned flags, struct pkw_str *out)
{
	char buf[PKW__IP6_MAX];
	unsigned type = f->type;
	size_t n = 0;

	if (flags & PKW__WRITE_EXPR && f->flags & PKW_RAWTEXT)
		type = PKW_BYTES;
	else if (type == PKW_ADDR)
		type = s.len == 4 ? PKW_IP4 : s.len == 6 ? PKW_MAC
		    : s.len == 16 ? PKW_IP6 : PKW_BYTES;
	if (type == PKW_IP4)
		n = pkw__fmt_ip4(buf, s.p);
	else if (type == PKW_MAC)
		n = pkw__fmt_mac(buf, s.p);
	else if (type == PKW_IP6)
		n = pkw__fmt_ip6(buf, s.p);
	else if (type == PKW_UUID)
		n = pkw__fmt_uuid(buf, s.p);
	if (n && flags & PKW__WRITE_EXPR) {
		pkw_str_addc(out, '"');
		pkw_str_addn(out, buf, n);
		pkw_str_addc(out, '"');
	} else if (n) {
		pkw_str_addn(out, buf, n);
	} else if (flags & PKW__WRITE_EXPR) {
		pkw__write_bytes(out, s.p, s.len, 0, flags);
	} else {
		pkw_str_pyesc(out, s.p, s.len, '\0');
	}
}

static void write_text(const struct pkw_field *f, struct pkw_span s,
    unsigned flags, struct pkw_str *out)
{
	if (f->bits && f->flags & PKW_ZPAD)
		while (s.len && s.p[s.len - 1] == 0)
			s.len--;
	if (flags & PKW__WRITE_EXPR)
		pkw__write_bytes(out, s.p, s.len,
		    f->type == PKW_TEXT || f->flags & PKW_RAWTEXT, flags);
	else
		pkw_str_pyesc(out, s.p, s.len, '\0');
}

/* Numbers with spaces between, as a list. */
static void write_numbers(const struct pkw_field *f, const char *s,
    unsigned flags, struct pkw_str *out)
{
	const char *brackets = pkw__dialect(flags)->list;

	pkw_str_addc(out, brackets[0]);
	while (s && *s) {
		size_t n = strcspn(s, " ");
		const char *label = NULL;
		uint64_t v;
		int neg;

		if (!(flags & (PKW__WRITE_EXPR | PKW__WRITE_NUMBERS)) &&
		    pkw__num_parse(s, n, &neg, &v) == 0)
			label = pkw__label(f, 0, v);
		if (label)
			pkw_str_add(out, label);
		else
			pkw__write_decimal(out, s, n, flags);
		s += n + (s[n] == ' ');
		if (*s)
			pkw_str_add(out, ", ");
	}
	pkw_str_addc(out, brackets[1]);
}

/* Does the codec turn this text into just these bytes? */
static int encodes(const struct pkw_codec *c, const char *text, size_t n,
    struct pkw_span bytes, struct pkw_str *out)
{
	struct pkw_str s = PKW_STR_INIT;
	int same = c->put(text, n, &s, NULL) >= 0 && s.len == bytes.len &&
	    memcmp(s.s ? s.s : "", bytes.p, bytes.len) == 0;

	if (s.err)
		out->err = s.err;
	pkw_str_free(&s);
	return same;
}

/*
 * The expression of coded bytes: their text, if it gives the same bytes again;
 * else themselves, if the codec takes them as such (a compressed name, a bitmap
 * with gaps); else raw.
 */
static void write_coded_expr(const struct pkw_field *f, struct pkw_span s,
    const char *text, size_t n, unsigned flags, struct pkw_str *out)
{
	const struct pkw_codec *c = f->codec;

	if (text && encodes(c, text, n, s, out) && c->list)
		write_numbers(f, text, flags, out);
	else if (text && encodes(c, text, n, s, out) && c->numeric)
		pkw__write_decimal(out, text, n, flags);
	else if (text && encodes(c, text, n, s, out))
		pkw__write_bytes(out, (const uint8_t *)text, n, 1, flags);
	else if (c->list || (!c->numeric &&
		     encodes(c, (const char *)s.p, s.len, s, out)))
		pkw__write_bytes(out, s.p, s.len, 0, flags);
	else
		pkw__write_raw(out, s, flags);
}

#define ONES UINT64_C(0x0101010101010101)

/* Not 0 in the upper bit of a byte if there is one that has to be escaped. */
static uint64_t to_escape(const char *text)
{
	uint64_t w;

	memcpy(&w, text, 8);
	return (w | (w - ONES * 0x20) | (w + ONES) |
		   ((w ^ ONES * '\\') - ONES)) &
	    ONES << 7;
}

/* Whether text is what its escaped form would be. */
static int needs_no_escape(const char *text, size_t n)
{
	uint64_t bad = 0;
	size_t i = 0;

	for (; n - i >= 8; i += 8)
		bad |= to_escape(text + i);
	if (n >= 8)
		return !(bad | to_escape(text + n - 8));
	for (; i < n; i++)
		if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '\\')
			return 0;
	return 1;
}

/* The codec's text is escaped where it stands, and mostly needs it not. */
static void escape_from(struct pkw_str *out, size_t from)
{
	struct pkw_str text = PKW_STR_INIT;

	if (needs_no_escape(out->s + from, out->len - from))
		return;
	pkw_str_addn(&text, out->s + from, out->len - from);
	pkw__str_cut(out, from);
	pkw_str_pyesc(out, text.s ? text.s : "", text.len, '\0');
	if (text.err)
		out->err = text.err;
	pkw_str_free(&text);
}

static void write_list_or_expr(const struct pkw_field *f, struct pkw_span s,
    const struct pkw_wire *w, unsigned flags, struct pkw_str *out)
{
	struct pkw_str text = PKW_STR_INIT;
	uint32_t off = (uint32_t)(s.p - w->bytes);
	int r = f->codec->get(w, off, (uint32_t)s.len, &text);
	const char *t = text.s ? text.s : "";

	if (flags & PKW__WRITE_EXPR)
		write_coded_expr(f, s, r < 0 ? NULL : t, text.len, flags, out);
	else if (r < 0)
		write_raw(out, s, flags);
	else
		write_numbers(f, t, flags, out);
	if (text.err)
		out->err = -PKW_ENOMEM;
	pkw_str_free(&text);
}

static void write_coded(const struct pkw_pkt *p, int node, unsigned field,
    struct pkw_span s, unsigned flags, struct pkw_str *out)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[field];
	struct pkw_wire w = pkw__wire(p, n->layer);
	size_t before = out->len;

	if (flags & PKW__WRITE_EXPR || f->codec->list) {
		write_list_or_expr(f, s, &w, flags, out);
		return;
	}
	uint32_t off = (uint32_t)(s.p - w.bytes);
	int r = f->codec->get(&w, off, (uint32_t)s.len, out);
	if (out->err)
		return;
	if (r < 0) {
		pkw__str_cut(out, before);
		write_raw(out, s, flags);
	} else if (!f->codec->numeric && out->len > before) {
		escape_from(out, before);
	}
}

void pkw__write_scalar(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_node *n = &p->nodes[node];
	const struct pkw_field *f = &n->rec->fields[field];
	struct pkw_span s = { NULL, 0 };
	int child = f->bits && !(n->flags & PKW_NODE_ODD)
	    ? -1
	    : pkw_node_child(p, node, field);
	int whole = 1;

	if (child >= 0)
		s = pkw__node_span(p, child);
	else
		whole = pkw_field_bytes(p, node, field, &s) == 0;
	if (child >= 0 && p->nodes[child].flags & PKW_NODE_OPAQUE) {
		write_raw(out, s, flags);
		return;
	}
	switch ((enum pkw_type)f->type) {
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
	case PKW_SWITCH:
		write_int(p, node, field, flags, out);
		break;
	case PKW_MAC:
	case PKW_IP4:
	case PKW_IP6:
	case PKW_UUID:
	case PKW_ADDR:
		if (whole)
			write_address(f, s, flags, out);
		break;
	case PKW_BYTES:
	case PKW_TEXT:
		if (whole)
			write_text(f, s, flags, out);
		break;
	case PKW_CODED:
		if (whole)
			write_coded(p, node, field, s, flags, out);
		break;
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW__TYPE_N:
		if (whole)
			write_raw(out, s, flags);
		break;
	}
}

int pkw_field_text(const struct pkw_pkt *p, int node, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	const struct pkw_node *n = pkw_node(p, node);
	int expression = (flags & PKW_TEXT_EXPRESSION) != 0;
	unsigned w = (flags & PKW_TEXT_NUMERIC ? PKW__WRITE_NUMBERS : 0) |
	    (expression ? PKW__WRITE_EXPR : 0);

	if (n && n->rec && field == PKW_NO_FIELD && expression) {
		int r = pkw__write_element(p, node, w, out);
		return r < 0 ? r : out->err;
	}
	if (!n || !n->rec || field >= n->rec->nfields)
		return -PKW_ENOFIELD;
	if (!(n->has >> field & 1))
		return -PKW_EABSENT;
	if (pkw__is_scalar(&n->rec->fields[field]))
		pkw__write_scalar(p, node, field, w, out);
	else if (pkw__write_field(p, node, field, w, out) < 0 && expression)
		return -PKW_EINVAL;
	return out->err;
}

/* Whether the field is an address whose place is known from the table. */
static int address_in_place(const struct pkw_layer *l, unsigned field)
{
	const struct pkw__shape *sh = l->proto->rec.shape;
	const struct pkw_field *f = &l->proto->rec.fields[field];

	return (f->type == PKW_IP4 || f->type == PKW_MAC ||
		   f->type == PKW_IP6) &&
	    sh->slots[field].fixed && sh->bit[field] % 8 == 0 &&
	    !(f->flags & PKW_LE) && !(sh->flags & PKW__LE) &&
	    !(l->flags & PKW_LAYER_ODD);
}

int pkw_text(const struct pkw_pkt *p, int layer, unsigned field,
    unsigned flags, struct pkw_str *out)
{
	if (layer < 0 || (uint32_t)layer >= p->v.nlayers)
		return -PKW_EINVAL;
	const struct pkw_layer *l = &p->v.layers[layer];
	const struct pkw_record *rec = &l->proto->rec;
	if (field < rec->nfields && address_in_place(l, field)) {
		struct pkw_span s = {
			p->v.bytes + l->off + rec->shape->bit[field] / 8,
			rec->fields[field].bits / 8
		};
		write_address(&rec->fields[field], s, 0, out);
		return out->err;
	}
	int root = pkw_root(p, layer);
	return root < 0 ? root : pkw_field_text(p, root, field, flags, out);
}
