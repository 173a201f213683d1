#!/bin/bash
# The pages: what they show behind a `$' comes out as they say, what they point
# to is there, and the reference is written for every layer.
. tests/house/tap.sh

pages="README.md CONTRIBUTING.md docs/*.md bench/README.md"
run="README.md docs/tutorial.md docs/command.md docs/cookbook.md docs/shell.md"
tests/house/console.py $run >"$tmp/run"
while read -r line; do
	case $line in
	ok*) tap_result 0 "${line#* - }" ;;
	"not ok"*) tap_result 1 "${line#* - }" ;;
	"#"*) echo "$line" ;;
	esac
done <"$tmp/run"
check "sessions were run" grep -q '^1\.\.[1-9]' "$tmp/run"

for page in $pages; do
	broken=
	for to in $(grep -o '](\(\.*[A-Za-z][^):#]*\)' "$page" | sed 's/](//'); do
		[ -e "$(dirname "$page")/$to" ] || broken="$broken $to"
	done
	is "$page: its links lead somewhere" "$broken" ""
done
PKW=$PKW tools/reference "$tmp/reference"
"$PKW" ls | cut -d' ' -f1 | sort >"$tmp/layers"
is "the reference has a page for every layer that is no element of a list" \
    "$("$PKW" ls | grep -v 'element of a list' | cut -d' ' -f1 | while read -r l; do
	[ -e "$tmp/reference/$l.md" ] || echo "$l"; done)" ""
is "... and names them all in its index" \
    "$(grep -c '^- \[' "$tmp/reference/README.md")" \
    "$(($(ls "$tmp/reference" | wc -l) - 2))"
check "... and one of Lua's functions" \
    grep -q '^\*\*`sniff{' "$tmp/reference/lua.md"
tap_done
