-- SPDX-License-Identifier: BSD-2-Clause
-- Lists of packets: sequences with methods.

local core = ...
local List = {}
core.List = List

function core.list(t)
	return setmetatable(t or {}, List)
end

packets = core.list
