/* SPDX-License-Identifier: BSD-2-Clause */
/* A pen: writing into a struct pkw_str through a bare pointer. */
#ifndef PKW_OUT_PEN_H
#define PKW_OUT_PEN_H

/*
 * Between pen_begin() and pen_end() the string is written through the pen only.
 * pen_room() makes sure of n bytes at .o and may move the text, so places to
 * come back to are kept as offsets (pen_here()).  Without memory it says 0 for
 * ever after, and nothing must be written.
 */

#include "out/fast.h"

#include <pkw/str.h>

struct pen {
	struct pkw_str *out;
	char *o, *end;
};

void pkw__pen_more(struct pen *w, size_t n);

/* 1 if n bytes may be written at .o. */
PKW__INLINE int pen_room(struct pen *w, size_t n)
{
	if (PKW__UNLIKELY((size_t)(w->end - w->o) < n)) {
		pkw__pen_more(w, n);
		return w->out->err == 0;
	}
	return 1;
}

PKW__INLINE size_t pen_here(const struct pen *w)
{
	return (size_t)(w->o - w->out->s);
}

/* Between others who append to the same string. */
PKW__INLINE void pen_up(struct pen *w)
{
	w->out->len = pen_here(w);
}

PKW__INLINE void pen_down(struct pen *w)
{
	w->o = w->out->s + w->out->len;
	w->end = w->out->s + w->out->cap - 1;
}

/* Writes on behind the string, where n bytes fit. */
PKW__INLINE void pen_begin(struct pen *w, struct pkw_str *out, size_t n)
{
	w->out = out;
	w->o = w->end = NULL;
	if (PKW__LIKELY(out->s && !out->err))
		pen_down(w);
	pen_room(w, n);
}

/* Ends the text; after an error it is as long as it was at `start'. */
int pkw__pen_end(struct pen *w, size_t start);

/* A literal; room is there. */
#define PEN_PUT(w, text)                                                       \
	(memcpy((w)->o, text, sizeof(text) - 1),                               \
	    (void)((w)->o += sizeof(text) - 1))

#endif
