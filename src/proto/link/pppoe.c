/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PPP over Ethernet (RFC 2516): the session stage, PPPoE, and the discovery
 * stage, PPPoED, whose payload is a list of tags.  The code says what it is
 * about; in the session stage it is 0.
 */
#include "proto/link/link.h"

#include <pkw/rows.h>

enum { PADO = 0x07, PADI = 0x09, PADR = 0x19, PADS = 0x65 };

static const struct pkw_label codes[] = {
	{ 0x00, "PPP Session Stage" },
	{ PADO, "PPPoE Active Discovery Offer (PADO)" },
	{ PADI, "PPPoE Active Discovery Initiation (PADI)" },
	{ 0x0a, "PPPoE Active Discovery Session-Grant (PADG)" },
	{ 0x0b, "PPPoE Active Discovery Session-Credit Response (PADC)" },
	{ 0x0c, "PPPoE Active Discovery Quality (PADQ)" },
	{ PADR, "PPPoE Active Discovery Request (PADR)" },
	{ PADS, "PPPoE Active Discovery Session-confirmation (PADS)" },
	{ 0xa7, "PPPoE Active Discovery Terminate (PADT)" },
	{ 0xd3, "PPPoE Active Discovery Message (PADM)" },
	{ 0xd4, "PPPoE Active Discovery Network (PADN)" },
};

static const struct pkw_label session_codes[] = {
	{ 0, "Session" },
};

enum { PPPOE_VERSION, PPPOE_TYPE, PPPOE_CODE, PPPOE_SESSIONID, PPPOE_LEN };
static const struct pkw_field pppoe_fields[] = {
	[PPPOE_VERSION]   = BITS(4, "version", .def = 1),
	[PPPOE_TYPE]      = BITS(4, "type", .def = 1),
	[PPPOE_CODE]      = U8("code", NEXT("pppoe"), LABELS(session_codes)),
	[PPPOE_SESSIONID] = U16("sessionid", HEX),
	[PPPOE_LEN]       = U16("len", LEN(PKW_OF_PAYLOAD), .doc = "bytes that follow"),
};
static const struct pkw_field pppoed_fields[] = {
	[PPPOE_VERSION]   = BITS(4, "version", .def = 1),
	[PPPOE_TYPE]      = BITS(4, "type", .def = 1),
	[PPPOE_CODE]      = U8("code", .def = PADI, LABELS(codes)),
	[PPPOE_SESSIONID] = U16("sessionid", HEX),
	[PPPOE_LEN]       = U16("len", LEN(PKW_OF_PAYLOAD), .doc = "bytes of tags"),
};

/* An offer answers an initiation, a confirmation a request; tags are echoed. */
static int pppoed_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t asked = pkw_u(q, ql, PPPOE_CODE), got = pkw_u(a, al, PPPOE_CODE);
	if (!pkw__alike(q, ql, a, al))
		return 0;
	return (asked == PADI && got == PADO) || (asked == PADR && got == PADS) ? 2 : 0;
}

static const struct pkw_bind pppoed_binds[] = {
	{ .space = "ethertype", .value = 0x8863 },
};

static const struct pkw_proto pppoed = {
	.rec = RECORD("PPPoED", 0, pppoed_fields),
	.title = "PPP over Ethernet, discovery stage",
	.ref = "RFC 2516 §5, RFC 4937, RFC 5578",
	BINDS(pppoed_binds),
	.cls = PKW_LINK,
	.next = "PPPoED_Tags",
	.summary = "{code}",
	.answers = pppoed_answers,
};

static const struct pkw_proto *pppoe_guess(const uint8_t *b, size_t n)
{
	return n > 1 && b[1] ? &pppoed : NULL;
}

/* LINKTYPE_PPP_ETHER has frames of both stages. */
static const struct pkw_bind pppoe_binds[] = {
	{ .space = "ethertype", .value = 0x8864 },
	{ .space = "linktype", .value = 51 },
};

static const struct pkw_proto pppoe = {
	.rec = RECORD("PPPoE", 0, pppoe_fields),
	.title = "PPP over Ethernet, session stage",
	.ref = "RFC 2516 §6",
	BINDS(pppoe_binds),
	.cls = PKW_LINK,
	.summary = "session {sessionid}",
	.guess = pppoe_guess,
};

static const struct pkw_label tags[] = {
	{ 0x0000, "End-Of-List" },
	{ 0x0101, "Service-Name" },
	{ 0x0102, "AC-Name" },
	{ 0x0103, "Host-Uniq" },
	{ 0x0104, "AC-Cookie" },
	{ 0x0105, "Vendor-Specific" },
	{ 0x0106, "Credits" },
	{ 0x0107, "Metrics" },
	{ 0x0108, "Sequence Number" },
	{ 0x0109, "Credit Scale Factor" },
	{ 0x0110, "Relay-Session-Id" },
	{ 0x0111, "HURL" },
	{ 0x0112, "MOTM" },
	{ 0x0120, "PPP-Max-Payload" },
	{ 0x0121, "IP_Route_Add" },
	{ 0x0201, "Service-Name-Error" },
	{ 0x0202, "AC-System-Error" },
	{ 0x0203, "Generic-Error" },
};

enum { TAG_TYPE, TAG_LEN, TAG_VALUE };
static const struct pkw_field tag_fields[] = {
	[TAG_TYPE]  = U16("tag_type", LABELS(tags)),
	[TAG_LEN]   = U16("tag_len", LEN(TAG_VALUE)),
	[TAG_VALUE] = BYTES("tag_value", .flags = PKW_RAWTEXT),
};
static const struct pkw_record tag = RECORD("PPPoETag", 0, tag_fields);
static const struct pkw_list tag_list = { .rec = &tag };

static const struct pkw_field tags_fields[] = {
	LIST(&tag_list, "tag_list"),
};

static const struct pkw_proto pppoed_tags = {
	.rec = RECORD("PPPoED_Tags", 0, tags_fields),
	.title = "Tags of PPPoE discovery",
	.ref = "RFC 2516 appendix A",
	.cls = PKW_LINK,
	.flags = PKW_WHOLE,
};

PROTOS(pppoe, &pppoe, &pppoed, &pppoed_tags);
