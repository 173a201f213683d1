#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --svg, --pdf, --diagram, --format and hex --diff: by somebody else's readers.
. tests/cmd/lib/tap.sh

F=tests/data/transport.pcap
E='Ether()/IP(flags="DF")/TCP(options=[("MSS",1460)])/"<a&b> \"c\" (d) \\e"'
cat >"$T/svg.py" <<'X'
# svg.py FILE JSON: the picture must have all names of fields and all bytes of
# the packets, each byte under the colour of some box, in the same order.
import json, re, sys, xml.etree.ElementTree as ET

S = "{http://www.w3.org/2000/svg}"
root = ET.parse(sys.argv[1]).getroot()
assert root.tag == S + "svg" and root.get("viewBox")
panels = root.findall(S + "g")
packets = [json.loads(l) for l in open(sys.argv[2])]
assert len(panels) == len(packets), (len(panels), len(packets))


def names(fields):
    for k, v in fields.items():
        if isinstance(v, list) or isinstance(v, dict) or v == "":
            continue
        yield k


for g, p in zip(panels, packets):
    texts = g.findall(S + "text")
    said = " ".join("".join(t.itertext()) for t in texts)
    for layer in p["layers"]:
        assert re.search(r"\b%s\b" % re.escape(layer["name"]), said), layer["name"]
        for k in names(layer["fields"]):
            word = k if len(k) < 28 else k[:28]  # long ones are cut
            assert re.search(r"\b%s" % re.escape(word), said), (layer["name"], k, said)
    rows = [t for t in texts if t.get("class") == "bytes"]
    print(" ".join("".join(t.itertext()) for t in rows).replace(" ", ""))
    # a box is behind each row
    boxes = {(float(r.get("y")), float(r.get("x"))) for r in g.findall(S + "rect")}
    assert all(any(y < float(t.get("y")) < y + 11.2 for y, _ in boxes) for t in rows)
X

run pkw craft "$E" --svg "$T/a.svg"
status_is 0 "a picture"
pkw craft "$E" --json >"$T/json"
run python3 "$T/svg.py" "$T/a.svg" "$T/json"
status_is 0 "an XML parser finds every layer and field in it"
is "$(cat "$T/out")" "$(pkw craft "$E" --hex)" "... and the bytes"
grep -q 'a&amp;b&gt;' "$T/a.svg"
ok $? "what has a meaning in XML is escaped"

# No field there is long enough to be shortened.
for f in link network transport; do
	pkw read -r tests/data/$f.pcap -c 60 --svg "$T/b.svg" 2>"$T/err"
	pkw read -r tests/data/$f.pcap -c 60 --json >"$T/json"
	run python3 "$T/svg.py" "$T/b.svg" "$T/json"
	status_is 0 "$f.pcap: well-formed, with all layers and fields"
	pkw read -r tests/data/$f.pcap -c 60 --hex | awk 'length < 240' >"$T/a"
	missing=$(grep -c -v -x -F -f "$T/out" "$T/a")
	is "$missing" 0 "$f.pcap: the bytes of all short packets"
done

if command -v pdftotext >/dev/null; then
	pkw craft "$E" "$E" --pdf - >"$T/a.pdf"
	run pdftotext -layout "$T/a.pdf" -
	status_is 0 "a PDF reader reads it"
	is "$(wc -c <"$T/err")" 0 "... and finds no fault"
	out_has "chksum" "it has names"
	out_has '<a&b> "c" (d) \e' "it has text"
	out_has "14 bytes at 0" "it has layers"
	is "$(tr -cd '\f' <"$T/out" | wc -c)" 2 "a page for each packet"
	bytes=$(grep -o '[0-9a-f]\{4\} [ 0-9a-f]\{2,47\}$' "$T/out" |
		cut -c6- | tr -d ' \n')
	is "$bytes" "$(pkw craft "$E" "$E" --hex | tr -d '\n')" "it has the bytes"
else
	skip 7 "no pdftotext"
fi

run pkw read -r $F -c 3 --svg -
[ "$(head -c 4 "$T/out")" = "<svg" ]
ok $? "- is standard output"
echo old >"$T/old.svg"
run pkw craft 'IP(ttl=' --svg "$T/old.svg"
status_is 1 "nothing to draw"
is "$(cat "$T/old.svg")" old "... leaves an old file alone"
run pkw read -r $F --pdf /dev/full
status_is 1 "a full disk"
err_has "no space left" "a full disk"
run pkw read -r $F --svg "$T/no/such.svg"
status_is 1 "no such folder"
err_has "$T/no/such.svg: no such file" "no such folder"
run pkw craft 'UDP()' --svg "$T/old.svg"
is "$(ls "$T" | grep -c part)" 0 "nothing is left beside it"
grep -q '</svg>' "$T/old.svg"
ok $? "an old file is replaced"

run pkw read -r $F -c 2 --diagram
is "$(grep -c '^IP, ' "$T/out")" 2 "a diagram for each packet"
run pkw read -r $F -c 2 --format '%IP.src%{TCP: to %r,TCP.dport%}'
is "$(cat "$T/out")" "10.9.0.1 to 8080
10.9.0.2 to 50548" "--format"
run pkw read -r $F --format '%IP.sorc%'
status_is 2 "a format that is wrong"
err_is_short "a format that is wrong"
err_has "column 2: IP has no field \`sorc'; did you mean src" "... and where"

run pkw hex --diff 000102 00ff02
status_is 0 "hex --diff"
out_has "              ^^" "hex --diff marks what differs"
run pkw hex --diff 'IP(ttl=' 00
status_is 1 "hex --diff of no expression"
run pkw hex --diff 00
status_is 2 "hex --diff of one packet"
err_has "two packets, not 1" "hex --diff of one packet"
pkw craft 'IP()' 'IP(ttl=3)' --hex >"$T/two.txt"
run pkw hex --diff "$T/two.txt"
status_is 0 "hex --diff of a file with two"
done_testing
