#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw read --streams, --stream.  That the bytes are the right ones is shown in
# tests/peers/tshark_stream.py.
. tests/cmd/lib/tap.sh

F=tests/data/stream.pcap
run pkw read -r $F --streams
status_is 0 "--streams"
is "$(wc -l <"$T/out")" 8 "a line for each connection"
out_has "10.9.0.2:7001, fin, " "who, and how it ended"
out_has "client 15000 bytes" "how many bytes"
out_has "> [fd00:9::2]:7004, rst, " "IPv6, reset"
run pkw read -r $F --streams --policy windows tcp port 7001
is "$(wc -l <"$T/out")" 2 "those that match a filter"

run pkw read -r $F --stream 1:server
status_is 0 "--stream"
is "$(head -1 "$T/out")" s000000 "what it said first"
is "$(wc -c <"$T/out")" 15000 "all of it"
is "$(cat "$T/err")" "" "nothing is missing"
run pkw read -r $F --stream 2
is "$(head -c 39 "$T/out")" "$(printf 'line 0\nLINE 0\nline 1\nline 1\nLINE 1\nLINE')" \
	"both sides, as they spoke"
pkw read -r $F -w "$T/part.pcap" 'not (tcp src port 7002 and greater 1000)'
run pkw read -r "$T/part.pcap" --stream 1:server
err_has "stream 1: server: 14880 bytes missing at 0" "bytes that are missing"
run pkw read -r $F --stream 99
status_is 1 "no such stream"
err_has "there is no TCP stream 99" "no such stream"
for s in x 1:both :client -1; do
	run pkw read -r $F --stream $s
	status_is 2 "--stream $s"
done
pkw read -r $F --streams >/dev/full 2>"$T/err"
status=$?
status_is 1 "onto a full disk"
err_has "no space left" "onto a full disk"
done_testing
