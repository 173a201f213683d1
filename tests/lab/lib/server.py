"""Servers on the far side, for a minute.

7776/udp  says "ready"
7777/udp  echoes an id; dies of a message that says it has over 300 questions
7778/tcp  greets, echoes what it was told once, sends 5000 bytes, closes
"""
import socket
import struct
import threading
import time

HOST = "10.9.0.2"


def udp(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((HOST, port))
    return s


def ready():
    s = udp(7776)
    while True:
        _, who = s.recvfrom(65536)
        s.sendto(b"ready", who)


def fragile():
    s = udp(7777)
    while True:
        data, who = s.recvfrom(65536)
        if len(data) >= 12 and struct.unpack(">H", data[4:6])[0] > 300:
            s.close()  # the planted fault: it is gone
            return
        s.sendto(data[:2] + b"ok", who)


def tcp():
    s = socket.create_server((HOST, 7778))
    while True:
        c, _ = s.accept()
        c.sendall(b"hello " + c.recv(100) + b"x" * 5000)
        c.close()


for f in (fragile, tcp, ready):
    threading.Thread(target=f, daemon=True).start()
time.sleep(240)
