# SPDX-License-Identifier: MIT
"""python3 -m hotshot: the program behaves as under python3 alone, and its log is whole."""
import os
import signal
import subprocess
import sys
import textwrap
import time
import unittest
import zipfile

import hotshot
from recording import Recorded, Test

SHOWS_ITSELF = """
    import __main__, pickle, sys, warnings
    def place(): pass
    print(sys.argv, sys.path[0], __name__, __package__, __spec__ is None or __spec__.name)
    print(sorted(name for name in globals()), globals().get("__file__"))
    print(__main__.__dict__ is globals(), pickle.dumps(place), type(__loader__), __doc__)
    print(sys.excepthook is sys.__excepthook__, sys.gettrace(), sys.getprofile())
    print(len(sys.path), sys.flags, __builtins__)
    warnings.warn("deprecated", DeprecationWarning)
    exec("import importlib; print(importlib.import_module('beside').x)")
"""

FAILS = """
    import sys
    def inner(n):
        if n == 0:
            raise ValueError("some\\nlines")
        inner(n - 1)
    try:
        inner(1)
    except ValueError as error:
        raise KeyError(1) from error
"""


class Command(Test):
    def setUp(self):
        super().setUp()
        self.write("beside.py", "x = 1\n")

    def script(self, text, name="program.py"):
        return self.write(name, textwrap.dedent(text).lstrip())

    def same(self, *arguments, options=(), log=True, **around):
        """Runs a program with and without recording; both must do the same."""
        plain = self.python(*arguments, **around)
        recorded = self.python("-m", "hotshot", "-o", self.log, *options + arguments, **around)
        self.assertEqual(plain, recorded)
        return self.read() if log else None

    def test_script_sees_what_it_sees_without(self):
        script = self.script(SHOWS_ITSELF)
        for path in (script, "program.py", "./program.py"):
            for options in ((), ("--no-lines",), ("--builtins",), ("--this-thread",)):
                recorded = self.same(path, "one", "--two", options=options)
        self.assertEqual(recorded.calls[script, 1, "<module>"], 1)

    def test_script_behind_a_link(self):
        os.mkdir("elsewhere")
        script = self.script(SHOWS_ITSELF)
        os.symlink(script, "elsewhere/link.py")
        self.same("elsewhere/link.py")

    def test_module_sees_what_it_sees_without(self):
        os.mkdir("package")
        self.script("", "package/__init__.py")
        self.script(SHOWS_ITSELF, "package/__main__.py")
        self.script(SHOWS_ITSELF, "package/part.py")
        self.script(SHOWS_ITSELF, "module.py")
        for name in ("package", "package.part", "module"):
            self.same("-m", name, "one", "-o", "two")
        recorded = self.same("-m", "package.part")
        self.assertEqual(recorded.calls[self.folder + "/package/part.py", 1, "<module>"], 1)

    def test_code_sees_what_it_sees_without(self):
        self.same("-c", "import sys; print(sys.argv, repr(sys.path[0]), __name__, sorted(globals()),"
                        " __loader__)", "one")

    def test_archive_and_folder(self):
        os.mkdir("folder")
        script = self.script("import sys; print(sys.argv, sys.path[0], __spec__.name)",
                             "folder/__main__.py")
        with zipfile.ZipFile("program.pyz", "w") as archive:
            archive.write(script, "__main__.py")
        self.same("folder", "one")
        self.same("program.pyz", "one")

    def test_input_and_output(self):
        script = self.script("import sys; print(sys.stdin.read().upper(), file=sys.stderr)")
        self.same(script, input=b"text \xc3\xa4")

    def test_exit_status(self):
        for end in ("sys.exit()", "sys.exit(3)", "sys.exit('words')", "raise SystemExit(None)",
                    "sys.exit(-1)", "exit(4)", "raise KeyboardInterrupt",
                    "os.kill(os.getpid(), signal.SIGINT); time.sleep(9)",
                    "atexit.register(print, 'bye'); sys.exit(2)", "sys.stdout.close()"):
            script = self.script("import atexit, os, signal, sys, time\n"
                                 "def f():\n    " + end + "\nf()\n")
            recorded = self.same(script)
            self.assertEqual(recorded.calls[script, 2, "f"], 1)

    def test_exceptions_and_their_tracebacks(self):
        recorded = self.same(self.script(FAILS))
        self.assertEqual(recorded.calls_of("inner"), 2)
        self.same(self.script("import sys\nsys.excepthook = lambda *a: print(a[0], a[2].tb_lineno)\n"
                              "1 / 0\n"))
        self.same("-c", "1 / 0")
        self.same(self.script("x = = 1"), log=False)
        self.same(self.script("import threading\n"
                              "t = threading.Thread(target=lambda: 1 / 0, name='T')\n"
                              "t.start(); t.join()\n"))

    def test_endless_recursion(self):
        script = self.script("def f():\n    f()\nf()\n")
        status, out, err = self.python("-m", "hotshot", "-o", self.log, script)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("RecursionError", err)
        self.assertGreater(self.read().calls_of("f"), 900)

    def test_programs_that_cannot_run(self):
        self.assertEqual(self.python("-m", "hotshot", "missing.py")[0], 2)
        self.assertIn("can't open file '%s': [Errno 2] No such file" %
                      (self.folder + "/missing.py" if sys.version_info >= (3, 9) else "missing.py"),
                      self.python("-m", "hotshot", "missing.py")[2])
        self.same("-m", "missing.module", log=False)
        self.same("-m", "beside.part", log=False)

    def test_options(self):
        self.assertEqual(self.python("-m", "hotshot", "--version"),
                         (0, "hotshot (hotprof) %s\n" % hotshot.__version__, ""))
        status, out, err = self.python("-m", "hotshot", "--help")
        self.assertEqual((status, err), (0, ""))
        self.assertTrue(out.startswith("usage: python3 -m hotshot [OPTION...]"), out)
        script = self.script("def f(): len('')\nf()\n")
        for arguments, message in (
                ([], "which program?"), (["-o"], "-o needs an argument"), (["-m"], "-m needs an"),
                (["--clock=sun", script], "--clock is wall or cpu, not 'sun'"),
                (["--colour", script], "unknown option --colour"),
                (["--no-lines=1", script], "--no-lines takes no argument")):
            status, out, err = self.python("-m", "hotshot", *arguments)
            self.assertEqual((status, out), (2, ""))
            self.assertTrue(err.startswith("hotshot: " + message), err)
        for options, lines, builtins, clock in (
                ([], True, 0, "wall"), (["--no-lines"], False, 0, "wall"),
                (["--builtins", "--clock", "cpu"], True, 1, "cpu"), (["--clock=cpu"], True, 0, "cpu")):
            self.assertEqual(self.python("-m", "hotshot", *options + [script]), (0, "", ""))
            recorded = self.read("run.prof")
            self.assertEqual(bool(recorded.hits), lines)
            self.assertEqual(recorded.calls_of("f"), 1)
            self.assertEqual(recorded.calls.get(("~", 0, "<built-in method builtins.len>"), 0),
                             builtins)
            self.assertEqual(recorded.info["clock"], [clock])
        for options in (["-o", "a.prof"], ["-oa.prof"], ["--output=a.prof"], ["--output", "a.prof"],
                        ["-o", "a.prof", "--"]):
            self.python("-m", "hotshot", *options + ["-m", "program"] if "--" not in options
                        else options + [script])
            self.assertEqual(self.read("a.prof").calls_of("f"), 1)
            os.remove("a.prof")

    def test_log_stays_where_the_program_began(self):
        script = self.script("import os; os.chdir('/'); f = lambda: 1; f()")
        self.assertEqual(self.python("-m", "hotshot", script)[0], 0)
        self.assertEqual(self.read().calls_of("<lambda>"), 1)

    def test_log_that_cannot_be_written(self):
        script = self.script("print('ran')")
        status, out, err = self.python("-m", "hotshot", "-o", "no/such/run.prof", script)
        self.assertEqual((status, out), (2, ""))
        self.assertIn("cannot write %s/no/such/run.prof: No such file" % self.folder, err)

    def test_reads_only_the_program(self):
        script = self.script("x = 1\n")
        self.python("-m", "hotshot", "-o", self.log, script)
        self.assertEqual(self.read().calls, {(script, 1, "<module>"): 1})

    def end_by(self, number, text="time.sleep(60)"):
        script = self.script("import os, signal, sys, threading, time\n"
                             "def spin(n):\n    return n and spin(n - 1)\n"
                             "def wait():\n"
                             "    spin(500)\n"
                             "    print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,\n"
                             "          flush=True)\n"
                             "    %s\n"
                             "wait()\n" % text)
        running = subprocess.Popen([sys.executable, "-m", "hotshot", "-o", self.log, script],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(running.stdout.readline(), b"True\n")
        time.sleep(0.1)
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
        return running.returncode, err.decode()

    def test_log_is_whole_after_sigterm(self):
        for text in ("time.sleep(60)", "\n    while True: spin(3)"):
            for number in (signal.SIGTERM, signal.SIGHUP):
                self.assertEqual(self.end_by(number, text), (-number, ""))
                recorded = self.read()
                self.assertGreaterEqual(recorded.calls_of("spin"), 501)
                self.assertEqual(recorded.calls_of("wait"), 1)
                self.assertGreater(recorded.inclusive[
                    self.folder + "/program.py", 4, "wait"], 90000000)

    def test_log_is_whole_after_sigint(self):
        status, err = self.end_by(signal.SIGINT)
        self.assertEqual(status, -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", err)
        self.assertEqual(self.read().calls_of("spin"), 501)

    def test_log_is_readable_after_sigkill(self):
        status, _ = self.end_by(signal.SIGKILL, "\n    end = time.time() + 1.5\n"
                                "    while time.time() < end: spin(3)\n"
                                "    print('now', flush=True)\n    time.sleep(60)")
        self.assertEqual(status, -signal.SIGKILL)

    def test_log_reads_to_its_last_flush_after_sigkill_and_exit(self):
        for end in ("os.kill(os.getpid(), signal.SIGKILL)", "os._exit(5)", "os.abort()"):
            script = self.script("import os, signal, time\n"
                                 "def spin(n):\n    return n and spin(n - 1)\n"
                                 "spin(500)\ntime.sleep(1.1)\nspin(500)\n" + end)
            plain = self.python(script)
            self.assertEqual(self.python("-m", "hotshot", "-o", self.log, script), plain)
            recorded = Recorded(self.log)
            self.assertEqual(recorded.inputs[0]["status"], "complete")
            self.assertEqual(recorded.inputs[0]["unmatched_exits"], 0)
            self.assertGreaterEqual(recorded.calls_of("spin"), 501)

    def test_own_handler_of_sigterm_runs(self):
        script = self.script("import os, signal, sys\n"
                             "print(signal.signal(signal.SIGTERM, lambda *a: sys.exit(7)))\n"
                             "os.kill(os.getpid(), signal.SIGTERM)\n")
        self.same(script)


if __name__ == "__main__":
    unittest.main()
