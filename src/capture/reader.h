/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a reader, for the formats it knows and the writer behind it. */
#ifndef PKW_CAPTURE_READER_H
#define PKW_CAPTURE_READER_H

/*
 * The bytes at..end are read and not yet handed out.  What next() lent lies in
 * lo..at and keeps its place until pkw__reader_fill(), which moves everything;
 * so a writer that continues this file may let its output lie there until then
 * and is told by pkw__writer_settle().
 */

#include "clock.h"
#include "source.h"

#include <pkw/capture.h>

enum {
	READ_SIZE = 256 << 10, /* of one read(2): it fits the L2 cache */
	FRONT_SIZE = 64 << 10, /* before it: what the last read left over */
	MAX_PACKET = 64 << 20,
	MAX_OPTIONS = 1 << 20, /* of one packet */
	MAX_IFACES = 1 << 16   /* of one section */
};

enum block_type {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_IFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_STATS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_MAGIC = 0x1a2b3c4d /* of a section: tells its byte order */
};

struct pkw__iface {
	struct pkw_iface pub;
	struct pkw__clock clock;
};

/* How the records of a pcap file look. */
struct pkw__pcap {
	uint8_t head_len;   /* of the file's header */
	uint8_t record_len; /* of a record's header */
	uint8_t swap;
	uint8_t lengths;    /* enum: the order of caplen and len */
	uint32_t unit;      /* ns */
	uint8_t head[28];   /* the header as it stands */
};

struct pkw_reader {
	uint8_t *at;    /* the next record */
	size_t fast;    /* bytes from there which are plain pcap, else 0 */
	uint32_t limit; /* of a packet */
	uint32_t unit;  /* ns, of plain pcap */
	uint16_t link;
	uint8_t swap;   /* pcapng: the section's byte order is not ours */
	uint8_t ng;
	uint8_t *lo, *end;
	int (*step)(struct pkw_reader *r, struct pkw_frame *f);

	uint8_t *buf, *front; /* NULL if the bytes are mapped or the caller's */
	size_t cap;           /* of buf, without the slack */
	uint64_t origin;      /* offset of `*lo', of the uncompressed capture */
	uint8_t *map, *map_end, *mapped_to;
	size_t map_len;
	struct pkw__source src;

	struct pkw__pcap pcap;
	struct pkw__iface *ifaces;
	uint32_t n_ifaces, cap_ifaces;
	int begun; /* a block or a packet was handed out */

	pkw_block_fn *on_block;
	void *on_block_arg;
	struct pkw_writer *writers; /* which continue this file */

	int err; /* stays */
	struct pkw_diag diag;
	char name[128];
};

/* Puts the file's name to r->diag and lets the error stay if it should. */
int pkw__reader_stick(struct pkw_reader *r, int code);

/* More bytes at r->end: 1, 0 at the end of the file, or an error. */
int pkw__reader_fill(struct pkw_reader *r);

/*
 * Also that, for a record that wants `want' bytes from r->at: 1; 0 at a clean
 * end; -PKW_ETRUNC if the file ends inside it.
 */
int pkw__reader_more(struct pkw_reader *r, uint64_t want, const char *what);

/* The next interface's place, NULL without memory. */
struct pkw__iface *pkw__reader_add_iface(struct pkw_reader *r);

/*
 * Each format: open reads the header, step is next(), record finds the record
 * which says exactly what the frame says, data aside, NULL if there is none.
 * pcap_match: does this magic number begin a pcap file?
 */
int pkw__pcap_match(const uint8_t magic[4]);
int pkw__pcap_open(struct pkw_reader *r);
int pkw__pcap_step(struct pkw_reader *r, struct pkw_frame *f);
const uint8_t *pkw__pcap_record(const struct pkw_reader *r,
    const struct pkw_frame *f, size_t *len);
int pkw__ng_open(struct pkw_reader *r);
int pkw__ng_step(struct pkw_reader *r, struct pkw_frame *f);
const uint8_t *pkw__ng_record(const struct pkw_reader *r,
    const struct pkw_frame *f, size_t *len);

/* Whether every program reads this kind of pcap. */
int pkw__pcap_standard(const struct pkw__pcap *l);

/* The length of the pcap record or pcapng block at p, 0 if n bytes hold none */
size_t pkw__pcap_span(const struct pkw__pcap *l, const uint8_t *p, size_t n);
size_t pkw__ng_span(const uint8_t *p, size_t n, int swap);

/* A pcap record's header; f->ts_ns is given once more, in two parts. */
void pkw__pcap_encode(const struct pkw__pcap *l, const struct pkw_frame *f,
    uint32_t seconds, uint32_t ns, uint8_t *p);

/* Interface description block of `len' bytes. */
void pkw__ng_parse_iface(struct pkw__iface *i, const uint8_t *p, size_t len,
    int swap);

/* Finds comment, flags and drops in f->options and shortens them if faulty. */
void pkw__options_scan(struct pkw_frame *f);

/*
 * Writes the options of `f' in the given byte order, at most options_room()
 * bytes: their length, 0 if there are none.
 */
size_t pkw__options_room(const struct pkw_frame *f);
size_t pkw__options_put(const struct pkw_frame *f, int swap, uint8_t *p);

/*
 * What a reader tells a writer that continues it.  settle: let go of the read
 * buffer now.  pass: here comes a block which is no packet, already accounted
 * for in r->ifaces.  orphan: settle, the reader goes away.
 */
struct pkw_writer *pkw__writer_settle(struct pkw_writer *w);
struct pkw_writer *pkw__writer_pass(struct pkw_writer *w, const uint8_t *p,
    size_t len, uint32_t type);
struct pkw_writer *pkw__writer_orphan(struct pkw_writer *w);

#endif
