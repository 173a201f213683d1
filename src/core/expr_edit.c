/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Edits: "IP.ttl=3; IP.id += 1; del IP.chksum; del TCP.options[1]; del VXLAN".
 *
 * They are parsed once.  A plain integer field of a layer then costs no more
 * than finding the layer and pkw_patch(), which keeps checksums right by
 * difference; everything else is set as in an expression and the packet is
 * sealed once at the end.  Statements work in order, each on what the ones
 * before it left.
 *
 * A statement whose layer, element or field is not in a packet passes it over;
 * a value that does not fit is an error.
 */
#include "core/expr_build.h"
#include "core/expr_path.h"

#include <pkw/text.h>

#include <stdlib.h>
#include <string.h>

enum what { SET, ADD, SUB, DEL };

struct stmt {
	struct stmt *next;
	struct pkw__path path;
	struct pkw__ast *value;
	enum what what;
	int quick;        /* an integer known by now, for pkw_patch() */
	uint64_t number;
};

struct pkw_edit {
	struct pkw__expr x; /* the text is the arena's own copy */
	struct stmt *first, *last;
};

static void skip(const struct pkw__expr *x, size_t *at)
{
	while (*at < x->len && strchr(" \t\r\n", x->text[*at]))
		++*at;
}

/* A field of the layer that pkw_patch() may write. */
static int is_plain(const struct pkw__path *path)
{
	const struct pkw_record *rec = &path->proto->rec;

	if (path->field < 0)
		return 0;
	const struct pkw_field *f = &rec->fields[path->field];
	return pkw__is_scalar(f) && f->rel.kind == PKW_PLAIN &&
	    f->type != PKW_SWITCH && f->bits > 0 && f->bits <= 64 &&
	    !f->nlabels_by_key &&
	    !(rec->shape->control >> path->field & 1);
}

static int is_number_type(const struct pkw_field *f)
{
	return f->type == PKW_UINT || f->type == PKW_INT;
}

/* Addresses and the like as the number they are on the wire. */
static uint64_t as_number(const struct pkw__value *v)
{
	uint64_t u = 0;

	if (v->is_int)
		return v->u;
	for (size_t i = 0; i < v->bytes.len; i++)
		u = u << 8 | (uint8_t)v->bytes.s[i];
	return u;
}

/* Finds out a value ahead, on a packet of nothing but the layer. */
static int precompute(struct pkw_edit *e, struct stmt *s)
{
	const struct pkw_field *f = &s->path.proto->rec.fields[s->path.field];
	struct pkw__value v = { .bytes = PKW_STR_INIT };
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw__build b = { .x = &e->x, .p = p };

	if (!p)
		return pkw_fail(e->x.d, -PKW_ENOMEM, "out of memory");
	int layer = pkw_push(p, s->path.proto);
	int root = layer < 0 ? layer : pkw_root(p, layer), r = 0;
	if (pkw_pkt_err(p) == -PKW_ENOMEM)
		r = pkw_fail(e->x.d, -PKW_ENOMEM, "out of memory");
	else if (root >= 0 && pkw_node(p, root)->has >> s->path.field & 1 &&
	    !pkw__value_is_set(f, s->value) &&
	    pkw__ast_is_text(s->value)) {
		r = pkw__value_parse(
		    &b, root, (unsigned)s->path.field, s->value, &v);
		s->quick = r == 0;
		s->number = as_number(&v);
	}
	pkw_str_free(&v.bytes);
	pkw_pkt_free(p);
	return r;
}

static int check_sum(struct pkw_edit *e, const struct stmt *s)
{
	if (s->what != ADD && s->what != SUB)
		return 0;
	if (s->value->kind == PKW__AST_NUM)
		return 0;
	if (s->what == ADD && s->path.nsteps > 0)
		return 0;
	return pkw__expr_fail(&e->x, s->value->at, -PKW_ETYPE,
	    "a number is expected behind `%c='", s->what == ADD ? '+' : '-');
}

static int parse_value(struct pkw_edit *e, size_t *at, struct stmt *s)
{
	struct pkw__expr *x = &e->x;
	char op = *at < x->len ? x->text[*at] : '\0';
	int r;

	if ((op == '+' || op == '-') && *at + 1 < x->len &&
	    x->text[*at + 1] == '=') {
		s->what = op == '+' ? ADD : SUB;
		++*at;
	} else if (op != '=') {
		return pkw__expr_fail(x, (uint32_t)*at, -PKW_ESYNTAX,
		    "`=' is expected here, as in IP.ttl=3");
	}
	if (s->path.nsteps == 0)
		return pkw__expr_fail(x, s->path.at, -PKW_ESYNTAX,
		    "a layer takes no value; name a field, as in %s.%s",
		    s->path.proto->rec.name,
		    s->path.proto->rec.nfields
			? s->path.proto->rec.fields[0].name : "x");
	++*at;
	r = pkw__expr_value(x, at, &s->value);
	if (r == 0)
		r = check_sum(e, s);
	if (r == 0 && s->what == SET && is_plain(&s->path))
		r = precompute(e, s);
	return r;
}

static int parse_stmt(struct pkw_edit *e, size_t *at)
{
	struct pkw__expr *x = &e->x;
	struct stmt *s = pkw__arena_get(&x->arena, sizeof *s);
	int r;

	if (!s)
		return pkw_fail(x->d, -PKW_ENOMEM, "out of memory");
	if (x->len - *at > 4 && strncmp(x->text + *at, "del", 3) == 0 &&
	    strchr(" \t", x->text[*at + 3])) {
		s->what = DEL;
		*at += 3;
		skip(x, at);
	}
	r = pkw__path_parse(x, at, &s->path);
	skip(x, at);
	if (r == 0 && s->what != DEL)
		r = parse_value(e, at, s);
	if (r < 0)
		return r;
	skip(x, at);
	if (*at < x->len && x->text[*at] != ';')
		return pkw__expr_fail(x, (uint32_t)*at, -PKW_ESYNTAX,
		    "`;' or the end is expected here");
	if (e->last)
		e->last->next = s;
	else
		e->first = s;
	e->last = s;
	return 0;
}

struct pkw_edit *pkw_edit_new(const char *text, struct pkw_diag *d)
{
	struct pkw_edit *e = calloc(1, sizeof *e);
	size_t at = 0;
	int r = 0;

	if (!e) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	e->x.len = strlen(text);
	e->x.text = pkw__arena_dup(&e->x.arena, text, e->x.len);
	e->x.d = d;
	if (!e->x.text || e->x.len > UINT32_MAX / 2)
		r = pkw_fail(d, -PKW_ENOMEM, "out of memory");
	while (r == 0) {
		skip(&e->x, &at);
		if (at < e->x.len && e->x.text[at] == ';') {
			at++;
			continue;
		}
		if (at == e->x.len)
			break;
		r = parse_stmt(e, &at);
	}
	if (r == 0 && !e->first)
		r = pkw_fail(d, -PKW_ESYNTAX, "there is nothing to do");
	e->x.d = NULL;
	if (r < 0) {
		pkw_edit_free(e);
		return NULL;
	}
	return e;
}

void pkw_edit_free(struct pkw_edit *e)
{
	if (!e)
		return;
	pkw__arena_free(&e->x.arena);
	free(e);
}

/* What of one packet is being done. */
struct run {
	struct pkw__expr *x;
	struct pkw_pkt *p;
	int applied;
	int unsealed;
};

static int fail(const struct run *run, const struct stmt *s, int code)
{
	return pkw__expr_fail(
	    run->x, s->path.at, code, "%s", pkw_strerror(code));
}

static uint64_t stepped(
    const struct stmt *s, const struct pkw_field *f, uint64_t old)
{
	uint64_t by = s->value->neg ? -s->value->u : s->value->u;
	uint64_t v = s->what == ADD ? old + by : old - by;

	return f->bits < 64 ? v & ((UINT64_C(1) << f->bits) - 1) : v;
}

/* An integer of a layer, in place; 0: not to be done so. */
static int quickly(struct run *run, const struct stmt *s, int layer)
{
	unsigned k = (unsigned)s->path.field;
	const struct pkw_field *f;
	uint64_t v = s->number;

	if (!s->quick && (s->what == SET || s->what == DEL ||
	    !is_plain(&s->path)))
		return 0;
	if (!pkw_has(run->p, layer, k))
		return 0;
	f = &s->path.proto->rec.fields[k];
	if (!s->quick) {
		if (!is_number_type(f) || s->value->kind != PKW__AST_NUM)
			return 0;
		v = stepped(s, f, pkw_u(run->p, layer, k));
	}
	int r = pkw_patch(run->p, layer, k, v);
	if (r < 0)
		return fail(run, s, r);
	run->applied = 1;
	return 1;
}

static int delete(struct run *run, const struct stmt *s)
{
	int node, r;
	unsigned field;

	if (s->path.nsteps == 0) {
		r = pkw_layer_cut(
		    run->p, pkw__path_layer(&s->path, run->p));
	} else {
		struct pkw__expr quiet = *run->x;
		quiet.d = NULL;
		r = pkw__path_find(&s->path, &quiet, run->p, &node, &field);
		if (r == -PKW_EABSENT || r == -PKW_ETYPE)
			return 0;
		if (r == 0)
			r = field == PKW_NO_FIELD
			    ? pkw_node_del(run->p, node)
			    : pkw_field_unset(run->p, node, field);
	}
	if (r < 0)
		return fail(run, s, r);
	run->applied = run->unsealed = 1;
	return 0;
}

static int step_field(struct run *run, const struct stmt *s, int node,
    unsigned field)
{
	const struct pkw_field *f = pkw__field_of(run->p, node, field);
	struct pkw__build b = { .x = run->x, .p = run->p };
	uint64_t old;

	if (s->what == ADD && f->type == PKW_LIST)
		return pkw__list_append(&b, node, field, s->value);
	if (!is_number_type(f) || s->value->kind != PKW__AST_NUM)
		return pkw__expr_fail(run->x, s->path.at, -PKW_ETYPE,
		    "%s.%s is no number to count with",
		    pkw__name_of(run->p, node), f->name);
	int r = pkw_field_u(run->p, node, field, &old);
	if (r == 0)
		r = pkw_field_set_u(
		    run->p, node, field, stepped(s, f, old));
	return r < 0 ? fail(run, s, r) : 0;
}

static int set(struct run *run, const struct stmt *s)
{
	struct pkw__build b = { .x = run->x, .p = run->p };
	struct pkw__expr quiet = *run->x;
	unsigned field;
	int node;

	quiet.d = NULL;
	int r = pkw__path_find(&s->path, &quiet, run->p, &node, &field);
	if (r == -PKW_EABSENT || r == -PKW_ETYPE)
		return 0;
	if (r == 0 && field == PKW_NO_FIELD)
		r = s->what == SET
		    ? pkw__list_replace(&b, node, s->value)
		    : pkw__expr_fail(run->x, s->path.at, -PKW_ETYPE,
			"an element is no number to count with");
	else if (r == 0)
		r = s->what == SET
		    ? pkw__build_field(&b, node, field, s->value)
		    : step_field(run, s, node, field);
	if (r == 0)
		run->applied = run->unsealed = 1;
	return r;
}

static int apply(struct run *run, const struct stmt *s)
{
	int layer = pkw__path_layer(&s->path, run->p), r;

	if (layer < 0)
		return 0;
	r = quickly(run, s, layer);
	if (r != 0)
		return r < 0 ? r : 0;
	return s->what == DEL ? delete(run, s) : set(run, s);
}

int pkw_edit_apply(
    const struct pkw_edit *e, struct pkw_pkt *p, struct pkw_diag *d)
{
	struct pkw__expr x = e->x; /* its own place for complaints */
	struct run run = { .x = &x, .p = p };
	int r = 0;

	x.d = d;
	x.arena = (struct pkw__arena){ 0 };
	for (const struct stmt *s = e->first; s && r == 0; s = s->next)
		r = apply(&run, s);
	if (r == 0 && run.unsealed) {
		r = pkw_seal(p, 0);
		if (r < 0)
			pkw_fail(d, r, "%s", pkw_strerror(r));
	}
	pkw__arena_free(&x.arena);
	return r < 0 ? r : run.applied;
}
