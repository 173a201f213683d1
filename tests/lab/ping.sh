#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw ping between two hosts.  Its peers are hping3 (a table of options: the
# packets of both are equal), ping(8)'s regular expressions, a tap, and the far
# kernel, which loses and doubles packets by nftables.  Run by tools/private.
[ "${1-}" = inside ] || exec tools/pair "$0" inside
. tests/cmd/lib/tap.sh
export T

A=192.0.2.2
B=2001:db8::2
B1=2001:db8::1
far() { ip netns exec far "$@"; }
far sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 \
	net.ipv6.icmp.ratelimit=0
far python3 -c '
import socket, time
held = []
for port in (80, 81):
    s = socket.socket(socket.AF_INET6)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("::", port))
    s.listen(64)
    held.append(s)
print("up", flush=True)
time.sleep(500)' >"$T/up" &
until grep -q up "$T/up"; do sleep 0.05; done
# every address of this network answers ARP
ip addr add 10.77.0.1/16 dev v0
far ip route add local 10.77.0.0/16 dev lo table main
far ip route add 10.77.0.1 dev v1

line='^[0-9]+ bytes from ([0-9a-f.:]+): icmp_seq=([0-9]+) ttl=([0-9]+) time=([0-9.]+) ms$'
tcp='^[0-9]+ bytes from [0-9a-f.:]+: seq=[0-9]+ ttl=64 time=[0-9.]+ ms sport=81 flags=SA win=[0-9]+ '
lines() { # pattern, how many, name
	is "$(grep -cE "$1" "$T/out")" "$2" "$3"
}

# ---- kinds ----
for host in $A $B; do
	run pkw ping $host -c 3 --interval 0.02
	status_is 0 "echo $host"
	lines "$line" 3 "echo $host: lines as ping has them"
	out_has "3 packets transmitted, 3 received, 0% packet loss" \
		"echo $host: counted"
	lines '^rtt min/avg/max/mdev = ([0-9.]+/){3}[0-9.]+ ms$' 1 \
		"echo $host: times as ping has them"
	lines '^rtt median/p90/p99 = ([0-9.]+/){2}[0-9.]+ ms$' 1 \
		"echo $host: percentiles"
	run pkw ping $host -S -p 81 -c 2 --interval 0.02
	status_is 0 "SYN $host"
	lines "$tcp" 2 "SYN $host: flags and window"
	run pkw ping $host -2 -p 9 -c 2 --interval 0.02
	status_is 0 "UDP $host"
	lines 'Destination Port Unreachable' 2 "UDP $host: a closed port answers"
	run pkw ping $host -d 5000 -c 1
	lines '^5008 bytes from' 1 "fragments $host, there and back"
done
run pkw ping 127.0.0.1 -c 1
lines "$line" 1 "the loopback"
run pkw ping ::1 -c 1
lines "$line" 1 "the loopback by IPv6"
run pkw ping --arp $A -c 1
out_has "(02:00:00:00:00:02): arp_seq=1" "ARP: who has it"
run pkw ping --nd $B -c 1
status_is 0 "neighbour solicitation"
run pkw ping -0 $A -c 1
out_has "Protocol Unreachable" "a protocol that is not there"
run pkw ping $A --with 'IP(ttl=9)/ICMP(id=5)/"hello"' -D -c 1
out_has 'IP(id=' "-D shows the probe"
out_has 'ICMP(id=0x5, seq=0x1)/"hello"' "--with: fields and data"
run pkw ping 192.0.2.77 -c 1 --timeout 0.1
status_is 1 "nobody there"
run pkw ping $A -2 -1
status_is 2 "two kinds"
run pkw ping nosuch.invalid
status_is 2 "a name that is none"
run pkw ping $A -N 70000
err_has "is not 0-65535" "a value that does not fit"
run pkw ping $A --icmp-ts -c 1
out_has "ICMP timestamp: Originate=" "ICMP time stamps"
run pkw ping $A -G -c 1
out_has "RR: 	192.0.2.2" "a recorded route"
run pkw ping $A -S -p 81 --tcp-timestamp -k -c 2 --interval 0.3
out_has "HZ seems hz=1000" "TCP time stamps: the far clock's rate"
run pkw ping $A -S -p 81 -Q -c 3 --interval 0.02
lines '^ *[0-9]+ \+[0-9]+$' 3 "-Q: sequence numbers"
run pkw ping $A -S -p 81 --tcpexitcode -c 1
status_is 18 "--tcpexitcode"

# ---- JSON ----
run pkw ping $A -S -p 81 -c 3 --interval 0.02 --json
python3 - "$T/out" <<'P' 2>"$T/err"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert [r["event"] for r in rows] == ["reply"] * 3 + ["statistics"], rows
assert [r["seq"] for r in rows[:3]] == [1, 2, 3]
assert all(r["flags"] == "SA" and 0 < r["rtt"] < 1 for r in rows[:3])
end = rows[3]
assert (end["sent"], end["received"], end["loss"]) == (3, 3, 0), end
assert end["min"] <= end["median"] <= end["p90"] <= end["p99"] <= end["max"]
P
ok $? "JSON: a line a reply, and the statistics"

# ---- Ctrl-C, a snapshot ----
run timeout -s INT 0.7 "$PKW" ping $A --interval 0.1
out_has "packets transmitted" "Ctrl-C: statistics"
run timeout -s QUIT -k 1 0.3 "$PKW" ping $A --interval 0.1 -c 8
is "$(grep -c 'ping statistics' "$T/out")" 2 "Ctrl-\\: statistics, and on"

# ---- a terminal ----
run python3 tests/lab/lib/ping_terminal.py "$(realpath "$PKW")" $A
is "$(cat "$T/out")" "drawn again 11
larger 1
smaller 1" "a terminal: histogram, Ctrl+Z"

# ---- an interface that comes back ----
for by in "" "-i v0"; do
	(sleep 0.3; ip link set v0 down; sleep 0.3; ip link set v0 up) &
	run pkw ping $A $by -c 12 --interval 0.1 --timeout 0.5
	wait $!
	lines 'icmp_seq=12 ' 1 "down and up $by: it goes on"
	out_has "12 packets transmitted" "... and all is counted"
done
ip addr show dev v0 | grep -q $B1 || ip addr add $B1/64 dev v0 nodad

# ---- times as a tap sees them ----
tcpdump -Z root --nano -i v0 -U -w "$T/tap.pcap" icmp 2>"$T/err" &
tap=$!
until grep -q listening "$T/err"; do sleep 0.05; done
run pkw ping $A -c 100 --interval 0.01 --json
sleep 1.2
kill $tap
wait $tap 2>/dev/null
tshark -r "$T/tap.pcap" -T fields -e frame.time_epoch -e icmp.type \
	-e icmp.seq >"$T/tap" 2>/dev/null
python3 - "$T/out" "$T/tap" <<'P' 2>"$T/err"
import json, statistics, sys
from decimal import Decimal
rows = [json.loads(line) for line in open(sys.argv[1])]
left, rtts = {}, []
for line in open(sys.argv[2]):
    when, kind, seq = line.split()
    if kind == "8":
        left[seq] = Decimal(when)
    else:
        rtts.append(float(Decimal(when) - left[seq]))
mine = statistics.median(r["rtt"] for r in rows[:-1])
tap = statistics.median(rtts)
print("median %.1f us, of the tap %.1f us" % (mine * 1e6, tap * 1e6),
      file=sys.stderr)
assert len(rtts) == 100
assert tap / 2 < mine < tap * 2 or abs(mine - tap) < 50e-6
assert abs(rows[-1]["median"] - mine) < mine / 10
P
ok $? "the median is the tap's"
sed 's/^/# /' "$T/err"

# ---- loss and duplicates ----
rule() { # chain's hook, rule
	far nft add table ip t &&
		far nft add chain ip t c "{ type filter hook $1 priority 0; }" &&
		far nft add rule ip t c "$2"
}
if rule input 'icmp type echo-request numgen inc mod 4 == 0 drop'; then
	run pkw ping $A -c 20 --interval 0.01 --timeout 0.3
	out_has "20 packets transmitted, 15 received, 25% packet loss" \
		"a quarter is lost"
	far nft delete table ip t
else
	skip 1 "no nftables with numgen"
fi
if rule output 'icmp type echo-reply dup to 192.0.2.1 device v1' \
	2>/dev/null; then
	run pkw ping $A -c 5 --interval 0.02 --timeout 0.3
	out_has "5 received, +5 duplicates" "duplicates are counted apart"
	lines ' \(DUP!\)$' 5 "... and marked"
	far nft delete table ip t
else
	far nft delete table ip t 2>/dev/null
	skip 2 "no nftables with dup"
fi
ip netns exec far python3 tests/lab/lib/backwards.py >"$T/backwards" &
backwards=$!
until grep -q up "$T/backwards" 2>/dev/null; do sleep 0.05; done
run pkw ping $A -c 6 --interval 0.01 --timeout 0.5
out_has "6 received, 3 reordered" "replies out of order are counted"
is "$(grep -o 'icmp_seq=[0-9]' "$T/out" | tr -d '\n')" \
	"$(printf icmp_seq=%s 2 1 4 3 6 5)" "... and shown as they come"
kill $backwards
far sysctl -qw net.ipv4.icmp_echo_ignore_all=0

# ---- the way ----
ip netns add beyond
ip -n far link add x0 type veth peer name x1 netns beyond
ip -n far addr add 198.51.100.1/24 dev x0
ip -n far link set x0 up
ip -n beyond addr add 198.51.100.2/24 dev x1
ip -n beyond link set x1 up
ip -n beyond route add default via 198.51.100.1
far sysctl -qw net.ipv4.ip_forward=1
ip route add 198.51.100.0/24 via $A
for kind in -1 "-2 -p 9" "-S -p 80"; do
	run pkw ping 198.51.100.2 $kind -T --tr-stop -c 5 --interval 0.1
	lines "^hop=1 $A time=[0-9.]+ ms$" 1 "-T $kind: the router"
	lines "[Ff]rom 198.51.100.2" 1 "-T $kind: the host"
done

# ---- manners ----
run pkw ping 198.51.100.2 --flood -c 5
status_is 2 "a flood behind a router"
err_has "--i-own-this-network" "... needs a word"
run pkw ping 198.51.100.2 -a 192.0.2.9 -c 1
status_is 2 "a false source behind a router"
run pkw ping 198.51.100.2 --flood -c 50 --i-own-this-network
status_is 0 "... with the word"
err_has "50 packets, as fast as it goes" "... what it will do is said"
out_has "50 packets transmitted" "the count holds in a flood"
mkdir "$T/etc"
echo "192.0.2.0/30 # not these" >"$T/etc/blocklist"
echo "max-pps 20" >"$T/etc/limits"
export PKW_ETC="$T/etc"
run pkw ping $A -c 1
status_is 2 "the blocklist"
err_has "192.0.2.0/30" "... which line"
run pkw ping 127.0.0.1 -c 1
status_is 0 "what is not on it"
run pkw ping --with "IP(dst=\"$A\")/ICMP()" 127.0.0.1 -c 1
status_is 2 "the blocklist, by --with"
echo "10.77.128.0/17" >"$T/etc/blocklist"
tcpdump -Z root -n -i v0 -U -w "$T/dest.pcap" udp port 5 2>"$T/err" &
tap=$!
until grep -q listening "$T/err"; do sleep 0.05; done
run pkw ping 10.77.x.9 --rand-dest -i v0 -2 -p 5 -c 40 --interval 0.01 \
	--timeout 0.1
sleep 1.2
kill $tap
wait $tap 2>/dev/null
n=$(tcpdump -n -r "$T/dest.pcap" 2>/dev/null | wc -l)
is "$(tcpdump -n -r "$T/dest.pcap" dst net 10.77.128.0/17 2>/dev/null |
	wc -l) $(sed -n 's/ packets transmitted.*//p' "$T/out")" "0 $n" \
	"of random targets, those on it are left out, and not counted"
[ "$n" -gt 0 ]
ok $? "... and the others not"
run pkw ping 127.0.0.1 -c 5 --interval u10
t=$(sed -n 's/.*time \([0-9]*\)ms$/\1/p' "$T/out")
[ "$t" -ge 190 ]
ok $? "the ceiling of the administrator holds"
echo "max-ppps 20" >"$T/etc/limits"
run pkw ping 127.0.0.1 -c 1
status_is 1 "a limit that cannot be understood stops"
unset PKW_ETC

# ---- files by -9 ----
seq 1 3000 >"$T/data"
for kind in -1 "-2 -p 9" "-S -p 81"; do
	ip netns exec far "$PKW" ping -9 sig0 -i v1 >"$T/got" 2>"$T/err" &
	listener=$!
	sleep 0.5
	run pkw ping $A $kind -e sig0 -E "$T/data" -d 1000 -u --interval 0.005
	sleep 0.3
	kill $listener
	wait $listener
	cmp -s "$T/got" "$T/data"
	ok $? "-9: a file by $kind arrives once"
done

# ---- hping3 ----
ln -s "$(realpath "$PKW")" "$T/pkw-hping3"
if ! command -v hping3 >/dev/null; then
	skip 1 "no hping3"
	done_testing
fi
both() { # pattern of standard output, how many lines, options
	pattern=$1 n=$2
	shift 2
	for h in hping3 "$T/pkw-hping3"; do
		timeout 9 $h $A "$@" -i u20000 >"$T/out" 2>"$T/err"
		lines "$pattern" "$n" "${h##*/} $*"
		is "$(grep -cE '^[0-9]+ packets transmitted, [0-9]+ packets received, [0-9]+% packet loss$|^round-trip min/avg/max = [0-9.]+/[0-9.]+/[0-9.]+ ms$|^--- .* hping statistic ---$' "$T/err")" \
			3 "... its statistics"
	done
}
both '^len=44 ip=192.0.2.2 ttl=64 DF id=0 sport=81 flags=SA seq=[01] win=64240 rtt=[0-9.]+ ms$' 2 -S -p 81 -c 2
both '^len=40 ip=192.0.2.2 ttl=64 DF id=0 sport=99 flags=RA seq=0 win=0 rtt=[0-9.]+ ms$' 1 -S -p 99 -c 1
both '^len=28 ip=192.0.2.2 ttl=64 id=[0-9]+ icmp_seq=[01] rtt=[0-9.]+ ms$' 2 -1 -c 2
both '^ICMP Port Unreachable from ip=192.0.2.2' 2 -2 -p 9 -c 2
both '^status=0 port=[0-9]+ seq=[01]$' 2 -2 -p 9 -c 2
both '^ICMP Port Unreachable from ip=192.0.2.2$' 1 -2 -p 9 -c 1 -n
both '^ICMP Protocol Unreachable from ip=192.0.2.2' 1 -0 -H 99 -c 1
both '^HPING 192.0.2.2 \(v0 192.0.2.2\): (SA set, 40|NO FLAGS are set, 40|udp mode set, 28|icmp mode set, 28|raw IP mode set, 20) headers \+ 7 data bytes$' 1 -SA -p 81 -d 7 -c 1
both 'NO FLAGS are set, 40 headers \+ 0 data bytes$' 1 -p 81 -c 1
both '^seq=[0-9]+ ack=[0-9]+ sum=[0-9a-f]+ urp=0$' 1 -S -p 81 -V -c 1
both ' tos=0 iplen=44$' 1 -S -p 81 -V -c 1
both '^ *[0-9]+ \+[0-9]+$' 3 -S -p 81 -Q -c 3
both ' id=\+0 ' 1 -S -p 81 -r -c 2
both '^		4500 002c 0000 4000 4006 b6c8 c000 0202 $' 1 -S -p 81 -j -c 1
both '^ICMP timestamp: Originate=[0-9]+ Receive=[0-9]+ Transmit=[0-9]+$' 1 -1 -C 13 -c 1
for h in hping3 "$T/pkw-hping3"; do
	name=${h##*/}
	run timeout 9 $h $A -S -p 81 -c 1 --tcpexitcode
	status_is 18 "$name --tcpexitcode"
	run timeout 9 $h $A -0 -H 1 -c 1
	status_is 1 "$name: no reply"
	run timeout 9 $h -c 1
	status_is 1 "$name without a host"
	out_has "hping3: missing host argument" "... says it"
	run timeout 9 $h 198.51.100.2 -1 -T --tr-stop -c 5 -i u100000
	lines '^hop=1 TTL 0 during transit from ip=192.0.2.2' 1 "$name -T"
	lines '^hop=1 hoprtt=[0-9.]+ ms$' 1 "$name -T: the time"
done

# scans: hping3 leaves shared memory behind, so in a room of its own
for o in -V -n; do
	unshare -i timeout 20 hping3 --scan 20-25,79-82,!81 -S $o $A \
		2>/dev/null | grep -E '^ *[0-9]+ ' >"$T/theirs"
	run "$T/pkw-hping3" --scan 20-25,79-82,!81 -S $o $A
	is "$(grep -E '^ *[0-9]+ ' "$T/out" | sort -n)" \
		"$(sort -n "$T/theirs")" "--scan $o: the table is hping3's"
done
run "$T/pkw-hping3" --scan all -S -V $A
is "$(grep -c '[.][.]R[.]A' "$T/out")" 65534 "--scan all: every port answers"
far nft add table ip t
far nft add chain ip t c '{ type filter hook input priority 0; }'
far nft add rule ip t c tcp dport 85 drop
far nft add rule ip t c tcp dport 86 reject
run "$T/pkw-hping3" --scan 80,85-86,65535 -S -V $A
out_has "(ICMP   3   3 from $A)" "--scan: an ICMP error is a line"
out_has "Not responding ports: (85 )" "--scan: the silent port"
out_has "65535            : ..R.A..." "--scan: port 65535"
far nft delete table ip t

# the table
python3 tests/lab/lib/ping_rows.py "$PKW" tests/lab/lib/ping_rows.txt \
	>"$T/rows" 2>"$T/err"
: >"$T/out"
while read -r word name; do
	case $word in
	ok) ok 0 "$name" ;;
	not) ok 1 "${name#ok }" ;;
	"#") echo "# $name" ;;
	rows) rows=$name ;;
	esac
done <"$T/rows"
[ "${rows:-0}" -ge 60 ]
ok $? "${rows:-no} lines of options are equal to hping3's"
done_testing
