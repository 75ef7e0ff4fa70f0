# SPDX-License-Identifier: MIT
"""The numbers in a log are those that others count in the same run of the same program."""
import collections
import cProfile
import gc
import sys
import time
import unittest

import hotshot
import hotshot.stats
from programs import PROGRAMS
from recording import Test


def count_lines(program):
    """What sys.settrace counts: hits of each line, and calls of each function."""
    hits, calls = collections.Counter(), collections.Counter()

    def trace(frame, event, argument):
        code = frame.f_code
        if event == "line":
            hits[code.co_filename, frame.f_lineno] += 1
        elif event == "call":
            calls[code.co_filename, code.co_firstlineno, code.co_name] += 1
        return trace

    sys.settrace(trace)
    try:
        program()
    finally:
        sys.settrace(None)
    return hits, calls


def count_calls(program, builtins=False):
    """What cProfile counts. Its dump would keep one of several functions of the same name."""
    profile = cProfile.Profile(builtins=builtins)
    profile.runcall(program)
    calls = {}
    for entry in profile.getstats():
        code = entry.code
        if isinstance(code, str):
            name = ("~", 0, code)
        else:
            name = (code.co_filename, code.co_firstlineno, code.co_name)
        # Python 3.14 and 3.15 record builtins, whether asked for or not.
        if "_lsprof.Profiler" not in name[2] and (builtins or name[0] != "~"):
            calls[name] = calls.get(name, 0) + entry.callcount
    return calls


class Exact(Test):
    def setUp(self):
        super().setUp()
        gc.disable()
        self.addCleanup(gc.enable)

    def record(self, program, **options):
        profile = hotshot.Profile(self.log, **options)
        profile.runcall(program)
        profile.close()
        return self.read()

    def compare(self, expected, found):
        def absolute(name):
            return (self.folder + "/" + name[0],) + name[1:] if name[0].endswith(".py") and \
                not name[0].startswith("/") else name

        self.assertEqual({absolute(name): count for name, count in expected.items()}, found)


def add(name, program):
    def test_lines(self):
        if name in ("finalizers", "coroutines") and sys.version_info < (3, 11):
            # There sys.settrace keeps locals of frames alive, and finalizers run while it traces.
            self.skipTest("sys.settrace does not see finalizers")
        program()  # what is done once only
        hits, calls = count_lines(program)
        recorded = self.record(program, lineevents=1)
        self.compare(dict(hits), dict(recorded.hits))
        self.compare(dict(calls), recorded.calls)

    def test_calls(self):
        program()
        calls = count_calls(program)
        self.compare(calls, self.record(program).calls)
        self.compare(calls, self.record(program, lineevents=1).calls)

    def test_builtins(self):
        program()
        calls = count_calls(program, builtins=True)
        self.compare(calls, self.record(program, builtins=True).calls)
        self.compare(calls, self.record(program, builtins=True, lineevents=1).calls)

    setattr(Exact, "test_builtins_of_" + name, test_builtins)
    setattr(Exact, "test_lines_of_" + name, test_lines)
    setattr(Exact, "test_calls_of_" + name, test_calls)


for name, program in PROGRAMS.items():
    add(name, program)


class Times(Test):
    def test_total_is_the_time_that_passed(self):
        def program():
            until = time.perf_counter() + 0.3
            while time.perf_counter() < until:
                PROGRAMS["recursion"]()

        def unaccounted(options):
            profile = hotshot.Profile(self.log, **options)
            start = time.perf_counter()
            profile.runcall(program)
            passed = time.perf_counter() - start
            profile.close()
            recorded = self.read()
            writing = int(recorded.info["recorder-nanoseconds"][0])
            return abs((recorded.total + writing) / 1e9 - passed) / passed

        # Other programs may run at any moment, also before the first event.
        for options in ({}, {"lineevents": 1}, {"lineevents": 1, "linetimings": 0}):
            self.assertLess(min(unaccounted(options) for _ in range(5)), 0.01)

    def test_are_of_the_line_that_took_them(self):
        def program():
            time.sleep(0.02)
            time.sleep(0.2)

        profile = hotshot.Profile(self.log, 1)
        profile.runcall(program)
        profile.close()
        recorded = self.read()
        first = program.__code__.co_firstlineno
        self.assertGreaterEqual(recorded.times[__file__, first + 1], 20000000)
        self.assertGreaterEqual(recorded.times[__file__, first + 2], 200000000)

    def test_cpu_clock_does_not_count_waiting(self):
        def program():
            time.sleep(0.3)
            return PROGRAMS["recursion"]()

        start = time.process_time()
        profile = hotshot.Profile(self.log, 1, clock="cpu")
        profile.runcall(program)
        profile.close()
        passed = time.process_time() - start
        recorded = self.read()
        self.assertEqual(recorded.info["clock"], ["cpu"])
        self.assertLessEqual(recorded.total / 1e9, passed)
        self.assertGreater(recorded.total, 0)


if __name__ == "__main__":
    unittest.main()
