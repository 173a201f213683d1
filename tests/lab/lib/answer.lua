-- Answering machines; real clients on the far side ask.
local t = dofile "tests/script/tap.lua"
local T = ...

-- Runs a command on the far side while the machine answers; what it printed.
local function ask(machine, o, command)
	local out = T .. "/asked"
	o.iface, o.timeout = "near", o.timeout or 10
	o.started = function()
		os.execute(("(ip netns exec far %s; echo done) >%s 2>&1 &")
			:format(command, out))
	end
	local n = machine(o)
	for _ = 1, 100 do
		local text = io.open(out):read "a"
		if text:find "done\n" then return text, n end
		sleep(0.05)
	end
	return "no end", n
end

local out, n = ask(answer.arp, { ip = "10.9.0.90", count = 1 },
	"sh -c 'ping -c 1 -W 1 10.9.0.90 >/dev/null; ip neigh show 10.9.0.90'")
t.has(out, "lladdr", "ARP: the far kernel believes it")
os.execute "ip -n far neigh flush all; ip -n far neigh add 10.9.0.91 lladdr 02:00:00:00:00:91 dev far"
out = ask(answer.icmp, { ip = "10.9.0.91", count = 3 },
	"ping -c 3 -i 0.05 -W 2 10.9.0.91")
t.has(out, "3 received", "ICMP: ping is content")
os.execute "ip -n far -6 neigh flush all"
out, n = ask(answer.ndp, { ip = "2001:db8::90", count = 1 },
	"sh -c 'ping -c 1 -W 1 2001:db8::90 >/dev/null; "
	.. "ip -6 neigh show 2001:db8::90'")
t.has(out, "lladdr", "NDP: the far kernel believes it")

local function dns(text)
	return ("python3 tests/lab/lib/client.py %s"):format(text)
end
os.execute "ip -n far neigh add 10.9.0.53 lladdr 02:00:00:00:00:53 dev far"
out = ask(answer.dns, { ip = "10.9.0.53", count = 2, zone = {
	["www.example"] = "192.0.2.7", ["six.example"] = { AAAA = "2001:db8::7" } } },
	dns "dns 10.9.0.53 www.example A six.example AAAA")
t.has(out, "192.0.2.7", "DNS: an A record")
t.has(out, "2001:db8::7", "DNS: an AAAA record")
out = ask(answer.dns, { ip = "10.9.0.53", count = 1, zone = { a = "192.0.2.7" } },
	dns "dns 10.9.0.53 nosuch.example A")
t.has(out, "rcode 3", "DNS: no such name")
out = ask(answer.netbios, { count = 1, names = { FILESERVER = "10.9.0.44" } },
	dns "netbios 10.9.0.255 fileserver")
t.has(out, "10.9.0.44", "NetBIOS: a name")
out = ask(answer.mdns, { count = 1, zone = { ["printer.local"] = "10.9.0.45" } },
	dns "mdns printer.local")
t.has(out, "10.9.0.45", "mDNS: a name")
os.execute "ip -n far neigh add 10.9.0.69 lladdr 02:00:00:00:00:69 dev far"
local text = ("line of text\n"):rep(100)
out = ask(answer.tftp, { ip = "10.9.0.69", files = { ["a.txt"] = text },
	timeout = 4 },
	dns "tftp 10.9.0.69 a.txt")
t.has(out, "got " .. #text, "TFTP: a file of three blocks")
out = ask(answer.dhcp, { pool = "10.9.0.128/29", server = "10.9.0.1",
	router = "10.9.0.1", dns = "10.9.0.53", count = 2 },
	"timeout 20 dhclient -1 -v -sf /bin/true -lf " .. T .. "/leases -pf "
	.. T .. "/pid far")
t.has(out, "bound to 10.9.0.128", "DHCP: dhclient is bound")
os.execute("kill $(cat " .. T .. "/pid) 2>/dev/null")

-- of one's own
out = ask(answer, { filter = "udp port 5000", count = 1,
	match = function(p) return p.UDP and p[UDP].dport == 5000 end,
	reply = function(p)
		return answer.back(p) / UDP { sport = 5000, dport = p[UDP].sport }
			/ p[Raw].load:upper()
	end }, dns "udp 10.9.0.53 5000 hello")
t.has(out, "HELLO", "one of one's own")
t.done()
