/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink, as far as it is the same for interfaces, routes and neighbours
 * (libmnl does the framing).  The kernel answers within the call that asks, so
 * there is no waiting here: a question is sent and its answers are read until
 * the last part or the error that ends them.
 */
#include "net/netlink.h"

#include <pkw/net.h>

#include <errno.h>
#include <string.h>

int pkw__netlink_open(struct pkw__netlink *n, unsigned groups)
{
	n->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!n->sock)
		return -errno;
	if (mnl_socket_bind(n->sock, groups, MNL_SOCKET_AUTOPID) < 0) {
		int e = -errno;
		mnl_socket_close(n->sock);
		n->sock = NULL;
		return e;
	}
	return 0;
}

void pkw__netlink_close(struct pkw__netlink *n)
{
	if (n->sock)
		mnl_socket_close(n->sock);
	n->sock = NULL;
}

int pkw__netlink_drain(struct pkw__netlink *n)
{
	char rest[256];
	int fd = mnl_socket_get_fd(n->sock), any = 0;

	/* ENOBUFS says once that there was more than the socket could hold */
	while (
	    recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0 || errno == ENOBUFS)
		any = 1;
	return any;
}

int pkw__netlink_talk(
    struct pkw__netlink *n, struct nlmsghdr *h, mnl_cb_t fn, void *arg)
{
	char buf[PKW__NL_MAX];
	unsigned port = mnl_socket_get_portid(n->sock);

	/* what came late for a question that was given up is not ours */
	pkw__netlink_drain(n);
	h->nlmsg_seq = ++n->seq;
	h->nlmsg_flags |= NLM_F_REQUEST;
	/* a lone answer is followed by nothing, unless an ack is asked for */
	if (!(h->nlmsg_flags & NLM_F_DUMP))
		h->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(n->sock, h, h->nlmsg_len) < 0)
		return -errno;
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(n->sock, buf, sizeof buf);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		int r = mnl_cb_run(buf, (size_t)got, n->seq, port, fn, arg);
		if (r < 0)
			return -errno;
		if (r == MNL_CB_STOP)
			return 0;
	}
}

void pkw__netlink_addr(const struct nlattr *a, struct pkw_addr *out)
{
	uint16_t len = mnl_attr_get_payload_len(a);

	memset(out, 0, sizeof *out);
	if (len != 4 && len != 6 && len != 16)
		return;
	out->len = (uint8_t)len;
	memcpy(out->bytes, mnl_attr_get_payload(a), len);
}
