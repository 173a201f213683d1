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
#include <pkw/pkt.h>
#include <pkw/rows.h>

#define TIMESTAMP(...) FIXED(32, 32, __VA_ARGS__)

static const struct pkw_label leaps[] = {
	{ 0, "no warning", 0 },
	{ 1, "last minute of the day has 61 seconds", 0 },
	{ 2, "last minute of the day has 59 seconds", 0 },
	{ 3, "unknown (clock unsynchronized)", 0 },
};
static const struct pkw_label modes[] = {
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
	[NTP_MODE]       = BITS(3, "mode", .def = CLIENT, LABELS(modes)),
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
	[CONTROL_MODE]          = BITS(3, "mode", .def = 6, LABELS(modes)),
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

static const struct pkw_label implementations[] = {
	{ 0, "IMPL_UNIV", 0 },
	{ 2, "IMPL_XNTPD_OLD", 0 },
	{ 3, "XNTPD", 0 },
};
static const struct pkw_label requests[] = {
	{ 0, "REQ_PEER_LIST", 0 },
	{ 1, "REQ_PEER_LIST_SUM", 0 },
	{ 2, "REQ_PEER_INFO", 0 },
	{ 3, "REQ_PEER_STATS", 0 },
	{ 4, "REQ_SYS_INFO", 0 },
	{ 5, "REQ_SYS_STATS", 0 },
	{ 6, "REQ_IO_STATS", 0 },
	{ 7, "REQ_MEM_STATS", 0 },
	{ 8, "REQ_LOOP_INFO", 0 },
	{ 9, "REQ_TIMER_STATS", 0 },
	{ 10, "REQ_CONFIG", 0 },
	{ 11, "REQ_UNCONFIG", 0 },
	{ 12, "REQ_SET_SYS_FLAG", 0 },
	{ 13, "REQ_CLR_SYS_FLAG", 0 },
	{ 14, "REQ_MONITOR", 0 },
	{ 15, "REQ_NOMONITOR", 0 },
	{ 16, "REQ_GET_RESTRICT", 0 },
	{ 17, "REQ_RESADDFLAGS", 0 },
	{ 18, "REQ_RESSUBFLAGS", 0 },
	{ 19, "REQ_UNRESTRICT", 0 },
	{ 20, "REQ_MON_GETLIST", 0 },
	{ 21, "REQ_RESET_STATS", 0 },
	{ 22, "REQ_RESET_PEER", 0 },
	{ 23, "REQ_REREAD_KEYS", 0 },
	{ 24, "REQ_DO_DIRTY_HACK", 0 },
	{ 25, "REQ_DONT_DIRTY_HACK", 0 },
	{ 26, "REQ_TRUSTKEY", 0 },
	{ 27, "REQ_UNTRUSTKEY", 0 },
	{ 28, "REQ_AUTHINFO", 0 },
	{ 29, "REQ_TRAPS", 0 },
	{ 30, "REQ_ADD_TRAP", 0 },
	{ 31, "REQ_CLR_TRAP", 0 },
	{ 32, "REQ_REQUEST_KEY", 0 },
	{ 33, "REQ_CONTROL_KEY", 0 },
	{ 34, "REQ_GET_CTLSTATS", 0 },
	{ 35, "REQ_GET_LEAPINFO", 0 },
	{ 36, "REQ_GET_CLOCKINFO", 0 },
	{ 37, "REQ_SET_CLKFUDGE", 0 },
	{ 38, "REQ_GET_KERNEL", 0 },
	{ 39, "REQ_GET_CLKBUGINFO", 0 },
	{ 41, "REQ_SET_PRECISION", 0 },
	{ 42, "REQ_MON_GETLIST_1", 0 },
	{ 43, "REQ_HOSTNAME_ASSOCID", 0 },
	{ 44, "REQ_IF_STATS", 0 },
	{ 45, "REQ_IF_RELOAD", 0 },
};
static const struct pkw_label private_errors[] = {
	{ 0, "no error", 0 },
	{ 1, "incompatible implementation number", 0 },
	{ 2, "unimplemented request code", 0 },
	{ 3, "format error (wrong data items, data size, packet size etc.)", 0 },
	{ 4, "no data available (e.g. request for details on unknown peer)", 0 },
	{ 6, "I don\"t know", 0 },
	{ 5, "I don\"t know", 0 },
	{ 7, "authentication failure (i.e. permission denied)", 0 },
};
static const struct pkw_label peer_flags[] = {
	{ 0, "INFO_FLAG_CONFIG", 0 },
	{ 1, "INFO_FLAG_SYSPEER", 0 },
	{ 2, "INFO_FLAG_BURST", 0 },
	{ 3, "INFO_FLAG_REFCLOCK", 0 },
	{ 4, "INFO_FLAG_PREFER", 0 },
	{ 5, "INFO_FLAG_AUTHENABLE", 0 },
	{ 6, "INFO_FLAG_SEL_CANDIDATE", 0 },
	{ 7, "INFO_FLAG_SHORTLIST", 0 },
};

/* Items of the answers people ask for; all others are bytes. */
static const struct pkw_field peer_list_fields[] = {
	IP4("addr"),
	U16("port"),
	U8("hmode", LABELS(modes)),
	FLAGS(8, peer_flags, "flags"),
	U32("v6_flag"),
	U32("unused1"),
	IP6("addr6"),
};
static const struct pkw_field peer_summary_fields[] = {
	IP4("dstaddr"),
	IP4("srcaddr"),
	U16("srcport"),
	U8("stratum"),
	U8("hpoll"),
	U8("ppoll"),
	U8("reach"),
	FLAGS(8, peer_flags, "flags"),
	U8("hmode", LABELS(modes)),
	FIXED(16, 16, "delay"),
	TIMESTAMP("offset"),
	FIXED(16, 16, "dispersion"),
	U32("v6_flag"),
	U32("unused1"),
	IP6("dstaddr6"),
	IP6("srcaddr6"),
};
static const struct pkw_field monitor_fields[] = {
	U32("lasttime"),
	U32("firsttime"),
	U32("lastdrop"),
	U32("count"),
	IP4("addr"),
	IP4("daddr"),
	U32("flags"),
	U16("port"),
	U8("mode", LABELS(modes)),
	U8("version"),
	U32("v6_flag"),
	U32("unused1"),
	IP6("addr6"),
	IP6("daddr6"),
};
static const struct pkw_field sys_stats_fields[] = {
	U32("timeup"),
	U32("timereset"),
	U32("denied"),
	U32("oldversionpkt"),
	U32("newversionpkt"),
	U32("unknownversion"),
	U32("badlength"),
	U32("processed"),
	U32("badauth"),
	U32("received"),
	U32("limitrejected"),
};

#define ITEMS(id, name, key)                                                                       \
	static const struct pkw_record id##_item = RECORD(name, 0, id##_fields);                   \
	static const struct pkw_list id##_list = { .rec = &id##_item, .style = PKW_LIST_LAYERS };  \
	static const struct pkw_field id##_data[] = { LIST(&id##_list, "items") };                 \
	static const struct pkw_record id = RECORD(name "s", key, id##_data)

ITEMS(peer_list, "NTPInfoPeerList", 0);
ITEMS(peer_summary, "NTPInfoPeerSummary", 1);
ITEMS(sys_stats, "NTPInfoSysStats", 5);
ITEMS(monitor, "NTPInfoMonitor1", 42);
static const struct pkw_field bytes_fields[] = { BYTES("data") };
static const struct pkw_record other = RECORD("bytes", PKW_ELSE, bytes_fields);
static const struct pkw_record *const private_data[] = { &peer_list, &peer_summary, &sys_stats,
	&monitor, &other, NULL };

enum { PRIVATE_RESPONSE, PRIVATE_MORE, PRIVATE_VERSION, PRIVATE_MODE, PRIVATE_AUTH, PRIVATE_SEQ,
	PRIVATE_IMPLEMENTATION, PRIVATE_REQUEST, PRIVATE_ERR, PRIVATE_NB_ITEMS, PRIVATE_MBZ,
	PRIVATE_ITEM_SIZE, PRIVATE_REQ_DATA, PRIVATE_DATA };
static const struct pkw_field private_fields[] = {
	[PRIVATE_RESPONSE]       = BITS(1, "response"),
	[PRIVATE_MORE]           = BITS(1, "more"),
	[PRIVATE_VERSION]        = BITS(3, "version", .def = 2),
	[PRIVATE_MODE]           = BITS(3, "mode", .def = 7, .spell = 1, LABELS(modes)),
	[PRIVATE_AUTH]           = BITS(1, "auth"),
	[PRIVATE_SEQ]            = BITS(7, "seq"),
	[PRIVATE_IMPLEMENTATION] = U8("implementation", LABELS(implementations)),
	[PRIVATE_REQUEST]        = U8("request_code", LABELS(requests)),
	[PRIVATE_ERR]            = BITS(4, "err", LABELS(private_errors)),
	[PRIVATE_NB_ITEMS]       = BITS(12, "nb_items"),
	[PRIVATE_MBZ]            = BITS(4, "mbz"),
	[PRIVATE_ITEM_SIZE]      = BITS(12, "data_item_size"),
	[PRIVATE_REQ_DATA]       = BYTES("req_data", IF(PKW_EQ, PRIVATE_RESPONSE, 0)),
	[PRIVATE_DATA] = VARIANT(PRIVATE_REQUEST, private_data, "data", IF(PKW_EQ, PRIVATE_RESPONSE, 1)),
};

static int private_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return 2 * (!pkw_u(q, ql, PRIVATE_RESPONSE) && pkw_u(a, al, PRIVATE_RESPONSE) &&
	    pkw_u(q, ql, PRIVATE_REQUEST) == pkw_u(a, al, PRIVATE_REQUEST));
}

static const struct pkw_pick pick = { .bit = 5, .bits = 3, .space = "ntp.mode" };
static const struct pkw_bind ntp_binds[] = { { "udp.port", 123, { 123, 123 }, 0 } };
static const struct pkw_bind header_binds[] = { { "ntp.mode", CLIENT, { 0, 0 }, 0 } };
static const struct pkw_bind control_binds[] = { { "ntp.mode", 6, { 0, 0 }, 0 } };
static const struct pkw_bind private_binds[] = { { "ntp.mode", 7, { 0, 0 }, 0 } };

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
static const struct pkw_proto private = {
	.rec     = RECORD("NTPPrivate", 0, private_fields),
	.title   = "NTP private message of ntpd",
	.ref     = "ntpd's ntp_request.h",
	.cls     = PKW_APP,
	.flags   = PKW_WHOLE,
	.summary = "{request_code}",
	BINDS(private_binds),
	.answers = private_answers,
};

PROTOS(ntp, &ntp, &header, &extension, &authenticator, &extensions, &control, &private);
