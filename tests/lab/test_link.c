/* SPDX-License-Identifier: BSD-2-Clause */
/* Links: what goes in comes out, filters, tags, loss, and what breaks. */
#include "lab.h"

#include <pkw/net.h>

#include <linux/capability.h>
#include <sys/syscall.h>

static struct pkw_diag d;
static struct pkw_link *here, *there;

/* An Ethernet frame to v0, of the type, with n bytes of payload 0, 1, 2, ... */
static size_t frame(uint8_t *b, unsigned type, size_t n)
{
	static const uint8_t head[] = {
		2, 0, 0, 0, 0, 1, /* to v0 */
		2, 0, 0, 0, 0, 2, /* from v1 */
	};

	memcpy(b, head, sizeof head);
	b[12] = (uint8_t)(type >> 8);
	b[13] = (uint8_t)type;
	for (size_t i = 0; i < n; i++)
		b[14 + i] = (uint8_t)i;
	return 14 + n;
}

/* A UDP datagram in such a frame; checksums are not looked at here. */
static size_t udp(uint8_t *b, unsigned dport)
{
	static const uint8_t ip[] = {
		0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, /* IPv4, UDP */
		10, 0, 0, 2, 10, 0, 0, 1,
		0x30, 0x39, 0, 0, 0, 12, 0, 0, 't', 'e', 's', 't'
	};

	size_t n = frame(b, 0x0800, sizeof ip);
	memcpy(b + 14, ip, sizeof ip);
	b[14 + 22] = (uint8_t)(dport >> 8);
	b[14 + 23] = (uint8_t)dport;
	return n;
}

/* Puts a VLAN tag into a frame. */
static size_t tag(uint8_t *b, size_t n, unsigned tpid, unsigned tci)
{
	memmove(b + 16, b + 12, n - 12);
	b[12] = (uint8_t)(tpid >> 8);
	b[13] = (uint8_t)tpid;
	b[14] = (uint8_t)(tci >> 8);
	b[15] = (uint8_t)tci;
	return n + 4;
}

static struct pkw_link *open_there(const char *name)
{
	int back = lab_enter_peer();
	struct pkw_link *l = pkw_link_open(name,
	    &(struct pkw_link_opts){ .flags = PKW_LINK_SEND_ONLY }, &d);

	lab_return(back);
	if (!l)
		printf("# %s\n", d.text);
	return l;
}

static struct pkw_link *open_here(struct pkw_link_opts o)
{
	struct pkw_link *l = pkw_link_open("v0", &o, &d);

	if (!l)
		printf("# %s\n", d.text);
	return l;
}

static void emit(const uint8_t *b, size_t n)
{
	int e = pkw_link_put(there, 0, b, n, &d);

	if (e == 0)
		e = pkw_link_flush(there, &d);
	if (e < 0)
		printf("# sending: %s\n", d.text);
}

static void test_open(void)
{
	ok(!pkw_link_open("v00", NULL, &d), "no such interface");
	is_str(d.text, "no such interface `v00': did you mean `v0'?",
	    "... suggests one");
	ok(!pkw_link_open("v0", &(struct pkw_link_opts){
	    .filter = "tcp prot 80" }, &d), "a bad filter");
	is_str(d.text, "bad filter `tcp prot 80': syntax error at `prot'",
	    "... says what and where");
	is_int(d.column, 5, "... and the column");
	is_int(d.code, -PKW_ESYNTAX, "... by code");
	sh("ip link add v4 type veth peer name v5");
	ok(!pkw_link_open("v4", NULL, &d), "an interface that is down");
	is_str(d.text, "v4 is down: `ip link set v4 up'", "... says so");
	is_int(d.code, -PKW_ENETDOWN, "... by code");
	sh("ip link del v4");
}

/* Also in a user namespace, where there is nobody else to become. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2] = { { 0 } };

	return (int)syscall(SYS_capset, &h, none);
}

static void test_permission(void)
{
	int out[2];
	struct pkw_diag told = { 0 };

	if (pipe(out) < 0)
		return;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (drop_capabilities() < 0 ||
		    pkw_link_open("v0", NULL, &told))
			_exit(1);
		_exit(write(out[1], &told, sizeof told) != sizeof told);
	}
	int status = 1;
	waitpid(pid, &status, 0);
	is_int(status, 0, "without privilege there is no link");
	if (status == 0 && read(out[0], &told, sizeof told) != sizeof told)
		ok(0, "read");
	is_int(told.code, -PKW_EPERM, "... by code");
	is_str(told.text, "cannot open a link on v0: no permission, it needs "
	    "CAP_NET_RAW: use sudo, or once `setcap "
	    "cap_net_raw,cap_net_admin+eip' on the program",
	    "... says what is missing and how to get it");
	close(out[0]);
	close(out[1]);
}

/* Receives the one frame that was sent and compares. */
static void expect(struct pkw_link *l, const uint8_t *b, size_t n,
    const char *what)
{
	struct pkw_frame f;
	int e = pkw_link_next(l, &f, 2000, &d);

	if (ok(e == 1, "%s: comes", what))
		is_mem(f.data, f.caplen, b, n, what);
}

static void expect_nothing(struct pkw_link *l, const char *what)
{
	struct pkw_frame f;

	is_int(pkw_link_next(l, &f, 100, &d), 0, what);
}

static void test_receive(unsigned flags, const char *what)
{
	uint8_t b[2048], t[2048];
	struct pkw_frame f;
	struct timespec now;
	struct pkw_link *l = open_here((struct pkw_link_opts){ .flags = flags });

	printf("# %s\n", what);
	/* 13 to 1514 bytes; no padding, nobody looks inside */
	size_t n = frame(b, 0x88b5, 0);
	emit(b, n);
	expect(l, b, n, "an empty frame");
	n = frame(b, 0x88b5, 1500);
	emit(b, n);
	clock_gettime(CLOCK_REALTIME, &now);
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "a frame of full size");
	is_mem(f.data, f.caplen, b, n, "... its bytes");
	is_int(f.len, (int64_t)n, "... its length");
	is_int(f.link, 1, "... its link type");
	is_int(f.flags & (PKW_FRAME_IN | PKW_FRAME_TYPE_MASK),
	    PKW_FRAME_IN | PKW_FRAME_UNICAST, "... its direction");
	int64_t age = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - f.ts_ns;
	ok(age > -50000000 && age < 500000000, "... the kernel's time (%ld ns)",
	    (long)age);
	ok(f.ts_ns % 1000 != 0 || age % 1000 != 0, "... in nanoseconds");
	n = udp(b, 53);
	memcpy(t, b, n);
	n = tag(t, n, 0x8100, 0x2005);
	emit(t, n);
	expect(l, t, n, "802.1Q");
	n = udp(b, 53);
	n = tag(b, n, 0x8100, 7);
	n = tag(b, n, 0x88a8, 0xb00c);
	emit(b, n);
	expect(l, b, n, "802.1ad over 802.1Q");
	b[5] ^= 4;
	emit(b, n);
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "for another station");
	is_int(f.flags & PKW_FRAME_TYPE_MASK, PKW_FRAME_OTHERHOST, "... says so");
	pkw_link_close(l);
}

static void test_direction(void)
{
	uint8_t b[64];
	size_t n = frame(b, 0x88b5, 20);
	struct pkw_frame f;
	struct pkw_link *both = open_here((struct pkw_link_opts){
	    .filter = "ether proto 0x88b5" });
	struct pkw_link *in = open_here((struct pkw_link_opts){
	    .filter = "ether proto 0x88b5", .flags = PKW_LINK_IN_ONLY });
	struct pkw_link *out = open_here(
	    (struct pkw_link_opts){ .flags = PKW_LINK_SEND_ONLY });

	is_int(pkw_link_put(out, 0, b, n, &d), 0, "sent from here");
	is_int(pkw_link_flush(out, &d), 0, "... and out");
	is_int(pkw_link_next(both, &f, 2000, &d), 1, "it is seen");
	is_int(f.flags & 3, PKW_FRAME_OUT, "... as leaving");
	expect_nothing(in, "... but not by who wants incoming ones only");
	is_int(pkw_link_next(out, &f, 0, &d), -PKW_EINVAL,
	    "a link for sending does not receive");
	pkw_link_close(both);
	pkw_link_close(in);
	pkw_link_close(out);
}

static void test_filter(const char *text, unsigned mask, unsigned flags)
{
	uint8_t b[6][64];
	size_t n[6];
	unsigned live = 0, file = 0;
	struct pkw_frame f;
	struct pkw_link *l = open_here(
	    (struct pkw_link_opts){ .filter = text, .flags = flags });
	struct pkw_filter *offline = pkw_filter_new(text, 1, &d);

	n[0] = udp(b[0], 53);
	n[1] = udp(b[1], 123);
	n[2] = frame(b[2], 0x88b5, 20);
	n[3] = tag(b[3], udp(b[3], 53), 0x8100, 5);
	n[4] = tag(b[4], udp(b[4], 123), 0x8100, 6);
	n[5] = tag(b[5], frame(b[5], 0x88b5, 9), 0x88a8, 5);
	for (int i = 0; i < 6; i++) {
		struct pkw_frame x = { .data = b[i], .link = 1,
			.caplen = (uint32_t)n[i], .len = (uint32_t)n[i] };
		if (pkw_filter_match(offline, &x))
			file |= 1u << i;
		emit(b[i], n[i]);
	}
	while (pkw_link_next(l, &f, 100, &d) > 0)
		for (int i = 0; i < 6; i++)
			if (f.caplen == n[i] &&
			    memcmp(f.data, b[i], n[i]) == 0)
				live |= 1u << i;
	is_int(live, mask, text);
	is_int(file, mask, "... the same from a file");
	pkw_filter_free(offline);
	pkw_link_close(l);
}

static void test_filters(void)
{
	struct pkw_filter *f;

	test_filter("", 0x3f, 0);
	test_filter("udp port 53", 0x01, 0);
	test_filter("udp port 53", 0x01, PKW_LINK_IMMEDIATE);
	test_filter("ip", 0x03, 0);
	test_filter("vlan 5 and udp", 0x08, 0);
	test_filter("vlan", 0x38, PKW_LINK_IMMEDIATE);
	test_filter("not ip", 0x3c, 0);
	test_filter("ether proto 0x88b5", 0x04, 0);
	/* as to what is wrong and where */
	static const struct {
		const char *text, *say;
		int column;
	} bad[] = {
		{ "tcp port", "bad filter `tcp port': syntax error at `port'",
		    5 },
		{ "host 10.0.0.1 an port 3",
		    "bad filter `host 10.0.0.1 an port 3': syntax error at "
		    "`an'", 15 },
		{ "((tcp)", "bad filter `((tcp)': syntax error at `((tcp)'", 1 },
		{ "port 99999", "bad filter `port 99999': illegal port number "
		    "99999 > 65535", 0 },
		{ "foo", "bad filter `foo': syntax error at `foo'", 1 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		f = pkw_filter_new(bad[i].text, 1, &d);
		ok(!f, "`%s' is bad", bad[i].text);
		is_str(d.text, bad[i].say, "... says why");
		is_int(d.column, bad[i].column, "... and where");
		pkw_filter_free(f);
	}
	/* one filter, frames of two link types */
	uint8_t b[64];
	size_t n = udp(b, 53);
	f = pkw_filter_new("udp port 53", 1, &d);
	struct pkw_frame x = { .data = b + 14, .caplen = (uint32_t)n - 14,
		.len = (uint32_t)n - 14, .link = 101 };
	ok(pkw_filter_match(f, &x), "a bare IP packet matches too");
	pkw_filter_free(f);
}

static void test_snaplen(unsigned flags)
{
	uint8_t b[2048];
	struct pkw_frame f;
	struct pkw_link *l = open_here(
	    (struct pkw_link_opts){ .snaplen = 40, .flags = flags });

	size_t n = frame(b, 0x88b5, 1000);
	emit(b, n);
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "with a snap length");
	is_int(f.caplen, 40, "... so much is kept");
	is_int(f.len, (int64_t)n, "... of so much");
	pkw_link_close(l);
}

static void test_large(unsigned flags)
{
	static uint8_t b[16384];
	size_t n;
	struct pkw_link *l;

	sh("ip link set v0 mtu 9000");
	peer("ip link set v1 mtu 9000");
	pkw_net_refresh(pkw_link_net(there), NULL);
	l = open_here((struct pkw_link_opts){ .flags = flags });
	n = frame(b, 0x88b5, 9000);
	emit(b, n);
	expect(l, b, n, "a jumbo frame");
	n = frame(b, 0x88b5, 30);
	emit(b, n);
	expect(l, b, n, "a small one behind it");
	n = frame(b, 0x88b5, 9005);
	is_int(pkw_link_put(there, 0, b, n, &d), -PKW_EMSGSIZE, "too long");
	is_str(d.text, "a packet of 9019 bytes is longer than the MTU of v1, "
	    "9000 and its header", "... says so");
	sh("ip link set v0 mtu 1500");
	peer("ip link set v1 mtu 1500");
	pkw_net_refresh(pkw_link_net(there), NULL);
	pkw_link_close(l);
}

enum { MANY = 100000 };

/* Every packet is received or counted as lost. */
static void test_many(unsigned flags, uint32_t buffer, int read_along)
{
	uint8_t b[64];
	struct pkw_frame f;
	struct pkw_link_stats s;
	uint64_t got = 0, told = 0, wrong = 0, last = 0;
	struct pkw_link *l = open_here((struct pkw_link_opts){ .flags = flags,
	    .buffer = buffer, .filter = "ether proto 0x88b5" });
	size_t n = frame(b, 0x88b5, 46);

	for (int i = 0; i < MANY; i++) {
		memcpy(b + 14, &i, sizeof i);
		if (pkw_link_put(there, 0, b, n, &d) < 0)
			printf("# %s\n", d.text);
		while (read_along && i % 64 == 0 &&
		    pkw_link_next(l, &f, 0, &d) > 0) {
			got++;
			told += f.dropped;
		}
	}
	pkw_link_flush(there, &d);
	while (pkw_link_next(l, &f, 200, &d) > 0) {
		int k;
		memcpy(&k, f.data + 14, sizeof k);
		wrong += got && (uint64_t)k < last;
		last = (uint64_t)k;
		got++;
		told += f.dropped;
	}
	pkw_link_stats(l, &s);
	printf("# %s: %lu received, %lu dropped\n",
	    flags ? "frames" : "blocks", (unsigned long)got,
	    (unsigned long)s.dropped);
	is_int((int64_t)got, (int64_t)s.received, "all that was kept comes");
	is_int((int64_t)(got + s.dropped), MANY,
	    "a hundred thousand, received or counted");
	is_int((int64_t)wrong, 0, "... in order");
	if (read_along)
		is_int((int64_t)s.dropped, 0, "... none lost");
	else
		ok(s.dropped > 0, "... some lost, as the buffer is too small");
	ok(told <= s.dropped, "frames tell of the loss before them");
	pkw_link_close(l);
}

static void test_rate(void)
{
	uint8_t b[64];
	size_t n = frame(b, 0x88b5, 30);
	double t = lab_now();

	pkw_link_rate(there, 2000);
	for (int i = 0; i < 1000; i++)
		pkw_link_put(there, 0, b, n, &d);
	pkw_link_flush(there, &d);
	t = lab_now() - t;
	ok(t > 0.49 && t < 2, "1000 packets at 2000 a second take %.3f s", t);
	pkw_link_rate(there, 50000);
	t = lab_now();
	for (int i = 0; i < 10000; i++)
		pkw_link_put(there, 0, b, n, &d);
	pkw_link_flush(there, &d);
	t = lab_now() - t;
	ok(t > 0.19 && t < 1, "10000 at 50000 a second take %.3f s", t);
	pkw_link_rate(there, 0);
}

static void stop_it(int sig)
{
	(void)sig;
	pkw_link_stop(here);
}

static void nothing(int sig)
{
	(void)sig;
}

static void test_waits(void)
{
	struct pkw_frame f;

	here = open_here((struct pkw_link_opts){
	    .filter = "ether proto 0x88b5" });
	double t = lab_now();
	is_int(pkw_link_next(here, &f, 150, &d), 0, "nothing comes");
	t = lab_now() - t;
	ok(t > 0.14 && t < 0.5, "... within the time (%.3f s)", t);
	signal(SIGALRM, stop_it);
	ualarm(100000, 0);
	t = lab_now();
	is_int(pkw_link_next(here, &f, -1, &d), -PKW_EINTR, "a stop");
	ok(lab_now() - t < 1, "... ends an endless wait");
	is_int(pkw_link_next(here, &f, 0, &d), 0, "... and is over then");
	pkw_link_stop(here);
	is_int(pkw_link_next(here, &f, -1, &d), -PKW_EINTR,
	    "a stop beforehand ends the next wait");
	signal(SIGALRM, nothing);
	ualarm(50000, 0);
	is_int(pkw_link_next(here, &f, 200, &d), 0, "other signals end nothing");
	pkw_link_close(here);
}

static void test_down(unsigned flags)
{
	uint8_t b[64];
	size_t n = frame(b, 0x88b5, 30);
	struct pkw_frame f;
	struct pkw_link *l = open_here((struct pkw_link_opts){ .flags = flags,
	    .filter = "ether proto 0x88b5" });

	emit(b, n);
	is_int(pkw_link_put(l, 0, b, n, &d), 0, "a frame in the batch");
	sh("ip link set v0 down");
	is_int(pkw_link_flush(l, &d), -PKW_ENETDOWN, "... cannot go any more");
	is_str(d.text, "v0 is down", "... says so");
	expect(l, b, n, "received before the interface went down");
	is_int(pkw_link_next(l, &f, 2000, &d), -PKW_ENETDOWN, "down");
	is_str(d.text, "v0 is down", "... says so");
	is_int(pkw_link_put(l, 0, b, n, &d), -PKW_ENETDOWN, "nor another");
	is_str(d.text, "v0 is down", "... says so");
	sh("ip link set v0 up");
	is_int(pkw_link_put(l, 0, b, n, &d), 0, "up again, without delay");
	is_int(pkw_link_flush(l, &d), 0, "... it sends");
	peer("ip link set v1 down");
	sh("for i in $(seq 60); do ip link show v0 | grep -q NO-CARRIER && "
	   "break; sleep 0.05; done");
	lab_sleep(120);
	is_int(pkw_link_put(l, 0, b, n, &d), -PKW_ENETDOWN, "no carrier");
	is_str(d.text, "v0 has no carrier: what is sent there is lost",
	    "... is not passed over in silence");
	peer("ip link set v1 up");
	peer("for i in $(seq 50); do ip link show v1 | grep -q LOWER_UP && "
	    "break; sleep 0.02; done");
	emit(b, n);
	pkw_link_next(l, &f, 1000, &d); /* what went out above */
	expect(l, b, n, "up again, it goes on");
	pkw_link_close(l);
	l = open_here((struct pkw_link_opts){ .flags = PKW_LINK_PATIENT,
	    .filter = "ether proto 0x88b5" });
	sh("ip link set v0 down && ip link set v0 up");
	emit(b, n);
	expect(l, b, n, "who is patient sees no error");
	pkw_link_close(l);
}

static void test_removed(void)
{
	struct pkw_frame f;
	struct pkw_link *l = open_here((struct pkw_link_opts){
	    .filter = "ether proto 0x88b5" });
	struct pkw_link *p = open_here((struct pkw_link_opts){
	    .filter = "ether proto 0x88b5", .flags = PKW_LINK_PATIENT });

	sh("ip link del v0");
	is_int(pkw_link_next(l, &f, 2000, &d), -PKW_ENODEV, "removed");
	is_str(d.text, "v0 was removed", "... says so");
	is_int(pkw_link_next(p, &f, 2000, &d), -PKW_ENODEV,
	    "... which no patience helps");
	pkw_link_close(l);
	pkw_link_close(p);
}

/* "any" sees every interface, the loopback once. */
static void test_any(void)
{
	uint8_t b[64];
	size_t n = frame(b, 0x88b5, 30);
	struct pkw_frame f;
	struct pkw_link *l = pkw_link_open("any", &(struct pkw_link_opts){
	    .filter = "ether proto 0x88b5" }, &d);

	ok(l != NULL, "any");
	emit(b, n);
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "from v0");
	is_mem(f.data, f.caplen, b, n, "... as sent");
	uint32_t v0 = f.ifindex;
	memset(b, 0, 12);
	is_int(pkw_link_put(l, 1, b, n, &d), 0, "put onto lo");
	is_int(pkw_link_flush(l, &d), 0, "... out");
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "seen on lo");
	is_int(f.ifindex, 1, "... by number");
	is_mem(f.data, f.caplen, b, n, "... as sent");
	ok(v0 != 1, "v0 has another number");
	expect_nothing(l, "... once only");
	is_int(pkw_link_put(l, 0, b, n, &d), -PKW_EINVAL,
	    "any needs to be told where to");
	pkw_link_close(l);
}

/* A tunnel's bare packets beside frames, and a filter that suits both. */
static void test_tun(void)
{
	struct pkw_frame f;
	struct pkw_link *l;

	sh("ip tuntap add tun9 mode tun && ip link set tun9 up && "
	   "ip route add 10.99.0.0/24 dev tun9");
	int t = open("/dev/net/tun", O_RDWR);
	struct {
		char name[16];
		short flags;
		char rest[22];
	} req = { "tun9", 0x1001 /* IFF_TUN | IFF_NO_PI */, { 0 } };
	if (t < 0 || ioctl(t, 0x400454ca /* TUNSETIFF */, &req) < 0) {
		ok(1, "no tun here # SKIP");
		return;
	}
	l = pkw_link_open("any", &(struct pkw_link_opts){
	    .filter = "udp port 53" }, &d);
	uint8_t b[64];
	size_t n = udp(b, 53);
	if (write(t, b + 14, n - 14) < 0)
		printf("# %s\n", strerror(errno));
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "from a tunnel");
	is_int(f.link, 101, "... a bare IP packet");
	is_mem(f.data, f.caplen, b + 14, n - 14, "... its bytes");
	n = udp(b, 54);
	if (write(t, b + 14, n - 14) < 0)
		printf("# %s\n", strerror(errno));
	expect_nothing(l, "the filter holds for it");
	emit(b, udp(b, 53));
	is_int(pkw_link_next(l, &f, 2000, &d), 1, "a frame beside it");
	is_int(f.link, 1, "... is one");
	pkw_link_close(l);
	close(t);
}

int main(void)
{
	lab_begin();
	lab_no_ipv6();
	lab_veth();
	there = open_there("v1");
	if (!ok(there != NULL, "the peer's end"))
		return done();
	test_open();
	test_permission();
	test_receive(0, "blocks");
	test_receive(PKW_LINK_IMMEDIATE, "frames");
	test_direction();
	test_filters();
	test_snaplen(0);
	test_snaplen(PKW_LINK_IMMEDIATE);
	test_large(0);
	test_large(PKW_LINK_IMMEDIATE);
	test_many(0, 0, 1);
	test_many(PKW_LINK_IMMEDIATE, 0, 1);
	test_many(0, 1 << 20, 0);
	test_many(PKW_LINK_IMMEDIATE, 1 << 20, 0);
	test_rate();
	test_waits();
	test_any();
	test_tun();
	test_down(0);
	test_down(PKW_LINK_IMMEDIATE);
	test_removed();
	pkw_link_close(there);
	return done();
}
