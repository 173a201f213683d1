-- SPDX-License-Identifier: BSD-2-Clause
-- count.lua FILE: how many packets came from which IPv4 address?
local done = dofile(arg[0]:match(".*/") .. "result.lua")("count")
local n, by = 0, {}

for p in pcapreader(arg[1]) do
	local ip = p[IP]
	if ip then
		local src = ip.src
		by[src] = (by[src] or 0) + 1
	end
	n = n + 1
end

done(n, function()
	local check = 0
	for src, times in pairs(by) do
		local address = 0
		for byte in src:gmatch("%d+") do
			address = address << 8 | math.tointeger(byte)
		end
		check = check + times * address
	end
	return check
end)
