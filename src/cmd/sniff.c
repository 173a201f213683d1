/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw sniff: packets as they come, shown or written to a file, until the count
 * or the time is reached, or Ctrl-C.  Then the counters are told, as tcpdump
 * does; only what the kernel itself lost counts as dropped.
 */
#include "cmd/filter.h"
#include "cmd/view.h"

#include <pkw/capture.h>
#include <pkw/exchange.h>
#include <stdlib.h>
#include <string.h>

struct sniffing {
	struct view view;
	const char *iface, *write;
	uint64_t count, snaplen;
	int64_t timeout, idle; /* nanoseconds; 0: none */
	int promisc, in_only, list, patient;
	char *text;
	struct pkw_link *link;
	struct pkw_writer *w;
};

enum { OPT_TIMEOUT = OPT_LONG, OPT_IDLE, OPT_WAIT };
static const struct opt opts[] = {
	{ 'i', NULL, "IF", "interface; else any" },
	{ 'c', NULL, "N", "stop after N packets" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "stop after that time" },
	{ OPT_IDLE, "idle", "SECONDS", "stop when nothing comes for so long" },
	{ 'w', "write", "FILE", "write a capture file instead of showing" },
	{ 's', NULL, "BYTES", "keep only so much of each packet" },
	{ 'p', NULL, NULL, "not in promiscuous mode" },
	{ 'Q', NULL, "DIRECTION", "in: without what this host sends" },
	{ OPT_WAIT, "wait-iface", NULL, "go on when the interface goes down" },
	{ 'D', NULL, NULL, "list the interfaces" },
	OPT_STOP
};

static struct pkw_link *link_now;

static void stop_link(void)
{
	pkw_link_stop(link_now);
}

static int on_packet(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	struct sniffing *s = arg;

	view_packet(&s->view, p, f);
	return stdout_gone ? PKW_SNIFF_STOP : PKW_SNIFF_KEEP;
}

/* What was gathered is shown before the next packet is waited for. */
static void on_pause(void *arg)
{
	struct sniffing *s = arg;

	print(&s->view.out, 0);
	if (stdout_gone)
		stop_link();
}

static int list(void)
{
	struct pkw_str out = PKW_STR_INIT;
	struct pkw_diag d;
	struct pkw_net *net = pkw_net_open(&d);
	const struct pkw_netif *i;

	if (!net)
		return complain(&d, NULL);
	for (size_t n = 0; (i = pkw_netif_at(net, n)); n++) {
		char text[48];
		pkw_str_fmt(&out, "%u.%s", i->index, i->name);
		pkw_str_fmt(&out, " [%s%s%s]",
		    i->flags & PKW_NETIF_UP ? "Up" : "Down",
		    i->flags & PKW_NETIF_RUNNING ? ", Running" : "",
		    i->flags & PKW_NETIF_LOOPBACK ? ", Loopback" : "");
		if (i->mac.len)
			pkw_str_fmt(&out, " %s", pkw_addr_text(&i->mac, text));
		for (size_t k = 0; k < i->naddrs; k++)
			pkw_str_fmt(&out, " %s/%u",
			    pkw_addr_text(&i->addrs[k].addr, text),
			    i->addrs[k].prefix);
		pkw_str_addc(&out, '\n');
	}
	pkw_net_close(net);
	int status = print(&out, 0);
	pkw_str_free(&out);
	return status;
}

static int open_link(struct sniffing *s)
{
	struct pkw_link_opts o = { .filter = s->text,
		.snaplen = (uint32_t)s->snaplen,
		.flags = PKW_LINK_RECEIVE_ONLY };
	struct pkw_diag d;

	if (s->promisc && s->iface && strcmp(s->iface, "any") != 0)
		o.flags |= PKW_LINK_PROMISC;
	if (s->in_only)
		o.flags |= PKW_LINK_IN_ONLY;
	if (s->patient)
		o.flags |= PKW_LINK_PATIENT;
	if (s->view.at_once && !s->w)
		o.flags |= PKW_LINK_IMMEDIATE;
	s->link = pkw_link_open(s->iface, &o, &d);
	return s->link ? STATUS_DONE : complain(&d, s->text);
}

static void report(const struct pkw_sniffed *r)
{
	say("%llu packets captured, %llu dropped by the kernel",
	    (unsigned long long)r->kept, (unsigned long long)r->dropped);
	if (r->missed)
		say("%llu packets lost by the interface",
		    (unsigned long long)r->missed);
}

static int milliseconds(int64_t ns)
{
	return ns && ns < 1000000 ? 1 : (int)(ns / 1000000);
}

static int sniff(struct sniffing *s)
{
	struct pkw_sniffed result = { .seen = 0 };
	struct pkw_diag d;
	int status = view_begin(
	    &s->view, s->write ? VIEW_NOTHING : VIEW_LINE, PKW_PRINT_SUMS);

	if (status == STATUS_DONE)
		status = open_link(s);
	if (status != STATUS_DONE)
		return status;
	if (s->write) {
		s->w = pkw_writer_open(s->write, NULL, &d);
		if (!s->w)
			return complain(&d, NULL);
	}
	link_now = s->link;
	stop_catch(stop_link);
	struct pkw_sniff_opts o = { .count = s->count, .writer = s->w,
		.timeout = milliseconds(s->timeout),
		.idle = milliseconds(s->idle), .arg = s,
		.on_packet = s->view.mode == VIEW_NOTHING ? NULL : on_packet,
		.on_pause = s->view.mode == VIEW_NOTHING ? NULL : on_pause,
		.flags = s->view.mode == VIEW_NOTHING ? PKW_SNIFF_BYTES : 0 };
	if (pkw_sniff(s->link, &o, &result, &d) < 0)
		status = complain(&d, NULL);
	print(&s->view.out, 0);
	report(&result);
	return status;
}

static int end(struct sniffing *s, int status)
{
	struct pkw_diag d;

	if (s->w && pkw_writer_close(s->w, &d) < 0)
		status = complain(&d, NULL);
	if (view_end(&s->view) && status == STATUS_DONE)
		status = STATUS_FAILED;
	if (s->link)
		pkw_link_close(s->link);
	free(s->text);
	return status;
}

static int option(struct sniffing *s, struct args *a, int id)
{
	switch (id) {
	case 'i':
		s->iface = a->value;
		return 0;
	case 'w':
		s->write = a->value;
		return 0;
	case 'c':
		return args_count(a, 1, UINT64_MAX, &s->count);
	case 's':
		return args_count(a, 0, 262144, &s->snaplen);
	case OPT_TIMEOUT:
		return args_seconds(a, &s->timeout);
	case OPT_IDLE:
		return args_seconds(a, &s->idle);
	case 'p':
		s->promisc = 0;
		return 0;
	case 'Q':
		s->in_only = strcmp(a->value, "in") == 0;
		if (s->in_only || strcmp(a->value, "inout") == 0)
			return 0;
		return usage(a->cmd, "-Q is in or inout, not `%s'", a->value);
	case OPT_WAIT:
		s->patient = 1;
		return 0;
	case 'D':
		s->list = 1;
		return 0;
	}
	return view_option(&s->view, a, id) < 0;
}

static int run(struct args *a)
{
	struct sniffing s = { .promisc = 1 };
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_HELP)
			return a->status;
		if (id == ARGS_BAD || option(&s, a, id))
			return STATUS_USAGE;
	}
	if (s.list)
		return list();
	s.text = filter_text(a);
	return end(&s, sniff(&s));
}

static const struct opt *const tables[] = { opts, view_opts, common_opts,
	NULL };
static const char *const examples[] = {
	"pkw sniff -i eth0 -c 10 tcp port 443",
	"Ten packets, one line each",
	"pkw sniff -i any --timeout 60 -w minute.pcapng",
	"A minute of everything",
	"pkw sniff -i eth0 --json udp port 53 | jq .",
	"Every field of each packet as it comes",
	NULL
};

const struct command cmd_sniff = {
	.name = "sniff",
	.usage = "[-i IF] [-c N] [--timeout SECONDS] [-w FILE] [FILTER]",
	.brief = "Show or write packets as they come",
	.about = "The filter is what words are left, in the language of "
	         "pcap-filter(7); it works in the kernel.",
	.operand = "FILTER",
	.opts = tables,
	.examples = examples,
	.run = run,
};
