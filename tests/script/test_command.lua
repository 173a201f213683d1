-- SPDX-License-Identifier: BSD-2-Clause
-- p:command(): what makes a packet, in Lua, and it does make it.
-- tests/peers/lua_text.py does the same with thousands.
local t = dofile "tests/script/tap.lua"

local function remade(p)
	return assert(load("return " .. p:command()))()
end

-- The text, and the bytes of what the text makes.
local function command(p, wanted)
	t.is(p:command(), wanted, wanted)
	t.is(remade(p):hex(), p:hex(), "... makes the same bytes")
end

local ip = IP { src = "192.0.2.1", dst = "192.0.2.2" }
local below = 'IP{src="192.0.2.1", dst="192.0.2.2"}/'

command(ip / TCP { flags = "SA", options = { { "MSS", 1460 }, { "NOP", none },
	{ "Timestamp", { 1, 2 } }, { 34, bytes "abc" } } } / "a\0",
	below .. 'TCP{flags="SA", options={{"MSS", 1460}, {"NOP", none}, '
	.. '{"Timestamp", {1, 2}}, {34, bytes"abc"}}}/"a\\x00"')
command(ip / UDP() / DNS { qd = { DNSQR { qname = "a." }, DNSQR() } },
	below .. 'UDP()/DNS{qd={DNSQR{qname="a."}, DNSQR()}}')
command(DNS { qd = none }, "DNS{qd={}}")
command(UDP { len = raw "abc" }, 'UDP{len=raw"abc"}')
command(DHCP6OptRelayMsg { message = DHCP6 { msgtype = 255 } / "\0017" },
	'DHCP6OptRelayMsg{message=DHCP6{msgtype=255}/"\\x017"}')
-- fractions that a number of Lua's can hold, and others
command(NTPHeader { delay = 0.3, orig = "4000000000.012345679", sent = 7 },
	'NTPHeader{delay=0.3, orig="4000000000.012345679", sent=7}')

-- what is there on top of another layer only
local dns = DNS { length = 5 }
command(ip / TCP() / dns, below .. "TCP()/DNS{length=5, qd=DNSQR()}")
command(TCP() / (dns:copy() / "x"), 'TCP()/DNS{length=5, qd=DNSQR()}/"x"')
t.fails(function() return UDP() / dns end, "DNS.length is absent here",
	"on top of another it is not there")
dns.length = nil
t.is((TCP() / dns).length, 33, "taken back before it was put there")

-- packets that stand for several
local set = IP { src = "192.0.2.1", dst = { "192.0.2.1", "192.0.2.2" },
	ttl = range(1, 3) } / UDP { dport = { 53, 67 }, sport = random.port() }
t.is(set:command(), 'IP{ttl=range(1, 3), dst={"192.0.2.1", "192.0.2.2"}, '
	.. 'src="192.0.2.1"}/UDP{sport=random.port(), dport={53, 67}}',
	"with its sets")
t.is(remade(set):count(), 12, "... makes as many")
t.is((ip / Raw { load = { "a", "b\n" } }):command(),
	below .. 'Raw{load={"a", "b\\n"}}', "a set of payloads")
set = IP { ttl = 5, src = "192.0.2.1", dst = "192.0.2.9" }
	/ TCP { options = { { "NOP", none } }, dport = 9 } / DNS { id = { 1, 2 } }
	/ "a/b(c"
set.ttl, set.dport = { 1, 2 }, range(5, 7)
t.is(set:command(), 'IP{ttl={1, 2}, src="192.0.2.1", dst="192.0.2.9"}'
	.. '/TCP{dport=range(5, 7), options={{"NOP", none}}}'
	.. '/DNS{id={1, 2}, qd=DNSQR()}/"a/b(c"', "sets in the place of values")
t.is(set:expression(), 'IP(ttl=[1, 2], src="192.0.2.1", dst="192.0.2.9")'
	.. '/TCP(dport=(5, 7), options=[("NOP", None)])'
	.. '/DNS(id=[1, 2], qd=DNSQR())/"a/b(c"', "... in an expression")
t.is(remade(set):count(), set:count(), "... and as many")
t.is((IP { dst = { "192.0.2.1", "192.0.2.2" } } / "/" / "x"):command(),
	'IP{dst={"192.0.2.1", "192.0.2.2"}}/"/"/"x"', "payloads")
t.done()
