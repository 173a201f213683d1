/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters as links use them. */
#ifndef PKW_NET_FILTER_H
#define PKW_NET_FILTER_H

#include <pkw/net.h>

#include <linux/filter.h>

enum { PKW__FILTER_CODE = BPF_MAXINSNS };

/*
 * As pkw_filter_new(), for packets of an interface with that IPv4 netmask (0:
 * not known) of which snaplen bytes are kept.  An empty text passes all.
 */
struct pkw_filter *pkw__filter_new(const char *text, unsigned link,
    uint32_t snaplen, uint32_t netmask, struct pkw_diag *d);

/*
 * The program for a socket.  What it cannot judge it passes: those frames must
 * be asked about again, see pkw__filter_again().  `any': the socket sees frames
 * of all kinds of interface.  The code is the caller's to free; NULL: none is
 * needed, or no memory (*n is then nonzero).
 */
struct sock_filter *pkw__filter_kernel(
    const struct pkw_filter *f, int any, size_t *n);

/* Is the kernel's word on such a frame not the last? */
static inline int pkw__filter_again(unsigned link, int tagged, int any)
{
	return tagged || (any && link != 1);
}

#endif
