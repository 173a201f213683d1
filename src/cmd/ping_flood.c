/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Floods.  The first probe is resolved, and the template made anew with what
 * came of it: a frame, and the source address.  Then each packet is what the
 * template's program makes, copied once.  Probes whose destinations differ are
 * resolved one by one; those that need a hand (fragments, wrong checksums) are
 * sent by the usual loop, which does not wait.
 */
#include "cmd/ping.h"

#include <pkw/exchange.h>
#include <pkw/proto.h>
#include <pkw/text.h>
#include <string.h>

int ping_by_hand(const struct ping *s)
{
	return s->badsum || s->frag || s->mtu || s->traceroute || s->debug ||
	       s->payload.len || s->dport_step == 1 || s->data > 1400;
}

/*
 * The same template in a frame and with its source address, so that nothing is
 * left to be resolved: each packet is what the template's program makes.  NULL:
 * not on Ethernet, or a probe of a link layer of its own.
 */
static struct pkw_tmpl *framed(struct ping *s, struct pkw_hop *hop)
{
	const struct pkw_view *v = pkw_view(s->probe);
	struct pkw_str text = PKW_STR_INIT, src = PKW_STR_INIT;
	char to[48], from[48];
	struct pkw_tmpl *t = NULL;
	struct pkw_diag d;
	int f, root;

	pkw_tmpl_seek(s->tmpl, 0);
	if (pkw_tmpl_next(s->tmpl, s->probe) <= 0 ||
	    pkw_resolve(pkw_link_net(s->link), s->probe,
		s->iface ? pkw_link_netif(s->link)->index : 0, 0, hop,
		&d) < 0 ||
	    hop->link != 1 || !hop->ethertype || hop->loopback ||
	    hop->src.len != 6 || hop->dst.len != 6 ||
	    strcmp(v->layers[0].proto->rec.name, "ARP") == 0)
		return NULL;
	root = pkw_root(s->probe, 0);
	f = pkw_field_named(s->probe, root, "src");
	if (f < 0 || pkw_field_text(s->probe, root, (unsigned)f, 0, &src) < 0)
		return NULL;
	pkw_str_fmt(&text, "Ether(dst=\"%s\", src=\"%s\")/%s",
	    pkw_addr_text(&hop->dst, to), pkw_addr_text(&hop->src, from),
	    s->text.s);
	t = pkw_tmpl_parse(text.s, &d);
	if (t && !s->rand_source && !ping_value(s, 'a') &&
	    pkw_tmpl_vary_text(
		t, s->family == 6 ? "IPv6.src" : "IP.src", src.s, &d) < 0) {
		pkw_tmpl_free(t);
		t = NULL;
	}
	pkw_str_free(&text);
	pkw_str_free(&src);
	if (t)
		pkw_tmpl_seed(t, s->seed);
	return t;
}

/* By the template's own packets, one copy each: as fast as the kernel takes
   them.  Ctrl-C is looked for, as nothing here waits. */
static int pour(struct ping *s, struct pkw_tmpl *t, const struct pkw_hop *hop,
    uint64_t most, struct pkw_diag *d)
{
	const struct pkw_pkt *p;
	int e = 1;

	pkw_link_rate(s->link, s->max_pps);
	pkw_tmpl_limit(t, most);
	while (!stopped && (e = pkw_tmpl_step(t, &p)) > 0) {
		struct pkw_span b = pkw_bytes(p);
		e = pkw_link_put(s->link, hop->ifindex, b.p, b.len, d);
		if (e < 0)
			return e;
	}
	return e < 0 ? e : pkw_link_flush(s->link, d);
}

static int series(void *arg, struct pkw_pkt **p, struct pkw_diag *d)
{
	struct ping *s = arg;
	int e;

	do
		e = pkw_tmpl_next(s->tmpl, s->probe);
	while (e > 0 && s->varies && ping_is_blocked(s, s->probe));
	if (e < 0)
		return pkw_fail(d, e, "%s", pkw_strerror(e));
	*p = s->probe;
	return e;
}

static int resolve_each(struct ping *s, uint64_t most, struct pkw_diag *d)
{
	struct pkw_source source = { series, NULL, s };
	struct pkw_send_opts o = { .rate = s->max_pps };

	pkw_tmpl_seek(s->tmpl, 0);
	pkw_tmpl_limit(s->tmpl, most);
	return pkw_send(s->link, &source, &o, NULL, d);
}

int ping_flood(struct ping *s)
{
	uint64_t most = s->count ? s->count : UINT64_MAX;
	struct pkw_link_stats st;
	struct pkw_diag d = { .code = 0 };
	struct pkw_hop hop;
	struct pkw_tmpl *t = s->varies ? NULL : framed(s, &hop);
	int e = t ? pour(s, t, &hop, most, &d) : resolve_each(s, most, &d);

	pkw_tmpl_free(t);
	pkw_link_stats(s->link, &st);
	s->sent = st.sent;
	pkw_tally_sent(s->tally, st.sent);
	return e < 0 && e != -PKW_EINTR ? complain(&d, NULL) : STATUS_DONE;
}
