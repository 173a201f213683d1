/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as expressions, Scapy's or Lua's (expr_dialect.c).
 *
 * Layers are written with those fields that do not say by themselves what they
 * say.  It is not attempted to foresee every way in which bytes can be odd:
 * the text is parsed and built again, and where the bytes differ it is written
 * again with all derived fields, and then with fewer and fewer layers, the rest
 * being bytes.  The last of these attempts is all bytes, so one of them holds.
 * The library reads Scapy's language alone, but what can be said is the same in
 * both: Lua's text is written in the way that was found to hold in the other.
 *
 * Records in lists are written in the style of their table (see expr_list.c),
 * which is Scapy's; what Scapy has no name for is written as bytes there.
 */
#include "core/expr_write.h"

#include <pkw/text.h>

#include <string.h>

enum { INNER_DEPTH = 4 };

static void write_payload(
    struct pkw_span s, int alone, unsigned flags, struct pkw_str *out)
{
	if (alone)
		pkw__write_raw_layer(out, s, 1, flags);
	else
		pkw__write_bytes(
		    out, s.p, s.len, 1, flags | PKW__WRITE_EITHER);
}

/* Bytes that no field explains at a layer's end are written as one behind it. */
static void write_leftover(
    const struct pkw_pkt *p, int root, unsigned flags, struct pkw_str *out)
{
	int last = -1;

	for (int c = pkw_node_first(p, root); c >= 0; c = pkw_node_next(p, c))
		last = c;
	const struct pkw_node *n = last < 0 ? NULL : pkw_node(p, last);
	if (!n || n->field != PKW_NO_FIELD || n->kind != PKW_NODE_BYTES ||
	    n->flags & (PKW_NODE_PAD | PKW_NODE_TRAILER) || n->len == 0)
		return;
	pkw_str_addc(out, '/');
	write_payload(pkw__node_span(p, last), 0, flags, out);
}

static int write_layer(const struct pkw_pkt *p, unsigned i, unsigned flags,
    struct pkw_str *out)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[i];

	if (l->proto == pkw__raw) {
		struct pkw_span s = { pkw_view(p)->bytes + l->off, l->len };
		write_payload(s, i == 0, flags, out);
		return 0;
	}
	int root = pkw_root(p, (int)i);
	int r = root < 0 ? root : pkw__write_record(p, root, flags, out);
	if (r == 0)
		write_leftover(p, root, flags, out);
	return r;
}

static int write_layers(const struct pkw_pkt *p, unsigned n, unsigned flags,
    struct pkw_str *out)
{
	int r = 0;

	for (unsigned i = 0; i < n && r == 0; i++) {
		if (i)
			pkw_str_addc(out, '/');
		r = write_layer(p, i, flags, out);
	}
	return r;
}

/* The first n layers, and all bytes behind them as one. */
static int write_some(const struct pkw_pkt *p, unsigned n, unsigned flags,
    struct pkw_str *out)
{
	const struct pkw_view *v = pkw_view(p);
	int r = write_layers(p, n, flags, out);

	if (n < v->nlayers || v->nlayers == 0) {
		uint32_t off = n < v->nlayers ? v->layers[n].off : 0;
		struct pkw_span s = { v->bytes + off, v->len - off };
		if (n)
			pkw_str_addc(out, '/');
		write_payload(s, n == 0, flags, out);
	}
	return r;
}

/* 1 if the text says what the packet is, 0 if not; -PKW_ENOMEM: who knows. */
static int reads_back(
    const struct pkw_pkt *p, struct pkw_pkt *scratch, const struct pkw_str *s)
{
	struct pkw_span a = pkw_bytes(p);

	if (s->err || pkw_pkt_err(p) == -PKW_ENOMEM)
		return -PKW_ENOMEM;
	int r = s->s ? pkw_parse(scratch, s->s, NULL) : -PKW_EINVAL;
	if (r < 0)
		return r == -PKW_ENOMEM ? r : 0;
	struct pkw_span b = pkw_bytes(scratch);
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Padding that some layer may have put there when it was sealed. */
static int may_be_ours(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);

	if (v->nlayers < 2 || v->layers[v->nlayers - 1].proto != pkw__padding)
		return 0;
	for (unsigned i = 0; i < v->nlayers; i++)
		if (v->layers[i].proto->seal)
			return 1;
	return 0;
}

/* How the text is written: so many layers, and what is behind them as bytes,
   or not at all if sealing the packet puts it there. */
struct way {
	unsigned layers, flags;
	int sealed;
};

static int write_way(
    const struct pkw_pkt *p, const struct way *w, struct pkw_str *out)
{
	return w->sealed ? write_layers(p, w->layers, w->flags, out)
			 : write_some(p, w->layers, w->flags, out);
}

/* Writes it so and tries the text: 1 it holds, 0 not, or error. */
static int attempt(const struct pkw_pkt *p, struct pkw_pkt *scratch,
    const struct way *w, struct pkw_str *s)
{
	pkw_str_clear(s);
	int r = write_way(p, w, s);
	return r < 0 && r != -PKW_ENOMEM && !s->err ? 0
	    : r < 0 ? -PKW_ENOMEM
		    : reads_back(p, scratch, s);
}

/* The first way that holds, and the text; 1, or error. */
static int find_way(const struct pkw_pkt *p, struct pkw_pkt *scratch,
    unsigned depth, struct way *w, struct pkw_str *s)
{
	unsigned n = pkw_view(p)->nlayers;
	unsigned expr = PKW__WRITE_EXPR | depth << 8;
	int r = 0;

	if (may_be_ours(p)) {
		*w = (struct way){ n - 1, expr, 1 };
		r = attempt(p, scratch, w, s);
	}
	for (; r == 0; n--) {
		*w = (struct way){ n, expr, 0 };
		r = attempt(p, scratch, w, s);
		if (r == 0) {
			w->flags |= PKW__WRITE_ALL;
			r = attempt(p, scratch, w, s);
		}
		if (n == 0)
			break;
	}
	return r ? r : -PKW_ENOMEM;
}

/* `dialect' is 0 or PKW__WRITE_LUA. */
static int write_packet_text(const struct pkw_pkt *p, unsigned depth,
    unsigned dialect, struct pkw_str *out)
{
	struct pkw_str s = PKW_STR_INIT;
	struct pkw_pkt *scratch = pkw_pkt_new();
	struct way w;

	if (!scratch)
		return -PKW_ENOMEM;
	int r = find_way(p, scratch, depth, &w, &s);
	if (r > 0 && dialect) {
		w.flags |= dialect;
		pkw_str_clear(&s);
		r = write_way(p, &w, &s) < 0 || s.err ? -PKW_ENOMEM : 1;
	}
	if (r > 0)
		pkw_str_addn(out, s.s, s.len);
	pkw_pkt_free(scratch);
	pkw_str_free(&s);
	return r < 0 ? r : out->err;
}

int pkw__write_packet(const struct pkw_field *f, struct pkw_span s,
    unsigned flags, struct pkw_str *out)
{
	unsigned depth = flags >> 8;
	const struct pkw_proto *first = pkw_proto_find(f->inner);
	struct pkw_pkt *q = NULL;
	int r = -PKW_ELIMIT;

	if (first && s.len && depth < INNER_DEPTH) {
		q = pkw_pkt_new();
		if (!q)
			return -PKW_ENOMEM;

		pkw_dissect(q, first, s.p, s.len, 0);
		if (pkw_view(q)->nlayers > 0 &&
		    pkw_view(q)->layers[0].proto != pkw__raw)
			r = write_packet_text(
			    q, depth + 1, flags & PKW__WRITE_LUA, out);
		pkw_pkt_free(q);
	}
	if (r == -PKW_ENOMEM)
		return r;
	if (r < 0)
		pkw__write_bytes(
		    out, s.p, s.len, f->flags & PKW_RAWTEXT, flags);
	return 0;
}

int pkw_expression(const struct pkw_pkt *p, struct pkw_str *out)
{
	return write_packet_text(p, 0, 0, out);
}

int pkw_lua(const struct pkw_pkt *p, struct pkw_str *out)
{
	return write_packet_text(p, 0, PKW__WRITE_LUA, out);
}
