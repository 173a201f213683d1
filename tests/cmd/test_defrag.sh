#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw read --defrag: fragments in, whole datagrams out, oddities told.
. tests/cmd/lib/tap.sh

fragment() { # flags, offset, payload
	printf 'IP(src="192.0.2.1",dst="192.0.2.2",id=7,proto=253,flags=%s,' $1
	printf 'frag=%s)/"%s"\n' $2 $3
}
A=aaaaaaaa B=bbbbbbbb C=cccccccc

{ fragment 1 0 $A$B; fragment 0 2 $C; } >"$T/good"
{ fragment 1 0 $A$B; fragment 1 1 $C; fragment 0 2 $C; } >"$T/odd"
fragment 1 0 $A$B >"$T/half"
for f in good odd half; do
	run pkw craft -f "$T/$f" -w "$T/$f.pcap"
	status_is 0 "$f.pcap"
done
payload() {
	cut -c 41- "$T/out" | sed 's/6161/aa/g; s/6262/bb/g; s/6363/cc/g' |
		tr -d '\n'
}

run pkw read -r "$T/good.pcap" --count
is "$(cat "$T/out")" "2 packets" "without --defrag: fragments"
run pkw read -r "$T/good.pcap" --defrag --count
status_is 0 "--defrag"
is "$(cat "$T/out")" "1 packets" "a datagram"
is "$(cat "$T/err")" "" "nothing odd"
run pkw read -r "$T/good.pcap" --defrag --hex
is "$(payload)" "$A$B$C" "all of it"
run pkw read -r "$T/good.pcap" --defrag -w "$T/whole.pcap"
run pkw read -r "$T/whole.pcap" --csv IP.len,IP.flags,IP.frag
is "$(tail -1 "$T/out")" "44,0,0" "copied: the header is that of a whole"
run pkw read -r "$T/good.pcap" --defrag 'ip[2:2] = 44' --count
is "$(cat "$T/out")" "1 packets" "the filter sees it whole"

run pkw read -r "$T/odd.pcap" --defrag --hex
is "$(payload)" "$A$B$C" "overlap: the earlier one"
err_has "IP 192.0.2.1 > 192.0.2.2 id 7: fragments overlap, 8 bytes at 8" \
	"overlap: told"
run pkw read -r "$T/odd.pcap" --policy LAST --hex
is "$(payload)" "$A$C$C" "--policy last"
run pkw read -r "$T/odd.pcap" --policy rfc5722 --count
is "$(cat "$T/out")" "0 packets" "--policy rfc5722"
run pkw read -r "$T/odd.pcap" --policy linus
status_is 2 "no such policy"
err_has "did you mean \`linux'" "no such policy: a suggestion"
run pkw read -r "$T/half.pcap" --defrag
status_is 0 "half a datagram"
err_has "incomplete at the end, 1 fragment, 16 bytes, first missing at 16" \
	"half a datagram: told"

run pkw complete read --policy so
out_has solaris "completion of policies"
done_testing
