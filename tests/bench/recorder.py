# SPDX-License-Identifier: MIT
"""Prints what the recorder and other profilers cost, in seconds that the same program takes longer.

usage: recorder.py LOG

For calls: the recorder, cProfile. For lines: the recorder, pprofile. Each is the smallest of several,
in processor time, as other programs run at the same time."""
import cProfile
import sys
import time

import hotshot
import pprofile


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def norm(self):
        return self.x * self.x + self.y * self.y


def add(a, b):
    return a + b


def calls(count):
    total = 0
    for i in range(count):
        total = add(total, Point(i, 1).norm())
        if total % 3 == 0:
            total = add(total, 1)
    return total


def lines(count):
    primes = []
    for i in range(2, count):
        for prime in primes:
            if prime * prime > i:
                primes.append(i)
                break
            if i % prime == 0:
                break
        else:
            primes.append(i)
    calls(count // 10)
    return primes


def recorded(log, program, count, **options):
    profile = hotshot.Profile(log, **options)
    profile.runcall(program, count)
    profile.close()


def with_cprofile(count):
    cProfile.Profile(builtins=False).runcall(calls, count)


def with_pprofile(count):
    profile = pprofile.Profile()
    with profile():
        lines(count)


def main(log):
    runs = {"calls": (calls, 40000), "our calls": (recorded, log, calls, 40000),
            "cProfile": (with_cprofile, 40000), "lines": (lines, 6000),
            "our lines": (recorded, log, lines, 6000), "pprofile": (with_pprofile, 6000)}
    best = {}
    for _ in range(25):
        for name, (function, *arguments) in runs.items():
            options = {"lineevents": True} if name == "our lines" else {}
            start = time.process_time()
            function(*arguments, **options)
            taken = time.process_time() - start
            best[name] = min(taken, best.get(name, taken))
    for name, plain in (("our calls", "calls"), ("cProfile", "calls"),
                        ("our lines", "lines"), ("pprofile", "lines")):
        print(best[name] - best[plain])


main(sys.argv[1])
