-- SPDX-License-Identifier: BSD-2-Clause
-- What can be done with one packet: the methods behind the colon.
--
-- Those that show something print it; with {dump=true} they return the text.

local core = ...
local method = core.methods

local write = io.write -- a sandbox has no io
local function put(text, o)
	if o and o.dump then
		return text
	end
	write(text, text:sub(-1) == "\n" and "" or "\n")
end
core.put = put

function method:show(o) return put(core.show(self), o) end
function method:hexdump(o) return put(core.hexdump(self), o) end
function method:summary(o) return put(core.line(self), o) end

-- As it would look when it is received: built, and dissected again.
function method:show2(o)
	return put(core.show(self:again()), o)
end

function method:bytes() return core.bytes(self) end
function method:hex() return core.hex(self) end
function method:json() return core.json(self) end
function method:expression() return core.expression(self) end
function method:copy() return core.copy(self) end
function method:layers() return core.layers(self) end
function method:notes() return core.notes(self) end
function method:answers(q) return core.answers(self, q) end
function method:count() return core.count(self) end

-- The packet of the same bytes, as a receiver would see it.
function method:again()
	local names = core.layers(self)
	return core.layer(names[1] or "Raw"):dissect(core.bytes(self))
end

-- All packets that it stands for, one after another.
function method:each(seed)
	local i, n = 0, core.count(self)
	return function()
		i = i + 1
		if i <= n then
			return core.nth(self, i, seed)
		end
	end
end

-- A packet from an expression: packet"IP(dst=10.0.0.1)/ICMP()"
packet = core.parse
