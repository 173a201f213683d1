/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw send: packets go out.  Those that begin with a link layer leave as they
 * stand, by the interface of -i; all others are routed.  What cannot be sent is
 * told and does not keep the others back.
 */
#include "cmd/source.h"

#include <pkw/capture.h>
#include <pkw/exchange.h>
#include <stdlib.h>
#include <string.h>

struct sending {
	struct questions q;
	const char *iface, *file, *write;
	uint64_t count, seed;
	double rate;
	struct pkw_link *link;
	struct pkw_writer *w;
	uint64_t faults;
};

enum { OPT_RATE = OPT_LONG, OPT_LOOP, OPT_SEED, FAULTS_TOLD = 5 };
static const struct opt opts[] = {
	{ 'i', NULL, "IF", "interface; else as routed" },
	{ 'f', "file", "FILE", "expressions from a file, one a line" },
	{ 'c', "count", "N", "packets in all, repeating; else each once" },
	{ OPT_LOOP, "loop", NULL, "repeat for ever" },
	{ OPT_RATE, "rate", "PPS", "packets a second; else as fast as it goes" },
	{ 'w', "write", "FILE", "write down what was sent" },
	{ OPT_SEED, "seed", "N", "other random values than last time" },
	OPT_STOP
};

static struct pkw_link *link_now;

static void stop_link(void)
{
	pkw_link_stop(link_now);
}

static int on_fault(void *arg, uint64_t index, const struct pkw_pkt *p,
    const struct pkw_diag *why)
{
	struct sending *s = arg;

	(void)p;
	if (s->faults++ < FAULTS_TOLD)
		say("packet %llu: %s", (unsigned long long)index + 1,
		    why->text);
	return 0;
}

static void report(const struct sending *s, const struct pkw_sent *r)
{
	if (s->faults > FAULTS_TOLD)
		say("%llu more packets could not be sent",
		    (unsigned long long)(s->faults - FAULTS_TOLD));
	double seconds = (double)r->ns / 1e9;
	if (r->packets > 1 && seconds > 0)
		say("%llu packets, %llu bytes sent in %.3f s (%.0f a second)",
		    (unsigned long long)r->packets,
		    (unsigned long long)r->bytes, seconds,
		    (double)(r->packets - 1) / seconds);
	else
		say("%llu packet%s, %llu bytes sent",
		    (unsigned long long)r->packets,
		    r->packets == 1 ? "" : "s", (unsigned long long)r->bytes);
}

static int send_all(struct sending *s)
{
	struct pkw_link_opts lo = { .flags = PKW_LINK_SEND_ONLY };
	struct pkw_sent result = { .packets = 0 };
	struct pkw_diag d;

	s->link = pkw_link_open(s->iface, &lo, &d);
	if (!s->link)
		return complain(&d, NULL);
	if (s->write) {
		s->w = pkw_writer_open(s->write, NULL, &d);
		if (!s->w)
			return complain(&d, NULL);
	}
	link_now = s->link;
	stop_catch(stop_link);
	struct pkw_send_opts o = { .count = s->count, .rate = s->rate,
		.on_fault = on_fault, .writer = s->w, .arg = s };
	int r = pkw_send(s->link, &s->q.source, &o, &result, &d);
	if (r < 0 && s->faults == 0)
		complain(&d, NULL);
	report(s, &result);
	return r < 0 || s->faults ? STATUS_FAILED : STATUS_DONE;
}

static int end(struct sending *s, int status)
{
	struct pkw_diag d;

	if (s->w && pkw_writer_close(s->w, &d) < 0)
		status = complain(&d, NULL);
	if (s->link)
		pkw_link_close(s->link);
	questions_free(&s->q);
	return status;
}

static int option(struct sending *s, struct args *a, int id)
{
	switch (id) {
	case 'i':
		s->iface = a->value;
		return 0;
	case 'f':
		s->file = a->value;
		return 0;
	case 'w':
		s->write = a->value;
		return 0;
	case 'c':
		return args_count(a, 1, UINT64_MAX - 1, &s->count);
	case OPT_LOOP:
		s->count = PKW_FOREVER;
		return 0;
	case OPT_RATE:
		return args_rate(a, &s->rate);
	case OPT_SEED:
		return args_count(a, 0, UINT64_MAX, &s->seed);
	}
	return 0;
}

static int run(struct args *a)
{
	struct sending s = { .faults = 0 };
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_HELP)
			return a->status;
		if (id == ARGS_BAD || option(&s, a, id))
			return STATUS_USAGE;
	}
	if (a->argc == 0 && !s.file)
		return usage(a->cmd, "an expression is wanted, or -f FILE");
	int status = questions_make(&s.q, a->argv, a->argc, s.file, s.seed);
	if (status == STATUS_DONE)
		status = send_all(&s);
	return end(&s, status);
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw send 'IP(dst=\"192.0.2.1\")/ICMP()' -c 3 --rate 1",
	"Three pings, one a second; nobody waits for answers",
	"pkw send -i eth0 'Ether(dst=\"ff:ff:ff:ff:ff:ff\")/\"hello\"'",
	"A frame as it stands",
	"pkw send 'IP(dst=\"192.0.2.1\")/UDP(sport=RandShort())' --loop "
	"--rate 1000",
	"A stream, until Ctrl-C",
	NULL
};

const struct command cmd_send = {
	.name = "send",
	.usage = "EXPR... [-i IF] [-c N] [--rate PPS] [--loop]",
	.brief = "Send packets",
	.about = "Packets that begin with IP, IPv6 or ARP are routed, and their "
	         "link layer is made; those that begin with a link layer need "
	         "-i. Source addresses that were not set are the interface's.",
	.operand = "EXPR",
	.opts = tables,
	.examples = examples,
	.run = run,
};
