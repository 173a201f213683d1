-- SPDX-License-Identifier: BSD-2-Clause
-- sender.lua FILE IFACE COUNT RATE: the file's packets as they are, again and
-- again if they are fewer.
local file, iface, count, rate = table.unpack(arg)
count = tonumber(count)
local frames = rdpcap(file, { count = count })
assert(count % #frames == 0, "COUNT is no multiple of the packets there are")
sendp(frames, { iface = iface, rate = tonumber(rate), verbose = false,
	count = count // #frames })
