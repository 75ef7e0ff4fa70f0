# SPDX-License-Identifier: MIT
"""Attacks hotreport from outside for as long as it is told, with what no fuzz target can do.

usage: attacks.py ATTACK SECONDS HOTREPORT SAMPLES KEPT

kills     ends it by signals while it writes: the output is the old one or the new one, and whole
disks     lets it run out of disk: it says so, and the output is the old one
changes   cuts, extends and replaces files while they are read: it reads on or says what happened
merges    reads damaged samples together, in two orders, with filters and bases: it does not crash,
          and the order does not matter
dumps     reads random dumps of pstats: each function has the numbers that Python reads

HOTREPORT is the command, SAMPLES a folder of profiles. Prints the number of tries and then what was
found, a line each. What is needed to see a fault again is left in the folder KEPT, shrunk.
"""
import json
import marshal
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FORMATS = ["gprof", "flat", "callgraph", "annotate", "callgrind", "json", "pstats", "dot"]
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL, signal.SIGQUIT,
           signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE, signal.SIGXCPU,
           signal.SIGXFSZ, signal.SIGVTALRM, signal.SIGPROF, signal.SIGABRT, signal.SIGSEGV,
           signal.SIGBUS, signal.SIGTRAP]
STATUSES = (0, 1, 2, 3)

# What a signal starts in a program with sanitizers may hang where it came while they started.
UNHANDLED = dict(os.environ, ASAN_OPTIONS=":".join(
    [os.environ.get("ASAN_OPTIONS", "")] +
    ["handle_%s=0" % name for name in ("segv", "sigbus", "abort", "sigtrap")]))


class Attack:
    def __init__(self, hotreport, samples, kept, seed):
        self.hotreport = hotreport
        self.random = random.Random(seed)
        self.kept = pathlib.Path(kept)
        self.samples = sorted(path for path in pathlib.Path(samples).rglob("*")
                              if path.is_file() and 0 < path.stat().st_size < 300000 and
                              path.suffix not in (".json", ".md"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attack"))
        self.tried, self.found = 0, []

    def run(self, *arguments, **options):
        return subprocess.run([self.hotreport, *map(str, arguments)], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=300, **options)

    def fault(self, what, *files):
        """Keeps the files of a fault, each fault in a folder."""
        folder = self.kept / ("%s-%d" % (type(self).__name__.lower(), len(self.found)))
        folder.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(files):
            shutil.copyfile(path, folder / ("%d" % number))
        self.found.append("%s (%s)" % (what, folder))

    def large_log(self):
        """A log that takes some milliseconds to read and to write."""
        path = self.folder / "large"
        if not path.exists():
            out = bytearray(b"\x13\x0fhotshot-version\x031.0\x53\x01\x33\x01")
            for _ in range(300000):
                out += bytes([self.random.randrange(32) << 2, self.random.randrange(1, 100), 5, 1])
                out += bytes([self.random.randrange(32) << 2 | 1])
            path.write_bytes(out)
        return path

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Kills(Attack):
    """The output holds what it held, or all of the report; and nothing else is left to be read."""
    def attempt(self):
        log, place = self.large_log(), self.folder / "kills"
        form = self.random.choice(FORMATS)
        whole = self.run("-q", "-f", form, log).stdout
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        out = place / "out"
        out.write_bytes(b"old")
        kill = self.random.choice(SIGNALS)
        process = subprocess.Popen([self.hotreport, "-q", "-f", form, "-o", out, log],
                                   stderr=subprocess.DEVNULL, env=UNHANDLED)
        time.sleep(self.random.random() ** 2 * .1)
        process.send_signal(kill)
        process.wait(300)
        if out.read_bytes() not in (b"old", whole):
            self.fault("%s while writing %s left a part" % (kill.name, form), out)
        visible = [name for name in os.listdir(place) if not name.startswith(".")]
        if visible != ["out"]:
            self.fault("%s while writing %s left %s" % (kill.name, form, visible), log)


class Disks(Attack):
    """Without room the status says so, and the output is what it was."""
    def attempt(self):
        log, out = self.large_log(), self.folder / "out"
        form = self.random.choice(FORMATS)
        size = len(self.run("-q", "-f", form, log).stdout)
        room = self.random.randrange(max(1, size))

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        out.write_bytes(b"old")
        result = self.run("-q", "-f", form, "-o", out, log, preexec_fn=limit)
        if result.returncode != 1 or out.read_bytes() != b"old" or not result.stderr:
            self.fault("%s in %d of %d bytes: status %d" % (form, room, size, result.returncode), out)
        with open("/dev/full", "wb") as full:
            result = subprocess.run([self.hotreport, "-q", "-f", form, log], stdout=full,
                                    stderr=subprocess.PIPE, timeout=300)
        if size and (result.returncode != 1 or not result.stderr):
            self.fault("%s to /dev/full: status %d" % (form, result.returncode), log)


class Changes(Attack):
    """Files that change while they are read end no run by a signal."""
    def attempt(self):
        log = self.large_log()
        whole = log.read_bytes()
        path = self.folder / "changing"
        path.write_bytes(whole)
        other = self.folder / "other"
        other.write_bytes(self.random.choice(self.samples).read_bytes())
        process = subprocess.Popen([self.hotreport, "-f", "json", path, log],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(self.random.random() ** 2 * .02)
        how = self.random.choice(["cut", "emptied", "extended", "replaced", "deleted"])
        if how == "cut":
            os.truncate(path, self.random.randrange(len(whole)))
        elif how == "emptied":
            os.truncate(path, 0)
        elif how == "extended":
            with open(path, "ab") as out:
                out.write(whole[:self.random.randrange(100000)])
        elif how == "replaced":
            os.replace(other, path)
        else:
            path.unlink()
        lines = process.communicate(timeout=300)[1].splitlines()
        if process.returncode not in (0, 3) or len(lines) > 2:
            self.fault("%s while read: status %d, %s" % (how, process.returncode, lines[:3]), log)


class Merges(Attack):
    """Whatever the inputs hold, in whatever order."""
    def damage(self, data):
        data = bytearray(data)
        for _ in range(self.random.choice((0, 0, 1, 3, 10))):
            at = self.random.randrange(len(data) + 1)
            how = self.random.randrange(4)
            if how == 0:
                data[at:at + 1] = bytes([self.random.randrange(256)])
            elif how == 1:
                del data[at:at + self.random.randrange(64)]
            elif how == 2:
                data[at:at] = data[at:at + self.random.randrange(64)]
            else:
                del data[at:]
        return bytes(data) or b"x"

    def options(self):
        form = self.random.choice(FORMATS + ["folded", "speedscope", "pprof"])
        pattern = self.random.choice([".", "a", "f", "^m", "^<", "[0-9]$"])
        options = ["-f", form]
        for name in ("root", "leaf", "focus", "ignore", "hide", "show"):
            if self.random.randrange(8) == 0:
                options.append("--%s=%s" % (name, pattern))
        return options

    def wrong(self, options, paths, base):
        """What is wrong with a report on these files, or nothing."""
        compared = ["--base=%s" % base] if base else []
        result = self.run(*options, *compared, *paths)
        if result.returncode not in STATUSES or b"Sanitizer" in result.stderr:
            return "%s: status %d, %s" % (options, result.returncode, result.stderr[-300:])
        if "callgrind" in options and not base and result.returncode == 0:
            if self.run(*options, *paths[::-1]).stdout != result.stdout:
                return "%s: another order, other bytes" % options
            back = self.folder / "back"
            back.write_bytes(result.stdout)
            if self.run("-f", "callgrind", back).stdout != result.stdout:
                return "%s: read back, other bytes" % options
        return None

    def attempt(self):
        paths = []
        for number in range(self.random.randrange(1, 5)):
            paths.append(self.folder / ("input%d" % number))
            paths[-1].write_bytes(self.damage(self.random.choice(self.samples).read_bytes()))
        base = self.random.choice(paths) if self.random.randrange(4) == 0 else None
        options = self.options()
        if self.wrong(options, paths, base):
            what, paths = self.shrink(options, paths, base)
            self.fault(what, *paths)

    def shrink(self, options, paths, base):
        """Leaves out inputs and pieces of them, as long as something is wrong."""
        for path in list(paths):
            fewer = [other for other in paths if other != path]
            if fewer and path != base and self.wrong(options, fewer, base):
                paths = fewer
        for path in paths:
            size = len(path.read_bytes()) // 2
            while size > 0:
                at = 0
                while at < len(path.read_bytes()):
                    data = path.read_bytes()
                    path.write_bytes(data[:at] + data[at + size:])
                    if not self.wrong(options, paths, base):
                        path.write_bytes(data)
                        at += size
                size //= 4
        return self.wrong(options, paths, base), paths


class Dumps(Attack):
    """Python's own reader agrees."""
    def attempt(self):
        names = [("f%d.py" % self.random.randrange(3), i, "g%d" % self.random.randrange(5))
                 for i in range(self.random.randrange(1, 30))]
        dump = {}
        for name in names:
            calls = self.random.randrange(1, 1000)
            own = self.random.randrange(10 ** 9) / 1e6
            dump[name] = (calls, calls, own, own, {})
        path = self.folder / "dump"
        path.write_bytes(marshal.dumps(dump, self.random.randrange(5)))
        result = self.run("-q", "-f", "json", path)
        if result.returncode != 0:
            self.fault("status %d, %s" % (result.returncode, result.stderr[:200]), path)
            return
        read = {(one["file"], one["line"], one["name"]): (one["calls"], one["self"][0])
                for one in json.loads(result.stdout)["functions"]}
        for name, (_, calls, own, _, _) in dump.items():
            if read.get(name) != (calls, round(own * 1e9)):
                self.fault("%s: %s, not %s" % (name, read.get(name), (calls, own)), path)
                return


def main():
    name, seconds, hotreport, samples, kept = sys.argv[1:]
    end = time.monotonic() + float(seconds)
    attack = globals()[name.capitalize()](hotreport, samples, kept, time.time_ns())
    try:
        while time.monotonic() < end and len(attack.found) < 10:
            attack.tried += 1
            attack.attempt()
    finally:
        attack.close()
    print(attack.tried)
    print("\n".join(attack.found))


main()
