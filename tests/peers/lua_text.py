#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Lua text of packets, read by the shell's Lua: a test, in TAP.

    lua_text.py [PKW] [--only REGEX] [--seed N]

What pkw prints with --lua is run by `pkw run`, and the bytes must be the packet's.  Two sorts of packets: those of the
expressions of scapy_corpus.py, and frames with them in which bytes are changed or missing, for what only raw bytes can say.
"""
import random
import struct
import subprocess
import sys
import tempfile

import scapy_corpus
from scapy_compare import arguments, craft

SCRIPT = r"""
for line in io.lines(arg[1]) do
	local f, said = load("return " .. line, line:sub(1, 60), "t")
	local ok, hex = pcall(f and function() return f():hex() end or error, said)
	if not ok then io.stderr:write(line, "\n", hex, "\n") end
	print(ok and hex or "")
end
"""


def through_lua(pkw, lines):
    """The bytes of each line's packet in hexadecimal, empty where it fails; and what was said."""
    with tempfile.TemporaryDirectory() as d:
        for name, text in (("script.lua", SCRIPT), ("text", "".join(l + "\n" for l in lines))):
            with open(d + "/" + name, "w") as f:
                f.write(text)
        r = subprocess.run([pkw, "run", d + "/script.lua", d + "/text"], capture_output=True, text=True, timeout=300)
    out = r.stdout.split("\n")[:-1]
    if len(out) != len(lines):
        sys.exit("pkw run printed %d lines for %d: %s" % (len(out), len(lines), r.stderr[:500]))
    return out, r.stderr


def damaged(frames, seed):
    """Of each frame one with some bytes changed, or cut off."""
    rnd = random.Random(seed)
    for f in frames:
        b = bytearray(f)
        for _ in range(rnd.randint(0, 3)):
            b[rnd.randrange(14, len(b))] = rnd.choice((0, 1, 0xff, rnd.randrange(256)))
        yield bytes(b[:rnd.randint(15, len(b))] if rnd.random() < 0.3 else b)


def read(pkw, frames, form):
    """A line for each Ethernet frame."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for b in frames:
            f.write(struct.pack("<IIII", 0, 0, len(b), len(b)) + b)
        f.flush()
        r = subprocess.run([pkw, "read", "-r", f.name, form], capture_output=True, text=True)
    lines = r.stdout.split("\n")[:-1]
    if len(lines) != len(frames):
        sys.exit("pkw read printed %d lines for %d frames: %s" % (len(lines), len(frames), r.stderr[:500]))
    return lines


def as_frame(e, data):
    if e.startswith("Ether("):
        return data
    mac = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
    if e.startswith("IP("):
        return mac + b"\x08\x00" + data
    return mac + b"\x86\xdd" + data if e.startswith("IPv6(") else b""


class Test:
    def __init__(self, pkw):
        self.pkw, self.n, self.good = pkw, 0, True

    def result(self, good, what):
        self.n += 1
        self.good = self.good and good
        print("%sok %d - %s" % ("" if good else "not ", self.n, what))

    def same(self, what, texts, want):
        got, said = through_lua(self.pkw, texts)
        wrong = [r for r in zip(texts, want, got) if r[1] != r[2]]
        self.result(not wrong, "%s: %d of %d the same" % (what, len(texts) - len(wrong), len(texts)))
        for w in wrong[:20]:
            print("# differs: " + "\n#   ".join(w))
        for line in said.split("\n")[:20] if said else []:
            print("#   " + line)


def main():
    a = arguments()
    test = Test(a.pkw)

    expressions = [e for _, e, _ in scapy_corpus.corpus(a.only, [])]
    built = [(e, w) for e, w in zip(expressions, craft(a.pkw, expressions, "--hex")[0]) if w]
    texts, _ = craft(a.pkw, [e for e, _ in built], "--lua")
    test.same("expressions", texts, [w for _, w in built])

    whole = [as_frame(e, bytes.fromhex(w)) for e, w in built]
    frames = list(damaged([f for f in whole if len(f) > 14], a.seed))
    test.same("damaged frames", read(a.pkw, frames, "--lua"), [f.hex() for f in frames])
    test.result(bool(a.part) or (len(built) >= 1000 and len(frames) >= 1000), "of %d and %d" % (len(built), len(frames)))
    print("1..%d" % test.n)
    sys.exit(0 if test.good else 1)


if __name__ == "__main__":
    main()
