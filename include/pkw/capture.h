/* SPDX-License-Identifier: BSD-2-Clause */
/* Capture files: pcap and pcapng, read, written and edited on the way. */
#ifndef PKW_CAPTURE_H
#define PKW_CAPTURE_H

/*
 * A reader goes once through a capture and lends out one frame after another;
 * what it lends is valid until its next call.  A writer takes frames and keeps
 * nothing of them.  Neither allocates per packet: memory stays constant for a
 * file of any size.  Both are used by one thread at a time.
 *
 * A writer opened with `.source = reader' continues the reader's file: frames
 * put unchanged, or edited in place, keep their record byte for byte, and so do
 * sections, interfaces, name resolution, secrets and blocks nobody knows.  Runs
 * of such frames are written straight out of the read buffer: so open the
 * writer before the first next(), edit a frame before putting it, and leave its
 * bytes alone from then until the next next().
 *
 *	struct pkw_reader *r = pkw_reader_open("in.pcapng", 0, &d);
 *	struct pkw_writer *w = pkw_writer_open("out.pcapng",
 *	    &(struct pkw_writer_opts){ .source = r }, &d);
 *	while ((e = pkw_reader_next(r, &f, &d)) > 0)
 *		if (wanted(&f) && pkw_writer_put(w, &f, &d) < 0)
 *			break;
 */

#include <pkw/error.h>
#include <pkw/frame.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pkw_reader;
struct pkw_writer;

enum pkw_format {
	PKW_FORMAT_AUTO,    /* as the source, with all that is odd about it;
			       else by the file's name */
	PKW_FORMAT_PCAP,    /* microseconds */
	PKW_FORMAT_PCAP_NS, /* pcap with nanoseconds */
	PKW_FORMAT_PCAPNG,
	PKW_FORMAT__N
};

enum pkw_read_flag {
	PKW_READ_FOLLOW = 1 << 0,  /* a file's end is not the end: wait */
	PKW_READ_MMAP = 1 << 1,    /* map a plain file instead of reading it;
				      it must not be cut meanwhile (SIGBUS) */
	PKW_READ_HEADERS = 1 << 2  /* payload will not be touched: map if that
				      is faster (tiny packets, or huge ones) */
};

enum pkw_write_flag {
	PKW_WRITE_GZIP = 1 << 0,
	PKW_WRITE_ZSTD = 1 << 1,
	PKW_WRITE_PLAIN = 1 << 2,      /* whatever the suffix says */
	PKW_WRITE_UNBUFFERED = 1 << 3  /* one write(2) per packet */
};

/* An interface as pcapng describes it; a pcap file has exactly one. */
struct pkw_iface {
	char name[64];        /* "" if unknown; longer names are cut */
	char description[128];
	uint16_t link;        /* LINKTYPE_ number */
	uint8_t tsresol;      /* -log10 of the unit, bit 7: -log2; written: 0
				 stands for 9 */
	uint8_t fcs;          /* bytes of FCS in each frame */
	uint32_t snaplen;     /* 0: no limit */
	int64_t tsoffset;     /* seconds added to every time stamp */
	uint64_t received;    /* from the statistics block, 0 if none */
	uint64_t dropped;     /* by the interface */
	uint64_t os_dropped;  /* by the operating system */
};

/* A pcapng block, whole: type and both lengths included. */
struct pkw_block {
	uint32_t type;
	uint32_t len;
	const uint8_t *bytes;
	int big_endian;
};

/* One pcapng option; `value' borrows. */
struct pkw_option {
	uint16_t code;
	uint16_t len;
	const uint8_t *value;
};

/*
 * Reading.  The format and the compression (gzip, zstd, several members too)
 * are told from the bytes, also on a pipe; "-" is standard input.
 *
 * open:     NULL and a diagnosis when there is no capture.
 * open_fd:  the descriptor stays the caller's; `name' is for messages.
 * open_mem: the bytes stay the caller's, are lent out (and edited) in place,
 *           and must be followed by PKW_FRAME_SLACK readable bytes.
 */
PKW_API struct pkw_reader *pkw_reader_open(const char *path, unsigned flags,
    struct pkw_diag *d);
PKW_API struct pkw_reader *pkw_reader_open_fd(int fd, const char *name,
    unsigned flags, struct pkw_diag *d);
PKW_API struct pkw_reader *pkw_reader_open_mem(uint8_t *bytes, size_t len,
    struct pkw_diag *d);
PKW_API void pkw_reader_close(struct pkw_reader *r);

/*
 * The next frame: 1, or 0 at the clean end, or an error, which stays:
 *   -PKW_ETRUNC   the file is cut; every whole record was delivered before
 *   -PKW_EFORMAT  a record makes no sense; the text says where
 *   -PKW_ELIMIT   a record is longer than the limit
 * Two are no failure, and the call may be repeated: -PKW_EAGAIN (nothing came
 * within the timeout) and -PKW_EINTR (a signal, or pkw_reader_stop()).
 */
PKW_API int pkw_reader_next(struct pkw_reader *r, struct pkw_frame *f,
    struct pkw_diag *d);

/*
 * timeout: how long next() waits for a growing file or a silent pipe, in
 *          milliseconds; -1, the default, waits for ever.
 * stop:    ends the present wait, or else the next; may be called from a
 *          signal handler or another thread.
 * limit:   the largest packet accepted, 256 KiB at first, 64 MiB at most.
 */
PKW_API void pkw_reader_timeout(struct pkw_reader *r, int milliseconds);
PKW_API void pkw_reader_stop(struct pkw_reader *r);
PKW_API int pkw_reader_limit(struct pkw_reader *r, uint32_t bytes);

/*
 * What is known so far.  iface: of the present section, NULL past the last,
 * valid until the next call of next(); those described at the file's beginning
 * are known after opening it.  offset: where the next record begins, in bytes
 * of the uncompressed capture.  `PKW_FORMAT_PCAP_NS' stands for every pcap with
 * nanoseconds.
 */
PKW_API enum pkw_format pkw_reader_format(const struct pkw_reader *r);
PKW_API const struct pkw_iface *pkw_reader_iface(const struct pkw_reader *r,
    uint32_t index);
PKW_API uint64_t pkw_reader_offset(const struct pkw_reader *r);

/*
 * Shows each block which is not a packet, in its place among the packets; a
 * negative answer ends pkw_reader_next() with it.
 */
typedef int pkw_block_fn(void *arg, const struct pkw_block *b);
PKW_API void pkw_reader_on_block(struct pkw_reader *r, pkw_block_fn *fn,
    void *arg);

/*
 * Options of a frame: 1 and the next one at *at (0 to begin with), 0 after the
 * last.  Codes: 1 comment, 2 flags, 3 hash, 4 dropcount, 5 packetid, 6 queue,
 * 7 verdict.  Numbers in values have the order PKW_FRAME_OPTIONS_BE tells.
 */
PKW_API int pkw_option_next(const struct pkw_frame *f, uint32_t *at,
    struct pkw_option *o);

/* Writing.  All-zero options are sensible; strings are used during open. */
struct pkw_writer_opts {
	enum pkw_format format;
	unsigned flags;            /* enum pkw_write_flag */
	int level;                 /* of compression, 0: the usual one */
	struct pkw_reader *source; /* the file to continue, may be NULL */
	const char *app, *os, *hardware, *comment; /* of a pcapng section */
};

/*
 * "-" is standard output.  Names ending in .gz or .zst are compressed, those
 * ending (before that) in .pcapng or .ntar become pcapng, others pcap.  A
 * regular file is emptied at once and its header written; the source's own file
 * is refused.  With open_fd the descriptor stays the caller's.
 */
PKW_API struct pkw_writer *pkw_writer_open(const char *path,
    const struct pkw_writer_opts *o, struct pkw_diag *d);
PKW_API struct pkw_writer *pkw_writer_open_fd(int fd, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d);

/*
 * Describes an interface and returns the number to use as frame.ifindex.  It
 * is optional: a frame whose ifindex and link fit no interface gets one made.
 * In pcap there can be one link type only (-PKW_ETYPE).
 */
PKW_API int pkw_writer_iface(struct pkw_writer *w, const struct pkw_iface *i,
    struct pkw_diag *d);

/*
 * Writes one frame.  In pcapng the comment, flags, drop count and options go
 * along; a `comment' which does not point into `options' replaces the comments
 * found there.  -PKW_ERANGE: the time does not fit pcap (1970 to 2106);
 * -PKW_ETYPE: a second link type in pcap; -PKW_EMSGSIZE: over 64 MiB;
 * -PKW_ELIMIT: over 4096 interfaces nobody described.  These refuse the one
 * frame.  Errors of writing (-PKW_ENOSPC ...) stay: a regular file is cut behind
 * its last whole record, and nothing more is tried.
 */
PKW_API int pkw_writer_put(struct pkw_writer *w, const struct pkw_frame *f,
    struct pkw_diag *d);

/* Copies a block of another file as it stands; pcap output passes it over. */
PKW_API int pkw_writer_block(struct pkw_writer *w, const struct pkw_block *b,
    struct pkw_diag *d);

/* Counters for the statistics block which close() writes (pcapng only). */
PKW_API int pkw_writer_stats(struct pkw_writer *w, uint32_t ifindex,
    uint64_t received, uint64_t dropped, uint64_t os_dropped);

/*
 * Batches of whole records go out by themselves, every 256 KiB; flush sends
 * what is there.  close does so too, reports any error there ever was, and
 * frees in every case.  counts: packets in the file, and put but lost.
 */
PKW_API int pkw_writer_flush(struct pkw_writer *w, struct pkw_diag *d);
PKW_API int pkw_writer_close(struct pkw_writer *w, struct pkw_diag *d);
PKW_API void pkw_writer_counts(const struct pkw_writer *w, uint64_t *written,
    uint64_t *lost);

#ifdef __cplusplus
}
#endif
#endif
