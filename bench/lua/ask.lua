-- SPDX-License-Identifier: BSD-2-Clause
-- ask.lua NETWORK ROUNDS: a SYN to 16 ports of each address, all answered.
local network, rounds = arg[1], tonumber(arg[2])
local function ask()
	return sr(IP { dst = network } / TCP { dport = range(1, 16), flags = "S" },
		{ timeout = 10, verbose = false })
end

ask() -- neighbours become known
local done = dofile(arg[0]:match(".*/") .. "result.lua")("ask")
local n, check = 0, 0
for _ = 1, rounds do
	local answered, unanswered = ask()
	assert(#unanswered == 0, #unanswered .. " questions without an answer")
	n = n + #answered
	for _, pair in ipairs(answered) do
		check = check + pair[2][TCP].sport
	end
end
done(n, check)
