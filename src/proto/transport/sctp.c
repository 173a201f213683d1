/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SCTP, RFC 9260: a common header and then chunks, which are layers of their
 * own, one behind the other, as in Scapy.
 *
 * A chunk is told by its first byte: SCTPChunk is never a layer itself, it only
 * picks.  A chunk's length counts what is in it; the zeros that fill it up to a
 * multiple of four lie outside (§3.2).  Parameters are sctp_params.c.
 *
 * The checksum is a CRC32c of the whole packet (appendix A).
 */
#include "proto/transport/sctp.h"

#include <pkw/pkt.h>
#include <pkw/rows.h>

/* clang-format off */
const struct pkw_label pkw__sctp_chunk_types[23] = {
	{ 0, "data", 0 },
	{ 1, "init", 0 },
	{ 2, "init-ack", 0 },
	{ 3, "sack", 0 },
	{ 4, "heartbeat-req", 0 },
	{ 5, "heartbeat-ack", 0 },
	{ 6, "abort", 0 },
	{ 7, "shutdown", 0 },
	{ 8, "shutdown-ack", 0 },
	{ 9, "error", 0 },
	{ 10, "cookie-echo", 0 },
	{ 11, "cookie-ack", 0 },
	{ 12, "ecne", 0 },
	{ 13, "cwr", 0 },
	{ 14, "shutdown-complete", 0 },
	{ 15, "authentication", 0 },
	{ 0x40, "i-data", 0 },
	{ 0x80, "address-configuration-ack", 0 },
	{ 0x82, "re-config", 0 },
	{ 0x84, "pad", 0 },
	{ 0xc0, "forward-tsn", 0 },
	{ 0xc1, "address-configuration", 0 },
	{ 0xc2, "i-forward-tsn", 0 },
};
static const struct pkw_label ports[] = {
	{ 5672, "amqp", 0 },
};
/* IANA's registry of payload protocol identifiers */
static const struct pkw_label payloads[] = {
	{ 0, "Reserved", 0 },
	{ 1, "IUA", 0 },
	{ 2, "M2UA", 0 },
	{ 3, "M3UA", 0 },
	{ 4, "SUA", 0 },
	{ 5, "M2PA", 0 },
	{ 6, "V5UA", 0 },
	{ 7, "H.248", 0 },
	{ 8, "BICC/Q.2150.3", 0 },
	{ 9, "TALI", 0 },
	{ 10, "DUA", 0 },
	{ 11, "ASAP", 0 },
	{ 12, "ENRP", 0 },
	{ 13, "H.323", 0 },
	{ 14, "Q.IPC/Q.2150.3", 0 },
	{ 15, "SIMCO", 0 },
	{ 16, "DDP Segment Chunk", 0 },
	{ 17, "DDP Stream Session Control", 0 },
	{ 18, "S1AP", 0 },
	{ 19, "RUA", 0 },
	{ 20, "HNBAP", 0 },
	{ 21, "ForCES-HP", 0 },
	{ 22, "ForCES-MP", 0 },
	{ 23, "ForCES-LP", 0 },
	{ 24, "SBc-AP", 0 },
	{ 25, "NBAP", 0 },
	{ 26, "Unassigned", 0 },
	{ 27, "X2AP", 0 },
	{ 28, "IRCP", 0 },
	{ 29, "LCS-AP", 0 },
	{ 30, "MPICH2", 0 },
	{ 31, "SABP", 0 },
	{ 32, "FGP", 0 },
	{ 33, "PPP", 0 },
	{ 34, "CALCAPP", 0 },
	{ 35, "SSP", 0 },
	{ 36, "NPMP-CONTROL", 0 },
	{ 37, "NPMP-DATA", 0 },
	{ 38, "ECHO", 0 },
	{ 39, "DISCARD", 0 },
	{ 40, "DAYTIME", 0 },
	{ 41, "CHARGEN", 0 },
	{ 42, "3GPP RNA", 0 },
	{ 43, "3GPP M2AP", 0 },
	{ 44, "3GPP M3AP", 0 },
	{ 45, "SSH/SCTP", 0 },
	{ 46, "Diameter/SCTP", 0 },
	{ 47, "Diameter/DTLS/SCTP", 0 },
	{ 48, "R14P", 0 },
	{ 50, "WebRTC DCEP", 0 },
	{ 51, "WebRTC String", 0 },
	{ 52, "WebRTC Binary Partial", 0 },
	{ 53, "WebRTC Binary", 0 },
	{ 54, "WebRTC String Partial", 0 },
	{ 55, "3GPP PUA", 0 },
	{ 56, "WebRTC String Empty", 0 },
	{ 57, "WebRTC Binary Empty", 0 },
	{ 58, "3GPP XwAP", 0 },
	{ 59, "3GPP Xw-Control Plane", 0 },
	{ 60, "3GPP NGAP", 0 },
	{ 61, "3GPP XnAP", 0 },
	{ 62, "3GPP F1AP", 0 },
	{ 65, "ELE2 Lawful Interception", 0 },
	{ 66, "3GPP NGAP/DTLS/SCTP", 0 },
	{ 67, "3GPP XnAP/DTLS/SCTP", 0 },
	{ 68, "3GPP F1AP/DTLS/SCTP", 0 },
	{ 69, "3GPP E1AP/DTLS/SCTP", 0 },
	{ 70, "E2-CP", 0 },
	{ 71, "E2-UP", 0 },
	{ 72, "E2-DU", 0 },
	{ 73, "3GPP W1AP", 0 },
};
/* clang-format on */

enum { SCTP_SPORT, SCTP_DPORT, SCTP_TAG, SCTP_CHKSUM };

static const struct pkw_field sctp_fields[] = {
	[SCTP_SPORT]  = U16("sport", LABELS(ports)),
	[SCTP_DPORT]  = U16("dport", LABELS(ports)),
	[SCTP_TAG]    = U32("tag", HEX, .doc = "the receiver's verification tag; 0 with INIT"),
	[SCTP_CHKSUM] = U32("chksum", HEX, SUM(&pkw_sum_crc32c, .of = PKW_OF_LAYER)),
};

/* A quotation of eight bytes ends before the checksum. */
static const struct pkw_field sctp_error_fields[] = {
	[SCTP_SPORT] = U16("sport", LABELS(ports)),
	[SCTP_DPORT] = U16("dport", LABELS(ports)),
	[SCTP_TAG]   = U32("tag", HEX),
	[SCTP_CHKSUM] =
	    U32("chksum", HEX, .flags = PKW_MAYEND, SUM(&pkw_sum_crc32c, .of = PKW_OF_LAYER)),
};

#define TYPE(t) U8("type", .def = (t), LABELS(pkw__sctp_chunk_types))
#define CHUNK_LEN U16("len", LEN(PKW_OF_RECORD), .doc = "without the padding behind it")
#define CHUNK(t) TYPE(t), U8("flags", HEX), CHUNK_LEN
#define CHUNK_TCB(t)                  \
	TYPE(t), BITS(7, "reserved"), \
	    BITS(1, "TCB", .doc = "1: no TCB was there, the tag is reflected"), CHUNK_LEN
#define STREAM_BITS                                                                           \
	BITS(4, "reserved"), BITS(1, "delay_sack", .doc = "acknowledge at once, RFC 7053"),   \
	    BITS(1, "unordered"), BITS(1, "beginning", .doc = "first fragment of a message"), \
	    BITS(1, "ending", .doc = "last fragment of a message")

static const struct pkw_field data_fields[] = {
	TYPE(0),
	STREAM_BITS,
	CHUNK_LEN,
	U32("tsn", HEX, .doc = "transmission sequence number"),
	U16("stream_id", HEX),
	U16("stream_seq", HEX),
	U32("proto_id", LABELS(payloads)),
	BYTES("data", .flags = PKW_RAWTEXT),
};

#define INIT_ROWS(t)                                                                   \
	CHUNK(t), U32("init_tag", HEX, .doc = "verification tag for what comes back"), \
	    U32("a_rwnd", .doc = "advertised receiver window"), U16("n_out_streams"),  \
	    U16("n_in_streams"), U32("init_tsn", HEX), LIST(&pkw__sctp_params, "params")

static const struct pkw_field init_fields[]	= { INIT_ROWS(1) };
static const struct pkw_field init_ack_fields[] = { INIT_ROWS(2) };

/* A gap block is written "2:3": offsets from the cumulative TSN. */
static long gap_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w;
	(void)off;
	return max < 4 ? -1 : 4;
}

static int gap_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	const uint8_t *b = w->bytes + off;

	if (len != 4)
		return -PKW_ETYPE;
	pkw_str_u64(out, (uint64_t)(b[0] << 8 | b[1]));
	pkw_str_addc(out, ':');
	pkw_str_u64(out, (uint64_t)(b[2] << 8 | b[3]));
	return out->err;
}

static int gap_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	unsigned part[2] = { 0, 0 }, k = 0, digits = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == ':' && k == 0 && digits) {
			k      = 1;
			digits = 0;
			continue;
		}
		if (text[i] < '0' || text[i] > '9' || ++digits > 5)
			goto bad;
		part[k] = part[k] * 10 + (unsigned)(text[i] - '0');
	}
	if (k == 0 || !digits || part[0] > 0xffff || part[1] > 0xffff)
		goto bad;
	for (k = 0; k < 2; k++) {
		pkw_str_addc(out, (char)(part[k] >> 8));
		pkw_str_addc(out, (char)part[k]);
	}
	return out->err;
bad:
	return pkw_fail(
	    d, -PKW_ETYPE, "`%.*s' is no gap block like \"2:3\" (0-65535 each)", (int)n, text);
}

static const struct pkw_codec gap_codec = {
	.name = "gap block",
	.size = gap_size,
	.get  = gap_get,
	.put  = gap_put,
};

static const struct pkw_field gap_fields[] = { CODED(&gap_codec, "gap_ack") };
static const struct pkw_record gap_rec	   = RECORD("gap_ack", 0, gap_fields);
static const struct pkw_list gaps	   = { .rec = &gap_rec, .style = PKW_LIST_VALUES };
static const struct pkw_field dup_fields[] = { U32("dup_tsn", HEX) };
static const struct pkw_record dup_rec	   = RECORD("dup_tsn", 0, dup_fields);
static const struct pkw_list dups	   = { .rec = &dup_rec, .style = PKW_LIST_VALUES };

enum { SACK_GAPS = 7, SACK_DUPS };

static const struct pkw_field sack_fields[] = {
	CHUNK(3),
	U32("cumul_tsn_ack", HEX, .doc = "all up to this one were received"),
	U32("a_rwnd", .doc = "advertised receiver window"),
	U16("n_gap_ack", COUNT(SACK_GAPS)),
	U16("n_dup_tsn", COUNT(SACK_DUPS)),
	[SACK_GAPS] = LIST(&gaps, "gap_ack_list"),
	[SACK_DUPS] = LIST(&dups, "dup_tsn_list"),
};

static const struct pkw_field heartbeat_req_fields[] = {
	CHUNK(4),
	LIST(&pkw__sctp_params, "params"),
};
static const struct pkw_field heartbeat_ack_fields[] = {
	CHUNK(5),
	LIST(&pkw__sctp_params, "params"),
};

static const struct pkw_field abort_chunk_fields[] = {
	CHUNK_TCB(6),
	BYTES("error_causes"),
};

static const struct pkw_field shutdown_fields[] = {
	CHUNK(7),
	U32("cumul_tsn_ack", HEX),
};
static const struct pkw_field shutdown_ack_fields[] = { CHUNK(8) };

static const struct pkw_field error_fields[] = {
	CHUNK(9),
	BYTES("error_causes"),
};

static const struct pkw_field cookie_echo_fields[] = {
	CHUNK(10),
	BYTES("cookie"),
};
static const struct pkw_field cookie_ack_fields[] = { CHUNK(11) };

static const struct pkw_field ecne_fields[] = {
	CHUNK(12),
	U32("lowest_tsn", HEX),
};
static const struct pkw_field cwr_fields[] = {
	CHUNK(13),
	U32("lowest_tsn", HEX),
};

static const struct pkw_field shutdown_complete_fields[] = { CHUNK_TCB(14) };

static const struct pkw_field auth_fields[] = {
	CHUNK(15),
	U16("shared_key_id"),
	U16("HMAC_function"),
	BYTES("HMAC", .doc = "RFC 4895 §4.1"),
};

static const struct pkw_field asconf_fields[] = {
	CHUNK(0xc1),
	U32("seq", .doc = "RFC 5061 §4.1.1"),
	LIST(&pkw__sctp_params, "params"),
};
static const struct pkw_field asconf_ack_fields[] = {
	CHUNK(0x80),
	U32("seq", .doc = "RFC 5061 §4.1.2"),
	LIST(&pkw__sctp_params, "params"),
};

/* The first fragment of a message says what it is, the others their number. */
enum { IDATA_BEGINNING = 4 };
static const struct pkw_field idata_fields[] = {
	TYPE(0x40),
	STREAM_BITS,
	CHUNK_LEN,
	U32("tsn", HEX, .doc = "transmission sequence number"),
	U16("stream_id", HEX),
	U16("reserved2"),
	U32("message_id", HEX),
	U32("proto_id", IF(PKW_EQ, IDATA_BEGINNING, 1), LABELS(payloads)),
	U32("fsn", IF(PKW_EQ, IDATA_BEGINNING, 0), .doc = "fragment sequence number"),
	BYTES("data", .flags = PKW_RAWTEXT),
};

static const struct pkw_field reconfig_fields[] = {
	CHUNK(0x82),
	LIST(&pkw__sctp_params, "params"),
};

static const struct pkw_field pad_fields[] = {
	CHUNK(0x84),
	BYTES("padding"),
};

static const struct pkw_field skip_fields[]  = { U16("stream_id"), U16("stream_seq") };
static const struct pkw_record skip_rec	     = RECORD("SCTPForwardTSNStream", 0, skip_fields);
static const struct pkw_list skips	     = { .rec = &skip_rec };
static const struct pkw_field iskip_fields[] = {
	U16("stream_id"),
	BITS(15, "reserved"),
	BITS(1, "unordered"),
	U32("message_id"),
};
static const struct pkw_record iskip_rec = RECORD("SCTPIForwardTSNStream", 0, iskip_fields);
static const struct pkw_list iskips	 = { .rec = &iskip_rec };

static const struct pkw_field forward_fields[] = {
	CHUNK(0xc0),
	U32("new_tsn", HEX, .doc = "the new cumulative TSN, RFC 3758 §3.2"),
	LIST(&skips, "streams"),
};
static const struct pkw_field iforward_fields[] = {
	CHUNK(0xc2),
	U32("new_tsn", HEX, .doc = "the new cumulative TSN, RFC 8260 §2.3.1"),
	LIST(&iskips, "streams"),
};

static int sctp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al);
static int sctp_error_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al);

static const struct pkw_bind sctp_binds[]	= { { .space = "ipproto", .value = 132 } };
static const struct pkw_bind sctp_error_binds[] = { { .space = "iperror", .value = 132 } };
static const struct pkw_pick chunk_pick		= { .bit = 0, .bits = 8, .space = "sctp.chunk" };

static const struct pkw_proto sctp = {
	.rec	 = RECORD("SCTP", 0, sctp_fields),
	.title	 = "Stream Control Transmission Protocol",
	.ref	 = "RFC 9260",
	.cls	 = PKW_TRANSPORT,
	.next	 = "SCTPChunk",
	.summary = "{sport} > {dport}",
	.answers = sctp_answers,
	BINDS(sctp_binds),
};

static const struct pkw_proto sctp_error = {
	.rec	 = RECORD("SCTPerror", 0, sctp_error_fields),
	.title	 = "SCTP quoted in an error message",
	.ref	 = "RFC 792",
	.cls	 = PKW_TRANSPORT,
	.flags	 = PKW_QUOTED,
	.next	 = "SCTPChunk",
	.summary = "{sport} > {dport}",
	.answers = sctp_error_answers,
	BINDS(sctp_error_binds),
};

static const struct pkw_proto chunk = {
	.rec   = EMPTY("SCTPChunk", 0),
	.title = "Any chunk of SCTP",
	.ref   = "RFC 9260",
	.flags = PKW_ABSTRACT,
	.pick  = &chunk_pick,
};

#define CHUNK_PROTO(id, suffix, number, what, where, line)                              \
	static const struct pkw_bind id##_binds[] = {                                   \
		{ .space = "sctp.chunk", .value = (number) },                           \
	};                                                                              \
	static const struct pkw_proto id = {                                            \
		.rec	 = RECORD_WITH("SCTPChunk" suffix, 0, id##_fields, .align = 4), \
		.title	 = "SCTP chunk: " what,                                         \
		.ref	 = where,                                                       \
		.next	 = "SCTPChunk",                                                 \
		.summary = line,                                                        \
		BINDS(id##_binds),                                                      \
	}

CHUNK_PROTO(data, "Data", 0, "user data", "RFC 9260 §3.3.1",
    "tsn {tsn} stream {stream_id} proto {proto_id}");
CHUNK_PROTO(init, "Init", 1, "opens an association", "RFC 9260 §3.3.2", "tag {init_tag}");
CHUNK_PROTO(init_ack, "InitAck", 2, "accepts one", "RFC 9260 §3.3.3", "tag {init_tag}");
CHUNK_PROTO(sack, "SACK", 3, "selective acknowledgement", "RFC 9260 §3.3.4", "tsn {cumul_tsn_ack}");
CHUNK_PROTO(heartbeat_req, "HeartbeatReq", 4, "are you there", "RFC 9260 §3.3.5", "");
CHUNK_PROTO(heartbeat_ack, "HeartbeatAck", 5, "I am", "RFC 9260 §3.3.6", "");
CHUNK_PROTO(abort_chunk, "Abort", 6, "ends an association at once", "RFC 9260 §3.3.7", "");
CHUNK_PROTO(
    shutdown, "Shutdown", 7, "ends an association", "RFC 9260 §3.3.8", "tsn {cumul_tsn_ack}");
CHUNK_PROTO(shutdown_ack, "ShutdownAck", 8, "agrees to the end", "RFC 9260 §3.3.9", "");
CHUNK_PROTO(error, "Error", 9, "what went wrong", "RFC 9260 §3.3.10", "");
CHUNK_PROTO(cookie_echo, "CookieEcho", 10, "gives the state cookie back", "RFC 9260 §3.3.11", "");
CHUNK_PROTO(cookie_ack, "CookieAck", 11, "the association is up", "RFC 9260 §3.3.12", "");
CHUNK_PROTO(ecne, "ECNE", 12, "explicit congestion notification echo", "RFC 9260 appendix B", "");
CHUNK_PROTO(cwr, "CWR", 13, "congestion window reduced", "RFC 9260 appendix B", "");
CHUNK_PROTO(
    shutdown_complete, "ShutdownComplete", 14, "the association is down", "RFC 9260 §3.3.13", "");
CHUNK_PROTO(auth, "Authentication", 15, "authenticates what follows", "RFC 4895", "");
CHUNK_PROTO(
    idata, "IData", 0x40, "user data, interleaved", "RFC 8260", "tsn {tsn} stream {stream_id}");
CHUNK_PROTO(
    asconf_ack, "AddressConfAck", 0x80, "answers a change of addresses", "RFC 5061", "seq {seq}");
CHUNK_PROTO(reconfig, "ReConfig", 0x82, "resets or adds streams", "RFC 6525", "");
CHUNK_PROTO(pad, "Pad", 0x84, "fills a packet up", "RFC 4820", "");
CHUNK_PROTO(forward, "ForwardTSN", 0xc0, "gives data up", "RFC 3758", "tsn {new_tsn}");
CHUNK_PROTO(asconf, "AddressConf", 0xc1, "changes addresses", "RFC 5061", "seq {seq}");
CHUNK_PROTO(iforward, "IForwardTSN", 0xc2, "gives data up", "RFC 8260", "tsn {new_tsn}");

static int is_sctp(const struct pkw_pkt *p, int layer)
{
	const struct pkw_proto *proto = pkw_view(p)->layers[layer].proto;

	return proto == &sctp || proto == &sctp_error;
}

static int sctp_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (!is_sctp(q, ql) || pkw_u(a, al, SCTP_SPORT) != pkw_u(q, ql, SCTP_DPORT) ||
	    pkw_u(a, al, SCTP_DPORT) != pkw_u(q, ql, SCTP_SPORT))
		return 0;
	return 2;
}

static int sctp_error_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (!is_sctp(q, ql) || pkw_u(a, al, SCTP_SPORT) != pkw_u(q, ql, SCTP_SPORT) ||
	    pkw_u(a, al, SCTP_DPORT) != pkw_u(q, ql, SCTP_DPORT))
		return 0;
	return 2;
}

PROTOS(sctp, &sctp, &sctp_error, &chunk, &data, &init, &init_ack, &sack, &heartbeat_req,
    &heartbeat_ack, &abort_chunk, &shutdown, &shutdown_ack, &error, &cookie_echo, &cookie_ack, &ecne,
    &cwr, &shutdown_complete, &auth, &idata, &asconf_ack, &reconfig, &pad, &forward, &asconf,
    &iforward);
