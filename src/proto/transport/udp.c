/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP (RFC 768) and UDP-Lite (RFC 3828), and the headers of both as quoted in an
 * ICMP error.
 *
 * A checksum of 0 says that there is none; one that comes out as 0 is sent as
 * ffff.  A length of 0 means a jumbogram that lasts to the end (RFC 2675 §4).
 *
 * UDP-Lite has no length: in its place stands how many bytes, header included,
 * the checksum covers, 0 meaning all.  Less than the header or more than there
 * is must not be (§3.1); the sum is then taken over everything.
 */
#include <pkw/pkt.h>
#include <pkw/rows.h>

/* Names as in Debian's /etc/services, spelt as Scapy does ("netbios_ns"). */
/* clang-format off */
static const struct pkw_label ports[] = {
	{ 7, "echo", 0 }, { 9, "discard", 0 }, { 13, "daytime", 0 }, { 19, "chargen", 0 },
	{ 21, "fsp", 0 }, { 37, "time", 0 }, { 49, "tacacs", 0 }, { 53, "domain", 0 },
	{ 67, "bootps", 0 }, { 68, "bootpc", 0 }, { 69, "tftp", 0 }, { 88, "kerberos", 0 },
	{ 111, "sunrpc", 0 }, { 123, "ntp", 0 }, { 137, "netbios_ns", 0 },
	{ 137, "netbios-ns", 0 }, { 138, "netbios_dgm", 0 }, { 138, "netbios-dgm", 0 },
	{ 161, "snmp", 0 }, { 162, "snmp_trap", 0 }, { 162, "snmp-trap", 0 },
	{ 177, "xdmcp", 0 }, { 213, "ipx", 0 }, { 319, "ptp_event", 0 }, { 319, "ptp-event", 0 },
	{ 320, "ptp_general", 0 }, { 320, "ptp-general", 0 }, { 389, "ldap", 0 },
	{ 427, "svrloc", 0 }, { 434, "mobileip_agent", 0 }, { 443, "https", 0 },
	{ 464, "kpasswd", 0 }, { 500, "isakmp", 0 }, { 512, "biff", 0 }, { 513, "who", 0 },
	{ 514, "syslog", 0 }, { 517, "talk", 0 }, { 518, "ntalk", 0 }, { 520, "route", 0 },
	{ 520, "rip", 0 }, { 521, "ripng", 0 }, { 546, "dhcpv6_client", 0 },
	{ 546, "dhcpv6-client", 0 }, { 547, "dhcpv6_server", 0 }, { 547, "dhcpv6-server", 0 },
	{ 554, "rtsp", 0 }, { 623, "asf_rmcp", 0 }, { 623, "asf-rmcp", 0 }, { 636, "ldaps", 0 },
	{ 646, "ldp", 0 }, { 853, "domain_s", 0 }, { 853, "domain-s", 0 },
	{ 1194, "openvpn", 0 }, { 1434, "ms_sql_m", 0 }, { 1434, "ms-sql-m", 0 },
	{ 1701, "l2f", 0 }, { 1701, "l2tp", 0 }, { 1812, "radius", 0 },
	{ 1813, "radius_acct", 0 }, { 1813, "radius-acct", 0 }, { 1900, "ssdp", 0 },
	{ 1985, "hsrp", 0 }, { 2049, "nfs", 0 }, { 2123, "gtp_control", 0 },
	{ 2152, "gtp_user", 0 }, { 3130, "icpv2", 0 }, { 3205, "isns", 0 }, { 3222, "glbp", 0 },
	{ 3478, "stun", 0 }, { 3493, "nut", 0 }, { 3544, "teredo", 0 },
	{ 3784, "bfd_control", 0 }, { 3785, "bfd_echo", 0 }, { 4500, "ipsec_nat_t", 0 },
	{ 4500, "ipsec-nat-t", 0 }, { 4569, "iax", 0 }, { 4739, "ipfix", 0 },
	{ 4789, "vxlan", 0 }, { 4790, "vxlan_gpe", 0 }, { 5004, "avt_profile_1", 0 },
	{ 5005, "avt_profile_2", 0 }, { 5060, "sip", 0 }, { 5061, "sip_tls", 0 },
	{ 5061, "sip-tls", 0 }, { 5246, "capwap_control", 0 }, { 5247, "capwap_data", 0 },
	{ 5353, "mdns", 0 }, { 5355, "llmnr", 0 }, { 5683, "coap", 0 }, { 6081, "geneve", 0 },
	{ 6343, "sflow", 0 }, { 6635, "mpls_udp", 0 }, { 6696, "babel", 0 },
	{ 47808, "bacnet", 0 },
};
/* clang-format on */

enum { UDP_SPORT, UDP_DPORT, UDP_LEN, UDP_CHKSUM };

/* clang-format off */
#define UDP_ROWS(numbers)                                                      \
	[UDP_SPORT] = U16("sport", .def = 53, NEXT("udp.port"), LABELS(ports), \
	    .doc = "the sender's port, 0: no answer is wanted"),               \
	[UDP_DPORT] = U16("dport", .def = 53, NEXT("udp.port"), LABELS(ports), \
	    .doc = "the receiver's port"),                                     \
	[UDP_LEN] = U16("len", LEN(PKW_OF_LAYER, .zero = 1),                   \
	    .doc = "bytes of header and data"),                                \
	[UDP_CHKSUM] = U16("chksum", HEX, .flags = PKW_NOZERO,                 \
	    SUM(&pkw_sum_inet, .of = PKW_OF_LAYER, .pseudo = numbers),         \
	    .doc = "of pseudo header, header and data; 0: none")
/* clang-format on */

static const struct pkw_field udp_fields[] = {
	UDP_ROWS("ipproto"),
};
static const struct pkw_field udp_error_fields[] = {
	UDP_ROWS("iperror"),
};

static uint64_t sum_covered(const struct pkw_sum_in *in)
{
	struct pkw_sum_in part = *in;
	const size_t coverage  = in->len < 8 ? 0 : (size_t)(in->bytes[4] << 8 | in->bytes[5]);

	if (coverage >= 8 && coverage < in->len)
		part.len = coverage;
	return pkw_sum_inet.fn(&part);
}

/* Not .inet: a change behind the coverage must not move it. */
static const struct pkw_sum sum_udplite = { "udplite", sum_covered, 0 };

/* clang-format off */
#define UDPLITE_ROWS(numbers)                                                  \
	U16("sport", .def = 53, NEXT("udp.port"), LABELS(ports)),              \
	U16("dport", .def = 53, NEXT("udp.port"), LABELS(ports)),              \
	U16("cscov", .doc = "bytes the checksum covers, at least 8; 0: all"),  \
	U16("chksum", HEX, .flags = PKW_NOZERO,                                \
	    SUM(&sum_udplite, .of = PKW_OF_LAYER, .pseudo = numbers),          \
	    .doc = "of pseudo header and the covered bytes")
/* clang-format on */

static const struct pkw_field udplite_fields[] = {
	UDPLITE_ROWS("ipproto"),
};
static const struct pkw_field udplite_error_fields[] = {
	UDPLITE_ROWS("iperror"),
};

static const struct pkw_proto udp, udp_error, udplite, udplite_error;

static int is_udp(const struct pkw_pkt *p, int layer)
{
	const struct pkw_proto *proto = pkw_view(p)->layers[layer].proto;

	return proto == &udp || proto == &udp_error;
}

/* The answer goes to the port that asked, but may come from another than the
   one that was asked (TFTP); what is above decides. */
static int udp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return is_udp(q, ql) && pkw_u(a, al, UDP_DPORT) == pkw_u(q, ql, UDP_SPORT);
}

static int same_ports(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_u(a, al, UDP_SPORT) == pkw_u(q, ql, UDP_SPORT) &&
	       pkw_u(a, al, UDP_DPORT) == pkw_u(q, ql, UDP_DPORT);
}

static int udp_error_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return is_udp(q, ql) && same_ports(q, ql, a, al) ? 2 : 0;
}

static int udplite_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_view(q)->layers[ql].proto == &udplite &&
	       pkw_u(a, al, UDP_DPORT) == pkw_u(q, ql, UDP_SPORT);
}

static int udplite_error_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_view(q)->layers[ql].proto == &udplite && same_ports(q, ql, a, al) ? 2 : 0;
}

static const struct pkw_bind udp_binds[]	   = { { .space = "ipproto", .value = 17 } };
static const struct pkw_bind udp_error_binds[]	   = { { .space = "iperror", .value = 17 } };
static const struct pkw_bind udplite_binds[]	   = { { .space = "ipproto", .value = 136 } };
static const struct pkw_bind udplite_error_binds[] = { { .space = "iperror", .value = 136 } };

static const struct pkw_proto udp = {
	.rec	 = RECORD("UDP", 0, udp_fields),
	.title	 = "User Datagram Protocol",
	.ref	 = "RFC 768",
	.cls	 = PKW_TRANSPORT,
	.summary = "{sport} > {dport}",
	.answers = udp_answers,
	BINDS(udp_binds),
};

static const struct pkw_proto udp_error = {
	.rec	 = RECORD("UDPerror", 0, udp_error_fields),
	.title	 = "UDP quoted in an error message",
	.ref	 = "RFC 792",
	.cls	 = PKW_TRANSPORT,
	.flags	 = PKW_QUOTED,
	.summary = "{sport} > {dport}",
	.answers = udp_error_answers,
	BINDS(udp_error_binds),
};

static const struct pkw_proto udplite = {
	.rec	 = RECORD("UDPLite", 0, udplite_fields),
	.title	 = "Lightweight User Datagram Protocol",
	.ref	 = "RFC 3828",
	.cls	 = PKW_TRANSPORT,
	.summary = "{sport} > {dport}",
	.answers = udplite_answers,
	BINDS(udplite_binds),
};

static const struct pkw_proto udplite_error = {
	.rec	 = RECORD("UDPLiteerror", 0, udplite_error_fields),
	.title	 = "UDP-Lite quoted in an error message",
	.ref	 = "RFC 792",
	.cls	 = PKW_TRANSPORT,
	.flags	 = PKW_QUOTED,
	.summary = "{sport} > {dport}",
	.answers = udplite_error_answers,
	BINDS(udplite_error_binds),
};

PROTOS(udp, &udp, &udp_error, &udplite, &udplite_error);
