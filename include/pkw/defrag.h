/* SPDX-License-Identifier: BSD-2-Clause */
/* IP fragments: cut a datagram up, and put one together again. */
#ifndef PKW_DEFRAG_H
#define PKW_DEFRAG_H

/*
 * Packets go in and come out as struct pkw_pkt.  Whatever lies around the IP
 * header (Ethernet, VLANs, tunnels) stays, with its lengths and checksums
 * computed anew unless they were pinned or malformed.
 *
 *	struct pkw_defrag *g = pkw_defrag_new(NULL);
 *	while (pkw_reader_next(r, &f, &d) > 0) {
 *		q = p;
 *		pkw_dissect(p, pkw_link_proto(f.link), f.data, f.caplen, 0);
 *		if (pkw_defrag_put(g, &f, &q) > 0)
 *			look_at(&f, q);
 *	}
 *	pkw_defrag_end(g);
 *	pkw_defrag_free(g);
 */

#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/pkt.h>
#include <pkw/str.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Who wins where fragments, or TCP segments, say different things about the
 * same bytes.  The pieces that were there already and the new one are compared
 * in pairs, by where they begin and end (after they were trimmed themselves):
 *
 *   first      the old one
 *   last       the new one
 *   bsd        the one that begins earlier; the old one of two that begin at
 *              the same byte (4.4BSD and what came of it; tshark)
 *   bsd-right  the new one unless it begins earlier (HP JetDirect)
 *   linux      fragments: as bsd, but the new one of two that begin at the
 *              same byte (kernels up to 4.18).  Segments: it must also reach
 *              further than the old one
 *   windows    fragments: the old one, unless the new one reaches beyond it on
 *              both sides.  Segments: as bsd
 *   solaris    fragments: the old one, unless the new one begins earlier and
 *              does not end earlier.  Segments: the one that reaches further,
 *              unless only its beginning differs; see src/stream/policy.c
 *   linux-drop fragments: an overlap ends the reassembly and drops all that is
 *              there, but a fragment within what is there already is passed
 *              over (kernels since 4.19)
 *   rfc5722    fragments: an overlap ends the reassembly, and what comes later
 *              for it is dropped as well; exact duplicates are passed over
 *              (RFC 5722, RFC 8200 section 4.5)
 *
 * For segments the last two are `first'.  The first seven are from Novak and
 * Sturges, "Target-Based Fragmentation Reassembly" (2005) and "Target-Based TCP
 * Stream Reassembly" (2007), in the manner of Paxson and Shankar (2003).
 */
enum pkw_policy {
	PKW_POLICY_BSD, /* the usual one */
	PKW_POLICY_FIRST,
	PKW_POLICY_LAST,
	PKW_POLICY_BSD_RIGHT,
	PKW_POLICY_LINUX,
	PKW_POLICY_WINDOWS,
	PKW_POLICY_SOLARIS,
	PKW_POLICY_LINUX_DROP,
	PKW_POLICY_RFC5722,
	PKW_POLICY__N
};

/* By name, also in capitals: a policy, or -PKW_ENOENT.  NULL past the last. */
PKW_API int pkw_policy_find(const char *name, struct pkw_diag *d);
PKW_API const char *pkw_policy_name(unsigned policy);

/* ---- cutting up ---- */

struct pkw_fragment_opts {
	uint32_t mtu;   /* the longest IP datagram that may come out ... */
	uint32_t size;  /* ... or the most bytes behind the IP headers, rounded
	                   down to a multiple of 8; both 0: a size of 1480 */
	uint32_t nth;   /* which IP header, from the outside, 0: the first */
	uint32_t id;    /* IPv6: the identification; 0: the fragment header's
	                   if there is one, else made of the packet's bytes */
};

/* A fragment, lent until it returns; not 0: no more of them. */
typedef int pkw_fragment_fn(void *arg, struct pkw_pkt *fragment);

/*
 * Cuts a sealed packet into fragments; a packet that is short enough comes out
 * as it is.  A fragment may be cut further: its offset and its `more' flag
 * carry over.  DF is no obstacle and stays.  What lies behind the datagram
 * (padding) is left out.
 *
 * IPv4 (RFC 791 section 3.2): all but the first carry only the options whose
 * copied flag is set.  IPv6 (RFC 8200 section 4.5): a fragment header is put
 * behind the headers that each hop or router looks at, unless there is one.
 *
 * Returns how many there were; -PKW_ENOPROTO: no such IP header, -PKW_EINVAL:
 * less than 8 bytes would fit, -PKW_ERANGE: an offset of more than 65528,
 * -PKW_ENOMEM, or what fn returned if that is negative.
 */
PKW_API int pkw_fragment(const struct pkw_pkt *p,
    const struct pkw_fragment_opts *o, pkw_fragment_fn *fn, void *arg);

/* ---- putting together ---- */

enum pkw_defrag_what {
	PKW_DEFRAG_OVERLAP,   /* two fragments have some bytes in common */
	PKW_DEFRAG_DUPLICATE, /* a fragment came again, the same */
	PKW_DEFRAG_BAD,       /* empty, of an odd length, or behind the end */
	PKW_DEFRAG_LONG,      /* reaches beyond 65535 bytes (ping of death) */
	PKW_DEFRAG_CUT,       /* was not captured whole: passed on */
	PKW_DEFRAG_DROPPED,   /* given up because of an overlap */
	PKW_DEFRAG_TIMEOUT,   /* given up: the rest did not come in time */
	PKW_DEFRAG_LIMIT,     /* given up to make room for others */
	PKW_DEFRAG_END,       /* given up by pkw_defrag_end() */
	PKW_DEFRAG__N
};

struct pkw_defrag_event {
	enum pkw_defrag_what what;
	unsigned version;       /* 4 or 6 */
	uint8_t src[16], dst[16]; /* IPv4: the first four bytes */
	unsigned proto;         /* number of the upper protocol */
	uint32_t id;
	/* overlap and the like: which bytes behind the header */
	uint32_t offset, len;
	uint32_t differ;        /* overlap: bytes that are not the same */
	uint32_t taken;         /* overlap: bytes the new fragment won */
	/* the reassembly */
	uint32_t fragments;     /* that came */
	uint32_t held;          /* bytes that are there */
	uint32_t total;         /* bytes there should be; 0: not known yet */
	uint32_t missing;       /* offset of the first byte that is not there */
	const uint64_t *numbers; /* which packets they were, from 0 on in the
	                            order of put(); lent until the callback
	                            returns; less than `fragments' of them if
	                            memory was short */
	uint32_t nnumbers;
	int64_t first_ns;       /* when the first fragment came */
	int64_t ts_ns;          /* now */
};
typedef void pkw_defrag_fn(void *arg, const struct pkw_defrag_event *e);

/* "overlap", ...; and the event as one line without newline, appended. */
PKW_API const char *pkw_defrag_name(enum pkw_defrag_what what);
PKW_API void pkw_defrag_text(
    const struct pkw_defrag_event *e, struct pkw_str *out);

struct pkw_defrag_opts {
	enum pkw_policy policy;
	unsigned timeout;      /* milliseconds since the first fragment, by the
	                          packets' time stamps; 0: 30 s */
	uint32_t count;        /* reassemblies at a time; 0: 4096 */
	size_t memory;         /* bytes held in all; 0: 16 MiB */
	pkw_defrag_fn *on_event;
	void *arg;
};

struct pkw_defrag_stats {
	uint64_t packets;      /* that were put */
	uint64_t fragments;    /* of them */
	uint64_t whole;        /* datagrams put together */
	uint64_t events[PKW_DEFRAG__N];
	uint32_t pending;      /* reassemblies under way */
	size_t memory;         /* bytes they hold */
};

/*
 * A table of reassemblies, which one thread uses.  `o' may be NULL; NULL
 * without memory.  Nothing is allocated for packets that are no fragments.
 *
 * Fragments belong together that have the same addresses, identification and
 * (IPv4, RFC 791) protocol, wherever they were captured and whatever they were
 * wrapped in.  When the table is full the oldest one is given up.
 */
struct pkw_defrag;
PKW_API struct pkw_defrag *pkw_defrag_new(const struct pkw_defrag_opts *o);
PKW_API void pkw_defrag_free(struct pkw_defrag *g);

/*
 * The next packet, *p, dissected, and its frame.
 *   1  go on with *p and *f: either they are untouched, as there is no fragment
 *      in them, or they are the whole datagram: in the wrapping of its first
 *      fragment, with the time stamp of the one that came last.  It is lent
 *      until the next call.
 *   0  kept, or dropped: there is nothing to go on with.
 * Fragments within fragments (tunnels) are put together from the outside in.
 * An IPv6 fragment that is the whole (RFC 6946) passes as it is.  f may be
 * NULL: the time then stands still.  Negative: -PKW_ENOMEM.
 */
PKW_API int pkw_defrag_put(
    struct pkw_defrag *g, struct pkw_frame *f, struct pkw_pkt **p);

/* Gives up all that is incomplete, telling of each. */
PKW_API void pkw_defrag_end(struct pkw_defrag *g);
PKW_API void pkw_defrag_stats(
    const struct pkw_defrag *g, struct pkw_defrag_stats *s);

#ifdef __cplusplus
}
#endif
#endif
