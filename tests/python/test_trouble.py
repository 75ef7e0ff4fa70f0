# SPDX-License-Identifier: MIT
"""Whatever goes wrong, the program runs on, and what is in the log is right."""
import gc
import os
import resource
import shutil
import subprocess
import sys
import threading
import types
import unittest

import hotshot
import hotshot.log
import hotshot.stats
from recording import Recorded, Test

SANITIZED = bool(os.environ.get("LD_PRELOAD"))


def spin(n):
    return n and spin(n - 1)


def resident():
    """Bytes of memory that are in use now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Files(Test):
    FULL = ("import hotshot, resource, sys\n"
            "def spin(n): return n and spin(n - 1)\n"
            "def run():\n"
            "    for _ in range(4000): spin(100)\n"
            "    return 'ran'\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, 1000000))\n"
            "profile = hotshot.Profile(sys.argv[1], int(sys.argv[2]))\n"
            "print(profile.runcall(run), profile.runcall(run))\n"
            "profile.close()\n")

    def test_file_too_large(self):
        script = self.write("program.py", self.FULL)
        for lines in "01":
            self.assertEqual(
                self.python(script, self.log, lines),
                (0, "ran ran\n", "hotshot: cannot write %s: File too large; the recording ends here\n"
                 % self.log))
            recorded = Recorded(self.log)
            self.assertEqual((recorded.inputs[0]["status"], recorded.inputs[0]["unmatched_exits"]),
                             ("complete", 0))
            self.assertGreater(recorded.calls_of("spin"), 50000)
            self.assertLessEqual(os.path.getsize(self.log), 1000000)

    def test_disk_full(self):
        script = self.write("program.py", self.FULL)
        self.assertEqual(
            self.python(script, "/dev/full", "1"),
            (0, "ran ran\n", "hotshot: cannot write /dev/full: No space left on device; the "
             "recording ends here\n"))
        script = self.write("short.py", "print('ran')\n")
        self.assertEqual(
            self.python("-W", "error", "-m", "hotshot", "-o", "/dev/full", script),
            (0, "ran\n", "hotshot: cannot write /dev/full: No space left on device; the "
             "recording ends here\n"))

    def test_pipe(self):
        script = self.write("program.py", "print('ran')\n")
        with open("copy.prof", "wb") as copy:
            done = subprocess.run("%s -m hotshot -o /dev/fd/3 %s 3>&1 >&2 | cat" %
                                  (sys.executable, script), shell=True, stdout=copy,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.stderr, b"ran\n")
        self.assertEqual(self.read("copy.prof").calls, {(script, 1, "<module>"): 1})

    def test_descriptor_that_the_program_closes(self):
        profile = hotshot.Profile(self.log, 1)
        profile.runcall(spin, 10)
        os.close(profile.fileno())
        message = self.errors_of(lambda: (profile.runcall(spin, 10), profile.close()))
        self.assertEqual(message, "hotshot: cannot write %s: Bad file descriptor; the recording "
                                  "ends here\n" % self.log)

    def test_descriptor_that_another_file_has(self):
        profile = hotshot.Profile(self.log, 1)
        profile.runcall(spin, 10)
        with open("other", "w+") as other:
            os.dup2(other.fileno(), profile.fileno())
            self.errors_of(lambda: (profile.runcall(spin, 10), profile.close()))
            os.fstat(profile.fileno() if not profile.closed else other.fileno())
        self.assertEqual(os.path.getsize("other"), 0)

    def test_program_gets_the_descriptors_that_it_has_without(self):
        before = os.open("/dev/null", os.O_RDONLY)
        os.close(before)
        profile = hotshot.Profile(self.log, 1)
        self.assertEqual(profile.runcall(os.open, "/dev/null", os.O_RDONLY), before)
        os.close(before)
        profile.close()

    def test_folder_that_goes_away(self):
        os.mkdir("gone")
        profile = hotshot.Profile("gone/run.prof", 1)

        def run():
            shutil.rmtree("gone")
            threads = [threading.Thread(target=lambda: [spin(100) for _ in range(500)])
                       for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return 1

        message = self.errors_of(lambda: self.assertEqual(profile.runcall(run), 1))
        profile.close()
        self.assertEqual(message.count("\n"), 1)
        self.assertIn("cannot write gone/run.prof.thread-2: No such file or directory", message)

    def test_log_deleted_meanwhile(self):
        profile = hotshot.Profile(self.log, 1)
        profile.start()
        os.remove(self.log)
        spin(500)
        self.assertEqual(self.errors_of(profile.close), "")
        self.assertEqual(os.listdir("."), [])


class Names(Test):
    def record(self, *codes):
        functions = [types.FunctionType(code, {}) for code in codes]
        profile = hotshot.Profile(self.log, 1)
        for function in functions:
            profile.runcall(function)
        profile.close()
        return self.read()

    def code(self, **changes):
        changes = {"co_" + name: value for name, value in changes.items()}
        if sys.version_info >= (3, 11) and "co_name" in changes:
            changes["co_qualname"] = changes["co_name"]
        return (lambda: 1).__code__.replace(**changes)

    def test_that_hurt(self):
        names = {"plain": "plain", "\u00e4\u20ac\U0001f600": "\u00e4\u20ac\U0001f600", "": "",
                 "new\nline": "new\\x0aline", "nul\0": "nul\\x00", "x" * 10240: "x" * 10240,
                 "\udcff": "\\xff", "\ud800": "\\xed\\xa0\\x80", "a.b": "a.b", "~": "~"}
        for name, expected in names.items():
            recorded = self.record(self.code(name=name, filename="/file.py", firstlineno=7))
            self.assertEqual([f["name"] for f in recorded.functions if f["calls"]], [expected])
            recorded = self.record(self.code(filename="/" + name, name="f"))
            self.assertEqual([f["path"] for f in recorded.functions if f["calls"]],
                             ["/" + expected])
            self.assertEqual(hotshot.stats.load(self.log).total_calls, 1)
            log = hotshot.log.LogReader(self.log)
            self.assertGreater(len(list(log)), 1)
            log.close()

    def test_of_several_functions_at_a_line(self):
        codes = [self.code(name="f%d" % (i % 7), filename="/f%d.py" % (i % 3), firstlineno=i % 5)
                 for i in range(420)]
        recorded = self.record(*codes)
        self.assertEqual(len(recorded.calls), 105)
        self.assertEqual(set(recorded.calls.values()), {4})

    def test_lines_of_any_number(self):
        codes = [self.code(firstlineno=line, filename="/f.py", name="f%d" % line)
                 for line in (0, 1, 31, 32, 4095, 4096, 2 ** 31 - 100)]
        self.assertEqual(sorted(line for _, line, _ in self.record(*codes).calls),
                         [0, 1, 31, 32, 4095, 4096, 2 ** 31 - 100])

    def test_many(self):
        count = 10000 if SANITIZED else 100000
        source = "\n".join("def f%d(): pass\nf%d()" % (i, i) for i in range(count))
        code = compile(source, "/many.py", "exec")
        profile = hotshot.Profile(self.log)
        profile.runctx(code, {}, {})
        profile.close()
        recorded = self.read()
        self.assertEqual(len(recorded.calls), count + 1)

    def test_of_classes_that_fail(self):
        class Meta(type):
            def __getattribute__(cls, name):
                raise SystemError(name)

            def __repr__(cls):
                raise SystemError

        class Thing(metaclass=Meta):
            pass

        def run():
            thing = Thing()
            return [].append(thing), len({thing: 1}), isinstance(thing, object)

        profile = hotshot.Profile(self.log, 1, builtins=True)
        profile.runcall(run)
        profile.close()
        self.assertEqual(self.read().calls["~", 0, "<built-in method builtins.len>"], 1)


class Memory(Test):
    def grows(self, step, count):
        """How many bytes count steps leave behind, after those that happen once."""
        for _ in range(count // 10):
            step()
        gc.collect()
        before = resident()
        for _ in range(count):
            step()
        gc.collect()
        return resident() - before

    @unittest.skipIf(SANITIZED, "sanitizers keep freed memory")
    def test_recordings_leave_nothing(self):
        def step():
            profile = hotshot.Profile("step.prof", next(lines) & 1, builtins=next(builtins) % 3 == 0)
            profile.runcall(spin, 3)
            profile.addinfo("key", "value")
            profile.start()
            exec(compile("def f(): pass\nf()", "<string>", "exec"), {})
            profile.close()
            os.remove("step.prof") # disks are slow at writing to the same file again

        lines, builtins = iter(range(100000)), iter(range(100000))
        self.assertLess(self.grows(step, 10000), 1000000)

    @unittest.skipIf(SANITIZED, "sanitizers keep freed memory")
    def test_events_leave_nothing(self):
        def step():
            spin(100)
            try:
                raise ValueError
            except ValueError:
                pass
            list(i for i in range(3))

        for options in ({}, {"lineevents": 1}, {"builtins": True}):
            profile = hotshot.Profile(self.log, **options)
            profile.start()
            self.assertLess(self.grows(step, 5000), 500000)
            profile.close()

    @unittest.skipUnless(hasattr(sys, "gettotalrefcount"), "no debug build of Python")
    def test_references_are_given_back(self):
        def step(lines, **options):
            profile = hotshot.Profile("step.prof", lines, **options)
            profile.runcall(spin, 3)
            self.assertRaises(ZeroDivisionError, profile.runctx, "1 / 0", {}, {})
            self.assertRaises(hotshot.ProfilerError, profile.stop)
            profile.start()
            spin(2)
            [].append(len(""))
            profile.close()
            hotshot.stats.load("step.prof")
            self.assertRaises(ValueError, hotshot.stats.load, __file__)
            self.assertRaises(OSError, hotshot.Profile, "no/such/file")

        for options in ((0,), (1,), (0, True), (1, True)):
            for _ in range(10):
                step(options[0], builtins=len(options) > 1)
            before = sys.gettotalrefcount()
            for _ in range(100):
                step(options[0], builtins=len(options) > 1)
            self.assertLess(sys.gettotalrefcount() - before, 50)

    @unittest.skipIf(SANITIZED, "sanitizers take memory of their own")
    def test_recorder_takes_little(self):
        script = self.write("program.py", "import resource, sys\n"
                            "def spin(n): return n and spin(n - 1)\n"
                            "for _ in range(int(sys.argv[1])): spin(100)\n"
                            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n")
        def peak(*options):
            return int(self.python(*options + (script, "4000"))[1]) * 1024

        self.assertLess(peak("-m", "hotshot", "-o", self.log) - peak(), 8000000)
        self.assertGreater(os.path.getsize(self.log), 2500000)


if __name__ == "__main__":
    unittest.main()
