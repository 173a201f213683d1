/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow side of the pen: asking the string for more room, at least 4 KiB at
 * a time, so that it is rarely asked.
 */
#include "out/pen.h"

enum { STEP = 4096 };

void pkw__pen_more(struct pen *w, size_t n)
{
	if (w->out->err)
		return;
	if (w->out->s)
		w->out->len = pen_here(w);
	if (pkw_str_room(w->out, n < STEP ? STEP : n))
		pen_down(w);
}

int pkw__pen_end(struct pen *w, size_t start)
{
	if (w->out->s && w->out->err == 0)
		w->out->len = pen_here(w);
	else if (w->out->s)
		w->out->len = start;
	if (w->out->s)
		w->out->s[w->out->len] = '\0';
	return w->out->err;
}
