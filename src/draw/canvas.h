/* SPDX-License-Identifier: BSD-2-Clause */
/* What a picture is drawn on: the two formats behind one set of strokes. */
#ifndef PKW_DRAW_CANVAS_H
#define PKW_DRAW_CANVAS_H

/*
 * Lengths are tenths of a point (1/720 inch) in whole numbers, x to the right
 * and y downwards, so that what is written does not depend on how somebody's
 * locale writes fractions.  Colours are 0xRRGGBB.  All strokes append to a
 * string, whose errors stick.
 */

#include <pkw/picture.h>
#include <pkw/str.h>

#include <stdint.h>

enum {
	SHEET_WIDTH = 5950, /* A4 */
	SHEET_HEIGHT = 8420,
	SHEET_MARGIN = 280,
	FONT_SIZE = 80,
	CHAR_WIDTH = 48     /* of a character of that size */
};

enum text_flags { TEXT_BOLD = 1, TEXT_BYTES = 2 };

struct canvas_ops {
	/* y is the base line's */
	void (*text)(struct pkw_str *out, int x, int y, unsigned flags,
	    uint32_t color, const char *s, size_t n);
	/* filled; title: what it is, for formats that can tell */
	void (*rect)(struct pkw_str *out, int x, int y, int w, int h,
	    uint32_t color, const char *title);
	/* through n points, x and y of each */
	void (*path)(struct pkw_str *out, const int *xy, unsigned n,
	    int width, uint32_t color);

	/* The end of a sheet: what was drawn on it becomes part of the file,
	   as a page of its own or as a panel of that height. */
	void (*sheet)(struct pkw_picture *pic, int height);
	/* Appends the whole file. */
	void (*file)(const struct pkw_picture *pic, struct pkw_str *out);
	int pages; /* a sheet ends at SHEET_HEIGHT */
};

extern const struct canvas_ops pkw__canvas_svg, pkw__canvas_pdf;

struct pkw_picture {
	const struct canvas_ops *ops;
	struct pkw_str sheet; /* being drawn */
	struct pkw_str body;  /* finished sheets, as the format has them */
	int height;           /* of all panels */
	uint32_t sheets, packets;
	int err;
};

/* "12.5" */
void pkw__put_tenths(struct pkw_str *out, int v);

#endif
