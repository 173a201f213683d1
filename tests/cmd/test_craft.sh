#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw craft: bytes as Scapy builds them, files of expressions, bad expressions.
. tests/cmd/lib/tap.sh

E='IP(version=3,ihl=15,len=9,src="198.51.100.1",dst="192.0.2.1")/ICMP()/"x"'
# what Scapy 2.5.0 builds for the same text
run pkw craft "$E" --hex
status_is 0 "a malformed packet"
is "$(cat "$T/out")" \
	3f00000900010000400194bdc6336401c000020108007fff0000000078 \
	"a malformed packet: Scapy's bytes"

printf '%s\n' 'IP()/UDP()' 'IPP()' '' '# a remark' 'IP(ttl=1)' >"$T/f"
run pkw craft -f "$T/f" --hex
status_is 1 "a file with one bad line"
is "$(wc -l <"$T/out")" 3 "every expression has its line"
is "$(sed -n 2p "$T/out")" "" "the bad one's is empty"
err_has "$T/f:2:1: no layer \`IPP'" "the place of the bad one is told"

run pkw craft 'IP(dst="192.0.2.0/30",ttl=(1,3))' --line
is "$(wc -l <"$T/out")" 12 "a prefix and a range: all combinations"
run pkw craft 'IP(id=RandShort())' -c 5 --hex
is "$(sort -u "$T/out" | wc -l)" 5 "random values differ"
run pkw craft 'IP(id=RandShort())' -c 5 --hex --seed 7
a=$(cat "$T/out")
run pkw craft 'IP(id=RandShort())' -c 5 --hex --seed 7
is "$(cat "$T/out")" "$a" "the same seed, the same packets"

bad() { # expression, what the message has, name
	run pkw craft "$1"
	status_is 1 "$3"
	err_has "$2" "$3"
	err_has "^" "$3: caret"
	err_is_short "$3"
	is "$(cat "$T/out")" "" "$3: nothing on standard output"
}
bad 'IPP()' "no layer \`IPP'" "misspelt layer"
bad 'IP()/TCPP()' "did you mean" "misspelt layer, suggestion"
bad 'IP(tttl=3)' "no field \`tttl'; did you mean ttl" "misspelt field"
bad 'IP(ttl=300)' "\`300' is not 0-255" "value out of range"
bad 'IP(dst="nowhere at all")' "dst" "wrong type of value"
bad 'IP(ttl=' "ends where a value is expected" "cut expression"
bad 'TCP(flags="Q")' "flags" "unknown flag"

run pkw craft
status_is 2 "no expression"
run pkw craft -f /nonexistent
status_is 1 "no such file"
err_has "/nonexistent: No such file" "no such file: message"
run pkw craft 'TCP()' -w "$T/x.pcap"
status_is 1 "a capture cannot begin with TCP"
err_has "put IP, IPv6 or Ether below" "... and what to do"

run pkw craft 'IP(src="192.0.2.1",dst="192.0.2.2")/ICMP()' -w "$T/x.pcap"
status_is 0 "into a capture"
if command -v tcpdump >/dev/null; then
	tcpdump -nr "$T/x.pcap" >"$T/out" 2>"$T/err"
	out_has "IP 192.0.2.1 > 192.0.2.2: ICMP echo request" "tcpdump reads it"
else
	skip 1 "no tcpdump"
fi
done_testing
