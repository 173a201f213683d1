/* SPDX-License-Identifier: BSD-2-Clause */
/* All fields of a packet, with what fuzzers want to know of them. */
#include "script/bind.h"

static const char *const types[PKW__TYPE_N] = { "uint", "int", "flags",
	"fixed", "mac", "ip4", "ip6", "addr", "uuid", "bytes", "text", "coded",
	"list", "variant", "sub", "align", "switch" };
static const char *const relations[] = { NULL, "len", "count", "next", "sum" };

static void set_text(lua_State *L, const char *name, const char *text)
{
	if (!text)
		return;
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, lua_Integer v)
{
	lua_pushinteger(L, v);
	lua_setfield(L, -2, name);
}

/* Adds a row for a field of a node to the table below. */
static void add(lua_State *L, const struct pkw_pkt *p, int node, unsigned k)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[k];
	uint64_t bit, bits;

	lua_createtable(L, 0, 8);
	node_path(L, p, node);
	lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), f->name);
	lua_setfield(L, -3, "path");
	lua_pop(L, 1);
	set_text(L, "name", f->name);
	set_text(L, "layer",
	    pkw_view(p)->layers[n->layer].proto->rec.name);
	set_number(L, "number", n->layer + 1);
	set_text(L, "type", types[f->type]);
	set_text(L, "relation", relations[f->rel.kind]);
	set_number(L, "bits", f->bits);
	lua_pushboolean(L, pkw_pinned(p, node, k));
	lua_setfield(L, -2, "set");
	if (f->flags & PKW_DST || f->flags & PKW_SRC)
		set_text(L, "role", f->flags & PKW_DST ? "destination"
						      : "source");
	if (pkw_field_where(p, node, k, &bit, &bits) == 0) {
		set_number(L, "offset", (lua_Integer)bit);
		set_number(L, "width", (lua_Integer)bits);
	}
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void add_record(lua_State *L, const struct pkw_pkt *p, int node)
{
	const struct pkw_record *rec = pkw_node(p, node)->rec;

	luaL_checkstack(L, 8, "records inside records");
	for (unsigned k = 0; rec && k < rec->nfields; k++)
		if (pkw_node(p, node)->has >> k & 1)
			add(L, p, node, k);
	for (int c = pkw_node_first(p, node); c >= 0; c = pkw_node_next(p, c)) {
		if (pkw_node(p, c)->kind == PKW_NODE_LIST)
			for (int e = pkw_node_first(p, c); e >= 0;
			     e = pkw_node_next(p, e))
				add_record(L, p, e);
		else if (pkw_node(p, c)->rec)
			add_record(L, p, c);
	}
}

/* fields(p): {{path=, name=, layer=, number=, type=, relation=, bits=, set=,
   role=, offset=, width=}, ...}; offsets and widths are in bits */
static int fields(lua_State *L)
{
	uint32_t from;
	const struct pkw_pkt *p = packet_look(L, 1, &from);

	lua_newtable(L);
	for (uint32_t i = from; i < pkw_view(p)->nlayers; i++) {
		int root = pkw_root(p, (int)i);
		if (root < 0)
			return script_error(L, root);
		add_record(L, p, root);
	}
	return 1;
}

/* fuzz(p): a copy, each free field of which has random values */
static int fuzz(lua_State *L)
{
	const struct packet *u = packet_push_copy(L, 1);
	int copy = lua_gettop(L);

	if (!u->own) {
		lua_pushvalue(L, copy);
		packet_change(L, copy, NULL);
		lua_pop(L, 1);
	}
	for (uint32_t i = 0; i < pkw_view(u->own)->nlayers; i++)
		sets_put(L, copy, i, NULL, NULL, 0);
	lua_settop(L, copy);
	return 1;
}

/* with_payload(view, bytes): the packet up to that layer, and these bytes behind
   its header */
static int with_payload(lua_State *L)
{
	size_t n;
	const char *bytes = luaL_checklstring(L, 2, &n);
	uint32_t at = packet_check(L, 1)->from;

	packet_push_whole(L, 1);
	const struct pkw_pkt *whole = packet_look(L, -1, NULL);
	struct pkw_frame f = packet_frame(L, -1, whole);
	struct packet *u = packet_push_new(L);
	int r = pkw_pkt_copy(u->own, whole);
	if (r >= 0 && at + 1 < pkw_view(u->own)->nlayers)
		r = pkw_layer_cut(u->own, (int)at + 1);
	if (r >= 0)
		r = pkw_push_raw(u->own, bytes, n);
	if (r >= 0)
		r = pkw_seal(u->own, 0);
	if (r < 0)
		return script_error(L, r);
	/* read again, so that the bytes become the layers they are */
	packet_push_dissected(L, u->own, &f);
	return 1;
}

void open_fields(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "fields", fields },
		{ "fuzz", fuzz },
		{ "with_payload", with_payload },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
