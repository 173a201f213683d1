/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of a packet, draft-ietf-opsawg-pcapng §3.5 and §4.3.1: code, length
 * and value, padded to 32 bits, up to the block's end or option 0.  The reader
 * lends them as they stand and looks for three which become members of the
 * frame: the first comment, the flags and the drop count.
 *
 * On the way out these members win over what the options say, so that a program
 * sets them and need not know about options.  All others go along in their
 * order; if the byte order changes, those are turned round which are known to
 * be numbers.
 */
#include "reader.h"
#include "wire.h"

enum code {
	END = 0,
	COMMENT = 1,
	FLAGS = 2,
	DROPS = 4,
	PACKET_ID = 5,
	QUEUE = 6,
	CUSTOM_TEXT = 2988, /* a 32-bit enterprise number and anything behind */
	CUSTOM_BYTES = 2989,
	CUSTOM_TEXT_NOCOPY = 19372,
	CUSTOM_BYTES_NOCOPY = 19373
};

static int swapped(const struct pkw_frame *f)
{
	return ((f->flags & PKW_FRAME_OPTIONS_BE) != 0) ^ host_is_big();
}

/* As pkw_option_next(), but -1 for an option which is not whole. */
static int option_at(const struct pkw_frame *f, uint32_t *at, int swap,
    struct pkw_option *o)
{
	uint32_t left = f->options_len - *at;
	const uint8_t *p = f->options + *at;

	if (left == 0)
		return 0;
	if (left < 4)
		return -1;
	struct pkw_option v = { get16(p, swap), get16(p + 2, swap), p + 4 };
	if (v.code == END)
		return 0;
	if (pad4(v.len) > left - 4)
		return -1;
	*o = v;
	*at += 4 + pad4(v.len);
	return 1;
}

int pkw_option_next(const struct pkw_frame *f, uint32_t *at,
    struct pkw_option *o)
{
	if (!f->options || *at > f->options_len)
		return 0;
	return option_at(f, at, swapped(f), o) > 0;
}

static uint32_t text_len(const struct pkw_option *o)
{
	const void *nul = o->len ? memchr(o->value, 0, o->len) : NULL;

	return nul ? (uint32_t)((const uint8_t *)nul - o->value) : o->len;
}

/* The drop count is 64 bits wide, the frame's is not. */
static uint32_t drops_of(const struct pkw_option *o, int swap)
{
	uint64_t v = get64(o->value, swap);

	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

void pkw__options_scan(struct pkw_frame *f)
{
	int e, swap = swapped(f);
	uint32_t at = 0, flags = 0;
	struct pkw_option o;

	while ((e = option_at(f, &at, swap, &o)) > 0) {
		if (o.code == COMMENT && !f->comment) {
			f->comment = (const char *)o.value;
			f->comment_len = text_len(&o);
		} else if (o.code == FLAGS && o.len == 4) {
			flags = get32(o.value, swap);
		} else if (o.code == DROPS && o.len == 8) {
			f->dropped = drops_of(&o, swap);
		}
	}
	f->options_len = at;
	f->flags |= flags & ~(uint32_t)PKW_FRAME__OURS;
	if (e < 0)
		f->flags |= PKW_FRAME_OPTIONS_BAD;
}

static uint8_t *put_option(uint8_t *p, uint16_t code, const void *value,
    uint16_t len, int swap)
{
	p = put16(p, code, swap);
	p = put16(p, len, swap);
	memset(p + len, 0, pad4(len) - len);
	memcpy(p, value, len);
	return p + pad4(len);
}

static uint8_t *put_comment(uint8_t *p, const struct pkw_frame *f, int swap)
{
	return put_option(p, COMMENT, f->comment, (uint16_t)f->comment_len,
	    swap);
}

static uint8_t *put_flags(uint8_t *p, const struct pkw_frame *f, int swap)
{
	uint8_t v[4];

	put32(v, f->flags & ~(uint32_t)PKW_FRAME__OURS, swap);
	return put_option(p, FLAGS, v, sizeof v, swap);
}

static uint8_t *put_drops(uint8_t *p, uint64_t drops, int swap)
{
	uint8_t v[8];

	put64(v, drops, swap);
	return put_option(p, DROPS, v, sizeof v, swap);
}

/* One option as it stands, its numbers turned round if `turn'. */
static uint8_t *copy_option(uint8_t *p, const struct pkw_option *o, int swap,
    int turn)
{
	uint8_t *value = p + 4;

	p = put_option(p, o->code, o->value, o->len, swap);
	if (!turn)
		return p;
	switch (o->code) {
	case QUEUE:
	case CUSTOM_TEXT:
	case CUSTOM_BYTES:
	case CUSTOM_TEXT_NOCOPY:
	case CUSTOM_BYTES_NOCOPY:
		if (o->len >= 4)
			put32(value, get32(value, 1), 0);
		break;
	case PACKET_ID:
		if (o->len == 8)
			put64(value, get64(value, 1), 0);
		break;
	}
	return p;
}

/* Whether the comment is the one found in the options, or else a new one. */
static int comment_inside(const struct pkw_frame *f)
{
	uintptr_t p = (uintptr_t)f->comment, q = (uintptr_t)f->options;

	return f->options && p >= q && p <= q + f->options_len;
}

size_t pkw__options_room(const struct pkw_frame *f)
{
	size_t comment = f->comment ? 4 + pad4(f->comment_len) : 0;

	return comment + 8 + 12 + 4 + (f->options ? f->options_len : 0);
}

size_t pkw__options_put(const struct pkw_frame *f, int swap, uint8_t *p)
{
	const uint8_t *begin = p;
	int turn = swapped(f) != swap, keep = comment_inside(f);
	int had_flags = 0, had_drops = 0;
	uint32_t at = 0;
	struct pkw_option o;

	if (f->comment && !keep)
		p = put_comment(p, f, swap);
	while (pkw_option_next(f, &at, &o)) {
		if (o.code == COMMENT && !keep)
			continue;
		if (o.code == FLAGS && o.len == 4) {
			p = had_flags++ ? p : put_flags(p, f, swap);
		} else if (o.code == DROPS && o.len == 8) {
			uint64_t v = get64(o.value, swapped(f));
			/* more than 32 bits are kept unless changed */
			if (drops_of(&o, swapped(f)) != f->dropped)
				v = f->dropped;
			p = had_drops++ ? p : put_drops(p, v, swap);
		} else {
			p = copy_option(p, &o, swap, turn);
		}
	}
	if (!had_flags && f->flags & ~(uint32_t)PKW_FRAME__OURS)
		p = put_flags(p, f, swap);
	if (!had_drops && f->dropped)
		p = put_drops(p, f->dropped, swap);
	if (p == begin)
		return 0;
	p = put32(p, END, swap);
	return (size_t)(p - begin);
}
