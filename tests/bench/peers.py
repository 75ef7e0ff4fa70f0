# SPDX-License-Identifier: MIT
"""Prints what hotreport, the recorder and KCachegrind with the plugin take for what people do with them,
beside what other programs take for the same, each run in turn with ours. Fails if one is faster,
or if KCachegrind takes 50 ms more than without the plugin.

usage: peers.py BUILD DIRECTORY

BUILD is packaging/bench's, DIRECTORY is for files. Programs that are not installed are found by an
environment variable, such as GPROF2DOT=/path/to/gprof2dot.py."""
import glob
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

build, directory = map(os.path.abspath, sys.argv[1:])
here = os.path.dirname(os.path.abspath(__file__))
python27 = {**os.environ, "PYENV_VERSION": "2.7.18"}
missing, failed = set(), False


class Failed(Exception):
    pass


def path(name):
    return os.path.join(directory, name)


def found(name, *arguments):
    """The command of a program, or None."""
    variable = name.upper().split(".")[0]
    # A hotshot2calltree in PATH may be ours.
    program = os.environ.get(variable) or (name != "hotshot2calltree" and shutil.which(name))
    if not program:
        missing.add("%s (%s=PATH)" % (name, variable))
        return None
    return [*([sys.executable] if program.endswith(".py") else []), program, *arguments]


def hotreport(*arguments):
    return [build + "/bin/hotreport", "--quiet", *arguments]


def report(format, *files):
    return hotreport("--format=" + format, *files)


def python(code, *arguments):
    return [sys.executable, "-c", "import pstats, json, sys; " + code, *arguments]


def seconds(command, environment=os.environ):
    """How long a command runs, which must succeed."""
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, environment, file_actions=[
        (os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)])
    status = os.waitpid(child, 0)[1]
    if status:
        raise Failed(command)
    return time.perf_counter() - start


def in_turn(ours, theirs):
    """The results of both, called three times, or less often if that takes a minute, or more often if
    it takes less than ten seconds."""
    results, start = [], time.perf_counter()
    while len(results) < 21 and time.perf_counter() - start < (60 if len(results) < 3 else 10):
        results.append((ours(), theirs()))
    return zip(*results)


def heading(text, theirs="the peer's", ratio="times"):
    print("\n%-42s %10s %11s %8s" % (text, "ours", theirs, ratio), flush=True)


def show(what, ours, theirs, peer):
    global failed
    if theirs < ours * .95:  # less is chance
        failed, peer = True, peer + "  FAILED: it is faster"
    print("  %-40s %7.1f ms %8.1f ms %8.1f  %s" % (what, ours * 1e3, theirs * 1e3, theirs / ours, peer), flush=True)


def row(what, ours, peer, theirs, environment=os.environ):
    """Compares a command with that of a peer, if that is here."""
    if not theirs:
        return
    try:
        show(what, *map(statistics.median, in_turn(lambda: seconds(ours), lambda: seconds(theirs, environment))),
             peer)
    except Failed as failure:
        if failure.args[0] is ours:
            raise
        print("  %-40s %35s fails" % (what, peer), flush=True)


def start():
    heading("Start")
    row("hotreport --version (aim: 2 ms)", hotreport("--version"), "perl -e 1", found("perl", "-e", "1"))
    row("the same", hotreport("--version"), "python3 -S -c pass", [sys.executable, "-S", "-c", "pass"])


def dumps():
    for name in "everyday", "large":
        dump = path(name)
        aim = "" if name == "large" else " (aim: 10 ms)"
        heading("Dump of 20,000 functions, 200,000 calls" if name == "large" else
                "Dump of 6,500 functions, 36,000 calls")
        row("read", report("flat", "--brief", "--limit=1", dump), "pstats",
            python("pstats.Stats(sys.argv[1])", dump))
        row("flat profile" + aim, report("flat", dump), "pstats",
            python("pstats.Stats(sys.argv[1]).sort_stats('tottime').print_stats()", dump))
        row("callers and callees", report("callgraph", dump), "pstats",
            python("pstats.Stats(sys.argv[1]).sort_stats('cumtime').print_callers().print_callees()", dump))
        row("for KCachegrind", report("callgrind", dump), "pyprof2calltree",
            found("pyprof2calltree", "-i", dump, "-o", path("calltree")))
        row("for Graphviz", report("dot", dump), "gprof2dot", found("gprof2dot", "-f", "pstats", dump))
    dump = path("everyday")
    heading("Dumps of 6,500 functions, 36,000 calls")
    row("add up five", report("pstats", *5 * [dump]), "pstats",
        python("pstats.Stats(*sys.argv[1:]).dump_stats('/dev/null')", *5 * [dump]))
    dot = found("dot", "-Tsvg") and found("gprof2dot", "-f", "pstats", dump)
    row("draw one, as SVG", report("svg", dump), "gprof2dot | dot",
        dot and ["bash", "-o", "pipefail", "-c", '"$@" | dot -Tsvg', "", *dot])


def logs():
    for name, what in ("calls", "without lines"), ("lines", "with lines"):
        log = path(name)
        if os.path.exists(log):
            heading("Hotshot log of %.1f MB, %s" % (os.path.getsize(log) / 1e6, what))
            row("read, for KCachegrind", report("callgrind", log), "hotshot.stats.load",
                found("python2.7", "-c", "import hotshot.stats, sys; hotshot.stats.load(sys.argv[1])", log),
                python27)
            row("the same", report("callgrind", log), "hotshot2calltree",
                found("hotshot2calltree", "-o", path("calltree"), log), python27)


def callgrind_files():
    for name, what in ("everyday", "of the dump of 6,500 functions"), ("valgrind", "by valgrind"):
        file = path(name + ".callgrind")
        heading("Callgrind file " + what)
        row("flat profile", report("flat", file), "callgrind_annotate", found("callgrind_annotate", file))
        row("callers and callees", report("callgraph", file), "callgrind_annotate",
            found("callgrind_annotate", "--tree=both", file))
        row("for Graphviz", report("dot", file), "gprof2dot", found("gprof2dot", "-f", "callgrind", file))


def stacks():
    heading("5 MB of sampled stacks")
    file = path("folded")
    row("folded, for Graphviz", report("dot", file), "gprof2dot", found("gprof2dot", "-f", "collapse", file))
    row("folded, drawn as SVG", report("svg", file), "flamegraph.pl", found("flamegraph.pl", file))
    file = path("speedscope")
    row("of speedscope, flat profile", report("flat", file), "json.load alone",
        python("json.load(open(sys.argv[1]))", file))


def recorders():
    for module in sorted(glob.glob(build + "/python3.*/python")):
        with open(os.path.dirname(module) + "/CMakeCache.txt") as cache:
            python3 = next(line.split("=")[1].strip() for line in cache if line.startswith("Python3_EXECUTABLE:"))
        environment = {**os.environ, "PYTHONPATH": module + ":" + build + "/pprofile"}
        heading("Recording with " + os.path.basename(os.path.dirname(module)).replace("python", "Python "))
        calls, cprofile, lines, pprofile = map(float, subprocess.run(
            [python3, here + "/recorder.py", path("recorded")], env=environment, check=True, stdout=subprocess.PIPE,
            text=True).stdout.split())
        show("calls, beyond the program itself", calls, cprofile, "cProfile")
        show("lines, beyond the program itself", lines, pprofile, "pprofile")
        ours, theirs = (["env", "PYTHONPATH=" + module, python3, "-m", *recorder, "-o", path("recorded")]
                        for recorder in (["hotshot", "--no-lines"], ["cProfile"]))
        row("a program that does nothing", [*ours, os.devnull], "cProfile", [*theirs, os.devnull])
        row("pydoc json, calls", [*ours, "-m", "pydoc", "json"], "cProfile", [*theirs, "-m", "pydoc", "json"])


def opened(file, *plugins):
    """How long KCachegrind takes until a plugin of the tests sees that it shows a file, and its
    processor time."""
    home, shown = path("home"), path("shown")
    os.makedirs(home, mode=0o700, exist_ok=True)
    with open(home + "/kcachegrindrc", "w") as settings:
        settings.write("[TipOfDay]\nRunOnStart=false\n")
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    seconds(["dbus-run-session", "kcachegrind", file], {
        **os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "XDG_RUNTIME_DIR": home,
        "LC_ALL": "C.UTF-8", "QT_PLUGIN_PATH": ":".join([build + "/tests/plugins", *plugins]),
        "QT_QPA_PLATFORM": "offscreen", "QT_QPA_GENERIC_PLUGINS": "kcachegrind_dump",
        "HOTPROF_DUMP_SCRIPT": "loaded;quit", "HOTPROF_DUMP": shown})
    with open(shown) as lines:
        return (next(int(line.split()[1]) for line in lines if line.startswith("loaded\t")) / 1e3,
                sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before)


def kcachegrind():
    """The plugin may take 50 ms more than KCachegrind for the same in its own format: in processor
    time, as other programs run at the same time."""
    global failed
    heading("KCachegrind opens", "callgrind", "more by")
    for name, what in ("everyday", "a dump of 6,500 functions"), ("log", "a log of 270,000 events"):
        ours, theirs = in_turn(lambda: opened(path(name), build + "/plugins"),
                               lambda: opened(path(name + ".callgrind")))
        more = statistics.median(one[1] - other[1] for one, other in zip(ours, theirs)) * 1e3
        failed = failed or more > 50
        ours, theirs = (statistics.median(one[0] for one in results) for results in (ours, theirs))
        print("  %-40s %7.0f ms %8.0f ms %5.0f ms  of processor time (must: 50)%s" % (
            what, ours * 1e3, theirs * 1e3, more, "  FAILED" if more > 50 else ""), flush=True)


def write_inputs():
    def output(command, name):
        with open(path(name), "wb") as out:
            subprocess.run(command, stdout=out, check=True)

    seconds([sys.executable, here + "/write_dump.py", "6500", "36000", "40", path("everyday")])
    seconds([sys.executable, here + "/write_dump.py", "20000", "200000", "100", path("large")])
    for format in "folded", "speedscope":
        output([sys.executable, here + "/write_stacks.py", format, "alike", "5"], format)
    # What Python 2.7 can read, it writes.
    for name, lines, loops in ("calls", "0", "100000"), ("lines", "1", "100000"):
        try:
            seconds(found("python2.7", "-c", """
import hotshot, hotshot.stats, sys
from test import pystone
profile = hotshot.Profile(sys.argv[1], lineevents=int(sys.argv[2]), linetimings=int(sys.argv[2]))
profile.runcall(pystone.pystones, int(sys.argv[3]))
profile.close()""", path(name), lines, loops), python27)
        except (Failed, TypeError):
            missing.add("python2.7 with hotshot and test.pystone")
    shutil.copy(here + "/../data/hotshot/lib2to3-linetimes.prof", path("log"))
    for name in "everyday", "log":
        output(report("callgrind", path(name)), name + ".callgrind")
    seconds(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + path("valgrind.callgrind"),
             *report("flat", path("everyday"))])


write_inputs()
for part in start, dumps, logs, callgrind_files, stacks, recorders, kcachegrind:
    part()
if missing:
    print("\nnot here: " + ", ".join(sorted(missing)))
sys.exit(failed)
