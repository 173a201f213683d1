/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, routes and neighbours, against the kernel in a namespace. */
#include "lab.h"

#include <pkw/net.h>

static struct pkw_net *net;
static struct pkw_diag d;

static struct pkw_addr addr(const char *text)
{
	struct pkw_addr a = { 0 };

	if (pkw_addr_parse(text, &a) < 0)
		printf("# not an address: %s\n", text);
	return a;
}

static const char *text(const struct pkw_addr *a)
{
	static char buf[4][48];
	static int i;

	return pkw_addr_text(a, buf[i++ % 4]);
}

static uint32_t index_of(const char *name)
{
	const struct pkw_netif *n = pkw_netif_by_name(net, name, NULL);

	return n ? n->index : 0;
}

static void test_interfaces(void)
{
	const struct pkw_netif *n = pkw_netif_at(net, 0);

	is_str(n->name, "lo", "the first interface is lo");
	ok(n->flags & PKW_NETIF_LOOPBACK, "... a loopback");
	is_int(n->link, 1, "... with Ethernet frames");
	n = pkw_netif_by_name(net, "v0", &d);
	ok(n != NULL, "v0 is there");
	is_str(text(&n->mac), "02:00:00:00:00:01", "... its MAC address");
	is_int(n->mtu, 1500, "... its MTU");
	ok((n->flags & 3) == (PKW_NETIF_UP | PKW_NETIF_RUNNING), "... is up");
	is_int((int64_t)n->naddrs, 3, "... three addresses");
	is_str(text(&n->addrs[0].addr), "10.0.0.1", "... IPv4");
	is_int(n->addrs[0].prefix, 24, "... and its prefix");
	ok(!pkw_netif_by_name(net, "v00", &d), "v00 is not there");
	is_str(d.text, "no such interface `v00': did you mean `v0'?",
	    "... and v0 suggested");
	is_int(d.code, -PKW_ENODEV, "... by code");
	if (sh("ip tuntap add tun9 mode tun")) {
		ok(1, "no tun here # SKIP");
		return;
	}
	n = pkw_netif_by_name(net, "tun9", &d);
	is_int(n ? n->link : 0, 101, "a tunnel's frames are bare IP packets");
	sh("ip link del tun9");
}

static void test_route(const char *dst, uint32_t by, const char *dev,
    const char *src, const char *via, int kind)
{
	struct pkw_route r;
	struct pkw_addr a = addr(dst);
	int e = pkw_route(net, &a, by, &r, &d);

	if (!ok(e == 0, "route to %s", dst)) {
		printf("# %s\n", d.text);
		return;
	}
	is_str(pkw_netif_by_index(net, r.ifindex)->name, dev, "... interface");
	is_str(text(&r.src), src, "... source");
	is_str(text(&r.via), via, "... gateway");
	is_int(r.kind, kind, "... kind");
}

static void test_routes(void)
{
	struct pkw_route r;
	struct pkw_addr a = addr("192.0.2.9");

	is_int(pkw_route(net, &a, 0, &r, &d), -PKW_ENETUNREACH, "no route");
	is_str(d.text, "no route to 192.0.2.9", "... says so");
	sh("ip route add default via 10.0.0.254 && ip -6 route add default via "
	   "fd00::fe && ip route add blackhole 192.0.2.128/25 && ip route add "
	   "198.51.100.0/24 via 10.0.0.253 src 10.0.0.1 mtu 1400 && "
	   "ip route add 203.0.113.0/24 via inet6 fd00::77 dev v0");
	lab_sleep(150);
	test_route("192.0.2.9", 0, "v0", "10.0.0.1", "10.0.0.254", 0);
	test_route("10.0.0.7", 0, "v0", "10.0.0.1", "", 0);
	test_route("10.0.0.1", 0, "lo", "10.0.0.1", "", PKW_ROUTE_LOCAL);
	test_route("127.0.0.1", 0, "lo", "127.0.0.1", "", PKW_ROUTE_LOCAL);
	test_route("10.0.0.255", 0, "v0", "10.0.0.1", "",
	    PKW_ROUTE_BROADCAST);
	test_route("224.0.0.5", 0, "v0", "10.0.0.1", "",
	    PKW_ROUTE_MULTICAST);
	test_route("2001:db8::9", 0, "v0", "fd00::1", "fd00::fe", 0);
	test_route("fd00::5", 0, "v0", "fd00::1", "", 0);
	test_route("::1", 0, "lo", "::1", "", PKW_ROUTE_LOCAL);
	test_route("203.0.113.1", 0, "v0", "10.0.0.1", "fd00::77", 0);
	test_route("198.51.100.1", 0, "v0", "10.0.0.1", "10.0.0.253", 0);
	a = addr("198.51.100.1");
	is_int(pkw_route(net, &a, 0, &r, &d), 0, "again, from memory");
	is_int(r.mtu, 1400, "the route's own MTU");
	a = addr("192.0.2.200");
	is_int(pkw_route(net, &a, 0, &r, &d), -PKW_ENETUNREACH, "blackhole");
	is_str(d.text, "no route to 192.0.2.200: a blackhole route forbids it",
	    "... says so");
	sh("ip route del default && ip -6 route del default");
	lab_sleep(150);
	a = addr("192.0.2.9");
	is_int(pkw_route(net, &a, 0, &r, &d), -PKW_ENETUNREACH,
	    "a change is noticed");
	test_route("192.0.2.9", index_of("v0"), "v0", "10.0.0.1", "", 0);
	test_route("2001:db8::9", index_of("v0"), "v0", "fd00::1", "", 0);
}

static void test_link_local(void)
{
	struct pkw_route r;
	struct pkw_addr a = addr("fe80::2");

	is_int(pkw_route(net, &a, 0, &r, &d), 0,
	    "link-local: one interface it can be");
	sh("ip link add v8 type veth peer name v9 && ip link set v8 up && "
	   "ip link set v9 up");
	lab_sleep(150);
	is_int(pkw_route(net, &a, 0, &r, &d), -PKW_ENETUNREACH,
	    "... now there are three");
	is_str(d.text, "fe80::2 is link-local: name the interface",
	    "... says so");
	is_int(pkw_route(net, &a, index_of("v0"), &r, &d), 0, "... named");
	sh("ip link del v8");
}

static void test_mac(const char *what, const char *want)
{
	struct pkw_addr a = addr(what), mac = { 0 };
	int e = pkw_neigh(net, index_of("v0"), &a, 0, &mac, &d);

	if (e < 0)
		printf("# %s\n", d.text);
	is_str(e < 0 ? "" : text(&mac), want, what);
}

static void test_neighbours(void)
{
	struct pkw_addr a = addr("10.0.0.77"), mac;
	const char *cmd = "ip neigh show to 10.0.0.2 | grep -q .";

	test_mac("224.1.2.3", "01:00:5e:01:02:03");
	test_mac("239.129.2.3", "01:00:5e:01:02:03");
	test_mac("ff02::1:ff00:2", "33:33:ff:00:00:02");
	test_mac("10.0.0.255", "ff:ff:ff:ff:ff:ff");
	test_mac("255.255.255.255", "ff:ff:ff:ff:ff:ff");
	is_int(pkw_neigh(net, index_of("lo"), &a, 0, &mac, &d), 0, "on lo");
	is_str(text(&mac), "00:00:00:00:00:00", "... zeros, without asking");
	a = addr("10.0.0.2");
	is_int(pkw_neigh(net, index_of("v0"), &a, PKW_NEIGH_NO_ASK, &mac, &d),
	    -PKW_EHOSTUNREACH, "unknown before it is asked");
	is_str(d.text, "10.0.0.2 is not known on v0", "... says so");
	double t = lab_now();
	test_mac("10.0.0.2", "02:00:00:00:00:02");
	test_mac("fd00::2", "02:00:00:00:00:02");
	ok(lab_now() - t < 0.4, "both answered at once");
	ok(system(cmd) != 0, "the kernel was not made to ask");
	test_mac("10.0.0.2", "02:00:00:00:00:02");
	sh("ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:50 dev v0");
	test_mac("10.0.0.50", "02:00:00:00:00:50");
	sh("ip link set v0 arp off");
	pkw_net_refresh(net, NULL);
	test_mac("10.0.0.2", "02:00:00:00:00:01");
	sh("ip link set v0 arp on");
	pkw_net_refresh(net, NULL);
}

static void test_silence(void)
{
	struct pkw_addr a = addr("10.0.0.77"), mac;

	pkw_net_timeout(net, 600);
	double t = lab_now();
	is_int(pkw_neigh(net, index_of("v0"), &a, 0, &mac, &d),
	    -PKW_EHOSTUNREACH, "nobody there");
	t = lab_now() - t;
	is_str(d.text, "the next hop 10.0.0.77 does not answer on v0",
	    "... says so");
	ok(t > 0.55 && t < 1.2, "... after the time-out (%.2f s)", t);
	t = lab_now();
	is_int(pkw_neigh(net, index_of("v0"), &a, 0, &mac, &d),
	    -PKW_EHOSTUNREACH, "... again");
	ok(lab_now() - t < 0.1, "... from memory");
	a = addr("fd00::77");
	is_int(pkw_neigh(net, index_of("v0"), &a, 0, &mac, &d),
	    -PKW_EHOSTUNREACH, "nobody there, IPv6");
	/* three questions each, to everybody and to the solicited group */
	peer("ip link set v1 down");
	sh("for i in $(seq 60); do ip link show v0 | grep -q NO-CARRIER && "
	   "break; sleep 0.05; done");
	lab_sleep(120);
	a = addr("10.0.0.78");
	is_int(pkw_neigh(net, index_of("v0"), &a, 0, &mac, &d),
	    -PKW_EHOSTUNREACH, "no carrier");
	is_str(d.text, "the next hop 10.0.0.78 does not answer on v0, which "
	    "has no carrier", "... says so");
	peer("ip link set v1 up");
}

static void stop_it(int sig)
{
	(void)sig;
	pkw_net_stop(net);
}

static void test_stop(void)
{
	struct pkw_addr a = addr("10.0.0.99"), mac;

	pkw_net_timeout(net, 30000);
	signal(SIGALRM, stop_it);
	ualarm(200000, 0);
	double t = lab_now();
	is_int(pkw_neigh(net, index_of("v0"), &a, 0, &mac, &d), -PKW_EINTR,
	    "a signal stops the wait");
	ok(lab_now() - t < 1, "... at once");
}

int main(void)
{
	lab_begin();
	lab_veth();
	net = pkw_net_open(&d);
	if (!ok(net != NULL, "opened"))
		return done();
	test_interfaces();
	test_routes();
	test_link_local();
	test_neighbours();
	test_silence();
	test_stop();
	pkw_net_close(net);
	return done();
}
