/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPsec as it looks from outside: the authentication header (RFC 4302) and the
 * encapsulating security payload (RFC 4303), whose contents stay closed.
 *
 * How long an integrity check value is only the two ends know, so on dissection
 * `icv' is all of the header's rest and `padding', which makes it whole words,
 * is empty.
 */
#include "proto/network/inet.h"
#include "proto/network/numbers.h"

#include <pkw/rows.h>

static const struct pkw_field ah_fields[] = {
	U8("nh", NEXT("ipproto"), LABELS(pkw__ip_protos)),
	U8("payloadlen", LEN(PKW_OF_RECORD, .unit = 4, .bias = 8, .pad = PKW_PAD_FREE)),
	U16("reserved"),
	U32("spi", .def = 1, HEX, .doc = "which security association"),
	U32("seq"),
	BYTES("icv", .doc = "integrity check value"),
	BYTES("padding"),
};

static const struct pkw_field esp_fields[] = {
	U32("spi", .def = 1, HEX, .doc = "which security association"),
	U32("seq"),
	BYTES("data", .doc = "encrypted, with what ends it"),
};

static const struct pkw_bind ah_binds[] = {
	{ .space = "ipproto", .value = 51 },
	{ .space = "iperror", .value = 51 },
};
static const struct pkw_bind esp_binds[] = {
	{ .space = "ipproto", .value = 50 },
	{ .space = "iperror", .value = 50 },
};

const struct pkw_proto pkw__ah = {
	.rec = RECORD("AH", 0, ah_fields),
	.title = "IP Authentication Header",
	.ref = "RFC 4302",
	BINDS(ah_binds),
	.summary = "spi {spi} seq {seq}",
};

static const struct pkw_proto esp = {
	.rec = RECORD("ESP", 0, esp_fields),
	.title = "IP Encapsulating Security Payload",
	.ref = "RFC 4303",
	.flags = PKW_WHOLE,
	BINDS(esp_binds),
	.summary = "spi {spi} seq {seq}",
};

PROTOS(ipsec, &pkw__ah, &esp);
