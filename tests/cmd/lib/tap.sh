# SPDX-License-Identifier: BSD-2-Clause
# TAP for tests of the command: sourced by tests/cmd/test_*.sh, which are run
# from the top folder.  PKW is the command.
#
#	run pkw ls IPP            keeps out, err and status
#	status_is 1 "what is tested"
#	err_has "did you mean"  "..."

PKW=${PKW:-build/pkw}
T=$(mktemp -d "${TMPDIR:-/tmp}/pkw-cmd.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT INT TERM
count=0
failed=0
export LC_ALL=C TZ=UTC
unset NO_COLOR CLICOLOR_FORCE

pkw() {
	"$PKW" "$@"
}

run() {
	"$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

ok() { # condition's status, name
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	sed 's/^/# out: /' "$T/out"
	sed 's/^/# err: /' "$T/err"
}

is() { # got, wanted, name
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "$1" | sed 's/^/# got:    /'
		printf '%s\n' "$2" | sed 's/^/# wanted: /'
	fi
}

status_is() { # wanted, name
	is "$status" "$1" "$2: exit status"
}

out_has() { # text, name
	grep -qF -- "$1" "$T/out"
	ok $? "$2"
}

out_has_not() { # text, name
	! grep -qF -- "$1" "$T/out"
	ok $? "$2"
}

err_has() { # text, name
	grep -qF -- "$1" "$T/err"
	ok $? "$2"
}

# The message is one line, but for an excerpt with a caret below it.
err_is_short() { # name
	n=$(grep -cv '^  ' "$T/err")
	[ "$n" -eq 1 ] && [ "$(wc -l <"$T/err")" -le 3 ]
	ok $? "$1: one line"
}

skip() { # how many, why
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		count=$((count + 1))
		echo "ok $count # SKIP $2"
	done
}

done_testing() {
	echo "1..$count"
	[ "$failed" -eq 0 ]
	exit $?
}
