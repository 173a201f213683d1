/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTP mode 7: the private messages with which ntpdc once asked and configured
 * ntpd (its ntp_request.h; nothing else documents them).  Kept for old clocks,
 * and because "monlist" made them known.
 *
 * A message is a header and a number of equal items, which ones the request
 * code says.  Behind the items of a request that changes something there is a
 * MAC with a time stamp; where the items end is not told, so that on the wire it
 * is part of them.
 */
#include "proto/service/ntp.h"

#include <pkw/pkt.h>

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
static const struct pkw_label system_flags[] = {
	{ 0, "INFO_FLAG_BCLIENT", 0 },
	{ 1, "INFO_FLAG_AUTHENTICATE", 0 },
	{ 2, "INFO_FLAG_NTP", 0 },
	{ 3, "INFO_FLAG_KERNEL", 0 },
	{ 4, "INFO_FLAG_CAL", 0 },
	{ 5, "INFO_FLAG_PPS_SYNC", 0 },
	{ 6, "INFO_FLAG_MONITOR", 0 },
	{ 7, "INFO_FLAG_FILEGEN", 0 },
};
static const struct pkw_label conf_flags[] = {
	{ 0, "CONF_FLAG_AUTHENABLE", 0 },
	{ 1, "CONF_FLAG_PREFER", 0 },
	{ 2, "CONF_FLAG_BURST", 0 },
	{ 3, "CONF_FLAG_IBURST", 0 },
	{ 4, "CONF_FLAG_NOSELECT", 0 },
	{ 5, "CONF_FLAG_SKEY", 0 },
};
static const struct pkw_label restrict_flags[] = {
	{ 0, "RES_IGNORE", 0 },
	{ 1, "RES_DONTSERVE", 0 },
	{ 2, "RES_DONTTRUST", 0 },
	{ 3, "RES_VERSION", 0 },
	{ 4, "RES_NOPEER", 0 },
	{ 5, "RES_LIMITED", 0 },
	{ 6, "RES_NOQUERY", 0 },
	{ 7, "RES_NOMODIFY", 0 },
	{ 8, "RES_NOTRAP", 0 },
	{ 9, "RES_LPTRAP", 0 },
	{ 10, "RES_KOD", 0 },
	{ 11, "RES_MSSNTP", 0 },
	{ 12, "RES_FLAKE", 0 },
	{ 13, "RES_NOMRULIST", 0 },
};

static const struct pkw_field peer_list_fields[] = {
	IP4("addr"),
	U16("port"),
	U8("hmode", LABELS(pkw__ntp_modes)),
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
	U8("hmode", LABELS(pkw__ntp_modes)),
	FIXED(16, 16, "delay"),
	TIMESTAMP("offset"),
	FIXED(16, 16, "dispersion"),
	U32("v6_flag"),
	U32("unused1"),
	IP6("dstaddr6"),
	IP6("srcaddr6"),
};

static const struct pkw_field peer_fields[] = {
	IP4("dstaddr"),
	IP4("srcaddr"),
	U16("srcport"),
	FLAGS(8, peer_flags, "flags"),
	U8("leap"),
	U8("hmode", LABELS(pkw__ntp_modes)),
	U8("pmode", LABELS(pkw__ntp_modes)),
	U8("stratum"),
	U8("ppoll"),
	U8("hpoll"),
	S8("precision"),
	U8("version"),
	U8("unused8"),
	U8("reach"),
	U8("unreach"),
	U8("flash", HEX),
	U8("ttl"),
	U16("flash2", HEX, .flags = PKW_LE),
	U16("associd"),
	U32("keyid", .flags = PKW_LE),
	U32("pkeyid"),
	IP4("refid"),
	U32("timer"),
	FIXED(16, 16, "rootdelay"),
	FIXED(16, 16, "rootdispersion"),
	TIMESTAMP("reftime"),
	TIMESTAMP("org"),
	TIMESTAMP("rec"),
	TIMESTAMP("xmt"),
	BYTESN(32, "filtdelay"),
	BYTESN(64, "filtoffset"),
	BYTESN(8, "order"),
	FIXED(16, 16, "delay"),
	FIXED(16, 16, "dispersion"),
	TIMESTAMP("offset"),
	FIXED(16, 16, "selectdisp"),
	U32("unused1"),
	U32("unused2"),
	U32("unused3"),
	U32("unused4"),
	U32("unused5"),
	U32("unused6"),
	U32("unused7"),
	FIXED(16, 16, "estbdelay"),
	U32("v6_flag"),
	U32("unused9"),
	IP6("dstaddr6"),
	IP6("srcaddr6"),
};

static const struct pkw_field peer_stats_fields[] = {
	IP4("dstaddr"),
	IP4("srcaddr"),
	U16("srcport"),
	FLAGS(16, peer_flags, "flags"),
	U32("timereset"),
	U32("timereceived"),
	U32("timetosend"),
	U32("timereachable"),
	U32("sent"),
	U32("unused1"),
	U32("processed"),
	U32("unused2"),
	U32("badauth"),
	U32("bogusorg"),
	U32("oldpkt"),
	U32("unused3"),
	U32("unused4"),
	U32("seldisp"),
	U32("selbroken"),
	U32("unused5"),
	U8("candidate"),
	U8("unused6"),
	U8("unused7"),
	U8("unused8"),
	U32("v6_flag"),
	U32("unused9"),
	IP6("dstaddr6"),
	IP6("srcaddr6"),
};

static const struct pkw_field sys_fields[] = {
	IP4("peer"),
	U8("peer_mode", LABELS(pkw__ntp_modes)),
	U8("leap"),
	U8("stratum"),
	U8("precision"),
	FIXED(16, 16, "rootdelay"),
	FIXED(16, 16, "rootdispersion"),
	IP4("refid"),
	TIMESTAMP("reftime"),
	U32("poll"),
	FLAGS(8, system_flags, "flags"),
	U8("unused1"),
	U8("unused2"),
	U8("unused3"),
	FIXED(16, 16, "bdelay"),
	FIXED(16, 16, "frequency"),
	TIMESTAMP("authdelay"),
	FIXED(16, 16, "stability"),
	U32("v6_flag"),
	U32("unused4"),
	IP6("peer6"),
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

static const struct pkw_field io_stats_fields[] = {
	U32("timereset"),
	U16("totalrecvbufs"),
	U16("freerecvbufs"),
	U16("fullrecvbufs"),
	U16("lowwater"),
	U32("dropped"),
	U32("ignored"),
	U32("received"),
	U32("sent"),
	U32("notsent"),
	U32("interrupts"),
	U32("int_received"),
};

static const struct pkw_field mem_stats_fields[] = {
	U32("timereset"),
	U16("totalpeermem"),
	U16("freepeermem"),
	U32("findpeer_calls"),
	U32("allocations"),
	U32("demobilizations"),
	BYTESN(128, "hashcount"),
};

static const struct pkw_field loop_fields[] = {
	TIMESTAMP("last_offset"),
	TIMESTAMP("drift_comp"),
	U32("compliance"),
	U32("watchdog_timer"),
};

static const struct pkw_field timer_stats_fields[] = {
	U32("timereset"),
	U32("alarms"),
	U32("overflows"),
	U32("xmtcalls"),
};

static const struct pkw_field conf_peer_fields[] = {
	IP4("peeraddr"),
	U8("hmode", LABELS(pkw__ntp_modes)),
	U8("version"),
	U8("minpoll"),
	U8("maxpoll"),
	FLAGS(8, conf_flags, "flags"),
	U8("ttl"),
	U16("unused1"),
	U32("keyid"),
	TEXTN(128, "keystr", .flags = PKW_ZPAD),
	U32("v6_flag"),
	U32("unused2"),
	IP6("peeraddr6"),
};

static const struct pkw_field conf_unpeer_fields[] = {
	IP4("peeraddr"),
	U32("v6_flag"),
	IP6("peeraddr6"),
};

static const struct pkw_field conf_restrict_fields[] = {
	IP4("addr"),
	IP4("mask"),
	FLAGS(16, restrict_flags, "flags"),
	U16("m_flags"),
	U32("v6_flag"),
	IP6("addr6"),
	IP6("mask6"),
};

static const struct pkw_field auth_fields[] = {
	U32("timereset"),
	U32("numkeys"),
	U32("numfreekeys"),
	U32("keylookups"),
	U32("keynotfound"),
	U32("encryptions"),
	U32("decryptions"),
	U32("expired"),
	U32("keyuncached"),
};

static const struct pkw_field conf_trap_fields[] = {
	IP4("local_address"),
	IP4("trap_address"),
	U16("trap_port"),
	U16("unused"),
	U32("v6_flag"),
	IP6("local_address6"),
	IP6("trap_address6"),
};

static const struct pkw_field control_fields[] = {
	U32("ctltimereset"),
	U32("numctlreq"),
	U32("numctlbadpkts"),
	U32("numctlresponses"),
	U32("numctlfrags"),
	U32("numctlerrors"),
	U32("numctltooshort"),
	U32("numctlinputresp"),
	U32("numctlinputfrag"),
	U32("numctlinputerr"),
	U32("numctlbadoffset"),
	U32("numctlbadversion"),
	U32("numctldatatooshort"),
	U32("numctlbadop"),
	U32("numasyncmsgs"),
};

static const struct pkw_field kernel_fields[] = {
	U32("offset"),
	U32("freq"),
	U32("maxerror"),
	U32("esterror"),
	U16("status"),
	U16("shift"),
	U32("constant"),
	U32("precision"),
	U32("tolerance"),
	U32("ppsfreq"),
	U32("jitter"),
	U32("stabil"),
	U32("jitcnt"),
	U32("calcnt"),
	U32("errcnt"),
	U32("stbcnt"),
};

static const struct pkw_field monitor1_fields[] = {
	U32("lasttime"),
	U32("firsttime"),
	U32("lastdrop"),
	U32("count"),
	IP4("addr"),
	IP4("daddr"),
	U32("flags"),
	U16("port"),
	U8("mode", LABELS(pkw__ntp_modes)),
	U8("version"),
	U32("v6_flag"),
	U32("unused1"),
	IP6("addr6"),
	IP6("daddr6"),
};

static const struct pkw_field if_stats4_fields[] = {
	IP4("unaddr"),
	BYTESN(12, "unaddr_pad"),
	IP4("unbcast"),
	BYTESN(12, "unbcast_pad"),
	IP4("unmask"),
	BYTESN(12, "unmask_pad"),
	U32("v6_flag"),
	TEXTN(32, "ifname", .flags = PKW_ZPAD),
	U32("flags"),
	U32("last_ttl"),
	U32("num_mcast"),
	U32("received"),
	U32("sent"),
	U32("notsent"),
	U32("uptime"),
	U32("scopeid"),
	U32("ifindex"),
	U32("ifnum"),
	U32("peercnt"),
	U16("family"),
	U8("ignore_packets"),
	U8("action"),
	U32("_filler0"),
};

static const struct pkw_field if_stats6_fields[] = {
	IP6("unaddr"),
	IP6("unbcast"),
	IP6("unmask"),
	U32("v6_flag"),
	TEXTN(32, "ifname", .flags = PKW_ZPAD),
	U32("flags"),
	U32("last_ttl"),
	U32("num_mcast"),
	U32("received"),
	U32("sent"),
	U32("notsent"),
	U32("uptime"),
	U32("scopeid"),
	U32("ifindex"),
	U32("ifnum"),
	U32("peercnt"),
	U16("family"),
	U8("ignore_packets"),
	U8("action"),
	U32("_filler0"),
};

/* Interfaces of either family in one list: a flag in the item tells which. */
static const struct pkw_record if_stats4_item = RECORD("NTPInfoIfStatsIPv4", 0, if_stats4_fields);
static const struct pkw_record if_stats6_item = RECORD("NTPInfoIfStatsIPv6", 1, if_stats6_fields);
static const struct pkw_record *const if_stats_kinds[] = { &if_stats4_item, &if_stats6_item, NULL };
static const struct pkw_list if_stats_list = {
	.rec       = &if_stats4_item,
	.variants  = if_stats_kinds,
	.peek_bit  = 48 * 8,
	.peek_bits = 32,
	.style     = PKW_LIST_LAYERS,
};
static const struct pkw_field if_stats_data[] = { LIST(&if_stats_list, "items") };
static const struct pkw_record if_stats = RECORD("NTPInfoIfStats", 44, if_stats_data);
static const struct pkw_record if_reload = RECORD("NTPInfoIfStats", 45, if_stats_data);

#define ITEMS(id, name, key)                                                                       \
	static const struct pkw_record id##_item = RECORD(name, 0, id##_fields);                   \
	static const struct pkw_list id##_items = { .rec = &id##_item, .style = PKW_LIST_LAYERS }; \
	static const struct pkw_field id##_data[] = { LIST(&id##_items, "items") };                \
	static const struct pkw_record id = RECORD(name "s", key, id##_data)

ITEMS(peer_list, "NTPInfoPeerList", 0);
ITEMS(peer_summary, "NTPInfoPeerSummary", 1);
ITEMS(peer, "NTPInfoPeer", 2);
ITEMS(peer_stats, "NTPInfoPeerStats", 3);
ITEMS(sys, "NTPInfoSys", 4);
ITEMS(sys_stats, "NTPInfoSysStats", 5);
ITEMS(io_stats, "NTPInfoIOStats", 6);
ITEMS(mem_stats, "NTPInfoMemStats", 7);
ITEMS(loop, "NTPInfoLoop", 8);
ITEMS(timer_stats, "NTPInfoTimerStats", 9);
ITEMS(auth, "NTPInfoAuth", 28);
ITEMS(control, "NTPInfoControl", 34);
ITEMS(kernel, "NTPInfoKernel", 38);
ITEMS(monitor1, "NTPInfoMonitor1", 42);
ITEMS(conf_peer, "NTPConfPeer", 10);
ITEMS(conf_unpeer, "NTPConfUnpeer", 11);
ITEMS(conf_trap, "NTPConfTrap", 30);
static const struct pkw_record restrict_item = RECORD("NTPConfRestrict", 0, conf_restrict_fields);
static const struct pkw_list restrict_list = { .rec = &restrict_item, .style = PKW_LIST_LAYERS };
static const struct pkw_field restrict_data[] = { LIST(&restrict_list, "items") };
static const struct pkw_record restrict_add = RECORD("NTPConfRestricts", 17, restrict_data);
static const struct pkw_record restrict_sub = RECORD("NTPConfRestricts", 18, restrict_data);

static const struct pkw_field request_bytes[] = { BYTES("req_data") };
static const struct pkw_field bytes_fields[] = { BYTES("data") };
static const struct pkw_record other_request = RECORD("bytes", PKW_ELSE, request_bytes);
static const struct pkw_record other = RECORD("bytes", PKW_ELSE, bytes_fields);
static const struct pkw_record *const request_data[] = { &conf_peer, &conf_unpeer, &restrict_add,
	&restrict_sub, &conf_trap, &other_request, NULL };
static const struct pkw_record *const response_data[] = { &peer_list, &peer_summary, &peer, &peer_stats, &sys, &sys_stats, &io_stats, &mem_stats, &loop, &timer_stats, &auth, &control, &kernel, &monitor1,
	&if_stats, &if_reload, &other, NULL };

enum { PRIVATE_RESPONSE, PRIVATE_MORE, PRIVATE_VERSION, PRIVATE_MODE, PRIVATE_AUTH, PRIVATE_SEQ,
	PRIVATE_IMPLEMENTATION, PRIVATE_REQUEST, PRIVATE_ERR, PRIVATE_NB_ITEMS, PRIVATE_MBZ,
	PRIVATE_ITEM_SIZE, PRIVATE_REQ_DATA, PRIVATE_DATA,
	PRIVATE_AUTHENTICATOR };
static const struct pkw_field private_fields[] = {
	[PRIVATE_RESPONSE]       = BITS(1, "response"),
	[PRIVATE_MORE]           = BITS(1, "more"),
	[PRIVATE_VERSION]        = BITS(3, "version", .def = 2),
	[PRIVATE_MODE]           = BITS(3, "mode", .def = 7, .spell = 1, LABELS(pkw__ntp_modes)),
	[PRIVATE_AUTH]           = BITS(1, "auth"),
	[PRIVATE_SEQ]            = BITS(7, "seq"),
	[PRIVATE_IMPLEMENTATION] = U8("implementation", LABELS(implementations)),
	[PRIVATE_REQUEST]        = U8("request_code", LABELS(requests)),
	[PRIVATE_ERR]            = BITS(4, "err", LABELS(private_errors)),
	[PRIVATE_NB_ITEMS]       = BITS(12, "nb_items"),
	[PRIVATE_MBZ]            = BITS(4, "mbz"),
	[PRIVATE_ITEM_SIZE]      = BITS(12, "data_item_size"),
	[PRIVATE_REQ_DATA] =
	    VARIANT(PRIVATE_REQUEST, request_data, "req_data", IF(PKW_EQ, PRIVATE_RESPONSE, 0)),
	[PRIVATE_DATA] =
	    VARIANT(PRIVATE_REQUEST, response_data, "data", IF(PKW_EQ, PRIVATE_RESPONSE, 1)),
	[PRIVATE_AUTHENTICATOR] =
	    BYTES("authenticator", IF(PKW_EQ, PRIVATE_AUTH, 1), .inner = "NTPPrivatePktTail"),
};

static int private_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	return 2 * (!pkw_u(q, ql, PRIVATE_RESPONSE) && pkw_u(a, al, PRIVATE_RESPONSE) &&
	    pkw_u(q, ql, PRIVATE_REQUEST) == pkw_u(a, al, PRIVATE_REQUEST));
}

static const struct pkw_bind private_binds[] = { { "ntp.mode", 7, { 0, 0 }, 0 } };

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

static const struct pkw_field tail_fields[] = {
	TIMESTAMP("tstamp"),
	U32("key_id"),
	BYTESN(16, "dgst"),
};
static const struct pkw_proto tail = {
	.rec   = RECORD("NTPPrivatePktTail", 0, tail_fields),
	.title = "NTP private message: authentication",
	.ref   = "ntpd's ntp_request.h",
	.flags = PKW_WHOLE,
};

static const struct pkw_field req_packet_fields[] = { BYTES("req_data") };
static const struct pkw_proto req_packet = {
	.rec   = RECORD("NTPPrivateReqPacket", 0, req_packet_fields),
	.title = "NTP private message: one item of a request",
	.ref   = "ntpd's ntp_request.h",
	.flags = PKW_WHOLE,
};

PROTOS(ntp_private, &private, &tail, &req_packet);
