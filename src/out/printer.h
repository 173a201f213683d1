/* SPDX-License-Identifier: BSD-2-Clause */
/* The printer: what is kept from one packet to the next. */
#ifndef PKW_OUT_PRINTER_H
#define PKW_OUT_PRINTER_H

#include "out/pen.h"
#include "out/plate.h"

#include "core/core.h"

#include <pkw/show.h>

enum {
	CLOCK_ROOM = 64,  /* the longest time stamp and the blank behind it */
	LINK_ROOM = 96,
	INNER_DEPTH = 4   /* packets inside fields of packets */
};

struct pkw_printer {
	struct pkw_printer_opts o;
	struct plates plates;
	struct pkw_str scratch;
	struct pkw_pkt *inner[INNER_DEPTH]; /* made when needed */

	/* clock.c: text of the last second, without its fraction */
	int64_t second;
	char second_text[32];
	uint32_t second_len;
	int64_t zone_from;   /* the quarter of an hour that .zone holds for */
	int zone;
	int64_t first_ns, last_ns;
	int begun;

	/* json.c */
	int64_t json_second;
	char json_time[48];  /* `{"time":1700000000.' */
	uint32_t json_timelen;
	uint32_t link;       /* of json_link; above 65535: none yet */
	char json_link[LINK_ROOM];
	uint32_t json_linklen;
};

/* The time stamp as the options want it, and a blank; CLOCK_ROOM at most. */
char *pkw__clock_text(struct pkw_printer *pr, int64_t ns, char *o);

/* The printer's packet for what is inside a field, NULL if too deep. */
struct pkw_pkt *pkw__inner(struct pkw_printer *pr, unsigned depth);
/* The empty scratch string. */
struct pkw_str *pkw__scratch(struct pkw_printer *pr);
/* Ends what was written of p; whatever had no memory on the way is an error. */
int pkw__print_end(struct pkw_printer *pr, struct pen *w, size_t start,
    const struct pkw_pkt *p);

/* Appends n bytes with all but printable ASCII as \xNN. */
void pkw__str_safe(struct pkw_str *s, const void *bytes, size_t n);

/* The layer's root, laid out if need be; negative: see pkw_root(). */
static inline int pkw__root_of(const struct pkw_pkt *p, unsigned layer)
{
	unsigned node = p->v.layers[layer].node;

	return node != PKW_NO_NODE ? (int)node : pkw_root(p, (int)layer);
}

/*
 * The fields that a layer has, a bit each, if one byte of it tells and it need
 * not be laid out for that; else 0.
 */
static inline uint64_t pkw__told(
    const struct pkw_pkt *p, const struct pkw_layer *l)
{
	const struct pkw__shape *sh = l->proto->rec.shape;

	if (sh->head != PKW__HEAD_BYTE || l->node != PKW_NO_NODE ||
	    l->flags & (PKW_LAYER_BAD | PKW_LAYER_ODD) ||
	    !(l->flags & PKW_LAYER_READ) || l->len <= sh->by_off)
		return 0;
	const struct pkw__by *by = &sh->by[p->v.bytes[l->off + sh->by_off]];
	return by->len == l->len ? by->has : 0;
}

/* A record is named by the flat variant inside it, if there is one. */
const struct pkw_record *pkw__named(const struct pkw_pkt *p, int node);

/* Appends a coded field's text; negative: it does not decode. */
int pkw__coded_text(const struct pkw_pkt *p, const struct pkw_field *f,
    const struct pkw_node *n, struct pkw_str *s);

/*
 * A record that holds nothing but one value stands for it: an element of a list
 * of values, or a variant such as the address in a DNS record.
 */
int pkw__is_lone(const struct pkw_pkt *p, int node);

/* Fields that show nothing: switches, and alignment of zeros. */
int pkw__field_hidden(const struct pkw_pkt *p, int node, unsigned field);

#endif
