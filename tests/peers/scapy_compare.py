#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Packetwright's bytes against Scapy's, for every expression of scapy_corpus.py: a test, in TAP.

    scapy_compare.py [PKW] [--only REGEX] [--seed N]

1. One `pkw craft -f FILE --hex` builds all expressions.  Where the bytes differ, a row of scapy_faults.txt (REGEX<TAB>reason)
   must match the expression; the differences are printed by row.  Any other difference fails the test, and so does a row that
   no difference needs any more.
2. The expression that `pkw craft --expr` prints of each of these packets is given to Scapy, which must build the same bytes.
3. The expressions of scapy_sets.txt stand for many packets each: the same ones in the same order.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

import scapy_corpus

HERE = os.path.dirname(os.path.abspath(__file__))


class Row:
    def __init__(self, line, number):
        self.regex, self.reason = line.split("\t", 1)
        self.search = re.compile(self.regex).search
        self.number, self.matched, self.example, self.candidates = number, 0, None, 0


def rows(name):
    path = os.path.join(HERE, name)
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [Row(l.rstrip("\n"), i) for i, l in enumerate(f, 1) if l.strip() and not l.startswith("#")]


def craft(pkw, expressions, form):
    """One line for each expression, empty where it fails; and what was said of those."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        f.write("".join(e + "\n" for e in expressions))
        f.flush()
        r = subprocess.run([pkw, "craft", "-f", f.name, form], capture_output=True, text=True)
    if r.returncode not in (0, 1):
        sys.exit("pkw craft ended with %d: %s" % (r.returncode, r.stderr[:500]))
    lines = r.stdout.split("\n")[:-1]
    if len(lines) != len(expressions):
        sys.exit("pkw craft printed %d lines for %d expressions: %s" % (len(lines), len(expressions), r.stderr[:500]))
    said = {}
    for line in r.stderr.split("\n"):
        m = re.match(r"pkw craft: %s:(\d+):(.*)" % re.escape(f.name), line)
        if m:
            said.setdefault(int(m.group(1)), m.group(2))
    return lines, said


class Judge:
    """Sorts differences into listed and others."""

    def __init__(self, faults):
        self.faults, self.others, self.cases, self.listed = faults, [], 0, 0

    def case(self, expression, same, describe):
        self.cases += 1
        hits = [r for r in self.faults if r.search(expression)]
        for r in hits:
            r.candidates += 1
        if same:
            return
        for r in hits:
            r.matched += 1
            r.example = min(r.example or expression, expression, key=len)
        if hits:
            self.listed += 1
        else:
            self.others.append((expression, describe()))

    def report(self, number, what, part):
        """The TAP line and what there is to say; part: not all of the corpus, so rows may be stale."""
        stale = [] if part else [r for r in self.faults if not r.matched]
        good = not self.others and not stale
        print("%sok %d - %s: %d of %d the same, %d with listed faults of Scapy, %d other differences, %d stale rows" %
              ("" if good else "not ", number, what, self.cases - self.listed - len(self.others), self.cases, self.listed,
               len(self.others), len(stale)))
        for r in self.faults:
            if r.matched:
                print("# %4d of %4d  %s\n#               %s" % (r.matched, r.candidates, r.reason, r.example[:180]))
        for e, text in self.others:
            print("# differs: %s\n%s" % (e, text))
        for r in stale:
            print("# stale row %d: %s" % (r.number, r.regex))
        return good


def forth(a, cases):
    judge = Judge(rows("scapy_faults.txt"))
    lines, said = craft(a.pkw, [e for _, e, _ in cases], "--hex")
    for i, ((_, e, data), line) in enumerate(zip(cases, lines), 1):
        judge.case(e, line == data.hex(),
                   lambda: "#   scapy %s\n#   pkw   %s" % (data.hex(), line or "error: " + said.get(i, "?")))
    return judge.report(1, "expressions", a.part), lines


def back(a, cases, ours):
    """Scapy must build our bytes from our text; it need not where it did not build them from its own."""
    judge = Judge([])
    same = [(e, h) for (_, e, data), h in zip(cases, ours) if h == data.hex()]
    texts, _ = craft(a.pkw, [e for e, _ in same], "--expr")
    for (e, h), text in zip(same, texts):
        r = scapy_corpus.build(text)
        got = r[1].hex() if r else "not built"
        judge.case(text, got == h, lambda: "#   scapy %s\n#   pkw   %s\n#   from  %s" % (got, h, e))
    return judge.report(2, "printed expressions", a.part)


def sets(a):
    """The packets of one expression with sets of values, in Scapy's order."""
    wrong, count = [], 0
    with open(os.path.join(HERE, "scapy_sets.txt")) as f:
        lines = [scapy_corpus.expand(l.strip()) for l in f if l.strip() and not l.startswith("#")]
    for e in lines:
        want = [bytes(p).hex() for p in eval(e, scapy_corpus.NS)]
        r = subprocess.run([a.pkw, "craft", e, "--hex"], capture_output=True, text=True)
        got = r.stdout.split()
        count += len(want)
        if got != want:
            i = next((i for i, (x, y) in enumerate(zip(want, got)) if x != y), min(len(want), len(got)))
            wrong.append("# differs: %s\n#   packet %d of %d\n#   scapy %s\n#   pkw   %s" %
                         (e, i, len(want), (want + ["nothing"])[i], (got + [r.stderr.split("\n")[0] or "nothing"])[i]))
    print("%sok 3 - sets: %d expressions, %d packets" % ("not " if wrong else "", len(lines), count))
    for w in wrong:
        print(w)
    return not wrong


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("pkw", nargs="?", default=os.environ.get("PKW", os.path.join(HERE, "../../build/pkw")))
    p.add_argument("--only", default="", help="regular expression on the protocol's name")
    p.add_argument("--seed", type=int, default=1, help="another corpus")
    a = p.parse_args()
    scapy_corpus.SEED = a.seed
    a.part = a.only or a.seed != 1
    return a


def main():
    a = arguments()
    failed = []
    cases = list(scapy_corpus.corpus(a.only, failed))
    for e in failed:
        print("# not built by Scapy: " + e)
    good, ours = forth(a, cases)
    good = back(a, cases, ours) and good
    good = sets(a) and good
    enough = a.part or (len(cases) >= 1000 and not failed)
    print("%sok 4 - the corpus: %d expressions, %d that Scapy does not build" % ("" if enough else "not ", len(cases), len(failed)))
    print("1..4")
    sys.exit(0 if good and enough else 1)


if __name__ == "__main__":
    main()
