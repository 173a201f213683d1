/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sniffing in the background: a thread gathers packets in a file that exists in
 * memory only, while the script goes on.  Lua itself runs in one thread, so
 * packets meet their callbacks when the script asks for them.
 */
#include "script/link.h"
#include "script/options.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SNIFFER "background"

struct background {
	struct pkw_link *link; /* the thread's */
	struct pkw_writer *writer;
	struct pkw_reader *reader; /* ours, of the same file */
	int fd;
	pthread_t thread;
	int running;
	struct pkw_sniff_opts opts;
	struct pkw_sniffed result;
	int code;              /* how it ended */
	struct pkw_diag diag;
};

static void *work(void *arg)
{
	struct background *b = arg;

	b->code = pkw_sniff(b->link, &b->opts, &b->result, &b->diag);
	return NULL;
}

static void join(struct background *b)
{
	if (!b->running)
		return;
	pkw_link_stop(b->link);
	pthread_join(b->thread, NULL);
	b->running = 0;
	pkw_writer_flush(b->writer, NULL);
}

static int background_gc(lua_State *L)
{
	struct background *b = luaL_checkudata(L, 1, SNIFFER);

	join(b);
	pkw_reader_close(b->reader);
	if (b->writer)
		pkw_writer_close(b->writer, NULL);
	if (b->fd >= 0)
		close(b->fd);
	memset(b, 0, sizeof *b);
	b->fd = -1;
	return 0;
}

/* The file, written through one descriptor and read through another. */
static void open_file(lua_State *L, struct background *b)
{
	struct pkw_diag d = { .code = 0 };
	char path[64];

	b->fd = memfd_create("sniffed.pcapng", MFD_CLOEXEC);
	if (b->fd < 0)
		script_error(L, -errno);
	const struct pkw_writer_opts o = { .format = PKW_FORMAT_PCAPNG,
		.flags = PKW_WRITE_PLAIN };
	b->writer = pkw_writer_open_fd(b->fd, "sniffed", &o, &d);
	if (!b->writer || pkw_writer_flush(b->writer, &d) < 0)
		script_fail(L, &d);
	snprintf(path, sizeof path, "/proc/self/fd/%d", b->fd);
	b->reader = pkw_reader_open(path, PKW_READ_FOLLOW, &d);
	if (!b->reader)
		script_fail(L, &d);
	pkw_reader_timeout(b->reader, 0);
}

/* background({iface=, filter=, count=, timeout=, ...}): it runs */
static int background_new(lua_State *L)
{
	script_allow(L, "the network");
	struct background *b = lua_newuserdatauv(L, sizeof *b, 1);
	memset(b, 0, sizeof *b);
	b->fd = -1;
	luaL_setmetatable(L, SNIFFER);
	int self = lua_gettop(L);
	open_file(L, b);
	b->link = script_link(L, 1, PKW_LINK_RECEIVE_ONLY);
	lua_setiuservalue(L, self, 1);
	b->opts = (struct pkw_sniff_opts){ .flags = PKW_SNIFF_BYTES,
		.count = option_count(L, 1, "count", 0),
		.timeout = option_ms(L, 1, "timeout", 0),
		.writer = b->writer };
	int e = pthread_create(&b->thread, NULL, work, b);
	if (e)
		return script_error(L, -e);
	b->running = 1;
	return 1;
}

/* background_next(b): the next packet that was gathered; nil: none is there
   (what was just received may take a second to come) */
static int background_next(lua_State *L)
{
	struct background *b = luaL_checkudata(L, 1, SNIFFER);
	struct pkw_diag d = { .code = 0 };
	struct pkw_frame f;

	if (!b->reader)
		return 0;
	int r = pkw_reader_next(b->reader, &f, &d);
	if (r > 0) {
		packet_push_frame(L, &f);
		return 1;
	}
	if (r == 0 || r == -PKW_EAGAIN || r == -PKW_EINTR)
		return 0;
	return script_fail(L, &d);
}

/* background_stop(b): how many were seen and lost */
static int background_stop(lua_State *L)
{
	struct background *b = luaL_checkudata(L, 1, SNIFFER);

	join(b);
	if (b->code < 0)
		return script_fail(L, &b->diag);
	lua_pushinteger(L, (lua_Integer)b->result.kept);
	lua_pushinteger(
	    L, (lua_Integer)(b->result.dropped + b->result.missed));
	return 2;
}

void open_background(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "__gc", background_gc },
		{ NULL, NULL }
	};
	static const luaL_Reg functions[] = {
		{ "background", background_new },
		{ "background_next", background_next },
		{ "background_stop", background_stop },
		{ NULL, NULL }
	};

	luaL_newmetatable(L, SNIFFER);
	luaL_setfuncs(L, methods, 0);
	lua_pop(L, 1);
	script_core_add(L, functions);
}
