/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng files, draft-ietf-opsawg-pcapng: a row of blocks,
 *
 *	type  total length  body, padded to 32 bits  total length
 *
 * grouped in sections.  A section header sets the byte order of all numbers
 * behind it and forgets the interfaces described before it.  Packets name their
 * interface by its number in the section, from which they have link type, unit
 * of time and length of the FCS.
 *
 * Packet blocks come in three kinds: enhanced, simple (no time, no interface
 * but the first) and the obsolete one.  All others are passed on as they stand,
 * known or not, to whoever asked and to writers that continue the file; only
 * interfaces and their statistics are looked into here.
 *
 * What makes a block's extent doubtful ends the reading: lengths that disagree,
 * are no multiple of four or too small for what must be inside.  A faulty
 * option list does not: what is before the fault is used.
 */
#include "reader.h"
#include "wire.h"

#include <stdio.h>

enum { OUTSIDE = 12, SECTION_MIN = 28, BLOCK_MAX = MAX_PACKET + MAX_OPTIONS };

static unsigned long long here(const struct pkw_reader *r)
{
	return (unsigned long long)pkw_reader_offset(r);
}

static int bad_block(struct pkw_reader *r, const char *why)
{
	return pkw__reader_stick(r, pkw_fail(&r->diag, -PKW_EFORMAT,
	    "the block at byte %llu makes no sense: %s", here(r), why));
}

static int too_long(struct pkw_reader *r, const char *what, uint32_t len,
    uint32_t limit)
{
	return pkw__reader_stick(r, pkw_fail(&r->diag, -PKW_ELIMIT,
	    "the block at byte %llu claims %s of %u bytes, over the limit of "
	    "%u: damaged?", here(r), what, len, limit));
}

/* Byte order of the section whose header is at p: 0, 1 swapped, -1 neither. */
static int section_order(const uint8_t *p)
{
	for (int swap = 0; swap < 2; swap++)
		if (get32(p + 8, swap) == BLOCK_MAGIC)
			return swap;
	return -1;
}

size_t pkw__ng_span(const uint8_t *p, size_t n, int swap)
{
	if (n < OUTSIDE)
		return 0;
	if (get32(p, 0) == BLOCK_SECTION)
		swap = section_order(p);
	if (swap < 0)
		return 0;
	uint32_t len = get32(p + 4, swap);
	return len < OUTSIDE || len % 4 ? 0 : len;
}

/* Walks options in a block: 1 and the next one at *p, 0 at the end. */
static int next_option(const uint8_t **p, const uint8_t *end, int swap,
    struct pkw_option *o)
{
	if (end - *p < 4)
		return 0;
	o->code = get16(*p, swap);
	o->len = get16(*p + 2, swap);
	o->value = *p + 4;
	if (o->code == 0 || (size_t)(end - o->value) < pad4(o->len))
		return 0;
	*p += 4 + pad4(o->len);
	return 1;
}

static void set_text(char *to, size_t size, const struct pkw_option *o)
{
	snprintf(to, size, "%.*s", (int)o->len, (const char *)o->value);
}

void pkw__ng_parse_iface(struct pkw__iface *i, const uint8_t *p, size_t len,
    int swap)
{
	const uint8_t *at = p + 16, *end = p + len - 4;
	struct pkw_option o;

	i->pub.link = get16(p + 8, swap);
	i->pub.snaplen = get32(p + 12, swap);
	i->pub.tsresol = 6;
	while (next_option(&at, end, swap, &o)) {
		if (o.code == 2)
			set_text(i->pub.name, sizeof i->pub.name, &o);
		else if (o.code == 3)
			set_text(i->pub.description,
			    sizeof i->pub.description, &o);
		else if (o.code == 9 && o.len >= 1)
			i->pub.tsresol = o.value[0];
		else if (o.code == 13 && o.len >= 1)
			i->pub.fcs = o.value[0];
		else if (o.code == 14 && o.len >= 8)
			i->pub.tsoffset = (int64_t)get64(o.value, swap);
	}
	pkw__clock_init(&i->clock, i->pub.tsresol, i->pub.tsoffset);
}

static int add_iface(struct pkw_reader *r, const uint8_t *p, uint32_t len)
{
	if (len < OUTSIDE + 8)
		return bad_block(r, "too short for an interface");
	if (r->n_ifaces == MAX_IFACES)
		return pkw__reader_stick(r, pkw_fail(&r->diag, -PKW_ELIMIT,
		    "the block at byte %llu describes one interface too many, "
		    "after %u", here(r), r->n_ifaces));
	struct pkw__iface *i = pkw__reader_add_iface(r);
	if (!i)
		return r->err;
	pkw__ng_parse_iface(i, p, len, r->swap);
	return 0;
}

static void take_stats(struct pkw_reader *r, const uint8_t *p, uint32_t len)
{
	const uint8_t *at = p + 20, *end = p + len - 4;
	struct pkw_option o;

	if (len < OUTSIDE + 12 || get32(p + 8, r->swap) >= r->n_ifaces)
		return;
	struct pkw_iface *i = &r->ifaces[get32(p + 8, r->swap)].pub;
	while (next_option(&at, end, r->swap, &o)) {
		if (o.len < 8)
			continue;
		uint64_t v = get64(o.value, r->swap);
		if (o.code == 4)
			i->received = v;
		else if (o.code == 5)
			i->dropped = v;
		else if (o.code == 7)
			i->os_dropped = v;
	}
}

static int begin_section(struct pkw_reader *r, const uint8_t *p, uint32_t len)
{
	if (len < SECTION_MIN)
		return bad_block(r, "too short for a section header");
	if (get16(p + 12, r->swap) != 1)
		return bad_block(r, "a section of a version other than 1");
	r->n_ifaces = 0;
	return 0;
}

/* A block which is no packet: takes from it what is needed and shows it. */
static int pass_block(struct pkw_reader *r, const uint8_t *p, uint32_t type,
    uint32_t len)
{
	int e = 0;

	if (type == BLOCK_SECTION)
		e = begin_section(r, p, len);
	else if (type == BLOCK_IFACE)
		e = add_iface(r, p, len);
	else if (type == BLOCK_STATS)
		take_stats(r, p, len);
	if (e < 0)
		return e;
	r->at += len;
	r->begun = 1;
	for (struct pkw_writer *w = r->writers; w;)
		w = pkw__writer_pass(w, p, len, type);
	if (!r->on_block)
		return 0;
	struct pkw_block b = { type, len, p, r->swap ^ host_is_big() };
	e = r->on_block(r->on_block_arg, &b);
	if (e < 0) {
		pkw_fail(&r->diag, e, "%s", pkw_strerror(e));
		snprintf(r->diag.file, sizeof r->diag.file, "%s", r->name);
	}
	return e;
}

static int is_packet(uint32_t type)
{
	return type == BLOCK_ENHANCED || type == BLOCK_SIMPLE ||
	    type == BLOCK_PACKET;
}

/* Bytes before the packet, the total length behind it not counted. */
static uint32_t head_of(uint32_t type)
{
	return type == BLOCK_SIMPLE ? 12 : 28;
}

/* How much a simple packet block holds is told by its interface. */
static uint32_t simple_caplen(const struct pkw_reader *r, const uint8_t *p)
{
	uint32_t len = get32(p + 8, r->swap);
	uint32_t snaplen = r->n_ifaces ? r->ifaces->pub.snaplen : 0;

	return snaplen && snaplen < len ? snaplen : len;
}

static uint32_t caplen_of(const struct pkw_reader *r, const uint8_t *p,
    uint32_t type)
{
	return type == BLOCK_SIMPLE ? simple_caplen(r, p)
				    : get32(p + 20, r->swap);
}

/* Bytes of FCS which are still at the end of the data. */
static uint32_t fcs_left(uint32_t fcs, const struct pkw_frame *f)
{
	uint32_t cut = f->len > f->caplen ? f->len - f->caplen : 0;

	fcs = fcs > cut ? fcs - cut : 0;
	return fcs << 5 & PKW_FRAME_FCS_MASK;
}

/* Makes a frame of a whole packet block: NULL, or what is wrong with it. */
static inline const char *decode(const struct pkw_reader *r, uint8_t *p,
    uint32_t type, uint32_t total, struct pkw_frame *f)
{
	uint32_t head = head_of(type), caplen, index = 0, dropped = 0;
	int swap = r->swap;

	if (total < head + 4)
		return "too short for a packet";
	caplen = caplen_of(r, p, type);
	if (caplen > total - head - 4)
		return "the packet is longer than its block";
	if (type == BLOCK_ENHANCED) {
		index = get32(p + 8, swap);
	} else if (type == BLOCK_PACKET) {
		index = get16(p + 8, swap);
		dropped = get16(p + 10, swap);
		if (dropped == 0xffff) /* not known */
			dropped = 0;
	}
	if (index >= r->n_ifaces)
		return "its interface was not described";
	const struct pkw__iface *i = &r->ifaces[index];
	*f = (struct pkw_frame){
		.data = p + head,
		.caplen = caplen,
		.len = get32(p + head - 4, swap),
		.link = i->pub.link,
		.ifindex = index,
		.dropped = dropped,
	};
	if (type == BLOCK_SIMPLE) {
		f->flags = PKW_FRAME_NO_TIME;
	} else {
		uint64_t stamp = (uint64_t)get32(p + 12, swap) << 32 |
		    get32(p + 16, swap);
		f->ts_ns = clock_ns(&i->clock, stamp);
		uint32_t behind = head + pad4(caplen);
		if (behind < total - 4) {
			f->options = p + behind;
			f->options_len = total - 4 - behind;
			f->flags = swap ^ host_is_big()
			    ? (uint32_t)PKW_FRAME_OPTIONS_BE : 0;
			pkw__options_scan(f);
		}
	}
	if (i->pub.fcs && !PKW_FRAME_FCS(f->flags))
		f->flags |= fcs_left(i->pub.fcs, f);
	return NULL;
}

/* Refuses a block by its first bytes, before all of it is waited for. */
static int check_lengths(struct pkw_reader *r, const uint8_t *p, size_t left,
    uint32_t type, uint32_t total)
{
	if (total < OUTSIDE)
		return bad_block(r, "its length is less than 12");
	if (total % 4)
		return bad_block(r, "its length is no multiple of 4");
	if (!is_packet(type))
		return total > BLOCK_MAX
		    ? too_long(r, "a length", total, BLOCK_MAX) : 0;
	if (left >= head_of(type) && total >= head_of(type) + 4) {
		uint32_t caplen = caplen_of(r, p, type);
		if (caplen > r->limit)
			return too_long(r, "a packet", caplen, r->limit);
	}
	if (total > r->limit + MAX_OPTIONS)
		return too_long(r, "a length", total, r->limit + MAX_OPTIONS);
	return 0;
}

/* The block at r->at, made whole: 1, 0 at the end of the file, or an error. */
static int whole_block(struct pkw_reader *r, uint32_t *type, uint32_t *total)
{
	for (;;) {
		const uint8_t *p = r->at;
		size_t left = (size_t)(r->end - p);
		uint64_t want = OUTSIDE;
		if (left >= OUTSIDE) {
			*type = get32(p, r->swap);
			if (*type == BLOCK_SECTION) {
				int swap = section_order(p);
				if (swap < 0)
					return bad_block(r, "a section header "
					    "without its byte-order magic");
				r->swap = (uint8_t)swap;
			}
			want = *total = get32(p + 4, r->swap);
			int e = check_lengths(r, p, left, *type, *total);
			if (e < 0)
				return e;
			if (left >= want)
				break;
		}
		int e = pkw__reader_more(r, want, "block");
		if (e <= 0)
			return e;
	}
	if (get32(r->at + *total - 4, r->swap) != *total)
		return bad_block(r, "the lengths at its ends differ");
	return 1;
}

/*
 * What most blocks are: an enhanced packet in our byte order, whole, without
 * options, of an interface without surprises.  Leaves all others alone.
 */
static inline int quick_step(struct pkw_reader *r, struct pkw_frame *f)
{
	enum { HEAD = 28, MIN = HEAD + 4 };
	uint8_t *p = r->at;
	size_t left = (size_t)(r->end - p);

	if (left < MIN || r->swap || get32(p, 0) != BLOCK_ENHANCED)
		return 0;
	uint32_t total = get32(p + 4, 0), index = get32(p + 8, 0);
	uint32_t caplen = get32(p + 20, 0);
	if (total > left || caplen > r->limit || index >= r->n_ifaces ||
	    total != MIN + pad4(caplen) || get32(p + total - 4, 0) != total)
		return 0;
	const struct pkw__iface *i = &r->ifaces[index];
	if (!i->clock.mul || i->pub.fcs)
		return 0;
	prefetch(p);
	uint64_t stamp = (uint64_t)get32(p + 12, 0) << 32 | get32(p + 16, 0);
	*f = (struct pkw_frame){
		.data = p + HEAD,
		.caplen = caplen,
		.len = get32(p + 24, 0),
		.ts_ns = (int64_t)(stamp * i->clock.mul +
		    (uint64_t)i->clock.offset),
		.link = i->pub.link,
		.ifindex = index,
	};
	r->at = p + total;
	return 1;
}

static int slow_step(struct pkw_reader *r, struct pkw_frame *f)
{
	uint32_t type, total;

	for (;;) {
		int e = whole_block(r, &type, &total);
		if (e <= 0)
			return e;
		if (is_packet(type))
			break;
		e = pass_block(r, r->at, type, total);
		if (e < 0)
			return e;
	}
	prefetch(r->at);
	const char *why = decode(r, r->at, type, total, f);
	if (why)
		return bad_block(r, why);
	r->at += total;
	return 1;
}

int pkw__ng_step(struct pkw_reader *r, struct pkw_frame *f)
{
	return quick_step(r, f) ? 1 : slow_step(r, f);
}

/*
 * Interfaces described at the beginning, as far as the bytes at hand go, so that
 * a program knows the link type before the first packet.  Reading on begins the
 * section and describes them once more.
 */
static void look_ahead(struct pkw_reader *r)
{
	const uint8_t *p = r->at;
	size_t n = pkw__ng_span(p, (size_t)(r->end - p), r->swap);

	for (;;) {
		p += n;
		size_t left = (size_t)(r->end - p);
		n = pkw__ng_span(p, left, r->swap);
		if (n == 0 || n > left)
			return;
		uint32_t type = get32(p, r->swap);
		if (is_packet(type) || type == BLOCK_SECTION)
			return;
		if (type == BLOCK_IFACE && add_iface(r, p, (uint32_t)n) < 0)
			break;
	}
	/* what is wrong with it is told when it is that block's turn */
	r->err = 0;
}

int pkw__ng_open(struct pkw_reader *r)
{
	uint32_t type, total;

	r->ng = 1;
	r->step = pkw__ng_step;
	int e = whole_block(r, &type, &total);
	if (e < 0)
		return e;
	look_ahead(r);
	return 0;
}

/* Whether a whole block of that type begins `head' bytes before the data. */
static const uint8_t *block_of(const struct pkw_reader *r,
    const struct pkw_frame *f, uint32_t type, size_t *len)
{
	uintptr_t head = head_of(type), data = (uintptr_t)f->data;

	if (data < (uintptr_t)r->lo + head || data > (uintptr_t)r->at)
		return NULL;
	uint8_t *p = f->data - head;
	size_t left = (size_t)(r->at - p);
	if (left < head + 4 || get32(p, r->swap) != type)
		return NULL;
	uint32_t total = get32(p + 4, r->swap);
	if (total % 4 || total < OUTSIDE || total > left ||
	    get32(p + total - 4, r->swap) != total)
		return NULL;
	struct pkw_frame g;
	if (decode(r, p, type, total, &g) || memcmp(f, &g, sizeof g) != 0)
		return NULL;
	*len = total;
	return p;
}

const uint8_t *pkw__ng_record(const struct pkw_reader *r,
    const struct pkw_frame *f, size_t *len)
{
	static const uint32_t types[] = {
		BLOCK_ENHANCED, BLOCK_SIMPLE, BLOCK_PACKET
	};
	const uint8_t *p = NULL;

	for (size_t i = 0; i < sizeof types / sizeof *types && !p; i++)
		p = block_of(r, f, types[i], len);
	return p;
}
