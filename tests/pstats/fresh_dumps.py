# SPDX-License-Identifier: MIT
"""Programs to profile, by every Python from 2.7 on.

fresh_dumps.py run PROGRAM                  runs one of the functions below
fresh_dumps.py dump PROFILER PROGRAM FILE   runs it under the module PROFILER, writes a dump
fresh_dumps.py strip FROM TO                strips the directories of a dump
fresh_dumps.py add FROM TO                  adds a dump to itself
fresh_dumps.py facts DUMP FILE              writes what pstats of this Python reads from a dump

Each nap takes 5 ms at the least, so that it is known what functions must cost."""

import sys
import time

NAP = .005


def nap():
    time.sleep(NAP)


def imports():
    """Imports modules, which recurses through exec and the import system."""
    import colorsys
    import decimal
    import email.message
    import json.tool
    import xml.dom.minidom
    nap()
    return colorsys, decimal, email.message, json.tool, xml.dom.minidom


def in_thread():
    nap()
    nap()


def threads():
    import threading
    others = [threading.Thread(target=in_thread) for _ in range(3)]
    for other in others:
        other.start()
    nap()
    for other in others:
        other.join()


def nested_exec():
    """Python 3 runs the code that exec gets in a function of its own, as it runs a script."""
    exec(compile("nap()\nexec(compile('nap()\\nnap()', 'inner.py', 'exec'))", "outer.py", "exec"),
         {"nap": nap})


def equal_labels():
    """Functions of one file, line and name, of which cProfile keeps one."""
    for number in range(6):
        exec(compile("nap()\nsum(range(%d))" % (1000 * number), "<string>", "exec"), {"nap": nap})
    return [[(lambda: sum([z for z in range(y)]))() for y in range(x)] for x in range(20)]


def numbers(count):
    try:
        for number in range(count):
            nap()
            yield number
    except ValueError:
        nap()
        yield -1


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def generators():
    """Generators, exceptions thrown into them, recursion, and coroutines where there are any."""
    list(numbers(4))
    thrown = numbers(4)
    next(thrown)
    thrown.throw(ValueError("thrown"))
    thrown.close()
    fib(12)
    even(31)
    sorted(range(50), key=lambda i: -i)
    if sys.version_info[0] > 2:
        import asyncio
        scope = {"asyncio": asyncio, "nap": nap}
        exec("async def work():\n"
             "    nap()\n"
             "    await asyncio.sleep(0)\n"
             "    nap()\n"
             "async def never():\n"
             "    try:\n"
             "        await asyncio.sleep(100)\n"
             "    finally:\n"
             "        nap()\n"
             "async def main():\n"
             "    task = asyncio.ensure_future(never())\n"
             "    await asyncio.gather(work(), work())\n"
             "    task.cancel()\n"
             "    await asyncio.gather(task, return_exceptions=True)\n", scope)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(scope["main"]())
        loop.close()


def name_of(name):
    if isinstance(name, str):
        return name
    return "%s (%s:%d)" % (name.co_name, name.co_filename, name.co_firstlineno)


def key_of(key):
    return {"file": key[0], "line": key[1], "name": name_of(key[2])}


def facts(dump):
    import pstats
    functions = []
    for key, (primitive, calls, own, inclusive, callers) in pstats.Stats(dump).stats.items():
        functions.append(dict(key_of(key), calls=calls, primitive=primitive, self=own,
                              inclusive=inclusive,
                              callers=[dict(key_of(caller), value=value)
                                       for caller, value in callers.items()]))
    return {"functions": functions, "python": list(sys.version_info[:2])}


def main(what, *arguments):
    if what == "run":
        globals()[arguments[0]]()
    elif what == "dump":
        profile = __import__(arguments[0]).Profile()
        profile.runcall(globals()[arguments[1]])
        profile.dump_stats(arguments[2])
    elif what == "facts":
        import json
        with open(arguments[1], "w") as out:
            json.dump(facts(arguments[0]), out)
    else:
        import pstats
        stats = pstats.Stats(arguments[0])
        stats = stats.strip_dirs() if what == "strip" else stats.add(arguments[0])
        stats.dump_stats(arguments[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
