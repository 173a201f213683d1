/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of DHCPv6 (RFC 8415).  The first byte chooses the message, a protocol
 * for each as in Scapy, so that DHCP6_Reply goes to a client's port and
 * DHCP6_Solicit to a server's.  Options follow as layers: dhcp6_opt.c.
 */
#include <pkw/pkt.h>
#include <pkw/rows.h>

#include <string.h>

static const struct pkw_label messages[] = {
	{ 1, "SOLICIT", 0 },
	{ 2, "ADVERTISE", 0 },
	{ 3, "REQUEST", 0 },
	{ 4, "CONFIRM", 0 },
	{ 5, "RENEW", 0 },
	{ 6, "REBIND", 0 },
	{ 7, "REPLY", 0 },
	{ 8, "RELEASE", 0 },
	{ 9, "DECLINE", 0 },
	{ 10, "RECONFIGURE", 0 },
	{ 11, "INFORMATION-REQUEST", 0 },
	{ 12, "RELAY-FORW", 0 },
	{ 13, "RELAY-REPL", 0 },
	{ 14, "LEASEQUERY", 0 },
	{ 15, "LEASEQUERY-REPLY", 0 },
	{ 16, "LEASEQUERY-DONE", 0 },
	{ 17, "LEASEQUERY-DATA", 0 },
	{ 18, "RECONFIGURE-REQUEST", 0 },
	{ 19, "RECONFIGURE-REPLY", 0 },
	{ 20, "DHCPV4-QUERY", 0 },
	{ 21, "DHCPV4-RESPONSE", 0 },
	{ 22, "ACTIVELEASEQUERY", 0 },
	{ 23, "STARTTLS", 0 },
};
enum { ADVERTISE = 2, REPLY = 7, RELAY_FORW = 12, RELAY_REPL = 13, LEASEQUERY_REPLY = 15,
	DHCPV4_RESPONSE = 21 };

enum { MSG_TYPE, MSG_TRID };
enum { RELAY_TYPE, RELAY_HOPCOUNT, RELAY_LINKADDR, RELAY_PEERADDR };

/* Servers speak with these; the transaction they answer is in each. */
static int message_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	uint64_t qtype = pkw_u(q, ql, MSG_TYPE), atype = pkw_u(a, al, MSG_TYPE);
	int reply = atype == ADVERTISE || atype == REPLY || atype == LEASEQUERY_REPLY ||
	    atype == DHCPV4_RESPONSE;

	return 2 * (reply && qtype != RELAY_FORW && qtype != RELAY_REPL &&
	    pkw_u(q, ql, MSG_TRID) == pkw_u(a, al, MSG_TRID));
}

/* A relay's answer repeats both addresses (RFC 8415 section 19.3). */
static int relay_answers(const struct pkw_pkt *q, int ql, const struct pkw_pkt *a, int al)
{
	if (pkw_u(q, ql, RELAY_TYPE) != RELAY_FORW || pkw_u(a, al, RELAY_TYPE) != RELAY_REPL)
		return 0;
	for (unsigned k = RELAY_LINKADDR; k <= RELAY_PEERADDR; k++) {
		struct pkw_span x, y;
		if (pkw_field_bytes(q, pkw_root(q, ql), k, &x) < 0 ||
		    pkw_field_bytes(a, pkw_root(a, al), k, &y) < 0 || x.len != y.len ||
		    memcmp(x.p, y.p, x.len) != 0)
			return 0;
	}
	return 2;
}

/* From a client to a server, and back. */
#define FROM_CLIENT { "udp.port", 547, { 546, 547 }, 'b' }
#define TO_CLIENT { "udp.port", 546, { 547, 546 }, 'b' }
#define RELAYED { "udp.port", 547, { 547, 547 }, 'b' }

#define MESSAGE(id, class, n, what, ...)                                                           \
	static const struct pkw_field id##_fields[] = {                                            \
		[MSG_TYPE] = U8("msgtype", .def = (n), LABELS(messages)),                          \
		[MSG_TRID] = U24("trid", HEX),                                                     \
	};                                                                                         \
	static const struct pkw_bind id##_binds[] = { { "dhcp6", n, { 0, 0 }, 0 }, __VA_ARGS__ };  \
	static const struct pkw_proto id = {                                                       \
		.rec     = RECORD(class, 0, id##_fields),                                          \
		.title   = "DHCPv6 " what,                                                         \
		.ref     = "RFC 8415",                                                             \
		.cls     = PKW_APP,                                                                \
		.next    = "DHCP6Opt",                                                             \
		.summary = "xid {trid}",                                                           \
		BINDS(id##_binds),                                                                 \
		.answers = message_answers,                                                        \
	}

MESSAGE(solicit, "DHCP6_Solicit", 1, "solicit", FROM_CLIENT);
MESSAGE(advertise, "DHCP6_Advertise", 2, "advertise", TO_CLIENT);
MESSAGE(request, "DHCP6_Request", 3, "request", FROM_CLIENT);
MESSAGE(confirm, "DHCP6_Confirm", 4, "confirm", FROM_CLIENT);
MESSAGE(renew, "DHCP6_Renew", 5, "renew", FROM_CLIENT);
MESSAGE(rebind, "DHCP6_Rebind", 6, "rebind", FROM_CLIENT);
MESSAGE(reply, "DHCP6_Reply", 7, "reply", TO_CLIENT);
MESSAGE(release, "DHCP6_Release", 8, "release", FROM_CLIENT);
MESSAGE(decline, "DHCP6_Decline", 9, "decline", FROM_CLIENT);
MESSAGE(reconf, "DHCP6_Reconf", 10, "reconfigure", TO_CLIENT);
MESSAGE(inforequest, "DHCP6_InfoRequest", 11, "information request", FROM_CLIENT);

#define RELAY(id, class, n, what)                                                                  \
	static const struct pkw_field id##_fields[] = {                                            \
		[RELAY_TYPE]     = U8("msgtype", .def = (n), LABELS(messages)),                    \
		[RELAY_HOPCOUNT] = U8("hopcount"),                                                 \
		[RELAY_LINKADDR] = IP6("linkaddr"),                                                \
		[RELAY_PEERADDR] = IP6("peeraddr"),                                                \
	};                                                                                         \
	static const struct pkw_bind id##_binds[] = { { "dhcp6", n, { 0, 0 }, 0 }, RELAYED };      \
	static const struct pkw_proto id = {                                                       \
		.rec     = RECORD(class, 0, id##_fields),                                          \
		.title   = "DHCPv6 " what,                                                         \
		.ref     = "RFC 8415",                                                             \
		.cls     = PKW_APP,                                                                \
		.next    = "DHCP6Opt",                                                             \
		.summary = "for {peeraddr}",                                                       \
		BINDS(id##_binds),                                                                 \
		.answers = relay_answers,                                                          \
	}

RELAY(relay_forward, "DHCP6_RelayForward", RELAY_FORW, "relay forward");
RELAY(relay_reply, "DHCP6_RelayReply", RELAY_REPL, "relay reply");

/* Any message: by its type one of the above, else itself. */
static const struct pkw_field any_fields[] = {
	[MSG_TYPE] = U8("msgtype", LABELS(messages)),
	[MSG_TRID] = U24("trid", HEX),
};
static const struct pkw_bind any_binds[] = {
	{ "udp.port", 547, { 546, 547 }, 0 },
	{ "udp.port", 546, { 0, 0 }, 'd' },
};
static const struct pkw_pick message_pick = { .bits = 8, .space = "dhcp6" };
static const struct pkw_proto any = {
	.rec     = RECORD("DHCP6", 0, any_fields),
	.title   = "Dynamic Host Configuration Protocol for IPv6",
	.ref     = "RFC 8415",
	.cls     = PKW_APP,
	.pick    = &message_pick,
	.next    = "DHCP6Opt",
	.summary = "{msgtype} xid {trid}",
	BINDS(any_binds),
	.answers = message_answers,
};

PROTOS(dhcp6, &any, &solicit, &advertise, &request, &confirm, &renew, &rebind, &reply, &release,
    &decline, &reconf, &inforequest, &relay_forward, &relay_reply);
