/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes a packet, as an expression or in Lua, with the sets that it stands
 * for.
 *
 * The library writes packets without sets.  Its text is taken apart again, a
 * layer behind each slash and an argument behind each comma that is not inside
 * of something else, and the sets are put in:
 *
 *	IP(ttl=5, id=3)/"x"   ->   IP(ttl=[1, 2], id=3)/"x"
 */
#include "script/bind.h"

#include <string.h>

/* A text that is taken apart: what was cut off, and what is left. */
struct pieces {
	const char *s;
	size_t n;
	const char *rest;
};

/* Behind the string whose quote is at s. */
static const char *string_end(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : s;
}

/* The next piece up to one of `ends' outside of brackets and strings. */
static void cut(struct pieces *w, const char *ends)
{
	const char *s = w->rest;
	int depth = 0;

	while (*s && (depth > 0 || !strchr(ends, *s))) {
		if (*s == '"') {
			s = string_end(s);
			continue;
		}
		depth += strchr("([{", *s) ? 1 : strchr(")]}", *s) ? -1 : 0;
		s++;
	}
	w->s = w->rest;
	w->n = (size_t)(s - w->rest);
	w->rest = s;
}

/* The packet, the layer at hand, and how it is written. */
struct text {
	lua_State *L;
	int packet;
	uint32_t layer;
	enum language lang;
	struct pkw_str *out;
	unsigned args; /* that are written */
};

static void begin_argument(struct text *t)
{
	pkw_str_add(t->out, t->args++ ? ", " : "");
}

/* The sets of the layer; 1 if it is fuzzed. */
static int write_sets(struct text *t)
{
	lua_State *L = t->L;
	int fuzzed = 0, top = lua_gettop(L);

	if (lua_getiuservalue(L, t->packet, PACKET_SETS) != LUA_TTABLE) {
		lua_settop(L, top);
		return 0;
	}
	for (lua_Integer i = 1; lua_rawgeti(L, top + 1, i) == LUA_TTABLE; i++) {
		int entry = lua_gettop(L);
		lua_getfield(L, entry, "layer");
		lua_getfield(L, entry, "path");
		lua_getfield(L, entry, t->lang == IN_LUA ? "value" : "text");
		const char *path = lua_tostring(L, entry + 2);
		if ((uint32_t)lua_tointeger(L, entry + 1) != t->layer) {
			lua_settop(L, top + 1);
			continue;
		}
		if (!path) {
			fuzzed = 1;
		} else {
			begin_argument(t);
			pkw_str_fmt(t->out, "%s=", path);
			if (t->lang == IN_LUA)
				value_literal(L, -1, t->out);
			else
				pkw_str_add(t->out, lua_tostring(L, -1));
		}
		lua_settop(L, top + 1);
	}
	lua_settop(L, top);
	return fuzzed;
}

/* Is it the argument of a field that has a set in its place? */
static int is_set(struct text *t, const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	int top = lua_gettop(t->L), found;

	lua_pushlstring(t->L, s, eq ? (size_t)(eq - s) : 0);
	found = sets_get(
	    t->L, t->packet, t->layer, lua_tostring(t->L, -1));
	lua_settop(t->L, top);
	return found;
}

/* Arguments that the layer has without its sets. */
static void write_plain(struct text *t, const char *args)
{
	struct pieces a = { .rest = args };

	for (cut(&a, ",)}"); a.n; cut(&a, ",)}")) {
		if (!is_set(t, a.s, a.n)) {
			begin_argument(t);
			pkw_str_addn(t->out, a.s, a.n);
		}
		if (*a.rest != ',')
			return;
		a.rest += a.rest[1] == ' ' ? 2 : 1;
	}
}

static void write_layer(struct text *t, const char *s, size_t n)
{
	const char *brackets = t->lang == IN_LUA ? "{}" : "()";
	struct pkw_str *args = script_str(t->L), *out = t->out;
	struct pieces name = { .rest = s };

	t->args = 0;
	t->out = args;
	int fuzzed = write_sets(t);
	t->out = out;
	pkw_str_add(out, fuzzed ? "fuzz(" : "");
	if (args->len == 0) {
		pkw_str_addn(out, s, n);
	} else {
		cut(&name, "({");
		/* a payload is text alone, and has no other field */
		int payload = name.n >= n;
		pkw_str_addn(out, payload ? "Raw" : s, payload ? 3 : name.n);
		pkw_str_fmt(out, "%c%s", brackets[0], args->s);
		if (!payload)
			write_plain(t, name.rest + 1);
		pkw_str_addc(out, brackets[1]);
	}
	pkw_str_add(out, fuzzed ? ")" : "");
	lua_pop(t->L, 1);
}

void sets_text(lua_State *L, int idx, enum language lang, struct pkw_str *out)
{
	const struct packet *u = packet_push_whole(L, idx);
	struct text t = { L, lua_gettop(L), 0, lang, out, 0 };
	struct packet *sealed = packet_push_new(L);
	struct pkw_str *plain = script_str(L);
	int r = pkw_pkt_copy(sealed->own, u->own);

	if (r >= 0)
		r = pkw_seal(sealed->own, 0);
	if (r >= 0)
		r = lang == IN_LUA ? pkw_lua(sealed->own, plain)
				   : pkw_expression(sealed->own, plain);
	if (r < 0)
		script_error(L, r);
	luaL_checkstack(L, 16, NULL);
	struct pieces layers = { .rest = plain->s };
	for (cut(&layers, "/"); layers.n; cut(&layers, "/")) {
		write_layer(&t, layers.s, layers.n);
		if (!*layers.rest)
			break;
		pkw_str_addc(out, '/');
		layers.rest++;
		t.layer++;
	}
	lua_settop(L, t.packet - 1);
}
