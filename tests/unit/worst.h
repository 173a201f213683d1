/* SPDX-License-Identifier: BSD-2-Clause */
/* The packets that cost most, for test_worst and for measuring. */
#ifndef PKW_TESTS_WORST_H
#define PKW_TESTS_WORST_H

#include <stdint.h>
#include <string.h>

enum { WORST_LEN = 65535 };

struct worst {
	const char *name, *first; /* its first protocol */
	void (*fill)(uint8_t *b); /* WORST_LEN bytes of zeros */
};

static inline void worst_be16(uint8_t *b, uint32_t at, uint32_t v)
{
	b[at] = (uint8_t)(v >> 8);
	b[at + 1] = (uint8_t)v;
}

static void fill_repeat(
    uint8_t *b, uint32_t from, const void *unit, uint32_t n)
{
	for (uint32_t at = from; at + n <= WORST_LEN; at += n)
		memcpy(b + at, unit, n);
}

static void fill_ipip(uint8_t *b)
{
	for (uint32_t at = 0; at + 20 <= WORST_LEN; at += 20) {
		b[at] = 0x45;
		worst_be16(b, at + 2, WORST_LEN - at);
		b[at + 8] = 64;
		b[at + 9] = 4;
	}
}

static void fill_mpls(uint8_t *b)
{
	fill_repeat(b, 0, "\0\1\0\xff", 4);
}

static void fill_hopopts(uint8_t *b)
{
	memcpy(b, "\x60\0\0\0\xff\xd7\0\x40", 8);
	fill_repeat(b, 40, "\0\0\1\0\1\0\1\0", 8);
}

/* An error that quotes one that quotes one ... */
static void fill_quotes(uint8_t *b)
{
	for (uint32_t at = 0; at + 28 <= WORST_LEN; at += 28) {
		b[at] = 0x45;
		worst_be16(b, at + 2, WORST_LEN - at);
		b[at + 8] = 64;
		b[at + 9] = 1;
		b[at + 20] = 3;
	}
}

/* Every name a pointer two bytes back, through all of what they reach. */
static void fill_pointers(uint8_t *b)
{
	memset(b + 4, 0xff, 8);
	for (uint32_t at = 12; at + 2 <= WORST_LEN; at += 2)
		worst_be16(b, at, 0xc000 | ((at > 14 ? at - 2 : 12) & 0x3fff));
}

/* Records whose names are one pointer each. */
static void fill_records(uint8_t *b)
{
	static const uint8_t rr[] = { 0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 1, 0, 2,
		0xc0, 12 };

	memcpy(b, "\0\1\x80\0\0\1\xff\xff\0\0\0\0\7example\3com\0\0\1\0\1",
	    29);
	fill_repeat(b, 29, rr, sizeof rr);
}

/* Names of 255 bytes, then records that point to them. */
static void fill_long_names(uint8_t *b)
{
	static const uint8_t rr[] = { 0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 1, 0, 2,
		0xc0, 12 };
	uint32_t at = 12;

	memcpy(b, "\0\1\x80\0\0\1\xff\xff\0\0\0\0", 12);
	for (int i = 0; i < 126; i++, at += 2)
		memcpy(b + at, "\1a", 2);
	memcpy(b + at, "\0\0\1\0\1", 5);
	fill_repeat(b, at + 5, rr, sizeof rr);
}

static void fill_strings(uint8_t *b)
{
	memcpy(b, "\0\1\x80\0\0\0\0\1\0\0\0\0\0\0\x10\0\1\0\0\0\0", 21);
	worst_be16(b, 21, WORST_LEN - 23);
}

static void fill_sctp(uint8_t *b)
{
	fill_repeat(b, 12, "\x0b\0\0\4", 4);
}

static void fill_sctp_params(uint8_t *b)
{
	b[12] = 1;
	worst_be16(b, 14, WORST_LEN - 12);
	fill_repeat(b, 32, "\xc0\0\0\4", 4);
}

static void fill_sctp_zero(uint8_t *b)
{
	b[12] = 0xff;
}

static void fill_lldp(uint8_t *b)
{
	fill_repeat(b, 0, "\x10\0", 2);
}

static void fill_dhcp(uint8_t *b)
{
	memcpy(b + 236, "\x63\x82\x53\x63", 4);
}

static void fill_dhcp6(uint8_t *b)
{
	b[0] = 1;
	fill_repeat(b, 4, "\0\x0e\0\0", 4);
}

/* Options inside options. */
static void fill_dhcp6_deep(uint8_t *b)
{
	uint32_t at = 34;

	b[0] = 12; /* relayed in relayed */
	for (; at + 38 < WORST_LEN; at += 38) {
		worst_be16(b, at, 9);
		worst_be16(b, at + 2, WORST_LEN - at - 4);
		b[at + 4] = 12;
	}
}

static void fill_nd(uint8_t *b)
{
	b[0] = 134;
	fill_repeat(b, 16, "\1\1\2\0\0\0\0\1", 8);
}

static void fill_igmp3(uint8_t *b)
{
	b[0] = 0x22;
	worst_be16(b, 6, 0xffff);
	fill_repeat(b, 8, "\1\0\0\0\xe0\0\0\1", 8);
}

static void fill_geneve(uint8_t *b)
{
	b[0] = 0x3f;
	fill_repeat(b, 8, "\1\2\3\0", 4);
}

static void fill_ppp(uint8_t *b)
{
	b[0] = 1;
	worst_be16(b, 2, WORST_LEN);
	fill_repeat(b, 4, "\1\2", 2);
}

static void fill_gre(uint8_t *b)
{
	fill_repeat(b, 0, "\0\0\x65\x58\0\0\0\0\0\1\0\0\0\0\0\2\x81\0"
	    "\0\1\x08\0\x45\0\0\0\0\0\0\0\x40\x2f\0\0\1\2\3\4\1\2\3\4", 42);
}

static const struct worst worst[] = {
	{ "zeros as IP", "IP", NULL },
	{ "IP in IP", "IP", fill_ipip },
	{ "MPLS labels", "MPLS", fill_mpls },
	{ "extension headers", "IPv6", fill_hopopts },
	{ "quotes in quotes", "IP", fill_quotes },
	{ "DNS pointers", "DNS", fill_pointers },
	{ "DNS records", "DNS", fill_records },
	{ "DNS long names", "DNS", fill_long_names },
	{ "DNS empty strings", "DNS", fill_strings },
	{ "SCTP chunks", "SCTP", fill_sctp },
	{ "SCTP parameters", "SCTP", fill_sctp_params },
	{ "SCTP length 0", "SCTP", fill_sctp_zero },
	{ "LLDP length 0", "LLDPDU", fill_lldp },
	{ "DHCP pads", "BOOTP", fill_dhcp },
	{ "DHCPv6 length 0", "DHCP6_Solicit", fill_dhcp6 },
	{ "DHCPv6 relays", "DHCP6_RelayForward", fill_dhcp6_deep },
	{ "ND options", "ICMPv6ND_RA", fill_nd },
	{ "IGMPv3 records", "IGMPv3mr", fill_igmp3 },
	{ "GENEVE options", "GENEVE", fill_geneve },
	{ "PPP options", "PPP_LCP_Configure", fill_ppp },
	{ "GRE in GRE", "GRE", fill_gre },
};

enum { NWORST = sizeof worst / sizeof *worst };

#endif
