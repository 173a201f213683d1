-- SPDX-License-Identifier: BSD-2-Clause
-- Lists of packets: sequences with methods.

local core = ...
local List = {}
core.List = List

core.kind("l", "a list of packets", List, function(v)
	return getmetatable(v) == List
end)
core.topic "Lists"

function core.list(t)
	return setmetatable(t or {}, List)
end

core.help("packets", "packets(table)", "A list of packets")
packets = core.list
