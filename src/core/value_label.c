/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Labels: names of values, both ways.
 *
 * A field's labels are rows {value, name}, sometimes for a value of another
 * field only (ICMP codes by type: .of).  The rows of flags name bits; if all
 * names are one letter long they are written together ("SA"), else joined by
 * plus signs ("MF+DF").
 *
 * From text, a name counts as it stands first, then without regard to case;
 * callers try numbers after that, and offer the nearest name when all fails.
 */
#include "core/expr.h"

#include "base/addr.h"
#include "core/near.h"

#include <pkw/text.h>

#include <string.h>
#include <strings.h>

static int belongs(const struct pkw_field *f, size_t i, uint64_t key)
{
	return !f->nlabels_by_key || f->labels[i].of == key;
}

const char *pkw__label(const struct pkw_field *f, uint64_t key, uint64_t value)
{
	/* many tables are dense and begin with 0 */
	if (!f->nlabels_by_key && value < f->nlabels &&
	    f->labels[value].value == value)
		return f->labels[value].name;
	for (size_t i = 0; i < f->nlabels; i++)
		if (f->labels[i].value == value && belongs(f, i, key))
			return f->labels[i].name;
	return NULL;
}

int pkw__label_value(const struct pkw_field *f, uint64_t key, const char *s,
    uint64_t *value, const char **near)
{
	struct pkw__near w = { s, NULL, 0 };
	const struct pkw_label *found = NULL;

	for (size_t i = 0; i < f->nlabels; i++) {
		const struct pkw_label *l = &f->labels[i];

		if (!belongs(f, i, key))
			continue;
		if (strcmp(l->name, s) == 0) {
			*value = l->value;
			return 0;
		}
		if (!found && strcasecmp(l->name, s) == 0)
			found = l;
	}
	if (found) {
		*value = found->value;
		return 0;
	}
	for (size_t i = 0; near && i < f->nlabels; i++)
		if (belongs(f, i, key))
			pkw__near_try(&w, f->labels[i].name);
	if (near)
		*near = w.best;
	return -PKW_ENOENT;
}

uint64_t pkw__label_key(const struct pkw_pkt *p, int node, unsigned field)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	uint64_t key = 0;

	if (rec && rec->fields[field].nlabels_by_key)
		pkw_field_u(p, node, rec->fields[field].key, &key);
	return key;
}

const char *pkw_field_label(
    const struct pkw_pkt *p, int node, unsigned field, uint64_t value)
{
	const struct pkw_node *n = pkw_node(p, node);

	if (!n || !n->rec || field >= n->rec->nfields)
		return NULL;
	const struct pkw_field *f = &n->rec->fields[field];
	if (!f->nlabels || f->type == PKW_FLAGS)
		return NULL;
	return pkw__label(f, pkw__label_key(p, node, field), value);
}

static int by_letters(const struct pkw_field *f)
{
	for (size_t i = 0; i < f->nlabels; i++)
		if (strlen(f->labels[i].name) != 1)
			return 0;
	return f->nlabels > 0;
}

/* One name of n characters (or a number) as bits. */
static int flag_bits(
    const struct pkw_field *f, const char *s, size_t n, uint64_t *bits)
{
	int neg;

	for (unsigned fold = 0; fold < 2; fold++)
		for (size_t i = 0; i < f->nlabels; i++) {
			const char *name = f->labels[i].name;
			int same = fold ? strncasecmp(name, s, n) == 0
					: strncmp(name, s, n) == 0;
			if (!same || name[n])
				continue;
			*bits = UINT64_C(1) << (f->labels[i].value & 63);
			return 0;
		}
	if (n == 0 || pkw__num_parse(s, n, &neg, bits) < 0 || neg)
		return -PKW_ENOENT;
	return 0;
}

int pkw__flags_text(
    const struct pkw_field *f, uint64_t value, struct pkw_str *out)
{
	const char *sep = by_letters(f) ? "" : "+";
	uint64_t named = 0;
	int first = 1;

	/* a name that several bits share names none */
	for (size_t i = 0; i < f->nlabels; i++) {
		const char *name = f->labels[i].name;
		uint64_t bit = UINT64_C(1) << (f->labels[i].value & 63), b;

		if (flag_bits(f, name, strlen(name), &b) == 0 && b == bit)
			named |= bit;
	}
	if (value == 0 || value & ~named)
		return -PKW_ENOENT;
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = value >> bit & 1
		    ? pkw__label(f, 0, bit)
		    : NULL;
		if (!name)
			continue;
		if (!first)
			pkw_str_add(out, sep);
		pkw_str_add(out, name);
		first = 0;
	}
	return 0;
}

int pkw__flags_value(const struct pkw_field *f, const char *s, uint64_t *value,
    const char **bad, size_t *nbad)
{
	uint64_t sum = 0, bits;
	int letters = by_letters(f) && strncmp(s, "0x", 2) != 0;

	while (*s) {
		size_t n = letters ? 1 : strcspn(s, "+");

		if (letters && *s == '+') {
			s++;
			continue;
		}
		if (flag_bits(f, s, n, &bits) < 0) {
			*bad = s;
			*nbad = n;
			return -PKW_ENOENT;
		}
		sum |= bits;
		s += n;
		if (!letters && *s == '+' && s[1])
			s++;
	}
	*value = sum;
	return 0;
}
