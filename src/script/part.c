/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts: lists and records inside a packet, p[TCP].options and its elements.
 *
 * A part is its packet and the path to it ("TCP:1.options[0]"), looked up each
 * time, for nodes move when packets change.  Lists are read and changed as Lua's
 * sequences are: #l, l[1], l[#l + 1] = {"NOP", none}, l[2] = nil.
 */
#include "script/bind.h"

#include <string.h>

#define PART "part"

enum { PART_PACKET = 1, PART_PATH };

static void push_part(lua_State *L, int packet, int path)
{
	lua_newuserdatauv(L, 1, 2);
	luaL_setmetatable(L, PART);
	packet_push_whole(L, packet);
	lua_setiuservalue(L, -2, PART_PACKET);
	lua_pushvalue(L, path);
	lua_setiuservalue(L, -2, PART_PATH);
}

/* The number of an element among its list's children. */
static int ordinal(const struct pkw_pkt *p, int list, int element)
{
	int n = 0;

	for (int c = pkw_node_first(p, list); c >= 0 && c != element;
	     c = pkw_node_next(p, c))
		n++;
	return n;
}

void node_path(lua_State *L, const struct pkw_pkt *p, int node)
{
	const struct pkw_node *n = pkw_node(p, node);
	int up = pkw_node_parent(p, node);

	if (up < 0) {
		layer_path(L, p, n->layer);
		return;
	}
	node_path(L, p, up);
	const struct pkw_node *above = pkw_node(p, up);
	if (above->kind == PKW_NODE_LIST)
		lua_pushfstring(L, "%s[%d]", lua_tostring(L, -1),
		    ordinal(p, up, node));
	else if (n->field != PKW_NO_FIELD)
		lua_pushfstring(L, "%s.%s", lua_tostring(L, -1),
		    above->rec->fields[n->field].name);
	else
		return;
	lua_remove(L, -2);
}

void part_push_node(
    lua_State *L, int packet, const struct pkw_pkt *p, int node)
{
	packet = lua_absindex(L, packet);
	node_path(L, p, node);
	push_part(L, packet, lua_gettop(L));
	lua_remove(L, -2);
}

void part_push(lua_State *L, int packet, const struct pkw_pkt *p, int node,
    unsigned field)
{
	packet = lua_absindex(L, packet);
	node_path(L, p, node);
	lua_pushfstring(L, "%s.%s", lua_tostring(L, -1),
	    pkw_node(p, node)->rec->fields[field].name);
	push_part(L, packet, lua_gettop(L));
	lua_replace(L, -3);
	lua_pop(L, 1);
}

/* The part at index 1: pushes packet and path; where it is now. */
struct place {
	const struct pkw_pkt *p;
	const char *path;
	int packet;     /* its index */
	int node;       /* of the record; -1: it is gone */
	unsigned field; /* of it; PKW_NO_FIELD: the record itself */
};

static struct place find_at(lua_State *L, int idx)
{
	struct place w = { .node = -1 };

	lua_getiuservalue(L, idx, PART_PACKET);
	w.packet = lua_gettop(L);
	lua_getiuservalue(L, idx, PART_PATH);
	w.path = lua_tostring(L, -1);
	w.p = packet_look(L, w.packet, NULL);
	if (pkw_path(w.p, w.path, &w.node, &w.field, NULL) < 0)
		script_raise(L, "%s is no longer in its packet", w.path);
	return w;
}

static struct place find(lua_State *L)
{
	luaL_checkudata(L, 1, PART);
	return find_at(L, 1);
}

int part_text(lua_State *L, int idx, struct pkw_str *out)
{
	int top = lua_gettop(L);

	if (!luaL_testudata(L, idx, PART))
		return 0;
	struct place w = find_at(L, idx);
	int r = pkw_field_text(
	    w.p, w.node, w.field, PKW_TEXT_EXPRESSION, out);
	if (r < 0)
		return script_raise(L, "%s has no value that could be given "
		    "to another", w.path);
	lua_settop(L, top);
	return 1;
}

/* The list's or inner record's node; the record itself for an element. */
static int inner(const struct place *w)
{
	return w->field == PKW_NO_FIELD
	    ? w->node
	    : pkw_node_child(w->p, w->node, w->field);
}

static int nth_child(const struct pkw_pkt *p, int node, lua_Integer i)
{
	for (int c = pkw_node_first(p, node); c >= 0; c = pkw_node_next(p, c))
		if (--i == 0)
			return c;
	return -1;
}

/* An element: its value if that is all there is, else a part. */
static int push_element(lua_State *L, const struct place *w, int c)
{
	const struct pkw_node *n = pkw_node(w->p, c);

	if (!n->rec || n->kind != PKW_NODE_RECORD) {
		struct pkw_span b = pkw_bytes(w->p);
		lua_pushlstring(L, (const char *)b.p + n->off, n->len);
	} else if (n->rec->nfields == 1) {
		value_push(L, w->packet, w->p, c, 0);
	} else {
		part_push_node(L, w->packet, w->p, c);
	}
	return 1;
}

static int index_element(lua_State *L, const struct place *w, lua_Integer i)
{
	int c = nth_child(w->p, inner(w), i);

	return c < 0 ? 0 : push_element(L, w, c);
}

static int part_index(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct place w = find(L);
	unsigned field;
	int node, in = inner(&w);

	if (in >= 0 && lua_isinteger(L, 2))
		return index_element(L, &w, lua_tointeger(L, 2));
	const char *key = luaL_checkstring(L, 2);
	lua_pushfstring(L,
	    in >= 0 && pkw_node(w.p, in)->kind == PKW_NODE_LIST ? "%s[%s]"
								: "%s.%s",
	    w.path, key);
	int r = pkw_path(w.p, lua_tostring(L, -1), &node, &field, &d);
	if (r == -PKW_EABSENT)
		return 0;
	if (r < 0)
		return script_fail(L, &d);
	if (field == PKW_NO_FIELD)
		return push_element(L, &w, node);
	value_push(L, w.packet, w.p, node, field);
	return 1;
}

static int part_len(lua_State *L)
{
	struct place w = find(L);
	int in = inner(&w), n = 0;

	if (in >= 0)
		for (int c = pkw_node_first(w.p, in); c >= 0;
		     c = pkw_node_next(w.p, c))
			n++;
	lua_pushinteger(L, n);
	return 1;
}

void part_set(lua_State *L, struct pkw_pkt *p, int node, unsigned field,
    int idx)
{
	struct pkw_diag d = { .code = 0 };

	if (field == PKW_NO_FIELD) {
		script_raise(L, "a field of it can be set, not the record");
		return;
	}
	if (lua_isnil(L, idx)) {
		int r = pkw_field_unset(p, node, field);
		if (r < 0)
			script_error(L, r);
		return;
	}
	struct pkw_str *text = script_str(L);
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	const struct pkw_field *f = &rec->fields[field];
	if (value_text(L, idx, rec->name ? rec->name : "element", f, text))
		script_raise(L, "%s: give the whole list anew to put a set of "
		    "values inside it", f->name);
	if (text->err || pkw_field_parse(p, node, field, text->s, &d) < 0)
		script_fail(L, &d);
	lua_pop(L, 1);
}

/* l[i] = value: appended behind the last, put in place, or taken out. */
static int set_element(lua_State *L, const struct place *w, lua_Integer i)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_str *edit = script_str(L);
	int exists = nth_child(w->p, inner(w), i) >= 0;

	if (lua_isnil(L, 3)) {
		if (!exists)
			return 0;
		pkw_str_fmt(edit, "del %s[%d]", w->path, (int)(i - 1));
	} else {
		if (!exists && i != 1 && nth_child(w->p, inner(w), i - 1) < 0)
			return script_raise(L, "%s has no element %d", w->path,
			    (int)i - 1);
		pkw_str_fmt(edit, exists ? "%s[%d] = " : "%s += ", w->path,
		    (int)(i - 1));
		/* as an element of a list, so that {"MSS", 1} is a tuple */
		lua_createtable(L, 1, 0);
		lua_pushvalue(L, 3);
		lua_rawseti(L, -2, 1);
		struct pkw_str *list = script_str(L);
		value_text(L, -2, w->path, NULL, list);
		if (list->len > 2)
			pkw_str_addn(edit, list->s + 1, list->len - 2);
	}
	struct pkw_pkt *p = packet_begin(L, w->packet, NULL);
	struct pkw_edit *e = pkw_edit_new(edit->s ? edit->s : "", &d);
	int r = e ? pkw_edit_apply(e, p, &d) : d.code;
	pkw_edit_free(e);
	if (r < 0)
		return script_fail(L, &d);
	packet_commit(L, w->packet);
	return 0;
}

static int part_newindex(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct place w = find(L);
	unsigned field;
	int node;

	if (lua_isinteger(L, 2))
		return set_element(L, &w, lua_tointeger(L, 2));
	lua_pushfstring(L, "%s.%s", w.path, luaL_checkstring(L, 2));
	struct pkw_pkt *p = packet_begin(L, w.packet, NULL);
	if (pkw_path(p, lua_tostring(L, -1), &node, &field, &d) < 0)
		return script_fail(L, &d);
	part_set(L, p, node, field, 3);
	packet_commit(L, w.packet);
	return 0;
}

/* The field behind the one that the key at index 2 names. */
static int push_next_field(
    lua_State *L, int packet, const struct pkw_pkt *p, int node)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	size_t k = 0;

	if (!lua_isnil(L, 2)) {
		int at = pkw_field_find(rec, lua_tostring(L, 2));
		k = at < 0 ? rec->nfields : (size_t)at + 1;
	}
	while (k < rec->nfields && !(pkw_node(p, node)->has >> k & 1))
		k++;
	if (k == rec->nfields)
		return 0;
	lua_pushstring(L, rec->fields[k].name);
	value_push(L, packet, p, node, (unsigned)k);
	return 2;
}

/* Steps through a part: elements by number, fields by name. */
static int next_child(lua_State *L)
{
	lua_settop(L, 2);
	struct place w = find(L);
	int in = inner(&w);

	if (in >= 0 && pkw_node(w.p, in)->kind == PKW_NODE_LIST) {
		lua_Integer i = luaL_optinteger(L, 2, 0) + 1;
		lua_pushinteger(L, i);
		return index_element(L, &w, i) ? 2 : 0;
	}
	if (in < 0 || !pkw_node(w.p, in)->rec)
		return 0;
	return push_next_field(L, w.packet, w.p, in);
}

/* The fields of a packet's first layer, or of the one that a view begins with,
   as they are in its table. */
static int next_in_layer(lua_State *L)
{
	uint32_t from;

	lua_settop(L, 2);
	const struct pkw_pkt *p = packet_look(L, 1, &from);
	int root = pkw_view(p)->nlayers ? pkw_root(p, (int)from) : -1;
	return root < 0 ? 0 : push_next_field(L, 1, p, root);
}

int packet_pairs(lua_State *L)
{
	packet_check(L, 1);
	lua_pushcfunction(L, next_in_layer);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

static int part_pairs(lua_State *L)
{
	lua_pushcfunction(L, next_child);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

static int part_tostring(lua_State *L)
{
	struct place w = find(L);
	struct pkw_str *s = script_str(L);

	if (w.field != PKW_NO_FIELD) {
		pkw_field_text(w.p, w.node, w.field, 0, s);
		return script_push_str(L, s);
	}
	const struct pkw_record *rec = pkw_node(w.p, w.node)->rec;
	pkw_str_fmt(s, "%s{", rec->name ? rec->name : "");
	for (unsigned k = 0, n = 0; k < rec->nfields; k++) {
		if (!(pkw_node(w.p, w.node)->has >> k & 1))
			continue;
		pkw_str_fmt(s, "%s%s=", n++ ? ", " : "", rec->fields[k].name);
		pkw_field_text(w.p, w.node, k, 0, s);
	}
	pkw_str_addc(s, '}');
	return script_push_str(L, s);
}

void open_part(lua_State *L)
{
	static const luaL_Reg meta[] = {
		{ "__index", part_index },
		{ "__newindex", part_newindex },
		{ "__len", part_len },
		{ "__pairs", part_pairs },
		{ "__tostring", part_tostring },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, PART);
	luaL_setfuncs(L, meta, 0);
	lua_pop(L, 1);
}
