#!/usr/bin/env -S pkw run
-- A TCP client as an automaton: connects, sends a text, collects what comes
-- until the server closes.
--
--   pkw run tcp_client.lua IFACE OUR-ADDRESS SERVER PORT TEXT [LOG.dot]
--
-- OUR-ADDRESS is one that no host has: the kernel, which knows nothing of this
-- connection, would reset it if it were its own.  ARP for it is answered here.

local iface, me, server, port, text, log = ...
if not text then
	io.stderr:write("usage: tcp_client.lua IFACE OUR-ADDRESS SERVER PORT TEXT [LOG.dot]\n")
	os.exit(2)
end
port = math.tointeger(port)

local tcp = automaton "TCP_client"

local function ours(run, p)
	return p.TCP and p[IP].src == server and p[IP].dst == me
		and p[TCP].sport == port and p[TCP].dport == run.sport
end

local function segment(run, flags, data)
	local q = IP { src = me, dst = server } / TCP { sport = run.sport,
		dport = port, flags = flags, seq = run.seq, ack = run.ack or 0 }
	run:send(data and q / data or q)
	run.seq = run.seq + #(data or "") + (flags:find "[SF]" and 1 or 0)
		& 0xffffffff
end

-- How many bytes of a segment are data.
local function data(p)
	return p.Raw and p[Raw].load or ""
end

tcp:state("CLOSED", { initial = true })
tcp:condition("CLOSED", "connect", "SYN_SENT")
tcp:action("connect", function(run) segment(run, "S") end)

tcp:state "SYN_SENT"
tcp:receive("SYN_SENT", "SYN+ACK", "ESTABLISHED", function(run, p)
	return ours(run, p) and p[TCP].flags == "SA" and p[TCP].ack == run.seq
end)
tcp:action("SYN+ACK", function(run, p)
	run.ack = p[TCP].seq + 1 & 0xffffffff
	segment(run, "A")
	segment(run, "PA", text)
end)
tcp:receive("SYN_SENT", "RST", "REFUSED", function(run, p)
	return ours(run, p) and p[TCP].flags:find "R"
end)
tcp:timeout("SYN_SENT", 3, "SILENT")

tcp:state "ESTABLISHED"
tcp:receive("ESTABLISHED", "data", nil, function(run, p)
	return ours(run, p) and #data(p) > 0 and p[TCP].seq == run.ack
		and not p[TCP].flags:find "F"
end)
tcp:action("data", function(run, p)
	run.got = run.got .. data(p)
	run.ack = run.ack + #data(p) & 0xffffffff
	segment(run, "A")
end)
tcp:receive("ESTABLISHED", "FIN", "LAST_ACK", function(run, p)
	return ours(run, p) and p[TCP].flags:find "F" and p[TCP].seq == run.ack
end)
tcp:action("FIN", function(run, p)
	run.got = run.got .. data(p)
	run.ack = run.ack + #data(p) + 1 & 0xffffffff
	segment(run, "FA")
end)
tcp:timeout("ESTABLISHED", 5, "SILENT")

tcp:state "LAST_ACK"
tcp:receive("LAST_ACK", "last ACK", "DONE", function(run, p)
	return ours(run, p) and p[TCP].ack == run.seq
end)
tcp:timeout("LAST_ACK", 2, "DONE")

tcp:state("DONE", { final = true }, function(run) return run.got end)
tcp:state("REFUSED", { error = true }, function() return "refused" end)
tcp:state("SILENT", { error = true }, function() return "no answer" end)

-- Who has our address?
tcp:receive("*", "ARP", nil, function(_, p)
	return p.ARP and p[ARP].op == 1 and p[ARP].pdst == me
end)
tcp:action("ARP", function(run, p)
	run:send(Ether { dst = p[Ether].src, src = run.mac } / ARP { op = 2,
		hwsrc = run.mac, psrc = me, hwdst = p[ARP].hwsrc,
		pdst = p[ARP].psrc })
end)

local mac
for _, i in ipairs(interfaces()) do
	if i.name == iface then mac = i.mac end
end
local got, why = tcp { sport = math.random(20000, 60000), seq = 1000,
	got = "", mac = mac }:run { iface = iface, log = log, timeout = 10,
	filter = "arp or tcp port " .. port }
if not got then
	io.stderr:write("tcp_client: ", why, "\n")
	os.exit(1)
end
io.write(got)
