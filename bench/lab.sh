#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Benchmarks on a cable between two network namespaces; run by tools/private.
#
#   lab.sh sniff FILE COUNT RATE PROGRAM...  PROGRAM near COUNT FIFO sniffs what
#                                            is sent when it writes to FIFO
#   lab.sh ask PROGRAM...                    beyond the cable each address of
#                                            10.9.1.0/24 answers
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PKW=${PKW:-$here/../build/pkw}
what=$1
shift

quiet() { # nothing goes over the cable unasked
	"$@" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 \
	    net.ipv6.conf.default.disable_ipv6=1
}
ip netns add far
quiet
quiet ip netns exec far
ip link add near type veth peer name far netns far
ip link set near mtu 9000 up
ip -n far link set far mtu 9000 up
ip -n far link set lo up

case $what in
sniff)
	file=$1 count=$2 rate=$3
	shift 3
	fifo=$(mktemp -u "${TMPDIR:-/tmp}/pkw-lab.XXXXXX")
	mkfifo "$fifo"
	trap 'rm -f "$fifo"' EXIT
	{
		read -r _ <"$fifo"
		ip netns exec far "$PKW" run "$here/lua/sender.lua" \
		    "$file" far "$count" "$rate"
	} &
	timeout 120 "$@" near "$count" "$fifo"
	;;
ask)
	ip addr add 10.9.0.1/24 dev near
	ip -n far addr add 10.9.0.2/24 dev far
	ip -n far route add local 10.9.1.0/24 dev lo
	ip route add 10.9.1.0/24 via 10.9.0.2
	timeout 120 "$@"
	;;
esac
