-- Mistakes: each message says where and what to do, and the script goes on.
local t = dofile "tests/script/tap.lua"

-- The call fails, with these pieces in the message, at this file's line.
local function fails(f, text, ...)
	local ok, why = pcall(f)
	t.ok(not ok, text .. ": is an error")
	for _, piece in ipairs { "errors.lua:", ... } do
		t.has(tostring(why), piece, text .. ": " .. piece)
	end
end

fails(function() return IP { tll = 3 } end, "a misspelt field", "tll", "ttl")
fails(function() return IPP() end, "a misspelt layer", "IPP", "`IP'")
fails(function() return IP { dst = { "10.0.0.1", nil, "10.0.0.3" } } end,
	"a nil in a set", "value 2 is nil")
fails(function() return IP { dst = {} } end, "an empty set", "empty", "nil")
fails(function() return TCP { dport = { 80, "htpt" } } end, "a label in a set",
	"htpt", "http")
fails(function() return IP { ttl = 300 } end, "out of range", "300", "0-255")
fails(function() return IP().tll end, "a field that nothing has", "tll", "ttl")
fails(function() IP().ttl = "x" end, "a wrong type", "x", "number")
fails(function() return IP { 5 } end, "no name", "IP{")
fails(function() return IP "abc" end, "bytes instead of fields", "dissect")
fails(function() return IP() / {} end, "a table as a layer", "table")
fails(function() return ICMP { gw = "1.2.3.4" } end, "an absent field", "type")
fails(function() sniff { fliter = "icmp" } end, "a misspelt option", "filter")
fails(function() sniff { filter = 5 } end, "an option's type", "string")
fails(function() sniff { iface = "near", filter = "tpc" } end, "a bad filter",
	"tpc")
fails(function() sniff { iface = "naer" } end, "no such interface", "near")
fails(function() rdpcap "/nonexistent" end, "no such file", "/nonexistent")
fails(function() wrpcap("/nonexistent/x.pcap", IP()) end, "no such folder",
	"/nonexistent/x.pcap")
fails(function() wrpcap("/tmp/never.pcap", TCP()) end, "no link type",
	"cannot begin with `TCP'")
fails(function() sr(5) end, "no packet", "a number")
fails(function() send(IP { dst = "203.0.113.1" }) end, "no route", "route")
fails(function()
	sniff { iface = "near", timeout = 10, started = function()
		os.execute "ping -q -c 1 10.9.0.2 >/dev/null &"
	end, prn = function() error "in the callback" end }
end, "an error in a callback", "in the callback")
fails(function()
	sr(IP { dst = "10.9.0.2" } / ICMP(), { prn = function(_, a)
		return a.nosuch
	end })
end, "... of sr", "nosuch")

-- After all that, everything still works.
t.ok(sr1(IP { dst = "10.9.0.2" } / ICMP()), "and the script goes on")
t.done()
