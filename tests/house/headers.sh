#!/bin/bash
# Public headers: each compiles alone, as C11 and as C++, is no longer than 250
# lines, and is in the umbrella <pkw.h>, unless its names are too short for it.
. tests/house/tap.sh

warn="-Wall -Wextra -Wpedantic -Werror"
for h in include/pkw.h include/pkw/*.h; do
	name=${h#include/}
	echo "#include <$name>" >"$tmp/alone.c"
	check "$name compiles alone" \
	    ${CC:-cc} -std=c11 $warn -Iinclude -fsyntax-only "$tmp/alone.c"
	check "... as C++" \
	    c++ -x c++ -std=c++11 $warn -Iinclude -fsyntax-only "$tmp/alone.c"
	check "... within 250 lines" test "$(wc -l <"$h")" -le 250
done
echo '#include <pkw.h>' >"$tmp/all.c"
is "pkw.h has all headers but rows.h" \
    "$(${CC:-cc} -Iinclude -M "$tmp/all.c" | grep -o 'pkw/[a-z]*\.h' | sort -u)" \
    "$(cd include && ls pkw/*.h | grep -v pkw/rows.h)"
tap_done
