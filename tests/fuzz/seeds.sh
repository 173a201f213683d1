#!/bin/bash
# seeds.sh TARGET FOLDER: inputs to begin fuzzing with, out of what is here
# already: saved inputs (corpus/TARGET), captures, and expressions.
set -eu
target=$1
mkdir -p "$2"
to=$(cd "$2" && pwd)
cd "$(dirname "$0")"

for f in corpus/"$target"/*; do
	[ ! -e "$f" ] || cp "$f" "$to"
done

# Lines of hexadecimal on standard input, each with $1 in front, into files.
from_hex() {
	perl -ne 'BEGIN { ($head, $name) = splice @ARGV, 0, 2 } chomp;
		open F, ">", "$name-$." or die; print F pack "H*", $head . $_' \
	    "$1" "$to/$2"
}

case $target in
packet | text)
	# which protocol (odd third byte: by the second, Ethernet or raw IP),
	# and a seed; see check.h
	for f in ../data/*.pcap; do
		"$PKW" read -r "$f" --hex | from_hex 00010107 "$(basename "$f")"
	done
	"$PKW" craft --hex -f <(grep '^Ether' ../peers/scapy_expressions.txt) \
	    2>/dev/null | from_hex 00010107 ether
	"$PKW" craft --hex -f <(grep '^IP' ../peers/scapy_expressions.txt) \
	    2>/dev/null | from_hex 00000107 ip ;;
capture)
	# the first byte tells what is done to the frames; see fuzz_capture.c
	for f in ../data/*.pcap ../data/*.pcapng; do
		[ ! -e "$f" ] || { printf '\0' && head -c 4095 "$f"; } \
		    >"$to/$(basename "$f")"
	done ;;
defrag | stream)
	# records of a few bytes each: any will do
	perl -e 'srand 1; for $i (1 .. 60) { open F, ">", "$ARGV[0]/any-$i" or die;
		print F pack "C*", map { rand() < .3 ? int rand 4 : int rand 256 }
		    1 .. 40 + 20 * $i }' "$to" ;;
expr*)
	grep -v '^#' ../peers/scapy_expressions.txt |
	    perl -ne 'BEGIN { $name = shift } chomp; next unless length;
		open F, ">", "$name-$." or die; print F $_' "$to/expression" ;;
esac
[ -n "$(ls "$to")" ] || printf 'seed' >"$to/nothing"
