#!/bin/sh
# Packetwright's bytes against Scapy's, in both directions: see
# scapy_compare.py.  The listed differences are printed by name.
here=$(dirname "$0")
if ! /usr/bin/python3 -c 'import scapy' 2>/dev/null; then
	echo "1..0 # SKIP python3-scapy is not installed"
	exit 0
fi
echo 1..1
if out=$(/usr/bin/python3 "$here"/scapy_compare.py --back 2>&1); then
	echo "ok 1 - expressions, printed expressions, sets"
else
	echo "not ok 1 - expressions, printed expressions, sets"
fi
echo "$out" | sed 's/^/# /'
