#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# help() knows every function and method that scripts have, and no others.
. tests/cmd/lib/tap.sh

run pkw run tests/cmd/lib/help.lua
is "$(cat "$T/out")" "all looked at" "everything has help"

run pkw run -e 'help(range)'
out_has "range(from, to [, step])" "a function"
run pkw run -e 'help("p:show")'
out_has "p:show()" "a method"
run pkw run -e 'help(IP)'
out_has "RFC 791" "a layer"
run pkw run -e 'help("IP.ttl")'
out_has "1 byte, default 64. Hops left." "a field"
out_has_not "proto" "... and no other"
run pkw run -e 'help(IP())'
out_has "p:hexdump()" "a packet"
run pkw run -e 'help(random)'
out_has "random.ip" "a table"
run pkw run -e 'help("nonsense")'
out_has "nothing is called \`nonsense'" "nothing"
run pkw run -e 'help()'
out_has "lsc()" "all"
run pkw run -e 'lsc()'
out_has "packet(text)" "lsc"
run pkw run -e 'lsc("hexa")'
is "$(grep -c '()' "$T/out")" 1 "lsc of a word"
run pkw run -e 'ls("dns")'
out_has "DNSQR" "ls of a word"
run pkw run -e 'ls(TCP)'
out_has "dataofs" "ls of a layer"
run pkw run -e 'ls(IP/UDP)'
out_has "sport" "ls of a packet"
run pkw run --sandbox -e 'help() lsc() ls(IP)'
status_is 0 "in a sandbox"
done_testing
