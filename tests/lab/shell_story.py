# SPDX-License-Identifier: BSD-2-Clause
"""A first visit to the shell: build, show, send, see the answer, save, and come again.  The other host is the kernel."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/cmd/lib")
from terminal import Shell, done, ok  # noqa: E402

home = tempfile.mkdtemp(prefix="pkw-story.")


def has(out, wanted, name):
    return ok(wanted in out, name, f"wanted: {wanted}", f"got: {out}")


s = Shell(home)
s.run('p = IP{ds\t"10.9.0.2"}/ICMP{id=77}/"hello"')
has(s.run("p:show()"), "echo-request", "it is built and shown")
has(s.run("a = sr1(p)"), "1 answer", "what came is counted")
has(s.run("a"), "10.9.0.2 > 10.9.0.1 / ICMP echo-reply id 0x4d", "the answer is shown")
out = s.run('sr(IP{dst="10.9.0.2"}/TCP{dport={1, 2, 3}, flags="S"})')
has(out, "   3 IP", "answers are numbered")
has(out, " ==> IP 10.9.0.2 > 10.9.0.1 / TCP ", "... with their questions")
has(out, "also: (a list of packets)", "... the rest in short")
has(s.run("arping('10.9.0.0/29')"), "02:00:00:00:00:02", "arping")

# interfaces are completed
has(s.run('sniff{iface="nea\t, count=0, timeout=0.01}'), 'iface="near"', "an interface is completed")

# Ctrl-C ends a wait, and what came is there
s.send('l = sniff{iface="near", filter="icmp", started=function() print("liste" .. "ning") end, '
       'prn=function(q) print("got " .. q.id) end}\r')
s.until(b"listening")
subprocess.run(["ip", "netns", "exec", "far", "ping", "-q", "-c", "1", "10.9.0.1"], stdout=subprocess.DEVNULL)
s.until(b"got ")
s.send("\x03")
s.ready()
has(s.run("#l > 0 and l[1][ICMP] ~= nil"), "true", "Ctrl-C: what was sniffed so far is kept")

has(s.run(f'session.save("{home}/visit.pkw")'), "\n", "saved")
ok(s.leave() == 0, "left")

s = Shell(home)
s.send("\x12sr1\x05")
has(s.run(""), "no layer, function or variable `p'", "the history has the line, but there is no p yet")
s.run(f'session.restore("{home}/visit.pkw")')
has(s.run("p"), "10.9.0.2 / ICMP echo-request id 0x4d", "p is there again")
has(s.run("a"), "echo-reply", "... and its answer")
has(s.run("l[1]"), "ICMP", "... and what was sniffed")
s.send("\x12sr1\x05")
has(s.run(""), "1 answer", "the same line from the history, and an answer")
s.leave()
os.system(f"rm -r '{home}'")
done()
