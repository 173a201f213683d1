-- SPDX-License-Identifier: BSD-2-Clause
-- Automata: protocols as states, and what leads from one to another.
--
--   local a = automaton "Ping"
--   a:state("ASK", { initial = true }, function(self) self:send(...) end)
--   a:receive("ASK", "reply", "END", function(self, p) return p[ICMP] end)
--   a:timeout("ASK", 2, "ERROR")
--   a:state("END", { final = true }, function() return "a result" end)
--   print(a { dst = "10.0.0.1" }:run())
--
-- Every transition names the state it leads to, so the graph is known without
-- running anything.  A run that is logged rewrites its DOT file at every step,
-- with the current state coloured: whatever happens, the file shows where it
-- was.

local core = ...
local help = core.help
core.topic "Automata"

local Automaton, Run = {}, {}
Automaton.__index, Run.__index = Automaton, Run
core.kind("automaton", "an automaton", Automaton, function(v)
	return getmetatable(v) == Automaton
end)
core.kind("run", "a run of an automaton", Run, function(v)
	return type(v) == "table" and rawget(v, "automaton") ~= nil
end)

help("automaton", "automaton(name)", "A new automaton, still without states", [[
	a:state(), a:condition(), a:receive(), a:timeout(), a:timer(), a:action()
	say what it does; a{dst=...} makes a run, whose fields these are, and
	a{...}:run() runs it.]])
function automaton(name)
	core.want("automaton", name, "string")
	return setmetatable({ name = tostring(name), states = {}, order = {},
		edges = {}, actions = {} }, Automaton)
end

Automaton.__tostring = function(a)
	return ("automaton %s: %s, %s"):format(a.name,
		core.plural(#a.order, "state"), core.plural(#a.edges, "transition"))
end

help("automaton:state", "automaton:state(name, [o,] [f])", "A state", [[
	f(run, ...) is called on entering it, with what the transition handed over;
	what it returns in a final state is the run's result.
	initial=true     the run begins here
	final=true       it ends here
	error=true       it ends here, and has failed]])
function Automaton:state(name, o, f)
	if type(o) == "function" then o, f = nil, o end
	o = core.options("state", o, { initial = "boolean", final = "boolean",
		error = "boolean" })
	core.want("state", name, "string")
	if self.states[name] then
		core.fail("%s: there is a state %s already", self.name, name)
	end
	self.states[name] = { name = name, enter = f, initial = o.initial,
		final = o.final, error = o.error }
	self.order[#self.order + 1] = name
	if o.initial then self.initial = name end
	return self
end

local function edge(self, kind, from, name, to, e)
	e.kind, e.from, e.name, e.to, e.taken = kind, from, name, to, 0
	self.edges[#self.edges + 1] = e
	return self
end

help("automaton:condition", "automaton:condition(from, name, to [, f])",
	"A transition as soon as a state is entered", [[
	It is taken if f(run) is true (or missing); the results behind the first
	one are handed to the next state.]])
function Automaton:condition(from, name, to, f)
	return edge(self, "condition", from, name, to, { test = f })
end

help("automaton:receive", "automaton:receive(from, name, to, f)",
	"A transition for a packet", [[
	It is taken if f(run, p) is true; the results behind the first one are
	handed over, else the packet. to=nil: stay, after the actions. from="*":
	in every state.]])
function Automaton:receive(from, name, to, f)
	return edge(self, "receive", from, name, to, { test = f })
end

help("automaton:timeout", "automaton:timeout(from, seconds, to [, f])",
	"A transition after a time in a state", "Once; f as in condition().")
function Automaton:timeout(from, seconds, to, f)
	return edge(self, "timeout", from, ("after %gs"):format(seconds), to,
		{ seconds = seconds, test = f })
end

help("automaton:timer", "automaton:timer(from, seconds, name [, to])",
	"Something to do again and again in a state", [[
	The actions of that name are run every so many seconds; with `to' the state
	is left then.]])
function Automaton:timer(from, seconds, name, to)
	return edge(self, "timer", from, name, to,
		{ seconds = seconds, again = true })
end

help("automaton:action", "automaton:action(name, f)",
	"What is done when a transition is taken",
	"f(run, ...) gets what the transition hands over.")
function Automaton:action(name, f)
	self.actions[name] = self.actions[name] or {}
	table.insert(self.actions[name], f)
	return self
end

-- What is wrong with it, as an error.
local function check(a)
	if not a.initial then
		core.fail("%s: no state is initial; give one {initial=true}", a.name)
	end
	for _, e in ipairs(a.edges) do
		for _, s in ipairs { e.from ~= "*" and e.from or nil, e.to } do
			if not a.states[s] then
				local near = core.nearest(s, a.order)
				core.fail("%s: `%s' leads from or to the state %s, which is "
					.. "not there%s", a.name, e.name, s,
					near and "; did you mean " .. near .. "?" or "")
			end
		end
	end
	for name in pairs(a.actions) do
		local used = false
		for _, e in ipairs(a.edges) do used = used or e.name == name end
		if not used then
			core.fail("%s: no transition is called `%s', for which there is "
				.. "an action", a.name, name)
		end
	end
end

-- ---- graph ----

local function quoted(s)
	return '"' .. tostring(s):gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
end

local styles = { condition = "dashed", receive = "solid", timeout = "dotted",
	timer = "dotted" }

-- DOT; `now' is the current state of a run, which failed or not.
local function dot(a, now, failed)
	local out = { "digraph " .. quoted(a.name) .. " {",
		'\tnode [shape=box, style="rounded,filled", fillcolor=white];' }
	for _, name in ipairs(a.order) do
		local s = a.states[name]
		local attr = {}
		if s.initial then attr[#attr + 1] = "penwidth=2" end
		if s.final or s.error then attr[#attr + 1] = "peripheries=2" end
		if s.error then attr[#attr + 1] = 'color="#D55E00"' end
		if name == now then
			attr[#attr + 1] = ('fillcolor="%s"'):format(
				failed and "#D55E00" or "#56B4E9")
		end
		out[#out + 1] = ("\t%s%s;"):format(quoted(name),
			#attr > 0 and " [" .. table.concat(attr, ", ") .. "]" or "")
	end
	for _, e in ipairs(a.edges) do
		local label = e.name
		if now and e.taken > 0 then
			label = label .. "\n" .. e.taken .. " x"
		end
		local from = e.from == "*" and a.order or { e.from }
		for _, s in ipairs(from) do
			if e.from ~= "*" or e.to then
				out[#out + 1] = ("\t%s -> %s [label=%s, style=%s%s];"):format(
					quoted(s), quoted(e.to or s), quoted(label),
					styles[e.kind],
					now and e.taken > 0 and ", penwidth=2" or "")
			end
		end
	end
	out[#out + 1] = "}\n"
	return table.concat(out, "\n")
end

help("automaton:graph", "automaton:graph([o])", "Its graph, as DOT", [[
	dot=FILE         write it there
	svg=FILE         draw it with Graphviz]])
function Automaton:graph(o)
	o = core.options("graph", o, { dot = "string", svg = "string" })
	check(self)
	local text = dot(self)
	if o.dot then core.write_file(o.dot, text) end
	if o.svg then core.draw(text, o.svg) end
	return text
end

-- ---- running ----

Automaton.__call = function(a, fields)
	check(a)
	local run = setmetatable({ automaton = a, fields = fields or {} }, {
		__index = function(r, k)
			local m = Run[k]
			if m ~= nil then return m end
			return rawget(r, "fields")[k]
		end })
	return run
end

help("run:send", "run:send(p)", "Send a packet")
function Run:send(p)
	for _, q in ipairs(core.items(p, "send")) do self.link:send(q) end
end

help("run:where", "run:where()", "The state it is in")
function Run:where()
	return self.now
end

help("run:graph", "run:graph([o])", "The graph, with the current state coloured",
	"Takes what automaton:graph() takes.")
function Run:graph(o)
	o = core.options("graph", o, { dot = "string", svg = "string" })
	local s = self.automaton.states[self.now]
	local text = dot(self.automaton, self.now, self.failed or s and s.error)
	if o.dot then core.write_file(o.dot, text) end
	if o.svg then core.draw(text, o.svg) end
	return text
end

local function edges_from(run, kind)
	local t = {}
	for _, e in ipairs(run.automaton.edges) do
		if e.kind == kind and (e.from == run.now or e.from == "*") then
			t[#t + 1] = e
		end
	end
	return t
end

-- Takes an edge: its actions, then the state it leads to.
local function take(run, e, ...)
	e.taken = e.taken + 1
	for _, f in ipairs(run.automaton.actions[e.name] or {}) do f(run, ...) end
	if e.to then
		run.next = { e.to, ... }
	end
end

-- The first true one of these edges: 1 taken.
local function try(run, edges, ...)
	for _, e in ipairs(edges) do
		local r = not e.test and { true } or { e.test(run, ...) }
		if r[1] then
			if #r > 1 or not ... then
				take(run, e, table.unpack(r, 2))
			else
				take(run, e, ...)
			end
			return true
		end
	end
end

-- When the next of the clocks of this state rings, and which one it is.
local function next_clock(clocks)
	local first
	for _, c in ipairs(clocks) do
		if c.at and (not first or c.at < first.at) then first = c end
	end
	return first
end

-- Stays in a state until a transition leads on; "interrupted" if Ctrl-C was
-- pressed, "timeout" if the run's time is up.
local function stay(run, stop)
	local receive, clocks = edges_from(run, "receive"), {}
	local began = core.clock()
	for _, kind in ipairs { "timeout", "timer" } do
		for _, e in ipairs(edges_from(run, kind)) do
			clocks[#clocks + 1] = { edge = e, at = began + e.seconds }
		end
	end
	while not run.next do
		local clock, now = next_clock(clocks), core.clock()
		if stop and now >= stop then return "timeout" end
		if clock and now >= clock.at then
			clock.at = clock.edge.again and now + clock.edge.seconds or nil
			try(run, { clock.edge })
		else
			if not clock and #receive == 0 and not stop then
				core.fail("%s: nothing leads out of the state %s",
					run.automaton.name, run.now)
			end
			local till = clock and clock.at or stop
			if clock and stop then till = math.min(clock.at, stop) end
			local p, why = run.link:next(till and math.max(till - now, 0))
			if why then return why end
			if p then try(run, receive, p) end
		end
	end
end

local function step(run, stop)
	local name = run.next[1]
	local args = table.pack(table.unpack(run.next, 2))
	local s = run.automaton.states[name]
	run.now, run.next = name, nil
	run.trace[#run.trace + 1] = name
	if run.log then run:graph { dot = run.log } end
	local result
	if s.enter then
		result = table.pack(s.enter(run, table.unpack(args, 1, args.n)))
	end
	if s.final or s.error then
		return s.error and "error" or "done", result
	end
	try(run, edges_from(run, "condition"))
	if not run.next then return stay(run, stop) end
end

help("run:run", "run:run([o])", "Run it to its end", [[
	Returns what the final state returned, or nil and why it has none.
	iface=NAME, filter=TEXT  where packets come from
	log=FILE         DOT, rewritten at each step, the current state coloured
	timeout=SECONDS  for all of it]])
function Run:run(o)
	o = core.options("run", o, { iface = "string", filter = "string",
		log = "string", timeout = "number" })
	self.log = o.log
	self.trace, self.next = {}, { self.automaton.initial }
	for _, e in ipairs(self.automaton.edges) do e.taken = 0 end
	local l <close> = core.link { iface = o.iface, filter = o.filter,
		in_only = true, promisc = o.iface ~= nil }
	self.link = l
	local stop = o.timeout and core.clock() + o.timeout
	-- whatever happens, the log shows where
	local _ <close> = setmetatable({}, { __close = function(_, failure)
		self.link = nil
		if failure then
			self.failed = true
			if self.log then self:graph { dot = self.log } end
		end
	end })
	local how, result
	repeat how, result = step(self, stop) until how
	if how == "done" then
		return table.unpack(result or { n = 0 }, 1, (result or { n = 0 }).n)
	end
	self.failed = true
	return nil, how == "error" and (result and result[1] or self.now) or how
end
