-- SPDX-License-Identifier: BSD-2-Clause
-- Help: one row for each function and method, written beside its definition.
--
--   core.help("sr", "sr(p [, o])", "Send, and match the answers", [[
--     timeout=SECONDS  how long to wait for the last answer
--   Anything else that is worth knowing.]])
--
-- The name says where the thing is: "sr" is a global, "random.ip" a member of
-- one, "p:show" a method of what core.kind() called "p".  The same rows serve
-- help(), `?' and completion in the shell, lsc(), and docs/shell.md.  A line of
-- the details that begins with blanks and `word=' is an option: the shell
-- completes it between the braces of a call.  tests/cmd/test_help.sh fails for
-- what has no row, and for a row of what there is not.
--
-- This module is loaded first: what is global by then is Lua's own.

local core = ...
local write = io.write -- a sandbox has no io

local rows = {}  -- in order, and by name
local kinds = {} -- in order, and by letter
local topic = "Other"
core.help_rows, core.help_kinds = rows, kinds

-- What Lua itself has needs no help of ours.
core.lua_globals = {}
for name in pairs(_G) do
	core.lua_globals[name] = true
end

-- Prints, or returns with {dump=true}.
function core.put(text, o)
	if o and o.dump then
		return text
	end
	write(text, text:sub(-1) == "\n" and "" or "\n")
end

-- "1 packet", "2 packets".
function core.plural(n, what)
	return ("%d %s%s"):format(n, what, n == 1 and "" or "s")
end

-- The rows that follow belong to this topic.
function core.topic(title)
	topic = title
end

function core.help(name, usage, brief, details)
	assert(not rows[name], name)
	local row = { name = name, usage = usage, brief = brief, topic = topic,
		details = details and details:gsub("\n\t+", "\n"):gsub("^\t+", "") }
	rows[#rows + 1] = row
	rows[name] = row
end

-- Things with methods: "p" is what help calls such a thing, `methods' the
-- table that they are in, `is' tells whether a value is one.
function core.kind(letter, title, methods, is)
	assert(not kinds[letter], letter)
	local kind = { letter = letter, title = title, methods = methods, is = is }
	kinds[#kinds + 1] = kind
	kinds[letter] = kind
end

-- What a row is about; nil: it is not there.
local function resolve(name)
	local letter, method = name:match("^(%w+):(.+)$")
	if letter then
		return kinds[letter] and rawget(kinds[letter].methods, method)
	end
	local v = _G
	for part in name:gmatch("[^.]+") do
		v = type(v) == "table" and rawget(v, part) or nil
	end
	return v
end
core.help_resolve = resolve

local function row_of(v)
	for _, row in ipairs(rows) do
		if rawequal(resolve(row.name), v) then
			return row
		end
	end
end

-- ---- texts ----

local function bold(text)
	return core.color() and "\27[1m" .. text .. "\27[0m" or text
end

local function dim(text)
	return core.color() and "\27[2m" .. text .. "\27[0m" or text
end

-- Rows as a table of usage and meaning.
local function listed(some)
	local out = {}
	for i, row in ipairs(some) do
		local gap = (" "):rep(math.max(28 - #row.usage, 2))
		if #row.usage > 26 then
			gap = "\n" .. (" "):rep(30)
		end
		out[i] = "  " .. bold(row.usage) .. gap .. row.brief .. "\n"
	end
	return table.concat(out)
end

local function text_of_row(row)
	local out = { bold(row.usage), "\n    ", row.brief, "\n" }
	if row.details then
		out[#out + 1] = "\n"
		for line in (row.details .. "\n"):gmatch("(.-)\n") do
			out[#out + 1] = line == "" and "\n" or "    " .. line .. "\n"
		end
	end
	return table.concat(out)
end

local function rows_where(test)
	local some = {}
	for _, row in ipairs(rows) do
		if test(row) then
			some[#some + 1] = row
		end
	end
	return some
end

local function text_of_members(prefix, title)
	local some = rows_where(function(row)
		return row.name:sub(1, #prefix) == prefix
	end)
	return #some > 0 and title .. "\n\n" .. listed(some) or nil
end

local function kind_of(v)
	for _, kind in ipairs(kinds) do
		if kind.is(v) then
			return kind
		end
	end
end

local function text_of_kind(kind)
	return text_of_members(kind.letter .. ":", kind.title)
end

-- A field's part of its layer's reference.
local function text_of_field(layer, field)
	local found, out = false, {}
	for line in core.doc(layer):gsub("\27%[[%d;]*m", ""):gmatch("[^\n]*") do
		local name = line:match("^  (%S+)$")
		if found and not line:find("^      ") then
			break
		elseif found then
			out[#out + 1] = line:sub(3)
		elseif name == field then
			found = true
			out[1] = bold(layer.name .. "." .. field)
		end
	end
	return found and table.concat(out, "\n") .. "\n" or nil
end

local overview = [[
Packets are layers, one on top of another; what you do not say is computed:

    p = Ether()/IP{dst="192.0.2.1"}/TCP{dport=80, flags="S"}
    p.ttl = 3             a field of whichever layer has it
    p[TCP].dport = {80, 443}       several values: several packets
    p:show()              all of it

]]

local function text_of_all()
	return overview .. listed {
		{ usage = "ls()", brief = "the layers; ls(\"dns\"): those of that name" },
		{ usage = "ls(IP)", brief = "the fields of one; help(IP): more" },
		{ usage = "lsc()", brief = "the functions and methods" },
		{ usage = "help(sr)", brief = "one of them; help(\"IP.ttl\"): a field" },
		{ usage = "help(p)", brief = "what can be done with a packet" },
	}
end

local function named(name)
	local row = rows[name]
	if row then
		return text_of_row(row)
	end
	for _, kind in ipairs(kinds) do
		row = rows[kind.letter .. ":" .. name]
		if row then
			return text_of_row(row)
		end
	end
	local layer, field = name:match("^([%w_]+)%.([%w_]+)$")
	layer = core.layer(layer or name)
	if layer and field then
		return text_of_field(layer, field)
	end
	return layer and core.doc(layer) or text_of_members(name .. ".", name)
end

-- The name of a global table, for its members' rows.
local function name_of(v)
	for name, value in pairs(_G) do
		if rawequal(value, v) and not core.lua_globals[name] then
			return name
		end
	end
end

local function about(v)
	local row = row_of(v)
	if row then
		return text_of_row(row)
	elseif type(v) == "string" then
		return named(v) or ("nothing is called `%s'; lsc() lists the "
			.. "functions, ls() the layers"):format(v)
	elseif core.is_layer(v) then
		return core.doc(v)
	end
	local kind = kind_of(v)
	if kind then
		return text_of_kind(kind)
	end
	local name = type(v) == "table" and name_of(v)
	return name and text_of_members(name .. ".", name)
		or type(v) == "function" and "a function without help: Lua's own, "
			.. "or one of yours"
		or (v == nil and "nil" or "a " .. type(v))
end

-- nil if there is none: for the shell's `?'.
core.help_named = named
core.help_about = about

core.topic "Help"

core.help("help", "help([thing])", "Say what a thing is and can do", [[
	The thing is a function, a layer, a packet, a list, or a name in quotes:
	help(sr), help(IP), help("IP.ttl"), help("p:show").]])
function help(...)
	if select("#", ...) == 0 then
		return core.put(text_of_all())
	end
	return core.put(about((...)))
end

-- The reference, as docs/shell.md has it.
local function markdown()
	local out, last = {}, nil
	for _, row in ipairs(rows) do
		if row.topic ~= last then
			last = row.topic
			out[#out + 1] = "## " .. last .. "\n\n"
		end
		out[#out + 1] = ("**`%s`**: %s.\n\n"):format(row.usage, row.brief)
		if row.details then
			out[#out + 1] = "```\n" .. row.details .. "\n```\n\n"
		end
	end
	return table.concat(out)
end

core.help("lsc", "lsc([word])", "List functions and methods", [[
	With a word: those which have it in their name or meaning.
	lsc(nil, {markdown=true}) is all that help() knows of them.]])
function lsc(word, o)
	local out, last = {}, nil
	if o and o.markdown then
		return core.put(markdown(), o)
	end
	for _, row in ipairs(rows) do
		local text = (row.usage .. row.brief):lower()
		if not word or text:find(word:lower(), 1, true) then
			if row.topic ~= last then
				out[#out + 1] = (last and "\n" or "")
					.. dim(row.topic) .. "\n"
				last = row.topic
			end
			out[#out + 1] = listed { row }
		end
	end
	return core.put(table.concat(out), o)
end

core.help("ls", "ls([layer or word])", "List layers, or the fields of one", [[
	ls()       all layers
	ls("dns")  those with that word in their name or title
	ls(IP)     its fields: type, default, meaning, labels
	ls(p)      the fields of a packet's layers]])
function ls(what, o)
	if core.is_layer(what) then
		return core.put(core.ls_layer(what), o)
	elseif core.is_packet(what) then
		local out = {}
		for i, name in ipairs(core.layers(what)) do
			out[i] = core.ls_layer(core.layer(name))
		end
		return core.put(table.concat(out), o)
	end
	return core.put(core.ls(what), o)
end

core.help("layer", "layer(name)", "The layer of that name, or nil", [[
	For names that cannot stand in a program, or come from one.]])
