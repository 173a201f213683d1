# SPDX-License-Identifier: BSD-2-Clause
"""The shell on a terminal, for tests: a pty, and TAP.

The shell asks for marked pastes once it has written its prompt and begins to read a line; so one knows when it is ready,
and what came in between is what the line before printed.  Every wait is bounded; a wait that ends in vain is a failed test.
"""
import os
import pty
import re
import select
import signal
import sys
import time

PKW = os.environ.get("PKW", "build/pkw")
READY = b"\x1b[?2004h"
PATIENCE = 30  # seconds until something is taken for missing
count = failed = 0


def ok(fine, name, *remarks):
    global count, failed
    count += 1
    failed += not fine
    print(f"{'' if fine else 'not '}ok {count} - {name}", flush=True)
    for remark in () if fine else remarks:
        print("# " + str(remark).replace("\n", "\n# "))
    return fine


def done():
    print(f"1..{count}")
    sys.exit(failed != 0)


def plain(raw):
    """What is left of it without escapes and returns."""
    text = raw.decode("utf-8", "replace")
    text = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>()][0-9A-B]?|[78])", "", text)
    return text.replace("\r", "").replace("\a", "")


class Shell:
    def __init__(self, home, *args, wait=True, **env):
        self.raw = b""
        self.seen = 0  # what was looked at so far
        environment = dict(os.environ, HOME=home, TERM="xterm", LC_ALL="C.UTF-8", NO_COLOR="1")
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "CLICOLOR_FORCE"):
            environment.pop(name, None)
        environment.update(env)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(PKW, ["pkw", *args], environment)
        self.status = None
        self.start = self.ready() if wait else ""

    def send(self, text):
        os.write(self.fd, text.encode() if isinstance(text, str) else text)

    def more(self, deadline):
        """Takes in what comes; False: nothing more will."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.fd], [], [], left)[0]:
            return False
        try:
            new = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += new
        return bool(new)

    def until(self, mark):
        """What comes until the mark, which has to come."""
        deadline = time.monotonic() + PATIENCE
        while True:
            at = self.raw.find(mark, self.seen)
            if at >= 0:
                out, self.seen = self.raw[self.seen:at], at + len(mark)
                return plain(out)
            if not self.more(deadline):
                ok(False, f"{mark!r} was waited for", plain(self.raw[self.seen:]))
                self.kill()
                done()

    def ready(self):
        return self.until(READY)

    def run(self, line):
        """What the line prints; the line itself comes first."""
        self.send(line + "\r")
        return self.ready()

    def leave(self, keys="\x04"):
        """The exit status."""
        self.send(keys)
        deadline = time.monotonic() + PATIENCE
        while self.more(deadline):
            pass
        return self.wait(deadline)

    def wait(self, deadline):
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
            time.sleep(0.01)
        self.kill()
        return None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
