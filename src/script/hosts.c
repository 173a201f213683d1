/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, routes and neighbours for Lua, as the kernel has them. */
#include "script/link.h"

#include <arpa/inet.h>

static void set_text(lua_State *L, const char *name, const struct pkw_addr *a)
{
	char text[48];

	if (a->len == 0)
		return;
	lua_pushstring(L, pkw_addr_text(a, text));
	lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, int on)
{
	lua_pushboolean(L, on);
	lua_setfield(L, -2, name);
}

static void push_iface(lua_State *L, const struct pkw_netif *n)
{
	char text[48];

	lua_newtable(L);
	lua_pushstring(L, n->name);
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, n->index);
	lua_setfield(L, -2, "index");
	lua_pushinteger(L, n->mtu);
	lua_setfield(L, -2, "mtu");
	set_text(L, "mac", &n->mac);
	set_flag(L, "up", (n->flags & PKW_NETIF_UP) != 0);
	set_flag(L, "running", (n->flags & PKW_NETIF_RUNNING) != 0);
	set_flag(L, "loopback", (n->flags & PKW_NETIF_LOOPBACK) != 0);
	lua_newtable(L);
	for (size_t i = 0; i < n->naddrs; i++) {
		lua_pushfstring(L, "%s/%d",
		    pkw_addr_text(&n->addrs[i].addr, text),
		    (int)n->addrs[i].prefix);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "addresses");
}

/* interfaces(): {{name=, index=, mtu=, mac=, up=, addresses={"a/p"}}, ...} */
static int interfaces(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_net *net = script_net(L);
	const struct pkw_netif *n;

	if (pkw_net_refresh(net, &d) < 0)
		return script_fail(L, &d);
	lua_newtable(L);
	for (size_t i = 0; (n = pkw_netif_at(net, i)); i++) {
		push_iface(L, n);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static struct pkw_addr check_addr(lua_State *L, int idx)
{
	const char *text = luaL_checkstring(L, idx);
	struct pkw_addr a;

	if (pkw_addr_parse(text, &a) < 0)
		script_raise(L, "`%s' is no address", text);
	return a;
}

static const char *iface_name(struct pkw_net *net, uint32_t index)
{
	const struct pkw_netif *n = pkw_netif_by_index(net, index);

	return n ? n->name : "";
}

/* route(dst): {iface=, src=, via=, mtu=} as the kernel would send */
static int route(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_net *net = script_net(L);
	struct pkw_addr dst = check_addr(L, 1);
	struct pkw_route r;

	if (pkw_route(net, &dst, 0, &r, &d) < 0)
		return script_fail(L, &d);
	lua_newtable(L);
	lua_pushstring(L, iface_name(net, r.ifindex));
	lua_setfield(L, -2, "iface");
	lua_pushinteger(L, r.mtu);
	lua_setfield(L, -2, "mtu");
	set_text(L, "src", &r.src);
	set_text(L, "via", &r.via);
	return 1;
}

/* mac(address): of the next hop to it; nil and why when nobody answers */
static int mac(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_net *net = script_net(L);
	struct pkw_addr dst = check_addr(L, 1), found;
	struct pkw_route r;
	char text[48];

	if (pkw_route(net, &dst, 0, &r, &d) < 0)
		return script_fail(L, &d);
	if (pkw_neigh(net, r.ifindex, r.via.len ? &r.via : &dst, 0, &found,
		&d) < 0) {
		lua_pushnil(L);
		lua_pushstring(L, d.text);
		return 2;
	}
	lua_pushstring(L, pkw_addr_text(&found, text));
	return 1;
}

/* iface_of(index): its name */
static int iface_of(lua_State *L)
{
	lua_pushstring(L, iface_name(
	    script_net(L), (uint32_t)luaL_checkinteger(L, 1)));
	return 1;
}

void open_hosts(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "interfaces", interfaces },
		{ "route", route },
		{ "mac", mac },
		{ "iface_of", iface_of },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
