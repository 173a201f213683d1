#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# dpkt_bench.py WORKLOAD FILE [SIZE] - read, build
import sys, time, os, dpkt
def hwm(): return next((int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")), 0)
w, n, s = sys.argv[1], 0, 0
lim = int(os.environ.get("LIMIT", "0"))
I = int.from_bytes
c0, w0 = time.process_time(), time.monotonic()
if w == "read":
    for ts, b in dpkt.pcap.Reader(open(sys.argv[2], "rb")):
        e = dpkt.ethernet.Ethernet(b); n += 1; ip = e.data
        if isinstance(ip, dpkt.ip.IP): s += I(ip.src, "big") + I(ip.dst, "big") + ip.ttl
        elif isinstance(ip, dpkt.ip6.IP6): s += sum(I(ip.src[i:i+4], "big") + I(ip.dst[i:i+4], "big") for i in (0, 4, 8, 12)) + ip.hlim
        else: continue
        q = ip.data
        if isinstance(q, dpkt.tcp.TCP): s += q.sport + q.dport + (q.flags & 255)
        elif isinstance(q, dpkt.udp.UDP): s += q.sport + q.dport
        if n == lim: break
elif w == "build":
    size = int(sys.argv[2]); pl = bytes(i & 255 for i in range(max(0, size - 66))); w += str(66 + len(pl))
    for i in range(lim or 20000):
        t = dpkt.tcp.TCP(sport=1024 + (i & 0x7fff), dport=80, seq=(i * 7) & 0xffffffff, flags=0x18, win=8192, off=8, opts=b"\1\1\x08\x0a\0\1\2\3\4\5\6\7", data=pl)
        ip = dpkt.ip.IP(src=b"\x0a\0\0\1", dst=(0xc0a80000 | i & 0xffff).to_bytes(4, "big"), id=i & 65535, ttl=64, p=6, data=t); ip.len = len(ip)
        b = bytes(dpkt.ethernet.Ethernet(dst=b"\2\0\0\0\0\1", src=b"\2\0\0\0\0\2", type=0x800, data=ip)); n += 1
        s += I(b[24:26], "big") + I(b[50:52], "big")
print("RESULT dpkt %s %d %.6f %.6f %d %016x" % (w, n, time.process_time() - c0, time.monotonic() - w0, hwm(), s & (2**64-1)))
