/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP, RFC 9293, and TCPerror, its beginning as quoted in an ICMP error.
 *
 * The flags are nine bits as in Scapy: the eighth of RFC 9293 (CWR, here C)
 * and the former nonce sum (N, RFC 3540; AE in accurate ECN) belong to them,
 * which leaves three reserved ones.
 *
 * An error quotes at least eight bytes of what it complains about (RFC 792):
 * ports and sequence number.  So all fields behind those may be missing in a
 * TCPerror.
 *
 * What answers what follows Scapy, except that sequence numbers are compared
 * modulo 2^32: ports the other way round, a SYN answered by SYN/ACK or RST
 * only, and acknowledgement numbers that fit within 2, for stacks that are a
 * little off.
 */
#include <pkw/pkt.h>
#include <pkw/rows.h>

#include "proto/transport/tcp_options.h"

/* clang-format off */
static const struct pkw_label flag_letters[] = {
	{ 0, "F", 0 }, { 1, "S", 0 }, { 2, "R", 0 }, { 3, "P", 0 },
	{ 4, "A", 0 }, { 5, "U", 0 }, { 6, "E", 0 }, { 7, "C", 0 },
	{ 8, "N", 0 },
};
/* clang-format on */

/* Names as in Debian's /etc/services, spelt as Scapy does ("ftp_data"). */
/* clang-format off */
static const struct pkw_label ports[] = {
	{ 1, "tcpmux", 0 }, { 7, "echo", 0 }, { 9, "discard", 0 }, { 11, "systat", 0 },
	{ 13, "daytime", 0 }, { 15, "netstat", 0 }, { 17, "qotd", 0 }, { 19, "chargen", 0 },
	{ 20, "ftp_data", 0 }, { 20, "ftp-data", 0 }, { 21, "ftp", 0 }, { 22, "ssh", 0 },
	{ 23, "telnet", 0 }, { 25, "smtp", 0 }, { 25, "mail", 0 }, { 37, "time", 0 },
	{ 43, "whois", 0 }, { 49, "tacacs", 0 }, { 53, "domain", 0 }, { 70, "gopher", 0 },
	{ 79, "finger", 0 }, { 80, "http", 0 }, { 80, "www", 0 }, { 88, "kerberos", 0 },
	{ 102, "iso_tsap", 0 }, { 102, "iso-tsap", 0 }, { 110, "pop3", 0 }, { 111, "sunrpc", 0 },
	{ 113, "auth", 0 }, { 119, "nntp", 0 }, { 135, "epmap", 0 }, { 139, "netbios_ssn", 0 },
	{ 139, "netbios-ssn", 0 }, { 143, "imap2", 0 }, { 143, "imap", 0 }, { 161, "snmp", 0 },
	{ 162, "snmp_trap", 0 }, { 162, "snmp-trap", 0 }, { 179, "bgp", 0 }, { 389, "ldap", 0 },
	{ 427, "svrloc", 0 }, { 443, "https", 0 }, { 445, "microsoft_ds", 0 },
	{ 445, "microsoft-ds", 0 }, { 464, "kpasswd", 0 }, { 465, "submissions", 0 },
	{ 465, "smtps", 0 }, { 502, "mbap", 0 }, { 512, "exec", 0 }, { 513, "login", 0 },
	{ 514, "shell", 0 }, { 515, "printer", 0 }, { 554, "rtsp", 0 }, { 587, "submission", 0 },
	{ 631, "ipp", 0 }, { 636, "ldaps", 0 }, { 646, "ldp", 0 }, { 783, "spamd", 0 },
	{ 830, "netconf_ssh", 0 }, { 853, "domain_s", 0 }, { 853, "domain-s", 0 },
	{ 873, "rsync", 0 }, { 989, "ftps_data", 0 }, { 989, "ftps-data", 0 },
	{ 990, "ftps", 0 }, { 992, "telnets", 0 }, { 993, "imaps", 0 }, { 995, "pop3s", 0 },
	{ 1080, "socks", 0 }, { 1099, "rmiregistry", 0 }, { 1194, "openvpn", 0 },
	{ 1433, "ms_sql_s", 0 }, { 1433, "ms-sql-s", 0 }, { 1720, "h323hostcall", 0 },
	{ 1723, "pptp", 0 }, { 1812, "radius", 0 }, { 1813, "radius_acct", 0 },
	{ 1813, "radius-acct", 0 }, { 1883, "mqtt", 0 }, { 2000, "cisco_sccp", 0 },
	{ 2000, "cisco-sccp", 0 }, { 2049, "nfs", 0 }, { 2401, "cvspserver", 0 },
	{ 2601, "zebra", 0 }, { 2604, "ospfd", 0 }, { 2605, "bgpd", 0 }, { 2628, "dict", 0 },
	{ 3205, "isns", 0 }, { 3260, "iscsi_target", 0 }, { 3260, "iscsi-target", 0 },
	{ 3306, "mysql", 0 }, { 3389, "ms_wbt_server", 0 }, { 3389, "ms-wbt-server", 0 },
	{ 3632, "distcc", 0 }, { 3690, "svn", 0 }, { 3868, "diameter", 0 }, { 4190, "sieve", 0 },
	{ 4369, "epmd", 0 }, { 4460, "ntske", 0 }, { 4949, "munin", 0 }, { 5060, "sip", 0 },
	{ 5061, "sip_tls", 0 }, { 5061, "sip-tls", 0 }, { 5222, "xmpp_client", 0 },
	{ 5222, "xmpp-client", 0 }, { 5269, "xmpp_server", 0 }, { 5269, "xmpp-server", 0 },
	{ 5432, "postgresql", 0 }, { 5666, "nrpe", 0 }, { 5671, "amqps", 0 },
	{ 5672, "amqp", 0 }, { 5900, "rfb", 0 }, { 6000, "x11", 0 }, { 6379, "redis", 0 },
	{ 6514, "syslog_tls", 0 }, { 6514, "syslog-tls", 0 }, { 6566, "sane_port", 0 },
	{ 6566, "sane-port", 0 }, { 6653, "openflow", 0 }, { 6667, "ircd", 0 },
	{ 6697, "ircs_u", 0 }, { 6697, "ircs-u", 0 }, { 8080, "http_alt", 0 },
	{ 8080, "http-alt", 0 }, { 8140, "puppet", 0 }, { 8883, "secure_mqtt", 0 },
	{ 9100, "hp_pdl_datastr", 0 }, { 9418, "git", 0 }, { 10000, "webmin", 0 },
	{ 10050, "zabbix_agent", 0 }, { 10050, "zabbix-agent", 0 },
	{ 10051, "zabbix_trapper", 0 }, { 10051, "zabbix-trapper", 0 }, { 10809, "nbd", 0 },
	{ 11112, "dicom", 0 }, { 20000, "dnp", 0 }, { 44818, "EtherNet_IP_2", 0 },
};
/* clang-format on */

enum {
	TCP_SPORT,
	TCP_DPORT,
	TCP_SEQ,
	TCP_ACK,
	TCP_DATAOFS,
	TCP_RESERVED,
	TCP_FLAGS,
	TCP_WINDOW,
	TCP_CHKSUM,
	TCP_URGPTR,
	TCP_OPTIONS
};

/*
 * numbers: the space in which the pseudo header's protocol number is found.
 * cut: the flag of fields that a quotation may lack.
 */
/* clang-format off */
#define TCP_ROWS(numbers, cut)                                                 \
	[TCP_SPORT] = U16("sport", .def = 20, NEXT("tcp.port"), LABELS(ports), \
	    .doc = "the sender's port"),                                       \
	[TCP_DPORT] = U16("dport", .def = 80, NEXT("tcp.port"), LABELS(ports), \
	    .doc = "the receiver's port"),                                     \
	[TCP_SEQ] = U32("seq", .doc = "number of the first byte of data"),     \
	[TCP_ACK] = U32("ack", .flags = cut,                                   \
	    .doc = "number of the byte expected next, if A is set"),           \
	[TCP_DATAOFS] = BITS(4, "dataofs", .flags = cut,                       \
	    LEN(PKW_OF_RECORD, .unit = 4),                                     \
	    .doc = "length of the header in 32-bit words"),                    \
	[TCP_RESERVED] = BITS(3, "reserved", .flags = cut),                    \
	[TCP_FLAGS] = FLAGS(9, flag_letters, "flags", .def = 2, .flags = cut,  \
	    .doc = "FIN SYN RST PSH ACK URG ECE CWR NS"),                      \
	[TCP_WINDOW] = U16("window", .def = 8192, .flags = cut,                \
	    .doc = "bytes the sender is ready to take, to be scaled"),         \
	[TCP_CHKSUM] = U16("chksum", HEX, .flags = cut,                        \
	    SUM(&pkw_sum_inet, .of = PKW_OF_LAYER, .pseudo = numbers),         \
	    .doc = "of pseudo header, header and data"),                       \
	[TCP_URGPTR] = U16("urgptr", .flags = cut,                             \
	    .doc = "offset behind the urgent data, if U is set"),              \
	[TCP_OPTIONS] = LIST(&pkw__tcp_options, "options", .flags = cut)
/* clang-format on */

static const struct pkw_field tcp_fields[] = {
	TCP_ROWS("ipproto", 0),
};
static const struct pkw_field tcp_error_fields[] = {
	TCP_ROWS("iperror", PKW_MAYEND),
};

enum { FLAG_S = 2, FLAG_R = 4, FLAG_A = 16 };

static const struct pkw_proto tcp, tcp_error;

static int is_tcp(const struct pkw_pkt *p, int layer)
{
	const struct pkw_proto *proto = pkw_view(p)->layers[layer].proto;

	return proto == &tcp || proto == &tcp_error;
}

static int64_t distance(uint64_t a, uint64_t b)
{
	const int32_t d = (int32_t)(uint32_t)(a - b);

	return d < 0 ? -(int64_t)d : d;
}

static uint32_t payload(const struct pkw_pkt *p, int layer)
{
	const struct pkw_layer *l = &pkw_view(p)->layers[layer];

	return l->end - l->off - l->len;
}

static int tcp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (!is_tcp(q, ql))
		return 0;
	const uint64_t asked = pkw_u(q, ql, TCP_FLAGS);
	const uint64_t flags = pkw_u(a, al, TCP_FLAGS);

	if (asked & FLAG_R)
		return 0;
	if (flags & FLAG_S && !(flags & FLAG_A && asked & FLAG_S))
		return 0;
	if (pkw_u(a, al, TCP_SPORT) != pkw_u(q, ql, TCP_DPORT) ||
	    pkw_u(a, al, TCP_DPORT) != pkw_u(q, ql, TCP_SPORT))
		return 0;
	/* the ack number of a plain SYN and of a plain RST means nothing */
	if ((asked & (FLAG_S | FLAG_A)) != FLAG_S &&
	    distance(pkw_u(q, ql, TCP_ACK), pkw_u(a, al, TCP_SEQ)) > 2)
		return 0;
	if ((flags & (FLAG_R | FLAG_A)) != FLAG_R &&
	    distance(pkw_u(q, ql, TCP_SEQ), pkw_u(a, al, TCP_ACK)) > 2 + payload(q, ql))
		return 0;
	return 2;
}

static int tcp_error_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (!is_tcp(q, ql) || pkw_u(a, al, TCP_SPORT) != pkw_u(q, ql, TCP_SPORT) ||
	    pkw_u(a, al, TCP_DPORT) != pkw_u(q, ql, TCP_DPORT))
		return 0;
	return 2;
}

static const struct pkw_bind tcp_binds[]       = { { .space = "ipproto", .value = 6 } };
static const struct pkw_bind tcp_error_binds[] = { { .space = "iperror", .value = 6 } };

static const struct pkw_proto tcp = {
	.rec	 = RECORD("TCP", 0, tcp_fields),
	.title	 = "Transmission Control Protocol",
	.ref	 = "RFC 9293",
	.cls	 = PKW_TRANSPORT,
	.summary = "{sport} > {dport} {flags}",
	.answers = tcp_answers,
	BINDS(tcp_binds),
};

static const struct pkw_proto tcp_error = {
	.rec	 = RECORD("TCPerror", 0, tcp_error_fields),
	.title	 = "TCP quoted in an error message",
	.ref	 = "RFC 792",
	.cls	 = PKW_TRANSPORT,
	.flags	 = PKW_QUOTED,
	.summary = "{sport} > {dport} {flags}",
	.answers = tcp_error_answers,
	BINDS(tcp_error_binds),
};

PROTOS(tcp, &tcp, &tcp_error);
