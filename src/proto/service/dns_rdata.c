/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a DNSRR's rdata holds, by the record's type.
 *
 * The first few are also Scapy's: one address, one name, or strings, written
 * as the value itself: rdata="192.0.2.1".  The others Scapy leaves as bytes and
 * so do expressions (.nameless), but they are shown field by field.  Field
 * names are those of the RFCs' diagrams and of later Scapy versions.
 *
 * Names in the types of RFC 1035 may be compressed; those in newer ones must
 * not be (RFC 3597 section 4), though senders exist which do, so that a reader
 * follows pointers everywhere.
 */
#include "proto/codecs.h"
#include "proto/service/dns.h"

#define NAME(...) CODED(&pkw__dns_name, __VA_ARGS__)
#define TARGET(...) CODED(&pkw__dns_target, __VA_ARGS__)
/* records without a class of their own in Scapy; those that are one name or text */
#define OURS(n, k, f) RECORD_WITH(n, k, f, .nameless = 1)
#define OUR_ONE(n, k, f) RECORD_WITH(n, k, f, .nameless = 2)

static const struct pkw_field string_fields[] = {
	U8("len", LEN(PKW_OF_REST)),
	TEXT("text"),
};
static const struct pkw_record string = RECORD("string", 0, string_fields);
const struct pkw_list pkw__dns_strings = { .rec = &string, .style = PKW_LIST_VALUES };

static const struct pkw_field address_fields[] = { IP4("address", .text = "0.0.0.0") };
static const struct pkw_field address6_fields[] = { IP6("address", .text = "::") };
static const struct pkw_field name_fields[] = { NAME("name", .text = ".") };
static const struct pkw_field target_fields[] = { TARGET("target", .text = ".") };
static const struct pkw_field txt_fields[] = { LIST(&pkw__dns_strings, "strings") };

static const struct pkw_record a = RECORD("A", 1, address_fields);
static const struct pkw_record aaaa = RECORD("AAAA", 28, address6_fields);
static const struct pkw_record ns = RECORD("NS", 2, name_fields);
static const struct pkw_record md = RECORD("MD", 3, name_fields);
static const struct pkw_record mf = RECORD("MF", 4, name_fields);
static const struct pkw_record cname = RECORD("CNAME", 5, name_fields);
static const struct pkw_record ptr = RECORD("PTR", 12, name_fields);
static const struct pkw_record txt = RECORD("TXT", 16, txt_fields);

static const struct pkw_record mb = OUR_ONE("MB", 7, name_fields);
static const struct pkw_record mg = OUR_ONE("MG", 8, name_fields);
static const struct pkw_record mr = OUR_ONE("MR", 9, name_fields);
static const struct pkw_record nsap_ptr = OUR_ONE("NSAP_PTR", 23, target_fields);
static const struct pkw_record dname = OUR_ONE("DNAME", 39, target_fields);
static const struct pkw_record ninfo = OUR_ONE("NINFO", 56, txt_fields);
static const struct pkw_record spf = OUR_ONE("SPF", 99, txt_fields);
static const struct pkw_record avc = OUR_ONE("AVC", 258, txt_fields);
static const struct pkw_record resinfo = OUR_ONE("RESINFO", 261, txt_fields);

enum { CPU_LEN, CPU, OS_LEN, OS };
static const struct pkw_field hinfo_fields[] = {
	[CPU_LEN] = U8("cpu_len", LEN(CPU)),
	[CPU]     = TEXT("cpu"),
	[OS_LEN]  = U8("os_len", LEN(OS)),
	[OS]      = TEXT("os"),
};
static const struct pkw_record hinfo = OURS("HINFO", 13, hinfo_fields);

static const struct pkw_field minfo_fields[] = {
	NAME("rmailbx", .text = "."),
	NAME("emailbx", .text = "."),
};
static const struct pkw_record minfo = OURS("MINFO", 14, minfo_fields);

static const struct pkw_field rp_fields[] = {
	TARGET("mbox", .text = "."),
	TARGET("txt", .text = "."),
};
static const struct pkw_record rp = OURS("RP", 17, rp_fields);

static const struct pkw_field afsdb_fields[] = {
	U16("subtype", .def = 1),
	TARGET("hostname", .text = "."),
};
static const struct pkw_record afsdb = OURS("AFSDB", 18, afsdb_fields);

static const struct pkw_field exchange_fields[] = {
	U16("preference"),
	TARGET("exchange", .text = "."),
};
static const struct pkw_record rt = OURS("RT", 21, exchange_fields);
static const struct pkw_record kx = OURS("KX", 36, exchange_fields);
static const struct pkw_record lp = OURS("LP", 107, exchange_fields);

static const struct pkw_field px_fields[] = {
	U16("preference"),
	TARGET("map822", .text = "."),
	TARGET("mapx400", .text = "."),
};
static const struct pkw_record px = OURS("PX", 26, px_fields);

static const struct pkw_field loc_fields[] = {
	U8("version"),
	U8("size", HEX, .def = 0x12, .doc = "digit and power of ten, centimetres"),
	U8("horiz_pre", HEX, .def = 0x16),
	U8("vert_pre", HEX, .def = 0x13),
	U32("latitude", .def = 0x80000000, .doc = "thousandths of a second, 2^31 at the equator"),
	U32("longitude", .def = 0x80000000, .doc = "likewise, 2^31 at the prime meridian"),
	U32("altitude", .def = 10000000, .doc = "centimetres above 100 km below the ellipsoid"),
};
static const struct pkw_record loc = OURS("LOC", 29, loc_fields);

enum { NAPTR_ORDER, NAPTR_PREF, FLAGS_LEN, FLAGS_TEXT, SERVICES_LEN, SERVICES, REGEXP_LEN, REGEXP,
	REPLACEMENT };
static const struct pkw_field naptr_fields[] = {
	[NAPTR_ORDER]  = U16("order"),
	[NAPTR_PREF]   = U16("preference"),
	[FLAGS_LEN]    = U8("flags_len", LEN(FLAGS_TEXT)),
	[FLAGS_TEXT]   = TEXT("flags"),
	[SERVICES_LEN] = U8("services_len", LEN(SERVICES)),
	[SERVICES]     = TEXT("services"),
	[REGEXP_LEN]   = U8("regexp_len", LEN(REGEXP)),
	[REGEXP]       = TEXT("regexp"),
	[REPLACEMENT]  = TARGET("replacement", .text = "."),
};
static const struct pkw_record naptr = OURS("NAPTR", 35, naptr_fields);

static const struct pkw_label cert_types[] = {
	{ 1, "PKIX", 0 },
	{ 2, "SPKI", 0 },
	{ 3, "PGP", 0 },
	{ 4, "IPKIX", 0 },
	{ 5, "ISPKI", 0 },
	{ 6, "IPGP", 0 },
	{ 7, "ACPKIX", 0 },
	{ 8, "IACPKIX", 0 },
	{ 253, "URI", 0 },
	{ 254, "OID", 0 },
};
static const struct pkw_field cert_fields[] = {
	U16("type", .def = 1, LABELS(cert_types)),
	U16("keytag"),
	U8("algorithm", LABELS(pkw__dns_algorithms)),
	BYTES("certificate"),
};
static const struct pkw_record cert = OURS("CERT", 37, cert_fields);

enum { APL_FAMILY, APL_PREFIX, APL_N, APL_LEN, APL_ADDRESS };
static const struct pkw_label families[] = {
	{ 1, "IPv4", 0 },
	{ 2, "IPv6", 0 },
};
static const struct pkw_field apl_fields[] = {
	[APL_FAMILY]  = U16("family", .def = 1, LABELS(families)),
	[APL_PREFIX]  = U8("prefix"),
	[APL_N]       = BITS(1, "n", .doc = "the prefix is excluded"),
	[APL_LEN]     = BITS(7, "len", LEN(APL_ADDRESS)),
	[APL_ADDRESS] = BYTES("address", .doc = "without its trailing zeros"),
};
static const struct pkw_record apl_item = RECORD("item", 0, apl_fields);
static const struct pkw_list apl_items = { .rec = &apl_item };
static const struct pkw_field apl_list[] = { LIST(&apl_items, "items") };
static const struct pkw_record apl = OURS("APL", 42, apl_list);

static const struct pkw_label sshfp_algorithms[] = {
	{ 1, "RSA", 0 },
	{ 2, "DSA", 0 },
	{ 3, "ECDSA", 0 },
	{ 4, "Ed25519", 0 },
	{ 6, "Ed448", 0 },
};
static const struct pkw_label sshfp_types[] = {
	{ 1, "SHA-1", 0 },
	{ 2, "SHA-256", 0 },
};
static const struct pkw_field sshfp_fields[] = {
	U8("algorithm", .def = 1, LABELS(sshfp_algorithms)),
	U8("fp_type", .def = 1, LABELS(sshfp_types)),
	BYTES("fingerprint"),
};
static const struct pkw_record sshfp = OURS("SSHFP", 44, sshfp_fields);

static const struct pkw_label gateway_types[] = {
	{ 0, "none", 0 },
	{ 1, "IPv4", 0 },
	{ 2, "IPv6", 0 },
	{ 3, "name", 0 },
};
enum { IPSECKEY_PRECEDENCE, IPSECKEY_TYPE, IPSECKEY_ALGORITHM, IPSECKEY_GATEWAY4, IPSECKEY_GATEWAY6,
	IPSECKEY_GATEWAY_NAME, IPSECKEY_KEY };
static const struct pkw_field ipseckey_fields[] = {
	[IPSECKEY_PRECEDENCE]   = U8("precedence", .def = 10),
	[IPSECKEY_TYPE]         = U8("gateway_type", LABELS(gateway_types)),
	[IPSECKEY_ALGORITHM]    = U8("algorithm"),
	[IPSECKEY_GATEWAY4]     = IP4("gateway4", IF(PKW_EQ, IPSECKEY_TYPE, 1)),
	[IPSECKEY_GATEWAY6]     = IP6("gateway6", IF(PKW_EQ, IPSECKEY_TYPE, 2)),
	[IPSECKEY_GATEWAY_NAME] = TARGET("gateway_name", IF(PKW_EQ, IPSECKEY_TYPE, 3), .text = "."),
	[IPSECKEY_KEY]          = BYTES("publickey"),
};
static const struct pkw_record ipseckey = OURS("IPSECKEY", 45, ipseckey_fields);

enum { AMT_PRECEDENCE, AMT_D, AMT_TYPE, AMT_RELAY4, AMT_RELAY6, AMT_RELAY_NAME };
static const struct pkw_field amtrelay_fields[] = {
	[AMT_PRECEDENCE] = U8("precedence"),
	[AMT_D]          = BITS(1, "d", .doc = "discovery is optional"),
	[AMT_TYPE]       = BITS(7, "type", LABELS(gateway_types)),
	[AMT_RELAY4]     = IP4("relay4", IF(PKW_EQ, AMT_TYPE, 1)),
	[AMT_RELAY6]     = IP6("relay6", IF(PKW_EQ, AMT_TYPE, 2)),
	[AMT_RELAY_NAME] = TARGET("relay_name", IF(PKW_EQ, AMT_TYPE, 3), .text = "."),
};
static const struct pkw_record amtrelay = OURS("AMTRELAY", 260, amtrelay_fields);

static const struct pkw_label tlsa_usages[] = {
	{ 0, "PKIX-TA", 0 },
	{ 1, "PKIX-EE", 0 },
	{ 2, "DANE-TA", 0 },
	{ 3, "DANE-EE", 0 },
	{ 255, "PrivCert", 0 },
};
static const struct pkw_label tlsa_selectors[] = {
	{ 0, "Cert", 0 },
	{ 1, "SPKI", 0 },
	{ 255, "PrivSel", 0 },
};
static const struct pkw_label tlsa_matchings[] = {
	{ 0, "Full", 0 },
	{ 1, "SHA2-256", 0 },
	{ 2, "SHA2-512", 0 },
	{ 255, "PrivMatch", 0 },
};
static const struct pkw_field tlsa_fields[] = {
	U8("usage", .def = 3, LABELS(tlsa_usages)),
	U8("selector", .def = 1, LABELS(tlsa_selectors)),
	U8("matching_type", .def = 1, LABELS(tlsa_matchings)),
	BYTES("data"),
};
static const struct pkw_record tlsa = OURS("TLSA", 52, tlsa_fields);
static const struct pkw_record smimea = OURS("SMIMEA", 53, tlsa_fields);

static const struct pkw_field cds_fields[] = {
	U16("keytag"),
	U8("algorithm", LABELS(pkw__dns_algorithms)),
	U8("digesttype"),
	BYTES("digest"),
};
static const struct pkw_record cds = OURS("CDS", 59, cds_fields);

static const struct pkw_field cdnskey_fields[] = {
	U16("flags", HEX, .def = 0x0100),
	U8("protocol", .def = 3),
	U8("algorithm", LABELS(pkw__dns_algorithms)),
	BYTES("publickey"),
};
static const struct pkw_record cdnskey = OURS("CDNSKEY", 60, cdnskey_fields);
static const struct pkw_record key = OURS("KEY", 25, cdnskey_fields);

static const struct pkw_field csync_fields[] = {
	U32("serial"),
	U16("flags", HEX, .doc = "1 immediate, 2 soaminimum"),
	CODED(&pkw__dns_bitmap, "typebitmaps", LABELS(pkw__dns_types)),
};
static const struct pkw_record csync = OURS("CSYNC", 62, csync_fields);

static const struct pkw_field zonemd_fields[] = {
	U32("serial"),
	U8("scheme", .def = 1),
	U8("hash_algorithm", .def = 1, .doc = "1 SHA-384, 2 SHA-512"),
	BYTES("digest"),
};
static const struct pkw_record zonemd = OURS("ZONEMD", 63, zonemd_fields);

/* Service parameters, RFC 9460 section 14.3. */
static const struct pkw_label svc_keys[] = {
	{ 0, "mandatory", 0 },
	{ 1, "alpn", 0 },
	{ 2, "no-default-alpn", 0 },
	{ 3, "port", 0 },
	{ 4, "ipv4hint", 0 },
	{ 5, "ech", 0 },
	{ 6, "ipv6hint", 0 },
	{ 7, "dohpath", 0 },
	{ 8, "ohttp", 0 },
	{ 9, "tls-supported-groups", 0 },
	{ 10, "docpath", 0 },
};
static const struct pkw_field svc_key_fields[] = { U16("key", LABELS(svc_keys)) };
static const struct pkw_record svc_key = RECORD("key", 0, svc_key_fields);
static const struct pkw_list svc_key_list = { .rec = &svc_key, .style = PKW_LIST_VALUES };
static const struct pkw_field group_fields[] = { U16("group", HEX) };
static const struct pkw_record group = RECORD("group", 0, group_fields);
static const struct pkw_list groups = { .rec = &group, .style = PKW_LIST_VALUES };
static const struct pkw_record one_address = RECORD("address", 0, address_fields);
static const struct pkw_list addresses = { .rec = &one_address, .style = PKW_LIST_VALUES };
static const struct pkw_record one_address6 = RECORD("address", 0, address6_fields);
static const struct pkw_list addresses6 = { .rec = &one_address6, .style = PKW_LIST_VALUES };

static const struct pkw_field mandatory_fields[] = { LIST(&svc_key_list, "keys") };
static const struct pkw_field alpn_fields[] = { LIST(&pkw__dns_strings, "ids") };
static const struct pkw_field port_fields[] = { U16("port") };
static const struct pkw_field hint4_fields[] = { LIST(&addresses, "addresses") };
static const struct pkw_field hint6_fields[] = { LIST(&addresses6, "addresses") };
static const struct pkw_field path_fields[] = { TEXT("template") };
static const struct pkw_field groups_fields[] = { LIST(&groups, "groups") };
static const struct pkw_record mandatory = RECORD("mandatory", 0, mandatory_fields);
static const struct pkw_record alpn = RECORD("alpn", 1, alpn_fields);
static const struct pkw_record port = RECORD("port", 3, port_fields);
static const struct pkw_record ipv4hint = RECORD("ipv4hint", 4, hint4_fields);
static const struct pkw_record ipv6hint = RECORD("ipv6hint", 6, hint6_fields);
static const struct pkw_record dohpath = RECORD("dohpath", 7, path_fields);
static const struct pkw_record tls_groups = RECORD("tls_supported_groups", 9, groups_fields);
static const struct pkw_record docpath = RECORD("docpath", 10, alpn_fields);
static const struct pkw_record *const svc_values[] = { &mandatory, &alpn, &port, &ipv4hint,
	&ipv6hint, &dohpath, &tls_groups, &docpath, NULL };

enum { SVC_KEY, SVC_LEN, SVC_VALUE };
static const struct pkw_field svc_param_fields[] = {
	[SVC_KEY]   = U16("key", LABELS(svc_keys)),
	[SVC_LEN]   = U16("len", LEN(SVC_VALUE)),
	[SVC_VALUE] = VARIANT(SVC_KEY, svc_values, "value"),
};
static const struct pkw_record svc_param = RECORD("param", 0, svc_param_fields);
static const struct pkw_list svc_params = { .rec = &svc_param };
static const struct pkw_field svcb_fields[] = {
	U16("svc_priority", .def = 1),
	TARGET("target_name", .text = "."),
	LIST(&svc_params, "svc_params"),
};
static const struct pkw_record svcb = OURS("SVCB", 64, svcb_fields);
static const struct pkw_record https = OURS("HTTPS", 65, svcb_fields);

static const struct pkw_field dsync_fields[] = {
	U16("rrtype", .def = 59, LABELS(pkw__dns_types)),
	U8("scheme", .def = 1, .doc = "1 NOTIFY"),
	U16("port", .def = 53),
	TARGET("target", .text = "."),
};
static const struct pkw_record dsync = OURS("DSYNC", 66, dsync_fields);

static const struct pkw_field nid_fields[] = { U16("preference"), U64("nodeid", HEX) };
static const struct pkw_field l32_fields[] = { U16("preference"), IP4("locator32") };
static const struct pkw_field l64_fields[] = { U16("preference"), U64("locator64", HEX) };
static const struct pkw_field eui48_fields[] = { MAC("address") };
static const struct pkw_field eui64_fields[] = { U64("address", HEX) };
static const struct pkw_record nid = OURS("NID", 104, nid_fields);
static const struct pkw_record l32 = OURS("L32", 105, l32_fields);
static const struct pkw_record l64 = OURS("L64", 106, l64_fields);
static const struct pkw_record eui48 = OURS("EUI48", 108, eui48_fields);
static const struct pkw_record eui64 = OURS("EUI64", 109, eui64_fields);

enum { TKEY_ALGORITHM, TKEY_INCEPTION, TKEY_EXPIRATION, TKEY_MODE, TKEY_ERROR, TKEY_LEN, TKEY_KEY,
	TKEY_OTHER_LEN, TKEY_OTHER };
static const struct pkw_label tkey_modes[] = {
	{ 1, "server assignment", 0 },
	{ 2, "Diffie-Hellman exchange", 0 },
	{ 3, "GSS-API negotiation", 0 },
	{ 4, "resolver assignment", 0 },
	{ 5, "key deletion", 0 },
};
static const struct pkw_field tkey_fields[] = {
	[TKEY_ALGORITHM]  = TARGET("algo_name", .text = "gss-tsig."),
	[TKEY_INCEPTION]  = U32("inception"),
	[TKEY_EXPIRATION] = U32("expiration"),
	[TKEY_MODE]       = U16("mode", .def = 3, LABELS(tkey_modes)),
	[TKEY_ERROR]      = U16("error"),
	[TKEY_LEN]        = U16("key_len", LEN(TKEY_KEY)),
	[TKEY_KEY]        = BYTES("key_data"),
	[TKEY_OTHER_LEN]  = U16("other_len", LEN(TKEY_OTHER)),
	[TKEY_OTHER]      = BYTES("other_data"),
};
static const struct pkw_record tkey = OURS("TKEY", 249, tkey_fields);

static const struct pkw_field uri_fields[] = {
	U16("priority"),
	U16("weight"),
	TEXT("target"),
};
static const struct pkw_record uri = OURS("URI", 256, uri_fields);

enum { CAA_FLAGS, CAA_TAG_LEN, CAA_TAG, CAA_VALUE };
static const struct pkw_field caa_fields[] = {
	[CAA_FLAGS]   = U8("flags", HEX, .doc = "0x80: critical"),
	[CAA_TAG_LEN] = U8("tag_len", LEN(CAA_TAG)),
	[CAA_TAG]     = TEXT("tag"),
	[CAA_VALUE]   = TEXT("value"),
};
static const struct pkw_record caa = OURS("CAA", 257, caa_fields);

static const struct pkw_field bytes_fields[] = { BYTES("data") };
static const struct pkw_record other = RECORD("bytes", PKW_ELSE, bytes_fields);

const struct pkw_record *const pkw__dns_rdata[] = {
	&a, &ns, &md, &mf, &cname, &mb, &mg, &mr, &ptr, &hinfo, &minfo, &txt, &rp, &afsdb, &rt,
	&nsap_ptr, &key, &px, &aaaa, &loc, &naptr, &kx, &cert, &dname, &apl, &sshfp, &ipseckey,
	&tlsa, &smimea, &ninfo, &cds, &cdnskey, &csync, &zonemd, &svcb, &https, &dsync, &spf, &nid,
	&l32, &l64, &lp, &eui48, &eui64, &tkey, &uri, &caa, &avc, &amtrelay, &resinfo, &other, NULL
};
