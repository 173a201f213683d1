/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of pkw ping: a probe when one is due, and meanwhile what comes in.
 * What was not sent in time is not made up for.  Signals end a wait: Ctrl-C for
 * good, Ctrl-\ to show the numbers, Ctrl+Z to change what hping3 binds to it.
 */
#include "cmd/ping.h"

#include <pkw/defrag.h>
#include <pkw/exchange.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SILENT_MAX = 3, TTL_MAX = 255, ERRORS_TOLD = 5, TAKEN = 256 };

static const int64_t second = INT64_C(1000000000);
static const int64_t millisecond = 1000000;

static struct pkw_link *link_now;
static volatile sig_atomic_t snapshot, presses;

static void stop_link(void)
{
	if (link_now)
		pkw_link_stop(link_now);
}

static void on_signal(int sig)
{
	if (sig == SIGQUIT)
		snapshot = 1;
	else
		presses = presses + 1;
	stop_link();
}

/* A hop that stays silent is not waited for for ever. */
static void next_hop(struct ping *s)
{
	if (s->traceroute && !s->tr_keep && s->ttl < TTL_MAX &&
	    s->silent++ >= SILENT_MAX) {
		s->silent = 1;
		s->ttl++;
	}
}

/* 0; what cannot be sent now is told and may work later; else an error. */
static int send_next(struct ping *s)
{
	struct pkw_diag d;

	next_hop(s);
	int e = ping_next(s, &d);
	if (e == 1) { /* as if it had never been */
		s->sent++;
		s->errors++;
		return 0;
	}
	ping_count_sent(s);
	if (e >= 0)
		return 0;
	if (e == -PKW_EINTR)
		return stopped ? e : 0;
	s->errors++;
	if (s->unsent++ < ERRORS_TOLD)
		say("%s", *d.text ? d.text : pkw_strerror(e));
	return e == -PKW_EHOSTUNREACH || e == -PKW_ENETUNREACH ||
		       e == -PKW_ENETDOWN || e == -PKW_ENOBUFS
		   ? 0
		   : e;
}

/* ---- the terminal ---- */

/* hping3's Ctrl+Z: once, one more; twice within a moment, one less. */
static void bound_key(struct ping *s)
{
	int64_t now = ping_clock(CLOCK_MONOTONIC);
	int step = now - s->pressed < 400 * millisecond ? -2 : 1;

	presses = 0;
	s->pressed = now;
	if (s->bind_ttl) {
		const char *given = ping_value(s, 't');
		int now_ttl = s->ttl ? s->ttl : given ? atoi(given) : 64;
		s->ttl = (uint8_t)(now_ttl + step);
		pkw_str_fmt(&s->out, "%u: ", (unsigned)s->ttl);
	} else {
		s->dport = (s->dport + (uint32_t)step) & 0xffff;
		pkw_str_fmt(&s->out, "%u: ", (unsigned)s->dport);
	}
	print(&s->out, 0);
}

/* A wait ended by a signal: is there something to do, or is it the end? */
static void interrupted(struct ping *s)
{
	if (snapshot) {
		snapshot = 0;
		ping_say_end(s, ping_clock(CLOCK_MONOTONIC) - s->begun);
		print(&s->out, 0);
	}
	if (presses)
		bound_key(s);
}

/* ---- the loop ---- */

/* Takes what there is, waiting until a moment: 0, or an error. */
static int receive(struct ping *s, int64_t until, struct pkw_diag *d)
{
	struct pkw_frame f;
	int64_t left = until - ping_clock(CLOCK_MONOTONIC);
	int ms = (int)(left / millisecond);

	if (left > 0 && left < 2 * millisecond) {
		struct pollfd p = { pkw_link_fd(s->link), POLLIN, 0 };
		struct timespec t = { 0, left };
		ppoll(&p, 1, &t, NULL);
		ms = 0;
	}
	int e = pkw_link_next(s->link, &f, ms > 0 ? ms : 0, d);
	for (int i = 0; e > 0 && i < TAKEN && !s->done; i++) {
		ping_take_in(s, &f);
		e = pkw_link_next(s->link, &f, 0, d);
	}
	if (e == -PKW_EINTR) {
		interrupted(s);
		return 0;
	}
	return e < 0 ? e : 0;
}

/* Is all that can be answered answered? */
static int all_in(const struct ping *s)
{
	struct pkw_tally_sum t;

	pkw_tally_get(s->tally, &t);
	return t.received + s->errors >= s->sent;
}

static uint64_t limit(const struct ping *s)
{
	uint64_t pieces = s->payload.len && s->end_of_file
			      ? (s->payload.len + s->piece - 1) / s->piece
			      : 0;

	if (!pieces || (s->count && s->count < pieces))
		return s->count ? s->count : UINT64_MAX;
	return pieces;
}

static int loop(struct ping *s)
{
	uint64_t most = limit(s);
	int64_t next = s->begun, deadline = 0;
	struct pkw_diag d;

	while (!stopped && !s->done && !stdout_gone) {
		int64_t now = ping_clock(CLOCK_MONOTONIC);
		if (s->sent < most && now >= next) {
			int e = send_next(s);
			if (e < 0)
				return stopped ? STATUS_DONE : STATUS_FAILED;
			now = ping_clock(CLOCK_MONOTONIC);
			next += s->interval;
			/* what was missed is not made up for */
			if (next + second < now && next + s->interval < now)
				next = now;
			deadline = now + s->timeout;
		}
		if (s->sent >= most &&
		    (now >= deadline || (all_in(s) && !s->traceroute)))
			break;
		if (receive(s, s->sent < most ? next : deadline, &d) < 0)
			return complain(&d, NULL);
	}
	return STATUS_DONE;
}

/* ---- beginning and end ---- */

static int open_link(struct ping *s, struct pkw_diag *d)
{
	char filter[160] = "";
	struct pkw_link_opts o = { .flags = PKW_LINK_FOR_ASKING | PKW_LINK_PATIENT,
		.filter = filter };

	if (s->flood && !ping_by_hand(s))
		o.flags = PKW_LINK_SEND_ONLY;
	else if (s->kind == PING_ARP)
		strcpy(filter, "arp");
	else if (!s->rand_dest && !s->with)
		snprintf(filter, sizeof filter, "host %s or icmp or icmp6",
		    s->addr_text);
	s->link = pkw_link_open(s->iface, &o, d);
	return s->link ? 0 : d->code;
}

void ping_find_way(struct ping *s)
{
	struct pkw_net *net = pkw_net_open(NULL);
	struct pkw_route r;
	const struct pkw_netif *n = NULL;

	if (net && s->iface)
		n = pkw_netif_by_name(net, s->iface, NULL);
	else if (net && pkw_route(net, &s->addr, 0, &r, NULL) == 0)
		n = pkw_netif_by_index(net, r.ifindex);
	if (n) {
		strcpy(s->iface_name, n->name);
		if (n->mac.len)
			pkw_addr_text(&n->mac, s->mac);
	}
	/* a group's address alone does not lead there */
	if (n && s->kind == PING_ND)
		s->iface = s->iface_name;
	if (net)
		pkw_net_close(net);
}

static int begin(struct ping *s)
{
	struct pkw_diag d;

	s->tmpl = pkw_tmpl_parse(s->text.s, &d);
	if (!s->tmpl)
		return complain(&d, s->text.s);
	s->again = pkw_tmpl_parse(s->text.s, &d);
	s->probe = pkw_pkt_new();
	s->question = pkw_pkt_new();
	s->packet = pkw_pkt_new();
	s->window = ping_window_new();
	s->defrag = pkw_defrag_new(NULL);
	s->tally = pkw_tally_new();
	s->manners = manners_read();
	if (!s->manners)
		return STATUS_FAILED;
	if (!s->again || !s->probe || !s->question || !s->packet ||
	    !s->window || !s->tally || !s->defrag) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	pkw_tmpl_seed(s->tmpl, s->seed);
	pkw_tmpl_seed(s->again, s->seed);
	pkw_tmpl_limit(s->tmpl, UINT64_MAX);
	pkw_tmpl_limit(s->again, UINT64_MAX);
	s->varies = s->rand_dest || (s->with && strstr(s->with, "dst"));
	ping_keep_ceiling(s);
	if (open_link(s, &d) < 0)
		return complain(&d, NULL);
	return ping_may_send(s);
}

static void catch_signals(struct ping *s)
{
	struct sigaction sa = { .sa_handler = on_signal };

	link_now = s->link;
	stop_catch(stop_link);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGQUIT, &sa, NULL);
	if (s->bind_ttl || s->bind_port)
		sigaction(SIGTSTP, &sa, NULL);
}

static int end(struct ping *s, int status)
{
	struct pkw_tally_sum t;

	if (s->tally)
		pkw_tally_get(s->tally, &t);
	if (status == STATUS_DONE && s->exitcode)
		status = s->tcp_flags;
	else if (status == STATUS_DONE && !s->flood && !t.received)
		status = STATUS_FAILED;
	if (s->link)
		pkw_link_close(s->link);
	link_now = NULL;
	ping_window_free(s->window);
	pkw_defrag_free(s->defrag);
	pkw_tally_free(s->tally);
	manners_free(s->manners);
	pkw_tmpl_free(s->tmpl);
	pkw_tmpl_free(s->again);
	pkw_pkt_free(s->probe);
	pkw_pkt_free(s->question);
	pkw_pkt_free(s->packet);
	return status;
}

static void lost(struct ping *s)
{
	struct pkw_link_stats st;

	pkw_link_stats(s->link, &st);
	if (st.dropped)
		say("replies may be missing: the kernel dropped %llu packets",
		    (unsigned long long)st.dropped);
	if (s->unsent > ERRORS_TOLD)
		say("%llu more probes could not be sent",
		    (unsigned long long)(s->unsent - ERRORS_TOLD));
}

int ping_run(struct ping *s)
{
	int status = begin(s);

	if (status != STATUS_DONE)
		return end(s, status);
	catch_signals(s);
	if (s->hping)
		hping_say_start(s);
	else
		ping_say_start(s);
	print(&s->out, 0);
	s->begun = ping_clock(CLOCK_MONOTONIC);
	s->first_dport = s->dport;
	status = s->flood && !ping_by_hand(s) ? ping_flood(s) : loop(s);
	if (s->hping)
		hping_say_end(s);
	else
		ping_say_end(s, ping_clock(CLOCK_MONOTONIC) - s->begun);
	print(&s->out, 0);
	lost(s);
	return end(s, status);
}
