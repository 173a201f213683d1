/* SPDX-License-Identifier: BSD-2-Clause */
/* Scanning: which hosts are there, and what their ports say. */
#ifndef PKW_SCAN_H
#define PKW_SCAN_H

/*
 * A scan asks every host of a set about every probe of a list, in an order that
 * is a random permutation and needs no memory.  What was sent is not remembered
 * either: a keyed hash of addresses and ports stands in each packet, and an
 * answer that does not bring it back is none of ours.  What is kept is one bit
 * for each pair of host and probe, and a line for each host that is up.
 *
 *	struct pkw_targets *t = pkw_targets_new();
 *	pkw_targets_add(t, "192.0.2.0/24", &d);
 *	struct pkw_scan_probe q[] = { { PKW_SCAN_SYN, 22 } };
 *	struct pkw_scan_opts o = { .targets = t, .probes = q, .nprobes = 1,
 *	    .on_port = look_at };
 *	pkw_scan(net, &o, &stats, &d);
 *
 * States and reasons have nmap's names.  It needs CAP_NET_RAW, but for
 * PKW_SCAN_CONNECT.
 */

#include <pkw/error.h>
#include <pkw/net.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A set of addresses.  add and exclude take an address, a prefix
 * (192.0.2.0/24), a range (192.0.2.1-192.0.2.9) or nmap's ranges in octets
 * (192.0.2-3.1-9,20); -PKW_ESYNTAX: it is none of these, a name perhaps.  read
 * takes a file of them: white space between, # to the end of the line.  What
 * is excluded is so whenever it was said.
 */
struct pkw_targets;
PKW_API struct pkw_targets *pkw_targets_new(void);
PKW_API void pkw_targets_free(struct pkw_targets *t);
PKW_API int pkw_targets_add(
    struct pkw_targets *t, const char *text, struct pkw_diag *d);
PKW_API int pkw_targets_exclude(
    struct pkw_targets *t, const char *text, struct pkw_diag *d);
PKW_API int pkw_targets_read(struct pkw_targets *t, const char *file,
    int exclude, struct pkw_diag *d);
/* How many addresses (UINT64_MAX: that many or more), and the nth of them. */
PKW_API uint64_t pkw_targets_count(struct pkw_targets *t);
PKW_API int pkw_targets_at(
    struct pkw_targets *t, uint64_t n, struct pkw_addr *a);
/* The number of an address; 0: it is not in the set. */
PKW_API int pkw_targets_find(
    struct pkw_targets *t, const struct pkw_addr *a, uint64_t *n);

enum pkw_scan_proto {
	PKW_SCAN_TCP,
	PKW_SCAN_UDP,
	PKW_SCAN_SCTP,
	PKW_SCAN_IP,    /* "ports" are protocol numbers */
	PKW_SCAN_ICMP,  /* only for finding hosts: 0 echo, 1 time stamp */
	PKW_SCAN_PROTOS
};

/* Names of services, and how common they are. */
struct pkw_services;
/* A file as nmap's nmap-services or as services(5); NULL: a short own list. */
PKW_API struct pkw_services *pkw_services_new(
    const char *file, struct pkw_diag *d);
PKW_API void pkw_services_free(struct pkw_services *s);
/* NULL: it has none. */
PKW_API const char *pkw_services_name(
    const struct pkw_services *s, enum pkw_scan_proto proto, uint16_t port);

/* Sets of ports, one for each protocol; to begin with, all zero. */
struct pkw_ports {
	uint8_t set[PKW_SCAN_IP + 1][65536 / 8];
};
/*
 * Adds what nmap's -p says: "22,80,1000-2000,-,http*,[1-1024],U:53,T:80,S:7,
 * P:1".  Without a letter before, it is for all protocols of the bits of
 * `protos' (1 << PKW_SCAN_TCP ...).  `s' may be NULL: no names.
 */
PKW_API int pkw_ports_add(struct pkw_ports *p, const char *text,
    unsigned protos, const struct pkw_services *s, struct pkw_diag *d);
/* The n most common ones of a protocol; of all IP protocols, for IP. */
PKW_API void pkw_ports_top(struct pkw_ports *p, unsigned n,
    enum pkw_scan_proto proto, const struct pkw_services *s);
static inline int pkw_ports_has(
    const struct pkw_ports *p, enum pkw_scan_proto proto, unsigned port)
{
	return p->set[proto][port / 8] >> port % 8 & 1;
}

/* How to ask; in brackets nmap's letter. */
enum pkw_scan_kind {
	PKW_SCAN_SYN,      /* S */
	PKW_SCAN_CONNECT,  /* T: connect(2), without permissions */
	PKW_SCAN_ACK,      /* A: is there a filter that knows connections? */
	PKW_SCAN_WINDOW,   /* W: ... and the window of the reset */
	PKW_SCAN_FIN,      /* F */
	PKW_SCAN_NULL,     /* N: no flag */
	PKW_SCAN_XMAS,     /* X: FIN, PSH, URG */
	PKW_SCAN_MAIMON,   /* M: FIN, ACK */
	PKW_SCAN_UDP_PORT, /* U */
	PKW_SCAN_INIT,     /* Y: SCTP INIT */
	PKW_SCAN_PROTO,    /* O: IP protocols */
	PKW_SCAN_ECHO,     /* for finding hosts */
	PKW_SCAN_STAMP,
	PKW_SCAN__KINDS
};
struct pkw_scan_probe {
	uint8_t kind;      /* enum pkw_scan_kind */
	uint16_t port;
};
PKW_API enum pkw_scan_proto pkw_scan_proto(enum pkw_scan_kind kind);
/* "tcp", "udp", ... */
PKW_API const char *pkw_scan_proto_name(enum pkw_scan_proto proto);
/* The kind of a name ("syn") or letter ("S"); negative: there is none. */
PKW_API int pkw_scan_kind(const char *name);
PKW_API const char *pkw_scan_kind_name(enum pkw_scan_kind kind);

enum pkw_scan_state {
	PKW_SCAN_OPEN,
	PKW_SCAN_CLOSED,
	PKW_SCAN_FILTERED,
	PKW_SCAN_UNFILTERED,
	PKW_SCAN_OPEN_FILTERED,
	PKW_SCAN_CLOSED_FILTERED,
	PKW_SCAN__STATES
};
/* "open", "open|filtered", ... */
PKW_API const char *pkw_scan_state_name(enum pkw_scan_state state);

/* What is known of a host. */
struct pkw_scan_host {
	struct pkw_addr addr;
	uint64_t number;     /* in the set of targets */
	int up;
	const char *reason;  /* "arp-response", "echo-reply", "syn-ack", ...;
	                        "no-response"; "user-set"; static */
	uint8_t ttl;         /* of the answer; 0: none */
	int64_t rtt_ns;      /* -1: not known */
	struct pkw_addr mac; /* len 0: not on the link */
};

/* ... and of a port. */
struct pkw_scan_port {
	struct pkw_addr host;
	uint64_t number;     /* of the host in the set of targets */
	size_t probe;        /* in opts->probes */
	uint8_t kind, state; /* enum pkw_scan_kind, enum pkw_scan_state */
	uint16_t port;
	const char *reason;  /* "syn-ack", "no-response", ...; static */
	uint8_t ttl;         /* of the answer; 0: none */
	uint8_t tries;       /* how often it was asked */
	int64_t rtt_ns;      /* -1: not known */
	struct pkw_addr from; /* who answered: a router, perhaps; len 0 */
	const uint8_t *answer; /* from its IP header on; lent; NULL: none */
	size_t len;
};

struct pkw_scan_stats {
	uint64_t hosts, up;
	uint64_t pairs;      /* of hosts that are up, and probes */
	uint64_t answered;
	uint64_t sent, retried, received;
	uint64_t foreign;    /* packets that were answers to nothing we asked */
	uint64_t dropped;    /* by the kernel: the buffer was full */
	uint64_t failed;     /* could not be sent */
	struct pkw_diag fault; /* the first of them */
	double rate;         /* packets a second: what is asked for now */
	uint64_t limited;    /* hosts that limit their ICMP errors */
	int64_t rto_ns;      /* how long an answer is waited for */
	int64_t ns;          /* since the beginning */
	int64_t left_ns;     /* to the end, about; -1: not known */
	unsigned round;      /* from 0 */
	int finding;         /* hosts are looked for, not yet ports */
	int stopped;         /* pkw_net_stop() ended it */
};

enum pkw_scan_flag {
	PKW_SCAN_NO_PING = 1 << 0,   /* all hosts are taken to be up */
	PKW_SCAN_PING_ONLY = 1 << 1, /* no ports */
	PKW_SCAN_OFF_LINK_OK = 1 << 2 /* any rate also behind a router */
};

/* The rate that is not exceeded without being told to. */
#define PKW_SCAN_POLITE 10000.0

struct pkw_scan_opts {
	unsigned flags;
	struct pkw_targets *targets;
	const struct pkw_scan_probe *probes;
	size_t nprobes;
	const struct pkw_scan_probe *pings; /* NULL: the usual four; hosts on
	                        the link are found by ARP or ND instead */
	size_t npings;
	const char *netif;     /* NULL: as routed */
	const char *edits;     /* what pkw_edit_new() takes, for all probes:
	                          "IP.tos=8; TCP.window=5" */
	uint64_t seed;         /* of the order; 0: another one each time */
	double rate;           /* packets a second; 0: adapts itself */
	double max_rate;       /* up to here; 0: PKW_SCAN_POLITE; negative: as
	                          fast as it goes */
	unsigned retries;      /* at most; 0: none */
	int timeout;           /* ms, at most, for an answer; 0: 1000 */
	uint16_t sport;        /* 0: any */
	uint8_t ttl;           /* 0: 64 */
	/* 1: this pair is known already */
	int (*known)(void *arg, uint64_t host, size_t probe);
	void (*on_host)(void *arg, const struct pkw_scan_host *h);
	void (*on_port)(void *arg, const struct pkw_scan_port *p);
	void (*on_progress)(void *arg, const struct pkw_scan_stats *s);
	void *arg;
};

/*
 * Scans.  on_port is called once for each pair of a host that is up and a probe:
 * as answers come, and at the end for those that had none.  0; or an error if
 * nothing could be done.  `stats' is filled in any case and may be NULL.  After
 * pkw_net_stop() it returns 0 with stats->stopped, and pairs without answer were
 * not told.
 */
PKW_API int pkw_scan(struct pkw_net *net, const struct pkw_scan_opts *o,
    struct pkw_scan_stats *stats, struct pkw_diag *d);

#ifdef __cplusplus
}
#endif
#endif
