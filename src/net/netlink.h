/* SPDX-License-Identifier: BSD-2-Clause */
/* Talking rtnetlink: one question, its answers. */
#ifndef PKW_NET_NETLINK_H
#define PKW_NET_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdint.h>

struct pkw_addr;

struct pkw__netlink {
	struct mnl_socket *sock;
	uint32_t seq;
};

enum { PKW__NL_MAX = 16384 }; /* bytes of one read: what iproute2 takes */

/* `groups': RTMGRP_ bits of the news to listen to.  0 or -errno. */
int pkw__netlink_open(struct pkw__netlink *n, unsigned groups);
void pkw__netlink_close(struct pkw__netlink *n);

/*
 * Sends a message made with mnl_nlmsg_put_header() and hands each answer to fn.
 * 0, or the kernel's -errno.  -EINTR: a dump that changed under the reader; it
 * is to be asked for again.
 */
int pkw__netlink_talk(struct pkw__netlink *n, struct nlmsghdr *h, mnl_cb_t fn,
    void *arg);

/* Throws away what is there; 1 if there was something. */
int pkw__netlink_drain(struct pkw__netlink *n);

/* libmnl's mnl_attr_for_each(), clean under -Wconversion. */
#define PKW__ATTR_EACH(a, h, head)                                             \
	for ((a) = mnl_nlmsg_get_payload_offset((h), (head));                  \
	    mnl_attr_ok((a), (int)((const char *)                              \
	    mnl_nlmsg_get_payload_tail(h) - (const char *)(a)));               \
	    (a) = mnl_attr_next(a))

/* An attribute's bytes as an address; others than 4, 6 and 16 leave it empty. */
void pkw__netlink_addr(const struct nlattr *a, struct pkw_addr *out);

#endif
