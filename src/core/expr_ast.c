/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From text to a syntax tree.
 *
 *	chain  = item { "/" item }
 *	item   = "[" [ chain { "," chain } ] "]"
 *	       | "(" [ chain { "," chain } [ "," ] ] ")"
 *	       | string [ "*" number ] | number "*" string
 *	       | word [ "(" [ arg { "," arg } ] ")" ]
 *	arg    = [ word "=" ] chain
 *	string = "..." | '...' | b"..." | b'...'
 *
 * It is the part of Python's grammar that Scapy's users need, with one thing
 * more: quotes may be left out.  A word is a run of anything but blanks and the
 * characters that mean something here, so addresses, labels and host names need
 * none; 10.0.0.0/30 is one word because what stands before the slash is an
 * address.  What a word is (a layer, a label, text) is decided where it is used.
 *
 * Strings are Python's: in a plain one \xe9 is a character and becomes two
 * bytes of UTF-8, in b"" it is one byte.
 *
 * The text may come from anywhere.  The parser looks only at [text, text+len),
 * nests NESTING deep at most, and allocates in proportion to what it has read
 * but for "*", which has a limit of its own.
 */
#include "core/expr.h"

#include "base/addr.h"
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NESTING = 40, REPEAT_MAX = 1 << 20 };

struct parser {
	struct pkw__expr *x;
	size_t at;
	unsigned depth;
};

int pkw__expr_fail(
    const struct pkw__expr *x, uint32_t at, int code, const char *fmt, ...)
{
	struct pkw_diag *d = x->d;
	va_list ap;

	if (!d)
		return code;
	memset(d, 0, sizeof *d);
	d->code = code;
	d->line = d->column = 1;
	for (uint32_t i = 0; i < at && i < x->len; i++) {
		d->column++;
		if (x->text[i] == '\n') {
			d->line++;
			d->column = 1;
		}
	}
	va_start(ap, fmt);
	vsnprintf(d->text, sizeof d->text, fmt, ap);
	va_end(ap);
	pkw__printable(d->text);
	return code;
}

static int no_memory(const struct parser *p)
{
	return pkw__expr_fail(
	    p->x, (uint32_t)p->at, -PKW_ENOMEM, "out of memory");
}

/* The character at an offset from here, 0 behind the end. */
static char peek(const struct parser *p, size_t off)
{
	return p->at + off < p->x->len ? p->x->text[p->at + off] : '\0';
}

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_word(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && !strchr("()[]{}=,'\"*/;", c);
}

static void skip(struct parser *p)
{
	while (is_space(peek(p, 0)))
		p->at++;
}

static struct pkw__ast *make(
    struct parser *p, enum pkw__ast_kind kind, size_t at)
{
	struct pkw__ast *v = pkw__arena_get(&p->x->arena, sizeof *v);

	if (v) {
		v->kind = (uint8_t)kind;
		v->at = (uint32_t)at;
		v->s = "";
	}
	return v;
}

static void append(struct pkw__ast *list, struct pkw__ast *v)
{
	if (list->last)
		list->last->next = v;
	else
		list->first = v;
	list->last = v;
	list->count++;
}

/* What is there, for a message: one character, or the end. */
static int unexpected(const struct parser *p, const char *wanted)
{
	char c = peek(p, 0);

	if (p->at >= p->x->len)
		return pkw__expr_fail(p->x, (uint32_t)p->at, -PKW_ESYNTAX,
		    "the text ends where %s is expected", wanted);
	if ((unsigned char)c < ' ' || (unsigned char)c >= 0x7f)
		return pkw__expr_fail(p->x, (uint32_t)p->at, -PKW_ESYNTAX,
		    "byte 0x%02x where %s is expected", (unsigned char)c,
		    wanted);
	return pkw__expr_fail(p->x, (uint32_t)p->at, -PKW_ESYNTAX,
	    "`%c' where %s is expected", c, wanted);
}

static size_t utf8(char *out, unsigned long c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Exactly n hex digits behind the two characters of the escape. */
static int hex_escape(
    struct parser *p, unsigned n, int bytes, char *out, size_t *used)
{
	unsigned long c = 0;

	for (unsigned i = 0; i < n; i++) {
		int d = pkw__hex_digit(peek(p, 2 + i));
		if (d < 0)
			return pkw__expr_fail(p->x, (uint32_t)p->at,
			    -PKW_ESYNTAX, "\\%c needs %u hexadecimal digits",
			    peek(p, 1), n);
		c = c << 4 | (unsigned)d;
	}
	if (c > 0x10ffff)
		return pkw__expr_fail(p->x, (uint32_t)p->at, -PKW_ESYNTAX,
		    "there is no character 0x%lx", c);
	p->at += 2 + n;
	if (bytes) {
		*out = (char)c;
		*used = 1;
	} else {
		*used = utf8(out, c);
	}
	return 0;
}

static int octal_escape(struct parser *p, int bytes, char *out, size_t *used)
{
	unsigned c = 0, n = 0;

	for (; n < 3 && peek(p, 1 + n) >= '0' && peek(p, 1 + n) <= '7'; n++)
		c = c << 3 | (unsigned)(peek(p, 1 + n) - '0');
	p->at += 1 + n;
	if (bytes) {
		*out = (char)c;
		*used = 1;
	} else {
		*used = utf8(out, c);
	}
	return 0;
}

/* One escape at the backslash; as in Python an unknown one stays as it is. */
static int escape(struct parser *p, int bytes, char *out, size_t *used)
{
	static const char from[] = "\\'\"abfnrtv";
	static const char to[] = "\\'\"\a\b\f\n\r\t\v";
	char c = peek(p, 1);
	const char *k = c ? strchr(from, c) : NULL;

	*used = 1;
	if (k) {
		*out = to[k - from];
		p->at += 2;
		return 0;
	}
	if (c == '\n') {
		*used = 0;
		p->at += 2;
		return 0;
	}
	if (c >= '0' && c <= '7')
		return octal_escape(p, bytes, out, used);
	if (c == 'x')
		return hex_escape(p, 2, bytes, out, used);
	if (c == 'u' && !bytes)
		return hex_escape(p, 4, bytes, out, used);
	if (c == 'U' && !bytes)
		return hex_escape(p, 8, bytes, out, used);
	*out = '\\';
	p->at++;
	return 0;
}

/* Where the string that begins at `from' has its closing quote. */
static int string_end(const struct parser *p, size_t from, char quote,
    size_t *end)
{
	for (size_t i = from; i < p->x->len; i++) {
		if (p->x->text[i] == quote) {
			*end = i;
			return 0;
		}
		if (p->x->text[i] == '\\')
			i++;
	}
	return pkw__expr_fail(p->x, (uint32_t)p->at, -PKW_ESYNTAX,
	    "the string that begins here has no end");
}

static int parse_string(struct parser *p, struct pkw__ast **out)
{
	int bytes = peek(p, 0) == 'b' || peek(p, 0) == 'B';
	size_t body = p->at + (bytes ? 2 : 1), n = 0, end = body;
	struct pkw__ast *v =
	    make(p, bytes ? PKW__AST_BYTES : PKW__AST_TEXT, p->at);
	int r = string_end(p, body, p->x->text[body - 1], &end);

	if (r < 0)
		return r;
	/* no escape is shorter than what it stands for */
	char *s = pkw__arena_get(&p->x->arena, end - body + 1);
	if (!v || !s)
		return no_memory(p);
	p->at = body;
	while (p->at < end) {
		size_t used = 1;

		if (peek(p, 0) == '\\') {
			r = escape(p, bytes, s + n, &used);
			if (r < 0)
				return r;
		} else {
			s[n] = p->x->text[p->at++];
		}
		n += used;
	}
	p->at = end + 1;
	v->s = s;
	v->n = n;
	*out = v;
	return 0;
}

static int is_address(const char *s, size_t n)
{
	uint8_t b[16];

	return pkw__addr_parse_ip4(s, n, b) == 0 ||
	    pkw__addr_parse_ip6(s, n, b) == 0;
}

/* The length of the word here, with the /30 of a prefix. */
static size_t word_length(const struct parser *p)
{
	size_t n = 0, k;

	while (is_word(peek(p, n)))
		n++;
	if (peek(p, n) != '/' || !is_address(p->x->text + p->at, n))
		return n;
	for (k = n + 1; peek(p, k) >= '0' && peek(p, k) <= '9'; k++)
		;
	return k > n + 1 && !is_word(peek(p, k)) ? k : n;
}

/* 2.5, -.5, 1e-05: digits, one point, an exponent. */
static int is_real(const char *s, size_t n)
{
	size_t i = 0, digits = 0, points = 0;

	if (i < n && (s[i] == '-' || s[i] == '+'))
		i++;
	for (; i < n && ((s[i] >= '0' && s[i] <= '9') || s[i] == '.'); i++)
		s[i] == '.' ? points++ : digits++;
	if (digits == 0 || points > 1)
		return 0;
	if (i < n && (s[i] == 'e' || s[i] == 'E')) {
		i++;
		if (i < n && (s[i] == '-' || s[i] == '+'))
			i++;
		if (i == n)
			return 0;
		while (i < n && s[i] >= '0' && s[i] <= '9')
			i++;
	}
	return i == n;
}

static int classify(struct parser *p, struct pkw__ast *v)
{
	int neg, r = pkw__num_parse(v->s, v->n, &neg, &v->u);

	if (r == -PKW_ERANGE)
		return pkw__expr_fail(p->x, v->at, -PKW_ERANGE,
		    "%.40s has more than 64 bits", v->s);
	v->neg = r == 0 && neg;
	if (r == 0)
		v->kind = PKW__AST_NUM;
	else if (is_real(v->s, v->n))
		v->kind = PKW__AST_REAL;
	else if (strcmp(v->s, "None") == 0)
		v->kind = PKW__AST_NONE;
	else if (strcmp(v->s, "True") == 0 || strcmp(v->s, "False") == 0) {
		v->kind = PKW__AST_NUM;
		v->u = v->s[0] == 'T';
	}
	return 0;
}

static int parse_chain(struct parser *p, struct pkw__ast **out);

/* The keyword of `key=value' if there is one here. */
static int parse_key(struct parser *p, const char **key, size_t *at)
{
	size_t n = 0, k;

	while (is_word(peek(p, n)))
		n++;
	for (k = n; is_space(peek(p, k)); k++)
		;
	*key = NULL;
	if (n == 0 || peek(p, k) != '=')
		return 0;
	*key = pkw__arena_dup(&p->x->arena, p->x->text + p->at, n);
	if (!*key)
		return no_memory(p);
	*at = p->at;
	p->at += k + 1;
	return 0;
}

/* Items up to a closing bracket; call: they may have keywords. */
static int parse_items(
    struct parser *p, struct pkw__ast *list, char close, int *comma)
{
	*comma = 0;
	for (;;) {
		struct pkw__ast *v = NULL;
		const char *key = NULL;
		size_t at = 0;
		int r = 0;

		skip(p);
		if (peek(p, 0) == close)
			break;
		if (list->kind == PKW__AST_CALL)
			r = parse_key(p, &key, &at);
		if (r == 0)
			r = parse_chain(p, &v);
		if (r < 0)
			return r;
		if (key) {
			v->key = key;
			v->key_at = (uint32_t)at;
		}
		append(list, v);
		skip(p);
		if (peek(p, 0) == close)
			break;
		if (peek(p, 0) != ',')
			return unexpected(p, close == ']' ? "`,' or `]'"
							  : "`,' or `)'");
		*comma = 1;
		p->at++;
	}
	p->at++;
	return 0;
}

static int parse_word(struct parser *p, struct pkw__ast **out)
{
	size_t start = p->at, n = word_length(p);
	struct pkw__ast *v = make(p, PKW__AST_WORD, start);
	int comma;

	if (n == 0)
		return unexpected(p, "a value");
	char *s = pkw__arena_dup(&p->x->arena, p->x->text + start, n);
	if (!v || !s)
		return no_memory(p);
	v->s = s;
	v->n = n;
	p->at += n;
	*out = v;
	if (peek(p, 0) != '(')
		return classify(p, v);
	p->at++;
	v->kind = PKW__AST_CALL;
	return parse_items(p, v, ')', &comma);
}

static int parse_brackets(struct parser *p, struct pkw__ast **out)
{
	int list = peek(p, 0) == '[', comma;
	struct pkw__ast *v =
	    make(p, list ? PKW__AST_LIST : PKW__AST_TUPLE, p->at);

	if (!v)
		return no_memory(p);
	p->at++;
	int r = parse_items(p, v, list ? ']' : ')', &comma);
	if (r < 0)
		return r;
	/* (x) only groups */
	*out = !list && v->count == 1 && !comma ? v->first : v;
	return 0;
}

static int parse_single(struct parser *p, struct pkw__ast **out)
{
	char c;

	skip(p);
	c = peek(p, 0);
	if (c == '[' || c == '(')
		return parse_brackets(p, out);
	if (c == '"' || c == '\'')
		return parse_string(p, out);
	if ((c == 'b' || c == 'B') && (peek(p, 1) == '"' || peek(p, 1) == '\''))
		return parse_string(p, out);
	return parse_word(p, out);
}

static int is_string(const struct pkw__ast *v)
{
	return v->kind == PKW__AST_TEXT || v->kind == PKW__AST_BYTES;
}

/* "x" * 1400, either way round. */
static int repeat(struct parser *p, struct pkw__ast *a, struct pkw__ast *b,
    struct pkw__ast **out)
{
	struct pkw__ast *s = is_string(a) ? a : b, *k = s == a ? b : a;

	if (!is_string(s) || k->kind != PKW__AST_NUM)
		return pkw__expr_fail(p->x, b->at, -PKW_ESYNTAX,
		    "`*' repeats a string: \"x\" * 100");
	uint64_t times = k->neg ? 0 : k->u;
	if (s->n && times > REPEAT_MAX / s->n)
		return pkw__expr_fail(p->x, k->at, -PKW_ELIMIT,
		    "the string would be longer than %d bytes", REPEAT_MAX);
	size_t n = s->n * (size_t)times;
	char *t = pkw__arena_get(&p->x->arena, n + 1);
	if (!t)
		return no_memory(p);
	for (size_t i = 0; i < n; i += s->n)
		memcpy(t + i, s->s, s->n);
	s->s = t;
	s->n = n;
	s->at = a->at;
	*out = s;
	return 0;
}

static int parse_item(struct parser *p, struct pkw__ast **out)
{
	struct pkw__ast *a, *b;
	int r = parse_single(p, &a);

	for (; r == 0; r = repeat(p, a, b, &a)) {
		skip(p);
		if (peek(p, 0) != '*')
			break;
		p->at++;
		r = parse_single(p, &b);
		if (r < 0)
			break;
	}
	if (r == 0)
		*out = a;
	return r;
}

static int parse_chain(struct parser *p, struct pkw__ast **out)
{
	struct pkw__ast *v, *chain = NULL;

	if (p->depth == NESTING)
		return pkw__expr_fail(p->x, (uint32_t)p->at, -PKW_ELIMIT,
		    "nested more than %d deep", NESTING);
	p->depth++;
	int r = parse_item(p, &v);
	while (r == 0) {
		if (chain)
			append(chain, v);
		skip(p);
		if (peek(p, 0) != '/')
			break;
		if (!chain) {
			chain = make(p, PKW__AST_CHAIN, v->at);
			if (!chain)
				return no_memory(p);
			append(chain, v);
		}
		p->at++;
		r = parse_item(p, &v);
	}
	p->depth--;
	if (r == 0)
		*out = chain ? chain : v;
	return r;
}

int pkw__expr_value(struct pkw__expr *x, size_t *at, struct pkw__ast **out)
{
	struct parser p = { .x = x, .at = *at };
	int r;

	if (x->len > UINT32_MAX / 2)
		return pkw_fail(x->d, -PKW_ELIMIT, "the text is too long");
	r = parse_chain(&p, out);
	if (r == 0)
		*at = p.at;
	return r;
}

int pkw__expr_whole(struct pkw__expr *x, struct pkw__ast **out)
{
	struct parser p = { .x = x };
	int r = pkw__expr_value(x, &p.at, out);

	if (r == 0 && p.at < x->len)
		r = unexpected(&p, "`/' or the end");
	return r;
}

int pkw__ast_is_text(const struct pkw__ast *v)
{
	switch ((enum pkw__ast_kind)v->kind) {
	case PKW__AST_NUM:
	case PKW__AST_REAL:
	case PKW__AST_WORD:
	case PKW__AST_TEXT:
	case PKW__AST_BYTES:
		return 1;
	case PKW__AST_NONE:
	case PKW__AST_LIST:
	case PKW__AST_TUPLE:
	case PKW__AST_CALL:
	case PKW__AST_CHAIN:
		break;
	}
	return 0;
}
