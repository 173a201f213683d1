/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links: an interface (or all) to send on and to receive from, as an object.
 *
 *   l = link{iface="eth0", filter="icmp"}
 *   l:send(IP{dst="10.0.0.1"}/ICMP()); p = l:next(1.0); l:close()
 *
 * Bridges, answering machines and automata are written in Lua on top of it.
 */
#include "script/link.h"

#include "script/options.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define LINK "link"

enum { MAX_POLL = 64 };

struct link_object {
	struct pkw_link *link; /* NULL: closed */
	struct pkw_pkt *p;     /* to send from */
};

static void close_now(struct link_object *l)
{
	pkw_link_close(l->link);
	pkw_pkt_free(l->p);
	l->link = NULL;
	l->p = NULL;
}

static int link_close(lua_State *L)
{
	close_now(luaL_checkudata(L, 1, LINK));
	return 0;
}

struct pkw_net *script_net(lua_State *L)
{
	struct script *s = script_of(L);
	struct pkw_diag d = { .code = 0 };

	script_allow(L, "the network");
	if (!s->net && !(s->net = pkw_net_open(&d)))
		script_fail(L, &d);
	return s->net;
}

struct pkw_link *script_link(lua_State *L, int idx, unsigned flags)
{
	struct pkw_diag d = { .code = 0 };
	const char *iface = option_text(L, idx, "iface");
	struct pkw_link_opts o = {
		.flags = flags,
		.filter = option_text(L, idx, "filter"),
		.snaplen = (uint32_t)option_count(L, idx, "snaplen", 0),
		.buffer = (uint32_t)option_count(L, idx, "buffer", 0),
		.net = script_net(L),
	};
	if (option_set(L, idx, "promisc") && iface)
		o.flags |= PKW_LINK_PROMISC;
	if (option_set(L, idx, "send_only"))
		o.flags = PKW_LINK_SEND_ONLY;
	if (option_set(L, idx, "in_only"))
		o.flags |= PKW_LINK_IN_ONLY;
	struct link_object *l = lua_newuserdatauv(L, sizeof *l, 0);
	memset(l, 0, sizeof *l);
	luaL_setmetatable(L, LINK);
	l->p = pkw_pkt_new();
	l->link = pkw_link_open(iface, &o, &d);
	if (!l->link || !l->p)
		script_fail(L, &d);
	return l->link;
}

void script_link_close(lua_State *L, int idx)
{
	close_now(lua_touserdata(L, idx));
}

static struct link_object *check_at(lua_State *L, int idx)
{
	struct link_object *l = luaL_checkudata(L, idx, LINK);

	if (!l->link)
		script_raise(L, "this link is closed");
	return l;
}

struct pkw_link *script_link_at(lua_State *L, int idx)
{
	return check_at(L, idx)->link;
}

static struct link_object *check(lua_State *L)
{
	return check_at(L, 1);
}

/* link{iface=, filter=, snaplen=, buffer=, promisc=, rate=} */
static int open_one(lua_State *L)
{
	struct pkw_link *l = script_link(L, 1, PKW_LINK_IMMEDIATE);

	pkw_link_rate(l, option_number(L, 1, "rate", 0));
	return 1;
}

void packet_to_send(lua_State *L, int idx, struct pkw_pkt *to)
{
	const struct packet *u = packet_check(L, idx);
	const struct pkw_pkt *p;
	int r = 0;

	if (u->of)
		packet_push_copy(L, idx);
	else
		lua_pushvalue(L, idx);
	u = lua_touserdata(L, -1);
	if (!u->own) /* the bytes as they came, not one of them changed */
		pkw_dissect(to, u->first, u->frame.data, u->frame.caplen, 0);
	else if ((p = packet_look(L, -1, NULL)))
		r = pkw_pkt_copy(to, p);
	lua_pop(L, 1);
	if (r < 0)
		script_error(L, r);
}

/* send(l, packet): every packet that it stands for, at once; how many */
static int link_send(lua_State *L)
{
	struct link_object *l = check(L);
	struct pkw_diag d = { .code = 0 };
	lua_Integer n = 0;
	int r = 1;

	packet_check(L, 2);
	if (packet_has_sets(L, 2)) {
		struct pkw_tmpl *t = packet_template(L, 2);
		pkw_tmpl_seek(t, 0);
		while ((r = pkw_tmpl_next(t, l->p)) > 0 &&
		    (r = pkw_link_send(l->link, l->p, &d)) >= 0)
			n++;
	} else {
		packet_to_send(L, 2, l->p);
		r = pkw_link_send(l->link, l->p, &d);
		n = 1;
	}
	if (r >= 0)
		r = pkw_link_flush(l->link, &d);
	if (r < 0)
		return d.code ? script_fail(L, &d) : script_error(L, r);
	lua_pushinteger(L, n);
	return 1;
}

/* put(l, bytes or packet [, ifindex]): a frame as it stands */
static int link_put(lua_State *L)
{
	struct link_object *l = check(L);
	struct pkw_diag d = { .code = 0 };
	struct pkw_span s;

	if (packet_test(L, 2))
		s = packet_bytes(L, 2);
	else
		s.p = (const void *)luaL_checklstring(L, 2, &s.len);
	int r = pkw_link_put(l->link, (uint32_t)luaL_optinteger(L, 3, 0),
	    s.p, s.len, &d);
	if (r >= 0)
		r = pkw_link_flush(l->link, &d);
	return r < 0 ? script_fail(L, &d) : 0;
}

static void stop_link(void *link)
{
	pkw_link_stop(link);
}

/* next(l [, seconds]): a packet; nil when none came, or Ctrl-C was pressed
   and then a second result, "interrupted" */
static int link_next(lua_State *L)
{
	struct link_object *l = check(L);
	struct pkw_diag d = { .code = 0 };
	struct script_wait w = { .stop = stop_link, .arg = l->link };
	double s = luaL_optnumber(L, 2, -1);
	struct pkw_frame f;

	script_wait_begin(&w);
	int r = pkw_link_next(l->link, &f, s < 0 ? -1 : (int)(s * 1000), &d);
	script_wait_end(&w);
	if (r == -PKW_EINTR) {
		lua_pushnil(L);
		lua_pushliteral(L, "interrupted");
		return 2;
	}
	if (r < 0)
		return script_fail(L, &d);
	if (r == 0)
		return 0;
	packet_push_frame(L, &f);
	return 1;
}

/* drain(l): throws away what was gathered; how many packets that were */
static int link_drain(lua_State *L)
{
	struct link_object *l = check(L);
	struct pkw_diag d = { .code = 0 };
	struct pkw_frame f;
	lua_Integer n = 0;
	int r;

	while ((r = pkw_link_next(l->link, &f, 0, &d)) > 0)
		n++;
	if (r < 0 && r != -PKW_EINTR)
		return script_fail(L, &d);
	lua_pushinteger(L, n);
	return 1;
}

static int link_stats(lua_State *L)
{
	struct link_object *l = check(L);
	struct pkw_link_stats s;

	pkw_link_stats(l->link, &s);
	const struct {
		const char *name;
		uint64_t v;
	} row[] = { { "received", s.received }, { "dropped", s.dropped },
		{ "missed", s.missed }, { "sent", s.sent },
		{ "sent_bytes", s.sent_bytes } };
	lua_newtable(L);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		lua_pushinteger(L, (lua_Integer)row[i].v);
		lua_setfield(L, -2, row[i].name);
	}
	return 1;
}

static int link_rate(lua_State *L)
{
	pkw_link_rate(check(L)->link, luaL_checknumber(L, 2));
	return 0;
}

/* The interface: {name=, index=, mac=, mtu=}; nil for "any" */
static int link_iface(lua_State *L)
{
	const struct pkw_netif *n = pkw_link_netif(check(L)->link);

	if (!n)
		return 0;
	lua_pushstring(L, n->name);
	return 1;
}

struct poll_wait {
	volatile int stopped;
	struct pkw_link *any;
};

static void stop_poll(void *arg)
{
	struct poll_wait *w = arg;

	w->stopped = 1; /* poll() itself ends by the signal */
}

/* wait({l1, l2, ...} [, seconds]): the number of one that has packets; nil:
   none has */
static int wait_links(lua_State *L)
{
	struct pollfd fds[MAX_POLL];
	struct poll_wait pw = { .stopped = 0 };
	struct script_wait w = { .stop = stop_poll, .arg = &pw };
	double s = luaL_optnumber(L, 2, -1);
	int n = 0, r = 0;

	luaL_checktype(L, 1, LUA_TTABLE);
	while (n < MAX_POLL && lua_rawgeti(L, 1, n + 1) != LUA_TNIL) {
		struct link_object *l = luaL_checkudata(L, -1, LINK);
		if (!l->link)
			return script_raise(L, "link %d is closed", n + 1);
		fds[n++] = (struct pollfd){ pkw_link_fd(l->link), POLLIN, 0 };
		lua_pop(L, 1);
	}
	script_wait_begin(&w);
	if (!pw.stopped)
		r = poll(fds, (nfds_t)n, s < 0 ? -1 : (int)(s * 1000));
	script_wait_end(&w);
	if (r < 0 && errno != EINTR)
		return script_error(L, -errno);
	if (r < 0 || pw.stopped) {
		lua_pushnil(L);
		lua_pushliteral(L, "interrupted");
		return 2;
	}
	for (int i = 0; r > 0 && i < n; i++)
		if (fds[i].revents) {
			lua_pushinteger(L, i + 1);
			return 1;
		}
	return 0;
}

static int is_link(lua_State *L)
{
	lua_pushboolean(L, luaL_testudata(L, 1, LINK) != NULL);
	return 1;
}

void open_link(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "send", link_send },
		{ "put", link_put },
		{ "next", link_next },
		{ "drain", link_drain },
		{ "stats", link_stats },
		{ "rate", link_rate },
		{ "iface", link_iface },
		{ "close", link_close },
		{ "__gc", link_close },
		{ "__close", link_close },
		{ NULL, NULL }
	};
	static const luaL_Reg functions[] = {
		{ "link", open_one },
		{ "wait", wait_links },
		{ "is_link", is_link },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, LINK);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	script_core(L);
	lua_insert(L, -2);
	lua_setfield(L, -2, "link_methods");
	lua_pop(L, 1);
	script_core_add(L, functions);
}
