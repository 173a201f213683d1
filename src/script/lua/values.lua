-- SPDX-License-Identifier: BSD-2-Clause
-- Values that are no numbers or texts: sets, random values, raw bytes.
--
-- Each carries the text that the expression parser takes, and whether it stands
-- for several values.  `lua' is how it was written, for printing.

local core = ...
local Value = { pkw_value = true }
Value.__index = Value
Value.__tostring = function(v) return v.lua end

local function value(lua, text, set)
	return setmetatable({ lua = lua, text = text, set = set }, Value)
end

-- A constructor whose arguments become those of the expression's function:
-- integers and texts.
local function maker(lua_name, name, set)
	return function(...)
		local lua, text = {}, {}
		for i = 1, select("#", ...) do
			local v = select(i, ...)
			if math.type(v) == "integer" then
				lua[i], text[i] = tostring(v), tostring(v)
			elseif type(v) == "string" then
				lua[i] = string.format("%q", v)
				text[i] = '"' .. core.escape(v) .. '"'
			else
				core.fail("argument %d of %s: a number or a text is "
					.. "expected, not a %s", i, lua_name,
					type(v))
			end
		end
		return value(lua_name .. "(" .. table.concat(lua, ", ") .. ")",
			name .. "(" .. table.concat(text, ", ") .. ")", set)
	end
end

local help = core.help
core.topic "Values"

help("none", "none", "No value: a computed field stays computed")
none = value("none", "None", false)

help("raw", "raw(bytes)", "A field of these very bytes, whatever its type")
function raw(bytes)
	core.want("raw", bytes, "string")
	return value(("raw%q"):format(bytes), 'RawVal(b"' .. core.escape(bytes) .. '")')
end

help("bytes", "bytes(string)", "Bytes, where text would be read as a value", [[
	Also a row of a protocol's table: bytes"body" takes what is left or what a
	length says, bytes(4)"cookie" four bytes.]])
function bytes(bytes)
	return value(("bytes%q"):format(bytes), 'b"' .. core.escape(bytes) .. '"')
end

help("range", "range(from, to [, step])", "Every number, both ends included")
function range(from, to, step)
	for i, v in pairs { from or "nil", to or "nil", step } do
		if math.type(v) ~= "integer" then
			core.fail("argument %d of range: a whole number is expected, "
				.. "not %s", i, tostring(v))
		end
	end
	local text = from .. ", " .. to .. (step and ", " .. step or "")
	return value("range(" .. text .. ")", "(" .. text .. ")", true)
end

help("net", "net(text)", "Every address of a network, as net(\"10.0.0.0/24\")")
net = maker("net", "Net", true)
help("counter", "counter(from [, step])", "A number that counts on with each packet")
counter = maker("counter", "Counter", true)

for _, row in ipairs {
	{ "byte", "", "8 bits" }, { "short", "", "16 bits" },
	{ "int", "", "32 bits" }, { "long", "", "64 bits" },
	{ "number", "from, to", "A number between the two" },
	{ "port", "", "A port that no service has by default: 1024 and up" },
	{ "ip", "[pattern]", "An IPv4 address: \"10.*.*.1\", \"10.0.0.0/8\"" },
	{ "ip6", "[network]", "An IPv6 address" },
	{ "mac", "[pattern]", "A MAC address: \"02:00:*\"" },
	{ "uuid", "", "A UUID" },
	{ "text", "[length]", "Letters and digits" },
	{ "bytes", "[length]", "Any bytes" },
	{ "choice", "...", "One of these" },
	{ "label", "", "One of the labels that the field has" },
} do
	local name = "random." .. row[1]
	help(name, name .. "(" .. row[2] .. ")", row[3])
end
random = {
	byte = maker("random.byte", "RandByte", true),
	short = maker("random.short", "RandShort", true),
	int = maker("random.int", "RandInt", true),
	long = maker("random.long", "RandLong", true),
	number = maker("random.number", "RandNum", true),
	ip = maker("random.ip", "RandIP", true),
	ip6 = maker("random.ip6", "RandIP6", true),
	mac = maker("random.mac", "RandMAC", true),
	uuid = maker("random.uuid", "RandUUID", true),
	text = maker("random.text", "RandString", true),
	bytes = maker("random.bytes", "RandBin", true),
	choice = maker("random.choice", "RandChoice", true),
	label = maker("random.label", "RandEnum", true),
}

function random.port()
	return value("random.port()", "RandNum(1024, 65535)", true)
end

core.topic "Time"
core.help("sleep", "sleep(seconds)", "Wait; false if Ctrl-C ended it")
