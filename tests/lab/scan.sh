#!/bin/bash
# Scans say what nmap says: of ports that are open, closed, dropped or rejected
# by a filter, over IPv4 and IPv6, and of hosts that are not there.  Run by
# tools/private.
. tests/house/tap.sh
A=192.0.2.2 B=2001:db8::2
far() { ip netns exec far "$@"; }

if [ "${1-}" != inside ]; then
	why=$(tools/private true 2>&1) || {
		echo "1..0 # SKIP $why"
		exit 0
	}
	exec tools/pair bash "$0" inside
fi
export LC_ALL=C

far sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
    net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000
far nft -f - <<'N'
table inet t {
	chain i {
		type filter hook input priority 0
		tcp dport 7 drop
		tcp dport 9 reject
		tcp dport 13 reject with tcp reset
		tcp dport 17 reject with icmpx admin-prohibited
		tcp dport 19 reject with icmpx host-unreachable
		udp dport 7 drop
		udp dport 9 reject with icmpx admin-prohibited
		meta l4proto 99 drop
	}
}
N
far python3 - <<'P' &
import select, socket
socks = []
for port in (22, 80, 8080, 65535):
    s = socket.create_server(("::", port), family=socket.AF_INET6,
                             dualstack_ipv6=True, backlog=64)
    socks.append(s)
udp = []
for port in (53, 123, 4000):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(("::", port))
    udp.append(s)
while True:
    for s in select.select(socks + udp, [], [])[0]:
        if s in socks:
            s.accept()[0].close()
        else:
            data, to = s.recvfrom(2000)
            if s.getsockname()[1] != 4000:
                s.sendto(data, to)
P
servers=$!
trap 'kill $servers; rm -rf "$tmp"' EXIT
for i in $(seq 100); do
	far ss -lnt | grep -q 65535 && break
	sleep 0.05
done

# host, port, protocol, state and reason of each port that nmap's XML lists
cat >"$tmp/ports.py" <<'P'
import sys, xml.etree.ElementTree as ET
root = ET.parse(sys.argv[1]).getroot()
for h in root.iter("host"):
    addr = h.find("address").get("addr")
    print(addr, h.find("status").get("state"), h.find("status").get("reason"))
    for e in h.iter("extraports"):
        why = sorted((r.get("reason"), r.get("count"))
                     for r in e.iter("extrareasons"))
        print(addr, "not shown", e.get("state"), e.get("count"), why)
    for p in h.iter("port"):
        s = p.find("state")
        print(addr, p.get("protocol"), p.get("portid"), s.get("state"),
              s.get("reason"))
P
# nmap has no name for an echo reply to -sO
ports() { python3 "$tmp/ports.py" "$1" | sort |
    sed 's/ip 1 open unknown-response/ip 1 open echo-reply/'; }
P=7,9,13,17,19,20-24,80,8080,65535

same() { # what, options of both
	local what=$1
	shift
	nmap -n -T4 "$@" -oX "$tmp/nmap.xml" >"$tmp/nmap" 2>&1
	"$PKW" scan "$@" -oX "$tmp/pkw.xml" >"$tmp/pkw" 2>"$tmp/err"
	is "$what: as nmap says" "$(ports "$tmp/pkw.xml")" \
	    "$(ports "$tmp/nmap.xml")"
	[ -s "$tmp/pkw.xml" ] || sed 's/^/# /' "$tmp/err"
}

same "SYN" -sS -p $P $A
cp "$tmp/pkw.xml" "$tmp/first.xml"
check "ndiff reads both and sees the same ports" \
    sh -c "! ndiff '$tmp/nmap.xml' '$tmp/pkw.xml' | grep /tcp"
is "... all the states are there" "$(ports "$tmp/first.xml" |
    cut -d' ' -f4,5 | sort -u | tr '\n' ',')" \
    ",closed reset,filtered admin-prohibited,filtered host-unreach,filtered\
 no-response,filtered port-unreach,open syn-ack,"
same "SYN, thousands of ports" -sS -p 1-3000 $A
same "ACK" -sA -p $P $A
same "FIN" -sF -p $P $A
same "NULL" -sN -p $P $A
same "Xmas" -sX -p $P $A
same "Maimon" -sM -p $P $A
same "window" -sW -p $P $A
same "UDP" -sU -p 7,9,53,100-103,123,4000 $A
same "IP protocols" -sO -p 6,17,50,99 $A
same "TCP and UDP" -sSU -p T:22-23,U:53,100 $A
same "names and ranges" -sS -p 'ssh,http*,[20-25]' $A
same "hosts only" -sn 192.0.2.0-5

for kind in S A F; do
	nmap -6 -n -T4 -s$kind -p $P $B -oX "$tmp/nmap.xml" >"$tmp/nmap" 2>&1
	"$PKW" scan -s$kind -p $P $B -oX "$tmp/pkw.xml" >"$tmp/pkw" 2>&1
	is "IPv6, -s$kind: as nmap says" "$(ports "$tmp/pkw.xml")" \
	    "$(ports "$tmp/nmap.xml")"
done
nmap -6 -n -T4 -sU -p 7,9,53,100-103,4000 $B -oX "$tmp/nmap.xml" \
    >"$tmp/nmap" 2>&1
"$PKW" scan -sU -p 7,9,53,100-103,4000 $B -oX "$tmp/pkw.xml" >"$tmp/pkw" 2>&1
is "IPv6, UDP: as nmap says" "$(ports "$tmp/pkw.xml")" \
    "$(ports "$tmp/nmap.xml")"

"$PKW" scan -p 22 192.0.2.77 >"$tmp/out" 2>"$tmp/err"
is "a host that is down: exit status" $? 1
check "... is told" grep -q "(0 up)" "$tmp/err"

"$PKW" scan -p- -T4 --json $A >"$tmp/json" 2>"$tmp/err"
is "all 65535 ports: a line for each" "$(wc -l <"$tmp/json")" 65535
is "... each once" "$(grep -o '"port":[0-9]*' "$tmp/json" | sort -u | wc -l)" \
    65535
is "... the open ones" "$(grep '"open"' "$tmp/json" |
    grep -o '"port":[0-9]*' | sort -t: -n -k2 | tr '\n' ' ')" \
    '"port":22 "port":80 "port":8080 "port":65535 '
is "... keys in order" "$(python3 -c "
import json
print(sorted({tuple(json.loads(l)) for l in open('$tmp/json')}))")" \
    "[('host', 'port', 'proto', 'state', 'reason', 'rtt')]"

# a twentieth of the packets is lost, both ways
far nft add rule inet t i 'meta l4proto tcp numgen random mod 20 == 0 drop'
"$PKW" scan -p- -T4 --open --csv $A >"$tmp/csv" 2>"$tmp/err"
is "with loss all open ports are found" \
    "$(sed 1d "$tmp/csv" | cut -d, -f2 | sort -n | tr '\n' ' ')" \
    "22 80 8080 65535 "
far nft delete chain inet t i
far nft flush ruleset

# what is not to be asked
"$PKW" scan -sn 192.0.2.0-5 --exclude 192.0.2.2 -oG - >"$tmp/out" 2>"$tmp/err"
is "an excluded host is not there" "$(grep -c 192.0.2.2 "$tmp/out")" 1
"$PKW" scan -p 22 $A --exclude $A >"$tmp/out" 2>"$tmp/err"
is "all excluded: exit status" $? 1

# stopping and going on
timeout -s INT 1 "$PKW" scan -p 1-1000 $A --rate 300 --resume "$tmp/keep" \
    >"$tmp/out" 2>"$tmp/err"
check "Ctrl-C: it is told that not all was done" grep -q stopped "$tmp/err"
had=$(wc -l <"$tmp/keep")
check "... and answers were kept" test "$had" -gt 100 -a "$had" -lt 900
"$PKW" scan -p 1-1000 $A --resume "$tmp/keep" --csv >"$tmp/out" 2>"$tmp/err"
is "the same again asks the rest only" \
    "$(sed -n 's/.*: \([0-9]*\) packets sent.*/\1/p' "$tmp/err")" \
    "$((1000 - had))"
is "... and tells of all" "$(sed 1d "$tmp/out" | cut -d, -f2 | sort -un |
    wc -l)" 1000

# manners
ip route add 198.51.100.0/24 via $A
"$PKW" scan -T4 -Pn -p 22 198.51.100.2 >"$tmp/out" 2>"$tmp/err"
is "any rate behind a router is refused" $? 1
check "... and why is said" grep -q "behind a router" "$tmp/err"
for bad in "-p 70000" "-p 5-4" "-sZ" "-T9" "--rate fast" "-oQ x"; do
	"$PKW" scan $bad $A >"$tmp/out" 2>"$tmp/err"
	is "$bad: exit status" $? 2
done
"$PKW" scan -p 22 >"$tmp/out" 2>"$tmp/err"
is "no host: exit status" $? 2
tap_done
