/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS: what is done to messages beyond reading and setting fields. */
#ifndef PKW_DNS_H
#define PKW_DNS_H

/*
 * Names in a message that was built stand in full; in one that was dissected
 * they stay compressed until a change of size, which writes them out, so that
 * no pointer is left leading nowhere.
 */

#include <pkw/pkt.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Replaces the ends of names by pointers to where they stood before in the
 * message (RFC 1035 section 4.1.4): of owners and questions, and in the data of
 * the types of RFC 1035; names in newer types stay in full (RFC 3597 section 4).
 * Letters count as different from their capitals.  Works on any layer that has
 * such names (DNS, LLMNR).  Lengths follow with pkw_seal(); a later change of
 * size writes the names out again.
 *
 * The bytes saved, or a negative error.
 */
PKW_API int pkw_dns_compress(struct pkw_pkt *p, int layer);

#ifdef __cplusplus
}
#endif
#endif
