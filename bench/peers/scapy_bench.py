#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# scapy_bench.py WORKLOAD FILE [OUT|SIZE] - read, full, build, build-reuse, edit, show, json(command())
import sys, time, os
def hwm(): return next((int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")), 0)
from scapy.all import PcapReader, RawPcapReader, PcapWriter, Ether, IP, IPv6, TCP, UDP, DNS, Raw, VXLAN, conf
import scapy.layers.vxlan
w, n, s = sys.argv[1], 0, 0
lim = int(os.environ.get("LIMIT", "0"))
def touch(p):
    s = 0
    ip = p.getlayer(IP); ip6 = p.getlayer(IPv6)
    if ip is not None:
        s = int.from_bytes(bytes(map(int, ip.src.split("."))), "big") + int.from_bytes(bytes(map(int, ip.dst.split("."))), "big") + ip.ttl; q = ip.payload
    elif ip6 is not None:
        import socket
        for a in (ip6.src, ip6.dst):
            b = socket.inet_pton(socket.AF_INET6, a); s += sum(int.from_bytes(b[i:i+4], "big") for i in (0, 4, 8, 12))
        s += ip6.hlim; q = ip6.payload
        while q.__class__.__name__.startswith("IPv6ExtHdr"): q = q.payload
    else: return 0
    if isinstance(q, TCP): s += q.sport + q.dport + (int(q.flags) & 255)
    elif isinstance(q, UDP): s += q.sport + q.dport
    return s
def done(work):
    c = time.process_time() - c0; print("RESULT scapy %s %d %.6f %.6f %d %016x" % (work, n, c, time.monotonic() - w0, hwm(), s & (2**64-1)))
c0, w0 = time.process_time(), time.monotonic()
if w in ("read", "full"):
    for p in PcapReader(sys.argv[2]):
        s += touch(p); n += 1
        if w == "full" and DNS in p: s += len(p[DNS].qd.qname) if p[DNS].qd else 0
        if n == lim: break
elif w.startswith("build"):
    size = int(sys.argv[2]); pl = bytes(i & 255 for i in range(max(0, size - 66))); work = "%s%d" % (w, 66 + len(pl))
    opts = [("NOP", None), ("NOP", None), ("Timestamp", (0x00010203, 0x04050607))]
    N = lim or 5000
    if w == "build":
        for i in range(N):
            p = Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")/IP(src="10.0.0.1", dst="192.168.%d.%d" % (i >> 8 & 255, i & 255), id=i & 65535, ttl=64)/TCP(sport=1024 + (i & 0x7fff), dport=80, seq=i * 7, flags="PA", window=8192, options=opts)
            if pl: p = p/Raw(pl)
            b = bytes(p); s += int.from_bytes(b[24:26], "big") + int.from_bytes(b[50:52], "big"); n += 1
    else:
        p = Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")/IP(src="10.0.0.1", dst="192.168.0.0", ttl=64)/TCP(dport=80, flags="PA", window=8192, options=opts)
        if pl: p = p/Raw(pl)
        ip, t = p[IP], p[TCP]
        for i in range(N):
            ip.dst = "192.168.%d.%d" % (i >> 8 & 255, i & 255); ip.id = i & 65535; t.sport = 1024 + (i & 0x7fff); t.seq = i * 7
            b = bytes(p); s += int.from_bytes(b[24:26], "big") + int.from_bytes(b[50:52], "big"); n += 1
    w = work
elif w == "edit":
    o = PcapWriter(sys.argv[3], linktype=1)
    for p in PcapReader(sys.argv[2]):
        ip = p.getlayer(IP)
        if ip is not None:
            a = ip.dst.split("."); ip.dst = "10.99." + a[2] + "." + a[3]; ip.ttl -= 1; del ip.chksum
            q = ip.payload
            if isinstance(q, TCP) or (isinstance(q, UDP) and q.chksum): del q.chksum
        o.write(p); n += 1
        if n == lim: break
    o.close()
elif w in ("show", "command", "summary"):
    for p in PcapReader(sys.argv[2]):
        t = p.show(dump=True) if w == "show" else p.command() if w == "command" else p.summary()
        s += len(t); n += 1
        if n == lim: break
done(w)
