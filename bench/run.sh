#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds the peers' programs and the corpora below build/bench, then measures.
#
#   make bench                        all groups, 7 rounds (about 10 minutes)
#   sh bench/run.sh -r 3 -g read,hot  some groups, three rounds
#
# Peers are Debian's packages (tools/deps bench installs them); one that is not
# there is left out of the tables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${BENCH_DIR:-$here/../build/bench}
mkdir -p "$out"
out=$(cd "$out" && pwd)
peers=$here/peers
fast="-O3 -march=native -w"

# try NAME COMMAND...: a peer that does not build is left out, with its log.
try() {
	name=$1
	shift
	[ -x "$out/$name" ] && return
	"$@" >"$out/$name.log" 2>&1 || {
		echo "$name: not built, see $out/$name.log" >&2
		rm -f "$out/$name"
	}
}
# shellcheck disable=SC2086
{
	try gen_corpus gcc -O2 -w -o "$out/gen_corpus" "$here/gen_corpus.c"
	try hand_c gcc $fast -o "$out/hand_c" "$peers/hand_c.c"
	try floor_pcap gcc -O2 -w -o "$out/floor_pcap" "$peers/floor_pcap.c" -lpcap
	try libnet gcc $fast -o "$out/libnet" "$peers/libnet_bench.c" -lnet
	try libtins g++ $fast -o "$out/libtins" "$peers/libtins_bench.cpp" -ltins -lpcap
	try malloc_count.so gcc -O2 -w -shared -fPIC -o "$out/malloc_count.so" "$peers/malloc_count.c"
	command -v go >/dev/null && try gopacket env GO111MODULE=off \
		GOPATH=/usr/share/gocode GOCACHE="$out/gocache" \
		go build -o "$out/gopacket" "$peers/gopacket_bench.go"
}
corpus() {
	name=$1
	shift
	[ -s "$out/$name" ] || "$out/gen_corpus" "$out/$name" "$@" >/dev/null
}
corpus mix-1m.pcap 1000000
corpus mix-100k.pcap 100000
corpus mix-20k.pcap 20000
corpus big.pcap 200000 0 big
corpus small.pcap 3000000 0 small
cat "$out/mix-1m.pcap" >/dev/null # into the page cache
BENCH_DIR=$out exec /usr/bin/python3 "$here/bench.py" "$@"
