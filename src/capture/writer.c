/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a frame put becomes in the file.  If it is one of the source's, as that
 * lent it, the record stays as it is (batch.c); else it is encoded: for pcap in
 * the file's byte order and layout, for pcapng as an enhanced packet block (or
 * a simple one, if it has no time either) of the interface that fits it.
 *
 * Frames say by a number which interface they mean.  `map' has the numbers of
 * those which the source described, or the caller.  Others are made when first
 * needed and remembered by number and link type; so should the source describe
 * more of its own later, theirs shift in the file, and from then on its packets
 * are encoded anew under their new numbers.
 *
 * The source's other blocks come by themselves (pass), in their place.
 */
#include "writer.h"

#include "blocks.h"
#include "wire.h"

#include <stdlib.h>

enum {
	OWN_NUMBER = 1 << 30, /* for interfaces declared beside the source's */
	MAX_MADE = 4096       /* interfaces nobody described, searched in turn */
};

static const int64_t giga = 1000000000;

int pkw__writer_section(struct pkw_writer *w, const struct pkw_writer_opts *o)
{
	uint8_t *p = pkw__batch_room(&w->b, pkw__section_room(o));

	if (!p)
		return w->b.err;
	w->b.len += pkw__section_put(p, o, w->b.swap);
	w->begun = 1;
	return 0;
}

/* The file's next interface, without a number for frames. */
struct pkw__out_iface *pkw__writer_add_iface(struct pkw_writer *w,
    const struct pkw__iface *i)
{
	if (w->n_ifaces == w->cap_ifaces) {
		uint32_t cap = w->cap_ifaces ? 2 * w->cap_ifaces : 1;
		void *p = realloc(w->ifaces, cap * sizeof *w->ifaces);
		if (!p) {
			pkw__batch_no_memory(&w->b);
			return NULL;
		}
		w->ifaces = p;
		w->cap_ifaces = cap;
	}
	struct pkw__out_iface *out = &w->ifaces[w->n_ifaces++];
	*out = (struct pkw__out_iface){ .i = *i };
	return out;
}

/* Lets the next number of frames mean the interface added last. */
int pkw__writer_map_iface(struct pkw_writer *w)
{
	if (w->n_map == w->cap_map) {
		uint32_t cap = w->cap_map ? 2 * w->cap_map : 4;
		void *p = realloc(w->map, cap * sizeof *w->map);
		if (!p)
			return pkw__batch_no_memory(&w->b);
		w->map = p;
		w->cap_map = cap;
	}
	w->shifted |= w->n_map != w->n_ifaces - 1;
	w->map[w->n_map++] = w->n_ifaces - 1;
	return 0;
}

/* Describes an interface in the file. */
static struct pkw__out_iface *put_iface(struct pkw_writer *w,
    const struct pkw_iface *pub)
{
	struct pkw__iface i = { .pub = *pub };

	if (!w->begun &&
	    pkw__writer_section(w, &(struct pkw_writer_opts){ 0 }) < 0)
		return NULL;
	if (i.pub.tsresol == 0)
		i.pub.tsresol = 9;
	i.pub.received = i.pub.dropped = i.pub.os_dropped = 0;
	pkw__clock_init(&i.clock, i.pub.tsresol, i.pub.tsoffset);
	uint8_t *p = pkw__batch_room(&w->b, pkw__iface_room(&i.pub));
	if (!p)
		return NULL;
	w->b.len += pkw__iface_put(p, &i.pub, w->b.swap);
	return pkw__writer_add_iface(w, &i);
}

/* What the source says of the frame's interface, or just the link type. */
static struct pkw_iface describe(const struct pkw_writer *w, uint32_t ifindex,
    uint16_t link)
{
	const struct pkw_iface *i = w->src && !w->continuing
	    ? pkw_reader_iface(w->src, ifindex) : NULL;

	return i && i->link == link ? *i : (struct pkw_iface){ .link = link };
}

static int too_many(const struct pkw_writer *w, struct pkw_diag *d)
{
	pkw_fail(d, -PKW_ELIMIT, "%d interfaces were made for frames of none; "
	    "describe them, or write pcap", MAX_MADE);
	pkw__batch_name(&w->b, d);
	return -PKW_ELIMIT;
}

/* The number in the file of the frame's interface, or an error. */
static int64_t find_iface(struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	uint32_t made = 0;


	if (f->ifindex < w->n_map) {
		uint32_t n = w->map[f->ifindex];
		if (w->ifaces[n].i.pub.link == f->link)
			return n;
	}
	for (uint32_t n = 0; n < w->n_ifaces; n++) {
		const struct pkw__out_iface *i = &w->ifaces[n];
		if (i->numbered && i->number == f->ifindex &&
		    i->i.pub.link == f->link)
			return n;
		made += i->numbered != 0;
	}
	if (made >= MAX_MADE)
		return too_many(w, d);
	struct pkw_iface pub = describe(w, f->ifindex, f->link);
	struct pkw__out_iface *i = put_iface(w, &pub);
	if (!i)
		return pkw__batch_report(&w->b, d);
	i->number = f->ifindex;
	i->numbered = 1;
	return w->n_ifaces - 1;
}

/* Statistics of the section, which is about to end. */
void pkw__writer_end_section(struct pkw_writer *w)
{
	for (uint32_t n = 0; n < w->n_ifaces; n++) {
		struct pkw__out_iface *i = &w->ifaces[n];
		uint64_t stamp = 0;
		if (!i->stats)
			continue;
		uint8_t *p = pkw__batch_room(&w->b, STATS_ROOM);
		if (!p)
			return;
		pkw__clock_stamp(&i->i.clock, w->last_ns, &stamp);
		w->b.len += pkw__stats_put(p, &i->i.pub, n, stamp, w->b.swap);
		i->stats = 0;
	}
}

static void forget_section(struct pkw_writer *w)
{
	pkw__writer_end_section(w);
	w->n_ifaces = w->n_map = 0;
	w->shifted = 0;
}

struct pkw_writer *pkw__writer_settle(struct pkw_writer *w)
{
	pkw__batch_settle(&w->b);
	return w->next;
}

struct pkw_writer *pkw__writer_orphan(struct pkw_writer *w)
{
	struct pkw_writer *next = w->next;

	pkw__batch_settle(&w->b);
	w->src = NULL;
	w->next = NULL;
	w->continuing = 0;
	return next;
}

struct pkw_writer *pkw__writer_pass(struct pkw_writer *w, const uint8_t *p,
    size_t len, uint32_t type)
{
	const struct pkw_reader *r = w->src;

	if (!w->continuing || !w->b.ng || w->b.err)
		return w->next;
	if (type == BLOCK_SECTION)
		forget_section(w);
	if (type == BLOCK_STATS && w->shifted && len >= 12 &&
	    get32(p + 8, r->swap) < w->n_map) {
		uint8_t *to = pkw__batch_copy(&w->b, p, len);
		if (to)
			put32(to + 8, w->map[get32(p + 8, r->swap)], r->swap);
		return w->next;
	}
	if (type == BLOCK_SECTION)
		w->b.swap = r->swap;
	batch_keep(&w->b, p, len);
	if (type == BLOCK_SECTION) {
		w->begun = 1;
	} else if (type == BLOCK_IFACE && !w->b.err) {
		if (pkw__writer_add_iface(w, &r->ifaces[r->n_ifaces - 1]))
			pkw__writer_map_iface(w);
	}
	return w->next;
}

/* The header of a pcap file of our own. */
void pkw__writer_make_head(struct pkw_writer *w, const struct pkw_iface *i)
{
	struct pkw__pcap *l = &w->b.pcap;
	uint8_t *p = l->head;
	uint32_t type = i->link;

	if (i->fcs && i->fcs % 2 == 0 && i->fcs <= 30)
		type |= 1u << 26 | (uint32_t)(i->fcs / 2) << 28;
	p = put32(p, l->unit == 1 ? 0xa1b23c4d : 0xa1b2c3d4, 0);
	p = put16(p, 2, 0);
	p = put16(p, 4, 0);
	p = put64(p, 0, 0);
	p = put32(p, i->snaplen ? i->snaplen : 262144, 0);
	put32(p, type, 0);
	w->link = i->link;
}

/* Writes the pcap header at once: an empty capture is a capture. */
int pkw__writer_head(struct pkw_writer *w)
{
	if (!pkw__batch_copy(&w->b, w->b.pcap.head, w->b.pcap.head_len))
		return w->b.err;
	w->begun = w->b.heading = 1;
	int e = pkw__batch_emit(&w->b);
	w->b.heading = 0;
	return e;
}

static int pcap_link(struct pkw_writer *w, const struct pkw_iface *i,
    struct pkw_diag *d)
{
	if (!w->begun) {
		pkw__writer_make_head(w, i);
		return pkw__writer_head(w) < 0 ? pkw__batch_report(&w->b, d)
					       : 0;
	}
	if (i->link == w->link)
		return 0;
	pkw_fail(d, -PKW_ETYPE, "a pcap file has one link type: this one has "
	    "%u, no frames of %u; pcapng can hold both", w->link, i->link);
	pkw__batch_name(&w->b, d);
	return -PKW_ETYPE;
}

static int bad_time(const struct pkw_writer *w, const struct pkw_frame *f,
    const char *why, struct pkw_diag *d)
{
	pkw_fail(d, -PKW_ERANGE, "the time %lld s does not fit %s",
	    (long long)(f->ts_ns / giga), why);
	pkw__batch_name(&w->b, d);
	return -PKW_ERANGE;
}

static int put_pcap(struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	uint64_t ns = (uint64_t)f->ts_ns - (uint64_t)w->second_ns;

	if (!w->begun || f->link != w->link) {
		struct pkw_iface i = describe(w, f->ifindex, f->link);
		int e = pcap_link(w, &i, d);
		if (e < 0)
			return e;
	}
	if (ns >= (uint64_t)giga) {
		if (f->ts_ns < 0 || f->ts_ns / giga > UINT32_MAX)
			return bad_time(w, f, "pcap, which goes from 1970 to "
			    "2106", d);
		w->second = (uint32_t)(f->ts_ns / giga);
		w->second_ns = w->second * giga;
		ns = (uint64_t)(f->ts_ns - w->second_ns);
	}
	size_t head = w->b.pcap.record_len;
	uint8_t *p = pkw__batch_room(&w->b, head + f->caplen);
	if (!p)
		return pkw__batch_report(&w->b, d);
	pkw__pcap_encode(&w->b.pcap, f, w->second, (uint32_t)ns, p);
	if (f->caplen)
		memcpy(p + head, f->data, f->caplen);
	w->b.len += head + f->caplen;
	return 0;
}

/* A frame without a time, as simple as the first interface lets it be. */
static int fits_simple(const struct pkw_writer *w, const struct pkw_frame *f,
    int64_t n)
{
	uint32_t snaplen = w->ifaces[n].i.pub.snaplen;
	uint32_t guess = snaplen && snaplen < f->len ? snaplen : f->len;

	return n == 0 && f->flags == PKW_FRAME_NO_TIME && !f->dropped &&
	    !f->comment && !f->options && f->caplen == guess;
}

static int put_ng(struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	uint64_t stamp = 0;

	if (f->comment_len > UINT16_MAX) {
		pkw_fail(d, -PKW_EMSGSIZE, "a comment of %u bytes is over the "
		    "65535 which pcapng allows", f->comment_len);
		pkw__batch_name(&w->b, d);
		return -PKW_EMSGSIZE;
	}
	int64_t n = find_iface(w, f, d);
	if (n < 0)
		return (int)n;
	if (!(f->flags & PKW_FRAME_NO_TIME) &&
	    pkw__clock_stamp(&w->ifaces[n].i.clock, f->ts_ns, &stamp) < 0)
		return bad_time(w, f, "its interface's unit and offset", d);
	uint8_t *p = pkw__batch_room(&w->b, pkw__packet_room(f));
	if (!p)
		return pkw__batch_report(&w->b, d);
	if (fits_simple(w, f, n))
		w->b.len += pkw__simple_put(p, f, w->b.swap);
	else
		w->b.len += pkw__packet_put(p, f, (uint32_t)n, stamp,
		    w->b.swap);
	return 0;
}

static int too_long(const struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	pkw_fail(d, -PKW_EMSGSIZE, "a packet of %u bytes is over the limit of "
	    "64 MiB", f->caplen);
	pkw__batch_name(&w->b, d);
	return -PKW_EMSGSIZE;
}

/* The frame as a record of the source, unless it was changed. */
static const uint8_t *unchanged(const struct pkw_writer *w,
    const struct pkw_frame *f, size_t *len)
{
	if (!w->continuing || w->shifted)
		return NULL;
	return w->b.ng ? pkw__ng_record(w->src, f, len)
		     : pkw__pcap_record(w->src, f, len);
}

int pkw_writer_put(struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	size_t len;

	if (w->b.err) {
		w->b.lost++;
		return pkw__batch_report(&w->b, d);
	}
	const uint8_t *p = unchanged(w, f, &len);
	if (p) {
		/* counted first: writing the run may fail and count it lost */
		w->b.written++;
		w->b.pending++;
		batch_keep(&w->b, p, len);
	} else {
		int e = f->caplen > MAX_PACKET ? too_long(w, f, d)
		    : w->b.ng ? put_ng(w, f, d) : put_pcap(w, f, d);
		if (e < 0) {
			w->b.lost += w->b.err != 0;
			return e;
		}
		w->b.written++;
		w->b.pending++;
	}
	w->last_ns = f->ts_ns;
	if (w->unbuffered)
		pkw__batch_emit(&w->b);
	return w->b.err ? pkw__batch_report(&w->b, d) : 0;
}

int pkw_writer_iface(struct pkw_writer *w, const struct pkw_iface *i,
    struct pkw_diag *d)
{
	if (w->b.err)
		return pkw__batch_report(&w->b, d);
	if (!w->b.ng) {
		int e = pcap_link(w, i, d);
		return e < 0 ? e : 0;
	}
	struct pkw__out_iface *out = put_iface(w, i);
	if (!out)
		return pkw__batch_report(&w->b, d);
	uint32_t number = w->n_ifaces - 1;
	if (w->continuing) {
		/* the small numbers are the source's */
		out->number = number |= OWN_NUMBER;
		out->numbered = 1;
	} else {
		number = w->n_map;
		pkw__writer_map_iface(w);
	}
	return pkw__batch_emit(&w->b) < 0 ? pkw__batch_report(&w->b, d)
					  : (int)number;
}

static int bad_copy(const struct pkw_writer *w, const char *why,
    struct pkw_diag *d)
{
	pkw_fail(d, -PKW_EINVAL, "cannot copy the block: %s", why);
	pkw__batch_name(&w->b, d);
	return -PKW_EINVAL;
}

int pkw_writer_block(struct pkw_writer *w, const struct pkw_block *b,
    struct pkw_diag *d)
{
	int swap = b->big_endian ^ host_is_big();

	if (w->b.err)
		return pkw__batch_report(&w->b, d);
	if (!w->b.ng)
		return 0;
	if (b->len < 12 || pkw__ng_span(b->bytes, b->len, swap) != b->len ||
	    get32(b->bytes + b->len - 4, swap) != b->len ||
	    (b->type == BLOCK_IFACE && b->len < 20))
		return bad_copy(w, "its length is wrong", d);
	if (b->type == BLOCK_SECTION) {
		forget_section(w);
		w->b.swap = swap;
	} else if (swap != w->b.swap) {
		return bad_copy(w, "its byte order is not the section's", d);
	} else if (!w->begun &&
	    pkw__writer_section(w, &(struct pkw_writer_opts){ 0 }) < 0) {
		return pkw__batch_report(&w->b, d);
	}
	if (!pkw__batch_copy(&w->b, b->bytes, b->len))
		return pkw__batch_report(&w->b, d);
	w->begun = 1;
	if (b->type == BLOCK_IFACE) {
		struct pkw__iface i = { 0 };
		pkw__ng_parse_iface(&i, b->bytes, b->len, swap);
		if (!pkw__writer_add_iface(w, &i) ||
		    pkw__writer_map_iface(w) < 0)
			return pkw__batch_report(&w->b, d);
	}
	return 0;
}

int pkw_writer_stats(struct pkw_writer *w, uint32_t ifindex,
    uint64_t received, uint64_t dropped, uint64_t os_dropped)
{
	struct pkw__out_iface *i = NULL;

	if (!w->b.ng)
		return 0;
	if (ifindex < w->n_map)
		i = &w->ifaces[w->map[ifindex]];
	for (uint32_t n = 0; n < w->n_ifaces && !i; n++)
		if (w->ifaces[n].numbered && w->ifaces[n].number == ifindex)
			i = &w->ifaces[n];
	if (!i)
		return -PKW_EINVAL;
	i->i.pub.received = received;
	i->i.pub.dropped = dropped;
	i->i.pub.os_dropped = os_dropped;
	i->stats = 1;
	return 0;
}

int pkw_writer_flush(struct pkw_writer *w, struct pkw_diag *d)
{
	return pkw__batch_emit(&w->b) < 0 ? pkw__batch_report(&w->b, d) : 0;
}

void pkw_writer_counts(const struct pkw_writer *w, uint64_t *written,
    uint64_t *lost)
{
	*written = w->b.written;
	*lost = w->b.lost;
}
