/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SVG 1.1.  A panel is a group that is moved down to its place.  Text stays
 * text, so that it can be searched and copied; each says how long it is, so
 * that a font of another width does not shift what stands beside it.  Pointing
 * at bytes tells their field.
 */
#include "draw/canvas.h"

#include <string.h>

static void escape(struct pkw_str *out, const char *s, size_t n)
{
	for (const char *end = s + n; s < end; s++) {
		switch (*s) {
		case '<':
			pkw_str_add(out, "&lt;");
			break;
		case '>':
			pkw_str_add(out, "&gt;");
			break;
		case '&':
			pkw_str_add(out, "&amp;");
			break;
		case '"':
			pkw_str_add(out, "&quot;");
			break;
		default:
			pkw_str_addc(out, *s);
		}
	}
}

static void attribute(struct pkw_str *out, const char *name, int v)
{
	pkw_str_fmt(out, " %s=\"", name);
	pkw__put_tenths(out, v);
	pkw_str_addc(out, '"');
}

static void svg_text(struct pkw_str *out, int x, int y, unsigned flags,
    uint32_t color, const char *s, size_t n)
{
	if (n == 0)
		return;
	pkw_str_add(out, "<text");
	attribute(out, "x", x);
	attribute(out, "y", y);
	attribute(out, "textLength", (int)n * CHAR_WIDTH);
	if (flags & TEXT_BOLD)
		pkw_str_add(out, " font-weight=\"bold\"");
	if (flags & TEXT_BYTES)
		pkw_str_add(out, " class=\"bytes\"");
	pkw_str_fmt(out, " fill=\"#%06x\">", color);
	escape(out, s, n);
	pkw_str_add(out, "</text>\n");
}

static void svg_rect(struct pkw_str *out, int x, int y, int w, int h,
    uint32_t color, const char *title)
{
	pkw_str_add(out, "<rect");
	attribute(out, "x", x);
	attribute(out, "y", y);
	attribute(out, "width", w);
	attribute(out, "height", h);
	pkw_str_fmt(out, " fill=\"#%06x\"", color);
	if (!title) {
		pkw_str_add(out, "/>\n");
		return;
	}
	pkw_str_add(out, "><title>");
	escape(out, title, strlen(title));
	pkw_str_add(out, "</title></rect>\n");
}

static void svg_path(struct pkw_str *out, const int *xy, unsigned n,
    int width, uint32_t color)
{
	pkw_str_add(out, "<path d=\"");
	for (unsigned i = 0; i < n; i++) {
		pkw_str_addc(out, i ? 'L' : 'M');
		pkw__put_tenths(out, xy[2 * i]);
		pkw_str_addc(out, ' ');
		pkw__put_tenths(out, xy[2 * i + 1]);
	}
	pkw_str_add(out, "\" fill=\"none\"");
	attribute(out, "stroke-width", width);
	pkw_str_fmt(out, " stroke=\"#%06x\"/>\n", color);
}

static void svg_sheet(struct pkw_picture *pic, int height)
{
	struct pkw_str *out = &pic->body;

	pkw_str_add(out, "<g transform=\"translate(0,");
	pkw__put_tenths(out, pic->height);
	pkw_str_add(out, ")\">\n");
	pkw_str_addn(out, pic->sheet.s ? pic->sheet.s : "", pic->sheet.len);
	pkw_str_add(out, "</g>\n");
	pic->height += height;
}

static void svg_file(const struct pkw_picture *pic, struct pkw_str *out)
{
	int height = pic->height ? pic->height : 10;

	pkw_str_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"");
	pkw__put_tenths(out, SHEET_WIDTH);
	pkw_str_add(out, "pt\" height=\"");
	pkw__put_tenths(out, height);
	pkw_str_add(out, "pt\" viewBox=\"0 0 ");
	pkw__put_tenths(out, SHEET_WIDTH);
	pkw_str_addc(out, ' ');
	pkw__put_tenths(out, height);
	pkw_str_add(out, "\" font-family=\"'DejaVu Sans Mono', Menlo, "
	                 "'Liberation Mono', Courier, monospace\" "
	                 "font-size=\"");
	pkw__put_tenths(out, FONT_SIZE);
	pkw_str_add(out, "\">\n<style>text { white-space: pre } "
	                 ".bytes { pointer-events: none }</style>\n");
	svg_rect(out, 0, 0, SHEET_WIDTH, height, 0xffffff, NULL);
	pkw_str_addn(out, pic->body.s ? pic->body.s : "", pic->body.len);
	pkw_str_add(out, "</svg>\n");
}

const struct canvas_ops pkw__canvas_svg = {
	.text = svg_text,
	.rect = svg_rect,
	.path = svg_path,
	.sheet = svg_sheet,
	.file = svg_file,
};
