/* SPDX-License-Identifier: BSD-2-Clause */
/* A frame: the bytes of one packet as captured or to be sent, and when. */
#ifndef PKW_FRAME_H
#define PKW_FRAME_H

/*
 * The one struct in which capture files and live capture hand packets over.
 * It owns nothing: `data', `comment' and `options' are borrowed from whoever
 * filled it, until the next frame is asked of the same source.  The bytes may
 * be edited in place, and PKW_FRAME_SLACK bytes behind them can be read (their
 * value means nothing), so that a dissector may load by the word.
 */

#include <stdint.h>

#define PKW_FRAME_SLACK 64

/*
 * Flags.  Bits 0-11 and 16-31 are the packet flags word of pcapng as it stands
 * (draft-ietf-opsawg-pcapng §4.3.1); bits 12-15, unassigned there, are ours.
 */
enum pkw_frame_flag {
	PKW_FRAME_IN = 1 << 0,           /* received */
	PKW_FRAME_OUT = 1 << 1,          /* sent by this host */
	PKW_FRAME_UNICAST = 1 << 2,      /* bits 2-4 are a number, see mask */
	PKW_FRAME_MULTICAST = 2 << 2,
	PKW_FRAME_BROADCAST = 3 << 2,
	PKW_FRAME_OTHERHOST = 4 << 2,    /* seen only because promiscuous */
	PKW_FRAME_TYPE_MASK = 7 << 2,
	PKW_FRAME_FCS_MASK = 15 << 5,    /* bytes of FCS at the end of data */
	PKW_FRAME_CSUM_PARTIAL = 1 << 9, /* left to the card: not filled in */
	PKW_FRAME_CSUM_VALID = 1 << 10,  /* checked by the card */
	PKW_FRAME_TSO = 1 << 11,         /* a large segment, not yet cut up */
	PKW_FRAME_NO_TIME = 1 << 12,     /* the source has no time stamp */
	PKW_FRAME_OPTIONS_BE = 1 << 13,  /* `options' are big-endian */
	PKW_FRAME_OPTIONS_BAD = 1 << 14, /* ... and ended before their fault */
	PKW_FRAME__OURS = 15 << 12
};

#define PKW_FRAME_FCS(flags) (((flags) & (uint32_t)PKW_FRAME_FCS_MASK) >> 5)

struct pkw_frame {
	uint8_t *data;          /* caplen bytes, writable */
	uint32_t caplen;        /* bytes that are here */
	uint32_t len;           /* bytes there were on the wire */
	int64_t ts_ns;          /* nanoseconds since 1970, may be negative */
	uint16_t link;          /* LINKTYPE_ number, tcpdump.org/linktypes */
	uint16_t spare;         /* 0 */
	uint32_t ifindex;       /* file: number in its section; live: kernel's */
	uint32_t flags;         /* enum pkw_frame_flag */
	uint32_t dropped;       /* packets lost just before this one */
	const char *comment;    /* the first comment, UTF-8, no NUL, or NULL */
	uint32_t comment_len;
	uint32_t options_len;   /* see pkw_option_next() in <pkw/capture.h> */
	const uint8_t *options; /* pcapng options as they stand, or NULL */
};

#endif
