/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PPP network control protocols: IPCP (RFC 1332, 1877), IPV6CP (RFC 5072), ECP
 * (RFC 1968), CCP (RFC 1962).  All negotiate as LCP does: code, identifier,
 * length, and options of type, length and value.  Scapy has IPCP and ECP.
 */
#include "proto/link/lcp.h"
#include "proto/link/link.h"

#include <pkw/rows.h>

static const struct pkw_label codes[] = {
	LCP_CODES,
	{ 11, "Discard-Request" },
	{ 14, "Reset-Request" },
	{ 15, "Reset-Ack" },
};

enum { CONF_REQ = 1, CONF_REJ = 4 };

static int ncp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t got = pkw_u(a, al, LCP_CODE);
	if (!pkw__alike(q, ql, a, al) || pkw_u(q, ql, LCP_CODE) != CONF_REQ ||
	    pkw_u(q, ql, LCP_ID) != pkw_u(a, al, LCP_ID))
		return 0;
	return got > CONF_REQ && got <= CONF_REJ ? 2 : 0;
}

static const struct pkw_label ipcp_types[] = {
	{ 1, "IP-Addresses (Deprecated)" },
	{ 2, "IP-Compression-Protocol" },
	{ 3, "IP-Address" },
	{ 4, "Mobile-IPv4" },
	{ 129, "Primary-DNS-Address" },
	{ 130, "Primary-NBNS-Address" },
	{ 131, "Secondary-DNS-Address" },
	{ 132, "Secondary-NBNS-Address" },
};

static const struct pkw_field ipcp_option_fields[] = {
	LCP_OPTION(0, ipcp_types),
	BYTES("data", .flags = PKW_RAWTEXT),
};
static const struct pkw_record ipcp_option = RECORD("PPP_IPCP_Option", 0, ipcp_option_fields);

#define IPCP_ADDRESS(var, n, t)                                                \
	static const struct pkw_field var##_fields[] = {                       \
		LCP_OPTION(t, ipcp_types),                                     \
		IP4("data", .doc = "0.0.0.0 asks the peer for one"),           \
		BYTES("garbage", .doc = "what the length covers beyond it"),   \
	};                                                                     \
	static const struct pkw_record var = RECORD(n, t, var##_fields)

IPCP_ADDRESS(ipcp_address, "PPP_IPCP_Option_IPAddress", 3);
IPCP_ADDRESS(ipcp_dns1, "PPP_IPCP_Option_DNS1", 129);
IPCP_ADDRESS(ipcp_nbns1, "PPP_IPCP_Option_NBNS1", 130);
IPCP_ADDRESS(ipcp_dns2, "PPP_IPCP_Option_DNS2", 131);
IPCP_ADDRESS(ipcp_nbns2, "PPP_IPCP_Option_NBNS2", 132);

static const struct pkw_record *const ipcp_variants[] = {
	&ipcp_address, &ipcp_dns1, &ipcp_nbns1, &ipcp_dns2, &ipcp_nbns2, NULL,
};
static const struct pkw_list ipcp_options = {
	.rec = &ipcp_option,
	.variants = ipcp_variants,
	.peek_bits = 8,
};

static const struct pkw_label ipv6cp_types[] = {
	{ 1, "Interface-Identifier" },
	{ 2, "IPv6-Compression-Protocol" },
};

static const struct pkw_field ipv6cp_option_fields[] = {
	LCP_OPTION(0, ipv6cp_types),
	BYTES("data"),
};
static const struct pkw_record ipv6cp_option =
    RECORD("PPP_IPV6CP_Option", 0, ipv6cp_option_fields);

static const struct pkw_field ipv6cp_id_fields[] = {
	LCP_OPTION(1, ipv6cp_types),
	U64("interface_id", HEX, .doc = "lower half of the link-local address"),
};
static const struct pkw_record ipv6cp_id =
    RECORD("PPP_IPV6CP_Option_Interface_Id", 1, ipv6cp_id_fields);

static const struct pkw_record *const ipv6cp_variants[] = { &ipv6cp_id, NULL };
static const struct pkw_list ipv6cp_options = {
	.rec = &ipv6cp_option,
	.variants = ipv6cp_variants,
	.peek_bits = 8,
};

static const struct pkw_label ecp_types[] = {
	{ 0, "OUI" },
	{ 1, "DESE" },
	{ 2, "3DESE" },
	{ 3, "DESE-bis" },
};

static const struct pkw_field ecp_option_fields[] = {
	LCP_OPTION(0, ecp_types),
	BYTES("data", .flags = PKW_RAWTEXT),
};
static const struct pkw_record ecp_option = RECORD("PPP_ECP_Option", 0, ecp_option_fields);

static const struct pkw_field ecp_oui_fields[] = {
	LCP_OPTION(0, ecp_types),
	U24("oui", HEX, .doc = "whose method it is"),
	U8("subtype"),
	BYTES("data", .flags = PKW_RAWTEXT),
};
static const struct pkw_record ecp_oui = RECORD("PPP_ECP_Option_OUI", 0, ecp_oui_fields);

static const struct pkw_record *const ecp_variants[] = { &ecp_oui, NULL };
static const struct pkw_list ecp_options = {
	.rec = &ecp_option,
	.variants = ecp_variants,
	.peek_bits = 8,
};

/* RFC 1962 §4 and the methods' own RFCs. */
static const struct pkw_label ccp_types[] = {
	{ 0, "OUI" },
	{ 1, "Predictor type 1" },
	{ 2, "Predictor type 2" },
	{ 3, "Puddle Jumper" },
	{ 16, "Hewlett-Packard PPC" },
	{ 17, "Stac Electronics LZS" },
	{ 18, "Microsoft PPC" },
	{ 19, "Gandalf FZA" },
	{ 20, "V.42bis compression" },
	{ 21, "BSD Compress" },
	{ 23, "LZS-DCP" },
	{ 24, "MVRCA" },
	{ 26, "Deflate" },
	{ 27, "V.44" },
};

static const struct pkw_field ccp_option_fields[] = {
	LCP_OPTION(0, ccp_types),
	BYTES("data"),
};
static const struct pkw_record ccp_option = RECORD("PPP_CCP_Option", 0, ccp_option_fields);
static const struct pkw_list ccp_options = { .rec = &ccp_option };

#define NCP(var, n, text, rfc, number, line)                                   \
	static const struct pkw_field var##_fields[] = {                       \
		LCP_HEAD(CONF_REQ, codes),                                     \
		LIST(&var##_options, "options"),                               \
	};                                                                     \
	static const struct pkw_bind var##_binds[] = {                         \
		{ .space = "ppp", .value = (number) },                         \
	};                                                                     \
	static const struct pkw_proto var = {                                  \
		.rec = RECORD(n, 0, var##_fields),                             \
		.title = (text),                                               \
		.ref = (rfc),                                                  \
		BINDS(var##_binds),                                            \
		.cls = PKW_LINK,                                               \
		.flags = PKW_WHOLE,                                            \
		.summary = (line),                                             \
		.answers = ncp_answers,                                        \
	}

NCP(ipcp, "PPP_IPCP", "PPP IP control protocol", "RFC 1332, RFC 1877", 0x8021, "{code} {id}");
NCP(ipv6cp, "PPP_IPV6CP", "PPP IPv6 control protocol", "RFC 5072", 0x8057, "{code} {id}");
NCP(ecp, "PPP_ECP", "PPP encryption control protocol", "RFC 1968", 0x8053, "{code} {id}");
NCP(ccp, "PPP_CCP", "PPP compression control protocol", "RFC 1962", 0x80fd, "{code} {id}");

PROTOS(ncp, &ipcp, &ipv6cp, &ecp, &ccp);
