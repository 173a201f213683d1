-- SPDX-License-Identifier: BSD-2-Clause
-- Captures: rdpcap, wrpcap, pcapreader, pcapwriter.

local core = ...
local help = core.help
core.topic "Captures"

core.kind("reader", "a capture being read", core.reader_methods,
	core.is_reader)
core.kind("writer", "a capture being written", core.writer_methods,
	core.is_writer)
help("pcapreader", "pcapreader(file [, o])", "Walk through a capture", [[
	for p in pcapreader("a.pcapng") do ... end
	filter=TEXT      only these]])
help("reader:next", "reader:next()", "The next packet, nil behind the last")
help("reader:close", "reader:close()", "Close it before its end")
function pcapreader(path, o)
	return core.reader(core.want("pcapreader", path, "string"),
		core.options("pcapreader", o, { filter = "string" }))
end

help("rdpcap", "rdpcap(file [, o])", "All packets of a capture, as a list", [[
	count=N          the first N
	filter=TEXT      only these]])
function rdpcap(path, o)
	o = core.options("rdpcap", o, { count = "number", filter = "string" })
	local l, n = core.list(), o.count or math.huge
	local r <close> = core.reader(core.want("rdpcap", path, "string"), { filter = o.filter })
	while #l < n do
		local p = r:next()
		if not p then break end
		l[#l + 1] = p
	end
	return l
end

help("pcapwriter", "pcapwriter(file)", "A capture to write packets into", [[
	The name decides about the format: .pcap, .pcapng, with .gz or .zst behind.]])
help("writer:write", "writer:write(p)", "Write a packet")
help("writer:flush", "writer:flush()", "Let the file have what was written")
help("writer:close", "writer:close()", "End the file")
function pcapwriter(path)
	return core.writer(core.want("pcapwriter", path, "string"))
end

help("wrpcap", "wrpcap(file, p)", "Write packets into a capture", [[
	p is a packet, with all that it stands for, or a list. How many there were.]])
function wrpcap(path, p)
	local items, n = core.items(p, "wrpcap"), 0
	local w <close> = core.writer(core.want("wrpcap", path, "string"))
	for _, p in ipairs(items) do
		if p:count() > 1 then
			for q in p:each() do
				w:write(q)
				n = n + 1
			end
		else
			w:write(p)
			n = n + 1
		end
	end
	w:close()
	return n
end
