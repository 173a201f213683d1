-- SPDX-License-Identifier: BSD-2-Clause
-- `pkw respond': answering machines as one-liners.
--
-- Words of the command line become the options of a machine: ip=10.0.0.9, or,
-- into a table that is an option, zone.www.example=192.0.2.1; @FILE stands for
-- what is in the file.

local core = ...
local open = io.open

local machines = { "arp", "dhcp", "dns", "icmp", "mdns", "ndp", "netbios", "tftp" }
local numbers = { ttl = true, lease = true, port = true }

local function contents(path)
	local f, why = open(path, "rb")
	if not f then core.fail("respond: %s", why) end
	local text = f:read "a"
	f:close()
	return text
end

local function value_of(key, text)
	if text:sub(1, 1) == "@" then return contents(text:sub(2)) end
	if numbers[key] then
		return math.tointeger(text) or core.fail(
			"respond: %s is a number, not `%s'", key, text)
	end
	if text == "yes" or text == "true" then return true end
	return text
end

local function options_of(words)
	local o = {}
	for _, word in ipairs(words) do
		local key, text = word:match "^([^=]+)=(.*)$"
		if not key then
			core.fail("respond: `%s' is no KEY=VALUE", word)
		end
		local into, name = key:match "^(%a+)%.(.+)$"
		if into then
			o[into] = o[into] or {}
			o[into][name] = value_of(key, text)
		else
			o[key] = value_of(key, text)
		end
	end
	return o
end

-- Whether a packet has the layers of `pattern' one after another, and in them
-- the values that were set there.
local function matcher(pattern)
	local p = core.parse(pattern)
	local names, wanted = p:layers(), {}
	for _, f in ipairs(core.fields(p)) do
		if f.set then
			local name = f.path:match "^[%w_]+:?%d*%.(.+)$"
			wanted[#wanted + 1] = { layer = f.number, name = name,
				value = tostring(p[f.path]) }
		end
	end
	local function at(q, from)
		local layers = q:layers()
		for i, name in ipairs(names) do
			if layers[from + i - 1] ~= name then return false end
		end
		for _, w in ipairs(wanted) do
			local view = q[from + w.layer - 1]
			local path = layers[from + w.layer - 1] .. "." .. w.name
			local v = w.name:find "[%.%[]" and q[path] or view[w.name]
			if tostring(v) ~= w.value then return false end
		end
		return true
	end
	return function(q)
		for from = 1, #q:layers() - #names + 1 do
			if at(q, from) then return true end
		end
		return false
	end
end

-- o: machine=, words=, match=, reply=, iface=, count=, timeout=, quiet=
function core.respond(o)
	local run = { iface = o.iface, count = o.count, timeout = o.timeout,
		filter = o.filter }
	if not o.quiet then
		function run.prn(p, r)
			print(core.line(p))
			for _, q in ipairs(core.items(r, "respond")) do
				print("  " .. core.line(q))
			end
		end
	end
	if o.reply then
		run.match = o.match and matcher(o.match)
		function run.reply(p)
			return core.parse(p:sprintf(o.reply))
		end
		return answer(run)
	end
	local own = answer[o.machine]
	local known = false
	for _, name in ipairs(machines) do known = known or name == o.machine end
	if not known then
		local near = core.nearest(o.machine, machines)
		core.fail("no machine `%s'%s; there are %s", o.machine,
			near and ", did you mean `" .. near .. "'?" or "",
			table.concat(machines, ", "))
	end
	for k, v in pairs(options_of(o.words)) do run[k] = v end
	return own(run)
end
