-- A fuzzer finds the fault planted in server.py, names the packet, replays it.
local t = dofile "tests/script/tap.lua"
local T = ...
local log = T .. "/fuzz.log"
local to = IP { dst = "10.9.0.2" } / UDP { sport = 4444, dport = 7777 }
local probe = to / "alive"

t.ok(sr1(probe, { timeout = 2 }), "the server is alive")
local r = fuzzer { to / DNS { qd = DNSQR { qname = "a.b" } }, alive = probe,
	timeout = 1, log = log, count = 400, verbose = false }
t.ok(r.dead, "it dies within the bound")
t.ok(r.packet and r.packet[DNS].qdcount > 300, "by too many questions")
t.has(r.change or "", "DNS.qdcount", "the change is named")
t.is(r.sent, r.dead, "the log ends there")
local l = fuzzer_replay(log, { case = r.dead })
t.ok(#l == 1 and l[1]:bytes() == r.packet:bytes(), "and is replayed")
t.is(l[1][IP].src, "10.9.0.1", "... from where it was sent")
local again = fuzzer_replay(log, { send = function() end })
t.is(#again, r.sent, "so are all")

-- seeded: the same packets
local function bytes(seed)
	local s = {}
	for _, p in ipairs(fuzz(to / DNS()):sample(5, seed)) do s[#s + 1] = p:hex() end
	return table.concat(s)
end
t.is(bytes(7), bytes(7), "the same seed, the same packets")
t.ok(bytes(7) ~= bytes(8), "another seed, other packets")
t.done()
