-- SPDX-License-Identifier: BSD-2-Clause
-- protocol(): tables written in Lua say what those in C say.  Protocols that
-- exist are defined once more, and packets of both have the same bytes and the
-- same fields when they are read.
local t = dofile "tests/script/tap.lua"

-- The same fields in a layer of two packets.
local function same_fields(a, b, names, text)
	for name in names:gmatch "%S+" do
		t.is(a[name], b[name], text .. ": " .. name)
	end
end

-- ---- the protocol of the issue ----

local Beacon = protocol("Beacon", { u8"kind", u16"len"{length_of="body"},
	bytes"body" }, { bind={UDP, dport=9999}, summary="{kind} {len}" })
t.is(tostring(Beacon), "Beacon", "protocol() returns the layer")
local p = IP { src="192.0.2.1", dst="192.0.2.2" } / UDP()
	/ Beacon { kind=7, body="hello" }
t.is(Beacon { kind=7, body="hello" }:hex(), "07000568656c6c6f", "its bytes")
t.is(p.dport, 9999, "its port is written")
local q = IP:dissect(p:bytes())
t.is(q.Beacon.body, "hello", "it is found by its port")
t.is(q.Beacon.len, 5, "... and its length bounds it")
t.is((p / "x"):hex():sub(-12), "68656c6c6f78", "a payload comes behind")
t.is(#IP:dissect((p / "x"):bytes()).Raw, 1, "... and is read as one")
t.is(tostring(packet "IP()/UDP()/Beacon(kind=3)".Beacon), "Beacon 3 0",
	"expressions know it, and its summary")
t.has(ls(Beacon, { dump=true }), "length of body in bytes", "ls knows it")
t.is((IP()/UDP()/Beacon { kind={ 1, 2, 3 } }):count(), 3, "sets")
t.is(p.Beacon:hex(), Beacon { kind=7, body="hello" }:hex(), "a view of it")
t.ok(p:expression():find('Beacon(kind=7, body=b"hello")', 1, true),
	"its expression")

-- ---- UDP ----

protocol("MyUDP", {
	u16"sport"{53, next="udp.port"},
	u16"dport"{53, next="udp.port"},
	u16"len"{length_of="layer", zero=1},
	u16"chksum"{hex=true, checksum="inet", pseudo="ipproto", nonzero=true},
}, { class="transport", bind={ipproto=17, build=true} })
for _, load in ipairs { "", "x", ("abc"):rep(100), "\xff\xff\x76\x2e" } do
	local a = IP { dst="192.0.2.9" } / UDP { sport=1234, dport=4321 } / load
	local b = IP { dst="192.0.2.9" } / MyUDP { sport=1234, dport=4321 } / load
	t.is(b:hex(), a:hex(), "UDP: the bytes, " .. #load .. " of load")
end
t.is((IP()/MyUDP { dport=53 }/DNS()):hex(), (IP()/UDP { dport=53 }/DNS()):hex(),
	"UDP: below DNS")
local u = UDP():again()
t.is(MyUDP:dissect((UDP{sport=9}/DNS{id=7}):bytes()).DNS.id, 7,
	"UDP: ports lead on")

-- ---- ARP: labels, addresses, presence ----

protocol("MyARP", {
	u16"hwtype"{1, hex=true, labels={Ethernet=1}},
	u16"ptype"{0x0800, hex=true},
	u8"hwlen"{6}, u8"plen"{4},
	u16"op"{"who-has", labels={"who-has", "is-at"}},
	mac"hwsrc"{source=true}, ip4"psrc"{source=true},
	mac"hwdst"{}, ip4"pdst"{},
}, { bind={ethertype=0x0806, build=true}, class="network" })
local arp = { op="is-at", hwsrc="02:00:00:00:00:01", psrc="192.0.2.1",
	hwdst="02:00:00:00:00:02", pdst="192.0.2.2" }
local e = { src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff" }
t.is((Ether(e)/MyARP(arp)):hex(), (Ether(e)/ARP(arp)):hex(), "ARP: the bytes")
same_fields(MyARP:dissect(ARP(arp):bytes()), ARP(arp),
	"op hwsrc psrc hwdst pdst", "ARP")

-- ---- GRE: bits, and fields that are there sometimes ----

protocol("MyGRE", {
	bits(1)"chksum_present", bits(1)"routing_present",
	bits(1)"key_present", bits(1)"seqnum_present",
	bits(1)"strict_route_source", bits(3)"recursion_control",
	bits(5)"flags", bits(3)"version",
	u16"proto"{hex=true, next="ethertype",
		guard={"routing_present", "==", 0}},
	u16"chksum"{hex=true, when={"chksum_present", "==", 1}, checksum="inet"},
	u16"offset"{when={field="chksum_present", eq=1}},
	u16"chksum"{when={{"chksum_present", "==", 0},
		{"routing_present", "==", 1}}},
	u16"offset"{when={{"chksum_present", "==", 0},
		{"routing_present", "==", 1}}},
	u32"key"{when={"key_present", "==", 1}},
	u32"sequence_number"{when={"seqnum_present", "==", 1}},
}, { class="network", bind={ipproto=47, build=true} })
for i = 0, 15 do
	local f = { chksum_present=i & 1, key_present=i >> 1 & 1,
		seqnum_present=i >> 2 & 1, routing_present=i >> 3 & 1 }
	if i & 2 ~= 0 then f.key = 0x01020304 end
	if i & 4 ~= 0 then f.sequence_number = 99 end
	if i & 8 == 0 then
		local a, b = GRE(f)/IP(), MyGRE(f)/IP()
		t.is(b:hex(), a:hex(), "GRE: the bytes of " .. i)
		t.is(MyGRE:dissect(a:bytes()).IP:hex(), IP():hex(),
			"GRE: what is behind " .. i)
	else
		t.is(MyGRE(f):hex(), GRE(f):hex(), "GRE: the bytes of " .. i)
	end
end

-- ---- TCP's options, as elements with their length ----

local function option(name, key, ...)
	return record(name, { u8"kind", u8"len"{length_of="record"}, ... },
		{ key=key })
end
protocol("MyTCP", {
	u16"sport"{20}, u16"dport"{80}, u32"seq", u32"ack",
	bits(4)"dataofs"{length_of="record", unit=4}, bits(3)"reserved",
	flags(9, { "F", "S", "R", "P", "A", "U", "E", "C", "N" })"flags"{"S"},
	u16"window"{8192}, u16"chksum"{checksum="inet", pseudo="ipproto"},
	u16"urgptr",
	list"options"{
		record("MyEOL", { u8"kind" }, { key=0 }),
		record("MyNOP", { u8"kind" }, { key=1 }),
		option("MyMSS", 2, u16"mss"{1460}),
		option("MyWScale", 3, u8"shift"),
		option("MySAckOK", 4),
		record("MyOption", { u8"kind", u8"len"{length_of="record"},
			bytes"value" }),
		last={"kind", "==", 0},
	},
}, { class="transport", bind={ipproto=6, build=true} })
local real = IP() / TCP { dport=443, options={ { "MSS", 1400 }, { "NOP", none },
	{ "WScale", 7 }, { "SAckOK", "" } } }
local mine = IP() / MyTCP { dport=443, options={ MyMSS { mss=1400 }, MyNOP,
	MyWScale { shift=7 }, MySAckOK } }
t.is(mine:hex(), real:hex(), "TCP: the bytes with options")
local back = MyTCP:dissect(real.TCP:bytes())
t.is(#back.options, #TCP:dissect(real.TCP:bytes()).options,
	"TCP: as many options are read")
t.is(back.options[1].mss, 1400, "TCP: ... the first")
t.is(back.options[3].shift, 7, "TCP: ... the third")
t.is(tostring(back.flags), "S", "TCP: flags, by default")

-- ---- DHCP's options: kind, length, value, up to an end ----

protocol("MyDHCP", { list"options"{
	record("MyPad", { u8"code" }, { key=0 }),
	record("MyType", { u8"code", u8"len"{length_of="rest"},
		u8"value"{labels={ "discover", "offer" }} }, { key=53 }),
	record("MyName", { u8"code", u8"len"{length_of="rest"}, text"name" },
		{ key=12 }),
	record("MyMask", { u8"code", u8"len"{length_of="rest"}, ip4"mask" },
		{ key=1 }),
	record("MyEnd", { u8"code" }, { key=255 }),
	record("MyOther", { u8"code", u8"len"{length_of="rest"}, bytes"value" }),
	last={"code", "==", 255},
} })
local dhcp = DHCP { options={ { "message-type", "offer" },
	{ "hostname", "cellar" }, { "subnet_mask", "255.255.255.0" }, "end" } }
local d = MyDHCP:dissect(dhcp:bytes())
t.is(MyDHCP { options={ MyType { value="offer" }, MyName { name="cellar" },
	MyMask { mask="255.255.255.0" }, MyEnd } }:hex(), dhcp:hex(),
	"DHCP: the bytes of options")
t.is(d.options[1].value, 2, "DHCP: options are read")
t.is(d.options[2].name, "cellar", "DHCP: ... text")
t.is(d.options[3].mask, "255.255.255.0", "DHCP: ... an address")

-- ---- the rest of the types ----

protocol("MyTypes", {
	u24"a"{0x010203}, u64"b"{-1}, s8"c"{-1}, s16"d"{-2}, s32"e"{-3},
	u16le"f"{0x0102}, u32le"g"{0x01020304}, s16le"h"{-2},
	fixed(8, 8)"i"{2.5}, ip6"j"{"2001:db8::1"},
	uuid"k"{"00112233-4455-6677-8899-aabbccddeeff"},
	text(4)"l"{"ab"}, bytes(2)"m"{"cd"},
	u8"n"{length_of="o"}, text"o"{"xyz"},
	u8"number"{count_of="list"}, align(4),
	list"list"{record("MyItem", { u16"v" }), style="values"},
	cstring"p", name"host",
	u8"which", variant"v"{key="which", record("MyOne", { u8"one"{1} }, {key=1}),
		record("MyAny", { bytes"any" })},
}, { whole=true })
local all = MyTypes { list={ 1, 2 }, p="q", host="a.b.", which=1 }
t.is(all:hex(), "010203" .. "ffffffffffffffff" .. "ff" .. "fffe" .. "fffffffd"
	.. "0201" .. "04030201" .. "feff" .. "0280"
	.. "20010db8000000000000000000000001"
	.. "00112233445566778899aabbccddeeff" .. "61620000" .. "6364"
	.. "03" .. "78797a" .. "02" .. "00" .. "00010002"
	.. "7100" .. "0161" .. "0162" .. "00" .. "01" .. "01", "all types: the bytes")
local again = MyTypes:dissect(all:bytes())
same_fields(again, { a=0x010203, b=-1, c=-1, d=-2, e=-3, f=0x0102,
	g=0x01020304, h=-2, i=2.5, j="2001:db8::1", o="xyz", p="q", number=2,
	which=1 }, "a b c d e f g h i j o p number which", "all types, read")
t.is(again.v.one, 1, "a variant")
all = MyTypes { which=9 }
all["MyTypes.v.any"] = "zz"
t.is(all:hex():sub(-6), "097a7a", "another")

-- ---- records inside of themselves ----

protocol("MyTree", { list"nodes"{
	record("MyLeaf", { u8"kind", u8"len"{length_of="rest"}, bytes"value" }),
	record("MyBranch", { u8"kind", u8"len"{length_of="rest"},
		list"inner"{ "MyLeaf", "MyBranch" } }, { key=7 }),
} })
local tree = MyTree:dissect "\7\9\7\4\1\2ab\2\1c\3\0"
t.is(tree["MyTree.nodes[0].inner[0].inner[0].value"], "ab", "a tree, read")
t.is(tree["MyTree.nodes[0].inner[1].value"], "c", "... and its next branch")
t.is(MyTree { nodes={ MyBranch { inner={ MyBranch { inner={ MyLeaf { kind=1,
	value="ab" } } }, MyLeaf { kind=2, value="c" } } }, MyLeaf { kind=3 } } }:hex(),
	tree:hex(), "... built")

-- ---- spaces of one's own, bindings at run time ----

protocol("MyFrame", { u8"kind"{next="my.kind"}, u8"len"{length_of="payload"} },
	{ bind={space="ethertype", value=0x88b5} })
protocol("MyInner", { u16"x" }, { bind={MyFrame, kind=5} })
local f = Ether(e)/MyFrame()/MyInner { x=258 }
t.is((f / "pad"):hex():sub(-14), "0505" .. "0102" .. "706164",
	"a space of its own")
t.is(f.type, 0x88b5, "a protocol by its ethertype")
t.is(Ether:dissect(f:bytes()).MyInner.x, 258, "... read")
bind_layers(UDP, MyFrame, { dport=7001 })
local g = IP() / UDP() / MyFrame() / MyInner { x=1 }
t.is(g.dport, 7001, "bind_layers: written")
t.is(IP:dissect(g:bytes()).MyInner.x, 1, "bind_layers: read")
split_layers(UDP, MyFrame, { dport=7001 })
t.is(IP:dissect(g:bytes()).MyFrame, nil, "split_layers")
t.fails(function() split_layers(UDP, MyFrame, { dport=7001 }) end,
	"MyFrame is not bound to udp.port 7001", "split_layers twice")
protocol("MyPorts", { u8"x" }, { bind={UDP, sport=6001, dport=6002} })
g = IP() / UDP() / MyPorts()
t.is(g.sport .. " " .. g.dport, "6001 6002", "two ports")
protocol("MyNear", { u8"x" }, { bind={UDP, dport=6003}, below={IP, ttl=1} })
t.is((IP() / MyNear()).ttl, 1, "below=")

-- ---- replaced ----

local old = MyInner { x=3 }
protocol("MyInner", { u8"y"{9} }, { bind={MyFrame, kind=5} })
t.is((MyFrame()/MyInner()):hex(), "050109", "a name registered again")
t.is(old:hex() .. old.x, "00033", "... packets keep what they were")
t.is(MyFrame:dissect "\5\1\7".MyInner.y, 7, "... the new one is found")
protocol("MyList", { list"l"{record("MyPart", { u8"x" })} })
protocol("MyList", { list"l"{record("MyPart", { u16"x" })} })
t.is(MyList { l={ MyPart { x=1 } } }:hex(), "0001", "... its elements too")

-- ---- functions ----

protocol("MyV2", { u8"version"{2}, u16"seq" })
protocol("MyV1", { u8"version"{1}, u8"seq", u8"kind" }, {
	bind={UDP, dport=6100},
	guess=function(b) return b:byte(1) == 2 and MyV2 or nil end,
	answers=function(q, a) return a.kind == 2 and q.kind == 1
		and a.seq == q.seq end,
})
t.is((IP():again()/UDP()/MyV1()):again().MyV1.version, 1, "guess: nil")
t.is(MyV1:dissect "\2\0\9".MyV2.seq, 9, "guess: a layer")
local ask = IP { src="192.0.2.1", dst="192.0.2.2" } / UDP()
	/ MyV1 { seq=4, kind=1 }
local function reply(seq, kind)
	return IP { src="192.0.2.2", dst="192.0.2.1" } / UDP()
		/ MyV1 { seq=seq, kind=kind }
end
t.is(reply(4, 2):answers(ask), true, "answers: yes")
t.is(reply(5, 2):answers(ask), false, "answers: another number")
t.is(reply(4, 1):answers(ask), false, "answers: another kind")

protocol("MySum", { u8"sum"{checksum=function(b)
	local n = 0
	for i = 1, #b do n = n + b:byte(i) end
	return n & 255
end} })
t.is((MySum()/"\1\2\3"):hex(), "06010203", "a checksum in Lua")
local edited = MySum:dissect "\6\1\2\3"
edited.load = "\1\1"
t.is(edited:hex(), "020101", "... follows a change")

protocol("MyBad", { u8"x" }, { guess=function(b) error "oops" end })
t.is(MyBad:dissect "\3".x, 3, "a function that fails has said nothing")
protocol("MyLoop", { u8"x" }, {
	above=function(b) return MyLoop:dissect(b).x and "Raw" end })
t.is(MyLoop:dissect "\3\4".load, "\4", "a function that leads to itself ends")

-- ---- faults ----

local function faults(lines, name, ...)
	local args = { ... }
	local message = t.fails(function() protocol(name, table.unpack(args)) end,
		lines, name)
	local n = select(2, message:gsub("\n", "")) + 1
	t.is(n, #lines, name .. ": as many lines as faults")
	t.fails(function() return _G[name] end, "no layer, function or variable",
		name .. ": nothing is half there")
end
local here = "tests/script/test_protocol.lua:"

faults({ "BadA.x: no column `defualt'; did you mean `default'?" }, "BadA",
	{ u8"x"{defualt=3} })
faults({ "BadB.n: length_of: BadB has no field `bdy'; did you mean `body'?" },
	"BadB", { u8"n"{length_of="bdy"}, bytes"body" })
faults({ "BadC.*: does not end at a byte: 5 more bits would fill it" },
	"BadC", { bits(3)"x" })
faults({ "BadD.n: length_of: BadD has no field `y'",
	"BadD.z: the name is taken" }, "BadD",
	{ u8"n"{length_of="y"}, u8"z", u8"z" })
faults({ "BadE: bind: no protocol looks into a space `udp.prot'; did you mean "
	.. "`udp.port'?" }, "BadE", { u8"x" }, { bind={["udp.prot"]=9} })
faults({ "BadF: bind: UDP has no field `dprt'; did you mean `dport'?" },
	"BadF", { u8"x" }, { bind={UDP, dprt=9} })
faults({ "BadG: bind: UDP.len does not lead to another layer, as sport does" },
	"BadG", { u8"x" }, { bind={UDP, len=9} })
faults({ "BadH.x: the default does not fit into 8 bits",
	"BadH.y: default: the default does not fit: -128 to 127",
	'BadH.z: default: an address like 192.0.2.1 is wanted, not "1.2.3"' },
	"BadH", { u8"x"{256}, s8"y"{128}, ip4"z"{"1.2.3"} })
faults({ "BadI: no column `sumary'; did you mean `summary'?",
	"BadI.x: checksum: no `crc32'; did you mean `crc32c'?" }, "BadI",
	{ u32"x"{checksum="crc32"} }, { sumary="{x}" })
faults({ "BadJ: summary: BadJ has no field `kin'; did you mean `kind'?" },
	"BadJ", { u8"kind" }, { summary="{kin}" })
faults({ "BadOpt.x: no column `hx'; did you mean `hex'?" }, "BadK",
	{ list"l"{record("BadOpt", { u8"x"{hx=true} })} })
faults({ "BadL: row 2 is a number; rows are like u8\"kind\"" }, "BadL",
	{ u8"x", 2 })
faults({ "BadM.x: when: it has no operator" }, "BadM",
	{ u8"k", u8"x"{when={"k", "=", 1}} })
faults({ 'BadL2.l: there is no record("Nix", ...) around this row' }, "BadL2",
	{ list"l"{ "Nix" } })
faults({ "BadL3.a: an Internet checksum has 16 bits",
	"BadL3.b: a CRC-32C has 32 bits" }, "BadL3",
	{ u8"a"{checksum="inet"}, u16"b"{checksum="crc32c"} })
faults({ "BadN.n: what it counts must come later: move this row before it" },
	"BadN", { bytes"b", u8"n"{length_of="b"} })
faults({ "BadO.k: default: a number or a label of the field is wanted, not "
	.. '"c"' }, "BadO", { u8"k"{"c", labels={a=1}} })

local line = debug.getinfo(1, "l").currentline
t.fails(function()
	protocol("BadPlace", {
		u8"x",
		u8"y"{length_of="nothing"},
		bits(4)"z",
	})
end, { here .. line + 4 .. ": BadPlace.y: length_of",
	here .. line + 2 .. ": BadPlace.*: does not end at a byte" },
	"each fault has its line")
t.fails(function() protocol("IP", { u8"x" }) end,
	"a built-in layer of this name", "a built-in name")
t.fails(function() protocol("small", { u8"x" }) end,
	"begins with a capital", "a name in small letters")
t.fails(function() bits(65)"x" end, "from 1 to 64", "too many bits")
t.fails(function() return u8(7) end, 'u8"x"', "a row without a name")
t.is(Beacon { kind=1 }:hex(), "010000", "and all goes on")
t.done()
