"""Answers echo requests two at a time, the later one first; the kernel is told to keep silent."""
import socket
import struct


def checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


with open("/proc/sys/net/ipv4/icmp_echo_ignore_all", "w") as f:
    f.write("1")
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
print("up", flush=True)
held = []
while True:
    packet, (host, _) = s.recvfrom(65535)
    message = packet[20:]
    if message[0] != 8:
        continue
    held.append(message[4:])
    if len(held) == 2:
        while held:
            rest = held.pop()
            reply = b"\0\0\0\0" + rest
            s.sendto(b"\0\0" + struct.pack(">H", checksum(reply)) + rest, (host, 0))
