/* SPDX-License-Identifier: BSD-2-Clause */
/* pkw ping in parts: options, the probe's expression, the loop, the lines. */
#ifndef PKW_CMD_PING_H
#define PKW_CMD_PING_H

/*
 *	ping_opts.c   options: those of hping3's letters, and ours
 *	ping_expr.c   what is to be sent, as one expression
 *	ping_sent.c   what is under way: a window of probes found by a token
 *	ping_run.c    the loop: sending at its pace, taking in
 *	ping_make.c   probes are made and sent
 *	ping_take.c   replies are found and understood
 *	ping_flood.c  as fast as it goes
 *	ping_polite.c what is not done
 *	ping_reply.c  what stands where in a reply
 *	ping_say.c    replies and the end as ping says it, or as JSON
 *	ping_extra.c  options, time stamps and bytes of a reply
 *	ping_listen.c -9
 *	hping_say.c   ... as hping3 says it
 *	hping.c       the personality: hping3's own options
 *	hping_scan.c  its --scan
 */

#include "cmd/cmd.h"
#include "cmd/manners.h"

#include <pkw/frame.h>
#include <pkw/net.h>
#include <pkw/pkt.h>
#include <pkw/tally.h>
#include <pkw/tmpl.h>
#include <stdint.h>
#include <time.h>

enum ping_kind {
	PING_AUTO, PING_ICMP, PING_TCP, PING_UDP, PING_RAW, PING_ARP, PING_ND
};

/* Options without a letter; those that set a field are in ping_fields. */
enum {
	OPT_INTERVAL = OPT_LONG,
	OPT_FAST, OPT_FASTER, OPT_FLOOD, OPT_BEEP,
	OPT_RAND_SOURCE, OPT_RAND_DEST,
	OPT_LSRR, OPT_SSRR,
	OPT_ICMP_TS, OPT_ICMP_ADDR, OPT_FORCE_ICMP,
	OPT_TCP_MSS, OPT_TCP_TS, OPT_TCPEXITCODE,
	OPT_TR_STOP, OPT_TR_KEEP, OPT_TR_NO_RTT,
	OPT_TCP, OPT_ARP, OPT_ND, OPT_FLAGS,
	OPT_WITH, OPT_TIMEOUT, OPT_JSON, OPT_HISTOGRAM, OPT_DRY,
	OPT_OWN, OPT_MAX_PPS, OPT_SEED,
	OPT_FIELD /* and on: the rows of ping_fields */
};

/* A field of the probe that an option sets, wherever the layer is there. */
struct ping_field {
	int id;
	const char *layer, *field; /* of IPv4, or of both */
	const char *field6;        /* IPv6's name; NULL: has none */
	int hex;                   /* the number is hexadecimal */
};
extern const struct ping_field ping_fields[];
enum { PING_FIELDS = 32 };

/* What a reply is, once it has been understood. */
struct ping_reply {
	const struct pkw_pkt *p;
	const struct pkw_frame *frame;
	uint64_t n;                /* which probe, from 0 */
	unsigned nth;              /* its how manieth answer, from 0 */
	int64_t rtt;               /* nanoseconds */
	uint16_t sport;            /* the probe's */
	uint8_t ttl;               /* the probe's */
	int ip, top;               /* layers; top: behind IP, or -1 */
	int error;                 /* an ICMP error quoting the probe */
	unsigned type, code;       /* of ICMP */
	int counts;                /* the target was reached */
};

struct ping {
	/* as asked for */
	enum ping_kind kind;
	const char *target, *iface, *with, *file, *sign, *listen;
	const char *scan;           /* hping3's --scan */
	const char *value[PING_FIELDS];
	const char *route, *strict; /* --lsrr, --ssrr */
	const char *flags;          /* letters; NULL: nobody said */
	char flag_letters[16];
	const char *mss;
	uint64_t count, data, mtu, seed;
	int64_t interval, timeout;
	double max_pps;
	uint32_t dport, first_dport;
	int dport_given, dport_step; /* 1 with each reply, 2 each probe */
	int data_given, interval_given, seed_given, baseport_given;
	int family;                  /* 4, 6, 0: as the target is */
	int keep, badsum, frag, more, dont, rroute, tcp_ts;
	int flood, rand_source, rand_dest, own, traceroute, tr_stop, tr_keep;
	int tr_no_rtt, seqnum, relid, winid, exitcode, force_icmp;
	int quiet, verbose, debug, numeric, dump, print, beep, json;
	int histogram, dry, bind_ttl, bind_port, hping, end_of_file;
	/* made of it */
	struct pkw_addr addr;
	char addr_text[48], iface_name[16], scope[16], mac[48];
	uint16_t sport, id;          /* of the first probe */
	struct pkw_str text;         /* the probe's expression */
	struct pkw_str payload;      /* of a file: sent piece by piece */
	size_t piece;
	/* at work */
	struct pkw_link *link;
	struct pkw_tally *tally;
	struct manners *manners;
	struct pkw_tmpl *tmpl, *again;
	struct pkw_pkt *probe, *question, *packet;
	struct pkw_pkt *got;         /* packet, or the whole of fragments */
	struct pkw_defrag *defrag;
	struct ping_window *window;
	uint64_t sent, errors, unsent;
	int64_t begun;               /* monotonic */
	int64_t pressed;             /* Ctrl+Z, the last time */
	uint8_t ttl;                 /* with -T, and by Ctrl+Z */
	unsigned silent;             /* probes of this ttl without answer */
	int done;                    /* --tr-stop */
	uint8_t tcp_flags;           /* of the last reply */
	uint32_t last_seq, last_id;
	uint64_t last_n;
	struct { uint32_t value; int64_t at; int have; } ts;
	struct pkw_str out;
	int varies;                  /* the probes' destination may */
	int drawn;                   /* lines of the histogram on screen */
};

/* ping_opts.c */
extern const struct opt ping_hping_opts[], ping_own_opts[];
int ping_option(struct ping *s, struct args *a, int id);
void ping_init(struct ping *s);

/* ping_expr.c: fills s->text; STATUS_DONE, or said why not. */
int ping_expression(struct ping *s, const struct command *c);
/* Has the option of that id a value? */
const char *ping_value(const struct ping *s, int id);

/* ping_sent.c */
struct ping_probe {
	uint64_t n;      /* from 0 */
	uint64_t token;  /* what an answer has in common with it */
	uint64_t prev;   /* 1 + number of an older one of that bucket */
	int64_t ts;      /* when it left, since 1970 */
	uint64_t hash;   /* of its last frame from the network layer on */
	uint32_t len;
	uint32_t ack;    /* TCP: what an answer acknowledges */
	uint32_t answers;
	uint32_t ifindex;
	uint16_t dport, sport;
	uint8_t ttl, stamped;
};
struct ping_window *ping_window_new(void);
void ping_window_free(struct ping_window *w);
struct ping_probe *ping_window_add(
    struct ping_window *w, uint64_t n, uint64_t token);
struct ping_probe *ping_window_at(struct ping_window *w, uint64_t n);
/* The newest of a token (prev NULL), then older ones; NULL: no more. */
struct ping_probe *ping_window_find(struct ping_window *w, uint64_t token,
    const struct ping_probe *prev);
/* Tokens: of a packet from a layer on; turned: as its question's was. */
uint64_t ping_token(const struct pkw_pkt *p, int ip, int turned);
/* The network layer that an error quotes, or -1. */
int ping_quoted(const struct pkw_pkt *p);
uint64_t ping_hash(const uint8_t *b, size_t n);

/* ping_make.c: 0, or an error and why */
int64_t ping_clock(clockid_t c);
/* Probe n as it left, or as it shall leave. */
int ping_make(struct ping *s, struct pkw_tmpl *t, uint64_t n, uint8_t ttl,
    uint16_t dport, struct pkw_pkt *p);
/* Makes, resolves, sends and notes the next one; 1: it may not be sent. */
int ping_next(struct ping *s, struct pkw_diag *d);
void ping_count_sent(struct ping *s);
/* From the network layer on. */
struct pkw_span ping_inner(const struct pkw_pkt *p);
/* The TCP header, at least 20 bytes; or NULL. */
const uint8_t *ping_tcp_of(const struct pkw_pkt *p);

/* ping_take.c */
void ping_take_in(struct ping *s, const struct pkw_frame *f);

/* ping_flood.c */
int ping_flood(struct ping *s);
/* Is there something to be done to each packet? */
int ping_by_hand(const struct ping *s);

/* ping_polite.c */
int ping_destination(const struct pkw_pkt *p, struct pkw_addr *a);
/* Says so if the packet goes to somebody who is left alone. */
int ping_is_blocked(struct ping *s, const struct pkw_pkt *p);
int ping_may_send(struct ping *s);
void ping_keep_ceiling(struct ping *s);

/* ping_run.c */
int ping_run(struct ping *s);
/* The interface that leads to the target, and its MAC address. */
void ping_find_way(struct ping *s);
/* ping_listen.c: -9 */
int ping_listen(struct ping *s);

/* ping_reply.c: what stands where in a reply */
int ping_is_six(const struct ping_reply *r);
int ping_is_tcp(const struct ping_reply *r);
const char *ping_layer_name(const struct ping_reply *r, int layer);
const uint8_t *ping_at(const struct ping_reply *r, int layer);
unsigned ping_be16(const uint8_t *b);
uint32_t ping_be32(const uint8_t *b);
/* "SA"; `two' names the upper two, "EC" or hping3's "XY"; "none" */
void ping_flags(unsigned flags, const char *two, char text[10]);
/* "Destination Port Unreachable" without the first word, and the like */
const char *ping_error_text(const struct ping_reply *r);
/* Of IPv4, its bytes swapped for -W. */
unsigned ping_id(const struct ping *s, const struct ping_reply *r);

/* ping_say.c: ping's lines, JSON; ping_extra.c; hping_say.c: hping3's lines */
void ping_say_start(struct ping *s);
void ping_say_reply(struct ping *s, const struct ping_reply *r);
void ping_say_end(struct ping *s, int64_t ns);
void ping_histogram(struct ping *s);
/* -Q: the sequence number and by how much it differs from the last. */
void ping_say_sequence(struct ping *s, const struct ping_reply *r);
/* Options, time stamps, bytes: further lines. */
void ping_say_extra(struct ping *s, const struct ping_reply *r);
void hping_say_start(struct ping *s);
void hping_say_reply(struct ping *s, const struct ping_reply *r);
void hping_say_end(struct ping *s);

#endif
