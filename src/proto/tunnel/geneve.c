/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GENEVE, RFC 8926: a network identifier, the EtherType of what is inside, and
 * options of class, type and length in words of four bytes.  Data that is no
 * multiple of them is filled up with zeros.
 */
#include <pkw/pkt.h>
#include <pkw/rows.h>

#include "proto/link/ethertypes.h"

/* IANA's blocks, by their first and last numbers as far as they are few. */
static const struct pkw_label classes[] = {
	{ 0x0100, "Linux", 0 },
	{ 0x0101, "Open vSwitch", 0 },
	{ 0x0102, "Open Virtual Networking (OVN)", 0 },
	{ 0x0103, "In-band Network Telemetry (INT)", 0 },
	{ 0x0104, "VMware", 0 },
	{ 0x0105, "Amazon.com, Inc.", 0 },
	{ 0x0106, "Cisco Systems, Inc.", 0 },
	{ 0x0107, "Oracle Corporation", 0 },
	{ 0x0110, "Amazon.com, Inc.", 0 },
	{ 0x0118, "IBM", 0 },
	{ 0x0128, "Ericsson", 0 },
	{ 0x0129, "Oxide Computer Company", 0 },
	{ 0x0130, "Cisco Systems, Inc.", 0 },
	{ 0x0131, "Cisco Systems, Inc.", 0 },
	{ 0x0132, "Google LLC", 0 },
	{ 0xfeff, "Unassigned", 0 },
	{ 0xffff, "Experimental", 0 },
};

enum { OPT_CLASS, OPT_TYPE, OPT_RESERVED, OPT_LENGTH, OPT_DATA };

static const struct pkw_field option_fields[] = {
	[OPT_CLASS]    = U16("classid", HEX, LABELS(classes)),
	[OPT_TYPE]     = U8("type", HEX, .doc = "bit 7: critical"),
	[OPT_RESERVED] = BITS(3, "reserved"),
	[OPT_LENGTH]   = BITS(5, "length", LEN(OPT_DATA, .unit = 4)),
	[OPT_DATA]     = BYTES("data"),
};
static const struct pkw_record option = RECORD("GeneveOptions", 0, option_fields);
static const struct pkw_list options  = { .rec = &option };

enum {
	GENEVE_VERSION,
	GENEVE_OPTIONLEN,
	GENEVE_OAM,
	GENEVE_CRITICAL,
	GENEVE_RESERVED,
	GENEVE_PROTO,
	GENEVE_VNI,
	GENEVE_RESERVED2,
	GENEVE_OPTIONS
};

static const struct pkw_field geneve_fields[] = {
	[GENEVE_VERSION]   = BITS(2, "version"),
	[GENEVE_OPTIONLEN] = BITS(6, "optionlen", LEN(GENEVE_OPTIONS, .unit = 4),
	    .doc = "length of the options in words"),
	[GENEVE_OAM]	   = BITS(1, "oam", .doc = "a control packet"),
	[GENEVE_CRITICAL]  = BITS(1, "critical", .doc = "some option is critical"),
	[GENEVE_RESERVED]  = BITS(6, "reserved"),
	[GENEVE_PROTO]	   = U16("proto", HEX, NEXT("ethertype"), LABELS(pkw__ethertypes)),
	[GENEVE_VNI]	   = U24("vni", HEX, .doc = "virtual network identifier"),
	[GENEVE_RESERVED2] = U8("reserved2", HEX),
	[GENEVE_OPTIONS]   = LIST(&options, "options"),
};

static const struct pkw_proto geneve;

/* An answer comes through the same tunnel; what is inside decides. */
static int geneve_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return pkw_view(q)->layers[ql].proto == &geneve &&
	       pkw_u(a, al, GENEVE_PROTO) == pkw_u(q, ql, GENEVE_PROTO) &&
	       pkw_u(a, al, GENEVE_VNI) == pkw_u(q, ql, GENEVE_VNI);
}

static const struct pkw_bind geneve_binds[] = {
	{ .space = "udp.port", .value = 6081, .build = { 0, 6081 } },
};

static const struct pkw_proto geneve = {
	.rec	 = RECORD("GENEVE", 0, geneve_fields),
	.title	 = "Generic Network Virtualization Encapsulation",
	.ref	 = "RFC 8926",
	.summary = "vni {vni} {proto}",
	.answers = geneve_answers,
	BINDS(geneve_binds),
};

PROTOS(geneve, &geneve);
