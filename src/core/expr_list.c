/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists from text.  An element is written as its table's style wants it: as a
 * layer (options=[IPOption_RR()]), a chain of them (an=DNSRR()/DNSRR()), a tuple
 * of name and values (("MSS", 1460)), or a bare value ("10.0.0.1").
 *
 * A tuple's name is a variant's, a label of the field that tells the kind, or
 * the kind's number; its values go, in order, to those fields of the element
 * that have values of their own, lengths and counts left out.  A number with
 * b"..." means just these bytes behind kind and length, whatever that kind
 * usually holds: this is how what does not decode is written.
 *
 * Anything else in a list of layers (Raw, a layer of another protocol, plain
 * bytes) makes the whole list bytes, which are then read as the list.
 */
#include "core/expr_build.h"

#include "core/near.h"

#include <string.h>

unsigned pkw__key_field(const struct pkw_record *rec)
{
	for (unsigned k = 0; k < rec->nfields; k++)
		if (rec->fields[k].type == PKW_VARIANT)
			return rec->fields[k].key;
	return 0;
}

unsigned pkw__variant_field(const struct pkw_record *rec)
{
	for (unsigned k = 0; k < rec->nfields; k++)
		if (rec->fields[k].type == PKW_VARIANT)
			return k;
	return PKW_NO_FIELD;
}

int pkw__takes_value(const struct pkw_pkt *p, int node, unsigned k, int key)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[k];

	return (int)k != key && n->has >> k & 1 && f->type != PKW_ALIGN &&
	    f->type != PKW_SWITCH &&
	    (f->rel.kind == PKW_PLAIN || f->rel.kind == PKW_NEXT);
}

unsigned pkw__sole_field(const struct pkw_pkt *p, int node)
{
	unsigned found = PKW_NO_FIELD;

	for (unsigned k = 0; k < pkw_node(p, node)->rec->nfields; k++)
		if (pkw__takes_value(p, node, k, -1)) {
			if (found != PKW_NO_FIELD)
				return PKW_NO_FIELD;
			found = k;
		}
	return found;
}

static unsigned values_taken(const struct pkw_pkt *p, int node, int key)
{
	unsigned n = 0;

	for (unsigned k = 0; k < pkw_node(p, node)->rec->nfields; k++)
		n += pkw__takes_value(p, node, k, key) != 0;
	return n;
}

/* One more element: at the end, or where somebody asked for. */
static int add(struct pkw__build *b, int node, unsigned field,
    const struct pkw_record *variant)
{
	int at = b->place - 1;

	b->place = 0;
	return pkw_list_add(b->p, node, field, at, variant);
}

/* Text of a run of values, one behind the other, into a field of bytes. */
static int set_joined(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw__value all = { .bytes = PKW_STR_INIT }, one = all;
	int r = 0;

	for (; v && r == 0; v = v->next) {
		if (v->kind == PKW__AST_NONE)
			continue;
		r = pkw__value_parse(b, node, field, v, &one);
		pkw_str_addn(&all.bytes, one.bytes.s, one.bytes.len);
	}
	if (r == 0)
		r = pkw__value_store(b->p, node, field, &all);
	pkw_str_free(&one.bytes);
	pkw_str_free(&all.bytes);
	return r;
}

static int build_list(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *first, int several);

int pkw__set_values(struct pkw__build *b, int node, int key,
    const struct pkw__ast *v)
{
	unsigned left = values_taken(b->p, node, key);
	int r = 0;

	for (unsigned k = 0; k < pkw_node(b->p, node)->rec->nfields; k++) {
		const struct pkw_field *f = pkw__field_of(b->p, node, k);

		if (!v || r < 0)
			return r;
		if (!pkw__takes_value(b->p, node, k, key))
			continue;
		left--;
		if (left == 0 && f->type == PKW_LIST)
			return v->next || v->kind != PKW__AST_LIST
			    ? build_list(b, node, k, v, 1)
			    : pkw__build_field(b, node, k, v);
		if (left == 0 && v->next && f->bits == 0 &&
		    (f->type == PKW_BYTES || f->type == PKW_TEXT))
			return set_joined(b, node, k, v);
		if (f->type == PKW_BYTES && (v->kind == PKW__AST_LIST ||
		    v->kind == PKW__AST_TUPLE)) {
			struct pkw__value val = { .bytes = PKW_STR_INIT };
			r = pkw__value_parse(b, node, k, v, &val);
			if (r == 0)
				r = pkw__value_store(b->p, node, k, &val);
			pkw_str_free(&val.bytes);
		} else {
			r = pkw__build_field(b, node, k, v);
		}
		v = v->next;
	}
	if (v && r == 0)
		r = pkw__expr_fail(b->x, v->at, -PKW_ETYPE,
		    "%s takes no more values", pkw__name_of(b->p, node));
	return r;
}

/* An element of which only its kind and its bytes are given. */
static int add_plain(struct pkw__build *b, int node, unsigned field,
    uint64_t kind, const struct pkw__ast *values, uint32_t at)
{
	int e = add(b, node, field, NULL);

	if (e < 0)
		return pkw__engine_error(b, at, e);
	unsigned key = pkw__key_field(pkw_node(b->p, e)->rec);
	int r = pkw_field_set_u(b->p, e, key, kind);
	if (r < 0)
		return pkw__expr_fail(b->x, at, r, "%s.%s: %s",
		    pkw__name_of(b->p, e), pkw__field_of(b->p, e, key)->name,
		    pkw_strerror(r));
	if (!values)
		return 0;
	unsigned vf = pkw__variant_field(pkw_node(b->p, e)->rec);
	if (vf != PKW_NO_FIELD && pkw__ast_is_quoted(values) && !values->next) {
		r = pkw_field_set_bytes(
		    b->p, e, vf, values->s, values->n);
		return r < 0 ? pkw__engine_error(b, values->at, r) : 0;
	}
	return pkw__set_values(b, e, (int)key, values);
}

/* The variant made for this very kind: what fits all others has no name. */
static const struct pkw_record *own_variant(
    const struct pkw_record *const *variants, uint64_t kind)
{
	const struct pkw_record *v = pkw__variant(variants, kind);

	return v && v->key == kind ? v : NULL;
}

/* What the first item of a tuple names. */
static int tuple_kind(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *head, uint64_t *kind,
    const struct pkw_record **variant)
{
	const struct pkw_field *f = pkw__field_of(b->p, node, field);
	const struct pkw_list *l = f->list;
	const struct pkw_record *any = l->rec ? l->rec : l->variants[0];
	const struct pkw_field *kf = &any->fields[pkw__key_field(any)];
	unsigned vf = pkw__variant_field(any);
	const struct pkw_record *const *variants =
	    l->variants ? l->variants
	    : vf != PKW_NO_FIELD ? any->fields[vf].variants : NULL;
	struct pkw__near w = { head->s, NULL, 0 };
	const char *near = NULL;

	*variant = NULL;
	if (head->kind == PKW__AST_NUM && !head->neg) {
		*kind = head->u;
		*variant = own_variant(variants, *kind);
		return 0;
	}
	for (size_t i = 0; variants && variants[i]; i++) {
		const struct pkw_record *v = variants[i];
		if (strcmp(v->name, head->s) == 0) {
			*kind = v->key;
			*variant = v;
			return 0;
		}
		if (!v->nameless)
			pkw__near_try(&w, v->name);
	}
	if (pkw__label_value(kf, 0, head->s, kind, &near) == 0) {
		*variant = own_variant(variants, *kind);
		return 0;
	}
	if (!near)
		near = w.best;
	return pkw__expr_fail(b->x, head->at, -PKW_ENOENT,
	    "%s.%s: no option `%.40s'%s%s%s", pkw__name_of(b->p, node),
	    f->name, head->s, near ? "; did you mean " : "",
	    near ? near : "; give its number", near ? "?" : "");
}

/* Is a quoted value of a named option its bytes, not a field's text? */
static int is_whole_value(const struct pkw_record *v, unsigned key)
{
	unsigned n = 0, text = 0;

	for (unsigned k = 0; k < v->nfields; k++) {
		const struct pkw_field *f = &v->fields[k];
		if (k == key || f->rel.kind == PKW_LEN)
			continue;
		n++;
		text += f->type != PKW_LIST && f->type != PKW_SUB &&
		    f->type != PKW_UINT;
	}
	return n != 1 || text != 1;
}

/* ("MSS", 1460), "end", (30, b"..."): options of TCP and DHCP. */
static int add_tuple(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	const struct pkw_list *l = pkw__field_of(b->p, node, field)->list;
	const struct pkw__ast *head = v, *values = NULL;
	const struct pkw_record *variant;
	uint64_t kind;

	if (v->kind == PKW__AST_TUPLE || v->kind == PKW__AST_LIST) {
		head = v->first;
		values = head ? head->next : NULL;
	}
	if (!head || !pkw__ast_is_text(head))
		return pkw__expr_fail(b->x, v->at, -PKW_ETYPE,
		    "an option is (name, value) or a name");
	if (values && !values->next && values->kind == PKW__AST_TUPLE)
		values = values->first;
	if (values && !values->next && values->kind == PKW__AST_NONE)
		values = NULL;
	int r = tuple_kind(b, node, field, head, &kind, &variant);
	if (r < 0)
		return r;
	int inside = variant && !l->variants; /* of the element's own field */
	int bytes = values && !values->next &&
	    (values->kind == PKW__AST_BYTES ||
		(values->kind == PKW__AST_TEXT && variant &&
		    variant->nameless));
	if (!variant || (bytes && l->rec && (head->kind == PKW__AST_NUM ||
	    is_whole_value(variant, inside ? PKW_NO_FIELD : 0))))
		return add_plain(b, node, field, kind, values, v->at);
	int e = add(b, node, field, variant);
	if (e < 0)
		return pkw__engine_error(b, v->at, e);
	if (!inside)
		return pkw__set_values(b, e, (int)pkw__key_field(variant), values);
	int c = pkw_node_child(
	    b->p, e, pkw__variant_field(pkw_node(b->p, e)->rec));
	return c >= 0 ? pkw__set_values(b, c, -1, values) : 0;
}

/* One element by name; -PKW_ENOPROTO if the list has none of that name. */
static int add_named(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw__named n;
	int keep = -1;

	if (pkw__name_element(pkw__field_of(b->p, node, field)->list, v->s, &n) < 0)
		return -PKW_ENOPROTO;
	int e = add(b, node, field, n.variant ? n.variant : n.element);
	if (e < 0)
		return pkw__engine_error(b, v->at, e);
	if (n.variant)
		keep = n.element->fields[n.field].key;
	return pkw__set_args(b, e, v, keep);
}

/* How many bytes an element of length and bytes can hold; 0: it is no such. */
static size_t room_of(const struct pkw_list *l)
{
	const struct pkw_record *rec = l->rec;

	if (!rec || rec->nfields != 2 || rec->fields[0].rel.kind != PKW_LEN ||
	    rec->fields[0].bits > 8 || rec->fields[1].bits)
		return 0;
	return ((size_t)1 << rec->fields[0].bits) - 1;
}

/* Text too long for one element goes on in the next: TXT records. */
static int add_pieces(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v, size_t room)
{
	int r = 0;

	for (size_t at = 0; at < v->n && r >= 0; at += room) {
		size_t n = v->n - at < room ? v->n - at : room;
		int e = add(b, node, field, NULL);
		r = e < 0 ? e : pkw_field_set_bytes(b->p, e, 1, v->s + at, n);
	}
	return r < 0 ? pkw__engine_error(b, v->at, r) : 0;
}

/* A value of a list of values: into the one field that takes it. */
static int add_value(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	size_t room = room_of(pkw__field_of(b->p, node, field)->list);

	if (room && pkw__ast_is_text(v) && v->n > room)
		return add_pieces(b, node, field, v, room);
	int e = add(b, node, field, NULL);
	if (e < 0)
		return pkw__engine_error(b, v->at, e);
	if (v->kind == PKW__AST_TUPLE)
		return pkw__set_values(b, e, -1, v->first);
	for (unsigned k = 0; k < pkw_node(b->p, e)->rec->nfields; k++)
		if (pkw__takes_value(b->p, e, k, -1))
			return pkw__build_field(b, e, k, v);
	return pkw__expr_fail(b->x, v->at, -PKW_ETYPE,
	    "%s takes no value", pkw__name_of(b->p, e));
}

/* Can an item be an element as it stands, or only as bytes? */
static int is_element(const struct pkw_list *l, const struct pkw__ast *v)
{
	struct pkw__named n;

	if (v->kind == PKW__AST_CHAIN) {
		for (const struct pkw__ast *i = v->first; i; i = i->next)
			if (!is_element(l, i))
				return 0;
		return 1;
	}
	if (!pkw__ast_is_name(v) || pkw__name_element(l, v->s, &n) < 0)
		return 0;
	for (const struct pkw__ast *a = v->first; a; a = a->next)
		if (!a->key)
			return 0;
	return 1;
}

static int add_item(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	int r = 0;

	switch (pkw__field_of(b->p, node, field)->list->style) {
	case PKW_LIST_TUPLES:
	case PKW_LIST_WORDS:
		return add_tuple(b, node, field, v);
	case PKW_LIST_VALUES:
		if (v->kind != PKW__AST_CALL)
			return add_value(b, node, field, v);
		break;
	}
	if (v->kind != PKW__AST_CHAIN)
		return add_named(b, node, field, v);
	for (const struct pkw__ast *i = v->first; i && r == 0; i = i->next)
		r = add_named(b, node, field, i);
	return r;
}

/* Elements that are no elements of this list: all of it as bytes. */
static int list_of_bytes(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v, int several)
{
	struct pkw_str s = PKW_STR_INIT;
	int r = 0;

	for (; v && r == 0; v = several ? v->next : NULL) {
		if (pkw__ast_is_quoted(v))
			pkw_str_addn(&s, v->s, v->n);
		else
			r = pkw__build_bytes(b, v, &s);
	}
	if (r == 0)
		r = pkw_field_set_bytes(
		    b->p, node, field, s.s ? s.s : "", s.len);
	pkw_str_free(&s);
	return r;
}

/* Can all items be elements?  several: `first' begins a run of items. */
static int are_elements(
    const struct pkw_list *l, const struct pkw__ast *first, int several)
{
	int by_value = l->style == PKW_LIST_TUPLES ||
	    l->style == PKW_LIST_WORDS || l->style == PKW_LIST_VALUES;

	for (const struct pkw__ast *v = first; v; v = several ? v->next : NULL)
		if (!(by_value && v->kind != PKW__AST_CALL) &&
		    !is_element(l, v))
			return 0;
	return 1;
}

static int add_items(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *first, int several)
{
	int r = 0;

	for (const struct pkw__ast *v = first; v && r == 0;
	     v = several ? v->next : NULL)
		r = add_item(b, node, field, v);
	return r;
}

static int build_list(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *first, int several)
{
	int r = pkw_field_set_bytes(b->p, node, field, "", 0);

	if (r < 0)
		return pkw__engine_error(b, first ? first->at : 0, r);
	return are_elements(pkw__field_of(b->p, node, field)->list, first,
		   several)
	    ? add_items(b, node, field, first, several)
	    : list_of_bytes(b, node, field, first, several);
}

/* The place before the element that ends a list, negative: at its end. */
static int before_end(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_when *until =
	    &pkw__field_of(p, node, field)->list->until;
	int list = pkw_node_child(p, node, field), last = -1, n = -1;
	uint64_t v;

	for (int e = list < 0 ? -1 : pkw_node_first(p, list); e >= 0;
	     e = pkw_node_next(p, e))
		if (pkw_node(p, e)->rec) {
			last = e;
			n++;
		}
	if (!until->op || last < 0 ||
	    pkw_field_u(p, last, until->field, &v) < 0)
		return -1;
	return pkw__when(p, 0, until, v) ? n : -1;
}

/* Before the element at `at'; negative: last. */
static int insert_items(struct pkw__build *b, int node, unsigned field, int at,
    const struct pkw__ast *v)
{
	const struct pkw_field *f = pkw__field_of(b->p, node, field);
	int several = v->kind == PKW__AST_LIST;
	const struct pkw__ast *first = several ? v->first : v;

	if (!are_elements(f->list, first, several))
		return pkw__expr_fail(b->x, v->at, -PKW_ETYPE,
		    "%s.%s: that is no element of the list",
		    pkw__name_of(b->p, node), f->name);
	int r = 0;
	for (; first && r == 0; first = several ? first->next : NULL) {
		b->place = at < 0 ? 0 : ++at;
		r = add_item(b, node, field, first);
	}
	b->place = 0;
	return r;
}

int pkw__list_append(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	return insert_items(b, node, field, before_end(b->p, node, field), v);
}

/* How many there are from node c on. */
static int count_from(const struct pkw_pkt *p, int c)
{
	int n = 0;

	for (; c >= 0; c = pkw_node_next(p, c))
		n++;
	return n;
}

int pkw__list_replace(
    struct pkw__build *b, int element, const struct pkw__ast *v)
{
	struct pkw_pkt *p = b->p;
	int list = pkw_node_parent(p, element);
	int node = list < 0 ? -1 : pkw_node_parent(p, list);

	if (node < 0 || pkw_node(p, list)->kind != PKW_NODE_LIST)
		return pkw__expr_fail(b->x, v->at, -PKW_ETYPE,
		    "a record takes no value; name a field of it");
	unsigned field = pkw_node(p, list)->field;
	int left = count_from(p, element);
	int at = count_from(p, pkw_node_first(p, list)) - left;
	int r = insert_items(b, node, field, at, v);
	if (r < 0)
		return r;
	/* as far from the end as it was before */
	element = pkw_node_first(p, pkw_node_child(p, node, field));
	for (int skip = count_from(p, element) - left; skip > 0; skip--)
		element = pkw_node_next(p, element);
	r = pkw_node_del(p, element);
	return r < 0 ? pkw__engine_error(b, v->at, r) : 0;
}

int pkw__set_list(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	unsigned style = pkw__field_of(b->p, node, field)->list->style;

	if (v->kind == PKW__AST_NONE)
		return build_list(b, node, field, NULL, 1);
	if (v->kind == PKW__AST_LIST)
		return build_list(b, node, field, v->first, 1);
	if (pkw__ast_is_quoted(v) && style != PKW_LIST_VALUES &&
	    style != PKW_LIST_WORDS) {
		int r = pkw_field_set_bytes(b->p, node, field, v->s, v->n);
		return r < 0 ? pkw__engine_error(b, v->at, r) : 0;
	}
	return build_list(b, node, field, v, 0);
}
