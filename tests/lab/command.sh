#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# send, ask and sniff between two namespaces; the other side is the kernel, and
# tcpdump where it is there.  Run by tools/private.
. tests/cmd/lib/tap.sh

ip netns add far
ip link add near type veth peer name far netns far
ip addr add 10.9.0.1/24 dev near
ip link set near up
ip -n far addr add 10.9.0.2/24 dev far
ip -n far link set far up
ip -n far link set lo up
A=10.9.0.2

run pkw ask "IP(dst=\"$A\")/ICMP(id=7)/\"x\"" --timeout 2
status_is 0 "ping"
out_has "ICMP echo-reply id 0x7" "the answer is shown"
out_has " ms  " "and how long it took"
err_has "1 question, 1 answered, 1 answer" "and counted"

run pkw ask "IP(dst=\"$A\")/TCP(dport=(100,355))" --timeout 2 -n
status_is 0 "256 ports"
is "$(grep -c 'TCP [0-9]* > 20 RA$' "$T/out")" 256 "each closed port says RST"

run pkw ask "IP(dst=\"$A\")/UDP(dport=9)/\"x\"" --timeout 2 --json
python3 - "$T/out" <<'P' 2>"$T/err"
import json, sys
d = json.loads(open(sys.argv[1]).read())
assert d["question"]["layers"][0]["name"] in ("IP", "Ether"), d
names = [l["name"] for l in d["answer"]["layers"]]
assert names[-3:-1] == ["IPerror", "UDPerror"] or "UDPerror" in names, names
assert 0 < d["rtt"] < 1 and d["tries"] == 1 and d["index"] == 0
P
ok $? "JSON: an ICMP error answers UDP"

run pkw ask 'IP(dst="10.9.0.77")/ICMP()' --timeout 0.3
status_is 1 "nobody there"
err_has "does not answer" "nobody there: the next hop is silent"
run pkw ask 'IP(dst="203.0.113.1")/ICMP()'
status_is 1 "no route"
err_has "no route" "no route: message"
run pkw ask "IP(dst=\"$A\")/ICMPP()"
status_is 1 "bad question"
err_has "^" "bad question: caret"
run pkw send "IP(dst=\"$A\")/ICMP()" -i nosuch
status_is 1 "no such interface"
err_has "nosuch" "no such interface: named"
err_is_short "no such interface"
run pkw send "IP(dst=\"$A\")/ICMP()" --rate fast
status_is 2 "a rate that is none"

# what is sent arrives byte for byte
E="IP(version=3,ihl=15,len=9,src=\"198.51.100.1\",dst=\"$A\")/ICMP()/\"x\""
(ip netns exec far "$PKW" sniff -i far -c 1 --timeout 5 --hex \
	"ip[0] = 0x3f or ether proto 0x0800" >"$T/seen" 2>/dev/null) &
sleep 0.7
run pkw send -i near "Ether(dst=\"ff:ff:ff:ff:ff:ff\")/$E"
status_is 0 "send a malformed packet"
wait
is "$(cut -c29-86 "$T/seen")" "$(pkw craft "$E" --hex)" \
	"it arrives as it was crafted"

run pkw send "IP(dst=\"$A\")/UDP()" -c 50 --rate 200 -w "$T/sent.pcap"
status_is 0 "a rate"
err_has "50 packets" "a rate: counted"
s=$(sed -n 's/.* sent in \([0-9.]*\) s.*/\1/p' "$T/err")
awk "BEGIN { exit !($s > 0.2 && $s < 0.5) }"
ok $? "50 packets at 200 a second take a quarter of one"
run pkw read -r "$T/sent.pcap" --count
is "$(cat "$T/out")" "50 packets" "what was sent is written down"

# stopping
run timeout -s INT 1 "$PKW" sniff -i near -w "$T/s.pcapng"
err_has "packets captured" "Ctrl-C: sniff tells its counters"
run pkw read -r "$T/s.pcapng" --count
status_is 0 "Ctrl-C: the file is whole"
run timeout -s INT 1 "$PKW" ask "IP(dst=\"$A\",ttl=[64,0])/ICMP()" --timeout 9
out_has "echo-reply" "Ctrl-C: ask shows what it has"
run timeout -s INT 1 "$PKW" send "IP(dst=\"$A\")/UDP()" --loop --rate 100
err_has "packets" "Ctrl-C: send says how many"
run pkw sniff -i near --timeout 0.3
status_is 0 "sniff ends by its time"
(sleep 0.5; ip link set near down) &
run pkw sniff -i near --timeout 5
status_is 1 "the interface goes down"
err_has "near" "the interface goes down: named"
wait
run pkw send "IP(dst=\"$A\")/UDP()" -i near
status_is 1 "send on an interface that is down"
err_is_short "send on an interface that is down"
ip link set near up

# without the right
if command -v setpriv >/dev/null; then
	run setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all \
		"$PKW" sniff -i near
	status_is 1 "no permission"
	err_has "CAP_NET_RAW" "no permission: which"
	err_has "setcap" "no permission: how to get it"
	err_is_short "no permission"
else
	skip 4 "no setpriv"
fi
run pkw sniff -D
out_has "near" "interfaces are listed"
run pkw sniff -i near tcp prot 80
status_is 1 "bad filter"
err_has "^" "bad filter: caret"
done_testing
