/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP options: a kind, and for all but two of them a length that counts the
 * whole option (RFC 9293 §3.1).  Names are those of Scapy's tuples; an option
 * that Scapy knows by number only is `nameless': it has fields here, and in an
 * expression it is (30, b"...").
 *
 * Multipath TCP (RFC 8684) is one kind with a dozen layouts, told apart by
 * subtype and length together: a SYN's MP_JOIN carries a token, a SYN/ACK's a
 * truncated HMAC.  So the list asks option_key() for the record's key, which is
 * the kind for all others.  A length that no layout has is left to the plain
 * option, as are kinds without a record.
 *
 * The experimental kinds 253 and 254 begin with an experiment's number
 * (RFC 6994).
 */
#include "proto/transport/tcp_options.h"

#include <pkw/rows.h>

/* clang-format off */
static const struct pkw_label kinds[] = {
	{ 0, "EOL", 0 }, { 1, "NOP", 0 }, { 2, "MSS", 0 }, { 3, "WScale", 0 },
	{ 4, "SAckOK", 0 }, { 5, "SAck", 0 }, { 6, "Echo", 0 },
	{ 7, "EchoReply", 0 }, { 8, "Timestamp", 0 }, { 9, "POCPermitted", 0 },
	{ 10, "POCProfile", 0 }, { 11, "CC", 0 }, { 12, "CC.NEW", 0 },
	{ 13, "CC.ECHO", 0 }, { 14, "AltChkSum", 0 },
	{ 15, "AltChkSumOpt", 0 }, { 16, "Skeeter", 0 }, { 17, "Bubba", 0 },
	{ 18, "TrailerChkSum", 0 }, { 19, "MD5", 0 },
	{ 20, "SCPSCapabilities", 0 }, { 21, "SNAck", 0 },
	{ 22, "RecordBoundaries", 0 }, { 23, "Corruption", 0 },
	{ 24, "SNAP", 0 }, { 25, "Mood", 0 }, { 26, "CompressionFilter", 0 },
	{ 27, "QuickStart", 0 }, { 28, "UTO", 0 }, { 29, "AO", 0 },
	{ 30, "MPTCP", 0 }, { 34, "TFO", 0 }, { 69, "ENO", 0 },
	{ 172, "AccECN0", 0 }, { 174, "AccECN1", 0 },
	{ 253, "Experiment1", 0 }, { 254, "Experiment2", 0 },
};
static const struct pkw_label experiments[] = {
	{ 0x00ac, "TCP ACK Rate Request", 0 },
	{ 0x0348, "HOST_ID", 0 },
	{ 0x0a0d, "ASC", 0 },
	{ 0x0ca0, "Capability Option", 0 },
	{ 0x0ed0, "Extended Data Offset", 0 },
	{ 0x454e, "TCP-ENO", 0 },
	{ 0x5323, "SNO", 0 },
	{ 0x75ec, "TCP Timestamp Interval", 0 },
	{ 0xacc0, "AccECN0", 0 },
	{ 0xacc1, "AccECN1", 0 },
	{ 0xacce, "AccECN", 0 },
	{ 0xe2d4, "SMC-R", 0 },
	{ 0xf989, "TCP Fast Open", 0 },
	{ 0xf990, "LLF", 0 },
};
/* clang-format on */

enum { OPT_KIND, OPT_LEN, OPT_VALUE };

/* What all but EOL and NOP begin with. */
#define OPTION(k)                              \
	U8("kind", .def = (k), LABELS(kinds)), \
	    U8("len", LEN(PKW_OF_RECORD), .doc = "bytes of the whole option")

static const struct pkw_field single_eol[] = {
	U8("kind", .def = 0, LABELS(kinds)),
};
static const struct pkw_record opt_eol = RECORD("EOL", 0, single_eol);

static const struct pkw_field single_nop[] = {
	U8("kind", .def = 1, LABELS(kinds)),
};
static const struct pkw_record opt_nop = RECORD("NOP", 1, single_nop);

static const struct pkw_field mss_fields[] = {
	OPTION(2),
	U16("mss", .doc = "largest segment the sender takes, RFC 9293 §3.7.1"),
};
static const struct pkw_record opt_mss = RECORD("MSS", 2, mss_fields);

static const struct pkw_field wscale_fields[] = {
	OPTION(3),
	U8("shift", .doc = "window << shift, at most 14, RFC 7323 §2"),
};
static const struct pkw_record opt_wscale = RECORD("WScale", 3, wscale_fields);

static const struct pkw_field sackok_fields[] = {
	OPTION(4),
	BYTES("data", .doc = "nothing, RFC 2018 §2"),
};
static const struct pkw_record opt_sackok = RECORD("SAckOK", 4, sackok_fields);

static const struct pkw_field edge_fields[] = {
	U32("edge"),
};
static const struct pkw_record edge_rec = RECORD("edge", 0, edge_fields);
static const struct pkw_list edges	= {
	     .rec   = &edge_rec,
	     .style = PKW_LIST_VALUES,
};
static const struct pkw_field sack_fields[] = {
	OPTION(5),
	LIST(&edges, "edges", .doc = "left and right edge of each block, RFC 2018"),
};
static const struct pkw_record opt_sack = RECORD("SAck", 5, sack_fields);

static const struct pkw_field timestamp_fields[] = {
	OPTION(8),
	U32("tsval", .doc = "the sender's clock, RFC 7323 §3.2"),
	U32("tsecr", .doc = "the clock value that is echoed"),
};
static const struct pkw_record opt_timestamp = RECORD("Timestamp", 8, timestamp_fields);

/* clang-format off */
static const struct pkw_label algorithms[] = {
	{ 0, "TCP Checksum", 0 }, { 1, "8-bit Fletcher", 0 },
	{ 2, "16-bit Fletcher", 0 }, { 3, "Redundant Checksum Avoidance", 0 },
};
/* clang-format on */
/* Scapy's form, of five bytes; and the RFC's of three, which has no name there. */
static const struct pkw_field altchksum_fields[] = {
	OPTION(14),
	U8("algorithm", LABELS(algorithms)),
	U16("value"),
};
static const struct pkw_record opt_altchksum = RECORD("AltChkSum", 14, altchksum_fields);

#define ALTCHKSUM_RFC (UINT64_C(14) << 16)
static const struct pkw_field altchksum_rfc_fields[] = {
	OPTION(14),
	U8("algorithm", LABELS(algorithms), .doc = "RFC 1146 §2"),
};
static const struct pkw_record opt_altchksum_rfc =
    RECORD_WITH("AltChkSum", ALTCHKSUM_RFC, altchksum_rfc_fields, .nameless = 1);

static const struct pkw_field altchksumopt_fields[] = {
	OPTION(15),
	BYTES("chksum", .doc = "RFC 1146 §4"),
};
static const struct pkw_record opt_altchksumopt = RECORD("AltChkSumOpt", 15, altchksumopt_fields);

static const struct pkw_field md5_fields[] = {
	OPTION(19),
	BYTESN(16, "digest", .doc = "keyed MD5, RFC 2385"),
};
static const struct pkw_record opt_md5 = RECORD("MD5", 19, md5_fields);

static const struct pkw_field mood_fields[] = {
	OPTION(25),
	BYTES("mood", .flags = PKW_RAWTEXT, .doc = "as ASCII, RFC 5841"),
};
static const struct pkw_record opt_mood = RECORD("Mood", 25, mood_fields);

static const struct pkw_field uto_fields[] = {
	OPTION(28),
	U16("timeout", .doc = "bit 15: minutes, else seconds, RFC 5482 §3"),
};
static const struct pkw_record opt_uto = RECORD("UTO", 28, uto_fields);

static const struct pkw_field ao_value_fields[] = {
	U8("keyid"),
	U8("rnextkeyid"),
	BYTES("mac"),
};
static const struct pkw_record ao_value_rec = RECORD("TCPAOValue", 0, ao_value_fields);
static const struct pkw_list ao_value	    = { .rec = &ao_value_rec };
static const struct pkw_field ao_fields[]   = {
	  OPTION(29),
	  SUB(&ao_value, "value", .doc = "RFC 5925 §2.2"),
};
static const struct pkw_record opt_ao = RECORD("AO", 29, ao_fields);

static const struct pkw_field cookie_fields[] = {
	U32("word", HEX),
};
static const struct pkw_record cookie_rec = RECORD("TFO", 0, cookie_fields);
static const struct pkw_list cookie	  = {
	      .rec   = &cookie_rec,
	      .style = PKW_LIST_VALUES,
};
static const struct pkw_field tfo_fields[] = {
	OPTION(34),
	LIST(&cookie, "cookie", .doc = "none asks for one, RFC 7413 §4.1.1"),
};
static const struct pkw_record opt_tfo = RECORD("TFO", 34, tfo_fields);

#define EXPERIMENT(k) \
	OPTION(k), U16("exid", HEX, LABELS(experiments), .doc = "RFC 6994 §3"), BYTES("data")

static const struct pkw_field experiment1_fields[] = { EXPERIMENT(253) };
static const struct pkw_field experiment2_fields[] = { EXPERIMENT(254) };
static const struct pkw_record opt_experiment1 =
    RECORD_WITH("Experiment1", 253, experiment1_fields, .nameless = 1);
static const struct pkw_record opt_experiment2 =
    RECORD_WITH("Experiment2", 254, experiment2_fields, .nameless = 1);

/* clang-format off */
static const struct pkw_label subtypes[] = {
	{ 0, "MP_CAPABLE", 0 }, { 1, "MP_JOIN", 0 }, { 2, "DSS", 0 },
	{ 3, "ADD_ADDR", 0 }, { 4, "REMOVE_ADDR", 0 }, { 5, "MP_PRIO", 0 },
	{ 6, "MP_FAIL", 0 }, { 7, "MP_FASTCLOSE", 0 }, { 8, "MP_TCPRST", 0 },
	{ 15, "MP_EXPERIMENTAL", 0 },
};
static const struct pkw_label capable_flags[] = {
	{ 0, "H", 0 }, { 1, "G", 0 }, { 2, "F", 0 }, { 3, "E", 0 },
	{ 4, "D", 0 }, { 5, "C", 0 }, { 6, "B", 0 }, { 7, "A", 0 },
};
static const struct pkw_label dss_flags[] = {
	{ 0, "A", 0 }, { 1, "a", 0 }, { 2, "M", 0 }, { 3, "m", 0 },
	{ 4, "F", 0 },
};
static const struct pkw_label rst_flags[] = {
	{ 0, "T", 0 }, { 1, "W", 0 }, { 2, "V", 0 }, { 3, "U", 0 },
};
static const struct pkw_label backup_flag[] = { { 0, "B", 0 } };
static const struct pkw_label echo_flag[] = { { 0, "E", 0 } };
static const struct pkw_label reasons[] = {
	{ 0, "Unspecified error", 0 },
	{ 1, "MPTCP-specific error", 0 },
	{ 2, "Lack of resources", 0 },
	{ 3, "Administratively prohibited", 0 },
	{ 4, "Too much outstanding data", 0 },
	{ 5, "Unacceptable performance", 0 },
	{ 6, "Middlebox interference", 0 },
};
/* clang-format on */

/* Key of an MPTCP layout; len 0 where subtype and flags say it all. */
#define MPTCP(subtype, len)                                                                        \
	(UINT64_C(30) << 16 | (uint64_t)(subtype) << 8 | (uint64_t)(len))

#define SUBTYPE(s) OPTION(30), BITS(4, "subtype", .def = (s), LABELS(subtypes))

static const struct pkw_field capable_fields[] = {
	SUBTYPE(0),
	BITS(4, "version", .def = 1),
	FLAGS(8, capable_flags, "flags", .def = 1),
	U64("sender_key", HEX, .flags = PKW_MAYEND),
	U64("receiver_key", HEX, .flags = PKW_MAYEND),
	U16("data_len", .flags = PKW_MAYEND, .doc = "data-level length"),
	U16("chksum", HEX, .flags = PKW_MAYEND),
};

#define JOIN SUBTYPE(1), BITS(3, "reserved"), FLAGS(1, backup_flag, "flags"), U8("addr_id")

static const struct pkw_field join_syn_fields[] = {
	JOIN,
	U32("token", HEX, .doc = "hash of the receiver's key"),
	U32("nonce", HEX, .doc = "the sender's random number"),
};
static const struct pkw_field join_synack_fields[] = {
	JOIN,
	U64("hmac", HEX, .doc = "the leftmost 64 bits"),
	U32("nonce", HEX, .doc = "the sender's random number"),
};
static const struct pkw_field join_ack_fields[] = {
	SUBTYPE(1),
	BITS(12, "reserved"),
	BYTESN(20, "hmac", .doc = "the leftmost 160 bits"),
};

enum { DSS_KIND, DSS_LEN, DSS_SUBTYPE, DSS_RESERVED, DSS_FLAGS };
#define DSS_IF(bit) IF(PKW_BITS, DSS_FLAGS, bit)

static const struct pkw_field dss_fields[] = {
	SUBTYPE(2),
	BITS(7, "reserved"),
	FLAGS(5, dss_flags, "flags", .doc = "what follows, RFC 8684 §3.3"),
	U32("data_ack", DSS_IF(1), AND(PKW_NBITS, DSS_FLAGS, 2)),
	U64("data_ack8", DSS_IF(1), AND(PKW_BITS, DSS_FLAGS, 2)),
	U32("dsn", DSS_IF(4), AND(PKW_NBITS, DSS_FLAGS, 8)),
	U64("dsn8", DSS_IF(4), AND(PKW_BITS, DSS_FLAGS, 8)),
	U32("ssn", DSS_IF(4), .doc = "subflow sequence number"),
	U16("data_len", DSS_IF(4), .doc = "data-level length"),
	U16("chksum", HEX, DSS_IF(4), .flags = PKW_MAYEND),
};

#define ADD_ADDR SUBTYPE(3), BITS(3, "reserved"), FLAGS(1, echo_flag, "flags"), U8("addr_id")
#define ADD_HMAC U64("hmac", HEX, .doc = "truncated; absent in an echo")

static const struct pkw_field add4_fields[]   = { ADD_ADDR, IP4("addr") };
static const struct pkw_field add4p_fields[]  = { ADD_ADDR, IP4("addr"), U16("port") };
static const struct pkw_field add4h_fields[]  = { ADD_ADDR, IP4("addr"), ADD_HMAC };
static const struct pkw_field add4ph_fields[] = { ADD_ADDR, IP4("addr"), U16("port"), ADD_HMAC };
static const struct pkw_field add6_fields[]   = { ADD_ADDR, IP6("addr") };
static const struct pkw_field add6p_fields[]  = { ADD_ADDR, IP6("addr"), U16("port") };
static const struct pkw_field add6h_fields[]  = { ADD_ADDR, IP6("addr"), ADD_HMAC };
static const struct pkw_field add6ph_fields[] = { ADD_ADDR, IP6("addr"), U16("port"), ADD_HMAC };

static const struct pkw_field addr_id_fields[] = { U8("addr_id") };
static const struct pkw_record addr_id_rec     = RECORD("addr_id", 0, addr_id_fields);
static const struct pkw_list addr_ids	       = { .rec = &addr_id_rec, .style = PKW_LIST_VALUES };
static const struct pkw_field remove_fields[]  = {
	 SUBTYPE(4),
	 BITS(4, "reserved"),
	 LIST(&addr_ids, "addr_ids"),
};

static const struct pkw_field prio_fields[] = {
	SUBTYPE(5),
	BITS(3, "reserved"),
	FLAGS(1, backup_flag, "flags"),
	U8("addr_id", .flags = PKW_MAYEND, .doc = "of version 0, RFC 6824 §3.3.8"),
};
static const struct pkw_field fail_fields[] = {
	SUBTYPE(6),
	BITS(12, "reserved"),
	U64("dsn", .doc = "data sequence number of the failed segment"),
};
static const struct pkw_field fastclose_fields[] = {
	SUBTYPE(7),
	BITS(12, "reserved"),
	U64("receiver_key", HEX),
};
static const struct pkw_field tcprst_fields[] = {
	SUBTYPE(8),
	FLAGS(4, rst_flags, "flags"),
	U8("reason", LABELS(reasons)),
};

/* Multipath TCP's names are ours: Scapy knows the kind's number only. */
#define MP(name, subtype, len, fields) RECORD_WITH(name, MPTCP(subtype, len), fields, .nameless = 1)

static const struct pkw_record mp_capable     = MP("MP_CAPABLE", 0, 0, capable_fields);
static const struct pkw_record mp_join_syn    = MP("MP_JOIN", 1, 12, join_syn_fields);
static const struct pkw_record mp_join_synack = MP("MP_JOIN", 1, 16, join_synack_fields);
static const struct pkw_record mp_join_ack    = MP("MP_JOIN", 1, 24, join_ack_fields);
static const struct pkw_record mp_dss	      = MP("DSS", 2, 0, dss_fields);
static const struct pkw_record mp_add4	      = MP("ADD_ADDR", 3, 8, add4_fields);
static const struct pkw_record mp_add4p	      = MP("ADD_ADDR", 3, 10, add4p_fields);
static const struct pkw_record mp_add4h	      = MP("ADD_ADDR", 3, 16, add4h_fields);
static const struct pkw_record mp_add4ph      = MP("ADD_ADDR", 3, 18, add4ph_fields);
static const struct pkw_record mp_add6	      = MP("ADD_ADDR", 3, 20, add6_fields);
static const struct pkw_record mp_add6p	      = MP("ADD_ADDR", 3, 22, add6p_fields);
static const struct pkw_record mp_add6h	      = MP("ADD_ADDR", 3, 28, add6h_fields);
static const struct pkw_record mp_add6ph      = MP("ADD_ADDR", 3, 30, add6ph_fields);
static const struct pkw_record mp_remove      = MP("REMOVE_ADDR", 4, 0, remove_fields);
static const struct pkw_record mp_prio	      = MP("MP_PRIO", 5, 0, prio_fields);
static const struct pkw_record mp_fail	      = MP("MP_FAIL", 6, 12, fail_fields);
static const struct pkw_record mp_fastclose   = MP("MP_FASTCLOSE", 7, 12, fastclose_fields);
static const struct pkw_record mp_tcprst      = MP("MP_TCPRST", 8, 4, tcprst_fields);

/* A kind without a record, or with a length its records do not have. */
static const struct pkw_field option_fields[] = {
	[OPT_KIND]  = U8("kind", .def = 253, LABELS(kinds)),
	[OPT_LEN]   = U8("len", IF(PKW_GT, OPT_KIND, 1), LEN(PKW_OF_RECORD)),
	[OPT_VALUE] = BYTES("value", IF(PKW_GT, OPT_KIND, 1)),
};
static const struct pkw_record option = RECORD_WITH("option", 0, option_fields, .nameless = 1);

static const struct pkw_record *const options[] = {
	&opt_eol,
	&opt_nop,
	&opt_mss,
	&opt_wscale,
	&opt_sackok,
	&opt_sack,
	&opt_timestamp,
	&opt_altchksum,
	&opt_altchksum_rfc,
	&opt_altchksumopt,
	&opt_md5,
	&opt_mood,
	&opt_uto,
	&opt_ao,
	&opt_tfo,
	&opt_experiment1,
	&opt_experiment2,
	&mp_capable,
	&mp_join_syn,
	&mp_join_synack,
	&mp_join_ack,
	&mp_dss,
	&mp_add4,
	&mp_add4p,
	&mp_add4h,
	&mp_add4ph,
	&mp_add6,
	&mp_add6p,
	&mp_add6h,
	&mp_add6ph,
	&mp_remove,
	&mp_prio,
	&mp_fail,
	&mp_fastclose,
	&mp_tcprst,
	NULL,
};

static int64_t option_key(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	const uint8_t *b = w->bytes + off;

	if (max == 0)
		return -1;
	if (b[0] == 14 && max > 1 && b[1] == 3)
		return (int64_t)ALTCHKSUM_RFC;
	if (b[0] != 30 || max < 3)
		return b[0];
	switch (b[2] >> 4) {
	case 1: /* MP_JOIN */
	case 3: /* ADD_ADDR */
	case 6: /* MP_FAIL */
	case 7: /* MP_FASTCLOSE */
	case 8: /* MP_TCPRST */
		return (int64_t)MPTCP(b[2] >> 4, b[1]);
	}
	return (int64_t)MPTCP(b[2] >> 4, 0);
}

const struct pkw_list pkw__tcp_options = {
	.rec	  = &option,
	.variants = options,
	.peek	  = option_key,
	.until	  = { .op = PKW_EQ, .field = OPT_KIND, .value = 0 },
	.style	  = PKW_LIST_TUPLES,
};
