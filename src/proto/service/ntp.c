/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTP.  The mode, in the low bits of the first byte, tells which of three
 * formats it is: the time protocol (RFC 5905), the control messages of mode 6
 * (RFC 9327), or ntpd's private mode 7.
 *
 * Behind the time header come extension fields and a MAC, here as a chain of
 * layers.  Which of the two the next bytes are is only told by how many there
 * are: 20 or 24 are a MAC, 4 a crypto-NAK (RFC 7822 section 3).  Scapy's
 * NTPExtensions, which holds them all, is there to build with.
 *
 * Time stamps are seconds since 1900 in 32.32 fixed point.  Scapy fills orig and
 * sent from the clock when nobody set them; here they are 0, so that the same
 * text always gives the same bytes.
 */
#include "proto/service/ntp.h"

#include <pkw/pkt.h>

static const struct pkw_label leaps[] = {
	{ 0, "no warning", 0 },
	{ 1, "last minute of the day has 61 seconds", 0 },
	{ 2, "last minute of the day has 59 seconds", 0 },
	{ 3, "unknown (clock unsynchronized)", 0 },
};
const struct pkw_label pkw__ntp_modes[PKW__NTP_MODES_N] = {
	{ 0, "reserved", 0 },
	{ 1, "symmetric active", 0 },
	{ 2, "symmetric passive", 0 },
	{ 3, "client", 0 },
	{ 4, "server", 0 },
	{ 5, "broadcast", 0 },
	{ 6, "NTP control message", 0 },
	{ 7, "reserved for private use", 0 },
};
enum { ACTIVE = 1, PASSIVE, CLIENT, SERVER };

enum { NTP_LEAP, NTP_VERSION, NTP_MODE, NTP_STRATUM, NTP_POLL, NTP_PRECISION, NTP_DELAY,
	NTP_DISPERSION, NTP_ID, NTP_REF_ID, NTP_REF, NTP_ORIG, NTP_RECV, NTP_SENT };

static const struct pkw_field header_fields[] = {
	[NTP_LEAP]       = BITS(2, "leap", LABELS(leaps)),
	[NTP_VERSION]    = BITS(3, "version", .def = 4),
	[NTP_MODE]       = BITS(3, "mode", .def = CLIENT, LABELS(pkw__ntp_modes)),
	[NTP_STRATUM]    = U8("stratum", .def = 2),
	[NTP_POLL]       = U8("poll", .def = 10, .doc = "power of two of seconds"),
	[NTP_PRECISION]  = U8("precision", .doc = "power of two of seconds, two's complement"),
	[NTP_DELAY]      = FIXED(16, 16, "delay", .doc = "to the reference clock and back, seconds"),
	[NTP_DISPERSION] = FIXED(16, 16, "dispersion", .doc = "seconds"),
	[NTP_ID]         = IP4("id", IF(PKW_GT, NTP_STRATUM, 1), .text = "127.0.0.1"),
	[NTP_REF_ID]     = TEXTN(4, "ref_id", IF(PKW_LT, NTP_STRATUM, 2), .flags = PKW_ZPAD),
	[NTP_REF]        = TIMESTAMP("ref", .doc = "when the clock was last set"),
	[NTP_ORIG]       = TIMESTAMP("orig", .spell = 1, .doc = "when the client sent its request"),
	[NTP_RECV]       = TIMESTAMP("recv", .doc = "when the server received it"),
	[NTP_SENT]       = TIMESTAMP("sent", .spell = 1, .doc = "when this packet was sent"),
};

/* A server answers a client, a passive peer an active one, with its stamp. */
static int header_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t qmode = pkw_u(q, ql, NTP_MODE), amode = pkw_u(a, al, NTP_MODE);
	int pair = (qmode == CLIENT && amode == SERVER) ||
	    (qmode == ACTIVE && (amode == PASSIVE || amode == ACTIVE));

	return 2 * (pair && pkw_u(a, al, NTP_ORIG) == pkw_u(q, ql, NTP_SENT));
}

/* IANA "NTP Extension Field Types" */
static const struct pkw_label extension_types[] = {
	{ 0x0002, "No-Operation Request", 0 },
	{ 0x0104, "Unique Identifier", 0 },
	{ 0x0200, "Association Message Request", 0 },
	{ 0x0204, "NTS Cookie", 0 },
	{ 0x0304, "NTS Cookie Placeholder", 0 },
	{ 0x0404, "NTS Authenticator", 0 },
	{ 0x2005, "Checksum Complement", 0 },
	{ 0xf323, "Experimental Reference Timestamp", 0 },
};
static const struct pkw_field extension_fields[] = {
	U16("type", HEX, LABELS(extension_types)),
	U16("len", LEN(PKW_OF_RECORD), .spell = 1),
	BYTES("value"),
};

/*
 * A digest is as long as there are bytes; when typed it is filled up to the 16
 * of MD5, as in Scapy.
 */
enum { MD5 = 16 };

static long digest_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w, (void)off;
	return max;
}

static int bytes_get(const struct pkw_wire *w, uint32_t off, uint32_t len, struct pkw_str *out)
{
	pkw_str_addn(out, (const char *)w->bytes + off, len);
	return out->err;
}

static int bytes_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	(void)d;
	pkw_str_addn(out, text, n);
	return out->err;
}

static int digest_put(const char *text, size_t n, struct pkw_str *out, struct pkw_diag *d)
{
	bytes_put(text, n, out, d);
	for (; n < MD5; n++)
		pkw_str_addc(out, '\0');
	return out->err;
}

static const struct pkw_codec digest = {
	.name = "message digest",
	.size = digest_size,
	.get  = bytes_get,
	.put  = digest_put,
};

/* What stands in front of a key number and an MD5 digest. */
static long padding_size(const struct pkw_wire *w, uint32_t off, uint32_t max)
{
	(void)w, (void)off;
	return max > MD5 + 4 ? (long)max - MD5 : 0;
}

static const struct pkw_codec padding = {
	.name = "padding",
	.size = padding_size,
	.get  = bytes_get,
	.put  = bytes_put,
};

static const struct pkw_field authenticator_fields[] = {
	CODED(&padding, "padding"),
	U32("key_id"),
	CODED(&digest, "dgst", .spell = 1, .text = ""),
};

static const struct pkw_proto authenticator = {
	.rec     = RECORD("NTPAuthenticator", 0, authenticator_fields),
	.title   = "NTP message authentication code",
	.ref     = "RFC 5905",
	.flags   = PKW_WHOLE,
	.summary = "key {key_id}",
};

static const struct pkw_proto *mac_or_extension(const uint8_t *b, size_t n)
{
	(void)b;
	if (n == 4 || n == 4 + MD5 || n == 24)
		return &authenticator;
	return n < 16 ? pkw_proto_find("Raw") : NULL;
}

static const struct pkw_proto extension = {
	.rec     = RECORD("NTPExtension", 0, extension_fields),
	.title   = "NTP extension field",
	.ref     = "RFC 7822",
	.next    = "NTPExtension",
	.guess   = mac_or_extension,
	.summary = "{type}",
};

static const struct pkw_list extension_list = { .rec = &extension.rec, .style = PKW_LIST_LAYERS };
static const struct pkw_list one_authenticator = { .rec = &authenticator.rec };
static const struct pkw_field extensions_fields[] = {
	LIST(&extension_list, "extensions"),
	SUB(&one_authenticator, "mac", .text = "NTPAuthenticator()"),
};
static const struct pkw_proto extensions = {
	.rec   = RECORD("NTPExtensions", 0, extensions_fields),
	.title = "NTP extension fields and message authentication code",
	.ref   = "RFC 7822",
	.flags = PKW_WHOLE,
};

static const struct pkw_label control_ops[] = {
	{ 0, "CTL_OP_UNSPEC", 0 },
	{ 1, "CTL_OP_READSTAT", 0 },
	{ 2, "CTL_OP_READVAR", 0 },
	{ 3, "CTL_OP_WRITEVAR", 0 },
	{ 4, "CTL_OP_READCLOCK", 0 },
	{ 5, "CTL_OP_WRITECLOCK", 0 },
	{ 6, "CTL_OP_SETTRAP", 0 },
	{ 7, "CTL_OP_ASYNCMSG", 0 },
	{ 8, "CTL_OP_CONFIGURE", 0 },
	{ 9, "CTL_OP_SAVECONFIG", 0 },
	{ 10, "CTL_OP_READ_MRU", 0 },
	{ 11, "CTL_OP_READ_ORDLIST_A", 0 },
	{ 12, "CTL_OP_REQ_NONCE", 0 },
	{ 31, "CTL_OP_UNSETTRAP", 0 },
};

enum { CONTROL_ZEROS, CONTROL_VERSION, CONTROL_MODE, CONTROL_RESPONSE, CONTROL_ERR, CONTROL_MORE,
	CONTROL_OP, CONTROL_SEQUENCE, CONTROL_STATUS_WORD, CONTROL_STATUS, CONTROL_ASSOCIATION,
	CONTROL_OFFSET, CONTROL_COUNT, CONTROL_DATA, CONTROL_AUTHENTICATOR };
static const struct pkw_field control_fields[] = {
	[CONTROL_ZEROS]         = BITS(2, "zeros"),
	[CONTROL_VERSION]       = BITS(3, "version", .def = 2),
	[CONTROL_MODE]          = BITS(3, "mode", .def = 6, LABELS(pkw__ntp_modes)),
	[CONTROL_RESPONSE]      = BITS(1, "response"),
	[CONTROL_ERR]           = BITS(1, "err"),
	[CONTROL_MORE]          = BITS(1, "more"),
	[CONTROL_OP]            = BITS(5, "op_code", LABELS(control_ops)),
	[CONTROL_SEQUENCE]      = U16("sequence"),
	[CONTROL_STATUS_WORD]   = BYTESN(2, "status_word", IF(PKW_EQ, CONTROL_RESPONSE, 1)),
	[CONTROL_STATUS]        = U16("status", IF(PKW_EQ, CONTROL_RESPONSE, 0)),
	[CONTROL_ASSOCIATION]   = U16("association_id"),
	[CONTROL_OFFSET]        = U16("offset"),
	[CONTROL_COUNT]         = U16("count", LEN(CONTROL_DATA)),
	[CONTROL_DATA]          = BYTES("data", .flags = PKW_RAWTEXT),
	[CONTROL_AUTHENTICATOR] = BYTES("authenticator", .inner = "NTPAuthenticator"),
};

static int control_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return 2 * (!pkw_u(q, ql, CONTROL_RESPONSE) && pkw_u(a, al, CONTROL_RESPONSE) &&
	    pkw_u(q, ql, CONTROL_OP) == pkw_u(a, al, CONTROL_OP) &&
	    pkw_u(q, ql, CONTROL_SEQUENCE) == pkw_u(a, al, CONTROL_SEQUENCE));
}

/* The status words of control messages, to be had on their own. */
static const struct pkw_label system_leaps[] = {
	{ 0, "no warning", 0 },
	{ 1, "last minute was 61 seconds", 0 },
	{ 2, "last minute was 59 seconds", 0 },
	{ 3, "alarm condition (clock not synchronized)", 0 },
};
static const struct pkw_label clock_sources[] = {
	{ 0, "unspecified or unknown", 0 },
	{ 1, " Calibrated atomic clock", 0 },
	{ 2, "VLF (band 4) or LF (band 5) radio", 0 },
	{ 3, "HF (band 7) radio", 0 },
	{ 4, "UHF (band 9) satellite", 0 },
	{ 5, "local net", 0 },
	{ 6, "UDP/NTP", 0 },
	{ 7, "UDP/TIME", 0 },
	{ 8, "eyeball-and-wristwatch", 0 },
	{ 9, "telephone modem", 0 },
};
static const struct pkw_label system_events[] = {
	{ 0, "unspecified", 0 },
	{ 1, "system restart", 0 },
	{ 2, "system or hardware fault", 0 },
	{ 3, "system new status word (leap bits or synchronization change)", 0 },
	{ 4, "system new synchronization source or stratum (sys.peer or sys.stratum change)", 0 },
	{ 5, "system clock reset (offset correction exceeds CLOCK.MAX)", 0 },
	{ 6, "system invalid time or date", 0 },
	{ 7, "system clock exception", 0 },
};
static const struct pkw_label peer_selections[] = {
	{ 0, "rejected", 0 },
	{ 1, "passed sanity checks", 0 },
	{ 2, "passed correctness checks", 0 },
	{ 3, "passed candidate checks", 0 },
	{ 4, "passed outlyer checks", 0 },
	{ 5, "current synchronization source; max distance exceeded", 0 },
	{ 6, "current synchronization source; max distance okay", 0 },
	{ 7, "reserved", 0 },
};
static const struct pkw_label peer_events[] = {
	{ 0, "unspecified", 0 },
	{ 1, "peer IP error", 0 },
	{ 2, "peer authentication failure", 0 },
	{ 3, "peer unreachable", 0 },
	{ 4, "peer reachable", 0 },
	{ 5, "peer clock exception", 0 },
};
static const struct pkw_label clock_states[] = {
	{ 0, "clock operating within nominals", 0 },
	{ 1, "reply timeout", 0 },
	{ 2, "bad reply format", 0 },
	{ 3, "hardware or software fault", 0 },
	{ 4, "propagation failure", 0 },
	{ 5, "bad date format or value", 0 },
	{ 6, "bad time format or value", 0 },
};
static const struct pkw_label control_errors[] = {
	{ 0, "unspecified", 0 },
	{ 1, "authentication failure", 0 },
	{ 2, "invalid message length or format", 0 },
	{ 3, "invalid opcode", 0 },
	{ 4, "unknown association identifier", 0 },
	{ 5, "unknown variable name", 0 },
	{ 6, "invalid variable value", 0 },
	{ 7, "administratively prohibited", 0 },
};

static const struct pkw_field status_fields[] = { U16("status") };
static const struct pkw_field system_status_fields[] = {
	BITS(2, "leap_indicator", LABELS(system_leaps)),
	BITS(6, "clock_source", LABELS(clock_sources)),
	BITS(4, "system_event_counter"),
	BITS(4, "system_event_code", LABELS(system_events)),
};
static const struct pkw_field peer_status_fields[] = {
	BITS(1, "configured"),
	BITS(1, "auth_enabled"),
	BITS(1, "authentic"),
	BITS(1, "reachability"),
	BITS(1, "reserved"),
	BITS(3, "peer_sel", LABELS(peer_selections)),
	BITS(4, "peer_event_counter"),
	BITS(4, "peer_event_code", LABELS(peer_events)),
};
static const struct pkw_field clock_status_fields[] = {
	U8("clock_status", LABELS(clock_states)),
	U8("code"),
};
static const struct pkw_field error_status_fields[] = {
	U8("error_code", LABELS(control_errors)),
	U8("reserved"),
};

#define STATUS(id, class, what)                                                                    \
	static const struct pkw_proto id = {                                                       \
		.rec   = RECORD(class, 0, id##_fields),                                            \
		.title = "NTP control message: " what,                                             \
		.ref   = "RFC 9327",                                                               \
	}

STATUS(status, "NTPStatusPacket", "status word");
STATUS(system_status, "NTPSystemStatusPacket", "system status word");
STATUS(peer_status, "NTPPeerStatusPacket", "peer status word");
STATUS(clock_status, "NTPClockStatusPacket", "clock status word");
STATUS(error_status, "NTPErrorStatusPacket", "error status word");

static const struct pkw_list one_peer_status = { .rec = &peer_status.rec };
static const struct pkw_field peer_status_data_fields[] = {
	U16("association_id"),
	SUB(&one_peer_status, "peer_status"),
};
STATUS(peer_status_data, "NTPPeerStatusDataPacket", "one peer's status");

static const struct pkw_pick pick = { .bit = 5, .bits = 3, .space = "ntp.mode" };
static const struct pkw_bind ntp_binds[] = { { "udp.port", 123, { 123, 123 }, 0 } };
static const struct pkw_bind header_binds[] = { { "ntp.mode", CLIENT, { 0, 0 }, 0 } };
static const struct pkw_bind control_binds[] = { { "ntp.mode", 6, { 0, 0 }, 0 } };

static const struct pkw_proto ntp = {
	.rec   = EMPTY("NTP", 0),
	.title = "Network Time Protocol",
	.ref   = "RFC 5905",
	.cls   = PKW_APP,
	.flags = PKW_ABSTRACT,
	.pick  = &pick,
	.next  = "NTPHeader",
	BINDS(ntp_binds),
};
static const struct pkw_proto header = {
	.rec     = RECORD("NTPHeader", 0, header_fields),
	.title   = "Network Time Protocol",
	.ref     = "RFC 5905",
	.cls     = PKW_APP,
	.next    = "NTPExtension",
	.summary = "v{version} {mode} stratum {stratum}",
	BINDS(header_binds),
	.answers = header_answers,
};
static const struct pkw_proto control = {
	.rec     = RECORD("NTPControl", 0, control_fields),
	.title   = "NTP control message",
	.ref     = "RFC 9327",
	.cls     = PKW_APP,
	.flags   = PKW_WHOLE,
	.summary = "{op_code}",
	BINDS(control_binds),
	.answers = control_answers,
};
PROTOS(ntp, &ntp, &header, &extension, &authenticator, &extensions, &control, &status, &system_status,
    &peer_status, &clock_status, &error_status, &peer_status_data);
