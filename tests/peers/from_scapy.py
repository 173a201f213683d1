#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The table of docs/from-scapy.md: Lua typed into the shell and commands succeed, Scapy's column is Python, and where both
make a packet the bytes are the same.  TAP."""
import os
import re
import subprocess
import sys
import tempfile

from scapy.all import *  # noqa: F403: Scapy's column is evaluated

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
PKW = os.path.abspath(os.environ.get("PKW", TOP + "/build/pkw"))
PAGE = TOP + "/docs/from-scapy.md"

# What the cells may speak of.
PRELUDE = """
p = Ether{dst="02:00:00:00:00:02", src="02:00:00:00:00:01"}/IP{src="192.0.2.1", dst="192.0.2.2"}/TCP{dport=80}/"data"
q = p:copy()
l = packets(IP{src="192.0.2.1", dst="192.0.2.2"}/ICMP{seq=range(1, 4)})
ans, unans = sr(IP{dst="192.0.2.2"}/TCP{dport={22, 80}}, {timeout=1})
"""
SETUP = """
pkw craft 'Ether(src=02:00:00:00:00:01, dst=02:00:00:00:00:02)/IP(src=192.0.2.1, dst=192.0.2.2)/TCP(dport=80)' -w a.pcap
"""


def rows(text):
    """Yields (section, scapy, lua, command) of each row."""
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("| `"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            yield (section, *(c.strip().strip("`").replace("\\|", "|") for c in cells))


def in_lab(cases, folder):
    """Runs each (name, text), in one lab: {name: (status, output)}.  Names that begin with `lua' are typed into the shell."""
    script = [SETUP]
    for name, text in cases:
        with open("%s/%s" % (folder, name), "w") as f:
            f.write((PRELUDE if name.startswith("lua") else "") + text + "\n")
        run = "pkw shell --no-init <%s" if name.startswith("lua") else "bash -o pipefail %s"
        script.append("timeout 20 %s >%s.out 2>&1; echo %s $?" % (run % name, name, name))
    env = dict(os.environ, PATH=os.path.dirname(PKW) + ":" + os.environ["PATH"], NO_COLOR="1")
    r = subprocess.run([TOP + "/tools/lab", "bash", "-c", "\n".join(script)], cwd=folder, env=env, timeout=500,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    done = {}
    for line in r.stdout.splitlines():
        name, status = line.rsplit(" ", 1)
        with open("%s/%s.out" % (folder, name), errors="replace") as f:
            done[name] = int(status), f.read()
    return done


def python_fault(text):
    try:
        compile(text, "cell", "exec")
    except SyntaxError as e:
        return str(e)


def same_bytes(scapy, lua):
    made = bytes(eval(scapy)).hex()
    ours = subprocess.run([PKW, "run", "-e", "print((%s):hex())" % lua], capture_output=True, text=True)
    return made == ours.stdout.strip(), "%s, here %s" % (made, ours.stdout + ours.stderr)


def main():
    n = failed = 0

    def result(good, label, why=""):
        nonlocal n, failed
        n += 1
        failed += not good
        print("%sok %d - %s" % ("" if good else "not ", n, label.replace("#", "\\#")))
        for line in [] if good else why.splitlines()[:20]:
            print("# " + line)

    with open(PAGE) as f:
        table = list(rows(f.read()))
    cases = [(kind + str(i), row[at]) for i, row in enumerate(table) for kind, at in (("lua", 2), ("sh", 3)) if row[at]]
    for section, scapy, lua, _ in table:
        why = python_fault(scapy)
        result(not why, "Python: " + scapy, str(why))
        if section == "Packets":
            result(*(lambda r: (r[0], "bytes of " + lua, r[1]))(same_bytes(scapy, lua)))
    private = subprocess.run([TOP + "/tools/private", "true"], capture_output=True, text=True)
    if private.returncode:
        print("ok %d - the lab # SKIP %s" % (n + 1, private.stderr.strip()))
        n += 1
    else:
        with tempfile.TemporaryDirectory() as folder:
            done = in_lab(cases, folder)
        for name, text in cases:
            status, out = done.get(name, (-1, "did not run"))
            result(status == 0, text, "exit status %d\n%s" % (status, out))
    result(len(table) > 60, "there are rows")
    print("1..%d" % n)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
