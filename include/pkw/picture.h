/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets drawn: SVG and PDF with the bytes beside the fields. */
#ifndef PKW_PICTURE_H
#define PKW_PICTURE_H

/*
 * A picture is made of packets, one after another: panels below each other in
 * SVG, in PDF each from a page of its own on.  On the left the layers with the
 * name and value of every field, on the right the bytes, in the colour of their
 * layer, and a line from each field to where it begins.  What is long is
 * shortened, and says so.
 *
 * It is kept in memory until it is asked for, so that a file is written whole
 * or not at all; about 20 KB a packet.  The caller owns it.
 *
 * All text is ASCII in a font with characters of equal width, which every
 * viewer has: nothing is embedded.
 */

#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/pkt.h>
#include <pkw/show.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pkw_picture_form { PKW_PICTURE_SVG, PKW_PICTURE_PDF };

enum { PKW_PICTURE_MAX = 1000 }; /* packets in one picture */

struct pkw_picture;

/* NULL without memory. */
PKW_API struct pkw_picture *pkw_picture_new(enum pkw_picture_form form);
PKW_API void pkw_picture_free(struct pkw_picture *pic);

/* 0, -PKW_ELIMIT when there are as many as can be, or -PKW_ENOMEM, which
   sticks.  The packet is not needed any more afterwards. */
PKW_API int pkw_picture_add(struct pkw_picture *pic, struct pkw_printer *pr,
    const struct pkw_pkt *p, const struct pkw_frame *frame);

/* Appends the file as it is now; more packets may be added later. */
PKW_API int pkw_picture_put(struct pkw_picture *pic, struct pkw_str *out);

/* Writes it to a file, which is replaced at once when all is written; what is
   no regular file (a pipe, a terminal) is written to as it stands. */
PKW_API int pkw_picture_save(
    struct pkw_picture *pic, const char *path, struct pkw_diag *d);

#ifdef __cplusplus
}
#endif
#endif
