#!/bin/bash
# Real TCP, UDP and ICMP between the kernels of two network namespaces of our
# own, over a relay that loses, doubles, delays and (UDP and ICMP by their
# senders' MTU of 576) meets fragments: stream.pcap and fragments.pcap, as the
# side that opens the connections saw them.  Needs root, tcpdump, python3.
# What is to be lost in the capture itself is left to tests/peers/tshark_stream.py.
set -e
A=pkwA$$ B=pkwB$$ R=pkwR$$ out=${1:-.} pids=
cleanup() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	for n in $A $B $R; do ip netns del $n; done
	rm -rf "$tmp"
}
trap cleanup EXIT
tmp=$(mktemp -d); chmod 777 "$tmp"
for n in $A $B $R; do ip netns add $n; ip -n $n link set lo up; done
ip -n $R link add a0 type veth peer name e0 address 02:00:00:00:00:01 netns $A
ip -n $R link add b0 type veth peer name e0 address 02:00:00:00:00:02 netns $B
ip -n $A addr add 10.9.0.1/24 dev e0; ip -n $A addr add fd00:9::1/64 dev e0 nodad
ip -n $B addr add 10.9.0.2/24 dev e0; ip -n $B addr add fd00:9::2/64 dev e0 nodad
for n in $A $B; do
	ip -n $n link set e0 up mtu 1280
	ip netns exec $n sysctl -q -w net.ipv4.tcp_timestamps=0 net.ipv4.tcp_min_tso_segs=1
	# checksums are to be there, and segments as they are on a wire
	ip netns exec $n python3 - <<'P'
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for cmd in (0x17, 0x1F, 0x24, 0x2C):	# tx checksums, TSO, GSO, GRO: off
    import ctypes
    value = ctypes.create_string_buffer(struct.pack("II", cmd, 0))
    try:
        fcntl.ioctl(s, 0x8946, struct.pack("16sP", b"e0", ctypes.addressof(value)) + b"\0" * 16)
    except OSError:
        pass
P
done
ip -n $R link set a0 up; ip -n $R link set b0 up
cat >"$tmp/relay.py" <<'P'
import random, select, socket, time
def port(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((name, 0))
    return s
a, b = port("a0"), port("b0")
other, rnd, later = {a: b, b: a}, random.Random(7), []
while True:
    for s in select.select([a, b], [], [], 0.002)[0]:
        frame, where = s.recvfrom(65536)
        if where[2] == socket.PACKET_OUTGOING:
            continue
        luck = rnd.random() if len(frame) > 60 else 1
        if luck < 0.06:
            continue
        if luck < 0.20:
            later.append((time.time() + rnd.choice((0.001, 0.004, 0.01)), other[s], frame))
            continue
        other[s].send(frame)
        if luck < 0.24:
            other[s].send(frame)
    now = time.time()
    for x in [x for x in later if x[0] <= now]:
        x[1].send(x[2])
        later.remove(x)
P
ip netns exec $R python3 "$tmp/relay.py" & pids+=" $!"
cat >"$tmp/server.py" <<'P'
import socket, threading
def text(n, mark):
    return b"".join(b"%s%06d\n" % (mark, i) for i in range(n // 8 + 1))[:n]
def serve(c, port):
    if port == 1:	# takes what comes
        while c.recv(4096): pass
    elif port == 2:	# a long answer
        c.recv(100); c.sendall(text(15000, b"s"))
    elif port == 3:	# a chat
        while (x := c.recv(4096)): c.sendall(x.upper())
    elif port == 4:	# gives up
        c.recv(10)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    c.close()
for port in (1, 2, 3, 4):
    s = socket.create_server(("::", 7000 + port), family=socket.AF_INET6, dualstack_ipv6=True)
    def loop(s=s, port=port):
        while True:
            c, _ = s.accept()
            threading.Thread(target=serve, args=(c, port), daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); u.bind(("::", 7000))
while True:
    x, peer = u.recvfrom(65536); u.sendto(x.upper(), peer)
P
ip netns exec $B python3 "$tmp/server.py" & pids+=" $!"
ip netns exec $A tcpdump -i e0 -U -Z root -w "$tmp/all.pcap" 2>/dev/null & pids+=" $!"
sleep 2
cat >"$tmp/client.py" <<'P'
import socket, subprocess, time
def text(n, mark):
    return b"".join(b"%s%06d\n" % (mark, i) for i in range(n // 8 + 1))[:n]
for host in ("10.9.0.2", "fd00:9::2"):
    c = socket.create_connection((host, 7001)); c.sendall(text(15000, b"c")); c.shutdown(1); c.recv(1); c.close()
    c = socket.create_connection((host, 7002)); c.send(b"give\n"); n = 0
    while (x := c.recv(4096)): n += len(x)
    c.close()
    c = socket.create_connection((host, 7003))
    for i in range(30):
        c.send(b"line %d\n" % i * (i + 1)); c.recv(4096)
    c.close()
    c = socket.create_connection((host, 7004)); c.send(b"and now?")
    try: c.recv(10)
    except OSError: pass
    c.close()
subprocess.run(["ip", "link", "set", "e0", "mtu", "1280"])
for host, family in (("10.9.0.2", socket.AF_INET), ("fd00:9::2", socket.AF_INET6)):
    u = socket.socket(family, socket.SOCK_DGRAM); u.settimeout(0.3)
    for n in (1300, 2000, 4999, 8000, 1231, 2561):
        u.sendto(text(n, b"u"), (host, 7000))
        try: u.recv(65536)
        except OSError: pass
    subprocess.run(["ping", "-c3", "-i0.2", "-W1", "-s", "3000", host], stdout=subprocess.DEVNULL)
time.sleep(1)
P
ip netns exec $A python3 "$tmp/client.py"
sleep 1
tcpdump -r "$tmp/all.pcap" -w "$out/stream.pcap" tcp 2>/dev/null
tcpdump -r "$tmp/all.pcap" -w "$out/fragments.pcap" \
    'ip[6:2] & 0x3fff != 0 or (ip6 and ip6[6] = 44)' 2>/dev/null
