/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From rows to the sidecar.  Everything that the rows imply is worked out here,
 * once: where each field lies, how it is loaded, what a default instance looks
 * like, which fields steer others, and the small descriptor by which the walk
 * finds a layer's header length, its end and the next protocol.
 *
 * A field's place is fixed as long as nothing before it is conditional or of
 * variable size.  Loads are made as wide as a power of two of bytes and end
 * with the field's last byte where they can, so that none reads beyond the part
 * of the record which is always there.
 *
 * Little-endian bit fields: rows list a word's bits from the least significant
 * one; the rows of one word sum up to its size.
 */
#include "base/addr.h"
#include "core/core.h"

/* While fields are gone through in order. */
struct at {
	uint64_t bit;  /* in the default instance */
	uint64_t word; /* LE bit fields: where their word starts */
	unsigned used; /* bits of it given out */
	int fixed;
};

static int is_le_bits(const struct pkw_field *f)
{
	return f->flags & PKW_LE && f->unit && f->type != PKW_FIXED &&
	    f->bits != f->unit * 8;
}

static int is_conditional(const struct pkw_field *f)
{
	return f->when[0].op || f->when[1].op || f->flags & PKW_MAYEND;
}

static uint64_t default_value(const struct pkw_record *rec, unsigned k)
{
	return rec->fields[k].def;
}

/* Conditions over default values; what lies below is nothing yet. */
static int holds_by_default(
    const struct pkw_record *rec, uint64_t has, const struct pkw_field *f)
{
	for (int i = 0; i < 2; i++) {
		const struct pkw_when *w = &f->when[i];
		if (!w->op)
			continue;
		uint64_t v = w->op < PKW_UNDER && has >> w->field & 1
		    ? default_value(rec, w->field)
		    : 0;
		if (!pkw__when(NULL, 0, w, v))
			return 0;
	}
	return 1;
}

void pkw__default_put(
    const struct pkw_field *f, uint8_t *image, uint64_t bit, int le)
{
	uint8_t *b = image + bit / 8;
	const char *t = f->text;

	if (f->bits <= 64 && !t) {
		if (le && f->bits % 8 == 0)
			store_le(b, f->bits / 8, f->def);
		else
			bits_put(image, bit, f->bits, f->def);
		return;
	}
	if (!t)
		return;
	size_t n = strlen(t);
	switch ((enum pkw_type)f->type) {
	case PKW_MAC:
		pkw__addr_parse_mac(t, n, b);
		return;
	case PKW_IP4:
		pkw__addr_parse_ip4(t, n, b);
		return;
	case PKW_IP6:
		pkw__addr_parse_ip6(t, n, b);
		return;
	case PKW_UUID:
		pkw__addr_parse_uuid(t, n, b);
		return;
	case PKW_BYTES:
	case PKW_TEXT:
		memcpy(b, t, n < f->bits / 8u ? n : f->bits / 8u);
		return;
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
	case PKW_ADDR:
	case PKW_CODED:
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW_SWITCH:
	case PKW__TYPE_N:
		return;
	}
}

/* A load that covers bits [bit, bit+bits) and stays below `limit' bytes. */
static struct pkw_slot slot_be(uint64_t bit, unsigned bits, uint64_t limit)
{
	struct pkw_slot s = { .mask = mask_bits(bits) };
	uint64_t first = bit / 8, last = (bit + bits - 1) / 8;
	unsigned need = (unsigned)(last - first + 1), width = 1;

	s.off = (uint32_t)first;
	if (bits == 0 || bits > 64 || need > 8)
		return s;
	while (width < need)
		width *= 2;
	uint64_t off = last + 1 >= width ? last + 1 - width : 0;
	if (off > first)
		off = first;
	if (off + width > limit)
		return s;
	s.off = (uint32_t)off;
	s.bytes = (uint8_t)width;
	s.shift = (uint8_t)((off + width) * 8 - (bit + bits));
	return s;
}

static struct pkw_slot slot_of(const struct pkw_field *f, const struct at *a,
    uint64_t limit)
{
	struct pkw_slot s = { 0 };

	if (is_le_bits(f)) {
		if (a->word / 8 + f->unit > limit)
			return s;
		s.off = (uint32_t)(a->word / 8);
		s.bytes = f->unit;
		s.shift = (uint8_t)a->used;
		s.le = 1;
		s.mask = mask_bits(f->bits);
		return s;
	}
	s = slot_be(a->bit, f->bits, limit);
	if (f->flags & PKW_LE && f->bits > 8) {
		s.le = 1;
		if (f->bits != s.bytes * 8u)
			s.bytes = 0;
	}
	return s;
}

static void advance(struct at *a, const struct pkw_field *f)
{
	if (is_le_bits(f)) {
		a->used += f->bits;
		if (a->used >= f->unit * 8u) {
			a->used = 0;
			a->word = a->bit + f->bits;
		}
	} else {
		a->word = a->bit + f->bits;
		a->used = 0;
	}
	a->bit += f->bits;
}

/* How far the part reaches that is always there and never moves, in bytes. */
static uint64_t solid_bytes(const struct pkw_record *rec)
{
	uint64_t bits = 0;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (pkw__varies(f) || is_conditional(f))
			break;
		bits += f->bits;
	}
	return bits / 8;
}

static void note_relations(const struct pkw_record *rec, unsigned k)
{
	struct pkw__shape *sh = rec->shape;
	const struct pkw_field *f = &rec->fields[k];
	uint64_t me = UINT64_C(1) << k;

	for (int i = 0; i < 2; i++)
		if (f->when[i].op >= PKW_UNDER)
			sh->flags |= PKW__UNDER;
		else if (f->when[i].op)
			sh->control |= UINT64_C(1) << f->when[i].field;
	if (f->type == PKW_VARIANT)
		sh->control |= UINT64_C(1) << f->key;
	switch ((enum pkw_rel_kind)f->rel.kind) {
	case PKW_PLAIN:
		break;
	case PKW_LEN:
		sh->lens |= me;
		break;
	case PKW_COUNT:
		sh->counts |= me;
		break;
	case PKW_NEXT:
		sh->nexts |= me;
		break;
	case PKW_SUM:
		sh->sums |= me;
		break;
	}
	if (pkw__varies(f)) {
		sh->variable |= me;
		if (f->type == PKW_ALIGN)
			sh->aligns |= me;
		if (f->text || f->type == PKW_VARIANT || f->type == PKW_SUB)
			sh->flags |= PKW__TEXT;
		if (f->codec && f->codec->pointers)
			sh->flags |= PKW__POINTERS;
	}
}

/* Whether laying the field out is no more than stepping over it. */
static int is_easy(const struct pkw_record *rec, size_t k)
{
	const struct pkw_field *f = &rec->fields[k];
	const struct pkw_proto *proto = rec->shape->proto;

	return !is_conditional(f) && !pkw__varies(f) && !is_le_bits(f) &&
	    f->rel.kind != PKW_LEN && f->rel.kind != PKW_COUNT &&
	    !(rec->le.op && rec->le.field == k) &&
	    !(proto && proto->origin == k && k);
}

/* See .plain: such a record of the usual length needs no laying out. */
static uint8_t plain_of(const struct pkw_record *rec)
{
	const struct pkw__shape *sh = rec->shape;
	uint8_t plain = 1;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_rel *rel = &rec->fields[k].rel;
		if (is_easy(rec, k))
			continue;
		if (plain > 1 || rel->kind != PKW_LEN || rel->zero ||
		    rel->of != PKW_OF_RECORD || !sh->slots[k].fixed ||
		    !sh->slots[k].bytes || is_conditional(&rec->fields[k]))
			return 0;
		plain = (uint8_t)(2 + k);
	}
	return plain;
}

/* Fields that lie at a known distance from the first variable one. */
static void make_behind(const struct pkw_record *rec)
{
	struct pkw__run *runs = rec->shape->runs;
	uint32_t gap = 0;
	int behind = 0;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (is_conditional(f) || gap > UINT16_MAX ||
		    (behind && pkw__varies(f)))
			return;
		runs[k].behind = (uint8_t)behind;
		runs[k].gap = (uint16_t)gap;
		if (behind && gap % 8 == 0 && !(f->flags & PKW_LE) &&
		    (f->bits == 8 || f->bits == 16 || f->bits == 32 ||
			f->bits == 64))
			runs[k].load = (uint8_t)(f->bits / 8);
		behind |= pkw__varies(f);
		gap = behind ? gap + f->bits : 0;
	}
}

/* A table for fields with many variants; those with the same share it. */
static int make_few(const struct pkw_field *f, struct pkw__run *run)
{
	enum { MANY = 6, TABLES = 128 };
	static struct {
		const struct pkw_record *const *variants, **few;
	} made[TABLES];
	static size_t nmade;
	const struct pkw_record *const *v =
	    f->list ? f->list->variants : f->variants;
	size_t n = 0, i = 0;

	while (v && v[n])
		n++;
	if (n < MANY)
		return 0;
	while (i < nmade && made[i].variants != v)
		i++;
	if (i == TABLES)
		return 0;
	if (i == nmade) {
		const struct pkw_record **few =
		    pkw__table_alloc(PKW__FEW * sizeof *few);
		if (!few)
			return -PKW_ENOMEM;
		const struct pkw_record *other = pkw__variant(v, PKW_ELSE);
		for (unsigned key = 0; key < PKW__FEW; key++)
			few[key] = other;
		while (n-- > 0) /* the first of a key wins */
			if (v[n]->key < PKW__FEW)
				few[v[n]->key] = v[n];
		made[i].variants = v;
		made[i].few = few;
		nmade++;
	}
	run->few = made[i].few;
	return 0;
}

/* Runs of such fields, from the last field to the first. */
static int make_runs(const struct pkw_record *rec)
{
	struct pkw__shape *sh = rec->shape;
	uint32_t tail = 0;

	sh->runs = pkw__table_alloc((rec->nfields + 1) * sizeof *sh->runs);
	if (!sh->runs)
		return -PKW_ENOMEM;
	for (size_t k = rec->nfields; k-- > 0;) {
		const struct pkw_field *f = &rec->fields[k];
		sh->runs[k].tail = (uint16_t)(tail / 8);
		if (make_few(f, &sh->runs[k]) < 0)
			return -PKW_ENOMEM;
		if (!is_conditional(f))
			tail += f->bits;
		if (f->rel.guard.op && f->rel.guard.op < PKW_UNDER)
			sh->asked |= UINT64_C(1) << f->rel.guard.field;
		if (!is_easy(rec, k) ||
		    f->bits + sh->runs[k + 1].bits > UINT16_MAX)
			continue;
		sh->runs[k].n = (uint16_t)(sh->runs[k + 1].n + 1);
		sh->runs[k].bits = (uint16_t)(sh->runs[k + 1].bits + f->bits);
	}
	make_behind(rec);
	sh->asked |= sh->control;
	sh->nparts = 1;
	for (uint64_t todo = sh->variable & sh->has0; todo; todo &= todo - 1)
		sh->nparts++;
	sh->plain = plain_of(rec);
	return 0;
}

static unsigned log2_of(unsigned unit)
{
	unsigned n = 0;

	while (1u << n < unit)
		n++;
	return n;
}

/* Lengths whose place is known and which count no more than is known of a
   layer: its header, its payload, or both. */
static int make_extents(const struct pkw_record *rec)
{
	struct pkw__shape *sh = rec->shape;

	sh->extents = pkw__table_alloc(
	    (rec->nfields + 1) * sizeof *sh->extents);
	if (!sh->extents)
		return -PKW_ENOMEM;
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_rel *rel = &f->rel;
		const struct pkw_slot *s = &sh->slots[k];
		unsigned unit = rel->unit ? rel->unit : 1, head = 0;
		if (rel->kind != PKW_LEN)
			continue;
		if (rel->also > 0 || (unit > 1 && rel->pad != PKW_PAD_NEVER))
			sh->pads |= UINT64_C(1) << k;
		if (rel->of == PKW_OF_REST)
			head = (sh->bit[k] + f->bits) / 8;
		if (!s->fixed || !s->bytes || s->le || sh->flags & PKW__LE ||
		    rel->of >= 0 || rel->per > 1 || rel->zero == 2 ||
		    unit & (unit - 1))
			continue;
		sh->easy |= UINT64_C(1) << k;
		sh->extents[sh->nextents++] = (struct pkw__extent_row){
			.more = (int)unit - 1 - rel->bias - (int)head,
			.field = (uint8_t)k, .shift = (uint8_t)log2_of(unit),
			.of = rel->of == PKW_OF_REST ? PKW_OF_RECORD
						     : (int8_t)rel->of };
	}
	return 0;
}

static void add_select(struct pkw__shape *sh, const struct pkw_record *rec,
    unsigned k)
{
	const struct pkw_rel *rel = &rec->fields[k].rel;

	if (sh->nsel == 2 || !sh->slots[k].fixed || !sh->slots[k].bytes)
		return;
	struct pkw__select *s = &sh->sel[sh->nsel];
	s->space = pkw__space_get(rel->space);
	s->at = sh->slots[k];
	s->field = (uint8_t)k;
	s->guard_op = rel->guard.op;
	if (rel->guard.op && rel->guard.op < PKW_UNDER) {
		s->guard = sh->slots[rel->guard.field];
		s->guard_value = rel->guard.value;
	}
	if (s->space)
		sh->nsel++;
}

/* A header byte's worth of a control field, if the byte were `value'. */
static uint64_t if_byte(const struct pkw__shape *sh, unsigned k, unsigned off,
    unsigned value, unsigned bits)
{
	return value >> (8 - (sh->bit[k] - off * 8) - bits) & mask_bits(bits);
}

/* Whether all conditions read one byte; which. */
static int one_byte(const struct pkw_record *rec, unsigned *off)
{
	const struct pkw__shape *sh = rec->shape;
	int found = 0;

	if (sh->variable || sh->flags & (PKW__UNDER | PKW__LE))
		return 0;
	for (unsigned k = 0; k < rec->nfields; k++) {
		if (rec->fields[k].flags & (PKW_MAYEND | PKW_LE))
			return 0;
		if (!(sh->control >> k & 1))
			continue;
		unsigned first = sh->bit[k] / 8u;
		unsigned last = (sh->bit[k] + rec->fields[k].bits - 1u) / 8;
		if (!sh->slots[k].fixed || first != last ||
		    (found && first != *off))
			return 0;
		*off = first;
		found = 1;
	}
	return found;
}

/* Lengths for each value of the byte that decides. */
static void make_by(const struct pkw_record *rec, unsigned off)
{
	struct pkw__shape *sh = rec->shape;
	struct pkw__by *by = pkw__table_alloc(256 * sizeof *by);

	for (unsigned v = 0; by && v < 256; v++) {
		uint32_t bits = 0;
		by[v].end_off = 0xff;
		for (unsigned k = 0; k < rec->nfields; k++) {
			const struct pkw_field *f = &rec->fields[k];
			int here = 1;
			for (int i = 0; i < 2; i++) {
				const struct pkw_when *w = &f->when[i];
				if (w->op)
					here &= pkw__when(NULL, 0, w,
					    if_byte(sh, w->field, off, v,
						rec->fields[w->field].bits));
			}
			if (!here)
				continue;
			if (sh->end_laid && k == sh->end_field)
				by[v].end_off = (uint8_t)(bits / 8);
			by[v].has |= UINT64_C(1) << k;
			bits += f->bits;
		}
		if (bits % 8 || bits / 8 >= 0xff)
			return;
		by[v].len = (uint8_t)(bits / 8);
	}
	if (!by)
		return;
	if (sh->end_laid)
		sh->endlen.bytes =
		    (uint8_t)(rec->fields[sh->end_field].bits / 8);
	sh->by = by;
	sh->by_off = (uint8_t)off;
	sh->head = PKW__HEAD_BYTE;
}

/* Every variable field has a length of its own, and there are two at most. */
static void make_sum(const struct pkw_record *rec)
{
	struct pkw__shape *sh = rec->shape;
	uint64_t left = sh->variable;
	struct pkw_slot slot[2] = { { 0 }, { 0 } };
	uint8_t times[2] = { 0, 0 };
	unsigned n = 0;

	if (sh->control || sh->flags & (PKW__UNDER | PKW__LE))
		return;
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_rel *rel = &rec->fields[k].rel;
		if (rec->fields[k].flags & PKW_MAYEND)
			return;
		if (rel->kind != PKW_LEN || rel->of < 0)
			continue;
		if (n == 2 || !sh->slots[k].fixed || !sh->slots[k].bytes ||
		    rel->unit > 1 || rel->per > 1 || rel->bias || rel->zero)
			return;
		slot[n] = sh->slots[k];
		times[n++] = rel->also > 0 ? 2 : 1;
		left &= ~(UINT64_C(1) << rel->of);
		if (rel->also > 0)
			left &= ~(UINT64_C(1) << rel->also);
	}
	if (left || n == 0)
		return;
	sh->headlen = slot[0];
	sh->headlen2 = slot[1];
	sh->head_times = times[0];
	sh->head_times2 = times[1];
	sh->head = PKW__HEAD_SUM;
}

/* The walk's descriptor, for a protocol's own record. */
static void make_walk(const struct pkw_record *rec,
    const struct pkw_proto *proto)
{
	struct pkw__shape *sh = rec->shape;
	unsigned bounds = 0;

	sh->cls = proto->cls;
	sh->head = sh->flags & PKW__VARIES ? PKW__HEAD_LAYOUT : PKW__HEAD_FIXED;
	if (proto->flags & PKW_WHOLE)
		sh->head = PKW__HEAD_WHOLE;
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_slot *s = &sh->slots[k];
		uint8_t unit = f->rel.unit ? f->rel.unit : 1;
		if (f->rel.kind == PKW_NEXT)
			add_select(sh, rec, k);
		if (f->rel.kind != PKW_LEN)
			continue;
		int ends = f->rel.of == PKW_OF_LAYER ||
		    f->rel.of == PKW_OF_PAYLOAD;
		int rest = f->rel.of == PKW_OF_REST;
		bounds += rest || f->rel.of == PKW_OF_RECORD;
		if ((!s->fixed || !s->bytes) && !ends)
			continue;
		if (f->rel.per > 1)
			continue;
		if ((rest || f->rel.of == PKW_OF_RECORD) && !f->rel.zero &&
		    !(proto->flags & PKW_WHOLE)) {
			sh->head = PKW__HEAD_FIELD;
			sh->headlen = *s;
			sh->head_unit = unit;
			sh->head_bias = f->rel.bias;
			if (rest)
				sh->head_bias = (int16_t)(f->rel.bias +
				    (int)((sh->bit[k] + f->bits) / 8));
		} else if (ends) {
			sh->end_laid = !s->fixed || !s->bytes;
			sh->extent = f->rel.of == PKW_OF_LAYER
			    ? PKW__END_LAYER
			    : PKW__END_PAYLOAD;
			sh->endlen = *s;
			sh->end_unit = unit;
			sh->end_bias = f->rel.bias;
			sh->end_zero = f->rel.zero;
			sh->end_field = (uint8_t)k;
			sh->guarded_end = f->rel.guard.op != 0;
		}
	}
	unsigned off = 0;
	/* where one length is inside another, both count */
	if (bounds > 1 && sh->head == PKW__HEAD_FIELD)
		sh->head = PKW__HEAD_LAYOUT;
	else if (!bounds && sh->head == PKW__HEAD_LAYOUT &&
	    one_byte(rec, &off))
		make_by(rec, off);
	else if (!bounds && sh->head == PKW__HEAD_LAYOUT)
		make_sum(rec);
	if (proto->flags & PKW_LEAF)
		sh->flags |= PKW__LEAF;
	if (proto->pick || proto->guess || proto->flags & PKW_ABSTRACT)
		sh->flags |= PKW__RESOLVES;
}

int pkw__shape_make(const struct pkw_record *rec, const struct pkw_proto *proto,
    struct pkw_diag *d)
{
	struct pkw__shape *sh = rec->shape;
	uint64_t solid = solid_bytes(rec), minbits = 0;
	struct at a = { .fixed = 1 };

	if (sh->flags & PKW__DONE)
		return 0;
	if (rec->nfields > 64)
		return pkw_fail(d, -PKW_ETABLE, "%s: more than 64 fields",
		    rec->name);
	uint64_t total = 0;
	for (size_t k = 0; k < rec->nfields; k++)
		total += rec->fields[k].bits;
	sh->slots = pkw__table_alloc((rec->nfields + 1) * sizeof *sh->slots);
	sh->bit = pkw__table_alloc((rec->nfields + 1) * sizeof *sh->bit);
	sh->image = pkw__table_alloc(total / 8 + 8);
	if (!sh->slots || !sh->bit || !sh->image)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	sh->proto = proto;
	sh->pseudo = -1;
	sh->step = pkw__step_any;
	sh->align = rec->align;
	if (rec->le.op)
		sh->flags |= PKW__LE;
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		int sometimes = is_conditional(f);
		note_relations(rec, k);
		if (sometimes || pkw__varies(f)) {
			sh->flags |= PKW__VARIES;
			a.fixed = 0;
		} else {
			minbits += f->bits;
		}
		int here = holds_by_default(rec, sh->has0, f);
		if (here && a.fixed) {
			sh->slots[k] = slot_of(f, &a, solid);
			sh->slots[k].fixed = PKW__SLOT_FIXED;
			if (sh->slots[k].bytes && !sh->slots[k].shift &&
			    f->bits == sh->slots[k].bytes * 8u)
				sh->slots[k].fixed |= PKW__SLOT_WHOLE;
		}
		sh->bit[k] = (uint32_t)a.bit;
		if (!here)
			continue;
		sh->has0 |= UINT64_C(1) << k;
		if (is_le_bits(f)) {
			uint8_t *w = sh->image + a.word / 8;
			uint64_t v = load_le(w, f->unit);
			v |= (f->def & mask_bits(f->bits)) << a.used;
			store_le(w, f->unit, v);
		} else if (f->bits) {
			pkw__default_put(
			    f, sh->image, a.bit, f->flags & PKW_LE);
		}
		advance(&a, f);
	}
	if (make_runs(rec) < 0 || make_extents(rec) < 0 ||
	    pkw__plan_make(rec) < 0)
		return pkw_fail(d, -PKW_ENOMEM, "out of memory");
	sh->simple_sums = 1;
	for (unsigned k = 0; k < rec->nfields; k++)
		if (sh->sums >> k & 1 &&
		    (!rec->fields[k].rel.sum->inet || !sh->slots[k].fixed ||
			sh->slots[k].le || rec->fields[k].bits != 16 ||
			rec->fields[k].rel.of >= 0 || sh->bit[k] % 16))
			sh->simple_sums = 0;
	sh->imagelen = (uint32_t)(a.bit / 8);
	sh->minlen = (uint16_t)(minbits / 8);
	for (unsigned k = 0; k < rec->nfields; k++)
		if (sh->slots[k].fixed && sh->slots[k].bytes &&
		    !sh->slots[k].le && !(sh->flags & PKW__LE) &&
		    !(sh->control >> k & 1))
			sh->slots[k].fixed |= PKW__SLOT_PLAIN;
	if (proto)
		make_walk(rec, proto);
	sh->flags |= PKW__DONE;
	return 0;
}

struct pkw_slot pkw_slot(const struct pkw_proto *proto, const char *field)
{
	int k = pkw_field_find(&proto->rec, field);

	pkw__init();
	if (k >= 0 && proto->rec.shape->slots[k].fixed)
		return proto->rec.shape->slots[k];
	return (struct pkw_slot){ 0 };
}

int pkw_field_find(const struct pkw_record *rec, const char *name)
{
	for (size_t k = 0; k < rec->nfields; k++)
		if (strcmp(rec->fields[k].name, name) == 0)
			return (int)k;
	return -PKW_ENOFIELD;
}
