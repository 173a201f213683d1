/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 extension headers (RFC 8200 §4): hop-by-hop and destination options,
 * routing (type 0 and any type but 4, which is in srv6.c), fragment.  They are
 * layers between IPv6 and the upper one, all found under "ipproto".
 *
 * Options want to lie at certain places: n bytes from the header's start, where
 * n is a multiple of x plus y.  A build puts Pad1 or PadN before those that do
 * not, and behind the last one until the header is a multiple of 8 bytes; all
 * that belongs to the switch `autopad', and with autopad=0 the options go out
 * as they were written.  What was padded is taken out and done again on each
 * seal, so it follows edits.  A dissected header that is not well aligned turns
 * the switch off, else an edit elsewhere in the packet would mend it.
 *
 * Segments left, unless it was set, is the number of addresses.
 */
#include "core/core.h"
#include "proto/network/inet.h"
#include "proto/network/ipv6_ext.h"
#include "proto/network/numbers.h"

#include <pkw/rows.h>

static const struct pkw_label option_types[] = {
	{ 0x00, "Pad1", 0 },
	{ 0x01, "PadN", 0 },
	{ 0x04, "Tunnel Encapsulation Limit", 0 },
	{ 0x05, "Router Alert", 0 },
	{ 0x06, "Quick-Start", 0 },
	{ 0x07, "CALIPSO", 0 },
	{ 0x08, "SMF_DPD", 0 },
	{ 0x0f, "PDM", 0 },
	{ 0x11, "IOAM", 0 },
	{ 0x1e, "RFC3692-style Experiment", 0 },
	{ 0x23, "RPL Option", 0 },
	{ 0x26, "Quick-Start", 0 },
	{ 0x30, "Minimum Path MTU", 0 },
	{ 0x31, "IOAM en route", 0 },
	{ 0x63, "RPL Option (deprecated)", 0 },
	{ 0x6d, "MPL Option", 0 },
	{ 0x8a, "Endpoint Identification", 0 },
	{ 0x8b, "ILNP Nonce", 0 },
	{ 0x8c, "Line-Identification Option", 0 },
	{ 0xc2, "Jumbo Payload", 0 },
	{ 0xc9, "Home Address Option", 0 },
	{ 0xee, "IP_DFF", 0 },
};

static const struct pkw_label alerts[] = {
	{ 0, "Datagram contains a MLD message", 0 },
	{ 1, "Datagram contains RSVP message", 0 },
	{ 2, "Datagram contains an Active Network message", 0 },
	{ 68, "NSIS NATFW NSLP", 0 },
	{ 69, "MPLS OAM", 0 },
	{ 65535, "Reserved", 0 },
};

#define OTYPE(n)                                                               \
	U8("otype", .def = (n), LABELS(option_types),                          \
	    .doc = "top bits: what to do when it is unknown, whether it may change en route")
#define OPTLEN U8("optlen", LEN(PKW_OF_REST))

static const struct pkw_field unknown_fields[] = { OTYPE(1), OPTLEN, BYTES("optdata") };
static const struct pkw_field pad1_fields[] = { OTYPE(0) };
enum { PADN_OPTDATA = 2 };
static const struct pkw_field padn_fields[] = {
	OTYPE(1),
	OPTLEN,
	[PADN_OPTDATA] = BYTES("optdata"),
};
static const struct pkw_field alert_fields[] = { OTYPE(5), OPTLEN, U16("value", LABELS(alerts)) };
static const struct pkw_field jumbo_fields[] = { OTYPE(0xc2), OPTLEN, U32("jumboplen") };
enum { HAO_HOA = 2 };
static const struct pkw_field hao_fields[] = {
	OTYPE(0xc9),
	OPTLEN,
	[HAO_HOA] = IP6("hoa", .doc = "home address"),
};

static const struct pkw_record unknown = RECORD("HBHOptUnknown", 1, unknown_fields);
static const struct pkw_record pad1 = RECORD("Pad1", 0, pad1_fields);
static const struct pkw_record padn = RECORD("PadN", 1, padn_fields);
static const struct pkw_record alert = RECORD("RouterAlert", 5, alert_fields);
static const struct pkw_record jumbo = RECORD("Jumbo", 0xc2, jumbo_fields);
static const struct pkw_record hao = RECORD("HAO", 0xc9, hao_fields);

static const struct pkw_record *const option_variants[] = {
	&pad1, &padn, &alert, &jumbo, &hao, NULL
};
static const struct pkw_list options = {
	.rec = &unknown,
	.variants = option_variants,
	.peek_bits = 8,
};

/* Where an option may begin: at multiples of x, plus y. */
static const struct {
	const struct pkw_record *rec;
	uint32_t x, y;
} places[] = {
	{ &alert, 2, 0 }, /* RFC 2711 §2.1 */
	{ &jumbo, 4, 2 }, /* RFC 2675 §2 */
	{ &hao, 8, 6 },   /* RFC 6275 §6.3 */
};

enum { OPTS_NH, OPTS_LEN, OPTS_AUTOPAD, OPTS_OPTIONS };
static const struct pkw_field opts_fields[] = {
	[OPTS_NH] = NEXT_HEADER,
	[OPTS_LEN] = U8("len", LEN(PKW_OF_RECORD, .unit = 8, .bias = 8, .pad = PKW_PAD_NEVER)),
	[OPTS_AUTOPAD] = SWITCH("autopad", .doc = "0: options are not aligned"),
	[OPTS_OPTIONS] = LIST(&options, "options"),
};

enum { RT_NH, RT_LEN, RT_TYPE, RT_SEGLEFT, RT_RESERVED, RT_ADDRESSES };
static const struct pkw_field routing_fields[] = {
	[RT_NH] = NEXT_HEADER,
	[RT_LEN] = U8("len", LEN(PKW_OF_RECORD, .unit = 8, .bias = 8, .pad = PKW_PAD_NEVER)),
	[RT_TYPE] = U8("type", LABELS(pkw__routing_types)),
	[RT_SEGLEFT] = U8("segleft", .doc = "addresses still to be visited"),
	[RT_RESERVED] = U32("reserved"),
	[RT_ADDRESSES] = LIST(&pkw__ip6_addresses, "addresses"),
};

static const struct pkw_field address_fields[] = { IP6("address") };
static const struct pkw_record address_rec = RECORD("IPv6Address", 0, address_fields);
const struct pkw_list pkw__ip6_addresses = { .rec = &address_rec, .style = PKW_LIST_VALUES };

const struct pkw_label pkw__routing_types[PKW__ROUTING_TYPES_N] = {
	{ 0, "Source Route", 0 },
	{ 1, "Nimrod", 0 },
	{ 2, "Type 2 Routing Header", 0 },
	{ 3, "RPL Source Route Header", 0 },
	{ 4, "Segment Routing Header", 0 },
	{ 5, "CRH-16", 0 },
	{ 6, "CRH-32", 0 },
	{ 253, "RFC3692-style Experiment 1", 0 },
	{ 254, "RFC3692-style Experiment 2", 0 },
};

enum { FRAG_NH, FRAG_RES1, FRAG_OFFSET, FRAG_RES2, FRAG_M, FRAG_ID };
static const struct pkw_field fragment_fields[] = {
	[FRAG_NH] = U8("nh", .def = 59, NEXT("ipproto", GUARD(PKW_EQ, FRAG_OFFSET, 0)),
	    LABELS(pkw__ip6_next)),
	[FRAG_RES1] = U8("res1"),
	[FRAG_OFFSET] = BITS(13, "offset", .doc = "in units of 8 bytes"),
	[FRAG_RES2] = BITS(2, "res2"),
	[FRAG_M] = BITS(1, "m", .doc = "more fragments follow"),
	[FRAG_ID] = U32("id", .doc = "the same in all fragments"),
};

/* How many bytes of padding an option needs at that place. */
static uint32_t gap(const struct pkw_record *rec, uint32_t at)
{
	for (size_t i = 0; i < PKW_N(places); i++)
		if (places[i].rec == rec)
			return (places[i].y + 8 - at % 8) % places[i].x;
	return 0;
}

static int option_list(const struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);
	int list = root < 0 ? root : pkw_node_child(p, root, OPTS_OPTIONS);

	return list >= 0 && pkw_node(p, list)->kind == PKW_NODE_LIST ? list : -1;
}

static void unpad(struct pkw_pkt *p, int layer)
{
	int list = option_list(p, layer);
	int o = list < 0 ? list : pkw_node_first(p, list);

	while (o >= 0) {
		int next = pkw_node_next(p, o);
		if (!(pkw_node(p, o)->flags & PKW_NODE_PAD)) {
			o = next;
			continue;
		}
		/* the one behind it takes its number */
		if (pkw_node_del(p, o) < 0 || next < 0)
			return;
	}
}

/* Puts n bytes of padding before element number `at' (negative: last). */
static void pad(struct pkw_pkt *p, int layer, int at, uint32_t n)
{
	static const uint8_t zeros[8];
	int root = pkw_root(p, layer);
	int o = pkw_list_add(p, root, OPTS_OPTIONS, at, n == 1 ? &pad1 : &padn);

	if (o < 0)
		return;
	p->nodes[o].flags |= PKW_NODE_PAD;
	if (n > 2)
		pkw_field_set_bytes(p, o, PADN_OPTDATA, zeros, n - 2);
}

/*
 * Goes through the options and returns how many bytes are missing before one of
 * them or, with *at negative, behind the last; 0: all are where they should be.
 */
static uint32_t misplaced(const struct pkw_pkt *p, int layer, int *at)
{
	const struct pkw_layer *l = inet_layer(p, layer);
	int list = option_list(p, layer), i = 0;
	uint32_t n;

	if (list < 0)
		return 0;
	for (int o = pkw_node_first(p, list); o >= 0; o = pkw_node_next(p, o), i++) {
		n = gap(pkw_node(p, o)->rec, pkw_node(p, o)->off - l->off);
		*at = i;
		if (n)
			return n;
	}
	*at = -1;
	return (0u - l->len) % 8;
}

static void opts_seal(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer), at;
	uint32_t n;

	if (root < 0)
		return;
	unpad(p, layer);
	if (pkw_pinned(p, pkw_root(p, layer), OPTS_AUTOPAD))
		return;
	for (int i = 0; i < 256 && (n = misplaced(p, layer, &at)) > 0; i++)
		pad(p, layer, at, n);
}

static void opts_thaw(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer), at;

	if (root >= 0 && misplaced(p, layer, &at) > 0)
		pkw_field_set_u(p, root, OPTS_AUTOPAD, 0);
}

static uint32_t address_count(const struct pkw_pkt *p, int layer)
{
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root < 0 || pkw_field_bytes(p, root, RT_ADDRESSES, &s) < 0)
		return 0;
	return (uint32_t)(s.len / 16);
}

static void routing_seal(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);

	if (root >= 0 && !pkw_pinned(p, root, RT_SEGLEFT))
		pkw_field_put_u(p, root, RT_SEGLEFT, address_count(p, layer) & 255);
}

static void routing_thaw(struct pkw_pkt *p, int layer)
{
	uint64_t left = pkw_u(p, layer, RT_SEGLEFT);

	if (left != address_count(p, layer))
		pkw_set(p, layer, RT_SEGLEFT, left);
}

static const struct pkw_bind hbh_binds[] = {
	{ .space = "ipproto", .value = 0 },
	{ .space = "iperror", .value = 0 },
};
static const struct pkw_bind dest_binds[] = {
	{ .space = "ipproto", .value = 60 },
	{ .space = "iperror", .value = 60 },
};
static const struct pkw_bind any_routing_binds[] = {
	{ .space = "ipproto", .value = 43 },
	{ .space = "iperror", .value = 43 },
};
static const struct pkw_bind routing_binds[] = {
	{ .space = "ipv6.routing", .value = 0 },
};
static const struct pkw_bind fragment_binds[] = {
	{ .space = "ipproto", .value = 44 },
	{ .space = "iperror", .value = 44 },
};

static const struct pkw_proto hbh = {
	.rec = RECORD("IPv6ExtHdrHopByHop", 0, opts_fields),
	.title = "IPv6 hop-by-hop options header",
	.ref = "RFC 8200 section 4.3",
	BINDS(hbh_binds),
	.seal = opts_seal,
	.thaw = opts_thaw,
};

static const struct pkw_proto dest = {
	.rec = RECORD("IPv6ExtHdrDestOpt", 0, opts_fields),
	.title = "IPv6 destination options header",
	.ref = "RFC 8200 section 4.6",
	BINDS(dest_binds),
	.seal = opts_seal,
	.thaw = opts_thaw,
};

static const struct pkw_proto routing = {
	.rec = RECORD("IPv6ExtHdrRouting", 0, routing_fields),
	.title = "IPv6 routing header of types 0 and 2",
	.ref = "RFC 8200 section 4.4",
	.summary = "segleft {segleft} {addresses.address}",
	BINDS(routing_binds),
	.seal = routing_seal,
	.thaw = routing_thaw,
};

static const struct pkw_pick routing_pick = { 16, 8, "ipv6.routing" };
static const struct pkw_proto any_routing = {
	.rec = EMPTY("IPv6ExtHdrRoutingAny", 0),
	.title = "IPv6 routing header of any type",
	.flags = PKW_ABSTRACT,
	.pick = &routing_pick,
	.next = "IPv6ExtHdrRouting",
	BINDS(any_routing_binds),
};

static const struct pkw_proto fragment = {
	.rec = RECORD("IPv6ExtHdrFragment", 0, fragment_fields),
	.title = "IPv6 fragment header",
	.ref = "RFC 8200 section 4.5",
	BINDS(fragment_binds),
	.summary = "id {id}[ offset {offset}]",
};

int pkw__ip6_is_ext(const struct pkw_proto *proto)
{
	return proto && (proto == &hbh || proto == &dest || proto == &fragment ||
	    proto == &pkw__ah || pkw__ip6_is_routing(proto));
}

int pkw__ip6_is_routing(const struct pkw_proto *proto)
{
	return proto == &routing || proto == &pkw__srh;
}

const uint8_t *pkw__ip6_final(const struct pkw_pkt *p, int layer)
{
	if (inet_proto(p, layer) == &pkw__srh)
		return pkw__srh_final(p, layer);
	if (inet_proto(p, layer) != &routing || pkw_u(p, layer, RT_SEGLEFT) == 0)
		return NULL;
	uint32_t n = address_count(p, layer);
	return n ? pkw__inet_bytes(p, layer, RT_ADDRESSES, 16) + 16 * (n - 1) : NULL;
}

const uint8_t *pkw__ip6_home(const struct pkw_pkt *p, int layer)
{
	int list = inet_proto(p, layer) == &dest ? option_list(p, layer) : -1;
	int o = list < 0 ? list : pkw_node_first(p, list);
	struct pkw_span s;

	for (; o >= 0; o = pkw_node_next(p, o))
		if (pkw_node(p, o)->rec == &hao && pkw_field_bytes(p, o, HAO_HOA, &s) == 0)
			return s.p;
	return NULL;
}

PROTOS(ipv6_ext, &hbh, &dest, &any_routing, &routing, &fragment);
