/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lua functions that the library calls: guess, above, answers, and checksums.
 *
 * A hook in C gets no argument that says whose it is, so there is a fixed number
 * of places, each with small functions of its own that know their number.
 *
 * The library calls in the middle of its work, which nothing may disturb:
 *
 *   - an error is caught, told once, and the hook has said nothing;
 *   - the functions run in a Lua thread of their own, for the main one may be
 *     anywhere, and only in the operating system's thread of the state;
 *   - what the state keeps for the next call (dissected packets, texts) is put
 *     aside, because it may be in use by who called the library;
 *   - a hook that leads to itself stops at some depth.
 *
 * An interrupt that ended a hook goes on to what called it.
 */
#include "script/table.h"

#include <pthread.h>
#include <string.h>

enum { DEPTH = 6 };

#define SLOTS16(X, of)                                                         \
	X(of##0) X(of##1) X(of##2) X(of##3) X(of##4) X(of##5) X(of##6)         \
	X(of##7) X(of##8) X(of##9) X(of##a) X(of##b) X(of##c) X(of##d)         \
	X(of##e) X(of##f)
#define SLOTS(X)                                                               \
	SLOTS16(X, 0x0) SLOTS16(X, 0x1) SLOTS16(X, 0x2) SLOTS16(X, 0x3)        \
	SLOTS16(X, 0x4) SLOTS16(X, 0x5) SLOTS16(X, 0x6) SLOTS16(X, 0x7)
enum { NSLOTS = 128 };

static const char *const names[HOOK_N + 1] = { "guess", "above", "answers",
	"checksum" };

static struct slot {
	lua_State *L;    /* NULL: free, or its state is gone */
	int taken;
	int ref[HOOK_N]; /* 0: none */
	int told;
	const struct pkw_proto *proto;
} slots[NSLOTS];

static struct sum_slot {
	lua_State *L;
	int taken, ref, told;
} sums[NSLOTS];

static pthread_t home;
static int depth;

/* ---- calling ---- */

struct call {
	lua_State *L;
	const char *name, *hook;
	int ref;
	int *told;
	lua_CFunction run; /* pushes arguments, calls, takes the result */
	const void *in;
	const struct pkw_proto *proto;
	uint64_t result;
};

static void tell(const struct call *c, const char *text)
{
	if ((*c->told)++)
		return;
	fprintf(stderr, "pkw: %s: %s: ", c->name, c->hook);
	for (; *text; text++)
		fputc(*text < ' ' && *text > 0 ? ' ' : *text, stderr);
	fputc('\n', stderr);
}

/* What the caller of the library may be using. */
struct aside {
	struct pkw_pkt *slot[4];
	uint64_t in_slot[4];
	struct pkw_pkt *work;
	struct pkw_printer *printer;
	struct pkw_str text;
};

static void put_aside(struct script *s, struct aside *a)
{
	memcpy(a->slot, s->slot, sizeof a->slot);
	memcpy(a->in_slot, s->in_slot, sizeof a->in_slot);
	a->work = s->work;
	a->printer = s->printer;
	a->text = s->text;
	memset(s->slot, 0, sizeof s->slot);
	memset(s->in_slot, 0, sizeof s->in_slot);
	s->work = NULL;
	s->printer = NULL;
	s->text = (struct pkw_str)PKW_STR_INIT;
}

static void put_back(struct script *s, const struct aside *a)
{
	for (size_t i = 0; i < sizeof s->slot / sizeof *s->slot; i++)
		pkw_pkt_free(s->slot[i]);
	pkw_pkt_free(s->work);
	pkw_printer_free(s->printer);
	pkw_str_free(&s->text);
	memcpy(s->slot, a->slot, sizeof a->slot);
	memcpy(s->in_slot, a->in_slot, sizeof a->in_slot);
	s->work = a->work;
	s->printer = a->printer;
	s->text = a->text;
}

/* 1 if it ran; else the hook has said nothing. */
static int call(struct call *c)
{
	struct aside a;
	lua_State *L = c->L;

	if (!L || !c->ref || depth >= DEPTH ||
	    !pthread_equal(pthread_self(), home) || !lua_checkstack(L, 8))
		return 0;
	struct script *s = script_of(L);
	int top = lua_gettop(L), interrupted = 0;
	put_aside(s, &a);
	struct script_run run;
	script_run_begin(&run, L);
	depth++;
	lua_pushcfunction(L, c->run);
	lua_pushlightuserdata(L, c);
	int r = lua_pcall(L, 1, 0, 0);
	if (r != LUA_OK) {
		const char *text = lua_tostring(L, -1);
		interrupted = text && strstr(text, "interrupted");
		if (!interrupted)
			tell(c, text ? text : "failed");
	}
	depth--;
	lua_sethook(L, NULL, 0, 0);
	script_run_end(&run);
	put_back(s, &a);
	lua_settop(L, top);
	if (interrupted)
		script_interrupt();
	return r == LUA_OK;
}

/* ---- guess, above ---- */

static int run_choice(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);
	const struct pkw_span *in = c->in;

	lua_rawgeti(L, LUA_REGISTRYINDEX, c->ref);
	lua_pushlstring(L, (const char *)in->p, in->len);
	lua_call(L, 1, 1);
	const struct layer *l = layer_test(L, -1);
	if (l) {
		c->proto = l->proto;
	} else if (lua_type(L, -1) == LUA_TSTRING) {
		c->proto = pkw_proto_find(lua_tostring(L, -1));
		if (!c->proto)
			return luaL_error(L, "there is no layer `%s'",
			    lua_tostring(L, -1));
	} else if (lua_toboolean(L, -1)) {
		return luaL_error(L, "a layer, its name or nil is wanted, not "
		    "a %s", luaL_typename(L, -1));
	}
	return 0;
}

static const struct pkw_proto *choose(
    unsigned n, enum hook hook, const uint8_t *b, size_t len)
{
	struct slot *s = &slots[n];
	const struct pkw_span in = { b, len };
	struct call c = { .L = s->L, .ref = s->ref[hook], .told = &s->told,
		.name = s->proto ? s->proto->rec.name : "",
		.hook = names[hook], .run = run_choice, .in = &in };

	return call(&c) && c.proto != s->proto ? c.proto : NULL;
}

/* ---- answers ---- */

struct asked {
	const struct pkw_pkt *q, *a;
	int ql, al;
};

static void push_view(lua_State *L, const struct pkw_pkt *p, int layer)
{
	struct packet *u = packet_push_new(L);
	int r = pkw_pkt_copy(u->own, p);

	if (r < 0)
		script_error(L, r);
	if (layer > 0)
		packet_push_view(L, -1, (uint32_t)layer);
}

static int run_answers(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);
	const struct asked *in = c->in;

	lua_rawgeti(L, LUA_REGISTRYINDEX, c->ref);
	int f = lua_gettop(L);
	push_view(L, in->q, in->ql);
	int q = lua_gettop(L);
	push_view(L, in->a, in->al);
	int a = lua_gettop(L);
	lua_pushvalue(L, f);
	lua_pushvalue(L, q);
	lua_pushvalue(L, a);
	lua_call(L, 2, 1);
	c->result = lua_isinteger(L, -1) ? lua_tointeger(L, -1) == 2 ? 2 : 1
					 : (uint64_t)lua_toboolean(L, -1);
	return 0;
}

/* The one for all: the answer tells the protocol. */
static int answers(
    const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	const struct pkw_proto *proto = pkw_view(a)->layers[al].proto;
	const struct asked in = { q, a, ql, al };

	for (size_t i = 0; i < NSLOTS; i++) {
		struct slot *s = &slots[i];
		if (s->proto != proto)
			continue;
		struct call c = { .L = s->L, .ref = s->ref[HOOK_ANSWERS],
			.told = &s->told, .name = proto->rec.name,
			.hook = names[HOOK_ANSWERS], .run = run_answers,
			.in = &in };
		return call(&c) ? (int)c.result : 0;
	}
	return 0;
}

/* ---- checksums ---- */

struct summed {
	const struct pkw_sum_in *in;
	const struct pkw_sum *sum;
};

/* Bytes of the field itself, which count as zero. */
static size_t width_of(const struct summed *w)
{
	const struct pkw_record *rec =
	    &pkw_view(w->in->pkt)->layers[w->in->layer].proto->rec;

	for (size_t k = 0; k < rec->nfields; k++)
		if (rec->fields[k].rel.sum == w->sum)
			return rec->fields[k].bits / 8u;
	return 0;
}

static int run_sum(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);
	const struct summed *w = c->in;
	const struct pkw_sum_in *in = w->in;
	size_t n = width_of(w);
	luaL_Buffer b;

	lua_rawgeti(L, LUA_REGISTRYINDEX, c->ref);
	char *copy = luaL_buffinitsize(L, &b, in->len);
	memcpy(copy, in->bytes, in->len);
	if (in->at + n <= in->len)
		memset(copy + in->at, 0, n);
	luaL_pushresultsize(&b, in->len);
	lua_pushinteger(L, (lua_Integer)in->pseudo);
	lua_call(L, 2, 1);
	if (!lua_isinteger(L, -1))
		return luaL_error(L, "a whole number is wanted, not a %s",
		    luaL_typename(L, -1));
	c->result = (uint64_t)lua_tointeger(L, -1);
	return 0;
}

static uint64_t sum(unsigned n, const struct pkw_sum_in *in,
    const struct pkw_sum *which)
{
	struct sum_slot *s = &sums[n];
	const struct summed w = { in, which };
	struct call c = { .L = s->L, .ref = s->ref, .told = &s->told,
		.name = pkw_view(in->pkt)->layers[in->layer].proto->rec.name,
		.hook = names[HOOK_N], .run = run_sum, .in = &w };

	return call(&c) ? c.result : 0;
}

/* ---- the places ---- */

#define FUNCTIONS(n)                                                           \
	static const struct pkw_proto *guess_##n(const uint8_t *b, size_t len) \
	{                                                                      \
		return choose(n, HOOK_GUESS, b, len);                          \
	}                                                                      \
	static const struct pkw_proto *above_##n(const uint8_t *b, size_t len) \
	{                                                                      \
		return choose(n, HOOK_ABOVE, b, len);                          \
	}                                                                      \
	static uint64_t sum_fn_##n(const struct pkw_sum_in *in);               \
	static const struct pkw_sum sum_##n = { "lua", sum_fn_##n, 0 };        \
	static uint64_t sum_fn_##n(const struct pkw_sum_in *in)                \
	{                                                                      \
		return sum(n, in, &sum_##n);                                   \
	}
SLOTS(FUNCTIONS)

#define GUESS(n) guess_##n,
#define ABOVE(n) above_##n,
#define SUM(n) &sum_##n,
typedef const struct pkw_proto *choose_fn(const uint8_t *b, size_t n);
static choose_fn *const guess[] = { SLOTS(GUESS) };
static choose_fn *const above[] = { SLOTS(ABOVE) };
static const struct pkw_sum *const sum_rows[] = { SLOTS(SUM) };

/* The state's Lua thread for hooks; it lives as long as the state. */
static lua_State *thread_of(lua_State *L)
{
	home = pthread_self();
	if (lua_getfield(L, LUA_REGISTRYINDEX, "pkw.hooks") == LUA_TNIL) {
		lua_newthread(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, LUA_REGISTRYINDEX, "pkw.hooks");
		lua_replace(L, -2);
	}
	lua_State *thread = lua_tothread(L, -1);
	lua_pop(L, 1);
	return thread;
}

static int is_function(struct table *t)
{
	if (lua_isfunction(t->L, -1))
		return 1;
	table_want(t, "a function");
	return 0;
}

void take_hook(struct table *t, const struct column *c, void *to)
{
	(void)to;
	if (!is_function(t))
		return;
	for (int i = 0; i < NSLOTS && t->hook < 0; i++)
		if (!slots[i].taken) {
			slots[i] = (struct slot){ .taken = 1 };
			t->hook = i;
		}
	if (t->hook < 0) {
		table_fault(t, "at most %d protocols have functions", NSLOTS);
		return;
	}
	struct slot *s = &slots[t->hook];
	s->L = thread_of(t->L);
	lua_pushvalue(t->L, -1);
	s->ref[c->arg] = luaL_ref(t->L, LUA_REGISTRYINDEX);
}

void take_sum_function(struct table *t, const struct column *c, void *to)
{
	(void)c;
	for (int i = 0; i < NSLOTS; i++) {
		struct sum_slot *s = &sums[i];
		if (s->taken)
			continue;
		lua_pushvalue(t->L, -1);
		*s = (struct sum_slot){ .L = thread_of(t->L), .taken = 1,
			.ref = luaL_ref(t->L, LUA_REGISTRYINDEX) };
		*(const struct pkw_sum **)to = sum_rows[i];
		return;
	}
	table_fault(t, "at most %d checksums are functions", NSLOTS);
}

void hooks_of(struct table *t, struct pkw_proto *proto)
{
	if (t->hook < 0)
		return;
	struct slot *s = &slots[t->hook];
	s->proto = proto;
	if (s->ref[HOOK_GUESS])
		proto->guess = guess[t->hook];
	if (s->ref[HOOK_ABOVE])
		proto->above = above[t->hook];
	if (s->ref[HOOK_ANSWERS])
		proto->answers = answers;
}

void hooks_drop(struct table *t)
{
	if (t->hook >= 0)
		slots[t->hook].taken = 0;
	t->hook = -1;
}

void close_hooks(lua_State *L)
{
	const struct script *s = script_of(L);

	for (size_t i = 0; i < NSLOTS; i++) {
		if (slots[i].L && script_of(slots[i].L) == s)
			slots[i].L = NULL;
		if (sums[i].L && script_of(sums[i].L) == s)
			sums[i].L = NULL;
	}
}
