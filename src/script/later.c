/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values for fields that a layer has only on top of a certain other one, as
 * DNS.length on TCP.  In TCP()/DNS{length=5} the DNS is made before it is put
 * anywhere, so such a value waits beside the packet,
 *
 *   { length = 5 }
 *
 * until there is something below, and is an error then if the field is still
 * not there.  It can only be the lowest layer that waits.
 */
#include "script/bind.h"

/* Does the field's presence depend on the layer below? */
static int depends(const struct pkw_field *f)
{
	return f->when[0].op >= PKW_UNDER || f->when[1].op >= PKW_UNDER;
}

int later_put(lua_State *L, int packet, const struct pkw_pkt *p, int node,
    unsigned field, int idx)
{
	const struct pkw_node *n = pkw_node(p, node);
	const struct pkw_field *f = &n->rec->fields[field];

	if (n->layer > 0 || n->has >> field & 1 || !depends(f))
		return 0;
	idx = lua_absindex(L, idx);
	packet_push_whole(L, packet);
	if (lua_getiuservalue(L, -1, PACKET_LATER) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setiuservalue(L, -3, PACKET_LATER);
	}
	lua_pushvalue(L, idx);
	lua_setfield(L, -2, f->name);
	lua_pop(L, 2);
	return 1;
}

void later_copy(lua_State *L, int to, int from, uint32_t layer)
{
	struct packet *u = lua_touserdata(L, to);

	if (lua_getiuservalue(L, from, PACKET_LATER) == LUA_TTABLE) {
		int table = lua_gettop(L);
		lua_pushnil(L);
		while (lua_next(L, table)) {
			field_set(L, to, u->own, layer, lua_tostring(L, -2),
			    lua_gettop(L));
			lua_pop(L, 1);
		}
	}
	lua_pop(L, 1);
}
