/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts' names and addresses, by the system's resolver. */
#ifndef PKW_CMD_NAMES_H
#define PKW_CMD_NAMES_H

#include <pkw/net.h>

/*
 * The address of a host, given as name or address; family 4, 6 or 0 for any.
 * 0, or STATUS_FAILED after saying why.
 */
int host_address(const char *text, int family, struct pkw_addr *a);

/*
 * Names of addresses.  want() begins to ask and returns at once; get() waits
 * until the answer is there, but for all of them together no longer than two
 * seconds; NULL: it has no name.  Names are plain ASCII, and stay.
 */
struct names;
struct names *names_new(void);
void names_free(struct names *n);
void names_want(struct names *n, const struct pkw_addr *a);
const char *names_get(struct names *n, const struct pkw_addr *a);

#endif
