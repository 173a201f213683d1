/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Labels and defaults of fields, from Lua.  Labels are told by value or by name,
 * {[1]="query"} or {query=1}; what a list of flags names begins at the least
 * significant bit.  A default is a number, a label, or text as a user types it,
 * which is looked at here: the library trusts its tables.
 */
#include "script/table.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* ---- labels ---- */

struct labels {
	struct pkw_label *row;
	size_t n, cap;
};

static void add_label(struct table *t, struct labels *l, uint64_t value,
    const char *name, uint64_t of)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		struct pkw_label *row = table_get(t, cap * sizeof *row);
		if (l->n)
			memcpy(row, l->row, l->n * sizeof *row);
		l->row = row;
		l->cap = cap;
	}
	l->row[l->n++] = (struct pkw_label){ value, name, of };
}

/* [value] = name, or name = value; a list of flags begins at bit 0. */
static void add_labels(struct table *t, struct labels *l, uint64_t of)
{
	lua_State *L = t->L;
	const struct pkw_field *f = &t->made->fields[t->field];
	int flags = f->type == PKW_FLAGS, is;

	if (!lua_istable(L, -1)) {
		table_want(t, "a table of names like {query=1} or "
		    "{[1]=\"query\"}");
		return;
	}
	int idx = lua_gettop(L);
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		int by_name = lua_type(L, -2) == LUA_TSTRING;
		if (by_name)
			lua_pushvalue(L, -2);
		const char *name = table_text(t, -1);
		if (by_name)
			lua_pop(L, 1);
		lua_Integer v =
		    lua_tointegerx(L, by_name ? -1 : -2, &is);
		if (flags && !by_name)
			v--;
		if (!is)
			table_fault(t, "a label belongs to a whole number: "
			    "{query=1} or {[1]=\"query\"}");
		else if (flags && (v < 0 || v >= f->bits))
			table_fault(t, "the field has bits 0 to %d; {name=0} "
			    "names the least", f->bits - 1);
		else if (name)
			add_label(t, l, (uint64_t)v, name, of);
	}
}

static int by_value(const void *a, const void *b)
{
	const struct pkw_label *x = a, *y = b;

	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* With labels_by: a table of such tables, by the value of that field. */
static void labels_by_value(struct table *t, struct labels *l)
{
	lua_State *L = t->L;
	const struct pkw_field *by =
	    &t->made->fields[t->made->fields[t->field].key];
	int idx = lua_gettop(L);
	uint64_t of;

	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		int fine = table_value(t, -1, by, &of);
		lua_pop(L, 1);
		if (fine)
			add_labels(t, l, of);
	}
}

void take_labels(struct table *t, const struct column *c, void *to)
{
	struct pkw_field *f = to;
	struct labels l = { NULL, 0, 0 };

	(void)c;
	if (f->nlabels_by_key && lua_istable(t->L, -1))
		labels_by_value(t, &l);
	else
		add_labels(t, &l, 0);
	if (l.n)
		qsort(l.row, l.n, sizeof *l.row, by_value);
	f->labels = l.row;
	f->nlabels = l.n;
}

void take_labels_by(struct table *t, const struct column *c, void *to)
{
	struct pkw_field *f = to;
	int k = table_field(t, t->made, 0);

	(void)c;
	if (k >= 0) {
		f->key = (uint8_t)k;
		f->nlabels_by_key = 1;
	}
}

/* ---- defaults ---- */

static int is_hex(const char *s, const char *shape)
{
	for (; *shape; s++, shape++)
		if (*shape == 'x' ? !strchr("0123456789abcdefABCDEF", *s) || !*s
				  : *s != *shape)
			return 0;
	return !*s;
}

/* What is wrong with an address as a default; NULL: nothing. */
static const char *bad_text(const struct pkw_field *f, const char *s)
{
	uint8_t b[16];

	if (f->type == PKW_IP4 && inet_pton(AF_INET, s, b) != 1)
		return "an address like 192.0.2.1";
	if (f->type == PKW_IP6 && inet_pton(AF_INET6, s, b) != 1)
		return "an address like 2001:db8::1";
	if (f->type == PKW_MAC && !is_hex(s, "xx:xx:xx:xx:xx:xx"))
		return "an address like 02:00:00:00:00:01";
	if (f->type == PKW_UUID &&
	    !is_hex(s, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
		return "a UUID like 00112233-4455-6677-8899-aabbccddeeff";
	return NULL;
}

/* {"syn", "ack"} of flags. */
static int flag_set(struct table *t, const struct pkw_field *f, uint64_t *v)
{
	uint64_t one;
	int fine = 1;

	*v = 0;
	for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(t->L, -1); i++) {
		lua_rawgeti(t->L, -1, i);
		fine &= table_value(t, -1, f, &one);
		lua_pop(t->L, 1);
		*v |= fine ? one : 0;
	}
	return fine;
}

static void number_default(struct table *t, struct pkw_field *f)
{
	lua_State *L = t->L;
	uint64_t v;

	if (f->type == PKW_FIXED && lua_type(L, -1) == LUA_TNUMBER)
		v = (uint64_t)(lua_tonumber(L, -1) *
		    (double)(UINT64_C(1) << f->unit) + 0.5);
	else if (f->type == PKW_FLAGS && lua_istable(L, -1)) {
		if (!flag_set(t, f, &v))
			return;
	} else if (!table_value(t, -1, f, &v))
		return;
	if (f->type == PKW_INT && f->bits < 64) {
		int64_t most = INT64_C(1) << (f->bits - 1);
		if ((int64_t)v >= most || (int64_t)v < -most)
			table_fault(t, "the default does not fit: %lld to %lld",
			    (long long)-most, (long long)most - 1);
		else
			f->def = v & ((UINT64_C(1) << f->bits) - 1);
		return;
	}
	f->def = v;
}

void take_default(struct table *t, const struct column *c, void *to)
{
	struct pkw_field *f = to;

	(void)c;
	t->made->given |= UINT64_C(1) << t->field;
	if (table_is_number(f)) {
		number_default(t, f);
		return;
	}
	const char *s = table_text(t, -1);
	const char *why = s ? bad_text(f, s) : NULL;
	if (why)
		table_want(t, why);
	else
		f->text = s;
}
