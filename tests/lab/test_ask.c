/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking real kernels: who answers what, how fast it is told, and why not. */
#include "lab.h"

#include <pkw/exchange.h>
#include <pkw/text.h>

#include <netinet/in.h>
#include <sys/socket.h>

static struct pkw_diag d;
static struct pkw_asked *r;
static struct pkw_pkt *q, *a;

static struct pkw_link *open_link(const char *name, const char *filter)
{
	struct pkw_link *l = pkw_link_open(name, &(struct pkw_link_opts){
	    .flags = PKW_LINK_FOR_ASKING, .filter = filter }, &d);

	if (!l)
		printf("# %s\n", d.text);
	return l;
}

/* A socket of the peer's, for IPv4 and IPv6. */
static int listen_there(int type, uint16_t port)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	int back = lab_enter_peer();
	int s = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	if (bind(s, (struct sockaddr *)&at, sizeof at) < 0 ||
	    (type == SOCK_STREAM && listen(s, 5) < 0))
		printf("# cannot listen: %s\n", strerror(errno));
	lab_return(back);
	return s;
}

static pid_t echo_there(uint16_t port)
{
	int s = listen_there(SOCK_DGRAM, port);
	struct sockaddr_in6 from;
	char b[256];

	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			socklen_t n = sizeof from;
			ssize_t len = recvfrom(s, b, sizeof b, 0,
			    (struct sockaddr *)&from, &n);
			if (len < 0 || sendto(s, b, (size_t)len, 0,
			    (struct sockaddr *)&from, n) < 0)
				_exit(1);
		}
	}
	close(s);
	return pid;
}

static uint64_t value(const struct pkw_pkt *p, const char *path)
{
	int node;
	unsigned field;
	uint64_t v = 0;

	if (pkw_path(p, path, &node, &field, NULL) < 0 ||
	    pkw_field_u(p, node, field, &v) < 0)
		return UINT64_MAX;
	return v;
}

static const char *text(const struct pkw_pkt *p, const char *path)
{
	static struct pkw_str s;
	int node;
	unsigned field;

	pkw_str_clear(&s);
	if (pkw_path(p, path, &node, &field, NULL) < 0)
		return "(absent)";
	pkw_field_text(p, node, field, PKW_TEXT_NUMERIC, &s);
	return s.s ? s.s : "";
}

/* One question; the answer is in `a'. */
static int ask1(struct pkw_link *l, const char *expr, int timeout)
{
	if (pkw_parse(q, expr, &d) < 0) {
		printf("# %s: %s\n", expr, d.text);
		return -PKW_ESYNTAX;
	}
	d.text[0] = '\0';
	int e = pkw_ask1(l, q, timeout, a, &d);
	if (e < 0)
		printf("# %s: %s\n", expr, d.text);
	return e;
}

static void test_one(struct pkw_link *l)
{
	is_int(ask1(l, "IP(dst='10.0.0.2')/ICMP(id=7,seq=9)/'hello'", 2000), 1,
	    "ICMP echo");
	is_int((int64_t)value(a, "ICMP.type"), 0, "... a reply");
	is_int((int64_t)value(a, "ICMP.seq"), 9, "... to this question");
	is_str(text(a, "IP.src"), "10.0.0.2", "... from there");
	is_str(text(q, "IP.src"), "10.0.0.1", "the source was filled in");
	is_int(ask1(l, "IPv6(dst='fd00::2')/ICMPv6EchoRequest(id=3,seq=4)",
	    2000), 1, "ICMPv6 echo");
	is_str(text(a, "IPv6.src"), "fd00::2", "... from there");
	is_str(text(q, "IPv6.src"), "fd00::1", "... its source");
	is_int(ask1(l, "IP(dst='10.0.0.2')/TCP(sport=40000,dport=80,flags='S',"
	    "seq=1000)", 2000), 1, "SYN to an open port");
	is_int((int64_t)value(a, "TCP.flags"), 0x12, "... SYN/ACK");
	is_int((int64_t)value(a, "TCP.ack"), 1001, "... of the number");
	is_int(ask1(l, "IP(dst='10.0.0.2')/TCP(sport=40001,dport=81)", 2000), 1,
	    "SYN to a closed port");
	is_int((int64_t)value(a, "TCP.flags"), 0x14, "... RST/ACK");
	is_int(ask1(l, "IPv6(dst='fd00::2')/TCP(sport=40002,dport=81)", 2000),
	    1, "the same by IPv6");
	is_int(ask1(l, "IP(dst='10.0.0.2')/UDP(sport=40000,dport=9)/'x'", 2000),
	    1, "UDP to a closed port");
	is_int((int64_t)value(a, "ICMP.type"), 3, "... unreachable");
	is_int((int64_t)value(a, "ICMP.code"), 3, "... the port");
	is_int(ask1(l, "IPv6(dst='fd00::2')/UDP(sport=40000,dport=9)/'x'",
	    2000), 1, "the same by IPv6");
	is_int((int64_t)value(a, "ICMPv6DestUnreach.code"), 4, "... the port");
	is_int(ask1(l, "IP(dst='10.0.0.2')/UDP(sport=40000,dport=7)/'echo'",
	    2000), 1, "UDP to an open port");
	is_int((int64_t)value(a, "UDP.sport"), 7, "... from it");
	is_int(ask1(l, "IP(dst='10.0.0.2',proto=200)/'x'", 2000), 1,
	    "a protocol nobody has");
	is_int((int64_t)value(a, "ICMP.code"), 2, "... protocol unreachable");
	is_int(ask1(l, "IP(dst='10.0.0.2',ttl=1)/ICMP(type='timestamp-request',"
	    "id=5)", 2000), 1, "ICMP timestamp");
}

/* A router in between: the time exceeded on the way is an answer. */
static void test_hops(struct pkw_link *l)
{
	is_int(ask1(l, "IP(dst='10.1.0.9',ttl=1)/UDP(dport=33434)/'x'", 2000),
	    1, "UDP with TTL 1");
	is_int((int64_t)value(a, "ICMP.type"), 11, "... time exceeded");
	is_str(text(a, "IP.src"), "10.0.0.2", "... by the router");
	is_int(ask1(l, "IP(dst='10.1.0.9',ttl=1)/TCP(dport=80)", 2000), 1,
	    "TCP with TTL 1");
	is_int(ask1(l, "IP(dst='10.1.0.9',ttl=1)/ICMP(id=77)", 2000), 1,
	    "ICMP with TTL 1");
	is_int(ask1(l, "IPv6(dst='fd01::9',hlim=1)/UDP(dport=33434)/'x'", 2000),
	    1, "IPv6 with hop limit 1");
	is_int((int64_t)value(a, "ICMPv6TimeExceeded.type"), 3,
	    "... time exceeded");
}

static void test_frames(struct pkw_link *l)
{
	is_int(ask1(l, "Ether()/ARP(pdst='10.0.0.2')", 2000), 1, "ARP");
	is_str(text(a, "ARP.hwsrc"), "02:00:00:00:00:02", "... its answer");
	is_str(text(q, "Ether.dst"), "ff:ff:ff:ff:ff:ff", "... asked of all");
	is_str(text(q, "Ether.src"), "02:00:00:00:00:01", "... by us");
	is_str(text(q, "ARP.hwsrc"), "02:00:00:00:00:01", "... as it says");
	is_str(text(q, "ARP.psrc"), "10.0.0.1", "... and with our address");
	is_int(ask1(l, "Ether()/IP(dst='10.0.0.2')/ICMP(id=8)", 2000), 1,
	    "a frame");
	is_str(text(q, "Ether.dst"), "02:00:00:00:00:02",
	    "... to the next hop's address");
	is_int(ask1(l, "Ether(dst='02:00:00:00:00:99')/IP(dst='10.0.0.2')/"
	    "ICMP(id=9)", 300), 0, "a wrong address that was set");
	is_str(text(q, "Ether.dst"), "02:00:00:00:00:99", "... stays");
	is_int(ask1(l, "IPv6(dst='ff02::1:ff00:2')/ICMPv6ND_NS(tgt='fd00::2')/"
	    "ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')", 2000), 1,
	    "Neighbour Solicitation to the group");
	is_str(text(a, "ICMPv6ND_NA.tgt"), "fd00::2", "... advertisement");
}

static void test_errors(struct pkw_link *l)
{
	struct pkw_link *named = open_link("v0", NULL);

	pkw_net_timeout(pkw_link_net(l), 300);
	is_int(ask1(l, "IP(dst='10.0.0.77')/ICMP()", 1000), -PKW_EHOSTUNREACH,
	    "a silent next hop");
	is_str(d.text, "the next hop 10.0.0.77 does not answer on v0",
	    "... says so");
	is_int(ask1(l, "Ether()/IP(dst='10.0.0.77')/ICMP()", 1000),
	    -PKW_EHOSTUNREACH, "... never the broadcast address instead");
	is_int(ask1(l, "IP(dst='192.0.2.1')/ICMP()", 1000), -PKW_ENETUNREACH,
	    "no route");
	is_str(d.text, "no route to 192.0.2.1", "... says so");
	is_int(ask1(l, "Ether()/'x'", 100), -PKW_ENODEV, "just a frame");
	is_str(d.text, "Ether: a frame without a destination to route by needs "
	    "an interface to leave by", "... says so");
	is_int(ask1(named, "Ether()/'x'", 100), 0, "... which this link has");
	is_int(ask1(l, "UDP()", 100), -PKW_ENETUNREACH, "no network layer");
	is_str(d.text, "UDP: no destination to route by; put it into an IP "
	    "packet or a frame", "... says so");
	is_int(ask1(named, "IP(dst='10.0.0.1')/ICMP()", 100), -PKW_ENETUNREACH,
	    "this host is not on v0");
	is_str(d.text, "the destination is reached by lo and not by v0",
	    "... says so");
	is_int(ask1(named, "IP(dst='10.0.0.2')/ICMP(id=11)", 1000), 1,
	    "a named interface");
	pkw_link_close(named);
}

static void test_loopback(struct pkw_link *l)
{
	is_int(ask1(l, "IP(dst='127.0.0.1')/ICMP(id=5)", 2000), 1,
	    "echo to 127.0.0.1");
	is_int((int64_t)value(a, "ICMP.type"), 0, "... the reply, not our copy");
	is_int(ask1(l, "IP(dst='10.0.0.1')/ICMP(id=6)", 2000), 1,
	    "echo to an own address");
	is_int(ask1(l, "IP(dst='127.0.0.1')/TCP(sport=40000,dport=82)", 2000), 1,
	    "SYN to a closed port");
	is_int((int64_t)value(a, "TCP.flags"), 0x14, "... RST/ACK");
	is_int(ask1(l, "IPv6(dst='::1')/ICMPv6EchoRequest(id=5)", 2000), 1,
	    "echo to ::1");
	is_int(ask1(l, "IP(dst='127.0.0.1')/UDP(sport=99,dport=99)/'x'", 2000),
	    1, "UDP from a port to itself");
	is_int((int64_t)value(a, "ICMP.type"), 3, "... refused, not our copy");
	is_int(ask1(l, "Ether()/IP(dst='127.0.0.1')/ICMP(id=7)", 2000), 1,
	    "in a frame");
	is_int(ask1(l, "IP(dst='127.0.0.1',version=3)/ICMP(id=8)", 200), 0,
	    "version 3 is not answered");
}

/* Counts as a source: TCP to ports first, first + 1, ... */
struct ports {
	unsigned first, n, at;
	const char *expr;
};

static int next_port(void *arg, struct pkw_pkt **p, struct pkw_diag *why)
{
	struct ports *s = arg;
	int node;
	unsigned f;

	if (s->at == s->n)
		return 0;
	if (s->at == 0 && pkw_parse(q, s->expr, why) < 0)
		return why->code;
	if (pkw_path(q, "TCP.dport", &node, &f, why) < 0)
		return why->code;
	pkw_field_set_u(q, node, f, s->first + s->at++);
	*p = q;
	return 1;
}

static void test_ports(struct pkw_link *l, const char *expr, unsigned n)
{
	struct ports s = { .first = 1, .n = n, .expr = expr };
	struct pkw_source source = { next_port, NULL, &s };
	struct pkw_pair pair;
	size_t at = 0, open = 0, closed = 0, wrong = 0, silent = 0;
	double t = lab_now();

	int e = pkw_ask(l, &source, &(struct pkw_ask_opts){ .timeout = 1500,
	    .retries = 2 }, r, &d);
	t = lab_now() - t;
	if (!ok(e == 0, "%u ports in one ask", n))
		printf("# %s\n", d.text);
	while (pkw_asked_next(r, &at, &pair)) {
		if (!pair.answer) {
			silent++;
			continue;
		}
		wrong += value(pair.answer, "TCP.sport") != pair.index + 1 ||
		    value(pair.question, "TCP.dport") != pair.index + 1 ||
		    pair.rtt_ns <= 0 || pair.rtt_ns > 1000000000;
		uint64_t flags = value(pair.answer, "TCP.flags");
		open += flags == 0x12;
		closed += flags == 0x14;
	}
	const struct pkw_ask_stats *st = pkw_asked_stats(r);
	printf("# %.3f s, %lu sent, %lu dropped\n", t, (unsigned long)st->sent,
	    (unsigned long)st->dropped);
	is_int((int64_t)at, n, "... as many pairs");
	is_int((int64_t)silent, 0, "... all answered");
	is_int((int64_t)wrong, 0, "... each answer with its question");
	is_int((int64_t)open, 1, "... one open");
	is_int((int64_t)closed, n - 1, "... the others closed");
	is_int((int64_t)st->answered, n, "... counted");
	is_int(st->end, PKW_END_DONE, "... ended when all were");
}

static int count_pair(void *arg, const struct pkw_pair *pair)
{
	unsigned *n = arg;

	n[pair->nth]++;
	return 0;
}

/*
 * Two stations behind a bridge answer one echo to the broadcast address; the
 * bridge makes every packet be seen twice.
 */
static void test_several(struct pkw_link *l)
{
	unsigned n[9] = { 0 };
	pid_t third = lab_station();

	sh("ip link add br9 type bridge && ip addr add 10.9.0.1/24 dev br9");
	sh("ip link add x0 master br9 type veth peer name x1 netns %d && "
	   "ip link add y0 master br9 type veth peer name x1 netns %d", lab_peer,
	    third);
	sh("ip link set br9 up && ip link set x0 up && ip link set y0 up");
	peer("ip addr add 10.9.0.2/24 dev x1 && ip link set x1 up");
	sh("nsenter -t %d -n sh -c 'ip addr add 10.9.0.3/24 dev x1 && "
	   "ip link set x1 up && sysctl -q -w "
	   "net.ipv4.icmp_echo_ignore_broadcasts=0'", third);
	sh("for i in $(seq 50); do ping -q -c1 -W1 10.9.0.2 >/dev/null && "
	   "ping -q -c1 -W1 10.9.0.3 >/dev/null && break; sleep 0.1; done");
	struct pkw_pkt *one[] = { q };
	struct pkw_array array = { one, 1, 0 };
	struct pkw_source s = pkw_array_source(&array);
	struct pkw_pair pair;
	size_t at = 0;

	pkw_parse(q, "IP(dst='10.9.0.255')/ICMP(id=21)", &d);
	int e = pkw_ask(l, &s, &(struct pkw_ask_opts){
	    .flags = PKW_ASK_MULTI, .timeout = 300, .on_answer = count_pair,
	    .arg = n }, r, &d);
	if (!ok(e == 0, "asking everybody"))
		printf("# %s\n", d.text);
	ok(n[0] == 1 && n[1] == 1 && n[2] == 0, "two answers (%u, %u)", n[0],
	    n[1]);
	is_int(pkw_asked_stats(r)->end, PKW_END_TIMEOUT, "... in the time");
	if (n[1] == 0)
		return;
	is_int(pkw_asked_next(r, &at, &pair), 1, "the first");
	char first[48];
	snprintf(first, sizeof first, "%s", text(pair.answer, "IP.src"));
	is_int(pkw_asked_next(r, &at, &pair), 1, "the second");
	ok(strcmp(text(pair.answer, "IP.src"), first) != 0,
	    "... from somebody else");
	is_int(pair.nth, 1, "... by number");
	is_int(pkw_asked_next(r, &at, &pair), 0, "no third");
	sh("ip link del br9; ip link del x0; ip link del y0");
	lab_end_job(third);
}

/* Same question many times: as many answers, each once. */
static void test_same(struct pkw_link *l)
{
	struct pkw_pkt *same[20];
	struct pkw_array array = { same, 20, 0 };
	struct pkw_source s = pkw_array_source(&array);
	struct pkw_pair pair;
	size_t at = 0, bad = 0;

	pkw_parse(q, "IP(dst='10.0.0.2')/ICMP(id=30)", &d);
	for (int i = 0; i < 20; i++)
		same[i] = q;
	is_int(pkw_ask(l, &s, &(struct pkw_ask_opts){ .timeout = 1000 }, r, &d),
	    0, "twenty equal questions");
	is_int((int64_t)pkw_asked_stats(r)->answered, 20, "... all answered");
	while (pkw_asked_next(r, &at, &pair))
		bad += !pair.answer || pair.rtt_ns <= 0;
	is_int((int64_t)bad, 0, "... with sane times");
	is_int((int64_t)pkw_asked_stats(r)->own, 20, "our own were seen leaving");
}

static char last_why[300];
static int keep_why(void *arg, const struct pkw_pair *pair, const char *why)
{
	(void)arg;
	(void)pair;
	snprintf(last_why, sizeof last_why, "%s", why);
	return 0;
}

/* An answer that is none, and why. */
static void test_near(struct pkw_link *l)
{
	struct pkw_pkt *one[] = { q };
	struct pkw_array array = { one, 1, 0 };
	struct pkw_source s = pkw_array_source(&array);
	pid_t ping = lab_job("ping -q -i 0.1 -c 10 -s 8 10.0.0.1 >/dev/null");

	last_why[0] = '\0';
	pkw_parse(q, "IP(dst='10.0.0.2')/TCP(sport=40010,dport=85,flags='R')",
	    &d);
	is_int(pkw_ask(l, &s, &(struct pkw_ask_opts){ .timeout = 500,
	    .on_near = keep_why }, r, &d), 0, "a RST is never answered");
	is_int((int64_t)pkw_asked_stats(r)->answered, 0, "... none");
	ok(pkw_asked_stats(r)->near > 0, "... something came between the two");
	printf("# %s\n", last_why);
	ok(strstr(last_why, "ICMP (type=8") && strstr(last_why,
	    "does not answer TCP (sport=40010, dport=85"), "... explained");
	lab_end_job(ping);
}

static struct pkw_link *stopped;
static void stop_it(int sig)
{
	(void)sig;
	pkw_link_stop(stopped);
}

static int refuse(void *arg, const struct pkw_pair *pair)
{
	(void)pair;
	return ++*(int *)arg == 3;
}

static void test_ends(struct pkw_link *l)
{
	struct pkw_pkt *many[100];
	struct pkw_array array = { many, 100, 0 };
	struct pkw_source s = pkw_array_source(&array);
	int answers = 0;

	pkw_parse(q, "IP(dst='10.0.0.2')/ICMP(id=40)", &d);
	for (int i = 0; i < 100; i++)
		many[i] = q;
	stopped = l;
	signal(SIGALRM, stop_it);
	ualarm(250000, 0);
	double t = lab_now();
	is_int(pkw_ask(l, &s, &(struct pkw_ask_opts){ .rate = 20 }, r, &d), 0,
	    "asking 20 a second");
	t = lab_now() - t;
	ok(t > 0.2 && t < 1, "... stopped by a signal (%.2f s)", t);
	is_int(pkw_asked_stats(r)->end, PKW_END_STOPPED, "... says so");
	uint64_t n = pkw_asked_stats(r)->answered;
	ok(n >= 4 && n <= 7, "... with what was answered (%lu)",
	    (unsigned long)n);
	array.at = 0;
	is_int(pkw_ask(l, &s, &(struct pkw_ask_opts){ .on_answer = refuse,
	    .arg = &answers }, r, &d), 0, "until the callback says so");
	is_int(pkw_asked_stats(r)->end, PKW_END_CALLER, "... it did");
	is_int(answers, 3, "... after three");
	/* a port where somebody only listens: three rounds */
	struct pkw_pkt *one[] = { q };
	struct pkw_array single = { one, 1, 0 };
	s = pkw_array_source(&single);
	pkw_parse(q, "IP(dst='10.0.0.2')/UDP(dport=2000)/'x'", &d);
	t = lab_now();
	is_int(pkw_ask(l, &s, &(struct pkw_ask_opts){ .timeout = 100,
	    .retries = 2 }, r, &d), 0, "nobody answers");
	t = lab_now() - t;
	is_int(pkw_asked_stats(r)->end, PKW_END_TIMEOUT, "... in time");
	is_int((int64_t)pkw_asked_stats(r)->sent, 3, "... asked three times");
	ok(t > 0.29 && t < 0.9, "... one timeout each (%.2f s)", t);
}

/* A whole prefix of which two are there: the others do not hold it up. */
struct hosts {
	unsigned at;
};
static int next_host(void *arg, struct pkw_pkt **p, struct pkw_diag *why)
{
	struct hosts *h = arg;
	char expr[64];

	if (h->at == 254)
		return 0;
	snprintf(expr, sizeof expr, "IP(dst='10.0.0.%u')/ICMP(id=50)", ++h->at);
	*p = q;
	return pkw_parse(q, expr, why) < 0 ? why->code : 1;
}

static int count_fault(void *arg, uint64_t index, const struct pkw_pkt *p,
    const struct pkw_diag *why)
{
	(void)index;
	(void)p;
	*(int *)arg += why->code == -PKW_EHOSTUNREACH;
	return 0;
}

static void test_prefix(struct pkw_link *l)
{
	struct hosts h = { 0 };
	struct pkw_source s = { next_host, NULL, &h };
	int faults = 0;

	pkw_net_timeout(pkw_link_net(l), 600);
	double t = lab_now();
	is_int(pkw_ask(l, &s, &(struct pkw_ask_opts){ .timeout = 500,
	    .on_fault = count_fault, .arg = &faults }, r, &d), 0, "a /24");
	t = lab_now() - t;
	/* ourselves, and the peer's two */
	is_int((int64_t)pkw_asked_stats(r)->answered, 3, "... three answer");
	is_int(faults, 251, "... of the others each is told");
	is_int((int64_t)pkw_asked_stats(r)->failed, 251, "... and counted");
	ok(t < 2.5, "... all resolved at once (%.2f s)", t);
}

/* Round-trip times: the kernel's own ping takes about as long. */
static void test_rtt(struct pkw_link *l)
{
	struct pkw_pkt *many[50];
	struct pkw_array array = { many, 50, 0 };
	struct pkw_source s = pkw_array_source(&array);
	struct pkw_pair pair;
	size_t at = 0;
	int64_t least = INT64_MAX, most = 0;

	pkw_parse(q, "IP(dst='10.0.0.2')/ICMP(id=60)", &d);
	for (int i = 0; i < 50; i++)
		many[i] = q;
	pkw_ask(l, &s, &(struct pkw_ask_opts){ .rate = 200 }, r, &d);
	while (pkw_asked_next(r, &at, &pair)) {
		if (pair.rtt_ns < least)
			least = pair.rtt_ns;
		if (pair.rtt_ns > most)
			most = pair.rtt_ns;
	}
	printf("# rtt %.1f to %.1f us\n", (double)least / 1e3,
	    (double)most / 1e3);
	ok(least > 100 && least < 50000, "the shortest is that of a cable");
}

int main(void)
{
	lab_begin();
	lab_veth();
	sh("ip route add 10.1.0.0/24 via 10.0.0.2 && "
	   "ip -6 route add fd01::/64 via fd00::2");
	peer("ip addr add 10.0.0.3/24 dev v1");
	peer("sysctl -q -w net.ipv4.ip_forward=1 "
	     "net.ipv6.conf.all.forwarding=1 "
	     "net.ipv4.icmp_echo_ignore_broadcasts=0 "
	     "net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 "
	     "net.ipv6.icmp.ratelimit=0 ; ip link add w0 type veth peer name "
	     "w1 && ip addr add 10.1.0.1/24 dev w0 && ip -6 addr add "
	     "fd01::1/64 dev w0 nodad && ip link set w0 up && ip link set w1 up");
	int tcp = listen_there(SOCK_STREAM, 80);
	int udp = listen_there(SOCK_DGRAM, 2000);
	pid_t echo = echo_there(7);
	q = pkw_pkt_new();
	a = pkw_pkt_new();
	r = pkw_asked_new();
	struct pkw_link *l = open_link("any", NULL);
	if (!ok(l && q && a && r, "a link"))
		return done();
	test_one(l);
	test_hops(l);
	test_frames(l);
	test_errors(l);
	test_loopback(l);
	test_ports(l, "IP(dst='10.0.0.2')/TCP(sport=41000)", 256);
	test_ports(l, "IPv6(dst='fd00::2')/TCP(sport=41000)", 256);
	test_ports(l, "IP(dst='10.0.0.2')/TCP(sport=42000)", 20000);
	test_several(l);
	test_same(l);
	test_near(l);
	test_ends(l);
	test_prefix(l);
	test_rtt(l);
	pkw_link_close(l);
	lab_end_job(echo);
	close(tcp);
	close(udp);
	pkw_asked_free(r);
	pkw_pkt_free(q);
	pkw_pkt_free(a);
	return done();
}
