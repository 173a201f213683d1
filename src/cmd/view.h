/* SPDX-License-Identifier: BSD-2-Clause */
/* How packets are shown: the options that all commands share for it. */
#ifndef PKW_CMD_VIEW_H
#define PKW_CMD_VIEW_H

#include "cmd/cmd.h"

#include <pkw/format.h>
#include <pkw/picture.h>
#include <pkw/show.h>

enum view_mode {
	VIEW_UNSET,
	VIEW_NOTHING, /* -w: packets go to a file */
	VIEW_LINE,
	VIEW_SHOW,
	VIEW_JSON,
	VIEW_EXPR,
	VIEW_LUA,
	VIEW_CSV,
	VIEW_HEX,
	VIEW_DIAGRAM,
	VIEW_FORMAT,
	VIEW_SVG,
	VIEW_PDF
};

enum view_dump {
	DUMP_HEX = 1,   /* -x */
	DUMP_ASCII = 2, /* -X */
	DUMP_LINK = 4,  /* -xx, -XX */
	DUMP_TEXT = 8,  /* -A */
	DUMP_FIELDS = 16
};

struct view {
	enum view_mode mode;
	unsigned dump;               /* enum view_dump */
	int number, at_once, stamps; /* --number, -l, how often -t */
	const char *text;            /* of --csv, --format; a file's name */
	struct pkw_printer_opts o;
	struct pkw_printer *pr;
	struct pkw_columns *columns;
	struct pkw_fmt *format;
	struct pkw_picture *picture;
	struct pkw_str out;
	uint64_t n, undrawn;
};

extern const struct opt view_opts[];

/* 1 if the option was one of view_opts, 0 if not, ARGS_BAD. */
int view_option(struct view *v, struct args *a, int id);
/*
 * After the options: 0 or an exit status.  `usual' is the mode if none was
 * asked for; flags (enum pkw_print_flags) are added.
 */
int view_begin(struct view *v, enum view_mode usual, unsigned flags);
/* Shows one packet; `frame' may be NULL.  Look at stdout_gone in loops. */
void view_packet(
    struct view *v, const struct pkw_pkt *p, const struct pkw_frame *frame);
/* A packet that there is not: keeps lines of hexadecimal in step. */
void view_missing(struct view *v);
/* Ends it; 0 or STATUS_FAILED. */
int view_end(struct view *v);

/* The LINKTYPE_ for packets that begin with this layer; negative: none. */
int view_link(const struct pkw_proto *first);

#endif
