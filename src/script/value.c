/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lua's values as text that the expression parser takes, and fields as Lua's
 * values.
 *
 * Everything but plain integers goes through text, so that a value means in Lua
 * what it means on the command line, lists of options and records included:
 *
 *   {80, 443}              a set where one value belongs:    [80, 443]
 *   {{"MSS", 1460}}        a list where the field is one:    [("MSS", 1460)]
 *   IP{...}                a packet: its expression
 *   range(1, 9), none ...  values made in lua/values.lua carry their text
 */
#include "script/bind.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { DEPTH = 12 };

static int is_address(const struct pkw_field *f)
{
	return f->type == PKW_IP4 || f->type == PKW_IP6 ||
	    (f->type == PKW_ADDR && !(f->flags & PKW_RAWTEXT));
}

/* Is a table in this field one value rather than several? */
static int holds_lists(const struct pkw_field *f)
{
	return f->type == PKW_LIST || f->type == PKW_VARIANT ||
	    f->type == PKW_SUB ||
	    (f->type == PKW_CODED && (f->codec->list || f->codec->lines));
}

static int text_of_string(lua_State *L, int idx, const struct pkw_field *f,
    struct pkw_str *out)
{
	size_t n, i = 0;
	const char *s = lua_tolstring(L, idx, &n);

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	pkw_str_add(out, i < n ? "b\"" : "\"");
	pkw_str_pyesc(out, s, n, '"');
	pkw_str_addc(out, '"');
	return f && is_address(f) && memchr(s, '/', n) != NULL;
}

/* What the values are for, to be named in messages. */
struct target {
	const char *record, *field; /* field: NULL for an element of a list */
};

static int refuse(lua_State *L, const struct target *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	return script_raise(L, "%s%s%s: %s", w->record, w->field ? "." : "",
	    w->field ? w->field : "", lua_tostring(L, -1));
}

/*
 * Lua's hexadecimal numbers wrap around: what is negative may be an unsigned
 * one.  Inside lists the field is not known, but no signed one there is wider
 * than 32 bits.  DBL_DIG: what was typed, not what it became.
 */
static int text_of_number(
    lua_State *L, int idx, const struct pkw_field *f, struct pkw_str *out)
{
	lua_Integer i;
	int whole;

	i = lua_tointegerx(L, idx, &whole);
	if (!whole)
		pkw_str_fmt(out, "%.*g", DBL_DIG, lua_tonumber(L, idx));
	else if (f ? f->bits == 64 && f->type != PKW_INT : i < INT32_MIN)
		pkw_str_u64(out, (uint64_t)i);
	else
		pkw_str_i64(out, i);
	return 0;
}

static int text_of(lua_State *L, int idx, const struct target *w,
    const struct pkw_field *f, struct pkw_str *out, int depth);

/* The elements with commas between; fails if one is missing. */
static int text_of_elements(lua_State *L, int idx, const struct target *w,
    const struct pkw_field *f, struct pkw_str *out, int depth)
{
	lua_Integer n = 0, top = 0;
	int set = 0;

	lua_pushnil(L);
	while (lua_next(L, idx)) {
		lua_pop(L, 1);
		if (!lua_isinteger(L, -1))
			refuse(L, w, "a list of values has a key `%s'; "
			    "did you mean a layer, as in DNSQR{...}?",
			    luaL_tolstring(L, -1, NULL));
		lua_Integer i = lua_tointeger(L, -1);
		top = i > top ? i : top;
		n++;
	}
	if (n == 0 && f)
		refuse(L, w, "a set of values is empty (was there a nil in "
		    "it?)");
	for (lua_Integer i = 1; i <= top; i++) {
		if (lua_rawgeti(L, idx, i) == LUA_TNIL)
			refuse(L, w, "value %d is nil; a variable without a "
			    "value?", (int)i);
		if (i > 1)
			pkw_str_add(out, ", ");
		set |= text_of(L, lua_gettop(L), w, f, out, depth + 1);
		lua_pop(L, 1);
	}
	/* ("x",) is a tuple, ("x") is not */
	if (!f && depth > 0 && top == 1)
		pkw_str_addc(out, ',');
	return set;
}

static int text_of_table(lua_State *L, int idx, const struct target *w,
    const struct pkw_field *f, struct pkw_str *out, int depth)
{
	int several = f && !holds_lists(f);
	int tuple = depth > 0 && !several;

	if (depth == DEPTH)
		refuse(L, w, "the value is nested too deeply");
	pkw_str_addc(out, tuple ? '(' : '[');
	int set = text_of_elements(
	    L, idx, w, several ? f : NULL, out, depth);
	pkw_str_addc(out, tuple ? ')' : ']');
	return set || several;
}

/* One of lua/values.lua: pushes nothing, 0 if it is none. */
static int text_of_made(lua_State *L, int idx, struct pkw_str *out, int *set)
{
	if (luaL_getmetafield(L, idx, "pkw_value") == LUA_TNIL)
		return 0;
	lua_getfield(L, idx, "text");
	lua_getfield(L, idx, "set");
	pkw_str_add(out, lua_tostring(L, -2));
	*set = lua_toboolean(L, -1);
	lua_pop(L, 3);
	return 1;
}

static int text_of_packet(lua_State *L, int idx, struct pkw_str *out)
{
	struct packet *u = lua_touserdata(L, idx);

	if (u->sets) {
		sets_text(L, idx, IN_SCAPY, out);
		return 1;
	}
	if (u->of)
		packet_push_copy(L, idx);
	else
		lua_pushvalue(L, idx);
	/* in parentheses, for layers that end in text could be text */
	pkw_str_addc(out, '(');
	int r = pkw_expression(packet_look(L, -1, NULL), out);
	pkw_str_addc(out, ')');
	lua_pop(L, 1);
	return r < 0 ? script_error(L, r) : 0;
}

static int text_of(lua_State *L, int idx, const struct target *w,
    const struct pkw_field *f, struct pkw_str *out, int depth)
{
	const struct layer *l;
	int set = 0;

	switch (lua_type(L, idx)) {
	case LUA_TBOOLEAN:
		pkw_str_add(out, lua_toboolean(L, idx) ? "True" : "False");
		return 0;
	case LUA_TNUMBER:
		return text_of_number(L, idx, f, out);
	case LUA_TSTRING:
		return text_of_string(L, idx, f, out);
	case LUA_TTABLE:
		if (text_of_made(L, idx, out, &set))
			return set;
		return text_of_table(L, idx, w, f, out, depth);
	case LUA_TUSERDATA:
		l = layer_test(L, idx);
		if (l) {
			pkw_str_fmt(out, "%s()", l->name);
			return 0;
		}
		if (packet_test(L, idx))
			return text_of_packet(L, idx, out);
		if (part_text(L, idx, out))
			return 0;
		break;
	default:
		break;
	}
	return refuse(L, w, "a %s cannot be a field's value",
	    luaL_typename(L, idx));
}

int value_text(lua_State *L, int idx, const char *record,
    const struct pkw_field *f, struct pkw_str *out)
{
	const struct target w = { record, f ? f->name : NULL };

	return text_of(L, lua_absindex(L, idx), &w, f, out, 0);
}

/* ---- the same in Lua ---- */

static void literal_of_table(
    lua_State *L, int idx, struct pkw_str *out, int depth);

static void literal_of(
    lua_State *L, int idx, struct pkw_str *out, int depth)
{
	const char *s;
	size_t n;

	switch (lua_type(L, idx)) {
	case LUA_TSTRING:
		s = lua_tolstring(L, idx, &n);
		pkw_str_addc(out, '"');
		pkw_str_pyesc(out, s, n, '"');
		pkw_str_addc(out, '"');
		return;
	case LUA_TTABLE:
		if (luaL_getmetafield(L, idx, "pkw_value") == LUA_TNIL) {
			literal_of_table(L, idx, out, depth);
			return;
		}
		lua_getfield(L, idx, "lua");
		pkw_str_add(out, lua_tostring(L, -1));
		lua_pop(L, 2);
		return;
	case LUA_TUSERDATA:
		if (!packet_test(L, idx))
			break;
		if (packet_has_sets(L, idx))
			sets_text(L, idx, IN_LUA, out);
		else
			pkw_lua(packet_look(L, idx, NULL), out);
		return;
	default:
		break;
	}
	pkw_str_add(out, luaL_tolstring(L, idx, NULL));
	lua_pop(L, 1);
}

static void literal_of_table(
    lua_State *L, int idx, struct pkw_str *out, int depth)
{
	if (depth == DEPTH)
		luaL_error(L, "the value is nested too deeply");
	pkw_str_addc(out, '{');
	for (lua_Integer i = 1; lua_rawgeti(L, idx, i) != LUA_TNIL; i++) {
		pkw_str_add(out, i > 1 ? ", " : "");
		literal_of(L, lua_gettop(L), out, depth + 1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	pkw_str_addc(out, '}');
}

void value_literal(lua_State *L, int idx, struct pkw_str *out)
{
	literal_of(L, lua_absindex(L, idx), out, 0);
}

/* ---- reading ---- */

static void push_text(lua_State *L, const struct pkw_pkt *p, int node,
    unsigned field, unsigned flags)
{
	struct pkw_str *s = script_text(L);

	if (pkw_field_text(p, node, field, flags, s) < 0 || s->err)
		lua_pushnil(L);
	else
		lua_pushlstring(L, s->s ? s->s : "", s->len);
}

static void push_bytes(
    lua_State *L, const struct pkw_pkt *p, int node, unsigned field)
{
	struct pkw_span s;

	if (pkw_field_bytes(p, node, field, &s) < 0)
		push_text(L, p, node, field, PKW_TEXT_NUMERIC);
	else
		lua_pushlstring(L, (const char *)s.p, s.len);
}

static void push_integer(lua_State *L, const struct pkw_field *f, uint64_t v)
{
	if (f->type == PKW_INT && f->bits < 64 && v >> (f->bits - 1) & 1)
		v |= ~UINT64_C(0) << f->bits;
	if (f->type == PKW_FIXED && f->unit)
		lua_pushnumber(L, ldexp((double)v, -(int)f->unit));
	else
		lua_pushinteger(L, (lua_Integer)v);
}

int value_push_address(lua_State *L, const struct pkw_pkt *p, uint32_t layer,
    unsigned field)
{
	const struct pkw_record *rec = &pkw_view(p)->layers[layer].proto->rec;
	unsigned type = rec->fields[field].type;

	if ((type != PKW_IP4 && type != PKW_IP6 && type != PKW_MAC) ||
	    !rec->shape->slots[field].fixed)
		return 0;
	struct pkw_str *s = script_text(L);
	if (pkw_text(p, (int)layer, field, 0, s) < 0)
		return 0;
	lua_pushlstring(L, s->s, s->len);
	return 1;
}

void value_push(lua_State *L, int packet, const struct pkw_pkt *p, int node,
    unsigned field)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[field];
	uint64_t v;

	switch ((enum pkw_type)f->type) {
	case PKW_UINT:
	case PKW_INT:
	case PKW_FIXED:
	case PKW_SWITCH:
		if (pkw_field_u(p, node, field, &v) == 0)
			push_integer(L, f, v);
		else if (n->has >> field & 1)
			push_bytes(L, p, node, field);
		else
			lua_pushnil(L);
		break;
	case PKW_FLAGS:
	case PKW_MAC:
	case PKW_IP4:
	case PKW_IP6:
	case PKW_ADDR:
	case PKW_UUID:
		if (n->has >> field & 1)
			push_text(L, p, node, field, 0);
		else
			lua_pushnil(L);
		break;
	case PKW_BYTES:
	case PKW_TEXT:
		if (n->has >> field & 1)
			push_bytes(L, p, node, field);
		else
			lua_pushnil(L);
		break;
	case PKW_CODED:
		if (!(n->has >> field & 1)) {
			lua_pushnil(L);
			break;
		}
		push_text(L, p, node, field, 0);
		if (f->codec->numeric && lua_stringtonumber(
			L, lua_tostring(L, -1)))
			lua_remove(L, -2);
		break;
	case PKW_LIST:
	case PKW_VARIANT:
	case PKW_SUB:
		if (n->has >> field & 1)
			part_push(L, packet, p, node, field);
		else
			lua_pushnil(L);
		break;
	case PKW_ALIGN:
	case PKW__TYPE_N:
		lua_pushnil(L);
		break;
	}
}

/* escape(s): as the inside of a literal of the expression language. */
static int escape(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct pkw_str *out = script_text(L);

	pkw_str_pyesc(out, s, n, '"');
	return script_push_str(L, out);
}

void open_value(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "escape", escape },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
