/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resource records: each kind that Scapy has a class for is a record of its
 * own, all others are DNSRR with an rdata that depends on the type (see
 * dns_rdata.c).  Which one it is stands behind the owner's name, at no fixed
 * place; rr_key() looks there.
 *
 * Where Scapy 2.5 is wrong we are not: DNSRRMX has type 15 (Scapy: 6), and the
 * lengths of salts, hashes and MACs are computed (Scapy: 0 and 20).
 */
#include "proto/codecs.h"
#include "proto/service/dns.h"

#include "base/addr.h"

#include <string.h>

const struct pkw_label pkw__dns_types[PKW__DNS_TYPES_N] = {
#define PKW_X(number, label) { .value = (number), .name = (label) },
	PKW_DNS_TYPES(PKW_X)
#undef PKW_X
};

const struct pkw_label pkw__dns_classes[PKW__DNS_CLASSES_N] = {
	{ 1, "IN", 0 },
	{ 2, "CS", 0 },
	{ 3, "CH", 0 },
	{ 4, "HS", 0 },
	{ 254, "NONE", 0 },
	{ 255, "ANY", 0 },
};

/* "Reserved" typed means 255, as in Scapy: hence its place. */
const struct pkw_label pkw__dns_algorithms[PKW__DNS_ALGORITHMS_N] = {
	{ 255, "Reserved", 0 },
	{ 0, "Reserved", 0 },
	{ 1, "RSA/MD5", 0 },
	{ 2, "Diffie-Hellman", 0 },
	{ 3, "DSA/SHA-1", 0 },
	{ 4, "Reserved", 0 },
	{ 5, "RSA/SHA-1", 0 },
	{ 6, "DSA-NSEC3-SHA1", 0 },
	{ 7, "RSASHA1-NSEC3-SHA1", 0 },
	{ 8, "RSA/SHA-256", 0 },
	{ 9, "Reserved", 0 },
	{ 10, "RSA/SHA-512", 0 },
	{ 11, "Reserved", 0 },
	{ 12, "GOST R 34.10-2001", 0 },
	{ 13, "ECDSA Curve P-256 with SHA-256", 0 },
	{ 14, "ECDSA Curve P-384 with SHA-384", 0 },
	{ 15, "Ed25519", 0 },
	{ 16, "Ed448", 0 },
	{ 17, "SM2/SM3", 0 },
	{ 252, "Reserved for Indirect Keys", 0 },
	{ 253, "Private algorithms - domain name", 0 },
	{ 254, "Private algorithms - OID", 0 },
};

static const struct pkw_label digests[] = {
	{ 0, "Reserved", 0 },
	{ 1, "SHA-1", 0 },
	{ 2, "SHA-256", 0 },
	{ 3, "GOST R 34.11-94", 0 },
	{ 4, "SHA-384", 0 },
	{ 5, "GOST R 34.11-2012", 0 },
	{ 6, "SM3", 0 },
};

/*
 * Type bitmaps: windows of 256 types, each {window, bytes of its bitmap,
 * bitmap}.  The text lists the types; only the canonical form has one: windows
 * rising, each without zeros at its end.
 */
static long bitmap_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	const uint8_t *b = w->bytes + off;
	int last = -1;

	for (uint32_t at = 0; at < max;) {
		if (max - at < 3 || b[at] <= last || b[at + 1] < 1 || b[at + 1] > 32 ||
		    b[at + 1] > max - at - 2 || b[at + 1 + b[at + 1]] == 0)
			return -PKW_EFORMAT;
		last = b[at];
		at += 2u + b[at + 1];
	}
	return max;
}

static int bitmap_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	const uint8_t *b = w->bytes + off, *end = b + len;
	const char *gap = "";

	for (; end - b > 2; b += 2 + b[1])
		for (unsigned i = 0; i < b[1] * 8u && i / 8 < (size_t)(end - b - 2); i++)
			if (b[2 + i / 8] & 0x80 >> i % 8) {
				pkw_str_add(out, gap);
				pkw_str_u64(out, b[0] * 256u + i);
				gap = " ";
			}
	return out->err;
}

static void bitmap_add(uint8_t *bits, struct pkw_str *out)
{
	for (unsigned window = 0; window < 256; window++) {
		const uint8_t *b = bits + window * 32;
		unsigned n = 32;
		while (n && b[n - 1] == 0)
			n--;
		if (!n)
			continue;
		pkw_str_addc(out, (char)window);
		pkw_str_addc(out, (char)n);
		pkw_str_addn(out, (const char *)b, n);
	}
}

static int bitmap_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	uint8_t bits[65536 / 8] = { 0 };
	const char *end = text + n;

	while (text < end) {
		size_t word = 0;
		uint64_t v;
		int neg;
		while (text + word < end && text[word] != ' ')
			word++;
		if (word && pkw__num_parse(text, word, &neg, &v) < 0)
			return pkw_fail(d, -PKW_ESYNTAX, "`%.*s' is no number of a record type",
			    (int)word, text);
		if (word && (neg || v > 65535))
			return pkw_fail(d, -PKW_ERANGE, "type `%.*s' is not 0-65535", (int)word, text);
		if (word)
			bits[v / 8] |= (uint8_t)(0x80 >> v % 8);
		text += word + (text + word < end);
	}
	bitmap_add(bits, out);
	return out->err;
}

const struct pkw_codec pkw__dns_bitmap = {
	.name = "bitmap of record types",
	.size = bitmap_size,
	.get  = bitmap_get,
	.put  = bitmap_put,
	.list = 1,
};

#define NAME(...) CODED(&pkw__dns_name, __VA_ARGS__)
#define TARGET(...) CODED(&pkw__dns_target, __VA_ARGS__)

#define RR_START(...)                                                                              \
	[RR_NAME] = NAME("rrname", .text = "."),                                                   \
	[RR_TYPE] = U16("type", LABELS(pkw__dns_types), .def = __VA_ARGS__)

#define RR(...)                                                                                    \
	RR_START(__VA_ARGS__),                                                                     \
	[RR_CLASS] = U16("rclass", .def = 1, LABELS(pkw__dns_classes)),                            \
	[RR_TTL]   = U32("ttl"),                                                                   \
	[RR_LEN]   = U16("rdlen", LEN(PKW_OF_REST))

static const struct pkw_field rr_fields[] = {
	RR(1),
	[RR_DATA] = VARIANT(RR_TYPE, pkw__dns_rdata, "rdata"),
};
static const struct pkw_record rr = RECORD("DNSRR", 1, rr_fields);

static const struct pkw_field soa_fields[] = {
	RR(6),
	NAME("mname", .text = "."),
	NAME("rname", .text = "."),
	U32("serial"),
	U32("refresh"),
	U32("retry"),
	U32("expire"),
	U32("minimum"),
};
static const struct pkw_record soa = RECORD("DNSRRSOA", 6, soa_fields);

static const struct pkw_field mx_fields[] = {
	RR(15, .spell = 1),
	U16("preference"),
	NAME("exchange", .text = "."),
};
static const struct pkw_record mx = RECORD("DNSRRMX", 15, mx_fields);

static const struct pkw_field srv_fields[] = {
	RR(33),
	U16("priority"),
	U16("weight"),
	U16("port"),
	TARGET("target", .text = "."),
};
static const struct pkw_record srv = RECORD("DNSRRSRV", 33, srv_fields);

static const struct pkw_field ds_fields[] = {
	RR(43),
	U16("keytag"),
	U8("algorithm", .def = 5, LABELS(pkw__dns_algorithms)),
	U8("digesttype", .def = 5, LABELS(digests)),
	BYTES("digest"),
};
static const struct pkw_record ds = RECORD("DNSRRDS", 43, ds_fields);

static const struct pkw_field dlv_fields[] = {
	RR(32769),
	U16("keytag"),
	U8("algorithm", .def = 5, LABELS(pkw__dns_algorithms)),
	U8("digesttype", .def = 5, LABELS(digests)),
	BYTES("digest"),
};
static const struct pkw_record dlv = RECORD("DNSRRDLV", 32769, dlv_fields);

/* Letters as in Scapy: bit 0 is the secure entry point, 8 the zone key. */
static const struct pkw_label dnskey_flags[] = {
	{ 0, "S", 0 },
	{ 8, "Z", 0 },
};
static const struct pkw_field dnskey_fields[] = {
	RR(48),
	FLAGS(16, dnskey_flags, "flags", .def = 0x0100),
	U8("protocol", .def = 3),
	U8("algorithm", .def = 5, LABELS(pkw__dns_algorithms)),
	BYTES("publickey"),
};
static const struct pkw_record dnskey = RECORD("DNSRRDNSKEY", 48, dnskey_fields);

static const struct pkw_field rrsig_fields[] = {
	RR(46),
	U16("typecovered", .def = 1, LABELS(pkw__dns_types)),
	U8("algorithm", .def = 5, LABELS(pkw__dns_algorithms)),
	U8("labels"),
	U32("originalttl"),
	U32("expiration", .doc = "seconds since 1970"),
	U32("inception", .doc = "seconds since 1970"),
	U16("keytag"),
	TARGET("signersname", .text = "."),
	BYTES("signature"),
};
static const struct pkw_record rrsig = RECORD("DNSRRRSIG", 46, rrsig_fields);

static const struct pkw_field nsec_fields[] = {
	RR(47),
	TARGET("nextname", .text = "."),
	CODED(&pkw__dns_bitmap, "typebitmaps", LABELS(pkw__dns_types)),
};
static const struct pkw_record nsec = RECORD("DNSRRNSEC", 47, nsec_fields);

static const struct pkw_label nsec3_flags[] = {
	{ 1, "Opt-Out", 0 },
};
enum { NSEC3_ALG = RR_DATA, NSEC3_FLAGS, NSEC3_ITERATIONS, NSEC3_SALT_LEN, NSEC3_SALT,
	NSEC3_HASH_LEN, NSEC3_HASH, NSEC3_TYPES };
static const struct pkw_field nsec3_fields[] = {
	RR(50),
	[NSEC3_ALG]        = U8("hashalg"),
	[NSEC3_FLAGS]      = U8("flags", LABELS(nsec3_flags)),
	[NSEC3_ITERATIONS] = U16("iterations"),
	[NSEC3_SALT_LEN]   = U8("saltlength", LEN(NSEC3_SALT), .spell = 1),
	[NSEC3_SALT]       = BYTES("salt"),
	[NSEC3_HASH_LEN]   = U8("hashlength", LEN(NSEC3_HASH), .spell = 1),
	[NSEC3_HASH]       = BYTES("nexthashedownername"),
	[NSEC3_TYPES]      = CODED(&pkw__dns_bitmap, "typebitmaps", LABELS(pkw__dns_types)),
};
static const struct pkw_record nsec3 = RECORD("DNSRRNSEC3", 50, nsec3_fields);

static const struct pkw_field nsec3param_fields[] = {
	RR(51),
	[NSEC3_ALG]        = U8("hashalg"),
	[NSEC3_FLAGS]      = U8("flags"),
	[NSEC3_ITERATIONS] = U16("iterations"),
	[NSEC3_SALT_LEN]   = U8("saltlength", LEN(NSEC3_SALT), .spell = 1),
	[NSEC3_SALT]       = BYTES("salt"),
};
static const struct pkw_record nsec3param = RECORD("DNSRRNSEC3PARAM", 51, nsec3param_fields);

enum { TSIG_ALGO = RR_DATA, TSIG_TIME, TSIG_FUDGE, TSIG_MAC_LEN, TSIG_MAC, TSIG_ID, TSIG_ERROR,
	TSIG_OTHER_LEN, TSIG_OTHER };
static const struct pkw_label tsig_errors[] = {
	{ 16, "BADSIG", 0 },
	{ 17, "BADKEY", 0 },
	{ 18, "BADTIME", 0 },
	{ 22, "BADTRUNC", 0 },
};
static const struct pkw_field tsig_fields[] = {
	RR(250),
	[TSIG_ALGO]      = TARGET("algo_name", .text = "hmac-sha1."),
	[TSIG_TIME]      = BITS(48, "time_signed", .doc = "seconds since 1970"),
	[TSIG_FUDGE]     = U16("fudge"),
	[TSIG_MAC_LEN]   = U16("mac_len", LEN(TSIG_MAC), .spell = 1),
	[TSIG_MAC]       = BYTES("mac_data"),
	[TSIG_ID]        = U16("original_id"),
	[TSIG_ERROR]     = U16("error", LABELS(tsig_errors)),
	[TSIG_OTHER_LEN] = U16("other_len", LEN(TSIG_OTHER), .spell = 1),
	[TSIG_OTHER]     = BYTES("other_data"),
};
static const struct pkw_record tsig = RECORD("DNSRRTSIG", 250, tsig_fields);

/*
 * EDNS0 options (IANA "DNS EDNS0 Option Codes"): Scapy knows bytes and the
 * client subnet.
 */
static const struct pkw_label edns0_types[] = {
	{ 4, "Reserved", 0 }, /* before 0: what Scapy takes "Reserved" for */
	{ 0, "Reserved", 0 },
	{ 1, "LLQ", 0 },
	{ 2, "UL", 0 },
	{ 3, "NSID", 0 },
	{ 5, "DAU", 0 },
	{ 5, "PING", 0 }, /* Scapy's name, from a draft that died */
	{ 6, "DHU", 0 },
	{ 7, "N3U", 0 },
	{ 8, "edns-client-subnet", 0 },
	{ 9, "edns-expire", 0 },
	{ 10, "COOKIE", 0 },
	{ 11, "edns-tcp-keepalive", 0 },
	{ 12, "Padding", 0 },
	{ 13, "CHAIN", 0 },
	{ 14, "edns-key-tag", 0 },
	{ 15, "Extended-DNS-Error", 0 },
	{ 16, "EDNS-Client-Tag", 0 },
	{ 17, "EDNS-Server-Tag", 0 },
	{ 18, "Report-Channel", 0 },
	{ 19, "ZONEVERSION", 0 },
	{ 20292, "Umbrella-Ident", 0 },
	{ 26946, "DeviceID", 0 },
};

#define OURS(n, k, f) RECORD_WITH(n, k, f, .nameless = 1)

static const struct pkw_field llq_fields[] = {
	U16("version", .def = 1),
	U16("opcode", .def = 1),
	U16("error"),
	U64("id", HEX),
	U32("lease"),
};
static const struct pkw_field ul_fields[] = { U32("lease"), U32("key_lease", .flags = PKW_MAYEND) };
static const struct pkw_field nsid_fields[] = { TEXT("nsid") };
static const struct pkw_field algorithm_fields[] = {
	U8("algorithm", LABELS(pkw__dns_algorithms)),
};
static const struct pkw_record algorithm = RECORD("algorithm", 0, algorithm_fields);
static const struct pkw_list algorithms = { .rec = &algorithm, .style = PKW_LIST_VALUES };
static const struct pkw_field understood_fields[] = { LIST(&algorithms, "algorithms") };
static const struct pkw_field expire_fields[] = { U32("expire", .flags = PKW_MAYEND) };
static const struct pkw_field cookie_fields[] = { BYTESN(8, "client"), BYTES("server") };
static const struct pkw_field keepalive_fields[] = {
	U16("timeout", .flags = PKW_MAYEND, .doc = "tenths of a second"),
};
static const struct pkw_field chain_fields[] = { TARGET("closest", .text = ".") };
static const struct pkw_field tag_fields[] = { U16("tag") };
static const struct pkw_record tag = RECORD("tag", 0, tag_fields);
static const struct pkw_list tags = { .rec = &tag, .style = PKW_LIST_VALUES };
static const struct pkw_field tags_fields[] = { LIST(&tags, "tags") };

/* RFC 8914 section 5.2 */
static const struct pkw_label ede_codes[] = {
	{ 0, "Other Error", 0 },
	{ 1, "Unsupported DNSKEY Algorithm", 0 },
	{ 2, "Unsupported DS Digest Type", 0 },
	{ 3, "Stale Answer", 0 },
	{ 4, "Forged Answer", 0 },
	{ 5, "DNSSEC Indeterminate", 0 },
	{ 6, "DNSSEC Bogus", 0 },
	{ 7, "Signature Expired", 0 },
	{ 8, "Signature Not Yet Valid", 0 },
	{ 9, "DNSKEY Missing", 0 },
	{ 10, "RRSIGs Missing", 0 },
	{ 11, "No Zone Key Bit Set", 0 },
	{ 12, "NSEC Missing", 0 },
	{ 13, "Cached Error", 0 },
	{ 14, "Not Ready", 0 },
	{ 15, "Blocked", 0 },
	{ 16, "Censored", 0 },
	{ 17, "Filtered", 0 },
	{ 18, "Prohibited", 0 },
	{ 19, "Stale NXDOMAIN Answer", 0 },
	{ 20, "Not Authoritative", 0 },
	{ 21, "Not Supported", 0 },
	{ 22, "No Reachable Authority", 0 },
	{ 23, "Network Error", 0 },
	{ 24, "Invalid Data", 0 },
	{ 25, "Signature Expired before Valid", 0 },
	{ 26, "Too Early", 0 },
	{ 27, "Unsupported NSEC3 Iterations Value", 0 },
	{ 28, "Unable to conform to policy", 0 },
	{ 29, "Synthesized", 0 },
	{ 30, "Invalid Query Type", 0 },
};
static const struct pkw_field ede_fields[] = {
	U16("info_code", LABELS(ede_codes)),
	TEXT("extra_text"),
};
static const struct pkw_field zoneversion_fields[] = {
	U8("labels"),
	U8("type", .doc = "0 SOA serial"),
	BYTES("version"),
};
static const struct pkw_field bytes_fields[] = { BYTES("data") };

static const struct pkw_record llq = OURS("LLQ", 1, llq_fields);
static const struct pkw_record ul = OURS("UL", 2, ul_fields);
static const struct pkw_record nsid = OURS("NSID", 3, nsid_fields);
static const struct pkw_record dau = OURS("DAU", 5, understood_fields);
static const struct pkw_record dhu = OURS("DHU", 6, understood_fields);
static const struct pkw_record n3u = OURS("N3U", 7, understood_fields);
static const struct pkw_record expire = OURS("EXPIRE", 9, expire_fields);
static const struct pkw_record cookie = OURS("COOKIE", 10, cookie_fields);
static const struct pkw_record keepalive = OURS("tcp_keepalive", 11, keepalive_fields);
static const struct pkw_record chain = OURS("CHAIN", 13, chain_fields);
static const struct pkw_record key_tags = OURS("key_tag", 14, tags_fields);
static const struct pkw_record ede = OURS("EDE", 15, ede_fields);
static const struct pkw_record client_tag = OURS("Client_Tag", 16, tags_fields);
static const struct pkw_record server_tag = OURS("Server_Tag", 17, tags_fields);
static const struct pkw_record report = OURS("Report_Channel", 18, chain_fields);
static const struct pkw_record zoneversion = OURS("ZONEVERSION", 19, zoneversion_fields);
static const struct pkw_record edns0_other = RECORD("bytes", PKW_ELSE, bytes_fields);
static const struct pkw_record *const edns0_data[] = { &llq, &ul, &nsid, &dau, &dhu, &n3u, &expire,
	&cookie, &keepalive, &chain, &key_tags, &ede, &client_tag, &server_tag, &report, &zoneversion,
	&edns0_other, NULL };

enum { TLV_CODE, TLV_LEN, TLV_DATA };
static const struct pkw_field tlv_fields[] = {
	[TLV_CODE] = U16("optcode", LABELS(edns0_types)),
	[TLV_LEN]  = U16("optlen", LEN(TLV_DATA)),
	[TLV_DATA] = VARIANT(TLV_CODE, edns0_data, "optdata"),
};
static const struct pkw_record tlv = RECORD("EDNS0TLV", 0, tlv_fields);

/*
 * The client's subnet (RFC 7871): an address without the zeros at its end.
 * Scapy takes any family but 2 for IPv4.
 */
static long prefix_size(const struct pkw_wire *w, uint32_t off, uint32_t max, uint32_t full)
{
	return max <= full && (max == 0 || w->bytes[off + max - 1]) ? (long)max : -PKW_EFORMAT;
}

static long prefix4_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	return prefix_size(w, off, max, 4);
}

static long prefix6_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	return prefix_size(w, off, max, 16);
}

static int prefix4_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	uint8_t address[4] = { 0 };
	char text[PKW__IP4_MAX];

	memcpy(address, w->bytes + off, len < 4 ? len : 4);
	pkw_str_addn(out, text, pkw__fmt_ip4(text, address));
	return out->err;
}

static int prefix6_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	uint8_t address[16] = { 0 };
	char text[PKW__IP6_MAX];

	memcpy(address, w->bytes + off, len < 16 ? len : 16);
	pkw_str_addn(out, text, pkw__fmt_ip6(text, address));
	return out->err;
}

static void prefix_add(const uint8_t *address, size_t n, struct pkw_str *out)
{
	while (n && address[n - 1] == 0)
		n--;
	pkw_str_addn(out, (const char *)address, n);
}

static int prefix4_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	uint8_t address[4];

	if (pkw__addr_parse_ip4(text, n, address) < 0)
		return pkw_fail(d, -PKW_ETYPE, "`%.*s' is no IPv4 address", (int)n, text);
	prefix_add(address, 4, out);
	return out->err;
}

static int prefix6_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	uint8_t address[16];

	if (pkw__addr_parse_ip6(text, n, address) < 0)
		return pkw_fail(d, -PKW_ETYPE, "`%.*s' is no IPv6 address", (int)n, text);
	prefix_add(address, 16, out);
	return out->err;
}

static const struct pkw_codec prefix4 = {
	.name = "IPv4 address without the zeros at its end",
	.size = prefix4_size,
	.get  = prefix4_get,
	.put  = prefix4_put,
};
static const struct pkw_codec prefix6 = {
	.name = "IPv6 address without the zeros at its end",
	.size = prefix6_size,
	.get  = prefix6_get,
	.put  = prefix6_put,
};

static const struct pkw_field subnet4_fields[] = { CODED(&prefix4, "address", .text = "192.168.0.0") };
static const struct pkw_field subnet6_fields[] = { CODED(&prefix6, "address", .text = "2001:db8::") };
static const struct pkw_record subnet4 = RECORD("IPv4", PKW_ELSE, subnet4_fields);
static const struct pkw_record subnet6 = RECORD("IPv6", 2, subnet6_fields);
static const struct pkw_record *const subnets[] = { &subnet6, &subnet4, NULL };

enum { SUBNET_CODE, SUBNET_LEN, SUBNET_FAMILY, SUBNET_PLEN, SUBNET_SCOPE, SUBNET_ADDRESS };
static const struct pkw_field client_subnet_fields[] = {
	[SUBNET_CODE]    = U16("optcode", .def = 8, LABELS(edns0_types)),
	[SUBNET_LEN]     = U16("optlen", LEN(PKW_OF_REST)),
	[SUBNET_FAMILY]  = U16("family", .def = 1, .doc = "1 IPv4, 2 IPv6"),
	[SUBNET_PLEN]    = U8("source_plen", LEN(SUBNET_ADDRESS, .per = 8)),
	[SUBNET_SCOPE]   = U8("scope_plen"),
	[SUBNET_ADDRESS] = VARIANT(SUBNET_FAMILY, subnets, "address"),
};
static const struct pkw_record client_subnet = RECORD("EDNS0ClientSubnet", 8, client_subnet_fields);
static const struct pkw_record *const edns0_kinds[] = { &client_subnet, NULL };
static const struct pkw_list edns0_options = {
	.rec       = &tlv,
	.variants  = edns0_kinds,
	.peek_bits = 16,
	.style     = PKW_LIST_LAYERS,
};

/* OPT puts other things where records have their class and TTL (RFC 6891). */
static const struct pkw_label opt_z[] = {
	{ 0x8000, "D0", 0 },
};
static const struct pkw_field opt_fields[] = {
	RR_START(41),
	U16("rclass", .def = 4096, .doc = "largest UDP payload"),
	U8("extrcode"),
	U8("version"),
	U16("z", .def = 0x8000, LABELS(opt_z)),
	U16("rdlen", LEN(PKW_OF_REST)),
	LIST(&edns0_options, "rdata"),
};
static const struct pkw_record opt = RECORD("DNSRROPT", 41, opt_fields);

static const struct pkw_record *const rr_kinds[] = { &soa, &mx, &srv, &opt, &ds, &rrsig, &nsec,
	&dnskey, &nsec3, &nsec3param, &tsig, &dlv, NULL };

/* The type behind the name, which is stepped over; whether it is a good one is
   found out when it is read. */
static int64_t rr_key(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	const uint8_t *b = w->bytes + off;
	uint32_t at = 0;

	while (at < max && b[at] && b[at] < 0xc0)
		at += b[at] + 1u;
	if (at >= max)
		return -1;
	at += b[at] ? 2 : 1;
	return max < at + 2 ? -1 : b[at] << 8 | b[at + 1];
}

const struct pkw_list pkw__dns_rrs = {
	.rec      = &rr,
	.variants = rr_kinds,
	.peek     = rr_key,
	.style    = PKW_LIST_CHAIN,
};
