/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reassembly tells, in words: names of events, events and flows as lines.
 */
#include "base/addr.h"

#include <pkw/defrag.h>
#include <pkw/stream.h>

static void put_addr(struct pkw_str *out, unsigned version, const uint8_t *a)
{
	char text[PKW__IP6_MAX];

	pkw_str_addn(out, text,
	    version == 4 ? pkw__fmt_ip4(text, a) : pkw__fmt_ip6(text, a));
}

static const struct {
	const char *name, *text;
	enum { TOLD_RANGE = 1, TOLD_OVERLAP, TOLD_REST } more;
} whats[PKW_DEFRAG__N] = {
	[PKW_DEFRAG_OVERLAP] = { "overlap", "fragments overlap",
	    TOLD_OVERLAP },
	[PKW_DEFRAG_DUPLICATE] = { "duplicate", "the same fragment again",
	    TOLD_RANGE },
	[PKW_DEFRAG_BAD] = { "bad", "a fragment that cannot be", TOLD_RANGE },
	[PKW_DEFRAG_LONG] = { "long", "a fragment beyond 65535 bytes",
	    TOLD_RANGE },
	[PKW_DEFRAG_CUT] = { "cut", "a fragment that was not captured whole",
	    TOLD_RANGE },
	[PKW_DEFRAG_DROPPED] = { "dropped", "given up because of an overlap",
	    TOLD_REST },
	[PKW_DEFRAG_TIMEOUT] = { "timeout", "given up, incomplete in time",
	    TOLD_REST },
	[PKW_DEFRAG_LIMIT] = { "limit", "given up to make room", TOLD_REST },
	[PKW_DEFRAG_END] = { "end", "incomplete at the end", TOLD_REST },
};

const char *pkw_defrag_name(enum pkw_defrag_what what)
{
	return what < PKW_DEFRAG__N ? whats[what].name : NULL;
}

void pkw_defrag_text(const struct pkw_defrag_event *e, struct pkw_str *out)
{
	pkw_str_add(out, e->version == 4 ? "IP " : "IPv6 ");
	put_addr(out, e->version, e->src);
	pkw_str_add(out, " > ");
	put_addr(out, e->version, e->dst);
	pkw_str_fmt(out, " id %u: %s", e->id, whats[e->what].text);
	if (whats[e->what].more != TOLD_REST)
		pkw_str_fmt(out, ", %u bytes at %u", e->len, e->offset);
	if (whats[e->what].more == TOLD_OVERLAP)
		pkw_str_fmt(out, ", %u differ, %u taken", e->differ, e->taken);
	if (whats[e->what].more != TOLD_REST)
		return;
	pkw_str_fmt(out, ", %u fragment%s, %u bytes", e->fragments,
	    e->fragments == 1 ? "" : "s", e->held);
	if (e->total)
		pkw_str_fmt(out, " of %u", e->total);
	pkw_str_fmt(out, ", first missing at %u", e->missing);
}

const char *pkw_stream_name(enum pkw_stream_what what)
{
	static const char *const names[PKW_STREAM__N] = {
		[PKW_STREAM_OPEN] = "open",
		[PKW_STREAM_DATA] = "data",
		[PKW_STREAM_GAP] = "gap",
		[PKW_STREAM_OVERLAP] = "overlap",
		[PKW_STREAM_CLOSE] = "close",
	};

	return what < PKW_STREAM__N ? names[what] : NULL;
}

const char *pkw_close_name(enum pkw_close reason)
{
	static const char *const names[PKW_CLOSE__N] = {
		[PKW_CLOSE_FIN] = "fin",
		[PKW_CLOSE_RST] = "rst",
		[PKW_CLOSE_REUSED] = "reused",
		[PKW_CLOSE_TIMEOUT] = "timeout",
		[PKW_CLOSE_LIMIT] = "limit",
		[PKW_CLOSE_END] = "end",
	};

	return reason < PKW_CLOSE__N ? names[reason] : NULL;
}

static void put_end(struct pkw_str *out, const struct pkw_flow *f, int way)
{
	const struct pkw_flow_way *w = &f->way[way];

	pkw_str_add(out, f->version == 6 ? "[" : "");
	put_addr(out, f->version, w->addr);
	pkw_str_fmt(out, "%s:%u", f->version == 6 ? "]" : "", w->port);
}

void pkw_flow_text(const struct pkw_flow *f, struct pkw_str *out)
{
	pkw_str_fmt(out, "%llu: ", (unsigned long long)f->number);
	put_end(out, f, PKW_CLIENT);
	pkw_str_add(out, " > ");
	put_end(out, f, PKW_SERVER);
}
