#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Capture files of other programs read by ours, and ours read by them.

    test_capture.py [BUILD]              TAP; BUILD is $O or build unless given

The others: editcap, mergecap, text2pcap, capinfos, tshark, tcpdump, Scapy, gzip, zstd. tests/peers/capture_tool.c is our
side. Needs root for the full disk, which is skipped otherwise.
"""
import glob
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

from scapy.utils import PcapNgReader, RawPcapReader

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("O", "build"))
DIR = tempfile.mkdtemp(prefix="pkw-capture-")
count = failed = 0
os.environ["TZ"] = "UTC"


def path(name):
    return os.path.join(DIR, name)


def run(*args, **kw):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)


def out(*args):
    r = run(*args)
    if r.returncode:
        raise RuntimeError("%s: %s" % (" ".join(args), r.stderr.decode()))
    return r.stdout.decode()


def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count, what), flush=True)
    if not good:
        for m in more:
            print("# " + str(m).strip()[:300])


def same(got, want, what):
    if isinstance(got, list) and isinstance(want, list) and got != want:
        bad = [(g, w) for g, w in zip(got, want) if g != w][:1]
        return ok(False, what, "%d and %d packets" % (len(got), len(want)), *bad)
    return ok(got == want, what, got, want)


def content(name):
    with open(path(name), "rb") as f:
        return f.read()


def tool(*args, **kw):
    return run(path("tool"), *args, **kw)


def ours(name):
    """As our reader sees it: (ns, caplen, len, link, adler), interface number, its name, comment."""
    lines = [x.split(" ", 7) for x in out(path("tool"), "dump", path(name)).splitlines()]
    return [tuple(map(int, x[:4])) + (int(x[4], 16),) for x in lines], [x[5:] for x in lines]


def scapys(name):
    """As Scapy sees it, pcap only."""
    r = RawPcapReader(path(name))
    unit = 1 if r.nano else 1000
    rows = [(m.sec * 10**9 + m.usec * unit, m.caplen, m.wirelen, r.linktype, zlib.adler32(p)) for p, m in r]
    r.close()
    return rows


def tsharks(name, *fields):
    args = ["tshark", "-n", "-r", path(name), "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
    for f in fields:
        args += ["-e", f]
    return [tuple(x.split("\t")) for x in out(*args).splitlines()]


def tshark_basic(name):
    rows = tsharks(name, "frame.time_epoch", "frame.cap_len", "frame.len")
    return [(int(t.replace(".", "")), int(c), int(n)) for t, c, n in rows]


def write_base():
    """Packets of all small sizes and some large, cut ones too, with nanoseconds."""
    rnd = random.Random(4)
    with open(path("base.pcap"), "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
        for i in range(300):
            n = i if i < 200 else rnd.randrange(60, 60000)
            f.write(struct.pack("<IIII", 1600000000 + i, rnd.randrange(10**9), n, n + (i % 3 == 0) * 40))
            f.write(b"\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5"[:n] + rnd.randbytes(max(0, n - 14)))


def us(rows):
    return [(r[0] // 1000 * 1000,) + r[1:] for r in rows]


def variants(base):
    for kind in "pcap nsecpcap modpcap nokiapcap rh6_1pcap suse6_3pcap pcapng".split():
        out("editcap", "-F", kind, path("base.pcap"), path(kind))
        want = base if kind in ("nsecpcap", "pcapng") else us(base)
        same(ours(kind)[0], want, "editcap's %s" % kind)
        tool("copy", path(kind), path("copy"), "s")
        ok(content("copy") == content(kind), "copied byte for byte")
        tool("copy", path(kind), path("copy"), "se")
        same(ours("copy")[0], want, "and with every record encoded anew")
        if kind != "pcap":
            same(tshark_basic("copy"), [r[:3] for r in want], "as tshark sees it too")
    same(ours("base.pcap")[0], scapys("base.pcap"), "nanoseconds as Scapy sees them")
    same(ours("pcap")[0], scapys("pcap"), "microseconds as Scapy sees them")


def swapped(base):
    """Files of a big-endian machine; Scapy checks that they are right."""
    for magic, name, want in ((0xa1b23c4d, "big-ns", base), (0xa1b2c3d4, "big-us", us(base))):
        data = content("base.pcap")
        with open(path(name), "wb") as f:
            f.write(struct.pack(">IHHIIII", magic, 2, 4, 0, 0, 65535, 1))
            at = 24
            while at < len(data):
                s, frac, n, orig = struct.unpack_from("<IIII", data, at)
                f.write(struct.pack(">IIII", s, frac if magic == 0xa1b23c4d else frac // 1000, n, orig))
                f.write(data[at + 16:at + 16 + n])
                at += 16 + n
        same(ours(name)[0], scapys(name), "big-endian %s as Scapy sees it" % name)
        same(ours(name)[0], want, "and as it was")


def written(base):
    for how, name, want in (("p", "w.pcap", us(base)), ("n", "w-ns.pcap", base), ("g", "w.pcapng", base),
                            ("g", "w.pcapng.gz", base), ("g", "w.pcapng.zst", base), ("p", "w.pcap.gz", us(base))):
        r = tool("copy", path("base.pcap"), path(name), how + "e")
        ok(r.returncode == 0, "written as %s" % name, r.stderr.decode())
        same(ours(name)[0], want, "read back")
        same(tshark_basic(name), [x[:3] for x in want], "tshark reads it")
        info = out("capinfos", "-T", "-m", "-c", "-E", path(name)).splitlines()[-1]
        ok(info.endswith(",ether,300"), "capinfos reads it", info)
    for name in ("w.pcap", "w-ns.pcap"):
        same(scapys(name), ours(name)[0], "Scapy reads %s" % name)
    for name in ("w.pcap", "w-ns.pcap", "w.pcapng"):
        same(out("tcpdump", "--count", "-r", path(name)).split()[0], "300", "tcpdump reads %s" % name)
    r = PcapNgReader(path("w.pcapng"))
    same([len(p) for p in r], [x[1] for x in base], "Scapy reads w.pcapng")
    r.close()


def packed(base):
    half = content("base.pcap")
    for name, args in (("one.gz", ["gzip", "-c"]), ("one.zst", ["zstd", "-q", "-c"])):
        with open(path(name), "wb") as f:
            f.write(subprocess.run(args, input=half, stdout=subprocess.PIPE).stdout)
        same(ours(name)[0], base, "%s(1)" % args[0])
        parts = b"".join(subprocess.run(args, input=half[i:i + 50001], stdout=subprocess.PIPE).stdout
                         for i in range(0, len(half), 50001))
        if args[0] == "zstd":
            parts = struct.pack("<II", 0x184d2a50, 3) + b"abc" + parts
        with open(path(name), "wb") as f:
            f.write(parts)
        same(ours(name)[0], base, "many members of %s" % args[0])
        tool("copy", path(name), path("copy"), "s")
        ok(content("copy") == half, "and copied plain")
    shutil.copy(path("w.pcapng.gz"), path("x.gz"))
    ok(run("gzip", "-t", path("x.gz")).returncode == 0, "gzip(1) accepts ours")
    ok(run("zstd", "-q", "-t", path("w.pcapng.zst")).returncode == 0, "zstd(1) accepts ours")


def comments():
    out("editcap", "-F", "pcapng", "-r", "--capture-comment", "the capture", "-a", "1:one", "-a", "2:zwei \u00e4",
        path("base.pcap"), path("c.pcapng"), "1-4")
    got = [x[2] for x in ours("c.pcapng")[1]]
    same(got, ["one", "zwei \u00e4", "", ""], "editcap's comments")
    tool("copy", path("c.pcapng"), path("copy"), "s")
    ok(content("copy") == content("c.pcapng"), "kept by a copy")
    tool("copy", path("base.pcap"), path("m.pcapng"), "gct")
    got = [x[0] for x in tsharks("m.pcapng", "frame.comment")]
    same(got, ["number %d" % (i + 1) for i in range(300)], "our comments, for tshark")
    info = out("capinfos", "-F", "-I", path("m.pcapng"))
    ok("Number of stat entries = 1" in info, "our statistics, for capinfos", info)
    ok("Capture application: capture_tool" in out("capinfos", path("m.pcapng")), "our application too")


def several(base):
    """Interfaces and sections from mergecap and cat, whose statistics and names must stay."""
    out("editcap", "-T", "rawip", "-F", "pcapng", path("base.pcap"), path("raw.pcapng"), )
    out("mergecap", "-I", "none", "-F", "pcapng", "-w", path("two.pcapng"), path("pcapng"), path("raw.pcapng"))
    rows, more = ours("two.pcapng")
    want = tsharks("two.pcapng", "frame.interface_id", "frame.cap_len", "frame.encap_type")
    same([(m[0], str(r[1]), {1: "1", 101: "7"}[r[3]]) for r, m in zip(rows, more)], want, "mergecap's two interfaces")
    tool("copy", path("two.pcapng"), path("copy"), "s")
    ok(content("copy") == content("two.pcapng"), "copied byte for byte")
    tool("copy", path("two.pcapng"), path("copy"), "g")
    same([x[1:] for x in tsharks("copy", "frame.interface_id", "frame.cap_len", "frame.encap_type")],
         [x[1:] for x in want], "and into a new file")
    same(len(set((m[0], r[3]) for r, m in zip(*ours("copy")))), 2, "with two interfaces")
    r = tool("copy", path("two.pcapng"), path("copy.pcap"), "p")
    ok(r.returncode == 1 and b"link type" in r.stderr, "but not into pcap", r.stderr)

    secrets = path("keys")
    with open(secrets, "w") as f:
        f.write("CLIENT_RANDOM " + "00" * 32 + " " + "11" * 48 + "\n")
    out("editcap", "-F", "pcapng", "--inject-secrets", "tls," + secrets, path("two.pcapng"), path("dsb.pcapng"))
    with open(path("sections.pcapng"), "wb") as f:
        f.write(content("two.pcapng") + content("dsb.pcapng") + content("c.pcapng"))
    tool("copy", path("sections.pcapng"), path("copy"), "s")
    ok(content("copy") == content("sections.pcapng"), "sections and secrets copied byte for byte")
    same(tshark_basic("copy"), [x[:3] for x in ours("copy")[0]], "tshark reads sections as we do")
    out("editcap", "-F", "pcapng", path("copy"), path("again.pcapng"))
    same(len(ours("again.pcapng")[0]), 1204, "and so does editcap")


def test_suite():
    """The pcapng test files of Hadriel Kaplan, where gopacket's package has brought them."""
    files = sorted(glob.glob("/usr/share/gocode/src/github.com/google/gopacket/pcapgo/tests/*/*.pcapng"))
    if not files:
        return ok(True, "pcapng test suite # SKIP golang-github-google-gopacket-dev is not installed")
    for f in files:
        r = tool("dump", f)
        what = "/".join(f.split("/")[-2:])
        if "/be/" in f:
            le = tool("dump", f.replace("/be/", "/le/"))
            ok((r.stdout, r.returncode) == (le.stdout, le.returncode), "%s as its little-endian twin" % what, r.stderr)
        else:
            mine = [tuple(x.split(" ")[1:3]) for x in r.stdout.decode().splitlines()]
            t = run("tshark", "-n", "-r", f, "-T", "fields", "-e", "frame.cap_len", "-e", "frame.len", "-e",
                    "frame.protocols")
            rows = [x.split("\t") for x in t.stdout.decode().splitlines()]
            # custom and journal blocks are frames for tshark, packets for nobody
            theirs = [tuple(x[:2]) for x in rows if x[2].split(":")[0] in ("eth", "null")]
            ok(mine == theirs and (r.returncode == 0) == (t.returncode == 0), "%s as tshark sees it" % what,
               r.stderr, t.stderr, mine, theirs)
        tool("copy", f, path("copy"), "s")
        if r.returncode == 0:
            with open(f, "rb") as orig:
                ok(content("copy") == orig.read(), "copied byte for byte")


def cuts(base):
    """Cut anywhere: as many packets as tshark finds whole. Every byte is tests/unit/test_capture_ng.c's."""
    data = content("pcapng")
    for n in (10, 200, 311, 2000, 4999, 8000, 60001):
        with open(path("cut"), "wb") as f:
            f.write(data[:n])
        r = tool("dump", path("cut"))
        t = run("tshark", "-n", "-r", path("cut"), "-T", "fields", "-e", "frame.number")
        good = len(r.stdout.splitlines()) == len(t.stdout.splitlines()) and r.returncode == 1
        if not good:
            return ok(False, "cut at byte %d" % n, r.stderr, t.stderr)
    return ok(b"cut" in r.stderr, "cut anywhere: %s" % r.stderr.decode().strip())


def pipes(base):
    for name in ("base.pcap", "pcapng", "one.gz", "one.zst"):
        cat = subprocess.Popen(["cat", path(name)], stdout=subprocess.PIPE)
        r = tool("copy", "-", "-", "s", stdin=cat.stdout)
        cat.wait()
        ok(r.returncode == 0, "%s from a pipe to a pipe" % name, r.stderr)
        with open(path("copy"), "wb") as f:
            f.write(r.stdout)
        same(ours("copy")[0], base, "all of it")
    mine = subprocess.Popen([path("tool"), "copy", path("base.pcap"), "-", "g"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)
    r = run("tshark", "-n", "-r", "-", "-T", "fields", "-e", "frame.number", stdin=mine.stdout)
    same(len(r.stdout.splitlines()), 300, "tshark reads our pipe")
    mine.wait()
    mine = subprocess.Popen([path("tool"), "copy", path("big-ns"), "-", "u"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
    mine.stdout.read(100)
    mine.stdout.close()
    err = mine.stderr.read()
    same((mine.wait(), err[:3]), (-signal.SIGPIPE, b"") if not err else (1, b"-32"), "a reader that goes away")


def follow(base):
    for name in ("base.pcap", "pcapng", "one.gz"):
        data = content(name)
        grow = open(path("grow"), "wb")

        def slowly():
            for i in range(0, len(data), 70001):
                grow.write(data[i:i + 70001])
                grow.flush()
                time.sleep(0.01)

        t = threading.Thread(target=slowly)
        t.start()
        r = tool("dump", path("grow"), "follow", "400")
        t.join()
        grow.close()
        ok(len(r.stdout.splitlines()) == 300 and r.stderr.startswith(b"-11"), "%s while it grows" % name, r.stderr)


def full_disk(base):
    if os.geteuid() != 0 or run("unshare", "-m", "true").returncode:
        return ok(True, "full disk # SKIP needs root")
    disk = path("disk")
    os.mkdir(disk)
    script = ("mount -t tmpfs -o size=256k pkw %s && { %s copy %s %s/x%s %s; echo \"exit $?\" >&2; cp %s/x%s %s; }")
    for suffix, how in ((".pcap", "p"), (".pcap", "pu"), (".pcapng", "g"), (".pcapng", "sn"), (".pcapng", "gu"),
                        (".pcap.gz", "pu"), (".pcapng.zst", "gu")):
        r = run("unshare", "-m", "sh", "-c", script % (disk, path("tool"), path("base.pcap"), disk, suffix, how, disk,
                                                       suffix, path("full" + suffix)))
        err = r.stderr.decode()
        ok("-28 " in err and "no space" in err and "exit 1" in err, "full disk, %s: %s" % (how, err.splitlines()[0]), err)
        n = int([x for x in err.splitlines() if "written" in x][0].split()[0])
        same(len(ours("full" + suffix)[0]), n, "holds %d whole packets" % n)
        same(len(tsharks("full" + suffix, "frame.number")), n, "for tshark, too")


def killed(base):
    """Unbuffered, killed at any moment: everything whole can be read."""
    good = 0
    for i in range(20):
        p = subprocess.Popen([path("tool"), "copy", "-", path("kill.pcap"), "u"], stdin=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        p.stdin.write(content("pcap")[:600 * (i + 40)])
        p.stdin.flush()
        time.sleep(0.002 * i)
        p.kill()
        p.communicate()
        data = content("kill.pcap") if os.path.exists(path("kill.pcap")) else b""
        n, at = 0, 24
        while at + 16 <= len(data):
            at += 16 + struct.unpack_from("<I", data, at + 8)[0]
            n += at <= len(data)
        good += not data or len(tool("dump", path("kill.pcap")).stdout.splitlines()) == n
    same(good, 20, "killed at 20 moments: all that is whole can be read")


def main():
    san = os.environ.get("SAN")
    out(os.environ.get("CC", "cc"), *(["-fsanitize=" + san] if san else []), "-std=c11", "-O1", "-g", "-D_GNU_SOURCE", "-I" + os.path.join(HERE, "../../include"), "-o", path("tool"),
        os.path.join(HERE, "capture_tool.c"), os.path.join(BUILD, "libpkw.a"), "-lz", "-lzstd", "-lm", "-lpthread")
    write_base()
    base = ours("base.pcap")[0]
    same(len(base), 300, "the captures to work with")
    variants(base)
    swapped(base)
    written(base)
    packed(base)
    comments()
    several(base)
    test_suite()
    cuts(base)
    pipes(base)
    follow(base)
    full_disk(base)
    killed(base)
    print("1..%d" % count)
    return failed != 0


try:
    status = main()
finally:
    shutil.rmtree(DIR, ignore_errors=True)
sys.exit(status)
