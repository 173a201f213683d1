"""Clients that ask the answering machines: plain sockets, no library of ours."""
import socket
import struct
import sys

TYPES = {"A": 1, "AAAA": 28}


def udp(dst, port, data, broadcast=False):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(8)
    if broadcast:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.sendto(data, (dst, port))
    return s


def name(text):
    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"


def question(text, kind):
    return struct.pack(">6H", 0x1234, 0x0100, 1, 0, 0, 0) + name(text) + struct.pack(
        ">2H", TYPES[kind], 1)


def skip_name(d, at):
    while d[at]:
        if d[at] & 0xC0:
            return at + 2
        at += d[at] + 1
    return at + 1


def answers(d):
    ident, flags, nq, na = struct.unpack(">4H", d[:8])
    print("rcode", flags & 15)
    at = 12
    for _ in range(nq):
        at = skip_name(d, at) + 4
    for _ in range(na):
        at = skip_name(d, at)
        kind, _, _, size = struct.unpack(">HHIH", d[at:at + 10])
        data = d[at + 10:at + 10 + size]
        at += 10 + size
        print(socket.inet_ntop(socket.AF_INET6 if kind == 28 else socket.AF_INET, data))


def dns(server, *asked):
    for text, kind in zip(asked[::2], asked[1::2]):
        answers(udp(server, 53, question(text, kind)).recv(4096))


def mdns(text):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.2"))
    s.settimeout(8)
    s.sendto(question(text, "A"), ("224.0.0.251", 5353))
    answers(s.recv(4096))


def netbios(dst, text):
    padded = text.upper().ljust(15).encode() + b"\x20"
    letters = b"".join(bytes([65 + (c >> 4), 65 + (c & 15)]) for c in padded)
    q = struct.pack(">6H", 7, 0x0110, 1, 0, 0, 0) + b"\x20" + letters + b"\0" + struct.pack(
        ">2H", 0x20, 1)
    d = udp(dst, 137, q, True).recv(4096)
    assert d[:2] == b"\0\x07"
    print(socket.inet_ntoa(d[-4:]))


def tftp(server, file):
    s = udp(server, 69, struct.pack(">H", 1) + file.encode() + b"\0octet\0")
    got = b""
    while True:
        d, who = s.recvfrom(4096)
        op, block = struct.unpack(">2H", d[:4])
        assert op == 3, d
        got += d[4:]
        s.sendto(struct.pack(">2H", 4, block), who)
        if len(d) < 516:
            break
    print("got", len(got))


def plain(server, port, text):
    print(udp(server, int(port), text.encode()).recv(4096).decode())


{"dns": dns, "mdns": mdns, "netbios": netbios, "tftp": tftp, "udp": plain}[sys.argv[1]](
    *sys.argv[2:])
