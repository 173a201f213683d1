#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkw run: arguments, exit status, errors with the script's own lines, sandbox.
. tests/cmd/lib/tap.sh

cat >"$T/args.lua" <<'X'
#!/usr/bin/env -S pkw run
print(arg[0]:match "[^/]+$", #arg, arg[1], arg[2], select("#", ...), ...)
X
chmod +x "$T/args.lua"
run pkw run "$T/args.lua" --count 3
is "$(cat "$T/out")" "args.lua	2	--count	3	2	--count	3" "arguments are the script's"
mkdir "$T/bin" && ln -s "$(realpath "$PKW")" "$T/bin/pkw"
is "$(PATH=$T/bin:$PATH "$T/args.lua" a b)" "args.lua	2	a	b	2	a	b" "#! line"
run pkw run -- "$T/args.lua" -x
is "$(cat "$T/out")" "args.lua	1	-x	nil	1	-x" "-- ends our options"
printf 'print(IP{dst="192.0.2.1"}:hex())' >"$T/stdin.lua"
pkw run - <"$T/stdin.lua" >"$T/out"
out_has "4500001400010000" "a script on standard input"
run pkw run -e 'print(arg[1])' word
is "$(cat "$T/out")" word "-e with an argument"
run pkw run -e 'os.exit(7)'
status_is 7 "os.exit() gives the status"
run pkw run -e 'os.exit(true)'
status_is 0 "os.exit(true)"

cat >"$T/fails.lua" <<'X'
local function inner(p)
	return p.tll
end
local function outer()
	return inner(IP()) + 1
end
print "before"
outer()
X
run pkw run "$T/fails.lua"
status_is 1 "an error: status 1"
out_has "before" "... what was printed is there"
err_has "fails.lua:2: IP has no field, layer or method \`tll'; did you mean \`ttl'?" "... message"
err_has "fails.lua:5: in outer" "... where it was called"
err_has "fails.lua:8: in the script" "... all the way"
run pkw run -e 'x = = 1'
status_is 1 "a syntax error"
err_has "-e:1:" "... has its place"
run pkw run "$T/nosuch.lua"
status_is 1 "no such script"
err_has "nosuch.lua" "... is named"
run pkw run
status_is 2 "no script: usage"
run pkw run --sandbxo -e 1
status_is 2 "a misspelt option"
err_has "--sandbox" "... the nearest is offered"
run pkw run -e 'print "\27[31mred"; error "\27[31mred"'
err_has '\x1b[31mred' "control characters in messages are made visible"

# An interrupt reaches the coroutine that runs, however deep.
coroutines='
local function busy()
	io.popen("kill -INT $PPID"):close()
	while true do end
end
local inner = coroutine.wrap(busy)
print(pcall(coroutine.wrap(function() print(pcall(inner)) end)))
print "went on"'
run timeout 20 "$PKW" run -e "$coroutines"
status_is 1 "interrupted in a coroutine"
err_has "interrupted" "... it is told"
out_has_not "went on" "... and ends the rest too"

# Nor do loops that catch every error go on.
run timeout 20 "$PKW" run -e '
local sent
local function busy()
	if not sent then
		sent = true
		io.popen("kill -INT $PPID"):close()
	end
	while true do end
end
while true do pcall(busy) end'
status_is 1 "interrupted in a loop that catches errors"
err_has "interrupted" "... it is told"

# Names of packets never reach the terminal raw, whatever they hold.
run pkw run -e 'print(IP()/UDP()/DNS{qd=DNSQR{qname="a\27]0;x\7"}})'
is "$(tr -d '\n\t -~' <"$T/out" | wc -c)" 0 "lines of packets have no control characters"

# In a sandbox nothing outside can be reached.
box() { # CODE PIECE-OF-MESSAGE
	run pkw run --sandbox -e "$1"
	status_is 1 "sandbox: $1"
	err_has "$2" "sandbox: $1: says $2"
}
box 'io.open("/etc/passwd")' "\`io'"
box 'os.execute("true")' "execute"
box 'os.remove("x")' "remove"
box 'os.getenv("HOME")' "getenv"
box 'require "x"' "\`require'"
box 'dofile("x")' "\`dofile'"
box 'loadfile("x")' "\`loadfile'"
box 'debug.getregistry()' "\`debug'"
box 'package.loadlib("x", "y")' "\`package'"
box 'rdpcap("tests/data/link.pcap")' "not allowed in a sandbox"
box 'wrpcap("/tmp/x", IP())' "not allowed in a sandbox"
box 'sr1(IP{dst="127.0.0.1"}/ICMP())' "not allowed in a sandbox"
box 'send(IP{dst="127.0.0.1"}/ICMP())' "not allowed in a sandbox"
box 'sniff{timeout=0.1}' "not allowed in a sandbox"
box 'sniff{offline="tests/data/link.pcap"}' "not allowed in a sandbox"
box 'interfaces()' "not allowed in a sandbox"
box 'link{}' "not allowed in a sandbox"
box 'sniffer{}:start()' "not allowed in a sandbox"
box 'IP():diagram{svg="/tmp/x.svg"}' "not allowed in a sandbox"
box 'packets{IP()}:conversations{dot="/tmp/x.dot"}' "not allowed in a sandbox"
box 'fuzzer{IP()/UDP(), log="/tmp/x", send=print, count=1}' "not allowed in a sandbox"
box 'session.save("/tmp/x")' "not allowed in a sandbox"
box 'session.restore("/tmp/x")' "not allowed in a sandbox"
box 'automaton"x":state("A",{initial=true}):graph{dot="/tmp/x"}' "not allowed in a sandbox"
box 'assert(load(string.dump(function() end)))' "binary"
box 'string.rep("x", 1e9):rep(100)' "not enough memory"
run pkw run --sandbox -e 'print((IP()/TCP()):summary{dump=true}, load("return 1")())'
status_is 0 "a sandbox still has packets"
done_testing
