/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw edit: changes fields of captured packets and writes them to another file.
 *
 * The edit is compiled once.  Packets that match the filter are dissected in
 * the reader's buffer; edits that keep the size are made right there, and all
 * others replace the bytes of the frame.  Packets without the layer, and those
 * that the filter leaves out, are copied as they are.  Lengths and checksums
 * follow, except those that were wrong before or that the edit itself sets.
 */
#include "cmd/filter.h"

#include <pkw/capture.h>
#include <pkw/net.h>
#include <pkw/text.h>
#include <stdlib.h>
#include <string.h>

struct editing {
	const char *file, *write;
	int only; /* write only what was changed */
	struct pkw_reader *r;
	struct pkw_writer *w;
	struct pkw_filter *filter;
	struct pkw_edit *edit;
	struct pkw_pkt *p;
	uint64_t n, changed, refused;
	char *text;
};

enum { OPT_ONLY = OPT_LONG };
static const struct opt opts[] = {
	{ 'w', "write", "FILE", "where the packets go; needed" },
	{ OPT_ONLY, "only", NULL, "only packets that were changed" },
	OPT_STOP
};

/* 1 changed, 0 not, negative error. */
static int change(struct editing *c, struct pkw_frame *f, struct pkw_diag *d)
{
	if (c->filter && !pkw_filter_match(c->filter, f))
		return 0;
	pkw_dissect(
	    c->p, pkw_link_proto(f->link), f->data, f->caplen, PKW_INPLACE);
	int r = pkw_edit_apply(c->edit, c->p, d);
	if (r <= 0)
		return r;
	struct pkw_span b = pkw_bytes(c->p);
	/* what was cut off when capturing stays cut off */
	f->len = f->len - f->caplen + (uint32_t)b.len;
	f->caplen = (uint32_t)b.len;
	f->data = pkw_view(c->p)->bytes;
	return 1;
}

static int edit_all(struct editing *c)
{
	struct pkw_frame f;
	struct pkw_diag d;
	int r;

	while (!stopped && (r = pkw_reader_next(c->r, &f, &d)) != 0) {
		if (r == -PKW_EINTR)
			break;
		if (r == -PKW_EAGAIN)
			continue;
		if (r < 0)
			return complain(&d, NULL);
		c->n++;
		r = change(c, &f, &d);
		if (r < 0) {
			if (c->refused++ == 0) {
				say("packet %llu stays as it is: %s",
				    (unsigned long long)c->n, d.text);
			}
			r = 0;
		}
		c->changed += (uint64_t)r;
		if ((r || !c->only) && pkw_writer_put(c->w, &f, &d) < 0)
			return complain(&d, NULL);
	}
	return STATUS_DONE;
}

static int begin(struct editing *c, const char *edit, struct args *a)
{
	struct pkw_diag d;

	c->edit = pkw_edit_new(edit, &d);
	if (!c->edit)
		return complain(&d, edit);
	c->r = pkw_reader_open(c->file, 0, &d);
	if (!c->r)
		return complain(&d, NULL);
	c->text = filter_text(a);
	const struct pkw_iface *i = pkw_reader_iface(c->r, 0);
	int status = filter_make(c->text, i ? i->link : 1, &c->filter);
	if (status)
		return status;
	c->w = pkw_writer_open(
	    c->write, &(struct pkw_writer_opts){ .source = c->r }, &d);
	if (!c->w)
		return complain(&d, NULL);
	c->p = pkw_pkt_new();
	if (!c->p) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	stop_catch(NULL);
	return STATUS_DONE;
}

static int end(struct editing *c, int status)
{
	struct pkw_diag d;

	if (c->w && pkw_writer_close(c->w, &d) < 0)
		status = complain(&d, NULL);
	else if (c->w && status == STATUS_DONE)
		say("%llu of %llu packets changed",
		    (unsigned long long)c->changed, (unsigned long long)c->n);
	if (c->refused > 1)
		say("%llu more packets could not be changed",
		    (unsigned long long)(c->refused - 1));
	if (c->refused)
		status = STATUS_FAILED;
	pkw_filter_free(c->filter);
	pkw_edit_free(c->edit);
	pkw_pkt_free(c->p);
	if (c->r)
		pkw_reader_close(c->r);
	free(c->text);
	return status;
}

static int run(struct args *a)
{
	struct editing c = { .file = NULL };
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		if (id == 'w')
			c.write = a->value;
		else
			c.only = 1;
	}
	if (a->argc < 2)
		return usage(a->cmd, "a capture and an edit are wanted");
	if (!c.write)
		return usage(a->cmd, "where to? -w FILE");
	c.file = a->argv[0];
	const char *edit = a->argv[1];
	a->argc -= 2;
	a->argv += 2;
	int status = begin(&c, edit, a);
	if (status == STATUS_DONE)
		status = edit_all(&c);
	return end(&c, status);
}

static const struct opt *const tables[] = { opts, common_opts, NULL };
static const char *const examples[] = {
	"pkw edit in.pcap 'IP.ttl=3; IP.dst=10.0.0.9' -w out.pcap",
	"Lengths and checksums are mended",
	"pkw edit in.pcap 'TCP.options[0].mss=1200' -w out.pcap "
	"'tcp[13] & 2 != 0'",
	"In packets that match a filter",
	"pkw edit in.pcapng 'del IP.chksum' -w out.pcapng",
	"Compute a checksum that was wrong",
	NULL
};

const struct command cmd_edit = {
	.name = "edit",
	.usage = "FILE EDIT -w FILE [FILTER]",
	.brief = "Change fields of captured packets",
	.about =
	    "An edit is assignments and deletions, separated by semicolons. "
	    "Paths are Layer.field, Layer:2.field for the second of a kind, "
	    "and list[0].field for what is inside.\n"
	    "A deleted field is computed again, or has its default.",
	.operand = "FILE",
	.opts = tables,
	.examples = examples,
	.run = run,
};
