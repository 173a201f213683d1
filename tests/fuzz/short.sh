#!/bin/bash
# Each fuzz target under the sanitizers: the saved inputs, then some mutations,
# a fixed number of them from a fixed seed, so that every run is the same.
# FUZZERS: where the targets are.  Long runs are `make fuzz'.
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=abort_on_error=1
n=0 failed=0
for source in "$here"/fuzz_*.c; do
	target=$(basename "$source" .c) name=${target#*fuzz_}
	mkdir "$tmp/$name"
	n=$((n + 1))
	crash=$FUZZERS/crash-$name
	if "$here"/seeds.sh "$name" "$tmp/$name" &&
	    "$FUZZERS/$target" -n "${FUZZ_RUNS:-3000}" -o "$crash" \
		"$tmp/$name" >"$tmp/out" 2>&1; then
		echo "ok $n - $name: $(tail -1 "$tmp/out" | tr -d '#')"
	else
		echo "not ok $n - $name; the input is in $crash"
		head -40 "$tmp/out" | sed 's/^/# /'
		failed=1
	fi
done
n=$((n + 1))
if (cd "$tmp" && "$FUZZERS/mutate" -n "${MUTATE_RUNS:-100000}" \
    "$here"/../data/*.pcap) >"$tmp/out" 2>&1; then
	echo "ok $n - $(tail -1 "$tmp/out")"
else
	mv "$tmp"/mutate-* "$FUZZERS" 2>/dev/null
	echo "not ok $n - mutate; the input is in $FUZZERS"
	head -40 "$tmp/out" | sed 's/^/# /'
	failed=1
fi
echo "1..$n"
exit $failed
