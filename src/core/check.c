/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lint of protocol tables.  A row is data, so the compiler finds none of
 * its mistakes; this does, and `make check' runs it over every table.
 *
 * It looks at each record once, also those inside lists and variants, and at a
 * field's own columns first, then at how they fit the record: that what is named
 * exists and stands on the right side, that a field is not both derived and
 * controlling, and that bytes are whole where something variable begins.
 */
#include "core/core.h"

#include <stdarg.h>
#include <stdio.h>

enum { SEEN = 1024 };

struct lint {
	struct pkw_str *out;
	const char *proto;
	int faults;
	const struct pkw_record *seen[SEEN];
	size_t nseen;
};

static void PKW_PRINTF(4, 5) fault(struct lint *c,
    const struct pkw_record *rec, const char *field, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	c->faults++;
	pkw_str_fmt(c->out, "%s.%s: %s\n", rec->name ? rec->name : c->proto,
	    field, text);
}

static unsigned width_of(const struct pkw_field *f)
{
	switch ((enum pkw_type)f->type) {
	case PKW_MAC:
		return 48;
	case PKW_IP4:
		return 32;
	case PKW_IP6:
	case PKW_UUID:
		return 128;
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
	case PKW_ADDR:
	case PKW_BYTES:
	case PKW_TEXT:
	case PKW_CODED:
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW_SWITCH:
	case PKW__TYPE_N:
		return 0;
	}
	return 0;
}

static void check_columns(
    struct lint *c, const struct pkw_record *rec, const struct pkw_field *f)
{
	int integer = f->type == PKW_UINT || f->type == PKW_INT ||
	    f->type == PKW_FLAGS || f->type == PKW_FIXED;

	if (f->type >= PKW__TYPE_N)
		fault(c, rec, f->name, "no such type");
	if (integer && (f->bits < 1 || f->bits > 64))
		fault(c, rec, f->name, "an integer has 1 to 64 bits");
	if (width_of(f) && f->bits != width_of(f))
		fault(c, rec, f->name, "the type wants another width");
	if (integer && f->bits < 64 && f->def > mask_bits(f->bits) &&
	    f->type != PKW_INT)
		fault(c, rec, f->name, "the default does not fit into %u bits",
		    f->bits);
	if (f->type == PKW_CODED && !f->codec)
		fault(c, rec, f->name, "a coded field needs a codec");
	if ((f->type == PKW_LIST || f->type == PKW_SUB) && !f->list)
		fault(c, rec, f->name, "a list needs .list");
	if (f->type == PKW_VARIANT && !f->variants)
		fault(c, rec, f->name, "a variant needs .variants");
	if (f->type == PKW_ALIGN && (f->unit & (f->unit - 1) || !f->unit))
		fault(c, rec, f->name, "the unit is not a power of two");
	if (f->rel.kind != PKW_PLAIN && !integer)
		fault(c, rec, f->name, "only an integer can be derived");
	if (f->rel.kind == PKW_NEXT && !f->rel.space)
		fault(c, rec, f->name, "NEXT needs a space");
	if (f->rel.kind == PKW_SUM && !f->rel.sum)
		fault(c, rec, f->name, "SUM needs a function");
	if (f->rel.kind == PKW_SUM && f->rel.sum && f->rel.sum->inet &&
	    f->bits != 16)
		fault(c, rec, f->name, "an Internet checksum has 16 bits");
	if (f->rel.kind == PKW_SUM && f->rel.sum == &pkw_sum_crc32c &&
	    f->bits != 32)
		fault(c, rec, f->name, "a CRC-32C has 32 bits");
}

/* Whether no value satisfies both; only such as the conditions name count. */
static int excludes(const struct pkw_when *a, const struct pkw_when *b)
{
	const uint64_t named[] = { a->value, b->value, a->value | b->value,
		a->value + 1, b->value + 1, a->value - 1, b->value - 1 };

	if (a->op >= PKW_UNDER || b->op >= PKW_UNDER)
		return a->op != b->op && a->op >= PKW_UNDER &&
		    b->op >= PKW_UNDER && strcmp(a->name, b->name) == 0;
	if (!a->op || !b->op || a->field != b->field)
		return 0;
	for (uint64_t v = 0; v < 64; v++)
		if (pkw__when(NULL, 0, a, v) && pkw__when(NULL, 0, b, v))
			return 0;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (pkw__when(NULL, 0, a, named[i]) &&
		    pkw__when(NULL, 0, b, named[i]))
			return 0;
	return 1;
}

/* Two fields of one name must never be there both. */
static int exclusive(const struct pkw_field *f, const struct pkw_field *g)
{
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2; k++)
			if (excludes(&f->when[i], &g->when[k]))
				return 1;
	return 0;
}

static void check_places(
    struct lint *c, const struct pkw_record *rec, unsigned k)
{
	const struct pkw_field *f = &rec->fields[k];

	for (int i = 0; i < 2; i++)
		if (f->when[i].op && f->when[i].op < PKW_UNDER &&
		    f->when[i].field >= k)
			fault(c, rec, f->name,
			    "a condition must name an earlier field: move "
			    "that row before this one");
	if (f->type == PKW_VARIANT && f->key >= k)
		fault(c, rec, f->name, "the key must be an earlier field");
	if (f->rel.kind == PKW_COUNT && f->rel.of < 0)
		fault(c, rec, f->name, "only a list has a count");
	if (f->rel.of >= 0 &&
	    (f->rel.kind == PKW_LEN || f->rel.kind == PKW_COUNT)) {
		if ((unsigned)f->rel.of >= rec->nfields ||
		    (unsigned)f->rel.of <= k)
			fault(c, rec, f->name, "what it counts must come later: "
			    "move this row before it");
		else if (f->rel.kind == PKW_COUNT &&
		    rec->fields[f->rel.of].type != PKW_LIST)
			fault(c, rec, f->name, "only a list has a count");
	}
	for (unsigned i = 0; i < k; i++)
		if (strcmp(rec->fields[i].name, f->name) == 0 &&
		    !exclusive(&rec->fields[i], f))
			fault(c, rec, f->name, "the name is taken: "
			    "rename one, or give both conditions that exclude "
			    "each other");
}

static uint64_t controlling(const struct pkw_record *rec)
{
	uint64_t m = 0;

	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		for (int i = 0; i < 2; i++)
			if (f->when[i].op && f->when[i].op < PKW_UNDER &&
			    f->when[i].field < 64)
				m |= UINT64_C(1) << f->when[i].field;
		if (f->type == PKW_VARIANT && f->key < 64)
			m |= UINT64_C(1) << f->key;
	}
	return m;
}

static void check_record(struct lint *c, const struct pkw_record *rec);

static void check_inner(struct lint *c, const struct pkw_field *f)
{
	const struct pkw_record *const *v;

	for (v = f->variants; v && *v; v++)
		check_record(c, *v);
	if (!f->list)
		return;
	if (f->list->rec)
		check_record(c, f->list->rec);
	for (v = f->list->variants; v && *v; v++)
		check_record(c, *v);
}

static void check_record(struct lint *c, const struct pkw_record *rec)
{
	uint64_t leads = 0, bits = 0;

	for (size_t i = 0; i < c->nseen; i++)
		if (c->seen[i] == rec)
			return;
	if (c->nseen < SEEN)
		c->seen[c->nseen++] = rec;
	if (rec->nfields > 64) {
		fault(c, rec, "*", "more than 64 fields: split the record");
		return;
	}
	if (!rec->shape) {
		fault(c, rec, "*", "no shape: use RECORD()");
		return;
	}
	leads = controlling(rec);
	for (unsigned k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		if (!f->name) {
			fault(c, rec, "*", "a field without a name");
			return;
		}
		check_columns(c, rec, f);
		check_places(c, rec, k);
		if (leads >> k & 1 &&
		    (f->rel.kind == PKW_LEN || f->rel.kind == PKW_COUNT ||
			f->rel.kind == PKW_SUM))
			fault(c, rec, f->name,
			    "is both derived and controlling: what decides "
			    "about other fields cannot be computed");
		if ((pkw__varies(f) || f->rel.kind == PKW_SUM) && bits % 8)
			fault(c, rec, f->name, "does not begin at a byte: %d more bits before "
			    "it would fill one", (int)(8 - bits % 8));
		bits += f->bits;
		check_inner(c, f);
	}
	if (bits % 8)
		fault(c, rec, "*", "does not end at a byte: %d more bits would "
		    "fill it", (int)(8 - bits % 8));
}

static void check_proto(struct lint *c, const struct pkw_proto *proto)
{
	c->proto = proto->rec.name;
	check_record(c, &proto->rec);
	if (proto->trailer)
		check_record(c, proto->trailer);
	for (size_t i = 0; i < proto->nbinds; i++)
		if (!proto->binds[i].space)
			fault(c, &proto->rec, "*", "a bind without a space");
	if (!(proto->flags & PKW_ELEMENT) && !proto->title)
		fault(c, &proto->rec, "*", "no title");
}

int pkw_check(const struct pkw_proto *proto, struct pkw_str *out)
{
	struct lint c = { .out = out };
	const struct pkw_proto *q;

	if (proto) {
		check_proto(&c, proto);
		return c.faults;
	}
	for (size_t i = 0; (q = pkw_proto_at(i)); i++)
		check_proto(&c, q);
	return c.faults;
}
