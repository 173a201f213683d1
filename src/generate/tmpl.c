/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates.
 *
 * A template is a packet (base), and a generator for each varied field, sorted
 * by how fast it changes.  The packet that is handed out (work) is kept from
 * step to step: as the digits of an odometer turn, only fields whose digit
 * changed are written anew, and those that are random.
 *
 * If every generator could be compiled to a patch (see patch.c), and the
 * patches were seen to give the same bytes as setting and sealing do, work is
 * only ever patched.  Otherwise each packet is a copy of base in which all
 * varied fields are set, the lower layers first and in the order of their
 * tables (what a field is may depend on those before it), and which is sealed.
 */
#include "generate/gen.h"

#include "core/core.h"
#include "core/expr_path.h"

#include <pkw/text.h>
#include <pkw/tmpl.h>

#include <stdlib.h>
#include <string.h>

enum { PROBES = 5 };

struct pkw_tmpl {
	struct pkw__arena arena;
	struct pkw_pkt *base, *work;
	struct pkw__gen *gens;      /* as they were made, newest first */
	struct pkw__gen **order;    /* compiled: fastest first */
	unsigned ngens, next_id;
	uint64_t count, limit, n, seed;
	uint8_t limited, compiled, fast, slow_only, is_random;
	uint8_t primed;             /* work is packet n - 1 */
	struct pkw__program program; /* fast: what a step patches */
	struct pkw__value v;        /* scratch */
};

static struct pkw_tmpl *make(struct pkw_diag *d)
{
	struct pkw_tmpl *t = calloc(1, sizeof *t);

	if (t) {
		t->base = pkw_pkt_new();
		t->work = pkw_pkt_new();
		t->count = 1;
	}
	if (t && t->base && t->work)
		return t;
	pkw_tmpl_free(t);
	pkw_fail(d, -PKW_ENOMEM, "out of memory");
	return NULL;
}

void pkw_tmpl_free(struct pkw_tmpl *t)
{
	if (!t)
		return;
	pkw_pkt_free(t->base);
	pkw_pkt_free(t->work);
	pkw_str_free(&t->v.bytes);
	free(t->order);
	pkw__program_free(&t->program);
	pkw__arena_free(&t->arena);
	free(t);
}

static struct pkw__gen *new_gen(struct pkw_tmpl *t)
{
	struct pkw__gen *g = pkw__arena_get(&t->arena, sizeof *g);

	if (g)
		g->id = ++t->next_id;
	return g;
}

static void give_ids(struct pkw__gen *g)
{
	for (unsigned i = 0; i < g->nseg; i++)
		if (g->seg[i].inner)
			g->seg[i].inner->id = g->id;
}

/* Puts a generator in place of one with the same target. */
static void add(struct pkw_tmpl *t, struct pkw__gen *g)
{
	struct pkw__gen **at = &t->gens;

	while (*at && pkw__target_cmp(&(*at)->target, &g->target) != 0)
		at = &(*at)->next;
	if (*at)
		*at = (*at)->next;
	give_ids(g);
	g->next = t->gens;
	t->gens = g;
	t->compiled = t->primed = 0;
}

/* While an expression is built: where sets go. */
struct making {
	struct pkw__build b; /* first, so that a cast leads back */
	struct pkw_tmpl *t;
};

static int on_set(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw_tmpl *t = ((struct making *)(void *)b)->t;
	const struct pkw__draw d = { t->seed, 0 };
	struct pkw__gen *g = new_gen(t);
	int r = g ? pkw__target_of(b->p, node, field, &g->target)
		  : -PKW_ENOMEM;

	if (r < 0)
		return pkw__expr_fail(b->x, v->at, r, "%s", pkw_strerror(r));
	r = pkw__gen_parse(b, &t->arena, node, field, v, g);
	if (r < 0)
		return r;
	add(t, g);
	r = pkw__gen_store(b->p, g, 0, &d, &t->v);
	return r < 0 ? pkw__expr_fail(b->x, v->at, r, "%s", pkw_strerror(r))
		     : 0;
}

/* Does the presence of a field depend on one that varies? */
static int may_come(const struct pkw_tmpl *t, const struct pkw__target *target,
    const struct pkw_field *f)
{
	struct pkw__target at = *target;

	for (unsigned i = 0; i < 2; i++) {
		if (!f->when[i].op || f->when[i].op >= PKW_UNDER)
			continue;
		at.field = f->when[i].field;
		for (const struct pkw__gen *g = t->gens; g; g = g->next)
			if (pkw__target_cmp(&g->target, &at) == 0)
				return 1;
	}
	return 0;
}

/* ICMP(type=[8,13], ts_ori=1): set in those packets that have the field. */
static int on_absent(struct pkw__build *b, int node, unsigned field,
    const struct pkw__ast *v)
{
	struct pkw_tmpl *t = ((struct making *)(void *)b)->t;
	struct pkw__gen *g = new_gen(t);

	if (!g || pkw__target_of(b->p, node, field, &g->target) < 0)
		return 0;
	g->f = &pkw_node(b->p, node)->rec->fields[field];
	if (!pkw__is_scalar(g->f) || !may_come(t, &g->target, g->f))
		return 0;
	int r = pkw__gen_parse(b, &t->arena, node, field, v, g);
	if (r < 0)
		return r;
	add(t, g);
	return 1;
}

static int has_gen(
    const struct pkw_tmpl *t, const struct pkw__target *target)
{
	for (const struct pkw__gen *g = t->gens; g; g = g->next)
		if (pkw__target_cmp(&g->target, target) == 0)
			return 1;
	return 0;
}

static int fuzz_field(struct pkw_tmpl *t, int node, unsigned field)
{
	struct pkw__gen *g = new_gen(t);

	if (!g || !pkw__gen_add(&t->arena, g, PKW__SEG_FUZZ, 1))
		return -PKW_ENOMEM;
	g->f = &pkw_node(t->base, node)->rec->fields[field];
	int r = pkw__target_of(t->base, node, field, &g->target);
	if (r == 0 && !has_gen(t, &g->target))
		add(t, g);
	return r == -PKW_ELIMIT ? 0 : r;
}

/* The free fields of a record and of the records in it. */
static int fuzz_record(struct pkw_tmpl *t, int node)
{
	const struct pkw_record *rec = pkw_node(t->base, node)->rec;
	int r = 0;

	for (unsigned k = 0; rec && k < rec->nfields && r == 0; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int c = pkw_node_child(t->base, node, k), filled;

		filled = c >= 0 && f->type == PKW_LIST &&
		    pkw_node_first(t->base, c) >= 0;
		if (!filled && pkw__fuzz_wants(t->base, node, k)) {
			r = fuzz_field(t, node, k);
			continue;
		}
		if (c < 0 || pkw__is_scalar(f))
			continue;
		if (pkw_node(t->base, c)->rec)
			r = fuzz_record(t, c);
		for (int e = filled ? pkw_node_first(t->base, c) : -1;
		     e >= 0 && r == 0; e = pkw_node_next(t->base, e))
			r = fuzz_record(t, e);
	}
	return r;
}

static int fuzz_layers(struct pkw_tmpl *t, int from, int end)
{
	int r = 0;

	for (int i = from; i < end && r >= 0; i++) {
		r = pkw_root(t->base, i);
		if (r >= 0)
			r = fuzz_record(t, r);
	}
	return r < 0 ? r : 0;
}

static int on_fuzz(struct pkw__build *b, int from, int end)
{
	return fuzz_layers(((struct making *)(void *)b)->t, from, end);
}

int pkw_tmpl_fuzz(struct pkw_tmpl *t, int layer, struct pkw_diag *d)
{
	int n = (int)pkw_view(t->base)->nlayers;

	if (layer >= n)
		return pkw_fail(d, -PKW_EINVAL, "there is no layer %d", layer);
	int r = layer < 0 ? fuzz_layers(t, 0, n)
			  : fuzz_layers(t, layer, layer + 1);
	return r < 0 ? pkw_fail(d, r, "%s", pkw_strerror(r)) : 0;
}

struct pkw_tmpl *pkw_tmpl_parse(const char *text, struct pkw_diag *d)
{
	struct pkw_tmpl *t = make(d);

	if (!t)
		return NULL;
	struct pkw__expr x = { .text = text, .len = strlen(text), .d = d };
	struct making m = { .b = { .x = &x, .p = t->base, .on_set = on_set,
				.on_fuzz = on_fuzz, .on_absent = on_absent },
		.t = t };
	struct pkw__ast *v = NULL;
	int r = pkw__expr_whole(&x, &v);
	if (r == 0)
		r = pkw__build_layers(&m.b, v);
	if (r == 0) {
		r = pkw_seal(t->base, 0);
		if (r < 0)
			pkw_fail(d, r, "%s", pkw_strerror(r));
	}
	pkw__arena_free(&x.arena);
	if (r < 0) {
		pkw_tmpl_free(t);
		return NULL;
	}
	return t;
}

struct pkw_tmpl *pkw_tmpl_new(const struct pkw_pkt *p, struct pkw_diag *d)
{
	struct pkw_tmpl *t = make(d);

	if (!t)
		return NULL;
	int r = pkw_pkt_copy(t->base, p);
	if (r == 0)
		r = pkw_seal(t->base, 0);
	if (r < 0) {
		pkw_fail(d, r, "%s", pkw_strerror(r));
		pkw_tmpl_free(t);
		return NULL;
	}
	return t;
}

/* Takes a generator in and lets the base have its first value. */
static int settle(struct pkw_tmpl *t, struct pkw__gen *g, struct pkw_diag *d)
{
	const struct pkw__draw draw = { t->seed, 0 };
	int r = pkw__gen_store(t->base, g, 0, &draw, &t->v);

	if (r == 0)
		r = pkw_seal(t->base, 0);
	if (r < 0)
		return pkw_fail(d, r, "%s", pkw_strerror(r));
	add(t, g);
	return 0;
}

static uint64_t top_of(const struct pkw_field *f)
{
	return f->bits && f->bits < 64 ? (UINT64_C(1) << f->bits) - 1
				       : UINT64_MAX;
}

static int fill(struct pkw_tmpl *t, struct pkw__gen *g,
    const struct pkw_vary *v, struct pkw_diag *d)
{
	uint64_t top = top_of(g->f), step = v->step ? v->step : 1;
	struct pkw__seg *s = NULL;
	size_t i = 0;

	if (v->kind != PKW_VARY_FUZZ && (g->f->bits == 0 || g->f->bits > 64))
		return pkw_fail(d, -PKW_ETYPE,
		    "%s is no number; vary it by text", g->f->name);
	for (; v->kind == PKW_VARY_LIST && i < v->nvalues; i++) {
		if (v->values[i] > top)
			break;
		s = pkw__gen_add(&t->arena, g, PKW__SEG_INT, 1);
		if (!s)
			return pkw_fail(d, -PKW_ENOMEM, "out of memory");
		s->from = v->values[i];
	}
	if (v->kind == PKW_VARY_LIST && i == v->nvalues && i > 0)
		return 0;
	if (v->kind == PKW_VARY_LIST || v->from > top ||
	    (v->kind <= PKW_VARY_RANDOM && (v->to > top || v->to < v->from)))
		return pkw_fail(d, -PKW_ERANGE, "%s: the values do not fit",
		    g->f->name);
	switch (v->kind) {
	case PKW_VARY_RANGE:
		s = pkw__gen_add(&t->arena, g, PKW__SEG_INT,
		    (v->to - v->from) / step + 1);
		break;
	case PKW_VARY_RANDOM:
		s = pkw__gen_add(&t->arena, g, PKW__SEG_RAND_INT, 1);
		break;
	case PKW_VARY_COUNTER:
		s = pkw__gen_add(&t->arena, g, PKW__SEG_COUNTER, 1);
		break;
	case PKW_VARY_FUZZ:
		s = pkw__gen_add(&t->arena, g, PKW__SEG_FUZZ, 1);
		break;
	case PKW_VARY_LIST:
		break;
	}
	if (!s)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	s->from = v->from;
	s->to = v->from || v->to ? v->to : top;
	if (v->kind == PKW_VARY_COUNTER)
		s->to = v->to > v->from && v->to - v->from < UINT64_MAX
		    ? v->to
		    : 0;
	s->step = step;
	return 0;
}

/*
 * Numbers for fields that are bytes on the wire (addresses) become bytes when
 * they are stored, so that pkw_tmpl_vary() serves them too.
 */
int pkw_tmpl_vary(struct pkw_tmpl *t, int layer, unsigned field,
    const struct pkw_vary *v, struct pkw_diag *d)
{
	int root = layer < 0 ? -PKW_EINVAL : pkw_root(t->base, layer);

	if (root < 0 || field >= pkw_node(t->base, root)->rec->nfields)
		return pkw_fail(d, -PKW_ENOFIELD, "there is no such field");
	if (!(pkw_node(t->base, root)->has >> field & 1))
		return pkw_fail(d, -PKW_EABSENT, "%s is absent here",
		    pkw_node(t->base, root)->rec->fields[field].name);
	struct pkw__gen *g = new_gen(t);
	if (!g)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	g->f = &pkw_node(t->base, root)->rec->fields[field];
	int r = pkw__target_of(t->base, root, field, &g->target);
	if (r < 0)
		return pkw_fail(d, r, "%s", pkw_strerror(r));
	r = fill(t, g, v, d);
	return r < 0 ? r : settle(t, g, d);
}

/* The value's tree is needed only until the generator is made of it. */
static int vary_at(struct pkw_tmpl *t, struct pkw__expr *x, int node,
    unsigned field, const struct pkw__ast *v)
{
	struct pkw__build b = { .x = x, .p = t->base };
	struct pkw__gen *g = new_gen(t);
	int r = g ? pkw__target_of(t->base, node, field, &g->target)
		  : -PKW_ENOMEM;

	if (r < 0)
		return pkw_fail(x->d, r, "%s", pkw_strerror(r));
	r = pkw__gen_parse(&b, &t->arena, node, field, v, g);
	return r < 0 ? r : settle(t, g, x->d);
}

/* A list or record whose parts vary. */
static int vary_inside(struct pkw_tmpl *t, struct pkw__expr *x, int node,
    unsigned field, const struct pkw__ast *v)
{
	struct making m = { .b = { .x = x, .p = t->base, .on_set = on_set,
				.on_absent = on_absent },
		.t = t };
	int r = pkw__build_field(&m.b, node, field, v);

	if (r < 0)
		return r;
	r = pkw_seal(t->base, 0);
	return r < 0 ? pkw_fail(x->d, r, "%s", pkw_strerror(r)) : 0;
}

int pkw_tmpl_vary_text(struct pkw_tmpl *t, const char *path, const char *value,
    struct pkw_diag *d)
{
	struct pkw__expr x = { .text = value, .len = strlen(value), .d = d };
	struct pkw__ast *v = NULL;
	unsigned field;
	int node, r = pkw_path(t->base, path, &node, &field, d);

	if (r == 0 && field == PKW_NO_FIELD)
		r = pkw_fail(d, -PKW_ENOFIELD, "%s is no field", path);
	if (r == 0)
		r = pkw__expr_whole(&x, &v);
	if (r == 0)
		r = pkw__is_scalar(&pkw_node(t->base, node)->rec->fields[field])
		    ? vary_at(t, &x, node, field, v)
		    : vary_inside(t, &x, node, field, v);
	pkw__arena_free(&x.arena);
	return r;
}

/* Sets all fields in a copy of base and seals it. */
static int set_all(
    struct pkw_tmpl *t, struct pkw_pkt *p, const struct pkw__draw *d)
{
	int r = pkw_pkt_copy(p, t->base);
	unsigned end = t->ngens;

	/* layers from below, and in each the fields in their order */
	while (end > 0 && r == 0) {
		unsigned first = end - 1;
		while (first > 0 && t->order[first - 1]->target.layer ==
		    t->order[end - 1]->target.layer)
			first--;
		for (unsigned i = first; i < end && r == 0; i++) {
			struct pkw__gen *g = t->order[i];
			r = pkw__gen_store(p, g, g->digit, d, &t->v);
		}
		end = first;
	}
	return r == 0 ? pkw_seal(p, 0) : r;
}

/* Makes packet n in place of whichever it was. */
static int patch_all(struct pkw_tmpl *t, const struct pkw__draw *d)
{
	return pkw__program_seek(&t->program, t->work->v.bytes, d, &t->v);
}

static void digits_of(struct pkw_tmpl *t, uint64_t n)
{
	for (unsigned i = 0; i < t->ngens; i++) {
		t->order[i]->digit = n % t->order[i]->count;
		n /= t->order[i]->count;
	}
}

static int by_speed(const void *a, const void *b)
{
	const struct pkw__gen *const *x = a, *const *y = b;

	return pkw__target_cmp(&(*x)->target, &(*y)->target);
}

static int same_bytes(const struct pkw_pkt *a, const struct pkw_pkt *b)
{
	return a->v.len == b->v.len &&
	    memcmp(a->v.bytes, b->v.bytes, a->v.len) == 0;
}

/* Do patches give what setting and sealing gives?  A few packets tell. */
static int patches_hold(struct pkw_tmpl *t)
{
	struct pkw_pkt *p = pkw_pkt_new();
	int holds = p && pkw_pkt_copy(t->work, t->base) == 0;

	for (unsigned i = 0; i < PROBES && holds; i++) {
		const struct pkw__draw d = { t->seed, i };
		uint64_t n = i == 0 ? 0 : t->count - 1;
		if (i > 1)
			n = pkw__random(&d, 0, 0) % t->count;
		digits_of(t, n);
		holds = set_all(t, p, &d) == 0 && patch_all(t, &d) == 0 &&
		    same_bytes(p, t->work);
	}
	pkw_pkt_free(p);
	return holds;
}

static int compile(struct pkw_tmpl *t)
{
	unsigned n = 0;

	for (const struct pkw__gen *g = t->gens; g; g = g->next)
		n++;
	struct pkw__gen **o = realloc(t->order, (n + 1) * sizeof *o);
	if (!o)
		return -PKW_ENOMEM;
	t->order = o;
	t->ngens = n;
	t->count = 1;
	t->is_random = 0;
	t->fast = !t->slow_only;
	n = 0;
	for (struct pkw__gen *g = t->gens; g; g = g->next) {
		t->order[n++] = g;
		t->is_random |= g->is_random;
		t->count = g->count > UINT64_MAX / t->count
		    ? UINT64_MAX : t->count * g->count;
		if (t->fast)
			t->fast = pkw__patch_compile(t->base, g) != 0;
	}
	qsort(t->order, n, sizeof *t->order, by_speed);
	if (t->fast)
		t->fast = pkw__program_make(&t->program, t->order, n) == 0 &&
		    patches_hold(t);
	t->compiled = 1;
	t->primed = 0;
	return 0;
}

int pkw_tmpl_step(struct pkw_tmpl *t, const struct pkw_pkt **p)
{
	int r = t->compiled ? 0 : compile(t);

	if (r < 0)
		return r;
	if (t->n >= (t->limited ? t->limit : t->count))
		return 0;
	const struct pkw__draw d = { t->seed, t->n };
	if (t->fast && t->primed) {
		r = pkw__program_step(
		    &t->program, t->work->v.bytes, &d, &t->v);
	} else {
		digits_of(t, t->n);
		if (t->fast) {
			r = pkw_pkt_copy(t->work, t->base);
			if (r == 0)
				r = patch_all(t, &d);
		} else {
			r = set_all(t, t->work, &d);
		}
	}
	t->primed = r == 0;
	if (r < 0)
		return r;
	t->n++;
	*p = t->work;
	return 1;
}

int pkw_tmpl_next(struct pkw_tmpl *t, struct pkw_pkt *p)
{
	const struct pkw_pkt *w;
	int r = pkw_tmpl_step(t, &w);

	if (r > 0) {
		int e = pkw_pkt_copy(p, w);
		if (e < 0)
			return e;
	}
	return r;
}

uint64_t pkw_tmpl_count(const struct pkw_tmpl *t)
{
	uint64_t n = 1;

	for (const struct pkw__gen *g = t->gens; g; g = g->next)
		n = g->count > UINT64_MAX / n ? UINT64_MAX : n * g->count;
	return n;
}

int pkw_tmpl_is_random(const struct pkw_tmpl *t)
{
	for (const struct pkw__gen *g = t->gens; g; g = g->next)
		if (g->is_random)
			return 1;
	return 0;
}

void pkw_tmpl_seed(struct pkw_tmpl *t, uint64_t seed)
{
	t->seed = seed;
	t->primed = 0;
}

void pkw_tmpl_limit(struct pkw_tmpl *t, uint64_t packets)
{
	t->limit = packets;
	t->limited = 1;
}

void pkw_tmpl_seek(struct pkw_tmpl *t, uint64_t n)
{
	t->n = n;
	t->primed = 0;
}

uint64_t pkw_tmpl_tell(const struct pkw_tmpl *t)
{
	return t->n;
}

const struct pkw_pkt *pkw_tmpl_base(const struct pkw_tmpl *t)
{
	return t->base;
}

void pkw__tmpl_slow(struct pkw_tmpl *t)
{
	t->slow_only = 1;
	t->compiled = 0;
}

int pkw__tmpl_is_fast(struct pkw_tmpl *t)
{
	if (!t->compiled && compile(t) < 0)
		return 0;
	return t->fast;
}
