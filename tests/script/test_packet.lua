-- SPDX-License-Identifier: BSD-2-Clause
-- Packets in Lua: constructors, sets, the bytes.
local t = dofile "tests/script/tap.lua"

local p = IP { src = "198.51.100.1", dst = "192.0.2.1" } / ICMP() / "x"
-- what Scapy 2.5.0 builds for the same
t.is(p:hex(), "4500001d0001000040018ea9c6336401c0000201"
	.. "08007fff0000000078", "Scapy's bytes")
t.is((IP { dst = "192.0.2.1" } / TCP { dport = { 80, 443 } }):count(), 2,
	"a set of two")
t.fails(function() return IP { tttl = 3 } end, { "tttl", "ttl" },
	"a misspelt field")
t.fails(function() return IPP() end, "IPP", "a misspelt layer")
t.done()
