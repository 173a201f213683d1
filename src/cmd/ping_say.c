/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies and statistics as ping(8) says them, so that what reads ping's lines
 * reads these; TCP adds what hping3 tells.  --json: an object for each reply
 * and one for the end, times in seconds.  The histogram is drawn over itself on
 * a terminal, else once at the end.
 */
#include "cmd/ping.h"

#include <pkw/proto.h>
#include <pkw/text.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BARS = 12, BAR = 50 };

static const char *from(const struct ping_reply *r, char text[48])
{
	const uint8_t *b = ping_at(r, r->ip);
	struct pkw_addr a = { .len = 4 };

	if (strcmp(ping_layer_name(r, r->ip), "ARP") == 0) {
		memcpy(a.bytes, b + 14, 4);
	} else if (ping_is_six(r)) {
		a.len = 16;
		memcpy(a.bytes, b + 8, 16);
	} else {
		memcpy(a.bytes, b + 12, 4);
	}
	return pkw_addr_text(&a, text);
}

static unsigned ttl_of(const struct ping_reply *r)
{
	const uint8_t *b = ping_at(r, r->ip);

	return strcmp(ping_layer_name(r, r->ip), "ARP") == 0 ? 0
	       : ping_is_six(r)				     ? b[7]
							     : b[8];
}

/* Bytes behind the IP header, as ping counts them. */
static unsigned length(const struct ping_reply *r)
{
	const struct pkw_layer *l = &pkw_view(r->p)->layers[r->ip];

	if (strcmp(ping_layer_name(r, r->ip), "ARP") == 0)
		return l->len;
	return l->end - l->off - l->len;
}

static unsigned seq_of(const struct ping *s, const struct ping_reply *r)
{
	return (unsigned)(r->n + !s->hping);
}

static const char *seq_name(const struct ping *s)
{
	return s->kind == PING_ICMP  ? "icmp_seq"
	       : s->kind == PING_ARP ? "arp_seq"
				     : "seq";
}

static double ms(int64_t ns)
{
	return (double)ns / 1e6;
}

static void tcp_words(struct ping *s, const struct ping_reply *r)
{
	const uint8_t *b = ping_at(r, r->top);
	char flags[10];

	ping_flags(b[13], "EC", flags);
	pkw_str_fmt(&s->out, " sport=%u flags=%s win=%u tcpseq=%u ack=%u",
	    ping_be16(b), flags, ping_be16(b + 14), (unsigned)ping_be32(b + 4),
	    (unsigned)ping_be32(b + 8));
}

static void ip_words(struct ping *s, const struct ping_reply *r)
{
	const uint8_t *b = ping_at(r, r->ip);

	if (ping_is_six(r) || strcmp(ping_layer_name(r, r->ip), "IP") != 0)
		return;
	unsigned id = ping_id(s, r);
	if (s->relid && s->last_n)
		pkw_str_fmt(&s->out, " id=+%u", (id - s->last_id) & 0xffff);
	else if (s->verbose || s->relid || s->winid)
		pkw_str_fmt(&s->out, " id=%u", id);
	s->last_id = id;
	s->last_n = r->n + 1;
	if (s->verbose)
		pkw_str_fmt(&s->out, " tos=%x iplen=%u%s", (unsigned)b[1],
		    ping_be16(b + 2), b[6] & 0x40 ? " DF" : "");
}

void ping_say_sequence(struct ping *s, const struct ping_reply *r)
{
	uint32_t seq = ping_be32(ping_at(r, r->top) + 4);

	pkw_str_fmt(&s->out, "%10lu +%lu\n", (unsigned long)seq,
	    (unsigned long)(uint32_t)(seq - s->last_seq));
	s->last_seq = seq;
}

static void hop_line(struct ping *s, const struct ping_reply *r)
{
	char text[48];

	pkw_str_fmt(&s->out, "hop=%u %s", (unsigned)r->ttl, from(r, text));
	if (!s->tr_no_rtt)
		pkw_str_fmt(&s->out, " time=%.3f ms", ms(r->rtt));
	pkw_str_addc(&s->out, '\n');
}

static void error_line(struct ping *s, const struct ping_reply *r)
{
	char text[48];
	int reached = r->type == (ping_is_six(r) ? 1u : 3u);

	pkw_str_fmt(&s->out, "From %s %s=%u %s%s", from(r, text), seq_name(s),
	    seq_of(s, r), reached ? "Destination " : "", ping_error_text(r));
	if (r->counts)
		pkw_str_fmt(&s->out, " time=%.3f ms", ms(r->rtt));
	pkw_str_add(&s->out, r->nth ? " (DUP!)\n" : "\n");
}

static void reply_line(struct ping *s, const struct ping_reply *r)
{
	char text[48];

	pkw_str_fmt(&s->out, "%u bytes from %s", length(r), from(r, text));
	if (s->kind == PING_ARP) {
		const uint8_t *m = ping_at(r, r->ip) + 8;
		pkw_str_fmt(&s->out,
		    " (%02x:%02x:%02x:%02x:%02x:%02x): arp_seq=%u", m[0], m[1],
		    m[2], m[3], m[4], m[5], seq_of(s, r));
	} else {
		pkw_str_fmt(&s->out, ": %s=%u ttl=%u", seq_name(s),
		    seq_of(s, r), ttl_of(r));
	}
	pkw_str_fmt(&s->out, " time=%.3f ms", ms(r->rtt));
	if (ping_is_tcp(r))
		tcp_words(s, r);
	ip_words(s, r);
	pkw_str_add(&s->out, r->nth ? " (DUP!)\n" : "\n");
}

static void json_reply(struct ping *s, const struct ping_reply *r)
{
	char text[48], flags[10];

	pkw_str_fmt(&s->out,
	    "{\"event\":\"%s\",\"seq\":%u,\"from\":\"%s\",\"bytes\":%u,"
	    "\"ttl\":%u,\"rtt\":%.9f,\"nth\":%u,\"time\":%.9f",
	    r->error ? "icmp" : "reply", seq_of(s, r), from(r, text), length(r),
	    ttl_of(r), (double)r->rtt / 1e9, r->nth,
	    (double)r->frame->ts_ns / 1e9);
	if (r->ttl)
		pkw_str_fmt(&s->out, ",\"hop\":%u", (unsigned)r->ttl);
	if (r->error)
		pkw_str_fmt(&s->out,
		    ",\"type\":%u,\"code\":%u,\"reason\":\"%s\"", r->type,
		    r->code, ping_error_text(r));
	if (ping_is_tcp(r)) {
		const uint8_t *b = ping_at(r, r->top);
		ping_flags(b[13], "EC", flags);
		pkw_str_fmt(&s->out,
		    ",\"sport\":%u,\"flags\":\"%s\",\"window\":%u,"
		    "\"tcpseq\":%u,\"ack\":%u",
		    ping_be16(b), flags, ping_be16(b + 14),
		    (unsigned)ping_be32(b + 4), (unsigned)ping_be32(b + 8));
	}
	pkw_str_add(&s->out, "}\n");
}

void ping_say_reply(struct ping *s, const struct ping_reply *r)
{
	int passed =
	    r->error && !r->counts && r->type == (ping_is_six(r) ? 3u : 11u);

	if (s->json) {
		json_reply(s, r);
		return;
	}
	if (s->quiet || s->flood)
		return;
	if (s->beep)
		pkw_str_addc(&s->out, '\a');
	if (s->seqnum && ping_is_tcp(r)) {
		ping_say_sequence(s, r);
		return;
	}
	if (s->traceroute && passed)
		hop_line(s, r);
	else if (r->error)
		error_line(s, r);
	else
		reply_line(s, r);
	ping_say_extra(s, r);
}

void ping_say_start(struct ping *s)
{
	static const char *const kinds[] = { "", "ICMP", "TCP", "UDP", "IP",
		"ARP", "ND" };

	if (!s->json)
		pkw_str_fmt(&s->out, "PING %s (%s) by %s\n", s->target,
		    s->rand_dest ? "random" : s->addr_text, kinds[s->kind]);
}

static void json_end(struct ping *s, const struct pkw_tally_sum *t, int64_t ns)
{
	pkw_str_add(&s->out, "{\"event\":\"statistics\",\"target\":\"");
	pkw_str_jsonesc(&s->out, s->target, strlen(s->target));
	pkw_str_fmt(&s->out,
	    "\",\"sent\":%llu,\"received\":%llu,\"loss\":%.6f,"
	    "\"duplicates\":%llu,\"reordered\":%llu,\"errors\":%llu,"
	    "\"seconds\":%.6f",
	    (unsigned long long)t->sent, (unsigned long long)t->received,
	    t->loss, (unsigned long long)t->duplicates,
	    (unsigned long long)t->reordered, (unsigned long long)s->errors,
	    (double)ns / 1e9);
	if (t->timed)
		pkw_str_fmt(&s->out,
		    ",\"min\":%.9f,\"avg\":%.9f,\"max\":%.9f,"
		    "\"mdev\":%.9f,\"median\":%.9f,\"p90\":%.9f,"
		    "\"p99\":%.9f",
		    (double)t->min / 1e9, t->mean / 1e9, (double)t->max / 1e9,
		    t->deviation / 1e9,
		    (double)pkw_tally_percentile(s->tally, 0.5) / 1e9,
		    (double)pkw_tally_percentile(s->tally, 0.9) / 1e9,
		    (double)pkw_tally_percentile(s->tally, 0.99) / 1e9);
	pkw_str_add(&s->out, "}\n");
}

static void flood_end(struct ping *s, int64_t ns)
{
	double sec = (double)ns / 1e9;

	if (sec > 0 && s->sent > 1)
		pkw_str_fmt(
		    &s->out, "%.0f packets a second\n", (double)s->sent / sec);
}

void ping_say_end(struct ping *s, int64_t ns)
{
	struct pkw_tally_sum t;

	pkw_tally_get(s->tally, &t);
	if (s->json) {
		json_end(s, &t, ns);
		return;
	}
	if (s->histogram && !s->drawn)
		ping_histogram(s);
	pkw_str_fmt(&s->out,
	    "\n--- %s ping statistics ---\n%llu packets transmitted, %llu "
	    "received, ",
	    s->target, (unsigned long long)t.sent,
	    (unsigned long long)t.received);
	if (t.duplicates)
		pkw_str_fmt(&s->out, "+%llu duplicates, ",
		    (unsigned long long)t.duplicates);
	if (t.reordered)
		pkw_str_fmt(&s->out, "%llu reordered, ",
		    (unsigned long long)t.reordered);
	if (s->errors)
		pkw_str_fmt(
		    &s->out, "+%llu errors, ", (unsigned long long)s->errors);
	pkw_str_fmt(&s->out, "%.6g%% packet loss, time %lldms\n", t.loss * 100,
	    (long long)(ns / 1000000));
	if (s->flood)
		flood_end(s, ns);
	if (!t.timed)
		return;
	pkw_str_fmt(&s->out,
	    "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n"
	    "rtt median/p90/p99 = %.3f/%.3f/%.3f ms\n",
	    ms(t.min), t.mean / 1e6, ms(t.max), t.deviation / 1e6,
	    ms(pkw_tally_percentile(s->tally, 0.5)),
	    ms(pkw_tally_percentile(s->tally, 0.9)),
	    ms(pkw_tally_percentile(s->tally, 0.99)));
}

/* Bars of equal width from the least time to the 99th percentile; the rest is
   the last one's. */
void ping_histogram(struct ping *s)
{
	static const char line[] =
	    "##################################################";
	struct pkw_tally_sum t;
	uint64_t n[BARS], most = 1;
	int live = isatty(STDOUT_FILENO);

	pkw_tally_get(s->tally, &t);
	if (!t.timed)
		return;
	int64_t top = pkw_tally_percentile(s->tally, 0.99);
	int64_t step = (top - t.min) / BARS + 1;
	for (int i = 0; i < BARS; i++) {
		int64_t lo = t.min + i * step;
		n[i] = pkw_tally_between(s->tally, i ? lo : -1,
		    i == BARS - 1 ? INT64_MAX : lo + step);
		if (n[i] > most)
			most = n[i];
	}
	if (live && s->drawn)
		pkw_str_fmt(&s->out, "\033[%dA", s->drawn);
	for (int i = 0; i < BARS; i++)
		pkw_str_fmt(&s->out, "%s%10.3f ms %8llu %.*s\n",
		    live ? "\033[K" : "", ms(t.min + (i + 1) * step),
		    (unsigned long long)n[i], (int)(n[i] * BAR / most), line);
	s->drawn = BARS;
}
