-- SPDX-License-Identifier: BSD-2-Clause
-- Sessions: what the globals hold, as text.
--
--   -- Packetwright session 1
--   p = IP{dst="192.0.2.1"}/TCP{dport={80, 443}}
--   ports = {80, 443, name="web"}
--   l = packets{
--       captured("1700000000.123456789", 1, 60, 0, "\xff..."),
--       timed("1700000001.000000000", Ether()/IP()),
--   }
--
-- It looks like Lua, and is none: it is read by the parser below, which knows
-- numbers, strings, tables, layers, `/', and the few functions that make values
-- of fields.  There are no variables in it, and nothing else is ever called, so
-- a session from somebody else can do no more than fill memory.

local core = ...
-- kept, for a sandbox has them not; see check_file()
local open, stderr = io.open, io.stderr
local rename, remove = os.rename, os.remove

local HEAD = "-- Packetwright session 1"
local DEPTH = 60

-- ---- writing ----

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r",
	["\\"] = "\\\\", ['"'] = '\\"' }

-- As a literal of Lua; with `all', which is UTF-8, letters beyond ASCII stay.
function core.quoted(s, all)
	return '"' .. s:gsub(all and '[%c"\\]' or '[%c"\\\x7f-\xff]', function(c)
		return escapes[c] or ("\\x%02x"):format(c:byte())
	end) .. '"'
end
local quoted = core.quoted

local function number(v)
	if math.type(v) == "integer" then
		return ("%d"):format(v)
	elseif v ~= v then
		return "nan"
	elseif v == math.huge or v == -math.huge then
		return v > 0 and "inf" or "-inf"
	end
	local text = ("%.17g"):format(v)
	return text:find("[.e]") and text or text .. ".0"
end

local function packet(p)
	local time, link, len, flags, bytes = core.frame(p)
	if time then
		return ("captured(%s, %d, %d, %d, %s)"):format(quoted(time), link,
			len, flags, quoted(bytes))
	end
	time = core.stamp(p)
	local text = core.command(p)
	return time == "" and text or ("timed(%s, %s)"):format(quoted(time), text)
end

local function fail_at(where, what)
	error({ session = where, what = what }, 0)
end

local written -- forward: values are inside of values

-- The inside of a table: what has numbers in a row first.
local function inside(t, where, seen, indent)
	if seen[t] then
		fail_at(where, "is inside of itself")
	elseif #indent > DEPTH then
		fail_at(where, "is too deep")
	end
	seen[t] = true
	local out, n = {}, #t
	for i = 1, n do
		out[i] = written(t[i], where, seen, indent .. "\t")
	end
	local named = {}
	for k in pairs(t) do
		if math.type(k) ~= "integer" or k < 1 or k > n then
			named[#named + 1] = k
		end
	end
	table.sort(named, function(a, b) return tostring(a) < tostring(b) end)
	for _, k in ipairs(named) do
		local key = type(k) == "string" and k:find("^[%a_][%w_]*$") and k
			or "[" .. written(k, where, seen, indent) .. "]"
		out[#out + 1] = key .. "=" .. written(t[k], where, seen,
			indent .. "\t")
	end
	seen[t] = nil
	local text = table.concat(out, ", ")
	if #text < 70 and not text:find("\n") then
		return "{" .. text .. "}"
	end
	return "{\n" .. indent .. "\t" .. table.concat(out, ",\n" .. indent .. "\t")
		.. "\n" .. indent .. "}"
end

function written(v, where, seen, indent)
	local kind = type(v)
	if core.is_packet(v) then
		return packet(v)
	elseif core.is_layer(v) then
		return "layer(" .. quoted(v.name) .. ")"
	elseif kind == "number" then
		return number(v)
	elseif kind == "boolean" then
		return tostring(v)
	elseif kind == "string" then
		return quoted(v)
	elseif kind ~= "table" then
		fail_at(where, "has a " .. kind .. " in it")
	end
	local mt = getmetatable(v)
	if mt == core.List then
		return "packets" .. inside(v, where, seen, indent)
	elseif mt == core.Pairs then
		return "answers" .. inside(v, where, seen, indent)
	elseif type(mt) == "table" and mt.pkw_value then
		return v.lua
	elseif mt then
		fail_at(where, "has an object in it")
	end
	return inside(v, where, seen, indent)
end

-- May a variable have that name?  Functions of ours may be hidden by one.
local function may_be(name)
	return type(name) == "string" and name:find("^[%a_][%w_]*$")
		and name ~= "_" and name ~= "arg" and not core.lua_globals[name]
		and (core.ours[name] == nil or type(core.ours[name]) == "function")
end

local function own_globals()
	local names = {}
	for name, v in pairs(_G) do
		local own = core.is_layer(v) and v.name ~= name
			or not core.is_layer(v) and type(v) ~= "function"
		if own and may_be(name) and not rawequal(v, core.ours[name]) then
			names[#names + 1] = name
		end
	end
	table.sort(names)
	return names
end

-- ---- reading ----

local Reader = {}
Reader.__index = Reader

function Reader:fail(what)
	local _, lines = self.text:sub(1, self.at - 1):gsub("\n", "")
	core.fail("%s:%d: %s", self.file, lines + 1, what)
end

function Reader:blanks()
	while true do
		local _, to = self.text:find("^%s+", self.at)
		if not to then
			_, to = self.text:find("^%-%-[^\n]*", self.at)
		end
		if not to then
			return
		end
		self.at = to + 1
	end
end

-- The text that matches, or nil.
function Reader:take(pattern)
	self:blanks()
	local from, to = self.text:find("^" .. pattern, self.at)
	if from then
		self.at = to + 1
		return self.text:sub(from, to)
	end
end

function Reader:want(pattern, what)
	return self:take(pattern) or self:fail(what .. " is expected")
end

local letters = { n = "\n", t = "\t", r = "\r", a = "\a", b = "\b", f = "\f",
	v = "\v", ["\\"] = "\\", ['"'] = '"', ["'"] = "'", ["\n"] = "\n" }

function Reader:string()
	local out, at = {}, self.at + 1
	while true do
		local from = self.text:find('["\\\n]', at)
		local c = from and self.text:sub(from, from)
		if not from or c == "\n" then
			self:fail("a string has no end")
		end
		out[#out + 1] = self.text:sub(at, from - 1)
		if c == '"' then
			self.at = from + 1
			return table.concat(out)
		end
		local hex = self.text:match("^x(%x%x)", from + 1)
		local dec = self.text:match("^%d%d?%d?", from + 1)
		local letter = letters[self.text:sub(from + 1, from + 1)]
		if hex then
			out[#out + 1], at = string.char(tonumber(hex, 16)), from + 4
		elseif dec and tonumber(dec) < 256 then
			out[#out + 1], at = string.char(tonumber(dec)), from + 1 + #dec
		elseif letter then
			out[#out + 1], at = letter, from + 2
		else
			self:fail("an escape that there is not")
		end
	end
end

function Reader:number()
	local text = self:take("%-?0[xX]%x+") or self:take("%-?%d[%d.]*[eE][+-]?%d+")
		or self:take("%-?%d[%d.]*")
	if text then
		return tonumber(text) or self:fail("`" .. text .. "' is no number")
	end
end

-- What may be called, with how many arguments at most.
local function makers()
	local known = {
		raw = raw, bytes = bytes, range = range, net = net,
		counter = counter, layer = core.layer, fuzz = rawget(_G, "fuzz"),
		captured = core.captured,
		timed = function(time, p) return core.stamp(p, time) end,
		packets = function(t) return core.list(t) end,
		answers = function(t) return core.pairs_list(t) end,
	}
	for name, f in pairs(random) do
		known["random." .. name] = f
	end
	return known
end

local words = { ["true"] = true, ["false"] = false, inf = math.huge,
	nan = 0 / 0, none = none }

function Reader:table(depth)
	local t, i = {}, 0
	self:want("{", "`{'")
	while not self:take("}") do
		local key = self:take("[%a_][%w_]*%s*=")
		if key then
			key = key:match("^[%w_]+")
		elseif self:take("%[") then
			key = self:value(depth + 1)
			self:want("%]", "`]'")
			self:want("=", "`='")
			if key == nil or key ~= key then
				self:fail("a key that cannot be one")
			end
		else
			i = i + 1
			key = i
		end
		t[key] = self:value(depth + 1)
		if not self:take("[,;]") then
			self:want("}", "`}'")
			break
		end
	end
	return t
end

function Reader:arguments(depth)
	self:blanks()
	local c = self.text:sub(self.at, self.at)
	if c == "{" then
		return self:table(depth)
	elseif c == '"' then
		return self:string()
	end
	local args = {}
	self:want("%(", "`('")
	while not self:take("%)") do
		args[#args + 1] = self:value(depth + 1)
		if not self:take(",") then
			self:want("%)", "`)'")
			break
		end
		if #args > 1000 then
			self:fail("too many arguments")
		end
	end
	return table.unpack(args)
end

function Reader:call(f, ...)
	local fine, v = pcall(f, ...)
	if not fine then
		self:fail((tostring(v):gsub("^%[[%w_]+%]:%d+: ", "")))
	end
	return v
end

function Reader:named(depth)
	local name = self:take("[%a_][%w_]*[%w_.]*")
	if not name then
		return self:fail("a value is expected")
	elseif words[name] ~= nil then
		return words[name]
	end
	local f = self.makers[name] or core.layer(name)
	if not f then
		self:fail(("`%s' is neither a layer nor a value"):format(name))
	end
	self:blanks()
	if core.is_layer(f) and not self.text:find("^[{(]", self.at) then
		return f
	end
	return self:call(f, self:arguments(depth))
end

function Reader:single(depth)
	self:blanks()
	local c = self.text:sub(self.at, self.at)
	if depth > DEPTH then
		self:fail("too deep")
	elseif c == '"' then
		return self:string()
	elseif c == "{" then
		return self:table(depth)
	elseif self:take("%-inf") then
		return -math.huge
	end
	local v = self:number()
	if v == nil then
		v = self:named(depth)
	end
	return v
end

function Reader:value(depth)
	local v = self:single(depth)
	while self:take("/") do
		local above = self:single(depth)
		v = self:call(function() return v / above end)
	end
	return v
end

local function read(text, file)
	local r = setmetatable({ text = text, at = 1, file = file,
		makers = makers() }, Reader)
	local names, values = {}, {}
	if text:sub(1, #HEAD) ~= HEAD then
		r:fail("this is no session of Packetwright")
	end
	r:blanks()
	while r.at <= #text do
		local name = r:want("[%a_][%w_]*", "a name")
		if not may_be(name) or core.layer(name) then
			r:fail(("`%s' is not a name that can be given"):format(name))
		end
		r:want("=", "`='")
		names[#names + 1] = name
		values[#names] = r:value(0)
		r:blanks()
	end
	return names, values
end

-- ---- what there is of it ----

local function told(text)
	if core.verbose then
		stderr:write(text, "\n")
	end
end

local function check_file(file, name)
	core.allow(name .. "()")
	if type(file) ~= "string" then
		core.fail("%s: a file's name is expected, not a %s", name, type(file))
	end
end

session = {}

core.topic "Sessions"
core.help("session.save", "session.save(file)", "Write the variables to a file", [[
	Packets, lists of them, and plain values, as text. What cannot be written,
	functions and open things, is left out and named. Returns how many there
	were, and the names of those left out, if any.]])
function session.save(file)
	check_file(file, "session.save")
	local out, left = { HEAD .. "\n" }, {}
	for _, name in ipairs(own_globals()) do
		local fine, text = pcall(function()
			if core.layer(name) then
				fail_at(name, "has the name of a layer")
			end
			return written(rawget(_G, name), name, {}, "")
		end)
		if fine then
			out[#out + 1] = name .. " = " .. text .. "\n"
		elseif type(text) == "table" and text.session then
			left[#left + 1] = name
			told(("%s is left out: it %s"):format(name, text.what))
		else
			error(text, 0)
		end
	end
	local new = file .. ".new"
	local f, why = open(new, "wb")
	if not f then
		core.fail("%s", why)
	end
	local fine
	fine, why = f:write(table.concat(out))
	local closed, late = f:close()
	if fine and closed then
		fine, why = rename(new, file)
	end
	if not fine or not closed then
		remove(new)
		core.fail("%s", why or late)
	end
	if #left > 0 then
		return #out - 1, left
	end
	return #out - 1
end

core.help("session.restore", "session.restore(file)", "Read such a file", [[
	Gives the variables the values they had. A fault in the file leaves them all
	as they are. Nothing in the file is run. Returns the names.]])
function session.restore(file)
	check_file(file, "session.restore")
	local f, why = open(file, "rb")
	if not f then
		core.fail("%s", why)
	end
	local text
	text, why = f:read("a")
	f:close()
	if not text then
		core.fail("%s: %s", file, why)
	end
	local names, values = read(text, file)
	for i, name in ipairs(names) do
		rawset(_G, name, values[i])
	end
	return names
end
