-- SPDX-License-Identifier: BSD-2-Clause
-- Named arguments, checked: a misspelt one is an error that names the right one.

local core = ...

-- Checks the table o of function `name' against the types allowed:
-- {timeout="number", prn="function", ...}.  Returns o, or an empty table.
function core.options(name, o, allowed)
	if o == nil then
		return {}
	end
	if type(o) ~= "table" or core.is_packet(o) then
		core.fail("%s: options are a table, as in {timeout=1}, not a %s", name, type(o))
	end
	for k, v in pairs(o) do
		local wanted = allowed[k]
		if not wanted then
			local names = {}
			for n in pairs(allowed) do names[#names + 1] = n end
			table.sort(names)
			local near = type(k) == "string" and core.nearest(k, names)
			core.fail("%s has no option `%s'%s", name, tostring(k),
				near and "; did you mean `" .. near .. "'?"
				or "; it has " .. table.concat(names, ", "))
		end
		if wanted ~= "any" and not (" " .. wanted .. " "):find(
			" " .. type(v) .. " ", 1, true) then
			core.fail("%s: %s is a %s, not a %s", name, k,
				wanted:gsub(" ", " or "), type(v))
		end
	end
	return o
end

-- An argument of function `name' that has to be of one type.
function core.want(name, v, kind)
	if type(v) ~= kind then
		core.fail("%s: a %s is expected, not a %s", name, kind, type(v))
	end
	return v
end

-- ipairs() stops at a nil: what is behind one is not to be lost.
local function check_whole(t, n, name)
	for k in pairs(t) do
		if math.type(k) == "integer" and k > n then
			core.fail("%s: packet %d is nil", name, n + 1)
		end
	end
end

-- A packet, a layer or a list of them as a table of packets.
function core.items(x, name)
	if core.is_packet(x) then
		return { x }
	elseif core.is_layer(x) then
		return { x() }
	elseif type(x) == "table" then
		local t = {}
		for i, p in ipairs(x) do
			if core.is_layer(p) then
				p = p()
			elseif not core.is_packet(p) then
				core.fail("%s: element %d is a %s, not a packet%s",
					name, i, type(p), getmetatable(x) == core.Pairs
					and "; l:answers() are the answers of a list"
					or "")
			end
			t[i] = p
		end
		check_whole(x, #t, name)
		return t
	end
	core.fail("%s: a packet or a list of packets is expected, not a %s", name, type(x))
end
