/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes: packets made once by the engine, of which copies are cast. */
#ifndef PKW_PROBE_MOULD_H
#define PKW_PROBE_MOULD_H

#include <pkw/net.h>
#include <pkw/scan.h>

#include <stddef.h>
#include <stdint.h>

enum { PKW__MOULD_MAX = 512 };

struct pkw__mould {
	const char *text;   /* what is behind IP */
	uint8_t v6, kind, number; /* number: the protocol behind IP */
	uint16_t len, l4;
	uint64_t ip_sum;    /* of the header without addresses and id */
	uint64_t l4_sum;    /* of what is behind it, and the pseudo header,
	                       without addresses and what cast() writes */
	uint8_t bytes[PKW__MOULD_MAX];
};

/* What is written into a copy. */
struct pkw__cast {
	const struct pkw_addr *src, *dst;
	uint16_t sport, dport;
	uint32_t cookie;
	uint8_t try;
};

/* What is behind IP for a probe. */
const char *pkw__mould_text(enum pkw_scan_kind kind, uint16_t port, int v6);
int pkw__mould_make(struct pkw__mould *m, enum pkw_scan_kind kind,
    uint16_t port, int v6, const struct pkw_scan_opts *o, struct pkw_diag *d);
/* Makes a packet of m->len bytes. */
void pkw__mould_cast(
    const struct pkw__mould *m, const struct pkw__cast *c, uint8_t *out);

/* Has a probe of this kind the ACK flag? */
static inline int pkw__kind_acks(unsigned kind)
{
	return kind == PKW_SCAN_ACK || kind == PKW_SCAN_WINDOW ||
	    kind == PKW_SCAN_MAIMON;
}

#endif
