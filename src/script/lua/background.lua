-- SPDX-License-Identifier: BSD-2-Clause
-- Sniffing while the script, or the shell, goes on.

local core = ...
local help = core.help
core.topic "Sending and receiving"

local Sniffer = {}
Sniffer.__index = Sniffer
core.kind("sniffer", "a background sniffer", Sniffer, function(v)
	return getmetatable(v) == Sniffer
end)

help("sniffer", "sniffer{...}", "A sniffer that works in the background", [[
	s = sniffer{filter="arp"}; s:start(); ...; l = s:stop()
	iface=NAME, filter=TEXT, promisc=false  as of sniff()
	count=N, timeout=SECONDS  when it ends by itself
	prn=FUNCTION     called with each packet, when s:packets() or s:stop() asks
	lfilter=FUNCTION only those for which it is true]])
function sniffer(o)
	o = core.options("sniffer", o, { iface = "string", filter = "string",
		promisc = "boolean", count = "number", timeout = "number",
		prn = "function", lfilter = "function", snaplen = "number",
		buffer = "number" })
	return setmetatable({ o = o, list = core.list() }, Sniffer)
end

Sniffer.__close = function(s)
	if s.running then s:stop() end
end

help("sniffer:start", "sniffer:start()", "Begin; from now on nothing is missed")
function Sniffer:start()
	if self.running then
		core.fail "sniffer: it is running already"
	end
	local o = core.copy_options(self.o)
	if o.promisc == nil then o.promisc = o.iface ~= nil end
	self.running = core.background(o)
	return self
end

local function collect(s)
	for p in core.background_next, s.running do
		if not s.o.lfilter or s.o.lfilter(p) then
			s.list[#s.list + 1] = p
			if s.o.prn then
				local r = s.o.prn(p)
				if r ~= nil then print(r) end
			end
		end
	end
	return s.list
end

help("sniffer:packets", "sniffer:packets()", "The packets so far", [[
	What came within the last second may still be on its way.]])
function Sniffer:packets()
	return self.running and collect(self) or self.list
end

help("sniffer:stop", "sniffer:stop()", "End; the packets, and how many were lost")
function Sniffer:stop()
	if not self.running then
		core.fail "sniffer: it is not running; sniffer:start() begins"
	end
	local _, lost = core.background_stop(self.running)
	collect(self)
	self.running = nil
	return self.list, lost
end
