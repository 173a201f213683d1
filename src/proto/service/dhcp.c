/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BOOTP (RFC 951) and DHCP (RFC 2131) on top of it.
 *
 * As in Scapy the magic cookie is BOOTP's `options' and DHCP a layer behind it:
 * options that begin with the cookie are just the cookie, any others are taken
 * to the end.
 *
 * DHCP is one list of options, of which `pad' and `end' are a byte each; parsing
 * goes on behind `end', as padding does there.  An option's value is, by its
 * code, a list of addresses or numbers, text, or bytes.  Options that Scapy has
 * no type for are taken apart here but written as (code, b"...") (.nameless).
 *
 * Option names are Scapy's, IANA's ("BOOTP Vendor Extensions and DHCP Options")
 * in Scapy's manner otherwise.
 */
#include "base/addr.h"
#include "proto/codecs.h"

#include <pkw/pkt.h>
#include <pkw/rows.h>

#include <string.h>

/* code, name, and what the value is: the fields VALUE_fields below */
#define DHCP_SCAPY(X)                                                                              \
	X(1, "subnet_mask", ip) X(2, "time_zone", u32) X(3, "router", ip)                          \
	X(4, "time_server", ip) X(5, "IEN_name_server", ip) X(6, "name_server", ip)                \
	X(7, "log_server", ip) X(8, "cookie_server", ip) X(9, "lpr_server", ip)                    \
	X(10, "impress-servers", ip) X(11, "resource-location-servers", ip)                        \
	X(12, "hostname", text) X(13, "boot-size", u16) X(14, "dump_path", text)                   \
	X(15, "domain", text) X(16, "swap-server", ip) X(17, "root_disk_path", text)               \
	X(18, "extensions-path", text) X(19, "ip-forwarding", u8)                                  \
	X(20, "non-local-source-routing", u8) X(21, "policy-filter", ip)                           \
	X(22, "max_dgram_reass_size", u16) X(23, "default_ttl", u8)                                \
	X(24, "pmtu_timeout", u32) X(25, "path-mtu-plateau-table", u16)                            \
	X(26, "interface-mtu", u16) X(27, "all-subnets-local", u8)                                 \
	X(28, "broadcast_address", ip) X(29, "perform-mask-discovery", u8)                         \
	X(30, "mask-supplier", u8) X(31, "router-discovery", u8)                                   \
	X(32, "router-solicitation-address", ip) X(33, "static-routes", ip)                        \
	X(34, "trailer-encapsulation", u8) X(35, "arp_cache_timeout", u32)                         \
	X(36, "ieee802-3-encapsulation", u8) X(37, "tcp_ttl", u8)                                  \
	X(38, "tcp_keepalive_interval", u32) X(39, "tcp_keepalive_garbage", u8)                    \
	X(40, "NIS_domain", text) X(41, "NIS_server", ip) X(42, "NTP_server", ip)                  \
	X(43, "vendor_specific", bytes) X(44, "NetBIOS_server", ip)                                \
	X(45, "NetBIOS_dist_server", ip) X(46, "NetBIOS_node_type", u8)                            \
	X(47, "netbios-scope", text) X(48, "font-servers", ip)                                     \
	X(49, "x-display-manager", ip) X(50, "requested_addr", ip)                                 \
	X(51, "lease_time", u32) X(52, "dhcp-option-overload", overload)                           \
	X(53, "message-type", message) X(54, "server_id", ip)                                      \
	X(55, "param_req_list", codes) X(56, "error_message", text)                                \
	X(57, "max_dhcp_size", u16) X(58, "renewal_time", u32)                                     \
	X(59, "rebinding_time", u32) X(60, "vendor_class_id", text)                                \
	X(61, "client_id", bytes) X(62, "nwip-domain-name", text)                                  \
	X(64, "NISplus_domain", text) X(65, "NISplus_server", ip)                                  \
	X(66, "tftp_server_name", text) X(67, "boot-file-name", text)                              \
	X(68, "mobile-ip-home-agent", ip) X(69, "SMTP_server", ip)                                 \
	X(70, "POP3_server", ip) X(71, "NNTP_server", ip) X(72, "WWW_server", ip)                  \
	X(73, "Finger_server", ip) X(74, "IRC_server", ip)                                         \
	X(75, "StreetTalk_server", ip) X(76, "StreetTalk_Dir_Assistance", ip)                      \
	X(77, "user_class", bytes) X(85, "nds-server", ip) X(86, "nds-tree-name", text)            \
	X(87, "nds-context", text) X(89, "bcms-controller-address", ip)                            \
	X(91, "client-last-transaction-time", u32) X(92, "associated-ip", ip)                      \
	X(98, "uap-servers", text) X(100, "pcode", text) X(101, "tcode", text)                     \
	X(112, "netinfo-server-address", ip) X(113, "netinfo-server-tag", text)                    \
	X(114, "default-url", text) X(116, "auto-config", u8)                                      \
	X(117, "name-service-search", u16) X(118, "subnet-selection", ip)                          \
	X(121, "classless_static_routes", routes)                                                  \
	X(128, "tftp_server_ip_address", ip) X(136, "pana-agent", ip)                              \
	X(138, "capwap-ac-v4", ip) X(150, "tftp_server_address", ip)                               \
	X(160, "v4-captive-portal", text) X(161, "mud-url", text)                                  \
	X(208, "pxelinux_magic", bytes) X(209, "pxelinux_configuration_file", text)                \
	X(210, "pxelinux_path_prefix", text)

#define DHCP_OURS(X)                                                                               \
	X(63, "nwip_options", suboptions) X(78, "slp_service_agent", slp_agent)                    \
	X(79, "slp_service_scope", slp_scope) X(80, "rapid-commit", bytes)                         \
	X(81, "client_FQDN", fqdn) X(82, "relay_agent_information", agent)                         \
	X(83, "isns", bytes) X(88, "bcms-controller-namesi", names) X(90, "auth", auth)            \
	X(93, "pxe_client_architecture", arch) X(94, "pxe_client_network_interface", nii)          \
	X(95, "ldap", text) X(97, "pxe_client_machine_identifier", machine)                        \
	X(99, "geoconf-civic", civic) X(108, "ipv6-only-preferred", u32)                           \
	X(119, "domain-search", names) X(120, "sip-servers", sip) X(122, "ccc", suboptions)        \
	X(123, "geoconf", bytes) X(124, "vendor_class", vendor_class)                              \
	X(125, "vendor_specific_information", vendor_info) X(137, "v4-lost", name)                 \
	X(139, "mos-address", suboptions) X(140, "mos-fqdn", suboptions)                           \
	X(141, "sip_ua_service_domains", names) X(142, "andsf-address", ip)                        \
	X(143, "sztp-redirect", bytes) X(144, "geoloc", bytes)                                     \
	X(145, "forcerenew-nonce-capable", u8) X(146, "rdnss-selection", rdnss)                    \
	X(147, "dots-ri", text) X(148, "dots-address", ip) X(151, "status-code", status)           \
	X(152, "base-time", u32) X(153, "start-time-of-state", u32)                                \
	X(154, "query-start-time", u32) X(155, "query-end-time", u32)                              \
	X(156, "dhcp-state", u8) X(157, "data-source", u8) X(158, "v4-pcp-server", pcp)            \
	X(159, "v4-portparams", port_params) X(162, "v4-dnr", bytes)                               \
	X(175, "ipxe", suboptions) X(211, "pxelinux_reboot_time", u32)                             \
	X(212, "option-6rd", sixrd) X(213, "v4-access-domain", name)                               \
	X(220, "subnet-allocation", bytes) X(221, "virtual-subnet-selection", vss)                 \
	X(249, "ms-classless-static-routes", routes) X(252, "wpad", text)

static const struct pkw_label codes[] = {
#define PKW_X(number, label, unused) { .value = (number), .name = (label) },
	{ 0, "pad", 0 },
	DHCP_SCAPY(PKW_X)
	DHCP_OURS(PKW_X)
	{ 255, "end", 0 },
#undef PKW_X
};

static const struct pkw_label messages[] = {
	{ 1, "discover", 0 },
	{ 2, "offer", 0 },
	{ 3, "request", 0 },
	{ 4, "decline", 0 },
	{ 5, "ack", 0 },
	{ 6, "nak", 0 },
	{ 7, "release", 0 },
	{ 8, "inform", 0 },
	{ 9, "force_renew", 0 },
	{ 10, "lease_query", 0 },
	{ 11, "lease_unassigned", 0 },
	{ 12, "lease_unknown", 0 },
	{ 13, "lease_active", 0 },
	{ 14, "bulk_lease_query", 0 },
	{ 15, "lease_query_done", 0 },
	{ 16, "active_lease_query", 0 },
	{ 17, "lease_query_status", 0 },
	{ 18, "tls", 0 },
};

static const struct pkw_label overloads[] = {
	{ 1, "file", 0 },
	{ 2, "sname", 0 },
	{ 3, "both", 0 },
};

static const struct pkw_label architectures[] = {
	{ 0, "x86 BIOS", 0 },
	{ 6, "x86 UEFI", 0 },
	{ 7, "x64 UEFI", 0 },
	{ 9, "EBC", 0 },
	{ 10, "ARM 32-bit UEFI", 0 },
	{ 11, "ARM 64-bit UEFI", 0 },
	{ 15, "x86 UEFI boot from http", 0 },
	{ 16, "x64 UEFI boot from http", 0 },
	{ 18, "ARM 32-bit UEFI boot from http", 0 },
	{ 19, "ARM 64-bit UEFI boot from http", 0 },
	{ 27, "RISC-V 64-bit UEFI", 0 },
};

/*
 * A classless route (RFC 3442): the prefix length, as many bytes of the
 * destination as it needs, the router.  Text is Scapy's DESTINATION/LENGTH:ROUTER.
 */
static long route_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	if (max < 1 || w->bytes[off] > 32)
		return -PKW_EFORMAT;
	uint32_t n = 1 + (w->bytes[off] + 7u) / 8 + 4;
	return n <= max ? (long)n : -PKW_ETRUNC;
}

static int route_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	const uint8_t *b = w->bytes + off;
	uint8_t to[4] = { 0 };
	char text[PKW__IP4_MAX];

	if (len < 5 || len > 9)
		return -PKW_EFORMAT;
	memcpy(to, b + 1, len - 5);
	pkw_str_addn(out, text, pkw__fmt_ip4(text, to));
	pkw_str_addc(out, '/');
	pkw_str_u64(out, b[0]);
	pkw_str_addc(out, ':');
	pkw_str_addn(out, text, pkw__fmt_ip4(text, b + len - 4));
	return out->err;
}

static int route_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	const char *slash = memchr(text, '/', n);
	const char *colon = slash ? memchr(slash, ':', n - (size_t)(slash - text)) : NULL;
	uint8_t to[4], via[4];
	uint64_t bits;
	int neg;

	if (!colon || pkw__addr_parse_ip4(text, (size_t)(slash - text), to) < 0 ||
	    pkw__num_parse(slash + 1, (size_t)(colon - slash - 1), &neg, &bits) < 0 || neg ||
	    bits > 32 || pkw__addr_parse_ip4(colon + 1, (size_t)(text + n - colon - 1), via) < 0)
		return pkw_fail(d, -PKW_ESYNTAX, "`%.*s' is no route like 10.0.0.0/8:192.0.2.1", (int)n,
		    text);
	pkw_str_addc(out, (char)bits);
	pkw_str_addn(out, (const char *)to, (bits + 7) / 8);
	pkw_str_addn(out, (const char *)via, 4);
	return out->err;
}

static const struct pkw_codec route = {
	.name = "classless route",
	.size = route_size,
	.get  = route_get,
	.put  = route_put,
};

/* Lists of single values. */
#define VALUES(id, ...)                                                                            \
	static const struct pkw_field id##_value[] = { __VA_ARGS__ };                              \
	static const struct pkw_record id##_record = RECORD(#id, 0, id##_value);                   \
	static const struct pkw_list id##_list = { .rec = &id##_record, .style = PKW_LIST_VALUES }; \
	static const struct pkw_field id##_fields[] = { LIST(&id##_list, "values") }

VALUES(ip, IP4("address"));
VALUES(u8, U8("value"));
VALUES(u16, U16("value"));
VALUES(u32, U32("value"));
VALUES(overload, U8("value", LABELS(overloads)));
VALUES(message, U8("type", LABELS(messages)));
VALUES(codes, U8("code", LABELS(codes)));
VALUES(arch, U16("type", LABELS(architectures)));
VALUES(routes, CODED(&route, "route"));

static const struct pkw_field text_fields[] = { TEXT("text") };
static const struct pkw_field bytes_fields[] = { BYTES("data") };
static const struct pkw_field name_fields[] = { CODED(&pkw__domain, "name") };
static const struct pkw_field names_fields[] = { CODED(&pkw__domains, "names") };

/* Options within an option. */
enum { SUB_CODE, SUB_LEN, SUB_DATA };
static const struct pkw_field suboption_fields[] = {
	[SUB_CODE] = U8("code"),
	[SUB_LEN]  = U8("len", LEN(SUB_DATA)),
	[SUB_DATA] = BYTES("data"),
};
static const struct pkw_record suboption = RECORD("suboption", 0, suboption_fields);
static const struct pkw_list suboption_list = { .rec = &suboption };
static const struct pkw_field suboptions_fields[] = { LIST(&suboption_list, "suboptions") };

/* RFC 3046 and IANA "DHCP Relay Agent Sub-Option Codes" */
static const struct pkw_label agent_codes[] = {
	{ 1, "circuit-id", 0 },
	{ 2, "remote-id", 0 },
	{ 4, "docsis-device-class", 0 },
	{ 5, "link-selection", 0 },
	{ 6, "subscriber-id", 0 },
	{ 7, "radius", 0 },
	{ 8, "auth", 0 },
	{ 9, "vendor-specific", 0 },
	{ 10, "relay-agent-flags", 0 },
	{ 11, "server-id-override", 0 },
	{ 12, "relay-agent-id", 0 },
	{ 13, "access-technology", 0 },
	{ 14, "access-network-name", 0 },
	{ 15, "access-point-name", 0 },
	{ 16, "access-point-bssid", 0 },
	{ 17, "operator-id", 0 },
	{ 18, "operator-realm", 0 },
	{ 19, "relay-source-port", 0 },
	{ 151, "virtual-subnet", 0 },
	{ 152, "virtual-subnet-control", 0 },
};
static const struct pkw_field agent_address_fields[] = { IP4("address") };
static const struct pkw_field agent_flags_fields[] = { U8("flags", HEX, .doc = "0x80: unicast") };
static const struct pkw_record circuit_id = RECORD("circuit-id", 1, text_fields);
static const struct pkw_record link_selection = RECORD("link-selection", 5, agent_address_fields);
static const struct pkw_record subscriber_id = RECORD("subscriber-id", 6, text_fields);
static const struct pkw_record agent_flags = RECORD("relay-agent-flags", 10, agent_flags_fields);
static const struct pkw_record server_override =
    RECORD("server-id-override", 11, agent_address_fields);
static const struct pkw_record agent_other = RECORD("bytes", PKW_ELSE, bytes_fields);
static const struct pkw_record *const agent_values[] = { &circuit_id, &link_selection,
	&subscriber_id, &agent_flags, &server_override, &agent_other, NULL };
static const struct pkw_field agent_option_fields[] = {
	[SUB_CODE] = U8("code", LABELS(agent_codes)),
	[SUB_LEN]  = U8("len", LEN(SUB_DATA)),
	[SUB_DATA] = VARIANT(SUB_CODE, agent_values, "data"),
};
static const struct pkw_record agent_option = RECORD("suboption", 0, agent_option_fields);
static const struct pkw_list agent_options = { .rec = &agent_option };
static const struct pkw_field agent_fields[] = { LIST(&agent_options, "suboptions") };

static const struct pkw_field slp_agent_fields[] = {
	U8("mandatory"),
	LIST(&ip_list, "addresses"),
};
static const struct pkw_field slp_scope_fields[] = {
	U8("mandatory"),
	TEXT("scopes"),
};

/* RFC 4702 */
enum { FQDN_MBZ, FQDN_N, FQDN_E, FQDN_O, FQDN_S, FQDN_RCODE1, FQDN_RCODE2, FQDN_TEXT, FQDN_NAME };
static const struct pkw_field fqdn_fields[] = {
	[FQDN_MBZ]    = BITS(4, "mbz"),
	[FQDN_N]      = BITS(1, "n", .doc = "no DNS updates"),
	[FQDN_E]      = BITS(1, "e", .doc = "the name is in wire format"),
	[FQDN_O]      = BITS(1, "o", .doc = "the server overrode S"),
	[FQDN_S]      = BITS(1, "s", .doc = "the server updates the forward record"),
	[FQDN_RCODE1] = U8("rcode1"),
	[FQDN_RCODE2] = U8("rcode2"),
	[FQDN_TEXT]   = TEXT("name", IF(PKW_EQ, FQDN_E, 0)),
	[FQDN_NAME]   = CODED(&pkw__partial, "name", IF(PKW_EQ, FQDN_E, 1)),
};

static const struct pkw_field auth_fields[] = {
	U8("protocol"),
	U8("algorithm"),
	U8("rdm"),
	U64("replay", HEX),
	BYTES("info"),
};

static const struct pkw_field nii_fields[] = {
	U8("type", .def = 1),
	U8("major"),
	U8("minor"),
};
static const struct pkw_field machine_fields[] = {
	U8("type"),
	BYTES("id", .doc = "type 0: the UUID"),
};

enum { CIVIC_TYPE, CIVIC_LEN, CIVIC_VALUE };
static const struct pkw_field civic_item_fields[] = {
	[CIVIC_TYPE]  = U8("type"),
	[CIVIC_LEN]   = U8("len", LEN(CIVIC_VALUE)),
	[CIVIC_VALUE] = TEXT("value"),
};
static const struct pkw_record civic_item = RECORD("civic", 0, civic_item_fields);
static const struct pkw_list civic_items = { .rec = &civic_item };
static const struct pkw_field civic_fields[] = {
	U8("what"),
	TEXTN(2, "country_code"),
	LIST(&civic_items, "elements"),
};

static const struct pkw_label sip_encodings[] = {
	{ 0, "names", 0 },
	{ 1, "addresses", 0 },
};
static const struct pkw_record sip_names = RECORD("names", 0, names_fields);
static const struct pkw_record sip_addresses = RECORD("addresses", 1, ip_fields);
static const struct pkw_record *const sip_servers[] = { &sip_names, &sip_addresses, NULL };
enum { SIP_ENCODING, SIP_SERVERS };
static const struct pkw_field sip_fields[] = {
	[SIP_ENCODING] = U8("encoding", .def = 1, LABELS(sip_encodings)),
	[SIP_SERVERS]  = VARIANT(SIP_ENCODING, sip_servers, "servers"),
};

/* RFC 3925 */
enum { VENDOR_ENTERPRISE, VENDOR_LEN, VENDOR_DATA };
static const struct pkw_field vendor_class_item_fields[] = {
	[VENDOR_ENTERPRISE] = U32("enterprise"),
	[VENDOR_LEN]        = U8("len", LEN(VENDOR_DATA)),
	[VENDOR_DATA]       = BYTES("data", .flags = PKW_RAWTEXT),
};
static const struct pkw_record vendor_class_item = RECORD("class", 0, vendor_class_item_fields);
static const struct pkw_list vendor_classes = { .rec = &vendor_class_item };
static const struct pkw_field vendor_class_fields[] = { LIST(&vendor_classes, "classes") };
static const struct pkw_field vendor_info_item_fields[] = {
	[VENDOR_ENTERPRISE] = U32("enterprise"),
	[VENDOR_LEN]        = U8("len", LEN(VENDOR_DATA)),
	[VENDOR_DATA]       = LIST(&suboption_list, "suboptions"),
};
static const struct pkw_record vendor_info_item = RECORD("vendor", 0, vendor_info_item_fields);
static const struct pkw_list vendor_infos = { .rec = &vendor_info_item };
static const struct pkw_field vendor_info_fields[] = { LIST(&vendor_infos, "vendors") };

static const struct pkw_field rdnss_fields[] = {
	U8("preference"),
	IP4("primary"),
	IP4("secondary"),
	CODED(&pkw__domains, "names"),
};

static const struct pkw_field status_fields[] = {
	U8("code"),
	TEXT("message"),
};

enum { PCP_LEN, PCP_ADDRESSES };
static const struct pkw_field pcp_item_fields[] = {
	[PCP_LEN]       = U8("len", LEN(PCP_ADDRESSES)),
	[PCP_ADDRESSES] = LIST(&ip_list, "addresses"),
};
static const struct pkw_record pcp_item = RECORD("server", 0, pcp_item_fields);
static const struct pkw_list pcp_items = { .rec = &pcp_item };
static const struct pkw_field pcp_fields[] = { LIST(&pcp_items, "servers") };

static const struct pkw_field port_params_fields[] = {
	U8("offset"),
	U8("psid_len"),
	U16("psid", HEX),
};

static const struct pkw_field sixrd_fields[] = {
	U8("ip4_mask_len"),
	U8("prefix_len"),
	IP6("prefix"),
	LIST(&ip_list, "relays"),
};

static const struct pkw_field vss_fields[] = {
	U8("type", .def = 255),
	BYTES("info"),
};

#define PKW_X(code, label, kind)                                                                   \
	static const struct pkw_record option_##code = RECORD(label, code, kind##_fields);
DHCP_SCAPY(PKW_X)
#undef PKW_X
#define PKW_X(code, label, kind)                                                                   \
	static const struct pkw_record option_##code =                                             \
	    RECORD_WITH(label, code, kind##_fields, .nameless = 1);
DHCP_OURS(PKW_X)
#undef PKW_X
static const struct pkw_record option_other = RECORD("bytes", PKW_ELSE, bytes_fields);

static const struct pkw_record *const option_values[] = {
#define PKW_X(code, unused, unused2) &option_##code,
	DHCP_SCAPY(PKW_X)
	DHCP_OURS(PKW_X)
#undef PKW_X
	&option_other, NULL
};

#define UNLESS_BYTE IF(PKW_NE, OPTION_CODE, 0), AND(PKW_NE, OPTION_CODE, 255)

enum { OPTION_CODE, OPTION_LEN, OPTION_VALUE };
static const struct pkw_field option_fields[] = {
	[OPTION_CODE]  = U8("code", LABELS(codes)),
	[OPTION_LEN]   = U8("len", UNLESS_BYTE, LEN(OPTION_VALUE)),
	[OPTION_VALUE] = VARIANT(OPTION_CODE, option_values, "value", UNLESS_BYTE),
};
static const struct pkw_record option = RECORD("option", 0, option_fields);
static const struct pkw_list options = { .rec = &option, .style = PKW_LIST_WORDS };

static const struct pkw_field dhcp_fields[] = {
	LIST(&options, "options"),
};

/* BOOTP's own options: the cookie alone, or whatever there is. */
static const char cookie[] = "c\202Sc";

static long cookie_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	return max >= 4 && memcmp(w->bytes + off, cookie, 4) == 0 ? 4 : (long)max;
}

static int cookie_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	pkw_str_addn(out, (const char *)w->bytes + off, len);
	return out->err;
}

static int cookie_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	(void)d;
	pkw_str_addn(out, text, n);
	return out->err;
}

static const struct pkw_codec cookie_or_bytes = {
	.name = "DHCP's magic cookie, or bytes",
	.size = cookie_size,
	.get  = cookie_get,
	.put  = cookie_put,
};

static const struct pkw_label bootp_ops[] = {
	{ 1, "BOOTREQUEST", 0 },
	{ 2, "BOOTREPLY", 0 },
};

/* "ATM" typed means 21, as in Scapy: hence its place. */
static const struct pkw_label hardware_types[] = {
	{ 21, "ATM", 0 },
	{ 1, "Ethernet (10Mb)", 0 },
	{ 2, "Ethernet (3Mb)", 0 },
	{ 3, "AX.25", 0 },
	{ 4, "Proteon ProNET Token Ring", 0 },
	{ 5, "Chaos", 0 },
	{ 6, "IEEE 802 Networks", 0 },
	{ 7, "ARCNET", 0 },
	{ 8, "Hyperchannel", 0 },
	{ 9, "Lanstar", 0 },
	{ 10, "Autonet Short Address", 0 },
	{ 11, "LocalTalk", 0 },
	{ 12, "LocalNet", 0 },
	{ 13, "Ultra link", 0 },
	{ 14, "SMDS", 0 },
	{ 15, "Frame relay", 0 },
	{ 16, "ATM", 0 },
	{ 17, "HDLC", 0 },
	{ 18, "Fibre Channel", 0 },
	{ 19, "ATM", 0 },
	{ 20, "Serial Line", 0 },
	{ 24, "IEEE 1394", 0 },
	{ 27, "EUI-64", 0 },
	{ 31, "IPsec tunnel", 0 },
	{ 32, "InfiniBand", 0 },
};

static const struct pkw_label bootp_flags[] = {
	{ 15, "B", 0 },
};

enum { BOOTP_OP, BOOTP_HTYPE, BOOTP_HLEN, BOOTP_HOPS, BOOTP_XID, BOOTP_SECS, BOOTP_FLAGS,
	BOOTP_CIADDR, BOOTP_YIADDR, BOOTP_SIADDR, BOOTP_GIADDR, BOOTP_CHADDR, BOOTP_SNAME,
	BOOTP_FILE, BOOTP_OPTIONS };

static const struct pkw_field bootp_fields[] = {
	[BOOTP_OP]      = U8("op", .def = 1, LABELS(bootp_ops)),
	[BOOTP_HTYPE]   = U8("htype", .def = 1, LABELS(hardware_types)),
	[BOOTP_HLEN]    = U8("hlen", .def = 6),
	[BOOTP_HOPS]    = U8("hops"),
	[BOOTP_XID]     = U32("xid", HEX),
	[BOOTP_SECS]    = U16("secs"),
	[BOOTP_FLAGS]   = FLAGS(16, bootp_flags, "flags"),
	[BOOTP_CIADDR]  = IP4("ciaddr", .doc = "client's, if it has one"),
	[BOOTP_YIADDR]  = IP4("yiaddr", .doc = "your (the client's) new one"),
	[BOOTP_SIADDR]  = IP4("siaddr", .doc = "next server's"),
	[BOOTP_GIADDR]  = IP4("giaddr", .doc = "relay agent's"),
	[BOOTP_CHADDR]  = BYTESN(16, "chaddr", .flags = PKW_ZPAD, .doc = "client's hardware address"),
	[BOOTP_SNAME]   = TEXTN(64, "sname", .flags = PKW_ZPAD, .doc = "server's name"),
	[BOOTP_FILE]    = TEXTN(128, "file", .flags = PKW_ZPAD, .doc = "boot file"),
	[BOOTP_OPTIONS] = CODED(&cookie_or_bytes, "options", .text = ""),
};

static int bootp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return 2 * (pkw_u(q, ql, BOOTP_XID) == pkw_u(a, al, BOOTP_XID) &&
	    pkw_u(q, ql, BOOTP_OP) != pkw_u(a, al, BOOTP_OP));
}

static const struct pkw_bind bootp_binds[] = {
	{ "udp.port", 67, { 67, 68 }, 0 },
	{ "udp.port", 68, { 0, 0 }, 'd' },
};

static const struct pkw_proto bootp = {
	.rec     = RECORD("BOOTP", 0, bootp_fields),
	.title   = "Bootstrap Protocol",
	.ref     = "RFC 951",
	.cls     = PKW_APP,
	.next    = "DHCP",
	.summary = "{op} xid {xid} your {yiaddr}",
	BINDS(bootp_binds),
	.answers = bootp_answers,
};

static const struct pkw_below dhcp_below[] = { { "BOOTP", "options", 0, cookie } };

static const struct pkw_proto dhcp = {
	.rec     = RECORD("DHCP", 0, dhcp_fields),
	.title   = "Dynamic Host Configuration Protocol: options",
	.ref     = "RFC 2131, RFC 2132",
	.cls     = PKW_APP,
	.flags   = PKW_WHOLE,
	.summary = "{options:message-type}[ for {options:requested_addr}][ {options:hostname}]",
	BELOW(dhcp_below),
};

PROTOS(dhcp, &bootp, &dhcp);
