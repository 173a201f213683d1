#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw read, edit and hex: good captures, cut ones, full disks, bad filters.
. tests/cmd/lib/tap.sh

F=tests/data/transport.pcap
run pkw read -r $F
status_is 0 "read"
n=$(wc -l <"$T/out")
[ "$n" -gt 10 ]
ok $? "a line for each packet"

run pkw read -r $F -w "$T/copy.pcap"
status_is 0 "copy"
cmp -s $F "$T/copy.pcap"
ok $? "a copy is the same, byte for byte"
run pkw read -r $F --count
is "$(cat "$T/out")" "$n packets" "counted"
run pkw read -r $F -c 3
is "$(wc -l <"$T/out")" 3 "-c"
run pkw read -r $F --count tcp
if command -v tcpdump >/dev/null; then
	is "$(cat "$T/out")" \
		"$(tcpdump -nr $F tcp 2>/dev/null | wc -l) packets" \
		"a filter selects what tcpdump's does"
	pkw read -r $F -x -c 1 2>/dev/null | tail -n +2 >"$T/a"
	tcpdump -nr $F -x -c 1 2>/dev/null | tail -n +2 >"$T/b"
	is "$(tr -s ' \t' '  ' <"$T/a")" "$(tr -s ' \t' '  ' <"$T/b")" \
		"-x as tcpdump's"
	pkw read -r $F -XX -c 1 2>/dev/null | tail -n +2 >"$T/a"
	tcpdump -nr $F -XX -c 1 2>/dev/null | tail -n +2 >"$T/b"
	is "$(cat "$T/a")" "$(cat "$T/b")" "-XX as tcpdump's"
	for t in "" -t -tt -ttt -tttt -ttttt; do
		pkw read -r $F -c 5 $t 2>/dev/null |
			sed 's/ *\(IP\|ARP\|LLC\).*//' >"$T/a"
		tcpdump -nr $F -c 5 $t 2>/dev/null |
			sed 's/ *\(IP\|ARP\|LLC\).*//' >"$T/b"
		is "$(cat "$T/a")" "$(cat "$T/b")" "time stamps of $t"
	done
else
	skip 9 "no tcpdump"
fi

run pkw read -r $F --csv IP.src,IP.dst,time -c 1
is "$(head -1 "$T/out")" "IP.src,IP.dst,time" "CSV has a head"
run pkw read -r $F --csv IPP.src
status_is 2 "CSV of a misspelt layer"
err_has "no layer \`IPP'" "CSV of a misspelt layer"
run pkw read -r $F --csv IP.sorc
err_has "IP has no field \`sorc'" "CSV of a misspelt field"

run pkw read -r $F 'tcp prot 80'
status_is 1 "bad filter"
err_has "tcp prot 80" "bad filter: quoted"
err_is_short "bad filter"
run pkw read -r /nonexistent
status_is 1 "no such file"
err_has "/nonexistent" "no such file"
err_is_short "no such file"
run pkw read -r /etc/passwd
status_is 1 "no capture"
err_is_short "no capture"

head -c 1000 $F >"$T/cut.pcap"
run pkw read -r "$T/cut.pcap"
status_is 1 "cut capture"
[ -s "$T/out" ]
ok $? "cut capture: whole packets are shown"
err_has "cut.pcap" "cut capture: named"
err_is_short "cut capture"
run pkw read -r "$T/cut.pcap" -w "$T/saved.pcap"
status_is 1 "copy of a cut capture"
run pkw read -r "$T/saved.pcap" --count
status_is 0 "the copy is whole"

pkw read -r $F >/dev/full 2>"$T/err" 
status=$?
status_is 1 "lines onto a full disk"
err_has "no space left" "lines onto a full disk"
pkw read -r $F --json >/dev/full 2>"$T/err"
status=$?
status_is 1 "JSON onto a full disk"
run pkw read -r $F -w /dev/full
status_is 1 "capture onto a full device"
err_has "/dev/full" "capture onto a full device: named"
err_is_short "capture onto a full device"

# a real file system that fills up: what is there is a valid capture
if [ "$(id -u)" -eq 0 ] && mkdir "$T/fs" &&
	mount -t tmpfs -o size=64k none "$T/fs" 2>/dev/null; then
	i=0
	while [ $i -lt 400 ]; do
		i=$((i + 1))
		printf 'IP(id=%d)/UDP()/Raw(b"%0500d")\n' $i 0
	done >"$T/many"
	run pkw craft -f "$T/many" -w "$T/fs/x.pcap"
	status_is 1 "full disk"
	err_has "no space left" "full disk: message"
	run pkw read -r "$T/fs/x.pcap" --count
	status_is 0 "what was written is whole"
	umount "$T/fs"
else
	skip 3 "no right to mount"
fi

# edits
run pkw edit $F 'IP.ttl=3' -w "$T/e.pcap" tcp
status_is 0 "edit"
err_has "packets changed" "edit says how many"
run pkw read -r "$T/e.pcap" --csv IP.ttl tcp
is "$(tail -n +2 "$T/out" | sort -u | grep -v '^$')" 3 "edited everywhere"
if command -v tshark >/dev/null; then
	tshark -r "$T/e.pcap" -o ip.check_checksum:TRUE -Y \
		'ip.ttl == 3 && ip.checksum.status == 0' >"$T/out" 2>"$T/err"
	is "$(cat "$T/out")" "" "tshark finds no bad checksum in edited packets"
else
	skip 1 "no tshark"
fi
run pkw edit $F 'IP.tttl=3' -w "$T/e.pcap"
status_is 1 "edit of a misspelt field"
err_has "^" "edit of a misspelt field: caret"
err_is_short "edit of a misspelt field"
run pkw edit $F 'IP.ttl=3'
status_is 2 "edit to nowhere"

# hex
H=4500001c000100004001f6dcc6336401c000020108 
run pkw hex ${H}00f7ff00000000
status_is 0 "hex"
out_has "###[ ICMP ]###" "hex: the first layer is guessed"
run pkw hex 45 00 00 1c
status_is 0 "hex: digits in words; too short for IP"
run pkw hex "$H"zz
status_is 1 "hex: no digits"
err_is_short "hex: no digits"
run pkw hex 4500 --link IPP
status_is 2 "hex: no such link"
pkw read -r $F -c 3 -xx >"$T/dump"
run pkw hex "$T/dump" --hex
is "$(wc -l <"$T/out")" 3 "hex reads dumps"
pkw read -r $F -c 3 --hex >"$T/want"
is "$(cat "$T/out")" "$(cat "$T/want")" "hex: the same bytes come back"
pkw read -r $F -c 3 --hex | pkw hex - --hex >"$T/out"
is "$(cat "$T/out")" "$(cat "$T/want")" "hex: and of plain lines"
done_testing
