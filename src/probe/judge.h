/* SPDX-License-Identifier: BSD-2-Clause */
/* What a received packet says about a probe. */
#ifndef PKW_PROBE_JUDGE_H
#define PKW_PROBE_JUDGE_H

#include <pkw/frame.h>
#include <pkw/scan.h>

#include <stddef.h>
#include <stdint.h>

enum pkw__event {
	PKW__SYN_ACK,
	PKW__RESET,
	PKW__DATA,      /* UDP */
	PKW__INIT_ACK,
	PKW__ABORT,
	PKW__ECHO,
	PKW__STAMP,
	PKW__PROTO,     /* of the protocol asked for */
	PKW__PORT_UNREACH,
	PKW__PROTO_UNREACH,
	PKW__UNREACH    /* any other error: a filter, or nobody there */
};

struct pkw__answer {
	enum pkw__event event;
	const char *reason;
	struct pkw_addr target, from;
	uint8_t proto;       /* enum pkw_scan_proto */
	uint8_t ttl;
	uint8_t quoted;      /* an error that quotes our probe */
	uint16_t port, sport; /* the target's, ours */
	uint32_t seq, ack;   /* TCP: as received or quoted; SCTP: seq is the
	                        tag; ICMP: seq is id and number */
	uint16_t window;
	const uint8_t *ip;
	size_t len;
};

/* A frame's IP header and what follows; NULL: it is none. */
const uint8_t *pkw__ip_of(const struct pkw_frame *f, size_t *len);
/* 1, or 0: it is no answer to any kind of probe. */
int pkw__judge(const uint8_t *ip, size_t len, struct pkw__answer *a);
/* The same packet for a scan of protocols. */
int pkw__judge_proto(const uint8_t *ip, size_t len, struct pkw__answer *a);
/* Does it bring back what the probe had? */
int pkw__genuine(const struct pkw__answer *a, unsigned kind, uint32_t cookie,
    uint32_t sport0);
/* Which try of the probe it answers. */
unsigned pkw__try_of(const struct pkw__answer *a);
/* Our source port: sport0, a multiple of eight, and what tells the try. */
enum { PKW__SPORT_FIXED = 1 << 16 }; /* sport0 is it, for all probes */
uint16_t pkw__sport(
    unsigned proto, uint32_t cookie, unsigned try, uint32_t sport0);
/* Negative: it says nothing about such a probe. */
int pkw__state(unsigned kind, const struct pkw__answer *a);
/* Without any answer. */
enum pkw_scan_state pkw__silence(unsigned kind);

#endif
