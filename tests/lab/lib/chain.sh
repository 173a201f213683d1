# SPDX-License-Identifier: BSD-2-Clause
# A chain of routers; read by tests/lab/trace.sh and bench/, in a network
# namespace of their own.
#
#	here - r1 - r2 = a|b = r4 - r5 - r6 - r7 - goal
#
# r2 sends flows by ports over a or b; r5 tells of MPLS labels; the link behind
# r6 carries 1300 bytes.  Link N has 10.N.0.0/24 and fd00:N::/64, its nearer end
# being 1 and its farther one 2.  goal is 10.9.0.2 and fd00:9::2.

in_ns() { # NS COMMAND...: `here' is where we are
	if [ "$1" = here ]; then
		shift
		"$@"
	else
		ip netns exec "$@"
	fi
}

wire() { # NUMBER NEAR FAR [MTU]
	ip link add "l$1" type veth peer name "k$1"
	[ "$2" = here ] || ip link set "l$1" netns "$2"
	ip link set "k$1" netns "$3"
	for end in "$2 l$1 1" "$3 k$1 2"; do
		set -- "$1" "$2" "$3" "${4:-1500}" $end
		in_ns "$5" sh -c "ip link set $6 mtu $4 addrgenmode none up
			ip addr add 10.$1.0.$7/24 dev $6
			ip addr add fd00:$1::$7/64 dev $6 nodad"
	done
}

host() { # NS
	ip netns add "$1"
	in_ns "$1" sh -c 'ip link set lo up
		sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		    net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		    net.ipv4.conf.all.rp_filter=0 \
		    net.ipv4.conf.default.rp_filter=0 \
		    net.ipv4.fib_multipath_hash_policy=1 \
		    net.ipv6.fib_multipath_hash_policy=1'
}

# routes NS VIA-OF-NEAR-SIDE VIA-OF-FAR-SIDE: links 1.. below, 9.. above
toward() { # NS "LINKS" VIA-LINK VIA-END
	for link in $2; do
		in_ns "$1" ip route add "10.$link.0.0/24" via "10.$3.0.$4"
		in_ns "$1" ip -6 route add "fd00:$link::/64" via "fd00:$3::$4"
	done
}

chain() {
	for ns in r1 r2 a b r4 r5 r6 r7 goal; do host $ns; done
	wire 1 here r1
	wire 2 r1 r2
	wire 3 r2 a
	wire 4 r2 b
	wire 13 a r4
	wire 14 b r4
	wire 6 r4 r5
	wire 7 r5 r6
	wire 8 r6 r7 1300
	wire 9 r7 goal
	toward here "2 3 4 13 14 6 7 8 9" 1 2
	toward r1 "3 4 13 14 6 7 8 9" 2 2
	toward r2 "1" 2 1
	for link in 13 14 6 7 8 9; do
		in_ns r2 ip route add 10.$link.0.0/24 \
		    nexthop via 10.3.0.2 nexthop via 10.4.0.2
		in_ns r2 ip -6 route add fd00:$link::/64 \
		    nexthop via fd00:3::2 nexthop via fd00:4::2
	done
	toward a "6 7 8 9 14" 13 2
	toward b "6 7 8 9 13" 14 2
	toward a "1 2" 3 1
	toward b "1 2" 4 1
	toward r4 "1 2 3" 13 1
	toward r4 "4" 14 1
	toward r4 "7 8 9" 6 2
	toward r5 "1 2 3 4 13 14" 6 1
	toward r5 "8 9" 7 2
	toward r6 "1 2 3 4 13 14 6" 7 1
	toward r6 "9" 8 2
	toward r7 "1 2 3 4 13 14 6 7" 8 1
	toward goal "1 2 3 4 13 14 6 7 8" 9 1
}
