/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameters of SCTP's chunks: type, length, value, and zeros up to a
 * multiple of four that the length does not count (RFC 9260 §3.2.1).  Scapy's
 * names, its misspelling of the eighth included.  RFC 6525's, which re-config
 * chunks carry, are named as later versions of Scapy do.
 *
 * Adding, deleting and preferring an address share one layout, in which the
 * address is a parameter of its own: its length counts the four bytes of type
 * and length before it.
 */
#include "proto/transport/sctp.h"

#include <pkw/rows.h>

/* clang-format off */
static const struct pkw_label types[] = {
	{ 1, "heartbeat-info", 0 },
	{ 5, "IPv4", 0 },
	{ 6, "IPv6", 0 },
	{ 7, "state-cookie", 0 },
	{ 8, "unrecognized-param", 0 },
	{ 9, "cookie-preservative", 0 },
	{ 11, "hostname", 0 },
	{ 12, "addrtypes", 0 },
	{ 13, "out-ssn-reset-req", 0 },
	{ 14, "in-ssn-reset-req", 0 },
	{ 15, "ssn-tsn-reset-req", 0 },
	{ 16, "re-configuration-response", 0 },
	{ 17, "add-outgoing-stream-req", 0 },
	{ 18, "add-incoming-stream-req", 0 },
	{ 0x8000, "ecn-capable", 0 },
	{ 0x8001, "zero-checksum-acceptable", 0 },
	{ 0x8002, "random", 0 },
	{ 0x8003, "chunk-list", 0 },
	{ 0x8004, "requested-HMAC-functions", 0 },
	{ 0x8005, "padding", 0 },
	{ 0x8008, "supported-extensions", 0 },
	{ 0xc000, "fwd-tsn-supported", 0 },
	{ 0xc001, "add-IP", 0 },
	{ 0xc002, "del-IP", 0 },
	{ 0xc003, "error-indication", 0 },
	{ 0xc004, "set-primary-addr", 0 },
	{ 0xc005, "success-indication", 0 },
	{ 0xc006, "adaptation-layer", 0 },
};
static const struct pkw_label hmacs[] = {
	{ 0, "Reserved1", 0 }, { 1, "SHA-1", 0 }, { 2, "Reserved2", 0 },
	{ 3, "SHA-256", 0 },
};
/* clang-format on */
static const struct pkw_label results[] = {
	{ 0, "success-nothing-to-do", 0 },
	{ 1, "success-performed", 0 },
	{ 2, "denied", 0 },
	{ 3, "wrong-ssn", 0 },
	{ 4, "request-already-in-progress", 0 },
	{ 5, "bad-sequence-number", 0 },
	{ 6, "in-progress", 0 },
};

#define PARAM(t) U16("type", .def = (t), LABELS(types)), U16("len", LEN(PKW_OF_RECORD))

static const struct pkw_field heartbeat_fields[] = { PARAM(1), BYTES("data") };
static const struct pkw_field ip4_fields[]	 = { PARAM(5), IP4("addr", .text = "127.0.0.1") };
static const struct pkw_field ip6_fields[]	 = { PARAM(6), IP6("addr", .text = "::1") };
static const struct pkw_field cookie_fields[]	 = { PARAM(7), BYTES("cookie") };
static const struct pkw_field unrecognized_fields[] = { PARAM(8), BYTES("param") };
static const struct pkw_field preservative_fields[] = {
	PARAM(9),
	U32("sug_cookie_inc", HEX, .doc = "milliseconds to add to its life"),
};
static const struct pkw_field hostname_fields[] = {
	PARAM(11),
	BYTES("hostname", .flags = PKW_RAWTEXT),
};

static const struct pkw_field addr_type_fields[] = { U16("addr_type", .def = 5, LABELS(types)) };
static const struct pkw_record addr_type_rec	 = RECORD("addr_type", 0, addr_type_fields);
static const struct pkw_list addr_types = { .rec = &addr_type_rec, .style = PKW_LIST_VALUES };
static const struct pkw_field addrtypes_fields[] = {
	PARAM(12),
	LIST(&addr_types, "addr_type_list", .text = "[5]"),
};

static const struct pkw_field stream_fields[] = { U16("stream") };
static const struct pkw_record stream_rec     = RECORD("stream", 0, stream_fields);
static const struct pkw_list streams	      = { .rec = &stream_rec, .style = PKW_LIST_VALUES };

static const struct pkw_field out_reset_fields[] = {
	PARAM(13),
	U32("re_conf_req_seq_num", .doc = "number of this request, RFC 6525 §4.1"),
	U32("re_conf_res_seq_num", .doc = "of the request it answers"),
	U32("tsn", HEX, .doc = "the sender's last TSN"),
	LIST(&streams, "stream_num_list", .doc = "none: all"),
};
static const struct pkw_field in_reset_fields[] = {
	PARAM(14),
	U32("re_conf_req_seq_num"),
	LIST(&streams, "stream_num_list", .doc = "none: all"),
};
static const struct pkw_field tsn_reset_fields[] = {
	PARAM(15),
	U32("re_conf_req_seq_num"),
};
static const struct pkw_field response_fields[] = {
	PARAM(16),
	U32("re_conf_res_seq_num"),
	U32("result", LABELS(results)),
	U32("sender_next_tsn", HEX, .flags = PKW_MAYEND),
	U32("receiver_next_tsn", HEX, .flags = PKW_MAYEND),
};
static const struct pkw_field add_out_fields[] = {
	PARAM(17),
	U32("re_conf_req_seq_num"),
	U16("num_new_stream"),
	U16("reserved"),
};
static const struct pkw_field add_in_fields[] = {
	PARAM(18),
	U32("re_conf_req_seq_num"),
	U16("num_new_stream"),
	U16("reserved"),
};

static const struct pkw_field ecn_fields[]    = { PARAM(0x8000) };
static const struct pkw_field random_fields[] = {
	PARAM(0x8002),
	BYTES("random", .doc = "32 bytes, RFC 4895 §3.1"),
};

static const struct pkw_field chunk_fields[]	  = { U8("chunk", LABELS(pkw__sctp_chunk_types)) };
static const struct pkw_record chunk_rec	  = RECORD("chunk", 0, chunk_fields);
static const struct pkw_list chunks		  = { .rec = &chunk_rec, .style = PKW_LIST_VALUES };
static const struct pkw_field chunk_list_fields[] = {
	PARAM(0x8003),
	LIST(&chunks, "chunk_list", .doc = "those that must be authenticated"),
};

static const struct pkw_field hmac_fields[] = { U16("HMAC_function", .def = 1, LABELS(hmacs)) };
static const struct pkw_record hmac_rec	    = RECORD("HMAC_function", 0, hmac_fields);
static const struct pkw_list hmac_list	    = { .rec = &hmac_rec, .style = PKW_LIST_VALUES };
static const struct pkw_field hmac_list_rec_fields[] = {
	PARAM(0x8004),
	LIST(&hmac_list, "HMAC_functions_list", .text = "[1]"),
};

static const struct pkw_field padding_fields[] = { PARAM(0x8005), BYTES("padding") };

static const struct pkw_field extensions_fields[] = {
	PARAM(0x8008),
	LIST(&chunks, "supported_extensions", .text = "[15, 193, 128]"),
};

static const struct pkw_field forward_fields[] = { PARAM(0xc000) };

/* One of the three is there, by the type of address. */
enum { ADDR_TYPE = 3 };
#define ADDRESS(t)                                                                       \
	PARAM(t), U32("correlation_id", HEX), U16("addr_type", .def = 5, LABELS(types)), \
	    U16("addr_len", LEN(PKW_OF_REST, .bias = -4)),                               \
	    IP4("addr", IF(PKW_EQ, ADDR_TYPE, 5), .text = "127.0.0.1"),                  \
	    IP6("addr", IF(PKW_EQ, ADDR_TYPE, 6), .text = "::1"),                        \
	    BYTES("addr", IF(PKW_NIN, ADDR_TYPE, SET(5) | SET(6)))

static const struct pkw_field add_ip_fields[] = { ADDRESS(0xc001) };
static const struct pkw_field del_ip_fields[] = { ADDRESS(0xc002) };
static const struct pkw_field error_fields[]  = {
	 PARAM(0xc003),
	 U32("correlation_id", HEX),
	 BYTES("error_causes"),
};
static const struct pkw_field primary_fields[]	  = { ADDRESS(0xc004) };
static const struct pkw_field success_fields[]	  = { PARAM(0xc005), U32("correlation_id", HEX) };
static const struct pkw_field adaptation_fields[] = { PARAM(0xc006), U32("indication", HEX) };
static const struct pkw_field unknown_fields[]	  = { PARAM(0x3fff), BYTES("value") };

#define PARAM_RECORD(id, suffix, number)    \
	static const struct pkw_record id = \
	    RECORD_WITH("SCTPChunkParam" suffix, number, id##_fields, .align = 4)

PARAM_RECORD(heartbeat, "HeartbeatInfo", 1);
PARAM_RECORD(ip4, "IPv4Addr", 5);
PARAM_RECORD(ip6, "IPv6Addr", 6);
PARAM_RECORD(cookie, "StateCookie", 7);
PARAM_RECORD(unrecognized, "UnrocognizedParam", 8);
PARAM_RECORD(preservative, "CookiePreservative", 9);
PARAM_RECORD(hostname, "Hostname", 11);
PARAM_RECORD(addrtypes, "SupportedAddrTypes", 12);
PARAM_RECORD(out_reset, "OutSSNResetReq", 13);
PARAM_RECORD(in_reset, "InSSNResetReq", 14);
PARAM_RECORD(tsn_reset, "SSNTSNResetReq", 15);
PARAM_RECORD(response, "ReConfigRes", 16);
PARAM_RECORD(add_out, "AddOutgoingStreamReq", 17);
PARAM_RECORD(add_in, "AddIncomingStreamReq", 18);
PARAM_RECORD(ecn, "ECNCapable", 0x8000);
PARAM_RECORD(random, "Random", 0x8002);
PARAM_RECORD(chunk_list, "ChunkList", 0x8003);
PARAM_RECORD(hmac_list_rec, "RequestedHMACFunctions", 0x8004);
PARAM_RECORD(padding, "Padding", 0x8005);
PARAM_RECORD(extensions, "SupportedExtensions", 0x8008);
PARAM_RECORD(forward, "FwdTSN", 0xc000);
PARAM_RECORD(add_ip, "AddIPAddr", 0xc001);
PARAM_RECORD(del_ip, "DelIPAddr", 0xc002);
PARAM_RECORD(error, "ErrorIndication", 0xc003);
PARAM_RECORD(primary, "SetPrimaryAddr", 0xc004);
PARAM_RECORD(success, "SuccessIndication", 0xc005);
PARAM_RECORD(adaptation, "AdaptationLayer", 0xc006);

/* What has no record is Raw in a list of Scapy's. */
static const struct pkw_record unknown =
    RECORD_WITH("SCTPChunkParam", 0, unknown_fields, .align = 4, .nameless = 1);

static const struct pkw_record *const variants[] = {
	&heartbeat,
	&ip4,
	&ip6,
	&cookie,
	&unrecognized,
	&preservative,
	&hostname,
	&addrtypes,
	&out_reset,
	&in_reset,
	&tsn_reset,
	&response,
	&add_out,
	&add_in,
	&ecn,
	&random,
	&chunk_list,
	&hmac_list_rec,
	&padding,
	&extensions,
	&forward,
	&add_ip,
	&del_ip,
	&error,
	&primary,
	&success,
	&adaptation,
	NULL,
};

const struct pkw_list pkw__sctp_params = {
	.rec	   = &unknown,
	.variants  = variants,
	.peek_bit  = 0,
	.peek_bits = 16,
};
