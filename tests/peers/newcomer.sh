#!/bin/bash
# The protocol of CONTRIBUTING.md: taken out of the page, built into a copy of
# the tree, and found in everything that is made from the tables.
. tests/house/tap.sh

copy=$tmp/tree
mkdir "$copy"
tar -cf - --exclude=./build --exclude=./.git . | tar -C "$copy" -xf -
here=$PWD

block() { # after the comment `<!-- $1 -->', the inside of the fence
	awk -v mark="<!-- $1 -->" '$0 == mark { on = 1; next }
		on && /^```/ { if (++fences == 2) exit; next }
		on && fences == 1' CONTRIBUTING.md
}

file=src/proto/service/tally.c
block "file: $file" >"$copy/$file"
check "the page has the file" grep -q '^PROTOS(tally' "$copy/$file"
block "row: src/proto/builtin.h" >"$tmp/row"
check "... and one row" test "$(wc -l <"$tmp/row")" = 1
sed -i "/service\/ \*\//r $tmp/row" "$copy/src/proto/builtin.h"
cd "$copy"
is "nothing else is changed" "$(diff -rq "$here/src" src | sort)" \
    "Files $here/src/proto/builtin.h and src/proto/builtin.h differ
Only in src/proto/service: tally.c"

# Not optimised, to be quick.
check "make" env -u MAKEFLAGS -u SAN CI= make -j"$(nproc)" O=build CFLAGS=-g \
    all build/tests/unit/test_tables build/tests/fuzz/fuzz_packet
check "... without a warning" sh -c "! grep warning $tmp/check"
export PKW=$copy/build/pkw

check "the lint" build/tests/unit/test_tables
check "what the page shows is so" tests/house/console.py CONTRIBUTING.md
sed -n 's/^not ok/# not ok/p; s/^# got/# got/p' "$tmp/check"

tally='Tally(kind=2, seq=7, elements=[TallyName(name="cellar"),
    TallyReading(reading=1200, rate=2.5), TallyOther(type=9, value=b"?")])'
# By hand: 2, 7, 0x13 bytes: 1 6 cellar, 2 6 1200 2.5, 9 1 ?
bytes=02000713 elements=010663656c6c61720206000004b0028009013f
is "craft" "$("$PKW" craft "$tally" --hex)" "$bytes$elements"
ip='IP(src="192.0.2.1", dst="192.0.2.2")'
"$PKW" craft "$ip/UDP()/$tally" -w "$tmp/tally.pcap"
is "tshark sees UDP on port 9999 with these bytes" "$(tshark -r "$tmp/tally.pcap" \
    -T fields -e udp.srcport -e udp.dstport -e udp.checksum.status -e data \
    -o udp.check_checksum:TRUE 2>/dev/null)" "9999	9999	1	$bytes$elements"
is "dissect, as an expression" "$("$PKW" read -r "$tmp/tally.pcap" --expr)" \
    "$ip/UDP()/$(tr -s ' \n' ' ' <<<"$tally" | sed 's/ $//')"
is "one line" "$("$PKW" read -r "$tmp/tally.pcap" -t | sed 's/.*Tally/Tally/')" \
    "Tally report 7 cellar"
is "JSON" "$("$PKW" read -r "$tmp/tally.pcap" --json | /usr/bin/python3 -c '
import json, sys
tally = json.loads(sys.stdin.read())["layers"][-1]
f = tally["fields"]
e = [x["fields"] for x in f["elements"]]
print(tally["name"], f["kind"], tally["labels"]["kind"], f["seq"], f["len"],
      e[0]["name"], e[1]["reading"], e[1]["rate"], e[2]["type"])')" \
    "Tally 2 report 7 19 cellar 1200 2.5 9"
is "edit" "$("$PKW" edit "$tmp/tally.pcap" 'Tally.elements[0].name=attic!!' \
    -w "$tmp/edited.pcap" && "$PKW" read -r "$tmp/edited.pcap" --csv \
    UDP.len,Tally.len,Tally.elements[0].length | tail -1)" "32,20,7"
check "ls" sh -c '"$PKW" ls | grep -q ^Tally\ '
check "doc" sh -c '"$PKW" doc Tally | grep -q "repeats that of its query"'
check "the man page of protocols" sh -c '"$PKW" doc --man | grep -q TallyReading'
is "a misspelt field" "$("$PKW" craft 'Tally(knd=1)' 2>&1 | head -1)" \
    "pkw craft: column 7: Tally has no field \`knd'; did you mean kind?"
is "value sets" "$("$PKW" craft 'Tally(seq=(1,3), kind=[1,2])' --hex | sort |
    tr '\n' ' ')" \
    "01000100 01000200 01000300 02000100 02000200 02000300 "
check "fuzz(): a random number for seq" sh -c '
	"$PKW" craft "fuzz(Tally())" --csv Tally.seq | grep -qv -x -e 0 -e Tally.seq'
complete() { "$PKW" complete --line "pkw $1"; }
is "completion: the layer" "$(complete "craft 'IP()/UDP()/Tally" | grep -c Tally)" 4
check "... its fields" sh -c 'grep -q elements' <<<"$(complete "craft 'Tally(el")"
check "... its labels" sh -c 'grep -q report' <<<"$(complete "craft 'Tally(kind=")"
check "... and for ls" sh -c 'grep -q Tally' <<<"$(complete "ls Tal")"

# The fuzz target finds it by its number in the registry.
cat >"$tmp/number.c" <<'X'
#include <pkw.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
	const struct pkw_proto *q;
	for (unsigned i = 0; (q = pkw_proto_at(i)); i++)
		if (strcmp(q->rec.name, "Tally") == 0)
			printf("%04x0007", i);
	return 0;
}
X
check "a program finds it" cc -Iinclude -o "$tmp/number" "$tmp/number.c" \
    build/libpkw.a -lpthread $(pkg-config --libs libpcap libmnl zlib libzstd)
mkdir "$tmp/seeds"
perl -e 'print pack "H*", $ARGV[0]' "$("$tmp/number")$bytes$elements" \
    >"$tmp/seeds/tally"
check "fuzz: 20000 mutations" build/tests/fuzz/fuzz_packet -n 20000 \
    -o "$tmp/crash" "$tmp/seeds"
tap_done
