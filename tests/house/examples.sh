#!/bin/bash
# Every example compiles against an installed Packetwright with nothing but what
# pkg-config says, shared and static, and does what its head says.  What needs a
# network is tried in tests/lab/examples.sh.
. tests/house/tap.sh

make=${MAKE:-make}
"$make" -s install PREFIX="$tmp/usr" >"$tmp/out" 2>&1
check "make install" grep -q . "$tmp/usr/lib/pkgconfig/pkw.pc"
export PKG_CONFIG_PATH=$tmp/usr/lib/pkgconfig LD_LIBRARY_PATH=$tmp/usr/lib
san=${SAN:+-fsanitize=$SAN}

build() { # example, kind, more options
	${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror $san "examples/$1.c" \
	    -o "$tmp/$1-$2" $(pkg-config --cflags pkw) $3
}

for source in examples/*.c; do
	name=$(basename "$source" .c)
	check "$name.c compiles" build "$name" shared "$(pkg-config --libs pkw)"
	check "... statically" build "$name" static "$tmp/usr/lib/libpkw.a
	    $(pkg-config --libs libpcap libmnl zlib libzstd) -lpthread"
	is "... and then says the same" \
	    "$(echo; "$tmp/$name-static" 2>&1)" "$(echo; "$tmp/$name-shared" 2>&1)"
done
check "the shared library is what they use" \
    sh -c "ldd $tmp/craft-shared | grep -q $tmp/usr/lib/libpkw.so.0"

# Scapy's bytes for the same three packets.
is "craft" "$("$tmp/craft-shared" | grep -v '^IP')" "$(/usr/bin/python3 - <<'X'
import logging
logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import IP, UDP, DNS, DNSQR, raw
head = dict(src="192.0.2.1", dst="198.51.100.2")
for ip, name in ((head, "example.org"), (head, "www.example.org"),
                 (dict(head, version=3), "www.example.org")):
    print(raw(IP(**ip) / UDP(dport=53) / DNS(qd=DNSQR(qname=name))).hex())
X
)"
is "dissect" "$("$tmp/dissect-shared" tests/data/transport.pcap)" \
    "$(tshark -r tests/data/transport.pcap -Y 'ip && tcp.flags.syn == 1 &&
	tcp.flags.ack == 0' -T fields -E separator=, -E occurrence=f -e frame.number \
	-e ip.src -e ip.dst -e tcp.dstport 2>/dev/null |
	awk -F, '{ print $1 ": " $2 " to " $3 " port " $4 }')"
is "protocol" "$("$tmp/protocol-shared" | sed -n '/Beacon/,$p')" \
"###[ Beacon ]### 10 bytes at 28
  kind      = 2 (goodbye)
  seq       = 7
  namelen   = 6
  name      = \"cellar\""

tap_done
