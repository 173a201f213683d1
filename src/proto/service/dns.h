/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files about DNS share: record types and the tables of records. */
#ifndef PKW_PROTO_SERVICE_DNS_H
#define PKW_PROTO_SERVICE_DNS_H

#include <pkw/rows.h>

/* IANA "Resource Record (RR) TYPEs"; where Scapy has a name it is Scapy's. */
#define PKW_DNS_TYPES(X)                                                       \
	X(0, "ANY") X(1, "A") X(2, "NS") X(3, "MD") X(4, "MF") X(5, "CNAME")   \
	X(6, "SOA") X(7, "MB") X(8, "MG") X(9, "MR") X(10, "NULL")             \
	X(11, "WKS") X(12, "PTR") X(13, "HINFO") X(14, "MINFO") X(15, "MX")    \
	X(16, "TXT") X(17, "RP") X(18, "AFSDB") X(19, "X25") X(20, "ISDN")     \
	X(21, "RT") X(22, "NSAP") X(23, "NSAP-PTR") X(24, "SIG") X(25, "KEY")  \
	X(26, "PX") X(27, "GPOS") X(28, "AAAA") X(29, "LOC") X(30, "NXT")      \
	X(31, "EID") X(32, "NIMLOC") X(33, "SRV") X(34, "ATMA")                \
	X(35, "NAPTR") X(36, "KX") X(37, "CERT") X(38, "A6") X(39, "DNAME")    \
	X(40, "SINK") X(41, "OPT") X(42, "APL") X(43, "DS") X(44, "SSHFP")     \
	X(45, "IPSECKEY") X(46, "RRSIG") X(47, "NSEC") X(48, "DNSKEY")         \
	X(49, "DHCID") X(50, "NSEC3") X(51, "NSEC3PARAM") X(52, "TLSA")        \
	X(53, "SMIMEA") X(55, "HIP") X(56, "NINFO") X(57, "RKEY")              \
	X(58, "TALINK") X(59, "CDS") X(60, "CDNSKEY") X(61, "OPENPGPKEY")      \
	X(62, "CSYNC") X(63, "ZONEMD") X(64, "SVCB") X(65, "HTTPS")            \
	X(66, "DSYNC") X(99, "SPF") X(100, "UINFO") X(101, "UID")              \
	X(102, "GID") X(103, "UNSPEC") X(104, "NID") X(105, "L32")             \
	X(106, "L64") X(107, "LP") X(108, "EUI48") X(109, "EUI64")             \
	X(128, "NXNAME") X(249, "TKEY") X(250, "TSIG") X(251, "IXFR")          \
	X(252, "AXFR") X(253, "MAILB") X(254, "MAILA") X(255, "ALL")           \
	X(256, "URI") X(257, "CAA") X(258, "AVC") X(259, "DOA")                \
	X(260, "AMTRELAY") X(261, "RESINFO") X(262, "WALLET") X(263, "CLA")    \
	X(264, "IPN") X(32768, "TA") X(32769, "DLV") X(65535, "RESERVED")

#define PKW_X(number, label) +1
enum { PKW__DNS_TYPES_N = PKW_DNS_TYPES(PKW_X) };
#undef PKW_X
extern const struct pkw_label pkw__dns_types[PKW__DNS_TYPES_N];

enum { PKW__DNS_CLASSES_N = 6, PKW__DNS_ALGORITHMS_N = 22 };
extern const struct pkw_label pkw__dns_classes[PKW__DNS_CLASSES_N];
extern const struct pkw_label pkw__dns_algorithms[PKW__DNS_ALGORITHMS_N];

/* Every resource record begins with these, OPT apart from the class and TTL. */
enum pkw__dns_rr { RR_NAME, RR_TYPE, RR_CLASS, RR_TTL, RR_LEN, RR_DATA };

/* Bitmaps of types (RFC 4034 section 4.1.2) as lists of numbers. */
extern const struct pkw_codec pkw__dns_bitmap;

extern const struct pkw_list pkw__dns_strings; /* <character-string>s */
extern const struct pkw_list pkw__dns_rrs;
extern const struct pkw_record *const pkw__dns_rdata[];

#endif
