#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw respond; the far kernel and plain sockets ask.  Run by tools/private.
. tests/cmd/lib/tap.sh

ip netns add far
ip link add near type veth peer name far netns far
ip addr add 10.9.0.1/24 dev near
ip link set near up
ip -n far addr add 10.9.0.2/24 dev far
ip -n far link set far up

# answer MACHINE... -- COMMAND: what the far side's command printed, while the
# machine answers once
answer() {
	words=
	while [ "$1" != -- ]; do words="$words '$1'" && shift; done
	shift
	eval "timeout 20 \"\$PKW\" respond -i near -c 1 --timeout 10 $words" \
	    >"$T/told" 2>"$T/err" &
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		# what comes before the machine listens is asked again
		sleep 0.2
		ip netns exec far timeout 3 "$@" >"$T/out" 2>&1 && break
	done
	wait $!
	status=$?
}

answer arp ip=10.9.0.64/28 -- ping -q -c 1 -W 1 10.9.0.66
is "$(ip -n far neigh show 10.9.0.66 | grep -c lladdr)" 1 "arp"
ip -n far neigh replace 10.9.0.53 lladdr 02:00:00:00:00:53 dev far
answer icmp ip=10.9.0.53 -- ping -q -c 1 -W 1 10.9.0.53
status_is 0 "icmp"
out_has " 0% packet loss" "icmp: ping is content"
client="python3 tests/lab/lib/client.py"
answer dns zone.www.example=192.0.2.1 'zone.*=192.0.2.9' -- \
    $client dns 10.9.0.53 any.example A
out_has 192.0.2.9 "dns: a name that stands for all"
grep -q 'any.example. answers 1 A 192.0.2.9' "$T/told"
ok $? "... question and answer are told"
printf 'contents' >"$T/file"
answer tftp "files.a.txt=@$T/file" -- $client tftp 10.9.0.53 a.txt
out_has "got 8" "tftp: a file"
answer --match 'UDP(dport=7)' --reply 'Ether(dst=%Ether.src%,src=%Ether.dst%)/IP(src=%IP.dst%,dst=%IP.src%)/UDP(sport=7,dport=%r,UDP.sport%)/"pong"' -- \
    $client udp 10.9.0.53 7 hello
out_has pong "a rule of one's own"

wrong() { # STATUS PIECE ARGUMENTS...
	want=$1 piece=$2
	shift 2
	run pkw respond "$@"
	status_is "$want" "respond $*"
	err_has "$piece" "respond $*: $piece"
	err_is_short "respond $*"
}
wrong 1 "did you mean \`arp'" -i near drp
wrong 1 "zone is a table" -i near dns
wrong 1 "did you mean \`ip'" -i near arp ipp=3
wrong 1 "no KEY=VALUE" -i near arp 10.9.0.3
wrong 1 "did you mean \`near'" -i naer icmp
wrong 1 "nosuch" -i near tftp files.x=@/nosuch
wrong 2 "a machine is wanted" -i near
wrong 2 "a machine is wanted" --match 'IP()'
run pkw respond -i near --timeout 0.2 icmp ip=10.9.0.99
status_is 1 "nothing was asked"
done_testing
