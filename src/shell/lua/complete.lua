-- SPDX-License-Identifier: BSD-2-Clause
-- Completion: what may stand at the cursor.
--
-- The text before the cursor is cut into tokens.  From the last of them
-- backwards it is found out where the cursor is: in quotes, behind `.' or `:',
-- in an index, at a key in the braces of a layer, or somewhere else.  Plain
-- paths of variables (p, p[TCP], conf.port) are evaluated for this, and nothing
-- is ever called; of `IP{...}' and `(IP{}/TCP{})' only the names are looked at.
-- What may come is then read from tables: globals, methods, protocols, rows of
-- help.
--
-- A candidate is {text=, remark=, tail=}; the tail is added when it is the only
-- one.

local core = ...

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in
	local nil not or repeat return then true until while]]):gmatch("%a+") do
	keywords[word] = true
end

-- ---- tokens ----

-- {kind=, text=, from=, to=}; kinds: name, number, string, op.  An open string
-- or comment is the last token and has open=true; a string's `text' is what
-- stands between the quotes.
local function token_at(s, i)
	local a, b = s:find("^%-%-%[(=*)%[", i)
	if not a then
		a, b = s:find("^%[(=*)%[", i)
	end
	if a then -- a long string or comment
		local eq = s:match("=*", b - (b - a) + (s:sub(a, a) == "-" and 3 or 1))
		local comment = s:sub(a, a) == "-"
		local close = "]" .. eq .. "]"
		local c, d = s:find(close, b + 1, true)
		return { kind = comment and "comment" or "string",
			text = s:sub(b + 1, (c or #s + 1) - 1), from = a,
			to = d or #s, open = not d, quote = "[" .. eq .. "[" }
	end
	a, b = s:find("^%-%-[^\n]*", i)
	if a then
		return { kind = "comment", from = a, to = b, open = b == #s }
	end
	a, b = s:find("^[%a_][%w_]*", i)
	if a then
		local text = s:sub(a, b)
		return { kind = keywords[text] and "keyword" or "name",
			text = text, from = a, to = b }
	end
	a, b = s:find("^%.?%d[%w%.]*", i)
	if a then
		return { kind = "number", text = s:sub(a, b), from = a, to = b }
	end
	local quote = s:match("^[\"']", i)
	if quote then
		local k = i + 1
		while k <= #s do
			local c = s:sub(k, k)
			if c == "\\" then
				k = k + 1
			elseif c == quote then
				return { kind = "string", text = s:sub(i + 1, k - 1),
					from = i, to = k, quote = quote }
			elseif c == "\n" then
				break
			end
			k = k + 1
		end
		return { kind = "string", text = s:sub(i + 1), from = i, to = #s,
			open = true, quote = quote }
	end
	a, b = s:find("^[=~<>/%.:][=/%.:<>]", i)
	if not a then
		a, b = i, i
	end
	return { kind = "op", text = s:sub(a, b), from = a, to = b }
end

local function tokens_of(s)
	local tokens, i = {}, 1
	while true do
		i = s:find("%S", i)
		if not i then
			return tokens
		end
		local t = token_at(s, i)
		if t.kind ~= "comment" or t.open then
			tokens[#tokens + 1] = t
		end
		i = t.to + 1
	end
end

local opener = { [")"] = "(", ["]"] = "[", ["}"] = "{" }
local closer = { ["("] = true, ["["] = true, ["{"] = true }

-- The innermost bracket that is open behind token i, or nil.
local function enclosing(tokens, i)
	local depth = 0
	for k = i, 1, -1 do
		local t = tokens[k]
		if t.kind == "op" and opener[t.text] then
			depth = depth + 1
		elseif t.kind == "op" and closer[t.text] then
			if depth == 0 then
				return k
			end
			depth = depth - 1
		end
	end
end

-- The token that opens what token i closes.
local function matching(tokens, i)
	return enclosing(tokens, i - 1)
end

local function is(t, text)
	return t ~= nil and t.kind == "op" and t.text == text
end

-- ---- what a path is ----

local function global(name)
	local v = rawget(_G, name)
	if v == nil then
		v = core.layer(name)
	end
	return v
end

-- v[k] without calling anything of the user's.
local function member(v, k)
	if core.is_packet(v) then
		local fine, value = pcall(function() return v[k] end)
		return fine and value or nil
	elseif type(v) == "table" then
		local value = rawget(v, k)
		local mt = value == nil and getmetatable(v)
		if type(mt) == "table" and type(rawget(mt, "__index")) == "table" then
			value = rawget(mt.__index, k)
		end
		return value
	end
end

-- The layers in an expression between two tokens, by their names.
local function layers_in(tokens, from, to)
	local names = {}
	local depth = 0
	for i = from, to do
		local t = tokens[i]
		if t.kind == "op" and closer[t.text] then
			depth = depth + 1
		elseif t.kind == "op" and opener[t.text] then
			depth = depth - 1
		elseif depth == 0 and t.kind == "name" then
			local v = rawget(_G, t.text)
			if core.is_packet(v) then
				for _, name in ipairs(core.layers(v)) do
					names[#names + 1] = name
				end
			elseif core.layer(t.text) then
				names[#names + 1] = t.text
			end
		end
	end
	return #names > 0 and names or nil
end

-- What the path that ends with token i is: {value=v} or {layers=names}; nil if
-- that cannot be said.
local function path(tokens, i)
	local t = tokens[i]
	if not t then
		return nil
	elseif t.kind == "string" then
		return { value = t.text }
	elseif t.kind == "name" then
		local before = tokens[i - 1]
		if is(before, ".") then
			local base = path(tokens, i - 2)
			if base and base.layers then
				return core.layer(t.text) and { layers = { t.text } }
			end
			local v = base and member(base.value, t.text)
			return v ~= nil and { value = v } or nil
		elseif is(before, ":") then
			return nil
		end
		local v = global(t.text)
		return v ~= nil and { value = v } or nil
	elseif is(t, "]") then
		local open = matching(tokens, i)
		local base = open and path(tokens, open - 1)
		if not base or open ~= i - 2 then
			return nil
		end
		local key = tokens[i - 1]
		if key.kind == "number" then
			key = math.tointeger(tonumber(key.text))
		else
			key = key.kind == "string" and key.text or global(key.text)
		end
		if base.layers then
			return core.is_layer(key) and { layers = { key.name } } or nil
		end
		local v = key ~= nil and member(base.value, key)
		return v ~= nil and { value = v } or nil
	elseif is(t, ")") or is(t, "}") then
		local open = matching(tokens, i)
		local callee = open and tokens[open - 1]
		if callee and callee.kind == "name" then
			local v = global(callee.text)
			local layers = core.is_layer(v) and not is(tokens[open - 2], ".")
				and not is(tokens[open - 2], ":")
			return layers and { layers = { callee.text } } or nil
		elseif open == i - 2 and tokens[i - 1].kind == "string" then
			return { value = tokens[i - 1].text }
		elseif open and t.text == ")" and not is(callee, "]") then
			local names = layers_in(tokens, open + 1, i - 1)
			return names and { layers = names }
		end
	end
end

-- ---- candidates ----

local function new_list(word)
	return { word = word, seen = {} }
end

local function offer(list, text, remark, tail)
	if not list.seen[text] then
		list.seen[text] = true
		list[#list + 1] = { text = text, remark = remark, tail = tail }
	end
end

local function is_name(k)
	return type(k) == "string" and k:find("^[%a_][%w_]*$") ~= nil
		and not keywords[k]
end

-- What follows the name of a function: as its row of help has it.
local function tail_of(row, v)
	if not row then
		return type(v) == "function" and "(" or nil
	end
	local rest = row.usage:sub(#row.name + 1)
	return rest:match("^%(%)") or rest:match("^[%({]")
end

local function kind_of(v)
	for _, kind in ipairs(core.help_kinds) do
		if kind.is(v) then
			return kind
		end
	end
end

local function offer_kind(list, kind)
	for name, v in pairs(kind.methods) do
		if type(v) == "function" and is_name(name)
		    and not name:find("^__") then
			local row = core.help_rows[kind.letter .. ":" .. name]
			offer(list, name, row and row.brief, tail_of(row, v))
		end
	end
end

-- A value in a few words.
local function in_short(v)
	if core.is_packet(v) then
		return core.line(v)
	elseif type(v) == "string" then
		return ("%q"):format(#v > 30 and v:sub(1, 27) .. "..." or v)
			:gsub("\\\n", "\\n")
	elseif type(v) == "number" or type(v) == "boolean" then
		return tostring(v)
	end
	local kind = kind_of(v)
	return kind and kind.title or type(v)
end

local function offer_members(list, t, prefix, only)
	for name, v in pairs(t) do
		if is_name(name) and not name:find("^__")
		    and (not only or type(v) == only) then
			local row = prefix and core.help_rows[prefix .. name]
			offer(list, name, row and row.brief
				or not core.lua_globals[prefix or name]
				and in_short(v) or nil, tail_of(row, v))
		end
	end
end

local function offer_fields(list, layer, tail, used)
	for _, f in ipairs(layer and core.layer_fields(layer) or {}) do
		if not (used and used[f.name]) then
			offer(list, f.name, f.doc, tail)
		end
	end
end

local function offer_layers(list)
	for _, name in ipairs(core.protocols()) do
		if is_name(name) then
			offer(list, name, core.layer(name) and core.layer(name).title)
		end
	end
end

local function globals(list, tokens)
	local word = list.word
	for name, v in pairs(_G) do
		if is_name(name) and not core.is_layer(v)
		    and not (name == "_G" or name == "_VERSION") then
			local row = core.help_rows[name]
			local own = core.lua_globals[name]
			offer(list, name, row and row.brief
				or own and "Lua's own" or in_short(v), tail_of(row, v))
		end
	end
	for i, t in ipairs(tokens) do -- names that this chunk has given
		if t.kind == "keyword" and (t.text == "local" or t.text == "for") then
			local name = tokens[i + 1]
			if name and name.kind == "name" then
				offer(list, name.text, "of this chunk")
			end
		end
	end
	if word ~= "" then
		for name in pairs(keywords) do
			offer(list, name)
		end
		offer_layers(list)
	end
end

-- The base's members behind `.' or `:'.
local function members(list, base, colon)
	if not base then
		return
	end
	local v = base.value
	if base.layers or core.is_packet(v) then
		if colon then
			return offer_kind(list, core.help_kinds.p)
		end
		for _, name in ipairs(base.layers or core.layers(v)) do
			offer_fields(list, core.layer(name))
		end
		for _, name in ipairs(base.layers or core.layers(v)) do
			if is_name(name) then
				offer(list, name, "layer")
			end
		end
		return
	elseif core.is_layer(v) then
		if colon then
			return offer(list, "dissect", "The packet of these bytes", "(")
		end
		return offer_fields(list, v)
	elseif type(v) == "string" then
		return colon and offer_members(list, string, "string")
	end
	local kind = kind_of(v)
	if kind and colon then
		return offer_kind(list, kind)
	elseif type(v) == "table" and not kind then
		local name
		for k, x in pairs(_G) do
			name = rawequal(x, v) and k or name
		end
		offer_members(list, v, name and name .. ".",
			colon and "function")
		local mt = getmetatable(v)
		if type(mt) == "table" and type(rawget(mt, "__index")) == "table" then
			offer_members(list, mt.__index, nil, colon and "function")
		end
	elseif type(v) == "userdata" then -- a part of a packet
		local mt = getmetatable(v)
		if type(mt) == "table" and type(mt.__pairs) == "function" then
			pcall(function()
				for k, x in pairs(v) do
					if is_name(k) then
						offer(list, k, in_short(x))
					end
				end
			end)
		end
	end
end

-- Behind `p[': its layers, or a table's names.
local function index(list, base)
	local v = base and base.value
	if base and (base.layers or core.is_packet(v)) then
		for _, name in ipairs(base.layers or core.layers(v)) do
			if is_name(name) then
				offer(list, name, core.layer(name).title, "]")
			else
				offer(list, '"' .. name .. '"', core.layer(name).title, "]")
			end
		end
		return true
	elseif kind_of(v) then
		offer_layers(list)
		return true
	end
end

-- Options that a row of help tells of: lines that begin with `word=', and
-- those of a function which it refers to.
local function offer_options(list, row, used, depth)
	depth = depth or 0
	for line in (row and row.details or ""):gmatch("[^\n]+") do
		local names, remark = line:match("^%s*([%a_][%w_]*=.-)%s%s+(.*)")
		if not names then
			names, remark = line:match("^%s*([%a_][%w_]*=%S*)%s*(.*)")
		end
		for name in (names or ""):gmatch("([%a_][%w_]*)=") do
			if not used[name] then
				offer(list, name, remark, "=")
			end
		end
	end
	local text = row and row.brief .. " " .. (row.details or "") or ""
	for name in text:gmatch("(%w+)%(%)") do
		local other = core.help_rows[name]
		if other and other ~= row and depth < 2 then
			offer_options(list, other, used, depth + 1)
		end
	end
end

-- ---- where the cursor is ----

-- What a bracket belongs to: {layer=} or {row=}; for `f(' and `IP{', and for
-- the braces in `f(p, {'.
local function owner(tokens, open)
	local t = tokens[open - 1]
	if not t then
		return nil
	elseif t.kind == "name" then
		local at = path(tokens, open - 1)
		if at and core.is_layer(at.value) then
			return { layer = at.value }
		end
		local from = open - 1
		while is(tokens[from - 1], ".") and tokens[from - 2]
		    and tokens[from - 2].kind == "name" do
			from = from - 2
		end
		local name = {}
		for i = from, open - 1 do
			name[#name + 1] = tokens[i].text
		end
		local row = core.help_rows[table.concat(name)]
		if not row and is(tokens[from - 1], ":") then
			local base = path(tokens, from - 2)
			local kind = base and (base.layers and core.help_kinds.p
				or kind_of(base.value))
			row = kind and core.help_rows[kind.letter .. ":" .. t.text]
		end
		return { row = row, name = t.text }
	elseif is(tokens[open], "{") and (is(t, "(") or is(t, ",")) then
		local outer = enclosing(tokens, open - 1)
		if is(tokens[outer], "(") then
			return owner(tokens, outer)
		end
	end
end

-- The keys that the braces have already.
local function used_keys(tokens, open)
	local used, depth = {}, 0
	for i = open + 1, #tokens do
		local t = tokens[i]
		if t.kind == "op" and closer[t.text] then
			depth = depth + 1
		elseif t.kind == "op" and opener[t.text] then
			depth = depth - 1
		elseif depth == 0 and t.kind == "name" and is(tokens[i + 1], "=") then
			used[t.text] = true
		end
	end
	return used
end

-- Which field or option a value behind token i is for: {layers=, name=} or
-- {row=, name=}.
local function target(tokens, i)
	local t = tokens[i]
	if is(t, "=") or is(t, "==") or is(t, "~=") then
		local name = tokens[i - 1]
		if not name or name.kind ~= "name" then
			return nil
		end
		if is(tokens[i - 2], ".") then
			local base = path(tokens, i - 3)
			if not base then
				return nil
			end
			local layers = base.layers or core.is_packet(base.value)
				and core.layers(base.value)
			return { layers = layers or nil, name = name.text }
		end
		local open = enclosing(tokens, i - 2)
		local of = is(tokens[open], "{") and owner(tokens, open)
		if of and of.layer then
			return { layers = { of.layer.name }, name = name.text }
		end
		return { row = of and of.row, name = name.text }
	elseif is(t, "{") or is(t, ",") then -- one of several values
		local open = is(t, "{") and i or enclosing(tokens, i)
		if is(tokens[open], "{") and is(tokens[open - 1], "=") then
			return target(tokens, open - 1)
		end
	end
end

local function labels_of(at)
	for _, name in ipairs(at and at.layers or {}) do
		local layer = core.layer(name)
		local labels = layer and core.labels(layer, at.name)
		if labels then
			return labels
		end
	end
end

local function offer_files(list, word)
	local folder, prefix = word:match("^(.*/)([^/]*)$")
	for _, name in ipairs(core.files(folder or ".", prefix or word)) do
		local tail = name:sub(-1) ~= "/" and list.quote or nil
		offer(list, (folder or "") .. name, nil, tail)
	end
end

-- Letters that may follow those that are there, or names with `+' between.
local function offer_flags(list, word, labels)
	local letters = true
	for _, l in ipairs(labels) do
		letters = letters and #l.name == 1
	end
	local head = letters and word or word:match("^(.*%+)") or ""
	for _, l in ipairs(labels) do
		if not letters or not word:find(l.name, 1, true) then
			offer(list, head .. l.name, nil, not letters and list.quote or nil)
		end
	end
end

local function in_quotes(list, tokens, word)
	local at = target(tokens, #tokens)
	local labels = labels_of(at)
	if labels and labels.flags then
		return offer_flags(list, word, labels)
	elseif labels then
		for _, l in ipairs(labels) do
			offer(list, l.name, tostring(l.value), list.quote)
		end
		return
	elseif at and at.name == "iface" then
		for _, i in ipairs(core.interfaces()) do
			offer(list, i.name, i.mac, list.quote)
		end
		return
	elseif at and at.layers then
		return -- some other field: no file
	end
	local last = tokens[#tokens]
	if is(last, "[") then
		local base = path(tokens, #tokens - 1)
		if base and index(list, base) then
			for _, c in ipairs(list) do
				c.tail = list.quote .. "]"
			end
			return
		end
	end
	local open = is(last, "(") and #tokens or is(last, ",")
		and enclosing(tokens, #tokens)
	local of = last and last.kind == "name" and { name = last.text }
		or open and is(tokens[open], "(") and owner(tokens, open)
	if of and (of.name == "help" or of.name == "layer" or of.name == "ls") then
		offer_layers(list)
		for _, row in ipairs(of.name == "help" and core.help_rows or {}) do
			offer(list, row.name, row.brief, list.quote)
		end
		return
	end
	offer_files(list, word)
end

local function in_code(list, tokens)
	local n = #tokens
	local last = tokens[n]
	if is(last, ".") or is(last, ":") then
		return members(list, path(tokens, n - 1), last.text == ":")
	elseif is(last, "[") and n > 1 and index(list, path(tokens, n - 1)) then
		return
	end
	local open = enclosing(tokens, n)
	if is(tokens[open], "{")
	    and (open == n or is(last, ",") or is(last, ";")) then
		local of = owner(tokens, open)
		if of and of.layer then
			return offer_fields(list, of.layer, "=",
				used_keys(tokens, open))
		elseif of and of.row then
			offer_options(list, of.row, used_keys(tokens, open))
			if #list > 0 then
				return
			end
		end
	end
	local labels = labels_of(target(tokens, n))
	if labels and list.word == "" then
		for _, l in ipairs(labels) do
			offer(list, '"' .. l.name .. (labels.flags and "" or '"'))
		end
		return
	end
	globals(list, tokens)
end

-- Those that begin with the word; if none does, whatever its case.
local function matching_word(list)
	local word, found = list.word, {}
	for _, c in ipairs(list) do
		if c.text:sub(1, #word) == word then
			found[#found + 1] = c
		end
	end
	if #found == 0 then
		for _, c in ipairs(list) do
			if c.text:sub(1, #word):lower() == word:lower() then
				found[#found + 1] = c
			end
		end
	end
	table.sort(found, function(a, b)
		local x, y = a.text:lower(), b.text:lower()
		if x ~= y then
			return x < y
		end
		return a.text < b.text
	end)
	return found
end

-- The candidates at the end of the text, and how long the word is that they
-- replace.
function core.complete(text)
	local tokens = tokens_of(text)
	local last = tokens[#tokens]
	local word, quote = "", nil
	if last and last.open and last.kind == "comment" then
		return {}, 0
	elseif last and last.open then
		word, quote = last.text, last.quote
		tokens[#tokens] = nil
	elseif last and last.to == #text
	    and (last.kind == "name" or last.kind == "keyword") then
		word = last.text
		tokens[#tokens] = nil
	elseif last and last.kind == "number" and last.to == #text then
		return {}, 0
	end
	local list = new_list(word)
	list.quote = quote
	if quote then
		in_quotes(list, tokens, word)
	else
		in_code(list, tokens)
	end
	return matching_word(list), #word, word
end

-- For `?': what the path in a text is.
function core.complete_path(text)
	local tokens = tokens_of(text)
	return path(tokens, #tokens)
end

-- ---- for the line ----

local function common_prefix(found)
	local prefix = found[1].text
	for _, c in ipairs(found) do
		while c.text:sub(1, #prefix) ~= prefix do
			prefix = prefix:sub(1, -2)
		end
	end
	return prefix
end

local SHOWN = 150 -- candidates that are listed at most

local function dim(text)
	return core.color() and "\27[2m" .. text .. "\27[0m" or text
end

-- What is in quotes is shown from its last / on.
local function label(c)
	return c.text:match("([^/]+/?)$") or c.text
end

local function visible(text)
	return (text:gsub("%c", "?"))
end

local function has_remarks(found)
	for _, c in ipairs(found) do
		if c.remark then
			return true
		end
	end
end

local function with_remarks(found, width)
	local widest, out = 0, {}
	for _, c in ipairs(found) do
		widest = math.max(widest, #label(c))
	end
	for i, c in ipairs(found) do
		local room = width - widest - 5
		local remark = visible(c.remark or "")
		if #remark > room then
			remark = remark:sub(1, math.max(room - 3, 0)) .. "..."
		end
		local name = visible(label(c))
		out[i] = "  " .. name .. (remark ~= "" and room > 10
			and (" "):rep(widest + 2 - #name) .. dim(remark) or "")
	end
	return table.concat(out, "\n") .. "\n"
end

local function in_columns(found, width)
	local widest, out = 1, {}
	local n = math.min(#found, SHOWN)
	for i = 1, n do
		widest = math.max(widest, #label(found[i]) + 2)
	end
	local columns = math.max(width // widest, 1)
	local rows = (n + columns - 1) // columns
	for r = 1, rows do
		for i = r, n, rows do
			local name = visible(label(found[i]))
			out[#out + 1] = name .. (i + rows <= n
				and (" "):rep(widest - #name) or "")
		end
		out[#out + 1] = "\n"
	end
	if n < #found then
		out[#out + 1] = dim(("... and %d more\n"):format(#found - n))
	end
	return table.concat(out)
end

-- How many characters before the cursor are replaced and by what; or, where
-- that is not clear, a list to show.
function core.shell_complete(text, width)
	local found, _, word = core.complete(text)
	if #found == 0 then
		return 0
	end
	local insert = common_prefix(found)
	if #found == 1 then
		insert = insert .. (found[1].tail or "")
	end
	if insert:sub(1, #word) == word and #insert > #word then
		return 0, insert:sub(#word + 1)
	elseif #insert >= #word and insert ~= word then
		return utf8.len(word) or #word, insert
	elseif #found == 1 then
		return 0
	end
	return 0, nil, #found <= 30 and has_remarks(found)
		and with_remarks(found, width)
		or in_columns(found, width)
end
