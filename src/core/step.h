/* SPDX-License-Identifier: BSD-2-Clause */
/* One step of the walk, for a descriptor that may be known when compiling. */
#ifndef PKW_CORE_STEP_H
#define PKW_CORE_STEP_H

/*
 * The same code serves two masters.  With the shape of a protocol registered at
 * run time it is a loop's body that reads a descriptor.  With one of the
 * constant descriptors that tools/walkgen.c writes from the very same rows, the
 * compiler folds it to the few loads that this protocol needs.  Each step ends
 * in a tail call of the next one, so that every protocol has an indirect jump of
 * its own to be predicted: 37 ns a packet became 24 in the prototype.
 */

#include "base/compiler.h"
#include "core/core.h"

PKW__INLINE uint64_t slot_load(const uint8_t *h, const struct pkw_slot *s)
{
	uint64_t v = s->le ? load_le(h + s->off, s->bytes)
			   : load_be(h + s->off, s->bytes);

	return v >> s->shift & s->mask;
}

/* Whether a guard over the header's own numbers holds. */
PKW__INLINE int guard_holds(const uint8_t *h, const struct pkw__select *s)
{
	if (s->guard_op == PKW_ALWAYS)
		return 1;
	uint64_t v = slot_load(h, &s->guard);
	if (s->guard_op == PKW_EQ)
		return v == s->guard_value;
	if (s->guard_op == PKW_NE)
		return v != s->guard_value;
	return pkw__walk_guard(s, v);
}

/* The protocol that a selector gives, NULL if none. */
PKW__INLINE const struct pkw_proto *selected(const struct pkw_proto *proto,
    const struct pkw__shape *sh, unsigned k, const uint8_t *h)
{
	return pkw__space_find(proto->rec.shape->sel[k].space,
	    slot_load(h, &sh->sel[k].at));
}

/* What follows, by the rows of up to two selectors. */
PKW__INLINE const struct pkw_proto *next_of(struct pkw_pkt *p,
    const struct pkw_proto *proto, const struct pkw__shape *sh, uint32_t i,
    const uint8_t *h, uint32_t avail)
{
	const struct pkw_proto *q;

	if (sh->nsel > 0) {
		if (!guard_holds(h, &sh->sel[0]))
			return pkw__walk_stop(p, i, h, avail);
		q = selected(proto, sh, 0, h);
		if (q)
			return q;
	}
	if (sh->nsel > 1) {
		if (!guard_holds(h, &sh->sel[1]))
			return pkw__walk_stop(p, i, h, avail);
		q = selected(proto, sh, 1, h);
		if (q)
			return q;
	}
	return pkw__walk_otherwise(p, i, h, avail);
}

/* The header's length; h holds at least the part that is always there. */
PKW__INLINE uint32_t head_length(struct pkw_pkt *p, uint32_t i,
    const struct pkw__shape *sh, const uint8_t *h, uint32_t avail)
{
	if (sh->head == PKW__HEAD_FIXED)
		return sh->minlen;
	if (sh->head == PKW__HEAD_WHOLE)
		return avail;
	if (sh->head == PKW__HEAD_LAYOUT)
		return pkw__walk_laid_out(p, i, avail);
	if (sh->head == PKW__HEAD_BYTE) {
		uint32_t len =
		    p->v.layers[i].proto->rec.shape->by[h[sh->by_off]].len;
		return PKW__LIKELY(len <= avail)
		    ? len
		    : pkw__walk_bad_head(p, i, len, avail);
	}
	if (sh->head == PKW__HEAD_SUM) {
		uint64_t len = sh->minlen +
		    slot_load(h, &sh->headlen) * sh->head_times +
		    slot_load(h, &sh->headlen2) * sh->head_times2;
		return PKW__LIKELY(len <= avail)
		    ? (uint32_t)len
		    : pkw__walk_bad_head(p, i, (int64_t)len, avail);
	}
	int64_t n = (int64_t)slot_load(h, &sh->headlen) * sh->head_unit +
	    sh->head_bias;
	if (PKW__UNLIKELY(n < sh->minlen || n > avail))
		return pkw__walk_bad_head(p, i, n, avail);
	return (uint32_t)n;
}

/* The layer's end, at most `end'. */
PKW__INLINE uint32_t layer_end(struct pkw_pkt *p, uint32_t i,
    const struct pkw__shape *sh, const uint8_t *h, uint32_t len, uint32_t end)
{
	if (sh->extent == PKW__END_OUTER)
		return end;
	const struct pkw_layer *l = &p->v.layers[i];
	uint64_t v = 0;
	if (sh->end_laid && sh->head == PKW__HEAD_BYTE) {
		uint8_t off = l->proto->rec.shape->by[h[sh->by_off]].end_off;
		if (off != 0xff && off + sh->endlen.bytes <= len)
			v = load_be(h + off, sh->endlen.bytes);
	} else if (sh->end_laid) {
		v = pkw__walk_laid_end(p, i);
	} else {
		v = slot_load(h, &sh->endlen);
	}
	if (sh->end_zero && v == 0 && pkw__walk_open_end(p, i))
		return end;
	int64_t n = (int64_t)v * sh->end_unit + sh->end_bias;
	if (sh->extent == PKW__END_PAYLOAD)
		n += len;
	if (PKW__UNLIKELY(n < len || n > end - l->off))
		return pkw__walk_bad_end(p, i, n, end);
	return l->off + (uint32_t)n;
}

PKW__INLINE void step(struct pkw_pkt *p, const struct pkw_proto *proto,
    const struct pkw__shape *sh, uint32_t at, uint32_t limit, uint32_t i)
{
	const uint8_t *h = p->v.bytes + at;
	uint32_t avail = limit - at;

	if (sh->flags & PKW__RESOLVES) {
		const struct pkw_proto *q = pkw__resolve(proto, h, avail);
		if (q != proto) {
			q->rec.shape->step(p, q, at, limit, i);
			return;
		}
	}
	if (PKW__UNLIKELY(avail < sh->minlen || i >= PKW_MAX_LAYERS - 1)) {
		pkw__walk_raw(p, proto, at, limit, i);
		return;
	}
	struct pkw_layer *l = &p->v.layers[i];
	l->proto = proto;
	l->off = at;
	l->len = avail;
	l->end = limit;
	l->node = PKW_NO_NODE;
	l->flags = PKW_LAYER_READ;
	p->v.nlayers = i + 1;
	if (p->v.first[sh->cls] < 0)
		p->v.first[sh->cls] = (int8_t)i;
	int whole = sh->head == PKW__HEAD_WHOLE;
	uint32_t len = whole && sh->extent != PKW__END_OUTER
	    ? sh->minlen
	    : head_length(p, i, sh, h, avail);
	uint32_t end = sh->flags & PKW__LEAF
	    ? at + len
	    : layer_end(p, i, sh, h, len, limit);
	if (whole)
		len = end - at;
	l->len = len;
	l->end = end;
	if (PKW__UNLIKELY(end < limit))
		pkw__walk_later(p, i, limit);
	uint32_t body = at + len, body_end = end;
	if (sh->trailer && end - body >= sh->trailer) {
		body_end -= sh->trailer;
		l->flags |= PKW_LAYER_TRAILER;
	}
	if (sh->align) {
		uint32_t gap = (0u - len) % sh->align;
		if (gap > body_end - body) {
			gap = body_end - body;
			l->flags |= PKW_LAYER_GAP;
		}
		body += gap;
	}
	if (body >= body_end)
		return;
	const struct pkw_proto *q = next_of(p, proto, sh, i, h, avail);
	q->rec.shape->step(p, q, body, body_end, i + 1);
}

/*
 * Ports are asked for twice a packet and mostly for nothing: two lines of a
 * filter tell that without touching the pages.
 */
PKW__INLINE struct pkw__entry entry_of(
    const struct pkw__space *s, uint64_t value, int rare)
{
	if (rare && !pkw__space_may(s, value))
		return (struct pkw__entry){ NULL, NULL };
	return value > 0xffff ? (struct pkw__entry){ NULL, NULL }
			      : s->page[value >> 8][value & 255];
}

/*
 * The short cut: a step whose descriptor and number spaces are constants, for
 * what is usual.  Whatever is not (a cut header, a length that lies, a value
 * that nothing is bound to and a hook may know) goes to pkw__step_any(), from
 * the start and as the last thing done, so that nothing needs to be kept over a
 * call.
 */
PKW__INLINE void step_fast(struct pkw_pkt *p, const struct pkw_proto *proto,
    const struct pkw__shape *sh, const struct pkw__space *space0,
    const struct pkw__space *space1, uint32_t at, uint32_t limit, uint32_t i)
{
	const struct pkw__shape *live = proto->rec.shape;
	const uint8_t *h = p->v.bytes + at;
	uint32_t avail = limit - at, end = limit;
	uint64_t len = sh->minlen;

	if (PKW__UNLIKELY(avail < sh->minlen || i >= PKW_MAX_LAYERS - 1))
		goto any;
	if (sh->head == PKW__HEAD_WHOLE && sh->extent == PKW__END_OUTER)
		len = avail;
	else if (sh->head == PKW__HEAD_FIELD)
		len = slot_load(h, &sh->headlen) * sh->head_unit +
		    (uint64_t)sh->head_bias;
	else if (sh->head == PKW__HEAD_BYTE)
		len = live->by[h[sh->by_off]].len;
	else if (sh->head == PKW__HEAD_SUM)
		len += slot_load(h, &sh->headlen) * sh->head_times +
		    slot_load(h, &sh->headlen2) * sh->head_times2;
	/* a negative length is a large one */
	if (PKW__UNLIKELY(len - sh->minlen > avail - sh->minlen))
		goto any;
	if (sh->flags & PKW__LEAF) {
		end = at + (uint32_t)len;
	} else if (sh->extent != PKW__END_OUTER) {
		uint64_t v = 0;
		if (!sh->end_laid)
			v = slot_load(h, &sh->endlen);
		else if (live->by[h[sh->by_off]].end_off != 0xff)
			v = load_be(h + live->by[h[sh->by_off]].end_off,
			    sh->endlen.bytes);
		if (sh->end_zero && v == 0) {
			if (live->guarded_end)
				goto any;
		} else {
			v = v * sh->end_unit + (uint64_t)sh->end_bias;
			if (sh->extent == PKW__END_PAYLOAD)
				v += len;
			if (PKW__UNLIKELY(v - len > avail - len))
				goto any;
			end = at + (uint32_t)v;
		}
		if (sh->head == PKW__HEAD_WHOLE)
			len = end - at;
	}
	uint32_t body = at + (uint32_t)len;
	struct pkw__entry q = { NULL, NULL };
	if (body < end) {
		if (sh->nsel > 0) {
			if (!guard_holds(h, &sh->sel[0]))
				goto any;
			q = entry_of(space0, slot_load(h, &sh->sel[0].at),
			    sh->nsel > 1);
		}
		if (sh->nsel > 1 && !q.proto) {
			if (!guard_holds(h, &sh->sel[1]))
				goto any;
			q = entry_of(
			    space1, slot_load(h, &sh->sel[1].at), 1);
		}
		if (!q.proto) {
			q.proto = live->otherwise;
			if (PKW__UNLIKELY(!q.proto))
				goto any;
			q.step = q.proto->rec.shape->step;
		}
	} else if (sh->flags & PKW__RESOLVES) {
		goto any;
	}
	struct pkw_layer *l = &p->v.layers[i];
	l->proto = proto;
	l->off = at;
	l->len = (uint32_t)len;
	l->end = end;
	l->node = PKW_NO_NODE;
	l->flags = PKW_LAYER_READ;
	if (p->v.first[sh->cls] < 0)
		p->v.first[sh->cls] = (int8_t)i;
	if (PKW__UNLIKELY(end < limit))
		p->later[p->nlater++] = (struct pkw__later){ limit, i };
	if (body < end) {
		q.step(p, q.proto, body, end, i + 1);
		return;
	}
	p->v.nlayers = i + 1;
	return;
any:
	pkw__step_any(p, proto, at, limit, i);
}

#endif
