/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Raw and Padding: bytes nobody explains.  Raw is what is left when no protocol
 * is known for a payload; Padding is what lies behind a layer's declared end
 * and therefore counts in no length.
 */
#include <pkw/rows.h>

static const struct pkw_field raw_fields[] = {
	BYTES("load", .flags = PKW_RAWTEXT, .doc = "the bytes"),
};

static const struct pkw_proto raw = {
	.rec = RECORD("Raw", 0, raw_fields),
	.title = "Bytes without a known protocol",
	.flags = PKW_WHOLE,
};

static const struct pkw_proto padding = {
	.rec = RECORD("Padding", 0, raw_fields),
	.title = "Bytes behind the end that a layer declares",
	.flags = PKW_WHOLE,
};

PROTOS(raw, &raw, &padding);
