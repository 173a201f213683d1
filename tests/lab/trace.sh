#!/bin/bash
# pkw trace in a chain of routers with two branches in the middle, beside
# traceroute.  Run by tools/private.
. tests/cmd/lib/tap.sh
. tests/lab/lib/chain.sh
chain
T4=10.9.0.2

run traceroute -n -q 1 -w 2 --sport=33000 $T4
cp "$T/out" "$T/theirs"
addresses() { awk 'NR > 1 { print $2 }' "$1"; }
run pkw trace -n $T4
status_is 0 "a path"
is "$(addresses "$T/out" | grep -c .)" "$(addresses "$T/theirs" | grep -c .)" \
    "as many hops as traceroute finds"
is "$(addresses "$T/out" | sed '3d;4d')" \
    "$(addresses "$T/theirs" | sed '3d;4d')" "the same routers around the branches"
is "$(awk 'NR == 4 { print $2 }' "$T/out" | grep -c -E '10\.(3|4)\.0\.2')" 1 \
    "and one of the branches"
for kind in -I -T --classic '--size 1000'; do
	run pkw trace -n $kind -w 2 $T4
	is "$(awk '/^ *[0-9]/ { print $2 }' "$T/out" | head -2 | tr '\n' ' ')" \
	    "10.1.0.2 10.2.0.2 " "$kind: the first routers"
done
run pkw trace -n -T $T4
is "$(tail -1 "$T/out" | grep -o -F '*')" "" "-T: the target answers each SYN"
run pkw trace -n --mda $T4
out_has 10.3.0.2 "--mda: one branch"
out_has 10.4.0.2 "--mda: the other"
run pkw trace -n --mtu -w 1 $T4
out_has 1300 "--mtu: the narrow link"
run pkw trace -n --json $T4
is "$(python3 -c 'import json, sys
d = [json.loads(l) for l in open(sys.argv[1])]
print(d[0]["probes"][0]["from"], d[-1]["reached"])' "$T/out")" "10.1.0.2 True" \
    "--json"
run pkw trace -n --live -c 2 --interval 0.1 $T4
out_has "0.0%" "--live: no loss"
run pkw trace -n --mda --dot "$T/paths.dot" $T4
is "$(dot -Tplain "$T/paths.dot" | grep -c '^edge' | awk '$1 >= 8')" \
    "$(dot -Tplain "$T/paths.dot" | grep -c '^edge')" "--dot: Graphviz reads it"
run pkw trace -n -m 2 -w 1 $T4
status_is 1 "not reached"
run pkw trace --mad $T4
status_is 2 "a misspelt option"
err_has "did you mean \`--mda'" "... and the right one"
run pkw trace -n -i nosuch $T4
status_is 1 "no such interface"
err_has nosuch "... is named"
done_testing
