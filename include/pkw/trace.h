/* SPDX-License-Identifier: BSD-2-Clause */
/* The way to a target: probes whose hops run out, and who says so. */
#ifndef PKW_TRACE_H
#define PKW_TRACE_H

/*
 * A session has targets, and asks rounds of probes: any hop of any target, any
 * flow, any size, all in flight at once.
 *
 *	struct pkw_trace *t = pkw_trace_new(&(struct pkw_trace_opts){
 *	    .how = PKW_TRACE_UDP, .salt = random }, &d);
 *	pkw_trace_target(t, &addr, &d);
 *	struct pkw_trace_probe p[30] = { 0 };
 *	for (int i = 0; i < 30; i++)
 *		p[i].ttl = i + 1;
 *	pkw_trace_round(t, p, 30, NULL, NULL, &d);
 *
 * Probes of one flow are the same in all that routers choose a path by
 * (addresses, protocol, ports, ICMP's checksum, the flow label), as Paris
 * traceroute has it; what tells them apart is IPv4's identification and, as
 * some routers change that and IPv6 has none,
 *
 *	UDP   the checksum, made right by the last two bytes of data
 *	ICMP  the sequence number, the checksum being kept by those bytes
 *	TCP   the lower half of the sequence number
 *	raw   the second word of the data
 *
 * all of which stand in the eight bytes that any ICMP error quotes.
 *
 * A probe is given up after the time to wait, or earlier: when `here' times
 * the time that an answer from the same hop took is over, or `near' times that
 * of a later hop.  What lies behind a target is not waited for.
 */

#include <pkw/error.h>
#include <pkw/net.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pkw_trace_how {
	PKW_TRACE_UDP,
	PKW_TRACE_ICMP, /* echo requests */
	PKW_TRACE_TCP,  /* SYN */
	PKW_TRACE_DNS,  /* a question for the root's name servers */
	PKW_TRACE_RAW,  /* IP protocol .proto */
	PKW_TRACE__N
};

enum pkw_trace_flag {
	PKW_TRACE_DF = 1 << 0,     /* IPv4: routers may not fragment */
	PKW_TRACE_CLASSIC = 1 << 1 /* flows by destination, not source port */
};

struct pkw_trace_opts {
	enum pkw_trace_how how;
	unsigned flags;        /* enum pkw_trace_flag */
	const char *iface;     /* NULL: as routed */
	const char *src;       /* source address; NULL: the route's */
	uint16_t sport, dport; /* of flow 0; 0: chosen by salt; usual */
	uint8_t proto, tos;
	uint32_t salt;         /* random, to be told from other traces */
	int64_t wait_ns;       /* 0: 3 s */
	unsigned here, near;   /* 0: 3 and 10 */
	unsigned window;       /* probes in flight; 0: all */
	double rate;           /* packets a second; 0: no limit */
};

enum pkw_trace_what {
	PKW_TRACE_WAITING,
	PKW_TRACE_SILENT,   /* no answer in time */
	PKW_TRACE_SKIPPED,  /* the target is nearer */
	PKW_TRACE_FAILED,   /* could not be sent */
	PKW_TRACE_EXCEEDED, /* a router's time exceeded */
	PKW_TRACE_TOO_BIG,  /* fragmentation needed, `mtu' */
	PKW_TRACE_UNREACH,  /* another error: `type', `code' */
	PKW_TRACE_REPLY     /* the target's own answer */
};

/* RFC 4950: label, traffic class, bottom of stack, TTL. */
struct pkw_trace_mpls {
	uint32_t label;
	uint8_t cos, s, ttl;
};

/* RFC 5837.  What was not told is 0 or empty. */
struct pkw_trace_iface {
	uint8_t role; /* 0 incoming, 1 sub-IP of it, 2 outgoing, 3 next hop */
	uint32_t ifindex, mtu;
	struct pkw_addr addr;
	char name[64]; /* printable ASCII */
};

enum { PKW_TRACE_LABELS = 8, PKW_TRACE_IFACES = 3 };

/* The first four members are the question. */
struct pkw_trace_probe {
	uint16_t target; /* as pkw_trace_target() numbered it */
	uint16_t flow;
	uint16_t size;   /* of the IP packet; 0: 60, IPv6 80 */
	uint8_t ttl;

	uint8_t what;    /* enum pkw_trace_what */
	uint8_t last;    /* the way ends here: it was the target, or nobody
	                    goes on */
	uint8_t type, code; /* of an ICMP error */
	uint8_t reply_ttl;  /* hops that the answer had left */
	uint8_t tcp_flags;  /* of a TCP reply */
	uint8_t nlabels, nifaces;
	uint32_t mtu;       /* 0: the router did not say */
	struct pkw_addr from;
	int64_t sent_ns, rtt_ns;
	struct pkw_trace_mpls labels[PKW_TRACE_LABELS];
	struct pkw_trace_iface ifaces[PKW_TRACE_IFACES];

	uint16_t id;     /* on the wire; the library's, as the next two */
	uint8_t sent, stamped;
};

struct pkw_trace;

/* NULL and a diagnosis: no permission, no such interface. */
PKW_API struct pkw_trace *pkw_trace_new(
    const struct pkw_trace_opts *o, struct pkw_diag *d);
PKW_API void pkw_trace_free(struct pkw_trace *t);

/*
 * One more target: its number, from 0, or an error: no route, a silent next
 * hop, a size or port that does not fit.
 */
PKW_API int pkw_trace_target(
    struct pkw_trace *t, const struct pkw_addr *addr, struct pkw_diag *d);
PKW_API const struct pkw_addr *pkw_trace_address(
    const struct pkw_trace *t, unsigned target);
/* Our own address towards it, and the MTU of the interface that leads there. */
PKW_API const struct pkw_addr *pkw_trace_source(
    const struct pkw_trace *t, unsigned target);
PKW_API uint32_t pkw_trace_mtu(const struct pkw_trace *t, unsigned target);
/* Bytes of a probe to it when nothing else is asked for. */
PKW_API uint16_t pkw_trace_size(const struct pkw_trace *t, unsigned target);
/* Hops to it, as far as is known: the least ttl whose probe was the last. */
PKW_API unsigned pkw_trace_distance(const struct pkw_trace *t, unsigned target);

/* Called for each probe when it is decided; not 0: stop. */
typedef int pkw_trace_fn(void *arg, struct pkw_trace_probe *p);

/*
 * Asks n (at most 60000) probes in this order and returns when all are decided.
 * 1, 0 stopped (what is undecided is WAITING), or an error of the link.
 */
PKW_API int pkw_trace_round(struct pkw_trace *t, struct pkw_trace_probe *p,
    size_t n, pkw_trace_fn *on_probe, void *arg, struct pkw_diag *d);

/* Ends the present round, or else the next; from a signal handler, too. */
PKW_API void pkw_trace_stop(struct pkw_trace *t);
/* Waits for some time, unless it is stopped: 1, or 0. */
PKW_API int pkw_trace_pause(struct pkw_trace *t, int64_t ns);

struct pkw_trace_stats {
	uint64_t sent, answered;
	uint64_t dropped; /* frames that nobody could look at */
};
PKW_API void pkw_trace_stats(
    const struct pkw_trace *t, struct pkw_trace_stats *s);

/*
 * Multipath: the interfaces of each hop and which lead to which, found by
 * probing flow after flow until at each interface the chance of having missed a
 * successor is below 5 % (Augustin, Friedman, Teixeira: "Multipath tracing with
 * Paris traceroute", 2007).  A flow is asked at every hop at most, so all paths
 * are paths of packets.
 */
struct pkw_trace_node {
	struct pkw_addr addr; /* len 0: silent */
	uint8_t ttl, last;
	uint32_t flows;       /* how many of them came here */
	uint32_t first;       /* a probe that shows it, in .probes */
	uint32_t succ, nsucc; /* in .edges */
};
struct pkw_trace_paths {
	struct pkw_trace_node *nodes; /* by ttl */
	size_t nnodes;
	uint32_t *edges;              /* numbers of nodes */
	size_t nedges;
	struct pkw_trace_probe *probes; /* flow by flow, `width' of each */
	size_t nprobes;
	unsigned flows, width, rounds;
	int sure;             /* 0: the limit on flows ended it */
};
/* Probes without news of a further of k successors until it is known with 95 %
   that there is none: 6, 11, 16, 21, 27 ... */
PKW_API unsigned pkw_trace_enough(unsigned k);
/* 1, 0 stopped, or an error; `paths' (zero it first) is freed by the caller. */
PKW_API int pkw_trace_mda(struct pkw_trace *t, unsigned target, unsigned first,
    unsigned max, unsigned flows, struct pkw_trace_paths *paths,
    struct pkw_diag *d);
PKW_API void pkw_trace_paths_free(struct pkw_trace_paths *paths);

/*
 * Path MTU (RFC 1191, 8201) and, where a router that drops says nothing, the
 * largest size that still gets an answer.  One step for each narrowing.
 */
struct pkw_trace_step {
	uint8_t ttl;        /* the hop that cannot pass more on, 0: we */
	uint8_t silent;     /* found by search: a black hole for more */
	uint32_t mtu;
	struct pkw_addr from;
};
enum { PKW_TRACE_STEPS = 16 };
struct pkw_trace_pmtu {
	uint32_t mtu;
	uint32_t tried;     /* the first size */
	int reached;        /* the target answered a packet of that size */
	unsigned nsteps;
	struct pkw_trace_step steps[PKW_TRACE_STEPS];
};
PKW_API int pkw_trace_mtu_find(struct pkw_trace *t, unsigned target,
    unsigned max, struct pkw_trace_pmtu *r, struct pkw_diag *d);

#ifdef __cplusplus
}
#endif
#endif
