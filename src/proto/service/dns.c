/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNS (RFC 1035), with mDNS (RFC 6762) on port 5353 and LLMNR (RFC 4795).
 *
 * A header, four counts, and four lists: questions, answers, authorities,
 * additional records.  Over TCP a length stands in front (RFC 1035 section
 * 4.2.2) and compression pointers count from behind it.  Several messages in one
 * segment: the first is a layer, the rest is Raw.
 *
 * The header has no payload in a well-formed message; what lies behind the last
 * record stays as it is.
 */
#include "proto/codecs.h"
#include "proto/service/dns.h"

#include <pkw/pkt.h>

#include <strings.h>

static const struct pkw_field question_fields[] = {
	CODED(&pkw__dns_name, "qname", .text = "www.example.com."),
	U16("qtype", .def = 1, LABELS(pkw__dns_types)),
	U16("qclass", .def = 1, LABELS(pkw__dns_classes)),
};
static const struct pkw_record question = RECORD("DNSQR", 0, question_fields);
static const struct pkw_list questions = { .rec = &question, .style = PKW_LIST_CHAIN };

static const struct pkw_label opcodes[] = {
	{ 0, "QUERY", 0 },
	{ 1, "IQUERY", 0 },
	{ 2, "STATUS", 0 },
	{ 4, "NOTIFY", 0 },
	{ 5, "UPDATE", 0 },
	{ 6, "DSO", 0 },
};
static const struct pkw_label rcodes[] = {
	{ 0, "ok", 0 },
	{ 1, "format-error", 0 },
	{ 2, "server-failure", 0 },
	{ 3, "name-error", 0 },
	{ 4, "not-implemented", 0 },
	{ 5, "refused", 0 },
	{ 6, "YXDomain", 0 },
	{ 7, "YXRRSet", 0 },
	{ 8, "NXRRSet", 0 },
	{ 9, "NotAuth", 0 },
	{ 10, "NotZone", 0 },
	{ 11, "DSOTYPENI", 0 },
};

enum { DNS_LENGTH, DNS_ID, DNS_QR, DNS_OPCODE, DNS_AA, DNS_TC, DNS_RD, DNS_RA, DNS_Z, DNS_AD,
	DNS_CD, DNS_RCODE, DNS_QDCOUNT, DNS_ANCOUNT, DNS_NSCOUNT, DNS_ARCOUNT, DNS_QD, DNS_AN,
	DNS_NS, DNS_AR };

static const struct pkw_field dns_fields[] = {
	[DNS_LENGTH]  = U16("length", LEN(PKW_OF_REST), IF_UNDER("TCP")),
	[DNS_ID]      = U16("id"),
	[DNS_QR]      = BITS(1, "qr", .doc = "0 query, 1 response"),
	[DNS_OPCODE]  = BITS(4, "opcode", LABELS(opcodes)),
	[DNS_AA]      = BITS(1, "aa", .doc = "authoritative answer"),
	[DNS_TC]      = BITS(1, "tc", .doc = "truncated"),
	[DNS_RD]      = BITS(1, "rd", .def = 1, .doc = "recursion desired"),
	[DNS_RA]      = BITS(1, "ra", .doc = "recursion available"),
	[DNS_Z]       = BITS(1, "z"),
	[DNS_AD]      = BITS(1, "ad", .doc = "authentic data"),
	[DNS_CD]      = BITS(1, "cd", .doc = "checking disabled"),
	[DNS_RCODE]   = BITS(4, "rcode", LABELS(rcodes)),
	[DNS_QDCOUNT] = U16("qdcount", COUNT(DNS_QD)),
	[DNS_ANCOUNT] = U16("ancount", COUNT(DNS_AN)),
	[DNS_NSCOUNT] = U16("nscount", COUNT(DNS_NS)),
	[DNS_ARCOUNT] = U16("arcount", COUNT(DNS_AR)),
	[DNS_QD]      = LIST(&questions, "qd", .text = "DNSQR()", .doc = "questions"),
	[DNS_AN]      = LIST(&pkw__dns_rrs, "an", .doc = "answers"),
	[DNS_NS]      = LIST(&pkw__dns_rrs, "ns", .doc = "authorities"),
	[DNS_AR]      = LIST(&pkw__dns_rrs, "ar", .doc = "additional records"),
};

static struct pkw_wire wire_of(const struct pkw_pkt *p, int layer)
{
	struct pkw_wire w = { .bytes = pkw_bytes(p).p, .end = pkw_view(p)->layers[layer].end };
	uint64_t bit = 0, bits;

	pkw_field_where(p, pkw_root(p, layer), DNS_ID, &bit, &bits);
	w.layer = (uint32_t)(bit / 8);
	return w;
}

/* What a question and a record have in common is their first field. */
static int same_name(const struct pkw_pkt *q, int qn, const struct pkw_pkt *a, int an)
{
	const struct pkw_node *qnode = pkw_node(q, qn), *anode = pkw_node(a, an);
	struct pkw_wire qw = wire_of(q, qnode->layer), aw = wire_of(a, anode->layer);
	struct pkw__labels ql, al;
	const uint8_t *qs, *as;
	int n;

	pkw__labels_begin(&ql, &qw, qnode->off, qnode->len, 1);
	pkw__labels_begin(&al, &aw, anode->off, anode->len, 1);
	do {
		n = pkw__labels_next(&ql, &qs);
		if (n < 0 || n != pkw__labels_next(&al, &as) ||
		    strncasecmp((const char *)qs, (const char *)as, (size_t)n) != 0)
			return 0;
	} while (n > 0);
	return 1;
}

/* Is there one of q's questions in the list of a? */
static int names_meet(
    const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al, unsigned field)
{
	int qd = pkw_node_child(q, pkw_root(q, ql), DNS_QD);
	int list = pkw_node_child(a, pkw_root(a, al), field);

	for (int i = qd < 0 ? -1 : pkw_node_first(q, qd); i >= 0; i = pkw_node_next(q, i))
		for (int k = list < 0 ? -1 : pkw_node_first(a, list); k >= 0; k = pkw_node_next(a, k))
			if (same_name(q, i, a, k))
				return 1;
	return 0;
}

/*
 * Multicast responses have id 0 whatever the question's was, repeat no question
 * and come unasked too: there the names decide (RFC 6762 section 18.1).
 */
static int dns_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t qid = pkw_u(q, ql, DNS_ID), aid = pkw_u(a, al, DNS_ID);

	if (pkw_u(q, ql, DNS_QR) != 0 || pkw_u(a, al, DNS_QR) != 1)
		return 0;
	if (aid != 0)
		return qid == aid ? 2 : 0;
	return names_meet(q, ql, a, al, DNS_QD) || names_meet(q, ql, a, al, DNS_AN) ? 2 : 0;
}

static const struct pkw_bind dns_binds[] = {
	{ "udp.port", 53, { 53, 53 }, 0 },
	{ "udp.port", 5353, { 0, 0 }, 'd' },
	{ "tcp.port", 53, { 53, 0 }, 0 },
};

static const struct pkw_proto dns = {
	.rec     = RECORD("DNS", 0, dns_fields),
	.title   = "Domain Name System",
	.ref     = "RFC 1035, RFC 6762",
	.cls     = PKW_APP,
	.flags   = PKW_WHOLE,
	.origin  = DNS_ID,
	.summary = "{id} {qd.qtype qname}[ {rcode}][ answers {ancount} {an.type rdlen+}]",
	BINDS(dns_binds),
	.answers = dns_answers,
};

static const struct pkw_label llmnr_opcodes[] = {
	{ 0, "QUERY", 0 },
};
static const struct pkw_label llmnr_rcodes[] = {
	{ 0, "ok", 0 },
};

enum { LLMNR_ID, LLMNR_QR, LLMNR_OPCODE, LLMNR_C, LLMNR_TC, LLMNR_Z, LLMNR_RCODE, LLMNR_QDCOUNT,
	LLMNR_ANCOUNT, LLMNR_NSCOUNT, LLMNR_ARCOUNT, LLMNR_QD, LLMNR_AN, LLMNR_NS, LLMNR_AR };

/* Scapy gives tc two bits and thereby the T bit to z; so do we. */
#define LLMNR_FIELDS(response)                                                                     \
	{                                                                                          \
		[LLMNR_ID]      = U16("id"),                                                       \
		[LLMNR_QR]      = BITS(1, "qr", .def = (response)),                                \
		[LLMNR_OPCODE]  = BITS(4, "opcode", LABELS(llmnr_opcodes)),                        \
		[LLMNR_C]       = BITS(1, "c", .doc = "conflict"),                                 \
		[LLMNR_TC]      = BITS(2, "tc"),                                                   \
		[LLMNR_Z]       = BITS(4, "z"),                                                    \
		[LLMNR_RCODE]   = BITS(4, "rcode", LABELS(llmnr_rcodes)),                          \
		[LLMNR_QDCOUNT] = U16("qdcount", COUNT(LLMNR_QD)),                                 \
		[LLMNR_ANCOUNT] = U16("ancount", COUNT(LLMNR_AN)),                                 \
		[LLMNR_NSCOUNT] = U16("nscount", COUNT(LLMNR_NS)),                                 \
		[LLMNR_ARCOUNT] = U16("arcount", COUNT(LLMNR_AR)),                                 \
		[LLMNR_QD]      = LIST(&questions, "qd"),                                          \
		[LLMNR_AN]      = LIST(&pkw__dns_rrs, "an"),                                       \
		[LLMNR_NS]      = LIST(&pkw__dns_rrs, "ns"),                                       \
		[LLMNR_AR]      = LIST(&pkw__dns_rrs, "ar"),                                       \
	}

static const struct pkw_field llmnr_query_fields[] = LLMNR_FIELDS(0);
static const struct pkw_field llmnr_response_fields[] = LLMNR_FIELDS(1);

static int llmnr_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return 2 * (pkw_u(q, ql, LLMNR_ID) == pkw_u(a, al, LLMNR_ID) &&
	    !pkw_u(q, ql, LLMNR_QR) && pkw_u(a, al, LLMNR_QR));
}

static const struct pkw_bind llmnr_binds[] = {
	{ "udp.port", 5355, { 5355, 5355 }, 0 },
};
static const struct pkw_bind llmnr_query_binds[] = {
	{ "llmnr", 0, { 0, 0 }, 0 },
};
static const struct pkw_bind llmnr_response_binds[] = {
	{ "llmnr", 1, { 0, 0 }, 0 },
};
static const struct pkw_pick llmnr_pick = { .bit = 16, .bits = 1, .space = "llmnr" };

/* Scapy's _LLMNR: the qr bit chooses. */
static const struct pkw_proto llmnr = {
	.rec   = EMPTY("LLMNR", 0),
	.title = "Link-Local Multicast Name Resolution",
	.ref   = "RFC 4795",
	.cls   = PKW_APP,
	.flags = PKW_ABSTRACT,
	.pick  = &llmnr_pick,
	.next  = "LLMNRQuery",
	BINDS(llmnr_binds),
};
static const struct pkw_proto llmnr_query = {
	.rec     = RECORD("LLMNRQuery", 0, llmnr_query_fields),
	.title   = "Link-Local Multicast Name Resolution: query",
	.ref     = "RFC 4795",
	.cls     = PKW_APP,
	.flags   = PKW_WHOLE,
	.summary = "{id} {qd.qtype qname}",
	BINDS(llmnr_query_binds),
	.answers = llmnr_answers,
};
static const struct pkw_proto llmnr_response = {
	.rec     = RECORD("LLMNRResponse", 0, llmnr_response_fields),
	.title   = "Link-Local Multicast Name Resolution: response",
	.ref     = "RFC 4795",
	.cls     = PKW_APP,
	.flags   = PKW_WHOLE,
	.summary = "{id} {qd.qname} answers {ancount} {an.type rdlen+}",
	BINDS(llmnr_response_binds),
	.answers = llmnr_answers,
};

PROTOS(dns, &dns, &llmnr, &llmnr_query, &llmnr_response);
