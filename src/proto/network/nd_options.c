/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of neighbour discovery (RFC 4861 §4.6 and later ones).  As in Scapy
 * they are layers, one on top of the other: ICMPv6ND_RA()/ICMPv6NDOptMTU().
 * Each begins with its type, which chooses it in the space "icmpv6.ndopt", and
 * its length in units of 8 bytes.
 *
 * Three of them need more than rows.  The prefix of a route information option
 * is as long as its length says, so a length that was set cuts it (RFC 4191
 * §2.3); a quoted packet is cut to whole units (RFC 4861 §4.6.3, as Linux and
 * Scapy do); a search list is made whole with zeros, each of which reads as an
 * empty name.
 */
#include "base/addr.h"
#include "core/core.h"
#include "proto/network/inet.h"
#include "proto/network/ipv6_ext.h"
#include "proto/network/names.h"

#include <pkw/rows.h>
#include <string.h>

static const struct pkw_label preferences[] = {
	{ 0, "Medium (default)", 0 },
	{ 1, "High", 0 },
	{ 2, "Reserved", 0 },
	{ 3, "Low", 0 },
};

static const struct pkw_label address_codes[] = {
	{ 1, "Old Care-Of Address", 0 },
	{ 2, "New Care-Of Address", 0 },
	{ 3, "NAR's IP address", 0 },
};

static const struct pkw_label link_codes[] = {
	{ 0, "Wildcard requesting resolution for all nearby AP", 0 },
	{ 1, "LLA for the new AP", 0 },
	{ 2, "LLA of the MN", 0 },
	{ 3, "LLA of the NAR", 0 },
	{ 4, "LLA of the src of TrSolPr or PrRtAdv msg", 0 },
	{ 5, "AP identified by LLA belongs to current iface of router", 0 },
	{ 6, "No preifx info available for AP identified by the LLA", 0 },
	{ 7, "No fast handovers support for AP identified by the LLA", 0 },
};

static const struct pkw_label option_names[] = {
	{ 1, "Source Link-Layer Address", 0 },
	{ 2, "Target Link-Layer Address", 0 },
	{ 3, "Prefix Information", 0 },
	{ 4, "Redirected Header", 0 },
	{ 5, "MTU", 0 },
	{ 6, "NBMA Shortcut Limit Option", 0 },
	{ 7, "Advertisement Interval Option", 0 },
	{ 8, "Home Agent Information Option", 0 },
	{ 9, "Source Address List", 0 },
	{ 10, "Target Address List", 0 },
	{ 11, "CGA Option", 0 },
	{ 12, "RSA Signature Option", 0 },
	{ 13, "Timestamp Option", 0 },
	{ 14, "Nonce option", 0 },
	{ 15, "Trust Anchor Option", 0 },
	{ 16, "Certificate Option", 0 },
	{ 17, "IP Address Option", 0 },
	{ 18, "New Router Prefix Information Option", 0 },
	{ 19, "Link-layer Address Option", 0 },
	{ 20, "Neighbor Advertisement Acknowledgement Option", 0 },
	{ 21, "CARD Request Option", 0 },
	{ 22, "CARD Reply Option", 0 },
	{ 23, "MAP Option", 0 },
	{ 24, "Route Information Option", 0 },
	{ 25, "Recursive DNS Server Option", 0 },
	{ 26, "IPv6 Router Advertisement Flags Option", 0 },
	{ 27, "Handover Key Request Option", 0 },
	{ 28, "Handover Key Reply Option", 0 },
	{ 29, "Handover Assist Information Option", 0 },
	{ 30, "Mobile Node Identifier Option", 0 },
	{ 31, "DNS Search List Option", 0 },
	{ 32, "Proxy Signature", 0 },
	{ 33, "Address Registration Option", 0 },
	{ 34, "6LoWPAN Context Option", 0 },
	{ 35, "Authoritative Border Router Option", 0 },
	{ 36, "6LoWPAN Capability Indication Option", 0 },
	{ 37, "DHCP Captive-Portal", 0 },
	{ 38, "PREF64 option", 0 },
	{ 39, "Crypto-ID Parameters Option", 0 },
	{ 40, "NDP Signature Option", 0 },
	{ 41, "Resource Directory Address Option", 0 },
	{ 42, "Consistent Uptime Option", 0 },
};

static const struct pkw_label prefix_codes[] = {
	{ 0, "/96", 0 },
	{ 1, "/64", 0 },
	{ 2, "/56", 0 },
	{ 3, "/48", 0 },
	{ 4, "/40", 0 },
	{ 5, "/32", 0 },
};

/* ---- values: the front part of an IPv6 address ---- */

static long prefix_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w;
	(void)off;
	return (long)max;
}

static long prefix96_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w;
	(void)off;
	return max < 12 ? -1 : 12;
}

/* Bytes behind the sixteenth are padding, and can only be zero. */
static int prefix_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	uint8_t b[16] = { 0 };
	char text[PKW__IP6_MAX];

	if (len == 0)
		return -PKW_EFORMAT;
	for (uint32_t i = 16; i < len; i++)
		if (w->bytes[off + i])
			return -PKW_EFORMAT;
	memcpy(b, w->bytes + off, len < 16 ? len : 16);
	pkw_str_addn(out, text, pkw__fmt_ip6(text, b));
	return out->err;
}

static int put_address(const char *text, size_t n, size_t len, struct pkw_str *out,
    struct pkw_diag *d)
{
	uint8_t b[16];

	if (pkw__addr_parse_ip6(text, n, b) < 0)
		return pkw_fail(d, -PKW_ESYNTAX, "`%.*s' is no IPv6 address", (int)n, text);
	for (size_t i = len; i < sizeof b; i++)
		if (b[i])
			return pkw_fail(d, -PKW_ERANGE, "`%.*s' has more than %zu bits", (int)n,
			    text, 8 * len);
	pkw_str_addn(out, (const char *)b, len);
	return out->err;
}

static int prefix_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	return put_address(text, n, 16, out, d);
}

static int prefix96_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	return put_address(text, n, 12, out, d);
}

static const struct pkw_codec prefix_codec = {
	.name = "IPv6 prefix",
	.size = prefix_size,
	.get = prefix_get,
	.put = prefix_put,
};
static const struct pkw_codec prefix96_codec = {
	.name = "IPv6 prefix of 96 bits",
	.size = prefix96_size,
	.get = prefix_get,
	.put = prefix96_put,
};

/* ---- rows ---- */

/* Length is of the whole option. */
enum { OPT_TYPE, OPT_LEN };
#define HEAD(n)                                                                \
	[OPT_TYPE] = U8("type", .def = (n), LABELS(option_names)),             \
	[OPT_LEN] = U8("len", LEN(PKW_OF_RECORD, .unit = 8, .pad = PKW_PAD_FREE))

static const struct pkw_field unknown_fields[] = { HEAD(0), BYTES("data") };
static const struct pkw_field src_lladdr_fields[] = { HEAD(1), MAC("lladdr") };
static const struct pkw_field dst_lladdr_fields[] = { HEAD(2), MAC("lladdr") };

static const struct pkw_field prefix_fields[] = {
	HEAD(3),
	U8("prefixlen", .def = 64),
	BITS(1, "L", .def = 1, .doc = "on-link"),
	BITS(1, "A", .def = 1, .doc = "hosts may make addresses of it"),
	BITS(1, "R", .doc = "the prefix is a router's whole address"),
	BITS(5, "res1"),
	U32("validlifetime", HEX, .def = 0xffffffff, .doc = "seconds"),
	U32("preferredlifetime", HEX, .def = 0xffffffff, .doc = "seconds"),
	U32("res2", HEX),
	IP6("prefix"),
};

enum { REDIR_PKT = 3 };
static const struct pkw_field redirected_fields[] = {
	HEAD(4),
	BYTESN(6, "res"),
	[REDIR_PKT] = BYTES("pkt", .inner = "IPv6", .doc = "the start of the packet it is about"),
};

static const struct pkw_field mtu_fields[] = { HEAD(5), U16("res", HEX), U32("mtu", .def = 1280) };

static const struct pkw_field shortcut_fields[] = {
	HEAD(6),
	U8("shortcutlim", .def = 40),
	U8("res1"),
	U32("res2"),
};

static const struct pkw_field interval_fields[] = {
	HEAD(7),
	U16("res"),
	U32("advint", .doc = "milliseconds between advertisements"),
};

static const struct pkw_field ha_fields[] = {
	HEAD(8),
	U16("res"),
	U16("pref"),
	U16("lifetime", .def = 1, .doc = "seconds"),
};

static const struct pkw_field src_list_fields[] = {
	HEAD(9),
	BYTESN(6, "res"),
	LIST(&pkw__ip6_addresses, "addrlist"),
};
static const struct pkw_field tgt_list_fields[] = {
	HEAD(10),
	BYTESN(6, "res"),
	LIST(&pkw__ip6_addresses, "addrlist"),
};

static const struct pkw_field timestamp_fields[] = {
	HEAD(13),
	BITS(48, "reserved"),
	FIXED(48, 16, "timestamp", .doc = "seconds since 1970"),
};

static const struct pkw_field nonce_fields[] = { HEAD(14), BYTES("nonce") };

static const struct pkw_field address_fields[] = {
	HEAD(17),
	U8("optcode", .def = 1, LABELS(address_codes)),
	U8("plen", .def = 64),
	U32("res"),
	IP6("addr"),
};

static const struct pkw_field new_prefix_fields[] = {
	HEAD(18),
	U8("optcode"),
	U8("plen", .def = 64),
	U32("res"),
	IP6("prefix"),
};

static const struct pkw_field lla_fields[] = {
	HEAD(19),
	U8("optcode", LABELS(link_codes)),
	MAC("lla"),
};

static const struct pkw_field map_fields[] = {
	HEAD(23),
	BITS(4, "dist", .def = 1, .doc = "hops to the anchor point"),
	BITS(4, "pref", .def = 15),
	BITS(1, "R", .def = 1),
	BITS(7, "res"),
	U32("validlifetime", .def = 0xffffffff, .doc = "seconds"),
	IP6("addr"),
};

enum { ROUTE_PREFIX = 7 };
static const struct pkw_field route_fields[] = {
	HEAD(24),
	U8("plen", .doc = "prefix length in bits"),
	BITS(3, "res1"),
	BITS(2, "prf", LABELS(preferences)),
	BITS(3, "res2"),
	U32("rtlifetime", .def = 0xffffffff, .doc = "seconds"),
	[ROUTE_PREFIX] = CODED(&prefix_codec, "prefix"),
};

static const struct pkw_field rdnss_fields[] = {
	HEAD(25),
	U16("res"),
	U32("lifetime", .def = 0xffffffff, .doc = "seconds"),
	LIST(&pkw__ip6_addresses, "dns"),
};

static const struct pkw_field efa_fields[] = { HEAD(26), BITS(48, "res", .doc = "flags") };

static const struct pkw_field name_fields[] = { CODED(&pkw__plain_name, "name") };
static const struct pkw_record name_rec = RECORD("ICMPv6NDOptDNSSLname", 0, name_fields);
static const struct pkw_list names = { .rec = &name_rec, .style = PKW_LIST_VALUES };
static const struct pkw_field dnssl_fields[] = {
	HEAD(31),
	U16("res"),
	U32("lifetime", .def = 0xffffffff, .doc = "seconds"),
	LIST(&names, "searchlist"),
	ALIGN(8),
};

static const struct pkw_field portal_fields[] = { HEAD(37), TEXT("URI"), ALIGN(8) };

static const struct pkw_field pref64_fields[] = {
	HEAD(38),
	BITS(13, "scaledlifetime", .doc = "in units of 8 seconds"),
	BITS(3, "plc", LABELS(prefix_codes), .doc = "prefix length"),
	CODED(&prefix96_codec, "prefix", .text = "::"),
};

/* ---- hooks ---- */

static int whole_units(struct pkw_pkt *p, int root, unsigned field, size_t want)
{
	struct pkw_span s;
	uint8_t b[256 * 8] = { 0 };

	if (pkw_field_bytes(p, root, field, &s) < 0 || s.len == want || want > sizeof b)
		return 0;
	memcpy(b, s.p, s.len < want ? s.len : want);
	return pkw_field_set_bytes(p, root, field, b, want);
}

static void route_seal(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);

	if (root < 0 || !pkw_pinned(p, root, OPT_LEN) ||
	    inet_layer(p, layer)->flags & PKW_LAYER_BAD)
		return;
	uint64_t len = pkw_u(p, layer, OPT_LEN);
	whole_units(p, root, ROUTE_PREFIX, len > 1 ? 8 * (size_t)(len - 1) : 0);
}

/* A prefix shorter than an address would be read back as a whole one. */
static void route_thaw(struct pkw_pkt *p, int layer)
{
	struct pkw_span s;
	int root = pkw_root(p, layer);

	if (root >= 0 && pkw_field_bytes(p, root, ROUTE_PREFIX, &s) == 0 && s.len && s.len != 16)
		pkw_set(p, layer, OPT_LEN, pkw_u(p, layer, OPT_LEN));
}

static void redirected_seal(struct pkw_pkt *p, int layer)
{
	int root = pkw_root(p, layer);
	int pkt = root < 0 ? root : pkw_node_child(p, root, REDIR_PKT);

	if (pkt < 0 || inet_layer(p, layer)->flags & PKW_LAYER_BAD)
		return;
	const struct pkw_node *n = &p->nodes[pkt];
	pkw__splice(p, pkt, pkt + 1, n->off + n->len / 8 * 8, n->len % 8, 0);
}

#define OPTION(var, scapy, number, rows, text, rfc, ...)                       \
	static const struct pkw_bind var##_binds[] = {                         \
		{ .space = "icmpv6.ndopt", .value = (number) },                \
	};                                                                     \
	static const struct pkw_proto var = {                                  \
		.rec = RECORD(scapy, 0, rows),                                 \
		.title = "Neighbour discovery option: " text,                  \
		.ref = rfc,                                                    \
		.next = "ICMPv6NDOpt",                                         \
		BINDS(var##_binds),                                            \
		__VA_ARGS__                                                    \
	}

OPTION(src_lladdr, "ICMPv6NDOptSrcLLAddr", 1, src_lladdr_fields, "source link-layer address",
    "RFC 4861 section 4.6.1", .summary = "{lladdr}");
OPTION(dst_lladdr, "ICMPv6NDOptDstLLAddr", 2, dst_lladdr_fields, "target link-layer address",
    "RFC 4861 section 4.6.1", .summary = "{lladdr}");
OPTION(prefix, "ICMPv6NDOptPrefixInfo", 3, prefix_fields, "prefix", "RFC 4861 section 4.6.2",
    .summary = "{prefix}/{prefixlen}");
OPTION(redirected, "ICMPv6NDOptRedirectedHdr", 4, redirected_fields, "redirected packet",
    "RFC 4861 section 4.6.3", .seal = redirected_seal);
OPTION(mtu, "ICMPv6NDOptMTU", 5, mtu_fields, "MTU", "RFC 4861 section 4.6.4", .summary = "{mtu}");
OPTION(shortcut, "ICMPv6NDOptShortcutLimit", 6, shortcut_fields, "NBMA shortcut limit", "RFC 2491",
    .summary = "{shortcutlim}");
OPTION(interval, "ICMPv6NDOptAdvInterval", 7, interval_fields, "advertisement interval",
    "RFC 6275 section 7.3", .summary = "{advint} ms");
OPTION(ha, "ICMPv6NDOptHAInfo", 8, ha_fields, "home agent", "RFC 6275 section 7.4",
    .summary = "preference {pref}");
OPTION(src_list, "ICMPv6NDOptSrcAddrList", 9, src_list_fields, "source addresses", "RFC 3122",
    .summary = "{addrlist.address}");
OPTION(tgt_list, "ICMPv6NDOptTgtAddrList", 10, tgt_list_fields, "target addresses", "RFC 3122",
    .summary = "{addrlist.address}");
OPTION(timestamp, "ICMPv6NDOptTmstp", 13, timestamp_fields, "timestamp", "RFC 3971 section 5.3.1",
    .summary = "{timestamp}");
OPTION(nonce, "ICMPv6NDOptNonce", 14, nonce_fields, "nonce", "RFC 3971 section 5.3.2",
    .summary = "{nonce}");
OPTION(address, "ICMPv6NDOptIPAddr", 17, address_fields, "IP address and prefix", "RFC 5568",
    .summary = "{addr}/{plen}");
OPTION(new_prefix, "ICMPv6NDOptNewRtrPrefix", 18, new_prefix_fields, "new router's prefix",
    "RFC 4068", .summary = "{prefix}/{plen}");
OPTION(lla, "ICMPv6NDOptLLA", 19, lla_fields, "link-layer address for handovers", "RFC 5568",
    .summary = "{lla}");
OPTION(map, "ICMPv6NDOptMAP", 23, map_fields, "mobility anchor point", "RFC 5380",
    .summary = "{addr}");
OPTION(route, "ICMPv6NDOptRouteInfo", 24, route_fields, "route", "RFC 4191 section 2.3",
    .summary = "{prefix}/{plen}", .seal = route_seal, .thaw = route_thaw);
OPTION(rdnss, "ICMPv6NDOptRDNSS", 25, rdnss_fields, "DNS servers", "RFC 8106 section 5.1",
    .summary = "{dns.address}");
OPTION(efa, "ICMPv6NDOptEFA", 26, efa_fields, "more flags of a router advertisement", "RFC 5175",
    .summary = "{res}");
OPTION(dnssl, "ICMPv6NDOptDNSSL", 31, dnssl_fields, "DNS search list", "RFC 8106 section 5.2",
    .summary = "{searchlist.name}");
OPTION(portal, "ICMPv6NDOptCaptivePortal", 37, portal_fields, "captive portal", "RFC 8910",
    .summary = "{URI}");
OPTION(pref64, "ICMPv6NDOptPREF64", 38, pref64_fields, "NAT64 prefix", "RFC 8781",
    .summary = "{prefix}{plc}");

static const struct pkw_proto unknown = {
	.rec = RECORD("ICMPv6NDOptUnknown", 0, unknown_fields),
	.title = "Neighbour discovery option of any type",
	.ref = "RFC 4861 section 4.6",
	.next = "ICMPv6NDOpt",
	.summary = "{type}",
};

static const struct pkw_pick type_pick = { 0, 8, "icmpv6.ndopt" };
static const struct pkw_proto any = {
	.rec = EMPTY("ICMPv6NDOpt", 0),
	.title = "Neighbour discovery option, any type",
	.flags = PKW_ABSTRACT,
	.pick = &type_pick,
	.next = "ICMPv6NDOptUnknown",
};

PROTOS(nd_options, &any, &src_lladdr, &dst_lladdr, &prefix, &redirected, &mtu, &shortcut, &interval,
    &ha, &src_list, &tgt_list, &timestamp, &nonce, &address, &new_prefix, &lla, &map, &route,
    &rdnss, &efa, &dnssl, &portal, &pref64, &unknown);
