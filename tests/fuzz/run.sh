#!/bin/bash
# run.sh FOLDER SECONDS [TARGET]: libFuzzer on the targets built in FOLDER, one
# after another; what it finds of use is kept there, and so are crashes.
set -eu -o pipefail
here=$(dirname "$0")
folder=$1 seconds=$2
for source in "$here"/fuzz_${3:-*}.c; do
	target=$(basename "$source" .c) name=${target#fuzz_}
	[ -x "$folder/$target" ] || {
		echo "fuzz: no target \`$name'" >&2
		exit 2
	}
	mkdir -p "$folder/corpus-$name"
	"$here"/seeds.sh "$name" "$folder/seeds-$name"
	echo "== $name, ${FUZZ_RUNS:+$FUZZ_RUNS runs in at most }$seconds s"
	"$folder/$target" -max_total_time="$seconds" -timeout=10 \
	    ${FUZZ_RUNS:+-seed=1 -runs="$FUZZ_RUNS"} \
	    -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
	    -artifact_prefix="$folder/crash-$name-" \
	    "$folder/corpus-$name" "$folder/seeds-$name" 2>&1 |
	    grep -v -E '^#[0-9]+.*(REDUCE|NEW|pulse)|NEW_FUNC|^"|^\s*$'
done
