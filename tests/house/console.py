#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs what documents show and compares the output: TAP.

    console.py FILE.md...
    console.py -w FILE.md...      writes what is printed now into the pages

Every fenced block ```console is a session: lines that begin with `$ ' are commands (continued by a backslash or by `> '
lines), what follows is what they print, standard error included.  A block ```console pair is run on the first of the two
hosts that tools/pair makes, ```console lab in what tools/lab makes.

A block ```lua is typed into `pkw shell' in that lab, and what the shell prints is the block ```text right behind it; without
one it prints nothing.  The blocks below one heading share a shell, the next heading starts another.

In output, `...' stands for anything, also for several lines where it stands alone, blanks for any number of them, and
milliseconds, `rtt = ' and `seconds = ' for any time.  Everything on a page is run in one folder, which is empty at first, and in one lab.
What needs a network is passed over where there is no right to make one.
"""
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
CONSOLE = re.compile(r"^```(console(?: \w+)?)\n(.*?)^```$", re.M | re.S)
LUA = re.compile(r"^```lua\n(.*?)^```$(?:\n\n?^```text\n(.*?)^```$)?", re.M | re.S)
BLOCK = re.compile(CONSOLE.pattern + "|" + LUA.pattern + "|^#+ [^\n]*$", re.M | re.S)
MARK = "\1 block %d"
SECONDS = 60
# in escaped text, with blanks already any number of them
TIMES = ((re.compile(r"[0-9]+\\\.[0-9]+\[ \\t\]\+ms"), "[0-9.]+ ms"),
         (re.compile(r"((?:rtt|seconds)\[ \\t\]\+=\[ \\t\]\+)[0-9](?:[0-9e+]|\\[.-])*"), r"\1[-+.0-9e]+"))


def commands(text):
    """Yields (command, expected output)."""
    command, out = None, []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, out
            command, out = line[2:], []
        elif command is not None and not out and (command.endswith("\\") or line.startswith("> ")):
            command += "\n" + (line[2:] if line.startswith("> ") else line)
        else:
            out.append(line)
    if command is not None:
        yield command, out


def pattern(lines):
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            words = ".*".join(re.escape(x) for x in line.rstrip().split("..."))
            words = re.sub(r"(\\[ \t]|\t)+", r"[ \\t]+", words)
            for took, any_time in TIMES:
                words = took.sub(any_time, words)
            parts.append(words + r"[ \t]*\n")
    return re.compile("".join(parts) + r"\Z")


def matches(want, got):
    while want and not want[-1]:
        want = want[:-1]
    return bool(pattern(want).match("".join(line + "\n" for line in got)))


def lines(text):
    return text.rstrip("\n").split("\n") if text.strip() else []


class Page:
    """Where the blocks of one page are run."""

    def __init__(self, name, env):
        self.name, self.env = name, env
        self.folder = tempfile.TemporaryDirectory()
        self.lab = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.lab:
            self.lab.stdin.close()
            self.lab.wait()
        self.folder.cleanup()

    def run(self, command, where):
        """What a command prints; where: "", "pair" or "lab"."""
        if where == "lab":
            return self.in_lab("bash", command)
        argv = ([TOP + "/tools/" + where] if where else []) + ["bash", "-c", command]
        try:
            r = subprocess.run(argv, cwd=self.folder.name, env=self.env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               timeout=SECONDS)
        except subprocess.TimeoutExpired as e:
            return ["(took more than a minute)", (e.stdout or b"").decode(errors="replace")]
        return lines(r.stdout)

    def in_lab(self, program, text):
        """What a program prints that reads `text', in the page's lab, which stays up till the page's end."""
        if not self.lab:
            self.lab = subprocess.Popen([TOP + "/tools/lab", "bash"], cwd=self.folder.name, env=self.env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with tempfile.TemporaryDirectory() as t:
            with open(t + "/in", "w") as f:
                f.write(text)
            self.lab.stdin.write("timeout %d %s <%s/in >%s/out 2>&1; echo done $?\n" % (SECONDS, program, t, t))
            self.lab.stdin.flush()
            said = self.lab.stdout.readline()
            if not said.startswith("done"):
                return ["(no lab)", said.rstrip()]
            with open(t + "/out", errors="replace") as f:
                return lines(f.read()) + (["(took more than a minute)"] if said == "done 124\n" else [])

    def shell(self, blocks):
        """What `pkw shell' prints of each block of Lua."""
        text = "".join(b + "print %r\n" % (MARK % i) for i, b in enumerate(blocks))
        out, at = [], 0
        got = self.in_lab("pkw shell --no-init", text)
        for i in range(len(blocks)):
            end = got.index(MARK % i, at) if MARK % i in got[at:] else len(got)
            out.append(lines("\n".join(got[at:end])))
            at = end + 1
        return out


def blocks(text):
    """Yields ("console"..., [(command, output)]) and ("lua", [(code, output)]), one of a heading's blocks of Lua."""
    together = []
    for m in BLOCK.finditer(text):
        if m.group(0).startswith("```lua"):
            together.append((m.group(3), (m.group(4) or "").splitlines()))
            continue
        if together and (m.group(0).startswith("#") or m.group(1)):
            yield "lua", together
            together = []
        if m.group(1):
            yield m.group(1), list(commands(m.group(2)))
    if together:
        yield "lua", together


def results(page, kind, session):
    """Yields (label, wanted, printed) of each part of a session."""
    if kind == "lua":
        for (code, want), got in zip(session, page.shell([code for code, _ in session])):
            yield code.strip().split("\n")[0], want, got
    else:
        for command, want in session:
            yield command.split("\n")[0], want, page.run(command, kind[len("console "):])


def rewrite(name, env):
    text = open(name).read()
    with Page(name, env) as page:
        new = [got if not matches(want, got) else want for kind, session in blocks(text)
               for _, want, got in results(page, kind, session)]
    new.reverse()

    def block(m):
        if m.group(1):
            out = []
            for command, _ in commands(m.group(2)):
                out.append("$ " + command.replace("\n", "\n> "))
                out += new.pop()
            return "```%s\n%s\n```" % (m.group(1), "\n".join(out))
        if m.group(0).startswith("#"):
            return m.group(0)
        out = new.pop()
        return "```lua\n%s```" % m.group(3) + ("\n\n```text\n%s\n```" % "\n".join(out) if out else "")
    text = BLOCK.sub(block, text)
    open(name, "w").write(text)


def main():
    env = dict(os.environ, PATH=os.path.dirname(os.environ["PKW"]) + ":" + os.environ["PATH"], TOP=TOP, NO_COLOR="1",
               LC_ALL="C.UTF-8", TZ="UTC")
    if sys.argv[1] == "-w":
        for name in sys.argv[2:]:
            rewrite(name, env)
        return 0
    private = subprocess.run([TOP + "/tools/private", "true"], capture_output=True, text=True)
    n = failed = 0
    for name in sys.argv[1:]:
        with open(name) as f:
            text = f.read()
        with Page(name, env) as page:
            for kind, session in blocks(text):
                if private.returncode and kind != "console":
                    n += 1
                    print("ok %d - %s: a network # SKIP %s" % (n, os.path.basename(name), private.stderr.strip()))
                    continue
                for label, want, got in results(page, kind, session):
                    n += 1
                    good = matches(want, got)
                    print("%sok %d - %s: %s" % ("" if good else "not ", n, os.path.basename(name),
                                                label.replace("#", "\\#")))
                    for line in [] if good else got[:60]:
                        print("# got: " + line)
                    failed += not good
    print("1..%d" % n)
    return failed != 0 or n == 0


if __name__ == "__main__":
    sys.exit(main())
