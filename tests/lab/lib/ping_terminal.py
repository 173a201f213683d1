"""ping_terminal.py PKW HOST: pkw ping on a terminal: its histogram is drawn over itself, Ctrl+Z changes the TTL."""
import os
import pty
import sys
import time

pkw, host = sys.argv[1:]


def session(options, keys=()):
    """What the terminal shows; keys: (seconds before, what is typed)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(pkw, [pkw, "ping", host, "--interval", "0.05", "-c", "12"] + options)
    for pause, key in keys:
        time.sleep(pause)
        os.write(fd, key)
    out = b""
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    os.waitpid(pid, 0)
    return out.decode()


out = session(["--histogram"])
# the first one has nothing above it
print("drawn again", out.count("\x1b[12A"))
out = session(["-z", "-t", "9", "-D", "-d", "0"], [(0.2, b"\x1a")])
print("larger", int("ttl=9," in out and "ttl=10," in out))
out = session(["-z", "-t", "9", "-D", "-d", "0"], [(0.2, b"\x1a"), (0.03, b"\x1a")])
print("smaller", int("ttl=8," in out))
