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

-- a name means the same however often it was asked for before
local arp = Ether() / ARP { psrc = "192.0.2.1" }
local mx = DNSRRMX { preference = 3, exchange = "a.example" }
local plain = IP() / UDP() / DNS()
for i = 1, 3 do
	t.is(arp.ttl, nil, "ARP has no ttl, time " .. i)
	t.is(arp.psrc, "192.0.2.1", "a field, time " .. i)
	t.is(arp.UDP, nil, "a layer that is not there, time " .. i)
	t.is(#arp.ARP, 28, "a layer, time " .. i)
	t.is(plain.exchange, nil, "no such record, time " .. i)
	t.is(mx.exchange, "a.example.", "a record's field, time " .. i)
	t.fails(function() return arp.ttll end, { "ttll" },
		"a misspelt one, time " .. i)
	t.is(type(arp.show), "function", "a method, time " .. i)
	t.is(arp[ARP].src, nil, "a view sees no layer below, time " .. i)
end
local udp = IP() / UDP { sport = 9, dport = 9997 } / "abc"
t.fails(function() return udp.Late end, "Late", "no such layer yet")
protocol("Late", { u8"ttl", u8"size" }, { bind = { UDP, dport = 9997 } })
local late = Ether:dissect((Ether() / udp):bytes())
t.is(late.Late.size, 98, "a layer that came later")
t.is(late.size, 98, "its field")
t.is(late[Late].ttl, 97, "a name that others had before")

-- what was kept of a capture stays when its reader is gone
local temporary = os.tmpname()
local file = temporary .. ".pcap"
wrpcap(file, Ether() / IP { dst = { "192.0.2.1", "192.0.2.2" } } / UDP { dport = 7 })
local kept, views = {}, {}
sniff { offline = file, store = false, prn = function(p)
	kept[#kept + 1] = p
	views[#views + 1] = p[UDP]
end }
os.remove(file)
os.remove(temporary)
collectgarbage()
t.is(kept[1].dst .. " " .. kept[1][IP].dst, "ff:ff:ff:ff:ff:ff 192.0.2.1",
	"the first packet is still there")
t.is(kept[2][IP].dst, "192.0.2.2", "the second is another")
t.is(views[1].dport, 7, "a view keeps its packet")

-- ---- layers put in, taken out ----
local q = IP { ttl = 3 } / TCP { dport = 80 } / "x"
q.TCP = UDP { dport = 54 } / "y"
t.is(q:command(), 'IP{ttl=3}/UDP{dport=54}/"y"', "a layer by its name")
q[UDP] = ICMP
t.is(q:command(), "IP{ttl=3}/ICMP()", "... a layer without arguments")
q[2] = nil
t.is(q:command(), "IP{ttl=3}", "... by its number, taken out")
t.fails(function() q.UDP = nil end, "there is no layer UDP", "... one it has not")
t.fails(function() q[7] = nil end, "there is no layer 7", "... nor so many")

-- ---- sets below and inside of a view ----
local s = IP { dst = "192.0.2.0/30" } / TCP { dport = { 80, 443 } }
t.is(s:count(), 8, "four times two")
t.is(s[TCP]:count(), 2, "... its TCP alone")
t.is(s[TCP]:command(), "TCP{dport={80, 443}}", "... as it is written")
t.is((s[TCP] / "y"):count(), 2, "... and with something on top")
t.has(tostring(s[TCP]), "http", "... and as a line")
s[TCP] = UDP { dport = { 1, 2, 3 } }
t.is(s:count(), 12, "a layer with a set in the place of one")
s.UDP = nil
t.is(s:count(), 4, "... and without it")

-- ---- walks ----
local walked, names = {}, {}
for i, l in ipairs(Ether() / IP() / TCP()) do walked[i] = #l end
t.is(table.concat(walked, " "), "54 40 20", "through the layers")
for name, value in pairs((IP() / UDP { dport = 9 })[UDP]) do
	names[#names + 1] = name .. "=" .. value
end
t.is(table.concat(names, " "), "sport=53 dport=9 len=8 chksum=414",
	"through a layer's fields")

-- ---- lists taken from another packet ----
local query = DNS { id = 7, qd = DNSQR { qname = "a\",b.example" } }
local seen = IP:dissect((IP() / UDP() / query):bytes())
t.is(DNS { id = 7, qd = seen[DNS].qd }:hex(), query:hex(), "a whole list")
t.is(DNS { id = 7, qd = seen[DNS].qd[1] }:hex(), query:hex(), "one of it")
local syn = TCP { options = { { "MSS", 1460 }, { "Timestamp", { 1, 2 } } } }
local ack = TCP()
ack.options = syn.options
t.is(ack:hex(), syn:hex(), "options")
ack.options[1] = syn.options[2]
t.is(ack:command(), "TCP{options={{\"Timestamp\", {1, 2}}, "
	.. "{\"Timestamp\", {1, 2}}}}", "... one of them")
ack.options = { syn.options[2] }
t.is(ack:command(), 'TCP{options={{"Timestamp", {1, 2}}}}', "... in a table")

-- ---- elements in the place of others ----
local opts = TCP { options = { { "MSS", 1460 }, { "SAckOK", "" }, { "NOP", none } } }
opts.options[1] = { "NOP", none }
opts.options[3] = { "WScale", 7 }
t.is(opts:command(), 'TCP{options={{"NOP", none}, {"SAckOK", bytes""}, '
	.. '{"WScale", 7}}}', "options")
opts.options[2] = nil
opts.options[2] = { "MSS", 9 }
t.is(opts:command(), 'TCP{options={{"NOP", none}, {"MSS", 9}}}', "... fewer")
t.fails(function() opts.options[1] = { "NOPE", 1 } end,
	{ "TCP.options", "NOPE" }, "... a misspelt one")
local two = DNS { qd = { DNSQR { qname = "a" }, DNSQR { qname = "b" } } }
two.qd[1] = DNSQR { qname = "c" }
t.is(two:command(), 'DNS{qd={DNSQR{qname="c."}, DNSQR{qname="b."}}}', "records")

-- ---- deletion: back to what it was ----
local kept = { IP = { "src", "dst", "ttl", "id", "len" },
	Ether = { "dst", "src", "type" }, IPv6 = { "src", "dst" },
	ICMPv6ND_NS = { "tgt" }, DHCP6OptGeoConf = { "country_code" },
	NTPHeader = { "id", "ref_id" }, BOOTP = { "chaddr", "sname" },
	ARP = { "hwsrc", "pdst" } }
local given = { country_code = "US", sname = "name",
	chaddr = "0123456789abcdef" }
for name, fields in pairs(kept) do
	local fresh = layer(name)()
	for _, field in ipairs(fields) do
		local changed, old = fresh:copy(), fresh[field]
		if old ~= nil then
			changed[field] = given[field]
				or type(old) == "number" and 7
				or tostring(old):find "::"
				and "2001:db8::1" or tostring(old):find "%x%x:%x%x"
				and "02:00:00:00:00:01" or "192.0.2.9"
			t.ok(changed:hex() ~= fresh:hex(), name .. "." .. field)
			changed[field] = nil
			t.is(changed:hex(), fresh:hex(), "... deleted")
			t.is(changed:command(), fresh:command(), "... no trace of it")
		end
	end
end

-- ---- the time ----
q.time = 1.5
t.is(q.time, 1.5, "a time")
q.time = nil
t.is(q.time, nil, "... is cleared")
t.fails(function() q.time = "noon" end, { "time", "seconds", "noon" },
	"a time in words")
t.fails(function() q.time = 0 / 0 end, "seconds", "no time at all")

-- ---- more packets looked at than are kept dissected ----
local captured = os.tmpname()
local ask = IP { src = "192.0.2.1", dst = "192.0.2.2" } / ICMP { id = 9 }
local reply = IP { src = "192.0.2.2", dst = "192.0.2.1" }
	/ ICMP { type = "echo-reply", id = 9 }
wrpcap(captured .. ".pcap", { ask, reply, ask, ask, ask, ask, ask, ask })
local no = 0
for others = 1, 6 do
	local l = rdpcap(captured .. ".pcap")
	for i = 2, 2 + others do
		if l[i].ttl ~= 64 then no = no + 1 end
	end
	if not l[2]:answers(l[1]) then no = no + 1 end
end
t.is(no, 0, "an answer looked at before some others is still one")
os.remove(captured)
os.remove(captured .. ".pcap")
t.done()
