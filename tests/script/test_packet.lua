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
t.done()
