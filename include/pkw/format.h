/* SPDX-License-Identifier: BSD-2-Clause */
/* Formats: a packet's fields put into a text, as Scapy's sprintf() does. */
#ifndef PKW_FORMAT_H
#define PKW_FORMAT_H

/*
 * The language:
 *
 *   %IP.src%           a field, as it is shown: labels for numbers that have
 *                      one, letters for flags (none set: nothing)
 *   %TCP.options[0].mss%, %DNS.an[1].rdata%
 *                      any path of pkw_path()
 *   %IP:2.src%         of the second IP layer
 *   %src%              a field of the packet's first layer
 *   %.time%            when it was captured, by the printer's clock
 *   %-15s,IP.src%      as printf: - 0 + # and blank, width, precision, and one
 *                      of s d i u x X o c; all but s take the number
 *   %r,TCP.flags%      r, alone or last, takes the number, or the address and
 *                      the like without label: %04xr,IP.id%
 *   {TCP:text}         the text, if the packet has that layer; {!TCP:text} if
 *                      it has not; both may have formats and conditions inside
 *   %% %( %)           a percent sign and braces
 *
 * A field that the packet does not have is ?? whatever the width.
 *
 * Differences from Scapy: bytes and text stand without quotes; lists are their
 * elements' names; `r' gives flags as a number; names of layers and fields that
 * there are not are errors.
 */

#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/pkt.h>
#include <pkw/show.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Compiled once, for any number of packets and printers; owns nothing of
   theirs. */
struct pkw_fmt;
/* NULL: the diagnosis has the column. */
PKW_API struct pkw_fmt *pkw_fmt_new(
    const char *text, struct pkw_diag *d);
PKW_API void pkw_fmt_free(struct pkw_fmt *f);

/* Appends the text for one packet, no newline.  `frame' (may be NULL) has the
   time.  0 or a negative error, which is also in out->err. */
PKW_API int pkw_fmt_put(struct pkw_printer *pr,
    const struct pkw_fmt *f, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out);

/* For one packet only: both in one. */
PKW_API int pkw_sprintf(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, const char *text, struct pkw_str *out,
    struct pkw_diag *d);

#ifdef __cplusplus
}
#endif
#endif
