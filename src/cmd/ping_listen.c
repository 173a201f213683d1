/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening (-9): what stands behind a signature in packets that come, on
 * standard output as it is: hping3's way to move a file by any protocol, with
 * `pkw ping -e SIGNATURE -E FILE' at the other end.
 *
 * Packets that this host sends are not looked at, or an echo reply would bring
 * all data once more.
 */
#include "cmd/ping.h"

#include <pkw/exchange.h>
#include <pkw/proto.h>
#include <string.h>

static struct pkw_link *link_now;

static void stop_link(void)
{
	pkw_link_stop(link_now);
}

static int on_packet(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	struct ping *s = arg;
	const struct pkw_view *v = pkw_view(p);
	int ip = v->first[PKW_NETWORK];
	size_t n = strlen(s->listen);

	(void)f;
	if (ip < 0)
		return PKW_SNIFF_SKIP;
	const struct pkw_layer *l = &v->layers[ip];
	const uint8_t *b = v->bytes + l->off + l->len;
	size_t len = l->end - l->off - l->len;
	const uint8_t *found = len >= n ? memmem(b, len, s->listen, n) : NULL;
	if (!found)
		return PKW_SNIFF_SKIP;
	pkw_str_addn(
	    &s->out, (const char *)found + n, len - (size_t)(found + n - b));
	print(&s->out, 0);
	return stdout_gone ? PKW_SNIFF_STOP : PKW_SNIFF_KEEP;
}

int ping_listen(struct ping *s)
{
	struct pkw_link_opts lo = { .flags = PKW_LINK_RECEIVE_ONLY |
					     PKW_LINK_IMMEDIATE |
					     PKW_LINK_IN_ONLY,
		.filter = "ip or ip6" };
	struct pkw_sniff_opts o = {
		.count = s->count, .on_packet = on_packet, .arg = s
	};
	struct pkw_sniffed r;
	struct pkw_diag d;
	int status = STATUS_DONE;

	if (!*s->listen) {
		say("-9 wants a signature");
		return STATUS_USAGE;
	}
	link_now = pkw_link_open(s->iface, &lo, &d);
	if (!link_now)
		return complain(&d, NULL);
	stop_catch(stop_link);
	if (pkw_sniff(link_now, &o, &r, &d) < 0)
		status = complain(&d, NULL);
	else if (r.dropped)
		say("data may be missing: the kernel dropped %llu packets",
		    (unsigned long long)r.dropped);
	pkw_link_close(link_now);
	return status;
}
