#!/bin/bash
# What the kernel and radvd send in the network layer, between four namespaces
# of our own: network.pcap.  Hosts A and C and the router R are on one switch S,
# which is the multicast querier; host B is behind R on a link with a smaller
# MTU.  Seen from A.  Needs root, tcpdump, ping, radvd, hping3, python3.
ns() { echo pkw$1$$; }
out=${1:-network.pcap} pids=
cleanup() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	for n in A B C R S; do ip netns del "$(ns $n)"; done
	rm -rf "$tmp"
}
trap cleanup EXIT
tmp=$(mktemp -d); chmod 755 "$tmp"
for n in A B C R S; do ip netns add "$(ns $n)"; done
on() { local n=$1; shift; ip netns exec "$(ns "$n")" "$@"; }
quiet() { "$@" >/dev/null 2>&1; }
on S ip link add br0 type bridge
on S ip link set br0 up
mac=1
plug() { # namespace, its interface, other namespace, its interface
	ip -n "$(ns $1)" link add $2 address 02:00:00:00:00:0$((mac++)) type veth \
		peer name $4 address 02:00:00:00:00:0$((mac++)) netns "$(ns $3)"
}
plug A e0 S a; plug R e0 S r; plug C e0 S c; plug R e1 B e0
for i in a r c; do on S ip link set dev $i master br0 up; done
on A ip link set e0 up; on C ip link set e0 up; on B ip link set e0 mtu 1300 up
on R ip link set e0 up; on R ip link set e1 mtu 1300 up
for n in A B C R; do
	on $n ip link set lo up
	on $n sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.conf.all.accept_source_route=1 net.ipv4.conf.e0.accept_source_route=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
done
on R sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.e0.send_redirects=1
on A sysctl -qw net.ipv6.conf.e0.seg6_enabled=1; on R sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.e0.seg6_enabled=1
on B sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.e0.seg6_enabled=1
on A tcpdump -i e0 -U -w "$tmp/all.pcap" 'not arp' 2>/dev/null & pids+=" $!"
sleep 1
addr() { on $1 ip addr add $2 dev $3 $([[ $2 = *:* ]] && echo nodad); }
addr A 192.0.2.1/24 e0; addr A 2001:db8:1::1/64 e0
addr R 192.0.2.254/24 e0; addr R 2001:db8:1::fe/64 e0
addr C 192.0.2.3/24 e0; addr C 2001:db8:1::3/64 e0
addr R 198.51.100.254/24 e1; addr R 2001:db8:2::fe/64 e1
addr B 198.51.100.2/24 e0; addr B 2001:db8:2::2/64 e0
on A ip route add default via 192.0.2.254; on A ip -6 route add default via 2001:db8:1::fe metric 1
on B ip route add default via 198.51.100.254; on B ip -6 route add default via 2001:db8:2::fe metric 1
on R ip route add 203.0.113.0/24 via 192.0.2.3; on R ip -6 route add 2001:db8:3::/64 via 2001:db8:1::3
on R ip route add prohibit 198.18.0.0/24; on R ip route add unreachable 198.18.1.0/24
on R ip -6 route add prohibit 2001:db8:9::/64; on R ip -6 route add unreachable 2001:db8:a::/64
cat >"$tmp/radvd.conf" <<EOF
interface e0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvLinkMTU 1480; AdvManagedFlag on;
	AdvDefaultPreference high; AdvIntervalOpt on; AdvHomeAgentFlag on; AdvHomeAgentInfo on; HomeAgentLifetime 1000;
	prefix 2001:db8:1::/64 { AdvOnLink on; AdvAutonomous off; };
	route 2001:db8:7:1::/56 { AdvRoutePreference low; AdvRouteLifetime 600; };
	RDNSS 2001:db8:1::53 2001:db8:2::53 { AdvRDNSSLifetime 30; };
	DNSSL example.com lab.example.org { AdvDNSSLLifetime 30; };
};
EOF
on R radvd -n -C "$tmp/radvd.conf" -p "$tmp/radvd.pid" >/dev/null 2>&1 & pids+=" $!"
sleep 6
p="quiet on A ping -c1 -W1"
$p 198.51.100.2; $p -R 198.51.100.2; $p -T tsonly 198.51.100.2; $p -T tsandaddr 198.51.100.2
$p -s 2000 192.0.2.3; $p -t 1 198.51.100.2; $p -M do -s 1400 198.51.100.2
$p 203.0.113.9; $p 198.18.0.1; $p 198.18.1.1
$p 2001:db8:2::2; $p -s 2000 2001:db8:1::3; $p -t 1 2001:db8:2::2; $p -M do -s 1400 2001:db8:2::2
$p 2001:db8:3::9; $p 2001:db8:9::1; $p 2001:db8:a::1; $p -F 12345 -Q 0xb8 2001:db8:2::2
$p -N name 2001:db8:1::3; $p -N ipv4 -N subject-ipv4=192.0.2.3 2001:db8:1::3
quiet on A hping3 -q -c 1 --icmp-ts 192.0.2.3
cat >"$tmp/talk.py" <<'EOF'
import socket, struct, time, sys
u4 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u4.sendto(b"to a closed port", ("198.51.100.2", 9))
u6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
u6.sendto(b"to a closed port", ("2001:db8:2::2", 9))
s4 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s4.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes([0x83, 7, 4, 198, 51, 100, 2, 0]))
s4.sendto(b"by a route", ("192.0.2.254", 9))
V6 = socket.IPPROTO_IPV6
def options(opt, data):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(V6, opt, data)
    s.sendto(b"with options", ("2001:db8:1::3", 9))
options(socket.IPV6_HOPOPTS, bytes([0, 0, 5, 2, 0, 1, 1, 0]))
options(socket.IPV6_DSTOPTS, bytes([0, 1, 0x1e, 3, 1, 2, 3, 1, 7, 0, 0, 0, 0, 0, 0, 0]))
EOF
quiet on A python3 "$tmp/talk.py"
cat >"$tmp/join.py" <<'EOF'
import socket, struct, time
i = socket.if_nametoindex("e0")
def knob(path, v):
    open("/proc/sys/net/" + path, "w").write(str(v))
for igmp, mld in ((1, 1), (2, 1), (3, 2)):
    knob("ipv4/conf/e0/force_igmp_version", igmp)
    knob("ipv6/conf/e0/force_mld_version", mld)
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4si", socket.inet_aton("239.1.2.%d" % igmp), b"\0" * 4, i))
    t = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    t.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff05::%d" % (0x100 + igmp)) + struct.pack("=I", i))
    time.sleep(1.5)
    s.close(); t.close()
    time.sleep(1)
# only from two sources (RFC 3376 and RFC 3810: allow new sources)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for src in ("192.0.2.3", "192.0.2.254"):
    s.setsockopt(socket.IPPROTO_IP, 39, socket.inet_aton("239.9.9.9") + socket.inet_aton("192.0.2.1") + socket.inet_aton(src))
time.sleep(1)
EOF
quiet on A python3 "$tmp/join.py"
on S ip link set br0 type bridge mcast_query_interval 100 mcast_query_response_interval 100 mcast_startup_query_interval 100
on S ip link set br0 type bridge mcast_igmp_version 3 mcast_mld_version 2 mcast_querier 1
sleep 2
on S ip link set br0 type bridge mcast_igmp_version 2 mcast_mld_version 1 mcast_querier 0
on S ip link set br0 type bridge mcast_querier 1
sleep 2
on S ip link set br0 type bridge mcast_querier 0
# segment routing, as its source sends it
on A ip -6 route add 2001:db8:5::/64 encap seg6 mode encap segs 2001:db8:1::fe,2001:db8:2::2 dev e0
on A ip -6 route add 2001:db8:2::2/128 encap seg6 mode inline segs 2001:db8:1::fe dev e0
$p 2001:db8:5::1; $p 2001:db8:2::2
on A ip -6 route del 2001:db8:2::2/128
sleep 1
# at most six of a kind: the protocol, its first bytes, the size
python3 - "$tmp/all.pcap" "$out" <<'EOF'
import struct, sys
raw = open(sys.argv[1], "rb").read()
out, at, seen = [raw[:24]], 24, {}
while at < len(raw):
    n = struct.unpack_from("<I", raw, at + 8)[0]
    rec = raw[at:at + 16 + n]
    b = rec[30:]
    if b[0] >> 4 == 6:
        up = 48 if b[6] == 0 else 40
        kind = (b[6], b[up:up + 2], len(b) if b[6] != 58 or b[40] < 128 else 0)
    else:
        up = b[0] % 16 * 4
        kind = (b[9], b[up:up + 2], b[0], len(b))
    if seen.setdefault(kind, 0) < 6:
        out.append(rec)
    seen[kind] += 1
    at += 16 + n
open(sys.argv[2], "wb").write(b"".join(out))
EOF
