/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records and their rows, from Lua: what u16"len"{length_of="body"} and
 * record("Opt", {...}) made becomes struct pkw_field and struct pkw_record.
 *
 * Rows may name each other, so first all get their names and types, and then
 * their columns, in order: labels come before what may be said by a label, and
 * a condition's field before the condition.
 *
 * A list's elements stand in its row without a key: list"options"{A, B, C}.
 * Those with a key= are variants, the one without is what does not fit any; the
 * key lies where the first field of a variant is, or the one that peek= names,
 * and a variant's own key is that field's default.
 */
#include "script/table.h"

#include <string.h>

enum { DEPTH = 12, MOST = 64 };

int table_is(lua_State *L, int idx, const char *kind)
{
	idx = lua_absindex(L, idx);
	if (!lua_istable(L, idx))
		return 0;
	lua_pushliteral(L, "is");
	int r = lua_rawget(L, idx) == LUA_TSTRING &&
	    strcmp(lua_tostring(L, -1), kind) == 0;
	lua_pop(L, 1);
	return r;
}

static struct pkw_field *this_field(struct table *t)
{
	return &t->made->fields[t->field];
}

static struct pkw_list *this_list(struct table *t)
{
	return &t->made->lists[t->field];
}

/* ---- relations ---- */

static const struct word targets[] = {
	{ "record", -PKW_OF_RECORD },
	{ "rest", -PKW_OF_REST },
	{ "layer", -PKW_OF_LAYER },
	{ "payload", -PKW_OF_PAYLOAD },
	{ "all", -PKW_OF_ALL },
	{ NULL, 0 },
};

/* One relation a row. */
static int relate(struct table *t, struct pkw_rel *rel, unsigned kind)
{
	if (rel->kind != PKW_PLAIN) {
		table_fault(t, "the row is computed otherwise already; keep "
		    "one of length_of, count_of, next and checksum");
		return 0;
	}
	rel->kind = (uint8_t)kind;
	return 1;
}

static int target_word(struct table *t)
{
	const char *s = lua_tostring(t->L, -1);

	for (const struct word *w = targets; s && w->name; w++)
		if (strcmp(w->name, s) == 0)
			return -w->value;
	return 0;
}

/* arg: LEN or COUNT */
static void take_target(struct table *t, const struct column *c, void *to)
{
	struct pkw_rel *rel = to;
	int named = lua_type(t->L, -1) == LUA_TSTRING &&
	    pkw_field_find(&t->made->rec, lua_tostring(t->L, -1)) >= 0;
	int of = c->arg == PKW_LEN && !named &&
		lua_type(t->L, -1) == LUA_TSTRING
	    ? target_word(t)
	    : 0;

	if (!of) {
		of = table_field(t, t->made, t->field + 1);
		if (of < 0)
			return;
	}
	if (relate(t, rel, (unsigned)c->arg))
		rel->of = (int8_t)of;
}

static void take_also(struct table *t, const struct column *c, void *to)
{
	int k = table_field(t, t->made, t->field + 1);

	(void)c;
	if (k >= 0)
		*(int8_t *)to = (int8_t)k;
}

static void take_next(struct table *t, const struct column *c, void *to)
{
	struct pkw_rel *rel = to;
	const char *s = table_text(t, -1);

	(void)c;
	if (s && relate(t, rel, PKW_NEXT))
		rel->space = s;
}

static void take_checksum(struct table *t, const struct column *c, void *to)
{
	static const struct pkw_sum *const sums[] = { &pkw_sum_inet,
		&pkw_sum_crc32c };
	static const struct word names[] = { { "inet", 0 }, { "crc32c", 1 },
		{ NULL, 0 } };
	struct pkw_rel *rel = to;

	if (!relate(t, rel, PKW_SUM))
		return;
	rel->of = PKW_OF_LAYER;
	if (lua_isfunction(t->L, -1)) {
		take_sum_function(t, c, &rel->sum);
	} else {
		int i = table_word(t, names);
		if (i >= 0)
			rel->sum = sums[i];
	}
	if (!rel->sum)
		rel->kind = PKW_PLAIN; /* a fault has been told */
}

static void take_over(struct table *t, const struct column *c, void *to)
{
	static const struct word words[] = {
		{ "layer", -PKW_OF_LAYER },
		{ "record", -PKW_OF_RECORD },
		{ "all", -PKW_OF_ALL },
		{ NULL, 0 },
	};
	struct pkw_rel *rel = to;
	int of = table_word(t, words);

	(void)c;
	if (of >= 0 && rel->kind != PKW_SUM)
		table_fault(t, "only a checksum is over something");
	else if (of >= 0)
		rel->of = (int8_t)-of;
}

/* One condition, or two in a table. */
static void take_whens(struct table *t, const struct column *c, void *to)
{
	lua_State *L = t->L;
	struct pkw_when *when = to;

	(void)c;
	int two = 0;
	if (lua_istable(L, -1)) {
		two = lua_rawgeti(L, -1, 1) == LUA_TTABLE;
		lua_pop(L, 1);
	}
	if (!two) {
		table_when(t, t->made, -1, when);
		return;
	}
	if (lua_rawlen(L, -1) > 2)
		table_fault(t, "there are at most two conditions");
	for (int i = 0; i < 2; i++) {
		if (lua_rawgeti(L, -1, i + 1) == LUA_TTABLE)
			table_when(t, t->made, -1, &when[i]);
		lua_pop(L, 1);
	}
}

/* ---- codecs ---- */


static const struct pkw_codec *codec_in(
    const struct pkw_record *rec, const char *name, int depth)
{
	const struct pkw_codec *c = NULL;

	for (size_t k = 0; k < rec->nfields && !c && depth < 6; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_record *const *v = f->variants;
		if (f->codec && strcmp(f->codec->name, name) == 0)
			return f->codec;
		for (; v && *v && !c; v++)
			c = codec_in(*v, name, depth + 1);
	}
	return c;
}

/* By walking the tables: every one that some protocol uses. */
static const struct pkw_codec *codec_named(const char *name)
{
	const struct pkw_codec *c = NULL;
	const struct pkw_proto *proto;

	for (size_t i = 0; !c && (proto = pkw_proto_at(i)); i++)
		c = codec_in(&proto->rec, name, 0);
	return c;
}

static void take_codec(struct table *t, const struct column *c, void *to)
{
	const char *s = table_text(t, -1);
	struct pkw_field *f = to;

	(void)c;
	if (!s)
		return;
	f->codec = codec_named(s);
	if (!f->codec)
		table_fault(t, "no protocol codes a field as \"%s\"; `ls' of a "
		    "layer shows how its fields are coded", s);
}

/* ---- records inside ---- */

static const struct pkw_record *const *variants(
    struct table *t, struct made *const *v, size_t n)
{
	const struct pkw_record **r = table_get(t, (n + 1) * sizeof *r);

	for (size_t i = 0; i < n; i++)
		r[i] = &v[i]->rec;
	return r;
}

/* Where the key lies in these records, which get it as its default. */
static void place_key(struct table *t, struct made *const *v, size_t n)
{
	struct pkw_list *list = this_list(t);
	int k = 0;
	uint32_t bit = 0;

	if (lua_getfield(t->L, -1, "peek") != LUA_TNIL) {
		t->column = "peek";
		k = table_field(t, v[0], 0);
		t->column = NULL;
	}
	lua_pop(t->L, 1);
	if (k < 0 || v[0]->rec.nfields == 0)
		return;
	for (int i = 0; i < k; i++)
		bit += v[0]->rec.fields[i].bits;
	const struct pkw_field *f = &v[0]->rec.fields[k];
	if (!table_is_number(f)) {
		table_fault(t, "the variants' key has to be a number: "
		    "peek=\"FIELD\" names another field than %s.%s",
		    v[0]->rec.name, f->name);
		return;
	}
	list->peek_bit = (uint16_t)bit;
	list->peek_bits = f->bits;
	for (size_t i = 0; i < n; i++)
		if (v[i]->fields && (size_t)k < v[i]->rec.nfields &&
		    !(v[i]->given >> k & 1))
			v[i]->fields[k].def = v[i]->rec.key;
}

/* The records in the table at the top become the field's. */
static void take_records(struct table *t)
{
	lua_State *L = t->L;
	struct pkw_field *f = this_field(t);
	struct pkw_list *list = this_list(t);
	struct made *v[MOST];
	size_t n = 0, all = lua_rawlen(L, -1);

	for (size_t i = 0; i < all && i < MOST; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		struct made *m = table_record(t, -1);
		lua_pop(L, 1);
		if (!m)
			continue;
		if (f->type == PKW_VARIANT || !m->keyless)
			v[n++] = m;
		else if (!list->rec)
			list->rec = &m->rec;
		else
			table_fault(t, "%s and %s both have no key; key= tells "
			    "variants apart", list->rec->name, m->rec.name);
	}
	if (all > MOST)
		table_fault(t, "there are at most %d variants", MOST);
	for (size_t i = 0; i < n && f->type == PKW_VARIANT; i++)
		if (v[i]->keyless)
			v[i]->rec.key = PKW_ELSE;
	const struct pkw_record *const *r =
	    n ? variants(t, v, n) : NULL;
	if (f->type == PKW_VARIANT) {
		f->variants = r;
		return;
	}
	f->list = list;
	list->variants = r;
	if (n)
		place_key(t, v, n);
}

static void take_style(struct table *t, const struct column *c, void *to)
{
	(void)to;
	take_word(t, c, &this_list(t)->style);
}

/* Its field is one of the elements', which are all alike there. */
static void take_last(struct table *t, const struct column *c, void *to)
{
	struct pkw_list *list = this_list(t);
	const struct pkw_record *rec = list->rec ? list->rec
	    : list->variants ? list->variants[0] : NULL;

	(void)c;
	(void)to;
	if (rec) {
		const struct made m = { .rec = *rec };
		table_when(t, &m, -1, &list->until);
	}
}

static void take_peek(struct table *t, const struct column *c, void *to)
{
	(void)t; /* see place_key() */
	(void)c;
	(void)to;
}

/* ---- rows ---- */

static const struct word pads[] = {
	{ "always", PKW_PAD_ALWAYS },
	{ "odd", PKW_PAD_ODD },
	{ "free", PKW_PAD_FREE },
	{ "never", PKW_PAD_NEVER },
	{ NULL, 0 },
};
static const struct word styles[] = {
	{ "layers", PKW_LIST_LAYERS },
	{ "chain", PKW_LIST_CHAIN },
	{ "tuples", PKW_LIST_TUPLES },
	{ "words", PKW_LIST_WORDS },
	{ "values", PKW_LIST_VALUES },
	{ NULL, 0 },
};

#define AT(member) offsetof(struct pkw_field, member)

/* In the order in which they are taken. */
static const struct column columns[] = {
	{ "doc", take_text, AT(doc) },
	{ "hex", take_bool, AT(base) },
	{ "little", take_flag, AT(flags), PKW_LE },
	{ "word", take_u8, AT(unit), 8 },
	{ "flat", take_flag, AT(flags), PKW_FLAT },
	{ "source", take_flag, AT(flags), PKW_SRC },
	{ "destination", take_flag, AT(flags), PKW_DST },
	{ "nonzero", take_flag, AT(flags), PKW_NOZERO },
	{ "zeropad", take_flag, AT(flags), PKW_ZPAD },
	{ "rawtext", take_flag, AT(flags), PKW_RAWTEXT },
	{ "optional", take_flag, AT(flags), PKW_MAYEND },
	{ "id", take_flag, AT(flags), PKW_ID },
	{ "spell", take_bool, AT(spell) },
	{ "inner", take_text, AT(inner) },
	{ "codec", take_codec, 0 },
	{ "key", take_field, AT(key) },
	{ "labels_by", take_labels_by, 0 },
	{ "labels", take_labels, 0 },
	{ "default", take_default, 0 },
	{ "when", take_whens, AT(when) },
	{ "length_of", take_target, AT(rel), PKW_LEN },
	{ "count_of", take_target, AT(rel), PKW_COUNT },
	{ "next", take_next, AT(rel) },
	{ "checksum", take_checksum, AT(rel) },
	{ "over", take_over, AT(rel) },
	{ "pseudo", take_text, AT(rel.pseudo) },
	{ "unit", take_u8, AT(rel.unit) },
	{ "bias", take_s16, AT(rel.bias) },
	{ "per", take_u8, AT(rel.per) },
	{ "zero", take_u8, AT(rel.zero), 2 },
	{ "pad", take_word, AT(rel.pad), 0, pads },
	{ "also", take_also, AT(rel.also) },
	{ "guard", take_when, AT(rel.guard) },
	{ "style", take_style, 0, 0, styles },
	{ "peek", take_peek, 0 },
	{ "last", take_last, 0 },
	{ NULL },
};

static const struct word types[] = {
	{ "uint", PKW_UINT },
	{ "int", PKW_INT },
	{ "flags", PKW_FLAGS },
	{ "fixed", PKW_FIXED },
	{ "mac", PKW_MAC },
	{ "ip4", PKW_IP4 },
	{ "ip6", PKW_IP6 },
	{ "addr", PKW_ADDR },
	{ "uuid", PKW_UUID },
	{ "bytes", PKW_BYTES },
	{ "text", PKW_TEXT },
	{ "coded", PKW_CODED },
	{ "list", PKW_LIST },
	{ "variant", PKW_VARIANT },
	{ "sub", PKW_SUB },
	{ "align", PKW_ALIGN },
	{ NULL, 0 },
};

/* The same for what the constructor of a row put there. */
static const struct column made_columns[] = {
	{ "type", take_word, AT(type), 0, types },
	{ "unit", take_u8, AT(unit) },
	{ "little", take_flag, AT(flags), PKW_LE },
	{ NULL },
};

static int is_name(const char *s)
{
	return *s && !(*s >= '0' && *s <= '9') &&
	    !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
			 "abcdefghijklmnopqrstuvwxyz0123456789")];
}

/* The row at the top: its name, type and width. */
static void begin_row(struct table *t, struct pkw_field *f)
{
	lua_State *L = t->L;

	lua_getfield(L, -1, "name");
	f->name = lua_type(L, -1) == LUA_TSTRING ? table_text(t, -1) : NULL;
	lua_pop(L, 1);
	lua_getfield(L, -1, "where");
	t->row = f->name;
	table_place(t, lua_tostring(L, -1));
	lua_pop(L, 1);
	if (!f->name || !is_name(f->name)) {
		table_fault(t, "a field's name is made of letters, digits "
		    "and _");
		f->name = "_";
	}
	lua_getfield(L, -1, "made");
	for (const struct column *c = made_columns; c->name; c++) {
		if (lua_getfield(L, -1, c->name) != LUA_TNIL)
			c->take(t, c, (char *)f + c->at);
		lua_pop(L, 1);
	}
	lua_getfield(L, -1, "bits");
	f->bits = (uint16_t)lua_tointeger(L, -1);
	lua_pop(L, 2);
}

/* {64} is {default=64}, and {A, B} of a list its records. */
static void take_positional(struct table *t, struct pkw_field *f)
{
	lua_State *L = t->L;
	int inside = f->type == PKW_LIST || f->type == PKW_SUB ||
	    f->type == PKW_VARIANT;

	if (inside) {
		take_records(t);
		if (lua_rawlen(L, -1) == 0)
			table_fault(t, "what is in it? %s\"%s\"{record(...)}",
			    f->type == PKW_LIST ? "list"
				: f->type == PKW_SUB ? "sub" : "variant",
			    f->name);
		return;
	}
	if (lua_rawgeti(L, -1, 1) != LUA_TNIL) {
		t->column = "default";
		take_default(t, NULL, f);
		t->column = NULL;
	}
	lua_pop(L, 1);
	if (lua_rawlen(L, -1) > 1)
		table_fault(t, "one default is enough");
}

static void end_row(struct table *t, struct pkw_field *f)
{
	lua_State *L = t->L;

	t->row = f->name;
	lua_getfield(L, -1, "columns");
	int idx = lua_gettop(L);
	int later = !table_is_number(f); /* a default may be said by a label */
	if (later)
		take_positional(t, f);
	table_columns(t, idx, columns, f);
	if (!later)
		take_positional(t, f);
	lua_pop(L, 1);
	if (f->type == PKW_VARIANT &&
	    lua_getfield(L, -1, "columns") == LUA_TTABLE) {
		if (lua_getfield(L, -1, "key") == LUA_TNIL)
			table_fault(t, "key=\"FIELD\" has to name the field "
			    "that chooses");
		lua_pop(L, 1);
	}
	if (f->type == PKW_VARIANT)
		lua_pop(L, 1);
	if (f->type == PKW_CODED && !f->codec) {
		struct place *p = &t->places[t->nplaces - 1];
		if (!p->faulted)
			table_fault(t, "codec= has to say how it is coded");
	}
	t->row = NULL;
}

/* The rows proper, skipping what is none. */
static size_t count_rows(struct table *t, int idx)
{
	lua_State *L = t->L;
	size_t n = lua_rawlen(L, idx), rows = 0;

	for (size_t i = 0; i < n; i++) {
		lua_rawgeti(L, idx, (lua_Integer)i + 1);
		if (table_is(L, -1, "row"))
			rows++;
		else
			table_fault(t, "row %d is a %s; rows are like u8\"kind\"",
			    (int)i + 1, table_is(L, -1, "record")
				? "record" : luaL_typename(L, -1));
		lua_pop(L, 1);
	}
	return rows;
}

void table_rows(struct table *t, struct made *m, int idx)
{
	lua_State *L = t->L;
	struct made *outer = t->made;
	unsigned outer_field = t->field;

	idx = lua_absindex(L, idx);
	if (!lua_istable(L, idx)) {
		lua_pushvalue(L, idx);
		table_want(t, "a table of rows, as in {u8\"kind\", "
		    "bytes\"body\"}");
		lua_pop(L, 1);
		return;
	}
	luaL_checkstack(L, 20, NULL);
	size_t n = count_rows(t, idx), all = lua_rawlen(L, idx);
	if (n > 64) {
		table_fault(t, "a record has at most 64 rows, not %d; split it",
		    (int)n);
		return;
	}
	m->fields = table_get(t, (n + 1) * sizeof *m->fields);
	m->lists = table_get(t, (n + 1) * sizeof *m->lists);
	m->rec.fields = m->fields;
	for (int pass = 0; pass < 2; pass++) {
		size_t k = 0;
		for (size_t i = 0; i < all; i++) {
			lua_rawgeti(L, idx, (lua_Integer)i + 1);
			t->made = m;
			t->field = (unsigned)k;
			if (!table_is(L, -1, "row"))
				;
			else if (pass == 0)
				begin_row(t, &m->fields[k++]);
			else
				end_row(t, &m->fields[k++]);
			lua_pop(L, 1);
		}
		m->rec.nfields = n;
	}
	t->row = NULL;
	t->made = outer;
	t->field = outer_field;
}

/* ---- records ---- */

static void take_key(struct table *t, const struct column *c, void *to)
{
	if (lua_type(t->L, -1) == LUA_TSTRING &&
	    strcmp(lua_tostring(t->L, -1), "else") == 0)
		*(uint64_t *)to = PKW_ELSE;
	else
		take_u64(t, c, to);
}

/* presets={field=value}: of the fields of the record it stands in. */
static void take_presets(struct table *t, const struct column *c, void *to)
{
	lua_State *L = t->L;
	struct made *m = to;
	size_t n = 0;

	(void)c;
	if (!lua_istable(L, -1)) {
		table_want(t, "a table like {field=value}");
		return;
	}
	int idx = lua_gettop(L);
	struct pkw_preset *p = table_get(t, 64 * sizeof *p);
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		int k = table_field(t, t->made, 0);
		lua_pop(L, 1);
		if (k < 0 || n == 64)
			continue;
		p[n].field = (uint8_t)k;
		if (table_value(t, -1, &t->made->rec.fields[k], &p[n].value))
			n++;
	}
	m->rec.presets = p;
	m->rec.npresets = n;
}

static void take_le(struct table *t, const struct column *c, void *to)
{
	struct made *m = to;

	(void)c;
	table_when(t, m, -1, &m->rec.le);
}

static const struct column record_columns[] = {
	{ "key", take_key, offsetof(struct made, rec.key) },
	{ "align", take_u8, offsetof(struct made, rec.align) },
	{ "nameless", take_u8, offsetof(struct made, rec.nameless), 2 },
	{ "presets", take_presets, 0 },
	{ "little", take_le, 0 },
	{ NULL },
};

/* A record of that name which is done, or being made: it may be inside of
   itself. */
static struct made *record_named(struct table *t, const char *name)
{
	for (struct made *m = t->all; m; m = m->before)
		if (strcmp(m->rec.name, name) == 0)
			return m;
	table_fault(t, "there is no record(\"%s\", ...) around this row", name);
	return NULL;
}

static struct made *make_record(struct table *t, int idx)
{
	lua_State *L = t->L;
	const char *record = t->record, *row = t->row;
	struct made *m = table_get(t, sizeof *m);

	lua_getfield(L, idx, "name");
	m->rec.name = table_text(t, -1);
	lua_pop(L, 1);
	m->rec.shape = table_get(t, sizeof *m->rec.shape);
	if (!m->rec.name || !is_name(m->rec.name)) {
		table_fault(t, "a record's name is made of letters, digits "
		    "and _");
		m->rec.name = "_";
	}
	m->before = t->all;
	t->all = m;
	t->record = m->rec.name;
	t->row = NULL;
	lua_getfield(L, idx, "where");
	table_place(t, lua_tostring(L, -1));
	lua_pop(L, 1);
	lua_getfield(L, idx, "columns");
	m->keyless = lua_getfield(L, -1, "key") == LUA_TNIL;
	lua_pop(L, 2);
	lua_getfield(L, idx, "rows");
	table_rows(t, m, -1);
	lua_pop(L, 1);
	lua_getfield(L, idx, "columns");
	table_columns(t, lua_gettop(L), record_columns, m);
	lua_pop(L, 1);
	t->record = record;
	t->row = row;
	return m;
}

/* A layer's own record, as it is. */
static struct made *borrowed(struct table *t, const struct layer *l)
{
	struct made *m = table_get(t, sizeof *m);

	m->rec = l->proto->rec;
	m->keyless = 1;
	return m;
}

struct made *table_record(struct table *t, int idx)
{
	lua_State *L = t->L;
	const struct layer *l = layer_test(L, idx);
	struct made *m;

	idx = lua_absindex(L, idx);
	if (l)
		return borrowed(t, l);
	if (lua_type(L, idx) == LUA_TSTRING)
		return record_named(t, lua_tostring(L, idx));
	if (!table_is(L, idx, "record")) {
		lua_pushvalue(L, idx);
		table_want(t, "a record(\"Name\", {rows}) or a layer");
		lua_pop(L, 1);
		return NULL;
	}
	lua_pushvalue(L, idx);
	if (lua_rawget(L, t->records) == LUA_TLIGHTUSERDATA) {
		m = lua_touserdata(L, -1);
		lua_pop(L, 1);
		return m;
	}
	lua_pop(L, 1);
	if (t->depth == DEPTH) {
		table_fault(t, "records lie too deep inside each other");
		return NULL;
	}
	t->depth++;
	m = make_record(t, idx);
	t->depth--;
	lua_pushvalue(L, idx);
	lua_pushlightuserdata(L, m);
	lua_rawset(L, t->records);
	return m;
}
