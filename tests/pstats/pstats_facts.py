# SPDX-License-Identifier: MIT
"""pstats_facts.py PROFILER BASE: profiles a small program by the module PROFILER, writes the dump
BASE.prof, and what this Python reads from it, BASE.json (see the README beside this file)."""

import importlib
import json
import pstats
import sys


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


class Work(object):
    def run(self, n):
        return sorted(range(n), key=lambda i: -i), [fact(i) for i in range(9)], even(n)


def work():
    total = sum(len(part) for n in range(9) for part in Work().run(n)[:2])
    return "".join(str(i) for i in range(total))


def main(profiler, base):
    profile = importlib.import_module(profiler).Profile()
    profile.runcall(work)
    profile.dump_stats(base + ".prof")
    functions = []
    for (file, line, name), facts in pstats.Stats(base + ".prof").stats.items():
        primitive, calls, own, inclusive, callers = facts
        functions.append({
            "file": file, "line": line, "name": name,
            "calls": calls, "primitive": primitive, "self": own, "inclusive": inclusive,
            "callers": [{"file": key[0], "line": key[1], "name": key[2], "value": value}
                        for key, value in callers.items()]})
    with open(base + ".json", "w") as out:
        json.dump({"functions": functions}, out)


main(*sys.argv[1:])
