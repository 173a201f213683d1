/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as Lua has them: one type with three ways of being.
 *
 *   captured  the bytes behind the struct, and when they came.  Nothing else
 *             is kept: looking at one dissects it into one of a few slots,
 *             which costs less than keeping what was found.  A list of a
 *             million packets is a million small blocks without finalizers.
 *   own       a pkw_pkt, in a box with a finalizer.  A captured packet becomes
 *             one when it is changed.
 *   a view    another packet from one of its layers on: p[TCP].  It shares all
 *             with that packet, which it keeps alive.
 *
 * A packet may stand for several: then its sets are a Lua table of places and
 * texts, from which a template is compiled when it is needed; looking at such a
 * packet shows the first one.
 */
#include "script/bind.h"

#include <stddef.h>
#include <string.h>

#define PACKET "packet"

/* ---- asking for one ---- */

struct packet *packet_test(lua_State *L, int idx)
{
	struct packet *u = lua_touserdata(L, idx);

	if (!u || !lua_getmetatable(L, idx))
		return NULL;
	int same = lua_topointer(L, -1) == script_of(L)->packet_mt;
	lua_pop(L, 1);
	return same ? u : NULL;
}

struct packet *packet_check(lua_State *L, int idx)
{
	struct packet *u = packet_test(L, idx);

	if (!u)
		script_raise(L, "a packet is expected, not a %s; its methods are "
		    "called with a colon, as p:show() is", luaL_typename(L, idx));
	return u;
}

/* ---- boxes ---- */

static int free_packet(lua_State *L)
{
	struct pkw_pkt **box = lua_touserdata(L, 1);

	pkw_pkt_free(*box);
	*box = NULL;
	return 0;
}

/* Gives the packet at idx an empty pkw_pkt of its own. */
static struct pkw_pkt *give_own(lua_State *L, int idx)
{
	idx = lua_absindex(L, idx);
	struct packet *u = lua_touserdata(L, idx);
	struct pkw_pkt **box = script_box(L, "pkw.pkt", free_packet);

	*box = pkw_pkt_new();
	if (!*box)
		script_error(L, -PKW_ENOMEM);
	u->own = *box;
	lua_setiuservalue(L, idx, PACKET_KEEPS);
	return u->own;
}

/* ---- making ---- */

/* The first `size' bytes of the struct, and `behind' others. */
static struct packet *push_packet(
    lua_State *L, size_t size, size_t behind, int values)
{
	struct packet *u = lua_newuserdatauv(L, size + behind, values);

	memset(u, 0, size);
	lua_rawgeti(L, LUA_REGISTRYINDEX, script_of(L)->packet_ref);
	lua_setmetatable(L, -2);
	return u;
}

struct packet *packet_push_frame(lua_State *L, const struct pkw_frame *f)
{
	struct packet *u = push_packet(L, sizeof *u,
	    f->caplen + PKW_FRAME_SLACK, PACKET_VALUES);
	uint8_t *bytes = (uint8_t *)(u + 1);

	u->frame = *f;
	u->frame.data = bytes;
	u->serial = ++script_of(L)->serial;
	u->frame.comment = NULL;
	u->frame.options = NULL;
	u->frame.comment_len = u->frame.options_len = 0;
	u->first = pkw_link_proto(f->link);
	memcpy(bytes, f->data, f->caplen);
	memset(bytes + f->caplen, 0, PKW_FRAME_SLACK);
	return u;
}

void packet_push_dissected(
    lua_State *L, const struct pkw_pkt *p, const struct pkw_frame *f)
{
	const struct pkw_view *v = pkw_view(p);
	struct pkw_frame g = *f;
	int64_t link = v->nlayers
	    ? pkw_bound_number("linktype", v->layers[0].proto) : -1;

	g.data = v->bytes;
	g.caplen = g.len = v->len;
	g.link = link < 0 ? UINT16_MAX : (uint16_t)link;
	struct packet *u = packet_push_frame(L, &g);
	if (v->nlayers)
		u->first = v->layers[0].proto;
}

struct packet *packet_push_new(lua_State *L)
{
	struct packet *u = push_packet(L, sizeof *u, 0, PACKET_VALUES);

	u->frame.flags = PKW_FRAME_NO_TIME;
	give_own(L, -1);
	return u;
}

void packet_push_view(lua_State *L, int idx, uint32_t layer)
{
	idx = lua_absindex(L, idx);
	const struct packet *u = lua_touserdata(L, idx);

	if (u->of) {
		lua_getiuservalue(L, idx, PACKET_KEEPS);
		packet_push_view(L, -1, layer);
		lua_remove(L, -2);
		return;
	}
	if (lua_getiuservalue(L, idx, PACKET_VIEW) == LUA_TUSERDATA &&
	    ((struct packet *)lua_touserdata(L, -1))->from == layer)
		return;
	lua_pop(L, 1);
	struct packet *v = push_packet(
	    L, offsetof(struct packet, frame), 0, PACKET_KEEPS);
	v->of = u;
	v->from = layer;
	lua_pushvalue(L, idx);
	lua_setiuservalue(L, -2, PACKET_KEEPS);
	lua_pushvalue(L, -1);
	lua_setiuservalue(L, idx, PACKET_VIEW);
}

struct packet *packet_push_whole(lua_State *L, int idx)
{
	struct packet *u = packet_check(L, idx);

	if (u->of)
		lua_getiuservalue(L, idx, PACKET_KEEPS);
	else
		lua_pushvalue(L, idx);
	return lua_touserdata(L, -1);
}

/* ---- looking and changing ---- */

/* A captured packet's layers, in the slot it has or else the oldest one. */
static struct pkw_pkt *dissected(lua_State *L, const struct packet *u)
{
	struct script *s = script_of(L);
	const unsigned n = sizeof s->slot / sizeof *s->slot;

	for (unsigned i = 0; i < n; i++)
		if (s->in_slot[i] == u->serial) {
			s->turn += s->turn % n == i; /* not the next to go */
			return s->slot[i];
		}
	unsigned i = s->turn++ % n;
	if (!s->slot[i] && !(s->slot[i] = pkw_pkt_new()))
		script_error(L, -PKW_ENOMEM);
	pkw_dissect(s->slot[i], u->first, u->frame.data, u->frame.caplen, 0);
	s->in_slot[i] = u->serial;
	return s->slot[i];
}

const struct pkw_proto *packet_lowest(const struct packet *u)
{
	if (u->of)
		return NULL;
	if (!u->own)
		return u->first;
	return pkw_view(u->own)->nlayers
	    ? pkw_view(u->own)->layers[0].proto : NULL;
}

static void forget_slot(lua_State *L, const struct packet *u)
{
	struct script *s = script_of(L);

	for (size_t i = 0; i < sizeof s->slot / sizeof *s->slot; i++)
		if (s->in_slot[i] == u->serial)
			s->in_slot[i] = 0;
}

static const struct pkw_pkt *first_of_sets(lua_State *L, int idx)
{
	const struct pkw_pkt *p;
	struct pkw_tmpl *t = packet_template(L, idx);

	lua_pop(L, 1); /* the sets keep it */
	pkw_tmpl_seek(t, 0);
	int r = pkw_tmpl_step(t, &p);
	if (r <= 0)
		script_error(L, r < 0 ? r : -PKW_EINVAL);
	return p;
}

const struct pkw_pkt *packet_look(lua_State *L, int idx, uint32_t *from)
{
	return packet_seen(L, packet_check(L, idx), idx, from);
}

const struct pkw_pkt *packet_seen(lua_State *L, const struct packet *u,
    int idx, uint32_t *from)
{
	uint32_t layer = u->from;
	const struct pkw_pkt *p;

	if (u->of)
		u = u->of;
	if (u->sets) {
		packet_push_whole(L, idx);
		p = first_of_sets(L, lua_gettop(L));
		lua_pop(L, 1);
	} else if (u->own) {
		int r = pkw_seal(u->own, 0);
		if (r < 0)
			script_error(L, r);
		p = u->own;
	} else {
		p = dissected(L, u);
	}
	if (layer && layer >= pkw_view(p)->nlayers)
		script_raise(L, "this layer is no longer in its packet");
	if (from)
		*from = layer;
	return p;
}

/* The packet's own pkw_pkt, not yet to be changed. */
static struct pkw_pkt *owned(lua_State *L, int idx, uint32_t *from)
{
	struct packet *u = packet_check(L, idx);
	uint32_t layer = u->from;

	packet_push_whole(L, idx);
	u = lua_touserdata(L, -1);
	if (!u->own) {
		give_own(L, -1);
		pkw_dissect(
		    u->own, u->first, u->frame.data, u->frame.caplen, 0);
		forget_slot(L, u);
	}
	lua_pop(L, 1);
	if (layer && layer >= pkw_view(u->own)->nlayers)
		script_raise(L, "this layer is no longer in its packet");
	if (from)
		*from = layer;
	return u->own;
}

struct pkw_pkt *packet_change(lua_State *L, int idx, uint32_t *from)
{
	struct pkw_pkt *p = owned(L, idx, from);

	sets_changed(L, idx);
	return p;
}

struct pkw_pkt *packet_begin(lua_State *L, int idx, uint32_t *from)
{
	struct script *s = script_of(L);
	const struct pkw_pkt *p = owned(L, idx, from);

	if (!s->work && !(s->work = pkw_pkt_new()))
		script_error(L, -PKW_ENOMEM);
	int r = pkw_pkt_copy(s->work, p);
	if (r < 0)
		script_error(L, r);
	return s->work;
}

void packet_commit(lua_State *L, int idx)
{
	struct script *s = script_of(L);
	struct packet *u = packet_push_whole(L, idx);

	lua_getiuservalue(L, -1, PACKET_KEEPS);
	struct pkw_pkt **box = lua_touserdata(L, -1);
	*box = s->work;
	s->work = u->own;
	u->own = *box;
	lua_pop(L, 2);
	sets_changed(L, idx);
}

struct pkw_span packet_bytes(lua_State *L, int idx)
{
	uint32_t from;
	const struct pkw_pkt *p = packet_look(L, idx, &from);
	struct pkw_span s = pkw_bytes(p);

	if (from) {
		const struct pkw_layer *l = &pkw_view(p)->layers[from];
		s.p += l->off;
		s.len = l->end - l->off;
	}
	return s;
}

struct pkw_frame packet_frame(lua_State *L, int idx, const struct pkw_pkt *p)
{
	const struct packet *u = packet_push_whole(L, idx);
	struct pkw_frame f = u->frame;
	const struct pkw_view *v = pkw_view(p);

	lua_pop(L, 1);
	f.data = v->bytes;
	f.caplen = v->len;
	if (u->own || f.len < f.caplen)
		f.len = f.caplen;
	if (u->own && v->nlayers) {
		int64_t link = pkw_bound_number("linktype", v->layers[0].proto);
		f.link = link < 0 ? UINT16_MAX : (uint16_t)link;
	}
	return f;
}

/* ---- copies, and one on top of another ---- */

/* Puts the packet at `idx' on top of the new one that is at `to'. */
static void append(lua_State *L, int to, int idx)
{
	struct packet *u = lua_touserdata(L, to);
	const struct packet *q = packet_check(L, idx);
	uint32_t from = q->from;
	int r;

	/* the packet itself rather than the first of its sets */
	packet_push_whole(L, idx);
	q = lua_touserdata(L, -1);
	const struct pkw_pkt *p = q->own ? q->own : dissected(L, q);
	if (pkw_view(p)->nlayers == 0) {
		lua_pop(L, 1);
		return;
	}
	if (from >= pkw_view(p)->nlayers)
		script_raise(L, "this layer is no longer in its packet");
	r = pkw_append(u->own, p, (int)from);
	if (r < 0)
		script_error(L, r);
	if (q->sets)
		sets_copy(L, to, lua_gettop(L), r - (int)from);
	if (from == 0)
		later_copy(L, to, lua_gettop(L), (uint32_t)r);
	lua_pop(L, 1);
}

struct packet *packet_push_copy(lua_State *L, int idx)
{
	idx = lua_absindex(L, idx);
	const struct packet *q = packet_check(L, idx);

	if (!q->of && !q->own)
		return packet_push_frame(L, &q->frame);
	struct packet *u = packet_push_new(L);
	if (q->of) {
		append(L, lua_gettop(L), idx);
		return u;
	}
	u->frame = q->frame;
	int r = pkw_pkt_copy(u->own, q->own);
	if (r < 0)
		script_error(L, r);
	sets_copy(L, lua_gettop(L), idx, 0);
	later_copy(L, lua_gettop(L), idx, 0);
	return u;
}

/* Appends text or bytes as Raw, a packet as it is, a layer with defaults. */
static void append_any(lua_State *L, int to, int idx)
{
	struct packet *u = lua_touserdata(L, to);
	const struct layer *l = layer_test(L, idx);
	size_t n;
	int r;

	if (packet_test(L, idx)) {
		append(L, to, idx);
		return;
	}
	if (l) {
		r = pkw_append(u->own, l->plain, 0);
	} else if (lua_type(L, idx) == LUA_TSTRING) {
		const char *s = lua_tolstring(L, idx, &n);
		r = pkw_push_raw(u->own, s, n);
	} else {
		script_raise(L, "a packet, a layer or text can stand beside `/', "
		    "not a %s", luaL_typename(L, idx));
		return;
	}
	if (r < 0)
		script_error(L, r);
}

int packet_div(lua_State *L)
{
	struct packet *u = packet_push_new(L);
	int to = lua_gettop(L);
	const struct packet *lower = packet_test(L, 1);

	append_any(L, to, 1);
	append_any(L, to, 2);
	if (lower && !lower->of) {
		u->frame = lower->frame;
		u->frame.data = NULL;
	}
	return 1;
}

/* ---- the type itself ---- */

static int packet_len(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)packet_bytes(L, 1).len);
	return 1;
}

/* Same layers, same bytes. */
static int packet_eq(lua_State *L)
{
	uint32_t fa, fb;

	if (!packet_test(L, 1) || !packet_test(L, 2))
		return 0;
	struct pkw_span a = packet_bytes(L, 1);
	const struct pkw_view *va = pkw_view(packet_look(L, 1, &fa));
	struct pkw_span b = packet_bytes(L, 2);
	const struct pkw_view *vb = pkw_view(packet_look(L, 2, &fb));
	int same = a.len == b.len && va->nlayers - fa == vb->nlayers - fb &&
	    (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
	for (uint32_t i = 0; same && fa + i < va->nlayers; i++)
		same = va->layers[fa + i].proto == vb->layers[fb + i].proto;
	lua_pushboolean(L, same);
	return 1;
}

static int packet_tostring(lua_State *L)
{
	struct pkw_str *s = script_str(L);

	packet_line(L, 1, s);
	return script_push_str(L, s);
}

void open_packet(lua_State *L)
{
	static const luaL_Reg meta[] = {
		{ "__newindex", packet_newindex },
		{ "__div", packet_div },
		{ "__idiv", packet_div },
		{ "__len", packet_len },
		{ "__pairs", packet_pairs },
		{ "__eq", packet_eq },
		{ "__tostring", packet_tostring },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, PACKET);
	luaL_setfuncs(L, meta, 0);
	script_of(L)->packet_mt = lua_topointer(L, -1);
	lua_pushvalue(L, -1);
	script_of(L)->packet_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	script_core(L);
	lua_newtable(L); /* the methods, to which modules add */
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, "methods");
	lua_pushcclosure(L, packet_index, 1);
	lua_setfield(L, -3, "__index");
	lua_pop(L, 2);
}
