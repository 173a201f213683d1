-- SPDX-License-Identifier: BSD-2-Clause
-- What is said of mistakes: the thing, what is wrong with it, what would be
-- right; and nothing crashes.
local t = dofile "tests/script/tap.lua"

local p = IP { dst = "192.0.2.1" } / TCP()

-- ---- methods without their packet ----
for _, name in ipairs { "show", "json", "summary", "copy", "count", "bytes",
	"hex", "layers", "notes", "command", "expression", "diagram", "hexdump",
	"answers", "show2", "again" } do
	t.fails(function() return p[name]() end, "a packet is expected, not a nil",
		"p." .. name .. "() with a point")
end
t.fails(function() return getmetatable(p).__index(nil, "time") end,
	"a packet is expected", "a metamethod called with something else")

-- ---- values ----
t.fails(function() return IP { dst = { "192.0.2.1", nil, "192.0.2.3" } } end,
	{ "IP.dst", "value 2 is nil" }, "a nil in a set")
t.fails(function() p.ttl = print end, { "IP.ttl", "a function" }, "a function")
t.fails(function() p.ttl = {} end, { "IP.ttl", "empty" }, "an empty set")
t.fails(function() p[TCP].options = { { "FOO", 1 } } end,
	{ "TCP.options", "no option `FOO'" }, "an option that is not there")
t.fails(function() p[TCP].options = { { 34, "" } } end, "TFO.word",
	"a value of an option that is none")
t.fails(function() return raw(3) end, { "raw", "string", "number" },
	"raw() of a number")
t.fails(function() return range(1) end, { "argument 2 of range", "nil" },
	"a range without an end")
t.fails(function() return Ipp() end, "no layer", "a misspelt layer")

-- ---- functions: the message is about the caller's line and argument ----
local l = packets { p, p }
local here = "tests/script/test_mistakes.lua:"
for _, case in ipairs {
	{ function() l:filter() end, "filter: a function" },
	{ function() l:map(3) end, "map: a function" },
	{ function() l:table() end, "table: a function" },
	{ function() l:plot() end, "plot: a function" },
	{ function() l:sessions(3) end, "sessions: a function" },
	{ function() l:sessions(function() end) end, "sessions" },
	{ function() l:summary { pnr = print } end, "did you mean `prn'" },
	{ function() l:nsummary { prn = 3 } end, "prn is a function" },
	{ function() l:hexdump(3) end, "hexdump: options are a table" },
	{ function() p:show { dmp = true } end, "did you mean `dump'" },
	{ function() p:summary(3) end, "summary: options are a table" },
	{ function() p:sprintf() end, "sprintf: a string" },
	{ function() hexdiff(p) end, "hexdiff: a string" },
	{ function() packets { p, nil, p } end, "packet 2 is nil" },
	{ function() packets { 1 } end, "element 1 is a number" },
	{ function() rdpcap() end, "rdpcap: a string" },
	{ function() pcapreader() end, "pcapreader: a string" },
	{ function() pcapwriter() end, "pcapwriter: a string" },
	{ function() wrpcap(nil, p) end, "wrpcap: a string" },
	{ function() sniff { offline = l, session = 3 } end, "session" },
	{ function() bridge {} end, "bridge: a string" },
	{ function() arping() end, "arping: a network" },
	{ function() traceroute() end, "traceroute: targets" },
	{ function() automaton() end, "automaton: a string" },
	{ function() automaton "A":state() end, "state: a string" },
} do
	t.fails(case[1], { here, case[2] }, "a mistake")
end
t.is(select(2, pcall(function() return IP { dst = { nil, 1 } } end))
	:match "^[^ ]+ ", here .. debug.getinfo(1, "l").currentline - 1 .. ": ",
	"the line that is wrong")

-- ---- what is no mistake ----
local n = 0
sniff { offline = { p, p, p }, store = false, count = 2,
	prn = function() n = n + 1 end }
t.is(n, 2, "count= holds without storing")
t.is(l:table(function() return "x", ("y"):rep(120), "\u{e4}" end,
	{ dump = true }), (" "):rep(121) .. "x\n" .. ("y"):rep(120)
	.. " \u{e4}\n", "a table of wide cells")
t.is(l:table(function() end, { dump = true }):gsub("%s", ""), "",
	"a table of nothing")
t.done()
