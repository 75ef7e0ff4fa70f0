# SPDX-License-Identifier: MIT
"""The modules hotshot, hotshot.log and hotshot.stats, as Python 2 had them."""
import cProfile
import os
import pathlib
import pstats
import subprocess
import sys
import unittest

import hotshot
import hotshot.log
import hotshot.stats
from recording import Recorded, Test


def add(a, b):
    return a + b


def work(n, m=1):
    total = 0
    for i in range(n):
        total = add(total, i * m)
    return total


def fail():
    raise ValueError("no")


def events_of(path):
    log = hotshot.log.LogReader(path)
    try:
        return list(log)
    finally:
        log.close()


class Interface(Test):
    def profile(self, *arguments, **options):
        profile = hotshot.Profile(self.log, *arguments, **options)
        self.addCleanup(profile.close)
        return profile

    def test_session_of_2003(self):
        prof = hotshot.Profile("run.prof", lineevents=1)
        prof.runcall(work, 10)
        prof.close()
        recorded = self.read()
        self.assertEqual(recorded.calls, {(__file__, work.__code__.co_firstlineno, "work"): 1,
                                          (__file__, add.__code__.co_firstlineno, "add"): 10})
        self.assertEqual(recorded.hits[__file__, work.__code__.co_firstlineno + 3], 10)
        self.assertEqual(recorded.sites[(__file__, work.__code__.co_firstlineno, "work"),
                                        work.__code__.co_firstlineno + 3,
                                        (__file__, add.__code__.co_firstlineno, "add")], 10)
        stats = hotshot.stats.load("run.prof")
        self.assertIsInstance(stats, pstats.Stats)
        stats.strip_dirs().sort_stats("time", "calls")
        self.assertEqual(stats.total_calls, 11)

    def test_header_says_how_it_was_recorded(self):
        self.profile(1).close()
        info = self.read().info
        self.assertEqual(info["hotshot-version"], [hotshot.__version__])
        self.assertEqual(info["executable"], [sys.executable])
        self.assertEqual(info["executable-version"], [sys.version.replace("\n", "\\x0a")])
        self.assertEqual(info["current-directory"], [self.folder])
        self.assertEqual(info["requested-line-events"], ["yes"])
        self.assertEqual(info["reported-performance-frequency"], ["1000000000"])

    def test_runcall_passes_arguments_and_results(self):
        profile = self.profile()
        self.assertEqual(profile.runcall(work, 3, m=2), 6)
        self.assertEqual(profile.runcall(len, [1]), 1)
        self.assertRaises(TypeError, profile.runcall)
        self.assertRaises(TypeError, profile.runcall, work)
        profile.close()
        self.assertEqual(self.read().calls_of("work"), 1)

    def test_runcall_lets_exceptions_pass(self):
        profile = self.profile(1)
        with self.assertRaises(ValueError) as caught:
            profile.runcall(fail)
        self.assertEqual(str(caught.exception), "no")
        self.assertFalse(sys.gettrace())
        self.assertEqual(profile.runcall(work, 2), 1)
        profile.close()
        self.assertEqual(self.read().calls_of("fail"), 1)

    def test_run_and_runctx(self):
        import __main__
        profile = self.profile(1)
        __main__.seen = []
        self.assertIs(profile.run("seen.append(1)"), profile)
        self.assertEqual(__main__.seen, [1])
        names = {"x": 2}
        self.assertIs(profile.runctx("y = x + 1", {}, names), profile)
        self.assertEqual(names["y"], 3)
        profile.runctx(compile("z = 4", "named.py", "exec"), names, names)
        self.assertRaises(SyntaxError, profile.runctx, "(", {}, {})
        self.assertRaises(ZeroDivisionError, profile.run, "1 / 0")
        profile.close()
        recorded = self.read()
        self.assertEqual(recorded.calls["<string>", 1, "<module>"], 3)
        self.assertEqual(recorded.calls[self.folder + "/named.py", 1, "<module>"], 1)

    def test_start_and_stop_record_the_open_frames(self):
        profile = self.profile(1)
        profile.start()
        first = sys._getframe().f_lineno
        work(3)
        profile.stop()
        work(5)
        profile.start()
        work(2)
        profile.close()
        recorded = self.read()
        me = __file__, self.test_start_and_stop_record_the_open_frames.__code__.co_firstlineno, \
            "test_start_and_stop_record_the_open_frames"
        self.assertEqual(recorded.calls[me], 1)
        self.assertEqual(recorded.calls_of("work"), 2)
        self.assertEqual(recorded.calls_of("add"), 5)
        self.assertEqual([recorded.hits[__file__, first + i] for i in range(8)],
                         [1, 1, 1, 0, 0, 1, 1, 0])
        self.assertIn((me, first + 1, (__file__, work.__code__.co_firstlineno, "work")),
                      recorded.sites)

    def test_start_and_stop_in_different_frames(self):
        def begin():
            profile.start()
            return add(1, 1)

        def end(n):
            if n:
                end(n - 1)
            else:
                profile.stop()

        for lines in (0, 1):
            profile = self.profile(lines)
            for _ in range(3):
                begin()
                work(4)
                end(5)
                work(2)
            profile.close()
            recorded = self.read()
            self.assertEqual(recorded.calls_of("work"), 3)
            self.assertEqual(recorded.calls_of("end"), 18)
            self.assertEqual(recorded.calls_of("begin"), 3)
            self.assertEqual(recorded.calls_of("test_start_and_stop_in_different_frames"), 1)

    def test_with_statement(self):
        with hotshot.Profile(self.log, 1) as profile:
            work(3)
        self.assertTrue(profile.closed)
        self.assertEqual(self.read().calls_of("work"), 1)

    def test_time_that_is_stopped_does_not_count(self):
        import time
        profile = self.profile(1)
        for _ in range(3):
            profile.start()
            work(2)
            profile.stop()
            time.sleep(0.3)
        profile.close()
        self.assertLess(self.read().total, 300000000)

    def test_errors_are_profiler_errors(self):
        profile = self.profile()
        self.assertRaises(hotshot.ProfilerError, profile.stop)
        profile.start()
        for start in (profile.start, lambda: profile.runcall(work, 1), lambda: profile.run("1")):
            with self.assertRaisesRegex(hotshot.ProfilerError, "^profiler already active$"):
                start()
        other = hotshot.Profile(os.path.join(self.folder, "other.prof"))
        with self.assertRaisesRegex(hotshot.ProfilerError, "another hotshot profiler is active"):
            other.start()
        other.close()
        profile.stop()
        self.assertFalse(profile.closed)
        self.assertGreater(profile.fileno(), 2)
        profile.close()
        profile.close()
        self.assertTrue(profile.closed)
        for call in (profile.start, lambda: profile.addinfo("a", "b"), profile.flush):
            with self.assertRaisesRegex(hotshot.ProfilerError, "^profiler already closed$"):
                call()
        self.assertRaises(ValueError, profile.fileno)
        self.assertRaises(ValueError, hotshot.Profile, self.log, clock="sun")
        self.assertRaises(TypeError, hotshot.Profile)
        with self.assertRaises(FileNotFoundError) as caught:
            hotshot.Profile("no/such/folder")
        self.assertEqual(caught.exception.filename, "no/such/folder")
        self.assertRaises(IsADirectoryError, hotshot.Profile, self.folder)

    def test_names_what_is_in_the_way(self):
        def tracer(frame, event, argument):
            return None

        profile = self.profile(1)
        sys.settrace(tracer)
        try:
            with self.assertRaisesRegex(hotshot.ProfilerError, "sys.settrace.*function"):
                profile.start()
            self.assertIs(sys.gettrace(), tracer)
        finally:
            sys.settrace(None)
        profile.runcall(work, 1)
        calls = hotshot.Profile(os.path.join(self.folder, "calls.prof"))
        other = cProfile.Profile()
        other.enable()
        try:
            with self.assertRaisesRegex(hotshot.ProfilerError, "another profiler is active"):
                calls.start()
        finally:
            other.disable()
        calls.runcall(work, 1)
        calls.close()

    def test_is_not_seen_as_a_debugger(self):
        for options in ({"lineevents": 1}, {}, {"builtins": True}):
            profile = self.profile(**options)
            self.assertEqual(profile.runcall(lambda: (sys.gettrace(), sys.getprofile())),
                             (None, None))
            profile.close()

    def test_paths(self):
        for path in (pathlib.Path(self.log), os.fsencode(self.log), "name \u00e4.prof",
                     os.fsdecode(b"bytes-\xff.prof")):
            profile = hotshot.Profile(path, 1)
            profile.runcall(work, 2)
            profile.close()
            recorded = self.read(os.fsdecode(path))
            self.assertEqual(recorded.calls_of("add"), 2)
            self.assertEqual(hotshot.stats.load(path).total_calls, 3)

    def test_attributes_and_subclasses(self):
        class Mine(hotshot.Profile):
            def __init__(self, path):
                super().__init__(path, lineevents=True)
                self.name = "mine"

            def start(self):
                self.started = True
                super().start()

        profile = Mine(self.log)
        self.assertEqual((profile.lineevents, profile.linetimings, profile.closed), (1, 1, False))
        profile.start()
        work(1)
        profile.close()
        self.assertEqual((profile.name, profile.started), ("mine", True))
        self.assertEqual(self.read().calls_of("work"), 1)
        profile = self.profile(0, 1)
        self.assertEqual((profile.lineevents, profile.linetimings, profile.frametimings), (0, 0, 1))

    def test_addinfo(self):
        profile = self.profile()
        profile.addinfo("before", "one")
        profile.runcall(work, 1)
        profile.addinfo("after", "\u00e4" * 1000000)
        profile.runcall(work, 1)
        profile.close()
        recorded = self.read()
        self.assertEqual(recorded.info["before"], ["one"])
        self.assertEqual(recorded.info["after"], ["\u00e4" * 1000000])
        self.assertEqual(recorded.calls_of("work"), 2)

    def test_flush_shows_what_was_recorded_so_far(self):
        profile = self.profile(1)
        profile.start()
        work(4)
        profile.flush()
        events = events_of(self.log)
        self.assertEqual(sum(what == hotshot.log.ENTER and place[2] == "add"
                             for what, place, _ in events), 4)
        live = Recorded(self.log)
        self.assertEqual((live.status, live.calls_of("add")), (0, 4))
        self.assertEqual(live.errors,
                         "hotreport: %s: still being written\n" % self.log)
        profile.close()
        self.assertEqual(self.read().errors, "")

    def test_lines_without_times(self):
        profile = self.profile(1, 0)
        profile.runcall(work, 5)
        profile.close()
        recorded = self.read()
        self.assertEqual(recorded.hits[__file__, add.__code__.co_firstlineno + 1], 5)
        self.assertGreater(recorded.total, 0)

    def test_coverage(self):
        profile = hotshot.coverage(self.log)
        profile.runcall(work, 5)
        profile.close()
        recorded = self.read()
        self.assertEqual(recorded.total, 0)
        self.assertEqual(recorded.hits[__file__, add.__code__.co_firstlineno + 1], 5)
        self.assertEqual(recorded.calls_of("add"), 5)

    def test_dropped_profile_closes_its_log(self):
        profile = hotshot.Profile(self.log, 1)
        profile.start()
        work(3)
        del profile
        work(3)
        self.assertEqual(self.read().calls_of("work"), 1)

    def test_one_recording_stops_while_another_runs(self):
        one = self.profile(1)
        two = hotshot.Profile(os.path.join(self.folder, "two.prof"), 1)
        for n in (1, 2, 3):
            one.runcall(work, n)
            two.runcall(work, n + 1)
            two.runcall(fail) if n == 4 else None
        one.close()
        two.close()
        self.assertEqual(self.read().calls_of("add"), 6)
        self.assertEqual(self.read(os.path.join(self.folder, "two.prof")).calls_of("add"), 9)


class LogReader(Test):
    def test_tells_every_event(self):
        profile = hotshot.Profile(self.log, 1)
        profile.runcall(work, 2)
        profile.close()
        log = hotshot.log.LogReader(self.log)
        events = list(log)
        log.close()
        first, inner = work.__code__.co_firstlineno, add.__code__.co_firstlineno
        W, A = (__file__, "work"), (__file__, "add")
        E, X, L = hotshot.log.ENTER, hotshot.log.EXIT, hotshot.log.LINE
        called = [(L, W, first + 3), (E, A, inner), (L, A, inner + 1), (X, A, inner)]
        self.assertEqual([(what, (place[0], place[2]), place[1]) for what, place, _ in events],
                         [(E, W, first), (L, W, first + 1), (L, W, first + 2)] + called +
                         [(L, W, first + 2)] + called +
                         [(L, W, first + 2), (L, W, first + 4), (X, W, first)])
        self.assertEqual(sum(tdelta for _, _, tdelta in events), self.read().total)
        self.assertEqual(log.cwd, self.folder)
        self.assertEqual(log.info["current-directory"], [self.folder])

    def test_finds_names(self):
        class Reader(hotshot.log.LogReader):
            def addinfo(self, key, value):
                added.append((key, value))

        added = []
        profile = hotshot.Profile(self.log)
        profile.runcall(add, 1, 2)
        profile.addinfo("key", "value")
        profile.close()
        log = Reader(self.log)
        self.assertGreater(log.fileno(), 2)
        list(log)
        log.close()
        self.assertIn(("key", "value"), added)
        self.assertEqual(log.get_filenames(), [__file__])
        fileno = log.get_fileno(__file__)
        self.assertEqual(log.get_filename(fileno), __file__)
        self.assertEqual(log.get_funcname(fileno, add.__code__.co_firstlineno), (__file__, "add"))
        self.assertRaises(ValueError, log.get_filename, 99)
        self.assertRaises(ValueError, log.get_fileno, "other.py")
        self.assertRaises(ValueError, log.get_funcname, fileno, 99999)

    def test_refuses_other_files(self):
        self.assertRaises(IOError, hotshot.log.LogReader, __file__)
        with open(self.log, "wb") as file:
            file.write(b"\x13\x0fhotshot-version\x011\x80")
        self.assertRaises(EOFError, events_of, self.log)

    def test_reads_logs_of_python_2(self):
        samples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/hotshot")
        read = 0
        for name in ("fib", "generator", "lambdas"):
            for kind in ("calls", "lines", "linetimes"):
                path = os.path.join(samples, "%s-%s.prof" % (name, kind))
                recorded = self.read(path)
                events = events_of(path)
                self.assertEqual(len(events), recorded.inputs[0]["events"])
                self.assertEqual(sum(tdelta for _, _, tdelta in events) * 1000, recorded.total)
                read += 1
        self.assertEqual(read, 9)

    def test_python_2_reads_the_logs(self):
        python2 = find_python_2()
        if not python2:
            self.skipTest("no python2.7 with its module hotshot")
        profile = hotshot.Profile(self.log, 1)
        profile.runcall(work, 20)
        profile.close()
        script = self.write("read.py", "if True:\n"
                            "    import hotshot.log, hotshot.stats, sys\n"
                            "    for what, (file, line, name), tdelta in hotshot.log.LogReader(sys.argv[1]):\n"
                            "        print what, file, line, name, tdelta\n"
                            "    assert hotshot.stats.load(sys.argv[1]).total_calls == 21\n")
        done = subprocess.run([python2, script, self.log], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={})
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = ["%d %s %d %s %d" % ((what,) + place + (tdelta,))
                    for what, place, tdelta in events_of(self.log)]
        self.assertEqual(done.stdout.decode().splitlines(), expected)


def find_python_2():
    folders = [os.path.expanduser("~/.pyenv/versions/2.7.18/bin")] + \
        os.environ.get("PATH", "").split(":")
    for folder in folders:
        path = os.path.join(folder, "python2.7")
        if os.path.exists(path) and \
                subprocess.run([path, "-c", "import hotshot.log"], stderr=subprocess.DEVNULL,
                               env={}).returncode == 0:
            return path
    return None


class Stats(Test):
    def test_equal_those_of_cprofile(self):
        profile = hotshot.Profile(self.log)
        profile.runcall(work, 30)
        profile.close()
        ours = hotshot.stats.load(self.log)
        theirs = cProfile.Profile(builtins=False)
        theirs.runcall(work, 30)
        theirs = pstats.Stats(theirs)

        def counts(stats):
            return {name: (cc, nc, {caller: n[:2] for caller, n in callers.items()})
                    for name, (cc, nc, _, _, callers) in stats.stats.items()
                    if nc and name[0] != "~"}

        self.assertEqual(counts(ours), counts(theirs))
        self.assertGreater(ours.total_tt, 0)

    def test_refuse_what_is_no_profile(self):
        self.assertRaises(ValueError, hotshot.stats.load, __file__)
        self.assertRaises(OSError, hotshot.stats.load, "missing.prof")
        self.assertRaises(TypeError, hotshot.stats.load)


if __name__ == "__main__":
    unittest.main()
