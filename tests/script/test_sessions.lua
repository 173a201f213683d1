-- Sessions, streams, graphs of lists; tshark says what is right.
local t = dofile "tests/script/tap.lua"
local file = "tests/data/transport.pcap"

local function run(command)
	local p = io.popen(command)
	local out = p:read "a"
	p:close()
	return out
end

-- tshark's bytes of a stream, both directions: {client, server}
local function followed(n)
	local text = run(("tshark -nr %s -q -z follow,tcp,raw,%d 2>/dev/null")
		:format(file, n))
	local sent = { "", "" }
	for line in text:gmatch "[^\n]+" do
		local tab, hex = line:match "^(\t?)(%x+)$"
		if hex then
			local who = tab == "\t" and 2 or 1
			sent[who] = sent[who] .. hex:gsub("%x%x", function(h)
				return string.char(tonumber(h, 16))
			end)
		end
	end
	return sent[1], sent[2]
end

local streams = tcp_streams(rdpcap(file))
t.is(tostring(#streams), run("tshark -nr " .. file
	.. " -T fields -e tcp.stream 2>/dev/null | grep . | sort -un | tail -1")
	:gsub("%d+", function(n) return ("%d"):format(n + 1) end)
	:gsub("%s", ""), "as many streams as tshark finds")
for i = 1, 4 do
	local client, server = followed(i - 1)
	t.is(streams[i].sent.client, client, "stream " .. i .. ": the client's bytes")
	t.is(streams[i].sent.server, server, "... and the server's")
end
t.is(streams[1].reason, "fin", "how it ended")
t.is(streams[1].client.bytes, #streams[1].sent.client, "its numbers")

-- the session hands over data once and in order, whatever came twice
local l = rdpcap(file)
local first = {}
for _, p in ipairs(l) do
	if p.TCP and (p.sport == 50548 or p.dport == 50548) then
		first[#first + 1] = p
	end
end
local mixed = {}
for i, p in ipairs(first) do
	mixed[#mixed + 1] = p
	if p.Raw and i > 1 then mixed[#mixed + 1] = p end -- once more
end
local got = ""
sniff { offline = mixed, store = false, session = tcp_session(),
	prn = function(p)
		if p[TCP].dport == 50548 then got = got .. p[Raw].load end
	end }
t.is(got, select(2, followed(0)), "tcp_session: each byte once")

-- loss is noticed
local events = {}
local without, dropped = {}, nil
for _, p in ipairs(first) do
	if p.Raw and p[TCP].dport ~= 50548 and not dropped then
		dropped = #p[Raw].load
	else
		without[#without + 1] = p
	end
end
tcp_streams(without, { on_event = function(e)
	if e.what == "gap" then events[#events + 1] = e end
end })
t.ok(#events >= 1 and events[1].way == "client" and events[1].len == dropped,
	"a lost segment is a gap")

-- fragments
local p = IP { dst = "10.0.0.1", id = 7 } / UDP { dport = 9 }
	/ ("abcdefgh"):rep(400)
local parts = fragment(p, { mtu = 1500 })
t.is(#parts, 3, "three fragments")
t.is(defragment { parts[3], parts[1], parts[2] }[1]:bytes(), p:bytes(),
	"put together in any order")
local evil = parts[2]:copy()
evil.frag = 100
evil[Raw].load = ("X"):rep(#parts[2][Raw].load)
for policy, wanted in pairs { first = "a", last = "X" } do
	local whole, noticed = defragment({ parts[1], evil, parts[2], parts[3] },
		{ policy = policy, on_event = function() end })
	t.is(noticed[1].what, "overlap", policy .. ": an overlap is told of")
	t.is(whole[1]:bytes():sub(20 + 800 + 1, 20 + 800 + 1), wanted,
		"... and who wins")
end

-- graphs
local dot = rdpcap(file):conversations()
t.has(dot, '"10.9.0.1" -> "10.9.0.2"', "conversations")
t.is(run("echo '" .. dot:gsub("'", "") .. "' | dot -Tplain | grep -c ^edge")
	:gsub("%s", "") ~= "0", true, "... which Graphviz reads")
t.has(rdpcap(file):plot(function(q) return #q end, { dump = true }), "+----",
	"plot")
t.done()
