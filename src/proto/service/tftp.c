/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TFTP: an opcode, and behind it what the opcode says.  Requests and OACK may
 * carry options, pairs of C strings (RFC 2347); DATA carries the file.
 *
 * A server answers from a port of its own, so that only the first packet of a
 * transfer is found by port.
 */
#include "proto/codecs.h"

#include <pkw/pkt.h>
#include <pkw/rows.h>

#define CSTR(...) CODED(&pkw__cstr, __VA_ARGS__)

static const struct pkw_label ops[] = {
	{ 1, "RRQ", 0 },
	{ 2, "WRQ", 0 },
	{ 3, "DATA", 0 },
	{ 4, "ACK", 0 },
	{ 5, "ERROR", 0 },
	{ 6, "OACK", 0 },
};
enum { RRQ = 1, WRQ, DATA, ACK, ERROR, OACK };

static const struct pkw_field tftp_fields[] = {
	U16("op", .def = RRQ, NEXT("tftp"), LABELS(ops)),
};
static const struct pkw_field request_fields[] = {
	CSTR("filename", .text = ""),
	CSTR("mode", .text = "octet"),
};
enum { BLOCK };
static const struct pkw_field block_fields[] = {
	[BLOCK] = U16("block"),
};

static const struct pkw_label errors[] = {
	{ 0, "Not defined", 0 },
	{ 1, "File not found", 0 },
	{ 2, "Access violation", 0 },
	{ 3, "Disk full or allocation exceeded", 0 },
	{ 4, "Illegal TFTP operation", 0 },
	{ 5, "Unknown transfer ID", 0 },
	{ 6, "File already exists", 0 },
	{ 7, "No such user", 0 },
	{ 8, "Terminate transfer due to option negotiation", 0 },
};
static const struct pkw_field error_fields[] = {
	U16("errorcode", LABELS(errors)),
	CSTR("errormsg", .text = ""),
};

static const struct pkw_field option_fields[] = {
	CSTR("oname", .text = ""),
	CSTR("value", .text = ""),
};
static const struct pkw_record option = RECORD("TFTP_Option", 0, option_fields);
static const struct pkw_list option_list = { .rec = &option, .style = PKW_LIST_LAYERS };
static const struct pkw_field options_fields[] = {
	LIST(&option_list, "options"),
};

static const struct pkw_bind tftp_binds[] = { { "udp.port", 69, { 0, 69 }, 0 } };
static const struct pkw_bind rrq_binds[] = { { "tftp", RRQ, { 0, 0 }, 0 } };
static const struct pkw_bind wrq_binds[] = { { "tftp", WRQ, { 0, 0 }, 0 } };
static const struct pkw_bind data_binds[] = { { "tftp", DATA, { 0, 0 }, 0 } };
static const struct pkw_bind ack_binds[] = { { "tftp", ACK, { 0, 0 }, 0 } };
static const struct pkw_bind error_binds[] = { { "tftp", ERROR, { 0, 0 }, 0 } };
static const struct pkw_bind oack_binds[] = { { "tftp", OACK, { 0, 0 }, 0 } };

/*
 * What each packet may answer is told by the opcodes below the two; DATA's and
 * ACK's numbers must go on where the question stopped.
 */
static int tftp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (pkw_view(q)->nlayers <= (unsigned)ql + 1 || pkw_view(a)->nlayers <= (unsigned)al + 1)
		return 0;
	uint64_t qop = pkw_u(q, ql, 0), aop = pkw_u(a, al, 0);
	uint64_t qblock = qop == DATA || qop == ACK ? pkw_u(q, ql + 1, BLOCK) : 0;
	uint64_t ablock = aop == DATA || aop == ACK ? pkw_u(a, al + 1, BLOCK) : 0;

	if (aop == ERROR)
		return qop != ERROR ? 2 : 0;
	if (aop == OACK)
		return qop == RRQ || qop == WRQ ? 2 : 0;
	if (aop == DATA)
		return (qop == RRQ && ablock == 1) ||
			(qop == ACK && ablock == ((qblock + 1) & 0xffff))
		    ? 2
		    : 0;
	if (aop == ACK)
		return ((qop == WRQ || qop == OACK) && ablock == 0) ||
			(qop == DATA && ablock == qblock)
		    ? 2
		    : 0;
	return 0;
}

static const struct pkw_proto tftp = {
	.rec     = RECORD("TFTP", 0, tftp_fields),
	.title   = "Trivial File Transfer Protocol",
	.ref     = "RFC 1350",
	.cls     = PKW_APP,
	.summary = "{op}",
	BINDS(tftp_binds),
	.answers = tftp_answers,
};
static const struct pkw_proto rrq = {
	.rec     = RECORD("TFTP_RRQ", 0, request_fields),
	.title   = "TFTP read request",
	.ref     = "RFC 1350",
	.next    = "TFTP_Options",
	.summary = "{filename}",
	BINDS(rrq_binds),
};
static const struct pkw_proto wrq = {
	.rec     = RECORD("TFTP_WRQ", 0, request_fields),
	.title   = "TFTP write request",
	.ref     = "RFC 1350",
	.next    = "TFTP_Options",
	.summary = "{filename}",
	BINDS(wrq_binds),
};
static const struct pkw_proto data = {
	.rec     = RECORD("TFTP_DATA", 0, block_fields),
	.title   = "TFTP data",
	.ref     = "RFC 1350",
	.summary = "block {block}",
	BINDS(data_binds),
};
static const struct pkw_proto ack = {
	.rec     = RECORD("TFTP_ACK", 0, block_fields),
	.title   = "TFTP acknowledgement",
	.ref     = "RFC 1350",
	.summary = "block {block}",
	BINDS(ack_binds),
};
static const struct pkw_proto error = {
	.rec     = RECORD("TFTP_ERROR", 0, error_fields),
	.title   = "TFTP error",
	.ref     = "RFC 1350",
	.summary = "{errorcode} {errormsg}",
	BINDS(error_binds),
};
static const struct pkw_proto oack = {
	.rec   = EMPTY("TFTP_OACK", 0),
	.title = "TFTP option acknowledgement",
	.ref   = "RFC 2347",
	.next  = "TFTP_Options",
	BINDS(oack_binds),
};
static const struct pkw_proto options = {
	.rec     = RECORD("TFTP_Options", 0, options_fields),
	.title   = "TFTP options",
	.ref     = "RFC 2347",
	.flags   = PKW_WHOLE,
	.summary = "{options.oname}",
};

PROTOS(tftp, &tftp, &rrq, &wrq, &data, &ack, &error, &oack, &options);
