-- send, sr, sniff and what is built on them; the kernel answers.
local t = dofile "tests/script/tap.lua"
local T = ...
local far = "10.9.0.2"

local ans, unans, n = sr(IP { dst = far } / TCP { dport = { 22, range(1000, 1010) } },
	{ timeout = 2 })
t.is(#ans, 12, "every closed port answers")
t.is(#unans, 0, "none is left")
t.is(n.ended, "done", "how it ended")
for q, a, pair in ans:each() do
	t.ok(a[TCP].flags == "RA" and a[TCP].sport == q[TCP].dport and pair.rtt > 0,
		"port " .. q.dport)
end
t.has(ans:table(function(q, a) return a[IP].src, q.dport, a[TCP].flags end,
	{ dump = true }), "1010 RA", "a table of them")
local part = ans:filter(function(q) return q.dport > 1005 end)
t.is(#part, 5, "filter")
t.is(part:answers()[1][TCP].sport, 1006, "the answers alone")

local r, pair = sr1(IP { dst = far } / ICMP { id = 77 } / "abc")
t.ok(r.ICMP and r[ICMP].id == 77 and r[Raw].load:sub(1, 3) == "abc", "sr1")
t.ok(pair.rtt < 1 and r.time > 1e9, "... with times")
t.is(sr1(IP { dst = "10.9.0.77" } / ICMP(), { timeout = 0.2 }), nil,
	"nobody there: nil")
t.is(#sr1(IPv6 { dst = "2001:db8::2" } / ICMPv6EchoRequest { data = "xy" })
	[ICMPv6EchoReply].data, 2, "IPv6")

-- two prefixes of addresses by some ports: each combination once
ans, unans = sr(IP { dst = "10.9.0.2/31" } / TCP { dport = { 1, 2 } },
	{ timeout = 0.5 })
t.is(#ans + #unans, 4, "sets of sets")
t.is(#ans, 2, "... of which one host is there")

local seen = 0
ans = sr(IP { dst = far } / TCP { dport = range(1, 50) }, { timeout = 2,
	prn = function(_, a)
		seen = seen + 1
		return a[TCP].sport < 10
	end })
t.ok(seen >= 1 and #ans >= seen and #ans < 50, "a callback ends it by false")

-- sniffing
local function ping(count)
	return function()
		os.execute(("ping -q -c %d -i 0.01 %s >/dev/null &"):format(count, far))
	end
end
local shown = 0
local got, lost = sniff { iface = "near", filter = "icmp", count = 6, timeout = 10,
	started = ping(3), prn = function(p)
		shown = shown + 1
		t.ok(p[IP].src == far or p[IP].dst == far, "a packet in its callback")
	end }
t.is(#got, 6, "six packets were sniffed")
t.is(shown, 6, "... and the callback saw them")
t.is(lost, 0, "... none was lost")
got = sniff { iface = "near", timeout = 10, started = ping(2),
	lfilter = function(p) return p.ICMP end,
	stop = function(p) return p[ICMP].type == 0 end, store = true }
t.is(#got, 2, "stop ends it behind the packet for which it is true")
t.is(#sniff { iface = "near", filter = "port 9", timeout = 0.1 }, 0, "a timeout")

-- captures
local file = T .. "/sniffed.pcapng"
got = sniff { iface = "near", filter = "icmp", count = 4, timeout = 10,
	started = ping(2) }
t.is(wrpcap(file, got), 4, "wrpcap")
local back = rdpcap(file)
t.ok(#back == 4 and back[1] == got[1] and back[4] == got[4], "rdpcap")
t.ok(math.abs(back[1].time - got[1].time) < 1e-5, "... with its times")
local p = io.popen("tshark -nr " .. file .. " -T fields -e icmp.type 2>/dev/null")
t.is(p:read("a"), "8\n0\n8\n0\n", "tshark reads it")
p:close()
t.is(#rdpcap(file, { filter = "icmp[0] = 8" }), 2, "... filtered")
local sum = 0
for q in pcapreader(file) do sum = sum + q[ICMP].type end
t.is(sum, 16, "pcapreader")
t.is(#sniff { offline = file, filter = "icmp[0] = 0" }, 2, "sniff offline")
t.is(#sniff { offline = back, lfilter = function(q) return q[ICMP].type == 8 end },
	2, "... from a list")
local pairs_, rest = back:sr()
t.ok(#pairs_ == 2 and #rest == 0, "pairs inside a list")
t.is(#back[ICMP], 4, "those with a layer")

-- links
local l <close> = link { iface = "near", filter = "icmp" }
t.is(l:send(IP { dst = far } / ICMP { id = 3, seq = { 1, 2 } }), 2,
	"a link sends sets")
local types = {}
for _ = 1, 4 do
	local q = l:next(2)
	types[#types + 1] = q and q[ICMP].type
end
table.sort(types)
t.is(table.concat(types, " "), "0 0 8 8", "... and receives")
t.is(l:next(0.05), nil, "... nothing more")
t.ok(l:stats().received >= 4, "its numbers")

-- what the host knows
local found
for _, i in ipairs(interfaces()) do
	if i.name == "near" then found = i end
end
t.ok(found and found.mac and found.addresses[1] == "10.9.0.1/24", "interfaces")
t.is(route(far).src, "10.9.0.1", "route")
t.ok(mac(far) ~= found.mac, "mac")
t.is(#(arping("10.9.0.0/29", { timeout = 0.3, verbose = false })), 1, "arping")

-- in the background
do
	local s <close> = sniffer { iface = "near", filter = "icmp" }
	s:start()
	for i = 1, 5 do sr1(IP { dst = far } / ICMP { id = 9, seq = i }) end
	local l, missed = s:stop()
	t.is(#l, 10, "a background sniffer saw all")
	t.is(missed, 0, "... and lost none")
	t.is(l[9][ICMP].seq, 5, "... in order")
	t.ok(not pcall(s.stop, s), "... and is stopped once")
end

local trace, silent = traceroute(far, { maxttl = 3, verbose = false })
t.is(#silent, 0, "traceroute: all hops answer")
t.ok(trace:paths()[far][1].last, "... the first is the target")
t.has(trace:graph(), '"here" -> "10.9.0.2"', "... and its graph")

t.is(send(IP { dst = far } / UDP { dport = 9 }, { count = 3 }).packets, 3,
	"send repeats")
local random = send(IP { dst = far, id = random.short() } / ICMP(), { count = 50 })
t.is(random.packets, 50, "... and random ones go on")

-- a bridge between two links that changes what passes
os.execute [[ip netns add third; ip link add side type veth peer name third netns third
	ip link set side up; ip -n third addr add 10.9.0.3/24 dev third
	ip -n third link set third up]]
os.execute "(sleep 0.3; ip netns exec third ping -c 2 -i 0.1 -W 2 10.9.0.2) >/dev/null 2>&1 &"
local n = bridge { "near", "side", function(q)
	if q.ICMP and q[IP].src == "10.9.0.3" and q[ICMP].type == 8 then
		q.ttl = 17
		return q
	end
end, timeout = 3, filter = "arp or icmp" }
t.ok(n.near >= 2 and n.side >= 2, "a bridge forwards both ways")
t.done()
