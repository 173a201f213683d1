/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plates are made from the record's rows and its shape (where fields lie), and
 * kept in an open hash by shape: an element of a list and the layer of the same
 * name share one.
 *
 * Every key stands in 32 readable bytes at least, so that it can be copied by
 * fixed widths.  Of labels with the same value the first is the one printed,
 * which the hash keeps by inserting in order and leaving doubles out.
 */
#include "out/plate.h"
#include "out/fast.h"
#include "out/memo.h"

#include <pkw/str.h>
#include <stdlib.h>

enum { FIRST = 256, FLAGS_SEEN = 64 };

static char *keep(struct plates *t, const struct pkw_str *s)
{
	char *r = s->err ? NULL : pkw__arena_get(&t->arena, s->len + 48);

	if (r && s->len)
		memcpy(r, s->s, s->len);
	if (s->err)
		t->arena.starved = 1;
	return r;
}

static int kind_of(const struct pkw_field *f)
{
	if (!f->bits)
		return f->type == PKW_SWITCH ? PLATE_NONE : PLATE_VAR;
	switch ((enum pkw_type)f->type) {
	case PKW_UINT:
		return f->base == PKW_HEX ? PLATE_HEX : PLATE_UINT;
	case PKW_INT:
		return PLATE_INT;
	case PKW_FLAGS:
		return PLATE_FLAGS;
	case PKW_FIXED:
		return PLATE_FIXED;
	case PKW_MAC:
		return PLATE_MAC;
	case PKW_IP4:
		return PLATE_IP4;
	case PKW_IP6:
		return PLATE_IP6;
	case PKW_UUID:
		return PLATE_UUID;
	case PKW_TEXT:
		return PLATE_TEXT;
	case PKW_SWITCH:
		return PLATE_NONE;
	case PKW_ADDR:
	case PKW_BYTES:
	case PKW_CODED:
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW__TYPE_N:
		break;
	}
	return PLATE_BYTES;
}

/* What the value takes in JSON. */
static uint32_t value_room(const struct plate_field *pf)
{
	uint32_t bytes = pf->f->bits / 8u + 1;

	switch ((enum plate_kind)pf->kind) {
	case PLATE_BYTES:
		return 2 * bytes + 2;
	case PLATE_TEXT:
		return 6 * bytes + 2;
	case PLATE_UINT:
	case PLATE_HEX:
	case PLATE_FLAGS:
	case PLATE_INT:
	case PLATE_FIXED:
	case PLATE_MAC:
	case PLATE_IP4:
	case PLATE_IP6:
	case PLATE_UUID:
	case PLATE_VAR:
	case PLATE_NONE:
		break;
	}
	return 64;
}

/* Puts a label in unless there is one; its place, NULL without memory. */
static struct plate_label *insert_label(struct plates *t,
    const struct plate_field *pf, struct plate_labels *h, uint64_t value,
    uint64_t of, const char *name, size_t n)
{
	uint32_t i = label_hash(value, of);
	struct pkw_str s = PKW_STR_INIT;

	for (; h->at[i & h->mask].text; i++)
		if (h->at[i & h->mask].value == value &&
		    h->at[i & h->mask].of == of)
			return &h->at[i & h->mask];
	struct plate_label *l = &h->at[i & h->mask];
	pkw_str_addn(&s, pf->key, pf->keylen);
	pkw_str_addc(&s, '"');
	pkw_str_jsonesc(&s, name, n);
	pkw_str_addc(&s, '"');
	l->pair = keep(t, &s);
	if (l->pair) {
		l->pairlen = (uint32_t)s.len;
		l->text = l->pair + pf->keylen + 1;
		l->len = l->pairlen - pf->keylen - 2;
		l->value = value;
		l->of = of;
		h->n++;
	}
	pkw_str_free(&s);
	return l->pair ? l : NULL;
}

static struct plate_labels *new_labels(struct plates *t, size_t n)
{
	uint32_t size = 4;

	while (size < 2 * n)
		size *= 2;
	struct plate_labels *h = pkw__arena_get(
	    &t->arena, sizeof *h + size * sizeof *h->at);
	if (h)
		h->mask = size - 1;
	return h;
}

static int make_labels(struct plates *t, struct plate_field *pf)
{
	const struct pkw_field *f = pf->f;

	pf->labels =
	    new_labels(t, f->type == PKW_FLAGS ? FLAGS_SEEN : f->nlabels);
	if (!pf->labels)
		return -PKW_ENOMEM;
	for (size_t i = 0; i < f->nlabels && f->type != PKW_FLAGS; i++) {
		const struct pkw_label *l = &f->labels[i];
		if (!insert_label(t, pf, pf->labels, l->value,
		        f->nlabels_by_key ? l->of : 0, l->name,
		        strlen(l->name)))
			return -PKW_ENOMEM;
	}
	return 0;
}

const struct plate_label *pkw__plate_flags_label(
    struct plates *t, const struct plate_field *pf, uint64_t v)
{
	char text[FLAGS_ROOM];

	if (!pf->labels || pf->labels->n == FLAGS_SEEN)
		return NULL;
	char *end = pkw__plate_flags(text, pf, v);
	return insert_label(
	    t, pf, pf->labels, v, 0, text, (size_t)(end - text));
}

/* Digits by which a fraction of so many bits is told from its neighbours. */
static uint8_t fraction_digits(unsigned bits)
{
	return (uint8_t)((bits * 30103 + 99999) / 100000);
}

static int make_field(
    struct plates *t, struct plate_field *pf, const struct pkw_record *rec,
    size_t k)
{
	const struct pkw_field *f = &rec->fields[k];
	const struct pkw__shape *sh = rec->shape;
	struct pkw_str s = PKW_STR_INIT;

	pf->f = f;
	pf->kind = (uint8_t)kind_of(f);
	pf->slot = sh->slots[k];
	pf->off = sh->bit[k] / 8;
	pf->digits = fraction_digits(f->unit);
	pf->letters = 1;
	for (size_t i = 0; i < f->nlabels; i++)
		pf->letters &= f->labels[i].name[0] && !f->labels[i].name[1];
	if (pf->slot.fixed)
		pf->slotted = pf->kind <= PLATE_FIXED
		    ? pf->slot.bytes != 0 && !(sh->flags & PKW__LE)
		    : pf->kind < PLATE_VAR && sh->bit[k] % 8 == 0 &&
		        f->bits % 8 == 0;
	pkw_str_add(&s, ",\"");
	pkw_str_jsonesc(&s, f->name, strlen(f->name));
	pkw_str_add(&s, "\":\"");
	pf->key = keep(t, &s);
	pf->keylen = (uint32_t)s.len - 1;
	pf->room = pf->keylen + value_room(pf) + FAST_SLACK;
	pkw_str_free(&s);
	if (!pf->key)
		return -PKW_ENOMEM;
	return f->nlabels && pf->kind <= PLATE_INT ? make_labels(t, pf) : 0;
}

/* A list of bare numbers or addresses. */
static int is_values(const struct pkw_field *f)
{
	const struct pkw_list *list = f->type == PKW_LIST ? f->list : NULL;
	const struct pkw_record *rec = list ? list->rec : NULL;

	return rec && list->style == PKW_LIST_VALUES && !list->peek &&
	    !list->peek_bits && !list->until.op && !rec->align &&
	    rec->nfields == 1 && rec->shape->plain == 1 &&
	    !rec->fields[0].nlabels && !(rec->fields[0].flags & PKW_FLAT);
}

/* Whether k fields of fixed places and a tail are all there is to an element;
   the one that tells its length, counted from 1. */
static uint8_t ends_by(const struct plate *pl, unsigned k)
{
	const struct pkw_field *last = pl->fields[k].f;
	unsigned found = 0;

	if ((!pl->tail && !is_values(last)) || last->flags & PKW_MAYEND ||
	    pl->rec->align || pl->rec->le.op)
		return 0;
	for (unsigned i = 0; i < k; i++) {
		const struct pkw_field *f = pl->fields[i].f;
		const struct pkw_slot *s = &pl->fields[i].slot;
		if (f->rel.kind == PKW_PLAIN)
			continue;
		if (found || f->rel.kind != PKW_LEN || f->rel.zero ||
		    f->rel.of != PKW_OF_RECORD || !s->bytes || s->le ||
		    pl->fields[i].kind > PLATE_HEX)
			return 0;
		found = i + 1;
	}
	return (uint8_t)found;
}

/* The fast ways: see struct plate. */
static void judge(struct plate *pl)
{
	size_t n = pl->nfields, k = 0;

	if (pl->shape->flags & PKW__LE)
		return;
	while (k < n && (pl->fields[k].slotted ||
	                    pl->fields[k].kind == PLATE_NONE))
		k++;
	pl->simple = 1;
	for (size_t i = k; i < n; i++)
		if (pl->fields[i].kind != PLATE_VAR ||
		    pl->fields[i].f->when[0].op || pl->fields[i].f->when[1].op)
			pl->simple = 0;
	if (!pl->simple || k + 1 != n)
		return;
	const struct pkw_field *last = pl->fields[k].f;
	pl->tail = (last->type == PKW_BYTES || last->type == PKW_TEXT) &&
	    !last->inner;
	pl->ends = ends_by(pl, (unsigned)k);
	pl->list = last->type == PKW_LIST && last->list &&
	    (last->list->style != PKW_LIST_VALUES || is_values(last)) &&
	    !pl->shape->counts && pl->shape->head == PKW__HEAD_FIELD;
	for (size_t i = 0; i < n; i++)
		if (pl->fields[i].f->rel.kind == PKW_LEN &&
		    pl->fields[i].f->rel.of >= 0)
			pl->list = 0;
}

static struct memo *new_memo(struct plates *t, unsigned n, unsigned bits)
{
	enum { LINE = 64 };
	char *room = pkw__arena_get(&t->arena, sizeof(struct memo) + LINE);
	struct memo *m = NULL;

	if (room) {
		room += (LINE - (uintptr_t)room % LINE) % LINE;
		m = (struct memo *)(void *)room;
		m->n = (uint8_t)n;
		m->bits = (uint8_t)bits;
	}
	return m;
}

/* Whether the field's text depends on nothing but its own few bits. */
static int can_be_kept(const struct plate *pl, const struct plate_field *pf)
{
	return pf->kind <= PLATE_FLAGS && pf->f->bits <= 16 &&
	    !(pf->f->flags & (PKW_LE | PKW_MAYEND)) && !pf->f->when[0].op &&
	    !pf->f->when[1].op && !pf->f->nlabels_by_key &&
	    !(pl->shape->flags & PKW__LE);
}

/* Fields that share one or two bytes, or have labels, are kept together. */
static void make_groups(struct plates *t, struct plate *pl)
{
	unsigned bit = 0;

	for (unsigned k = 0; k < pl->nfields; bit += pl->fields[k++].f->bits) {
		unsigned n = 0, bits = 0, end = 0, whole = 0;
		if (bit % 8)
			continue;
		while (k + n < pl->nfields &&
		    pl->fields[k + n].slotted == pl->fields[k].slotted &&
		    can_be_kept(pl, &pl->fields[k + n])) {
			bits += pl->fields[k + n++].f->bits;
			if (bits > 16)
				break;
			if (bits % 8 == 0) {
				end = n;
				whole = bits;
			}
		}
		if (end > 1 || (end && pl->fields[k].labels))
			pl->fields[k].memo = new_memo(t, end, whole);
		for (; end > 1; end--)
			bit += pl->fields[k++].f->bits;
	}
}

/* The first fields, as far as they lie in fixed places. */
static int make_solid(struct plates *t, struct plate *pl)
{
	uint64_t solid = 0;
	unsigned k = 0;

	for (; k < pl->nfields && k < 64; k++) {
		if (!pl->fields[k].slotted && pl->fields[k].kind != PLATE_NONE)
			break;
		solid |= UINT64_C(1) << k;
	}
	pl->ops = pkw__plate_ops(t, pl, solid);
	if (!pl->ops)
		pl->simple = 0;
	else
		pl->solid = (uint8_t)k;
	return t->arena.starved ? -PKW_ENOMEM : 0;
}

static struct plate *make(struct plates *t, const struct pkw_record *rec)
{
	struct plate *pl = pkw__arena_get(
	    &t->arena, sizeof *pl + rec->nfields * sizeof *pl->fields);
	struct pkw_str s = PKW_STR_INIT;

	if (!pl)
		return NULL;
	pl->shape = rec->shape;
	pl->rec = rec;
	pl->nfields = (uint32_t)rec->nfields;
	pl->minlen = rec->shape->minlen;
	const char *name = rec->name ? rec->name : "?";
	pkw_str_add(&s, " / ");
	pkw_str_add(&s, name);
	pl->lead = keep(t, &s);
	pl->leadlen = (uint32_t)s.len;
	pkw_str_clear(&s);
	pkw_str_add(&s, ",{\"name\":\"");
	pkw_str_jsonesc(&s, name, strlen(name));
	pkw_str_add(&s, "\",");
	pl->open = keep(t, &s);
	pl->openlen = (uint32_t)s.len;
	pkw_str_free(&s);
	pl->before = pkw__arena_get(
	    &t->arena, (rec->nfields + 1) * sizeof *pl->before);
	if (!pl->before)
		return NULL;
	for (size_t k = 0; k < rec->nfields; k++) {
		pl->before[k + 1] = pl->before[k] + rec->fields[k].bits;
		if (make_field(t, &pl->fields[k], rec, k) < 0)
			return NULL;
	}
	pl->room = FAST_SLACK;
	for (size_t k = 0; k < rec->nfields; k++) {
		pl->flat |= (rec->fields[k].flags & PKW_FLAT) != 0;
		pl->room += pl->fields[k].room;
	}
	pl->told = rec->shape->head == PKW__HEAD_BYTE;
	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].nlabels_by_key &&
		    !pl->fields[rec->fields[k].key].slotted)
			pl->told = 0;
	judge(pl);
	make_groups(t, pl);
	pl->programs = pkw__arena_get(
	    &t->arena, PROGRAMS * sizeof *pl->programs);
	if (!pl->programs || make_solid(t, pl) < 0)
		return NULL;
	if ((rec->shape->plain || pl->ends) && rec->shape->minlen <= 8 &&
	    rec->nfields)
		pl->memo = new_memo(t, 0, 0);
	if (rec->shape->proto)
		pl->heads = pkw__arena_get(
		    &t->arena, HEADS * sizeof *pl->heads);
	return pl->lead && pl->open ? pl : NULL;
}

static int grow(struct plates *t)
{
	uint32_t size = t->table ? 2 * (t->mask + 1) : FIRST;
	struct plate **table = calloc(size, sizeof *table);

	if (!table)
		return -PKW_ENOMEM;
	for (uint32_t i = 0; t->table && i <= t->mask; i++) {
		if (!t->table[i])
			continue;
		uint32_t h = plate_hash(t->table[i]->shape);
		while (table[h & (size - 1)])
			h++;
		table[h & (size - 1)] = t->table[i];
	}
	free(t->table);
	t->table = table;
	t->mask = size - 1;
	return 0;
}

struct plate *pkw__plate_make(
    struct plates *t, const struct pkw_record *rec)
{
	struct plate *pl = NULL;

	if ((t->table && 2 * t->n <= t->mask) || grow(t) == 0)
		pl = make(t, rec);
	if (!pl) {
		t->arena.starved = 1;
		return NULL;
	}
	uint32_t h = plate_hash(pl->shape);
	while (t->table[h & t->mask])
		h++;
	t->table[h & t->mask] = pl;
	t->n++;
	return pl;
}

void pkw__plates_free(struct plates *t)
{
	free(t->table);
	pkw__arena_free(&t->arena);
}

/* Names of single letters stand together, longer ones with + between; a bit
   that has no name is told by its number. */
char *pkw__plate_flags(char *o, const struct plate_field *pf, uint64_t v)
{
	const struct pkw_field *f = pf->f;
	const char *start = o;

	while (v) {
		unsigned bit = 0;
		const char *name = NULL;

		while (!(v >> bit & 1))
			bit++;
		v &= v - 1;
		for (size_t i = 0; i < f->nlabels && !name; i++)
			if (f->labels[i].value == bit)
				name = f->labels[i].name;
		if (pf->letters && name) {
			*o++ = *name;
			continue;
		}
		if (o > start)
			*o++ = '+';
		if (!name) {
			memcpy(o, "bit", 3);
			o = fast_u64(o + 3, bit);
			continue;
		}
		for (unsigned n = 0; name[n] && n < 20; n++)
			*o++ = name[n];
	}
	return o;
}
