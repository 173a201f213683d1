-- SPDX-License-Identifier: BSD-2-Clause
-- Tally, the protocol of CONTRIBUTING.md, in Lua: meters that tell what they
-- counted, over UDP port 9999.
--
--   pkw craft --proto tally.lua 'IP()/UDP()/Tally(kind=report, seq=7)'

local types = { name=1, reading=2 }

-- Every element begins so; its length counts what comes behind it.
local function element(name, key, ...)
	return record(name, { u8"type"{labels=types}, u8"length"{length_of="rest"},
		... }, { key=key })
end

protocol("Tally", {
	u8"kind"{1, labels={query=1, report=2}},
	u16"seq"{doc="a report repeats that of its query"},
	u8"len"{length_of="elements"},
	list"elements"{
		-- The first field of an element tells these apart ...
		element("TallyName", 1, text"name"),
		element("TallyReading", 2, u32"reading", fixed(8, 8)"rate"),
		-- ... and this is any other.
		element("TallyOther", nil, bytes"value"),
	},
}, {
	title = "Tally of a meter",
	ref = "CONTRIBUTING.md",
	class = "app",
	summary = "{kind} {seq} {elements.name}",
	bind = { UDP, dport=9999 },
	-- A report answers the query whose number it repeats.
	answers = function(q, a)
		return q.Tally and q.kind == 1 and a.kind == 2 and a.seq == q.seq
	end,
})
