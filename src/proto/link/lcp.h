/* SPDX-License-Identifier: BSD-2-Clause */
/* What PPP's control protocols have in common (RFC 1661 §5 and §6). */
#ifndef PKW_PROTO_LCP_H
#define PKW_PROTO_LCP_H

#include <pkw/rows.h>

/* Code, identifier, length: the head of LCP, the NCPs, PAP and CHAP. */
enum { LCP_CODE, LCP_ID, LCP_LEN };
#define LCP_HEAD(c, names)                                                     \
	[LCP_CODE] = U8("code", .def = (c), LABELS(names)),                    \
	[LCP_ID]   = U8("id", HEX, .doc = "matches an answer with its question"), \
	[LCP_LEN]  = U16("len", LEN(PKW_OF_LAYER), .doc = "bytes from the code on")

/* The head of an option of any of them. */
#define LCP_OPTION(t, names)                                                   \
	U8("type", .def = (t), LABELS(names)), U8("len", LEN(PKW_OF_RECORD))

/* Codes all of them share. */
#define LCP_CODES                                                              \
	{ 1, "Configure-Request" }, { 2, "Configure-Ack" },                    \
	    { 3, "Configure-Nak" }, { 4, "Configure-Reject" },                 \
	    { 5, "Terminate-Request" }, { 6, "Terminate-Ack" },                \
	    { 7, "Code-Reject" }, { 8, "Protocol-Reject" },                    \
	    { 9, "Echo-Request" }, { 10, "Echo-Reply" }

#endif
