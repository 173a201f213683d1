-- SPDX-License-Identifier: BSD-2-Clause
-- Sessions: what is saved comes back the same; a session is data, never code.
local t = dofile "tests/script/tap.lua"
local file = os.tmpname()

local function write(text)
	local f = assert(io.open(file, "wb"))
	f:write(text)
	f:close()
end

-- every kind
local l0 = rdpcap("tests/data/service.pcap")
local p0 = IP { dst = "192.0.2.1" } / TCP { dport = { 80, 443 },
	sport = range(1, 3), options = { { "MSS", 1460 } } } / "a\0\xff\"\\\n"
local numbers0 = { 1, 2.5, -3, math.mininteger, math.maxinteger, 1e300, 0.1,
	1 / 0, -1 / 0, 3.0 }
p, l, numbers = p0, l0, numbers0
pairs_of = l0:sr()
text = "any\0bytes \xff\u{20ac}\r\n\t'\"\\"
flag, no = true, false
named = { a = { b = { c = "deep" } }, ["a key"] = 1, [7] = "seven", p = p0 }
value = range(1, 9, 2)
Alias = TCP
stamped = IP() / UDP()
stamped.time = 1700000000.5
action = function() end
object = setmetatable({}, {})
with_action = { print }
loop = {}
loop.loop = loop

local n, left = session.save(file)
t.is(table.concat(left, " "), "loop object with_action", "these are left out")
t.is(n, 11, "how many were saved")
local given = { "p", "l", "numbers", "pairs_of", "text", "flag", "no", "named",
	"value", "Alias", "stamped" }
local pairs0, text0 = pairs_of, text
for _, name in ipairs(given) do rawset(_G, name, nil) end
local names = session.restore(file)
table.sort(given)
t.is(table.concat(names, " "), table.concat(given, " "), "what was restored")

t.is(p:expression(), p0:expression(), "a packet with sets: text")
t.is(p:count(), 6, "... how many it stands for")
local same = true
for i = 1, 6 do
	local a, b = p:each(), p0:each()
	for q in a do same = same and q:bytes() == b():bytes() end
end
t.ok(same, "... bytes of each")
t.is(#l, #l0, "a list")
same = true
for i, q in ipairs(l0) do
	same = same and l[i]:bytes() == q:bytes() and l[i].time == q.time
		and l[i].wirelen == q.wirelen
		and table.concat(l[i]:layers()) == table.concat(q:layers())
end
t.ok(same, "... bytes, times, lengths, layers")
t.ok(l.filter, "... it has the methods of a list")
t.is(#pairs_of, #pairs0, "answers")
t.is(pairs_of[1].rtt, pairs0[1].rtt, "... their times")
t.is(pairs_of[1][2]:bytes(), pairs0[1][2]:bytes(), "... their bytes")
same = #numbers == #numbers0
for i, v in ipairs(numbers0) do
	same = same and numbers[i] == v and math.type(numbers[i]) == math.type(v)
end
t.ok(same, "numbers")
t.is(text, text0, "any bytes")
t.ok(flag == true and no == false, "truth")
t.is(named.a.b.c, "deep", "tables in tables")
t.is(named["a key"], 1, "... keys that are no names")
t.is(named[7], "seven", "... numbers as keys")
t.is(named.p:bytes(), p0:bytes(), "... packets in them")
t.is(tostring(value), "range(1, 9, 2)", "a set of values")
t.is((IP() / TCP { dport = value }):count(), 5, "... is one")
t.ok(Alias == TCP, "a layer")
t.is(stamped.time, 1700000000.5, "a time")

-- All packets of the captures there are.
for _, name in ipairs { "link", "network", "transport" } do
	l = rdpcap("tests/data/" .. name .. ".pcap")
	local was = l
	session.save(file)
	l = nil
	session.restore(file)
	same = #l == #was
	for i, q in ipairs(was) do same = same and q:bytes() == l[i]:bytes() end
	t.ok(same, name .. ".pcap")
end

-- atomic: the old file stays if the new one cannot be written
t.fails(function() session.save("/nonexistent/folder/x") end,
	"/nonexistent/folder/x", "a folder that is not there")

-- A session is data.
local head = "-- Packetwright session 1\n"
called = false
function trap() called = true end
for _, bad in ipairs {
	"x = trap()", "x = os.execute('true')", "x = os.execute\"true\"",
	"x = (function() end)()", "x = load\"called=true\"", "x = _G",
	"x = print", "x = sniff{}", "x = IP():show()", "x = p", "x = {p}",
	"print = 1", "IP = 1\nx = IP()", "session = 1", "os = {}", "arg = {}",
	"x = ", "x = 1 +", "x = {1, 2", "x = \"abc", "x = \"\\q\"", "x = 1.2.3",
	"x = IP{nosuch=1}", "x = IP{dst=\"a b c\"}", "x = range(\"a\")",
	"x = captured(\"\", 1, 2, 3)", "x = captured(\"\", 1, 0, 0, \"abc\")",
	"x = captured(\"soon\", 1, 3, 0, \"abc\")", "x = {[nan]=1}", "1 = 2",
	"x y", "x = " .. ("{"):rep(100000), "x = " .. ("IP/"):rep(20) .. "5",
	"x = random", "x = random.nothing()", "return 1", "x = timed(1)",
} do
	write(head .. "before = 1\n" .. bad .. "\n")
	before = nil
	local message = t.fails(function() session.restore(file) end, file .. ":",
		"no session: " .. bad:sub(1, 40):gsub("\n", " "))
	t.ok(rawget(_G, "before") == nil, "... and nothing was changed")
end
t.ok(not called, "nothing was called")
write("x = 1\n")
t.fails(function() session.restore(file) end, "no session", "another file")
t.fails(function() session.restore("/nonexistent") end, "/nonexistent",
	"no file")
t.fails(function() session.save(5) end, "a file's name", "no name")

-- Any bytes.
local f = io.open("tests/data/service.pcap", "rb")
local some = f:read("a")
f:close()
p = p0
session.save(file)
f = io.open(file, "rb")
local good = f:read("a")
f:close()
math.randomseed(7)
for i = 1, 300 do
	local at = math.random(#good)
	local bad = good:sub(1, at - 1) .. some:sub(at, at) ..
		good:sub(at + math.random(0, 3))
	write(bad)
	pcall(session.restore, file)
end
t.ok(true, "broken sessions: read or refused")
os.remove(file)
t.done()
