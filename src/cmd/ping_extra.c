/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What else a reply tells: a recorded route, time stamps of ICMP and TCP, the
 * bytes.  hping3 prints the same lines, and its words are kept.
 *
 * The guess of the uptime takes two replies: by how much the time stamp grew in
 * the time between gives the clock's rate, if it is one that clocks have.
 * Since Linux 4.10 each connection's clock begins at a random value
 * (tcp_timestamps in ip-sysctl), so that the uptime can be neither known nor
 * guessed; without -k, which keeps to one connection, not even the rate: then
 * it is said.
 */
#include "cmd/ping.h"

#include <pkw/proto.h>
#include <pkw/text.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint8_t *layer(
    const struct ping_reply *r, const char *name, size_t *len)
{
	const struct pkw_view *v = pkw_view(r->p);

	for (uint32_t i = 0; i < v->nlayers; i++)
		if (strcmp(v->layers[i].proto->rec.name, name) == 0) {
			*len = v->layers[i].len;
			return v->bytes + v->layers[i].off;
		}
	return NULL;
}

/* Options of IP and TCP are laid out alike: 0 ends, 1 is one byte long. */
static const uint8_t *option(
    const uint8_t *b, size_t from, size_t len, unsigned kind, size_t least)
{
	for (size_t i = from; i + 1 < len && b[i];) {
		size_t n = b[i] == 1 ? 1 : b[i + 1];
		if (n == 0 || i + n > len)
			return NULL;
		if (b[i] == kind && n >= least)
			return b + i;
		i += n;
	}
	return NULL;
}

static void route(struct ping *s, const struct ping_reply *r)
{
	size_t len = 0;
	const uint8_t *ip = layer(r, "IP", &len);
	const uint8_t *o = ip ? option(ip, 20, len, 7, 3) : NULL;
	const char *lead = "RR: ";

	if (!s->rroute || !o)
		return;
	for (unsigned i = 3; i + 4 <= o[1] && i + 1 < o[2]; i += 4) {
		pkw_str_fmt(&s->out, "%s\t%u.%u.%u.%u\n", lead, o[i], o[i + 1],
		    o[i + 2], o[i + 3]);
		lead = "";
	}
}

static void icmp_time(struct ping *s, const struct ping_reply *r)
{
	size_t len = 0;
	const uint8_t *b = layer(r, "ICMP", &len);
	struct timespec t;

	if (!b || r->error || len < 12)
		return;
	if (b[0] == 18)
		pkw_str_fmt(&s->out,
		    "ICMP address mask: icmpam=%u.%u.%u.%u\n\n", b[8], b[9],
		    b[10], b[11]);
	if (b[0] != 14 || len < 20)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	uint32_t now =
	    (uint32_t)(t.tv_sec % 86400 * 1000 + t.tv_nsec / 1000000);
	pkw_str_fmt(&s->out,
	    "ICMP timestamp: Originate=%u Receive=%u Transmit=%u\n"
	    "ICMP timestamp RTT tsrtt=%u\n\n",
	    (unsigned)ping_be32(b + 8), (unsigned)ping_be32(b + 12),
	    (unsigned)ping_be32(b + 16), (unsigned)(now - ping_be32(b + 8)));
}

/* The clock rates that systems have had; 0: it is none of them. */
static unsigned clock_rate(double ticks, double seconds)
{
	static const unsigned rates[] = { 2, 10, 100, 250, 1000 };
	double rate = seconds > 0 ? ticks / seconds : 0;

	for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++)
		if (rate > rates[i] * 0.7 && rate < rates[i] * 1.4)
			return rates[i];
	return 0;
}

static void uptime(struct ping *s, uint32_t ts, int64_t now)
{
	uint32_t ticks = ts - s->ts.value;
	unsigned hz = clock_rate((double)ticks, (double)(now - s->ts.at) / 1e9);

	if (!hz) {
		pkw_str_add(&s->out,
		    "  no steady clock: it may be another for each "
		    "connection (-k keeps to one)\n");
		return;
	}
	uint32_t up = ts / hz;
	pkw_str_fmt(&s->out,
	    "  HZ seems hz=%u\n  System uptime seems: %u days, %u hours, "
	    "%u minutes, %u seconds\n",
	    hz, (unsigned)(up / 86400), (unsigned)(up / 3600 % 24),
	    (unsigned)(up / 60 % 60), (unsigned)(up % 60));
}

static void tcp_time(struct ping *s, const struct ping_reply *r)
{
	size_t len = 0;
	const uint8_t *tcp = layer(r, "TCP", &len);
	const uint8_t *o = tcp ? option(tcp, 20, len, 8, 10) : NULL;

	if (!s->tcp_ts || !o || r->error)
		return;
	uint32_t ts = ping_be32(o + 2);
	int64_t now = r->frame->ts_ns;
	pkw_str_fmt(&s->out, "  TCP timestamp: tcpts=%u\n", (unsigned)ts);
	if (s->ts.have && now > s->ts.at)
		uptime(s, ts, now);
	pkw_str_addc(&s->out, '\n');
	s->ts.have = 1;
	s->ts.value = ts;
	s->ts.at = now;
}

static void dump(struct ping *s, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i % 16 == 0)
			pkw_str_add(&s->out, i ? "\n\t\t" : "\t\t");
		pkw_str_fmt(&s->out, i % 2 ? "%02x " : "%02x", b[i]);
	}
	pkw_str_add(&s->out, "\n\n");
}

static void printable(struct ping *s, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i % 32 == 0)
			pkw_str_add(&s->out, i ? "\n\t\t" : "\t\t");
		pkw_str_addc(
		    &s->out, b[i] >= 0x20 && b[i] < 0x7f ? (char)b[i] : '.');
	}
	pkw_str_add(&s->out, "\n");
}

void ping_say_extra(struct ping *s, const struct ping_reply *r)
{
	const struct pkw_view *v = pkw_view(r->p);
	const struct pkw_layer *l = &v->layers[r->ip];

	icmp_time(s, r);
	tcp_time(s, r);
	if (s->dump)
		dump(s, v->bytes + l->off, l->end - l->off);
	if (s->print)
		printable(s, v->bytes + l->off, l->end - l->off);
	route(s, r);
}
