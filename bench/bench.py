#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bench.py [-r ROUNDS] [-g GROUP,...] [-o FILE]   (called by run.sh)

Every program of a group runs once per round, round after round, so that a slow minute of the machine hits all of
them.  Printed per program: the median of packets per second of CPU time (user + system), nanoseconds a packet, the
peak of memory, and `pkw / peer': the median of the ratios of the same round.  Where a goal is set for a peer the row
says whether it is met.  Programs print

    RESULT peer workload packets cpu_seconds wall_seconds peak_kib check

and those that do not (tcpdump, tshark, tcprewrite) are timed from outside.  A check value unlike ours is marked `!':
that program did other work.
"""
import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DIR = os.environ["BENCH_DIR"]
OURS = os.environ.get("OURS", os.path.join(HERE, "..", "build", "pkw-bench"))
PKW = os.path.join(HERE, "..", "build", "pkw")
PY = "/usr/bin/python3"
OUT = os.path.join("/dev/shm" if os.path.isdir("/dev/shm") else DIR, "pkw-bench.%d" % os.getpid())


def data(name):
    return os.path.join(DIR, name)


M1, K100, K20, BIG, SMALL = (data(f + ".pcap") for f in ("mix-1m", "mix-100k", "mix-20k", "big", "small"))
N = {K100: 100000, K20: 20000, M1: 1000000}


def built(name, *args):
    return [data(name), *args]


def script(name, *args):
    return [PY, os.path.join(HERE, "peers", name), *args]


def hot(kib, command):
    return ["env", "HOTKB=%d" % kib] + command


def reading(title, f, libtins, gopacket, floor):
    """Rows of the groups that read a file."""
    return title, [OURS, "read", f], [
        ("hand-written C (limit)", built("hand_c", "read", f), None, None),
        ("libpcap, no dissection", built("floor_pcap", "next", f), None, floor),
        ("libtins", built("libtins", "read", f), None, libtins),
        ("gopacket DecodingLayerParser", built("gopacket", "read", f), None, gopacket)]


def cached(kib):
    return "dissect, in cache: the first %d KiB again and again" % kib, hot(kib, [OURS, "hot", M1]), [
        ("hand-written C (limit)", hot(kib, built("hand_c", "hot", M1)), None, 0.6),
        ("libtins", hot(kib, built("libtins", "hot", M1)), None, 4.0),
        ("gopacket DecodingLayerParser", hot(kib, built("gopacket", "hot", M1)), None, 3.0)]


def building(size, new, libnet, scapy):
    return "build %s-byte frames, a packet each" % size, [OURS, "build", size], [
        ("ours, pushed together by layers", [OURS, "build-push", size], None, None),
        ("hand-written C (limit)", built("hand_c", "build", size), None, None),
        ("libtins, new objects", built("libtins", "build", size), None, new),
        ("libnet", built("libnet", size), None, libnet),
        ("scapy", script("scapy_bench.py", "build", size), None, scapy)]


def rebuilding(size, must):
    return "build %s-byte frames, object reused" % size, [OURS, "build-reuse", size], [
        ("hand-written C, incremental", built("hand_c", "build2", size), None, None),
        ("libtins, object reused", built("libtins", "build-reuse", size), None, must),
        ("gopacket, buffer reused", built("gopacket", "build-reuse", size), None, None)]


def lua(name, *args):
    return [PKW, "run", os.path.join(HERE, "lua", name), *args]


def lab(*args):
    return [os.path.join(HERE, "..", "tools", "private"), "sh", os.path.join(HERE, "lab.sh"), *args]


# name: (title, our command, [(peer, command, packets if it prints no RESULT, the least ratio)])
GROUPS = {
    "read": reading("read a file, dissect, touch addresses, ports, flags", M1, 3.0, 2.2, 1.3),
    "small": reading("the same, frames of 60 to 78 bytes", SMALL, 7.0, None, 2.2),
    "big": reading("the same, frames of 1514 bytes", BIG, 3.0, None, None),
    "mem": ("dissect from memory", [OURS, "mem", M1], [
        ("hand-written C (limit)", built("hand_c", "mem", M1), None, None),
        ("libtins", built("libtins", "mem", M1), None, None),
        ("gopacket DecodingLayerParser", built("gopacket", "mem", M1), None, None)]),
    "hot": cached(16384),
    "hottest": cached(1024),
    "full": ("from memory, with DNS names and records and inside VXLAN", [OURS, "full", M1], [
        ("hand-written C (limit)", built("hand_c", "full", M1), None, None),
        ("libtins", built("libtins", "full", M1), None, 2.4),
        ("gopacket (not inside VXLAN)", built("gopacket", "full", M1), None, 1.3)]),
    "build": building("66", 7.0, 5.0, 5000.0),
    "build-reuse": rebuilding("66", 4.5),
    "build-big": building("1514", None, None, None),
    "build-reuse-big": rebuilding("1514", 8.0),
    "edit": ("IPv4 dst and ttl, checksums mended, written to a file in memory", [OURS, "edit", M1, OUT], [
        ("hand-written C (limit)", built("hand_c", "editbuf", M1, OUT), None, 0.8),
        ("libpcap copy, nothing edited", built("floor_pcap", "copy", M1, OUT), None, 1.2),
        ("libtins", built("libtins", "edit", M1, OUT), None, 2.5),
        ("tcprewrite", ["tcprewrite", "-i", M1, "-o", OUT, "--dstipmap=0.0.0.0/0:10.99.0.0/16", "--ttl=-1",
                        "--fixcsum"], N[M1], 3.5)]),
    "text": ("one line a packet", [OURS, "text", M1], [
        ("tcpdump -n, TZ=UTC", ["env", "TZ=UTC", "tcpdump", "-n", "-r", K100], N[K100], 5.5),
        ("tcpdump -n -q -t -S", ["tcpdump", "-n", "-q", "-t", "-S", "-r", K100], N[K100], 2.3),
        ("tshark -n", ["tshark", "-n", "-r", K100], N[K100], 50.0),
        ("scapy summary()", script("scapy_bench.py", "summary", K20), None, 1000.0)]),
    "json": ("every field, as JSON", [OURS, "json", M1], [
        ("hand-written C, fewer fields", built("hand_c", "json", M1), None, None),
        ("tcpdump -n -vvv -e, TZ=UTC", ["env", "TZ=UTC", "tcpdump", "-n", "-vvv", "-e", "-r", K100], N[K100], 5.0),
        ("tshark -n -V", ["tshark", "-n", "-V", "-r", K20], N[K20], 100.0),
        ("tshark -n -T json", ["tshark", "-n", "-T", "json", "-r", K20], N[K20], 300.0)]),
    "script-count": ("a Lua script reads a file and counts by source address", lua("count.lua", M1), [
        ("scapy", script("scapy_script.py", "count", K20), None, 50.0)]),
    "script-file": ("sniff from a file, a callback in Lua reads four fields", lua("fields.lua", M1), [
        ("scapy", script("scapy_script.py", "fields", K20), None, 50.0)]),
    "script-sniff": ("the same from an interface, 20,000 packets a second; Scapy: 300",
                     lab("sniff", K20, "100000", "20000", *lua("fields.lua")), [
        ("scapy", lab("sniff", K20, "2000", "300", *script("scapy_script.py", "fields")), None, 50.0)]),
    "script-sr": ("sr of 16 ports of a /24, four times; Scapy: of a /28, once",
                  lab("ask", *lua("ask.lua", "10.9.1.0/24", "4")), [
        ("scapy", lab("ask", *script("scapy_script.py", "ask", "10.9.1.0/28", "1")), None, 50.0)]),
}
WAITING = ("script-sr",)  # groups where the time on the wall is of interest


def once(command, packets):
    """(packets, cpu seconds, wall seconds, peak KiB, check)"""
    began = time.monotonic()
    if packets is None:
        p = subprocess.run(command, capture_output=True, text=True, timeout=900)
        for line in p.stdout.splitlines():
            if line.startswith("RESULT"):
                f = line.split()
                return int(f[3]), float(f[4]), float(f[5]), int(f[6]), f[7]
        raise RuntimeError((p.stderr or p.stdout or "no result").strip()[-200:])
    with open(os.devnull, "r+b") as null:
        p = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = status
    if status:
        raise RuntimeError("exit status %d" % (status >> 8))
    return packets, usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss, "-"


def there(command):
    return shutil.which(next(c for c in command if c != "env" and "=" not in c.split("/")[0]))


def count(n):
    return "%.2f M" % (n / 1e6) if n >= 1e6 else "%.1f k" % (n / 1e3)


def frames(path):
    """The packets of a pcap file, headers included."""
    with open(path, "rb") as f:
        b = f.read()
    at = 24
    while at + 16 <= len(b):
        end = at + 16 + int.from_bytes(b[at + 8:at + 12], "little")
        yield b[at:end]
        at = end


def unlike(label, path, reference):
    """How many packets of a file are not those of the reference."""
    n = differ = 0
    for a, b in itertools.zip_longest(frames(path), frames(reference)):
        n += 1
        differ += a != b
    return "%s %s" % (label, "yes" if not differ else "NO, %d of %d packets differ" % (differ, n))


def compared(rows):
    """Of each program that edits: whether it wrote what the hand-written one did."""
    small, reference = OUT + ".small", OUT + ".reference"
    rows = [(label, [K20 if c == M1 else c for c in command]) for label, command, _, _ in rows]
    try:
        for label, command in rows:
            if "limit" in label:
                subprocess.run([reference if c == OUT else c for c in command], capture_output=True, check=True)
        for label, command in rows:
            if "limit" in label or "nothing edited" in label:
                continue
            subprocess.run([small if c == OUT else c for c in command], capture_output=True, check=True)
            yield unlike(label, small, reference)
    finally:
        for path in small, reference:
            if os.path.exists(path):
                os.unlink(path)


def run_group(name, rounds, say):
    title, ours, peers = GROUPS[name]
    rows = [("pkw", ours, None, None)] + [r for r in peers if there(r[1])]
    results, failed = {r[0]: [] for r in rows}, {}
    for number in range(-1, rounds):  # the first round warms up
        for label, command, packets, _ in rows:
            slow = PY in command or command[0] == "tshark"
            if label in failed or (number < 0 and slow):
                continue
            try:
                r = once(command, packets)
            except Exception as e:
                failed[label] = str(e).replace("\n", " ")
                results[label].clear()  # whoever lost packets once has no result
                continue
            if number >= 0:
                results[label].append(r)
    say("\n### %s: %s\n" % (name, title))
    say("| program | packets/s | ns/packet | peak MiB | wall/cpu | pkw / peer | goal |")
    say("|---|---|---|---|---|---|---|")
    rate = {k: [v[0] / v[1] for v in r] for k, r in results.items()}
    missed = 0
    for label, command, packets, must in rows:
        r = results[label]
        if not r or not results["pkw"]:
            say("| %s | failed: %s |" % (label, failed.get(label, "?")[:90]))
            missed += must is not None
            continue
        rates = statistics.median(rate[label])
        ratio = statistics.median(a / b for a, b in zip(rate["pkw"], rate[label])) if label != "pkw" else None
        other = r[0][4] not in ("-", results["pkw"][0][4]) and r[0][0] == results["pkw"][0][0] and name not in ("full", "edit", "text", "json") and \
            "no dissection" not in label
        goal = "" if must is None else "%.4g %s" % (must, "met" if ratio >= must else "MISSED")
        missed += must is not None and ratio < must
        say("| %s%s | %s | %.1f | %.0f | %.1f | %s | %s |" % (
            label, " !" if other else "", count(rates), 1e9 / rates, max(v[3] for v in r) / 1024,
            statistics.median(v[2] / v[1] for v in r), "" if ratio is None else "%.2f" % ratio, goal))
    if name in WAITING:
        for label in (r[0] for r in rows[1:] if results["pkw"] and results[r[0]]):
            say("\nOn the wall, %s takes %.1f times as long." % (label, statistics.median(
                b[2] / b[0] / (a[2] / a[0]) for a, b in zip(results["pkw"], results[label]))))
    if name == "edit":
        say("\nThe same bytes as the hand-written program's, in 20,000 packets: " +
            ", ".join(compared([r for r in rows if r[0] not in failed])))
    return missed


def allocations(say):
    """Of a whole run, start-up and buffers included: none may grow with the packets."""
    say("\n### allocations in a whole run\n")
    for command in ([OURS, "read", M1], [OURS, "read", K100], [OURS, "edit", M1, OUT], [OURS, "edit", K100, OUT],
                    [OURS, "json", M1], [OURS, "json", K100], [OURS, "text", M1], [OURS, "text", K100],
                    [OURS, "build", "66"], [OURS, "build-reuse", "66"]):
        p = subprocess.run(command, capture_output=True, text=True,
                           env=dict(os.environ, LD_PRELOAD=data("malloc_count.so")))
        what = " ".join([command[1], os.path.basename(command[2])])
        say("    %-24s %s" % (what, p.stderr.strip().splitlines()[-1] if p.stderr.strip() else "?"))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("-r", "--rounds", type=int, default=7)
    a.add_argument("-g", "--groups", default=",".join(GROUPS))
    a.add_argument("-o", "--out", help="append the tables to this file too")
    opt = a.parse_args()
    keep = open(opt.out, "a") if opt.out else None

    def say(line):
        print(line, flush=True)
        if keep:
            keep.write(line + "\n")

    unknown = [g for g in opt.groups.split(",") if g not in GROUPS]
    if unknown:
        a.error("no group %s; there are %s" % (", ".join(unknown), ", ".join(GROUPS)))
    try:
        missed = sum(run_group(g, opt.rounds, say) for g in opt.groups.split(","))
        if there([data("malloc_count.so")]):
            allocations(say)
    finally:
        if os.path.exists(OUT):
            os.unlink(OUT)
    say("\n%d goals missed" % missed)


if __name__ == "__main__":
    main()
