# TAP for shell tests: `. tests/house/tap.sh'; then check TEXT CMD..., is TEXT
# GOT WANTED, skip TEXT WHY; and `tap_done' at the end.  Not run by itself.
tap_n=0 tap_failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

tap_result() { # 0 or not, text
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
		tap_failed=1
	fi
}

check() { # the command succeeds; if not, what it said follows
	local text=$1
	shift
	if "$@" >"$tmp/check" 2>&1; then
		tap_result 0 "$text"
	else
		tap_result 1 "$text"
		tail -40 "$tmp/check" | sed 's/^/# /'
	fi
}

is() {
	[ "$2" = "$3" ]
	local r=$?
	tap_result $r "$1"
	[ $r = 0 ] || diff <(echo "$3") <(echo "$2") | head -40 |
	    sed 's/^/# /; s/^# </# wanted:/; s/^# >/# got:   /'
}

skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

tap_done() {
	echo "1..$tap_n"
	exit $tap_failed
}
