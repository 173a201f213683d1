#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What pkw ping would send, and what it refuses, without a network.
. tests/cmd/lib/tap.sh

A=192.0.2.2
would() { # expression wanted, options
	want=$1
	shift
	run pkw ping --seed 1 --dry-run "$@"
	is "$(cat "$T/out")" "$want" "ping $*"
}

would 'IP(dst="192.0.2.2", id=7)/ICMP(id=40504, seq=Counter(1))/"X"*56' \
	$A -N 7
would 'IPv6(dst="2001:db8::2", hlim=3)/TCP(sport=Counter(9), dport=443, seq=5, flags="S")' \
	2001:db8::2 -S -p 443 -s 9 -M 5 -t 3
would 'IP(dst="192.0.2.2", id=7)/TCP(sport=9, dport=Counter(80), seq=5, flags="SA")' \
	$A -SA -p ++80 -s 9 -k -M 5 -N 7
would 'IP(dst="192.0.2.2", id=7, frag=2, tos=0x10, flags="MF+DF")/UDP(sport=Counter(9), dport=53)/b"ab"/"X"*3' \
	$A -2 -p 53 -s 9 -N 7 -o 10 -x -y -g 16 -d 5 -e ab
would 'IP(dst=RandIP("10.0.*.1"), src=RandIP(), id=7, proto=99)' \
	10.0.x.1 -0 -H 99 --rand-dest --rand-source -N 7
would 'ARP(pdst="192.0.2.2", psrc="192.0.2.9")' $A --arp -a 192.0.2.9
would 'IP(dst="192.0.2.2", id=7, options=[IPOption_LSRR(pointer=8, routers=["192.0.2.3","192.0.2.4"])])/ICMP(id=40504, seq=Counter(1))' \
	$A -N 7 -d 0 --lsrr 192.0.2.3/192.0.2.4

# --with: fields, layers below, behind and in between, data
would 'IP(dst="192.0.2.2", id=7, ttl=3)/TCP(sport=9, dport=80, seq=5, flags="S", options=[("MSS", 9)])/"x"' \
	$A -N 7 -k -s 9 -M 5 -S -d 4 \
	--with 'IP(ttl=3)/TCP(options=[("MSS", 9)])/"x"'
would 'Ether(dst="02:00:00:00:00:02")/IP(dst="192.0.2.2", id=7)/ICMP(id=40504, seq=1)' \
	$A -N 7 -d 0 --with 'Ether(dst="02:00:00:00:00:02")/ICMP(seq=1)'
would 'IP(dst="192.0.2.2", id=7)/UDP(sport=9, dport=53)/DNS(qd=DNSQR(qname="a/b"))' \
	$A -N 7 -k -s 9 --with 'UDP(dport=53)/DNS(qd=DNSQR(qname="a/b"))'
would 'IP(dst="192.0.2.2", id=7)/GRE()/IP(dst="10.0.0.1")/ICMP(id=40504, seq=Counter(1))' \
	$A -N 7 -d 0 --with 'IP()/GRE()/IP(dst="10.0.0.1")/ICMP()'

refused() { # text, options
	text=$1
	shift
	run pkw ping --dry-run "$@"
	status_is 2 "ping $*"
	err_has "$text" "... and why"
	err_is_short "ping $*"
}
refused "one kind of probe" $A -1 -2
refused "one host is wanted"
refused "one host is wanted" $A $A
refused "no address" $A -a 192.0.2.1.1
refused "from 0 to 65535" $A -p 65536
refused "no TCP flags" $A --flags SQ
refused "no byte in hexadecimal" $A -o 100
refused "did you mean \`--interval'" $A --intervall 2
refused "microseconds" $A --interval u
refused "no such field with IPv6" 2001:db8::2 -N 7
refused "IPv4's flags and options" 2001:db8::2 -G

# the personality
ln -s "$(realpath "$PKW")" "$T/hping3"
run "$T/hping3"
status_is 1 "hping3 without a host"
out_has "missing host argument" "... says what hping3 says"
run "$T/hping3" -v
status_is 0 "hping3 -v"
out_has "hping3 version 3.0.0-alpha-2" "... is parsed as such"
run "$T/hping3" --tos help
status_is 0 "hping3 --tos help"
run "$T/hping3" --foo $A
status_is 1 "an option that is none"
run "$T/hping3" -h
out_has "--icmp-gw" "hping3 -h"
done_testing
