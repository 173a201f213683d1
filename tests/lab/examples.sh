#!/bin/bash
# The examples do what they say, against this kernel in a network of its own.
. tests/house/tap.sh
ex=$O/examples

out=$("$ex/ask" 'IP(dst="127.0.0.1")/TCP(dport=[22,(80,82)])' 2>&1)
is "ask: four ports, four answers" "$(echo "$out" | tail -1)" "4 of 4 answered"
is "... each on its line" "$(echo "$out" | grep -c 'ms  IP 127.0.0.1 >')" 4
out=$("$ex/ask" 'IP(dst="192.0.2.1")/ICMP()' 2>&1)
is "ask: what goes nowhere fails" $? 1
is "... and says why" "$(echo "$out" | grep ^ask)" \
    "ask: no route to 192.0.2.1"
"$ex/ask" 'IP(' 2>/dev/null
is "ask: a bad expression is a matter of usage" $? 2

# With the one capability that the message asks for, and with none.
user=
[ "$(id -u)" != 0 ] || user="--reuid 65534 --clear-groups"
as_user() { # with what capabilities, command
	local caps=-all$1
	shift
	setpriv $user --inh-caps=$caps --ambient-caps=$caps "$@" 2>&1
}
cp "$ex/ask" "$tmp/ask" && cp "$O"/libpkw.so* "$tmp/" && chmod 755 "$tmp"
export LD_LIBRARY_PATH=$tmp
out=$(as_user ,+net_raw "$tmp/ask" 'IP(dst="127.0.0.1")/ICMP()')
is "ask: CAP_NET_RAW is enough" "$(echo "$out" | tail -1)" "1 of 1 answered"
out=$(as_user '' "$tmp/ask" 'IP(dst="127.0.0.1")/ICMP()')
is "... and without it, it says so" "$out" "ask: cannot open a link on any: \
no permission, it needs CAP_NET_RAW: use sudo, or once \`setcap \
cap_net_raw,cap_net_admin+eip' on the program"
unset LD_LIBRARY_PATH

"$ex/sniff" lo 'icmp' "$tmp/a.pcapng" >"$tmp/lines" 2>"$tmp/err" &
pid=$!
for i in $(seq 100); do
	grep -q ' 00000003 \| 0003 ' /proc/net/packet && break
	sleep 0.05
done
ping -q -c 3 -i 0.01 127.0.0.1 >/dev/null
kill -INT $pid
wait $pid
is "sniff: Ctrl-C ends it well" $? 0
is "... with six packets, each seen once" "$(cat "$tmp/err")" \
    "6 packets, 0 lost"
is "... printed" "$(grep -c 'ICMP echo' "$tmp/lines")" 6
is "... and in the file, as tshark reads it" \
    "$(tshark -r "$tmp/a.pcapng" -T fields -e icmp.type 2>/dev/null |
	tr '\n' ' ')" "8 0 8 0 8 0 "
"$ex/sniff" lo 'icmp prot' 2>"$tmp/err"
is "sniff: a bad filter is a matter of usage" $? 2
is "... and is explained" "$(cat "$tmp/err")" \
    'sniff: bad filter `icmp prot'"'"': syntax error at `prot'"'"
tap_done
