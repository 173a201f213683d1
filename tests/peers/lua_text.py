#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Lua text of packets, read by Lua itself: a test, in TAP.

    lua_text.py [PKW] [--only REGEX] [--seed N]

What pkw prints with --lua is run by lua5.4, in an environment that knows nothing of protocols (any name is a constructor) and
turns the values back into Scapy's language by the shell's rules, STUB; the bytes of that must be the packet's.  The order of
fields is whatever Lua's pairs() gives.  Two sorts of packets: those of the expressions of scapy_corpus.py, and frames with them
in which bytes are changed or missing, for what only raw bytes can say.
"""
import random
import struct
import subprocess
import sys
import tempfile

import scapy_corpus
from scapy_compare import arguments, craft

# Text becomes b"..." when not all of it is printable; a table is a list, a table in a table a tuple; numbers beyond 63 bits
# have wrapped around, and no signed field has more than 32 bits.
STUB = r"""
local packet, tagged = {}, {}

local function quote(s)
	return '"' .. s:gsub('[%c"\\\x7f-\xff]', function(c) return ("\\x%02x"):format(c:byte()) end) .. '"'
end

local function text(v, inside)
	local kind = math.type(v) or type(v)
	if kind == "integer" then
		return (v < -0x80000000 and "0x%x" or "%d"):format(v)
	elseif kind == "float" then
		return ("%.15g"):format(v)
	elseif kind == "string" then
		return (v:find("[^ -~]") and "b" or "") .. quote(v)
	elseif getmetatable(v) then
		return v.text
	end
	local t, n = {}, 0
	for _ in pairs(v) do n = n + 1 end
	assert(n == #v, "a table of values has no names")
	for i, e in ipairs(v) do t[i] = text(e, true) end
	local inner = table.concat(t, ", ")
	return inside and "(" .. inner .. ",)" or "[" .. inner .. "]"
end

packet.__div = function(a, b)
	assert(getmetatable(a) == packet, "a packet begins with a layer")
	return setmetatable({ text = a.text .. "/" .. (type(b) == "string" and "b" .. quote(b) or b.text) }, packet)
end

local function layer(name)
	return function(fields)
		local t = {}
		for k, v in pairs(fields or {}) do
			assert(type(k) == "string", "fields have names")
			t[#t + 1] = k .. "=" .. text(v)
		end
		return setmetatable({ text = name .. "(" .. table.concat(t, ", ") .. ")" }, packet)
	end
end

local function tag(before, after)
	return function(s) return setmetatable({ text = before .. quote(s) .. after }, tagged) end
end

local env = setmetatable({
	layer = layer, none = setmetatable({ text = "None" }, tagged), bytes = tag("b", ""), raw = tag("RawVal(b", ")"),
}, { __index = function(_, name) return layer(name) end })

for line in io.lines(arg[1]) do
	local f, said = load("return " .. line, line:sub(1, 60), "t", env)
	local ok, p = pcall(f or error, said)
	ok = ok and getmetatable(p) == packet
	if not ok then io.stderr:write(line, "\n", tostring(p), "\n") end
	print(ok and p.text or "")
end
"""


def through_lua(lines):
    """What Lua makes of the lines, in Scapy's language; empty where it fails."""
    with tempfile.TemporaryDirectory() as d:
        with open(d + "/stub.lua", "w") as f:
            f.write(STUB)
        with open(d + "/text", "w") as f:
            f.write("".join(l + "\n" for l in lines))
        r = subprocess.run(["lua5.4", d + "/stub.lua", d + "/text"], capture_output=True, text=True, timeout=300)
    out = r.stdout.split("\n")[:-1]
    if len(out) != len(lines):
        sys.exit("lua5.4 printed %d lines for %d: %s" % (len(out), len(lines), r.stderr[:500]))
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
        back, said = through_lua(texts)
        got, errors = craft(self.pkw, back, "--hex")
        failed = [t for t, b in zip(texts, back) if not b]
        self.result(not failed, "%s: Lua reads %d of %d" % (what, len(texts) - len(failed), len(texts)))
        for line in said.split("\n")[:20] if said else []:
            print("#   " + line)
        wrong = [(t, b, w, g or errors.get(i, "?")) for i, (t, b, w, g) in enumerate(zip(texts, back, want, got), 1)
                 if b and w != g]
        self.result(not wrong, "%s: %d differ" % (what, len(wrong)))
        for w in wrong[:20]:
            print("# differs: " + "\n#   ".join(w))


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
