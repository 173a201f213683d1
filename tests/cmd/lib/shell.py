# SPDX-License-Identifier: BSD-2-Clause
"""The shell as a person meets it: on a terminal."""
import os
import stat
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
from terminal import READY, Shell, done, ok  # noqa: E402

UP = "\x1b[A"
home = tempfile.mkdtemp(prefix="pkw-shell.")
history = home + "/.local/state/pkw/history"


def has(out, wanted, name):
    ok(wanted in out, name, f"wanted: {wanted}", f"got: {out}")


def lacks(out, unwanted, name):
    ok(unwanted not in out, name, f"unwanted: {unwanted}", f"got: {out}")


# the start, values
s = Shell(home)
has(s.start, "Packetwright", "the start screen")
ok(s.start.count("\n") == 5, "... has five lines", s.start)
has(s.start, 'p = IP{dst="192.0.2.1"}', "... and teaches the first step")
has(s.run("6 * 7"), "\n42\n", "an expression is shown")
has(s.run("_ + 1"), "\n43\n", "_ is the last result")
has(s.run('"a\\n\\1"'), '"a\\n\\x01"', "a string is quoted")
lacks(s.run("nil"), "\nnil\n", "nil prints nothing")
has(s.run("x = 5"), "x = 5\n", "an assignment")
has(s.run("x"), "\n5\n", "... holds")
has(s.run('p = IP{dst="192.0.2.1"}/TCP{dport={80, 443}}'), "p = ", "a packet is made")
out = s.run("p")
has(out, "> 192.0.2.1 / TCP", "a packet as its summary")
has(out, "2 packets", "... and how many it stands for")
has(s.run("packets(p)"), "   2 IP ", "a list is numbered")
has(s.run("{1, 'two', three=3}"), '{ 1, "two", three = 3 }', "a table")
has(s.run("pcapreader('tests/data/link.pcap')"), "(a capture being read", "an object by its kind")
has(s.run("IP"), "Internet Protocol", "a layer as its line of ls")
has(s.run("p:show()"), "###[ TCP ]###", "show")
has(s.run('"h\u00e9\u20ac"'), '"h\u00e9\u20ac"', "letters of every kind")

# errors: the shell goes on
has(s.run('IP{dts="192.0.2.1"}'), "IP has no field `dts'; did you mean dst?", "a misspelt field")
has(s.run("sniif()"), "did you mean `sniff'?", "a misspelt function")
has(s.run("error('boom')"), "\nboom\n", "an error of one's own")
has(s.run("x = = 1"), "unexpected symbol near '='", "a fault of syntax")
has(s.run("6 * 7"), "\n42\n", "... the shell goes on")

s.run("do")
s.run("local nothing")
s.run("nothing.x = 1")
has(s.run("end"), "line 3: attempt to index a nil value", "... with its line in a chunk of several")

# remarks
has(s.run("mac = 5"), "mac = nil brings it back", "a variable that hides a function")
s.run("mac = nil")
has(s.run("mac"), "mac(address)", "... which nil brings back")
has(s.run("local kept = 1"), "without `local', kept stays", "a local that ends at once")
lacks(s.run("local used = 1 print(used)"), "without `local'", "... not where it was used")

# more than one line
s.run("for i = 1, 2 do")
s.run("print('row ' .. i * 10)")
out = s.run("end")
has(out, "row 10\nrow 20\n", "a chunk of three lines")
s.run("long = [[")
s.run("")
has(s.run("]]"), "]]", "an empty line in a long string")
has(s.run("#long"), "\n1\n", "... belongs to it")

# help
has(s.run("IP?"), "dst", "IP?")
has(s.run("IP.ttl?"), "Hops left", "IP.ttl?")
has(s.run("p.ttl?"), "Hops left", "p.ttl?")
has(s.run("p[TCP].dport?"), "The\n    receiver's port", "p[TCP].dport?")
has(s.run("sr?"), "sr(p [, o])", "sr?")
has(s.run("p?"), "p:hexdump()", "p?")
has(s.run("p:show?"), "p:show()", "p:show?")
has(s.run("?random.ip"), "random.ip(", "?random.ip")
has(s.run("nonsense?"), "nothing is called `nonsense'", "nonsense?")
has(s.run("help"), "lsc()", "help")

# completion
has(s.run('IP{ds\t"192.0.2.77"}'), "> 192.0.2.77", "IP{ds<Tab>")
has(s.run('IP{dst="192.0.2.7", pro\t"tcp\t}.proto'), "\n6\n", "a label: proto=\"tcp<Tab>")
has(s.run("p:layer\t[1]"), '\n"IP"\n', "a method: p:layer<Tab>")
has(s.run("p.dpo\t[2]"), "\n443\n", "a field of p: p.dpo<Tab>")
has(s.run("#rdpcap('tests/data/transport.p\t)"), "\n96\n", "a file")
s.send("p:hexd\x1b[D\x1b[C\t")  # where the cursor moved
has(s.ready() if s.send("\r") is None else "", "0000", "p:hexd<Tab>")
s.send("p:sho\t\t")
out = s.until(b"receiver would see")
has(out, "Print every field", "what may come is listed")
has(s.run("()"), "###[ IP ]###", "... and the line is still there")

# Ctrl-C
s.send("this line is no good\x03")
has(s.ready(), "^C", "Ctrl-C drops the line")
s.run("function unfinished()")
s.send("\x03")
s.ready()
has(s.run("6 * 7"), "\n42\n", "... and a chunk")
s.send("print('go' .. 'ing') sleep(600) print('we' .. 'nt on')\r")
s.until(b"going")
s.send("\x03")
out = s.ready()
ok("went on" in out or "interrupted" in out, "Ctrl-C ends a wait", out)
s.send("print('go' .. 'ing') while true do end\r")
s.until(b"going")
s.send("\x03")
has(s.ready(), "interrupted", "Ctrl-C ends a loop")
has(s.run("p"), "192.0.2.1", "... variables are kept")
s.send("print('go' .. 'ing') while true do pcall(function() while true do end"
       " end) end\r")
s.until(b"going")
s.send("\x03")
has(s.ready(), "interrupted", "... one that catches errors, too")
s.send("while true do print('go' .. 'ing') sleep(600) end\r")
s.until(b"going")
s.send("\x03")
s.until(b"going")
s.send("\x03")
has(s.ready(), "interrupted", "a second Ctrl-C ends a loop of waits")

# a paste is not run before Enter, and a Tab in it completes nothing
s.send("\x1b[200~pasted = {\n\t7,\n\t8 }\x1b[201~")
has(s.ready() if s.send("\r") is None else "", "pasted", "a paste of several lines")
has(s.run("pasted"), "{ 7, 8 }", "... is run by Enter")

# saving, leaving
s.run("packet_count = 3")
has(s.run(f"session.save('{home}/s.pkw')"), "\n", "session.save")
s.run(" secret = 1")
ok(s.leave() == 0, "Ctrl-D leaves", s.status, s.raw[-1500:].decode(errors="replace"))

# the history
lines = open(history).read().split("\n")
mode = stat.S_IMODE(os.stat(history).st_mode)
ok(mode == 0o600, "the history is its owner's alone", oct(mode))
ok("for i = 1, 2 do\\nprint('row ' .. i * 10)\\nend" in lines, "... a chunk as one entry", lines)
ok(not any("secret" in line for line in lines), "... nothing that began with a blank", lines)
ok(not any("no good" in line for line in lines), "... nothing that was dropped", lines)

# again, with the history
os.makedirs(home + "/.config/pkw")
with open(home + "/.config/pkw/init.lua", "w") as f:
    f.write("from_init = 'initial'\nfunction twice(x) return 2 * x end\n")
with open(home + "/first.lua", "w") as f:
    f.write("from_script = arg[0]\nfunction deep() error('at the bottom') end\n")
s = Shell(home, "shell", "-q", home + "/first.lua")
lacks(s.start, "Packetwright", "-q: no start screen")
lines = open(history).read().split("\n")
ok(lines.count("6 * 7") == 1, "the history has each line once", lines)
has(s.run("from_init"), '"initial"', "init.lua was run")
has(s.run("from_script"), "first.lua", "a script was run first")
out = s.run("deep()")
has(out, "at the bottom", "an error in a file's function")
has(out, "first.lua:2: in ", "... is told with the place")
has(s.run(f"session.restore('{home}/s.pkw')"), '"packet_count"', "session.restore")
has(s.run("p"), "2 packets", "... has the packet again")
has(s.run("packet_count"), "\n3\n", "... and the number")
s.run("1000 + 1")
s.send(UP)
has(s.run(""), "\n1001\n", "the line before comes back")
s.send("\x12row \x05")
has(s.run(""), "row 10\nrow 20\n", "Ctrl-R finds a chunk of before, whole")
ok(s.leave("exit\r") == 0, "exit leaves", s.status, s.raw[-1500:].decode(errors="replace"))

s = Shell(home, "run", "-i", home + "/first.lua", "one", "two")
has(s.run("from_script .. arg[2]"), 'first.lua', "run -i: the script, then the shell")
has(s.run("arg[2]"), '"two"', "... with its arguments")
ok(s.leave() == 0, "... and out", s.status)

# init.lua with a fault
with open(home + "/.config/pkw/init.lua", "w") as f:
    f.write("x = = 1\n")
s = Shell(home)
has(s.start, "init.lua:1:", "a fault in init.lua is told")
has(s.start, "Packetwright", "... and the shell starts")
ok(s.leave("os.exit(7)\r") == 7, "os.exit", s.status, s.raw[-1500:].decode(errors="replace"))
s = Shell(home, "shell", "--no-init")
lacks(s.start, "init.lua:1:", "--no-init")
s.send("print('go' .. 'ing') sleep(600)\r")
s.until(b"going")
os.kill(s.pid, 15)
ok(s.leave("") == 0, "SIGTERM ends it in good order", s.status, s.raw[-1500:].decode(errors="replace"))

# the terminal as it was, colours, no history
s = Shell(home, NO_COLOR="", XDG_STATE_HOME="/proc/nowhere")
has(s.start, "history is not kept", "no place for the history is told")
s.send("nosuch\r")
s.ready()
ok(b"\x1b[1;31mno layer" in s.raw, "errors are red", s.raw)
ok(s.leave() == 0, "without a history")
s = Shell(home, "shell", "--color", "always", "-q", TERM="vt100")
s.send("IP()\r")
s.ready()
ok(b"\x1b[3" in s.raw, "--color always")
ok(s.leave() == 0, "on a vt100")

# A big history is cut to its newest.
with open(history, "w") as f:
    f.write("".join(f"x = {i % 5000}\n" for i in range(12000)) + "broken \\")
s = Shell(home, "shell", "-q")
s.leave()
lines = open(history).read().split("\n")
ok(lines[-2] == "x = 1999" and lines[0] == "x = 0" and len(lines) == 2001, "a history is cut to its newest",
   len(lines), lines[0], lines[-2])

os.system(f"rm -r '{home}'")
done()
