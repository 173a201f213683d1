/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending, asking and sniffing for Lua.
 *
 * The exchange calls back while it works.  Whatever may fail in Lua there runs
 * protected: an error ends the exchange properly, is kept, and goes on its way
 * when everything is closed.  What there is by then is not lost: Ctrl-C is no
 * error, and results are complete up to it.
 */
#include "script/files.h"
#include "script/link.h"
#include "script/options.h"

#include <string.h>

/* A run: its state is kept at the bottom of the function's stack. */
struct run {
	lua_State *L;
	struct script_wait wait;
	int failed;      /* the message lies on top of the stack */
};

static void stop_link(void *link)
{
	pkw_link_stop(link);
}

/* Calls fn(arg) with nothing but that on its stack; 0, or -1 once and for
   all. */
static int guarded(struct run *r, lua_CFunction fn, void *arg)
{
	if (r->failed)
		return -1;
	lua_pushcfunction(r->L, fn);
	lua_pushlightuserdata(r->L, arg);
	r->failed = lua_pcall(r->L, 1, 0, 0) != LUA_OK;
	return r->failed ? -1 : 0;
}

static void begin(struct run *r, lua_State *L, struct pkw_link *l)
{
	*r = (struct run){ .L = L, .wait = { .stop = stop_link, .arg = l } };
	script_wait_begin(&r->wait);
}

/* Lets what went wrong go on: the callback's error, or the exchange's. */
static void end(struct run *r, int code, const struct pkw_diag *d)
{
	script_wait_end(&r->wait);
	if (r->failed)
		lua_error(r->L);
	if (code < 0)
		script_fail(r->L, d);
}

/* ---- packets to send ---- */

/* Items of a table in the registry, all that each stands for. */
struct items {
	struct run *run;
	int ref;               /* the table */
	lua_Integer at;        /* the item being gone through, from 1 */
	struct pkw_tmpl *tmpl; /* of that item; NULL: begin the next */
	struct pkw_pkt *p;
	uint64_t seed;
	uint64_t round, rounds; /* how often all of it */
	int got;
};

/* One more packet into ->p; ->got tells whether there was one. */
static int next_item(lua_State *L)
{
	struct items *w = lua_touserdata(L, 1);
	int r;

	w->got = 0;
	if (w->tmpl) {
		r = pkw_tmpl_next(w->tmpl, w->p);
		if (r < 0)
			return script_error(L, r);
		w->got = r;
		if (r)
			return 0;
		w->tmpl = NULL;
	}
	lua_rawgeti(L, LUA_REGISTRYINDEX, w->ref);
	if (lua_rawgeti(L, -1, ++w->at) == LUA_TNIL) {
		if (w->at == 1 || w->round + 1 >= w->rounds)
			return 0;
		w->round++;
		w->at = 1;
		lua_rawgeti(L, -2, 1);
	}
	if (!packet_test(L, -1))
		return script_raise(L, "item %d to send is a %s, not a packet",
		    (int)w->at, luaL_typename(L, -1));
	if (packet_has_sets(L, -1)) {
		w->tmpl = packet_template(L, -1);
		uint64_t n = pkw_tmpl_count(w->tmpl);
		pkw_tmpl_seed(w->tmpl, w->seed);
		pkw_tmpl_limit(w->tmpl, n * (w->round + 1));
		pkw_tmpl_seek(w->tmpl, n * w->round); /* random goes on */
		lua_settop(L, 1);
		return next_item(L);
	}
	packet_to_send(L, -1, w->p);
	w->got = 1;
	return 0;
}

static int feed(void *arg, struct pkw_pkt **p, struct pkw_diag *d)
{
	struct items *w = arg;

	if (guarded(w->run, next_item, w) < 0)
		return pkw_fail(d, -PKW_EINVAL, "stopped by an error");
	*p = w->p;
	return w->got;
}

static int rewind_items(void *arg, struct pkw_diag *d)
{
	struct items *w = arg;

	(void)d;
	w->at = 0;
	w->round++;
	w->tmpl = NULL;
	return 0;
}

static int free_box(lua_State *L)
{
	struct pkw_pkt **box = lua_touserdata(L, 1);

	pkw_pkt_free(*box);
	*box = NULL;
	return 0;
}

/* The packets of the table at idx, with room to make them in (pushed). */
static struct pkw_source source(
    lua_State *L, int idx, int options, struct items *w, struct run *r)
{
	struct pkw_pkt **box = script_box(L, "pkw.pkt", free_box);

	*box = pkw_pkt_new();
	if (!*box)
		script_error(L, -PKW_ENOMEM);
	lua_pushvalue(L, idx);
	*w = (struct items){ .run = r, .p = *box,
		.seed = option_count(L, options, "seed", 0),
		.rounds = option_count(L, options, "count", 1),
		.ref = luaL_ref(L, LUA_REGISTRYINDEX) };
	return (struct pkw_source){ feed, rewind_items, w };
}

static double rate(lua_State *L, int idx)
{
	double inter = option_number(L, idx, "inter", 0);

	return inter > 0 ? 1 / inter : option_number(L, idx, "rate", 0);
}

static void set_number(lua_State *L, const char *name, uint64_t v)
{
	lua_pushinteger(L, (lua_Integer)v);
	lua_setfield(L, -2, name);
}

static const char *const ends[PKW_END__N] = { "done", "timeout", "callback",
	"interrupted" };

/* send(packets, options, link): {packets=, bytes=, failed=, seconds=, ended=} */
static int send(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_sent sent;
	struct run run;
	struct items w;

	luaL_checktype(L, 1, LUA_TTABLE);
	struct pkw_link *l = script_link_at(L, 3);
	struct pkw_send_opts o = { .rate = rate(L, 2),
		.count = option_set(L, 2, "loop")
		    ? PKW_FOREVER : option_count(L, 2, "total", 0) };
	struct pkw_source s = source(L, 1, 2, &w, &run);
	begin(&run, L, l);
	int r = pkw_send(l, &s, &o, &sent, &d);
	luaL_unref(L, LUA_REGISTRYINDEX, w.ref);
	end(&run, r, &d);
	lua_newtable(L);
	set_number(L, "packets", sent.packets);
	set_number(L, "bytes", sent.bytes);
	set_number(L, "failed", sent.failed);
	lua_pushnumber(L, (double)sent.ns / 1e9);
	lua_setfield(L, -2, "seconds");
	lua_pushstring(L, ends[sent.end]);
	lua_setfield(L, -2, "ended");
	if (sent.failed) {
		lua_pushstring(L, sent.fault.text);
		lua_setfield(L, -2, "fault");
	}
	return 1;
}

/* ---- asking ---- */

/* The packet of a pair, as captured then. */
static void push_bytes(lua_State *L, const struct pkw_pkt *p, int64_t ns,
    uint32_t ifindex)
{
	struct pkw_frame f = { .ts_ns = ns, .ifindex = ifindex };

	packet_push_dissected(L, p, &f);
}

/* Pushes {question, answer, rtt=, tries=} (no answer: {question, tries=}). */
static void push_pair(lua_State *L, const struct pkw_pair *pair)
{
	lua_createtable(L, 2, 2);
	push_bytes(L, pair->question, pair->sent_ns, 0);
	lua_rawseti(L, -2, 1);
	set_number(L, "tries", pair->tries);
	if (!pair->answer)
		return;
	push_bytes(L, pair->answer, pair->received_ns, pair->ifindex);
	lua_rawseti(L, -2, 2);
	lua_pushnumber(L, (double)pair->rtt_ns / 1e9);
	lua_setfield(L, -2, "rtt");
}

struct asking {
	struct run run;
	struct items items;
	int prn, near; /* references to functions; LUA_NOREF: none */
	const struct pkw_pair *pair;
	const char *why;
	int stop;
};

static int call_prn(lua_State *L)
{
	struct asking *k = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, k->prn);
	push_pair(L, k->pair);
	lua_rawgeti(L, -1, 1);
	lua_rawgeti(L, -2, 2);
	lua_remove(L, -3);
	lua_call(L, 2, 1);
	k->stop = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
	return 0;
}

static int on_answer(void *arg, const struct pkw_pair *pair)
{
	struct asking *k = arg;

	k->pair = pair;
	return guarded(&k->run, call_prn, k) < 0 || k->stop;
}

static int call_near(lua_State *L)
{
	struct asking *k = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, k->near);
	push_pair(L, k->pair);
	lua_rawgeti(L, -1, 1);
	lua_rawgeti(L, -2, 2);
	lua_remove(L, -3);
	lua_pushstring(L, k->why);
	lua_call(L, 3, 0);
	return 0;
}

static int on_near(void *arg, const struct pkw_pair *pair, const char *why)
{
	struct asking *k = arg;

	k->pair = pair;
	k->why = why;
	return guarded(&k->run, call_near, k) < 0;
}

static int free_asked(lua_State *L)
{
	struct pkw_asked **box = lua_touserdata(L, 1);

	pkw_asked_free(*box);
	*box = NULL;
	return 0;
}

static int reference(lua_State *L, int idx, const char *name)
{
	if (option_function(L, idx, name))
		return luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pop(L, 1);
	return LUA_NOREF;
}

/* Pushes pairs with an answer, questions without, and the numbers. */
static int push_asked(lua_State *L, struct pkw_asked *asked)
{
	const struct pkw_ask_stats *s = pkw_asked_stats(asked);
	lua_Integer n[2] = { 0, 0 };
	struct pkw_pair pair;
	size_t at = 0;

	lua_newtable(L);
	lua_newtable(L);
	int answered = lua_gettop(L) - 1;
	while (pkw_asked_next(asked, &at, &pair) > 0) {
		push_pair(L, &pair);
		if (!pair.answer) {
			lua_rawgeti(L, -1, 1);
			lua_remove(L, -2);
		}
		int which = pair.answer ? 0 : 1;
		lua_rawseti(L, answered + which, ++n[which]);
	}
	lua_newtable(L);
	set_number(L, "questions", s->questions);
	set_number(L, "sent", s->sent);
	set_number(L, "failed", s->failed);
	set_number(L, "answered", s->answered);
	set_number(L, "answers", s->answers);
	set_number(L, "received", s->received);
	set_number(L, "dropped", s->dropped);
	lua_pushstring(L, ends[s->end]);
	lua_setfield(L, -2, "ended");
	if (s->failed) {
		lua_pushstring(L, s->fault.text);
		lua_setfield(L, -2, "fault");
	}
	return 3;
}

/* ask(packets, options, link): answered, unanswered, numbers */
static int ask(lua_State *L)
{
	struct pkw_diag d = { .code = 0 };
	struct asking k = { .stop = 0 };

	luaL_checktype(L, 1, LUA_TTABLE);
	struct pkw_link *l = script_link_at(L, 3);
	struct pkw_asked **box = script_box(L, "pkw.asked", free_asked);
	*box = pkw_asked_new();
	if (!*box)
		return script_error(L, -PKW_ENOMEM);
	k.prn = reference(L, 2, "prn");
	k.near = reference(L, 2, "near");
	struct pkw_ask_opts o = {
		.flags = option_set(L, 2, "multi") ? PKW_ASK_MULTI : 0,
		.timeout = option_ms(L, 2, "timeout", 0),
		.retries = (unsigned)option_count(L, 2, "retry", 0),
		.rate = rate(L, 2),
		.on_answer = k.prn == LUA_NOREF ? NULL : on_answer,
		.on_near = k.near == LUA_NOREF ? NULL : on_near,
		.arg = &k,
	};
	struct pkw_source s = source(L, 1, 2, &k.items, &k.run);
	begin(&k.run, L, l);
	int r = pkw_ask(l, &s, &o, *box, &d);
	luaL_unref(L, LUA_REGISTRYINDEX, k.prn);
	luaL_unref(L, LUA_REGISTRYINDEX, k.near);
	luaL_unref(L, LUA_REGISTRYINDEX, k.items.ref);
	/* a host that is not there is an answer of a kind: none */
	end(&k.run, r == -PKW_EHOSTUNREACH ? 0 : r, &d);
	return push_asked(L, *box);
}

/* ---- sniffing ---- */

enum { SNIFF_OPTIONS = 1, SNIFF_LIST, SNIFF_LFILTER, SNIFF_PRN, SNIFF_STOP };

/* The functions that packets go through; they lie in the runner's stack. */
struct sniffing {
	struct run run;
	int base;           /* of the stack of the one that sniffs */
	const struct pkw_frame *frame;
	lua_Integer kept;
	uint64_t count;
	int store;
	int verdict;        /* enum pkw_sniff_verdict */
};

/* The packet on top through a function: is the result true? */
static int asks(lua_State *L, int fn)
{
	lua_pushvalue(L, fn);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 1);
	int yes = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return yes;
}

static void show_result(lua_State *L, int fn)
{
	lua_pushvalue(L, fn);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 1);
	if (!lua_isnil(L, -1)) {
		lua_getglobal(L, "print");
		lua_insert(L, -2);
		lua_call(L, 1, 0);
	} else {
		lua_pop(L, 1);
	}
}

/* One packet through all functions: called with the sniffing and they. */
static int take(lua_State *L)
{
	struct sniffing *w = lua_touserdata(L, 1);

	packet_push_frame(L, w->frame);
	w->verdict = PKW_SNIFF_SKIP;
	if (!lua_isnil(L, SNIFF_LFILTER) && !asks(L, SNIFF_LFILTER))
		return 0;
	w->verdict = PKW_SNIFF_KEEP;
	w->kept++;
	if (w->store) {
		lua_pushvalue(L, -1);
		lua_rawseti(L, SNIFF_LIST, w->kept);
	}
	if (!lua_isnil(L, SNIFF_PRN))
		show_result(L, SNIFF_PRN);
	if ((w->count && (uint64_t)w->kept >= w->count) ||
	    (!lua_isnil(L, SNIFF_STOP) && asks(L, SNIFF_STOP)))
		w->verdict = PKW_SNIFF_STOP;
	return 0;
}

static int on_packet(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	struct sniffing *w = arg;
	lua_State *L = w->run.L;

	(void)p;
	if (w->run.failed)
		return PKW_SNIFF_STOP;
	w->frame = f;
	lua_pushcfunction(L, take);
	lua_pushlightuserdata(L, w);
	for (int i = SNIFF_LIST; i <= SNIFF_STOP; i++)
		lua_pushvalue(L, w->base + i);
	w->run.failed = lua_pcall(L, SNIFF_STOP, 0, 0) != LUA_OK;
	return w->run.failed ? PKW_SNIFF_STOP : w->verdict;
}

/* From a capture file, as if it came now. */
static int sniff_file(lua_State *L, struct sniffing *w, const char *path)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_filter *filter = script_filter(L, 1);
	struct pkw_reader *r = script_reader(L, path);
	struct pkw_frame f;
	int got;

	begin(&w->run, L, NULL);
	w->run.wait.stop = script_stop_reader;
	w->run.wait.arg = r;
	while ((got = pkw_reader_next(r, &f, &d)) > 0) {
		if (filter && !pkw_filter_match(filter, &f))
			continue;
		if (on_packet(w, &f, NULL) == PKW_SNIFF_STOP)
			break;
	}
	end(&w->run, got == -PKW_EINTR ? 0 : got, &d);
	return 0;
}

static void sniff_link(lua_State *L, struct sniffing *w, lua_Integer *dropped)
{
	struct pkw_diag d = { .code = 0 };
	struct pkw_sniffed result = { .seen = 0 };
	struct pkw_sniff_opts o = { .flags = PKW_SNIFF_BYTES,
		.timeout = option_ms(L, 1, "timeout", 0),
		.idle = option_ms(L, 1, "idle", 0),
		.on_packet = on_packet, .arg = w };
	struct pkw_link *l = script_link(L, 1,
	    option_set(L, 1, "immediate") ? PKW_LINK_IMMEDIATE : 0);
	int link = lua_gettop(L);

	if (option_function(L, 1, "started")) /* packets are being gathered */
		lua_call(L, 0, 0);
	else
		lua_pop(L, 1);
	begin(&w->run, L, l);
	int r = pkw_sniff(l, &o, &result, &d);
	if (!w->run.failed)
		script_link_close(L, link);
	end(&w->run, r, &d);
	*dropped = (lua_Integer)(result.dropped + result.missed);
}

/* sniff{...}: the packets kept, and how many were lost */
static int sniff(lua_State *L)
{
	struct sniffing w = { .count = option_count(L, 1, "count", 0) };
	lua_Integer dropped = 0;

	lua_settop(L, 1);
	w.store = lua_isnoneornil(L, 1) || lua_getfield(L, 1, "store") ==
	    LUA_TNIL || lua_toboolean(L, -1);
	lua_settop(L, 1);
	lua_newtable(L);
	option_function(L, 1, "lfilter");
	option_function(L, 1, "prn");
	option_function(L, 1, "stop");
	const char *file = option_text(L, 1, "offline");
	if (file)
		sniff_file(L, &w, file);
	else
		sniff_link(L, &w, &dropped);
	lua_pushvalue(L, SNIFF_LIST);
	lua_pushinteger(L, dropped);
	return 2;
}

void open_exchange(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "send", send },
		{ "ask", ask },
		{ "sniff", sniff },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
