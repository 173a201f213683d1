-- SPDX-License-Identifier: BSD-2-Clause
-- Fuzzing: fuzz(p) for random packets, fuzzer{} for a campaign.
--
-- A campaign's case n is a function of the packet, the seed and n alone.  First
-- each field gets each value that is known to hurt, one change a case; when
-- those are used up, cases change several fields at random.  What is sent is
-- written to the log before it is sent, so the log of a run that was cut short
-- is complete, and can be replayed.

local core = ...
local help = core.help
local open = io.open
core.topic "Fuzzing"

help("fuzz", "fuzz(p)", "The packet with random values in its free fields", [[
	What was set and what is computed stays: fuzz(IP{dst="10.0.0.1"}/UDP())
	still arrives. send(fuzz(p), {count=100}) sends 100 different ones.]])
function fuzz(p)
	return core.fuzz(core.is_layer(p) and p() or p)
end

help("p:sample", "p:sample(n [, seed])", "A list of n packets it stands for", [[
	More than it stands for, if values in it are random.]])
function core.methods:sample(n, seed)
	local l = core.list()
	for i = 1, n do l[i] = core.nth(self, i, seed) end
	return l
end

-- ---- random numbers of our own, so that a script's math.random() stays its ----

local Random = {}
Random.__index = Random

-- splitmix64
function Random:next()
	self.state = self.state + 0x9e3779b97f4a7c15
	local z = self.state
	z = (z ~ z >> 30) * 0xbf58476d1ce4e5b9
	z = (z ~ z >> 27) * 0x94d049bb133111eb
	return z ~ z >> 31
end

function Random:below(n)
	return n < 1 and 0 or (self:next() >> 1) % n
end

function Random:one(t)
	return t[self:below(#t) + 1]
end

local function random_of(seed, n)
	local r = setmetatable({ state = seed * 0x2545f4914f6cdd1d + n }, Random)
	r:next()
	return r
end

-- ---- classes of values ----

local function top(f)
	return f.bits >= 64 and -1 or (1 << f.bits) - 1
end

local function is_number(f)
	return f.type == "uint" or f.type == "int" or f.type == "flags"
		or f.type == "fixed"
end

local function is_text(f)
	return f.type == "bytes" or f.type == "text" or f.type == "coded"
end

-- Values of a field as text for RawVal, or numbers; `old' is what it has.
local class = {}

function class.boundary(f)
	if not is_number(f) or f.relation == "sum" then return {} end
	local t, seen = {}, {}
	local m = top(f)
	for _, v in ipairs { 0, 1, m, m - 1, m >> 1, (m >> 1) + 1, 0x7f, 0x80, 0xff,
		0x100 } do
		if (f.bits >= 64 or v >= 0 and v <= m) and not seen[v] then
			seen[v] = true
			t[#t + 1] = v
		end
	end
	return t
end

function class.flip(f, old)
	if not is_number(f) or f.relation == "sum" or math.type(old) ~= "integer" then
		return {}
	end
	local t = {}
	for bit = 0, math.min(f.bits, 64) - 1 do t[#t + 1] = old ~ 1 << bit end
	return t
end

function class.length(f, old)
	if f.relation ~= "len" and f.relation ~= "count"
		or math.type(old) ~= "integer" then
		return {}
	end
	local t = {}
	for _, v in ipairs { old + 1, old - 1, 0, top(f), top(f) - 1, old * 2,
		old + 7, old + 100 } do
		if v >= 0 and v <= top(f) and v ~= old then t[#t + 1] = v end
	end
	return t
end

function class.checksum(f, old)
	return f.relation == "sum" and { 0, top(f), old ~ 1 } or {}
end

local hostile = { "", "A", ("A"):rep(64), ("A"):rep(255), ("A"):rep(256),
	("A"):rep(1024), "%s%s%s%s%n", "%x%x%x%x", "../../../../etc/passwd",
	"'\"`;|&$()<>", "\0", "a\0b", "\r\n\r\n", "\xff\xfe", "\xc3\x28",
	"\xed\xa0\x80", ("\xff"):rep(128), ("\0"):rep(128), "-1",
	"99999999999999999999", ("A."):rep(120) }

function class.text(f)
	if not is_text(f) or f.bits > 0 then return {} end
	local t = {}
	for i, s in ipairs(hostile) do t[i] = raw(s) end
	return t
end

-- Another type of thing in its place: raw bytes of a wrong size.
function class.size(f)
	if f.relation == "sum" or f.width == nil or f.width % 8 ~= 0
		or f.offset % 8 ~= 0 or f.type == "list" or f.type == "align" then
		return {}
	end
	return { raw(""), raw(("\xff"):rep(f.width // 8 + 1)), raw(("B"):rep(300)) }
end

local class_names = { "boundary", "length", "flip", "text", "size", "checksum" }

-- ---- cases ----

local function shown(v)
	local s = (type(v) == "table" and v.lua or tostring(v)):gsub("%c", "?")
	return #s > 60 and s:sub(1, 57) .. "..." or s
end

-- Which fields are fuzzed: named by the user, or all above the network layer
-- but ports, by which the target is reached.
local function wanted(f, o, base)
	if o.fields then
		for _, pattern in ipairs(o.fields) do
			local path = f.path:gsub(":%d+", "")
			if path == pattern or path:sub(1, #pattern + 1) == pattern .. "."
				or path:sub(1, #pattern + 1) == pattern .. "[" then
				return true
			end
		end
		return false
	end
	return f.number > base and f.name ~= "sport" and f.name ~= "dport"
end

-- The number of the topmost layer that gets packets there.
local function carriers(p)
	local base = 0
	for i, name in ipairs(p:layers()) do
		if name == "Ether" or name == "IP" or name == "IPv6"
			or name == "Dot1Q" then
			base = i
		end
	end
	return base
end

-- All single changes: {field, value, class}.
local function changes(p, o)
	local list, base = {}, carriers(p)
	for _, c in ipairs(o.classes or class_names) do
		if not class[c] then
			core.fail("fuzzer: there is no class `%s'; there are %s",
				tostring(c), table.concat(class_names, ", "))
		end
		for _, f in ipairs(core.fields(p)) do
			if wanted(f, o, base) then
				for _, v in ipairs(class[c](f, p[f.path])) do
					list[#list + 1] = { f, v, c }
				end
			end
		end
	end
	if #list == 0 then
		core.fail("fuzzer: no field to change; fields={\"DNS\"} names some")
	end
	return list
end

-- Makes a change in a packet; false if that cannot be.
local function apply(p, change)
	return (pcall(function() p[change[1].path] = change[2] end))
end

local function describe(some)
	local t = {}
	for i, c in ipairs(some) do
		t[i] = ("%s=%s (%s)"):format(c[1].path:gsub(":1%f[%D]", ""),
			shown(c[2]), c[3])
	end
	return table.concat(t, ", ")
end

-- Case n: the packet, and what was changed.
local function case(p, list, seed, n)
	local q, done = p:copy(), {}
	if n <= #list then
		if apply(q, list[n]) then done[1] = list[n] end
		return q, describe(done)
	end
	local r = random_of(seed, n)
	for _ = 1, 1 + r:below(4) do
		local c = r:one(list)
		if apply(q, c) then done[#done + 1] = c end
	end
	return q, describe(done)
end

-- ---- campaigns ----

local function log_line(n, what, p)
	return ("%d\t%s\t%s\t%s\n"):format(n, p:layers()[1], p:hex(), what)
end

-- The packet with the source that it will be sent from, so that the log has it
-- as the target sees it and can be replayed.
local function from_here(p)
	for layer, default in pairs { [IP] = "127.0.0.1", [IPv6] = "::1" } do
		local ip = p[layer]
		if ip and p:count() == 1 and ip.src == default then
			local ok, way = pcall(core.route, ip.dst)
			p = p:copy()
			p[layer].src = ok and way and way.src or nil
		end
	end
	return p
end

local function is_alive(o)
	if o.alive == nil then return true end
	if type(o.alive) == "function" then return o.alive() end
	for _ = 1, 1 + (o.retry or 1) do
		local a = sr1(o.alive, { timeout = o.timeout or 1, iface = o.iface,
			verbose = false })
		-- an error says that nobody listens any more
		if a then return not (a.IPerror or a.IPerror6) end
	end
	return false
end

local function send_one(o, l, p)
	if o.send then return o.send(p) end
	-- what cannot be sent (too long, no route) is no finding
	return pcall(l.send, l, p)
end

help("fuzzer", "fuzzer{p, ...}", "Send hostile variants until the target fails", [[
	First every field gets every value that is known to hurt, one a packet; then
	several at random. Returns {sent=, cases=}, and if the target went quiet:
	dead=N (the case after which it did), packet=, change=.
	alive=PACKET or FUNCTION  asked after each case; no answer: it is dead
	every=N          ask after every N cases only
	count=N          cases; else all single changes
	from=N           begin with case N
	seed=N           of what is random; 1
	fields={"DNS", "TCP.options"}  only these; else all above the network layer
	classes={...}    boundary, length, flip, text, size, checksum
	log=FILE         each case, written before it is sent: fuzzer_replay(FILE)
	inter=SECONDS    between cases; timeout=SECONDS, retry=N of the probe
	send=FUNCTION    how a case is sent; iface=NAME
	verbose=false    tell nothing]])
function fuzzer(o)
	core.options("fuzzer", o, { [1] = "userdata", alive = "userdata function",
		every = "number", count = "number", from = "number", seed = "number",
		fields = "table", classes = "table", log = "string", inter = "number",
		timeout = "number", retry = "number", send = "function",
		iface = "string", verbose = "boolean" })
	local p = core.is_layer(o[1]) and o[1]() or o[1]
	if not core.is_packet(p) then
		core.fail("fuzzer: the first thing in the braces is the packet")
	end
	if not o.send then
		p = from_here(p)
	end
	local list = changes(p, o)
	local from, last = o.from or 1, (o.from or 1) + (o.count or #list) - 1
	if not is_alive(o) then
		core.fail("fuzzer: the target does not answer the probe to begin with")
	end
	local all <close> = core.closer {}
	if not o.send then
		all.link = core.link { iface = o.iface, send_only = true }
	end
	if o.log then
		core.allow("writing files")
		local why
		all.log, why = open(o.log, "w")
		if not all.log then core.fail("fuzzer: %s", why) end
	end
	local sent, since = 0, {}
	for n = from, last do
		local q, what = case(p, list, o.seed or 1, n)
		if all.log then
			all.log:write(log_line(n, what, q))
			all.log:flush()
		end
		send_one(o, all.link, q)
		sent = sent + 1
		since[#since + 1] = { n = n, packet = q, change = what }
		if o.inter and not core.sleep(o.inter) then break end
		if #since >= (o.every or 1) or n == last then
			if not is_alive(o) then
				local c = since[#since]
				if o.verbose ~= false then
					print(("case %d: no answer any more after %s"):format(
						c.n, c.change))
					print(core.line(c.packet))
				end
				return { sent = sent, cases = #list, dead = c.n,
					packet = c.packet, change = c.change,
					suspects = since }
			end
			since = {}
		end
	end
	if o.verbose ~= false then
		print(("%d cases sent, the target is alive"):format(sent))
	end
	return { sent = sent, cases = #list }
end

help("fuzzer_replay", "fuzzer_replay(file [, o])", "Send the cases of a log again", [[
	case=N           only this one
	from=N, to=N     only these
	inter=SECONDS    between them
	iface=NAME, send=FUNCTION  as of fuzzer()
	Returns the packets.]])
function fuzzer_replay(path, o)
	o = core.options("fuzzer_replay", o, { case = "number", from = "number",
		to = "number", inter = "number", iface = "string",
		send = "function" })
	core.allow("reading files")
	local f <close> = open(path) or core.fail("fuzzer_replay: no file %s", path)
	local all <close> = core.closer {}
	if not o.send then
		all.link = core.link { iface = o.iface, send_only = true }
	end
	local from, to = o.case or o.from or 1, o.case or o.to or math.huge
	local l = core.list()
	for line in f:lines() do
		local n, layer, hex = line:match("^(%d+)\t([%w_]+)\t(%x*)\t")
		n = math.tointeger(n)
		if not n then
			core.fail("fuzzer_replay: %s is no log of a fuzzer", path)
		end
		if n >= from and n <= to then
			local bytes = hex:gsub("%x%x", function(h)
				return string.char(tonumber(h, 16))
			end)
			local p = core.layer(layer):dissect(bytes)
			l[#l + 1] = p
			send_one(o, all.link, p)
			if o.inter and not core.sleep(o.inter) then break end
		end
	end
	return l
end
