# SPDX-License-Identifier: MIT
"""Writes a dump as cProfile does, of a program that was never run. Its numbers add up.

usage: write_dump.py FUNCTIONS CALLS PERCENT FILE

A tree of calls reaches all functions. PERCENT of them are in one recursion: of these, one call in ten
goes back to an earlier function. Many functions, and many files, have a name that others have too."""
import marshal
import random
import sys

COMMON = ["__init__", "__call__", "<lambda>", "<listcomp>", "wrapper", "run", "get", "close"]


def function(i):
    module = i // 10
    base = "__init__" if module % 8 == 0 else "module%d" % module
    return ("/usr/lib/python3/dist-packages/package%d/%s.py" % (module // 8, base), i % 10 * 20 + 1,
            COMMON[i // 4 % 8] if i % 4 == 0 else "function%d" % i)


def main(functions, calls, percent, path):
    random.seed(1)
    keys = [function(i) for i in range(functions)]
    callers = [{} for _ in keys]
    called, nested, inclusive = [0] * functions, [0] * functions, [0] * functions
    called[0], inclusive[0] = 1, 10 ** 15
    own = [0] * functions
    done = 0
    for i in range(functions):
        own[i] = inclusive[i]
        wanted = calls * (i + 1) // functions - done
        done += wanted
        backward = sum(random.random() < .1 for _ in range(wanted)) if 100 < i < functions * percent // 100 else 0
        share = inclusive[i] // (wanted + 1)
        later = [3 * i + 1 + k if 3 * i + 3 < functions and k < 3 else random.randrange(i + 1, functions)
                 for k in range(wanted - backward) if i + 1 < functions]
        for callee in set(later):
            times = random.randrange(1, 50)
            callers[callee][keys[i]] = times, times, 0., share / 1e9
            called[callee] += times
            inclusive[callee] += share
            own[i] -= share
        for callee in {random.randrange(1, i) for _ in range(backward)}:
            callers[callee][keys[i]] = 1, 0, 0., inclusive[i] / 4e9
            nested[callee] += 1
    with open(path, "wb") as out:
        marshal.dump({key: (called[i], called[i] + nested[i], own[i] / 1e9, inclusive[i] / 1e9, callers[i])
                      for i, key in enumerate(keys)}, out)


main(*map(int, sys.argv[1:4]), sys.argv[4])
