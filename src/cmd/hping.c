/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hping3: called by that name (or pkw-hping3) the command takes hping3's own
 * options, has its defaults (TCP without flags to port 0, a window of 512, no
 * data), prints its lines and ends with its exit status.
 *
 * Mended: --fast and --faster keep the pace their help promises, -c holds in a
 * flood, -T goes on behind a silent hop, and what hping_say.c says of numbers.
 * Asked of floods and false sources as of pkw ping: --i-own-this-network for
 * hosts behind a router.
 */
#include "cmd/hping.h"

#include "cmd/ping.h"

#include <stdio.h>
#include <string.h>

static const struct opt own[] = {
	{ 'i', "interval", "SECONDS", "wait (uX for X microseconds)" },
	{ 'I', "interface", "IF", "interface name" },
	{ 'v', "version", NULL, "show version" },
	{ '8', "scan", "PORTS", "scan mode: 1-30,70,known,!80" },
	{ 'h', "help", NULL, "show this help" },
	OPT_STOP
};
static const struct opt *const tables[] = { own, ping_hping_opts, NULL };

static int run(struct args *a)
{
	(void)a;
	return STATUS_DONE;
}

static const struct command cmd_hping = {
	.name = "hping3",
	.usage = "host [options]",
	.brief = "hping3's options and lines, by pkw ping",
	.operand = "HOST",
	.opts = tables,
	.run = run,
};

int hping_is_meant(const char *argv0)
{
	const char *name = strrchr(argv0, '/');

	name = name ? name + 1 : argv0;
	return strcmp(name, "hping3") == 0 || strcmp(name, "pkw-hping3") == 0 ||
	       strcmp(name, "hping") == 0;
}

int hping_usage(const char *why)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_str_fmt(
	    &s, "hping3: %s\nTry `hping3 --help' for more information.\n", why);
	print(&s, 0);
	pkw_str_free(&s);
	return 1;
}

static int option(struct ping *s, struct args *a, int id)
{
	switch (id) {
	case 'i':
		return ping_option(s, a, OPT_INTERVAL);
	case 'I':
		s->iface = a->value;
		return 0;
	case '8':
		s->scan = a->value;
		return 0;
	}
	return ping_option(s, a, id);
}

static int tos_help(void)
{
	struct pkw_str s = PKW_STR_INIT;

	pkw_str_add(&s, "tos help:\n"
			"          TOS Name                Hex Value\n\n"
			"       Minimum Delay                 10\n"
			"       Maximum Throughput            08\n"
			"       Maximum Reliability           04\n"
			"       Minimum Cost                  02\n");
	print(&s, 0);
	pkw_str_free(&s);
	return STATUS_DONE;
}

int hping_main(int argc, char **argv)
{
	struct args a = { .cmd = &cmd_hping, .argc = argc, .argv = argv };
	struct ping s;
	int id;

	say_as("hping3");
	ping_init(&s);
	s.hping = s.bind_port = 1;
	s.family = 4;
	s.timeout = INT64_C(1000000000);
	while ((id = args_next(&a)) != ARGS_END) {
		if (id == ARGS_HELP || id == 'h')
			return help_command(&cmd_hping, 0);
		if (id == 'v') {
			printf("hping3 version 3.0.0-alpha-2 "
			       "(Packetwright " PKW_VERSION ")\n");
			return STATUS_DONE;
		}
		if (id == 'o' && strcmp(a.value, "help") == 0)
			return tos_help();
		if (id == 'z')
			s.bind_port = 0;
		if (id == ARGS_BAD || option(&s, &a, id) != 0)
			return STATUS_FAILED;
	}
	int status = ping_go(&s, &a);
	return status == STATUS_USAGE && !s.exitcode ? STATUS_FAILED : status;
}
