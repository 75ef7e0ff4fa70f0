# SPDX-License-Identifier: MIT
"""What the tests of the recorder have in common. HP_HOTREPORT is the path of hotreport."""
import collections
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

# Run by nohup or in the background, tests would have their programs ignore these.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = os.path.dirname(os.path.abspath(__file__))


class Recorded:
    """What hotreport reads in logs."""

    def __init__(self, *paths):
        # hotreport has sanitizers of its own, if any.
        around = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        done = subprocess.run([os.environ["HP_HOTREPORT"], "--format=json"] + list(paths),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=around)
        self.status, self.errors = done.returncode, done.stderr.decode()
        if done.returncode not in (0, 3):
            raise AssertionError(self.errors)
        report = json.loads(done.stdout.decode())
        self.inputs = report["inputs"]
        self.info = self.inputs[0]["info"]
        self.functions = report["functions"]
        names = [(f["path"] if f["file"] != "~" else "~", f["line"],
                  f["name"] if f["file"] == "~" else f["name"].split(".")[-1])
                 for f in self.functions]
        events = [event["name"] for event in report["events"]]

        def cost(costs, event):
            return costs[events.index(event)] if event in events else 0

        self.total = cost(report["total"], "Time")
        self.calls = {}
        self.inclusive = {}
        for name, function in zip(names, self.functions):
            if function["calls"]:
                self.calls[name] = self.calls.get(name, 0) + function["calls"]
            self.inclusive[name] = cost(function["inclusive"], "Time")
        self.hits, self.times = collections.Counter(), collections.Counter()
        for line in report["lines"]:
            place = names[line["function"]][0], line["line"]
            self.hits[place] += cost(line["self"], "Hits")
            self.times[place] += cost(line["self"], "Time")
        self.hits += collections.Counter()
        self.sites = {(names[call["caller"]], call["line"], names[call["callee"]]): call["count"]
                      for call in report["calls"]}

    def calls_of(self, name):
        return sum(count for function, count in self.calls.items() if function[2] == name)


class Test(unittest.TestCase):
    """A test with a folder of its own, in which it runs."""

    maxDiff = 3000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        self.folder = os.getcwd()
        self.log = os.path.join(self.folder, "run.prof")

    def read(self, *paths):
        """What a log holds, which must be whole."""
        recorded = Recorded(*(paths or (self.log,)))
        for one in recorded.inputs:
            self.assertEqual((one["status"], one["unmatched_exits"], one["open_frames"]),
                             ("complete", 0, 0), one["file"])
        return recorded

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def errors_of(self, function):
        """What a function writes to standard error."""
        before, sys.stderr = sys.stderr, io.StringIO()
        try:
            function()
            return sys.stderr.getvalue()
        finally:
            sys.stderr = before

    def python(self, *arguments, **options):
        """Runs this Python: exit status, output and errors."""
        done = subprocess.run([sys.executable] + list(arguments), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()
