/* SPDX-License-Identifier: BSD-2-Clause */
/* Templates: one packet, some of whose fields stand for many values. */
#ifndef PKW_TMPL_H
#define PKW_TMPL_H

/*
 *	struct pkw_tmpl *t = pkw_tmpl_parse(
 *	    "IP(dst=\"10.0.0.0/30\", ttl=(1,30))/TCP(dport=[22,80])", &d);
 *	while ((r = pkw_tmpl_next(t, p)) > 0)
 *		send(p);
 *
 * Fields vary in two ways.  Sets (lists, ranges, prefixes) are gone through in
 * all combinations; the order is Scapy's: the topmost layer changes fastest,
 * and within a layer the field that stands first in its table.  Random numbers,
 * counters and fuzzed fields have a new value in every packet and do not add to
 * the number of packets.
 *
 * Packet n is a function of the template, its seed and n alone: two templates
 * from the same text and seed give the same packets, and seeking costs nothing.
 * Past the last combination the sets begin again, while random fields go on.
 *
 * A template owns all it needs; it is compiled once, and making a packet
 * allocates nothing once buffers have grown.  Fields of fixed place are patched
 * and checksums mended by difference; those that change the packet's shape are
 * set and the packet is sealed.  One thread at a time.
 */

#include <pkw/error.h>
#include <pkw/pkt.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_tmpl;

/*
 * From an expression (what pkw_parse() takes, and sets of values in it), or
 * from a packet as it is, for pkw_tmpl_vary() to make more of it.  NULL and a
 * diagnosis on failure.  A text without sets is a template of one packet.
 *
 *	[22, 80, (8000, 8010)]     one after the other
 *	(1, 30), (0, 100, 10)      both ends included, with a step
 *	"10.0.0.0/30", Net("10.0.0.1", "10.0.0.9")      addresses
 *	RandByte() RandShort() RandInt() RandLong() RandNum(1, 6)
 *	RandIP("10.0.*.*") RandIP6() RandMAC("02:*") RandUUID()
 *	RandString(8) RandBin(8) RandChoice("a", "b") RandEnum()
 *	Counter(100), Counter(100, 2)      by the number of the packet
 *	fuzz(IP()/TCP())           every free field of these layers
 */
PKW_API struct pkw_tmpl *pkw_tmpl_parse(const char *text, struct pkw_diag *d);
PKW_API struct pkw_tmpl *pkw_tmpl_new(
    const struct pkw_pkt *p, struct pkw_diag *d);
PKW_API void pkw_tmpl_free(struct pkw_tmpl *t);

/*
 * Varying a field from C: a layer by its index in the packet and a field by its
 * index in the layer's table, as in pkw_set().  What varied the field before is
 * replaced.  Values must fit the field (-PKW_ERANGE).
 */
enum pkw_vary_kind {
	PKW_VARY_LIST,    /* values[0..nvalues) */
	PKW_VARY_RANGE,   /* from, from + step, ... up to and with to; step 0
	                     is 1 */
	PKW_VARY_RANDOM,  /* from..to, each as likely; both 0: whatever fits */
	PKW_VARY_COUNTER, /* packet n has from + n * step, cut to the field;
	                     behind to, if that is not 0, from again */
	PKW_VARY_FUZZ     /* by type, width and labels */
};
struct pkw_vary {
	enum pkw_vary_kind kind;
	uint64_t from, to, step;
	const uint64_t *values;
	size_t nvalues;
};
PKW_API int pkw_tmpl_vary(struct pkw_tmpl *t, int layer, unsigned field,
    const struct pkw_vary *v, struct pkw_diag *d);

/* The same with text: "IP.dst" (see pkw_path()) and "10.0.0.0/30". */
PKW_API int pkw_tmpl_vary_text(struct pkw_tmpl *t, const char *path,
    const char *value, struct pkw_diag *d);

/*
 * Fuzzes each field of a layer (negative: of all) that nobody has set and that
 * is not computed.  Addresses by which packets travel stay as they are.
 */
PKW_API int pkw_tmpl_fuzz(struct pkw_tmpl *t, int layer, struct pkw_diag *d);

/* Combinations of the sets; UINT64_MAX: that many or more. */
PKW_API uint64_t pkw_tmpl_count(const struct pkw_tmpl *t);
/* 1 if packets differ also when the combination is the same. */
PKW_API int pkw_tmpl_is_random(const struct pkw_tmpl *t);

/* The seed of all that is random; 0 at first. */
PKW_API void pkw_tmpl_seed(struct pkw_tmpl *t, uint64_t seed);
/* How many packets next() gives; without it, pkw_tmpl_count(). */
PKW_API void pkw_tmpl_limit(struct pkw_tmpl *t, uint64_t packets);
/* The next packet will be number n, from 0. */
PKW_API void pkw_tmpl_seek(struct pkw_tmpl *t, uint64_t n);
PKW_API uint64_t pkw_tmpl_tell(const struct pkw_tmpl *t);

/*
 * The next packet: 1, 0 behind the last, or an error.  next() copies it into p,
 * whatever that was; step() lends the template's own, which is faster: it is
 * good until the next call and must not be changed.
 */
PKW_API int pkw_tmpl_next(struct pkw_tmpl *t, struct pkw_pkt *p);
PKW_API int pkw_tmpl_step(struct pkw_tmpl *t, const struct pkw_pkt **p);

/* The first packet, as the template was made: to ask for layers and fields. */
PKW_API const struct pkw_pkt *pkw_tmpl_base(const struct pkw_tmpl *t);

#ifdef __cplusplus
}
#endif
#endif
