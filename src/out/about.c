/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A field's row told in words.  Everything is said from the table, so that the
 * reference of a new protocol is written when its rows are.
 */
#include "out/about.h"

#include <string.h>

static void bits_of(const struct pkw_field *f, struct pkw_str *out)
{
	if (f->bits % 8 || f->bits < 8)
		pkw_str_fmt(out, "%u bit%s", f->bits, f->bits == 1 ? "" : "s");
	else
		pkw_str_fmt(out, "%u byte%s", f->bits / 8,
		    f->bits == 8 ? "" : "s");
}

static const char *record_name(const struct pkw_record *rec)
{
	return rec && rec->name ? rec->name : "records";
}

static void list_type(const struct pkw_field *f, struct pkw_str *out)
{
	const struct pkw_record *rec = f->list->rec;

	pkw_str_add(out, f->type == PKW_SUB ? "record " : "list of ");
	if (rec)
		pkw_str_add(out, record_name(rec));
	else if (f->list->variants)
		pkw_str_fmt(out, "%s, ...", record_name(f->list->variants[0]));
}

void pkw__about_type(const struct pkw_field *f, struct pkw_str *out)
{
	static const char *const words[PKW__TYPE_N] = {
		[PKW_MAC] = "MAC address",
		[PKW_IP4] = "IPv4 address",
		[PKW_IP6] = "IPv6 address",
		[PKW_ADDR] = "address",
		[PKW_UUID] = "UUID",
		[PKW_VARIANT] = "variant",
		[PKW_ALIGN] = "alignment",
		[PKW_SWITCH] = "switch",
	};

	switch ((enum pkw_type)f->type) {
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED:
		bits_of(f, out);
		if (f->type != PKW_UINT)
			pkw_str_add(out, f->type == PKW_INT ? " signed"
			        : f->type == PKW_FLAGS ? " flags"
			                               : " fixed point");
		if (f->flags & PKW_LE)
			pkw_str_add(out, " LE");
		return;
	case PKW_BYTES:
	case PKW_TEXT:
		if (f->bits) {
			bits_of(f, out);
			if (f->type == PKW_TEXT)
				pkw_str_add(out, " text");
		} else {
			pkw_str_add(out,
			    f->inner ? "packet"
			    : f->type == PKW_TEXT ? "text"
			                          : "bytes");
		}
		return;
	case PKW_CODED:
		pkw_str_add(out, f->codec && f->codec->name ? f->codec->name
		                                            : "coded");
		return;
	case PKW_LIST:
	case PKW_SUB:
		list_type(f, out);
		return;
	case PKW_VARIANT:
		pkw_str_add(out, "variant");
		return;
	case PKW_MAC:
	case PKW_IP4:
	case PKW_IP6:
	case PKW_ADDR:
	case PKW_UUID:
	case PKW_ALIGN:
	case PKW_SWITCH:
		pkw_str_add(out, words[f->type]);
		return;
	case PKW__TYPE_N:
		return;
	}
}

static const char *label_of(const struct pkw_field *f, uint64_t v)
{
	for (size_t i = 0; i < f->nlabels && !f->nlabels_by_key; i++)
		if (f->labels[i].value == v)
			return f->labels[i].name;
	return NULL;
}

static void flags_of(
    const struct pkw_field *f, uint64_t v, struct pkw_str *out)
{
	const char *plus = "";

	for (unsigned bit = 0; bit < f->bits && bit < 64; bit++) {
		const char *name = v >> bit & 1 ? label_of(f, bit) : NULL;
		if (!name)
			continue;
		pkw_str_fmt(out, "%s%s", plus, name);
		plus = name[1] ? "+" : "";
	}
}

/* A number as the field shows it. */
static void number(const struct pkw_field *f, uint64_t v, struct pkw_str *out)
{
	if (f->type == PKW_FLAGS && v) {
		flags_of(f, v, out);
	} else if (f->type == PKW_FIXED && f->unit < 64) {
		pkw_str_u64(out, v >> f->unit);
	} else if (f->type == PKW_INT && f->bits < 64 &&
	    v >> (f->bits - 1) & 1) {
		pkw_str_i64(out, (int64_t)(v | ~UINT64_C(0) << f->bits));
	} else if (f->base == PKW_HEX) {
		pkw_str_add(out, "0x");
		pkw_str_hex64(out, v, 1);
	} else {
		pkw_str_u64(out, v);
	}
}

void pkw__about_default(const struct pkw_record *rec,
    const struct pkw_field *f, struct pkw_str *out)
{
	(void)rec;
	if (f->rel.kind != PKW_PLAIN) {
		pkw_str_add(out, "computed");
		if (f->rel.kind == PKW_NEXT && f->def) {
			pkw_str_add(out, ", else ");
			number(f, f->def, out);
		}
		return;
	}
	if (f->flags & (PKW_SRC | PKW_DST) && f->type != PKW_UINT)
		pkw_str_add(out, "routed, else ");
	switch ((enum pkw_type)f->type) {
	case PKW_UINT:
	case PKW_INT:
	case PKW_FLAGS:
	case PKW_FIXED: {
		const char *label = f->type == PKW_FLAGS
		    ? NULL
		    : label_of(f, f->def);
		number(f, f->def, out);
		if (label)
			pkw_str_fmt(out, " (%s)", label);
		return;
	}
	case PKW_MAC:
		pkw_str_add(out, f->text ? f->text : "00:00:00:00:00:00");
		return;
	case PKW_IP4:
		pkw_str_add(out, f->text ? f->text : "0.0.0.0");
		return;
	case PKW_IP6:
		pkw_str_add(out, f->text ? f->text : "::");
		return;
	case PKW_SWITCH:
		pkw_str_add(out, "1");
		return;
	case PKW_ADDR:
	case PKW_UUID:
	case PKW_BYTES:
	case PKW_TEXT:
	case PKW_CODED:
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
	case PKW_ALIGN:
	case PKW__TYPE_N:
		break;
	}
	if (f->text && *f->text) {
		pkw_str_addc(out, '"');
		pkw_str_pyesc(out, f->text, strlen(f->text), '"');
		pkw_str_addc(out, '"');
	}
}

static const char *extent(const struct pkw_record *rec, int of)
{
	static const char *const words[] = {
		[-PKW_OF_RECORD] = "the header",
		[-PKW_OF_REST] = "what follows",
		[-PKW_OF_LAYER] = "header and payload",
		[-PKW_OF_PAYLOAD] = "the payload",
		[-PKW_OF_ALL] = "the layer and what lies behind its payload",
	};

	if (of >= 0)
		return (size_t)of < rec->nfields ? rec->fields[of].name : "?";
	return -of < (int)(sizeof words / sizeof *words) ? words[-of] : "?";
}

void pkw__about_relation(const struct pkw_record *rec,
    const struct pkw_field *f, struct pkw_str *out)
{
	const struct pkw_rel *r = &f->rel;

	switch ((enum pkw_rel_kind)r->kind) {
	case PKW_PLAIN:
		return;
	case PKW_LEN:
		pkw_str_fmt(out, "length of %s in %s", extent(rec, r->of),
		    r->per > 1 ? "bits" : r->unit > 1 ? "units of" : "bytes");
		if (r->unit > 1)
			pkw_str_fmt(out, " %u bytes", r->unit);
		break;
	case PKW_COUNT:
		pkw_str_fmt(out, "number of elements of %s",
		    extent(rec, r->of));
		break;
	case PKW_NEXT:
		pkw_str_fmt(out, "tells the next layer (%s)", r->space);
		return;
	case PKW_SUM:
		pkw_str_fmt(out, "checksum%s%s over %s%s",
		    r->sum && r->sum->name ? " " : "",
		    r->sum && r->sum->name ? r->sum->name : "",
		    extent(rec, r->of), r->pseudo ? " and pseudo header" : "");
		return;
	}
	if (r->bias)
		pkw_str_fmt(out, ", %s %d", r->bias > 0 ? "less" : "plus",
		    r->bias > 0 ? r->bias : -r->bias);
}

static void set_of(
    const struct pkw_field *f, uint64_t set, struct pkw_str *out)
{
	const char *comma = "";

	for (unsigned v = 0; v < 64; v++) {
		if (!(set >> v & 1))
			continue;
		pkw_str_add(out, comma);
		number(f, v, out);
		comma = ", ";
	}
}

static void condition(const struct pkw_record *rec, const struct pkw_when *w,
    struct pkw_str *out)
{
	const struct pkw_field *f =
	    w->field < rec->nfields ? &rec->fields[w->field] : NULL;
	const char *label = f ? label_of(f, w->value) : NULL;

	if (w->op == PKW_UNDER || w->op == PKW_NUNDER) {
		pkw_str_fmt(out, "%s %s", w->op == PKW_UNDER ? "above"
		                                             : "not above",
		    w->name);
		return;
	}
	if (!f)
		return;
	pkw_str_add(out, f->name);
	switch ((enum pkw_op)w->op) {
	case PKW_EQ:
		pkw_str_add(out, " is ");
		break;
	case PKW_NE:
		pkw_str_add(out, " is not ");
		break;
	case PKW_LT:
		pkw_str_add(out, " < ");
		break;
	case PKW_GT:
		pkw_str_add(out, " > ");
		break;
	case PKW_BITS:
	case PKW_NBITS:
		pkw_str_add(out, w->op == PKW_BITS ? " has " : " has not ");
		if (f->type == PKW_FLAGS) {
			flags_of(f, w->value, out);
		} else {
			pkw_str_add(out, "0x");
			pkw_str_hex64(out, w->value, 1);
		}
		return;
	case PKW_IN:
	case PKW_NIN:
		pkw_str_add(out, w->op == PKW_IN ? " in " : " not in ");
		set_of(f, w->value, out);
		return;
	case PKW_ALWAYS:
	case PKW_UNDER:
	case PKW_NUNDER:
		return;
	}
	number(f, w->value, out);
	if (label && f->type != PKW_FLAGS)
		pkw_str_fmt(out, " (%s)", label);
}

void pkw__about_condition(const struct pkw_record *rec,
    const struct pkw_field *f, struct pkw_str *out)
{
	for (int i = 0; i < 2; i++) {
		if (!f->when[i].op)
			continue;
		pkw_str_add(out, i && f->when[0].op ? " and " : "if ");
		condition(rec, &f->when[i], out);
	}
	if (f->flags & PKW_MAYEND && !f->when[0].op)
		pkw_str_add(out, "may be missing");
}

void pkw__about_labels(
    const struct pkw_field *f, size_t max, struct pkw_str *out)
{
	size_t from = out->len;

	for (size_t i = 0; i < f->nlabels; i++) {
		const struct pkw_label *l = &f->labels[i];
		size_t before = out->len;
		pkw_str_add(out, i ? ", " : "");
		if (f->nlabels_by_key)
			pkw_str_fmt(out, "%llu/",
			    (unsigned long long)l->of);
		if (f->type != PKW_FLAGS) {
			number(f, l->value, out);
			pkw_str_addc(out, ' ');
		}
		pkw_str_add(out, l->name);
		if (max && out->len - from > max && !out->err) {
			out->len = before;
			pkw_str_add(out, ", ...");
			return;
		}
	}
}

void pkw__about_binds(const struct pkw_proto *proto, struct pkw_str *out)
{
	for (size_t i = 0; i < proto->nbinds; i++) {
		const struct pkw_bind *b = &proto->binds[i];

		pkw_str_add(out, i ? ", " : "");
		pkw_str_fmt(out, "%s ", b->space);
		if (strcmp(b->space, "ethertype") == 0) {
			pkw_str_add(out, "0x");
			pkw_str_hex64(out, b->value, 1);
		} else {
			pkw_str_u64(out, b->value);
		}
	}
}
