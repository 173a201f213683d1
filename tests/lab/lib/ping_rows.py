"""ping_rows.py PKW TABLE: each line of the table is run by hping3, by pkw ping and by the command called as
pkw-hping3 (hping3's very options), all captured by one tcpdump; between them stands a marker.  What tshark reads of the
fields is compared.  Prints `ok NAME' or `not ok NAME', and why."""
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time

HOST, MARK = "192.0.2.2", 7777
MINE = "02:00:00:00:00:01"
pkw, table = sys.argv[1:]
work = tempfile.mkdtemp(dir=os.environ.get("T"))
numbers = work + "/numbers"
with open(numbers, "w") as f:
    f.write("".join("%d\n" % n for n in range(1, 21)))
os.symlink(os.path.abspath(pkw), work + "/pkw-hping3")

rows = []
for line in open(table):
    if line.strip() and line[0] != "#":
        hping, ours, fields = (part.strip() for part in line.split("|"))
        rows.append((hping, ours, fields.split()))


def arguments(text, before, pause, host):
    words = [numbers if w == "FILE" else w for w in shlex.split(text)]
    if "-c" not in words:
        words += ["-c", "1"]
    if host and "--rand-dest" not in words:
        words.append(HOST)
    return before + words + pause


capture = subprocess.Popen(["tcpdump", "-Z", "root", "-i", "v0", "-U", "-w", work + "/all.pcap", "-Q", "out", "ip"],
                           stderr=subprocess.PIPE)
capture.stderr.readline()
marker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def run(number, command):
    marker.sendto(b"%d" % number, (HOST, MARK))
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=0.6)
    except subprocess.TimeoutExpired:
        pass


for i, (hping, ours, _) in enumerate(rows):
    slow = "u40000" if "-p +" in hping and "++" not in hping or "-T" in hping else "u2000"
    own = ["--interval", slow, "--timeout", "0.2"]
    run(3 * i, arguments(hping, ["hping3"], ["-i", slow], True))
    run(3 * i + 1, arguments(ours, [pkw, "ping"], own, True))
    run(3 * i + 2, arguments(hping, [work + "/pkw-hping3"], ["-i", slow], True))
marker.sendto(b"end", (HOST, MARK))
time.sleep(1.3)  # tcpdump gets packets by the second
capture.terminate()
capture.wait()

names = sorted({f.lstrip("#") for r in rows for f in r[2] if ":" not in f})
wanted = ["eth.src", "udp.dstport"] + names
check = [w for p in ("tcp", "udp", "ip") for w in ("-o", p + ".check_checksum:TRUE")]
command = ["tshark", "-r", work + "/all.pcap", "-o", "ip.defragment:FALSE", *check, "-T", "fields", "-E", "separator=\x1f"]
for name in wanted:
    command += ["-e", name]
lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()


def frames(path):
    """The bytes of each packet of a classic little-endian capture."""
    data, at = open(path, "rb").read(), 24
    while at + 16 <= len(data):
        n = int.from_bytes(data[at + 8:at + 12], "little")
        yield data[at + 16:at + 16 + n]
        at += 16 + n


runs, now = {}, None
for text, raw in zip(lines, frames(work + "/all.pcap")):
    values = dict(zip(wanted, text.split("\x1f")))
    if values["udp.dstport"] == str(MARK) and values["eth.src"] == MINE:
        word = raw[42:].split(b"\0")[0].decode()
        now = int(word) if word.isdigit() else None
    elif now is not None and values["eth.src"] == MINE:
        runs.setdefault(now, []).append((values, raw))


def value(packets, field):
    if field[0] == "#":
        return len({v[field[1:]] for v, _ in packets})
    if ":" in field:  # bytes at a place in the frame
        at, n = map(int, field.split(":"))
        return [raw[at:at + n].hex() for _, raw in packets]
    return [v[field] for v, _ in packets]


for i, (hping, ours, fields) in enumerate(rows):
    theirs = runs.get(3 * i, [])
    for k, name in ((1, "ping " + ours), (2, "pkw-hping3 " + hping)):
        mine = runs.get(3 * i + k, [])
        faults = []
        for field, _, must in (f.partition("=") for f in fields):
            got, want = value(mine, field), [must] if must else value(theirs, field)
            if got != want:
                faults.append("%s: %s, hping3 has %s" % (field, got, want))
        if not theirs or not mine:
            faults.append("packets: %d, of hping3 %d" % (len(mine), len(theirs)))
        print("not ok" if faults else "ok", name)
        for fault in faults:
            print("#", fault)
print("rows", len(rows))
