/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plans: how to lay out a record whose fields are always the same ones, as a
 * few steps instead of field by field.
 *
 * Most records are a row of fixed fields with some variable ones between, of
 * which a length, a count or the chooser of a variant was read before.  Runs of
 * the fixed ones are passed at once; each step ends in the one integer of its
 * run that tells something, if there is one.  The plan is for bytes that are as
 * they should be: layout.c gives it up for what is cut off or does not add up,
 * and reads the record field by field, which says what is wrong with it.
 *
 * What no plan is made for: conditions (other than a length that depends on the
 * layer below, as over TCP), byte order told by a field, alignment, lengths
 * with exceptions.
 */
#include "core/core.h"

/* While the rows are gone through. */
struct making {
	const struct pkw_record *rec;
	struct pkw__plan *s;
	uint32_t bits;     /* of the step at hand */
	uint64_t bounded, counted;
	int key;           /* the chooser of its variant, or -1 */
};

static int under_only(const struct pkw_field *f)
{
	return (f->when[0].op == PKW_UNDER || f->when[0].op == PKW_NUNDER) &&
	    !f->when[1].op;
}

/* Ends the step at hand; 0 if that is in the middle of a byte. */
static int step_end(struct making *m)
{
	if (m->bits % 8 || m->bits / 8 > UINT16_MAX)
		return 0;
	m->s->size = (uint16_t)(m->bits / 8);
	if (m->bits)
		m->s++;
	m->bits = 0;
	return 1;
}

/* An integer at the end of the step at hand. */
static int step_load(struct making *m, unsigned k, unsigned kind)
{
	const struct pkw_field *f = &m->rec->fields[k];

	if (f->bits % 8 || f->bits > 64 || f->flags & PKW_LE)
		return 0;
	m->bits += f->bits;
	m->s->kind = (uint8_t)kind;
	m->s->field = (uint8_t)k;
	m->s->load = (uint8_t)(f->bits / 8);
	return step_end(m);
}

static int plan_size(struct making *m, unsigned k)
{
	const struct pkw_rel *rel = &m->rec->fields[k].rel;

	if (rel->zero || rel->guard.op || rel->of < PKW_OF_REST)
		return 0;
	int plain = rel->unit <= 1 && rel->per <= 1 && !rel->bias &&
	    rel->also <= 0;
	if (rel->of < 0)
		return step_load(m, k,
		    plain && rel->of == PKW_OF_REST ? PKW__PLAN_REST
						    : PKW__PLAN_LIMIT);
	uint64_t *which = rel->kind == PKW_LEN ? &m->bounded : &m->counted;
	*which |= UINT64_C(1) << rel->of;
	if (rel->kind == PKW_LEN && rel->also > 0)
		*which |= UINT64_C(1) << rel->also;
	m->s->of = (uint8_t)rel->of;
	return step_load(m, k, plain ? PKW__PLAN_COUNT : PKW__PLAN_SIZE);
}

static int plan_fixed(struct making *m, unsigned k)
{
	const struct pkw_field *f = &m->rec->fields[k];
	const struct pkw_proto *proto = m->rec->shape->proto;

	if (proto && k && proto->origin == k) {
		if (!step_end(m))
			return 0;
		m->s++->kind = PKW__PLAN_ORIGIN;
	}
	if (f->flags & PKW_LE && f->unit)
		return 0;
	if (f->when[0].op) {
		if (!under_only(f) || f->rel.kind != PKW_LEN ||
		    f->rel.of >= 0 || (int)k == m->key || !step_end(m))
			return 0;
		m->s->sometimes = 1;
	}
	if ((int)k == m->key && f->rel.kind != PKW_PLAIN)
		return 0;
	if ((int)k == m->key)
		return step_load(m, k, PKW__PLAN_KEY);
	if (f->rel.kind == PKW_LEN || f->rel.kind == PKW_COUNT)
		return plan_size(m, k);
	m->s->kind = PKW__PLAN_SKIP;
	m->bits += f->bits;
	return 1;
}

static unsigned kind_of(const struct pkw_field *f)
{
	return f->type == PKW_CODED    ? PKW__PLAN_CODED
	    : f->type == PKW_LIST      ? PKW__PLAN_LIST
	    : f->type == PKW_VARIANT   ? PKW__PLAN_VARIANT
				       : PKW__PLAN_PART;
}

static int plan_part(struct making *m, unsigned k)
{
	const struct pkw_field *f = &m->rec->fields[k];

	if (f->when[0].op || f->type == PKW_SUB || f->type == PKW_ALIGN ||
	    !step_end(m))
		return 0;
	*m->s = (struct pkw__plan){
		.kind = (uint8_t)kind_of(f),
		.field = (uint8_t)k,
		.bounded = m->bounded >> k & 1,
		.counted = m->counted >> k & 1,
		.last = k + 1 == m->rec->nfields,
		.size = m->rec->shape->runs[k].tail,
	};
	m->s++;
	return 1;
}

/* The chooser of the record's variant; -1: it has none, -2: several. */
static int key_of(const struct pkw_record *rec)
{
	int key = -1;

	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].type == PKW_VARIANT)
			key = key == -1 ? rec->fields[k].key : -2;
	return key;
}

int pkw__plan_make(const struct pkw_record *rec)
{
	struct pkw__shape *sh = rec->shape;
	struct pkw__plan steps[2 * 64 + 1] = { { 0 } };
	struct making m = { .rec = rec, .s = steps, .key = key_of(rec) };
	int ok = m.key != -2 && sh->variable && !rec->le.op;

	for (unsigned k = 0; ok && k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		ok = !(f->flags & PKW_MAYEND) && !f->when[1].op &&
		    f->type != PKW_SWITCH &&
		    (f->bits ? plan_fixed(&m, k) : plan_part(&m, k));
	}
	if (!ok || !step_end(&m))
		return 0;
	size_t size = (size_t)(m.s - steps + 1) * sizeof *steps;
	sh->plan = pkw__table_alloc(size);
	if (!sh->plan)
		return -PKW_ENOMEM;
	memcpy(sh->plan, steps, size);
	return 0;
}
