/* SPDX-License-Identifier: BSD-2-Clause */
/* Sniffing and sending: how they end, and what is in the file by then. */
#include "lab.h"

#include <pkw/capture.h>
#include <pkw/exchange.h>
#include <pkw/text.h>

static struct pkw_diag d;
static struct pkw_link *there;
static char dir[] = "/tmp/pkw-lab-XXXXXX";

static struct pkw_link *open_here(const char *filter, unsigned flags)
{
	struct pkw_link *l = pkw_link_open("v0", &(struct pkw_link_opts){
	    .filter = filter, .flags = flags }, &d);

	if (!l)
		printf("# %s\n", d.text);
	return l;
}

/* Sends n packets from the peer, by a process of its own after `wait' ms. */
static pid_t traffic(int n, int wait, double rate)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	struct pkw_pkt *p = pkw_pkt_new();
	pkw_parse(p, "Ether(dst='02:00:00:00:00:01',src='02:00:00:00:00:02')/"
	    "IP(src='10.0.0.2',dst='10.0.0.1')/UDP(sport=5,dport=4000)/'load'",
	    &d);
	struct pkw_array a = { &p, 1, 0 };
	struct pkw_source s = pkw_array_source(&a);
	lab_sleep(wait);
	_exit(pkw_send(there, &s, &(struct pkw_send_opts){
	    .count = (uint64_t)n, .rate = rate }, NULL, &d) < 0);
}

static int third(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	int *n = arg;

	(void)f;
	(void)p;
	return ++*n == 3 ? PKW_SNIFF_STOP : PKW_SNIFF_KEEP;
}

static int odd(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	int *n = arg;

	(void)f;
	return pkw_view(p)->nlayers == 4 && ++*n % 2 ? PKW_SNIFF_KEEP :
	    PKW_SNIFF_SKIP;
}

static int bare(void *arg, const struct pkw_frame *f, struct pkw_pkt *p)
{
	*(int *)arg += !p && f->caplen == 46;
	return PKW_SNIFF_KEEP;
}

static void test_ends(unsigned flags)
{
	struct pkw_sniffed r;
	struct pkw_link *l = open_here("udp port 4000", flags);
	int n = 0;

	pid_t t = traffic(20, 0, 0);
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .count = 7 }, &r, &d), 0,
	    "seven packets");
	is_int((int64_t)r.kept, 7, "... counted");
	is_int(r.end, PKW_END_DONE, "... done");
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .idle = 200 }, &r, &d), 0,
	    "until nothing comes");
	is_int((int64_t)r.kept, 13, "... the rest");
	is_int(r.end, PKW_END_TIMEOUT, "... says so");
	waitpid(t, NULL, 0);
	t = traffic(5, 0, 0);
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .on_packet = third,
	    .arg = &n, .timeout = 3000 }, &r, &d), 0, "until a condition");
	is_int((int64_t)r.kept, 3, "... the third packet");
	is_int(r.end, PKW_END_CALLER, "... says so");
	waitpid(t, NULL, 0);
	n = 0;
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .on_packet = bare,
	    .flags = PKW_SNIFF_BYTES, .arg = &n, .timeout = 150 }, &r, &d), 0,
	    "bytes only");
	is_int(n, 2, "... the two that were left");
	n = 0;
	t = traffic(10, 0, 0);
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .on_packet = odd,
	    .arg = &n, .timeout = 300 }, &r, &d), 0, "every other one");
	is_int((int64_t)r.kept, 5, "... half of them");
	is_int((int64_t)r.seen, 10, "... of ten");
	is_int((int64_t)r.dropped, 0, "... none lost");
	waitpid(t, NULL, 0);
	double start = lab_now();
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .timeout = 200 }, &r, &d),
	    0, "silence");
	start = lab_now() - start;
	ok(start > 0.19 && start < 0.8, "... ends in time (%.2f s)", start);
	pkw_link_close(l);
}

static struct pkw_link *stopped;
static void stop_it(int sig)
{
	(void)sig;
	pkw_link_stop(stopped);
}

/* What tshark reads from a file, as one line. */
static const char *tshark(const char *file, const char *fields)
{
	static char out[256];
	char cmd[400];

	snprintf(cmd, sizeof cmd, "tshark -r %s/%s -T fields %s 2>/dev/null | "
	    "sort | uniq -c | tr -s ' \\t' ' '", dir, file, fields);
	fflush(stdout);
	FILE *f = popen(cmd, "r");
	size_t n = f ? fread(out, 1, sizeof out - 1, f) : 0;
	out[n] = '\0';
	if (f)
		pclose(f);
	return out;
}

/* Ctrl-C: what came so far is in the file, also what came last. */
static void test_signal(const char *name)
{
	struct pkw_sniffed r;
	char path[64];

	stopped = open_here("udp port 4000", 0);
	snprintf(path, sizeof path, "%s/%s", dir, name);
	struct pkw_writer *w = pkw_writer_open(path, NULL, &d);
	signal(SIGALRM, stop_it);
	pid_t t = traffic(100, 0, 0);
	waitpid(t, NULL, 0);
	ualarm(5000, 0); /* so soon that the last block is still being filled */
	is_int(pkw_sniff(stopped, &(struct pkw_sniff_opts){ .writer = w }, &r,
	    &d), 0, "ended by a signal");
	is_int(r.end, PKW_END_STOPPED, "... says so");
	is_int((int64_t)r.kept, 100, "... with all that had come");
	is_int(pkw_writer_close(w, &d), 0, "... and been written");
	is_str(tshark(name, "-e ip.src -e udp.dstport -e frame.len"),
	    " 100 10.0.0.2 4000 46\n", "tshark reads the same");
	pkw_link_close(stopped);
}

static void test_interface(void)
{
	is_str(tshark("a.pcapng", "-e frame.interface_name"), " 100 v0\n",
	    "the file tells the interface's name");
}

/* The file is there before the end: a second at the latest. */
static void test_flush(void)
{
	char path[64];
	struct pkw_link *l = open_here("udp port 4000", 0);
	int fds[2];

	snprintf(path, sizeof path, "%s/b.pcap", dir);
	if (pipe(fds) < 0)
		return;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct pkw_writer *w = pkw_writer_open(path, NULL, &d);
		if (write(fds[1], "", 1) != 1)
			_exit(1);
		pkw_sniff(l, &(struct pkw_sniff_opts){ .writer = w }, NULL,
		    &d);
		_exit(0);
	}
	char c;
	if (read(fds[0], &c, 1) != 1)
		ok(0, "started");
	waitpid(traffic(10, 0, 0), NULL, 0);
	lab_sleep(1500);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	is_str(tshark("b.pcap", "-e ip.src"), " 10 10.0.0.2\n",
	    "what is killed has written what came a second ago");
	pkw_link_close(l);
	close(fds[0]);
	close(fds[1]);
}

static void test_down(void)
{
	struct pkw_sniffed r;
	struct pkw_link *l = open_here("udp port 4000", 0);
	char path[64];

	snprintf(path, sizeof path, "%s/c.pcapng", dir);
	struct pkw_writer *w = pkw_writer_open(path, NULL, &d);
	waitpid(traffic(10, 0, 0), NULL, 0);
	pid_t t = fork();
	if (t == 0) {
		lab_sleep(100);
		_exit(system("ip link set v0 down") != 0);
	}
	is_int(pkw_sniff(l, &(struct pkw_sniff_opts){ .writer = w }, &r, &d),
	    -PKW_ENETDOWN, "the interface goes down");
	is_str(d.text, "v0 is down", "... says so");
	is_int((int64_t)r.kept, 10, "... with what had come");
	is_int(pkw_writer_close(w, &d), 0, "... and been written");
	is_str(tshark("c.pcapng", "-e ip.src"), " 10 10.0.0.2\n",
	    "... tshark agrees");
	waitpid(t, NULL, 0);
	/* which takes IPv6 addresses away */
	sh("ip link set v0 up && ip addr add fd00::1/64 dev v0 nodad");
	peer("for i in $(seq 50); do ip link show v1 | grep -q LOWER_UP && "
	    "break; sleep 0.02; done");
	pkw_link_close(l);
}

/* Malformed and ordinary packets arrive as they were made. */
static void test_bytes(void)
{
	static const char *const exprs[] = {
		"IP(version=3,ihl=15,len=9,src='10.0.0.2',dst='10.0.0.1')/"
		"ICMP()/'x'",
		"IP(src='1.2.3.4',dst='10.0.0.1',chksum=1,proto=250,flags=7)",
		"IPv6(version=9,src='fd00::2',dst='fd00::1',plen=65535)/'x'",
		"IP(dst='10.0.0.1')/TCP(dataofs=1,chksum=0xdead)",
		"Ether(dst='02:00:00:00:00:01',type=0x1234)/'abc'",
		"Ether()/Dot1Q(vlan=7)/IP(dst='10.0.0.1')/UDP()/'x'",
		"Ether()/ARP(op=9,pdst='10.0.0.1')",
	};
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_link *l = open_here("not (ip6 and ip6[24] == 0xff)",
	    PKW_LINK_IN_ONLY);
	struct pkw_frame f;

	for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++) {
		struct pkw_array a = { &p, 1, 0 };
		struct pkw_source s = pkw_array_source(&a);
		struct pkw_sent sent;
		if (pkw_parse(p, exprs[i], &d) < 0 ||
		    pkw_send(there, &s, NULL, &sent, &d) < 0) {
			ok(0, "%s: %s", exprs[i], d.text);
			continue;
		}
		is_int((int64_t)sent.packets, 1, exprs[i]);
		size_t skip = pkw_view(p)->layers[0].proto->cls == PKW_LINK ?
		    0 : 14;
		struct pkw_span b = pkw_bytes(p);
		/* the resolver's own question may come before */
		do {
			if (pkw_link_next(l, &f, 2000, &d) <= 0)
				break;
		} while (f.len == 42 && f.data[13] == 6 && f.data[21] < 3);
		is_mem(f.data + skip, f.caplen - skip, b.p, b.len,
		    "... arrives byte for byte");
	}
	pkw_pkt_free(p);
	pkw_link_close(l);
}

/* A captured frame is put back as it stands, wherever it says it goes. */
static void test_replay(void)
{
	struct pkw_pkt *p = pkw_pkt_new(), *made = pkw_pkt_new();
	struct pkw_array a = { &p, 1, 0 };
	struct pkw_source s = pkw_array_source(&a);
	struct pkw_link *l = open_here("host 203.0.113.9", PKW_LINK_IN_ONLY);
	struct pkw_frame f;

	pkw_parse(made, "Ether()/IP(dst='203.0.113.9',chksum=1)/UDP()/'x'",
	    &d);
	struct pkw_span b = pkw_bytes(made);
	pkw_dissect(p, pkw_link_proto(1), b.p, b.len, 0);
	is_int(pkw_send(there, &s, NULL, NULL, &d), 0,
	    "a dissected frame without a route");
	if (ok(pkw_link_next(l, &f, 2000, &d) == 1, "... is sent"))
		is_mem(f.data, f.caplen, b.p, b.len, "... unchanged");
	pkw_pkt_free(p);
	pkw_pkt_free(made);
	pkw_link_close(l);
}

static int count_faults(void *arg, uint64_t index, const struct pkw_pkt *p,
    const struct pkw_diag *why)
{
	(void)index;
	(void)p;
	(void)why;
	++*(int *)arg;
	return 0;
}

static void test_send(void)
{
	struct pkw_link *l = open_here(NULL, PKW_LINK_SEND_ONLY);
	struct pkw_pkt *p[3] = { pkw_pkt_new(), pkw_pkt_new(), pkw_pkt_new() };
	struct pkw_array a = { p, 3, 0 };
	struct pkw_source s = pkw_array_source(&a), once = { s.next, NULL, &a };
	struct pkw_sent r;
	char path[64];
	int faults = 0;

	snprintf(path, sizeof path, "%s/d.pcap", dir);
	struct pkw_writer *w = pkw_writer_open(path, NULL, &d);
	pkw_net_timeout(pkw_link_net(l), 150);
	pkw_parse(p[0], "IP(dst='10.0.0.2')/UDP(dport=1)", &d);
	pkw_parse(p[1], "IP(dst='10.0.0.66')/UDP(dport=2)", &d);
	pkw_parse(p[2], "IP(dst='10.0.0.2')/UDP(dport=3)", &d);
	is_int(pkw_send(l, &s, &(struct pkw_send_opts){ .writer = w,
	    .on_fault = count_faults, .arg = &faults }, &r, &d), 0,
	    "three packets, one of them to nobody");
	is_int((int64_t)r.packets, 2, "... two went");
	is_int((int64_t)r.bytes, 84, "... so many bytes");
	is_int((int64_t)r.failed, 1, "... one did not");
	is_int(faults, 1, "... and was told");
	is_str(r.fault.text, "the next hop 10.0.0.66 does not answer on v0",
	    "... why");
	is_int(pkw_writer_close(w, &d), 0, "what was sent is written");
	is_str(tshark("d.pcap", "-e ip.src -e udp.dstport"),
	    " 1 10.0.0.1 1\n 1 10.0.0.1 3\n", "... as tshark reads");
	a.at = 0;
	a.n = 1;
	is_int(pkw_send(l, &s, &(struct pkw_send_opts){ .count = 1000 }, &r,
	    &d), 0, "a thousand times");
	is_int((int64_t)r.packets, 1000, "... sent");
	a.at = 0;
	is_int(pkw_send(l, &once, &(struct pkw_send_opts){ .count = 2 }, &r,
	    &d), -PKW_EINVAL, "what cannot be rewound");
	is_str(d.text, "these packets cannot be sent more than once",
	    "... says so");
	a.at = 0;
	a.pkts = p + 1;
	is_int(pkw_send(l, &s, NULL, &r, &d), -PKW_EHOSTUNREACH,
	    "if none can be sent, that is an error");
	stopped = l;
	a.at = 0;
	a.pkts = p;
	ualarm(200000, 0);
	double t = lab_now();
	is_int(pkw_send(l, &s, &(struct pkw_send_opts){ .count = PKW_FOREVER,
	    .rate = 1000 }, &r, &d), 0, "for ever");
	is_int(r.end, PKW_END_STOPPED, "... until stopped");
	t = lab_now() - t;
	ok(t < 1, "... at once");
	ok(r.packets > 100 && r.packets < 400, "... %lu packets in 0.2 s",
	    (unsigned long)r.packets);
	for (int i = 0; i < 3; i++)
		pkw_pkt_free(p[i]);
	pkw_link_close(l);
}

int main(void)
{
	lab_begin();
	lab_veth();
	if (!mkdtemp(dir))
		return 1;
	int back = lab_enter_peer();
	there = pkw_link_open("v1", &(struct pkw_link_opts){
	    .flags = PKW_LINK_SEND_ONLY }, &d);
	struct pkw_addr a, mac;
	/* its sockets for asking, too, are to be the peer's */
	uint32_t v1 = pkw_link_netif(there)->index;
	pkw_addr_parse("10.0.0.1", &a);
	pkw_neigh(pkw_link_net(there), v1, &a, 0, &mac, &d);
	pkw_addr_parse("fd00::1", &a);
	pkw_neigh(pkw_link_net(there), v1, &a, 0, &mac, &d);
	lab_return(back);
	test_ends(0);
	test_ends(PKW_LINK_IMMEDIATE);
	test_signal("a.pcapng");
	test_signal("a.pcap.gz");
	test_interface();
	test_flush();
	test_down();
	test_bytes();
	test_replay();
	test_send();
	pkw_link_close(there);
	sh("rm -r %s", dir);
	return done();
}
