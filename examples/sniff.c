/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints what passes an interface, and keeps it in a file if one is named:
 *
 *	sniff eth0 'tcp port 443' out.pcapng
 *
 * Needs CAP_NET_RAW.  Ctrl-C ends it; the file is complete then.
 */
#include <pkw/capture.h>
#include <pkw/exchange.h>
#include <pkw/show.h>

#include <signal.h>
#include <stdio.h>

static struct pkw_link *l;

static void stop(int sig)
{
	(void)sig;
	pkw_link_stop(l);
}

static int on_packet(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	struct pkw_str line = PKW_STR_INIT;

	pkw_line(arg, p, f, &line);
	puts(line.s);
	pkw_str_free(&line);
	return PKW_SNIFF_KEEP;
}

int main(int argc, char **argv)
{
	struct pkw_diag d = { 0 };
	struct pkw_sniffed r = { 0 };
	struct pkw_sniff_opts o = { .on_packet = on_packet };
	struct pkw_link_opts how = { .flags = PKW_LINK_PROMISC,
		.filter = argc > 2 ? argv[2] : NULL };
	int e = 0;

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: sniff INTERFACE [FILTER [FILE]]\n");
		return 2;
	}
	l = pkw_link_open(argv[1], &how, &d);
	if (!l) {
		fprintf(stderr, "sniff: %s\n", d.text);
		return 2;
	}
	if (argc > 3)
		o.writer = pkw_writer_open(argv[3], NULL, &d);
	o.arg = pkw_printer_new(NULL);
	if (!o.arg || (argc > 3 && !o.writer)) {
		e = d.code ? d.code : -PKW_ENOMEM;
		goto out;
	}
	signal(SIGINT, stop);

	e = pkw_sniff(l, &o, &r, &d);
	fprintf(stderr, "%llu packets, %llu lost\n",
	    (unsigned long long)r.kept,
	    (unsigned long long)(r.dropped + r.missed));
out:
	/* the first error is the one to be told */
	if (o.writer && pkw_writer_close(o.writer, e < 0 ? NULL : &d) < 0 &&
	    e >= 0)
		e = d.code;
	if (e < 0)
		fprintf(stderr, "sniff: %s\n",
		    *d.text ? d.text : pkw_strerror(e));
	pkw_printer_free(o.arg);
	pkw_link_close(l);
	return e < 0;
}
