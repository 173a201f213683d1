#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# --proto: protocols in Lua for all commands.  The page that tells how to build
# Tally in shows what it then looks like; written in Lua it must look the same.
. tests/cmd/lib/tap.sh

mkdir "$T/bin"
cat >"$T/bin/pkw" <<X
#!/bin/sh
cmd=\$1
shift
exec "$PKW" "\$cmd" --proto "$PWD/examples/tally.lua" "\$@"
X
chmod +x "$T/bin/pkw"
awk '$0 == "<!-- newcomer -->" { on = 1; next }
	on { print }
	on && /^```$/ { exit }' CONTRIBUTING.md >"$T/page.md"
PKW=$T/bin/pkw tests/house/console.py "$T/page.md" >"$T/session" ||
    grep '^#' "$T/session"
is "$(grep -c '^ok' "$T/session")" "$(grep -c '^\$' "$T/page.md")" \
	"Tally in Lua: all that the page shows is so"
is "$(grep -c '^\$' "$T/page.md")" 11 "... all of it"

cat >"$T/two.lua" <<'X'
protocol("Two", { u8"x"{ttl=3},
	bits(3)"y" })
X
run pkw craft --proto "$T/two.lua" 'Two()'
status_is 2 "a file with two faults"
err_has "$T/two.lua:1: Two.x: no column \`ttl'" "the first"
err_has "$T/two.lua:1: Two.*: does not end at a byte: 5 more" "the second"
is "$(cat "$T/out")" "" "nothing is crafted"
run pkw ls --proto "$T/nowhere.lua"
status_is 2 "no such file"
err_has "nowhere.lua: No such file" "it is named"

cat >"$T/far.lua" <<'X'
protocol("Far", { u8"x" }, { bind={UDP, dport=7002},
	guess=function(b) return io.open("/etc/passwd") end })
X
printf 'protocol("Near", { u8"x" }, { bind={UDP, dport=7003} })' >"$T/near.lua"
run pkw craft --proto "$T/far.lua" --proto "$T/near.lua" \
	'IP()/UDP()/Near(x=(1,3))' 'IP()/UDP()/Far(x=(1,3))' -w "$T/p.pcap"
status_is 0 "two files"
run pkw read --proto "$T/far.lua" --proto "$T/near.lua" -r "$T/p.pcap" --csv \
	Near.x,Far.x
is "$(sed 1d "$T/out" | tr '\n' ' ')" "1, 2, 3, ,1 ,2 ,3 " "both are read"
is "$(grep -c 'Far: guess: ' "$T/err")" 1 \
	"a function that fails is told once, for all packets"
err_has "far.lua:2: " "... with its place"
is "$(grep -c root: "$T/err")" 0 "it has no files"
run pkw run --proto "$T/near.lua" -e 'print(Near{x=7}:hex())'
is "$(cat "$T/out")" "07" "for a script, too"
done_testing
