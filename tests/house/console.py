#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs what documents show and compares the output: TAP.

    console.py FILE.md...
    console.py -w FILE.md...      writes what is printed now into the pages

Every fenced block ```console is a session: lines that begin with `$ ' are commands (continued by a backslash or by `> '
lines), what follows is what they print, standard error included.  In it, `...' stands for anything, also for several
lines where it stands alone, blanks for any number of them, and milliseconds for however many it took.  Sessions of one file follow each other in one empty folder.  A block ```console pair is
run on the first of the two hosts that tools/pair makes, or passed over where there is no right to make them.
"""
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BLOCK = re.compile(r"^```(console(?: pair)?)\n(.*?)^```$", re.M | re.S)


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
            parts.append(re.sub(r"[0-9]+\\\.[0-9]+\[ \\t\]\+ms", r"[0-9.]+ ms", words) + r"[ \t]*\n")
    return re.compile("".join(parts) + r"\Z")


def run(command, pair, folder, env):
    argv = ([TOP + "/tools/pair"] if pair else []) + ["bash", "-c", command]
    try:
        r = subprocess.run(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, errors="replace", timeout=60)
    except subprocess.TimeoutExpired as e:
        return ["(took more than a minute)", (e.stdout or b"").decode(errors="replace")]
    return r.stdout.rstrip("\n").split("\n") if r.stdout.strip() else []


def sessions(text):
    """Yields (kind, [(command, expected output)])."""
    for kind, body in BLOCK.findall(text):
        yield kind, list(commands(body))


def rewrite(name, env):
    text = open(name).read()
    with tempfile.TemporaryDirectory() as folder:
        def block(m):
            out = []
            for command, old in commands(m.group(2)):
                new = run(command, "pair" in m.group(1), folder, env)
                out.append("$ " + command.replace("\n", "\n> "))
                out += old if matches(old, new) else new
            return "```%s\n%s\n```" % (m.group(1), "\n".join(out))
        text = BLOCK.sub(block, text)
    open(name, "w").write(text)


def matches(want, got):
    while want and not want[-1]:
        want = want[:-1]
    return bool(pattern(want).match("".join(line + "\n" for line in got)))


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
        with tempfile.TemporaryDirectory() as folder:
            for kind, session in sessions(open(name).read()):
                for command, want in session:
                    n += 1
                    label = "%s: %s" % (os.path.basename(name), command.split("\n")[0].replace("#", "\\#"))
                    if "pair" in kind and private.returncode:
                        print("ok %d - %s # SKIP %s" % (n, label, private.stderr.strip()))
                        continue
                    got = run(command, "pair" in kind, folder, env)
                    good = matches(want, got)
                    print("%sok %d - %s" % ("" if good else "not ", n, label))
                    for line in [] if good else got[:60]:
                        print("# got: " + line)
                    failed += not good
    print("1..%d" % n)
    return failed != 0 or n == 0


if __name__ == "__main__":
    sys.exit(main())
