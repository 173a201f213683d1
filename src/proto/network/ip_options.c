/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 options (RFC 791 §3.1 and later ones).  Each starts with one octet of
 * copied flag, class and number; all but the first two also have a length,
 * which counts the whole option.  The number alone tells which record it is,
 * as the other bits only say how the option travels.
 *
 * An end-of-list option does not stop dissection: what follows it is shown as
 * the options it looks like (zeros: more end-of-list), so that every byte has a
 * name and the list as a text gives the same bytes again.
 *
 * A timestamp option has room for many stamps.  Scapy names the first one, so
 * the others are in two lists behind it, one for each form of the option.
 */
#include "proto/network/inet.h"

#include <pkw/rows.h>

static const struct pkw_label classes[] = {
	{ 0, "control", 0 },
	{ 2, "debug", 0 },
};

static const struct pkw_label numbers[] = {
	{ 0, "end_of_list", 0 },
	{ 1, "nop", 0 },
	{ 2, "security", 0 },
	{ 3, "loose_source_route", 0 },
	{ 4, "timestamp", 0 },
	{ 5, "extended_security", 0 },
	{ 6, "commercial_security", 0 },
	{ 7, "record_route", 0 },
	{ 8, "stream_id", 0 },
	{ 9, "strict_source_route", 0 },
	{ 10, "experimental_measurement", 0 },
	{ 11, "mtu_probe", 0 },
	{ 12, "mtu_reply", 0 },
	{ 13, "flow_control", 0 },
	{ 14, "access_control", 0 },
	{ 15, "encode", 0 },
	{ 16, "imi_traffic_descriptor", 0 },
	{ 17, "extended_IP", 0 },
	{ 18, "traceroute", 0 },
	{ 19, "address_extension", 0 },
	{ 20, "router_alert", 0 },
	{ 21, "selective_directed_broadcast_mode", 0 },
	{ 23, "dynamic_packet_state", 0 },
	{ 24, "upstream_multicast_packet", 0 },
	{ 25, "quick_start", 0 },
	{ 30, "rfc4727_experiment", 0 },
};

static const struct pkw_label alerts[] = {
	{ 0, "router_shall_examine_packet", 0 },
	{ 65535, "reserved", 0 },
};

static const struct pkw_label stamp_forms[] = {
	{ 0, "timestamp_only", 0 },
	{ 1, "timestamp_and_ip_addr", 0 },
	{ 3, "prespecified_ip_addr", 0 },
};

#define HEAD(copy, cls, number)                                                                    \
	BITS(1, "copy_flag", .def = (copy), .doc = "goes into every fragment"),                    \
	BITS(2, "optclass", .def = (cls), LABELS(classes)),                                        \
	BITS(5, "option", .def = (number), LABELS(numbers), .doc = "which option")
#define LENGTH U8("length", LEN(PKW_OF_RECORD))

enum { ROUTE_POINTER = 4, ROUTE_ROUTERS };
#define ROUTE(copy, number)                                                                        \
	HEAD(copy, 0, number), LENGTH,                                                             \
	[ROUTE_POINTER] = U8("pointer", .def = 4, .doc = "the next address, counted from 1"),      \
	[ROUTE_ROUTERS] = LIST(&addresses, "routers", .doc = "addresses passed or to be passed")

static const struct pkw_field address_fields[] = { IP4("address") };
static const struct pkw_record address_rec = RECORD("IPOption_Address", 0, address_fields);
static const struct pkw_list addresses = { .rec = &address_rec, .style = PKW_LIST_VALUES };

static const struct pkw_field generic_fields[] = {
	HEAD(0, 0, 0),
	LENGTH,
	BYTES("value"),
};

static const struct pkw_field eol_fields[] = { HEAD(0, 0, 0) };
static const struct pkw_field nop_fields[] = { HEAD(0, 0, 1) };

static const struct pkw_field security_fields[] = {
	HEAD(1, 0, 2),
	LENGTH,
	U16("security", .doc = "level"),
	U16("compartment"),
	U16("handling_restrictions"),
	TEXTN(3, "transmission_control_code", .text = "xxx"),
};

static const struct pkw_field lsrr_fields[] = { ROUTE(1, 3) };
static const struct pkw_field rr_fields[] = { ROUTE(0, 7) };
static const struct pkw_field ssrr_fields[] = { ROUTE(1, 9) };

static const struct pkw_field stream_id_fields[] = {
	HEAD(1, 0, 8),
	LENGTH,
	U16("security", .doc = "the stream's number"),
};

static const struct pkw_field mtu_probe_fields[] = {
	HEAD(0, 0, 11),
	LENGTH,
	U16("mtu"),
};

static const struct pkw_field mtu_reply_fields[] = {
	HEAD(0, 0, 12),
	LENGTH,
	U16("mtu"),
};

static const struct pkw_field traceroute_fields[] = {
	HEAD(0, 0, 18),
	LENGTH,
	U16("id"),
	U16("outbound_hops"),
	U16("return_hops"),
	IP4("originator_ip"),
};

static const struct pkw_field stamp_fields[] = { U32("timestamp") };
static const struct pkw_record stamp_rec = RECORD("IPOption_Stamp", 0, stamp_fields);
static const struct pkw_list stamps = { .rec = &stamp_rec, .style = PKW_LIST_VALUES };

static const struct pkw_field hop_fields[] = {
	IP4("internet_address"),
	U32("timestamp", .doc = "milliseconds since midnight UTC"),
};
static const struct pkw_record hop_rec = RECORD("IPOption_Timestamp_Hop", 0, hop_fields);
static const struct pkw_list hops = { .rec = &hop_rec };

enum { TS_FLG = 6 };
static const struct pkw_field timestamp_fields[] = {
	HEAD(0, 2, 4),
	LENGTH,
	U8("pointer", .def = 9, .doc = "the next free place, counted from 1"),
	BITS(4, "oflw", .doc = "hosts that found no room"),
	[TS_FLG] = BITS(4, "flg", .def = 1, LABELS(stamp_forms)),
	IP4("internet_address", IF(PKW_NE, TS_FLG, 0)),
	U32("timestamp", .doc = "milliseconds since midnight UTC"),
	LIST(&stamps, "stamps", IF(PKW_EQ, TS_FLG, 0), .doc = "those behind the first"),
	LIST(&hops, "hops", IF(PKW_NE, TS_FLG, 0), .doc = "those behind the first"),
};

static const struct pkw_field address_extension_fields[] = {
	HEAD(1, 0, 19),
	LENGTH,
	IP4("src_ext"),
	IP4("dst_ext"),
};

static const struct pkw_field router_alert_fields[] = {
	HEAD(1, 0, 20),
	LENGTH,
	U16("alert", LABELS(alerts)),
};

static const struct pkw_field sdbm_fields[] = {
	HEAD(1, 0, 21),
	LENGTH,
	LIST(&addresses, "addresses"),
};

static const struct pkw_record generic = RECORD("IPOption", 0, generic_fields);
static const struct pkw_record eol = RECORD("IPOption_EOL", 0, eol_fields);
static const struct pkw_record nop = RECORD("IPOption_NOP", 1, nop_fields);
static const struct pkw_record security = RECORD("IPOption_Security", 2, security_fields);
static const struct pkw_record lsrr = RECORD("IPOption_LSRR", 3, lsrr_fields);
static const struct pkw_record timestamp = RECORD("IPOption_Timestamp", 4, timestamp_fields);
static const struct pkw_record rr = RECORD("IPOption_RR", 7, rr_fields);
static const struct pkw_record stream_id = RECORD("IPOption_Stream_Id", 8, stream_id_fields);
static const struct pkw_record ssrr = RECORD("IPOption_SSRR", 9, ssrr_fields);
static const struct pkw_record mtu_probe = RECORD("IPOption_MTU_Probe", 11, mtu_probe_fields);
static const struct pkw_record mtu_reply = RECORD("IPOption_MTU_Reply", 12, mtu_reply_fields);
static const struct pkw_record traceroute = RECORD("IPOption_Traceroute", 18, traceroute_fields);
static const struct pkw_record address_extension =
    RECORD("IPOption_Address_Extension", 19, address_extension_fields);
static const struct pkw_record router_alert = RECORD("IPOption_Router_Alert", 20, router_alert_fields);
static const struct pkw_record sdbm = RECORD("IPOption_SDBM", 21, sdbm_fields);

static const struct pkw_record *const variants[] = {
	&eol, &nop, &security, &lsrr, &timestamp, &rr, &stream_id, &ssrr, &mtu_probe, &mtu_reply,
	&traceroute, &address_extension, &router_alert, &sdbm, NULL
};

const struct pkw_list pkw__ip_options = {
	.rec = &generic,
	.variants = variants,
	.peek_bit = 3,
	.peek_bits = 5,
};

/*
 * RFC 791: a source route is used up once its pointer is beyond its length; the
 * header's own destination is the final one then.  Two routes in one header are
 * forbidden, so no one can tell which of them counts.
 */
const uint8_t *pkw__ip_final(const struct pkw_pkt *p, int layer)
{
	const uint8_t *final = NULL;
	int root = pkw_root(p, layer);
	int list = root < 0 ? root : pkw_node_child(p, root, IP_OPTIONS);

	if (list < 0)
		return NULL;
	for (int o = pkw_node_first(p, list); o >= 0; o = pkw_node_next(p, o)) {
		const struct pkw_node *n = pkw_node(p, o);
		struct pkw_span s;
		uint64_t pointer;
		if (n->rec != &lsrr && n->rec != &ssrr)
			continue;
		if (pkw_field_u(p, o, ROUTE_POINTER, &pointer) < 0 || pointer > n->len)
			continue;
		if (pkw_field_bytes(p, o, ROUTE_ROUTERS, &s) < 0 || s.len < 4)
			continue;
		if (final)
			return NULL;
		final = s.p + s.len / 4 * 4 - 4;
	}
	return final;
}
