-- SPDX-License-Identifier: BSD-2-Clause
-- Tables of text: make_table's three values per packet, in rows and columns.

local core = ...

-- Numbers by value, addresses by their parts, the rest as text.
local function key(v)
	local s = tostring(v)
	if math.type(v) then
		return ("%020.6f"):format(v)
	end
	local a, b, c, d = s:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
	return a and ("%03d%03d%03d%03d"):format(a, b, c, d) or s
end

local function sorted(set)
	local t = {}
	for _, v in pairs(set) do t[#t + 1] = v end
	table.sort(t, function(a, b) return key(a) < key(b) end)
	return t
end

-- Rows and columns of f(element) -> column, row, cell.
local function collect(l, f, args)
	local cols, rows, cells = {}, {}, {}
	for _, e in ipairs(l) do
		local x, y, z = f(args(e))
		if x ~= nil and y ~= nil then
			cols[tostring(x)], rows[tostring(y)] = x, y
			cells[tostring(y) .. "\0" .. tostring(x)] =
				z == nil and "" or tostring(z)
		end
	end
	return sorted(cols), sorted(rows), cells
end

-- o: {lined=true, tex=true, dump=true}
function core.table(l, f, args, o)
	o = core.options("table", o,
		{ lined = "boolean", tex = "boolean", dump = "boolean" })
	local cols, rows, cells = collect(l, f, args)
	local lines = { { "" } }
	for _, c in ipairs(cols) do table.insert(lines[1], tostring(c)) end
	for _, r in ipairs(rows) do
		local line = { tostring(r) }
		for _, c in ipairs(cols) do
			line[#line + 1] =
				cells[tostring(r) .. "\0" .. tostring(c)] or "-"
		end
		lines[#lines + 1] = line
	end
	return core.put(core.format_table(lines, o), o)
end

-- As wide as a terminal shows it.
local function width_of(s)
	return utf8.len(s) or #s
end

-- Lines of cells as text with columns that line up.
function core.format_table(lines, o)
	local width, out = {}, {}
	for _, line in ipairs(lines) do
		for i, cell in ipairs(line) do
			width[i] = math.max(width[i] or 0, width_of(cell))
		end
	end
	for n, line in ipairs(lines) do
		local t = {}
		for i, cell in ipairs(line) do
			t[i] = o and o.tex and cell:gsub("[&%%$#_{}]", "\\%0")
				or cell .. (" "):rep(width[i] - width_of(cell))
		end
		if o and o.tex then
			out[#out + 1] = table.concat(t, " & ") .. " \\\\"
		else
			out[#out + 1] = table.concat(t, o and o.lined and " | " or " ")
				:gsub("%s+$", "")
		end
		if o and o.lined and n == 1 then
			for i in ipairs(t) do t[i] = ("-"):rep(width[i]) end
			out[#out + 1] = table.concat(t, "-+-")
		end
	end
	return table.concat(out, "\n") .. "\n"
end
