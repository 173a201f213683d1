/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths: "IP.ttl", "IP:2.src", "TCP.options[0].mss", "TCP.options[MSS].mss",
 * "DNS.an[1].rdata", "VXLAN".
 *
 * A path is checked against the tables once: a layer or field that no packet
 * can have is an error when the path is compiled, and the nearest name is
 * offered.  What a given packet lacks is found out there.
 *
 * A name behind an element is looked for in the element's record and then in
 * the records inside it, so that nobody has to know whether an option's value
 * is a field of the option or of a body.
 */
#include "core/expr_path.h"

#include "core/expr_build.h"
#include "core/near.h"

#include <pkw/text.h>

#include <string.h>

static char peek(const struct pkw__expr *x, size_t at)
{
	return at < x->len ? x->text[at] : '\0';
}

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static int read_name(struct pkw__expr *x, size_t *at, const char **name)
{
	size_t n = 0;

	while (is_name_char(peek(x, *at + n)))
		n++;
	if (n == 0)
		return pkw__expr_fail(x, (uint32_t)*at, -PKW_ESYNTAX,
		    "a name is expected here, as in IP.ttl");
	*name = pkw__arena_dup(&x->arena, x->text + *at, n);
	if (!*name)
		return pkw_fail(x->d, -PKW_ENOMEM, "out of memory");
	*at += n;
	return 0;
}

static int read_number(struct pkw__expr *x, size_t *at, uint32_t *v)
{
	size_t start = *at;
	uint32_t n = 0;

	while (peek(x, *at) >= '0' && peek(x, *at) <= '9' && n < 100000)
		n = n * 10 + (uint32_t)(peek(x, (*at)++) - '0');
	*v = n;
	return *at == start
	    ? pkw__expr_fail(x, (uint32_t)start, -PKW_ESYNTAX,
		  "a number is expected here")
	    : 0;
}

/* [0], [MSS], ["end"]: behind a list's name. */
static int read_index(struct pkw__expr *x, size_t *at, struct pkw__step *s)
{
	size_t end = ++*at, from = *at;
	uint32_t index;

	while (peek(x, end) && peek(x, end) != ']')
		end++;
	if (!peek(x, end) || end == from)
		return pkw__expr_fail(x, (uint32_t)from, -PKW_ESYNTAX,
		    "an index is expected here, as in options[0]");
	if (peek(x, from) >= '0' && peek(x, from) <= '9') {
		int r = read_number(x, at, &index);
		if (r < 0 || *at != end)
			return pkw__expr_fail(x, (uint32_t)from, -PKW_ESYNTAX,
			    "an index is a number or a name");
		s->index = (int32_t)index;
	} else {
		size_t n = end - from;
		if (n > 1 && strchr("'\"", peek(x, from)) &&
		    peek(x, from) == peek(x, end - 1)) {
			from++;
			n -= 2;
		}
		s->label = pkw__arena_dup(&x->arena, x->text + from, n);
		if (!s->label)
			return pkw_fail(x->d, -PKW_ENOMEM, "out of memory");
	}
	*at = end + 1;
	return 0;
}

/* All records that may be in a field, one after another; NULL at the end. */
static const struct pkw_record *inner(const struct pkw_field *f, size_t i)
{
	const struct pkw_record *const *v =
	    f->list ? f->list->variants : f->variants;

	if (f->list && f->list->rec && i-- == 0)
		return f->list->rec;
	for (size_t k = 0; v && v[k]; k++)
		if (k == i)
			return v[k];
	return NULL;
}

static int possible(const struct pkw_record *rec, const struct pkw__path *path,
    unsigned step, struct pkw__near *near, unsigned depth)
{
	const char *name = path->step[step].name;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_record *r;

		if (near->wanted == name)
			pkw__near_try(near, f->name);
		if (strcmp(f->name, name) == 0) {
			if (step + 1 == path->nsteps)
				return 1;
			near->wanted = path->step[step + 1].name;
			near->best = NULL;
			for (size_t i = 0; (r = inner(f, i)); i++)
				if (possible(r, path, step + 1, near, depth))
					return 1;
			if (!inner(f, 0))
				near->best = NULL;
			return 0;
		}
	}
	for (size_t k = 0; k < rec->nfields && depth < 4; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_record *r;

		if (f->type != PKW_VARIANT && f->type != PKW_SUB)
			continue;
		for (size_t i = 0; (r = inner(f, i)); i++)
			if (possible(r, path, step, near, depth + 1))
				return 1;
	}
	return 0;
}

static int check_path(
    const struct pkw__expr *x, const struct pkw__path *path)
{
	struct pkw__near near = { path->step[0].name, NULL, 0 };
	const char *layer = path->proto->rec.name;

	if (path->nsteps == 0 ||
	    possible(&path->proto->rec, path, 0, &near, 0))
		return 0;
	if (near.best)
		return pkw__expr_fail(x, path->at, -PKW_ENOFIELD,
		    "%s has no field `%.40s'; did you mean %s?", layer,
		    near.wanted, near.best);
	return pkw__expr_fail(x, path->at, -PKW_ENOFIELD,
	    "%s has no field `%.40s'", layer, near.wanted);
}

static int find_layer(struct pkw__expr *x, uint32_t at, const char *name,
    struct pkw__path *out)
{
	struct pkw__named n;
	const char *near = NULL;

	if (pkw__name_layer(name, &n) == 0) {
		out->proto = n.proto;
		out->variant = n.variant;
		return 0;
	}
	near = pkw_proto_nearest(name);
	if (near)
		return pkw__expr_fail(x, at, -PKW_ENOPROTO,
		    "no layer `%.40s'; did you mean %s?", name, near);
	return pkw__expr_fail(
	    x, at, -PKW_ENOPROTO, "no layer `%.40s'", name);
}

int pkw__path_layer_parse(
    struct pkw__expr *x, size_t at, size_t n, struct pkw__path *out)
{
	const char *name = pkw__arena_dup(&x->arena, x->text + at, n);

	memset(out, 0, sizeof *out);
	out->at = (uint32_t)at;
	out->field = -PKW_ENOFIELD;
	if (!name)
		return pkw_fail(x->d, -PKW_ENOMEM, "out of memory");
	return find_layer(x, out->at, name, out);
}

int pkw__path_parse(struct pkw__expr *x, size_t *at, struct pkw__path *out)
{
	const char *name;
	uint32_t nth = 1;
	size_t i = *at;
	int r;

	memset(out, 0, sizeof *out);
	out->at = (uint32_t)i;
	r = read_name(x, &i, &name);
	if (r == 0)
		r = find_layer(x, out->at, name, out);
	if (r == 0 && peek(x, i) == ':') {
		i++;
		r = read_number(x, &i, &nth);
		if (r == 0 && nth == 0)
			r = pkw__expr_fail(x, (uint32_t)i - 1, -PKW_ESYNTAX,
			    "layers of a kind are counted from 1");
	}
	out->nth = nth - 1;
	while (r == 0 && peek(x, i) == '.') {
		struct pkw__step *s = &out->step[out->nsteps];

		if (out->nsteps == PKW__PATH_STEPS)
			return pkw__expr_fail(x, (uint32_t)i, -PKW_ELIMIT,
			    "more than %d steps", PKW__PATH_STEPS);
		i++;
		s->index = -1;
		r = read_name(x, &i, &s->name);
		if (r == 0 && peek(x, i) == '[')
			r = read_index(x, &i, s);
		out->nsteps++;
	}
	if (r == 0)
		r = check_path(x, out);
	if (r < 0)
		return r;
	out->field = out->nsteps == 1 && out->step[0].index < 0 &&
		!out->step[0].label
	    ? pkw_field_find(&out->proto->rec, out->step[0].name)
	    : -PKW_ENOFIELD;
	*at = i;
	return 0;
}

static int is_variant(const struct pkw__path *path, const struct pkw_pkt *p,
    int layer)
{
	int root = path->variant ? pkw_root(p, layer) : -1;

	for (int c = root < 0 ? -1 : pkw_node_first(p, root); c >= 0;
	     c = pkw_node_next(p, c))
		if (pkw_node(p, c)->rec == path->variant)
			return 1;
	return !path->variant;
}

int pkw__path_layer(const struct pkw__path *path, const struct pkw_pkt *p)
{
	unsigned left = path->nth;

	for (unsigned i = 0;; i++) {
		int layer = pkw_layer_find(p, path->proto, i);
		if (layer < 0)
			return -PKW_EABSENT;
		if (is_variant(path, p, layer) && left-- == 0)
			return layer;
	}
}

/* Is the element called so, by its record or by the label of its kind? */
static int has_label(const struct pkw_pkt *p, int e, const char *label)
{
	const struct pkw_record *rec = pkw_node(p, e)->rec;
	uint64_t kind;

	if (!rec)
		return 0;
	if (rec->name && strcmp(rec->name, label) == 0)
		return 1;
	unsigned key = pkw__key_field(rec);
	if (!rec->nfields || pkw_field_u(p, e, key, &kind) < 0)
		return 0;
	const char *name = pkw__label(&rec->fields[key], 0, kind);
	return name && strcmp(name, label) == 0;
}

static int find_element(const struct pkw_pkt *p, int list,
    const struct pkw__step *s, int *count)
{
	*count = 0;
	for (int e = pkw_node_first(p, list); e >= 0; e = pkw_node_next(p, e)) {
		if (pkw_node(p, e)->flags & PKW_NODE_PAD)
			continue;
		if (s->label ? has_label(p, e, s->label) : *count == s->index)
			return e;
		++*count;
	}
	return -PKW_EABSENT;
}

static int no_element(const struct pkw__path *path, const struct pkw__expr *x,
    const struct pkw__step *s, int count)
{
	if (s->label)
		return pkw__expr_fail(x, path->at, -PKW_EABSENT,
		    "%s.%s: there is no `%.40s'", path->proto->rec.name,
		    s->name, s->label);
	return pkw__expr_fail(x, path->at, -PKW_EABSENT,
	    "%s.%s has %d elements, there is no [%d]", path->proto->rec.name,
	    s->name, count, (int)s->index);
}

/* One step: from a record to a field, and to an element or what is inside. */
static int walk(const struct pkw__path *path, const struct pkw__expr *x,
    const struct pkw_pkt *p, unsigned i, int *node, unsigned *field)
{
	const struct pkw__step *s = &path->step[i];
	int last = i + 1 == path->nsteps, count;
	int in = *node;
	unsigned k = 0;

	if (!pkw_node(p, in)->rec ||
	    pkw__name_field(p, in, s->name, 1, &in, &k) < 0 ||
	    !(pkw_node(p, in)->has >> k & 1))
		return pkw__expr_fail(x, path->at, -PKW_EABSENT,
		    "%s.%s is absent here", path->proto->rec.name, s->name);
	if (s->index < 0 && !s->label && last) {
		*node = in;
		*field = k;
		return 0;
	}
	int c = pkw_node_child(p, in, k);
	if (c < 0)
		return pkw__expr_fail(x, path->at, -PKW_ETYPE,
		    "%s.%s holds no records", path->proto->rec.name, s->name);
	if (s->index >= 0 || s->label) {
		int e = find_element(p, c, s, &count);
		if (e < 0)
			return no_element(path, x, s, count);
		c = e;
	}
	*node = c;
	*field = PKW_NO_FIELD;
	return 0;
}

int pkw__path_find(const struct pkw__path *path, const struct pkw__expr *x,
    const struct pkw_pkt *p, int *node, unsigned *field)
{
	int layer = pkw__path_layer(path, p), r = 0;
	unsigned k = PKW_NO_FIELD;

	if (layer < 0)
		return pkw__expr_fail(x, path->at, -PKW_EABSENT,
		    path->nth ? "there is no layer %s:%u" : "there is no layer %s",
		    path->proto->rec.name, path->nth + 1);
	int at = pkw_root(p, layer);
	if (at < 0)
		return pkw__expr_fail(
		    x, path->at, at, "%s", pkw_strerror(at));
	for (unsigned i = 0; i < path->nsteps && r == 0; i++)
		r = walk(path, x, p, i, &at, &k);
	if (r < 0)
		return r;
	*node = at;
	*field = k;
	return 0;
}

int pkw_path(const struct pkw_pkt *p, const char *text, int *node,
    unsigned *field, struct pkw_diag *d)
{
	struct pkw__expr x = { .text = text, .len = strlen(text), .d = d };
	struct pkw__path path;
	size_t at = 0;
	int r = pkw__path_parse(&x, &at, &path);

	if (r == 0 && at < x.len)
		r = pkw__expr_fail(&x, (uint32_t)at, -PKW_ESYNTAX,
		    "`%.20s' does not belong to a path", text + at);
	if (r == 0)
		r = pkw__path_find(&path, &x, p, node, field);
	pkw__arena_free(&x.arena);
	return r;
}
