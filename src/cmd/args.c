/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options: tables in, getopt_long() in the middle, one id after another out.
 *
 * A command's tables are flattened once into what getopt wants.  Wrong options
 * are not left to getopt's words: ours quote what was typed and suggest the
 * nearest option there is.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPTS_MAX = 128, OPT_HELP = 'h', OPT_COLOR = OPT_LONG + 1000,
	OPT_PROTO };

const struct opt common_opts[] = {
	{ OPT_COLOR, "color", "WHEN",
	    "colours: auto (on a terminal), always, never" },
	{ OPT_PROTO, "proto", "FILE", "know the protocols of this Lua file, too" },
	{ OPT_HELP, "help", NULL, "this text" },
	OPT_STOP
};

struct args_getopt {
	char letters[3 * OPTS_MAX + 2];
	struct option longs[OPTS_MAX + 1];
};

const struct opt *opt_at(const struct command *c, size_t n)
{
	for (const struct opt *const *t = c->opts; t && *t; t++)
		for (const struct opt *o = *t; o->id; o++)
			if (n-- == 0)
				return o;
	return NULL;
}

static const char *opt_name(const void *arg, size_t n)
{
	const struct command *c = arg;
	const struct opt *o;

	for (size_t i = 0; (o = opt_at(c, i)); i++)
		if (o->name && n-- == 0)
			return o->name;
	return NULL;
}

static void flatten(const struct command *c, struct args_getopt *g)
{
	const struct opt *o;
	char *p = g->letters;
	struct option *l = g->longs;

	if (c->own_args)
		*p++ = '+';
	*p++ = ':';
	for (size_t i = 0; i < OPTS_MAX && (o = opt_at(c, i)); i++) {
		if (o->id < OPT_LONG) {
			*p++ = (char)o->id;
			if (o->arg)
				*p++ = ':';
		}
		if (o->name)
			*l++ = (struct option){ o->name,
			    o->arg ? required_argument : no_argument, NULL,
			    o->id };
	}
	*p = '\0';
}

static int unknown_option(const struct args *a, const char *word)
{
	if (strncmp(word, "--", 2) == 0) {
		char name[64];
		size_t n = strcspn(word + 2, "=");

		if (n >= sizeof name)
			n = sizeof name - 1;
		memcpy(name, word + 2, n);
		name[n] = '\0';
		const char *near = pkw_nearest(name, opt_name, a->cmd);
		if (near)
			usage(a->cmd, "no option `--%s'; did you mean `--%s'?",
			    name, near);
		else
			usage(a->cmd, "no option `--%s'", name);
		return ARGS_BAD;
	}
	usage(a->cmd, "no option `-%c'", optopt);
	return ARGS_BAD;
}

static int missing_argument(const struct args *a)
{
	const struct opt *o;

	for (size_t i = 0; (o = opt_at(a->cmd, i)); i++)
		if (o->id == optopt)
			break;
	if (o && o->id >= OPT_LONG)
		usage(a->cmd, "--%s wants its %s", o->name, o->arg);
	else
		usage(a->cmd, "-%c wants its %s", optopt, o ? o->arg : "value");
	return ARGS_BAD;
}

int args_next(struct args *a)
{
	if (!a->getopt) {
		a->getopt = calloc(1, sizeof *a->getopt);
		if (!a->getopt) {
			say("%s", pkw_strerror(PKW_ENOMEM));
			return ARGS_BAD;
		}
		flatten(a->cmd, a->getopt);
		opterr = 0;
	}
	int word = optind;
	int id = getopt_long(
	    a->argc, a->argv, a->getopt->letters, a->getopt->longs, NULL);
	a->value = optarg;
	switch (id) {
	case -1:
		a->argc -= optind;
		a->argv += optind;
		free(a->getopt);
		a->getopt = NULL;
		return ARGS_END;
	case '?':
		/* a long option has been stepped over by now */
		if (optind > word && strncmp(a->argv[optind - 1], "--", 2) == 0)
			return unknown_option(a, a->argv[optind - 1]);
		return unknown_option(a, "-");
	case ':':
		return missing_argument(a);
	case OPT_HELP:
		a->status = help_command(a->cmd, color_on(1));
		return ARGS_HELP;
	case OPT_PROTO:
		return proto_load(optarg) == STATUS_DONE ? args_next(a)
							 : ARGS_BAD;
	case OPT_COLOR:
		if (color_parse(optarg) == 0)
			return args_next(a);
		usage(a->cmd, "--color is auto, always or never, not `%s'",
		    optarg);
		return ARGS_BAD;
	}
	return id;
}

int args_count(struct args *a, uint64_t min, uint64_t max, uint64_t *v)
{
	char *end;

	errno = 0;
	unsigned long long x = strtoull(a->value, &end, 0);
	if (*a->value < '0' || *a->value > '9' || *end || errno || x < min ||
	    x > max) {
		if (max == UINT64_MAX)
			usage(a->cmd, "`%s' is no number from %llu on",
			    a->value, (unsigned long long)min);
		else
			usage(a->cmd, "`%s' is no number from %llu to %llu",
			    a->value, (unsigned long long)min,
			    (unsigned long long)max);
		return ARGS_BAD;
	}
	*v = x;
	return 0;
}

int args_seconds(struct args *a, int64_t *ns)
{
	char *end;
	double x = strtod(a->value, &end);

	if (end != a->value && strcmp(end, "ms") == 0)
		x /= 1000;
	else if (end == a->value || (*end && strcmp(end, "s") != 0))
		x = -1;
	if (!(x >= 0 && x < 1e9)) {
		usage(a->cmd, "`%s' is no time in seconds, like 2, 0.5 or 20ms",
		    a->value);
		return ARGS_BAD;
	}
	*ns = (int64_t)(x * 1e9);
	return 0;
}

int args_rate(struct args *a, double *pps)
{
	char *end;
	double x = strtod(a->value, &end);

	if (end != a->value && (*end == 'k' || *end == 'M'))
		x *= *end++ == 'k' ? 1e3 : 1e6;
	if (end == a->value || *end || !(x > 0 && x < 1e12)) {
		usage(a->cmd, "`%s' is no rate in packets a second, like 100, "
		              "0.5 or 10k",
		    a->value);
		return ARGS_BAD;
	}
	*pps = x;
	return 0;
}
