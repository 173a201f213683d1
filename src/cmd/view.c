/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How packets are shown.  tcpdump's letters mean what they mean there, as far
 * as they can: -e -n -q -t -v -x -X -A -l; the long options choose another form
 * altogether (--json, --expr, --lua, --csv, --hex).  Pictures are written when
 * all packets are drawn.
 *
 * A dump follows what the packet is shown as, a line if nothing else was asked
 * for.  Text is gathered in one string and written when there is enough of it;
 * with -l, on a terminal or a slow source, after every packet.
 */
#include "cmd/view.h"

#include <pkw/text.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	OPT_JSON = OPT_LONG + 100,
	OPT_EXPR,
	OPT_LUA,
	OPT_CSV,
	OPT_SHOW,
	OPT_LINE,
	OPT_HEX,
	OPT_DIAGRAM,
	OPT_FORMAT,
	OPT_SVG,
	OPT_PDF,
	OPT_FIELDS,
	OPT_UTC,
	OPT_NANO
};

const struct opt view_opts[] = {
	{ OPT_JSON, "json", NULL, "one JSON object a line" },
	{ OPT_EXPR, "expr", NULL, "expressions that craft the same packets" },
	{ OPT_LUA, "lua", NULL, "the same in Lua, as the shell writes it" },
	{ OPT_CSV, "csv", "COLUMNS",
	    "chosen fields: IP.src,TCP.dport,time,len,number,line" },
	{ OPT_FORMAT, "format", "FMT",
	    "a text with fields in it: '%IP.src% {TCP:%TCP.flags%}'" },
	{ OPT_DIAGRAM, "diagram", NULL, "bit diagrams as in RFCs" },
	{ OPT_SVG, "svg", "FILE", "a picture; - is standard output" },
	{ OPT_PDF, "pdf", "FILE", "the same in PDF" },
	{ OPT_HEX, "hex", NULL, "one line of hexadecimal digits" },
	{ OPT_LINE, "line", NULL, "one line" },
	{ 'v', "show", NULL, "a tree of every field" },
	{ 'x', NULL, NULL, "with a hexdump; -xx: of the link layer too" },
	{ 'X', NULL, NULL, "with a hexdump and text; -XX likewise" },
	{ 'A', NULL, NULL, "with the packet's text" },
	{ OPT_FIELDS, "fields", NULL, "with a hexdump, a line for each field" },
	{ 'e', NULL, NULL, "with link layers and lengths" },
	{ 'n', NULL, NULL, "ports as numbers; no name is ever resolved" },
	{ 'q', NULL, NULL, "shorter lines" },
	{ 't', NULL, NULL,
	    "no time; -tt epoch, -ttt delta, -tttt date, -ttttt sum" },
	{ OPT_UTC, "utc", NULL, "times in UTC" },
	{ OPT_NANO, "nano", NULL, "times with nanoseconds" },
	{ '#', "number", NULL, "number the packets" },
	{ 'l', NULL, NULL, "write each packet at once" },
	OPT_STOP
};

/* Formats exclude each other; the last one counts, as options do. */
static int set_mode(struct view *v, enum view_mode mode, const char *text)
{
	v->mode = mode;
	v->text = text;
	return 1;
}

int view_option(struct view *v, struct args *a, int id)
{
	switch (id) {
	case OPT_JSON:
		return set_mode(v, VIEW_JSON, NULL);
	case OPT_EXPR:
		return set_mode(v, VIEW_EXPR, NULL);
	case OPT_LUA:
		return set_mode(v, VIEW_LUA, NULL);
	case OPT_CSV:
		return set_mode(v, VIEW_CSV, a->value);
	case OPT_HEX:
		return set_mode(v, VIEW_HEX, NULL);
	case OPT_DIAGRAM:
		return set_mode(v, VIEW_DIAGRAM, NULL);
	case OPT_FORMAT:
		return set_mode(v, VIEW_FORMAT, a->value);
	case OPT_SVG:
		return set_mode(v, VIEW_SVG, a->value);
	case OPT_PDF:
		return set_mode(v, VIEW_PDF, a->value);
	case OPT_LINE:
		return set_mode(v, VIEW_LINE, NULL);
	case 'v':
		return set_mode(v, VIEW_SHOW, NULL);
	case 'x':
	case 'X':
		v->dump |= v->dump & (DUMP_HEX | DUMP_ASCII) ? DUMP_LINK : 0u;
		v->dump |= DUMP_HEX | (id == 'X' ? DUMP_ASCII : 0u);
		return 1;
	case 'A':
		v->dump |= DUMP_TEXT;
		return 1;
	case OPT_FIELDS:
		v->dump |= DUMP_FIELDS;
		return 1;
	case 'e':
		v->o.flags |= PKW_PRINT_LINK;
		return 1;
	case 'n':
		v->o.flags |= PKW_PRINT_NUMERIC;
		return 1;
	case 'q':
		v->o.flags |= PKW_PRINT_QUIET;
		return 1;
	case 't':
		v->stamps++;
		return 1;
	case OPT_UTC:
		v->o.flags |= PKW_PRINT_UTC;
		return 1;
	case OPT_NANO:
		v->o.digits = 9;
		return 1;
	case '#':
		v->number = 1;
		return 1;
	case 'l':
		v->at_once = 1;
		return 1;
	}
	return 0;
}

static int zone(int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	return localtime_r(&t, &tm) ? (int)tm.tm_gmtoff : 0;
}

static enum pkw_clock clock_of(int stamps)
{
	static const enum pkw_clock by_count[] = { PKW_CLOCK_TIME,
		PKW_CLOCK_NONE, PKW_CLOCK_EPOCH, PKW_CLOCK_DELTA,
		PKW_CLOCK_DATE, PKW_CLOCK_FIRST };
	int most = (int)(sizeof by_count / sizeof *by_count) - 1;

	return by_count[stamps < most ? stamps : most];
}

/* What a mode needs from the start; 0 or an exit status. */
static int begin_mode(struct view *v)
{
	struct pkw_diag d = { .code = 0 };

	switch (v->mode) {
	case VIEW_CSV:
		v->columns = pkw_columns_new(v->text, &d);
		if (!v->columns)
			break;
		pkw_csv_head(v->columns, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_FORMAT:
		v->format = pkw_fmt_new(v->text, &d);
		break;
	case VIEW_SVG:
	case VIEW_PDF:
		v->picture = pkw_picture_new(v->mode == VIEW_PDF
		        ? PKW_PICTURE_PDF
		        : PKW_PICTURE_SVG);
		if (!v->picture)
			pkw_fail(&d, -PKW_ENOMEM, "out of memory");
		break;
	case VIEW_UNSET:
	case VIEW_NOTHING:
	case VIEW_LINE:
	case VIEW_SHOW:
	case VIEW_JSON:
	case VIEW_EXPR:
	case VIEW_LUA:
	case VIEW_HEX:
	case VIEW_DIAGRAM:
		break;
	}
	if (d.code == 0)
		return STATUS_DONE;
	complain(&d, v->text);
	return d.code == -PKW_ENOMEM ? STATUS_FAILED : STATUS_USAGE;
}

int view_begin(struct view *v, enum view_mode usual, unsigned flags)
{
	if (v->mode == VIEW_UNSET)
		v->mode = v->dump ? VIEW_LINE : usual;
	v->o.flags |= flags;
	v->o.clock = clock_of(v->stamps);
	v->o.zone = zone;
	if (color_on(STDOUT_FILENO) && v->mode != VIEW_CSV)
		v->o.flags |= PKW_PRINT_COLOR;
	if (isatty(STDOUT_FILENO))
		v->at_once = 1;
	v->pr = pkw_printer_new(&v->o);
	if (!v->pr) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	return begin_mode(v);
}

/* tcpdump's -A: what can be read of it */
static void add_text(struct view *v, const struct pkw_pkt *p)
{
	struct pkw_span b = pkw_bytes(p);
	char *o = pkw_str_room(&v->out, b.len + 1);

	if (!o)
		return;
	for (size_t i = 0; i < b.len; i++) {
		char c = (char)b.p[i];
		o[i] = (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t' ? c
		                                                         : '.';
	}
	v->out.len += b.len;
	pkw_str_addc(&v->out, '\n');
}

static void add_dumps(struct view *v, const struct pkw_pkt *p)
{
	struct pkw_printer_opts *o = pkw_printer_opts(v->pr);
	unsigned keep = o->flags;

	if (v->dump & DUMP_HEX) {
		if (v->dump & DUMP_ASCII)
			o->flags |= PKW_PRINT_ASCII;
		if (!(v->dump & DUMP_LINK))
			o->flags |= PKW_PRINT_NOLINK;
		pkw_hexdump(v->pr, p, &v->out);
	}
	if (v->dump & DUMP_FIELDS) {
		o->flags = keep | PKW_PRINT_FIELDS;
		pkw_hexdump(v->pr, p, &v->out);
	}
	o->flags = keep;
	if (v->dump & DUMP_TEXT)
		add_text(v, p);
}

static void draw(
    struct view *v, const struct pkw_pkt *p, const struct pkw_frame *frame)
{
	int r = pkw_picture_add(v->picture, v->pr, p, frame);

	if (r == 0 || v->undrawn++)
		return;
	if (r == -PKW_ELIMIT)
		say("a picture has %d packets at most: the others are left "
		    "out",
		    PKW_PICTURE_MAX);
	else
		say("%s", pkw_strerror(r));
}

void view_packet(
    struct view *v, const struct pkw_pkt *p, const struct pkw_frame *frame)
{
	struct pkw_span b;

	v->n++;
	if (v->number && (v->mode == VIEW_LINE || v->mode == VIEW_SHOW))
		pkw_str_fmt(&v->out, "%5llu  ", (unsigned long long)v->n);
	switch (v->mode) {
	case VIEW_UNSET:
	case VIEW_NOTHING:
		return;
	case VIEW_LINE:
		pkw_line(v->pr, p, frame, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_SHOW:
		pkw_show(v->pr, p, frame, &v->out);
		break;
	case VIEW_JSON:
		pkw_json(v->pr, p, frame, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_EXPR:
		pkw_expression(p, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_LUA:
		pkw_lua(p, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_CSV:
		pkw_csv(v->pr, v->columns, p, frame, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_HEX:
		b = pkw_bytes(p);
		pkw_str_hex(&v->out, b.p, b.len);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_DIAGRAM:
		if (v->n > 1)
			pkw_str_addc(&v->out, '\n');
		pkw_diagram(v->pr, p, &v->out);
		break;
	case VIEW_FORMAT:
		pkw_fmt_put(v->pr, v->format, p, frame, &v->out);
		pkw_str_addc(&v->out, '\n');
		break;
	case VIEW_SVG:
	case VIEW_PDF:
		draw(v, p, frame);
		return;
	}
	if (v->dump && (v->mode == VIEW_LINE || v->mode == VIEW_SHOW))
		add_dumps(v, p);
	print(&v->out, v->at_once ? 0 : PKW_DRAIN);
}

void view_missing(struct view *v)
{
	if (v->mode != VIEW_HEX)
		return;
	pkw_str_addc(&v->out, '\n');
	print(&v->out, v->at_once ? 0 : PKW_DRAIN);
}

/* Nothing is written, and an old file stays, if nothing was drawn. */
static int save_picture(struct view *v)
{
	struct pkw_diag d;

	if (v->n == 0) {
		say("no packet to draw: %s is not written", v->text);
		return STATUS_FAILED;
	}
	if (strcmp(v->text, "-") == 0)
		return pkw_picture_put(v->picture, &v->out);
	return pkw_picture_save(v->picture, v->text, &d) < 0
	    ? complain(&d, NULL)
	    : STATUS_DONE;
}

int view_end(struct view *v)
{
	int drawn = v->picture ? save_picture(v) : STATUS_DONE;
	int status = print(&v->out, 0);

	pkw_picture_free(v->picture);
	pkw_fmt_free(v->format);
	pkw_columns_free(v->columns);
	pkw_printer_free(v->pr);
	pkw_str_free(&v->out);
	return drawn ? STATUS_FAILED : status;
}

int view_link(const struct pkw_proto *first)
{
	enum { LINKTYPE_RAW = 101 };
	int64_t n = pkw_bound_number("linktype", first);

	if (n >= 0)
		return (int)n;
	return first->cls == PKW_NETWORK &&
		pkw_link_proto(LINKTYPE_RAW) != first
	    ? LINKTYPE_RAW
	    : -1;
}
