/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as text.  These functions return it; lua/packet.lua makes methods of
 * them, which print it.
 */
#include "script/bind.h"

#include <string.h>

struct pkw_printer *script_printer(lua_State *L, unsigned flags)
{
	struct script *s = script_of(L);

	if (!s->printer && !(s->printer = pkw_printer_new(NULL)))
		script_error(L, -PKW_ENOMEM);
	pkw_printer_opts(s->printer)->flags =
	    flags | (s->color ? PKW_PRINT_COLOR : 0);
	return s->printer;
}

const struct pkw_pkt *script_whole(lua_State *L, int idx)
{
	const struct packet *u = packet_check(L, idx);

	if (u->of && u->from)
		packet_push_copy(L, idx);
	else
		packet_push_whole(L, idx);
	return packet_look(L, -1, NULL);
}

static int has_time(const struct pkw_frame *f)
{
	return !(f->flags & PKW_FRAME_NO_TIME);
}

void packet_line(lua_State *L, int idx, struct pkw_str *out)
{
	const struct pkw_pkt *p = script_whole(L, idx);

	pkw_line(script_printer(L, 0), p, NULL, out);
	lua_pop(L, 1);
}

typedef int print_fn(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out);

static int print_with(lua_State *L, print_fn *fn, unsigned flags)
{
	const struct pkw_pkt *p = script_whole(L, 1);
	struct pkw_frame f = packet_frame(L, -1, p);
	struct pkw_str *out = script_str(L);
	int r = fn(script_printer(L, flags), p, has_time(&f) ? &f : NULL, out);

	return r < 0 ? script_error(L, r) : script_push_str(L, out);
}

static int show(lua_State *L)
{
	const struct packet *u = packet_push_whole(L, 1);

	lua_pop(L, 1);
	return print_with(L, pkw_show, u->own ? PKW_PRINT_BUILT : 0);
}

static int line(lua_State *L)
{
	struct pkw_str *out = script_str(L);

	packet_line(L, 1, out);
	return script_push_str(L, out);
}

/* line(p, true): with the time, link layers and lengths, as read prints it */
static int timed_line(lua_State *L)
{
	return print_with(L, pkw_line, PKW_PRINT_LINK);
}

static int json(lua_State *L)
{
	return print_with(L, pkw_json, 0);
}

int script_printed(lua_State *L, script_print_fn *fn)
{
	const struct pkw_pkt *p = script_whole(L, 1);
	struct pkw_str *out = script_str(L);
	int r = fn(script_printer(L, PKW_PRINT_ASCII), p, out);

	return r < 0 ? script_error(L, r) : script_push_str(L, out);
}

static int hexdump(lua_State *L)
{
	return script_printed(L, pkw_hexdump);
}

/* Puts what a view shows, as a packet of its own, in the place of one: what
   varies below it is not its own. */
static void detach(lua_State *L)
{
	const struct packet *u = packet_check(L, 1);

	if (u->of && u->from) {
		packet_push_copy(L, 1);
		lua_replace(L, 1);
	}
}

static int written(lua_State *L, enum language lang)
{
	struct pkw_str *out = script_str(L);
	int r = 0;

	detach(L);
	if (packet_has_sets(L, 1))
		sets_text(L, 1, lang, out);
	else if (lang == IN_LUA)
		r = pkw_lua(script_whole(L, 1), out);
	else
		r = pkw_expression(script_whole(L, 1), out);
	return r < 0 ? script_error(L, r) : script_push_str(L, out);
}

static int expression(lua_State *L)
{
	return written(L, IN_SCAPY);
}

/* command(p): what makes it, in Lua */
static int command(lua_State *L)
{
	return written(L, IN_LUA);
}

static int bytes(lua_State *L)
{
	struct pkw_span s = packet_bytes(L, 1);

	lua_pushlstring(L, s.p ? (const char *)s.p : "", s.len);
	return 1;
}

static int hex(lua_State *L)
{
	struct pkw_span s = packet_bytes(L, 1);
	struct pkw_str *out = script_text(L);

	pkw_str_hex(out, s.p, s.len);
	return script_push_str(L, out);
}

/* notes(p): what is malformed: {{layer=, offset=, field=, text=}, ...} */
static int notes(lua_State *L)
{
	const struct pkw_note *note;
	const struct pkw_pkt *p = packet_look(L, 1, NULL);
	size_t n = pkw_notes(p, &note);

	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		lua_createtable(L, 0, 4);
		lua_pushinteger(L, note[i].layer + 1);
		lua_setfield(L, -2, "layer");
		lua_pushinteger(L, note[i].off);
		lua_setfield(L, -2, "offset");
		lua_pushstring(L, note[i].name);
		lua_setfield(L, -2, "field");
		lua_pushstring(L, note[i].text);
		lua_setfield(L, -2, "text");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int copy(lua_State *L)
{
	packet_push_copy(L, 1);
	return 1;
}

/* layers(p): the layers' names */
static int layers(lua_State *L)
{
	uint32_t from;
	const struct pkw_view *v = pkw_view(packet_look(L, 1, &from));

	lua_createtable(L, (int)(v->nlayers - from), 0);
	for (uint32_t i = from; i < v->nlayers; i++) {
		lua_pushstring(L, v->layers[i].proto->rec.name);
		lua_rawseti(L, -2, i - from + 1);
	}
	return 1;
}

/* count(p): how many packets it stands for */
static int count(lua_State *L)
{
	detach(L);
	lua_pushinteger(
	    L, (lua_Integer)pkw_tmpl_count(packet_template(L, 1)));
	return 1;
}

/* nth(p, i [, seed]): the ith of them, from 1; nil behind the last */
static int nth(lua_State *L)
{
	const struct pkw_pkt *p;
	lua_Integer i = luaL_checkinteger(L, 2);

	detach(L);
	struct pkw_tmpl *t = packet_template(L, 1);

	if (i < 1)
		return 0;
	pkw_tmpl_seed(t, (uint64_t)luaL_optinteger(L, 3, 0));
	pkw_tmpl_limit(t, UINT64_MAX);
	pkw_tmpl_seek(t, (uint64_t)i - 1);
	int r = pkw_tmpl_step(t, &p);
	if (r <= 0)
		return r < 0 ? script_error(L, r) : 0;
	struct packet *u = packet_push_new(L);
	r = pkw_pkt_copy(u->own, p);
	return r < 0 ? script_error(L, r) : 1;
}

/* parse(text): a packet from an expression */
static int parse(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct packet *u = packet_push_new(L);
	int r = pkw_parse(u->own, luaL_checkstring(L, 1), &d);

	if (r < 0 && d.column)
		return script_raise(L, "column %d: %s", d.column, d.text);
	return r < 0 ? script_fail(L, &d) : 1;
}

/* ls([pattern]), ls_layer(name), doc(name) */
static int ls(lua_State *L)
{
	struct pkw_str *out = script_str(L);

	pkw_ls(luaL_optstring(L, 1, NULL),
	    script_of(L)->color ? PKW_PRINT_COLOR : 0, out);
	return script_push_str(L, out);
}

static int ls_layer(lua_State *L)
{
	const struct layer *l = layer_test(L, 1);
	struct pkw_str *out = script_str(L);

	if (!l)
		return luaL_typeerror(L, 1, "layer");
	pkw_ls_proto(
	    l->proto, script_of(L)->color ? PKW_PRINT_COLOR : 0, out);
	return script_push_str(L, out);
}

static int doc(lua_State *L)
{
	const struct layer *l = layer_test(L, 1);
	struct pkw_str *out = script_str(L);

	if (!l)
		return luaL_typeerror(L, 1, "layer");
	pkw_doc(l->proto, PKW_DOC_TEXT,
	    script_of(L)->color ? PKW_PRINT_COLOR : 0, out);
	return script_push_str(L, out);
}

/* answers(a, q): does a answer q?  or false and why not */
static int answers(lua_State *L)
{
	const struct pkw_pkt *a = script_whole(L, 1), *q = script_whole(L, 2);
	struct pkw_str *why = script_str(L);

	lua_pushboolean(L, pkw_match(q, a, why));
	if (lua_toboolean(L, -1))
		return 1;
	return 1 + script_push_str(L, why);
}

/* is_packet(v), is_layer(v) */
static int is_packet(lua_State *L)
{
	lua_pushboolean(L, packet_test(L, 1) != NULL);
	return 1;
}

static int is_layer(lua_State *L)
{
	lua_pushboolean(L, layer_test(L, 1) != NULL);
	return 1;
}

static const char *nth_word(const void *arg, size_t n)
{
	lua_State *L = *(lua_State *const *)arg;

	lua_rawgeti(L, 2, (lua_Integer)n + 1);
	const char *s = lua_tostring(L, -1); /* the list keeps it */
	lua_pop(L, 1);
	return s;
}

/* nearest(word, list): the one that was meant, or nil */
static int nearest(lua_State *L)
{
	const char *word = luaL_checkstring(L, 1);

	luaL_checktype(L, 2, LUA_TTABLE);
	lua_pushstring(L, pkw_nearest(word, nth_word, &L));
	return 1;
}

/* color([on]): whether texts have colours */
static int color(lua_State *L)
{
	if (!lua_isnone(L, 1))
		script_of(L)->color = lua_toboolean(L, 1);
	lua_pushboolean(L, script_of(L)->color);
	return 1;
}

void open_look(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "show", show },
		{ "line", line },
		{ "timed_line", timed_line },
		{ "json", json },
		{ "hexdump", hexdump },
		{ "expression", expression },
		{ "command", command },
		{ "bytes", bytes },
		{ "hex", hex },
		{ "notes", notes },
		{ "copy", copy },
		{ "layers", layers },
		{ "count", count },
		{ "nth", nth },
		{ "parse", parse },
		{ "ls", ls },
		{ "ls_layer", ls_layer },
		{ "doc", doc },
		{ "answers", answers },
		{ "is_packet", is_packet },
		{ "is_layer", is_layer },
		{ "color", color },
		{ "nearest", nearest },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
