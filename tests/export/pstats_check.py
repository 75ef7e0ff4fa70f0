# SPDX-License-Identifier: MIT
"""pstats_check.py DIRECTORY: whether pstats.Stats loads and prints every NAME.prof, and finds in it
the numbers of the JSON report NAME.json. Runs under every Python from 2.7 on."""

from __future__ import print_function

import io
import json
import os
import pstats
import re
import sys


def shown(name):
    """As JSON shows a name: bytes that are not UTF-8, which text has as surrogates, are \\xnn."""
    text = name if isinstance(name, type(u"")) else name.decode("utf-8")
    return re.sub(u"[\udc80-\udcff]", lambda found: "\\x%02x" % (ord(found.group()) - 0xdc00), text)


class Nowhere(object):
    def write(self, text):
        pass


def model_of(report):
    timed = [event["unit"] for event in report["events"]][:1] == ["ns"]
    functions, callers = report["functions"], {}

    def seconds(costs):
        return costs[0] / 1e9 if timed else 0.0

    def key(number):
        function = functions[number]
        return os.path.basename(function["file"]), function["line"], function["name"]

    left_out = [number for number, function in enumerate(functions)
                if key(number) == ("", 0, "<interpreter>") and not seconds(function["self"])]
    for call in report["calls"]:
        if call["caller"] not in left_out:
            sums = callers.setdefault(call["callee"], {}).setdefault(call["caller"], [0, 0])
            sums[0] += call["count"]
            sums[1] += call["inclusive"][0] if timed else 0
    return sorted((key(number)[::2] + (key(number)[1],),
                   function["primitive"], function["calls"], seconds(function["self"]),
                   seconds(function["inclusive"]),
                   sorted((key(caller)[2], count, cost / 1e9)
                          for caller, (count, cost) in callers.get(number, {}).items()))
                  for number, function in enumerate(functions) if number not in left_out)


def dump_of(stats):
    return sorted(((os.path.basename(shown(file)), shown(name), line), primitive, calls, own,
                   inclusive, sorted((shown(key[2]),) + ((value, None) if isinstance(value, int)
                                                         else (value[0], value[3]))
                                     for key, value in callers.items()))
                  for (file, line, name), (primitive, calls, own, inclusive, callers)
                  in stats.items())


def check(base):
    stats = pstats.Stats(base + ".prof", stream=Nowhere())
    dump = dump_of(stats.stats)
    with io.open(base + ".json", encoding="utf-8") as report:
        model = model_of(json.load(report))
    for entry in dump:
        if any(cost is None for _, _, cost in entry[-1]):
            entry[-1][:] = [caller[:2] for caller in entry[-1]]
            for same in model:
                if same[:-1] == entry[:-1]:
                    same[-1][:] = [caller[:2] for caller in same[-1]]
    if model and dump != model:
        for one, two in zip(dump, model):
            if one != two:
                print(base, one, two, sep="\n")
        return False
    stats.strip_dirs().sort_stats("cumulative").print_stats()
    stats.print_callers()
    stats.print_callees()
    stats.add(base + ".prof")
    return True


NAMES = sorted(name[:-5] for name in os.listdir(sys.argv[1]) if name.endswith(".json"))
sys.exit(0 if NAMES and all([check(os.path.join(sys.argv[1], name)) for name in NAMES]) else 1)
