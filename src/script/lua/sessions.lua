-- SPDX-License-Identifier: BSD-2-Clause
-- Sessions: what puts packets together, for sniff{session=} and for lists.
--
-- A session has feed(p), which returns the packets to go on with, and finish().

local core = ...
local help = core.help
core.topic "Sessions"

local Session = {}
Session.__index = Session
core.kind("session", "a session", Session, function(v)
	return getmetatable(v) == Session
end)

-- put(p) returns packets and events, done() events.
function core.session(o, put, done)
	return setmetatable({ put = put, done = done, on_event = o.on_event,
		events = {} }, Session)
end

function core.check_policy(o, name)
	if o.policy then
		local all = core.policies()
		for _, p in ipairs(all) do
			if p == o.policy then return end
		end
		local near = core.nearest(o.policy, all)
		core.fail("%s: there is no policy `%s'%s; there are %s", name,
			o.policy, near and ", did you mean `" .. near .. "'?" or "",
			table.concat(all, ", "))
	end
end

help("ip_session", "ip_session([o])", "Put IP fragments together", [[
	sniff{session=ip_session()} sees whole datagrams.
	policy=NAME      who wins where fragments overlap: bsd (the usual one), first,
	                 last, linux, windows, solaris, bsd-right, linux-drop, rfc5722
	on_event=FUNCTION  called with what is noticed: {what="overlap", offset=, len=,
	                 differ=, text=...}; else overlaps are printed
	timeout=SECONDS  to wait for the rest of a datagram; 30]])
function ip_session(o)
	o = core.options("ip_session", o, { policy = "string",
		on_event = "function", timeout = "number", count = "number",
		memory = "number" })
	core.check_policy(o, "ip_session")
	local defrag = core.defrag(o)
	return core.session(o, function(p)
		local q, events = core.defrag_put(defrag, p)
		return { q }, events
	end, function() return core.defrag_finish(defrag) end)
end

-- Hands over what was noticed, or tells of what nobody should miss.
local function notice(session, events)
	for _, e in ipairs(events) do
		table.insert(session.events, e)
		if session.on_event then
			session.on_event(e)
		elseif e.what == "overlap" or e.what == "gap" then
			print(e.text)
		end
	end
end

help("session:feed", "session:feed(p)", "The packets to go on with, once p has come")
function Session:feed(p)
	local out, events = self.put(p)
	notice(self, events)
	return out
end

help("session:finish", "session:finish()", "No more will come")
function Session:finish()
	notice(self, self.done())
	return {}
end

help("fragment", "fragment(p [, o])", "A packet as IP fragments, a list", [[
	mtu=N            of the way: the longest that may come out
	size=N           bytes behind the IP header at most; 1480
	nth=N            the Nth IP header, in a tunnel; 1]])
function fragment(p, o)
	o = core.copy_options(core.options("fragment", o,
		{ mtu = "number", size = "number", nth = "number" }))
	if o.nth then o.nth = o.nth - 1 end
	return core.list(core.fragment(p, o))
end

help("defragment", "defragment(packets [, o])", "A list with fragments put together", [[
	Takes what ip_session() takes; the second result is what was noticed.]])
function defragment(packets, o)
	local s, l = ip_session(o), core.list()
	for _, p in ipairs(core.items(packets, "defragment")) do
		for _, q in ipairs(s:feed(p)) do l[#l + 1] = q end
	end
	s:finish()
	return l, s.events
end
