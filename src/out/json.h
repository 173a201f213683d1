/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the JSON writer: its state, values, brackets. */
#ifndef PKW_OUT_JSON_H
#define PKW_OUT_JSON_H

/*
 * Text goes straight into the caller's string through a pen; room is asked for
 * once a record for all its fixed fields, and fixed-size copies may run over
 * what they mean to write (fast.h).
 */

#include "out/memo.h"
#include "out/pen.h"
#include "out/printer.h"

#include "base/addr.h"
#include "core/core.h"

enum {
	NAMES = 4, /* of a message that are remembered */
	LABELS_MAX = 192,
	LAYER_ROOM = 192 /* of the text around a layer's fields */
};

struct label_at {
	const char *text; /* with its key: `,"proto":"tcp"'; NULL: flags */
	uint32_t len;
	const struct plate_field *pf; /* whose value they are */
	uint64_t value;
};

#define NO_ORIGIN UINT32_MAX

/* A name, at off in the packet, and where its text is in the output. */
struct name_at {
	uint32_t off, len;
	size_t at;
};

struct json {
	struct pkw_printer *pr;
	const struct pkw_pkt *p;
	struct pen w;
	unsigned depth;  /* of packets inside packets */
	unsigned nnames; /* of this layer; the newest ones are in .names */
	uint32_t origin; /* from where its pointers count, or NO_ORIGIN */
	struct name_at names[NAMES];
	unsigned nlabels;
	struct label_at labels[LABELS_MAX];
};

/* Names of another message begin. */
PKW__INLINE void no_names(struct json *j)
{
	j->nnames = 0;
	j->origin = NO_ORIGIN;
}

#define PUT(j, text) PEN_PUT(&(j)->w, text)

PKW__INLINE int room(struct json *j, size_t n)
{
	return pen_room(&j->w, n);
}

static void put_hex(struct json *j, const uint8_t *b, size_t n)
{
	if (!room(j, 2 * n + 2 + FAST_SLACK))
		return;
	*j->w.o++ = '"';
	j->w.o = pkw__fast_hex(j->w.o, b, n);
	*j->w.o++ = '"';
}

/* 1 if none of eight bytes needs an escape: printable ASCII but for " and \.
   By words: a byte is below n if n - 1 - byte does not reach its top bit. */
PKW__INLINE int plain_word(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101, tops = ones << 7;
	uint64_t low = (x - 32 * ones) & ~x;        /* below 32 */
	uint64_t high = (x + ones) | x;             /* above 126 */
	uint64_t q = x ^ 34 * ones, s = x ^ 92 * ones;

	q = (q - ones) & ~q;
	s = (s - ones) & ~s;
	return !((low | high | q | s) & tops);
}

static int is_plain(const uint8_t *b, size_t n)
{
	uint64_t x;

	for (; n >= 8; b += 8, n -= 8) {
		memcpy(&x, b, 8);
		if (!plain_word(x))
			return 0;
	}
	/* what is left, among harmless bytes */
	x = 0x2020202020202020;
	for (size_t i = 0; i < n; i++)
		x = x << 8 | b[i];
	return plain_word(x);
}

static void put_text(struct json *j, const void *text, size_t n)
{
	const uint8_t *b = text;

	if (!room(j, 6 * n + 2 + FAST_SLACK))
		return;
	*j->w.o++ = '"';
	if (is_plain(b, n)) {
		if (n)
			memcpy(j->w.o, b, n);
		j->w.o += n;
	} else {
		pen_up(&j->w);
		pkw_str_jsonesc(j->w.out, b, n);
		pen_down(&j->w);
	}
	if (room(j, 1))
		*j->w.o++ = '"';
}

/* An integer of so many bytes at off: one load of the eight bytes that end with
   it, if so many are there in front. */
PKW__INLINE uint64_t number_at(
    const uint8_t *bytes, uint32_t off, unsigned n)
{
	uint32_t end = off + n;
	uint64_t v;

	if (PKW__UNLIKELY(end < 8))
		return load_be(bytes + off, n);
	memcpy(&v, bytes + end - 8, 8);
	return PKW__BE64(v);
}

PKW__INLINE uint64_t slot_value(
    const uint8_t *bytes, uint32_t off, const struct pkw_slot *s)
{
	uint64_t v = PKW__UNLIKELY(s->le)
	    ? load_le(bytes + off + s->off, s->bytes)
	    : number_at(bytes, off + s->off, s->bytes);

	return v >> s->shift & s->mask;
}

/* The other field's value that a label depends on. */
static uint64_t key_value(const struct json *j, const struct plate_field *pf,
    int node, const struct plate *pl, uint32_t off)
{
	const struct plate_field *kf = &pl->fields[pf->f->key];

	if (node < 0 || kf->slotted)
		return slot_value(j->p->v.bytes, off, &kf->slot);
	return pkw__field_int(j->p, node, pf->f->key);
}

PKW__INLINE void add_label(struct json *j, const char *text, uint32_t len)
{
	if (PKW__LIKELY(j->nlabels < LABELS_MAX)) {
		struct label_at *l = &j->labels[j->nlabels++];
		l->text = text;
		l->len = len;
	}
}

PKW__INLINE void note_label(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, uint32_t off, uint64_t v)
{
	uint64_t of = 0;

	if (PKW__UNLIKELY(pf->f->nlabels_by_key))
		of = key_value(j, pf, node, pl, off);
	const struct plate_label *l = plate_label(pf->labels, v, of);
	if (l)
		add_label(j, l->pair, l->pairlen);
}

PKW__INLINE void note_flags(
    struct json *j, const struct plate_field *pf, uint64_t v)
{
	const struct plate_label *l =
	    pf->labels ? plate_label(pf->labels, v, 0) : NULL;

	if (PKW__UNLIKELY(!l))
		l = pkw__plate_flags_label(&j->pr->plates, pf, v);
	if (PKW__UNLIKELY(!l && j->nlabels < LABELS_MAX)) {
		j->labels[j->nlabels].pf = pf;
		j->labels[j->nlabels].value = v;
	}
	add_label(j, l ? l->pair : NULL, l ? l->pairlen : 0);
}

static int64_t sign_extend(uint64_t v, unsigned bits)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);

	return (int64_t)((v ^ sign) - sign);
}

/* An integer's text, and its label remembered. */
PKW__INLINE void put_number(struct json *j, const struct plate *pl,
    const struct plate_field *pf, int node, uint32_t off, uint64_t v)
{
	switch ((enum plate_kind)pf->kind) {
	case PLATE_UINT:
	case PLATE_HEX:
		j->w.o = fast_u64(j->w.o, v);
		if (pf->labels)
			note_label(j, pl, pf, node, off, v);
		return;
	case PLATE_FLAGS:
		j->w.o = fast_u64(j->w.o, v);
		if (v)
			note_flags(j, pf, v);
		return;
	case PLATE_INT:
		j->w.o = fast_i64(j->w.o, sign_extend(v, pf->f->bits));
		if (pf->labels)
			note_label(j, pl, pf, node, off, v);
		return;
	case PLATE_FIXED:
		j->w.o = pkw__fast_fixed(j->w.o, v, pf->f->unit, pf->digits);
		return;
	case PLATE_MAC:
	case PLATE_IP4:
	case PLATE_IP6:
	case PLATE_UUID:
	case PLATE_BYTES:
	case PLATE_TEXT:
	case PLATE_VAR:
	case PLATE_NONE:
		return;
	}
}

static size_t without_zeros(
    const struct pkw_field *f, const uint8_t *b, size_t n)
{
	while (f->flags & PKW_ZPAD && n && b[n - 1] == 0)
		n--;
	return n;
}

/* What has a fixed size but is no integer. */
PKW__INLINE void put_fixed(
    struct json *j, const struct plate_field *pf, const uint8_t *b)
{
	switch ((enum plate_kind)pf->kind) {
	case PLATE_MAC:
		*j->w.o++ = '"';
		j->w.o = fast_mac(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_IP4:
		*j->w.o++ = '"';
		j->w.o = fast_ip4(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_IP6:
		*j->w.o++ = '"';
		j->w.o = pkw__fast_ip6(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_UUID:
		*j->w.o++ = '"';
		j->w.o += pkw__fmt_uuid(j->w.o, b);
		*j->w.o++ = '"';
		return;
	case PLATE_TEXT:
		put_text(j, b, without_zeros(pf->f, b, pf->f->bits / 8u));
		return;
	case PLATE_BYTES:
		put_hex(j, b, pf->f->bits / 8u);
		return;
	case PLATE_UINT:
	case PLATE_HEX:
	case PLATE_FLAGS:
	case PLATE_INT:
	case PLATE_FIXED:
	case PLATE_VAR:
	case PLATE_NONE:
		return;
	}
}

/*
 * Fields as the ops say, room for the fixed ones being there: of a record at
 * off, which is node if it is laid out, else -1.  Returns the node behind it.
 */
int pkw__json_ops(struct json *j, struct plate *pl, struct plate_op *op,
    int node, uint32_t off);

/* What a memo has; 0 if it has not. */
PKW__INLINE int put_kept(struct json *j, struct memo *m, uint64_t key)
{
	const struct memo_entry *e = memo_find(m, key);

	if (PKW__UNLIKELY(!e))
		return 0;
	j->w.o = fast_text(j->w.o, e->text, e->len);
	if (e->labels)
		add_label(j, e->text + e->from, e->labels);
	return 1;
}

/* Keeps the text since `at' and the labels since `labels'. */
void pkw__json_keep(struct json *j, struct memo *m, uint64_t key, size_t at,
    unsigned labels);

/*
 * Everything inside a bracket begins with a comma; closing turns the first one
 * into the bracket.  Places are offsets, for the text may move.
 */
PKW__INLINE size_t here(const struct json *j)
{
	return pen_here(&j->w);
}

PKW__INLINE void close_at(struct json *j, size_t at, const char *brackets)
{
	if (!room(j, 2))
		return;
	if (PKW__UNLIKELY(here(j) == at))
		*j->w.o++ = ',';
	j->w.out->s[at] = brackets[0];
	*j->w.o++ = brackets[1];
}

/* json_inside.c: what is laid out.  All return the node behind. */
int pkw__json_variable(struct json *j, const struct plate_field *pf, int c);
int pkw__json_fields(struct json *j, struct plate *pl, int node);
int pkw__json_record(struct json *j, struct plate *pl, int node);
/* json.c */
void pkw__json_layers(struct json *j);
/* `,"labels":{...}' of what was noted since there were `from'. */
void pkw__json_labels(struct json *j, unsigned from);

#endif
