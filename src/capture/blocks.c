/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng blocks as we write them, draft-ietf-opsawg-pcapng §4.  begin() leaves
 * room for type and length, end() fills them in when the body is there.  The
 * byte order is the section's: ours, or the one of the file being continued.
 */
#include "blocks.h"
#include "wire.h"

enum { OPTION_MAX = 65532 }; /* a multiple of 4, as the padding adds to it */

static uint8_t *begin(uint8_t *p)
{
	return p + 8;
}

static size_t end(uint8_t *block, uint8_t *p, uint32_t type, int swap)
{
	uint32_t len = (uint32_t)(p - block) + 4;

	put32(block, type, swap);
	put32(block + 4, len, swap);
	put32(p, len, swap);
	return len;
}

static uint8_t *put_option(uint8_t *p, uint16_t code, const void *value,
    size_t len, int swap)
{
	p = put16(p, code, swap);
	p = put16(p, (uint16_t)len, swap);
	memset(p, 0, pad4((uint32_t)len));
	memcpy(p, value, len);
	return p + pad4((uint32_t)len);
}

static uint8_t *put_option64(uint8_t *p, uint16_t code, uint64_t v, int swap)
{
	uint8_t value[8];

	put64(value, v, swap);
	return put_option(p, code, value, sizeof value, swap);
}

static size_t text_len(const char *s)
{
	return s ? strnlen(s, OPTION_MAX) : 0;
}

static uint8_t *put_text(uint8_t *p, uint16_t code, const char *s, int swap)
{
	size_t n = text_len(s);

	return n ? put_option(p, code, s, n, swap) : p;
}

static uint8_t *end_options(uint8_t *options, uint8_t *p)
{
	/* a list that has none needs no end either */
	return p == options ? p : put32(p, 0, 0);
}

static size_t text_room(const char *s)
{
	return 8 + text_len(s);
}

size_t pkw__section_room(const struct pkw_writer_opts *o)
{
	return 32 + text_room(o->app) + text_room(o->os) +
	    text_room(o->hardware) + text_room(o->comment);
}

size_t pkw__section_put(uint8_t *block, const struct pkw_writer_opts *o,
    int swap)
{
	uint8_t *p = begin(block);

	p = put32(p, BLOCK_MAGIC, swap);
	p = put16(p, 1, swap);
	p = put16(p, 0, swap);
	p = put64(p, UINT64_MAX, swap); /* the section's length: not known */
	uint8_t *options = p;
	p = put_text(p, 1, o->comment, swap);
	p = put_text(p, 2, o->hardware, swap);
	p = put_text(p, 3, o->os, swap);
	p = put_text(p, 4, o->app, swap);
	p = end_options(options, p);
	return end(block, p, BLOCK_SECTION, swap);
}

size_t pkw__iface_room(const struct pkw_iface *i)
{
	return 20 + text_room(i->name) + text_room(i->description) + 8 + 8 +
	    12 + 4;
}

size_t pkw__iface_put(uint8_t *block, const struct pkw_iface *i, int swap)
{
	uint8_t *p = begin(block);

	p = put16(p, i->link, swap);
	p = put16(p, 0, swap);
	p = put32(p, i->snaplen, swap);
	uint8_t *options = p;
	p = put_text(p, 2, i->name, swap);
	p = put_text(p, 3, i->description, swap);
	p = put_option(p, 9, &i->tsresol, 1, swap);
	if (i->fcs)
		p = put_option(p, 13, &i->fcs, 1, swap);
	if (i->tsoffset)
		p = put_option64(p, 14, (uint64_t)i->tsoffset, swap);
	p = end_options(options, p);
	return end(block, p, BLOCK_IFACE, swap);
}

size_t pkw__packet_room(const struct pkw_frame *f)
{
	return 32 + (size_t)pad4(f->caplen) + pkw__options_room(f);
}

static uint8_t *put_data(uint8_t *p, const struct pkw_frame *f)
{
	uint32_t padded = pad4(f->caplen);

	if (padded)
		put32(p + padded - 4, 0, 0);
	if (f->caplen)
		memcpy(p, f->data, f->caplen);
	return p + padded;
}

size_t pkw__packet_put(uint8_t *block, const struct pkw_frame *f,
    uint32_t ifindex, uint64_t stamp, int swap)
{
	uint8_t *p = begin(block);

	p = put32(p, ifindex, swap);
	p = put32(p, (uint32_t)(stamp >> 32), swap);
	p = put32(p, (uint32_t)stamp, swap);
	p = put32(p, f->caplen, swap);
	p = put32(p, f->len, swap);
	p = put_data(p, f);
	if (f->options || f->comment || f->dropped ||
	    f->flags & ~(uint32_t)PKW_FRAME__OURS)
		p += pkw__options_put(f, swap, p);
	return end(block, p, BLOCK_ENHANCED, swap);
}

size_t pkw__simple_put(uint8_t *block, const struct pkw_frame *f, int swap)
{
	uint8_t *p = begin(block);

	p = put32(p, f->len, swap);
	p = put_data(p, f);
	return end(block, p, BLOCK_SIMPLE, swap);
}

size_t pkw__stats_put(uint8_t *block, const struct pkw_iface *i,
    uint32_t ifindex, uint64_t stamp, int swap)
{
	uint8_t *p = begin(block);

	p = put32(p, ifindex, swap);
	p = put32(p, (uint32_t)(stamp >> 32), swap);
	p = put32(p, (uint32_t)stamp, swap);
	p = put_option64(p, 4, i->received, swap);
	p = put_option64(p, 5, i->dropped, swap);
	p = put_option64(p, 7, i->os_dropped, swap);
	p = put32(p, 0, swap);
	return end(block, p, BLOCK_STATS, swap);
}
