#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""scapy_script.py count FILE | fields FILE [COUNT FIFO] | ask NETWORK ROUNDS: what bench/lua's scripts do."""
import os
import sys
import time

from scapy.all import IP, TCP, UDP, PcapReader, conf, sniff, sr

conf.bufsize = 1 << 23  # as much as the kernel allows
LIMIT = int(os.environ.get("LIMIT", "0"))
began = used = 0.0


def begin():
    global began, used
    began, used = time.monotonic(), time.process_time()


def done(work, n, check):
    cpu, wall = time.process_time() - used, time.monotonic() - began
    with open("/proc/self/status") as f:
        peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    print("RESULT scapy %s %d %.6f %.6f %d %016x" % (work, n, cpu, wall, peak, check))


def count(path):
    n, by = 0, {}
    begin()
    for p in PcapReader(path):
        if IP in p:
            src = p[IP].src
            by[src] = by.get(src, 0) + 1
        n += 1
        if n == LIMIT:
            break
    done("count", n, sum(times * int.from_bytes(map(int, src.split(".")), "big") for src, times in by.items()))


def fields(what, packets=None, fifo=None):
    n = check = 0

    def each(p):
        nonlocal n, check
        n += 1
        if IP in p and (TCP in p or UDP in p):
            ip, l4 = p[IP], p[TCP] if TCP in p else p[UDP]
            check += len(ip.src) + len(ip.dst) + l4.sport + l4.dport

    def started():
        begin()
        with open(fifo, "w") as f:
            f.write("go\n")

    if packets:
        sniff(iface=what, count=int(packets), timeout=60, store=0, prn=each, started_callback=started)
        if n < int(packets):
            sys.exit("%d of %s packets" % (n, packets))
    else:
        begin()
        sniff(offline=what, count=LIMIT, store=0, prn=each)
    done("sniff", n, check)


def ask(network, rounds):
    n = check = 0
    question = IP(dst=network) / TCP(dport=(1, 16), flags="S")
    sr(IP(dst="10.9.0.2") / TCP(), timeout=10, verbose=0)  # the neighbour becomes known
    begin()
    for _ in range(int(rounds)):
        answered, unanswered = sr(question, timeout=10, verbose=0)
        if unanswered:
            sys.exit("%d questions without an answer" % len(unanswered))
        n += len(answered)
        check += sum(a[TCP].sport for _, a in answered)
    done("ask", n, check)


{"count": count, "fields": fields, "ask": ask}[sys.argv[1]](*sys.argv[2:])
