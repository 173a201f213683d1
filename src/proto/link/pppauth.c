/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PPP authentication: PAP (RFC 1334) and CHAP (RFC 1994).  As with LCP the code
 * decides what follows the common head; PPP_PAP and PPP_CHAP pick by it and are
 * themselves what is left over, which in CHAP are success and failure with
 * their message.
 */
#include "proto/link/lcp.h"
#include "proto/link/link.h"

#include <pkw/rows.h>

enum { PAP_REQUEST = 1, PAP_ACK, PAP_NAK };
enum { CHAP_CHALLENGE = 1, CHAP_RESPONSE, CHAP_SUCCESS, CHAP_FAILURE };

static const struct pkw_label pap_codes[] = {
	{ PAP_REQUEST, "Authenticate-Request" },
	{ PAP_ACK, "Authenticate-Ack" },
	{ PAP_NAK, "Authenticate-Nak" },
};

static const struct pkw_label chap_codes[] = {
	{ CHAP_CHALLENGE, "Challenge" },
	{ CHAP_RESPONSE, "Response" },
	{ CHAP_SUCCESS, "Success" },
	{ CHAP_FAILURE, "Failure" },
};

static const struct pkw_field pap_fields[] = {
	LCP_HEAD(PAP_REQUEST, pap_codes),
	BYTES("data", .flags = PKW_RAWTEXT),
};

static const struct pkw_bind pap_binds[] = {
	{ .space = "ppp", .value = 0xc023 },
};
static const struct pkw_pick pap_pick = { .bits = 8, .space = "pap.code" };

static const struct pkw_proto pap = {
	.rec = RECORD("PPP_PAP", 0, pap_fields),
	.title = "PPP password authentication protocol",
	.ref = "RFC 1334 §2",
	BINDS(pap_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.pick = &pap_pick,
	.summary = "{code}",
};

enum { REQUEST_USERNAME_LEN = LCP_LEN + 1, REQUEST_USERNAME, REQUEST_PASSWD_LEN, REQUEST_PASSWORD };
static const struct pkw_field request_fields[] = {
	LCP_HEAD(PAP_REQUEST, pap_codes),
	[REQUEST_USERNAME_LEN] = U8("username_len", LEN(REQUEST_USERNAME)),
	[REQUEST_USERNAME]     = BYTES("username", .flags = PKW_RAWTEXT),
	[REQUEST_PASSWD_LEN]   = U8("passwd_len", LEN(REQUEST_PASSWORD)),
	[REQUEST_PASSWORD]     = BYTES("password", .flags = PKW_RAWTEXT),
};

static const struct pkw_bind request_binds[] = {
	{ .space = "pap.code", .value = PAP_REQUEST },
};

static const struct pkw_proto request = {
	.rec = RECORD("PPP_PAP_Request", 0, request_fields),
	.title = "PAP request",
	.ref = "RFC 1334 §2.2.1",
	BINDS(request_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{username} {password}",
};

enum { RESPONSE_MSG_LEN = LCP_LEN + 1, RESPONSE_MESSAGE };
static const struct pkw_field response_fields[] = {
	LCP_HEAD(PAP_ACK, pap_codes),
	[RESPONSE_MSG_LEN] = U8("msg_len", LEN(RESPONSE_MESSAGE)),
	[RESPONSE_MESSAGE] = BYTES("message", .flags = PKW_RAWTEXT),
};

static int response_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t got = pkw_u(a, al, LCP_CODE);
	if (pkw__proto_of(q, ql) != &request || pkw_u(q, ql, LCP_CODE) != PAP_REQUEST ||
	    (got != PAP_ACK && got != PAP_NAK))
		return 0;
	return pkw_u(q, ql, LCP_ID) == pkw_u(a, al, LCP_ID) ? 2 : 0;
}

static const struct pkw_bind response_binds[] = {
	{ .space = "pap.code", .value = PAP_ACK },
	{ .space = "pap.code", .value = PAP_NAK },
};

static const struct pkw_proto response = {
	.rec = RECORD("PPP_PAP_Response", 0, response_fields),
	.title = "PAP answer",
	.ref = "RFC 1334 §2.2.2",
	BINDS(response_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {message}",
	.answers = response_answers,
};

static const struct pkw_proto challenge;

/* A response answers the challenge, success and failure the response. */
static int chap_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t asked = pkw_u(q, ql, LCP_CODE), got = pkw_u(a, al, LCP_CODE);
	if (pkw__proto_of(q, ql) != &challenge ||
	    pkw_u(q, ql, LCP_ID) != pkw_u(a, al, LCP_ID))
		return 0;
	if (asked == CHAP_CHALLENGE)
		return got == CHAP_RESPONSE ? 2 : 0;
	return asked == CHAP_RESPONSE && (got == CHAP_SUCCESS || got == CHAP_FAILURE) ? 2 : 0;
}

enum { CHALLENGE_VALUE_SIZE = LCP_LEN + 1, CHALLENGE_VALUE, CHALLENGE_NAME };
static const struct pkw_field challenge_fields[] = {
	LCP_HEAD(CHAP_CHALLENGE, chap_codes),
	[CHALLENGE_VALUE_SIZE] = U8("value_size", LEN(CHALLENGE_VALUE)),
	[CHALLENGE_VALUE]      = BYTES("value", .text = "b\"\\0\\0\\0\\0\\0\\0\\0\\0\""),
	[CHALLENGE_NAME]       = BYTES("optional_name", .flags = PKW_RAWTEXT),
};

static const struct pkw_bind challenge_binds[] = {
	{ .space = "chap.code", .value = CHAP_CHALLENGE },
	{ .space = "chap.code", .value = CHAP_RESPONSE },
};

static const struct pkw_proto challenge = {
	.rec = RECORD("PPP_CHAP_ChallengeResponse", 0, challenge_fields),
	.title = "CHAP challenge and response",
	.ref = "RFC 1994 §4.1",
	BINDS(challenge_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.summary = "{code} {value} {optional_name}",
	.answers = chap_answers,
};

static const struct pkw_field chap_fields[] = {
	LCP_HEAD(CHAP_CHALLENGE, chap_codes),
	BYTES("data", .flags = PKW_RAWTEXT, .doc = "message"),
};

static const struct pkw_bind chap_binds[] = {
	{ .space = "ppp", .value = 0xc223 },
};
static const struct pkw_pick chap_pick = { .bits = 8, .space = "chap.code" };

static const struct pkw_proto chap = {
	.rec = RECORD("PPP_CHAP", 0, chap_fields),
	.title = "PPP challenge handshake authentication protocol",
	.ref = "RFC 1994 §4",
	BINDS(chap_binds),
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
	.pick = &chap_pick,
	.summary = "{code} {data}",
	.answers = chap_answers,
};

PROTOS(pppauth, &pap, &request, &response, &chap, &challenge);
