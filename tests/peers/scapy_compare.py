#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Packetwright's bytes against Scapy's, for every expression of scapy_corpus.py.

    scapy_compare.py [--pkw build/pkw] [--only REGEX] [--seed N] [--back] [--new]

One `pkw craft -f FILE --hex` builds all of them.  Where the bytes differ, a row of scapy_faults.txt (REGEX<TAB>reason) must
match the expression; the differences are printed by row.  The run fails on any other difference, and on a row that no
difference needs any more.

--back takes the other way too: the expression that `pkw craft --expr` prints of each packet is given to Scapy, which must build
the bytes that pkw built.  --new prints the other differences and nothing else.
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

    def report(self, what, quiet):
        for r in self.faults:
            if r.matched and not quiet:
                print("  %4d of %4d  %s\n               %s" % (r.matched, r.candidates, r.reason, r.example[:180]))
        for e, text in self.others:
            print("%s: %s\n%s" % (what, e, text))
        stale = [r for r in self.faults if not r.matched]
        for r in stale:
            print("stale row %d: %s" % (r.number, r.regex))
        print("%s: %d expressions, %d the same, %d with listed faults of Scapy, %d other differences, %d stale rows" %
              (what, self.cases, self.cases - self.listed - len(self.others), self.listed, len(self.others), len(stale)))
        return not self.others and not stale


def forth(a, cases):
    judge = Judge(rows("scapy_faults.txt"))
    lines, said = craft(a.pkw, [e for _, e, _ in cases], "--hex")
    for i, ((_, e, data), line) in enumerate(zip(cases, lines), 1):
        judge.case(e, line == data.hex(),
                   lambda: "  scapy %s\n  pkw   %s" % (data.hex(), line or "error: " + said.get(i, "?")))
    if a.part:
        judge.faults = [r for r in judge.faults if r.matched]
    return judge.report("expressions", a.new), lines


def back(a, cases, ours):
    """Scapy must build our bytes from our text; it need not where it did not build them from its own."""
    judge = Judge(rows("scapy_back.txt"))
    same = [(e, h) for (_, e, data), h in zip(cases, ours) if h == data.hex()]
    texts, _ = craft(a.pkw, [e for e, _ in same], "--expr")
    for (e, h), text in zip(same, texts):
        r = scapy_corpus.build(text)
        got = r[1].hex() if r else "not built"
        judge.case(text, got == h, lambda: "  scapy %s\n  pkw   %s\n  from  %s" % (got, h, e))
    if a.part:
        judge.faults = [r for r in judge.faults if r.matched]
    return judge.report("printed expressions", a.new)


def sets(a):
    """The packets of one expression with sets of values, in Scapy's order."""
    good = True
    with open(os.path.join(HERE, "scapy_sets.txt")) as f:
        lines = [scapy_corpus.expand(l.strip()) for l in f if l.strip() and not l.startswith("#")]
    count = 0
    for e in lines:
        want = [bytes(p).hex() for p in eval(e, scapy_corpus.NS)]
        r = subprocess.run([a.pkw, "craft", e, "--hex"], capture_output=True, text=True)
        got = r.stdout.split()
        count += len(want)
        if got != want:
            good = False
            i = next((i for i, (x, y) in enumerate(zip(want, got)) if x != y), min(len(want), len(got)))
            print("sets: %s\n  packet %d of %d\n  scapy %s\n  pkw   %s" %
                  (e, i, len(want), (want + [""])[min(i, len(want))], got[i] if i < len(got) else r.stderr or len(got)))
    print("sets: %d expressions, %d packets" % (len(lines), count))
    return good


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--pkw", default=os.path.join(HERE, "../../build/pkw"))
    p.add_argument("--only", default="", help="regular expression on the protocol's name")
    p.add_argument("--back", action="store_true", help="also give Scapy what pkw prints")
    p.add_argument("--new", action="store_true", help="print other differences only")
    p.add_argument("--seed", type=int, default=1, help="another corpus; rows of faults may be stale there")
    a = p.parse_args()
    scapy_corpus.SEED = a.seed
    a.part = a.only or a.seed != 1
    failed = []
    cases = list(scapy_corpus.corpus(a.only, failed))
    for e in failed:
        print("Scapy does not build: " + e)
    good, ours = forth(a, cases)
    if a.back:
        good = back(a, cases, ours) and good
    if not a.only:
        good = sets(a) and good
    if not a.only and len(cases) < 1000:
        print("the corpus has only %d expressions" % len(cases))
        good = False
    sys.exit(0 if good and not failed else 1)


if __name__ == "__main__":
    main()
