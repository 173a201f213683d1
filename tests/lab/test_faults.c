/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says while sending, one fault after another: this program
 * brings its own sendmmsg(2), which fails as a script tells it.
 */
#include "lab.h"

#include <pkw/exchange.h>
#include <pkw/text.h>

#include <sys/socket.h>
#include <sys/syscall.h>

/* Answers of the next calls: an errno, or -n: send n messages; 0: all. */
static int script[16];
static unsigned at, calls, always;

int sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	int what = always ? (int)always : at < 16 ? script[at] : 0;

	at++;
	calls++;
	if (what > 0) {
		errno = what;
		return -1;
	}
	if (what < 0 && n > (unsigned)-what)
		n = (unsigned)-what;
	return (int)syscall(SYS_sendmmsg, fd, m, n, flags);
}

static struct pkw_diag d;
static struct pkw_link *l;
static struct pkw_pkt *p;

/* Sends 10 packets under a script; how many arrived in the counters. */
static int send_ten(const int *s, size_t n, struct pkw_sent *r)
{
	struct pkw_array a = { &p, 1, 0 };
	struct pkw_source source = pkw_array_source(&a);

	memset(script, 0, sizeof script);
	memcpy(script, s, n * sizeof *s);
	at = calls = 0;
	return pkw_send(l, &source, &(struct pkw_send_opts){ .count = 10 }, r,
	    &d);
}

#define SCRIPT(...) (const int[]){ __VA_ARGS__ },                              \
	sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int)

static void test_full_queues(void)
{
	struct pkw_sent r;

	is_int(send_ten(SCRIPT(EAGAIN, EAGAIN, -3, EAGAIN, 0), &r), 0,
	    "the socket's queue is full for a while");
	is_int((int64_t)r.packets, 10, "... all went");
	is_int(calls, 5, "... in five calls");
	is_int(send_ten(SCRIPT(ENOBUFS, ENOBUFS, -9, ENOBUFS, 0), &r), 0,
	    "the interface's queue is full for a while");
	is_int((int64_t)r.packets, 10, "... all went");
	is_int(send_ten(SCRIPT(EINTR, -1, EINTR, EINTR), &r), 0, "signals");
	is_int((int64_t)r.packets, 10, "... all went");
	always = ENOBUFS;
	double t = lab_now();
	is_int(send_ten(SCRIPT(0), &r), -PKW_ENOBUFS, "full for ever");
	t = lab_now() - t;
	is_str(d.text, "the send queue of v0 has been full for two seconds",
	    "... says so");
	ok(t > 1.9 && t < 4, "... after two seconds (%.1f)", t);
	ok(calls < 3000, "... and no busy loop (%u calls)", calls);
	is_int((int64_t)r.packets, 0, "... nothing went");
	always = 0;
	is_int(send_ten(SCRIPT(0), &r), 0, "then it works again");
	is_int((int64_t)r.packets, 10, "... and nothing is left over");
}

static void test_refusals(void)
{
	struct pkw_sent r;

	is_int(send_ten(SCRIPT(-4, EMSGSIZE), &r), -PKW_EMSGSIZE,
	    "the fifth is refused");
	is_int((int64_t)r.packets, 4, "... four went");
	is_str(d.text, "a packet of 43 bytes was refused by v0: packet too "
	    "long for the link", "... says so");
	is_int(send_ten(SCRIPT(-2, ENETDOWN), &r), -PKW_ENETDOWN, "down");
	is_str(d.text, "v0 is down", "... says so");
	is_int((int64_t)r.packets, 2, "... two went");
	is_int(send_ten(SCRIPT(EPERM), &r), -PKW_EPERM, "forbidden");
	ok(strstr(d.text, "operation not permitted") != NULL, "... says so");
	is_int(send_ten(SCRIPT(0), &r), 0, "then it works again");
}

/* A question stuck in the queue is late, not lost. */
static void test_ask(void)
{
	struct pkw_pkt *a = pkw_pkt_new(), *q = pkw_pkt_new();

	pkw_parse(q, "IP(dst='10.0.0.2')/ICMP(id=1)", &d);
	memcpy(script, (int[]){ EAGAIN, ENOBUFS, ENOBUFS, 0 },
	    4 * sizeof(int));
	at = 0;
	is_int(pkw_ask1(l, q, 1000, a, &d), 1, "an answer all the same");
	always = ENETDOWN;
	is_int(pkw_ask1(l, q, 1000, a, &d), -PKW_ENETDOWN, "down");
	is_str(d.text, "v0 is down", "... says so");
	always = 0;
	pkw_pkt_free(a);
	pkw_pkt_free(q);
}

int main(void)
{
	lab_begin();
	lab_no_ipv6();
	lab_veth();
	p = pkw_pkt_new();
	l = pkw_link_open("v0", &(struct pkw_link_opts){
	    .flags = PKW_LINK_FOR_ASKING }, &d);
	if (!ok(l && pkw_parse(p, "IP(dst='10.0.0.2')/UDP(dport=9)/'x'", &d) ==
	    0, "ready"))
		return done();
	test_full_queues();
	test_refusals();
	test_ask();
	pkw_link_close(l);
	pkw_pkt_free(p);
	return done();
}
