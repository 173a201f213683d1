/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Lua state: made, filled, run, interrupted.
 *
 * What is written in Lua lies in lua/ and is part of the program (modules.h
 * lists it).  Globals are strict: reading a name that was never given a value
 * is an error which suggests the nearest one, for a misspelt layer is the
 * commonest mistake of all.  Layers are globals that come into being when they
 * are first used.
 *
 * An interrupt ends the wait that is on and leaves its results to the script;
 * with none, or when there was one before, the next instruction fails.  Code
 * that catches this goes on for a moment, to clean up, and fails for good.
 */
#include "script/bind.h"

#include <lualib.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Modules in Lua: bytes put there by the linker, see the Makefile. */
#define MODULE(name)                                                           \
	extern const char _binary_src_script_lua_##name##_lua_start[];         \
	extern const char _binary_src_script_lua_##name##_lua_end[];
#include "script/modules.h"
#undef MODULE

static const struct module {
	const char *name, *start, *end;
} modules[] = {
#define MODULE(name)                                                           \
	{ #name, _binary_src_script_lua_##name##_lua_start,                    \
	    _binary_src_script_lua_##name##_lua_end },
#include "script/modules.h"
#undef MODULE
};

/* Is that level the user's own code: neither C nor one of our modules? */
static int is_users(lua_State *L, lua_Debug *ar)
{
	lua_getinfo(L, "Sl", ar);
	return ar->currentline > 0 && strncmp(ar->source, "=[", 2) != 0;
}

int script_raise(lua_State *L, const char *fmt, ...)
{
	lua_Debug ar;
	va_list ap;
	int level = 0;

	while (lua_getstack(L, level, &ar) && !is_users(L, &ar))
		level++;
	luaL_where(L, level);
	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	lua_concat(L, 2);
	return lua_error(L);
}

/* fail(fmt, ...): an error of the user's, where he called us */
static int fail(lua_State *L)
{
	lua_getglobal(L, "string");
	lua_getfield(L, -1, "format");
	lua_remove(L, -2);
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return script_raise(L, "%s", lua_tostring(L, -1));
}

/* allow(what): fails in a sandbox */
static int allow(lua_State *L)
{
	script_allow(L, luaL_checkstring(L, 1));
	return 0;
}

int script_fail(lua_State *L, const struct pkw_diag *d)
{
	return script_raise(L, "%s%s%s", d->file, *d->file ? ": " : "",
	    *d->text ? d->text : pkw_strerror(d->code));
}

int script_error(lua_State *L, int code)
{
	return script_raise(L, "%s", pkw_strerror(code));
}

void script_allow(lua_State *L, const char *what)
{
	if (script_of(L)->flags & SCRIPT_SANDBOX)
		script_raise(L, "%s is not allowed in a sandbox", what);
}

static int free_str(lua_State *L)
{
	pkw_str_free(lua_touserdata(L, 1));
	return 0;
}

struct pkw_str *script_str(lua_State *L)
{
	struct pkw_str *s = lua_newuserdatauv(L, sizeof *s, 0);

	*s = (struct pkw_str)PKW_STR_INIT;
	if (luaL_newmetatable(L, "pkw.str")) {
		lua_pushcfunction(L, free_str);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return s;
}

struct pkw_str *script_text(lua_State *L)
{
	struct pkw_str *s = &script_of(L)->text;

	pkw_str_clear(s);
	s->err = 0;
	return s;
}

int script_push_str(lua_State *L, const struct pkw_str *s)
{
	if (s->err)
		return script_error(L, s->err);
	lua_pushlstring(L, s->s ? s->s : "", s->len);
	return 1;
}

/* Pushes room for one pointer, freed by `gc'. */
void *script_box(lua_State *L, const char *name, lua_CFunction gc)
{
	void **box = lua_newuserdatauv(L, sizeof *box, 0);

	*box = NULL;
	if (luaL_newmetatable(L, name)) {
		lua_pushcfunction(L, gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return box;
}

/* ---- interrupts ---- */

static struct script_run *volatile running;
static struct script_wait *volatile waiting;
static volatile sig_atomic_t interrupted; /* since script_call() began */

enum { EVERYWHERE = LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT,
	MOMENT = 10000 }; /* instructions */

static void fail_again(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	lua_sethook(L, fail_again, EVERYWHERE, 1);
	script_raise(L, "interrupted");
}

static void fail_now(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	lua_sethook(L, fail_again, LUA_MASKCOUNT, MOMENT);
	script_raise(L, "interrupted");
}

void script_interrupt(void)
{
	struct script_wait *w = waiting;

	if (w && !w->stopped) {
		w->stopped = 1;
		w->stop(w->arg);
		if (!interrupted) {
			interrupted = 1;
			return;
		}
	}
	interrupted = 1;
	/* those outside too: resume() keeps errors to itself */
	for (struct script_run *r = running; r; r = r->outer)
		lua_sethook(r->L, fail_now, EVERYWHERE, 1);
}

void script_run_begin(struct script_run *r, lua_State *L)
{
	r->L = L;
	r->outer = running;
	running = r;
}

void script_run_end(struct script_run *r)
{
	running = r->outer;
}

/* The function of upvalue 1, which resumes the coroutine that is upvalue 2 or
   else the first argument. */
static int resume(lua_State *L)
{
	lua_State *co = lua_tothread(L, lua_upvalueindex(2));
	struct script_run run;

	if (!co) {
		luaL_checktype(L, 1, LUA_TTHREAD);
		co = lua_tothread(L, 1);
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	script_run_begin(&run, co);
	int r = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	script_run_end(&run);
	return r == LUA_OK ? lua_gettop(L) : lua_error(L);
}

/* coroutine.wrap(), upvalue 1; what it makes keeps its thread as an upvalue */
static int wrap(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	if (!lua_getupvalue(L, -1, 1))
		return 1;
	lua_pushcclosure(L, resume, 2);
	return 1;
}

/* A hook is a thread's own: which coroutine runs has to be known. */
static void watch_coroutines(lua_State *L)
{
	lua_getglobal(L, "coroutine");
	lua_getfield(L, -1, "resume");
	lua_pushcclosure(L, resume, 1);
	lua_setfield(L, -2, "resume");
	lua_getfield(L, -1, "wrap");
	lua_pushcclosure(L, wrap, 1);
	lua_setfield(L, -2, "wrap");
	lua_pop(L, 1);
}

void script_wait_begin(struct script_wait *w)
{
	w->outer = waiting;
	waiting = w;
}

void script_wait_end(struct script_wait *w)
{
	waiting = w->outer;
}

/* ---- messages ---- */

/* The stack in the script's own lines: none of C's, none of our modules'. */
static void add_trace(lua_State *L, luaL_Buffer *b)
{
	lua_Debug ar;
	int lines = 0;

	for (int level = 1; lua_getstack(L, level, &ar) && lines < 20; level++) {
		if (!is_users(L, &ar))
			continue;
		lua_getinfo(L, "n", &ar);
		lua_pushfstring(L, "\n  %s:%d:", ar.short_src, ar.currentline);
		luaL_addvalue(b);
		if (ar.name)
			lua_pushfstring(L, " in %s", ar.name);
		else
			lua_pushstring(L, *ar.what == 'm' ? " in the script"
							  : " in a function");
		luaL_addvalue(b);
		lines++;
	}
}

static int message(lua_State *L)
{
	luaL_Buffer b;

	if (lua_type(L, 1) != LUA_TSTRING) {
		if (luaL_callmeta(L, 1, "__tostring"))
			return 1;
		lua_pushfstring(L, "(an error that is a %s)",
		    luaL_typename(L, 1));
		lua_replace(L, 1);
	}
	luaL_buffinit(L, &b);
	lua_pushvalue(L, 1);
	luaL_addvalue(&b);
	add_trace(L, &b);
	luaL_pushresult(&b);
	return 1;
}

/* ---- globals ---- */

void script_core(lua_State *L)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "pkw.core");
}

void script_function(lua_State *L, const char *name)
{
	script_core(L);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
}

void script_core_add(lua_State *L, const luaL_Reg *functions)
{
	script_core(L);
	luaL_setfuncs(L, functions, 0);
	lua_pop(L, 1);
}

static const char *nth_global(const void *arg, size_t n)
{
	lua_State *L = *(lua_State *const *)arg;
	const char *name = NULL;

	lua_pushglobaltable(L);
	lua_pushnil(L);
	while (!name && lua_next(L, -2)) {
		lua_pop(L, 1);
		if (lua_type(L, -1) == LUA_TSTRING && n-- == 0)
			name = lua_tostring(L, -1);
	}
	lua_pop(L, name ? 2 : 1);
	return name;
}

/* What is not there: a layer, or a mistake. */
static int global_index(lua_State *L)
{
	const char *name = lua_tostring(L, 2);

	if (name && layer_push_named(L, name)) {
		lua_pushvalue(L, 2);
		lua_pushvalue(L, -2);
		lua_rawset(L, 1);
		return 1;
	}
	if (!name)
		return 0;
	/* which global is met first of those that are equally near is chance */
	const char *near = pkw_proto_nearest(name);
	if (!near || *name < 'A' || *name > 'Z') {
		const char *global = pkw_nearest(name, nth_global, &L);
		near = global ? global : near;
	}
	return near ? script_raise(L, "no layer, function or variable `%s'; "
		      "did you mean `%s'?", name, near)
		    : script_raise(L, "no layer, function or variable `%s'", name);
}

static void make_strict(lua_State *L)
{
	lua_pushglobaltable(L);
	lua_newtable(L);
	lua_pushcfunction(L, global_index);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}

static const char *const forbidden[] = { "io", "dofile", "loadfile", "require",
	"package", "debug", "collectgarbage", NULL };
static const char *const allowed_os[] = { "clock", "date", "difftime", "time",
	NULL };

/* Text only: precompiled code could break the interpreter. */
static int load_text(lua_State *L)
{
	lua_settop(L, 4);
	lua_pushliteral(L, "t");
	lua_replace(L, 3);
	if (lua_isnil(L, 4))
		lua_pop(L, 1); /* no environment is not the same as nil */
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

static void make_sandbox(lua_State *L)
{
	for (const char *const *f = forbidden; *f; f++) {
		lua_pushnil(L);
		lua_setglobal(L, *f);
	}
	lua_getglobal(L, "os");
	lua_newtable(L);
	for (const char *const *f = allowed_os; *f; f++) {
		lua_getfield(L, -2, *f);
		lua_setfield(L, -2, *f);
	}
	lua_setglobal(L, "os");
	lua_pop(L, 1);
	lua_getglobal(L, "load");
	lua_pushcclosure(L, load_text, 1);
	lua_setglobal(L, "load");
}

void script_module(
    lua_State *L, const char *name, const char *start, const char *end)
{
	lua_pushfstring(L, "=[%s]", name);
	if (luaL_loadbufferx(L, start, (size_t)(end - start),
		lua_tostring(L, -1), "t") != LUA_OK)
		lua_error(L);
	script_core(L);
	lua_call(L, 1, 0);
	lua_pop(L, 1);
}

static void load_module(lua_State *L, const struct module *m)
{
	script_module(L, m->name, m->start, m->end);
}

/* What the globals are before any script: core's `ours'. */
static void remember_ours(lua_State *L)
{
	script_core(L);
	lua_newtable(L);
	lua_pushglobaltable(L);
	for (lua_pushnil(L); lua_next(L, -2);) {
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, -5);
	}
	lua_pop(L, 1);
	lua_setfield(L, -2, "ours");
	lua_pop(L, 1);
}

static int fill(lua_State *L)
{
	static const luaL_Reg functions[] = { { "fail", fail },
		{ "allow", allow }, { NULL, NULL } };

	luaL_openlibs(L);
	watch_coroutines(L);
	load_module(L, &modules[0]); /* help: sees what is Lua's own */
	script_core_add(L, functions);
	open_packet(L);
	open_value(L);
	open_field(L);
	open_layer(L);
	open_part(L);
	open_frame(L);
	open_look(L);
	open_link(L);
	open_exchange(L);
	open_files(L);
	open_hosts(L);
	open_clock(L);
	open_streams(L);
	open_background(L);
	open_protocol(L);
	open_fields(L);
	open_pictures(L);
	open_fragments(L);
	for (size_t i = 1; i < sizeof modules / sizeof *modules; i++)
		load_module(L, &modules[i]);
	remember_ours(L);
	if (script_of(L)->flags & SCRIPT_SANDBOX)
		make_sandbox(L);
	make_strict(L);
	return 0;
}

/* What a script in a sandbox may have of memory. */
enum { SANDBOX_BYTES = 512 << 20 };

static void *limited(void *arg, void *p, size_t old, size_t size)
{
	size_t *used = arg;

	old = p ? old : 0; /* else it tells the kind of object */
	if (size == 0) {
		free(p);
	} else {
		if (size > old && *used + (size - old) > SANDBOX_BYTES)
			return NULL;
		p = realloc(p, size);
		if (!p)
			return NULL;
	}
	*used += size - old;
	return size ? p : NULL;
}

lua_State *script_open(unsigned flags)
{
	struct script *s = calloc(1, sizeof *s);
	lua_State *L = !s ? NULL
	    : flags & SCRIPT_SANDBOX ? lua_newstate(limited, &s->used)
				     : luaL_newstate();

	if (!L) {
		free(s);
		return NULL;
	}
	*(struct script **)lua_getextraspace(L) = s;
	s->L = L;
	s->flags = flags;
	lua_pushcfunction(L, fill);
	if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
		/* modules are part of the program: only memory can fail */
		lua_writestringerror("pkw: %s\n", lua_tostring(L, -1));
		script_close(L);
		return NULL;
	}
	script_run_begin(&s->run, L);
	return L;
}

void script_close(lua_State *L)
{
	struct script *s = script_of(L);

	running = NULL;
	close_hooks(L);
	lua_close(L);
	for (size_t i = 0; i < sizeof s->slot / sizeof *s->slot; i++)
		pkw_pkt_free(s->slot[i]);
	pkw_pkt_free(s->work);
	pkw_printer_free(s->printer);
	pkw_net_close(s->net);
	pkw_str_free(&s->text);
	free(s->cache);
	free(s);
}

/* ---- running ---- */

int script_call(lua_State *L, int nargs, int results)
{
	int base = lua_gettop(L) - nargs;

	interrupted = 0;
	lua_pushcfunction(L, message);
	lua_insert(L, base);
	int r = lua_pcall(L, nargs, results, base);
	lua_remove(L, base);
	lua_sethook(L, NULL, 0, 0); /* an interrupt that came too late */
	return r == LUA_OK ? 0 : -1;
}

static int run_chunk(
    lua_State *L, const char *name, char *const *args, int nargs, int results)
{
	lua_createtable(L, nargs, 1);
	lua_pushstring(L, name);
	lua_rawseti(L, -2, 0);
	for (int i = 0; i < nargs; i++) {
		lua_pushstring(L, args[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setglobal(L, "arg");
	luaL_checkstack(L, nargs + 8, "too many arguments");
	for (int i = 0; i < nargs; i++)
		lua_pushstring(L, args[i]);
	return script_call(L, nargs, results);
}

int script_run_file(
    lua_State *L, const char *path, char *const *args, int nargs)
{
	const char *file = strcmp(path, "-") == 0 ? NULL : path;

	if (luaL_loadfilex(L, file, "t") != LUA_OK)
		return -1;
	return run_chunk(L, path, args, nargs, 0);
}

int script_run_text(lua_State *L, const char *text, const char *name,
    char *const *args, int nargs, int results)
{
	lua_pushfstring(L, "=%s", name);
	int r = luaL_loadbufferx(
	    L, text, strlen(text), lua_tostring(L, -1), "t");
	lua_remove(L, -2);
	return r == LUA_OK ? run_chunk(L, name, args, nargs, results) : -1;
}
