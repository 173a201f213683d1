#!/bin/bash
# Scripts can be run, and shells find no fault in their syntax.
. tests/house/tap.sh

scripts() { # every file of ours that begins with #!
	find .ci bench examples tests tools -type f -size -200k |
	    while read -r f; do
		[ "$(head -c2 "$f" | tr -d '\0')" != '#!' ] || echo "$f"
	done | sort
}
scripts >"$tmp/scripts"
check "there are scripts" test "$(wc -l <"$tmp/scripts")" -gt 30
is "each can be run" "$(while read -r f; do
	[ -x "$f" ] || echo "$f"
done <"$tmp/scripts")" ""
is "... and parsed" "$(while read -r f; do
	case $(head -1 "$f") in
	*bash*) bash -n "$f" 2>&1 ;;
	*/sh*) sh -n "$f" 2>&1 ;;
	esac
done <"$tmp/scripts")" ""
tap_done
