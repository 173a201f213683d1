/* SPDX-License-Identifier: BSD-2-Clause */
/* What probes may do to others: who is left alone, and how fast is too fast. */
#ifndef PKW_CMD_MANNERS_H
#define PKW_CMD_MANNERS_H

/*
 * The administrator's word is in /etc/pkw (or the folder that PKW_ETC names):
 *
 *	blocklist   a prefix or address a line, # and what follows it is not
 *	            read: never probed
 *	limits      `max-pps N': no command sends probes faster
 *
 * Probes that could harm (a flood, a false source) go no further than the
 * networks this host is in, unless the user says that the target's is his.
 */

#include <pkw/net.h>

struct manners;
/* NULL, and said why, if a file is there and cannot be read or understood. */
struct manners *manners_read(void);
void manners_free(struct manners *m);

/* Is the address on the blocklist?  Its line, else NULL. */
const char *manners_blocked(const struct manners *m, const struct pkw_addr *a);
/* The ceiling in packets a second; 0: there is none. */
double manners_max_pps(const struct manners *m);

/* Is a router between us and the address (or no route)? */
int manners_off_link(
    struct pkw_net *net, const struct pkw_addr *a, uint32_t ifindex);

#endif
