#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Datagrams and streams put together, by `pkw read' and by tshark.

    tshark_stream.py [PKW]              TAP; PKW is build/pkw unless given

tests/data/stream.pcap and fragments.pcap are real traffic over a relay that loses, doubles and delays (stream.sh).  Here
they are shuffled further, as a bad capture would: packets change places, come twice, are missing.  The same number
always gives the same shuffle.  Then each datagram, and each direction of each connection, must have the same bytes, and
holes must be where tshark says that bytes are missing.  Overlapping fragments are made here, since no kernel sends any.
"""
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

PKW = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PKW", "build/pkw")
DATA = os.path.join(os.path.dirname(__file__), "../data")
FRAG = ["-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE"]
count = failed = 0


def ok(good, name, *more):
    global count, failed
    count += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        for line in more:
            print("# " + str(line)[:1000])


def run(*args):
    r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return r.stdout, r.stderr.decode()


def records(path):
    with open(path, "rb") as f:
        b = f.read()
    at, out = 24, []
    while at < len(b):
        n = struct.unpack_from("<I", b, at + 8)[0]
        out.append((b[at:at + 8], b[at + 16:at + 16 + n]))
        at += 16 + n
    return b[:24], out


def write(path, head, recs):
    with open(path, "wb") as f:
        f.write(head)
        for ts, frame in recs:
            f.write(ts + struct.pack("<II", len(frame), len(frame)) + frame)


def shuffle(recs, seed, lose, twice, swap):
    """Frames move by up to three places; time stamps stay in order."""
    rnd = random.Random(seed)
    frames = [r[1] for r in recs]
    frames = [f for f in frames if rnd.random() >= lose or is_sacred(f)]
    frames = [f for f in frames for _ in range(1 + (rnd.random() < twice))]
    keys = [i + (rnd.uniform(0, 4) if rnd.random() < swap and not is_sacred(f) else 0) for i, f in enumerate(frames)]
    frames = [f for _, f in sorted(zip(keys, frames), key=lambda x: x[0])]
    stamps = [r[0] for r in recs]
    stamps += [stamps[-1]] * max(0, len(frames) - len(stamps))
    return list(zip(stamps, frames))


def is_sacred(frame):
    """SYN, FIN and RST: without them the two have other ideas of where a stream begins or ends."""
    at = {0x0800: 34, 0x86DD: 54}.get(struct.unpack_from(">H", frame, 12)[0])
    return at is not None and len(frame) > at + 13 and frame[at - 20 + 9 if at == 34 else 20] == 6 and frame[at + 13] & 7


def follow(path, number):
    """What tshark says each side sent: {stream: [client, server]}."""
    args = ["tshark", "-r", path, "-q", "-2"]
    for i in range(number):
        args += ["-z", "follow,tcp,raw,%d" % i]
    out, _ = run(*args)
    streams, now = [[b"", b""] for _ in range(number)], 0
    for line in out.decode().splitlines():
        if line.startswith("Filter: tcp.stream eq "):
            now = int(line.split()[-1])
        elif re.fullmatch(r"\t?[0-9a-f]+", line):
            streams[now][line.startswith("\t")] += bytes.fromhex(line.strip())
    return streams


def ours(path, i, way):
    """The same bytes by pkw, and the holes in them: [(offset, length)]."""
    out, err = run(PKW, "read", "-r", path, "--stream", "%d:%s" % (i, way))
    holes = [(int(where), int(n)) for n, where in re.findall(r": (\d+) bytes missing at (\d+)", err)]
    for where, n in holes:
        out = out[:where] + b"?" * n + out[where:]
    return out, holes


def marked(data, holes):
    """Holes as tshark shows them; that NUL is tshark's."""
    for where, n in reversed(holes):
        data = data[:where] + b"[%d bytes missing in capture file]\0" % n + data[where + n:]
    return data


def missing(data):
    return sum(int(n) for n in re.findall(rb"\[(\d+) bytes missing in capture file\]", data))


def compare_streams(path, name, truth, lost=False):
    """Returns what tshark read.  Where the two differ tshark must have missed what is in the capture: it gives a hole up
    at once when it sees an acknowledgement."""
    theirs = follow(path, 9)
    same = 0
    for i in range(9):
        for way in (0, 1):
            got, holes = ours(path, i, ("client", "server")[way]) if i < 8 else (b"", [])
            want = theirs[i][way]
            same += marked(got, holes) == want
            full = (truth or theirs)[i][way][:len(got) if lost else None]
            right = len(got) == len(full) and all(a == b or any(h <= k < h + n for h, n in holes)
                                                  for k, (a, b) in enumerate(zip(got, full)))
            right = right and (lost or not holes)
            agree = marked(got, holes) == want or missing(want) > sum(n for _, n in holes)
            if not right or not agree:
                ok(0, "%s, stream %d %s" % (name, i, way), len(got), len(full), holes, want[:100])
    ok(same >= 12, "%s: %d of 18 directions are as tshark has them, all others are more" % (name, same))
    return theirs


def streams(tmp):
    head, recs = records(os.path.join(DATA, "stream.pcap"))
    truth = compare_streams(os.path.join(DATA, "stream.pcap"), "as it was", None)
    ok(sorted(len(x) for s in truth for x in s)[-8:] == [3665] * 4 + [15000] * 4, "tshark has them whole")
    path = os.path.join(tmp, "s.pcap")
    for seed in range(3):
        write(path, head, shuffle(recs, seed, 0, 0.05, 0.2))
        compare_streams(path, "shuffled %d" % seed, truth)
    for seed in range(3):
        write(path, head, shuffle(recs, seed, 0.05, 0.02, 0))
        compare_streams(path, "with losses %d" % seed, truth, True)


def datagrams(path):
    """Payloads as tshark puts them together, in order; and how many overlaps and contradictions it saw."""
    out, _ = run("tshark", "-r", path, "-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE", "-T", "fields",
                 "-e", "ip.reassembled.data", "-e", "ipv6.reassembled.data")
    return [line.replace("\t", "").replace(":", "") for line in out.decode().splitlines() if line.strip()]


def our_datagrams(path, *more):
    out, err = run(PKW, "read", "-r", path, "--defrag", "--hex", *more)
    return [line[2 * (34 if line[24:28] == "0800" else 54):] for line in out.decode().split()], err


def compare_datagrams(path, name, least):
    theirs = datagrams(path)
    got, _ = our_datagrams(path)
    ok(got == theirs and len(got) >= least, "%s: %d datagrams" % (name, len(theirs)), len(got), [len(x) for x in got],
       [len(x) for x in theirs])
    return theirs


def fragments(tmp):
    head, recs = records(os.path.join(DATA, "fragments.pcap"))
    compare_datagrams(os.path.join(DATA, "fragments.pcap"), "fragments as they were", 20)
    path = os.path.join(tmp, "f.pcap")
    for seed in range(5):
        # once a datagram is whole tshark knows its fragments for ever, and kernels forget: so none comes twice
        rnd = random.Random(seed)
        frames = [r[1] for r in recs]
        frames = [f for i, f in enumerate(frames) if f not in frames[:i]]
        keys = [i + rnd.uniform(0, 12) for i in range(len(frames))]
        frames = [f for _, f in sorted(zip(keys, frames), key=lambda x: x[0])]
        frames = [f for f in frames if rnd.random() >= 0.02 * (seed % 3)]
        write(path, head, [(recs[0][0], f) for f in frames])
        compare_datagrams(path, "fragments shuffled %d" % seed, 10)


def overlaps(tmp):
    """Pairs that overlap in all ways there are, then a frame around them: tshark has the one that begins earlier."""
    rnd, frames, ident = random.Random(1), [], 0
    head = records(os.path.join(DATA, "fragments.pcap"))[0]

    def put(at, n, more, mark):
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + 8 * n, ident, at | 0x2000 * more, 64, 253, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        frames.append(b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + mark * (8 * n))

    for a in range(1, 5):
        for n in range(1, 4):
            for m in range(1, 4):
                for b in range(1, 6):
                    ident += 1
                    one, two = [(a, n, b"a"), (b, m, b"b")]
                    rest = [(0, 1, b"x")] + [(i, 1, b"y") for i in range(1, 9)
                                             if not a <= i < a + n and not b <= i < b + m]
                    rnd.shuffle(rest)
                    for at, k, mark in [one, two] + rest:
                        put(at, k, True, mark)
                    put(9, 1, False, b"z")
    path = os.path.join(tmp, "o.pcap")
    write(path, head, [(b"\0" * 8, f) for f in frames])
    theirs = datagrams(path)
    got, err = our_datagrams(path, "--policy", "bsd")
    ok(len(theirs) == ident and got == theirs, "%d overlaps, each byte as tshark has it" % ident,
       [(g, t) for g, t in zip(got, theirs) if g != t][:3])
    out, _ = run("tshark", "-r", path, "-o", "ip.defragment:TRUE", "-Y", "ip.fragment.overlap == 1", "-T", "fields", "-e", "ip.id")
    want = sorted({int(x.split(",")[0], 16) for x in out.decode().split()})
    told = sorted({int(x) for x in re.findall(r"id (\d+): (?:fragments overlap|the same fragment)", err)})
    ok(told == want and len(told) > 50, "overlaps are told where tshark tells of them", told, want)


def checksum(b):
    s = sum(struct.unpack(">%dH" % (len(b) // 2), b))
    s = (s & 0xFFFF) + (s >> 16)
    return ~(s + (s >> 16)) & 0xFFFF


with tempfile.TemporaryDirectory() as folder:
    streams(folder)
    fragments(folder)
    overlaps(folder)
print("1..%d" % count)
sys.exit(failed != 0)
