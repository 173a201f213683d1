/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PPP and what it is framed in: PPP, PPP_, HDLC, DIR_PPP.
 *
 * The protocol field has two bytes, unless both ends agreed on compressing it
 * (RFC 1661 §6.5): numbers below 256 are odd, so an odd first byte is the whole
 * field.  PPP writes two bytes, as every sender must by default; PPP_ (Scapy's
 * name for it up to 2.4.4) is the compressed header, into which a dissected PPP
 * turns.  Scapy 2.5 compresses whatever it can (secdev/scapy #3913, mended in
 * 2.6).  The same two bytes may begin with ff 03 where HDLC framing was kept.
 */
#include "proto/link/link.h"
#include "proto/link/pppnumbers.h"

#include <pkw/rows.h>

const struct pkw_label pkw__ppp_numbers[PKW__PPP_NUMBERS_N] = {
#define PKW_X(number, label) { .value = (number), .name = (label) },
	PKW_PPP_NUMBERS(PKW_X)
#undef PKW_X
};

enum { ALL_STATIONS = 0xff, UNNUMBERED_INFORMATION = 3 };

static const struct pkw_field hdlc_fields[] = {
	U8("address", HEX, .def = ALL_STATIONS),
	U8("control", HEX, .def = UNNUMBERED_INFORMATION),
};

static const struct pkw_proto hdlc = {
	.rec = RECORD("HDLC", 0, hdlc_fields),
	.title = "HDLC-like framing of PPP",
	.ref = "RFC 1662",
	.cls = PKW_LINK,
	.next = "PPP",
};

static const struct pkw_field compressed_fields[] = {
	U8("proto", HEX, .def = 0x21, NEXT("ppp"), LABELS(pkw__ppp_numbers)),
};

static const struct pkw_proto compressed = {
	.rec = RECORD("PPP_", 0, compressed_fields),
	.title = "Point-to-point protocol, compressed header",
	.ref = "RFC 1661 §6.5",
	.cls = PKW_LINK,
	.summary = "{proto}",
};

static const struct pkw_field ppp_fields[] = {
	U16("proto", HEX, .def = 0x21, NEXT("ppp"), LABELS(pkw__ppp_numbers)),
};

static const struct pkw_proto *ppp_guess(const uint8_t *b, size_t n)
{
	if (n >= 2 && b[0] == ALL_STATIONS && b[1] == UNNUMBERED_INFORMATION)
		return &hdlc;
	return n >= 1 && b[0] & 1 ? &compressed : NULL;
}

static const struct pkw_bind ppp_binds[] = {
	{ .space = "pppoe", .value = 0 },
	{ .space = "linktype", .value = 9 },
	{ .space = "ethertype", .value = 0x880b },
};

static const struct pkw_proto ppp = {
	.rec = RECORD("PPP", 0, ppp_fields),
	.title = "Point-to-point protocol",
	.ref = "RFC 1661",
	BINDS(ppp_binds),
	.cls = PKW_LINK,
	.summary = "{proto}",
	.guess = ppp_guess,
};

/* LINKTYPE_PPP_HDLC holds both kinds; Cisco's has its two addresses only. */
static const struct pkw_bind serial_binds[] = {
	{ .space = "linktype", .value = 50 },
};
static const struct pkw_proto *serial_guess(const uint8_t *b, size_t n)
{
	if (n >= 2 && (b[0] == 0x0f || b[0] == 0x8f) && !b[1])
		return &pkw__chdlc;
	return &ppp;
}

static const struct pkw_proto serial = {
	.rec = EMPTY("PPPSerial", 0),
	.title = "PPP in HDLC framing or Cisco HDLC",
	.ref = "tcpdump.org LINKTYPE_PPP_HDLC",
	BINDS(serial_binds),
	.cls = PKW_LINK,
	.flags = PKW_ABSTRACT,
	.next = "PPP",
	.guess = serial_guess,
};

static const struct pkw_label directions[] = {
	{ 0, "received" },
	{ 1, "sent" },
};

static const struct pkw_field dir_fields[] = {
	U8("direction", LABELS(directions)),
};

static const struct pkw_bind dir_binds[] = {
	{ .space = "linktype", .value = 204 },
};

static const struct pkw_proto dir_ppp = {
	.rec = RECORD("DIR_PPP", 0, dir_fields),
	.title = "PPP with direction, in captures only",
	.ref = "tcpdump.org LINKTYPE_PPP_WITH_DIR",
	BINDS(dir_binds),
	.cls = PKW_LINK,
	.next = "PPP",
	.summary = "{direction}",
};

PROTOS(ppp, &ppp, &compressed, &hdlc, &serial, &dir_ppp);
