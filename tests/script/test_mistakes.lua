-- SPDX-License-Identifier: BSD-2-Clause
-- What is said of mistakes: the thing, what is wrong with it, what would be
-- right; and nothing crashes.
local t = dofile "tests/script/tap.lua"

local p = IP { dst = "192.0.2.1" } / TCP()

-- ---- methods without their packet ----
for _, name in ipairs { "show", "json", "summary", "copy", "count", "bytes",
	"hex", "layers", "notes", "command", "expression", "diagram", "hexdump",
	"answers", "show2", "again" } do
	t.fails(function() return p[name]() end, "a packet is expected, not a nil",
		"p." .. name .. "() with a point")
end
t.fails(function() return getmetatable(p).__index(nil, "time") end,
	"a packet is expected", "a metamethod called with something else")
t.done()
