/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw read: packets of a capture file, shown or copied.
 *
 * Copies go frame by frame from the reader to a writer that continues it, so
 * whatever the file says besides packets is kept; they are not even dissected.
 * With --defrag, fragments are put together before anything looks at them: the
 * filter, the count and the copy see whole datagrams.  What is odd about
 * fragments is told on standard error.  TCP streams are made of whole datagrams.
 *
 * A file that is cut or corrupt delivers what is whole, then says where it
 * ends, and the exit status tells.
 */
#include "cmd/filter.h"
#include "cmd/streams.h"
#include "cmd/view.h"

#include <pkw/capture.h>
#include <pkw/defrag.h>
#include <pkw/net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reading {
	struct view view;
	const char *file, *write;
	uint64_t count;
	int follow, only_count, defragment, policy, list_streams;
	const char *stream;
	struct pkw_reader *r;
	struct pkw_writer *w;
	struct pkw_filter *filter;
	struct pkw_defrag *defrag;
	struct streams *streams;
	struct pkw_pkt *p;
	uint64_t n;
	char *text;
};

enum { OPT_FOLLOW = OPT_LONG, OPT_COUNT, OPT_DEFRAG, OPT_POLICY,
	OPT_STREAMS, OPT_STREAM };
static const struct opt opts[] = {
	{ 'r', "read", "FILE", "the capture, also gzip or zstd; - is standard "
	                       "input" },
	{ 'w', "write", "FILE", "copy to a file instead of showing" },
	{ 'c', NULL, "N", "stop after N packets" },
	{ OPT_COUNT, "count", NULL, "say only how many there are" },
	{ OPT_FOLLOW, "follow", NULL, "wait for more at the end of the file" },
	{ OPT_DEFRAG, "defrag", NULL, "put IP fragments together" },
	{ OPT_POLICY, "policy", "POLICY",
	    "who wins in overlaps: bsd (usual) bsd-right first last "
	    "linux linux-drop rfc5722 solaris windows" },
	{ OPT_STREAMS, "streams", NULL, "list TCP connections" },
	{ OPT_STREAM, "stream", "STREAM",
	    "what was said in a TCP connection: its number, "
	    "perhaps with :client or :server behind it" },
	OPT_STOP
};

static struct pkw_reader *reading_now;

static void stop_reading(void)
{
	pkw_reader_stop(reading_now);
}

static void on_fragment(void *arg, const struct pkw_defrag_event *e)
{
	struct pkw_str s = PKW_STR_INIT;

	(void)arg;
	pkw_defrag_text(e, &s);
	if (s.s)
		say("%s", s.s);
	pkw_str_free(&s);
}

/* The packet is one that is wanted: show or copy it; negative: no more. */
static int take(struct reading *c, const struct pkw_frame *f,
    const struct pkw_pkt *p, struct pkw_diag *d)
{
	c->n++;
	if (c->w)
		return pkw_writer_put(c->w, f, d);
	if (c->only_count)
		return 0;
	if (c->streams) {
		streams_put(c->streams, f, p);
		return 0;
	}
	if (!p) {
		pkw_dissect(c->p, pkw_link_proto(f->link), f->data, f->caplen,
		    PKW_INPLACE);
		p = c->p;
	}
	view_packet(&c->view, p, f);
	return 0;
}

/* The next frame of the file, put together or not, through the filter. */
static int consider(struct reading *c, struct pkw_frame *f, struct pkw_diag *d)
{
	struct pkw_pkt *p = NULL;
	int r;

	if (c->defrag) {
		p = c->p;
		pkw_dissect(p, pkw_link_proto(f->link), f->data, f->caplen,
		    PKW_INPLACE);
		r = pkw_defrag_put(c->defrag, f, &p);
		if (r < 0)
			return pkw_fail(d, r, "%s", pkw_strerror(r));
		if (r == 0)
			return 0;
	}
	if (c->filter && !pkw_filter_match(c->filter, f))
		return 0;
	return take(c, f, p, d);
}

static int read_all(struct reading *c)
{
	struct pkw_frame f;
	struct pkw_diag d;
	int r;

	while (!stopped && !stdout_gone && (!c->count || c->n < c->count)) {
		r = pkw_reader_next(c->r, &f, &d);
		if (r == 0 || r == -PKW_EINTR)
			break;
		if (r == -PKW_EAGAIN)
			continue;
		if (r < 0)
			return complain(&d, NULL);
		if (consider(c, &f, &d) < 0)
			return complain(&d, NULL);
	}
	if (c->defrag)
		pkw_defrag_end(c->defrag);
	return STATUS_DONE;
}

/* A pipe is not full of packets at once: show what came before waiting. */
static int is_slow(const struct reading *c)
{
	return c->follow || (strcmp(c->file, "-") == 0 && isatty(1));
}

/* What is asked for by options of this command, not by those of all. */
static int is_quiet(const struct reading *c)
{
	return c->write || c->only_count || c->list_streams || c->stream;
}

static int begin(struct reading *c, struct args *a)
{
	struct pkw_diag d;
	enum view_mode usual = is_quiet(c) ? VIEW_NOTHING : VIEW_LINE;
	int status = view_begin(&c->view, usual, PKW_PRINT_SUMS);

	if (status)
		return status;
	c->r = pkw_reader_open(c->file, c->follow ? PKW_READ_FOLLOW : 0, &d);
	if (!c->r)
		return complain(&d, NULL);
	c->view.at_once |= is_slow(c);
	c->text = filter_text(a);
	const struct pkw_iface *i = pkw_reader_iface(c->r, 0);
	status = filter_make(c->text, i ? i->link : 1, &c->filter);
	if (status)
		return status;
	c->p = pkw_pkt_new();
	if (c->defragment)
		c->defrag = pkw_defrag_new(&(struct pkw_defrag_opts){
		    .policy = (enum pkw_policy)c->policy,
		    .on_event = on_fragment });
	if (!c->p || (c->defragment && !c->defrag)) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	if (c->list_streams || c->stream) {
		c->streams = streams_new(
		    c->stream, (enum pkw_policy)c->policy);
		if (!c->streams)
			return STATUS_USAGE;
	}
	if (c->write) {
		c->w = pkw_writer_open(c->write,
		    &(struct pkw_writer_opts){ .source = c->r }, &d);
		if (!c->w)
			return complain(&d, NULL);
	}
	reading_now = c->r;
	stop_catch(stop_reading);
	return STATUS_DONE;
}

static int end(struct reading *c, int status)
{
	struct pkw_diag d;

	if (c->w && pkw_writer_close(c->w, &d) < 0)
		status = complain(&d, NULL);
	if (c->only_count && status == STATUS_DONE)
		pkw_str_fmt(&c->view.out, "%llu packets\n",
		    (unsigned long long)c->n);
	if (view_end(&c->view) && status == STATUS_DONE)
		status = STATUS_FAILED;
	int streams = c->streams ? streams_end(c->streams) : STATUS_DONE;
	if (status == STATUS_DONE)
		status = streams;
	pkw_filter_free(c->filter);
	pkw_defrag_free(c->defrag);
	pkw_pkt_free(c->p);
	if (c->r)
		pkw_reader_close(c->r);
	free(c->text);
	return status;
}

static int run(struct args *a)
{
	struct reading c = { .file = "-" };
	struct pkw_diag d;
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		if (view_option(&c.view, a, id) < 0)
			return STATUS_USAGE;
		switch (id) {
		case 'r':
			c.file = a->value;
			break;
		case 'w':
			c.write = a->value;
			break;
		case 'c':
			if (args_count(a, 1, UINT64_MAX, &c.count))
				return STATUS_USAGE;
			break;
		case OPT_COUNT:
			c.only_count = 1;
			break;
		case OPT_FOLLOW:
			c.follow = 1;
			break;
		case OPT_POLICY:
			c.policy = pkw_policy_find(a->value, &d);
			if (c.policy < 0)
				return usage(a->cmd, "%s", d.text);
			c.defragment = 1;
			break;
		case OPT_DEFRAG:
			c.defragment = 1;
			break;
		case OPT_STREAM:
			c.stream = a->value;
			c.defragment = 1;
			break;
		case OPT_STREAMS:
			c.list_streams = c.defragment = 1;
			break;
		}
	}
	if (strcmp(c.file, "-") == 0 && isatty(STDIN_FILENO))
		return usage(a->cmd, "a capture is wanted: -r FILE");
	int status = begin(&c, a);
	if (status == STATUS_DONE)
		status = read_all(&c);
	return end(&c, status);
}

static const struct opt *const tables[] = { opts, view_opts, common_opts,
	NULL };
static const char *const examples[] = {
	"pkw read -r dump.pcapng",
	"One line a packet",
	"pkw read -r dump.pcap --json tcp port 80 | jq .layers[1].fields.src",
	"Every field, for other tools",
	"pkw read -r dump.pcap --csv time,IP.src,TCP.dport 'tcp[13] & 2 != 0'",
	"Chosen fields of packets that match a filter",
	"pkw read -r big.pcap.gz -w dns.pcapng udp port 53",
	"Copy what matches",
	"pkw read -r dump.pcap --streams",
	"TCP connections: who, how much, what is missing",
	NULL
};

const struct command cmd_read = {
	.name = "read",
	.usage = "-r FILE [-v|--json|--csv COLUMNS|-w FILE] [FILTER]",
	.brief = "Show or copy packets of a capture file",
	.about = "The filter is what words are left, in the language of "
	         "pcap-filter(7).",
	.operand = "FILTER",
	.opts = tables,
	.examples = examples,
	.run = run,
};
