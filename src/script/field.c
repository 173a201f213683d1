/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields of packets: p.ttl, p[TCP].dport, p["TCP.options[0].mss"], and setting
 * them.
 *
 * A name is looked for in this order: methods; what is known about a captured
 * packet (time and the like); a path, if there is a dot in it; a field of the
 * layers, from below; a layer.  What no layer can have at all is a mistake, and
 * said so; what this packet lacks is nil.
 *
 * Which number a name has in a protocol's table is remembered in a small cache
 * by the addresses of both: Lua keeps short strings once, and those in the
 * cache are kept alive by the registry.  A name that is in the cache is no
 * method and no path, so it is looked for there first of all.  Another cache
 * remembers of a name that no field here has what came of it.
 */
#include "script/bind.h"

#include <stdlib.h>
#include <string.h>

enum { CACHE = 2048, NAMES = 256, SHORT = 40 };

/* A name in a protocol. */
struct field_row {
	const struct pkw_proto *proto;
	const char *key;
	int field;   /* its number, -1: none */
	int shallow; /* nor has a part inside of it such a field */
};

/* A name by itself. */
struct name_row {
	const char *key;
	const struct pkw_proto *layer; /* NULL: it is a field's elsewhere */
};

struct field_cache {
	struct field_row row[CACHE];
	struct name_row name[NAMES];
};

static int search(const struct pkw_proto *proto, const char *key)
{
	return pkw_field_find(&proto->rec, key);
}

/* The string at the top is `key'; it stays alive from now on. */
static void anchor(lua_State *L, const char *key)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "pkw.keys");
	lua_pushboolean(L, 1);
	lua_setfield(L, -2, key);
	lua_pop(L, 1);
}

static struct field_row *row_at(
    struct field_cache *c, const struct pkw_proto *proto, const char *key)
{
	return &c->row[((uintptr_t)proto >> 5 ^ (uintptr_t)key >> 3) % CACHE];
}

/* NULL: this name was not looked for in this protocol. */
static struct field_row *met(
    struct field_cache *c, const struct pkw_proto *proto, const char *key)
{
	struct field_row *row = row_at(c, proto, key);

	return row->proto == proto && row->key == key ? row : NULL;
}

/* Only for strings that Lua keeps once. */
static int cached(lua_State *L, const struct pkw_proto *proto, const char *key)
{
	struct field_cache *c = script_of(L)->cache;
	const struct field_row *row = met(c, proto, key);

	if (row)
		return row->field;
	int field = search(proto, key);
	anchor(L, key);
	*row_at(c, proto, key) = (struct field_row){ proto, key, field, 0 };
	return field;
}

static struct name_row *name_at(struct field_cache *c, const char *key)
{
	return &c->name[((uintptr_t)key >> 3) % NAMES];
}

static void remember(lua_State *L, const char *key, size_t n,
    const struct pkw_proto *layer)
{
	if (n > SHORT)
		return;
	anchor(L, key);
	*name_at(script_of(L)->cache, key) = (struct name_row){ key, layer };
}

void field_forget(lua_State *L)
{
	memset(script_of(L)->cache, 0, sizeof *script_of(L)->cache);
}

const char *layer_path(lua_State *L, const struct pkw_pkt *p, uint32_t layer)
{
	const struct pkw_view *v = pkw_view(p);
	int nth = 1;

	for (uint32_t i = 0; i < layer; i++)
		nth += v->layers[i].proto == v->layers[layer].proto;
	return lua_pushfstring(
	    L, "%s:%d", v->layers[layer].proto->rec.name, nth);
}

/* ---- which names there are ---- */

static void add_names(lua_State *L, const struct pkw_record *rec);

static void add_inner(lua_State *L, const struct pkw_record *const *v)
{
	for (; v && *v; v++)
		add_names(L, *v);
}

/* Names of a record's fields, and of those it may have inside. */
static void add_names(lua_State *L, const struct pkw_record *rec)
{
	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, f->name);
		if (f->type == PKW_VARIANT)
			add_inner(L, f->variants);
	}
}

/* Whether any protocol has a field of that name. */
static int is_known(lua_State *L, const char *key)
{
	const struct pkw_proto *proto;

	lua_getfield(L, LUA_REGISTRYINDEX, "pkw.names");
	for (int again = lua_isnil(L, -1); again < 2; again++) {
		if (again) { /* protocols may have been added since */
			lua_pop(L, 1);
			lua_newtable(L);
			for (size_t i = 0; (proto = pkw_proto_at(i)); i++)
				add_names(L, &proto->rec);
			lua_pushvalue(L, -1);
			lua_setfield(L, LUA_REGISTRYINDEX, "pkw.names");
		}
		int found = lua_getfield(L, -1, key) == LUA_TBOOLEAN;
		lua_pop(L, 1);
		if (found || again) {
			lua_pop(L, 1);
			return found;
		}
	}
	lua_pop(L, 1);
	return 0;
}

struct names {
	const struct pkw_pkt *p;
	uint32_t from;
};

static const char *nth_name(const void *arg, size_t n)
{
	const struct names *w = arg;
	const struct pkw_view *v = pkw_view(w->p);

	for (uint32_t i = w->from; i < v->nlayers; i++) {
		const struct pkw_record *rec = &v->layers[i].proto->rec;
		if (n < rec->nfields)
			return rec->fields[n].name;
		n -= rec->nfields;
	}
	return NULL;
}

static int no_such_name(
    lua_State *L, const struct pkw_pkt *p, uint32_t from, const char *key)
{
	const struct pkw_view *v = pkw_view(p);
	const struct names w = { p, from };
	const char *near = pkw_nearest(key, nth_name, &w);
	const char *name = from < v->nlayers
	    ? v->layers[from].proto->rec.name
	    : "an empty packet";

	if (!near)
		near = pkw_proto_nearest(key);
	return near ? script_raise(L, "%s has no field, layer or method `%s'; "
		      "did you mean `%s'?", name, key, near)
		    : script_raise(L, "%s has no field, layer or method `%s'",
			  name, key);
}

/* ---- reading ---- */

static int index_path(lua_State *L, const char *path)
{
	const struct pkw_pkt *p = packet_look(L, 1, NULL);
	struct pkw_diag d = { .code = 0 };
	unsigned field;
	int node, r = pkw_path(p, path, &node, &field, &d);

	if (r == -PKW_EABSENT)
		return 0;
	if (r < 0)
		return script_fail(L, &d);
	const struct pkw_node *n = pkw_node(p, node);
	if (field != PKW_NO_FIELD)
		value_push(L, 1, p, node, field);
	else if (n->depth == 0)
		packet_push_view(L, 1, n->layer);
	else
		part_push_node(L, 1, p, node);
	return 1;
}

/* The field if this layer has one of that name; 0: it has not. */
static int push_field(lua_State *L, const struct pkw_pkt *p, uint32_t layer,
    int field, const char *key)
{
	const struct pkw_field *f =
	    &pkw_view(p)->layers[layer].proto->rec.fields[field];

	if (f->type == PKW_UINT && f->bits &&
	    pkw_has(p, (int)layer, (unsigned)field) &&
	    !(pkw_view(p)->layers[layer].flags & PKW_LAYER_ODD)) {
		lua_pushinteger(
		    L, (lua_Integer)pkw_u(p, (int)layer, (unsigned)field));
		return 1;
	}
	if (value_push_address(L, p, layer, (unsigned)field))
		return 1;
	int root = pkw_root(p, (int)layer);
	int k = root < 0 ? root : pkw_field_named(p, root, key);
	if (k < 0 || !pkw_has(p, (int)layer, (unsigned)k))
		return 0;
	value_push(L, 1, p, root, (unsigned)k);
	return 1;
}

/* The view from the first layer of a protocol on. */
static int push_layer(lua_State *L, const struct pkw_view *v, uint32_t from,
    const struct pkw_proto *proto)
{
	for (uint32_t i = from; i < v->nlayers; i++)
		if (v->layers[i].proto == proto) {
			packet_push_view(L, 1, i);
			return 1;
		}
	return 0;
}

/* A name that was met before in all layers up to where it is; 0: go the long
   way. */
static int index_met(lua_State *L, const struct packet *u, const char *key)
{
	struct field_cache *c = script_of(L)->cache;
	const struct pkw_proto *lowest = packet_lowest(u);
	uint32_t from;
	int shallow = 1;

	if ((lowest && !met(c, lowest, key)) || packet_has_sets(L, 1))
		return 0;
	const struct pkw_pkt *p = packet_seen(L, u, 1, &from);
	const struct pkw_view *v = pkw_view(p);
	for (uint32_t i = from; i < v->nlayers; i++) {
		const struct field_row *row = met(c, v->layers[i].proto, key);
		if (!row)
			return 0;
		if (row->field >= 0 && push_field(L, p, i, row->field, key))
			return 1;
		shallow &= row->shallow;
	}
	const struct name_row *name = name_at(c, key);
	if (name->key != key || (!name->layer && !shallow))
		return 0;
	if (!name->layer || !push_layer(L, v, from, name->layer))
		lua_pushnil(L);
	return 1;
}

/* Names of parts that a layer's name reaches too: DNSRRMX's `exchange'. */
static int push_deep(
    lua_State *L, const struct pkw_pkt *p, uint32_t from, const char *key)
{
	for (uint32_t i = from; i < pkw_view(p)->nlayers; i++) {
		unsigned field;
		int node;
		lua_pushfstring(L, "%s.%s", layer_path(L, p, i), key);
		int r = pkw_path(p, lua_tostring(L, -1), &node, &field, NULL);
		lua_pop(L, 2);
		if (r == 0 && field != PKW_NO_FIELD) {
			value_push(L, 1, p, node, field);
			return 1;
		}
		struct field_row *row = met(script_of(L)->cache,
		    pkw_view(p)->layers[i].proto, key);
		if (row && r == -PKW_ENOFIELD)
			row->shallow = 1;
	}
	return 0;
}

static int index_name(lua_State *L, const char *key, size_t n)
{
	uint32_t from;
	const struct pkw_pkt *p = packet_look(L, 1, &from);
	const struct pkw_view *v = pkw_view(p);
	int sets = packet_has_sets(L, 1);

	for (uint32_t i = from; i < v->nlayers; i++) {
		const struct pkw_proto *proto = v->layers[i].proto;
		int k = n <= SHORT ? cached(L, proto, key) : search(proto, key);
		if (k < 0)
			continue;
		if ((sets && sets_get(L, 1, i, key)) ||
		    push_field(L, p, i, k, key))
			return 1;
	}
	const struct pkw_proto *proto = pkw_proto_find(key);
	if (proto && strcmp(proto->rec.name, key) == 0) {
		remember(L, key, n, proto);
		return push_layer(L, v, from, proto);
	}
	if (push_deep(L, p, from, key))
		return 1;
	if (!is_known(L, key))
		return no_such_name(L, p, from, key);
	remember(L, key, n, NULL);
	return 0;
}

static int index_layer(
    lua_State *L, const struct packet *u, const struct pkw_proto *proto)
{
	uint32_t from;
	const struct pkw_view *v = pkw_view(packet_seen(L, u, 1, &from));

	return push_layer(L, v, from, proto);
}

/* What is known of a packet beside its bytes. */
static int push_about(lua_State *L, const char *key)
{
	if (strcmp(key, "time") != 0 && strcmp(key, "wirelen") != 0 &&
	    strcmp(key, "ifindex") != 0)
		return 0;
	const struct packet *u = packet_push_whole(L, 1);
	const struct pkw_frame *f = &u->frame;
	if (*key == 't' && f->flags & PKW_FRAME_NO_TIME)
		lua_pushnil(L);
	else if (*key == 't')
		lua_pushnumber(L, (double)f->ts_ns / 1e9);
	else if (*key == 'w')
		lua_pushinteger(L, u->own ? pkw_view(u->own)->len : f->len);
	else
		lua_pushinteger(L, f->ifindex);
	return 1;
}

int packet_index(lua_State *L)
{
	const struct packet *u = packet_check(L, 1);
	const struct layer *l;
	size_t n;

	if (lua_type(L, 2) == LUA_TSTRING) {
		const char *key = lua_tolstring(L, 2, &n);
		if (index_met(L, u, key))
			return 1;
		lua_pushvalue(L, 2);
		if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
			return 1;
		lua_pop(L, 1);
		if (push_about(L, key))
			return 1;
		if (strpbrk(key, ".:["))
			return index_path(L, key);
		return index_name(L, key, n);
	}
	if (lua_isinteger(L, 2)) {
		uint32_t from;
		lua_Integer i = lua_tointeger(L, 2);
		const struct pkw_view *v = pkw_view(packet_look(L, 1, &from));
		if (i < 1 || (uint64_t)i > v->nlayers - from)
			return 0;
		packet_push_view(L, 1, from + (uint32_t)i - 1);
		return 1;
	}
	l = layer_test(L, 2);
	if (!l)
		return script_raise(L, "a packet is indexed by the name of a "
		    "field, a layer or a number, not by a %s",
		    luaL_typename(L, 2));
	return index_layer(L, u, l->proto);
}

/* ---- writing ---- */

/* Where the field is; fails if it is nowhere. */
static void find_field(lua_State *L, const struct pkw_pkt *p, uint32_t layer,
    const char *key, int *node, unsigned *field)
{
	struct pkw_diag d = { .code = 0 };
	int root = pkw_root(p, (int)layer);
	int k = root < 0 ? root : pkw_field_named(p, root, key);

	if (k >= 0) {
		*node = root;
		*field = (unsigned)k;
		return;
	}
	lua_pushfstring(L, "%s.%s", layer_path(L, p, layer), key);
	int r = pkw_path(p, lua_tostring(L, -1), node, field, &d);
	lua_pop(L, 2);
	if (r < 0)
		script_fail(L, &d);
	if (*field == PKW_NO_FIELD)
		script_raise(L, "`%s' is no field", key);
}

/* Integers that fit where nothing else has to be looked at. */
static int set_integer(lua_State *L, struct pkw_pkt *p, int node,
    unsigned field, int idx)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[field];

	if (!lua_isinteger(L, idx) || f->type != PKW_UINT || f->bits == 0 ||
	    !(n->has >> field & 1))
		return 0;
	uint64_t v = (uint64_t)lua_tointeger(L, idx);
	if (f->bits < 64 && v >> f->bits)
		return 0; /* for a message that names the range */
	return pkw_field_set_u(p, node, field, v) == 0;
}

static int set_bytes(lua_State *L, struct pkw_pkt *p, int node,
    unsigned field, int idx)
{
	const struct pkw_node *n = pkw_node(p, node);
	size_t len;

	if (lua_type(L, idx) != LUA_TSTRING ||
	    n->rec->fields[field].type != PKW_BYTES ||
	    n->rec->fields[field].bits || n->rec->fields[field].inner ||
	    !(n->has >> field & 1))
		return 0;
	const char *s = lua_tolstring(L, idx, &len);
	return pkw_field_set_bytes(p, node, field, s, len) == 0;
}

void field_set(lua_State *L, int packet, struct pkw_pkt *p, uint32_t layer,
    const char *key, int idx)
{
	struct pkw_diag d = { .code = 0 };
	unsigned field;
	int node, r;

	find_field(L, p, layer, key, &node, &field);
	if (later_put(L, packet, p, node, field, idx))
		return;
	if (packet_has_sets(L, packet))
		sets_put(L, packet, layer, key, NULL, 0);
	if (lua_isnil(L, idx)) {
		r = pkw_field_unset(p, node, field);
		if (r < 0)
			script_error(L, r);
		return;
	}
	if (set_integer(L, p, node, field, idx) ||
	    set_bytes(L, p, node, field, idx))
		return;
	struct pkw_str *text = script_str(L);
	const struct pkw_record *rec = pkw_node(p, node)->rec;
	const struct pkw_field *f = &rec->fields[field];
	int several = value_text(
	    L, idx, rec->name ? rec->name : "element", f, text);
	if (text->err)
		script_error(L, text->err);
	if (several) {
		sets_check(L, p, layer, key, text->s);
		sets_put(L, packet, layer, key, text->s, idx);
	} else {
		r = pkw_field_parse(p, node, field, text->s, &d);
		if (r < 0)
			script_fail(L, &d);
	}
	lua_pop(L, 1);
}

/* Which layer's field a name is: the first that has it here, or could. */
static uint32_t layer_with(lua_State *L, const struct pkw_pkt *p,
    uint32_t from, const char *key)
{
	const struct pkw_view *v = pkw_view(p);
	uint32_t could = UINT32_MAX;

	for (uint32_t i = from; i < v->nlayers; i++) {
		if (search(v->layers[i].proto, key) < 0)
			continue;
		int root = pkw_root(p, (int)i);
		int k = root < 0 ? -1 : pkw_field_named(p, root, key);
		if (k >= 0 && pkw_has(p, (int)i, (unsigned)k))
			return i;
		if (could == UINT32_MAX)
			could = i;
	}
	if (could != UINT32_MAX)
		return could;
	for (uint32_t i = from; i < v->nlayers; i++) {
		unsigned field;
		int node;
		lua_pushfstring(L, "%s.%s", layer_path(L, p, i), key);
		int r = pkw_path(p, lua_tostring(L, -1), &node, &field, NULL);
		lua_pop(L, 2);
		if (r == 0)
			return i;
	}
	no_such_name(L, p, from, key);
	return 0;
}

/* p[TCP] = nil: without it and all above; = packet: that in its place. */
static int set_layers(lua_State *L, uint32_t layer)
{
	struct pkw_pkt *p = packet_begin(L, 1, NULL);
	const struct layer *l = layer_test(L, 3);
	int r = pkw_layer_cut(p, (int)layer), new = 0;

	if (r >= 0 && l) {
		r = pkw_append(p, l->plain, 0);
	} else if (r >= 0 && !lua_isnil(L, 3)) {
		if (!packet_test(L, 3))
			return script_raise(L, "a packet or nil can be put in "
			    "the place of a layer, not a %s",
			    luaL_typename(L, 3));
		packet_push_copy(L, 3);
		new = lua_gettop(L);
		struct packet *u = lua_touserdata(L, new);
		r = pkw_append(p, u->own ? u->own : packet_look(L, -1, NULL), 0);
	}
	if (r < 0)
		return script_error(L, r);
	packet_commit(L, 1);
	sets_cut(L, 1, layer);
	packet_push_whole(L, 1);
	if (new && packet_has_sets(L, new))
		sets_copy(L, lua_gettop(L), new, (int)layer);
	return 0;
}

static int newindex_path(lua_State *L, const char *path)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_pkt *p = packet_begin(L, 1, NULL);
	unsigned field;
	int node, r = pkw_path(p, path, &node, &field, &d);

	if (r < 0)
		return script_fail(L, &d);
	uint32_t layer = pkw_node(p, node)->layer;
	if (field == PKW_NO_FIELD && pkw_node(p, node)->depth == 0)
		return set_layers(L, layer);
	part_set(L, p, node, field, 3);
	packet_commit(L, 1);
	return 0;
}

/* A number into a field of fixed place that decides about nothing: this cannot
   fail half-way, so no copy has to be made. */
static int set_plain(lua_State *L, const char *key)
{
	uint32_t from;

	if (!lua_isinteger(L, 3) || packet_has_sets(L, 1))
		return 0;
	struct pkw_pkt *p = packet_change(L, 1, &from);
	const struct pkw_view *v = pkw_view(p);
	for (uint32_t i = from; i < v->nlayers; i++) {
		const struct pkw_record *rec = &v->layers[i].proto->rec;
		int k = search(v->layers[i].proto, key);
		if (k < 0)
			continue;
		const struct pkw_slot *s = &rec->shape->slots[k];
		uint64_t x = (uint64_t)lua_tointeger(L, 3);
		return s->fixed & PKW__SLOT_PLAIN && x <= s->mask &&
		    rec->fields[k].type == PKW_UINT &&
		    pkw_set(p, (int)i, (unsigned)k, x) == 0;
	}
	return 0;
}

/* p.time = seconds since 1970; nil: it has none. */
static int set_time(lua_State *L)
{
	struct packet *u = packet_push_whole(L, 1);

	if (lua_isnil(L, 3)) {
		u->frame.flags |= PKW_FRAME_NO_TIME;
		return 0;
	}
	double s = lua_tonumber(L, 3);
	if (lua_type(L, 3) != LUA_TNUMBER || !(s > -9e9 && s < 9e9))
		return script_raise(L, "time: seconds since 1970 are expected, "
		    "not %s", luaL_tolstring(L, 3, NULL));
	u->frame.ts_ns = (int64_t)(s * 1e9);
	u->frame.flags &= ~(uint32_t)PKW_FRAME_NO_TIME;
	return 0;
}

/* p[TCP] = ... */
static int set_layer_of(lua_State *L, const struct pkw_proto *proto)
{
	uint32_t from;
	const struct pkw_view *v = pkw_view(packet_look(L, 1, &from));

	for (uint32_t i = from; i < v->nlayers; i++)
		if (v->layers[i].proto == proto)
			return set_layers(L, i);
	return script_raise(
	    L, "there is no layer %s in this packet", proto->rec.name);
}

/* p[2] = ... */
static int set_nth_layer(lua_State *L)
{
	uint32_t from;
	lua_Integer i = lua_tointeger(L, 2);
	const struct pkw_view *v = pkw_view(packet_look(L, 1, &from));

	if (i < 1 || (uint64_t)i > v->nlayers - from)
		return script_raise(L, "there is no layer %d in this packet",
		    (int)i);
	return set_layers(L, from + (uint32_t)i - 1);
}

/* The protocol of that name, if none of the layers has a field of it. */
static const struct pkw_proto *only_a_layer(lua_State *L, const char *key)
{
	const struct pkw_proto *proto = pkw_proto_find(key);
	uint32_t from;

	if (!proto || strcmp(proto->rec.name, key) != 0)
		return NULL;
	const struct pkw_view *v = pkw_view(packet_look(L, 1, &from));
	for (uint32_t i = from; i < v->nlayers; i++)
		if (search(v->layers[i].proto, key) >= 0)
			return NULL;
	return proto;
}

int packet_newindex(lua_State *L)
{
	const struct layer *l = layer_test(L, 2);
	uint32_t from;

	lua_settop(L, 3);
	if (l)
		return set_layer_of(L, l->proto);
	if (lua_isinteger(L, 2))
		return set_nth_layer(L);
	if (lua_type(L, 2) != LUA_TSTRING)
		return script_raise(L, "a field's name or a layer is expected, "
		    "not a %s", luaL_typename(L, 2));
	const char *key = lua_tostring(L, 2);
	if (strcmp(key, "time") == 0)
		return set_time(L);
	if (strpbrk(key, ".:["))
		return newindex_path(L, key);
	if (set_plain(L, key))
		return 0;
	const struct pkw_proto *proto = only_a_layer(L, key);
	if (proto)
		return set_layer_of(L, proto);
	struct pkw_pkt *p = packet_begin(L, 1, &from);
	field_set(L, 1, p, layer_with(L, p, from, key), key, 3);
	packet_commit(L, 1);
	return 0;
}

/* known(name): has any protocol such a field? */
static int known(lua_State *L)
{
	lua_pushboolean(L, is_known(L, luaL_checkstring(L, 1)));
	return 1;
}

void open_field(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "known", known },
		{ NULL, NULL }
	};

	script_of(L)->cache = calloc(1, sizeof *script_of(L)->cache);
	if (!script_of(L)->cache)
		script_error(L, -PKW_ENOMEM);
	script_core_add(L, functions);
}
