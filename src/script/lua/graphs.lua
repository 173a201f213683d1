-- SPDX-License-Identifier: BSD-2-Clause
-- Lists as graphs and plots: who talks to whom, and how values go.

local core = ...
local help, list = core.help, core.list_methods
core.topic "Lists"

local function quoted(s)
	return '"' .. tostring(s):gsub('[\\"]', "\\%0"):gsub("%c", "?") .. '"'
end

help("l:conversations", "l:conversations([o])", "Who talks to whom: a graph, as DOT", [[
	f=FUNCTION       source and destination of a packet; else its IP addresses
	dot=FILE         write it there
	svg=FILE         draw it with Graphviz]])
function list:conversations(o)
	o = core.options("conversations", o, { f = "function", dot = "string",
		svg = "string" })
	local f = o.f or function(p)
		local ip = p[IP] or p[IPv6]
		if ip then return ip.src, ip.dst end
		if p[ARP] then return p[ARP].psrc, p[ARP].pdst end
	end
	local count, order = {}, {}
	for _, p in ipairs(self) do
		local a, b = f(p)
		if a ~= nil and b ~= nil then
			local key = quoted(a) .. " -> " .. quoted(b)
			if not count[key] then order[#order + 1] = key end
			count[key] = (count[key] or 0) + 1
		end
	end
	local out = { "digraph conversations {" }
	for _, key in ipairs(order) do
		out[#out + 1] = ("\t%s [label=%d];"):format(key, count[key])
	end
	out[#out + 1] = "}\n"
	local text = table.concat(out, "\n")
	if o.dot then core.write_file(o.dot, text) end
	if o.svg then core.draw(text, o.svg) end
	return text
end

-- What f makes of each element: one number is y, two are x and y.
local function points(l, f, args)
	local t = {}
	for i, e in ipairs(l) do
		local x, y = f(args(e))
		if y == nil then x, y = i, x end
		if type(x) == "number" and type(y) == "number" then
			t[#t + 1] = { x, y }
		end
	end
	return t
end

local function bounds(t, k)
	local low, high = math.huge, -math.huge
	for _, p in ipairs(t) do
		low, high = math.min(low, p[k]), math.max(high, p[k])
	end
	return low, high > low and high or low + 1
end

local function number(v)
	return math.type(v) == "integer" and tostring(v) or ("%.6g"):format(v)
end

local function plot(self, f, o, args)
	o = core.options("plot", o, { width = "number", height = "number",
		dump = "boolean" })
	core.want("plot", f, "function")
	local w, h = o.width or 64, o.height or 16
	local t = points(self, f, args)
	if #t == 0 then
		core.fail "plot: the function gave no number for any of them"
	end
	local x0, x1 = bounds(t, 1)
	local y0, y1 = bounds(t, 2)
	local grid = {}
	for _, p in ipairs(t) do
		local c = math.floor((p[1] - x0) / (x1 - x0) * (w - 1) + 0.5)
		local r = math.floor((p[2] - y0) / (y1 - y0) * (h - 1) + 0.5)
		grid[r * w + c] = (grid[r * w + c] or 0) + 1
	end
	local out, margin = {}, math.max(#number(y0), #number(y1))
	for r = h - 1, 0, -1 do
		local label = r == h - 1 and number(y1) or r == 0 and number(y0) or ""
		local line = {}
		for c = 0, w - 1 do
			local n = grid[r * w + c]
			line[#line + 1] = not n and " " or n == 1 and "." or n < 10 and "o"
				or "#"
		end
		out[#out + 1] = ((" "):rep(margin - #label) .. label .. " |"
			.. table.concat(line)):gsub("%s+$", "")
	end
	out[#out + 1] = (" "):rep(margin) .. " +" .. ("-"):rep(w)
	out[#out + 1] = ("%s  %s%s%s"):format((" "):rep(margin), number(x0),
		(" "):rep(math.max(w - #number(x0) - #number(x1), 1)), number(x1))
	return core.put(table.concat(out, "\n"), o)
end

local function row(kind)
	help(kind .. ":plot", kind .. ":plot(f [, o])", "Plot numbers, as text", [[
	f returns y, or x and y, for each; what is no number is left out.
	width=N, height=N  in characters; 64 by 16
	dump=true        return the text]])
end

row "l"
function list:plot(f, o)
	return plot(self, f, o, function(p) return p end)
end

row "answers"
function core.pairs_methods:plot(f, o)
	return plot(self, f, o, function(x) return x[1], x[2], x end)
end
