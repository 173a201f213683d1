#!/bin/bash
# make demo's script: comes out well, twice at the same time too; fails when a
# step does; leaves nothing behind, also when it is interrupted.
. tests/house/tap.sh

why=$(tools/private true 2>&1) || {
	echo "1..0 # SKIP $why"
	exit 0
}
left() { # what a demo makes, as far as it can be seen from here
	ip netns list
	ip -br link | cut -d' ' -f1
	find /run/lock /run/netns /tmp -maxdepth 1
}
only_ours() { # other tests may come and go meanwhile
	comm -13 <(echo "$1" | sort) <(echo "$2" | sort) |
	    grep -E 'far$|^v[01]@|pcapng|/seen|tcpdump.err'
}

before=$(left)
tools/demo >"$tmp/one" 2>&1 &
tools/demo >"$tmp/two" 2>&1
status=$?
is "exit status" $status 0
[ $status = 0 ] || sed 's/^/# /' "$tmp/two"
wait $!
is "... of another one at the same time" $? 0
for said in "not one changed" "ICMP echo-reply" "8080 > 20 SA" \
    "256 questions, 256 answered" "8 packets captured" "Echo (ping) reply"; do
	check "it shows: $said" grep -qF "$said" "$tmp/one"
done
is "nothing is left" "$(only_ours "$before" "$(left)")" ""

# A command that works but for one thing.
for step in craft send ask sniff; do
	printf '#!/bin/sh\n[ "$1" = %s ] && exit 1\nexec %s "$@"\n' \
	    $step "$PKW" >"$tmp/pkw"
	chmod +x "$tmp/pkw"
	PKW=$tmp/pkw timeout 60 tools/demo >"$tmp/out" 2>&1
	[ $? -ne 0 ]
	tap_result $? "it fails if pkw $step does"
done

for signal in INT TERM; do
	setsid tools/demo >"$tmp/out" 2>&1 &
	demo=$!
	sleep 0.7
	session=$(ps -o sid= -p $demo | tr -d ' ')
	kill -$signal -- "-$demo"
	for i in $(seq 100); do
		[ "$(ps -o pid= -s "$session" | wc -l)" = 0 ] && break
		sleep 0.1
	done
	wait $demo
	[ $? -ne 0 ]
	tap_result $? "SIG$signal ends it"
	is "... and nothing is left" \
	    "$(only_ours "$before" "$(left)"; ps -o args= -s "$session")" ""
done
tap_done
