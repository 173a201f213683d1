-- SPDX-License-Identifier: BSD-2-Clause
-- What the shell says: results, errors, help for `?', the start screen.
--
-- A result is shown in the way that is useful for its kind: a packet by its
-- summary, a list numbered, a text in quotes, a table by what is in it, and no
-- deeper.  What comes from packets or files cannot write on the terminal:
-- control characters are shown as escapes.

local core = ...
local write, stderr = io.write, io.stderr
local exit = os.exit

local LINES = 24 -- of a list or a table
local WIDTH = 76

core.verbose = true

local function styled(code, text)
	return core.color() and "\27[" .. code .. "m" .. text .. "\27[0m" or text
end

local function dim(text) return styled("2", text) end

-- ---- values ----

local function quoted(s)
	local cut = #s > 2000 and s:sub(1, 2000) or s
	local text = core.quoted(cut, utf8.len(cut) ~= nil)
	-- a terminal obeys these, too
	text = text:gsub("\xc2[\x80-\x9f]", function(c)
		return ("\\u{%x}"):format(utf8.codepoint(c))
	end)
	return text .. (cut ~= s and dim((" ... %d bytes"):format(#s)) or "")
end

local plural = core.plural

local function packet(p)
	local n = core.count(p)
	local line = core.line(p)
	if n == 1 then
		return line
	end
	local many = (n < 0 or n == math.maxinteger) and "endless packets"
		or plural(n, "packet")
	return line .. "\n" .. dim(many .. ", of which this is the first")
end

local function layer(l)
	local name = l.name
	for line in core.ls(name):gmatch("[^\n]+") do
		if line:gsub("\27%[[%d;]*m", ""):match("^%S+") == name then
			return line
		end
	end
	return name .. "  " .. (l.title or "")
end

local RECORD = 160 -- characters of a table inside of a table

local short, table_text -- forward: a table may be inside of a table

-- A table in a line, unless that is too long.
local function record(t)
	local text = next(t) == nil and "{}" or table_text(t, true)
	return #text <= RECORD and not text:find("\n") and text or "{...}"
end

-- A value in a line, inside of something else; `deep': of a table in a table.
function short(v, deep)
	if core.is_packet(v) then
		return core.line(v)
	elseif type(v) == "string" then
		return quoted(#v > 60 and v:sub(1, 57) .. "..." or v)
	elseif core.is_layer(v) then
		return v.name
	end
	for _, kind in ipairs(core.help_kinds) do
		if kind.is(v) then
			return type(v) == "table" and #v > 0
				and ("(%s: %d)"):format(kind.title, #v)
				or "(" .. kind.title .. ")"
		end
	end
	local mt = getmetatable(v)
	if type(mt) == "table" and mt.__tostring or type(v) ~= "table"
	    and type(v) ~= "function" then
		return tostring(v)
	elseif type(v) == "table" then
		return deep and (next(v) == nil and "{}" or "{...}") or record(v)
	end
	return "(" .. type(v) .. ")"
end

local function key(k)
	return type(k) == "string" and k:find("^[%a_][%w_]*$") and k
		or "[" .. short(k) .. "]"
end

local function sorted_keys(t)
	local keys = {}
	for k in pairs(t) do
		keys[#keys + 1] = k
	end
	table.sort(keys, function(a, b)
		if type(a) == type(b) and (type(a) == "number"
		    or type(a) == "string") then
			return a < b
		elseif type(a) ~= type(b) then
			return type(a) < type(b)
		end
		return tostring(a) < tostring(b)
	end)
	return keys
end

function table_text(t, deep)
	local items, width, n = {}, 0, 0
	local upto = #t
	for i, k in ipairs(sorted_keys(t)) do
		n = i
		if i <= LINES then
			local text = math.type(k) == "integer" and k >= 1 and k <= upto
				and short(t[k], deep) or key(k) .. " = " .. short(t[k], deep)
			items[i] = text
			width = width + #text + 2
		end
	end
	if n == 0 then
		return "{}"
	elseif (width < WIDTH or deep) and n <= LINES then
		return "{ " .. table.concat(items, ", ") .. " }"
	end
	return "{\n    " .. table.concat(items, "\n    ")
		.. (n > LINES and dim(("\n    ... and %d more"):format(n - LINES))
		or "") .. "\n}"
end

local function list(l, kind)
	local out = {}
	local n = #l
	if n == 0 then
		return dim("(" .. kind.title .. ": empty)")
	end
	for i = 1, math.min(n, LINES) do
		local x = l[i]
		local line = core.is_packet(x) and core.line(x)
			or type(x) == "table" and core.is_packet(x[1])
			and core.line(x[1]) .. dim(" ==> ") .. short(x[2])
			or short(x)
		out[i] = dim(("%4d "):format(i)) .. line
	end
	if n > LINES then
		out[#out + 1] = dim(("     ... and %d more; :show() prints all")
			:format(n - LINES))
	end
	return table.concat(out, "\n")
end

local function value(v)
	if core.is_packet(v) then
		return packet(v)
	elseif core.is_layer(v) then
		return layer(v)
	elseif type(v) == "string" then
		return quoted(v)
	end
	local mt = getmetatable(v)
	local told = type(mt) == "table" and mt.__tostring
	for _, kind in ipairs(core.help_kinds) do
		if kind.is(v) and type(v) == "table" and (#v > 0 or next(v) == nil) then
			return list(v, kind)
		elseif kind.is(v) and not told then
			return dim(("(%s; ? tells what it can do)"):format(kind.title))
		end
	end
	if type(v) == "table" and not told then
		return table_text(v)
	elseif type(v) == "function" then
		local text = core.help_about(v)
		return text:find("^a function without help")
			and dim("(a function)") or text:gsub("\n+$", "")
	end
	return tostring(v)
end

-- What else a function returned with the packets that it is for: in short.
local function also(...)
	local out = {}
	for i = 2, select("#", ...) do
		local v = select(i, ...)
		if type(v) == "table" and not getmetatable(v) then
			local plain = {}
			for k, x in pairs(v) do
				plain[k] = not core.is_packet(x) and x or nil
			end
			v = plain
		end
		out[#out + 1] = short(v)
	end
	write(dim("also: " .. table.concat(out, ", ")), "\n")
end

local function has_packets(v)
	if core.is_packet(v) then
		return true
	end
	for _, kind in ipairs(core.help_kinds) do
		if kind.is(v) then
			return true
		end
	end
end

-- Shows what a line returned; the first becomes `_'.
function core.shell_values(...)
	local n, first = select("#", ...), (...)
	if first ~= nil then
		rawset(_G, "_", first)
	end
	if n > 1 and has_packets(first) then
		write(value(first), "\n")
		return also(...)
	end
	for i = 1, n do
		local v = select(i, ...)
		if v ~= nil or n > 1 then
			write(value(v), "\n")
		end
	end
end

-- ---- remarks ----

local hidden = {}

local function remark(text, ...)
	stderr:write(dim("(" .. text:format(...) .. ")"), "\n")
end

-- A variable with the name of a function hides it: that is said once, and nil
-- brings it back.
local function tell_hidden()
	for name, v in pairs(core.ours) do
		local now = rawget(_G, name)
		if now == nil then
			rawset(_G, name, v)
			hidden[name] = nil
		elseif not rawequal(now, v) and not hidden[name] then
			hidden[name] = true
			remark("this hides the %s `%s' there was; %s = nil brings it back",
				type(v), name, name)
		end
	end
end

-- After a chunk: what its author may not have meant.
function core.shell_remarks(chunk)
	tell_hidden()
	local name = chunk:match("^%s*local%s+([%a_][%w_]*)[^\n]*$")
	if name and not chunk:find("%f[%w_]" .. name .. "%f[^%w_].*%f[%w_]" .. name
	    .. "%f[^%w_]") then
		remark("a local ends with its line; without `local', %s stays", name)
	end
end

-- ---- errors ----

function core.shell_error(text)
	-- the place matters in a chunk of several lines only
	text = tostring(text):gsub("^%[line%]:1: ", "")
	text = text:gsub("^%[line%]:", "line "):gsub("^%[[%w_]+%]:%d+: ", "")
	text = text:gsub("[%c\x7f]", function(c)
		return (c == "\n" or c == "\t") and c or ("\\x%02x"):format(c:byte())
	end)
	io.stdout:flush()
	local first, rest = text:match("^([^\n]*)(.*)$")
	stderr:write(styled("1;31", first), rest, "\n")
end

-- ---- what is no Lua ----

local function trim(s)
	return s:match("^%s*(.-)%s*$")
end

-- p.ttl?, p[TCP].dport?: of the layers of p that have it
local function about_field(base, field)
	local names = base.layers or core.is_packet(base.value)
		and core.layers(base.value)
	for _, name in ipairs(names or {}) do
		local text = core.help_named(name .. "." .. field)
		if text then
			return text
		end
	end
end

local function about_method(base, method)
	for _, kind in ipairs(core.help_kinds) do
		if base.layers and kind.letter == "p" or kind.is(base.value) then
			return core.help_named(kind.letter .. ":" .. method)
		end
	end
end

local function about_packet(p)
	local out = { core.line(p), "\n" }
	for _, name in ipairs(core.layers(p)) do
		out[#out + 1] = "  " .. layer(core.layer(name)) .. "\n"
	end
	return table.concat(out) .. "\n" .. core.help_about(p)
end

-- One screen of a layer; help() has all.
local function about_layer(l)
	return core.ls_layer(l) .. dim(("help(%s) says more\n"):format(l.name))
end

-- The help of what stands before `?'; nil: there is nothing of that name.
local function help_of(text)
	local base, sep, name = text:match("^(.+)([.:])([%a_][%w_]*)$")
	local v = text:find("^[%a_][%w_]*$") and rawget(_G, text)
	if v ~= nil and v ~= false and not core.help_rows[text] then
		return core.is_packet(v) and about_packet(v) or core.help_about(v)
	end
	local l = not core.help_rows[text] and core.layer(text)
	local help = l and about_layer(l) or core.help_named(text)
	if help then
		return help
	end
	local at = base and core.complete_path(base)
	if at then
		help = sep == ":" and about_method(at, name)
			or sep == "." and about_field(at, name)
		if help then
			return help
		end
	end
	at = core.complete_path(text)
	if at and at.layers then
		return about_layer(core.layer(at.layers[1]))
	elseif at and core.is_packet(at.value) then
		return about_packet(at.value)
	end
	return at and core.help_about(at.value)
end

local function explain(text)
	text = trim(text):gsub("%s*%b()$", ""):gsub("%s*%b{}$", "")
	if text == "" then
		return help()
	end
	local found = help_of(text)
	if found then
		write(found, found:sub(-1) == "\n" and "" or "\n")
	else
		core.shell_error(("nothing is called `%s'; lsc() lists the "
			.. "functions, ls() the layers"):format(text))
	end
end

local leaving = { exit = true, quit = true, ["exit()"] = true,
	["quit()"] = true }

-- A line that is no Lua: true, or "leave"; false: it is Lua.
function core.shell_special(line)
	local text = trim(line)
	if leaving[text] and rawget(_G, (text:match("%a+"))) == nil then
		return "leave"
	end
	if text == "help" then
		help()
		return true
	end
	local about = text:match("^%?+(.*)$") or text:match("^(.-)%?+$")
	if not about or about:find("[\"'?]") then
		return false
	end
	explain(about)
	return true
end

-- ---- the start ----

function core.shell_start()
	local function line(code, meaning)
		write("  ", styled("1", code), (" "):rep(40 - #code), dim(meaning),
			"\n")
	end
	write("Packetwright ", core.version,
		": packets in Lua. TAB completes, ? explains, Ctrl-D leaves.\n")
	line('p = IP{dst="192.0.2.1"}/TCP{dport=80}',
		"layers on top of each other")
	line("p:show()", "every field; what you left out is computed")
	line("a = sr1(p)", "send it, wait for the answer")
	line("IP?   ls()   lsc()   help()", "fields, layers, functions, more")
end
