/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Manners: the blocklist, the ceiling, and that floods, false sources and
 * random targets stay on this host's networks and say what they will do.  It is
 * the first probe that is judged, not the options, as --with may change
 * anything.
 */
#include "cmd/ping.h"

#include <pkw/proto.h>
#include <stdio.h>
#include <string.h>

enum { MILLISECOND = 1000000, TOLD = 5 };

int ping_destination(const struct pkw_pkt *p, struct pkw_addr *a)
{
	static const char *const names[] = { "dst", "pdst" };
	int ip = pkw_view(p)->first[PKW_NETWORK];
	int root = ip < 0 ? -1 : pkw_root(p, ip);
	struct pkw_span b;

	for (unsigned i = 0; root >= 0 && i < 2; i++) {
		int f = pkw_field_named(p, root, names[i]);
		if (f < 0 || pkw_field_bytes(p, root, (unsigned)f, &b) < 0 ||
		    (b.len != 4 && b.len != 16))
			continue;
		a->len = (uint8_t)b.len;
		memcpy(a->bytes, b.p, b.len);
		return 1;
	}
	return 0;
}

/* Says so if the packet goes to somebody who is left alone. */
int ping_is_blocked(struct ping *s, const struct pkw_pkt *p)
{
	struct pkw_addr to = s->addr;
	char text[48];

	if (s->rand_dest || !manners_blocked(s->manners, &to))
		ping_destination(p, &to);
	const char *line = manners_blocked(s->manners, &to);
	if (line && s->unsent++ < TOLD)
		say("%s is on the blocklist (%s)", pkw_addr_text(&to, text),
		    line);
	return line != NULL;
}

/* Does the first probe say by itself whom it is from? */
static int has_false_source(struct ping *s)
{
	const struct pkw_view *v = pkw_view(s->probe);
	int ip = v->first[PKW_NETWORK];
	int root = ip < 0 ? -1 : pkw_root(s->probe, ip);
	int f = root < 0 ? -1 : pkw_field_named(s->probe, root, "src");

	if (f < 0 && root >= 0)
		f = pkw_field_named(s->probe, root, "psrc");
	return s->rand_source || ping_value(s, 'a') ||
	       (f >= 0 && pkw_pinned(s->probe, root, (unsigned)f));
}

static int is_harmful(struct ping *s)
{
	return s->flood || s->rand_dest || has_false_source(s) ||
	       (s->interval_given && s->interval < MILLISECOND);
}

static void announce(struct ping *s)
{
	char n[32] = "packets until Ctrl-C", rate[48] = "as fast as it goes";

	if (s->count)
		snprintf(
		    n, sizeof n, "%llu packets", (unsigned long long)s->count);
	if (s->max_pps > 0)
		snprintf(
		    rate, sizeof rate, "at most %.0f a second", s->max_pps);
	else if (!s->flood)
		snprintf(rate, sizeof rate, "one each %.6g ms",
		    (double)s->interval / 1e6);
	say("to %s: %s, %s%s", s->rand_dest ? s->target : s->addr_text, n, rate,
	    has_false_source(s) ? ", from a false address: replies go elsewhere"
				: "");
}

/* All that random targets can be, by their least and greatest numbers. */
static int is_off_link(struct ping *s, const struct pkw_addr *to)
{
	static const char *const numbers[] = { "1", "254" };
	struct pkw_net *net = pkw_link_net(s->link);
	const struct pkw_netif *n = pkw_link_netif(s->link);
	uint32_t ifindex = n ? n->index : 0;
	int off = 0;

	if (!s->rand_dest)
		return manners_off_link(net, to, ifindex);
	for (unsigned i = 0; i < 2; i++) {
		struct pkw_str text = PKW_STR_INIT;
		struct pkw_addr a;
		for (const char *c = s->target; *c; c++)
			if (*c == 'x')
				pkw_str_add(&text, numbers[i]);
			else
				pkw_str_addc(&text, *c);
		off |= text.err || pkw_addr_parse(text.s, &a) < 0 ||
		       manners_off_link(net, &a, ifindex);
		pkw_str_free(&text);
	}
	return off;
}

/* About the first probe as it is, as --with may have changed anything. */
int ping_may_send(struct ping *s)
{
	struct pkw_addr to = s->addr;

	if (ping_make(s, s->tmpl, 0, s->ttl, (uint16_t)s->dport, s->probe) < 0)
		return STATUS_FAILED;
	if (s->with)
		ping_destination(s->probe, &to);
	/* of random ones, those that are blocked are left out */
	if (!s->rand_dest && ping_is_blocked(s, s->probe))
		return STATUS_USAGE;
	if (!is_harmful(s))
		return STATUS_DONE;
	if (!s->own && is_off_link(s, &to)) {
		char text[48];
		say("%s is not on a network of this host: a flood or a false "
		    "source needs --i-own-this-network",
		    pkw_addr_text(&to, text));
		return STATUS_USAGE;
	}
	if (!s->hping)
		announce(s);
	return STATUS_DONE;
}

void ping_keep_ceiling(struct ping *s)
{
	double most = manners_max_pps(s->manners);

	if (most > 0 && (s->max_pps <= 0 || s->max_pps > most))
		s->max_pps = most;
	if (s->flood)
		s->interval = 0;
	if (s->max_pps > 0 && (double)s->interval < 1e9 / s->max_pps)
		s->interval = (int64_t)(1e9 / s->max_pps);
}
