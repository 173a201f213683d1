/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of DHCPv6 (RFC 8415): layers in a chain behind the message, each
 * {code, length, data}.  Options that hold options (identity associations,
 * addresses, prefixes) have them as a list of the same records.  A relay's
 * message holds a whole packet in an option.
 *
 * Options that Scapy has no class for are DHCP6OptUnknown, with data that is
 * taken apart where we know it and written as bytes (.nameless).
 *
 * Names of domains are never compressed here (RFC 8415 section 10).
 */
#include "base/addr.h"
#include "proto/codecs.h"

#include <pkw/rows.h>

/* IANA "Option Codes"; where Scapy has a name it is Scapy's. */
static const struct pkw_label option_codes[] = {
	{ 1, "CLIENTID", 0 },
	{ 2, "SERVERID", 0 },
	{ 3, "IA_NA", 0 },
	{ 4, "IA_TA", 0 },
	{ 5, "IAADDR", 0 },
	{ 6, "ORO", 0 },
	{ 7, "PREFERENCE", 0 },
	{ 8, "ELAPSED_TIME", 0 },
	{ 9, "RELAY_MSG", 0 },
	{ 11, "AUTH", 0 },
	{ 12, "UNICAST", 0 },
	{ 13, "STATUS_CODE", 0 },
	{ 14, "RAPID_COMMIT", 0 },
	{ 15, "USER_CLASS", 0 },
	{ 16, "VENDOR_CLASS", 0 },
	{ 17, "VENDOR_OPTS", 0 },
	{ 18, "INTERFACE_ID", 0 },
	{ 19, "RECONF_MSG", 0 },
	{ 20, "RECONF_ACCEPT", 0 },
	{ 21, "SIP Servers Domain Name List", 0 },
	{ 22, "SIP Servers IPv6 Address List", 0 },
	{ 23, "DNS Recursive Name Server Option", 0 },
	{ 24, "Domain Search List option", 0 },
	{ 25, "OPTION_IA_PD", 0 },
	{ 26, "OPTION_IAPREFIX", 0 },
	{ 27, "OPTION_NIS_SERVERS", 0 },
	{ 28, "OPTION_NISP_SERVERS", 0 },
	{ 29, "OPTION_NIS_DOMAIN_NAME", 0 },
	{ 30, "OPTION_NISP_DOMAIN_NAME", 0 },
	{ 31, "OPTION_SNTP_SERVERS", 0 },
	{ 32, "OPTION_INFORMATION_REFRESH_TIME", 0 },
	{ 33, "OPTION_BCMCS_SERVER_D", 0 },
	{ 34, "OPTION_BCMCS_SERVER_A", 0 },
	{ 36, "OPTION_GEOCONF_CIVIC", 0 },
	{ 37, "OPTION_REMOTE_ID", 0 },
	{ 38, "OPTION_SUBSCRIBER_ID", 0 },
	{ 39, "OPTION_CLIENT_FQDN", 0 },
	{ 40, "OPTION_PANA_AGENT", 0 },
	{ 41, "OPTION_NEW_POSIX_TIMEZONE", 0 },
	{ 42, "OPTION_NEW_TZDB_TIMEZONE", 0 },
	{ 43, "OPTION_ERO", 0 },
	{ 44, "OPTION_LQ_QUERY", 0 },
	{ 45, "OPTION_CLIENT_DATA", 0 },
	{ 46, "OPTION_CLT_TIME", 0 },
	{ 47, "OPTION_LQ_RELAY_DATA", 0 },
	{ 48, "OPTION_LQ_CLIENT_LINK", 0 },
	{ 49, "OPTION_MIP6_HNIDF", 0 },
	{ 50, "OPTION_MIP6_VDINF", 0 },
	{ 51, "OPTION_V6_LOST", 0 },
	{ 52, "OPTION_CAPWAP_AC_V6", 0 },
	{ 53, "OPTION_RELAY_ID", 0 },
	{ 56, "OPTION_NTP_SERVER", 0 },
	{ 57, "OPTION_V6_ACCESS_DOMAIN", 0 },
	{ 58, "OPTION_SIP_UA_CS_LIST", 0 },
	{ 59, "OPT_BOOTFILE_URL", 0 },
	{ 60, "OPT_BOOTFILE_PARAM", 0 },
	{ 61, "OPTION_CLIENT_ARCH_TYPE", 0 },
	{ 62, "OPTION_NII", 0 },
	{ 63, "OPTION_GEOLOCATION", 0 },
	{ 64, "OPTION_AFTR_NAME", 0 },
	{ 65, "OPTION_ERP_LOCAL_DOMAIN_NAME", 0 },
	{ 66, "OPTION_RELAY_SUPPLIED_OPTIONS", 0 },
	{ 67, "OPTION_PD_EXCLUDE", 0 },
	{ 68, "OPTION_VSS", 0 },
	{ 74, "OPTION_RDNSS_SELECTION", 0 },
	{ 79, "OPTION_CLIENT_LINKLAYER_ADDR", 0 },
	{ 80, "OPTION_LINK_ADDRESS", 0 },
	{ 82, "OPTION_SOL_MAX_RT", 0 },
	{ 83, "OPTION_INF_MAX_RT", 0 },
	{ 86, "OPTION_V6_PCP_SERVER", 0 },
	{ 87, "OPTION_DHCPV4_MSG", 0 },
	{ 88, "OPTION_DHCP4_O_DHCP6_SERVER", 0 },
	{ 89, "OPTION_S46_RULE", 0 },
	{ 90, "OPTION_S46_BR", 0 },
	{ 91, "OPTION_S46_DMR", 0 },
	{ 92, "OPTION_S46_V4V6BIND", 0 },
	{ 93, "OPTION_S46_PORTPARAMS", 0 },
	{ 94, "OPTION_S46_CONT_MAPE", 0 },
	{ 95, "OPTION_S46_CONT_MAPT", 0 },
	{ 96, "OPTION_S46_CONT_LW", 0 },
	{ 103, "OPTION_V6_CAPTIVE_PORTAL", 0 },
	{ 112, "OPTION_MUD_URL", 0 },
	{ 135, "OPTION_RELAY_PORT", 0 },
	{ 136, "OPTION_V6_SZTP_REDIRECT", 0 },
	{ 143, "OPTION_ADDR_REG_ENABLE", 0 },
	{ 144, "OPTION_V6_DNR", 0 },
};

/* "Asynchronous Transmission Mode (ATM)" typed means 21, as in Scapy. */
static const struct pkw_label hardware_types[] = {
	{ 21, "Asynchronous Transmission Mode (ATM)", 0 },
	{ 0, "NET/ROM pseudo", 0 },
	{ 1, "Ethernet (10Mb)", 0 },
	{ 2, "Experimental Ethernet (3Mb)", 0 },
	{ 3, "Amateur Radio AX.25", 0 },
	{ 4, "Proteon ProNET Token Ring", 0 },
	{ 5, "Chaos", 0 },
	{ 6, "IEEE 802 Networks", 0 },
	{ 7, "ARCNET", 0 },
	{ 8, "Hyperchannel", 0 },
	{ 9, "Lanstar", 0 },
	{ 10, "Autonet Short Address", 0 },
	{ 11, "LocalTalk", 0 },
	{ 12, "LocalNet (IBM PCNet or SYTEK LocalNET)", 0 },
	{ 13, "Ultra link", 0 },
	{ 14, "SMDS", 0 },
	{ 15, "Frame Relay", 0 },
	{ 16, "Asynchronous Transmission Mode (ATM)", 0 },
	{ 17, "HDLC", 0 },
	{ 18, "Fibre Channel", 0 },
	{ 19, "Asynchronous Transmission Mode (ATM)", 0 },
	{ 20, "Serial Line", 0 },
	{ 22, "MIL-STD-188-220", 0 },
	{ 23, "Metricom", 0 },
	{ 24, "IEEE 1394.1995", 0 },
	{ 25, "MAPOS", 0 },
	{ 26, "Twinaxial", 0 },
	{ 27, "EUI-64", 0 },
	{ 28, "HIPARP", 0 },
	{ 29, "IP and ARP over ISO 7816-3", 0 },
	{ 30, "ARPSec", 0 },
	{ 31, "IPsec tunnel", 0 },
	{ 32, "InfiniBand (TM)", 0 },
	{ 33, "TIA-102 Project 25 Common Air Interface (CAI)", 0 },
};

static const struct pkw_label enterprises[] = {
	{ 9, "ciscoSystems", 0 },
	{ 35, "Nortel Networks", 0 },
	{ 43, "3Com", 0 },
	{ 311, "Microsoft", 0 },
	{ 2636, "Juniper Networks, Inc.", 0 },
	{ 4526, "Netgear", 0 },
	{ 4491, "CableLabs", 0 },
	{ 5771, "Cisco Systems, Inc.", 0 },
	{ 5842, "Cisco Systems", 0 },
	{ 11129, "Google, Inc", 0 },
	{ 16885, "Nortel Networks", 0 },
};

/*
 * Link-layer addresses: six bytes when typed, as in Scapy, shown whatever their
 * length; others are written raw.
 */
static long lladdr_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w, (void)off;
	return max;
}

static int lladdr_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	for (uint32_t i = 0; i < len; i++)
		pkw_str_fmt(out, "%s%02x", i ? ":" : "", w->bytes[off + i]);
	return out->err;
}

static int lladdr_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	uint8_t mac[6];

	if (pkw__addr_parse_mac(text, n, mac) < 0)
		return pkw_fail(d, -PKW_ETYPE, "`%.*s' is no MAC address", (int)n, text);
	pkw_str_addn(out, (const char *)mac, sizeof mac);
	return out->err;
}

static const struct pkw_codec lladdr_codec = {
	.name = "link-layer address",
	.size = lladdr_size,
	.get  = lladdr_get,
	.put  = lladdr_put,
};

/* DHCP Unique Identifiers, RFC 8415 section 11. */
static const struct pkw_label duid_types[] = {
	{ 1, "Link-layer address plus time", 0 },
	{ 2, "Vendor-assigned unique ID based on Enterprise Number", 0 },
	{ 3, "Link-layer Address", 0 },
	{ 4, "UUID", 0 },
};
#define DUID_TYPE(n) U16("type", .def = (n), LABELS(duid_types))
static const struct pkw_field llt_fields[] = {
	DUID_TYPE(1),
	U16("hwtype", .def = 1, HEX, LABELS(hardware_types)),
	U32("timeval", .doc = "seconds since 2000"),
	CODED(&lladdr_codec, "lladdr", .text = "00:00:00:00:00:00"),
};
static const struct pkw_field en_fields[] = {
	DUID_TYPE(2),
	U32("enterprisenum", .def = 311, LABELS(enterprises)),
	BYTES("id"),
};
static const struct pkw_field ll_fields[] = {
	DUID_TYPE(3),
	U16("hwtype", .def = 1, HEX, LABELS(hardware_types)),
	CODED(&lladdr_codec, "lladdr", .text = "00:00:00:00:00:00"),
};
static const struct pkw_field uuid_fields[] = {
	DUID_TYPE(4),
	UUID("uuid"),
};
static const struct pkw_record duid_llt = RECORD("DUID_LLT", 1, llt_fields);
static const struct pkw_record duid_en = RECORD("DUID_EN", 2, en_fields);
static const struct pkw_record duid_ll = RECORD("DUID_LL", 3, ll_fields);
static const struct pkw_record duid_uuid = RECORD("DUID_UUID", 4, uuid_fields);
static const struct pkw_record *const duids[] = { &duid_llt, &duid_en, &duid_ll, &duid_uuid, NULL };
static const struct pkw_list duid = { .variants = duids, .peek_bits = 16 };

/* Lists of single values. */
#define VALUES(id, ...)                                                                            \
	static const struct pkw_field id##_value[] = { __VA_ARGS__ };                              \
	static const struct pkw_record id##_record = RECORD(#id, 0, id##_value);                   \
	static const struct pkw_list id##_list = { .rec = &id##_record, .style = PKW_LIST_VALUES }

VALUES(ip6, IP6("address"));
VALUES(name, CODED(&pkw__domain, "name"));
VALUES(codes, U16("code", LABELS(option_codes)));
VALUES(u16, U16("value"));

/* An option: its record is both a layer and an element of others' lists. */
#define OPTCODE(n) U16("optcode", .def = (n), LABELS(option_codes))
#define OPTLEN U16("optlen", LEN(PKW_OF_REST))
#define HEAD(n) OPTCODE(n), OPTLEN
#define OPTION(id, class, n, text) OPTION_SAYS(id, class, n, text, NULL)
#define OPTION_SAYS(id, class, n, text, line)                                                      \
	static const struct pkw_bind id##_binds[] = { { "dhcp6.opt", n, { 0, 0 }, 0 } };           \
	static const struct pkw_proto id = {                                                       \
		.rec   = RECORD(class, n, id##_fields),                                            \
		.title = "DHCPv6 option: " text,                                                   \
		.ref   = "RFC 8415",                                                               \
		.next  = "DHCP6Opt",                                                               \
		.summary = line,                                                                   \
		BINDS(id##_binds),                                                                 \
	}

/* Options in options: filled in at the end of this file. */
static const struct pkw_list options_list;

static const struct pkw_label lifetimes[] = {
	{ 0xffffffff, "infinity", 0 },
};

static const struct pkw_field clientid_fields[] = { HEAD(1), SUB(&duid, "duid") };
OPTION(clientid, "DHCP6OptClientId", 1, "client identifier");

static const struct pkw_field serverid_fields[] = { HEAD(2), SUB(&duid, "duid") };
OPTION(serverid, "DHCP6OptServerId", 2, "server identifier");

static const struct pkw_field ia_na_fields[] = {
	HEAD(3),
	U32("iaid", HEX),
	U32("T1"),
	U32("T2"),
	LIST(&options_list, "ianaopts"),
};
OPTION_SAYS(ia_na, "DHCP6OptIA_NA", 3, "identity association for addresses", "{ianaopts.addr}");

static const struct pkw_field ia_ta_fields[] = {
	HEAD(4),
	U32("iaid", HEX),
	LIST(&options_list, "iataopts"),
};
OPTION_SAYS(ia_ta, "DHCP6OptIA_TA", 4, "identity association for temporary addresses", "{iataopts.addr}");

static const struct pkw_field iaaddr_fields[] = {
	HEAD(5),
	IP6("addr"),
	U32("preflft", LABELS(lifetimes)),
	U32("validlft", LABELS(lifetimes)),
	LIST(&options_list, "iaaddropts"),
};
OPTION_SAYS(iaaddr, "DHCP6OptIAAddress", 5, "address", "{addr}");

static const struct pkw_field oro_fields[] = {
	HEAD(6),
	LIST(&codes_list, "reqopts", .text = "[23, 24]"),
};
OPTION(oro, "DHCP6OptOptReq", 6, "option request");

static const struct pkw_field pref_fields[] = { HEAD(7), U8("prefval", .def = 255) };
OPTION(pref, "DHCP6OptPref", 7, "preference");

static const struct pkw_field elapsed_fields[] = {
	HEAD(8),
	U16("elapsedtime", .doc = "hundredths of a second"),
};
OPTION(elapsed, "DHCP6OptElapsedTime", 8, "elapsed time");

static const struct pkw_field relay_msg_fields[] = {
	HEAD(9),
	BYTES("message", .inner = "DHCP6", .text = "DHCP6()"),
};
OPTION(relay_msg, "DHCP6OptRelayMsg", 9, "relayed message");

static const struct pkw_label auth_protocols[] = {
	{ 0, "configuration token", 0 },
	{ 1, "delayed authentication", 0 },
	{ 2, "delayed authentication (obsolete)", 0 },
	{ 3, "reconfigure key", 0 },
};
static const struct pkw_label auth_algorithms[] = {
	{ 0, "configuration token", 0 },
	{ 1, "HMAC-MD5", 0 },
};
static const struct pkw_label auth_rdms[] = {
	{ 0, "use of a monotonically increasing value", 0 },
};
static const struct pkw_field auth_fields[] = {
	HEAD(11),
	U8("proto", .def = 3, LABELS(auth_protocols)),
	U8("alg", .def = 1, LABELS(auth_algorithms)),
	U8("rdm", LABELS(auth_rdms)),
	BYTESN(8, "replay"),
	BYTES("authinfo"),
};
OPTION(auth, "DHCP6OptAuth", 11, "authentication");

static const struct pkw_field unicast_fields[] = { HEAD(12), IP6("srvaddr") };
OPTION_SAYS(unicast, "DHCP6OptServerUnicast", 12, "server unicast", "{srvaddr}");

static const struct pkw_label status_codes[] = {
	{ 0, "Success", 0 },
	{ 1, "UnspecFail", 0 },
	{ 2, "NoAddrsAvail", 0 },
	{ 3, "NoBinding", 0 },
	{ 4, "NotOnLink", 0 },
	{ 5, "UseMulticast", 0 },
	{ 6, "NoPrefixAvail", 0 },
	{ 7, "UnknownQueryType", 0 },
	{ 8, "MalformedQuery", 0 },
	{ 9, "NotConfigured", 0 },
	{ 10, "NotAllowed", 0 },
	{ 11, "QueryTerminated", 0 },
};
static const struct pkw_field status_fields[] = {
	HEAD(13),
	U16("statuscode", LABELS(status_codes)),
	TEXT("statusmsg"),
};
OPTION_SAYS(status, "DHCP6OptStatusCode", 13, "status code", "{statuscode}");

static const struct pkw_field rapid_fields[] = { HEAD(14) };
OPTION(rapid, "DHCP6OptRapidCommit", 14, "rapid commit");

enum { CLASS_LEN, CLASS_DATA };
static const struct pkw_field class_fields[] = {
	[CLASS_LEN]  = U16("len", LEN(CLASS_DATA)),
	[CLASS_DATA] = BYTES("data", .flags = PKW_RAWTEXT),
};
static const struct pkw_record user_class_data = RECORD("USER_CLASS_DATA", 0, class_fields);
static const struct pkw_record vendor_class_data = RECORD("VENDOR_CLASS_DATA", 0, class_fields);
static const struct pkw_list user_classes = { .rec = &user_class_data, .style = PKW_LIST_LAYERS };
static const struct pkw_list vendor_classes = { .rec = &vendor_class_data, .style = PKW_LIST_LAYERS };

static const struct pkw_field user_class_fields[] = {
	HEAD(15),
	LIST(&user_classes, "userclassdata"),
};
OPTION(user_class, "DHCP6OptUserClass", 15, "user class");

static const struct pkw_field vendor_class_fields[] = {
	HEAD(16),
	U32("enterprisenum", LABELS(enterprises)),
	LIST(&vendor_classes, "vcdata"),
};
OPTION(vendor_class, "DHCP6OptVendorClass", 16, "vendor class");

enum { VSO_CODE, VSO_LEN, VSO_DATA };
static const struct pkw_field vso_fields[] = {
	[VSO_CODE] = U16("optcode"),
	[VSO_LEN]  = U16("optlen", LEN(VSO_DATA)),
	[VSO_DATA] = BYTES("optdata"),
};
static const struct pkw_record vso = RECORD("VENDOR_SPECIFIC_OPTION", 0, vso_fields);
static const struct pkw_list vsos = { .rec = &vso, .style = PKW_LIST_LAYERS };
static const struct pkw_field vendor_opts_fields[] = {
	HEAD(17),
	U32("enterprisenum", LABELS(enterprises)),
	LIST(&vsos, "vso"),
};
OPTION(vendor_opts, "DHCP6OptVendorSpecificInfo", 17, "vendor-specific information");

static const struct pkw_field iface_id_fields[] = {
	HEAD(18),
	BYTES("ifaceid", .flags = PKW_RAWTEXT),
};
OPTION_SAYS(iface_id, "DHCP6OptIfaceId", 18, "interface identifier", "{ifaceid}");

static const struct pkw_label reconf_types[] = {
	{ 5, "Renew Message", 0 },
	{ 6, "Rebind Message", 0 },
	{ 11, "Information Request", 0 },
};
static const struct pkw_field reconf_msg_fields[] = {
	HEAD(19),
	U8("msgtype", .def = 11, LABELS(reconf_types)),
};
OPTION(reconf_msg, "DHCP6OptReconfMsg", 19, "reconfigure message");

static const struct pkw_field reconf_accept_fields[] = { HEAD(20) };
OPTION(reconf_accept, "DHCP6OptReconfAccept", 20, "reconfigure accept");

static const struct pkw_field sip_domains_fields[] = { HEAD(21), LIST(&name_list, "sipdomains") };
OPTION(sip_domains, "DHCP6OptSIPDomains", 21, "domains of SIP servers");

static const struct pkw_field sip_servers_fields[] = { HEAD(22), LIST(&ip6_list, "sipservers") };
OPTION(sip_servers, "DHCP6OptSIPServers", 22, "SIP servers");

static const struct pkw_field dns_servers_fields[] = { HEAD(23), LIST(&ip6_list, "dnsservers") };
OPTION_SAYS(dns_servers, "DHCP6OptDNSServers", 23, "DNS servers", "{dnsservers}");

static const struct pkw_field dns_domains_fields[] = { HEAD(24), LIST(&name_list, "dnsdomains") };
OPTION_SAYS(dns_domains, "DHCP6OptDNSDomains", 24, "domains to search", "{dnsdomains}");

static const struct pkw_field ia_pd_fields[] = {
	HEAD(25),
	U32("iaid", HEX),
	U32("T1"),
	U32("T2"),
	LIST(&options_list, "iapdopt"),
};
OPTION_SAYS(ia_pd, "DHCP6OptIA_PD", 25, "identity association for prefixes", "{iapdopt.prefix}");

static const struct pkw_field iaprefix_fields[] = {
	HEAD(26),
	U32("preflft", LABELS(lifetimes)),
	U32("validlft", LABELS(lifetimes)),
	U8("plen", .def = 48),
	IP6("prefix", .text = "2001:db8::"),
	LIST(&options_list, "iaprefopts"),
};
OPTION_SAYS(iaprefix, "DHCP6OptIAPrefix", 26, "prefix", "{prefix}/{plen}");

static const struct pkw_field nis_servers_fields[] = { HEAD(27), LIST(&ip6_list, "nisservers") };
OPTION(nis_servers, "DHCP6OptNISServers", 27, "NIS servers");

static const struct pkw_field nisp_servers_fields[] = { HEAD(28), LIST(&ip6_list, "nispservers") };
OPTION(nisp_servers, "DHCP6OptNISPServers", 28, "NIS+ servers");

static const struct pkw_field nis_domain_fields[] = {
	HEAD(29),
	CODED(&pkw__domain, "nisdomain", .text = "."),
};
OPTION(nis_domain, "DHCP6OptNISDomain", 29, "NIS domain");

static const struct pkw_field nisp_domain_fields[] = {
	HEAD(30),
	CODED(&pkw__domain, "nispdomain", .text = "."),
};
OPTION(nisp_domain, "DHCP6OptNISPDomain", 30, "NIS+ domain");

static const struct pkw_field sntp_servers_fields[] = { HEAD(31), LIST(&ip6_list, "sntpservers") };
OPTION(sntp_servers, "DHCP6OptSNTPServers", 31, "SNTP servers");

static const struct pkw_field refresh_fields[] = { HEAD(32), U32("reftime", .def = 86400) };
OPTION(refresh, "DHCP6OptInfoRefreshTime", 32, "refresh time");

static const struct pkw_field bcmcs_domains_fields[] = {
	HEAD(33),
	LIST(&name_list, "bcmcsdomains"),
};
OPTION(bcmcs_domains, "DHCP6OptBCMCSDomains", 33, "domains of BCMCS servers");

static const struct pkw_field bcmcs_servers_fields[] = {
	HEAD(34),
	LIST(&ip6_list, "bcmcsservers"),
};
OPTION(bcmcs_servers, "DHCP6OptBCMCSServers", 34, "BCMCS servers");

/* RFC 4776: both are bytes; Scapy gives the length two. */
enum { CA_TYPE, CA_LEN, CA_VALUE };
static const struct pkw_field civic_fields[] = {
	[CA_TYPE]  = U8("CAtype"),
	[CA_LEN]   = U8("CAlength", LEN(CA_VALUE)),
	[CA_VALUE] = TEXT("CAvalue"),
};
static const struct pkw_record civic = RECORD("DHCP6OptGeoConfElement", 0, civic_fields);
static const struct pkw_list civics = { .rec = &civic, .style = PKW_LIST_LAYERS };
static const struct pkw_label civic_whats[] = {
	{ 0, "DHCP server", 0 },
	{ 1, "closest network element", 0 },
	{ 2, "client", 0 },
};
static const struct pkw_field geoconf_fields[] = {
	HEAD(36),
	U8("what", .def = 2, LABELS(civic_whats)),
	TEXTN(2, "country_code", .text = "FR"),
	LIST(&civics, "ca_elts"),
};
OPTION(geoconf, "DHCP6OptGeoConf", 36, "civic address");

static const struct pkw_field remote_id_fields[] = {
	HEAD(37),
	U32("enterprisenum", LABELS(enterprises)),
	BYTES("remoteid", .flags = PKW_RAWTEXT),
};
OPTION(remote_id, "DHCP6OptRemoteID", 37, "relay agent's remote identifier");

static const struct pkw_field subscriber_id_fields[] = {
	HEAD(38),
	BYTES("subscriberid", .flags = PKW_RAWTEXT),
};
OPTION(subscriber_id, "DHCP6OptSubscriberID", 38, "relay agent's subscriber identifier");

static const struct pkw_label fqdn_flags[] = {
	{ 0, "S", 0 },
	{ 1, "O", 0 },
	{ 2, "N", 0 },
};
static const struct pkw_field client_fqdn_fields[] = {
	HEAD(39),
	BITS(5, "res"),
	FLAGS(3, fqdn_flags, "flags"),
	CODED(&pkw__partial, "fqdn", .text = "."),
};
OPTION_SAYS(client_fqdn, "DHCP6OptClientFQDN", 39, "client's domain name", "{fqdn}");

static const struct pkw_field pana_fields[] = { HEAD(40), LIST(&ip6_list, "paaaddr") };
OPTION(pana, "DHCP6OptPanaAuthAgent", 40, "PANA authentication agents");

static const struct pkw_field posix_tz_fields[] = { HEAD(41), TEXT("optdata") };
OPTION(posix_tz, "DHCP6OptNewPOSIXTimeZone", 41, "POSIX time zone");

static const struct pkw_field tzdb_tz_fields[] = { HEAD(42), TEXT("optdata") };
OPTION(tzdb_tz, "DHCP6OptNewTZDBTimeZone", 42, "name of the time zone");

static const struct pkw_field ero_fields[] = {
	HEAD(43),
	LIST(&codes_list, "reqopts", .text = "[23, 24]"),
};
OPTION(ero, "DHCP6OptRelayAgentERO", 43, "relay agent's echo request");

static const struct pkw_field client_link_fields[] = { HEAD(48), LIST(&ip6_list, "linkaddress") };
OPTION(client_link, "DHCP6OptLQClientLink", 48, "client's links");

static const struct pkw_field bootfile_fields[] = { HEAD(59), TEXT("optdata") };
OPTION(bootfile, "DHCP6OptBootFileUrl", 59, "URL of the boot file");

static const struct pkw_field arch_fields[] = { HEAD(61), LIST(&u16_list, "archtypes") };
OPTION(arch, "DHCP6OptClientArchType", 61, "client's architectures");

static const struct pkw_field nii_fields[] = {
	HEAD(62),
	U8("iitype"),
	U8("iimajor"),
	U8("iiminor"),
};
OPTION(nii, "DHCP6OptClientNetworkInterId", 62, "client's network interface");

static const struct pkw_field erp_fields[] = { HEAD(65), LIST(&name_list, "erpdomain") };
OPTION(erp, "DHCP6OptERPDomain", 65, "ERP domain");

static const struct pkw_field supplied_fields[] = {
	HEAD(66),
	LIST(&options_list, "relaysupplied"),
};
OPTION(supplied, "DHCP6OptRelaySuppliedOpt", 66, "options from the relay");

static const struct pkw_field opt_vss_fields[] = {
	HEAD(68),
	U8("type", .def = 255),
	BYTES("data"),
};
OPTION(opt_vss, "DHCP6OptVSS", 68, "virtual subnet selection");

static const struct pkw_field lladdr_fields[] = {
	HEAD(79),
	U16("lltype", .def = 1, LABELS(hardware_types)),
	CODED(&lladdr_codec, "clladdr", .text = "00:00:00:00:00:00"),
};
OPTION(lladdr, "DHCP6OptClientLinkLayerAddr", 79, "client's link-layer address");

static const struct pkw_field mud_fields[] = { HEAD(112), TEXT("mudstring") };
OPTION(mud, "DHCP6OptMudUrl", 112, "URL of the manufacturer's usage description");

/* Data of options without a class in Scapy. */
#define OURS(n, k, f) RECORD_WITH(n, k, f, .nameless = 1)
static const struct pkw_field addresses_data[] = { LIST(&ip6_list, "addresses") };
static const struct pkw_field address_data[] = { IP6("address") };
static const struct pkw_field names_data[] = { LIST(&name_list, "names") };
static const struct pkw_field name_data[] = { CODED(&pkw__domain, "name", .text = ".") };
static const struct pkw_field seconds_data[] = { U32("seconds") };
static const struct pkw_field options_data[] = { LIST(&options_list, "options") };
static const struct pkw_field text_data[] = { TEXT("text") };
static const struct pkw_field port_data[] = { U16("port") };
static const struct pkw_field duid_data[] = { SUB(&duid, "duid") };
static const struct pkw_field relay_data[] = {
	IP6("peer"),
	BYTES("message", .inner = "DHCP6"),
};
static const struct pkw_field lq_data[] = {
	U8("type", .def = 1),
	IP6("link"),
	LIST(&options_list, "options"),
};
static const struct pkw_field bootp_data[] = { BYTES("message", .inner = "BOOTP") };
static const struct pkw_field bytes_data[] = { BYTES("data") };

enum { PARAM_LEN, PARAM_TEXT };
static const struct pkw_field param_fields[] = {
	[PARAM_LEN]  = U16("len", LEN(PARAM_TEXT)),
	[PARAM_TEXT] = TEXT("text"),
};
static const struct pkw_record param = RECORD("param", 0, param_fields);
static const struct pkw_list params = { .rec = &param, .style = PKW_LIST_VALUES };
static const struct pkw_field params_data[] = { LIST(&params, "params") };

/* RFC 5908: an address, a group, or a name */
enum { NTP_CODE, NTP_LEN, NTP_VALUE };
static const struct pkw_record ntp_address = RECORD("address", 1, address_data);
static const struct pkw_record ntp_group = RECORD("group", 2, address_data);
static const struct pkw_record ntp_name = RECORD("name", 3, name_data);
static const struct pkw_record *const ntp_values[] = { &ntp_address, &ntp_group, &ntp_name, NULL };
static const struct pkw_field ntp_suboption_fields[] = {
	[NTP_CODE]  = U16("code", .def = 1),
	[NTP_LEN]   = U16("len", LEN(NTP_VALUE)),
	[NTP_VALUE] = VARIANT(NTP_CODE, ntp_values, "value"),
};
static const struct pkw_record ntp_suboption = RECORD("suboption", 0, ntp_suboption_fields);
static const struct pkw_list ntp_suboptions = { .rec = &ntp_suboption };
static const struct pkw_field ntp_data[] = { LIST(&ntp_suboptions, "suboptions") };

/* RFC 7598 */
static const struct pkw_field s46_portparams_data[] = {
	U8("offset"),
	U8("psid_len"),
	U16("psid", HEX),
};

static const struct pkw_record lq_query = OURS("LQ_QUERY", 44, lq_data);
static const struct pkw_record client_data = OURS("CLIENT_DATA", 45, options_data);
static const struct pkw_record clt_time = OURS("CLT_TIME", 46, seconds_data);
static const struct pkw_record lq_relay_data = OURS("LQ_RELAY_DATA", 47, relay_data);
static const struct pkw_record v6_lost = OURS("V6_LOST", 51, name_data);
static const struct pkw_record capwap = OURS("CAPWAP_AC_V6", 52, addresses_data);
static const struct pkw_record relay_id = OURS("RELAY_ID", 53, duid_data);
static const struct pkw_record ntp_server = OURS("NTP_SERVER", 56, ntp_data);
static const struct pkw_record access_domain = OURS("V6_ACCESS_DOMAIN", 57, name_data);
static const struct pkw_record sip_ua = OURS("SIP_UA_CS_LIST", 58, names_data);
static const struct pkw_record bootfile_param = OURS("BOOTFILE_PARAM", 60, params_data);
static const struct pkw_record aftr_name = OURS("AFTR_NAME", 64, name_data);
static const struct pkw_record link_address = OURS("LINK_ADDRESS", 80, address_data);
static const struct pkw_record sol_max_rt = OURS("SOL_MAX_RT", 82, seconds_data);
static const struct pkw_record inf_max_rt = OURS("INF_MAX_RT", 83, seconds_data);
static const struct pkw_record pcp_server = OURS("V6_PCP_SERVER", 86, addresses_data);
static const struct pkw_record dhcp4_msg = OURS("DHCPV4_MSG", 87, bootp_data);
static const struct pkw_record dhcp4o6 = OURS("DHCP4_O_DHCP6_SERVER", 88, addresses_data);
static const struct pkw_record s46_br = OURS("S46_BR", 90, address_data);
static const struct pkw_record s46_ports = OURS("S46_PORTPARAMS", 93, s46_portparams_data);
static const struct pkw_record s46_mape = OURS("S46_CONT_MAPE", 94, options_data);
static const struct pkw_record s46_mapt = OURS("S46_CONT_MAPT", 95, options_data);
static const struct pkw_record s46_lw = OURS("S46_CONT_LW", 96, options_data);
static const struct pkw_record captive = OURS("V6_CAPTIVE_PORTAL", 103, text_data);
static const struct pkw_record relay_port = OURS("RELAY_PORT", 135, port_data);
static const struct pkw_record other = RECORD("bytes", PKW_ELSE, bytes_data);
static const struct pkw_record *const unknown_data[] = { &lq_query, &client_data, &clt_time,
	&lq_relay_data, &v6_lost, &capwap, &relay_id, &ntp_server, &access_domain, &sip_ua,
	&bootfile_param, &aftr_name, &link_address, &sol_max_rt, &inf_max_rt, &pcp_server,
	&dhcp4_msg, &dhcp4o6, &s46_br, &s46_ports, &s46_mape, &s46_mapt, &s46_lw, &captive,
	&relay_port, &other, NULL };

enum { UNKNOWN_CODE, UNKNOWN_LEN, UNKNOWN_DATA };
static const struct pkw_field unknown_fields[] = {
	[UNKNOWN_CODE] = OPTCODE(0),
	[UNKNOWN_LEN]  = U16("optlen", LEN(UNKNOWN_DATA)),
	[UNKNOWN_DATA] = VARIANT(UNKNOWN_CODE, unknown_data, "data"),
};
OPTION(unknown, "DHCP6OptUnknown", 0, "any other");

#define OPTIONS(X)                                                                                 \
	X(clientid) X(serverid) X(ia_na) X(ia_ta) X(iaaddr) X(oro) X(pref) X(elapsed)              \
	X(relay_msg) X(auth) X(unicast) X(status) X(rapid) X(user_class) X(vendor_class)           \
	X(vendor_opts) X(iface_id) X(reconf_msg) X(reconf_accept) X(sip_domains)                   \
	X(sip_servers) X(dns_servers) X(dns_domains) X(ia_pd) X(iaprefix) X(nis_servers)           \
	X(nisp_servers) X(nis_domain) X(nisp_domain) X(sntp_servers) X(refresh)                    \
	X(bcmcs_domains) X(bcmcs_servers) X(geoconf) X(remote_id) X(subscriber_id)                 \
	X(client_fqdn) X(pana) X(posix_tz) X(tzdb_tz) X(ero) X(client_link) X(bootfile) X(arch)    \
	X(nii) X(erp) X(supplied) X(opt_vss) X(lladdr) X(mud)

static const struct pkw_record *const option_records[] = {
#define PKW_X(id) &id.rec,
	OPTIONS(PKW_X)
#undef PKW_X
	NULL
};
static const struct pkw_list options_list = {
	.rec       = &unknown.rec,
	.variants  = option_records,
	.peek_bits = 16,
	.style     = PKW_LIST_LAYERS,
};

static const struct pkw_pick option_pick = { .bits = 16, .space = "dhcp6.opt" };
static const struct pkw_proto any_option = {
	.rec   = EMPTY("DHCP6Opt", 0),
	.title = "DHCPv6 option",
	.ref   = "RFC 8415",
	.flags = PKW_ABSTRACT,
	.pick  = &option_pick,
	.next  = "DHCP6OptUnknown",
};

#define PKW_X(id) &id,
PROTOS(dhcp6_opt, &any_option, OPTIONS(PKW_X) &unknown);
#undef PKW_X
