#!/bin/bash
# Frames of the kernel's ARP and spanning tree and of lldpd, between two
# network namespaces of our own: link.pcap.  Needs root, tcpdump, lldpd.
A=pkwA$$ B=pkwB$$ out=${1:-link.pcap} pids=
cleanup() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	ip netns del $A; ip netns del $B
	rm -rf "$tmp"
}
trap cleanup EXIT
tmp=$(mktemp -d); chmod 755 "$tmp"
ip netns add $A; ip netns add $B
ip -n $A link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02 netns $B
ip netns exec $A sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip netns exec $B sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip -n $A link set v0 up; ip -n $B link set v1 up
ip -n $A addr add 192.0.2.1/24 dev v0; ip -n $B addr add 192.0.2.2/24 dev v1
ip netns exec $B tcpdump -i v1 -U -w "$tmp/all.pcap" 'not ip' 2>/dev/null & pids+=" $!"
sleep 1
ip netns exec $A ping -c1 -W1 192.0.2.2 >/dev/null
ip netns exec $A arping -c1 -U -I v0 192.0.2.1 >/dev/null 2>&1
for ns in A B; do
	i=v0; [ $ns = B ] && i=v1
	mkdir -p $tmp/$ns
	ip netns exec ${!ns} lldpd -d -u $tmp/$ns/sock -I $i -M $([ $ns = A ] && echo 3 || echo 4) \
		-S "lldpd in a namespace" -C $i -m '192.0.2.*' >/dev/null 2>&1 & pids+=" $!"
done
sleep 4
lc() { ip netns exec ${!1} lldpcli -u $tmp/$1/sock "${@:2}" >/dev/null 2>&1; }
lc A configure lldp tx-interval 1
lc A configure system hostname phone
lc A configure med location coordinate latitude 48.85667N longitude 2.2014E altitude 117.47 m datum WGS84
lc A configure med location address country DE city Berlin street Hauptstr. number 5
lc A configure med location elin 4930123456789
lc A configure med policy application voice tagged vlan 100 priority voice dscp 46
lc A configure med power pd source pse priority high value 6500
lc A configure dot3 power pd supported enabled powerpairs spare class class-3 type 2 source both priority low requested 10000 allocated 15000
lc B configure dot3 power pse supported enabled paircontrol powerpairs signal class class-3
lc A configure lldp custom-tlv oui 33,44,55 subtype 44 oui-info 45,45,45
lc B configure lldp tx-interval 1
sleep 4
for ns in A B; do
	i=v0; [ $ns = B ] && i=v1
	ip -n ${!ns} link add br0 type bridge stp_state 1 forward_delay 200 hello_time 100
	ip -n ${!ns} link set $i master br0
	ip -n ${!ns} link set br0 up
done
sleep 8
ip -n $B link add w0 type veth peer name w1
ip -n $B link set w0 master br0; ip -n $B link set w0 up; ip -n $B link set w1 up
sleep 7
# one of each is enough
python3 - "$tmp/all.pcap" "$out" <<'EOF'
import struct, sys
raw = open(sys.argv[1], "rb").read()
out, at, seen, lldp = [raw[:24]], 24, set(), {}
while at < len(raw):
    n = struct.unpack_from("<I", raw, at + 8)[0]
    rec = raw[at:at + 16 + n]
    b = rec[16:]
    at += 16 + n
    if b[12:14] == b"\x88\xcc":  # the richest of each sender
        if n > len(lldp.get(b[6:12], b"")) - 16:
            lldp[b[6:12]] = rec
        continue
    key = (b[6:22], b[22:24] if b[12] < 6 else b"")
    if key not in seen:
        out.append(rec)
        seen.add(key)
open(sys.argv[2], "wb").write(b"".join(out + [lldp[k] for k in sorted(lldp)]))
EOF
