#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What scripts do with a network: tests/lab/lib/*.lua against the kernel and
# programs on the other side.  Run by tools/private.
. tests/cmd/lib/tap.sh

ip netns add far
ip link add near type veth peer name far netns far
ip addr add 10.9.0.1/24 dev near
ip addr add 2001:db8::1/64 dev near nodad
ip link set near up
ip -n far addr add 10.9.0.2/24 dev far
ip -n far addr add 2001:db8::2/64 dev far nodad
ip -n far link set far up
ip -n far link set lo up
ip netns exec far python3 tests/lab/lib/server.py &
# the server says on port 7776 that it is there
for _ in 1 2 3 4 5 6 7 8 9 10; do
	pkw ask 'IP(dst="10.9.0.2")/UDP(sport=4000,dport=7776)/"?"' \
	    --timeout 1 --hex >"$T/ready" 2>/dev/null &&
	    grep -q 7265616479 "$T/ready" && break
	sleep 0.2
done

# every script prints TAP of its own: its lines become ours
for f in exchange errors answer automaton fuzz; do
	timeout 100 "$PKW" run tests/lab/lib/$f.lua "$T" >"$T/tap" 2>"$T/err"
	status=$?
	grep -v '^1\.\.' "$T/tap" | grep '^not ok' >&2
	is "$(grep -c '^not ok' "$T/tap") $status" "0 0" \
	    "$f.lua: $(grep -c '^ok' "$T/tap") tests"
	[ $status = 0 ] || sed 's/^/# /' "$T/err"
done
done_testing
