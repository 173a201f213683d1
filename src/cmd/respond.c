/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw respond: the answering machines of the shell as one-liners, and rules of
 * one's own.  The work is done by lua/answer.lua; this file turns the command
 * line into its table of options.
 */
#include "cmd/cmd.h"
#include "script/script.h"

#include <stdio.h>
#include <string.h>

enum { OPT_MATCH = OPT_LONG, OPT_REPLY, OPT_TIMEOUT, OPT_FILTER };
static const struct opt opts[] = {
	{ 'i', NULL, "IF", "interface; else any" },
	{ 'c', NULL, "N", "stop after N answers" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "stop after that time" },
	{ OPT_FILTER, "filter", "FILTER", "look only at what passes it" },
	{ OPT_MATCH, "match", "EXPR",
	    "a rule: for packets with these layers and the values set there" },
	{ OPT_REPLY, "reply", "EXPR",
	    "... this answer, %IP.src% standing for what the question has" },
	{ 'q', NULL, NULL, "tell nothing" },
	OPT_STOP
};

static void set_text(lua_State *L, const char *name, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

/* One option into the table on top of the stack; 0, or ARGS_BAD. */
static int set_option(lua_State *L, struct args *a, int id)
{
	static const struct {
		int id;
		const char *name;
	} texts[] = { { 'i', "iface" }, { OPT_FILTER, "filter" },
		{ OPT_MATCH, "match" }, { OPT_REPLY, "reply" } };
	uint64_t count;
	int64_t ns;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].id == id)
			set_text(L, texts[i].name, a->value);
	if (id == 'c') {
		if (args_count(a, 1, INT64_MAX, &count))
			return ARGS_BAD;
		lua_pushinteger(L, (lua_Integer)count);
		lua_setfield(L, -2, "count");
	} else if (id == OPT_TIMEOUT) {
		if (args_seconds(a, &ns))
			return ARGS_BAD;
		lua_pushnumber(L, (double)ns / 1e9);
		lua_setfield(L, -2, "timeout");
	} else if (id == 'q') {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, "quiet");
	}
	return 0;
}

static void set_operands(lua_State *L, int argc, char *const *argv)
{
	if (argc > 0)
		set_text(L, "machine", argv[0]);
	lua_createtable(L, argc, 0);
	for (int i = 1; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i);
	}
	lua_setfield(L, -2, "words");
}

/* What the script said, without the place in it: the user wrote no script. */
static void tell(const char *text)
{
	size_t n = strcspn(text, "\n");

	if (text[0] == '?' && text[1] == ':')
		text += 2, n -= 2;
	say("%.*s", (int)n, text + strspn(text, " "));
}

static int respond(struct args *a, lua_State *L)
{
	int id, has_reply = 0, has_match = 0;

	script_function(L, "respond");
	lua_newtable(L);
	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		has_reply |= id == OPT_REPLY;
		has_match |= id == OPT_MATCH;
		if (set_option(L, a, id))
			return STATUS_USAGE;
	}
	if (has_reply ? a->argc > 0 : a->argc == 0 || has_match)
		return usage(a->cmd, "a machine is wanted (arp, dhcp, dns, icmp, "
		    "mdns, ndp, netbios, tftp), or --match and --reply");
	set_operands(L, a->argc, a->argv);
	stop_catch(script_interrupt);
	if (script_call(L, 1, 1) < 0) {
		tell(lua_tostring(L, -1));
		return STATUS_FAILED;
	}
	fflush(stdout);
	return lua_tointeger(L, -1) > 0 ? STATUS_DONE : STATUS_FAILED;
}

static int run(struct args *a)
{
	lua_State *L = script_open(0);

	if (!L) {
		say("out of memory");
		return STATUS_FAILED;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	int status = respond(a, L);
	script_close(L);
	return status;
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw respond -i eth0 arp ip=192.0.2.64/28",
	"Stand for 16 hosts that are not there",
	"pkw respond -i eth0 dns zone.www.example=192.0.2.1 'zone.*=192.0.2.9'",
	"A name server of two lines",
	"pkw respond -i eth0 dhcp pool=192.0.2.64/28 router=192.0.2.1",
	"Lease addresses",
	"pkw respond --match 'UDP(dport=7)' --reply "
	"'IP(src=%IP.dst%,dst=%IP.src%)/UDP(sport=7,dport=%r,UDP.sport%)/\"pong\"'",
	"A rule of one's own",
	NULL
};

const struct command cmd_respond = {
	.name = "respond",
	.usage = "[-i IF] MACHINE [KEY=VALUE...] | --match EXPR --reply EXPR",
	.brief = "Answer packets as hosts would that are not there",
	.about =
	    "Machines: arp (ip mac), ndp (ip mac router), icmp (ip), dns (zone "
	    "ttl port ip), mdns (zone ip ttl), dhcp (pool server mask router dns "
	    "domain lease), tftp (files ip), netbios (names ttl). Keys are those "
	    "of the shell's answer functions; zone.NAME=ADDRESS, names.NAME=, "
	    "files.NAME=@FILE fill their tables.\n"
	    "A kernel answers for its own addresses too: give others.",
	.operand = "WORD",
	.opts = tables,
	.examples = examples,
	.run = run,
};
