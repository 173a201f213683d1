-- SPDX-License-Identifier: BSD-2-Clause
-- fields.lua FILE [COUNT FIFO]: a callback for each packet that reads four
-- fields; from a file or, with a COUNT, from the interface of that name.
local done
local result = dofile(arg[0]:match(".*/") .. "result.lua")
local n, check = 0, 0

local function each(p)
	local ip, l4 = p[IP], p[TCP] or p[UDP]
	if ip and l4 then
		local src, dst = ip.src, ip.dst
		check = check + #src + #dst + l4.sport + l4.dport
	end
	n = n + 1
end

if arg[2] then
	local _, lost = sniff { iface = arg[1], count = tonumber(arg[2]),
		timeout = 60, idle = 10, store = false, prn = each,
		started = function()
			done = result("sniff")
			local f <close> = assert(io.open(arg[3], "w"))
			f:write("go\n")
		end }
	if n < tonumber(arg[2]) or lost > 0 then
		error(("%d of %s packets, %d lost"):format(n, arg[2], lost))
	end
else
	done = result("sniff-file")
	sniff { offline = arg[1], store = false, prn = each }
end
done(n, check)
