/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Generators from text: what may stand behind `field=' and mean several values.
 *
 * A list is a row of runs, everything else is one run.  Single values are
 * parsed as anywhere else, so labels and addresses work in lists and ranges.
 * The names of random values are Scapy's.
 */
#include "generate/gen.h"

#include "base/addr.h"
#include "core/expr_build.h"

#include <string.h>

enum { SEGS_MAX = 1 << 20 };

/* What parsing a generator needs to know. */
struct ctx {
	struct pkw__build *b;
	struct pkw__arena *arena;
	struct pkw__gen *g;
	int node;
	unsigned field;
	struct pkw__value v; /* scratch */
};

int pkw__seg_is_random(const struct pkw__seg *s)
{
	return s->kind >= PKW__SEG_RAND_INT;
}

struct pkw__seg *pkw__gen_add(struct pkw__arena *arena, struct pkw__gen *g,
    enum pkw__seg_kind kind, uint64_t count)
{
	if (g->nseg == g->room) {
		unsigned room = g->room ? g->room * 2 : 4;
		struct pkw__seg *s = NULL;
		if (room <= SEGS_MAX)
			s = pkw__arena_get(arena, room * sizeof *s);
		if (!s)
			return NULL;
		if (g->nseg)
			memcpy(s, g->seg, g->nseg * sizeof *s);
		g->seg = s;
		g->room = room;
	}
	struct pkw__seg *s = &g->seg[g->nseg++];
	s->kind = (uint8_t)kind;
	s->first = g->count;
	s->count = count;
	g->count = count > UINT64_MAX - g->count ? UINT64_MAX
						 : g->count + count;
	g->is_random |= pkw__seg_is_random(s) != 0;
	return s;
}

static int no_memory(const struct ctx *c)
{
	return pkw_fail(c->b->x->d, -PKW_ENOMEM, "out of memory");
}

static const char *owner(const struct ctx *c)
{
	return pkw__name_of(c->b->p, c->node);
}

static int is_int_type(const struct pkw_field *f)
{
	return f->type == PKW_UINT || f->type == PKW_INT ||
	    f->type == PKW_FLAGS || f->type == PKW_FIXED;
}

/* Bytes of an address, 0 for other types. */
static size_t address_len(const struct pkw_field *f)
{
	static const uint8_t len[PKW__TYPE_N] = { [PKW_MAC] = 6, [PKW_IP4] = 4,
		[PKW_IP6] = 16, [PKW_UUID] = 16 };

	return len[f->type];
}

/* Addresses that fit a number are counted as one. */
static int is_number(const struct ctx *c, size_t len)
{
	return c->g->f->bits == len * 8 && len <= 8;
}

static int wrong(const struct ctx *c, const struct pkw__ast *v)
{
	return pkw__expr_fail(c->b->x, v->at, -PKW_ETYPE,
	    "%s.%s cannot be %.32s%s", owner(c), c->g->f->name,
	    v->s[0] ? v->s : "this", v->kind == PKW__AST_CALL ? "()" : "");
}

/* One value; the bytes are copied to where they stay. */
static int single(struct ctx *c, const struct pkw__ast *v, struct pkw__gen *g)
{
	int r = pkw__value_parse(c->b, c->node, c->field, v, &c->v);

	if (r < 0)
		return r;
	struct pkw__seg *s = pkw__gen_add(c->arena, g,
	    c->v.is_int ? PKW__SEG_INT : PKW__SEG_BYTES, 1);
	if (!s)
		return no_memory(c);
	s->from = c->v.u;
	s->len = c->v.is_int ? 0 : c->v.bytes.len;
	if (!c->v.is_int && s->len == address_len(c->g->f) && s->len <= 8 &&
	    s->len) {
		s->kind = PKW__SEG_INT;
		s->from = load_be((uint8_t *)c->v.bytes.s, (unsigned)s->len);
		return 0;
	}
	s->bytes = (const uint8_t *)pkw__arena_dup(
	    c->arena, c->v.bytes.s, s->len);
	return s->bytes ? 0 : no_memory(c);
}

/* The value of an end of a range, so that order can be told. */
static int range_end(
    struct ctx *c, const struct pkw__ast *v, uint64_t *out)
{
	const struct pkw_field *f = c->g->f;
	int r = pkw__value_parse(c->b, c->node, c->field, v, &c->v);

	if (r < 0)
		return r;
	*out = c->v.u;
	if (f->type == PKW_INT && f->bits < 64 && *out >> (f->bits - 1) & 1)
		*out |= ~UINT64_C(0) << f->bits;
	return 0;
}

static int empty_range(const struct ctx *c, const struct pkw__ast *v)
{
	return pkw__expr_fail(c->b->x, v->at, -PKW_ERANGE,
	    "%s.%s: the range ends before it begins", owner(c),
	    c->g->f->name);
}

/* Addresses from one to another, as the number of steps. */
static int address_range(struct ctx *c, const struct pkw__ast *at,
    const uint8_t *from, const uint8_t *to, size_t len)
{
	uint64_t width = 0;

	if (memcmp(from, to, len) > 0)
		return empty_range(c, at);
	/* to - from, most significant byte first */
	for (size_t i = 0; i < len; i++) {
		if (width >> 48)
			return pkw__expr_fail(c->b->x, at->at, -PKW_ELIMIT,
			    "%s.%s: the range holds too many addresses",
			    owner(c), c->g->f->name);
		width = width * 256 + to[i] - from[i];
	}
	struct pkw__seg *s = pkw__gen_add(c->arena, c->g,
	    is_number(c, len) ? PKW__SEG_INT : PKW__SEG_ADDR, width + 1);
	if (!s)
		return no_memory(c);
	if (is_number(c, len)) {
		s->from = load_be(from, (unsigned)len);
		s->step = 1;
		return 0;
	}
	s->len = len;
	s->bytes = (const uint8_t *)pkw__arena_dup(c->arena, from, len);
	return s->bytes ? 0 : no_memory(c);
}

static int address_pair(struct ctx *c, const struct pkw__ast *at,
    const struct pkw__ast *a, const struct pkw__ast *z)
{
	size_t len = address_len(c->g->f);
	uint8_t from[16];
	int r = pkw__value_parse(c->b, c->node, c->field, a, &c->v);

	if (r < 0)
		return r;
	memcpy(from, c->v.bytes.s, len);
	r = pkw__value_parse(c->b, c->node, c->field, z, &c->v);
	return r < 0 ? r
		     : address_range(c, at, from,
			   (const uint8_t *)c->v.bytes.s, len);
}

/* (from, to) or (from, to, step). */
static int range(struct ctx *c, const struct pkw__ast *v)
{
	const struct pkw__ast *a = v->first;
	uint64_t from, to, step = 1;
	int r;

	if (address_len(c->g->f) && v->count == 2)
		return address_pair(c, v, a, a->next);
	if (!is_int_type(c->g->f) || c->g->f->type == PKW_FIXED)
		return wrong(c, v);
	r = range_end(c, a, &from);
	if (r == 0)
		r = range_end(c, a->next, &to);
	if (r < 0)
		return r;
	if (v->count == 3) {
		const struct pkw__ast *s = a->next->next;
		if (s->kind != PKW__AST_NUM || s->neg || s->u == 0)
			return pkw__expr_fail(c->b->x, s->at, -PKW_ERANGE,
			    "%s.%s: the step of a range is 1 or more",
			    owner(c), c->g->f->name);
		step = s->u;
	}
	if (c->g->f->type == PKW_INT ? (int64_t)from > (int64_t)to : from > to)
		return empty_range(c, v);
	uint64_t n = (to - from) / step;
	struct pkw__seg *s = pkw__gen_add(
	    c->arena, c->g, PKW__SEG_INT, n == UINT64_MAX ? n : n + 1);
	if (!s)
		return no_memory(c);
	s->from = from;
	s->step = step;
	return 0;
}

/* "10.0.0.0/30": base and mask of the bits that vary. */
static int read_prefix(struct ctx *c, const struct pkw__ast *v,
    const char *text, uint8_t *base, uint8_t *mask, size_t *len)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	size_t want = address_len(c->g->f);
	uint64_t bits = UINT64_MAX;
	int neg = 0, r = -PKW_ESYNTAX;

	if (want != 16 && pkw__addr_parse_ip4(text, n, base) == 0) {
		*len = 4;
		r = 0;
	} else if (want != 4 && pkw__addr_parse_ip6(text, n, base) == 0) {
		*len = 16;
		r = 0;
	}
	if (r == 0 && slash)
		r = pkw__num_parse(slash + 1, strlen(slash + 1), &neg, &bits);
	else if (r == 0)
		bits = *len * 8;
	if (r < 0 || neg || bits > *len * 8)
		return pkw__expr_fail(c->b->x, v->at, -PKW_ETYPE,
		    "%s.%s: `%.40s' is no prefix of addresses", owner(c),
		    c->g->f->name, text);
	for (size_t i = 0; i < *len; i++) {
		unsigned fixed = bits >= 8 * (i + 1) ? 8
		    : bits > 8 * i ? (unsigned)(bits - 8 * i) : 0;
		mask[i] = (uint8_t)(0xff >> fixed);
		base[i] &= (uint8_t)~mask[i];
	}
	return 0;
}

static int prefix(struct ctx *c, const struct pkw__ast *v, const char *text)
{
	uint8_t base[16], mask[16], last[16];
	size_t len;
	int r = read_prefix(c, v, text, base, mask, &len);

	if (r < 0)
		return r;
	for (size_t i = 0; i < len; i++)
		last[i] = base[i] | mask[i];
	return address_range(c, v, base, last, len);
}

/* Net("10.0.0.0/30") or Net("10.0.0.1", "10.0.0.9") */
static int net(struct ctx *c, const struct pkw__ast *v)
{
	const struct pkw__ast *a = v->first;

	if (!address_len(c->g->f) && c->g->f->type != PKW_ADDR)
		return wrong(c, v);
	if (v->count == 1 && pkw__ast_is_text(a))
		return prefix(c, v, a->s);
	if (v->count == 2 && address_len(c->g->f))
		return address_pair(c, v, a, a->next);
	return pkw__expr_fail(c->b->x, v->at, -PKW_ESYNTAX,
	    "Net takes a prefix or two addresses");
}

/* Numbers by name: Scapy's, with the range each stands for. */
static const struct numbers {
	const char *name;
	uint64_t from, to;
} numbers[] = {
	{ "Byte", 0, UINT8_MAX },
	{ "SByte", (uint64_t)INT8_MIN, INT8_MAX },
	{ "Short", 0, UINT16_MAX },
	{ "SShort", (uint64_t)INT16_MIN, INT16_MAX },
	{ "Int", 0, UINT32_MAX },
	{ "SInt", (uint64_t)INT32_MIN, INT32_MAX },
	{ "Long", 0, UINT64_MAX },
	{ "SLong", (uint64_t)INT64_MIN, INT64_MAX },
};

static uint64_t top_of(const struct pkw_field *f)
{
	unsigned bits = f->type == PKW_INT ? f->bits - 1u : f->bits;

	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

static int random_int(struct ctx *c, uint64_t from, uint64_t to)
{
	const struct pkw_field *f = c->g->f;
	uint64_t top = top_of(f);
	int is_signed = f->type == PKW_INT;
	struct pkw__seg *s =
	    pkw__gen_add(c->arena, c->g, PKW__SEG_RAND_INT, 1);

	if (!s)
		return no_memory(c);
	/* a generator that is too wide gives what the field can hold */
	if (is_signed && (int64_t)from < -(int64_t)top - 1)
		from = ~top;
	if (!is_signed && (int64_t)from < 0 && to <= INT64_MAX)
		from = 0;
	if (is_signed ? (int64_t)to > (int64_t)top : to > top)
		to = top;
	s->from = from;
	s->to = to;
	return 0;
}

static int random_num(struct ctx *c, const struct pkw__ast *v)
{
	const struct pkw__ast *a = v->first;
	uint64_t from, to;

	if (v->count != 2)
		return pkw__expr_fail(c->b->x, v->at, -PKW_ESYNTAX,
		    "%s takes the least and the greatest number", v->s);
	int r = range_end(c, a, &from);
	if (r == 0)
		r = range_end(c, a->next, &to);
	if (r < 0)
		return r;
	if (c->g->f->type == PKW_INT ? (int64_t)from > (int64_t)to : from > to)
		return empty_range(c, v);
	return random_int(c, from, to);
}

static int add_mask(struct ctx *c, const uint8_t *base, const uint8_t *mask,
    size_t len)
{
	struct pkw__seg *s =
	    pkw__gen_add(c->arena, c->g, PKW__SEG_RAND_MASK, 1);

	if (!s)
		return no_memory(c);
	s->len = len;
	if (len <= 8) {
		s->from = load_be(base, (unsigned)len);
		s->to = load_be(mask, (unsigned)len);
		return 0;
	}
	s->bytes = (const uint8_t *)pkw__arena_dup(c->arena, base, len);
	s->mask = (const uint8_t *)pkw__arena_dup(c->arena, mask, len);
	return s->bytes && s->mask ? 0 : no_memory(c);
}

/* "10.*.*.1" or "02:00:*": groups, and all behind a last star. */
static int read_stars(const char *s, char sep, unsigned base, size_t len,
    uint8_t *value, uint8_t *mask)
{
	size_t i = 0;

	for (; i < len && *s; i++) {
		size_t n = strcspn(s, sep == ':' ? ":" : ".");
		unsigned x = 0;

		if (n == 1 && *s == '*') {
			mask[i] = 0xff;
		} else {
			for (size_t k = 0; k < n; k++) {
				int digit = pkw__hex_digit(s[k]);
				if (digit < 0 || (unsigned)digit >= base)
					return -PKW_ESYNTAX;
				x = x * base + (unsigned)digit;
			}
			if (n == 0 || x > 255)
				return -PKW_ESYNTAX;
			value[i] = (uint8_t)x;
		}
		s += n + (s[n] == sep);
	}
	if (*s)
		return -PKW_ESYNTAX;
	if (i < len && (i == 0 || !mask[i - 1]))
		return -PKW_ESYNTAX;
	for (; i < len; i++)
		mask[i] = 0xff;
	return 0;
}

static int random_address(struct ctx *c, const struct pkw__ast *v, size_t len)
{
	const struct pkw__ast *a = v->first;
	uint8_t base[16] = { 0 }, mask[16] = { 0 };
	int r = 0;

	if (address_len(c->g->f) != len)
		return wrong(c, v);
	if (!a || strcmp(a->s, "**") == 0) {
		memset(mask, 0xff, sizeof mask);
	} else if (len == 6) {
		r = read_stars(a->s, ':', 16, len, base, mask);
	} else if (strchr(a->s, '*') && len == 4) {
		r = read_stars(a->s, '.', 10, len, base, mask);
	} else {
		r = read_prefix(c, v, a->s, base, mask, &len);
		if (r < 0)
			return r;
	}
	if (r < 0 || v->count > 1)
		return pkw__expr_fail(c->b->x, v->at, -PKW_ESYNTAX,
		    "%s: `%.32s' is no pattern of addresses", v->s,
		    a ? a->s : "");
	return add_mask(c, base, mask, len);
}

static int random_text(struct ctx *c, const struct pkw__ast *v, int printable)
{
	const struct pkw_field *f = c->g->f;
	const struct pkw__ast *a = v->first;
	uint64_t from = 16, to = 16;

	if (f->type != PKW_BYTES && f->type != PKW_TEXT)
		return wrong(c, v);
	if (f->bits)
		from = to = f->bits / 8u;
	if (a && a->kind == PKW__AST_NUM && !a->neg) {
		from = to = a->u;
	} else if (a && a->kind == PKW__AST_CALL &&
	    strcmp(a->s, "RandNum") == 0 && a->count == 2 &&
	    a->first->kind == PKW__AST_NUM &&
	    a->last->kind == PKW__AST_NUM) {
		from = a->first->u;
		to = a->last->u;
	} else if (a) {
		return pkw__expr_fail(c->b->x, a->at, -PKW_ESYNTAX,
		    "%s takes a length or RandNum(least, greatest)", v->s);
	}
	if (from > to || to > UINT16_MAX || (f->bits && to > f->bits / 8u))
		return pkw__expr_fail(c->b->x, v->at, -PKW_ERANGE,
		    "%s.%s cannot have that length", owner(c), f->name);
	struct pkw__seg *s =
	    pkw__gen_add(c->arena, c->g, PKW__SEG_RAND_TEXT, 1);
	if (!s)
		return no_memory(c);
	s->from = from;
	s->to = to;
	s->step = printable != 0;
	return 0;
}

/* One of its arguments, or of the field's labels. */
static int random_choice(struct ctx *c, const struct pkw__ast *v)
{
	struct pkw__gen *inner = pkw__arena_get(c->arena, sizeof *inner);
	const struct pkw_field *f = c->g->f;
	int r = 0;

	if (!inner)
		return no_memory(c);
	inner->f = f;
	for (const struct pkw__ast *a = v->first; a && r == 0; a = a->next)
		r = single(c, a, inner);
	for (size_t i = 0; !v->first && i < f->nlabels && r == 0; i++) {
		struct pkw__seg *s =
		    pkw__gen_add(c->arena, inner, PKW__SEG_INT, 1);
		if (!s)
			return no_memory(c);
		s->from = f->type == PKW_FLAGS
		    ? UINT64_C(1) << (f->labels[i].value & 63)
		    : f->labels[i].value;
	}
	if (r < 0)
		return r;
	if (inner->nseg == 0)
		return wrong(c, v);
	struct pkw__seg *s = pkw__gen_add(c->arena, c->g, PKW__SEG_CHOICE, 1);
	if (!s)
		return no_memory(c);
	s->inner = inner;
	return 0;
}

static int counter(struct ctx *c, const struct pkw__ast *v)
{
	const struct pkw__ast *a = v->first;
	uint64_t from = 0, step = 1;
	int r = 0;

	if (!is_int_type(c->g->f) || v->count > 2)
		return wrong(c, v);
	if (a)
		r = range_end(c, a, &from);
	if (r == 0 && a && a->next) {
		if (a->next->kind != PKW__AST_NUM)
			return wrong(c, v);
		step = a->next->neg ? -a->next->u : a->next->u;
	}
	if (r < 0)
		return r;
	struct pkw__seg *s = pkw__gen_add(c->arena, c->g, PKW__SEG_COUNTER, 1);
	if (!s)
		return no_memory(c);
	s->from = from;
	s->step = step;
	return 0;
}

static int random_any(struct ctx *c, const struct pkw__ast *v)
{
	const char *name = v->s + 4;
	int enumeration = strncmp(name, "Enum", 4) == 0;
	int fuzzed = strncmp(name, "Sing", 4) == 0;
	const char *number = name + (enumeration || fuzzed ? 4 : 0);

	if (strcmp(name, "IP") == 0)
		return random_address(c, v, 4);
	if (strcmp(name, "IP6") == 0)
		return random_address(c, v, 16);
	if (strcmp(name, "MAC") == 0)
		return random_address(c, v, 6);
	if (strcmp(name, "UUID") == 0)
		return random_address(c, v, 16);
	if (strcmp(name, "String") == 0 || strcmp(name, "Bin") == 0)
		return random_text(c, v, name[0] == 'S');
	if (strcmp(name, "Choice") == 0 || strcmp(name, "Enum") == 0 ||
	    strcmp(name, "EnumKeys") == 0)
		return random_choice(c, v);
	if (!is_int_type(c->g->f))
		return wrong(c, v);
	if (fuzzed && *number)
		return pkw__gen_add(c->arena, c->g, PKW__SEG_FUZZ, 1)
		    ? 0
		    : no_memory(c);
	if (strcmp(name, "Num") == 0)
		return random_num(c, v);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(number, numbers[i].name) == 0 && v->count == 0)
			return random_int(
			    c, numbers[i].from, numbers[i].to);
	return pkw__expr_fail(c->b->x, v->at, -PKW_ENOENT,
	    "there is no %.32s; RandInt, RandNum(a, b), RandIP ... are",
	    v->s);
}

static int call(struct ctx *c, const struct pkw__ast *v)
{
	for (const struct pkw__ast *a = v->first; a; a = a->next)
		if (a->key)
			return pkw__expr_fail(c->b->x, a->at, -PKW_ESYNTAX,
			    "%s has no keyword arguments", v->s);
	if (strcmp(v->s, "Net") == 0 || strcmp(v->s, "Net6") == 0)
		return net(c, v);
	if (strcmp(v->s, "Counter") == 0)
		return counter(c, v);
	return random_any(c, v);
}

static int item(struct ctx *c, const struct pkw__ast *v)
{
	if (!pkw__value_is_set(c->g->f, v))
		return single(c, v, c->g);
	if (v->kind == PKW__AST_TUPLE)
		return range(c, v);
	if (v->kind == PKW__AST_CALL)
		return call(c, v);
	if (pkw__ast_is_text(v))
		return prefix(c, v, v->s);
	return pkw__expr_fail(c->b->x, v->at, -PKW_ETYPE,
	    "%s.%s: a list inside a list", owner(c), c->g->f->name);
}

int pkw__gen_parse(struct pkw__build *b, struct pkw__arena *arena, int node,
    unsigned field, const struct pkw__ast *v, struct pkw__gen *g)
{
	struct ctx c = { b, arena, g, node, field,
		{ .bytes = PKW_STR_INIT } };
	int r = 0;

	g->f = pkw__field_of(b->p, node, field);
	if (v->kind != PKW__AST_LIST)
		r = item(&c, v);
	for (const struct pkw__ast *i = v->kind == PKW__AST_LIST ? v->first
								 : NULL;
	     i && r == 0; i = i->next)
		r = item(&c, i);
	pkw_str_free(&c.v.bytes);
	if (r == 0 && g->count == 0)
		r = pkw__expr_fail(b->x, v->at, -PKW_ERANGE,
		    "%s.%s: the list is empty", pkw__name_of(b->p, node),
		    g->f->name);
	return r;
}
