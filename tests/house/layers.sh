#!/bin/bash
# The arrows between folders (docs/ARCHITECTURE.md), and that no part but
# src/proto knows a protocol.
. tests/house/tap.sh

sources=$(find src include/pkw bench examples -name '*.[ch]' | sort)
check "no folder includes what it may not" tools/layers $sources

mkdir "$tmp/src" "$tmp/src/base"
echo '#include <pkw/net.h>' >"$tmp/src/base/a.c"
check "... and tools/layers would notice" \
    sh -c "cd $tmp && ! $PWD/tools/layers src/base/a.c"

# Layers that any bytes may become have to be known.
"$PKW" ls | awk '$1 !~ /^(Raw|Padding)$/ { print "pkw_proto_find(\"" $1 "\")" }' \
    >"$tmp/names"
check "pkw ls lists layers" test "$(wc -l <"$tmp/names")" -gt 100
is "outside of src/proto and src/cmd nobody asks for a protocol by name" \
    "$(grep -rnF -f "$tmp/names" src --include='*.[ch]' |
	grep -v -E '^src/(proto|cmd)/')" ""
tap_done
