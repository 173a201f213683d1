#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs what documents show and compares the output: TAP.

    console.py [-p TOOLS/PAIR] FILE.md...

Every fenced block ```console is a session: lines that begin with `$ ' are commands (continued by a backslash or by `> '
lines), what follows is what they print, standard error included.  In it, `...' stands for anything, also for several
lines where it stands alone, and blanks for any number of them.  Sessions of one file follow each other in one empty folder.  A block ```console pair is
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
            parts.append(re.sub(r"(\\ )+", r"[ \\t]+", words) + r"[ \t]*\n")
    return re.compile("".join(parts) + r"\Z")


def main():
    n = failed = 0
    pair = subprocess.run([TOP + "/tools/private", "true"], capture_output=True, text=True)
    env = dict(os.environ, PATH=os.path.dirname(os.environ["PKW"]) + ":" + os.environ["PATH"], PAGER="cat", TOP=TOP,
               NO_COLOR="1", LC_ALL="C.UTF-8", TZ="UTC")
    for name in sys.argv[1:]:
        text = open(name).read()
        with tempfile.TemporaryDirectory() as folder:
            for kind, body in BLOCK.findall(text):
                for command, out in commands(body):
                    n += 1
                    label = "%s: %s" % (os.path.basename(name), command.split("\n")[0].replace("#", "\\#"))
                    argv = ["bash", "-c", command]
                    if kind == "console pair":
                        if pair.returncode:
                            print("ok %d - %s # SKIP %s" % (n, label, pair.stderr.strip()))
                            continue
                        argv = [TOP + "/tools/pair"] + argv
                    r = subprocess.run(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120)
                    got = r.stdout if r.stdout.endswith("\n") or not r.stdout else r.stdout + "\n"
                    while out and not out[-1]:
                        out.pop()
                    good = bool(pattern(out).match(got.rstrip("\n") + "\n" if got.strip() else ""))
                    if not out:
                        good = not got.strip()
                    print("%sok %d - %s" % ("" if good else "not ", n, label))
                    if not good:
                        failed += 1
                        for line in got.splitlines()[:60]:
                            print("# got: " + line)
    print("1..%d" % n)
    return failed != 0 or n == 0


if __name__ == "__main__":
    sys.exit(main())
