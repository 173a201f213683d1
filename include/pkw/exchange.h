/* SPDX-License-Identifier: BSD-2-Clause */
/* Send packets, ask and match the answers, sniff. */
#ifndef PKW_EXCHANGE_H
#define PKW_EXCHANGE_H

/*
 * Three verbs over a struct pkw_link.  Each runs until its work is done, its
 * time is up, a callback says so, or pkw_link_stop() was called (from a signal
 * handler, say); how it ended stands in the result, and what there is by then
 * is complete.  Packets handed to callbacks are lent until they return.
 *
 *	struct pkw_link *l = pkw_link_open("any",
 *	    &(struct pkw_link_opts){ .flags = PKW_LINK_FOR_ASKING }, &d);
 *	pkw_parse(q, "IP(dst='192.0.2.1')/TCP(dport=80)", &d);
 *	if (pkw_ask1(l, q, 1000, a, &d) > 0)
 *		look_at(a);
 *
 * When does a answer q?  pkw_match() lines the two up: q's first layer and the
 * first layer of a of the same class (enum pkw_class), so that a question made
 * from IP on is compared with an answer received in a frame.  Then the layers
 * are asked from the outside in, by pkw_answers():
 *
 *   - The protocol of the answer's layer decides, by its `answers' hook: yes
 *     and ask the layers above, no, or yes and done.  It may look at any layer
 *     of either packet (an error that quotes the question is found by IP), and
 *     the question's layer may be of any protocol.
 *   - Without a hook, the same protocol on both sides is a yes; Raw on either
 *     side, or nothing where the question has Raw, is a yes and done.
 *   - A question without further layers is answered.
 *
 * Questions are found by a hash of what does not depend on the direction (their
 * network layer's addresses and ports), so asking 65,000 ports costs 65,000
 * look-ups; questions to groups, whose answers come from anywhere, are tried
 * one by one.  Copies of our own packets, as the loopback delivers, are no
 * answers.
 */

#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/net.h>
#include <pkw/pkt.h>
#include <pkw/str.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_writer;
struct pkw_tmpl;

/*
 * Whether a answers q.  If not, and `why' is not NULL, a sentence about the
 * layer that said no is appended to it.
 */
PKW_API int pkw_match(const struct pkw_pkt *q, const struct pkw_pkt *a,
    struct pkw_str *why);

/*
 * A producer of packets.  next: 1 and a packet, lent until the next call; 0 at
 * the end; or an error.  Addresses are filled into the packet, see
 * pkw_resolve().  rewind goes back to the first one; NULL: that is impossible.
 */
struct pkw_source {
	int (*next)(void *arg, struct pkw_pkt **p, struct pkw_diag *d);
	int (*rewind)(void *arg, struct pkw_diag *d);
	void *arg;
};

/* Packets of the caller's, one after another.  `at' is 0 to begin with. */
struct pkw_array {
	struct pkw_pkt *const *pkts;
	size_t n, at;
};
PKW_API struct pkw_source pkw_array_source(struct pkw_array *a);

/* All packets of a template, one after another made in p. */
struct pkw_series {
	struct pkw_tmpl *tmpl;
	struct pkw_pkt *p;
};
PKW_API struct pkw_source pkw_series_source(struct pkw_series *s);

enum pkw_end {
	PKW_END_DONE,    /* all sent, all answered, the count reached */
	PKW_END_TIMEOUT,
	PKW_END_CALLER,  /* a callback said so */
	PKW_END_STOPPED, /* pkw_link_stop() */
	PKW_END__N
};

/* One packet that could not be sent; others were.  Not 0: give up. */
typedef int pkw_fault_fn(void *arg, uint64_t index, const struct pkw_pkt *p,
    const struct pkw_diag *why);

#define PKW_FOREVER UINT64_MAX

struct pkw_send_opts {
	uint64_t count; /* packets in all, the source being repeated; 0: all
	                   of them once; PKW_FOREVER */
	double rate;    /* packets a second; 0: the link's */
	pkw_fault_fn *on_fault;
	struct pkw_writer *writer; /* gets what was sent */
	void *arg;
};

struct pkw_sent {
	uint64_t packets, bytes;
	uint64_t failed;       /* no route, next hop silent, too long ... */
	struct pkw_diag fault; /* the first of them */
	int64_t ns;            /* from the first to the last */
	enum pkw_end end;
};

/*
 * 0; an error if the link failed, or if not a single packet could be sent.
 * `o' and `result' may be NULL.
 */
PKW_API int pkw_send(struct pkw_link *l, const struct pkw_source *s,
    const struct pkw_send_opts *o, struct pkw_sent *result,
    struct pkw_diag *d);

/* For asking a link should hand over each packet at once. */
#define PKW_LINK_FOR_ASKING PKW_LINK_IMMEDIATE

/* A question and an answer to it, or what became of it without one. */
struct pkw_pair {
	uint64_t index;                 /* of the question, in the source */
	const struct pkw_pkt *question;
	const struct pkw_pkt *answer;   /* NULL: there is none */
	uint32_t nth;                   /* of the question's answers, from 0 */
	uint32_t tries;                 /* how often the question was sent */
	uint32_t ifindex;               /* where the answer came from */
	int64_t sent_ns, received_ns;   /* the kernel's, since 1970 */
	int64_t rtt_ns;                 /* from the last sending on */
};
/* 0: go on, not 0: stop asking. */
typedef int pkw_pair_fn(void *arg, const struct pkw_pair *pair);

/* A packet between the same addresses as a question, but no answer to it. */
typedef int pkw_near_fn(void *arg, const struct pkw_pair *pair,
    const char *why);

enum pkw_ask_flag {
	PKW_ASK_MULTI = 1 << 0,  /* wait for several answers per question */
	PKW_ASK_FORGET = 1 << 1  /* keep no answers, callbacks have them */
};

struct pkw_ask_opts {
	unsigned flags;          /* enum pkw_ask_flag */
	int timeout;             /* milliseconds after the last question of a
	                            round; 0: 2000 */
	unsigned retries;        /* more rounds for what stayed unanswered */
	double rate;             /* packets a second; 0: the link's */
	pkw_pair_fn *on_answer;
	pkw_near_fn *on_near;    /* explains: costs time for each stranger */
	pkw_fault_fn *on_fault;
	struct pkw_writer *writer; /* gets questions and answers */
	void *arg;
};

struct pkw_ask_stats {
	uint64_t questions;
	uint64_t sent;         /* with retries */
	uint64_t failed;       /* questions that could not be sent */
	uint64_t answered;     /* questions that have an answer */
	uint64_t answers;
	uint64_t received;     /* packets looked at */
	uint64_t near;         /* of them: between a question's addresses, but
	                          no answer */
	uint64_t own;          /* of them: our own, come back */
	uint64_t dropped;      /* packets that nobody could look at */
	struct pkw_diag fault; /* the first failure */
	enum pkw_end end;
};

/*
 * Asks.  The result is made once, can be used again, and then holds the new
 * questions only.  0; an error if the link failed, or if not a single question
 * could be sent.  What was answered before an error is in the result.
 */
struct pkw_asked;
PKW_API struct pkw_asked *pkw_asked_new(void);
PKW_API void pkw_asked_free(struct pkw_asked *r);
PKW_API int pkw_ask(struct pkw_link *l, const struct pkw_source *s,
    const struct pkw_ask_opts *o, struct pkw_asked *r, struct pkw_diag *d);
PKW_API const struct pkw_ask_stats *pkw_asked_stats(const struct pkw_asked *r);

/*
 * The next pair: all answers of the first question, those of the second and so
 * on; unanswered questions come once, without an answer.  1, or 0 at the end.
 * *at is 0 to begin with.  The packets are lent until the next call.
 */
PKW_API int pkw_asked_next(
    struct pkw_asked *r, size_t *at, struct pkw_pair *pair);

/*
 * One question, its first answer: 1 and `a' dissected, 0 without answer within
 * `timeout' milliseconds, -PKW_EINTR stopped, or another error.
 */
PKW_API int pkw_ask1(struct pkw_link *l, struct pkw_pkt *q, int timeout,
    struct pkw_pkt *a, struct pkw_diag *d);

enum pkw_sniff_verdict {
	PKW_SNIFF_KEEP,  /* counts, and is written */
	PKW_SNIFF_SKIP,  /* as if it had not come */
	PKW_SNIFF_STOP   /* keep this one and stop */
};
/* `p' is the frame dissected, NULL with PKW_SNIFF_BYTES; negative: an error. */
typedef int pkw_sniff_fn(void *arg, const struct pkw_frame *f,
    struct pkw_pkt *p);

enum pkw_sniff_flag { PKW_SNIFF_BYTES = 1 << 0 };

struct pkw_sniff_opts {
	unsigned flags;          /* enum pkw_sniff_flag */
	uint64_t count;          /* packets to keep; 0: no limit */
	int timeout;             /* milliseconds in all; 0: no limit */
	int idle;                /* ... without a packet; 0: no limit */
	pkw_sniff_fn *on_packet;
	/* packets were taken, and none has come for 50 ms: time to show what
	   was gathered */
	void (*on_pause)(void *arg);
	struct pkw_writer *writer;
	void *arg;
};

struct pkw_sniffed {
	uint64_t seen, kept;
	uint64_t dropped;        /* the buffer was full */
	uint64_t missed;         /* lost by the interface before */
	enum pkw_end end;
};

/*
 * 0, or an error: the link's (an interface that went away), the writer's, the
 * callback's.  `result' (may be NULL) is filled in any case.  What was kept is
 * flushed to the writer's file within a second.
 */
PKW_API int pkw_sniff(struct pkw_link *l, const struct pkw_sniff_opts *o,
    struct pkw_sniffed *result, struct pkw_diag *d);

#ifdef __cplusplus
}
#endif
#endif
