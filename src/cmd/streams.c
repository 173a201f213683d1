/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw read --streams, --stream: TCP streams.
 *
 * The list has a line for each connection, when it closes.  One stream is
 * written as it is, byte for byte, so that it can be piped on; what is missing,
 * or contradicts itself, is told on standard error.
 */
#include "cmd/streams.h"
#include "cmd/cmd.h"

#include <pkw/show.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY = 64 << 10 };

struct streams {
	struct pkw_streams *t;
	int list, client, server; /* what is wanted */
	uint64_t number, found;
	struct pkw_str out;
	int status;
};

static const char *const who[] = { "client", "server" };

static void put_side(struct pkw_str *out, const struct pkw_flow_way *w,
    const char *name)
{
	static const struct {
		const char *text;
		size_t at;
	} odd[] = {
		{ "lost", offsetof(struct pkw_flow_way, lost) },
		{ "again", offsetof(struct pkw_flow_way, retransmitted) },
	};

	pkw_str_fmt(out, ", %s %llu bytes", name, (unsigned long long)w->bytes);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		uint64_t n;
		memcpy(&n, (const char *)w + odd[i].at, sizeof n);
		if (n)
			pkw_str_fmt(out, " %llu %s", (unsigned long long)n,
			    odd[i].text);
	}
	if (w->overlaps)
		pkw_str_fmt(out, " %llu contradictions",
		    (unsigned long long)w->overlaps);
}

static void put_flow(struct pkw_str *out, const struct pkw_stream_event *e)
{
	const struct pkw_flow *f = e->flow;
	int64_t us = (f->last_ns - f->first_ns) / 1000;

	pkw_flow_text(f, out);
	pkw_str_fmt(out, ", %s, %lld.%06lld s", pkw_close_name(e->reason),
	    (long long)(us / 1000000), (long long)(us % 1000000));
	put_side(out, &f->way[PKW_CLIENT], "client");
	put_side(out, &f->way[PKW_SERVER], "server");
	pkw_str_addc(out, '\n');
}

/* What is odd in the stream that is wanted. */
static void tell(const struct pkw_stream_event *e)
{
	if (e->what == PKW_STREAM_GAP)
		say("stream %llu: %s: %llu bytes missing at %llu",
		    (unsigned long long)e->flow->number, who[e->way],
		    (unsigned long long)e->len, (unsigned long long)e->offset);
	if (e->what == PKW_STREAM_OVERLAP)
		say("stream %llu: %s: %llu bytes at %llu came again, "
		    "%u of them different",
		    (unsigned long long)e->flow->number, who[e->way],
		    (unsigned long long)e->len, (unsigned long long)e->offset,
		    e->differ);
}

static int on_event(void *arg, const struct pkw_stream_event *e)
{
	struct streams *s = arg;

	if (s->list) {
		if (e->what == PKW_STREAM_CLOSE)
			put_flow(&s->out, e);
		return print(&s->out, PKW_DRAIN) ? -PKW_EIO : 0;
	}
	if (e->flow->number != s->number)
		return 0;
	s->found = 1;
	if (e->what == PKW_STREAM_OPEN || e->what == PKW_STREAM_CLOSE ||
	    !(e->way == PKW_CLIENT ? s->client : s->server))
		return 0;
	tell(e);
	if (e->what == PKW_STREAM_DATA)
		pkw_str_addn(&s->out, (const char *)e->bytes, e->len);
	return print(&s->out, PKW_DRAIN) ? -PKW_EIO : 0;
}

/* 0, or it is not the name of a stream. */
static int parse(struct streams *s, const char *which)
{
	char *end;

	errno = 0;
	s->number = strtoull(which, &end, 10);
	s->client = s->server = 1;
	if (strcmp(end, ":client") == 0)
		s->server = 0;
	else if (strcmp(end, ":server") == 0)
		s->client = 0;
	else if (*end)
		return -1;
	return errno || *which < '0' || *which > '9' ? -1 : 0;
}

struct streams *streams_new(const char *which, enum pkw_policy policy)
{
	struct streams *s = calloc(1, sizeof *s);

	if (s)
		s->t = pkw_streams_new(&(struct pkw_streams_opts){
		    .policy = policy, .history = HISTORY,
		    .on_event = on_event, .arg = s });
	if (!s || !s->t) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		free(s);
		return NULL;
	}
	s->list = !which;
	if (which && parse(s, which) < 0) {
		say("--stream `%s': a number is wanted, and perhaps :client "
		    "or :server behind it", which);
		pkw_streams_free(s->t);
		free(s);
		return NULL;
	}
	return s;
}

void streams_put(
    struct streams *s, const struct pkw_frame *f, const struct pkw_pkt *p)
{
	if (pkw_streams_put(s->t, f, p) < 0)
		s->status = STATUS_FAILED;
}

int streams_end(struct streams *s)
{
	int status;

	if (pkw_streams_end(s->t) < 0)
		s->status = STATUS_FAILED;
	status = s->status;
	if (print(&s->out, 0))
		status = STATUS_FAILED;
	if (!s->list && !s->found && !stdout_gone) {
		say("there is no TCP stream %llu",
		    (unsigned long long)s->number);
		status = STATUS_FAILED;
	}
	pkw_streams_free(s->t);
	pkw_str_free(&s->out);
	free(s);
	return status;
}
