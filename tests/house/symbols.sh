#!/bin/bash
# The shared library exports what the public headers declare with PKW_API, all
# of it, and nothing else; the static one keeps to its prefix.
. tests/house/tap.sh

declared() {
	for h in include/pkw/*.h; do
		${CC:-cc} -E -P -Iinclude "$h"
	done | tr -s '\n\t ' ' ' | tr ';' '\n' |
	    grep '__attribute__((visibility("default")))' |
	    perl -ne '/\b(pkw_\w+) ?\(/ || /\b(pkw_\w+) ?$/ and print "$1\n"' |
	    sort -u
}

exported() {
	nm -D --defined-only "$O/libpkw.so" | awk '{ print $3 }' |
	    grep -v -E '^(__|_init|_fini|_edata|_end)' | sort -u
}

is "libpkw.so exports what the headers declare" "$(exported)" "$(declared)"
check "... which is something" test "$(declared | wc -l)" -gt 100
is "libpkw.a defines nothing global without the prefix" \
    "$(nm -g --defined-only "$O/libpkw.a" 2>/dev/null | awk 'NF == 3 &&
	$3 !~ /^(pkw_|__|_ZTI)/ && $3 !~ /asan|sancov/ { print $3 }')" ""
is "the soname" "$(objdump -p "$O/libpkw.so" | awk '/SONAME/ { print $2 }')" \
    "libpkw.so.0"
tap_done
