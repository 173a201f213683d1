#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`pkw read --format` against Scapy's sprintf() on the same packets: a test, in TAP.

    scapy_sprintf.py [PKW]

1. Every field of every layer that Scapy finds in the captures of tests/data, and that is a number, an address or a name, as
   %Layer.field%; both must say the same, except where DIFFERS tells why not.
2. Formats with widths, raw values, conditions, escapes and second layers.
"""
import logging
import os
import re
import subprocess
import sys
import time

logging.getLogger("scapy").setLevel(logging.ERROR)
os.environ["TZ"] = "UTC"
time.tzset()
import scapy.all as s  # noqa: E402

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data")
PKW = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PKW", "build/pkw")
CAPTURES = ["transport.pcap", "network.pcap", "service.pcap", "link.pcap"]

# Layer.field by regular expression, and why it is said otherwise
DIFFERS = [
    (r"ICMPv6NDOpt\w+\.type|IPv6ExtHdrSegmentRouting\.type|LLC\.\w+|STP\.(version|bpdutype)", "numbers that have names here"),
    (r"STP\.(?!version|bpdutype)\w+", "a topology change notification ends before them"),
    (r"ICMPv6\w+\.unused", "decimal"),
    (r"DHCP6OptElapsedTime\.elapsedtime|ICMP\.ts_\w+", "a number, not a time in words"),
    (r"\w+\.autopad", "a switch, which no packet has"),
]

# Names of ports come from the machine's /etc/services in Scapy: these are compared as numbers, below.
PORTS = ("sport", "dport")

FORMATS = [
    "%.time% %-15s,IP.src%|%15s,IP.dst%|%IP.chksum%|%03xr,IP.proto%",
    "{IP:%IP.src% > %IP.dst%{TCP: TCP %r,TCP.dport%}{UDP: UDP %dr,UDP.sport%}}{!IP:no}{ARP: %ARP.op%}",
    "{IPv6:{!UDP:%IPv6.src%}}%%|%(%)|a } b",
    "%06dr,IP.len%|%-8xr,IP.id%|%#xr,TCP.window%|%or,IP.ttl%",
    "%IP:2.src%|%UDP.len%|%Ether.type%|%src%",
    "%5s,TCP.flags%|%-5s,TCP.flags%|%.2s,IP.dst%|%Xr,IP.chksum%|%+dr,IP.ttl%|% dr,IP.ttl%|%.6dr,IP.ttl%",
    "{TCP:{IP:{Ether:%TCP.seq%}}}",
]


def pkw(capture, form):
    r = subprocess.run([PKW, "read", "-r", capture, "--utc", "--format", form], capture_output=True, text=True)
    if r.returncode:
        sys.exit("pkw: " + r.stderr[:300])
    return r.stdout.split("\n")[:-1]


def pkw_knows(layer):
    r = subprocess.run([PKW, "ls", layer], capture_output=True, text=True)
    return r.stdout.split("\n") if r.returncode == 0 else []


def is_scalar(f):
    f = getattr(f, "fld", f)
    bad = (s.StrField, s.PacketField, s.PacketListField, s.FieldListField, s.StrFixedLenField, s.StrLenField)
    return not isinstance(f, bad) and not f.islist and not f.holds_packets


def is_absent(layer, name):
    same = [f for f in layer.fields_desc if f.name == name]
    return all(isinstance(f, s.ConditionalField) and not f._evalcond(layer) for f in same)


def main():
    number = failed = 0
    wrong = {}
    asked = set()
    cases = 0
    known = {}
    for name in CAPTURES:
        path = os.path.join(DATA, name)
        packets = s.rdpcap(path)
        fields = {}
        for p in packets:
            for layer in p.layers():
                for f in layer.fields_desc:
                    if is_scalar(f) and f.name not in PORTS:
                        fields["%s.%s" % (layer.__name__, f.name)] = f
        for layer in {x.split(".")[0] for x in fields}:
            if layer not in known:
                known[layer] = "\n".join(pkw_knows(layer))
        names = [x for x in fields if re.search(r"^  +%s\s" % re.escape(x.split(".")[1]), known[x.split(".")[0]], re.M)]
        if not names:
            continue
        ours = pkw(path, "\x1f".join("%%%s%%" % x for x in names))
        for i, p in enumerate(packets):
            for x, got in zip(names, ours[i].split("\x1f")):
                want = p.sprintf("%%%s%%" % x)
                layer, name_of_field = x.split(".")
                if want == "None":  # was not read from these bytes
                    continue
                if want != "??" and is_absent(p[layer], name_of_field):
                    want = "??"  # Scapy says the default of what the packet has not
                cases += 1
                asked.add(x)
                if got != want:
                    wrong.setdefault(x, []).append((name, i, want, got))
    others = {x: w for x, w in wrong.items() if not any(re.fullmatch(r, x) for r, _ in DIFFERS)}
    stale = [r for r, _ in DIFFERS if not any(re.fullmatch(r, x) for x in wrong)]
    number += 1
    good = not others and not stale and len(asked) > 80
    failed += not good
    print("%sok %d - %d fields, %d values, as Scapy says them; %d said otherwise for a reason" %
          ("" if good else "not ", number, len(asked), cases, len(wrong) - len(others)))
    for x, w in sorted(others.items()):
        print("# %-28s %4d times; %s packet %d: Scapy %r, pkw %r" % ((x, len(w)) + w[0]))
    for r in stale:
        print("# stale: " + r)
    for form in FORMATS:
        number += 1
        bad, count = [], 0
        for name in CAPTURES:
            path = os.path.join(DATA, name)
            for i, (p, got) in enumerate(zip(s.rdpcap(path), pkw(path, form))):
                count += 1
                want = p.sprintf(form)
                if got != want:
                    bad.append("# %s packet %d: Scapy %r, pkw %r" % (name, i, want, got))
        failed += bool(bad)
        print("%sok %d - %d packets: %s" % ("not " if bad else "", number, count, form.replace("#", "\\#")))
        for b in bad[:5]:
            print(b)
    print("1..%d" % number)
    return failed != 0


sys.exit(main())
