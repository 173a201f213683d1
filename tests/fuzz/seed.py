#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Inputs for fuzz_packet and fuzz_text out of captures and of Scapy's bytes.

    seed.py DIR FILE...

A FILE is a pcap of Ethernet or raw IP, or what tests/peers/scapy_corpus.py prints (`expression<TAB>hex').  Every packet
becomes a file in DIR, named by its content: the head that check.h explains, and the bytes.  Of packets longer than 600
bytes there are enough already.
"""
import hashlib
import os
import re
import struct
import sys

LONGEST = 600


def number(name):
    """input_number() of check_packet.c."""
    h = 2166136261
    for c in name.encode():
        h = (h ^ c) * 16777619 & 0xFFFFFFFF
    return (h ^ h >> 16) & 0xFFFF


def save(folder, head, packet):
    if len(packet) > LONGEST:
        return
    data = head + packet
    with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as f:
        f.write(data)


def from_pcap(folder, data):
    order = "<" if data[0] in (0xD4, 0x4D) else ">"
    link = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    # the lowest bit of the third byte: a link type, raw IP where the second is a multiple of four
    head = bytes([0, 1 if link == 1 else 0, 1, 0])
    at = 24
    while at + 16 <= len(data):
        n = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        save(folder, head, data[at + 16:at + 16 + n])
        at += 16 + n


def from_corpus(folder, text):
    for line in text.splitlines():
        expression, _, packet = line.partition("\t")
        name = re.match(r"\w+", expression)
        if name and packet:
            save(folder, struct.pack(">HH", number(name.group()), 0), bytes.fromhex(packet.split("\t")[0]))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for path in sys.argv[2:]:
        with open(path, "rb") as f:
            data = f.read()
        if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d"):
            from_pcap(sys.argv[1], data)
        elif b"\t" in data:
            from_corpus(sys.argv[1], data.decode())
        else:
            sys.exit(path + ": neither a pcap nor a corpus")


main()
