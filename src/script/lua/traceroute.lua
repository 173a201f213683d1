-- SPDX-License-Identifier: BSD-2-Clause
-- traceroute(): all hops to all targets, asked at once.

local core = ...
local help = core.help
core.topic "Sending and receiving"

local Trace = {}
Trace.__index = Trace
core.kind("trace", "what traceroute() found", Trace, function(v)
	return getmetatable(v) == Trace
end)

help("traceroute", "traceroute(targets [, o])", "The routers on the way", [[
	targets is an address, a list, a set. Prints a table; returns what it found and
	the probes without an answer.
	l4=PACKET        what the probes have above IP; else a TCP SYN to dport
	dport=N          80, or several
	minttl=N, maxttl=N  1 to 30
	timeout=SECONDS  2; retry=N; iface=NAME
	verbose=false    print nothing]])
function traceroute(targets, o)
	o = core.options("traceroute", o, { l4 = "userdata", dport = "any",
		minttl = "number", maxttl = "number", timeout = "number",
		retry = "number", iface = "string", verbose = "boolean" })
	if targets == nil then
		core.fail 'traceroute: targets are expected, as in traceroute"192.0.2.1"'
	end
	local first = type(targets) == "table" and targets[1] or targets
	local six = type(first) == "string" and first:find ":"
	local ttl = range(o.minttl or 1, o.maxttl or 30)
	local l4 = o.l4 or TCP { sport = random.port(), dport = o.dport or 80,
		seq = random.int(), flags = "S" }
	local p = six and IPv6 { dst = targets, hlim = ttl } / l4
		or IP { dst = targets, id = random.short(), ttl = ttl } / l4
	local answers, silent = sr(p, { timeout = o.timeout or 2,
		retry = o.retry, iface = o.iface, verbose = false })
	local t = setmetatable({ answers = answers, silent = silent }, Trace)
	if o.verbose ~= false then t:show() end
	return t, silent
end

-- Destination, distance, who answered, and whether it was the target.
local function hop(q, a)
	local asked, got = q[IP] or q[IPv6], a[IP] or a[IPv6]
	return asked.dst, asked.ttl or asked.hlim, got.src,
		not (a.IPerror or a.IPerror6) or got.src == asked.dst
end

-- Each target's hops up to the first answer of its own: {{ttl=, src=, rtt=,
-- last=}, ...} by target.
local function paths(t)
	local all, order = {}, {}
	for q, a, pair in t.answers:each() do
		local dst, ttl, src, last = hop(q, a)
		if not all[dst] then
			all[dst], order[#order + 1] = {}, dst
		end
		table.insert(all[dst], { ttl = ttl, src = src, last = last,
			rtt = pair.rtt, answer = a })
	end
	for _, hops in pairs(all) do
		table.sort(hops, function(x, y) return x.ttl < y.ttl end)
		for i, h in ipairs(hops) do
			if h.last then
				for k = #hops, i + 1, -1 do hops[k] = nil end
			end
		end
	end
	return all, order
end

help("trace:paths", "trace:paths()", "The hops to each target, as a table", [[
	{[target] = {{ttl=, src=, rtt=, last=, answer=}, ...}}]])
function Trace:paths()
	return (paths(self))
end

help("trace:show", "trace:show([o])", "Print the hops, a column for each target",
	"dump=true        return the text")
function Trace:show(o)
	local all = paths(self)
	local rows = core.list()
	for dst, hops in pairs(all) do
		for _, h in ipairs(hops) do rows[#rows + 1] = { dst, h } end
	end
	return core.table(rows, function(x)
		local h = x[2]
		local kind = h.last and h.answer.TCP and h.answer[TCP].flags or ""
		return x[1], h.ttl, ("%s %s %.1f ms"):format(h.src, kind,
			h.rtt * 1000):gsub("  +", " ")
	end, function(x) return x end, o)
end

help("trace:graph", "trace:graph([o])", "The paths as a graph, as DOT", [[
	dot=FILE         write it there
	svg=FILE         draw it with Graphviz]])
function Trace:graph(o)
	o = core.options("graph", o, { dot = "string", svg = "string" })
	local all, order = paths(self)
	local out, seen = { "digraph traceroute {", "\trankdir=LR;",
		"\tnode [shape=box];", '\t"here" [penwidth=2];' }, {}
	for _, dst in ipairs(order) do
		local from = "here"
		for _, h in ipairs(all[dst]) do
			local e = ('\t"%s" -> "%s";'):format(from, h.src)
			if not seen[e] then
				seen[e] = true
				out[#out + 1] = e
			end
			if h.last then
				out[#out + 1] = ('\t"%s" [peripheries=2];'):format(h.src)
			end
			from = h.src
		end
	end
	out[#out + 1] = "}\n"
	local text = table.concat(out, "\n")
	if o.dot then core.write_file(o.dot, text) end
	if o.svg then core.draw(text, o.svg) end
	return text
end
