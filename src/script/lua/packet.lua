-- SPDX-License-Identifier: BSD-2-Clause
-- What can be done with one packet: the methods behind the colon.
--
-- Those that show something print it; with {dump=true} they return the text.

local core = ...
local method = core.methods

local help = core.help

local function put(name, text, o)
	return core.put(text, core.options(name, o, { dump = "boolean" }))
end

core.kind("p", "a packet", method, core.is_packet)
core.topic "Packets"

help("p:show", "p:show()", "Print every field of every layer", [[
	Like all that print, it returns the text with p:show{dump=true}.]])
function method:show(o) return put("show", core.show(self), o) end

help("p:hexdump", "p:hexdump()", "Print the bytes, and their characters")
function method:hexdump(o) return put("hexdump", core.hexdump(self), o) end

help("p:diagram", "p:diagram([o])", "Draw its bits, 32 to the row, as RFCs do", [[
	svg=FILE, pdf=FILE  a picture with the bytes beside their fields
	dump=true        return the text]])
function method:diagram(o)
	o = core.options("diagram", o, { svg = "string", pdf = "string",
		dump = "boolean" })
	if o.svg then core.picture({ self }, o.svg, "svg") end
	if o.pdf then core.picture({ self }, o.pdf, "pdf") end
	if not o.svg and not o.pdf then return core.put(core.diagram(self), o) end
end

help("p:sprintf", "p:sprintf(format)", "Its fields in a text, as Scapy's sprintf()", [[
	p:sprintf("%IP.src% > %-15s,IP.dst% {TCP:port %TCP.dport%}")
	%r,TCP.flags% is the number, %IP:2.src% the second IP's, %.time% the time;
	{TCP:...} is there if TCP is, {!TCP:...} if it is not.]])
function method:sprintf(format)
	return core.sprintf(self, core.want("sprintf", format, "string"))
end

help("hexdiff", "hexdiff(a, b [, o])", "Print two packets' bytes, what differs marked", [[
	Packets or strings.
	dump=true        return the text]])
local function side(x)
	return core.is_packet(x) and x or core.want("hexdiff", x, "string")
end

function hexdiff(a, b, o)
	return put("hexdiff", core.hexdiff(side(a), side(b)), o)
end

help("p:summary", "p:summary()", "Print one line about it")
function method:summary(o) return put("summary", core.line(self), o) end

help("p:show2", "p:show2()", "Print it as a receiver would see it",
	"It is built, and dissected again.")
function method:show2(o)
	return put("show2", core.show(method.again(self)), o)
end

help("p:bytes", "p:bytes()", "Its bytes, as a string")
function method:bytes() return core.bytes(self) end

help("p:hex", "p:hex()", "Its bytes, as hexadecimal digits")
function method:hex() return core.hex(self) end

help("p:json", "p:json()", "All of it, as a JSON object")
function method:json() return core.json(self) end

help("p:command", "p:command()", "What makes it, in Lua",
	"Sets of values are in it.")
function method:command() return core.command(self) end

help("p:expression", "p:expression()", "It as pkw's expression language",
	"What `pkw craft' takes, and packet() here.")
function method:expression() return core.expression(self) end

help("p:copy", "p:copy()", "The same once more, to be changed")
function method:copy() return core.copy(self) end

help("p:layers", "p:layers()", "The names of its layers, from below", [[
	ipairs(p) walks through the layers themselves, pairs(p[TCP]) through the
	fields of one.]])
function method:layers() return core.layers(self) end

help("p:notes", "p:notes()", "What is malformed in it", [[
	A list of tables: layer (its number), offset, field, text.]])
function method:notes() return core.notes(self) end

help("p:answers", "p:answers(question)", "Does it answer that packet?",
	"true; or false, and why not.")
function method:answers(q) return core.answers(self, q) end

help("p:count", "p:count()", "How many packets it stands for")
function method:count() return core.count(self) end

help("p:again", "p:again()", "The packet that a receiver of its bytes sees")
function method:again()
	local names = core.layers(self)
	return core.layer(names[1] or "Raw"):dissect(core.bytes(self))
end

help("p:each", "p:each([seed])", "Walk through the packets it stands for", [[
	for q in p:each() do ... end
	Random values are those of the seed, the same each time.]])
function method:each(seed)
	local i, n = 0, core.count(self)
	return function()
		i = i + 1
		if i <= n then
			return core.nth(self, i, seed)
		end
	end
end

help("packet", "packet(text)", "A packet from an expression",
	'packet"IP(dst=10.0.0.1)/ICMP()", as it is written for `pkw craft\'.')
packet = core.parse
