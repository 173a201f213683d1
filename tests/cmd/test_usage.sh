#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The command line: unknown words, help, exit status, standard output.
. tests/cmd/lib/tap.sh

run pkw
status_is 2 "no command"
out_has "craft" "no command: they are listed"
run pkw raed
status_is 2 "misspelt command"
err_has "did you mean \`read'" "misspelt command: suggestion"
err_is_short "misspelt command"
run pkw read --jsno
status_is 2 "misspelt option"
err_has "no option \`--jsno'; did you mean \`--json'" "misspelt option"
err_is_short "misspelt option"
run pkw read -Z
status_is 2 "unknown letter"
err_has "no option \`-Z'" "unknown letter"
run pkw read -nZ
err_has "no option \`-Z'" "unknown letter among others"
run pkw read -c
status_is 2 "missing argument"
err_has "-c wants its N" "missing argument"
run pkw read -r x -c many
status_is 2 "no number"
err_has "\`many' is no number" "no number"
run pkw craft 'IP()' --color sometimes
status_is 2 "no colour"
err_has "auto, always or never" "no colour"

for c in craft hex read edit run shell ls doc send ask sniff help version completion; do
	pkw help "$c" >"$T/out" 2>"$T/err"
	[ "$(wc -l <"$T/out")" -le 55 ]
	ok $? "help $c: one screen"
	out_has "pkw $c" "help $c: usage"
	pkw help "$c" --man >"$T/out" 2>"$T/err"
	head -1 "$T/out" | grep -q '^.TH PKW-'
	ok $? "help $c: man page"
	if command -v man >/dev/null; then
		man --warnings -l "$T/out" >/dev/null 2>"$T/err"
		is "$(grep -v "can't break line\|cannot adjust" "$T/err")" "" \
			"help $c: man finds no fault"
	fi
done

run pkw version
out_has "pkw 0." "version"

# standard output
pkw ls >/dev/full 2>"$T/err"
status=$?
status_is 1 "full disk"
err_has "standard output: no space left" "full disk: message"
err_is_short "full disk"
{ pkw doc --markdown; echo $? >"$T/status"; } 2>"$T/err" | head -1 >/dev/null
is "$(cat "$T/status")" 0 "closed pipe: exit status"
is "$(cat "$T/err")" "" "closed pipe: not a word"

# colours
E='IP()/UDP()'
esc=$(printf '\033')
run pkw craft "$E"
out_has_not "$esc" "no colours into a file"
run pkw craft "$E" --color always
out_has "$esc" "colours if asked for"
run env NO_COLOR=1 CLICOLOR_FORCE=1 "$PKW" craft "$E"
out_has_not "$esc" "NO_COLOR"
run env CLICOLOR_FORCE=1 "$PKW" craft "$E"
out_has "$esc" "CLICOLOR_FORCE"

# layers
run pkw ls IPP
status_is 1 "ls of a misspelt layer"
err_has "no layer \`IPP'" "ls of a misspelt layer"
run pkw ls tcp
status_is 0 "ls"
out_has "dataofs" "ls: names of any case"
run pkw doc
status_is 2 "doc of nothing"
run pkw doc NOSUCHLAYER
status_is 1 "doc of no layer"

# RFC 791 §3.1 draws the same rows
run pkw doc IP
out_has "|version|  ihl  |      tos      |              len              |" \
	"doc draws the header"
run pkw complete craft 'IP(tt'
is "$(cut -f1 "$T/out")" "IP(ttl=" "completion of a field"
run pkw complete --line "pkw craft 'IP(dst=\"x y\", tt"
is "$(cat "$T/out")" 'IP(dst="x y", ttl=' "completion inside quotes"
for s in bash zsh fish; do
	run pkw completion $s
	status_is 0 "completion $s"
done
pkw completion bash >"$T/c" && bash -n "$T/c" 2>"$T/err"
ok $? "completion bash: syntax"
done_testing
