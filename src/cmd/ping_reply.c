/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands where in a reply.  Both ways to show one look at fixed places of
 * headers that the dissector has found whole; nothing else is read by number.
 */
#include "cmd/ping.h"

#include <pkw/proto.h>
#include <string.h>

static const char *const unreachable[] = { "Network Unreachable",
	"Host Unreachable", "Protocol Unreachable", "Port Unreachable",
	"Fragmentation Needed", "Source Route Failed", "Network Unknown",
	"Host Unknown", "Source Host Isolated",
	"Network Administratively Prohibited",
	"Host Administratively Prohibited", "Network Unreachable for TOS",
	"Host Unreachable for TOS", "Packet Filtered",
	"Host Precedence Violation", "Precedence Cutoff" };
static const char *const unreachable6[] = { "No Route",
	"Administratively Prohibited", "Beyond Scope", "Address Unreachable",
	"Port Unreachable", "Source Address Failed", "Route Rejected" };

const uint8_t *ping_at(const struct ping_reply *r, int layer)
{
	const struct pkw_view *v = pkw_view(r->p);

	return v->bytes + v->layers[layer].off;
}

unsigned ping_be16(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

uint32_t ping_be32(const uint8_t *b)
{
	return (uint32_t)ping_be16(b) << 16 | ping_be16(b + 2);
}

const char *ping_layer_name(const struct ping_reply *r, int layer)
{
	return layer < 0 ? "" : pkw_view(r->p)->layers[layer].proto->rec.name;
}

int ping_is_six(const struct ping_reply *r)
{
	return strcmp(ping_layer_name(r, r->ip), "IPv6") == 0;
}

int ping_is_tcp(const struct ping_reply *r)
{
	return !r->error && strcmp(ping_layer_name(r, r->top), "TCP") == 0 &&
	       pkw_view(r->p)->layers[r->top].len >= 20;
}

void ping_flags(unsigned flags, const char *two, char text[10])
{
	static const struct {
		unsigned bit;
		char letter;
	} all[] = { { 4, 'R' }, { 2, 'S' }, { 16, 'A' }, { 1, 'F' }, { 8, 'P' },
		{ 32, 'U' } };
	unsigned n = 0;

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (flags & all[i].bit)
			text[n++] = all[i].letter;
	for (unsigned i = 0; i < 2; i++)
		if (flags & 64u << i)
			text[n++] = two[i];
	strcpy(text + n, n ? "" : "none");
}

unsigned ping_id(const struct ping *s, const struct ping_reply *r)
{
	const uint8_t *b = ping_at(r, r->ip);

	return s->winid ? (unsigned)b[5] << 8 | b[4] : ping_be16(b + 4);
}

const char *ping_error_text(const struct ping_reply *r)
{
	int six = ping_is_six(r);
	size_t n = six ? sizeof unreachable6 / sizeof *unreachable6
		       : sizeof unreachable / sizeof *unreachable;

	if (r->type == (six ? 1u : 3u))
		return r->code >= n ? "Unreachable"
		       : six	    ? unreachable6[r->code]
				    : unreachable[r->code];
	if (r->type == (six ? 3u : 11u))
		return r->code ? "Fragment Reassembly Time Exceeded"
			       : "Time to Live Exceeded";
	if (six)
		return r->type == 2 ? "Packet Too Big" : "Parameter Problem";
	return r->type == 4   ? "Source Quench"
	       : r->type == 5 ? "Redirect"
			      : "Parameter Problem";
}
