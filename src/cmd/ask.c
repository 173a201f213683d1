/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw ask: packets go out, and the answers to them are matched: Scapy's sr().
 *
 * The result is a table in the order of the questions, or one JSON object for
 * each pair.  Ctrl-C ends the asking, and the table shows what there is by then.
 */
#include "cmd/source.h"
#include "cmd/view.h"

#include <pkw/capture.h>
#include <pkw/exchange.h>
#include <stdlib.h>
#include <string.h>

struct asking {
	struct view view;
	struct questions q;
	const char *iface, *file, *write;
	uint64_t seed, retries;
	int64_t timeout; /* nanoseconds */
	double rate;
	int multi, why, all;
	struct pkw_link *link;
	struct pkw_writer *w;
	struct pkw_asked *asked;
	struct pkw_str line;
	int width; /* of the questions' column */
	uint64_t faults;
};

enum {
	OPT_TIMEOUT = OPT_LONG,
	OPT_RETRY,
	OPT_MULTI,
	OPT_RATE,
	OPT_WHY,
	OPT_SEED,
	OPT_ANSWERED,
	TOLD_MAX = 5,
	WIDTH_MAX = 72
};
static const struct opt opts[] = {
	{ 'i', NULL, "IF", "interface; else as routed" },
	{ 'f', "file", "FILE", "expressions from a file, one a line" },
	{ OPT_TIMEOUT, "timeout", "SECONDS",
	    "wait so long after the last question (2)" },
	{ OPT_RETRY, "retry", "N", "ask again, N times, what is unanswered" },
	{ OPT_MULTI, "multi", NULL, "several answers to a question" },
	{ OPT_RATE, "rate", "PPS", "questions a second" },
	{ OPT_ANSWERED, "answered", NULL, "only questions with an answer" },
	{ OPT_WHY, "why", NULL, "say why a packet was not taken for an answer" },
	{ 'c', "count", "N", "questions of each expression; else all" },
	{ 'w', "write", "FILE", "write down questions and answers" },
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
	struct asking *s = arg;

	(void)p;
	if (s->faults++ < TOLD_MAX)
		say("question %llu: %s", (unsigned long long)index + 1,
		    why->text);
	return 0;
}

static const char *line_of(struct asking *s, const struct pkw_pkt *p)
{
	pkw_str_clear(&s->line);
	pkw_line(s->view.pr, p, NULL, &s->line);
	return s->line.err ? "" : s->line.s;
}

static int on_near(void *arg, const struct pkw_pair *pair, const char *why)
{
	struct asking *s = arg;

	say("no answer to question %llu: %s (%s)",
	    (unsigned long long)pair->index + 1,
	    pair->answer ? line_of(s, pair->answer) : "", why);
	return 0;
}

/* ---- results ---- */

/* "    1  question   0.123 ms  answer" */
static void row(struct asking *s, const struct pkw_pair *pair)
{
	struct pkw_str *out = &s->view.out;

	pkw_str_fmt(out, "%5llu  %-*s", (unsigned long long)pair->index + 1,
	    s->width, pair->nth ? "" : line_of(s, pair->question));
	if (!pair->answer) {
		pkw_str_fmt(out, "  %10s  -\n", "");
		return;
	}
	pkw_str_fmt(out, "  %7.3f ms  ", (double)pair->rtt_ns / 1e6);
	pkw_line(s->view.pr, pair->answer, NULL, out);
	pkw_str_addc(out, '\n');
}

static uint16_t link_of(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int n = v->nlayers ? view_link(v->layers[0].proto) : -1;

	return (uint16_t)(n < 0 ? 0 : n);
}

static void json(struct asking *s, const struct pkw_pair *pair)
{
	struct pkw_str *out = &s->view.out;
	struct pkw_span b = pkw_bytes(pair->question);
	struct pkw_frame q = { .len = (uint32_t)b.len,
		.caplen = (uint32_t)b.len, .ts_ns = pair->sent_ns,
		.link = link_of(pair->question) };

	pkw_str_fmt(out, "{\"index\":%llu,\"nth\":%u,\"tries\":%u,",
	    (unsigned long long)pair->index, pair->nth, pair->tries);
	pkw_str_add(out, "\"question\":");
	pkw_json(s->view.pr, pair->question, &q, out);
	if (pair->answer) {
		b = pkw_bytes(pair->answer);
		struct pkw_frame a = { .len = (uint32_t)b.len,
			.caplen = (uint32_t)b.len, .ts_ns = pair->received_ns,
			.link = link_of(pair->answer) };
		pkw_str_fmt(out, ",\"rtt\":%.9f,\"answer\":",
		    (double)pair->rtt_ns / 1e9);
		pkw_json(s->view.pr, pair->answer, &a, out);
	} else {
		pkw_str_add(out, ",\"rtt\":null,\"answer\":null");
	}
	pkw_str_add(out, "}\n");
}

/* How wide the questions are, in plain letters. */
static void measure(struct asking *s)
{
	struct pkw_printer_opts *o = pkw_printer_opts(s->view.pr);
	struct pkw_pair pair;
	size_t at = 0;

	o->flags &= ~(unsigned)PKW_PRINT_COLOR;
	while (pkw_asked_next(s->asked, &at, &pair) > 0) {
		size_t n = strlen(line_of(s, pair.question));
		if (n > (size_t)s->width && (pair.answer || s->all))
			s->width = n < WIDTH_MAX ? (int)n : WIDTH_MAX;
	}
}

static void results(struct asking *s)
{
	struct pkw_pair pair;
	size_t at = 0;

	if (s->view.mode == VIEW_LINE)
		measure(s);

	while (!stdout_gone && pkw_asked_next(s->asked, &at, &pair) > 0) {
		if (!pair.answer && s->all == 0)
			continue;
		if (s->view.mode == VIEW_JSON)
			json(s, &pair);
		else if (s->view.mode == VIEW_LINE)
			row(s, &pair);
		else if (pair.answer)
			view_packet(&s->view, pair.answer, NULL);
		print(&s->view.out, PKW_DRAIN);
	}
	print(&s->view.out, 0);
}

static void report(const struct asking *s)
{
	const struct pkw_ask_stats *st = pkw_asked_stats(s->asked);

	if (s->faults > TOLD_MAX)
		say("%llu more questions could not be sent",
		    (unsigned long long)(s->faults - TOLD_MAX));
	say("%llu question%s, %llu answered, %llu answer%s",
	    (unsigned long long)st->questions, st->questions == 1 ? "" : "s",
	    (unsigned long long)st->answered, (unsigned long long)st->answers,
	    st->answers == 1 ? "" : "s");
	if (st->dropped)
		say("%llu packets came too fast and were not looked at",
		    (unsigned long long)st->dropped);
}

/* ---- asking ---- */

static int begin(struct asking *s)
{
	struct pkw_link_opts lo = { .flags = PKW_LINK_FOR_ASKING };
	struct pkw_diag d;
	int status = view_begin(&s->view, VIEW_LINE, 0);

	if (status != STATUS_DONE)
		return status;
	pkw_printer_opts(s->view.pr)->clock = PKW_CLOCK_NONE;
	s->link = pkw_link_open(s->iface, &lo, &d);
	if (!s->link)
		return complain(&d, NULL);
	s->asked = pkw_asked_new();
	if (!s->asked) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	if (s->write) {
		s->w = pkw_writer_open(s->write, NULL, &d);
		if (!s->w)
			return complain(&d, NULL);
	}
	link_now = s->link;
	stop_catch(stop_link);
	return STATUS_DONE;
}

static int ask(struct asking *s)
{
	struct pkw_diag d;
	struct pkw_ask_opts o = { .flags = s->multi ? PKW_ASK_MULTI : 0,
		.timeout = (int)(s->timeout / 1000000),
		.retries = (unsigned)s->retries, .rate = s->rate,
		.on_fault = on_fault, .on_near = s->why ? on_near : NULL,
		.writer = s->w, .arg = s };
	int r = pkw_ask(s->link, &s->q.source, &o, s->asked, &d);

	if (r < 0 && s->faults == 0)
		complain(&d, NULL);
	results(s);
	report(s);
	return r < 0 || pkw_asked_stats(s->asked)->answered == 0
	    ? STATUS_FAILED
	    : STATUS_DONE;
}

static int end(struct asking *s, int status)
{
	struct pkw_diag d;

	if (s->w && pkw_writer_close(s->w, &d) < 0)
		status = complain(&d, NULL);
	if (view_end(&s->view))
		status = STATUS_FAILED;
	pkw_asked_free(s->asked);
	if (s->link)
		pkw_link_close(s->link);
	pkw_str_free(&s->line);
	questions_free(&s->q);
	return status;
}

static int option(struct asking *s, struct args *a, int id)
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
		return args_count(a, 1, UINT64_MAX, &s->q.each);
	case OPT_TIMEOUT:
		return args_seconds(a, &s->timeout);
	case OPT_RETRY:
		return args_count(a, 0, 1000, &s->retries);
	case OPT_MULTI:
		s->multi = 1;
		return 0;
	case OPT_RATE:
		return args_rate(a, &s->rate);
	case OPT_ANSWERED:
		s->all = 0;
		return 0;
	case OPT_WHY:
		s->why = 1;
		return 0;
	case OPT_SEED:
		return args_count(a, 0, UINT64_MAX, &s->seed);
	}
	return view_option(&s->view, a, id) < 0;
}

static int run(struct args *a)
{
	struct asking s = { .timeout = INT64_C(2000000000), .all = 1 };
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
		status = begin(&s);
	if (status == STATUS_DONE)
		status = ask(&s);
	return end(&s, status);
}

static const struct opt *const tables[] = { opts, view_opts, common_opts,
	NULL };
static const char *const examples[] = {
	"pkw ask 'IP(dst=\"192.0.2.1\")/ICMP()'",
	"One question, its answer and how long it took",
	"pkw ask 'IP(dst=\"192.0.2.1\")/TCP(dport=(1,1024))' --answered -n",
	"Which ports say something",
	"pkw ask 'IP(dst=\"192.0.2.1\", ttl=(1,20))/UDP(dport=33434)' --retry 2",
	"The way there",
	NULL
};

const struct command cmd_ask = {
	.name = "ask",
	.usage = "EXPR... [-i IF] [--timeout SECONDS] [--retry N] [--json]",
	.brief = "Send packets and match the answers",
	.about = "What answers what is decided by the protocols: ports the "
	         "other way round, the same identifier, an error that quotes "
	         "the question.\n"
	         "The exit status is 1 if nothing answered.",
	.operand = "EXPR",
	.opts = tables,
	.examples = examples,
	.run = run,
};
