/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BSD loopback captures: four bytes with the sender's address family.
 *
 * LINKTYPE_NULL has them in the order of the machine that captured,
 * LINKTYPE_LOOP in network order; families are small, so the place of the zeros
 * tells.  Scapy's Loopback is the little-endian one; LoopbackBE is the other.
 * The number of IPv6 is a different one on every BSD, and 10 on Linux, which is
 * what Scapy writes here and so do we.
 */
#include <pkw/rows.h>

/* Of several numbers a label stands for the first, here as in Scapy for 30. */
static const struct pkw_label families[] = {
	{ 2, "IPv4" },
	{ 7, "OSI" },
	{ 16, "Appletalk" },
	{ 23, "Netware IPX/SPX" },
	{ 30, "IPv6" },
	{ 10, "IPv6" },
	{ 24, "IPv6" },
	{ 28, "IPv6" },
};

static const struct pkw_field le_fields[] = {
	U32("type", .flags = PKW_LE, .def = 2, NEXT("loopback"), LABELS(families),
	    .doc = "address family"),
};

static const struct pkw_field be_fields[] = {
	U32("type", .def = 2, NEXT("loopback"), LABELS(families), .doc = "address family"),
};

static const struct pkw_bind be_binds[] = {
	{ .space = "linktype", .value = 108 },
};

static const struct pkw_proto loopback_be = {
	.rec = RECORD("LoopbackBE", 0, be_fields),
	.title = "BSD loopback, network order",
	.ref = "tcpdump.org LINKTYPE_LOOP",
	BINDS(be_binds),
	.cls = PKW_LINK,
	.summary = "{type}",
};

static const struct pkw_proto *loopback_guess(const uint8_t *b, size_t n)
{
	return n >= 4 && !b[0] && !b[1] && (b[2] || b[3]) ? &loopback_be : NULL;
}

static const struct pkw_bind le_binds[] = {
	{ .space = "linktype", .value = 0 },
};

static const struct pkw_proto loopback = {
	.rec = RECORD("Loopback", 0, le_fields),
	.title = "BSD loopback, little-endian",
	.ref = "tcpdump.org LINKTYPE_NULL",
	BINDS(le_binds),
	.cls = PKW_LINK,
	.summary = "{type}",
	.guess = loopback_guess,
};

PROTOS(loopback, &loopback, &loopback_be);
