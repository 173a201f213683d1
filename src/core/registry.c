/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is known under which name and number.
 *
 * Names are kept in an open hash; a second look without regard to case serves
 * typists.  A number space ("ethertype", "udp.port") maps values to protocols
 * through 256 pages of 256 entries, of which all empty ones are the same page:
 * one lookup is two loads for any value below 65536, and the rest (PPP and BSD
 * families never come there) is a short list.
 *
 * Everything is set up once, on the first use of the library, by
 * pkw__init().  Tables live as long as the program.  Those of the built-in
 * protocols come out of static memory, so that the start cannot fail; what users
 * add, from one chain of blocks that is reachable from here and is never freed.
 */
#include "base/compiler.h"
#include "core/core.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

extern const struct pkw_proto *const *const pkw__builtin[];

enum { NAMES = 4096, FIRST = 768 << 10, BLOCK = 1 << 16 };

struct pkw__big {
	uint64_t value;
	const struct pkw_proto *proto;
};

struct block {
	struct block *next;
	_Alignas(16) uint8_t bytes[];
};

static _Alignas(16) uint8_t first[FIRST];
static uint8_t *spare = first;
static size_t nspare = sizeof first;
static struct block *blocks;
static const struct pkw_proto *names[NAMES];
static const struct pkw_proto *all[NAMES / 2];
static size_t nall;
struct pkw__space pkw__spaces[PKW__SPACES];
static size_t nspaces;
static const struct pkw__entry empty_page[256];
static atomic_int ready;
const struct pkw_proto *pkw__raw, *pkw__padding;

void *pkw__table_alloc(size_t n)
{
	n = (n + 15) & ~(size_t)15;
	if (nspare < n) {
		size_t size = n > BLOCK ? n : BLOCK;
		struct block *b = calloc(1, sizeof *b + size);
		if (!b)
			return NULL;
		b->next = blocks;
		blocks = b;
		spare = b->bytes;
		nspare = size;
	}
	void *r = spare;
	spare += n;
	nspare -= n;
	return r;
}

static uint32_t name_hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static const struct pkw_proto **name_place(const char *name)
{
	uint32_t h = name_hash(name);

	for (;; h++) {
		const struct pkw_proto **e = &names[h % NAMES];
		if (!*e || strcmp((*e)->rec.name, name) == 0)
			return e;
	}
}

struct pkw__space *pkw__space_get(const char *name)
{
	for (size_t i = 0; i < nspaces; i++)
		if (strcmp(pkw__spaces[i].name, name) == 0)
			return &pkw__spaces[i];
	if (nspaces == PKW__SPACES)
		return NULL;
	struct pkw__space *s = &pkw__spaces[nspaces];
	for (unsigned i = 0; i < 256; i++)
		s->page[i] = empty_page;
	s->name = name;
	nspaces++;
	return s;
}

static int space_put(
    struct pkw__space *s, uint32_t value, const struct pkw_proto *proto)
{
	unsigned h = pkw__space_hash(value);

	s->filter[h / 64] |= UINT64_C(1) << h % 64;
	if (value > 0xffff) {
		/* full whenever it is a power of two */
		if ((s->nbig & (s->nbig - 1)) == 0) {
			struct pkw__big *b = pkw__table_alloc(
			    (s->nbig ? 2 * s->nbig : 1) * sizeof *b);
			if (!b)
				return -PKW_ENOMEM;
			if (s->nbig)
				memcpy(b, s->big, s->nbig * sizeof *b);
			s->big = b;
		}
		s->big[s->nbig++] = (struct pkw__big){ value, proto };
		return 0;
	}
	struct pkw__entry *page =
	    (struct pkw__entry *)(uintptr_t)s->page[value >> 8];
	if (page == empty_page) {
		page = pkw__table_alloc(256 * sizeof *page);
		if (!page)
			return -PKW_ENOMEM;
		s->page[value >> 8] = page;
	}
	page[value & 255] =
	    (struct pkw__entry){ proto, proto->rec.shape->step };
	return 0;
}

static void space_clear(struct pkw__space *s, uint32_t value)
{
	if (value > 0xffff) {
		for (uint32_t i = 0; i < s->nbig; i++)
			if (s->big[i].value == value)
				s->big[i].proto = NULL;
		return;
	}
	struct pkw__entry *page =
	    (struct pkw__entry *)(uintptr_t)s->page[value >> 8];
	page[value & 255] = (struct pkw__entry){ NULL, NULL };
}

const struct pkw_proto *pkw__space_big(
    const struct pkw__space *s, uint64_t value)
{
	for (uint32_t i = s->nbig; i-- > 0;)
		if (s->big[i].value == value)
			return s->big[i].proto;
	return NULL;
}

/* The row by which `proto' is reached from a space, perhaps through peeking. */
static const struct pkw__bound *row_of(
    const struct pkw__space *s, const struct pkw_proto *proto, int depth)
{
	const struct pkw__shape *sh = proto->rec.shape;

	for (uint32_t i = 0; i < sh->nbinds; i++)
		if (sh->binds[i].space == s && sh->binds[i].only != 'd')
			return &sh->binds[i];
	for (uint32_t i = 0; i < sh->nbinds && depth < 4; i++) {
		const struct pkw_proto *picker = sh->binds[i].space->picker;
		const struct pkw__bound *r = picker && picker != proto
		    ? row_of(s, picker, depth + 1)
		    : NULL;
		if (r)
			return r;
	}
	return NULL;
}

const struct pkw__bound *pkw__bound_row(
    const struct pkw__space *s, const struct pkw_proto *proto)
{
	return row_of(s, proto, 0);
}

/* A row gives its value to the first selector, or says what each gets. */
static struct pkw__bound bound_of(
    struct pkw__space *s, const struct pkw_bind *r)
{
	struct pkw__bound b = { .space = s, .value = r->value,
		.only = (uint8_t)r->only };

	if (!r->build[0] && !r->build[1]) {
		b.give[0] = r->value;
		b.gives[0] = 1;
	}
	for (unsigned i = 0; i < 2; i++)
		if (r->build[i]) {
			b.give[i] = r->build[i];
			b.gives[i] = 1;
		}
	return b;
}

static int add_rows(const struct pkw_proto *proto, const struct pkw_bind *rows,
    size_t n, struct pkw_diag *d)
{
	struct pkw__shape *sh = proto->rec.shape;
	struct pkw__bound *b = pkw__table_alloc((sh->nbinds + n) * sizeof *b);

	if (!b)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const struct pkw_bind *r = &rows[i];
		struct pkw__space *s = pkw__space_get(r->space);
		if (!s)
			return pkw_fail(d, -PKW_ELIMIT,
			    "%s: too many number spaces", proto->rec.name);
		b[i] = bound_of(s, r);
		if (r->only != 'b' && space_put(s, r->value, proto) < 0)
			return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	}
	if (sh->nbinds)
		memcpy(b + n, sh->binds, sh->nbinds * sizeof *b);
	sh->binds = b;
	sh->nbinds += (uint32_t)n;
	return 0;
}

static int list_one(const struct pkw_proto *proto)
{
	if (nall >= NAMES / 2)
		return -PKW_ELIMIT;
	const struct pkw_proto **e = name_place(proto->rec.name);
	if (!*e)
		all[nall++] = proto;
	else
		for (size_t i = 0; i < nall; i++)
			if (all[i] == *e)
				all[i] = proto;
	*e = proto;
	return 0;
}

static int make_element(const struct pkw_record *rec, struct pkw_diag *d);

/* Compiles what a record's fields refer to, and lets elements be layers. */
static int make_inner(const struct pkw_record *rec, struct pkw_diag *d)
{
	int r = 0;

	for (size_t k = 0; k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_record *const *v = f->variants;
		for (; v && *v && r == 0; v++)
			if (!((*v)->shape->flags & PKW__DONE)) {
				r = pkw__shape_make(*v, NULL, d);
				if (r == 0)
					r = make_inner(*v, d);
			}
		if (!f->list)
			continue;
		if (f->list->rec)
			r = make_element(f->list->rec, d);
		for (v = f->list->variants; v && *v && r == 0; v++)
			r = make_element(*v, d);
	}
	return r;
}

/* May an element have this name?  Later ones replace elements, not layers. */
static int is_free(const char *name)
{
	const struct pkw_proto *q = *name_place(name);

	return !q || (q->flags & PKW_ELEMENT &&
	    atomic_load_explicit(&ready, memory_order_relaxed));
}

static int make_element(const struct pkw_record *rec, struct pkw_diag *d)
{
	if (rec->shape->flags & PKW__DONE)
		return 0;
	struct pkw_proto *q = pkw__table_alloc(sizeof *q);
	if (!q)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	q->rec = *rec;
	q->title = "element of a list";
	q->flags = PKW_ELEMENT;
	int r = pkw__shape_make(rec, q, d);
	if (r == 0)
		r = make_inner(rec, d);
	if (r == 0 && rec->name && rec->name[0] >= 'A' &&
	    rec->name[0] <= 'Z' && is_free(rec->name))
		r = list_one(q);
	return r;
}

static void link_below(const struct pkw_proto *proto)
{
	struct pkw__shape *sh = proto->rec.shape;
	struct pkw__below *b =
	    pkw__table_alloc((proto->nbelow + 1) * sizeof *b);

	sh->nbelow = 0;
	sh->below = b;
	for (size_t i = 0; b && i < proto->nbelow; i++) {
		const struct pkw_below *row = &proto->below[i];
		const struct pkw_proto *q = *name_place(row->proto);
		int k = q ? pkw_field_find(&q->rec, row->field) : -1;
		if (k >= 0)
			b[sh->nbelow++] =
			    (struct pkw__below){ q, row, (unsigned)k };
	}
}

static void link_up(const struct pkw_proto *proto)
{
	struct pkw__shape *sh = proto->rec.shape;

	sh->next = proto->next ? *name_place(proto->next) : NULL;
	if (proto->rest)
		proto->rest->rec.shape->is_rest = 1;
	link_below(proto);
	if (!proto->above && !proto->guess)
		sh->otherwise = sh->next ? sh->next : pkw__raw;
	for (size_t k = 0; k < proto->rec.nfields; k++) {
		const char *space = proto->rec.fields[k].rel.pseudo;
		if (space)
			sh->pseudo = pkw__pseudo_number(proto, space);
	}
}

int32_t pkw__pseudo_number(const struct pkw_proto *proto, const char *space)
{
	const struct pkw__space *s = pkw__space_get(space);
	const struct pkw__bound *b = s ? pkw__bound_row(s, proto) : NULL;

	return b ? (int32_t)b->value : -1;
}

/* Built-in protocols come in the order of the generated steps. */
static void use_fast_step(const struct pkw_proto *proto)
{
	static const struct pkw__fast *next = pkw__fast;

	if (next->name && strcmp(next->name, proto->rec.name) == 0)
		proto->rec.shape->step = next++->step;
}

static int add(const struct pkw_proto *proto, struct pkw_diag *d)
{
	int r = pkw__shape_make(&proto->rec, proto, d);

	if (r == 0)
		use_fast_step(proto);

	if (r == 0 && proto->trailer)
		r = pkw__shape_make(proto->trailer, NULL, d);
	if (r == 0)
		r = list_one(proto);
	if (r < 0)
		return r;
	if (proto->trailer)
		proto->rec.shape->trailer =
		    (uint8_t)proto->trailer->shape->minlen;
	if (proto->pick) {
		struct pkw__space *s = pkw__space_get(proto->pick->space);
		if (!s)
			return pkw_fail(d, -PKW_ELIMIT,
			    "%s: too many number spaces", proto->rec.name);
		s->picker = proto;
		proto->rec.shape->pick = s;
	}
	return proto->nbinds ? add_rows(proto, proto->binds, proto->nbinds, d)
			     : 0;
}

static const struct pkw__space *link_space;

static void init_once(void)
{
	/* a fault in a built-in table is a bug that pkw_check() reports */
	for (size_t i = 0; pkw__builtin[i]; i++)
		for (size_t k = 0; pkw__builtin[i][k]; k++)
			add(pkw__builtin[i][k], NULL);
	/* elements after all real layers, so that these have the names */
	size_t n = nall;
	for (size_t i = 0; i < n; i++)
		make_inner(&all[i]->rec, NULL);
	link_space = pkw__space_get("linktype");
	pkw__raw = *name_place("Raw");
	pkw__padding = *name_place("Padding");
	pkw__padding->rec.shape->is_rest = 1;
	for (size_t i = 0; i < nall; i++)
		link_up(all[i]);
	atomic_store_explicit(&ready, 1, memory_order_release);
}

void pkw__init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (PKW__UNLIKELY(!atomic_load_explicit(&ready, memory_order_acquire)))
		pthread_once(&once, init_once);
}

int pkw_register(const struct pkw_proto *proto, struct pkw_diag *d)
{
	pkw__init();
	struct pkw_str faults = PKW_STR_INIT;
	int r = 0;
	if (!proto->rec.shape || !proto->rec.name)
		return pkw_fail(d, -PKW_ETABLE, "a protocol table needs a name "
		    "and a shape: use RECORD()");
	if (pkw_check(proto, &faults) > 0)
		r = pkw_fail(d, -PKW_ETABLE, "%.*s",
		    (int)strcspn(faults.s, "\n"), faults.s);
	pkw_str_free(&faults);
	if (r == 0)
		r = add(proto, d);
	if (r == 0)
		r = make_inner(&proto->rec, d);
	if (r == 0)
		link_up(proto);
	return r;
}

static struct pkw__space *space_named(const char *name, struct pkw_diag *d)
{
	pkw__init();
	for (size_t i = 0; i < nspaces; i++)
		if (strcmp(pkw__spaces[i].name, name) == 0)
			return &pkw__spaces[i];
	pkw_fail(d, -PKW_ENOENT, "no protocol looks into a space `%s'", name);
	return NULL;
}

int pkw_bind(const struct pkw_bind *row, const struct pkw_proto *proto,
    struct pkw_diag *d)
{
	return space_named(row->space, d) ? add_rows(proto, row, 1, d)
					  : -PKW_ENOENT;
}

int pkw_unbind(const struct pkw_bind *row, const struct pkw_proto *proto,
    struct pkw_diag *d)
{
	struct pkw__space *s = space_named(row->space, d);
	struct pkw__shape *sh = proto->rec.shape;
	uint32_t left = 0;

	if (!s)
		return -PKW_ENOENT;
	struct pkw__bound *b =
	    pkw__table_alloc((sh->nbinds + 1) * sizeof *b);
	if (!b)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	for (uint32_t i = 0; i < sh->nbinds; i++)
		if (sh->binds[i].space != s || sh->binds[i].value != row->value)
			b[left++] = sh->binds[i];
	if (left == sh->nbinds)
		return pkw_fail(d, -PKW_ENOENT, "%s is not bound to %s %u",
		    proto->rec.name, row->space, row->value);
	sh->binds = b;
	sh->nbinds = left;
	if (pkw__space_find(s, row->value) == proto)
		space_clear(s, row->value);
	return 0;
}

const struct pkw_proto *pkw_proto_find(const char *name)
{
	pkw__init();
	const struct pkw_proto *q = *name_place(name);
	for (size_t i = 0; i < nall && !q; i++)
		if (strcasecmp(all[i]->rec.name, name) == 0)
			q = all[i];
	return q;
}

const struct pkw_proto *pkw_proto_at(size_t n)
{
	pkw__init();
	return n < nall ? all[n] : NULL;
}

const struct pkw_proto *pkw_bound(const char *space, uint32_t value)
{
	pkw__init();
	for (size_t i = 0; i < nspaces; i++)
		if (strcmp(pkw__spaces[i].name, space) == 0)
			return pkw__space_find(&pkw__spaces[i], value);
	return NULL;
}

int64_t pkw_bound_number(const char *space, const struct pkw_proto *proto)
{
	pkw__init();
	return pkw__pseudo_number(proto, space);
}

/* Asked for every packet of a capture, so the space is kept. */
const struct pkw_proto *pkw_link_proto(unsigned linktype)
{
	pkw__init();
	const struct pkw_proto *q =
	    link_space ? pkw__space_find(link_space, linktype) : NULL;

	return q ? q : pkw__raw;
}
