/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs: how the fields of a record are written that has just these.
 *
 * Which fields are present differs from packet to packet (an ICMP header has
 * one set for each type), but few sets occur.  For each a plate keeps a list of
 * ops, with the places of all fixed fields counted from the record's start or
 * from behind the last field of variable size.  A record with many sets is gone
 * through field by field once .programs is full, and so is one with bit fields
 * in little-endian words.
 */
#include "out/plate.h"

#include "base/bytes.h"
#include "out/memo.h"

struct making {
	struct plate *pl;
	struct plate_op *op;
	uint64_t has;
	uint64_t bit; /* from where places are counted */
};

enum { SHORT = 16 }; /* keys of ops that have a way of their own */

/* Numbers of whole bytes without labels have ops of their own. */
static uint8_t number_op(const struct plate_field *pf, uint64_t bit)
{
	static const uint8_t by_bits[] = { [8] = OP_U8, [16] = OP_U16,
		[32] = OP_U32 };
	unsigned bits = pf->f->bits;

	if (pf->kind <= PLATE_HEX && !pf->labels && bit % 8 == 0 &&
	    pf->keylen <= SHORT &&
	    bits < sizeof by_bits && by_bits[bits])
		return by_bits[bits];
	return OP_NUMBER;
}

/* Whether a little-endian field is one of several in a word. */
static int in_le_word(const struct pkw_field *f)
{
	return f->unit && f->type != PKW_FIXED && f->bits != f->unit * 8;
}

/* The op of a fixed field; 0: there is none. */
static int add_fixed(struct making *m, unsigned k)
{
	struct plate_field *pf = &m->pl->fields[k];
	unsigned bits = pf->f->bits, in = (unsigned)(m->bit % 8);
	static const uint8_t by_kind[] = { [PLATE_MAC] = OP_MAC,
		[PLATE_IP4] = OP_IP4, [PLATE_IP6] = OP_IP6,
		[PLATE_UUID] = OP_BYTES, [PLATE_BYTES] = OP_BYTES,
		[PLATE_TEXT] = OP_BYTES };

	int le = (pf->f->flags & PKW_LE) != 0;

	if (le && (in || bits % 8 || in_le_word(pf->f)))
		return 0;
	struct plate_op op = { .keylen = (uint16_t)pf->keylen,
		.off = (uint32_t)(m->bit / 8), .key = pf->key, .pf = pf,
		.field = (uint8_t)k };
	if (pf->kind <= PLATE_FIXED) {
		if (in + bits > 64)
			return 0;
		op.kind = le ? OP_NUMBER : number_op(pf, m->bit);
		op.le = (uint8_t)le;
		op.bytes = (uint8_t)((in + bits + 7) / 8);
		op.shift = (uint8_t)(op.bytes * 8u - in - bits);
		op.mask = mask_bits(bits);
	} else {
		if (in || bits % 8)
			return 0;
		op.kind = pf->keylen < SHORT ? by_kind[pf->kind] : OP_BYTES;
		/* the quote too; it stands behind every key */
		op.keylen = (uint16_t)(pf->keylen + (op.kind != OP_BYTES));
	}
	*m->op++ = op;
	m->bit += bits;
	return 1;
}

/* In front of the ops of a group, one that may stand for them all. */
static void begin_group(struct making *m, unsigned k)
{
	struct memo *memo = m->pl->fields[k].memo;

	if (!memo || m->bit % 8 ||
	    (m->has >> k & mask_bits(memo->n)) != mask_bits(memo->n))
		return;
	*m->op++ = (struct plate_op){ .kind = OP_GROUP, .fields = memo->n,
		.off = (uint32_t)(m->bit / 8), .memo = memo,
		.pf = &m->pl->fields[k] };
}

static int add_all(struct making *m)
{
	for (unsigned k = 0; k < m->pl->nfields; k++) {
		struct plate_field *pf = &m->pl->fields[k];
		if (!(m->has >> k & 1) || pf->kind == PLATE_NONE)
			continue;
		if (pf->kind == PLATE_VAR) {
			*m->op++ = (struct plate_op){ .kind = OP_VAR,
				.pf = pf, .field = (uint8_t)k };
			m->bit = 0;
			continue;
		}
		begin_group(m, k);
		if (!add_fixed(m, k))
			return 0;
	}
	return 1;
}

struct plate_op *pkw__plate_ops(
    struct plates *t, struct plate *pl, uint64_t has)
{
	struct making m = { .pl = pl, .has = has };
	struct plate_program *p = &pl->programs[pl->nprograms];

	if (pl->nprograms == PROGRAMS)
		return NULL;
	struct plate_op *ops = pkw__arena_get(
	    &t->arena, (2 * pl->nfields + 1) * sizeof *ops);
	m.op = ops;
	if (!ops)
		return NULL;
	p->has = has;
	p->ops = !(pl->shape->flags & PKW__LE) && add_all(&m) ? ops : NULL;
	pl->nprograms++;
	return p->ops;
}
