-- SPDX-License-Identifier: BSD-2-Clause
-- Sending, asking, sniffing: Scapy's functions with their names.
--
-- send and sendp, sr and srp do the same here: whether a packet is routed or
-- goes out as it stands is told by its first layer.  Both names are kept.

local core = ...
local help = core.help
core.topic "Sending and receiving"
local stderr = io.stderr -- a sandbox has no io

local sending = { iface = "string", inter = "number", rate = "number",
	count = "number", loop = "boolean", seed = "number",
	verbose = "boolean" }
local asking = { iface = "string", inter = "number", rate = "number",
	timeout = "number", retry = "number", multi = "boolean",
	filter = "string", prn = "function", near = "function",
	seed = "number", promisc = "boolean", verbose = "boolean" }
local sniffing = { iface = "string", filter = "string", count = "number",
	timeout = "number", idle = "number", store = "boolean",
	lfilter = "function", prn = "function", stop = "function",
	offline = "string table userdata", session = "any", promisc = "boolean",
	started = "function", snaplen = "number", buffer = "number",
	immediate = "boolean" }

local function note(o, ...)
	if o.verbose ~= false and core.verbose then
		stderr:write(string.format(...), "\n")
	end
end

-- One seed after another, so that random fields differ between calls; with
-- seed= they are the same again.
local seeds = os.time()
local function seeded(o)
	local t = {}
	for k, v in pairs(o) do t[k] = v end
	if not t.seed then
		seeds = seeds + 1
		t.seed = seeds
	end
	return t
end

-- Opening and closing a packet socket takes the kernel tens of milliseconds, so
-- the last link of a kind is kept for who wants the same next.  What it has
-- gathered meanwhile is thrown away.
local kept = {}

-- Calls f(link) with a link for these options.
local function with_link(kind, o, f)
	local key = table.concat({ o.iface or "", o.filter or "",
		tostring(o.promisc) }, "\n")
	local k, l = kept[kind], nil
	kept[kind] = nil
	if k and k.key == key and pcall(k.link.drain, k.link) then
		l = k.link
	else
		if k then k.link:close() end
		l = core.link { iface = o.iface, filter = o.filter,
			promisc = o.promisc or false, send_only = kind == "send" }
	end
	local r = table.pack(f(l))
	if kept[kind] then kept[kind].link:close() end
	kept[kind] = { key = key, link = l }
	return table.unpack(r, 1, r.n)
end

help("send", "send(p [, o])", "Send packets", [[
	p is a packet, with all that it stands for, or a list of packets. What it
	lacks of addresses is filled in as the kernel would.
	iface=NAME       by that interface rather than as routed
	count=N          N times
	loop=true        until Ctrl-C
	inter=SECONDS    between two packets
	rate=N           packets a second
	seed=N           of random values: the same packets again]])
help("sendp", "sendp(p [, o])", "Send packets: another name of send()")
function send(p, o)
	o = seeded(core.options("send", o, sending))
	local items = core.items(p, "send")
	local sent = with_link("send", o, function(l)
		return core.send(items, o, l)
	end)
	note(o, "sent %s%s", core.plural(sent.packets, "packet"),
		sent.failed > 0 and (", %d failed: %s"):format(sent.failed, sent.fault)
		or "")
	return sent
end
sendp = send

local asking_help = [[
	timeout=SECONDS  to wait after the last question; 2
	retry=N          ask again what was not answered
	multi=true       several answers to a question
	iface=NAME       by that interface
	filter=TEXT      look only at what passes it
	prn=FUNCTION     called with each question and answer as they come
	near=FUNCTION    called with a question, a packet that almost answers it, and
	                 why it does not
	inter=SECONDS, rate=N, seed=N  as of send()]]
help("sr", "sr(p [, o])", "Send packets and match the answers", [[
	Returns the answers (pairs), the questions without one, and numbers.
]] .. asking_help)
help("srp", "srp(p [, o])", "Send and match: another name of sr()")
help("sr1", "sr1(p [, o])", "Send a packet; its first answer, or nil",
	"Takes what sr() takes.")
help("srp1", "srp1(p [, o])", "Send a packet: another name of sr1()")
help("srloop", "srloop(p [, o])", "Ask again and again, telling what comes", [[
	count=N          so often, else until Ctrl-C
	inter=SECONDS    between two rounds; 1
	prn=FUNCTION     what to print of a question and its answer]])
function sr(p, o)
	o = seeded(core.options("sr", o, asking))
	local items = core.items(p, "sr")
	local answered, unanswered, n = with_link("ask", o, function(l)
		return core.ask(items, o, l)
	end)
	note(o, "sent %s, %s, %d of %s answered%s",
		core.plural(n.sent, "packet"), core.plural(n.answers, "answer"),
		n.answered, core.plural(n.questions, "question"),
		n.failed > 0 and ("; %d not sent: %s"):format(n.failed, n.fault)
		or "")
	return core.pairs_list(answered), core.list(unanswered), n
end
srp = sr

-- The first answer, or nil.
function sr1(p, o)
	o = core.options("sr1", o, asking)
	local answered = sr(p, o)
	if answered[1] then
		return answered[1][2], answered[1]
	end
end
srp1 = sr1

-- Asks again and again, and tells what came; {count=, inter=, timeout=}.
function srloop(p, o)
	local allowed = { count = "number", prn = "function" }
	for k, v in pairs(asking) do allowed[k] = allowed[k] or v end
	o = core.options("srloop", o, allowed)
	local wait, count, prn = o.inter or 1, o.count or math.huge, o.prn
	local all, lost, sent, got = core.pairs_list(), core.list(), 0, 0
	local each = {}
	for k, v in pairs(o) do each[k] = v end
	each.count, each.inter, each.prn = nil, nil, nil
	each.timeout, each.verbose = o.timeout or 2, false
	local n = 0
	while n < count do
		n = n + 1
		local began = core.clock()
		local ans, unans, stats = sr(p, each)
		sent, got = sent + stats.questions, got + stats.answered
		for q, a, pair in ans:each() do
			all[#all + 1] = pair
			print(prn and prn(q, a) or
				("RECV %d: %s  %.3f ms"):format(n, core.line(a),
				pair.rtt * 1000))
		end
		for q in unans:each() do
			lost[#lost + 1] = q
			print(("FAIL %d: %s"):format(n, core.line(q)))
		end
		if stats.ended == "interrupted" then break end
		if n < count and not core.sleep(wait - (core.clock() - began)) then
			break
		end
	end
	print(("sent %d, received %d, %.1f%% hits"):format(sent, got,
		sent > 0 and 100 * got / sent or 0))
	return all, lost
end

local function has_feed(x)
	return (type(x) == "table" or type(x) == "userdata")
		and not core.is_packet(x) and x.feed ~= nil
end

-- A session takes packets apart or together: a function or an object with
-- feed(p) that returns a list of packets, or nil.
local function through(session, prn)
	return function(p)
		local out = type(session) == "function" and session(p)
			or type(session) ~= "function" and session:feed(p)
		for _, q in ipairs(out or {}) do prn(q) end
	end
end

local function sniff_list(l, o)
	local kept = core.list()
	local pass, n = o.filter and core.filter(o.filter), 0
	for _, p in ipairs(l) do
		if (not pass or pass(p)) and (not o.lfilter or o.lfilter(p)) then
			n = n + 1
			if o.store ~= false then kept[#kept + 1] = p end
			if o.prn then
				local r = o.prn(p)
				if r ~= nil then print(r) end
			end
			if o.stop and o.stop(p) or o.count and n >= o.count then
				break
			end
		end
	end
	return kept
end

help("sniff", "sniff{...}", "Packets as they come", [[
	Returns the packets, and how many were lost. Ends with Ctrl-C at the latest.
	iface=NAME       on that interface; else on all
	filter=TEXT      in libpcap's language: "tcp port 80"
	count=N          so many
	timeout=SECONDS  so long
	idle=SECONDS     until none has come for so long
	prn=FUNCTION     called with each; what it returns is printed
	lfilter=FUNCTION only those for which it is true
	stop=FUNCTION    called with each, true ends it
	store=false      keep none
	offline=FILE     from a capture, or a list of packets
	session=SESSION  what puts packets together: ip_session(), tcp_session()
	promisc=false    only what is meant for this host
	snaplen=N        so many bytes of each at most
	buffer=N         bytes that may wait to be looked at: more lose fewer
	immediate=true   each at once, not several together
	started=FUNCTION called when packets are being gathered]])
function sniff(o)
	o = core.options("sniff", o, sniffing)
	if o.session then
		if type(o.session) ~= "function" and not has_feed(o.session) then
			core.fail("sniff: session is what tcp_session(), ip_session() "
				.. "make, or a function, not a %s", type(o.session))
		end
		return core.sniff_session(o)
	end
	if o.offline and type(o.offline) ~= "string" then
		return sniff_list(core.items(o.offline, "sniff"), o)
	end
	local t = {}
	for k, v in pairs(o) do t[k] = v end
	if t.promisc == nil then t.promisc = true end
	if t.iface == "any" then t.promisc = false end
	local l, dropped = core.sniff(t)
	if dropped > 0 then
		note(o, "%s lost: the buffer was full", core.plural(dropped, "packet"))
	end
	return core.list(l), dropped
end

-- What the session makes of the packets counts, is shown and kept.
function core.sniff_session(o)
	local kept, session, n = core.list(), o.session, 0
	local inner = { store = false, count = nil }
	for k, v in pairs(o) do inner[k] = v end
	inner.session, inner.prn, inner.count, inner.store = nil, nil, nil, false
	inner.stop = nil
	local done = false
	local function take(q)
		if done then return end
		n = n + 1
		if o.store ~= false then kept[#kept + 1] = q end
		if o.prn then
			local r = o.prn(q)
			if r ~= nil then print(r) end
		end
		done = o.count and n >= o.count or o.stop and o.stop(q)
	end
	local feed = through(session, take)
	inner.stop = function(p) feed(p) return done end
	local _, dropped = sniff(inner)
	if type(session) ~= "function" and session.finish then
		for _, q in ipairs(session:finish() or {}) do take(q) end
	end
	return kept, dropped
end

function core.copy_options(o)
	local t = {}
	for k, v in pairs(o) do t[k] = v end
	return t
end

core.topic "Links"
core.kind("link", "a link", core.link_methods, function(v)
	return core.is_link(v)
end)
help("link", "link{...}", "An interface to send on and to receive from", [[
	iface=NAME       else all interfaces
	filter=TEXT      of what is received
	promisc=true     also what is not meant for this host
	rate=N           packets a second that are sent at most
	snaplen=N, buffer=N  bytes kept of a packet, bytes kept in all]])
help("link:send", "link:send(p)", "Send a packet, with all that it stands for")
help("link:put", "link:put(frame [, index])", "Send a frame as it stands",
	"A packet or a string of bytes.")
help("link:next", "link:next([seconds])", "The next packet, nil if none comes")
help("link:drain", "link:drain()", "Throw away what was received so far")
help("link:stats", "link:stats()", "What it has received, lost and sent")
help("link:rate", "link:rate(n)", "Send at most n packets a second")
help("link:iface", "link:iface()", "The interface's name; nil: all")
help("link:close", "link:close()", "Close it; so does leaving a <close> block")
function link(o)
	return core.link(core.options("link", o, { iface = "string",
		filter = "string", snaplen = "number", buffer = "number",
		promisc = "boolean", rate = "number" }))
end

help("interfaces", "interfaces()", "The interfaces, with their addresses")
help("route", "route(address)", "The way to an address: iface, src, via, mtu")
help("mac", "mac(address)", "The MAC address of the next hop to an address", [[
	Also a row of a protocol's table: mac"hwsrc" is a field of 48 bits.]])
interfaces, route, mac = core.interfaces, core.route, core.mac

help("bridge", "bridge{a, b, f, ...}", "Forward frames between two interfaces", [[
	f gets each packet and the interface it came from. It returns false to drop
	it, another packet to send in its place, nothing to let it pass.
	count=N, timeout=SECONDS  when to end; else with Ctrl-C
	filter=TEXT      only these are forwarded]])
function bridge(o)
	core.options("bridge", o, { [1] = "string", [2] = "string",
		[3] = "function", timeout = "number", count = "number",
		filter = "string" })
	core.want("bridge", o and o[1], "string")
	core.want("bridge", o[2], "string")
	local name, change = { o[1], o[2] }, o[3]
	local l <close> = core.closer {}
	for i = 1, 2 do
		l[i] = core.link { iface = name[i], filter = o.filter,
			promisc = true, in_only = true }
	end
	local stop = o.timeout and core.clock() + o.timeout
	local n = { [name[1]] = 0, [name[2]] = 0, dropped = 0 }
	local seen = 0
	while not (o.count and seen >= o.count) do
		local left = stop and stop - core.clock()
		if left and left <= 0 then break end
		local i, why = core.wait(l, left)
		if not i then
			if why or left then break end
		else
			local p = l[i]:next(0)
			if p then
				seen = seen + 1
				local q = change and change(p, name[i])
				if q == nil or q == true then q = p end
				if q then
					l[3 - i]:put(q)
					n[name[i]] = n[name[i]] + 1
				else
					n.dropped = n.dropped + 1
				end
			end
		end
	end
	return n
end

-- A table of things with close(), to be used as a <close> variable.
function core.closer(t)
	return setmetatable(t, { __close = function(all)
		for _, x in pairs(all) do x:close() end
	end })
end

help("arping", "arping(network [, o])", "Which hosts of a network are there?", [[
	Asks by ARP; returns what sr() returns, whose options it takes.]])
function arping(net, o)
	if net == nil then
		core.fail 'arping: a network is expected, as in arping"192.0.2.0/24"'
	end
	o = core.copy_options(core.options("arping", o, asking))
	o.timeout = o.timeout or 2
	local ans, unans = sr(Ether { dst = "ff:ff:ff:ff:ff:ff" } / ARP { pdst = net }, o)
	if o.verbose ~= false then
		for _, a in ans:each() do
			print(("%-17s %s"):format(a[ARP].hwsrc, a[ARP].psrc))
		end
	end
	return ans, unans
end
