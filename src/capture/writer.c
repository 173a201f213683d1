/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A writer collects whole records and writes them in batches.  What waits to be
 * written is in two places, in this order:
 *
 *	buf, len       records encoded here or copied here
 *	run, run_len   records of the source, where they lie in its read buffer
 *
 * A frame put as the source lent it only makes the run longer.  When the reader
 * is about to move its bytes it says so (settle): a long run is then written
 * from where it is, a short one copied to the buffer.  So a file copied or
 * edited in place costs one write(2) for each read(2) and no copy; a filter
 * that keeps one frame in a hundred still writes 256 KiB at a time.
 *
 * The source's other blocks come by themselves (pass) and join the run in their
 * place.  Interfaces made here, for frames that fit none of the source's, take
 * a number; should the source describe more of its own later, theirs shift, and
 * from then on its packets are encoded anew under the new numbers (`map').
 *
 * If a batch cannot be written, its records are walked to find the last one
 * which is whole in the file; a regular file is cut there.
 */
#include "blocks.h"
#include "sink.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BATCH = 256 << 10,
	DIRECT = 32 << 10,   /* a run this long is written where it is */
	RUN_MAX = 512 << 10, /* of sources which never move */
	OWN_NUMBER = 1 << 30 /* interfaces declared beside the source's */
};

static const int64_t giga = 1000000000;

struct out_iface {
	struct pkw__iface i;
	uint32_t number; /* frame.ifindex it stands for, if not in the map */
	int numbered;
	int stats;       /* counters were given */
};

struct pkw_writer {
	struct pkw__sink sink;
	uint8_t *buf;
	size_t len, cap;
	const uint8_t *run;
	size_t run_len;
	uint64_t pending; /* packets in both */

	struct pkw_reader *src; /* NULL: none, or closed by now */
	struct pkw_writer *next; /* of the same source */
	int continuing;          /* in the source's own format */
	int ng;
	int begun;               /* the first header is out */
	int heading;             /* the batch is that of pcap, no records */
	int swap, batch_swap;    /* byte order now, and where the batch began */
	int unbuffered;

	struct pkw__pcap pcap;
	uint16_t link;        /* of pcap */
	uint32_t second;      /* the last frame fell into */
	int64_t second_ns;

	struct out_iface *ifaces;
	uint32_t n_ifaces, cap_ifaces;
	uint32_t *map; /* source's or declared number to the file's */
	uint32_t n_map, cap_map;
	int shifted;   /* the map is not the identity */
	int64_t last_ns;

	uint64_t written, lost;
	int err;
	struct pkw_diag diag;
	char name[128];
};

static void name_file(const struct pkw_writer *w, struct pkw_diag *d)
{
	if (d)
		snprintf(d->file, sizeof d->file, "%s", w->name);
}

/* An error which stays. */
static int stick(struct pkw_writer *w, int code)
{
	name_file(w, &w->diag);
	w->len = w->run_len = 0;
	w->pending = 0;
	w->err = code;
	return code;
}

static int no_memory(struct pkw_writer *w)
{
	w->written -= w->pending;
	w->lost += w->pending;
	return stick(w, pkw_fail(&w->diag, -PKW_ENOMEM, "out of memory"));
}

static int report(const struct pkw_writer *w, struct pkw_diag *d)
{
	if (d)
		*d = w->diag;
	return w->err;
}

/* How many of the first `n' bytes at p are whole records, and how many packets
 * they are. */
static size_t whole(const struct pkw_writer *w, const uint8_t *p, size_t n,
    int *swap, uint64_t *packets)
{
	size_t at = 0, span;

	for (; at < n; at += span) {
		span = w->ng ? pkw__ng_span(p + at, n - at, *swap)
			     : pkw__pcap_span(&w->pcap, p + at, n - at);
		if (span == 0 || span > n - at)
			break;
		uint32_t type = w->ng ? get32(p + at, 0) : 0;
		if (type == BLOCK_SECTION)
			*swap = get32(p + at + 8, 0) != BLOCK_MAGIC;
		if (*swap)
			type = swap32(type);
		*packets += !w->ng || type == BLOCK_ENHANCED ||
		    type == BLOCK_SIMPLE || type == BLOCK_PACKET;
	}
	return at;
}

/* After writing `done' bytes of the batch in v, nothing more could be. */
static int give_up(struct pkw_writer *w, int e, const struct iovec v[2],
    size_t done)
{
	int swap = w->batch_swap;
	uint64_t kept = 0;
	size_t keep = 0;

	if (w->sink.packing == PKW__PLAIN && !w->heading) {
		size_t n = done < v[0].iov_len ? done : v[0].iov_len;
		keep = whole(w, v[0].iov_base, n, &swap, &kept);
		if (keep == v[0].iov_len)
			keep += whole(w, v[1].iov_base, done - n, &swap, &kept);
	}
	pkw__sink_cut(&w->sink, keep);
	w->written -= w->pending - kept;
	w->lost += w->pending - kept;
	pkw_fail(&w->diag, e, "cannot write: %s; %llu packets are whole, %llu "
	    "are lost", pkw_strerror(e), (unsigned long long)w->written,
	    (unsigned long long)w->lost);
	return stick(w, e);
}

/* Writes what waits. */
static int emit(struct pkw_writer *w)
{
	union { const uint8_t *p; void *v; } run = { w->run };
	struct iovec v[2] = {
		{ w->buf, w->len }, { run.v, w->run_len }
	};
	size_t done;

	if (w->err || w->len + w->run_len == 0)
		return w->err;
	int e = pkw__sink_write(&w->sink, v, w->run_len ? 2 : 1, &done);
	if (e < 0)
		return give_up(w, e, v, done);
	w->len = w->run_len = 0;
	w->pending = 0;
	w->batch_swap = w->swap;
	return 0;
}

/* Lets go of the source's buffer. */
static void settle(struct pkw_writer *w)
{
	size_t direct = w->sink.packing == PKW__PLAIN ? DIRECT : BATCH;

	if (w->run_len >= direct || w->len + w->run_len > w->cap) {
		emit(w);
	} else if (w->run_len) {
		memcpy(w->buf + w->len, w->run, w->run_len);
		w->len += w->run_len;
	}
	w->run_len = 0;
}

/* Where n bytes can be added to the buffer, NULL after an error. */
static uint8_t *room(struct pkw_writer *w, size_t n)
{
	settle(w);
	if (w->len + n > w->cap && emit(w) < 0)
		return NULL;
	if (w->err)
		return NULL;
	if (n > w->cap) {
		uint8_t *p = realloc(w->buf, n);
		if (!p) {
			no_memory(w);
			return NULL;
		}
		w->buf = p;
		w->cap = n;
	}
	return w->buf + w->len;
}

/* Makes the run longer by a record of the source. */
static void keep(struct pkw_writer *w, const uint8_t *p, size_t n)
{
	if (w->run_len == 0 || p != w->run + w->run_len) {
		settle(w);
		w->run = p;
	}
	w->run_len += n;
	if (w->run_len >= RUN_MAX)
		emit(w);
}

/* Copies a block, which belongs to nobody else afterwards. */
static uint8_t *copy(struct pkw_writer *w, const uint8_t *p, size_t n)
{
	uint8_t *to = room(w, n);

	if (to) {
		memcpy(to, p, n);
		w->len += n;
	}
	return to;
}

static int put_section(struct pkw_writer *w, const struct pkw_writer_opts *o)
{
	uint8_t *p = room(w, pkw__section_room(o));

	if (!p)
		return w->err;
	w->len += pkw__section_put(p, o, w->swap);
	w->begun = 1;
	return 0;
}

/* The file's next interface, without a number for frames. */
static struct out_iface *add_iface(struct pkw_writer *w,
    const struct pkw__iface *i)
{
	if (w->n_ifaces == w->cap_ifaces) {
		uint32_t cap = w->cap_ifaces ? 2 * w->cap_ifaces : 1;
		void *p = realloc(w->ifaces, cap * sizeof *w->ifaces);
		if (!p) {
			no_memory(w);
			return NULL;
		}
		w->ifaces = p;
		w->cap_ifaces = cap;
	}
	struct out_iface *out = &w->ifaces[w->n_ifaces++];
	*out = (struct out_iface){ .i = *i };
	return out;
}

/* Lets the next number of frames mean the interface added last. */
static int map_iface(struct pkw_writer *w)
{
	if (w->n_map == w->cap_map) {
		uint32_t cap = w->cap_map ? 2 * w->cap_map : 4;
		void *p = realloc(w->map, cap * sizeof *w->map);
		if (!p)
			return no_memory(w);
		w->map = p;
		w->cap_map = cap;
	}
	w->shifted |= w->n_map != w->n_ifaces - 1;
	w->map[w->n_map++] = w->n_ifaces - 1;
	return 0;
}

/* Describes an interface in the file. */
static struct out_iface *put_iface(struct pkw_writer *w,
    const struct pkw_iface *pub)
{
	struct pkw__iface i = { .pub = *pub };

	if (!w->begun && put_section(w, &(struct pkw_writer_opts){ 0 }) < 0)
		return NULL;
	if (i.pub.tsresol == 0)
		i.pub.tsresol = 9;
	i.pub.received = i.pub.dropped = i.pub.os_dropped = 0;
	pkw__clock_init(&i.clock, i.pub.tsresol, i.pub.tsoffset);
	uint8_t *p = room(w, pkw__iface_room(&i.pub));
	if (!p)
		return NULL;
	w->len += pkw__iface_put(p, &i.pub, w->swap);
	return add_iface(w, &i);
}

/* What the source says of the frame's interface, or just the link type. */
static struct pkw_iface describe(const struct pkw_writer *w, uint32_t ifindex,
    uint16_t link)
{
	const struct pkw_iface *i = w->src && !w->continuing
	    ? pkw_reader_iface(w->src, ifindex) : NULL;

	return i && i->link == link ? *i : (struct pkw_iface){ .link = link };
}

/* The number in the file of the frame's interface, or an error. */
static int64_t find_iface(struct pkw_writer *w, const struct pkw_frame *f)
{
	if (f->ifindex < w->n_map) {
		uint32_t n = w->map[f->ifindex];
		if (w->ifaces[n].i.pub.link == f->link)
			return n;
	}
	for (uint32_t n = 0; n < w->n_ifaces; n++) {
		const struct out_iface *i = &w->ifaces[n];
		if (i->numbered && i->number == f->ifindex &&
		    i->i.pub.link == f->link)
			return n;
	}
	struct pkw_iface pub = describe(w, f->ifindex, f->link);
	struct out_iface *i = put_iface(w, &pub);
	if (!i)
		return w->err;
	i->number = f->ifindex;
	i->numbered = 1;
	return w->n_ifaces - 1;
}

/* Statistics of the section, which is about to end. */
static void put_stats(struct pkw_writer *w)
{
	for (uint32_t n = 0; n < w->n_ifaces; n++) {
		struct out_iface *i = &w->ifaces[n];
		uint64_t stamp = 0;
		uint8_t *p = i->stats ? room(w, STATS_ROOM) : NULL;
		if (!p)
			continue;
		pkw__clock_stamp(&i->i.clock, w->last_ns, &stamp);
		w->len += pkw__stats_put(p, &i->i.pub, n, stamp, w->swap);
		i->stats = 0;
	}
}

static void forget_section(struct pkw_writer *w)
{
	put_stats(w);
	w->n_ifaces = w->n_map = 0;
	w->shifted = 0;
}

struct pkw_writer *pkw__writer_settle(struct pkw_writer *w)
{
	settle(w);
	return w->next;
}

struct pkw_writer *pkw__writer_orphan(struct pkw_writer *w)
{
	struct pkw_writer *next = w->next;

	settle(w);
	w->src = NULL;
	w->next = NULL;
	w->continuing = 0;
	return next;
}

struct pkw_writer *pkw__writer_pass(struct pkw_writer *w, const uint8_t *p,
    size_t len, uint32_t type)
{
	const struct pkw_reader *r = w->src;

	if (!w->continuing || !w->ng || w->err)
		return w->next;
	if (type == BLOCK_SECTION)
		forget_section(w);
	if (type == BLOCK_STATS && w->shifted && len >= 12 &&
	    get32(p + 8, r->swap) < w->n_map) {
		uint8_t *to = copy(w, p, len);
		if (to)
			put32(to + 8, w->map[get32(p + 8, r->swap)], r->swap);
		return w->next;
	}
	if (type == BLOCK_SECTION)
		w->swap = r->swap;
	keep(w, p, len);
	if (type == BLOCK_SECTION) {
		w->begun = 1;
	} else if (type == BLOCK_IFACE && !w->err) {
		if (add_iface(w, &r->ifaces[r->n_ifaces - 1]))
			map_iface(w);
	}
	return w->next;
}

/* The header of a pcap file of our own. */
static int begin_pcap(struct pkw_writer *w, const struct pkw_iface *i)
{
	struct pkw__pcap *l = &w->pcap;
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
	return 0;
}

/* Writes the pcap header at once: an empty capture is a capture. */
static int put_head(struct pkw_writer *w)
{
	if (!copy(w, w->pcap.head, w->pcap.head_len))
		return w->err;
	w->begun = w->heading = 1;
	int e = emit(w);
	w->heading = 0;
	return e;
}

static int pcap_link(struct pkw_writer *w, const struct pkw_iface *i,
    struct pkw_diag *d)
{
	if (!w->begun) {
		begin_pcap(w, i);
		return put_head(w) < 0 ? report(w, d) : 0;
	}
	if (i->link == w->link)
		return 0;
	pkw_fail(d, -PKW_ETYPE, "a pcap file has one link type: this one has "
	    "%u, no frames of %u; pcapng can hold both", w->link, i->link);
	name_file(w, d);
	return -PKW_ETYPE;
}

static int bad_time(const struct pkw_writer *w, const struct pkw_frame *f,
    const char *why, struct pkw_diag *d)
{
	pkw_fail(d, -PKW_ERANGE, "the time %lld s does not fit %s",
	    (long long)(f->ts_ns / giga), why);
	name_file(w, d);
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
	size_t head = w->pcap.record_len;
	uint8_t *p = room(w, head + f->caplen);
	if (!p)
		return report(w, d);
	pkw__pcap_encode(&w->pcap, f, w->second, (uint32_t)ns, p);
	if (f->caplen)
		memcpy(p + head, f->data, f->caplen);
	w->len += head + f->caplen;
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
		name_file(w, d);
		return -PKW_EMSGSIZE;
	}
	int64_t n = find_iface(w, f);
	if (n < 0)
		return report(w, d);
	if (!(f->flags & PKW_FRAME_NO_TIME) &&
	    pkw__clock_stamp(&w->ifaces[n].i.clock, f->ts_ns, &stamp) < 0)
		return bad_time(w, f, "its interface's unit and offset", d);
	uint8_t *p = room(w, pkw__packet_room(f));
	if (!p)
		return report(w, d);
	if (fits_simple(w, f, n))
		w->len += pkw__simple_put(p, f, w->swap);
	else
		w->len += pkw__packet_put(p, f, (uint32_t)n, stamp, w->swap);
	return 0;
}

static int too_long(const struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	pkw_fail(d, -PKW_EMSGSIZE, "a packet of %u bytes is over the limit of "
	    "64 MiB", f->caplen);
	name_file(w, d);
	return -PKW_EMSGSIZE;
}

/* The frame as a record of the source, unless it was changed. */
static const uint8_t *unchanged(const struct pkw_writer *w,
    const struct pkw_frame *f, size_t *len)
{
	if (!w->continuing || w->shifted)
		return NULL;
	return w->ng ? pkw__ng_record(w->src, f, len)
		     : pkw__pcap_record(w->src, f, len);
}

int pkw_writer_put(struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d)
{
	size_t len;

	if (w->err) {
		w->lost++;
		return report(w, d);
	}
	const uint8_t *p = unchanged(w, f, &len);
	if (p) {
		/* counted first: writing the run may fail and count it lost */
		w->written++;
		w->pending++;
		keep(w, p, len);
	} else {
		int e = f->caplen > MAX_PACKET ? too_long(w, f, d)
		    : w->ng ? put_ng(w, f, d) : put_pcap(w, f, d);
		if (e < 0) {
			w->lost += w->err != 0;
			return e;
		}
		w->written++;
		w->pending++;
	}
	w->last_ns = f->ts_ns;
	if (w->unbuffered)
		emit(w);
	return w->err ? report(w, d) : 0;
}

int pkw_writer_iface(struct pkw_writer *w, const struct pkw_iface *i,
    struct pkw_diag *d)
{
	if (w->err)
		return report(w, d);
	if (!w->ng) {
		int e = pcap_link(w, i, d);
		return e < 0 ? e : 0;
	}
	struct out_iface *out = put_iface(w, i);
	if (!out)
		return report(w, d);
	uint32_t number = w->n_ifaces - 1;
	if (w->continuing) {
		/* the small numbers are the source's */
		out->number = number |= OWN_NUMBER;
		out->numbered = 1;
	} else {
		number = w->n_map;
		map_iface(w);
	}
	return emit(w) < 0 ? report(w, d) : (int)number;
}

static int bad_copy(const struct pkw_writer *w, const char *why,
    struct pkw_diag *d)
{
	pkw_fail(d, -PKW_EINVAL, "cannot copy the block: %s", why);
	name_file(w, d);
	return -PKW_EINVAL;
}

int pkw_writer_block(struct pkw_writer *w, const struct pkw_block *b,
    struct pkw_diag *d)
{
	int swap = b->big_endian ^ host_is_big();

	if (w->err)
		return report(w, d);
	if (!w->ng)
		return 0;
	if (b->len < 12 || pkw__ng_span(b->bytes, b->len, swap) != b->len ||
	    get32(b->bytes + b->len - 4, swap) != b->len ||
	    (b->type == BLOCK_IFACE && b->len < 20))
		return bad_copy(w, "its length is wrong", d);
	if (b->type == BLOCK_SECTION) {
		forget_section(w);
		w->swap = swap;
	} else if (swap != w->swap) {
		return bad_copy(w, "its byte order is not the section's", d);
	} else if (!w->begun &&
	    put_section(w, &(struct pkw_writer_opts){ 0 }) < 0) {
		return report(w, d);
	}
	if (!copy(w, b->bytes, b->len))
		return report(w, d);
	w->begun = 1;
	if (b->type == BLOCK_IFACE) {
		struct pkw__iface i = { 0 };
		pkw__ng_parse_iface(&i, b->bytes, b->len, swap);
		if (!add_iface(w, &i) || map_iface(w) < 0)
			return report(w, d);
	}
	return 0;
}

int pkw_writer_stats(struct pkw_writer *w, uint32_t ifindex,
    uint64_t received, uint64_t dropped, uint64_t os_dropped)
{
	struct out_iface *i = NULL;

	if (!w->ng)
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
	return emit(w) < 0 ? report(w, d) : 0;
}

void pkw_writer_counts(const struct pkw_writer *w, uint64_t *written,
    uint64_t *lost)
{
	*written = w->written;
	*lost = w->lost;
}

static void leave_source(struct pkw_writer *w)
{
	struct pkw_writer **at = w->src ? &w->src->writers : NULL;

	while (at && *at && *at != w)
		at = &(*at)->next;
	if (at && *at)
		*at = w->next;
}

/* A file in which nothing was put is still a capture. */
static void put_empty(struct pkw_writer *w)
{
	const struct pkw_iface *i = w->src ? pkw_reader_iface(w->src, 0) : NULL;

	if (w->ng) {
		put_section(w, &(struct pkw_writer_opts){ 0 });
	} else {
		begin_pcap(w, i ? i : &(struct pkw_iface){ .link = 1 });
		put_head(w);
	}
}

int pkw_writer_close(struct pkw_writer *w, struct pkw_diag *d)
{
	if (!w)
		return 0;
	if (!w->err && !w->begun)
		put_empty(w);
	put_stats(w);
	emit(w);
	leave_source(w);
	int closed = pkw__sink_fini(&w->sink);
	if (closed < 0 && !w->err)
		stick(w, pkw_fail(&w->diag, closed, "cannot write: %s",
		    pkw_strerror(closed)));
	int e = w->err ? report(w, d) : 0;
	free(w->buf);
	free(w->ifaces);
	free(w->map);
	free(w);
	return e;
}

static int ends_in(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && memcmp(name + len - n, suffix, n) == 0;
}

/* What the name says, where the options leave it open. */
static void choose(struct pkw_writer *w, const char *name,
    const struct pkw_writer_opts *o, enum pkw_format *format,
    enum pkw__packing *packing)
{
	size_t len = strlen(name);

	*packing = PKW__PLAIN;
	if (ends_in(name, len, ".gz")) {
		*packing = PKW__GZIP;
		len -= strlen(".gz");
	} else if (ends_in(name, len, ".zst")) {
		*packing = PKW__ZSTD;
		len -= strlen(".zst");
	}
	if (o->flags & PKW_WRITE_PLAIN)
		*packing = PKW__PLAIN;
	else if (o->flags & PKW_WRITE_GZIP)
		*packing = PKW__GZIP;
	else if (o->flags & PKW_WRITE_ZSTD)
		*packing = PKW__ZSTD;
	*format = o->format;
	if (*format == PKW_FORMAT_AUTO && w->src)
		*format = pkw_reader_format(w->src);
	else if (*format == PKW_FORMAT_AUTO)
		*format = ends_in(name, len, ".pcapng") ||
		    ends_in(name, len, ".ntar")
		    ? PKW_FORMAT_PCAPNG : PKW_FORMAT_PCAP;
}

/* The header, if it is known by now. */
static int begin_file(struct pkw_writer *w, const struct pkw_writer_opts *o)
{
	const struct pkw_reader *r = w->src;

	if (w->continuing && !w->ng) {
		w->pcap = r->pcap;
		w->link = r->link;
		return put_head(w);
	}
	if (w->continuing)
		w->swap = w->batch_swap = r->swap;
	if (!w->ng || (w->continuing && !r->begun))
		return 0; /* pcap must know the link type; or it comes by */
	put_section(w, o);
	/* the source's first blocks have gone by: its interfaces are needed */
	for (uint32_t n = 0; w->continuing && n < r->n_ifaces; n++) {
		const struct pkw_iface *i = &r->ifaces[n].pub;
		uint8_t *p = room(w, pkw__iface_room(i));
		if (!p)
			return w->err;
		w->len += pkw__iface_put(p, i, w->swap);
		if (!add_iface(w, &r->ifaces[n]) || map_iface(w) < 0)
			return w->err;
	}
	return emit(w);
}

static struct pkw_writer *refuse(struct pkw_writer *w, struct pkw_diag *d)
{
	report(w, d);
	pkw_writer_close(w, NULL);
	return NULL;
}

static struct pkw_writer *new_writer(int fd, int owned, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	struct pkw_writer *w = calloc(1, sizeof *w);
	enum pkw_format format;
	enum pkw__packing packing;

	if (!w) {
		if (owned)
			close(fd);
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	snprintf(w->name, sizeof w->name, "%s", name);
	w->src = o->source;
	choose(w, name, o, &format, &packing);
	w->ng = format == PKW_FORMAT_PCAPNG;
	w->continuing = w->src && format == pkw_reader_format(w->src) &&
	    (o->format == PKW_FORMAT_AUTO || w->ng ||
	    pkw__pcap_standard(&w->src->pcap));
	w->pcap = (struct pkw__pcap){ .head_len = 24, .record_len = 16,
		.unit = format == PKW_FORMAT_PCAP_NS ? 1 : 1000 };
	w->unbuffered = (o->flags & PKW_WRITE_UNBUFFERED) != 0;
	int e = pkw__sink_init(&w->sink, fd, owned, packing, o->level,
	    &w->diag);
	if (e < 0) {
		stick(w, e);
		return refuse(w, d);
	}
	w->buf = malloc(BATCH);
	if (!w->buf) {
		no_memory(w);
		return refuse(w, d);
	}
	w->cap = BATCH;
	if (w->src) {
		w->next = w->src->writers;
		w->src->writers = w;
	}
	return begin_file(w, o) < 0 ? refuse(w, d) : w;
}

/* Whether fd is the very file the source is read from. */
static int is_source(int fd, const struct pkw_reader *r)
{
	struct stat a, b;

	return r && r->src.regular && fstat(fd, &a) == 0 &&
	    fstat(r->src.fd, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino;
}

static struct pkw_writer *open_fd(int fd, int owned, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	static const struct pkw_writer_opts usual;
	struct stat st;
	int e = 0;

	if (!o)
		o = &usual;
	if (is_source(fd, o->source))
		e = pkw_fail(d, -PKW_EINVAL, "this file is the one being read; "
		    "write to another and rename it");
	else if (owned && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    ftruncate(fd, 0) < 0)
		e = pkw_fail(d, -errno, "cannot empty the file: %s",
		    pkw_strerror(errno));
	if (e == 0)
		return new_writer(fd, owned, name, o, d);
	if (d)
		snprintf(d->file, sizeof d->file, "%s", name);
	if (owned)
		close(fd);
	return NULL;
}

struct pkw_writer *pkw_writer_open(const char *path,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	if (strcmp(path, "-") == 0)
		return open_fd(STDOUT_FILENO, 0, "standard output", o, d);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0)
		return open_fd(fd, 1, path, o, d);
	pkw_fail(d, -errno, "cannot open for writing: %s",
	    pkw_strerror(errno));
	if (d)
		snprintf(d->file, sizeof d->file, "%s", path);
	return NULL;
}

struct pkw_writer *pkw_writer_open_fd(int fd, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	return open_fd(fd, 0, name, o, d);
}
