-- SPDX-License-Identifier: BSD-2-Clause
-- Protocols of one's own:
--
--   protocol("Beacon", { u8"kind", u16"len"{length_of="body"}, bytes"body" },
--       { bind={UDP, dport=9999} })
--
-- A row is a table that says what it is and, so that faults can be told with
-- their place, where it was written; calling it adds columns.  What they mean
-- is known to the tables of columns in C.

local core = ...
local info = debug.getinfo -- not to be had in a sandbox later

-- "script.lua:3: ", the line outside of our own modules that is running.
local function where()
	for level = 2, 20 do
		local i = info(level, "Sl")
		if not i then
			break
		elseif i.currentline > 0 and i.source:sub(1, 2) ~= "=[" then
			return i.short_src .. ":" .. i.currentline .. ": "
		end
	end
	return ""
end

local fail, help = core.fail, core.help

local Row = {}

function Row.__call(row, ...)
	for i = 1, select("#", ...) do
		local more = select(i, ...)
		if type(more) ~= "table" or more.is then
			more = { more }
		end
		local n = #row.columns
		for k, v in pairs(more) do
			row.columns[math.type(k) == "integer" and k + n or k] = v
		end
	end
	return row
end

function Row.__tostring(row)
	return ("row %s"):format(tostring(row.name))
end

local function row(name, made)
	return setmetatable({ is = "row", name = name, made = made,
		columns = {}, where = where() }, Row)
end

-- A constructor of rows: u8"kind".
local function constructor(word, made)
	return function(name)
		if type(name) ~= "string" then
			fail('%s wants the name of a field, as in %s"x"', word, word)
		end
		local r = row(name, made)
		return r
	end
end

-- The same with something to say first: bits(4)"version".
local function sized(word, name, least, most, made)
	return function(n, ...)
		if math.type(n) ~= "integer" or n < least or n > most then
			fail('%s takes a number from %d to %d and then a name, as '
				.. 'in %s(%d)"x"', word, least, most, word, least)
		end
		return constructor(word, made(n, ...))
	end
end

core.topic "Protocols"

for _, n in ipairs { 8, 16, 24, 32, 64 } do
	for _, order in ipairs { "", "le" } do
		local little = order == "le" or nil
		if n > 8 or not little then
			for letter, type in pairs { u = "uint", s = "int" } do
				local word = letter .. n .. order
				_G[word] = constructor(word,
					{ type = type, bits = n, little = little })
				help(word, word .. '"name"', ("A row: %d bits, %ssigned%s")
					:format(n, letter == "u" and "un" or "",
					little and ", little endian" or ""))
			end
		end
	end
end

help("bits", 'bits(n)"name"', "A row: n bits, unsigned", [[
	little=true, word=N: of a word of N bytes in little endian, whose rows begin
	at its least significant bit.]])
bits = sized("bits", "x", 1, 64, function(n)
	return { type = "uint", bits = n }
end)

help("flags", 'flags(n, {"fin", "syn"})"name"',
	"A row: n bits with names, the first for the least significant", [[
	Or {syn=1}: names with the numbers of their bits.]])
function flags(n, names)
	if math.type(n) ~= "integer" or n < 1 or n > 64 then
		fail('flags takes a number of bits and names, as in '
			.. 'flags(8, {"fin", "syn"})"flags"')
	end
	local new = constructor("flags", { type = "flags", bits = n })
	return function(name)
		local r = new(name)
		r.columns.labels = names
		return r
	end
end

help("fixed", 'fixed(whole, fraction)"name"',
	"A row: a number with so many bits before and behind the point")
function fixed(whole, frac)
	for _, n in ipairs { whole or false, frac or false } do
		if math.type(n) ~= "integer" or n < 0 or n > 64 then
			fail('fixed takes the bits of the whole and of the '
				.. 'fraction, as in fixed(16, 16)"delay"')
		end
	end
	return constructor("fixed",
		{ type = "fixed", bits = whole + frac, unit = frac })
end

-- mac"hwsrc" is a row, mac"192.0.2.1" an address to ask for
local next_hop, hardware = mac, constructor("mac", { type = "mac", bits = 48 })
function mac(x)
	if type(x) == "string" and x:find "^[%a_][%w_]*$" then
		return hardware(x)
	end
	return next_hop(x)
end

help("ip4", 'ip4"name"', "A row: an IPv4 address")
ip4 = constructor("ip4", { type = "ip4", bits = 32 })
help("ip6", 'ip6"name"', "A row: an IPv6 address")
ip6 = constructor("ip6", { type = "ip6", bits = 128 })
help("uuid", 'uuid"name"', "A row: a UUID")
uuid = constructor("uuid", { type = "uuid", bits = 128 })
help("addr", 'addr"name"', "A row: an address of 4, 6 or 16 bytes, told by its length")
addr = constructor("addr", { type = "addr" })
help("list", 'list"name"{record(...), ...}', "A row: a list of records", [[
	peek="FIELD"    the records' field that tells variants apart (their first)
	last=WHEN       an element for which it holds is the last
	style=STYLE     in expressions: "layers", "chain", "tuples", "words", "values"
	Records with a key= are variants, the one without is any other element. A
	record that the row is inside of can be named: list"inner"{"Opt"}.]])
list = constructor("list", { type = "list" })
help("sub", 'sub"name"{record(...)}', "A row: one record inside")
sub = constructor("sub", { type = "sub" })
help("variant", 'variant"name"{key="FIELD", record(...), ...}',
	"A row: the record whose key= a field has", [[
	key="FIELD"     the field that chooses
	flat=true       the fields inside are named as if they stood here
	A record without a key= is for all other values.]])
variant = constructor("variant", { type = "variant" })

help("coded", 'coded("domain name")"name"',
	"A row: coded as a field of some protocol is")
function coded(codec)
	local new = constructor("coded", { type = "coded" })
	return function(name)
		local r = new(name)
		r.columns.codec = codec
		return r
	end
end

help("name", 'name"name"', "A row: a domain name as in DNS")
name = coded("domain name")
help("cstring", 'cstring"name"', "A row: text that a zero byte ends")
cstring = coded("text that a zero byte ends")

help("align", "align(n)", "A row: zeros up to a multiple of n bytes")
function align(n)
	local r = row("align", { type = "align", unit = n })
	return r
end

help("text", 'text"name"', "A row: text, as long as what is left or a length says", [[
	text(8)"name" is 8 bytes.]])
local variable_text = constructor("text", { type = "text" })
local fixed_text = sized("text", "x", 1, 8191, function(n)
	return { type = "text", bits = 8 * n }
end)

function text(x)
	if type(x) == "number" then
		return fixed_text(x)
	end
	return variable_text(x)
end

-- The same for bytes, which also are a value: IP()/Raw{load=bytes"\0"}.
local literal = bytes
local fixed_bytes = sized("bytes", "x", 1, 8191, function(n)
	return { type = "bytes", bits = 8 * n }
end)
local Bytes = { pkw_value = true, __call = Row.__call,
	__tostring = function(v) return v.lua end }

function bytes(x)
	if type(x) == "number" then
		return fixed_bytes(x)
	elseif type(x) ~= "string" then
		fail('bytes wants bytes or the name of a field, as in bytes"x"')
	end
	local v = literal(x)
	v.is, v.name, v.made, v.columns, v.where =
		"row", x, { type = "bytes" }, {}, where()
	return setmetatable(v, Bytes)
end

help("record", 'record("Name", {rows...} [, {columns}])',
	"A record: what a list's element, a variant is made of", [[
	key=N           as a variant: the value that chooses it; "else": any other
	align=N         zeros behind it up to a multiple of N bytes, not counted
	little=WHEN     its numbers are little endian then
	presets={F=N}   fields of the record around it get these values
	nameless=N      in expressions it is (kind, b"...")]])
function record(name, rows, columns)
	return { is = "record", name = name, rows = rows,
		columns = columns or {}, where = where() }
end

help("protocol", 'protocol("Name", {rows...} [, {columns}])',
	"Make a protocol known, as a layer of that name", [[
	bind=WHERE      {UDP, dport=9999}, {ethertype=0x88b5}, or a list of such
	summary=TEXT    its part of a line: "{kind} {len}"
	title=TEXT      what it is; ref=TEXT where that is written
	class=CLASS     "link", "network", "transport", "app"
	next=LAYER      what its payload is if no field says
	below=FIELDS    {IP, ttl=1}: what the layer below it gets
	answers=F       function(q, a): does a answer q? both from this layer on
	guess=F         function(bytes): another layer for these bytes, or nil
	above=F         function(bytes): the layer that follows, or nil
	trailer=RECORD  at the layer's end
	rest=LAYER      what follows a payload that ends early; else Padding
	whole=true      there is no payload; leaf=true: what follows is padding
	pick=FIELD      {"kind", space="..."}: a family, told apart by that field
	replace=true    even if a built-in layer has this name
	Columns of rows, as in u16"len"{length_of="body"}:
	default=VALUE   also u8"ttl"{64}
	doc=TEXT        a line about the field
	labels=NAMES    {query=1, report=2}; labels_by="FIELD": a table for each value
	hex=true        shown in hex
	when=WHEN       {"kind", "==", 1}; it is there only then
	length_of=WHAT  a field, "record", "rest", "layer" or "payload"
	count_of=LIST   the number of elements
	unit=N          of a length: bytes of one; bias=N: and more; per=N: parts
	zero=N          of a length: 1 if 0 says up to the end
	next=SPACE      "udp.port", "ethertype" or one of your own
	checksum=SUM    "inet", "crc32c" or function(bytes); over="layer", "record"
	pseudo=SPACE    with a pseudo header: "ipproto"
	guard=WHEN      of next and zero: only then
	source=true     an address of ours; destination=true: of the next hop
	id=true         an answer repeats it
	inner=LAYER     bytes that hold a packet
	optional=true   it may be missing at the end
	little=true     little endian]])
function protocol(name, rows, columns)
	if type(name) ~= "string" then
		fail('protocol wants a name first: protocol("Beacon", {...})')
	end
	local layer, faults = core.protocol(name, rows, columns, where())
	if not layer then
		error(faults, 0)
	end
	return layer
end

local function bind(word, lower, upper, fields, split)
	if type(fields) ~= "table" then
		fail("%s wants what tells them: %s(UDP, Beacon, {dport=9999})",
			word, word)
	end
	local row = { lower }
	for k, v in pairs(fields) do
		row[k] = v
	end
	local fault = core.bind(upper, row, where(), split)
	if fault then
		error(fault, 0)
	end
end

help("bind_layers", "bind_layers(lower, upper, {field=value})",
	"Make a layer known by a number in the layer below")
function bind_layers(lower, upper, fields)
	bind("bind_layers", lower, upper, fields, false)
end

help("split_layers", "split_layers(lower, upper, {field=value})",
	"Take back what bind_layers or bind= said")
function split_layers(lower, upper, fields)
	bind("split_layers", lower, upper, fields, true)
end
