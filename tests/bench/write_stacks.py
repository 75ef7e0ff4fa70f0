# SPDX-License-Identifier: MIT
"""Writes sampled stacks of a program of 3000 functions, as folded stacks or for speedscope.

usage: write_stacks.py folded|speedscope alike|unlike MEGABYTES >FILE

Stacks that are alike are those of a program: each of its functions calls five others, and a sample
shares most of its frames with the one before. Those that are unlike are of 300 functions at random."""
import random
import sys

FUNCTIONS = 3000


def alike():
    callees = [[random.randrange(FUNCTIONS) for _ in range(5)] for _ in range(FUNCTIONS)]
    stack = [0]
    while True:
        stack = stack[:random.randrange(max(1, len(stack) - 6), len(stack) + 1)]
        while len(stack) < 30 and random.random() < .8:
            stack.append(random.choice(callees[stack[-1]]))
        yield stack


def unlike():
    while True:
        yield [random.randrange(300) for _ in range(random.randrange(1, 30))]


def lines_within(size, stacks, line):
    for stack in stacks:
        text = line(stack)
        yield text
        size -= len(text) + 1
        if size < 0:
            return


def write_folded(size, stacks):
    names = ["function%d (package/module%d.py:%d)" % (i, i % 50, i) for i in range(FUNCTIONS)]
    for line in lines_within(size, stacks, lambda stack: ";".join([names[i] for i in stack]) + " 1"):
        print(line)


def write_speedscope(size, stacks):
    print('{"$schema": "https://www.speedscope.app/file-format-schema.json", "shared": {"frames": [')
    print(",\n".join('{"name": "function%d", "file": "package/module%d.py", "line": %d}' % (i, i % 50, i)
                     for i in range(FUNCTIONS)))
    print(']}, "profiles": [{"type": "sampled", "name": "run", "unit": "seconds", "samples": [')
    samples = 0
    for line in lines_within(size, stacks, lambda stack: "[" + ",".join(map(str, stack)) + "]"):
        print("," + line if samples else line)
        samples += 1
    print('], "weights": [' + ",".join(["0.01"] * samples) + "]}]}")


random.seed(1)
{"folded": write_folded, "speedscope": write_speedscope}[sys.argv[1]](
    1e6 * float(sys.argv[3]), {"alike": alike, "unlike": unlike}[sys.argv[2]]())
