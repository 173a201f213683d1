-- SPDX-License-Identifier: BSD-2-Clause
-- Lists of packets, and of answers to them.
--
-- Both are sequences: #l, l[i], ipairs(l).  l[TCP] are the packets that have
-- that layer.  A list of answers holds pairs {question, answer, rtt=}, which
-- functions are given as two arguments, as Scapy does.

local core = ...
local help = core.help
local List, Pairs = {}, {}
core.List, core.Pairs = List, Pairs

function core.list(t)
	return setmetatable(t or {}, List)
end

function core.pairs_list(t)
	return setmetatable(t or {}, Pairs)
end

core.topic "Lists"

help("packets", "packets(...)", "A list of packets", [[
	packets(p) has all that p stands for, packets{p, q} these two; packets()
	has none yet: l[#l + 1] = p adds one.]])
function packets(x)
	local l = core.list()
	for _, p in ipairs(core.items(x or {}, "packets")) do
		if p:count() == 1 then
			l[#l + 1] = p
		else
			for q in p:each() do l[#l + 1] = q end
		end
	end
	return l
end

-- A row for each of the two kinds.
local function both(name, usage, brief, details)
	help("l:" .. name, "l:" .. usage, brief, details)
	help("answers:" .. name, "answers:" .. usage, brief, details)
end

-- What both kinds share: `args(element)' are what functions are called with.
local function common(class, args, line)
	local method = {}

	class.__index = function(l, k)
		if core.is_layer(k) then
			return l:filter(function(p, a) return (a or p)[k] ~= nil end)
		end
		local m = method[k]
		if m == nil and type(k) ~= "number" then
			local names = {}
			for n in pairs(method) do names[#names + 1] = n end
			local near = core.nearest(tostring(k), names)
			core.fail("a list has no method `%s'%s", tostring(k),
				near and "; did you mean `" .. near .. "'?" or "")
		end
		return m
	end
	class.__concat = function(a, b)
		local l = setmetatable({}, class)
		for _, x in ipairs(a) do l[#l + 1] = x end
		for _, x in ipairs(b) do l[#l + 1] = x end
		return l
	end
	class.__tostring = function(l)
		return method.summary(l, { dump = true })
	end

	function method:filter(f)
		core.want("filter", f, "function")
		local l = setmetatable({}, class)
		for _, x in ipairs(self) do
			if f(args(x)) then l[#l + 1] = x end
		end
		return l
	end

	function method:map(f)
		core.want("map", f, "function")
		local t = {}
		for i, x in ipairs(self) do t[i] = f(args(x)) end
		return t
	end

	-- Elements from i to j; negative numbers count from the end.
	function method:sub(i, j)
		local l, n = setmetatable({}, class), #self
		i, j = i or 1, j or n
		if i < 0 then i = n + i + 1 end
		if j < 0 then j = n + j + 1 end
		for k = math.max(i, 1), math.min(j, n) do l[#l + 1] = self[k] end
		return l
	end

	function method:each()
		local i = 0
		return function()
			i = i + 1
			if self[i] ~= nil then return args(self[i]) end
		end
	end

	local function lines(self, name, o, numbered)
		local t = {}
		o = core.options(name, o, { prn = "function",
			lfilter = "function", dump = "boolean" })
		for i, x in ipairs(self) do
			local keep = not o.lfilter or o.lfilter(args(x))
			if keep then
				local s = o.prn and tostring(o.prn(args(x)))
					or line(x)
				t[#t + 1] = numbered and ("%04d %s"):format(i, s) or s
			end
		end
		return core.put(table.concat(t, "\n"), o)
	end

	-- summary{prn=, lfilter=, dump=}
	function method:summary(o) return lines(self, "summary", o, false) end
	function method:nsummary(o) return lines(self, "nsummary", o, true) end
	function method:show(o) return lines(self, "show", o, true) end

	-- A table of f's three results: column, row and what stands there.
	function method:table(f, o)
		core.want("table", f, "function")
		return core.table(self, f, args, o)
	end

	return method
end

both("filter", "filter(f)", "Those for which f is true, as a list", [[
	f gets the packet; of a list of answers, the question and the answer.]])
both("map", "map(f)", "What f makes of each, as a table")
both("sub", "sub([from [, to]])", "A part of it; -1 is the last")
both("each", "each()", "Walk through it: for p in l:each() do ... end")
both("summary", "summary([o])", "Print a line about each", [[
	prn=FUNCTION     what to print of each instead
	lfilter=FUNCTION which ones
	dump=true        return the text]])
both("nsummary", "nsummary([o])", "Print a line about each, numbered",
	"Takes what summary() takes.")
both("show", "show([o])", "Print a line about each, numbered",
	"Takes what summary() takes.")
both("table", "table(f [, o])", "Print a table of columns and rows", [[
	f returns the column, the row, and what stands where they meet:
	answers:table(function(q, a) return a[IP].src, q.dport, a[TCP].flags end)
	lined=true       with lines between
	tex=true         as LaTeX's tabular has it
	dump=true        return the text]])
local list = common(List, function(p) return p end,
	function(p) return core.line(p) end)
local pairs_ = common(Pairs, function(x) return x[1], x[2], x end,
	function(x)
		return core.line(x[1]) .. " ==> " .. core.line(x[2])
	end)
core.list_methods, core.pairs_methods = list, pairs_

core.kind("l", "a list of packets", list, function(v)
	return getmetatable(v) == List
end)
core.kind("answers", "a list of answers", pairs_, function(v)
	return getmetatable(v) == Pairs
end)

help("l:hexdump", "l:hexdump()", "Print the bytes of each")
function list:hexdump(o)
	local t = {}
	for i, p in ipairs(self) do
		t[#t + 1] = ("%04d %s\n%s"):format(i, core.line(p), core.hexdump(p))
	end
	return core.put(table.concat(t),
		core.options("hexdump", o, { dump = "boolean" }))
end

help("l:diagram", "l:diagram([o])", "Draw all of them", [[
	svg=FILE, pdf=FILE  a picture with a panel or page for each
	dump=true        return the text]])
function list:diagram(o)
	o = core.options("diagram", o, { svg = "string", pdf = "string",
		dump = "boolean" })
	if o.svg then core.picture(self, o.svg, "svg") end
	if o.pdf then core.picture(self, o.pdf, "pdf") end
	if not o.svg and not o.pdf then
		return core.put(table.concat(self:map(core.diagram), "\n"), o)
	end
end

help("l:sessions", "l:sessions([f])", "Its flows: {[name] = list, ...}", [[
	A flow is one direction of one conversation. f may name a packet's flow.]])
function list:sessions(f)
	local flow = f and core.want("sessions", f, "function") or core.flow
	local t = {}
	for _, p in ipairs(self) do
		local name = flow(p)
		if name == nil then
			core.fail "sessions: the function gave a flow no name"
		end
		t[name] = t[name] or core.list()
		table.insert(t[name], p)
	end
	return t
end

function core.flow(p)
	local ip = p[IP] or p[IPv6]
	if not ip then
		return p[ARP] and ("ARP %s > %s"):format(p[ARP].psrc, p[ARP].pdst)
			or p[Ether] and ("Ethernet type=%04x"):format(p[Ether].type or 0)
			or "Other"
	end
	local tcp, udp = p[TCP], p[UDP]
	local up = tcp or udp
	if up then
		return ("%s %s:%d > %s:%d"):format(tcp and "TCP" or "UDP", ip.src,
			up.sport, ip.dst, up.dport)
	elseif p[ICMP] then
		return ("ICMP %s > %s type=%d code=%d id=0x%x"):format(ip.src,
			ip.dst, p[ICMP].type, p[ICMP].code, p[ICMP].id or 0)
	end
	return ("%s %s > %s proto=%d"):format(p[IP] and "IP" or "IPv6", ip.src,
		ip.dst, ip.proto or ip.nh)
end

help("l:sr", "l:sr()", "Pair questions and answers inside it", [[
	As sr() would have: the answers, and the packets that are none.]])
function list:sr()
	local used, answered, rest = {}, core.pairs_list(), core.list()
	for i, q in ipairs(self) do
		for j = i + 1, #self do
			if not used[i] and not used[j] and self[j]:answers(q) then
				used[i], used[j] = true, true
				answered[#answered + 1] = { q, self[j],
					rtt = q.time and self[j].time
						and self[j].time - q.time }
			end
		end
	end
	for i, p in ipairs(self) do
		if not used[i] then rest[#rest + 1] = p end
	end
	return answered, rest
end

help("answers:answers", "answers:answers()", "The answers alone, as a list")
function pairs_:answers()
	return core.list(self:map(function(_, a) return a end))
end

help("answers:questions", "answers:questions()", "The questions alone")
function pairs_:questions()
	return core.list(self:map(function(q) return q end))
end
