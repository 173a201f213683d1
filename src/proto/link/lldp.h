/* SPDX-License-Identifier: BSD-2-Clause */
/* How the TLVs of LLDP are written down, for the files that hold them. */
#ifndef PKW_PROTO_LLDP_H
#define PKW_PROTO_LLDP_H

#include <pkw/rows.h>

enum { LLDP_N_TYPES = 10, LLDP_N_ORGS = 6 };
extern const struct pkw_label pkw__lldp_types[LLDP_N_TYPES];
extern const struct pkw_label pkw__lldp_orgs[LLDP_N_ORGS];

/* Zeros behind a new frame, see lldp.c. */
void pkw__lldp_pad(struct pkw_pkt *p, int layer);

enum { LLDP_TYPE, LLDP_LENGTH, LLDP_BODY };

/* The first two bytes of every TLV. */
#define LLDP_HEAD(t)                                                           \
	[LLDP_TYPE]   = BITS(7, "_type", .def = (t), LABELS(pkw__lldp_types)), \
	[LLDP_LENGTH] = BITS(9, "_length", LEN(PKW_OF_REST))

/* The first six of an organisation's own; `o' and `s' are its default names. */
enum { LLDP_ORG = LLDP_BODY, LLDP_SUBTYPE, LLDP_ORG_BODY };
#define LLDP_ORG_HEAD(o, s)                                                    \
	LLDP_HEAD(127),                                                        \
	[LLDP_ORG]     = U24("org_code", HEX, .def = (o), LABELS(pkw__lldp_orgs)), \
	[LLDP_SUBTYPE] = U8("subtype", .def = (s))

/*
 * A TLV is a layer, as in Scapy, and the next one is its payload.  Which one
 * is picked when reading: by type (space "lldp") and, for an organisation's, by
 * its code and subtype (space "lldp.org").
 */
#define LLDP_TLV(var, n, text, source, name_space, number, ...)                \
	static const struct pkw_bind var##_binds[] = {                         \
		{ .space = (name_space), .value = (number) },                  \
	};                                                                     \
	static const struct pkw_proto var = {                                  \
		.rec = RECORD(n, 0, var##_fields),                             \
		.title = (text),                                               \
		.ref = (source),                                               \
		BINDS(var##_binds),                                            \
		.cls = PKW_LINK,                                               \
		.next = "LLDPDU",                                              \
		.seal = pkw__lldp_pad,                                         \
		__VA_ARGS__                                                    \
	}

#define LLDP_ORG_TLV(var, n, text, source, o, s, ...)                          \
	LLDP_TLV(var, n, text, source, "lldp.org", (o) << 8 | (s), __VA_ARGS__)

enum { LLDP_IEEE_8021 = 0x0080c2, LLDP_IEEE_8023 = 0x00120f, LLDP_TIA_MED = 0x0012bb };

#endif
