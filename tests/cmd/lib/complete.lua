-- Completion: what may stand at the cursor, which is the end of each text.
-- Run by `pkw shell', as only the shell completes.
local t = dofile "tests/script/tap.lua"
local core = debug.getregistry()["pkw.core"]

p = IP { dst = "192.0.2.1" } / TCP { dport = { 80, 443 } } / "x"
conf = { port = 80, deep = { er = 1 } }
l = packets(IP { dst = "192.0.2.0/31" })

-- The texts of the candidates, with blanks between.
local function found(text)
	local out = {}
	for i, c in ipairs((core.complete(text))) do out[i] = c.text end
	return table.concat(out, " ")
end

-- All of these are found, and none of those.
local function offers(text, wanted, not_wanted)
	local all = " " .. found(text) .. " "
	for word in wanted:gmatch("%S+") do
		t.has(all, " " .. word .. " ", text:gsub("\n", " ") .. " offers " .. word)
	end
	for word in (not_wanted or ""):gmatch("%S+") do
		t.ok(not all:find(" " .. word .. " ", 1, true),
			text:gsub("\n", " ") .. " does not offer " .. word)
	end
end

-- What Tab makes of the text.
local function becomes(text, wanted)
	local back, insert = core.shell_complete(text, 80)
	t.is(text:sub(1, #text - back) .. (insert or ""), wanted, text .. "<Tab>")
end

-- fields
becomes("IP{ds", "IP{dst=")
becomes("IP{dst='1.2.3.4', tt", "IP{dst='1.2.3.4', ttl=")
offers("IP{", "src dst ttl proto", "sport sniff IP")
offers("IP{dst='1.2.3.4', ", "src ttl", "dst")
offers("IP()/TCP{sport=1, ", "dport flags", "sport ttl")
offers("IP{\ndst='1.2.3.4',\n", "src", "dst")
offers("DNSRRMX{", "rrname preference exchange")
offers("f(IP{dst='a', src='b'}/UDP{", "sport dport", "dst")
-- labels
offers('TCP{flags="', "S A F")
offers('TCP{flags="S', "SA SF", "SS S")
offers('TCP{dport="htt', "http https")
becomes('TCP{dport="https', 'TCP{dport="https"')
offers('ICMP{type="echo', "echo-request echo-reply")
offers("ICMP{type='echo-req", "echo-request")
offers('IP{flags="', "MF DF evil")
offers('IP{flags="MF+', "MF+DF", "DF")
offers('TCP{dport={"http", "ht', "https")
offers('p.flags = "', "DF", "S")
offers('p[TCP].flags = "', "S", "DF")
offers('p[TCP].dport = "ht', "https")
offers('if p.dport == "ht', "https")
offers("ICMP{type=", '"echo-request"')
t.is(found('IP{dst="'), "", "an address has no label, and is no file")
-- members
offers("p.", "ttl dport load IP TCP", "show sniff qname")
offers("p.T", "TCP")
offers("p[", "IP TCP Raw", "UDP sniff")
becomes("p[TC", "p[TCP]")
offers('p["T', "TCP")
offers("p[TCP].", "dport", "ttl")
offers("p.TCP.", "dport", "ttl")
offers("p:", "show hexdump layers", "ttl filter")
becomes("p:hexd", "p:hexdump()")
offers("p[TCP]:", "show")
offers("IP{dst='1.2.3.4'}:", "show", "filter")
offers("(IP{dst='1.2.3.4'}/TCP()):", "show")
offers("(IP{dst='1.2.3.4'}/TCP()).", "ttl dport", "qname")
offers("l:", "filter map show", "hexlify ttl")
offers("l[1].", "ttl dst", "dport")
offers("conf.", "port deep", "er")
offers("conf.deep.", "er", "port")
offers("random.", "ip mac port", "sniff")
offers("string.", "format rep", "sniff")
offers("('x'):", "format")
-- globals
offers("sn", "sniff")
becomes("arpin", "arping(")
offers("print(con", "conf")
offers("DNSQ", "DNSQR")
becomes("dnsqr", "DNSQR")
becomes("wh", "while")
offers("local mine = 1 print(mi", "mine")
offers("", "sniff p", "DNSQR while")
-- options
offers("sniff{", "iface filter count timeout lfilter started", "sniff")
offers("sniff{iface='lo', ", "filter", "iface")
offers("sr1(p, {", "timeout iface", "sniff")
-- interfaces, files, names in quotes
offers('sniff{iface="', "lo")
offers('iface = "', "lo")
offers('rdpcap("tests/data/tran', "tests/data/transport.pcap")
becomes('rdpcap("tests/data/transp', 'rdpcap("tests/data/transport.pcap"')
becomes('rdpcap"tests/dat', 'rdpcap"tests/data/')
offers('help("p:sho', "p:show p:show2")
offers('layer("DNSQ', "DNSQR")
-- nothing
t.is(found("-- sn"), "", "nothing in a comment")
t.is(found("x = 12"), "", "nothing behind a number")
t.is(found("nothing_there."), "", "nothing of nothing")
t.is(found("error('no')."), "", "nothing of what a call gives")
offers("--[[ a comment ]] sn", "sniff")
offers('x = "a \\" b" sn', "sniff")
offers("x = [[ IP{ ]] sn", "sniff")

-- Nothing is called.
local called = false
spy = setmetatable({}, { __index = function() called = true end,
	__call = function() called = true end })
for _, text in ipairs { "spy.", "spy.x.", "spy()", "spy().", "spy:", "spy['x'].",
	"spy[spy].", "spy{" } do
	core.complete(text)
end
t.ok(not called, "nothing is called")

-- Any text.
local pieces = { "IP", "{", "}", "(", ")", "[", "]", "\"", "'", "=", ".", ":",
	"p", "conf", "[[", "]]", "--", "\\", ",", "/", " ", "\n", "1", "flags",
	"TCP", "for", "é", "\xff", "==", "l" }
math.randomseed(1)
local fine = true
for i = 1, 3000 do
	local text = {}
	for k = 1, math.random(12) do text[k] = pieces[math.random(#pieces)] end
	text = table.concat(text)
	local worked, message = pcall(core.shell_complete, text, 80)
	if not worked then
		fine = false
		print("# " .. ("%q"):format(text) .. " " .. message)
	end
end
t.ok(fine, "any text can be completed")
t.done()
