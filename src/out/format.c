/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats (<pkw/format.h> has the language), compiled into steps: a piece of
 * text, a field, the time, or a condition, which tells where to go on if it
 * does not hold.
 *
 * Paths are checked when they are compiled, against all that packets can have;
 * what a given packet lacks is found out there and becomes `??'.
 */
#include "out/value.h"

#include "core/core.h"
#include "core/expr_path.h"

#include <pkw/format.h>
#include <pkw/text.h>

#include <stdlib.h>

enum { NESTED_MAX = 16, WIDTH_MAX = 9999, DIGITS_MAX = 64 };

enum step_kind { STEP_TEXT, STEP_FIELD, STEP_OWN_FIELD, STEP_TIME, STEP_IF };

/* How a value is put, as printf has it. */
struct spec {
	uint8_t left, zero, plus, blank, alternate, raw;
	char conversion; /* s d u x X o c; 'r' sets .raw */
	int width, precision; /* negative: none */
};

struct step {
	uint8_t kind;
	uint8_t negated;       /* IF */
	struct spec spec;      /* FIELD, TIME */
	const char *text;      /* TEXT; OWN_FIELD: the field's name */
	size_t n;              /* of the text; IF: the step behind it */
	struct pkw__path path; /* FIELD; IF: a layer */
};

struct pkw_fmt {
	struct pkw__expr x; /* a copy of the text, and the arena */
	struct step *steps;
	size_t n, cap;
};

/* ---- compiling ---- */

struct compiler {
	struct pkw_fmt *f;
	size_t at;
	size_t open[NESTED_MAX]; /* conditions that have not ended: steps */
	size_t open_at[NESTED_MAX];
	unsigned nopen;
};

static char peek(const struct compiler *c)
{
	return c->at < c->f->x.len ? c->f->x.text[c->at] : '\0';
}

static int fail(const struct compiler *c, size_t at, const char *text)
{
	return pkw__expr_fail(
	    &c->f->x, (uint32_t)at, -PKW_ESYNTAX, "%s", text);
}

static struct step *add_step(struct compiler *c, enum step_kind kind)
{
	struct pkw_fmt *f = c->f;

	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 16;
		struct step *steps = realloc(f->steps, cap * sizeof *steps);
		if (!steps) {
			pkw_fail(f->x.d, -PKW_ENOMEM, "out of memory");
			return NULL;
		}
		f->steps = steps;
		f->cap = cap;
	}
	struct step *s = &f->steps[f->n++];
	memset(s, 0, sizeof *s);
	s->kind = (uint8_t)kind;
	return s;
}

static int add_text(struct compiler *c, const char *text, size_t n)
{
	if (n == 0)
		return 0;
	struct step *s = add_step(c, STEP_TEXT);
	if (!s)
		return -PKW_ENOMEM;
	s->text = text;
	s->n = n;
	return 0;
}

static int read_number(struct compiler *c, int *v)
{
	size_t start = c->at;

	for (*v = 0; peek(c) >= '0' && peek(c) <= '9'; c->at++) {
		*v = *v * 10 + (peek(c) - '0');
		if (*v > WIDTH_MAX)
			return fail(c, start, "wider than 9999");
	}
	return 0;
}

static int read_spec(struct compiler *c, struct spec *s, size_t comma)
{
	int r;

	for (;; c->at++) {
		char sign = peek(c);
		if (sign == '-')
			s->left = 1;
		else if (sign == '0')
			s->zero = 1;
		else if (sign == '+')
			s->plus = 1;
		else if (sign == ' ')
			s->blank = 1;
		else if (sign == '#')
			s->alternate = 1;
		else
			break;
	}
	r = read_number(c, &s->width);
	if (r == 0 && peek(c) == '.') {
		c->at++;
		r = read_number(c, &s->precision);
	}
	if (r < 0)
		return r;
	if (c->at < comma && strchr("sdiuxXoc", peek(c))) {
		s->conversion = peek(c);
		s->raw = peek(c) != 's';
		c->at++;
	}
	if (s->conversion == 'i')
		s->conversion = 'd';
	if (peek(c) == 'r') {
		s->raw = 1;
		c->at++;
	}
	if (c->at == comma)
		return 0;
	return fail(c, c->at,
	    "this is no conversion: s d i u x X o or c, then perhaps r");
}

/* `time', `.time', or `Layer.time' where the layer has no such field. */
static int is_time(const struct compiler *c, size_t end)
{
	const char *s = c->f->x.text + c->at;
	size_t n = end - c->at, plain = strcspn(s, ".:[%");
	char name[64];

	if ((n == 4 && memcmp(s, "time", 4) == 0) ||
	    (n == 5 && memcmp(s, ".time", 5) == 0))
		return 1;
	if (n < 6 || memcmp(s + n - 5, ".time", 5) != 0 ||
	    plain >= sizeof name)
		return 0;
	memcpy(name, s, plain);
	name[plain] = '\0';
	const struct pkw_proto *q = pkw_proto_find(name);
	return q && pkw_field_find(&q->rec, "time") < 0;
}

/* From behind the comma to the percent sign at `end'. */
static int read_place(struct compiler *c, const struct spec *spec, size_t end)
{
	struct pkw__path path = { .proto = NULL };
	const char *text = c->f->x.text + c->at;
	enum step_kind kind = STEP_FIELD;
	const char *name = NULL;
	size_t start = c->at;

	if (c->at == end)
		return fail(c, end, "a field is expected here, as in %IP.src%");
	if (is_time(c, end)) {
		kind = STEP_TIME;
	} else if (strcspn(text, ".:[") >= end - c->at) {
		kind = STEP_OWN_FIELD;
		name = pkw__arena_dup(&c->f->x.arena, text, end - c->at);
		if (!name)
			return pkw_fail(
			    c->f->x.d, -PKW_ENOMEM, "out of memory");
	} else {
		int r = pkw__path_parse(&c->f->x, &c->at, &path);
		if (r < 0)
			return r;
		if (c->at != end)
			return fail(c, c->at, "this does not belong to a path");
		if (path.nsteps == 0)
			return fail(c, start,
			    "a field is expected behind the layer");
	}
	struct step *s = add_step(c, kind);
	if (!s)
		return -PKW_ENOMEM;
	s->spec = *spec;
	s->path = path;
	s->text = name;
	c->at = end;
	return 0;
}

/* From the percent sign to the other one. */
static int read_directive(struct compiler *c)
{
	static const char escapes[] = "%()", meant[] = "%{}";
	struct spec spec = { .conversion = 's', .precision = -1 };
	const char *text = c->f->x.text;
	size_t start = c->at++, comma;
	int r = 0;

	const char *escape = peek(c) ? strchr(escapes, peek(c)) : NULL;
	if (escape) {
		c->at++;
		return add_text(c, meant + (escape - escapes), 1);
	}
	const char *close = strchr(text + c->at, '%');
	if (!close)
		return fail(c, start,
		    "there is no % where this field ends; %% is a percent "
		    "sign");
	size_t end = (size_t)(close - text);
	comma = c->at + strcspn(text + c->at, ",%");
	if (comma < end) {
		r = read_spec(c, &spec, comma);
		c->at = comma + 1;
	}
	if (r == 0)
		r = read_place(c, &spec, end);
	c->at++;
	return r;
}

/* "{TCP:", "{!TCP:" */
static int read_condition(struct compiler *c)
{
	const char *text = c->f->x.text;
	size_t start = c->at++;
	int negated = peek(c) == '!', r;
	struct pkw__path path;

	if (c->nopen == NESTED_MAX)
		return fail(c, start, "more than 16 conditions in each other");
	c->at += (size_t)negated;
	size_t n = strcspn(text + c->at, ":{}%");
	if (text[c->at + n] != ':' || n == 0)
		return fail(c, start,
		    "a condition is {Layer:...} or {!Layer:...}; %( is a "
		    "brace");
	r = pkw__path_layer_parse(&c->f->x, c->at, n, &path);
	if (r < 0)
		return r;
	struct step *s = add_step(c, STEP_IF);
	if (!s)
		return -PKW_ENOMEM;
	s->negated = (uint8_t)negated;
	s->path = path;
	c->open[c->nopen] = c->f->n - 1;
	c->open_at[c->nopen++] = start;
	c->at += n + 1;
	return 0;
}

static int compile(struct compiler *c)
{
	const char *text = c->f->x.text;
	int r = 0;

	while (r == 0 && peek(c)) {
		size_t n = strcspn(text + c->at, c->nopen ? "%{}" : "%{");
		r = add_text(c, text + c->at, n);
		c->at += n;
		if (r < 0 || !peek(c))
			break;
		if (peek(c) == '%') {
			r = read_directive(c);
		} else if (peek(c) == '{') {
			r = read_condition(c);
		} else {
			c->f->steps[c->open[--c->nopen]].n = c->f->n;
			c->at++;
		}
	}
	if (r == 0 && c->nopen)
		r = fail(c, c->open_at[c->nopen - 1],
		    "there is no } where this condition ends");
	return r;
}

struct pkw_fmt *pkw_fmt_new(const char *text, struct pkw_diag *d)
{
	struct pkw_fmt *f = calloc(1, sizeof *f);
	struct compiler c = { .f = f };

	if (!f) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	f->x.d = d;
	f->x.len = strlen(text);
	f->x.text = pkw__arena_dup(&f->x.arena, text, f->x.len);
	int r = f->x.text ? compile(&c)
			  : pkw_fail(d, -PKW_ENOMEM, "out of memory");
	f->x.d = NULL;
	if (r == 0)
		return f;
	pkw_fmt_free(f);
	return NULL;
}

void pkw_fmt_free(struct pkw_fmt *f)
{
	if (!f)
		return;
	pkw__arena_free(&f->x.arena);
	free(f->steps);
	free(f);
}

/* ---- putting ---- */

/* A number in its base, at least .precision digits; returns where it begins. */
static char *digits_of(const struct spec *s, uint64_t v, char *end)
{
	static const char lower[] = "0123456789abcdef";
	static const char upper[] = "0123456789ABCDEF";
	unsigned base = s->conversion == 'o'  ? 8
	    : (s->conversion | 0x20) == 'x' ? 16
					    : 10;
	const char *digit = s->conversion == 'X' ? upper : lower;
	char *o = end;
	int least = s->precision < DIGITS_MAX ? s->precision : DIGITS_MAX;
	uint64_t left = v;

	do {
		*--o = digit[left % base];
		left /= base;
	} while (left);
	while (end - o < least)
		*--o = '0';
	if (!s->alternate || base == 10)
		return o;
	if (base == 16)
		*--o = s->conversion;
	*--o = '0';
	return o;
}

/* As printf puts an integer of so many bits. */
static void put_number(struct voice *c, const struct spec *s, uint64_t v,
    const struct pkw_field *f)
{
	char text[DIGITS_MAX + 16], *end = text + sizeof text;
	const char *sign = "";

	if (s->conversion == 'c') {
		char b = (char)(v < 0x7f && v >= 0x20 ? v : '.');
		pkw__say_safe(c, &b, 1);
		return;
	}
	if (s->conversion == 'd' || s->conversion == 's') {
		uint64_t top = UINT64_C(1) << (f->bits - 1);
		int negative = f->type == PKW_INT && v & top;
		if (negative)
			v = -((v ^ top) - top);
		sign = negative  ? "-"
		    : s->plus  ? "+"
		    : s->blank ? " "
			       : "";
	}
	char *o = digits_of(s, v, end);
	int zeros = s->zero && !s->left && s->precision < 0
	    ? s->width - (int)(end - o) - (int)strlen(sign)
	    : 0;
	pkw__say(c, sign);
	/* 0x stands in front of the zeros */
	if (zeros > 0 && end - o > 2 && (o[1] | 0x20) == 'x') {
		pkw__say(c, o[1] == 'x' ? "0x" : "0X");
		o += 2;
	}
	if (zeros < 0)
		zeros = 0;
	if (!pen_room(&c->w, (size_t)zeros + (size_t)(end - o)))
		return;
	memset(c->w.o, '0', (size_t)zeros);
	memcpy(c->w.o + zeros, o, (size_t)(end - o));
	c->w.o += zeros + (end - o);
}

/* Cuts and pads what was written from `start' on. */
static void pad(struct voice *c, const struct spec *s, size_t start)
{
	if (!pen_room(&c->w, 0))
		return;
	size_t n = pen_here(&c->w) - start, width = (size_t)s->width;
	if (s->conversion == 's' && !s->raw && s->precision >= 0 &&
	    n > (size_t)s->precision) {
		c->w.o -= n - (size_t)s->precision;
		n = (size_t)s->precision;
	}
	if (n >= width || !pen_room(&c->w, width - n))
		return;
	char *text = c->w.out->s + start;
	if (s->left) {
		memset(text + n, ' ', width - n);
	} else {
		memmove(text + width - n, text, n);
		memset(text, ' ', width - n);
	}
	c->w.o += width - n;
}

/* A field in the inside of a layer; or an element, by its name. */
static void put_inner(
    struct voice *c, const struct spec *s, int node, unsigned field)
{
	const struct pkw_field *f = field == PKW_NO_FIELD
	    ? NULL
	    : &c->p->nodes[node].rec->fields[field];
	uint64_t v;
	int number = f && pkw_field_u(c->p, node, field, &v) == 0;

	if (!f)
		pkw__say_record(c, node);
	else if (number && s->raw)
		put_number(c, s, v, f);
	else if (!number || v || f->type != PKW_FLAGS)
		pkw__say_field(c, node, field);
}

/* A field at a fixed place of a layer, which need not be laid out for it; 0:
   it has none. */
static int put_fixed(struct voice *c, const struct step *s)
{
	int layer = s->path.field < 0 ? -1 : pkw__path_layer(&s->path, c->p);
	unsigned k = (unsigned)s->path.field;

	if (layer < 0)
		return 0;
	const struct plate *pl =
	    plate_of(&c->pr->plates, &s->path.proto->rec);
	if (!pl || !pl->fields[k].slotted ||
	    c->p->v.layers[layer].flags & PKW_LAYER_ODD)
		return 0;
	int number = pl->fields[k].kind <= PLATE_FIXED;
	uint64_t v = number ? pkw_u(c->p, layer, k) : 0;
	if (number && s->spec.raw)
		put_number(c, &s->spec, v, pl->fields[k].f);
	else if (v || pl->fields[k].kind != PLATE_FLAGS)
		pkw__say_layer_field(c, (unsigned)layer, pl, k);
	return 1;
}

/* 0: the packet does not have it. */
static int put_field(struct voice *c, const struct step *s)
{
	static const struct pkw__expr quiet = { .text = "" };
	int node = -1, k;
	unsigned field = PKW_NO_FIELD;

	if (s->kind == STEP_FIELD) {
		if (put_fixed(c, s))
			return 1;
		int r = pkw__path_find(&s->path, &quiet, c->p, &node, &field);
		if (r == -PKW_ENOMEM)
			c->pr->plates.arena.starved = 1;
		if (r < 0)
			return 0;
		put_inner(c, &s->spec, node, field);
		return 1;
	}
	node = c->p->v.nlayers ? pkw_root(c->p, 0) : -1;
	if (node == -PKW_ENOMEM)
		c->pr->plates.arena.starved = 1;
	k = node < 0 ? -1 : pkw_field_named(c->p, node, s->text);
	if (k < 0 || !(c->p->nodes[node].has >> k & 1))
		return 0;
	put_inner(c, &s->spec, node, (unsigned)k);
	return 1;
}

static int put_time(struct voice *c, const struct pkw_frame *frame)
{
	if (!frame || frame->flags & PKW_FRAME_NO_TIME)
		return 0;
	if (pen_room(&c->w, CLOCK_ROOM + FAST_SLACK)) /* a blank is behind it */
		c->w.o = pkw__clock_text(c->pr, frame->ts_ns, c->w.o) - 1;
	return 1;
}

static void put_step(struct voice *c, const struct step *s,
    const struct pkw_frame *frame)
{
	size_t start = pen_room(&c->w, 0) ? pen_here(&c->w) : 0;
	enum value_how how = c->how;

	if (s->spec.raw)
		c->how = VALUE_PLAIN;
	int there = s->kind == STEP_TIME ? put_time(c, frame)
					 : put_field(c, s);
	c->how = how;
	if (there)
		pad(c, &s->spec, start);
	else
		pkw__say(c, "??");
}

int pkw_fmt_put(struct pkw_printer *pr, const struct pkw_fmt *f,
    const struct pkw_pkt *p, const struct pkw_frame *frame,
    struct pkw_str *out)
{
	struct voice c = { .pr = pr, .p = p, .bytes_max = UINT32_MAX,
		.how = pr->o.flags & PKW_PRINT_NUMERIC ? VALUE_NUMBERS
						       : VALUE_LABEL };
	enum pkw_clock clock = pr->o.clock;
	size_t start = out->len;

	if (clock == PKW_CLOCK_NONE)
		pr->o.clock = PKW_CLOCK_TIME;
	pen_begin(&c.w, out, 256);
	for (size_t i = 0; i < f->n; i++) {
		const struct step *s = &f->steps[i];
		if (s->kind == STEP_IF) {
			int there = pkw__path_layer(&s->path, p) >= 0;
			if (there == s->negated)
				i = s->n - 1;
		} else if (s->kind == STEP_TEXT) {
			if (pen_room(&c.w, s->n)) {
				memcpy(c.w.o, s->text, s->n);
				c.w.o += s->n;
			}
		} else {
			put_step(&c, s, frame);
		}
	}
	pr->o.clock = clock;
	return pkw__print_end(pr, &c.w, start, p);
}

int pkw_sprintf(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, const char *text, struct pkw_str *out,
    struct pkw_diag *d)
{
	struct pkw_diag own, *told = d ? d : &own;
	struct pkw_fmt *f = pkw_fmt_new(text, told);

	if (!f)
		return told->code;
	int r = pkw_fmt_put(pr, f, p, frame, out);
	if (r < 0)
		pkw_fail(d, r, "%s", pkw_strerror(r));
	pkw_fmt_free(f);
	return r;
}
