#!/bin/bash
# The man pages: one for each command, with the options it has and no others,
# without a fault that mandoc finds, and with examples that work.
. tests/house/tap.sh

pages=docs/man
commands=$("$PKW" help | sed -n 's/^  \([a-z]*\)  .*/\1/p' |
    grep -v -x -e help -e version)
is "a page for each command" "$(cd $pages && ls *.1)" \
    "$(for c in $commands; do echo "pkw-$c.1"; done | LC_ALL=C sort |
	sed '$a pkw.1')"
for f in $pages/*.1; do
	is "$(basename "$f"): mandoc finds no fault" \
	    "$(mandoc -T lint -W warning "$f" 2>&1)" ""
done
"$PKW" doc --man >"$tmp/protocols.7"
is "pkw-protocols.7: mandoc finds no error" \
    "$(mandoc -T lint -W error "$tmp/protocols.7" 2>&1 | head)" ""

# -x --long, one a line
in_help() {
	"$PKW" "$1" --help | sed -n -E \
	    's/^  (-[^ ,-])?(, |    )?(--[a-z0-9-]+)?( [A-Z]+)?( .*)?$/\1\n\3/p' |
	    grep . | sort -u
}
in_page() {
	sed -n 's/^\.It Fl //p' "$@" | sed 's/ Ar .*//; s/ , /\n/g' |
	    sed 's/^/-/' | sort -u
}
in_page $pages/pkw.1 >"$tmp/shared"
for c in $commands; do
	page=$pages/pkw-$c.1
	in_help "$c" >"$tmp/help"
	is "$c: every option is explained" "$(in_page "$page" $pages/pkw.1 |
	    comm -13 - "$tmp/help")" ""
	is "$c: ... and no other" \
	    "$(in_page "$page" | comm -23 - "$tmp/help")" ""
	if grep -q -x -e --expr "$tmp/help"; then
		check "$c: it refers to pkw(1) for output" \
		    grep -q '^\.Sx OUTPUT' "$page"
		is "$c: ... where no option is too many" \
		    "$(comm -23 "$tmp/shared" "$tmp/help")" ""
	fi
done

# Examples: in a folder with such files as they speak of, those with sudo on a
# network of our own, where eth0 is the cable and 192.0.2.1 ourselves.  What has
# no end by itself is interrupted.
mkdir "$tmp/here"
for f in dump.pcap in.pcap old.pcap; do
	cp tests/data/transport.pcap "$tmp/here/$f"
done
"$PKW" read -r tests/data/service.pcap -w "$tmp/here/dump.pcapng"
cp "$tmp/here/dump.pcapng" "$tmp/here/in.pcapng"
"$PKW" read -r tests/data/service.pcap -w "$tmp/here/big.pcap.zst"
"$PKW" craft 'IPv6()/UDP()/"x"' -x >"$tmp/here/dump.txt"
echo 'IP()/UDP()' >"$tmp/here/packets.txt"
mkdir -p "$tmp/here/.zfunc" "$tmp/here/.config/fish/completions"
examples() {
	awk '/^\.Sh/ { on = /EXAMPLES/; next }
		on && !/^\./' "$@" | sed 's/\\(aq/'"'"'/g; s/\\(dq/"/g; s/\\e/\\/g' |
	    grep -E '^(sudo )?(pkw|tcpdump|source)'
}
tools=$PWD/tools
private=$("$tools"/private true 2>&1)
examples $pages/*.1 | sort -u >"$tmp/examples"
check "there are examples" test "$(wc -l <"$tmp/examples")" -gt 25
while read -r line <&3; do
	for word in jq man; do
		case $line in
		*"| $word "*) command -v $word >/dev/null && continue ;;
		*) continue ;;
		esac
		skip "$line" "no $word"
		continue 2
	done
	case $line in
	*tcpdump*) line=${line/tcpdump/tcpdump -Z root} ;;
	esac
	in=
	[ "${line#sudo }" = "$line" ] || in="$tools/pair"
	if [ "$in" ] && [ "$private" ]; then
		skip "$line" "$private"
		continue
	fi
	run=${line#sudo }
	run=${run/ -i eth0/ -i v0}
	[ "${run#pkw sniff}" = "$run" ] || run=${run%% |*} # Ctrl-C is for pkw
	cd "$tmp/here"
	HOME=$PWD PATH=${PKW%/*}:$PATH check "$line" $in timeout --preserve-status -s INT -k 20 4 \
	    bash -c "set -o pipefail; $run"
	cd - >/dev/null
done 3<"$tmp/examples"
tap_done
