-- SPDX-License-Identifier: BSD-2-Clause
-- TCP streams: a session for sniff(), and all streams of a list.

local core = ...
local help = core.help
core.topic "Sessions"

local allowed = { policy = "string", on_event = "function", wait = "number",
	history = "number", flows = "number", memory = "number", idle = "number" }

local details = [[
	policy=NAME      who wins where segments contradict each other: bsd (the usual
	                 one), first, last, linux, windows, solaris
	on_event=FUNCTION  called with all that is noticed: {what="open", "data", "gap",
	                 "overlap", "close", flow=, way="client"|"server", offset=, len=}
	wait=N           bytes that may be ahead of what is missing; 1 MiB
	history=N        bytes to remember, to see when they come again changed
	idle=SECONDS     without a packet, that end a flow]]

local function text(e)
	return ("stream %s: %d bytes at %d of the %s %s"):format(e.name, e.len,
		e.offset, e.way, e.what == "gap" and "are lost"
		or ("came again, %d of them changed"):format(e.differ))
end

-- Events with a text for what nobody should miss.
local function named(events)
	for _, e in ipairs(events) do
		if e.what == "gap" or e.what == "overlap" then e.text = text(e) end
	end
	return events
end

help("tcp_session", "tcp_session([o])", "Put TCP segments in order", [[
	sniff{session=tcp_session()} sees data in order and once: each packet has the
	headers of the one that completed it. Losses and overlaps are printed, unless
	there is on_event. What is no TCP passes as it is.
]] .. details)
function tcp_session(o)
	o = core.options("tcp_session", o, allowed)
	core.check_policy(o, "tcp_session")
	local streams = core.streams(o)
	return core.session(o, function(p)
		local events, is_tcp = core.streams_put(streams, p)
		local out = not is_tcp and { p } or {}
		for _, e in ipairs(named(events)) do
			if e.what == "data" then
				out[#out + 1] = core.with_payload(p[TCP], e.bytes)
			end
		end
		return out, events
	end, function() return named(core.streams_finish(streams)) end)
end

help("tcp_streams", "tcp_streams(packets [, o])", "The TCP streams of a list", [[
	A list of {name=, client=, server=, sent={client="...", server="..."}, gaps=,
	overlaps=, reason=}: what each side sent, and how it went; client and server
	have addr, port, bytes, lost, retransmitted, out_of_order. IP fragments are put
	together before. Where bytes are lost nothing is put in.
]] .. details)
function tcp_streams(packets, o)
	o = core.options("tcp_streams", o, allowed)
	core.check_policy(o, "tcp_streams")
	local t, flows, order = core.streams(o), {}, {}
	local function take(events)
		for _, e in ipairs(named(events)) do
			local f = flows[e.flow]
			if not f then
				f = { name = e.name, sent = { client = {}, server = {} },
					gaps = {}, overlaps = {} }
				flows[e.flow], order[#order + 1] = f, f
			end
			if e.what == "data" then
				table.insert(f.sent[e.way], e.bytes)
			elseif e.what == "gap" or e.what == "overlap" then
				table.insert(f[e.what .. "s"], e)
			elseif e.what == "close" then
				f.client, f.server, f.reason = e.client, e.server, e.reason
			end
			if o.on_event then o.on_event(e) end
		end
	end
	for _, p in ipairs(defragment(packets, { on_event = function() end })) do
		take((core.streams_put(t, p)))
	end
	take(core.streams_finish(t))
	for _, f in ipairs(order) do
		for way, parts in pairs(f.sent) do
			f.sent[way] = table.concat(parts)
		end
	end
	return order
end
