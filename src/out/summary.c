/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates of summaries, which protocols give as text:
 *
 *   {ttl}               a field of this layer
 *   {IP.src}            a field of the nearest layer IP below
 *   {qd.qname}          the field of each element of the list (or record) qd
 *   {an.type rdlen+}    several of each; the + means all fields behind one
 *   {options:hostname}  the value of the list's first element of that kind
 *   [ frag {frag}]      left out where the first value in it is 0 or not there
 *   [{op=2}...] {op!=2} left out where the field has another value, or has it
 *
 * What cannot be understood is left out.  A template is parsed once; the text in
 * front of a value becomes part of the value's step.
 */
#include "out/summary.h"

#include "out/fast.h"

#include <string.h>

enum { VALUE_ROOM = 64, NAME_MAX = 64 };

struct parse {
	struct plates *t;
	struct plate *pl;
	struct say *op;
	const char *s;
};

static char *keep_text(struct plates *t, const char *s, size_t n)
{
	char *r = pkw__arena_get(&t->arena, n + 48);

	if (r)
		memcpy(r, s, n);
	return r;
}

static int is_port(const struct pkw_field *f)
{
	size_t n = f->rel.kind == PKW_NEXT && f->rel.space
	    ? strlen(f->rel.space)
	    : 0;

	return n > 5 && strcmp(f->rel.space + n - 5, ".port") == 0;
}

/* How a field is said that the layer has at a fixed place. */
static uint8_t kind_of(const struct plate *pl, const struct plate_field *pf)
{
	if (!pf->slotted || pf->slot.le || pl->shape->flags & PKW__LE)
		return SAY_FIELD;
	switch ((enum plate_kind)pf->kind) {
	case PLATE_UINT:
		return pf->f->nlabels_by_key ? SAY_FIELD : SAY_UINT;
	case PLATE_FLAGS:
		return SAY_FLAGS;
	case PLATE_MAC:
		return SAY_MAC;
	case PLATE_IP4:
		return SAY_IP4;
	case PLATE_IP6:
		return SAY_IP6;
	case PLATE_HEX:
	case PLATE_INT:
	case PLATE_FIXED:
	case PLATE_UUID:
	case PLATE_BYTES:
	case PLATE_TEXT:
	case PLATE_VAR:
	case PLATE_NONE:
		break;
	}
	return SAY_FIELD;
}

/* "type rdlen+": names with blanks between. */
static void parse_names(struct plates *t, struct say *op, const char *s, size_t n)
{
	op->names = pkw__arena_get(&t->arena, SAY_NAMES * sizeof *op->names);
	while (op->names && n && op->nnames < SAY_NAMES) {
		const char *blank = memchr(s, ' ', n);
		size_t len = blank ? (size_t)(blank - s) : n;
		struct say_name *name = &op->names[op->nnames++];
		name->behind = len && s[len - 1] == '+';
		name->name = pkw__arena_dup(
		    &t->arena, s, len - (unsigned)name->behind);
		n -= blank ? len + 1 : len;
		s += blank ? len + 1 : len;
	}
}

/* What stands between braces; 0: it means nothing. */
static int parse_value(struct parse *x, const char *s, size_t n)
{
	struct say *op = x->op;
	size_t head = strcspn(s, ".:=!}");
	char name[NAME_MAX];

	if (head >= sizeof name)
		return 0;
	memcpy(name, s, head);
	name[head] = '\0';
	int k = pkw_field_find(x->pl->rec, name);
	char mark = s[head];
	if (k < 0 && mark != '.')
		return 0;
	if (k >= 0) {
		op->field = (uint8_t)k;
		op->pf = &x->pl->fields[k];
	}
	const char *rest = s + head + 1, *end = s + n;
	switch (mark) {
	case '.':
		op->kind = k >= 0 ? SAY_EACH : SAY_BELOW;
		op->name = pkw__arena_dup(&x->t->arena, name, head);
		parse_names(x->t, op, rest, (size_t)(end - rest));
		return op->nnames > 0;
	case ':':
		op->kind = SAY_PICK;
		op->name = pkw__arena_dup(
		    &x->t->arena, rest, (size_t)(end - rest));
		return 1;
	case '=':
	case '!':
		op->kind = mark == '=' ? SAY_TEST : SAY_TEST_NOT;
		for (rest += mark == '!'; rest < end; rest++)
			op->value = 10 * op->value + (unsigned)(*rest - '0');
		return 1;
	default:
		break;
	}
	op->kind = kind_of(x->pl, op->pf);
	op->off = op->pf->kind <= PLATE_FIXED ? op->pf->slot.off : op->pf->off;
	op->port = (uint8_t)is_port(op->pf->f);
	return 1;
}

static int is_test(const struct say *op)
{
	return op->kind == SAY_TEST || op->kind == SAY_TEST_NOT;
}

/* The conditions of a part skip to its end.  Its first value is one, unless
   there are tests. */
static void end_part(struct say *from, const struct say *to)
{
	struct say *first = from;

	while (first + 1 < to && !(++first)->pf)
		;
	for (struct say *op = from; op < to; op++)
		if (op == from || is_test(op))
			op->skip = (uint32_t)(to - op - 1);
	if (!first->pf || is_test(first)) {
		from->kind = SAY_TEXT;
		return;
	}
	from->field = first->field;
	from->pf = first->pf;
	from->nnames = first->nnames;
	from->name = first->kind == SAY_PICK ? first->name : NULL;
}

/* One piece of the template: text, a value, a bracket. */
static void parse_piece(struct parse *x, struct say **part)
{
	size_t n = strcspn(x->s, "{[]");

	if (n) {
		x->op->text = keep_text(x->t, x->s, n);
		x->op->len = (uint32_t)n;
		x->op->kind = SAY_TEXT;
		x->s += n;
		if (*x->s != '{') {
			x->op++;
			return;
		}
	}
	switch (*x->s++) {
	case '[':
		*part = x->op;
		(x->op++)->kind = SAY_IF;
		break;
	case ']':
		if (*part)
			end_part(*part, x->op);
		*part = NULL;
		break;
	default: {
		size_t close = strcspn(x->s, "}");
		if (parse_value(x, x->s, close) || n)
			x->op++;
		x->s += close + (x->s[close] != '\0');
	}
	}
}

static struct say *compile(struct plates *t, struct plate *pl, const char *s)
{
	size_t most = 2;

	for (const char *c = s; *c; c++)
		most += strchr("{}[]", *c) != NULL;
	struct say *ops = pkw__arena_get(&t->arena, most * sizeof *ops);
	char *nothing = keep_text(t, "", 0);
	struct say *part = NULL;
	struct parse x = { t, pl, ops, s };
	for (size_t i = 0; ops && i < most; i++)
		ops[i].text = nothing;
	while (ops && *x.s)
		parse_piece(&x, &part);
	for (struct say *op = ops; op && op < x.op; op++)
		pl->say_room += op->len + VALUE_ROOM;
	return t->arena.starved ? NULL : ops;
}

struct say *pkw__summary(struct plates *t, struct plate *pl)
{
	const struct pkw_proto *q = pl->shape->proto;

	if (!pl->said) {
		if (q && q->summary)
			pl->say = compile(t, pl, q->summary);
		pl->said = !t->arena.starved;
	}
	return pl->say;
}
