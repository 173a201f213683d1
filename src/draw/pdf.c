/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PDF 1.4 (ISO 32000-1), as little of it as drawn packets need: pages of text,
 * rectangles and lines.  The fonts are two of the fourteen that every reader
 * has (§9.6.2.2), whose characters all are 0.6 of their size wide.
 *
 * Objects 1 to 4 are the catalogue, the tree of pages and the fonts; then come
 * two for each page, itself and what is on it.  While the picture is being
 * made, each page is kept with its length in front; where objects begin, which
 * the cross references (§7.5.4) have to tell, is known once the file is put
 * together.
 */
#include "draw/canvas.h"

#include <stdlib.h>

enum { CATALOGUE = 1, PAGES, FONT, FONT_BOLD, FIRST_PAGE };

/* From the top in a picture, from the bottom in PDF. */
static void put_point(struct pkw_str *out, int x, int y)
{
	pkw__put_tenths(out, x);
	pkw_str_addc(out, ' ');
	pkw__put_tenths(out, SHEET_HEIGHT - y);
	pkw_str_addc(out, ' ');
}

/* Thousandths, of 255. */
static void put_color(struct pkw_str *out, uint32_t color, const char *op)
{
	for (int shift = 16; shift >= 0; shift -= 8) {
		unsigned v = (color >> shift & 255) * 1000 / 255;
		pkw_str_fmt(out, "%u.%03u ", v / 1000, v % 1000);
	}
	pkw_str_add(out, op);
}

static void pdf_text(struct pkw_str *out, int x, int y, unsigned flags,
    uint32_t color, const char *s, size_t n)
{
	if (n == 0)
		return;
	put_color(out, color, "rg BT ");
	pkw_str_fmt(out, "/F%d ", flags & TEXT_BOLD ? FONT_BOLD : FONT);
	pkw__put_tenths(out, FONT_SIZE);
	pkw_str_add(out, " Tf ");
	put_point(out, x, y);
	pkw_str_add(out, "Td (");
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '(' || s[i] == ')' || s[i] == '\\')
			pkw_str_addc(out, '\\');
		pkw_str_addc(out, s[i]);
	}
	pkw_str_add(out, ") Tj ET\n");
}

static void pdf_rect(struct pkw_str *out, int x, int y, int w, int h,
    uint32_t color, const char *title)
{
	(void)title;
	put_color(out, color, "rg ");
	put_point(out, x, y + h);
	pkw__put_tenths(out, w);
	pkw_str_addc(out, ' ');
	pkw__put_tenths(out, h);
	pkw_str_add(out, " re f\n");
}

static void pdf_path(struct pkw_str *out, const int *xy, unsigned n,
    int width, uint32_t color)
{
	put_color(out, color, "RG ");
	pkw__put_tenths(out, width);
	pkw_str_add(out, " w ");
	for (unsigned i = 0; i < n; i++) {
		put_point(out, xy[2 * i], xy[2 * i + 1]);
		pkw_str_add(out, i ? "l " : "m ");
	}
	pkw_str_add(out, "S\n");
}

static unsigned page_object(uint32_t page)
{
	return FIRST_PAGE + 2 * page;
}

/* In the body: "length\n" and so many bytes, for each page. */
static void pdf_sheet(struct pkw_picture *pic, int height)
{
	(void)height;
	pkw_str_fmt(&pic->body, "%zu\n", pic->sheet.len);
	pkw_str_addn(&pic->body, pic->sheet.s ? pic->sheet.s : "",
	    pic->sheet.len);
}

struct pdf {
	struct pkw_str *out;
	struct pkw_str xref;
	size_t start; /* of the file in .out */
};

static void object(struct pdf *f, unsigned number)
{
	pkw_str_fmt(&f->xref, "%010zu 00000 n \n", f->out->len - f->start);
	pkw_str_fmt(f->out, "%u 0 obj\n", number);
}

static void put_font(struct pdf *f, unsigned number, const char *name)
{
	object(f, number);
	pkw_str_fmt(f->out,
	    "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding "
	    "/WinAnsiEncoding >>\nendobj\n",
	    name);
}

static void put_tree(struct pdf *f, uint32_t pages)
{
	object(f, CATALOGUE);
	pkw_str_fmt(f->out, "<< /Type /Catalog /Pages %d 0 R >>\nendobj\n",
	    PAGES);
	object(f, PAGES);
	pkw_str_fmt(f->out, "<< /Type /Pages /Count %u /MediaBox [0 0 ", pages);
	put_point(f->out, SHEET_WIDTH, 0);
	pkw_str_fmt(f->out,
	    "] /Resources << /Font << /F%d %d 0 R /F%d %d 0 R >> >>\n/Kids [",
	    FONT, FONT, FONT_BOLD, FONT_BOLD);
	for (uint32_t i = 0; i < pages; i++)
		pkw_str_fmt(f->out, "%u 0 R\n", page_object(i));
	pkw_str_add(f->out, "] >>\nendobj\n");
}

static void put_page(struct pdf *f, uint32_t i, const char *s, size_t n)
{
	object(f, page_object(i));
	pkw_str_fmt(f->out,
	    "<< /Type /Page /Parent %d 0 R /Contents %u 0 R >>\nendobj\n",
	    PAGES, page_object(i) + 1);
	object(f, page_object(i) + 1);
	pkw_str_fmt(f->out, "<< /Length %zu >>\nstream\n", n);
	pkw_str_addn(f->out, s, n);
	pkw_str_add(f->out, "endstream\nendobj\n");
}

static void pdf_file(const struct pkw_picture *pic, struct pkw_str *out)
{
	struct pdf f = { .out = out, .xref = PKW_STR_INIT, .start = out->len };
	const char *s = pic->body.s;

	pkw_str_add(out, "%PDF-1.4\n");
	put_tree(&f, pic->sheets);
	put_font(&f, FONT, "Courier");
	put_font(&f, FONT_BOLD, "Courier-Bold");
	for (uint32_t i = 0; i < pic->sheets && !out->err; i++) {
		char *line;
		size_t n = strtoul(s, &line, 10);
		put_page(&f, i, line + 1, n);
		s = line + 1 + n;
	}
	size_t at = out->len - f.start;
	pkw_str_fmt(out, "xref\n0 %u\n0000000000 65535 f \n",
	    page_object(pic->sheets));
	pkw_str_add(out, f.xref.s ? f.xref.s : "");
	pkw_str_fmt(out,
	    "trailer\n<< /Size %u /Root %d 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
	    page_object(pic->sheets), CATALOGUE, at);
	if (f.xref.err)
		out->err = f.xref.err;
	pkw_str_free(&f.xref);
}

const struct canvas_ops pkw__canvas_pdf = {
	.text = pdf_text,
	.rect = pdf_rect,
	.path = pdf_path,
	.sheet = pdf_sheet,
	.file = pdf_file,
	.pages = 1,
};
