/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a writer. */
#ifndef PKW_CAPTURE_WRITER_H
#define PKW_CAPTURE_WRITER_H

#include "batch.h"

struct pkw__out_iface {
	struct pkw__iface i;
	uint32_t number; /* frame.ifindex it stands for, if not in the map */
	int numbered;
	int stats;       /* counters were given */
};

struct pkw_writer {
	struct pkw__batch b;
	struct pkw_reader *src;  /* NULL: none, or closed by now */
	struct pkw_writer *next; /* of the same source */
	int continuing;          /* in the source's own format */
	int begun;               /* the first header is out */
	int unbuffered;

	uint16_t link;     /* of pcap */
	uint32_t second;   /* the last frame fell into */
	int64_t second_ns;

	struct pkw__out_iface *ifaces;
	uint32_t n_ifaces, cap_ifaces;
	uint32_t *map; /* source's or declared number to the file's */
	uint32_t n_map, cap_map;
	int shifted;   /* the map is not the identity */
	int64_t last_ns;
};

/* pcapng: a section's header; the statistics at its end. */
int pkw__writer_section(struct pkw_writer *w, const struct pkw_writer_opts *o);
void pkw__writer_end_section(struct pkw_writer *w);

/*
 * An interface which is described in the file, the last one; NULL without
 * memory.  map: lets the next number of frames mean it.
 */
struct pkw__out_iface *pkw__writer_add_iface(struct pkw_writer *w,
    const struct pkw__iface *i);
int pkw__writer_map_iface(struct pkw_writer *w);

/* pcap: makes a header of our own; writes the one there is, at once. */
void pkw__writer_make_head(struct pkw_writer *w, const struct pkw_iface *i);
int pkw__writer_head(struct pkw_writer *w);

#endif
