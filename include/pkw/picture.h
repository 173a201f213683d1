/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets drawn: bit diagrams, SVG and PDF; two byte strings compared. */
#ifndef PKW_PICTURE_H
#define PKW_PICTURE_H

#include <stddef.h>
#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/pkt.h>
#include <pkw/show.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The bit diagram of a packet, layer by layer, 32 bits to the row as in RFCs,
 * with the name and the value of every field; ASCII, whole lines.  What takes
 * more than four rows is not drawn to scale.  0 or a negative error, which is
 * also in out->err.
 */
PKW_API int pkw_diagram(struct pkw_printer *pr, const struct pkw_pkt *p,
    struct pkw_str *out);

#ifdef __cplusplus
}
#endif
#endif
