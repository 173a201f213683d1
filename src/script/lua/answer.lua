-- SPDX-License-Identifier: BSD-2-Clause
-- Answering machines: packets that match are replied to.
--
-- The ready ones stand for hosts that are not there: give them addresses that
-- no host has, or else the kernel answers as well.

local core = ...
local help = core.help
core.topic "Answering machines"

local running = { iface = "string", filter = "string", count = "number",
	timeout = "number", prn = "function", started = "function",
	match = "function", reply = "function", promisc = "boolean" }

-- Replies as o.reply makes them of the packets for which o.match holds.
local function run(o)
	local l <close> = core.link { iface = o.iface, filter = o.filter,
		in_only = true, promisc = o.promisc ~= false and o.iface ~= nil }
	local stop = o.timeout and core.clock() + o.timeout
	local n = 0
	if o.started then o.started() end
	while not (o.count and n >= o.count) do
		local left = stop and stop - core.clock()
		if left and left <= 0 then break end
		local p, why = l:next(left)
		if not p and (why or left) then break end
		local r = p and (not o.match or o.match(p)) and o.reply(p)
		if r then
			for _, q in ipairs(core.items(r, "answer")) do l:send(q) end
			n = n + 1
			if o.prn then o.prn(p, r) end
		end
	end
	return n
end

help("answer", "answer{match=, reply=, ...}", "Reply to packets", [[
	match=FUNCTION   true for packets that get a reply; else all
	reply=FUNCTION   makes it of the packet: a packet, a list, nil
	iface=NAME, filter=TEXT  where to listen, and for what
	count=N, timeout=SECONDS  when to end; else with Ctrl-C
	prn=FUNCTION     called with each packet and its reply
	started=FUNCTION called when packets are being gathered
	Ready ones: answer.arp, answer.icmp, answer.dns, answer.dhcp, answer.ndp,
	answer.tftp, answer.mdns, answer.netbios.]])
answer = setmetatable({}, { __call = function(_, o)
	o = core.options("answer", o, running)
	if not o.reply then
		core.fail("answer: reply is a function that makes the answer")
	end
	return run(o)
end })

-- What a reply to p begins with: its link and network layers, turned round.
local function back(p)
	local r
	if p.Ether then
		r = Ether { dst = p.Ether.src, src = p.Ether.dst }
	end
	local ip = p[IP] and IP { src = p[IP].dst, dst = p[IP].src }
		or p[IPv6] and IPv6 { src = p[IPv6].dst, dst = p[IPv6].src }
	return r and ip and r / ip or r or ip
end

-- ... and a UDP header, from the port that was asked.
local function back_udp(p)
	return back(p) / UDP { sport = p[UDP].dport, dport = p[UDP].sport }
end

help("answer.back", "answer.back(p)", "What a reply to p begins with",
	"Its link and network layers with the addresses exchanged.")
answer.back = back

-- A machine: its name, its own options, and what makes filter, match and reply
-- of them.
local function machine(name, own, usage, brief, details, make)
	local allowed = core.copy_options(running)
	allowed.match, allowed.reply = nil, nil
	for k, v in pairs(own) do allowed[k] = v end
	help("answer." .. name, usage, brief, details .. [[

	iface=NAME       on that interface
	count=N, timeout=SECONDS  when to end; else with Ctrl-C
	prn=FUNCTION     called with each question and its answer
	Returns how many there were.]])
	answer[name] = function(o)
		o = core.options("answer." .. name, o, allowed)
		local m = make(o)
		for k in pairs(running) do
			if m[k] == nil then m[k] = o[k] end
		end
		return run(m)
	end
end

-- The addresses for which to answer: text, a list or a set, as a test.
local function among(addresses, layer)
	if addresses == nil then
		return function() return true end
	end
	local set = {}
	for q in layer { dst = addresses }:each() do set[q.dst] = true end
	return function(a) return set[a] end
end

-- The MAC address to tell: given, or that of the interface.
local function own_mac(o, name)
	if o.mac then return o.mac end
	for _, i in ipairs(core.interfaces()) do
		if i.name == o.iface and i.mac then return i.mac end
	end
	core.fail("answer.%s: mac is wanted, or iface, whose address it is", name)
end

machine("arp", { ip = "any", mac = "string" },
	"answer.arp{ip=, ...}", "Answer ARP: we have these addresses", [[
	ip=ADDRESS       "10.0.0.9", a list, "10.0.0.0/28"; else all
	mac=ADDRESS      else the interface's]],
	function(o)
		local ours, mac = among(o.ip, IP), own_mac(o, "arp")
		return { filter = "arp", match = function(p)
			return p.ARP and p[ARP].op == 1 and ours(p[ARP].pdst)
		end, reply = function(p)
			return Ether { dst = p[Ether].src, src = mac } / ARP {
				op = 2, hwsrc = mac, psrc = p[ARP].pdst,
				hwdst = p[ARP].hwsrc, pdst = p[ARP].psrc }
		end }
	end)

machine("icmp", { ip = "any" },
	"answer.icmp{ip=, ...}", "Answer pings, IPv4 and IPv6", [[
	ip=ADDRESS       for these IPv4 addresses; else all]],
	function(o)
		local ours = among(o.ip, IP)
		return { filter = "icmp[0] = 8 or ip6[40] = 128", match = function(p)
			return p.ICMP and p[ICMP].type == 8 and ours(p[IP].dst)
				or p[IPv6] and p[ICMPv6EchoRequest]
		end, reply = function(p)
			local data = p.Raw and p[Raw].load or ""
			if p.ICMP then
				return back(p) / ICMP { type = 0, id = p[ICMP].id,
					seq = p[ICMP].seq } / data
			end
			local q = p[ICMPv6EchoRequest]
			return back(p) / ICMPv6EchoReply { id = q.id, seq = q.seq,
				data = q.data }
		end }
	end)

machine("ndp", { ip = "any", mac = "string", router = "boolean" },
	"answer.ndp{ip=, ...}", "Answer neighbour solicitations", [[
	ip=ADDRESS       for these IPv6 addresses; else all
	mac=ADDRESS      else the interface's
	router=true      say that it is a router]],
	function(o)
		local ours, mac = among(o.ip, IPv6), own_mac(o, "ndp")
		return { filter = "ip6[40] = 135", match = function(p)
			return p.ICMPv6ND_NS and ours(p[ICMPv6ND_NS].tgt)
				and p[IPv6].src ~= "::"
		end, reply = function(p)
			local target = p[ICMPv6ND_NS].tgt
			return Ether { src = mac, dst = p[Ether].src }
				/ IPv6 { src = target, dst = p[IPv6].src, hlim = 255 }
				/ ICMPv6ND_NA { tgt = target, S = 1, O = 1,
					R = o.router and 1 or 0 }
				/ ICMPv6NDOptDstLLAddr { lladdr = mac }
		end }
	end)

-- ---- names ----

local types = { A = 1, AAAA = 28, PTR = 12, CNAME = 5, TXT = 16, NS = 2 }
local type_names = {}
for name, number in pairs(types) do type_names[number] = name end

local function absolute(name)
	return (name:sub(-1) == "." and name or name .. "."):lower()
end

-- {["host.example"] = "10.0.0.1" | {A=, AAAA=, TXT=...}} as a look-up
local function zone_of(o, name)
	if type(o.zone) ~= "table" then
		core.fail("answer.%s: zone is a table, as in "
			.. '{["www.example"]="192.0.2.1"}', name)
	end
	local zone = {}
	for host, v in pairs(o.zone) do
		if type(v) == "string" then
			v = v:find(":") and { AAAA = v } or { A = v }
		end
		for t in pairs(v) do
			if not types[t] then
				core.fail("answer.%s: `%s' is no type of record; it has "
					.. "A, AAAA, CNAME, NS, PTR, TXT", name, tostring(t))
			end
		end
		zone[absolute(host)] = v
	end
	return function(asked, number)
		local v = zone[absolute(asked)] or zone["*."]
		return v ~= nil, v and v[type_names[number]]
	end
end

-- Records for the questions of a message; and whether the names are known.
local function records(p, look, ttl)
	local an, known = {}, false
	for i = 1, #p[DNS].qd do
		local q = p[DNS].qd[i]
		local is, data = look(q.qname, q.qtype)
		known = known or is
		for _, d in ipairs(type(data) == "table" and data or { data }) do
			an[#an + 1] = DNSRR { rrname = q.qname, type = q.qtype,
				ttl = ttl, rdata = d }
		end
	end
	return an, known
end

machine("dns", { zone = "table", ttl = "number", port = "number",
		ip = "any" },
	"answer.dns{zone=, ...}", "Answer DNS questions", [[
	zone=TABLE       {["www.example"]="192.0.2.1", ["b"]={AAAA="2001:db8::1",
	                 TXT="x"}, ["*"]="192.0.2.9"}
	ttl=SECONDS      of the answers; 60
	port=N           53
	ip=ADDRESS       only questions to these]],
	function(o)
		local look, port = zone_of(o, "dns"), o.port or 53
		local ours = among(o.ip, IP)
		return { filter = "udp dst port " .. port, match = function(p)
			return p.DNS and p[DNS].qr == 0 and #p[DNS].qd > 0
				and (not p[IP] or ours(p[IP].dst))
		end, reply = function(p)
			local an, known = records(p, look, o.ttl or 60)
			local m = DNS { id = p[DNS].id, qr = 1, aa = 1,
				rd = p[DNS].rd, rcode = known and 0 or 3,
				qd = DNSQR { qname = p[DNS].qd[1].qname,
					qtype = p[DNS].qd[1].qtype }, an = an }
			return back_udp(p) / m
		end }
	end)

machine("mdns", { zone = "table", ttl = "number", ip = "string" },
	"answer.mdns{zone=, ip=, ...}", "Answer multicast DNS questions", [[
	zone=TABLE       as of answer.dns(): {["printer.local"]="10.0.0.9"}
	ip=ADDRESS       the sender of the answers; else the interface's
	ttl=SECONDS      of the answers; 120]],
	function(o)
		local look = zone_of(o, "mdns")
		return { filter = "udp dst port 5353", match = function(p)
			return p.DNS and p[DNS].qr == 0 and #p[DNS].qd > 0
				and (p[IP] or p[IPv6])
		end, reply = function(p)
			local an = records(p, look, o.ttl or 120)
			if #an == 0 then return end
			-- RFC 6762 6.7: who does not ask from 5353 gets it alone
			local alone = p[UDP].sport ~= 5353
			local ip = p[IP] and IP { dst = alone and p[IP].src
					or "224.0.0.251", ttl = 255 }
				or IPv6 { dst = alone and p[IPv6].src
					or "ff02::fb", hlim = 255 }
			if o.ip then ip.src = o.ip end
			local m = DNS { id = alone and p[DNS].id or 0, qr = 1, aa = 1,
				rd = 0, qd = alone and DNSQR {
					qname = p[DNS].qd[1].qname,
					qtype = p[DNS].qd[1].qtype } or {}, an = an }
			return ip / UDP { sport = 5353,
				dport = alone and p[UDP].sport or 5353 } / m
		end }
	end)

-- ---- NetBIOS names: RFC 1002 4.2 ----

-- 32 letters stand for the 16 bytes of a name: RFC 1001 14.1
local function netbios_name(letters)
	local name = letters:gsub("(.)(.)", function(a, b)
		return string.char((a:byte() - 65 & 15) << 4 | (b:byte() - 65 & 15))
	end)
	return name:sub(1, 15):gsub("%s+$", ""), name:byte(16)
end

-- The name asked for in a query's bytes, and those of the name itself.
local function netbios_question(m)
	if #m < 50 or m:byte(13) ~= 32 then return end
	local flags, count = string.unpack(">I2 I2", m, 3)
	local type = string.unpack(">I2", m, 47)
	if flags & 0x8000 ~= 0 or count ~= 1 or type ~= 0x20 then return end
	return netbios_name(m:sub(14, 45)), m:sub(13, 46)
end

machine("netbios", { names = "table", ttl = "number" },
	"answer.netbios{names=, ...}", "Answer NetBIOS name queries", [[
	names=TABLE      {FILESERVER="10.0.0.9"}
	ttl=SECONDS      of the answers; 300]],
	function(o)
		local names = {}
		if not o.names then
			core.fail("answer.netbios: names is a table, as in "
				.. '{FILESERVER="10.0.0.9"}')
		end
		for name, ip in pairs(o.names) do names[name:upper()] = ip end
		return { filter = "udp dst port 137", reply = function(p)
			if not p[IP] or not p[UDP] then return end
			local m = p[UDP]:bytes():sub(9)
			local name, encoded = netbios_question(m)
			local ip = name and names[name:upper()]
			if not ip then return end
			local a, b, c, d = ip:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
			local r = m:sub(1, 2)
				.. string.pack(">I2 I2 I2 I2 I2", 0x8500, 0, 1, 0, 0)
				.. encoded .. string.pack(">I2 I2 I4 I2 I2 BBBB", 0x20, 1,
					o.ttl or 300, 6, 0, a, b, c, d)
			-- the sender is who has the name, for the question went to all
			local ether = p.Ether and Ether { dst = p[Ether].src }
			local up = IP { src = ip, dst = p[IP].src }
				/ UDP { sport = 137, dport = p[UDP].sport } / r
			if ether and o.iface then ether.src = own_mac(o, "netbios") end
			return ether and o.iface and ether / up or up
		end }
	end)

-- ---- DHCP: RFC 2131 ----

-- "discover", "request" ...; nil: there is none
local function kind_of(p)
	local part = p["DHCP.options[message-type].value"]
	return part and tostring(part):match("%w+")
end

machine("dhcp", { pool = "any", server = "string", mask = "string",
		router = "string", dns = "string", domain = "string",
		lease = "number" },
	"answer.dhcp{pool=, server=, ...}", "Lease addresses by DHCP", [[
	pool=ADDRESSES   "10.0.0.64/28", a list
	server=ADDRESS   ours; else the interface's
	mask=MASK        "255.255.255.0"
	router=, dns=, domain=  what else to tell
	lease=SECONDS    3600]],
	function(o)
		local free, leases = {}, {}
		if not o.pool then
			core.fail('answer.dhcp: pool is wanted, as in "10.0.0.64/28"')
		end
		for q in IP { dst = o.pool }:each() do free[#free + 1] = q.dst end
		local server = o.server
		for _, i in ipairs(not server and core.interfaces() or {}) do
			local a = i.name == o.iface and i.addresses[1]
			server = server or a and a:match("^[^/]+")
		end
		if not server then
			core.fail("answer.dhcp: server is wanted, our own address")
		end
		local mac = own_mac(o, "dhcp")
		local function lease(p)
			local who = p[BOOTP].chaddr
			if not leases[who] and #free > 0 then
				leases[who] = table.remove(free, 1)
			end
			return leases[who]
		end
		return { filter = "udp dst port 67", match = function(p)
			return p.DHCP and p[BOOTP].op == 1
		end, reply = function(p)
			local kind = kind_of(p)
			local ip = (kind == "discover" or kind == "request") and lease(p)
			if not ip then return end
			local opts = { { "message-type", kind == "discover" and "offer" or "ack" },
				{ "server_id", server },
				{ "lease_time", o.lease or 3600 },
				{ "subnet_mask", o.mask or "255.255.255.0" } }
			if o.router then opts[#opts + 1] = { "router", o.router } end
			if o.dns then opts[#opts + 1] = { "name_server", o.dns } end
			if o.domain then opts[#opts + 1] = { "domain", o.domain } end
			opts[#opts + 1] = "end"
			return Ether { dst = p[Ether].src, src = mac }
				/ IP { src = server, dst = "255.255.255.255" }
				/ UDP { sport = 67, dport = 68 }
				/ BOOTP { op = 2, xid = p[BOOTP].xid, yiaddr = ip,
					siaddr = server, chaddr = p[BOOTP].chaddr,
					flags = p[BOOTP].flags }
				/ DHCP { options = opts }
		end }
	end)

-- ---- TFTP: RFC 1350 ----

machine("tftp", { files = "table", ip = "any" },
	"answer.tftp{files=, ...}", "Serve files by TFTP", [[
	files=TABLE      {["boot.cfg"]="its contents"}
	ip=ADDRESS       only questions to these]],
	function(o)
		local reads, ours = {}, among(o.ip, IP)
		if not o.files then
			core.fail("answer.tftp: files is a table, as in "
				.. '{["boot.cfg"]="its contents"}')
		end
		local function data(p, r, block)
			local part = r.text:sub((block - 1) * 512 + 1, block * 512)
			r.last = #part < 512 and block
			return back(p) / UDP { sport = 69, dport = p[UDP].sport }
				/ TFTP { op = 3 } / TFTP_DATA { block = block & 0xffff } / part
		end
		return { filter = "udp dst port 69", match = function(p)
			return p.TFTP and p[IP] and ours(p[IP].dst)
		end, reply = function(p)
			local who = p[IP].src .. " " .. p[UDP].sport
			if p.TFTP_RRQ then
				local text = o.files[p[TFTP_RRQ].filename]
				if not text then
					return back_udp(p) / TFTP { op = 5 } / TFTP_ERROR {
						errorcode = 1, errormsg = "no such file" }
				end
				reads[who] = { text = text, block = 1 }
				return data(p, reads[who], 1)
			elseif p.TFTP_ACK and reads[who] then
				local r = reads[who]
				if p[TFTP_ACK].block ~= r.block & 0xffff then return end
				if r.last then
					reads[who] = nil
					return
				end
				r.block = r.block + 1
				return data(p, r, r.block)
			end
		end }
	end)
