/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PPP link control protocol (RFC 1661 §5).
 *
 * One protocol number, and a code that says what stands behind the common code,
 * identifier and length: options, a magic number, a rejected packet.  As in
 * Scapy each is a protocol of its own; PPP_LCP picks by the code and is itself
 * what is left over.  Bytes behind the length are padding.
 */
#include "proto/link/lcp.h"
#include "proto/link/link.h"
#include "proto/link/pppnumbers.h"

#include <pkw/rows.h>

enum { CONF_REQ = 1, CONF_ACK, CONF_NAK, CONF_REJ, TERM_REQ, TERM_ACK, CODE_REJ, PROTO_REJ,
	ECHO_REQ, ECHO_REP, DISCARD };

static const struct pkw_label codes[] = {
	LCP_CODES,
	{ 11, "Discard-Request" },
	{ 12, "Identification" },
	{ 13, "Time-Remaining" },
};

#define HEAD(c) LCP_HEAD(c, codes)

/* Options (RFC 1661 §6, RFC 1570, RFC 1990). */
static const struct pkw_label option_types[] = {
	{ 1, "Maximum-Receive-Unit" },
	{ 2, "Async-Control-Character-Map" },
	{ 3, "Authentication-protocol" },
	{ 4, "Quality-protocol" },
	{ 5, "Magic-number" },
	{ 7, "Protocol-Field-Compression" },
	{ 8, "Address-and-Control-Field-Compression" },
	{ 9, "FCS-Alternatives" },
	{ 10, "Self-Describing-Padding" },
	{ 13, "Callback" },
	{ 17, "Multilink-MRRU" },
	{ 18, "Multilink-Short-Sequence-Number" },
	{ 19, "Multilink-Endpoint-Discriminator" },
	{ 23, "Link-Discriminator" },
};
#define OPTION(t) LCP_OPTION(t, option_types)

static const struct pkw_field option_fields[] = {
	OPTION(0),
	BYTES("data", .flags = PKW_RAWTEXT),
};
static const struct pkw_record option = RECORD("PPP_LCP_Option", 0, option_fields);

static const struct pkw_field mru_fields[] = {
	OPTION(1),
	U16("max_recv_unit", .def = 1500),
};
static const struct pkw_record mru = RECORD("PPP_LCP_MRU_Option", 1, mru_fields);

static const struct pkw_field accm_fields[] = {
	OPTION(2),
	BITS(32, "accm", HEX, .doc = "bit n: control character n must be escaped"),
};
static const struct pkw_record accm = RECORD("PPP_LCP_ACCM_Option", 2, accm_fields);

static const struct pkw_label auth_protocols[] = {
	{ 0xc023, "Password authentication protocol" },
	{ 0xc223, "Challenge-response authentication protocol" },
	{ 0xc227, "PPP Extensible authentication protocol" },
};
static const struct pkw_label algorithms[] = {
	{ 5, "MD5" },
	{ 6, "SHA1" },
	{ 128, "MS-CHAP" },
	{ 129, "MS-CHAP-v2" },
};
enum { AUTH_TYPE, AUTH_LEN, AUTH_PROTOCOL, AUTH_DATA, AUTH_ALGORITHM };
static const struct pkw_field auth_fields[] = {
	OPTION(3),
	[AUTH_PROTOCOL]  = U16("auth_protocol", HEX, .def = 0xc023, LABELS(auth_protocols)),
	[AUTH_DATA]      = BYTES("data", IF(PKW_NE, AUTH_PROTOCOL, 0xc223)),
	[AUTH_ALGORITHM] = U8("algorithm", .def = 5, LABELS(algorithms),
	    IF(PKW_EQ, AUTH_PROTOCOL, 0xc223)),
};
static const struct pkw_record auth = RECORD("PPP_LCP_Auth_Protocol_Option", 3, auth_fields);

static const struct pkw_label quality_protocols[] = {
	{ 0xc025, "Link Quality Report" },
};
static const struct pkw_field quality_fields[] = {
	OPTION(4),
	U16("quality_protocol", HEX, .def = 0xc025, LABELS(quality_protocols)),
	BYTES("data"),
};
static const struct pkw_record quality =
    RECORD("PPP_LCP_Quality_Protocol_Option", 4, quality_fields);

static const struct pkw_field magic_fields[] = {
	OPTION(5),
	U32("magic_number", .doc = "differs at the two ends unless the link is looped"),
};
static const struct pkw_record magic = RECORD("PPP_LCP_Magic_Number_Option", 5, magic_fields);

static const struct pkw_label operations[] = {
	{ 0, "Location determined by user authentication" },
	{ 1, "Dialing string" },
	{ 2, "Location identifier" },
	{ 3, "E.164 number" },
	{ 4, "Distinguished name" },
};
static const struct pkw_field callback_fields[] = {
	OPTION(13),
	U8("operation", LABELS(operations)),
	BYTES("message", .flags = PKW_RAWTEXT),
};
static const struct pkw_record callback = RECORD("PPP_LCP_Callback_Option", 13, callback_fields);

static const struct pkw_record *const option_variants[] = {
	&mru, &accm, &auth, &quality, &magic, &callback, NULL,
};
static const struct pkw_list options = {
	.rec = &option,
	.variants = option_variants,
	.peek_bits = 8,
};

#define LCP_ROW(c) { .space = "lcp.code", .value = (c) }

/* Whether `got' is an answer to `asked' and both have one identifier. */
static int pair(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al, uint64_t asked,
    uint64_t from, uint64_t to)
{
	uint64_t got = pkw_u(a, al, LCP_CODE);
	if (!pkw__alike(q, ql, a, al) || pkw_u(q, ql, LCP_CODE) != asked ||
	    pkw_u(q, ql, LCP_ID) != pkw_u(a, al, LCP_ID))
		return 0;
	return got >= from && got <= to ? 2 : 0;
}

static const struct pkw_field configure_fields[] = {
	HEAD(CONF_REQ),
	LIST(&options, "options"),
};

static int configure_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pair(q, ql, a, al, CONF_REQ, CONF_ACK, CONF_REJ);
}

static const struct pkw_bind configure_binds[] = {
	LCP_ROW(CONF_REQ),
	LCP_ROW(CONF_ACK),
	LCP_ROW(CONF_NAK),
	LCP_ROW(CONF_REJ),
};

static const struct pkw_proto configure = {
	.rec = RECORD("PPP_LCP_Configure", 0, configure_fields),
	.title = "LCP configuration",
	.ref = "RFC 1661 §5.1-5.4",
	BINDS(configure_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {id}",
	.answers = configure_answers,
};

static const struct pkw_field terminate_fields[] = {
	HEAD(TERM_REQ),
	BYTES("data", .flags = PKW_RAWTEXT),
};

static int terminate_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pair(q, ql, a, al, TERM_REQ, TERM_ACK, TERM_ACK);
}

static const struct pkw_bind terminate_binds[] = {
	LCP_ROW(TERM_REQ),
	LCP_ROW(TERM_ACK),
};

static const struct pkw_proto terminate = {
	.rec = RECORD("PPP_LCP_Terminate", 0, terminate_fields),
	.title = "LCP termination",
	.ref = "RFC 1661 §5.5",
	BINDS(terminate_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {id}",
	.answers = terminate_answers,
};

static const struct pkw_field code_reject_fields[] = {
	HEAD(CODE_REJ),
	BYTES("rejected_packet", .inner = "PPP_LCP"),
};

static const struct pkw_bind code_reject_binds[] = {
	LCP_ROW(CODE_REJ),
};

static const struct pkw_proto code_reject = {
	.rec = RECORD("PPP_LCP_Code_Reject", 0, code_reject_fields),
	.title = "LCP code reject",
	.ref = "RFC 1661 §5.6",
	BINDS(code_reject_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {id}",
};

static const struct pkw_field proto_reject_fields[] = {
	HEAD(PROTO_REJ),
	U16("rejected_protocol", HEX, LABELS(pkw__ppp_numbers)),
	BYTES("rejected_information", .inner = "Raw"),
};

static const struct pkw_bind proto_reject_binds[] = {
	LCP_ROW(PROTO_REJ),
};

static const struct pkw_proto proto_reject = {
	.rec = RECORD("PPP_LCP_Protocol_Reject", 0, proto_reject_fields),
	.title = "LCP protocol reject",
	.ref = "RFC 1661 §5.7",
	BINDS(proto_reject_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {rejected_protocol}",
};

static const struct pkw_field echo_fields[] = {
	HEAD(ECHO_REQ),
	U32("magic_number"),
	BYTES("data", .flags = PKW_RAWTEXT),
};

static int echo_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pair(q, ql, a, al, ECHO_REQ, ECHO_REP, ECHO_REP);
}

static const struct pkw_bind echo_binds[] = {
	LCP_ROW(ECHO_REQ),
	LCP_ROW(ECHO_REP),
};

static const struct pkw_proto echo = {
	.rec = RECORD("PPP_LCP_Echo", 0, echo_fields),
	.title = "LCP echo",
	.ref = "RFC 1661 §5.8",
	BINDS(echo_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {id}",
	.answers = echo_answers,
};

static const struct pkw_field discard_fields[] = {
	HEAD(DISCARD),
	U32("magic_number"),
	BYTES("data", .flags = PKW_RAWTEXT),
};

static const struct pkw_bind discard_binds[] = {
	LCP_ROW(DISCARD),
};

static const struct pkw_proto discard = {
	.rec = RECORD("PPP_LCP_Discard_Request", 0, discard_fields),
	.title = "LCP discard request",
	.ref = "RFC 1661 §5.9",
	BINDS(discard_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {id}",
};

static const struct pkw_field lcp_fields[] = {
	HEAD(TERM_REQ),
	BYTES("data", .flags = PKW_RAWTEXT),
};

static const struct pkw_bind lcp_binds[] = {
	{ .space = "ppp", .value = 0xc021 },
};
static const struct pkw_pick lcp_pick = { .bits = 8, .space = "lcp.code" };

static const struct pkw_proto lcp = {
	.rec = RECORD("PPP_LCP", 0, lcp_fields),
	.title = "PPP link control protocol",
	.ref = "RFC 1661 §5",
	BINDS(lcp_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.pick = &lcp_pick,
	.summary = "{code} {id}",
};

PROTOS(lcp, &lcp, &configure, &terminate, &code_reject, &proto_reject, &echo, &discard);
