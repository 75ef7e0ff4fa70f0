# SPDX-License-Identifier: MIT
"""Records a program: python3 -m hotshot [OPTION...] (-m MODULE | -c CODE | SCRIPT) [ARG...]"""
import atexit
import builtins
import importlib.machinery
import os
import pkgutil
import runpy
import sys
import types

import hotshot
from hotshot import _hotshot

USAGE = """\
usage: python3 -m hotshot [OPTION...] (-m MODULE | -c CODE | SCRIPT) [ARG...]

Records which lines a program runs, and when, for hotreport and KCachegrind.

  -o, --output=FILE  the log (run.prof)
      --no-lines     record calls only
      --builtins     record functions written in C, too
      --clock=CLOCK  wall: the time that passes, the default; cpu: what each thread computes
      --all-threads  record all threads, the default
      --this-thread  record the main thread only
      --help         print this
      --version      print the version of hotprof
"""


def fail(message):
    sys.stderr.write("hotshot: %s\nTry 'python3 -m hotshot --help'.\n" % message)
    sys.exit(2)


def parse(arguments):
    """Returns the log's path, what hotshot.Profile is given, and the program: -m, -c or None, what
    to run, and its arguments."""
    output, options = "run.prof", {"lineevents": True}
    arguments = list(arguments)
    while arguments:
        argument = arguments.pop(0)
        name, equals, value = argument.partition("=")
        if argument in ("-m", "-c"):
            if not arguments:
                fail("%s needs an argument" % argument)
            return output, options, argument, arguments[0], arguments[1:]
        if argument == "--" and arguments:
            return output, options, None, arguments[0], arguments[1:]
        if not argument.startswith("-") or argument == "-":
            return output, options, None, argument, arguments
        if name in ("-o", "--output", "--clock") and not equals:
            if not arguments:
                fail("%s needs an argument" % name)
            value = arguments.pop(0)
        elif argument.startswith("-o"):
            name, value = "-o", argument[2:]
        elif equals and name not in ("--output", "--clock"):
            fail("%s takes no argument" % name)
        if name in ("-o", "--output"):
            output = value
        elif name == "--clock" and value in ("wall", "cpu"):
            options["clock"] = value
        elif name == "--clock":
            fail("--clock is wall or cpu, not '%s'" % value)
        elif name == "--no-lines":
            options["lineevents"] = False
        elif name == "--builtins":
            options["builtins"] = True
        elif name in ("--all-threads", "--this-thread"):
            options["all_threads"] = name == "--all-threads"
        elif name == "--help":
            sys.stdout.write(USAGE)
            sys.exit()
        elif name == "--version":
            print("hotshot (hotprof) " + hotshot.__version__)
            sys.exit()
        else:
            fail("unknown option %s" % argument)
    fail("which program?")


def cached(spec):
    """What programs know of their compiled file. Python 3.15 tells them no more."""
    if sys.version_info >= (3, 15):
        return {}
    return {"__cached__": spec.cached if spec else None}


def run_as_main(module):
    """What runpy finds for `python3 -m`, or where a directory or an archive is run."""
    try:
        if module is None:
            _, spec, code = runpy._get_main_module_details(runpy._Error)
        else:
            _, spec, code = runpy._get_module_details(module, runpy._Error)
    except runpy._Error as error:
        sys.exit("%s: %s" % (sys.executable, error))
    if module is not None:
        sys.argv[0] = spec.origin
    return code, {"__file__": spec.origin, "__loader__": spec.loader, "__package__": spec.parent,
                  "__spec__": spec, **cached(spec)}


def read_script(path):
    """The code and the globals of a script."""
    # From Python 3.9 on a program finds its path absolute.
    if sys.version_info >= (3, 9):
        path = os.path.join(os.getcwd(), path)
    if os.path.isdir(path) or pkgutil.get_importer(path) is not None:
        sys.path.insert(0, path)
        return run_as_main(None)
    try:
        with open(path, "rb") as file:
            code = pkgutil.read_code(file) if path.endswith(".pyc") else None
            source = file.read()
    except OSError as error:
        sys.stderr.write("%s: can't open file '%s': [Errno %d] %s\n" %
                         (sys.executable, path, error.errno, error.strerror))
        sys.exit(2)
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    return (code or compile(source, path, "exec", dont_inherit=True),
            {"__file__": path, "__loader__": loader, **cached(None)})


def read_program(kind, what, arguments):
    """Sets sys.argv and sys.path as for the program, and returns its code and globals."""
    safe = getattr(sys.flags, "safe_path", sys.flags.isolated)
    if kind == "-m":
        sys.argv[:] = ["-m"] + arguments
        return run_as_main(what)
    if not safe:
        del sys.path[0]
    sys.argv[:] = [kind or what] + arguments
    if kind is None:
        return read_script(what)
    if not safe:
        sys.path.insert(0, "")
    if sys.version_info >= (3, 13):  # tracebacks show the code
        import linecache
        linecache.cache["<string>"] = len(what), None, what.splitlines(True), "<string>"
    return (compile(what, "<string>", "exec", dont_inherit=True),
            {"__loader__": importlib.machinery.BuiltinImporter})


def hide_own_frames():
    """Lets the traceback of an exception that nobody caught begin in the program."""
    hook = sys.excepthook

    def show(kind, value, traceback):
        while traceback and traceback.tb_frame.f_code.co_filename in (__file__, runpy.__file__,
                                                                      "<frozen runpy>"):
            traceback = traceback.tb_next
        hook(kind, value.with_traceback(traceback), traceback)

    sys.excepthook = show


def main():
    output, options, kind, what, arguments = parse(sys.argv[1:])
    module = types.ModuleType("__main__")
    module.__builtins__ = builtins
    module.__dict__.update({"__annotations__": {}} if sys.version_info < (3, 14) else {})
    try:
        output = os.path.abspath(output)
        code, names = read_program(kind, what, arguments)
        module.__dict__.update(names)
        profile = hotshot.Profile(output, **options)
    except OSError as error:
        fail("cannot write %s: %s" % (output, error.strerror))
    except SyntaxError:
        hide_own_frames()
        raise
    # Threads of the program may run until Python waits for them at exit, before this.
    atexit.register(profile.close)
    _hotshot.write_at_signals()
    sys.modules["__main__"] = module
    try:
        profile._run_program(code, module.__dict__)
    except BaseException:
        hide_own_frames()
        raise


if __name__ == "__main__":
    main()
