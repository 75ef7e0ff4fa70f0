# SPDX-License-Identifier: MIT
"""Threads, processes, and stacks that are switched."""
import _thread
import glob
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import hotshot
from recording import Recorded, Test


def spin(n):
    return n and spin(n - 1)


class Threads(Test):
    def profile(self, *arguments, **options):
        profile = hotshot.Profile(self.log, *arguments, **options)
        self.addCleanup(profile.close)
        return profile

    def parts(self):
        return sorted(glob.glob(self.log + "*"))

    def run_threads(self, count, target=spin, arguments=(20,)):
        threads = [threading.Thread(target=target, args=arguments) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_all_are_recorded(self):
        for lines in (0, 1):
            profile = self.profile(lines)
            profile.runcall(self.run_threads, 8)
            profile.close()
            recorded = self.read()
            self.assertEqual(recorded.calls_of("spin"), 8 * 21)
            self.assertEqual(recorded.calls_of("run"), 8)
            self.assertEqual(self.parts(), [self.log])

    def test_only_this_one_is_recorded(self):
        for options in ({}, {"lineevents": 1}, {"builtins": True}):
            profile = self.profile(all_threads=False, **options)
            profile.runcall(self.run_threads, 3)
            profile.runcall(spin, 5)
            profile.close()
            self.assertEqual(self.read().calls_of("spin"), 6)
            self.assertIsNone(threading._trace_hook)
            self.assertIsNone(threading._profile_hook)

    def test_that_run_already_are_recorded(self):
        def wait():
            while not stop:
                spin(3)
                time.sleep(0.001)

        stop = []
        threads = [threading.Thread(target=wait) for _ in range(3)]
        for thread in threads:
            thread.start()
        for lines in (0, 1):
            profile = self.profile(lines)
            profile.start()
            time.sleep(0.1)
            profile.stop()
            time.sleep(0.02)
            profile.start()
            time.sleep(0.1)
            profile.close()
            recorded = self.read()
            self.assertGreaterEqual(recorded.calls_of("spin"), 3 * 4)
            self.assertEqual(recorded.calls_of("wait"), 3)
            self.assertLess(recorded.total, 4 * 300000000)
        stop.append(1)
        for thread in threads:
            thread.join()

    def test_that_outlive_the_recording(self):
        def wait():
            begun.set()
            while not stop:
                spin(3)

        for lines in (0, 1):
            stop, begun = [], threading.Event()
            profile = self.profile(lines)
            thread = threading.Thread(target=wait)
            profile.runcall(lambda: (thread.start(), begun.wait(), time.sleep(0.05)))
            profile.close()
            calls = self.read().calls_of("spin")
            self.assertGreaterEqual(calls, 4)
            time.sleep(0.05)
            self.assertEqual(self.read().calls_of("spin"), calls)
            stop.append(1)
            thread.join()

    def test_short_threads_share_parts(self):
        def many():
            for _ in range(200):
                self.run_threads(1, spin, (2,))
            seen.append(len(self.parts()))

        seen = []
        profile = self.profile(1)
        profile.runcall(many)
        profile.close()
        self.assertEqual(self.read().calls_of("spin"), 600)
        self.assertLess(seen[0], 5)

    def test_of_the_module_thread(self):
        """threading does not know of them, and before Python 3.12 nobody else tells."""
        def begin():
            _thread.start_new_thread(lambda: (spin(3), done.release()), ())
            done.acquire()

        done = threading.Lock()
        done.acquire()
        profile = self.profile()
        profile.runcall(begin)
        profile.close()
        self.assertEqual(self.read().calls_of("spin"), 4 if sys.version_info >= (3, 12) else 0)

    def test_recording_in_another_thread(self):
        def record():
            profile = self.profile(1)
            profile.runcall(spin, 10)
            profile.close()

        self.run_threads(1, record, ())
        self.assertEqual(self.read().calls_of("spin"), 11)

    def test_closed_by_another_thread(self):
        profile = self.profile(1)
        profile.start()
        spin(4)
        self.run_threads(1, profile.close, ())
        spin(4)
        self.assertEqual(self.read().calls_of("spin"), 5)

    def test_times_of_each_count(self):
        def work():
            end = time.perf_counter() + 0.2
            while time.perf_counter() < end:
                pass

        profile = self.profile(1)
        start = time.perf_counter()
        profile.runcall(self.run_threads, 3, work, ())
        passed = time.perf_counter() - start
        profile.close()
        recorded = self.read()
        work = recorded.inclusive[__file__, work.__code__.co_firstlineno, "work"]
        self.assertGreater(work, 3 * 190000000)
        self.assertLess(work, passed * 1e9 * 3)

    def test_parts_are_logs_of_their_own(self):
        script = self.write("program.py", "if True:\n"
                            "    import os, signal, threading, time\n"
                            "    def spin(n): return n and spin(n - 1)\n"
                            "    def work():\n"
                            "        for _ in range(3):\n"
                            "            spin(2000 // 10)\n"
                            "            time.sleep(0.6)\n"
                            "    threads = [threading.Thread(target=work) for _ in range(2)]\n"
                            "    for thread in threads: thread.start()\n"
                            "    spin(10)\n"
                            "    time.sleep(1.3)\n"
                            "    spin(10)\n"
                            "    threads[0].join()\n"
                            "    os.kill(os.getpid(), signal.%s)\n")
        with open(script) as file:
            text = file.read()
        for number in ("SIGKILL", "SIGTERM"):
            self.write("program.py", text % number)
            status, _, _ = self.python("-m", "hotshot", "-o", self.log, script)
            self.assertEqual(status, -getattr(signal, number))
            parts = self.parts()
            self.assertEqual(len(parts), 3)
            recorded = Recorded(*parts) if number == "SIGKILL" else self.read(*parts)
            self.assertGreaterEqual(recorded.calls_of("spin"), 2 * 2 * 201)
            if number == "SIGTERM":
                self.assertEqual(recorded.calls_of("spin"), 2 * 3 * 201 + 22)
            for part in parts:
                self.assertEqual(Recorded(part).inputs[0]["unmatched_exits"], 0)
                os.remove(part)

    def test_daemons_at_exit(self):
        script = self.write("program.py", "if True:\n"
                            "    import threading, time\n"
                            "    def spin():\n"
                            "        while True: pass\n"
                            "    def late():\n"
                            "        time.sleep(0.3)\n"
                            "    for target, daemon in ((spin, True), (late, False)):\n"
                            "        threading.Thread(target=target, daemon=daemon).start()\n"
                            "    time.sleep(0.05)\n")
        for options in ([], ["--no-lines"], ["--builtins"]):
            self.assertEqual(self.python("-m", "hotshot", *options + ["-o", self.log, script]),
                             (0, "", ""))
            recorded = self.read()
            for name in ("spin", "late", "<module>"):
                self.assertGreaterEqual(recorded.calls_of(name), 1)
            late = next(cost for name, cost in recorded.inclusive.items() if name[2] == "late")
            self.assertGreater(late, 290000000)


class Processes(Test):
    def test_forked_child_has_a_log_of_its_own(self):
        for lines in (0, 1):
            profile = hotshot.Profile(self.log, lines)
            profile.start()
            spin(5)
            child = os.fork()
            if child == 0:
                try:
                    spin(7)
                    profile.close()
                finally:
                    os._exit(0)
            spin(6)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            profile.close()
            self.assertEqual(self.read().calls_of("spin"), 13)
            recorded = self.read("%s.%d" % (self.log, child))
            self.assertEqual(recorded.calls_of("spin"), 8)
            self.assertEqual(recorded.calls_of("test_forked_child_has_a_log_of_its_own"), 1)
            os.remove("%s.%d" % (self.log, child))
            self.assertEqual(glob.glob(self.log + ".*"), [])

    def test_child_of_a_program(self):
        script = self.write("program.py", "if True:\n"
                            "    import os, sys\n"
                            "    def spin(n): return n and spin(n - 1)\n"
                            "    if os.fork() == 0:\n"
                            "        if os.fork() == 0:\n"
                            "            spin(3)\n"
                            "            sys.exit(3)\n"
                            "        assert os.wait()[1] == 3 << 8\n"
                            "        spin(2)\n"
                            "        sys.exit(2)\n"
                            "    spin(1)\n"
                            "    print(os.wait()[1] >> 8)\n")
        for options in ([], ["--no-lines"]):
            self.assertEqual(self.python("-m", "hotshot", *options + ["-o", self.log, script]),
                             (0, "2\n", ""))
            calls = [self.read(log).calls_of("spin") for log in glob.glob(self.log + "*")]
            self.assertEqual(sorted(calls), [2, 3, 4])
            for log in glob.glob(self.log + "*"):
                os.remove(log)

    def test_multiprocessing(self):
        script = self.write("program.py", "if True:\n"
                            "    import multiprocessing\n"
                            "    def spin(n): return n and spin(n - 1)\n"
                            "    if __name__ == '__main__':\n"
                            "        context = multiprocessing.get_context('fork')\n"
                            "        workers = [context.Process(target=spin, args=(n,)) for n in (1, 2)]\n"
                            "        for worker in workers: worker.start()\n"
                            "        for worker in workers: worker.join()\n"
                            "        print([worker.exitcode for worker in workers])\n")
        self.assertEqual(self.python("-m", "hotshot", "-o", self.log, script), (0, "[0, 0]\n", ""))
        self.assertEqual(sorted(self.read(log).calls_of("spin") for log in glob.glob(self.log + "*")),
                         [0, 2, 3])

    def test_commands_that_are_run_leave_nothing(self):
        profile = hotshot.Profile(self.log, 1)
        profile.runcall(subprocess.check_call, ["true"])
        profile.runcall(subprocess.check_call, ["true"], preexec_fn=lambda: None)
        profile.close()
        self.read()
        self.assertEqual(glob.glob(self.log + ".*"), [])

    def test_fork_while_stopped(self):
        profile = hotshot.Profile(self.log, 1)
        profile.runcall(spin, 3)
        child = os.fork()
        if child == 0:
            profile.close()
            os._exit(0)
        os.waitpid(child, 0)
        profile.runcall(spin, 4)
        profile.close()
        self.assertEqual(self.read().calls_of("spin"), 9)
        self.assertEqual(glob.glob(self.log + ".*"), [])

    @unittest.skipIf(sys.version_info < (3, 12), "Python warns from 3.12 on")
    def test_no_thread_is_seen_by_fork(self):
        script = self.write("program.py", "import os\nif os.fork(): os.wait()\n")
        self.assertEqual(self.python("-W", "error", "-m", "hotshot", "-o", self.log, script),
                         (0, "", ""))


class Switches(Test):
    def test_greenlets(self):
        try:
            from greenlet import greenlet
        except ImportError:
            self.skipTest("no module greenlet")

        def one():
            spin(2)
            second.switch()
            spin(3)
            second.switch()

        def two():
            spin(4)
            first.switch()
            spin(5)

        def main():
            first.switch()

        for lines in (0, 1):
            first, second = greenlet(one), greenlet(two)
            profile = hotshot.Profile(self.log, lines)
            profile.runcall(main)
            profile.close()
            recorded = self.read()
            self.assertEqual(recorded.calls_of("spin"), 3 + 4 + 5 + 6)
            self.assertGreater(int(recorded.info["stack-switches"][0]), 0)

    def test_generator_that_another_thread_goes_on_with(self):
        def count():
            for i in range(3):
                spin(1)
                yield i

        def run():
            generator = count()
            next(generator)
            thread = threading.Thread(target=next, args=(generator,))
            thread.start()
            thread.join()
            return list(generator)

        for lines in (0, 1):
            profile = hotshot.Profile(self.log, lines)
            self.assertEqual(profile.runcall(run), [2])
            profile.close()
            recorded = self.read()
            self.assertEqual(recorded.calls_of("count"), 4)
            self.assertEqual(recorded.calls_of("spin"), 6)

    def test_generator_that_began_before(self):
        def count():
            for i in range(4):
                yield spin(i)

        generator = count()
        next(generator)
        for lines in (0, 1):
            profile = hotshot.Profile(self.log, lines)
            profile.runcall(next, generator)
            profile.close()
            self.assertEqual(self.read().calls_of("count"), 1)

    def test_program_that_sets_its_own_trace(self):
        script = self.write("program.py", "if True:\n"
                            "    import sys\n"
                            "    def spin(n): return n and spin(n - 1)\n"
                            "    spin(2)\n"
                            "    seen = []\n"
                            "    sys.settrace(lambda *event: seen.append(event[1]))\n"
                            "    spin(3)\n"
                            "    print(seen)\n")
        plain = self.python(script)
        status, out, err = self.python("-m", "hotshot", "-o", self.log, script)
        self.assertEqual((status, out), plain[:2])
        self.assertEqual(err, "hotshot: %s: the program set a trace or profile function of its own; "
                              "what this thread did afterwards is not recorded\n" % self.log)
        self.assertEqual(self.read().calls_of("spin"), 3)

    def test_trace_that_the_program_takes_back(self):
        def run():
            spin(1)
            before = sys.gettrace()
            sys.settrace(lambda *event: None)
            spin(2)
            sys.settrace(before)

        profile = hotshot.Profile(self.log, 1)
        self.assertIn("the program set a trace", self.errors_of(lambda: profile.runcall(run)))
        profile.close()
        self.assertEqual(self.read().calls_of("spin"), 2)

    def test_asyncio_tasks(self):
        import asyncio

        async def work(n):
            for _ in range(n):
                spin(1)
                await asyncio.sleep(0)

        async def main():
            await asyncio.gather(*[work(n) for n in range(5)])

        for lines in (0, 1):
            profile = hotshot.Profile(self.log, lines)
            profile.runcall(asyncio.run, main())
            profile.close()
            recorded = self.read()
            self.assertEqual(recorded.calls_of("spin"), 20)
            self.assertEqual(recorded.calls_of("work"), 15)


if __name__ == "__main__":
    unittest.main()
