/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks, and prints what comes back:
 *
 *	ask 'IP(dst="192.0.2.1")/TCP(dport=[22,80,(8000,8010)])'
 *
 * Needs CAP_NET_RAW.  Ctrl-C ends it with the answers so far.
 */
#include <pkw/exchange.h>
#include <pkw/show.h>
#include <pkw/tmpl.h>

#include <signal.h>
#include <stdio.h>

static struct pkw_link *l;

static void stop(int sig)
{
	(void)sig;
	pkw_link_stop(l);
}

/* Called for each answer as it comes. */
static int on_answer(void *arg, const struct pkw_pair *pair)
{
	struct pkw_str line = PKW_STR_INIT;

	pkw_line(arg, pair->answer, NULL, &line);
	printf("%8.3f ms  %s\n", (double)pair->rtt_ns / 1e6, line.s);
	pkw_str_free(&line);
	return 0;
}

int main(int argc, char **argv)
{
	struct pkw_diag d = { 0 };
	struct pkw_link_opts how = { .flags = PKW_LINK_FOR_ASKING };
	struct pkw_series series = { .p = pkw_pkt_new() };
	struct pkw_ask_opts o = { .timeout = 1000, .retries = 1,
		.on_answer = on_answer, .arg = pkw_printer_new(NULL) };
	struct pkw_asked *result = pkw_asked_new();
	int status = 2;

	if (argc != 2) {
		fprintf(stderr, "usage: ask EXPRESSION\n");
		goto out;
	}
	series.tmpl = pkw_tmpl_parse(argv[1], &d);
	l = series.tmpl ? pkw_link_open("any", &how, &d) : NULL;
	if (!l || !series.p || !o.arg || !result) {
		fprintf(stderr, "ask: %s\n", *d.text ? d.text : "out of memory");
		goto out;
	}
	signal(SIGINT, stop);

	struct pkw_source source = pkw_series_source(&series);
	int e = pkw_ask(l, &source, &o, result, &d);
	if (e < 0)
		fprintf(stderr, "ask: %s\n", d.text);
	const struct pkw_ask_stats *s = pkw_asked_stats(result);
	printf("%llu of %llu answered\n", (unsigned long long)s->answered,
	    (unsigned long long)s->questions);
	status = e < 0 || !s->answered;
out:
	pkw_link_close(l);
	pkw_asked_free(result);
	pkw_printer_free(o.arg);
	pkw_pkt_free(series.p);
	pkw_tmpl_free(series.tmpl);
	return status;
}
