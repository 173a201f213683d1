#!/usr/bin/env -S pkw run
-- A TFTP client (RFC 1350) as an automaton: reads one file.
--
--   pkw run tftp_read.lua IFACE OUR-ADDRESS SERVER FILE [LOG.dot]
--
-- OUR-ADDRESS is one that no host has, or else its kernel tells the server that
-- nobody listens.  ARP for it is answered here.

local iface, me, server, file, log = ...
if not file then
	io.stderr:write("usage: tftp_read.lua IFACE OUR-ADDRESS SERVER FILE [LOG.dot]\n")
	os.exit(2)
end

local tftp = automaton "TFTP_read"

local function udp(run)
	return IP { src = me, dst = server } / UDP { sport = run.port,
		dport = run.peer }
end

-- The bytes behind the UDP header of what the server sends us: it answers from
-- a port of its own choice, so no layer is told by the number.
local function message(run, p)
	if p.UDP and p[IP].src == server and p[UDP].dport == run.port then
		return TFTP:dissect(p[UDP]:bytes():sub(9))
	end
end

tftp:state("ASK", { initial = true }, function(run)
	run:send(udp(run) / TFTP() / TFTP_RRQ { filename = file })
end)
tftp:condition("ASK", "read request", "WAIT")

tftp:state "WAIT"
tftp:receive("WAIT", "data", "TAKE", function(run, p)
	local m = message(run, p)
	if m and m.TFTP_DATA and m[TFTP_DATA].block == run.block & 0xffff then
		return true, m, p[UDP].sport
	end
end)
tftp:receive("WAIT", "error", "FAILED", function(run, p)
	local m = message(run, p)
	if m and m.TFTP_ERROR then
		return true, m[TFTP_ERROR].errormsg
	end
end)
tftp:timeout("WAIT", 1, "AGAIN")

tftp:state("TAKE", function(run, m, peer)
	local part = m.Raw and m[Raw].load or ""
	run.text, run.last, run.peer = run.text .. part, #part < 512, peer
	run:send(udp(run) / TFTP { op = 4 } / TFTP_ACK { block = run.block & 0xffff })
	run.block = run.block + 1
end)
tftp:condition("TAKE", "last block", "DONE", function(run) return run.last end)
tftp:condition("TAKE", "more", "WAIT")

tftp:state("AGAIN", function(run) run.tries = run.tries + 1 end)
tftp:condition("AGAIN", "too often", "FAILED", function(run)
	return run.tries > 3, "no answer"
end)
tftp:condition("AGAIN", "begin again", "ASK", function(run)
	return run.block == 1
end)
tftp:condition("AGAIN", "wait on", "WAIT")

tftp:state("DONE", { final = true }, function(run) return run.text end)
tftp:state("FAILED", { error = true }, function(_, why) return why end)

tftp:receive("*", "ARP", nil, function(_, p)
	return p.ARP and p[ARP].op == 1 and p[ARP].pdst == me
end)
tftp:action("ARP", function(run, p)
	run:send(Ether { dst = p[Ether].src, src = run.mac } / ARP { op = 2,
		hwsrc = run.mac, psrc = me, hwdst = p[ARP].hwsrc,
		pdst = p[ARP].psrc })
end)

local mac
for _, i in ipairs(interfaces()) do
	if i.name == iface then mac = i.mac end
end
local text, why = tftp { port = math.random(20000, 60000), peer = 69, text = "",
	block = 1, tries = 0, mac = mac }:run { iface = iface, log = log,
	timeout = 20, filter = "arp or udp" }
if not text then
	io.stderr:write("tftp_read: ", why, "\n")
	os.exit(1)
end
io.write(text)
