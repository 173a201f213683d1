/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets printed: trees, lines, hex, JSON, CSV; and tables: ls and doc. */
#ifndef PKW_SHOW_H
#define PKW_SHOW_H

/*
 * A printer holds what is worth keeping from packet to packet: text made once
 * for each protocol table, the second on the clock, what the user wants to see.
 * One thread uses it at a time; pkw_printer_opts may be changed between calls.
 *
 * Everything is appended to the caller's struct pkw_str, nothing is printed.
 * pkw_line(), pkw_json() and pkw_csv() make one line without the newline, so
 * that the caller can put something behind it; the others make whole lines.
 *
 * A `frame' says when and how the packet was captured; NULL: it was not.
 *
 * Bytes out of packets never reach the text as control characters, nor as
 * anything beyond ASCII: a terminal can be shown all of it.
 *
 *	struct pkw_printer *pr = pkw_printer_new(NULL);
 *	struct pkw_str out = PKW_STR_INIT;
 *	while (pkw_reader_next(r, &f, &d) > 0) {
 *		pkw_dissect(p, pkw_link_proto(f.link), f.data, f.caplen, 0);
 *		pkw_json(pr, p, &f, &out);
 *		pkw_str_addc(&out, '\n');
 *		pkw_drain(&out, 1, PKW_DRAIN);
 *	}
 *	pkw_drain(&out, 1, 0);
 */

#include <stddef.h>
#include <stdint.h>
#include <pkw/error.h>
#include <pkw/frame.h>
#include <pkw/pkt.h>
#include <pkw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_printer;

enum pkw_print_flags {
	PKW_PRINT_COLOR = 1 << 0,    /* ANSI colours */
	PKW_PRINT_NUMERIC = 1 << 1,  /* line: numbers without their labels */
	PKW_PRINT_LINK = 1 << 2,     /* line: link layers and lengths too */
	PKW_PRINT_QUIET = 1 << 3,    /* line: names and addresses only */
	PKW_PRINT_BUILT = 1 << 4,    /* show: this was built here; mark what
	                                was computed */
	PKW_PRINT_SUMS = 1 << 5,     /* show: verify checksums */
	PKW_PRINT_NOLINK = 1 << 6,   /* hex: leave link layers out (-x) */
	PKW_PRINT_ASCII = 1 << 7,    /* hex: with the text beside (-X) */
	PKW_PRINT_FIELDS = 1 << 8,   /* hex: a line for every field */
	PKW_PRINT_UTC = 1 << 9       /* not the zone that .zone tells */
};

/* tcpdump's -t, -tt, ... */
enum pkw_clock {
	PKW_CLOCK_NONE,  /* -t */
	PKW_CLOCK_TIME,  /* 12:34:56.123456 */
	PKW_CLOCK_EPOCH, /* -tt: 1700000000.123456 */
	PKW_CLOCK_DELTA, /* -ttt: since the line before */
	PKW_CLOCK_DATE,  /* -tttt: 2023-11-14 12:34:56.123456 */
	PKW_CLOCK_FIRST, /* -ttttt: since the first line */
	PKW_CLOCK__N
};

struct pkw_printer_opts {
	unsigned flags;        /* enum pkw_print_flags */
	enum pkw_clock clock;  /* of pkw_line() */
	unsigned digits;       /* of a second; 0 is 6 */
	/* seconds to add to UTC at that moment; NULL: UTC. Asked for once in
	   a quarter of an hour of packets */
	int (*zone)(int64_t seconds);
};

/* NULL: all zero.  Returns NULL without memory. */
PKW_API struct pkw_printer *pkw_printer_new(const struct pkw_printer_opts *o);
PKW_API void pkw_printer_free(struct pkw_printer *pr);
PKW_API struct pkw_printer_opts *pkw_printer_opts(struct pkw_printer *pr);

/*
 * show: a tree of every field.  line: one line, from the protocols' summary
 * templates.  hexdump: as tcpdump -x or -X.  Return 0 or a negative error,
 * which is also in out->err.
 */
PKW_API int pkw_show(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out);
PKW_API int pkw_line(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out);
PKW_API int pkw_hexdump(struct pkw_printer *pr, const struct pkw_pkt *p,
    struct pkw_str *out);

/*
 * The bit diagram of this packet, layer by layer, 32 bits to the row as in
 * RFCs, with name and value of every field.  What takes more than four rows is
 * not drawn to scale.
 */
PKW_API int pkw_diagram(struct pkw_printer *pr, const struct pkw_pkt *p,
    struct pkw_str *out);

/*
 * Two byte strings aligned by as few changes as can be and written as Scapy's
 * hexdiff does: rows that are the same once, others below each other, with
 * marks under what was changed (^^), left out (--) and put in (++).  Beyond 767
 * changes they are compared offset by offset.  Of the flags, PKW_PRINT_COLOR.
 */
PKW_API int pkw_hexdiff(const void *a, size_t alen, const void *b, size_t blen,
    unsigned flags, struct pkw_str *out);

/*
 * One JSON object, as docs/packet.schema.json describes it: every layer with
 * name, offset and length, every field with its value, and labels beside them.
 */
PKW_API int pkw_json(struct pkw_printer *pr, const struct pkw_pkt *p,
    const struct pkw_frame *frame, struct pkw_str *out);

/*
 * CSV (RFC 4180) of chosen columns: paths as of pkw_path(), or `number',
 * `time', `len', `caplen', `line'.  The text is "IP.src,TCP.dport,time".
 * Labels are not used: values compare.
 */
struct pkw_columns;
PKW_API struct pkw_columns *pkw_columns_new(
    const char *text, struct pkw_diag *d);
PKW_API void pkw_columns_free(struct pkw_columns *c);
PKW_API int pkw_csv_head(const struct pkw_columns *c, struct pkw_str *out);
PKW_API int pkw_csv(struct pkw_printer *pr, struct pkw_columns *c,
    const struct pkw_pkt *p, const struct pkw_frame *frame,
    struct pkw_str *out);

/*
 * Tables.  ls: a line for each layer whose name or title has `pattern' in it
 * (NULL: all); returns how many.  ls_proto: the fields of one with type,
 * default and labels.  doc: the reference of one, with the header drawn as in
 * an RFC.
 */
enum pkw_doc_form { PKW_DOC_TEXT, PKW_DOC_MARKDOWN, PKW_DOC_MAN };
PKW_API int pkw_ls(const char *pattern, unsigned flags, struct pkw_str *out);
PKW_API int pkw_ls_proto(
    const struct pkw_proto *proto, unsigned flags, struct pkw_str *out);
PKW_API int pkw_doc(const struct pkw_proto *proto, enum pkw_doc_form form,
    unsigned flags, struct pkw_str *out);

/* LINKTYPE_ names without the prefix: "ETHERNET"; NULL, negative: unknown. */
PKW_API const char *pkw_link_name(unsigned linktype);
PKW_API int pkw_link_number(const char *name);

/*
 * Writes the text to a descriptor and empties it, once there are `least' bytes
 * of it.  A short write is continued; the text is dropped on an error.
 */
enum { PKW_DRAIN = 256 << 10 };
PKW_API int pkw_drain(struct pkw_str *s, int fd, size_t least);

#ifdef __cplusplus
}
#endif
#endif
